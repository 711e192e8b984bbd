/*
 * regexp_texts.c
 *		Regular expressions that are a list of texts: ^cpu0$, ^(cpu0|cpu1)$.
 *
 * Dashboards write the values that were chosen in a menu so.  Who has an index
 * looks the texts up instead of trying every value.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "base/regexp.h"

/* What is left of the pattern. */
typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

static bool
skip(Reader *reader, const char *expected)
{
	size_t size = strlen(expected);

	if ((size_t) (reader->end - reader->at) < size || memcmp(reader->at, expected, size) != 0)
		return false;
	reader->at += size;
	return true;
}

static bool
is_punctuation(char c)
{
	return c > ' ' && c < 0x7f &&
		   !((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

/* Reads characters that stand for themselves, up to one that does not. */
static FluxText
read_text(Reader *reader)
{
	StringInfoData text;

	initStringInfo(&text);
	for (; reader->at < reader->end; reader->at++)
	{
		if (*reader->at == '\\' && reader->at + 1 < reader->end && is_punctuation(reader->at[1]))
			reader->at++;
		else if (strchr("\\.+*?()|[]{}^$", *reader->at) != NULL) /* NUL, too */
			break;
		appendStringInfoChar(&text, *reader->at);
	}
	return flux_text(text.data, text.len);
}

int
flux_regexp_texts(const FluxRegexp *regexp, FluxText **texts)
{
	FluxText pattern = flux_regexp_pattern(regexp);
	Reader reader = {pattern.data, pattern.data + pattern.size};
	bool is_group;
	int count = 0;

	*texts = palloc((pattern.size + 1) * sizeof(FluxText));
	if (!skip(&reader, "^"))
		return 0;
	is_group = skip(&reader, "(?:") || skip(&reader, "(");
	do
		(*texts)[count++] = read_text(&reader);
	while (is_group && skip(&reader, "|"));
	if ((is_group && !skip(&reader, ")")) || !skip(&reader, "$") || reader.at != reader.end)
		return 0;
	return count;
}
