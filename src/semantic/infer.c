/*
 * infer.c
 *		Type inference: packages, statements, expressions.
 *
 * Hindley-Milner with levels (type.h) in one walk over the tree.  An error is
 * noted and the walk goes on with what the expression should have been, or,
 * where nothing is known, with FLUX_TYPE_ERROR, which fits everything: one
 * mistake gives one message.
 *
 * Hostile scripts can make types grow exponentially.  Every step and node
 * counts against a budget; when it is used up that is the last error.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "semantic/infer_int.h"

/* Plenty for a script of any sense, a fraction of a second for any other. */
#define STEPS_MAX INT64CONST(3000000)
#define STEPS_PER_BYTE 100
#define STEPS_ALTOGETHER INT64CONST(10000000)
#define NODES_MAX INT64CONST(500000)
#define NODES_PER_BYTE 10
#define NODES_ALTOGETHER INT64CONST(3000000)

static FluxType *infer_node(FluxInference *inference, const FluxAst *node);

/* ---- reporting ---- */

FluxDiagnostic *
flux_infer_report(FluxInference *inference, FluxSpan span, const FluxMismatch *mismatch)
{
	StringInfoData message;
	FluxDiagnostic *item;

	if (mismatch == NULL)
		return NULL;
	initStringInfo(&message);
	flux_mismatch_print(&message, mismatch);
	item = flux_diagnostics_add(inference->types, flux_mismatch_sqlstate(mismatch), span, "%s",
								message.data);
	item->hint = flux_mismatch_hint(mismatch);
	pfree(message.data);
	return item;
}

void
flux_infer_expect(FluxInference *inference, FluxSpan span, FluxType *expected, FluxType *actual)
{
	flux_infer_report(inference, span, flux_type_unify(&inference->maker, expected, actual));
}

void
flux_infer_constrain(FluxInference *inference, FluxSpan span, FluxType *type, FluxKindSet kinds)
{
	flux_infer_report(inference, span, flux_type_constrain(&inference->maker, type, kinds));
}

static FluxType *
error_type(void)
{
	return flux_type_basic(FLUX_TYPE_ERROR);
}

/* ---- names ---- */

/* Says what the name may have been: another name, or a package not imported. */
static const char *
undefined_hint(FluxInference *inference, FluxText name)
{
	FluxText path = flux_builtin_path_of(name);
	FluxNearName near;

	if (flux_text_equal_cstring(name, "task"))
		return "set option task = {name: \"...\", every: 1h} before it is used";
	if (path.size > 0)
		return psprintf("import \"%.*s\" first", path.size, path.data);
	flux_near_name_init(&near, name);
	flux_names_offer(inference->names, &near);
	flux_builtin_offer_prelude(&near);
	return flux_near_name_hint(&near);
}

/* A package as a value: the record of what it exports. */
static FluxType *
package_type(FluxInference *inference, FluxText path)
{
	FluxType *type = flux_type_empty_record();
	int count;
	const FluxBuiltinRow *rows = flux_builtin_rows(&count);

	for (int i = count - 1; i >= 0; i--)
		if (flux_text_equal_cstring(path, rows[i].package))
			type = flux_type_record(
				&inference->maker, flux_text_from_cstring(rows[i].name),
				flux_type_instantiate(&inference->maker, flux_builtin_row_type(&rows[i])), type);
	return type;
}

/* A name known by type alone, used at "span", where the check looks for such. */
static void
check_is_there(FluxInference *inference, const FluxBuiltinRow *row, FluxSpan span)
{
	FluxDiagnostic *item;

	if (inference->library_has == NULL ||
		inference->library_has(flux_text_from_cstring(row->package),
							   flux_text_from_cstring(row->name)))
		return;
	item =
		flux_diagnostics_add(inference->types, ERRCODE_FEATURE_NOT_SUPPORTED, span,
							 "\"%s\" of package \"%s\" is not supported", row->name, row->package);
	item->hint = "do without it, or define a function of your own: the view flux.functions "
				 "lists what scripts can use";
}

