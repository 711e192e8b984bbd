/*
 * plan_rules.c
 *		Applies the rewriting rules, inputs before consumers, until none fits.
 *
 * Here stand the driver, the list of rules, and the rules that rewrite
 * operators into operators; push-down into the leaf is in plan_pushdown.c.
 */
#include "postgres.h"

#include "utils/varlena.h"

#include "guc.h"
#include "plan/plan_rules.h"

static FluxPlanNode *skip_yield(FluxPlan *plan, FluxPlanNode *node);
static FluxPlanNode *fuse_aggregate_window(FluxPlan *plan, FluxPlanNode *node);
static FluxPlanNode *fuse_group_aggregate(FluxPlan *plan, FluxPlanNode *node);

/*
 * In order of application.  read_range alone cannot be switched off: it is
 * what makes from() readable at all.
 */
static const FluxPlanRule rules[] = {
	{"read_range", false, flux_rule_bound_read},
	{"skip_yield", true, skip_yield},
	{"read_filter", true, flux_rule_push_filter},
	{"fuse_aggregate_window", false, fuse_aggregate_window},
	{"read_aggregate_window", true, flux_rule_push_aggregate_window},
	{"read_aggregate", true, flux_rule_push_aggregate},
	{"read_limit", true, flux_rule_push_limit},
	{"read_tail", true, flux_rule_push_tail},
	{"read_group_aggregate", true, flux_rule_push_group_aggregate},
	{"read_group_window", true, flux_rule_push_group_window},
	{"fuse_group_aggregate", false, fuse_group_aggregate},
	{"split_group_selector", true, flux_rule_split_group_selector},
	{"split_group_window", true, flux_rule_split_group_window},
	{"split_limit", true, flux_rule_split_limit},
	{"split_sort", true, flux_rule_split_sort},
	{"write_segments", true, flux_rule_write_segments},
	{"read_keys", true, flux_rule_read_keys},
	{"read_window", true, flux_rule_push_window, .is_late = true},
	{"read_tag_values", true, flux_rule_read_tag_values},
};

/* Is the rule's name in fluxtask.disabled_rules? */
static bool
is_disabled(const char *name)
{
	List *names = NIL;
	ListCell *cell;
	bool found = false;

	if (flux_guc_disabled_rules == NULL || flux_guc_disabled_rules[0] == '\0')
		return false;
	if (!SplitIdentifierString(pstrdup(flux_guc_disabled_rules), ',', &names))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("setting \"fluxtask.disabled_rules\" is not a list of names"));
	foreach (cell, names)
		found |= strcmp(lfirst(cell), name) == 0;
	list_free(names);
	return found;
}

bool
flux_plan_may_push(const char *rule)
{
	return flux_guc_push_down && !is_disabled(rule);
}

/* The node after every enabled rule that fits it. */
static FluxPlanNode *
rewrite_node(FluxPlan *plan, FluxPlanNode *node, const bool *is_enabled, bool is_late)
{
	bool changed = true;

	while (changed)
	{
		changed = false;
		for (int i = 0; i < lengthof(rules); i++)
		{
			FluxPlanNode *replacement;

			if (!is_enabled[i] || rules[i].is_late != is_late)
				continue;
			replacement = rules[i].apply(plan, node);
			if (replacement != NULL)
			{
				replacement->pushed_rule = rules[i].name;
				node = replacement;
				changed = true;
			}
		}
	}
	return node;
}

/*
 * Rewrites every node once, inputs first.  A replaced node's consumers are
 * redirected by its "replacement" mark, so sharing survives.
 */
static void
rewrite_nodes(FluxPlan *plan, const bool *is_enabled, bool is_late)
{
	FluxPlanNode **replacements = palloc(plan->node_count * sizeof(FluxPlanNode *));

	for (int i = 0; i < plan->node_count; i++)
		plan->nodes[i]->plan_index = i;
	for (int i = 0; i < plan->node_count; i++)
	{
		FluxPlanNode *node = plan->nodes[i];

		for (int j = 0; j < node->input_count; j++)
			node->inputs[j] = replacements[node->inputs[j]->plan_index];
		replacements[i] = rewrite_node(plan, node, is_enabled, is_late);
		replacements[i]->plan_index = i;
	}
	for (int i = 0; i < plan->result_count; i++)
		plan->results[i].node = replacements[plan->results[i].node->plan_index];
	pfree(replacements);
	flux_plan_collect(plan);
}

void
flux_plan_apply_rules(FluxPlan *plan)
{
	bool is_enabled[lengthof(rules)];

	for (int i = 0; i < lengthof(rules); i++)
		is_enabled[i] = (!rules[i].is_push_down || flux_guc_push_down) &&
						!(i > 0 && is_disabled(rules[i].name));
	rewrite_nodes(plan, is_enabled, false);
	rewrite_nodes(plan, is_enabled, true);
}

bool
flux_plan_is_plain_window(const FluxWindowSpec *window)
{
	return !window->is_infinite && flux_text_equal_cstring(window->time_column, "_time") &&
		   flux_text_equal_cstring(window->start_column, "_start") &&
		   flux_text_equal_cstring(window->stop_column, "_stop");
}

