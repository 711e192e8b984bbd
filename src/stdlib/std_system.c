/*
 * std_system.c
 *		What scripts learn about where they run, and about themselves: packages
 *		system, runtime, internal/debug, tasks, and experimental.catch.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

/* The real clock, unlike now(). */
static FluxValue
system_time(FluxCall *call)
{
	return flux_value_time(flux_time_now());
}

/* The version of Flux whose behaviour the library follows. */
static FluxValue
runtime_version(FluxCall *call)
{
	return flux_value_cstring("v0.200.0");
}

/* ---- internal/debug ---- */

/* null(type): a null of that type; without a type, of none. */
static FluxValue
debug_null(FluxCall *call)
{
	static const FluxKind kinds[] = {FLUX_KIND_STRING, FLUX_KIND_BYTES,    FLUX_KIND_INT,
									 FLUX_KIND_UINT,   FLUX_KIND_FLOAT,    FLUX_KIND_BOOL,
									 FLUX_KIND_TIME,   FLUX_KIND_DURATION, FLUX_KIND_REGEXP};
	FluxText type = flux_call_string_or(call, "type", "");

	if (type.size == 0)
		return flux_value_null(FLUX_KIND_INVALID);
	for (int i = 0; i < (int) lengthof(kinds); i++)
	{
		if (flux_text_equal_cstring(type, flux_kind_name(kinds[i])))
			return flux_value_null(kinds[i]);
	}
	flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "Invalid null type `%.*s`", type.size,
					type.data);
}

static FluxValue
debug_get_option(FluxCall *call)
{
	char *package = flux_text_to_cstring(flux_call_string(call, "pkg"));
	char *name = flux_text_to_cstring(flux_call_string(call, "name"));
	const FluxValue *option = flux_evaluator_package_member(call->evaluator, package, name);

	if (option == NULL)
		flux_call_raise(call, ERRCODE_UNDEFINED_OBJECT, "option does not exist");
	return *option;
}

/* There are no feature flags to be on. */
static FluxValue
debug_feature(FluxCall *call)
{
	return flux_value_bool(false);
}

/* ---- influxdata/influxdb/tasks ---- */

/* A moment no task ran at: lastSuccessTime while nothing has set it. */
static FluxValue
tasks_zero_time(FluxCall *call)
{
	return flux_value_time(FLUX_TIME_MIN);
}

/*
 * The option if the script set it, else what the task's record says, else
 * orTime, which may be relative to now().
 */
static FluxValue
tasks_last_success(FluxCall *call)
{
	int64 option_ns = flux_call_instant(call, "lastSuccessTime");

	if (option_ns != FLUX_TIME_MIN)
		return flux_value_time(option_ns);
	if (call->evaluator->has_last_success)
		return flux_value_time(call->evaluator->last_success_ns);
	return flux_value_time(flux_call_instant(call, "orTime"));
}

/* ---- experimental.catch ---- */

/* The code Flux gives an error, as near as an SQLSTATE tells. */
static uint64
flux_code(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_FEATURE_NOT_SUPPORTED:
			return 12; /* unimplemented */
		case ERRCODE_INSUFFICIENT_PRIVILEGE:
			return 7; /* permission denied */
		case FLUX_ERRCODE_UNDEFINED_BUCKET:
			return 5; /* not found */
		case ERRCODE_PROGRAM_LIMIT_EXCEEDED:
			return 8; /* resource exhausted */
		case ERRCODE_INTERNAL_ERROR:
			return 13;
		default:
			return 3; /* invalid */
	}
}

static FluxValue
caught(FluxValue value, FluxValue code, FluxValue message)
{
	FluxText keys[3] = {flux_text_from_cstring("value"), flux_text_from_cstring("code"),
						flux_text_from_cstring("msg")};
	FluxValue values[3] = {value, code, message};

	return flux_value_record(keys, values, 3);
}

