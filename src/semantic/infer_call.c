/*
 * infer_call.c
 *		Type inference: function literals and calls.
 *
 * A call of a function whose type is known is checked argument by argument,
 * so that a mistake is shown at the argument that makes it.  Otherwise the
 * call says what the callee must be: a function that takes just these.
 */
#include "postgres.h"

#include "semantic/infer_int.h"

/* ---- function literals ---- */

/*
 * The statements of a function's body: assignments and expressions, then one
 * return, whose type is the result.
 */
static FluxType *
infer_block(FluxInference *inference, const FluxBlock *block)
{
	FluxType *result = NULL;

	for (int i = 0; i < block->body.count; i++)
	{
		const FluxAst *node = block->body.items[i];
		const char *refused = NULL;

		switch (node->kind)
		{
			case FLUX_AST_RETURN_STATEMENT:
				result = flux_infer_expression(inference,
											   ((const FluxReturnStatement *) node)->argument);
				if (i < block->body.count - 1)
					refused = "return";
				break;
			case FLUX_AST_OPTION_STATEMENT:
				refused = "option";
				break;
			case FLUX_AST_BUILTIN_STATEMENT:
				refused = "builtin";
				break;
			case FLUX_AST_TEST_CASE_STATEMENT:
				refused = "testcase";
				break;
			default:
				flux_infer_statement(inference, node);
				break;
		}
		if (refused != NULL)
			flux_diagnostics_add(inference->forms, ERRCODE_SYNTAX_ERROR, node->span,
								 "invalid %s statement in function block", refused);
	}
	if (result != NULL)
		return result;
	flux_diagnostics_add(inference->forms, ERRCODE_SYNTAX_ERROR, block->ast.span,
						 "missing return statement in block");
	return flux_type_basic(FLUX_TYPE_ERROR);
}

/* Parameters of a function literal, each with a fresh type. */
static FluxTypeParameter *
make_parameters(FluxInference *inference, const FluxFunctionExpression *function)
{
	int count = function->params.count;
	FluxTypeParameter *parameters =
		MemoryContextAlloc(inference->maker.context, Max(count, 1) * sizeof(FluxTypeParameter));
	bool has_pipe = false;

	for (int i = 0; i < count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) function->params.items[i];

		parameters[i].name = flux_ast_key_text(property->key);
		parameters[i].type = flux_type_variable(&inference->maker);
		if (property->value == NULL)
			parameters[i].kind = FLUX_PARAMETER_REQUIRED;
		else if (property->value->kind != FLUX_AST_PIPE_LITERAL)
			parameters[i].kind = FLUX_PARAMETER_OPTIONAL;
		else if (has_pipe)
		{
			parameters[i].kind = FLUX_PARAMETER_REQUIRED;
			flux_diagnostics_add(inference->forms, ERRCODE_SYNTAX_ERROR, property->ast.span,
								 "function types can have at most one pipe parameter");
		}
		else
		{
			parameters[i].kind = FLUX_PARAMETER_PIPE;
			has_pipe = true;
		}
	}
	return parameters;
}

/*
 * Defaults do not fix the types of their parameters: each only has to fit
 * some instance of the function.
 */
static void
check_defaults(FluxInference *inference, const FluxFunctionExpression *function, FluxType *type,
			   FluxType **defaults)
{
	for (int i = 0; i < function->params.count; i++)
	{
		FluxType *instance;

		if (defaults[i] == NULL)
			continue;
		instance = flux_type_instantiate_above(&inference->maker, type, inference->maker.level);
		if (instance->kind != FLUX_TYPE_FUNCTION)
			return; /* the budget is used up */
		flux_infer_expect(inference, ((FluxProperty *) function->params.items[i])->value->span,
						  instance->u.function.parameters[i].type, defaults[i]);
	}
}

FluxType *
flux_infer_function(FluxInference *inference, const FluxFunctionExpression *function)
{
	int count = function->params.count;
	FluxType **defaults = palloc0(Max(count, 1) * sizeof(FluxType *));
	FluxTypeParameter *parameters;
	FluxType *type;
	FluxType *result;
	bool has_defaults = false;

	/* defaults belong to the scope of the definition and see no parameters */
	for (int i = 0; i < count; i++)
	{
		const FluxAst *value = ((FluxProperty *) function->params.items[i])->value;

		if (value == NULL || value->kind == FLUX_AST_PIPE_LITERAL)
			continue;
		defaults[i] = flux_infer_expression(inference, value);
		has_defaults = true;
	}

	if (has_defaults)
		inference->maker.level++;
	inference->function_depth++;
	flux_names_open(inference->names);
	parameters = make_parameters(inference, function);
	for (int i = 0; i < count; i++)
		flux_names_bind(inference->names, parameters[i].name)->type = parameters[i].type;
	if (function->body->kind == FLUX_AST_BLOCK)
		result = infer_block(inference, (const FluxBlock *) function->body);
	else
		result = flux_infer_expression(inference, function->body);
	flux_names_close(inference->names);
	inference->function_depth--;

	type = flux_type_function(&inference->maker, parameters, count, result);
	if (has_defaults)
	{
		inference->maker.level--;
		check_defaults(inference, function, type, defaults);
		flux_type_lower(&inference->maker, type);
	}
	pfree(defaults);
	return type;
}

