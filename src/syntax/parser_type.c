/*
 * parser_type.c
 *		Type expressions: of builtin statements and of the library's
 *		signatures.
 *
 * Comments inside a type are moved in front of the next token that can keep
 * them.
 */
#include "postgres.h"

#include "syntax/parser_int.h"

static FluxAst *parse_monotype(FluxParser *parser);

/* Consumes a token of punctuation if it is next. */
static bool
accept_mark(FluxParser *parser, FluxTokenKind kind)
{
	FluxToken token;

	if (!flux_parser_accept(parser, kind, &token))
		return false;
	flux_parser_carry(parser, &token);
	return true;
}

static void
expect_mark(FluxParser *parser, FluxTokenKind kind)
{
	FluxToken token;

	if (flux_parser_expect(parser, kind, &token))
		flux_parser_carry(parser, &token);
}

static bool
at_word(FluxParser *parser, const char *word)
{
	const FluxToken *token = flux_parser_peek(parser);

	return token->kind == FLUX_TOKEN_IDENT &&
		   flux_text_equal_cstring(flux_parser_slice(parser, token->span), word);
}

/* stream[T] or vector[T], the word being next. */
static FluxAst *
parse_wrapped(FluxParser *parser, FluxAstKind kind)
{
	FluxToken word = flux_parser_take(parser);
	FluxAst *element;
	FluxElementType *type;

	expect_mark(parser, FLUX_TOKEN_LBRACK);
	element = parse_monotype(parser);
	expect_mark(parser, FLUX_TOKEN_RBRACK);
	type = flux_parser_node(parser, kind, sizeof(FluxElementType), word.span.start);
	type->ast.comments = word.comments;
	type->element = element;
	return &type->ast;
}

/* A word: a basic type, a one-byte variable, dynamic, or what stream and vector begin. */
static FluxAst *
parse_named(FluxParser *parser)
{
	FluxTokenKind next = flux_parser_peek_at(parser, 1)->kind;
	FluxToken word;
	FluxNamedType *type;
	FluxAstKind kind;

	if (next == FLUX_TOKEN_LBRACK && at_word(parser, "stream"))
		return parse_wrapped(parser, FLUX_AST_STREAM_TYPE);
	if (next == FLUX_TOKEN_LBRACK && at_word(parser, "vector"))
		return parse_wrapped(parser, FLUX_AST_VECTOR_TYPE);
	if (at_word(parser, "dynamic"))
	{
		FluxDynamicType *dynamic;

		word = flux_parser_take(parser);
		dynamic = FLUX_NEW(parser, DynamicType, DYNAMIC_TYPE, word.span.start);
		dynamic->ast.comments = word.comments;
		return &dynamic->ast;
	}
	word = flux_parser_take(parser);
	kind = word.span.stop - word.span.start == 1 ? FLUX_AST_TVAR_TYPE : FLUX_AST_NAMED_TYPE;
	type = flux_parser_node(parser, kind, sizeof(FluxNamedType), word.span.start);
	type->name = flux_parser_identifier_of(parser, &word);
	return &type->ast;
}

/* [T] or [K: V]. */
static FluxAst *
parse_array_or_dict_type(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxAst *first;
	FluxAst *value = NULL;

	parser->open_brackets++;
	first = parse_monotype(parser);
	if (accept_mark(parser, FLUX_TOKEN_COLON))
		value = parse_monotype(parser);
	parser->open_brackets--;
	expect_mark(parser, FLUX_TOKEN_RBRACK);
	if (value != NULL)
	{
		FluxDictType *dict = FLUX_NEW(parser, DictType, DICT_TYPE, open.span.start);

		dict->ast.comments = open.comments;
		dict->key = first;
		dict->value = value;
		return &dict->ast;
	}
	else
	{
		FluxArrayType *array = FLUX_NEW(parser, ArrayType, ARRAY_TYPE, open.span.start);

		array->ast.comments = open.comments;
		array->element = first;
		return &array->ast;
	}
}