FluxType *
flux_infer_name(FluxInference *inference, FluxText name, FluxSpan span)
{
	FluxBinding *binding = flux_names_find(inference->names, name);
	const FluxBuiltinRow *row;
	FluxDiagnostic *item;

	if (binding != NULL)
	{
		if (binding->type == NULL)
			return package_type(inference, binding->package);
		return binding->is_polymorphic ? flux_type_instantiate(&inference->maker, binding->type)
									   : binding->type;
	}
	row = flux_builtin_find_prelude(name);
	if (row != NULL)
	{
		check_is_there(inference, row, span);
		return flux_type_instantiate(&inference->maker, flux_builtin_row_type(row));
	}

	item = flux_diagnostics_add(inference->types, ERRCODE_UNDEFINED_OBJECT, span,
								"undefined identifier %.*s", FLUX_NAME_ARGS(name));
	item->hint = undefined_hint(inference, name);
	return error_type();
}

/* The binding of an identifier that names an imported package, else NULL. */
static FluxBinding *
package_binding(FluxInference *inference, const FluxAst *node)
{
	FluxBinding *binding;

	node = flux_ast_unparen(node);
	if (node->kind != FLUX_AST_IDENTIFIER)
		return NULL;
	binding = flux_names_find(inference->names, ((const FluxIdentifier *) node)->name);
	return binding != NULL && binding->type == NULL ? binding : NULL;
}

/* The row of a package's member; reports an unknown one at its object. */
static const FluxBuiltinRow *
package_member(FluxInference *inference, FluxText package, const FluxMemberExpression *member)
{
	FluxText name = flux_ast_key_text(member->property);
	const FluxBuiltinRow *row = flux_builtin_find(package, name);
	FluxNearName near;
	FluxDiagnostic *item;

	if (row != NULL)
	{
		check_is_there(inference, row, member->ast.span);
		return row;
	}
	item = flux_diagnostics_add(inference->types, ERRCODE_UNDEFINED_FUNCTION, member->object->span,
								"record is missing label %.*s", FLUX_NAME_ARGS(name));
	flux_near_name_init(&near, name);
	flux_builtin_offer_members(&near, package);
	item->detail = psprintf("Package \"%.*s\" does not have it.", package.size, package.data);
	item->hint = flux_near_name_hint(&near);
	return NULL;
}

/* ---- operators ---- */

static FluxType *
infer_arithmetic(FluxInference *inference, const FluxBinaryExpression *binary)
{
	FluxType *left = flux_infer_expression(inference, binary->left);
	FluxType *right = flux_infer_expression(inference, binary->right);
	FluxKindSet kinds = binary->op == FLUX_OP_ADD   ? FLUX_KIND(ADDABLE)
						: binary->op == FLUX_OP_SUB ? FLUX_KIND(SUBTRACTABLE)
													: FLUX_KIND(DIVISIBLE);
	const FluxMismatch *mismatch = flux_type_unify(&inference->maker, left, right);

	flux_infer_report(inference, binary->right->span, mismatch);
	if (mismatch == NULL)
		flux_infer_constrain(inference, binary->ast.span, left, kinds);
	return left;
}

static bool
is_number(FluxTypeKind kind)
{
	return kind == FLUX_TYPE_INT || kind == FLUX_TYPE_UINT || kind == FLUX_TYPE_FLOAT;
}

/*
 * Inference lets any two comparable types be compared, as InfluxDB's does;
 * of those that no run can compare we warn.
 */
static void
warn_of_comparison(FluxInference *inference, const FluxBinaryExpression *binary, FluxType *left,
				   FluxType *right)
{
	FluxDiagnostic *item;

	left = flux_type_resolve(left);
	right = flux_type_resolve(right);
	if (left->kind >= FLUX_TYPE_BASIC_COUNT || right->kind >= FLUX_TYPE_BASIC_COUNT ||
		(is_number(left->kind) && is_number(right->kind)) ||
		(left->kind == right->kind && left->kind != FLUX_TYPE_DURATION))
		return;
	item =
		flux_diagnostics_add(inference->types, ERRCODE_DATATYPE_MISMATCH, binary->ast.span,
							 "comparing %s with %s fails when it is run",
							 flux_type_basic_name(left->kind), flux_type_basic_name(right->kind));
	item->severity = FLUX_SEVERITY_WARNING;
}

