/*
 * pivot_table.h
 *		Builds one pivoted table out of collected cells.
 */
#ifndef FLUX_PIVOT_TABLE_H
#define FLUX_PIVOT_TABLE_H

#include "execute/pivot_grid.h"

/*
 * Adds collected cells to a grid; false when it outgrows memory then.  *taken says
 * how many of their rows are in it: the grid takes no more.
 */
extern bool flux_pivot_add_cells(FluxPivotGrid *grid, const FluxBatch *cells, int *taken);

/*
 * Emits the pivoted table of the collected rows in "buffer": columns that come
 * before FLUX_PIVOT_LABEL, then one per label.
 */
extern void flux_pivot_table(FluxOperator *op, FluxTableBuffer *buffer, const FluxText *row_key,
							 int row_key_count);

#endif /* FLUX_PIVOT_TABLE_H */
