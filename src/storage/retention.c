/*
 * retention.c
 *		Dropping chunks by age; collecting series that nobody has points of.
 *
 * A series goes when no row of any chunk speaks of it, rows that are deleted
 * but still there for some old snapshot included.  Finding that out takes a
 * while, so it is done first under the bucket's rewrite lock alone, which
 * keeps points from moving between tables; then, for a moment, writers are kept
 * out too, what they have added meanwhile is looked at, and of the rest a number
 * that is deleted in no time goes.  All locks are taken only if they are free.
 *
 * _flux_catalog.series_garbage says which buckets are worth the search: who
 * drops a chunk or deletes points adds a row, and nobody ever waits for one.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/flux_time.h"
#include "storage/catalog.h"
#include "storage/chunk.h"
#include "storage/compaction.h"
#include "storage/hot.h"
#include "storage/retention.h"
#include "storage/series_index.h"

/* How long a due chunk that is in use is waited for, and how often looked at. */
#define BUSY_WAIT_MS 200
#define BUSY_POLL_MS 20

/* Series that go at once, while writers wait. */
#define SERIES_MAX 10000

static const FluxBounds all_time = {PG_INT64_MIN, PG_INT64_MAX};

/* ---- chunks ---- */

/* AccessExclusiveLock on both tables, or on neither. */
static bool
lock_tables_at_once(const FluxChunk *chunk)
{
	if (OidIsValid(chunk->hot_oid) &&
		!ConditionalLockRelationOid(chunk->hot_oid, AccessExclusiveLock))
		return false;
	if (!OidIsValid(chunk->seg_oid) ||
		ConditionalLockRelationOid(chunk->seg_oid, AccessExclusiveLock))
		return true;
	if (OidIsValid(chunk->hot_oid))
		UnlockRelationOid(chunk->hot_oid, AccessExclusiveLock);
	return false;
}

/* Asks for a little while, holding nothing in between. */
static bool
lock_tables(const FluxChunk *chunk)
{
	for (int waited = 0; !lock_tables_at_once(chunk); waited += BUSY_POLL_MS)
	{
		if (waited >= BUSY_WAIT_MS)
			return false;
		pg_usleep(BUSY_POLL_MS * 1000L);
		CHECK_FOR_INTERRUPTS();
	}
	return true;
}

FluxChunk *
flux_retention_list_due(const FluxBucket *bucket, int *count)
{
	FluxBounds due = {PG_INT64_MIN, flux_time_now() - bucket->retention_ns};
	FluxChunk *chunks;
	int chunk_count;

	*count = 0;
	if (bucket->retention_ns == 0 || bucket->is_attached)
		return NULL;
	chunks = flux_chunk_list(bucket->bucket_id, due, &chunk_count);
	for (int i = 0; i < chunk_count; i++)
		if (chunks[i].tmax_ns < due.stop_ns)
			chunks[(*count)++] = chunks[i];
	return chunks;
}

bool
flux_retention_drop_chunk(const FluxBucket *bucket, const FluxChunk *chunk)
{
	if (!flux_compaction_lock_chunk(chunk, false) || !lock_tables(chunk))
		return false;
	flux_chunk_drop(chunk);
	flux_retention_note_garbage(bucket->bucket_id);
	return true;
}

void
flux_retention_apply(const FluxBucket *bucket, FluxRetentionReport *report)
{
	FluxChunk *chunks;
	int count;

	PreventCommandIfReadOnly("apply retention");
	flux_bucket_check_owner(bucket);
	chunks = flux_retention_list_due(bucket, &count);
	for (int i = 0; i < count; i++)
	{
		if (flux_retention_drop_chunk(bucket, &chunks[i]))
			report->chunks_dropped++;
		else
			report->chunks_busy++;
	}
}

/* ---- series ---- */

/* A series that some row speaks of. */
typedef struct UsedSeries
{
	int64 series_id; /* hash key */
	bool is_live;    /* in a row that is there for everybody */
} UsedSeries;

static void
note_series(HTAB *used, int64 series_id, bool is_live)
{
	bool found;
	UsedSeries *entry = hash_search(used, &series_id, HASH_ENTER, &found);

	entry->is_live = is_live || (found && entry->is_live);
}

static void
note_hot_row(HTAB *used, TupleTableSlot *slot, bool is_live)
{
	bool is_null;
	struct varlena *payload =
		PG_DETOAST_DATUM_PACKED(slot_getattr(slot, FLUX_HOT_PAYLOAD, &is_null));
	FluxHotReader reader;

	flux_hot_reader_init(&reader, VARDATA_ANY(payload), VARSIZE_ANY_EXHDR(payload));
	while (flux_hot_next_batch(&reader))
		while (flux_hot_next_point(&reader))
			note_series(used, reader.series_id, is_live);
}

