/*
 * semantic_check.h
 *		The static check of a parsed script.
 */
#ifndef FLUX_SEMANTIC_CHECK_H
#define FLUX_SEMANTIC_CHECK_H

#include "syntax/ast.h"

/* Is a name of the library more than a type?  The answer is evaluate's. */
typedef bool (*FluxLibraryHas)(FluxText package, FluxText name);

/*
 * Appends what is wrong with a package, in the order of InfluxDB's analyzer:
 * misplaced statements, returns and pipe parameters; at most one broken rule
 * about options and variables; then the errors of type inference.  Works on
 * trees with syntax errors too: what the parser could not read fits anything.
 */
extern void flux_semantic_check(const FluxPackage *package, FluxDiagnosticList *diagnostics);

/*
 * The same, and an error at each use of a library name that "has" denies: such
 * a script could only fail when it gets there.
 */
extern void flux_semantic_check_library(const FluxPackage *package, FluxLibraryHas has,
										FluxDiagnosticList *diagnostics);

/*
 * The inferred type of a file-level name as Flux writes it, e.g.
 * "(a: A, ?b: A) => A where A: Addable"; NULL without such a name.  palloc'd.
 */
extern char *flux_semantic_type_of(const FluxPackage *package, FluxText name);

#endif /* FLUX_SEMANTIC_CHECK_H */
