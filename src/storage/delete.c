/*
 * delete.c
 *		Deletes points in place, chunk by chunk.
 *
 * Hot rows and segments that lie in the range with all their points are
 * deleted; those that do so in part are replaced by what is left.  The copy of a
 * hot row keeps its seq, so the order of writing stays.  The chunk's rewrite
 * lock keeps compactions out meanwhile; writers go on, and what they commit
 * later was written later.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "storage/compaction.h"
#include "storage/delete.h"
#include "storage/dirty.h"
#include "storage/hot.h"
#include "storage/merge.h"
#include "storage/retention.h"
#include "storage/segment_writer.h"
#include "storage/series_index.h"

/* A segment of which a part goes. */
typedef struct PartSegment
{
	int64 series_id;
	int32 field_id;
	int64 tmin_ns;
	int64 tmax_ns;
} PartSegment;

typedef struct Deletion
{
	int64 start_ns;
	int64 stop_ns; /* inclusive */
	HTAB *series;  /* ids; NULL: all */
	Relation hot;
	Relation seg;
	const FluxChunk *chunk;
	Snapshot snapshot;
	MemoryContext row_context; /* reset per row */
	PartSegment *parts;
	int part_count;
	int part_capacity;
	int64 deleted; /* values */
} Deletion;

static bool
touches(const Deletion *deletion, int64 tmin_ns, int64 tmax_ns)
{
	return tmin_ns <= deletion->stop_ns && tmax_ns >= deletion->start_ns;
}

static bool
has_series(const Deletion *deletion, int64 series_id)
{
	return deletion->series == NULL ||
		   hash_search(deletion->series, &series_id, HASH_FIND, NULL) != NULL;
}

/* ---- hot rows ---- */

static bool
keep_point(void *arg, int64 series_id, int64 time_ns)
{
	const Deletion *deletion = arg;

	return time_ns < deletion->start_ns || time_ns > deletion->stop_ns ||
		   !has_series(deletion, series_id);
}

/* Inserts a hot row with the seq and measurement of the one it replaces. */
static void
insert_hot_row(Deletion *deletion, TupleTableSlot *old_slot, const FluxHotPage *page)
{
	TupleTableSlot *slot =
		MakeSingleTupleTableSlot(RelationGetDescr(deletion->hot), &TTSOpsHeapTuple);
	Datum values[FLUX_HOT_COLUMNS];
	bool nulls[FLUX_HOT_COLUMNS] = {false};
	ListCell *cell;

	memcpy(values, old_slot->tts_values, sizeof(values));
	values[FLUX_HOT_TMIN - 1] = Int64GetDatum(page->tmin_ns);
	values[FLUX_HOT_TMAX - 1] = Int64GetDatum(page->tmax_ns);
	values[FLUX_HOT_SMIN - 1] = Int64GetDatum(page->smin);
	values[FLUX_HOT_SMAX - 1] = Int64GetDatum(page->smax);
	values[FLUX_HOT_NPOINTS - 1] = Int32GetDatum(page->value_count);
	values[FLUX_HOT_PAYLOAD - 1] = PointerGetDatum(page->payload);
	ExecStoreHeapTuple(heap_form_tuple(RelationGetDescr(deletion->hot), values, nulls), slot,
					   false);
	table_tuple_insert(deletion->hot, slot, GetCurrentCommandId(true), 0, NULL);
	foreach (cell, RelationGetIndexList(deletion->hot))
	{
		Relation index = index_open(lfirst_oid(cell), RowExclusiveLock);
		IndexInfo *info = BuildIndexInfo(index);
		Datum keys[INDEX_MAX_KEYS];
		bool key_nulls[INDEX_MAX_KEYS];

		FormIndexDatum(info, slot, NULL, keys, key_nulls);
		index_insert(index, keys, key_nulls, &slot->tts_tid, deletion->hot, UNIQUE_CHECK_NO, false,
					 info);
		index_close(index, NoLock);
	}
	ExecDropSingleTupleTableSlot(slot);
}

static void
delete_from_hot_row(Deletion *deletion, TupleTableSlot *slot)
{
	struct varlena *payload;
	FluxHotPage page;
	int64 gone;

	slot_getallattrs(slot);
	if (!touches(deletion, DatumGetInt64(slot->tts_values[FLUX_HOT_TMIN - 1]),
				 DatumGetInt64(slot->tts_values[FLUX_HOT_TMAX - 1])))
		return;
	payload = PG_DETOAST_DATUM_PACKED(slot->tts_values[FLUX_HOT_PAYLOAD - 1]);
	gone = flux_hot_filter(VARDATA_ANY(payload), VARSIZE_ANY_EXHDR(payload), keep_point, deletion,
						   &page);
	if (gone == 0)
		return;
	deletion->deleted += gone;
	if (page.value_count > 0)
		insert_hot_row(deletion, slot, &page);
	simple_table_tuple_delete(deletion->hot, &slot->tts_tid, deletion->snapshot);
}

