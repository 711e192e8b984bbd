/*
 * join_merge.c
 *		Merge join of two tables: which row meets which.
 *
 * Two ways to the same answer.  Where both tables are in memory their rows are
 * sorted by position, and pairs are positions until a batch of them is
 * gathered.  Where one has been spilled, both go through sorters (sort_rows.c)
 * that merge runs from disk; then the rows of one side that share their join
 * values are the only ones held.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/join_merge.h"
#include "execute/sort_rows.h"

/* ---- comparing ---- */

/* Order of two rows by their join columns; types come before values. */
static int
compare_joined(const FluxColumn *columns_a, const int *on_a, int row_a, const FluxColumn *columns_b,
			   const int *on_b, int row_b, int on_count)
{
	for (int i = 0; i < on_count; i++)
	{
		const FluxColumn *a = &columns_a[on_a[i]];
		const FluxColumn *b = &columns_b[on_b[i]];
		int order;

		if (a->type != b->type)
			return a->type < b->type ? -1 : 1;
		order = flux_column_compare_rows(a, row_a, b, row_b);
		if (order != 0)
			return order;
	}
	return 0;
}

static bool
has_null(const FluxColumn *columns, const int *on, int row, int on_count)
{
	for (int i = 0; i < on_count; i++)
	{
		if (flux_column_is_null(&columns[on[i]], row))
			return true;
	}
	return false;
}

/* ---- in memory ---- */

/* A side's rows and the order of their join columns. */
typedef struct SortedSide
{
	const FluxJoinSide *side;
	const FluxColumn *columns;
	int row_count;
	int on_count;
	int32 *order;
} SortedSide;

typedef struct PairOutput
{
	const SortedSide *left;
	const SortedSide *right;
	FluxJoinPairs pairs;
	void *argument;
	MemoryContext context; /* of the batch gathered last */
	int count;
	int32 left_rows[FLUX_BATCH_ROWS]; /* -1: absent */
	int32 right_rows[FLUX_BATCH_ROWS];
} PairOutput;

/* Rows of a column, null where rows[] is -1. */
static FluxColumn
gather_or_null(const FluxColumn *column, const int32 *rows, int count, bool has_absent)
{
	int32 *safe;
	bool *nulls;
	FluxColumn result = *column;

	if (!has_absent)
		return flux_column_gather(column, rows, count);
	if (column->values.any == NULL)
		return flux_column_constant_null(column->type);

	/* a constant column must become an array to have nulls in some rows */
	safe = palloc(count * sizeof(int32));
	nulls = palloc(count * sizeof(bool));
	for (int i = 0; i < count; i++)
	{
		nulls[i] = rows[i] < 0 || flux_column_is_null(column, rows[i]);
		safe[i] = column->is_constant || rows[i] < 0 ? 0 : rows[i];
	}
	result.is_constant = false;
	result.nulls = NULL;
	result = flux_column_gather(&result, safe, count);
	result.nulls = nulls;
	return result;
}

static FluxColumn *
gather_side(const SortedSide *side, const int32 *rows, int count)
{
	int column_count = side->side->schema->count;
	FluxColumn *columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	bool has_absent = false;

	for (int i = 0; i < count && !has_absent; i++)
		has_absent = rows[i] < 0;
	for (int i = 0; i < column_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		columns[i] = gather_or_null(&side->columns[i], rows, count, has_absent);
	}
	return columns;
}

static void
output_flush(PairOutput *output)
{
	MemoryContext old;

	CHECK_FOR_INTERRUPTS();
	if (output->count == 0)
		return;
	MemoryContextReset(output->context);
	old = MemoryContextSwitchTo(output->context);
	output->pairs(output->argument, gather_side(output->left, output->left_rows, output->count),
				  gather_side(output->right, output->right_rows, output->count), output->count);
	MemoryContextSwitchTo(old);
	output->count = 0;
}

