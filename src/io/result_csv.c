/*
 * result_csv.c
 *		Results as InfluxDB's annotated CSV.
 *
 * A block is three annotation rows, a header row and the rows of one or more
 * tables of the same columns and key columns.  An empty table has a block of
 * its own whose #default row carries the key's values.  Blank lines stand
 * between blocks and after each result.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "io/result_csv.h"

/* Of an integer of 64 bits with its sign and a NUL. */
#define INTEGER_TEXT_SIZE 21

typedef struct CsvSink
{
	FluxResultSink base;
	StringInfo out;
	MemoryContext context;
	FluxText result_name;
	int64 table_number; /* of the current table, within the result */
	bool has_block;     /* a block was written in this result */
	bool block_is_empty_table;
	FluxSchema *block_schema; /* what the current block shows */
	FluxGroupKey *block_key;
	FluxSchema *schema; /* of the current table */
	FluxGroupKey *key;
	bool table_has_rows;
} CsvSink;

static const char *
datatype_annotation(FluxColumnType type)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			return "boolean";
		case FLUX_COLUMN_INT:
			return "long";
		case FLUX_COLUMN_UINT:
			return "unsignedLong";
		case FLUX_COLUMN_FLOAT:
			return "double";
		case FLUX_COLUMN_STRING:
			return "string";
		case FLUX_COLUMN_TIME:
			return "dateTime:RFC3339";
	}
	return "string";
}

static bool
needs_quotes(FluxText text)
{
	if (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		return true;
	for (int i = 0; i < text.size; i++)
	{
		char c = text.data[i];

		if (c == ',' || c == '"' || c == '\r' || c == '\n')
			return true;
	}
	return false;
}

/* Appends a field, quoted where CSV needs it. */
static void
append_field(StringInfo out, FluxText text)
{
	if (!needs_quotes(text))
	{
		appendBinaryStringInfo(out, text.data, text.size);
		return;
	}
	appendStringInfoChar(out, '"');
	for (int i = 0; i < text.size; i++)
	{
		if (text.data[i] == '"')
			appendStringInfoChar(out, '"');
		appendStringInfoChar(out, text.data[i]);
	}
	appendStringInfoChar(out, '"');
}

FluxText
flux_cell_text(const FluxColumn *column, int row)
{
	int i = flux_column_index(column, row);

	if (column->nulls != NULL && column->nulls[i])
		return flux_text("", 0);
	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			return flux_text_from_cstring(column->values.booleans[i] ? "true" : "false");
		case FLUX_COLUMN_INT:
			return flux_text_from_cstring(psprintf(INT64_FORMAT, column->values.ints[i]));
		case FLUX_COLUMN_UINT:
			return flux_text_from_cstring(psprintf(UINT64_FORMAT, column->values.uints[i]));
		case FLUX_COLUMN_FLOAT:
			return flux_float_to_text(column->values.floats[i]);
		case FLUX_COLUMN_STRING:
			return column->values.strings[i];
		case FLUX_COLUMN_TIME:
		{
			char *buffer = palloc(FLUX_TIME_TEXT_SIZE);

			return flux_text(buffer, flux_time_format(column->values.times[i], false, buffer));
		}
	}
	return flux_text("", 0);
}

static FluxText
key_value_text(FluxValue value)
{
	FluxText text = flux_text("", 0);

	if (value.is_null)
		return text;
	if (value.kind == FLUX_KIND_TIME)
	{
		char *buffer = palloc(FLUX_TIME_TEXT_SIZE);

		return flux_text(buffer, flux_time_format(value.as.time_ns, false, buffer));
	}
	flux_value_to_text(value, &text);
	return text;
}

/* Same columns and same key labels in the same order? */
static bool
continues_block(const CsvSink *sink)
{
	if (!sink->has_block || sink->block_is_empty_table ||
		!flux_schema_equal(sink->block_schema, sink->schema) ||
		sink->block_key->count != sink->key->count)
		return false;
	for (int i = 0; i < sink->schema->count; i++)
		if ((flux_group_key_find(sink->block_key, sink->schema->labels[i]) >= 0) !=
			(flux_group_key_find(sink->key, sink->schema->labels[i]) >= 0))
			return false;
	return true;
}

