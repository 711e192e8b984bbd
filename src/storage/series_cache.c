/*
 * series_cache.c
 *		Names to ids for writers, remembered per backend.
 *
 * Four tables, all from (scope, text) to an entry: measurements and series by
 * bucket, series once more by their text in line protocol, fields by
 * measurement.  Everything lives in one context, which is let go as a whole:
 * when names were deleted by others, or when it has become too large.  Then
 * it stays until the end of the transaction, because writers hold entries.
 *
 * Reading goes before inserting, as of now; an insertion that meets another's
 * is skipped and the row read again, after the other has committed.  Rows are
 * inserted in a fixed order so that two writers of the same new names do not
 * deadlock.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "guc.h"
#include "storage/catalog.h"
#include "storage/series_cache.h"

/* ---- tables ---- */

typedef struct NameKey
{
	uint64		scope;			/* bucket id, or serial of a measurement */
	FluxText	text;
	uint32		hash;
} NameKey;

typedef struct NameElement
{
	NameKey		key;
	void	   *entry;
	char		status;			/* simplehash's */
} NameElement;

#define SH_PREFIX		names
#define SH_ELEMENT_TYPE	NameElement
#define SH_KEY_TYPE		NameKey
#define SH_KEY			key
#define SH_HASH_KEY(table, name_key)	((name_key).hash)
#define SH_EQUAL(table, a, b) \
	((a).hash == (b).hash && (a).scope == (b).scope && flux_text_equal((a).text, (b).text))
#define SH_STORE_HASH
#define SH_GET_HASH(table, element)		((element)->key.hash)
#define SH_SCOPE		static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

/* Types of fields in chunks; see flux_series_cache_chunk_types(). */
typedef struct ChunkTypeKey
{
	int32		chunk_id;
	int32		field_id;
} ChunkTypeKey;

typedef struct ChunkType
{
	ChunkTypeKey key;
	FluxColumnType type;		/* that the field's name has in the chunk */
} ChunkType;

#define CHUNK_TYPES_MAX 100000	/* remembered; then they start anew */

uint64		flux_series_cache_generation = 1;

static MemoryContext cache_context;
static names_hash *measurements;
static names_hash *series_by_key;
static names_hash *series_by_text;
static names_hash *fields_by_name;
static HTAB *chunk_types;
static uint64 chunk_types_generation;
static uint64 last_serial;
static bool is_stale;			/* others deleted names */
static bool has_inserted;		/* this transaction inserted names */
static bool callbacks_are_registered;
static Oid	series_oid;			/* the catalog's table; another after CREATE EXTENSION */

/* Entries whose ids an abort takes back. */
static FluxCachedMeasurement *own_measurements;
static FluxCachedField *own_fields;
static FluxCachedSeries *own_series;

static NameKey
name_key(uint64 scope, FluxText text)
{
	uint64		hash = flux_series_hash(text.data, text.size) ^ (scope * UINT64CONST(0x9E3779B1));
	NameKey		key = {scope, text, (uint32) (hash ^ (hash >> 32))};

	return key;
}

static inline uint64
bucket_scope(int32 bucket_id)
{
	return (uint64) (uint32) bucket_id;
}

static void *
table_find(names_hash *table, NameKey key)
{
	NameElement *element = names_lookup(table, key);

	return element == NULL ? NULL : element->entry;
}

/* Adds an entry whose text lives in the cache's context. */
static void
table_add(names_hash *table, NameKey key, void *entry)
{
	bool		found;

	names_insert(table, key, &found)->entry = entry;
}

