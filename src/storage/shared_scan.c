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
 *
 * Groups are added up from all their series first, by every part piece by piece
 * as well; then the parts take turns to give the group's rows.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "storage/scan_aggregate.h"
#include "storage/scan_group.h"
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
	bool is_begun;                  /* rows of this series or group were given */
	bool is_ended;                  /* and the last batch of it, too */
} ScanPart;

struct FluxSharedScan
{
	FluxScanSource *source;
	MemoryContext scratch; /* reset before each step */
	FluxMergeVector vector;
	FluxScanPiece piece;
	const FluxScanEntry *entry; /* whose pieces these are; NULL: before the first */
	bool is_end;                /* it has no more of them */
	const FluxScanEntry
		*head; /* whose rows are given: the series, or the group's first with points */
	bool is_grouped;
	FluxScanCollision collision;
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
	scan->is_grouped = parts[0].grouping != NULL;
	scan->part_at = scan->part_count = part_count;
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

/* Goes to the next piece of the series, or the first of the next; false: no more series. */
static bool
next_piece(FluxSharedScan *scan)
{
	if ((scan->entry == NULL || scan->is_end) && !next_series(scan))
		return false;
	scan->head = scan->entry;
	offer_piece(scan);
	scan->part_at = 0;
	return true;
}

/* ---- groups ---- */

/* Every part adds up the current series. */
static void
add_series(FluxSharedScan *scan)
{
	while (!scan->is_end)
	{
		MemoryContextReset(scan->scratch);
		offer_piece(scan);
		for (int i = 0; i < scan->part_count; i++)
			(void) flux_scan_aggregator_continue(scan->parts[i].aggregator, NULL);
	}
	if (!flux_scan_aggregator_has_points(scan->parts[0].aggregator))
		return;
	if (scan->head == NULL)
		scan->head = scan->entry;
	flux_scan_collision_note(&scan->collision, &scan->entry->series, scan->head->series.type);
}

/*
 * Adds up the series of the next group; scan->head is the first that has
 * points, or NULL.  False when there is no group left.
 */
static bool
add_group(FluxSharedScan *scan)
{
	scan->head = NULL;
	for (int i = 0; i < scan->part_count; i++)
		flux_scan_aggregator_begin_group(scan->parts[i].aggregator);
	while (next_series(scan))
	{
		CHECK_FOR_INTERRUPTS();
		add_series(scan);
		if (flux_scan_source_is_last_of_group(scan->source))
			return true;
	}
	return false;
}

/* A group cannot be added up; a collision of types in any group goes first. */
static void
refuse_group(FluxSharedScan *scan)
{
	FluxColumnType type = scan->head->series.type;

	while (add_group(scan))
		CHECK_FOR_INTERRUPTS();
	flux_scan_collision_refuse(&scan->collision, &scan->parts[0].spec);
	for (int i = 0; i < scan->part_count; i++)
		flux_scan_check_type(&scan->parts[i].spec, type);
}

/* Can every part compute what it wants of the group? */
static bool
takes_group(const FluxSharedScan *scan)
{
	for (int i = 0; i < scan->part_count; i++)
	{
		if (!flux_scan_aggregate_takes(scan->parts[i].spec.aggregate, scan->head->series.type))
			return false;
	}
	return scan->collision.series == NULL;
}

/* Goes to the next group that has points. */
static bool
next_group(FluxSharedScan *scan)
{
	while (add_group(scan))
	{
		if (scan->head == NULL)
			continue;
		if (!takes_group(scan))
			refuse_group(scan);
		scan->part_at = 0;
		return true;
	}
	return false;
}

/* ---- batches ---- */

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
	FluxColumnType type = scan->head->series.type;

	if (part->rows_given)
		flux_scan_rows_clear(part->rows);
	part->rows_given = false;
	if (!(scan->is_grouped ? flux_scan_aggregator_give_group(part->aggregator, part->rows)
						   : flux_scan_aggregator_continue(part->aggregator, part->rows)))
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
	batch->series = &scan->head->series;
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
	MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);
	bool has_batch = false;
	bool has_more = true;

	while (!has_batch && has_more)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scan->scratch);
		if (scan->part_at == scan->part_count)
			has_more = scan->is_grouped ? next_group(scan) : next_piece(scan);
		else
		{
			*part = scan->part_at;
			has_batch = give_batch(scan, &scan->parts[scan->part_at], batch);
			if (!has_batch)
				scan->part_at++;
		}
	}
	MemoryContextSwitchTo(old_context);
	return has_batch;
}
