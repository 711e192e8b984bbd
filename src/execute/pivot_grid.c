/*
 * pivot_grid.c
 *		One pivoted table in memory: rows by rowKey, a column per label.
 *
 * Cells mostly come a column at a time, in the same order of rows.  So what is
 * looked for first is the row after the one found last, and a run of rows that
 * all are is written as one.  Where that fails:
 *
 *	- as long as there is one rowKey, an integer or a time, and it has ascended
 *	  from row to row, rows are found by bisection and new ones go to the end;
 *	- otherwise by a hash, which is made when it is first needed.
 *
 * A column grows when it is written to and has no cells, that is nulls, after
 * the last row written.  Everything lives in the grid's context; the rows and
 * their cells in one of their own.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/kept_column.h"
#include "execute/operator_util.h"
#include "execute/pivot_grid.h"

/* Rows that a column has room for at first: few, as there may be many columns. */
#define FLUX_PIVOT_FIRST_ROWS 16

/* Slots of a hash at first. */
#define FLUX_PIVOT_FIRST_SLOTS 256

typedef struct PivotColumn
{
	FluxText label;
	FluxColumnType type;
	void *cells;
	bool *nulls;  /* true where nothing was written */
	int capacity; /* rows */
} PivotColumn;

struct FluxPivotGrid
{
	FluxOperator *op;
	MemoryContext context;
	FluxKeptMemory memory; /* of rows and cells; its context is always there */
	int64 accounted_bytes;
	const FluxTableHead *head; /* of the collected form */

	FluxKeptColumn *fixed; /* key and rowKey columns */
	int fixed_count;
	int *row_key;     /* positions in fixed that tell rows apart */
	FluxColumn *keys; /* those columns, as far as there are rows */
	int row_key_count;
	int row_count;
	int last_row; /* found last, or -1 */

	bool is_ascending; /* the one rowKey is, and the hash is not made */
	int *slots;        /* rows by hash of their rowKey, -1 free; NULL: not made */
	uint32 slot_count;
	uint32 *hashes; /* per row */
	int hash_capacity;

	PivotColumn *columns;
	int column_count;
	int column_capacity;
	int last_column;   /* found last, or -1 */
	int *column_slots; /* columns by hash of their label, -1 free */
	uint32 column_slot_count;
};

FluxText
flux_pivot_value_label(FluxColumnType type)
{
	static const char *const labels[] = {"\001",      "\001bool",   "\001int", "\001uint",
										 "\001float", "\001string", "\001time"};

	return flux_text_from_cstring(labels[type]);
}

/* ---- beginning and ending ---- */

/* No rows. */
static void
init_rows(FluxPivotGrid *grid)
{
	const FluxTableHead *head = grid->head;

	for (int i = 0; i < grid->fixed_count; i++)
	{
		int in_key = flux_group_key_find(head->key, head->schema->labels[i]);

		if (in_key >= 0)
			flux_kept_column_init_key(&grid->fixed[i], head->schema->types[i],
									  head->key->values[in_key]);
		else
			flux_kept_column_init(&grid->fixed[i], head->schema->types[i]);
	}
	grid->row_count = 0;
	grid->last_row = -1;
	grid->is_ascending =
		grid->row_key_count == 1 && (head->schema->types[grid->row_key[0]] == FLUX_COLUMN_INT ||
									 head->schema->types[grid->row_key[0]] == FLUX_COLUMN_TIME);
	grid->slots = NULL;
	grid->slot_count = 0;
	grid->hashes = NULL;
	grid->hash_capacity = 0;
}

