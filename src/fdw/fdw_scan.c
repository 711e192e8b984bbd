/*
 * fdw_scan.c
 *		Rows of "_points" and of the measurements' tables.
 *
 * "_points": a row per value, as the storage scan gives them.  A measurement's
 * table: chunk by chunk, and in a chunk series by series, the vectors of all its
 * fields are gathered and walked in step, so that values of one instant come
 * into one row; the memory for that is a series' points in one chunk.
 *
 * In order of time: slices of time are read one after another as above, and the
 * rows of each are sorted.  The first slices are short, for there may be a LIMIT;
 * then they grow until sorting them fills the memory well.
 *
 * Contexts: "scan_context" holds what a rescan makes anew, "series_context" what
 * belongs to the current series.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/flux_time.h"
#define FLUX_COMPAT_EXPLAIN
#include "base/pg_compat.h"
#include "fdw/fdw_int.h"
#include "storage/chunk.h"

/* The gathered vectors of one field of the current series. */
typedef struct FieldVector
{
	FluxColumnBuilder times;
	FluxColumnBuilder values;
	int			attribute;		/* -1: read for its times alone */
	FluxColumn	view;			/* of values, once complete */
	const int64 *instants;
	int			next;			/* row that comes next */
} FieldVector;

/* Rows of a slice that are worth sorting at once. */
#define SLICE_ROWS_MIN	20000
#define SLICE_ROWS_MAX	100000

/* A row that waits for its turn. */
typedef struct SortedRow
{
	int64		time_ns;
	HeapTuple	tuple;
} SortedRow;

typedef struct FluxFdwScan
{
	FluxFdwTable *table;
	List	   *quals;
	List	   *value_states;	/* ExprStates of fdw_exprs */
	bool	   *is_needed;		/* by attribute - 1 */
	bool		is_strict;
	Oid			user_oid;
	MemoryContext scan_context;
	MemoryContext series_context;

	FluxFdwOrder order;

	/* made at the first row, and anew after a rescan */
	bool		is_begun;
	FluxScanSpec spec;
	FluxBounds	bounds;			/* of the whole scan, or of the slice */
	FluxChunk  *chunks;			/* measurement's table: what is still to be read */
	int			chunk_count;
	int			chunk_at;
	FluxScan   *scan;
	FluxScanStats stats;		/* of the scans that ended */
	FluxScanBatch batch;
	bool		has_batch;		/* batch is not used up */
	int			row;			/* of the batch, "_points" */

	/* the current series */
	Datum	   *series_values;	/* of columns that are the same for the series */
	bool	   *series_nulls;
	FieldVector *vectors;
	int			vector_count;
	int			vector_capacity;
	bool		in_series;		/* rows of it are left */
	int64		row_time_ns;	/* of the row given last */

	/* in order of time */
	MemoryContext slice_context;	/* reset per slice */
	FluxBounds	unread;			/* time that no slice has covered yet */
	int64		slice_ns;		/* width of the next slice */
	SortedRow  *rows;
	int			row_count;
	int			row_capacity;
	int			row_at;
} FluxFdwScan;

/* Computes the columns that are the same for all rows of a series. */
static void
begin_series(FluxFdwScan *state, const FluxScanSeries *series)
{
	MemoryContext old_context;

	MemoryContextReset(state->series_context);
	old_context = MemoryContextSwitchTo(state->series_context);
	for (int i = 0; i < state->table->column_count; i++)
	{
		const FluxFdwColumn *column = &state->table->columns[i];

		state->series_nulls[i] = true;
		if (!state->is_needed[i])
			continue;
		switch (column->role)
		{
			case FLUX_FDW_MEASUREMENT:
				state->series_values[i] = flux_fdw_text_datum(series->measurement);
				state->series_nulls[i] = false;
				break;
			case FLUX_FDW_FIELD_NAME:
				state->series_values[i] = flux_fdw_text_datum(series->field);
				state->series_nulls[i] = false;
				break;
			case FLUX_FDW_TAGS:
				state->series_values[i] = flux_fdw_tags_datum(series);
				state->series_nulls[i] = false;
				break;
			case FLUX_FDW_SERIES_ID:
				state->series_values[i] = Int64GetDatum(series->series_id);
				state->series_nulls[i] = false;
				break;
			case FLUX_FDW_TAG:
				for (int j = 0; j < series->tag_count; j++)
				{
					if (!flux_text_equal(series->tags[j].key, column->name))
						continue;
					state->series_values[i] = flux_fdw_text_datum(series->tags[j].value);
					state->series_nulls[i] = false;
				}
				break;
			default:
				break;
		}
	}
	MemoryContextSwitchTo(old_context);
}

