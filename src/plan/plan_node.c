/*
 * plan_node.c
 *		Making plan nodes: by calls of a script, and by rules.
 */
#include "postgres.h"

#include "evaluate/evaluator.h"
#include "plan/plan_spec.h"

static const FluxPlanClass *registered_classes[FLUX_PLAN_KIND_COUNT];

void
flux_plan_register_class(const FluxPlanClass *class)
{
	registered_classes[class->kind] = class;
}

const FluxPlanClass *
flux_plan_class_of(FluxPlanKind kind)
{
	if (registered_classes[kind] == NULL)
		elog(ERROR, "no plan class is registered for kind %d", (int) kind);
	return registered_classes[kind];
}

void
flux_plan_add_input(FluxPlanNode *node, FluxPlanNode *input)
{
	if (node->inputs == NULL)
		node->inputs = palloc(sizeof(FluxPlanNode *));
	else
		node->inputs = repalloc(node->inputs, (node->input_count + 1) * sizeof(FluxPlanNode *));
	node->inputs[node->input_count++] = input;
}

/*
 * The bounds a node's output has: range narrows, timeShift moves, everything
 * else keeps what its inputs have, several inputs their hull.
 */
static void
derive_bounds(FluxPlanNode *node)
{
	for (int i = 0; i < node->input_count; i++)
	{
		FluxPlanNode *input = node->inputs[i];

		if (!input->has_bounds)
			continue;
		if (!node->has_bounds)
			node->bounds = input->bounds;
		else
		{
			node->bounds.start_ns = Min(node->bounds.start_ns, input->bounds.start_ns);
			node->bounds.stop_ns = Max(node->bounds.stop_ns, input->bounds.stop_ns);
		}
		node->has_bounds = true;
	}

	if (node->class->kind == FLUX_PLAN_RANGE)
	{
		FluxBounds own = ((FluxRangeSpec *) node->spec)->bounds;

		node->bounds = node->has_bounds ? flux_bounds_intersect(node->bounds, own) : own;
		node->has_bounds = true;
	}
	else if (node->class->kind == FLUX_PLAN_TIME_SHIFT && node->has_bounds)
	{
		FluxDuration shift = ((FluxTimeShiftSpec *) node->spec)->duration;

		node->bounds.start_ns = flux_time_add(node->bounds.start_ns, shift);
		node->bounds.stop_ns = flux_time_add(node->bounds.stop_ns, shift);
	}
}

FluxPlanNode *
flux_plan_node_create(FluxCall *call, const FluxPlanClass *class)
{
	MemoryContext previous = MemoryContextSwitchTo(call->evaluator->context);
	FluxPlanNode *node = palloc0(sizeof(FluxPlanNode));
	const FluxValue *tables = flux_call_find(call, "tables");

	node->class = class;
	node->source = call->source;
	node->span = call->span;
	if (tables != NULL && tables->kind == FLUX_KIND_STREAM)
		flux_plan_add_input(node, tables->as.stream);
	if (class->plan != NULL)
		class->plan(call, node);
	derive_bounds(node);

	/* Numbered last: classes that plan in several nodes make inner ones first. */
	node->id = call->evaluator->next_node_id++;
	MemoryContextSwitchTo(previous);
	return node;
}

FluxPlanNode *
flux_plan_node_derive(const FluxPlanNode *origin, const FluxPlanClass *class, void *spec)
{
	FluxPlanNode *node = palloc0(sizeof(FluxPlanNode));

	node->id = origin->id;
	node->class = class;
	node->spec = spec;
	node->source = origin->source;
	node->span = origin->span;
	node->has_bounds = origin->has_bounds;
	node->bounds = origin->bounds;
	node->consumer_count = origin->consumer_count;
	return node;
}
