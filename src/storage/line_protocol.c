/*
 * line_protocol.c
 *		A hand-written scanner of line protocol: one pass, one look at each byte.
 *
 * In names a backslash escapes ',', ' ' and (not in measurements) '='; before
 * anything else it is itself.  In strings it escapes '"' and '\'.  Numbers
 * whose digits and power of ten a double holds exactly are computed here, the
 * rest by strtod.
 *
 * Positions in errors are computed when there is an error, from the bytes before
 * it.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"

#include "base/pg_compat.h"
#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/limits.h"
#include "storage/line_protocol.h"

/* Bytes of the wrong line that the error shows. */
#define SHOWN_SIZE_MAX 120

/* ---- errors ---- */

static void malformed(const FluxLineParser *parser, const char *at, const char *reason)
	pg_attribute_noreturn();

/* The start of the line, cut between characters. */
static char *
shown_line(const char *start, const char *end)
{
	const char *stop = memchr(start, '\n', end - start);

	if (stop == NULL)
		stop = end;
	if (stop - start <= SHOWN_SIZE_MAX)
		return pnstrdup(start, stop - start);
	for (stop = start + SHOWN_SIZE_MAX; ((uint8) *stop & 0xC0) == 0x80 && stop > start;)
		stop--;
	return psprintf("%.*s...", (int) (stop - start), start);
}

static void
malformed(const FluxLineParser *parser, const char *at, const char *reason)
{
	int line = 1;
	const char *start = parser->data;

	for (const char *p = parser->data; p < at; p++)
	{
		if (*p == '\n')
		{
			line++;
			start = p + 1;
		}
	}
	ereport(ERROR, (errcode(FLUX_ERRCODE_LINE_PROTOCOL),
					errmsg("unable to parse line protocol at %d:%d: %s", line,
						   (int) (at - start) + 1, reason),
					errdetail("Line %d is: %s", line, shown_line(start, parser->end)),
					errhint("Nothing of this call was written.")));
}

/* ---- names ---- */

/* Takes the backslashes out that escape one of "escapable"; palloc'd. */
static FluxText
unescape(const char *start, const char *stop, const char *escapable)
{
	char *to = palloc(stop - start + 1);
	FluxText text = flux_text(to, 0);

	while (start < stop)
	{
		if (*start == '\\' && start + 1 < stop && start[1] != '\0' &&
			strchr(escapable, start[1]) != NULL)
			start++;
		*to++ = *start++;
	}
	text.size = (int32) (to - text.data);
	return text;
}

/* Is the byte after a backslash one that it escapes in names? */
static inline bool
is_escapable(const char *p, const char *end)
{
	return p < end && (*p == ',' || *p == ' ' || *p == '=');
}

/* Does the text go on with these bytes, and then with that one? */
static inline bool
goes_on_with(const FluxLineParser *parser, const char *p, FluxText text, char after)
{
	return text.size > 0 && parser->end - p > text.size && p[text.size] == after &&
		   memcmp(p, text.data, text.size) == 0;
}

/* The end of measurement and tags: the first space that is not escaped. */
static inline const char *
scan_series(const FluxLineParser *parser, const char *p)
{
	for (; p < parser->end; p++)
	{
		if (*p == ' ')
			return p;
		if (*p == '\n')
			break;
		if (*p == '\\' && is_escapable(p + 1, parser->end))
			p++;
	}
	malformed(parser, p, "missing fields");
}

/* ---- values ---- */

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
									   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
									   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The token as strtod sees it: the rare numbers that need care. */
static double
parse_float_slowly(const FluxLineParser *parser, const char *start, const char *stop)
{
	char buffer[64];
	Size size = stop - start;
	char *copy = size < sizeof(buffer) ? buffer : palloc(size + 1);

	memcpy(copy, start, size);
	copy[size] = '\0';

	double value = strtod(copy, NULL);

	if (copy != buffer)
		pfree(copy);
	if (isinf(value))
		malformed(parser, start, "invalid number: out of range");
	return value;
}

