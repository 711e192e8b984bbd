/*
 * ast.c
 *		Helpers on the syntax tree: names, lists, walking.
 *
 * for_each_child() is the one place that knows the children of every kind of
 * node; whoever adds a kind adds it there.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "syntax/ast.h"

const char *
flux_ast_kind_name(FluxAstKind kind)
{
	static const char *const names[] = {
#define X(kind, name) #name,
#include "syntax/ast_list.h"
#undef X
	};

	return names[kind];
}

const char *
flux_binary_operator_text(FluxBinaryOperator op)
{
	static const char *const texts[] = {
		"+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "=~", "!~"};

	StaticAssertStmt(lengthof(texts) == FLUX_OP_COUNT, "one text for each operator");
	return texts[op];
}

const char *
flux_unary_operator_text(FluxUnaryOperator op)
{
	static const char *const texts[] = {"+", "-", "not", "exists"};

	return texts[op];
}

FluxText
flux_ast_key_text(const FluxAst *key)
{
	switch (key->kind)
	{
		case FLUX_AST_IDENTIFIER:
			return ((const FluxIdentifier *) key)->name;
		case FLUX_AST_STRING_LITERAL:
			return ((const FluxStringLiteral *) key)->value;
		default: /* a bad key, after a syntax error */
			return flux_text("", 0);
	}
}

const FluxAst *
flux_ast_unparen(const FluxAst *expression)
{
	while (expression->kind == FLUX_AST_PAREN_EXPRESSION)
		expression = ((const FluxParenExpression *) expression)->expression;
	return expression;
}

void
flux_ast_list_append(FluxAstList *list, FluxAst *node)
{
	if (list->count == list->capacity)
	{
		list->capacity = list->capacity == 0 ? 4 : list->capacity * 2;
		if (list->items == NULL)
			list->items = palloc(list->capacity * sizeof(FluxAst *));
		else
			list->items = repalloc_huge(list->items, (Size) list->capacity * sizeof(FluxAst *));
	}
	list->items[list->count++] = node;
}

/* ---- walking ---- */

typedef void (*ChildVisitor)(const FluxAst *child, void *argument);

static void
visit_list(const FluxAstList *list, ChildVisitor visit, void *argument)
{
	for (int i = 0; i < list->count; i++)
		visit(list->items[i], argument);
}

