/*
 * eval_call.c
 *		Calls: arguments to parameters, lambdas, library functions.
 *
 * Every call at script level adds a line to the error's context,
 * error calling function "f" @l:c-l:c, unless the name begins with an
 * underscore or the call stands in the library.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "evaluate/evaluate_int.h"
#include "guc.h"

/* Nested calls that a script may make; a lambda cannot call itself, so people
 * never come near. */
#define CALL_DEPTH_MAX 1000

/*
 * Memory that evaluation may take: so many times fluxtask.work_mem, and at least
 * so much.  Nothing is freed before the run ends, so a script of a few lines
 * whose functions call each other twice over could eat any amount; looked at
 * once in a while.
 */
#define EVALUATION_MEMORY_SHARE 16
#define EVALUATION_MEMORY_MIN ((Size) 256 * 1024 * 1024)
#define CALLS_BETWEEN_LOOKS 4096

/* Arguments that a call may have. */
#define ARGUMENTS_MAX 1000

/* What the error context of a call shows. */
typedef struct CallContext
{
	const FluxFrame *frame;
	const FluxCallExpression *call;
	FluxText name; /* empty: not a plain name */
} CallContext;

static void
report_call(void *argument)
{
	const CallContext *context = argument;
	FluxPosition start;
	FluxPosition stop;

	if (context->frame->source->name != NULL ||
		(context->name.size > 0 && context->name.data[0] == '_'))
		return;
	start = flux_source_position(context->frame->source, context->call->ast.span.start);
	stop = flux_source_position(context->frame->source, context->call->ast.span.stop);
	if (context->name.size > 0)
		errcontext("error calling function \"%.*s\" @%d:%d-%d:%d", context->name.size,
				   context->name.data, start.line, start.column, stop.line, stop.column);
	else
		errcontext("error calling function \"<anonymous function>\" @%d:%d-%d:%d", start.line,
				   start.column, stop.line, stop.column);
}

static FluxText
callee_name(const FluxAst *callee)
{
	callee = flux_ast_unparen(callee);
	if (callee->kind == FLUX_AST_IDENTIFIER)
		return ((const FluxIdentifier *) callee)->name;
	if (callee->kind == FLUX_AST_MEMBER_EXPRESSION)
		return flux_ast_key_text(((const FluxMemberExpression *) callee)->property);
	return flux_text(NULL, 0);
}

/* ---- parameters ---- */

/* One parameter of a lambda as its Property says it. */
static FluxParameter
lambda_parameter(const FluxFunctionExpression *lambda, int i)
{
	const FluxProperty *property = (const FluxProperty *) lambda->params.items[i];
	FluxParameter parameter = {
		.name = flux_ast_key_text(property->key),
		.is_pipe = property->value != NULL && property->value->kind == FLUX_AST_PIPE_LITERAL,
	};

	parameter.is_optional = property->value != NULL && !parameter.is_pipe;
	return parameter;
}

int
flux_function_parameters(const FluxFunction *function, const FluxParameter **parameters)
{
	const FluxParameter *source = NULL;
	FluxParameter *sorted;
	int count;
	int filled = 0;

	if (function->builtin != NULL)
		count = flux_builtin_parameters(function->builtin, &source);
	else
		count = function->lambda->params.count;
	sorted = palloc(sizeof(FluxParameter) * (Size) Max(count, 1));
	for (int pass = 0; pass < 2; pass++)
	{
		for (int i = 0; i < count; i++)
		{
			FluxParameter parameter =
				source != NULL ? source[i] : lambda_parameter(function->lambda, i);

			if (parameter.is_optional == (pass == 1))
				sorted[filled++] = parameter;
		}
	}
	*parameters = sorted;
	return count;
}

/* Name of the parameter that receives what is piped in; size 0 when none does. */
static FluxText
pipe_parameter(const FluxFunction *function)
{
	const FluxParameter *parameters;

	if (function->builtin != NULL)
	{
		int count = flux_builtin_parameters(function->builtin, &parameters);

		for (int i = 0; i < count; i++)
		{
			if (parameters[i].is_pipe)
				return parameters[i].name;
		}
		return flux_text(NULL, 0);
	}
	for (int i = 0; i < function->lambda->params.count; i++)
	{
		FluxParameter parameter = lambda_parameter(function->lambda, i);

		if (parameter.is_pipe)
			return parameter.name;
	}
	return flux_text(NULL, 0);
}

