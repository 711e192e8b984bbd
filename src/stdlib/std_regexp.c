/*
 * std_regexp.c
 *		Package regexp; base/regexp.c does the matching.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"
#include "stdlib/unicode.h"

/* Groups whose places a replacement can name. */
#define GROUPS_MAX 100

static FluxValue
regexp_compile(FluxCall *call)
{
	FluxText pattern = flux_call_string(call, "v");
	const char *error;
	FluxRegexp *regexp = flux_regexp_compile(pattern, &error);

	if (regexp == NULL)
		flux_call_raise(call, ERRCODE_INVALID_REGULAR_EXPRESSION, "error parsing regexp: %s",
						error);
	return flux_value_regexp(regexp);
}

static FluxValue
regexp_get_string(FluxCall *call)
{
	return flux_value_string(flux_regexp_pattern(flux_call_regexp(call, "r")));
}

static FluxValue
regexp_match(FluxCall *call)
{
	return flux_value_bool(
		flux_regexp_matches(flux_call_regexp(call, "r"), flux_call_string(call, "v")));
}

static FluxValue
regexp_find_string(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	int32 place[2];

	if (flux_regexp_search(flux_call_regexp(call, "r"), text, 0, place, 1) == 0)
		return flux_value_string(flux_text(text.data, 0));
	return flux_value_string(flux_text(text.data + place[0], place[1] - place[0]));
}

static FluxValue
regexp_find_string_index(FluxCall *call)
{
	int32 place[2];
	FluxValue items[2];

	if (flux_regexp_search(flux_call_regexp(call, "r"), flux_call_string(call, "v"), 0, place, 1) ==
		0)
		return flux_value_array(NULL, 0);
	items[0] = flux_value_int(place[0]);
	items[1] = flux_value_int(place[1]);
	return flux_value_array(items, 2);
}

static FluxValue
regexp_quote_meta(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	StringInfoData out;

	initStringInfo(&out);
	for (int32 i = 0; i < text.size; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (text.data[i] != '\0' && strchr("\\.+*?()|[]{}^$", text.data[i]) != NULL)
			appendStringInfoChar(&out, '\\');
		appendStringInfoChar(&out, text.data[i]);
	}
	return flux_value_string(flux_text(out.data, out.len));
}

/* Where the search goes on after an empty match. */
static int32
after_empty(FluxText text, int32 at)
{
	int32 size = 1;

	if (at < text.size)
		(void) flux_unicode_decode(text, at, &size);
	return at + size;
}

static bool
is_name_byte(char byte)
{
	return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
		   (byte >= 'A' && byte <= 'Z');
}

/*
 * Reads the group reference behind a "$": "1", "name", "{name}".  Returns the
 * bytes it takes, 0 when it is none.
 */
static int32
read_reference(FluxText template, int32 at, FluxText *name)
{
	bool has_braces = at < template.size && template.data[at] == '{';
	int32 start = at + (has_braces ? 1 : 0);
	int32 stop = start;

	while (stop < template.size && is_name_byte(template.data[stop]))
		stop++;
	*name = flux_text(template.data + start, stop - start);
	if (stop == start || (has_braces && (stop == template.size || template.data[stop] != '}')))
		return 0;
	return stop - at + (has_braces ? 1 : 0);
}

static int
group_number(const FluxRegexp *regexp, FluxText name)
{
	int number = 0;

	for (int32 i = 0; i < name.size; i++)
	{
		if (name.data[i] < '0' || name.data[i] > '9' || number > GROUPS_MAX)
			return flux_regexp_group_number(regexp, name);
		number = number * 10 + name.data[i] - '0';
	}
	return number;
}

