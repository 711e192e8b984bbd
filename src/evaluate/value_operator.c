/*
 * value_operator.c
 *		The binary and unary operators on values.
 *
 * Two sets of null rules live side by side.  In a row function a null operand
 * of unknown type takes the type of the other one, and the result is a null
 * of the operator's result type.  At script level null arithmetic gives the
 * untyped null, which no further operator accepts.
 *
 * An operator that does not exist for its operands' types sets *error to a
 * palloc'd message and gives the untyped null; the caller knows the place.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "evaluate/evaluator.h"

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* Numbers a comparison understands: every mixture of int, uint, float. */
static inline bool
is_number(FluxKind kind)
{
	return kind == FLUX_KIND_INT || kind == FLUX_KIND_UINT || kind == FLUX_KIND_FLOAT;
}

static inline bool
is_arithmetic(FluxBinaryOperator op)
{
	return op <= FLUX_OP_POW;
}

static inline bool
is_equality(FluxBinaryOperator op)
{
	return op == FLUX_OP_EQ || op == FLUX_OP_NEQ;
}

static FluxValue
unsupported(FluxBinaryOperator op, FluxKind left, FluxKind right, const char **error)
{
	*error = psprintf("unsupported binary expression %s %s %s", flux_kind_name(left),
					  flux_binary_operator_text(op), flux_kind_name(right));
	return flux_value_null(FLUX_KIND_INVALID);
}

/*
 * The kind an operator gives for operands of these kinds, FLUX_KIND_INVALID
 * when it does not exist for them.
 */
static FluxKind
result_kind(FluxBinaryOperator op, FluxKind left, FluxKind right)
{
	if (op == FLUX_OP_MATCH || op == FLUX_OP_NOT_MATCH)
		return left == FLUX_KIND_STRING && right == FLUX_KIND_REGEXP ? FLUX_KIND_BOOL
																	 : FLUX_KIND_INVALID;
	if (is_arithmetic(op))
	{
		if (left != right)
			return FLUX_KIND_INVALID;
		if (op == FLUX_OP_ADD && left == FLUX_KIND_STRING)
			return FLUX_KIND_STRING;
		if (!is_number(left))
			return FLUX_KIND_INVALID;

		/* "^" computes in floats whatever its operands */
		return op == FLUX_OP_POW ? FLUX_KIND_FLOAT : left;
	}
	if (is_number(left) && is_number(right))
		return FLUX_KIND_BOOL;
	if (left != right)
		return FLUX_KIND_INVALID;
	switch (left)
	{
		case FLUX_KIND_STRING:
		case FLUX_KIND_TIME:
			return FLUX_KIND_BOOL;
		case FLUX_KIND_BOOL:
			return is_equality(op) ? FLUX_KIND_BOOL : FLUX_KIND_INVALID;
		case FLUX_KIND_BYTES:
		case FLUX_KIND_ARRAY:
		case FLUX_KIND_RECORD:
			return op == FLUX_OP_EQ ? FLUX_KIND_BOOL : FLUX_KIND_INVALID;
		default:
			return FLUX_KIND_INVALID;
	}
}

/*
 * Arithmetic on int and uint: wraps modulo 2^64, INT64_MIN included.  The
 * caller has excluded a zero divisor.
 */
static FluxValue
integer_arithmetic(FluxBinaryOperator op, FluxKind kind, uint64 left, uint64 right)
{
	uint64 result = 0;

	switch (op)
	{
		case FLUX_OP_ADD:
			result = left + right;
			break;
		case FLUX_OP_SUB:
			result = left - right;
			break;
		case FLUX_OP_MUL:
			result = left * right;
			break;
		case FLUX_OP_DIV:
			if (kind == FLUX_KIND_UINT)
				result = left / right;
			else if (right == UINT64CONST(0xFFFFFFFFFFFFFFFF))
				result = 0 - left; /* by -1: INT64_MIN / -1 would trap */
			else
				result = (uint64) ((int64) left / (int64) right);
			break;
		case FLUX_OP_MOD:
			if (kind == FLUX_KIND_UINT)
				result = left % right;
			else if (right != UINT64CONST(0xFFFFFFFFFFFFFFFF))
				result = (uint64) ((int64) left % (int64) right);
			break;
		default:
			elog(ERROR, "unexpected operator %d", (int) op);
	}
	return kind == FLUX_KIND_UINT ? flux_value_uint(result) : flux_value_int((int64) result);
}

