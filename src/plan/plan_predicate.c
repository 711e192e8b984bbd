/*
 * plan_predicate.c
 *		Which part of a filter's lambda storage can answer.
 *
 * A lambda (r) => a and b and c is read from the left: the longest run of
 * terms that storage knows becomes the predicate.  Only a prefix is taken, so
 * that a term that would have been skipped by a false one before it is never
 * evaluated earlier than the script says.
 *
 * A term is: r.column compared with a constant (on either side), r.column
 * matched against a regexp, exists r.tag, not exists r.tag, and "and"/"or" of
 * such.  A filter keeps a row only where its function is true, and without
 * "not" over a comparison, null behaves as false all the way up, which is how
 * storage evaluates.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "evaluate/eval_scope.h"
#include "plan/plan_rules.h"

typedef struct Translation
{
	FluxEvaluator *evaluator;
	const FluxFunction *function;
	FluxText	row;			/* the parameter's name, "r" */
} Translation;

static FluxPredicate *translate(const Translation *translation, const FluxAst *expression);

static FluxPredicate *
make_predicate(FluxPredicateKind kind)
{
	FluxPredicate *predicate = palloc0(sizeof(FluxPredicate));

	predicate->kind = kind;
	return predicate;
}

static FluxPredicate *
make_pair(FluxPredicateKind kind, FluxPredicate *left, FluxPredicate *right)
{
	FluxPredicate *predicate = make_predicate(kind);

	predicate->children = palloc(2 * sizeof(FluxPredicate *));
	predicate->children[0] = left;
	predicate->children[1] = right;
	predicate->child_count = 2;
	return predicate;
}

/*
 * r.x or r["x"]: fills the predicate's column.  Times and bounds are not
 * columns that storage compares.
 */
static bool
translate_column(const Translation *translation, const FluxAst *expression, FluxPredicate *predicate)
{
	const FluxMemberExpression *member;
	const FluxAst *object;
	FluxText	name;

	expression = flux_ast_unparen(expression);
	if (expression->kind != FLUX_AST_MEMBER_EXPRESSION)
		return false;
	member = (const FluxMemberExpression *) expression;
	object = flux_ast_unparen(member->object);
	if (object->kind != FLUX_AST_IDENTIFIER ||
		!flux_text_equal(((const FluxIdentifier *) object)->name, translation->row))
		return false;

	name = flux_ast_key_text(member->property);
	if (flux_text_equal_cstring(name, "_time") || flux_text_equal_cstring(name, "_start") ||
		flux_text_equal_cstring(name, "_stop"))
		return false;
	if (flux_text_equal_cstring(name, "_measurement"))
		predicate->column = FLUX_PREDICATE_MEASUREMENT;
	else if (flux_text_equal_cstring(name, "_field"))
		predicate->column = FLUX_PREDICATE_FIELD;
	else if (flux_text_equal_cstring(name, "_value"))
		predicate->column = FLUX_PREDICATE_VALUE;
	else
	{
		predicate->column = FLUX_PREDICATE_TAG;
		predicate->tag = name;
	}
	return true;
}

/* Sets the literal; false for values that storage does not compare with. */
static bool
set_literal(FluxPredicate *predicate, FluxValue value)
{
	if (value.is_null)
		return false;
	if (predicate->column != FLUX_PREDICATE_VALUE &&
		(value.kind != FLUX_KIND_STRING || value.as.string.size == 0))
		return false;
	switch (value.kind)
	{
		case FLUX_KIND_BOOL:
			predicate->literal.boolean = value.as.boolean;
			break;
		case FLUX_KIND_INT:
			predicate->literal.integer = value.as.integer;
			break;
		case FLUX_KIND_UINT:
			predicate->literal.uinteger = value.as.uinteger;
			break;
		case FLUX_KIND_FLOAT:
			predicate->literal.floating = value.as.floating;
			break;
		case FLUX_KIND_STRING:
			predicate->literal.string = value.as.string;
			break;
		default:
			return false;
	}
	predicate->literal_type = value.kind;
	return true;
}

