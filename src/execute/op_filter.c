/*
 * op_filter.c
 *		filter: the rows for which a predicate is true.
 *
 * A table without such rows is dropped unless onEmpty is "keep", so the head
 * goes on only with the first row that passes.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/row_function.h"

typedef struct FilterOperator
{
	FluxOperator op;
	FluxRowFunction *function;
	const FluxTableHead *head;
	bool is_begun;
	int32 rows[FLUX_BATCH_ROWS];
} FilterOperator;

static void
filter_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxFilterSpec *spec = flux_spec_create(FluxFilterSpec);
	FluxText on_empty = flux_call_string_or(call, "onEmpty", "drop");

	spec->function = flux_call_function(call, "fn");
	if (flux_text_equal_cstring(on_empty, "keep"))
		spec->keep_empty = true;
	else if (!flux_text_equal_cstring(on_empty, "drop"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"onEmpty must be keep or drop, was \"%.*s\"", on_empty.size, on_empty.data);
	node->spec = spec;
}

static void
filter_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxFilterSpec *spec = node->spec;

	if (spec->keep_empty)
		appendStringInfoString(out, "onEmpty: keep");
}

static void
filter_begin(FluxOperator *op)
{
	FilterOperator *filter = (FilterOperator *) op;
	const FluxFilterSpec *spec = op->node->spec;

	filter->function = flux_row_function_create(op, spec->function, "r");
}

static void
filter_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	FilterOperator *filter = (FilterOperator *) op;

	flux_row_function_bind(filter->function, head);
	filter->head = head;
	filter->is_begun = ((const FluxFilterSpec *) op->node->spec)->keep_empty;
	if (filter->is_begun)
		flux_emit_begin_table(op, head);
}

static void
filter_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	FilterOperator *filter = (FilterOperator *) op;
	int count = flux_row_function_select(filter->function, batch, filter->rows);

	if (count == 0)
		return;
	if (!filter->is_begun)
		flux_emit_begin_table(op, filter->head);
	filter->is_begun = true;
	flux_emit_rows(op, filter->head, batch, filter->rows, count);
}

static void
filter_end_table(FluxOperator *op, int port)
{
	FilterOperator *filter = (FilterOperator *) op;

	if (filter->is_begun)
		flux_emit_end_table(op);
}

static const FluxOperatorOps filter_ops = {.state_size = sizeof(FilterOperator),
										   .begin = filter_begin,
										   .begin_table = filter_begin_table,
										   .process = filter_process,
										   .end_table = filter_end_table};

const FluxPlanClass flux_plan_filter = {.name = "filter",
										.kind = FLUX_PLAN_FILTER,
										.plan = filter_plan,
										.explain = filter_explain,
										.ops = &filter_ops,
										.keeps_tables = true};