static FluxText
copy_to_cache(FluxText text)
{
	char	   *copy = MemoryContextAlloc(cache_context, text.size + 1);

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
	Oid			oid = flux_catalog_oid(FLUX_CATALOG_SERIES);

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
	if (cache_context != NULL &&
		(is_stale || MemoryContextMemAllocated(cache_context, true) >
		 (Size) flux_guc_series_cache_kb * 1024))
	{
		MemoryContextSetParent(cache_context, TopTransactionContext);
		cache_context = NULL;
	}
	is_stale = false;
	if (cache_context != NULL)
		return;
	cache_context = AllocSetContextCreate(CacheMemoryContext, "fluxtask names",
										  ALLOCSET_DEFAULT_SIZES);
	measurements = names_create(cache_context, 16, NULL);
	series_by_key = names_create(cache_context, 256, NULL);
	series_by_text = names_create(cache_context, 256, NULL);
	fields_by_name = names_create(cache_context, 64, NULL);
}

/* ---- entries ---- */

static FluxCachedMeasurement *
measurement_entry(int32 bucket_id, FluxText name)
{
	NameKey		key = name_key(bucket_scope(bucket_id), name);
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
	table_add(series_by_text,
			  name_key(bucket_scope(series->measurement->bucket_id), copy_to_cache(text)), series);
}

FluxCachedSeries *
flux_series_cache_by_tags(int32 bucket_id, FluxText measurement, const FluxTag *tags,
						  int tag_count)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	flux_series_key_append(&bytes, measurement, tags, tag_count);

	NameKey		key = name_key(bucket_scope(bucket_id), flux_text(bytes.data, bytes.len));
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

static FluxCachedField *
field_entry(FluxCachedMeasurement *measurement, FluxText name, FluxColumnType type)
{
	NameKey		key = name_key(measurement->serial, name);
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

	FluxCachedField *field = field_entry(measurement, name, type);

	if (position > measurement->recent_count || position >= 10000)
		return field;
	if (position == measurement->recent_capacity)
	{
		measurement->recent_capacity = Max(8, 2 * measurement->recent_capacity);
		measurement->recent = measurement->recent == NULL ?
			MemoryContextAlloc(cache_context,
							   measurement->recent_capacity * sizeof(FluxCachedField *)) :
			repalloc(measurement->recent,
					 measurement->recent_capacity * sizeof(FluxCachedField *));
	}
	measurement->recent[position] = field;
	measurement->recent_count = Max(measurement->recent_count, position + 1);
	return field;
}

/* ---- ids given ---- */

static void
give_measurement_id(FluxCachedMeasurement *measurement, int32 m_id)
{
	measurement->m_id = m_id;
	if (has_inserted)
	{
		measurement->next_own = own_measurements;
		own_measurements = measurement;
	}
}

static void
give_field_id(FluxCachedField *field, int32 field_id)
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

static void
give_series_id(FluxCachedSeries *series, int64 series_id)
{
	series->series_id = series_id;
	series->is_resolved = true;
	if (has_inserted)
	{
		series->next_own = own_series;
		own_series = series;
	}
}

/* Inserts names as of now, as the catalog's owner, within SPI. */
static void
insert_names(FluxCatalogStatement *statement, Datum *args)
{
	FluxCatalogScope scope;

	has_inserted = true;
	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(statement, args, NULL, false);
	SPI_finish();
	flux_catalog_leave(&scope);
}

static Datum
text_datum(FluxText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.size));
}

/* ---- measurements and fields ---- */

/* Learns the ids of all fields that the catalog has of a measurement. */
static void
load_fields(FluxCachedMeasurement *measurement)
{
	int			count;
	FluxFieldInfo *list = flux_series_fields(measurement->m_id, &count);

	for (int i = 0; i < count; i++)
		give_field_id(field_entry(measurement, list[i].name, list[i].type), list[i].field_id);
}

