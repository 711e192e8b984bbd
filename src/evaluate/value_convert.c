/*
 * value_convert.c
 *		Conversions between types: int(v:), toFloat() and their like.
 *
 * A float outside the range of int or uint converts as it does on InfluxDB's
 * usual processors: to INT64_MIN, and for uint modulo 2^64.  No script should
 * rely on it, but none gets another answer here than there.
 */
#include "postgres.h"

#include <errno.h>
#include <math.h>

#include "evaluate/value.h"

#define TWO_TO_63 9223372036854775808.0

/* How much of a string a message shows. */
#define SHOWN_BYTES_MAX 100

static FluxValue
fail(const char **error, const char *message)
{
	*error = message;
	return flux_value_null(FLUX_KIND_INVALID);
}

static FluxValue
fail_text(const char **error, FluxText text, FluxKind to, const char *reason)
{
	return fail(error,
				psprintf("cannot convert string \"%.*s\" to %s due to %s",
						 Min(text.size, SHOWN_BYTES_MAX), text.data, flux_kind_name(to), reason));
}

/* Decimal digits to a magnitude; false on another character, or none at all. */
static bool
parse_digits(FluxText text, uint64 *magnitude, bool *is_overflow)
{
	*magnitude = 0;
	*is_overflow = false;
	for (int32 i = 0; i < text.size; i++)
	{
		unsigned digit = (unsigned) (unsigned char) text.data[i] - '0';

		if (digit > 9)
			return false;
		if (*magnitude > (PG_UINT64_MAX - digit) / 10)
			*is_overflow = true;
		else
			*magnitude = *magnitude * 10 + digit;
	}
	return text.size > 0;
}

static FluxValue
int_from_text(FluxText text, const char **error)
{
	FluxText digits = text;
	bool is_negative = text.size > 0 && text.data[0] == '-';
	bool is_overflow;
	uint64 magnitude;
	uint64 limit = (uint64) PG_INT64_MAX + (is_negative ? 1 : 0);

	if (is_negative || (text.size > 0 && text.data[0] == '+'))
		digits = flux_text(text.data + 1, text.size - 1);
	if (!parse_digits(digits, &magnitude, &is_overflow))
		return fail_text(error, text, FLUX_KIND_INT, "invalid syntax");
	if (is_overflow || magnitude > limit)
		return fail_text(error, text, FLUX_KIND_INT, "value out of range");
	return flux_value_int(is_negative ? (int64) (0 - magnitude) : (int64) magnitude);
}

static FluxValue
uint_from_text(FluxText text, const char **error)
{
	bool is_overflow;
	uint64 magnitude;

	if (!parse_digits(text, &magnitude, &is_overflow))
		return fail_text(error, text, FLUX_KIND_UINT, "invalid syntax");
	if (is_overflow)
		return fail_text(error, text, FLUX_KIND_UINT, "value out of range");
	return flux_value_uint(magnitude);
}

static int64
int_from_double(double value)
{
	if (!(value >= -TWO_TO_63 && value < TWO_TO_63))
		return PG_INT64_MIN;
	return (int64) value;
}

static uint64
uint_from_double(double value)
{
	if (!(value >= TWO_TO_63))
		return (uint64) int_from_double(value);
	return (uint64) int_from_double(value - TWO_TO_63) ^ (UINT64CONST(1) << 63);
}

/*
 * Checks what strtod() is too generous about: white space, "nan(...)", and
 * hexadecimal without exponent.
 */
static bool
is_float_text(const char *text)
{
	const char *at = text + (*text == '+' || *text == '-');
	bool is_hexadecimal = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');

	if (pg_strcasecmp(at, "inf") == 0 || pg_strcasecmp(at, "infinity") == 0 ||
		pg_strcasecmp(at, "nan") == 0)
		return true;
	if (is_hexadecimal)
		return strpbrk(at, "pP") != NULL &&
			   strspn(at + 2, "0123456789abcdefABCDEF.pP+-") == strlen(at + 2);
	return *at != '\0' && strspn(at, "0123456789.eE+-") == strlen(at);
}

FluxValue
flux_float_from_text(FluxText text, const char **error)
{
	char *copy = flux_text_to_cstring(text);
	char *end;
	double value;

	if (strlen(copy) != (size_t) text.size || !is_float_text(copy))
		return fail_text(error, text, FLUX_KIND_FLOAT, "invalid syntax");
	errno = 0;
	value = strtod(copy, &end);
	if (end == copy || *end != '\0')
		return fail_text(error, text, FLUX_KIND_FLOAT, "invalid syntax");

	/* "inf" is a number, 1e999 is not */
	if (errno == ERANGE && isinf(value))
		return fail_text(error, text, FLUX_KIND_FLOAT, "value out of range");
	pfree(copy);
	return flux_value_float(value);
}

