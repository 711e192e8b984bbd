/*
 * chunk_types.c
 *		Which type a field has in a chunk.
 *
 * In a chunk a field's name has one type, the one that was written first
 * (_flux_catalog.chunk_field).  A backend remembers what it has read; an
 * abort makes all of it doubtful.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "storage/catalog.h"
#include "storage/chunk_types.h"
#include "storage/series_resolve.h"

/* Types of fields in chunks; see flux_chunk_types_get(). */
typedef struct ChunkTypeKey
{
	int32 chunk_id;
	int32 field_id;
} ChunkTypeKey;

typedef struct ChunkType
{
	ChunkTypeKey key;
	FluxColumnType type; /* that the field's name has in the chunk */
} ChunkType;

#define CHUNK_TYPES_MAX 100000 /* remembered; then they start anew */

static HTAB *chunk_types;
static uint64 chunk_types_generation;

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

	HASHCTL control = {.keysize = sizeof(ChunkTypeKey),
					   .entrysize = sizeof(ChunkType),
					   .hcxt = CacheMemoryContext};

	chunk_types =
		hash_create("fluxtask chunk types", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	chunk_types_generation = flux_series_cache_generation;
}

/* Learns the types that the names of a measurement's fields have in a chunk. */
static void
load_chunk_types(int32 chunk_id, FluxCachedMeasurement *measurement)
{
	static FluxCatalogStatement statement = {
		"SELECT c.name, f.type FROM _flux_catalog.chunk_field c"
		" JOIN _flux_catalog.field f USING (field_id) WHERE c.chunk_id = $1 AND c.m_id = $2",
		2,
		{INT4OID, INT4OID}};
	Datum args[] = {Int32GetDatum(chunk_id), Int32GetDatum(measurement->m_id)};
	Snapshot snapshot = flux_catalog_snapshot();
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	PushActiveSnapshot(snapshot);
	flux_catalog_execute(&statement, args, NULL, true);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple tuple = SPI_tuptable->vals[row];
		bool is_null;
		text *name = DatumGetTextPP(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &is_null));
		FluxColumnType type = (FluxColumnType) DatumGetInt16(
			SPI_getbinval(tuple, SPI_tuptable->tupdesc, 2, &is_null));
		FluxCachedField *field = flux_series_cache_fields_named(
			measurement, flux_text(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)));

		for (; field != NULL; field = field->next_type)
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
	int kept = 0;

	for (int i = 0; i < count; i++)
	{
		bool is_first = true;

		/* Names of several types share their text. */
		if (flux_series_cache_fields_named(fields[i]->measurement, fields[i]->name)->next_type !=
			NULL)
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
		4,
		{INT4OID, INT4OID, TEXTARRAYOID, INT4ARRAYOID}};
	Datum *names = palloc_array(Datum, count);
	Datum *ids = palloc_array(Datum, count);

	qsort(fields, count, sizeof(FluxCachedField *), flux_series_compare_fields);
	for (int i = 0; i < count; i++)
	{
		names[i] = flux_catalog_text(fields[i]->name);
		ids[i] = Int32GetDatum(fields[i]->field_id);
	}

	Datum args[] = {Int32GetDatum(chunk_id), Int32GetDatum(fields[0]->measurement->m_id),
					flux_catalog_array(names, count, TEXTOID),
					flux_catalog_array(ids, count, INT4OID)};

	flux_series_cache_insert(&insert, args);
}

/*
 * The type that a field's name has in the chunk, as far as it is loaded; 0 when it
 * has none.
 */
static FluxColumnType
known_chunk_type(int32 chunk_id, const FluxCachedField *field)
{
	for (FluxCachedField *other = flux_series_cache_fields_named(field->measurement, field->name);
		 other != NULL; other = other->next_type)
	{
		ChunkType *known = other->field_id == 0
							   ? NULL
							   : chunk_type_entry(chunk_id, other->field_id, HASH_FIND, NULL);

		if (known != NULL)
			return known->type;
	}
	return 0;
}

void
flux_chunk_types_get(int32 chunk_id, FluxCachedField *const *fields, int count,
					 FluxColumnType *types)
{
	FluxCachedField **missing = palloc_array(FluxCachedField *, count);

	prepare_chunk_types();
	for (int attempt = 0;; attempt++)
	{
		int missing_count = 0;

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
			flux_series_resolve_fields(missing, missing_count);
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
