/*
 * plan_pushdown.c
 *		Rules that move work into the leaf: from |> range becomes a READ, and
 *		what stands on a READ joins its FluxReadSpec where storage can do it
 *		whole.  Where it can do a part, see plan_split.c.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan_leaf.h"

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
	return flux_plan_node_derive(
		node, flux_plan_class_of(spec->from.host.size > 0 ? FLUX_PLAN_READ_REMOTE : FLUX_PLAN_READ),
		spec);
}

/*
 * read |> filter: the conditions that storage knows go into the predicate; if
 * some are left, a filter stays above the narrower read.
 */
FluxPlanNode *
flux_rule_push_filter(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = flux_leaf_below(node);
	FluxFilterSpec *filter = node->spec;
	FluxPlanNode *narrowed, *rest;
	FluxReadSpec *spec;
	FluxPredicate *predicate;
	bool is_whole;

	if (node->class->kind != FLUX_PLAN_FILTER || read == NULL || filter->keep_empty ||
		node->pushed_rule != NULL)
		return NULL;
	predicate = flux_predicate_from_function(plan->evaluator, filter->function, &is_whole);
	if (predicate == NULL && !is_whole)
		return NULL;

	narrowed = flux_leaf_derive(node, read, &spec);
	if (spec->predicate != NULL && predicate != NULL)
	{
		FluxPredicate *both = palloc0(sizeof(FluxPredicate));

		both->kind = FLUX_PREDICATE_AND;
		both->children = palloc(2 * sizeof(FluxPredicate *));
		both->children[0] = spec->predicate;
		both->children[1] = predicate;
		both->child_count = 2;
		predicate = both;
	}
	if (predicate != NULL)
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

/* read |> mean() and its kin: one row per series; max(column: "_time") is the last. */
FluxPlanNode *
flux_rule_push_aggregate(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = flux_leaf_below(node);
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	FluxAggregateFunction function;

	if (node->class->kind != FLUX_PLAN_AGGREGATE || read == NULL)
		return NULL;
	function = flux_leaf_selector(node->spec);
	if (function == FLUX_AGGREGATE_OTHER && flux_leaf_computes(node->spec))
		function = ((FluxAggregateSpec *) node->spec)->function;
	if (function == FLUX_AGGREGATE_OTHER)
		return NULL;
	pushed = flux_leaf_derive(node, read, &spec);
	spec->has_aggregate = true;
	spec->aggregate = function;
	return pushed;
}

static void
set_window(FluxReadSpec *spec, const FluxAggregateWindowSpec *window)
{
	spec->has_window = true;
	spec->is_aggregate_window = true;
	spec->window = window->window;
	spec->time_src = window->time_src;
	spec->time_dst = window->time_dst;
}

/* read |> aggregateWindow, already fused: one row per series and window. */
FluxPlanNode *
flux_rule_push_aggregate_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = flux_leaf_below(node);
	FluxAggregateWindowSpec *window = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE_WINDOW || read == NULL ||
		!flux_leaf_computes(&window->aggregate))
		return NULL;
	pushed = flux_leaf_derive(node, read, &spec);
	spec->has_aggregate = true;
	spec->aggregate = window->aggregate.function;
	set_window(spec, window);
	/* a remote server computes any windows; our storage, if there is memory for those that overlap */
	if (read->class->kind == FLUX_PLAN_READ && !flux_grid_is_seamless(&window->window.grid) &&
		!flux_leaf_can_read(pushed))
		return NULL;
	return pushed;
}

/* read |> limit(n): the first rows of each series. */
FluxPlanNode *
flux_rule_push_limit(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = flux_leaf_below(node);
	FluxLimitSpec *limit = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_LIMIT || read == NULL || limit->offset != 0 ||
		limit->rows_max <= 0)
		return NULL;
	pushed = flux_leaf_derive(node, read, &spec);
	spec->has_limit = true;
	spec->limit = *limit;
	return pushed;
}

