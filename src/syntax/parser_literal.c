/*
 * parser_literal.c
 *		Numbers, durations, times, strings, regular expressions: tokens to
 *		values.
 *
 * A literal whose value cannot be had becomes a bad expression with the error.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"

#include "syntax/parser_int.h"

/* What bad literal a token is. The error has been reported. */
static FluxAst *
bad_literal(FluxParser *parser, const FluxToken *token)
{
	FluxBadExpression *bad = flux_parser_bad_expression(parser, token->span.start);

	bad->ast.comments = token->comments;
	return &bad->ast;
}

/* ---- numbers ---- */

/* Decimal digits to a number; false when it does not fit. */
static bool
parse_digits(const char *digits, int32 size, int64 *value)
{
	int64 result = 0;

	for (int32 i = 0; i < size; i++)
	{
		if (pg_mul_s64_overflow(result, 10, &result) ||
			pg_add_s64_overflow(result, digits[i] - '0', &result))
			return false;
	}
	*value = result;
	return true;
}

static FluxAst *
parse_integer(FluxParser *parser, const FluxToken *token)
{
	FluxText text = flux_parser_slice(parser, token->span);
	int64 value = 0;
	const char *reason = NULL;
	FluxIntegerLiteral *literal;

	if (text.size > 1 && text.data[0] == '0')
		reason = "nonzero value cannot start with 0";
	else if (!parse_digits(text.data, text.size, &value))
		reason = "value out of range";
	if (reason != NULL)
	{
		flux_parser_report(parser, token->span, "invalid integer literal \"%s\": %s",
						   flux_parser_token_text(parser, token), reason);
		return bad_literal(parser, token);
	}
	literal = FLUX_NEW(parser, IntegerLiteral, INTEGER_LITERAL, token->span.start);
	literal->ast.comments = token->comments;
	literal->value = value;
	return &literal->ast;
}

static FluxAst *
parse_float(FluxParser *parser, const FluxToken *token)
{
	char *text = flux_text_to_cstring(flux_parser_slice(parser, token->span));
	double value = strtod(text, NULL);
	FluxFloatLiteral *literal;

	pfree(text);
	if (isinf(value))
	{
		flux_parser_report(parser, token->span, "invalid float literal \"%s\": value out of range",
						   flux_parser_token_text(parser, token));
		return bad_literal(parser, token);
	}
	literal = FLUX_NEW(parser, FloatLiteral, FLOAT_LITERAL, token->span.start);
	literal->ast.comments = token->comments;
	literal->value = value;
	return &literal->ast;
}

/* ---- durations ---- */

static const struct
{
	const char *text; /* as in the source */
	const char *unit; /* as in the AST */
	int64 months;
	int64 ns;
} duration_units[] = {
	{"y", "y", 12, 0},
	{"mo", "mo", 1, 0},
	{"w", "w", 0, FLUX_NS_PER_WEEK},
	{"d", "d", 0, FLUX_NS_PER_DAY},
	{"h", "h", 0, FLUX_NS_PER_HOUR},
	{"m", "m", 0, FLUX_NS_PER_MINUTE},
	{"s", "s", 0, FLUX_NS_PER_SECOND},
	{"ms", "ms", 0, 1000 * FLUX_NS_PER_US},
	{"us", "us", 0, FLUX_NS_PER_US},
	{"\xC2\xB5s", "us", 0, FLUX_NS_PER_US},
	{"ns", "ns", 0, 1},
};

/* Reads one part at *at and moves on; false when the number is too large. */
static bool
parse_duration_part(const char **at, const char *end, FluxDurationPart *part, FluxDuration *sum)
{
	const char *digits = *at;
	const char *unit;
	int which = 0;
	int64 months;
	int64 ns;

	while (*at < end && **at >= '0' && **at <= '9')
		(*at)++;
	unit = *at;
	while (*at < end && !(**at >= '0' && **at <= '9'))
		(*at)++;
	while (
		!flux_text_equal_cstring(flux_text(unit, (int32) (*at - unit)), duration_units[which].text))
		which++;
	part->unit = duration_units[which].unit;
	return parse_digits(digits, (int32) (unit - digits), &part->magnitude) &&
		   !pg_mul_s64_overflow(part->magnitude, duration_units[which].months, &months) &&
		   !pg_mul_s64_overflow(part->magnitude, duration_units[which].ns, &ns) &&
		   !pg_add_s64_overflow(sum->months, months, &sum->months) &&
		   !pg_add_s64_overflow(sum->ns, ns, &sum->ns);
}

