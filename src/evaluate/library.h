/*
 * library.h
 *		What the library consists of: implementations and Flux sources.
 *
 * For the evaluator and for the view flux.functions.  Names and types stand in
 * semantic/builtin_types.h.
 */
#ifndef FLUX_LIBRARY_H
#define FLUX_LIBRARY_H

#include "evaluate/builtin.h"

extern const FluxBuiltin *const *flux_builtin_registered(int *count);

/* The type of a builtin as text; NULL when there is none (a bug). */
extern const char *flux_builtin_type(const FluxBuiltin *builtin);

/* Embedded source of a package, NULL when it has none. */
extern const char *flux_builtin_source(FluxText package);

/*
 * True when scripts can use the name: it is registered, or the package's
 * embedded source defines it.
 */
extern bool flux_library_has(FluxText package, FluxText name);

#endif /* FLUX_LIBRARY_H */
