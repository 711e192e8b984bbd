/*
 * value_text.c
 *		The text forms of values: string() and interpolation, display().
 *
 * Floats are printed with the shortest digits that read back as the same
 * double.  The server's Ryu gives them, but for one rule: it avoids a text
 * that lies exactly half way between two doubles, which Flux does print (1e23
 * is such a one), so that case is looked at again here.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "evaluate/evaluator.h"
#include "evaluate/library.h"

/* display() breaks collections with more members than this over lines. */
#define INLINE_MEMBERS_MAX 3

/* Bytes that are checked between two looks at interrupts. */
#define CHECKED_SIZE (1024 * 1024)

/* A finite double as 0.DIGITS * 10^exponent, DIGITS without outer zeros ("0" for 0). */
typedef struct FloatDigits
{
	char digits[40];
	int count;
	int exponent;
	bool is_negative;
} FloatDigits;

/* Reads "ddd.ddde+xx" in any of the forms that C and the server print. */
static void
read_digits(const char *text, FloatDigits *out)
{
	int point = -1;
	int exponent = 0;
	int leading = 0;

	out->count = 0;
	out->is_negative = *text == '-';
	if (*text == '-')
		text++;
	for (; *text != '\0' && *text != 'e'; text++)
	{
		if (*text == '.')
			point = out->count + leading;
		else if (*text == '0' && out->count == 0)
			leading++;
		else if (out->count < (int) sizeof(out->digits))
			out->digits[out->count++] = *text;
	}
	if (*text == 'e')
		exponent = atoi(text + 1);
	if (point < 0)
		point = out->count + leading;
	out->exponent = exponent + point - leading;
	while (out->count > 0 && out->digits[out->count - 1] == '0')
		out->count--;
	if (out->count == 0)
	{
		out->digits[0] = '0';
		out->count = 1;
		out->exponent = 1;
	}
}

static void
float_digits(double value, FloatDigits *out)
{
	char buffer[64];

	double_to_shortest_decimal_buf(value, buffer);
	read_digits(buffer, out);

	/*
	 * Only between 2^52 and about 10^25 can the half-way point have so few
	 * digits that it would be the shorter text.
	 */
	if (out->count >= 16 && fabs(value) >= 4503599627370496.0 && fabs(value) < 1e25)
	{
		for (int precision = out->count - 2; precision >= 0; precision--)
		{
			snprintf(buffer, sizeof(buffer), "%.*e", precision, value);
			if (strtod(buffer, NULL) != value)
				break;
			read_digits(buffer, out);
		}
	}
}

/* "+Inf", "-Inf", "NaN"; false for finite numbers. */
static bool
append_nonfinite(StringInfo out, double value)
{
	if (isnan(value))
		appendStringInfoString(out, "NaN");
	else if (isinf(value))
		appendStringInfoString(out, value > 0 ? "+Inf" : "-Inf");
	else
		return false;
	return true;
}

static void
append_positional(StringInfo out, const FloatDigits *number)
{
	if (number->is_negative)
		appendStringInfoChar(out, '-');
	if (number->exponent <= 0)
	{
		appendStringInfoString(out, "0.");
		for (int i = number->exponent; i < 0; i++)
			appendStringInfoChar(out, '0');
		appendBinaryStringInfo(out, number->digits, number->count);
		return;
	}
	for (int i = 0; i < Max(number->exponent, number->count); i++)
	{
		if (i == number->exponent)
			appendStringInfoChar(out, '.');
		appendStringInfoChar(out, i < number->count ? number->digits[i] : '0');
	}
}

FluxText
flux_float_to_text(double value)
{
	StringInfoData out;
	FloatDigits number;

	initStringInfo(&out);
	if (!append_nonfinite(&out, value))
	{
		float_digits(value, &number);
		append_positional(&out, &number);
	}
	return flux_text(out.data, out.len);
}

