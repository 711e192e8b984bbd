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
 * matched against a regexp, exists r.column, contains() of r.column in a set of
 * strings, and "and", "or", "not" of such.
 *
 * Storage knows neither "not" nor null: a condition on an absent tag is simply
 * not met.  In a row function it is null, and there
 *
 *		not null is null;
 *		a and b is b where a is true, else false (also where a is null);
 *		a or b is true where a is true, else b (also where a is null).
 *
 * So a translation asks for one of four things (Asked), and a "not" on the way
 * down changes what is asked below it; what is left at the leaves are inverse
 * comparisons and the absence of tags.  A filter asks where its function is true.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "evaluate/builtin.h"
#include "evaluate/eval_scope.h"
#include "plan/plan_rules.h"

typedef struct Translation
{
	FluxEvaluator *evaluator;
	const FluxFunction *function;
	FluxText row; /* the parameter's name, "r" */
} Translation;

/* Of a term that may be true, false or null: where it is so. */
typedef enum Asked
{
	ASK_TRUE,
	ASK_FALSE,
	ASK_NOT_TRUE,
	ASK_NOT_FALSE
} Asked;

static FluxPredicate *translate(const Translation *translation, const FluxAst *expression,
								Asked asked);

/* What to ask of a where "not a" is asked for. */
static Asked
asked_below_not(Asked asked)
{
	switch (asked)
	{
		case ASK_TRUE:
			return ASK_FALSE;
		case ASK_FALSE:
			return ASK_TRUE;
		case ASK_NOT_TRUE:
			return ASK_NOT_FALSE;
		default:
			return ASK_NOT_TRUE;
	}
}

/* Is it the opposite of the term that is asked for, null apart? */
static bool
is_inverted(Asked asked)
{
	return asked == ASK_FALSE || asked == ASK_NOT_TRUE;
}

/* Is null an answer? */
static bool
takes_null(Asked asked)
{
	return asked == ASK_NOT_TRUE || asked == ASK_NOT_FALSE;
}

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
translate_column(const Translation *translation, const FluxAst *expression,
				 FluxPredicate *predicate)
{
	const FluxMemberExpression *member;
	const FluxAst *object;
	FluxText name;

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

static bool is_simple(const FluxAst *expression);

static bool
are_simple(const FluxAstList *expressions)
{
	for (int i = 0; i < expressions->count; i++)
	{
		if (!is_simple(expressions->items[i]))
			return false;
	}
	return true;
}

/* A literal, a name or member chain, a minus before one, or an array: nothing is called. */
static bool
is_simple(const FluxAst *expression)
{
	check_stack_depth();
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
		case FLUX_AST_ARRAY_EXPRESSION:
			return are_simple(&((const FluxArrayExpression *) expression)->elements);
		default:
			return false;
	}
}

/* The value of an expression that is the same for every row, if it is simple. */
static bool
constant_value(const Translation *translation, const FluxAst *expression, FluxValue *value)
{
	if (!is_simple(expression) || !flux_expression_is_captured(translation->function, expression))
		return false;
	*value = flux_evaluate_captured(translation->evaluator, translation->function, expression);
	return true;
}

static FluxComparison
inverse_comparison(FluxComparison comparison)
{
	static const FluxComparison inverses[] = {
		[FLUX_COMPARE_EQ] = FLUX_COMPARE_NE, [FLUX_COMPARE_NE] = FLUX_COMPARE_EQ,
		[FLUX_COMPARE_LT] = FLUX_COMPARE_GE, [FLUX_COMPARE_LE] = FLUX_COMPARE_GT,
		[FLUX_COMPARE_GT] = FLUX_COMPARE_LE, [FLUX_COMPARE_GE] = FLUX_COMPARE_LT};

	return inverses[comparison];
}

/* The condition, or that the column of the leaf is absent, if it can be. */
static FluxPredicate *
or_absent(FluxPredicate *condition, const FluxPredicate *leaf)
{
	FluxPredicate *absent;

	if (leaf->column != FLUX_PREDICATE_TAG)
		return condition;
	absent = make_predicate(FLUX_PREDICATE_NOT_EXISTS);
	absent->column = leaf->column;
	absent->tag = leaf->tag;
	return make_pair(FLUX_PREDICATE_OR, condition, absent);
}

/* A condition that is null without its column: also where there is none, if null will do. */
static FluxPredicate *
or_null(FluxPredicate *leaf, Asked asked)
{
	return takes_null(asked) ? or_absent(leaf, leaf) : leaf;
}

