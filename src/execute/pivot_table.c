/*
 * pivot_table.c
 *		Builds one pivoted table out of collected cells.
 *
 * In memory, that is the work of a grid (pivot_grid.h), whether the cells
 * themselves are on disk or not.
 *
 * Where the table (rows times columns, most of them null perhaps) outgrows
 * memory, the cells are sorted by rowKey instead, so that the cells of a row
 * stand together; finished rows are sorted again by the place of their first
 * cell, which is the order of the answer.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "execute/pivot_table.h"
#include "execute/sort_rows.h"

/* Bytes that a cell takes in a table without nulls: its value and the mark of a null. */
#define FLUX_PIVOT_CELL_BYTES 9

/* ---- collected cells ---- */

/* Where a collected row keeps its label, type and cell. */
typedef struct CellReader
{
	const FluxColumn *columns; /* of the portion being read */
	int label;
	int type;
	int values[FLUX_COLUMN_TIME + 1]; /* by type; -1: no such cells */
} CellReader;

static void
reader_init(CellReader *reader, const FluxSchema *schema)
{
	reader->label = flux_schema_find(schema, flux_text_from_cstring(FLUX_PIVOT_LABEL));
	reader->type = flux_schema_find(schema, flux_text_from_cstring(FLUX_PIVOT_TYPE));
	for (int type = FLUX_COLUMN_BOOL; type <= FLUX_COLUMN_TIME; type++)
		reader->values[type] = flux_schema_find(schema, flux_pivot_value_label(type));
}

static FluxColumnType
cell_type(const CellReader *reader, int row)
{
	const FluxColumn *types = &reader->columns[reader->type];

	return types->values.ints[flux_column_index(types, row)];
}

static FluxText
cell_label(const CellReader *reader, int row)
{
	const FluxColumn *labels = &reader->columns[reader->label];

	return labels->values.strings[flux_column_index(labels, row)];
}

/* After the last of the rows from "first" on whose cells belong to one column. */
static int
column_stop(const CellReader *reader, int first, int stop)
{
	FluxText label = cell_label(reader, first);
	FluxColumnType type = cell_type(reader, first);
	int row = first + 1;

	if (reader->columns[reader->label].is_constant && reader->columns[reader->type].is_constant)
		return stop;
	while (row < stop && cell_type(reader, row) == type)
	{
		FluxText next = cell_label(reader, row);

		/* neighbours share the bytes of their label as a rule */
		if (!(next.data == label.data && next.size == label.size) && !flux_text_equal(next, label))
			break;
		row++;
	}
	return row;
}

/* The position of the column that a row's cell belongs to. */
static int
cell_column(FluxPivotGrid *grid, const CellReader *reader, int row)
{
	return flux_pivot_grid_column(grid, cell_label(reader, row), cell_type(reader, row));
}

static const FluxColumn *
cell_values(const CellReader *reader, int row)
{
	return &reader->columns[reader->values[cell_type(reader, row)]];
}

/* ---- in memory ---- */

bool
flux_pivot_add_cells(FluxPivotGrid *grid, const FluxBatch *cells, int *taken)
{
	CellReader reader = {.columns = cells->columns};

	reader_init(&reader, cells->head->schema);
	*taken = 0;
	while (*taken < cells->row_count)
	{
		int row = *taken;

		CHECK_FOR_INTERRUPTS();
		*taken = column_stop(&reader, row, Min(row + FLUX_BATCH_ROWS, cells->row_count));
		flux_pivot_grid_add(grid, cell_column(grid, &reader, row), cells->columns,
							cell_values(&reader, row), row, *taken - row);
		if (flux_pivot_grid_outgrows(grid))
			return false;
	}
	return true;
}

/* Pivots and emits; false, with nothing emitted, when memory does not suffice. */
static bool
pivot_in_memory(FluxPivotGrid *grid, FluxTableBuffer *buffer)
{
	FluxBatch portion;
	int position = 0;
	int taken;

	while (flux_table_buffer_next(buffer, &position, &portion))
	{
		if (!flux_pivot_add_cells(grid, &portion, &taken))
			return false;
	}
	return flux_pivot_grid_emit(grid);
}

/* ---- on disk ---- */

/* A table's schema with a column for the place of rows in it. */
static FluxSchema *
with_place(const FluxSchema *schema)
{
	FluxSchema *copy = flux_schema_copy(schema, 1);

	flux_schema_add(copy, flux_text_from_cstring("\001place"), FLUX_COLUMN_INT);
	return copy;
}

static FluxRowSorter *
create_sorter(FluxOperator *op, const FluxSchema *schema, const int *columns, int count)
{
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = schema};

	return flux_sorter_create(op, &head, columns, count, false);
}

