/*
 * read_csv.c
 *		csv.from(): tables out of annotated or raw CSV text, given or fetched.
 *
 * Annotated text is a sequence of blocks: #datatype, #group and #default rows
 * in any order, a header row, then rows.  The first three cells of each row
 * are the annotation's own, the result's name and the table's number; a table
 * ends where that number changes or a new block begins.  A block without rows
 * is an empty table whose key comes from #default.
 *
 * Raw text is one table of strings under an empty key; its first row is the
 * header.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "io/http_client.h"
#include "io/io_classes.h"
#include "io/read_csv.h"

#define FIRST_COLUMN 3 /* after annotation, result and table */
#define TIME_AS_NUMBER "dateTime:number"

typedef FluxCsvOperator CsvOperator;
typedef FluxCsvBlock CsvBlock;

typedef struct CsvSpec
{
	FluxText text; /* when there is no url */
	const char *url;
	bool is_raw;
} CsvSpec;

/* ---- arguments ---- */

static void
csv_plan(FluxCall *call, FluxPlanNode *node)
{
	CsvSpec *spec = palloc0(sizeof(CsvSpec));
	FluxText mode = flux_call_string_or(call, "mode", "annotations");
	bool has_text = flux_call_find(call, "csv") != NULL;
	bool has_url = flux_call_find(call, "url") != NULL;

	if (flux_call_find(call, "file") != NULL)
		flux_call_raise(call, ERRCODE_FEATURE_NOT_SUPPORTED,
						"csv.from(file:) is not available: scripts have no file system");
	if (has_text && has_url)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"csv.from: cannot provide both \"csv\" and \"url\"");
	if (has_url)
		spec->url = flux_text_to_cstring(flux_call_string(call, "url"));
	else
		spec->text = flux_call_string(call, "csv");
	spec->is_raw = flux_text_equal_cstring(mode, "raw");
	if (!spec->is_raw && !flux_text_equal_cstring(mode, "annotations"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"mode must be \"annotations\" or \"raw\", not \"%.*s\"", mode.size,
						mode.data);
	node->spec = spec;
}

/* ---- reading ---- */

static void
csv_raise(CsvOperator *csv, const char *message)
{
	flux_operator_raise_hint(&csv->base, ERRCODE_BAD_COPY_FILE_FORMAT, NULL,
							 "error in %s: line %d: %s", csv->what, csv->reader.line, message);
}

static bool
next_record(CsvOperator *csv)
{
	if (!csv->has_record)
		csv->has_record = flux_csv_reader_next(&csv->reader);
	return csv->has_record;
}

static bool
is_annotation(const CsvOperator *csv)
{
	return csv->reader.fields[0].size > 0 && csv->reader.fields[0].data[0] == '#';
}

static FluxText
field_at(const CsvOperator *csv, int index)
{
	return index < csv->reader.field_count ? csv->reader.fields[index] : flux_text("", 0);
}

static FluxColumnType
parse_datatype(CsvOperator *csv, FluxText name)
{
	static const struct
	{
		const char *name;
		FluxColumnType type;
	} types[] = {
		{"string", FLUX_COLUMN_STRING},         {"long", FLUX_COLUMN_INT},
		{"unsignedLong", FLUX_COLUMN_UINT},     {"double", FLUX_COLUMN_FLOAT},
		{"boolean", FLUX_COLUMN_BOOL},          {"dateTime", FLUX_COLUMN_TIME},
		{"dateTime:RFC3339", FLUX_COLUMN_TIME}, {"dateTime:RFC3339Nano", FLUX_COLUMN_TIME},
		{TIME_AS_NUMBER, FLUX_COLUMN_TIME},
	};

	for (int i = 0; i < lengthof(types); i++)
		if (flux_text_equal_cstring(name, types[i].name))
			return types[i].type;
	csv_raise(csv, psprintf("unsupported column type \"%.*s\"", name.size, name.data));
	pg_unreachable();
}

static FluxText *
copy_fields(const CsvOperator *csv)
{
	FluxText *copy = palloc((csv->reader.field_count + 1) * sizeof(FluxText));

	for (int i = 0; i < csv->reader.field_count; i++)
		copy[i] = flux_text_copy(csv->reader.fields[i]);
	return copy;
}

static void
check_error_block(CsvOperator *csv)
{
	if (!flux_text_equal_cstring(field_at(csv, 0), "error") &&
		!flux_text_equal_cstring(field_at(csv, 1), "error"))
		return;
	csv->has_record = false;
	if (next_record(csv))
	{
		FluxText message = field_at(csv, 0).size > 0 ? field_at(csv, 0) : field_at(csv, 1);

		csv_raise(csv, psprintf("the text reports an error: %.*s", message.size, message.data));
	}
}