static FluxPredicate *
translate_match(const Translation *translation, const FluxBinaryExpression *binary, Asked asked)
{
	bool is_match = (binary->op == FLUX_OP_MATCH) != is_inverted(asked);
	FluxPredicate *predicate =
		make_predicate(is_match ? FLUX_PREDICATE_MATCH : FLUX_PREDICATE_NOT_MATCH);
	FluxValue value;

	if (!translate_column(translation, binary->left, predicate) ||
		!constant_value(translation, binary->right, &value) || value.kind != FLUX_KIND_REGEXP ||
		value.is_null)
		return NULL;
	predicate->regexp = value.as.regexp;
	return or_null(predicate, asked);
}

/* Both a comparison with NaN and its inverse may be false: only as it is written. */
static bool
is_nan_literal(const FluxPredicate *leaf)
{
	return leaf->literal_type == FLUX_COLUMN_FLOAT && isnan(leaf->literal.floating);
}

static FluxPredicate *
translate_binary(const Translation *translation, const FluxBinaryExpression *binary, Asked asked)
{
	FluxPredicate *predicate = make_predicate(FLUX_PREDICATE_COMPARE);
	FluxValue value;
	bool is_mirrored;

	if (binary->op == FLUX_OP_MATCH || binary->op == FLUX_OP_NOT_MATCH)
		return translate_match(translation, binary, asked);

	is_mirrored = !translate_column(translation, binary->left, predicate);
	if (is_mirrored && !translate_column(translation, binary->right, predicate))
		return NULL;
	if (!comparison_of(binary->op, is_mirrored, &predicate->comparison) ||
		!constant_value(translation, is_mirrored ? binary->left : binary->right, &value) ||
		!set_literal(predicate, value))
		return NULL;
	if (is_inverted(asked))
	{
		if (is_nan_literal(predicate))
			return NULL;
		predicate->comparison = inverse_comparison(predicate->comparison);
	}
	return or_null(predicate, asked);
}

/* "exists", which is never null, and "not" */
static FluxPredicate *
translate_unary(const Translation *translation, const FluxUnaryExpression *unary, Asked asked)
{
	FluxPredicate *predicate;

	if (unary->op == FLUX_UNARY_NOT)
		return translate(translation, unary->argument, asked_below_not(asked));
	predicate =
		make_predicate(is_inverted(asked) ? FLUX_PREDICATE_NOT_EXISTS : FLUX_PREDICATE_EXISTS);
	if (unary->op != FLUX_UNARY_EXISTS ||
		!translate_column(translation, unary->argument, predicate))
		return NULL;
	return predicate;
}

/* What a call gives as the argument, or NULL. */
static const FluxAst *
argument_of(const FluxCallExpression *call, const char *name)
{
	int count = call->arguments != NULL ? call->arguments->properties.count : 0;

	for (int i = 0; i < count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) call->arguments->properties.items[i];

		if (flux_text_equal_cstring(flux_ast_key_text(property->key), name))
			return property->value != NULL ? property->value : property->key;
	}
	return NULL;
}

static bool
is_contains(const Translation *translation, const FluxAst *callee)
{
	FluxValue value;

	return constant_value(translation, callee, &value) && value.kind == FLUX_KIND_FUNCTION &&
		   value.as.function->builtin == flux_builtin_lookup(flux_text_from_cstring("universe"),
															 flux_text_from_cstring("contains"));
}

/* More strings than this are compared above the leaf: each is a condition of its own. */
#define MEMBERSHIP_MAX 1000

/* column == a or column == b or ..., or, inverted, column != a and ...; NULL without any. */
static FluxPredicate *
make_membership(const FluxPredicate *leaf, const FluxArray *set)
{
	FluxPredicate *any = make_predicate(leaf->comparison == FLUX_COMPARE_EQ ? FLUX_PREDICATE_OR
																			: FLUX_PREDICATE_AND);

	if (set->count == 0 || set->count > MEMBERSHIP_MAX)
		return NULL;
	any->children = palloc(set->count * sizeof(FluxPredicate *));
	for (int i = 0; i < set->count; i++)
	{
		FluxPredicate *child = palloc(sizeof(FluxPredicate));

		*child = *leaf;
		if (!set_literal(child, set->items[i]))
			return NULL;
		any->children[any->child_count++] = child;
	}
	return any;
}

