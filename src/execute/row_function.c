/*
 * row_function.c
 *		Lambdas over rows, one row at a time or a batch at a time.
 *
 * The tree evaluator sees each row as a record value.  The record's keys are
 * made once per table; only the values change from row to row.  Rows are
 * evaluated in a context of their own, reset every so often, so what the
 * caller keeps is copied into the caller's context.
 *
 * flux_function_call() is told that it evaluates a row function, which makes
 * absent members null and gives null logic its row-function form.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_program.h"
#include "execute/exec_run.h"
#include "execute/row_function.h"
#include "guc.h"

/* Rows between two resets of the evaluation context. */
#define FLUX_ROWS_PER_RESET 128

struct FluxRowFunction
{
	FluxOperator *op;
	const FluxFunction *function;
	FluxText	row_parameter;
	MemoryContext row_context;	/* reset while evaluating */
	MemoryContext bind_context; /* of the bound table */
	FluxProgram *program;		/* for the bound schema, NULL when not compilable */
	bool		is_vectorized;	/* run the program, do not only look at it */
	FluxRecord	arguments;		/* { row_parameter: row } */
	FluxValue	argument;
	FluxRecord	row;			/* of the bound schema */
	FluxValue  *row_values;
};

/*
 * Checks that the function takes the row, and nothing else that must be given.
 */
static void
check_parameters(FluxOperator *op, const FluxFunction *function, FluxText row_parameter)
{
	const FluxParameter *parameters;
	int			count = flux_function_parameters(function, &parameters);
	bool		has_row = false;

	for (int i = 0; i < count; i++)
	{
		if (flux_text_equal(parameters[i].name, row_parameter))
			has_row = true;
		else if (!parameters[i].is_optional)
			flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
								"function has a required parameter \"%.*s\" that nothing is given for",
								parameters[i].name.size, parameters[i].name.data);
	}
	if (!has_row)
		flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
							"function must have the parameter \"%.*s\"",
							row_parameter.size, row_parameter.data);
}

FluxRowFunction *
flux_row_function_create(FluxOperator *op, const FluxFunction *function, const char *row_parameter)
{
	MemoryContext old = MemoryContextSwitchTo(op->state_context);
	FluxRowFunction *row_function = palloc0(sizeof(FluxRowFunction));

	row_function->op = op;
	row_function->function = function;
	row_function->row_parameter = flux_text_from_cstring(row_parameter);
	check_parameters(op, function, row_function->row_parameter);
	row_function->row_context = AllocSetContextCreate(op->state_context, "Flux row",
													  ALLOCSET_DEFAULT_SIZES);
	row_function->bind_context = AllocSetContextCreate(op->state_context, "Flux row function",
													   ALLOCSET_SMALL_SIZES);
	row_function->arguments.count = 1;
	row_function->arguments.keys = &row_function->row_parameter;
	row_function->arguments.values = &row_function->argument;
	row_function->argument.kind = FLUX_KIND_RECORD;
	row_function->argument.as.record = &row_function->row;
	MemoryContextSwitchTo(old);
	return row_function;
}

void
flux_row_function_bind(FluxRowFunction *function, const FluxTableHead *head)
{
	MemoryContext old;
	FluxSchema *schema;

	MemoryContextReset(function->bind_context);
	old = MemoryContextSwitchTo(function->bind_context);
	schema = flux_schema_copy(head->schema, 0);
	function->row_values = palloc0(Max(schema->count, 1) * sizeof(FluxValue));
	function->row.count = schema->count;
	function->row.keys = schema->labels;
	function->row.values = function->row_values;
	function->program = flux_program_compile(function->op, function->function,
											 function->row_parameter, schema);
	function->is_vectorized = function->program != NULL && flux_guc_vectorize;
	MemoryContextSwitchTo(old);
}

/* Makes the row the current argument. */
static void
set_row(FluxRowFunction *function, const FluxBatch *batch, int row)
{
	for (int i = 0; i < function->row.count; i++)
		function->row_values[i] = flux_value_from_column(&batch->columns[i], row);
}

