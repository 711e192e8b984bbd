/*
 * storage_scan.c
 *		Reading a bucket, series by series.
 *
 * Each (series, field) of the scan's source is merged from its segments and
 * hot points and given out as points or as rows per window.
 *
 * Two buffers take turns: the one whose rows the caller holds, and the next,
 * filled already, because only then is it known whether a portion is the last
 * of its series.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "storage/scan_aggregate.h"
#include "storage/scan_group.h"
#include "storage/scan_piece.h"
#include "storage/scan_rows.h"
#include "storage/scan_source.h"
#include "storage/storage_scan.h"

/* Rows on their way to the caller. */
typedef struct ScanBuffer
{
	FluxMergeVector points; /* RAW */
	FluxScanRows *rows;     /* aggregates */
	int next;               /* row to give out next */
	int stop;               /* behind the last row to give */
} ScanBuffer;

struct FluxScan
{
	FluxScanSource *source;
	FluxScanSpec spec;
	MemoryContext scratch; /* reset per filling */
	FluxScanPiece piece;   /* RAW */
	FluxScanAggregator *aggregator;
	FluxScanRowTimes *row_times; /* counts_rows */

	/* where the scan stands */
	const FluxScanEntry *entry;
	bool has_rows; /* buffers[current] has rows to give */
	bool is_first; /* none of this series was given yet */
	int current;
	ScanBuffer buffers[2];
	int64 rows_left; /* of rows_max */

	FluxScanCollision collision; /* grouping */
};

/* ---- beginning and ending ---- */

FluxScan *
flux_scan_begin(const FluxScanSpec *spec)
{
	FluxScanSource *source = flux_scan_source_create(spec);
	MemoryContext old_context = MemoryContextSwitchTo(source->context);
	FluxScan *scan = palloc0(sizeof(FluxScan));

	flux_scan_source_open(source);
	scan->source = source;
	scan->spec = *spec;
	scan->scratch =
		AllocSetContextCreate(source->context, "fluxtask scan batch", ALLOCSET_DEFAULT_SIZES);
	if (spec->aggregate != FLUX_SCAN_RAW)
		scan->aggregator = flux_scan_aggregator_create(&scan->spec, &source->stats);
	if (spec->counts_rows)
		scan->row_times = flux_scan_row_times_create(spec->bounds, &source->stats);
	for (int i = 0; i < 2; i++)
	{
		ScanBuffer *buffer = &scan->buffers[i];

		if (spec->aggregate == FLUX_SCAN_RAW)
			flux_merge_vector_init(&buffer->points, source->context);
		else
			buffer->rows = flux_scan_rows_create();
	}
	flux_scan_piece_init(&scan->piece, &scan->buffers[0].points, &source->stats);
	MemoryContextSwitchTo(old_context);
	return scan;
}

void
flux_scan_end(FluxScan *scan)
{
	flux_scan_source_close(scan->source);
}

const FluxScanStats *
flux_scan_stats(const FluxScan *scan)
{
	return flux_scan_source_stats(scan->source);
}

const FluxScanSeries *
flux_scan_series(const FluxScanSpec *spec, int *count)
{
	FluxScanSource *source = flux_scan_source_create(spec);
	FluxScanSeries *series =
		palloc_extended(sizeof(FluxScanSeries) * Max(source->entry_count, 1), MCXT_ALLOC_HUGE);

	/* Names stay in the source's context, which goes with the caller's. */
	for (int i = 0; i < source->entry_count; i++)
		series[i] = source->entries[i].series;
	*count = source->entry_count;
	return series;
}

/* ---- filling buffers ---- */

#define REVERSE(type, array)                                                                       \
	do                                                                                             \
	{                                                                                              \
		type *items = (type *) (array);                                                            \
		for (int low = first, high = stop - 1; low < high; low++, high--)                          \
		{                                                                                          \
			type swap = items[low];                                                                \
			items[low] = items[high];                                                              \
			items[high] = swap;                                                                    \
		}                                                                                          \
	} while (0)

