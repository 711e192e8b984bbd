/*
 * series_find.c
 *		Finding series by what a predicate says of them.
 *
 * Series that have given tag values are found through their pairs (a GIN
 * index), else by their measurement; what a predicate says beyond that is
 * checked per series here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "storage/catalog_walk.h"
#include "storage/predicate_eval.h"
#include "storage/series_index.h"

/* Column numbers of _flux_catalog.series. */
enum
{
	SERIES_BUCKET_ID = 1,
	SERIES_M_ID,
	SERIES_SERIES_ID,
	SERIES_SKEY,
	SERIES_PAIRS
};

bool
flux_series_matches(const FluxPredicate *predicate, FluxText measurement, const FluxTag *tags,
					int tag_count)
{
	const FluxPredicateSeries series = {
		.measurement = measurement, .tags = tags, .tag_count = tag_count};

	return predicate == NULL || flux_predicate_may_match(predicate, &series);
}

/* ---- what equalities tell ---- */

/* Ids of pairs, for a search in the index. */
typedef struct PairList
{
	Datum *ids;
	int count;
	int capacity;
} PairList;

/* What equalities can tell the index before any series is looked at. */
typedef struct SeriesSearch
{
	int32 bucket_id;
	int32 m_id;   /* 0: any measurement */
	PairList all; /* a series has all of these */
	PairList any; /* and, if has_any, one of these: alternatives of one condition */
	bool has_any;
	bool is_empty; /* nothing can match */
} SeriesSearch;

static void
add_pair(PairList *pairs, int64 pair_id)
{
	if (pairs->count == pairs->capacity)
	{
		pairs->capacity = Max(8, pairs->capacity * 2);
		pairs->ids = pairs->ids == NULL ? palloc_array(Datum, pairs->capacity)
										: repalloc_array(pairs->ids, Datum, pairs->capacity);
	}
	pairs->ids[pairs->count++] = Int64GetDatum(pair_id);
}

/*
 * The values to which a condition binds its column: that of ==, those of a
 * regexp that lists them; 0 where it does not.
 */
static int
bound_values(const FluxPredicate *predicate, FluxText **values)
{
	if (predicate->kind == FLUX_PREDICATE_MATCH)
		return flux_regexp_texts(predicate->regexp, values);
	if (predicate->kind != FLUX_PREDICATE_COMPARE || predicate->comparison != FLUX_COMPARE_EQ ||
		predicate->literal_type != FLUX_COLUMN_STRING || predicate->literal.string.size == 0)
		return 0;
	*values = palloc(sizeof(FluxText));
	(*values)[0] = predicate->literal.string;
	return 1;
}

/* Does it bind tags, one or another? */
static bool
binds_tags(const FluxPredicate *predicate)
{
	FluxText *values;

	if (predicate->kind != FLUX_PREDICATE_OR)
		return predicate->column == FLUX_PREDICATE_TAG && bound_values(predicate, &values) > 0;
	check_stack_depth();
	for (int i = 0; i < predicate->child_count; i++)
	{
		if (!binds_tags(predicate->children[i]))
			return false;
	}
	return true;
}

/* The pairs that exist of such a condition; false if there are none. */
static bool
collect_pairs(const FluxPredicate *predicate, int32 bucket_id, PairList *pairs)
{
	bool found = false;
	FluxText *values;
	int count;

	check_stack_depth();
	if (predicate->kind == FLUX_PREDICATE_OR)
	{
		for (int i = 0; i < predicate->child_count; i++)
			found |= collect_pairs(predicate->children[i], bucket_id, pairs);
		return found;
	}
	count = bound_values(predicate, &values);
	for (int i = 0; i < count; i++)
	{
		int64 pair_id;

		CHECK_FOR_INTERRUPTS();
		if (!flux_series_pair(bucket_id, predicate->tag, values[i], &pair_id))
			continue;
		add_pair(pairs, pair_id);
		found = true;
	}
	return found;
}

static void
collect_measurement(FluxText name, SeriesSearch *search)
{
	FluxMeasurementInfo measurement;

	if (!flux_series_measurement(search->bucket_id, name, &measurement) ||
		(search->m_id != 0 && search->m_id != measurement.m_id))
		search->is_empty = true;
	else
		search->m_id = measurement.m_id;
}

