/*
 * row_function.h
 *		Lambdas over rows: filter, map, reduce, stateTracking, join, pivot ...
 *
 * A row function is bound once per table schema and then evaluated a batch at
 * a time.  Two evaluators give the same answers: a compiled vector program
 * (exec_program.c) where the lambda allows it, and the tree evaluator of
 * evaluate/, the reference.  fluxtask.vectorize = off forces the reference.
 */
#ifndef FLUX_ROW_FUNCTION_H
#define FLUX_ROW_FUNCTION_H

#include "evaluate/evaluator.h"
#include "execute/operator.h"

typedef struct FluxRowFunction FluxRowFunction;

/*
 * Prepares a function whose parameter "row_parameter" (usually "r") is a row;
 * lives in op->state_context.  Raises when the function has no such parameter
 * or needs others.
 */
extern FluxRowFunction *flux_row_function_create(FluxOperator *op, const FluxFunction *function,
												 const char *row_parameter);

/* The same for a function of two rows: join's (l, r) and such. */
extern FluxRowFunction *flux_row_function_create_pair(FluxOperator *op,
													  const FluxFunction *function,
													  const char *left, const char *right);

/* Call at each begin_table, or whenever the rows' columns change. */
extern void flux_row_function_bind(FluxRowFunction *function, const FluxTableHead *head);
extern void flux_row_function_bind_pair(FluxRowFunction *function, const FluxSchema *left,
										const FluxSchema *right);

/*
 * Evaluates a predicate: fills rows[] with the positions where it is true
 * (null is false) and returns how many. rows has batch->row_count slots.
 */
extern int flux_row_function_select(FluxRowFunction *function, const FluxBatch *batch, int32 *rows);

/*
 * Evaluates to one value per row, in the current context.  values has
 * batch->row_count slots; records hold FLUX_KIND_RECORD values.
 */
extern void flux_row_function_values(FluxRowFunction *function, const FluxBatch *batch,
									 FluxValue *values);

/*
 * Evaluates a function returning records to columns: labels sorted, types
 * fixed by the first row (map's rule; missing = untyped null there, which makes
 * no column).  Raises when a later row does not fit.  Columns in the current
 * context.
 */
typedef struct FluxRowRecords
{
	FluxSchema *schema;
	FluxColumn *columns;
} FluxRowRecords;

extern void flux_row_function_records(FluxRowFunction *function, const FluxBatch *batch,
									  FluxRowRecords *records);

/* For a function of two rows: row i is made of the i-th row of either side. */
extern void flux_row_function_pair_records(FluxRowFunction *function, const FluxColumn *left,
										   const FluxColumn *right, int row_count,
										   FluxRowRecords *records);

/*
 * True when it is known beforehand that the records keep all columns of the
 * bound table ({r with ...}), the key's with their values, and have the same
 * columns in every row.
 */
extern bool flux_row_function_keeps_key(const FluxRowFunction *function, const FluxGroupKey *key);

/* One row of a batch as a record value (current context). */
extern FluxValue flux_batch_row_record(const FluxBatch *batch, int row);

#endif /* FLUX_ROW_FUNCTION_H */
