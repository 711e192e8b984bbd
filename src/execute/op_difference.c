/*
 * op_difference.c
 *		difference, derivative, cumulativeSum and elapsed: each row against the
 *		rows before it.
 *
 * State is per table and column.  Rows stream through; the columns that are
 * not listed go along untouched and lose the same rows.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct DifferenceSpec
{
	const FluxText *columns;
	int column_count;
	bool non_negative;
	bool keep_first;
	bool initial_zero;
	FluxText time_column;
	double unit_ns; /* derivative, elapsed */
	FluxText elapsed_column;
} DifferenceSpec;

/* What is remembered of one column. */
typedef struct ColumnHistory
{
	bool is_listed;
	bool has_previous;
	union
	{
		int64 integer;
		uint64 uinteger;
		double floating;
	} previous;
	int64 previous_time;
} ColumnHistory;

typedef struct DifferenceOperator
{
	FluxOperator op;
	const DifferenceSpec *spec;
	const FluxTableHead *in_head;
	const FluxTableHead *out_head;
	ColumnHistory *histories; /* per input column */
	int64 row_count;          /* of the table so far */
	int time_column;          /* or -1 */
	bool has_time;
	int64 previous_time;
	int32 rows[FLUX_BATCH_ROWS];
} DifferenceOperator;

static void
difference_begin(FluxOperator *op)
{
	((DifferenceOperator *) op)->spec = op->node->spec;
}

static void
difference_explain(const FluxPlanNode *node, StringInfo out)
{
	const DifferenceSpec *spec = node->spec;

	if (spec->columns != NULL)
		flux_explain_columns(out, spec->columns, spec->column_count);
}

/* Resets the state for a table; marks the listed columns. */
static void
open_histories(DifferenceOperator *self, const FluxTableHead *head)
{
	self->in_head = head;
	self->row_count = 0;
	self->has_time = false;
	self->histories = palloc0(Max(head->schema->count, 1) * sizeof(ColumnHistory));
	for (int i = 0; i < head->schema->count; i++)
		self->histories[i].is_listed = flux_texts_contain(
			self->spec->columns, self->spec->column_count, head->schema->labels[i]);
}

/* ---- difference ---- */

static void
difference_plan(FluxCall *call, FluxPlanNode *node)
{
	DifferenceSpec *spec = flux_spec_create(DifferenceSpec);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
	spec->non_negative = flux_call_bool_or(call, "nonNegative", false);
	spec->keep_first = flux_call_bool_or(call, "keepFirst", false);
	spec->initial_zero = flux_call_bool_or(call, "initialZero", false);
	node->spec = spec;
}

static void
difference_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	FluxSchema *schema = flux_schema_copy(head->schema, 0);

	open_histories(self, head);
	for (int i = 0; i < schema->count; i++)
	{
		if (!self->histories[i].is_listed)
			continue;
		if (schema->types[i] == FLUX_COLUMN_TIME)
			flux_operator_raise(
				op, ERRCODE_DATATYPE_MISMATCH,
				"difference does not support time columns. Try the elapsed function");
		if (!flux_type_is_numeric(schema->types[i]))
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"difference does not support column \"%.*s\" of type \"%s\"",
								schema->labels[i].size, schema->labels[i].data,
								flux_column_type_name(schema->types[i]));
		if (schema->types[i] == FLUX_COLUMN_UINT)
			schema->types[i] = FLUX_COLUMN_INT;
	}
	self->out_head = flux_table_head_create(head->key, schema);
	flux_emit_begin_table(op, self->out_head);
}

/* Difference of one integer column; unsigned arithmetic, so that it wraps. */
static void
difference_integers(DifferenceOperator *self, ColumnHistory *history, const FluxColumn *column,
					int row_count, FluxColumnBuilder *out)
{
	const DifferenceSpec *spec = self->spec;

	for (int row = 0; row < row_count; row++)
	{
		uint64 value;
		int64 delta;

		if (flux_column_is_null(column, row))
		{
			flux_column_builder_append_null(out);
			continue;
		}
		value = column->values.uints[flux_column_index(column, row)];
		delta = (int64) (value - history->previous.uinteger);
		if (!history->has_previous)
		{
			if (spec->keep_first && spec->initial_zero)
				flux_column_builder_append_int(out, 0);
			else
				flux_column_builder_append_null(out);
		}
		else if (!spec->non_negative || delta >= 0)
			flux_column_builder_append_int(out, delta);
		else if (spec->initial_zero && (column->type == FLUX_COLUMN_UINT || (int64) value >= 0))
			flux_column_builder_append_int(out, (int64) value);
		else
			flux_column_builder_append_null(out);
		history->has_previous = true;
		history->previous.uinteger = value;
	}
}

