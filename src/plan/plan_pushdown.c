/*
 * plan_pushdown.c
 *		Rules that move work into the leaf: from |> range becomes a READ, and
 *		what stands on a READ joins its FluxReadSpec where storage can do it.
 *
 * A READ that several consumers share is still narrowed for each of them: a
 * copy of the leaf with the consumer's work inside costs less than streaming
 * all its points past two operators.
 */
#include "postgres.h"

#include "plan/plan_rules.h"

/* The node's single input if it is a READ that still gives plain points. */
static FluxPlanNode *
plain_read_below(FluxPlanNode *node)
{
	FluxPlanNode *input = node->input_count == 1 ? node->inputs[0] : NULL;
	FluxReadSpec *spec;

	if (input == NULL || input->class->kind != FLUX_PLAN_READ)
		return NULL;
	spec = input->spec;
	return spec->has_aggregate || spec->has_group || spec->has_limit ? NULL : input;
}

/* A READ in the node's place, with a copy of the spec below it to add to. */
static FluxPlanNode *
derive_read(FluxPlanNode *node, FluxPlanNode *read, FluxReadSpec **spec)
{
	*spec = palloc(sizeof(FluxReadSpec));
	**spec = *(FluxReadSpec *) read->spec;
	return flux_plan_node_derive(node, flux_plan_class_of(FLUX_PLAN_READ), *spec);
}

/* from |> range: the leaf. Buckets on other hosts have a leaf of their own. */
FluxPlanNode *
flux_rule_bound_read(FluxPlan *plan, FluxPlanNode *node)
{
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_RANGE || node->input_count != 1 ||
		node->inputs[0]->class->kind != FLUX_PLAN_FROM)
		return NULL;
	spec = palloc0(sizeof(FluxReadSpec));
	spec->from = *(FluxFromSpec *) node->inputs[0]->spec;
	spec->bounds = node->bounds;
	return flux_plan_node_derive(node, flux_plan_class_of(FLUX_PLAN_READ), spec);
}

/*
 * read |> filter: the conditions that storage knows go into the predicate; if
 * some are left, a filter stays above the narrower read.
 */
FluxPlanNode *
flux_rule_push_filter(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = plain_read_below(node);
	FluxFilterSpec *filter = node->spec;
	FluxPlanNode *narrowed,
			   *rest;
	FluxReadSpec *spec;
	FluxPredicate *predicate;
	bool		is_whole;

	if (node->class->kind != FLUX_PLAN_FILTER || read == NULL || filter->keep_empty ||
		node->pushed_rule != NULL)
		return NULL;
	predicate = flux_predicate_from_function(plan->evaluator, filter->function, &is_whole);
	if (predicate == NULL)
		return NULL;

	narrowed = derive_read(node, read, &spec);
	if (spec->predicate != NULL)
	{
		FluxPredicate *both = palloc0(sizeof(FluxPredicate));

		both->kind = FLUX_PREDICATE_AND;
		both->children = palloc(2 * sizeof(FluxPredicate *));
		both->children[0] = spec->predicate;
		both->children[1] = predicate;
		both->child_count = 2;
		predicate = both;
	}
	spec->predicate = predicate;
	if (is_whole)
		return narrowed;

	/* The whole lambda stays above: what was pushed is simply true there. */
	narrowed->pushed_rule = "read_filter";
	narrowed->consumer_count = 1;
	rest = flux_plan_node_derive(node, node->class, filter);
	flux_plan_add_input(rest, narrowed);
	return rest;
}

/* Can storage compute it: one of the seven, of _value. */
static bool
is_storage_aggregate(const FluxAggregateSpec *spec)
{
	return spec->function != FLUX_AGGREGATE_OTHER &&
		flux_text_equal_cstring(spec->column, "_value");
}

/* read |> mean() and its kin: one row per series. */
FluxPlanNode *
flux_rule_push_aggregate(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = plain_read_below(node);
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE || read == NULL ||
		!is_storage_aggregate(node->spec))
		return NULL;
	pushed = derive_read(node, read, &spec);
	spec->has_aggregate = true;
	spec->aggregate = ((FluxAggregateSpec *) node->spec)->function;
	return pushed;
}

/* read |> aggregateWindow, already fused: one row per series and window. */
FluxPlanNode *
flux_rule_push_aggregate_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = plain_read_below(node);
	FluxAggregateWindowSpec *window = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE_WINDOW || read == NULL ||
		!is_storage_aggregate(&window->aggregate))
		return NULL;
	pushed = derive_read(node, read, &spec);
	spec->has_aggregate = true;
	spec->aggregate = window->aggregate.function;
	spec->has_window = true;
	spec->is_aggregate_window = true;
	spec->window = window->window;
	spec->time_src = window->time_src;
	spec->time_dst = window->time_dst;
	return pushed;
}

/* read |> limit(n): the first rows of each series. */
FluxPlanNode *
flux_rule_push_limit(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = plain_read_below(node);
	FluxLimitSpec *limit = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_LIMIT || read == NULL || limit->offset != 0 ||
		limit->rows_max <= 0)
		return NULL;
	pushed = derive_read(node, read, &spec);
	spec->has_limit = true;
	spec->limit = *limit;
	return pushed;
}