/*
 * yield |> anything: what is a result stays one, and whoever reads on does so
 * from where the result comes from, so that his work can be pushed down.
 */
static FluxPlanNode *
skip_yield(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *copy = NULL;

	for (int i = 0; i < node->input_count; i++)
	{
		if (node->inputs[i]->class->kind == FLUX_PLAN_YIELD)
			copy = flux_plan_node_derive(node, node->class, node->spec);
	}
	for (int i = 0; copy != NULL && i < node->input_count; i++)
	{
		FluxPlanNode *input = node->inputs[i];

		while (input->class->kind == FLUX_PLAN_YIELD)
		{
			input = input->inputs[0];
			input->consumer_count++;
		}
		flux_plan_add_input(copy, input);
	}
	return copy;
}

/* Is it window(every: inf) that ungroups by the column "time_dst"? */
static bool
is_closing_window(const FluxPlanNode *node, FluxText time_dst)
{
	const FluxWindowSpec *spec = node->spec;

	return node->class->kind == FLUX_PLAN_WINDOW && spec->is_infinite &&
		   flux_text_equal(spec->time_column, time_dst) &&
		   flux_text_equal_cstring(spec->start_column, "_start") &&
		   flux_text_equal_cstring(spec->stop_column, "_stop") && !spec->create_empty;
}

/* Does each window of a window() remain a table of its own? */
static bool
windows_stay_apart(const FluxPlanNode *window)
{
	const FluxPlanNode *input = window->inputs[0];

	return !input->has_bounds ||
		   flux_grid_tells_apart(&((const FluxWindowSpec *) window->spec)->grid, input->bounds);
}

/*
 * window |> fn [|> fill] |> duplicate |> window(inf), with a function that one
 * operator can compute window by window: what aggregateWindow() expands to.
 * Tables that differ in _start and _stop alone would share windows: not those.
 */
static FluxPlanNode *
fuse_aggregate_window(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *duplicate, *below, *aggregate, *window, *fused;
	FluxAggregateWindowSpec *spec;
	bool has_fill;

	if (node->class->kind != FLUX_PLAN_WINDOW || !((FluxWindowSpec *) node->spec)->is_infinite)
		return NULL;
	duplicate = node->inputs[0];
	if (duplicate->class->kind != FLUX_PLAN_DUPLICATE || duplicate->consumer_count != 1 ||
		!is_closing_window(node, ((FluxDuplicateSpec *) duplicate->spec)->as))
		return NULL;
	below = duplicate->inputs[0];
	has_fill = below->class->kind == FLUX_PLAN_FILL_EMPTY;
	if (below->consumer_count != 1)
		return NULL;
	aggregate = has_fill ? below->inputs[0] : below;
	if (aggregate->class->kind != FLUX_PLAN_AGGREGATE || aggregate->consumer_count != 1 ||
		!((FluxAggregateSpec *) aggregate->spec)->is_fusible)
		return NULL;
	window = aggregate->inputs[0];
	if (window->class->kind != FLUX_PLAN_WINDOW || window->consumer_count != 1 ||
		!flux_plan_has_uniform_bounds(window->inputs[0]) ||
		!flux_plan_is_plain_window(window->spec) || !windows_stay_apart(window) ||
		((FluxWindowSpec *) window->spec)->create_empty != has_fill)
		return NULL;

	spec = palloc0(sizeof(FluxAggregateWindowSpec));
	spec->window = *(FluxWindowSpec *) window->spec;
	spec->aggregate = *(FluxAggregateSpec *) aggregate->spec;
	spec->time_src = ((FluxDuplicateSpec *) duplicate->spec)->column;
	spec->time_dst = ((FluxDuplicateSpec *) duplicate->spec)->as;

	if (!flux_text_equal_cstring(spec->time_dst, "_time") ||
		!(flux_text_equal_cstring(spec->time_src, "_stop") ||
		  flux_text_equal_cstring(spec->time_src, "_start")))
		return NULL;

	fused = flux_plan_node_derive(node, flux_plan_class_of(FLUX_PLAN_AGGREGATE_WINDOW), spec);
	flux_plan_add_input(fused, window->inputs[0]);
	return fused;
}

/* group |> aggregate: rows need not be kept to be added up. */
static FluxPlanNode *
fuse_group_aggregate(FluxPlan *plan, FluxPlanNode *node)
{
	FluxPlanNode *group, *fused;
	FluxGroupAggregateSpec *spec;

	if (node->class->kind != FLUX_PLAN_AGGREGATE ||
		!((FluxAggregateSpec *) node->spec)->is_aggregate)
		return NULL;
	group = node->inputs[0];
	if (group->class->kind != FLUX_PLAN_GROUP || group->consumer_count != 1)
		return NULL;
	spec = palloc0(sizeof(FluxGroupAggregateSpec));
	spec->group = *(FluxGroupSpec *) group->spec;
	spec->aggregate = *(FluxAggregateSpec *) node->spec;
	fused = flux_plan_node_derive(node, flux_plan_class_of(FLUX_PLAN_GROUP_AGGREGATE), spec);
	flux_plan_add_input(fused, group->inputs[0]);
	return fused;
}
