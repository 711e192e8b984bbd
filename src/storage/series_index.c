/*
 * series_index.c
 *		Reading the catalog of names: measurements, fields, tags, series.
 *
 * Series that have given tag values are found through their pairs (a GIN
 * index); what a predicate says beyond that is checked per series here.  An id
 * is the first of its probe sequence that is taken by nobody else, so a lookup
 * walks the sequence until it finds its text or a hole.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "storage/catalog.h"
#include "storage/predicate_eval.h"
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

/* ---- reading rows ---- */

/*
 * Runs a reading statement as of now; rows stand in SPI_tuptable, in the
 * memory of SPI.  End with end_reading().
 */
static uint64
begin_reading(FluxCatalogScope *scope, FluxCatalogStatement *statement, Datum *args)
{
	Snapshot snapshot = flux_catalog_snapshot();

	flux_catalog_enter(scope);
	SPI_connect();
	PushActiveSnapshot(snapshot);

	uint64 count = flux_catalog_execute(statement, args, NULL, true);

	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);
	if (count > PG_INT32_MAX / sizeof(FluxSeriesInfo))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many series: " UINT64_FORMAT, count)));
	return count;
}

static void
end_reading(FluxCatalogScope *scope)
{
	SPI_finish();
	flux_catalog_leave(scope);
}

static Datum
row_value(uint64 row, int column)
{
	bool is_null;

	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &is_null);
}

/* A text or bytea value of a row, copied into "context". */
static FluxText
row_text(uint64 row, int column, MemoryContext context)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(row_value(row, column));
	MemoryContext old_context = MemoryContextSwitchTo(context);
	FluxText text = flux_text_copy(flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));

	MemoryContextSwitchTo(old_context);
	return text;
}

/* ---- measurements, fields, tag keys: read often, so without SPI ---- */

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

/* A walk over rows of a catalog table in the order of an index. */
typedef struct CatalogWalk
{
	Relation rel;
	Relation index;
	Snapshot snapshot;
	SysScanDesc scan;
} CatalogWalk;

/* Rows for which all keys hold, at most two of them. */
static void
begin_keyed_walk(CatalogWalk *walk, FluxCatalogRelation table, FluxCatalogRelation index,
				 ScanKey keys, int key_count)
{

	walk->rel = table_open(flux_catalog_oid(table), AccessShareLock);
	walk->index = index_open(flux_catalog_oid(index), AccessShareLock);
	walk->snapshot = flux_catalog_snapshot();
	walk->scan =
		systable_beginscan_ordered(walk->rel, walk->index, walk->snapshot, key_count, keys);
}

/* Rows whose columns "attribute", an int4, and then perhaps a text are as given. */
static void
begin_walk(CatalogWalk *walk, FluxCatalogRelation table, FluxCatalogRelation index,
		   AttrNumber attribute, int32 number, AttrNumber text_attribute, Datum text)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], attribute, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(number));
	if (text_attribute != 0)
		ScanKeyEntryInitialize(&keys[1], 0, text_attribute, BTEqualStrategyNumber, TEXTOID,
							   C_COLLATION_OID, F_TEXTEQ, text);
	begin_keyed_walk(walk, table, index, keys, text_attribute != 0 ? 2 : 1);
}

static HeapTuple
next_row(CatalogWalk *walk)
{
	return systable_getnext_ordered(walk->scan, ForwardScanDirection);
}

static void
end_walk(CatalogWalk *walk)
{
	systable_endscan_ordered(walk->scan);
	UnregisterSnapshot(walk->snapshot);
	index_close(walk->index, NoLock);
	table_close(walk->rel, NoLock);
}

static Datum
tuple_value(const CatalogWalk *walk, HeapTuple tuple, AttrNumber attribute)
{
	bool is_null;

	return heap_getattr(tuple, attribute, RelationGetDescr(walk->rel), &is_null);
}

static FluxText
tuple_text(const CatalogWalk *walk, HeapTuple tuple, AttrNumber attribute)
{
	text *value = DatumGetTextPP(tuple_value(walk, tuple, attribute));

	return flux_text_copy(flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));
}

/* Room for one more element in a list that began with 16. */
#define GROW_LIST(list, count, type)                                                               \
	do                                                                                             \
	{                                                                                              \
		if ((count) >= 16 && ((count) & ((count) -1)) == 0)                                        \
			(list) = repalloc_array((list), type, 2 * (count));                                    \
	} while (0)

