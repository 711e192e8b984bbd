/*
 * compaction.c
 *		Moves hot points into segments, one chunk at a time.
 *
 * In one transaction: find the hot rows that may go, merge their points with
 * the segments they touch, insert the new segments, delete the replaced ones
 * and the hot rows.  Readers see all of it or nothing.
 *
 * Which rows may go.  Readers let hot beat segment, so nothing that stays hot
 * may be older than what goes.  A row goes when its transaction precedes every
 * transaction that is running (the horizon: xmin of the snapshot) and no
 * visible row of a smaller seq stays.  The second rule matters for savepoints:
 * the rows of one transaction bear the ids of its subtransactions, and a
 * horizon between those must not part them.
 *
 * Locks.  An advisory lock per chunk keeps compactions and deletes apart; the
 * snapshot is taken after it, else rows that another compaction moved would be
 * moved again.  On the tables only RowExclusiveLock: readers and writers are
 * never waited for and never wait.
 *
 * Segments of a series stay disjoint: one is rewritten when hot points lie
 * within it, and also when it is small and points come to stand next to it, so
 * that a series written a little at a time ends in full segments.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/detoast.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/lock_class.h"
#include "guc.h"
#include "storage/catalog.h"
#include "storage/compaction.h"
#include "storage/merge.h"
#include "storage/segment_writer.h"

static const FluxBounds all_time = {PG_INT64_MIN, PG_INT64_MAX};

/* Hot rows that were seen; 16 bytes per page of points. */
typedef struct HotRow
{
	int64 seq;
	ItemPointerData tid;
} HotRow;

typedef struct Compaction
{
	const FluxChunk *chunk;
	Relation hot;
	Relation seg;
	Snapshot snapshot;
	HotRow *rows; /* old enough to go */
	int row_count;
	int64 seq_stop; /* those with a smaller seq go */
	FluxCompactionReport *report;
} Compaction;

bool
flux_compaction_lock_bucket(int32 bucket_id)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, (uint32) bucket_id, FLUX_LOCK_REWRITE_BUCKET);
	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

bool
flux_compaction_lock_chunk(const FluxChunk *chunk, bool wait)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, (uint32) chunk->bucket_id, FLUX_LOCK_REWRITE_BUCKET);
	if (LockAcquire(&tag, ShareLock, false, !wait) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, (uint32) chunk->chunk_id, FLUX_LOCK_REWRITE_CHUNK);
	return LockAcquire(&tag, ExclusiveLock, false, !wait) != LOCKACQUIRE_NOT_AVAIL;
}

/* ---- which rows may go ---- */

static void
note_row(Compaction *compaction, TupleTableSlot *slot, int *capacity)
{
	bool should_free;
	bool is_null;
	HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &should_free);
	TransactionId xmin = HeapTupleHeaderGetXmin(tuple->t_data);
	int64 seq = DatumGetInt64(slot_getattr(slot, FLUX_HOT_SEQ, &is_null));

	if (should_free)
		heap_freetuple(tuple);
	if (!TransactionIdPrecedes(xmin, compaction->snapshot->xmin))
	{
		compaction->seq_stop = Min(compaction->seq_stop, seq);
		compaction->report->hot_rows_kept++;
		return;
	}
	if (compaction->row_count == *capacity)
	{
		*capacity = Max(256, *capacity * 2);
		compaction->rows = compaction->rows == NULL
							   ? palloc_extended(sizeof(HotRow) * *capacity, MCXT_ALLOC_HUGE)
							   : repalloc_huge(compaction->rows, sizeof(HotRow) * *capacity);
	}
	compaction->rows[compaction->row_count].seq = seq;
	compaction->rows[compaction->row_count++].tid = slot->tts_tid;
}

