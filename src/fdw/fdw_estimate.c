/*
 * fdw_estimate.c
 *		What the planner is told of tables that were never analyzed.
 *
 * Rows come from the chunks' pages (storage/estimate.h).  Statistics of columns are
 * made up for the planner through get_relation_stats_hook, so that conditions,
 * groups and joins are all estimated by its own functions: of a tag, how many
 * values and how often it is absent, both from the series; of the time, a
 * histogram out of the chunks.  ANALYZE makes better ones, which then count.
 *
 * What was found is kept per table until the chunks have grown by a tenth, or a
 * minute has passed.  Their sizes are looked at once a statement, and less often
 * where there are many.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "foreign/foreign.h"
#include "nodes/parsenodes.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "base/flux_time.h"
#include "fdw/fdw_estimate.h"
#include "fdw/fdw_int.h"
#include "storage/estimate.h"
#include "storage/series_index.h"

#define ESTIMATE_AGE_MS 60000
#define SIZE_AGE_MS 10   /* for each chunk */
#define SERIES_MAX 20000 /* more are not walked for their tags */
#define HISTOGRAM_BOUNDS 65

/* Of a column that is a tag. */
typedef struct TagEstimate
{
	double distinct; /* 0: unknown */
	double null_fraction;
} TagEstimate;

typedef struct TableEstimate
{
	Oid relation_oid; /* hash key */
	TimestampTz made_at;
	TimestampTz sized_at;  /* when blocks_now was looked at, */
	TimestampTz sized_for; /* and for which statement */
	double blocks_now;
	double blocks; /* when it was made */
	double rows;
	int chunk_count;
	int column_count;
	TagEstimate *tags; /* by attribute - 1 */
	int bound_count;   /* of the histogram of times */
	int64 bounds_ns[HISTOGRAM_BOUNDS];
	MemoryContext context;
} TableEstimate;

static HTAB *estimates = NULL;
static get_relation_stats_hook_type previous_hook = NULL;

/* ---- making estimates ---- */

static uint32
hash_value(const void *key, Size size)
{
	return flux_text_hash(*(const FluxText *) key);
}

static int
match_value(const void *a, const void *b, Size size)
{
	return flux_text_equal(*(const FluxText *) a, *(const FluxText *) b) ? 0 : 1;
}

/* The values of one tag among series. */
static TagEstimate
estimate_tag(const FluxSeriesInfo *series, int count, FluxText key)
{
	HASHCTL control = {.keysize = sizeof(FluxText),
					   .entrysize = sizeof(FluxText),
					   .hash = hash_value,
					   .match = match_value,
					   .hcxt = CurrentMemoryContext};
	HTAB *values = hash_create("fluxtask tag values", 256, &control,
							   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	TagEstimate estimate;
	int absent = 0;

	for (int i = 0; i < count; i++)
	{
		int at = 0;

		while (at < series[i].tag_count && !flux_text_equal(series[i].tags[at].key, key))
			at++;
		if (at == series[i].tag_count)
			absent++;
		else
			(void) hash_search(values, &series[i].tags[at].value, HASH_ENTER, NULL);
	}
	estimate.distinct = Max(1, hash_get_num_entries(values));
	estimate.null_fraction = count == 0 ? 0 : (double) absent / count;
	hash_destroy(values);
	return estimate;
}

/* Whether the series of all buckets are few enough to look at. */
static bool
are_series_few(void)
{
	Oid oid = get_relname_relid("series", get_namespace_oid("_flux_catalog", true));
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
	bool are_few;

	if (!HeapTupleIsValid(tuple))
		return false;
	are_few = ((Form_pg_class) GETSTRUCT(tuple))->reltuples <= SERIES_MAX;
	ReleaseSysCache(tuple);
	return are_few;
}

static void
estimate_tags(TableEstimate *estimate, const FluxFdwTable *table)
{
	FluxPredicate *predicate;
	FluxSeriesInfo *series;
	int count;

	if (table->is_points || !are_series_few())
		return;
	predicate = flux_fdw_qual_and_equal(NULL, FLUX_PREDICATE_MEASUREMENT, table->measurement);
	series = flux_series_find(table->bucket->bucket_id, predicate, &count);
	for (int i = 0; i < table->column_count; i++)
		if (table->columns[i].role == FLUX_FDW_TAG)
			estimate->tags[i] = estimate_tag(series, count, table->columns[i].name);
}

/* Bounds of equally many points each, from the chunks. */
static void
estimate_times(TableEstimate *estimate, const FluxEstimate *storage)
{
	double total = 0;
	double before = 0;
	int chunk = 0;

	for (int i = 0; i < storage->chunk_count; i++)
		total += storage->chunks[i].points;
	if (total <= 0)
		return;
	for (int i = 0; i < HISTOGRAM_BOUNDS; i++)
	{
		double wanted = total * i / (HISTOGRAM_BOUNDS - 1);
		const FluxChunkEstimate *at;
		double share;

		while (chunk < storage->chunk_count - 1 && before + storage->chunks[chunk].points < wanted)
			before += storage->chunks[chunk++].points;
		at = &storage->chunks[chunk];
		share = at->points <= 0 ? 0 : Min(1, Max(0, (wanted - before) / at->points));
		estimate->bounds_ns[i] =
			at->bounds.start_ns +
			(int64) (share * ((double) at->bounds.stop_ns - (double) at->bounds.start_ns));
	}
	estimate->bound_count = HISTOGRAM_BOUNDS;
}

static void
make_estimate(TableEstimate *estimate, const FluxFdwTable *table)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "fluxtask estimate work",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(work);
	FluxMeasurementInfo measurement = {0};
	FluxEstimate storage;

	if (!table->is_points)
		(void) flux_series_measurement(table->bucket->bucket_id, table->measurement, &measurement);
	flux_estimate(table->bucket->bucket_id, measurement.m_id, &storage);
	estimate->blocks = estimate->blocks_now = storage.blocks;
	estimate->chunk_count = storage.chunk_count;
	estimate->sized_for = GetCurrentStatementStartTimestamp();
	estimate->rows = table->is_points ? storage.points : storage.rows;
	estimate->bound_count = 0;
	estimate->column_count = table->column_count;
	estimate->tags = MemoryContextAllocZero(estimate->context,
											sizeof(TagEstimate) * Max(1, table->column_count));
	estimate_times(estimate, &storage);
	estimate_tags(estimate, table);
	estimate->made_at = estimate->sized_at = GetCurrentTimestamp();
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(work);
}