/* ---- calls ---- */

/* What a call gives to its callee. */
typedef struct CallArguments
{
	const FluxAstList *properties; /* or NULL */
	FluxType **types;              /* of the properties */
	int count;
	FluxType *piped; /* or NULL */
} CallArguments;

static FluxText
argument_name(const CallArguments *arguments, int index)
{
	return flux_ast_key_text(((FluxProperty *) arguments->properties->items[index])->key);
}

/* Where an argument's mistake is shown: its value, or the name that stands for it. */
static FluxSpan
argument_span(const CallArguments *arguments, int index)
{
	const FluxProperty *property = (const FluxProperty *) arguments->properties->items[index];

	return property->value != NULL ? property->value->span : property->key->span;
}

static void
infer_arguments(FluxInference *inference, const FluxCallExpression *call, CallArguments *arguments)
{
	arguments->properties = call->arguments != NULL ? &call->arguments->properties : NULL;
	arguments->count = arguments->properties != NULL ? arguments->properties->count : 0;
	arguments->types = palloc(Max(arguments->count, 1) * sizeof(FluxType *));
	for (int i = 0; i < arguments->count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) arguments->properties->items[i];

		if (property->value != NULL)
			arguments->types[i] = flux_infer_expression(inference, property->value);
		else
			arguments->types[i] =
				flux_infer_name(inference, argument_name(arguments, i), property->key->span);
		for (int j = 0; j < i && flux_type_step(&inference->maker); j++)
			if (flux_text_equal(argument_name(arguments, i), argument_name(arguments, j)))
			{
				flux_diagnostics_add(inference->types, ERRCODE_DUPLICATE_OBJECT,
									 property->key->span,
									 "duplicate keyword parameter specified: \"%.*s\"",
									 FLUX_NAME_ARGS(argument_name(arguments, i)));
				break;
			}
	}
}

/* What is called is a value; a variable or import of the script may hide a function. */
static FluxType *
call_of_no_function(FluxInference *inference, const FluxCallExpression *call, FluxType *expected,
					FluxType *callee)
{
	const FluxMismatch *mismatch =
		flux_mismatch_create(&inference->maker, FLUX_MISMATCH_TYPE, expected, callee);
	FluxDiagnostic *item = flux_infer_report(inference, call->ast.span, mismatch);
	const FluxAst *name = flux_ast_unparen(call->callee);

	if (name->kind == FLUX_AST_IDENTIFIER &&
		flux_builtin_find_prelude(((const FluxIdentifier *) name)->name) != NULL)
		item->hint = psprintf("\"%.*s\" of this script hides the function of that name",
							  FLUX_NAME_ARGS(((const FluxIdentifier *) name)->name));
	else
		item->hint = "only functions can be called";
	return flux_type_basic(FLUX_TYPE_ERROR);
}

/* The callee is not known yet: it must be a function that takes these. */
static FluxType *
call_unknown(FluxInference *inference, const FluxCallExpression *call, FluxType *callee,
			 const CallArguments *arguments)
{
	FluxTypeMaker *maker = &inference->maker;
	int count = arguments->count + (arguments->piped != NULL ? 1 : 0);
	FluxTypeParameter *parameters =
		MemoryContextAllocZero(maker->context, Max(count, 1) * sizeof(FluxTypeParameter));
	FluxType *result = flux_type_variable(maker);

	for (int i = 0; i < arguments->count; i++)
	{
		parameters[i].name = argument_name(arguments, i);
		parameters[i].kind = FLUX_PARAMETER_REQUIRED;
		parameters[i].type = arguments->types[i];
	}
	if (arguments->piped != NULL)
	{
		parameters[count - 1].kind = FLUX_PARAMETER_PIPE;
		parameters[count - 1].type = arguments->piped;
	}
	if (callee->kind != FLUX_TYPE_VARIABLE)
		return call_of_no_function(inference, call,
								   flux_type_function(maker, parameters, count, result), callee);
	flux_infer_expect(inference, call->ast.span,
					  flux_type_function(maker, parameters, count, result), callee);
	return result;
}

