/*
 * pivot_grid.h
 *		One pivoted table in memory: rows by rowKey, a column per label.
 *
 * Cells arrive as rows of the collected form (see op_pivot.c), whose first
 * columns are those of the key and the rowKey: the fixed ones.
 */
#ifndef FLUX_PIVOT_GRID_H
#define FLUX_PIVOT_GRID_H

#include "execute/operator.h"

/* Labels of the collected form's other columns; no script can make them. */
#define FLUX_PIVOT_LABEL "\001label"
#define FLUX_PIVOT_TYPE "\001type"

/* And of its column for cells of a type. */
extern FluxText flux_pivot_value_label(FluxColumnType type);

typedef struct FluxPivotGrid FluxPivotGrid;

/* An empty one, of cells with the collected form "head". */
extern FluxPivotGrid *flux_pivot_grid_create(FluxOperator *op, const FluxTableHead *head,
											 const FluxText *row_key, int row_key_count);
extern void flux_pivot_grid_destroy(FluxPivotGrid *grid);

/* The collected form it was made with, and whether one has the same fixed columns. */
extern const FluxTableHead *flux_pivot_grid_head(const FluxPivotGrid *grid);
extern bool flux_pivot_grid_takes(const FluxPivotGrid *grid, const FluxSchema *schema);

/* Position of a label's column, made when new; raises where labels or types clash. */
extern int flux_pivot_grid_column(FluxPivotGrid *grid, FluxText label, FluxColumnType type);

/*
 * Adds cells to a column: rows [first, first + count) of "cells", under the
 * rowKeys in the same rows of "fixed".  A later cell replaces an earlier one.
 */
extern void flux_pivot_grid_add(FluxPivotGrid *grid, int column, const FluxColumn *fixed,
								const FluxColumn *cells, int first, int count);

/* Does a row have the rowKey of the last one? */
extern bool flux_pivot_grid_is_last_row(const FluxPivotGrid *grid, const FluxColumn *fixed,
										int row);

extern int flux_pivot_grid_row_count(const FluxPivotGrid *grid);

/* Positions of the fixed columns that tell rows apart; returns their number. */
extern int flux_pivot_grid_row_key(const FluxPivotGrid *grid, const int **positions);

/* Counts its memory, and says whether the run has no more. */
extern bool flux_pivot_grid_outgrows(FluxPivotGrid *grid);

/* For who hands on its rows now and then: whether it is time to. */
extern bool flux_pivot_grid_is_full(const FluxPivotGrid *grid);

/* The table so far, its columns with room for "spare" more; in the current context. */
extern FluxSchema *flux_pivot_grid_schema(const FluxPivotGrid *grid);
extern int flux_pivot_grid_column_count(const FluxPivotGrid *grid);
extern FluxColumn *flux_pivot_grid_columns(FluxPivotGrid *grid, int spare);

/* Forgets the rows and keeps the columns. */
extern void flux_pivot_grid_clear_rows(FluxPivotGrid *grid);

/* Emits the table; false, with nothing emitted, where its nulls would outgrow memory. */
extern bool flux_pivot_grid_emit(FluxPivotGrid *grid);

/* Appends its cells in the collected form: pivoted again, they give the same table. */
extern void flux_pivot_grid_unfold(FluxPivotGrid *grid, FluxTableBuffer *buffer);

#endif /* FLUX_PIVOT_GRID_H */
