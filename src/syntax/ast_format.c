/*
 * ast_format.c
 *		AST to canonical source text.
 *
 * Words come in the order of the tree, literals as they were written, so that
 * the text parses to the same tree again; layout.c decides where lines end.
 * A comment is printed in front of the token it was found at and stays at the
 * end of a line if it was there.  A list that had a line end after its opening bracket
 * keeps one item a line, all others are packed where they fit; a pipeline of several steps has
 * one a line.  Between statements one empty line is kept.
 *
 * Printing a printed text again gives the same bytes: whatever is looked up in the
 * source (line ends, comments) is reproduced.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "syntax/ast_print.h"
#include "syntax/layout.h"
#include "syntax/lexer.h"

#define INDENT FLUX_LAYOUT_INDENT

typedef struct Formatter
{
	FluxLayout *layout;
	FluxSourceText *source;
} Formatter;

static void format_expression(Formatter *formatter, const FluxAst *node);
static void format_statements(Formatter *formatter, const FluxAstList *body);
static void format_type(Formatter *formatter, const FluxAst *node);

#define AS(Name) ((const Flux##Name *) node)

/* ---- words and comments ---- */

static void
word(Formatter *formatter, const char *text)
{
	flux_layout_word(formatter->layout, text);
}

/* A node's own text, as it stands in the source. */
static void
source_text(Formatter *formatter, FluxSpan span)
{
	flux_layout_text(formatter->layout, flux_source_slice(formatter->source, span));
}

static bool
is_blank_byte(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Line ends in the white space that starts at an offset. */
static int
line_ends_after(Formatter *formatter, uint32 offset)
{
	const FluxSourceText *source = formatter->source;
	int count = 0;

	for (; offset < source->size && is_blank_byte(source->data[offset]); offset++)
		count += source->data[offset] == '\n';
	return count;
}

/* Whether something else stands before an offset on its line. */
static bool
has_text_before(Formatter *formatter, uint32 offset)
{
	const char *data = formatter->source->data;

	while (offset > 0 && is_blank_byte(data[offset - 1]) && data[offset - 1] != '\n')
		offset--;
	return offset > 0 && data[offset - 1] != '\n';
}

static bool
has_line_end(Formatter *formatter, uint32 from, uint32 to)
{
	return to > from && memchr(formatter->source->data + from, '\n', to - from) != NULL;
}

static void
comments(Formatter *formatter, const FluxComments *list)
{
	for (int i = 0; i < list->count; i++)
	{
		FluxText text = list->items[i];
		uint32 start = (uint32) (text.data - formatter->source->data);
		bool is_blank = line_ends_after(formatter, start + text.size) > 0;

		while (text.size > 0 && is_blank_byte(text.data[text.size - 1]))
			text.size--;
		flux_layout_comment(formatter->layout, text, has_text_before(formatter, start), is_blank);
	}
}

static const FluxComments *
find_slot(const FluxPunctuationComments *list, const char *slot)
{
	for (; list != NULL; list = list->next)
	{
		if (strcmp(list->slot, slot) == 0)
			return &list->comments;
	}
	return NULL;
}

/* Punctuation, after the comments found in front of it. */
static void
mark(Formatter *formatter, const FluxPunctuationComments *list, const char *slot, const char *text)
{
	const FluxComments *found = find_slot(list, slot);

	if (found != NULL)
		comments(formatter, found);
	word(formatter, text);
}

/* ---- values after "=", ":", "=>", "return" ---- */

/* Whether an expression looks better on lines of its own than broken open in place. */
static bool
wants_own_line(const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_PIPE_EXPRESSION:
		case FLUX_AST_BINARY_EXPRESSION:
		case FLUX_AST_LOGICAL_EXPRESSION:
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			return true;
		default:
			return false;
	}
}

/* An expression after a break, on a line of its own if it does not fit beside what it follows. */
static void
format_beside(Formatter *formatter, const FluxAst *node)
{
	flux_layout_open(formatter->layout, INDENT);
	flux_layout_break(formatter->layout, " ", "", 0);
	format_expression(formatter, node);
	flux_layout_close(formatter->layout);
}

static void
format_value(Formatter *formatter, const FluxAst *node)
{
	if (wants_own_line(node))
	{
		format_beside(formatter, node);
		return;
	}
	word(formatter, " ");
	format_expression(formatter, node);
}

/* ---- lists in brackets ---- */

