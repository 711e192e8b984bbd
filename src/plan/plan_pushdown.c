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

#include "miscadmin.h"

#include "plan/plan_rules.h"

/* The node's single input if it is a READ that still gives plain points. */
static FluxPlanNode *
plain_read_below(FluxPlanNode *node)
{
	FluxPlanNode *input = node->input_count == 1 ? node->inputs[0] : NULL;
	FluxReadSpec *spec;

	if (input == NULL || (input->class->kind != FLUX_PLAN_READ &&
						  input->class->kind != FLUX_PLAN_READ_REMOTE))
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
	return flux_plan_node_derive(node, read->class, *spec);
}

/* Can the bucket answer what the rule has made of its leaf? */
static bool
can_read(const FluxPlanNode *read)
{
	return read->class->can_read != NULL && read->class->can_read(read->spec);
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
	return flux_plan_node_derive(node, flux_plan_class_of(spec->from.host.size > 0
														  ? FLUX_PLAN_READ_REMOTE
														  : FLUX_PLAN_READ), spec);
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

/* Can storage compute it: one that it knows, of _value. */
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
	set_window(spec, window);
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

/* read |> tail(n): the last rows of each series. */
FluxPlanNode *
flux_rule_push_tail(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = plain_read_below(node);
	FluxLimitSpec *limit = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_TAIL || read == NULL || limit->offset != 0 ||
		limit->rows_max <= 0 || limit->rows_max > FLUX_BATCH_ROWS)
		return NULL;
	pushed = derive_read(node, read, &spec);
	spec->has_limit = true;
	spec->is_tail = true;
	spec->limit = *limit;
	return pushed;
}

/* ---- work split between the leaf and what stands above a group() ---- */

static bool
is_row_column(FluxText label)
{
	return flux_text_equal_cstring(label, "_time") || flux_text_equal_cstring(label, "_value");
}

static bool
mentions_row_column(const FluxText *columns, int count)
{
	for (int i = 0; i < count; i++)
		if (is_row_column(columns[i]))
			return true;
	return false;
}

static bool
mentions(const FluxText *columns, int count, const char *label)
{
	for (int i = 0; i < count; i++)
		if (flux_text_equal_cstring(columns[i], label))
			return true;
	return false;
}

/*
 * Is it group() by columns of series alone, so that each series goes whole into
 * one group?  Who else reads it does not matter, as with READ.
 */
static bool
is_group_by_series_columns(const FluxPlanNode *node)
{
	const FluxGroupSpec *spec = node->spec;

	if (node->class->kind != FLUX_PLAN_GROUP)
		return false;
	if (spec->is_except)
		return mentions(spec->columns, spec->column_count, "_time") &&
			mentions(spec->columns, spec->column_count, "_value");
	return !mentions_row_column(spec->columns, spec->column_count);
}

/* The same operator over another input. */
static FluxPlanNode *
derive_over(const FluxPlanNode *node, FluxPlanNode *input)
{
	FluxPlanNode *copy = flux_plan_node_derive(node, node->class, node->spec);

	input->consumer_count = 1;
	flux_plan_add_input(copy, input);
	return copy;
}

/* The selector of an aggregate that picks a row, or OTHER. */
static FluxAggregateFunction
selector_of(const FluxAggregateSpec *spec)
{
	return spec->function >= FLUX_AGGREGATE_MIN && is_storage_aggregate(spec)
		? spec->function : FLUX_AGGREGATE_OTHER;
}

/*
 * A READ in the node's place that computes an aggregate, no selector, of the
 * groups that a group() below the node makes; NULL where that cannot be.
 */
static FluxPlanNode *
derive_group_read(FluxPlanNode *node, const FluxAggregateSpec *aggregate, FluxReadSpec **spec)
{
	FluxPlanNode *group = node->inputs[0];
	FluxPlanNode *read;
	FluxPlanNode *pushed;

	if (!is_storage_aggregate(aggregate) || selector_of(aggregate) != FLUX_AGGREGATE_OTHER ||
		!is_group_by_series_columns(group) || (read = plain_read_below(group)) == NULL)
		return NULL;
	pushed = derive_read(node, read, spec);
	(*spec)->has_group = true;
	(*spec)->group = *(FluxGroupSpec *) group->spec;
	(*spec)->has_aggregate = true;
	(*spec)->aggregate = aggregate->function;
	return pushed;
}

/* read |> group |> mean() and its kin: one row per group. */
FluxPlanNode *
flux_rule_push_group_aggregate(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE ||
		(pushed = derive_group_read(node, node->spec, &spec)) == NULL)
		return NULL;
	spec->grouped_at = node;	/* where fuse_group_aggregate makes it one, too */
	return can_read(pushed) ? pushed : NULL;
}

