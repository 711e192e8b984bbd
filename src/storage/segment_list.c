/*
 * segment_list.c
 *		All segments of a field in one chunk, found in memory.
 *
 * The index is walked once for the places of rows in the order of series and
 * tmin; these are looked up in memory and their rows read from the table
 * directly, as a bitmap scan would.  A row that is gone meanwhile, or whose
 * place another has taken, the snapshot does not see.
 *
 * The rows of a series stand together, for they were written together.  So
 * those of its places that are on one page are looked at under one lock, and
 * read later where they stand, under the pin alone: what a snapshot sees
 * nobody moves while the page is pinned.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/relscan.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "storage/chunk.h"
#include "storage/segment_list.h"

/* Places that are looked at under one lock; a page has no more rows as a rule. */
#define ROWS_AT_ONCE 32

/* Where a segment stands. */
typedef struct SegmentPlace
{
	int64 series_id;
	int64 tmin_ns;
	ItemPointerData tid;
} SegmentPlace;

struct FluxSegmentList
{
	int32 field_id;
	SegmentPlace *places; /* by series_id and tmin */
	int count;

	/* the series: places [first, stop) */
	int first;
	int stop;
	int at; /* the next one */
	bool descending;
};

struct FluxSegmentRows
{
	Relation seg;
	Snapshot snapshot;

	/* places [first, stop) of a list, all on the pinned page */
	Buffer buffer;
	const FluxSegmentList *list;
	int first;
	int stop;
	HeapTupleData tuples[ROWS_AT_ONCE]; /* t_data NULL: the snapshot sees none */
};

/* ---- rows ---- */

FluxSegmentRows *
flux_segment_rows_create(Relation seg, Snapshot snapshot)
{
	FluxSegmentRows *rows = palloc0(sizeof(FluxSegmentRows));

	rows->seg = seg;
	rows->snapshot = snapshot;
	rows->buffer = InvalidBuffer;
	return rows;
}

void
flux_segment_rows_close(FluxSegmentRows *rows)
{
	if (BufferIsValid(rows->buffer))
		ReleaseBuffer(rows->buffer);
	pfree(rows);
}

/* Has the statistics of the rows in the cache when they are looked at one by one. */
static void
prefetch_rows(const FluxSegmentRows *rows, const FluxSegmentList *list)
{
	Page page = BufferGetPage(rows->buffer);

	for (int i = rows->first; i < rows->stop; i++)
	{
		OffsetNumber offset = ItemPointerGetOffsetNumber(&list->places[i].tid);
		const char *row;

		if (offset > PageGetMaxOffsetNumber(page))
			continue;
		row = (const char *) page + ItemIdGetOffset(PageGetItemId(page, offset));
		__builtin_prefetch(row);
		__builtin_prefetch(row + 64);
	}
}

/*
 * Looks at a place of the list and at those of the same series behind it (before
 * it, going back) that are on its page.
 */
static void
look_at_page(FluxSegmentRows *rows, const FluxSegmentList *list, int place)
{
	BlockNumber block = ItemPointerGetBlockNumber(&list->places[place].tid);
	int step = list->descending ? -1 : 1;
	int end = place;

	while (end + step >= list->first && end + step < list->stop &&
		   abs(end + step - place) < ROWS_AT_ONCE &&
		   ItemPointerGetBlockNumber(&list->places[end + step].tid) == block)
		end += step;
	rows->list = list;
	rows->first = Min(place, end);
	rows->stop = Max(place, end) + 1;
	rows->buffer = ReleaseAndReadBuffer(rows->buffer, rows->seg, block);
	heap_page_prune_opt(rows->seg, rows->buffer);
	LockBuffer(rows->buffer, BUFFER_LOCK_SHARE);
	prefetch_rows(rows, list);
	for (int i = rows->first; i < rows->stop; i++)
	{
		HeapTuple tuple = &rows->tuples[i - rows->first];
		ItemPointerData tid = list->places[i].tid;

		if (!heap_hot_search_buffer(&tid, rows->seg, rows->buffer, rows->snapshot, tuple, NULL,
									true))
			tuple->t_data = NULL;
	}
	LockBuffer(rows->buffer, BUFFER_LOCK_UNLOCK);
}