FluxText
flux_float_to_short_text(double value, int low, int high, int exponent_digits)
{
	StringInfoData out;
	FloatDigits number;

	initStringInfo(&out);
	if (append_nonfinite(&out, value))
		return flux_text(out.data, out.len);
	float_digits(value, &number);

	/* exponent counts from 0.D, scientific notation from D.D */
	if (value == 0 || (number.exponent - 1 >= low && number.exponent - 1 < high))
		append_positional(&out, &number);
	else
	{
		int exponent = number.exponent - 1;

		if (number.is_negative)
			appendStringInfoChar(&out, '-');
		appendStringInfoChar(&out, number.digits[0]);
		if (number.count > 1)
		{
			appendStringInfoChar(&out, '.');
			appendBinaryStringInfo(&out, number.digits + 1, number.count - 1);
		}
		appendStringInfo(&out, "e%c%0*d", exponent < 0 ? '-' : '+', exponent_digits, abs(exponent));
	}
	return flux_text(out.data, out.len);
}

/* In pieces, because the server's function looks at no interrupts. */
bool
flux_value_bytes_are_string(FluxText bytes)
{
	while (bytes.size > 0)
	{
		FluxText piece = flux_text_clip(bytes, CHECKED_SIZE);

		CHECK_FOR_INTERRUPTS();
		if (piece.size == 0 || !pg_verify_mbstr(PG_UTF8, piece.data, piece.size, true))
			return false;
		bytes = flux_text(bytes.data + piece.size, bytes.size - piece.size);
	}
	return true;
}

FluxText
flux_value_bytes_to_hexadecimal(FluxText bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *text = palloc(2 * (Size) bytes.size + 1);

	for (int32 i = 0; i < bytes.size; i++)
	{
		unsigned char byte = (unsigned char) bytes.data[i];

		CHECK_FOR_INTERRUPTS();
		text[2 * i] = digits[byte >> 4];
		text[2 * i + 1] = digits[byte & 0xF];
	}
	return flux_text(text, 2 * bytes.size);
}

bool
flux_value_to_text(FluxValue value, FluxText *text)
{
	char buffer[FLUX_TIME_TEXT_SIZE];

	if (value.is_null)
		return false;
	switch (value.kind)
	{
		case FLUX_KIND_BOOL:
			*text = flux_text_from_cstring(value.as.boolean ? "true" : "false");
			return true;
		case FLUX_KIND_INT:
			*text = flux_text_from_cstring(psprintf(INT64_FORMAT, value.as.integer));
			return true;
		case FLUX_KIND_UINT:
			*text = flux_text_from_cstring(psprintf(UINT64_FORMAT, value.as.uinteger));
			return true;
		case FLUX_KIND_FLOAT:
			*text = flux_float_to_text(value.as.floating);
			return true;
		case FLUX_KIND_STRING:
			*text = value.as.string;
			return true;
		case FLUX_KIND_TIME:
		{
			int size = flux_time_format(value.as.time_ns, true, buffer);

			*text = flux_text_copy(flux_text(buffer, size));
			return true;
		}
		case FLUX_KIND_DURATION:
			*text = flux_text_from_cstring(flux_duration_format(value.as.duration));
			return true;
		case FLUX_KIND_BYTES:
			if (!flux_value_bytes_are_string(value.as.string))
				return false;
			*text = value.as.string;
			return true;
		case FLUX_KIND_DYNAMIC:
			return flux_value_to_text(*value.as.dynamic, text);
		default:
			return false;
	}
}

/* ---- display ---- */

static void append_display(StringInfo out, FluxValue value, int indent);

/* What separates the members of a collection: opening, between, closing. */
static void
append_break(StringInfo out, bool is_multiline, int indent)
{
	if (!is_multiline)
		return;
	appendStringInfoChar(out, '\n');
	appendStringInfoSpaces(out, indent);
}

static void
append_array(StringInfo out, const FluxArray *array, int indent)
{
	bool is_multiline = array->count > INLINE_MEMBERS_MAX;

	appendStringInfoChar(out, '[');
	for (int i = 0; i < array->count; i++)
	{
		if (i > 0)
			appendStringInfoString(out, is_multiline ? "," : ", ");
		append_break(out, is_multiline, indent + 4);
		append_display(out, array->items[i], indent + 4);
	}
	append_break(out, is_multiline, indent);
	appendStringInfoChar(out, ']');
}