/* The message without the place that diagnostics put at its end, " at 3:14". */
static FluxText
message_alone(const char *message)
{
	FluxText text = flux_text_from_cstring(message);
	const char *at = NULL;
	const char *rest;

	for (const char *found = strstr(message, " at "); found != NULL;
		 found = strstr(found + 1, " at "))
		at = found;
	if (at == NULL)
		return text;
	rest = at + 4;
	rest += strspn(rest, "0123456789");
	if (rest == at + 4 || *rest != ':')
		return text;
	rest += 1 + strspn(rest + 1, "0123456789");
	if (*rest == '\0' || strncmp(rest, " of package ", 12) == 0)
		text.size = (int32) (at - message);
	return text;
}

/*
 * What InfluxDB's errors say: the calls that led to it, the outermost first,
 * then the message.  They are the lines of the error's context that
 * evaluate/eval_call.c wrote, which has the innermost first.
 */
static FluxText
message_of_calls(const ErrorData *error)
{
	static const char call_line[] = "error calling function ";
	FluxText message = message_alone(error->message);
	StringInfoData text;
	const char *end = error->context == NULL ? NULL : error->context + strlen(error->context);

	initStringInfo(&text);
	while (end != NULL)
	{
		const char *line = end;

		while (line > error->context && line[-1] != '\n')
			line--;
		if (strncmp(line, call_line, sizeof(call_line) - 1) == 0)
			appendStringInfo(&text, "%.*s: ", (int) (end - line), line);
		end = line > error->context ? line - 1 : NULL;
	}
	appendBinaryStringInfo(&text, message.data, message.size);
	return flux_text(text.data, text.len);
}

/*
 * Calls fn in a subtransaction, so that what a failed one holds or has written
 * is undone.  Cancellation is nobody's to catch.
 */
static FluxValue
experimental_catch(FluxCall *call)
{
	const FluxFunction *function = flux_call_function(call, "fn");
	FluxRecord nothing = {0};
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorContextCallback *error_context = error_context_stack;
	int depth = flux_evaluator_depth(call->evaluator);
	volatile FluxValue result;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	error_context_stack = NULL; /* the calls around this one are not the message's */
	PG_TRY();
	{
		FluxValue value = flux_call_invoke(call, function, &nothing);

		error_context_stack = error_context;
		result = caught(value, flux_value_null(FLUX_KIND_UINT), flux_value_null(FLUX_KIND_STRING));
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData *error;

		error_context_stack = error_context;
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			error->sqlerrcode == ERRCODE_ADMIN_SHUTDOWN)
			ReThrowError(error);
		flux_evaluator_set_depth(call->evaluator, depth);
		result = caught(flux_value_null(FLUX_KIND_INVALID),
						flux_value_uint(flux_code(error->sqlerrcode)),
						flux_value_string(message_of_calls(error)));
	}
	PG_END_TRY();
	return result;
}

static const FluxBuiltin builtins[] = {
	{"system", "time", FLUX_BUILTIN_SCALAR, system_time},
	{"runtime", "version", FLUX_BUILTIN_SCALAR, runtime_version, .is_pure = true},
	{"internal/debug", "null", FLUX_BUILTIN_SCALAR, debug_null, .is_pure = true},
	{"internal/debug", "getOption", FLUX_BUILTIN_SCALAR, debug_get_option},
	{"internal/debug", "feature", FLUX_BUILTIN_SCALAR, debug_feature},
	{"influxdata/influxdb/tasks", "_zeroTime", FLUX_BUILTIN_VALUE, tasks_zero_time, .type = "time"},
	{"influxdata/influxdb/tasks", "_lastSuccess", FLUX_BUILTIN_SCALAR, tasks_last_success,
	 .type = "(orTime: A, lastSuccessTime: time) => time where A: Timeable"},
	{"experimental", "catch", FLUX_BUILTIN_SCALAR, experimental_catch},
};

void
flux_std_system_register(void)
{
	FLUX_REGISTER(builtins);
}