/* What a row is to those who read it now: DEAD is nobody's business any more. */
static HTSV_Result
row_state(TupleTableSlot *slot, TransactionId oldest_xmin)
{
	BufferHeapTupleTableSlot *buffer_slot = (BufferHeapTupleTableSlot *) slot;
	HTSV_Result state;

	LockBuffer(buffer_slot->buffer, BUFFER_LOCK_SHARE);
	state = HeapTupleSatisfiesVacuum(buffer_slot->base.tuple, oldest_xmin, buffer_slot->buffer);
	LockBuffer(buffer_slot->buffer, BUFFER_LOCK_UNLOCK);
	return state;
}

/* Notes the series of all rows of a table that some snapshot may see. */
static void
note_table(HTAB *used, Relation rel, bool is_hot)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask row", ALLOCSET_DEFAULT_SIZES);
	TransactionId oldest_xmin = GetOldestNonRemovableTransactionId(rel);
	TableScanDesc scan = table_beginscan(rel, SnapshotAny, 0, NULL);
	TupleTableSlot *slot = table_slot_create(rel, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		MemoryContext old_context = MemoryContextSwitchTo(row_context);
		HTSV_Result state = row_state(slot, oldest_xmin);
		bool is_live = state == HEAPTUPLE_LIVE;
		bool is_null;

		CHECK_FOR_INTERRUPTS();
		if (state != HEAPTUPLE_DEAD && is_hot)
			note_hot_row(used, slot, is_live);
		else if (state != HEAPTUPLE_DEAD)
			note_series(used, DatumGetInt64(slot_getattr(slot, FLUX_SEG_SERIES_ID, &is_null)),
						is_live);
		MemoryContextSwitchTo(old_context);
		MemoryContextReset(row_context);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	MemoryContextDelete(row_context);
}

static void
note_chunks(HTAB *used, const FluxBucket *bucket, bool hot_only)
{
	int count;
	FluxChunk *chunks = flux_chunk_list(bucket->bucket_id, all_time, &count);

	for (int i = 0; i < count; i++)
	{
		Relation hot = flux_chunk_open_hot(&chunks[i], AccessShareLock);
		Relation seg = hot_only ? NULL : flux_chunk_open_seg(&chunks[i], AccessShareLock);

		if (hot != NULL)
		{
			note_table(used, hot, true);
			table_close(hot, AccessShareLock);
		}
		if (seg != NULL)
		{
			note_table(used, seg, false);
			table_close(seg, AccessShareLock);
		}
	}
}

/* Keeps writers of the bucket out if they leave a gap soon. */
static bool
lock_out_writers(const FluxBucket *bucket)
{
	for (int waited = 0;; waited += BUSY_POLL_MS)
	{
		if (ConditionalLockRelationOid(bucket->points_oid, ShareRowExclusiveLock))
			return true;
		if (waited >= BUSY_WAIT_MS)
			return false;
		pg_usleep(BUSY_POLL_MS * 1000L);
		CHECK_FOR_INTERRUPTS();
	}
}

/* ---- which buckets ---- */

void
flux_retention_note_garbage(int32 bucket_id)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.series_garbage (bucket_id) VALUES ($1)", 1, {INT4OID}};
	Datum args[] = {Int32GetDatum(bucket_id)};
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&insert, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

bool
flux_retention_has_garbage(const FluxBucket *bucket)
{
	static FluxCatalogStatement select = {
		"SELECT FROM _flux_catalog.series_garbage WHERE bucket_id = $1 LIMIT 1", 1, {INT4OID}};
	Datum args[] = {Int32GetDatum(bucket->bucket_id)};
	FluxCatalogScope scope;
	bool has_some;

	flux_catalog_enter(&scope);
	SPI_connect();
	has_some = flux_catalog_execute(&select, args, NULL, true) > 0;
	SPI_finish();
	flux_catalog_leave(&scope);
	return has_some;
}

