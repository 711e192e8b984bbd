/*
 * fdw_scan.c
 *		Scans of "_points" and of the measurements' tables: the executor's entries.
 *
 * The rows come from fdw_rows.c, or in order of time from fdw_order.c.
 *
 * In parallel: the work is cut into units, each the series of a range of ids in
 * one chunk, and whoever is done with one takes the next by an atomic counter.
 * Series ids are hashes, so ranges of equal width hold about as many series,
 * and every process cuts alike without asking the catalog.  The leader lists the
 * chunks once, after the snapshot was taken: a chunk that comes later holds nothing
 * that the snapshot sees.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "port/atomics.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#define FLUX_COMPAT_EXPLAIN
#include "base/pg_compat.h"
#include "fdw/fdw_rows.h"
#include "storage/chunk.h"

/* Units for each process: as many as even out what they take. */
#define UNITS_PER_PROCESS 4
#define SLICES_MAX 64

/* Counters that workers add up, in the order of FluxScanStats without chunks. */
#define SHARED_COUNTERS 5

/* What the processes of a parallel scan share. */
typedef struct FluxFdwShared
{
	pg_atomic_uint32 next_unit;
	uint32 unit_count;
	uint32 slices; /* units of a chunk */
	int32 chunk_count;
	pg_atomic_uint64 counters[SHARED_COUNTERS];
	FluxBounds chunks[FLEXIBLE_ARRAY_MEMBER];
} FluxFdwShared;

typedef struct FluxFdwScan
{
	FluxFdwTable *table;
	List *quals;
	List *value_states; /* ExprStates of fdw_exprs */
	FluxFdwSeriesFilter *filter;
	bool *is_needed; /* by attribute - 1 */
	Oid user_oid;
	MemoryContext scan_context; /* what a rescan makes anew */
	FluxFdwRows *rows;
	FluxFdwOrdered *ordered; /* NULL: in any order */
	FluxScanStats others;    /* of workers */

	/* made at the first row */
	bool is_begun;
	FluxBounds bounds;

	/* parallel */
	FluxFdwShared *shared;
	FluxChunk *chunks; /* leader: of the bucket */
	int chunk_count;
} FluxFdwScan;

/* ---- beginning ---- */

/* Evaluates the values of the quals; sets bounds and predicate. */
static bool
evaluate(ForeignScanState *node, FluxFdwScan *state)
{
	int count = list_length(state->value_states);
	Datum *values = palloc_array(Datum, Max(1, count));
	bool *nulls = palloc_array(bool, Max(1, count));
	FluxPredicate *predicate;

	for (int i = 0; i < count; i++)
		values[i] =
			ExecEvalExpr(list_nth(state->value_states, i), node->ss.ps.ps_ExprContext, &nulls[i]);
	if (!flux_fdw_qual_apply(state->table, state->quals, values, nulls, &state->bounds, &predicate))
		return false;
	if (!state->table->is_points)
		predicate = flux_fdw_qual_and_equal(predicate, FLUX_PREDICATE_MEASUREMENT,
											state->table->measurement);
	flux_fdw_rows_set_predicate(state->rows, predicate);
	return true;
}

/* Narrows the bounds to the chunks there are: nothing lies before or behind them. */
static void
clip_to_chunks(FluxFdwScan *state)
{
	int count;
	FluxChunk *chunks = flux_chunk_list(state->table->bucket->bucket_id, state->bounds, &count);
	FluxBounds nothing = {0, 0};

	flux_fdw_rows_stats(state->rows)->chunks += count;
	if (count == 0)
		state->bounds = nothing;
	else
	{
		state->bounds.start_ns = Max(state->bounds.start_ns, chunks[0].tmin_ns);
		state->bounds.stop_ns = Min(state->bounds.stop_ns, chunks[count - 1].tmax_ns + 1);
	}
	pfree(chunks);
}

/* Begins reading; in a context that lives until the next rescan. */
static void
begin_reading(ForeignScanState *node, FluxFdwScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->scan_context);
	FluxBounds nothing = {0, 0};

	state->is_begun = true;
	flux_fdw_series_filter_reset(state->filter);
	flux_bucket_check_acl_for(state->table->bucket, state->user_oid, ACL_SELECT);
	if (evaluate(node, state))
		clip_to_chunks(state);
	else
		state->bounds = nothing;
	if (state->ordered != NULL)
		flux_fdw_ordered_begin(state->ordered, state->bounds);
	else
		flux_fdw_rows_begin(state->rows, state->shared != NULL ? nothing : state->bounds);
	MemoryContextSwitchTo(old_context);
}

/* ---- parallel ---- */

