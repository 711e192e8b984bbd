/*
 * name_rules.h
 *		The rules about options and variables that need no types.
 */
#ifndef FLUX_NAME_RULES_H
#define FLUX_NAME_RULES_H

#include "syntax/ast.h"

/* Appends the first violation, if there is one. */
extern void flux_name_rules_check(const FluxPackage *package, FluxDiagnosticList *diagnostics);

#endif /* FLUX_NAME_RULES_H */
