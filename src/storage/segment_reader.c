/*
 * segment_reader.c
 *		Finds and decodes the segments of one chunk.
 *
 * One index scan per chunk is kept open and rescanned per (field, series).
 * Segments of a pair are disjoint, so in the order of tmin they are in the
 * order of tmax as well: the first one to read is the last that begins at or
 * before the bounds' start, which a single backward step finds.
 *
 * Whoever reads many series of a field has the index walked once instead
 * (segment_list.h).
 *
 * A segment's bytes are read where they stand, in the pinned buffer; only what
 * was moved out of line is copied, into a context that lives until the next
 * segment.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "storage/codec_time.h"
#include "storage/codec_vector.h"
#include "storage/segment_list.h"
#include "storage/segment_reader.h"

/* Expecting so many series, it is worth walking over so many index entries each. */
#define LISTED_SERIES_MIN 16
#define LISTED_ENTRIES_PER_SERIES 48
#define INDEX_ENTRIES_PER_BLOCK 180

/* A list, among those of the reader. */
typedef struct ListedField
{
	FluxSegmentList *list;
	struct ListedField *next;
} ListedField;

/*
 * A row as it stands in its page, when none of its columns is null.  The two
 * vectors follow, each behind its length word.
 */
typedef struct SegmentRow
{
	int64 series_id;
	int64 tmin_ns;
	int64 tmax_ns;
	FluxSegmentNumber min;
	FluxSegmentNumber max;
	FluxSegmentNumber sum;
	FluxSegmentNumber first;
	FluxSegmentNumber last;
	int32 field_id;
	int32 count;
	int32 flags;
	char vectors[FLEXIBLE_ARRAY_MEMBER];
} SegmentRow;

StaticAssertDecl(offsetof(SegmentRow, vectors) == 8 * sizeof(int64) + 3 * sizeof(int32),
				 "columns stand without gaps, in the order of chunk.h");

struct FluxSegmentReader
{
	MemoryContext context; /* the index scan allocates while it runs, too */
	Relation seg;
	Relation index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	ItemPointerData tid;     /* of the current segment */
	MemoryContext detoasted; /* its out-of-line bytes */
	bool has_detoasted;
	int64 chunk_tmin_ns;
	FluxBounds bounds;
	bool descending;
	bool is_done;

	/* listed fields */
	Snapshot snapshot;
	ListedField *lists;
	FluxSegmentList *list; /* of the field that is read, or NULL */
	FluxSegmentRows *rows; /* NULL until there is a list */
};

FluxSegmentReader *
flux_segment_reader_open(const FluxChunk *chunk, Snapshot snapshot)
{
	Relation seg = flux_chunk_open_seg(chunk, AccessShareLock);
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
	double entries;

	if (series < LISTED_SERIES_MIN)
		return false;
	entries = (double) RelationGetNumberOfBlocks(reader->index) * INDEX_ENTRIES_PER_BLOCK /
			  Max(fields_in_chunk, 1);
	return entries <= (double) series * LISTED_ENTRIES_PER_SERIES;
}

static FluxSegmentList *
find_list(const FluxSegmentReader *reader, int32 field_id)
{
	for (ListedField *field = reader->lists; field != NULL; field = field->next)
	{
		if (flux_segment_list_field(field->list) == field_id)
			return field->list;
	}
	return NULL;
}

void
flux_segment_reader_expect(FluxSegmentReader *reader, int32 field_id, int64 series,
						   int fields_in_chunk)
{
	MemoryContext old_context;
	ListedField *field;

	if (find_list(reader, field_id) != NULL || !is_worth_listing(reader, series, fields_in_chunk))
		return;
	old_context = MemoryContextSwitchTo(reader->context);
	field = palloc(sizeof(ListedField));
	field->list = flux_segment_list_create(reader->seg, reader->index, field_id, reader->snapshot);
	field->next = reader->lists;
	reader->lists = field;
	if (reader->rows == NULL)
		reader->rows = flux_segment_rows_create(reader->seg, reader->snapshot);
	MemoryContextSwitchTo(old_context);
}

