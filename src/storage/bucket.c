/*
 * bucket.c
 *		Buckets: a catalog row, a schema, and the foreign table "_points".
 *
 * The schema and the foreign tables in it are ordinary objects of the role
 * that created the bucket: they are made and dropped under its own rights, are
 * dumped by pg_dump, and GRANT works on them.  The catalog row and the chunk
 * tables belong to the extension's owner.  Access to a bucket is decided by the
 * ACL of "_points" alone; the measurements' tables are open to everybody by
 * GRANT and the foreign data wrapper asks "_points" behind them.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "commands/dbcommands.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "storage/bucket.h"
#include "storage/bucket_cache.h"
#include "storage/catalog.h"
#include "storage/chunk.h"

/* Shortest retention and chunk that make sense; InfluxDB's own minimum. */
#define RETENTION_MIN_NS FLUX_NS_PER_HOUR
#define CHUNK_MIN_NS FLUX_NS_PER_MINUTE

/* Column numbers of _flux_catalog.bucket. */
enum
{
	BUCKET_BUCKET_ID = 1,
	BUCKET_NAME,
	BUCKET_SCHEMA_NAME,
	BUCKET_RETENTION_NS,
	BUCKET_CHUNK_NS,
	BUCKET_IS_ATTACHED,
	BUCKET_IS_WATCHED
};

/* ---- finding ---- */

/* The owner of a relation; invalid when it is gone. */
static Oid
relation_owner(Oid relation_oid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation_oid));
	Oid owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

static FluxBucketRow
row_from_tuple(HeapTuple tuple, TupleDesc desc)
{
	FluxBucketRow row;
	bool is_null;

	memset(&row, 0, sizeof(row));
	strlcpy(row.name, TextDatumGetCString(heap_getattr(tuple, BUCKET_NAME, desc, &is_null)),
			NAMEDATALEN);
	strlcpy(row.schema_name,
			NameStr(*DatumGetName(heap_getattr(tuple, BUCKET_SCHEMA_NAME, desc, &is_null))),
			NAMEDATALEN);
	row.bucket_id = DatumGetInt32(heap_getattr(tuple, BUCKET_BUCKET_ID, desc, &is_null));
	row.retention_ns = DatumGetInt64(heap_getattr(tuple, BUCKET_RETENTION_NS, desc, &is_null));
	row.chunk_ns = DatumGetInt64(heap_getattr(tuple, BUCKET_CHUNK_NS, desc, &is_null));
	row.is_attached = DatumGetBool(heap_getattr(tuple, BUCKET_IS_ATTACHED, desc, &is_null));
	row.is_watched = DatumGetBool(heap_getattr(tuple, BUCKET_IS_WATCHED, desc, &is_null));
	return row;
}

/* Adds what the server's caches know of its schema; palloc'd. */
static FluxBucket *
bucket_from_row(const FluxBucketRow *row)
{
	FluxBucket *bucket = palloc0(sizeof(FluxBucket));

	bucket->bucket_id = row->bucket_id;
	bucket->name = pstrdup(row->name);
	bucket->schema_name = pstrdup(row->schema_name);
	bucket->retention_ns = row->retention_ns;
	bucket->chunk_ns = row->chunk_ns;
	bucket->is_attached = row->is_attached;
	bucket->is_watched = row->is_watched;
	bucket->schema_oid = get_namespace_oid(bucket->schema_name, true);
	if (OidIsValid(bucket->schema_oid))
		bucket->points_oid = get_relname_relid("_points", bucket->schema_oid);
	if (OidIsValid(bucket->points_oid))
		bucket->owner_oid = relation_owner(bucket->points_oid);
	return bucket;
}

