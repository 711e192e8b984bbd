/*
 * plan_leaf.c
 *		What the push-down rules share.
 *
 * A leaf that several consumers share is still narrowed for each of them: a
 * copy of the leaf with the consumer's work inside costs less than streaming
 * all its points past two operators.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan_leaf.h"

FluxPlanNode *
flux_leaf_below(const FluxPlanNode *node)
{
	FluxPlanNode *input = node->input_count == 1 ? node->inputs[0] : NULL;
	FluxReadSpec *spec;

	if (input == NULL ||
		(input->class->kind != FLUX_PLAN_READ && input->class->kind != FLUX_PLAN_READ_REMOTE))
		return NULL;
	spec = input->spec;
	return spec->has_aggregate || spec->has_group || spec->has_limit ? NULL : input;
}

FluxPlanNode *
flux_leaf_derive(const FluxPlanNode *node, const FluxPlanNode *leaf, FluxReadSpec **spec)
{
	*spec = palloc(sizeof(FluxReadSpec));
	**spec = *(FluxReadSpec *) leaf->spec;
	return flux_plan_node_derive(node, leaf->class, *spec);
}

bool
flux_leaf_can_read(const FluxPlanNode *leaf)
{
	return leaf->class->can_read != NULL && leaf->class->can_read(leaf->spec);
}

bool
flux_leaf_is_row_column(FluxText label)
{
	return flux_text_equal_cstring(label, "_time") || flux_text_equal_cstring(label, "_value");
}

bool
flux_leaf_lists(const FluxText *columns, int count, const char *label)
{
	for (int i = 0; i < count; i++)
	{
		if (flux_text_equal_cstring(columns[i], label))
			return true;
	}
	return false;
}

bool
flux_leaf_computes(const FluxAggregateSpec *spec)
{
	return spec->function != FLUX_AGGREGATE_OTHER &&
		   flux_text_equal_cstring(spec->column, "_value");
}

FluxAggregateFunction
flux_leaf_selector(const FluxAggregateSpec *spec)
{
	if (spec->function < FLUX_AGGREGATE_MIN || spec->function == FLUX_AGGREGATE_OTHER)
		return FLUX_AGGREGATE_OTHER;
	if (flux_text_equal_cstring(spec->column, "_value"))
		return spec->function;
	if (!flux_text_equal_cstring(spec->column, "_time"))
		return FLUX_AGGREGATE_OTHER;
	return spec->function == FLUX_AGGREGATE_MIN || spec->function == FLUX_AGGREGATE_FIRST
			   ? FLUX_AGGREGATE_FIRST
			   : FLUX_AGGREGATE_LAST;
}

bool
flux_leaf_groups_series(const FluxPlanNode *node)
{
	const FluxGroupSpec *spec = node->spec;
	bool lists_time, lists_value;

	if (node->class->kind != FLUX_PLAN_GROUP)
		return false;
	lists_time = flux_leaf_lists(spec->columns, spec->column_count, "_time");
	lists_value = flux_leaf_lists(spec->columns, spec->column_count, "_value");
	return spec->is_except ? lists_time && lists_value : !lists_time && !lists_value;
}

/* Does keep() or drop() leave the column there? */
static bool
leaves_column(const FluxPlanNode *node, const FluxText *needed)
{
	const FluxColumnsSpec *spec = node->spec;

	if (spec->predicate != NULL)
		return false;
	if (needed == NULL)
		return true;
	for (int i = 0; i < spec->column_count; i++)
	{
		if (flux_text_equal(spec->columns[i], *needed))
			return node->class->kind == FLUX_PLAN_KEEP;
	}
	return node->class->kind == FLUX_PLAN_DROP;
}

FluxPlanNode *
flux_leaf_below_regrouping(const FluxPlanNode *node, const FluxText *needed)
{
	while (node->input_count == 1)
	{
		const FluxPlanNode *input = node->inputs[0];

		switch (input->class->kind)
		{
			case FLUX_PLAN_GROUP:
				if (!flux_leaf_groups_series(input))
					return NULL;
				break;
			case FLUX_PLAN_KEEP:
			case FLUX_PLAN_DROP:
				if (!leaves_column(input, needed))
					return NULL;
				break;
			default:
				return flux_leaf_below(node);
		}
		node = input;
	}
	return NULL;
}

FluxPlanNode *
flux_leaf_derive_over(const FluxPlanNode *node, FluxPlanNode *input)
{
	FluxPlanNode *copy = flux_plan_node_derive(node, node->class, node->spec);

	input->consumer_count = 1;
	flux_plan_add_input(copy, input);
	return copy;
}

FluxPlanNode *
flux_leaf_replace(const FluxPlanNode *node, const FluxPlanNode *leaf, FluxPlanNode *replacement)
{
	check_stack_depth();
	return node == leaf
			   ? replacement
			   : flux_leaf_derive_over(node, flux_leaf_replace(node->inputs[0], leaf, replacement));
}
