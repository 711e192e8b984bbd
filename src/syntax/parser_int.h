/*
 * parser_int.h
 *		What the parts of the parser share.
 *
 * parser.c holds the machinery (tokens, nodes, errors) and the entry points,
 * parser_statement.c, parser_expression.c and parser_type.c the grammar.
 *
 * Every parsing function starts at the current token, consumes what belongs to
 * its construct and returns a node, never NULL.  An error found on the way
 * waits in parser->pending and goes to the next node that is completed, which
 * is the smallest one around it.  Loops check that each turn consumed
 * something.
 */
#ifndef FLUX_PARSER_INT_H
#define FLUX_PARSER_INT_H

#include "syntax/lexer.h"
#include "syntax/parser.h"

#define FLUX_LOOKAHEAD_MAX 4

typedef struct FluxParser
{
	FluxLexer lexer;
	FluxSourceText *source;
	FluxDiagnosticList *diagnostics; /* or NULL */

	/* tokens read but not consumed, oldest first */
	FluxToken tokens[FLUX_LOOKAHEAD_MAX];
	int token_count;
	uint32 last_stop; /* end of the last consumed token */

	/* errors waiting for a node */
	const char **pending;
	int pending_count;
	int pending_capacity;

	int error_count;
	const char *last_message;
	uint32 last_error_start; /* one error a place */
	bool is_stopped;         /* past a limit: all that follows is the end */
	bool is_too_deep;

	int depth;         /* of nested expressions, statements, types */
	int open_parens;   /* brackets waiting to be closed, */
	int open_brackets; /* so that an error inside one */
	int open_braces;   /* stops at its end */
	int open_conditionals;

	int node_count;
	char *arena; /* room for nodes */
	Size arena_left;
} FluxParser;

/* ---- tokens (parser.c) ---- */

/* The k-th token from here, k < FLUX_LOOKAHEAD_MAX; valid until the next call. */
extern const FluxToken *flux_parser_peek_at(FluxParser *parser, int k);
extern FluxToken flux_parser_take(FluxParser *parser);

/* Consumes a token of this kind if it is next. */
extern bool flux_parser_accept(FluxParser *parser, FluxTokenKind kind, FluxToken *token);

/* Like accept, but a different token is an error: "expected X, got Y". */
extern bool flux_parser_expect(FluxParser *parser, FluxTokenKind kind, FluxToken *token);

/* A closing bracket: like expect, with a shorter message. */
extern bool flux_parser_close(FluxParser *parser, FluxTokenKind kind, FluxToken *token);

/* Turns a slash that is next into a regular expression, where that is possible. */
extern void flux_parser_try_regexp(FluxParser *parser);

/* The next token inside a string expression; nothing may be looked ahead. */
extern FluxToken flux_parser_take_string_part(FluxParser *parser);

/* Whether statements can go on: no end, no closing bracket that is awaited. */
extern bool flux_parser_has_more(FluxParser *parser);

/* The same for the items of a list, which a word that begins a statement ends too. */
extern bool flux_parser_has_more_items(FluxParser *parser);

/* Whether an operand can start here, and whether error recovery must leave a token alone. */
extern bool flux_parser_starts_expression(FluxParser *parser);
extern bool flux_parser_must_keep(FluxParser *parser);

static inline const FluxToken *
flux_parser_peek(FluxParser *parser)
{
	return parser->token_count > 0 ? &parser->tokens[0] : flux_parser_peek_at(parser, 0);
}

static inline bool
flux_parser_at(FluxParser *parser, FluxTokenKind kind)
{
	return flux_parser_peek(parser)->kind == kind;
}

static inline FluxText
flux_parser_slice(FluxParser *parser, FluxSpan span)
{
	return flux_source_slice(parser->source, span);
}

/* ---- errors ---- */

/*
 * Reports an error at a span, unless one was reported at the same place.  The
 * "placed" variant adds " at line:column" to the message on the node (the
 * diagnostic has its span).  Returns the diagnostic, NULL when there is none.
 */
extern FluxDiagnostic *flux_parser_report(FluxParser *parser, FluxSpan span, const char *format,
										  ...) pg_attribute_printf(3, 4);
extern FluxDiagnostic *flux_parser_report_placed(FluxParser *parser, FluxSpan span,
												 const char *format, ...) pg_attribute_printf(3, 4);

/* Adds a hint to a diagnostic that may be NULL. */
extern void flux_parser_hint(FluxParser *parser, FluxDiagnostic *diagnostic, const char *format,
							 ...) pg_attribute_printf(3, 4);

/* Text of a token for a message, shortened when it is long. palloc'd. */
extern const char *flux_parser_token_text(FluxParser *parser, const FluxToken *token);

/* False when nested too deep: parse nothing then. Else pair with leave. */
extern bool flux_parser_enter(FluxParser *parser);

/* Ends parsing at a chain, like a + b + c ..., that makes the tree too deep. */
extern void flux_parser_check_chain(FluxParser *parser, int links);

static inline void
flux_parser_leave(FluxParser *parser)
{
	parser->depth--;
}

/* ---- nodes ---- */

/* A zeroed node from "start" to the last consumed token; takes the pending errors. */
extern void *flux_parser_node(FluxParser *parser, FluxAstKind kind, Size size, uint32 start);

/* Counts what takes memory as a node does; past the limit parsing stops. */
extern void flux_parser_count_node(FluxParser *parser, FluxSpan span);

#define FLUX_NEW(parser, Name, KIND, start)                                                        \
	((Flux##Name *) flux_parser_node(parser, FLUX_AST_##KIND, sizeof(Flux##Name), start))

/* Adds comments, if any, to the front of a node's punctuation. */
extern void flux_parser_punctuate(FluxParser *parser, FluxPunctuationComments **list,
								  const char *slot, const FluxToken *token);

/* Puts comments that have no place in the AST in front of the next token. */
extern void flux_parser_carry(FluxParser *parser, const FluxToken *token);

extern FluxIdentifier *flux_parser_identifier_of(FluxParser *parser, const FluxToken *token);
extern FluxIdentifier *flux_parser_expect_identifier(FluxParser *parser);
extern FluxBadExpression *flux_parser_bad_expression(FluxParser *parser, uint32 start);

/* ---- grammar ---- */
extern FluxAst *flux_parser_statement(FluxParser *parser);
extern void flux_parser_statements(FluxParser *parser, FluxAstList *body,
								   FluxAttributeList *attributes);
extern FluxBlock *flux_parser_block(FluxParser *parser);
extern FluxAst *flux_parser_expression(FluxParser *parser);
extern FluxAst *flux_parser_primary(FluxParser *parser);
extern FluxAst *flux_parser_list_item(FluxParser *parser);
extern void flux_parser_attributes(FluxParser *parser, FluxAttributeList *list);
extern FluxTypeExpression *flux_parser_type_expression(FluxParser *parser);

/* ---- literals (parser_literal.c) ---- */
/* A number, duration, time, string or regular expression that is next. */
extern FluxAst *flux_parser_literal(FluxParser *parser);
extern FluxStringLiteral *flux_parser_string_literal(FluxParser *parser);

/* A string literal, or an error and an empty one. */
extern FluxStringLiteral *flux_parser_expect_string(FluxParser *parser);

/* The text a stretch of a string stands for; errors are reported. */
extern FluxText flux_parser_unescape(FluxParser *parser, FluxSpan span);

#endif /* FLUX_PARSER_INT_H */