static FluxMeasurementInfo
measurement_from_row(const CatalogWalk *walk, HeapTuple tuple)
{
	FluxMeasurementInfo measurement;

	measurement.m_id = DatumGetInt32(tuple_value(walk, tuple, MEASUREMENT_M_ID));
	measurement.bucket_id = DatumGetInt32(tuple_value(walk, tuple, MEASUREMENT_BUCKET_ID));
	measurement.name = tuple_text(walk, tuple, MEASUREMENT_NAME);
	measurement.table_name =
		pstrdup(NameStr(*DatumGetName(tuple_value(walk, tuple, MEASUREMENT_TABLE_NAME))));
	return measurement;
}

FluxMeasurementInfo *
flux_series_measurements(int32 bucket_id, int *count)
{
	FluxMeasurementInfo *list = palloc_array(FluxMeasurementInfo, 16);
	CatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	begin_walk(&walk, FLUX_CATALOG_MEASUREMENT, FLUX_CATALOG_MEASUREMENT_NAME_KEY,
			   MEASUREMENT_BUCKET_ID, bucket_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = next_row(&walk)))
	{
		GROW_LIST(list, *count, FluxMeasurementInfo);
		list[(*count)++] = measurement_from_row(&walk, tuple);
	}
	end_walk(&walk);
	return list;
}

bool
flux_series_measurement(int32 bucket_id, FluxText name, FluxMeasurementInfo *measurement)
{
	CatalogWalk walk;
	HeapTuple tuple;
	bool found;

	begin_walk(&walk, FLUX_CATALOG_MEASUREMENT, FLUX_CATALOG_MEASUREMENT_NAME_KEY,
			   MEASUREMENT_BUCKET_ID, bucket_id, MEASUREMENT_NAME, flux_catalog_text(name));
	tuple = next_row(&walk);
	found = HeapTupleIsValid(tuple);
	if (found)
		*measurement = measurement_from_row(&walk, tuple);
	end_walk(&walk);
	return found;
}

FluxFieldInfo *
flux_series_fields(int32 m_id, int *count)
{
	FluxFieldInfo *list = palloc_array(FluxFieldInfo, 16);
	CatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	begin_walk(&walk, FLUX_CATALOG_FIELD, FLUX_CATALOG_FIELD_NAME_KEY, FIELD_M_ID, m_id, 0,
			   (Datum) 0);
	while (HeapTupleIsValid(tuple = next_row(&walk)))
	{
		FluxFieldInfo *field;

		GROW_LIST(list, *count, FluxFieldInfo);
		field = &list[(*count)++];
		field->field_id = DatumGetInt32(tuple_value(&walk, tuple, FIELD_FIELD_ID));
		field->m_id = m_id;
		field->name = tuple_text(&walk, tuple, FIELD_NAME);
		field->type = (FluxColumnType) DatumGetInt16(tuple_value(&walk, tuple, FIELD_TYPE));
	}
	end_walk(&walk);
	return list;
}

FluxText *
flux_series_tag_keys(int32 m_id, int *count)
{
	FluxText *list = palloc_array(FluxText, 16);
	CatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	begin_walk(&walk, FLUX_CATALOG_MEASUREMENT_TAG, FLUX_CATALOG_MEASUREMENT_TAG_PKEY, TAG_M_ID,
			   m_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = next_row(&walk)))
	{
		GROW_LIST(list, *count, FluxText);
		list[(*count)++] = tuple_text(&walk, tuple, TAG_KEY);
	}
	end_walk(&walk);
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
	CatalogWalk walk;
	HeapTuple tuple;

	*count = 0;
	begin_walk(&walk, FLUX_CATALOG_CHUNK_FIELD, FLUX_CATALOG_CHUNK_FIELD_PKEY, CHUNK_FIELD_CHUNK_ID,
			   chunk_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = next_row(&walk)))
	{
		GROW_LIST(list, *count, int32);
		list[(*count)++] = DatumGetInt32(tuple_value(&walk, tuple, CHUNK_FIELD_FIELD_ID));
	}
	end_walk(&walk);
	qsort(list, *count, sizeof(int32), compare_ids);
	return list;
}

/* ---- predicates ---- */