static inline void
output_pair(PairOutput *output, int32 left, int32 right)
{
	output->left_rows[output->count] = left;
	output->right_rows[output->count++] = right;
	if (output->count == FLUX_BATCH_ROWS)
		output_flush(output);
}

static int
compare_positions(const void *a, const void *b, void *argument)
{
	const SortedSide *side = argument;
	int32 row_a = *(const int32 *) a;
	int32 row_b = *(const int32 *) b;
	int order = compare_joined(side->columns, side->side->on, row_a, side->columns, side->side->on,
							   row_b, side->on_count);

	return order != 0 ? order : (row_a > row_b) - (row_a < row_b);
}

static void
sort_side(SortedSide *sorted, const FluxJoinSide *side, int on_count)
{
	bool is_sorted = true;

	memset(sorted, 0, sizeof(*sorted));
	sorted->side = side;
	sorted->on_count = on_count;
	if (side->buffer != NULL)
	{
		sorted->columns = flux_table_buffer_columns(side->buffer);
		sorted->row_count = (int) flux_table_buffer_row_count(side->buffer);
	}
	else
	{
		FluxColumn *columns = palloc0(Max(side->schema->count, 1) * sizeof(FluxColumn));

		for (int i = 0; i < side->schema->count; i++)
			columns[i].type = side->schema->types[i];
		sorted->columns = columns;
	}
	sorted->order =
		MemoryContextAllocHuge(CurrentMemoryContext, Max(sorted->row_count, 1) * sizeof(int32));
	for (int32 i = 0; i < sorted->row_count; i++)
	{
		int32 before = i - 1;

		sorted->order[i] = i;
		is_sorted = is_sorted && (i == 0 || compare_positions(&before, &i, sorted) <= 0);
	}
	if (!is_sorted)
		qsort_arg(sorted->order, sorted->row_count, sizeof(int32), compare_positions, sorted);
}

/* End of the rows that equal the one at position "start" of the order. */
static int
end_of_group(const SortedSide *side, int start)
{
	int stop = start + 1;

	while (stop < side->row_count &&
		   compare_joined(side->columns, side->side->on, side->order[start], side->columns,
						  side->side->on, side->order[stop], side->on_count) == 0)
		stop++;
	return stop;
}

/* <0: the left row goes alone, >0: the right one, 0: they meet. */
static int
compare_heads(const SortedSide *left, int i, const SortedSide *right, int j)
{
	int order;

	if (i == left->row_count || j == right->row_count)
		return i == left->row_count ? 1 : -1;
	order = compare_joined(left->columns, left->side->on, left->order[i], right->columns,
						   right->side->on, right->order[j], left->on_count);
	if (order == 0 && has_null(left->columns, left->side->on, left->order[i], left->on_count))
		return -1; /* null meets nothing */
	return order;
}

static void
merge_in_memory(const FluxJoinSide *left_side, const FluxJoinSide *right_side, int on_count,
				bool keep_left, bool keep_right, FluxJoinPairs pairs, void *argument)
{
	PairOutput *output = palloc0(sizeof(PairOutput));
	SortedSide left;
	SortedSide right;
	int i = 0;
	int j = 0;

	sort_side(&left, left_side, on_count);
	sort_side(&right, right_side, on_count);
	output->left = &left;
	output->right = &right;
	output->pairs = pairs;
	output->argument = argument;
	output->context =
		AllocSetContextCreate(CurrentMemoryContext, "Flux joined rows", ALLOCSET_DEFAULT_SIZES);
	while (i < left.row_count || j < right.row_count)
	{
		int order = compare_heads(&left, i, &right, j);
		int left_stop;
		int right_stop;

		if (order < 0)
		{
			if (keep_left)
				output_pair(output, left.order[i], -1);
			i++;
			continue;
		}
		if (order > 0)
		{
			if (keep_right)
				output_pair(output, -1, right.order[j]);
			j++;
			continue;
		}
		left_stop = end_of_group(&left, i);
		right_stop = end_of_group(&right, j);
		for (; i < left_stop; i++)
		{
			for (int k = j; k < right_stop; k++)
				output_pair(output, left.order[i], right.order[k]);
		}
		j = right_stop;
	}
	output_flush(output);
	MemoryContextDelete(output->context);
}

