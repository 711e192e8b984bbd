/*
 * fdw_rows.c
 *		The rows of "_points" and of the measurements' tables.
 *
 * "_points": a row per value, as the storage scan gives them.  A measurement's
 * table: chunk by chunk, and in a chunk series by series, the vectors of all its
 * fields are gathered and walked in step, so that values of one instant come
 * into one row; the memory for that is a series' points in one chunk.
 *
 * Contexts: "context" holds what belongs to the bounds being read,
 * "series_context" what belongs to the current series.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "fdw/fdw_rows.h"
#include "storage/chunk.h"

/* The gathered vectors of one field of the current series. */
typedef struct FieldVector
{
	FluxColumnBuilder times;
	FluxColumnBuilder values;
	int attribute;   /* -1: read for its times alone */
	FluxColumn view; /* of values, once complete */
	const int64 *instants;
	int next; /* row that comes next */
} FieldVector;

struct FluxFdwRows
{
	const FluxFdwTable *table;
	const bool *is_needed; /* by attribute - 1 */
	bool is_strict;
	MemoryContext context;
	MemoryContext series_context;
	FluxScanSpec spec;
	FluxFdwSeriesRange range;
	FluxFdwSeriesFilter *filter;
	FluxScanStats stats; /* of the scans that ended */

	/* of the bounds being read */
	FluxBounds bounds;
	FluxChunk *chunks; /* measurement's table: what is still to be read */
	int chunk_count;
	int chunk_at;
	FluxScan *scan;
	FluxScanBatch batch;
	bool has_batch; /* batch is not used up */
	int row;        /* of the batch, "_points" */

	/* the current series */
	Datum *series_values; /* of columns that are the same for the series */
	bool *series_nulls;
	FieldVector *vectors;
	int vector_count;
	int vector_capacity;
	bool in_series;    /* rows of it are left */
	int64 row_time_ns; /* of the row given last */
};

FluxFdwRows *
flux_fdw_rows_create(const FluxFdwTable *table, const bool *is_needed, bool is_strict, Oid user_oid)
{
	FluxFdwRows *rows = palloc0(sizeof(FluxFdwRows));

	rows->table = table;
	rows->is_needed = is_needed;
	rows->is_strict = is_strict;
	rows->series_values = palloc0_array(Datum, Max(1, table->column_count));
	rows->series_nulls = palloc0_array(bool, Max(1, table->column_count));
	rows->context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask rows", ALLOCSET_DEFAULT_SIZES);
	rows->series_context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask series", ALLOCSET_DEFAULT_SIZES);
	rows->spec.bucket = table->bucket;
	rows->spec.series_major = !table->is_points;
	rows->spec.user_oid = user_oid;
	rows->range.first = PG_INT64_MIN;
	rows->range.last = PG_INT64_MAX;
	return rows;
}

/* Whether a field can make rows: where they need one of those asked for, no other. */
static bool
makes_rows(const FluxFdwRows *rows, const FluxScanSeries *series)
{
	for (int i = 0; i < rows->table->column_count && rows->is_strict; i++)
		if (rows->is_needed[i] && rows->table->columns[i].role == FLUX_FDW_FIELD &&
			rows->table->columns[i].type == series->type &&
			flux_text_equal(rows->table->columns[i].name, series->field))
			return true;
	return !rows->is_strict;
}

/* Whether a series and field is to be read: the scan's callback. */
static bool
accepts(void *argument, const FluxScanSeries *series)
{
	const FluxFdwRows *rows = argument;

	return series->series_id >= rows->range.first && series->series_id <= rows->range.last &&
		   makes_rows(rows, series) && flux_fdw_series_filter_passes(rows->filter, series);
}

void
flux_fdw_rows_set_filter(FluxFdwRows *rows, FluxFdwSeriesFilter *filter)
{
	rows->filter = filter;
	rows->spec.accepts = accepts;
	rows->spec.accepts_argument = rows;
}

void
flux_fdw_rows_set_predicate(FluxFdwRows *rows, const FluxPredicate *predicate)
{
	rows->spec.predicate = predicate;
}

FluxScanStats *
flux_fdw_rows_stats(FluxFdwRows *rows)
{
	return &rows->stats;
}

int64
flux_fdw_rows_time(const FluxFdwRows *rows)
{
	return rows->row_time_ns;
}

/* ---- storage scans ---- */

static void
end_storage_scan(FluxFdwRows *rows)
{
	if (rows->scan == NULL)
		return;

	flux_fdw_stats_add(&rows->stats, flux_scan_stats(rows->scan));
	flux_scan_end(rows->scan);
	rows->scan = NULL;
	rows->has_batch = false;
}

