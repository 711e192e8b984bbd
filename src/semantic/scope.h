/*
 * scope.h
 *		Names and what they are bound to, while a script is checked.
 *
 * One hash of all visible names; a name of an inner scope stands before, and
 * so hides, those of the outer ones, until its scope is closed.
 */
#ifndef FLUX_SCOPE_H
#define FLUX_SCOPE_H

#include "semantic/type.h"

typedef struct FluxBinding
{
	FluxText name;
	FluxType *type;      /* NULL: an imported package */
	bool is_polymorphic; /* using it instantiates the type */
	FluxText package;    /* import path of a package */
	uint32 hash;
	struct FluxBinding *next;    /* in its bucket */
	struct FluxBinding *sibling; /* declared before it in the same scope */
} FluxBinding;

typedef struct FluxNames FluxNames;

extern FluxNames *flux_names_create(void);
extern void flux_names_open(FluxNames *names);
extern void flux_names_close(FluxNames *names);

/* Binds a name in the innermost scope; the caller fills the binding in. */
extern FluxBinding *flux_names_bind(FluxNames *names, FluxText name);
extern FluxBinding *flux_names_find(const FluxNames *names, FluxText name);

/* All visible names, for a hint. */
extern void flux_names_offer(const FluxNames *names, FluxNearName *near);

#endif /* FLUX_SCOPE_H */
