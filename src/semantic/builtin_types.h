/*
 * builtin_types.h
 *		The types of what the library offers, parsed when first asked for.
 *
 * builtin_list.h holds them as text.  A signature is parsed, and turned into
 * a type for inference, once per backend.
 */
#ifndef FLUX_BUILTIN_TYPES_H
#define FLUX_BUILTIN_TYPES_H

#include "semantic/type.h"

typedef enum FluxBuiltinClass
{
	FLUX_CLASS_VALUE,
	FLUX_CLASS_OPTION,
	FLUX_CLASS_SCALAR,
	FLUX_CLASS_SOURCE,
	FLUX_CLASS_TRANSFORMATION,
	FLUX_CLASS_AGGREGATE,
	FLUX_CLASS_SELECTOR,
	FLUX_CLASS_SINK
} FluxBuiltinClass;

/* A row of builtin_list.h. */
typedef struct FluxBuiltinRow
{
	const char *package; /* import path */
	const char *name;
	FluxBuiltinClass class;
	int tier;
	const char *type; /* in Flux's type syntax */
} FluxBuiltinRow;

/* All of them, packages and names within a package in the list's order. */
extern const FluxBuiltinRow *flux_builtin_rows(int *count);

/* "value", "transformation", ... */
extern const char *flux_builtin_class_name(FluxBuiltinClass class);

/* NULL when the package has no such name. */
extern const FluxBuiltinRow *flux_builtin_find(FluxText package, FluxText name);

/* The row of a name that needs no import, or NULL. */
extern const FluxBuiltinRow *flux_builtin_find_prelude(FluxText name);
extern bool flux_builtin_package_exists(FluxText path);

/* What an import without "as" is called: the path's last element. */
extern FluxText flux_builtin_package_name(FluxText path);

/* The signature of a function, or NULL: not known, or not a function. */
extern const FluxFunctionType *flux_builtin_signature(FluxText package, FluxText name);

/* The type for inference; generic where the signature has variables. */
extern FluxType *flux_builtin_row_type(const FluxBuiltinRow *row);

/* Offers names for a hint: of a package, of the prelude, of all packages. */
extern void flux_builtin_offer_members(FluxNearName *near, FluxText package);
extern void flux_builtin_offer_prelude(FluxNearName *near);
extern void flux_builtin_offer_packages(FluxNearName *near);

/* The import path of a package of that name, empty when none has it. */
extern FluxText flux_builtin_path_of(FluxText package_name);

#endif /* FLUX_BUILTIN_TYPES_H */
