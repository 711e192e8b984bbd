/*
 * row_function.c
 *		Lambdas over rows, one row at a time or a batch at a time.
 *
 * The tree evaluator sees each row as a record value.  The record's keys are
 * made once per table; only the values change from row to row.  Rows are
 * evaluated in a context of their own, reset every so often, so what the
 * caller keeps is copied into the caller's context.
 *
 * flux_row_function_call() is told that it evaluates a row function, which makes
 * absent members null and gives null logic its row-function form.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_program.h"
#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "execute/row_function.h"
#include "guc.h"

#define FLUX_ROW_PARAMETERS_MAX 2

/* Rows between two resets of the evaluation context. */
#define FLUX_ROWS_PER_RESET 128

struct FluxRowFunction
{
	FluxOperator *op;
	const FluxFunction *function;
	int row_count; /* of row parameters: 1 or 2 */
	FluxText names[FLUX_ROW_PARAMETERS_MAX];
	MemoryContext row_context;  /* reset while evaluating */
	MemoryContext bind_context; /* of the bound table */
	FluxProgram *program;       /* for the bound schemas, NULL when not compilable */
	bool is_vectorized;         /* run the program, do not only look at it */
	FluxRecord arguments;       /* { name: row, ... } */
	FluxValue argument_values[FLUX_ROW_PARAMETERS_MAX];
	FluxRecord rows[FLUX_ROW_PARAMETERS_MAX]; /* of the bound schemas */
	FluxValue *row_values[FLUX_ROW_PARAMETERS_MAX];
};

/*
 * Checks that the function takes the rows, and nothing else that must be given.
 */
static void
check_parameters(FluxRowFunction *function)
{
	const FluxParameter *parameters;
	int count = flux_function_parameters(function->function, &parameters);

	for (int i = 0; i < count; i++)
	{
		if (!flux_texts_contain(function->names, function->row_count, parameters[i].name) &&
			!parameters[i].is_optional)
			flux_operator_raise(
				function->op, ERRCODE_INVALID_PARAMETER_VALUE,
				"function has a required parameter \"%.*s\" that nothing is given for",
				parameters[i].name.size, parameters[i].name.data);
	}
	for (int i = 0; i < function->row_count; i++)
	{
		bool is_there = false;

		for (int j = 0; j < count; j++)
			is_there = is_there || flux_text_equal(parameters[j].name, function->names[i]);
		if (!is_there)
			flux_operator_raise(function->op, ERRCODE_INVALID_PARAMETER_VALUE,
								"function must have the parameter \"%.*s\"",
								function->names[i].size, function->names[i].data);
	}
}