/* read |> group |> aggregateWindow: one row per group and window. */
FluxPlanNode *
flux_rule_push_group_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxAggregateWindowSpec *window = node->spec;
	FluxPlanNode *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE_WINDOW ||
		(pushed = derive_group_read(node, &window->aggregate, &spec)) == NULL)
		return NULL;
	set_window(spec, window);
	spec->grouped_at = node->inputs[0];
	return can_read(pushed) ? pushed : NULL;
}

/*
 * read |> group |> min, max, first or last: the row that a group selects is
 * among those that its series select, in the same order, so storage picks one
 * row a series and the group picks among them.
 */
FluxPlanNode *
flux_rule_split_group_selector(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *group,
			   *read,
			   *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE ||
		selector_of(node->spec) == FLUX_AGGREGATE_OTHER)
		return NULL;
	group = node->inputs[0];
	if (!is_group_by_series_columns(group) || (read = plain_read_below(group)) == NULL)
		return NULL;
	pushed = derive_read(read, read, &spec);
	spec->has_aggregate = true;
	spec->is_split = true;
	spec->aggregate = selector_of(node->spec);
	pushed->pushed_rule = "split_group_selector";
	return derive_over(node, derive_over(group, pushed));
}

/*
 * The same per window: storage selects one row a series and window, stamped
 * with the window's start so that it falls into the same window again.
 */
FluxPlanNode *
flux_rule_split_group_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxAggregateWindowSpec *window = node->spec;
	FluxPlanNode *group,
			   *read,
			   *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE_WINDOW ||
		selector_of(&window->aggregate) == FLUX_AGGREGATE_OTHER)
		return NULL;
	group = node->inputs[0];
	if (!is_group_by_series_columns(group) || (read = plain_read_below(group)) == NULL)
		return NULL;
	pushed = derive_read(read, read, &spec);
	spec->has_aggregate = true;
	spec->is_split = true;
	spec->aggregate = selector_of(&window->aggregate);
	spec->has_window = true;
	spec->is_aggregate_window = true;
	spec->window = window->window;
	spec->window.create_empty = false;
	spec->time_src = flux_text_from_cstring("_start");
	spec->time_dst = flux_text_from_cstring("_time");
	pushed->pushed_rule = "split_group_window";
	return derive_over(node, derive_over(group, pushed));
}

/* Does the operator leave rows where they are, times and values alike? */
static bool
renames_only(const FluxPlanNode *node)
{
	return node->class->kind == FLUX_PLAN_KEEP || node->class->kind == FLUX_PLAN_DROP ||
		strcmp(node->class->name, "set") == 0 || strcmp(node->class->name, "rename") == 0;
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
	if (below->class->kind != FLUX_PLAN_AGGREGATE_WINDOW &&
		!(below->class->kind == FLUX_PLAN_READ && ((FluxReadSpec *) below->spec)->has_window))
		return NULL;
	spec = palloc(sizeof(FluxToSpec));
	*spec = *(FluxToSpec *) node->spec;
	spec->forms_segments = true;
	direct = flux_plan_node_derive(node, node->class, spec);
	flux_plan_add_input(direct, node->inputs[0]);
	return direct;
}

/* A READ of the first row of each series. */
static FluxPlanNode *
read_one_row(FluxPlanNode *read, const char *rule)
{
	FluxReadSpec *spec;
	FluxPlanNode *pushed = derive_read(read, read, &spec);

	spec->has_limit = true;
	spec->limit.rows_max = 1;
	pushed->pushed_rule = rule;
	return pushed;
}

/* read |> keys: the answer stands in the key, whatever the rows. */
FluxPlanNode *
flux_rule_read_keys(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *read = plain_read_below(node);

	if (node->class->kind != FLUX_PLAN_KEYS || read == NULL)
		return NULL;
	return derive_over(node, read_one_row(read, "read_keys"));
}

/*
 * read |> keep [|> group] |> distinct of a series column (schema.tagValues):
 * one row tells as much as all rows of a series.
 */
FluxPlanNode *
flux_rule_read_tag_values(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxAggregateSpec *distinct = node->spec;
	const FluxColumnsSpec *kept;
	FluxPlanNode *group = NULL,
			   *keep,
			   *read,
			   *below;

	if (node->class->kind != FLUX_PLAN_DISTINCT || is_row_column(distinct->column))
		return NULL;
	keep = node->inputs[0];
	if (is_group_by_series_columns(keep))
	{
		group = keep;
		keep = group->inputs[0];
	}
	if (keep->class->kind != FLUX_PLAN_KEEP || keep->consumer_count != 1 ||
		(read = plain_read_below(keep)) == NULL)
		return NULL;
	kept = keep->spec;
	if (kept->predicate != NULL || mentions_row_column(kept->columns, kept->column_count))
		return NULL;
	below = derive_over(keep, read_one_row(read, "read_tag_values"));
	if (group != NULL)
		below = derive_over(group, below);
	return derive_over(node, below);
}