static void
delete_from_hot(Deletion *deletion)
{
	TableScanDesc scan = table_beginscan(deletion->hot, deletion->snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(deletion->hot, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		MemoryContext old_context = MemoryContextSwitchTo(deletion->row_context);

		CHECK_FOR_INTERRUPTS();
		delete_from_hot_row(deletion, slot);
		MemoryContextSwitchTo(old_context);
		MemoryContextReset(deletion->row_context);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
}

/* ---- segments ---- */

static void
note_part(Deletion *deletion, int64 series_id, int32 field_id, int64 tmin_ns, int64 tmax_ns)
{
	if (deletion->part_count == deletion->part_capacity)
	{
		deletion->part_capacity = Max(64, 2 * deletion->part_capacity);
		deletion->parts =
			deletion->parts == NULL
				? palloc_array(PartSegment, deletion->part_capacity)
				: repalloc_huge(deletion->parts, deletion->part_capacity * sizeof(PartSegment));
	}
	deletion->parts[deletion->part_count++] = (PartSegment){series_id, field_id, tmin_ns, tmax_ns};
}

/* Deletes whole segments; notes those of which a part goes. */
static void
delete_whole_segments(Deletion *deletion)
{
	TableScanDesc scan = table_beginscan(deletion->seg, deletion->snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(deletion->seg, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		int64 series_id;
		int64 tmin_ns;
		int64 tmax_ns;

		CHECK_FOR_INTERRUPTS();
		slot_getsomeattrs(slot, FLUX_SEG_NPOINTS);
		series_id = DatumGetInt64(slot->tts_values[FLUX_SEG_SERIES_ID - 1]);
		tmin_ns = DatumGetInt64(slot->tts_values[FLUX_SEG_TMIN - 1]);
		tmax_ns = DatumGetInt64(slot->tts_values[FLUX_SEG_TMAX - 1]);
		if (!touches(deletion, tmin_ns, tmax_ns) || !has_series(deletion, series_id))
			continue;
		if (tmin_ns >= deletion->start_ns && tmax_ns <= deletion->stop_ns)
		{
			deletion->deleted += DatumGetInt32(slot->tts_values[FLUX_SEG_NPOINTS - 1]);
			simple_table_tuple_delete(deletion->seg, &slot->tts_tid, deletion->snapshot);
		}
		else
			note_part(deletion, series_id, DatumGetInt32(slot->tts_values[FLUX_SEG_FIELD_ID - 1]),
					  tmin_ns, tmax_ns);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
}

/* Replaces a segment by what is left of it, before and after the range. */
static void
rewrite_segment(Deletion *deletion, FluxSegmentReader *reader, FluxSegmentWriter *writer,
				const FluxSegment *segment)
{
	FluxMergeVector vector;
	FluxColumn values = {.type = segment->type};
	ItemPointerData tid = flux_segment_reader_tid(reader);
	int before = 0;
	int after;

	flux_merge_vector_init(&vector, CurrentMemoryContext);
	flux_merge_vector_reserve(&vector, segment->count);
	flux_segment_decode_times(segment, vector.times_ns);
	flux_segment_decode_values(segment, vector.values);
	values.values.any = vector.values;
	while (before < segment->count && vector.times_ns[before] < deletion->start_ns)
		before++;
	for (after = before; after < segment->count && vector.times_ns[after] <= deletion->stop_ns;)
		after++;
	if (after == before)
		return;
	deletion->deleted += after - before;
	flux_segment_writer_begin(writer, segment->series_id, segment->field_id, segment->type);
	flux_segment_writer_append(writer, vector.times_ns, &values, 0, before);
	flux_segment_writer_flush(writer);
	flux_segment_writer_append(writer, vector.times_ns, &values, after, segment->count - after);
	simple_table_tuple_delete(deletion->seg, &tid, deletion->snapshot);
}

static void
rewrite_parts(Deletion *deletion)
{
	FluxSegmentReader *reader = flux_segment_reader_open(deletion->chunk, deletion->snapshot);
	FluxSegmentWriter *writer = flux_segment_writer_create(deletion->seg);
	int64 segments;
	int64 points;

	for (int i = 0; i < deletion->part_count && reader != NULL; i++)
	{
		const PartSegment *part = &deletion->parts[i];
		FluxBounds bounds = {part->tmin_ns, part->tmax_ns + 1};
		FluxSegment segment;

		CHECK_FOR_INTERRUPTS();
		flux_segment_reader_seek(reader, part->field_id, part->series_id, bounds, false);
		while (flux_segment_reader_next(reader, &segment))
		{
			MemoryContext old_context = MemoryContextSwitchTo(deletion->row_context);

			rewrite_segment(deletion, reader, writer, &segment);
			MemoryContextSwitchTo(old_context);
			MemoryContextReset(deletion->row_context);
		}
	}
	flux_segment_writer_finish(writer, &segments, &points);
	if (reader != NULL)
		flux_segment_reader_close(reader);
}

/* ---- chunks ---- */

static void
delete_from_open_chunk(Deletion *deletion)
{
	/* What this transaction did before counts, and nothing hides behind its snapshot. */
	CommandCounterIncrement();
	deletion->snapshot = RegisterSnapshot(GetLatestSnapshot());
	PushActiveSnapshot(deletion->snapshot);
	delete_from_hot(deletion);
	deletion->part_count = 0;
	delete_whole_segments(deletion);
	if (deletion->part_count > 0)
		rewrite_parts(deletion);
	PopActiveSnapshot();
	UnregisterSnapshot(deletion->snapshot);
	CommandCounterIncrement();
}

static void
delete_from_chunk(Deletion *deletion, const FluxChunk *chunk)
{
	(void) flux_compaction_lock_chunk(chunk, true);
	deletion->chunk = chunk;
	deletion->hot = flux_chunk_open_hot(chunk, RowExclusiveLock);
	if (deletion->hot == NULL)
		return;
	deletion->seg = flux_chunk_open_seg(chunk, RowExclusiveLock);
	if (deletion->seg != NULL)
	{
		delete_from_open_chunk(deletion);
		table_close(deletion->seg, NoLock);
	}
	table_close(deletion->hot, NoLock);
}

/* A set of series ids. */
static HTAB *
series_set(int count)
{
	HASHCTL control = {
		.keysize = sizeof(int64), .entrysize = sizeof(int64), .hcxt = CurrentMemoryContext};

	return hash_create("fluxtask series to delete", Max(16, count), &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* The ids of the series that pass; NULL when there is no predicate. */
static HTAB *
find_series(const FluxBucket *bucket, const FluxPredicate *predicate)
{
	HTAB *ids;
	int count;
	FluxSeriesInfo *series;

	if (predicate == NULL)
		return NULL;
	series = flux_series_find(bucket->bucket_id, predicate, &count);
	ids = series_set(count);
	for (int i = 0; i < count; i++)
		(void) hash_search(ids, &series[i].series_id, HASH_ENTER, NULL);
	return ids;
}

/* Rights and locks. */
static void
begin_delete(const FluxBucket *bucket)
{
	PreventCommandIfReadOnly("delete from a bucket");
	PreventCommandIfParallelMode("delete from a bucket");
	flux_bucket_check_acl(bucket, ACL_DELETE);
	if (bucket->is_attached)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("bucket \"%s\" is attached to relations of another kind", bucket->name),
				 errhint("Delete from those relations instead.")));
	flux_bucket_lock(bucket, RowExclusiveLock);
}

/* Deletes from all chunks, and notes what that means for tasks. */
static void
delete_from_chunks(Deletion *deletion, const FluxBucket *bucket)
{
	FluxBounds bounds = {deletion->start_ns, deletion->stop_ns == PG_INT64_MAX
												 ? deletion->stop_ns
												 : deletion->stop_ns + 1};
	FluxDirtyLog *dirty = flux_dirty_begin(bucket);
	int count;
	FluxChunk *chunks = flux_chunk_list(bucket->bucket_id, bounds, &count);

	deletion->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask row", ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < count; i++)
		delete_from_chunk(deletion, &chunks[i]);
	if (dirty != NULL && deletion->deleted > 0)
	{
		flux_dirty_add(dirty, 0, 0, deletion->start_ns, deletion->stop_ns);
		flux_dirty_finish(dirty);
	}
}

int64
flux_delete_points(const FluxBucket *bucket, int64 start_ns, int64 stop_ns,
				   const FluxPredicate *predicate)
{
	MemoryContext context;
	MemoryContext old_context;
	Deletion deletion = {.start_ns = start_ns, .stop_ns = stop_ns};

	begin_delete(bucket);
	context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask delete", ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	deletion.series = find_series(bucket, predicate);
	if (deletion.series == NULL || hash_get_num_entries(deletion.series) > 0)
		delete_from_chunks(&deletion, bucket);
	if (deletion.deleted > 0)
		flux_retention_note_garbage(bucket->bucket_id);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
	return deletion.deleted;
}

int64
flux_delete_series(const FluxBucket *bucket, int64 start_ns, int64 stop_ns, const int64 *series_ids,
				   int count)
{
	MemoryContext context;
	MemoryContext old_context;
	Deletion deletion = {.start_ns = start_ns, .stop_ns = stop_ns};

	if (count == 0 || stop_ns < start_ns)
		return 0;
	begin_delete(bucket);
	context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask delete", ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	deletion.series = series_set(count);
	for (int i = 0; i < count; i++)
		(void) hash_search(deletion.series, &series_ids[i], HASH_ENTER, NULL);
	delete_from_chunks(&deletion, bucket);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
	return deletion.deleted;
}