/* After the last item: a comma where the list is broken, comments, the bracket. */
static void
end_list(Formatter *formatter, const FluxPunctuationComments *list, const char *slot,
		 const char *close, bool has_items)
{
	const FluxComments *found = find_slot(list, slot);
	const char *before_line = has_items ? "," : "";

	if (found == NULL)
	{
		if (has_items)
			flux_layout_break(formatter->layout, "", before_line, -INDENT);
	}
	else
	{
		flux_layout_break(formatter->layout, "", before_line, 0);
		comments(formatter, found);
		flux_layout_set_offset(formatter->layout, -INDENT);
	}
	word(formatter, close);
	flux_layout_close(formatter->layout);
}

/*
 * After each item: comments in front of its comma (or NULL), and unless it is
 * the last the comma and a break.
 */
static void
next_item(Formatter *formatter, const FluxComments *before_comma, bool is_last)
{
	if (before_comma != NULL)
		comments(formatter, before_comma);
	if (!is_last)
	{
		word(formatter, ",");
		flux_layout_break(formatter->layout, " ", "", 0);
	}
}

/* Properties of a record or call, or parameters; "separator" between key and value. */
static void
format_properties(Formatter *formatter, const FluxAstList *list, const char *separator)
{
	for (int i = 0; i < list->count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) list->items[i];

		format_expression(formatter, property->key);
		if (property->value != NULL)
		{
			mark(formatter, property->punctuation, "separator", separator);
			if (separator[0] == '=')
				format_expression(formatter, property->value);
			else
				format_value(formatter, property->value);
		}
		next_item(formatter, find_slot(property->punctuation, "comma"), i == list->count - 1);
	}
}

/* Opens the group of a list that begins at "from" and whose first item may be NULL. */
static void
begin_list(Formatter *formatter, uint32 from, const FluxAstList *items)
{
	flux_layout_open(formatter->layout, INDENT);
	if (items->count > 0 && has_line_end(formatter, from, items->items[0]->span.start))
		flux_layout_force(formatter->layout);
}

static void
format_record(Formatter *formatter, const FluxObjectExpression *record)
{
	const FluxPunctuationComments *marks = record->punctuation;
	uint32 from = record->with ? record->with->ast.span.stop : record->ast.span.start;

	if (find_slot(marks, "lbrace"))
		comments(formatter, find_slot(marks, "lbrace"));
	begin_list(formatter, from, &record->properties);
	word(formatter, "{");
	if (record->with != NULL)
	{
		format_expression(formatter, &record->with->ast);
		word(formatter, " ");
		mark(formatter, marks, "with", "with");
	}
	if (record->properties.count > 0)
		flux_layout_break(formatter->layout, record->with ? " " : "", "", 0);
	format_properties(formatter, &record->properties, ":");
	end_list(formatter, marks, "rbrace", "}", record->properties.count > 0);
}

static void
format_dict_item(Formatter *formatter, const FluxDictItem *item)
{
	format_expression(formatter, item->key);
	mark(formatter, item->punctuation, "colon", ":");
	format_value(formatter, item->value);
}

static void
format_elements(Formatter *formatter, const FluxAst *node, const FluxAstList *elements,
				const FluxPunctuationComments *marks)
{
	bool is_dict = node->kind == FLUX_AST_DICT_EXPRESSION;
	const FluxPunctuationComments *commas = marks;

	if (find_slot(marks, "lbrack"))
		comments(formatter, find_slot(marks, "lbrack"));
	begin_list(formatter, node->span.start, elements);
	word(formatter, "[");
	if (elements->count == 0)
	{
		if (is_dict)
			mark(formatter, marks, "colon", ":");
		end_list(formatter, marks, "rbrack", "]", false);
		return;
	}
	flux_layout_break(formatter->layout, "", "", 0);
	for (int i = 0; i < elements->count; i++)
	{
		const FluxComments *before_comma = NULL;

		if (is_dict)
			format_dict_item(formatter, (const FluxDictItem *) elements->items[i]);
		else
			format_expression(formatter, elements->items[i]);
		/* the commas' comments are in order, so one walk over them serves all elements */
		while (commas != NULL && strcmp(commas->slot, "comma") != 0)
			commas = commas->next;
		if (commas != NULL && commas->index == i)
		{
			before_comma = &commas->comments;
			commas = commas->next;
		}
		next_item(formatter, before_comma, i == elements->count - 1);
	}
	end_list(formatter, marks, "rbrack", "]", true);
}