/* Fills what a row of either table has in common. */
static void
fill_row(FluxFdwScan *state, TupleTableSlot *slot, int64 time_ns)
{
	state->row_time_ns = time_ns;
	for (int i = 0; i < state->table->column_count; i++)
	{
		slot->tts_isnull[i] = state->series_nulls[i];
		slot->tts_values[i] = state->series_values[i];
		if (!state->is_needed[i])
			continue;
		if (state->table->columns[i].role == FLUX_FDW_TIME)
		{
			slot->tts_values[i] = TimestampTzGetDatum(flux_time_to_timestamptz(time_ns));
			slot->tts_isnull[i] = false;
		}
		else if (state->table->columns[i].role == FLUX_FDW_TIME_NS)
		{
			slot->tts_values[i] = Int64GetDatum(time_ns);
			slot->tts_isnull[i] = false;
		}
	}
}

/* ---- storage scans ---- */

static void
end_storage_scan(FluxFdwScan *state)
{
	if (state->scan == NULL)
		return;

	flux_fdw_stats_add(&state->stats, flux_scan_stats(state->scan));
	flux_scan_end(state->scan);
	state->scan = NULL;
	state->has_batch = false;
}

/* Evaluates the values of the quals; builds bounds and predicate of the scan. */
static bool
prepare_spec(ForeignScanState *node, FluxFdwScan *state)
{
	int			count = list_length(state->value_states);
	Datum	   *values = palloc_array(Datum, Max(1, count));
	bool	   *nulls = palloc_array(bool, Max(1, count));
	FluxPredicate *predicate;

	for (int i = 0; i < count; i++)
		values[i] = ExecEvalExpr(list_nth(state->value_states, i), node->ss.ps.ps_ExprContext,
								 &nulls[i]);
	if (!flux_fdw_qual_apply(state->table, state->quals, values, nulls, &state->bounds,
							 &predicate))
		return false;
	if (!state->table->is_points)
		predicate = flux_fdw_qual_and_equal(predicate, FLUX_PREDICATE_MEASUREMENT,
											state->table->measurement);
	memset(&state->spec, 0, sizeof(state->spec));
	state->spec.bucket = state->table->bucket;
	state->spec.predicate = predicate;
	state->spec.series_major = !state->table->is_points;
	state->spec.user_oid = state->user_oid;
	return true;
}

/* Begins reading what lies in bounds, in the current memory context. */
static void
begin_bounds(FluxFdwScan *state, FluxBounds bounds)
{
	state->bounds = bounds;
	state->chunk_at = 0;
	state->chunk_count = 0;
	state->has_batch = false;
	state->in_series = false;
	if (bounds.start_ns >= bounds.stop_ns)
		return;
	if (state->table->is_points)
	{
		state->spec.bounds = bounds;
		state->scan = flux_scan_begin(&state->spec);
	}
	else
		state->chunks = flux_chunk_list(state->table->bucket->bucket_id, bounds,
										&state->chunk_count);
}

/* Narrows bounds to the chunks there are: nothing lies before or behind them. */
static FluxBounds
clip_to_chunks(FluxFdwScan *state, FluxBounds bounds)
{
	int			count;
	FluxChunk  *chunks = flux_chunk_list(state->table->bucket->bucket_id, bounds, &count);
	FluxBounds	nothing = {0, 0};

	state->stats.chunks += count;
	if (count == 0)
		return nothing;
	bounds.start_ns = Max(bounds.start_ns, chunks[0].tmin_ns);
	bounds.stop_ns = Min(bounds.stop_ns, chunks[count - 1].tmax_ns + 1);
	pfree(chunks);
	return bounds;
}

