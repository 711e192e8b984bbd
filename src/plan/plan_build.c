/*
 * plan_build.c
 *		From a script's side effects to a plan that can run.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan_build.h"
#include "plan/plan_rules.h"

#define DEFAULT_RESULT_NAME "_result"

/*
 * A result's name: a yield says it; a sink without a yield is called after
 * its node ("to3"), everything else "_result".
 */
static FluxText
result_name(const FluxPlanNode *node, bool is_sink)
{
	if (node->class->kind == FLUX_PLAN_YIELD)
		return ((FluxYieldSpec *) node->spec)->name;
	if (is_sink)
		return flux_text_from_cstring(psprintf("%s%d", node->class->name, node->id));
	return flux_text_from_cstring(DEFAULT_RESULT_NAME);
}

static void
raise_duplicate_name(const FluxSideEffect *effect, FluxText name, bool is_yield)
{
	const char *format = is_yield ? "found more than one call to yield() with the name \"%.*s\""
								  : "tried to produce more than one result with the name \"%.*s\"";

	flux_raise_full(ERRCODE_DUPLICATE_OBJECT, effect->source, effect->span, NULL,
					"Give each pipeline a name of its own with yield(name: ...).", format,
					name.size, name.data);
}

static void
add_result(FluxPlan *plan, const FluxSideEffect *effect)
{
	FluxText name = result_name(effect->node, effect->is_sink);

	for (int i = 0; i < plan->result_count; i++)
	{
		if (plan->results[i].node == effect->node)
			return; /* the same stream listed twice counts once */
		if (flux_text_equal(plan->results[i].name, name))
			raise_duplicate_name(effect, name, effect->node->class->kind == FLUX_PLAN_YIELD);
	}
	plan->results[plan->result_count].name = name;
	plan->results[plan->result_count].node = effect->node;
	plan->result_count++;
}

static int
compare_results(const void *a, const void *b)
{
	return flux_text_compare(((const FluxPlanResult *) a)->name,
							 ((const FluxPlanResult *) b)->name);
}

static void
clear_marks(FluxPlanNode *node)
{
	if (!node->is_visited)
		return;
	node->is_visited = false;
	for (int i = 0; i < node->input_count; i++)
		clear_marks(node->inputs[i]);
}

/* Appends the nodes below and including "node", inputs first. */
static void
collect_node(FluxPlan *plan, FluxPlanNode *node, int *capacity)
{
	check_stack_depth();
	if (node->is_visited)
		return;
	node->is_visited = true;
	node->consumer_count = 0;
	for (int i = 0; i < node->input_count; i++)
	{
		collect_node(plan, node->inputs[i], capacity);
		node->inputs[i]->consumer_count++;
	}
	if (plan->node_count == *capacity)
	{
		*capacity = Max(16, *capacity * 2);
		plan->nodes = plan->nodes == NULL
						  ? palloc(*capacity * sizeof(FluxPlanNode *))
						  : repalloc(plan->nodes, *capacity * sizeof(FluxPlanNode *));
	}
	plan->nodes[plan->node_count++] = node;
}

void
flux_plan_collect(FluxPlan *plan)
{
	int capacity = 0;

	plan->nodes = NULL;
	plan->node_count = 0;
	for (int i = 0; i < plan->result_count; i++)
		collect_node(plan, plan->results[i].node, &capacity);
	for (int i = 0; i < plan->result_count; i++)
		clear_marks(plan->results[i].node);
}

/* Applies the rules and refuses what cannot run. */
static void
finish_plan(FluxPlan *plan)
{
	flux_plan_collect(plan);
	flux_plan_apply_rules(plan);
	if (flux_plan_may_push("share_scan"))
		flux_plan_share_reads(plan);
	if (flux_plan_may_push("order_read"))
		flux_plan_order_reads(plan);

	for (int i = 0; i < plan->node_count; i++)
	{
		FluxPlanNode *node = plan->nodes[i];

		if (node->class->kind == FLUX_PLAN_FROM)
		{
			FluxText bucket = ((FluxFromSpec *) node->spec)->bucket;

			flux_raise_full(ERRCODE_INVALID_PARAMETER_VALUE, node->source, node->span, NULL,
							"Follow from() directly by range(start: ...).",
							"cannot submit unbounded read to \"%.*s\"; try bounding 'from' with a "
							"call to 'range'",
							bucket.size, bucket.data);
		}
	}
}

FluxPlan *
flux_plan_build(FluxEvaluator *evaluator)
{
	MemoryContext previous = MemoryContextSwitchTo(evaluator->context);
	FluxPlan *plan = palloc0(sizeof(FluxPlan));

	if (evaluator->side_effect_count == 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("this Flux script returns no streaming data"),
				errhint("Consider adding a \"yield\" or invoking streaming functions directly, "
						"without performing an assignment."));

	plan->evaluator = evaluator;
	plan->results = palloc0(evaluator->side_effect_count * sizeof(FluxPlanResult));
	for (int i = 0; i < evaluator->side_effect_count; i++)
		add_result(plan, &evaluator->side_effects[i]);
	qsort(plan->results, plan->result_count, sizeof(FluxPlanResult), compare_results);
	finish_plan(plan);

	MemoryContextSwitchTo(previous);
	return plan;
}

FluxPlan *
flux_plan_build_stream(FluxEvaluator *evaluator, FluxPlanNode *node)
{
	MemoryContext previous = MemoryContextSwitchTo(evaluator->context);
	FluxPlan *plan = palloc0(sizeof(FluxPlan));

	plan->evaluator = evaluator;
	plan->results = palloc0(sizeof(FluxPlanResult));
	plan->results[0].name = flux_text_from_cstring(DEFAULT_RESULT_NAME);
	plan->results[0].node = node;
	plan->result_count = 1;
	finish_plan(plan);

	MemoryContextSwitchTo(previous);
	return plan;
}
