/*
 * read_v1_json.c
 *		v1.json(): tables out of an answer of InfluxDB 1.x.
 *
 *		{"results": [{"series": [{"name": "m", "tags": {"host": "a"},
 *			"columns": ["time", "f", "g"], "values": [["2021-...Z", 1, null]]}]}]}
 *
 * Each column of a series but the time is a field, and becomes a table:
 *
 *		_time | _measurement _field tag... | _value
 *
 * under the key of the middle ones.  A null says that the point has no such
 * field, so it gives no row, and a column of nulls no table.  Numbers are
 * floats, as JSON has no others.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "evaluate/json_reader.h"
#include "execute/operator_util.h"
#include "io/io_classes.h"

/* Bytes of a number that can be a time. */
#define TIME_SIZE_MAX 64

typedef struct V1JsonSpec
{
	FluxText json;
} V1JsonSpec;

typedef struct V1JsonOperator
{
	FluxOperator base;
	FluxJsonOptions options; /* how the answer is read */
	bool is_done;
} V1JsonOperator;

/* One series, taken apart; arrays and objects of the answer. */
typedef struct V1Series
{
	FluxText name;
	const FluxRecord *tags; /* NULL: none */
	const FluxArray *columns;
	const FluxArray *values; /* NULL: none */
	int time_column;
} V1Series;

static void
v1_json_plan(FluxCall *call, FluxPlanNode *node)
{
	V1JsonSpec *spec = palloc0(sizeof(V1JsonSpec));

	if (flux_call_find(call, "file") != NULL)
		flux_call_raise(call, ERRCODE_FEATURE_NOT_SUPPORTED,
						"v1.json(file:) is not available: scripts have no file system");
	spec->json = flux_call_string(call, "json");
	node->spec = spec;
}

/* ---- the answer's shape ---- */

static void
raise_shape(const FluxOperator *op, const char *what)
{
	flux_operator_raise_hint(op, ERRCODE_INVALID_PARAMETER_VALUE,
							 "It takes what InfluxDB 1.x answers to a query.", "v1.json: %s", what);
}

/* A member of an object that must be of that kind; NULL when it is not there. */
static const FluxValue *
find_member(const FluxOperator *op, const FluxRecord *object, const char *key, FluxKind kind)
{
	const FluxValue *value = flux_record_get(object, flux_text_from_cstring(key));

	if (value == NULL || value->is_null)
		return NULL;
	if (value->kind != kind)
		raise_shape(op, psprintf("\"%s\" is no %s", key, flux_kind_name(kind)));
	return value;
}

static const FluxArray *
find_array(const FluxOperator *op, const FluxRecord *object, const char *key)
{
	const FluxValue *value = find_member(op, object, key, FLUX_KIND_ARRAY);

	return value == NULL ? NULL : value->as.array;
}

static const FluxArray *
need_array(const FluxOperator *op, const FluxRecord *object, const char *key)
{
	const FluxArray *array = find_array(op, object, key);

	if (array == NULL)
		raise_shape(op, psprintf("there is no array \"%s\"", key));
	return array;
}

/* An element of an array of objects. */
static const FluxRecord *
need_object(const FluxOperator *op, FluxValue value)
{
	if (value.kind != FLUX_KIND_RECORD)
		raise_shape(op, "a result or series is no object");
	return value.as.record;
}

static FluxText
string_of(const FluxOperator *op, FluxValue value, const char *what)
{
	if (value.kind != FLUX_KIND_STRING)
		raise_shape(op, psprintf("%s is no string", what));
	return value.as.string;
}

static V1Series
read_series(const FluxOperator *op, const FluxRecord *object)
{
	V1Series series = {.time_column = -1};
	const FluxValue *name = flux_record_get(object, flux_text_from_cstring("name"));
	const FluxValue *tags = find_member(op, object, "tags", FLUX_KIND_RECORD);

	series.name = name == NULL ? flux_text("", 0) : string_of(op, *name, "the name of a series");
	series.tags = tags == NULL ? NULL : tags->as.record;
	series.columns = need_array(op, object, "columns");
	series.values = find_array(op, object, "values");
	for (int i = 0; i < series.columns->count; i++)
	{
		FluxText label = string_of(op, series.columns->items[i], "the name of a column");

		if (flux_text_equal_cstring(label, "time"))
			series.time_column = i;
	}
	if (series.time_column < 0)
		raise_shape(op, psprintf("series \"%.*s\" has no column \"time\"", series.name.size,
								 series.name.data));
	return series;
}