static FluxType *
infer_comparison(FluxInference *inference, const FluxBinaryExpression *binary)
{
	FluxType *left = flux_infer_expression(inference, binary->left);
	FluxType *right = flux_infer_expression(inference, binary->right);
	FluxKindSet kinds = 0;
	const FluxMismatch *left_mismatch;
	const FluxMismatch *right_mismatch;

	if (binary->op != FLUX_OP_EQ && binary->op != FLUX_OP_NEQ)
		kinds |= FLUX_KIND(COMPARABLE);
	if (binary->op != FLUX_OP_LT && binary->op != FLUX_OP_GT)
		kinds |= FLUX_KIND(EQUATABLE);
	left_mismatch = flux_type_constrain(&inference->maker, left, kinds);
	right_mismatch = flux_type_constrain(&inference->maker, right, kinds);
	flux_infer_report(inference, binary->left->span, left_mismatch);
	flux_infer_report(inference, binary->right->span, right_mismatch);
	if (left_mismatch == NULL && right_mismatch == NULL)
		warn_of_comparison(inference, binary, left, right);
	return flux_type_basic(FLUX_TYPE_BOOL);
}

static FluxType *
infer_binary(FluxInference *inference, const FluxBinaryExpression *binary)
{
	switch (binary->op)
	{
		case FLUX_OP_ADD:
		case FLUX_OP_SUB:
		case FLUX_OP_MUL:
		case FLUX_OP_DIV:
		case FLUX_OP_MOD:
		case FLUX_OP_POW:
			return infer_arithmetic(inference, binary);
		case FLUX_OP_MATCH:
		case FLUX_OP_NOT_MATCH:
			flux_infer_expect(inference, binary->left->span, flux_type_basic(FLUX_TYPE_STRING),
							  flux_infer_expression(inference, binary->left));
			flux_infer_expect(inference, binary->right->span, flux_type_basic(FLUX_TYPE_REGEXP),
							  flux_infer_expression(inference, binary->right));
			return flux_type_basic(FLUX_TYPE_BOOL);
		default:
			return infer_comparison(inference, binary);
	}
}

/* An operand or test that must be bool. */
static void
infer_bool(FluxInference *inference, const FluxAst *node)
{
	flux_infer_expect(inference, node->span, flux_type_basic(FLUX_TYPE_BOOL),
					  flux_infer_expression(inference, node));
}

static FluxType *
infer_unary(FluxInference *inference, const FluxUnaryExpression *unary)
{
	FluxType *type;

	if (unary->op == FLUX_UNARY_NOT)
	{
		infer_bool(inference, unary->argument);
		return flux_type_basic(FLUX_TYPE_BOOL);
	}
	type = flux_infer_expression(inference, unary->argument);
	if (unary->op == FLUX_UNARY_EXISTS)
		return flux_type_basic(FLUX_TYPE_BOOL);
	flux_infer_constrain(inference, unary->argument->span, type, FLUX_KIND(NEGATABLE));
	return type;
}

static FluxType *
infer_conditional(FluxInference *inference, const FluxConditionalExpression *conditional)
{
	FluxType *type;

	infer_bool(inference, conditional->test);
	type = flux_infer_expression(inference, conditional->consequent);
	flux_infer_expect(inference, conditional->alternate->span, type,
					  flux_infer_expression(inference, conditional->alternate));
	return type;
}

/* ---- composites ---- */

static FluxType *
infer_array(FluxInference *inference, const FluxArrayExpression *array)
{
	FluxType *element = NULL;

	for (int i = 0; i < array->elements.count; i++)
	{
		const FluxAst *node = array->elements.items[i];
		FluxType *type = flux_infer_expression(inference, node);

		if (element == NULL)
			element = type;
		else
			flux_infer_expect(inference, node->span, element, type);
	}
	if (element == NULL)
		element = flux_type_variable(&inference->maker);
	return flux_type_wrap(&inference->maker, FLUX_TYPE_ARRAY, element);
}

