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

#include "catalog/pg_type.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "storage/catalog.h"
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
	uint32		size = 0;

	for (int shift = 0;; shift += 7)
	{
		if (*next >= end || shift > 28)
			return false;

		uint8		byte = (uint8) *(*next)++;

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
	int			capacity = 8;
	bool		is_good = next_counted(&next, end, measurement);

	*tags = palloc_array(FluxTag, capacity);
	*tag_count = 0;
	while (is_good && next < end)
	{
		if (*tag_count == capacity)
		{
			capacity *= 2;
			*tags = repalloc_array(*tags, FluxTag, capacity);
		}

		FluxTag    *tag = &(*tags)[(*tag_count)++];

		is_good = next_counted(&next, end, &tag->key) && next_counted(&next, end, &tag->value);
	}
	if (!is_good)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("a key in _flux_catalog.series is damaged")));
}

/* Eight bytes as a little-endian number, wherever we run. */
static inline uint64
read_word(const char *bytes)
{
	uint64		word;

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
	uint64		hash = mix(UINT64CONST(0x2545F4914F6CDD1D), size);

	for (; size >= 8; bytes += 8, size -= 8)
		hash = mix(hash, read_word(bytes));
	if (size > 0)
	{
		char		rest[8] = {0};

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
	Snapshot	snapshot = flux_catalog_snapshot();

	flux_catalog_enter(scope);
	SPI_connect();
	PushActiveSnapshot(snapshot);

	uint64		count = flux_catalog_execute(statement, args, NULL, true);

	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);
	if (count > PG_INT32_MAX / sizeof(FluxSeriesInfo))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
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
	bool		is_null;

	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &is_null);
}

/* A text or bytea value of a row, copied into "context". */
static FluxText
row_text(uint64 row, int column, MemoryContext context)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(row_value(row, column));
	MemoryContext old_context = MemoryContextSwitchTo(context);
	FluxText	text = flux_text_copy(flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));

	MemoryContextSwitchTo(old_context);
	return text;
}

static Datum
text_datum(FluxText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.size));
}

/* ---- measurements, fields, tag keys ---- */

FluxMeasurementInfo *
flux_series_measurements(int32 bucket_id, int *count)
{
	static FluxCatalogStatement statement = {
		"SELECT m_id, name, table_name::text FROM _flux_catalog.measurement"
		" WHERE bucket_id = $1 ORDER BY name", 1, {INT4OID}
	};
	MemoryContext context = CurrentMemoryContext;
	Datum		args[] = {Int32GetDatum(bucket_id)};
	FluxCatalogScope scope;

	*count = (int) begin_reading(&scope, &statement, args);

	FluxMeasurementInfo *list = MemoryContextAlloc(context,
												   Max(1, *count) * sizeof(FluxMeasurementInfo));

	for (int i = 0; i < *count; i++)
	{
		list[i].m_id = DatumGetInt32(row_value(i, 1));
		list[i].bucket_id = bucket_id;
		list[i].name = row_text(i, 2, context);
		list[i].table_name = (char *) row_text(i, 3, context).data;
	}
	end_reading(&scope);
	return list;
}

bool
flux_series_measurement(int32 bucket_id, FluxText name, FluxMeasurementInfo *measurement)
{
	static FluxCatalogStatement statement = {
		"SELECT m_id, name, table_name::text FROM _flux_catalog.measurement"
		" WHERE bucket_id = $1 AND name = $2", 2, {INT4OID, TEXTOID}
	};
	MemoryContext context = CurrentMemoryContext;
	Datum		args[] = {Int32GetDatum(bucket_id), text_datum(name)};
	FluxCatalogScope scope;
	bool		found = begin_reading(&scope, &statement, args) > 0;

	if (found)
	{
		measurement->m_id = DatumGetInt32(row_value(0, 1));
		measurement->bucket_id = bucket_id;
		measurement->name = row_text(0, 2, context);
		measurement->table_name = (char *) row_text(0, 3, context).data;
	}
	end_reading(&scope);
	return found;
}

FluxFieldInfo *
flux_series_fields(int32 m_id, int *count)
{
	static FluxCatalogStatement statement = {
		"SELECT field_id, name, type FROM _flux_catalog.field WHERE m_id = $1 ORDER BY name, type",
		1, {INT4OID}
	};
	MemoryContext context = CurrentMemoryContext;
	Datum		args[] = {Int32GetDatum(m_id)};
	FluxCatalogScope scope;

	*count = (int) begin_reading(&scope, &statement, args);

	FluxFieldInfo *list = MemoryContextAlloc(context, Max(1, *count) * sizeof(FluxFieldInfo));

	for (int i = 0; i < *count; i++)
	{
		list[i].field_id = DatumGetInt32(row_value(i, 1));
		list[i].m_id = m_id;
		list[i].name = row_text(i, 2, context);
		list[i].type = (FluxColumnType) DatumGetInt16(row_value(i, 3));
	}
	end_reading(&scope);
	return list;
}