static void
load_tag_keys(FluxCachedMeasurement *measurement)
{
	int			count;
	FluxText   *list = flux_series_tag_keys(measurement->m_id, &count);

	measurement->tag_keys = MemoryContextAlloc(cache_context, Max(1, count) * sizeof(FluxText));
	for (int i = 0; i < count; i++)
		measurement->tag_keys[i] = copy_to_cache(list[i]);
	measurement->tag_key_count = count;
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

	int32		size = Min(name.size, 50);

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
		" ON CONFLICT DO NOTHING", 3, {INT4OID, TEXTOID, TEXTOID}
	};
	FluxMeasurementInfo info;

	for (int attempt = 0;
		 !flux_series_measurement(measurement->bucket_id, measurement->name, &info); attempt++)
	{
		Datum		args[] = {
			Int32GetDatum(measurement->bucket_id), text_datum(measurement->name),
			CStringGetTextDatum(table_name(measurement->name, attempt))
		};

		CHECK_FOR_INTERRUPTS();
		insert_names(&insert, args);
	}
	give_measurement_id(measurement, info.m_id);
	load_fields(measurement);
	load_tag_keys(measurement);
	measurement->needs_table_check = true;
}

static int
compare_fields(const void *a, const void *b)
{
	const FluxCachedField *left = *(FluxCachedField *const *) a;
	const FluxCachedField *right = *(FluxCachedField *const *) b;

	if (left->measurement->m_id != right->measurement->m_id)
		return left->measurement->m_id < right->measurement->m_id ? -1 : 1;

	int			order = flux_text_compare(left->name, right->name);

	return order != 0 ? order : (int) left->type - (int) right->type;
}

/* All types of the field's name. */
static FluxCachedField *
first_type(const FluxCachedField *field)
{
	return table_find(fields_by_name, name_key(field->measurement->serial, field->name));
}

/*
 * Whether the name is known with another type, or about to be.  Such a field
 * gets an id only where a chunk accepts it: points that are dropped leave no
 * trace.
 */
static bool
has_other_type(const FluxCachedField *field, FluxCachedField *const *wanted, int wanted_count)
{
	for (FluxCachedField *other = first_type(field); other != NULL; other = other->next_type)
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

/* Creates the fields of the list that have no id yet; measurements have theirs. */
static void
resolve_fields(FluxCachedField **fields, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.field (m_id, name, type)"
		" SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING",
		3, {INT4ARRAYOID, TEXTARRAYOID, INT2ARRAYOID}
	};
	FluxCachedField **missing = palloc_array(FluxCachedField *, Max(1, count));
	int			missing_count = 0;

	for (int i = 0; i < count; i++)
		if (fields[i]->field_id == 0)
			missing[missing_count++] = fields[i];
	if (missing_count == 0)
		return;
	qsort(missing, missing_count, sizeof(FluxCachedField *), compare_fields);

	Datum	   *m_ids = palloc_array(Datum, missing_count);
	Datum	   *names = palloc_array(Datum, missing_count);
	Datum	   *types = palloc_array(Datum, missing_count);

	for (int i = 0; i < missing_count; i++)
	{
		m_ids[i] = Int32GetDatum(missing[i]->measurement->m_id);
		names[i] = text_datum(missing[i]->name);
		types[i] = Int16GetDatum((int16) missing[i]->type);
	}

	Datum		args[] = {
		flux_catalog_array(m_ids, missing_count, INT4OID),
		flux_catalog_array(names, missing_count, TEXTOID),
		flux_catalog_array(types, missing_count, INT2OID)
	};

	insert_names(&insert, args);
	for (int i = 0; i < missing_count; i++)
	{
		if (missing[i]->field_id == 0)
			load_fields(missing[i]->measurement);
		if (missing[i]->field_id == 0)
			elog(ERROR, "field \"%s\" vanished", missing[i]->name.data);
		missing[i]->measurement->needs_table_check = true;
	}
}

/* ---- series ---- */

/* A series to be made: its tags, and the ids of its pairs. */
typedef struct NewSeries
{
	FluxCachedSeries *entry;
	int64		candidate_id;
	FluxTag    *tags;
	int			tag_count;
	int64	   *pair_ids;
} NewSeries;

