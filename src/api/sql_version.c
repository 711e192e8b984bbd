/*
 * sql_version.c
 *		flux.task_id, flux.text_diff: what the functions about versions stand on.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"

#include "task/script_diff.h"
#include "task/task_catalog.h"

PG_FUNCTION_INFO_V1(fluxtask_task_id);
PG_FUNCTION_INFO_V1(fluxtask_text_diff);

/* The id of the task that an id or a name means; raises when there is none. */
PGDLLEXPORT Datum
fluxtask_task_id(PG_FUNCTION_ARGS)
{
	if (get_fn_expr_argtype(fcinfo->flinfo, 0) == TEXTOID)
		PG_RETURN_INT64(flux_task_find_by_name(text_to_cstring(PG_GETARG_TEXT_PP(0)))->task_id);
	PG_RETURN_INT64(flux_task_find_by_id(PG_GETARG_INT64(0))->task_id);
}

PGDLLEXPORT Datum
fluxtask_text_diff(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach (cell, flux_script_diff(text_to_cstring(PG_GETARG_TEXT_PP(0)),
									text_to_cstring(PG_GETARG_TEXT_PP(1))))
	{
		Datum value = CStringGetTextDatum(lfirst(cell));
		bool is_null = false;

		tuplestore_putvalues(result->setResult, result->setDesc, &value, &is_null);
	}
	return (Datum) 0;
}