bool
flux_series_matches(const FluxPredicate *predicate, FluxText measurement, const FluxTag *tags,
					int tag_count)
{
	const FluxPredicateSeries series = {
		.measurement = measurement, .tags = tags, .tag_count = tag_count};

	return predicate == NULL || flux_predicate_may_match(predicate, &series);
}

/* ---- pairs and series ---- */

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
		CatalogWalk walk;
		HeapTuple tuple;

		ScanKeyInit(&keys[0], PAIR_BUCKET_ID, BTEqualStrategyNumber, F_INT4EQ,
					Int32GetDatum(bucket_id));
		ScanKeyInit(&keys[1], PAIR_PAIR_ID, BTEqualStrategyNumber, F_INT8EQ,
					Int64GetDatum(*pair_id));
		begin_keyed_walk(&walk, FLUX_CATALOG_TAG_PAIR, FLUX_CATALOG_TAG_PAIR_PKEY, keys, 2);
		tuple = next_row(&walk);
		is_taken = HeapTupleIsValid(tuple);
		is_it = is_taken && flux_text_equal(tuple_text(&walk, tuple, PAIR_KEY), key) &&
				flux_text_equal(tuple_text(&walk, tuple, PAIR_VALUE), value);
		end_walk(&walk);
		if (is_it || !is_taken)
			return is_it;
		*pair_id = flux_series_next_id(*pair_id);
	}
}

/* What an equality can tell the index before any series is looked at. */
typedef struct SeriesSearch
{
	int32 bucket_id;
	int32 m_id; /* 0: any measurement */
	Datum *pairs;
	int pair_count;
	int pair_capacity;
	bool is_empty; /* nothing can match */
} SeriesSearch;

static void
collect_equalities(const FluxPredicate *predicate, SeriesSearch *search)
{
	if (predicate == NULL || search->is_empty)
		return;
	if (predicate->kind == FLUX_PREDICATE_AND)
	{
		check_stack_depth();
		for (int i = 0; i < predicate->child_count; i++)
			collect_equalities(predicate->children[i], search);
		return;
	}
	if (predicate->kind != FLUX_PREDICATE_COMPARE || predicate->comparison != FLUX_COMPARE_EQ ||
		predicate->literal_type != FLUX_COLUMN_STRING)
		return;
	if (predicate->column == FLUX_PREDICATE_MEASUREMENT)
	{
		FluxMeasurementInfo measurement;

		if (!flux_series_measurement(search->bucket_id, predicate->literal.string, &measurement) ||
			(search->m_id != 0 && search->m_id != measurement.m_id))
			search->is_empty = true;
		else
			search->m_id = measurement.m_id;
	}
	else if (predicate->column == FLUX_PREDICATE_TAG && predicate->literal.string.size > 0)
	{
		int64 pair_id;

		if (!flux_series_pair(search->bucket_id, predicate->tag, predicate->literal.string,
							  &pair_id))
		{
			search->is_empty = true;
			return;
		}
		if (search->pair_count == search->pair_capacity)
		{
			search->pair_capacity = Max(8, search->pair_capacity * 2);
			search->pairs = search->pairs == NULL
								? palloc_array(Datum, search->pair_capacity)
								: repalloc_array(search->pairs, Datum, search->pair_capacity);
		}
		search->pairs[search->pair_count++] = Int64GetDatum(pair_id);
	}
}

/* Column numbers of _flux_catalog.series. */
enum
{
	SERIES_BUCKET_ID = 1,
	SERIES_M_ID,
	SERIES_SERIES_ID,
	SERIES_SKEY,
	SERIES_PAIRS
};

/* Series that were found so far; all in one memory context. */
typedef struct SeriesList
{
	const FluxPredicate *predicate;
	FluxSeriesInfo *items;
	int count;
	int capacity;
} SeriesList;

/* Takes a series whose key is palloc'd, if it passes the predicate. */
static void
add_series(SeriesList *list, int64 series_id, int32 m_id, FluxText key)
{
	FluxSeriesInfo series = {.series_id = series_id, .m_id = m_id};

	CHECK_FOR_INTERRUPTS();
	flux_series_key_decode(key.data, key.size, &series.measurement, &series.tags,
						   &series.tag_count);
	if (!flux_series_matches(list->predicate, series.measurement, series.tags, series.tag_count))
	{
		pfree(series.tags);
		pfree(unconstify(char *, key.data));
		return;
	}
	if (list->count == list->capacity)
	{
		if (list->capacity > PG_INT32_MAX / 2)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("too many series: more than %d", list->count)));
		list->capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
		list->items = list->items == NULL
						  ? palloc_array(FluxSeriesInfo, list->capacity)
						  : repalloc_huge(list->items, list->capacity * sizeof(FluxSeriesInfo));
	}
	list->items[list->count++] = series;
}

