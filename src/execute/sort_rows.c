/*
 * sort_rows.c
 *		Sorts the rows of one table, in memory or by merging runs on disk.
 *
 * Rows are kept as columns and a permutation is sorted, by the bytes of the
 * columns where they are numbers, else by comparing rows.  When the rows of a
 * run pass the sorter's share of the memory limit they are sorted and written
 * as a run of portions; at the end the runs and the rows still in memory are
 * merged through a heap.  Ties go to the earlier run, so the whole stays
 * stable.  Where there are more runs than may be open at once, neighbours are
 * merged into longer runs first.
 */
#include "postgres.h"

#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "execute/kept_column.h"
#include "execute/radix_sort.h"
#include "execute/sort_rows.h"
#include "execute/spill_file.h"

/* Rows read back from a run at a time, and handed out; fewer of wide tables. */
#define FLUX_SORT_PORTION_ROWS 1024
#define FLUX_SORT_PORTION_ROWS_MIN 16

/* Runs merged at once: as many as memory holds portions of, within these. */
#define FLUX_SORT_RUNS_MIN 4
#define FLUX_SORT_RUNS_MAX 512

/* Fewer rows are sorted by comparing them. */
#define FLUX_SORT_RADIX_ROWS_MIN 100

/* A sorted run on disk, and where its reader stands. */
typedef struct SortRun
{
	FluxSpillPlace *places;
	int place_count;
	int place_capacity;
	int place_next;        /* portion to read next */
	MemoryContext context; /* of the portion being read */
	FluxColumn *columns;   /* that portion */
	int row;               /* current row in it */
	int row_count;
} SortRun;

struct FluxRowSorter
{
	FluxOperator *op;
	MemoryContext context;     /* everything of the sorter */
	FluxKeptMemory memory;     /* rows in memory */
	MemoryContext out_context; /* the batch handed out last */
	const FluxTableHead *head;
	int *columns;
	int column_count;
	bool is_descending;
	bool is_radix; /* of columns without strings */
	FluxKeptColumn *kept;
	int row_count; /* in memory */
	int64 accounted_bytes;
	FluxColumn *views; /* of the rows in memory */
	int32 *order;      /* sorted permutation of them */
	int next;          /* in order[] */
	SortRun *runs;
	int run_count;
	int run_capacity;
	int portion_rows;
	int64 portion_bytes; /* of the largest one written */
	binaryheap *heap;    /* of run numbers; NULL when all is in memory */
};

