/*
 * parser_statement.c
 *		Statements, blocks, attributes.
 */
#include "postgres.h"

#include "syntax/parser_int.h"

/*
 * Attributes that are next are appended to a list: @name, or @name with
 * operands in parentheses.
 */
void
flux_parser_attributes(FluxParser *parser, FluxAttributeList *list)
{
	FluxToken token;
	FluxToken bracket;

	while (flux_parser_accept(parser, FLUX_TOKEN_ATTRIBUTE, &token))
	{
		FluxAttribute *attribute;
		FluxText text = flux_parser_slice(parser, token.span);

		if (list->items == NULL)
			list->items = palloc(sizeof(FluxAttribute));
		else if ((list->count & (list->count - 1)) == 0) /* full at powers of two */
			list->items =
				repalloc_huge(list->items, (Size) list->count * 2 * sizeof(FluxAttribute));
		attribute = &list->items[list->count++];
		memset(attribute, 0, sizeof(*attribute));
		flux_parser_count_node(parser, token.span);
		attribute->name = flux_text(text.data + 1, text.size - 1);
		attribute->comments = token.comments;
		if (flux_parser_accept(parser, FLUX_TOKEN_LPAREN, &bracket))
		{
			flux_parser_carry(parser, &bracket);
			parser->open_parens++;
			while (flux_parser_has_more_items(parser))
			{
				flux_ast_list_append(&attribute->params, flux_parser_primary(parser));
				if (!flux_parser_accept(parser, FLUX_TOKEN_COMMA, &bracket))
					break;
				flux_parser_carry(parser, &bracket);
			}
			parser->open_parens--;
			if (flux_parser_close(parser, FLUX_TOKEN_RPAREN, &bracket))
				flux_parser_carry(parser, &bracket);
		}
		attribute->span = flux_span(token.span.start, parser->last_stop);
	}
}

FluxBlock *
flux_parser_block(FluxParser *parser)
{
	FluxBlock *block;
	FluxToken open;
	FluxToken close;
	uint32 start = flux_parser_peek(parser)->span.start;
	bool is_open = flux_parser_expect(parser, FLUX_TOKEN_LBRACE, &open);
	bool is_closed = false;
	FluxAstList body = {0};

	if (is_open)
	{
		parser->open_braces++;
		flux_parser_statements(parser, &body, NULL);
		parser->open_braces--;
		is_closed = flux_parser_close(parser, FLUX_TOKEN_RBRACE, &close);
	}
	block = FLUX_NEW(parser, Block, BLOCK, start);
	block->body = body;
	if (is_open)
		flux_parser_punctuate(parser, &block->punctuation, "lbrace", &open);
	if (is_closed)
		flux_parser_punctuate(parser, &block->punctuation, "rbrace", &close);
	return block;
}

/* The value after "=", which is next unless there is an error. */
static FluxAst *
parse_initializer(FluxParser *parser, FluxComments *comments)
{
	FluxToken assign;

	if (!flux_parser_expect(parser, FLUX_TOKEN_ASSIGN, &assign))
	{
		if (flux_parser_must_keep(parser) || flux_parser_starts_expression(parser))
			return &flux_parser_bad_expression(parser, flux_parser_peek(parser)->span.start)->ast;
		assign = flux_parser_take(parser);
	}
	*comments = assign.comments;
	return flux_parser_expression(parser);
}

static FluxAst *
parse_assignment(FluxParser *parser, FluxIdentifier *id)
{
	FluxComments comments = {0};
	FluxAst *init = parse_initializer(parser, &comments);
	FluxVariableAssignment *assignment =
		FLUX_NEW(parser, VariableAssignment, VARIABLE_ASSIGNMENT, id->ast.span.start);

	assignment->ast.comments = comments;
	assignment->id = id;
	assignment->init = init;
	return &assignment->ast;
}

/* The rest of "pkg.name = e", from the dot. */
static FluxAst *
parse_member_assignment(FluxParser *parser, FluxIdentifier *package)
{
	FluxToken dot = flux_parser_take(parser);
	FluxIdentifier *name = flux_parser_expect_identifier(parser);
	FluxMemberExpression *member =
		FLUX_NEW(parser, MemberExpression, MEMBER_EXPRESSION, package->ast.span.start);
	FluxComments comments = {0};
	FluxMemberAssignment *assignment;
	FluxAst *init;

	flux_parser_punctuate(parser, &member->punctuation, "lbrack", &dot);
	member->object = &package->ast;
	member->property = &name->ast;
	init = parse_initializer(parser, &comments);
	assignment = FLUX_NEW(parser, MemberAssignment, MEMBER_ASSIGNMENT, package->ast.span.start);
	assignment->ast.comments = comments;
	assignment->member = member;
	assignment->init = init;
	return &assignment->ast;
}

