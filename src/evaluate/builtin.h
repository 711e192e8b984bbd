/*
 * builtin.h
 *		What the library offers to scripts, and how a library function is
 *		called.
 *
 * Each package of src/stdlib declares a static array of FluxBuiltin and
 * registers it once per backend.  Parameter names, which of them are optional
 * and which receives the pipe come from the type signature, which stands once,
 * in semantic/builtin_list.h; a builtin without a row there is a bug that
 * registration reports.
 */
#ifndef FLUX_BUILTIN_H
#define FLUX_BUILTIN_H

#include "base/pg_compat.h"
#include "evaluate/value.h"

struct FluxEvaluator;
struct FluxPlanClass;
struct FluxBuiltin;

/* One call of a library function, as its implementation sees it. */
typedef struct FluxCall
{
	struct FluxEvaluator *evaluator;
	const struct FluxBuiltin *builtin;
	FluxSourceText *source; /* where the call stands */
	FluxSpan span;
	const FluxRecord *arguments; /* given ones by name, the pipe included */
	bool is_row_function;        /* called for a row: no streams, lenient nulls */
} FluxCall;

typedef FluxValue (*FluxBuiltinFunction)(FluxCall *call);

typedef enum FluxBuiltinKind
{
	FLUX_BUILTIN_SCALAR,    /* function: "function" computes the value */
	FLUX_BUILTIN_TRANSFORM, /* makes a plan node of "plan_class" */
	FLUX_BUILTIN_VALUE,     /* constant: "function" gives it (arguments NULL) */
	FLUX_BUILTIN_OPTION,    /* as VALUE, but scripts may set it */
	FLUX_BUILTIN_FLUX       /* defined in the package's embedded Flux source */
} FluxBuiltinKind;

typedef struct FluxBuiltin
{
	const char *package; /* import path, e.g. "date/boundaries"; "universe" */
	const char *name;
	FluxBuiltinKind kind;
	FluxBuiltinFunction function;
	const struct FluxPlanClass *plan_class;
	bool is_side_effect; /* its calls become results: yield, to ... */
	bool is_pure;        /* same arguments, same value: may be folded */

	/* Private names ("_name", for embedded sources) have no row in
	 * semantic/builtin_list.h: their type stands here. NULL for all others. */
	const char *type;
} FluxBuiltin;

/*
 * Makes the node of a call of a TRANSFORM: class->plan(), bounds, id.  The only
 * way nodes come into being while a script is evaluated.  Declared here, where
 * it is needed, and defined by plan/plan_node.c, whose nodes are opaque to us.
 */
extern struct FluxPlanNode *flux_plan_node_create(FluxCall *call,
												  const struct FluxPlanClass *class);

/* Once per backend, from flux_stdlib_register(). The array must be static. */
extern void flux_builtin_register(const FluxBuiltin *builtins, int count);

/* Embedded source of a package written in Flux (wholly or in part). Static text. */
extern void flux_builtin_register_source(const char *package, const char *source);
extern const FluxBuiltin *flux_builtin_lookup(FluxText package, FluxText name);

/* Calls visit for each registered builtin, ordered by package, name. */
extern void flux_builtin_each(void (*visit)(const FluxBuiltin *builtin, void *argument),
							  void *argument);

/* ---- arguments, for implementations ----
 * Each raises a clear error at the call's place when the argument has the
 * wrong kind or, unless "_or", is absent.
 */
extern const FluxValue *flux_call_find(const FluxCall *call,
									   const char *name); /* NULL if not given */
extern FluxValue flux_call_value(const FluxCall *call, const char *name);
extern bool flux_call_bool_or(const FluxCall *call, const char *name, bool otherwise);
extern int64 flux_call_int(const FluxCall *call, const char *name);
extern int64 flux_call_int_or(const FluxCall *call, const char *name, int64 otherwise);
extern uint64 flux_call_uint(const FluxCall *call, const char *name);
extern double flux_call_float(const FluxCall *call, const char *name);
extern double flux_call_float_or(const FluxCall *call, const char *name, double otherwise);
extern FluxText flux_call_string(const FluxCall *call, const char *name);
extern FluxText flux_call_string_or(const FluxCall *call, const char *name, const char *otherwise);
extern FluxText flux_call_bytes(const FluxCall *call, const char *name);
extern FluxDuration flux_call_duration(const FluxCall *call, const char *name);
extern FluxDuration flux_call_duration_or(const FluxCall *call, const char *name,
										  FluxDuration otherwise);

/* time, duration relative to now(), or int: seconds since 1970. */
extern int64 flux_call_instant(const FluxCall *call, const char *name);
extern int64 flux_call_instant_or(const FluxCall *call, const char *name, int64 otherwise);
extern const FluxArray *flux_call_array(const FluxCall *call, const char *name);
extern const FluxRecord *flux_call_record(const FluxCall *call, const char *name);
extern const FluxFunction *flux_call_function(const FluxCall *call, const char *name);
extern const FluxDict *flux_call_dict(const FluxCall *call, const char *name);
extern FluxRegexp *flux_call_regexp(const FluxCall *call, const char *name);
extern struct FluxPlanNode *flux_call_stream(const FluxCall *call, const char *name);

/* An array of strings as texts (shared bytes); "otherwise" may be NULL = absent. */
extern const FluxText *flux_call_strings_or(const FluxCall *call, const char *name,
											const char *otherwise, int *count);

/* The "location" argument, else option location. */
extern FluxLocation flux_call_location(const FluxCall *call, const char *name);

/* Calls a function value from an implementation; named arguments as a record. */
extern FluxValue flux_call_invoke(const FluxCall *call, const FluxFunction *function,
								  const FluxRecord *arguments);

/* Error at the place of the call. */
extern void flux_call_raise(const FluxCall *call, int sqlstate, const char *format, ...)
	pg_attribute_printf(3, 4) pg_attribute_noreturn();

#endif /* FLUX_BUILTIN_H */