FluxRowSorter *
flux_sorter_create(FluxOperator *op, const FluxTableHead *head, const int *columns,
				   int column_count, bool is_descending)
{
	MemoryContext context =
		AllocSetContextCreate(op->state_context, "Flux sort", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxRowSorter *sorter = palloc0(sizeof(FluxRowSorter));
	int64 fitting;

	sorter->op = op;
	sorter->context = context;
	sorter->memory.parent = context;
	fitting = op->exec->memory_limit_bytes / 16 / (Max(head->schema->count, 1) * sizeof(FluxText));
	sorter->portion_rows =
		(int) Max(FLUX_SORT_PORTION_ROWS_MIN, Min(fitting, FLUX_SORT_PORTION_ROWS));
	sorter->out_context =
		AllocSetContextCreate(context, "Flux sort output", ALLOCSET_DEFAULT_SIZES);
	sorter->head = flux_table_head_copy(head);
	sorter->columns = palloc(Max(column_count, 1) * sizeof(int));
	memcpy(sorter->columns, columns, column_count * sizeof(int));
	sorter->column_count = column_count;
	sorter->is_descending = is_descending;
	sorter->is_radix = true;
	for (int i = 0; i < column_count; i++)
		sorter->is_radix &= flux_radix_takes(head->schema->types[columns[i]]);
	sorter->kept = palloc0(Max(head->schema->count, 1) * sizeof(FluxKeptColumn));
	for (int i = 0; i < head->schema->count; i++)
		flux_kept_column_init(&sorter->kept[i], head->schema->types[i]);
	sorter->views = palloc0(Max(head->schema->count, 1) * sizeof(FluxColumn));
	MemoryContextSwitchTo(old);
	return sorter;
}

/* Order of two rows by one list of columns. */
static int
compare_rows(const FluxRowSorter *sorter, const FluxColumn *columns_a, int row_a,
			 const FluxColumn *columns_b, int row_b)
{
	for (int i = 0; i < sorter->column_count; i++)
	{
		const FluxColumn *a = &columns_a[sorter->columns[i]];
		const FluxColumn *b = &columns_b[sorter->columns[i]];
		int order = flux_column_compare_rows(a, row_a, b, row_b);

		if (order == 0)
			continue;
		if (sorter->is_descending && !flux_column_is_null(a, row_a) &&
			!flux_column_is_null(b, row_b))
			return -order;
		return order;
	}
	return 0;
}

static int
compare_order(const void *a, const void *b, void *argument)
{
	const FluxRowSorter *sorter = argument;
	int32 row_a = *(const int32 *) a;
	int32 row_b = *(const int32 *) b;
	int order;

	CHECK_FOR_INTERRUPTS();
	order = compare_rows(sorter, sorter->views, row_a, sorter->views, row_b);

	return order != 0 ? order : (row_a > row_b) - (row_a < row_b);
}

/* Sorts order[], in which the rows stand as they came. */
static void
sort_order(FluxRowSorter *sorter)
{
	if (!sorter->is_radix || sorter->row_count < FLUX_SORT_RADIX_ROWS_MIN)
	{
		qsort_arg(sorter->order, sorter->row_count, sizeof(int32), compare_order, sorter);
		return;
	}
	for (int i = sorter->column_count - 1; i >= 0; i--)
		flux_radix_sort(&sorter->views[sorter->columns[i]], sorter->is_descending, sorter->order,
						sorter->row_count);
}

/* Sorts the rows in memory: fills views and order. */
static void
sort_memory(FluxRowSorter *sorter)
{
	bool is_sorted = true;

	for (int i = 0; i < sorter->head->schema->count; i++)
		sorter->views[i] = flux_kept_column_view(&sorter->kept[i]);
	if (sorter->order != NULL)
		pfree(sorter->order);
	sorter->order =
		MemoryContextAllocHuge(sorter->context, Max(sorter->row_count, 1) * sizeof(int32));
	for (int i = 0; i < sorter->row_count; i++)
	{
		if (i % FLUX_SORT_PORTION_ROWS == 0)
			CHECK_FOR_INTERRUPTS();
		sorter->order[i] = i;
		if (is_sorted && i > 0 && compare_rows(sorter, sorter->views, i - 1, sorter->views, i) > 0)
			is_sorted = false;
	}
	CHECK_FOR_INTERRUPTS();
	if (!is_sorted)
		sort_order(sorter);
	CHECK_FOR_INTERRUPTS();
	sorter->next = 0;
}

/* A new run at the end of the list, with room for portions of that many rows. */
static SortRun *
add_run(FluxRowSorter *sorter, SortRun **runs, int *count, int *capacity, int64 row_count)
{
	SortRun *run;

	if (*count == *capacity)
	{
		*capacity = Max(*capacity * 2, 8);
		*runs = *runs == NULL ? MemoryContextAlloc(sorter->context, *capacity * sizeof(SortRun))
							  : repalloc(*runs, *capacity * sizeof(SortRun));
	}
	run = &(*runs)[(*count)++];
	memset(run, 0, sizeof(*run));
	run->place_capacity = (int) (row_count / sorter->portion_rows + 1);
	run->places =
		MemoryContextAllocHuge(sorter->context, run->place_capacity * sizeof(FluxSpillPlace));
	return run;
}

/* Writes one more portion of a run. */
static void
write_portion(FluxRowSorter *sorter, SortRun *run, const FluxColumn *columns, int row_count)
{
	FluxExec *exec = sorter->op->exec;
	int64 before = flux_spill_size(exec->spill_file);
	int64 bytes;

	run->places[run->place_count++] =
		flux_spill_write(exec->spill_file, columns, sorter->head->schema->count, row_count);
	bytes = flux_spill_size(exec->spill_file) - before;
	sorter->op->stats.spilled_bytes += bytes;
	sorter->portion_bytes = Max(sorter->portion_bytes, bytes);
}

/* Forgets the rows in memory. */
static void
clear_memory(FluxRowSorter *sorter)
{
	flux_kept_memory_reset(&sorter->memory);
	for (int i = 0; i < sorter->head->schema->count; i++)
		flux_kept_column_init(&sorter->kept[i], sorter->head->schema->types[i]);
	if (sorter->order != NULL)
		pfree(sorter->order);
	sorter->order = NULL;
	sorter->row_count = 0;
	sorter->op->exec->memory_used_bytes -= sorter->accounted_bytes;
	sorter->accounted_bytes = 0;
}

/* Sorts the rows in memory and writes them as a run. */
static void
write_run(FluxRowSorter *sorter)
{
	FluxExec *exec = sorter->op->exec;
	int column_count = sorter->head->schema->count;
	MemoryContext old = CurrentMemoryContext;
	SortRun *run;

	if (exec->spill_file == NULL)
	{
		MemoryContextSwitchTo(exec->context);
		exec->spill_file = flux_spill_create();
	}
	run = add_run(sorter, &sorter->runs, &sorter->run_count, &sorter->run_capacity,
				  sorter->row_count);
	sort_memory(sorter);
	MemoryContextSwitchTo(sorter->out_context);
	for (int first = 0; first < sorter->row_count; first += sorter->portion_rows)
	{
		int count = Min(sorter->portion_rows, sorter->row_count - first);
		FluxColumn *columns;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(sorter->out_context);
		columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
		for (int i = 0; i < column_count; i++)
		{
			CHECK_FOR_INTERRUPTS();
			columns[i] = flux_column_gather(&sorter->views[i], sorter->order + first, count);
		}
		write_portion(sorter, run, columns, count);
	}
	MemoryContextSwitchTo(old);
	clear_memory(sorter);
}

void
flux_sorter_append(FluxRowSorter *sorter, const FluxBatch *batch)
{
	FluxExec *exec = sorter->op->exec;
	int64 bytes;

	CHECK_FOR_INTERRUPTS();
	if (batch->row_count == 0)
		return;
	for (int i = 0; i < sorter->head->schema->count; i++)
		flux_kept_column_append(&sorter->kept[i], &sorter->memory, sorter->row_count,
								&batch->columns[i], 0, NULL, batch->row_count);
	sorter->row_count += batch->row_count;

	bytes = flux_kept_memory_size(&sorter->memory) +
			sorter->row_count * (sizeof(int32) + (sorter->is_radix ? FLUX_RADIX_ROW_BYTES : 0));
	exec->memory_used_bytes += bytes - sorter->accounted_bytes;
	sorter->accounted_bytes = bytes;
	exec->memory_peak_bytes = Max(exec->memory_peak_bytes, exec->memory_used_bytes);
	if (exec->memory_used_bytes > exec->memory_limit_bytes && bytes > exec->memory_limit_bytes / 4)
		write_run(sorter);
}

/* Reads a run's next portion; false at its end. */
static bool
run_read(FluxRowSorter *sorter, SortRun *run)
{
	const FluxSpillPlace *place;
	MemoryContext old;

	if (run->place_next == run->place_count)
		return false;
	place = &run->places[run->place_next++];
	if (run->context == NULL)
		run->context =
			AllocSetContextCreate(sorter->context, "Flux sort run", ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(run->context);
	old = MemoryContextSwitchTo(run->context);
	run->columns = palloc(Max(place->column_count, 1) * sizeof(FluxColumn));
	flux_spill_read(sorter->op->exec->spill_file, place, run->columns);
	MemoryContextSwitchTo(old);
	run->row = 0;
	run->row_count = place->row_count;
	return true;
}

/* binaryheap keeps the largest on top: the smallest row must compare largest. */
static int
compare_runs(Datum a, Datum b, void *argument)
{
	FluxRowSorter *sorter = argument;
	int run_a = DatumGetInt32(a);
	int run_b = DatumGetInt32(b);
	int order = compare_rows(sorter, sorter->runs[run_a].columns, sorter->runs[run_a].row,
							 sorter->runs[run_b].columns, sorter->runs[run_b].row);

	if (order == 0)
		order = run_a - run_b;
	return -order;
}

/* Opens runs [first, stop) for merging. */
static void
open_runs(FluxRowSorter *sorter, int first, int stop)
{
	MemoryContext old = MemoryContextSwitchTo(sorter->context);

	if (sorter->heap == NULL)
		sorter->heap = binaryheap_allocate(sorter->run_count, compare_runs, sorter);
	MemoryContextSwitchTo(old);
	binaryheap_reset(sorter->heap);
	for (int i = first; i < stop; i++)
	{
		if (run_read(sorter, &sorter->runs[i]))
			binaryheap_add_unordered(sorter->heap, Int32GetDatum(i));
	}
	binaryheap_build(sorter->heap);
}

/* The next rows of the open runs, in the current context. */
static bool
next_merged(FluxRowSorter *sorter, FluxBatch *batch)
{
	int column_count = sorter->head->schema->count;
	FluxColumnBuilder *builders = palloc(Max(column_count, 1) * sizeof(FluxColumnBuilder));
	FluxColumn *columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	int count = 0;

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < column_count; i++)
		flux_column_builder_init(&builders[i], sorter->head->schema->types[i],
								 CurrentMemoryContext);
	while (count < sorter->portion_rows && !binaryheap_empty(sorter->heap))
	{
		SortRun *run = &sorter->runs[DatumGetInt32(binaryheap_first(sorter->heap))];

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < column_count; i++)
			flux_column_builder_append_row(&builders[i], &run->columns[i], run->row);
		count++;
		run->row++;
		if (run->row < run->row_count || run_read(sorter, run))
			binaryheap_replace_first(sorter->heap, binaryheap_first(sorter->heap));
		else
			binaryheap_remove_first(sorter->heap);
	}
	for (int i = 0; i < column_count; i++)
		columns[i] = flux_column_builder_view(&builders[i]);
	batch->columns = columns;
	batch->row_count = count;
	return count > 0;
}

