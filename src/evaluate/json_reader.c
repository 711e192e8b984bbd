/*
 * json_reader.c
 *		JSON text into values.
 *
 * By recursive descent, one look at most bytes.  Values that are complete wait on
 * a stack for the container around them to end, the keys of its members on
 * another; the end takes them off:
 *
 *		[1, {"a": 2, "b": [3,		values	1 | 2 | 3
 *									keys	a b
 *
 * The text may be as large as a string can be, and so may any token of it, which
 * is why the server's parser is not used: it looks at no interrupts.  Everything
 * here does, and takes memory in proportion to the text.  What is JSON is what it
 * is for that parser; test/fuzz/fuzz_json.c compares them.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "base/diagnostic.h"
#include "evaluate/json_reader.h"

/* Values between two looks at memory. */
#define VALUES_BETWEEN_LOOKS 4096

/* Bytes that a message shows of what it complains about. */
#define SHOWN_BYTES_MAX 30

typedef struct JsonReader
{
	const FluxJsonOptions *options;
	const char *start;
	const char *at; /* the next byte */
	const char *end;
	bool has_mixed;
	uint32 values_read;

	FluxValue *values; /* complete ones, whose containers are open */
	int value_count;
	int value_room;
	FluxText *keys; /* of open objects; the last may wait for its value */
	int key_count;
	int key_room;
} JsonReader;

static FluxValue read_value(JsonReader *reader);

/* ---- errors ---- */

/* What stands at the next byte, for a message. */
static const char *
shown(const JsonReader *reader)
{
	FluxText rest = flux_text(reader->at, (int32) (reader->end - reader->at));
	int32 size = 1;

	if (rest.size == 0)
		return "the end of the text";
	if ((unsigned char) rest.data[0] < ' ')
		return psprintf("the character 0x%02x", (unsigned char) rest.data[0]);
	while (size < rest.size && (unsigned char) rest.data[size] > ' ' &&
		   strchr(",:[]{}\"", rest.data[size]) == NULL)
		size++;
	rest = flux_text_clip(flux_text(rest.data, size), SHOWN_BYTES_MAX);
	return psprintf("\"%.*s\"", rest.size, rest.data);
}

static void
pg_attribute_noreturn() malformed(const JsonReader *reader, const char *expected)
{
	const char *line_start = reader->start;
	int line = 1;

	for (const char *p = reader->start; p < reader->at; p++)
	{
		if (*p == '\n')
		{
			line++;
			line_start = p + 1;
		}
	}
	flux_raise_full(ERRCODE_INVALID_TEXT_REPRESENTATION, reader->options->source,
					reader->options->span,
					psprintf("Line %d, column %d: %s was expected, not %s.", line,
							 (int) (reader->at - line_start) + 1, expected, shown(reader)),
					NULL, "invalid input syntax for type json");
}

/* ---- tokens ---- */

static void
skip_space(JsonReader *reader)
{
	while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
										*reader->at == '\t' || *reader->at == '\r'))
	{
		CHECK_FOR_INTERRUPTS();
		reader->at++;
	}
}