/* Looks at the chunks' sizes, if the statement has not done so. */
static void
look_at_size(TableEstimate *estimate, const FluxFdwTable *table, TimestampTz now)
{
	TimestampTz statement = GetCurrentStatementStartTimestamp();

	if (estimate->sized_for == statement ||
		!TimestampDifferenceExceeds(estimate->sized_at, now,
									SIZE_AGE_MS * Max(0, estimate->chunk_count - 16)))
		return;
	estimate->blocks_now = flux_estimate_blocks(table->bucket->bucket_id);
	estimate->sized_at = now;
	estimate->sized_for = statement;
}

static bool
is_stale(TableEstimate *estimate, const FluxFdwTable *table)
{
	TimestampTz now = GetCurrentTimestamp();

	if (estimate->column_count != table->column_count ||
		TimestampDifferenceExceeds(estimate->made_at, now, ESTIMATE_AGE_MS))
		return true;
	look_at_size(estimate, table, now);
	return estimate->blocks_now > estimate->blocks * 1.1 ||
		   estimate->blocks_now < estimate->blocks * 0.9;
}

/* The table's estimate, made if need be. */
static TableEstimate *
get_estimate(Oid relation_oid, const FluxFdwTable *table)
{
	TableEstimate *estimate;
	bool found;

	if (estimates == NULL)
	{
		HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(TableEstimate)};

		estimates = hash_create("fluxtask table estimates", 16, &control, HASH_ELEM | HASH_BLOBS);
	}
	estimate = hash_search(estimates, &relation_oid, HASH_FIND, NULL);
	if (estimate != NULL && !is_stale(estimate, table))
		return estimate;
	estimate = hash_search(estimates, &relation_oid, HASH_ENTER, &found);
	if (!found)
		estimate->context = NULL;
	if (estimate->context != NULL)
		MemoryContextDelete(estimate->context);
	estimate->context = NULL;
	estimate->column_count = -1; /* stale, should it fail */
	estimate->context =
		AllocSetContextCreate(TopMemoryContext, "fluxtask table estimate", ALLOCSET_SMALL_SIZES);
	make_estimate(estimate, table);
	return estimate;
}

double
flux_fdw_estimate_rows(Oid relation_oid, const FluxFdwTable *table, double analyzed_rows,
					   double analyzed_blocks)
{
	const TableEstimate *estimate = get_estimate(relation_oid, table);

	/* ANALYZE counted; since then the table has grown with its chunks. */
	if (analyzed_rows >= 0 && analyzed_blocks > 0)
		return analyzed_rows * estimate->blocks_now / analyzed_blocks;
	return estimate->rows;
}

/* ---- statistics for the planner ---- */

