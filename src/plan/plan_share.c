/*
 * plan_share.c
 *		Leaves that read the same points read them once.
 *
 * Push-down gives each consumer of a source a leaf of its own, with the
 * consumer's work inside.  A script that writes the minimum, the maximum and
 * the mean of one source thus has three leaves over the same bucket, range and
 * conditions.  Here, after all other rules, such leaves are brought together:
 *
 *	- equal leaves become one node with several consumers;
 *	- leaves that differ in their aggregates alone, or want the points, become
 *	  members of one shared scan: the first of them reads, for all.  Leaves that
 *	  add up groups share with those of the same groups.
 *
 * Results are handed out one after the other, so what comes early is kept, on
 * disk if it is much.  A leaf whose points may get into a result as they are
 * ("wide") is therefore left alone where there are several results: reading
 * twice is cheaper than keeping all points.
 */
#include "postgres.h"

#include "plan/plan_rules.h"

static const FluxReadSpec *
read_spec(const FluxPlanNode *node)
{
	return node->spec;
}

static bool
same_from(const FluxFromSpec *a, const FluxFromSpec *b)
{
	return flux_text_equal(a->bucket, b->bucket) && flux_text_equal(a->bucket_id, b->bucket_id) &&
		   flux_text_equal(a->host, b->host) && flux_text_equal(a->token, b->token) &&
		   flux_text_equal(a->org, b->org);
}

/* Do they read the same points? */
static bool
same_points(const FluxReadSpec *a, const FluxReadSpec *b)
{
	return same_from(&a->from, &b->from) && a->bounds.start_ns == b->bounds.start_ns &&
		   a->bounds.stop_ns == b->bounds.stop_ns &&
		   flux_predicate_equal(a->predicate, b->predicate);
}

/* Are their tables of the same series, one or several? */
static bool
same_groups(const FluxReadSpec *a, const FluxReadSpec *b)
{
	if (a->has_group != b->has_group)
		return false;
	if (!a->has_group)
		return true;
	if (a->group.is_except != b->group.is_except || a->group.column_count != b->group.column_count)
		return false;
	for (int i = 0; i < a->group.column_count; i++)
	{
		if (!flux_text_equal(a->group.columns[i], b->group.columns[i]))
			return false;
	}
	return true;
}

static bool
same_duration(FluxDuration a, FluxDuration b)
{
	return a.months == b.months && a.ns == b.ns;
}

/* Names of locations are interned by the server. */
static bool
same_window(const FluxWindowSpec *a, const FluxWindowSpec *b)
{
	return same_duration(a->grid.every, b->grid.every) &&
		   same_duration(a->grid.period, b->grid.period) &&
		   same_duration(a->grid.offset, b->grid.offset) &&
		   a->grid.location.zone == b->grid.location.zone &&
		   same_duration(a->grid.location.offset, b->grid.location.offset) &&
		   a->create_empty == b->create_empty;
}

/* Do they give the same tables? */
static bool
same_read(const FluxReadSpec *a, const FluxReadSpec *b)
{
	if (!same_points(a, b) || !same_groups(a, b) || a->keeps_key_order != b->keeps_key_order ||
		a->has_aggregate != b->has_aggregate || a->has_window != b->has_window ||
		a->has_limit != b->has_limit || a->is_split != b->is_split ||
		a->is_aggregate_window != b->is_aggregate_window || a->has_together || b->has_together)
		return false;
	if (a->has_aggregate && a->aggregate != b->aggregate)
		return false;
	if (a->has_window && !same_window(&a->window, &b->window))
		return false;
	if (a->is_aggregate_window &&
		!(flux_text_equal(a->time_src, b->time_src) && flux_text_equal(a->time_dst, b->time_dst)))
		return false;
	return !a->has_limit || (a->is_tail == b->is_tail && a->limit.rows_max == b->limit.rows_max &&
							 a->limit.offset == b->limit.offset);
}

/* ---- wide leaves ---- */

/* Does less come out of the node than goes in? */
static bool
is_reducing(const FluxPlanNode *node)
{
	switch (node->class->kind)
	{
		case FLUX_PLAN_AGGREGATE:
		case FLUX_PLAN_AGGREGATE_WINDOW:
		case FLUX_PLAN_GROUP_AGGREGATE:
		case FLUX_PLAN_DISTINCT:
		case FLUX_PLAN_KEYS:
		case FLUX_PLAN_LIMIT:
		case FLUX_PLAN_TAIL:
			return true;
		case FLUX_PLAN_READ:
			return read_spec(node)->has_aggregate || read_spec(node)->has_limit;
		default:
			return false;
	}
}

