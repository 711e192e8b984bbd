/*
 * parser_expression.c
 *		Expressions: precedence, postfixes, composite operands.
 *
 * From loosest to tightest: if, or, and, not/exists, comparisons, + -, * / %,
 * ^, |>, unary + -, postfixes.  All binary operators lean left, "^" too, and
 * "|>" binds tighter than arithmetic.
 */
#include "postgres.h"

#include "syntax/parser_int.h"

/* Binding strength of the binary operators that make BinaryExpressions. */
enum
{
	STRENGTH_NONE,
	STRENGTH_COMPARE,
	STRENGTH_ADD,
	STRENGTH_MULTIPLY,
	STRENGTH_POWER
};

static FluxAst *parse_or(FluxParser *parser);
static FluxAst *parse_unary(FluxParser *parser);

static int
binary_operator(FluxTokenKind kind, FluxBinaryOperator *op)
{
	switch (kind)
	{
		case FLUX_TOKEN_EQ:
			*op = FLUX_OP_EQ;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_NEQ:
			*op = FLUX_OP_NEQ;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_LT:
			*op = FLUX_OP_LT;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_LTE:
			*op = FLUX_OP_LTE;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_GT:
			*op = FLUX_OP_GT;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_GTE:
			*op = FLUX_OP_GTE;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_REGEXEQ:
			*op = FLUX_OP_MATCH;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_REGEXNEQ:
			*op = FLUX_OP_NOT_MATCH;
			return STRENGTH_COMPARE;
		case FLUX_TOKEN_ADD:
			*op = FLUX_OP_ADD;
			return STRENGTH_ADD;
		case FLUX_TOKEN_SUB:
			*op = FLUX_OP_SUB;
			return STRENGTH_ADD;
		case FLUX_TOKEN_MUL:
			*op = FLUX_OP_MUL;
			return STRENGTH_MULTIPLY;
		case FLUX_TOKEN_DIV:
			*op = FLUX_OP_DIV;
			return STRENGTH_MULTIPLY;
		case FLUX_TOKEN_MOD:
			*op = FLUX_OP_MOD;
			return STRENGTH_MULTIPLY;
		case FLUX_TOKEN_POW:
			*op = FLUX_OP_POW;
			return STRENGTH_POWER;
		default:
			return STRENGTH_NONE;
	}
}

/* ---- lists in brackets ---- */

/*
 * An expression in a list or in brackets.  Where another operand follows at
 * once something is missing between the two; both together are one bad expression.
 */
FluxAst *
flux_parser_list_item(FluxParser *parser)
{
	uint32 start = flux_parser_peek(parser)->span.start;
	FluxAst *item = flux_parser_expression(parser);

	if (!flux_parser_starts_expression(parser))
		return item;
	flux_parser_report(parser, flux_parser_peek(parser)->span,
					   "invalid binary operator <INVALID_OP>");
	while (flux_parser_starts_expression(parser))
		(void) flux_parser_expression(parser);
	return &flux_parser_bad_expression(parser, start)->ast;
}

static FluxAst *
parse_property_value(FluxParser *parser)
{
	const FluxToken *token = flux_parser_peek(parser);

	if (token->kind == FLUX_TOKEN_COMMA || token->kind == FLUX_TOKEN_COLON ||
		!flux_parser_has_more(parser))
	{
		flux_parser_report(parser, token->span, "missing property value");
		return &flux_parser_bad_expression(parser, token->span.start)->ast;
	}
	return flux_parser_list_item(parser);
}

