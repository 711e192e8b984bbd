/*
 * exec_program.h
 *		Row functions compiled to programs over column vectors.
 */
#ifndef FLUX_EXEC_PROGRAM_H
#define FLUX_EXEC_PROGRAM_H

#include "evaluate/evaluator.h"
#include "execute/row_function.h"

typedef struct FluxProgram FluxProgram;

/*
 * Compiles a function for rows of one schema; NULL when it holds something
 * that only the tree evaluator can do.  Lives in the current memory context.
 * "op" gives errors their place.
 */
extern FluxProgram *flux_program_compile(FluxOperator *op, const FluxFunction *function,
										 FluxText row_parameter, const FluxSchema *schema);

/* Does the program give a record ({...} or {r with ...})? */
extern bool flux_program_gives_record(const FluxProgram *program);

/*
 * True when the record is {r with ...} and no label of the key is among those
 * it sets: the output then has the input's key.
 */
extern bool flux_program_keeps_key(const FluxProgram *program, const FluxGroupKey *key);

/* Evaluates a batch; result in the current memory context. */
extern void flux_program_run(FluxProgram *program, const FluxBatch *batch, FluxColumn *result);
extern void flux_program_run_records(FluxProgram *program, const FluxBatch *batch,
									 FluxRowRecords *records);

#endif							/* FLUX_EXEC_PROGRAM_H */
