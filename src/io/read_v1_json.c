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
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "io/io_classes.h"

typedef struct V1JsonSpec
{
	FluxText json;
} V1JsonSpec;

typedef struct V1JsonOperator
{
	FluxOperator base;
	bool is_done;
} V1JsonOperator;

/* One series, taken apart; arrays and objects of the answer. */
typedef struct V1Series
{
	FluxText name;
	JsonbContainer *tags; /* NULL: none */
	JsonbContainer *columns;
	JsonbContainer *values;
	int column_count;
	int row_count;
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

/* A member of an object that must be an array or object; NULL when it is not there. */
static JsonbContainer *
find_container(const FluxOperator *op, JsonbContainer *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, strlen(key), NULL);

	if (value == NULL || value->type == jbvNull)
		return NULL;
	if (value->type != jbvBinary)
		raise_shape(op, psprintf("\"%s\" is neither array nor object", key));
	return value->val.binary.data;
}

static JsonbContainer *
need_array(const FluxOperator *op, JsonbContainer *object, const char *key)
{
	JsonbContainer *array = find_container(op, object, key);

	if (array == NULL || !JsonContainerIsArray(array))
		raise_shape(op, psprintf("there is no array \"%s\"", key));
	return array;
}

/* Element i of an array, which must be an array or an object itself. */
static JsonbContainer *
need_element(const FluxOperator *op, JsonbContainer *array, int i, bool is_array)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array, i);

	if (value == NULL || value->type != jbvBinary ||
		(is_array ? !JsonContainerIsArray(value->val.binary.data)
				  : !JsonContainerIsObject(value->val.binary.data)))
		raise_shape(op, is_array ? "a row is no array" : "a result or series is no object");
	return value->val.binary.data;
}

static FluxText
string_of(const FluxOperator *op, const JsonbValue *value, const char *what)
{
	if (value == NULL || value->type != jbvString)
		raise_shape(op, psprintf("%s is no string", what));
	return flux_text(value->val.string.val, value->val.string.len);
}

static V1Series
read_series(const FluxOperator *op, JsonbContainer *object)
{
	V1Series series = {.time_column = -1};
	JsonbValue *name = getKeyJsonValueFromContainer(object, "name", 4, NULL);

	series.name = name == NULL ? flux_text("", 0) : string_of(op, name, "the name of a series");
	series.tags = find_container(op, object, "tags");
	series.columns = need_array(op, object, "columns");
	series.values = find_container(op, object, "values");
	series.column_count = JsonContainerSize(series.columns);
	series.row_count = series.values != NULL ? JsonContainerSize(series.values) : 0;
	if ((series.tags != NULL && !JsonContainerIsObject(series.tags)) ||
		(series.values != NULL && !JsonContainerIsArray(series.values)))
		raise_shape(op, "the tags of a series are no object, or its values no array");
	for (int i = 0; i < series.column_count; i++)
	{
		FluxText label =
			string_of(op, getIthJsonbValueFromContainer(series.columns, i), "the name of a column");

		if (flux_text_equal_cstring(label, "time"))
			series.time_column = i;
	}
	if (series.time_column < 0)
		raise_shape(op, psprintf("series \"%.*s\" has no column \"time\"", series.name.size,
								 series.name.data));
	return series;
}

/* ---- cells ---- */

/* RFC 3339, or nanoseconds. */
static int64
read_instant(const FluxOperator *op, const JsonbValue *value)
{
	int64 time_ns = 0;

	if (value != NULL && value->type == jbvNumeric)
		return DatumGetInt64(
			DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
	if (!flux_time_parse(string_of(op, value, "a time"), &time_ns))
		raise_shape(
			op, psprintf("invalid time \"%.*s\"", value->val.string.len, value->val.string.val));
	return time_ns;
}

static FluxColumnType
type_of_cell(const FluxOperator *op, const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNumeric:
			return FLUX_COLUMN_FLOAT;
		case jbvString:
			return FLUX_COLUMN_STRING;
		case jbvBool:
			return FLUX_COLUMN_BOOL;
		default:
			raise_shape(op, "a value is neither number, string nor bool");
	}
	pg_unreachable();
}

static void
append_cell(FluxColumnBuilder *builder, const JsonbValue *value)
{
	if (value->type == jbvBool)
		flux_column_builder_append_bool(builder, value->val.boolean);
	else if (value->type == jbvString)
		flux_column_builder_append_string(builder,
										  flux_text(value->val.string.val, value->val.string.len));
	else
		flux_column_builder_append_float(
			builder, DatumGetFloat8(
						 DirectFunctionCall1(numeric_float8, NumericGetDatum(value->val.numeric))));
}

