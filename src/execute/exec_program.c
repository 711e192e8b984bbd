/*
 * exec_program.c
 *		Row functions compiled to programs over column vectors.
 */
#include "postgres.h"

#include "execute/exec_program.h"

struct FluxProgram
{
	bool		gives_record;
};

FluxProgram *
flux_program_compile(FluxOperator *op, const FluxFunction *function, const FluxText *names,
					 const FluxSchema *const *schemas, int row_parameter_count)
{
	return NULL;
}

bool
flux_program_gives_record(const FluxProgram *program)
{
	return program->gives_record;
}

bool
flux_program_keeps_key(const FluxProgram *program, const FluxGroupKey *key)
{
	return false;
}

void
flux_program_run(FluxProgram *program, const FluxColumn *columns, int row_count,
				 FluxColumn *result)
{
}

void
flux_program_run_records(FluxProgram *program, const FluxColumn *columns, int row_count,
						 FluxRowRecords *records)
{
}