static int
count_duration_parts(const char *at, const char *end)
{
	int count = 0;

	for (bool was_digit = false; at < end; at++)
	{
		bool is_digit = *at >= '0' && *at <= '9';

		count += is_digit && !was_digit;
		was_digit = is_digit;
	}
	return count;
}

static FluxAst *
parse_duration(FluxParser *parser, const FluxToken *token)
{
	FluxText text = flux_parser_slice(parser, token->span);
	const char *at = text.data;
	const char *end = at + text.size;
	int count = count_duration_parts(at, end);
	FluxDurationPart *parts =
		palloc_extended((Size) count * sizeof(FluxDurationPart), MCXT_ALLOC_HUGE);
	FluxDuration sum = {0, 0};
	FluxDurationLiteral *literal;

	for (int i = 0; i < count; i++)
	{
		if (!parse_duration_part(&at, end, &parts[i], &sum))
		{
			flux_parser_report(parser, token->span,
							   "invalid duration literal \"%s\": value out of range",
							   flux_parser_token_text(parser, token));
			return bad_literal(parser, token);
		}
	}
	literal = FLUX_NEW(parser, DurationLiteral, DURATION_LITERAL, token->span.start);
	literal->ast.comments = token->comments;
	literal->parts = parts;
	literal->part_count = count;
	literal->value = sum;
	return &literal->ast;
}

/* ---- times ---- */

/* The literal as full RFC 3339: with a time of day, fraction without trailing zeros. */
static FluxText
normalize_time(FluxText literal)
{
	const int32 seconds_size = strlen("2006-01-02T15:04:05");
	char *text = palloc(literal.size + strlen("T00:00:00Z") + 1);
	int32 size = Min(literal.size, seconds_size);
	int32 zone = size;

	memcpy(text, literal.data, size);
	if (literal.size < seconds_size)
	{
		memcpy(text + size, "T00:00:00Z", strlen("T00:00:00Z"));
		return flux_text(text, size + strlen("T00:00:00Z"));
	}
	if (zone < literal.size && literal.data[zone] == '.')
	{
		zone++;
		while (zone < literal.size && literal.data[zone] >= '0' && literal.data[zone] <= '9')
			zone++;
		memcpy(text + size, literal.data + size, zone - size);
		size = zone;
		while (text[size - 1] == '0')
			size--;
		if (text[size - 1] == '.')
			size--;
	}
	memcpy(text + size, literal.data + zone, literal.size - zone);
	return flux_text(text, size + literal.size - zone);
}

static FluxAst *
parse_time(FluxParser *parser, const FluxToken *token)
{
	FluxText source = flux_parser_slice(parser, token->span);
	FluxText text = normalize_time(source);
	char sign = text.data[text.size - strlen("+07:00")];
	bool has_zone = text.data[text.size - 1] == 'Z' || sign == '+' || sign == '-';
	int64 value_ns = 0;
	FluxDateTimeLiteral *literal;

	if (!has_zone)
	{
		flux_parser_report(parser, token->span,
						   "invalid expression: invalid date time literal, missing time offset");
		return bad_literal(parser, token);
	}
	if (!flux_time_parse(text, &value_ns))
	{
		flux_parser_report(parser, token->span,
						   "invalid expression: invalid date time literal \"%s\"",
						   flux_parser_token_text(parser, token));
		return bad_literal(parser, token);
	}
	literal = FLUX_NEW(parser, DateTimeLiteral, DATE_TIME_LITERAL, token->span.start);
	literal->ast.comments = token->comments;
	literal->value_ns = value_ns;
	literal->text = text;
	return &literal->ast;
}

/* ---- strings ---- */

static int
hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return (digit | 0x20) - 'a' + 10;
}

static bool
is_hex(char digit)
{
	return (digit >= '0' && digit <= '9') || ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f');
}

/* Reports bytes that do not make text; "what" says where they stand. */
static void
check_bytes(FluxParser *parser, FluxSpan span, FluxText text, const char *what)
{
	if (flux_utf8_check(text.data, text.size) < text.size)
		flux_parser_report(parser, span, "the bytes of the %s are not valid UTF-8", what);
}

