/*
 * chunk.c
 *		Finding, creating and dropping chunks.
 *
 * Writers ask for the chunk of an instant once per run of points, so a backend
 * remembers the chunks it has written to, per bucket and sorted by time.  The
 * cache is always right: a chunk that others made is a miss and read again
 * under the creation lock; a chunk that was dropped invalidates the relcache
 * entry of _flux_catalog.chunk, which empties the cache; one that this
 * transaction made and then rolled back empties it too.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/lock_class.h"
#include "base/pg_compat.h"
#include "storage/catalog.h"
#include "storage/chunk.h"

/* Column numbers of _flux_catalog.chunk and its index by time. */
enum
{
	CHUNK_CHUNK_ID = 1,
	CHUNK_BUCKET_ID,
	CHUNK_TMIN,
	CHUNK_TMAX
};

/* The remembered chunks of a bucket. */
typedef struct CachedBucket
{
	int32 bucket_id; /* hash key */
	int count;
	int capacity;
	FluxChunk **chunks; /* sorted by tmin_ns */
	FluxChunk *last;    /* answered last */
} CachedBucket;

static HTAB *cache;
static MemoryContext cache_context;
static bool cache_is_stale; /* empty it at the next look */
static bool cache_has_own;  /* holds a chunk that this transaction made */
static bool callbacks_are_registered;
static Oid chunk_oid; /* the catalog's table; another after CREATE EXTENSION */

/* ---- the cache ---- */

static void
on_relcache_invalidation(Datum arg, Oid relation_oid)
{
	if (!OidIsValid(relation_oid) || cache_context == NULL || relation_oid == chunk_oid)
		cache_is_stale = true;
}

static void
on_transaction_end(XactEvent event, void *arg)
{
	/* A prepared transaction may yet be rolled back. */
	if ((event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) && cache_has_own)
		cache_is_stale = true;
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
		cache_has_own = false;
}

static void
on_subtransaction_end(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && cache_has_own)
		cache_is_stale = true;
}

/*
 * The remembered chunks of a bucket.  Emptying waits until here because chunks
 * handed out live until the end of the transaction: a stale context is kept
 * that long.
 */