/* ---- arguments ---- */

/*
 * Evaluates the arguments of a call expression into a record, the piped value
 * under its parameter's name.
 */
static const FluxRecord *
eval_arguments(const FluxFrame *frame, const FluxCallExpression *call, const FluxValue *piped,
			   const FluxFunction *function)
{
	int given = call->arguments != NULL ? call->arguments->properties.count : 0;
	FluxRecord *record = palloc(sizeof(FluxRecord));
	FluxText *keys = palloc(sizeof(FluxText) * (Size) (given + 1));
	FluxValue *values = palloc(sizeof(FluxValue) * (Size) (given + 1));
	int count = 0;

	if (given > ARGUMENTS_MAX)
		flux_eval_raise(frame, call->ast.span, ERRCODE_TOO_MANY_ARGUMENTS,
						"a call has more than %d arguments", ARGUMENTS_MAX);
	for (int i = 0; i < given; i++)
	{
		const FluxProperty *property = (const FluxProperty *) call->arguments->properties.items[i];
		FluxText key = flux_ast_key_text(property->key);

		for (int j = 0; j < count; j++)
		{
			if (flux_text_equal(keys[j], key))
				flux_eval_raise(frame, property->key->span, ERRCODE_DUPLICATE_OBJECT,
								"duplicate keyword parameter specified: \"%.*s\"", key.size,
								key.data);
		}
		keys[count] = key;
		values[count] = property->value != NULL
							? flux_eval(frame, property->value)
							: flux_eval_identifier(frame, key, property->key->span);
		count++;
	}
	if (piped != NULL)
	{
		FluxText name = pipe_parameter(function);

		if (name.size == 0)
			flux_eval_raise(frame, call->ast.span, ERRCODE_UNDEFINED_PARAMETER,
							"pipe parameter value provided to function with no pipe parameter "
							"defined");
		for (int i = 0; i < count; i++)
		{
			if (flux_text_equal(keys[i], name))
				flux_eval_raise(frame, call->ast.span, ERRCODE_DUPLICATE_OBJECT,
								"pipe argument also specified as a keyword parameter: \"%.*s\"",
								name.size, name.data);
		}
		keys[count] = name;
		values[count] = *piped;
		count++;
	}
	record->count = count;
	record->keys = keys;
	record->values = values;
	return record;
}

static void
raise_missing(const FluxFrame *frame, FluxSpan span, FluxText name)
{
	flux_eval_raise(frame, span, ERRCODE_UNDEFINED_PARAMETER, "missing required argument \"%.*s\"",
					name.size, name.data);
}

/*
 * Raises for the arguments that no parameter wants.  "frame" is the caller's.
 */
static void
raise_unused(const FluxFrame *frame, FluxSpan span, const FluxRecord *arguments,
			 const FluxParameter *parameters, int count)
{
	StringInfoData unused;
	FluxNearName near;
	const char *hint = NULL;

	initStringInfo(&unused);
	for (int i = 0; i < arguments->count; i++)
	{
		bool is_wanted = false;

		for (int j = 0; j < count && !is_wanted; j++)
			is_wanted = flux_text_equal(arguments->keys[i], parameters[j].name);
		if (is_wanted)
			continue;
		if (unused.len > 0)
			appendStringInfoChar(&unused, ' ');
		else
		{
			flux_near_name_init(&near, arguments->keys[i]);
			for (int j = 0; j < count; j++)
				flux_near_name_offer(&near, parameters[j].name);
			hint = flux_near_name_hint(&near);
		}
		appendBinaryStringInfo(&unused, arguments->keys[i].data, arguments->keys[i].size);
	}
	flux_raise_full(ERRCODE_UNDEFINED_PARAMETER, frame->source, span, NULL, hint,
					"unused arguments [%s]", unused.data);
}

/* ---- functions ---- */

