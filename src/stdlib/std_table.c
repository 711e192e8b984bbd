/*
 * std_table.c
 *		Streams that a script looks into while it is evaluated: tableFind,
 *		findColumn, findRecord, getColumn, getRecord, experimental.chain.
 *
 * They run the stream at once, from its sources, each time they are called.
 * What tableFind gives is a stream again, of one table whose rows are kept in
 * memory: getColumn and getRecord read it, and any transformation can too.
 */
#include "postgres.h"

#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "plan/plan_node.h"
#include "stdlib/registry.h"

/* ---- the found table as a source ---- */

/* A table in memory: the spec of its plan node. */
typedef struct FoundTable
{
	const FluxTableHead *head;
	FluxColumnBuilder *columns;
	int row_count;
} FoundTable;

typedef struct FoundTableOperator
{
	FluxOperator op;
	bool is_done;
} FoundTableOperator;

static bool
found_table_produce(FluxOperator *op)
{
	FoundTableOperator *self = (FoundTableOperator *) op;
	const FoundTable *table = op->node->spec;
	FluxColumn *columns;

	if (self->is_done)
		return false;
	self->is_done = true;
	columns = palloc(sizeof(FluxColumn) * (Size) Max(table->head->schema->count, 1));
	for (int i = 0; i < table->head->schema->count; i++)
		columns[i] = flux_column_builder_view(&table->columns[i]);
	flux_emit_begin_table(op, table->head);
	flux_emit_columns(op, table->head, columns, table->row_count);
	flux_emit_end_table(op);
	return true;
}

static const FluxOperatorOps found_table_ops = {
	.state_size = sizeof(FoundTableOperator),
	.produce = found_table_produce,
};

static const FluxPlanClass flux_plan_found_table = {
	.name = "tableFind",
	.ops = &found_table_ops,
};

/* ---- looking for the table ---- */

/* The first table whose key satisfies the function. */
typedef struct TableFinder
{
	FluxResultSink sink;
	FluxCall *call;
	const FluxFunction *function;
	const FluxText *column; /* the only one wanted, or NULL for all */
	int64 row;              /* the only one wanted, or -1 for all */
	int64 row_count;        /* of the table so far */
	MemoryContext context;  /* of what is kept */
	FoundTable *found;      /* NULL: none so far */
	bool is_open;           /* its rows are coming */
} TableFinder;

/* The key's columns as the record that fn sees. */
static FluxValue
key_record(const FluxGroupKey *key)
{
	return flux_value_record(key->labels, key->values, key->count);
}

static void
finder_begin_result(FluxResultSink *sink, FluxText name)
{
}

static void
finder_begin_table(FluxResultSink *sink, const FluxTableHead *head)
{
	TableFinder *finder = (TableFinder *) sink;
	FluxText parameter = flux_text_from_cstring("key");
	FluxValue key = key_record(head->key);
	FluxRecord arguments = {.count = 1, .keys = &parameter, .values = &key};
	FluxValue verdict;
	MemoryContext previous;

	finder->is_open = false;
	if (finder->found != NULL)
		return;
	verdict = flux_function_call(finder->call->evaluator, finder->function, &arguments, true);
	if (!verdict.is_null && verdict.kind != FLUX_KIND_BOOL)
		flux_call_raise(finder->call, ERRCODE_DATATYPE_MISMATCH,
						"%s: \"fn\" must return a bool, got %s", finder->call->builtin->name,
						flux_kind_name(verdict.kind));
	if (verdict.is_null || !verdict.as.boolean)
		return;
	previous = MemoryContextSwitchTo(finder->context);
	finder->found = palloc0(sizeof(FoundTable));
	finder->found->head = flux_table_head_copy(head);
	finder->found->columns =
		palloc0(sizeof(FluxColumnBuilder) * (Size) Max(head->schema->count, 1));
	for (int i = 0; i < head->schema->count; i++)
		flux_column_builder_init(&finder->found->columns[i], head->schema->types[i],
								 finder->context);
	MemoryContextSwitchTo(previous);
	finder->is_open = true;
}

static void
finder_process(FluxResultSink *sink, const FluxBatch *batch)
{
	TableFinder *finder = (TableFinder *) sink;

	const FluxSchema *schema;
	int64 first;
	int count = batch->row_count;

	if (!finder->is_open)
		return;
	schema = finder->found->head->schema;
	first = finder->row < 0 ? 0 : finder->row - finder->row_count;
	if (finder->row >= 0)
		count = first >= 0 && first < batch->row_count ? 1 : 0;
	finder->row_count += batch->row_count;
	if (count == 0)
		return;
	flux_evaluator_need_memory(finder->call->evaluator, finder->call->source, finder->call->span,
							   (Size) (finder->found->row_count + count) * sizeof(FluxValue));
	for (int i = 0; i < schema->count; i++)
	{
		if (finder->column == NULL || flux_text_equal(*finder->column, schema->labels[i]))
			flux_column_builder_append_rows(&finder->found->columns[i], &batch->columns[i],
											(int) first, count);
	}
	finder->found->row_count += count;
}

static void
finder_end_table(FluxResultSink *sink)
{
	((TableFinder *) sink)->is_open = false;
}

static void
finder_end_result(FluxResultSink *sink)
{
}

/*
 * Runs the call's stream and gives the table it wants, or NULL.  Of the table
 * only a column (if not NULL) or a row (if not negative) is kept.
 */
