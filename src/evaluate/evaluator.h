/*
 * evaluator.h
 *		Runs a script: options, variables, calls; gives the side effects.
 *
 * Tree-walking evaluation over the AST.  Transformations do not run: they
 * make plan nodes (through the plan class of the builtin), and the evaluator
 * collects those that must be executed: top-level expression statements that
 * are streams, and every call of a side-effecting function.
 *
 * The same tree evaluator is the reference for row functions
 * (execute/row_function.h), with is_row_function set: null logic and missing
 * columns follow the rules of flux row functions there, not those of script
 * level.
 *
 * Lifetime: everything a script makes lives in evaluator->context, freed with
 * it.  Evaluating a row function allocates in the current context only.
 */
#ifndef FLUX_EVALUATOR_H
#define FLUX_EVALUATOR_H

#include "evaluate/builtin.h"
#include "evaluate/value.h"

typedef struct FluxScope FluxScope;

/* A stream that the script wants executed. */
typedef struct FluxSideEffect
{
	struct FluxPlanNode *node;
	bool is_sink; /* by a side-effecting call other than yield() */
	FluxSourceText *source;
	FluxSpan span;
} FluxSideEffect;

typedef struct FluxEvaluator
{
	MemoryContext context;
	int64 now_ns; /* now() unless the script sets the option */

	/* tasks.lastSuccess(): time of the task's last success */
	bool has_last_success;
	int64 last_success_ns;

	/*
	 * What becomes of notifications: sent at once where there is no run, stored
	 * with a run, left out of a preview.
	 */
	int64 run_id; /* 0: none */
	bool is_preview;
	int posts_stored; /* of the run so far */

	/* The result of the library call being evaluated is not looked at. */
	bool is_discarded;

	/*
	 * Runs a stream to its end and gives its tables, for tableFind & co. Set
	 * by the script runner; "result" is the caller's affair.
	 */
	void (*run_stream)(struct FluxEvaluator *evaluator, struct FluxPlanNode *node, void *result);
	void *runner; /* the script runner's own state */

	/* results */
	FluxSideEffect *side_effects;
	int side_effect_count;
	int side_effect_capacity;
	int next_node_id; /* plan nodes number themselves */

	/* private to evaluator.c and its friends */
	struct FluxEvaluatorState *state;
} FluxEvaluator;

extern FluxEvaluator *flux_evaluator_create(MemoryContext parent, int64 now_ns);

/*
 * Evaluates a parsed script.  Raises the first error, at its place, wrapped
 * in an error context line per enclosing call.
 */
extern void flux_evaluate_script(FluxEvaluator *evaluator, const FluxPackage *package);

/* The script's value of a file-level name or option; NULL when it has none. */
extern const FluxValue *flux_evaluator_global(FluxEvaluator *evaluator, const char *name);

/* The value of a package's member (an option's current one); NULL: none. */
extern const FluxValue *flux_evaluator_package_member(FluxEvaluator *evaluator, const char *path,
													  const char *name);

/* A location record as a location; *error is set when it is not one. */
extern FluxLocation flux_location_from_value(FluxValue value, const char **error);

/* now() as the script sees it (its option now, if it sets one). */
extern int64 flux_evaluator_now(FluxEvaluator *evaluator);

/* option location. */
extern FluxLocation flux_evaluator_location(FluxEvaluator *evaluator);

/* Calls a function value with named arguments. */
extern FluxValue flux_function_call(FluxEvaluator *evaluator, const FluxFunction *function,
									const FluxRecord *arguments, bool is_row_function);

/*
 * Calls a row function of the operator that stands at a place of the script,
 * which is where errors of library code stand that it meets.  "is_typed": each
 * of its expressions is known to have a type, also where a null for want of a
 * column shows none.
 */
extern FluxValue flux_row_function_call(FluxEvaluator *evaluator, const FluxFunction *function,
										const FluxRecord *arguments, bool is_typed,
										FluxSourceText *source, FluxSpan span);

/* Nesting of calls: saved and restored by who catches errors. */
extern int flux_evaluator_depth(const FluxEvaluator *evaluator);
extern void flux_evaluator_set_depth(FluxEvaluator *evaluator, int depth);

/*
 * Raises, at the place given, when evaluation takes more memory than it may, or
 * would with so many bytes more.
 */
extern void flux_evaluator_need_memory(const FluxEvaluator *evaluator, FluxSourceText *source,
									   FluxSpan span, Size bytes);

/* The parameter names of a function, required ones first; pipe gives "<-" its name. */
typedef struct FluxParameter
{
	FluxText name;
	bool is_optional;
	bool is_pipe;
} FluxParameter;

extern int flux_function_parameters(const FluxFunction *function, const FluxParameter **parameters);

/* Does a comparison hold of two values of which the left is less (<0), equal or greater (>0)? */
extern bool flux_order_satisfies(FluxBinaryOperator op, int order);

/* Operators on values, shared with constant folding and vector programs' tests. */
extern FluxValue flux_value_binary(FluxBinaryOperator op, FluxValue left, FluxValue right,
								   bool is_row_function, const char **error);
extern FluxValue flux_value_unary(FluxUnaryOperator op, FluxValue value, bool is_row_function,
								  const char **error);

#endif /* FLUX_EVALUATOR_H */
