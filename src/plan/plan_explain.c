/*
 * plan_explain.c
 *		A plan as indented text: for each result its operators, the leaf last.
 *
 * A node that several consumers share is printed in full once and referred to
 * by its number afterwards.  flux.explain(script, true) annotates the lines
 * with what the operators counted.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan_build.h"

void
flux_plan_explain_node(const FluxPlanNode *node, StringInfo out)
{
	int length_before;

	appendStringInfo(out, "%s(", node->class->name);
	length_before = out->len;
	if (node->class->explain != NULL)
		node->class->explain(node, out);
	appendStringInfoChar(out, ')');
	if (node->pushed_rule != NULL)
		appendStringInfo(out, "%s[%s]", out->len > length_before ? "  " : "", node->pushed_rule);
}

typedef struct Explanation
{
	const FluxPlan *plan;
	FluxPlanAnnotator annotate;
	void *argument;
	StringInfo out;
} Explanation;

static void
explain_tree(const Explanation *explanation, FluxPlanNode *node, int depth)
{
	StringInfo out = explanation->out;
	int share;

	check_stack_depth();
	appendStringInfoSpaces(out, depth * 2);
	appendStringInfoString(out, "-> ");
	if (node->is_visited)
	{
		appendStringInfo(out, "%s: shared, see #%d above\n", node->class->name, node->id);
		return;
	}
	flux_plan_explain_node(node, out);
	share = flux_plan_share_of(explanation->plan, node);
	if (share >= 0)
		appendStringInfo(out, "  [share_scan %d: 1 of %d reads]", share + 1,
						 explanation->plan->shares[share].member_count);
	if (node->consumer_count > 1)
	{
		appendStringInfo(out, "  #%d", node->id);
		node->is_visited = true;
	}
	appendStringInfoChar(out, '\n');
	if (node->class->explain_lines != NULL)
		node->class->explain_lines(node, depth * 2 + 5, out);
	if (explanation->annotate != NULL)
		explanation->annotate(node, depth * 2 + 5, out, explanation->argument);
	for (int i = 0; i < node->input_count; i++)
		explain_tree(explanation, node->inputs[i], depth + 1);
}

void
flux_plan_explain(const FluxPlan *plan, FluxPlanAnnotator annotate, void *argument, StringInfo out)
{
	Explanation explanation = {plan, annotate, argument, out};

	for (int i = 0; i < plan->result_count; i++)
	{
		appendStringInfo(out, "result \"%.*s\"\n", plan->results[i].name.size,
						 plan->results[i].name.data);
		explain_tree(&explanation, plan->results[i].node, 1);
	}
	for (int i = 0; i < plan->node_count; i++)
		plan->nodes[i]->is_visited = false;
}
