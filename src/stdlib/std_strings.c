/*
 * std_strings.c
 *		Package strings.
 *
 * strlen and substring count code points; index and its like give byte
 * offsets, as Flux does.  No argument may be null.  Results share the bytes
 * of their arguments where they can.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"
#include "stdlib/unicode.h"

static inline FluxText
slice(FluxText text, int32 start, int32 stop)
{
	return flux_text(text.data + start, stop - start);
}

static inline FluxValue
string_from(const StringInfoData *buffer)
{
	return flux_value_string(flux_text(buffer->data, buffer->len));
}

/* First occurrence at or after byte "from"; -1 if there is none. */
static int32
find(FluxText text, FluxText wanted, int32 from)
{
	const char *at;

	CHECK_FOR_INTERRUPTS();
	if (wanted.size == 0)
		return from;
	at = memmem(text.data + from, (size_t) (text.size - from), wanted.data, (size_t) wanted.size);
	return at == NULL ? -1 : (int32) (at - text.data);
}

static int32
find_last(FluxText text, FluxText wanted)
{
	for (int32 at = text.size - wanted.size; at >= 0; at--)
	{
		CHECK_FOR_INTERRUPTS();
		if (memcmp(text.data + at, wanted.data, (size_t) wanted.size) == 0)
			return at;
	}
	return -1;
}

static bool
is_code_in(uint32 code, FluxText set)
{
	int32 size;

	CHECK_FOR_INTERRUPTS();
	for (int32 at = 0; at < set.size; at += size)
	{
		if (flux_unicode_decode(set, at, &size) == code)
			return true;
	}
	return false;
}

/* ---- case ---- */

/* Maps every code point; "map" is one of the unicode module's. */
static FluxValue
map_text(FluxCall *call, uint32 (*map)(uint32 code))
{
	FluxText text = flux_call_string(call, "v");
	StringInfoData out;
	int32 size;

	initStringInfo(&out);
	for (int32 at = 0; at < text.size; at += size)
	{
		char encoded[4];
		uint32 code = flux_unicode_decode(text, at, &size);
		uint32 mapped = map(code);

		CHECK_FOR_INTERRUPTS();
		if (mapped == code)
			appendBinaryStringInfo(&out, text.data + at, size);
		else
			appendBinaryStringInfo(&out, encoded, flux_unicode_encode(mapped, encoded));
	}
	return string_from(&out);
}

static FluxValue
strings_to_upper(FluxCall *call)
{
	return map_text(call, flux_unicode_upper);
}

static FluxValue
strings_to_lower(FluxCall *call)
{
	return map_text(call, flux_unicode_lower);
}

static FluxValue
strings_to_title(FluxCall *call)
{
	return map_text(call, flux_unicode_title);
}

/* What ends a word: ASCII punctuation, white space. */
static bool
is_separator(uint32 code)
{
	if (code == '_' || flux_unicode_is_letter_or_digit(code))
		return false;
	return code < 0x80 || flux_unicode_is_space(code);
}

static FluxValue
strings_title(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	StringInfoData out;
	bool is_start = true;
	int32 size;

	initStringInfo(&out);
	for (int32 at = 0; at < text.size; at += size)
	{
		char encoded[4];
		uint32 code = flux_unicode_decode(text, at, &size);

		CHECK_FOR_INTERRUPTS();
		if (is_start && flux_unicode_title(code) != code)
			appendBinaryStringInfo(&out, encoded,
								   flux_unicode_encode(flux_unicode_title(code), encoded));
		else
			appendBinaryStringInfo(&out, text.data + at, size);
		is_start = is_separator(code);
	}
	return string_from(&out);
}

static FluxValue
strings_equal_fold(FluxCall *call)
{
	FluxText a = flux_call_string(call, "v");
	FluxText b = flux_call_string(call, "t");
	int32 at_a = 0;
	int32 at_b = 0;

	while (at_a < a.size && at_b < b.size)
	{
		int32 size_a;
		int32 size_b;

		CHECK_FOR_INTERRUPTS();
		if (!flux_unicode_same_folded(flux_unicode_decode(a, at_a, &size_a),
									  flux_unicode_decode(b, at_b, &size_b)))
			return flux_value_bool(false);
		at_a += size_a;
		at_b += size_b;
	}
	return flux_value_bool(at_a == a.size && at_b == b.size);
}

/* ---- trimming ---- */

static FluxText
trim_left(FluxText text, FluxText cutset)
{
	int32 at = 0;
	int32 size;

	while (at < text.size && is_code_in(flux_unicode_decode(text, at, &size), cutset))
		at += size;
	return slice(text, at, text.size);
}

