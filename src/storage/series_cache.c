/*
 * series_cache.c
 *		What a writing backend remembers of the catalog of names.
 *
 * Four tables, all from (scope, text) to an entry: measurements and series by
 * bucket, series once more by their text in line protocol, fields by
 * measurement.  Everything lives in one context, which is let go as a whole:
 * when names were deleted by others, or when it has become too large.  Then
 * it stays until the end of the transaction, because writers hold entries.
 *
 * Ids come from series_resolve.c; this module takes them back when the
 * transaction that they hang on aborts.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/inval.h"
#include "utils/memutils.h"

#include "guc.h"
#include "storage/name_table.h"
#include "storage/series_cache.h"

/* ---- tables ---- */

uint64 flux_series_cache_generation = 1;

static MemoryContext cache_context;
static names_hash *measurements;
static names_hash *series_by_key;
static names_hash *series_by_text;
static names_hash *fields_by_name;
static uint64 last_serial;
static bool is_stale;     /* others deleted names */
static bool has_inserted; /* this transaction inserted names */
static bool callbacks_are_registered;
static Oid series_oid; /* the catalog's table; another after CREATE EXTENSION */

/* Entries whose ids an abort takes back. */
static FluxCachedMeasurement *own_measurements;
static FluxCachedField *own_fields;
static FluxCachedSeries *own_series;

static FluxText
copy_to_cache(FluxText text)
{
	char *copy = MemoryContextAlloc(cache_context, text.size + 1);

	memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';
	return flux_text(copy, text.size);
}

/* ---- forgetting ---- */

/* Takes back the ids that an aborted (sub)transaction gave, or may have. */
static void
forget_own(void)
{
	for (FluxCachedMeasurement *m = own_measurements; m != NULL; m = m->next_own)
	{
		m->m_id = 0;
		m->tag_key_count = 0;
	}
	for (FluxCachedField *field = own_fields; field != NULL; field = field->next_own)
		field->field_id = 0;
	for (FluxCachedSeries *series = own_series; series != NULL; series = series->next_own)
		series->is_resolved = false;
	own_measurements = NULL;
	own_fields = NULL;
	own_series = NULL;
	flux_series_cache_generation++;
}

static void
on_transaction_end(XactEvent event, void *arg)
{
	/* A prepared transaction may yet be rolled back. */
	if ((event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) && has_inserted)
		forget_own();
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
	{
		own_measurements = NULL;
		own_fields = NULL;
		own_series = NULL;
		has_inserted = false;
	}
}

static void
on_subtransaction_end(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && has_inserted)
		forget_own();
}

static void
on_relcache_invalidation(Datum arg, Oid relation_oid)
{
	if (!OidIsValid(relation_oid) || relation_oid == series_oid)
		is_stale = true;
}

/* Another extension's catalog counts its ids anew: nothing remembered holds. */
static void
check_catalog(void)
{
	Oid oid = flux_catalog_oid(FLUX_CATALOG_SERIES);

	if (oid == series_oid)
		return;
	series_oid = oid;
	is_stale = true;
	flux_series_cache_generation++;
}

void
flux_series_cache_begin(void)
{
	check_catalog();
	if (!callbacks_are_registered)
	{
		CacheRegisterRelcacheCallback(on_relcache_invalidation, (Datum) 0);
		RegisterXactCallback(on_transaction_end, NULL);
		RegisterSubXactCallback(on_subtransaction_end, NULL);
		callbacks_are_registered = true;
	}
	if (cache_context != NULL && (is_stale || MemoryContextMemAllocated(cache_context, true) >
												  (Size) flux_guc_series_cache_kb * 1024))
	{
		MemoryContextSetParent(cache_context, TopTransactionContext);
		cache_context = NULL;
	}
	is_stale = false;
	if (cache_context != NULL)
		return;
	cache_context =
		AllocSetContextCreate(CacheMemoryContext, "fluxtask names", ALLOCSET_DEFAULT_SIZES);
	measurements = names_create(cache_context, 16, NULL);
	series_by_key = names_create(cache_context, 256, NULL);
	series_by_text = names_create(cache_context, 256, NULL);
	fields_by_name = names_create(cache_context, 64, NULL);
}

/* ---- entries ---- */

static FluxCachedMeasurement *
measurement_entry(int32 bucket_id, FluxText name)
{
	NameKey key = name_key(bucket_scope(bucket_id), name);
	FluxCachedMeasurement *entry = table_find(measurements, key);

	if (entry != NULL)
		return entry;
	entry = MemoryContextAllocZero(cache_context, sizeof(FluxCachedMeasurement));
	entry->bucket_id = bucket_id;
	entry->serial = ++last_serial;
	entry->name = copy_to_cache(name);
	key.text = entry->name;
	table_add(measurements, key, entry);
	return entry;
}

