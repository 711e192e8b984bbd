/*
 * op_holt_winters.c
 *		holtWinters: forecasts by damped triple exponential smoothing.
 *
 * The rows of a table are bucketed by the interval (the first row of a bucket
 * counts, buckets without one are missing values).  The parameters
 *
 *		alpha beta gamma phi  l0 b0  s_0 ... s_(m-1)
 *
 * are fitted by minimising the sum of squared one-step errors with the simplex
 * method of Nelder and Mead from 16 starts, which differ in the first four.
 * Every constant and the order of arithmetic follow the reference, so that
 * forecasts agree with it digit by digit.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* Cleaned values and forecasts of one table. */
#define FLUX_HOLT_WINTERS_MAX 1000000

/* Seasons: each is a parameter of the fit, and simplexes are quadratic. */
#define FLUX_SEASONALITY_MAX 1000

#define FIXED_PARAMETERS 6

typedef struct HoltWintersSpec
{
	int64 n;
	int64 seasonality;
	int64 interval_ns;
	bool with_fit;
	bool with_min_sse;
	FluxText column;
	FluxText time_column;
} HoltWintersSpec;

typedef struct HoltWintersOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	int column;
	int time_column;

	/* the cleaned values */
	double *values;
	bool *missing;
	int count;
	int capacity;
	int64 start; /* time of the first */
	int64 stop;  /* time of the last used row */
	int64 bucket_end;
} HoltWintersOperator;

static void
holt_winters_plan(FluxCall *call, FluxPlanNode *node)
{
	HoltWintersSpec *spec = flux_spec_create(HoltWintersSpec);

	spec->n = flux_call_int(call, "n");
	spec->seasonality = flux_call_int_or(call, "seasonality", 0);
	spec->interval_ns = flux_duration_to_ns(flux_call_duration(call, "interval"));
	spec->with_fit = flux_call_bool_or(call, "withFit", false);
	spec->with_min_sse = flux_call_bool_or(call, "withMinSSE", false);
	spec->column = flux_call_string_or(call, "column", "_value");
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	if (spec->interval_ns <= 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"interval must be greater than zero");
	if (spec->n > FLUX_HOLT_WINTERS_MAX)
		flux_call_raise(call, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "n must not be greater than %d",
						FLUX_HOLT_WINTERS_MAX);
	if (spec->seasonality > FLUX_SEASONALITY_MAX)
		flux_call_raise(call, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
						"seasonality must not be greater than %d", FLUX_SEASONALITY_MAX);
	node->spec = spec;
}

/* ---- cleaning ---- */

static void
holt_winters_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	HoltWintersOperator *self = (HoltWintersOperator *) op;
	const HoltWintersSpec *spec = op->node->spec;

	self->in_head = head;
	self->column = flux_operator_column(op, head->schema, spec->column);
	self->time_column = flux_operator_column(op, head->schema, spec->time_column);
	if (!flux_type_is_numeric(head->schema->types[self->column]))
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"holtWinters does not support column \"%.*s\" of type %s",
							spec->column.size, spec->column.data,
							flux_column_type_name(head->schema->types[self->column]));
	if (head->schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"%.*s\" is not of type time",
							spec->time_column.size, spec->time_column.data);
	self->values = NULL;
	self->missing = NULL;
	self->count = 0;
	self->capacity = 0;
}

static void
append_value(HoltWintersOperator *self, double value, bool is_missing)
{
	if (self->count >= FLUX_HOLT_WINTERS_MAX)
		flux_operator_raise_hint(
			&self->op, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "Use a longer interval or a shorter range.",
			"holtWinters takes at most %d values of a table", FLUX_HOLT_WINTERS_MAX);
	if (self->count == self->capacity)
	{
		MemoryContext context = self->op.table_context;

		self->capacity = Max(self->capacity * 2, 64);
		flux_operator_need_memory(&self->op, self->capacity * (sizeof(double) + sizeof(bool)));
		self->values = self->values == NULL
						   ? MemoryContextAlloc(context, self->capacity * sizeof(double))
						   : repalloc(self->values, self->capacity * sizeof(double));
		self->missing = self->missing == NULL
							? MemoryContextAlloc(context, self->capacity * sizeof(bool))
							: repalloc(self->missing, self->capacity * sizeof(bool));
	}
	self->values[self->count] = value;
	self->missing[self->count++] = is_missing;
}

/* The nearest multiple of the interval, halves up. */
static int64
round_time(int64 time, int64 interval)
{
	int64 rest = time % interval;

	if (rest < 0)
		rest += interval;
	return rest < interval - rest ? time - rest : time - rest + interval;
}

