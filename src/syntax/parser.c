/*
 * parser.c
 *		The parser's machinery: look-ahead, nodes, errors, limits; and its
 *		entry points.
 *
 * Nodes come from an arena of a few large chunks, because a script makes many
 * small ones that live and die together.  Past a limit (depth, nodes, errors)
 * the parser makes the lexer see the end of the source, so that all loops come
 * to their end by themselves.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "syntax/parser_int.h"

#define ARENA_CHUNK_SIZE (32 * 1024)

/* Bytes of a token quoted in a message. */
#define TOKEN_TEXT_MAX 64

/* ---- tokens ---- */

const FluxToken *
flux_parser_peek_at(FluxParser *parser, int k)
{
	while (parser->token_count <= k)
		flux_lexer_next(&parser->lexer, &parser->tokens[parser->token_count++]);
	return &parser->tokens[k];
}

FluxToken
flux_parser_take(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);

	parser->token_count--;
	memmove(parser->tokens, parser->tokens + 1, parser->token_count * sizeof(FluxToken));
	parser->last_stop = token.span.stop;
	return token;
}

bool
flux_parser_accept(FluxParser *parser, FluxTokenKind kind, FluxToken *token)
{
	if (!flux_parser_at(parser, kind))
		return false;
	*token = flux_parser_take(parser);
	return true;
}

bool
flux_parser_expect(FluxParser *parser, FluxTokenKind kind, FluxToken *token)
{
	const FluxToken *next = flux_parser_peek(parser);
	FluxDiagnostic *diagnostic;

	if (flux_parser_accept(parser, kind, token))
		return true;
	if (next->kind == FLUX_TOKEN_END)
	{
		flux_parser_report(parser, next->span, "expected %s, got EOF", flux_token_name(kind));
		return false;
	}
	diagnostic = flux_parser_report_placed(parser, next->span, "expected %s, got %s (%s)",
										   flux_token_name(kind), flux_token_name(next->kind),
										   flux_parser_token_text(parser, next));
	if (kind == FLUX_TOKEN_IDENT && flux_token_is_reserved(next->kind))
		flux_parser_hint(parser, diagnostic,
						 "\"%s\" is a reserved word: choose another name; "
						 "a column of that name is reached with r[\"%s\"].",
						 flux_parser_token_text(parser, next),
						 flux_parser_token_text(parser, next));
	return false;
}

bool
flux_parser_close(FluxParser *parser, FluxTokenKind kind, FluxToken *token)
{
	const FluxToken *next = flux_parser_peek(parser);

	if (flux_parser_accept(parser, kind, token))
		return true;
	flux_parser_report(parser, next->span, "expected %s, got %s", flux_token_name(kind),
					   flux_token_name(next->kind));
	return false;
}

void
flux_parser_try_regexp(FluxParser *parser)
{
	if (flux_parser_at(parser, FLUX_TOKEN_DIV) &&
		flux_lexer_regexp(&parser->lexer, &parser->tokens[0]))
		parser->token_count = 1;
}

FluxToken
flux_parser_take_string_part(FluxParser *parser)
{
	FluxToken token;

	parser->token_count = 0;
	parser->lexer.offset = parser->last_stop;
	flux_lexer_string_part(&parser->lexer, &token);
	parser->last_stop = token.span.stop;
	return token;
}

/* Whether a token is a closing bracket that a construct around us waits for. */
static bool
is_awaited(const FluxParser *parser, FluxTokenKind kind)
{
	switch (kind)
	{
		case FLUX_TOKEN_RPAREN:
			return parser->open_parens > 0;
		case FLUX_TOKEN_RBRACK:
			return parser->open_brackets > 0;
		case FLUX_TOKEN_RBRACE:
			return parser->open_braces > 0;
		default:
			return false;
	}
}

static bool
begins_statement(FluxTokenKind kind)
{
	switch (kind)
	{
		case FLUX_TOKEN_PACKAGE:
		case FLUX_TOKEN_IMPORT:
		case FLUX_TOKEN_OPTION:
		case FLUX_TOKEN_BUILTIN:
		case FLUX_TOKEN_TESTCASE:
		case FLUX_TOKEN_RETURN:
			return true;
		default:
			return false;
	}
}

