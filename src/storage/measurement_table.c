/*
 * measurement_table.c
 *		The foreign table of a measurement.
 *
 * Columns say with options what they stand for, tag 'key' or field 'name', so
 * they may be renamed, and a tag and a field of one name, or a field with two
 * types, stand side by side under different column names.  The table belongs to
 * the bucket's owner; it is made under the owner's rights whoever writes.
 *
 * Creating takes an advisory lock on the measurement, adding takes
 * AccessExclusiveLock on the table if it is free at once.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/flux_time.h"
#include "base/lock_class.h"
#include "storage/catalog.h"
#include "storage/measurement_table.h"
#include "storage/series_index.h"

/* Columns that a measurement's table has at most; "_points" shows the rest. */
#define COLUMNS_MAX 1500

const char *
flux_measurement_table_sql_type(FluxColumnType type)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			return "boolean";
		case FLUX_COLUMN_INT:
			return "bigint";
		case FLUX_COLUMN_UINT:
			return "numeric";
		case FLUX_COLUMN_FLOAT:
			return "double precision";
		default:
			return "text";
	}
}

/* ---- columns that are wanted ---- */

typedef struct ColumnNames
{
	char **names;
	int count;
	int capacity;
} ColumnNames;

static void
add_name(ColumnNames *names, char *name)
{
	if (names->count == names->capacity)
	{
		names->capacity = Max(16, names->capacity * 2);
		names->names = names->names == NULL ? palloc_array(char *, names->capacity)
											: repalloc_array(names->names, char *, names->capacity);
	}
	names->names[names->count++] = name;
}

static bool
is_name_taken(const ColumnNames *names, const char *name)
{
	static const char *const system_columns[] = {"tableoid", "cmax", "xmax", "cmin",
												 "xmin",     "ctid", "time", "time_ns"};

	for (int i = 0; i < lengthof(system_columns); i++)
		if (strcmp(system_columns[i], name) == 0)
			return true;
	for (int i = 0; i < names->count; i++)
		if (strcmp(names->names[i], name) == 0)
			return true;
	return false;
}

/* A free column name for a tag or field: its own, or with its kind behind. */
static char *
choose_name(const ColumnNames *names, FluxText wanted, const char *kind)
{
	for (int attempt = 0;; attempt++)
	{
		char *suffix = attempt == 0   ? ""
					   : attempt == 1 ? psprintf("_%s", kind)
									  : psprintf("_%s_%d", kind, attempt);
		int room = NAMEDATALEN - 1 - (int) strlen(suffix);
		int size = pg_mbcliplen(wanted.data, wanted.size, room);
		char *name = psprintf("%.*s%s", size, wanted.data, suffix);

		if (name[0] != '\0' && !is_name_taken(names, name))
			return name;
	}
}

static bool
has_column(const FluxTableColumn *columns, int count, FluxTableColumnKind kind, FluxText name,
		   FluxColumnType type)
{
	for (int i = 0; i < count; i++)
		if (columns[i].kind == kind && flux_text_equal(columns[i].name, name) &&
			(kind == FLUX_TABLE_COLUMN_TAG || columns[i].type == type))
			return true;
	return false;
}

/*
 * Appends definitions, each after "separator", for the tags and fields that
 * "columns" has not.  Returns how many.
 */
static int
append_missing(StringInfo sql, const char *separator, int32 m_id, const FluxTableColumn *columns,
			   int column_count, ColumnNames *names)
{
	int tag_count;
	int field_count;
	FluxText *tags = flux_series_tag_keys(m_id, &tag_count);
	FluxFieldInfo *fields = flux_series_fields(m_id, &field_count);
	int added = 0;

	for (int i = 0; i < tag_count && column_count + added < COLUMNS_MAX; i++)
	{
		if (has_column(columns, column_count, FLUX_TABLE_COLUMN_TAG, tags[i], 0))
			continue;

		char *name = choose_name(names, tags[i], "tag");

		add_name(names, name);
		appendStringInfo(sql, "%s%s text OPTIONS (tag %s)", separator, quote_identifier(name),
						 quote_literal_cstr(tags[i].data));
		added++;
	}
	for (int i = 0; i < field_count && column_count + added < COLUMNS_MAX; i++)
	{
		if (has_column(columns, column_count, FLUX_TABLE_COLUMN_FIELD, fields[i].name,
					   fields[i].type))
			continue;

		char *name = choose_name(names, fields[i].name, flux_column_type_name(fields[i].type));

		add_name(names, name);
		appendStringInfo(sql, "%s%s %s OPTIONS (field %s)", separator, quote_identifier(name),
						 flux_measurement_table_sql_type(fields[i].type),
						 quote_literal_cstr(fields[i].name.data));
		added++;
	}
	return added;
}

/* ---- changing the table ---- */

