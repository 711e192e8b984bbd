/*
 * shared_scan.c
 *		One reading of a bucket for several parts.
 *
 * Each piece of a series is offered to every part in turn before the next is
 * fetched; it is decoded when the first of them asks for its points.  So the
 * parts keep step, and what waits is a buffer of rows for each aggregate,
 * however long the series.
 *
 *		piece -> part 0 -> part 1 ... -> next piece ... -> end -> part 0 ...
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "storage/scan_aggregate.h"
#include "storage/scan_piece.h"
#include "storage/scan_source.h"
#include "storage/shared_scan.h"

typedef struct ScanPart
{
	FluxScanSpec spec;
	FluxScanAggregator *aggregator; /* NULL: wants the points */
	FluxScanRows *rows;             /* of the aggregator */
	bool rows_given;                /* the caller holds them, or has done so */
	int position;                   /* points: next row of the piece */
	bool is_begun;                  /* rows of this series were given */
	bool is_ended;                  /* and the last batch of it, too */
} ScanPart;

struct FluxSharedScan
{
	FluxScanSource *source;
	MemoryContext scratch; /* reset before each step */
	FluxMergeVector vector;
	FluxScanPiece piece;
	const FluxScanEntry *entry; /* NULL: between series */
	bool is_end;                /* the series has no more pieces */
	ScanPart *parts;
	int part_count;
	int part_at; /* whose turn it is; part_count: time for another piece */
};

FluxSharedScan *
flux_shared_scan_begin(const FluxScanSpec *parts, int part_count)
{
	FluxScanSource *source = flux_scan_source_create(&parts[0]);
	MemoryContext old_context = MemoryContextSwitchTo(source->context);
	FluxSharedScan *scan = palloc0(sizeof(FluxSharedScan));

	flux_scan_source_open(source);
	scan->source = source;
	scan->scratch =
		AllocSetContextCreate(source->context, "fluxtask scan batch", ALLOCSET_DEFAULT_SIZES);
	flux_merge_vector_init(&scan->vector, source->context);
	flux_scan_piece_init(&scan->piece, &scan->vector, &source->stats);
	scan->part_count = part_count;
	scan->parts = palloc0(sizeof(ScanPart) * part_count);
	for (int i = 0; i < part_count; i++)
	{
		ScanPart *part = &scan->parts[i];

		part->spec = parts[i];
		if (part->spec.aggregate == FLUX_SCAN_RAW)
			continue;
		part->aggregator = flux_scan_aggregator_create(&part->spec, &source->stats);
		part->rows = flux_scan_rows_create();
	}
	MemoryContextSwitchTo(old_context);
	return scan;
}

void
flux_shared_scan_end(FluxSharedScan *scan)
{
	flux_scan_source_close(scan->source);
}

const FluxScanStats *
flux_shared_scan_stats(const FluxSharedScan *scan)
{
	return flux_scan_source_stats(scan->source);
}

/* Goes to the next series; false when there is none. */
static bool
next_series(FluxSharedScan *scan)
{
	FluxScanPiece *piece = &scan->piece;

	scan->entry = flux_scan_source_next(scan->source, false);
	if (scan->entry == NULL)
		return false;
	flux_scan_piece_begin(piece, scan->source->merge, scan->entry->series.type,
						  scan->source->spec.bounds, scan->entry->rest);
	piece->needs_times = piece->needs_values = false;
	scan->is_end = false;
	scan->part_at = scan->part_count;
	for (int i = 0; i < scan->part_count; i++)
	{
		ScanPart *part = &scan->parts[i];

		part->is_begun = part->is_ended = false;
		if (part->aggregator == NULL)
			piece->needs_times = piece->needs_values = true;
		else
		{
			flux_scan_aggregator_begin_shared(part->aggregator, piece);
			if (flux_scan_aggregator_needs_values(part->aggregator))
				piece->needs_values = true;
			flux_scan_rows_clear(part->rows);
			part->rows_given = false;
		}
	}
	return true;
}

