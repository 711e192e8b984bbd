/*
 * exec_program.c
 *		Row functions as programs over column vectors.
 *
 * A program is a tree of typed nodes over the columns of the row parameters,
 * which exec_compile.c makes of a function.
 *
 * Evaluation goes node by node over a whole batch.  Rows that the language
 * would not have evaluated (behind a false "and", in the branch not taken) are
 * computed along, but cannot raise errors: they are not "active".
 *
 * Library functions are called as the tree evaluator calls them, so that their
 * answers and errors are the same, but without scopes, records of rows or
 * lookups of names for each row.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "execute/exec_kernel.h"
#include "execute/operator_util.h"
#include "execute/program_tree.h"

/* ---- what is known of it ---- */

bool
flux_program_gives_record(const FluxProgram *program)
{
	return program->value == NULL;
}

const FluxSchema *
flux_program_schema(const FluxProgram *program)
{
	return program->schema;
}

bool
flux_program_keeps_key(const FluxProgram *program, const FluxGroupKey *key)
{
	if (program->value != NULL || !program->is_with)
		return false;
	for (int i = 0; i < key->count; i++)
	{
		bool is_kept = false;

		for (int j = 0; j < program->member_count && !is_kept; j++)
			is_kept = program->members[j].is_copied &&
					  flux_text_equal(program->members[j].label, key->labels[i]);
		if (!is_kept)
			return false;
	}
	return true;
}

/* ---- evaluating ---- */

typedef struct Run
{
	FluxProgram *program;
	const FluxColumn *columns;
	FluxColumn *variables;
	int row_count;
} Run;

static FluxColumn evaluate(const Run *run, const FluxProgramNode *node, const bool *active);

/* The right side is evaluated only where the left one leaves it open. */
static FluxColumn
evaluate_logical(const Run *run, const FluxProgramNode *node, const FluxKernelRows *rows)
{
	FluxColumn left = evaluate(run, node->children[0], rows->active);
	FluxColumn right;
	const bool *mask;

	if (!flux_kernel_mask(rows, &left, !node->flag, &mask))
	{
		/* decided everywhere that counts: as if the right side were false */
		FluxValue no = flux_value_bool(false);

		right = flux_column_of_value(FLUX_COLUMN_BOOL, no);
	}
	else
		right = evaluate(run, node->children[1], mask);
	return flux_kernel_logical(rows, node->flag, &left, &right);
}

static FluxColumn
evaluate_conditional(const Run *run, const FluxProgramNode *node, const FluxKernelRows *rows)
{
	FluxColumn test = evaluate(run, node->children[0], rows->active);
	FluxColumn branches[2];
	bool is_needed[2];

	for (int i = 0; i < 2; i++)
	{
		const bool *mask;

		is_needed[i] = flux_kernel_mask(rows, &test, i == 1, &mask);
		if (is_needed[i])
			branches[i] = evaluate(run, node->children[i + 1], mask);
	}
	if (!is_needed[0] && !is_needed[1])
		return flux_column_constant_null(node->type);
	return flux_kernel_choose(rows, &test, is_needed[0] ? &branches[0] : NULL,
							  is_needed[1] ? &branches[1] : NULL);
}

static FluxColumn
evaluate_interpolation(const Run *run, const FluxProgramNode *node, const FluxKernelRows *rows)
{
	FluxColumn *parts = palloc(Max(node->child_count, 1) * sizeof(FluxColumn));
	FluxSpan *spans = palloc(Max(node->child_count, 1) * sizeof(FluxSpan));

	for (int i = 0; i < node->child_count; i++)
	{
		parts[i] = evaluate(run, node->children[i], rows->active);
		spans[i] = flux_program_place(run->program, node->children[i]);
	}
	return flux_kernel_interpolate(rows, parts, spans, node->child_count);
}

/* Rows between looks at interrupts: some functions work on long texts. */
#define FLUX_CALLS_PER_LOOK 64