static FluxAst *
parse_option(FluxParser *parser)
{
	FluxToken keyword = flux_parser_take(parser);
	FluxIdentifier *id = flux_parser_expect_identifier(parser);
	FluxAst *assignment = flux_parser_at(parser, FLUX_TOKEN_DOT)
							  ? parse_member_assignment(parser, id)
							  : parse_assignment(parser, id);
	FluxOptionStatement *option =
		FLUX_NEW(parser, OptionStatement, OPTION_STATEMENT, keyword.span.start);

	option->ast.comments = keyword.comments;
	option->assignment = assignment;
	return &option->ast;
}

static FluxAst *
parse_builtin(FluxParser *parser)
{
	FluxToken keyword = flux_parser_take(parser);
	FluxIdentifier *id = flux_parser_expect_identifier(parser);
	FluxToken colon;
	bool has_colon = flux_parser_expect(parser, FLUX_TOKEN_COLON, &colon);
	FluxTypeExpression *type = flux_parser_type_expression(parser);
	FluxBuiltinStatement *builtin =
		FLUX_NEW(parser, BuiltinStatement, BUILTIN_STATEMENT, keyword.span.start);

	builtin->ast.comments = keyword.comments;
	if (has_colon)
		flux_parser_punctuate(parser, &builtin->punctuation, "colon", &colon);
	builtin->id = id;
	builtin->type = type;
	return &builtin->ast;
}

static FluxAst *
parse_testcase(FluxParser *parser)
{
	FluxToken keyword = flux_parser_take(parser);
	FluxIdentifier *id = flux_parser_expect_identifier(parser);
	const FluxToken *word = flux_parser_peek(parser);
	FluxStringLiteral *extends = NULL;
	FluxBlock *block;
	FluxTestCaseStatement *testcase;

	if (word->kind == FLUX_TOKEN_IDENT &&
		flux_text_equal_cstring(flux_parser_slice(parser, word->span), "extends"))
	{
		FluxToken taken = flux_parser_take(parser);

		flux_parser_carry(parser, &taken);
		extends = flux_parser_expect_string(parser);
	}
	block = flux_parser_block(parser);
	testcase = FLUX_NEW(parser, TestCaseStatement, TEST_CASE_STATEMENT, keyword.span.start);
	testcase->ast.comments = keyword.comments;
	testcase->id = id;
	testcase->extends = extends;
	testcase->block = block;
	return &testcase->ast;
}

static FluxAst *
parse_return(FluxParser *parser)
{
	FluxToken keyword = flux_parser_take(parser);
	FluxAst *argument = flux_parser_expression(parser);
	FluxReturnStatement *statement =
		FLUX_NEW(parser, ReturnStatement, RETURN_STATEMENT, keyword.span.start);

	statement->ast.comments = keyword.comments;
	statement->argument = argument;
	return &statement->ast;
}

/* One token that can begin no statement. */
static FluxAst *
parse_bad_statement(FluxParser *parser)
{
	FluxToken token = flux_parser_take(parser);
	FluxBadStatement *bad;

	flux_parser_report(parser, token.span, "invalid statement: %s",
					   flux_parser_token_text(parser, &token));
	bad = FLUX_NEW(parser, BadStatement, BAD_STATEMENT, token.span.start);
	bad->ast.comments = token.comments;
	bad->text = flux_parser_slice(parser, token.span);
	return &bad->ast;
}

static FluxAst *
parse_plain_statement(FluxParser *parser)
{
	FluxExpressionStatement *statement;
	FluxAst *expression;
	uint32 start = flux_parser_peek(parser)->span.start;

	if (flux_parser_at(parser, FLUX_TOKEN_IDENT) &&
		flux_parser_peek_at(parser, 1)->kind == FLUX_TOKEN_ASSIGN)
	{
		FluxToken name = flux_parser_take(parser);

		return parse_assignment(parser, flux_parser_identifier_of(parser, &name));
	}
	if (!flux_parser_starts_expression(parser))
		return parse_bad_statement(parser);
	expression = flux_parser_expression(parser);
	statement = FLUX_NEW(parser, ExpressionStatement, EXPRESSION_STATEMENT, start);
	statement->expression = expression;
	return &statement->ast;
}

/* One statement; consumes at least one token unless the source has ended. */
FluxAst *
flux_parser_statement(FluxParser *parser)
{
	FluxAst *statement;

	if (!flux_parser_enter(parser))
		return &FLUX_NEW(parser, BadStatement, BAD_STATEMENT, parser->last_stop)->ast;
	switch (flux_parser_peek(parser)->kind)
	{
		case FLUX_TOKEN_OPTION:
			statement = parse_option(parser);
			break;
		case FLUX_TOKEN_BUILTIN:
			statement = parse_builtin(parser);
			break;
		case FLUX_TOKEN_TESTCASE:
			statement = parse_testcase(parser);
			break;
		case FLUX_TOKEN_RETURN:
			statement = parse_return(parser);
			break;
		default:
			statement = parse_plain_statement(parser);
	}
	flux_parser_leave(parser);
	return statement;
}