/* Fetches a piece, or finds that there is none, and lets the parts know. */
static void
offer_piece(FluxSharedScan *scan)
{
	scan->is_end = !flux_scan_piece_next(&scan->piece);
	scan->part_at = 0;
	for (int i = 0; i < scan->part_count; i++)
	{
		ScanPart *part = &scan->parts[i];

		if (part->aggregator != NULL)
			flux_scan_aggregator_offer(part->aggregator, scan->is_end);
		else if (!scan->is_end)
		{
			flux_scan_piece_decode(&scan->piece);
			part->position = scan->piece.first;
		}
	}
}

/* Fills the batch with the points of the piece that the part has not seen. */
static bool
give_points(FluxSharedScan *scan, ScanPart *part, FluxScanBatch *batch)
{
	const FluxScanPiece *piece = &scan->piece;
	int first = part->position;

	if (scan->is_end || first >= piece->stop)
		return false;
	batch->row_count = Min(piece->stop - first, FLUX_BATCH_ROWS);
	part->position += batch->row_count;
	batch->times_ns = piece->vector->times_ns + first;
	batch->values.type = piece->type;
	batch->values.values.any =
		(const char *) piece->vector->values + (Size) first * flux_column_type_size(piece->type);
	return true;
}

/* Fills the batch with rows of the part's aggregate. */
static bool
give_rows(FluxSharedScan *scan, ScanPart *part, FluxScanBatch *batch)
{
	const FluxScanRows *rows = part->rows;
	FluxColumnType type = scan->piece.type;

	if (part->rows_given)
		flux_scan_rows_clear(part->rows);
	part->rows_given = false;
	if (!flux_scan_aggregator_continue(part->aggregator, part->rows))
		return false;
	if (!part->is_begun) /* only a series that has points can be of a wrong type */
		flux_scan_check_type(&part->spec, type);
	part->rows_given = true;
	batch->row_count = rows->count;
	batch->times_ns = rows->times_ns;
	batch->starts_ns = rows->starts_ns;
	batch->stops_ns = rows->stops_ns;
	batch->values.type = flux_scan_aggregate_type(flux_scan_aggregate_of(&part->spec, type), type);
	batch->values.nulls = rows->has_nulls ? rows->nulls : NULL;
	batch->values.values.any = rows->values;
	return true;
}

/* The next batch of a part; false when its turn is over. */
static bool
give_batch(FluxSharedScan *scan, ScanPart *part, FluxScanBatch *batch)
{
	bool has_rows;

	if (part->is_ended)
		return false;
	memset(batch, 0, sizeof(*batch));
	batch->series = &scan->entry->series;
	has_rows =
		part->aggregator != NULL ? give_rows(scan, part, batch) : give_points(scan, part, batch);
	if (has_rows)
	{
		batch->is_first = !part->is_begun;
		part->is_begun = true;
	}
	/* Rows that stay below the buffer's size at the end are the last ones. */
	part->is_ended = scan->is_end && (!has_rows || batch->row_count < FLUX_BATCH_ROWS);
	batch->is_last = part->is_ended;
	return has_rows || (part->is_ended && part->is_begun);
}

bool
flux_shared_scan_next(FluxSharedScan *scan, int *part, FluxScanBatch *batch)
{
	for (;;)
	{
		if (scan->entry == NULL && !next_series(scan))
			return false;
		for (; scan->part_at < scan->part_count; scan->part_at++)
		{
			MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);
			bool has_batch;

			MemoryContextReset(scan->scratch);
			has_batch = give_batch(scan, &scan->parts[scan->part_at], batch);
			MemoryContextSwitchTo(old_context);
			if (has_batch)
			{
				*part = scan->part_at;
				return true;
			}
		}
		CHECK_FOR_INTERRUPTS();
		if (scan->is_end)
			scan->entry = NULL;
		else
		{
			MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);

			offer_piece(scan);
			MemoryContextSwitchTo(old_context);
		}
	}
}