/* The function's value for one row, in the current context. */
static FluxValue
call_row(FluxRowFunction *function, const FluxBatch *batch, int row)
{
	set_row(function, batch, row);
	return flux_function_call(function->op->exec->evaluator, function->function,
							  &function->arguments, true);
}

/* ---- predicates ---- */

static bool
predicate_holds(FluxRowFunction *function, FluxValue value)
{
	if (value.is_null || value.kind == FLUX_KIND_INVALID)
		return false;
	if (value.kind != FLUX_KIND_BOOL)
		flux_operator_raise(function->op, ERRCODE_DATATYPE_MISMATCH,
							"predicate gives a value of type %s instead of bool",
							flux_kind_name(value.kind));
	return value.as.boolean;
}

int
flux_row_function_select(FluxRowFunction *function, const FluxBatch *batch, int32 *rows)
{
	MemoryContext old;
	int			count = 0;

	if (function->is_vectorized && !flux_program_gives_record(function->program))
	{
		FluxColumn	result;

		flux_program_run(function->program, batch, &result);
		if (result.type != FLUX_COLUMN_BOOL)
			flux_operator_raise(function->op, ERRCODE_DATATYPE_MISMATCH,
								"predicate gives a value of type %s instead of bool",
								flux_column_type_name(result.type));
		for (int row = 0; row < batch->row_count; row++)
		{
			int			i = flux_column_index(&result, row);

			if (result.values.booleans[i] && !(result.nulls != NULL && result.nulls[i]))
				rows[count++] = row;
		}
		return count;
	}

	old = MemoryContextSwitchTo(function->row_context);
	for (int row = 0; row < batch->row_count; row++)
	{
		if (row % FLUX_ROWS_PER_RESET == 0)
		{
			MemoryContextReset(function->row_context);
			CHECK_FOR_INTERRUPTS();
		}
		if (predicate_holds(function, call_row(function, batch, row)))
			rows[count++] = row;
	}
	MemoryContextReset(function->row_context);
	MemoryContextSwitchTo(old);
	return count;
}

/* ---- values ---- */

/* Copies what a row's evaluation made, so that the row context can be reset. */
void
flux_row_function_values(FluxRowFunction *function, const FluxBatch *batch, FluxValue *values)
{
	MemoryContext caller = CurrentMemoryContext;

	for (int row = 0; row < batch->row_count; row++)
	{
		FluxValue	value;

		if (row % FLUX_ROWS_PER_RESET == 0)
		{
			MemoryContextReset(function->row_context);
			CHECK_FOR_INTERRUPTS();
		}
		MemoryContextSwitchTo(function->row_context);
		value = call_row(function, batch, row);
		MemoryContextSwitchTo(caller);
		values[row] = flux_value_copy(value);
	}
	MemoryContextReset(function->row_context);
}

/* ---- records ---- */

/* Positions of a record's keys in label order. */
static int *
sort_keys(const FluxRecord *record)
{
	int		   *sorted = palloc(Max(record->count, 1) * sizeof(int));

	flux_group_key_sort_labels(record->keys, record->count, sorted);
	return sorted;
}

/*
 * The schema that the first row's record gives: members that are untyped nulls
 * make no column.
 */
static FluxSchema *
schema_of_record(FluxRowFunction *function, const FluxRecord *record)
{
	FluxSchema *schema = flux_schema_create(record->count);
	int		   *sorted = sort_keys(record);

	for (int i = 0; i < record->count; i++)
	{
		const FluxValue *value = &record->values[sorted[i]];
		FluxText	label = record->keys[sorted[i]];

		if (value->kind == FLUX_KIND_INVALID)
			continue;
		if (!flux_kind_is_column_type(value->kind))
			flux_operator_raise(function->op, ERRCODE_DATATYPE_MISMATCH,
								"map object property \"%.*s\" is %s type which is not supported in a flux table",
								label.size, label.data, flux_kind_name(value->kind));
		flux_schema_add(schema, flux_text_copy(label), (FluxColumnType) value->kind);
	}
	return schema;
}

