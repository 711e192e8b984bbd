/*
 * semantic_check.h
 *		The static check of a script: names, options, types.
 */
#ifndef FLUX_SEMANTIC_CHECK_H
#define FLUX_SEMANTIC_CHECK_H

#include "syntax/ast.h"

/* Appends what is wrong, in source order; nothing when the script is sound. */
extern void flux_semantic_check(const FluxPackage *package, FluxDiagnosticList *diagnostics);

#endif							/* FLUX_SEMANTIC_CHECK_H */
