/*
 * sql_check.c
 *		flux.check and flux.diagnose: the static check, seen from SQL.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "evaluate/library.h"
#include "semantic/builtin_types.h"
#include "semantic/semantic_check.h"
#include "stdlib/registry.h"
#include "syntax/parser.h"

PG_FUNCTION_INFO_V1(fluxtask_check);
PG_FUNCTION_INFO_V1(fluxtask_diagnose);
PG_FUNCTION_INFO_V1(fluxtask_type_of);

/* The source of an argument; its text lives as long as the call. */
static FluxSourceText *
argument_source(text *script)
{
	return flux_source_create(NULL, VARDATA_ANY(script), VARSIZE_ANY_EXHDR(script));
}

/* Types, and that the library has what the script uses. */
static void
check_all(const FluxPackage *package, FluxDiagnosticList *diagnostics)
{
	flux_stdlib_register();
	flux_semantic_check_library(package, flux_library_has, diagnostics);
}

/*
 * flux.check(script): raises the first error, the others as its detail.  Types
 * are looked at only when there is no syntax error: half a script has no types.
 */
PGDLLEXPORT Datum
fluxtask_check(PG_FUNCTION_ARGS)
{
	FluxSourceText *source = argument_source(PG_GETARG_TEXT_PP(0));
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxPackage *package = flux_parse(source, diagnostics);

	if (!flux_diagnostics_has_error(diagnostics))
		check_all(package, diagnostics);
	flux_diagnostics_raise(diagnostics, source);
	PG_RETURN_VOID();
}

/* flux.diagnose(script): all errors and warnings, a row each. */
PGDLLEXPORT Datum
fluxtask_diagnose(PG_FUNCTION_ARGS)
{
	FluxSourceText *source = argument_source(PG_GETARG_TEXT_PP(0));
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxPackage *package = flux_parse(source, diagnostics);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	check_all(package, diagnostics);
	for (int i = 0; i < diagnostics->count; i++)
	{
		const FluxDiagnostic *item = &diagnostics->items[i];
		FluxPosition start = flux_source_position(source, item->span.start);
		FluxPosition stop = flux_source_position(source, item->span.stop);
		bool nulls[7] = {false};
		Datum values[7];

		values[0] =
			CStringGetTextDatum(item->severity == FLUX_SEVERITY_ERROR ? "error" : "warning");
		values[1] = Int32GetDatum(start.line);
		values[2] = Int32GetDatum(start.column);
		values[3] = Int32GetDatum(stop.line);
		values[4] = Int32GetDatum(stop.column);
		values[5] = CStringGetTextDatum(unpack_sql_state(item->sqlstate));
		values[6] = CStringGetTextDatum(item->message);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* flux.type_of(script, name): the inferred type of a file-level name, or NULL. */
PGDLLEXPORT Datum
fluxtask_type_of(PG_FUNCTION_ARGS)
{
	FluxSourceText *source = argument_source(PG_GETARG_TEXT_PP(0));
	text *name = PG_GETARG_TEXT_PP(1);
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxPackage *package = flux_parse(source, diagnostics);
	char *type;

	flux_diagnostics_raise(diagnostics, source);
	type = flux_semantic_type_of(package, flux_text(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)));
	if (type == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(type));
}