/* A tag pair of new series. */
typedef struct NewPair
{
	FluxTag		tag;
	int64		pair_id;		/* candidate until is_resolved */
	bool		is_resolved;
} NewPair;

/*
 * Looks candidates up: resolves the entries whose id is taken by themselves,
 * moves on the candidates that somebody else has.  Returns how many moved.
 */
static int
look_series_up(int32 bucket_id, NewSeries *list, int count)
{
	static FluxCatalogStatement statement = {
		"SELECT w.n, s.skey FROM unnest($2) WITH ORDINALITY w(id, n)"
		" JOIN _flux_catalog.series s ON s.series_id = w.id WHERE s.bucket_id = $1",
		2, {INT4OID, INT8ARRAYOID}
	};
	Datum	   *ids = palloc_array(Datum, count);
	int		   *positions = palloc_array(int, count);
	int			asked = 0;
	int			moved = 0;
	FluxCatalogScope scope;

	for (int i = 0; i < count; i++)
	{
		if (list[i].entry->is_resolved)
			continue;
		positions[asked] = i;
		ids[asked++] = Int64GetDatum(list[i].candidate_id);
	}
	if (asked == 0)
		return 0;

	Datum		args[] = {Int32GetDatum(bucket_id), flux_catalog_array(ids, asked, INT8OID)};
	Snapshot	snapshot = flux_catalog_snapshot();

	flux_catalog_enter(&scope);
	SPI_connect();
	PushActiveSnapshot(snapshot);
	flux_catalog_execute(&statement, args, NULL, true);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		bool		is_null;
		int64		n = DatumGetInt64(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &is_null));
		bytea	   *key = DatumGetByteaPP(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 2, &is_null));
		NewSeries  *wanted = &list[positions[n - 1]];

		if (flux_text_equal(wanted->entry->key,
							flux_text(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key))))
			give_series_id(wanted->entry, wanted->candidate_id);
		else
		{
			wanted->candidate_id = flux_series_next_id(wanted->candidate_id);
			moved++;
		}
	}
	PopActiveSnapshot();
	SPI_finish();
	flux_catalog_leave(&scope);
	UnregisterSnapshot(snapshot);
	return moved;
}

/* The same for pairs. */
static int
look_pairs_up(int32 bucket_id, NewPair *list, int count)
{
	static FluxCatalogStatement statement = {
		"SELECT w.n, p.key, p.value FROM unnest($2) WITH ORDINALITY w(id, n)"
		" JOIN _flux_catalog.tag_pair p ON p.pair_id = w.id WHERE p.bucket_id = $1",
		2, {INT4OID, INT8ARRAYOID}
	};
	Datum	   *ids = palloc_array(Datum, count);
	int		   *positions = palloc_array(int, count);
	int			asked = 0;
	int			moved = 0;
	FluxCatalogScope scope;

	for (int i = 0; i < count; i++)
	{
		if (list[i].is_resolved)
			continue;
		positions[asked] = i;
		ids[asked++] = Int64GetDatum(list[i].pair_id);
	}
	if (asked == 0)
		return 0;

	Datum		args[] = {Int32GetDatum(bucket_id), flux_catalog_array(ids, asked, INT8OID)};
	Snapshot	snapshot = flux_catalog_snapshot();

	flux_catalog_enter(&scope);
	SPI_connect();
	PushActiveSnapshot(snapshot);
	flux_catalog_execute(&statement, args, NULL, true);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		bool		is_null;
		int64		n = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &is_null));
		text	   *key = DatumGetTextPP(SPI_getbinval(tuple, desc, 2, &is_null));
		text	   *value = DatumGetTextPP(SPI_getbinval(tuple, desc, 3, &is_null));
		NewPair    *wanted = &list[positions[n - 1]];

		if (flux_text_equal(wanted->tag.key,
							flux_text(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key))) &&
			flux_text_equal(wanted->tag.value,
							flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value))))
			wanted->is_resolved = true;
		else
		{
			wanted->pair_id = flux_series_next_id(wanted->pair_id);
			moved++;
		}
	}
	PopActiveSnapshot();
	SPI_finish();
	flux_catalog_leave(&scope);
	UnregisterSnapshot(snapshot);
	return moved;
}

