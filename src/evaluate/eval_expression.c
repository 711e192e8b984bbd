/*
 * eval_expression.c
 *		Evaluates expressions by walking the tree.
 *
 * The same walk serves script level and row functions; frame->is_row_function
 * chooses between their null rules (value_operator.c has those of operators,
 * the logical ones stand here):
 *
 *					null and x	null or x	x and/or null	if null
 *		row			false		x			null			else
 *		script		error		error		error			error
 */
#include "postgres.h"

#include <stdarg.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "evaluate/evaluate_int.h"

void
flux_eval_script_place(const FluxFrame *frame, FluxSourceText **source, FluxSpan *span)
{
	const struct FluxEvaluatorState *state = frame->evaluator->state;

	if (*source == NULL || (*source)->name == NULL || state->call_source == NULL)
		return;
	*source = state->call_source;
	*span = state->call_span;
}

void
flux_eval_raise(const FluxFrame *frame, FluxSpan span, int sqlstate, const char *format, ...)
{
	FluxSourceText *source;
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	source = frame->source;
	flux_eval_script_place(frame, &source, &span);
	flux_raise_at(sqlstate, source, span, "%s", message);
}

/* What a message calls the type of a value. */
static const char *
value_type_name(FluxValue value)
{
	return value.is_null && value.kind == FLUX_KIND_INVALID ? "null" : flux_kind_name(value.kind);
}

static void
raise_undefined(const FluxFrame *frame, FluxText name, FluxSpan span)
{
	FluxNearName near;

	flux_near_name_init(&near, name);
	for (const FluxScope *scope = frame->scope; scope != NULL; scope = scope->parent)
	{
		for (int i = 0; i < scope->count; i++)
		{
			if (scope->names[i].size > 0 && scope->names[i].data[0] != '_')
				flux_near_name_offer(&near, scope->names[i]);
		}
	}
	flux_raise_full(ERRCODE_UNDEFINED_OBJECT, frame->source, span, NULL, flux_near_name_hint(&near),
					"undefined identifier \"%.*s\"", name.size, name.data);
}

/* The resolved binding of a name, which may be a package. */
static FluxValue
lookup(const FluxFrame *frame, FluxText name, FluxSpan span)
{
	const FluxScope *where;
	FluxValue *binding = flux_scope_find(frame->scope, name, &where);

	if (binding == NULL)
		raise_undefined(frame, name, span);
	if (unlikely(binding->kind == FLUX_KIND_UNSUPPORTED))
		flux_raise_full(ERRCODE_FEATURE_NOT_SUPPORTED, frame->source, span, NULL,
						"The view flux.functions lists what scripts can use.",
						"\"%.*s\" of package \"%s\" is not supported", name.size, name.data,
						flux_library_path(where->template));
	flux_scope_resolve(frame->evaluator, where, binding, name);
	return *binding;
}

FluxValue
flux_eval_identifier(const FluxFrame *frame, FluxText name, FluxSpan span)
{
	FluxValue value = lookup(frame, name, span);

	if (value.kind == FLUX_KIND_PACKAGE)
		return flux_library_package_record(frame->evaluator,
										   (FluxLibraryPackage *) value.as.stream);
	return value;
}

/* ---- members and elements ---- */

static FluxValue
package_member(const FluxFrame *frame, const FluxLibraryPackage *package,
			   const FluxMemberExpression *member)
{
	FluxText name = flux_ast_key_text(member->property);
	FluxScope *scope = package->scope;
	int at = flux_scope_find_here(scope, name);
	FluxNearName near;

	if (at >= 0 && scope->values[at].kind == FLUX_KIND_UNSUPPORTED)
		flux_raise_full(ERRCODE_FEATURE_NOT_SUPPORTED, frame->source, member->ast.span, NULL,
						"The view flux.functions lists what scripts can use.",
						"\"%.*s\" of package \"%s\" is not supported", name.size, name.data,
						flux_library_path(package->template));
	if (at >= 0)
	{
		flux_scope_resolve(frame->evaluator, scope, &scope->values[at], name);
		return scope->values[at];
	}
	flux_near_name_init(&near, name);
	for (int i = 0; i < scope->count; i++)
	{
		if (scope->names[i].data[0] != '_')
			flux_near_name_offer(&near, scope->names[i]);
	}
	flux_raise_full(ERRCODE_UNDEFINED_OBJECT, frame->source, member->object->span, NULL,
					flux_near_name_hint(&near), "record is missing label %.*s", name.size,
					name.data);
}