static void
holt_winters_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	HoltWintersOperator *self = (HoltWintersOperator *) op;
	const HoltWintersSpec *spec = op->node->spec;
	const FluxColumn *times = &batch->columns[self->time_column];
	const FluxColumn *values = &batch->columns[self->column];

	for (int row = 0; row < batch->row_count; row++)
	{
		bool is_null = flux_column_is_null(values, row);
		double value = is_null ? 0 : flux_column_double(values, row);
		int64 time = times->values.times[flux_column_index(times, row)];
		int64 rounded;

		if (flux_column_is_null(times, row) || (is_null && self->count == 0))
			continue;
		if (isnan(value) || isinf(value))
			flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE, "NaN/Inf in input");
		rounded = round_time(time, spec->interval_ns);
		if (self->count == 0)
		{
			self->start = time;
			self->bucket_end = rounded;
		}
		else
		{
			if (rounded <= self->bucket_end)
				continue;
			self->bucket_end += spec->interval_ns;
			while (rounded > self->bucket_end)
			{
				append_value(self, 0, true);
				self->bucket_end += spec->interval_ns;
			}
		}
		append_value(self, value, is_null);
		self->stop = time;
	}
}

/* ---- the model ---- */

typedef struct Model
{
	const double *values;
	const bool *missing;
	int count;
	int season; /* m; 0: not seasonal */
	int dimension;
	double *seasons; /* scratch, m of them */
} Model;

