/*
 * parser.h
 *		Flux source text to AST.
 *
 * Hand-written recursive descent with one token of look-ahead.  It reports
 * every syntax error it can find and always returns a tree; depth is bounded
 * (FLUX_NESTING_MAX), so hostile input cannot exhaust the stack.
 */
#ifndef FLUX_PARSER_H
#define FLUX_PARSER_H

#include "syntax/ast.h"

/*
 * Parses a whole file into the current memory context.  Errors stand on the
 * nodes and, in source order, in *diagnostics (ERRCODE_SYNTAX_ERROR), which
 * may be NULL.
 */
extern FluxPackage *flux_parse(FluxSourceText *source, FluxDiagnosticList *diagnostics);

/* Parses a type expression alone, e.g. "(<-tables: stream[A], n: int) => stream[A]". */
extern FluxTypeExpression *flux_parse_type(FluxSourceText *source, FluxDiagnosticList *diagnostics);

#endif							/* FLUX_PARSER_H */