static void
append_record(StringInfo out, const FluxRecord *record, int indent)
{
	bool is_multiline = record->count > INLINE_MEMBERS_MAX;
	int *order = flux_record_sorted(record);

	appendStringInfoChar(out, '{');
	for (int i = 0; i < record->count; i++)
	{
		FluxText key = record->keys[order[i]];

		if (i > 0)
			appendStringInfoString(out, is_multiline ? "," : ", ");
		append_break(out, is_multiline, indent + 4);
		appendBinaryStringInfo(out, key.data, key.size);
		appendStringInfoString(out, ": ");
		append_display(out, record->values[order[i]], indent + 4);
	}
	append_break(out, is_multiline, indent);
	appendStringInfoChar(out, '}');
	pfree(order);
}

/* As in the reference engine, the comma of a dictionary keeps its space before a line end. */
static void
append_dict(StringInfo out, const FluxDict *dict, int indent)
{
	bool is_multiline = dict->count > INLINE_MEMBERS_MAX;

	if (dict->count == 0)
	{
		appendStringInfoString(out, "[:]");
		return;
	}
	appendStringInfoChar(out, '[');
	for (int i = 0; i < dict->count; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		append_break(out, is_multiline, indent + 4);
		append_display(out, dict->entries[i].key, indent + 4);
		appendStringInfoString(out, ": ");
		append_display(out, dict->entries[i].value, indent + 4);
	}
	append_break(out, is_multiline, indent);
	appendStringInfoChar(out, ']');
}

/*
 * The type of a library function; of a lambda, whose type only inference
 * knows, its parameters: "(<-tables, n, ?column) => ...".
 */
static void
append_function(StringInfo out, const FluxFunction *function)
{
	const FluxParameter *parameters;
	int count;
	const char *type = function->builtin != NULL ? flux_builtin_type(function->builtin) : NULL;

	if (type != NULL)
	{
		appendStringInfoString(out, type);
		return;
	}
	count = flux_function_parameters(function, &parameters);
	appendStringInfoChar(out, '(');
	for (int i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		if (parameters[i].is_pipe)
			appendStringInfoString(out, "<-");
		else if (parameters[i].is_optional)
			appendStringInfoChar(out, '?');
		appendBinaryStringInfo(out, parameters[i].name.data, parameters[i].name.size);
	}
	appendStringInfoString(out, ") => ...");
}

static void
append_display(StringInfo out, FluxValue value, int indent)
{
	FluxText text;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (value.kind == FLUX_KIND_DYNAMIC)
	{
		appendStringInfoString(out, "dynamic(");
		append_display(out, *value.as.dynamic, indent);
		appendStringInfoChar(out, ')');
		return;
	}
	if (value.is_null)
	{
		appendStringInfoString(out, "<null>");
		return;
	}
	switch (value.kind)
	{
		case FLUX_KIND_FLOAT:
			text = flux_float_to_short_text(value.as.floating, -4, 21, 2);
			appendBinaryStringInfo(out, text.data, text.size);
			break;
		case FLUX_KIND_BYTES:
			appendStringInfoString(out, "0x");
			text = flux_value_bytes_to_hexadecimal(value.as.string);
			appendBinaryStringInfo(out, text.data, text.size);
			pfree(unconstify(char *, text.data));
			break;
		case FLUX_KIND_REGEXP:
			text = flux_regexp_pattern(value.as.regexp);
			appendBinaryStringInfo(out, text.data, text.size);
			break;
		case FLUX_KIND_ARRAY:
			append_array(out, value.as.array, indent);
			break;
		case FLUX_KIND_RECORD:
			append_record(out, value.as.record, indent);
			break;
		case FLUX_KIND_DICT:
			append_dict(out, value.as.dict, indent);
			break;
		case FLUX_KIND_FUNCTION:
			append_function(out, value.as.function);
			break;
		case FLUX_KIND_STREAM:
			appendStringInfoString(out, "<stream>");
			break;
		default:
			if (!flux_value_to_text(value, &text))
				elog(ERROR, "value of type %s has no text", flux_kind_name(value.kind));
			appendBinaryStringInfo(out, text.data, text.size);
			break;
	}
}

FluxText
flux_value_display(FluxValue value)
{
	StringInfoData out;

	initStringInfo(&out);
	append_display(&out, value, 0);
	return flux_text(out.data, out.len);
}
