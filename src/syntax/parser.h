/*
 * parser.h
 *		Flux source text to AST.
 *
 * Hand-written recursive descent with one token of look-ahead.  It reports
 * every syntax error it can find and always returns a tree.  Everything is
 * bounded, so hostile input cannot exhaust stack or memory; past a limit the
 * script counts as ended there.
 */
#ifndef FLUX_PARSER_H
#define FLUX_PARSER_H

#include "syntax/ast.h"

/* Expressions, statements and types inside one another, as in InfluxDB. */
#define FLUX_NESTING_MAX 80

/* Nodes on the way from the file to a leaf: bounds chains like a + b + c ... */
#define FLUX_AST_DEPTH_MAX 500

#define FLUX_SCRIPT_SIZE_MAX (16 * 1024 * 1024) /* bytes */
#define FLUX_AST_NODES_MAX 2000000
#define FLUX_SYNTAX_ERRORS_MAX 1000

/*
 * Parses a whole file into the current memory context.  Errors stand on the
 * nodes, worded and placed as InfluxDB does, and in source order in
 * *diagnostics (ERRCODE_SYNTAX_ERROR), which may be NULL; a diagnostic's span is the
 * token in the way and its message lacks the place.  A tree nested too deep
 * is replaced by one bad statement, so what it returns is always safe to recurse on.
 */
extern FluxPackage *flux_parse(FluxSourceText *source, FluxDiagnosticList *diagnostics);

/* Parses a type expression alone, e.g. "(<-tables: stream[A], n: int) => stream[A]". */
extern FluxTypeExpression *flux_parse_type(FluxSourceText *source, FluxDiagnosticList *diagnostics);

#endif /* FLUX_PARSER_H */