static FluxValue
call_lambda(const FluxFrame *caller, const FluxFunction *function, const FluxRecord *arguments,
			FluxSpan span)
{
	const FluxFunctionExpression *lambda = function->lambda;
	int variables =
		lambda->body->kind == FLUX_AST_BLOCK ? ((const FluxBlock *) lambda->body)->body.count : 0;
	FluxFrame defaults = {
		.evaluator = caller->evaluator,
		.source = function->source,
		.scope = function->scope,
		.is_row_function = caller->is_row_function,
	};
	FluxFrame frame = defaults;
	int used = 0;

	frame.scope = flux_scope_create(function->scope, lambda->params.count + variables);
	for (int i = 0; i < lambda->params.count; i++)
	{
		FluxParameter parameter = lambda_parameter(lambda, i);
		const FluxValue *given = flux_record_get(arguments, parameter.name);
		FluxValue value;

		if (given != NULL)
		{
			used++;
			value = *given;
		}
		else if (parameter.is_optional)
			value = flux_eval(&defaults, ((const FluxProperty *) lambda->params.items[i])->value);
		else
			raise_missing(caller, span, parameter.name);
		flux_scope_bind(frame.scope, parameter.name, value, false);
	}
	if (used < arguments->count)
	{
		const FluxParameter *parameters;
		int count = flux_function_parameters(function, &parameters);

		raise_unused(caller, span, arguments, parameters, count);
	}
	if (lambda->body->kind == FLUX_AST_BLOCK)
		return flux_eval_block(&frame, (const FluxBlock *) lambda->body);
	return flux_eval(&frame, lambda->body);
}

/* Every argument known, every required one there. */
static void
check_builtin_arguments(const FluxFrame *frame, const FluxBuiltin *builtin,
						const FluxRecord *arguments, FluxSpan span)
{
	const FluxParameter *parameters;
	int count = flux_builtin_parameters(builtin, &parameters);
	int used = 0;

	for (int i = 0; i < count; i++)
	{
		if (flux_record_get(arguments, parameters[i].name) != NULL)
			used++;
		else if (!parameters[i].is_optional)
			raise_missing(frame, span, parameters[i].name);
	}
	if (used < arguments->count)
		raise_unused(frame, span, arguments, parameters, count);
}

static FluxValue
call_builtin(const FluxFrame *frame, const FluxFunction *function, const FluxRecord *arguments,
			 FluxSpan span)
{
	const FluxBuiltin *builtin = function->builtin;
	FluxCall call = {
		.evaluator = frame->evaluator,
		.builtin = builtin,
		.source = frame->source,
		.span = span,
		.arguments = arguments,
		.is_row_function = frame->is_row_function,
	};
	FluxValue value;

	flux_eval_script_place(frame, &call.source, &call.span);
	check_builtin_arguments(frame, builtin, arguments, span);
	if (builtin->kind != FLUX_BUILTIN_TRANSFORM)
		value = builtin->function(&call);
	else
	{
		if (frame->is_row_function)
			flux_eval_raise(frame, span, ERRCODE_FEATURE_NOT_SUPPORTED,
							"\"%s\" cannot be called inside a row function", builtin->name);
		value = flux_value_stream(flux_plan_node_create(&call, builtin->plan_class));
	}
	if (builtin->is_side_effect && value.kind == FLUX_KIND_STREAM)
		flux_evaluator_add_side_effect(frame->evaluator, value.as.stream,
									   strcmp(builtin->name, "yield") != 0, call.source, call.span);
	return value;
}

/* Adds the arguments a function was bound to. */
static const FluxRecord *
add_bound(const FluxRecord *bound, const FluxRecord *arguments)
{
	FluxValue all = flux_value_record(bound->keys, bound->values, bound->count);

	for (int i = 0; i < arguments->count; i++)
		all = flux_record_with(all.as.record, arguments->keys[i], arguments->values[i]);
	return all.as.record;
}

void
flux_evaluator_need_memory(const FluxEvaluator *evaluator, FluxSourceText *source, FluxSpan span,
						   Size bytes)
{
	Size most =
		Max((Size) flux_guc_work_mem_kb * 1024 * EVALUATION_MEMORY_SHARE, EVALUATION_MEMORY_MIN);

	if (bytes > most || MemoryContextMemAllocated(evaluator->context, true) > most - bytes)
		flux_raise_full(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED, source, span, NULL,
						"Keep less of the tables in variables, or raise fluxtask.work_mem.",
						"the script takes more than %d MB while it is evaluated",
						(int) (most / (1024 * 1024)));
}

static void
check_memory(const FluxFrame *frame, FluxSpan span)
{
	FluxSourceText *source = frame->source;

	flux_eval_script_place(frame, &source, &span);
	flux_evaluator_need_memory(frame->evaluator, source, span, 0);
}

