/*
 * series_resolve.c
 *		Gives names their ids, and creates in the catalog what it lacks.
 *
 * Reading goes before inserting, as of now; an insertion that meets another's
 * is skipped and the row read again, after the other has committed.
 *
 * Whoever inserts a name that another is inserting waits for the other's
 * transaction.  So that no two wait for each other, all names of a batch are
 * inserted in one order: measurements by name, fields, tag keys, pairs by id,
 * series by id.  A transaction that resolves several batches can still meet
 * another that does so the other way round; the server then ends one of them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "storage/catalog.h"
#include "storage/series_create.h"
#include "storage/series_resolve.h"

/* ---- measurements and fields ---- */

/* Learns the ids of all fields that the catalog has of a measurement. */
static void
load_fields(FluxCachedMeasurement *measurement)
{
	int count;
	FluxFieldInfo *list = flux_series_fields(measurement->m_id, &count);

	for (int i = 0; i < count; i++)
		flux_series_cache_give_field_id(
			flux_series_cache_field_entry(measurement, list[i].name, list[i].type),
			list[i].field_id);
}

void
flux_series_load_tag_keys(FluxCachedMeasurement *measurement)
{
	int count;
	FluxText *list = flux_series_tag_keys(measurement->m_id, &count);

	flux_series_cache_set_tag_keys(measurement, list, count);
}

/*
 * A name for a measurement's foreign table: its own, unless that is too long
 * or taken; then as much of it as fits with a number behind.
 */
static char *
table_name(FluxText name, int attempt)
{
	if (attempt == 0 && name.size < NAMEDATALEN && !flux_text_equal_cstring(name, "_points"))
		return flux_text_to_cstring(name);

	int32 size = Min(name.size, 50);

	while (size > 0 && size < name.size && ((uint8) name.data[size] & 0xC0) == 0x80)
		size--;
	return psprintf("%.*s_%08x", size, name.data,
					(uint32) flux_series_hash(name.data, name.size) + attempt);
}

static void
resolve_measurement(FluxCachedMeasurement *measurement)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.measurement (bucket_id, name, table_name) VALUES ($1, $2, $3)"
		" ON CONFLICT DO NOTHING",
		3,
		{INT4OID, TEXTOID, TEXTOID}};
	FluxMeasurementInfo info;

	for (int attempt = 0;
		 !flux_series_measurement(measurement->bucket_id, measurement->name, &info); attempt++)
	{
		Datum args[] = {Int32GetDatum(measurement->bucket_id), flux_catalog_text(measurement->name),
						CStringGetTextDatum(table_name(measurement->name, attempt))};

		CHECK_FOR_INTERRUPTS();
		flux_series_cache_insert(&insert, args);
	}
	flux_series_cache_give_measurement_id(measurement, info.m_id);
	load_fields(measurement);
	flux_series_load_tag_keys(measurement);
	measurement->needs_table_check = true;
}

static int
compare_measurements(const void *a, const void *b)
{
	return flux_text_compare((*(FluxCachedMeasurement *const *) a)->name,
							 (*(FluxCachedMeasurement *const *) b)->name);
}

/* Resolves the measurements that series and fields are of. */
static void
resolve_measurements(FluxCachedSeries **series, int series_count, FluxCachedField **fields,
					 int field_count)
{
	FluxCachedMeasurement **list = palloc_extended(
		sizeof(FluxCachedMeasurement *) * ((Size) series_count + field_count + 1), MCXT_ALLOC_HUGE);
	int count = 0;

	for (int i = 0; i < series_count; i++)
		if (series[i]->measurement->m_id == 0)
			list[count++] = series[i]->measurement;
	for (int i = 0; i < field_count; i++)
		if (fields[i]->measurement->m_id == 0)
			list[count++] = fields[i]->measurement;
	qsort(list, count, sizeof(FluxCachedMeasurement *), compare_measurements);
	for (int i = 0; i < count; i++)
		if (list[i]->m_id == 0)
			resolve_measurement(list[i]);
	pfree(list);
}

int
flux_series_compare_fields(const void *a, const void *b)
{
	const FluxCachedField *left = *(FluxCachedField *const *) a;
	const FluxCachedField *right = *(FluxCachedField *const *) b;

	if (left->measurement->m_id != right->measurement->m_id)
		return left->measurement->m_id < right->measurement->m_id ? -1 : 1;

	int order = flux_text_compare(left->name, right->name);

	return order != 0 ? order : (int) left->type - (int) right->type;
}

/*
 * Whether the name is known with another type, or about to be.  Such a field
 * gets an id only where a chunk accepts it: points that are dropped leave no
 * trace.
 */
static bool
has_other_type(const FluxCachedField *field, FluxCachedField *const *wanted, int wanted_count)
{
	for (FluxCachedField *other = flux_series_cache_fields_named(field->measurement, field->name);
		 other != NULL; other = other->next_type)
	{
		if (other == field)
			continue;
		if (other->field_id != 0)
			return true;
		for (int i = 0; i < wanted_count; i++)
			if (wanted[i] == other)
				return true;
	}
	return false;
}

void
flux_series_resolve_fields(FluxCachedField **fields, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.field (m_id, name, type)"
		" SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING",
		3,
		{INT4ARRAYOID, TEXTARRAYOID, INT2ARRAYOID}};
	FluxCachedField **missing = palloc_array(FluxCachedField *, Max(1, count));
	int missing_count = 0;

	for (int i = 0; i < count; i++)
		if (fields[i]->field_id == 0)
			missing[missing_count++] = fields[i];
	if (missing_count == 0)
		return;
	qsort(missing, missing_count, sizeof(FluxCachedField *), flux_series_compare_fields);

	Datum *m_ids = palloc_array(Datum, missing_count);
	Datum *names = palloc_array(Datum, missing_count);
	Datum *types = palloc_array(Datum, missing_count);

	for (int i = 0; i < missing_count; i++)
	{
		m_ids[i] = Int32GetDatum(missing[i]->measurement->m_id);
		names[i] = flux_catalog_text(missing[i]->name);
		types[i] = Int16GetDatum((int16) missing[i]->type);
	}

	Datum args[] = {flux_catalog_array(m_ids, missing_count, INT4OID),
					flux_catalog_array(names, missing_count, TEXTOID),
					flux_catalog_array(types, missing_count, INT2OID)};

	flux_series_cache_insert(&insert, args);
	for (int i = 0; i < missing_count; i++)
	{
		if (missing[i]->field_id == 0)
			load_fields(missing[i]->measurement);
		if (missing[i]->field_id == 0)
			elog(ERROR, "field \"%s\" vanished", missing[i]->name.data);
		missing[i]->measurement->needs_table_check = true;
	}
}

/* ---- all of a batch ---- */

void
flux_series_resolve(const FluxBucket *bucket, FluxCachedSeries **series, int series_count,
					FluxCachedField **fields, int field_count)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask resolve", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(context);
	FluxCachedField **wanted = palloc_array(FluxCachedField *, Max(1, field_count));
	int wanted_count = 0;

	resolve_measurements(series, series_count, fields, field_count);
	for (int i = 0; i < field_count; i++)
		if (fields[i]->field_id == 0 && !has_other_type(fields[i], wanted, wanted_count))
			wanted[wanted_count++] = fields[i];
	flux_series_resolve_fields(wanted, wanted_count);
	flux_series_create(bucket->bucket_id, series, series_count);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
}
