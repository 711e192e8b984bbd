/*
 * library.h
 *		What the library consists of: names, types, Flux sources.
 *
 * For the evaluator and for the view flux.functions.
 */
#ifndef FLUX_LIBRARY_H
#define FLUX_LIBRARY_H

#include "evaluate/builtin.h"

/* One row of semantic/builtin_list.h. */
typedef struct FluxLibraryType
{
	const char *package;
	const char *name;
	const char *kind;			/* "SCALAR", "TRANSFORMATION" ... */
	int			tier;
	const char *type;			/* in Flux's type syntax */
} FluxLibraryType;

extern const FluxLibraryType *flux_library_types(int *count);
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

#endif							/* FLUX_LIBRARY_H */