static FluxType *
infer_dict(FluxInference *inference, const FluxDictExpression *dict)
{
	FluxType *key = NULL;
	FluxType *value = NULL;

	for (int i = 0; i < dict->elements.count; i++)
	{
		const FluxDictItem *item = (const FluxDictItem *) dict->elements.items[i];
		FluxType *item_key = flux_infer_expression(inference, item->key);
		FluxType *item_value = flux_infer_expression(inference, item->value);

		if (key == NULL)
		{
			key = item_key;
			value = item_value;
			flux_infer_constrain(inference, item->key->span, key, FLUX_KIND(COMPARABLE));
			continue;
		}
		flux_infer_expect(inference, item->key->span, key, item_key);
		flux_infer_expect(inference, item->value->span, value, item_value);
	}
	if (key == NULL)
	{
		key = flux_type_variable(&inference->maker);
		key->kinds = FLUX_KIND(COMPARABLE);
		value = flux_type_variable(&inference->maker);
	}
	return flux_type_dict(&inference->maker, key, value);
}

/* The type of a property's value; {a} takes that of the name a. */
static FluxType *
infer_property(FluxInference *inference, const FluxProperty *property)
{
	if (property->value != NULL)
		return flux_infer_expression(inference, property->value);
	return flux_infer_name(inference, flux_ast_key_text(property->key), property->key->span);
}

/* A record literal that a script evaluates may name a key once. */
static void
check_duplicate_key(FluxInference *inference, const FluxAstList *properties, int index)
{
	const FluxProperty *property = (const FluxProperty *) properties->items[index];
	FluxText key = flux_ast_key_text(property->key);

	for (int i = 0; i < index; i++)
	{
		const FluxProperty *before = (const FluxProperty *) properties->items[i];

		if (!flux_type_step(&inference->maker))
			return;
		if (!flux_text_equal(key, flux_ast_key_text(before->key)))
			continue;
		flux_diagnostics_add(inference->types, ERRCODE_DUPLICATE_COLUMN, property->key->span,
							 "duplicate key in object: \"%.*s\"", FLUX_NAME_ARGS(key));
		return;
	}
}

static FluxType *
infer_object(FluxInference *inference, const FluxObjectExpression *object)
{
	int count = object->properties.count;
	FluxType *rest = flux_type_empty_record();
	FluxType **values = palloc(Max(count, 1) * sizeof(FluxType *));

	if (object->with != NULL)
	{
		rest = flux_type_resolve(
			flux_infer_name(inference, object->with->name, object->with->ast.span));

		/* not a demand on a type that is still open: InfluxDB makes none */
		flux_infer_constrain(inference, object->with->ast.span, rest, FLUX_KIND(ROW));
	}
	for (int i = 0; i < count; i++)
	{
		if (inference->function_depth == 0)
			check_duplicate_key(inference, &object->properties, i);
		values[i] = infer_property(inference, (FluxProperty *) object->properties.items[i]);
	}
	if (flux_type_resolve(rest)->kind == FLUX_TYPE_ERROR)
		return error_type();
	for (int i = count - 1; i >= 0; i--)
	{
		const FluxProperty *property = (const FluxProperty *) object->properties.items[i];

		rest =
			flux_type_record(&inference->maker, flux_ast_key_text(property->key), values[i], rest);
	}
	pfree(values);
	return rest;
}

static FluxType *
infer_string(FluxInference *inference, const FluxStringExpression *string)
{
	for (int i = 0; i < string->parts.count; i++)
	{
		const FluxInterpolatedPart *part = (const FluxInterpolatedPart *) string->parts.items[i];

		if (part->ast.kind == FLUX_AST_INTERPOLATED_PART)
			flux_infer_constrain(inference, part->expression->span,
								 flux_infer_expression(inference, part->expression),
								 FLUX_KIND(STRINGABLE));
	}
	return flux_type_basic(FLUX_TYPE_STRING);
}

static FluxType *
infer_index(FluxInference *inference, const FluxIndexExpression *index)
{
	FluxType *array = flux_infer_expression(inference, index->array);
	FluxType *position = flux_infer_expression(inference, index->index);
	FluxType *element = flux_type_variable(&inference->maker);

	flux_infer_expect(inference, index->array->span,
					  flux_type_wrap(&inference->maker, FLUX_TYPE_ARRAY, element), array);
	flux_infer_expect(inference, index->index->span, flux_type_basic(FLUX_TYPE_INT), position);
	return element;
}

/* ---- members ---- */

/*
 * A label of a record.  The first one of that name is it; where the record is
 * still open the label is added to it.
 */