/* Annotations and header of the next block; false at the end of the text. */
static bool
read_block(CsvOperator *csv)
{
	CsvBlock *block = &csv->block;
	FluxText *datatypes = NULL, *groups = NULL, *defaults = NULL;
	int datatype_count = 0, group_count = 0, default_count = 0;
	MemoryContext previous;

	if (!next_record(csv))
		return false;
	MemoryContextReset(csv->block_context);
	previous = MemoryContextSwitchTo(csv->block_context);
	while (next_record(csv) && is_annotation(csv))
	{
		FluxText name = csv->reader.fields[0];

		if (flux_text_equal_cstring(name, "#datatype"))
		{
			datatypes = copy_fields(csv);
			datatype_count = csv->reader.field_count;
		}
		else if (flux_text_equal_cstring(name, "#group"))
		{
			groups = copy_fields(csv);
			group_count = csv->reader.field_count;
		}
		else if (flux_text_equal_cstring(name, "#default"))
		{
			defaults = copy_fields(csv);
			default_count = csv->reader.field_count;
		}
		else
			csv_raise(csv, psprintf("unsupported annotation \"%.*s\"", name.size, name.data));
		csv->has_record = false;
	}
	if (!csv->has_record)
		csv_raise(csv, "annotations without a header row");
	check_error_block(csv);
	if (datatypes == NULL || groups == NULL || defaults == NULL)
		csv_raise(csv, psprintf("missing expected annotation %s. consider using the mode: \"raw\" "
								"for csv that is not expected to have annotations.",
								datatypes == NULL ? "datatype"
								: groups == NULL  ? "group"
												  : "default"));

	block->column_count = Max(csv->reader.field_count - FIRST_COLUMN, 0);
	block->schema = flux_schema_create(block->column_count);
	block->is_key = palloc0((block->column_count + 1) * sizeof(bool));
	block->is_number = palloc0((block->column_count + 1) * sizeof(bool));
	block->defaults = palloc0((block->column_count + 1) * sizeof(FluxText));
	block->default_result = default_count > 1 ? defaults[1] : flux_text("", 0);
	block->default_table = default_count > 2 ? defaults[2] : flux_text("", 0);
	for (int i = 0; i < block->column_count; i++)
	{
		int cell = i + FIRST_COLUMN;
		FluxText label = csv->reader.fields[cell];

		if (cell >= datatype_count || cell >= group_count)
			csv_raise(csv, psprintf("column \"%.*s\" has no annotation", label.size, label.data));
		if (flux_schema_find(block->schema, label) >= 0)
			csv_raise(csv, psprintf("column \"%.*s\" stands twice in the header", label.size,
									label.data));
		flux_schema_add(block->schema, flux_text_copy(label), parse_datatype(csv, datatypes[cell]));
		block->is_key[i] = flux_text_equal_cstring(groups[cell], "true");
		block->is_number[i] = flux_text_equal_cstring(datatypes[cell], TIME_AS_NUMBER);
		block->defaults[i] = cell < default_count ? defaults[cell] : flux_text("", 0);
	}
	MemoryContextSwitchTo(previous);
	csv->has_record = false;
	csv->has_block = true;
	csv->block_has_rows = false;
	return true;
}

/* One cell as a value; empty takes the default, else null. */
static FluxValue
parse_cell(CsvOperator *csv, int column, FluxText cell)
{
	FluxColumnType type = csv->block.schema->types[column];
	char *text;
	char *end;
	int64 time_ns;

	if (cell.size == 0)
		cell = csv->block.defaults[column];
	if (cell.size == 0)
		return flux_value_null((FluxKind) type);
	if (type == FLUX_COLUMN_STRING)
		return flux_value_string(flux_text_copy(cell));
	if (type == FLUX_COLUMN_TIME && !csv->block.is_number[column] &&
		flux_time_parse(cell, &time_ns))
		return flux_value_time(time_ns);

	text = flux_text_to_cstring(cell);
	errno = 0;
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
				return flux_value_bool(text[0] == 't');
			break;
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_TIME:
		{
			int64 value = strtoll(text, &end, 10);

			if (*end != '\0' || errno != 0)
				break;
			if (type == FLUX_COLUMN_INT)
				return flux_value_int(value);
			if (csv->block.is_number[column])
				return flux_value_time(value);
			break;
		}
		case FLUX_COLUMN_UINT:
		{
			uint64 value = strtoull(text, &end, 10);

			if (*end == '\0' && errno == 0 && text[0] != '-')
				return flux_value_uint(value);
			break;
		}
		case FLUX_COLUMN_FLOAT:
		{
			double value = strtod(text, &end);

			if (*end == '\0' && end != text)
				return flux_value_float(value);
			break;
		}
		default:
			break;
	}
	csv_raise(csv,
			  psprintf("invalid %s value \"%s\" in column \"%.*s\"", flux_column_type_name(type),
					   text, csv->block.schema->labels[column].size,
					   csv->block.schema->labels[column].data));
	pg_unreachable();
}