/* ---- from disk ---- */

/* Reads a side's rows in the order of its join columns. */
typedef struct Cursor
{
	const FluxJoinSide *side;
	FluxRowSorter *sorter;
	FluxBatch batch;
	int row;
	bool is_done;
} Cursor;

static void
cursor_advance(Cursor *cursor)
{
	if (++cursor->row < cursor->batch.row_count)
		return;
	CHECK_FOR_INTERRUPTS();
	cursor->row = 0;
	cursor->is_done = !flux_sorter_next(cursor->sorter, &cursor->batch);
}

static void
cursor_open(Cursor *cursor, FluxOperator *op, const FluxJoinSide *side, int on_count)
{
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = side->schema};
	FluxBatch portion;
	int position = 0;

	memset(cursor, 0, sizeof(*cursor));
	cursor->side = side;
	cursor->sorter = flux_sorter_create(op, &head, side->on, on_count, false);
	while (side->buffer != NULL && flux_table_buffer_next(side->buffer, &position, &portion))
		flux_sorter_append(cursor->sorter, &portion);
	flux_sorter_finish(cursor->sorter);
	cursor_advance(cursor);
}

/* Rows on their way out, and the right rows that share their join values. */
typedef struct RowOutput
{
	MemoryContext context; /* of the rows */
	MemoryContext group_context;
	int column_counts[2];
	const FluxSchema *schemas[2];
	FluxColumnBuilder *builders[2];
	FluxColumnBuilder *group; /* the right rows */
	int group_count;
	int count;
	FluxJoinPairs pairs;
	void *argument;
} RowOutput;

static void
start_builders(FluxColumnBuilder *builders, const FluxSchema *schema, MemoryContext context)
{
	for (int i = 0; i < schema->count; i++)
		flux_column_builder_init(&builders[i], schema->types[i], context);
}

static FluxColumn *
view_builders(const FluxColumnBuilder *builders, int count)
{
	FluxColumn *columns = palloc(Max(count, 1) * sizeof(FluxColumn));

	for (int i = 0; i < count; i++)
		columns[i] = flux_column_builder_view(&builders[i]);
	return columns;
}

static void
rows_flush(RowOutput *output)
{
	MemoryContext old = MemoryContextSwitchTo(output->context);

	CHECK_FOR_INTERRUPTS();
	if (output->count > 0)
		output->pairs(output->argument,
					  view_builders(output->builders[0], output->column_counts[0]),
					  view_builders(output->builders[1], output->column_counts[1]), output->count);
	MemoryContextSwitchTo(old);
	MemoryContextReset(output->context);
	for (int side = 0; side < 2; side++)
		start_builders(output->builders[side], output->schemas[side], output->context);
	output->count = 0;
}

static void
append_side(RowOutput *output, int side, const FluxColumn *columns, int row)
{
	for (int i = 0; i < output->column_counts[side]; i++)
	{
		if (columns == NULL)
			flux_column_builder_append_null(&output->builders[side][i]);
		else
			flux_column_builder_append_row(&output->builders[side][i], &columns[i], row);
	}
}

/* Columns may be NULL: that side is absent. */
static void
rows_append(RowOutput *output, const FluxColumn *left, int left_row, const FluxColumn *right,
			int right_row)
{
	append_side(output, 0, left, left_row);
	append_side(output, 1, right, right_row);
	if (++output->count == FLUX_BATCH_ROWS)
		rows_flush(output);
}