/* All series of a measurement, or of a bucket when m_id is 0. */
static void
walk_series(SeriesList *list, int32 bucket_id, int32 m_id)
{
	CatalogWalk walk;
	HeapTuple tuple;

	if (m_id != 0)
		begin_walk(&walk, FLUX_CATALOG_SERIES, FLUX_CATALOG_SERIES_M_ID_IDX, SERIES_M_ID, m_id, 0,
				   (Datum) 0);
	else
		begin_walk(&walk, FLUX_CATALOG_SERIES, FLUX_CATALOG_SERIES_PKEY, SERIES_BUCKET_ID,
				   bucket_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = next_row(&walk)))
		add_series(list, DatumGetInt64(tuple_value(&walk, tuple, SERIES_SERIES_ID)),
				   DatumGetInt32(tuple_value(&walk, tuple, SERIES_M_ID)),
				   tuple_text(&walk, tuple, SERIES_SKEY));
	end_walk(&walk);
}

/* The series that have all given pairs. */
static void
search_pairs(SeriesList *list, const SeriesSearch *search)
{
	/* "+ 0" leaves the index on pairs alone to choose from, analyzed or not. */
	static FluxCatalogStatement statement = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series"
		" WHERE pairs @> $1 AND bucket_id + 0 = $2 AND ($3 = 0 OR m_id + 0 = $3)",
		3,
		{INT8ARRAYOID, INT4OID, INT4OID}};
	MemoryContext context = CurrentMemoryContext;
	Datum args[] = {flux_catalog_array(search->pairs, search->pair_count, INT8OID),
					Int32GetDatum(search->bucket_id), Int32GetDatum(search->m_id)};
	FluxCatalogScope scope;
	uint64 count = begin_reading(&scope, &statement, args);

	for (uint64 row = 0; row < count; row++)
	{
		int64 series_id = DatumGetInt64(row_value(row, 1));
		int32 m_id = DatumGetInt32(row_value(row, 2));
		FluxText key = row_text(row, 3, context);
		MemoryContext old_context = MemoryContextSwitchTo(context);

		add_series(list, series_id, m_id, key);
		MemoryContextSwitchTo(old_context);
	}
	end_reading(&scope);
}

static int
compare_series(const void *a, const void *b)
{
	int64 left = ((const FluxSeriesInfo *) a)->series_id;
	int64 right = ((const FluxSeriesInfo *) b)->series_id;

	CHECK_FOR_INTERRUPTS();
	return (left > right) - (left < right);
}

FluxSeriesInfo *
flux_series_find(int32 bucket_id, const FluxPredicate *predicate, int *count)
{
	SeriesSearch search = {.bucket_id = bucket_id};
	SeriesList list = {.predicate = predicate};

	collect_equalities(predicate, &search);
	if (search.pair_count > 0 && !search.is_empty)
		search_pairs(&list, &search);
	else if (!search.is_empty)
		walk_series(&list, bucket_id, search.m_id);
	*count = list.count;
	if (list.count == 0)
		return palloc_array(FluxSeriesInfo, 1);
	qsort(list.items, list.count, sizeof(FluxSeriesInfo), compare_series);
	return list.items;
}

bool
flux_series_get(int32 bucket_id, int64 series_id, FluxSeriesInfo *series)
{
	static FluxCatalogStatement statement = {
		"SELECT m_id, skey FROM _flux_catalog.series WHERE bucket_id = $1 AND series_id = $2",
		2,
		{INT4OID, INT8OID}};
	MemoryContext context = CurrentMemoryContext;
	Datum args[] = {Int32GetDatum(bucket_id), Int64GetDatum(series_id)};
	FluxCatalogScope scope;
	bool found = begin_reading(&scope, &statement, args) > 0;
	FluxText key = flux_text("", 0);

	if (found)
	{
		series->series_id = series_id;
		series->m_id = DatumGetInt32(row_value(0, 1));
		key = row_text(0, 2, context);
	}
	end_reading(&scope);
	if (found)
		flux_series_key_decode(key.data, key.size, &series->measurement, &series->tags,
							   &series->tag_count);
	return found;
}
