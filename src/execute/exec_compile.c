/*
 * exec_compile.c
 *		From a row function to a program.
 *
 * All types are known when it is compiled, for one set of columns; whatever
 * would need a type known only while running, or would be an error, makes the
 * function uncompilable, and the tree evaluator does (or says) it.
 *
 * What compiles: members of a row, literals, captured variables and their
 * members, arithmetic, comparison, logic, exists, match with a captured or
 * literal regexp, the conversions int() uint() float() bool() string() time(),
 * if, string interpolation, the functions of math, strings and date, and at the
 * top a record literal or {r with ...}; the body may be a block of variable
 * assignments and a return.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "evaluate/eval_scope.h"
#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "execute/program_tree.h"
#include "semantic/builtin_types.h"

typedef struct Compiler
{
	FluxEvaluator *evaluator;
	const FluxFunction *function;
	const FluxText *names; /* row parameters */
	const FluxSchema *const *schemas;
	int row_parameter_count;
	FluxText *variable_names;
	FluxProgram *program;
} Compiler;

static FluxProgramNode *compile(Compiler *compiler, const FluxAst *expression);

static FluxProgramNode *
make_node(FluxNodeKind kind, FluxColumnType type, const FluxAst *expression, int child_count)
{
	FluxProgramNode *node = palloc0(sizeof(FluxProgramNode));

	node->kind = kind;
	node->type = type;
	node->span = expression->span;
	node->child_count = child_count;
	if (child_count > 0)
		node->children = palloc0(child_count * sizeof(FluxProgramNode *));
	return node;
}

static FluxProgramNode *
make_null(FluxColumnType type, const FluxAst *expression)
{
	FluxProgramNode *node = make_node(FLUX_NODE_NULL, type, expression, 0);

	if (type != 0)
		node->constant = flux_column_constant_null(type);
	return node;
}

/* A constant, if it is of a type that columns have; else NULL. */
static FluxProgramNode *
make_constant(FluxValue value, const FluxAst *expression)
{
	FluxProgramNode *node;

	if (value.kind == FLUX_KIND_INVALID)
		return make_null(0, expression);
	if (!flux_kind_is_column_type(value.kind))
		return NULL;
	if (value.is_null)
		return make_null((FluxColumnType) value.kind, expression);
	node = make_node(FLUX_NODE_CONSTANT, (FluxColumnType) value.kind, expression, 0);
	node->constant = flux_column_of_value(node->type, value);
	return node;
}

/* Position of a row parameter's name, or -1. */
static int
row_parameter(const Compiler *compiler, const FluxAst *expression)
{
	expression = flux_ast_unparen(expression);
	if (expression->kind != FLUX_AST_IDENTIFIER)
		return -1;
	for (int i = 0; i < compiler->row_parameter_count; i++)
	{
		if (flux_text_equal(compiler->names[i], ((const FluxIdentifier *) expression)->name))
			return i;
	}
	return -1;
}

/* A column of a row parameter; the untyped null when its table has none. */
static FluxProgramNode *
compile_column(Compiler *compiler, int parameter, FluxText label, const FluxAst *expression)
{
	int column = flux_schema_find(compiler->schemas[parameter], label);
	FluxProgramNode *node;

	if (column < 0)
		return make_null(0, expression);
	node = make_node(FLUX_NODE_COLUMN, compiler->schemas[parameter]->types[column], expression, 0);
	node->index = column;
	for (int i = 0; i < parameter; i++)
		node->index += compiler->schemas[i]->count;
	return node;
}

static FluxProgramNode *
compile_identifier(Compiler *compiler, const FluxAst *expression)
{
	FluxText name = ((const FluxIdentifier *) expression)->name;

	for (int i = compiler->program->variable_count - 1; i >= 0; i--)
	{
		if (flux_text_equal(compiler->variable_names[i], name))
		{
			FluxProgramNode *node =
				make_node(FLUX_NODE_VARIABLE, compiler->program->variables[i]->type, expression, 0);

			node->index = i;
			return node->type != 0 ? node : make_null(0, expression);
		}
	}
	if (!flux_expression_is_captured(compiler->function, expression))
		return NULL;
	return make_constant(
		flux_evaluate_captured(compiler->evaluator, compiler->function, expression), expression);
}