static bool
comparison_of(FluxBinaryOperator op, bool is_mirrored, FluxComparison *comparison)
{
	switch (op)
	{
		case FLUX_OP_EQ:
			*comparison = FLUX_COMPARE_EQ;
			return true;
		case FLUX_OP_NEQ:
			*comparison = FLUX_COMPARE_NE;
			return true;
		case FLUX_OP_LT:
			*comparison = is_mirrored ? FLUX_COMPARE_GT : FLUX_COMPARE_LT;
			return true;
		case FLUX_OP_LTE:
			*comparison = is_mirrored ? FLUX_COMPARE_GE : FLUX_COMPARE_LE;
			return true;
		case FLUX_OP_GT:
			*comparison = is_mirrored ? FLUX_COMPARE_LT : FLUX_COMPARE_GT;
			return true;
		case FLUX_OP_GTE:
			*comparison = is_mirrored ? FLUX_COMPARE_LE : FLUX_COMPARE_GE;
			return true;
		default:
			return false;
	}
}

/* A literal, a name or member chain, or a minus before one: nothing is called. */
static bool
is_simple(const FluxAst *expression)
{
	expression = flux_ast_unparen(expression);
	switch (expression->kind)
	{
		case FLUX_AST_STRING_LITERAL:
		case FLUX_AST_INTEGER_LITERAL:
		case FLUX_AST_FLOAT_LITERAL:
		case FLUX_AST_REGEXP_LITERAL:
		case FLUX_AST_IDENTIFIER:
			return true;
		case FLUX_AST_MEMBER_EXPRESSION:
			return is_simple(((const FluxMemberExpression *) expression)->object);
		case FLUX_AST_UNARY_EXPRESSION:
			return ((const FluxUnaryExpression *) expression)->op == FLUX_UNARY_MINUS &&
				is_simple(((const FluxUnaryExpression *) expression)->argument);
		default:
			return false;
	}
}

/* The value of an expression that is the same for every row, if it is simple. */
static bool
constant_value(const Translation *translation, const FluxAst *expression, FluxValue *value)
{
	if (!is_simple(expression) ||
		!flux_expression_is_captured(translation->function, expression))
		return false;
	*value = flux_evaluate_captured(translation->evaluator, translation->function, expression);
	return true;
}

static FluxPredicate *
translate_match(const Translation *translation, const FluxBinaryExpression *binary)
{
	FluxPredicate *predicate = make_predicate(binary->op == FLUX_OP_MATCH
											  ? FLUX_PREDICATE_MATCH : FLUX_PREDICATE_NOT_MATCH);
	FluxValue	value;

	if (!translate_column(translation, binary->left, predicate) ||
		!constant_value(translation, binary->right, &value) ||
		value.kind != FLUX_KIND_REGEXP || value.is_null)
		return NULL;
	predicate->regexp = value.as.regexp;
	return predicate;
}

static FluxPredicate *
translate_binary(const Translation *translation, const FluxBinaryExpression *binary)
{
	FluxPredicate *predicate = make_predicate(FLUX_PREDICATE_COMPARE);
	FluxValue	value;
	bool		is_mirrored;

	if (binary->op == FLUX_OP_MATCH || binary->op == FLUX_OP_NOT_MATCH)
		return translate_match(translation, binary);

	is_mirrored = !translate_column(translation, binary->left, predicate);
	if (is_mirrored && !translate_column(translation, binary->right, predicate))
		return NULL;
	if (!comparison_of(binary->op, is_mirrored, &predicate->comparison) ||
		!constant_value(translation, is_mirrored ? binary->left : binary->right, &value) ||
		!set_literal(predicate, value))
		return NULL;
	return predicate;
}

/* exists r.tag, not exists r.tag */
static FluxPredicate *
translate_unary(const Translation *translation, const FluxUnaryExpression *unary)
{
	FluxPredicate *predicate = make_predicate(FLUX_PREDICATE_EXISTS);
	const FluxAst *argument = flux_ast_unparen(unary->argument);

	if (unary->op == FLUX_UNARY_NOT && argument->kind == FLUX_AST_UNARY_EXPRESSION &&
		((const FluxUnaryExpression *) argument)->op == FLUX_UNARY_EXISTS)
	{
		predicate->kind = FLUX_PREDICATE_NOT_EXISTS;
		unary = (const FluxUnaryExpression *) argument;
	}
	if (unary->op != FLUX_UNARY_EXISTS ||
		!translate_column(translation, unary->argument, predicate) ||
		predicate->column != FLUX_PREDICATE_TAG)
		return NULL;
	return predicate;
}

