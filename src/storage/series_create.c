/*
 * series_create.c
 *		Finds the ids of series, and creates the series that the catalog lacks.
 *
 *		candidate ids -> looked up -> tag keys -> pairs -> series
 *
 * Pairs and series, which can be many, go straight to their tables (row_insert.h)
 * up to the first that somebody else inserts as well; the rest take a statement
 * whose rows wait for the other's, are skipped, and read again after the other
 * has committed.  In which order: series_resolve.c.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "storage/catalog.h"
#include "storage/name_table.h"
#include "storage/row_insert.h"
#include "storage/series_create.h"

/* Column numbers. */
enum
{
	SERIES_BUCKET_ID = 1,
	SERIES_M_ID,
	SERIES_SERIES_ID,
	SERIES_KEY,
	SERIES_PAIRS
};
enum
{
	PAIR_BUCKET_ID = 1,
	PAIR_PAIR_ID,
	PAIR_KEY,
	PAIR_VALUE
};

/* Rows inserted by one statement, so that its arrays stay small. */
#define INSERT_ROWS_MAX 10000

/* A series to be made: its tags, and the ids of its pairs. */
typedef struct NewSeries
{
	FluxCachedSeries *entry;
	int64 candidate_id;
	FluxTag *tags;
	int tag_count;
	int64 *pair_ids;
} NewSeries;

/* A tag pair of new series. */
typedef struct NewPair
{
	FluxTag tag;
	int64 pair_id; /* candidate until is_resolved */
	bool is_resolved;
} NewPair;

/* ---- looking up ---- */

/* Looks for rows of a catalog table by (bucket_id, id), one after the other. */
typedef struct CatalogProbe
{
	Relation rel;
	Relation index;
	Snapshot snapshot;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	int32 bucket_id;
} CatalogProbe;

static void
begin_probe(CatalogProbe *probe, FluxCatalogRelation table, FluxCatalogRelation index,
			int32 bucket_id)
{
	probe->rel = table_open(flux_catalog_oid(table), AccessShareLock);
	probe->index = index_open(flux_catalog_oid(index), AccessShareLock);
	probe->snapshot = flux_catalog_snapshot();
	probe->scan = flux_compat_index_beginscan(probe->rel, probe->index, probe->snapshot, 2, 0);
	probe->slot = table_slot_create(probe->rel, NULL);
	probe->bucket_id = bucket_id;
}

/* The row of an id, all columns fetched, or NULL. */
static TupleTableSlot *
probe_row(CatalogProbe *probe, int64 id)
{
	ScanKeyData keys[2];

	CHECK_FOR_INTERRUPTS();
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(probe->bucket_id));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(id));
	index_rescan(probe->scan, keys, 2, NULL, 0);
	if (!index_getnext_slot(probe->scan, ForwardScanDirection, probe->slot))
		return NULL;
	slot_getallattrs(probe->slot);
	return probe->slot;
}

static void
end_probe(CatalogProbe *probe)
{
	ExecDropSingleTupleTableSlot(probe->slot);
	index_endscan(probe->scan);
	UnregisterSnapshot(probe->snapshot);
	index_close(probe->index, NoLock);
	table_close(probe->rel, NoLock);
}

/* Whether a text or bytea is that text. */
static bool
is_text(Datum datum, FluxText text)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	bool is_it = flux_text_equal(flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)), text);

	if ((Pointer) value != DatumGetPointer(datum))
		pfree(value);
	return is_it;
}

/*
 * Looks candidates up: resolves the entries whose id is taken by themselves,
 * moves on the candidates that somebody else has.
 */
static void
look_series_up(int32 bucket_id, NewSeries *list, int count)
{
	CatalogProbe probe;

	begin_probe(&probe, FLUX_CATALOG_SERIES, FLUX_CATALOG_SERIES_PKEY, bucket_id);
	for (int i = 0; i < count; i++)
	{
		FluxCachedSeries *series = list[i].entry;
		TupleTableSlot *row;

		while (!series->is_resolved && (row = probe_row(&probe, list[i].candidate_id)) != NULL)
		{
			if (is_text(row->tts_values[SERIES_KEY - 1], series->key))
				flux_series_cache_give_series_id(series, list[i].candidate_id);
			else
				list[i].candidate_id = flux_series_next_id(list[i].candidate_id);
		}
	}
	end_probe(&probe);
}

/* The same for pairs. */
static void
look_pairs_up(int32 bucket_id, NewPair *list, int count)
{
	CatalogProbe probe;

	begin_probe(&probe, FLUX_CATALOG_TAG_PAIR, FLUX_CATALOG_TAG_PAIR_PKEY, bucket_id);
	for (int i = 0; i < count; i++)
	{
		TupleTableSlot *row;

		while (!list[i].is_resolved && (row = probe_row(&probe, list[i].pair_id)) != NULL)
		{
			if (is_text(row->tts_values[PAIR_KEY - 1], list[i].tag.key) &&
				is_text(row->tts_values[PAIR_VALUE - 1], list[i].tag.value))
				list[i].is_resolved = true;
			else
				list[i].pair_id = flux_series_next_id(list[i].pair_id);
		}
	}
	end_probe(&probe);
}