static FluxType *
record_member(FluxInference *inference, FluxType *record, FluxText name, FluxSpan span)
{
	FluxTypeMaker *maker = &inference->maker;
	FluxType *whole = flux_type_resolve(record);
	FluxType *at = whole;
	FluxType *member;
	FluxType *rest;

	for (; at->kind == FLUX_TYPE_RECORD; at = flux_type_resolve(at->u.record.rest))
	{
		if (!flux_type_step(maker))
			return error_type();
		if (flux_text_equal(at->u.record.label, name))
			return at->u.record.type;
	}
	if (at->kind == FLUX_TYPE_DYNAMIC || at->kind == FLUX_TYPE_ERROR)
		return at;
	member = flux_type_variable(maker);
	rest = flux_type_variable(maker);
	rest->kinds = FLUX_KIND(ROW);
	rest = flux_type_record(maker, name, member, rest);

	/* an open record need not be compared as a whole: only its tail matters */
	flux_infer_report(inference, span,
					  flux_type_unify(maker, rest, at->kind == FLUX_TYPE_VARIABLE ? at : whole));
	return member;
}

static FluxType *
infer_member(FluxInference *inference, const FluxMemberExpression *member)
{
	FluxBinding *package = package_binding(inference, member->object);
	FluxText name = flux_ast_key_text(member->property);
	const FluxBuiltinRow *row;

	if (package == NULL)
		return record_member(inference, flux_infer_expression(inference, member->object), name,
							 member->object->span);
	row = package_member(inference, package->package, member);
	if (row == NULL)
		return error_type();
	return flux_type_instantiate(&inference->maker, flux_builtin_row_type(row));
}

/* ---- all expressions ---- */

/* What has no meaning where it stands. */
static FluxType *
misplaced(FluxInference *inference, const FluxAst *node, const char *message)
{
	flux_diagnostics_add(inference->forms, ERRCODE_SYNTAX_ERROR, node->span, "%s", message);
	return error_type();
}

static FluxType *
infer_node(FluxInference *inference, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_IDENTIFIER:
			return flux_infer_name(inference, ((const FluxIdentifier *) node)->name, node->span);
		case FLUX_AST_STRING_LITERAL:
			return flux_type_basic(FLUX_TYPE_STRING);
		case FLUX_AST_INTEGER_LITERAL:
			return flux_type_basic(FLUX_TYPE_INT);
		case FLUX_AST_FLOAT_LITERAL:
			return flux_type_basic(FLUX_TYPE_FLOAT);
		case FLUX_AST_DURATION_LITERAL:
			return flux_type_basic(FLUX_TYPE_DURATION);
		case FLUX_AST_DATE_TIME_LITERAL:
			return flux_type_basic(FLUX_TYPE_TIME);
		case FLUX_AST_REGEXP_LITERAL:
			return flux_type_basic(FLUX_TYPE_REGEXP);
		case FLUX_AST_LABEL_LITERAL: /* refused by the rules, name_rules.c */
			return flux_type_basic(FLUX_TYPE_STRING);
		case FLUX_AST_PIPE_LITERAL:
			return misplaced(inference, node,
							 "a pipe literal may only be used as a default value "
							 "for an argument in a function definition");
		case FLUX_AST_STRING_EXPRESSION:
			return infer_string(inference, (const FluxStringExpression *) node);
		case FLUX_AST_ARRAY_EXPRESSION:
			return infer_array(inference, (const FluxArrayExpression *) node);
		case FLUX_AST_DICT_EXPRESSION:
			return infer_dict(inference, (const FluxDictExpression *) node);
		case FLUX_AST_OBJECT_EXPRESSION:
			return infer_object(inference, (const FluxObjectExpression *) node);
		case FLUX_AST_FUNCTION_EXPRESSION:
			return flux_infer_function(inference, (const FluxFunctionExpression *) node);
		case FLUX_AST_CALL_EXPRESSION:
			return flux_infer_call(inference, (const FluxCallExpression *) node, NULL);
		case FLUX_AST_PIPE_EXPRESSION:
		{
			const FluxPipeExpression *pipe = (const FluxPipeExpression *) node;

			if (pipe->call->kind == FLUX_AST_CALL_EXPRESSION)
				return flux_infer_call(inference, (const FluxCallExpression *) pipe->call,
									   pipe->argument);
			flux_infer_expression(inference, pipe->argument);
			flux_infer_expression(inference, pipe->call);
			return error_type();
		}
		case FLUX_AST_MEMBER_EXPRESSION:
			return infer_member(inference, (const FluxMemberExpression *) node);
		case FLUX_AST_INDEX_EXPRESSION:
			return infer_index(inference, (const FluxIndexExpression *) node);
		case FLUX_AST_BINARY_EXPRESSION:
			return infer_binary(inference, (const FluxBinaryExpression *) node);
		case FLUX_AST_LOGICAL_EXPRESSION:
			infer_bool(inference, ((const FluxLogicalExpression *) node)->left);
			infer_bool(inference, ((const FluxLogicalExpression *) node)->right);
			return flux_type_basic(FLUX_TYPE_BOOL);
		case FLUX_AST_UNARY_EXPRESSION:
			return infer_unary(inference, (const FluxUnaryExpression *) node);
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			return infer_conditional(inference, (const FluxConditionalExpression *) node);
		case FLUX_AST_PAREN_EXPRESSION:
			return flux_infer_expression(inference,
										 ((const FluxParenExpression *) node)->expression);
		default:
			return error_type(); /* the parser has told why */
	}
}

