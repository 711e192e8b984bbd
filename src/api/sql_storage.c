/*
 * sql_storage.c
 *		SQL functions over the reading half of storage, and over its upkeep.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "storage/compaction.h"
#include "storage/maintenance.h"
#include "storage/measurement_table.h"
#include "storage/storage_scan.h"

PG_FUNCTION_INFO_V1(fluxtask_compact);
PG_FUNCTION_INFO_V1(fluxtask_chunks_due);
PG_FUNCTION_INFO_V1(fluxtask_compact_chunk);
PG_FUNCTION_INFO_V1(fluxtask_maintenance_due);
PG_FUNCTION_INFO_V1(fluxtask_maintenance_step);
PG_FUNCTION_INFO_V1(fluxtask_hot_points);
PG_FUNCTION_INFO_V1(fluxtask_scan_counts);

static FluxBucket *
get_bucket(text *name)
{
	return flux_bucket_get(flux_text(VARDATA_ANY(name), (int32) VARSIZE_ANY_EXHDR(name)), false);
}

/* flux.compact(bucket text): moves what may be moved, tells what it did. */
PGDLLEXPORT Datum
fluxtask_compact(PG_FUNCTION_ARGS)
{
	FluxBucket *bucket = get_bucket(PG_GETARG_TEXT_PP(0));
	FluxCompactionReport report = {0};
	TupleDesc desc;
	Datum values[6];
	bool nulls[6] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "flux.compact must return a row");
	flux_compaction_compact_bucket(bucket, &report);
	flux_measurement_table_sync_all(bucket);
	values[0] = Int64GetDatum(report.chunks);
	values[1] = Int64GetDatum(report.hot_rows);
	values[2] = Int64GetDatum(report.hot_rows_kept);
	values[3] = Int64GetDatum(report.segments_written);
	values[4] = Int64GetDatum(report.segments_replaced);
	values[5] = Int64GetDatum(report.points_written);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/* flux.chunks_due() -> integer[]: what flux.maintain() will compact. */
