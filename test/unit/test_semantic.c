/*
 * test_semantic.c
 *		Type inference: the library's signatures, documented types, and
 *		scripts that would make types explode.
 */
#include "postgres.h"

#include "semantic/builtin_types.h"
#include "semantic/semantic_check.h"
#include "syntax/parser.h"

#include "unit.h"

static const FluxPackage *
parse(const char *script)
{
	return flux_parse(flux_source_create(NULL, script, (uint32) strlen(script)), NULL);
}

static const char *
type_of(const char *script, const char *name)
{
	return flux_semantic_type_of(parse(script), flux_text_from_cstring(name));
}

/* The messages of a script, one a line. */
static const char *
check(const char *script)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	StringInfoData text;

	flux_semantic_check(parse(script), diagnostics);
	initStringInfo(&text);
	for (int i = 0; i < diagnostics->count; i++)
		appendStringInfo(&text, "%s%u-%u %s", i > 0 ? "\n" : "", diagnostics->items[i].span.start,
						 diagnostics->items[i].span.stop, diagnostics->items[i].message);
	return text.data;
}

/* Every row parses, and a type prints as something that parses to itself. */
UNIT_TEST(signatures)
{
	int count;
	const FluxBuiltinRow *rows = flux_builtin_rows(&count);

	CHECK(count > 600);
	for (int i = 0; i < count; i++)
	{
		FluxTypeNames names = {0};
		FluxTypeNames again = {0};
		FluxTypeMaker maker = {CurrentMemoryContext};
		StringInfoData first;
		StringInfoData second;
		FluxText package = flux_text_from_cstring(rows[i].package);
		FluxText name = flux_text_from_cstring(rows[i].name);

		initStringInfo(&first);
		initStringInfo(&second);
		flux_type_print(&first, flux_builtin_row_type(&rows[i]), &names);
		flux_type_print_constraints(&first, &names);
		flux_type_print(&second,
						flux_type_from_ast(
							&maker,
							flux_parse_type(flux_source_create(NULL, first.data, first.len), NULL),
							NULL),
						&again);
		flux_type_print_constraints(&second, &again);
		CHECK_STRING(second.data, first.data);
		CHECK(flux_builtin_find(package, name) != NULL);
		CHECK((flux_builtin_signature(package, name) != NULL) == (rows[i].type[0] == '('));
	}
	CHECK(flux_builtin_find(flux_text_from_cstring("math"), flux_text_from_cstring("none")) ==
		  NULL);
	CHECK(flux_builtin_find_prelude(flux_text_from_cstring("task")) == NULL);
	CHECK_STRING(flux_builtin_find_prelude(flux_text_from_cstring("to"))->package,
				 "influxdata/influxdb");
}

UNIT_TEST(documented_types)
{
	CHECK_STRING(type_of("f = (x) => x", "f"), "(x: A) => A");
	CHECK_STRING(type_of("f = (r) => r.a + 1", "f"), "(r: {A with a: int}) => int");
	CHECK_STRING(type_of("f = (a, b=1) => a + b", "f"), "(a: A, ?b: A) => A where A: Addable");
	CHECK_STRING(type_of("f = (a=<-) => a", "f"), "(<-a: A) => A");
	CHECK_STRING(type_of("f = (a=<-) => a x = 1 |> f()", "x"), "int");
	CHECK_STRING(type_of("f = (a=<-) => a x = f(a: 2.2)", "x"), "float");
	CHECK_STRING(type_of("f = (x) => 0 |> x()", "f"), "(x: (<-: int) => A) => A");
	CHECK_STRING(type_of("f = (r) => ({r with x: r.a})", "f"),
				 "(r: {A with a: B}) => {A with x: B, a: B}");
	CHECK_STRING(type_of("f = (x=\"d\") => x", "f"), "(?x: A) => A");
	CHECK_STRING(type_of("f = (a, b=1) => a + b x = f(a: 2)", "x"), "int");
	CHECK(type_of("x = 1", "y") == NULL);
	CHECK_STRING(check("[1, \"a\"]"), "4-7 expected int but found string");
	CHECK_STRING(check("true + true"), "0-11 bool is not Addable");
	CHECK_STRING(check("[true: 1]"), "1-5 bool is not Comparable");
	CHECK_STRING(check("1 + 1.0"), "4-7 expected int but found float");
	CHECK_STRING(check("\"${[1]}\""), "3-6 [int] (array) is not Stringable");
}

/* "head" and then, for i from 0, "format" with i + 1, i, i: a chain of definitions. */
static char *
chain(const char *head, const char *format, int count)
{
	StringInfoData script;

	initStringInfo(&script);
	appendStringInfo(&script, "%s\n", head);
	for (int i = 0; i < count; i++)
	{
		appendStringInfo(&script, format, i + 1, i, i);
		appendStringInfoChar(&script, '\n');
	}
	return script.data;
}

/* The last message, without its place, or "". */
static const char *
last_message(const char *script)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();

	flux_semantic_check(parse(script), diagnostics);
	return diagnostics->count == 0 ? "" : diagnostics->items[diagnostics->count - 1].message;
}

UNIT_TEST(exploding_types)
{
	/* types of 2^i leaves; the graph that they are stays small */
	CHECK_STRING(
		last_message(chain("f0 = (x) => x", "f%d = (x) => ({a: f%d(x: x), b: f%d(x: x)})", 25)),
		"types are too complex to check");
	CHECK_STRING(last_message(chain("x0 = {}", "x%d = {a: x%d, b: x%d}", 200)), "");
	CHECK_STRING(last_message(chain("x0 = {}\ny0 = {}", "x%d = {a: x%d, b: x%d}", 1000)),
				 "types are too complex to check");

	/* nesting */
	CHECK_STRING(last_message(chain("x0 = 1", "x%d = [x%d]", 250)), "");
	CHECK_STRING(last_message(chain("x0 = 1", "x%d = [x%d]", 5000)),
				 "types are too complex to check");
	CHECK_STRING(last_message(chain("f0 = () => 1", "f%d = () => f%d", 5000)),
				 "types are too complex to check");
	CHECK_STRING(last_message("f = (x) => x(y: x)"),
				 "recursive types not supported A != (y: A) => B");
}

/* Two records of the same many labels, in opposite order. */
UNIT_TEST(wide_records)
{
	StringInfoData script;
	int count = 2000;

	initStringInfo(&script);
	appendStringInfoString(&script, "a = {");
	for (int i = 0; i < count; i++)
		appendStringInfo(&script, "l%d: %d, ", i, i);
	appendStringInfoString(&script, "}\nb = {");
	for (int i = count - 1; i >= 0; i--)
		appendStringInfo(&script, "l%d: %d, ", i, i);
	appendStringInfoString(&script, "}\nc = [a, b, a]\nd = c[0].l1999");
	CHECK_STRING(last_message(script.data), "");
	CHECK_STRING(type_of(script.data, "d"), "int");
}

UNIT_TEST(long_names)
{
	char *script = palloc(1000001);

	memset(script, 'x', 1000000);
	script[1000000] = '\0';
	CHECK(strlen(check(script)) < 300);
}
