/*
 * sql_script.c
 *		flux.parse() and flux.format(): what can be said about a script from
 *		its syntax alone.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "api/jsonb_builder.h"
#include "syntax/ast_print.h"
#include "syntax/parser.h"

PG_FUNCTION_INFO_V1(fluxtask_parse);
PG_FUNCTION_INFO_V1(fluxtask_format);

/* Scripts are UTF-8 whatever the database is. The result may be the argument's own bytes. */
static FluxSourceText *
source_of_argument(text *script)
{
	char *data = VARDATA_ANY(script);
	int size = VARSIZE_ANY_EXHDR(script);
	char *utf8 = (char *) pg_server_to_any(data, size, PG_UTF8);

	if (utf8 != data)
		size = strlen(utf8);
	return flux_source_create(NULL, utf8, (uint32) size);
}

static char *
to_server(const char *utf8)
{
	return pg_any_to_server(utf8, strlen(utf8), PG_UTF8);
}

/* Raises the first error of a script that the database has in another encoding. */
static void
raise_converted(const FluxDiagnosticList *diagnostics, FluxSourceText *source, text *script)
{
	const FluxDiagnostic *first = &diagnostics->items[0];
	FluxPosition place = flux_source_position(source, first->span.start);
	int characters = 0;

	for (uint32 i = 0; i < first->span.start; i++)
		characters += ((unsigned char) source->data[i] & 0xC0) != 0x80;
	ereport(ERROR,
			(errcode(first->sqlstate),
			 errmsg_internal("%s at %d:%d", to_server(first->message), place.line, place.column),
			 first->hint != NULL ? errhint("%s", to_server(first->hint)) : 0,
			 internalerrquery(text_to_cstring(script)), internalerrposition(characters + 1)));
}

/* Parses, or raises the first syntax error with the others in the detail. */
static FluxPackage *
parse_or_raise(text *script)
{
	FluxSourceText *source = source_of_argument(script);
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxPackage *package = flux_parse(source, diagnostics);

	if (source->data != VARDATA_ANY(script) && flux_diagnostics_has_error(diagnostics))
		raise_converted(diagnostics, source, script);
	flux_diagnostics_raise(diagnostics, source);
	return package;
}

/* flux.parse(script text) returns jsonb */
PGDLLEXPORT Datum
fluxtask_parse(PG_FUNCTION_ARGS)
{
	FluxPackage *package = parse_or_raise(PG_GETARG_TEXT_PP(0));
	StringInfoData json;

	initStringInfo(&json);
	flux_ast_to_json(package, &json);
	return flux_jsonb_from_json(
		flux_text_from_cstring(pg_any_to_server(json.data, json.len, PG_UTF8)));
}

/* flux.format(script text) returns text */
PGDLLEXPORT Datum
fluxtask_format(PG_FUNCTION_ARGS)
{
	FluxPackage *package = parse_or_raise(PG_GETARG_TEXT_PP(0));
	StringInfoData script;

	initStringInfo(&script);
	flux_ast_format(package, &script);
	PG_RETURN_TEXT_P(cstring_to_text(pg_any_to_server(script.data, script.len, PG_UTF8)));
}