FluxType *
flux_infer_expression(FluxInference *inference, const FluxAst *node)
{
	FluxType *type;

	check_stack_depth();
	if (inference->has_given_up)
		return error_type();
	type = infer_node(inference, node);
	if (inference->budget.is_exhausted && !inference->has_given_up)
	{
		FluxDiagnostic *item = flux_diagnostics_add(inference->types, ERRCODE_STATEMENT_TOO_COMPLEX,
													node->span, "types are too complex to check");

		item->detail = pstrdup("The types of this expression are too many, too large, or nest "
							   "too deeply.");
		inference->has_given_up = true;
	}
	return type;
}

/* ---- statements ---- */

/* name = init: the name becomes polymorphic in what nothing outside knows. */
static void
infer_assignment(FluxInference *inference, FluxText name, const FluxAst *init)
{
	FluxBinding *binding;
	FluxType *type;
	bool is_polymorphic;

	inference->maker.level++;
	type = flux_infer_expression(inference, init);
	inference->maker.level--;
	is_polymorphic = flux_type_generalize(&inference->maker, type);
	binding = flux_names_bind(inference->names, name);
	binding->type = type;
	binding->is_polymorphic = is_polymorphic;
}

/* option package.name = init: of the type that the package declared. */
static void
infer_member_option(FluxInference *inference, const FluxMemberAssignment *assignment)
{
	const FluxMemberExpression *member = assignment->member;
	FluxBinding *package = package_binding(inference, member->object);
	FluxText name = flux_ast_key_text(member->property);
	FluxType *type = flux_infer_expression(inference, assignment->init);
	const FluxBuiltinRow *row;

	if (package == NULL)
	{
		FluxType *object = flux_infer_expression(inference, member->object);

		if (flux_type_resolve(object)->kind != FLUX_TYPE_ERROR)
			flux_diagnostics_add(inference->types, ERRCODE_WRONG_OBJECT_TYPE, member->object->span,
								 "cannot set option \"%.*s\" on non-package value",
								 FLUX_NAME_ARGS(name));
		return;
	}
	row = package_member(inference, package->package, member);
	if (row == NULL)
		return;
	flux_infer_expect(inference, assignment->init->span,
					  flux_type_instantiate(&inference->maker, flux_builtin_row_type(row)), type);
	if (row->class != FLUX_CLASS_OPTION)
	{
		FluxDiagnostic *item =
			flux_diagnostics_add(inference->types, ERRCODE_WRONG_OBJECT_TYPE, member->ast.span,
								 "\"%s\" of package \"%s\" is not an option "
								 "and keeps its value",
								 row->name, row->package);

		item->severity = FLUX_SEVERITY_WARNING;
	}
}