static void
reverse_points(FluxMergeVector *points, FluxColumnType type, int first, int stop)
{
	REVERSE(int64, points->times_ns);
	if (type == FLUX_COLUMN_BOOL)
		REVERSE(bool, points->values);
	else if (type == FLUX_COLUMN_STRING)
		REVERSE(FluxText, points->values);
	else
		REVERSE(uint64, points->values);
}

/* The next points of the series; false when there are none left. */
static bool
fill_points(FluxScan *scan, ScanBuffer *buffer)
{
	FluxScanPiece *piece = &scan->piece;

	piece->vector = &buffer->points;
	while (scan->rows_left > 0 && flux_scan_piece_next(piece))
	{
		int64 count;

		flux_scan_piece_decode(piece);
		if (piece->first >= piece->stop)
			continue;
		if (scan->spec.descending)
			reverse_points(&buffer->points, piece->type, piece->first, piece->stop);
		count = Min(piece->stop - piece->first, scan->rows_left);
		scan->rows_left -= count;
		buffer->next = piece->first;
		buffer->stop = piece->first + (int) count;
		return true;
	}
	return false;
}

static bool
fill_buffer(FluxScan *scan, ScanBuffer *buffer)
{
	MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);
	bool has_rows;

	if (scan->aggregator != NULL)
	{
		has_rows = flux_scan_aggregator_fill(scan->aggregator, buffer->rows);
		buffer->next = 0;
		buffer->stop = buffer->rows->count;
	}
	else
		has_rows = fill_points(scan, buffer);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(scan->scratch);
	return has_rows;
}

/* Whether the next entry is of the same series. */
static bool
has_more_fields(const FluxScanSource *source)
{
	return source->entry_at + 1 < source->entry_count &&
		   source->entries[source->entry_at + 1].series.series_id ==
			   source->entries[source->entry_at].series.series_id;
}

/* Goes to the next series that has points, to count its instants. */
static bool
next_row_series(FluxScan *scan)
{
	FluxScanSource *source = scan->source;

	while ((scan->entry = flux_scan_source_next(source, false)) != NULL)
	{
		flux_scan_row_times_begin(scan->row_times);
		for (;; scan->entry = flux_scan_source_next(source, false))
		{
			if (scan->entry->rest != NULL)
				elog(ERROR, "rows cannot be counted under a condition on values");
			flux_scan_row_times_add(scan->row_times, source->merge);
			if (!has_more_fields(source))
				break;
		}
		flux_scan_aggregator_begin_source(scan->aggregator, flux_scan_row_times_next,
										  scan->row_times, FLUX_COLUMN_INT);
		if (fill_buffer(scan, &scan->buffers[scan->current]))
			return true;
	}
	return false;
}

/*
 * Adds up the series of the next group; scan->entry is the first that has
 * points, or NULL.  False when there is no group left.
 */
static bool
add_group(FluxScan *scan)
{
	FluxScanSource *source = scan->source;
	MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);
	const FluxScanEntry *entry;

	scan->entry = NULL;
	flux_scan_aggregator_begin_group(scan->aggregator);
	while ((entry = flux_scan_source_next(source, false)) != NULL)
	{
		flux_scan_aggregator_begin(scan->aggregator, source->merge, entry->series.type,
								   entry->rest);
		(void) flux_scan_aggregator_continue(scan->aggregator, NULL);
		MemoryContextReset(scan->scratch);
		if (flux_scan_aggregator_has_points(scan->aggregator))
		{
			if (scan->entry == NULL)
				scan->entry = entry;
			flux_scan_collision_note(&scan->collision, &entry->series, scan->entry->series.type);
		}
		if (flux_scan_source_is_last_of_group(source))
			break;
	}
	MemoryContextSwitchTo(old_context);
	return entry != NULL;
}