static double
parse_float(const FluxLineParser *parser, const char *start, const char *stop)
{
	const char *p = start;
	bool is_negative = *p == '-';
	uint64 mantissa = 0;
	int digit_count = 0; /* significant ones */
	int exponent = 0;
	bool has_digits = false;

	if (is_negative)
		p++;
	for (; p < stop && is_digit(*p); p++)
	{
		has_digits = true;
		digit_count += mantissa != 0 || *p != '0';
		if (digit_count <= 19)
			mantissa = mantissa * 10 + (*p - '0');
	}
	if (p < stop && *p == '.')
	{
		for (p++; p < stop && is_digit(*p); p++)
		{
			has_digits = true;
			digit_count += mantissa != 0 || *p != '0';
			if (digit_count <= 19)
				mantissa = mantissa * 10 + (*p - '0');
			exponent--;
		}
	}
	if (!has_digits)
		malformed(parser, start, "invalid number");
	if (p < stop && (*p == 'e' || *p == 'E'))
	{
		bool is_below = false;
		int given = 0;

		p++;
		if (p < stop && (*p == '-' || *p == '+'))
			is_below = *p++ == '-';
		if (p == stop)
			malformed(parser, start, "invalid number");
		for (; p < stop && is_digit(*p); p++)
			given = Min(given * 10 + (*p - '0'), 100000);
		exponent += is_below ? -given : given;
	}
	if (p != stop)
		malformed(parser, start, "invalid number");

	if (digit_count > 19 || mantissa > (UINT64CONST(1) << 53) || exponent > 22 || exponent < -22)
		return parse_float_slowly(parser, start, stop);

	double value = exponent >= 0 ? (double) mantissa * powers_of_ten[exponent]
								 : (double) mantissa / powers_of_ten[-exponent];

	return is_negative ? -value : value;
}

