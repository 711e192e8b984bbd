/*
 * direct_write.c
 *		Writing long runs of points straight into segments.
 *
 * Readers let hot points beat segments, and segments of a series must be
 * disjoint.  So a run may become segments only if
 *
 *	- this transaction holds the chunk's rewriting lock (compaction.h): nobody
 *	  else makes or replaces segments of it meanwhile.  It is only tried for;
 *	- no segment that is there touches the run's stretch of time, under a
 *	  snapshot taken with the lock held and with all that this transaction has
 *	  done before;
 *	- under the same snapshot no hot row may hold points of the series there:
 *	  those would be older and still win;
 *	- nothing of the series and field was written to the chunk by this statement
 *	  before, but what directly precedes the run: "written" remembers that, for
 *	  all writers of the backend that take part.  While one is open that does
 *	  not, or after one was, nothing is written directly.
 *
 * Hot rows of transactions that are still running are not seen and win once they
 * commit: both writes are concurrent, and either order is right.  What does not
 * qualify goes to hot, where it beats whatever segments are there.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "storage/compaction.h"
#include "storage/direct_write.h"
#include "storage/segment_reader.h"
#include "storage/segment_writer.h"

/* Shorter runs make poor segments. */
#define RUN_POINTS_MIN 64

/* Chunks written to directly at a time, and what is remembered of a statement. */
#define CHUNKS_MAX 16
#define WRITTEN_MAX 500000

/* A hot table with more blocks than this is for compaction to clear. */
#define HOT_BLOCKS_MAX 64

typedef struct WrittenKey
{
	int64 series_id;
	int32 field_id;
	int32 chunk_id;
} WrittenKey;

/* What this statement has written of a series and field to a chunk. */
typedef struct Written
{
	WrittenKey key;           /* hash key */
	FluxDirectWriter *direct; /* NULL: to hot, or not only directly */
	int64 last_ns;
} Written;

/* What a hot row may hold points of. */
typedef struct HotStretch
{
	int64 smin;
	int64 smax;
	int64 tmin_ns;
	int64 tmax_ns;
} HotStretch;

typedef struct DirectChunk
{
	int32 chunk_id;
	FluxChunk chunk;
	bool is_open;      /* else nothing can be written directly */
	uint64 generation; /* plain_generation when the snapshot was taken */
	Relation seg;
	Snapshot snapshot;
	FluxSegmentWriter *writer;
	FluxSegmentReader *reader; /* NULL: there were no segments */
	HotStretch *stretches;
	int stretch_count;
	int64 series_id; /* of the run that was written last */
	int32 field_id;
} DirectChunk;

struct FluxDirectWriter
{
	MemoryContext context;
	DirectChunk chunks[CHUNKS_MAX];
	int chunk_count;
};

/* Open writers of this backend. */
typedef struct Announcement
{
	MemoryContextCallback callback;
	bool is_direct;
} Announcement;

static int plain_count;
static int direct_count;
static uint64 plain_generation; /* of writers that do not take part */
static Announcement *last_announcement;
static MemoryContext written_context;
static HTAB *written; /* Written, while direct_count > 0 */
static bool written_is_full;

/* ---- who is open ---- */

static void
forget_written(void)
{
	if (written_context != NULL)
		MemoryContextDelete(written_context);
	written_context = NULL;
	written = NULL;
	written_is_full = false;
}

static void
withdraw_writer(void *argument)
{
	Announcement *announcement = argument;

	if (last_announcement == announcement)
		last_announcement = NULL;
	if (!announcement->is_direct)
		plain_count--;
	else if (--direct_count == 0)
		forget_written();
}

void
flux_direct_announce_writer(MemoryContext context)
{
	Announcement *announcement = MemoryContextAllocZero(context, sizeof(Announcement));

	announcement->callback.func = withdraw_writer;
	announcement->callback.arg = announcement;
	MemoryContextRegisterResetCallback(context, &announcement->callback);
	last_announcement = announcement;
	plain_count++;
	plain_generation++;
}

