/*
 * retention.c
 *		Dropping chunks by age; collecting series that nobody has points of.
 *
 * A series goes when no row of any chunk speaks of it, rows that are deleted
 * but still there for some old snapshot included.  Finding that out takes a
 * while, so it is done first under the rewrite locks of the chunks alone, which
 * keep points from moving between tables; then, for a moment, writers are kept
 * out too, what they have added meanwhile is looked at, and the rest is
 * deleted.  All locks are taken only if they are free.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
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
#define BUSY_WAIT_MS	200
#define BUSY_POLL_MS	20

static const FluxBounds all_time = {PG_INT64_MIN, PG_INT64_MAX};

/* ---- chunks ---- */

static bool
lock_table(Oid table_oid)
{
	for (int waited = 0; OidIsValid(table_oid); waited += BUSY_POLL_MS)
	{
		if (ConditionalLockRelationOid(table_oid, AccessExclusiveLock))
			break;
		if (waited >= BUSY_WAIT_MS)
			return false;
		pg_usleep(BUSY_POLL_MS * 1000L);
		CHECK_FOR_INTERRUPTS();
	}
	return true;
}

void
flux_retention_apply(const FluxBucket *bucket, FluxRetentionReport *report)
{
	FluxBounds	due = {PG_INT64_MIN, flux_time_now() - bucket->retention_ns};
	FluxChunk  *chunks;
	int			count;

	PreventCommandIfReadOnly("apply retention");
	flux_bucket_check_owner(bucket);
	if (bucket->retention_ns == 0 || bucket->is_attached)
		return;
	chunks = flux_chunk_list(bucket->bucket_id, due, &count);
	for (int i = 0; i < count; i++)
	{
		if (chunks[i].tmax_ns >= due.stop_ns)
			continue;
		if (!flux_compaction_lock_chunk(&chunks[i], false) || !lock_table(chunks[i].hot_oid))
		{
			report->chunks_busy++;
			continue;
		}
		if (!lock_table(chunks[i].seg_oid))
		{
			if (OidIsValid(chunks[i].hot_oid))
				UnlockRelationOid(chunks[i].hot_oid, AccessExclusiveLock);
			report->chunks_busy++;
			continue;
		}
		flux_chunk_drop(&chunks[i]);
		report->chunks_dropped++;
	}
	pfree(chunks);
}

/* ---- series ---- */

static void
note_series(HTAB *used, int64 series_id)
{
	(void) hash_search(used, &series_id, HASH_ENTER, NULL);
}

static void
note_hot_row(HTAB *used, TupleTableSlot *slot)
{
	bool		is_null;
	struct varlena *payload = PG_DETOAST_DATUM_PACKED(slot_getattr(slot, FLUX_HOT_PAYLOAD,
																   &is_null));
	FluxHotReader reader;

	flux_hot_reader_init(&reader, VARDATA_ANY(payload), VARSIZE_ANY_EXHDR(payload));
	while (flux_hot_next_batch(&reader))
		while (flux_hot_next_point(&reader))
			note_series(used, reader.series_id);
}

/* Notes the series of all rows of a table, dead ones included. */
static void
note_table(HTAB *used, Relation rel, bool is_hot)
{
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask row",
													  ALLOCSET_DEFAULT_SIZES);
	TableScanDesc scan = table_beginscan(rel, SnapshotAny, 0, NULL);
	TupleTableSlot *slot = table_slot_create(rel, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		MemoryContext old_context = MemoryContextSwitchTo(row_context);
		bool		is_null;

		CHECK_FOR_INTERRUPTS();
		if (is_hot)
			note_hot_row(used, slot);
		else
			note_series(used, DatumGetInt64(slot_getattr(slot, FLUX_SEG_SERIES_ID, &is_null)));
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
	int			count;
	FluxChunk  *chunks = flux_chunk_list(bucket->bucket_id, all_time, &count);

	for (int i = 0; i < count; i++)
	{
		Relation	hot = flux_chunk_open_hot(&chunks[i], AccessShareLock);
		Relation	seg = hot_only ? NULL : flux_chunk_open_seg(&chunks[i], AccessShareLock);

		if (hot != NULL)
		{
			note_table(used, hot, true);
			table_close(hot, NoLock);
		}
		if (seg != NULL)
		{
			note_table(used, seg, false);
			table_close(seg, NoLock);
		}
	}
}