static FluxValue
float_arithmetic(FluxBinaryOperator op, double left, double right)
{
	switch (op)
	{
		case FLUX_OP_ADD:
			return flux_value_float(left + right);
		case FLUX_OP_SUB:
			return flux_value_float(left - right);
		case FLUX_OP_MUL:
			return flux_value_float(left * right);
		case FLUX_OP_DIV:
			return flux_value_float(left / right);
		case FLUX_OP_MOD:
			return flux_value_float(fmod(left, right));
		default:
			return flux_value_float(pow(left, right));
	}
}

static double
as_double(FluxValue value)
{
	if (value.kind == FLUX_KIND_INT)
		return (double) value.as.integer;
	if (value.kind == FLUX_KIND_UINT)
		return (double) value.as.uinteger;
	return value.as.floating;
}

static FluxValue
concatenate(FluxText left, FluxText right, const char **error)
{
	int64 size = (int64) left.size + right.size;
	char *data;

	if (size > (int64) MaxAllocSize)
	{
		*error = "string is too long";
		return flux_value_null(FLUX_KIND_INVALID);
	}
	if (left.size == 0 || right.size == 0)
		return flux_value_string(left.size == 0 ? right : left);
	data = palloc((Size) size);
	memcpy(data, left.data, (size_t) left.size);
	memcpy(data + left.size, right.data, (size_t) right.size);
	return flux_value_string(flux_text(data, (int32) size));
}

static FluxValue
arithmetic(FluxBinaryOperator op, FluxValue left, FluxValue right, const char **error)
{
	if (left.kind == FLUX_KIND_STRING)
		return concatenate(left.as.string, right.as.string, error);
	if (op == FLUX_OP_POW)
		return flux_value_float(pow(as_double(left), as_double(right)));
	if (left.kind == FLUX_KIND_FLOAT)
		return float_arithmetic(op, left.as.floating, right.as.floating);
	if (right.as.uinteger == 0 && (op == FLUX_OP_DIV || op == FLUX_OP_MOD))
	{
		*error = op == FLUX_OP_DIV ? "cannot divide by zero" : "cannot mod zero";
		return flux_value_null(FLUX_KIND_INVALID);
	}
	return integer_arithmetic(op, left.kind, left.as.uinteger, right.as.uinteger);
}

/* <0, 0, >0 of two non-null values of comparable kinds; *is_ordered false with a NaN. */
static int
order_of(FluxValue left, FluxValue right, bool *is_ordered)
{
	*is_ordered = true;
	if (left.kind == FLUX_KIND_FLOAT || right.kind == FLUX_KIND_FLOAT)
	{
		double a = as_double(left);
		double b = as_double(right);

		*is_ordered = !isnan(a) && !isnan(b);
		return COMPARE(a, b);
	}
	if (left.kind == FLUX_KIND_INT && right.kind == FLUX_KIND_UINT)
		return left.as.integer < 0 ? -1 : COMPARE((uint64) left.as.integer, right.as.uinteger);
	if (left.kind == FLUX_KIND_UINT && right.kind == FLUX_KIND_INT)
		return right.as.integer < 0 ? 1 : COMPARE(left.as.uinteger, (uint64) right.as.integer);
	switch (left.kind)
	{
		case FLUX_KIND_UINT:
			return COMPARE(left.as.uinteger, right.as.uinteger);
		case FLUX_KIND_STRING:
			return flux_text_compare(left.as.string, right.as.string);
		case FLUX_KIND_BOOL:
			return (int) left.as.boolean - (int) right.as.boolean;
		default: /* int, time */
			return COMPARE(left.as.integer, right.as.integer);
	}
}