static CachedBucket *
cached_bucket(int32 bucket_id)
{
	Oid oid = flux_catalog_oid(FLUX_CATALOG_CHUNK);

	if (oid != chunk_oid)
		cache_is_stale = true;
	chunk_oid = oid;
	if (!callbacks_are_registered)
	{
		CacheRegisterRelcacheCallback(on_relcache_invalidation, (Datum) 0);
		RegisterXactCallback(on_transaction_end, NULL);
		RegisterSubXactCallback(on_subtransaction_end, NULL);
		callbacks_are_registered = true;
	}
	if (cache_is_stale && cache_context != NULL)
	{
		MemoryContextSetParent(cache_context, TopTransactionContext);
		cache_context = NULL;
		cache = NULL;
	}
	cache_is_stale = false;
	if (cache == NULL)
	{
		cache_context =
			AllocSetContextCreate(CacheMemoryContext, "fluxtask chunks", ALLOCSET_SMALL_SIZES);

		HASHCTL control = {
			.keysize = sizeof(int32), .entrysize = sizeof(CachedBucket), .hcxt = cache_context};

		cache = hash_create("fluxtask chunks", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}

	bool found;
	CachedBucket *entry = hash_search(cache, &bucket_id, HASH_ENTER, &found);

	if (!found)
	{
		entry->count = 0;
		entry->capacity = 0;
		entry->chunks = NULL;
		entry->last = NULL;
	}
	return entry;
}

/* Binary search: the remembered chunk of an instant, or NULL. */
static FluxChunk *
cache_find(const CachedBucket *entry, int64 time_ns)
{
	int low = 0;
	int high = entry->count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (entry->chunks[middle]->tmin_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0 && flux_chunk_contains(entry->chunks[low - 1], time_ns))
		return entry->chunks[low - 1];
	return NULL;
}

static FluxChunk *
cache_insert(CachedBucket *entry, const FluxChunk *chunk)
{
	MemoryContext old_context = MemoryContextSwitchTo(cache_context);
	FluxChunk *copy = palloc(sizeof(FluxChunk));
	int position = entry->count;

	*copy = *chunk;
	if (entry->count == entry->capacity)
	{
		entry->capacity = Max(8, entry->capacity * 2);
		entry->chunks = entry->chunks == NULL
							? palloc_array(FluxChunk *, entry->capacity)
							: repalloc_array(entry->chunks, FluxChunk *, entry->capacity);
	}
	for (; position > 0 && entry->chunks[position - 1]->tmin_ns > chunk->tmin_ns; position--)
		entry->chunks[position] = entry->chunks[position - 1];
	entry->chunks[position] = copy;
	entry->count++;
	MemoryContextSwitchTo(old_context);
	return copy;
}

/* ---- reading the catalog ---- */

static Oid
data_table_oid(const char *kind, int32 chunk_id)
{
	char name[NAMEDATALEN];

	snprintf(name, sizeof(name), "%s_%d", kind, chunk_id);
	return get_relname_relid(name, flux_catalog_data_schema());
}

static FluxChunk
chunk_from_tuple(HeapTuple tuple, TupleDesc desc)
{
	FluxChunk chunk;
	bool is_null;

	chunk.chunk_id = DatumGetInt32(heap_getattr(tuple, CHUNK_CHUNK_ID, desc, &is_null));
	chunk.bucket_id = DatumGetInt32(heap_getattr(tuple, CHUNK_BUCKET_ID, desc, &is_null));
	chunk.tmin_ns = DatumGetInt64(heap_getattr(tuple, CHUNK_TMIN, desc, &is_null));
	chunk.tmax_ns = DatumGetInt64(heap_getattr(tuple, CHUNK_TMAX, desc, &is_null));
	chunk.hot_oid = data_table_oid("hot", chunk.chunk_id);
	chunk.seg_oid = data_table_oid("seg", chunk.chunk_id);
	return chunk;
}

FluxChunk *
flux_chunk_list(int32 bucket_id, FluxBounds bounds, int *count)
{
	Relation rel = table_open(flux_catalog_oid(FLUX_CATALOG_CHUNK), AccessShareLock);
	Snapshot snapshot = flux_catalog_snapshot();
	ScanKeyData keys[2];
	int capacity = 8;
	FluxChunk *chunks = palloc_array(FluxChunk, capacity);
	HeapTuple tuple;

	*count = 0;
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(bucket_id));
	ScanKeyInit(&keys[1], 2, BTLessStrategyNumber, F_INT8LT, Int64GetDatum(bounds.stop_ns));

	Relation index = index_open(flux_catalog_oid(FLUX_CATALOG_CHUNK_TMIN_KEY), AccessShareLock);
	IndexScanDesc scan = flux_compat_index_beginscan(rel, index, snapshot, 2, 0);
	TupleTableSlot *slot = table_slot_create(rel, NULL);

	index_rescan(scan, keys, 2, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		bool should_free;

		tuple = ExecFetchSlotHeapTuple(slot, false, &should_free);

		FluxChunk chunk = chunk_from_tuple(tuple, RelationGetDescr(rel));

		if (should_free)
			heap_freetuple(tuple);
		if (chunk.tmax_ns < bounds.start_ns)
			continue;
		if (*count == capacity)
		{
			capacity *= 2;
			chunks = repalloc_array(chunks, FluxChunk, capacity);
		}
		chunks[(*count)++] = chunk;
	}
	ExecDropSingleTupleTableSlot(slot);
	index_endscan(scan);
	index_close(index, NoLock);
	UnregisterSnapshot(snapshot);
	table_close(rel, NoLock);
	return chunks;
}

FluxChunk *
flux_chunk_get(int32 chunk_id)
{
	Relation rel = table_open(flux_catalog_oid(FLUX_CATALOG_CHUNK), AccessShareLock);
	Snapshot snapshot = flux_catalog_snapshot();
	ScanKeyData key;
	FluxChunk *chunk = NULL;

	ScanKeyInit(&key, CHUNK_CHUNK_ID, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(chunk_id));

	SysScanDesc scan =
		systable_beginscan(rel, flux_catalog_oid(FLUX_CATALOG_CHUNK_PKEY), true, snapshot, 1, &key);
	HeapTuple tuple = systable_getnext(scan);

	if (HeapTupleIsValid(tuple))
	{
		chunk = palloc(sizeof(FluxChunk));
		*chunk = chunk_from_tuple(tuple, RelationGetDescr(rel));
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, NoLock);
	return chunk;
}

