/*
 * op_integral.c
 *		integral: the area under a column, and interpolate.linear.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* ---- integral ---- */

typedef struct IntegralSpec
{
	FluxText column;
	FluxText time_column;
	double unit_ns;
	bool is_linear;
} IntegralSpec;

/* The points that matter: the first two and the last two. */
typedef struct IntegralOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	int value_column;
	int time_column;
	FluxBounds bounds;
	int64 point_count;
	double sum; /* value times nanoseconds */
	int64 first_time, second_time;
	double first_value, second_value;
	int64 last_time, before_last_time;
	double last_value, before_last_value;
	bool has_time;
	int64 previous_row_time; /* of the previous row, null value or not */
} IntegralOperator;

static void
integral_plan(FluxCall *call, FluxPlanNode *node)
{
	IntegralSpec *spec = flux_spec_create(IntegralSpec);
	FluxDuration unit = flux_call_duration_or(call, "unit", flux_duration(0, FLUX_NS_PER_SECOND));

	spec->column = flux_call_string_or(call, "column", "_value");
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->unit_ns = (double) flux_duration_to_ns(unit);
	spec->is_linear =
		flux_text_equal_cstring(flux_call_string_or(call, "interpolate", ""), "linear");
	if (spec->unit_ns <= 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "unit must be greater than zero");
	node->spec = spec;
}

/* A bound that must be in the key. */
static int64
key_bound(const FluxOperator *op, const FluxGroupKey *key, const char *label)
{
	int position = flux_group_key_find(key, flux_text_from_cstring(label));

	if (position < 0 || key->values[position].kind != FLUX_KIND_TIME ||
		key->values[position].is_null)
		flux_operator_raise_hint(
			op, ERRCODE_UNDEFINED_COLUMN,
			"Use range() or window() before it and keep the column in the group key.",
			"integral function needs %s column to be part of group key", label);
	return key->values[position].as.time_ns;
}

static void
integral_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	IntegralOperator *self = (IntegralOperator *) op;
	const IntegralSpec *spec = op->node->spec;

	self->in_head = head;
	self->bounds.start_ns = key_bound(op, head->key, "_start");
	self->bounds.stop_ns = key_bound(op, head->key, "_stop");
	self->value_column = flux_operator_column(op, head->schema, spec->column);
	self->time_column = flux_operator_column(op, head->schema, spec->time_column);
	if (head->schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"%.*s\" is not of type time",
							spec->time_column.size, spec->time_column.data);
	if (!flux_type_is_numeric(head->schema->types[self->value_column]))
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "cannot perform integral over %s",
							flux_column_type_name(head->schema->types[self->value_column]));
	self->point_count = 0;
	self->sum = 0;
	self->has_time = false;
}

static void
add_point(IntegralOperator *self, int64 time, double value)
{
	if (self->point_count > 0)
		self->sum += 0.5 * (value + self->last_value) * (double) (time - self->last_time);
	if (self->point_count == 0)
	{
		self->first_time = time;
		self->first_value = value;
	}
	else if (self->point_count == 1)
	{
		self->second_time = time;
		self->second_value = value;
	}
	self->before_last_time = self->last_time;
	self->before_last_value = self->last_value;
	self->last_time = time;
	self->last_value = value;
	self->point_count++;
}

static void
integral_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	IntegralOperator *self = (IntegralOperator *) op;
	const FluxColumn *times = &batch->columns[self->time_column];
	const FluxColumn *values = &batch->columns[self->value_column];

	for (int row = 0; row < batch->row_count; row++)
	{
		int64 time = times->values.times[flux_column_index(times, row)];
		bool is_repeated;

		if (flux_column_is_null(times, row))
			flux_operator_raise(op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"integral found null time in time column");
		if (self->has_time && time < self->previous_row_time)
			flux_operator_raise_hint(op, ERRCODE_INVALID_PARAMETER_VALUE,
									 "Put sort(columns: [\"_time\"]) before it.",
									 "integral found out-of-order times in time column");
		is_repeated = self->has_time && time == self->previous_row_time;
		self->has_time = true;
		self->previous_row_time = time;
		if (!is_repeated && !flux_column_is_null(values, row))
			add_point(self, time, flux_column_double(values, row));
	}
}

/* Area of the line through two points, between two times. */
static double
line_area(double value, int64 time, double slope, int64 from, int64 to)
{
	double at_from = value + slope * (double) (from - time);
	double at_to = value + slope * (double) (to - time);

	return 0.5 * (at_from + at_to) * (double) (to - from);
}

static double
integral_result(const IntegralOperator *self, const IntegralSpec *spec)
{
	double sum = self->sum;

	if (self->point_count == 0)
		return 0;
	if (self->point_count == 1)
		return spec->is_linear
				   ? self->first_value * (double) (self->bounds.stop_ns - self->bounds.start_ns) /
						 spec->unit_ns
				   : 0;
	if (spec->is_linear)
	{
		double slope = (self->second_value - self->first_value) /
					   (double) (self->second_time - self->first_time);

		if (self->bounds.start_ns < self->first_time)
			sum += line_area(self->first_value, self->first_time, slope, self->bounds.start_ns,
							 self->first_time);
		slope = (self->last_value - self->before_last_value) /
				(double) (self->last_time - self->before_last_time);
		if (self->bounds.stop_ns > self->last_time)
			sum += line_area(self->last_value, self->last_time, slope, self->last_time,
							 self->bounds.stop_ns);
	}
	return sum / spec->unit_ns;
}

