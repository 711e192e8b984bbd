/*
 * regexp.c
 *		Regular expressions: PCRE2, fenced to RE2's ways and bounded.
 *
 * Flux documents RE2's syntax.  A pattern is translated before PCRE2 sees it:
 * what only one of the two knows is refused, what both know but read
 * differently is rewritten (\s, \v, octal escapes, a lone brace).  What is
 * left means the same to both, and both prefer the leftmost match and, there,
 * the first alternative.
 *
 * RE2 matches in linear time, PCRE2 backtracks.  Every match therefore has a
 * limit on steps; past it an error says so.  In a short subject the limit keeps
 * the time between two looks at interrupts to a fraction of a second.  But one
 * step may walk through the whole subject, so long ones are matched by another
 * compilation, the watched one, in which PCRE2 calls back at every item of the
 * pattern.
 *
 * All of PCRE2's memory is palloc'd in the context of the compilation, save
 * the machine code of its JIT, which a reset callback gives back.
 */
#include "postgres.h"

#include <ctype.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/regexp.h"

#define FLUX_REGEXP_PATTERN_MAX 32768 /* bytes */
#define FLUX_REGEXP_GROUP_DEPTH_MAX 200
#define FLUX_REGEXP_REPEAT_MAX 1000 /* RE2's own */
#define FLUX_REGEXP_STEPS_MAX 5000000
#define FLUX_REGEXP_HEAP_KB 16384
#define FLUX_REGEXP_WATCHED_SIZE 16384 /* bytes: subjects longer than this are watched */

/*
 * Searches before machine code is made: it costs as much as dozens of them.  A
 * build for valgrind makes none, for that code reads whole words past the subject.
 */
#ifndef FLUX_REGEXP_JIT_AFTER
#define FLUX_REGEXP_JIT_AFTER 20
#endif

struct FluxRegexp
{
	FluxText pattern;    /* as written */
	FluxText translated; /* as PCRE2 reads it */
	pcre2_code *code;
	pcre2_code *watched; /* NULL until there is a long subject */
	pcre2_compile_context *settings;
	pcre2_match_data *match; /* reused: a search never calls another */
	pcre2_match_context *limits;
	int searches; /* so far, up to FLUX_REGEXP_JIT_AFTER */
	MemoryContextCallback callback;
};

/* ---- translation ---- */

typedef struct Translator
{
	const char *at;
	const char *end;
	StringInfoData out;
	int depth;       /* of open groups */
	bool can_repeat; /* something to repeat stands just before */
	const char *error;
} Translator;

static bool
refuse(Translator *translator, const char *error)
{
	if (translator->error == NULL)
		translator->error = error;
	return false;
}

static bool
looking_at(const Translator *translator, const char *text)
{
	size_t size = strlen(text);

	return (size_t) (translator->end - translator->at) >= size &&
		   memcmp(translator->at, text, size) == 0;
}

static bool
is_digit(char letter)
{
	return letter >= '0' && letter <= '9';
}

static bool
is_name_letter(char letter)
{
	return is_digit(letter) || letter == '_' || (letter >= 'a' && letter <= 'z') ||
		   (letter >= 'A' && letter <= 'Z');
}