/* Begins the next unit that nobody has taken; false when none is left. */
static bool
next_unit(FluxFdwScan *state)
{
	FluxFdwShared *shared = state->shared;

	while (shared != NULL)
	{
		uint32 unit = pg_atomic_fetch_add_u32(&shared->next_unit, 1);
		uint64 width = UINT64CONST(0x8000000000000000) / shared->slices;
		uint32 slice = unit % shared->slices;
		FluxBounds bounds;
		FluxFdwSeriesRange range;

		if (unit >= shared->unit_count)
			return false;
		bounds = flux_bounds_intersect(state->bounds, shared->chunks[unit / shared->slices]);
		if (bounds.start_ns >= bounds.stop_ns)
			continue;
		range.first = (int64) (width * slice);
		range.last = slice + 1 == shared->slices ? PG_INT64_MAX : (int64) (width * (slice + 1) - 1);
		flux_fdw_rows_begin_series(state->rows, bounds, range);
		return true;
	}
	return false;
}

static bool
is_parallel_safe(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *entry)
{
	return true;
}

static Size
estimate_shared(ForeignScanState *node, ParallelContext *context)
{
	FluxFdwScan *state = node->fdw_state;
	FluxBounds always = {PG_INT64_MIN, PG_INT64_MAX};

	if (state == NULL || ((ForeignScan *) node->ss.ps.plan)->scan.scanrelid == 0)
		return 0;
	state->chunks = flux_chunk_list(state->table->bucket->bucket_id, always, &state->chunk_count);
	return offsetof(FluxFdwShared, chunks) +
		   mul_size(sizeof(FluxBounds), Max(1, state->chunk_count));
}

static void
initialize_shared(ForeignScanState *node, ParallelContext *context, void *coordinate)
{
	FluxFdwScan *state = node->fdw_state;
	FluxFdwShared *shared = coordinate;
	int wanted = UNITS_PER_PROCESS * (context->nworkers + 1);

	shared->chunk_count = state->chunk_count;
	shared->slices =
		Min(SLICES_MAX, (wanted + state->chunk_count - 1) / Max(1, state->chunk_count));
	shared->slices = Max(1, shared->slices);
	shared->unit_count = shared->slices * state->chunk_count;
	pg_atomic_init_u32(&shared->next_unit, 0);
	for (int i = 0; i < SHARED_COUNTERS; i++)
		pg_atomic_init_u64(&shared->counters[i], 0);
	for (int i = 0; i < state->chunk_count; i++)
	{
		shared->chunks[i].start_ns = state->chunks[i].tmin_ns;
		shared->chunks[i].stop_ns = state->chunks[i].tmax_ns + 1;
	}
	state->shared = shared;
}

static void
reinitialize_shared(ForeignScanState *node, ParallelContext *context, void *coordinate)
{
	FluxFdwScan *state = node->fdw_state;

	state->shared = coordinate;
	pg_atomic_write_u32(&state->shared->next_unit, 0);
	for (int i = 0; i < SHARED_COUNTERS; i++)
		pg_atomic_write_u64(&state->shared->counters[i], 0);
}

static void
attach_shared(ForeignScanState *node, shm_toc *toc, void *coordinate)
{
	FluxFdwScan *state = node->fdw_state;

	state->shared = coordinate;
}

/* The counters that processes add up. */
static void
shared_counters(FluxScanStats *stats, int64 *counters[SHARED_COUNTERS])
{
	counters[0] = &stats->segments_read;
	counters[1] = &stats->segments_skipped;
	counters[2] = &stats->segments_from_statistics;
	counters[3] = &stats->hot_rows;
	counters[4] = &stats->points_decoded;
}

/* Workers leave their counters, the leader takes them, before the memory goes. */
static void
shutdown_scan(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;
	int64 *counters[SHARED_COUNTERS];

	if (((ForeignScan *) node->ss.ps.plan)->scan.scanrelid == 0 || state == NULL ||
		state->shared == NULL)
		return;
	if (IsParallelWorker())
	{
		flux_fdw_rows_end(state->rows);
		shared_counters(flux_fdw_rows_stats(state->rows), counters);
		for (int i = 0; i < SHARED_COUNTERS; i++)
			pg_atomic_fetch_add_u64(&state->shared->counters[i], *counters[i]);
	}
	else
	{
		shared_counters(&state->others, counters);
		for (int i = 0; i < SHARED_COUNTERS; i++)
			*counters[i] += (int64) pg_atomic_exchange_u64(&state->shared->counters[i], 0);
	}
	state->shared = NULL;
}

/* ---- executor's entries ---- */

Oid
flux_fdw_scan_user(ForeignScanState *node, int range_index)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	RangeTblEntry *entry = exec_rt_fetch(range_index, node->ss.ps.state);
	Oid user_oid = flux_compat_scan_user(plan, entry);

	(void) plan;
	(void) entry;
	return OidIsValid(user_oid) ? user_oid : GetUserId();
}

List *
flux_fdw_scan_values(const ForeignScan *plan)
{
	return list_truncate(list_copy(plan->fdw_exprs),
						 intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_VALUES)));
}

List *
flux_fdw_scan_conditions(const ForeignScan *plan)
{
	return list_copy_tail(plan->fdw_exprs,
						  intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_VALUES)));
}

/* Rows of groups rather than of the table? */
static bool
is_grouped(ForeignScanState *node)
{
	return ((ForeignScan *) node->ss.ps.plan)->scan.scanrelid == 0;
}