/* A key that is none: reports it and moves past it. */
static FluxAst *
parse_bad_key(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);

	if (token.kind == FLUX_TOKEN_COMMA || token.kind == FLUX_TOKEN_COLON)
	{
		flux_parser_report(parser, token.span, "missing property key");
		return &flux_parser_bad_expression(parser, token.span.start)->ast;
	}
	if (flux_token_is_reserved(token.kind))
	{
		FluxDiagnostic *diagnostic;

		diagnostic =
			flux_parser_report(parser, token.span, "unexpected token for property key: %s (%s)",
							   flux_token_name(token.kind), flux_parser_token_text(parser, &token));
		flux_parser_hint(parser, diagnostic,
						 "\"%s\" is a reserved word; as a key it must be a string.",
						 flux_parser_token_text(parser, &token));
		(void) flux_parser_take(parser);
	}
	else
	{
		flux_parser_report(parser, token.span, "unexpected token for property key: %s (%s)",
						   flux_token_name(token.kind), flux_parser_token_text(parser, &token));
		if (flux_parser_starts_expression(parser))
			(void) flux_parser_expression(parser);
		else
			(void) flux_parser_take(parser);
	}
	return &flux_parser_bad_expression(parser, token.span.start)->ast;
}

/* "key: value", "key", or something wrong; then key and value are bad expressions. */
static FluxProperty *
parse_property(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);
	FluxToken colon;
	FluxAst *key;
	FluxAst *value = NULL;
	FluxProperty *property;
	bool has_colon;

	if (token.kind == FLUX_TOKEN_IDENT)
	{
		(void) flux_parser_take(parser);
		key = &flux_parser_identifier_of(parser, &token)->ast;
	}
	else if (token.kind == FLUX_TOKEN_STRING)
		key = &flux_parser_string_literal(parser)->ast;
	else
		key = parse_bad_key(parser);

	has_colon = flux_parser_accept(parser, FLUX_TOKEN_COLON, &colon);
	if (has_colon)
		value = parse_property_value(parser);
	else if (key->kind != FLUX_AST_IDENTIFIER)
	{
		if (key->kind == FLUX_AST_STRING_LITERAL)
			(void) flux_parser_expect(parser, FLUX_TOKEN_COLON, &colon);
		value = &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	}
	property = FLUX_NEW(parser, Property, PROPERTY, token.span.start);
	property->key = key;
	property->value = value;
	if (has_colon)
		flux_parser_punctuate(parser, &property->punctuation, "separator", &colon);
	return property;
}

/* One list is either all "key: value" or all "key". */
static void
check_property_mix(FluxParser *parser, const FluxAstList *list)
{
	bool is_first_implicit = false;
	bool has_first = false;

	for (int i = 0; i < list->count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) list->items[i];

		if (property->key->kind == FLUX_AST_BAD_EXPRESSION)
			continue;
		if (!has_first)
			is_first_implicit = property->value == NULL;
		else if (is_first_implicit != (property->value == NULL))
		{
			flux_parser_report(parser, property->ast.span,
							   "cannot mix implicit and explicit properties");
			return;
		}
		has_first = true;
	}
}

/* Properties up to the closing bracket, which stays. */
static void
parse_properties(FluxParser *parser, FluxAstList *list)
{
	while (flux_parser_has_more_items(parser))
	{
		uint32 before = flux_parser_peek(parser)->span.start;
		FluxProperty *property = parse_property(parser);
		FluxToken comma;

		flux_ast_list_append(list, &property->ast);
		if (!flux_parser_has_more_items(parser))
			break;
		if (flux_parser_accept(parser, FLUX_TOKEN_COMMA, &comma))
			flux_parser_punctuate(parser, &property->punctuation, "comma", &comma);
		else
		{
			flux_parser_report(parser, flux_parser_peek(parser)->span,
							   "expected comma in property list, got %s",
							   flux_token_name(flux_parser_peek(parser)->kind));
			if (flux_parser_peek(parser)->span.start == before)
				(void) flux_parser_take(parser);
		}
	}
	check_property_mix(parser, list);
}

/* ---- operands in brackets ---- */