static void
collect_equalities(const FluxPredicate *predicate, SeriesSearch *search)
{
	FluxText *values;
	int count;

	if (predicate == NULL || search->is_empty)
		return;
	if (predicate->kind == FLUX_PREDICATE_AND)
	{
		check_stack_depth();
		for (int i = 0; i < predicate->child_count; i++)
			collect_equalities(predicate->children[i], search);
		return;
	}
	count = predicate->kind == FLUX_PREDICATE_OR ? 0 : bound_values(predicate, &values);
	if (count == 1 && predicate->column == FLUX_PREDICATE_MEASUREMENT)
		collect_measurement(values[0], search);
	else if (count == 1 && predicate->column == FLUX_PREDICATE_TAG)
		search->is_empty = !collect_pairs(predicate, search->bucket_id, &search->all);
	else if (!search->has_any && binds_tags(predicate))
	{
		search->has_any = true;
		search->is_empty = !collect_pairs(predicate, search->bucket_id, &search->any);
	}
}

/* ---- looking at series ---- */

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
	FluxCatalogWalk walk;
	HeapTuple tuple;

	if (m_id != 0)
		flux_walk_begin(&walk, FLUX_CATALOG_SERIES, FLUX_CATALOG_SERIES_M_ID_IDX, SERIES_M_ID, m_id,
						0, (Datum) 0);
	else
		flux_walk_begin(&walk, FLUX_CATALOG_SERIES, FLUX_CATALOG_SERIES_PKEY, SERIES_BUCKET_ID,
						bucket_id, 0, (Datum) 0);
	while (HeapTupleIsValid(tuple = flux_walk_next(&walk)))
		add_series(list, DatumGetInt64(flux_walk_value(&walk, tuple, SERIES_SERIES_ID)),
				   DatumGetInt32(flux_walk_value(&walk, tuple, SERIES_M_ID)),
				   flux_walk_text(&walk, tuple, SERIES_SKEY));
	flux_walk_end(&walk);
}

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

/*
 * The series that have all of the pairs, or else one of the alternatives.  "+ 0"
 * leaves the index on pairs alone to choose from, analyzed or not.
 */
static void
search_pairs(SeriesList *list, const SeriesSearch *search)
{
	static FluxCatalogStatement with_all = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series"
		" WHERE pairs @> $1 AND bucket_id + 0 = $2 AND ($3 = 0 OR m_id + 0 = $3)",
		3,
		{INT8ARRAYOID, INT4OID, INT4OID}};
	static FluxCatalogStatement with_any = {
		"SELECT series_id, m_id, skey FROM _flux_catalog.series"
		" WHERE pairs && $1 AND bucket_id + 0 = $2 AND ($3 = 0 OR m_id + 0 = $3)",
		3,
		{INT8ARRAYOID, INT4OID, INT4OID}};
	MemoryContext context = CurrentMemoryContext;
	bool is_all = search->all.count > 0;
	const PairList *pairs = is_all ? &search->all : &search->any;
	Datum args[] = {flux_catalog_array(pairs->ids, pairs->count, INT8OID),
					Int32GetDatum(search->bucket_id), Int32GetDatum(search->m_id)};
	FluxCatalogScope scope;
	uint64 count = begin_reading(&scope, is_all ? &with_all : &with_any, args);

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
	if (search.all.count + search.any.count > 0 && !search.is_empty)
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
	ScanKeyData keys[2];
	FluxCatalogWalk walk;
	HeapTuple tuple;
	FluxText key;

	ScanKeyInit(&keys[0], SERIES_BUCKET_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(bucket_id));
	ScanKeyInit(&keys[1], SERIES_SERIES_ID, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(series_id));
	flux_walk_begin_keyed(&walk, FLUX_CATALOG_SERIES, FLUX_CATALOG_SERIES_PKEY, keys, 2);
	tuple = flux_walk_next(&walk);
	if (HeapTupleIsValid(tuple))
	{
		series->series_id = series_id;
		series->m_id = DatumGetInt32(flux_walk_value(&walk, tuple, SERIES_M_ID));
		key = flux_walk_text(&walk, tuple, SERIES_SKEY);
		flux_series_key_decode(key.data, key.size, &series->measurement, &series->tags,
							   &series->tag_count);
	}
	flux_walk_end(&walk);
	return HeapTupleIsValid(tuple);
}
