/*
 * segment_reader.c
 *		Finds and decodes the segments of one chunk.
 *
 * One index scan per chunk is kept open and rescanned per (field, series).
 * Segments of a pair are disjoint, so in the order of tmin they are in the
 * order of tmax as well: the first one to read is the last that begins at or
 * before the bounds' start, which a single backward step finds.
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
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "storage/codec_time.h"
#include "storage/codec_vector.h"
#include "storage/segment_reader.h"

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
	reader->is_done = true;
	return reader;
}

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
	bool		found = index_getnext_slot(reader->scan, direction, reader->slot);

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