FluxText *
flux_series_tag_keys(int32 m_id, int *count)
{
	static FluxCatalogStatement statement = {
		"SELECT key FROM _flux_catalog.measurement_tag WHERE m_id = $1 ORDER BY key", 1, {INT4OID}
	};
	MemoryContext context = CurrentMemoryContext;
	Datum		args[] = {Int32GetDatum(m_id)};
	FluxCatalogScope scope;

	*count = (int) begin_reading(&scope, &statement, args);

	FluxText   *list = MemoryContextAlloc(context, Max(1, *count) * sizeof(FluxText));

	for (int i = 0; i < *count; i++)
		list[i] = row_text(i, 1, context);
	end_reading(&scope);
	return list;
}

int32 *
flux_series_chunk_fields(int32 chunk_id, int *count)
{
	static FluxCatalogStatement statement = {
		"SELECT field_id FROM _flux_catalog.chunk_field WHERE chunk_id = $1 ORDER BY field_id",
		1, {INT4OID}
	};
	MemoryContext context = CurrentMemoryContext;
	Datum		args[] = {Int32GetDatum(chunk_id)};
	FluxCatalogScope scope;

	*count = (int) begin_reading(&scope, &statement, args);

	int32	   *list = MemoryContextAlloc(context, Max(1, *count) * sizeof(int32));

	for (int i = 0; i < *count; i++)
		list[i] = DatumGetInt32(row_value(i, 1));
	end_reading(&scope);
	return list;
}

/* ---- predicates ---- */

static bool
compare_holds(FluxComparison comparison, int order)
{
	switch (comparison)
	{
		case FLUX_COMPARE_EQ:
			return order == 0;
		case FLUX_COMPARE_NE:
			return order != 0;
		case FLUX_COMPARE_LT:
			return order < 0;
		case FLUX_COMPARE_LE:
			return order <= 0;
		case FLUX_COMPARE_GT:
			return order > 0;
		case FLUX_COMPARE_GE:
			return order >= 0;
	}
	return false;
}

/* The text that a leaf of a predicate speaks of; false when the tag is absent. */
static bool
leaf_text(const FluxPredicate *leaf, FluxText measurement, const FluxTag *tags, int tag_count,
		  FluxText *text)
{
	if (leaf->column == FLUX_PREDICATE_MEASUREMENT)
	{
		*text = measurement;
		return true;
	}
	for (int i = 0; i < tag_count; i++)
	{
		if (flux_text_equal(tags[i].key, leaf->tag))
		{
			*text = tags[i].value;
			return true;
		}
	}
	return false;
}

bool
flux_series_matches(const FluxPredicate *predicate, FluxText measurement, const FluxTag *tags,
					int tag_count)
{
	FluxText	text;

	if (predicate == NULL)
		return true;
	check_stack_depth();
	switch (predicate->kind)
	{
		case FLUX_PREDICATE_AND:
			for (int i = 0; i < predicate->child_count; i++)
				if (!flux_series_matches(predicate->children[i], measurement, tags, tag_count))
					return false;
			return true;
		case FLUX_PREDICATE_OR:
			for (int i = 0; i < predicate->child_count; i++)
				if (flux_series_matches(predicate->children[i], measurement, tags, tag_count))
					return true;
			return false;
		default:
			break;
	}
	if (predicate->column == FLUX_PREDICATE_FIELD || predicate->column == FLUX_PREDICATE_VALUE)
		return true;

	bool		is_there = leaf_text(predicate, measurement, tags, tag_count, &text);

	switch (predicate->kind)
	{
		case FLUX_PREDICATE_EXISTS:
			return is_there;
		case FLUX_PREDICATE_NOT_EXISTS:
			return !is_there;
		case FLUX_PREDICATE_MATCH:
			return is_there && flux_regexp_matches(predicate->regexp, text);
		case FLUX_PREDICATE_NOT_MATCH:
			return is_there && !flux_regexp_matches(predicate->regexp, text);
		case FLUX_PREDICATE_COMPARE:
			return is_there && predicate->literal_type == FLUX_COLUMN_STRING &&
				compare_holds(predicate->comparison,
							  flux_text_compare(text, predicate->literal.string));
		default:
			return false;
	}
}

/* ---- pairs and series ---- */

bool
flux_series_pair(int32 bucket_id, FluxText key, FluxText value, int64 *pair_id)
{
	static FluxCatalogStatement statement = {
		"SELECT key, value FROM _flux_catalog.tag_pair WHERE bucket_id = $1 AND pair_id = $2",
		2, {INT4OID, INT8OID}
	};
	MemoryContext context = CurrentMemoryContext;
	StringInfoData bytes;

	initStringInfo(&bytes);
	append_counted(&bytes, key);
	append_counted(&bytes, value);
	*pair_id = flux_series_first_id(bytes.data, bytes.len);
	pfree(bytes.data);
	for (;; *pair_id = flux_series_next_id(*pair_id))
	{
		Datum		args[] = {Int32GetDatum(bucket_id), Int64GetDatum(*pair_id)};
		FluxCatalogScope scope;
		bool		is_taken = begin_reading(&scope, &statement, args) > 0;
		bool		is_it = is_taken && flux_text_equal(row_text(0, 1, context), key) &&
			flux_text_equal(row_text(0, 2, context), value);

		end_reading(&scope);
		if (is_it || !is_taken)
			return is_it;
	}
}