/* First pass: the cells by rowKey, and which columns there will be. */
static FluxRowSorter *
sort_cells(FluxOperator *op, FluxPivotGrid *grid, CellReader *reader, FluxTableBuffer *buffer)
{
	const FluxSchema *schema = flux_pivot_grid_head(grid)->schema;
	const int *row_key;
	int row_key_count = flux_pivot_grid_row_key(grid, &row_key);
	FluxRowSorter *sorter = create_sorter(op, with_place(schema), row_key, row_key_count);
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "Flux pivot portion", ALLOCSET_DEFAULT_SIZES);
	FluxBatch portion;
	int position = 0;
	int64 place = 0;

	while (flux_table_buffer_next(buffer, &position, &portion))
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		FluxColumn *columns = palloc((schema->count + 1) * sizeof(FluxColumn));
		int64 *places = MemoryContextAllocHuge(scratch, portion.row_count * sizeof(int64));

		reader->columns = portion.columns;
		for (int row = 0; row < portion.row_count; row++)
		{
			places[row] = place++;
			if (row % FLUX_BATCH_ROWS == 0)
				CHECK_FOR_INTERRUPTS();
			cell_column(grid, reader, row);
		}
		memcpy(columns, portion.columns, schema->count * sizeof(FluxColumn));
		columns[schema->count] = (FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = places};
		portion.columns = columns;
		flux_sorter_append(sorter, &portion);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	flux_sorter_finish(sorter);
	return sorter;
}

/* Finished rows go to the second sorter; the grid is without rows again. */
static void
flush_rows(FluxPivotGrid *grid, FluxRowSorter *rows, FluxColumnBuilder *places)
{
	FluxBatch batch = {.row_count = flux_pivot_grid_row_count(grid)};
	FluxColumn *columns = flux_pivot_grid_columns(grid, 1);

	columns[flux_pivot_grid_column_count(grid)] = flux_column_builder_view(places);
	batch.columns = columns;
	if (batch.row_count > 0)
		flux_sorter_append(rows, &batch);
	pfree(columns);
	flux_pivot_grid_clear_rows(grid);
	flux_column_builder_reset(places);
}

/* Second pass: cells that stand together become a row. */
static FluxRowSorter *
sort_rows(FluxOperator *op, FluxPivotGrid *grid, CellReader *reader, FluxRowSorter *cells)
{
	int place_in = flux_pivot_grid_head(grid)->schema->count;
	int place_out = flux_pivot_grid_column_count(grid);
	FluxRowSorter *rows =
		create_sorter(op, with_place(flux_pivot_grid_schema(grid)), &place_out, 1);
	FluxColumnBuilder places;
	FluxBatch batch;

	flux_column_builder_init(&places, FLUX_COLUMN_INT, CurrentMemoryContext);
	while (flux_sorter_next(cells, &batch))
	{
		CHECK_FOR_INTERRUPTS();
		reader->columns = batch.columns;
		for (int row = 0; row < batch.row_count; row++)
		{
			if (!flux_pivot_grid_is_last_row(grid, batch.columns, row))
			{
				if (flux_pivot_grid_is_full(grid))
					flush_rows(grid, rows, &places);
				flux_column_builder_append_row(&places, &batch.columns[place_in], row);
			}
			flux_pivot_grid_add(grid, cell_column(grid, reader, row), batch.columns,
								cell_values(reader, row), row, 1);
		}
	}
	flush_rows(grid, rows, &places);
	flux_sorter_destroy(cells);
	flux_sorter_finish(rows);
	return rows;
}

static void
pivot_on_disk(FluxOperator *op, FluxPivotGrid *grid, FluxTableBuffer *buffer)
{
	CellReader reader;
	FluxRowSorter *rows;
	const FluxTableHead *head;
	FluxBatch batch;

	reader_init(&reader, flux_pivot_grid_head(grid)->schema);
	rows = sort_cells(op, grid, &reader, buffer);
	rows = sort_rows(op, grid, &reader, rows);
	head = flux_table_head_create(flux_pivot_grid_head(grid)->key, flux_pivot_grid_schema(grid));
	flux_emit_begin_table(op, head);
	while (flux_sorter_next(rows, &batch))
		flux_emit_columns(op, head, batch.columns, batch.row_count);
	flux_emit_end_table(op);
	flux_sorter_destroy(rows);
}

void
flux_pivot_table(FluxOperator *op, FluxTableBuffer *buffer, const FluxText *row_key,
				 int row_key_count)
{
	MemoryContext context =
		AllocSetContextCreate(op->state_context, "Flux pivot table", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	const FluxTableHead *head = flux_table_buffer_head(buffer);
	FluxPivotGrid *grid = flux_pivot_grid_create(op, head, row_key, row_key_count);
	bool is_done = false;

	/* Spilled cells are worth the attempt where they may fit without nulls. */
	if (!flux_table_buffer_is_spilled(buffer) ||
		flux_table_buffer_row_count(buffer) <= op->exec->memory_limit_bytes / FLUX_PIVOT_CELL_BYTES)
		is_done = pivot_in_memory(grid, buffer);
	if (!is_done)
	{
		flux_pivot_grid_destroy(grid);
		MemoryContextReset(context);
		grid = flux_pivot_grid_create(op, head, row_key, row_key_count);
		pivot_on_disk(op, grid, buffer);
	}
	flux_pivot_grid_destroy(grid);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}