/*
 * One named argument of a known function; marks its parameter as given.
 * False when the function has none of that name.
 */
static bool
check_argument(FluxInference *inference, FluxType *callee, const CallArguments *arguments,
			   int index, bool *given)
{
	FluxTypeMaker *maker = &inference->maker;
	FluxText name = argument_name(arguments, index);
	FluxMismatch *unknown;

	for (int i = 0; i < callee->u.function.count; i++)
	{
		FluxTypeParameter *parameter = &callee->u.function.parameters[i];
		const FluxMismatch *mismatch;

		if (!flux_text_equal(parameter->name, name))
			continue;
		if (parameter->kind == FLUX_PARAMETER_PIPE && arguments->piped != NULL)
			flux_diagnostics_add(inference->types, ERRCODE_DUPLICATE_OBJECT,
								 argument_span(arguments, index),
								 "pipe argument also specified as a keyword parameter: \"%.*s\"",
								 FLUX_NAME_ARGS(name));
		given[i] = true;
		mismatch = flux_type_unify(maker, parameter->type, arguments->types[index]);
		if (mismatch != NULL)
			mismatch = flux_mismatch_in_argument(maker, name, mismatch);
		flux_infer_report(inference, argument_span(arguments, index), mismatch);
		return true;
	}
	unknown = flux_mismatch_create(maker, FLUX_MISMATCH_ARGUMENT_EXTRA, NULL, callee);
	unknown->name = name;
	flux_infer_report(inference, argument_span(arguments, index), unknown);
	return false;
}

/* The value that comes through the pipe; false when the function takes none. */
static bool
check_piped(FluxInference *inference, const FluxCallExpression *call, FluxType *callee,
			FluxType *piped, bool *given)
{
	FluxTypeMaker *maker = &inference->maker;

	for (int i = 0; i < callee->u.function.count; i++)
	{
		FluxTypeParameter *parameter = &callee->u.function.parameters[i];
		const FluxMismatch *mismatch;

		if (parameter->kind != FLUX_PARAMETER_PIPE)
			continue;
		given[i] = true;
		mismatch = flux_type_unify(maker, parameter->type, piped);
		if (mismatch != NULL && parameter->name.size > 0)
			mismatch = flux_mismatch_in_argument(maker, parameter->name, mismatch);
		flux_infer_report(inference, call->ast.span, mismatch);
		return true;
	}
	flux_infer_report(inference, call->ast.span,
					  flux_mismatch_create(maker, FLUX_MISMATCH_PIPE_MISSING, NULL, NULL));
	return false;
}

static FluxType *
call_known(FluxInference *inference, const FluxCallExpression *call, FluxType *callee,
		   const CallArguments *arguments)
{
	FluxTypeMaker *maker = &inference->maker;
	int count = callee->u.function.count;
	bool *given = palloc0(Max(count, 1) * sizeof(bool));
	bool all_known = true;

	if (!flux_type_charge(maker, count, arguments->count))
		return flux_type_basic(FLUX_TYPE_ERROR);
	if (arguments->piped != NULL)
		all_known &= check_piped(inference, call, callee, arguments->piped, given);
	for (int i = 0; i < arguments->count; i++)
		all_known &= check_argument(inference, callee, arguments, i, given);

	/* what is missing beside something unknown is mostly the same mistake */
	for (int i = 0; i < count && all_known; i++)
	{
		FluxTypeParameter *parameter = &callee->u.function.parameters[i];
		FluxMismatch *mismatch;

		if (given[i] || parameter->kind == FLUX_PARAMETER_OPTIONAL)
			continue;
		mismatch = flux_mismatch_create(maker,
										parameter->name.size > 0 ? FLUX_MISMATCH_ARGUMENT_MISSING
																 : FLUX_MISMATCH_PIPE_MISSING,
										NULL, callee);
		mismatch->name = parameter->name;
		flux_infer_report(inference, call->ast.span, mismatch);
	}
	pfree(given);
	return callee->u.function.result;
}

FluxType *
flux_infer_call(FluxInference *inference, const FluxCallExpression *call, const FluxAst *piped)
{
	CallArguments arguments;
	FluxType *callee;
	FluxType *result;

	arguments.piped = piped != NULL ? flux_infer_expression(inference, piped) : NULL;
	callee = flux_infer_expression(inference, call->callee);
	infer_arguments(inference, call, &arguments);
	callee = flux_type_resolve(callee);
	if (callee->kind == FLUX_TYPE_ERROR)
		result = callee;
	else if (callee->kind == FLUX_TYPE_FUNCTION)
		result = call_known(inference, call, callee, &arguments);
	else
		result = call_unknown(inference, call, callee, &arguments);
	pfree(arguments.types);
	return result;
}