/* Runs DDL as the bucket's owner. */
static void
run_as_owner(const FluxBucket *bucket, const char *sql)
{
	Oid user_oid;
	int security_context;
	int guc_level = NewGUCNestLevel();

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	GetUserIdAndSecContext(&user_oid, &security_context);
	SetUserIdAndSecContext(bucket->owner_oid, security_context | SECURITY_LOCAL_USERID_CHANGE |
												  SECURITY_RESTRICTED_OPERATION);
	SPI_connect();
	flux_catalog_command(sql);
	SPI_finish();
	SetUserIdAndSecContext(user_oid, security_context);
	AtEOXact_GUC(false, guc_level);
}

static void
create_table(const FluxBucket *bucket, const FluxMeasurementInfo *measurement)
{
	const char *table = quote_qualified_identifier(bucket->schema_name, measurement->table_name);
	ColumnNames names = {0};
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "CREATE FOREIGN TABLE %s (\"time\" timestamp with time zone,"
					 " time_ns bigint",
					 table);
	append_missing(&sql, ", ", measurement->m_id, NULL, 0, &names);
	appendStringInfo(&sql,
					 ") SERVER fluxtask OPTIONS (measurement %s);"
					 "GRANT SELECT, INSERT ON %s TO PUBLIC",
					 quote_literal_cstr(measurement->name.data), table);
	run_as_owner(bucket, sql.data);
}

/* Names that the table's columns have, dropped ones not. */
static ColumnNames
taken_names(Relation rel)
{
	ColumnNames names = {0};
	TupleDesc desc = RelationGetDescr(rel);

	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
			add_name(&names, pstrdup(NameStr(TupleDescAttr(desc, i)->attname)));
	return names;
}

/* The ALTER that adds what is missing, or NULL when nothing is. */
static char *
missing_columns(Relation rel, const FluxBucket *bucket, const FluxMeasurementInfo *measurement)
{
	ColumnNames names = taken_names(rel);
	StringInfoData columns;

	initStringInfo(&columns);
	if (append_missing(&columns, ", ADD COLUMN ", measurement->m_id,
					   flux_measurement_table_columns(rel), RelationGetDescr(rel)->natts,
					   &names) == 0)
		return NULL;
	return psprintf("ALTER FOREIGN TABLE %s %s",
					quote_qualified_identifier(bucket->schema_name, measurement->table_name),
					columns.data + 2);
}

static void
lock_measurement(int32 m_id)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, (uint32) m_id, FLUX_LOCK_MEASUREMENT);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/* Adds missing columns to an existing table; false when it is in use. */
static bool
add_columns(const FluxBucket *bucket, const FluxMeasurementInfo *measurement, Oid table_oid)
{
	if (!ConditionalLockRelationOid(table_oid, AccessShareLock))
		return false;

	Relation rel = try_relation_open(table_oid, NoLock);

	if (rel == NULL)
		return true;

	bool is_ours = rel->rd_rel->relkind == RELKIND_FOREIGN_TABLE;
	char *sql = is_ours ? missing_columns(rel, bucket, measurement) : NULL;

	relation_close(rel, AccessShareLock);
	if (sql == NULL)
		return true;

	if (!ConditionalLockRelationOid(table_oid, AccessExclusiveLock))
		return false;
	rel = try_relation_open(table_oid, NoLock);
	if (rel == NULL)
		return true;

	/* A query of this very session may be using it. */
	bool is_free = rel->rd_refcnt == 1;

	sql = is_free ? missing_columns(rel, bucket, measurement) : NULL;
	relation_close(rel, NoLock);
	if (!is_free)
	{
		UnlockRelationOid(table_oid, AccessExclusiveLock);
		return false;
	}
	if (sql != NULL)
		run_as_owner(bucket, sql);
	return true;
}

static bool
sync_table(const FluxBucket *bucket, const FluxMeasurementInfo *measurement)
{
	Oid table_oid = get_relname_relid(measurement->table_name, bucket->schema_oid);

	if (!OidIsValid(table_oid))
	{
		lock_measurement(measurement->m_id);
		table_oid = get_relname_relid(measurement->table_name, bucket->schema_oid);
		if (!OidIsValid(table_oid))
		{
			create_table(bucket, measurement);
			return true;
		}
	}
	return add_columns(bucket, measurement, table_oid);
}

/* A bucket whose schema or "_points" somebody dropped gets no tables. */
static bool
can_have_tables(const FluxBucket *bucket)
{
	return OidIsValid(bucket->schema_oid) && OidIsValid(bucket->owner_oid);
}

bool
flux_measurement_table_sync(const FluxBucket *bucket, FluxText name)
{
	FluxMeasurementInfo measurement;

	if (!can_have_tables(bucket) || !flux_series_measurement(bucket->bucket_id, name, &measurement))
		return true;
	return sync_table(bucket, &measurement);
}

void
flux_measurement_table_sync_all(const FluxBucket *bucket)
{
	int count;
	FluxMeasurementInfo *measurements;

	if (!can_have_tables(bucket))
		return;
	measurements = flux_series_measurements(bucket->bucket_id, &count);
	for (int i = 0; i < count; i++)
		(void) sync_table(bucket, &measurements[i]);
}
