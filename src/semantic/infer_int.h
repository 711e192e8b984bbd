/*
 * infer_int.h
 *		What the files of type inference share.
 */
#ifndef FLUX_INFER_INT_H
#define FLUX_INFER_INT_H

#include "semantic/builtin_types.h"
#include "semantic/infer.h"
#include "semantic/type_unify.h"

typedef struct FluxInference
{
	FluxTypeMaker maker;
	FluxTypeBudget budget;
	FluxNames *names;
	FluxDiagnosticList *forms;
	FluxDiagnosticList *types;
	FluxLibraryHas library_has; /* NULL: names known by type will do */
	int function_depth;         /* of the function bodies around */
	bool has_given_up;          /* the budget is used up, and that is reported */
} FluxInference;

/* The type of an expression; errors are appended, never raised. */
extern FluxType *flux_infer_expression(FluxInference *inference, const FluxAst *node);

/* Statements of a block in the scope that is open. */
extern void flux_infer_statement(FluxInference *inference, const FluxAst *node);

/* infer_call.c */
extern FluxType *flux_infer_call(FluxInference *inference, const FluxCallExpression *call,
								 const FluxAst *piped);
extern FluxType *flux_infer_function(FluxInference *inference,
									 const FluxFunctionExpression *function);

/* Appends a mismatch as an error at "span"; without one does nothing and returns NULL. */
extern FluxDiagnostic *flux_infer_report(FluxInference *inference, FluxSpan span,
										 const FluxMismatch *mismatch);

/* Unifies, and reports at "span". */
extern void flux_infer_expect(FluxInference *inference, FluxSpan span, FluxType *expected,
							  FluxType *actual);
extern void flux_infer_constrain(FluxInference *inference, FluxSpan span, FluxType *type,
								 FluxKindSet kinds);

/* The type of a name in scope; reports an undefined one. */
extern FluxType *flux_infer_name(FluxInference *inference, FluxText name, FluxSpan span);

#endif /* FLUX_INFER_INT_H */