FluxCachedSeries *
flux_series_cache_by_text(int32 bucket_id, FluxText text)
{
	return table_find(series_by_text, name_key(bucket_scope(bucket_id), text));
}

void
flux_series_cache_add_text(FluxCachedSeries *series, FluxText text)
{
	FluxText copy = copy_to_cache(text);

	if (series->text.size == 0)
		series->text = copy;
	table_add(series_by_text, name_key(bucket_scope(series->measurement->bucket_id), copy), series);
}

FluxCachedSeries *
flux_series_cache_by_tags(int32 bucket_id, FluxText measurement, const FluxTag *tags, int tag_count)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	flux_series_key_append(&bytes, measurement, tags, tag_count);

	NameKey key = name_key(bucket_scope(bucket_id), flux_text(bytes.data, bytes.len));
	FluxCachedSeries *entry = table_find(series_by_key, key);

	if (entry == NULL)
	{
		entry = MemoryContextAllocZero(cache_context, sizeof(FluxCachedSeries));
		entry->measurement = measurement_entry(bucket_id, measurement);
		entry->key = copy_to_cache(key.text);
		key.text = entry->key;
		table_add(series_by_key, key, entry);
	}
	pfree(bytes.data);
	return entry;
}

FluxCachedField *
flux_series_cache_field_entry(FluxCachedMeasurement *measurement, FluxText name,
							  FluxColumnType type)
{
	NameKey key = name_key(measurement->serial, name);
	FluxCachedField *first = table_find(fields_by_name, key);

	for (FluxCachedField *field = first; field != NULL; field = field->next_type)
		if (field->type == type)
			return field;

	FluxCachedField *entry = MemoryContextAllocZero(cache_context, sizeof(FluxCachedField));

	entry->measurement = measurement;
	entry->type = type;
	if (first != NULL)
	{
		entry->name = first->name;
		entry->next_type = first->next_type;
		first->next_type = entry;
		return entry;
	}
	entry->name = copy_to_cache(name);
	key.text = entry->name;
	table_add(fields_by_name, key, entry);
	return entry;
}

FluxCachedField *
flux_series_cache_field(FluxCachedMeasurement *measurement, int position, FluxText name,
						FluxColumnType type)
{
	if (position < measurement->recent_count)
	{
		FluxCachedField *guess = measurement->recent[position];

		if (guess->type == type && flux_text_equal(guess->name, name))
			return guess;
	}

	FluxCachedField *field = flux_series_cache_field_entry(measurement, name, type);

	if (position > measurement->recent_count || position >= 10000)
		return field;
	if (position == measurement->recent_capacity)
	{
		measurement->recent_capacity = Max(8, 2 * measurement->recent_capacity);
		measurement->recent = measurement->recent == NULL
								  ? MemoryContextAlloc(cache_context, measurement->recent_capacity *
																		  sizeof(FluxCachedField *))
								  : repalloc(measurement->recent, measurement->recent_capacity *
																	  sizeof(FluxCachedField *));
	}
	measurement->recent[position] = field;
	measurement->recent_count = Max(measurement->recent_count, position + 1);
	return field;
}

/* ---- ids given ---- */

void
flux_series_cache_give_measurement_id(FluxCachedMeasurement *measurement, int32 m_id)
{
	measurement->m_id = m_id;
	if (has_inserted)
	{
		measurement->next_own = own_measurements;
		own_measurements = measurement;
	}
}

void
flux_series_cache_give_field_id(FluxCachedField *field, int32 field_id)
{
	if (field->field_id == field_id)
		return;
	field->field_id = field_id;
	if (has_inserted)
	{
		field->next_own = own_fields;
		own_fields = field;
	}
}

void
flux_series_cache_give_series_id(FluxCachedSeries *series, int64 series_id)
{
	series->series_id = series_id;
	series->is_resolved = true;
	if (has_inserted)
	{
		series->next_own = own_series;
		own_series = series;
	}
}

void
flux_series_cache_begin_insertion(void)
{
	has_inserted = true;
}

/* Inserts names as of now, as the catalog's owner, within SPI. */
void
flux_series_cache_insert(FluxCatalogStatement *statement, Datum *args)
{
	FluxCatalogScope scope;

	flux_series_cache_begin_insertion();
	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(statement, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

FluxCachedField *
flux_series_cache_fields_named(const FluxCachedMeasurement *measurement, FluxText name)
{
	return table_find(fields_by_name, name_key(measurement->serial, name));
}

void
flux_series_cache_set_tag_keys(FluxCachedMeasurement *measurement, const FluxText *keys, int count)
{
	measurement->tag_keys = MemoryContextAlloc(cache_context, Max(1, count) * sizeof(FluxText));
	for (int i = 0; i < count; i++)
		measurement->tag_keys[i] = copy_to_cache(keys[i]);
	measurement->tag_key_count = count;
}