static FluxAst *
parse_record(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxToken with;
	FluxToken close;
	FluxIdentifier *source = NULL;
	FluxAstList properties = {0};
	FluxObjectExpression *record;
	bool is_closed;

	parser->open_braces++;
	with.comments.count = 0;
	if (flux_parser_at(parser, FLUX_TOKEN_IDENT) &&
		flux_parser_peek_at(parser, 1)->kind == FLUX_TOKEN_IDENT)
	{
		FluxToken name = flux_parser_take(parser);

		source = flux_parser_identifier_of(parser, &name);
		with = *flux_parser_peek(parser);
		if (flux_text_equal_cstring(flux_parser_slice(parser, with.span), "with"))
			(void) flux_parser_take(parser);
		else
		{
			with.comments.count = 0;
			flux_parser_report_placed(parser, with.span, "expected WITH, got IDENT (%s)",
									  flux_parser_token_text(parser, &with));
		}
	}
	parse_properties(parser, &properties);
	parser->open_braces--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RBRACE, &close);

	record = FLUX_NEW(parser, ObjectExpression, OBJECT_EXPRESSION, open.span.start);
	record->with = source;
	record->properties = properties;
	flux_parser_punctuate(parser, &record->punctuation, "lbrace", &open);
	flux_parser_punctuate(parser, &record->punctuation, "with", &with);
	if (is_closed)
		flux_parser_punctuate(parser, &record->punctuation, "rbrace", &close);
	return &record->ast;
}

/* Notes comments before the comma after an array's or dict's element. */
static void
punctuate_element(FluxParser *parser, FluxPunctuationComments ***tail, int index,
				  const FluxToken *comma)
{
	if (comma->comments.count == 0)
		return;
	flux_parser_punctuate(parser, *tail, "comma", comma);
	(**tail)->index = index;
	*tail = &(**tail)->next;
}

/* The rest of an array after its first element. */
static FluxAst *
parse_array_rest(FluxParser *parser, const FluxToken *open, FluxAst *first)
{
	FluxAstList elements = {0};
	FluxPunctuationComments *commas = NULL;
	FluxPunctuationComments **tail = &commas;
	FluxToken token;
	FluxArrayExpression *array;
	bool is_closed;

	if (first != NULL)
		flux_ast_list_append(&elements, first);
	while (first != NULL && flux_parser_has_more_items(parser))
	{
		uint32 before = flux_parser_peek(parser)->span.start;

		if (flux_parser_accept(parser, FLUX_TOKEN_COMMA, &token))
		{
			punctuate_element(parser, &tail, elements.count - 1, &token);
			if (!flux_parser_has_more_items(parser))
				break;
		}
		else if (!flux_parser_starts_expression(parser))
			break;
		/* InfluxDB too lets a comma be missing, but not the first */
		flux_ast_list_append(&elements, flux_parser_expression(parser));
		if (flux_parser_peek(parser)->span.start == before)
			break;
	}
	parser->open_brackets--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RBRACK, &token);

	array = FLUX_NEW(parser, ArrayExpression, ARRAY_EXPRESSION, open->span.start);
	array->elements = elements;
	flux_parser_punctuate(parser, &array->punctuation, "lbrack", open);
	*(array->punctuation ? &array->punctuation->next : &array->punctuation) = commas;
	if (is_closed)
		flux_parser_punctuate(parser, &array->punctuation, "rbrack", &token);
	return &array->ast;
}

static FluxAst *
parse_dict_item(FluxParser *parser, FluxAst *key)
{
	FluxToken colon;
	FluxAst *value;
	FluxDictItem *item;
	bool has_colon = flux_parser_expect(parser, FLUX_TOKEN_COLON, &colon);

	if (has_colon)
		value = flux_parser_list_item(parser);
	else
		value = &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	item = FLUX_NEW(parser, DictItem, DICT_ITEM, key->span.start);
	item->key = key;
	item->value = value;
	if (has_colon)
		flux_parser_punctuate(parser, &item->punctuation, "colon", &colon);
	return &item->ast;
}

