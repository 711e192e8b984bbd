/*
 * infer.h
 *		Type inference over a package.
 */
#ifndef FLUX_INFER_H
#define FLUX_INFER_H

#include "semantic/scope.h"
#include "semantic/semantic_check.h"
#include "semantic/type.h"

/*
 * Infers the types of a whole package.  "forms" receives what is wrong with
 * the form of statements and literals (InfluxDB calls these conversion
 * errors), "types" the errors of inference, and of names that "has" (may be
 * NULL) denies.  The result holds the file's names; all of it lives in the
 * current memory context.
 */
extern FluxNames *flux_infer_package(const FluxPackage *package, FluxLibraryHas has,
									 FluxDiagnosticList *forms, FluxDiagnosticList *types);

#endif /* FLUX_INFER_H */
