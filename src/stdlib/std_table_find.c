/*
 * std_table_find.c
 *		tableFind, getColumn, getRecord, findColumn, findRecord: rows as values
 *		of the script; linearBins and logarithmicBins.
 *
 * Streams are lazy, these are not: each call runs its stream to the end while
 * the script is evaluated.
 */
#include "postgres.h"

#include <math.h>

#include "evaluate/evaluator.h"
#include "execute/row_function.h"
#include "execute/table_value.h"
#include "stdlib/registry.h"

typedef struct KeyPredicate
{
	FluxCall   *call;
	const FluxFunction *function;
} KeyPredicate;

/* Calls fn(key: {...}); null is false. */
static bool
key_is_wanted(void *argument, const FluxGroupKey *key)
{
	KeyPredicate *predicate = argument;
	FluxText	name = flux_text_from_cstring("key");
	FluxValue	record = flux_value_record(key->labels, key->values, key->count);
	FluxRecord	arguments = {.count = 1, .keys = &name, .values = &record};
	FluxValue	value = flux_function_call(predicate->call->evaluator, predicate->function,
										   &arguments, true);

	if (value.is_null || value.kind == FLUX_KIND_INVALID)
		return false;
	if (value.kind != FLUX_KIND_BOOL)
		flux_call_raise(predicate->call, ERRCODE_DATATYPE_MISMATCH,
						"predicate gives a value of type %s instead of bool",
						flux_kind_name(value.kind));
	return value.as.boolean;
}

static FluxTableValue *
find_table(FluxCall *call)
{
	KeyPredicate predicate = {call, flux_call_function(call, "fn")};

	return flux_table_value_find(call->evaluator, flux_call_stream(call, "tables"), key_is_wanted,
								 &predicate);
}

/* The table that "table" is, or the first one that it yields. */
static const FluxTableValue *
the_table(FluxCall *call)
{
	FluxPlanNode *node = flux_call_stream(call, "table");
	const FluxTableValue *table = flux_table_value_of_node(node);

	if (table == NULL)
		table = flux_table_value_find(call->evaluator, node, NULL, NULL);
	if (table == NULL)
		flux_call_raise(call, ERRCODE_NO_DATA_FOUND, "%s: the stream has no table",
						call->builtin->name);
	return table;
}

static FluxValue
column_of_table(FluxCall *call, const FluxTableValue *table)
{
	FluxText	label = flux_call_string(call, "column");
	int			column = flux_schema_find(table->head->schema, label);
	FluxValue  *items;
	FluxValue	array;

	if (column < 0)
		flux_call_raise(call, ERRCODE_UNDEFINED_COLUMN, "cannot find column \"%.*s\"", label.size,
						label.data);
	items = MemoryContextAllocHuge(CurrentMemoryContext,
								   Max(table->row_count, 1) * sizeof(FluxValue));
	for (int row = 0; row < table->row_count; row++)
		items[row] = flux_value_from_column(&table->columns[column], row);
	array = flux_value_array(items, table->row_count);
	pfree(items);
	return array;
}

static FluxValue
record_of_table(const FluxTableValue *table, int row)
{
	FluxBatch	batch = {.head = table->head, .row_count = table->row_count,
	.columns = table->columns};

	return flux_batch_row_record(&batch, row);
}

static FluxValue
universe_table_find(FluxCall *call)
{
	FluxTableValue *table = find_table(call);

	if (table == NULL)
		flux_call_raise(call, ERRCODE_NO_DATA_FOUND, "no table found");
	return flux_value_stream(flux_table_value_node(call, table));
}

static FluxValue
universe_get_column(FluxCall *call)
{
	return column_of_table(call, the_table(call));
}

static FluxValue
universe_get_record(FluxCall *call)
{
	const FluxTableValue *table = the_table(call);
	int64		row = flux_call_int(call, "idx");

	if (row < 0 || row >= table->row_count)
		flux_call_raise(call, ERRCODE_ARRAY_SUBSCRIPT_ERROR,
						"index out of bounds: " INT64_FORMAT, row);
	return record_of_table(table, (int) row);
}

/* No such table: an empty array. */
static FluxValue
universe_find_column(FluxCall *call)
{
	FluxTableValue *table = find_table(call);

	return table == NULL ? flux_value_array(NULL, 0) : column_of_table(call, table);
}

/* No such table or row: an empty record. */
static FluxValue
universe_find_record(FluxCall *call)
{
	FluxTableValue *table = find_table(call);
	int64		row = flux_call_int(call, "idx");

	if (table == NULL || row < 0 || row >= table->row_count)
		return flux_value_record(NULL, NULL, 0);
	return record_of_table(table, (int) row);
}

/* ---- bins for histogram ---- */

#define FLUX_BINS_MAX 1000000

/* Bounds made one from the other by "next". */
static FluxValue
make_bins(FluxCall *call, double step, double (*next) (double bound, double step))
{
	double		bound = flux_call_float(call, "start");
	int64		count = flux_call_int(call, "count");
	bool		infinity = flux_call_bool_or(call, "infinity", true);
	FluxValue  *items;

	if (count < 0 || count > FLUX_BINS_MAX)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "count must be between 0 and %d",
						FLUX_BINS_MAX);
	items = palloc((count + 1) * sizeof(FluxValue));
	for (int64 i = 0; i < count; i++)
	{
		items[i] = flux_value_float(bound);
		bound = next(bound, step);
	}
	if (infinity)
		items[count] = flux_value_float(INFINITY);
	return flux_value_array(items, (int) count + infinity);
}

static double
next_linear(double bound, double width)
{
	return bound + width;
}

static double
next_logarithmic(double bound, double factor)
{
	return bound * factor;
}

static FluxValue
universe_linear_bins(FluxCall *call)
{
	return make_bins(call, flux_call_float(call, "width"), next_linear);
}

static FluxValue
universe_logarithmic_bins(FluxCall *call)
{
	return make_bins(call, flux_call_float(call, "factor"), next_logarithmic);
}

static const FluxBuiltin builtins[] = {
	{"universe", "findColumn", FLUX_BUILTIN_SCALAR, universe_find_column},
	{"universe", "findRecord", FLUX_BUILTIN_SCALAR, universe_find_record},
	{"universe", "getColumn", FLUX_BUILTIN_SCALAR, universe_get_column},
	{"universe", "getRecord", FLUX_BUILTIN_SCALAR, universe_get_record},
	{"universe", "linearBins", FLUX_BUILTIN_SCALAR, universe_linear_bins},
	{"universe", "logarithmicBins", FLUX_BUILTIN_SCALAR, universe_logarithmic_bins},
	{"universe", "tableFind", FLUX_BUILTIN_SCALAR, universe_table_find},
};

void
flux_std_table_find_register(void)
{
	FLUX_REGISTER(builtins);
}
