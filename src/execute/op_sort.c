/*
 * op_sort.c
 *		sort: the rows of each table in order of some columns.
 *
 * Stable, lexicographic by the listed columns; nulls come first in both
 * directions.  Columns that the table lacks or that are in its key are ignored.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/sort_rows.h"

typedef struct SortOperator
{
	FluxOperator op;
	FluxRowSorter *sorter;
	const FluxTableHead *head;
} SortOperator;

static void
sort_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxSortSpec *spec = flux_spec_create(FluxSortSpec);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
	spec->is_descending = flux_call_bool_or(call, "desc", false);
	node->spec = spec;
}

static void
sort_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxSortSpec *spec = node->spec;

	flux_explain_columns(out, spec->columns, spec->column_count);
	if (spec->is_descending)
		appendStringInfoString(out, ", desc: true");
}

static void
sort_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	SortOperator *sort = (SortOperator *) op;
	const FluxSortSpec *spec = op->node->spec;
	int *columns = palloc(Max(spec->column_count, 1) * sizeof(int));
	int count = 0;

	for (int i = 0; i < spec->column_count; i++)
	{
		int column = flux_schema_find(head->schema, spec->columns[i]);

		if (column >= 0 && flux_group_key_find(head->key, spec->columns[i]) < 0)
			columns[count++] = column;
	}
	sort->head = head;
	sort->sorter = flux_sorter_create(op, head, columns, count, spec->is_descending);
}

static void
sort_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_sorter_append(((SortOperator *) op)->sorter, batch);
}

static void
sort_end_table(FluxOperator *op, int port)
{
	SortOperator *sort = (SortOperator *) op;
	FluxBatch batch;

	flux_emit_begin_table(op, sort->head);
	flux_sorter_finish(sort->sorter);
	while (flux_sorter_next(sort->sorter, &batch))
	{
		batch.head = sort->head;
		flux_emit_batch(op, &batch);
	}
	flux_sorter_destroy(sort->sorter);
	flux_emit_end_table(op);
}

static const FluxOperatorOps sort_ops = {.state_size = sizeof(SortOperator),
										 .begin_table = sort_begin_table,
										 .process = sort_process,
										 .end_table = sort_end_table};

const FluxPlanClass flux_plan_sort = {.name = "sort",
									  .kind = FLUX_PLAN_SORT,
									  .plan = sort_plan,
									  .explain = sort_explain,
									  .ops = &sort_ops,
									  .keeps_tables = true};