/* A row of pg_statistic. */
static HeapTuple
make_statistics(Oid relation_oid, AttrNumber attribute, double null_fraction, double distinct,
				Oid less_operator, ArrayType *bounds)
{
	Relation statistic = table_open(StatisticRelationId, AccessShareLock);
	Datum values[Natts_pg_statistic];
	bool nulls[Natts_pg_statistic];
	HeapTuple tuple;

	memset(nulls, 0, sizeof(nulls));
	memset(values, 0, sizeof(values));
	values[Anum_pg_statistic_starelid - 1] = ObjectIdGetDatum(relation_oid);
	values[Anum_pg_statistic_staattnum - 1] = Int16GetDatum(attribute);
	values[Anum_pg_statistic_stanullfrac - 1] = Float4GetDatum((float4) null_fraction);
	values[Anum_pg_statistic_stawidth - 1] = Int32GetDatum(8);
	values[Anum_pg_statistic_stadistinct - 1] = Float4GetDatum((float4) distinct);
	for (int i = 0; i < STATISTIC_NUM_SLOTS; i++)
	{
		nulls[Anum_pg_statistic_stanumbers1 - 1 + i] = true;
		nulls[Anum_pg_statistic_stavalues1 - 1 + i] = true;
	}
	if (bounds != NULL)
	{
		values[Anum_pg_statistic_stakind1 - 1] = Int16GetDatum(STATISTIC_KIND_HISTOGRAM);
		values[Anum_pg_statistic_staop1 - 1] = ObjectIdGetDatum(less_operator);
		values[Anum_pg_statistic_stavalues1 - 1] = PointerGetDatum(bounds);
		nulls[Anum_pg_statistic_stavalues1 - 1] = false;
	}
	tuple = heap_form_tuple(RelationGetDescr(statistic), values, nulls);
	table_close(statistic, AccessShareLock);
	return tuple;
}

/* The histogram of time or time_ns. */
static HeapTuple
time_statistics(const TableEstimate *estimate, AttrNumber attribute, FluxFdwRole role)
{
	Datum bounds[HISTOGRAM_BOUNDS];
	bool is_ns = role == FLUX_FDW_TIME_NS;
	ArrayType *array;

	if (estimate->bound_count == 0)
		return NULL;
	for (int i = 0; i < estimate->bound_count; i++)
		bounds[i] = is_ns ? Int64GetDatum(estimate->bounds_ns[i])
						  : TimestampTzGetDatum(flux_time_to_timestamptz(estimate->bounds_ns[i]));
	array = construct_array(bounds, estimate->bound_count, is_ns ? INT8OID : TIMESTAMPTZOID,
							sizeof(int64), true, TYPALIGN_DOUBLE);
	return make_statistics(
		estimate->relation_oid, attribute, 0, 0,
		lookup_type_cache(is_ns ? INT8OID : TIMESTAMPTZOID, TYPECACHE_LT_OPR)->lt_opr, array);
}

/* Statistics of a column of one of our tables that ANALYZE has not seen, or NULL. */
static HeapTuple
column_statistics(Oid relation_oid, AttrNumber attribute)
{
	FluxFdwTable *table = flux_fdw_table_get_by_oid(relation_oid);
	const TableEstimate *estimate;
	FluxFdwRole role;

	if (attribute < 1 || attribute > table->column_count)
		return NULL;
	role = table->columns[attribute - 1].role;
	if (role != FLUX_FDW_TAG && role != FLUX_FDW_TIME && role != FLUX_FDW_TIME_NS)
		return NULL;
	estimate = get_estimate(relation_oid, table);
	if (role != FLUX_FDW_TAG)
		return time_statistics(estimate, attribute, role);
	if (estimate->tags[attribute - 1].distinct == 0)
		return NULL;
	return make_statistics(relation_oid, attribute, estimate->tags[attribute - 1].null_fraction,
						   estimate->tags[attribute - 1].distinct, InvalidOid, NULL);
}

static bool
is_ours(const RangeTblEntry *entry)
{
	const ForeignServer *server;

	if (entry->rtekind != RTE_RELATION || entry->relkind != RELKIND_FOREIGN_TABLE)
		return false;
	server = GetForeignServer(GetForeignTable(entry->relid)->serverid);
	return strcmp(GetForeignDataWrapper(server->fdwid)->fdwname, "fluxtask") == 0;
}

static bool
get_statistics(PlannerInfo *root, RangeTblEntry *entry, AttrNumber attribute,
			   VariableStatData *data)
{
	if (previous_hook != NULL && previous_hook(root, entry, attribute, data))
		return true;
	if (!is_ours(entry) ||
		SearchSysCacheExists3(STATRELATTINH, ObjectIdGetDatum(entry->relid),
							  Int16GetDatum(attribute), BoolGetDatum(entry->inh)))
		return false;
	data->statsTuple = column_statistics(entry->relid, attribute);
	if (!HeapTupleIsValid(data->statsTuple))
		return false;
	data->freefunc = heap_freetuple;
	data->acl_ok = true; /* chunk bounds and counts say nothing of points */
	return true;
}

void
flux_fdw_estimate_init(void)
{
	previous_hook = get_relation_stats_hook;
	get_relation_stats_hook = get_statistics;
}