/* Takes the next byte if it is this one. */
static bool
take_byte(JsonReader *reader, char byte)
{
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

/* The same with white space before it. */
static bool
take(JsonReader *reader, char byte)
{
	skip_space(reader);
	return take_byte(reader, byte);
}

static void
take_word(JsonReader *reader, const char *word)
{
	size_t size = strlen(word);

	if ((size_t) (reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0)
		malformed(reader, "a value");
	reader->at += size;
}

static void
skip_digits(JsonReader *reader)
{
	const char *start = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
	{
		CHECK_FOR_INTERRUPTS();
		reader->at++;
	}
	if (reader->at == start)
		malformed(reader, "a digit");
}

/* InfluxDB refuses, too, what no float can hold. */
double
flux_json_number(FluxText text, const FluxJsonOptions *options)
{
	char buffer[64];
	bool is_short = text.size < (int32) sizeof(buffer);
	char *copy = is_short ? buffer : palloc((Size) text.size + 1);
	double number;

	memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';
	number = strtod(copy, NULL);
	if (isinf(number))
		flux_raise_at(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, options->source, options->span,
					  "JSON number \"%.*s\" is out of the range of floats", FLUX_NAME_ARGS(text));
	if (!is_short)
		pfree(copy);
	return number;
}

static FluxValue
read_number(JsonReader *reader)
{
	const char *start = reader->at;
	FluxText text;

	(void) take_byte(reader, '-');
	if (!take_byte(reader, '0'))
		skip_digits(reader);
	if (take_byte(reader, '.'))
		skip_digits(reader);
	if (take_byte(reader, 'e') || take_byte(reader, 'E'))
	{
		if (!take_byte(reader, '+'))
			(void) take_byte(reader, '-');
		skip_digits(reader);
	}
	text = flux_text(start, (int32) (reader->at - start));
	return reader->options->keeps_numbers
			   ? flux_value_bytes(text)
			   : flux_value_float(flux_json_number(text, reader->options));
}

/* ---- strings ---- */

static uint32
read_hexadecimal(JsonReader *reader)
{
	uint32 code = 0;

	for (int i = 0; i < 4; i++)
	{
		char digit = reader->at < reader->end ? *reader->at : '\0';

		if (digit >= '0' && digit <= '9')
			code = code * 16 + (uint32) (digit - '0');
		else if ((digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F'))
			code = code * 16 + (uint32) ((digit | 0x20) - 'a' + 10);
		else
			malformed(reader, "a hexadecimal digit");
		reader->at++;
	}
	return code;
}

/* After "\u". */
static uint32
read_code_point(JsonReader *reader)
{
	uint32 code = read_hexadecimal(reader);
	const char *after = reader->at;
	uint32 second;

	if (code == 0)
		flux_raise_full(ERRCODE_UNTRANSLATABLE_CHARACTER, reader->options->source,
						reader->options->span, "\\u0000 cannot be converted to text.", NULL,
						"unsupported Unicode escape sequence");
	if (is_utf16_surrogate_second(code))
	{
		reader->at -= 6;
		malformed(reader, "the first half of a surrogate pair");
	}
	if (!is_utf16_surrogate_first(code))
		return code;
	if (take_byte(reader, '\\') && take_byte(reader, 'u') &&
		is_utf16_surrogate_second(second = read_hexadecimal(reader)))
		return surrogate_pair_to_codepoint(code, second);
	reader->at = after;
	malformed(reader, "the second half of a surrogate pair");
}

/* After a backslash. */
static uint32
read_escape(JsonReader *reader)
{
	static const char names[] = "\"\\/bfnrt";
	static const char characters[] = "\"\\/\b\f\n\r\t";
	const char *name;

	if (take_byte(reader, 'u'))
		return read_code_point(reader);
	if (reader->at == reader->end || *reader->at == '\0' ||
		(name = strchr(names, *reader->at)) == NULL)
		malformed(reader, "the character of an escape");
	reader->at++;
	return (unsigned char) characters[name - names];
}

/* Goes on to the end of a string, an escape, or what may not be in a string. */
static void
skip_plain(JsonReader *reader)
{
	while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\' &&
		   (unsigned char) *reader->at >= ' ')
	{
		CHECK_FOR_INTERRUPTS();
		reader->at++;
	}
}

/* Bytes up to the quote that ends the string: no escape stands for more than it takes. */
static Size
raw_size(const JsonReader *reader, const char *start)
{
	const char *p = reader->at;

	while (p < reader->end && *p != '"')
	{
		CHECK_FOR_INTERRUPTS();
		p += *p == '\\' ? 2 : 1;
	}
	return (Size) (p - start);
}

/* The rest of a string that began at "start" and has its first escape here. */
static FluxText
read_escaped(JsonReader *reader, const char *start)
{
	char *data = palloc(raw_size(reader, start));
	Size size = (Size) (reader->at - start);

	memcpy(data, start, size);
	while (take_byte(reader, '\\'))
	{
		unsigned char *to = (unsigned char *) data + size;
		const char *plain;

		(void) unicode_to_utf8(read_escape(reader), to);
		size += (Size) pg_utf_mblen(to);
		plain = reader->at;
		skip_plain(reader);
		memcpy(data + size, plain, (size_t) (reader->at - plain));
		size += (Size) (reader->at - plain);
	}
	return flux_text(data, (int32) size);
}

/* After the quote. */
static FluxText
read_string(JsonReader *reader)
{
	const char *start = reader->at;
	FluxText text;

	skip_plain(reader);
	if (reader->at < reader->end && *reader->at == '\\')
		text = read_escaped(reader, start);
	else
		text = flux_text(start, (int32) (reader->at - start));
	if (!take_byte(reader, '"'))
		malformed(reader, "the rest of a string");
	return text;
}

/* ---- containers ---- */

/* Makes room for one more item in a stack of items of that size, of which there are
 * less than 2^30: a text takes two bytes for each. */
static void *
stack_grow(const JsonReader *reader, void *items, int count, int *room, Size size)
{
	if (count < *room)
		return items;
	if (reader->options->need_memory != NULL)
		reader->options->need_memory(reader->options->owner, (Size) *room * size);
	*room *= 2;
	return repalloc_huge(items, (Size) *room * size);
}

static void
push_value(JsonReader *reader, FluxValue value)
{
	reader->values = stack_grow(reader, reader->values, reader->value_count, &reader->value_room,
								sizeof(FluxValue));
	reader->values[reader->value_count++] = value;
}

static void
push_key(JsonReader *reader, FluxText key)
{
	reader->keys =
		stack_grow(reader, reader->keys, reader->key_count, &reader->key_room, sizeof(FluxText));
	reader->keys[reader->key_count++] = key;
}

/* After the bracket. */
static FluxValue
read_array(JsonReader *reader)
{
	int first = reader->value_count;
	const FluxValue *items;
	int count;

	if (!take(reader, ']'))
	{
		do
			push_value(reader, read_value(reader));
		while (take(reader, ','));
		if (!take_byte(reader, ']'))
			malformed(reader, "\",\" or \"]\"");
	}
	items = reader->values + first;
	count = reader->value_count - first;
	for (int i = 1; i < count && !reader->has_mixed; i++)
		reader->has_mixed = items[i].kind != items[0].kind;
	reader->value_count = first;
	return flux_value_array(items, count);
}

/* Whether keys are in label order, none of them twice. */
static bool
is_ascending(const FluxText *keys, int count)
{
	for (int i = 1; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (flux_text_compare(keys[i - 1], keys[i]) >= 0)
			return false;
	}
	return true;
}

/* The record of members in any order; of equal keys the last counts. */
static FluxValue
make_record(const FluxRecord *members)
{
	FluxValue result = flux_value_record(members->keys, members->values, members->count);
	FluxRecord *record = unconstify(FluxRecord *, result.as.record);
	FluxText *keys = unconstify(FluxText *, record->keys);
	FluxValue *values = unconstify(FluxValue *, record->values);
	int *order;

	if (is_ascending(members->keys, members->count))
		return result;
	order = flux_record_sorted(members);
	record->count = 0;
	for (int i = 0; i < members->count; i++)
	{
		FluxText key = members->keys[order[i]];

		if (record->count > 0 && flux_text_equal(keys[record->count - 1], key))
			record->count--;
		keys[record->count] = key;
		values[record->count++] = members->values[order[i]];
	}
	pfree(order);
	return result;
}

static void
read_member(JsonReader *reader)
{
	if (!take(reader, '"'))
		malformed(reader, "a key");
	push_key(reader, read_string(reader));
	if (!take(reader, ':'))
		malformed(reader, "\":\"");
	push_value(reader, read_value(reader));
}

/* After the brace. */
static FluxValue
read_object(JsonReader *reader)
{
	int first_value = reader->value_count;
	int first_key = reader->key_count;
	FluxRecord members;

	if (!take(reader, '}'))
	{
		do
			read_member(reader);
		while (take(reader, ','));
		if (!take_byte(reader, '}'))
			malformed(reader, "\",\" or \"}\"");
	}
	members = (FluxRecord){.count = reader->value_count - first_value,
						   .keys = reader->keys + first_key,
						   .values = reader->values + first_value};
	reader->value_count = first_value;
	reader->key_count = first_key;
	return make_record(&members);
}

/* ---- values ---- */

static FluxValue
read_bare_value(JsonReader *reader)
{
	char first = reader->at < reader->end ? *reader->at : '\0';

	if (take_byte(reader, '"'))
		return flux_value_string(read_string(reader));
	if (take_byte(reader, '['))
		return read_array(reader);
	if (take_byte(reader, '{'))
		return read_object(reader);
	if (first == '-' || (first >= '0' && first <= '9'))
		return read_number(reader);
	if (first == 'n')
	{
		take_word(reader, "null");
		return flux_value_null(FLUX_KIND_INVALID);
	}
	take_word(reader, first == 't' ? "true" : "false");
	return flux_value_bool(first == 't');
}

static FluxValue
read_value(JsonReader *reader)
{
	const FluxJsonOptions *options = reader->options;
	FluxValue value;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (++reader->values_read % VALUES_BETWEEN_LOOKS == 0 && options->need_memory != NULL)
		options->need_memory(options->owner, 0);
	skip_space(reader);
	value = read_bare_value(reader);
	return options->is_boxed ? flux_value_dynamic(value) : value;
}

FluxValue
flux_json_read(FluxText text, const FluxJsonOptions *options, bool *has_mixed)
{
	JsonReader reader = {.options = options,
						 .start = text.data,
						 .at = text.data,
						 .end = text.data + text.size,
						 .value_room = 32,
						 .key_room = 16};
	FluxValue value;

	reader.values = palloc(reader.value_room * sizeof(FluxValue));
	reader.keys = palloc(reader.key_room * sizeof(FluxText));
	value = read_value(&reader);
	skip_space(&reader);
	if (reader.at < reader.end)
		malformed(&reader, "the end");
	if (has_mixed != NULL)
		*has_mixed = reader.has_mixed;
	pfree(reader.values);
	pfree(reader.keys);
	return value;
}