static void
begin_storage_scan(FluxFdwRows *rows, FluxBounds bounds)
{
	MemoryContext old_context = MemoryContextSwitchTo(rows->context);

	rows->spec.bounds = bounds;
	rows->scan = flux_scan_begin(&rows->spec);
	MemoryContextSwitchTo(old_context);
}

/* The next portion of the storage scan; the batch is valid when true. */
static bool
next_batch(FluxFdwRows *rows)
{
	MemoryContext old_context = MemoryContextSwitchTo(rows->context);

	rows->has_batch = rows->scan != NULL && flux_scan_next(rows->scan, &rows->batch);
	if (!rows->has_batch)
		end_storage_scan(rows);
	MemoryContextSwitchTo(old_context);
	return rows->has_batch;
}

void
flux_fdw_rows_end(FluxFdwRows *rows)
{
	end_storage_scan(rows);
	rows->chunk_at = rows->chunk_count = 0;
	rows->has_batch = false;
	rows->in_series = false;
	MemoryContextReset(rows->context);
}

void
flux_fdw_rows_begin(FluxFdwRows *rows, FluxBounds bounds)
{
	flux_fdw_rows_end(rows);
	rows->bounds = bounds;
	if (bounds.start_ns >= bounds.stop_ns)
		return;
	if (rows->table->is_points)
		begin_storage_scan(rows, bounds);
	else
	{
		MemoryContext old_context = MemoryContextSwitchTo(rows->context);

		rows->chunks = flux_chunk_list(rows->table->bucket->bucket_id, bounds, &rows->chunk_count);
		MemoryContextSwitchTo(old_context);
	}
}

void
flux_fdw_rows_begin_series(FluxFdwRows *rows, FluxBounds bounds, FluxFdwSeriesRange range)
{
	rows->range = range;
	rows->spec.accepts = accepts;
	rows->spec.accepts_argument = rows;
	flux_fdw_rows_begin(rows, bounds);
}

FluxBounds
flux_fdw_rows_find(FluxFdwRows *rows, FluxBounds bounds, bool is_ascending)
{
	FluxScanSpec spec = rows->spec;
	FluxBounds occupied = {PG_INT64_MAX, PG_INT64_MIN};

	spec.bounds = bounds;
	spec.aggregate = is_ascending ? FLUX_SCAN_FIRST : FLUX_SCAN_LAST;
	flux_fdw_rows_end(rows);

	MemoryContext old_context = MemoryContextSwitchTo(rows->context);

	rows->scan = flux_scan_begin(&spec);
	MemoryContextSwitchTo(old_context);
	while (next_batch(rows))
	{
		for (int row = 0; row < rows->batch.row_count; row++)
		{
			occupied.start_ns = Min(occupied.start_ns, rows->batch.times_ns[row]);
			occupied.stop_ns = Max(occupied.stop_ns, rows->batch.times_ns[row] + 1);
		}
		CHECK_FOR_INTERRUPTS();
	}
	flux_fdw_rows_end(rows);
	return occupied;
}

/* ---- what a series' rows have in common ---- */

/* Computes the columns that are the same for all rows of a series. */
static void
begin_series(FluxFdwRows *rows, const FluxScanSeries *series)
{
	MemoryContext old_context;

	MemoryContextReset(rows->series_context);
	old_context = MemoryContextSwitchTo(rows->series_context);
	for (int i = 0; i < rows->table->column_count; i++)
	{
		rows->series_nulls[i] =
			!rows->is_needed[i] ||
			!flux_fdw_series_datum(&rows->table->columns[i], series, &rows->series_values[i]);
	}
	MemoryContextSwitchTo(old_context);
}

/* Fills what a row of either table has in common. */
static void
fill_row(FluxFdwRows *rows, TupleTableSlot *slot, int64 time_ns)
{
	rows->row_time_ns = time_ns;
	for (int i = 0; i < rows->table->column_count; i++)
	{
		slot->tts_isnull[i] = rows->series_nulls[i];
		slot->tts_values[i] = rows->series_values[i];
		if (!rows->is_needed[i])
			continue;
		if (rows->table->columns[i].role == FLUX_FDW_TIME)
		{
			slot->tts_values[i] = TimestampTzGetDatum(flux_time_to_timestamptz(time_ns));
			slot->tts_isnull[i] = false;
		}
		else if (rows->table->columns[i].role == FLUX_FDW_TIME_NS)
		{
			slot->tts_values[i] = Int64GetDatum(time_ns);
			slot->tts_isnull[i] = false;
		}
	}
}

/* ---- "_points" ---- */