/* The first bucket that the key finds, or NULL. */
static FluxBucket *
find_bucket(Oid index_oid, ScanKey key)
{
	Relation rel = table_open(flux_catalog_oid(FLUX_CATALOG_BUCKET), AccessShareLock);
	Snapshot snapshot = flux_catalog_snapshot();
	SysScanDesc scan = systable_beginscan(rel, index_oid, OidIsValid(index_oid), snapshot, 1, key);
	HeapTuple tuple = systable_getnext(scan);
	FluxBucketRow row;
	bool found = HeapTupleIsValid(tuple);

	if (found)
		row = row_from_tuple(tuple, RelationGetDescr(rel));
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, NoLock);
	if (!found)
		return NULL;
	flux_bucket_cache_add(&row);
	return bucket_from_row(&row);
}

static void
raise_undefined(FluxText name)
{
	FluxNearName near;
	int count;
	FluxBucket **buckets = flux_bucket_list(&count);

	flux_near_name_init(&near, name);
	for (int i = 0; i < count; i++)
		flux_near_name_offer(&near, flux_text_from_cstring(buckets[i]->name));

	const char *hint = flux_near_name_hint(&near);

	ereport(ERROR,
			(errcode(FLUX_ERRCODE_UNDEFINED_BUCKET),
			 errmsg("bucket \"%s\" does not exist", flux_text_to_cstring(name)),
			 hint != NULL ? errhint("%s", hint)
						  : errhint("Create it with flux.create_bucket, or see flux.buckets.")));
}

FluxBucket *
flux_bucket_get(FluxText name, bool missing_ok)
{
	char *cname = flux_text_to_cstring(name);
	const FluxBucketRow *row = flux_bucket_cache_by_name(cname);

	pfree(cname);
	if (row != NULL)
		return bucket_from_row(row);

	ScanKeyData key;
	Datum text = PointerGetDatum(cstring_to_text_with_len(name.data, name.size));

	ScanKeyEntryInitialize(&key, 0, BUCKET_NAME, BTEqualStrategyNumber, TEXTOID, C_COLLATION_OID,
						   F_TEXTEQ, text);

	FluxBucket *bucket = find_bucket(flux_catalog_oid(FLUX_CATALOG_BUCKET_NAME_KEY), &key);

	pfree(DatumGetPointer(text));
	if (bucket == NULL && !missing_ok)
		raise_undefined(name);
	return bucket;
}

FluxBucket *
flux_bucket_tasks(void)
{
	FluxBucket *bucket = palloc0(sizeof(FluxBucket));

	bucket->name = pstrdup(FLUX_BUCKET_TASKS);
	bucket->schema_name = bucket->name;
	bucket->is_attached = true;
	bucket->is_tasks = true;
	return bucket;
}

FluxBucket *
flux_bucket_get_by_id(int32 bucket_id, bool missing_ok)
{
	const FluxBucketRow *row = flux_bucket_cache_by_id(bucket_id);
	ScanKeyData key;

	if (row != NULL)
		return bucket_from_row(row);
	ScanKeyInit(&key, BUCKET_BUCKET_ID, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(bucket_id));

	FluxBucket *bucket = find_bucket(flux_catalog_oid(FLUX_CATALOG_BUCKET_PKEY), &key);

	if (bucket == NULL && !missing_ok)
		ereport(ERROR, (errcode(FLUX_ERRCODE_UNDEFINED_BUCKET),
						errmsg("bucket with id %d does not exist", bucket_id)));
	return bucket;
}

FluxBucket *
flux_bucket_get_by_schema(Oid schema_oid)
{
	char *schema_name = get_namespace_name(schema_oid);
	const FluxBucketRow *row;
	ScanKeyData key;
	NameData name;

	if (schema_name == NULL)
		return NULL;
	row = flux_bucket_cache_by_schema(schema_name);
	if (row != NULL)
		return bucket_from_row(row);
	namestrcpy(&name, schema_name);
	ScanKeyInit(&key, BUCKET_SCHEMA_NAME, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
	return find_bucket(InvalidOid, &key);
}

static int
compare_buckets(const void *a, const void *b)
{
	return strcmp((*(FluxBucket *const *) a)->name, (*(FluxBucket *const *) b)->name);
}

FluxBucket **
flux_bucket_list(int *count)
{
	Relation rel = table_open(flux_catalog_oid(FLUX_CATALOG_BUCKET), AccessShareLock);
	Snapshot snapshot = flux_catalog_snapshot();
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	int capacity = 16;
	FluxBucket **buckets = palloc_array(FluxBucket *, capacity);
	HeapTuple tuple;

	*count = 0;
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (*count == capacity)
		{
			capacity *= 2;
			buckets = repalloc_array(buckets, FluxBucket *, capacity);
		}

		FluxBucketRow row = row_from_tuple(tuple, RelationGetDescr(rel));

		buckets[(*count)++] = bucket_from_row(&row);
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, NoLock);
	qsort(buckets, *count, sizeof(FluxBucket *), compare_buckets);
	return buckets;
}