/* Merges runs [first, stop) into one of the list. */
static void
merge_runs(FluxRowSorter *sorter, int first, int stop, SortRun **runs, int *count, int *capacity)
{
	MemoryContext old = MemoryContextSwitchTo(sorter->out_context);
	int64 row_count = 0;
	SortRun *run;
	FluxBatch batch;

	for (int i = first; i < stop; i++)
		row_count += (int64) sorter->runs[i].place_count * sorter->portion_rows;
	run = add_run(sorter, runs, count, capacity, row_count);
	open_runs(sorter, first, stop);
	for (;;)
	{
		MemoryContextReset(sorter->out_context);
		if (!next_merged(sorter, &batch))
			break;
		write_portion(sorter, run, batch.columns, batch.row_count);
	}
	MemoryContextSwitchTo(old);
	for (int i = first; i < stop; i++)
	{
		pfree(sorter->runs[i].places);
		if (sorter->runs[i].context != NULL)
			MemoryContextDelete(sorter->runs[i].context);
	}
}

/* Merges neighbouring runs until no more are left than may be open at once. */
static void
reduce_runs(FluxRowSorter *sorter)
{
	int64 fitting = sorter->op->exec->memory_limit_bytes / 4 /
					(sorter->portion_bytes + sorter->portion_rows * 8 + 1);
	int most = (int) Max(FLUX_SORT_RUNS_MIN, Min(fitting, FLUX_SORT_RUNS_MAX));

	while (sorter->run_count > most)
	{
		SortRun *runs = NULL;
		int count = 0;
		int capacity = 0;

		for (int first = 0; first < sorter->run_count; first += most)
			merge_runs(sorter, first, Min(first + most, sorter->run_count), &runs, &count,
					   &capacity);
		pfree(sorter->runs);
		sorter->runs = runs;
		sorter->run_count = count;
		sorter->run_capacity = capacity;
	}
}