static void
difference_floats(DifferenceOperator *self, ColumnHistory *history, const FluxColumn *column,
				  int row_count, FluxColumnBuilder *out)
{
	const DifferenceSpec *spec = self->spec;

	for (int row = 0; row < row_count; row++)
	{
		double value;
		double delta;

		if (flux_column_is_null(column, row))
		{
			flux_column_builder_append_null(out);
			continue;
		}
		value = column->values.floats[flux_column_index(column, row)];
		delta = value - history->previous.floating;
		if (!history->has_previous)
		{
			if (spec->keep_first && spec->initial_zero)
				flux_column_builder_append_float(out, 0);
			else
				flux_column_builder_append_null(out);
		}
		else if (!spec->non_negative || delta >= 0)
			flux_column_builder_append_float(out, delta);
		else if (spec->initial_zero && value >= 0)
			flux_column_builder_append_float(out, value);
		else
			flux_column_builder_append_null(out);
		history->has_previous = true;
		history->previous.floating = value;
	}
}

/* Emits columns without the table's first row, unless that is to be kept. */
static void
emit_without_first(DifferenceOperator *self, FluxColumn *columns, int row_count, bool keep_first)
{
	int skip = self->row_count == 0 && !keep_first && row_count > 0 ? 1 : 0;

	for (int i = 0; i < self->out_head->schema->count && skip > 0; i++)
		columns[i] = flux_column_slice(&columns[i], skip);
	self->row_count += row_count;
	flux_emit_columns(&self->op, self->out_head, columns, row_count - skip);
}

static void
difference_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	const FluxSchema *schema = self->out_head->schema;
	FluxColumn *columns = palloc(Max(schema->count, 1) * sizeof(FluxColumn));

	for (int i = 0; i < schema->count; i++)
	{
		FluxColumnBuilder out;

		columns[i] = batch->columns[i];
		if (!self->histories[i].is_listed)
			continue;
		flux_column_builder_init(&out, schema->types[i], CurrentMemoryContext);
		flux_column_builder_reserve(&out, batch->row_count);
		if (schema->types[i] == FLUX_COLUMN_FLOAT)
			difference_floats(self, &self->histories[i], &columns[i], batch->row_count, &out);
		else
			difference_integers(self, &self->histories[i], &columns[i], batch->row_count, &out);
		columns[i] = flux_column_builder_view(&out);
	}
	emit_without_first(self, columns, batch->row_count, self->spec->keep_first);
}

static const FluxOperatorOps difference_ops = {.state_size = sizeof(DifferenceOperator),
											   .begin = difference_begin,
											   .begin_table = difference_begin_table,
											   .process = difference_process,
											   .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_difference = {.name = "difference",
											.plan = difference_plan,
											.explain = difference_explain,
											.ops = &difference_ops,
											.keeps_bounds = flux_plan_keeps_bounds,
											.keeps_tables = true};

/* ---- cumulativeSum ---- */

static void
cumulative_sum_plan(FluxCall *call, FluxPlanNode *node)
{
	DifferenceSpec *spec = flux_spec_create(DifferenceSpec);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
	node->spec = spec;
}

static void
cumulative_sum_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DifferenceOperator *self = (DifferenceOperator *) op;

	open_histories(self, head);
	for (int i = 0; i < head->schema->count; i++)
	{
		if (!flux_type_is_numeric(head->schema->types[i]))
			self->histories[i].is_listed = false;
	}
	self->out_head = head;
	flux_emit_begin_table(op, head);
}

static void
cumulative_sum_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	const FluxSchema *schema = self->out_head->schema;
	FluxColumn *columns = palloc(Max(schema->count, 1) * sizeof(FluxColumn));

	for (int i = 0; i < schema->count; i++)
	{
		const FluxColumn *column = &batch->columns[i];
		ColumnHistory *history = &self->histories[i];
		FluxColumnBuilder out;

		columns[i] = *column;
		if (!history->is_listed)
			continue;
		flux_column_builder_init(&out, schema->types[i], CurrentMemoryContext);
		flux_column_builder_reserve(&out, batch->row_count);
		for (int row = 0; row < batch->row_count; row++)
		{
			bool is_null = flux_column_is_null(column, row);
			int at = flux_column_index(column, row);

			if (schema->types[i] == FLUX_COLUMN_FLOAT)
			{
				if (!is_null)
					history->previous.floating += column->values.floats[at];
				flux_column_builder_append_float(&out, history->previous.floating);
				continue;
			}
			if (!is_null)
				history->previous.uinteger += column->values.uints[at];
			if (schema->types[i] == FLUX_COLUMN_UINT)
				flux_column_builder_append_uint(&out, history->previous.uinteger);
			else
				flux_column_builder_append_int(&out, history->previous.integer);
		}
		columns[i] = flux_column_builder_view(&out);
	}
	flux_emit_columns(op, self->out_head, columns, batch->row_count);
}