/* read |> tail(n): the last rows of each series. */
FluxPlanNode *
flux_rule_push_tail(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = flux_leaf_below(node);
	FluxLimitSpec *limit = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_TAIL || read == NULL || limit->offset != 0 ||
		limit->rows_max <= 0 || limit->rows_max > FLUX_BATCH_ROWS)
		return NULL;
	pushed = flux_leaf_derive(node, read, &spec);
	spec->has_limit = true;
	spec->is_tail = true;
	spec->limit = *limit;
	return pushed;
}

/* The columns that are listed and not of rows. */
static FluxGroupSpec
kept_series_columns(const FluxColumnsSpec *keep)
{
	FluxText *columns = palloc(Max(keep->column_count, 1) * sizeof(FluxText));
	FluxGroupSpec group = {.columns = columns};

	for (int i = 0; i < keep->column_count; i++)
	{
		if (!flux_leaf_is_row_column(keep->columns[i]))
			columns[group.column_count++] = keep->columns[i];
	}
	return group;
}

/* All columns but those that are dropped and those of rows. */
static FluxGroupSpec
undropped_series_columns(const FluxColumnsSpec *drop)
{
	FluxText *columns = palloc((drop->column_count + 2) * sizeof(FluxText));

	memcpy(columns, drop->columns, drop->column_count * sizeof(FluxText));
	columns[drop->column_count] = flux_text_from_cstring("_time");
	columns[drop->column_count + 1] = flux_text_from_cstring("_value");
	return (FluxGroupSpec){true, columns, drop->column_count + 2};
}

/*
 * Does the node put whole series together and leave _value and, where it is
 * needed, _time there?  keep() and drop() do as group() does, for tables of one
 * key become one.
 */
static bool
makes_groups(const FluxPlanNode *node, bool needs_time, FluxReadSpec *spec)
{
	const FluxColumnsSpec *columns = node->spec;
	bool is_keep = node->class->kind == FLUX_PLAN_KEEP;

	if (node->class->kind == FLUX_PLAN_GROUP)
	{
		spec->group = *(FluxGroupSpec *) node->spec;
		return flux_leaf_groups_series(node);
	}
	if ((!is_keep && node->class->kind != FLUX_PLAN_DROP) || columns->predicate != NULL ||
		flux_leaf_lists(columns->columns, columns->column_count, "_value") != is_keep ||
		(needs_time &&
		 flux_leaf_lists(columns->columns, columns->column_count, "_time") != is_keep))
		return false;
	spec->group = is_keep ? kept_series_columns(columns) : undropped_series_columns(columns);
	spec->keeps_key_order = true;
	return true;
}

/*
 * A READ in the node's place that computes an aggregate, no selector, of the
 * groups that "group" makes; NULL where that cannot be.
 */
static FluxPlanNode *
derive_group_read(FluxPlanNode *node, const FluxPlanNode *group, const FluxAggregateSpec *aggregate,
				  bool needs_time, FluxReadSpec **spec)
{
	const FluxPlanNode *read = flux_leaf_below(group);
	FluxPlanNode *pushed;

	if (!flux_leaf_computes(aggregate) || read == NULL ||
		flux_leaf_selector(aggregate) != FLUX_AGGREGATE_OTHER)
		return NULL;
	pushed = flux_leaf_derive(node, read, spec);
	(*spec)->has_group = true;
	(*spec)->has_aggregate = true;
	(*spec)->aggregate = aggregate->function;
	(*spec)->grouped_at = group;
	return makes_groups(group, needs_time, *spec) ? pushed : NULL;
}

/* read |> group, keep or drop |> mean() and its kin: one row per group. */
FluxPlanNode *
flux_rule_push_group_aggregate(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE ||
		(pushed = derive_group_read(node, node->inputs[0], node->spec, false, &spec)) == NULL)
		return NULL;
	if (!spec->keeps_key_order && node->inputs[0]->consumer_count == 1)
		spec->grouped_at = node; /* where fuse_group_aggregate makes it one, too */
	return flux_leaf_can_read(pushed) ? pushed : NULL;
}

