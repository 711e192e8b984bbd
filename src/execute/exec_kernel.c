/*
 * exec_kernel.c
 *		Operators of row functions over whole columns.
 *
 * The answers are those of flux_value_binary() and its kin in a row function,
 * value by value; what is rare goes through them.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/pg_compat.h"
#include "base/diagnostic.h"
#include "execute/exec_kernel.h"

/* ---- nulls, constants ---- */

static inline int
value_count(const FluxKernelRows *rows, bool is_constant)
{
	return is_constant ? 1 : rows->row_count;
}

static inline bool
is_active(const FluxKernelRows *rows, bool is_constant, int row)
{
	return is_constant || rows->active == NULL || rows->active[row];
}

/* Null map of a result: null where either operand is. NULL if nowhere. */
static const bool *
merge_nulls(const FluxColumn *left, const FluxColumn *right, int count)
{
	bool *nulls;

	if (left->nulls == NULL && right->nulls == NULL)
		return NULL;
	nulls = palloc(Max(count, 1) * sizeof(bool));
	for (int i = 0; i < count; i++)
		nulls[i] = flux_column_is_null(left, i) || flux_column_is_null(right, i);
	return nulls;
}

static void
pg_attribute_noreturn() raise_kernel(const FluxKernelRows *rows, int sqlstate, const char *message)
{
	flux_raise_at(sqlstate, rows->source, rows->span, "%s", message);
}

/* ---- arithmetic ---- */

/*
 * result[i] = expression over a and b, with the loops written apart for
 * vectors and constants so that the compiler can make use of it.
 */
#define BINARY_LOOP(type, a_values, b_values, result, expression)                                  \
	do                                                                                             \
	{                                                                                              \
		const type *left_values = (a_values);                                                      \
		const type *right_values = (b_values);                                                     \
		if (!left->is_constant && !right->is_constant)                                             \
			for (int i = 0; i < count; i++)                                                        \
			{                                                                                      \
				type a = left_values[i];                                                           \
				type b = right_values[i];                                                          \
				(result)[i] = (expression);                                                        \
			}                                                                                      \
		else if (right->is_constant)                                                               \
		{                                                                                          \
			type b = right_values[0];                                                              \
			for (int i = 0; i < count; i++)                                                        \
			{                                                                                      \
				type a = left_values[left->is_constant ? 0 : i];                                   \
				(result)[i] = (expression);                                                        \
			}                                                                                      \
		}                                                                                          \
		else                                                                                       \
		{                                                                                          \
			type a = left_values[0];                                                               \
			for (int i = 0; i < count; i++)                                                        \
			{                                                                                      \
				type b = right_values[i];                                                          \
				(result)[i] = (expression);                                                        \
			}                                                                                      \
		}                                                                                          \
	} while (0)

/* Integers wrap, so both kinds are computed unsigned. */
static void
integer_arithmetic(FluxBinaryOperator op, const FluxColumn *left, const FluxColumn *right,
				   int count, uint64 *result)
{
	switch (op)
	{
		case FLUX_OP_ADD:
			BINARY_LOOP(uint64, left->values.uints, right->values.uints, result, a + b);
			break;
		case FLUX_OP_SUB:
			BINARY_LOOP(uint64, left->values.uints, right->values.uints, result, a - b);
			break;
		default:
			BINARY_LOOP(uint64, left->values.uints, right->values.uints, result, a * b);
			break;
	}
}

static void
float_arithmetic(FluxBinaryOperator op, const FluxColumn *left, const FluxColumn *right, int count,
				 double *result)
{
	switch (op)
	{
		case FLUX_OP_ADD:
			BINARY_LOOP(double, left->values.floats, right->values.floats, result, a + b);
			break;
		case FLUX_OP_SUB:
			BINARY_LOOP(double, left->values.floats, right->values.floats, result, a - b);
			break;
		case FLUX_OP_MUL:
			BINARY_LOOP(double, left->values.floats, right->values.floats, result, a *b);
			break;
		case FLUX_OP_DIV:
			BINARY_LOOP(double, left->values.floats, right->values.floats, result, a / b);
			break;
		case FLUX_OP_MOD:
			BINARY_LOOP(double, left->values.floats, right->values.floats, result, fmod(a, b));
			break;
		default:
			BINARY_LOOP(double, left->values.floats, right->values.floats, result, pow(a, b));
			break;
	}
}

