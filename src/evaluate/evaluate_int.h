/*
 * evaluate_int.h
 *		What the files of evaluate/ share and nobody else sees.
 *
 * evaluator.c runs files and statements, eval_expression.c expressions,
 * eval_call.c calls; eval_scope.c keeps names; library.c makes packages.
 */
#ifndef FLUX_EVALUATE_INT_H
#define FLUX_EVALUATE_INT_H

#include "base/pg_compat.h"
#include "evaluate/evaluator.h"
#include "evaluate/eval_scope.h"

/*
 * Bindings that are not values.  Only found in the arrays of scopes; "as" has
 * its pointer in "stream".
 */
#define FLUX_KIND_PACKAGE ((FluxKind) (FLUX_VALUE_KIND_COUNT + 0))     /* -> FluxLibraryPackage */
#define FLUX_KIND_UNEVALUATED ((FluxKind) (FLUX_VALUE_KIND_COUNT + 1)) /* -> FluxAst, the init */
#define FLUX_KIND_EVALUATING ((FluxKind) (FLUX_VALUE_KIND_COUNT + 2))  /* in the midst of it */
#define FLUX_KIND_UNSUPPORTED ((FluxKind) (FLUX_VALUE_KIND_COUNT + 3)) /* known by type only */
#define FLUX_KIND_IMPORT ((FluxKind) (FLUX_VALUE_KIND_COUNT + 4)) /* -> FluxImportDeclaration */

struct FluxLibraryTemplate;

/* Binding number of a name among many; -1 when there is none. */
typedef struct FluxNameIndex FluxNameIndex;

struct FluxScope
{
	const FluxScope *parent; /* or NULL */
	int count;
	int capacity;
	FluxText *names;
	FluxValue *values;
	bool *is_option;      /* NULL: none is */
	FluxNameIndex *index; /* NULL: search the names one by one */

	/* of a package's scope: what it was made from, else NULL */
	const struct FluxLibraryTemplate *template;

	/* of a package's import scope: source of the declarations */
	FluxSourceText *source;
};

/* A package of the library in one run: its names, ready to be asked for. */
typedef struct FluxLibraryPackage
{
	const struct FluxLibraryTemplate *template;
	FluxScope *scope; /* its exports; parent: its imports, then the prelude */
} FluxLibraryPackage;

struct FluxEvaluatorState
{
	FluxLibraryPackage **packages; /* made so far in this run */
	int package_count;
	int package_capacity;
	FluxScope *prelude; /* influxdata/influxdb, then universe */
	FluxScope *universe;
	FluxScope *main;   /* the script's own names, NULL before it runs */
	int depth;         /* of nested calls */
	uint64 call_count; /* so far, row functions left out */

	/*
	 * The call of the script (not of the library) that is being evaluated: the
	 * place of errors that library code written in Flux meets, and of the plan
	 * nodes it makes.
	 */
	FluxSourceText *call_source; /* NULL: none */
	FluxSpan call_span;
	bool is_row_typed;             /* flux_row_function_call() */
	const FluxAst *discarded_call; /* the call that is a statement of the script */
	bool has_now_option;           /* the script set option now */
	int64 now_option_ns;           /* what it gave then */
};

/* Where evaluation stands. */
typedef struct FluxFrame
{
	FluxEvaluator *evaluator;
	FluxSourceText *source;
	FluxScope *scope;
	bool is_row_function;
} FluxFrame;

/* ---- eval_scope.c ---- */
extern FluxScope *flux_scope_create(const FluxScope *parent, int capacity);
extern void flux_scope_bind(FluxScope *scope, FluxText name, FluxValue value, bool is_option);
extern int flux_scope_find_here(const FluxScope *scope, FluxText name); /* position or -1 */

/* The raw binding in the scope or an enclosing one; NULL when there is none. */
extern FluxValue *flux_scope_find(const FluxScope *scope, FluxText name, const FluxScope **where);

/* Makes the binding a value (or FLUX_KIND_PACKAGE) if it is not one yet. */
extern void flux_scope_resolve(FluxEvaluator *evaluator, const FluxScope *scope, FluxValue *binding,
							   FluxText name);

/* Names to positions in an array that the caller keeps. */
extern FluxNameIndex *flux_name_index_create(int capacity);
extern void flux_name_index_add(FluxNameIndex *index, const FluxText *names, int position);
extern int flux_name_index_find(const FluxNameIndex *index, const FluxText *names, FluxText name);

/* ---- library.c ---- */
extern const char *flux_library_path(const struct FluxLibraryTemplate *template);
extern FluxSourceText *flux_library_source(const struct FluxLibraryTemplate *template);

/* NULL when there is no such package. */
extern FluxLibraryPackage *flux_library_package(FluxEvaluator *evaluator, FluxText path);

/* The name an import binds the package to. */
extern FluxText flux_library_package_name(const FluxLibraryPackage *package);

/* Error: no package of that path; with a near name. */
extern void flux_library_raise_unknown(FluxText path, FluxSourceText *source, FluxSpan span)
	pg_attribute_noreturn();

/* All exports as a record: for a package used as a value. */
extern FluxValue flux_library_package_record(FluxEvaluator *evaluator,
											 const FluxLibraryPackage *package);

/* The parameters of a builtin, cached for the backend. */
extern int flux_builtin_parameters(const FluxBuiltin *builtin, const FluxParameter **parameters);

/* ---- eval_expression.c ---- */
extern FluxValue flux_eval(const FluxFrame *frame, const FluxAst *node);

/* Replaces a place in the library by that of the script's call, where there is one. */
extern void flux_eval_script_place(const FluxFrame *frame, FluxSourceText **source, FluxSpan *span);
extern void flux_eval_raise(const FluxFrame *frame, FluxSpan span, int sqlstate, const char *format,
							...) pg_attribute_printf(4, 5) pg_attribute_noreturn();
extern FluxValue flux_eval_identifier(const FluxFrame *frame, FluxText name, FluxSpan span);

/* ---- eval_call.c ---- */
extern FluxValue flux_eval_call(const FluxFrame *frame, const FluxCallExpression *call,
								const FluxValue *piped);
extern FluxValue flux_eval_function(const FluxFrame *frame, const FluxFunction *function,
									const FluxRecord *arguments, FluxSpan span);

/* ---- evaluator.c ---- */
extern FluxValue flux_eval_block(const FluxFrame *frame, const FluxBlock *block);
extern void flux_eval_variable(const FluxFrame *frame, const FluxVariableAssignment *assignment);
extern void flux_evaluator_add_side_effect(FluxEvaluator *evaluator, struct FluxPlanNode *node,
										   bool is_sink, FluxSourceText *source, FluxSpan span);

#endif /* FLUX_EVALUATE_INT_H */
