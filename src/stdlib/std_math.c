/*
 * std_math.c
 *		Package math: the C library's functions, with Flux's edge cases.
 *
 * A null argument gives null, except in the functions that return records.
 * Where C and Flux disagree (mMax, mMin, dim, modf, frexp, ilogb, Bessel
 * functions of negative numbers) the function says so.  Last digits of exp,
 * log, pow and their kin are those of the C library.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

/* ---- arguments ---- */

/* False when the argument is null: the result is null then. */
static bool
float_argument(FluxCall *call, const char *name, double *value)
{
	FluxValue argument = flux_call_value(call, name);

	if (argument.is_null)
		return false;
	if (argument.kind != FLUX_KIND_FLOAT)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
						"cannot convert argument of type %s to float",
						flux_kind_name(argument.kind));
	*value = argument.as.floating;
	return true;
}

static bool
int_argument(FluxCall *call, const char *name, int64 *value)
{
	FluxValue argument = flux_call_value(call, name);

	if (argument.is_null)
		return false;
	if (argument.kind != FLUX_KIND_INT)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
						"cannot convert argument of type %s to int", flux_kind_name(argument.kind));
	*value = argument.as.integer;
	return true;
}

/* For the functions that return records. */
static double
float_not_null(FluxCall *call, const char *name)
{
	double value = 0;

	if (!float_argument(call, name, &value))
		flux_call_raise(call, ERRCODE_NULL_VALUE_NOT_ALLOWED, "%s does not support null values",
						call->builtin->name);
	return value;
}

static FluxValue
null_result(FluxCall *call, FluxKind kind)
{
	return flux_value_null(call->is_row_function ? kind : FLUX_KIND_INVALID);
}

static int
clamp_to_int(int64 value)
{
	return (int) Max(Min(value, PG_INT32_MAX), PG_INT32_MIN);
}

/* ---- functions that C lacks or has otherwise ---- */

/*
 * The inverse of erfc on (0, 1]: a first guess from the tail's asymptotic
 * form, then Halley steps on log erfc in the far tail and on erfc elsewhere,
 * until nothing moves any more.
 */
static double
inverse_erfc_tail(double y)
{
	double x;

	if (y > 0.5)
		x = (1 - y) * sqrt(M_PI) / 2;
	else
	{
		double t = sqrt(-2 * log(y / 2));

		/* Hastings' rational guess at the normal quantile */
		x = (t - (2.515517 + t * (0.802853 + t * 0.010328)) /
					 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))) /
			M_SQRT2;
	}
	for (int i = 0; i < 12; i++)
	{
		double error = erfc(x) - y;
		double slope = -2 / sqrt(M_PI) * exp(-x * x);
		double newton;
		double next;

		if (slope == 0 || error == 0)
			break;
		newton = error / slope;
		next = x - newton / (1 + x * newton);
		if (next == x || !isfinite(next))
			break;
		x = next;
	}
	return x;
}

static double
math_erfcinv(double y)
{
	if (isnan(y) || y < 0 || y > 2)
		return NAN;
	if (y == 0 || y == 2)
		return y == 0 ? INFINITY : -INFINITY;
	return y <= 1 ? inverse_erfc_tail(y) : -inverse_erfc_tail(2 - y);
}

static double
math_erfinv(double x)
{
	double guess;

	if (isnan(x) || fabs(x) > 1)
		return NAN;
	if (fabs(x) == 1)
		return x > 0 ? INFINITY : -INFINITY;
	if (fabs(x) >= 0.5)
		return copysign(inverse_erfc_tail(1 - fabs(x)), x);

	/* near zero 1 - x would lose digits: solve for erf itself */
	guess = x * sqrt(M_PI) / 2;
	for (int i = 0; i < 12; i++)
	{
		double newton = (erf(guess) - x) / (2 / sqrt(M_PI) * exp(-guess * guess));
		double next = guess - newton / (1 + guess * newton);

		if (next == guess)
			break;
		guess = next;
	}
	return guess;
}

/* C lets the number win over NaN; here only the infinity does. */
static double
math_mmax(double x, double y)
{
	if ((isinf(x) && x > 0) || (isinf(y) && y > 0))
		return INFINITY;
	if (isnan(x) || isnan(y))
		return NAN;
	if (x == 0 && y == 0)
		return signbit(x) ? y : x;
	return x > y ? x : y;
}

static double
math_mmin(double x, double y)
{
	if ((isinf(x) && x < 0) || (isinf(y) && y < 0))
		return -INFINITY;
	if (isnan(x) || isnan(y))
		return NAN;
	if (x == 0 && y == 0)
		return signbit(x) ? x : y;
	return x < y ? x : y;
}