/* ---- one series after another ---- */

/* tmin of the last segment that begins at or before the bounds, or their start. */
static int64
find_first_tmin(FluxSegmentReader *reader, ScanKey keys)
{
	int64 start_ns = reader->bounds.start_ns;
	bool is_null;

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
	int64 first_tmin = PG_INT64_MIN;

	reader->bounds = bounds;
	reader->descending = descending;
	reader->is_done = false;
	reader->list = find_list(reader, field_id);
	if (reader->list != NULL)
	{
		flux_segment_list_seek(reader->list, reader->rows, series_id, bounds, descending);
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

/* A vector that may have to be fetched from elsewhere. */
static FluxByteReader
get_bytes(FluxSegmentReader *reader, struct varlena *bytes)
{
	if (VARATT_IS_EXTENDED(bytes) && !VARATT_IS_SHORT(bytes))
	{
		MemoryContext old_context = MemoryContextSwitchTo(reader->detoasted);

		reader->has_detoasted = true;
		bytes = PG_DETOAST_DATUM_PACKED(PointerGetDatum(bytes));
		MemoryContextSwitchTo(old_context);
	}
	return flux_byte_reader(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/* Raises when a row cannot be. */
static void
check_row(const FluxSegmentReader *reader, const FluxSegment *segment, int flags)
{
	if ((flags & FLUX_SEGMENT_VERSION_MASK) >> FLUX_SEGMENT_VERSION_SHIFT != FLUX_SEGMENT_VERSION)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("segment in \"%s\" has an unknown format version",
							   RelationGetRelationName(reader->seg)),
						errhint("It was written by a newer fluxtask, or it is damaged.")));
	if (segment->type < FLUX_COLUMN_BOOL || segment->type > FLUX_COLUMN_STRING)
		flux_bits_report_corrupted("its type is unknown");
	if (segment->count < 1 || segment->count > FLUX_VECTOR_VALUES_MAX ||
		segment->tmin_ns > segment->tmax_ns)
		flux_bits_report_corrupted("its row contradicts itself");
}

/* A row without nulls is read where it stands. */
static void
read_whole_row(FluxSegmentReader *reader, HeapTuple tuple, FluxSegment *segment)
{
	const SegmentRow *row = (const SegmentRow *) ((char *) tuple->t_data + tuple->t_data->t_hoff);
	const char *times = row->vectors;
	const char *values = times + VARSIZE_ANY(times);

	values = (const char *) att_align_pointer((uintptr_t) values, TYPALIGN_INT, -1, values);
	segment->series_id = row->series_id;
	segment->field_id = row->field_id;
	segment->tmin_ns = row->tmin_ns;
	segment->tmax_ns = row->tmax_ns;
	segment->count = row->count;
	segment->type = row->flags & FLUX_SEGMENT_TYPE_MASK;
	segment->min = row->min;
	segment->max = row->max;
	segment->sum = row->sum;
	segment->first = row->first;
	segment->last = row->last;
	segment->has_range = segment->has_sum = segment->has_ends = true;
	check_row(reader, segment, row->flags);
	segment->times = get_bytes(reader, (struct varlena *) times);
	segment->values = get_bytes(reader, (struct varlena *) values);
}

/* One with nulls is taken apart. */
static void
read_row_with_nulls(FluxSegmentReader *reader, HeapTuple tuple, FluxSegment *segment)
{
	Datum values[FLUX_SEG_COLUMNS];
	bool nulls[FLUX_SEG_COLUMNS];
#define NUMBER(column) ((FluxSegmentNumber){.integer = DatumGetInt64(values[(column) -1])})
#define IS_THERE(column) (!nulls[(column) -1])

	heap_deform_tuple(tuple, RelationGetDescr(reader->seg), values, nulls);
	segment->series_id = DatumGetInt64(values[FLUX_SEG_SERIES_ID - 1]);
	segment->field_id = DatumGetInt32(values[FLUX_SEG_FIELD_ID - 1]);
	segment->tmin_ns = DatumGetInt64(values[FLUX_SEG_TMIN - 1]);
	segment->tmax_ns = DatumGetInt64(values[FLUX_SEG_TMAX - 1]);
	segment->count = DatumGetInt32(values[FLUX_SEG_NPOINTS - 1]);
	segment->type = DatumGetInt32(values[FLUX_SEG_FLAGS - 1]) & FLUX_SEGMENT_TYPE_MASK;
	segment->min = NUMBER(FLUX_SEG_VMIN);
	segment->max = NUMBER(FLUX_SEG_VMAX);
	segment->sum = NUMBER(FLUX_SEG_VSUM);
	segment->first = NUMBER(FLUX_SEG_VFIRST);
	segment->last = NUMBER(FLUX_SEG_VLAST);
	segment->has_range = IS_THERE(FLUX_SEG_VMIN) && IS_THERE(FLUX_SEG_VMAX);
	segment->has_sum = IS_THERE(FLUX_SEG_VSUM);
	segment->has_ends = IS_THERE(FLUX_SEG_VFIRST) && IS_THERE(FLUX_SEG_VLAST);
	check_row(reader, segment, DatumGetInt32(values[FLUX_SEG_FLAGS - 1]));
	if (!IS_THERE(FLUX_SEG_TDATA) || !IS_THERE(FLUX_SEG_VDATA))
		flux_bits_report_corrupted("it lacks a vector");
	segment->times =
		get_bytes(reader, (struct varlena *) DatumGetPointer(values[FLUX_SEG_TDATA - 1]));
	segment->values =
		get_bytes(reader, (struct varlena *) DatumGetPointer(values[FLUX_SEG_VDATA - 1]));
#undef NUMBER
#undef IS_THERE
}

/* Fills the segment from a row; nothing in it is believed. */
static void
read_row(FluxSegmentReader *reader, HeapTuple tuple, FluxSegment *segment)
{
	reader->tid = tuple->t_self;
	if (reader->has_detoasted)
	{
		MemoryContextReset(reader->detoasted);
		reader->has_detoasted = false;
	}
	if (HeapTupleHasNulls(tuple) || HeapTupleHeaderGetNatts(tuple->t_data) != FLUX_SEG_COLUMNS)
		read_row_with_nulls(reader, tuple, segment);
	else
		read_whole_row(reader, tuple, segment);
}

/* The next row, where it stands in its page; NULL when there is none. */
static HeapTuple
next_row(FluxSegmentReader *reader)
{
	MemoryContext old_context;
	HeapTuple row = NULL;
	bool ignored;

	if (reader->list != NULL)
		return flux_segment_list_next(reader->list, reader->rows);
	old_context = MemoryContextSwitchTo(reader->context);
	if (index_getnext_slot(reader->scan,
						   reader->descending ? BackwardScanDirection : ForwardScanDirection,
						   reader->slot))
		row = ExecFetchSlotHeapTuple(reader->slot, false, &ignored);
	MemoryContextSwitchTo(old_context);
	return row;
}

bool
flux_segment_reader_next(FluxSegmentReader *reader, FluxSegment *segment)
{
	while (!reader->is_done)
	{
		HeapTuple row = next_row(reader);

		if (row == NULL)
		{
			reader->is_done = true;
			break;
		}
		read_row(reader, row, segment);
		if (segment->tmax_ns >= reader->bounds.start_ns)
			return true;
		reader->is_done = reader->descending;
	}
	return false;
}

ItemPointerData
flux_segment_reader_tid(const FluxSegmentReader *reader)
{
	return reader->tid;
}

void
flux_segment_reader_close(FluxSegmentReader *reader)
{
	index_endscan(reader->scan);
	if (reader->rows != NULL)
		flux_segment_rows_close(reader->rows);
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
