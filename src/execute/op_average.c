/*
 * op_average.c
 *		Moving averages and oscillators: movingAverage,
 *		exponentialMovingAverage, tripleExponentialDerivative,
 *		relativeStrengthIndex, chandeMomentumOscillator, kaufmansAMA.
 *
 * All work on whole tables: the table is kept, each listed column becomes an
 * array of doubles, a kernel makes the output array, and the other columns
 * follow the rows that are left.  What is left is the same for all columns of a
 * call:
 *
 *		rows [skip, count)		aligned with the kernel's output, or
 *		one row					the last one, for tables that are too short
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* Windows up to this long are summed slot by slot, in the reference's order. */
#define FLUX_MOVING_EXACT_MAX 1024

/* A column as doubles; null cells are 0 with the flag set. */
typedef struct Series
{
	double	   *values;
	bool	   *nulls;
	int			count;
} Series;

typedef struct AverageSpec AverageSpec;

/* Which rows are left of a table of "count" rows. */
typedef struct AverageShape
{
	bool		is_single;		/* one row, other columns from the last one */
	int			skip;			/* else: rows removed in front */
} AverageShape;

struct AverageSpec
{
	int64		n;
	const FluxText *columns;
	int			column_count;
	bool		is_value_only;	/* the column must be there */
	const char *verb;			/* "moving average of column", for errors */
	AverageShape (*shape) (int count, int64 n);

	/* Fills out (made with the size that the shape says). */
	void		(*kernel) (const Series *in, int64 n, Series *out);
};

typedef struct AverageOperator
{
	FluxOperator op;
	FluxTableBuffer *buffer;
} AverageOperator;

/* ---- planning ---- */

static AverageSpec *
plan_average(FluxCall *call, FluxPlanNode *node, const char *verb, const char *noun,
			 AverageShape (*shape) (int, int64), void (*kernel) (const Series *, int64, Series *))
{
	AverageSpec *spec = flux_spec_create(AverageSpec);
	FluxText   *column = palloc(sizeof(FluxText));

	*column = flux_text_from_cstring("_value");
	spec->n = flux_call_int(call, "n");
	spec->columns = column;
	spec->column_count = 1;
	spec->verb = verb;
	spec->shape = shape;
	spec->kernel = kernel;
	if (spec->n <= 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"cannot take %s with a period of " INT64_FORMAT " (must be greater than 0)",
						noun, spec->n);
	node->spec = spec;
	return spec;
}

static void
average_explain(const FluxPlanNode *node, StringInfo out)
{
	const AverageSpec *spec = node->spec;

	appendStringInfo(out, "n: " INT64_FORMAT ", ", spec->n);
	flux_explain_columns(out, spec->columns, spec->column_count);
}

/* ---- shapes ---- */

/* Rows before the n-th are removed; shorter tables become one row. */
static AverageShape
shape_average(int count, int64 n)
{
	AverageShape shape = {.is_single = count < n, .skip = (int) Min(n - 1, count)};

	return shape;
}

/* Three averages and a difference; shorter tables become one null row. */
static AverageShape
shape_triple(int count, int64 n)
{
	AverageShape shape = {0};

	shape.is_single = n - 1 > PG_INT32_MAX / 4 || count <= 3 * (n - 1);
	shape.skip = shape.is_single ? 0 : (int) (3 * (n - 1) + 1);
	return shape;
}

static AverageShape
shape_strength(int count, int64 n)
{
	AverageShape shape = {.is_single = count <= n, .skip = (int) Min(n, count)};

	return shape;
}

static AverageShape
shape_oscillator(int count, int64 n)
{
	AverageShape shape = {.is_single = false, .skip = (int) Min(n, count)};

	return shape;
}

/* ---- kernels ---- */

static void
set_or_null(Series *out, int row, double sum, int64 count)
{
	out->nulls[row] = count == 0;
	out->values[row] = count == 0 ? 0 : sum / (double) count;
}

/* Mean of the non-null ones among values [first, first + count). */
static void
mean_of(const Series *in, int first, int count, Series *out, int row)
{
	double		sum = 0;
	int64		seen = 0;

	for (int i = first; i < first + count; i++)
	{
		if (in->nulls[i])
			continue;
		sum += in->values[i];
		seen++;
	}
	set_or_null(out, row, sum, seen);
}

/* One window, summed in the order of its slots (row modulo n). */
static void
mean_in_slot_order(const Series *in, int last, int64 n, Series *out, int row)
{
	double		sum = 0;
	int64		seen = 0;
	int			first_of_cycle = last - (int) (last % n);	/* slot 0 */

	for (int pass = 0; pass < 2; pass++)
	{
		int			start = pass == 0 ? first_of_cycle : (int) (last - n + 1);
		int			stop = pass == 0 ? last + 1 : first_of_cycle;

		for (int i = start; i < stop; i++)
		{
			if (in->nulls[i])
				continue;
			sum += in->values[i];
			seen++;
		}
	}
	set_or_null(out, row, sum, seen);
}