/* The rest of a dict after its first key, which is NULL for [:]. */
static FluxAst *
parse_dict_rest(FluxParser *parser, const FluxToken *open, FluxAst *key)
{
	FluxAstList elements = {0};
	FluxPunctuationComments *commas = NULL;
	FluxPunctuationComments **tail = &commas;
	FluxToken colon;
	FluxToken token;
	FluxDictExpression *dict;
	bool is_closed;

	colon.comments.count = 0;
	if (key == NULL)
		colon = flux_parser_take(parser);
	while (key != NULL)
	{
		flux_ast_list_append(&elements, parse_dict_item(parser, key));
		key = NULL;
		if (!flux_parser_accept(parser, FLUX_TOKEN_COMMA, &token))
			break;
		punctuate_element(parser, &tail, elements.count - 1, &token);
		if (flux_parser_has_more_items(parser))
			key = flux_parser_expression(parser);
	}
	parser->open_brackets--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RBRACK, &token);

	dict = FLUX_NEW(parser, DictExpression, DICT_EXPRESSION, open->span.start);
	dict->elements = elements;
	flux_parser_punctuate(parser, &dict->punctuation, "lbrack", open);
	*(dict->punctuation ? &dict->punctuation->next : &dict->punctuation) = commas;
	flux_parser_punctuate(parser, &dict->punctuation, "colon", &colon);
	if (is_closed)
		flux_parser_punctuate(parser, &dict->punctuation, "rbrack", &token);
	return &dict->ast;
}

static FluxAst *
parse_array_or_dict(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxAst *first = NULL;

	parser->open_brackets++;
	if (flux_parser_at(parser, FLUX_TOKEN_COLON))
		return parse_dict_rest(parser, &open, NULL);
	if (flux_parser_has_more_items(parser))
		first = flux_parser_list_item(parser);
	if (first != NULL && flux_parser_at(parser, FLUX_TOKEN_COLON))
		return parse_dict_rest(parser, &open, first);
	return parse_array_rest(parser, &open, first);
}

/* ---- functions and parentheses ---- */

static FluxProperty *
parse_parameter(FluxParser *parser)
{
	uint32 start = flux_parser_peek(parser)->span.start;
	FluxIdentifier *name = flux_parser_expect_identifier(parser);
	FluxToken assign;
	FluxAst *value = NULL;
	FluxProperty *parameter;
	bool has_default = flux_parser_accept(parser, FLUX_TOKEN_ASSIGN, &assign);

	if (has_default)
		value = flux_parser_expression(parser);
	parameter = FLUX_NEW(parser, Property, PROPERTY, start);
	parameter->key = &name->ast;
	parameter->value = value;
	if (has_default)
		flux_parser_punctuate(parser, &parameter->punctuation, "separator", &assign);
	return parameter;
}

static void
parse_parameters(FluxParser *parser, FluxAstList *list)
{
	while (flux_parser_has_more_items(parser))
	{
		uint32 before = flux_parser_peek(parser)->span.start;
		FluxProperty *parameter = parse_parameter(parser);
		FluxToken comma;

		flux_ast_list_append(list, &parameter->ast);
		if (flux_parser_accept(parser, FLUX_TOKEN_COMMA, &comma))
			flux_parser_punctuate(parser, &parameter->punctuation, "comma", &comma);
		else if (flux_parser_peek(parser)->span.start == before)
			(void) flux_parser_take(parser);
	}
}

/* "(" taken already. */
static FluxAst *
parse_function(FluxParser *parser, const FluxToken *open)
{
	FluxAstList params = {0};
	FluxToken close;
	FluxToken arrow;
	FluxAst *body;
	FluxFunctionExpression *function;
	bool is_closed;
	bool has_arrow;

	parser->open_parens++;
	parse_parameters(parser, &params);
	parser->open_parens--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RPAREN, &close);
	has_arrow = flux_parser_expect(parser, FLUX_TOKEN_ARROW, &arrow);
	if (!has_arrow && !flux_parser_must_keep(parser) && !flux_parser_starts_expression(parser))
		(void) flux_parser_take(parser);

	if (flux_parser_at(parser, FLUX_TOKEN_LBRACE))
		body = &flux_parser_block(parser)->ast;
	else if (has_arrow || flux_parser_starts_expression(parser))
		body = flux_parser_expression(parser);
	else
		body = &flux_parser_bad_expression(parser, parser->last_stop)->ast;

	function = FLUX_NEW(parser, FunctionExpression, FUNCTION_EXPRESSION, open->span.start);
	function->params = params;
	function->body = body;
	flux_parser_punctuate(parser, &function->punctuation, "lparen", open);
	if (is_closed)
		flux_parser_punctuate(parser, &function->punctuation, "rparen", &close);
	if (has_arrow)
		flux_parser_punctuate(parser, &function->punctuation, "arrow", &arrow);
	return &function->ast;
}

