/*
 * plan_build.h
 *		From a script's side effects to a plan that can run.
 *
 * Names the results, refuses duplicates and scripts without streams, applies
 * the rewriting rules, and checks that every read is bounded.
 */
#ifndef FLUX_PLAN_BUILD_H
#define FLUX_PLAN_BUILD_H

#include "evaluate/evaluator.h"
#include "plan/plan_spec.h"

/* One result: a stream to execute and its name. */
typedef struct FluxPlanResult
{
	FluxText name;
	FluxPlanNode *node;
} FluxPlanResult;

/* Leaves that one scan serves; see plan_share.c. */
typedef struct FluxPlanShare
{
	FluxPlanNode **members; /* in the plan's order: the first one reads for all */
	int member_count;
} FluxPlanShare;

typedef struct FluxPlan
{
	FluxEvaluator *evaluator;
	FluxPlanResult *results; /* sorted by name */
	int result_count;
	FluxPlanNode **nodes; /* all, inputs before consumers */
	int node_count;
	FluxPlanShare *shares;
	int share_count;
} FluxPlan;

/* The plan of an evaluated script. Raises at the place of what is wrong. */
extern FluxPlan *flux_plan_build(FluxEvaluator *evaluator);

/* The plan of one stream, for tableFind & co.: one result "_result". */
extern FluxPlan *flux_plan_build_stream(FluxEvaluator *evaluator, FluxPlanNode *node);

/* Which of plan->shares serves a leaf; -1 when it reads alone. */
extern int flux_plan_share_of(const FluxPlan *plan, const FluxPlanNode *node);

/* Recomputes nodes and consumer counts after the graph has changed. */
extern void flux_plan_collect(FluxPlan *plan);

/*
 * One line per node, as an indented tree per result.  "annotate" (may be NULL)
 * adds to each node's line, or lines of its own with the indent given.
 */
typedef void (*FluxPlanAnnotator)(const FluxPlanNode *node, int indent, StringInfo out,
								  void *argument);
extern void flux_plan_explain(const FluxPlan *plan, FluxPlanAnnotator annotate, void *argument,
							  StringInfo out);

/* One node's line, without indentation: name, arguments, rule. */
extern void flux_plan_explain_node(const FluxPlanNode *node, StringInfo out);

#endif /* FLUX_PLAN_BUILD_H */