FluxText
flux_parser_unescape(FluxParser *parser, FluxSpan span)
{
	FluxText source = flux_parser_slice(parser, span);
	const char *end = source.data + source.size;
	bool has_bytes = false;
	char *result;
	char *out;

	if (source.size == 0 || memchr(source.data, '\\', source.size) == NULL)
		return source;
	result = out = palloc_extended((Size) source.size, MCXT_ALLOC_HUGE);
	for (const char *at = source.data; at < end; at++)
	{
		if (*at != '\\')
		{
			*out++ = *at;
			continue;
		}
		at++;
		switch (at < end ? *at : '\0')
		{
			case 'n':
				*out++ = '\n';
				break;
			case 'r':
				*out++ = '\r';
				break;
			case 't':
				*out++ = '\t';
				break;
			case '\\':
			case '"':
			case '$':
				*out++ = *at;
				break;
			case 'x':
				if (end - at > 2 && is_hex(at[1]) && is_hex(at[2]))
				{
					*out++ = (char) (hex_value(at[1]) << 4 | hex_value(at[2]));
					at += 2;
					has_bytes = true;
					break;
				}
				/* FALLTHROUGH */
			default: /* only where a dollar hid the backslash */
				flux_parser_report(parser, span, "invalid escape sequence in string literal");
				*out++ = '\\';
				at--;
		}
	}
	source = flux_text(result, (int32) (out - result));
	if (has_bytes)
		check_bytes(parser, span, source, "string");
	return source;
}

FluxStringLiteral *
flux_parser_string_literal(FluxParser *parser)
{
	FluxToken token = flux_parser_take(parser);
	FluxText value =
		flux_parser_unescape(parser, flux_span(token.span.start + 1, token.span.stop - 1));
	FluxStringLiteral *literal = FLUX_NEW(parser, StringLiteral, STRING_LITERAL, token.span.start);

	literal->ast.comments = token.comments;
	literal->value = value;
	return literal;
}

FluxStringLiteral *
flux_parser_expect_string(FluxParser *parser)
{
	FluxToken token = *flux_parser_peek(parser);
	FluxStringLiteral *literal;

	if (token.kind == FLUX_TOKEN_STRING)
		return flux_parser_string_literal(parser);
	(void) flux_parser_expect(parser, FLUX_TOKEN_STRING, &token);
	if (token.kind == FLUX_TOKEN_QUOTE)
		(void) flux_parser_literal(parser);
	literal = FLUX_NEW(parser, StringLiteral, STRING_LITERAL, token.span.start);
	literal->value = flux_text("", 0);
	return literal;
}

/* ---- string expressions ---- */

/* "${" was taken. False when its end is missing: then the string is over too. */
static bool
parse_interpolation(FluxParser *parser, const FluxToken *open, FluxAstList *parts)
{
	FluxAst *expression;
	FluxToken close;
	FluxInterpolatedPart *part;
	bool is_closed;

	parser->open_braces++;
	expression = flux_parser_list_item(parser);
	parser->open_braces--;
	is_closed = flux_parser_close(parser, FLUX_TOKEN_RBRACE, &close);
	part = FLUX_NEW(parser, InterpolatedPart, INTERPOLATED_PART, open->span.start);
	part->expression = expression;
	if (is_closed)
		flux_parser_punctuate(parser, &part->punctuation, "rbrace", &close);
	flux_ast_list_append(parts, &part->ast);
	return is_closed;
}

/* Something in a string that cannot be there: a bad escape, or the end of the source. */
static void
report_string_part(FluxParser *parser, const FluxToken *open, const FluxToken *token)
{
	FluxDiagnostic *diagnostic;

	diagnostic =
		flux_parser_report(parser, token->span, "got unexpected token in string expression: %s",
						   flux_token_name(token->kind));
	if (token->kind == FLUX_TOKEN_END)
	{
		FluxPosition start = flux_source_position(parser->source, open->span.start);

		flux_parser_hint(parser, diagnostic,
						 "The string that begins at %d:%d has no closing quote.", start.line,
						 start.column);
	}
	else
		flux_parser_hint(parser, diagnostic, "Escapes are \\n \\r \\t \\\\ \\\" \\${ and \\xHH.");
	if (parser->pending_count > 0 && !parser->is_stopped)
	{
		FluxPosition start = flux_source_position(parser->source, token->span.start);
		FluxPosition stop = flux_source_position(parser->source, token->span.stop);

		parser->pending[parser->pending_count - 1] =
			psprintf("got unexpected token in string expression @%d:%d-%d:%d: %s", start.line,
					 start.column, stop.line, stop.column, flux_token_name(token->kind));
	}
}