/* ---- creating ---- */

/* a + b, b >= 0, held at the greatest storable instant. */
static int64
add_saturating(int64 a, int64 b)
{
	int64 sum;

	return pg_add_s64_overflow(a, b, &sum) ? FLUX_TIME_MAX : Min(sum, FLUX_TIME_MAX);
}

void
flux_chunk_range(int64 chunk_ns, int64 time_ns, int64 *tmin_ns, int64 *tmax_ns)
{
	int64 past = time_ns % chunk_ns;

	if (past < 0)
		past += chunk_ns;
	if (pg_sub_s64_overflow(time_ns, past, tmin_ns) || *tmin_ns < FLUX_TIME_MIN)
	{
		*tmin_ns = FLUX_TIME_MIN;
		/* Wraps below the least number and back. */
		*tmax_ns = (int64) ((uint64) time_ns - (uint64) past + (uint64) chunk_ns - 1);
	}
	else
		*tmax_ns = add_saturating(*tmin_ns, chunk_ns - 1);
}

/*
 * Finds the chunk of an instant in the catalog; else narrows the range that a
 * new one may take to what its neighbours leave (they may have been made with
 * another chunk interval).
 */
static bool
find_or_narrow(int32 bucket_id, int64 time_ns, int64 *tmin_ns, int64 *tmax_ns, FluxChunk *found)
{
	int count;
	FluxBounds bounds = {*tmin_ns, *tmax_ns + 1};
	FluxChunk *chunks = flux_chunk_list(bucket_id, bounds, &count);

	for (int i = 0; i < count; i++)
	{
		if (flux_chunk_contains(&chunks[i], time_ns))
		{
			*found = chunks[i];
			return true;
		}
		if (chunks[i].tmax_ns < time_ns)
			*tmin_ns = Max(*tmin_ns, chunks[i].tmax_ns + 1);
		else
			*tmax_ns = Min(*tmax_ns, chunks[i].tmin_ns - 1);
	}
	pfree(chunks);
	return false;
}

/* Held until the end of the transaction, as the rows that it guards are. */
static void
lock_creation(int32 bucket_id, int64 tmin_ns)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) bucket_id,
						 (uint32) ((uint64) tmin_ns / FLUX_NS_PER_SECOND), FLUX_LOCK_CREATE_CHUNK);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/* Inserts the catalog row and creates both tables. */
static FluxChunk
create_chunk(int32 bucket_id, int64 tmin_ns, int64 tmax_ns)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.chunk (bucket_id, tmin, tmax) VALUES ($1, $2, $3)"
		" RETURNING chunk_id",
		3,
		{INT4OID, INT8OID, INT8OID}};
	Datum args[] = {Int32GetDatum(bucket_id), Int64GetDatum(tmin_ns), Int64GetDatum(tmax_ns)};
	FluxCatalogScope scope;
	FluxChunk chunk = {.bucket_id = bucket_id, .tmin_ns = tmin_ns, .tmax_ns = tmax_ns};
	bool is_null;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&insert, args, NULL, false);
	chunk.chunk_id =
		DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null));
	flux_catalog_command(psprintf(
		"CREATE TABLE _flux_data.hot_%1$d ("
		"tmin bigint NOT NULL, tmax bigint NOT NULL, smin bigint NOT NULL, smax bigint NOT NULL,"
		" seq bigint NOT NULL, m_id integer NOT NULL, npoints integer NOT NULL,"
		" payload bytea NOT NULL) USING heap WITH (toast_tuple_target = 8160);"
		"ALTER TABLE _flux_data.hot_%1$d ALTER payload SET STORAGE EXTERNAL;"
		"CREATE INDEX hot_%1$d_idx ON _flux_data.hot_%1$d (m_id, tmax);"
		"CREATE TABLE _flux_data.seg_%1$d ("
		"series_id bigint NOT NULL, tmin bigint NOT NULL, tmax bigint NOT NULL, vmin bigint,"
		" vmax bigint, vsum bigint, vfirst bigint, vlast bigint, field_id integer NOT NULL,"
		" npoints integer NOT NULL, flags integer NOT NULL, tdata bytea NOT NULL,"
		" vdata bytea NOT NULL) USING heap WITH (toast_tuple_target = 8160);"
		"ALTER TABLE _flux_data.seg_%1$d ALTER tdata SET STORAGE EXTERNAL,"
		" ALTER vdata SET STORAGE EXTERNAL;"
		"CREATE INDEX seg_%1$d_idx ON _flux_data.seg_%1$d (field_id, series_id, tmin)",
		chunk.chunk_id));
	SPI_finish();
	flux_catalog_leave(&scope);

	chunk.hot_oid = data_table_oid("hot", chunk.chunk_id);
	chunk.seg_oid = data_table_oid("seg", chunk.chunk_id);
	return chunk;
}