/* Division and remainder, where a zero divisor is an error. */
static void
integer_division(const FluxKernelRows *rows, FluxBinaryOperator op, const FluxColumn *left,
				 const FluxColumn *right, const bool *nulls, bool is_constant, int count,
				 uint64 *result)
{
	bool is_signed = left->type == FLUX_COLUMN_INT;

	for (int i = 0; i < count; i++)
	{
		uint64 a = left->values.uints[flux_column_index(left, i)];
		uint64 b = right->values.uints[flux_column_index(right, i)];

		result[i] = 0;
		if (nulls != NULL && nulls[i])
			continue;
		if (b == 0)
		{
			if (is_active(rows, is_constant, i))
				raise_kernel(rows, ERRCODE_DIVISION_BY_ZERO,
							 op == FLUX_OP_DIV ? "cannot divide by zero" : "cannot mod zero");
			continue;
		}
		if (!is_signed)
			result[i] = op == FLUX_OP_DIV ? a / b : a % b;
		else if (b == UINT64CONST(0xFFFFFFFFFFFFFFFF))
			result[i] = op == FLUX_OP_DIV ? 0 - a : 0; /* INT64_MIN / -1 would trap */
		else
			result[i] = op == FLUX_OP_DIV ? (uint64) ((int64) a / (int64) b)
										  : (uint64) ((int64) a % (int64) b);
	}
}

static FluxText *
concatenate(const FluxColumn *left, const FluxColumn *right, const bool *nulls, int count)
{
	FluxText *result = palloc(Max(count, 1) * sizeof(FluxText));
	Size total = 0;
	char *bytes;

	for (int i = 0; i < count; i++)
	{
		if (nulls != NULL && nulls[i])
			continue;
		total += (Size) left->values.strings[flux_column_index(left, i)].size +
				 right->values.strings[flux_column_index(right, i)].size;
	}
	bytes = MemoryContextAllocHuge(CurrentMemoryContext, Max(total, 1));
	for (int i = 0; i < count; i++)
	{
		FluxText a;
		FluxText b;

		result[i] = flux_text("", 0);
		if (nulls != NULL && nulls[i])
			continue;
		a = left->values.strings[flux_column_index(left, i)];
		b = right->values.strings[flux_column_index(right, i)];
		if ((int64) a.size + b.size > (int64) MaxAllocSize)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("string is too long")));
		memcpy(bytes, a.data, a.size);
		memcpy(bytes + a.size, b.data, b.size);
		result[i] = flux_text(bytes, a.size + b.size);
		bytes += result[i].size;
	}
	return result;
}

/* A numeric column as floats, for "^". */
static FluxColumn
as_floats(const FluxColumn *column, int row_count)
{
	int count = column->is_constant ? 1 : row_count;
	double *values;
	FluxColumn result = *column;

	if (column->type == FLUX_COLUMN_FLOAT)
		return result;
	values = palloc(Max(count, 1) * sizeof(double));
	for (int i = 0; i < count; i++)
		values[i] = column->type == FLUX_COLUMN_INT ? (double) column->values.ints[i]
													: (double) column->values.uints[i];
	result.type = FLUX_COLUMN_FLOAT;
	result.values.floats = values;
	return result;
}

FluxColumn
flux_kernel_arithmetic(const FluxKernelRows *rows, FluxBinaryOperator op, const FluxColumn *left,
					   const FluxColumn *right)
{
	bool is_constant = left->is_constant && right->is_constant;
	int count = value_count(rows, is_constant);
	FluxColumn result = {.type = left->type, .is_constant = is_constant};

	result.nulls = merge_nulls(left, right, count);
	if (left->type == FLUX_COLUMN_STRING)
	{
		result.values.strings = concatenate(left, right, result.nulls, count);
		return result;
	}
	if (left->type == FLUX_COLUMN_FLOAT || op == FLUX_OP_POW)
	{
		FluxColumn a = as_floats(left, rows->row_count);
		FluxColumn b = as_floats(right, rows->row_count);
		double *values = palloc(Max(count, 1) * sizeof(double));

		float_arithmetic(op, &a, &b, count, values);
		result.type = FLUX_COLUMN_FLOAT;
		result.values.floats = values;
	}
	else
	{
		uint64 *values = palloc(Max(count, 1) * sizeof(uint64));

		if (op == FLUX_OP_DIV || op == FLUX_OP_MOD)
			integer_division(rows, op, left, right, result.nulls, is_constant, count, values);
		else
			integer_arithmetic(op, left, right, count, values);
		result.values.uints = values;
	}
	return result;
}