bool
flux_parser_has_more(FluxParser *parser)
{
	FluxTokenKind kind = flux_parser_peek(parser)->kind;

	CHECK_FOR_INTERRUPTS();
	return kind != FLUX_TOKEN_END && !is_awaited(parser, kind);
}

bool
flux_parser_has_more_items(FluxParser *parser)
{
	if (!flux_parser_has_more(parser))
		return false;
	if (!begins_statement(flux_parser_peek(parser)->kind))
		return true;

	/* A reserved word as a key is a mistake inside the list. */
	switch (flux_parser_peek_at(parser, 1)->kind)
	{
		case FLUX_TOKEN_COLON:
		case FLUX_TOKEN_COMMA:
		case FLUX_TOKEN_ASSIGN:
		case FLUX_TOKEN_RPAREN:
		case FLUX_TOKEN_RBRACE:
			return true;
		default:
			return false;
	}
}

bool
flux_parser_starts_expression(FluxParser *parser)
{
	flux_parser_try_regexp(parser);
	switch (flux_parser_peek(parser)->kind)
	{
		case FLUX_TOKEN_IDENT:
		case FLUX_TOKEN_INT:
		case FLUX_TOKEN_FLOAT:
		case FLUX_TOKEN_DURATION:
		case FLUX_TOKEN_TIME:
		case FLUX_TOKEN_STRING:
		case FLUX_TOKEN_REGEX:
		case FLUX_TOKEN_QUOTE:
		case FLUX_TOKEN_LPAREN:
		case FLUX_TOKEN_LBRACK:
		case FLUX_TOKEN_LBRACE:
		case FLUX_TOKEN_ADD:
		case FLUX_TOKEN_SUB:
		case FLUX_TOKEN_NOT:
		case FLUX_TOKEN_EXISTS:
		case FLUX_TOKEN_IF:
			return true;
		default:
			return false;
	}
}

bool
flux_parser_must_keep(FluxParser *parser)
{
	FluxTokenKind kind = flux_parser_peek(parser)->kind;

	switch (kind)
	{
		case FLUX_TOKEN_END:
			return true;
		case FLUX_TOKEN_COMMA:
		case FLUX_TOKEN_COLON:
			return parser->open_parens + parser->open_brackets + parser->open_braces > 0;
		case FLUX_TOKEN_THEN:
		case FLUX_TOKEN_ELSE:
			return parser->open_conditionals > 0;
		default:
			return is_awaited(parser, kind) || begins_statement(kind);
	}
}

/* ---- errors ---- */

/* From here on the source is at its end. */
static void
stop_parsing(FluxParser *parser)
{
	parser->is_stopped = true;
	parser->token_count = 0;
	parser->lexer.offset = parser->last_stop;
	parser->lexer.size = parser->last_stop;
}

static FluxDiagnostic *
report_message(FluxParser *parser, int sqlstate, FluxSpan span, bool is_placed, const char *message)
{
	const char *node_message = message;

	if (is_placed)
	{
		FluxPosition position = flux_source_position(parser->source, span.start);

		node_message = psprintf("%s at %d:%d", message, position.line, position.column);
	}
	if (parser->pending_count == parser->pending_capacity)
	{
		parser->pending_capacity = Max(4, parser->pending_capacity * 2);
		if (parser->pending == NULL)
			parser->pending = palloc(parser->pending_capacity * sizeof(char *));
		else
			parser->pending = repalloc(parser->pending, parser->pending_capacity * sizeof(char *));
	}
	parser->pending[parser->pending_count++] = node_message;
	parser->last_message = node_message;
	parser->error_count++;
	parser->last_error_start = span.start;
	if (parser->diagnostics == NULL)
		return NULL;
	return flux_diagnostics_add(parser->diagnostics, sqlstate, span, "%s", message);
}

/*
 * Whether an error at this place is to be said at all.  One at the end of the source
 * is moved to the end of the last token, which is where something is missing.
 */