/* contains(value: r.column, set: strings): false, never null, without the column. */
static FluxPredicate *
translate_contains(const Translation *translation, const FluxCallExpression *call, Asked asked)
{
	const FluxAst *value = argument_of(call, "value");
	const FluxAst *set = argument_of(call, "set");
	FluxPredicate leaf = {.kind = FLUX_PREDICATE_COMPARE};
	FluxPredicate *any;
	FluxValue strings;

	if (value == NULL || set == NULL || !is_contains(translation, call->callee) ||
		!translate_column(translation, value, &leaf) || leaf.column == FLUX_PREDICATE_VALUE ||
		!constant_value(translation, set, &strings) || strings.kind != FLUX_KIND_ARRAY ||
		strings.is_null)
		return NULL;
	leaf.comparison = is_inverted(asked) ? FLUX_COMPARE_NE : FLUX_COMPARE_EQ;
	any = make_membership(&leaf, strings.as.array);
	return any != NULL && is_inverted(asked) ? or_absent(any, &leaf) : any;
}

/*
 * The right side stands for the whole where the left does not decide, which it
 * does by being true, or, with "and", by not being true.
 */
static FluxPredicate *
translate_logical(const Translation *translation, const FluxLogicalExpression *logical, Asked asked)
{
	bool is_and = logical->is_and != is_inverted(asked);
	FluxPredicate *left =
		translate(translation, logical->left, is_inverted(asked) ? ASK_NOT_TRUE : ASK_TRUE);
	FluxPredicate *right = left != NULL ? translate(translation, logical->right, asked) : NULL;

	return right == NULL ? NULL
						 : make_pair(is_and ? FLUX_PREDICATE_AND : FLUX_PREDICATE_OR, left, right);
}

/* Where an expression is as asked, or NULL when a part is beyond storage. */
static FluxPredicate *
translate(const Translation *translation, const FluxAst *expression, Asked asked)
{
	check_stack_depth();
	expression = flux_ast_unparen(expression);
	switch (expression->kind)
	{
		case FLUX_AST_BINARY_EXPRESSION:
			return translate_binary(translation, (const FluxBinaryExpression *) expression, asked);
		case FLUX_AST_UNARY_EXPRESSION:
			return translate_unary(translation, (const FluxUnaryExpression *) expression, asked);
		case FLUX_AST_LOGICAL_EXPRESSION:
			return translate_logical(translation, (const FluxLogicalExpression *) expression,
									 asked);
		case FLUX_AST_CALL_EXPRESSION:
			return translate_contains(translation, (const FluxCallExpression *) expression, asked);
		default:
			return NULL;
	}
}

/* Is it "true", written so or captured, as where a predicate is left to its default? */
static bool
is_always_true(const Translation *translation, const FluxAst *expression)
{
	FluxValue value;

	return constant_value(translation, expression, &value) && value.kind == FLUX_KIND_BOOL &&
		   !value.is_null && value.as.boolean;
}

/*
 * The longest pushable prefix of a chain of "and"s, or NULL when it asks
 * nothing; *is_whole if all of it.
 */
static FluxPredicate *
translate_prefix(const Translation *translation, const FluxAst *expression, bool *is_whole)
{
	const FluxLogicalExpression *logical;
	FluxPredicate *left, *right;
	bool left_is_whole;

	check_stack_depth();
	expression = flux_ast_unparen(expression);
	if (expression->kind != FLUX_AST_LOGICAL_EXPRESSION ||
		!((const FluxLogicalExpression *) expression)->is_and)
	{
		FluxPredicate *predicate = translate(translation, expression, ASK_TRUE);

		*is_whole = predicate != NULL || is_always_true(translation, expression);
		return predicate;
	}

	logical = (const FluxLogicalExpression *) expression;
	left = translate_prefix(translation, logical->left, &left_is_whole);
	*is_whole = false;
	if (!left_is_whole)
		return left;
	right = translate_prefix(translation, logical->right, is_whole);
	return right == NULL ? left : left == NULL ? right : make_pair(FLUX_PREDICATE_AND, left, right);
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
			return flux_text_equal(flux_regexp_pattern(a->regexp), flux_regexp_pattern(b->regexp));
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
			FluxText text = flux_float_to_text(predicate->literal.floating);

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
		bool needs_paren =
			predicate->kind == FLUX_PREDICATE_AND && child->kind == FLUX_PREDICATE_OR;

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
			FluxText pattern = flux_regexp_pattern(predicate->regexp);

			explain_column(predicate, out);
			appendStringInfo(out, " %s /%.*s/",
							 predicate->kind == FLUX_PREDICATE_MATCH ? "=~" : "!~", pattern.size,
							 pattern.data);
			break;
		}
		case FLUX_PREDICATE_EXISTS:
		case FLUX_PREDICATE_NOT_EXISTS:
			appendStringInfoString(out, predicate->kind == FLUX_PREDICATE_EXISTS ? "exists "
																				 : "not exists ");
			explain_column(predicate, out);
			break;
	}
}