/* ---- pairs ---- */

/* Begins to put rows straight into a catalog table. */
static void
begin_putting(FluxRowInsert *insert, FluxCatalogRelation table)
{
	flux_series_cache_begin_insertion();
	flux_row_insert_begin(insert, table_open(flux_catalog_oid(table), RowExclusiveLock), false);
}

static void
end_putting(FluxRowInsert *insert)
{
	flux_row_insert_end(insert);
	table_close(insert->rel, NoLock);
	CommandCounterIncrement();
}

/* Puts pairs into the catalog in the order given; how many, up to one with a rival. */
static int
put_pairs(int32 bucket_id, NewPair *const *list, int count)
{
	FluxRowInsert insert;
	int put = 0;

	begin_putting(&insert, FLUX_CATALOG_TAG_PAIR);
	for (; put < count; put++)
	{
		CHECK_FOR_INTERRUPTS();
		flux_row_insert_set(&insert, PAIR_BUCKET_ID, Int32GetDatum(bucket_id));
		flux_row_insert_set(&insert, PAIR_PAIR_ID, Int64GetDatum(list[put]->pair_id));
		flux_row_insert_set(&insert, PAIR_KEY, flux_catalog_text(list[put]->tag.key));
		flux_row_insert_set(&insert, PAIR_VALUE, flux_catalog_text(list[put]->tag.value));
		if (!flux_row_insert_try(&insert))
			break;
		list[put]->is_resolved = true;
	}
	end_putting(&insert);
	return put;
}

/* Inserts pairs that may have rivals, in the order given. */
static void
insert_pairs(int32 bucket_id, NewPair *const *list, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.tag_pair (bucket_id, pair_id, key, value)"
		" SELECT $1, * FROM unnest($2, $3, $4) ON CONFLICT DO NOTHING",
		4,
		{INT4OID, INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID}};
	Datum *ids = palloc_array(Datum, count);
	Datum *keys = palloc_array(Datum, count);
	Datum *values = palloc_array(Datum, count);

	for (int i = 0; i < count; i++)
	{
		ids[i] = Int64GetDatum(list[i]->pair_id);
		keys[i] = flux_catalog_text(list[i]->tag.key);
		values[i] = flux_catalog_text(list[i]->tag.value);
	}

	Datum args[] = {Int32GetDatum(bucket_id), flux_catalog_array(ids, count, INT8OID),
					flux_catalog_array(keys, count, TEXTOID),
					flux_catalog_array(values, count, TEXTOID)};

	flux_series_cache_insert(&insert, args);
}

static int
compare_pairs(const void *a, const void *b)
{
	int64 left = (*(NewPair *const *) a)->pair_id;
	int64 right = (*(NewPair *const *) b)->pair_id;

	CHECK_FOR_INTERRUPTS();
	return (left > right) - (left < right);
}

/* Gives every pair an id; creates those that the catalog lacks. */
static void
resolve_pairs(int32 bucket_id, NewPair *list, int count)
{
	NewPair **missing = palloc_extended(sizeof(NewPair *) * count, MCXT_ALLOC_HUGE);

	for (;;)
	{
		int missing_count = 0;

		look_pairs_up(bucket_id, list, count);
		for (int i = 0; i < count; i++)
			if (!list[i].is_resolved)
				missing[missing_count++] = &list[i];
		if (missing_count == 0)
			break;
		qsort(missing, missing_count, sizeof(NewPair *), compare_pairs);
		for (int i = put_pairs(bucket_id, missing, missing_count); i < missing_count;
			 i += INSERT_ROWS_MAX)
			insert_pairs(bucket_id, missing + i, Min(INSERT_ROWS_MAX, missing_count - i));
	}
	pfree(missing);
}