static const FluxOperatorOps cumulative_sum_ops = {.state_size = sizeof(DifferenceOperator),
												   .begin = difference_begin,
												   .begin_table = cumulative_sum_begin_table,
												   .process = cumulative_sum_process,
												   .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_cumulative_sum = {.name = "cumulativeSum",
												.plan = cumulative_sum_plan,
												.explain = difference_explain,
												.ops = &cumulative_sum_ops,
												.keeps_bounds = flux_plan_keeps_bounds,
												.keeps_tables = true};

/* ---- derivative ---- */

/* A unit as nanoseconds; must be more than nothing. */
static double
read_unit(const FluxCall *call, const char *name)
{
	FluxDuration unit = flux_call_duration_or(call, name, flux_duration(0, FLUX_NS_PER_SECOND));
	int64 unit_ns = flux_duration_to_ns(unit);

	if (unit_ns <= 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%s must be greater than zero",
						name);
	return (double) unit_ns;
}

static void
derivative_plan(FluxCall *call, FluxPlanNode *node)
{
	DifferenceSpec *spec = flux_spec_create(DifferenceSpec);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
	spec->non_negative = flux_call_bool_or(call, "nonNegative", false);
	spec->initial_zero = flux_call_bool_or(call, "initialZero", false);
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->unit_ns = read_unit(call, "unit");
	node->spec = spec;
}

static void
derivative_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	FluxSchema *schema = flux_schema_copy(head->schema, 0);
	FluxText time_column = self->spec->time_column;

	open_histories(self, head);
	self->time_column = flux_schema_find(schema, time_column);
	if (self->time_column < 0)
		flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN,
								 flux_schema_near_hint(schema, time_column),
								 "no column \"%.*s\" exists", time_column.size, time_column.data);
	if (schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"time column \"%.*s\" is type %s and not time", time_column.size,
							time_column.data,
							flux_column_type_name(schema->types[self->time_column]));
	for (int i = 0; i < schema->count; i++)
	{
		if (!self->histories[i].is_listed)
			continue;
		if (!flux_type_is_numeric(schema->types[i]))
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"unsupported derivative column type %.*s:%s",
								schema->labels[i].size, schema->labels[i].data,
								flux_column_type_name(schema->types[i]));
		schema->types[i] = FLUX_COLUMN_FLOAT;
	}
	self->out_head = flux_table_head_create(head->key, schema);
	flux_emit_begin_table(op, self->out_head);
}

/* Difference of two values of one type as float, without unsigned wrap. */
static double
value_delta(const ColumnHistory *history, const FluxColumn *column, int at)
{
	if (column->type == FLUX_COLUMN_FLOAT)
		return column->values.floats[at] - history->previous.floating;
	if (column->type == FLUX_COLUMN_INT)
		return (double) (int64) (column->values.uints[at] - history->previous.uinteger);
	if (column->values.uints[at] >= history->previous.uinteger)
		return (double) (column->values.uints[at] - history->previous.uinteger);
	return -(double) (history->previous.uinteger - column->values.uints[at]);
}

static bool
value_is_less(const ColumnHistory *history, const FluxColumn *column, int at)
{
	if (column->type == FLUX_COLUMN_FLOAT)
		return column->values.floats[at] < history->previous.floating;
	if (column->type == FLUX_COLUMN_INT)
		return column->values.ints[at] < history->previous.integer;
	return column->values.uints[at] < history->previous.uinteger;
}

static void
derivative_column(DifferenceOperator *self, ColumnHistory *history, const FluxColumn *column,
				  const FluxColumn *times, const int32 *rows, int count, FluxColumnBuilder *out)
{
	const DifferenceSpec *spec = self->spec;

	for (int i = 0; i < count; i++)
	{
		int at = flux_column_index(column, rows[i]);
		int64 time = times->values.times[flux_column_index(times, rows[i])];

		if (flux_column_is_null(column, rows[i]))
		{
			flux_column_builder_append_null(out);
			continue;
		}
		if (!history->has_previous)
			flux_column_builder_append_null(out);
		else if (spec->non_negative && value_is_less(history, column, at))
		{
			if (spec->initial_zero)
				flux_column_builder_append_float(out, 0);
			else
				flux_column_builder_append_null(out);
		}
		else
			flux_column_builder_append_float(
				out, value_delta(history, column, at) /
						 ((double) (time - history->previous_time) / spec->unit_ns));
		history->has_previous = true;
		history->previous.uinteger = column->values.uints[at];
		history->previous_time = time;
	}
}