PGDLLEXPORT Datum
fluxtask_chunks_due(PG_FUNCTION_ARGS)
{
	int count;
	FluxMaintenanceStep *steps = flux_maintenance_list(&count);
	Datum *ids = palloc(sizeof(Datum) * Max(count, 1));
	int due = 0;

	for (int i = 0; i < count; i++)
		if (steps[i].action == FLUX_MAINTENANCE_COMPACT)
			ids[due++] = Int32GetDatum(steps[i].chunk_id);
	PG_RETURN_ARRAYTYPE_P(construct_array(ids, due, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* flux.maintenance_due() -> (action, bucket, chunk_id)... */
PGDLLEXPORT Datum
fluxtask_maintenance_due(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int count;
	FluxMaintenanceStep *steps;

	InitMaterializedSRF(fcinfo, 0);
	steps = flux_maintenance_list(&count);
	for (int i = 0; i < count; i++)
	{
		Datum values[3] = {CStringGetTextDatum(flux_maintenance_action_name(steps[i].action)),
						   CStringGetTextDatum(steps[i].bucket->name),
						   Int32GetDatum(steps[i].chunk_id)};
		bool nulls[3] = {false, false, steps[i].chunk_id == 0};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* flux.maintenance_step(action, bucket, chunk_id) -> how much it did; NULL: it must wait. */
PGDLLEXPORT Datum
fluxtask_maintenance_step(PG_FUNCTION_ARGS)
{
	FluxMaintenanceStep step = {0};
	text *name;
	bool is_busy;
	int64 done;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	step.action = flux_maintenance_action_by_name(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	name = PG_GETARG_TEXT_PP(1);
	step.bucket =
		flux_bucket_get(flux_text(VARDATA_ANY(name), (int32) VARSIZE_ANY_EXHDR(name)), true);
	step.chunk_id = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	if (step.bucket == NULL)
		PG_RETURN_INT64(0);
	done = flux_maintenance_run(&step, &is_busy);
	if (done == 0 && is_busy)
		PG_RETURN_NULL();
	PG_RETURN_INT64(done);
}

/* _flux_catalog.hot_points(chunk_id): values that wait for a compaction. */
PGDLLEXPORT Datum
fluxtask_hot_points(PG_FUNCTION_ARGS)
{
	FluxChunk *chunk = flux_chunk_get(PG_GETARG_INT32(0));

	PG_RETURN_INT64(chunk == NULL ? 0 : flux_compaction_hot_points(chunk));
}

/* flux.compact_chunk(chunk_id integer) -> hot rows consumed; 0 when it is gone or busy. */
PGDLLEXPORT Datum
fluxtask_compact_chunk(PG_FUNCTION_ARGS)
{
	FluxChunk *chunk = flux_chunk_get(PG_GETARG_INT32(0));
	FluxBucket *bucket = chunk == NULL ? NULL : flux_bucket_get_by_id(chunk->bucket_id, true);
	FluxCompactionReport report = {0};

	if (bucket == NULL)
		PG_RETURN_INT64(0);
	flux_bucket_check_acl(bucket, ACL_INSERT);
	PreventCommandIfReadOnly("flux.compact_chunk()");
	PreventCommandDuringRecovery("flux.compact_chunk()");
	flux_compaction_compact_chunk(chunk, false, &report);
	PG_RETURN_INT64(report.hot_rows);
}

static FluxScanAggregate
aggregate_by_name(const char *name)
{
	static const char *const names[] = {"raw", "count", "sum",   "mean",
										"min", "max",   "first", "last"};

	for (int i = 0; i < lengthof(names); i++)
	{
		if (strcmp(name, names[i]) == 0)
			return (FluxScanAggregate) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown aggregate \"%s\"", name),
			 errhint("Known are raw, count, sum, mean, min, max, first and last.")));
}

/* Adds up the numbers of a batch. */
static double
batch_sum(const FluxScanBatch *batch)
{
	double sum = 0;

	for (int row = 0; row < batch->row_count; row++)
	{
		if (batch->values.nulls != NULL && batch->values.nulls[row])
			continue;
		if (batch->values.type == FLUX_COLUMN_FLOAT)
			sum += batch->values.values.floats[row];
		else if (batch->values.type == FLUX_COLUMN_INT)
			sum += (double) batch->values.values.ints[row];
		else if (batch->values.type == FLUX_COLUMN_UINT)
			sum += (double) batch->values.values.uints[row];
	}
	return sum;
}

/*
 * _flux_catalog.scan_counts(bucket, start_ns, stop_ns, aggregate, every_ns): reads
 * as a script would, throws the rows away and tells what it took.
 */
PGDLLEXPORT Datum
fluxtask_scan_counts(PG_FUNCTION_ARGS)
{
	char *aggregate = text_to_cstring(PG_GETARG_TEXT_PP(3));
	int64 every_ns = PG_GETARG_INT64(4);
	FluxWindowGrid grid;
	FluxScanSpec spec = {0};
	FluxScan *scan;
	FluxScanBatch batch;
	const FluxScanStats *stats;
	TupleDesc desc;
	Datum values[9];
	bool nulls[9] = {false};
	int64 series = 0;
	int64 rows = 0;
	double sum = 0;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "_flux_catalog.scan_counts must return a row");
	spec.bucket = get_bucket(PG_GETARG_TEXT_PP(0));
	spec.bounds.start_ns = PG_GETARG_INT64(1);
	spec.bounds.stop_ns = PG_GETARG_INT64(2);
	spec.aggregate = aggregate_by_name(aggregate);
	spec.times_unused = true;
	if (every_ns > 0)
	{
		FluxLocation utc = {NULL, {0, 0}};

		(void) flux_grid_init(&grid, flux_duration(0, every_ns), flux_duration(0, every_ns),
							  flux_duration(0, 0), utc);
		spec.grid = &grid;
	}
	scan = flux_scan_begin(&spec);
	while (flux_scan_next(scan, &batch))
	{
		series += batch.is_first;
		rows += batch.row_count;
		sum += batch_sum(&batch);
	}
	stats = flux_scan_stats(scan);
	values[0] = Int64GetDatum(series);
	values[1] = Int64GetDatum(rows);
	values[2] = Float8GetDatum(sum);
	values[3] = Int64GetDatum(stats->chunks);
	values[4] = Int64GetDatum(stats->segments_read);
	values[5] = Int64GetDatum(stats->segments_skipped);
	values[6] = Int64GetDatum(stats->segments_from_statistics);
	values[7] = Int64GetDatum(stats->hot_rows);
	values[8] = Int64GetDatum(stats->points_decoded);
	flux_scan_end(scan);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