static FluxText
trim_right(FluxText text, FluxText cutset)
{
	int32 stop = text.size;

	while (stop > 0)
	{
		int32 size;
		int32 start = flux_unicode_previous(text, stop);

		if (!is_code_in(flux_unicode_decode(text, start, &size), cutset))
			break;
		stop = start;
	}
	return slice(text, 0, stop);
}

static FluxValue
strings_trim(FluxCall *call)
{
	FluxText cutset = flux_call_string(call, "cutset");

	return flux_value_string(trim_right(trim_left(flux_call_string(call, "v"), cutset), cutset));
}

static FluxValue
strings_trim_left(FluxCall *call)
{
	FluxText cutset = flux_call_string(call, "cutset");

	return flux_value_string(trim_left(flux_call_string(call, "v"), cutset));
}

static FluxValue
strings_trim_right(FluxCall *call)
{
	FluxText cutset = flux_call_string(call, "cutset");

	return flux_value_string(trim_right(flux_call_string(call, "v"), cutset));
}

static FluxValue
strings_trim_space(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	int32 start = 0;
	int32 stop = text.size;
	int32 size;

	while (start < stop && flux_unicode_is_space(flux_unicode_decode(text, start, &size)))
	{
		CHECK_FOR_INTERRUPTS();
		start += size;
	}
	while (stop > start)
	{
		int32 previous = flux_unicode_previous(text, stop);

		CHECK_FOR_INTERRUPTS();
		if (!flux_unicode_is_space(flux_unicode_decode(text, previous, &size)))
			break;
		stop = previous;
	}
	return flux_value_string(slice(text, start, stop));
}

static bool
has_prefix(FluxText text, FluxText prefix)
{
	return text.size >= prefix.size && memcmp(text.data, prefix.data, (size_t) prefix.size) == 0;
}

static bool
has_suffix(FluxText text, FluxText suffix)
{
	return text.size >= suffix.size &&
		   memcmp(text.data + text.size - suffix.size, suffix.data, (size_t) suffix.size) == 0;
}

static FluxValue
strings_trim_prefix(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	FluxText prefix = flux_call_string(call, "prefix");

	return flux_value_string(has_prefix(text, prefix) ? slice(text, prefix.size, text.size) : text);
}

static FluxValue
strings_trim_suffix(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	FluxText suffix = flux_call_string(call, "suffix");

	return flux_value_string(has_suffix(text, suffix) ? slice(text, 0, text.size - suffix.size)
													  : text);
}

/* ---- looking for things ---- */

static FluxValue
strings_has_prefix(FluxCall *call)
{
	return flux_value_bool(
		has_prefix(flux_call_string(call, "v"), flux_call_string(call, "prefix")));
}

static FluxValue
strings_has_suffix(FluxCall *call)
{
	return flux_value_bool(
		has_suffix(flux_call_string(call, "v"), flux_call_string(call, "suffix")));
}

static FluxValue
strings_contains_str(FluxCall *call)
{
	return flux_value_bool(find(flux_call_string(call, "v"), flux_call_string(call, "substr"), 0) >=
						   0);
}

static FluxValue
strings_index(FluxCall *call)
{
	return flux_value_int(find(flux_call_string(call, "v"), flux_call_string(call, "substr"), 0));
}

static FluxValue
strings_last_index(FluxCall *call)
{
	return flux_value_int(find_last(flux_call_string(call, "v"), flux_call_string(call, "substr")));
}

/* Byte offset of the first or last code point that is one of "chars". */
static int32
find_any(FluxText text, FluxText chars, bool from_end)
{
	int32 found = -1;
	int32 size;

	for (int32 at = 0; at < text.size; at += size)
	{
		if (is_code_in(flux_unicode_decode(text, at, &size), chars))
		{
			found = at;
			if (!from_end)
				break;
		}
	}
	return found;
}

static FluxValue
strings_contains_any(FluxCall *call)
{
	return flux_value_bool(
		find_any(flux_call_string(call, "v"), flux_call_string(call, "chars"), false) >= 0);
}

static FluxValue
strings_index_any(FluxCall *call)
{
	return flux_value_int(
		find_any(flux_call_string(call, "v"), flux_call_string(call, "chars"), false));
}

static FluxValue
strings_last_index_any(FluxCall *call)
{
	return flux_value_int(
		find_any(flux_call_string(call, "v"), flux_call_string(call, "chars"), true));
}

static FluxValue
strings_count_str(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	FluxText wanted = flux_call_string(call, "substr");
	int64 count = 0;
	int32 at = 0;

	if (wanted.size == 0)
		return flux_value_int((int64) flux_unicode_count(text) + 1);
	while ((at = find(text, wanted, at)) >= 0)
	{
		count++;
		at += wanted.size;
	}
	return flux_value_int(count);
}