/* ---- tables ---- */

/* The head of a field's table; texts stay the answer's. */
static FluxTableHead
make_head(const FluxOperator *op, const V1Series *series, FluxText field, FluxColumnType type)
{
	int tag_count = series->tags != NULL ? JsonContainerSize(series->tags) : 0;
	FluxText *labels = palloc((tag_count + 2) * sizeof(FluxText));
	FluxValue *values = palloc((tag_count + 2) * sizeof(FluxValue));
	FluxSchema *schema = flux_schema_create(tag_count + 4);
	int count = 2;
	FluxTableHead head;

	labels[0] = flux_text_from_cstring("_measurement");
	values[0] = flux_value_string(series->name);
	labels[1] = flux_text_from_cstring("_field");
	values[1] = flux_value_string(field);
	if (series->tags != NULL)
	{
		JsonbIterator *iterator = JsonbIteratorInit(series->tags);
		JsonbIteratorToken token;
		JsonbValue value;

		while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
		{
			if (token == WJB_KEY)
				labels[count] = string_of(op, &value, "a tag");
			else if (token == WJB_VALUE)
				values[count++] = flux_value_string(string_of(op, &value, "the value of a tag"));
		}
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
	FluxText field = string_of(op, getIthJsonbValueFromContainer(series->columns, column),
							   "the name of a column");
	FluxColumnBuilder times;
	FluxColumnBuilder cells;
	FluxTableHead head = {0};
	FluxColumnType type = FLUX_COLUMN_FLOAT;

	for (int row = 0; row < series->row_count; row++)
	{
		JsonbContainer *cells_of_row = need_element(op, series->values, row, true);
		JsonbValue *value = getIthJsonbValueFromContainer(cells_of_row, column);

		CHECK_FOR_INTERRUPTS();
		if (value == NULL)
			raise_shape(op, "a row has fewer values than there are columns");
		if (value->type == jbvNull)
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
			&times,
			read_instant(op, getIthJsonbValueFromContainer(cells_of_row, series->time_column)));
		append_cell(&cells, value);
	}
	if (head.schema == NULL)
		return;
	flux_emit_begin_table(op, &head);
	emit_rows(op, &head, &times, &cells);
	flux_emit_end_table(op);
}

static void
emit_result(FluxOperator *op, JsonbContainer *result)
{
	JsonbValue *error = getKeyJsonValueFromContainer(result, "error", 5, NULL);
	JsonbContainer *list;

	if (error != NULL)
	{
		FluxText text = string_of(op, error, "an error");

		raise_shape(op, psprintf("the answer reports an error: %.*s", text.size, text.data));
	}
	list = find_container(op, result, "series");
	if (list == NULL)
		return;
	if (!JsonContainerIsArray(list))
		raise_shape(op, "\"series\" is no array");
	for (int i = 0; i < JsonContainerSize(list); i++)
	{
		V1Series series = read_series(op, need_element(op, list, i, false));

		for (int column = 0; column < series.column_count; column++)
			if (column != series.time_column)
				emit_field(op, &series, column);
	}
}

static bool
v1_json_produce(FluxOperator *op)
{
	V1JsonOperator *self = (V1JsonOperator *) op;
	const V1JsonSpec *spec = op->node->spec;
	MemoryContext previous;
	Jsonb *json;
	JsonbContainer *results;

	if (self->is_done)
		return false;
	self->is_done = true;
	previous = MemoryContextSwitchTo(op->state_context);
	json = DatumGetJsonbP(
		DirectFunctionCall1(jsonb_in, CStringGetDatum(flux_text_to_cstring(spec->json))));
	if (!JsonContainerIsObject(&json->root))
		raise_shape(op, "the text is no object");
	results = need_array(op, &json->root, "results");
	for (int i = 0; i < JsonContainerSize(results); i++)
		emit_result(op, need_element(op, results, i, false));
	MemoryContextSwitchTo(previous);
	return true;
}

static const FluxOperatorOps v1_json_ops = {.state_size = sizeof(V1JsonOperator),
											.produce = v1_json_produce};

const FluxPlanClass flux_plan_v1_json = {
	.name = "v1.json", .plan = v1_json_plan, .ops = &v1_json_ops};