/* ---- cells ---- */

/* A cell of a row; rows are whole. */
static FluxValue
cell_of(const FluxOperator *op, const V1Series *series, int row, int column)
{
	FluxValue cells = series->values->items[row];

	if (cells.kind != FLUX_KIND_ARRAY)
		raise_shape(op, "a row is no array");
	if (column >= cells.as.array->count)
		raise_shape(op, "a row has fewer values than there are columns");
	return cells.as.array->items[column];
}

/* RFC 3339, or nanoseconds. */
static int64
read_instant(const FluxOperator *op, FluxValue value)
{
	FluxText text = value.as.string;
	int64 time_ns = 0;

	if (value.kind == FLUX_KIND_BYTES && text.size <= TIME_SIZE_MAX)
		return DatumGetInt64(DirectFunctionCall1(
			numeric_int8,
			DirectFunctionCall3(numeric_in, CStringGetDatum(flux_text_to_cstring(text)),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1))));
	if (!flux_time_parse(string_of(op, value, "a time"), &time_ns))
		raise_shape(op, psprintf("invalid time \"%.*s\"", FLUX_NAME_ARGS(text)));
	return time_ns;
}

/* Numbers come as they are written, for a float cannot hold a time. */
static FluxColumnType
type_of_cell(const FluxOperator *op, FluxValue value)
{
	switch (value.kind)
	{
		case FLUX_KIND_BYTES:
			return FLUX_COLUMN_FLOAT;
		case FLUX_KIND_STRING:
			return FLUX_COLUMN_STRING;
		case FLUX_KIND_BOOL:
			return FLUX_COLUMN_BOOL;
		default:
			raise_shape(op, "a value is neither number, string nor bool");
	}
	pg_unreachable();
}

static void
append_cell(const V1JsonOperator *self, FluxColumnBuilder *builder, FluxValue value)
{
	if (value.kind == FLUX_KIND_BYTES)
		value = flux_value_float(flux_json_number(value.as.string, &self->options));
	flux_value_append_to(builder, value);
}

/* ---- tables ---- */