/* Calls a library function for each row that counts. */
static FluxColumn
evaluate_call(const Run *run, const FluxProgramNode *node, const FluxKernelRows *rows)
{
	FluxProgramCall *own = node->call;
	FluxColumn *arguments = palloc(Max(node->child_count, 1) * sizeof(FluxColumn));
	FluxCall call = {
		.evaluator = run->program->evaluator,
		.builtin = own->builtin,
		.source = rows->source,
		.span = rows->span,
		.arguments = &own->arguments,
		.is_row_function = true,
	};
	FluxColumnBuilder builder;
	bool is_constant = rows->active == NULL;
	FluxColumn result;

	for (int i = 0; i < node->child_count; i++)
	{
		arguments[i] = evaluate(run, node->children[i], rows->active);
		is_constant = is_constant && arguments[i].is_constant;
	}
	flux_column_builder_init(&builder, node->type, CurrentMemoryContext);
	flux_column_builder_reserve(&builder, is_constant ? 1 : rows->row_count);
	for (int row = 0; row < (is_constant ? Min(rows->row_count, 1) : rows->row_count); row++)
	{
		FluxValue value = {.is_null = true};

		if (row % FLUX_CALLS_PER_LOOK == 0)
			CHECK_FOR_INTERRUPTS();
		if (rows->active == NULL || rows->active[row])
		{
			for (int i = 0; i < node->child_count; i++)
				own->values[own->places[i]] = flux_value_from_column(&arguments[i], row);
			value = own->builtin->function(&call);
		}
		if (value.is_null)
			flux_column_builder_append_null(&builder);
		else if (value.kind != (FluxKind) node->type)
			elog(ERROR, "\"%s\" gives a value of type %s", own->builtin->name,
				 flux_kind_name(value.kind));
		else
			flux_value_append_to(&builder, value);
	}
	result = flux_column_builder_view(&builder);
	result.is_constant = is_constant && rows->row_count > 0;
	return result;
}

static FluxColumn
evaluate(const Run *run, const FluxProgramNode *node, const bool *active)
{
	FluxKernelRows rows = {run->row_count, active, run->program->source,
						   flux_program_place(run->program, node)};
	FluxColumn first;
	FluxColumn second;

	check_stack_depth();
	switch (node->kind)
	{
		case FLUX_NODE_COLUMN:
			return run->columns[node->index];
		case FLUX_NODE_CONSTANT:
		case FLUX_NODE_NULL:
			return node->constant;
		case FLUX_NODE_VARIABLE:
			return run->variables[node->index];
		case FLUX_NODE_LOGICAL:
			return evaluate_logical(run, node, &rows);
		case FLUX_NODE_CONDITIONAL:
			return evaluate_conditional(run, node, &rows);
		case FLUX_NODE_INTERPOLATE:
			return evaluate_interpolation(run, node, &rows);
		case FLUX_NODE_CALL:
			return evaluate_call(run, node, &rows);
		default:
			break;
	}

	first = evaluate(run, node->children[0], active);
	switch (node->kind)
	{
		case FLUX_NODE_ARITHMETIC:
			second = evaluate(run, node->children[1], active);
			return flux_kernel_arithmetic(&rows, node->op, &first, &second);
		case FLUX_NODE_COMPARE:
			second = evaluate(run, node->children[1], active);
			return flux_kernel_compare(&rows, node->op, &first, &second);
		case FLUX_NODE_MATCH:
			return flux_kernel_match(&rows, &first, node->regexp, node->flag);
		case FLUX_NODE_NEGATE:
			return flux_kernel_negate(&rows, &first);
		case FLUX_NODE_NOT:
			return flux_kernel_not(&rows, &first);
		case FLUX_NODE_EXISTS:
			return flux_kernel_exists(&rows, &first);
		case FLUX_NODE_CONVERT:
			return flux_kernel_convert(&rows, node->type, &first);
		default:
			elog(ERROR, "unexpected program node %d", (int) node->kind);
	}
}

/* Evaluates the block's variables, in order. */
static void
run_variables(Run *run)
{
	run->variables = palloc(Max(run->program->variable_count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < run->program->variable_count; i++)
	{
		if (run->program->variables[i]->type != 0)
			run->variables[i] = evaluate(run, run->program->variables[i], NULL);
	}
}

void
flux_program_run(FluxProgram *program, const FluxColumn *columns, int row_count, FluxColumn *result)
{
	Run run = {.program = program, .columns = columns, .row_count = row_count};

	run_variables(&run);
	*result = evaluate(&run, program->value, NULL);
}

void
flux_program_run_records(FluxProgram *program, const FluxColumn *columns, int row_count,
						 FluxRowRecords *records)
{
	Run run = {.program = program, .columns = columns, .row_count = row_count};

	run_variables(&run);
	records->schema = program->schema;
	records->columns = palloc(Max(program->member_count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < program->member_count; i++)
		records->columns[i] = evaluate(&run, program->members[i].node, NULL);
}