/* Moves the right rows that equal the current one into the group. */
static void
collect_group(RowOutput *output, Cursor *right, int on_count)
{
	MemoryContextReset(output->group_context);
	start_builders(output->group, right->side->schema, output->group_context);
	output->group_count = 0;
	do
	{
		for (int i = 0; i < right->side->schema->count; i++)
			flux_column_builder_append_row(&output->group[i], &right->batch.columns[i], right->row);
		output->group_count++;
		cursor_advance(right);
		if (!right->is_done)
		{
			FluxColumn *group = view_builders(output->group, right->side->schema->count);
			int order = compare_joined(group, right->side->on, 0, right->batch.columns,
									   right->side->on, right->row, on_count);

			pfree(group);
			if (order != 0)
				break;
		}
	} while (!right->is_done);
}

/* The left rows that equal the group, each with all of its rows. */
static void
output_group(RowOutput *output, Cursor *left, const Cursor *right, int on_count)
{
	FluxColumn *group = view_builders(output->group, right->side->schema->count);

	while (!left->is_done && compare_joined(left->batch.columns, left->side->on, left->row, group,
											right->side->on, 0, on_count) == 0)
	{
		for (int i = 0; i < output->group_count; i++)
			rows_append(output, left->batch.columns, left->row, group, i);
		cursor_advance(left);
	}
	pfree(group);
}

static void
merge_from_disk(FluxOperator *op, const FluxJoinSide *left_side, const FluxJoinSide *right_side,
				int on_count, bool keep_left, bool keep_right, FluxJoinPairs pairs, void *argument)
{
	const FluxJoinSide *sides[2] = {left_side, right_side};
	RowOutput output = {.pairs = pairs, .argument = argument};
	Cursor left;
	Cursor right;

	output.context =
		AllocSetContextCreate(CurrentMemoryContext, "Flux joined rows", ALLOCSET_DEFAULT_SIZES);
	output.group_context =
		AllocSetContextCreate(CurrentMemoryContext, "Flux join group", ALLOCSET_DEFAULT_SIZES);
	for (int side = 0; side < 2; side++)
	{
		output.schemas[side] = sides[side]->schema;
		output.column_counts[side] = sides[side]->schema->count;
		output.builders[side] =
			palloc(Max(output.column_counts[side], 1) * sizeof(FluxColumnBuilder));
		start_builders(output.builders[side], output.schemas[side], output.context);
	}
	output.group = palloc(Max(output.column_counts[1], 1) * sizeof(FluxColumnBuilder));
	cursor_open(&left, op, left_side, on_count);
	cursor_open(&right, op, right_side, on_count);

	while (!left.is_done || !right.is_done)
	{
		int order;

		if (left.is_done || right.is_done)
			order = left.is_done ? 1 : -1;
		else
			order = compare_joined(left.batch.columns, left_side->on, left.row, right.batch.columns,
								   right_side->on, right.row, on_count);
		if (order == 0 && has_null(left.batch.columns, left_side->on, left.row, on_count))
			order = -1; /* null meets nothing */
		if (order == 0)
		{
			collect_group(&output, &right, on_count);
			output_group(&output, &left, &right, on_count);
		}
		else if (order < 0)
		{
			if (keep_left)
				rows_append(&output, left.batch.columns, left.row, NULL, 0);
			cursor_advance(&left);
		}
		else
		{
			if (keep_right)
				rows_append(&output, NULL, 0, right.batch.columns, right.row);
			cursor_advance(&right);
		}
	}
	rows_flush(&output);
	flux_sorter_destroy(left.sorter);
	flux_sorter_destroy(right.sorter);
	MemoryContextDelete(output.context);
	MemoryContextDelete(output.group_context);
}

void
flux_join_merge(FluxOperator *op, const FluxJoinSide *left, const FluxJoinSide *right, int on_count,
				bool keep_left, bool keep_right, FluxJoinPairs pairs, void *argument)
{
	bool is_spilled = (left->buffer != NULL && flux_table_buffer_is_spilled(left->buffer)) ||
					  (right->buffer != NULL && flux_table_buffer_is_spilled(right->buffer));

	if (is_spilled)
		merge_from_disk(op, left, right, on_count, keep_left, keep_right, pairs, argument);
	else
		merge_in_memory(left, right, on_count, keep_left, keep_right, pairs, argument);
}