/* Is it a chain of members that begins with a name? */
static bool
is_member_chain(const FluxAst *expression)
{
	expression = flux_ast_unparen(expression);
	while (expression->kind == FLUX_AST_MEMBER_EXPRESSION)
		expression = flux_ast_unparen(((const FluxMemberExpression *) expression)->object);
	return expression->kind == FLUX_AST_IDENTIFIER;
}

/* Does the chain begin with a variable of the block? */
static bool
begins_with_variable(const Compiler *compiler, const FluxAst *expression)
{
	expression = flux_ast_unparen(expression);
	while (expression->kind == FLUX_AST_MEMBER_EXPRESSION)
		expression = flux_ast_unparen(((const FluxMemberExpression *) expression)->object);
	return expression->kind == FLUX_AST_IDENTIFIER &&
		   flux_texts_contain(compiler->variable_names, compiler->program->variable_count,
							  ((const FluxIdentifier *) expression)->name);
}

static FluxProgramNode *
compile_member(Compiler *compiler, const FluxAst *expression)
{
	const FluxMemberExpression *member = (const FluxMemberExpression *) expression;
	int parameter = row_parameter(compiler, member->object);

	if (parameter >= 0)
		return compile_column(compiler, parameter, flux_ast_key_text(member->property), expression);
	if (!is_member_chain(expression) || begins_with_variable(compiler, expression) ||
		!flux_expression_is_captured(compiler->function, expression))
		return NULL;
	return make_constant(
		flux_evaluate_captured(compiler->evaluator, compiler->function, expression), expression);
}

static bool
is_numeric(FluxColumnType type)
{
	return flux_type_is_numeric(type);
}

/* Type of an arithmetic result, 0 when there is none. */
static FluxColumnType
arithmetic_type(FluxBinaryOperator op, FluxColumnType type)
{
	if (op == FLUX_OP_ADD && type == FLUX_COLUMN_STRING)
		return FLUX_COLUMN_STRING;
	if (!is_numeric(type))
		return 0;
	return op == FLUX_OP_POW ? FLUX_COLUMN_FLOAT : type;
}

static bool
can_compare(FluxBinaryOperator op, FluxColumnType left, FluxColumnType right)
{
	if (is_numeric(left) && is_numeric(right))
		return true;
	if (left != right)
		return false;
	if (left == FLUX_COLUMN_BOOL)
		return op == FLUX_OP_EQ || op == FLUX_OP_NEQ;
	return left == FLUX_COLUMN_STRING || left == FLUX_COLUMN_TIME;
}

/* r.x =~ /re/: the right side is a literal or captured. */
static FluxProgramNode *
compile_match(Compiler *compiler, const FluxBinaryExpression *binary)
{
	const FluxAst *right = flux_ast_unparen(binary->right);
	FluxProgramNode *left = compile(compiler, binary->left);
	FluxProgramNode *node;
	const FluxRegexp *regexp;

	if (left == NULL || (left->type != 0 && left->type != FLUX_COLUMN_STRING))
		return NULL;
	if (right->kind == FLUX_AST_REGEXP_LITERAL)
		regexp = ((const FluxRegexpLiteral *) right)->regexp;
	else if (is_member_chain(right) && !begins_with_variable(compiler, right) &&
			 flux_expression_is_captured(compiler->function, right))
	{
		FluxValue value = flux_evaluate_captured(compiler->evaluator, compiler->function, right);

		if (value.kind != FLUX_KIND_REGEXP || value.is_null)
			return NULL;
		regexp = value.as.regexp;
	}
	else
		return NULL;
	if (regexp == NULL)
		return NULL;
	if (left->type == 0)
		return make_null(FLUX_COLUMN_BOOL, &binary->ast);
	node = make_node(FLUX_NODE_MATCH, FLUX_COLUMN_BOOL, &binary->ast, 1);
	node->children[0] = left;
	node->regexp = regexp;
	node->flag = binary->op == FLUX_OP_NOT_MATCH;
	return node;
}

