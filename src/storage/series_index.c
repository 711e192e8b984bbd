/*
 * series_index.c
 *		Reading the catalog of names: measurements, fields, tags; keys and ids of
 *		series.  Series themselves are found in series_find.c.
 *
 * An id is the first of its probe sequence that is taken by nobody else, so a
 * lookup walks the sequence until it finds its text or a hole.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "storage/catalog_walk.h"
#include "storage/series_index.h"

/* ---- keys and hashes ---- */

static void
append_varint(StringInfo key, uint32 number)
{
	while (number >= 0x80)
	{
		appendStringInfoCharMacro(key, (char) (number | 0x80));
		number >>= 7;
	}
	appendStringInfoCharMacro(key, (char) number);
}

static void
append_counted(StringInfo key, FluxText text)
{
	append_varint(key, (uint32) text.size);
	appendBinaryStringInfo(key, text.data, text.size);
}

void
flux_series_key_append(StringInfo key, FluxText measurement, const FluxTag *tags, int tag_count)
{
	append_counted(key, measurement);
	for (int i = 0; i < tag_count; i++)
	{
		append_counted(key, tags[i].key);
		append_counted(key, tags[i].value);
	}
}

/* One counted text of a key; false at what cannot be one. */
static bool
next_counted(const char **next, const char *end, FluxText *text)
{
	uint32 size = 0;

	for (int shift = 0;; shift += 7)
	{
		if (*next >= end || shift > 28)
			return false;

		uint8 byte = (uint8) * (*next)++;

		size |= (uint32) (byte & 0x7F) << shift;
		if (byte < 0x80)
			break;
	}
	if (size > (Size) (end - *next))
		return false;
	*text = flux_text(*next, (int32) size);
	*next += size;
	return true;
}

void
flux_series_key_decode(const char *key, Size size, FluxText *measurement, FluxTag **tags,
					   int *tag_count)
{
	const char *next = key;
	const char *end = key + size;
	int capacity = 8;
	bool is_good = next_counted(&next, end, measurement);

	*tags = palloc_array(FluxTag, capacity);
	*tag_count = 0;
	while (is_good && next < end)
	{
		if (*tag_count == capacity)
		{
			capacity *= 2;
			*tags = repalloc_array(*tags, FluxTag, capacity);
		}

		FluxTag *tag = &(*tags)[(*tag_count)++];

		is_good = next_counted(&next, end, &tag->key) && next_counted(&next, end, &tag->value);
	}
	if (!is_good)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("a key in _flux_catalog.series is damaged")));
}

/* Eight bytes as a little-endian number, wherever we run. */
static inline uint64
read_word(const char *bytes)
{
	uint64 word;

	memcpy(&word, bytes, sizeof(word));
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	return word;
}

static inline uint64
mix(uint64 hash, uint64 word)
{
	hash ^= word;
	hash *= UINT64CONST(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 32);
}

uint64
flux_series_hash(const char *bytes, Size size)
{
	uint64 hash = mix(UINT64CONST(0x2545F4914F6CDD1D), size);

	for (; size >= 8; bytes += 8, size -= 8)
		hash = mix(hash, read_word(bytes));
	if (size > 0)
	{
		char rest[8] = {0};

		memcpy(rest, bytes, size);
		hash = mix(hash, read_word(rest));
	}
	return mix(hash, hash >> 29);
}

int64
flux_series_first_id(const char *bytes, Size size)
{
	return (int64) (flux_series_hash(bytes, size) & PG_INT64_MAX);
}

/* ---- measurements, fields, tag keys ---- */

/* Column numbers. */
enum
{
	MEASUREMENT_M_ID = 1,
	MEASUREMENT_BUCKET_ID,
	MEASUREMENT_NAME,
	MEASUREMENT_TABLE_NAME
};
enum
{
	FIELD_FIELD_ID = 1,
	FIELD_M_ID,
	FIELD_NAME,
	FIELD_TYPE
};
enum
{
	TAG_M_ID = 1,
	TAG_KEY
};
enum
{
	PAIR_BUCKET_ID = 1,
	PAIR_PAIR_ID,
	PAIR_KEY,
	PAIR_VALUE
};
enum
{
	CHUNK_FIELD_CHUNK_ID = 1,
	CHUNK_FIELD_M_ID,
	CHUNK_FIELD_NAME,
	CHUNK_FIELD_FIELD_ID
};

/* Room for one more element in a list that began with 16. */
#define GROW_LIST(list, count, type)                                                               \
	do                                                                                             \
	{                                                                                              \
		if ((count) >= 16 && ((count) & ((count) -1)) == 0)                                        \
			(list) = repalloc_array((list), type, 2 * (count));                                    \
	} while (0)

static FluxMeasurementInfo
measurement_from_row(const FluxCatalogWalk *walk, HeapTuple tuple)
{
	FluxMeasurementInfo measurement;

	measurement.m_id = DatumGetInt32(flux_walk_value(walk, tuple, MEASUREMENT_M_ID));
	measurement.bucket_id = DatumGetInt32(flux_walk_value(walk, tuple, MEASUREMENT_BUCKET_ID));
	measurement.name = flux_walk_text(walk, tuple, MEASUREMENT_NAME);
	measurement.table_name =
		pstrdup(NameStr(*DatumGetName(flux_walk_value(walk, tuple, MEASUREMENT_TABLE_NAME))));
	return measurement;
}