/* A group cannot be added up; a collision of types in any group goes first. */
static void
refuse_group(FluxScan *scan)
{
	FluxColumnType type = scan->entry->series.type;

	while (add_group(scan))
		CHECK_FOR_INTERRUPTS();
	flux_scan_collision_refuse(&scan->collision, &scan->spec);
	flux_scan_check_type(&scan->spec, type);
}

/* Goes to the next group that has points. */
static bool
next_group(FluxScan *scan)
{
	while (add_group(scan))
	{
		if (scan->entry == NULL)
			continue;
		if (scan->collision.series != NULL ||
			!flux_scan_aggregate_takes(scan->spec.aggregate, scan->entry->series.type))
			refuse_group(scan);
		if (fill_buffer(scan, &scan->buffers[scan->current]))
			return true;
	}
	return false;
}

/* Goes to the next series that has rows; false when there is none. */
static bool
next_series(FluxScan *scan)
{
	bool descending = scan->aggregator != NULL ? flux_scan_aggregate_descends(&scan->spec)
											   : scan->spec.descending;

	if (scan->row_times != NULL)
		return next_row_series(scan);
	if (scan->spec.grouping != NULL)
		return next_group(scan);
	while ((scan->entry = flux_scan_source_next(scan->source, descending)) != NULL)
	{
		const FluxScanEntry *entry = scan->entry;
		FluxMerge *merge = scan->source->merge;

		if (scan->aggregator != NULL)
			flux_scan_aggregator_begin(scan->aggregator, merge, entry->series.type, entry->rest);
		else
			flux_scan_piece_begin(&scan->piece, merge, entry->series.type, scan->spec.bounds,
								  entry->rest);
		scan->rows_left = scan->spec.rows_max > 0 ? scan->spec.rows_max : PG_INT64_MAX;
		if (fill_buffer(scan, &scan->buffers[scan->current]))
		{
			/* Only a series that has points can be of a wrong type. */
			flux_scan_check_type(&scan->spec, entry->series.type);
			return true;
		}
	}
	return false;
}

/* Shows the caller the next rows of a buffer. */
static void
show_rows(const FluxScan *scan, const ScanBuffer *buffer, int count, FluxScanBatch *batch)
{
	FluxColumnType type = scan->entry->series.type;
	int first = buffer->next;
	const void *values;

	batch->series = &scan->entry->series;
	batch->row_count = count;
	batch->values.type = flux_scan_aggregate_type(flux_scan_aggregate_of(&scan->spec, type), type);
	batch->values.is_constant = false;
	batch->values.nulls = NULL;
	if (scan->aggregator != NULL)
	{
		const FluxScanRows *rows = buffer->rows;

		batch->times_ns = rows->times_ns + first;
		batch->starts_ns = rows->starts_ns + first;
		batch->stops_ns = rows->stops_ns + first;
		if (rows->has_nulls)
			batch->values.nulls = rows->nulls + first;
		values = rows->values;
	}
	else
	{
		batch->times_ns = buffer->points.times_ns + first;
		batch->starts_ns = batch->stops_ns = NULL;
		values = buffer->points.values;
	}
	batch->values.values.any =
		(const char *) values + (Size) first * flux_column_type_size(batch->values.type);
}

bool
flux_scan_next(FluxScan *scan, FluxScanBatch *batch)
{
	ScanBuffer *buffer;
	int count;

	if (!scan->has_rows)
	{
		if (!next_series(scan))
			return false;
		scan->has_rows = true;
		scan->is_first = true;
	}
	CHECK_FOR_INTERRUPTS();
	buffer = &scan->buffers[scan->current];
	count = Min(buffer->stop - buffer->next, FLUX_BATCH_ROWS);
	show_rows(scan, buffer, count, batch);
	buffer->next += count;
	batch->is_first = scan->is_first;
	batch->is_last = false;
	scan->is_first = false;
	if (buffer->next == buffer->stop)
	{
		if (fill_buffer(scan, &scan->buffers[1 - scan->current]))
			scan->current = 1 - scan->current;
		else
		{
			batch->is_last = true;
			scan->has_rows = false;
		}
	}
	return true;
}