static const FluxRecord *
expect_record(FluxRowFunction *function, FluxValue value)
{
	if (value.kind != FLUX_KIND_RECORD || value.is_null)
		flux_operator_raise(function->op, ERRCODE_DATATYPE_MISMATCH,
							"function gives a value of type %s instead of a record",
							flux_kind_name(value.kind));
	return value.as.record;
}

/*
 * Appends one record's members to the columns.  Almost always record follows
 * record with the same keys in the same order; slots[] remembers where the
 * column of the last record's member was.
 */
static void
append_record(FluxRowFunction *function, const FluxSchema *schema, FluxColumnBuilder *builders,
			  const FluxRecord *record, int *slots)
{
	for (int i = 0; i < schema->count; i++)
	{
		FluxText	label = schema->labels[i];
		const FluxValue *value = NULL;

		if (slots[i] < record->count && flux_text_equal(record->keys[slots[i]], label))
			value = &record->values[slots[i]];
		else
		{
			for (int j = 0; j < record->count && value == NULL; j++)
			{
				if (flux_text_equal(record->keys[j], label))
				{
					value = &record->values[j];
					slots[i] = j;
				}
			}
		}
		if (value == NULL || value->is_null || value->kind == FLUX_KIND_INVALID)
			flux_column_builder_append_null(&builders[i]);
		else if (value->kind != (FluxKind) schema->types[i])
			flux_operator_raise(function->op, ERRCODE_DATATYPE_MISMATCH,
								"map regroups cannot hold column \"%.*s\": it is of type %s in the first row and %s in another",
								label.size, label.data,
								flux_column_type_name(schema->types[i]),
								flux_kind_name(value->kind));
		else
			flux_value_append_to(&builders[i], *value);
	}
}

void
flux_row_function_records(FluxRowFunction *function, const FluxBatch *batch,
						  FluxRowRecords *records)
{
	MemoryContext caller = CurrentMemoryContext;
	FluxColumnBuilder *builders = NULL;
	int		   *slots = NULL;

	if (function->is_vectorized && flux_program_gives_record(function->program))
	{
		flux_program_run_records(function->program, batch, records);
		return;
	}

	records->schema = NULL;
	for (int row = 0; row < batch->row_count; row++)
	{
		const FluxRecord *record;

		if (row % FLUX_ROWS_PER_RESET == 0)
		{
			MemoryContextReset(function->row_context);
			CHECK_FOR_INTERRUPTS();
		}
		MemoryContextSwitchTo(function->row_context);
		record = expect_record(function, call_row(function, batch, row));
		MemoryContextSwitchTo(caller);
		if (row == 0)
		{
			records->schema = schema_of_record(function, record);
			builders = palloc(Max(records->schema->count, 1) * sizeof(FluxColumnBuilder));
			slots = palloc0(Max(records->schema->count, 1) * sizeof(int));
			for (int i = 0; i < records->schema->count; i++)
				flux_column_builder_init(&builders[i], records->schema->types[i], caller);
		}
		append_record(function, records->schema, builders, record, slots);
	}
	MemoryContextReset(function->row_context);

	if (records->schema == NULL)
		records->schema = flux_schema_create(0);
	records->columns = palloc(Max(records->schema->count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < records->schema->count; i++)
		records->columns[i] = flux_column_builder_view(&builders[i]);
}

bool
flux_row_function_keeps_key(const FluxRowFunction *function, const FluxGroupKey *key)
{
	return function->program != NULL && flux_program_keeps_key(function->program, key);
}

FluxValue
flux_batch_row_record(const FluxBatch *batch, int row)
{
	const FluxSchema *schema = batch->head->schema;
	FluxValue  *values = palloc(Max(schema->count, 1) * sizeof(FluxValue));

	for (int i = 0; i < schema->count; i++)
		values[i] = flux_value_from_column(&batch->columns[i], row);
	return flux_value_record(schema->labels, values, schema->count);
}