static FluxAst *
parse_string_expression(FluxParser *parser)
{
	FluxToken open = flux_parser_take(parser);
	FluxAstList parts = {0};
	FluxStringExpression *string;
	bool is_open = true;

	while (is_open)
	{
		FluxToken token = flux_parser_take_string_part(parser);
		FluxTextPart *part;

		switch (token.kind)
		{
			case FLUX_TOKEN_TEXT:
			{
				FluxText value = flux_parser_unescape(parser, token.span);

				part = FLUX_NEW(parser, TextPart, TEXT_PART, token.span.start);
				part->value = value;
				flux_ast_list_append(&parts, &part->ast);
				break;
			}
			case FLUX_TOKEN_STRINGEXPR:
				is_open = parse_interpolation(parser, &token, &parts);
				break;
			case FLUX_TOKEN_QUOTE:
				is_open = false;
				break;
			case FLUX_TOKEN_ILLEGAL:
				/* The string goes on, so that what follows it is understood. */
				report_string_part(parser, &open, &token);
				break;
			default:
				report_string_part(parser, &open, &token);
				is_open = false;
		}
	}
	string = FLUX_NEW(parser, StringExpression, STRING_EXPRESSION, open.span.start);
	string->ast.comments = open.comments;
	string->parts = parts;
	return &string->ast;
}

/* ---- regular expressions ---- */

/*
 * The pattern between the slashes: "\/" becomes a slash, \xHH a byte; all else
 * is the engine's.  *is_complete is false when a backslash has nothing after it.
 */
static FluxText
regexp_pattern(FluxText source, bool *is_complete, bool *has_bytes)
{
	char *result = palloc_extended((Size) source.size + 1, MCXT_ALLOC_HUGE);
	char *out = result;
	const char *end = source.data + source.size;

	*is_complete = true;
	*has_bytes = false;
	for (const char *at = source.data; at < end; at++)
	{
		if (*at != '\\')
		{
			*out++ = *at;
			continue;
		}
		if (at + 1 == end)
		{
			*is_complete = false;
			break;
		}
		at++;
		if (*at == '/')
			*out++ = '/';
		else if (*at == 'x' && end - at > 2 && is_hex(at[1]) && is_hex(at[2]))
		{
			*out++ = (char) (hex_value(at[1]) << 4 | hex_value(at[2]));
			at += 2;
			*has_bytes = true;
		}
		else
		{
			*out++ = '\\';
			*out++ = *at;
		}
	}
	return flux_text(result, (int32) (out - result));
}

static FluxAst *
parse_regexp(FluxParser *parser, const FluxToken *token)
{
	FluxSpan inside = flux_span(token->span.start + 1, token->span.stop - 1);
	bool is_complete;
	bool has_bytes;
	FluxText pattern = regexp_pattern(flux_parser_slice(parser, inside), &is_complete, &has_bytes);
	FluxRegexp *regexp = NULL;
	FluxRegexpLiteral *literal;

	if (!is_complete)
		flux_parser_report(parser, token->span, "unterminated regex sequence");
	else if (has_bytes && flux_utf8_check(pattern.data, pattern.size) < pattern.size)
		check_bytes(parser, token->span, pattern, "regular expression");
	else
	{
		const char *error = NULL;

		regexp = flux_regexp_compile(pattern, &error);
		if (regexp == NULL)
			flux_parser_report(parser, token->span, "invalid regular expression: %s",
							   error ? error : "not understood");
	}
	literal = FLUX_NEW(parser, RegexpLiteral, REGEXP_LITERAL, token->span.start);
	literal->ast.comments = token->comments;
	literal->pattern = pattern;
	literal->regexp = regexp;
	return &literal->ast;
}

FluxAst *
flux_parser_literal(FluxParser *parser)
{
	FluxToken token;

	if (flux_parser_at(parser, FLUX_TOKEN_STRING))
		return &flux_parser_string_literal(parser)->ast;
	if (flux_parser_at(parser, FLUX_TOKEN_QUOTE))
		return parse_string_expression(parser);
	token = flux_parser_take(parser);
	switch (token.kind)
	{
		case FLUX_TOKEN_INT:
			return parse_integer(parser, &token);
		case FLUX_TOKEN_FLOAT:
			return parse_float(parser, &token);
		case FLUX_TOKEN_DURATION:
			return parse_duration(parser, &token);
		case FLUX_TOKEN_TIME:
			return parse_time(parser, &token);
		default:
			Assert(token.kind == FLUX_TOKEN_REGEX);
			return parse_regexp(parser, &token);
	}
}
