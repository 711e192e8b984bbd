/*
 * test_diagnostic.c
 *		Places in a source, collected and raised errors, near names.
 */
#include "postgres.h"

#include "base/diagnostic.h"

#include "unit.h"

static FluxSourceText *
source_of(const char *text)
{
	return flux_source_create(NULL, text, (uint32) strlen(text));
}

static const char *
place(FluxSourceText *source, uint32 offset)
{
	FluxPosition position = flux_source_position(source, offset);

	return psprintf("%d:%d", position.line, position.column);
}

UNIT_TEST(places)
{
	FluxSourceText *source = source_of("a\n\nb\303\244c\r\n");

	CHECK_STRING(place(source, 0), "1:1");
	CHECK_STRING(place(source, 1), "1:2");
	CHECK_STRING(place(source, 2), "2:1");
	CHECK_STRING(place(source, 3), "3:1");
	CHECK_STRING(place(source, 6), "3:4");
	CHECK_STRING(place(source, 9), "4:1");
	CHECK_STRING(place(source, 1000), "4:1");
	CHECK_STRING(place(source_of(""), 0), "1:1");
}

/* The hint for "wanted" among the candidates, which end with NULL. */
static const char *
near(const char *wanted, ...)
{
	FluxNearName name;
	va_list candidates;
	const char *candidate;

	flux_near_name_init(&name, flux_text_from_cstring(wanted));
	va_start(candidates, wanted);
	while ((candidate = va_arg(candidates, const char *)) != NULL)
		flux_near_name_offer(&name, flux_text_from_cstring(candidate));
	va_end(candidates);
	return flux_near_name_hint(&name);
}

UNIT_TEST(near_names)
{
	CHECK_STRING(near("maen", "mode", "mean", "median", NULL), "perhaps you meant \"mean\"");
	CHECK_STRING(near("toUper", "toLower", "toUpper", NULL), "perhaps you meant \"toUpper\"");
	CHECK_STRING(near("NOW", "now", NULL), "perhaps you meant \"now\"");
	CHECK_STRING(near("agregateWindows", "aggregateWindow", NULL),
				 "perhaps you meant \"aggregateWindow\"");
	CHECK(near("xyz", "mean", "abc", NULL) == NULL);
	CHECK(near("x", "y", NULL) == NULL);
	CHECK(near("", "y", NULL) == NULL);
	CHECK(near("mean", NULL) == NULL);
}

UNIT_TEST(raising)
{
	FluxSourceText *source = source_of("x = 1\ny = z");
	FluxDiagnosticList *list = flux_diagnostics_create();

	flux_diagnostics_raise(list, source);
	flux_diagnostics_add(list, ERRCODE_WARNING, flux_span(0, 1), "hm")->severity =
		FLUX_SEVERITY_WARNING;
	CHECK(!flux_diagnostics_has_error(list));
	flux_diagnostics_raise(list, source);

	flux_diagnostics_add(list, ERRCODE_UNDEFINED_OBJECT, flux_span(10, 11), "no %s", "z")->hint =
		"try";
	flux_diagnostics_add(list, ERRCODE_SYNTAX_ERROR, flux_span(0, 1), "no x");
	CHECK_ERROR(ERRCODE_UNDEFINED_OBJECT, flux_diagnostics_raise(list, source));
	CHECK_STRING(unit_error->message, "no z at 2:5");
	CHECK_STRING(unit_error->detail, "no x at 1:1");
	CHECK_STRING(unit_error->hint, "try");
	CHECK_ERROR(FLUX_ERRCODE_SCRIPT_FAILED,
				flux_raise_at(FLUX_ERRCODE_SCRIPT_FAILED, NULL, flux_span(0, 0), "died"));
	CHECK_STRING(unit_error->message, "died");
}

/* Past the limit errors are counted, and what add returns may be written to. */
UNIT_TEST(overflow)
{
	FluxDiagnosticList *list = flux_diagnostics_create();

	for (int i = 0; i < 5 * FLUX_DIAGNOSTICS_MAX; i++)
		flux_diagnostics_add(list, ERRCODE_SYNTAX_ERROR, flux_span(0, 0), "e%d", i)->hint = "h";
	CHECK_INT(list->count, FLUX_DIAGNOSTICS_MAX);
	CHECK_INT(list->dropped, 4 * FLUX_DIAGNOSTICS_MAX);
	CHECK_ERROR(ERRCODE_SYNTAX_ERROR, flux_diagnostics_raise(list, NULL));
	CHECK_STRING(unit_error->message, "e0");
	CHECK(strstr(unit_error->detail, "And 479 more.") != NULL);
}

/* Texts are clipped between characters. */
UNIT_TEST(clipping)
{
	CHECK_INT(flux_text_clip(flux_text_from_cstring("ab"), 5).size, 2);
	CHECK_INT(flux_text_clip(flux_text_from_cstring("a\303\244b"), 2).size, 1);
	CHECK_INT(flux_text_clip(flux_text_from_cstring("a\303\244b"), 3).size, 3);
	CHECK_INT(flux_text_clip(flux_text_from_cstring("\200\200"), 1).size, 0);
}