static FluxProgramNode *
compile_binary(Compiler *compiler, const FluxBinaryExpression *binary)
{
	bool is_arithmetic = binary->op <= FLUX_OP_POW;
	FluxProgramNode *left;
	FluxProgramNode *right;
	FluxProgramNode *node;
	FluxColumnType type;

	if (binary->op == FLUX_OP_MATCH || binary->op == FLUX_OP_NOT_MATCH)
		return compile_match(compiler, binary);
	left = compile(compiler, binary->left);
	right = left == NULL ? NULL : compile(compiler, binary->right);
	if (right == NULL || (left->type == 0 && right->type == 0))
		return NULL;

	/* a null of unknown type takes the other's, and makes the result null */
	type = left->type != 0 ? left->type : right->type;
	if (left->type == 0 || right->type == 0)
	{
		if (is_arithmetic)
			type = arithmetic_type(binary->op, type);
		else
			type = can_compare(binary->op, type, type) ? FLUX_COLUMN_BOOL : 0;
		/* the other side is still evaluated by the tree: it may raise */
		if (type == 0 || (left->type != 0 ? left : right)->child_count > 0)
			return NULL;
		return make_null(type, &binary->ast);
	}
	if (is_arithmetic)
		type = left->type == right->type ? arithmetic_type(binary->op, left->type) : 0;
	else
		type = can_compare(binary->op, left->type, right->type) ? FLUX_COLUMN_BOOL : 0;
	if (type == 0)
		return NULL;
	node =
		make_node(is_arithmetic ? FLUX_NODE_ARITHMETIC : FLUX_NODE_COMPARE, type, &binary->ast, 2);
	node->op = binary->op;
	node->children[0] = left;
	node->children[1] = right;
	return node;
}

static FluxProgramNode *
compile_unary(Compiler *compiler, const FluxUnaryExpression *unary)
{
	FluxProgramNode *argument = compile(compiler, unary->argument);
	FluxProgramNode *node;
	FluxColumnType type;
	FluxNodeKind kind;

	if (argument == NULL)
		return NULL;
	type = argument->type;
	switch (unary->op)
	{
		case FLUX_UNARY_PLUS:
			return argument;
		case FLUX_UNARY_EXISTS:
			if (type == 0)
				return make_constant(flux_value_bool(false), &unary->ast);
			kind = FLUX_NODE_EXISTS;
			type = FLUX_COLUMN_BOOL;
			break;
		case FLUX_UNARY_NOT:
			if (type == 0)
				return make_null(FLUX_COLUMN_BOOL, &unary->ast);
			if (type != FLUX_COLUMN_BOOL)
				return NULL;
			kind = FLUX_NODE_NOT;
			break;
		default:
			if (type == 0)
				return argument;
			if (type != FLUX_COLUMN_INT && type != FLUX_COLUMN_FLOAT)
				return NULL;
			kind = FLUX_NODE_NEGATE;
	}
	node = make_node(kind, type, &unary->ast, 1);
	node->children[0] = argument;
	return node;
}

static FluxProgramNode *
compile_logical(Compiler *compiler, const FluxLogicalExpression *logical)
{
	FluxProgramNode *left = compile(compiler, logical->left);
	FluxProgramNode *right = left == NULL ? NULL : compile(compiler, logical->right);
	FluxProgramNode *node;

	if (right == NULL)
		return NULL;
	if (left->type == 0)
		left = make_null(FLUX_COLUMN_BOOL, logical->left);
	if (right->type == 0)
		right = make_null(FLUX_COLUMN_BOOL, logical->right);
	if (left->type != FLUX_COLUMN_BOOL || right->type != FLUX_COLUMN_BOOL)
		return NULL;
	node = make_node(FLUX_NODE_LOGICAL, FLUX_COLUMN_BOOL, &logical->ast, 2);
	node->flag = logical->is_and;
	node->children[0] = left;
	node->children[1] = right;
	return node;
}