static void
insert_pairs(int32 bucket_id, const NewPair *list, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.tag_pair (bucket_id, pair_id, key, value)"
		" SELECT $1, u.* FROM unnest($2, $3, $4) u(id, key, value) ORDER BY id"
		" ON CONFLICT DO NOTHING",
		4, {INT4OID, INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID}
	};
	Datum	   *ids = palloc_array(Datum, count);
	Datum	   *keys = palloc_array(Datum, count);
	Datum	   *values = palloc_array(Datum, count);
	int			inserted = 0;

	for (int i = 0; i < count; i++)
	{
		if (list[i].is_resolved)
			continue;
		ids[inserted] = Int64GetDatum(list[i].pair_id);
		keys[inserted] = text_datum(list[i].tag.key);
		values[inserted++] = text_datum(list[i].tag.value);
	}

	Datum		args[] = {
		Int32GetDatum(bucket_id), flux_catalog_array(ids, inserted, INT8OID),
		flux_catalog_array(keys, inserted, TEXTOID), flux_catalog_array(values, inserted, TEXTOID)
	};

	insert_names(&insert, args);
}

static bool
all_pairs_resolved(const NewPair *list, int count)
{
	for (int i = 0; i < count; i++)
		if (!list[i].is_resolved)
			return false;
	return true;
}

/* Gives every pair an id; creates those that the catalog lacks. */
static void
resolve_pairs(int32 bucket_id, NewPair *list, int count)
{
	while (look_pairs_up(bucket_id, list, count) > 0)
		CHECK_FOR_INTERRUPTS();
	while (!all_pairs_resolved(list, count))
	{
		insert_pairs(bucket_id, list, count);
		while (look_pairs_up(bucket_id, list, count) > 0)
			CHECK_FOR_INTERRUPTS();
	}
}

/* Gathers the different pairs of new series, resolves them, and notes their ids. */
static void
assign_pairs(int32 bucket_id, NewSeries *list, int count)
{
	names_hash *by_text = names_create(CurrentMemoryContext, 256, NULL);
	int			capacity = 256;
	int			pair_count = 0;
	NewPair    *pairs = palloc_array(NewPair, capacity);
	StringInfoData bytes;

	initStringInfo(&bytes);
	for (int i = 0; i < count; i++)
	{
		list[i].pair_ids = palloc_array(int64, Max(1, list[i].tag_count));
		for (int j = 0; j < list[i].tag_count; j++)
		{
			bool		found;

			resetStringInfo(&bytes);
			flux_series_key_append(&bytes, list[i].tags[j].key, NULL, 0);
			flux_series_key_append(&bytes, list[i].tags[j].value, NULL, 0);

			NameKey		key = name_key(0, flux_text(bytes.data, bytes.len));
			NameElement *element = names_lookup(by_text, key);

			if (element == NULL)
			{
				key.text = flux_text_copy(key.text);
				element = names_insert(by_text, key, &found);
				if (pair_count == capacity)
				{
					capacity *= 2;
					pairs = repalloc_array(pairs, NewPair, capacity);
				}
				pairs[pair_count].tag = list[i].tags[j];
				pairs[pair_count].pair_id = flux_series_first_id(bytes.data, bytes.len);
				pairs[pair_count].is_resolved = false;
				element->entry = (void *) (uintptr_t) pair_count++;
			}
			/* For now its position. */
			list[i].pair_ids[j] = (int64) (uintptr_t) element->entry;
		}
	}
	if (pair_count > 0)
		resolve_pairs(bucket_id, pairs, pair_count);
	for (int i = 0; i < count; i++)
		for (int j = 0; j < list[i].tag_count; j++)
			list[i].pair_ids[j] = pairs[list[i].pair_ids[j]].pair_id;
	names_destroy(by_text);
}