/* read |> group, keep or drop |> aggregateWindow: one row per group and window. */
FluxPlanNode *
flux_rule_push_group_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxAggregateWindowSpec *window = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE_WINDOW ||
		(pushed = derive_group_read(node, node->inputs[0], &window->aggregate, true, &spec)) ==
			NULL)
		return NULL;
	set_window(spec, window);
	return flux_leaf_can_read(pushed) ? pushed : NULL;
}

/* A READ in the node's place that computes an aggregate of each series, or of groups of them. */
static FluxPlanNode *
derive_read(FluxPlanNode *node, FluxPlanNode *below, const FluxAggregateSpec *aggregate,
			FluxReadSpec **spec)
{
	const FluxPlanNode *read = flux_leaf_below(below);
	FluxPlanNode *pushed;

	if (read == NULL)
		return derive_group_read(node, below->inputs[0], aggregate, true, spec);
	if (read->class->kind != FLUX_PLAN_READ || !flux_leaf_computes(aggregate))
		return NULL;
	pushed = flux_leaf_derive(node, read, spec);
	(*spec)->has_aggregate = true;
	(*spec)->aggregate = aggregate->function;
	return pushed;
}

/*
 * read [|> group, keep or drop] |> window |> mean(), min() and their kin, where
 * nothing makes one table of the windows again, or they overlap or leave gaps: a
 * table per series (or group) and window.
 */
FluxPlanNode *
flux_rule_push_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *below = node->input_count == 1 ? node->inputs[0] : NULL;
	const FluxWindowSpec *window;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE || below->class->kind != FLUX_PLAN_WINDOW)
		return NULL;
	window = below->spec;
	if (!flux_plan_is_plain_window(window) ||
		(pushed = derive_read(node, below, node->spec, &spec)) == NULL)
		return NULL;
	spec->has_window = true;
	spec->window = *window;
	if ((spec->has_group || !flux_grid_is_seamless(&window->grid)) &&
		(!flux_leaf_can_read(pushed) || !flux_grid_tells_apart(&window->grid, spec->bounds)))
		return NULL;
	return pushed;
}

/* Does the operator leave rows where they are, times and values alike? */
static bool
renames_only(const FluxPlanNode *node)
{
	return node->class->kind == FLUX_PLAN_KEEP || node->class->kind == FLUX_PLAN_DROP ||
		   strcmp(node->class->name, "set") == 0 || strcmp(node->class->name, "rename") == 0;
}

/* Does it compute windows of which no two end, or begin, at the same time? */
static bool
gives_window_rows(const FluxPlanNode *node)
{
	if (node->class->kind == FLUX_PLAN_AGGREGATE_WINDOW)
		return flux_grid_is_seamless(&((FluxAggregateWindowSpec *) node->spec)->window.grid);
	return node->class->kind == FLUX_PLAN_READ &&
		   ((FluxReadSpec *) node->spec)->is_aggregate_window &&
		   flux_grid_is_seamless(&((FluxReadSpec *) node->spec)->window.grid);
}

/*
 * aggregateWindow [|> set, rename, keep, drop] |> to(): what comes is long runs
 * of a series, ascending, which can be written as the segments that they would
 * become sooner or later.
 */
FluxPlanNode *
flux_rule_write_segments(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxPlanNode *below;
	FluxPlanNode *direct;
	FluxToSpec *spec;

	if (node->class->kind != FLUX_PLAN_TO || ((FluxToSpec *) node->spec)->forms_segments ||
		((FluxToSpec *) node->spec)->target.host.size > 0)
		return NULL;
	for (below = node->inputs[0]; renames_only(below); below = below->inputs[0])
		CHECK_FOR_INTERRUPTS();
	if (!gives_window_rows(below))
		return NULL;
	spec = palloc(sizeof(FluxToSpec));
	*spec = *(FluxToSpec *) node->spec;
	spec->forms_segments = true;
	direct = flux_plan_node_derive(node, node->class, spec);
	flux_plan_add_input(direct, node->inputs[0]);
	return direct;
}