/* Begins reading; in a context that lives until the next rescan. */
static void
begin_reading(ForeignScanState *node, FluxFdwScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->scan_context);
	FluxBounds	bounds = {0, 0};

	state->is_begun = true;
	flux_bucket_check_acl_for(state->table->bucket, state->user_oid, ACL_SELECT);
	if (prepare_spec(node, state))
		bounds = clip_to_chunks(state, state->bounds);
	if (state->order == FLUX_FDW_ORDER_NONE)
		begin_bounds(state, bounds);
	else
	{
		state->unread = bounds;
		state->slice_ns = FLUX_NS_PER_MINUTE;
		state->row_count = 0;
		state->row_at = 0;
	}
	MemoryContextSwitchTo(old_context);
}

/* Where what belongs to the current storage scan lives. */
static MemoryContext
reading_context(const FluxFdwScan *state)
{
	return state->order == FLUX_FDW_ORDER_NONE ? state->scan_context : state->slice_context;
}

/* The next portion of the storage scan; the batch is valid when true. */
static bool
next_batch(FluxFdwScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(reading_context(state));

	state->has_batch = state->scan != NULL && flux_scan_next(state->scan, &state->batch);
	if (!state->has_batch)
		end_storage_scan(state);
	MemoryContextSwitchTo(old_context);
	return state->has_batch;
}

/* ---- "_points" ---- */

static bool
next_point(FluxFdwScan *state, TupleTableSlot *slot)
{
	while (!state->has_batch || state->row == state->batch.row_count)
	{
		if (!next_batch(state))
			return false;
		state->row = 0;
		if (state->batch.is_first)
			begin_series(state, state->batch.series);
		CHECK_FOR_INTERRUPTS();
	}
	fill_row(state, slot, state->batch.times_ns[state->row]);
	for (int i = 0; i < state->table->column_count; i++)
	{
		if (state->is_needed[i] && state->table->columns[i].role == FLUX_FDW_VALUE &&
			state->table->columns[i].type == state->batch.values.type)
		{
			slot->tts_values[i] = flux_fdw_value_datum(&state->batch.values, state->row);
			slot->tts_isnull[i] = false;
		}
	}
	state->row++;
	return true;
}

/* ---- measurements' tables ---- */

/* The attribute that shows a field, -1 when the table has no column for it. */
static int
attribute_of_field(const FluxFdwTable *table, const FluxScanSeries *series)
{
	for (int i = 0; i < table->column_count; i++)
		if (table->columns[i].role == FLUX_FDW_FIELD && table->columns[i].type == series->type &&
			flux_text_equal(table->columns[i].name, series->field))
			return i;
	return -1;
}

/* Begins the storage scan of the next chunk that has something. */
static bool
next_chunk(FluxFdwScan *state)
{
	while (state->chunk_at < state->chunk_count)
	{
		const FluxChunk *chunk = &state->chunks[state->chunk_at++];
		FluxBounds	of_chunk = {chunk->tmin_ns, chunk->tmax_ns + 1};
		MemoryContext old_context = MemoryContextSwitchTo(reading_context(state));

		state->spec.bounds = flux_bounds_intersect(state->bounds, of_chunk);
		state->scan = flux_scan_begin(&state->spec);
		MemoryContextSwitchTo(old_context);
		if (next_batch(state))
			return true;
	}
	return false;
}

static FieldVector *
add_vector(FluxFdwScan *state, int attribute, FluxColumnType type)
{
	if (state->vector_count == state->vector_capacity)
	{
		state->vector_capacity = Max(16, 2 * state->vector_capacity);
		state->vectors = state->vectors == NULL ?
			MemoryContextAlloc(GetMemoryChunkContext(state),
							   mul_size(state->vector_capacity, sizeof(FieldVector))) :
			repalloc(state->vectors, mul_size(state->vector_capacity, sizeof(FieldVector)));
	}

	FieldVector *vector = &state->vectors[state->vector_count++];

	flux_column_builder_init(&vector->times, FLUX_COLUMN_TIME, state->series_context);
	flux_column_builder_init(&vector->values, type, state->series_context);
	vector->attribute = attribute;
	vector->next = 0;
	return vector;
}