#define VISIT(Name, member) visit((const FluxAst *) ((const Flux##Name *) node)->member, argument)
#define VISIT_OPTIONAL(Name, member)                                                               \
	do                                                                                             \
	{                                                                                              \
		if (((const Flux##Name *) node)->member != NULL)                                           \
			VISIT(Name, member);                                                                   \
	} while (0)
#define VISIT_LIST(Name, member) visit_list(&((const Flux##Name *) node)->member, visit, argument)

/* Statements and what holds them. False: the node is none of these. */
static bool
for_each_child_of_statement(const FluxAst *node, ChildVisitor visit, void *argument)
{
	switch (node->kind)
	{
		case FLUX_AST_PACKAGE:
			VISIT(Package, file);
			return true;
		case FLUX_AST_FILE:
			VISIT_OPTIONAL(File, package);
			VISIT_LIST(File, imports);
			VISIT_LIST(File, body);
			return true;
		case FLUX_AST_PACKAGE_CLAUSE:
			VISIT(PackageClause, name);
			return true;
		case FLUX_AST_IMPORT_DECLARATION:
			VISIT_OPTIONAL(ImportDeclaration, as);
			VISIT(ImportDeclaration, path);
			return true;
		case FLUX_AST_EXPRESSION_STATEMENT:
			VISIT(ExpressionStatement, expression);
			return true;
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			VISIT(VariableAssignment, id);
			VISIT(VariableAssignment, init);
			return true;
		case FLUX_AST_MEMBER_ASSIGNMENT:
			VISIT(MemberAssignment, member);
			VISIT(MemberAssignment, init);
			return true;
		case FLUX_AST_OPTION_STATEMENT:
			VISIT(OptionStatement, assignment);
			return true;
		case FLUX_AST_RETURN_STATEMENT:
			VISIT(ReturnStatement, argument);
			return true;
		case FLUX_AST_BUILTIN_STATEMENT:
			VISIT(BuiltinStatement, id);
			VISIT(BuiltinStatement, type);
			return true;
		case FLUX_AST_TEST_CASE_STATEMENT:
			VISIT(TestCaseStatement, id);
			VISIT_OPTIONAL(TestCaseStatement, extends);
			VISIT(TestCaseStatement, block);
			return true;
		case FLUX_AST_BLOCK:
			VISIT_LIST(Block, body);
			return true;
		default:
			return false;
	}
}

/* Type expressions. False: the node is none. */
static bool
for_each_child_of_type(const FluxAst *node, ChildVisitor visit, void *argument)
{
	switch (node->kind)
	{
		case FLUX_AST_TYPE_EXPRESSION:
			VISIT(TypeExpression, monotype);
			VISIT_LIST(TypeExpression, constraints);
			return true;
		case FLUX_AST_TYPE_CONSTRAINT:
			VISIT(TypeConstraint, tvar);
			VISIT_LIST(TypeConstraint, kinds);
			return true;
		case FLUX_AST_NAMED_TYPE:
		case FLUX_AST_TVAR_TYPE:
			VISIT(NamedType, name);
			return true;
		case FLUX_AST_ARRAY_TYPE:
		case FLUX_AST_STREAM_TYPE:
		case FLUX_AST_VECTOR_TYPE:
			VISIT(ElementType, element);
			return true;
		case FLUX_AST_DICT_TYPE:
			VISIT(DictType, key);
			VISIT(DictType, value);
			return true;
		case FLUX_AST_RECORD_TYPE:
			VISIT_OPTIONAL(RecordType, tvar);
			VISIT_LIST(RecordType, properties);
			return true;
		case FLUX_AST_PROPERTY_TYPE:
			VISIT(PropertyType, name);
			VISIT(PropertyType, monotype);
			return true;
		case FLUX_AST_FUNCTION_TYPE:
			VISIT_LIST(FunctionType, parameters);
			VISIT(FunctionType, monotype);
			return true;
		case FLUX_AST_PARAMETER_TYPE:
			VISIT_OPTIONAL(ParameterType, name);
			VISIT(ParameterType, monotype);
			VISIT_OPTIONAL(ParameterType, default_label);
			return true;
		default:
			return false;
	}
}

/* Calls visit(child, argument) for each child of a node, in source order. */
static void
for_each_child(const FluxAst *node, ChildVisitor visit, void *argument)
{
	switch (node->kind)
	{
		case FLUX_AST_STRING_EXPRESSION:
			VISIT_LIST(StringExpression, parts);
			break;
		case FLUX_AST_INTERPOLATED_PART:
			VISIT(InterpolatedPart, expression);
			break;
		case FLUX_AST_ARRAY_EXPRESSION:
			VISIT_LIST(ArrayExpression, elements);
			break;
		case FLUX_AST_DICT_EXPRESSION:
			VISIT_LIST(DictExpression, elements);
			break;
		case FLUX_AST_DICT_ITEM:
			VISIT(DictItem, key);
			VISIT(DictItem, value);
			break;
		case FLUX_AST_OBJECT_EXPRESSION:
			VISIT_OPTIONAL(ObjectExpression, with);
			VISIT_LIST(ObjectExpression, properties);
			break;
		case FLUX_AST_PROPERTY:
			VISIT(Property, key);
			VISIT_OPTIONAL(Property, value);
			break;
		case FLUX_AST_FUNCTION_EXPRESSION:
			VISIT_LIST(FunctionExpression, params);
			VISIT(FunctionExpression, body);
			break;
		case FLUX_AST_CALL_EXPRESSION:
			VISIT(CallExpression, callee);
			VISIT_OPTIONAL(CallExpression, arguments);
			break;
		case FLUX_AST_PIPE_EXPRESSION:
			VISIT(PipeExpression, argument);
			VISIT(PipeExpression, call);
			break;
		case FLUX_AST_MEMBER_EXPRESSION:
			VISIT(MemberExpression, object);
			VISIT(MemberExpression, property);
			break;
		case FLUX_AST_INDEX_EXPRESSION:
			VISIT(IndexExpression, array);
			VISIT(IndexExpression, index);
			break;
		case FLUX_AST_BINARY_EXPRESSION:
			VISIT(BinaryExpression, left);
			VISIT(BinaryExpression, right);
			break;
		case FLUX_AST_LOGICAL_EXPRESSION:
			VISIT(LogicalExpression, left);
			VISIT(LogicalExpression, right);
			break;
		case FLUX_AST_UNARY_EXPRESSION:
			VISIT(UnaryExpression, argument);
			break;
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			VISIT(ConditionalExpression, test);
			VISIT(ConditionalExpression, consequent);
			VISIT(ConditionalExpression, alternate);
			break;
		case FLUX_AST_PAREN_EXPRESSION:
			VISIT(ParenExpression, expression);
			break;
		default:
			if (!for_each_child_of_statement(node, visit, argument))
				(void) for_each_child_of_type(node, visit, argument);
	}
}

typedef struct WalkState
{
	FluxAstVisitor visit;
	void *argument;
} WalkState;

static void
walk_child(const FluxAst *child, void *argument)
{
	WalkState *state = argument;

	check_stack_depth();
	if (state->visit(child, state->argument))
		for_each_child(child, walk_child, state);
}

void
flux_ast_walk(const FluxAst *node, FluxAstVisitor visit, void *argument)
{
	WalkState state = {visit, argument};

	walk_child(node, &state);
}

typedef struct DepthState
{
	int depth;
	int depth_max;
	bool is_deeper;
} DepthState;

static void
measure_child(const FluxAst *child, void *argument)
{
	DepthState *state = argument;

	if (state->is_deeper)
		return;
	if (state->depth == state->depth_max)
	{
		state->is_deeper = true;
		return;
	}
	state->depth++;
	for_each_child(child, measure_child, state);
	state->depth--;
}

bool
flux_ast_is_deeper(const FluxAst *node, int depth_max)
{
	DepthState state = {0, depth_max, false};

	measure_child(node, &state);
	return state.is_deeper;
}