/* ---- rights ---- */

void
flux_bucket_check_acl_for(const FluxBucket *bucket, Oid user_oid, AclMode mode)
{
	if (bucket->is_tasks && mode == ACL_SELECT)
		return; /* its view shows everybody what is theirs */
	if (bucket->is_tasks)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("bucket \"%s\" can only be read", bucket->name),
						errdetail("It shows what flux.runs records.")));
	if (!OidIsValid(bucket->points_oid))
		ereport(
			ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("the table \"%s\"._points of bucket \"%s\" is missing", bucket->schema_name,
					bucket->name),
			 errhint("Somebody dropped or renamed it; flux.drop_bucket removes what is left.")));
	if (pg_class_aclcheck(bucket->points_oid, user_oid, mode) == ACLCHECK_OK)
		return;

	const char *verb = mode & ACL_INSERT ? "write to" : mode & ACL_DELETE ? "delete from" : "read";
	const char *right = mode & ACL_INSERT ? "INSERT" : mode & ACL_DELETE ? "DELETE" : "SELECT";

	ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("permission denied to %s bucket \"%s\"", verb, bucket->name),
					errhint("GRANT %s ON %s TO %s gives it.", right,
							quote_qualified_identifier(bucket->schema_name, "_points"),
							quote_identifier(GetUserNameFromId(user_oid, false)))));
}

void
flux_bucket_check_acl(const FluxBucket *bucket, AclMode mode)
{
	flux_bucket_check_acl_for(bucket, GetUserId(), mode);
}

void
flux_bucket_lock(const FluxBucket *bucket, LOCKMODE lockmode)
{
	LockRelationOid(bucket->points_oid, lockmode);
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(bucket->points_oid)))
		raise_undefined(flux_text_from_cstring(bucket->name));
}

void
flux_bucket_check_owner(const FluxBucket *bucket)
{
	/* Without "_points" nobody is left who owns it. */
	bool is_owner = OidIsValid(bucket->owner_oid)
						? has_privs_of_role(GetUserId(), bucket->owner_oid)
						: superuser();

	if (!is_owner)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("must be owner of bucket \"%s\"", bucket->name)));
}

/* ---- creating and changing ---- */

int64
flux_bucket_default_chunk_ns(int64 retention_ns)
{
	if (retention_ns != 0 && retention_ns < 2 * FLUX_NS_PER_DAY)
		return FLUX_NS_PER_HOUR;
	if (retention_ns != 0 && retention_ns < 180 * FLUX_NS_PER_DAY)
		return FLUX_NS_PER_DAY;
	return FLUX_NS_PER_WEEK;
}

static void
check_name(FluxText name)
{
	const char *wrong = NULL;

	if (name.size == 0)
		wrong = "A bucket needs a name.";
	else if (name.size >= NAMEDATALEN)
		wrong = "A bucket's name has at most 63 bytes: its schema bears it.";
	else if (memchr(name.data, '"', name.size) != NULL)
		wrong = "A bucket's name has no double quotes.";
	else if (name.data[0] == '_' && !flux_text_equal_cstring(name, "_monitoring") &&
			 !flux_text_equal_cstring(name, "_tasks"))
		wrong = "Names that begin with an underscore are reserved.";
	else if (name.size >= 3 && memcmp(name.data, "pg_", 3) == 0)
		wrong = "Names that begin with \"pg_\" are reserved by PostgreSQL for its own schemas.";
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME),
						errmsg("bucket name \"%s\" cannot be used", flux_text_to_cstring(name)),
						errdetail("%s", wrong)));
}

