/*
 * join_merge.c
 *		Merge join of two tables: which row meets which.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/join_merge.h"

typedef struct PairOutput
{
	FluxJoinPairs pairs;
	void	   *argument;
	int			count;
	int32		left[FLUX_BATCH_ROWS];
	int32		right[FLUX_BATCH_ROWS];
} PairOutput;

static void
output_flush(PairOutput *output)
{
	CHECK_FOR_INTERRUPTS();
	if (output->count > 0)
		output->pairs(output->argument, output->left, output->right, output->count);
	output->count = 0;
}

static inline void
output_pair(PairOutput *output, int32 left, int32 right)
{
	output->left[output->count] = left;
	output->right[output->count++] = right;
	if (output->count == FLUX_BATCH_ROWS)
		output_flush(output);
}

/* Order of two rows, each of one side; types come before values. */
static int
compare_sides(const FluxJoinSide *a, int row_a, const FluxJoinSide *b, int row_b, int on_count)
{
	for (int i = 0; i < on_count; i++)
	{
		const FluxColumn *column_a = &a->columns[a->on[i]];
		const FluxColumn *column_b = &b->columns[b->on[i]];
		int			order;

		if (column_a->type != column_b->type)
			return column_a->type < column_b->type ? -1 : 1;
		order = flux_column_compare_rows(column_a, row_a, column_b, row_b);
		if (order != 0)
			return order;
	}
	return 0;
}

typedef struct SideSort
{
	const FluxJoinSide *side;
	int			on_count;
} SideSort;

static int
compare_rows(const void *a, const void *b, void *argument)
{
	const SideSort *sort = argument;
	int32		row_a = *(const int32 *) a;
	int32		row_b = *(const int32 *) b;
	int			order;

	CHECK_FOR_INTERRUPTS();
	order = compare_sides(sort->side, row_a, sort->side, row_b, sort->on_count);

	return order != 0 ? order : (row_a > row_b) - (row_a < row_b);
}

static void
sort_side(FluxJoinSide *side, int on_count)
{
	SideSort	sort = {side, on_count};
	bool		is_sorted = true;

	side->order = MemoryContextAllocHuge(CurrentMemoryContext,
										 Max(side->row_count, 1) * sizeof(int32));
	for (int i = 0; i < side->row_count; i++)
	{
		side->order[i] = i;
		is_sorted = is_sorted && (i == 0 || compare_sides(side, i - 1, side, i, on_count) <= 0);
	}
	if (!is_sorted)
		qsort_arg(side->order, side->row_count, sizeof(int32), compare_rows, &sort);
}

static bool
has_null(const FluxJoinSide *side, int row, int on_count)
{
	for (int i = 0; i < on_count; i++)
	{
		if (flux_column_is_null(&side->columns[side->on[i]], row))
			return true;
	}
	return false;
}

/* End of the rows that equal the one at position "start" of the order. */
static int
end_of_group(const FluxJoinSide *side, int start, int on_count)
{
	int			stop = start + 1;

	while (stop < side->row_count &&
		   compare_sides(side, side->order[start], side, side->order[stop], on_count) == 0)
		stop++;
	return stop;
}

void
flux_join_merge(FluxJoinSide *left, FluxJoinSide *right, int on_count, bool keep_left,
				bool keep_right, FluxJoinPairs pairs, void *argument)
{
	PairOutput *output = palloc(sizeof(PairOutput));
	int			i = 0;
	int			j = 0;

	output->pairs = pairs;
	output->argument = argument;
	output->count = 0;
	sort_side(left, on_count);
	sort_side(right, on_count);
	while (i < left->row_count || j < right->row_count)
	{
		int			order;
		int			left_stop;
		int			right_stop;

		if (i == left->row_count)
			order = 1;
		else if (j == right->row_count)
			order = -1;
		else
			order = compare_sides(left, left->order[i], right, right->order[j], on_count);
		if (order == 0 && has_null(left, left->order[i], on_count))
			order = -1;			/* null meets nothing: the left one goes alone */

		if (order < 0)
		{
			if (keep_left)
				output_pair(output, left->order[i], -1);
			i++;
			continue;
		}
		if (order > 0)
		{
			if (keep_right)
				output_pair(output, -1, right->order[j]);
			j++;
			continue;
		}
		left_stop = end_of_group(left, i, on_count);
		right_stop = end_of_group(right, j, on_count);
		for (; i < left_stop; i++)
		{
			for (int k = j; k < right_stop; k++)
				output_pair(output, left->order[i], right->order[k]);
		}
		j = right_stop;
	}
	output_flush(output);
}

FluxColumn
flux_join_gather(const FluxColumn *column, const int32 *rows, int count)
{
	int32	   *safe = NULL;
	bool	   *nulls;
	FluxColumn	result;

	for (int i = 0; i < count && safe == NULL; i++)
	{
		if (rows[i] < 0)
			safe = palloc(count * sizeof(int32));
	}
	if (safe == NULL)
		return flux_column_gather(column, rows, count);

	/* a constant column must become an array to have nulls in some rows */
	nulls = palloc(count * sizeof(bool));
	for (int i = 0; i < count; i++)
	{
		nulls[i] = rows[i] < 0 || flux_column_is_null(column, rows[i]);
		safe[i] = column->is_constant || rows[i] < 0 ? 0 : rows[i];
	}
	if (column->values.any == NULL)
		return flux_column_constant_null(column->type);
	result = *column;
	result.is_constant = false;
	result.nulls = NULL;
	result = flux_column_gather(&result, safe, count);
	result.nulls = nulls;
	return result;
}