/* Digits, optionally signed, as a number; false when malformed or out of range. */
static inline bool
parse_int64(const char *p, const char *stop, int64 *value)
{
	bool is_negative = p < stop && *p == '-';
	uint64 number = 0;

	if (is_negative)
		p++;
	if (p == stop)
		return false;

	/* 19 digits always fit, which is what times have. */
	bool is_short = stop - p <= 19;

	for (; p < stop; p++)
	{
		uint64 digit = (uint64) (*p - '0');

		if (digit > 9)
			return false;
		if (!is_short && number > (PG_UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (number > (uint64) PG_INT64_MAX + is_negative)
		return false;
	*value = is_negative ? (int64) (0 - number) : (int64) number;
	return true;
}

static inline bool
parse_uint64(const char *p, const char *stop, uint64 *value)
{
	uint64 number = 0;

	if (p == stop)
		return false;
	for (; p < stop; p++)
	{
		uint64 digit = (uint64) (*p - '0');

		if (digit > 9 || number > (PG_UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*value = number;
	return true;
}

static bool
parse_boolean(const char *p, Size size, bool *value)
{
	static const char *const words[] = {"t", "T", "true",  "True",  "TRUE",
										"f", "F", "false", "False", "FALSE"};

	for (int i = 0; i < lengthof(words); i++)
	{
		if (strlen(words[i]) == size && memcmp(words[i], p, size) == 0)
		{
			*value = i < 5;
			return true;
		}
	}
	return false;
}

/* Reads a string after its opening quote; returns what follows the closing one. */
static const char *
scan_string(const FluxLineParser *parser, const char *start, FluxFieldValue *field)
{
	bool has_escapes = false;
	const char *p;

	for (p = start; p < parser->end && *p != '"'; p++)
	{
		if (*p == '\\' && p + 1 < parser->end && (p[1] == '"' || p[1] == '\\'))
		{
			has_escapes = true;
			p++;
		}
	}
	if (p >= parser->end)
		malformed(parser, start - 1, "unbalanced quotes");
	field->type = FLUX_COLUMN_STRING;
	field->value.string =
		has_escapes ? unescape(start, p, "\"\\") : flux_text(start, (int32) (p - start));
	return p + 1;
}

/* Reads a number or boolean; returns what follows it. */
static const char *
scan_plain_value(const FluxLineParser *parser, const char *start, FluxFieldValue *field)
{
	const char *p = start;

	while (p < parser->end && *p != ',' && *p != ' ' && *p != '\n' && *p != '\r')
		p++;
	if (p == start)
		malformed(parser, start, "missing field value");

	char first = *start;

	if (is_digit(first) || first == '-' || first == '.')
	{
		switch (p[-1])
		{
			case 'i':
				field->type = FLUX_COLUMN_INT;
				if (!parse_int64(start, p - 1, &field->value.integer))
					malformed(parser, start, "unable to parse integer");
				break;
			case 'u':
				field->type = FLUX_COLUMN_UINT;
				if (!parse_uint64(start, p - 1, &field->value.uinteger))
					malformed(parser, start, "unable to parse unsigned integer");
				break;
			default:
				field->type = FLUX_COLUMN_FLOAT;
				field->value.floating = parse_float(parser, start, p);
		}
		return p;
	}
	field->type = FLUX_COLUMN_BOOL;
	if (!parse_boolean(start, p - start, &field->value.boolean))
		malformed(parser, start,
				  strchr("tTfF", first) != NULL ? "invalid boolean" : "invalid field format");
	return p;
}

/* ---- lines ---- */

void
flux_line_init(FluxLineParser *parser, const char *data, Size size, int64 unit_ns, int64 default_ns)
{
	memset(parser, 0, sizeof(*parser));
	parser->data = data;
	parser->next = data;
	parser->end = data + size;
	parser->unit_ns = unit_ns;
	parser->default_ns = default_ns - default_ns % unit_ns;
	parser->field_capacity = 16;
	parser->line.fields = palloc_array(FluxFieldValue, parser->field_capacity);
}

int64
flux_line_unit(FluxText precision)
{
	if (flux_text_equal_cstring(precision, "ns"))
		return 1;
	if (flux_text_equal_cstring(precision, "us"))
		return FLUX_NS_PER_US;
	if (flux_text_equal_cstring(precision, "ms"))
		return 1000 * FLUX_NS_PER_US;
	if (flux_text_equal_cstring(precision, "s"))
		return FLUX_NS_PER_SECOND;
	return 0;
}

/* Is this the end of a line? "*next" then is the start of the next one. */
static inline bool
at_line_end(const FluxLineParser *parser, const char *p, const char **next)
{
	if (p < parser->end && *p == '\r')
		p++;
	if (p >= parser->end)
		*next = p;
	else if (*p == '\n')
		*next = p + 1;
	else
		return false;
	return true;
}

/* Skips blanks, empty lines and comments; false at the end of the input. */
static bool
skip_to_point(FluxLineParser *parser)
{
	const char *p = parser->next;

	while (p < parser->end)
	{
		if (*p == '#')
		{
			p = memchr(p, '\n', parser->end - p);
			if (p == NULL)
				p = parser->end;
		}
		else if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\0')
			p++;
		else if (*p == '\r' && (p + 1 == parser->end || p[1] == '\n'))
			p++;
		else
		{
			parser->next = p;
			return true;
		}
	}
	parser->next = p;
	return false;
}

/* Reads "key=value" into the next field; returns what follows it. */
static const char *
scan_field(FluxLineParser *parser, const char *p)
{
	FluxLine *line = &parser->line;
	const char *start = p;
	bool has_escapes = false;

	if (line->field_count == parser->field_capacity)
	{
		parser->field_capacity *= 2;
		line->fields = repalloc_array(line->fields, FluxFieldValue, parser->field_capacity);
	}

	FluxFieldValue *field = &line->fields[line->field_count++];

	for (;; p++)
	{
		if (p >= parser->end || *p == '\n' || *p == ' ' || *p == ',')
			malformed(parser, p == start ? start : p,
					  p == start ? "missing field key" : "missing field value");
		if (*p == '=')
			break;
		if (*p == '\\' && is_escapable(p + 1, parser->end))
		{
			has_escapes = true;
			p++;
		}
	}
	if (p == start)
		malformed(parser, start, "missing field key");
	if (p - start > FLUX_NAME_SIZE_MAX)
		malformed(parser, start, "field key is longer than 1024 bytes");
	field->name = has_escapes ? unescape(start, p, ",= ") : flux_text(start, (int32) (p - start));
	p++;
	if (p < parser->end && *p == '"')
		return scan_string(parser, p + 1, field);
	return scan_plain_value(parser, p, field);
}

/* Reads the time, if there is one, and the rest of the line. */
static void
scan_time(FluxLineParser *parser, const char *p)
{
	FluxLine *line = &parser->line;
	const char *start;

	while (p < parser->end && *p == ' ')
		p++;
	if (goes_on_with(parser, p, parser->time_text, '\n'))
	{
		parser->next = p + parser->time_text.size + 1;
		return;
	}
	parser->time_text.size = 0;
	if (at_line_end(parser, p, &parser->next))
	{
		line->time_ns = parser->default_ns;
		return;
	}
	start = p;
	if (*p == '-')
		p++;
	while (p < parser->end && is_digit(*p))
		p++;

	const char *stop = p;

	while (p < parser->end && *p == ' ')
		p++;
	if (!at_line_end(parser, p, &parser->next))
		malformed(parser, p, p == stop ? "bad timestamp" : "point is invalid");

	int64 number;

	if (stop == start || (stop == start + 1 && *start == '-'))
		malformed(parser, start, "bad timestamp");
	if (!parse_int64(start, stop, &number) ||
		pg_mul_s64_overflow(number, parser->unit_ns, &line->time_ns) ||
		line->time_ns < FLUX_TIME_MIN || line->time_ns > FLUX_TIME_MAX)
		malformed(parser, start, "time outside range -9223372036854775806 - 9223372036854775806");
	parser->time_text = flux_text(start, (int32) (stop - start));
}

bool
flux_line_next(FluxLineParser *parser)
{
	FluxLine *line = &parser->line;

	if (!skip_to_point(parser))
		return false;

	const char *p = parser->next;

	line->is_expected = goes_on_with(parser, p, parser->expected, ' ');
	p = line->is_expected ? p + parser->expected.size : scan_series(parser, p);
	line->series = flux_text(parser->next, (int32) (p - parser->next));
	if (*parser->next == ',')
		malformed(parser, parser->next, "missing measurement");
	while (p < parser->end && *p == ' ')
		p++;

	const char *unused;

	if (at_line_end(parser, p, &unused))
		malformed(parser, p, "missing fields");
	for (line->field_count = 0;; p++)
	{
		p = scan_field(parser, p);
		if (p >= parser->end || *p != ',')
			break;
	}
	if (p < parser->end && *p != ' ' && !at_line_end(parser, p, &unused))
		malformed(parser, p, "invalid field format");
	scan_time(parser, p);
	return true;
}

/* ---- series ---- */

/* Scans to an unescaped ',' or '='; notes whether there were escapes. */
static const char *
scan_name(const char *p, const char *end, bool stop_at_equal, bool *has_escapes)
{
	*has_escapes = false;
	for (; p < end; p++)
	{
		if (*p == ',' || (stop_at_equal && *p == '='))
			break;
		if (*p == '\\' && is_escapable(p + 1, end))
		{
			*has_escapes = true;
			p++;
		}
	}
	return p;
}

static FluxText
name_text(const FluxLineParser *parser, const char *start, const char *stop, bool has_escapes,
		  const char *escapable)
{
	return has_escapes ? unescape(start, stop, escapable)
					   : flux_text(start, (int32) (stop - start));
}

static void
check_tag(const FluxLineParser *parser, const char *at, const FluxTag *tag)
{
	if (tag->key.size > FLUX_NAME_SIZE_MAX)
		malformed(parser, at, "tag key is longer than 1024 bytes");
	if (flux_text_equal_cstring(tag->key, "time") ||
		flux_text_equal_cstring(tag->key, "_measurement") ||
		flux_text_equal_cstring(tag->key, "_field"))
		malformed(parser, at,
				  psprintf("cannot use reserved tag key \"%s\"", flux_text_to_cstring(tag->key)));
}

static int
compare_tags(const void *a, const void *b)
{
	return flux_text_compare(((const FluxTag *) a)->key, ((const FluxTag *) b)->key);
}

/* Sorts tags (mostly they are) and refuses duplicates. */
static void
sort_tags(const FluxLineParser *parser, FluxTag *tags, int count)
{
	bool is_sorted = true;

	for (int i = 1; i < count && is_sorted; i++)
		is_sorted = compare_tags(&tags[i - 1], &tags[i]) < 0;
	if (is_sorted)
		return;
	qsort(tags, count, sizeof(FluxTag), compare_tags);
	for (int i = 1; i < count; i++)
		if (flux_text_equal(tags[i - 1].key, tags[i].key))
			malformed(parser, parser->line.series.data, "duplicate tags");
}

void
flux_line_series(FluxLineParser *parser, FluxText *measurement, FluxTag **tags, int *tag_count)
{
	const char *start = parser->line.series.data;
	const char *end = start + parser->line.series.size;
	bool has_escapes;
	const char *p = scan_name(start, end, false, &has_escapes);
	int capacity = 8;

	if (end - start > FLUX_SERIES_KEY_SIZE_MAX)
		malformed(parser, start, "max key length exceeded");
	*measurement = name_text(parser, start, p, has_escapes, ", ");
	if (measurement->size > FLUX_NAME_SIZE_MAX)
		malformed(parser, start, "measurement is longer than 1024 bytes");
	*tags = palloc_array(FluxTag, capacity);
	*tag_count = 0;
	while (p < end)
	{
		if (*tag_count == capacity)
		{
			capacity *= 2;
			*tags = repalloc_array(*tags, FluxTag, capacity);
		}

		FluxTag *tag = &(*tags)[(*tag_count)++];
		const char *key = p + 1;

		p = scan_name(key, end, true, &has_escapes);
		if (p == key)
			malformed(parser, key, "missing tag key");
		if (p == end || *p != '=')
			malformed(parser, p, "missing tag value");
		tag->key = name_text(parser, key, p, has_escapes, ",= ");
		check_tag(parser, key, tag);

		const char *value = p + 1;

		p = scan_name(value, end, true, &has_escapes);
		if (p == value)
			malformed(parser, value, "missing tag value");
		if (p < end && *p == '=')
			malformed(parser, p, "invalid tag format");
		tag->value = name_text(parser, value, p, has_escapes, ",= ");
	}
	sort_tags(parser, *tags, *tag_count);
}