static void
check_intervals(int64 retention_ns, int64 chunk_ns)
{
	if (retention_ns != 0 && retention_ns < RETENTION_MIN_NS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("retention must be at least one hour"),
						errhint("NULL at creation or an interval of 0 keeps points forever.")));
	if (chunk_ns < CHUNK_MIN_NS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("chunk interval must be at least one minute")));
}

/* By this comment a schema is known as a bucket's when its bucket is gone. */
#define SCHEMA_COMMENT "bucket of fluxtask"

/* The owner of a schema; invalid when it is gone. */
static Oid
schema_owner(Oid schema_oid)
{
	HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema_oid));
	Oid owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/*
 * Whether a schema was left behind by DROP EXTENSION ... CASCADE and belongs to
 * the current user: such a schema takes the place of a new one.
 */
static bool
is_left_behind(Oid schema_oid)
{
	char *comment = GetComment(schema_oid, NamespaceRelationId, 0);

	return comment != NULL && strcmp(comment, SCHEMA_COMMENT) == 0 &&
		   schema_owner(schema_oid) == GetUserId() &&
		   !OidIsValid(get_relname_relid("_points", schema_oid));
}

/*
 * Refuses a name that a bucket or a schema has.  Gives whether there is a
 * schema that may be used, where "may_adopt".
 */
static bool
check_name_is_free(FluxText name, bool may_adopt)
{
	char *cname = flux_text_to_cstring(name);
	Oid schema_oid;

	if (flux_bucket_get(name, true) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("bucket \"%s\" already exists", cname)));
	schema_oid = get_namespace_oid(cname, true);
	if (!OidIsValid(schema_oid))
		return false;
	if (may_adopt && is_left_behind(schema_oid))
		return true;
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_SCHEMA),
			 errmsg("a schema named \"%s\" already exists", cname),
			 errdetail("A bucket's tables live in a schema of its name, and fluxtask does not"
					   " take over a schema that it did not create."),
			 errhint("Choose another name for the bucket, or rename the schema with"
					 " ALTER SCHEMA.")));
}

/* Runs DDL as the current user, with names that its settings cannot bend. */
static void
run_as_caller(const char *sql)
{
	int guc_level = NewGUCNestLevel();

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	flux_catalog_command(sql);
	SPI_finish();
	AtEOXact_GUC(false, guc_level);
}

static int32
insert_row(FluxText name, int64 retention_ns, int64 chunk_ns, const char *description)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.bucket (name, schema_name, retention_ns, chunk_ns, description)"
		" VALUES ($1, $1, $2, $3, $4) RETURNING bucket_id",
		4,
		{TEXTOID, INT8OID, INT8OID, TEXTOID}};
	Datum args[] = {PointerGetDatum(cstring_to_text_with_len(name.data, name.size)),
					Int64GetDatum(retention_ns), Int64GetDatum(chunk_ns),
					description == NULL ? (Datum) 0 : CStringGetTextDatum(description)};
	FluxCatalogScope scope;
	bool is_null;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&insert, args, description == NULL ? "   n" : NULL, false);

	int32 bucket_id =
		DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null));

	SPI_finish();
	flux_catalog_leave(&scope);
	return bucket_id;
}

