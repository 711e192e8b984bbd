/*
 * bucket_cache.c
 *		Rows of _flux_catalog.bucket that this backend has read.
 *
 * One table by name; a search by id or schema walks it, which is short: a backend
 * works with few buckets.  All is forgotten at any invalidation of the relcache
 * entry of _flux_catalog.bucket.  One that comes while a row is being read
 * leaves the mark behind, so that the row is forgotten at the next look; and an
 * abort repeats the invalidations of what it takes back.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "storage/bucket_cache.h"
#include "storage/catalog.h"

#define ROWS_MAX 1000 /* remembered; then they start anew */

static HTAB *rows;
static Oid watched_oid; /* _flux_catalog.bucket */
static bool is_stale;
static bool callback_is_registered;

static void
on_relcache_invalidation(Datum arg, Oid relation_oid)
{
	if (!OidIsValid(relation_oid) || relation_oid == watched_oid)
		is_stale = true;
}

/* Makes the table ready for a look at what is valid now. */
static void
catch_up(void)
{
	Oid bucket_oid = flux_catalog_oid(FLUX_CATALOG_BUCKET);

	if (!callback_is_registered)
	{
		CacheRegisterRelcacheCallback(on_relcache_invalidation, (Datum) 0);
		callback_is_registered = true;
	}
	AcceptInvalidationMessages();
	if (rows != NULL &&
		(is_stale || bucket_oid != watched_oid || hash_get_num_entries(rows) >= ROWS_MAX))
	{
		hash_destroy(rows);
		rows = NULL;
	}
	is_stale = false;
	watched_oid = bucket_oid;
	if (rows == NULL)
	{
		HASHCTL control = {
			.keysize = NAMEDATALEN, .entrysize = sizeof(FluxBucketRow), .hcxt = CacheMemoryContext};

		rows =
			hash_create("fluxtask buckets", 16, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
}

const FluxBucketRow *
flux_bucket_cache_by_name(const char *name)
{
	catch_up();
	return strlen(name) < NAMEDATALEN ? hash_search(rows, name, HASH_FIND, NULL) : NULL;
}

const FluxBucketRow *
flux_bucket_cache_by_id(int32 bucket_id)
{
	HASH_SEQ_STATUS status;
	const FluxBucketRow *row;

	catch_up();
	hash_seq_init(&status, rows);
	while ((row = hash_seq_search(&status)) != NULL)
	{
		if (row->bucket_id == bucket_id)
		{
			hash_seq_term(&status);
			return row;
		}
	}
	return NULL;
}

const FluxBucketRow *
flux_bucket_cache_by_schema(const char *schema_name)
{
	HASH_SEQ_STATUS status;
	const FluxBucketRow *row;

	catch_up();
	/* They are named alike, unless somebody renamed the schema. */
	row = hash_search(rows, schema_name, HASH_FIND, NULL);
	if (row != NULL && strcmp(row->schema_name, schema_name) == 0)
		return row;
	hash_seq_init(&status, rows);
	while ((row = hash_seq_search(&status)) != NULL)
	{
		if (strcmp(row->schema_name, schema_name) == 0)
		{
			hash_seq_term(&status);
			return row;
		}
	}
	return NULL;
}

void
flux_bucket_cache_add(const FluxBucketRow *row)
{
	if (rows != NULL)
		*(FluxBucketRow *) hash_search(rows, row->name, HASH_ENTER, NULL) = *row;
}

/*
 * The trigger on the table, after each statement: this backend reads anew at
 * once, the others when the transaction commits.
 */
PG_FUNCTION_INFO_V1(fluxtask_bucket_changed);

PGDLLEXPORT Datum
fluxtask_bucket_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("bucket_changed() must be called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	/* An abort repeats what came before the current command only. */
	CommandCounterIncrement();
	is_stale = true;
	return PointerGetDatum(NULL);
}