/*
 * Whether what follows a "(" makes it a function: "()", "(a =", "(a ,",
 * "(a) =>"; also with a reserved word for a, to say what is wrong with it.
 */
static bool
is_function(FluxParser *parser)
{
	FluxTokenKind kind = flux_parser_peek(parser)->kind;

	if (kind == FLUX_TOKEN_RPAREN)
		return true;
	if (kind != FLUX_TOKEN_IDENT && !flux_token_is_reserved(kind))
		return false;
	switch (flux_parser_peek_at(parser, 1)->kind)
	{
		case FLUX_TOKEN_ASSIGN:
		case FLUX_TOKEN_COMMA:
			return true;
		case FLUX_TOKEN_RPAREN:
			return flux_parser_peek_at(parser, 2)->kind == FLUX_TOKEN_ARROW;
		default:
			return false;
	}
}

static FluxAst *
parse_function_or_paren(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxToken close;
	FluxAst *expression;
	FluxParenExpression *paren;
	bool is_closed;

	if (is_function(parser))
		return parse_function(parser, &open);
	parser->open_parens++;
	expression = flux_parser_list_item(parser);
	parser->open_parens--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RPAREN, &close);
	paren = FLUX_NEW(parser, ParenExpression, PAREN_EXPRESSION, open.span.start);
	paren->expression = expression;
	flux_parser_punctuate(parser, &paren->punctuation, "lparen", &open);
	if (is_closed)
		flux_parser_punctuate(parser, &paren->punctuation, "rparen", &close);
	return &paren->ast;
}

/* ---- operands ---- */

static FluxAst *
parse_pipe_literal(FluxParser *parser)
{
	FluxToken token = flux_parser_take(parser);
	FluxPipeLiteral *literal = FLUX_NEW(parser, PipeLiteral, PIPE_LITERAL, token.span.start);

	literal->ast.comments = token.comments;
	return &literal->ast;
}

/* ".name" or ."any text": understood, and refused. */
static FluxAst *
parse_label(FluxParser *parser)
{
	FluxToken dot = flux_parser_take(parser);
	FluxToken name;
	FluxText value = {"", 0};
	FluxLabelLiteral *label;

	if (flux_parser_at(parser, FLUX_TOKEN_STRING))
		value = flux_parser_string_literal(parser)->value;
	else if (flux_parser_accept(parser, FLUX_TOKEN_IDENT, &name))
		value = flux_parser_slice(parser, name.span);
	else
		flux_parser_report(parser, flux_parser_peek(parser)->span,
						   "expected `IDENT` or `STRING`, got %s",
						   flux_token_name(flux_parser_peek(parser)->kind));
	flux_parser_report(parser, flux_span(dot.span.start, parser->last_stop),
					   "Labels are currently experimental. (See the labelPolymorphism feature)");
	label = FLUX_NEW(parser, LabelLiteral, LABEL_LITERAL, dot.span.start);
	label->ast.comments = dot.comments;
	label->value = value;
	return &label->ast;
}

/* Nothing that an expression could start with. */
static FluxAst *
parse_missing_operand(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);
	FluxBadExpression *bad;
	FluxDiagnostic *diagnostic;

	diagnostic = flux_parser_report(parser, token.span,
									"invalid expression: invalid token for primary expression: %s",
									flux_token_name(token.kind));
	if (token.kind == FLUX_TOKEN_IF || token.kind == FLUX_TOKEN_NOT ||
		token.kind == FLUX_TOKEN_EXISTS)
	{
		flux_parser_hint(parser, diagnostic, "As an operand \"%s\" needs parentheses around it.",
						 flux_parser_token_text(parser, &token));
		return flux_parser_expression(parser);
	}
	if (flux_parser_must_keep(parser))
	{
		bad = flux_parser_bad_expression(parser, token.span.start);
		bad->ast.span.stop = token.span.start;
		bad->text = flux_text("", 0);
		return &bad->ast;
	}
	(void) flux_parser_take(parser);
	bad = flux_parser_bad_expression(parser, token.span.start);
	bad->ast.comments = token.comments;
	return &bad->ast;
}