int32
flux_bucket_create(FluxText name, int64 retention_ns, int64 chunk_ns, const char *description)
{
	check_name(name);
	if (flux_text_equal_cstring(name, FLUX_BUCKET_TASKS))
		ereport(ERROR, (errcode(ERRCODE_RESERVED_NAME),
						errmsg("bucket name \"%s\" is reserved", FLUX_BUCKET_TASKS),
						errdetail("Scripts read the runs of tasks there.")));
	if (chunk_ns == 0)
		chunk_ns = flux_bucket_default_chunk_ns(retention_ns);
	check_intervals(retention_ns, chunk_ns);
	if (pg_database_aclcheck(MyDatabaseId, GetUserId(), ACL_CREATE) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to create bucket \"%s\"", flux_text_to_cstring(name)),
				 errhint("A bucket is a schema: GRANT CREATE ON DATABASE %s TO %s allows it.",
						 quote_identifier(get_database_name(MyDatabaseId)),
						 quote_identifier(GetUserNameFromId(GetUserId(), false)))));

	bool is_there = check_name_is_free(name, true);
	const char *schema = quote_identifier(flux_text_to_cstring(name));

	if (!is_there)
		run_as_caller(
			psprintf("CREATE SCHEMA %1$s; COMMENT ON SCHEMA %1$s IS '" SCHEMA_COMMENT "'", schema));
	run_as_caller(psprintf(
		"GRANT USAGE ON SCHEMA %1$s TO PUBLIC;"
		"CREATE FOREIGN TABLE %1$s._points ("
		"\"time\" timestamp with time zone, time_ns bigint, _measurement text, _field text,"
		" tags jsonb, series_id bigint, v_float double precision, v_int bigint, v_uint numeric,"
		" v_str text, v_bool boolean) SERVER fluxtask",
		schema));
	return insert_row(name, retention_ns, chunk_ns, description);
}

int32
flux_bucket_attach(FluxText name, const char *options, const char *description)
{
	static FluxCatalogStatement attach = {
		"UPDATE _flux_catalog.bucket SET is_attached = true, options = $2::jsonb"
		" WHERE bucket_id = $1",
		2,
		{INT4OID, TEXTOID}};
	int32 bucket_id = flux_bucket_create(name, 0, 0, description);
	Datum args[] = {Int32GetDatum(bucket_id), CStringGetTextDatum(options)};
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&attach, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
	return bucket_id;
}

void
flux_bucket_alter(const FluxBucket *bucket, const char *new_name, int64 retention_ns,
				  int64 chunk_ns, const char *description)
{
	static FluxCatalogStatement update = {
		"UPDATE _flux_catalog.bucket SET name = coalesce($2, name),"
		" schema_name = coalesce($2, schema_name), retention_ns = $3, chunk_ns = $4,"
		" description = coalesce($5, description) WHERE bucket_id = $1",
		5,
		{INT4OID, TEXTOID, INT8OID, INT8OID, TEXTOID}};
	FluxCatalogScope scope;

	flux_bucket_check_owner(bucket);
	if (bucket->is_attached && (retention_ns > 0 || chunk_ns > 0))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("bucket \"%s\" is attached and has neither retention nor chunks",
							   bucket->name),
						errhint("Delete from its relations instead.")));
	if (retention_ns < 0)
		retention_ns = bucket->retention_ns;
	if (chunk_ns <= 0)
		chunk_ns = bucket->chunk_ns;
	check_intervals(retention_ns, chunk_ns);

	/* Writers use what they read of the bucket until their transactions end. */
	flux_bucket_lock(bucket, ShareRowExclusiveLock);
	if (new_name != NULL)
	{
		FluxText name = flux_text_from_cstring(new_name);

		check_name(name);
		(void) check_name_is_free(name, false);
		run_as_caller(psprintf("ALTER SCHEMA %s RENAME TO %s",
							   quote_identifier(bucket->schema_name), quote_identifier(new_name)));
	}

	Datum args[] = {Int32GetDatum(bucket->bucket_id),
					new_name == NULL ? (Datum) 0 : CStringGetTextDatum(new_name),
					Int64GetDatum(retention_ns), Int64GetDatum(chunk_ns),
					description == NULL ? (Datum) 0 : CStringGetTextDatum(description)};
	char nulls[] = "     ";

	nulls[1] = new_name == NULL ? 'n' : ' ';
	nulls[4] = description == NULL ? 'n' : ' ';
	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&update, args, nulls, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

/* ---- dropping ---- */