/* A member of a dynamic value; what is not there is the dynamic null. */
static FluxValue
dynamic_member(FluxValue object, FluxText name)
{
	const FluxValue *inner = object.as.dynamic;
	const FluxValue *member = NULL;

	if (!object.is_null && inner->kind == FLUX_KIND_RECORD)
		member = flux_record_get(inner->as.record, name);
	return flux_value_dynamic(member != NULL ? *member : flux_value_null(FLUX_KIND_INVALID));
}

static FluxValue
eval_member(const FluxFrame *frame, const FluxMemberExpression *member)
{
	FluxText name = flux_ast_key_text(member->property);
	FluxValue object;
	const FluxValue *found;

	if (member->object->kind == FLUX_AST_IDENTIFIER)
		object =
			lookup(frame, ((const FluxIdentifier *) member->object)->name, member->object->span);
	else
		object = flux_eval(frame, member->object);
	if (object.kind == FLUX_KIND_PACKAGE)
		return package_member(frame, (FluxLibraryPackage *) object.as.stream, member);
	if (object.kind == FLUX_KIND_DYNAMIC)
		return dynamic_member(object, name);
	if (object.kind != FLUX_KIND_RECORD || object.is_null)
		flux_eval_raise(frame, member->object->span, ERRCODE_DATATYPE_MISMATCH,
						"cannot access property \"%.*s\" on value of type %s", name.size, name.data,
						value_type_name(object));
	found = flux_record_get(object.as.record, name);
	return found != NULL ? *found : flux_value_null(FLUX_KIND_INVALID);
}

static FluxValue
eval_index(const FluxFrame *frame, const FluxIndexExpression *expression)
{
	FluxValue array = flux_eval(frame, expression->array);
	FluxValue index = flux_eval(frame, expression->index);
	bool is_dynamic = array.kind == FLUX_KIND_DYNAMIC;

	if (is_dynamic && !array.is_null)
		array = *array.as.dynamic;
	if (array.kind != FLUX_KIND_ARRAY || array.is_null)
		flux_eval_raise(frame, expression->array->span, ERRCODE_DATATYPE_MISMATCH,
						"cannot index into value of type %s", value_type_name(array));
	if (index.kind != FLUX_KIND_INT || index.is_null)
		flux_eval_raise(frame, expression->index->span, ERRCODE_DATATYPE_MISMATCH,
						"cannot index into an array with value of type %s; expected an int",
						value_type_name(index));
	if (index.as.integer < 0 || index.as.integer >= array.as.array->count)
		flux_eval_raise(frame, expression->index->span, ERRCODE_ARRAY_SUBSCRIPT_ERROR,
						"cannot access element " INT64_FORMAT " of array of length %d",
						index.as.integer, array.as.array->count);
	return is_dynamic ? flux_value_dynamic(array.as.array->items[index.as.integer])
					  : array.as.array->items[index.as.integer];
}

/* ---- composite literals ---- */

static FluxValue
eval_array(const FluxFrame *frame, const FluxArrayExpression *expression)
{
	int count = expression->elements.count;
	FluxArray *array = palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) count);

	array->count = count;
	for (int i = 0; i < count; i++)
		array->items[i] = flux_eval(frame, expression->elements.items[i]);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = array};
}

static FluxValue
eval_dict(const FluxFrame *frame, const FluxDictExpression *expression)
{
	int count = expression->elements.count;
	FluxDictEntry *entries = palloc(sizeof(FluxDictEntry) * (Size) Max(count, 1));
	FluxValue dict;

	for (int i = 0; i < count; i++)
	{
		const FluxDictItem *item = (const FluxDictItem *) expression->elements.items[i];

		entries[i].key = flux_eval(frame, item->key);
		entries[i].value = flux_eval(frame, item->value);
	}
	dict = flux_value_dict(entries, count);
	pfree(entries);
	return dict;
}