void
flux_sorter_finish(FluxRowSorter *sorter)
{
	if (sorter->run_count == 0)
	{
		sort_memory(sorter);
		return;
	}
	if (sorter->row_count > 0)
		write_run(sorter);
	reduce_runs(sorter);
	open_runs(sorter, 0, sorter->run_count);
}

bool
flux_sorter_next(FluxRowSorter *sorter, FluxBatch *batch)
{
	int column_count = sorter->head->schema->count;
	MemoryContext old;
	bool has_rows;

	MemoryContextReset(sorter->out_context);
	old = MemoryContextSwitchTo(sorter->out_context);
	batch->head = sorter->head;
	if (sorter->heap != NULL)
		has_rows = next_merged(sorter, batch);
	else
	{
		FluxColumn *columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));

		batch->row_count = Min(sorter->portion_rows, sorter->row_count - sorter->next);
		for (int i = 0; i < column_count; i++)
		{
			CHECK_FOR_INTERRUPTS();
			columns[i] = flux_column_gather(&sorter->views[i], sorter->order + sorter->next,
											batch->row_count);
		}
		batch->columns = columns;
		sorter->next += batch->row_count;
		has_rows = batch->row_count > 0;
	}
	MemoryContextSwitchTo(old);
	return has_rows;
}

void
flux_sorter_destroy(FluxRowSorter *sorter)
{
	sorter->op->exec->memory_used_bytes -= sorter->accounted_bytes;
	MemoryContextDelete(sorter->context);
}
