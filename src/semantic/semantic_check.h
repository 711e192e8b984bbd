/*
 * semantic_check.h
 *		The static check of a parsed script.
 */
#ifndef FLUX_SEMANTIC_CHECK_H
#define FLUX_SEMANTIC_CHECK_H

#include "syntax/ast.h"

/*
 * Appends what is wrong with a package, in the order of InfluxDB's analyzer:
 * misplaced statements, returns and pipe parameters; at most one broken rule
 * about options and variables; then the errors of type inference.  Works on
 * trees with syntax errors too: what the parser could not read fits anything.
 */
extern void flux_semantic_check(const FluxPackage *package, FluxDiagnosticList *diagnostics);

/*
 * The inferred type of a file-level name as Flux writes it, e.g.
 * "(a: A, ?b: A) => A where A: Addable"; NULL without such a name.  palloc'd.
 */
extern char *flux_semantic_type_of(const FluxPackage *package, FluxText name);

#endif							/* FLUX_SEMANTIC_CHECK_H */