static bool
wants_error(FluxParser *parser, FluxSpan *place)
{
	FluxSpan span;

	if (parser->is_stopped)
		return false;
	if (place->start >= parser->lexer.size)
		*place = flux_span(parser->last_stop, parser->last_stop);
	span = *place;
	if (parser->error_count == 0)
		return true;
	if (parser->last_error_start == span.start)
		return false;
	if (parser->error_count < FLUX_SYNTAX_ERRORS_MAX)
		return true;
	report_message(parser, ERRCODE_SYNTAX_ERROR, span, false, "too many syntax errors");
	stop_parsing(parser);
	return false;
}

FluxDiagnostic *
flux_parser_report(FluxParser *parser, FluxSpan span, const char *format, ...)
{
	va_list arguments;
	const char *message;

	if (!wants_error(parser, &span))
		return NULL;
	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	return report_message(parser, ERRCODE_SYNTAX_ERROR, span, false, message);
}

FluxDiagnostic *
flux_parser_report_placed(FluxParser *parser, FluxSpan span, const char *format, ...)
{
	va_list arguments;
	const char *message;

	if (!wants_error(parser, &span))
		return NULL;
	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	return report_message(parser, ERRCODE_SYNTAX_ERROR, span, true, message);
}

void
flux_parser_hint(FluxParser *parser, FluxDiagnostic *diagnostic, const char *format, ...)
{
	MemoryContext old;
	va_list arguments;

	if (diagnostic == NULL)
		return;
	old = MemoryContextSwitchTo(parser->diagnostics->context);
	va_start(arguments, format);
	diagnostic->hint = flux_message_format(format, arguments);
	va_end(arguments);
	MemoryContextSwitchTo(old);
}

const char *
flux_parser_token_text(FluxParser *parser, const FluxToken *token)
{
	FluxText text = flux_parser_slice(parser, token->span);
	int32 size = text.size;

	if (size <= TOKEN_TEXT_MAX)
		return pnstrdup(text.data, size);
	size = TOKEN_TEXT_MAX;
	while (((unsigned char) text.data[size] & 0xC0) == 0x80)
		size--;
	return psprintf("%.*s...", size, text.data);
}

/* The end of parsing: what comes next would be too deep. */
static void
stop_too_deep(FluxParser *parser)
{
	FluxSpan span = flux_parser_peek(parser)->span;

	if (parser->is_stopped)
		return;
	parser->is_too_deep = true;
	report_message(parser, ERRCODE_PROGRAM_LIMIT_EXCEEDED, span, false,
				   "Program is nested too deep");
	stop_parsing(parser);
}

bool
flux_parser_enter(FluxParser *parser)
{
	if (parser->depth < FLUX_NESTING_MAX)
	{
		parser->depth++;
		return true;
	}
	stop_too_deep(parser);
	return false;
}

void
flux_parser_check_chain(FluxParser *parser, int links)
{
	if (links > FLUX_AST_DEPTH_MAX)
		stop_too_deep(parser);
}

/* ---- nodes ---- */

static void *
allocate(FluxParser *parser, Size size)
{
	void *room;

	size = MAXALIGN(size);
	if (size > parser->arena_left)
	{
		parser->arena = palloc0(ARENA_CHUNK_SIZE);
		parser->arena_left = ARENA_CHUNK_SIZE;
	}
	room = parser->arena;
	parser->arena += size;
	parser->arena_left -= size;
	return room;
}

void
flux_parser_count_node(FluxParser *parser, FluxSpan span)
{
	if (++parser->node_count <= FLUX_AST_NODES_MAX || parser->is_stopped)
		return;
	report_message(parser, ERRCODE_PROGRAM_LIMIT_EXCEEDED, span, false,
				   psprintf("script has more than %d syntax elements", FLUX_AST_NODES_MAX));
	stop_parsing(parser);
}