/* Rows of the batch whose time differs from the row before; checks the order. */
static int
select_by_time(DifferenceOperator *self, const FluxColumn *times, int row_count)
{
	int count = 0;

	for (int row = 0; row < row_count; row++)
	{
		int64 time = times->values.times[flux_column_index(times, row)];

		if (flux_column_is_null(times, row))
			flux_operator_raise(&self->op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"derivative found null time in time column");
		if (self->has_time && time < self->previous_time)
			flux_operator_raise_hint(&self->op, ERRCODE_INVALID_PARAMETER_VALUE,
									 "Put sort(columns: [\"_time\"]) before it.",
									 "derivative found out-of-order times in time column");
		if (!self->has_time || time != self->previous_time)
			self->rows[count++] = row;
		self->has_time = true;
		self->previous_time = time;
	}
	return count;
}

static void
derivative_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	const FluxSchema *schema = self->out_head->schema;
	const FluxColumn *times = &batch->columns[self->time_column];
	FluxColumn *columns = palloc(Max(schema->count, 1) * sizeof(FluxColumn));
	int count = select_by_time(self, times, batch->row_count);

	for (int i = 0; i < schema->count; i++)
	{
		FluxColumnBuilder out;

		if (!self->histories[i].is_listed)
		{
			columns[i] = count == batch->row_count
							 ? batch->columns[i]
							 : flux_column_gather(&batch->columns[i], self->rows, count);
			continue;
		}
		flux_column_builder_init(&out, FLUX_COLUMN_FLOAT, CurrentMemoryContext);
		flux_column_builder_reserve(&out, count);
		derivative_column(self, &self->histories[i], &batch->columns[i], times, self->rows, count,
						  &out);
		columns[i] = flux_column_builder_view(&out);
	}
	emit_without_first(self, columns, count, false);
}

static const FluxOperatorOps derivative_ops = {.state_size = sizeof(DifferenceOperator),
											   .begin = difference_begin,
											   .begin_table = derivative_begin_table,
											   .process = derivative_process,
											   .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_derivative = {.name = "derivative",
											.plan = derivative_plan,
											.explain = difference_explain,
											.ops = &derivative_ops,
											.keeps_bounds = flux_plan_keeps_bounds,
											.keeps_tables = true};

/* ---- elapsed ---- */

static void
elapsed_plan(FluxCall *call, FluxPlanNode *node)
{
	DifferenceSpec *spec = flux_spec_create(DifferenceSpec);

	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->elapsed_column = flux_call_string_or(call, "columnName", "elapsed");
	spec->unit_ns = read_unit(call, "unit");
	node->spec = spec;
}

static void
elapsed_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	int position;

	open_histories(self, head);
	self->time_column = flux_operator_column(op, head->schema, self->spec->time_column);
	flux_operator_check_result(op, head->key, self->spec->elapsed_column);
	self->out_head = head;
	if (head->schema->types[self->time_column] == FLUX_COLUMN_TIME)
		self->out_head = flux_table_head_create(
			head->key,
			flux_schema_with(head->schema, self->spec->elapsed_column, FLUX_COLUMN_INT, &position));
	else
		self->time_column = -1;
	flux_emit_begin_table(op, self->out_head);
}

static void
elapsed_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DifferenceOperator *self = (DifferenceOperator *) op;
	const FluxSchema *schema = self->out_head->schema;
	FluxColumn *columns = palloc(schema->count * sizeof(FluxColumn));
	int64 *elapsed = palloc(Max(batch->row_count, 1) * sizeof(int64));
	const FluxColumn *times;
	int position;

	if (self->time_column < 0)
		return;
	times = &batch->columns[self->time_column];
	for (int row = 0; row < batch->row_count; row++)
	{
		int64 time = times->values.times[flux_column_index(times, row)];

		/* in doubles, as the reference does */
		elapsed[row] =
			(int64) (((double) time - (double) self->previous_time) / self->spec->unit_ns);
		self->previous_time = time;
	}
	memcpy(columns, batch->columns, batch->head->schema->count * sizeof(FluxColumn));
	position = flux_schema_find(schema, self->spec->elapsed_column);
	columns[position] = (FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = elapsed};
	emit_without_first(self, columns, batch->row_count, false);
}

static const FluxOperatorOps elapsed_ops = {.state_size = sizeof(DifferenceOperator),
											.begin = difference_begin,
											.begin_table = elapsed_begin_table,
											.process = elapsed_process,
											.end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_elapsed = {.name = "elapsed",
										 .plan = elapsed_plan,
										 .ops = &elapsed_ops,
										 .keeps_bounds = flux_plan_keeps_bounds};