static FluxValue
strings_compare(FluxCall *call)
{
	int order = flux_text_compare(flux_call_string(call, "v"), flux_call_string(call, "t"));

	return flux_value_int((order > 0) - (order < 0));
}

/* ---- cutting and joining ---- */

static FluxValue
strings_strlen(FluxCall *call)
{
	return flux_value_int(flux_unicode_count(flux_call_string(call, "v")));
}

static FluxValue
strings_substring(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	int64 start = Max(flux_call_int(call, "start"), 0);
	int64 end = flux_call_int(call, "end");
	int64 number = 0;
	int32 from = -1;
	int32 at = 0;
	int32 size;

	if (end <= start)
		return flux_value_string(flux_text(text.data, 0));
	while (at < text.size && number < end)
	{
		CHECK_FOR_INTERRUPTS();
		if (number == start)
			from = at;
		(void) flux_unicode_decode(text, at, &size);
		at += size;
		number++;
	}
	return flux_value_string(from < 0 ? flux_text(text.data, 0) : slice(text, from, at));
}

/* Pieces found so far. */
typedef struct Pieces
{
	FluxValue *items;
	int count;
	int capacity;
} Pieces;

static void
add_piece(Pieces *pieces, FluxText piece)
{
	CHECK_FOR_INTERRUPTS();
	if (pieces->count == pieces->capacity)
	{
		pieces->capacity = Max(8, pieces->capacity * 2);
		pieces->items = pieces->items == NULL
							? palloc(sizeof(FluxValue) * (Size) pieces->capacity)
							: repalloc(pieces->items, sizeof(FluxValue) * (Size) pieces->capacity);
	}
	pieces->items[pieces->count++] = flux_value_string(piece);
}

/*
 * Cuts at each separator; an empty one cuts between code points.  At most
 * "limit" pieces (all if negative), the last with the rest.  kept is how much
 * of the separator stays on the left piece: 0 or all of it.
 */
static FluxValue
split(FluxText text, FluxText separator, int64 limit, bool keep_separator)
{
	Pieces pieces = {0};
	int32 start = 0;

	if (limit == 0)
		return flux_value_array(NULL, 0);
	if (separator.size == 0)
	{
		int32 size;

		for (; start < text.size; start += size)
		{
			(void) flux_unicode_decode(text, start, &size);
			if (limit > 0 && pieces.count == limit - 1)
				size = text.size - start;
			add_piece(&pieces, slice(text, start, start + size));
		}
		return flux_value_array(pieces.items, pieces.count);
	}
	while (limit < 0 || pieces.count < limit - 1)
	{
		int32 at = find(text, separator, start);

		if (at < 0)
			break;
		add_piece(&pieces, slice(text, start, keep_separator ? at + separator.size : at));
		start = at + separator.size;
	}
	add_piece(&pieces, slice(text, start, text.size));
	return flux_value_array(pieces.items, pieces.count);
}

static FluxValue
strings_split(FluxCall *call)
{
	return split(flux_call_string(call, "v"), flux_call_string(call, "t"), -1, false);
}

static FluxValue
strings_split_after(FluxCall *call)
{
	return split(flux_call_string(call, "v"), flux_call_string(call, "t"), -1, true);
}

static FluxValue
strings_split_n(FluxCall *call)
{
	return split(flux_call_string(call, "v"), flux_call_string(call, "t"), flux_call_int(call, "i"),
				 false);
}

static FluxValue
strings_split_after_n(FluxCall *call)
{
	return split(flux_call_string(call, "v"), flux_call_string(call, "t"), flux_call_int(call, "i"),
				 true);
}

/* Replaces the first "limit" occurrences, all if negative. */
static FluxValue
replace(FluxText text, FluxText wanted, FluxText with, int64 limit)
{
	StringInfoData out;
	int32 start = 0;

	initStringInfo(&out);
	for (int64 done = 0; limit < 0 || done < limit; done++)
	{
		int32 at;

		CHECK_FOR_INTERRUPTS();
		if (wanted.size == 0)
		{
			/* before the first code point, then after each */
			int32 size = 0;

			if (done > 0 && start >= text.size)
				break;
			if (done > 0)
				(void) flux_unicode_decode(text, start, &size);
			appendBinaryStringInfo(&out, text.data + start, size);
			appendBinaryStringInfo(&out, with.data, with.size);
			start += size;
			continue;
		}
		at = find(text, wanted, start);
		if (at < 0)
			break;
		appendBinaryStringInfo(&out, text.data + start, at - start);
		appendBinaryStringInfo(&out, with.data, with.size);
		start = at + wanted.size;
	}
	appendBinaryStringInfo(&out, text.data + start, text.size - start);
	return string_from(&out);
}

