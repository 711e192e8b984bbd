/*
 * test_format.c
 *		The formatter: same tree, stable, comments in every place; and the
 *		testcases of a file as scripts.
 */
#include "postgres.h"

#include "syntax/lexer.h"
#include "syntax/testcase.h"

#include "ast_equal.h"
#include "unit.h"

static const char *const corpus[] = {
	"@edition(\"2022.1\") @b\npackage p\nimport \"math\"\nimport n \"a/b\"\n\nx = 1\n",
	"option task = {name: \"a\", every: 1h}\noption p.q = () => { return 0 }\n",
	"from(bucket: \"b\") |> range(start: -1h) |> filter(fn: (r) => r.a =~ /x\\/y/ and not r[\"b "
	"c\"] > 1.5)\n",
	"y = (a, b=<-, c=[1: 2]) => { d = if exists a.e then \"v ${a.e + \"\\n\"} w\" else {b with z: "
	"[:]}\n return d }\n",
	"x = 1 + 2 * -3 ^ 4 % 5 / 6 - 7.5 == 8 and not a or exists b =~ /a/ != c !~ /[\\\\]/ <= d >= e "
	"< f > g\n",
	"builtin f : (<-t: stream[{A with x: int}], ?n: [string:int] = .\"a b\", m: vector[dynamic]) "
	"=> B where A: Record, B: Label + Basic\n",
	"testcase t extends \"a/b.c\" { super() |> yield() }\ntestcase u {}\n",
	"z = if a then b else if c then d else e\nw = 2 .x[0](a, b)[\"c\"](d: {e with f: [g, h]},)\n",
	"f(\n a: 1, b: {c: 2,\n d: 3})\ng = [\n1, 2]\nh = (\na) => ({\nr with b: 1})\n",
	"a |> b()\nc |> d() |> e(f: (r) => { return r })\n",
	"s = \"two\nlines ${a} \\x41 ${{b: 1}.b}\"\n",
	"x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb(c: "
	"ddddddddddddddddddddd, e: ffffffffffffffff)\n",
};

/* Checks the formatting of one script; 0 when it has a syntax error. */
static int
check_format(const char *script, size_t size)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxPackage *package = flux_parse(flux_source_create(NULL, script, (uint32) size), diagnostics);
	StringInfoData out;
	const char *problem;

	if (diagnostics->count > 0)
		return 0;
	initStringInfo(&out);
	problem = ast_check_format(package, &out);
	if (problem != NULL)
		unit_fail(__FILE__, __LINE__, "%.*s\nformatted: %s\n%s", (int) size, script, out.data,
				  problem);
	return 1;
}

UNIT_TEST(corpus_formats)
{
	for (int i = 0; i < lengthof(corpus); i++)
		CHECK_INT(check_format(corpus[i], strlen(corpus[i])), 1);
}

/* A comment of its own line, and one at a line's end, in front of every token. */
UNIT_TEST(comments_everywhere)
{
	static const char *const inserts[] = {"\n// own\n", " // end \n", "\n\n// a\n\n// b\n\n"};
	int checked = 0;

	for (int i = 0; i < lengthof(corpus) * lengthof(inserts); i++)
	{
		const char *script = corpus[i / lengthof(inserts)];
		const char *insert = inserts[i % lengthof(inserts)];
		FluxLexer lexer;
		FluxToken token;

		flux_lexer_init(&lexer, script, strlen(script));
		do
		{
			StringInfoData commented;

			flux_lexer_next(&lexer, &token);
			initStringInfo(&commented);
			appendBinaryStringInfo(&commented, script, token.span.start);
			appendStringInfoString(&commented, insert);
			appendStringInfoString(&commented, script + token.span.start);
			checked += check_format(commented.data, commented.len);
		} while (token.kind != FLUX_TOKEN_END);
	}
	CHECK(checked > 1000);
}

/* Bytes taken out or doubled: what still parses still formats. */
UNIT_TEST(mutants_format)
{
	for (int i = 0; i < lengthof(corpus); i++)
	{
		size_t size = strlen(corpus[i]);
		char *mutant = palloc(size + 1);

		for (size_t at = 0; at < size; at++)
		{
			memcpy(mutant, corpus[i], at);
			memcpy(mutant + at, corpus[i] + at + 1, size - at - 1);
			check_format(mutant, size - 1);
			memcpy(mutant, corpus[i], at + 1);
			memcpy(mutant + at + 1, corpus[i] + at, size - at);
			check_format(mutant, size + 1);
		}
	}
}

/* ---- testcases ---- */

static const char *
expand(const char *script, int which)
{
	FluxPackage *package = flux_parse(flux_source_create(NULL, script, strlen(script)), NULL);
	int count;
	FluxTestCase *cases = flux_testcases_expand(package, &count);
	StringInfoData out;

	if (which >= count)
		return NULL;
	if (cases[which].error != NULL)
		return cases[which].hint ? psprintf("%s; %s", cases[which].error, cases[which].hint)
								 : cases[which].error;
	CHECK_TEXT(cases[which].package->name, "main");
	initStringInfo(&out);
	for (int i = 0; i < cases[which].package->file->body.count; i++)
	{
		FluxText text = flux_source_slice(package->file->source,
										  cases[which].package->file->body.items[i]->span);

		appendStringInfo(&out, "%s%.*s", i > 0 ? "|" : "", text.size, text.data);
	}
	return out.data;
}

UNIT_TEST(testcases)
{
	static const char script[] =
		"package x_test\nimport \"testing\"\na = 1\n"
		"testcase one { option now = () => 2020-01-01\n b = a }\n"
		"c = 2\n"
		"testcase two extends \"m/x_test.one\" { d = 1 super() e = 2 super() }\n"
		"testcase three extends \"onee\" { super() }\n"
		"testcase four extends \"m.two\" { super() }\n"
		"testcase one {}\n"
		"testcase five extends \"one\" { f = 1 super(a: 1) }\n"
		"testcase six { super() }";

	CHECK_STRING(expand(script, 0), "a = 1|c = 2|option now = () => 2020-01-01|b = a");
	CHECK_STRING(expand(script, 1),
				 "a = 1|c = 2|d = 1|option now = () => 2020-01-01|b = a|e = 2|super()");
	CHECK_STRING(expand(script, 2),
				 "testcase \"three\" extends \"onee\", which is not in this source; "
				 "perhaps you meant \"one\"");
	CHECK_STRING(expand(script, 3),
				 "testcase \"four\" extends \"two\", which itself extends another");
	CHECK_STRING(expand(script, 4), "testcase \"one\" is defined more than once");
	CHECK_STRING(expand(script, 5), "a = 1|c = 2|f = 1|super(a: 1)");
	CHECK_STRING(expand(script, 6), "a = 1|c = 2|super()");
	CHECK_STRING(expand(script, 7), NULL);
}