static FluxValue
bool_from(FluxValue value, const char **error)
{
	FluxText text;
	bool is_one = false;
	bool is_zero = false;

	switch (value.kind)
	{
		case FLUX_KIND_STRING:
			if (flux_text_equal_cstring(value.as.string, "true"))
				return flux_value_bool(true);
			if (flux_text_equal_cstring(value.as.string, "false"))
				return flux_value_bool(false);
			return fail(error,
						psprintf("cannot convert string \"%.*s\" to bool",
								 Min(value.as.string.size, SHOWN_BYTES_MAX), value.as.string.data));
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
			is_one = value.as.uinteger == 1;
			is_zero = value.as.uinteger == 0;
			break;
		case FLUX_KIND_FLOAT:
			is_one = value.as.floating == 1;
			is_zero = value.as.floating == 0;
			break;
		default:
			return fail(error, psprintf("cannot convert %s to bool", flux_kind_name(value.kind)));
	}
	if (is_one || is_zero)
		return flux_value_bool(is_one);
	(void) flux_value_to_text(value, &text);
	return fail(error, psprintf("cannot convert %s %.*s to bool, must be 0 or 1",
								flux_kind_name(value.kind), text.size, text.data));
}

/* int and uint: nearly the same sources. */
static FluxValue
integer_from(FluxValue value, FluxKind to, const char **error)
{
	uint64 bits;

	switch (value.kind)
	{
		case FLUX_KIND_STRING:
			return to == FLUX_KIND_INT ? int_from_text(value.as.string, error)
									   : uint_from_text(value.as.string, error);
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
		case FLUX_KIND_TIME:
			bits = value.as.uinteger;
			break;
		case FLUX_KIND_FLOAT:
			bits = to == FLUX_KIND_INT ? (uint64) int_from_double(value.as.floating)
									   : uint_from_double(value.as.floating);
			break;
		case FLUX_KIND_BOOL:
			bits = value.as.boolean ? 1 : 0;
			break;
		case FLUX_KIND_DURATION:
			bits = (uint64) flux_duration_to_ns(value.as.duration);
			break;
		default:
			return fail(error, psprintf("cannot convert %s to %s", flux_kind_name(value.kind),
										flux_kind_name(to)));
	}
	return to == FLUX_KIND_INT ? flux_value_int((int64) bits) : flux_value_uint(bits);
}

static FluxValue
float_from(FluxValue value, const char **error)
{
	switch (value.kind)
	{
		case FLUX_KIND_STRING:
			return flux_float_from_text(value.as.string, error);
		case FLUX_KIND_INT:
			return flux_value_float((double) value.as.integer);
		case FLUX_KIND_UINT:
			return flux_value_float((double) value.as.uinteger);
		case FLUX_KIND_BOOL:
			return flux_value_float(value.as.boolean ? 1 : 0);
		default:
			return fail(error, psprintf("cannot convert %s to float", flux_kind_name(value.kind)));
	}
}

static FluxValue
time_from(FluxValue value, const char **error)
{
	int64 time_ns;

	switch (value.kind)
	{
		case FLUX_KIND_STRING:
			if (!flux_time_parse(value.as.string, &time_ns))
				return fail_text(error, value.as.string, FLUX_KIND_TIME, "invalid syntax");
			return flux_value_time(time_ns);
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
			return flux_value_time(value.as.integer);
		default:
			return fail(error, psprintf("cannot convert %s to time", flux_kind_name(value.kind)));
	}
}

static FluxValue
duration_from(FluxValue value, const char **error)
{
	FluxDuration duration;

	switch (value.kind)
	{
		case FLUX_KIND_STRING:
			if (!flux_duration_parse(value.as.string, &duration))
				return fail_text(error, value.as.string, FLUX_KIND_DURATION, "invalid syntax");
			return flux_value_duration(duration);
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
			return flux_value_duration(flux_duration(0, value.as.integer));
		default:
			return fail(error,
						psprintf("cannot convert %s to duration", flux_kind_name(value.kind)));
	}
}

FluxValue
flux_value_convert(FluxValue value, FluxKind to, const char **error)
{
	FluxText text;

	*error = NULL;
	if (value.kind == FLUX_KIND_DYNAMIC)
		value = value.is_null ? flux_value_null(FLUX_KIND_INVALID) : *value.as.dynamic;
	if (value.is_null)
		return to == FLUX_KIND_BYTES ? fail(error, "cannot convert null to bytes")
									 : flux_value_null(to);
	if (value.kind == to)
		return value;
	switch (to)
	{
		case FLUX_KIND_BOOL:
			return bool_from(value, error);
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
			return integer_from(value, to, error);
		case FLUX_KIND_FLOAT:
			return float_from(value, error);
		case FLUX_KIND_TIME:
			return time_from(value, error);
		case FLUX_KIND_DURATION:
			return duration_from(value, error);
		case FLUX_KIND_BYTES:
			if (value.kind != FLUX_KIND_STRING)
				return fail(error,
							psprintf("cannot convert %s to bytes", flux_kind_name(value.kind)));
			return flux_value_bytes(value.as.string);
		case FLUX_KIND_STRING:
			if (flux_value_to_text(value, &text))
				return flux_value_string(text);
			if (value.kind == FLUX_KIND_BYTES)
				return fail(error, "cannot convert bytes to string due to invalid UTF-8");
			return fail(error, psprintf("cannot convert %s to string", flux_kind_name(value.kind)));
		default:
			elog(ERROR, "no conversion to %s", flux_kind_name(to));
			return value; /* not reached */
	}
}
