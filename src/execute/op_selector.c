/*
 * op_selector.c
 *		min, max, first, last and the exact quantile: one row of the table.
 *
 * The row chosen so far is kept as a copy of one row; most batches of a table
 * do not change it.  A table without a candidate stays, empty; for the exact
 * quantile it becomes one row of key values and nulls.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/aggregate.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/sort_rows.h"

typedef struct SelectorOperator
{
	FluxOperator op;
	FluxAggregateFunction function;
	const FluxTableHead *head;
	int column;
	bool has_row;
	FluxColumn *chosen; /* one-row columns, in row_context */
	MemoryContext row_context;
} SelectorOperator;

/* ---- planning ---- */

static void
plan_selector(FluxCall *call, FluxPlanNode *node, FluxAggregateFunction function)
{
	FluxAggregateSpec *spec = flux_spec_create(FluxAggregateSpec);

	spec->function = function;
	spec->is_fusible = true;
	spec->column = flux_call_string_or(call, "column", "_value");
	spec->arguments = flux_spec_create(FluxAggregateArguments);
	node->spec = spec;
}

static void
min_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_selector(call, node, FLUX_AGGREGATE_MIN);
}

static void
max_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_selector(call, node, FLUX_AGGREGATE_MAX);
}

static void
first_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_selector(call, node, FLUX_AGGREGATE_FIRST);
}

static void
last_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_selector(call, node, FLUX_AGGREGATE_LAST);
}

static void
selector_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxAggregateSpec *spec = node->spec;

	appendStringInfo(out, "column: %.*s", spec->column.size, spec->column.data);
}

/* ---- running ---- */

static void
selector_begin(FluxOperator *op)
{
	SelectorOperator *selector = (SelectorOperator *) op;

	selector->function = ((const FluxAggregateSpec *) op->node->spec)->function;
	selector->row_context =
		AllocSetContextCreate(op->state_context, "Flux selected row", ALLOCSET_SMALL_SIZES);
}

static void
selector_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	SelectorOperator *selector = (SelectorOperator *) op;
	const FluxAggregateSpec *spec = op->node->spec;

	selector->head = head;
	selector->column = flux_operator_column(op, head->schema, spec->column);
	flux_selector_check_type(op, selector->function, head->schema->types[selector->column]);
	selector->has_row = false;
	flux_emit_begin_table(op, head);
}

static void
selector_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	SelectorOperator *selector = (SelectorOperator *) op;
	const FluxColumn *best = selector->has_row ? &selector->chosen[selector->column] : NULL;
	int row = flux_selector_choose(selector->function, &batch->columns[selector->column], 0,
								   batch->row_count, best, 0);
	MemoryContext old;

	if (row < 0)
		return;
	MemoryContextReset(selector->row_context);
	old = MemoryContextSwitchTo(selector->row_context);
	selector->chosen = flux_batch_copy_row(batch, row);
	selector->has_row = true;
	MemoryContextSwitchTo(old);
}

static void
selector_end_table(FluxOperator *op, int port)
{
	SelectorOperator *selector = (SelectorOperator *) op;

	if (selector->has_row)
		flux_emit_columns(op, selector->head, selector->chosen, 1);
	flux_emit_end_table(op);
}

static const FluxOperatorOps selector_ops = {.state_size = sizeof(SelectorOperator),
											 .begin = selector_begin,
											 .begin_table = selector_begin_table,
											 .process = selector_process,
											 .end_table = selector_end_table};

#define SELECTOR_CLASS(class_name)                                                                 \
	const FluxPlanClass flux_plan_##class_name = {.name = #class_name,                             \
												  .kind = FLUX_PLAN_AGGREGATE,                     \
												  .plan = class_name##_plan,                       \
												  .explain = selector_explain,                     \
												  .ops = &selector_ops}

SELECTOR_CLASS(min);
SELECTOR_CLASS(max);
SELECTOR_CLASS(first);
SELECTOR_CLASS(last);

/* ---- quantile(method: "exact_selector") ---- */

typedef struct QuantileSelectorOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	FluxRowSorter *sorter; /* of the rows with a value */
	int64 count;           /* of them */
	int column;
} QuantileSelectorOperator;

static void
quantile_selector_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	QuantileSelectorOperator *selector = (QuantileSelectorOperator *) op;
	const FluxAggregateSpec *spec = op->node->spec;

	selector->column = flux_operator_column(op, head->schema, spec->column);
	selector->head = head;
	selector->count = 0;
	selector->sorter = flux_sorter_create(op, head, &selector->column, 1, false);
}

static void
quantile_selector_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	QuantileSelectorOperator *selector = (QuantileSelectorOperator *) op;
	const FluxColumn *values = &batch->columns[selector->column];
	int32 *rows = palloc(Max(batch->row_count, 1) * sizeof(int32));
	FluxColumn *columns = palloc(Max(batch->head->schema->count, 1) * sizeof(FluxColumn));
	FluxBatch kept = {.head = batch->head, .columns = columns};

	for (int row = 0; row < batch->row_count; row++)
	{
		if (!flux_column_is_null(values, row))
			rows[kept.row_count++] = row;
	}
	for (int i = 0; i < batch->head->schema->count; i++)
		columns[i] = kept.row_count == batch->row_count
						 ? batch->columns[i]
						 : flux_column_gather(&batch->columns[i], rows, kept.row_count);
	flux_sorter_append(selector->sorter, &kept);
	selector->count += kept.row_count;
}

/* The row at the quantile; without rows one of nulls. */
static void
quantile_selector_end_table(FluxOperator *op, int port)
{
	QuantileSelectorOperator *selector = (QuantileSelectorOperator *) op;
	const FluxAggregateSpec *spec = op->node->spec;
	const FluxAggregateArguments *arguments = spec->arguments;
	const FluxTableHead *head = selector->head;
	FluxValue *values = palloc(Max(head->schema->count, 1) * sizeof(FluxValue));
	int64 index = (int64) ceil(arguments->quantile * (double) selector->count) - 1;
	int64 passed = 0;
	FluxBatch batch = {0};

	flux_sorter_finish(selector->sorter);
	index = Max(index, 0);
	while (selector->count > 0 && flux_sorter_next(selector->sorter, &batch) &&
		   passed + batch.row_count <= index)
		passed += batch.row_count;
	for (int i = 0; i < head->schema->count; i++)
	{
		int in_key = flux_group_key_find(head->key, head->schema->labels[i]);

		if (selector->count > 0)
			values[i] = flux_value_from_column(&batch.columns[i], (int) (index - passed));
		else if (in_key >= 0)
			values[i] = head->key->values[in_key];
		else
			values[i] = flux_value_null((FluxKind) head->schema->types[i]);
	}
	flux_emit_one_row(op, head, values);
	flux_sorter_destroy(selector->sorter);
}

static const FluxOperatorOps quantile_selector_ops = {.state_size =
														  sizeof(QuantileSelectorOperator),
													  .begin_table = quantile_selector_begin_table,
													  .process = quantile_selector_process,
													  .end_table = quantile_selector_end_table};

const FluxPlanClass flux_plan_quantile_selector = {.name = "quantile",
												   .explain = selector_explain,
												   .ops = &quantile_selector_ops,
												   .keeps_bounds = flux_plan_keeps_bounds};