FluxDirectWriter *
flux_direct_create(void)
{
	FluxDirectWriter *direct = palloc0(sizeof(FluxDirectWriter));

	direct->context = CurrentMemoryContext;
	if (last_announcement == NULL || last_announcement->is_direct)
		elog(ERROR, "direct writing without a writer");
	last_announcement->is_direct = true;
	plain_count--;
	plain_generation--;
	direct_count++;
	if (written == NULL)
	{
		HASHCTL control = {.keysize = sizeof(WrittenKey), .entrysize = sizeof(Written)};

		written_context = AllocSetContextCreate(TopMemoryContext, "fluxtask written directly",
												ALLOCSET_DEFAULT_SIZES);
		control.hcxt = written_context;
		written = hash_create("fluxtask written directly", 1024, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	return direct;
}

/* ---- chunks ---- */

/* Collects what the hot rows that the snapshot sees may hold. */
static void
collect_stretches(DirectChunk *chunk, Relation hot)
{
	TableScanDesc scan = table_beginscan(hot, chunk->snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(hot, NULL);
	int capacity = 16;

	chunk->stretches = palloc_array(HotStretch, capacity);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		HotStretch *stretch;

		if (chunk->stretch_count == capacity)
			chunk->stretches = repalloc_array(chunk->stretches, HotStretch, capacity *= 2);
		stretch = &chunk->stretches[chunk->stretch_count++];
		slot_getsomeattrs(slot, FLUX_HOT_SMAX);
		stretch->tmin_ns = DatumGetInt64(slot->tts_values[FLUX_HOT_TMIN - 1]);
		stretch->tmax_ns = DatumGetInt64(slot->tts_values[FLUX_HOT_TMAX - 1]);
		stretch->smin = DatumGetInt64(slot->tts_values[FLUX_HOT_SMIN - 1]);
		stretch->smax = DatumGetInt64(slot->tts_values[FLUX_HOT_SMAX - 1]);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
}

/* Looks at a chunk whose lock is held; it stays closed when it is not suitable. */
static void
open_locked(DirectChunk *chunk)
{
	Relation hot = flux_chunk_open_hot(&chunk->chunk, AccessShareLock);

	if (hot == NULL)
		return;
	if (RelationGetNumberOfBlocks(hot) <= HOT_BLOCKS_MAX &&
		(chunk->seg = flux_chunk_open_seg(&chunk->chunk, RowExclusiveLock)) != NULL)
	{
		/* What this transaction has done so far must be seen. */
		CommandCounterIncrement();
		chunk->snapshot = RegisterSnapshot(GetLatestSnapshot());
		chunk->generation = plain_generation;
		collect_stretches(chunk, hot);
		if (RelationGetNumberOfBlocks(chunk->seg) > 0)
			chunk->reader = flux_segment_reader_open(&chunk->chunk, chunk->snapshot);
		chunk->writer = flux_segment_writer_create(chunk->seg);
		chunk->is_open = true;
	}
	table_close(hot, NoLock);
}

/* The chunk, opened when it is met first; NULL when there are too many. */
static DirectChunk *
chunk_of(FluxDirectWriter *direct, const FluxChunk *chunk)
{
	MemoryContext old_context;
	DirectChunk *found;

	for (int i = 0; i < direct->chunk_count; i++)
	{
		if (direct->chunks[i].chunk_id == chunk->chunk_id)
			return &direct->chunks[i];
	}
	if (direct->chunk_count == CHUNKS_MAX)
		return NULL;
	found = &direct->chunks[direct->chunk_count++];
	found->chunk_id = chunk->chunk_id;
	found->chunk = *chunk;
	old_context = MemoryContextSwitchTo(direct->context);
	if (flux_compaction_lock_chunk(&found->chunk, false))
		open_locked(found);
	MemoryContextSwitchTo(old_context);
	return found;
}

/* ---- may it be? ---- */

static bool
is_ascending(const int64 *times_ns, int first, int count)
{
	bool ascends = true;

	for (int i = first + 1; i < first + count; i++)
		ascends &= times_ns[i - 1] < times_ns[i];
	return ascends;
}

/* Is there anything of the series in the bounds already? */
static bool
has_points(DirectChunk *chunk, int64 series_id, int32 field_id, FluxBounds bounds)
{
	FluxSegment segment;

	for (int i = 0; i < chunk->stretch_count; i++)
	{
		const HotStretch *stretch = &chunk->stretches[i];

		if (stretch->smin <= series_id && series_id <= stretch->smax &&
			stretch->tmin_ns < bounds.stop_ns && stretch->tmax_ns >= bounds.start_ns)
			return true;
	}
	if (chunk->reader == NULL)
		return false;
	flux_segment_reader_seek(chunk->reader, field_id, series_id, bounds, false);
	return flux_segment_reader_next(chunk->reader, &segment);
}

/* What was written of the series and field before; NULL when that is not known. */
static Written *
find_written(int32 chunk_id, int64 series_id, int32 field_id, bool *found)
{
	WrittenKey key = {series_id, field_id, chunk_id};
	Written *entry;

	if (!written_is_full && hash_get_num_entries(written) >= WRITTEN_MAX)
		written_is_full = true;
	entry = hash_search(written, &key, written_is_full ? HASH_FIND : HASH_ENTER, found);
	if (entry != NULL && !*found)
		entry->direct = NULL;
	return entry;
}

void
flux_direct_note_hot(FluxDirectWriter *direct, int32 chunk_id, int64 series_id, int32 field_id)
{
	bool found;
	Written *entry = find_written(chunk_id, series_id, field_id, &found);

	if (entry != NULL)
		entry->direct = NULL;
}

bool
flux_direct_add(FluxDirectWriter *direct, const FluxChunk *chunk, int64 series_id, int32 field_id,
				const int64 *times_ns, const FluxColumn *values, int first, int count)
{
	bool found;
	Written *entry = find_written(chunk->chunk_id, series_id, field_id, &found);
	FluxBounds bounds = {times_ns[first], times_ns[first + count - 1] + 1};
	DirectChunk *target;
	bool continues;

	if (entry == NULL)
		return false;
	continues = found && entry->direct == direct && bounds.start_ns > entry->last_ns;
	if (continues)
		bounds.start_ns = entry->last_ns + 1;
	if (!continues && (found || count < RUN_POINTS_MIN))
	{
		entry->direct = NULL;
		return false;
	}
	target = written_is_full || plain_count > 0 || !is_ascending(times_ns, first, count)
				 ? NULL
				 : chunk_of(direct, chunk);
	if (target == NULL || !target->is_open || target->generation != plain_generation ||
		(continues && (target->series_id != series_id || target->field_id != field_id)) ||
		has_points(target, series_id, field_id, bounds))
	{
		entry->direct = NULL;
		return false;
	}
	if (!continues)
		flux_segment_writer_begin(target->writer, series_id, field_id, values->type);
	flux_segment_writer_append(target->writer, times_ns, values, first, count);
	target->series_id = series_id;
	target->field_id = field_id;
	entry->direct = direct;
	entry->last_ns = times_ns[first + count - 1];
	return true;
}

int64
flux_direct_finish(FluxDirectWriter *direct)
{
	int64 total = 0;

	for (int i = 0; i < direct->chunk_count; i++)
	{
		DirectChunk *chunk = &direct->chunks[i];
		int64 segments;
		int64 points;

		if (!chunk->is_open)
			continue;
		chunk->is_open = false;
		flux_segment_writer_finish(chunk->writer, &segments, &points);
		total += segments;
		if (chunk->reader != NULL)
			flux_segment_reader_close(chunk->reader);
		table_close(chunk->seg, NoLock);
		UnregisterSnapshot(chunk->snapshot);
	}
	return total;
}
