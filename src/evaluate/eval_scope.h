/*
 * eval_scope.h
 *		Names and what they stand for, while a script is evaluated.
 *
 * A chain of scopes: a lambda's parameters and variables, outwards to the
 * file, its imports, and the prelude.  Values of a scope never change, except
 * that an option statement replaces an option's value.
 *
 * Some bindings are not values yet: an imported package, a name that a package
 * written in Flux defines and nobody has asked for.  flux_scope_lookup() turns
 * them into values; only library.c and evaluator.c see them raw.
 */
#ifndef FLUX_EVAL_SCOPE_H
#define FLUX_EVAL_SCOPE_H

#include "evaluate/evaluator.h"

/* Finds a name in the scope or one that encloses it. False: nobody knows it. */
extern bool flux_scope_lookup(FluxEvaluator *evaluator, const FluxScope *scope, FluxText name,
							  FluxValue *value);

/*
 * Evaluates an expression that stands inside a lambda without calling it: the
 * lambda's own parameters are unknown to it.  For rules and compilers that
 * want the value of what a row function captures.  Raises what evaluation
 * raises, and undefined identifiers.
 */
extern FluxValue flux_evaluate_captured(FluxEvaluator *evaluator, const FluxFunction *function,
										const FluxAst *expression);

/*
 * True when the expression mentions none of the lambda's parameters (inner
 * lambdas shadow) and so means the same for every row.
 */
extern bool flux_expression_is_captured(const FluxFunction *function, const FluxAst *expression);

#endif /* FLUX_EVAL_SCOPE_H */