static void
append_batch(FieldVector *vector, const FluxScanBatch *batch)
{
	FluxColumn	times = {.type = FLUX_COLUMN_TIME,.values.times = batch->times_ns};

	flux_column_builder_append_rows(&vector->times, &times, 0, batch->row_count);
	if (vector->attribute >= 0)
		flux_column_builder_append_rows(&vector->values, &batch->values, 0, batch->row_count);
}

/* Gathers the fields of the next series; false when there is none. */
static bool
gather_series(FluxFdwScan *state)
{
	if (!state->has_batch && !next_chunk(state))
		return false;

	int64		series_id = state->batch.series->series_id;
	FieldVector *vector = NULL;

	begin_series(state, state->batch.series);
	state->vector_count = 0;
	do
	{
		if (state->batch.is_first)
		{
			int			attribute = attribute_of_field(state->table, state->batch.series);
			bool		is_needed = attribute >= 0 && state->is_needed[attribute];

			/* A field without a column makes no rows; one not asked for does. */
			vector = attribute < 0 || (state->is_strict && !is_needed) ? NULL :
				add_vector(state, is_needed ? attribute : -1, state->batch.series->type);
		}
		if (vector != NULL)
			append_batch(vector, &state->batch);
		CHECK_FOR_INTERRUPTS();
	} while (next_batch(state) && state->batch.series->series_id == series_id);

	for (int i = 0; i < state->vector_count; i++)
	{
		state->vectors[i].instants = flux_column_builder_view(&state->vectors[i].times).values.times;
		state->vectors[i].view = flux_column_builder_view(&state->vectors[i].values);
	}
	state->in_series = true;
	return true;
}

/* The earliest instant that a vector still has; false when all are used up. */
static bool
next_instant(const FluxFdwScan *state, int64 *time_ns)
{
	bool		found = false;

	for (int i = 0; i < state->vector_count; i++)
	{
		const FieldVector *vector = &state->vectors[i];

		if (vector->next < vector->times.count &&
			(!found || vector->instants[vector->next] < *time_ns))
		{
			*time_ns = vector->instants[vector->next];
			found = true;
		}
	}
	return found;
}

static bool
next_wide_row(FluxFdwScan *state, TupleTableSlot *slot)
{
	int64		time_ns = 0;

	while (!state->in_series || !next_instant(state, &time_ns))
	{
		state->in_series = false;
		if (!gather_series(state))
			return false;
	}
	fill_row(state, slot, time_ns);
	for (int i = 0; i < state->vector_count; i++)
	{
		FieldVector *vector = &state->vectors[i];

		if (vector->next == vector->times.count || vector->instants[vector->next] != time_ns)
			continue;
		if (vector->attribute >= 0)
		{
			slot->tts_values[vector->attribute] = flux_fdw_value_datum(&vector->view,
																	   vector->next);
			slot->tts_isnull[vector->attribute] = false;
		}
		vector->next++;
	}
	return true;
}

/* ---- in order of time ---- */

static bool
next_unordered(FluxFdwScan *state, TupleTableSlot *slot)
{
	return state->table->is_points ? next_point(state, slot) : next_wide_row(state, slot);
}

static int
compare_ascending(const void *a, const void *b)
{
	int64		left = ((const SortedRow *) a)->time_ns;
	int64		right = ((const SortedRow *) b)->time_ns;

	return (left > right) - (left < right);
}

static int
compare_descending(const void *a, const void *b)
{
	return compare_ascending(b, a);
}