static void
integral_end_table(FluxOperator *op, int port)
{
	IntegralOperator *self = (IntegralOperator *) op;
	const IntegralSpec *spec = op->node->spec;
	const FluxGroupKey *key = self->in_head->key;
	FluxSchema *schema = flux_schema_of_key(key, 1);
	FluxValue *values = palloc((key->count + 1) * sizeof(FluxValue));

	flux_schema_add_result(op, schema, key, spec->column, FLUX_COLUMN_FLOAT);
	memcpy(values, key->values, key->count * sizeof(FluxValue));
	values[key->count] = flux_value_float(integral_result(self, spec));
	flux_emit_one_row(op, flux_table_head_create(key, schema), values);
}

static const FluxOperatorOps integral_ops = {.state_size = sizeof(IntegralOperator),
											 .begin_table = integral_begin_table,
											 .process = integral_process,
											 .end_table = integral_end_table};

const FluxPlanClass flux_plan_integral = {.name = "integral",
										  .plan = integral_plan,
										  .ops = &integral_ops,
										  .keeps_bounds = flux_plan_keeps_bounds};

/* ---- interpolate.linear ---- */

typedef struct InterpolateSpec
{
	FluxWindowGrid grid;
} InterpolateSpec;

typedef struct InterpolateOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	int time_column;
	int value_column;
	bool has_point;
	int64 last_time;
	double last_value;
} InterpolateOperator;

static void
interpolate_plan(FluxCall *call, FluxPlanNode *node)
{
	InterpolateSpec *spec = flux_spec_create(InterpolateSpec);
	FluxDuration every = flux_call_duration(call, "every");
	FluxLocation utc = {0};
	const char *problem = flux_grid_init(&spec->grid, every, every, flux_duration(0, 0), utc);

	if (problem != NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%s", problem);
	node->spec = spec;
}

static void
interpolate_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	InterpolateOperator *self = (InterpolateOperator *) op;

	self->head = head;
	self->has_point = false;
	self->time_column = flux_operator_column(op, head->schema, flux_text_from_cstring("_time"));
	self->value_column = flux_operator_column(op, head->schema, flux_text_from_cstring("_value"));
	for (int i = 0; i < head->schema->count; i++)
	{
		FluxText label = head->schema->labels[i];

		if (i != self->time_column && i != self->value_column &&
			flux_group_key_find(head->key, label) < 0)
			flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
								"interpolate.linear requires column \"%.*s\" to be in group key",
								label.size, label.data);
	}
	if (head->schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"_time\" is not of type time");
	if (head->schema->types[self->value_column] != FLUX_COLUMN_FLOAT)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"cannot interpolate %s values; expected float values",
							flux_column_type_name(head->schema->types[self->value_column]));
	flux_emit_begin_table(op, head);
}

/* Output rows, sent on whenever a batch is full. */
typedef struct InterpolateOutput
{
	InterpolateOperator *self;
	FluxColumn *columns;
	int64 times[FLUX_BATCH_ROWS];
	double values[FLUX_BATCH_ROWS];
	int count;
} InterpolateOutput;

static void
interpolate_flush(InterpolateOutput *output)
{
	InterpolateOperator *self = output->self;

	output->columns[self->time_column] =
		(FluxColumn){.type = FLUX_COLUMN_TIME, .values.times = output->times};
	output->columns[self->value_column] =
		(FluxColumn){.type = FLUX_COLUMN_FLOAT, .values.floats = output->values};
	flux_emit_columns(&self->op, self->head, output->columns, output->count);
	output->count = 0;
}

static inline void
interpolate_row(InterpolateOutput *output, int64 time, double value)
{
	output->times[output->count] = time;
	output->values[output->count++] = value;
	if (output->count == FLUX_BATCH_ROWS)
		interpolate_flush(output);
}

static void
interpolate_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	InterpolateOperator *self = (InterpolateOperator *) op;
	const FluxWindowGrid *grid = &((const InterpolateSpec *) op->node->spec)->grid;
	const FluxColumn *times = &batch->columns[self->time_column];
	const FluxColumn *values = &batch->columns[self->value_column];
	InterpolateOutput *output = palloc(sizeof(InterpolateOutput));

	output->self = self;
	output->count = 0;
	output->columns = flux_columns_of_key(self->head);
	for (int row = 0; row < batch->row_count; row++)
	{
		int64 time = times->values.times[flux_column_index(times, row)];
		double value = values->values.floats[flux_column_index(values, row)];

		if (flux_column_is_null(times, row))
			flux_operator_raise(op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"null _time found during linear interpolation");
		if (flux_column_is_null(values, row))
			flux_operator_raise(op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"null _value found during linear interpolation");
		if (self->has_point && time > self->last_time)
		{
			double slope = (value - self->last_value) / (double) (time - self->last_time);

			/* the first grid point strictly after the last row, and on */
			for (int64 i = flux_grid_index(grid, self->last_time) + 1;; i++)
			{
				int64 at = flux_grid_window(grid, i).start_ns;

				if (at >= time)
					break;
				interpolate_row(output, at,
								self->last_value + slope * (double) (at - self->last_time));
			}
		}
		interpolate_row(output, time, value);
		self->has_point = true;
		self->last_time = time;
		self->last_value = value;
	}
	interpolate_flush(output);
}

static const FluxOperatorOps interpolate_ops = {.state_size = sizeof(InterpolateOperator),
												.begin_table = interpolate_begin_table,
												.process = interpolate_process,
												.end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_interpolate_linear = {.name = "interpolate.linear",
													.plan = interpolate_plan,
													.ops = &interpolate_ops,
													.keeps_bounds = flux_plan_keeps_bounds};