static bool
has_tag_key(const FluxCachedMeasurement *measurement, FluxText key)
{
	for (int i = 0; i < measurement->tag_key_count; i++)
		if (flux_text_equal(measurement->tag_keys[i], key))
			return true;
	return false;
}

/* Makes the tag keys of a new series known to its measurement. */
static void
add_tag_keys(const NewSeries *series)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.measurement_tag (m_id, key)"
		" SELECT $1, * FROM unnest($2) ON CONFLICT DO NOTHING", 2, {INT4OID, TEXTARRAYOID}
	};
	FluxCachedMeasurement *measurement = series->entry->measurement;
	Datum	   *missing = NULL;
	int			missing_count = 0;

	for (int i = 0; i < series->tag_count; i++)
	{
		if (has_tag_key(measurement, series->tags[i].key))
			continue;
		if (missing == NULL)
			missing = palloc_array(Datum, series->tag_count);
		missing[missing_count++] = text_datum(series->tags[i].key);
	}
	if (missing_count == 0)
		return;

	Datum		args[] = {
		Int32GetDatum(measurement->m_id), flux_catalog_array(missing, missing_count, TEXTOID)
	};

	insert_names(&insert, args);
	load_tag_keys(measurement);
	measurement->needs_table_check = true;
}

/* "{1,2,3}" */
static Datum
pairs_text(const NewSeries *series)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < series->tag_count; i++)
		appendStringInfo(&text, i > 0 ? "," INT64_FORMAT : INT64_FORMAT, series->pair_ids[i]);
	appendStringInfoChar(&text, '}');
	return CStringGetTextDatum(text.data);
}

static void
insert_series(int32 bucket_id, const NewSeries *list, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.series (bucket_id, m_id, series_id, skey, pairs)"
		" SELECT $1, u.m_id, u.id, u.skey, u.pairs::bigint[]"
		" FROM unnest($2, $3, $4, $5) u(m_id, id, skey, pairs) ORDER BY u.id"
		" ON CONFLICT DO NOTHING",
		5, {INT4OID, INT4ARRAYOID, INT8ARRAYOID, BYTEAARRAYOID, TEXTARRAYOID}
	};
	Datum	   *m_ids = palloc_array(Datum, count);
	Datum	   *ids = palloc_array(Datum, count);
	Datum	   *keys = palloc_array(Datum, count);
	Datum	   *pairs = palloc_array(Datum, count);
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (list[i].entry->is_resolved)
			continue;
		m_ids[n] = Int32GetDatum(list[i].entry->measurement->m_id);
		ids[n] = Int64GetDatum(list[i].candidate_id);
		keys[n] = text_datum(list[i].entry->key);
		pairs[n++] = pairs_text(&list[i]);
	}
	if (n == 0)
		return;

	Datum		args[] = {
		Int32GetDatum(bucket_id), flux_catalog_array(m_ids, n, INT4OID),
		flux_catalog_array(ids, n, INT8OID), flux_catalog_array(keys, n, BYTEAOID),
		flux_catalog_array(pairs, n, TEXTOID)
	};

	insert_names(&insert, args);
}

static bool
all_series_resolved(const NewSeries *list, int count)
{
	for (int i = 0; i < count; i++)
		if (!list[i].entry->is_resolved)
			return false;
	return true;
}