/* The row of a place when the snapshot sees one, else NULL. */
static HeapTuple
fetch_place(FluxSegmentRows *rows, const FluxSegmentList *list, int place)
{
	HeapTuple tuple;

	if (rows->list != list || place < rows->first || place >= rows->stop)
		look_at_page(rows, list, place);
	tuple = &rows->tuples[place - rows->first];
	return tuple->t_data != NULL ? tuple : NULL;
}

/* ---- lists ---- */

FluxSegmentList *
flux_segment_list_create(Relation seg, Relation index, int32 field_id, Snapshot snapshot)
{
	FluxSegmentList *list = palloc0(sizeof(FluxSegmentList));
	IndexScanDesc scan = flux_compat_index_beginscan(seg, index, snapshot, 1, 0);
	TupleDesc columns = RelationGetDescr(index);
	int capacity = 256;
	ScanKeyData key;
	ItemPointer tid;
	bool is_null;

	list->field_id = field_id;
	list->places = palloc_array(SegmentPlace, capacity);
	scan->xs_want_itup = true;
	ScanKeyInit(&key, FLUX_SEG_INDEX_FIELD_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(field_id));
	index_rescan(scan, &key, 1, NULL, 0);
	while ((tid = index_getnext_tid(scan, ForwardScanDirection)) != NULL)
	{
		SegmentPlace *place;

		CHECK_FOR_INTERRUPTS();
		if (list->count == capacity)
		{
			capacity *= 2;
			list->places = repalloc_huge(list->places, capacity * sizeof(SegmentPlace));
		}
		place = &list->places[list->count++];
		place->series_id = DatumGetInt64(
			index_getattr(scan->xs_itup, FLUX_SEG_INDEX_SERIES_ID, columns, &is_null));
		place->tmin_ns =
			DatumGetInt64(index_getattr(scan->xs_itup, FLUX_SEG_INDEX_TMIN, columns, &is_null));
		place->tid = *tid;
	}
	index_endscan(scan);
	return list;
}

int32
flux_segment_list_field(const FluxSegmentList *list)
{
	return list->field_id;
}

/* First place at or after a series and tmin. */
static int
find_place(const FluxSegmentList *list, int64 series_id, int64 tmin_ns)
{
	int low = 0;
	int high = list->count;

	while (low < high)
	{
		int middle = low + (high - low) / 2;
		const SegmentPlace *place = &list->places[middle];

		if (place->series_id < series_id ||
			(place->series_id == series_id && place->tmin_ns < tmin_ns))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
flux_segment_list_seek(FluxSegmentList *list, FluxSegmentRows *rows, int64 series_id,
					   FluxBounds bounds, bool descending)
{
	int first = find_place(list, series_id, bounds.start_ns);
	int stop = first;

	while (stop < list->count && list->places[stop].series_id == series_id &&
		   list->places[stop].tmin_ns < bounds.stop_ns)
		stop++;
	list->first = first;
	list->stop = stop;
	list->descending = descending;
	while (first > 0 && list->places[first - 1].series_id == series_id)
	{
		first--;
		if (fetch_place(rows, list, first) != NULL)
			break;
	}
	list->first = first;
	list->at = descending ? stop - 1 : first;
}

HeapTuple
flux_segment_list_next(FluxSegmentList *list, FluxSegmentRows *rows)
{
	while (list->at >= list->first && list->at < list->stop)
	{
		HeapTuple row = fetch_place(rows, list, list->at);

		list->at += list->descending ? -1 : 1;
		if (row != NULL)
			return row;
	}
	return NULL;
}
