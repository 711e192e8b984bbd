/*
 * plan_order.c
 *		Leaves give their tables in the order that suits the consumer.
 *
 * Tables come in the order of their keys, in which _field stands before the
 * tags: all series of one field, then those of the next.  pivot() over fields
 * makes one table of all fields of a series; in that order it must keep every
 * row to the end.  When series that become one table come together, it is done
 * with each table as it goes, in the same order of output tables:
 *
 *		read, together by its keys |> operators that keep tables as they are |> pivot
 *
 * A leaf that others read too keeps its order.  This comes after the leaves are
 * shared.
 */
#include "postgres.h"

#include "plan/plan_rules.h"

/* Do tables pass through the node as they come?  Sets the spec with which they do. */
static bool
keeps_tables(const FluxPlanNode *node, void **spec)
{
	if (node->class->keeps_tables || node->class->keep_tables == NULL)
		return node->class->keeps_tables;
	*spec = node->class->keep_tables(node);
	return *spec != NULL;
}

/*
 * A copy of the chain from a leaf to this node, the leaf with this order; NULL:
 * it cannot have it.
 */
static FluxPlanNode *
with_order(const FluxPlan *plan, const FluxPlanNode *node, const FluxGroupSpec *together)
{
	FluxPlanNode *copy;
	FluxPlanNode *input = NULL;
	void *spec = node->spec;

	if (node->consumer_count != 1)
		return NULL;
	if (node->class->kind == FLUX_PLAN_READ)
	{
		FluxReadSpec *read = palloc(sizeof(FluxReadSpec));

		*read = *(const FluxReadSpec *) node->spec;
		read->has_together = true;
		read->together = *together;
		/* a table per window and series is another order again */
		if (read->has_group || (read->has_window && !read->is_aggregate_window) ||
			flux_plan_share_of(plan, node) >= 0 || node->class->can_read == NULL ||
			!node->class->can_read(read))
			return NULL;
		spec = read;
	}
	else if (node->input_count == 1 && keeps_tables(node, &spec))
	{
		input = with_order(plan, node->inputs[0], together);
		if (input == NULL)
			return NULL;
	}
	else
		return NULL;
	copy = flux_plan_node_derive(node, node->class, spec);
	copy->pushed_rule = node->pushed_rule;
	if (input != NULL)
		flux_plan_add_input(copy, input);
	return copy;
}

/* The pivot to stand in a node's place; NULL: it stays. */
static FluxPlanNode *
order_pivot(const FluxPlan *plan, const FluxPlanNode *node)
{
	const FluxPivotSpec *pivot = node->spec;
	FluxGroupSpec together = {.is_except = true};
	FluxText *columns;
	FluxPivotSpec *spec;
	FluxPlanNode *input, *ordered;

	if (node->class->kind != FLUX_PLAN_PIVOT || pivot->is_together)
		return NULL;
	columns = palloc((pivot->column_key_count + 1) * sizeof(FluxText));
	for (int i = 0; i < pivot->column_key_count; i++)
		columns[together.column_count++] = pivot->column_key[i];
	columns[together.column_count++] = pivot->value_column;
	together.columns = columns;
	input = with_order(plan, node->inputs[0], &together);
	if (input == NULL)
		return NULL;
	spec = palloc(sizeof(FluxPivotSpec));
	*spec = *pivot;
	spec->is_together = true;
	ordered = flux_plan_node_derive(node, node->class, spec);
	ordered->pushed_rule = "order_read";
	flux_plan_add_input(ordered, input);
	return ordered;
}

void
flux_plan_order_reads(FluxPlan *plan)
{
	FluxPlanNode **now = palloc(Max(plan->node_count, 1) * sizeof(FluxPlanNode *));
	bool any = false;

	for (int i = 0; i < plan->node_count; i++)
	{
		FluxPlanNode *node = plan->nodes[i];

		node->plan_index = i;
		for (int j = 0; j < node->input_count; j++)
			node->inputs[j] = now[node->inputs[j]->plan_index];
		now[i] = order_pivot(plan, node);
		any |= now[i] != NULL;
		if (now[i] == NULL)
			now[i] = node;
		now[i]->plan_index = i;
	}
	for (int i = 0; i < plan->result_count; i++)
		plan->results[i].node = now[plan->results[i].node->plan_index];
	pfree(now);
	if (any)
		flux_plan_collect(plan);
}