FluxMeasurementInfo *
flux_series_measurements(int32 bucket_id, int *count)
{
	FluxMeasurementInfo *list = palloc_array(FluxMeasurementInfo, 16);
	FluxCatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	flux_walk_begin(&walk, FLUX_CATALOG_MEASUREMENT, FLUX_CATALOG_MEASUREMENT_NAME_KEY,
					MEASUREMENT_BUCKET_ID, bucket_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = flux_walk_next(&walk)))
	{
		GROW_LIST(list, *count, FluxMeasurementInfo);
		list[(*count)++] = measurement_from_row(&walk, tuple);
	}
	flux_walk_end(&walk);
	return list;
}

bool
flux_series_measurement(int32 bucket_id, FluxText name, FluxMeasurementInfo *measurement)
{
	FluxCatalogWalk walk;
	HeapTuple tuple;
	bool found;

	flux_walk_begin(&walk, FLUX_CATALOG_MEASUREMENT, FLUX_CATALOG_MEASUREMENT_NAME_KEY,
					MEASUREMENT_BUCKET_ID, bucket_id, MEASUREMENT_NAME, flux_catalog_text(name));
	tuple = flux_walk_next(&walk);
	found = HeapTupleIsValid(tuple);
	if (found)
		*measurement = measurement_from_row(&walk, tuple);
	flux_walk_end(&walk);
	return found;
}

FluxFieldInfo *
flux_series_fields(int32 m_id, int *count)
{
	FluxFieldInfo *list = palloc_array(FluxFieldInfo, 16);
	FluxCatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	flux_walk_begin(&walk, FLUX_CATALOG_FIELD, FLUX_CATALOG_FIELD_NAME_KEY, FIELD_M_ID, m_id, 0,
					(Datum) 0);
	while (HeapTupleIsValid(tuple = flux_walk_next(&walk)))
	{
		FluxFieldInfo *field;

		GROW_LIST(list, *count, FluxFieldInfo);
		field = &list[(*count)++];
		field->field_id = DatumGetInt32(flux_walk_value(&walk, tuple, FIELD_FIELD_ID));
		field->m_id = m_id;
		field->name = flux_walk_text(&walk, tuple, FIELD_NAME);
		field->type = (FluxColumnType) DatumGetInt16(flux_walk_value(&walk, tuple, FIELD_TYPE));
	}
	flux_walk_end(&walk);
	return list;
}

FluxText *
flux_series_tag_keys(int32 m_id, int *count)
{
	FluxText *list = palloc_array(FluxText, 16);
	FluxCatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	flux_walk_begin(&walk, FLUX_CATALOG_MEASUREMENT_TAG, FLUX_CATALOG_MEASUREMENT_TAG_PKEY,
					TAG_M_ID, m_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = flux_walk_next(&walk)))
	{
		GROW_LIST(list, *count, FluxText);
		list[(*count)++] = flux_walk_text(&walk, tuple, TAG_KEY);
	}
	flux_walk_end(&walk);
	return list;
}

static int
compare_ids(const void *a, const void *b)
{
	int32 left = *(const int32 *) a;
	int32 right = *(const int32 *) b;

	return (left > right) - (left < right);
}

int32 *
flux_series_chunk_fields(int32 chunk_id, int *count)
{
	int32 *list = palloc_array(int32, 16);
	FluxCatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	flux_walk_begin(&walk, FLUX_CATALOG_CHUNK_FIELD, FLUX_CATALOG_CHUNK_FIELD_PKEY,
					CHUNK_FIELD_CHUNK_ID, chunk_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = flux_walk_next(&walk)))
	{
		GROW_LIST(list, *count, int32);
		list[(*count)++] = DatumGetInt32(flux_walk_value(&walk, tuple, CHUNK_FIELD_FIELD_ID));
	}
	flux_walk_end(&walk);
	qsort(list, *count, sizeof(int32), compare_ids);
	return list;
}

/* ---- pairs ---- */

bool
flux_series_pair(int32 bucket_id, FluxText key, FluxText value, int64 *pair_id)
{
	StringInfoData bytes;
	bool is_taken;
	bool is_it;

	initStringInfo(&bytes);
	append_counted(&bytes, key);
	append_counted(&bytes, value);
	*pair_id = flux_series_first_id(bytes.data, bytes.len);
	pfree(bytes.data);
	for (;;)
	{
		ScanKeyData keys[2];
		FluxCatalogWalk walk;
		HeapTuple tuple;

		ScanKeyInit(&keys[0], PAIR_BUCKET_ID, BTEqualStrategyNumber, F_INT4EQ,
					Int32GetDatum(bucket_id));
		ScanKeyInit(&keys[1], PAIR_PAIR_ID, BTEqualStrategyNumber, F_INT8EQ,
					Int64GetDatum(*pair_id));
		flux_walk_begin_keyed(&walk, FLUX_CATALOG_TAG_PAIR, FLUX_CATALOG_TAG_PAIR_PKEY, keys, 2);
		tuple = flux_walk_next(&walk);
		is_taken = HeapTupleIsValid(tuple);
		is_it = is_taken && flux_text_equal(flux_walk_text(&walk, tuple, PAIR_KEY), key) &&
				flux_text_equal(flux_walk_text(&walk, tuple, PAIR_VALUE), value);
		flux_walk_end(&walk);
		if (is_it || !is_taken)
			return is_it;
		*pair_id = flux_series_next_id(*pair_id);
	}
}