static void
resolve_series(int32 bucket_id, FluxCachedSeries **series, int count)
{
	NewSeries  *list = palloc0_array(NewSeries, Max(1, count));
	int			list_count = 0;
	int			new_count = 0;

	for (int i = 0; i < count; i++)
	{
		if (series[i]->is_resolved)
			continue;
		list[list_count].entry = series[i];
		list[list_count++].candidate_id = flux_series_first_id(series[i]->key.data,
															   series[i]->key.size);
	}
	while (look_series_up(bucket_id, list, list_count) > 0)
		CHECK_FOR_INTERRUPTS();

	/* What is left is new. */
	for (int i = 0; i < list_count; i++)
		if (!list[i].entry->is_resolved)
			list[new_count++] = list[i];
	if (new_count == 0)
		return;
	for (int i = 0; i < new_count; i++)
	{
		FluxText	unused;

		flux_series_key_decode(list[i].entry->key.data, list[i].entry->key.size, &unused,
							   &list[i].tags, &list[i].tag_count);
		add_tag_keys(&list[i]);
	}
	assign_pairs(bucket_id, list, new_count);
	while (!all_series_resolved(list, new_count))
	{
		insert_series(bucket_id, list, new_count);
		while (look_series_up(bucket_id, list, new_count) > 0)
			CHECK_FOR_INTERRUPTS();
	}
}

void
flux_series_cache_resolve(const FluxBucket *bucket, FluxCachedSeries **series, int series_count,
						  FluxCachedField **fields, int field_count)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask resolve",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(context);
	FluxCachedField **wanted = palloc_array(FluxCachedField *, Max(1, field_count));
	int			wanted_count = 0;

	for (int i = 0; i < series_count; i++)
		if (series[i]->measurement->m_id == 0)
			resolve_measurement(series[i]->measurement);
	for (int i = 0; i < field_count; i++)
		if (fields[i]->measurement->m_id == 0)
			resolve_measurement(fields[i]->measurement);
	for (int i = 0; i < field_count; i++)
		if (fields[i]->field_id == 0 && !has_other_type(fields[i], wanted, wanted_count))
			wanted[wanted_count++] = fields[i];
	resolve_fields(wanted, wanted_count);
	resolve_series(bucket->bucket_id, series, series_count);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
}

/* ---- types per chunk ---- */

static ChunkType *
chunk_type_entry(int32 chunk_id, int32 field_id, HASHACTION action, bool *found)
{
	ChunkTypeKey key = {chunk_id, field_id};

	return hash_search(chunk_types, &key, action, found);
}

/* An empty table when there is none, an abort made it doubtful, or it is full. */
static void
prepare_chunk_types(void)
{
	if (chunk_types != NULL && (chunk_types_generation != flux_series_cache_generation ||
								hash_get_num_entries(chunk_types) > CHUNK_TYPES_MAX))
	{
		hash_destroy(chunk_types);
		chunk_types = NULL;
	}
	if (chunk_types != NULL)
		return;

	HASHCTL		control = {.keysize = sizeof(ChunkTypeKey),.entrysize = sizeof(ChunkType),
	.hcxt = CacheMemoryContext};

	chunk_types = hash_create("fluxtask chunk types", 64, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	chunk_types_generation = flux_series_cache_generation;
}

/* Learns the types that the names of a measurement's fields have in a chunk. */
static void
load_chunk_types(int32 chunk_id, FluxCachedMeasurement *measurement)
{
	static FluxCatalogStatement statement = {
		"SELECT c.name, f.type FROM _flux_catalog.chunk_field c"
		" JOIN _flux_catalog.field f USING (field_id) WHERE c.chunk_id = $1 AND c.m_id = $2",
		2, {INT4OID, INT4OID}
	};
	Datum		args[] = {Int32GetDatum(chunk_id), Int32GetDatum(measurement->m_id)};
	Snapshot	snapshot = flux_catalog_snapshot();
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	PushActiveSnapshot(snapshot);
	flux_catalog_execute(&statement, args, NULL, true);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		bool		is_null;
		text	   *name = DatumGetTextPP(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &is_null));
		FluxColumnType type = (FluxColumnType)
			DatumGetInt16(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 2, &is_null));
		NameKey		key = name_key(measurement->serial,
								   flux_text(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)));

		for (FluxCachedField *field = table_find(fields_by_name, key); field != NULL;
			 field = field->next_type)
			if (field->field_id != 0)
				chunk_type_entry(chunk_id, field->field_id, HASH_ENTER, NULL)->type = type;
	}
	PopActiveSnapshot();
	SPI_finish();
	flux_catalog_leave(&scope);
	UnregisterSnapshot(snapshot);
}