FluxPivotGrid *
flux_pivot_grid_create(FluxOperator *op, const FluxTableHead *head, const FluxText *row_key,
					   int row_key_count)
{
	MemoryContext context =
		AllocSetContextCreate(op->state_context, "Flux pivot", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxPivotGrid *grid = palloc0(sizeof(FluxPivotGrid));

	grid->op = op;
	grid->context = context;
	grid->memory.parent = context;
	grid->memory.context =
		AllocSetContextCreate(context, "Flux pivot rows", ALLOCSET_DEFAULT_SIZES);
	grid->head = flux_table_head_copy(head);
	grid->fixed_count = flux_schema_find(head->schema, flux_text_from_cstring(FLUX_PIVOT_LABEL));
	grid->fixed = palloc(Max(grid->fixed_count, 1) * sizeof(FluxKeptColumn));
	grid->row_key = palloc(Max(grid->fixed_count, 1) * sizeof(int));
	for (int i = 0; i < grid->fixed_count; i++)
	{
		FluxText label = grid->head->schema->labels[i];

		if (flux_texts_contain(row_key, row_key_count, label) &&
			flux_group_key_find(grid->head->key, label) < 0)
			grid->row_key[grid->row_key_count++] = i;
	}
	grid->keys = palloc(Max(grid->row_key_count, 1) * sizeof(FluxColumn));
	grid->last_column = -1;
	init_rows(grid);
	MemoryContextSwitchTo(old);
	return grid;
}

void
flux_pivot_grid_destroy(FluxPivotGrid *grid)
{
	grid->op->exec->memory_used_bytes -= grid->accounted_bytes;
	MemoryContextDelete(grid->context);
}

void
flux_pivot_grid_clear_rows(FluxPivotGrid *grid)
{
	MemoryContextReset(grid->memory.context);
	for (int i = 0; i < grid->column_count; i++)
	{
		grid->columns[i].cells = NULL;
		grid->columns[i].capacity = 0;
	}
	init_rows(grid);
}

const FluxTableHead *
flux_pivot_grid_head(const FluxPivotGrid *grid)
{
	return grid->head;
}

bool
flux_pivot_grid_takes(const FluxPivotGrid *grid, const FluxSchema *schema)
{
	const FluxSchema *own = grid->head->schema;

	if (schema->count < grid->fixed_count ||
		flux_schema_find(schema, flux_text_from_cstring(FLUX_PIVOT_LABEL)) != grid->fixed_count)
		return false;
	for (int i = 0; i < grid->fixed_count; i++)
	{
		if (schema->types[i] != own->types[i] ||
			!flux_text_equal(schema->labels[i], own->labels[i]))
			return false;
	}
	return true;
}

int
flux_pivot_grid_row_count(const FluxPivotGrid *grid)
{
	return grid->row_count;
}

int
flux_pivot_grid_row_key(const FluxPivotGrid *grid, const int **positions)
{
	*positions = grid->row_key;
	return grid->row_key_count;
}

bool
flux_pivot_grid_outgrows(FluxPivotGrid *grid)
{
	FluxExec *exec = grid->op->exec;
	int64 limit = exec->memory_limit_bytes;
	int64 bytes = MemoryContextMemAllocated(grid->memory.context, false) +
				  MemoryContextMemAllocated(grid->context, false);

	exec->memory_used_bytes += bytes - grid->accounted_bytes;
	grid->accounted_bytes = bytes;
	exec->memory_peak_bytes = Max(exec->memory_peak_bytes, exec->memory_used_bytes);
	return bytes > limit || (bytes > limit / 2 && exec->memory_used_bytes > limit);
}

bool
flux_pivot_grid_is_full(const FluxPivotGrid *grid)
{
	return grid->row_count >= FLUX_BATCH_ROWS ||
		   MemoryContextMemAllocated(grid->memory.context, false) >
			   grid->op->exec->memory_limit_bytes / 8;
}

/* ---- rows ---- */

static uint32
row_key_hash(const FluxPivotGrid *grid, const FluxColumn *const *columns, int row)
{
	uint32 hash = 0;

	for (int i = 0; i < grid->row_key_count; i++)
	{
		const FluxColumn *column = columns[i];
		int at = flux_column_index(column, row);
		uint32 part;

		if (flux_column_is_null(column, row))
			part = 7;
		else if (column->type == FLUX_COLUMN_STRING)
			part = flux_text_hash(column->values.strings[at]);
		else if (column->type == FLUX_COLUMN_BOOL)
			part = column->values.booleans[at];
		else if (column->type == FLUX_COLUMN_FLOAT && column->values.floats[at] == 0)
			part = 0; /* -0 */
		else
			part = (uint32) ((column->values.uints[at] * UINT64CONST(0x9E3779B97F4A7C15)) >> 32);
		hash = hash_combine(hash, part);
	}
	return hash;
}

static bool
row_key_equal(const FluxPivotGrid *grid, int known, const FluxColumn *fixed, int row)
{
	for (int i = 0; i < grid->row_key_count; i++)
	{
		if (flux_column_compare_rows(&grid->keys[i], known, &fixed[grid->row_key[i]], row) != 0)
			return false;
	}
	return true;
}

bool
flux_pivot_grid_is_last_row(const FluxPivotGrid *grid, const FluxColumn *fixed, int row)
{
	return grid->row_count > 0 && row_key_equal(grid, grid->row_count - 1, fixed, row);
}

/* Appends rows, whose rowKeys are new. */
static void
append_rows(FluxPivotGrid *grid, const FluxColumn *fixed, int first, int count)
{
	for (int i = 0; i < grid->fixed_count; i++)
		flux_kept_column_append(&grid->fixed[i], &grid->memory, grid->row_count, &fixed[i], first,
								NULL, count);
	for (int i = 0; i < grid->row_key_count; i++)
		grid->keys[i] = flux_kept_column_view(&grid->fixed[grid->row_key[i]]);
	grid->row_count += count;
	grid->last_row = grid->row_count - 1;
}

/* Makes or enlarges the hash of all rows, whose hashes are known. */
static void
rehash_rows(FluxPivotGrid *grid)
{
	uint32 slot_count = Max(grid->slot_count, FLUX_PIVOT_FIRST_SLOTS);

	while ((uint32) (grid->row_count + 1) * 2 > slot_count)
		slot_count *= 2;
	if (grid->slots != NULL)
		pfree(grid->slots);
	grid->slots = MemoryContextAllocHuge(grid->memory.context, slot_count * sizeof(int));
	grid->slot_count = slot_count;
	memset(grid->slots, -1, slot_count * sizeof(int));
	for (int i = 0; i < grid->row_count; i++)
	{
		uint32 slot = grid->hashes[i] & (slot_count - 1);

		while (grid->slots[slot] >= 0)
			slot = (slot + 1) & (slot_count - 1);
		grid->slots[slot] = i;
	}
}

/* Makes room for the hashes of one more row. */
static void
reserve_hashes(FluxPivotGrid *grid)
{
	if (grid->row_count < grid->hash_capacity)
		return;
	grid->hash_capacity = Max(grid->row_count * 2, FLUX_PIVOT_FIRST_SLOTS);
	grid->hashes =
		grid->hashes == NULL
			? MemoryContextAllocHuge(grid->memory.context, grid->hash_capacity * sizeof(uint32))
			: repalloc_huge(grid->hashes, grid->hash_capacity * sizeof(uint32));
}

/* From now on rows are found by hash. */
static void
leave_order(FluxPivotGrid *grid)
{
	const FluxColumn *key = &grid->keys[0];

	grid->is_ascending = false;
	reserve_hashes(grid);
	for (int i = 0; i < grid->row_count; i++)
		grid->hashes[i] = row_key_hash(grid, &key, i);
	rehash_rows(grid);
}

/* The row of a rowKey by hash, made when it is new. */
static int
find_hashed(FluxPivotGrid *grid, const FluxColumn *fixed, int row)
{
	const FluxColumn *columns[FLUX_PIVOT_FIRST_ROWS];
	const FluxColumn **keys = grid->row_key_count <= lengthof(columns)
								  ? columns
								  : palloc(grid->row_key_count * sizeof(FluxColumn *));
	uint32 hash;
	uint32 slot;

	for (int i = 0; i < grid->row_key_count; i++)
		keys[i] = &fixed[grid->row_key[i]];
	hash = row_key_hash(grid, keys, row);
	if (keys != columns)
		pfree(keys);
	if ((uint32) (grid->row_count + 1) * 2 > grid->slot_count)
		rehash_rows(grid);
	slot = hash & (grid->slot_count - 1);
	while (grid->slots[slot] >= 0)
	{
		int known = grid->slots[slot];

		if (grid->hashes[known] == hash && row_key_equal(grid, known, fixed, row))
			return known;
		slot = (slot + 1) & (grid->slot_count - 1);
	}
	reserve_hashes(grid);
	grid->slots[slot] = grid->row_count;
	grid->hashes[grid->row_count] = hash;
	append_rows(grid, fixed, row, 1);
	return grid->row_count - 1;
}

/* The row of a rowKey where they ascend; -1 when there is none. */
static int
find_ascending(const FluxPivotGrid *grid, int64 key)
{
	int low = 0;
	int high = grid->row_count;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (grid->keys[0].values.ints[flux_column_index(&grid->keys[0], middle)] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < grid->row_count &&
				   grid->keys[0].values.ints[flux_column_index(&grid->keys[0], low)] == key
			   ? low
			   : -1;
}

/* The row of a rowKey, made when it is new. */
static int
find_row(FluxPivotGrid *grid, const FluxColumn *fixed, int row)
{
	if (grid->last_row >= 0 && row_key_equal(grid, grid->last_row, fixed, row))
		return grid->last_row;
	if (grid->is_ascending)
	{
		const FluxColumn *key = &fixed[grid->row_key[0]];

		if (!flux_column_is_null(key, row))
		{
			int known = find_ascending(grid, key->values.ints[flux_column_index(key, row)]);

			if (known >= 0)
				return known;
		}
		leave_order(grid);
	}
	return find_hashed(grid, fixed, row);
}

/* How many rows from row_b of "b" on equal those from row_a of "a" on. */
static int
equal_run(const FluxColumn *a, int row_a, const FluxColumn *b, int row_b, int count)
{
	int run = 0;

	if (a->is_constant || b->is_constant || a->nulls != NULL || b->nulls != NULL ||
		a->type == FLUX_COLUMN_STRING || a->type == FLUX_COLUMN_BOOL || a->type != b->type)
	{
		while (run < count && flux_column_compare_rows(a, row_a + run, b, row_b + run) == 0)
			run++;
	}
	else
	{
		while (run < count && a->values.ints[row_a + run] == b->values.ints[row_b + run])
			run++;
	}
	return run;
}

/* How many rows from "first" on are, one by one, those after the row found last. */
static int
known_run(const FluxPivotGrid *grid, const FluxColumn *fixed, int first, int count)
{
	int run = Min(count, grid->row_count - 1 - grid->last_row);

	for (int i = 0; i < grid->row_key_count && run > 0; i++)
		run = equal_run(&grid->keys[i], grid->last_row + 1, &fixed[grid->row_key[i]], first, run);
	return run;
}

/* How many rows from "first" on ascend beyond all that are there. */
static int
ascending_run(const FluxPivotGrid *grid, const FluxColumn *fixed, int first, int count)
{
	const FluxColumn *key;
	int64 last = PG_INT64_MIN;
	int run = 0;

	if (!grid->is_ascending)
		return 0;
	key = &fixed[grid->row_key[0]];
	if (grid->row_count > 0)
		last = grid->keys[0].values.ints[flux_column_index(&grid->keys[0], grid->row_count - 1)];
	for (; run < count; run++)
	{
		int64 next = key->values.ints[flux_column_index(key, first + run)];

		if (flux_column_is_null(key, first + run) ||
			(next <= last && (run > 0 || grid->row_count > 0)))
			break;
		last = next;
	}
	return run;
}

/* ---- columns ---- */

/* Where the label stands among the column slots, or could stand. */
static uint32
column_slot(const FluxPivotGrid *grid, FluxText label)
{
	uint32 slot = flux_text_hash(label) & (grid->column_slot_count - 1);

	while (grid->column_slots[slot] >= 0 &&
		   !flux_text_equal(grid->columns[grid->column_slots[slot]].label, label))
		slot = (slot + 1) & (grid->column_slot_count - 1);
	return slot;
}

/* Enters the last column, and all others where the slots grow. */
static void
enter_column(FluxPivotGrid *grid)
{
	int first = grid->column_count - 1;

	if ((uint32) grid->column_count * 2 > grid->column_slot_count)
	{
		grid->column_slot_count = Max(grid->column_slot_count * 2, 64);
		grid->column_slots =
			grid->column_slots == NULL
				? palloc(grid->column_slot_count * sizeof(int))
				: repalloc_huge(grid->column_slots, grid->column_slot_count * sizeof(int));
		memset(grid->column_slots, -1, grid->column_slot_count * sizeof(int));
		first = 0;
	}
	for (int i = first; i < grid->column_count; i++)
		grid->column_slots[column_slot(grid, grid->columns[i].label)] = i;
}

/* A new column; its label must not be that of a fixed one. */
static int
add_column(FluxPivotGrid *grid, FluxText label, FluxColumnType type)
{
	MemoryContext old;

	for (int i = 0; i < grid->fixed_count; i++)
	{
		if (flux_text_equal(grid->head->schema->labels[i], label))
			flux_operator_raise(grid->op, ERRCODE_DUPLICATE_COLUMN,
								"value \"%.*s\" appears in a column key column, but a column named "
								"\"%.*s\" already exists; "
								"consider renaming \"%.*s\" to something else before pivoting",
								label.size, label.data, label.size, label.data, label.size,
								label.data);
	}
	old = MemoryContextSwitchTo(grid->context);
	if (grid->column_count == grid->column_capacity)
	{
		grid->column_capacity = Max(grid->column_capacity * 2, 16);
		grid->columns =
			grid->columns == NULL
				? palloc(grid->column_capacity * sizeof(PivotColumn))
				: repalloc_huge(grid->columns, grid->column_capacity * sizeof(PivotColumn));
	}
	grid->columns[grid->column_count++] =
		(PivotColumn){.label = flux_text_copy(label), .type = type};
	enter_column(grid);
	MemoryContextSwitchTo(old);
	return grid->column_count - 1;
}

int
flux_pivot_grid_column(FluxPivotGrid *grid, FluxText label, FluxColumnType type)
{
	int position = grid->last_column;
	const PivotColumn *column;

	/* the same as before, or the next one: else search */
	if (position >= 0 && !flux_text_equal(grid->columns[position].label, label))
		position = position + 1 < grid->column_count ? position + 1 : 0;
	if (position < 0 || !flux_text_equal(grid->columns[position].label, label))
		position = grid->column_count > 0 ? grid->column_slots[column_slot(grid, label)] : -1;
	if (position < 0)
		position = add_column(grid, label, type);
	grid->last_column = position;
	column = &grid->columns[position];
	if (column->type != type)
		flux_operator_raise(grid->op, FLUX_ERRCODE_SCHEMA_COLLISION,
							"schema collision detected: column \"%.*s\" is both of type %s and %s",
							label.size, label.data, flux_column_type_name(type),
							flux_column_type_name(column->type));
	return position;
}

/* Makes the column hold at least "row_count" rows, new ones null. */
static void
grow_column(FluxPivotGrid *grid, PivotColumn *column, int row_count)
{
	Size size = flux_column_type_size(column->type);
	int capacity = Max(column->capacity * 2, FLUX_PIVOT_FIRST_ROWS);

	if (row_count <= column->capacity)
		return;
	CHECK_FOR_INTERRUPTS(); /* there may be many columns */
	capacity = Max(capacity, row_count);
	if (column->cells == NULL)
	{
		column->cells = MemoryContextAllocHuge(grid->memory.context, capacity * size);
		column->nulls = MemoryContextAllocHuge(grid->memory.context, capacity);
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

/* Texts of cells, their bytes in one piece. */
static void
copy_texts(FluxPivotGrid *grid, FluxText *to, const FluxColumn *cells, int first, int count)
{
	Size size = 0;
	char *bytes;

	for (int i = 0; i < count; i++)
	{
		if (!flux_column_is_null(cells, first + i))
			size += cells->values.strings[flux_column_index(cells, first + i)].size;
	}
	bytes = MemoryContextAllocHuge(grid->memory.context, Max(size, 1));
	for (int i = 0; i < count; i++)
	{
		FluxText text;

		if (flux_column_is_null(cells, first + i))
			continue;
		text = cells->values.strings[flux_column_index(cells, first + i)];
		memcpy(bytes, text.data, text.size);
		to[i] = flux_text(bytes, text.size);
		bytes += text.size;
	}
}

/* Writes cells into rows that follow each other. */
static void
write_cells(FluxPivotGrid *grid, PivotColumn *column, int row, const FluxColumn *cells, int first,
			int count)
{
	Size size = flux_column_type_size(column->type);
	char *to;

	grow_column(grid, column, row + count);
	to = (char *) column->cells + row * size;
	if (cells->nulls == NULL)
		memset(column->nulls + row, 0, count);
	else
	{
		for (int i = 0; i < count; i++)
			column->nulls[row + i] = flux_column_is_null(cells, first + i);
	}
	if (column->type == FLUX_COLUMN_STRING)
		copy_texts(grid, (FluxText *) to, cells, first, count);
	else if (!cells->is_constant)
		memcpy(to, (const char *) cells->values.any + first * size, count * size);
	else
	{
		for (int i = 0; i < count; i++)
			memcpy(to + i * size, cells->values.any, size);
	}
}

void
flux_pivot_grid_add(FluxPivotGrid *grid, int column, const FluxColumn *fixed,
					const FluxColumn *cells, int first, int count)
{
	int stop = first + count;

	while (first < stop)
	{
		int row = grid->last_row + 1;
		int run = known_run(grid, fixed, first, stop - first);

		if (run > 0)
			grid->last_row += run;
		else if ((run = ascending_run(grid, fixed, first, stop - first)) > 0)
		{
			row = grid->row_count;
			append_rows(grid, fixed, first, run);
		}
		else
		{
			run = 1;
			row = grid->last_row = find_row(grid, fixed, first);
		}
		write_cells(grid, &grid->columns[column], row, cells, first, run);
		first += run;
	}
}

/* ---- what became of it ---- */

FluxColumn *
flux_pivot_grid_columns(FluxPivotGrid *grid, int spare)
{
	FluxColumn *columns = palloc((flux_pivot_grid_column_count(grid) + spare) * sizeof(FluxColumn));

	for (int i = 0; i < grid->fixed_count; i++)
		columns[i] = flux_kept_column_view(&grid->fixed[i]);
	for (int i = 0; i < grid->column_count; i++)
	{
		PivotColumn *column = &grid->columns[i];

		grow_column(grid, column, grid->row_count);
		columns[grid->fixed_count + i] = (FluxColumn){.type = column->type, .nulls = column->nulls};
		columns[grid->fixed_count + i].values.any = column->cells;
	}
	return columns;
}

int
flux_pivot_grid_column_count(const FluxPivotGrid *grid)
{
	return grid->fixed_count + grid->column_count;
}

FluxSchema *
flux_pivot_grid_schema(const FluxPivotGrid *grid)
{
	const FluxSchema *collected = grid->head->schema;
	FluxSchema *schema = flux_schema_create(flux_pivot_grid_column_count(grid));

	for (int i = 0; i < grid->fixed_count; i++)
		flux_schema_add(schema, collected->labels[i], collected->types[i]);
	for (int i = 0; i < grid->column_count; i++)
		flux_schema_add(schema, grid->columns[i].label, grid->columns[i].type);
	return schema;
}

bool
flux_pivot_grid_emit(FluxPivotGrid *grid)
{
	const FluxTableHead *head;

	/* columns have not grown to all rows yet */
	if ((int64) grid->column_count * grid->row_count >
		grid->op->exec->memory_limit_bytes / (int64) sizeof(int64))
		return false;
	head = flux_table_head_create(grid->head->key, flux_pivot_grid_schema(grid));
	flux_emit_begin_table(grid->op, head);
	flux_emit_columns(grid->op, head, flux_pivot_grid_columns(grid, 0), grid->row_count);
	flux_emit_end_table(grid->op);
	return true;
}

/* Collected form of the cells of one column, in the current context. */
static FluxTableHead *
unfolded_head(const FluxPivotGrid *grid, const PivotColumn *column)
{
	FluxSchema *schema = flux_schema_create(grid->fixed_count + 3);

	for (int i = 0; i < grid->fixed_count + 2; i++)
		flux_schema_add(schema, grid->head->schema->labels[i], grid->head->schema->types[i]);
	flux_schema_add(schema, flux_pivot_value_label(column->type), column->type);
	return flux_table_head_create(grid->head->key, schema);
}

/* Appends the cells of a column at rows[]. */
static void
unfold_rows(const FluxPivotGrid *grid, const PivotColumn *column, const int32 *rows, int count,
			FluxTableBuffer *buffer)
{
	FluxTableHead *head = unfolded_head(grid, column);
	FluxColumn *columns = palloc(head->schema->count * sizeof(FluxColumn));
	FluxColumn cells = {.type = column->type, .nulls = column->nulls};
	FluxBatch batch = {.head = head, .row_count = count, .columns = columns};

	cells.values.any = column->cells;
	for (int i = 0; i < grid->fixed_count; i++)
	{
		FluxColumn fixed = flux_kept_column_view(&grid->fixed[i]);

		columns[i] = flux_column_gather(&fixed, rows, count);
	}
	columns[grid->fixed_count] = flux_column_constant_string(column->label);
	columns[grid->fixed_count + 1] = flux_column_constant_int(FLUX_COLUMN_INT, column->type);
	columns[grid->fixed_count + 2] = flux_column_gather(&cells, rows, count);
	flux_table_buffer_append(buffer, &batch);
}

/*
 * Column by column.  All rows get a cell of the first one, null perhaps, so that
 * they come in their order again; and each column gets one cell at least.
 */
void
flux_pivot_grid_unfold(FluxPivotGrid *grid, FluxTableBuffer *buffer)
{
	MemoryContext scratch =
		AllocSetContextCreate(grid->context, "Flux pivot cells", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);

	for (int at = 0; at < grid->column_count; at++)
	{
		PivotColumn *column = &grid->columns[at];
		bool is_first = at == 0;
		int row = 0;
		bool is_empty = true;

		grow_column(grid, column, is_first ? grid->row_count : 1);
		while (row < grid->row_count && row < column->capacity)
		{
			int32 *rows = palloc(FLUX_BATCH_ROWS * sizeof(int32));
			int count = 0;

			CHECK_FOR_INTERRUPTS();
			for (; row < grid->row_count && row < column->capacity && count < FLUX_BATCH_ROWS;
				 row++)
			{
				if (is_first || !column->nulls[row])
					rows[count++] = row;
			}
			if (count > 0)
				unfold_rows(grid, column, rows, count, buffer);
			is_empty &= count == 0;
			MemoryContextReset(scratch);
		}
		if (is_empty)
			unfold_rows(grid, column, &(int32){0}, 1, buffer);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}
