/*
 * fdw_analyze.c
 *		ANALYZE of the foreign tables.
 *
 * The number of rows is counted, from statistics of segments where they do.  The
 * sample of a small table is drawn from all rows; of a large one, from slices, as
 * large as is needed for some times the sample.  Each of many equal parts of time
 * gives one slice, at a random place, of the series in one range of ids, the ranges
 * taking turns: so the sample has seen all series and much of the time, and no
 * series or instant more often than others.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/vacuum.h"
#include "common/pg_prng.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/sampling.h"

#include "base/pg_compat.h"
#include "fdw/fdw_rows.h"
#include "storage/chunk.h"
#include "storage/estimate.h"

/* Rows that are read for each row of the sample, and slices of all chunks. */
#define ROWS_PER_SAMPLE 5
#define SLICES 64
#define RANGES_MAX 64
#define RANGE_SERIES 8 /* of a range at least, on average */

typedef struct Analysis
{
	const FluxFdwTable *table;
	FluxPredicate *predicate;
	FluxFdwRows *rows;
	TupleTableSlot *slot;
	MemoryContext row_context;

	int series_count; /* of the chunk that has most */
	int ranges;
	int range_at; /* that comes next */

	/* the sample */
	HeapTuple *sample;
	int wanted;
	int count;
	double seen;
	double to_skip;
	ReservoirStateData reservoir;
} Analysis;

/* ---- counting ---- */

/* Whether a series and field gives rows: the scan's callback. */
static bool
has_column(void *argument, const FluxScanSeries *series)
{
	const FluxFdwTable *table = argument;

	for (int i = 0; i < table->column_count; i++)
		if (table->columns[i].role == FLUX_FDW_FIELD && table->columns[i].type == series->type &&
			flux_text_equal(table->columns[i].name, series->field))
			return true;
	return table->is_points;
}

/* The rows within bounds; notes how many series there are. */
static double
count_rows(Analysis *analysis, FluxBounds bounds)
{
	const FluxFdwTable *table = analysis->table;
	FluxScanSpec spec = {.bucket = table->bucket,
						 .bounds = bounds,
						 .predicate = analysis->predicate,
						 .aggregate = FLUX_SCAN_COUNT,
						 .counts_rows = !table->is_points,
						 .accepts = has_column,
						 .accepts_argument = unconstify(FluxFdwTable *, table)};
	FluxScan *scan = flux_scan_begin(&spec);
	FluxScanBatch batch;
	double rows = 0;
	int series_count = 0;

	while (flux_scan_next(scan, &batch))
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < batch.row_count; i++)
			rows += batch.values.values.ints[i];
		series_count += batch.is_first;
	}
	analysis->series_count = Max(analysis->series_count, series_count);
	flux_scan_end(scan);
	return rows;
}

/* ---- sampling ---- */

/* Takes the row in the slot into the sample, or not. */
static void
offer_row(Analysis *analysis)
{
	MemoryContext old_context;
	int place = analysis->count;

	analysis->seen++;
	if (analysis->count == analysis->wanted)
	{
		if (analysis->to_skip < 0)
			analysis->to_skip =
				reservoir_get_next_S(&analysis->reservoir, analysis->seen - 1, analysis->wanted);
		if (analysis->to_skip-- > 0)
			return;
		analysis->to_skip = -1;
		place = (int) (analysis->wanted * sampler_random_fract(&analysis->reservoir.randstate));
		heap_freetuple(analysis->sample[place]);
	}
	else
		analysis->count++;
	old_context = MemoryContextSwitchTo(GetMemoryChunkContext(analysis));
	analysis->sample[place] =
		heap_form_tuple(analysis->slot->tts_tupleDescriptor, analysis->slot->tts_values,
						analysis->slot->tts_isnull);
	MemoryContextSwitchTo(old_context);
}

static void
read_slice(Analysis *analysis, FluxBounds bounds, FluxFdwSeriesRange range)
{
	MemoryContext old_context = MemoryContextSwitchTo(analysis->row_context);

	flux_fdw_rows_begin_series(analysis->rows, bounds, range);
	while (flux_fdw_rows_next(analysis->rows, analysis->slot))
	{
		flux_compat_vacuum_delay();
		offer_row(analysis);
		ExecClearTuple(analysis->slot);
		MemoryContextReset(analysis->row_context);
	}
	MemoryContextSwitchTo(old_context);
}

/* The next range of series ids; ids are hashes, so all have about as many. */
static FluxFdwSeriesRange
next_range(Analysis *analysis)
{
	uint64 width = UINT64CONST(0x8000000000000000) / analysis->ranges;
	FluxFdwSeriesRange range;

	range.first = (int64) (width * analysis->range_at);
	analysis->range_at = (analysis->range_at + 1) % analysis->ranges;
	range.last = analysis->range_at == 0 ? PG_INT64_MAX : (int64) (width * analysis->range_at - 1);
	return range;
}