/* Fills rows and seq_stop; rows at or behind seq_stop are dropped again. */
static void
find_rows(Compaction *compaction)
{
	TableScanDesc scan = table_beginscan(compaction->hot, compaction->snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(compaction->hot, NULL);
	int capacity = 0;
	int kept = 0;

	compaction->seq_stop = PG_INT64_MAX;
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		note_row(compaction, slot, &capacity);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	for (int i = 0; i < compaction->row_count; i++)
	{
		if (compaction->rows[i].seq < compaction->seq_stop)
			compaction->rows[kept++] = compaction->rows[i];
	}
	compaction->report->hot_rows_kept += compaction->row_count - kept;
	compaction->row_count = kept;
}

/* ---- one series ---- */

static void
append_vector(FluxSegmentWriter *writer, FluxColumnType type, const FluxMergeVector *vector)
{
	FluxColumn values = {.type = type, .values.any = vector->values};

	flux_segment_writer_append(writer, vector->times_ns, &values, 0, vector->count);
}

static void
append_hot(FluxSegmentWriter *writer, FluxColumnType type, FluxMergeVector *vector,
		   const FluxHotPoint *points, int count)
{
	for (int done = 0; done < count; done += FLUX_BATCH_ROWS)
	{
		vector->count = 0;
		flux_merge_append_points(vector, type, points + done, Min(count - done, FLUX_BATCH_ROWS));
		append_vector(writer, type, vector);
	}
}

/* First of points [from, count) that is later than an instant (or not earlier). */
static int
find_point(const FluxHotPoint *points, int from, int count, int64 time_ns, bool later)
{
	while (from < count)
	{
		int middle = from + (count - from) / 2;

		if (points[middle].time_ns < time_ns || (later && points[middle].time_ns == time_ns))
			from = middle + 1;
		else
			count = middle;
	}
	return from;
}

/* What compacting a series needs besides its points. */
typedef struct SeriesWork
{
	FluxSegmentReader *reader;
	FluxSegmentWriter *writer;
	FluxMergeVector hot;
	FluxMergeVector decoded;
	FluxMergeVector merged;
} SeriesWork;

static void
decode_segment(SeriesWork *work, const FluxSegment *segment)
{
	MemoryContext old_context;

	MemoryContextReset(work->decoded.strings);
	flux_merge_vector_reserve(&work->decoded, segment->count);
	flux_segment_decode_times(segment, work->decoded.times_ns);
	old_context = MemoryContextSwitchTo(work->decoded.strings);
	flux_segment_decode_values(segment, work->decoded.values);
	MemoryContextSwitchTo(old_context);
	work->decoded.count = segment->count;
}

/* A segment of the series, as far as the decision needs it. */
typedef struct SegmentPlan
{
	int64 tmin_ns;
	int first; /* hot points [first, stop) lie within it */
	int stop;
	bool is_small;
	bool is_rewritten;
} SegmentPlan;

/*
 * Looks at the segments of the series without decoding them and decides which
 * are rewritten: those that hot points lie within, and of the neighbours of hot
 * points between segments a small one, so that it grows.  palloc'd.
 */
static SegmentPlan *
plan_segments(SeriesWork *work, const FluxHotTarget *target, const FluxHotPoint *points, int count,
			  int *segment_count)
{
	FluxSegment segment;
	int capacity = 16;
	SegmentPlan *plans = palloc_array(SegmentPlan, capacity);
	int n = 0;
	int before = 0; /* hot points already placed */

	flux_segment_reader_seek(work->reader, target->field_id, target->series_id, all_time, false);
	while (flux_segment_reader_next(work->reader, &segment))
	{
		SegmentPlan *plan;
		Size size =
			(segment.times.end - segment.times.next) + (segment.values.end - segment.values.next);

		if (segment.type != target->type)
			flux_bits_report_corrupted("it has another type than its field");
		if (n == capacity)
			plans = repalloc_array(plans, SegmentPlan, capacity *= 2);
		plan = &plans[n++];
		plan->tmin_ns = segment.tmin_ns;
		plan->first = find_point(points, before, count, segment.tmin_ns, false);
		plan->stop = find_point(points, plan->first, count, segment.tmax_ns, true);
		plan->is_small = segment.count < FLUX_SEGMENT_POINTS_SMALL &&
						 (size < FLUX_SEGMENT_SIZE_SMALL || target->type == FLUX_COLUMN_STRING);
		plan->is_rewritten = plan->first < plan->stop;
		if (plan->first > before) /* hot points between the one before and this */
		{
			if (n > 1 && plans[n - 2].is_small)
				plans[n - 2].is_rewritten = true;
			else if (plan->is_small)
				plan->is_rewritten = true;
		}
		else if (n > 1 && plan->is_small && plans[n - 2].is_small &&
				 (plan->is_rewritten || plans[n - 2].is_rewritten))
			plan->is_rewritten = plans[n - 2].is_rewritten = true;
		before = plan->stop;
	}
	if (before < count && n > 0 && plans[n - 1].is_small)
		plans[n - 1].is_rewritten = true;
	*segment_count = n;
	return plans;
}

/* Writes hot points and rewritten segments in the order of time. */
static void
compact_series(Compaction *compaction, SeriesWork *work, const FluxHotTarget *target,
			   const FluxHotPoint *points, int count)
{
	int segment_count;
	SegmentPlan *plans = plan_segments(work, target, points, count, &segment_count);
	FluxSegment segment;
	int at = 0;

	flux_segment_writer_begin(work->writer, target->series_id, target->field_id, target->type);
	flux_segment_reader_seek(work->reader, target->field_id, target->series_id, all_time, false);
	for (int i = 0; i < segment_count; i++)
	{
		const SegmentPlan *plan = &plans[i];
		ItemPointerData tid;

		if (!flux_segment_reader_next(work->reader, &segment) || segment.tmin_ns != plan->tmin_ns)
			elog(ERROR, "segments of a series changed under the chunk's lock");
		append_hot(work->writer, target->type, &work->hot, points + at, plan->first - at);
		at = plan->stop;
		if (!plan->is_rewritten)
		{
			flux_segment_writer_flush(work->writer);
			continue;
		}
		decode_segment(work, &segment);
		work->merged.count = 0;
		flux_merge_overlay(&work->merged, target->type, &work->decoded, points + plan->first,
						   plan->stop - plan->first);
		append_vector(work->writer, target->type, &work->merged);
		tid = flux_segment_reader_tid(work->reader);
		simple_table_tuple_delete(compaction->seg, &tid, compaction->snapshot);
		compaction->report->segments_replaced++;
	}
	append_hot(work->writer, target->type, &work->hot, points + at, count - at);
	pfree(plans);
}

/* ---- one chunk ---- */

static void
write_segments(Compaction *compaction)
{
	FluxHotGather *gather =
		flux_hot_gather_create(compaction->chunk, 1, all_time, compaction->seq_stop,
							   compaction->snapshot, (Size) maintenance_work_mem * 1024);
	int target_count;
	FluxHotTarget *targets = flux_hot_gather_discover(gather, &target_count);
	SeriesWork work;
	int64 segments;
	int64 points;

	flux_hot_gather_set_targets(gather, targets, target_count);
	work.reader = flux_segment_reader_open(compaction->chunk, compaction->snapshot);
	work.writer = flux_segment_writer_create(compaction->seg);
	flux_merge_vector_init(&work.hot, CurrentMemoryContext);
	flux_merge_vector_init(&work.decoded, CurrentMemoryContext);
	flux_merge_vector_init(&work.merged, CurrentMemoryContext);
	for (int i = 0; i < target_count; i++)
	{
		int count;
		const FluxHotPoint *hot = flux_hot_gather_points(gather, i, &count);

		CHECK_FOR_INTERRUPTS();
		compact_series(compaction, &work, &targets[i], hot, count);
	}
	flux_segment_writer_finish(work.writer, &segments, &points);
	flux_segment_reader_close(work.reader);
	flux_hot_gather_destroy(gather);
	compaction->report->segments_written += segments;
	compaction->report->points_written += points;
}

static void
delete_hot_rows(Compaction *compaction)
{
	for (int i = 0; i < compaction->row_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		simple_table_tuple_delete(compaction->hot, &compaction->rows[i].tid, compaction->snapshot);
	}
	compaction->report->hot_rows += compaction->row_count;
}

/*
 * Writes down that the chunk was compacted, and, when nothing was kept, that
 * what is hot from now on was committed after "began".
 */
static void
note_time(const Compaction *compaction, TimestampTz began)
{
	static FluxCatalogStatement update = {
		"UPDATE _flux_catalog.chunk SET compacted_at = pg_catalog.clock_timestamp(),"
		" hot_since = CASE WHEN $2 THEN $3 ELSE hot_since END WHERE chunk_id = $1",
		3,
		{INT4OID, BOOLOID, TIMESTAMPTZOID}};
	Datum args[] = {Int32GetDatum(compaction->chunk->chunk_id),
					BoolGetDatum(compaction->seq_stop == PG_INT64_MAX), TimestampTzGetDatum(began)};
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&update, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

/* With the lock held and both tables open. */
static void
compact_open_chunk(Compaction *compaction)
{
	TimestampTz began = GetCurrentTimestamp();

	/* What this transaction did before counts, and nothing hides behind its snapshot. */
	CommandCounterIncrement();
	compaction->snapshot = RegisterSnapshot(GetLatestSnapshot());
	PushActiveSnapshot(compaction->snapshot);
	find_rows(compaction);
	if (compaction->row_count > 0)
	{
		write_segments(compaction);
		delete_hot_rows(compaction);
		compaction->report->chunks++;
	}
	PopActiveSnapshot();
	UnregisterSnapshot(compaction->snapshot);
	CommandCounterIncrement();
	if (compaction->row_count > 0)
		note_time(compaction, began);
}

void
flux_compaction_compact_chunk(const FluxChunk *chunk, bool wait, FluxCompactionReport *report)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask compaction", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(context);
	Compaction compaction = {.chunk = chunk, .report = report};

	if (!flux_compaction_lock_chunk(chunk, wait))
		report->chunks_busy++;
	else
	{
		compaction.hot = flux_chunk_open_hot(chunk, RowExclusiveLock);
		if (compaction.hot != NULL)
			compaction.seg = flux_chunk_open_seg(chunk, RowExclusiveLock);
		if (compaction.seg != NULL)
		{
			compact_open_chunk(&compaction);
			table_close(compaction.seg, NoLock);
		}
		if (compaction.hot != NULL)
			table_close(compaction.hot, NoLock);
	}
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
}

void
flux_compaction_compact_bucket(const FluxBucket *bucket, FluxCompactionReport *report)
{
	int count;
	FluxChunk *chunks;

	flux_bucket_check_acl(bucket, ACL_INSERT);
	PreventCommandIfReadOnly("flux.compact()");
	PreventCommandDuringRecovery("flux.compact()");
	chunks = flux_chunk_list(bucket->bucket_id, all_time, &count);
	for (int i = 0; i < count; i++)
		flux_compaction_compact_chunk(&chunks[i], true, report);
	pfree(chunks);
}

/* ---- what is due ---- */

/* When the chunk was compacted last, else when it was made. */
static TimestampTz
last_compaction(const FluxChunk *chunk)
{
	static FluxCatalogStatement select = {
		"SELECT coalesce(compacted_at, hot_since) FROM _flux_catalog.chunk WHERE chunk_id = $1",
		1,
		{INT4OID}};
	Datum args[] = {Int32GetDatum(chunk->chunk_id)};
	FluxCatalogScope scope;
	bool is_null = true;
	Datum datum = 0;

	flux_catalog_enter(&scope);
	SPI_connect();
	if (flux_catalog_execute(&select, args, NULL, true) > 0)
		datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
	SPI_finish();
	flux_catalog_leave(&scope);
	return is_null ? 0 : DatumGetTimestampTz(datum);
}

/* What is hot in a chunk. */
typedef struct HotSize
{
	uint64 bytes;
	int64 points; /* values */
} HotSize;

/*
 * Adds up the rows of a hot table that a snapshot sees, until it has seen
 * enough bytes.  The size of the file would not do: rows that were moved leave
 * their pages behind until a vacuum.
 */
static HotSize
measure_hot(Relation hot, Snapshot snapshot, uint64 enough_bytes)
{
	TableScanDesc scan = table_beginscan(hot, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(hot, NULL);
	HotSize size = {0};

	while (size.bytes < enough_bytes && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool is_null;
		int32 points = DatumGetInt32(slot_getattr(slot, FLUX_HOT_NPOINTS, &is_null));
		Datum payload = slot_getattr(slot, FLUX_HOT_PAYLOAD, &is_null);

		CHECK_FOR_INTERRUPTS();
		size.bytes += toast_datum_size(payload) + SizeofHeapTupleHeader;
		size.points += points;
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	return size;
}

int64
flux_compaction_hot_points(const FluxChunk *chunk)
{
	Relation hot = flux_chunk_open_hot(chunk, AccessShareLock);
	int64 points;

	if (hot == NULL)
		return 0;
	points = measure_hot(hot, GetActiveSnapshot(), PG_UINT64_MAX).points;
	table_close(hot, AccessShareLock);
	return points;
}

/* Whether a hot table holds enough, or something that has waited long enough. */
static bool
is_open_hot_due(const FluxChunk *chunk, Relation hot)
{
	uint64 file_bytes = (uint64) RelationGetNumberOfBlocks(hot) * BLCKSZ;
	uint64 due_bytes = (uint64) flux_guc_compact_hot_size_kb * 1024;
	Snapshot snapshot;
	bool is_due;

	if (file_bytes == 0)
		return false;
	if (TimestampDifferenceExceeds(last_compaction(chunk), GetCurrentTimestamp(),
								   flux_guc_compact_interval_s * 1000))
		due_bytes = 1;
	if (file_bytes < due_bytes)
		return false;
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	is_due = measure_hot(hot, snapshot, due_bytes).bytes >= due_bytes;
	UnregisterSnapshot(snapshot);
	return is_due;
}

bool
flux_compaction_is_due(const FluxChunk *chunk)
{
	Relation hot = flux_chunk_open_hot(chunk, AccessShareLock);
	bool is_due;

	if (hot == NULL)
		return false;
	is_due = is_open_hot_due(chunk, hot);
	table_close(hot, AccessShareLock);
	return is_due;
}

FluxChunk *
flux_compaction_list_due(const FluxBucket *bucket, int *count)
{
	int chunk_count;
	FluxChunk *chunks;
	bool is_missing = !OidIsValid(bucket->points_oid);

	*count = 0;
	if (bucket->is_attached || is_missing ||
		pg_class_aclcheck_ext(bucket->points_oid, GetUserId(), ACL_INSERT, &is_missing) !=
			ACLCHECK_OK)
		return NULL;
	chunks = flux_chunk_list(bucket->bucket_id, all_time, &chunk_count);
	for (int i = 0; i < chunk_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (flux_compaction_is_due(&chunks[i]))
			chunks[(*count)++] = chunks[i];
	}
	return chunks;
}