/* ---- emitting ---- */

/* Begins a table whose key comes from the current record, or from #default. */
static void
begin_table(CsvOperator *csv, bool is_empty)
{
	CsvBlock *block = &csv->block;
	FluxText *labels;
	FluxValue *values;
	int count = 0;
	MemoryContext previous;

	MemoryContextReset(csv->base.table_context);
	previous = MemoryContextSwitchTo(csv->base.table_context);
	labels = palloc((block->column_count + 1) * sizeof(FluxText));
	values = palloc((block->column_count + 1) * sizeof(FluxValue));
	for (int i = 0; i < block->column_count; i++)
	{
		if (!block->is_key[i])
			continue;
		labels[count] = block->schema->labels[i];
		values[count] =
			parse_cell(csv, i, is_empty ? flux_text("", 0) : field_at(csv, i + FIRST_COLUMN));
		count++;
	}
	csv->head.key = flux_group_key_create(labels, values, count);
	csv->head.schema = block->schema;
	csv->table_id = flux_text_copy(is_empty ? block->default_table : field_at(csv, 2));
	MemoryContextSwitchTo(previous);
	flux_emit_begin_table(&csv->base, &csv->head);
}

static void
begin_batch(CsvOperator *csv)
{
	MemoryContextReset(csv->base.batch_context);
	csv->builders = MemoryContextAlloc(csv->base.batch_context,
									   (csv->block.column_count + 1) * sizeof(FluxColumnBuilder));
	for (int i = 0; i < csv->block.column_count; i++)
		flux_column_builder_init(&csv->builders[i], csv->block.schema->types[i],
								 csv->base.batch_context);
}

static void
emit_batch(CsvOperator *csv, int row_count)
{
	FluxColumn *columns = MemoryContextAlloc(csv->base.batch_context,
											 (csv->block.column_count + 1) * sizeof(FluxColumn));
	FluxBatch batch = {&csv->head, row_count, columns};

	for (int i = 0; i < csv->block.column_count; i++)
		columns[i] = flux_column_builder_view(&csv->builders[i]);
	if (row_count > 0)
		flux_emit_batch(&csv->base, &batch);
}

/*
 * csv.from gives one stream, so the text must hold one result.  A record names
 * its own, or else has its block's; what has no name at all goes with any.
 */
static void
check_result_name(CsvOperator *csv)
{
	FluxText cell = field_at(csv, 1);
	FluxText name = cell.size > 0 ? cell : csv->block.default_result;
	MemoryContext previous;

	if (name.size == 0 || flux_text_equal(name, csv->result_name))
		return;
	if (csv->result_name.size > 0)
		csv_raise(csv, psprintf("%s can only parse 1 result", csv->what));
	previous = MemoryContextSwitchTo(csv->base.state_context);
	csv->result_name = flux_text_copy(name);
	MemoryContextSwitchTo(previous);
}

/* Does the current record still belong to the current table? */
static bool
continues_table(CsvOperator *csv)
{
	FluxText table;

	if (!next_record(csv) || is_annotation(csv))
		return false;
	check_result_name(csv);
	table = field_at(csv, 2);
	return table.size == 0 || flux_text_equal(table, csv->table_id);
}

static void
append_record(CsvOperator *csv)
{
	MemoryContext previous = MemoryContextSwitchTo(csv->base.batch_context);

	if (csv->reader.field_count != csv->block.column_count + FIRST_COLUMN)
		csv_raise(csv, psprintf("wrong number of fields: %d, the header has %d",
								csv->reader.field_count, csv->block.column_count + FIRST_COLUMN));
	for (int i = 0; i < csv->block.column_count; i++)
		flux_value_append_to(&csv->builders[i],
							 parse_cell(csv, i, csv->reader.fields[i + FIRST_COLUMN]));
	MemoryContextSwitchTo(previous);
	csv->has_record = false;
}