static FluxProgramNode *
compile_conditional(Compiler *compiler, const FluxConditionalExpression *conditional)
{
	FluxProgramNode *test = compile(compiler, conditional->test);
	FluxProgramNode *then = test == NULL ? NULL : compile(compiler, conditional->consequent);
	FluxProgramNode *otherwise = then == NULL ? NULL : compile(compiler, conditional->alternate);
	FluxProgramNode *node;

	if (otherwise == NULL)
		return NULL;
	if (test->type == 0)
		test = make_null(FLUX_COLUMN_BOOL, conditional->test);
	/* both sides are of one type, that of an untyped null included */
	if (then->type == 0)
		then = make_null(otherwise->type, conditional->consequent);
	if (otherwise->type == 0)
		otherwise = make_null(then->type, conditional->alternate);
	if (test->type != FLUX_COLUMN_BOOL || then->type != otherwise->type || then->type == 0)
		return NULL;
	node = make_node(FLUX_NODE_CONDITIONAL, then->type, &conditional->ast, 3);
	node->children[0] = test;
	node->children[1] = then;
	node->children[2] = otherwise;
	return node;
}

/* The library function that a callee is, or NULL. */
static const FluxFunction *
library_function(Compiler *compiler, const FluxAst *callee)
{
	FluxValue value;

	callee = flux_ast_unparen(callee);
	if (!is_member_chain(callee) || begins_with_variable(compiler, callee) ||
		!flux_expression_is_captured(compiler->function, callee))
		return NULL;
	value = flux_evaluate_captured(compiler->evaluator, compiler->function, callee);
	if (value.kind != FLUX_KIND_FUNCTION || value.is_null || value.as.function->builtin == NULL ||
		value.as.function->bound != NULL)
		return NULL;
	return value.as.function;
}

/* The column type that a conversion function of package universe gives, or 0. */
static FluxColumnType
conversion_of(const FluxBuiltin *builtin)
{
	static const char *const names[] = {"bool", "int", "uint", "float", "string", "time"};

	if (strcmp(builtin->package, "universe") != 0)
		return 0;
	for (int i = 0; i < lengthof(names); i++)
	{
		if (strcmp(builtin->name, names[i]) == 0)
			return FLUX_COLUMN_BOOL + i;
	}
	return 0;
}

/* The column type that a function of these packages always gives, or 0. */
static FluxColumnType
result_of(const FluxBuiltin *builtin)
{
	static const char *const packages[] = {"math", "strings", "date"};
	const FluxBuiltinRow *row;
	const char *type;

	if (builtin->kind != FLUX_BUILTIN_SCALAR)
		return 0;
	for (int i = 0; i < lengthof(packages); i++)
	{
		if (strcmp(builtin->package, packages[i]) != 0)
			continue;
		row = flux_builtin_find(flux_text_from_cstring(builtin->package),
								flux_text_from_cstring(builtin->name));
		type = row != NULL ? strstr(row->type, ") => ") : NULL;
		for (FluxColumnType t = FLUX_COLUMN_BOOL; type != NULL && t <= FLUX_COLUMN_TIME; t++)
		{
			const char *name = flux_column_type_name(t);
			size_t size = strlen(name);

			if (strncmp(type + 5, name, size) == 0 &&
				(type[5 + size] == '\0' || type[5 + size] == ' '))
				return t;
		}
	}
	return 0;
}

/* Are these the function's arguments, none missing? */
static bool
arguments_fit(const FluxFunction *function, const FluxRecord *arguments)
{
	const FluxParameter *parameters;
	int count = flux_function_parameters(function, &parameters);
	int used = 0;

	for (int i = 0; i < count; i++)
	{
		bool is_given = flux_texts_contain(arguments->keys, arguments->count, parameters[i].name);

		used += is_given;
		if (!is_given && !parameters[i].is_optional)
			return false;
	}
	return used == arguments->count;
}