/* Annotations and header; "is_empty_table" puts the key's values in #default. */
static void
write_block_head(CsvSink *sink, bool is_empty_table)
{
	StringInfo out = sink->out;
	const FluxSchema *schema = sink->schema;

	if (sink->has_block)
		appendStringInfoString(out, "\r\n");
	appendStringInfoString(out, "#datatype,string,long");
	for (int i = 0; i < schema->count; i++)
		appendStringInfo(out, ",%s", datatype_annotation(schema->types[i]));
	appendStringInfoString(out, "\r\n#group,false,false");
	for (int i = 0; i < schema->count; i++)
		appendStringInfoString(
			out, flux_group_key_find(sink->key, schema->labels[i]) >= 0 ? ",true" : ",false");
	appendStringInfoString(out, "\r\n#default,");
	append_field(out, sink->result_name);
	appendStringInfoChar(out, ',');
	if (is_empty_table)
		appendStringInfo(out, INT64_FORMAT, sink->table_number);
	for (int i = 0; i < schema->count; i++)
	{
		int position = flux_group_key_find(sink->key, schema->labels[i]);

		appendStringInfoChar(out, ',');
		if (is_empty_table && position >= 0)
			append_field(out, key_value_text(sink->key->values[position]));
	}
	appendStringInfoString(out, "\r\n,result,table");
	for (int i = 0; i < schema->count; i++)
	{
		appendStringInfoChar(out, ',');
		append_field(out, schema->labels[i]);
	}
	appendStringInfoString(out, "\r\n");

	sink->has_block = true;
	sink->block_is_empty_table = is_empty_table;
	sink->block_schema = sink->schema;
	sink->block_key = sink->key;
}

static void
csv_begin_result(FluxResultSink *base, FluxText name)
{
	CsvSink *sink = (CsvSink *) base;
	MemoryContext previous = MemoryContextSwitchTo(sink->context);

	sink->result_name = flux_text_copy(name);
	sink->table_number = -1;
	sink->has_block = false;
	MemoryContextSwitchTo(previous);
}

static void
csv_begin_table(FluxResultSink *base, const FluxTableHead *head)
{
	CsvSink *sink = (CsvSink *) base;
	MemoryContext previous = MemoryContextSwitchTo(sink->context);

	sink->table_number++;
	sink->table_has_rows = false;
	sink->schema = flux_schema_copy(head->schema, 0);
	sink->key = flux_group_key_copy(head->key);
	MemoryContextSwitchTo(previous);
}

/* Appends a cell's field: flux_cell_text(), but without memory for each number. */
static void
append_cell(StringInfo out, const FluxColumn *column, int row)
{
	char buffer[Max(FLUX_TIME_TEXT_SIZE, INTEGER_TEXT_SIZE)];
	int i = flux_column_index(column, row);

	if (column->nulls != NULL && column->nulls[i])
		return;
	if (column->type == FLUX_COLUMN_INT)
		appendBinaryStringInfo(out, buffer, pg_lltoa(column->values.ints[i], buffer));
	else if (column->type == FLUX_COLUMN_TIME)
		appendBinaryStringInfo(out, buffer,
							   flux_time_format(column->values.times[i], false, buffer));
	else
		append_field(out, flux_cell_text(column, row));
}

/* The fields of constant columns, each with the comma before it; others are empty. */
static FluxText *
constant_fields(const FluxBatch *batch)
{
	int count = batch->head->schema->count;
	FluxText *fields = palloc(Max(count, 1) * sizeof(FluxText));

	for (int i = 0; i < count; i++)
	{
		StringInfoData field;

		fields[i] = flux_text("", 0);
		if (!batch->columns[i].is_constant)
			continue;
		initStringInfo(&field);
		appendStringInfoChar(&field, ',');
		append_cell(&field, &batch->columns[i], 0);
		fields[i] = flux_text(field.data, field.len);
	}
	return fields;
}

static void
csv_process(FluxResultSink *base, const FluxBatch *batch)
{
	CsvSink *sink = (CsvSink *) base;
	const FluxText *constants;
	char *beginning;

	if (batch->row_count == 0)
		return;
	if (!sink->table_has_rows && !continues_block(sink))
		write_block_head(sink, false);
	sink->table_has_rows = true;
	beginning = psprintf(",," INT64_FORMAT, sink->table_number);
	constants = constant_fields(batch);
	for (int row = 0; row < batch->row_count; row++)
	{
		appendStringInfoString(sink->out, beginning);
		for (int i = 0; i < sink->schema->count; i++)
		{
			if (batch->columns[i].is_constant)
			{
				appendBinaryStringInfo(sink->out, constants[i].data, constants[i].size);
				continue;
			}
			appendStringInfoChar(sink->out, ',');
			append_cell(sink->out, &batch->columns[i], row);
		}
		appendStringInfoString(sink->out, "\r\n");
	}
}

static void
csv_end_table(FluxResultSink *base)
{
	CsvSink *sink = (CsvSink *) base;

	if (!sink->table_has_rows)
		write_block_head(sink, true);
}

static void
csv_end_result(FluxResultSink *base)
{
	CsvSink *sink = (CsvSink *) base;

	if (sink->has_block)
		appendStringInfoString(sink->out, "\r\n");
}

FluxResultSink *
flux_csv_sink_create(StringInfo out)
{
	CsvSink *sink = palloc0(sizeof(CsvSink));

	sink->base.begin_result = csv_begin_result;
	sink->base.begin_table = csv_begin_table;
	sink->base.process = csv_process;
	sink->base.end_table = csv_end_table;
	sink->base.end_result = csv_end_result;
	sink->out = out;
	sink->context = CurrentMemoryContext;
	return &sink->base;
}