static void
infer_option(FluxInference *inference, const FluxOptionStatement *option)
{
	if (option->assignment->kind == FLUX_AST_MEMBER_ASSIGNMENT)
		infer_member_option(inference, (const FluxMemberAssignment *) option->assignment);
	else if (option->assignment->kind == FLUX_AST_VARIABLE_ASSIGNMENT)
	{
		const FluxVariableAssignment *assignment =
			(const FluxVariableAssignment *) option->assignment;

		infer_assignment(inference, assignment->id->name, assignment->init);
	}
}

/* builtin name : type */
static void
infer_builtin(FluxInference *inference, const FluxBuiltinStatement *builtin)
{
	FluxType *type = flux_type_from_ast(&inference->maker, builtin->type, inference->types);
	FluxBinding *binding = flux_names_bind(inference->names, builtin->id->name);

	binding->type = type;
	binding->is_polymorphic = true;
}

/* A test's body is checked, but only the test runner can do something with it. */
static void
infer_testcase(FluxInference *inference, const FluxTestCaseStatement *testcase)
{
	FluxDiagnostic *item;

	flux_names_open(inference->names);
	for (int i = 0; i < testcase->block->body.count; i++)
		flux_infer_statement(inference, testcase->block->body.items[i]);
	flux_names_close(inference->names);
	item = flux_diagnostics_add(inference->forms, ERRCODE_FEATURE_NOT_SUPPORTED, testcase->ast.span,
								"TestCaseStmt is not supported in semantic analysis.");
	item->hint = "run test cases with flux.test";
}

void
flux_infer_statement(FluxInference *inference, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_EXPRESSION_STATEMENT:
			flux_infer_expression(inference, ((const FluxExpressionStatement *) node)->expression);
			break;
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			infer_assignment(inference, ((const FluxVariableAssignment *) node)->id->name,
							 ((const FluxVariableAssignment *) node)->init);
			break;
		case FLUX_AST_OPTION_STATEMENT:
			infer_option(inference, (const FluxOptionStatement *) node);
			break;
		case FLUX_AST_BUILTIN_STATEMENT:
			infer_builtin(inference, (const FluxBuiltinStatement *) node);
			break;
		case FLUX_AST_RETURN_STATEMENT:
			misplaced(inference, node, "return not valid in file block");
			flux_infer_expression(inference, ((const FluxReturnStatement *) node)->argument);
			break;
		case FLUX_AST_TEST_CASE_STATEMENT:
			infer_testcase(inference, (const FluxTestCaseStatement *) node);
			break;
		default:
			break; /* a bad statement: the parser has told why */
	}
}

/* An import binds the package's name; an unknown one fits everything. */
static void
infer_import(FluxInference *inference, const FluxImportDeclaration *import)
{
	FluxText path = import->path->value;
	FluxBinding *binding = flux_names_bind(
		inference->names, import->as != NULL ? import->as->name : flux_builtin_package_name(path));
	FluxNearName near;
	FluxDiagnostic *item;

	if (flux_builtin_package_exists(path))
	{
		binding->package = path;
		return;
	}
	binding->type = error_type();
	item = flux_diagnostics_add(inference->types, ERRCODE_UNDEFINED_OBJECT, import->path->ast.span,
								"invalid import path %.*s", FLUX_NAME_ARGS(path));
	flux_near_name_init(&near, path);
	flux_builtin_offer_packages(&near);
	item->hint = flux_near_name_hint(&near);
}

FluxNames *
flux_infer_package(const FluxPackage *package, FluxLibraryHas has, FluxDiagnosticList *forms,
				   FluxDiagnosticList *types)
{
	const FluxFile *file = package->file;
	FluxInference inference = {0};
	int64 size = file->source != NULL ? file->source->size : 0;

	inference.maker.context = CurrentMemoryContext;
	inference.maker.budget = &inference.budget;
	inference.budget.steps = Min(STEPS_MAX + size * STEPS_PER_BYTE, STEPS_ALTOGETHER);
	inference.budget.nodes = Min(NODES_MAX + size * NODES_PER_BYTE, NODES_ALTOGETHER);
	inference.names = flux_names_create();
	inference.forms = forms;
	inference.types = types;
	inference.library_has = has;

	for (int i = 0; i < file->imports.count; i++)
		infer_import(&inference, (const FluxImportDeclaration *) file->imports.items[i]);
	for (int i = 0; i < file->body.count; i++)
		flux_infer_statement(&inference, file->body.items[i]);
	return inference.names;
}