void *
flux_parser_node(FluxParser *parser, FluxAstKind kind, Size size, uint32 start)
{
	FluxAst *node = allocate(parser, size);

	node->kind = kind;
	node->span = flux_span(start, Max(start, parser->last_stop));
	flux_parser_count_node(parser, node->span);
	if (parser->pending_count > 0)
	{
		node->error_count = parser->pending_count;
		node->errors = palloc(parser->pending_count * sizeof(char *));
		memcpy(node->errors, parser->pending, parser->pending_count * sizeof(char *));
		parser->pending_count = 0;
	}
	return node;
}

void
flux_parser_punctuate(FluxParser *parser, FluxPunctuationComments **list, const char *slot,
					  const FluxToken *token)
{
	FluxPunctuationComments *entry;

	if (token->comments.count == 0)
		return;
	entry = allocate(parser, sizeof(FluxPunctuationComments));
	entry->slot = slot;
	entry->comments = token->comments;
	while (*list != NULL)
		list = &(*list)->next;
	*list = entry;
}

void
flux_parser_carry(FluxParser *parser, const FluxToken *token)
{
	int count = token->comments.count;
	FluxToken *next;
	FluxText *items;

	if (count == 0)
		return;
	(void) flux_parser_peek(parser);
	next = &parser->tokens[0];
	items = palloc((count + next->comments.count) * sizeof(FluxText));
	memcpy(items, token->comments.items, count * sizeof(FluxText));
	if (next->comments.count > 0)
		memcpy(items + count, next->comments.items, next->comments.count * sizeof(FluxText));
	next->comments.items = items;
	next->comments.count += count;
}

FluxIdentifier *
flux_parser_identifier_of(FluxParser *parser, const FluxToken *token)
{
	FluxIdentifier *identifier = FLUX_NEW(parser, Identifier, IDENTIFIER, token->span.start);

	identifier->ast.span = token->span;
	identifier->ast.comments = token->comments;
	identifier->name = flux_parser_slice(parser, token->span);
	return identifier;
}

/*
 * An identifier, or an error and a node with what was there instead: a
 * reserved word, unless it looks like the beginning of the next statement, or nothing.
 */
FluxIdentifier *
flux_parser_expect_identifier(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);
	FluxIdentifier *identifier;

	if (flux_parser_expect(parser, FLUX_TOKEN_IDENT, &token))
		return flux_parser_identifier_of(parser, &token);
	if (flux_token_is_reserved(token.kind) &&
		flux_parser_peek_at(parser, 1)->kind != FLUX_TOKEN_IDENT)
	{
		(void) flux_parser_take(parser);
		return flux_parser_identifier_of(parser, &token);
	}
	identifier = FLUX_NEW(parser, Identifier, IDENTIFIER, token.span.start);
	identifier->ast.span.stop = token.span.start;
	identifier->name = flux_text("", 0);
	return identifier;
}

/* What lies between "start" and the last consumed token, as a bad expression. */
FluxBadExpression *
flux_parser_bad_expression(FluxParser *parser, uint32 start)
{
	FluxBadExpression *bad = FLUX_NEW(parser, BadExpression, BAD_EXPRESSION, start);

	bad->text = flux_parser_slice(parser, bad->ast.span);
	return bad;
}

/* ---- files ---- */

static void
parser_init(FluxParser *parser, FluxSourceText *source, FluxDiagnosticList *diagnostics)
{
	memset(parser, 0, sizeof(*parser));
	parser->source = source;
	parser->diagnostics = diagnostics;
	flux_lexer_init(&parser->lexer, source->data, source->size);
}

static FluxPackageClause *
parse_package_clause(FluxParser *parser, const FluxAttributeList *attributes)
{
	FluxToken keyword = flux_parser_take(parser);
	FluxIdentifier *name = flux_parser_expect_identifier(parser);
	FluxPackageClause *clause = FLUX_NEW(parser, PackageClause, PACKAGE_CLAUSE, keyword.span.start);

	clause->ast.comments = keyword.comments;
	clause->name = name;
	clause->attributes = *attributes;
	return clause;
}

