/*
 * sql_storage.c
 *		SQL functions over the reading half of storage.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "storage/compaction.h"

PG_FUNCTION_INFO_V1(fluxtask_compact);

/* flux.compact(bucket text): moves what may be moved, tells what it did. */
PGDLLEXPORT Datum
fluxtask_compact(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	FluxBucket *bucket = flux_bucket_get(flux_text(VARDATA_ANY(name),
												   (int32) VARSIZE_ANY_EXHDR(name)), false);
	FluxCompactionReport report = {0};
	TupleDesc	desc;
	Datum		values[6];
	bool		nulls[6] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "flux.compact must return a row");
	flux_compaction_compact_bucket(bucket, &report);
	values[0] = Int64GetDatum(report.chunks);
	values[1] = Int64GetDatum(report.hot_rows);
	values[2] = Int64GetDatum(report.hot_rows_kept);
	values[3] = Int64GetDatum(report.segments_written);
	values[4] = Int64GetDatum(report.segments_replaced);
	values[5] = Int64GetDatum(report.points_written);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