static bool
lock_rewriting(const FluxBucket *bucket)
{
	int			count;
	FluxChunk  *chunks = flux_chunk_list(bucket->bucket_id, all_time, &count);

	for (int i = 0; i < count; i++)
		if (!flux_compaction_lock_chunk(&chunks[i], false))
			return false;
	return true;
}

/* The ids of the bucket's series that are not used. */
static Datum *
unused_series(const FluxBucket *bucket, HTAB *used, int *count)
{
	int			series_count;
	FluxSeriesInfo *series = flux_series_find(bucket->bucket_id, NULL, &series_count);
	Datum	   *unused = palloc_extended(Max(1, series_count) * sizeof(Datum), MCXT_ALLOC_HUGE);

	*count = 0;
	for (int i = 0; i < series_count; i++)
		if (hash_search(used, &series[i].series_id, HASH_FIND, NULL) == NULL)
			unused[(*count)++] = Int64GetDatum(series[i].series_id);
	return unused;
}

static int64
delete_series(const FluxBucket *bucket, Datum *ids, int count)
{
	static FluxCatalogStatement delete_rows = {
		"DELETE FROM _flux_catalog.series WHERE bucket_id = $1 AND series_id = ANY ($2)",
		2, {INT4OID, INT8ARRAYOID}
	};
	static FluxCatalogStatement delete_pairs = {
		"DELETE FROM _flux_catalog.tag_pair p WHERE bucket_id = $1 AND NOT EXISTS"
		" (SELECT FROM _flux_catalog.series s"
		"  WHERE s.bucket_id = $1 AND s.pairs @> ARRAY[p.pair_id])",
		1, {INT4OID}
	};
	Datum		args[] = {
		Int32GetDatum(bucket->bucket_id), flux_catalog_array(ids, count, INT8OID)
	};
	FluxCatalogScope scope;
	uint64		deleted;

	flux_catalog_enter(&scope);
	SPI_connect();
	deleted = flux_catalog_execute(&delete_rows, args, NULL, false);
	flux_catalog_execute(&delete_pairs, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
	CacheInvalidateRelcacheByRelid(flux_catalog_oid(FLUX_CATALOG_SERIES));
	return (int64) deleted;
}

/* In a context of its own. */
static void
collect(const FluxBucket *bucket, FluxRetentionReport *report)
{
	HASHCTL		control = {.keysize = sizeof(int64),.entrysize = sizeof(int64),
	.hcxt = CurrentMemoryContext};
	HTAB	   *used = hash_create("fluxtask used series", 1024, &control,
								   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	int			count;
	Datum	   *unused;

	if (!lock_rewriting(bucket))
		return;
	note_chunks(used, bucket, false);
	unused = unused_series(bucket, used, &count);
	if (count == 0 || !ConditionalLockRelationOid(bucket->points_oid, ShareRowExclusiveLock))
		return;

	/* Writers are out, and what the last of them wrote is hot. */
	note_chunks(used, bucket, true);
	unused = unused_series(bucket, used, &count);
	if (count > 0)
		report->series_dropped += delete_series(bucket, unused, count);
}

void
flux_retention_collect_series(const FluxBucket *bucket, FluxRetentionReport *report)
{
	MemoryContext context;
	MemoryContext old_context;

	PreventCommandIfReadOnly("collect series");
	flux_bucket_check_owner(bucket);
	if (bucket->is_attached || !OidIsValid(bucket->points_oid))
		return;
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask series garbage",
									ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	collect(bucket, report);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
}