/* The value of a property; without one it is the variable of that name. */
static FluxValue
eval_property(const FluxFrame *frame, const FluxProperty *property)
{
	if (property->value != NULL)
		return flux_eval(frame, property->value);
	return flux_eval_identifier(frame, flux_ast_key_text(property->key), property->key->span);
}

/* Records with more members than this find their keys through an index. */
#define LINEAR_MEMBERS_MAX 32

/* A record literal being put together. */
typedef struct RecordBuilder
{
	FluxText *keys;
	FluxValue *values;
	bool *is_set; /* by the literal, not by "with" */
	int count;
	FluxNameIndex *index; /* NULL: few members */
} RecordBuilder;

static int
find_member(const RecordBuilder *builder, FluxText key)
{
	if (builder->index != NULL)
		return flux_name_index_find(builder->index, builder->keys, key);
	for (int i = 0; i < builder->count; i++)
	{
		if (flux_text_equal(builder->keys[i], key))
			return i;
	}
	return -1;
}

/* Room for "capacity" members, those of "base" (or NULL) in place already. */
static void
init_builder(RecordBuilder *builder, const FluxRecord *base, int capacity)
{
	builder->keys = palloc(sizeof(FluxText) * (Size) Max(capacity, 1));
	builder->values = palloc(sizeof(FluxValue) * (Size) Max(capacity, 1));
	builder->is_set = palloc0(sizeof(bool) * (Size) Max(capacity, 1));
	builder->count = base != NULL ? base->count : 0;
	builder->index = capacity > LINEAR_MEMBERS_MAX ? flux_name_index_create(capacity) : NULL;
	if (builder->count > 0)
	{
		memcpy(builder->keys, base->keys, sizeof(FluxText) * (Size) builder->count);
		memcpy(builder->values, base->values, sizeof(FluxValue) * (Size) builder->count);
	}
	for (int i = 0; builder->index != NULL && i < builder->count; i++)
		flux_name_index_add(builder->index, builder->keys, i);
}

/* The record behind "with". */
static const FluxRecord *
eval_with(const FluxFrame *frame, const FluxIdentifier *identifier)
{
	FluxValue with = flux_eval_identifier(frame, identifier->name, identifier->ast.span);

	if (with.kind != FLUX_KIND_RECORD || with.is_null)
		flux_eval_raise(frame, identifier->ast.span, ERRCODE_DATATYPE_MISMATCH,
						"cannot extend value of type %s; expected a record", value_type_name(with));
	return with.as.record;
}

/*
 * {a: 1}, {r with a: 1}: members of "with" first, replaced in place; a key
 * that stands twice in the literal is an error.
 */
static FluxValue
eval_record(const FluxFrame *frame, const FluxObjectExpression *expression)
{
	const FluxRecord *base = expression->with != NULL ? eval_with(frame, expression->with) : NULL;
	FluxRecord *record = palloc(sizeof(FluxRecord));
	RecordBuilder builder;

	init_builder(&builder, base, (base != NULL ? base->count : 0) + expression->properties.count);
	for (int i = 0; i < expression->properties.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) expression->properties.items[i];
		FluxText key = flux_ast_key_text(property->key);
		int at = find_member(&builder, key);

		if (at >= 0 && builder.is_set[at])
			flux_eval_raise(frame, property->key->span, ERRCODE_DUPLICATE_OBJECT,
							"duplicate key in object: \"%.*s\"", key.size, key.data);
		if (at < 0)
		{
			at = builder.count++;
			builder.keys[at] = key;
			if (builder.index != NULL)
				flux_name_index_add(builder.index, builder.keys, at);
		}
		builder.values[at] = eval_property(frame, property);
		builder.is_set[at] = true;
	}
	record->count = builder.count;
	record->keys = builder.keys;
	record->values = builder.values;
	return (FluxValue){.kind = FLUX_KIND_RECORD, .as.record = record};
}