/* Infinity minus itself is NaN, which C's fdim makes 0. */
static double
math_dim(double x, double y)
{
	double difference = x - y;

	return difference <= 0 ? 0 : difference;
}

/* The zeroes of C's Bessel functions have a sign. */
static double
unsigned_zero(double result)
{
	return result == 0 ? 0 : result;
}

static double
math_j1(double x)
{
	return unsigned_zero(j1(x));
}

static double
math_y0(double x)
{
	return x < 0 ? NAN : y0(x);
}

static double
math_y1(double x)
{
	return x < 0 ? NAN : y1(x);
}

/* ---- the many that take one or two floats ---- */

#define FLOAT_1(name, function, parameter)                                                         \
	static FluxValue call_##name(FluxCall *call)                                                   \
	{                                                                                              \
		double value;                                                                              \
                                                                                                   \
		if (!float_argument(call, parameter, &value))                                              \
			return null_result(call, FLUX_KIND_FLOAT);                                             \
		return flux_value_float(function(value));                                                  \
	}

#define FLOAT_2(name, function, first, second)                                                     \
	static FluxValue call_##name(FluxCall *call)                                                   \
	{                                                                                              \
		double a;                                                                                  \
		double b;                                                                                  \
                                                                                                   \
		if (!float_argument(call, first, &a) || !float_argument(call, second, &b))                 \
			return null_result(call, FLUX_KIND_FLOAT);                                             \
		return flux_value_float(function(a, b));                                                   \
	}

FLOAT_1(abs, fabs, "x")
FLOAT_1(acos, acos, "x")
FLOAT_1(acosh, acosh, "x")
FLOAT_1(asin, asin, "x")
FLOAT_1(asinh, asinh, "x")
FLOAT_1(atan, atan, "x")
FLOAT_1(atanh, atanh, "x")
FLOAT_1(cbrt, cbrt, "x")
FLOAT_1(ceil, ceil, "x")
FLOAT_1(cos, cos, "x")
FLOAT_1(cosh, cosh, "x")
FLOAT_1(erf, erf, "x")
FLOAT_1(erfc, erfc, "x")
FLOAT_1(erfcinv, math_erfcinv, "x")
FLOAT_1(erfinv, math_erfinv, "x")
FLOAT_1(exp, exp, "x")
FLOAT_1(exp2, exp2, "x")
FLOAT_1(expm1, expm1, "x")
FLOAT_1(floor, floor, "x")
FLOAT_1(gamma, tgamma, "x")
FLOAT_1(j0, j0, "x")
FLOAT_1(j1, math_j1, "x")
FLOAT_1(log, log, "x")
FLOAT_1(log10, log10, "x")
FLOAT_1(log1p, log1p, "x")
FLOAT_1(log2, log2, "x")
FLOAT_1(logb, logb, "x")
FLOAT_1(round, round, "x")
FLOAT_1(roundtoeven, rint, "x")
FLOAT_1(sin, sin, "x")
FLOAT_1(sinh, sinh, "x")
FLOAT_1(sqrt, sqrt, "x")
FLOAT_1(tan, tan, "x")
FLOAT_1(tanh, tanh, "x")
FLOAT_1(trunc, trunc, "x")
FLOAT_1(y0, math_y0, "x")
FLOAT_1(y1, math_y1, "x")
FLOAT_2(atan2, atan2, "y", "x")
FLOAT_2(copysign, copysign, "x", "y")
FLOAT_2(dim, math_dim, "x", "y")
FLOAT_2(hypot, hypot, "p", "q")
FLOAT_2(mmax, math_mmax, "x", "y")
FLOAT_2(mmin, math_mmin, "x", "y")
FLOAT_2(mod, fmod, "x", "y")
FLOAT_2(nextafter, nextafter, "x", "y")
FLOAT_2(pow, pow, "x", "y")
FLOAT_2(remainder, remainder, "x", "y")

/* ---- those with other types ---- */

static FluxValue
call_nan(FluxCall *call)
{
	return flux_value_float(NAN);
}

static FluxValue
call_minf(FluxCall *call)
{
	int64 sign;

	if (!int_argument(call, "sign", &sign))
		return null_result(call, FLUX_KIND_FLOAT);
	return flux_value_float(sign >= 0 ? INFINITY : -INFINITY);
}

static FluxValue
call_isnan(FluxCall *call)
{
	double value;

	if (!float_argument(call, "f", &value))
		return null_result(call, FLUX_KIND_BOOL);
	return flux_value_bool(isnan(value));
}

static FluxValue
call_isinf(FluxCall *call)
{
	double value;
	int64 sign;

	if (!float_argument(call, "f", &value) || !int_argument(call, "sign", &sign))
		return null_result(call, FLUX_KIND_BOOL);
	return flux_value_bool(isinf(value) && (sign == 0 || (sign > 0) == (value > 0)));
}