static inline double
clamp(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

/*
 * Runs the model through the values and "ahead" steps further.  Calls back with
 * position and value: all of them when is_fit, else those ahead.
 */
static void
forecast(const Model *model, const double *x, int ahead, bool is_fit,
		 void (*emit)(void *argument, int position, double value), void *argument)
{
	double alpha = clamp(x[0]);
	double beta = clamp(x[1]);
	double gamma = clamp(x[2]);
	double phi = clamp(x[3]);
	double y = model->values[0];
	double level = x[4];
	double trend = x[5];
	double phi_sum = phi;
	int m = model->season;
	int offset = m - 1;

	for (int i = 0; i < m; i++)
		model->seasons[i] = x[FIXED_PARAMETERS + i];
	if (is_fit)
		emit(argument, 0, y);
	for (int t = 1; t < model->count + ahead; t++)
	{
		double season = 1;
		double season_ahead = 1;
		double new_level;
		double new_trend;
		double new_season;

		CHECK_FOR_INTERRUPTS();
		if (m > 0)
		{
			season = model->seasons[(t - m + offset) % m];
			season_ahead = model->seasons[(t - m + t % m + offset) % m];
		}
		new_level = alpha * y / season + (1 - alpha) * (level + phi * trend);
		new_trend = beta * (new_level - level) + (1 - beta) * phi * trend;
		new_season = gamma * y / (level + phi * trend) + (1 - gamma) * season;
		y = (new_level + phi_sum * new_trend) * season_ahead;
		level = new_level;
		trend = new_trend;
		phi_sum += pow(phi, t);
		if (m > 0)
		{
			model->seasons[(t + offset) % m] = new_season;
			offset++;
		}
		if (is_fit || t >= model->count)
			emit(argument, is_fit ? t : t - model->count, y);
	}
}

typedef struct ErrorSum
{
	const Model *model;
	double sum;
} ErrorSum;

static void
add_error(void *argument, int position, double value)
{
	ErrorSum *error = argument;
	double delta;

	if (error->model->missing[position])
		return;
	delta = value - error->model->values[position];
	error->sum += delta * delta;
}

static double
objective(const Model *model, const double *x)
{
	ErrorSum error = {model, 0};

	forecast(model, x, 0, true, add_error, &error);
	return error.sum;
}

/* Level, trend and seasons to start from. */
static void
start_values(const Model *model, double *x)
{
	int m = model->season;

	if (m == 0)
	{
		x[4] = model->missing[0] ? 0 : 0.5 * model->values[0];
		x[5] = model->missing[1] || model->missing[0] ? 0
													  : 0.5 * (model->values[1] - model->values[0]);
		return;
	}
	x[4] = 0;
	x[5] = 0;
	for (int i = 0; i < m; i++)
	{
		if (!model->missing[i])
			x[4] += model->values[i] / m;
		if (i + m < model->count && !model->missing[i] && !model->missing[i + m])
			x[5] += (model->values[i + m] - model->values[i]) / ((double) m * m);
	}
	for (int i = 0; i < m; i++)
		x[FIXED_PARAMETERS + i] = model->missing[i] ? 1 : model->values[i] / x[4];
}

/* ---- Nelder and Mead ---- */

typedef struct Vertex
{
	double value;
	double *x;
} Vertex;

typedef struct Simplex
{
	const Model *model;
	int dimension;
	Vertex *vertices; /* dimension + 1, best first */
	double *centroid; /* of all but the last */
	double *trial;
	double *other;
} Simplex;

/* Insertion sort: stable, and the vertices are few. */
static void
sort_vertices(Simplex *simplex)
{
	for (int i = 1; i <= simplex->dimension; i++)
	{
		Vertex vertex = simplex->vertices[i];
		int j = i;

		for (; j > 0 && simplex->vertices[j - 1].value > vertex.value; j--)
			simplex->vertices[j] = simplex->vertices[j - 1];
		simplex->vertices[j] = vertex;
	}
}

static void
compute_centroid(Simplex *simplex)
{
	for (int i = 0; i < simplex->dimension; i++)
	{
		simplex->centroid[i] = 0;
		for (int j = 0; j < simplex->dimension; j++)
			simplex->centroid[i] += simplex->vertices[j].x[i] / simplex->dimension;
	}
}

/* The point at centroid + k (centroid - worst), and its value. */
static double
try_point(Simplex *simplex, double k, double *point)
{
	const double *worst = simplex->vertices[simplex->dimension].x;

	for (int i = 0; i < simplex->dimension; i++)
		point[i] = simplex->centroid[i] + k * (simplex->centroid[i] - worst[i]);
	return objective(simplex->model, point);
}

/* The point takes the worst vertex' place and moves to where it belongs. */
static void
accept_point(Simplex *simplex, const double *point, double value)
{
	int d = simplex->dimension;
	Vertex vertex = simplex->vertices[d];
	int j = d;

	memcpy(vertex.x, point, d * sizeof(double));
	vertex.value = value;
	for (; j > 0 && simplex->vertices[j - 1].value >= value; j--)
		simplex->vertices[j] = simplex->vertices[j - 1];
	simplex->vertices[j] = vertex;
	for (int i = 0; i < d; i++)
	{
		simplex->centroid[i] -= simplex->vertices[d].x[i] / d;
		simplex->centroid[i] += point[i] / d;
	}
}

static void
shrink(Simplex *simplex, double factor)
{
	const double *best = simplex->vertices[0].x;

	for (int j = 1; j <= simplex->dimension; j++)
	{
		Vertex *vertex = &simplex->vertices[j];

		for (int i = 0; i < simplex->dimension; i++)
			vertex->x[i] = best[i] + factor * (vertex->x[i] - best[i]);
		vertex->value = objective(simplex->model, vertex->x);
	}
	sort_vertices(simplex);
	compute_centroid(simplex);
}

/* One step: reflect, and then expand, contract or shrink. */
static void
simplex_step(Simplex *simplex)
{
	double d = simplex->dimension;
	double expansion = 1 + 2 / d;
	double contraction = 0.75 - 1 / (2 * d);
	double best = simplex->vertices[0].value;
	double second_worst = simplex->vertices[simplex->dimension - 1].value;
	double worst = simplex->vertices[simplex->dimension].value;
	double reflected = try_point(simplex, 1, simplex->trial);
	double value;

	if (best <= reflected && reflected < second_worst)
	{
		accept_point(simplex, simplex->trial, reflected);
		return;
	}
	if (reflected < best)
	{
		value = try_point(simplex, expansion, simplex->other);
		if (value < reflected)
			accept_point(simplex, simplex->other, value);
		else
			accept_point(simplex, simplex->trial, reflected);
		return;
	}
	if (reflected < worst)
	{
		value = try_point(simplex, contraction, simplex->other);
		if (value <= reflected)
		{
			accept_point(simplex, simplex->other, value);
			return;
		}
	}
	else
	{
		value = try_point(simplex, -contraction, simplex->other);
		if (value < worst)
		{
			accept_point(simplex, simplex->other, value);
			return;
		}
	}
	shrink(simplex, 1 - 1 / d);
}

/* Minimises from one start; x receives the best point, which has this value. */
static double
minimise(Simplex *simplex, double *x)
{
	int d = simplex->dimension;
	double best;
	int idle = 0;

	for (int j = 0; j <= d; j++)
	{
		memcpy(simplex->vertices[j].x, x, d * sizeof(double));
		if (j < d)
			simplex->vertices[j].x[j] += 0.05;
		simplex->vertices[j].value = objective(simplex->model, simplex->vertices[j].x);
	}
	best = simplex->vertices[d].value;
	sort_vertices(simplex);
	compute_centroid(simplex);
	for (;;)
	{
		double value = simplex->vertices[0].value;

		CHECK_FOR_INTERRUPTS();
		if (best - value > 1e-4)
		{
			best = value;
			idle = 0;
		}
		else if (++idle >= 100)
			break;
		simplex_step(simplex);
	}
	memcpy(x, simplex->vertices[0].x, d * sizeof(double));
	return simplex->vertices[0].value;
}

/* The best parameters over all starts, in the current context. */
static double *
fit(Model *model, double *min_sse)
{
	static const double guesses[] = {0.3, 0.7};
	int d = model->dimension;
	double *start = palloc(d * sizeof(double));
	double *x = palloc(d * sizeof(double));
	double *best = palloc(d * sizeof(double));
	Simplex simplex = {.model = model, .dimension = d};

	simplex.vertices = palloc((d + 1) * sizeof(Vertex));
	for (int i = 0; i <= d; i++)
		simplex.vertices[i].x = palloc(d * sizeof(double));
	simplex.centroid = palloc(d * sizeof(double));
	simplex.trial = palloc(d * sizeof(double));
	simplex.other = palloc(d * sizeof(double));
	start_values(model, start);
	for (int i = 0; i < 16; i++)
	{
		double value;

		memcpy(x, start, d * sizeof(double));
		for (int j = 0; j < 4; j++)
			x[j] = guesses[(i >> (3 - j)) & 1];
		value = minimise(&simplex, x);
		if (i == 0 || value < *min_sse)
		{
			*min_sse = value;
			memcpy(best, x, d * sizeof(double));
		}
	}
	return best;
}

/* ---- output ---- */

static void
store_value(void *argument, int position, double value)
{
	((double *) argument)[position] = value;
}

static void
holt_winters_end_table(FluxOperator *op, int port)
{
	HoltWintersOperator *self = (HoltWintersOperator *) op;
	const HoltWintersSpec *spec = op->node->spec;
	int m = spec->seasonality >= 2 ? (int) spec->seasonality : 0;
	const FluxGroupKey *key = self->in_head->key;
	int key_count = key->count;
	FluxSchema *schema = flux_schema_of_key(key, 3);
	FluxTableHead *head;
	FluxColumn *columns;
	Model model = {self->values, self->missing, self->count, m, FIXED_PARAMETERS + m};
	double min_sse = 0;
	double *best;
	double *values;
	int64 *times;
	int row_count;

	flux_schema_add_result(op, schema, key, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
	flux_schema_add_result(op, schema, key, flux_text_from_cstring("_value"), FLUX_COLUMN_FLOAT);
	if (spec->with_min_sse)
		flux_schema_add_result(op, schema, key, flux_text_from_cstring("minSSE"),
							   FLUX_COLUMN_FLOAT);
	head = flux_table_head_create(key, schema);
	flux_emit_begin_table(op, head);
	if (self->count < 2 || self->count < m || spec->n <= 0)
	{
		flux_emit_end_table(op);
		return;
	}

	model.seasons = palloc(Max(m, 1) * sizeof(double));
	best = fit(&model, &min_sse);
	row_count = (int) spec->n + (spec->with_fit ? self->count : 0);
	flux_operator_need_memory(op, (int64) row_count * (sizeof(double) + sizeof(int64)));
	values = MemoryContextAllocHuge(CurrentMemoryContext, row_count * sizeof(double));
	times = MemoryContextAllocHuge(CurrentMemoryContext, row_count * sizeof(int64));
	forecast(&model, best, (int) spec->n, spec->with_fit, store_value, values);
	for (int i = 0; i < row_count; i++)
		times[i] =
			flux_time_add(spec->with_fit ? self->start : self->stop,
						  flux_duration(0, spec->interval_ns * (spec->with_fit ? i : i + 1)));
	columns = flux_columns_of_key(head);
	columns[key_count].values.times = times;
	columns[key_count + 1].values.floats = values;
	if (spec->with_min_sse)
		columns[key_count + 2] = flux_column_of_value(FLUX_COLUMN_FLOAT, flux_value_float(min_sse));
	flux_emit_columns(op, head, columns, row_count);
	flux_emit_end_table(op);
}

static const FluxOperatorOps holt_winters_ops = {.state_size = sizeof(HoltWintersOperator),
												 .begin_table = holt_winters_begin_table,
												 .process = holt_winters_process,
												 .end_table = holt_winters_end_table};

const FluxPlanClass flux_plan_holt_winters = {.name = "holtWinters",
											  .plan = holt_winters_plan,
											  .ops = &holt_winters_ops,
											  .keeps_bounds = flux_plan_keeps_bounds};