/* Copies "\x41" or "\x{1F600}" after its "\x". */
static bool
translate_hex(Translator *translator)
{
	int digits = 0;
	uint32 value = 0;
	bool in_braces = translator->at < translator->end && *translator->at == '{';

	if (in_braces)
		translator->at++;
	while (translator->at < translator->end && digits < (in_braces ? 8 : 2) &&
		   isxdigit((unsigned char) *translator->at))
	{
		char digit = *translator->at++;

		value = value * 16 + (is_digit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
		digits++;
	}
	if (digits == 0 || (!in_braces && digits != 2) || value > 0x10FFFF ||
		(value >= 0xD800 && value <= 0xDFFF))
		return refuse(translator, "invalid escape sequence \"\\x\"");
	if (in_braces)
	{
		if (translator->at == translator->end || *translator->at != '}')
			return refuse(translator, "invalid escape sequence \"\\x{\"");
		translator->at++;
	}
	appendStringInfo(&translator->out, "\\x{%x}", value);
	return true;
}

/* Copies "\pN" or "\p{Greek}" after its backslash; PCRE2 knows the names. */
static bool
translate_property(Translator *translator, char letter)
{
	const char *start = translator->at;

	if (start == translator->end)
		return refuse(translator, "invalid character class range \"\\p\"");
	if (*start == '{')
	{
		while (translator->at < translator->end && *translator->at != '}')
		{
			char next = *translator->at++;

			if (!is_name_letter(next) && next != '{' && next != '^')
				return refuse(translator, "invalid character class range \"\\p{\"");
		}
		if (translator->at == translator->end)
			return refuse(translator, "invalid character class range \"\\p{\"");
		translator->at++;
	}
	else if (is_name_letter(*start))
		translator->at++;
	else
		return refuse(translator, "invalid character class range \"\\p\"");
	appendStringInfo(&translator->out, "\\%c%.*s", letter, (int) (translator->at - start), start);
	return true;
}

/* "\Q literal \E": every byte of it quoted. */
static void
translate_quoted(Translator *translator)
{
	while (translator->at < translator->end && !looking_at(translator, "\\E"))
	{
		char letter = *translator->at++;

		if ((letter & 0x80) == 0 && !is_name_letter(letter))
			appendStringInfoChar(&translator->out, '\\');
		appendStringInfoChar(&translator->out, letter);
		translator->can_repeat = true;
	}
	if (translator->at < translator->end)
		translator->at += 2;
}

/* An escape, the backslash consumed. */
static bool
translate_escape(Translator *translator, bool in_class)
{
	StringInfo out = &translator->out;
	char letter;

	if (translator->at == translator->end)
		return refuse(translator, "trailing backslash at end of expression");
	letter = *translator->at++;
	translator->can_repeat = true;

	switch (letter)
	{
		case 'A':
		case 'z':
		case 'b':
		case 'B':
			if (in_class)
				return refuse(translator, "invalid escape sequence in a character class");
			appendStringInfo(out, "\\%c", letter);
			return true;
		case 'd':
		case 'D':
		case 'w':
		case 'W':
		case 'a':
		case 'f':
		case 't':
		case 'n':
		case 'r':
			appendStringInfo(out, "\\%c", letter);
			return true;
		case 'v':
			appendStringInfoString(out, "\\x0b");
			return true;
		case 's': /* PCRE2's has the vertical tab in it */
			appendStringInfoString(out, in_class ? "\\t\\n\\f\\r\\x20" : "[\\t\\n\\f\\r\\x20]");
			return true;
		case 'S':
			appendStringInfoString(out, in_class ? "\\S\\x0b" : "[^\\t\\n\\f\\r\\x20]");
			return true;
		case 'x':
			return translate_hex(translator);
		case 'p':
		case 'P':
			return translate_property(translator, letter);
		case 'Q':
			if (in_class)
				return refuse(translator, "invalid escape sequence \"\\Q\"");
			translator->can_repeat = false;
			translate_quoted(translator);
			return true;
		default:
			break;
	}
	if (is_digit(letter))
	{
		int value = letter - '0';
		int digits = 1;
		const char *next = translator->at;

		if (letter != '0' &&
			(next == translator->end || *next < '0' || *next > '7' || letter > '7'))
			return refuse(translator, "backreferences are not supported");
		while (digits < 3 && translator->at < translator->end && *translator->at >= '0' &&
			   *translator->at <= '7')
		{
			value = value * 8 + (*translator->at++ - '0');
			digits++;
		}
		appendStringInfo(out, "\\x{%x}", value);
		return true;
	}
	if (letter == 'k' || letter == 'g')
		return refuse(translator, "backreferences are not supported");
	if ((letter & 0x80) != 0 || (is_name_letter(letter) && letter != '_'))
		return refuse(translator, psprintf("invalid escape sequence \"\\%c\"",
										   (letter & 0x80) != 0 ? '?' : letter));
	appendStringInfo(out, letter == '_' ? "%c" : "\\%c", letter);
	return true;
}

/* "[:alpha:]" or "[:^alpha:]" inside a class, at its bracket. */
static bool
translate_named_class(Translator *translator)
{
	static const char *const names[] = {"alnum", "alpha", "ascii", "blank", "cntrl",
										"digit", "graph", "lower", "print", "punct",
										"space", "upper", "word",  "xdigit"};
	const char *start = translator->at;

	translator->at += 2;
	if (translator->at < translator->end && *translator->at == '^')
		translator->at++;
	for (int i = 0; i < lengthof(names); i++)
		if (looking_at(translator, names[i]))
		{
			translator->at += strlen(names[i]);
			if (!looking_at(translator, ":]"))
				break;
			translator->at += 2;
			appendBinaryStringInfo(&translator->out, start, (int) (translator->at - start));
			return true;
		}
	return refuse(translator, "invalid character class range");
}

/* A bracketed class, at its "[". */
static bool
translate_class(Translator *translator)
{
	bool is_first = true;

	appendStringInfoChar(&translator->out, *translator->at++);
	if (translator->at < translator->end && *translator->at == '^')
		appendStringInfoChar(&translator->out, *translator->at++);
	while (translator->at < translator->end)
	{
		char letter = *translator->at;

		if (letter == ']' && !is_first)
		{
			appendStringInfoChar(&translator->out, ']');
			translator->at++;
			translator->can_repeat = true;
			return true;
		}
		is_first = false;
		if (looking_at(translator, "[:"))
		{
			if (!translate_named_class(translator))
				return false;
			continue;
		}
		translator->at++;
		if (letter == '\\')
		{
			if (!translate_escape(translator, true))
				return false;
		}
		else
		{
			if (letter == '[' || letter == ']')
				appendStringInfoChar(&translator->out, '\\');
			appendStringInfoChar(&translator->out, letter);
		}
	}
	return refuse(translator, "missing closing ]");
}

/* What may follow "(?": a name, flags, a colon. */
static bool
translate_group_head(Translator *translator)
{
	static const char *const lookaround[] = {"?=", "?!", "?<=", "?<!"};
	const char *start = translator->at;

	if (translator->at < translator->end && *translator->at == '*')
		return refuse(translator, "missing argument to repetition operator: \"*\"");
	if (translator->at == translator->end || *translator->at != '?')
		return true;
	for (int i = 0; i < lengthof(lookaround); i++)
		if (looking_at(translator, lookaround[i]))
			return refuse(translator, "lookahead and lookbehind are not supported");

	if (looking_at(translator, "?P<") || looking_at(translator, "?<"))
	{
		translator->at += start[1] == 'P' ? 3 : 2;
		while (translator->at < translator->end && is_name_letter(*translator->at))
			translator->at++;
		if (translator->at == translator->end || *translator->at != '>')
			return refuse(translator, "invalid named capture");
		translator->at++;
	}
	else
	{
		bool is_negated = false;

		for (translator->at++; translator->at < translator->end; translator->at++)
		{
			char flag = *translator->at;

			if (flag == ':' || flag == ')')
				break;
			if (flag == '-' && !is_negated)
				is_negated = true;
			else if (strchr("imsU", flag) == NULL || flag == '\0')
				return refuse(translator, looking_at(translator, "P=")
											  ? "backreferences are not supported"
											  : "invalid or unsupported group syntax");
		}
		if (translator->at == translator->end)
			return refuse(translator, "missing closing )");
		if (*translator->at == ':')
			translator->at++;
		else
		{
			/* "(?i)": flags for the rest, and no group to close */
			translator->at++;
			translator->depth--;
		}
	}
	appendBinaryStringInfo(&translator->out, start, (int) (translator->at - start));
	return true;
}

/* "{2}", "{2,}", "{2,3}" at its brace; anything else there is text. */
static bool
parse_repeat(const Translator *translator, const char **stop, bool *is_too_large)
{
	const char *at = translator->at + 1;
	int64 bounds[2] = {0, -1};
	int count = 0;

	for (;;)
	{
		const char *digits = at;

		for (; at < translator->end && is_digit(*at); at++)
		{
			bounds[count] = Max(bounds[count], 0) * 10 + (*at - '0');
			bounds[count] = Min(bounds[count], FLUX_REGEXP_REPEAT_MAX + 1);
		}
		if (at == translator->end || (at == digits && count == 0))
			return false;
		if (*at == '}')
			break;
		if (*at != ',' || count == 1)
			return false;
		count = 1;
		at++;
	}
	*stop = at + 1;
	*is_too_large = Max(bounds[0], bounds[1]) > FLUX_REGEXP_REPEAT_MAX ||
					(bounds[1] >= 0 && bounds[1] < bounds[0]);
	return true;
}

/* A repetition at *at, with its "?" for the fewest; nothing may repeat it again. */
static bool
translate_repetition(Translator *translator, const char *stop)
{
	if (!translator->can_repeat)
		return refuse(translator, "missing argument to repetition operator");
	appendBinaryStringInfo(&translator->out, translator->at, (int) (stop - translator->at));
	translator->at = stop;
	if (stop < translator->end && *stop == '?')
	{
		appendStringInfoChar(&translator->out, '?');
		translator->at++;
	}
	if (translator->at < translator->end && strchr("*+?", *translator->at) != NULL &&
		*translator->at != '\0')
		return refuse(translator, "invalid nested repetition operator");
	if (translator->at < translator->end && *translator->at == '{')
	{
		bool is_too_large;

		if (parse_repeat(translator, &stop, &is_too_large))
			return refuse(translator, "invalid nested repetition operator");
	}
	return true;
}

/* One construct outside a class; false after an error. */
static bool
translate_one(Translator *translator)
{
	char letter = *translator->at;
	const char *stop;
	bool is_too_large;

	switch (letter)
	{
		case '\\':
			translator->at++;
			return translate_escape(translator, false);
		case '[':
			return translate_class(translator);
		case '(':
			if (++translator->depth > FLUX_REGEXP_GROUP_DEPTH_MAX)
				return refuse(translator, "expression nests too deeply");
			appendStringInfoChar(&translator->out, *translator->at++);
			translator->can_repeat = false;
			return translate_group_head(translator);
		case ')':
			if (translator->depth-- == 0)
				return refuse(translator, "unexpected )");
			appendStringInfoChar(&translator->out, *translator->at++);
			translator->can_repeat = true;
			return true;
		case '*':
		case '+':
		case '?':
			return translate_repetition(translator, translator->at + 1);
		case '{':
			if (parse_repeat(translator, &stop, &is_too_large))
				return is_too_large ? refuse(translator, "invalid repeat count")
									: translate_repetition(translator, stop);
			appendStringInfoString(&translator->out, "\\{");
			translator->at++;
			translator->can_repeat = true;
			return true;
		case '|':
			appendStringInfoChar(&translator->out, *translator->at++);
			translator->can_repeat = false;
			return true;
		case '\0': /* stands for itself */
			appendStringInfoString(&translator->out, "\\x{0}");
			translator->at++;
			translator->can_repeat = true;
			return true;
		default:
			appendStringInfoChar(&translator->out, *translator->at++);
			translator->can_repeat = true;
			return true;
	}
}

/* PCRE2's spelling of the pattern, or NULL and *error. */
static char *
translate(FluxText pattern, int *size, const char **error)
{
	Translator translator = {pattern.data, pattern.data + pattern.size};

	initStringInfo(&translator.out);
	while (translator.at < translator.end && translate_one(&translator))
		;
	if (translator.error == NULL && translator.depth > 0)
		refuse(&translator, "missing closing )");
	*error = translator.error;
	*size = translator.out.len;
	return translator.error == NULL ? translator.out.data : NULL;
}

/* ---- PCRE2 ---- */

static void *
allocate(PCRE2_SIZE size, void *context)
{
	return MemoryContextAllocExtended((MemoryContext) context, size,
									  MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);
}

static void
release(void *block, void *context)
{
	if (block != NULL)
		pfree(block);
}

static void
free_code(void *argument)
{
	FluxRegexp *regexp = argument;

	pcre2_code_free(regexp->code);
	pcre2_code_free(regexp->watched);
}

static const char *
pcre_message(int code)
{
	PCRE2_UCHAR buffer[256];

	if (pcre2_get_error_message(code, buffer, sizeof(buffer)) < 0)
		return "unknown error";
	return pstrdup((char *) buffer);
}

/* The pattern's code, or NULL and PCRE2's reason. */
static pcre2_code *
compile(const FluxRegexp *regexp, uint32 options, int *reason)
{
	PCRE2_SIZE offset;

	return pcre2_compile((PCRE2_SPTR) regexp->translated.data, regexp->translated.size,
						 PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
							 PCRE2_NEVER_BACKSLASH_C | options,
						 reason, &offset, regexp->settings);
}

/* Called between two items of a watched pattern; other than zero ends the match. */
static int
watch(pcre2_callout_block *block, void *argument)
{
	return InterruptPending && INTERRUPTS_CAN_BE_PROCESSED() ? PCRE2_ERROR_CALLOUT : 0;
}

FluxRegexp *
flux_regexp_compile(FluxText pattern, const char **error)
{
	pcre2_general_context *general;
	FluxRegexp *regexp;
	char *translated;
	int size;
	int reason;

	if (pattern.size > FLUX_REGEXP_PATTERN_MAX)
	{
		*error = psprintf("expression is longer than %d bytes", FLUX_REGEXP_PATTERN_MAX);
		return NULL;
	}
	translated = translate(pattern, &size, error);
	if (translated == NULL)
		return NULL;

	general = pcre2_general_context_create(allocate, release, CurrentMemoryContext);
	regexp = palloc0(sizeof(FluxRegexp));
	regexp->pattern = flux_text_copy(pattern);
	regexp->translated = flux_text(translated, size);
	regexp->settings = general != NULL ? pcre2_compile_context_create(general) : NULL;
	regexp->limits = general != NULL ? pcre2_match_context_create(general) : NULL;
	if (regexp->settings == NULL || regexp->limits == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	pcre2_set_newline(regexp->settings, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(regexp->settings, FLUX_REGEXP_GROUP_DEPTH_MAX + 1);
	pcre2_set_match_limit(regexp->limits, FLUX_REGEXP_STEPS_MAX);
	pcre2_set_heap_limit(regexp->limits, FLUX_REGEXP_HEAP_KB);
	pcre2_set_callout(regexp->limits, watch, NULL);

	regexp->code = compile(regexp, 0, &reason);
	if (regexp->code == NULL)
	{
		*error = pcre_message(reason);
		return NULL;
	}
	regexp->match = pcre2_match_data_create_from_pattern(regexp->code, general);
	if (regexp->match == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));

	regexp->callback.func = free_code;
	regexp->callback.arg = regexp;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &regexp->callback);
	*error = NULL;
	return regexp;
}

FluxText
flux_regexp_pattern(const FluxRegexp *regexp)
{
	return regexp->pattern;
}

/* Counts a search; the one that makes it worth while compiles for speed. */
static void
consider_jit(FluxRegexp *regexp)
{
	if (regexp->searches >= FLUX_REGEXP_JIT_AFTER)
		return;

	/* without executable memory it stays with the interpreter */
	if (++regexp->searches == FLUX_REGEXP_JIT_AFTER)
		pcre2_jit_compile(regexp->code, PCRE2_JIT_COMPLETE);
}

/* PCRE2's answer for a short subject. */
static int
match(FluxRegexp *regexp, PCRE2_SPTR data, int32 size, int32 from)
{
	int result;

	consider_jit(regexp);
	result = pcre2_match(regexp->code, data, size, from, 0, regexp->match, regexp->limits);
	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = pcre2_match(regexp->code, data, size, from, PCRE2_NO_JIT, regexp->match,
							 regexp->limits);
	return result;
}

/* The same for a long one.  An interrupt that is no cancel has it begin again. */
static int
match_watched(FluxRegexp *regexp, PCRE2_SPTR data, int32 size, int32 from)
{
	int result;

	if (regexp->watched == NULL)
		regexp->watched = compile(regexp, PCRE2_AUTO_CALLOUT, &result);
	if (regexp->watched == NULL)
		return result;
	do
	{
		CHECK_FOR_INTERRUPTS();
		result = pcre2_match(regexp->watched, data, size, from, 0, regexp->match, regexp->limits);
	} while (result == PCRE2_ERROR_CALLOUT);
	return result;
}

int
flux_regexp_search(const FluxRegexp *regexp, FluxText subject, int32 from, int32 *groups,
				   int groups_max)
{
	PCRE2_SPTR data = (PCRE2_SPTR) (subject.data != NULL ? subject.data : "");
	int result;
	int count;
	PCRE2_SIZE *offsets;

	CHECK_FOR_INTERRUPTS();
	if (from < 0 || from > subject.size)
		return 0;
	while (from < subject.size && (data[from] & 0xC0) == 0x80)
		from++;

	/* constant to its users, who see no difference but in time */
	result = subject.size > FLUX_REGEXP_WATCHED_SIZE
				 ? match_watched((FluxRegexp *) regexp, data, subject.size, from)
				 : match((FluxRegexp *) regexp, data, subject.size, from);
	if (result == PCRE2_ERROR_NOMATCH)
		return 0;
	if (result < 0)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("regular expression /%.*s/ takes too long to match",
							   FLUX_NAME_ARGS(regexp->pattern)),
						errdetail("Matching it against a string of %d bytes ended with: %s.",
								  subject.size, pcre_message(result)),
						errhint("Avoid nested repetitions such as (a+)+.")));

	count = (int) pcre2_get_ovector_count(regexp->match);
	offsets = pcre2_get_ovector_pointer(regexp->match);
	for (int i = 0; i < Min(count, groups_max); i++)
	{
		bool took_part = i < result && offsets[2 * i] != PCRE2_UNSET;

		groups[2 * i] = took_part ? (int32) offsets[2 * i] : -1;
		groups[2 * i + 1] = took_part ? (int32) offsets[2 * i + 1] : -1;
	}
	return count;
}

bool
flux_regexp_matches(const FluxRegexp *regexp, FluxText subject)
{
	return flux_regexp_search(regexp, subject, 0, NULL, 0) > 0;
}

int
flux_regexp_group_number(const FluxRegexp *regexp, FluxText name)
{
	char *cstring = flux_text_to_cstring(name);
	int number = pcre2_substring_number_from_name(regexp->code, (PCRE2_SPTR) cstring);

	pfree(cstring);
	return number > 0 ? number : -1;
}