static FluxValue
call_signbit(FluxCall *call)
{
	double value;

	if (!float_argument(call, "x", &value))
		return null_result(call, FLUX_KIND_BOOL);
	return flux_value_bool(signbit(value) != 0);
}

static FluxValue
call_ilogb(FluxCall *call)
{
	double value;

	if (!float_argument(call, "x", &value))
		return null_result(call, FLUX_KIND_INT);
	if (value == 0)
		return flux_value_int(PG_INT32_MIN);
	if (!isfinite(value))
		return flux_value_int(PG_INT32_MAX);
	return flux_value_int(ilogb(value));
}

static FluxValue
call_ldexp(FluxCall *call)
{
	double fraction;
	int64 exponent;

	if (!float_argument(call, "frac", &fraction) || !int_argument(call, "exp", &exponent))
		return null_result(call, FLUX_KIND_FLOAT);
	return flux_value_float(ldexp(fraction, clamp_to_int(exponent)));
}

static FluxValue
call_pow10(FluxCall *call)
{
	int64 exponent;
	char buffer[16];

	if (!int_argument(call, "n", &exponent))
		return null_result(call, FLUX_KIND_FLOAT);
	if (exponent < -323 || exponent > 308)
		return flux_value_float(exponent < 0 ? 0 : INFINITY);

	/* the correctly rounded power, which pow() does not promise */
	snprintf(buffer, sizeof(buffer), "1e%d", (int) exponent);
	return flux_value_float(strtod(buffer, NULL));
}

static FluxValue
call_jn(FluxCall *call)
{
	int64 order;
	double value;

	if (!int_argument(call, "n", &order) || !float_argument(call, "x", &value))
		return null_result(call, FLUX_KIND_FLOAT);
	return flux_value_float(
		unsigned_zero(jn(clamp_to_int(Min(Max(order, -100000), 100000)), value)));
}

/* The C library takes time proportional to the order: beyond the bound the
 * result has long been 0 or infinite. */
static FluxValue
call_yn(FluxCall *call)
{
	int64 order;
	double value;

	if (!int_argument(call, "n", &order) || !float_argument(call, "x", &value))
		return null_result(call, FLUX_KIND_FLOAT);
	if (value < 0)
		return flux_value_float(NAN);
	return flux_value_float(yn(clamp_to_int(Min(Max(order, -100000), 100000)), value));
}

static FluxValue
call_float64bits(FluxCall *call)
{
	double value;
	uint64 bits;

	if (!float_argument(call, "f", &value))
		return null_result(call, FLUX_KIND_UINT);
	memcpy(&bits, &value, sizeof(bits));
	return flux_value_uint(bits);
}

static FluxValue
call_float64frombits(FluxCall *call)
{
	FluxValue argument = flux_call_value(call, "b");
	double value;

	if (argument.is_null)
		return null_result(call, FLUX_KIND_FLOAT);
	if (argument.kind != FLUX_KIND_UINT)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
						"cannot convert argument of type %s to uint",
						flux_kind_name(argument.kind));
	memcpy(&value, &argument.as.uinteger, sizeof(value));
	return flux_value_float(value);
}

/* A record of two members. */
static FluxValue
pair(const char *first, FluxValue first_value, const char *second, FluxValue second_value)
{
	FluxText keys[2] = {flux_text_from_cstring(first), flux_text_from_cstring(second)};
	FluxValue values[2] = {first_value, second_value};

	return flux_value_record(keys, values, 2);
}

static FluxValue
call_frexp(FluxCall *call)
{
	double value = float_not_null(call, "f");
	int exponent = 0;

	if (isfinite(value))
		value = frexp(value, &exponent);
	return pair("frac", flux_value_float(value), "exp", flux_value_int(exponent));
}

/* The fraction of an infinity is NaN here, 0 in C. */
static FluxValue
call_modf(FluxCall *call)
{
	double value = float_not_null(call, "f");
	double whole;
	double fraction = modf(value, &whole);

	return pair("int", flux_value_float(whole), "frac",
				flux_value_float(isinf(value) ? NAN : fraction));
}

static FluxValue
call_lgamma(FluxCall *call)
{
	double value = float_not_null(call, "x");
	int sign = 1;
	double result = isinf(value) ? value : lgamma_r(value, &sign);

	/* the poles have no sign */
	if (isinf(result) && value != 0)
		sign = 1;
	return pair("lgamma", flux_value_float(result), "sign", flux_value_int(sign));
}

static FluxValue
call_sincos(FluxCall *call)
{
	double value = float_not_null(call, "x");

	return pair("sin", flux_value_float(sin(value)), "cos", flux_value_float(cos(value)));
}