FluxAst *
flux_parser_primary(FluxParser *parser)
{
	FluxToken name;

	flux_parser_try_regexp(parser);
	switch (flux_parser_peek(parser)->kind)
	{
		case FLUX_TOKEN_IDENT:
			name = flux_parser_take(parser);
			return &flux_parser_identifier_of(parser, &name)->ast;
		case FLUX_TOKEN_INT:
		case FLUX_TOKEN_FLOAT:
		case FLUX_TOKEN_DURATION:
		case FLUX_TOKEN_TIME:
		case FLUX_TOKEN_STRING:
		case FLUX_TOKEN_QUOTE:
		case FLUX_TOKEN_REGEX:
			return flux_parser_literal(parser);
		case FLUX_TOKEN_PIPE_RECEIVE:
			return parse_pipe_literal(parser);
		case FLUX_TOKEN_LBRACK:
			return parse_array_or_dict(parser);
		case FLUX_TOKEN_LBRACE:
			return parse_record(parser);
		case FLUX_TOKEN_LPAREN:
			return parse_function_or_paren(parser);
		case FLUX_TOKEN_DOT:
			return parse_label(parser);
		default:
			return parse_missing_operand(parser);
	}
}

/* ---- postfixes ---- */

static FluxAst *
parse_member(FluxParser *parser, FluxAst *object)
{
	FluxToken dot = flux_parser_take(parser);
	FluxIdentifier *name = flux_parser_expect_identifier(parser);
	FluxMemberExpression *member =
		FLUX_NEW(parser, MemberExpression, MEMBER_EXPRESSION, object->span.start);

	member->object = object;
	member->property = &name->ast;
	flux_parser_punctuate(parser, &member->punctuation, "lbrack", &dot);
	return &member->ast;
}

static FluxAst *
parse_call(FluxParser *parser, FluxAst *callee)
{
	FluxToken open = flux_parser_take(parser);
	FluxToken close;
	FluxAstList properties = {0};
	FluxObjectExpression *arguments = NULL;
	FluxCallExpression *call;
	bool is_closed;

	parser->open_parens++;
	parse_properties(parser, &properties);
	if (properties.count > 0)
	{
		arguments =
			FLUX_NEW(parser, ObjectExpression, OBJECT_EXPRESSION, properties.items[0]->span.start);
		arguments->ast.span.stop = properties.items[properties.count - 1]->span.stop;
		arguments->properties = properties;
	}
	parser->open_parens--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RPAREN, &close);

	call = FLUX_NEW(parser, CallExpression, CALL_EXPRESSION, callee->span.start);
	call->callee = callee;
	call->arguments = arguments;
	flux_parser_punctuate(parser, &call->punctuation, "lparen", &open);
	if (is_closed)
		flux_parser_punctuate(parser, &call->punctuation, "rparen", &close);
	return &call->ast;
}