static FoundTable *
find_table(FluxCall *call, const FluxText *column, int64 row)
{
	TableFinder finder = {
		.sink =
			{
				.begin_result = finder_begin_result,
				.begin_table = finder_begin_table,
				.process = finder_process,
				.end_table = finder_end_table,
				.end_result = finder_end_result,
			},
		.call = call,
		.function = flux_call_function(call, "fn"),
		.column = column,
		.row = row,
		.context = CurrentMemoryContext,
	};

	if (call->is_row_function || call->evaluator->run_stream == NULL)
		flux_call_raise(call, ERRCODE_FEATURE_NOT_SUPPORTED, "%s cannot be called here",
						call->builtin->name);
	call->evaluator->run_stream(call->evaluator, flux_call_stream(call, "tables"), &finder.sink);
	return finder.found;
}

/* ---- reading it ---- */

static FluxValue
column_array(const FoundTable *table, int position)
{
	FluxColumn column = flux_column_builder_view(&table->columns[position]);
	FluxArray *array =
		palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) table->row_count);

	array->count = table->row_count;
	for (int i = 0; i < table->row_count; i++)
		array->items[i] = flux_value_from_column(&column, i);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = array};
}

static FluxValue
row_record(const FoundTable *table, int row)
{
	const FluxSchema *schema = table->head->schema;
	FluxValue *values = palloc(sizeof(FluxValue) * (Size) Max(schema->count, 1));

	for (int i = 0; i < schema->count; i++)
	{
		FluxColumn column = flux_column_builder_view(&table->columns[i]);

		values[i] = flux_value_from_column(&column, row);
	}
	return flux_value_record(schema->labels, values, schema->count);
}

static FluxValue
table_find(FluxCall *call)
{
	FoundTable *table = find_table(call, NULL, -1);

	if (table == NULL)
		flux_call_raise(call, ERRCODE_NO_DATA_FOUND, "no table found");
	return flux_value_stream(
		flux_plan_node_derive(flux_call_stream(call, "tables"), &flux_plan_found_table, table));
}

/* No such table or no such column: an empty array. */
static FluxValue
find_column(FluxCall *call)
{
	FluxText label = flux_call_string(call, "column");
	FoundTable *table = find_table(call, &label, -1);
	int position = table != NULL ? flux_schema_find(table->head->schema, label) : -1;

	return position < 0 ? flux_value_array(NULL, 0) : column_array(table, position);
}

/* No such table or no such row: an empty record. */
static FluxValue
find_record(FluxCall *call)
{
	int64 row = flux_call_int(call, "idx");
	FoundTable *table = find_table(call, NULL, Max(row, 0));

	if (table == NULL || row < 0 || table->row_count == 0)
		return flux_value_record(NULL, NULL, 0);
	return row_record(table, 0);
}

/* What tableFind gave; other streams hold no table yet. */
static const FoundTable *
table_argument(FluxCall *call)
{
	const FluxPlanNode *node = flux_call_stream(call, "table");

	if (node->class != &flux_plan_found_table)
		flux_raise_full(ERRCODE_DATATYPE_MISMATCH, call->source, call->span, NULL,
						"Extract a table with tableFind() first.",
						"%s: expected a table, got a stream of tables", call->builtin->name);
	return node->spec;
}

static FluxValue
get_column(FluxCall *call)
{
	const FoundTable *table = table_argument(call);
	FluxText label = flux_call_string(call, "column");
	int position = flux_schema_find(table->head->schema, label);
	FluxNearName near;

	if (position >= 0)
		return column_array(table, position);
	flux_near_name_init(&near, label);
	for (int i = 0; i < table->head->schema->count; i++)
		flux_near_name_offer(&near, table->head->schema->labels[i]);
	flux_raise_full(ERRCODE_UNDEFINED_COLUMN, call->source, call->span, NULL,
					flux_near_name_hint(&near), "cannot find column %.*s", label.size, label.data);
}

static FluxValue
get_record(FluxCall *call)
{
	const FoundTable *table = table_argument(call);
	int64 row = flux_call_int(call, "idx");

	if (row < 0 || row >= table->row_count)
		flux_call_raise(call, ERRCODE_ARRAY_SUBSCRIPT_ERROR, "index out of bounds: " INT64_FORMAT,
						row);
	return row_record(table, (int) row);
}

/* Runs the first stream for its effects; the second is the value. */
static FluxValue
experimental_chain(FluxCall *call)
{
	if (call->is_row_function || call->evaluator->run_stream == NULL)
		flux_call_raise(call, ERRCODE_FEATURE_NOT_SUPPORTED, "chain cannot be called here");
	call->evaluator->run_stream(call->evaluator, flux_call_stream(call, "first"), NULL);
	return flux_value_stream(flux_call_stream(call, "second"));
}

static const FluxBuiltin builtins[] = {
	{"universe", "tableFind", FLUX_BUILTIN_SCALAR, table_find},
	{"universe", "findColumn", FLUX_BUILTIN_SCALAR, find_column},
	{"universe", "findRecord", FLUX_BUILTIN_SCALAR, find_record},
	{"universe", "getColumn", FLUX_BUILTIN_SCALAR, get_column},
	{"universe", "getRecord", FLUX_BUILTIN_SCALAR, get_record},
	{"experimental", "chain", FLUX_BUILTIN_SCALAR, experimental_chain},
};

void
flux_std_table_register(void)
{
	FLUX_REGISTER(builtins);
}