/* Gathers the different pairs of new series, resolves them, and notes their ids. */
static void
assign_pairs(int32 bucket_id, NewSeries *list, int count)
{
	names_hash *by_text = names_create(CurrentMemoryContext, 256, NULL);
	int capacity = 256;
	int pair_count = 0;
	NewPair *pairs = palloc_array(NewPair, capacity);
	StringInfoData bytes;

	initStringInfo(&bytes);
	for (int i = 0; i < count; i++)
	{
		list[i].pair_ids = palloc_array(int64, Max(1, list[i].tag_count));
		for (int j = 0; j < list[i].tag_count; j++)
		{
			bool found;

			resetStringInfo(&bytes);
			flux_series_key_append(&bytes, list[i].tags[j].key, NULL, 0);
			flux_series_key_append(&bytes, list[i].tags[j].value, NULL, 0);

			NameKey key = name_key(0, flux_text(bytes.data, bytes.len));
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

/* ---- tag keys ---- */

static bool
has_tag_key(const FluxCachedMeasurement *measurement, FluxText key)
{
	for (int i = 0; i < measurement->tag_key_count; i++)
		if (flux_text_equal(measurement->tag_keys[i], key))
			return true;
	return false;
}

/* A tag key that a measurement did not have. */
typedef struct NewTagKey
{
	FluxCachedMeasurement *measurement;
	FluxText key;
} NewTagKey;

static int
compare_tag_keys(const void *a, const void *b)
{
	const NewTagKey *left = a;
	const NewTagKey *right = b;

	if (left->measurement->m_id != right->measurement->m_id)
		return left->measurement->m_id < right->measurement->m_id ? -1 : 1;
	return flux_text_compare(left->key, right->key);
}

/* Inserts new tag keys of one measurement, sorted. */
static void
insert_tag_keys(const NewTagKey *list, int count)
{
	static FluxCatalogStatement insert = {"INSERT INTO _flux_catalog.measurement_tag (m_id, key)"
										  " SELECT $1, * FROM unnest($2) ON CONFLICT DO NOTHING",
										  2,
										  {INT4OID, TEXTARRAYOID}};
	FluxCachedMeasurement *measurement = list->measurement;
	Datum *keys = palloc_array(Datum, count);
	int key_count = 0;

	for (int i = 0; i < count; i++)
		if (i == 0 || !flux_text_equal(list[i - 1].key, list[i].key))
			keys[key_count++] = flux_catalog_text(list[i].key);

	Datum args[] = {Int32GetDatum(measurement->m_id), flux_catalog_array(keys, key_count, TEXTOID)};

	flux_series_cache_insert(&insert, args);
	flux_series_load_tag_keys(measurement);
	measurement->needs_table_check = true;
}

/* Makes the tag keys of new series known to their measurements. */
static void
add_tag_keys(const NewSeries *list, int count)
{
	int missing_count = 0;
	int capacity = 64;
	NewTagKey *missing = palloc_array(NewTagKey, capacity);
	int next;

	for (int i = 0; i < count; i++)
	{
		for (int j = 0; j < list[i].tag_count; j++)
		{
			NewTagKey new = {list[i].entry->measurement, list[i].tags[j].key};

			/* Neighbours are alike; the rest is sorted out below. */
			if (has_tag_key(new.measurement, new.key) ||
				(missing_count > list[i].tag_count &&
				 compare_tag_keys(&missing[missing_count - list[i].tag_count], &new) == 0))
				continue;
			if (missing_count == capacity)
			{
				capacity *= 2;
				missing = repalloc_huge(missing, sizeof(NewTagKey) * capacity);
			}
			missing[missing_count++] = new;
		}
	}
	qsort(missing, missing_count, sizeof(NewTagKey), compare_tag_keys);
	for (int i = 0; i < missing_count; i = next)
	{
		for (next = i + 1; next < missing_count; next++)
			if (missing[next].measurement != missing[i].measurement)
				break;
		insert_tag_keys(missing + i, next - i);
	}
	pfree(missing);
}

/* ---- series ---- */

/* Puts series into the catalog in the order given; how many, up to one with a rival. */
static int
put_series(int32 bucket_id, const NewSeries *list, int count)
{
	FluxRowInsert insert;
	int put = 0;

	begin_putting(&insert, FLUX_CATALOG_SERIES);
	for (; put < count; put++)
	{
		const NewSeries *series = &list[put];

		CHECK_FOR_INTERRUPTS();
		flux_row_insert_set(&insert, SERIES_BUCKET_ID, Int32GetDatum(bucket_id));
		flux_row_insert_set(&insert, SERIES_M_ID, Int32GetDatum(series->entry->measurement->m_id));
		flux_row_insert_set(&insert, SERIES_SERIES_ID, Int64GetDatum(series->candidate_id));
		flux_row_insert_set(&insert, SERIES_KEY, flux_catalog_text(series->entry->key));
		flux_row_insert_set(
			&insert, SERIES_PAIRS,
			flux_catalog_array((Datum *) series->pair_ids, series->tag_count, INT8OID));
		if (!flux_row_insert_try(&insert))
			break;
		flux_series_cache_give_series_id(series->entry, series->candidate_id);
	}
	end_putting(&insert);
	return put;
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

/* Inserts series that may have rivals, sorted by their ids. */
static void
insert_series(int32 bucket_id, const NewSeries *list, int count)
{
	static FluxCatalogStatement insert = {
		"INSERT INTO _flux_catalog.series (bucket_id, m_id, series_id, skey, pairs)"
		" SELECT $1, u.m_id, u.id, u.skey, u.pairs::bigint[]"
		" FROM unnest($2, $3, $4, $5) u(m_id, id, skey, pairs) ON CONFLICT DO NOTHING",
		5,
		{INT4OID, INT4ARRAYOID, INT8ARRAYOID, BYTEAARRAYOID, TEXTARRAYOID}};
	Datum *m_ids = palloc_array(Datum, count);
	Datum *ids = palloc_array(Datum, count);
	Datum *keys = palloc_array(Datum, count);
	Datum *pairs = palloc_array(Datum, count);

	for (int i = 0; i < count; i++)
	{
		m_ids[i] = Int32GetDatum(list[i].entry->measurement->m_id);
		ids[i] = Int64GetDatum(list[i].candidate_id);
		keys[i] = flux_catalog_text(list[i].entry->key);
		pairs[i] = pairs_text(&list[i]);
	}

	Datum args[] = {Int32GetDatum(bucket_id), flux_catalog_array(m_ids, count, INT4OID),
					flux_catalog_array(ids, count, INT8OID),
					flux_catalog_array(keys, count, BYTEAOID),
					flux_catalog_array(pairs, count, TEXTOID)};

	flux_series_cache_insert(&insert, args);
}

static int
compare_candidates(const void *a, const void *b)
{
	int64 left = ((const NewSeries *) a)->candidate_id;
	int64 right = ((const NewSeries *) b)->candidate_id;

	CHECK_FOR_INTERRUPTS();
	return (left > right) - (left < right);
}

/* Looks series up; keeps those that are not there, and gives how many. */
static int
keep_missing_series(int32 bucket_id, NewSeries *list, int count)
{
	int missing = 0;

	look_series_up(bucket_id, list, count);
	for (int i = 0; i < count; i++)
		if (!list[i].entry->is_resolved)
			list[missing++] = list[i];
	qsort(list, missing, sizeof(NewSeries), compare_candidates);
	return missing;
}

/* Catalog pages up to which series are counted one by one. */
#define COUNTED_PAGES_MAX 1000

/* How many series there are: exactly when they are few, else by the size of their table. */
static double
estimate_series(void)
{
	static FluxCatalogStatement count = {"SELECT count(*) FROM _flux_catalog.series", 0, {0}};
	Relation rel = table_open(flux_catalog_oid(FLUX_CATALOG_SERIES), AccessShareLock);
	BlockNumber pages = RelationGetNumberOfBlocks(rel);
	double tuples = rel->rd_rel->reltuples;
	double per_page = tuples > 0 && rel->rd_rel->relpages > 0 ? tuples / rel->rd_rel->relpages : 40;

	table_close(rel, NoLock);
	if (pages > COUNTED_PAGES_MAX)
		return pages * per_page;

	FluxCatalogScope scope;
	bool is_null;
	int64 rows;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&count, NULL, NULL, false);
	rows = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null));
	SPI_finish();
	flux_catalog_leave(&scope);
	return (double) rows;
}

/* Refuses more series than the database may have. */
static void
check_cardinality(int new_count)
{
	if (flux_guc_series_max == 0 || estimate_series() + new_count <= flux_guc_series_max)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many series"),
			 errdetail("This write brings %d new ones, and fluxtask.max_series is %d.", new_count,
					   flux_guc_series_max),
			 errhint("Store what differs from point to point as a field, not as a tag; delete old"
					 " series; or raise fluxtask.max_series.")));
}