/* Takes the next slice off the unread time, at the end that comes first. */
static FluxBounds
take_slice(FluxFdwScan *state)
{
	FluxBounds	slice = state->unread;
	uint64		left = (uint64) slice.stop_ns - (uint64) slice.start_ns;

	if (left > (uint64) state->slice_ns)
	{
		if (state->order == FLUX_FDW_ORDER_ASCENDING)
			slice.stop_ns = slice.start_ns + state->slice_ns;
		else
			slice.start_ns = slice.stop_ns - state->slice_ns;
	}
	if (state->order == FLUX_FDW_ORDER_ASCENDING)
		state->unread.start_ns = slice.stop_ns;
	else
		state->unread.stop_ns = slice.start_ns;
	return slice;
}

/* Learns from a slice how wide the next one should be. */
static void
adapt_slice(FluxFdwScan *state)
{
	if (state->row_count > SLICE_ROWS_MAX)
		state->slice_ns = Max(1, state->slice_ns / 2);
	else if (state->row_count < SLICE_ROWS_MIN && state->slice_ns < PG_INT64_MAX / 4)
		state->slice_ns *= 4;
}

/*
 * After an empty slice: asks each series for its first or last point in the
 * unread time, and takes what lies before or behind them all off it.
 */
static void
skip_gap(FluxFdwScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->slice_context);
	bool		is_ascending = state->order == FLUX_FDW_ORDER_ASCENDING;
	FluxScanSpec spec = state->spec;
	FluxBounds	occupied = {PG_INT64_MAX, PG_INT64_MIN};
	FluxScanBatch batch;

	spec.bounds = state->unread;
	spec.aggregate = is_ascending ? FLUX_SCAN_FIRST : FLUX_SCAN_LAST;
	state->scan = flux_scan_begin(&spec);
	while (flux_scan_next(state->scan, &batch))
	{
		for (int row = 0; row < batch.row_count; row++)
		{
			occupied.start_ns = Min(occupied.start_ns, batch.times_ns[row]);
			occupied.stop_ns = Max(occupied.stop_ns, batch.times_ns[row] + 1);
		}
		CHECK_FOR_INTERRUPTS();
	}
	end_storage_scan(state);
	if (occupied.start_ns > occupied.stop_ns)
		state->unread.start_ns = state->unread.stop_ns;
	else if (is_ascending)
		state->unread.start_ns = occupied.start_ns;
	else
		state->unread.stop_ns = occupied.stop_ns;
	MemoryContextSwitchTo(old_context);
}

/* Reads and sorts the rows of the next slice. */
static void
read_slice(FluxFdwScan *state, TupleTableSlot *slot)
{
	MemoryContext old_context;

	MemoryContextReset(state->slice_context);
	old_context = MemoryContextSwitchTo(state->slice_context);
	state->rows = NULL;
	state->row_count = 0;
	state->row_capacity = 0;
	state->row_at = 0;
	begin_bounds(state, take_slice(state));
	while (next_unordered(state, slot))
	{
		if (state->row_count == state->row_capacity)
		{
			state->row_capacity = Max(256, 2 * state->row_capacity);
			state->rows = state->rows == NULL ? palloc_array(SortedRow, state->row_capacity) :
				repalloc_huge(state->rows, state->row_capacity * sizeof(SortedRow));
		}
		state->rows[state->row_count].time_ns = state->row_time_ns;
		state->rows[state->row_count++].tuple =
			heap_form_tuple(slot->tts_tupleDescriptor, slot->tts_values, slot->tts_isnull);
	}
	if (state->row_count > 1)
		qsort(state->rows, state->row_count, sizeof(SortedRow),
			  state->order == FLUX_FDW_ORDER_ASCENDING ? compare_ascending : compare_descending);
	adapt_slice(state);
	MemoryContextSwitchTo(old_context);
}

static TupleTableSlot *
next_ordered(FluxFdwScan *state, TupleTableSlot *slot)
{
	while (state->row_at == state->row_count)
	{
		if (state->unread.start_ns >= state->unread.stop_ns)
			return slot;
		read_slice(state, slot);
		ExecClearTuple(slot);
		if (state->row_count == 0 && state->unread.start_ns < state->unread.stop_ns)
			skip_gap(state);
	}
	ExecForceStoreHeapTuple(state->rows[state->row_at++].tuple, slot, false);
	return slot;
}

/* ---- executor's entries ---- */