/* object["name"] is a member, array[any other expression] an index. */
static FluxAst *
parse_index(FluxParser *parser, FluxAst *object)
{
	FluxToken open = flux_parser_take(parser);
	FluxToken close;
	FluxAst *index;
	FluxPunctuationComments *punctuation = NULL;
	bool is_closed;

	parser->open_brackets++;
	if (flux_parser_at(parser, FLUX_TOKEN_RBRACK))
	{
		flux_parser_report(parser, flux_parser_peek(parser)->span,
						   "no expression included in brackets");
		index = &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	}
	else
		index = flux_parser_list_item(parser);
	parser->open_brackets--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RBRACK, &close);

	flux_parser_punctuate(parser, &punctuation, "lbrack", &open);
	if (is_closed)
		flux_parser_punctuate(parser, &punctuation, "rbrack", &close);
	if (index->kind == FLUX_AST_STRING_LITERAL)
	{
		FluxMemberExpression *member =
			FLUX_NEW(parser, MemberExpression, MEMBER_EXPRESSION, object->span.start);

		member->object = object;
		member->property = index;
		member->punctuation = punctuation;
		return &member->ast;
	}
	else
	{
		FluxIndexExpression *expression =
			FLUX_NEW(parser, IndexExpression, INDEX_EXPRESSION, object->span.start);

		expression->array = object;
		expression->index = index;
		expression->punctuation = punctuation;
		return &expression->ast;
	}
}

static FluxAst *
parse_postfix(FluxParser *parser)
{
	FluxAst *expression = flux_parser_primary(parser);

	for (int links = 1;; links++)
	{
		flux_parser_check_chain(parser, links);
		switch (flux_parser_peek(parser)->kind)
		{
			case FLUX_TOKEN_DOT:
				expression = parse_member(parser, expression);
				break;
			case FLUX_TOKEN_LPAREN:
				expression = parse_call(parser, expression);
				break;
			case FLUX_TOKEN_LBRACK:
				expression = parse_index(parser, expression);
				break;
			default:
				return expression;
		}
	}
}

/* ---- operators ---- */

/* A prefix operator that is next, before an operand that "parse_operand" reads. */
static FluxAst *
parse_prefix(FluxParser *parser, FluxUnaryOperator op,
			 FluxAst *(*parse_operand)(FluxParser *parser))
{
	FluxToken token = flux_parser_take(parser);
	FluxAst *argument;
	FluxUnaryExpression *unary;

	if (!flux_parser_enter(parser))
		return &flux_parser_bad_expression(parser, token.span.start)->ast;
	argument = parse_operand(parser);
	flux_parser_leave(parser);
	unary = FLUX_NEW(parser, UnaryExpression, UNARY_EXPRESSION, token.span.start);
	unary->ast.comments = token.comments;
	unary->op = op;
	unary->argument = argument;
	return &unary->ast;
}

static FluxAst *
parse_unary(FluxParser *parser)
{
	switch (flux_parser_peek(parser)->kind)
	{
		case FLUX_TOKEN_ADD:
			return parse_prefix(parser, FLUX_UNARY_PLUS, parse_unary);
		case FLUX_TOKEN_SUB:
			return parse_prefix(parser, FLUX_UNARY_MINUS, parse_unary);
		default:
			return parse_postfix(parser);
	}
}

static FluxAst *
parse_pipe(FluxParser *parser)
{
	FluxAst *left = parse_unary(parser);
	FluxToken token;
	int links = 0;

	while (flux_parser_accept(parser, FLUX_TOKEN_PIPE_FORWARD, &token))
	{
		FluxAst *call = parse_unary(parser);
		FluxPipeExpression *pipe;

		flux_parser_check_chain(parser, ++links);
		if (call->kind != FLUX_AST_CALL_EXPRESSION)
			flux_parser_report(parser, call->span, "pipe destination must be a function call");
		pipe = FLUX_NEW(parser, PipeExpression, PIPE_EXPRESSION, left->span.start);
		pipe->ast.comments = token.comments;
		pipe->argument = left;
		pipe->call = call;
		left = &pipe->ast;
	}
	return left;
}

/* Operators at least this strong; recursion is as deep as there are strengths. */
static FluxAst *
parse_binary(FluxParser *parser, int strength_min)
{
	FluxAst *left = parse_pipe(parser);

	for (int links = 1;; links++)
	{
		FluxBinaryOperator op = FLUX_OP_ADD;
		int strength = binary_operator(flux_parser_peek(parser)->kind, &op);
		FluxToken token;
		FluxAst *right;
		FluxBinaryExpression *binary;

		if (strength == STRENGTH_NONE || strength < strength_min)
			return left;
		flux_parser_check_chain(parser, links);
		token = flux_parser_take(parser);
		right = parse_binary(parser, strength + 1);
		binary = FLUX_NEW(parser, BinaryExpression, BINARY_EXPRESSION, left->span.start);
		binary->ast.comments = token.comments;
		binary->op = op;
		binary->left = left;
		binary->right = right;
		left = &binary->ast;
	}
}