static void
begin_scan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwScan *state;
	FluxFdwOrder order;
	ListCell *cell;

	if (is_grouped(node))
	{
		flux_fdw_group_begin(node, eflags);
		return;
	}
	state = palloc0(sizeof(FluxFdwScan));
	node->fdw_state = state;
	state->table = flux_fdw_table_get(node->ss.ss_currentRelation);
	state->quals = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_QUALS);
	state->value_states = ExecInitExprList(flux_fdw_scan_values(plan), (PlanState *) node);
	state->filter =
		flux_fdw_series_filter_create(node, flux_fdw_scan_conditions(plan), state->table->columns);
	state->user_oid = flux_fdw_scan_user(node, plan->scan.scanrelid);
	state->is_needed = palloc0_array(bool, Max(1, state->table->column_count));
	foreach (cell, list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_COLUMNS))
		state->is_needed[intVal(lfirst(cell)) - 1] = true;
	state->scan_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask foreign scan",
												ALLOCSET_DEFAULT_SIZES);
	state->rows = flux_fdw_rows_create(
		state->table, state->is_needed,
		intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_IS_STRICT)) != 0, state->user_oid);
	flux_fdw_rows_set_filter(state->rows, state->filter);
	order = (FluxFdwOrder) intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_ORDER));
	if (order != FLUX_FDW_ORDER_NONE)
		state->ordered = flux_fdw_ordered_create(state->rows, order);
}

static TupleTableSlot *
iterate_scan(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	if (is_grouped(node))
		return flux_fdw_group_iterate(node);
	ExecClearTuple(slot);
	if (!state->is_begun)
		begin_reading(node, state);
	if (state->ordered != NULL)
		return flux_fdw_ordered_next(state->ordered, slot);
	do
	{
		if (flux_fdw_rows_next(state->rows, slot))
			return ExecStoreVirtualTuple(slot);
	} while (next_unit(state));
	return slot;
}

static void
rescan(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;

	if (is_grouped(node))
	{
		flux_fdw_group_rescan(node);
		return;
	}
	flux_fdw_rows_end(state->rows);
	state->is_begun = false;
	MemoryContextReset(state->scan_context);
}

static void
end_scan(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;

	if (is_grouped(node))
		flux_fdw_group_end(node);
	else if (state != NULL)
		flux_fdw_rows_end(state->rows);
}

static void
explain_scan(ForeignScanState *node, ExplainState *es)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwScan *state = node->fdw_state;
	char *text = strVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_TEXT));
	char *series = strVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_SERIES_TEXT));
	FluxScanStats stats;
	int order;

	if (text[0] != '\0')
		ExplainPropertyText("Storage Filter", text, es);
	if (series[0] != '\0')
		ExplainPropertyText("Series Filter", series, es);
	if (is_grouped(node))
	{
		flux_fdw_group_explain(node, es);
		return;
	}
	order = intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_ORDER));
	if (order != FLUX_FDW_ORDER_NONE)
		ExplainPropertyText("Storage Order",
							order == FLUX_FDW_ORDER_ASCENDING ? "time" : "time DESC", es);
	if (!es->analyze || state == NULL)
		return;
	flux_fdw_rows_end(state->rows);
	stats = *flux_fdw_rows_stats(state->rows);
	flux_fdw_stats_add(&stats, &state->others);
	flux_fdw_stats_explain(&stats, es);
}

void
flux_fdw_scan_init(FdwRoutine *routine)
{
	routine->BeginForeignScan = begin_scan;
	routine->IterateForeignScan = iterate_scan;
	routine->ReScanForeignScan = rescan;
	routine->EndForeignScan = end_scan;
	routine->ExplainForeignScan = explain_scan;
	routine->IsForeignScanParallelSafe = is_parallel_safe;
	routine->EstimateDSMForeignScan = estimate_shared;
	routine->InitializeDSMForeignScan = initialize_shared;
	routine->ReInitializeDSMForeignScan = reinitialize_shared;
	routine->InitializeWorkerForeignScan = attach_shared;
	routine->ShutdownForeignScan = shutdown_scan;
}

/* ---- counters ---- */

void
flux_fdw_stats_add(FluxScanStats *sum, const FluxScanStats *stats)
{
	sum->segments_read += stats->segments_read;
	sum->segments_skipped += stats->segments_skipped;
	sum->segments_from_statistics += stats->segments_from_statistics;
	sum->hot_rows += stats->hot_rows;
	sum->points_decoded += stats->points_decoded;
}

void
flux_fdw_stats_explain(const FluxScanStats *stats, ExplainState *es)
{
	ExplainPropertyInteger("Chunks", NULL, stats->chunks, es);
	ExplainPropertyInteger("Segments Read", NULL, stats->segments_read, es);
	ExplainPropertyInteger("Segments Skipped", NULL, stats->segments_skipped, es);
	ExplainPropertyInteger("Segments Answered by Statistics", NULL, stats->segments_from_statistics,
						   es);
	ExplainPropertyInteger("Hot Rows", NULL, stats->hot_rows, es);
	ExplainPropertyInteger("Points Decoded", NULL, stats->points_decoded, es);
}