/* Fills is_wide[], by plan_index: nodes whose rows reach a result unreduced. */
static void
find_wide(const FluxPlan *plan, bool *is_wide)
{
	memset(is_wide, 0, plan->node_count * sizeof(bool));
	if (plan->result_count == 1)
		return;
	for (int i = 0; i < plan->result_count; i++)
		is_wide[plan->results[i].node->plan_index] = true;
	/* consumers before inputs */
	for (int i = plan->node_count - 1; i >= 0; i--)
	{
		const FluxPlanNode *node = plan->nodes[i];

		if (is_reducing(node))
			is_wide[i] = false;
		for (int j = 0; is_wide[i] && j < node->input_count; j++)
			is_wide[node->inputs[j]->plan_index] = true;
	}
}

/* ---- equal leaves ---- */

/* The first node that reads the same, or the node itself. */
static FluxPlanNode *
first_like(const FluxPlan *plan, FluxPlanNode *node, const bool *is_wide)
{
	if (node->class->kind != FLUX_PLAN_READ || is_wide[node->plan_index])
		return node;
	for (int i = 0; i < node->plan_index; i++)
	{
		FluxPlanNode *other = plan->nodes[i];

		if (other->class->kind == FLUX_PLAN_READ && !is_wide[i] &&
			same_read(read_spec(other), read_spec(node)))
			return other;
	}
	return node;
}

static bool
unite_equal(FluxPlan *plan, const bool *is_wide)
{
	FluxPlanNode **firsts = palloc(Max(plan->node_count, 1) * sizeof(FluxPlanNode *));
	bool any = false;

	for (int i = 0; i < plan->node_count; i++)
	{
		FluxPlanNode *node = plan->nodes[i];

		firsts[i] = first_like(plan, node, is_wide);
		any |= firsts[i] != node;
		for (int j = 0; j < node->input_count; j++)
			node->inputs[j] = firsts[node->inputs[j]->plan_index];
	}
	for (int i = 0; i < plan->result_count; i++)
		plan->results[i].node = firsts[plan->results[i].node->plan_index];
	pfree(firsts);
	return any;
}

/* ---- shared scans ---- */

/* The first or last point of each series is found without reading the others. */
static bool
is_short(const FluxReadSpec *spec)
{
	return spec->has_aggregate && !spec->has_window &&
		   (spec->aggregate == FLUX_AGGREGATE_FIRST || spec->aggregate == FLUX_AGGREGATE_LAST);
}

static bool
can_share(const FluxPlan *plan, const FluxPlanNode *node, const bool *is_wide)
{
	return node->class->kind == FLUX_PLAN_READ && !is_wide[node->plan_index] &&
		   !read_spec(node)->has_limit && flux_plan_share_of(plan, node) < 0;
}

/* The leaves from "first" on that read its points. */
static void
share_from(FluxPlan *plan, int first, const bool *is_wide)
{
	FluxPlanShare share = {palloc((plan->node_count - first) * sizeof(FluxPlanNode *)), 0};
	bool any_long = false;

	for (int i = first; i < plan->node_count; i++)
	{
		FluxPlanNode *node = plan->nodes[i];

		if (!can_share(plan, node, is_wide) ||
			!same_points(read_spec(plan->nodes[first]), read_spec(node)) ||
			!same_groups(read_spec(plan->nodes[first]), read_spec(node)))
			continue;
		share.members[share.member_count++] = node;
		any_long |= !is_short(read_spec(node));
	}
	if (share.member_count < 2 || !any_long)
		return;
	plan->shares = plan->shares == NULL
					   ? palloc(sizeof(FluxPlanShare))
					   : repalloc(plan->shares, (plan->share_count + 1) * sizeof(FluxPlanShare));
	plan->shares[plan->share_count++] = share;
}

int
flux_plan_share_of(const FluxPlan *plan, const FluxPlanNode *node)
{
	for (int i = 0; i < plan->share_count; i++)
	{
		for (int j = 0; j < plan->shares[i].member_count; j++)
		{
			if (plan->shares[i].members[j] == node)
				return i;
		}
	}
	return -1;
}

void
flux_plan_share_reads(FluxPlan *plan)
{
	bool *is_wide = palloc(Max(plan->node_count, 1) * sizeof(bool));

	for (int i = 0; i < plan->node_count; i++)
		plan->nodes[i]->plan_index = i;
	find_wide(plan, is_wide);
	if (unite_equal(plan, is_wide))
	{
		pfree(is_wide);
		flux_plan_collect(plan);
		is_wide = palloc(Max(plan->node_count, 1) * sizeof(bool));
		for (int i = 0; i < plan->node_count; i++)
			plan->nodes[i]->plan_index = i;
		find_wide(plan, is_wide);
	}
	for (int i = 0; i < plan->node_count; i++)
	{
		if (can_share(plan, plan->nodes[i], is_wide))
			share_from(plan, i, is_wide);
	}
	pfree(is_wide);
}
