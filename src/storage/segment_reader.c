/*
 * segment_reader.c
 *		Finds and decodes the segments of one chunk.
 *
 * One index scan per chunk is kept open and rescanned per (field, series).
 * Segments of a pair are disjoint, so in the order of tmin they are in the
 * order of tmax as well: the first one to read is the last that begins at or
 * before the bounds' start, which a single backward step finds.
 *
 * Whoever reads many series of a field has the index walked once instead: the
 * rows' places, in the order of series and tmin, are then looked up in memory
 * and fetched from the table directly, as a bitmap scan would.  A row that is
 * gone meanwhile, or whose place another has taken, the snapshot does not see.
 *
 * A segment's bytes are read where they stand, in the pinned buffer; only what
 * was moved out of line is copied, into a context that lives until the next
 * segment.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "storage/codec_time.h"
#include "storage/codec_vector.h"
#include "storage/segment_reader.h"

/* Expecting so many series, it is worth walking over so many index entries each. */
#define LISTED_SERIES_MIN 16
#define LISTED_ENTRIES_PER_SERIES 48
#define INDEX_ENTRIES_PER_BLOCK 180

/* Where a segment stands. */
typedef struct SegmentPlace
{
	int64		series_id;
	int64		tmin_ns;
	ItemPointerData tid;
} SegmentPlace;

/* All segments of a field, by series_id and tmin. */
typedef struct SegmentList
{
	int32		field_id;
	SegmentPlace *places;
	int			count;
	struct SegmentList *next;
} SegmentList;

struct FluxSegmentReader
{
	MemoryContext context;		/* the index scan allocates while it runs, too */
	Relation	seg;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	MemoryContext detoasted;	/* out-of-line bytes of the current segment */
	int64		chunk_tmin_ns;
	FluxBounds	bounds;
	bool		descending;
	bool		is_done;

	/* listed fields */
	Snapshot	snapshot;
	SegmentList *lists;
	const SegmentList *list;	/* of the field that is read, or NULL */
	IndexFetchTableData *fetch;
	int			place_first;	/* of the series, places [first, stop) */
	int			place_stop;
	int			place_at;
};

FluxSegmentReader *
flux_segment_reader_open(const FluxChunk *chunk, Snapshot snapshot)
{
	Relation	seg = flux_chunk_open_seg(chunk, AccessShareLock);
	FluxSegmentReader *reader;

	if (seg == NULL)
		return NULL;
	reader = palloc0(sizeof(FluxSegmentReader));
	reader->context = CurrentMemoryContext;
	reader->seg = seg;
	reader->index = index_open(flux_chunk_index_oid(seg), AccessShareLock);
	reader->scan = flux_compat_index_beginscan(seg, reader->index, snapshot, 4, 0);
	reader->slot = table_slot_create(seg, NULL);
	reader->detoasted = AllocSetContextCreate(CurrentMemoryContext, "fluxtask segment bytes",
											  ALLOCSET_DEFAULT_SIZES);
	reader->chunk_tmin_ns = chunk->tmin_ns;
	reader->snapshot = snapshot;
	reader->is_done = true;
	return reader;
}

/* ---- listed fields ---- */

/* Is walking over the field's part of the index cheaper than a descent per series? */
static bool
is_worth_listing(const FluxSegmentReader *reader, int64 series, int fields_in_chunk)
{
	double		entries;

	if (series < LISTED_SERIES_MIN)
		return false;
	entries = (double) RelationGetNumberOfBlocks(reader->index) * INDEX_ENTRIES_PER_BLOCK /
		Max(fields_in_chunk, 1);
	return entries <= (double) series * LISTED_ENTRIES_PER_SERIES;
}

/* Walks over the index entries of the field; the table is not looked at. */
static void
list_places(FluxSegmentReader *reader, SegmentList *list)
{
	IndexScanDesc scan = flux_compat_index_beginscan(reader->seg, reader->index, reader->snapshot,
													 1, 0);
	TupleDesc	columns = RelationGetDescr(reader->index);
	int			capacity = 256;
	ScanKeyData key;
	ItemPointer tid;
	bool		is_null;

	list->places = palloc_array(SegmentPlace, capacity);
	scan->xs_want_itup = true;
	ScanKeyInit(&key, FLUX_SEG_INDEX_FIELD_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(list->field_id));
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
		place->series_id = DatumGetInt64(index_getattr(scan->xs_itup, FLUX_SEG_INDEX_SERIES_ID,
													   columns, &is_null));
		place->tmin_ns = DatumGetInt64(index_getattr(scan->xs_itup, FLUX_SEG_INDEX_TMIN, columns,
													 &is_null));
		place->tid = *tid;
	}
	index_endscan(scan);
}

static SegmentList *
find_list(const FluxSegmentReader *reader, int32 field_id)
{
	SegmentList *list = reader->lists;

	while (list != NULL && list->field_id != field_id)
		list = list->next;
	return list;
}