Oid
flux_fdw_scan_user(ForeignScanState *node, int range_index)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	RangeTblEntry *entry = exec_rt_fetch(range_index, node->ss.ps.state);
	Oid			user_oid = flux_compat_scan_user(plan, entry);

	(void) plan;
	(void) entry;
	return OidIsValid(user_oid) ? user_oid : GetUserId();
}

/* Rows of groups rather than of the table? */
static bool
is_grouped(ForeignScanState *node)
{
	return ((ForeignScan *) node->ss.ps.plan)->scan.scanrelid == 0;
}

void
flux_fdw_scan_begin(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwScan *state;
	ListCell   *cell;

	if (plan->scan.scanrelid == 0)
	{
		flux_fdw_group_begin(node, eflags);
		return;
	}
	state = palloc0(sizeof(FluxFdwScan));
	node->fdw_state = state;
	state->table = flux_fdw_table_get(node->ss.ss_currentRelation);
	state->quals = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_QUALS);
	state->value_states = ExecInitExprList(plan->fdw_exprs, (PlanState *) node);
	state->is_strict = intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_IS_STRICT)) != 0;
	state->user_oid = flux_fdw_scan_user(node, plan->scan.scanrelid);
	state->is_needed = palloc0_array(bool, Max(1, state->table->column_count));
	foreach(cell, list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_COLUMNS))
		state->is_needed[intVal(lfirst(cell)) - 1] = true;
	state->series_values = palloc0_array(Datum, Max(1, state->table->column_count));
	state->series_nulls = palloc0_array(bool, Max(1, state->table->column_count));
	state->order = (FluxFdwOrder) intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_ORDER));
	state->scan_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask foreign scan",
												ALLOCSET_DEFAULT_SIZES);
	state->slice_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask slice",
												 ALLOCSET_DEFAULT_SIZES);
	state->series_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask series",
												  ALLOCSET_DEFAULT_SIZES);
}

TupleTableSlot *
flux_fdw_scan_iterate(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	bool		has_row;

	if (is_grouped(node))
		return flux_fdw_group_iterate(node);
	ExecClearTuple(slot);
	if (!state->is_begun)
		begin_reading(node, state);
	if (state->order != FLUX_FDW_ORDER_NONE)
		return next_ordered(state, slot);
	has_row = next_unordered(state, slot);
	return has_row ? ExecStoreVirtualTuple(slot) : slot;
}

void
flux_fdw_scan_rescan(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;

	if (is_grouped(node))
	{
		flux_fdw_group_rescan(node);
		return;
	}
	end_storage_scan(state);
	state->is_begun = false;
	MemoryContextReset(state->scan_context);
	MemoryContextReset(state->slice_context);
	MemoryContextReset(state->series_context);
}

void
flux_fdw_scan_end(ForeignScanState *node)
{
	FluxFdwScan *state = node->fdw_state;

	if (is_grouped(node))
		flux_fdw_group_end(node);
	else if (state != NULL)
		end_storage_scan(state);
}

void
flux_fdw_scan_explain(ForeignScanState *node, ExplainState *es)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwScan *state = node->fdw_state;
	char	   *text = strVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_TEXT));

	if (text[0] != '\0')
		ExplainPropertyText("Storage Filter", text, es);
	if (is_grouped(node))
	{
		flux_fdw_group_explain(node, es);
		return;
	}
	if (intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_ORDER)) != FLUX_FDW_ORDER_NONE)
		ExplainPropertyText("Storage Order",
							intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_ORDER)) ==
							FLUX_FDW_ORDER_ASCENDING ? "time" : "time DESC", es);
	if (!es->analyze || state == NULL)
		return;
	end_storage_scan(state);
	flux_fdw_stats_explain(&state->stats, es);
}

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
	ExplainPropertyInteger("Segments Answered by Statistics", NULL,
						   stats->segments_from_statistics, es);
	ExplainPropertyInteger("Hot Rows", NULL, stats->hot_rows, es);
	ExplainPropertyInteger("Points Decoded", NULL, stats->points_decoded, es);
}