/* ---- functions and calls ---- */

static void
format_block(Formatter *formatter, const FluxBlock *block)
{
	const FluxComments *end = find_slot(block->punctuation, "rbrace");

	mark(formatter, block->punctuation, "lbrace", "{");
	if (block->body.count == 0 && end == NULL)
	{
		word(formatter, "}");
		return;
	}
	flux_layout_open(formatter->layout, INDENT);
	flux_layout_line(formatter->layout, false, 0);
	format_statements(formatter, &block->body);
	if (end == NULL)
		flux_layout_line(formatter->layout, false, -INDENT);
	else
	{
		if (block->body.count > 0)
		{
			const FluxAst *last = block->body.items[block->body.count - 1];

			flux_layout_line(formatter->layout, line_ends_after(formatter, last->span.stop) > 1, 0);
		}
		comments(formatter, end);
		flux_layout_set_offset(formatter->layout, -INDENT);
	}
	word(formatter, "}");
	flux_layout_close(formatter->layout);
}

static void
format_function(Formatter *formatter, const FluxFunctionExpression *function)
{
	const FluxPunctuationComments *marks = function->punctuation;

	if (find_slot(marks, "lparen"))
		comments(formatter, find_slot(marks, "lparen"));
	begin_list(formatter, function->ast.span.start, &function->params);
	word(formatter, "(");
	if (function->params.count > 0)
		flux_layout_break(formatter->layout, "", "", 0);
	format_properties(formatter, &function->params, "=");
	end_list(formatter, marks, "rparen", ")", function->params.count > 0);
	word(formatter, " ");
	mark(formatter, marks, "arrow", "=>");
	if (function->body->kind == FLUX_AST_BLOCK)
	{
		word(formatter, " ");
		format_block(formatter, (const FluxBlock *) function->body);
	}
	else
		format_beside(formatter, function->body);
}

static void
format_call(Formatter *formatter, const FluxCallExpression *call)
{
	static const FluxAstList none = {0};
	const FluxPunctuationComments *marks = call->punctuation;
	const FluxAstList *list = call->arguments ? &call->arguments->properties : &none;

	format_expression(formatter, call->callee);
	if (find_slot(marks, "lparen"))
		comments(formatter, find_slot(marks, "lparen"));
	begin_list(formatter, call->callee->span.stop, list);
	word(formatter, "(");
	if (list->count > 0)
		flux_layout_break(formatter->layout, "", "", 0);
	format_properties(formatter, list, ":");
	end_list(formatter, marks, "rparen", ")", list->count > 0);
}

static void
format_member(Formatter *formatter, const FluxMemberExpression *member)
{
	format_expression(formatter, member->object);
	if (member->property->kind == FLUX_AST_IDENTIFIER)
	{
		/* "1.a" would be a float and a name */
		if (member->object->kind == FLUX_AST_INTEGER_LITERAL)
			word(formatter, " ");
		mark(formatter, member->punctuation, "lbrack", ".");
		format_expression(formatter, member->property);
	}
	else
	{
		mark(formatter, member->punctuation, "lbrack", "[");
		format_expression(formatter, member->property);
		mark(formatter, member->punctuation, "rbrack", "]");
	}
}

/* ---- operators ---- */

/* Nodes of one chain: a |> b() |> c(), or operators of one kind leaning left. */
static bool
continues_chain(const FluxAst *outer, const FluxAst *inner)
{
	if (outer->kind != inner->kind)
		return false;
	switch (outer->kind)
	{
		case FLUX_AST_PIPE_EXPRESSION:
			return true;
		case FLUX_AST_LOGICAL_EXPRESSION:
			return ((const FluxLogicalExpression *) outer)->is_and ==
				   ((const FluxLogicalExpression *) inner)->is_and;
		case FLUX_AST_BINARY_EXPRESSION:
		{
			FluxBinaryOperator a = ((const FluxBinaryExpression *) outer)->op;
			FluxBinaryOperator b = ((const FluxBinaryExpression *) inner)->op;

			return a == b || (a <= FLUX_OP_SUB && b <= FLUX_OP_SUB);
		}
		default:
			return false;
	}
}