static FluxAst *
parse_logical_unary(FluxParser *parser)
{
	switch (flux_parser_peek(parser)->kind)
	{
		case FLUX_TOKEN_NOT:
			return parse_prefix(parser, FLUX_UNARY_NOT, parse_logical_unary);
		case FLUX_TOKEN_EXISTS:
			return parse_prefix(parser, FLUX_UNARY_EXISTS, parse_logical_unary);
		default:
			return parse_binary(parser, STRENGTH_COMPARE);
	}
}

static FluxAst *
make_logical(FluxParser *parser, const FluxToken *token, FluxAst *left, FluxAst *right)
{
	FluxLogicalExpression *logical =
		FLUX_NEW(parser, LogicalExpression, LOGICAL_EXPRESSION, left->span.start);

	logical->ast.comments = token->comments;
	logical->is_and = token->kind == FLUX_TOKEN_AND;
	logical->left = left;
	logical->right = right;
	return &logical->ast;
}

static FluxAst *
parse_and(FluxParser *parser)
{
	FluxAst *left = parse_logical_unary(parser);
	FluxToken token;

	for (int links = 1; flux_parser_accept(parser, FLUX_TOKEN_AND, &token); links++)
	{
		flux_parser_check_chain(parser, links);
		left = make_logical(parser, &token, left, parse_logical_unary(parser));
	}
	return left;
}

static FluxAst *
parse_or(FluxParser *parser)
{
	FluxAst *left = parse_and(parser);
	FluxToken token;

	for (int links = 1; flux_parser_accept(parser, FLUX_TOKEN_OR, &token); links++)
	{
		flux_parser_check_chain(parser, links);
		left = make_logical(parser, &token, left, parse_and(parser));
	}
	return left;
}

static FluxAst *
parse_conditional(FluxParser *parser)
{
	FluxToken if_token = flux_parser_take(parser);
	FluxToken then_token;
	FluxToken else_token;
	FluxAst *parts[3];
	FluxConditionalExpression *conditional;
	bool has_then;
	bool has_else;

	then_token.comments.count = 0;
	else_token.comments.count = 0;
	parser->open_conditionals++;
	parts[0] = flux_parser_expression(parser);
	has_then = flux_parser_expect(parser, FLUX_TOKEN_THEN, &then_token);
	parts[1] = has_then || flux_parser_starts_expression(parser)
				   ? flux_parser_expression(parser)
				   : &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	parser->open_conditionals--;
	has_else = flux_parser_expect(parser, FLUX_TOKEN_ELSE, &else_token);
	parts[2] = has_else ? flux_parser_expression(parser)
						: &flux_parser_bad_expression(parser, parser->last_stop)->ast;

	conditional =
		FLUX_NEW(parser, ConditionalExpression, CONDITIONAL_EXPRESSION, if_token.span.start);
	conditional->test = parts[0];
	conditional->consequent = parts[1];
	conditional->alternate = parts[2];
	flux_parser_punctuate(parser, &conditional->punctuation, "tk_if", &if_token);
	flux_parser_punctuate(parser, &conditional->punctuation, "tk_then", &then_token);
	flux_parser_punctuate(parser, &conditional->punctuation, "tk_else", &else_token);
	return &conditional->ast;
}

FluxAst *
flux_parser_expression(FluxParser *parser)
{
	FluxAst *expression;

	if (!flux_parser_enter(parser))
		return &flux_parser_bad_expression(parser, parser->last_stop)->ast;
	if (flux_parser_at(parser, FLUX_TOKEN_IF))
		expression = parse_conditional(parser);
	else
		expression = parse_or(parser);
	flux_parser_leave(parser);
	return expression;
}