static FluxValue
eval_string_expression(const FluxFrame *frame, const FluxStringExpression *expression)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < expression->parts.count; i++)
	{
		const FluxAst *part = expression->parts.items[i];
		const FluxInterpolatedPart *interpolated;
		FluxText text;
		FluxValue value;

		if (part->kind == FLUX_AST_TEXT_PART)
		{
			text = ((const FluxTextPart *) part)->value;
			appendBinaryStringInfo(&out, text.data, text.size);
			continue;
		}
		interpolated = (const FluxInterpolatedPart *) part;
		value = flux_eval(frame, interpolated->expression);
		if (value.is_null)
			flux_eval_raise(frame, interpolated->expression->span, ERRCODE_NULL_VALUE_NOT_ALLOWED,
							"interpolated expression produced a null value");
		if (!flux_value_to_text(value, &text))
			flux_eval_raise(frame, interpolated->expression->span, ERRCODE_DATATYPE_MISMATCH,
							"cannot interpolate a value of type %s", value_type_name(value));
		appendBinaryStringInfo(&out, text.data, text.size);
	}
	return flux_value_string(flux_text(out.data, out.len));
}

/* ---- operators ---- */

static FluxValue
eval_binary(const FluxFrame *frame, const FluxBinaryExpression *expression)
{
	FluxValue left = flux_eval(frame, expression->left);
	FluxValue right = flux_eval(frame, expression->right);
	const char *error;
	FluxValue result;

	if (left.kind == FLUX_KIND_INVALID && right.kind == FLUX_KIND_INVALID &&
		frame->is_row_function && frame->evaluator->state->is_row_typed)
		return flux_value_null(FLUX_KIND_INVALID); /* of the type that it has, not known here */
	result = flux_value_binary(expression->op, left, right, frame->is_row_function, &error);
	if (error != NULL)
		flux_eval_raise(frame, expression->ast.span,
						strncmp(error, "cannot ", 7) == 0 ? ERRCODE_DIVISION_BY_ZERO
														  : ERRCODE_DATATYPE_MISMATCH,
						"%s", error);
	return result;
}

static FluxValue
eval_unary(const FluxFrame *frame, const FluxUnaryExpression *expression)
{
	FluxValue value = flux_eval(frame, expression->argument);
	const char *error;
	FluxValue result = flux_value_unary(expression->op, value, frame->is_row_function, &error);

	if (error != NULL)
		flux_eval_raise(frame, expression->ast.span, ERRCODE_DATATYPE_MISMATCH, "%s", error);
	return result;
}

/* A boolean, or in a row function a null (of type bool or none at all). */
static bool
is_logical(const FluxFrame *frame, FluxValue value)
{
	if (value.is_null)
		return frame->is_row_function &&
			   (value.kind == FLUX_KIND_BOOL || value.kind == FLUX_KIND_INVALID);
	return value.kind == FLUX_KIND_BOOL;
}

static FluxValue
eval_logical(const FluxFrame *frame, const FluxLogicalExpression *expression)
{
	FluxValue value = flux_eval(frame, expression->left);

	if (!is_logical(frame, value))
		flux_eval_raise(frame, expression->left->span, ERRCODE_DATATYPE_MISMATCH,
						"left operand to logical expression is not a boolean value, got %s",
						value_type_name(value));

	/* a null on the left counts as false */
	if (expression->is_and && (value.is_null || !value.as.boolean))
		return flux_value_bool(false);
	if (!expression->is_and && !value.is_null && value.as.boolean)
		return flux_value_bool(true);
	value = flux_eval(frame, expression->right);
	if (!is_logical(frame, value))
		flux_eval_raise(frame, expression->right->span, ERRCODE_DATATYPE_MISMATCH,
						"right operand to logical expression is not a boolean value, got %s",
						value_type_name(value));
	if (value.is_null)
		value.kind = FLUX_KIND_BOOL;
	return value;
}

static FluxValue
eval_conditional(const FluxFrame *frame, const FluxConditionalExpression *expression)
{
	FluxValue test = flux_eval(frame, expression->test);

	if (!is_logical(frame, test))
		flux_eval_raise(frame, expression->test->span, ERRCODE_DATATYPE_MISMATCH,
						"conditional test expression is not a boolean value, got %s",
						value_type_name(test));
	if (!test.is_null && test.as.boolean)
		return flux_eval(frame, expression->consequent);
	return flux_eval(frame, expression->alternate);
}