/* ---- constants ---- */

#define CONSTANT(name, value)                                                                      \
	static FluxValue constant_##name(FluxCall *call)                                               \
	{                                                                                              \
		return value;                                                                              \
	}

CONSTANT(pi, flux_value_float(3.14159265358979323846264338327950288))
CONSTANT(e, flux_value_float(2.71828182845904523536028747135266250))
CONSTANT(phi, flux_value_float(1.61803398874989484820458683436563812))
CONSTANT(sqrt2, flux_value_float(1.41421356237309504880168872420969808))
CONSTANT(sqrte, flux_value_float(1.64872127070012814684865078781416357))
CONSTANT(sqrtpi, flux_value_float(1.77245385090551602729816748334114518))
CONSTANT(sqrtphi, flux_value_float(1.27201964951406896425242246173749150))
CONSTANT(ln2, flux_value_float(0.693147180559945309417232121458176568))
CONSTANT(log2e, flux_value_float(1.44269504088896340735992468100189214))
CONSTANT(ln10, flux_value_float(2.30258509299404568401799145468436421))
CONSTANT(log10e, flux_value_float(0.434294481903251827651128918916605082))
CONSTANT(maxfloat, flux_value_float(DBL_MAX))
CONSTANT(smallest, flux_value_float(4.9406564584124654417656879286822e-324))
CONSTANT(maxint, flux_value_int(PG_INT64_MAX))
CONSTANT(minint, flux_value_int(PG_INT64_MIN))
CONSTANT(maxuint, flux_value_uint(PG_UINT64_MAX))

#define SCALAR(name)                                                                               \
	{                                                                                              \
		"math", #name, FLUX_BUILTIN_SCALAR, call_##name, .is_pure = true                           \
	}
#define SCALAR_AS(name, function)                                                                  \
	{                                                                                              \
		"math", name, FLUX_BUILTIN_SCALAR, call_##function, .is_pure = true                        \
	}
#define VALUE(name)                                                                                \
	{                                                                                              \
		"math", #name, FLUX_BUILTIN_VALUE, constant_##name                                         \
	}

static const FluxBuiltin builtins[] = {
	SCALAR(abs),
	SCALAR(acos),
	SCALAR(acosh),
	SCALAR(asin),
	SCALAR(asinh),
	SCALAR(atan),
	SCALAR(atan2),
	SCALAR(atanh),
	SCALAR(cbrt),
	SCALAR(ceil),
	SCALAR(copysign),
	SCALAR(cos),
	SCALAR(cosh),
	SCALAR(dim),
	SCALAR(erf),
	SCALAR(erfc),
	SCALAR(erfcinv),
	SCALAR(erfinv),
	SCALAR(exp),
	SCALAR(exp2),
	SCALAR(expm1),
	SCALAR(float64bits),
	SCALAR(float64frombits),
	SCALAR(floor),
	SCALAR(frexp),
	SCALAR(gamma),
	SCALAR(hypot),
	SCALAR(ilogb),
	SCALAR(j0),
	SCALAR(j1),
	SCALAR(jn),
	SCALAR(ldexp),
	SCALAR(lgamma),
	SCALAR(log),
	SCALAR(log10),
	SCALAR(log1p),
	SCALAR(log2),
	SCALAR(logb),
	SCALAR(mod),
	SCALAR(modf),
	SCALAR(nextafter),
	SCALAR(pow),
	SCALAR(pow10),
	SCALAR(remainder),
	SCALAR(round),
	SCALAR(roundtoeven),
	SCALAR(signbit),
	SCALAR(sin),
	SCALAR(sincos),
	SCALAR(sinh),
	SCALAR(sqrt),
	SCALAR(tan),
	SCALAR(tanh),
	SCALAR(trunc),
	SCALAR(y0),
	SCALAR(y1),
	SCALAR(yn),
	SCALAR_AS("NaN", nan),
	SCALAR_AS("isInf", isinf),
	SCALAR_AS("isNaN", isnan),
	SCALAR_AS("mInf", minf),
	SCALAR_AS("mMax", mmax),
	SCALAR_AS("mMin", mmin),
	VALUE(pi),
	VALUE(e),
	VALUE(phi),
	VALUE(sqrt2),
	VALUE(sqrte),
	VALUE(sqrtpi),
	VALUE(sqrtphi),
	VALUE(ln2),
	VALUE(log2e),
	VALUE(ln10),
	VALUE(log10e),
	VALUE(maxfloat),
	VALUE(maxint),
	VALUE(minint),
	VALUE(maxuint),
	{"math", "smallestNonzeroFloat", FLUX_BUILTIN_VALUE, constant_smallest},
};

void
flux_std_math_register(void)
{
	FLUX_REGISTER(builtins);
}
