/*
 * std_universe.c
 *		Package universe: conversions and the other functions on values.
 *
 * Its transformations stand in std_transformations.c, the bins of histograms in
 * std_bins.c, what is written in Flux in flux/universe.flux.
 */
#include "postgres.h"

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

static FluxValue
convert_argument(FluxCall *call, FluxKind to)
{
	const char *error;
	FluxValue value = flux_value_convert(flux_call_value(call, "v"), to, &error);

	if (error != NULL)
		flux_call_raise(call, ERRCODE_INVALID_TEXT_REPRESENTATION, "%s", error);

	/* at script level a converted null has no type left */
	if (value.is_null && !call->is_row_function)
		return flux_value_null(FLUX_KIND_INVALID);
	return value;
}

static FluxValue
universe_bool(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_BOOL);
}

static FluxValue
universe_int(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_INT);
}

static FluxValue
universe_uint(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_UINT);
}

static FluxValue
universe_float(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_FLOAT);
}

static FluxValue
universe_string(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_STRING);
}

static FluxValue
universe_time(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_TIME);
}

static FluxValue
universe_duration(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_DURATION);
}

static FluxValue
universe_bytes(FluxCall *call)
{
	return convert_argument(call, FLUX_KIND_BYTES);
}

/* contains(value, set): a value that is not there is in no set. */
static FluxValue
universe_contains(FluxCall *call)
{
	FluxValue value = flux_call_value(call, "value");
	const FluxArray *set = flux_call_array(call, "set");

	if (value.is_null)
		return flux_value_bool(false);
	for (int i = 0; i < set->count; i++)
	{
		FluxValue item = set->items[i];

		if (item.is_null)
			continue;
		if (item.kind != value.kind)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"value type %s does not match set type %s", flux_kind_name(value.kind),
							flux_kind_name(item.kind));
		if (flux_value_equal(item, value))
			return flux_value_bool(true);
	}
	return flux_value_bool(false);
}

static FluxValue
universe_length(FluxCall *call)
{
	return flux_value_int(flux_call_array(call, "arr")->count);
}

static FluxValue
universe_display(FluxCall *call)
{
	return flux_value_string(flux_value_display(flux_call_value(call, "v")));
}

static FluxValue
universe_die(FluxCall *call)
{
	FluxText message = flux_call_string(call, "msg");

	flux_call_raise(call, FLUX_ERRCODE_SCRIPT_FAILED, "%.*s", message.size, message.data);
}

/* The longest duration; "window(every: inf)" knows it. */
static FluxValue
universe_inf(FluxCall *call)
{
	return flux_value_duration(flux_duration(0, PG_INT64_MAX));
}

static FluxValue
universe_true(FluxCall *call)
{
	return flux_value_bool(true);
}

static FluxValue
universe_false(FluxCall *call)
{
	return flux_value_bool(false);
}

static FluxValue
universe_now(FluxCall *call)
{
	return flux_value_time(call->evaluator->now_ns);
}

#define SCALAR(name, function)                                                                     \
	{                                                                                              \
		"universe", name, FLUX_BUILTIN_SCALAR, function, .is_pure = true                           \
	}

static const FluxBuiltin builtins[] = {
	{"universe", "true", FLUX_BUILTIN_VALUE, universe_true},
	{"universe", "false", FLUX_BUILTIN_VALUE, universe_false},
	{"universe", "inf", FLUX_BUILTIN_VALUE, universe_inf},
	{"universe", "_now", FLUX_BUILTIN_SCALAR, universe_now, .type = "() => time"},
	{"universe", "die", FLUX_BUILTIN_SCALAR, universe_die},
	SCALAR("bool", universe_bool),
	SCALAR("int", universe_int),
	SCALAR("uint", universe_uint),
	SCALAR("float", universe_float),
	SCALAR("string", universe_string),
	SCALAR("time", universe_time),
	SCALAR("duration", universe_duration),
	SCALAR("bytes", universe_bytes),
	SCALAR("contains", universe_contains),
	SCALAR("length", universe_length),
	SCALAR("display", universe_display),
};

void
flux_std_universe_register(void)
{
	FLUX_REGISTER(builtins);
}
