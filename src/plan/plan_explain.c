/*
 * plan_explain.c
 *		A plan as indented text: for each result its operators, the leaf last.
 *
 * A node that several consumers share is printed in full once and referred to
 * by its number afterwards.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan_build.h"

void
flux_plan_explain_node(const FluxPlanNode *node, StringInfo out)
{
	int			length_before;

	appendStringInfo(out, "%s(", node->class->name);
	length_before = out->len;
	if (node->class->explain != NULL)
		node->class->explain(node, out);
	appendStringInfoChar(out, ')');
	if (node->pushed_rule != NULL)
		appendStringInfo(out, "%s[%s]", out->len > length_before ? "  " : "", node->pushed_rule);
}

static void
explain_tree(FluxPlanNode *node, int depth, StringInfo out)
{
	check_stack_depth();
	appendStringInfoSpaces(out, depth * 2);
	appendStringInfoString(out, "-> ");
	if (node->is_visited)
	{
		appendStringInfo(out, "%s: shared, see #%d above\n", node->class->name, node->id);
		return;
	}
	flux_plan_explain_node(node, out);
	if (node->consumer_count > 1)
	{
		appendStringInfo(out, "  #%d", node->id);
		node->is_visited = true;
	}
	appendStringInfoChar(out, '\n');
	for (int i = 0; i < node->input_count; i++)
		explain_tree(node->inputs[i], depth + 1, out);
}

void
flux_plan_explain(const FluxPlan *plan, StringInfo out)
{
	for (int i = 0; i < plan->result_count; i++)
	{
		appendStringInfo(out, "result \"%.*s\"\n", plan->results[i].name.size,
						 plan->results[i].name.data);
		explain_tree(plan->results[i].node, 1, out);
	}
	for (int i = 0; i < plan->node_count; i++)
		plan->nodes[i]->is_visited = false;
}