/* Drops fields whose name an earlier one has; gives how many are left. */
static int
keep_first_types(FluxCachedField **fields, int count)
{
	int			kept = 0;

	for (int i = 0; i < count; i++)
	{
		bool		is_first = true;

		/* Names of several types share their text. */
		if (first_type(fields[i])->next_type != NULL)
			for (int j = 0; j < kept && is_first; j++)
				is_first = fields[j]->name.data != fields[i]->name.data;
		if (is_first)
			fields[kept++] = fields[i];
	}
	return kept;
}

/* Makes the names known to the chunk, with the types of these fields. */
static void
insert_chunk_fields(int32 chunk_id, FluxCachedField **fields, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.chunk_field (chunk_id, m_id, name, field_id)"
		" SELECT $1, $2, u.* FROM unnest($3, $4) u ON CONFLICT DO NOTHING",
		4, {INT4OID, INT4OID, TEXTARRAYOID, INT4ARRAYOID}
	};
	Datum	   *names = palloc_array(Datum, count);
	Datum	   *ids = palloc_array(Datum, count);

	qsort(fields, count, sizeof(FluxCachedField *), compare_fields);
	for (int i = 0; i < count; i++)
	{
		names[i] = text_datum(fields[i]->name);
		ids[i] = Int32GetDatum(fields[i]->field_id);
	}

	Datum		args[] = {
		Int32GetDatum(chunk_id), Int32GetDatum(fields[0]->measurement->m_id),
		flux_catalog_array(names, count, TEXTOID), flux_catalog_array(ids, count, INT4OID)
	};

	insert_names(&insert, args);
}

/*
 * The type that a field's name has in the chunk, as far as it is loaded; 0 when it
 * has none.
 */
static FluxColumnType
known_chunk_type(int32 chunk_id, const FluxCachedField *field)
{
	for (FluxCachedField *other = first_type(field); other != NULL; other = other->next_type)
	{
		ChunkType  *known = other->field_id == 0 ? NULL :
			chunk_type_entry(chunk_id, other->field_id, HASH_FIND, NULL);

		if (known != NULL)
			return known->type;
	}
	return 0;
}

void
flux_series_cache_chunk_types(int32 chunk_id, FluxCachedField *const *fields, int count,
							  FluxColumnType *types)
{
	FluxCachedField **missing = palloc_array(FluxCachedField *, count);

	prepare_chunk_types();
	for (int attempt = 0;; attempt++)
	{
		int			missing_count = 0;

		for (int i = 0; i < count; i++)
			if (known_chunk_type(chunk_id, fields[i]) == 0)
				missing[missing_count++] = fields[i];
		if (missing_count == 0)
			break;
		if (attempt > 1)
			elog(ERROR, "fields of chunk %d vanished", chunk_id);
		if (attempt == 1)
		{
			/* Of two types of a name the first one given is the chunk's. */
			missing_count = keep_first_types(missing, missing_count);
			resolve_fields(missing, missing_count);
			insert_chunk_fields(chunk_id, missing, missing_count);
		}
		load_chunk_types(chunk_id, fields[0]->measurement);
	}
	for (int i = 0; i < count; i++)
	{
		types[i] = known_chunk_type(chunk_id, fields[i]);
		if (types[i] == fields[i]->type)
		{
			fields[i]->chunk_id = chunk_id;
			fields[i]->chunk_generation = flux_series_cache_generation;
		}
	}
	pfree(missing);
}