/* ---- comparison ---- */

#define COMPARE_LOOPS(type, member)                                                                \
	switch (op)                                                                                    \
	{                                                                                              \
		case FLUX_OP_EQ:                                                                           \
			BINARY_LOOP(type, left->values.member, right->values.member, values, a == b);          \
			break;                                                                                 \
		case FLUX_OP_NEQ:                                                                          \
			BINARY_LOOP(type, left->values.member, right->values.member, values, a != b);          \
			break;                                                                                 \
		case FLUX_OP_LT:                                                                           \
			BINARY_LOOP(type, left->values.member, right->values.member, values, a < b);           \
			break;                                                                                 \
		case FLUX_OP_LTE:                                                                          \
			BINARY_LOOP(type, left->values.member, right->values.member, values, a <= b);          \
			break;                                                                                 \
		case FLUX_OP_GT:                                                                           \
			BINARY_LOOP(type, left->values.member, right->values.member, values, a > b);           \
			break;                                                                                 \
		default:                                                                                   \
			BINARY_LOOP(type, left->values.member, right->values.member, values, a >= b);          \
			break;                                                                                 \
	}

static void
compare_strings(FluxBinaryOperator op, const FluxColumn *left, const FluxColumn *right,
				const bool *nulls, int count, bool *values)
{
	bool is_equality = op == FLUX_OP_EQ || op == FLUX_OP_NEQ;

	for (int i = 0; i < count; i++)
	{
		FluxText a;
		FluxText b;

		values[i] = false;
		if (nulls != NULL && nulls[i])
			continue;
		a = left->values.strings[flux_column_index(left, i)];
		b = right->values.strings[flux_column_index(right, i)];
		if (is_equality)
			values[i] = flux_text_equal(a, b) == (op == FLUX_OP_EQ);
		else
			values[i] = flux_order_satisfies(op, flux_text_compare(a, b));
	}
}

/* Two numeric types: row by row, by the rules of values. */
static void
compare_mixed(FluxBinaryOperator op, const FluxColumn *left, const FluxColumn *right,
			  const bool *nulls, int count, bool *values)
{
	for (int i = 0; i < count; i++)
	{
		const char *error;

		values[i] = false;
		if (nulls != NULL && nulls[i])
			continue;
		values[i] = flux_value_binary(op, flux_value_from_column(left, i),
									  flux_value_from_column(right, i), true, &error)
						.as.boolean;
	}
}

FluxColumn
flux_kernel_compare(const FluxKernelRows *rows, FluxBinaryOperator op, const FluxColumn *left,
					const FluxColumn *right)
{
	bool is_constant = left->is_constant && right->is_constant;
	int count = value_count(rows, is_constant);
	FluxColumn result = {.type = FLUX_COLUMN_BOOL, .is_constant = is_constant};
	bool *values = palloc(Max(count, 1) * sizeof(bool));

	result.nulls = merge_nulls(left, right, count);
	result.values.booleans = values;
	if (left->type != right->type)
		compare_mixed(op, left, right, result.nulls, count, values);
	else if (left->type == FLUX_COLUMN_STRING)
		compare_strings(op, left, right, result.nulls, count, values);
	else if (left->type == FLUX_COLUMN_FLOAT)
		COMPARE_LOOPS(double, floats)
	else if (left->type == FLUX_COLUMN_UINT)
		COMPARE_LOOPS(uint64, uints)
	else if (left->type == FLUX_COLUMN_BOOL)
		COMPARE_LOOPS(bool, booleans)
	else
		COMPARE_LOOPS(int64, ints)
	return result;
}

FluxColumn
flux_kernel_match(const FluxKernelRows *rows, const FluxColumn *subject, const FluxRegexp *regexp,
				  bool is_negated)
{
	int count = value_count(rows, subject->is_constant);
	FluxColumn result = {
		.type = FLUX_COLUMN_BOOL, .is_constant = subject->is_constant, .nulls = subject->nulls};
	bool *values = palloc(Max(count, 1) * sizeof(bool));
	FluxText last = {NULL, -1};
	bool last_matches = false;

	for (int i = 0; i < count; i++)
	{
		FluxText text = subject->values.strings[i];

		values[i] = false;
		if ((subject->nulls != NULL && subject->nulls[i]) ||
			!is_active(rows, subject->is_constant, i))
			continue;
		/* strings come in runs that share their bytes */
		if (text.data != last.data || text.size != last.size)
			last_matches = flux_regexp_matches(regexp, text);
		last = text;
		values[i] = last_matches != is_negated;
	}
	result.values.booleans = values;
	return result;
}

