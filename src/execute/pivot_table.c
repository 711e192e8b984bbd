/*
 * pivot_table.c
 *		Builds one pivoted table out of collected cells.
 *
 * In memory, rows are found by a hash of their rowKey and each label is a
 * column that grows when it is first written to.
 *
 * Where the cells have been spilled, or the table (rows times columns, most of
 * them null perhaps) outgrows memory, the cells are sorted by rowKey instead, so
 * that the cells of a row stand together; finished rows are sorted again by the
 * place of their first cell, which is the order of the answer.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "execute/pivot_table.h"
#include "execute/sort_rows.h"

FluxText
flux_pivot_value_label(FluxColumnType type)
{
	static const char *const labels[] = {"\001", "\001bool", "\001int", "\001uint", "\001float",
	"\001string", "\001time"};

	return flux_text_from_cstring(labels[type]);
}

/* Rows that a column has room for at first: few, as there may be many columns. */
#define FLUX_PIVOT_FIRST_ROWS 16

/* Cells between looks at memory and interrupts. */
#define FLUX_PIVOT_LOOK_ROWS 64

/* ---- in memory ---- */

/* One pivoted column: cells by row. */
typedef struct PivotColumn
{
	FluxText	label;
	FluxColumnType type;
	void	   *cells;
	bool	   *nulls;			/* true where nothing was written */
	int			capacity;		/* rows */
} PivotColumn;

typedef struct PivotTable
{
	FluxOperator *op;
	MemoryContext context;
	const FluxTableHead *head;	/* of the collected rows */
	FluxColumnBuilder *fixed;	/* key and rowKey columns */
	int			fixed_count;
	int		   *row_key;		/* positions in fixed that tell rows apart */
	int			row_key_count;
	PivotColumn *columns;
	int			column_count;
	int			column_capacity;
	int			row_count;
	int		   *slots;			/* rows by hash of their rowKey, -1 free */
	uint32	   *hashes;			/* per row */
	uint32		slot_count;
	int			hash_capacity;
	int			last_row;		/* found last: neighbours follow each other */
	int			last_column;
	int		   *column_slots;	/* columns by hash of their label, -1 free */
	uint32		column_slot_count;
} PivotTable;

static uint32
row_key_hash(const PivotTable *table, const FluxColumn *columns, int row)
{
	uint32		hash = 0;

	for (int i = 0; i < table->row_key_count; i++)
	{
		const FluxColumn *column = &columns[table->row_key[i]];
		int			at = flux_column_index(column, row);
		uint32		part;

		if (flux_column_is_null(column, row))
			part = 7;
		else if (column->type == FLUX_COLUMN_STRING)
			part = flux_text_hash(column->values.strings[at]);
		else if (column->type == FLUX_COLUMN_BOOL)
			part = column->values.booleans[at];
		else if (column->type == FLUX_COLUMN_FLOAT && column->values.floats[at] == 0)
			part = 0;			/* -0 */
		else
			part = (uint32) ((column->values.uints[at] * UINT64CONST(0x9E3779B97F4A7C15)) >> 32);
		hash = hash_combine(hash, part);
	}
	return hash;
}

static bool
row_key_equal(const PivotTable *table, int known, const FluxColumn *columns, int row)
{
	for (int i = 0; i < table->row_key_count; i++)
	{
		FluxColumn	fixed = flux_column_builder_view(&table->fixed[table->row_key[i]]);

		if (flux_column_compare_rows(&fixed, known, &columns[table->row_key[i]], row) != 0)
			return false;
	}
	return true;
}

static void
pivot_rehash(PivotTable *table)
{
	if (table->slots != NULL)
		pfree(table->slots);
	table->slot_count = Max(table->slot_count * 2, 256);
	table->slots = MemoryContextAllocHuge(table->context, table->slot_count * sizeof(int));
	memset(table->slots, -1, table->slot_count * sizeof(int));
	for (int i = 0; i < table->row_count; i++)
	{
		uint32		slot = table->hashes[i] & (table->slot_count - 1);

		while (table->slots[slot] >= 0)
			slot = (slot + 1) & (table->slot_count - 1);
		table->slots[slot] = i;
	}
}