/* An argument that is the same for all rows and of no column type: a duration. */
static bool
captured_argument(Compiler *compiler, const FluxAst *expression, FluxValue *value)
{
	expression = flux_ast_unparen(expression);
	if (expression->kind != FLUX_AST_DURATION_LITERAL &&
		(!is_member_chain(expression) || begins_with_variable(compiler, expression) ||
		 !flux_expression_is_captured(compiler->function, expression)))
		return false;
	*value = flux_evaluate_captured(compiler->evaluator, compiler->function, expression);
	return true;
}

/* A call of a library function; NULL when it must be left to the tree evaluator. */
static FluxProgramNode *
compile_library_call(Compiler *compiler, const FluxCallExpression *call,
					 const FluxFunction *function)
{
	FluxColumnType type = result_of(function->builtin);
	int count = call->arguments == NULL ? 0 : call->arguments->properties.count;
	FluxProgramNode *node;
	FluxProgramCall *own;
	FluxText *keys;

	if (type == 0 || count == 0 || call->arguments->with != NULL || compiler->program->is_library)
		return NULL;
	node = make_node(FLUX_NODE_CALL, type, &call->ast, count);
	own = node->call = palloc0(sizeof(FluxProgramCall));
	keys = palloc0(count * sizeof(FluxText));
	own->builtin = function->builtin;
	own->values = palloc0(count * sizeof(FluxValue));
	own->places = palloc0(count * sizeof(int));
	own->arguments.keys = keys;
	own->arguments.values = own->values;
	own->arguments.count = count;
	node->child_count = 0;
	for (int i = 0; i < count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) call->arguments->properties.items[i];
		FluxProgramNode *argument;

		if (property->value == NULL)
			return NULL;
		keys[i] = flux_ast_key_text(property->key);
		if (flux_texts_contain(keys, i, keys[i]))
			return NULL;
		argument = compile(compiler, property->value);
		if (argument == NULL)
		{
			if (!captured_argument(compiler, property->value, &own->values[i]))
				return NULL;
			continue;
		}
		if (argument->type == 0)
			return NULL;
		own->places[node->child_count] = i;
		node->children[node->child_count++] = argument;
	}
	return arguments_fit(function, &own->arguments) ? node : NULL;
}

static bool
can_convert(FluxColumnType from, FluxColumnType to)
{
	switch (to)
	{
		case FLUX_COLUMN_BOOL:
			return from != FLUX_COLUMN_TIME;
		case FLUX_COLUMN_FLOAT:
			return from != FLUX_COLUMN_TIME;
		case FLUX_COLUMN_TIME:
			return from == FLUX_COLUMN_TIME || from == FLUX_COLUMN_STRING ||
				   from == FLUX_COLUMN_INT || from == FLUX_COLUMN_UINT;
		default:
			return true;
	}
}

static FluxProgramNode *
compile_call(Compiler *compiler, const FluxCallExpression *call)
{
	const FluxFunction *function = library_function(compiler, call->callee);
	FluxColumnType to;
	const FluxProperty *property;
	FluxProgramNode *argument;
	FluxProgramNode *node;

	if (function == NULL)
		return NULL;
	to = conversion_of(function->builtin);
	if (to == 0)
		return compile_library_call(compiler, call, function);
	if (call->arguments == NULL || call->arguments->with != NULL ||
		call->arguments->properties.count != 1)
		return NULL;
	property = (const FluxProperty *) call->arguments->properties.items[0];
	if (property->value == NULL || !flux_text_equal_cstring(flux_ast_key_text(property->key), "v"))
		return NULL;
	argument = compile(compiler, property->value);
	if (argument == NULL)
		return NULL;
	if (argument->type == 0)
		return make_null(to, &call->ast);
	if (!can_convert(argument->type, to))
		return NULL;
	node = make_node(FLUX_NODE_CONVERT, to, &call->ast, 1);
	node->children[0] = argument;
	return node;
}