static void
moving_average(const Series *in, int64 n, Series *out)
{
	double		sum = 0;
	int64		seen = 0;

	if (in->count < n)
	{
		mean_of(in, 0, in->count, out, 0);
		return;
	}
	if (n <= FLUX_MOVING_EXACT_MAX)
	{
		for (int row = (int) n - 1; row < in->count; row++)
		{
			if (row % FLUX_BATCH_ROWS == 0)
				CHECK_FOR_INTERRUPTS();
			mean_in_slot_order(in, row, n, out, row - (int) n + 1);
		}
		return;
	}
	for (int row = 0; row < in->count; row++)
	{
		if (!in->nulls[row])
		{
			sum += in->values[row];
			seen++;
		}
		if (row >= n && !in->nulls[row - n])
		{
			sum -= in->values[row - n];
			seen--;
		}
		if (row >= n - 1)
			set_or_null(out, row - (int) n + 1, sum, seen);
	}
}

static void
exponential_average(const Series *in, int64 n, Series *out)
{
	double		k = 2.0 / ((double) n + 1);
	double		current;
	bool		has_current;

	if (in->count < n)
	{
		mean_of(in, 0, in->count, out, 0);
		return;
	}
	mean_of(in, 0, (int) n, out, 0);
	current = out->values[0];
	has_current = !out->nulls[0];
	for (int row = (int) n; row < in->count; row++)
	{
		if (!in->nulls[row])
		{
			current = has_current ? in->values[row] * k + current * (1 - k) : in->values[row];
			has_current = true;
		}
		out->values[row - n + 1] = current;
		out->nulls[row - n + 1] = !has_current;
	}
}

static Series
series_create(int count)
{
	Series		series = {.count = count};

	series.values = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(double));
	series.nulls = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(bool));
	memset(series.nulls, 0, Max(count, 1) * sizeof(bool));
	return series;
}

static void
triple_derivative(const Series *in, int64 n, Series *out)
{
	Series		stage = *in;

	if (shape_triple(in->count, n).is_single)
	{
		out->nulls[0] = true;
		out->values[0] = 0;
		return;
	}
	for (int i = 0; i < 3; i++)
	{
		Series		next = series_create(stage.count - (int) n + 1);

		exponential_average(&stage, n, &next);
		stage = next;
	}
	for (int i = 1; i < stage.count; i++)
	{
		out->nulls[i - 1] = stage.nulls[i] || stage.nulls[i - 1];
		out->values[i - 1] = out->nulls[i - 1] ? 0
			: (stage.values[i] / stage.values[i - 1] - 1) * 100;
	}
}

static void
relative_strength(const Series *in, int64 n, Series *out)
{
	double		last = 0;
	double		up = 0;
	double		down = 0;
	double		up_sum = 0;
	double		down_sum = 0;
	int64		seen = 0;
	double		weight = 1.0 / (double) n;

	for (int row = 0; row < in->count; row++)
	{
		if (!in->nulls[row])
		{
			double		rise = Max(in->values[row] - last, 0);
			double		fall = Max(last - in->values[row], 0);

			last = in->values[row];
			seen++;
			if (row < n)
			{
				up_sum += rise;
				down_sum += fall;
				up = up_sum / (double) seen;
				down = down_sum / (double) seen;
			}
			else
			{
				up = up * (1 - weight) + rise * weight;
				down = down * (1 - weight) + fall * weight;
			}
		}
		if (row >= n || row == in->count - 1)
		{
			int			at = row >= n ? row - (int) n : 0;

			out->nulls[at] = seen == 0;
			out->values[at] = seen == 0 ? 0 : 100 - 100 / (1 + up / down);
		}
	}
}

/* Null cells are read as 0. */
static void
momentum_oscillator(const Series *in, int64 n, Series *out)
{
	double		up = 0;
	double		down = 0;

	for (int row = 1; row < in->count; row++)
	{
		double		change = in->values[row] - in->values[row - 1];
		int			oldest = row - (int) Min(n, PG_INT32_MAX) + 1;

		if (change > 0)
			up += change;
		else
			down -= change;
		if (row < n)
			continue;
		out->values[row - n] = 100 * (up - down) / (up + down);
		if (oldest >= 1)
		{
			change = in->values[oldest] - in->values[oldest - 1];
			if (change > 0)
				up -= change;
			else
				down += change;
		}
	}
}

static void
adaptive_average(const Series *in, int64 n, Series *out)
{
	double		fast = 2.0 / 3;
	double		slow = 2.0 / 31;
	double		previous;

	if (in->count <= n)
		return;
	momentum_oscillator(in, n, out);
	previous = in->values[n - 1];
	for (int row = (int) n; row < in->count; row++)
	{
		double		ratio = fabs(out->values[row - n]) / 100;
		double		smoothing = ratio * (fast - slow) + slow;

		smoothing *= smoothing;
		previous += smoothing * (in->values[row] - previous);
		out->values[row - n] = previous;
	}
}

/* ---- running ---- */

static void
average_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	((AverageOperator *) op)->buffer = flux_table_buffer_create(op, head);
}

static void
average_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_table_buffer_append(((AverageOperator *) op)->buffer, batch);
}