/* The search that follows covers all that was noted by now. */
static void
forget_garbage(int32 bucket_id)
{
	static FluxCatalogStatement delete = {
		"DELETE FROM _flux_catalog.series_garbage WHERE bucket_id = $1", 1, {INT4OID}};
	Datum args[] = {Int32GetDatum(bucket_id)};
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&delete, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

/* ---- the search ---- */

/*
 * The ids of the bucket's series that are not used.  *has_remains tells whether
 * there are such that only older snapshots still see, or that an open transaction
 * writes or deletes.
 */
static Datum *
unused_series(const FluxBucket *bucket, HTAB *used, int *count, bool *has_remains)
{
	int series_count;
	FluxSeriesInfo *series = flux_series_find(bucket->bucket_id, NULL, &series_count);
	Datum *unused = palloc_extended(Max(1, series_count) * sizeof(Datum), MCXT_ALLOC_HUGE);

	*count = 0;
	for (int i = 0; i < series_count; i++)
	{
		const UsedSeries *entry = hash_search(used, &series[i].series_id, HASH_FIND, NULL);

		if (entry == NULL)
			unused[(*count)++] = Int64GetDatum(series[i].series_id);
		else if (!entry->is_live)
			*has_remains = true;
	}
	return unused;
}

/* In a scope, connected: the tag pairs of some series, as an array. */
static Datum
pairs_of(Datum *args)
{
	static FluxCatalogStatement select = {
		"SELECT array_agg(DISTINCT pair) FROM _flux_catalog.series, unnest(pairs) AS pair"
		" WHERE bucket_id = $1 AND series_id = ANY ($2)",
		2,
		{INT4OID, INT8ARRAYOID}};
	bool is_null;
	Datum pairs;

	flux_catalog_execute(&select, args, NULL, true);
	pairs = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
	return is_null ? flux_catalog_array(NULL, 0, INT8OID) : pairs;
}

static int64
delete_series(const FluxBucket *bucket, Datum *ids, int count)
{
	static FluxCatalogStatement delete_rows = {
		"DELETE FROM _flux_catalog.series WHERE bucket_id = $1 AND series_id = ANY ($2)",
		2,
		{INT4OID, INT8ARRAYOID}};
	static FluxCatalogStatement delete_pairs = {
		"DELETE FROM _flux_catalog.tag_pair p WHERE bucket_id = $1 AND pair_id = ANY ($2)"
		" AND NOT EXISTS (SELECT FROM _flux_catalog.series s"
		"  WHERE s.bucket_id + 0 = $1 AND s.pairs @> ARRAY[p.pair_id])",
		2,
		{INT4OID, INT8ARRAYOID}};
	Datum args[] = {Int32GetDatum(bucket->bucket_id), flux_catalog_array(ids, count, INT8OID)};
	FluxCatalogScope scope;
	uint64 deleted;

	flux_catalog_enter(&scope);
	SPI_connect();

	Datum pairs = pairs_of(args);

	deleted = flux_catalog_execute(&delete_rows, args, NULL, false);
	args[1] = pairs;
	/* Each pair is looked up in the index on pairs, whatever the planner believes:
	 * reading all series of the bucket for each takes minutes. */
	(void) set_config_option("enable_seqscan", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	flux_catalog_execute(&delete_pairs, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
	CacheInvalidateRelcacheByRelid(flux_catalog_oid(FLUX_CATALOG_SERIES));
	return (int64) deleted;
}

/* In a context of its own. False when there is, or may be, more to remove later. */
static bool
collect(const FluxBucket *bucket, FluxRetentionReport *report)
{
	HASHCTL control = {
		.keysize = sizeof(int64), .entrysize = sizeof(UsedSeries), .hcxt = CurrentMemoryContext};
	HTAB *used =
		hash_create("fluxtask used series", 1024, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	int count;
	Datum *unused;
	bool has_remains = false;

	note_chunks(used, bucket, false);
	unused = unused_series(bucket, used, &count, &has_remains);
	if (count == 0)
		return !has_remains;
	if (!lock_out_writers(bucket))
		return false;

	/* Writers are out, and what the last of them wrote is hot. */
	note_chunks(used, bucket, true);
	unused = unused_series(bucket, used, &count, &has_remains);
	if (count > 0)
		report->series_dropped += delete_series(bucket, unused, Min(count, SERIES_MAX));
	return count <= SERIES_MAX && !has_remains;
}

bool
flux_retention_collect_series(const FluxBucket *bucket, FluxRetentionReport *report)
{
	MemoryContext context;
	MemoryContext old_context;
	bool is_complete;

	PreventCommandIfReadOnly("collect series");
	flux_bucket_check_owner(bucket);
	if (bucket->is_attached || !OidIsValid(bucket->points_oid))
		return true;
	if (!flux_compaction_lock_bucket(bucket->bucket_id))
		return false;
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask series garbage",
									ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	forget_garbage(bucket->bucket_id);
	is_complete = collect(bucket, report);
	if (!is_complete)
		flux_retention_note_garbage(bucket->bucket_id);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
	return is_complete;
}