/* Left operand, operator and right operand of a link of a chain. */
static const FluxAst *
chain_left(const FluxAst *node)
{
	return node->kind == FLUX_AST_PIPE_EXPRESSION      ? AS(PipeExpression)->argument
		   : node->kind == FLUX_AST_LOGICAL_EXPRESSION ? AS(LogicalExpression)->left
													   : AS(BinaryExpression)->left;
}

static const FluxAst *
chain_right(const FluxAst *node)
{
	return node->kind == FLUX_AST_PIPE_EXPRESSION      ? AS(PipeExpression)->call
		   : node->kind == FLUX_AST_LOGICAL_EXPRESSION ? AS(LogicalExpression)->right
													   : AS(BinaryExpression)->right;
}

static const char *
chain_operator(const FluxAst *node)
{
	if (node->kind == FLUX_AST_PIPE_EXPRESSION)
		return "|>";
	if (node->kind == FLUX_AST_LOGICAL_EXPRESSION)
		return AS(LogicalExpression)->is_and ? "and" : "or";
	return flux_binary_operator_text(AS(BinaryExpression)->op);
}

static void
format_chain(Formatter *formatter, const FluxAst *node)
{
	FluxAstList links = {0};
	const FluxAst *first = chain_left(node);

	flux_ast_list_append(&links, (FluxAst *) node);
	while (continues_chain(node, first))
	{
		flux_ast_list_append(&links, (FluxAst *) first);
		first = chain_left(first);
	}
	flux_layout_open(formatter->layout, INDENT);
	format_expression(formatter, first);
	for (int i = links.count - 1; i >= 0; i--)
	{
		const FluxAst *link = links.items[i];

		if (link->kind == FLUX_AST_PIPE_EXPRESSION && links.count > 1)
			flux_layout_line(formatter->layout, false, 0);
		else
			flux_layout_break(formatter->layout, " ", "", 0);
		comments(formatter, &link->comments);
		word(formatter, chain_operator(link));
		word(formatter, " ");
		format_expression(formatter, chain_right(link));
	}
	flux_layout_close(formatter->layout);
	pfree(links.items);
}

static void
format_unary(Formatter *formatter, const FluxUnaryExpression *unary)
{
	comments(formatter, &unary->ast.comments);
	word(formatter, flux_unary_operator_text(unary->op));
	if (unary->op == FLUX_UNARY_NOT || unary->op == FLUX_UNARY_EXISTS)
		word(formatter, " ");
	format_expression(formatter, unary->argument);
}

/* if, then, else; a conditional in the else branch goes on in the same columns. */
static void
format_conditional(Formatter *formatter, const FluxConditionalExpression *conditional)
{
	flux_layout_open(formatter->layout, 0);
	for (;;)
	{
		const FluxPunctuationComments *marks = conditional->punctuation;

		mark(formatter, marks, "tk_if", "if ");
		format_expression(formatter, conditional->test);
		word(formatter, " ");
		mark(formatter, marks, "tk_then", "then");
		flux_layout_open_nested(formatter->layout, INDENT);
		flux_layout_break(formatter->layout, " ", "", 0);
		format_expression(formatter, conditional->consequent);
		flux_layout_close(formatter->layout);
		flux_layout_break(formatter->layout, " ", "", 0);
		mark(formatter, marks, "tk_else", "else");
		if (conditional->alternate->kind != FLUX_AST_CONDITIONAL_EXPRESSION)
			break;
		word(formatter, " ");
		conditional = (const FluxConditionalExpression *) conditional->alternate;
	}
	flux_layout_open_nested(formatter->layout, INDENT);
	flux_layout_break(formatter->layout, " ", "", 0);
	format_expression(formatter, conditional->alternate);
	flux_layout_close(formatter->layout);
	flux_layout_close(formatter->layout);
}

/* ---- expressions ---- */

static void
format_index(Formatter *formatter, const FluxIndexExpression *index)
{
	format_expression(formatter, index->array);
	mark(formatter, index->punctuation, "lbrack", "[");
	format_expression(formatter, index->index);
	mark(formatter, index->punctuation, "rbrack", "]");
}

static void
format_paren(Formatter *formatter, const FluxParenExpression *paren)
{
	mark(formatter, paren->punctuation, "lparen", "(");
	format_expression(formatter, paren->expression);
	mark(formatter, paren->punctuation, "rparen", ")");
}