static FluxAst *
parse_property_type(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);
	FluxAst *name;
	FluxAst *monotype;
	FluxPropertyType *property;

	if (token.kind == FLUX_TOKEN_STRING)
		name = &flux_parser_string_literal(parser)->ast;
	else if (token.kind == FLUX_TOKEN_IDENT)
		name = &flux_parser_expect_identifier(parser)->ast;
	else
	{
		flux_parser_report(parser, token.span, "expected `IDENT` or `STRING`, got %s",
						   flux_token_name(token.kind));
		name = &flux_parser_expect_identifier(parser)->ast;
	}
	expect_mark(parser, FLUX_TOKEN_COLON);
	monotype = parse_monotype(parser);
	property = FLUX_NEW(parser, PropertyType, PROPERTY_TYPE, token.span.start);
	property->name = name;
	property->monotype = monotype;
	return &property->ast;
}

/* {}, {a: T, ...} or {A with a: T, ...}. */
static FluxAst *
parse_record_type(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxIdentifier *tvar = NULL;
	FluxAstList properties = {0};
	FluxRecordType *record;

	parser->open_braces++;
	if (flux_parser_at(parser, FLUX_TOKEN_IDENT) &&
		flux_parser_peek_at(parser, 1)->kind == FLUX_TOKEN_IDENT)
	{
		FluxToken with;

		tvar = flux_parser_expect_identifier(parser);
		with = flux_parser_take(parser);
		flux_parser_carry(parser, &with);
		if (!flux_text_equal_cstring(flux_parser_slice(parser, with.span), "with"))
			flux_parser_report_placed(parser, with.span, "expected WITH, got IDENT (%s)",
									  flux_parser_token_text(parser, &with));
	}
	while (flux_parser_has_more_items(parser))
	{
		flux_ast_list_append(&properties, parse_property_type(parser));
		if (!accept_mark(parser, FLUX_TOKEN_COMMA))
			break;
	}
	parser->open_braces--;
	expect_mark(parser, FLUX_TOKEN_RBRACE);
	record = FLUX_NEW(parser, RecordType, RECORD_TYPE, open.span.start);
	record->ast.comments = open.comments;
	record->tvar = tvar;
	record->properties = properties;
	return &record->ast;
}

/* The text of a label whose dot was taken. */
static FluxText
parse_label_text(FluxParser *parser)
{
	FluxToken name;

	if (flux_parser_at(parser, FLUX_TOKEN_STRING))
		return flux_parser_string_literal(parser)->value;
	if (flux_parser_accept(parser, FLUX_TOKEN_IDENT, &name))
	{
		flux_parser_carry(parser, &name);
		return flux_parser_slice(parser, name.span);
	}
	flux_parser_report(parser, flux_parser_peek(parser)->span,
					   "expected `IDENT` or `STRING`, got %s",
					   flux_token_name(flux_parser_peek(parser)->kind));
	return flux_text("", 0);
}

static FluxAst *
parse_label_type(FluxParser *parser)
{
	FluxToken dot = flux_parser_take(parser);
	FluxText value = parse_label_text(parser);
	FluxLabelType *label = FLUX_NEW(parser, LabelType, LABEL_TYPE, dot.span.start);

	label->ast.comments = dot.comments;
	label->value = value;
	return &label->ast;
}

/* name: T, ?name: T [= .label], <-name: T, <-: T. */
static FluxAst *
parse_parameter_type(FluxParser *parser)
{
	uint32 start = flux_parser_peek(parser)->span.start;
	FluxParameterKind kind = FLUX_PARAMETER_REQUIRED;
	FluxIdentifier *name = NULL;
	FluxAst *monotype;
	FluxAst *label = NULL;
	FluxParameterType *parameter;

	if (accept_mark(parser, FLUX_TOKEN_QUESTION_MARK))
		kind = FLUX_PARAMETER_OPTIONAL;
	else if (accept_mark(parser, FLUX_TOKEN_PIPE_RECEIVE))
		kind = FLUX_PARAMETER_PIPE;
	if (kind != FLUX_PARAMETER_PIPE || flux_parser_at(parser, FLUX_TOKEN_IDENT))
		name = flux_parser_expect_identifier(parser);
	expect_mark(parser, FLUX_TOKEN_COLON);
	monotype = parse_monotype(parser);
	if (kind == FLUX_PARAMETER_OPTIONAL && accept_mark(parser, FLUX_TOKEN_ASSIGN))
	{
		FluxToken dot;

		if (flux_parser_expect(parser, FLUX_TOKEN_DOT, &dot))
		{
			FluxText value = parse_label_text(parser);
			FluxLabelLiteral *literal =
				FLUX_NEW(parser, LabelLiteral, LABEL_LITERAL, dot.span.start);

			literal->ast.comments = dot.comments;
			literal->value = value;
			label = &literal->ast;
		}
	}
	parameter = FLUX_NEW(parser, ParameterType, PARAMETER_TYPE, start);
	parameter->parameter = kind;
	parameter->name = name;
	parameter->monotype = monotype;
	parameter->default_label = label;
	return &parameter->ast;
}