static Series
series_of_column(const FluxColumn *column, int count)
{
	Series		series = series_create(count);

	for (int row = 0; row < count; row++)
	{
		series.nulls[row] = flux_column_is_null(column, row);
		series.values[row] = series.nulls[row] ? 0 : flux_column_double(column, row);
	}
	return series;
}

/* The kernel's answer for one column, as a column. */
static FluxColumn
averaged_column(const AverageSpec *spec, const FluxColumn *column, int count, AverageShape shape)
{
	Series		in = series_of_column(column, count);
	Series		out = series_create(shape.is_single ? 1 : Max(count - shape.skip, 0));
	FluxColumn	result = {.type = FLUX_COLUMN_FLOAT};

	spec->kernel(&in, spec->n, &out);
	result.values.floats = out.values;
	result.nulls = out.nulls;
	return result;
}

static void
average_end_table(FluxOperator *op, int port)
{
	AverageOperator *self = (AverageOperator *) op;
	const AverageSpec *spec = op->node->spec;
	const FluxTableHead *head = flux_table_buffer_head(self->buffer);
	const FluxColumn *in = flux_table_buffer_columns(self->buffer);
	int			count = (int) flux_table_buffer_row_count(self->buffer);
	AverageShape shape = spec->shape(count, spec->n);
	FluxSchema *schema = flux_schema_copy(head->schema, 0);
	FluxColumn *columns = palloc(Max(schema->count, 1) * sizeof(FluxColumn));
	int			out_count = shape.is_single ? 1 : Max(count - shape.skip, 0);

	if (count == 0)
		out_count = 0;
	if (spec->is_value_only && flux_schema_find(schema, spec->columns[0]) < 0)
		flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN,
								 flux_schema_near_hint(schema, spec->columns[0]),
								 "cannot find %.*s column", spec->columns[0].size,
								 spec->columns[0].data);
	for (int i = 0; i < schema->count; i++)
	{
		if (!flux_texts_contain(spec->columns, spec->column_count, schema->labels[i]))
		{
			columns[i] = flux_column_slice(&in[i], shape.is_single ? Max(count - 1, 0) : shape.skip);
			continue;
		}
		if (!flux_type_is_numeric(schema->types[i]))
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"cannot take %s %.*s (type %s)", spec->verb,
								schema->labels[i].size, schema->labels[i].data,
								flux_column_type_name(schema->types[i]));
		schema->types[i] = FLUX_COLUMN_FLOAT;
		if (count > 0)
			columns[i] = averaged_column(spec, &in[i], count, shape);
	}
	head = flux_table_head_create(head->key, schema);
	flux_emit_begin_table(op, head);
	if (out_count > 0)
		flux_emit_columns(op, head, columns, out_count);
	flux_emit_end_table(op);
	flux_table_buffer_destroy(self->buffer);
}

static const FluxOperatorOps average_ops = {
	.state_size = sizeof(AverageOperator),
	.begin_table = average_begin_table,
	.process = average_process,
	.end_table = average_end_table
};

/* ---- the functions ---- */

static void
moving_average_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_average(call, node, "moving average of column", "moving average", shape_average,
				 moving_average)->is_value_only = true;
}

static void
exponential_moving_average_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_average(call, node, "exponential moving average of column", "exponential moving average",
				 shape_average, exponential_average)->is_value_only = true;
}

static void
triple_exponential_derivative_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_average(call, node, "triple exponential derivative of column",
				 "triple exponential derivative", shape_triple,
				 triple_derivative)->is_value_only = true;
}

static void
relative_strength_index_plan(FluxCall *call, FluxPlanNode *node)
{
	AverageSpec *spec = plan_average(call, node, "relative strength index of column",
									 "relative strength index", shape_strength, relative_strength);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
}

static void
chande_momentum_oscillator_plan(FluxCall *call, FluxPlanNode *node)
{
	AverageSpec *spec = plan_average(call, node, "chande momentum oscillator of column",
									 "chande momentum oscillator", shape_oscillator,
									 momentum_oscillator);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
}

static void
kaufmans_ama_plan(FluxCall *call, FluxPlanNode *node)
{
	AverageSpec *spec = plan_average(call, node, "KAMA of column", "KaufmansAMA", shape_oscillator,
									 adaptive_average);
	FluxText   *column = palloc(sizeof(FluxText));

	*column = flux_call_string_or(call, "column", "_value");
	spec->columns = column;
}

#define AVERAGE_CLASS(class_name, script_name) \
	const FluxPlanClass flux_plan_##class_name = { \
		.name = script_name, \
		.plan = class_name##_plan, \
		.explain = average_explain, \
		.ops = &average_ops, \
		.keeps_bounds = flux_plan_keeps_bounds \
	}

AVERAGE_CLASS(moving_average, "movingAverage");
AVERAGE_CLASS(exponential_moving_average, "exponentialMovingAverage");
AVERAGE_CLASS(triple_exponential_derivative, "tripleExponentialDerivative");
AVERAGE_CLASS(relative_strength_index, "relativeStrengthIndex");
AVERAGE_CLASS(chande_momentum_oscillator, "chandeMomentumOscillator");
AVERAGE_CLASS(kaufmans_ama, "kaufmansAMA");