bool
flux_order_satisfies(FluxBinaryOperator op, int order)
{
	switch (op)
	{
		case FLUX_OP_EQ:
			return order == 0;
		case FLUX_OP_NEQ:
			return order != 0;
		case FLUX_OP_LT:
			return order < 0;
		case FLUX_OP_LTE:
			return order <= 0;
		case FLUX_OP_GT:
			return order > 0;
		default:
			return order >= 0;
	}
}

static bool
comparison(FluxBinaryOperator op, FluxValue left, FluxValue right)
{
	bool is_ordered;
	int order;

	if (left.kind == FLUX_KIND_BYTES || left.kind == FLUX_KIND_ARRAY ||
		left.kind == FLUX_KIND_RECORD)
		return flux_value_equal(left, right);
	order = order_of(left, right, &is_ordered);
	if (!is_ordered)
		return op == FLUX_OP_NEQ;
	return flux_order_satisfies(op, order);
}

FluxValue
flux_value_binary(FluxBinaryOperator op, FluxValue left, FluxValue right, bool is_row_function,
				  const char **error)
{
	FluxKind left_kind = left.kind;
	FluxKind right_kind = right.kind;
	FluxKind kind;

	*error = NULL;
	if (is_row_function)
	{
		bool is_match = op == FLUX_OP_MATCH || op == FLUX_OP_NOT_MATCH;

		if (left_kind == FLUX_KIND_INVALID && right_kind != FLUX_KIND_INVALID)
			left_kind = is_match ? FLUX_KIND_STRING : right_kind;
		else if (right_kind == FLUX_KIND_INVALID && left_kind != FLUX_KIND_INVALID)
			right_kind = is_match ? FLUX_KIND_REGEXP : left_kind;
	}
	kind = result_kind(op, left_kind, right_kind);
	if (kind == FLUX_KIND_INVALID)
		return unsupported(op, left.kind, right.kind, error);
	if (left.is_null || right.is_null)
		return flux_value_null(is_row_function ? kind : FLUX_KIND_INVALID);
	if (is_arithmetic(op))
		return arithmetic(op, left, right, error);
	if (op == FLUX_OP_MATCH || op == FLUX_OP_NOT_MATCH)
		return flux_value_bool(flux_regexp_matches(right.as.regexp, left.as.string) ==
							   (op == FLUX_OP_MATCH));
	return flux_value_bool(comparison(op, left, right));
}

static FluxValue
unsupported_unary(FluxUnaryOperator op, FluxKind kind, const char **error)
{
	*error = psprintf("unsupported unary expression %s %s", flux_unary_operator_text(op),
					  flux_kind_name(kind));
	return flux_value_null(FLUX_KIND_INVALID);
}

static FluxValue
negate(FluxValue value, const char **error)
{
	switch (value.kind)
	{
		case FLUX_KIND_INT:
			return flux_value_int((int64) (0 - value.as.uinteger));
		case FLUX_KIND_FLOAT:
			return flux_value_float(-value.as.floating);
		case FLUX_KIND_DURATION:
			return flux_value_duration(flux_duration_negate(value.as.duration));
		default:
			return unsupported_unary(FLUX_UNARY_MINUS, value.kind, error);
	}
}

FluxValue
flux_value_unary(FluxUnaryOperator op, FluxValue value, bool is_row_function, const char **error)
{
	*error = NULL;
	switch (op)
	{
		case FLUX_UNARY_EXISTS:
			return flux_value_bool(!value.is_null);
		case FLUX_UNARY_NOT:
			if (value.is_null && is_row_function)
				return flux_value_null(FLUX_KIND_BOOL);
			if (value.is_null || value.kind != FLUX_KIND_BOOL)
			{
				*error = psprintf("operand of \"not\" is not a boolean value, got %s",
								  value.is_null ? "null" : flux_kind_name(value.kind));
				return flux_value_null(FLUX_KIND_INVALID);
			}
			return flux_value_bool(!value.as.boolean);
		case FLUX_UNARY_PLUS:
			if (!is_row_function)
				return unsupported_unary(op, value.kind, error);
			return value;
		case FLUX_UNARY_MINUS:
			break;
	}
	if (value.is_null)
		return value;
	return negate(value, error);
}
