/*
 * ast_print.h
 *		AST to JSON (InfluxDB's /api/v2/query/ast) and to canonical source.
 */
#ifndef FLUX_AST_PRINT_H
#define FLUX_AST_PRINT_H

#include "lib/stringinfo.h"

#include "syntax/ast.h"

/* Appends the JSON of the package, shape of "ast" in the endpoint's answer. */
extern void flux_ast_to_json(const FluxPackage *package, StringInfo out);

/* Appends canonical source text; comments are kept, the AST is unchanged. */
extern void flux_ast_format(const FluxPackage *package, StringInfo out);

#endif /* FLUX_AST_PRINT_H */
