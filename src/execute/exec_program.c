/*
 * exec_program.c
 *		Row functions compiled to programs over column vectors.
 *
 * A program is a tree of typed nodes over the columns of the row parameters.
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
 *
 * Library functions are called as the tree evaluator calls them, so that their
 * answers and errors are the same, but without scopes, records of rows or
 * lookups of names for each row.
 *
 * Evaluation goes node by node over a whole batch.  Rows that the language
 * would not have evaluated (behind a false "and", in the branch not taken) are
 * computed along, but cannot raise errors: they are not "active".
 */
#include "postgres.h"

#include "miscadmin.h"

#include "evaluate/eval_scope.h"
#include "execute/exec_kernel.h"
#include "execute/exec_program.h"
#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "semantic/builtin_types.h"

typedef enum NodeKind
{
	NODE_COLUMN,				/* of a row parameter */
	NODE_CONSTANT,
	NODE_NULL,					/* null, typed or (type 0) not */
	NODE_VARIABLE,				/* of the block, evaluated before */
	NODE_ARITHMETIC,
	NODE_COMPARE,
	NODE_MATCH,
	NODE_NEGATE,
	NODE_NOT,
	NODE_EXISTS,
	NODE_CONVERT,
	NODE_LOGICAL,
	NODE_CONDITIONAL,
	NODE_INTERPOLATE,
	NODE_CALL					/* of a library function */
} NodeKind;

/* What a NODE_CALL needs besides its children, the arguments of column types. */
typedef struct ProgramCall
{
	const FluxBuiltin *builtin;
	FluxRecord	arguments;		/* all of them, by name */
	FluxValue  *values;			/* of these; those of children change by row */
	int		   *places;			/* by child: its argument */
} ProgramCall;

typedef struct ProgramNode
{
	NodeKind	kind;
	FluxColumnType type;		/* 0: untyped null */
	FluxSpan	span;
	int			index;			/* COLUMN: position; VARIABLE: slot */
	FluxColumn	constant;		/* CONSTANT, NULL with a type */
	FluxBinaryOperator op;
	bool		flag;			/* LOGICAL: is "and"; MATCH: negated */
	const FluxRegexp *regexp;
	ProgramCall *call;
	struct ProgramNode **children;
	int			child_count;
} ProgramNode;

/* A member of the resulting record. */
typedef struct ProgramMember
{
	FluxText	label;
	ProgramNode *node;
	bool		is_copied;		/* from {r with}, untouched */
} ProgramMember;

struct FluxProgram
{
	FluxEvaluator *evaluator;
	FluxSourceText *source;		/* place of errors */
	bool		is_library;		/* of the library: their place is "span" alone */
	FluxSpan	span;
	ProgramNode **variables;	/* of the block, in order */
	int			variable_count;
	ProgramNode *value;			/* a value, or NULL: */
	ProgramMember *members;		/* a record, sorted by label */
	int			member_count;
	bool		is_with;		/* {r with ...} of the only row parameter */
	FluxSchema *schema;			/* of the record */
};

/* ---- compiling ---- */

typedef struct Compiler
{
	FluxEvaluator *evaluator;
	const FluxFunction *function;
	const FluxText *names;		/* row parameters */
	const FluxSchema *const *schemas;
	int			row_parameter_count;
	FluxText   *variable_names;
	FluxProgram *program;
} Compiler;

static ProgramNode *compile(Compiler *compiler, const FluxAst *expression);

static ProgramNode *
make_node(NodeKind kind, FluxColumnType type, const FluxAst *expression, int child_count)
{
	ProgramNode *node = palloc0(sizeof(ProgramNode));

	node->kind = kind;
	node->type = type;
	node->span = expression->span;
	node->child_count = child_count;
	if (child_count > 0)
		node->children = palloc0(child_count * sizeof(ProgramNode *));
	return node;
}

static ProgramNode *
make_null(FluxColumnType type, const FluxAst *expression)
{
	ProgramNode *node = make_node(NODE_NULL, type, expression, 0);

	if (type != 0)
		node->constant = flux_column_constant_null(type);
	return node;
}