static FluxAst *
parse_import(FluxParser *parser, const FluxAttributeList *attributes)
{
	FluxToken keyword = flux_parser_take(parser);
	FluxToken name;
	FluxIdentifier *as = NULL;
	FluxStringLiteral *path;
	FluxImportDeclaration *import;

	if (flux_parser_accept(parser, FLUX_TOKEN_IDENT, &name))
		as = flux_parser_identifier_of(parser, &name);
	path = flux_parser_expect_string(parser);
	import = FLUX_NEW(parser, ImportDeclaration, IMPORT_DECLARATION, keyword.span.start);
	import->ast.comments = keyword.comments;
	import->as = as;
	import->path = path;
	import->attributes = *attributes;
	return &import->ast;
}

/* Gives a statement the attributes found in front of it. */
static void
attach_attributes(FluxAst *statement, const FluxAttributeList *attributes)
{
	switch (statement->kind)
	{
		case FLUX_AST_EXPRESSION_STATEMENT:
			((FluxExpressionStatement *) statement)->attributes = *attributes;
			break;
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			((FluxVariableAssignment *) statement)->attributes = *attributes;
			break;
		case FLUX_AST_OPTION_STATEMENT:
			((FluxOptionStatement *) statement)->attributes = *attributes;
			break;
		case FLUX_AST_RETURN_STATEMENT:
			((FluxReturnStatement *) statement)->attributes = *attributes;
			break;
		case FLUX_AST_BUILTIN_STATEMENT:
			((FluxBuiltinStatement *) statement)->attributes = *attributes;
			break;
		case FLUX_AST_TEST_CASE_STATEMENT:
			((FluxTestCaseStatement *) statement)->attributes = *attributes;
			break;
		default: /* a bad statement keeps none */
			break;
	}
}

/* Attributes at the end of a file or block belong to nothing. */
static FluxAst *
parse_lost_attributes(FluxParser *parser, const FluxAttributeList *attributes)
{
	FluxSpan span = attributes->items[0].span;
	FluxBadStatement *bad;

	flux_parser_report(parser, span,
					   "invalid statement: extra attributes not associated with anything");
	bad = FLUX_NEW(parser, BadStatement, BAD_STATEMENT, span.start);
	bad->text = flux_parser_slice(parser, bad->ast.span);
	return &bad->ast;
}

/*
 * Statements up to the end of the file or the bracket awaited.  "attributes"
 * are those already read, for the first one.
 */
void
flux_parser_statements(FluxParser *parser, FluxAstList *body, FluxAttributeList *attributes)
{
	FluxAttributeList own = {0};

	if (attributes == NULL)
		attributes = &own;
	for (;;)
	{
		FluxAst *statement;

		flux_parser_attributes(parser, attributes);
		if (!flux_parser_has_more(parser))
			break;
		statement = flux_parser_statement(parser);
		attach_attributes(statement, attributes);
		memset(attributes, 0, sizeof(*attributes));
		flux_ast_list_append(body, statement);
	}
	if (attributes->count > 0)
		flux_ast_list_append(body, parse_lost_attributes(parser, attributes));
}

static FluxFile *
parse_file(FluxParser *parser)
{
	uint32 start = flux_parser_peek(parser)->span.start;
	FluxPackageClause *clause = NULL;
	FluxAstList imports = {0};
	FluxAstList body = {0};
	FluxAttributeList attributes = {0};
	FluxToken end;
	FluxFile *file;

	flux_parser_attributes(parser, &attributes);
	if (flux_parser_at(parser, FLUX_TOKEN_PACKAGE))
	{
		clause = parse_package_clause(parser, &attributes);
		memset(&attributes, 0, sizeof(attributes));
		flux_parser_attributes(parser, &attributes);
	}
	while (flux_parser_at(parser, FLUX_TOKEN_IMPORT))
	{
		flux_ast_list_append(&imports, parse_import(parser, &attributes));
		memset(&attributes, 0, sizeof(attributes));
		flux_parser_attributes(parser, &attributes);
	}
	flux_parser_statements(parser, &body, &attributes);

	end = *flux_parser_peek(parser);
	file = FLUX_NEW(parser, File, FILE, start);
	file->source = parser->source;
	file->package = clause;
	file->imports = imports;
	file->body = body;
	file->eof = end.comments;
	return file;
}