static void
format_string_expression(Formatter *formatter, const FluxStringExpression *string)
{
	comments(formatter, &string->ast.comments);
	word(formatter, "\"");
	for (int i = 0; i < string->parts.count; i++)
	{
		const FluxAst *node = string->parts.items[i];

		if (node->kind == FLUX_AST_TEXT_PART)
		{
			source_text(formatter, node->span);
			continue;
		}
		flux_layout_open_unbreakable(formatter->layout);
		word(formatter, "${");
		format_expression(formatter, AS(InterpolatedPart)->expression);
		mark(formatter, AS(InterpolatedPart)->punctuation, "rbrace", "}");
		flux_layout_close(formatter->layout);
	}
	word(formatter, "\"");
}

static void
format_expression(Formatter *formatter, const FluxAst *node)
{
	check_stack_depth();
	switch (node->kind)
	{
		case FLUX_AST_OBJECT_EXPRESSION:
			format_record(formatter, AS(ObjectExpression));
			break;
		case FLUX_AST_ARRAY_EXPRESSION:
			format_elements(formatter, node, &AS(ArrayExpression)->elements,
							AS(ArrayExpression)->punctuation);
			break;
		case FLUX_AST_DICT_EXPRESSION:
			format_elements(formatter, node, &AS(DictExpression)->elements,
							AS(DictExpression)->punctuation);
			break;
		case FLUX_AST_FUNCTION_EXPRESSION:
			format_function(formatter, AS(FunctionExpression));
			break;
		case FLUX_AST_CALL_EXPRESSION:
			format_call(formatter, AS(CallExpression));
			break;
		case FLUX_AST_MEMBER_EXPRESSION:
			format_member(formatter, AS(MemberExpression));
			break;
		case FLUX_AST_INDEX_EXPRESSION:
			format_index(formatter, AS(IndexExpression));
			break;
		case FLUX_AST_PIPE_EXPRESSION:
		case FLUX_AST_BINARY_EXPRESSION:
		case FLUX_AST_LOGICAL_EXPRESSION:
			format_chain(formatter, node);
			break;
		case FLUX_AST_UNARY_EXPRESSION:
			format_unary(formatter, AS(UnaryExpression));
			break;
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			format_conditional(formatter, AS(ConditionalExpression));
			break;
		case FLUX_AST_PAREN_EXPRESSION:
			format_paren(formatter, AS(ParenExpression));
			break;
		case FLUX_AST_STRING_EXPRESSION:
			format_string_expression(formatter, AS(StringExpression));
			break;
		default: /* names and literals */
			comments(formatter, &node->comments);
			source_text(formatter, node->span);
	}
}

/* ---- types ---- */

/* ".name", or ."name" where the name is no identifier. */
static void
format_label(Formatter *formatter, FluxText label)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '.');
	if (flux_text_is_identifier(label))
		appendBinaryStringInfo(&text, label.data, label.size);
	else
	{
		appendStringInfoChar(&text, '"');
		for (int32 i = 0; i < label.size; i++)
		{
			if (label.data[i] == '"' || label.data[i] == '\\' ||
				(label.data[i] == '$' && i + 1 < label.size && label.data[i + 1] == '{'))
				appendStringInfoChar(&text, '\\');
			appendStringInfoChar(&text, label.data[i]);
		}
		appendStringInfoChar(&text, '"');
	}
	flux_layout_text(formatter->layout, flux_text(text.data, text.len));
}

static void
format_type_list(Formatter *formatter, const FluxAstList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		if (i > 0)
			word(formatter, ", ");
		format_type(formatter, list->items[i]);
	}
}

static void
format_parameter_type(Formatter *formatter, const FluxParameterType *parameter)
{
	static const char *const signs[] = {"", "?", "<-"};

	word(formatter, signs[parameter->parameter]);
	if (parameter->name != NULL)
		format_expression(formatter, &parameter->name->ast);
	word(formatter, ": ");
	format_type(formatter, parameter->monotype);
	if (parameter->default_label != NULL)
	{
		word(formatter, " = ");
		comments(formatter, &parameter->default_label->comments);
		format_label(formatter, ((const FluxLabelLiteral *) parameter->default_label)->value);
	}
}

static void
format_type_constraint(Formatter *formatter, const FluxTypeConstraint *constraint)
{
	format_expression(formatter, &constraint->tvar->ast);
	word(formatter, ": ");
	for (int i = 0; i < constraint->kinds.count; i++)
	{
		if (i > 0)
			word(formatter, " + ");
		format_expression(formatter, constraint->kinds.items[i]);
	}
}