/* A constant, if it is of a type that columns have; else NULL. */
static ProgramNode *
make_constant(FluxValue value, const FluxAst *expression)
{
	ProgramNode *node;

	if (value.kind == FLUX_KIND_INVALID)
		return make_null(0, expression);
	if (!flux_kind_is_column_type(value.kind))
		return NULL;
	if (value.is_null)
		return make_null((FluxColumnType) value.kind, expression);
	node = make_node(NODE_CONSTANT, (FluxColumnType) value.kind, expression, 0);
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
static ProgramNode *
compile_column(Compiler *compiler, int parameter, FluxText label, const FluxAst *expression)
{
	int			column = flux_schema_find(compiler->schemas[parameter], label);
	ProgramNode *node;

	if (column < 0)
		return make_null(0, expression);
	node = make_node(NODE_COLUMN, compiler->schemas[parameter]->types[column], expression, 0);
	node->index = column;
	for (int i = 0; i < parameter; i++)
		node->index += compiler->schemas[i]->count;
	return node;
}

static ProgramNode *
compile_identifier(Compiler *compiler, const FluxAst *expression)
{
	FluxText	name = ((const FluxIdentifier *) expression)->name;

	for (int i = compiler->program->variable_count - 1; i >= 0; i--)
	{
		if (flux_text_equal(compiler->variable_names[i], name))
		{
			ProgramNode *node = make_node(NODE_VARIABLE, compiler->program->variables[i]->type,
										  expression, 0);

			node->index = i;
			return node->type != 0 ? node : make_null(0, expression);
		}
	}
	if (!flux_expression_is_captured(compiler->function, expression))
		return NULL;
	return make_constant(flux_evaluate_captured(compiler->evaluator, compiler->function,
												expression), expression);
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

static ProgramNode *
compile_member(Compiler *compiler, const FluxAst *expression)
{
	const FluxMemberExpression *member = (const FluxMemberExpression *) expression;
	int			parameter = row_parameter(compiler, member->object);

	if (parameter >= 0)
		return compile_column(compiler, parameter, flux_ast_key_text(member->property),
							  expression);
	if (!is_member_chain(expression) || begins_with_variable(compiler, expression) ||
		!flux_expression_is_captured(compiler->function, expression))
		return NULL;
	return make_constant(flux_evaluate_captured(compiler->evaluator, compiler->function,
												expression), expression);
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
static ProgramNode *
compile_match(Compiler *compiler, const FluxBinaryExpression *binary)
{
	const FluxAst *right = flux_ast_unparen(binary->right);
	ProgramNode *left = compile(compiler, binary->left);
	ProgramNode *node;
	const FluxRegexp *regexp;

	if (left == NULL || (left->type != 0 && left->type != FLUX_COLUMN_STRING))
		return NULL;
	if (right->kind == FLUX_AST_REGEXP_LITERAL)
		regexp = ((const FluxRegexpLiteral *) right)->regexp;
	else if (is_member_chain(right) && !begins_with_variable(compiler, right) &&
			 flux_expression_is_captured(compiler->function, right))
	{
		FluxValue	value = flux_evaluate_captured(compiler->evaluator, compiler->function, right);

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
	node = make_node(NODE_MATCH, FLUX_COLUMN_BOOL, &binary->ast, 1);
	node->children[0] = left;
	node->regexp = regexp;
	node->flag = binary->op == FLUX_OP_NOT_MATCH;
	return node;
}

static ProgramNode *
compile_binary(Compiler *compiler, const FluxBinaryExpression *binary)
{
	bool		is_arithmetic = binary->op <= FLUX_OP_POW;
	ProgramNode *left;
	ProgramNode *right;
	ProgramNode *node;
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
	node = make_node(is_arithmetic ? NODE_ARITHMETIC : NODE_COMPARE, type, &binary->ast, 2);
	node->op = binary->op;
	node->children[0] = left;
	node->children[1] = right;
	return node;
}

static ProgramNode *
compile_unary(Compiler *compiler, const FluxUnaryExpression *unary)
{
	ProgramNode *argument = compile(compiler, unary->argument);
	ProgramNode *node;
	FluxColumnType type;
	NodeKind	kind;

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
			kind = NODE_EXISTS;
			type = FLUX_COLUMN_BOOL;
			break;
		case FLUX_UNARY_NOT:
			if (type == 0)
				return make_null(FLUX_COLUMN_BOOL, &unary->ast);
			if (type != FLUX_COLUMN_BOOL)
				return NULL;
			kind = NODE_NOT;
			break;
		default:
			if (type == 0)
				return argument;
			if (type != FLUX_COLUMN_INT && type != FLUX_COLUMN_FLOAT)
				return NULL;
			kind = NODE_NEGATE;
	}
	node = make_node(kind, type, &unary->ast, 1);
	node->children[0] = argument;
	return node;
}

static ProgramNode *
compile_logical(Compiler *compiler, const FluxLogicalExpression *logical)
{
	ProgramNode *left = compile(compiler, logical->left);
	ProgramNode *right = left == NULL ? NULL : compile(compiler, logical->right);
	ProgramNode *node;

	if (right == NULL)
		return NULL;
	if (left->type == 0)
		left = make_null(FLUX_COLUMN_BOOL, logical->left);
	if (right->type == 0)
		right = make_null(FLUX_COLUMN_BOOL, logical->right);
	if (left->type != FLUX_COLUMN_BOOL || right->type != FLUX_COLUMN_BOOL)
		return NULL;
	node = make_node(NODE_LOGICAL, FLUX_COLUMN_BOOL, &logical->ast, 2);
	node->flag = logical->is_and;
	node->children[0] = left;
	node->children[1] = right;
	return node;
}

static ProgramNode *
compile_conditional(Compiler *compiler, const FluxConditionalExpression *conditional)
{
	ProgramNode *test = compile(compiler, conditional->test);
	ProgramNode *then = test == NULL ? NULL : compile(compiler, conditional->consequent);
	ProgramNode *otherwise = then == NULL ? NULL : compile(compiler, conditional->alternate);
	ProgramNode *node;

	if (otherwise == NULL)
		return NULL;
	if (test->type == 0)
		test = make_null(FLUX_COLUMN_BOOL, conditional->test);
	if (test->type != FLUX_COLUMN_BOOL || then->type != otherwise->type || then->type == 0)
		return NULL;
	node = make_node(NODE_CONDITIONAL, then->type, &conditional->ast, 3);
	node->children[0] = test;
	node->children[1] = then;
	node->children[2] = otherwise;
	return node;
}

/* The library function that a callee is, or NULL. */
static const FluxFunction *
library_function(Compiler *compiler, const FluxAst *callee)
{
	FluxValue	value;

	callee = flux_ast_unparen(callee);
	if (!is_member_chain(callee) || begins_with_variable(compiler, callee) ||
		!flux_expression_is_captured(compiler->function, callee))
		return NULL;
	value = flux_evaluate_captured(compiler->evaluator, compiler->function, callee);
	if (value.kind != FLUX_KIND_FUNCTION || value.is_null ||
		value.as.function->builtin == NULL || value.as.function->bound != NULL)
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
			size_t		size = strlen(name);

			if (strncmp(type + 5, name, size) == 0 && (type[5 + size] == '\0' || type[5 + size] == ' '))
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
	int			count = flux_function_parameters(function, &parameters);
	int			used = 0;

	for (int i = 0; i < count; i++)
	{
		bool		is_given = flux_texts_contain(arguments->keys, arguments->count,
												  parameters[i].name);

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
static ProgramNode *
compile_library_call(Compiler *compiler, const FluxCallExpression *call,
					 const FluxFunction *function)
{
	FluxColumnType type = result_of(function->builtin);
	int			count = call->arguments == NULL ? 0 : call->arguments->properties.count;
	ProgramNode *node;
	ProgramCall *own;
	FluxText   *keys;

	if (type == 0 || count == 0 || call->arguments->with != NULL || compiler->program->is_library)
		return NULL;
	node = make_node(NODE_CALL, type, &call->ast, count);
	own = node->call = palloc0(sizeof(ProgramCall));
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
		ProgramNode *argument;

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

static ProgramNode *
compile_call(Compiler *compiler, const FluxCallExpression *call)
{
	const FluxFunction *function = library_function(compiler, call->callee);
	FluxColumnType to;
	const FluxProperty *property;
	ProgramNode *argument;
	ProgramNode *node;

	if (function == NULL)
		return NULL;
	to = conversion_of(function->builtin);
	if (to == 0)
		return compile_library_call(compiler, call, function);
	if (call->arguments == NULL || call->arguments->with != NULL ||
		call->arguments->properties.count != 1)
		return NULL;
	property = (const FluxProperty *) call->arguments->properties.items[0];
	if (property->value == NULL ||
		!flux_text_equal_cstring(flux_ast_key_text(property->key), "v"))
		return NULL;
	argument = compile(compiler, property->value);
	if (argument == NULL)
		return NULL;
	if (argument->type == 0)
		return make_null(to, &call->ast);
	if (!can_convert(argument->type, to))
		return NULL;
	node = make_node(NODE_CONVERT, to, &call->ast, 1);
	node->children[0] = argument;
	return node;
}

static ProgramNode *
compile_interpolation(Compiler *compiler, const FluxStringExpression *expression)
{
	ProgramNode *node = make_node(NODE_INTERPOLATE, FLUX_COLUMN_STRING, &expression->ast,
								  expression->parts.count);

	for (int i = 0; i < expression->parts.count; i++)
	{
		const FluxAst *part = expression->parts.items[i];

		if (part->kind == FLUX_AST_TEXT_PART)
			node->children[i] = make_constant(flux_value_string(((const FluxTextPart *) part)->value),
											  part);
		else
			node->children[i] = compile(compiler,
										((const FluxInterpolatedPart *) part)->expression);
		if (node->children[i] == NULL || node->children[i]->type == 0)
			return NULL;
	}
	return node;
}

/* NULL when the expression cannot be compiled. */
static ProgramNode *
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
			return make_constant(flux_value_time(((const FluxDateTimeLiteral *) expression)->value_ns),
								 expression);
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
		ProgramMember *member = &program->members[program->member_count++];

		member->label = schema->labels[i];
		member->node = compile_column(compiler, parameter, schema->labels[i], expression);
		member->is_copied = true;
	}
}

/* Sets a member; false when the literal has it twice. */
static bool
set_member(FluxProgram *program, FluxText label, ProgramNode *node)
{
	int			at = 0;

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
	return flux_text_compare(((const ProgramMember *) a)->label,
							 ((const ProgramMember *) b)->label);
}

/* Members sorted, those that make no column taken out; the schema. */
static void
finish_record(FluxProgram *program)
{
	int			kept = 0;

	for (int i = 0; i < program->member_count; i++)
	{
		if (program->members[i].node->type != 0)
			program->members[kept++] = program->members[i];
	}
	program->member_count = kept;
	qsort(program->members, kept, sizeof(ProgramMember), compare_members);
	program->schema = flux_schema_create(kept);
	for (int i = 0; i < kept; i++)
		flux_schema_add(program->schema, program->members[i].label, program->members[i].node->type);
}

static bool
compile_record(Compiler *compiler, const FluxObjectExpression *object)
{
	FluxProgram *program = compiler->program;
	int			capacity = object->properties.count + 1;

	for (int i = 0; i < compiler->row_parameter_count; i++)
		capacity += compiler->schemas[i]->count;
	program->members = palloc0(capacity * sizeof(ProgramMember));
	if (object->with != NULL)
	{
		int			parameter = row_parameter(compiler, &object->with->ast);

		if (parameter < 0 || begins_with_variable(compiler, &object->with->ast))
			return false;
		copy_row_members(compiler, parameter, &object->ast);
		program->is_with = compiler->row_parameter_count == 1;
	}
	for (int i = 0; i < object->properties.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) object->properties.items[i];
		ProgramNode *node;

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
	program->variables = palloc(Max(block->body.count, 1) * sizeof(ProgramNode *));
	for (int i = 0; i < block->body.count; i++)
	{
		const FluxAst *statement = block->body.items[i];

		if (statement->kind == FLUX_AST_RETURN_STATEMENT)
			return compile_result(compiler, ((const FluxReturnStatement *) statement)->argument);
		if (statement->kind == FLUX_AST_VARIABLE_ASSIGNMENT)
		{
			const FluxVariableAssignment *assignment = (const FluxVariableAssignment *) statement;
			ProgramNode *node = compile(compiler, assignment->init);

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
	Compiler	compiler = {
		.evaluator = op->exec->evaluator,
		.function = function,
		.names = names,
		.schemas = schemas,
		.row_parameter_count = row_parameter_count,
	};
	const FluxAst *body;
	bool		is_compiled;

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

/* ---- what is known of it ---- */

bool
flux_program_gives_record(const FluxProgram *program)
{
	return program->value == NULL;
}

bool
flux_program_keeps_key(const FluxProgram *program, const FluxGroupKey *key)
{
	if (program->value != NULL || !program->is_with)
		return false;
	for (int i = 0; i < key->count; i++)
	{
		bool		is_kept = false;

		for (int j = 0; j < program->member_count && !is_kept; j++)
			is_kept = program->members[j].is_copied &&
				flux_text_equal(program->members[j].label, key->labels[i]);
		if (!is_kept)
			return false;
	}
	return true;
}

/* ---- evaluating ---- */

typedef struct Run
{
	FluxProgram *program;
	const FluxColumn *columns;
	FluxColumn *variables;
	int			row_count;
} Run;

static FluxColumn evaluate(const Run *run, const ProgramNode *node, const bool *active);

/* The right side is evaluated only where the left one leaves it open. */
static FluxColumn
evaluate_logical(const Run *run, const ProgramNode *node, const FluxKernelRows *rows)
{
	FluxColumn	left = evaluate(run, node->children[0], rows->active);
	FluxColumn	right;
	const bool *mask;

	if (!flux_kernel_mask(rows, &left, !node->flag, &mask))
	{
		/* decided everywhere that counts: as if the right side were false */
		FluxValue	no = flux_value_bool(false);

		right = flux_column_of_value(FLUX_COLUMN_BOOL, no);
	}
	else
		right = evaluate(run, node->children[1], mask);
	return flux_kernel_logical(rows, node->flag, &left, &right);
}

static FluxColumn
evaluate_conditional(const Run *run, const ProgramNode *node, const FluxKernelRows *rows)
{
	FluxColumn	test = evaluate(run, node->children[0], rows->active);
	FluxColumn	branches[2];
	bool		is_needed[2];

	for (int i = 0; i < 2; i++)
	{
		const bool *mask;

		is_needed[i] = flux_kernel_mask(rows, &test, i == 1, &mask);
		if (is_needed[i])
			branches[i] = evaluate(run, node->children[i + 1], mask);
	}
	if (!is_needed[0] && !is_needed[1])
		return flux_column_constant_null(node->type);
	return flux_kernel_choose(rows, &test, is_needed[0] ? &branches[0] : NULL,
							  is_needed[1] ? &branches[1] : NULL);
}

/* Where the script's reader looks for a node's error. */
static FluxSpan
place_of(const FluxProgram *program, const ProgramNode *node)
{
	return program->is_library ? program->span : node->span;
}

static FluxColumn
evaluate_interpolation(const Run *run, const ProgramNode *node, const FluxKernelRows *rows)
{
	FluxColumn *parts = palloc(Max(node->child_count, 1) * sizeof(FluxColumn));
	FluxSpan   *spans = palloc(Max(node->child_count, 1) * sizeof(FluxSpan));

	for (int i = 0; i < node->child_count; i++)
	{
		parts[i] = evaluate(run, node->children[i], rows->active);
		spans[i] = place_of(run->program, node->children[i]);
	}
	return flux_kernel_interpolate(rows, parts, spans, node->child_count);
}

/* Rows between looks at interrupts: some functions work on long texts. */
#define FLUX_CALLS_PER_LOOK 64

/* Calls a library function for each row that counts. */
static FluxColumn
evaluate_call(const Run *run, const ProgramNode *node, const FluxKernelRows *rows)
{
	ProgramCall *own = node->call;
	FluxColumn *arguments = palloc(Max(node->child_count, 1) * sizeof(FluxColumn));
	FluxCall	call = {
		.evaluator = run->program->evaluator,
		.builtin = own->builtin,
		.source = rows->source,
		.span = rows->span,
		.arguments = &own->arguments,
		.is_row_function = true,
	};
	FluxColumnBuilder builder;
	bool		is_constant = rows->active == NULL;
	FluxColumn	result;

	for (int i = 0; i < node->child_count; i++)
	{
		arguments[i] = evaluate(run, node->children[i], rows->active);
		is_constant = is_constant && arguments[i].is_constant;
	}
	flux_column_builder_init(&builder, node->type, CurrentMemoryContext);
	flux_column_builder_reserve(&builder, is_constant ? 1 : rows->row_count);
	for (int row = 0; row < (is_constant ? Min(rows->row_count, 1) : rows->row_count); row++)
	{
		FluxValue	value = {.is_null = true};

		if (row % FLUX_CALLS_PER_LOOK == 0)
			CHECK_FOR_INTERRUPTS();
		if (rows->active == NULL || rows->active[row])
		{
			for (int i = 0; i < node->child_count; i++)
				own->values[own->places[i]] = flux_value_from_column(&arguments[i], row);
			value = own->builtin->function(&call);
		}
		if (value.is_null)
			flux_column_builder_append_null(&builder);
		else if (value.kind != (FluxKind) node->type)
			elog(ERROR, "\"%s\" gives a value of type %s", own->builtin->name,
				 flux_kind_name(value.kind));
		else
			flux_value_append_to(&builder, value);
	}
	result = flux_column_builder_view(&builder);
	result.is_constant = is_constant && rows->row_count > 0;
	return result;
}

static FluxColumn
evaluate(const Run *run, const ProgramNode *node, const bool *active)
{
	FluxKernelRows rows = {run->row_count, active, run->program->source,
	place_of(run->program, node)};
	FluxColumn	first;
	FluxColumn	second;

	check_stack_depth();
	switch (node->kind)
	{
		case NODE_COLUMN:
			return run->columns[node->index];
		case NODE_CONSTANT:
		case NODE_NULL:
			return node->constant;
		case NODE_VARIABLE:
			return run->variables[node->index];
		case NODE_LOGICAL:
			return evaluate_logical(run, node, &rows);
		case NODE_CONDITIONAL:
			return evaluate_conditional(run, node, &rows);
		case NODE_INTERPOLATE:
			return evaluate_interpolation(run, node, &rows);
		case NODE_CALL:
			return evaluate_call(run, node, &rows);
		default:
			break;
	}

	first = evaluate(run, node->children[0], active);
	switch (node->kind)
	{
		case NODE_ARITHMETIC:
			second = evaluate(run, node->children[1], active);
			return flux_kernel_arithmetic(&rows, node->op, &first, &second);
		case NODE_COMPARE:
			second = evaluate(run, node->children[1], active);
			return flux_kernel_compare(&rows, node->op, &first, &second);
		case NODE_MATCH:
			return flux_kernel_match(&rows, &first, node->regexp, node->flag);
		case NODE_NEGATE:
			return flux_kernel_negate(&rows, &first);
		case NODE_NOT:
			return flux_kernel_not(&rows, &first);
		case NODE_EXISTS:
			return flux_kernel_exists(&rows, &first);
		case NODE_CONVERT:
			return flux_kernel_convert(&rows, node->type, &first);
		default:
			elog(ERROR, "unexpected program node %d", (int) node->kind);
	}
}

/* Evaluates the block's variables, in order. */
static void
run_variables(Run *run)
{
	run->variables = palloc(Max(run->program->variable_count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < run->program->variable_count; i++)
	{
		if (run->program->variables[i]->type != 0)
			run->variables[i] = evaluate(run, run->program->variables[i], NULL);
	}
}

void
flux_program_run(FluxProgram *program, const FluxColumn *columns, int row_count,
				 FluxColumn *result)
{
	Run			run = {.program = program, .columns = columns, .row_count = row_count};

	run_variables(&run);
	*result = evaluate(&run, program->value, NULL);
}

void
flux_program_run_records(FluxProgram *program, const FluxColumn *columns, int row_count,
						 FluxRowRecords *records)
{
	Run			run = {.program = program, .columns = columns, .row_count = row_count};

	run_variables(&run);
	records->schema = program->schema;
	records->columns = palloc(Max(program->member_count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < program->member_count; i++)
		records->columns[i] = evaluate(&run, program->members[i].node, NULL);
}
