/*
 * call.c
 *		Arguments of a call, for the implementations of library functions.
 *
 * The static check has seen most types already; what arrives here with a
 * wrong one came through data, or through a script that was not checked.
 */
#include "postgres.h"

#include <stdarg.h>

#include "lib/stringinfo.h"

#include "base/pg_compat.h"
#include "evaluate/evaluate_int.h"

void
flux_call_raise(const FluxCall *call, int sqlstate, const char *format, ...)
{
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	flux_raise_at(sqlstate, call->source, call->span, "%s", message);
}

static void raise_type(const FluxCall *call, const char *name, const char *wanted,
					   const FluxValue *got) pg_attribute_noreturn();

static void
raise_type(const FluxCall *call, const char *name, const char *wanted, const FluxValue *got)
{
	if (got->is_null)
		flux_call_raise(call, ERRCODE_NULL_VALUE_NOT_ALLOWED,
						"%s: expected argument \"%s\" to be of type %s, got a null",
						call->builtin->name, name, wanted);
	flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
					"%s: expected argument \"%s\" to be of type %s, got type %s",
					call->builtin->name, name, wanted, flux_kind_name(got->kind));
}

const FluxValue *
flux_call_find(const FluxCall *call, const char *name)
{
	return call->arguments == NULL ? NULL
								   : flux_record_get(call->arguments, flux_text_from_cstring(name));
}

FluxValue
flux_call_value(const FluxCall *call, const char *name)
{
	const FluxValue *value = flux_call_find(call, name);

	if (value == NULL)
		flux_call_raise(call, ERRCODE_UNDEFINED_PARAMETER, "%s: missing required argument \"%s\"",
						call->builtin->name, name);
	return *value;
}

/* The argument, which must be there, not null, and of the kind. */
static FluxValue
required(const FluxCall *call, const char *name, FluxKind kind)
{
	FluxValue value = flux_call_value(call, name);

	if (value.kind != kind || value.is_null)
		raise_type(call, name, flux_kind_name(kind), &value);
	return value;
}

bool
flux_call_bool_or(const FluxCall *call, const char *name, bool otherwise)
{
	return flux_call_find(call, name) == NULL ? otherwise
											  : required(call, name, FLUX_KIND_BOOL).as.boolean;
}

int64
flux_call_int(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_INT).as.integer;
}

int64
flux_call_int_or(const FluxCall *call, const char *name, int64 otherwise)
{
	return flux_call_find(call, name) == NULL ? otherwise : flux_call_int(call, name);
}

uint64
flux_call_uint(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_UINT).as.uinteger;
}

double
flux_call_float(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_FLOAT).as.floating;
}

double
flux_call_float_or(const FluxCall *call, const char *name, double otherwise)
{
	return flux_call_find(call, name) == NULL ? otherwise : flux_call_float(call, name);
}

FluxText
flux_call_string(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_STRING).as.string;
}

FluxText
flux_call_string_or(const FluxCall *call, const char *name, const char *otherwise)
{
	return flux_call_find(call, name) == NULL ? flux_text_from_cstring(otherwise)
											  : flux_call_string(call, name);
}

FluxText
flux_call_bytes(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_BYTES).as.string;
}

FluxDuration
flux_call_duration(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_DURATION).as.duration;
}

FluxDuration
flux_call_duration_or(const FluxCall *call, const char *name, FluxDuration otherwise)
{
	return flux_call_find(call, name) == NULL ? otherwise : flux_call_duration(call, name);
}

int64
flux_call_instant(const FluxCall *call, const char *name)
{
	FluxValue value = flux_call_value(call, name);

	if (value.is_null)
		raise_type(call, name, "time", &value);
	switch (value.kind)
	{
		case FLUX_KIND_TIME:
			return value.as.time_ns;
		case FLUX_KIND_DURATION:
			return flux_time_add(flux_evaluator_now(call->evaluator), value.as.duration);
		case FLUX_KIND_INT:
			if (value.as.integer > FLUX_TIME_MAX / FLUX_NS_PER_SECOND ||
				value.as.integer < FLUX_TIME_MIN / FLUX_NS_PER_SECOND)
				flux_call_raise(call, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
								"%s: argument \"%s\" is out of the range of times",
								call->builtin->name, name);
			return value.as.integer * FLUX_NS_PER_SECOND;
		default:
			raise_type(call, name, "time", &value);
	}
}

int64
flux_call_instant_or(const FluxCall *call, const char *name, int64 otherwise)
{
	return flux_call_find(call, name) == NULL ? otherwise : flux_call_instant(call, name);
}

const FluxArray *
flux_call_array(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_ARRAY).as.array;
}

const FluxRecord *
flux_call_record(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_RECORD).as.record;
}

const FluxFunction *
flux_call_function(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_FUNCTION).as.function;
}

const FluxDict *
flux_call_dict(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_DICT).as.dict;
}

FluxRegexp *
flux_call_regexp(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_REGEXP).as.regexp;
}

struct FluxPlanNode *
flux_call_stream(const FluxCall *call, const char *name)
{
	return required(call, name, FLUX_KIND_STREAM).as.stream;
}

const FluxText *
flux_call_strings_or(const FluxCall *call, const char *name, const char *otherwise, int *count)
{
	const FluxArray *array;
	FluxText *texts;

	if (flux_call_find(call, name) == NULL)
	{
		texts = palloc(sizeof(FluxText));
		*count = 0;
		if (otherwise != NULL)
			texts[(*count)++] = flux_text_from_cstring(otherwise);
		return texts;
	}
	array = flux_call_array(call, name);
	texts = palloc(sizeof(FluxText) * (Size) Max(array->count, 1));
	for (int i = 0; i < array->count; i++)
	{
		if (array->items[i].kind != FLUX_KIND_STRING || array->items[i].is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"%s: expected argument \"%s\" to be an array of strings",
							call->builtin->name, name);
		texts[i] = array->items[i].as.string;
	}
	*count = array->count;
	return texts;
}

FluxLocation
flux_call_location(const FluxCall *call, const char *name)
{
	const FluxValue *value = flux_call_find(call, name);
	const char *error;
	FluxLocation location;

	if (value == NULL)
		return flux_evaluator_location(call->evaluator);
	location = flux_location_from_value(*value, &error);
	if (error != NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%s", error);
	return location;
}
