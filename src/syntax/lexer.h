/*
 * lexer.h
 *		Flux source bytes to tokens, one at a time.
 *
 * The lexer has three modes, and the parser knows which one applies: plain
 * code; a regular expression, tried where an operand may start and the plain
 * token was a slash; and the inside of a string with "${...}" in it.  Bytes
 * must be valid UTF-8 (flux_utf8_check() says so).
 */
#ifndef FLUX_LEXER_H
#define FLUX_LEXER_H

#include "syntax/ast.h"

typedef enum FluxTokenKind
{
#define X(kind, name) FLUX_TOKEN_##kind,
#include "syntax/token_list.h"
#undef X
	FLUX_TOKEN_KIND_COUNT
} FluxTokenKind;

typedef struct FluxToken
{
	FluxTokenKind kind;
	FluxSpan span;
	FluxComments comments; /* between the token before and this one */
} FluxToken;

typedef struct FluxLexer
{
	const char *data;
	uint32 size;
	uint32 offset; /* of the next byte to read */
} FluxLexer;

extern const char *flux_token_name(FluxTokenKind kind);

static inline bool
flux_token_is_reserved(FluxTokenKind kind)
{
	return kind >= FLUX_TOKEN_AND && kind <= FLUX_TOKEN_RETURN;
}

extern void flux_lexer_init(FluxLexer *lexer, const char *data, uint32 size);

/* The next token of plain code. Comments are palloc'd. At the end: END, for ever. */
extern void flux_lexer_next(FluxLexer *lexer, FluxToken *token);

/*
 * Reads a regular expression at the slash token given, and turns it into a
 * REGEX token.  False, and nothing changed, when no slash ends it.
 */
extern bool flux_lexer_regexp(FluxLexer *lexer, FluxToken *token);

/*
 * The next token inside a string expression: TEXT, STRINGEXPR, QUOTE, END, or
 * ILLEGAL for a backslash that starts no escape.
 */
extern void flux_lexer_string_part(FluxLexer *lexer, FluxToken *token);

/* Offset of the first byte that is not valid UTF-8, or "size". */
extern uint32 flux_utf8_check(const char *data, uint32 size);

/* Whether text is an identifier and no reserved word. */
extern bool flux_text_is_identifier(FluxText text);

#endif /* FLUX_LEXER_H */