/* The part of a type after its comments. */
static void
format_bare_type(Formatter *formatter, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_TYPE_EXPRESSION:
			format_type(formatter, AS(TypeExpression)->monotype);
			if (AS(TypeExpression)->constraints.count > 0)
				word(formatter, " where ");
			format_type_list(formatter, &AS(TypeExpression)->constraints);
			break;
		case FLUX_AST_TYPE_CONSTRAINT:
			format_type_constraint(formatter, AS(TypeConstraint));
			break;
		case FLUX_AST_NAMED_TYPE:
		case FLUX_AST_TVAR_TYPE:
			format_expression(formatter, &AS(NamedType)->name->ast);
			break;
		case FLUX_AST_STREAM_TYPE:
		case FLUX_AST_VECTOR_TYPE:
		case FLUX_AST_ARRAY_TYPE:
			word(formatter, node->kind == FLUX_AST_STREAM_TYPE   ? "stream["
							: node->kind == FLUX_AST_VECTOR_TYPE ? "vector["
																 : "[");
			format_type(formatter, AS(ElementType)->element);
			word(formatter, "]");
			break;
		case FLUX_AST_DICT_TYPE:
			word(formatter, "[");
			format_type(formatter, AS(DictType)->key);
			word(formatter, ": ");
			format_type(formatter, AS(DictType)->value);
			word(formatter, "]");
			break;
		case FLUX_AST_RECORD_TYPE:
			word(formatter, "{");
			if (AS(RecordType)->tvar != NULL)
			{
				format_expression(formatter, &AS(RecordType)->tvar->ast);
				word(formatter, AS(RecordType)->properties.count > 0 ? " with " : " with");
			}
			format_type_list(formatter, &AS(RecordType)->properties);
			word(formatter, "}");
			break;
		case FLUX_AST_PROPERTY_TYPE:
			format_expression(formatter, AS(PropertyType)->name);
			word(formatter, ": ");
			format_type(formatter, AS(PropertyType)->monotype);
			break;
		case FLUX_AST_FUNCTION_TYPE:
			word(formatter, "(");
			format_type_list(formatter, &AS(FunctionType)->parameters);
			word(formatter, ") => ");
			format_type(formatter, AS(FunctionType)->monotype);
			break;
		case FLUX_AST_PARAMETER_TYPE:
			format_parameter_type(formatter, AS(ParameterType));
			break;
		case FLUX_AST_LABEL_TYPE:
			format_label(formatter, AS(LabelType)->value);
			break;
		default:
			source_text(formatter, node->span);
	}
}

static void
format_type(Formatter *formatter, const FluxAst *node)
{
	check_stack_depth();
	comments(formatter, &node->comments);
	format_bare_type(formatter, node);
}

/* ---- statements ---- */

static void
format_attributes(Formatter *formatter, const FluxAttributeList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		const FluxAttribute *attribute = &list->items[i];

		comments(formatter, &attribute->comments);
		word(formatter, "@");
		flux_layout_text(formatter->layout, attribute->name);
		/* brackets stay, or those of an expression that follows would be taken for them */
		if (attribute->span.stop - attribute->span.start > attribute->name.size + 1)
		{
			word(formatter, "(");
			for (int k = 0; k < attribute->params.count; k++)
			{
				if (k > 0)
					word(formatter, ", ");
				format_expression(formatter, attribute->params.items[k]);
			}
			word(formatter, ")");
		}
		flux_layout_line(formatter->layout, false, 0);
	}
}

/* "= value", with the comments in front of the sign. */
static void
format_initializer(Formatter *formatter, const FluxAst *assignment, const FluxAst *init)
{
	word(formatter, " ");
	comments(formatter, &assignment->comments);
	word(formatter, "=");
	format_value(formatter, init);
}

static void
format_testcase(Formatter *formatter, const FluxTestCaseStatement *testcase)
{
	comments(formatter, &testcase->ast.comments);
	word(formatter, "testcase ");
	format_expression(formatter, &testcase->id->ast);
	if (testcase->extends != NULL)
	{
		word(formatter, " extends ");
		format_expression(formatter, &testcase->extends->ast);
	}
	word(formatter, " ");
	format_block(formatter, testcase->block);
}