/* Appends the template with groups filled in; unknown groups are empty. */
static void
append_template(StringInfo out, FluxText template, const FluxRegexp *regexp, FluxText text,
				const int32 *groups, int group_count)
{
	int32 at = 0;

	while (at < template.size)
	{
		FluxText name;
		int32 taken;
		int number;

		if (template.data[at] != '$')
		{
			appendStringInfoChar(out, template.data[at++]);
			continue;
		}
		at++;
		if (at < template.size && template.data[at] == '$')
		{
			appendStringInfoChar(out, '$');
			at++;
			continue;
		}
		taken = read_reference(template, at, &name);
		if (taken == 0)
		{
			appendStringInfoChar(out, '$');
			continue;
		}
		at += taken;
		number = group_number(regexp, name);
		if (number >= 0 && number < group_count && number < GROUPS_MAX && groups[number * 2] >= 0)
			appendBinaryStringInfo(out, text.data + groups[number * 2],
								   groups[number * 2 + 1] - groups[number * 2]);
	}
}

/* An empty match right behind the previous match does not count. */
static FluxValue
regexp_replace_all(FluxCall *call)
{
	FluxRegexp *regexp = flux_call_regexp(call, "r");
	FluxText text = flux_call_string(call, "v");
	FluxText template = flux_call_string(call, "t");
	int32 groups[GROUPS_MAX * 2];
	int32 copied = 0;
	int32 from = 0;
	int32 last_stop = -1;
	StringInfoData out;

	initStringInfo(&out);
	while (from <= text.size)
	{
		int count = flux_regexp_search(regexp, text, from, groups, GROUPS_MAX);

		CHECK_FOR_INTERRUPTS();
		if (count == 0)
			break;
		if (groups[1] > groups[0] || groups[0] != last_stop)
		{
			appendBinaryStringInfo(&out, text.data + copied, groups[0] - copied);
			append_template(&out, template, regexp, text, groups, count);
			copied = groups[1];
			last_stop = groups[1];
		}
		from = groups[1] > groups[0] ? groups[1] : after_empty(text, groups[1]);
	}
	appendBinaryStringInfo(&out, text.data + copied, text.size - copied);
	return flux_value_string(flux_text(out.data, out.len));
}

/*
 * splitRegexp(r, v, i): cuts at every match, at most i pieces (all if
 * negative).  An empty match at the very start or end makes no piece.
 */
static FluxValue
regexp_split(FluxCall *call)
{
	FluxRegexp *regexp = flux_call_regexp(call, "r");
	FluxText text = flux_call_string(call, "v");
	int64 limit = flux_call_int(call, "i");
	FluxValue *pieces;
	int count = 0;
	int capacity = 8;
	int32 start = 0;
	int32 from = 0;
	int32 place[2];

	if (limit == 0)
		return flux_value_array(NULL, 0);
	pieces = palloc(sizeof(FluxValue) * (Size) capacity);
	while (from <= text.size && (limit < 0 || count < limit - 1))
	{
		CHECK_FOR_INTERRUPTS();
		if (flux_regexp_search(regexp, text, from, place, 1) == 0)
			break;
		from = place[1] > place[0] ? place[1] : after_empty(text, place[1]);

		/* no piece before the first byte or behind the last */
		if (place[1] == 0 || (place[0] == place[1] && (place[0] >= text.size || place[0] == start)))
			continue;
		if (count + 1 >= capacity)
		{
			capacity *= 2;
			pieces = repalloc(pieces, sizeof(FluxValue) * (Size) capacity);
		}
		pieces[count++] = flux_value_string(flux_text(text.data + start, place[0] - start));
		start = place[1];
	}
	pieces[count++] = flux_value_string(flux_text(text.data + start, text.size - start));
	return flux_value_array(pieces, count);
}

#define SCALAR(name, function)                                                                     \
	{                                                                                              \
		"regexp", name, FLUX_BUILTIN_SCALAR, function, .is_pure = true                             \
	}

static const FluxBuiltin builtins[] = {
	SCALAR("compile", regexp_compile),
	SCALAR("findString", regexp_find_string),
	SCALAR("findStringIndex", regexp_find_string_index),
	SCALAR("getString", regexp_get_string),
	SCALAR("matchRegexpString", regexp_match),
	SCALAR("quoteMeta", regexp_quote_meta),
	SCALAR("replaceAllString", regexp_replace_all),
	SCALAR("splitRegexp", regexp_split),
};

void
flux_std_regexp_register(void)
{
	FLUX_REGISTER(builtins);
}