static FluxRowFunction *
row_function_create(FluxOperator *op, const FluxFunction *function, const char *const *names,
					int count)
{
	MemoryContext old = MemoryContextSwitchTo(op->state_context);
	FluxRowFunction *row_function = palloc0(sizeof(FluxRowFunction));

	row_function->op = op;
	row_function->function = function;
	row_function->row_count = count;
	row_function->arguments.count = count;
	row_function->arguments.keys = row_function->names;
	row_function->arguments.values = row_function->argument_values;
	for (int i = 0; i < count; i++)
	{
		row_function->names[i] = flux_text_from_cstring(names[i]);
		row_function->argument_values[i].kind = FLUX_KIND_RECORD;
		row_function->argument_values[i].as.record = &row_function->rows[i];
	}
	check_parameters(row_function);
	row_function->row_context =
		AllocSetContextCreate(op->state_context, "Flux row", ALLOCSET_DEFAULT_SIZES);
	row_function->bind_context =
		AllocSetContextCreate(op->state_context, "Flux row function", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(old);
	return row_function;
}

FluxRowFunction *
flux_row_function_create(FluxOperator *op, const FluxFunction *function, const char *row_parameter)
{
	return row_function_create(op, function, &row_parameter, 1);
}

FluxRowFunction *
flux_row_function_create_pair(FluxOperator *op, const FluxFunction *function, const char *left,
							  const char *right)
{
	const char *names[2] = {left, right};

	return row_function_create(op, function, names, 2);
}

static void
row_function_bind(FluxRowFunction *function, const FluxSchema *const *schemas)
{
	MemoryContext old;
	const FluxSchema *copies[FLUX_ROW_PARAMETERS_MAX];

	MemoryContextReset(function->bind_context);
	old = MemoryContextSwitchTo(function->bind_context);
	for (int i = 0; i < function->row_count; i++)
	{
		copies[i] = flux_schema_copy(schemas[i], 0);
		function->row_values[i] = palloc0(Max(copies[i]->count, 1) * sizeof(FluxValue));
		function->rows[i].count = copies[i]->count;
		function->rows[i].keys = copies[i]->labels;
		function->rows[i].values = function->row_values[i];
	}
	function->program = flux_program_compile(function->op, function->function, function->names,
											 copies, function->row_count);
	function->is_vectorized = function->program != NULL && flux_guc_vectorize;
	MemoryContextSwitchTo(old);
}

void
flux_row_function_bind(FluxRowFunction *function, const FluxTableHead *head)
{
	row_function_bind(function, &head->schema);
}

void
flux_row_function_bind_pair(FluxRowFunction *function, const FluxSchema *left,
							const FluxSchema *right)
{
	const FluxSchema *schemas[2] = {left, right};

	row_function_bind(function, schemas);
}

/*
 * The function's value for one row, in the current context.  "columns" are the
 * columns of all row parameters, one after the other.
 */
static FluxValue
call_row(FluxRowFunction *function, const FluxColumn *columns, int row)
{
	for (int i = 0; i < function->row_count; i++)
	{
		for (int j = 0; j < function->rows[i].count; j++)
			function->row_values[i][j] = flux_value_from_column(columns++, row);
	}
	return flux_row_function_call(function->op->exec->evaluator, function->function,
								  &function->arguments, function->program != NULL,
								  function->op->node->source, function->op->node->span);
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
	int count = 0;

	if (function->is_vectorized && !flux_program_gives_record(function->program))
	{
		FluxColumn result;

		flux_program_run(function->program, batch->columns, batch->row_count, &result);
		if (result.type != FLUX_COLUMN_BOOL)
			flux_operator_raise(function->op, ERRCODE_DATATYPE_MISMATCH,
								"predicate gives a value of type %s instead of bool",
								flux_column_type_name(result.type));
		for (int row = 0; row < batch->row_count; row++)
		{
			int i = flux_column_index(&result, row);

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
		if (predicate_holds(function, call_row(function, batch->columns, row)))
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
		FluxValue value;

		if (row % FLUX_ROWS_PER_RESET == 0)
		{
			MemoryContextReset(function->row_context);
			CHECK_FOR_INTERRUPTS();
		}
		MemoryContextSwitchTo(function->row_context);
		value = call_row(function, batch->columns, row);
		MemoryContextSwitchTo(caller);
		values[row] = flux_value_copy(value);
	}
	MemoryContextReset(function->row_context);
}

/* ---- records ---- */

/* The records of a batch as columns, while rows are added. */
typedef struct RecordColumns
{
	FluxRowFunction *function;
	int row_count;
	int member_count;   /* of the first record: there is room for so many columns */
	FluxSchema *schema; /* in label order; NULL before the first record */
	FluxColumnBuilder *builders;
	int *slots; /* per column: which member of the last record it was */
} RecordColumns;

/*
 * Makes a column of a member, null in the rows so far.  A member that is an
 * untyped null makes none until some row has a value there, so that it does not
 * matter where a batch begins.
 */
static void
add_column(RecordColumns *columns, FluxText label, FluxKind kind)
{
	FluxSchema *schema = columns->schema;
	FluxColumnBuilder *builder;
	int at = schema->count;

	if (!flux_kind_is_column_type(kind))
		flux_operator_raise(
			columns->function->op, ERRCODE_DATATYPE_MISMATCH,
			"map object property \"%.*s\" is %s type which is not supported in a flux table",
			label.size, label.data, flux_kind_name(kind));
	for (; at > 0 && flux_text_compare(schema->labels[at - 1], label) > 0; at--)
	{
		schema->labels[at] = schema->labels[at - 1];
		schema->types[at] = schema->types[at - 1];
		columns->builders[at] = columns->builders[at - 1];
		columns->slots[at] = columns->slots[at - 1];
	}
	schema->labels[at] = flux_text_copy(label);
	schema->types[at] = (FluxColumnType) kind;
	schema->count++;
	columns->slots[at] = 0;
	builder = &columns->builders[at];
	flux_column_builder_init(builder, (FluxColumnType) kind, CurrentMemoryContext);
	for (int row = 0; row < columns->row_count; row++)
		flux_column_builder_append_null(builder);
}

/* Begins with room for as many columns as the first record has members. */
static void
begin_columns(RecordColumns *columns, const FluxRecord *record)
{
	const FluxProgram *program = columns->function->program;

	columns->member_count = record->count;
	columns->schema = flux_schema_create(record->count);
	columns->builders = palloc(Max(record->count, 1) * sizeof(FluxColumnBuilder));
	columns->slots = palloc(Max(record->count, 1) * sizeof(int));
	if (program == NULL || !flux_program_gives_record(program))
		return;
	/* the types are known */
	columns->member_count = Min(record->count, flux_program_schema(program)->count);
	for (int i = 0; i < columns->member_count; i++)
		add_column(columns, flux_program_schema(program)->labels[i],
				   (FluxKind) flux_program_schema(program)->types[i]);
}

/* Makes columns of those members that have a type and no column yet. */
static void
add_columns(RecordColumns *columns, const FluxRecord *record)
{
	for (int i = 0; i < record->count && columns->schema->count < columns->member_count; i++)
	{
		if (record->values[i].kind != FLUX_KIND_INVALID &&
			flux_schema_find(columns->schema, record->keys[i]) < 0)
			add_column(columns, record->keys[i], record->values[i].kind);
	}
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
 * record with the same keys in the same order.
 */
static void
append_record(RecordColumns *columns, const FluxRecord *record)
{
	const FluxSchema *schema;

	if (columns->schema == NULL)
		begin_columns(columns, record);
	if (columns->schema->count < columns->member_count)
		add_columns(columns, record);
	schema = columns->schema;
	for (int i = 0; i < schema->count; i++)
	{
		FluxText label = schema->labels[i];
		FluxColumnBuilder *builder = &columns->builders[i];
		int *slot = &columns->slots[i];
		const FluxValue *value = NULL;

		if (*slot < record->count && flux_text_equal(record->keys[*slot], label))
			value = &record->values[*slot];
		else
		{
			for (int j = 0; j < record->count && value == NULL; j++)
			{
				if (flux_text_equal(record->keys[j], label))
				{
					value = &record->values[j];
					*slot = j;
				}
			}
		}
		if (value == NULL || value->is_null || value->kind == FLUX_KIND_INVALID)
			flux_column_builder_append_null(builder);
		else if (value->kind != (FluxKind) schema->types[i])
			flux_operator_raise(columns->function->op, ERRCODE_DATATYPE_MISMATCH,
								"column \"%.*s\" is of type %s in the first row and %s in another",
								label.size, label.data, flux_column_type_name(schema->types[i]),
								flux_kind_name(value->kind));
		else
			flux_value_append_to(builder, *value);
	}
	columns->row_count++;
}

/* Rows 0 .. row_count of the columns of all row parameters. */
static void
records_of_columns(FluxRowFunction *function, const FluxColumn *columns, int row_count,
				   FluxRowRecords *records)
{
	MemoryContext caller = CurrentMemoryContext;
	RecordColumns made = {.function = function};

	if (function->is_vectorized && flux_program_gives_record(function->program))
	{
		flux_program_run_records(function->program, columns, row_count, records);
		return;
	}

	for (int row = 0; row < row_count; row++)
	{
		const FluxRecord *record;

		if (row % FLUX_ROWS_PER_RESET == 0)
		{
			MemoryContextReset(function->row_context);
			CHECK_FOR_INTERRUPTS();
		}
		MemoryContextSwitchTo(function->row_context);
		record = expect_record(function, call_row(function, columns, row));
		MemoryContextSwitchTo(caller);
		append_record(&made, record);
	}
	MemoryContextReset(function->row_context);

	records->schema = made.schema != NULL ? made.schema : flux_schema_create(0);
	records->columns = palloc(Max(records->schema->count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < records->schema->count; i++)
		records->columns[i] = flux_column_builder_view(&made.builders[i]);
}

void
flux_row_function_records(FluxRowFunction *function, const FluxBatch *batch,
						  FluxRowRecords *records)
{
	records_of_columns(function, batch->columns, batch->row_count, records);
}

void
flux_row_function_pair_records(FluxRowFunction *function, const FluxColumn *left,
							   const FluxColumn *right, int row_count, FluxRowRecords *records)
{
	int left_count = function->rows[0].count;
	int right_count = function->rows[1].count;
	FluxColumn *columns = palloc(Max(left_count + right_count, 1) * sizeof(FluxColumn));

	memcpy(columns, left, left_count * sizeof(FluxColumn));
	memcpy(columns + left_count, right, right_count * sizeof(FluxColumn));
	records_of_columns(function, columns, row_count, records);
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
	FluxValue *values = palloc(Max(schema->count, 1) * sizeof(FluxValue));

	for (int i = 0; i < schema->count; i++)
		values[i] = flux_value_from_column(&batch->columns[i], row);
	return flux_value_record(schema->labels, values, schema->count);
}