/* The rows of the table that the current record begins. */
static void
emit_table(CsvOperator *csv)
{
	int row_count = 0;

	begin_table(csv, false);
	begin_batch(csv);
	while (continues_table(csv))
	{
		append_record(csv);
		if (++row_count == FLUX_BATCH_ROWS)
		{
			emit_batch(csv, row_count);
			begin_batch(csv);
			row_count = 0;
		}
	}
	emit_batch(csv, row_count);
	flux_emit_end_table(&csv->base);
	csv->block_has_rows = true;
}

/* The block of raw text: its header, every column a string. */
static bool
read_raw_header(CsvOperator *csv)
{
	CsvBlock *block = &csv->block;
	MemoryContext previous = MemoryContextSwitchTo(csv->block_context);

	if (!next_record(csv))
		return false;
	block->column_count = csv->reader.field_count;
	block->schema = flux_schema_create(block->column_count);
	block->is_key = palloc0(block->column_count * sizeof(bool));
	block->is_number = palloc0(block->column_count * sizeof(bool));
	block->defaults = palloc0(block->column_count * sizeof(FluxText));
	for (int i = 0; i < block->column_count; i++)
		flux_schema_add(block->schema, flux_text_copy(csv->reader.fields[i]), FLUX_COLUMN_STRING);
	MemoryContextSwitchTo(previous);
	csv->has_record = false;
	return true;
}

/* Raw text in one go: rows are records, cell by cell. */
static void
emit_raw(CsvOperator *csv)
{
	int row_count = 0;

	if (!read_raw_header(csv))
		return;
	begin_table(csv, true);
	begin_batch(csv);
	while (next_record(csv))
	{
		if (csv->reader.field_count != csv->block.column_count)
			csv_raise(csv, psprintf("wrong number of fields: %d, the header has %d",
									csv->reader.field_count, csv->block.column_count));
		for (int i = 0; i < csv->block.column_count; i++)
			flux_column_builder_append_string(&csv->builders[i], csv->reader.fields[i]);
		csv->has_record = false;
		if (++row_count == FLUX_BATCH_ROWS)
		{
			emit_batch(csv, row_count);
			begin_batch(csv);
			row_count = 0;
		}
	}
	emit_batch(csv, row_count);
	flux_emit_end_table(&csv->base);
}

/* ---- for operators that read annotated text ---- */

void
flux_csv_open(FluxCsvOperator *csv, FluxText text, const char *what)
{
	csv->what = what;
	csv->block_context =
		AllocSetContextCreate(csv->base.state_context, "flux csv block", ALLOCSET_DEFAULT_SIZES);
	flux_csv_reader_init(&csv->reader, text);
}

bool
flux_csv_produce(FluxCsvOperator *csv)
{
	if (csv->has_block && next_record(csv) && !is_annotation(csv))
	{
		emit_table(csv);
		return true;
	}
	if (csv->has_block && !csv->block_has_rows)
	{
		begin_table(csv, true);
		flux_emit_end_table(&csv->base);
		csv->block_has_rows = true;
		return true;
	}
	return read_block(csv);
}

/* ---- operator ---- */

/* The text behind a URL, in the database's encoding. */
static FluxText
fetch(const FluxOperator *op, const char *url)
{
	FluxHttpRequest request = {.method = "GET",
							   .url = url,
							   .is_gzip_welcome = true,
							   .source = op->node->source,
							   .span = op->node->span};
	FluxHttpResponse response = flux_http_perform(&request);
	char *converted;

	if (response.status < 200 || response.status > 299)
		flux_operator_raise(op, ERRCODE_CONNECTION_FAILURE,
							"csv.from: the server answered with HTTP status %d", response.status);
	converted = pg_any_to_server(response.body.data, response.body.size, PG_UTF8);
	return converted == response.body.data ? response.body : flux_text_from_cstring(converted);
}

/* Emits one table. */
static bool
csv_produce(FluxOperator *op)
{
	CsvOperator *csv = (CsvOperator *) op;
	const CsvSpec *spec = op->node->spec;

	if (!csv->is_started)
	{
		MemoryContext previous = MemoryContextSwitchTo(op->state_context);

		flux_csv_open(csv, spec->url != NULL ? fetch(op, spec->url) : spec->text, "csv.from()");
		csv->is_started = true;
		MemoryContextSwitchTo(previous);
		if (spec->is_raw)
		{
			emit_raw(csv);
			return true;
		}
	}
	return !spec->is_raw && flux_csv_produce(csv);
}

static const FluxOperatorOps csv_ops = {.state_size = sizeof(CsvOperator), .produce = csv_produce};

const FluxPlanClass flux_plan_csv_from = {.name = "csv.from", .plan = csv_plan, .ops = &csv_ops};
