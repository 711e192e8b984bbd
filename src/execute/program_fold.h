/*
 * program_fold.h
 *		A program run row after row, each given the record that the one before
 *		came to: what reduce() does.
 */
#ifndef FLUX_PROGRAM_FOLD_H
#define FLUX_PROGRAM_FOLD_H

#include "execute/exec_program.h"

typedef struct FluxFold FluxFold;

/*
 * Compiles fn(r, accumulator) for rows of a schema and a record like this one.
 * NULL when only the tree evaluator can do it, or where a record would have to
 * keep strings, or its type would change.  Lives in the current memory context,
 * with the schema.
 */
extern FluxFold *flux_fold_create(FluxOperator *op, const FluxFunction *function,
								  const FluxSchema *schema, const FluxRecord *record);

/* Takes all rows; record[] are the members' values, in the order of the record given before. */
extern void flux_fold_rows(FluxFold *fold, const FluxColumn *columns, int row_count,
						   FluxValue *record);

#endif /* FLUX_PROGRAM_FOLD_H */