/* ---- unary ---- */

FluxColumn
flux_kernel_negate(const FluxKernelRows *rows, const FluxColumn *argument)
{
	int count = value_count(rows, argument->is_constant);
	FluxColumn result = *argument;

	if (argument->type == FLUX_COLUMN_FLOAT)
	{
		double *values = palloc(Max(count, 1) * sizeof(double));

		for (int i = 0; i < count; i++)
			values[i] = -argument->values.floats[i];
		result.values.floats = values;
	}
	else
	{
		uint64 *values = palloc(Max(count, 1) * sizeof(uint64));

		for (int i = 0; i < count; i++)
			values[i] = 0 - argument->values.uints[i];
		result.values.uints = values;
	}
	return result;
}

FluxColumn
flux_kernel_not(const FluxKernelRows *rows, const FluxColumn *argument)
{
	int count = value_count(rows, argument->is_constant);
	FluxColumn result = *argument;
	bool *values = palloc(Max(count, 1) * sizeof(bool));

	for (int i = 0; i < count; i++)
		values[i] = !argument->values.booleans[i];
	result.values.booleans = values;
	return result;
}

FluxColumn
flux_kernel_exists(const FluxKernelRows *rows, const FluxColumn *argument)
{
	bool is_constant = argument->is_constant || argument->nulls == NULL;
	int count = value_count(rows, is_constant);
	FluxColumn result = {.type = FLUX_COLUMN_BOOL, .is_constant = is_constant};
	bool *values = palloc(Max(count, 1) * sizeof(bool));

	for (int i = 0; i < count; i++)
		values[i] = argument->nulls == NULL || !argument->nulls[i];
	result.values.booleans = values;
	return result;
}

/* ---- conversion ---- */

/* The conversions between numbers that cannot fail, in a loop; false for others. */
static bool
convert_numbers(const FluxColumn *argument, FluxColumnType to, int count, FluxColumn *result)
{
	if (to == FLUX_COLUMN_FLOAT &&
		(argument->type == FLUX_COLUMN_INT || argument->type == FLUX_COLUMN_UINT))
	{
		double *values = palloc(Max(count, 1) * sizeof(double));

		for (int i = 0; i < count; i++)
			values[i] = argument->type == FLUX_COLUMN_INT ? (double) argument->values.ints[i]
														  : (double) argument->values.uints[i];
		result->values.floats = values;
		return true;
	}
	if ((to == FLUX_COLUMN_INT || to == FLUX_COLUMN_UINT) &&
		(argument->type == FLUX_COLUMN_INT || argument->type == FLUX_COLUMN_UINT ||
		 argument->type == FLUX_COLUMN_TIME))
	{
		result->values.any = argument->values.any; /* the bits stay */
		return true;
	}
	if (to == FLUX_COLUMN_TIME &&
		(argument->type == FLUX_COLUMN_INT || argument->type == FLUX_COLUMN_UINT))
	{
		result->values.any = argument->values.any;
		return true;
	}
	return false;
}

FluxColumn
flux_kernel_convert(const FluxKernelRows *rows, FluxColumnType to, const FluxColumn *argument)
{
	int count = value_count(rows, argument->is_constant);
	FluxColumn result = *argument;
	FluxColumnBuilder builder;

	if (argument->type == to)
		return result;
	result.type = to;
	if (convert_numbers(argument, to, count, &result))
		return result;

	flux_column_builder_init(&builder, to, CurrentMemoryContext);
	flux_column_builder_reserve(&builder, count);
	for (int i = 0; i < count; i++)
	{
		const char *error = NULL;
		FluxValue value = flux_value_null((FluxKind) to);

		if (is_active(rows, argument->is_constant, i))
			value = flux_value_convert(flux_value_from_column(argument, i), (FluxKind) to, &error);
		if (error != NULL)
			raise_kernel(rows, ERRCODE_INVALID_TEXT_REPRESENTATION, error);
		flux_value_append_to(&builder, value);
	}
	result = flux_column_builder_view(&builder);
	result.is_constant = argument->is_constant;
	return result;
}

/* ---- logic ---- */

static inline bool
is_true(const FluxColumn *column, int row)
{
	int i = flux_column_index(column, row);

	return column->values.booleans[i] && !(column->nulls != NULL && column->nulls[i]);
}