/* The output row of an input row, made when its rowKey is new. */
static int
find_row(PivotTable *table, const FluxColumn *columns, int row)
{
	uint32		hash;
	uint32		slot;

	if (table->last_row + 1 < table->row_count &&
		row_key_equal(table, table->last_row + 1, columns, row))
		return ++table->last_row;

	hash = row_key_hash(table, columns, row);
	if ((uint32) (table->row_count + 1) * 2 > table->slot_count)
		pivot_rehash(table);
	slot = hash & (table->slot_count - 1);
	while (table->slots[slot] >= 0)
	{
		int			known = table->slots[slot];

		if (table->hashes[known] == hash && row_key_equal(table, known, columns, row))
		{
			table->last_row = known;
			return known;
		}
		slot = (slot + 1) & (table->slot_count - 1);
	}
	if (table->row_count == table->hash_capacity)
	{
		table->hash_capacity = Max(table->hash_capacity * 2, 256);
		table->hashes = table->hashes == NULL
			? MemoryContextAllocHuge(table->context, table->hash_capacity * sizeof(uint32))
			: repalloc_huge(table->hashes, table->hash_capacity * sizeof(uint32));
	}
	table->slots[slot] = table->row_count;
	table->hashes[table->row_count] = hash;
	for (int i = 0; i < table->fixed_count; i++)
		flux_column_builder_append_row(&table->fixed[i], &columns[i], row);
	table->last_row = table->row_count++;
	return table->last_row;
}

/* Where a label's column is in the hash, or would be. */
static uint32
column_slot(const PivotTable *table, FluxText label)
{
	uint32		slot = flux_text_hash(label) & (table->column_slot_count - 1);

	while (table->column_slots[slot] >= 0 &&
		   !flux_text_equal(table->columns[table->column_slots[slot]].label, label))
		slot = (slot + 1) & (table->column_slot_count - 1);
	return slot;
}

/* Enters the last column into the hash, which grows. */
static void
enter_column(PivotTable *table)
{
	int			first = table->column_count - 1;

	if ((uint32) table->column_count * 2 > table->column_slot_count)
	{
		table->column_slot_count = Max(table->column_slot_count * 2, 64);
		table->column_slots = table->column_slots == NULL
			? palloc(table->column_slot_count * sizeof(int))
			: repalloc_huge(table->column_slots, table->column_slot_count * sizeof(int));
		memset(table->column_slots, -1, table->column_slot_count * sizeof(int));
		first = 0;
	}
	for (int i = first; i < table->column_count; i++)
		table->column_slots[column_slot(table, table->columns[i].label)] = i;
}

/* The pivoted column of a label, made when new. */
static PivotColumn *
find_column(PivotTable *table, FluxText label, FluxColumnType type)
{
	MemoryContext old;
	PivotColumn *column;
	int			position = table->last_column;

	/* the same as before, or the next one: else search */
	if (position >= 0 && !flux_text_equal(table->columns[position].label, label))
		position = position + 1 < table->column_count ? position + 1 : 0;
	if (position < 0 || !flux_text_equal(table->columns[position].label, label))
		position = table->column_count > 0 ? table->column_slots[column_slot(table, label)] : -1;
	table->last_column = position >= 0 ? position : table->column_count;
	if (position >= 0)
	{
		column = &table->columns[position];
		if (column->type != type)
			flux_operator_raise(table->op, FLUX_ERRCODE_SCHEMA_COLLISION,
								"schema collision detected: column \"%.*s\" is both of type %s and %s",
								label.size, label.data, flux_column_type_name(type),
								flux_column_type_name(column->type));
		return column;
	}

	for (int i = 0; i < table->fixed_count; i++)
	{
		if (flux_text_equal(table->head->schema->labels[i], label))
			flux_operator_raise(table->op, ERRCODE_DUPLICATE_COLUMN,
								"value \"%.*s\" appears in a column key column, but a column named \"%.*s\" already exists; "
								"consider renaming \"%.*s\" to something else before pivoting",
								label.size, label.data, label.size, label.data, label.size,
								label.data);
	}
	old = MemoryContextSwitchTo(table->context);
	if (table->column_count == table->column_capacity)
	{
		table->column_capacity = Max(table->column_capacity * 2, 16);
		table->columns = table->columns == NULL
			? palloc(table->column_capacity * sizeof(PivotColumn))
			: repalloc_huge(table->columns, table->column_capacity * sizeof(PivotColumn));
	}
	column = &table->columns[table->column_count++];
	memset(column, 0, sizeof(*column));
	column->label = flux_text_copy(label);
	column->type = type;
	enter_column(table);
	MemoryContextSwitchTo(old);
	return column;
}