/* The head of a field's table; texts stay the answer's. */
static FluxTableHead
make_head(const FluxOperator *op, const V1Series *series, FluxText field, FluxColumnType type)
{
	int tag_count = series->tags != NULL ? series->tags->count : 0;
	FluxText *labels = palloc((tag_count + 2) * sizeof(FluxText));
	FluxValue *values = palloc((tag_count + 2) * sizeof(FluxValue));
	FluxSchema *schema = flux_schema_create(tag_count + 4);
	int count = tag_count + 2;
	FluxTableHead head;

	labels[0] = flux_text_from_cstring("_measurement");
	values[0] = flux_value_string(series->name);
	labels[1] = flux_text_from_cstring("_field");
	values[1] = flux_value_string(field);
	for (int i = 0; i < tag_count; i++)
	{
		labels[i + 2] = series->tags->keys[i];
		values[i + 2] =
			flux_value_string(string_of(op, series->tags->values[i], "the value of a tag"));
	}
	flux_schema_add(schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
	for (int i = 0; i < count; i++)
	{
		if (flux_schema_find(schema, labels[i]) >= 0 ||
			flux_text_equal_cstring(labels[i], "_value"))
			raise_shape(op, psprintf("a tag is called \"%.*s\"", labels[i].size, labels[i].data));
		flux_schema_add(schema, labels[i], FLUX_COLUMN_STRING);
	}
	flux_schema_add(schema, flux_text_from_cstring("_value"), type);
	head.key = flux_group_key_create(labels, values, count);
	head.schema = schema;
	return head;
}

static void
emit_rows(FluxOperator *op, const FluxTableHead *head, FluxColumnBuilder *times,
		  FluxColumnBuilder *cells)
{
	int count = head->schema->count;
	FluxColumn *columns = palloc(count * sizeof(FluxColumn));
	FluxBatch batch = {head, times->count, columns};

	columns[0] = flux_column_builder_view(times);
	for (int i = 1; i < count - 1; i++)
		columns[i] = flux_column_constant_string(head->key->values[i - 1].as.string);
	columns[count - 1] = flux_column_builder_view(cells);
	flux_emit_batch(op, &batch);
}

/* The table of one field; none when all its values are null. */
static void
emit_field(FluxOperator *op, const V1Series *series, int column)
{
	FluxText field = string_of(op, series->columns->items[column], "the name of a column");
	int row_count = series->values == NULL ? 0 : series->values->count;
	FluxColumnBuilder times;
	FluxColumnBuilder cells;
	FluxTableHead head = {0};
	FluxColumnType type = FLUX_COLUMN_FLOAT;

	for (int row = 0; row < row_count; row++)
	{
		FluxValue value = cell_of(op, series, row, column);

		CHECK_FOR_INTERRUPTS();
		if (value.is_null)
			continue;
		if (head.schema == NULL)
		{
			type = type_of_cell(op, value);
			flux_column_builder_init(&times, FLUX_COLUMN_TIME, CurrentMemoryContext);
			flux_column_builder_init(&cells, type, CurrentMemoryContext);
			head = make_head(op, series, field, type);
		}
		else if (type_of_cell(op, value) != type)
			raise_shape(op, psprintf("column \"%.*s\" has values of several types", field.size,
									 field.data));
		flux_column_builder_append_int(
			&times, read_instant(op, cell_of(op, series, row, series->time_column)));
		append_cell((V1JsonOperator *) op, &cells, value);
	}
	if (head.schema == NULL)
		return;
	flux_emit_begin_table(op, &head);
	emit_rows(op, &head, &times, &cells);
	flux_emit_end_table(op);
}

static void
emit_result(FluxOperator *op, const FluxRecord *result)
{
	const FluxValue *error = flux_record_get(result, flux_text_from_cstring("error"));
	const FluxArray *list;

	if (error != NULL)
	{
		FluxText text = string_of(op, *error, "an error");

		raise_shape(op, psprintf("the answer reports an error: %.*s", text.size, text.data));
	}
	list = find_array(op, result, "series");
	for (int i = 0; list != NULL && i < list->count; i++)
	{
		V1Series series = read_series(op, need_object(op, list->items[i]));

		for (int column = 0; column < series.columns->count; column++)
			if (column != series.time_column)
				emit_field(op, &series, column);
	}
}

static void
need_memory(void *owner, Size bytes)
{
	const FluxOperator *op = owner;

	flux_operator_need_memory(op, (int64) MemoryContextMemAllocated(op->state_context, true) +
									  (int64) bytes);
}

static bool
v1_json_produce(FluxOperator *op)
{
	V1JsonOperator *self = (V1JsonOperator *) op;
	const V1JsonSpec *spec = op->node->spec;
	MemoryContext previous;
	FluxValue answer;
	const FluxArray *results;

	if (self->is_done)
		return false;
	self->is_done = true;
	previous = MemoryContextSwitchTo(op->state_context);
	self->options = (FluxJsonOptions){.keeps_numbers = true,
									  .source = op->node->source,
									  .span = op->node->span,
									  .need_memory = need_memory,
									  .owner = op};
	answer = flux_json_read(spec->json, &self->options, NULL);
	if (answer.kind != FLUX_KIND_RECORD)
		raise_shape(op, "the text is no object");
	results = need_array(op, answer.as.record, "results");
	for (int i = 0; i < results->count; i++)
		emit_result(op, need_object(op, results->items[i]));
	MemoryContextSwitchTo(previous);
	return true;
}

static const FluxOperatorOps v1_json_ops = {.state_size = sizeof(V1JsonOperator),
											.produce = v1_json_produce};

const FluxPlanClass flux_plan_v1_json = {
	.name = "v1.json", .plan = v1_json_plan, .ops = &v1_json_ops};
