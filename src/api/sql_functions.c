/*
 * sql_functions.c
 *		What scripts can call, as rows: the function behind flux.functions.
 *
 * A row per name of the library that is there to be used; names that are known
 * by their type alone are left out.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "evaluate/library.h"
#include "semantic/builtin_types.h"
#include "stdlib/registry.h"

PG_FUNCTION_INFO_V1(fluxtask_list_functions);

#define COLUMN_COUNT 5

PGDLLEXPORT Datum
fluxtask_list_functions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int count;
	const FluxBuiltinRow *rows = flux_builtin_rows(&count);

	InitMaterializedSRF(fcinfo, 0);
	flux_stdlib_register();
	for (int i = 0; i < count; i++)
	{
		FluxText package = flux_text_from_cstring(rows[i].package);
		FluxText name = flux_text_from_cstring(rows[i].name);
		const FluxBuiltin *builtin = flux_builtin_lookup(package, name);
		bool is_prelude = strcmp(rows[i].package, "universe") == 0 ||
						  strcmp(rows[i].package, "influxdata/influxdb") == 0;
		bool is_set_by_scripts = is_prelude && strcmp(rows[i].name, "task") == 0;
		Datum values[COLUMN_COUNT];
		bool nulls[COLUMN_COUNT] = {0};

		CHECK_FOR_INTERRUPTS();
		if (!flux_library_has(package, name) && !is_set_by_scripts)
			continue;
		values[0] = CStringGetTextDatum(rows[i].package);
		values[1] = CStringGetTextDatum(rows[i].name);
		values[2] = CStringGetTextDatum(rows[i].type);
		values[3] = CStringGetTextDatum(flux_builtin_class_name(rows[i].class));
		values[4] = CStringGetTextDatum(
			builtin == NULL || builtin->kind == FLUX_BUILTIN_FLUX ? "flux" : "c");
		nulls[4] = is_set_by_scripts;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
