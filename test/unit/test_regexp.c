/*
 * test_regexp.c
 *		Regular expressions: what RE2 and PCRE2 read differently, what is
 *		refused, and what would never end.
 */
#include "postgres.h"

#include <signal.h>
#include <unistd.h>

#include "base/regexp.h"

#include "unit.h"

/* "start-stop start-stop ..." of the groups, "" without a match, or the error. */
static const char *
search(const char *pattern, const char *subject)
{
	const char *error;
	FluxRegexp *regexp = flux_regexp_compile(flux_text_from_cstring(pattern), &error);
	int32 groups[20];
	int count;
	StringInfoData text;

	if (regexp == NULL)
		return error;
	initStringInfo(&text);
	count = flux_regexp_search(regexp, flux_text_from_cstring(subject), 0, groups, 10);
	for (int i = 0; i < count; i++)
		appendStringInfo(&text, "%s%d-%d", i > 0 ? " " : "", groups[2 * i], groups[2 * i + 1]);
	return text.data;
}

UNIT_TEST(matching)
{
	CHECK_STRING(search("a+b", "xaab"), "1-4");
	CHECK_STRING(search("(?P<n>x)(y)?", "ax"), "1-2 1-2 -1--1");
	CHECK_STRING(search("(?i)\303\211", "\303\251"), "0-2");
	CHECK_STRING(search("a$", "a\n"), "");
	CHECK_STRING(search("(?m)a$", "a\nb"), "0-1");
	CHECK_STRING(search(".", "\n"), "");
	CHECK_STRING(search("a{,5}", "a{,5}"), "0-5");
	CHECK_STRING(search("\\s|[\\s]", "\v"), "");
	CHECK_STRING(search("\\v", "\v"), "0-1");
	CHECK_STRING(search("\\101\\x42\\x{43}", "ABC"), "0-3");
	CHECK_STRING(search("\\Qa.b*\\E+", "a.b**"), "0-5");
	CHECK_STRING(search("[[:alpha:]]+\\z", "12ab"), "2-4");
	CHECK_STRING(search("\\p{Greek}\\pL", "\316\261b"), "0-3");
	CHECK_STRING(search("\\_", "_"), "0-1");
	CHECK_STRING(search("b", "\377b"), "1-2");
}

/* The texts of a regexp that lists some, each in <>. */
static const char *
texts(const char *pattern)
{
	const char *error;
	FluxRegexp *regexp = flux_regexp_compile(flux_text_from_cstring(pattern), &error);
	FluxText *list;
	int count = flux_regexp_texts(regexp, &list);
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < count; i++)
		appendStringInfo(&out, "<%.*s>", list[i].size, list[i].data);
	return out.data;
}

UNIT_TEST(lists_of_texts)
{
	CHECK_STRING(texts("^a$"), "<a>");
	CHECK_STRING(texts("^(cpu-0|cpu 1)$"), "<cpu-0><cpu 1>");
	CHECK_STRING(texts("^(?:a\\.b|\\/\\\\|\303\244_)$"), "<a.b></\\><\303\244_>");
	CHECK_STRING(texts("^(a|)$"), "<a><>");
	CHECK_STRING(texts("^$"), "<>");

	CHECK_STRING(texts("a"), "");
	CHECK_STRING(texts("^a"), "");
	CHECK_STRING(texts("a$"), "");
	CHECK_STRING(texts("^a|b$"), "");
	CHECK_STRING(texts("^(a|b)"), "");
	CHECK_STRING(texts("^(a|b)c$"), "");
	CHECK_STRING(texts("^(a|(b))$"), "");
	CHECK_STRING(texts("^(a|b)+$"), "");
	CHECK_STRING(texts("^(?i)a$"), "");
	CHECK_STRING(texts("^(?P<n>a)$"), "");
	CHECK_STRING(texts("^a\\$"), "");
	CHECK_STRING(texts("^a\\d$"), "");
	CHECK_STRING(texts("^\\Qa\\E$"), "");
	CHECK_STRING(texts("^a.$"), "");
	CHECK_STRING(texts("^a$b"), "");
	CHECK_STRING(texts("^a{2}$"), "");
}