bool
flux_kernel_mask(const FluxKernelRows *rows, const FluxColumn *test, bool negated,
				 const bool **mask)
{
	bool *values;
	bool has_any = false;

	*mask = rows->active;
	if (test->is_constant)
		return is_true(test, 0) != negated;
	values = palloc(Max(rows->row_count, 1) * sizeof(bool));
	for (int row = 0; row < rows->row_count; row++)
	{
		values[row] = is_true(test, row) != negated && (rows->active == NULL || rows->active[row]);
		has_any = has_any || values[row];
	}
	*mask = values;
	return has_any;
}

FluxColumn
flux_kernel_logical(const FluxKernelRows *rows, bool is_and, const FluxColumn *left,
					const FluxColumn *right)
{
	bool is_constant = left->is_constant && right->is_constant;
	int count = value_count(rows, is_constant);
	FluxColumn result = {.type = FLUX_COLUMN_BOOL, .is_constant = is_constant};
	bool *values = palloc(Max(count, 1) * sizeof(bool));
	bool *nulls = NULL;

	if (right->nulls != NULL)
		nulls = palloc0(Max(count, 1) * sizeof(bool));
	for (int i = 0; i < count; i++)
	{
		if (is_true(left, i) != is_and)
			values[i] = !is_and; /* decided by the left side */
		else
		{
			values[i] = is_true(right, i);
			if (nulls != NULL)
				nulls[i] = flux_column_is_null(right, i);
		}
	}
	result.values.booleans = values;
	result.nulls = nulls;
	return result;
}

FluxColumn
flux_kernel_choose(const FluxKernelRows *rows, const FluxColumn *test, const FluxColumn *then,
				   const FluxColumn *otherwise)
{
	int count = rows->row_count;
	FluxColumn result = {0};
	bool *nulls = NULL;

	if (then == NULL || otherwise == NULL)
		return then == NULL ? *otherwise : *then;
	if (test->is_constant)
		return is_true(test, 0) ? *then : *otherwise;

	result.type = then->type;
	if (then->nulls != NULL || otherwise->nulls != NULL)
	{
		nulls = palloc(Max(count, 1) * sizeof(bool));
		for (int i = 0; i < count; i++)
			nulls[i] = flux_column_is_null(is_true(test, i) ? then : otherwise, i);
		result.nulls = nulls;
	}
#define CHOOSE(type, member)                                                                       \
	do                                                                                             \
	{                                                                                              \
		type *values = palloc(Max(count, 1) * sizeof(type));                                       \
		for (int i = 0; i < count; i++)                                                            \
			values[i] = is_true(test, i)                                                           \
							? then->values.member[flux_column_index(then, i)]                      \
							: otherwise->values.member[flux_column_index(otherwise, i)];           \
		result.values.member = values;                                                             \
	} while (0)
	switch (result.type)
	{
		case FLUX_COLUMN_BOOL:
			CHOOSE(bool, booleans);
			break;
		case FLUX_COLUMN_STRING:
			CHOOSE(FluxText, strings);
			break;
		default:
			CHOOSE(int64, ints);
	}
	return result;
}

/* ---- interpolation ---- */

FluxColumn
flux_kernel_interpolate(const FluxKernelRows *rows, const FluxColumn *parts, const FluxSpan *spans,
						int part_count)
{
	bool is_constant = true;
	int count;
	FluxText *values;
	FluxColumn result = {.type = FLUX_COLUMN_STRING};
	StringInfoData out;

	for (int i = 0; i < part_count; i++)
		is_constant = is_constant && parts[i].is_constant;
	count = value_count(rows, is_constant);
	values = palloc(Max(count, 1) * sizeof(FluxText));
	for (int row = 0; row < count; row++)
	{
		values[row] = flux_text("", 0);
		if (!is_active(rows, is_constant, row))
			continue;
		initStringInfo(&out);
		for (int i = 0; i < part_count; i++)
		{
			FluxText text;

			if (flux_column_is_null(&parts[i], row))
				flux_raise_at(ERRCODE_NULL_VALUE_NOT_ALLOWED, rows->source, spans[i],
							  "interpolated expression produced a null value");
			(void) flux_value_to_text(flux_value_from_column(&parts[i], row), &text);
			appendBinaryStringInfo(&out, text.data, text.size);
		}
		values[row] = flux_text(out.data, out.len);
	}
	result.is_constant = is_constant;
	result.values.strings = values;
	return result;
}