/* ---- the rest ---- */

static FluxValue
eval_pipe(const FluxFrame *frame, const FluxPipeExpression *expression)
{
	FluxValue piped = flux_eval(frame, expression->argument);

	if (expression->call->kind != FLUX_AST_CALL_EXPRESSION)
		flux_eval_raise(frame, expression->call->span, ERRCODE_SYNTAX_ERROR,
						"pipe destination must be a function call");
	return flux_eval_call(frame, (const FluxCallExpression *) expression->call, &piped);
}

static FluxValue
make_lambda(const FluxFrame *frame, const FluxFunctionExpression *lambda)
{
	FluxFunction *function = palloc0(sizeof(FluxFunction));

	function->lambda = lambda;
	function->scope = frame->scope;
	function->source = frame->source;
	return flux_value_function(function);
}

FluxValue
flux_eval(const FluxFrame *frame, const FluxAst *node)
{
	check_stack_depth();
	switch (node->kind)
	{
		case FLUX_AST_IDENTIFIER:
			return flux_eval_identifier(frame, ((const FluxIdentifier *) node)->name, node->span);
		case FLUX_AST_STRING_LITERAL:
			return flux_value_string(((const FluxStringLiteral *) node)->value);
		case FLUX_AST_INTEGER_LITERAL:
			return flux_value_int(((const FluxIntegerLiteral *) node)->value);
		case FLUX_AST_FLOAT_LITERAL:
			return flux_value_float(((const FluxFloatLiteral *) node)->value);
		case FLUX_AST_DURATION_LITERAL:
			return flux_value_duration(((const FluxDurationLiteral *) node)->value);
		case FLUX_AST_DATE_TIME_LITERAL:
			return flux_value_time(((const FluxDateTimeLiteral *) node)->value_ns);
		case FLUX_AST_REGEXP_LITERAL:
			return flux_value_regexp(((const FluxRegexpLiteral *) node)->regexp);
		case FLUX_AST_LABEL_LITERAL:
			return flux_value_string(((const FluxLabelLiteral *) node)->value);
		case FLUX_AST_STRING_EXPRESSION:
			return eval_string_expression(frame, (const FluxStringExpression *) node);
		case FLUX_AST_ARRAY_EXPRESSION:
			return eval_array(frame, (const FluxArrayExpression *) node);
		case FLUX_AST_DICT_EXPRESSION:
			return eval_dict(frame, (const FluxDictExpression *) node);
		case FLUX_AST_OBJECT_EXPRESSION:
			return eval_record(frame, (const FluxObjectExpression *) node);
		case FLUX_AST_FUNCTION_EXPRESSION:
			return make_lambda(frame, (const FluxFunctionExpression *) node);
		case FLUX_AST_CALL_EXPRESSION:
			return flux_eval_call(frame, (const FluxCallExpression *) node, NULL);
		case FLUX_AST_PIPE_EXPRESSION:
			return eval_pipe(frame, (const FluxPipeExpression *) node);
		case FLUX_AST_MEMBER_EXPRESSION:
			return eval_member(frame, (const FluxMemberExpression *) node);
		case FLUX_AST_INDEX_EXPRESSION:
			return eval_index(frame, (const FluxIndexExpression *) node);
		case FLUX_AST_BINARY_EXPRESSION:
			return eval_binary(frame, (const FluxBinaryExpression *) node);
		case FLUX_AST_LOGICAL_EXPRESSION:
			return eval_logical(frame, (const FluxLogicalExpression *) node);
		case FLUX_AST_UNARY_EXPRESSION:
			return eval_unary(frame, (const FluxUnaryExpression *) node);
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			return eval_conditional(frame, (const FluxConditionalExpression *) node);
		case FLUX_AST_PAREN_EXPRESSION:
			return flux_eval(frame, ((const FluxParenExpression *) node)->expression);
		case FLUX_AST_PIPE_LITERAL:
			flux_eval_raise(frame, node->span, ERRCODE_SYNTAX_ERROR,
							"a pipe literal may only be used as a default value for an argument "
							"in a function definition");
		default:
			flux_eval_raise(frame, node->span, ERRCODE_SYNTAX_ERROR, "invalid expression");
	}
}
