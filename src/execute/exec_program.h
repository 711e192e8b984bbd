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
 * Compiles a function whose row parameters have the given names and schemas;
 * NULL when it holds something that only the tree evaluator can do.  Lives in
 * the current memory context, with the schemas.  "op" gives errors their place.
 */
extern FluxProgram *flux_program_compile(FluxOperator *op, const FluxFunction *function,
										 const FluxText *names, const FluxSchema *const *schemas,
										 int row_parameter_count);

/* Does the program give a record ({...} or {r with ...})? */
extern bool flux_program_gives_record(const FluxProgram *program);
extern const FluxSchema *flux_program_schema(const FluxProgram *program); /* of the records */

/*
 * True when the record is {r with ...} and no label of the key is among those
 * it sets: the output then has the input's key.
 */
extern bool flux_program_keeps_key(const FluxProgram *program, const FluxGroupKey *key);

/*
 * Evaluates rows; "columns" are those of all row parameters, one after the
 * other.  Results in the current memory context.
 */
extern void flux_program_run(FluxProgram *program, const FluxColumn *columns, int row_count,
							 FluxColumn *result);
extern void flux_program_run_records(FluxProgram *program, const FluxColumn *columns, int row_count,
									 FluxRowRecords *records);

#endif /* FLUX_EXEC_PROGRAM_H */