static FluxProgramNode *
compile_interpolation(Compiler *compiler, const FluxStringExpression *expression)
{
	FluxProgramNode *node = make_node(FLUX_NODE_INTERPOLATE, FLUX_COLUMN_STRING, &expression->ast,
									  expression->parts.count);

	for (int i = 0; i < expression->parts.count; i++)
	{
		const FluxAst *part = expression->parts.items[i];

		if (part->kind == FLUX_AST_TEXT_PART)
			node->children[i] =
				make_constant(flux_value_string(((const FluxTextPart *) part)->value), part);
		else
			node->children[i] =
				compile(compiler, ((const FluxInterpolatedPart *) part)->expression);
		if (node->children[i] == NULL || node->children[i]->type == 0)
			return NULL;
	}
	return node;
}

/* NULL when the expression cannot be compiled. */
static FluxProgramNode *
compile(Compiler *compiler, const FluxAst *expression)
{
	check_stack_depth();
	expression = flux_ast_unparen(expression);
	switch (expression->kind)
	{
		case FLUX_AST_IDENTIFIER:
			return compile_identifier(compiler, expression);
		case FLUX_AST_MEMBER_EXPRESSION:
			return compile_member(compiler, expression);
		case FLUX_AST_INTEGER_LITERAL:
			return make_constant(flux_value_int(((const FluxIntegerLiteral *) expression)->value),
								 expression);
		case FLUX_AST_FLOAT_LITERAL:
			return make_constant(flux_value_float(((const FluxFloatLiteral *) expression)->value),
								 expression);
		case FLUX_AST_STRING_LITERAL:
			return make_constant(flux_value_string(((const FluxStringLiteral *) expression)->value),
								 expression);
		case FLUX_AST_DATE_TIME_LITERAL:
			return make_constant(
				flux_value_time(((const FluxDateTimeLiteral *) expression)->value_ns), expression);
		case FLUX_AST_BINARY_EXPRESSION:
			return compile_binary(compiler, (const FluxBinaryExpression *) expression);
		case FLUX_AST_UNARY_EXPRESSION:
			return compile_unary(compiler, (const FluxUnaryExpression *) expression);
		case FLUX_AST_LOGICAL_EXPRESSION:
			return compile_logical(compiler, (const FluxLogicalExpression *) expression);
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			return compile_conditional(compiler, (const FluxConditionalExpression *) expression);
		case FLUX_AST_CALL_EXPRESSION:
			return compile_call(compiler, (const FluxCallExpression *) expression);
		case FLUX_AST_STRING_EXPRESSION:
			return compile_interpolation(compiler, (const FluxStringExpression *) expression);
		default:
			return NULL;
	}
}

/* ---- records ---- */

/* Appends the columns of a row parameter, for {r with ...}. */
static void
copy_row_members(Compiler *compiler, int parameter, const FluxAst *expression)
{
	FluxProgram *program = compiler->program;
	const FluxSchema *schema = compiler->schemas[parameter];

	for (int i = 0; i < schema->count; i++)
	{
		FluxProgramMember *member = &program->members[program->member_count++];

		member->label = schema->labels[i];
		member->node = compile_column(compiler, parameter, schema->labels[i], expression);
		member->is_copied = true;
	}
}

/* Sets a member; false when the literal has it twice. */
static bool
set_member(FluxProgram *program, FluxText label, FluxProgramNode *node)
{
	int at = 0;

	while (at < program->member_count && !flux_text_equal(program->members[at].label, label))
		at++;
	if (at == program->member_count)
		program->member_count++;
	else if (!program->members[at].is_copied)
		return false;
	program->members[at].label = label;
	program->members[at].node = node;
	program->members[at].is_copied = false;
	return true;
}

static int
compare_members(const void *a, const void *b)
{
	return flux_text_compare(((const FluxProgramMember *) a)->label,
							 ((const FluxProgramMember *) b)->label);
}

