/*
 * plan_split.c
 *		Rules that split work between the leaf and what stands above it.
 *
 * Where an operator looks at rows of several series together, storage cannot
 * do it whole.  But often a row or a few of each series are enough to get the
 * same answer: the operators stay, and the leaf below them gives no more than
 * those rows.
 */
#include "postgres.h"

#include "common/int.h"

#include "plan/plan_leaf.h"

/* A leaf that gives one row a series, picked by the function. */
static FluxPlanNode *
read_selected(const FluxPlanNode *leaf, FluxAggregateFunction function, const char *rule,
			  FluxReadSpec **spec)
{
	FluxPlanNode *pushed = flux_leaf_derive(leaf, leaf, spec);

	(*spec)->has_aggregate = true;
	(*spec)->aggregate = function;
	(*spec)->is_split = true;
	pushed->pushed_rule = rule;
	return pushed;
}

/*
 * read |> group, keep, drop |> min, max, first or last: the row that is
 * selected of a table is among those that its series select, in the same order,
 * so storage picks one row a series and the selector picks among them.
 */
FluxPlanNode *
flux_rule_split_group_selector(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxAggregateSpec *selector = node->spec;
	FluxPlanNode *leaf;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE ||
		flux_leaf_selector(selector) == FLUX_AGGREGATE_OTHER ||
		(leaf = flux_leaf_below_regrouping(node, &selector->column)) == NULL)
		return NULL;
	return flux_leaf_replace(
		node, leaf,
		read_selected(leaf, flux_leaf_selector(selector), "split_group_selector", &spec));
}

/*
 * The same per window, of those that neither overlap nor leave gaps: storage
 * selects one row a series and window, stamped with the window's start so that
 * it falls into the same window again.
 */
FluxPlanNode *
flux_rule_split_group_window(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxText time = flux_text_from_cstring("_time");
	FluxAggregateWindowSpec *window = node->spec;
	FluxPlanNode *leaf, *pushed;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE_WINDOW ||
		!flux_grid_is_seamless(&window->window.grid) || !flux_leaf_computes(&window->aggregate) ||
		flux_leaf_selector(&window->aggregate) == FLUX_AGGREGATE_OTHER ||
		(leaf = flux_leaf_below_regrouping(node, &time)) == NULL)
		return NULL;
	pushed = read_selected(leaf, window->aggregate.function, "split_group_window", &spec);
	spec->has_window = true;
	spec->is_aggregate_window = true;
	spec->window = window->window;
	spec->window.create_empty = false;
	spec->time_src = flux_text_from_cstring("_start");
	spec->time_dst = time;
	return flux_leaf_replace(node, leaf, pushed);
}

/* A leaf that gives the first or last rows of each series; NULL if that is too many. */
static FluxPlanNode *
read_limited(const FluxPlanNode *leaf, const FluxLimitSpec *limit, bool is_tail, const char *rule)
{
	FluxReadSpec *spec;
	FluxPlanNode *pushed;
	int64 rows_max;

	if (limit->rows_max <= 0 || pg_add_s64_overflow(limit->rows_max, limit->offset, &rows_max) ||
		(is_tail && rows_max > FLUX_BATCH_ROWS))
		return NULL;
	pushed = flux_leaf_derive(leaf, leaf, &spec);
	spec->has_limit = true;
	spec->is_tail = is_tail;
	spec->limit.rows_max = rows_max;
	spec->limit.offset = 0;
	pushed->pushed_rule = rule;
	return pushed;
}

/*
 * read [|> group, keep, drop] |> limit or tail: no series gives more rows to
 * the table than that, those that are passed over for the offset included.
 */
FluxPlanNode *
flux_rule_split_limit(FluxPlan *plan, FluxPlanNode *node)
{
	bool is_tail = node->class->kind == FLUX_PLAN_TAIL;
	const FluxPlanNode *leaf;
	FluxPlanNode *pushed;

	if ((!is_tail && node->class->kind != FLUX_PLAN_LIMIT) ||
		(leaf = flux_leaf_below_regrouping(node, NULL)) == NULL)
		return NULL;
	pushed = read_limited(leaf, node->spec, is_tail, "split_limit");
	return pushed == NULL ? NULL : flux_leaf_replace(node, leaf, pushed);
}

/*
 * read [|> group, keep, drop] |> sort by _time |> limit, first or last: a
 * series' times differ, so what comes first of the sorted table is among the
 * first or last rows of its series.
 */
FluxPlanNode *
flux_rule_split_sort(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxText time = flux_text_from_cstring("_time");
	const FluxPlanNode *sort = node->input_count == 1 ? node->inputs[0] : NULL;
	const FluxSortSpec *order;
	const FluxPlanNode *leaf;
	FluxPlanNode *pushed;

	if (sort == NULL || sort->class->kind != FLUX_PLAN_SORT)
		return NULL;
	order = sort->spec;
	if (order->column_count != 1 || !flux_text_equal(order->columns[0], time) ||
		(leaf = flux_leaf_below_regrouping(sort, &time)) == NULL)
		return NULL;
	if (node->class->kind == FLUX_PLAN_LIMIT)
		pushed = read_limited(leaf, node->spec, order->is_descending, "split_sort");
	else if (node->class->kind == FLUX_PLAN_AGGREGATE)
	{
		const FluxAggregateSpec *selector = node->spec;
		bool is_first = selector->function == FLUX_AGGREGATE_FIRST;
		FluxReadSpec *spec;

		if (flux_leaf_selector(selector) == FLUX_AGGREGATE_OTHER ||
			(!is_first && selector->function != FLUX_AGGREGATE_LAST))
			return NULL;
		pushed = read_selected(
			leaf, is_first != order->is_descending ? FLUX_AGGREGATE_FIRST : FLUX_AGGREGATE_LAST,
			"split_sort", &spec);
	}
	else
		return NULL;
	return pushed == NULL ? NULL : flux_leaf_replace(node, leaf, pushed);
}

/* ---- what any row of a series tells ---- */

/* read [|> group, keep, drop] |> keys: the answer stands in the key, whatever the rows. */
FluxPlanNode *
flux_rule_read_keys(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxPlanNode *leaf;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_KEYS ||
		(leaf = flux_leaf_below_regrouping(node, NULL)) == NULL)
		return NULL;
	return flux_leaf_replace(node, leaf,
							 read_selected(leaf, FLUX_AGGREGATE_FIRST, "read_keys", &spec));
}

/*
 * read [|> keep, drop, group] |> distinct of a series column (schema.tagValues):
 * one row tells as much as all rows of a series.
 */
FluxPlanNode *
flux_rule_read_tag_values(FluxPlan *plan, FluxPlanNode *node)
{
	const FluxAggregateSpec *distinct = node->spec;
	const FluxPlanNode *leaf;
	FluxReadSpec *spec;

	if (node->class->kind != FLUX_PLAN_DISTINCT || flux_leaf_is_row_column(distinct->column) ||
		(leaf = flux_leaf_below_regrouping(node, NULL)) == NULL)
		return NULL;
	return flux_leaf_replace(node, leaf,
							 read_selected(leaf, FLUX_AGGREGATE_FIRST, "read_tag_values", &spec));
}
