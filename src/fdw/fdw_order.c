/*
 * fdw_order.c
 *		The rows of a foreign table in order of time.
 *
 * Slices of time are read one after another, and the rows of each are sorted.
 * The first slices are short, for there may be a LIMIT; then they grow until
 * sorting them fills the memory well.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/tuptable.h"
#include "utils/memutils.h"

#include "base/flux_time.h"
#include "fdw/fdw_rows.h"
#include "guc.h"

/* Parts of fluxtask.work_mem that the rows of a slice should take at least and at most. */
#define SLICE_MIN_PART 8
#define SLICE_MAX_PART 2

/* A row that waits for its turn. */
typedef struct SortedRow
{
	int64 time_ns;
	HeapTuple tuple;
} SortedRow;

struct FluxFdwOrdered
{
	FluxFdwRows *source;
	bool is_ascending;
	MemoryContext context; /* reset per slice */
	FluxBounds unread;     /* time that no slice has covered yet */
	int64 slice_ns;        /* width of the next slice */
	SortedRow *rows;
	int row_count;
	int row_capacity;
	int row_at;
	Size row_bytes;
};

FluxFdwOrdered *
flux_fdw_ordered_create(FluxFdwRows *rows, FluxFdwOrder order)
{
	FluxFdwOrdered *ordered = palloc0(sizeof(FluxFdwOrdered));

	ordered->source = rows;
	ordered->is_ascending = order == FLUX_FDW_ORDER_ASCENDING;
	ordered->context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask slice", ALLOCSET_DEFAULT_SIZES);
	return ordered;
}

void
flux_fdw_ordered_begin(FluxFdwOrdered *ordered, FluxBounds bounds)
{
	ordered->unread = bounds;
	ordered->slice_ns = FLUX_NS_PER_MINUTE;
	ordered->row_count = 0;
	ordered->row_at = 0;
}

static int
compare_ascending(const void *a, const void *b)
{
	int64 left = ((const SortedRow *) a)->time_ns;
	int64 right = ((const SortedRow *) b)->time_ns;

	return (left > right) - (left < right);
}

static int
compare_descending(const void *a, const void *b)
{
	return compare_ascending(b, a);
}

/* Takes the next slice off the unread time, at the end that comes first. */
static FluxBounds
take_slice(FluxFdwOrdered *ordered)
{
	FluxBounds slice = ordered->unread;
	uint64 left = (uint64) slice.stop_ns - (uint64) slice.start_ns;

	if (left > (uint64) ordered->slice_ns)
	{
		if (ordered->is_ascending)
			slice.stop_ns = slice.start_ns + ordered->slice_ns;
		else
			slice.start_ns = slice.stop_ns - ordered->slice_ns;
	}
	if (ordered->is_ascending)
		ordered->unread.start_ns = slice.stop_ns;
	else
		ordered->unread.stop_ns = slice.start_ns;
	return slice;
}

/* Learns from a slice how wide the next one should be. */
static void
adapt_slice(FluxFdwOrdered *ordered)
{
	Size memory = (Size) flux_guc_work_mem_kb * 1024;

	if (ordered->row_bytes > memory / SLICE_MAX_PART)
		ordered->slice_ns = Max(1, ordered->slice_ns / 2);
	else if (ordered->row_bytes < memory / SLICE_MIN_PART && ordered->slice_ns < PG_INT64_MAX / 4)
		ordered->slice_ns *= 4;
}

/*
 * After an empty slice: asks each series for its first or last point in the
 * unread time, and takes what lies before or behind them all off it.
 */
static void
skip_gap(FluxFdwOrdered *ordered)
{
	FluxBounds occupied =
		flux_fdw_rows_find(ordered->source, ordered->unread, ordered->is_ascending);

	if (occupied.start_ns > occupied.stop_ns)
		ordered->unread.start_ns = ordered->unread.stop_ns;
	else if (ordered->is_ascending)
		ordered->unread.start_ns = occupied.start_ns;
	else
		ordered->unread.stop_ns = occupied.stop_ns;
}

/* Keeps the row in the slot's arrays. */
static void
keep_row(FluxFdwOrdered *ordered, TupleTableSlot *slot)
{
	MemoryContext old_context = MemoryContextSwitchTo(ordered->context);
	SortedRow *row;

	if (ordered->row_count == ordered->row_capacity)
	{
		ordered->row_capacity = Max(256, 2 * ordered->row_capacity);
		ordered->rows =
			ordered->rows == NULL
				? palloc_array(SortedRow, ordered->row_capacity)
				: repalloc_huge(ordered->rows, ordered->row_capacity * sizeof(SortedRow));
	}
	row = &ordered->rows[ordered->row_count++];
	row->time_ns = flux_fdw_rows_time(ordered->source);
	row->tuple = heap_form_tuple(slot->tts_tupleDescriptor, slot->tts_values, slot->tts_isnull);
	ordered->row_bytes += GetMemoryChunkSpace(row->tuple) + sizeof(SortedRow);
	MemoryContextSwitchTo(old_context);
}

/* Reads and sorts the rows of the next slice. */
static void
read_slice(FluxFdwOrdered *ordered, TupleTableSlot *slot)
{
	MemoryContextReset(ordered->context);
	ordered->rows = NULL;
	ordered->row_count = 0;
	ordered->row_capacity = 0;
	ordered->row_at = 0;
	ordered->row_bytes = 0;
	flux_fdw_rows_begin(ordered->source, take_slice(ordered));
	while (flux_fdw_rows_next(ordered->source, slot))
		keep_row(ordered, slot);
	if (ordered->row_count > 1)
		qsort(ordered->rows, ordered->row_count, sizeof(SortedRow),
			  ordered->is_ascending ? compare_ascending : compare_descending);
	adapt_slice(ordered);
}

TupleTableSlot *
flux_fdw_ordered_next(FluxFdwOrdered *ordered, TupleTableSlot *slot)
{
	while (ordered->row_at == ordered->row_count)
	{
		if (ordered->unread.start_ns >= ordered->unread.stop_ns)
			return slot;
		read_slice(ordered, slot);
		ExecClearTuple(slot);
		if (ordered->row_count == 0 && ordered->unread.start_ns < ordered->unread.stop_ns)
			skip_gap(ordered);
	}
	ExecForceStoreHeapTuple(ordered->rows[ordered->row_at++].tuple, slot, false);
	return slot;
}