/* The predicate of a whole expression, or NULL when a part is beyond storage. */
static FluxPredicate *
translate(const Translation *translation, const FluxAst *expression)
{
	check_stack_depth();
	expression = flux_ast_unparen(expression);
	switch (expression->kind)
	{
		case FLUX_AST_BINARY_EXPRESSION:
			return translate_binary(translation, (const FluxBinaryExpression *) expression);
		case FLUX_AST_UNARY_EXPRESSION:
			return translate_unary(translation, (const FluxUnaryExpression *) expression);
		case FLUX_AST_LOGICAL_EXPRESSION:
			{
				const FluxLogicalExpression *logical = (const FluxLogicalExpression *) expression;
				FluxPredicate *left = translate(translation, logical->left);
				FluxPredicate *right = left ? translate(translation, logical->right) : NULL;

				if (right == NULL)
					return NULL;
				return make_pair(logical->is_and ? FLUX_PREDICATE_AND : FLUX_PREDICATE_OR,
								 left, right);
			}
		default:
			return NULL;
	}
}

/*
 * The longest pushable prefix of a chain of "and"s; *is_whole if all of it.
 */
static FluxPredicate *
translate_prefix(const Translation *translation, const FluxAst *expression, bool *is_whole)
{
	const FluxLogicalExpression *logical;
	FluxPredicate *left,
			   *right;
	bool		left_is_whole;

	check_stack_depth();
	expression = flux_ast_unparen(expression);
	if (expression->kind != FLUX_AST_LOGICAL_EXPRESSION ||
		!((const FluxLogicalExpression *) expression)->is_and)
	{
		FluxPredicate *predicate = translate(translation, expression);

		*is_whole = predicate != NULL;
		return predicate;
	}

	logical = (const FluxLogicalExpression *) expression;
	left = translate_prefix(translation, logical->left, &left_is_whole);
	*is_whole = false;
	if (!left_is_whole)
		return left;
	right = translate_prefix(translation, logical->right, is_whole);
	return right == NULL ? left : make_pair(FLUX_PREDICATE_AND, left, right);
}

FluxPredicate *
flux_predicate_from_function(FluxEvaluator *evaluator, const FluxFunction *function, bool *is_whole)
{
	Translation translation = {evaluator, function};
	const FluxAst *body;

	*is_whole = false;
	if (function->lambda == NULL || function->lambda->params.count != 1)
		return NULL;
	translation.row =
		flux_ast_key_text(((const FluxProperty *) function->lambda->params.items[0])->key);
	body = function->lambda->body;
	if (body->kind == FLUX_AST_BLOCK)
	{
		const FluxBlock *block = (const FluxBlock *) body;

		if (block->body.count != 1 || block->body.items[0]->kind != FLUX_AST_RETURN_STATEMENT)
			return NULL;
		body = ((const FluxReturnStatement *) block->body.items[0])->argument;
	}
	return translate_prefix(&translation, body, is_whole);
}

/* ---- comparing ---- */

static bool
same_literal(const FluxPredicate *a, const FluxPredicate *b)
{
	if (a->literal_type != b->literal_type)
		return false;
	switch (a->literal_type)
	{
		case FLUX_COLUMN_BOOL:
			return a->literal.boolean == b->literal.boolean;
		case FLUX_COLUMN_STRING:
			return flux_text_equal(a->literal.string, b->literal.string);
		default:
			return a->literal.uinteger == b->literal.uinteger;
	}
}

static bool
same_leaf(const FluxPredicate *a, const FluxPredicate *b)
{
	if (a->column != b->column ||
		(a->column == FLUX_PREDICATE_TAG && !flux_text_equal(a->tag, b->tag)))
		return false;
	switch (a->kind)
	{
		case FLUX_PREDICATE_COMPARE:
			return a->comparison == b->comparison && same_literal(a, b);
		case FLUX_PREDICATE_MATCH:
		case FLUX_PREDICATE_NOT_MATCH:
			return flux_text_equal(flux_regexp_pattern(a->regexp),
								   flux_regexp_pattern(b->regexp));
		default:
			return true;
	}
}