static FluxAst *
parse_function_type(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxAstList parameters = {0};
	FluxAst *result;
	FluxFunctionType *function;

	parser->open_parens++;
	while (flux_parser_has_more_items(parser))
	{
		flux_ast_list_append(&parameters, parse_parameter_type(parser));
		if (!accept_mark(parser, FLUX_TOKEN_COMMA))
			break;
	}
	parser->open_parens--;
	expect_mark(parser, FLUX_TOKEN_RPAREN);
	expect_mark(parser, FLUX_TOKEN_ARROW);
	result = parse_monotype(parser);
	function = FLUX_NEW(parser, FunctionType, FUNCTION_TYPE, open.span.start);
	function->ast.comments = open.comments;
	function->parameters = parameters;
	function->monotype = result;
	return &function->ast;
}

static FluxAst *
parse_monotype_inside(FluxParser *parser)
{
	const FluxToken *token = flux_parser_peek(parser);

	switch (token->kind)
	{
		case FLUX_TOKEN_IDENT:
			return parse_named(parser);
		case FLUX_TOKEN_LBRACK:
			return parse_array_or_dict_type(parser);
		case FLUX_TOKEN_LBRACE:
			return parse_record_type(parser);
		case FLUX_TOKEN_LPAREN:
			return parse_function_type(parser);
		case FLUX_TOKEN_DOT:
			return parse_label_type(parser);
		default:
			flux_parser_report(
				parser, token->span, "invalid type expression: %s",
				token->kind == FLUX_TOKEN_END ? "EOF" : flux_parser_token_text(parser, token));
			if (!flux_parser_must_keep(parser))
				(void) flux_parser_take(parser);
			return &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	}
}

static FluxAst *
parse_monotype(FluxParser *parser)
{
	FluxAst *type;

	if (!flux_parser_enter(parser))
		return &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	type = parse_monotype_inside(parser);
	flux_parser_leave(parser);
	return type;
}

/* "A: Kind + Kind" of a where clause. */
static FluxAst *
parse_constraint(FluxParser *parser)
{
	uint32 start = flux_parser_peek(parser)->span.start;
	FluxIdentifier *tvar = flux_parser_expect_identifier(parser);
	FluxAstList kinds = {0};
	FluxTypeConstraint *constraint;

	expect_mark(parser, FLUX_TOKEN_COLON);
	do
		flux_ast_list_append(&kinds, &flux_parser_expect_identifier(parser)->ast);
	while (accept_mark(parser, FLUX_TOKEN_ADD));
	constraint = FLUX_NEW(parser, TypeConstraint, TYPE_CONSTRAINT, start);
	constraint->tvar = tvar;
	constraint->kinds = kinds;
	return &constraint->ast;
}

FluxTypeExpression *
flux_parser_type_expression(FluxParser *parser)
{
	uint32 start = flux_parser_peek(parser)->span.start;
	FluxAst *monotype = parse_monotype(parser);
	FluxAstList constraints = {0};
	FluxTypeExpression *type;

	if (at_word(parser, "where"))
	{
		FluxToken where = flux_parser_take(parser);

		flux_parser_carry(parser, &where);
		do
			flux_ast_list_append(&constraints, parse_constraint(parser));
		while (accept_mark(parser, FLUX_TOKEN_COMMA));
	}
	type = FLUX_NEW(parser, TypeExpression, TYPE_EXPRESSION, start);
	type->monotype = monotype;
	type->constraints = constraints;
	return type;
}