const FluxChunk *
flux_chunk_if_known(const FluxBucket *bucket, int64 time_ns)
{
	return cache_find(cached_bucket(bucket->bucket_id), time_ns);
}

const FluxChunk *
flux_chunk_for_write(const FluxBucket *bucket, int64 time_ns)
{
	CachedBucket *entry = cached_bucket(bucket->bucket_id);
	FluxChunk chunk;
	int64 tmin_ns, tmax_ns;

	if (entry->last != NULL && flux_chunk_contains(entry->last, time_ns))
		return entry->last;

	FluxChunk *cached = cache_find(entry, time_ns);

	if (cached != NULL)
		return entry->last = cached;

	/* What the caller knows of the bucket may be older than its lock. */
	flux_chunk_range(flux_bucket_get_by_id(bucket->bucket_id, false)->chunk_ns, time_ns, &tmin_ns,
					 &tmax_ns);

	int64 lock_key = tmin_ns;
	bool found = find_or_narrow(bucket->bucket_id, time_ns, &tmin_ns, &tmax_ns, &chunk);

	if (!found)
	{
		lock_creation(bucket->bucket_id, lock_key);
		found = find_or_narrow(bucket->bucket_id, time_ns, &tmin_ns, &tmax_ns, &chunk);
	}
	if (!found)
	{
		chunk = create_chunk(bucket->bucket_id, tmin_ns, tmax_ns);
		cache_has_own = true;
	}
	else if (!OidIsValid(chunk.hot_oid))
		elog(ERROR, "tables of chunk %d are missing", chunk.chunk_id);

	/* Creating tables may have emptied the cache. */
	entry = cached_bucket(bucket->bucket_id);
	return entry->last = cache_insert(entry, &chunk);
}

/* ---- opening and dropping ---- */

Relation
flux_chunk_open_hot(const FluxChunk *chunk, LOCKMODE lockmode)
{
	return OidIsValid(chunk->hot_oid) ? try_table_open(chunk->hot_oid, lockmode) : NULL;
}

Relation
flux_chunk_open_seg(const FluxChunk *chunk, LOCKMODE lockmode)
{
	return OidIsValid(chunk->seg_oid) ? try_table_open(chunk->seg_oid, lockmode) : NULL;
}

Oid
flux_chunk_index_oid(Relation rel)
{
	List *indexes = RelationGetIndexList(rel);

	if (list_length(indexes) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the index of \"%s\" is missing", RelationGetRelationName(rel)),
				 errhint("REINDEX or restore the chunk's tables; do not drop their indexes.")));

	Oid index_oid = linitial_oid(indexes);

	list_free(indexes);
	return index_oid;
}

void
flux_chunk_drop(const FluxChunk *chunk)
{
	static FluxCatalogStatement delete_fields = {
		"DELETE FROM _flux_catalog.chunk_field WHERE chunk_id = $1", 1, {INT4OID}};
	static FluxCatalogStatement delete_chunk = {
		"DELETE FROM _flux_catalog.chunk WHERE chunk_id = $1", 1, {INT4OID}};
	Datum args[] = {Int32GetDatum(chunk->chunk_id)};
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	if (OidIsValid(chunk->hot_oid))
		flux_catalog_command(psprintf("DROP TABLE IF EXISTS _flux_data.hot_%d", chunk->chunk_id));
	if (OidIsValid(chunk->seg_oid))
		flux_catalog_command(psprintf("DROP TABLE IF EXISTS _flux_data.seg_%d", chunk->chunk_id));
	flux_catalog_execute(&delete_fields, args, NULL, false);
	flux_catalog_execute(&delete_chunk, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
	CacheInvalidateRelcacheByRelid(flux_catalog_oid(FLUX_CATALOG_CHUNK));
}
