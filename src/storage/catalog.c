/*
 * catalog.c
 *		Reading and writing the tables of _flux_catalog as their owner.
 *
 * Object ids are looked up by name through the server's caches every time they
 * could have changed: they are remembered for one generation, which ends with
 * any relcache invalidation of one of them (DROP EXTENSION, CREATE EXTENSION).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "storage/catalog.h"

static const char *const relation_names[FLUX_CATALOG_RELATIONS] = {
	[FLUX_CATALOG_BUCKET] = "bucket",
	[FLUX_CATALOG_BUCKET_PKEY] = "bucket_pkey",
	[FLUX_CATALOG_BUCKET_NAME_KEY] = "bucket_name_key",
	[FLUX_CATALOG_MEASUREMENT] = "measurement",
	[FLUX_CATALOG_MEASUREMENT_NAME_KEY] = "measurement_bucket_id_name_key",
	[FLUX_CATALOG_MEASUREMENT_TAG] = "measurement_tag",
	[FLUX_CATALOG_MEASUREMENT_TAG_PKEY] = "measurement_tag_pkey",
	[FLUX_CATALOG_FIELD] = "field",
	[FLUX_CATALOG_FIELD_NAME_KEY] = "field_m_id_name_type_key",
	[FLUX_CATALOG_SERIES] = "series",
	[FLUX_CATALOG_SERIES_PKEY] = "series_pkey",
	[FLUX_CATALOG_SERIES_M_ID_IDX] = "series_m_id_idx",
	[FLUX_CATALOG_TAG_PAIR] = "tag_pair",
	[FLUX_CATALOG_TAG_PAIR_PKEY] = "tag_pair_pkey",
	[FLUX_CATALOG_CHUNK] = "chunk",
	[FLUX_CATALOG_CHUNK_PKEY] = "chunk_pkey",
	[FLUX_CATALOG_CHUNK_TMIN_KEY] = "chunk_bucket_id_tmin_key",
	[FLUX_CATALOG_CHUNK_FIELD] = "chunk_field",
	[FLUX_CATALOG_CHUNK_FIELD_PKEY] = "chunk_field_pkey",
	[FLUX_CATALOG_WRITE_SEQ] = "write_seq",
};

static Oid relation_oids[FLUX_CATALOG_RELATIONS];
static Oid data_schema_oid;
static bool is_registered;

static void
forget_oids(Datum arg, int cache_id, uint32 hash)
{
	memset(relation_oids, 0, sizeof(relation_oids));
	data_schema_oid = InvalidOid;
}

static Oid
catalog_schema(void)
{
	return get_namespace_oid("_flux_catalog", false);
}

/* Forgets what is remembered when any schema changes: rare, and never missed. */
static void
register_callback(void)
{
	if (is_registered)
		return;
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_oids, (Datum) 0);
	is_registered = true;
}

Oid
flux_catalog_oid(FluxCatalogRelation which)
{
	if (!OidIsValid(relation_oids[which]))
	{
		register_callback();
		Oid oid = get_relname_relid(relation_names[which], catalog_schema());

		if (!OidIsValid(oid))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("relation \"_flux_catalog.%s\" does not exist", relation_names[which]),
					 errhint("CREATE EXTENSION fluxtask in this database.")));
		relation_oids[which] = oid;
	}
	return relation_oids[which];
}

Oid
flux_catalog_data_schema(void)
{
	if (!OidIsValid(data_schema_oid))
	{
		register_callback();
		data_schema_oid = get_namespace_oid("_flux_data", false);
	}
	return data_schema_oid;
}

uint64
flux_catalog_execute(FluxCatalogStatement *statement, Datum *args, const char *nulls,
					 bool read_only)
{
	if (statement->plan == NULL)
	{
		SPIPlanPtr plan = SPI_prepare(statement->sql, statement->arg_count, statement->arg_types);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare \"%s\": %s", statement->sql,
				 SPI_result_code_string(SPI_result));
		statement->plan = plan;
	}

	int result = SPI_execute_plan(statement->plan, args, nulls, read_only, 0);

	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", statement->sql, SPI_result_code_string(result));
	return SPI_processed;
}

void
flux_catalog_command(const char *sql)
{
	int result = SPI_execute(sql, false, 0);

	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", sql, SPI_result_code_string(result));
}

Snapshot
flux_catalog_snapshot(void)
{
	if (IsInParallelMode())
		return RegisterSnapshot(GetActiveSnapshot());
	return RegisterSnapshot(GetLatestSnapshot());
}

Datum
flux_catalog_text(FluxText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.size));
}

Datum
flux_catalog_array(Datum *elements, int count, Oid element_type)
{
	int16 size;
	bool by_value;
	char alignment;

	get_typlenbyvalalign(element_type, &size, &by_value, &alignment);
	return PointerGetDatum(
		construct_array(elements, count, element_type, size, by_value, alignment));
}