/* Makes the column hold at least "row_count" rows, new ones null. */
static void
grow_column(PivotTable *table, PivotColumn *column, int row_count)
{
	Size		size = flux_column_type_size(column->type);
	int			capacity = Max(column->capacity * 2, FLUX_PIVOT_FIRST_ROWS);

	if (row_count <= column->capacity)
		return;
	CHECK_FOR_INTERRUPTS();		/* there may be many columns */
	capacity = Max(capacity, row_count);
	if (column->cells == NULL)
	{
		column->cells = MemoryContextAllocHuge(table->context, capacity * size);
		column->nulls = MemoryContextAllocHuge(table->context, capacity);
	}
	else
	{
		column->cells = repalloc_huge(column->cells, capacity * size);
		column->nulls = repalloc_huge(column->nulls, capacity);
	}
	memset((char *) column->cells + column->capacity * size, 0,
		   (capacity - column->capacity) * size);
	memset(column->nulls + column->capacity, 1, capacity - column->capacity);
	column->capacity = capacity;
}

static void
write_cell(PivotTable *table, PivotColumn *column, int row, const FluxColumn *source, int source_row)
{
	int			at = flux_column_index(source, source_row);

	grow_column(table, column, row + 1);
	column->nulls[row] = flux_column_is_null(source, source_row);
	if (column->nulls[row])
		return;
	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			((bool *) column->cells)[row] = source->values.booleans[at];
			break;
		case FLUX_COLUMN_STRING:
			{
				MemoryContext old = MemoryContextSwitchTo(table->context);

				((FluxText *) column->cells)[row] = flux_text_copy(source->values.strings[at]);
				MemoryContextSwitchTo(old);
				break;
			}
		default:
			((int64 *) column->cells)[row] = source->values.ints[at];
	}
}