void
flux_series_create(int32 bucket_id, FluxCachedSeries **series, int series_count)
{
	NewSeries *list = palloc_extended(sizeof(NewSeries) * Max(1, series_count),
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int count = 0;

	for (int i = 0; i < series_count; i++)
	{
		if (series[i]->is_resolved)
			continue;
		list[count].entry = series[i];
		list[count++].candidate_id = flux_series_first_id(series[i]->key.data, series[i]->key.size);
	}
	if (count == 0)
		return;
	/* Neighbours in the index are read together. */
	qsort(list, count, sizeof(NewSeries), compare_candidates);
	count = keep_missing_series(bucket_id, list, count);
	if (count == 0)
		return;
	check_cardinality(count);
	for (int i = 0; i < count; i++)
	{
		FluxText unused;

		flux_series_key_decode(list[i].entry->key.data, list[i].entry->key.size, &unused,
							   &list[i].tags, &list[i].tag_count);
	}
	add_tag_keys(list, count);
	assign_pairs(bucket_id, list, count);
	while (count > 0)
	{
		for (int i = put_series(bucket_id, list, count); i < count; i += INSERT_ROWS_MAX)
			insert_series(bucket_id, list + i, Min(INSERT_ROWS_MAX, count - i));
		count = keep_missing_series(bucket_id, list, count);
	}
}