static void
format_builtin(Formatter *formatter, const FluxBuiltinStatement *builtin)
{
	comments(formatter, &builtin->ast.comments);
	word(formatter, "builtin ");
	format_expression(formatter, &builtin->id->ast);
	word(formatter, " ");
	mark(formatter, builtin->punctuation, "colon", ":");
	word(formatter, " ");
	format_type(formatter, &builtin->type->ast);
}

static void
format_statement(Formatter *formatter, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_EXPRESSION_STATEMENT:
			format_attributes(formatter, &AS(ExpressionStatement)->attributes);
			format_expression(formatter, AS(ExpressionStatement)->expression);
			break;
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			format_attributes(formatter, &AS(VariableAssignment)->attributes);
			format_expression(formatter, &AS(VariableAssignment)->id->ast);
			format_initializer(formatter, node, AS(VariableAssignment)->init);
			break;
		case FLUX_AST_MEMBER_ASSIGNMENT:
			format_expression(formatter, &AS(MemberAssignment)->member->ast);
			format_initializer(formatter, node, AS(MemberAssignment)->init);
			break;
		case FLUX_AST_OPTION_STATEMENT:
			format_attributes(formatter, &AS(OptionStatement)->attributes);
			comments(formatter, &node->comments);
			word(formatter, "option ");
			format_statement(formatter, AS(OptionStatement)->assignment);
			break;
		case FLUX_AST_RETURN_STATEMENT:
			format_attributes(formatter, &AS(ReturnStatement)->attributes);
			comments(formatter, &node->comments);
			word(formatter, "return");
			format_value(formatter, AS(ReturnStatement)->argument);
			break;
		case FLUX_AST_BUILTIN_STATEMENT:
			format_attributes(formatter, &AS(BuiltinStatement)->attributes);
			format_builtin(formatter, AS(BuiltinStatement));
			break;
		case FLUX_AST_TEST_CASE_STATEMENT:
			format_attributes(formatter, &AS(TestCaseStatement)->attributes);
			format_testcase(formatter, AS(TestCaseStatement));
			break;
		case FLUX_AST_PACKAGE_CLAUSE:
			format_attributes(formatter, &AS(PackageClause)->attributes);
			comments(formatter, &node->comments);
			word(formatter, "package ");
			format_expression(formatter, &AS(PackageClause)->name->ast);
			break;
		case FLUX_AST_IMPORT_DECLARATION:
			format_attributes(formatter, &AS(ImportDeclaration)->attributes);
			comments(formatter, &node->comments);
			word(formatter, "import ");
			if (AS(ImportDeclaration)->as != NULL)
			{
				format_expression(formatter, &AS(ImportDeclaration)->as->ast);
				word(formatter, " ");
			}
			format_expression(formatter, &AS(ImportDeclaration)->path->ast);
			break;
		default:
			comments(formatter, &node->comments);
			source_text(formatter, node->span);
	}
}

/* One a line; an empty line between two is kept. */
static void
format_statements(Formatter *formatter, const FluxAstList *body)
{
	for (int i = 0; i < body->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			flux_layout_line(formatter->layout,
							 line_ends_after(formatter, body->items[i - 1]->span.stop) > 1, 0);
		format_statement(formatter, body->items[i]);
	}
}

static void
format_file(Formatter *formatter, const FluxFile *file)
{
	if (file->package != NULL)
	{
		format_statement(formatter, &file->package->ast);
		if (file->imports.count + file->body.count > 0)
			flux_layout_line(formatter->layout, true, 0);
	}
	format_statements(formatter, &file->imports);
	if (file->imports.count > 0 && file->body.count > 0)
		flux_layout_line(formatter->layout, true, 0);
	format_statements(formatter, &file->body);
	if (file->eof.count > 0)
	{
		if (file->ast.span.stop > file->ast.span.start)
			flux_layout_line(formatter->layout, line_ends_after(formatter, file->ast.span.stop) > 1,
							 0);
		comments(formatter, &file->eof);
	}
	flux_layout_line(formatter->layout, false, 0);
}

void
flux_ast_format(const FluxPackage *package, StringInfo out)
{
	Formatter formatter;
	int start = out->len;

	formatter.layout = flux_layout_create();
	formatter.source = package->file->source;
	format_file(&formatter, package->file);
	flux_layout_print(formatter.layout, out);
	while (out->len > start && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	if (out->len > start)
		appendStringInfoChar(out, '\n');
}