/* Where a collected row keeps its label, type and cell. */
typedef struct CellReader
{
	const FluxColumn *columns;	/* of the portion being read */
	int			label;
	int			type;
	int			values[FLUX_COLUMN_TIME + 1];	/* by type; -1: no such cells */
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

/* The pivoted column that a row's cell belongs to. */
static PivotColumn *
cell_column(PivotTable *table, const CellReader *reader, int row)
{
	const FluxColumn *labels = &reader->columns[reader->label];

	return find_column(table, labels->values.strings[flux_column_index(labels, row)],
					   cell_type(reader, row));
}

static const FluxColumn *
cell_values(const CellReader *reader, int row)
{
	return &reader->columns[reader->values[cell_type(reader, row)]];
}

/* Does the table take more than memory allows? */
static bool
outgrows_memory(const PivotTable *table, int64 share)
{
	return MemoryContextMemAllocated(table->context, false) >
		table->op->exec->memory_limit_bytes / share;
}

/* Adds the cells of a portion; false when the table outgrows memory. */
static bool
pivot_add_portion(PivotTable *table, CellReader *reader, const FluxBatch *portion)
{
	reader->columns = portion->columns;
	for (int row = 0; row < portion->row_count; row++)
	{
		int			target;

		if (row % FLUX_PIVOT_LOOK_ROWS == 0)
		{
			CHECK_FOR_INTERRUPTS();
			if (outgrows_memory(table, 1))
				return false;
		}
		target = find_row(table, portion->columns, row);
		write_cell(table, cell_column(table, reader, row), target, cell_values(reader, row), row);
	}
	return true;
}

/* Columns of the rows made so far: fixed ones, then the pivoted. */
static FluxColumn *
pivot_columns(PivotTable *table, int spare)
{
	FluxColumn *columns = palloc((table->fixed_count + table->column_count + spare) *
								 sizeof(FluxColumn));

	for (int i = 0; i < table->fixed_count; i++)
		columns[i] = flux_column_builder_view(&table->fixed[i]);
	for (int i = 0; i < table->column_count; i++)
	{
		PivotColumn *column = &table->columns[i];

		grow_column(table, column, table->row_count);
		columns[table->fixed_count + i] = (FluxColumn) {.type = column->type,
		.nulls = column->nulls};
		columns[table->fixed_count + i].values.any = column->cells;
	}
	return columns;
}

static FluxSchema *
pivot_schema(const PivotTable *table, int spare)
{
	FluxSchema *schema = flux_schema_create(table->fixed_count + table->column_count + spare);

	for (int i = 0; i < table->fixed_count; i++)
		flux_schema_add(schema, table->head->schema->labels[i], table->head->schema->types[i]);
	for (int i = 0; i < table->column_count; i++)
		flux_schema_add(schema, table->columns[i].label, table->columns[i].type);
	return schema;
}

/* Pivots and emits; false, with nothing emitted, when memory does not suffice. */
static bool
pivot_in_memory(PivotTable *table, FluxTableBuffer *buffer)
{
	const FluxTableHead *head;
	CellReader	reader;
	FluxBatch	portion;
	int			position = 0;

	reader_init(&reader, table->head->schema);
	while (flux_table_buffer_next(buffer, &position, &portion))
	{
		if (!pivot_add_portion(table, &reader, &portion))
			return false;
	}
	if ((int64) table->column_count * table->row_count >
		table->op->exec->memory_limit_bytes / (int64) sizeof(int64))
		return false;			/* columns have not grown to all rows yet */
	head = flux_table_head_create(table->head->key, pivot_schema(table, 0));
	flux_emit_begin_table(table->op, head);
	flux_emit_columns(table->op, head, pivot_columns(table, 0), table->row_count);
	flux_emit_end_table(table->op);
	return true;
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
create_sorter(PivotTable *table, const FluxSchema *schema, const int *columns, int count)
{
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = schema};

	return flux_sorter_create(table->op, &head, columns, count, false);
}

/* First pass: the cells by rowKey, and which columns there will be. */
static FluxRowSorter *
sort_cells(PivotTable *table, CellReader *reader, FluxTableBuffer *buffer)
{
	const FluxSchema *schema = table->head->schema;
	FluxRowSorter *sorter = create_sorter(table, with_place(schema), table->row_key,
										  table->row_key_count);
	MemoryContext scratch = AllocSetContextCreate(table->context, "Flux pivot portion",
												  ALLOCSET_DEFAULT_SIZES);
	FluxBatch	portion;
	int			position = 0;
	int64		place = 0;

	while (flux_table_buffer_next(buffer, &position, &portion))
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		FluxColumn *columns = palloc((schema->count + 1) * sizeof(FluxColumn));
		int64	   *places = MemoryContextAllocHuge(scratch, portion.row_count * sizeof(int64));

		reader->columns = portion.columns;
		for (int row = 0; row < portion.row_count; row++)
		{
			places[row] = place++;
			if (row % FLUX_BATCH_ROWS == 0)
				CHECK_FOR_INTERRUPTS();
			cell_column(table, reader, row);
		}
		memcpy(columns, portion.columns, schema->count * sizeof(FluxColumn));
		columns[schema->count] = (FluxColumn) {.type = FLUX_COLUMN_INT, .values.ints = places};
		portion.columns = columns;
		flux_sorter_append(sorter, &portion);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	flux_sorter_finish(sorter);
	return sorter;
}

/* Finished rows go to the second sorter; the table is empty again. */
static void
flush_rows(PivotTable *table, FluxRowSorter *rows, FluxColumnBuilder *places)
{
	FluxBatch	batch = {.row_count = table->row_count};
	FluxColumn *columns = pivot_columns(table, 1);

	columns[table->fixed_count + table->column_count] = flux_column_builder_view(places);
	batch.columns = columns;
	if (table->row_count > 0)
		flux_sorter_append(rows, &batch);
	MemoryContextReset(table->context);
	for (int i = 0; i < table->fixed_count; i++)
		flux_column_builder_init(&table->fixed[i], table->head->schema->types[i], table->context);
	for (int i = 0; i < table->column_count; i++)
	{
		table->columns[i].cells = NULL;
		table->columns[i].capacity = 0;
	}
	flux_column_builder_init(places, FLUX_COLUMN_INT, table->context);
	table->row_count = 0;
}

/* Second pass: cells that stand together become a row. */
static FluxRowSorter *
sort_rows(PivotTable *table, CellReader *reader, FluxRowSorter *cells)
{
	int			place_in = table->head->schema->count;
	int			place_out = table->fixed_count + table->column_count;
	FluxRowSorter *rows = create_sorter(table, with_place(pivot_schema(table, 0)), &place_out, 1);
	MemoryContext keep = table->context;
	FluxColumnBuilder places;
	FluxBatch	batch;

	table->context = AllocSetContextCreate(keep, "Flux pivot rows", ALLOCSET_DEFAULT_SIZES);
	flux_column_builder_init(&places, FLUX_COLUMN_INT, table->context);
	flush_rows(table, rows, &places);
	while (flux_sorter_next(cells, &batch))
	{
		CHECK_FOR_INTERRUPTS();
		reader->columns = batch.columns;
		for (int row = 0; row < batch.row_count; row++)
		{
			if (table->row_count == 0 ||
				!row_key_equal(table, table->row_count - 1, batch.columns, row))
			{
				if (table->row_count == FLUX_BATCH_ROWS || outgrows_memory(table, 8))
					flush_rows(table, rows, &places);
				for (int i = 0; i < table->fixed_count; i++)
					flux_column_builder_append_row(&table->fixed[i], &batch.columns[i], row);
				flux_column_builder_append_row(&places, &batch.columns[place_in], row);
				table->row_count++;
			}
			write_cell(table, cell_column(table, reader, row), table->row_count - 1,
					   cell_values(reader, row), row);
		}
	}
	flush_rows(table, rows, &places);
	flux_sorter_destroy(cells);
	MemoryContextDelete(table->context);
	table->context = keep;
	flux_sorter_finish(rows);
	return rows;
}

static void
pivot_on_disk(PivotTable *table, FluxTableBuffer *buffer)
{
	CellReader	reader;
	FluxRowSorter *rows;
	const FluxTableHead *head;
	FluxBatch	batch;

	reader_init(&reader, table->head->schema);
	rows = sort_cells(table, &reader, buffer);
	rows = sort_rows(table, &reader, rows);
	head = flux_table_head_create(table->head->key, pivot_schema(table, 0));
	flux_emit_begin_table(table->op, head);
	while (flux_sorter_next(rows, &batch))
		flux_emit_columns(table->op, head, batch.columns, batch.row_count);
	flux_emit_end_table(table->op);
	flux_sorter_destroy(rows);
}

/* A table without rows, in the current context. */
static void
pivot_init(PivotTable *table, FluxOperator *op, FluxTableBuffer *buffer, const FluxText *row_key,
		   int row_key_count)
{
	memset(table, 0, sizeof(*table));
	table->op = op;
	table->context = CurrentMemoryContext;
	table->last_row = -1;
	table->last_column = -1;
	table->head = flux_table_buffer_head(buffer);
	table->fixed_count = flux_schema_find(table->head->schema,
										  flux_text_from_cstring(FLUX_PIVOT_LABEL));
	table->fixed = palloc(Max(table->fixed_count, 1) * sizeof(FluxColumnBuilder));
	table->row_key = palloc(Max(table->fixed_count, 1) * sizeof(int));
	for (int i = 0; i < table->fixed_count; i++)
	{
		FluxText	label = table->head->schema->labels[i];

		flux_column_builder_init(&table->fixed[i], table->head->schema->types[i], table->context);
		if (flux_texts_contain(row_key, row_key_count, label) &&
			flux_group_key_find(table->head->key, label) < 0)
			table->row_key[table->row_key_count++] = i;
	}
}

void
flux_pivot_table(FluxOperator *op, FluxTableBuffer *buffer, const FluxText *row_key,
				 int row_key_count)
{
	MemoryContext context = AllocSetContextCreate(op->state_context, "Flux pivot table",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	bool		is_done = false;
	PivotTable	table;

	if (!flux_table_buffer_is_spilled(buffer))
	{
		pivot_init(&table, op, buffer, row_key, row_key_count);
		is_done = pivot_in_memory(&table, buffer);
	}
	if (!is_done)
	{
		MemoryContextReset(context);
		pivot_init(&table, op, buffer, row_key, row_key_count);
		pivot_on_disk(&table, buffer);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}
