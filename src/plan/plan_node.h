/*
 * plan_node.h
 *		The plan: a directed acyclic graph of table-stream operators.
 *
 * Evaluating a script makes one node per call of a transformation.  A node
 * that several others read is one node with several consumers and is run
 * once.  The rules of plan_rules.c rewrite the graph (push-down, fusion)
 * before it runs; each rule can be switched off and answers must not change.
 *
 * A node's class says how arguments become a spec (plan), how it shows in
 * flux.explain (explain) and how it runs (ops, see execute/operator.h, opaque
 * here).  Nodes live in the evaluator's context.
 */
#ifndef FLUX_PLAN_NODE_H
#define FLUX_PLAN_NODE_H

#include "lib/stringinfo.h"

#include "base/window_grid.h"
#include "evaluate/builtin.h"

struct FluxOperatorOps;
typedef struct FluxPlanNode FluxPlanNode;

/* Operators that planning rules must recognise; all others are OTHER. */
typedef enum FluxPlanKind
{
	FLUX_PLAN_OTHER = 0,
	FLUX_PLAN_FROM,             /* FluxFromSpec */
	FLUX_PLAN_READ,             /* FluxReadSpec: a leaf that push-down made */
	FLUX_PLAN_READ_REMOTE,      /* FluxReadSpec: the same of another host */
	FLUX_PLAN_RANGE,            /* FluxRangeSpec */
	FLUX_PLAN_FILTER,           /* FluxFilterSpec */
	FLUX_PLAN_GROUP,            /* FluxGroupSpec */
	FLUX_PLAN_WINDOW,           /* FluxWindowSpec */
	FLUX_PLAN_AGGREGATE,        /* FluxAggregateSpec: aggregates and selectors */
	FLUX_PLAN_AGGREGATE_WINDOW, /* FluxAggregateWindowSpec: fused */
	FLUX_PLAN_FILL_EMPTY,       /* experimental/table.fill, of aggregateWindow */
	FLUX_PLAN_DUPLICATE,        /* FluxDuplicateSpec */
	FLUX_PLAN_SORT,             /* FluxSortSpec */
	FLUX_PLAN_LIMIT,            /* FluxLimitSpec */
	FLUX_PLAN_TAIL,             /* FluxLimitSpec */
	FLUX_PLAN_KEEP,             /* FluxColumnsSpec; DROP too */
	FLUX_PLAN_DROP,
	FLUX_PLAN_DISTINCT, /* FluxAggregateSpec's column */
	FLUX_PLAN_KEYS,
	FLUX_PLAN_YIELD, /* FluxYieldSpec */
	FLUX_PLAN_TO,    /* FluxToSpec */
	FLUX_PLAN_UNION,
	FLUX_PLAN_GROUP_AGGREGATE, /* FluxGroupAggregateSpec: fused */
	FLUX_PLAN_TIME_SHIFT,      /* FluxTimeShiftSpec: moves the bounds */
	FLUX_PLAN_PIVOT,           /* FluxPivotSpec */
	FLUX_PLAN_KIND_COUNT
} FluxPlanKind;

typedef struct FluxPlanClass
{
	const char *name; /* as in scripts: "aggregateWindow" */
	FluxPlanKind kind;

	/*
	 * Turns the call's arguments into node->spec and node->inputs (use
	 * flux_plan_add_input); raises errors at the call's place.  Preset by the
	 * caller: the argument "tables", when it is a stream, is the first input.
	 * NULL: nothing but that.
	 */
	void (*plan)(FluxCall *call, FluxPlanNode *node);

	/* Appends "column: _value, q: 0.9" or nothing. May be NULL. */
	void (*explain)(const FluxPlanNode *node, StringInfo out);

	/* Appends lines of its own below that, each indented. May be NULL. */
	void (*explain_lines)(const FluxPlanNode *node, int indent, StringInfo out);

	const struct FluxOperatorOps *ops;

	/*
	 * Sources: all tables have an empty key.  Others: true when the output's
	 * tables have the _start and _stop of the input's, or none have them (see
	 * plan_bounds.c); NULL is no.  Not asked for the kinds that rules know.
	 */
	bool is_keyless;
	bool (*keeps_bounds)(const FluxPlanNode *node);

	/*
	 * Leaves: can this FluxReadSpec be answered?  Asked where that depends on
	 * the bucket or the memory; NULL is no.
	 */
	bool (*can_read)(const void *spec);

	/*
	 * True when each input table gives one of the same key or none, and that at
	 * its end at the latest: the order of tables passes through.
	 */
	bool keeps_tables;

	/*
	 * The same where it depends on the node and on each input table having a key
	 * of its own: the spec with which it does, or NULL.
	 */
	void *(*keep_tables)(const FluxPlanNode *node);
} FluxPlanClass;

struct FluxPlanNode
{
	int id; /* 0, 1, 2 ... in order of creation */
	const FluxPlanClass *class;
	void *spec; /* the class's own, or plan_spec.h's */
	FluxPlanNode **inputs;
	int input_count;
	FluxSourceText *source; /* where the call stands */
	FluxSpan span;

	/*
	 * Time bounds of the stream, for window(): set by range, intersected by a
	 * second one, shifted by timeShift, hull over union and join.
	 */
	bool has_bounds;
	FluxBounds bounds;

	/* filled by plan_build */
	int consumer_count;      /* nodes of the plan that read this one */
	bool is_visited;         /* mark of graph walks */
	int plan_index;          /* position in FluxPlan.nodes, while rules run */
	const char *pushed_rule; /* name of the rule that made it, or NULL */
};

/*
 * Rules make nodes of classes that live further up: their owners register
 * them, once per backend (READ, AGGREGATE_WINDOW).
 */
extern void flux_plan_register_class(const FluxPlanClass *class);
extern const FluxPlanClass *flux_plan_class_of(FluxPlanKind kind);

/* A node made by a rule, at the place of "origin". */
extern FluxPlanNode *flux_plan_node_derive(const FluxPlanNode *origin, const FluxPlanClass *class,
										   void *spec);
extern void flux_plan_add_input(FluxPlanNode *node, FluxPlanNode *input);

/* True when the tables of the node's output are known to share _start and _stop. */
extern bool flux_plan_has_uniform_bounds(const FluxPlanNode *node);

/* For keeps_bounds: always true; and whether a lambda leaves both alone. */
extern bool flux_plan_keeps_bounds(const FluxPlanNode *node);
extern bool flux_function_keeps_bounds(const FluxFunction *function);

#endif /* FLUX_PLAN_NODE_H */
