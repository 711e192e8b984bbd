/*
 * sort_rows.h
 *		Sorts the rows of one table, in memory or by merging runs on disk.
 */
#ifndef FLUX_SORT_ROWS_H
#define FLUX_SORT_ROWS_H

#include "execute/operator.h"

typedef struct FluxRowSorter FluxRowSorter;

/*
 * Sorts by columns (positions in the schema), stable, nulls first whatever the
 * direction.  Memory counts against the run; what does not fit goes to disk.
 */
extern FluxRowSorter *flux_sorter_create(FluxOperator *op, const FluxTableHead *head,
										 const int *columns, int column_count, bool is_descending);

/* Batches have the head's schema. */
extern void flux_sorter_append(FluxRowSorter *sorter, const FluxBatch *batch);

/* No more rows. */
extern void flux_sorter_finish(FluxRowSorter *sorter);

/* The next sorted rows, at most FLUX_BATCH_ROWS; valid until the next call. */
extern bool flux_sorter_next(FluxRowSorter *sorter, FluxBatch *batch);
extern void flux_sorter_destroy(FluxRowSorter *sorter);

#endif /* FLUX_SORT_ROWS_H */
