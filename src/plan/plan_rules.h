/*
 * plan_rules.h
 *		The rules that rewrite a plan.
 *
 * A rule looks at one node, whose inputs have been rewritten already, and
 * returns the node to stand in its place, or NULL to leave it.  Rules never
 * change a node that others may read; they make new ones.  Every rule has a
 * name, shown by flux.explain, and can be left out by fluxtask.disabled_rules;
 * the answer must be the same either way.
 */
#ifndef FLUX_PLAN_RULES_H
#define FLUX_PLAN_RULES_H

#include "plan/plan_build.h"

typedef struct FluxPlanRule
{
	const char *name;
	bool is_push_down; /* off with fluxtask.push_down = off */
	FluxPlanNode *(*apply)(FluxPlan *plan, FluxPlanNode *node);
	bool is_late; /* applied to what the others have left */
} FluxPlanRule;

extern void flux_plan_apply_rules(FluxPlan *plan);

/* Default columns and a finite "every"; windows may overlap or leave gaps. */
extern bool flux_plan_is_plain_window(const FluxWindowSpec *window);

/* Is push-down on and the rule not switched off? */
extern bool flux_plan_may_push(const char *rule);

/*
 * plan_share.c: the rule "share_scan", applied to the whole plan after all
 * others.  The plan's nodes must be collected; they are again where that changes.
 */
extern void flux_plan_share_reads(FluxPlan *plan);

/* plan_order.c: the rule "order_read", after that one. */
extern void flux_plan_order_reads(FluxPlan *plan);

/* plan_pushdown.c, plan_split.c */
extern FluxPlanNode *flux_rule_bound_read(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_filter(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_aggregate(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_aggregate_window(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_window(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_limit(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_tail(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_group_aggregate(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_push_group_window(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_split_group_selector(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_split_group_window(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_write_segments(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_split_limit(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_split_sort(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_read_keys(FluxPlan *plan, FluxPlanNode *node);
extern FluxPlanNode *flux_rule_read_tag_values(FluxPlan *plan, FluxPlanNode *node);

/* plan_predicate.c: the part of a row predicate that storage can answer */

/*
 * Splits a filter's lambda at its top-level "and"s.  Returns the storage
 * predicate of the longest pushable prefix (NULL when that asks nothing) and sets
 * *is_whole when nothing is left to filter.
 */
extern FluxPredicate *flux_predicate_from_function(FluxEvaluator *evaluator,
												   const FluxFunction *function, bool *is_whole);

/* Do they ask the same in the same way?  NULL asks nothing. */
extern bool flux_predicate_equal(const FluxPredicate *a, const FluxPredicate *b);

/* "host == \"a\" and (_value > 3.0 or ...)", for explain. */
extern void flux_predicate_explain(const FluxPredicate *predicate, StringInfo out);

#endif /* FLUX_PLAN_RULES_H */