/* Members sorted, those that make no column taken out; the schema. */
static void
finish_record(FluxProgram *program)
{
	int kept = 0;

	for (int i = 0; i < program->member_count; i++)
	{
		if (program->members[i].node->type != 0)
			program->members[kept++] = program->members[i];
	}
	program->member_count = kept;
	qsort(program->members, kept, sizeof(FluxProgramMember), compare_members);
	program->schema = flux_schema_create(kept);
	for (int i = 0; i < kept; i++)
		flux_schema_add(program->schema, program->members[i].label, program->members[i].node->type);
}

static bool
compile_record(Compiler *compiler, const FluxObjectExpression *object)
{
	FluxProgram *program = compiler->program;
	int capacity = object->properties.count + 1;

	for (int i = 0; i < compiler->row_parameter_count; i++)
		capacity += compiler->schemas[i]->count;
	program->members = palloc0(capacity * sizeof(FluxProgramMember));
	if (object->with != NULL)
	{
		int parameter = row_parameter(compiler, &object->with->ast);

		if (parameter < 0 || begins_with_variable(compiler, &object->with->ast))
			return false;
		copy_row_members(compiler, parameter, &object->ast);
		program->is_with = compiler->row_parameter_count == 1;
	}
	for (int i = 0; i < object->properties.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) object->properties.items[i];
		FluxProgramNode *node;

		/* the shorthand {a} stands for the variable a */
		node = compile(compiler, property->value != NULL ? property->value : property->key);
		if (node == NULL || !set_member(program, flux_ast_key_text(property->key), node))
			return false;
	}
	finish_record(program);
	return true;
}

static bool
compile_result(Compiler *compiler, const FluxAst *expression)
{
	expression = flux_ast_unparen(expression);
	if (expression->kind == FLUX_AST_OBJECT_EXPRESSION)
		return compile_record(compiler, (const FluxObjectExpression *) expression);
	compiler->program->value = compile(compiler, expression);
	return compiler->program->value != NULL && compiler->program->value->type != 0;
}

/* { x = ...  y = ...  return ... } */
static bool
compile_block(Compiler *compiler, const FluxBlock *block)
{
	FluxProgram *program = compiler->program;

	compiler->variable_names = palloc(Max(block->body.count, 1) * sizeof(FluxText));
	program->variables = palloc(Max(block->body.count, 1) * sizeof(FluxProgramNode *));
	for (int i = 0; i < block->body.count; i++)
	{
		const FluxAst *statement = block->body.items[i];

		if (statement->kind == FLUX_AST_RETURN_STATEMENT)
			return compile_result(compiler, ((const FluxReturnStatement *) statement)->argument);
		if (statement->kind == FLUX_AST_VARIABLE_ASSIGNMENT)
		{
			const FluxVariableAssignment *assignment = (const FluxVariableAssignment *) statement;
			FluxProgramNode *node = compile(compiler, assignment->init);

			if (node == NULL)
				return false;
			compiler->variable_names[program->variable_count] = assignment->id->name;
			program->variables[program->variable_count++] = node;
			continue;
		}
		return false;
	}
	return false;
}

FluxProgram *
flux_program_compile(FluxOperator *op, const FluxFunction *function, const FluxText *names,
					 const FluxSchema *const *schemas, int row_parameter_count)
{
	Compiler compiler = {
		.evaluator = op->exec->evaluator,
		.function = function,
		.names = names,
		.schemas = schemas,
		.row_parameter_count = row_parameter_count,
	};
	const FluxAst *body;
	bool is_compiled;

	if (function->lambda == NULL)
		return NULL;
	compiler.program = palloc0(sizeof(FluxProgram));
	compiler.program->evaluator = op->exec->evaluator;
	compiler.program->source = function->source;
	compiler.program->is_library = function->source != NULL && function->source->name != NULL;
	if (compiler.program->is_library)
	{
		compiler.program->source = op->node->source;
		compiler.program->span = op->node->span;
	}
	body = flux_ast_unparen(function->lambda->body);
	if (body->kind == FLUX_AST_BLOCK)
		is_compiled = compile_block(&compiler, (const FluxBlock *) body);
	else
		is_compiled = compile_result(&compiler, body);
	return is_compiled ? compiler.program : NULL;
}