static bool
next_point(FluxFdwRows *rows, TupleTableSlot *slot)
{
	while (!rows->has_batch || rows->row == rows->batch.row_count)
	{
		if (!next_batch(rows))
			return false;
		rows->row = 0;
		if (rows->batch.is_first)
			begin_series(rows, rows->batch.series);
		CHECK_FOR_INTERRUPTS();
	}
	fill_row(rows, slot, rows->batch.times_ns[rows->row]);
	for (int i = 0; i < rows->table->column_count; i++)
	{
		if (rows->is_needed[i] && rows->table->columns[i].role == FLUX_FDW_VALUE &&
			rows->table->columns[i].type == rows->batch.values.type)
		{
			slot->tts_values[i] = flux_fdw_value_datum(&rows->batch.values, rows->row);
			slot->tts_isnull[i] = false;
		}
	}
	rows->row++;
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
next_chunk(FluxFdwRows *rows)
{
	while (rows->chunk_at < rows->chunk_count)
	{
		const FluxChunk *chunk = &rows->chunks[rows->chunk_at++];
		FluxBounds of_chunk = {chunk->tmin_ns, chunk->tmax_ns + 1};

		begin_storage_scan(rows, flux_bounds_intersect(rows->bounds, of_chunk));
		if (next_batch(rows))
			return true;
	}
	return false;
}

static FieldVector *
add_vector(FluxFdwRows *rows, int attribute, FluxColumnType type)
{
	if (rows->vector_count == rows->vector_capacity)
	{
		rows->vector_capacity = Max(16, 2 * rows->vector_capacity);
		rows->vectors =
			rows->vectors == NULL
				? MemoryContextAlloc(GetMemoryChunkContext(rows),
									 mul_size(rows->vector_capacity, sizeof(FieldVector)))
				: repalloc(rows->vectors, mul_size(rows->vector_capacity, sizeof(FieldVector)));
	}

	FieldVector *vector = &rows->vectors[rows->vector_count++];

	flux_column_builder_init(&vector->times, FLUX_COLUMN_TIME, rows->series_context);
	flux_column_builder_init(&vector->values, type, rows->series_context);
	vector->attribute = attribute;
	vector->next = 0;
	return vector;
}

static void
append_batch(FieldVector *vector, const FluxScanBatch *batch)
{
	FluxColumn times = {.type = FLUX_COLUMN_TIME, .values.times = batch->times_ns};

	flux_column_builder_append_rows(&vector->times, &times, 0, batch->row_count);
	if (vector->attribute >= 0)
		flux_column_builder_append_rows(&vector->values, &batch->values, 0, batch->row_count);
}

/* Gathers the fields of the next series; false when there is none. */
static bool
gather_series(FluxFdwRows *rows)
{
	if (!rows->has_batch && !next_chunk(rows))
		return false;

	int64 series_id = rows->batch.series->series_id;
	FieldVector *vector = NULL;

	begin_series(rows, rows->batch.series);
	rows->vector_count = 0;
	do
	{
		if (rows->batch.is_first)
		{
			int attribute = attribute_of_field(rows->table, rows->batch.series);
			bool is_needed = attribute >= 0 && rows->is_needed[attribute];

			/* A field without a column makes no rows; one not asked for does. */
			vector = attribute < 0 || (rows->is_strict && !is_needed)
						 ? NULL
						 : add_vector(rows, is_needed ? attribute : -1, rows->batch.series->type);
		}
		if (vector != NULL)
			append_batch(vector, &rows->batch);
		CHECK_FOR_INTERRUPTS();
	} while (next_batch(rows) && rows->batch.series->series_id == series_id);

	for (int i = 0; i < rows->vector_count; i++)
	{
		rows->vectors[i].instants = flux_column_builder_view(&rows->vectors[i].times).values.times;
		rows->vectors[i].view = flux_column_builder_view(&rows->vectors[i].values);
	}
	rows->in_series = true;
	return true;
}

/* The earliest instant that a vector still has; false when all are used up. */
static bool
next_instant(const FluxFdwRows *rows, int64 *time_ns)
{
	bool found = false;

	for (int i = 0; i < rows->vector_count; i++)
	{
		const FieldVector *vector = &rows->vectors[i];

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
next_wide_row(FluxFdwRows *rows, TupleTableSlot *slot)
{
	int64 time_ns = 0;

	while (!rows->in_series || !next_instant(rows, &time_ns))
	{
		rows->in_series = false;
		if (!gather_series(rows))
			return false;
	}
	fill_row(rows, slot, time_ns);
	for (int i = 0; i < rows->vector_count; i++)
	{
		FieldVector *vector = &rows->vectors[i];

		if (vector->next == vector->times.count || vector->instants[vector->next] != time_ns)
			continue;
		if (vector->attribute >= 0)
		{
			slot->tts_values[vector->attribute] = flux_fdw_value_datum(&vector->view, vector->next);
			slot->tts_isnull[vector->attribute] = false;
		}
		vector->next++;
	}
	return true;
}

bool
flux_fdw_rows_next(FluxFdwRows *rows, TupleTableSlot *slot)
{
	return rows->table->is_points ? next_point(rows, slot) : next_wide_row(rows, slot);
}