void
flux_segment_reader_expect(FluxSegmentReader *reader, int32 field_id, int64 series,
						   int fields_in_chunk)
{
	MemoryContext old_context;
	SegmentList *list = find_list(reader, field_id);

	if (list != NULL || !is_worth_listing(reader, series, fields_in_chunk))
		return;
	old_context = MemoryContextSwitchTo(reader->context);
	list = palloc0(sizeof(SegmentList));
	list->field_id = field_id;
	list->next = reader->lists;
	list_places(reader, list);
	reader->lists = list;
	if (reader->fetch == NULL)
		reader->fetch = table_index_fetch_begin(reader->seg);
	MemoryContextSwitchTo(old_context);
}

/* First place at or after a series and tmin. */
static int
find_place(const SegmentList *list, int64 series_id, int64 tmin_ns)
{
	int			low = 0;
	int			high = list->count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		const SegmentPlace *place = &list->places[middle];

		if (place->series_id < series_id ||
			(place->series_id == series_id && place->tmin_ns < tmin_ns))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts the row of a place into the slot; false when the snapshot sees none. */
static bool
fetch_place(FluxSegmentReader *reader, int place)
{
	ItemPointerData tid = reader->list->places[place].tid;
	bool		call_again = false;
	bool		all_dead = false;

	return table_index_fetch_tuple(reader->fetch, &tid, reader->snapshot, reader->slot,
								   &call_again, &all_dead);
}

/*
 * Finds the places of the series that may touch the bounds: those that begin
 * within, and of the ones before the last that is there.
 */
static void
seek_listed(FluxSegmentReader *reader, int64 series_id)
{
	const SegmentList *list = reader->list;
	int			first = find_place(list, series_id, reader->bounds.start_ns);
	int			stop = first;

	while (stop < list->count && list->places[stop].series_id == series_id &&
		   list->places[stop].tmin_ns < reader->bounds.stop_ns)
		stop++;
	while (first > 0 && list->places[first - 1].series_id == series_id)
	{
		first--;
		if (fetch_place(reader, first))
			break;
	}
	reader->place_first = first;
	reader->place_stop = stop;
	reader->place_at = reader->descending ? stop - 1 : first;
}

/* Puts the next row that is there into the slot. */
static bool
next_listed_row(FluxSegmentReader *reader)
{
	while (reader->place_at >= reader->place_first && reader->place_at < reader->place_stop)
	{
		int			place = reader->place_at;

		reader->place_at += reader->descending ? -1 : 1;
		if (fetch_place(reader, place))
			return true;
	}
	return false;
}

/* ---- one series after another ---- */

/* tmin of the last segment that begins at or before the bounds, or their start. */
static int64
find_first_tmin(FluxSegmentReader *reader, ScanKey keys)
{
	int64		start_ns = reader->bounds.start_ns;
	bool		is_null;

	ScanKeyInit(&keys[2], FLUX_SEG_INDEX_TMIN, BTLessEqualStrategyNumber, F_INT8LE,
				Int64GetDatum(start_ns));
	ScanKeyInit(&keys[3], FLUX_SEG_INDEX_TMIN, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum(PG_INT64_MIN));
	index_rescan(reader->scan, keys, 4, NULL, 0);
	if (!index_getnext_slot(reader->scan, BackwardScanDirection, reader->slot))
		return start_ns;
	return DatumGetInt64(slot_getattr(reader->slot, FLUX_SEG_TMIN, &is_null));
}

void
flux_segment_reader_seek(FluxSegmentReader *reader, int32 field_id, int64 series_id,
						 FluxBounds bounds, bool descending)
{
	MemoryContext old_context = MemoryContextSwitchTo(reader->context);
	ScanKeyData keys[4];
	int64		first_tmin = PG_INT64_MIN;

	reader->bounds = bounds;
	reader->descending = descending;
	reader->is_done = false;
	reader->list = find_list(reader, field_id);
	if (reader->list != NULL)
	{
		seek_listed(reader, series_id);
		MemoryContextSwitchTo(old_context);
		return;
	}
	ScanKeyInit(&keys[0], FLUX_SEG_INDEX_FIELD_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(field_id));
	ScanKeyInit(&keys[1], FLUX_SEG_INDEX_SERIES_ID, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(series_id));
	/* Nothing can begin before the chunk does; going back, the end is seen when it comes. */
	if (!descending && bounds.start_ns > reader->chunk_tmin_ns)
		first_tmin = find_first_tmin(reader, keys);
	ScanKeyInit(&keys[2], FLUX_SEG_INDEX_TMIN, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum(first_tmin));
	ScanKeyInit(&keys[3], FLUX_SEG_INDEX_TMIN, BTLessStrategyNumber, F_INT8LT,
				Int64GetDatum(bounds.stop_ns));
	index_rescan(reader->scan, keys, 4, NULL, 0);
	MemoryContextSwitchTo(old_context);
}

/* A statistic of the slot's row; false when it is null. */
static bool
get_statistic(TupleTableSlot *slot, int column, FluxSegmentNumber *number)
{
	number->integer = DatumGetInt64(slot->tts_values[column - 1]);
	return !slot->tts_isnull[column - 1];
}

static FluxByteReader
get_bytes(TupleTableSlot *slot, int column)
{
	struct varlena *bytes = PG_DETOAST_DATUM_PACKED(slot->tts_values[column - 1]);

	return flux_byte_reader(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/* Fills the segment from the slot; nothing in it is believed. */
static void
read_row(FluxSegmentReader *reader, FluxSegment *segment)
{
	TupleTableSlot *slot = reader->slot;
	Datum	   *values = slot->tts_values;
	MemoryContext old_context;
	int			flags;

	slot_getallattrs(slot);
	segment->series_id = DatumGetInt64(values[FLUX_SEG_SERIES_ID - 1]);
	segment->field_id = DatumGetInt32(values[FLUX_SEG_FIELD_ID - 1]);
	segment->tmin_ns = DatumGetInt64(values[FLUX_SEG_TMIN - 1]);
	segment->tmax_ns = DatumGetInt64(values[FLUX_SEG_TMAX - 1]);
	segment->count = DatumGetInt32(values[FLUX_SEG_NPOINTS - 1]);
	flags = DatumGetInt32(values[FLUX_SEG_FLAGS - 1]);
	segment->type = flags & FLUX_SEGMENT_TYPE_MASK;
	if ((flags & FLUX_SEGMENT_VERSION_MASK) >> FLUX_SEGMENT_VERSION_SHIFT != FLUX_SEGMENT_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("segment in \"%s\" has an unknown format version",
						RelationGetRelationName(reader->seg)),
				 errhint("It was written by a newer fluxtask, or it is damaged.")));
	if (segment->type < FLUX_COLUMN_BOOL || segment->type > FLUX_COLUMN_STRING)
		flux_bits_report_corrupted("its type is unknown");
	if (segment->count < 1 || segment->count > FLUX_VECTOR_VALUES_MAX ||
		segment->tmin_ns > segment->tmax_ns)
		flux_bits_report_corrupted("its row contradicts itself");
	segment->has_range = get_statistic(slot, FLUX_SEG_VMIN, &segment->min) &&
		get_statistic(slot, FLUX_SEG_VMAX, &segment->max);
	segment->has_sum = get_statistic(slot, FLUX_SEG_VSUM, &segment->sum);
	segment->has_ends = get_statistic(slot, FLUX_SEG_VFIRST, &segment->first) &&
		get_statistic(slot, FLUX_SEG_VLAST, &segment->last);

	MemoryContextReset(reader->detoasted);
	old_context = MemoryContextSwitchTo(reader->detoasted);
	segment->times = get_bytes(slot, FLUX_SEG_TDATA);
	segment->values = get_bytes(slot, FLUX_SEG_VDATA);
	MemoryContextSwitchTo(old_context);
}

/* Puts the next row into the slot. */
static bool
next_row(FluxSegmentReader *reader)
{
	MemoryContext old_context = MemoryContextSwitchTo(reader->context);
	ScanDirection direction = reader->descending ? BackwardScanDirection : ForwardScanDirection;
	bool		found = reader->list != NULL ? next_listed_row(reader) :
		index_getnext_slot(reader->scan, direction, reader->slot);

	MemoryContextSwitchTo(old_context);
	return found;
}

bool
flux_segment_reader_next(FluxSegmentReader *reader, FluxSegment *segment)
{
	while (!reader->is_done)
	{
		if (!next_row(reader))
		{
			reader->is_done = true;
			break;
		}
		read_row(reader, segment);
		if (segment->tmax_ns >= reader->bounds.start_ns)
			return true;
		reader->is_done = reader->descending;
	}
	return false;
}

ItemPointerData
flux_segment_reader_tid(const FluxSegmentReader *reader)
{
	return reader->slot->tts_tid;
}

void
flux_segment_reader_close(FluxSegmentReader *reader)
{
	index_endscan(reader->scan);
	if (reader->fetch != NULL)
		table_index_fetch_end(reader->fetch);
	ExecDropSingleTupleTableSlot(reader->slot);
	index_close(reader->index, NoLock);
	table_close(reader->seg, NoLock);
	MemoryContextDelete(reader->detoasted);
	pfree(reader);
}

/* ---- decoding ---- */

void
flux_segment_decode_times(const FluxSegment *segment, int64 *times_ns)
{
	FluxByteReader bytes = segment->times;

	flux_time_decode(&bytes, segment->tmin_ns, segment->tmax_ns, times_ns, segment->count);
}

bool
flux_segment_has_step(const FluxSegment *segment, int64 *step_ns)
{
	FluxByteReader bytes = segment->times;

	return flux_time_decode_step(&bytes, segment->tmin_ns, segment->tmax_ns, segment->count,
								 step_ns);
}

void
flux_segment_decode_values(const FluxSegment *segment, void *values)
{
	FluxByteReader bytes = segment->values;

	flux_vector_decode(&bytes, segment->type, values, segment->count);
}