static FluxValue
strings_replace(FluxCall *call)
{
	return replace(flux_call_string(call, "v"), flux_call_string(call, "t"),
				   flux_call_string(call, "u"), flux_call_int(call, "i"));
}

static FluxValue
strings_replace_all(FluxCall *call)
{
	return replace(flux_call_string(call, "v"), flux_call_string(call, "t"),
				   flux_call_string(call, "u"), -1);
}

static FluxValue
strings_repeat(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	int64 count = flux_call_int(call, "i");
	char *data;

	if (count < 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "repeat: negative repeat count");
	if (text.size > 0 && count > (int64) MaxAllocSize / text.size)
		flux_call_raise(call, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "repeat: the result is too long");
	if (text.size == 0)
		return flux_value_string(text);
	data = palloc(Max((Size) (text.size * count), 1));
	for (int64 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(data + i * text.size, text.data, (size_t) text.size);
	}
	return flux_value_string(flux_text(data, (int32) (text.size * count)));
}

static FluxValue
strings_join_str(FluxCall *call)
{
	const FluxArray *array = flux_call_array(call, "arr");
	FluxText separator = flux_call_string(call, "v");
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < array->count; i++)
	{
		FluxValue item = array->items[i];

		CHECK_FOR_INTERRUPTS();
		if (item.kind != FLUX_KIND_STRING || item.is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"joinStr: element %d of the array is %s, not a string", i,
							item.is_null ? "null" : flux_kind_name(item.kind));
		if (i > 0)
			appendBinaryStringInfo(&out, separator.data, separator.size);
		appendBinaryStringInfo(&out, item.as.string.data, item.as.string.size);
	}
	return string_from(&out);
}

/* ---- one character ---- */

static unsigned char
one_byte(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");

	if (text.size != 1)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"\"%.*s\" is not a valid argument: argument length is not equal to 1",
						text.size, text.data);
	return (unsigned char) text.data[0];
}

static FluxValue
strings_is_digit(FluxCall *call)
{
	unsigned char byte = one_byte(call);

	return flux_value_bool(byte >= '0' && byte <= '9');
}

static FluxValue
strings_is_lower(FluxCall *call)
{
	unsigned char byte = one_byte(call);

	return flux_value_bool(byte >= 'a' && byte <= 'z');
}

static FluxValue
strings_is_upper(FluxCall *call)
{
	unsigned char byte = one_byte(call);

	return flux_value_bool(byte >= 'A' && byte <= 'Z');
}

static FluxValue
strings_is_letter(FluxCall *call)
{
	unsigned char byte = one_byte(call);

	return flux_value_bool((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'));
}

#define SCALAR(name, function)                                                                     \
	{                                                                                              \
		"strings", name, FLUX_BUILTIN_SCALAR, function, .is_pure = true                            \
	}

static const FluxBuiltin builtins[] = {
	SCALAR("compare", strings_compare),
	SCALAR("containsAny", strings_contains_any),
	SCALAR("containsStr", strings_contains_str),
	SCALAR("countStr", strings_count_str),
	SCALAR("equalFold", strings_equal_fold),
	SCALAR("hasPrefix", strings_has_prefix),
	SCALAR("hasSuffix", strings_has_suffix),
	SCALAR("index", strings_index),
	SCALAR("indexAny", strings_index_any),
	SCALAR("isDigit", strings_is_digit),
	SCALAR("isLetter", strings_is_letter),
	SCALAR("isLower", strings_is_lower),
	SCALAR("isUpper", strings_is_upper),
	SCALAR("joinStr", strings_join_str),
	SCALAR("lastIndex", strings_last_index),
	SCALAR("lastIndexAny", strings_last_index_any),
	SCALAR("repeat", strings_repeat),
	SCALAR("replace", strings_replace),
	SCALAR("replaceAll", strings_replace_all),
	SCALAR("split", strings_split),
	SCALAR("splitAfter", strings_split_after),
	SCALAR("splitAfterN", strings_split_after_n),
	SCALAR("splitN", strings_split_n),
	SCALAR("strlen", strings_strlen),
	SCALAR("substring", strings_substring),
	SCALAR("title", strings_title),
	SCALAR("toLower", strings_to_lower),
	SCALAR("toTitle", strings_to_title),
	SCALAR("toUpper", strings_to_upper),
	SCALAR("trim", strings_trim),
	SCALAR("trimLeft", strings_trim_left),
	SCALAR("trimPrefix", strings_trim_prefix),
	SCALAR("trimRight", strings_trim_right),
	SCALAR("trimSpace", strings_trim_space),
	SCALAR("trimSuffix", strings_trim_suffix),
};

void
flux_std_strings_register(void)
{
	FLUX_REGISTER(builtins);
}