/* What an equality can tell the index before any series is looked at. */
typedef struct SeriesSearch
{
	int32		bucket_id;
	int32		m_id;			/* 0: any measurement */
	Datum	   *pairs;
	int			pair_count;
	int			pair_capacity;
	bool		is_empty;		/* nothing can match */
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
		int64		pair_id;

		if (!flux_series_pair(search->bucket_id, predicate->tag, predicate->literal.string,
							  &pair_id))
		{
			search->is_empty = true;
			return;
		}
		if (search->pair_count == search->pair_capacity)
		{
			search->pair_capacity = Max(8, search->pair_capacity * 2);
			search->pairs = search->pairs == NULL ?
				palloc_array(Datum, search->pair_capacity) :
				repalloc_array(search->pairs, Datum, search->pair_capacity);
		}
		search->pairs[search->pair_count++] = Int64GetDatum(pair_id);
	}
}

/* Runs the cheapest statement that finds a superset of what is searched. */
static uint64
begin_search(FluxCatalogScope *scope, SeriesSearch *search)
{
	static FluxCatalogStatement by_bucket = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series WHERE bucket_id = $1"
		" ORDER BY series_id", 1, {INT4OID}
	};
	static FluxCatalogStatement by_measurement = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series WHERE m_id = $1"
		" ORDER BY series_id", 1, {INT4OID}
	};
	static FluxCatalogStatement by_pairs = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series"
		" WHERE pairs @> $1 AND bucket_id + 0 = $2 AND ($3 = 0 OR m_id + 0 = $3)"
		" ORDER BY series_id", 3, {INT8ARRAYOID, INT4OID, INT4OID}
	};
	Datum		args[3];

	/* "+ 0" leaves the index on pairs alone to choose from, analyzed or not. */

	if (search->pair_count > 0)
	{
		args[0] = flux_catalog_array(search->pairs, search->pair_count, INT8OID);
		args[1] = Int32GetDatum(search->bucket_id);
		args[2] = Int32GetDatum(search->m_id);
		return begin_reading(scope, &by_pairs, args);
	}
	if (search->m_id != 0)
	{
		args[0] = Int32GetDatum(search->m_id);
		return begin_reading(scope, &by_measurement, args);
	}
	args[0] = Int32GetDatum(search->bucket_id);
	return begin_reading(scope, &by_bucket, args);
}

/* Fills a series from a row (series_id, m_id, skey); its texts live in "context". */
static void
series_from_row(uint64 row, FluxSeriesInfo *series, MemoryContext context)
{
	FluxText	key = row_text(row, 3, context);
	MemoryContext old_context = MemoryContextSwitchTo(context);

	series->series_id = DatumGetInt64(row_value(row, 1));
	series->m_id = DatumGetInt32(row_value(row, 2));
	flux_series_key_decode(key.data, key.size, &series->measurement, &series->tags,
						   &series->tag_count);
	MemoryContextSwitchTo(old_context);
}

FluxSeriesInfo *
flux_series_find(int32 bucket_id, const FluxPredicate *predicate, int *count)
{
	MemoryContext context = CurrentMemoryContext;
	SeriesSearch search = {.bucket_id = bucket_id};
	FluxCatalogScope scope;

	*count = 0;
	collect_equalities(predicate, &search);
	if (search.is_empty)
		return palloc_array(FluxSeriesInfo, 1);

	uint64		row_count = begin_search(&scope, &search);
	FluxSeriesInfo *list = MemoryContextAllocHuge(context,
												  Max(1, row_count) * sizeof(FluxSeriesInfo));

	for (uint64 row = 0; row < row_count; row++)
	{
		FluxSeriesInfo *series = &list[*count];

		CHECK_FOR_INTERRUPTS();
		series_from_row(row, series, context);
		if (flux_series_matches(predicate, series->measurement, series->tags, series->tag_count))
			(*count)++;
	}
	end_reading(&scope);
	return list;
}

bool
flux_series_get(int32 bucket_id, int64 series_id, FluxSeriesInfo *series)
{
	static FluxCatalogStatement statement = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series"
		" WHERE bucket_id = $1 AND series_id = $2", 2, {INT4OID, INT8OID}
	};
	MemoryContext context = CurrentMemoryContext;
	Datum		args[] = {Int32GetDatum(bucket_id), Int64GetDatum(series_id)};
	FluxCatalogScope scope;
	bool		found = begin_reading(&scope, &statement, args) > 0;

	if (found)
		series_from_row(0, series, context);
	end_reading(&scope);
	return found;
}
