/*
 * std_bitwise.c
 *		Packages bitwise and experimental/bitwise.
 *
 * Shifts by the width of the type or more leave nothing but the sign.
 */
#include "postgres.h"

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

/* Only signed shift counts can be negative. */
static uint64
shift_count(FluxCall *call)
{
	int64 count = flux_call_int(call, "b");

	if (count < 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%s: negative shift amount",
						call->builtin->name);
	return (uint64) count;
}

#define SIGNED_2(name, expression)                                                                 \
	static FluxValue bitwise_##name(FluxCall *call)                                                \
	{                                                                                              \
		uint64 a = (uint64) flux_call_int(call, "a");                                              \
		uint64 b = (uint64) flux_call_int(call, "b");                                              \
                                                                                                   \
		return flux_value_int((int64) (expression));                                               \
	}

#define UNSIGNED_2(name, expression)                                                               \
	static FluxValue bitwise_##name(FluxCall *call)                                                \
	{                                                                                              \
		uint64 a = flux_call_uint(call, "a");                                                      \
		uint64 b = flux_call_uint(call, "b");                                                      \
                                                                                                   \
		return flux_value_uint(expression);                                                        \
	}

SIGNED_2(sand, a &b)
SIGNED_2(sor, a | b)
SIGNED_2(sxor, a ^ b)
SIGNED_2(sclear, a & ~b)
UNSIGNED_2(uand, a &b)
UNSIGNED_2(uor, a | b)
UNSIGNED_2(uxor, a ^ b)
UNSIGNED_2(uclear, a & ~b)
UNSIGNED_2(ulshift, b < 64 ? a << b : 0)
UNSIGNED_2(urshift, b < 64 ? a >> b : 0)

static FluxValue
bitwise_snot(FluxCall *call)
{
	return flux_value_int(~flux_call_int(call, "a"));
}

static FluxValue
bitwise_unot(FluxCall *call)
{
	return flux_value_uint(~flux_call_uint(call, "a"));
}

static FluxValue
bitwise_slshift(FluxCall *call)
{
	uint64 a = (uint64) flux_call_int(call, "a");
	uint64 b = shift_count(call);

	return flux_value_int(b < 64 ? (int64) (a << b) : 0);
}

static FluxValue
bitwise_srshift(FluxCall *call)
{
	int64 a = flux_call_int(call, "a");
	uint64 b = shift_count(call);

	return flux_value_int(a >> Min(b, 63));
}

#define BOTH(name)                                                                                 \
	{"bitwise", #name, FLUX_BUILTIN_SCALAR, bitwise_##name, .is_pure = true},                      \
	{                                                                                              \
		"experimental/bitwise", #name, FLUX_BUILTIN_SCALAR, bitwise_##name, .is_pure = true        \
	}

static const FluxBuiltin builtins[] = {
	BOTH(sand), BOTH(sclear), BOTH(slshift), BOTH(snot), BOTH(sor), BOTH(srshift), BOTH(sxor),
	BOTH(uand), BOTH(uclear), BOTH(ulshift), BOTH(unot), BOTH(uor), BOTH(urshift), BOTH(uxor),
};

void
flux_std_bitwise_register(void)
{
	FLUX_REGISTER(builtins);
}