/* Deletes all that the catalog knows about a bucket but its chunks. */
static void
delete_rows(int32 bucket_id)
{
	static FluxCatalogStatement statements[] = {
		{"DELETE FROM _flux_catalog.series WHERE bucket_id = $1", 1, {INT4OID}},
		{"DELETE FROM _flux_catalog.tag_pair WHERE bucket_id = $1", 1, {INT4OID}},
		{"DELETE FROM _flux_catalog.field USING _flux_catalog.measurement m"
		 " WHERE field.m_id = m.m_id AND m.bucket_id = $1",
		 1,
		 {INT4OID}},
		{"DELETE FROM _flux_catalog.measurement_tag USING _flux_catalog.measurement m"
		 " WHERE measurement_tag.m_id = m.m_id AND m.bucket_id = $1",
		 1,
		 {INT4OID}},
		{"DELETE FROM _flux_catalog.measurement WHERE bucket_id = $1", 1, {INT4OID}},
		{"DELETE FROM _flux_catalog.series_garbage WHERE bucket_id = $1", 1, {INT4OID}},
		{"DELETE FROM _flux_catalog.maintenance_error WHERE bucket_id = $1", 1, {INT4OID}},
		{"DELETE FROM _flux_catalog.bucket WHERE bucket_id = $1", 1, {INT4OID}},
	};
	Datum args[] = {Int32GetDatum(bucket_id)};
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	for (int i = 0; i < lengthof(statements); i++)
		flux_catalog_execute(&statements[i], args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

/* The DROP commands for the bucket's own foreign tables and then its schema. */
static char *
drop_commands(const FluxBucket *bucket, bool cascade)
{
	static FluxCatalogStatement list = {
		"SELECT table_name::text FROM _flux_catalog.measurement m WHERE bucket_id = $1"
		" AND EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
		"  WHERE c.relname = m.table_name AND n.nspname = $2 AND c.relkind = 'f')"
		" ORDER BY m_id",
		2,
		{INT4OID, TEXTOID}};
	Datum args[] = {Int32GetDatum(bucket->bucket_id), CStringGetTextDatum(bucket->schema_name)};
	const char *how = cascade ? "CASCADE" : "RESTRICT";
	FluxCatalogScope scope;
	StringInfoData sql;

	initStringInfo(&sql);
	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&list, args, NULL, false);
	for (uint64 i = 0; i < SPI_processed; i++)
		appendStringInfo(
			&sql, "DROP FOREIGN TABLE %s %s;",
			quote_qualified_identifier(
				bucket->schema_name, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1)),
			how);
	SPI_finish();
	flux_catalog_leave(&scope);
	if (OidIsValid(bucket->points_oid))
		appendStringInfo(&sql, "DROP FOREIGN TABLE %s %s;",
						 quote_qualified_identifier(bucket->schema_name, "_points"), how);
	appendStringInfo(&sql, "DROP SCHEMA %s %s", quote_identifier(bucket->schema_name), how);
	return sql.data;
}

void
flux_bucket_drop(const FluxBucket *bucket, bool cascade)
{
	flux_bucket_check_owner(bucket);

	/* Writers and readers out first, as retention and DROP both need it. */
	if (OidIsValid(bucket->points_oid))
		flux_bucket_lock(bucket, AccessExclusiveLock);
	if (!bucket->is_attached)
	{
		int count;
		FluxBounds always = {PG_INT64_MIN, PG_INT64_MAX};
		FluxChunk *chunks = flux_chunk_list(bucket->bucket_id, always, &count);

		for (int i = 0; i < count; i++)
			flux_chunk_drop(&chunks[i]);
	}
	if (OidIsValid(bucket->schema_oid))
		run_as_caller(drop_commands(bucket, cascade));
	delete_rows(bucket->bucket_id);
	CacheInvalidateRelcacheByRelid(flux_catalog_oid(FLUX_CATALOG_SERIES));
	CacheInvalidateRelcacheByRelid(flux_catalog_oid(FLUX_CATALOG_CHUNK));
}