bool
flux_predicate_equal(const FluxPredicate *a, const FluxPredicate *b)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL || a->kind != b->kind)
		return false;
	if (a->kind != FLUX_PREDICATE_AND && a->kind != FLUX_PREDICATE_OR)
		return same_leaf(a, b);
	check_stack_depth();
	if (a->child_count != b->child_count)
		return false;
	for (int i = 0; i < a->child_count; i++)
	{
		if (!flux_predicate_equal(a->children[i], b->children[i]))
			return false;
	}
	return true;
}

/* ---- explain ---- */

static void
explain_literal(const FluxPredicate *predicate, StringInfo out)
{
	switch (predicate->literal_type)
	{
		case FLUX_COLUMN_BOOL:
			appendStringInfoString(out, predicate->literal.boolean ? "true" : "false");
			break;
		case FLUX_COLUMN_INT:
			appendStringInfo(out, INT64_FORMAT, predicate->literal.integer);
			break;
		case FLUX_COLUMN_UINT:
			appendStringInfo(out, UINT64_FORMAT, predicate->literal.uinteger);
			break;
		case FLUX_COLUMN_FLOAT:
			{
				FluxText	text = flux_float_to_text(predicate->literal.floating);

				appendBinaryStringInfo(out, text.data, text.size);
				break;
			}
		default:
			appendStringInfo(out, "\"%.*s\"", predicate->literal.string.size,
							 predicate->literal.string.data);
			break;
	}
}

static void
explain_column(const FluxPredicate *predicate, StringInfo out)
{
	switch (predicate->column)
	{
		case FLUX_PREDICATE_MEASUREMENT:
			appendStringInfoString(out, "_measurement");
			break;
		case FLUX_PREDICATE_FIELD:
			appendStringInfoString(out, "_field");
			break;
		case FLUX_PREDICATE_VALUE:
			appendStringInfoString(out, "_value");
			break;
		case FLUX_PREDICATE_TAG:
			appendBinaryStringInfo(out, predicate->tag.data, predicate->tag.size);
			break;
	}
}

static void
explain_pair(const FluxPredicate *predicate, StringInfo out)
{
	const char *word = predicate->kind == FLUX_PREDICATE_AND ? " and " : " or ";

	for (int i = 0; i < predicate->child_count; i++)
	{
		const FluxPredicate *child = predicate->children[i];
		bool		needs_paren = predicate->kind == FLUX_PREDICATE_AND &&
			child->kind == FLUX_PREDICATE_OR;

		if (i > 0)
			appendStringInfoString(out, word);
		if (needs_paren)
			appendStringInfoChar(out, '(');
		flux_predicate_explain(child, out);
		if (needs_paren)
			appendStringInfoChar(out, ')');
	}
}

void
flux_predicate_explain(const FluxPredicate *predicate, StringInfo out)
{
	static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};

	check_stack_depth();
	switch (predicate->kind)
	{
		case FLUX_PREDICATE_AND:
		case FLUX_PREDICATE_OR:
			explain_pair(predicate, out);
			break;
		case FLUX_PREDICATE_COMPARE:
			explain_column(predicate, out);
			appendStringInfo(out, " %s ", comparisons[predicate->comparison]);
			explain_literal(predicate, out);
			break;
		case FLUX_PREDICATE_MATCH:
		case FLUX_PREDICATE_NOT_MATCH:
			{
				FluxText	pattern = flux_regexp_pattern(predicate->regexp);

				explain_column(predicate, out);
				appendStringInfo(out, " %s /%.*s/",
								 predicate->kind == FLUX_PREDICATE_MATCH ? "=~" : "!~",
								 pattern.size, pattern.data);
				break;
			}
		case FLUX_PREDICATE_EXISTS:
		case FLUX_PREDICATE_NOT_EXISTS:
			appendStringInfoString(out, predicate->kind == FLUX_PREDICATE_EXISTS
								   ? "exists " : "not exists ");
			explain_column(predicate, out);
			break;
	}
}
