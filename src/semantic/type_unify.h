/*
 * type_unify.h
 *		Making two types equal, and holding a type to kinds.
 *
 * Both return NULL when that went well, else the first reason why not, as a
 * chain from the whole to the part: "expected {a: int} but found {a: string}
 * for label a caused by expected int but found string".
 */
#ifndef FLUX_TYPE_UNIFY_H
#define FLUX_TYPE_UNIFY_H

#include "semantic/type.h"

typedef enum FluxMismatchKind
{
	FLUX_MISMATCH_TYPE,             /* expected, actual */
	FLUX_MISMATCH_KIND,             /* actual is not "kind" */
	FLUX_MISMATCH_RECURSIVE,        /* expected, actual: one inside the other */
	FLUX_MISMATCH_LABEL_MISSING,    /* name; actual is the record */
	FLUX_MISMATCH_LABEL_EXTRA,      /* name; expected is the record */
	FLUX_MISMATCH_LABEL,            /* name, expected, actual, cause */
	FLUX_MISMATCH_RESULT,           /* expected, actual, cause */
	FLUX_MISMATCH_ARGUMENT,         /* name, cause */
	FLUX_MISMATCH_ARGUMENT_MISSING, /* name; actual is the function, expected how it is
									 * called, or NULL */
	FLUX_MISMATCH_ARGUMENT_EXTRA,   /* name; actual is the function */
	FLUX_MISMATCH_PIPE_MISSING,
	FLUX_MISMATCH_PIPE_NAMES /* name, other_name */
} FluxMismatchKind;

typedef struct FluxMismatch
{
	FluxMismatchKind mismatch;
	FluxType *expected;
	FluxType *actual;
	FluxKindIndex kind;
	FluxText name;
	FluxText other_name;
	const struct FluxMismatch *cause;
} FluxMismatch;

extern const FluxMismatch *flux_type_unify(FluxTypeMaker *maker, FluxType *expected,
										   FluxType *actual);
extern const FluxMismatch *flux_type_constrain(FluxTypeMaker *maker, FluxType *type,
											   FluxKindSet kinds);

/* A mismatch in the maker's memory. */
extern FluxMismatch *flux_mismatch_create(FluxTypeMaker *maker, FluxMismatchKind kind,
										  FluxType *expected, FluxType *actual);

/* Wraps "cause" as a mistake in the argument "name". */
extern const FluxMismatch *flux_mismatch_in_argument(FluxTypeMaker *maker, FluxText name,
													 const FluxMismatch *cause);

extern void flux_mismatch_print(StringInfo out, const FluxMismatch *mismatch);
extern int flux_mismatch_sqlstate(const FluxMismatch *mismatch);

/* A near name for a missing label or an unexpected argument, what a function
 * will be called with; or NULL. */
extern const char *flux_mismatch_hint(const FluxMismatch *mismatch);

#endif /* FLUX_TYPE_UNIFY_H */