UNIT_TEST(refusals)
{
	CHECK_STRING(search("(a)\\1", ""), "backreferences are not supported");
	CHECK_STRING(search("(?P=n)", ""), "backreferences are not supported");
	CHECK_STRING(search("(?=a)", ""), "lookahead and lookbehind are not supported");
	CHECK_STRING(search("(?<!a)", ""), "lookahead and lookbehind are not supported");
	CHECK_STRING(search("(?>a)", ""), "invalid or unsupported group syntax");
	CHECK_STRING(search("(?x)a", ""), "invalid or unsupported group syntax");
	CHECK_STRING(search("(*UTF)a", ""), "missing argument to repetition operator: \"*\"");
	CHECK_STRING(search("a**", ""), "invalid nested repetition operator");
	CHECK_STRING(search("a{2}{3}", ""), "invalid nested repetition operator");
	CHECK_STRING(search("*a", ""), "missing argument to repetition operator");
	CHECK_STRING(search("a{1001}", ""), "invalid repeat count");
	CHECK_STRING(search("a{2,1}", ""), "invalid repeat count");
	CHECK_STRING(search("\\Z", ""), "invalid escape sequence \"\\Z\"");
	CHECK_STRING(search("[a", ""), "missing closing ]");
	CHECK_STRING(search("(a", ""), "missing closing )");
	CHECK_STRING(search("a)", ""), "unexpected )");
	CHECK_STRING(search("a\\", ""), "trailing backslash at end of expression");
	CHECK_STRING(search("[[:foo:]]", ""), "invalid character class range");
}

/* Patterns that blow up when compiled or matched end with an error, soon. */
UNIT_TEST(hostile)
{
	char *deep = palloc(1000);
	char *long_text = palloc(200);
	const char *error;

	memset(deep, '(', 999);
	deep[999] = '\0';
	CHECK_STRING(search(deep, ""), "expression nests too deeply");
	CHECK_STRING(search("((((a{1000}){1000}){1000}){1000})", "a"),
				 "regular expression is too large");
	CHECK(flux_regexp_compile(flux_text(palloc0(100000), 100000), &error) == NULL);
	CHECK_STRING(error, "expression is longer than 32768 bytes");

	memset(long_text, 'a', 198);
	long_text[198] = 'b';
	long_text[199] = '\0';
	CHECK_ERROR(ERRCODE_PROGRAM_LIMIT_EXCEEDED, search("(a|aa)+$", long_text));
}

/* So many repetitions of a text, and another behind them. */
static char *
repeat(const char *text, int count, const char *end)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < count; i++)
		appendStringInfoString(&out, text);
	appendStringInfoString(&out, end);
	return out.data;
}

/* Long subjects are matched by another compilation, to the same answer. */
UNIT_TEST(long_subjects)
{
	char *subject = repeat("ab cd ", 10000, "x\303\251\n");

	CHECK_STRING(search("(c)(?P<n>d) x", subject), "59997-60001 59997-59998 59998-59999");
	CHECK_STRING(search("(?i)\303\211$", subject), "");
	CHECK_STRING(search("(?im)\303\211$", subject), "60001-60003");
	CHECK_STRING(search("^(ab |cd )+", subject), "0-60000 59997-60000");
	CHECK_STRING(search("q", subject), "");
	CHECK_ERROR(ERRCODE_PROGRAM_LIMIT_EXCEEDED, search("(a|aa)+$", repeat("a", 20000, "b")));
}

static void
cancel(int signal_number)
{
	stub_cancel();
}

/* One step of this pattern walks to the subject's end, and every "a" begins it anew. */
UNIT_TEST(cancelling)
{
	char *subject = repeat("ab cd ", 1000000, "");

	signal(SIGALRM, cancel);
	ualarm(50000, 0);
	CHECK_ERROR(ERRCODE_QUERY_CANCELED, search("(a|b)[^q]*q", subject));
	signal(SIGALRM, SIG_DFL);
}

UNIT_TEST(groups_by_name)
{
	const char *error;
	FluxRegexp *regexp = flux_regexp_compile(flux_text_from_cstring("(a)(?P<b>b)"), &error);

	CHECK_INT(flux_regexp_group_number(regexp, flux_text_from_cstring("b")), 2);
	CHECK_INT(flux_regexp_group_number(regexp, flux_text_from_cstring("c")), -1);
	CHECK_TEXT(flux_regexp_pattern(regexp), "(a)(?P<b>b)");
}