/* Reads a share of a chunk, in so many slices. */
static void
read_share(Analysis *analysis, FluxBounds chunk, double share, int slices)
{
	double part = ((double) chunk.stop_ns - (double) chunk.start_ns) / slices;

	for (int i = 0; i < slices; i++)
	{
		double width = part * Min(1, share * analysis->ranges);
		double start =
			part * i + (part - width) * sampler_random_fract(&analysis->reservoir.randstate);
		FluxBounds slice = {chunk.start_ns + (int64) start,
							chunk.start_ns + (int64) (start + width) + 1};

		read_slice(analysis, flux_bounds_intersect(slice, chunk), next_range(analysis));
	}
}

/* Draws the sample out of chunks with so many rows each. */
static void
draw_sample(Analysis *analysis, const FluxChunk *chunks, const double *rows, int count,
			double total)
{
	double share = (double) analysis->wanted * ROWS_PER_SAMPLE / Max(total, 1);
	FluxFdwSeriesRange all = {0, PG_INT64_MAX};

	analysis->ranges = Max(1, Min(RANGES_MAX, analysis->series_count / RANGE_SERIES));

	for (int i = 0; i < count; i++)
	{
		FluxBounds chunk = {chunks[i].tmin_ns, chunks[i].tmax_ns + 1};

		if (rows[i] == 0)
			continue;
		if (share >= 1)
			read_slice(analysis, chunk, all);
		else
		{
			/* Chunks are mostly wider than what they hold. */
			chunk.start_ns = flux_fdw_rows_find(analysis->rows, chunk, true).start_ns;
			chunk.stop_ns = flux_fdw_rows_find(analysis->rows, chunk, false).stop_ns;
			read_share(analysis, chunk, share, Max(1, (int) (SLICES * rows[i] / total)));
		}
	}
}

/* AcquireSampleRowsFunc */
static int
acquire_sample(Relation rel, int elevel, HeapTuple *sample, int wanted, double *total_rows,
			   double *dead_rows)
{
	FluxBounds always = {PG_INT64_MIN, PG_INT64_MAX};
	Analysis *analysis = palloc0(sizeof(Analysis));
	int count;
	FluxChunk *chunks;
	double *rows;
	bool *is_needed;

	analysis->table = flux_fdw_table_get(rel);
	analysis->sample = sample;
	analysis->wanted = wanted;
	analysis->to_skip = -1;
	if (!analysis->table->is_points)
		analysis->predicate =
			flux_fdw_qual_and_equal(NULL, FLUX_PREDICATE_MEASUREMENT, analysis->table->measurement);
	chunks = flux_chunk_list(analysis->table->bucket->bucket_id, always, &count);
	rows = palloc0_array(double, Max(1, count));
	*total_rows = 0;
	*dead_rows = 0;
	for (int i = 0; i < count; i++)
	{
		FluxBounds chunk = {chunks[i].tmin_ns, chunks[i].tmax_ns + 1};

		rows[i] = count_rows(analysis, chunk);
		*total_rows += rows[i];
	}
	is_needed = palloc_array(bool, Max(1, analysis->table->column_count));
	memset(is_needed, true, Max(1, analysis->table->column_count));
	reservoir_init_selection_state(&analysis->reservoir, wanted);
	analysis->rows = flux_fdw_rows_create(analysis->table, is_needed, false, InvalidOid);
	flux_fdw_rows_set_predicate(analysis->rows, analysis->predicate);
	analysis->slot = MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsVirtual);
	analysis->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask sample row", ALLOCSET_DEFAULT_SIZES);
	draw_sample(analysis, chunks, rows, count, *total_rows);
	flux_fdw_rows_end(analysis->rows);
	ExecDropSingleTupleTableSlot(analysis->slot);
	ereport(elevel,
			(errmsg("\"%s\": %.0f rows, %.0f of them read for a sample of %d",
					RelationGetRelationName(rel), *total_rows, analysis->seen, analysis->count)));
	return analysis->count;
}

static bool
analyze_table(Relation rel, AcquireSampleRowsFunc *acquire, BlockNumber *pages)
{
	const FluxFdwTable *table = flux_fdw_table_get(rel);

	*acquire = acquire_sample;
	*pages =
		(BlockNumber) Max(1, Min(flux_estimate_blocks(table->bucket->bucket_id), MaxBlockNumber));
	return true;
}

void
flux_fdw_analyze_init(FdwRoutine *routine)
{
	routine->AnalyzeForeignTable = analyze_table;
}
