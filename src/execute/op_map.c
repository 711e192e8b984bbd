/*
 * op_map.c
 *		map: a record per row.
 *
 * The output's key is what is left of the input's key: the old key columns
 * that the records still have, with their new values; where such a column
 * varies by row the table is split.  Tables whose keys become equal are merged,
 * so rows are collected and go out in key order at the end.
 *
 * The common {r with ...} that leaves the key alone cannot make keys equal:
 * such tables go through at once.  Where that is known of all tables beforehand,
 * they go out one by one even if the function cannot be compiled.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/row_function.h"

typedef struct MapSpec
{
	const FluxFunction *function;
	bool keeps_tables; /* each input table has a key of its own, and keeps it */
} MapSpec;

typedef struct MapOperator
{
	FluxOperator op;
	FluxRowFunction *function;
	const FluxTableHead *in_head;
	bool is_streaming;
	FluxTableHead *out_head; /* streaming: of the open table; NULL before its first row */
	FluxTableSet *set;
} MapOperator;

static void
map_plan(FluxCall *call, FluxPlanNode *node)
{
	MapSpec *spec = flux_spec_create(MapSpec);

	spec->function = flux_call_function(call, "fn");
	node->spec = spec;
}

static void
map_begin(FluxOperator *op)
{
	MapOperator *map = (MapOperator *) op;

	map->function = flux_row_function_create(op, ((const MapSpec *) op->node->spec)->function, "r");
	map->set = flux_table_set_create(op);
}

static void
map_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	MapOperator *map = (MapOperator *) op;

	map->in_head = head;
	map->out_head = NULL;
	flux_row_function_bind(map->function, head);
	map->is_streaming = flux_row_function_keeps_key(map->function, head->key);
}

static void
map_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	MapOperator *map = (MapOperator *) op;
	const FluxGroupKey *key = map->in_head->key;
	FluxRowRecords records;
	FluxTableHead head = {0};
	FluxBatch out = {.head = &head, .row_count = batch->row_count};
	int *key_columns;
	int key_count = 0;

	if (batch->row_count == 0)
		return;
	flux_row_function_records(map->function, batch, &records);
	out.columns = records.columns;
	if (map->is_streaming)
	{
		if (map->out_head == NULL)
		{
			MemoryContext old = MemoryContextSwitchTo(op->table_context);

			map->out_head = flux_table_head_create(key, flux_schema_copy(records.schema, 0));
			MemoryContextSwitchTo(old);
			flux_emit_begin_table(op, map->out_head);
		}
		out.head = map->out_head;
		flux_emit_batch(op, &out);
		return;
	}

	key_columns = palloc(Max(key->count, 1) * sizeof(int));
	for (int i = 0; i < key->count; i++)
	{
		int column = flux_schema_find(records.schema, key->labels[i]);

		if (column >= 0)
			key_columns[key_count++] = column;
	}
	head.schema = records.schema;
	flux_table_set_route(map->set, &out, key_columns, key_count);
}

static void
map_end_table(FluxOperator *op, int port)
{
	MapOperator *map = (MapOperator *) op;

	if (map->is_streaming && map->out_head != NULL)
		flux_emit_end_table(op);
	else if (!map->is_streaming && ((const MapSpec *) op->node->spec)->keeps_tables)
		flux_table_set_emit(map->set, op, true);
}

static void
map_finish(FluxOperator *op, int port)
{
	MapOperator *map = (MapOperator *) op;

	flux_table_set_emit(map->set, op, true);
	flux_emit_finish(op);
}

static const FluxOperatorOps map_ops = {.state_size = sizeof(MapOperator),
										.begin = map_begin,
										.begin_table = map_begin_table,
										.process = map_process,
										.end_table = map_end_table,
										.finish = map_finish};

static bool
map_keeps_bounds(const FluxPlanNode *node)
{
	return flux_function_keeps_bounds(((const MapSpec *) node->spec)->function);
}

/* {r with _value: ...}: a leaf's keys have no such column. */
static bool
sets_value_alone(const FluxFunction *function)
{
	const FluxObjectExpression *record;

	if (function->lambda == NULL)
		return false;
	record = (const FluxObjectExpression *) flux_ast_unparen(function->lambda->body);
	return record->ast.kind == FLUX_AST_OBJECT_EXPRESSION && record->with != NULL &&
		   flux_text_equal_cstring(record->with->name, "r") && record->properties.count == 1 &&
		   flux_text_equal_cstring(
			   flux_ast_key_text(((const FluxProperty *) record->properties.items[0])->key),
			   "_value");
}

static void *
map_keep_tables(const FluxPlanNode *node)
{
	MapSpec *spec;

	if (!sets_value_alone(((const MapSpec *) node->spec)->function))
		return NULL;
	spec = palloc(sizeof(MapSpec));
	*spec = *(const MapSpec *) node->spec;
	spec->keeps_tables = true;
	return spec;
}

const FluxPlanClass flux_plan_map = {.name = "map",
									 .plan = map_plan,
									 .ops = &map_ops,
									 .keeps_bounds = map_keeps_bounds,
									 .keep_tables = map_keep_tables};