/* A file with nothing in it but one bad statement over all of the source. */
static FluxFile *
make_bad_file(FluxParser *parser)
{
	FluxFile *file;
	FluxBadStatement *bad;

	/* The message may stand on a node of the tree that is thrown away. */
	if (parser->pending_count == 0)
		parser->pending[parser->pending_count++] = parser->last_message;

	parser->last_stop = parser->source->size;
	bad = FLUX_NEW(parser, BadStatement, BAD_STATEMENT, 0);
	bad->text = flux_parser_slice(parser, bad->ast.span);
	file = FLUX_NEW(parser, File, FILE, 0);
	file->source = parser->source;
	flux_ast_list_append(&file->body, &bad->ast);
	return file;
}

/* What must hold before the first byte is read; false after an error. */
static bool
check_source(FluxParser *parser)
{
	FluxSourceText *source = parser->source;
	uint32 invalid;

	if (source->size > FLUX_SCRIPT_SIZE_MAX)
	{
		report_message(parser, ERRCODE_PROGRAM_LIMIT_EXCEEDED, flux_span(0, 0), false,
					   psprintf("script is too large: %u bytes, at most %d are allowed",
								source->size, FLUX_SCRIPT_SIZE_MAX));
		return false;
	}
	invalid = flux_utf8_check(source->data, source->size);
	if (invalid < source->size)
	{
		report_message(parser, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE, flux_span(invalid, invalid + 1),
					   false,
					   psprintf("script is not valid UTF-8: byte 0x%02x",
								(unsigned char) source->data[invalid]));
		return false;
	}
	return true;
}

/* Errors are found nearly in source order; makes it exactly so. */
static void
sort_diagnostics(FluxDiagnosticList *list, int first)
{
	for (int i = first + 1; i < Min(list->count, list->capacity); i++)
	{
		FluxDiagnostic moved = list->items[i];
		int k = i;

		for (; k > first && list->items[k - 1].span.start > moved.span.start; k--)
			list->items[k] = list->items[k - 1];
		list->items[k] = moved;
	}
}

FluxPackage *
flux_parse(FluxSourceText *source, FluxDiagnosticList *diagnostics)
{
	FluxParser parser;
	FluxPackage *package;
	FluxFile *file;
	int known = diagnostics ? diagnostics->count : 0;

	parser_init(&parser, source, diagnostics);
	if (!check_source(&parser))
		file = make_bad_file(&parser);
	else
	{
		file = parse_file(&parser);
		if (!parser.is_too_deep && flux_ast_is_deeper(&file->ast, FLUX_AST_DEPTH_MAX))
		{
			parser.is_too_deep = true;
			if (diagnostics)
				diagnostics->count = known;
			report_message(&parser, ERRCODE_PROGRAM_LIMIT_EXCEEDED, file->ast.span, false,
						   "Program is nested too deep");
		}
		if (parser.is_too_deep)
			file = make_bad_file(&parser);
	}
	if (diagnostics)
		sort_diagnostics(diagnostics, known);

	package = FLUX_NEW(&parser, Package, PACKAGE, file->ast.span.start);
	package->ast.span = file->ast.span;
	package->path = flux_text("", 0);
	package->name = file->package ? file->package->name->name : flux_text_from_cstring("main");
	package->file = file;
	return package;
}

FluxTypeExpression *
flux_parse_type(FluxSourceText *source, FluxDiagnosticList *diagnostics)
{
	FluxParser parser;
	FluxTypeExpression *type;
	FluxToken end;

	parser_init(&parser, source, diagnostics);
	if (!check_source(&parser))
		parser.lexer.size = 0;
	type = flux_parser_type_expression(&parser);
	(void) flux_parser_expect(&parser, FLUX_TOKEN_END, &end);
	if (parser.is_too_deep)
		type->monotype = &flux_parser_bad_expression(&parser, 0)->ast;
	return type;
}