/* Calls with named arguments; "span" is the place of the call in the frame's source. */
FluxValue
flux_eval_function(const FluxFrame *frame, const FluxFunction *function,
				   const FluxRecord *arguments, FluxSpan span)
{
	struct FluxEvaluatorState *state = frame->evaluator->state;
	FluxValue value;

	CHECK_FOR_INTERRUPTS();
	if (!frame->is_row_function && ++state->call_count % CALLS_BETWEEN_LOOKS == 0)
		check_memory(frame, span);
	if (++state->depth > CALL_DEPTH_MAX)
	{
		state->depth = 0;
		flux_eval_raise(frame, span, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
						"calls are nested more than %d deep", CALL_DEPTH_MAX);
	}
	if (function->bound != NULL)
		arguments = add_bound(function->bound, arguments);
	if (function->builtin != NULL)
		value = call_builtin(frame, function, arguments, span);
	else
		value = call_lambda(frame, function, arguments, span);
	state->depth--;
	return value;
}

static bool
is_library_function(const FluxFunction *function)
{
	return function->builtin != NULL ||
		   (function->source != NULL && function->source->name != NULL);
}

FluxValue
flux_eval_call(const FluxFrame *frame, const FluxCallExpression *call, const FluxValue *piped)
{
	FluxValue callee = flux_eval(frame, call->callee);
	CallContext context = {.frame = frame, .call = call};
	ErrorContextCallback callback = {
		.previous = error_context_stack,
		.callback = report_call,
		.arg = &context,
	};
	struct FluxEvaluatorState *state = frame->evaluator->state;
	FluxSourceText *previous_source = state->call_source;
	FluxSpan previous_span = state->call_span;
	bool was_discarded = frame->evaluator->is_discarded;
	const FluxRecord *arguments;
	FluxValue value;

	if (callee.kind != FLUX_KIND_FUNCTION || callee.is_null)
		flux_eval_raise(frame, call->callee->span, ERRCODE_DATATYPE_MISMATCH,
						"cannot call function: value is of type %s", flux_kind_name(callee.kind));
	arguments = eval_arguments(frame, call, piped, callee.as.function);
	context.name = callee_name(call->callee);
	error_context_stack = &callback;
	if (frame->source->name == NULL)
	{
		state->call_source = frame->source;
		state->call_span = call->ast.span;
	}
	if (frame->source->name == NULL)
		frame->evaluator->is_discarded =
			&call->ast == state->discarded_call && is_library_function(callee.as.function);
	value = flux_eval_function(frame, callee.as.function, arguments, call->ast.span);
	frame->evaluator->is_discarded = was_discarded;
	state->call_source = previous_source;
	state->call_span = previous_span;
	error_context_stack = callback.previous;
	return value;
}

FluxValue
flux_function_call(FluxEvaluator *evaluator, const FluxFunction *function,
				   const FluxRecord *arguments, bool is_row_function)
{
	FluxFrame frame = {
		.evaluator = evaluator,
		.source = function->source,
		.scope = function->scope,
		.is_row_function = is_row_function,
	};

	return flux_eval_function(&frame, function, arguments,
							  function->lambda != NULL ? function->lambda->ast.span
													   : flux_span(0, 0));
}

FluxValue
flux_row_function_call(FluxEvaluator *evaluator, const FluxFunction *function,
					   const FluxRecord *arguments, bool is_typed, FluxSourceText *source,
					   FluxSpan span)
{
	struct FluxEvaluatorState *state = evaluator->state;
	FluxSourceText *previous_source = state->call_source;
	FluxSpan previous_span = state->call_span;
	bool previous_is_typed = state->is_row_typed;
	FluxValue value;

	state->is_row_typed = is_typed;
	state->call_source = source;
	state->call_span = span;
	value = flux_function_call(evaluator, function, arguments, true);
	state->is_row_typed = previous_is_typed;
	state->call_source = previous_source;
	state->call_span = previous_span;
	return value;
}

FluxValue
flux_call_invoke(const FluxCall *call, const FluxFunction *function, const FluxRecord *arguments)
{
	FluxFrame frame = {
		.evaluator = call->evaluator,
		.source = call->source,
		.is_row_function = call->is_row_function,
	};

	return flux_eval_function(&frame, function, arguments, call->span);
}
