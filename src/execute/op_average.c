/*
 * op_average.c
 *		Moving averages and oscillators: movingAverage,
 *		exponentialMovingAverage, tripleExponentialDerivative,
 *		relativeStrengthIndex, chandeMomentumOscillator, kaufmansAMA.
 *
 * Rows stream through: each listed column has a state that takes a value per
 * row and gives one for each row from row "skip" on, and the other columns lose
 * the same rows in front.  Tables that are too short become one row instead,
 * the last one; what is skip and too short is the same for all columns of a
 * call.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* Windows up to this long are summed slot by slot, in the reference's order. */
#define FLUX_MOVING_EXACT_MAX 1024

/* A cell. */
typedef struct Cell
{
	double value; /* 0 when null */
	bool is_null;
} Cell;

/* The last cells of a column, by row modulo capacity; never more than "most". */
typedef struct Ring
{
	Cell *cells;
	int64 capacity;
	int64 most;
} Ring;

/* An exponential average on its way. */
typedef struct Exponential
{
	int64 taken; /* cells so far */
	double sum;  /* of the first n */
	int64 seen;
	double current;
	bool has_current;
} Exponential;

/* What is remembered of one column. */
typedef struct AverageState
{
	Ring ring;
	double sum;
	int64 seen;
	double up;
	double down;
	double up_sum;
	double down_sum;
	double previous;
	Exponential stages[3];
	Cell last;
} AverageState;

typedef struct AverageKernel
{
	/* Takes the cell of a row; gives the row's result, which counts from row
	 * "skip" on. */
	Cell (*add)(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell);

	/* The result of a table that is too short; NULL: such tables are empty. */
	Cell (*single)(const AverageState *state);
	int64 (*skip)(int64 n);
	int64 (*short_of)(int64 n); /* tables up to so many rows are too short */
} AverageKernel;

typedef struct AverageSpec
{
	int64 n;
	const FluxText *columns;
	int column_count;
	bool is_value_only; /* the column must be there */
	const char *verb;   /* "moving average of column", for errors */
	const AverageKernel *kernel;
} AverageSpec;

typedef struct AverageOperator
{
	FluxOperator op;
	const FluxTableHead *out_head;
	AverageState **states; /* per column; NULL where it is not listed */
	int64 skip;
	int64 row_count; /* of the table so far */
	MemoryContext row_context;
	FluxColumn *last_row; /* while the table may be too short */
} AverageOperator;

/* ---- planning ---- */

static AverageSpec *
plan_average(FluxCall *call, FluxPlanNode *node, const char *verb, const char *noun,
			 const AverageKernel *kernel)
{
	AverageSpec *spec = flux_spec_create(AverageSpec);
	FluxText *column = palloc(sizeof(FluxText));

	*column = flux_text_from_cstring("_value");
	spec->n = flux_call_int(call, "n");
	spec->columns = column;
	spec->column_count = 1;
	spec->verb = verb;
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

/* ---- kernels ---- */

static inline Cell
mean_or_null(double sum, int64 count)
{
	Cell cell = {.value = count == 0 ? 0 : sum / (double) count, .is_null = count == 0};

	return cell;
}

/*
 * Puts a row's cell into the ring, in place of the one "most" rows before.  The
 * ring grows with the table, so that a long period costs a short table little.
 */
static void
ring_put(FluxOperator *op, Ring *ring, int64 row, Cell cell)
{
	if (row >= ring->capacity && ring->capacity < ring->most)
	{
		int64 capacity = Min(Max(ring->capacity * 2, 64), ring->most);

		flux_operator_need_memory(op, capacity * sizeof(Cell));
		if (ring->cells == NULL)
			ring->cells = MemoryContextAllocHuge(op->table_context, capacity * sizeof(Cell));
		else
			ring->cells = repalloc_huge(ring->cells, capacity * sizeof(Cell));
		ring->capacity = capacity;
	}
	ring->cells[row % ring->capacity] = cell;
}

/* The cell of a row that is still in the ring. */
static inline Cell
ring_get(const Ring *ring, int64 row)
{
	return ring->cells[row % ring->capacity];
}

static int64
skip_average(int64 n)
{
	return n - 1;
}

/* The window of n rows, summed in the order of its slots (row modulo n). */
static Cell
mean_in_slot_order(const Ring *ring, int64 n)
{
	double sum = 0;
	int64 seen = 0;

	for (int64 i = 0; i < n; i++)
	{
		if (ring->cells[i].is_null)
			continue;
		sum += ring->cells[i].value;
		seen++;
	}
	return mean_or_null(sum, seen);
}

static Cell
moving_average_add(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell)
{
	state->ring.most = n;
	if (!cell.is_null)
	{
		state->sum += cell.value;
		state->seen++;
	}
	if (row >= n && !ring_get(&state->ring, row - n).is_null)
	{
		state->sum -= ring_get(&state->ring, row - n).value;
		state->seen--;
	}
	ring_put(op, &state->ring, row, cell);
	if (n <= FLUX_MOVING_EXACT_MAX && row >= n - 1)
		return mean_in_slot_order(&state->ring, n);
	return mean_or_null(state->sum, state->seen);
}

static Cell
moving_average_single(const AverageState *state)
{
	return mean_or_null(state->sum, state->seen);
}

/* The mean of the first n cells, and from there each cell's share. */
static Cell
exponential_step(Exponential *stage, int64 n, Cell cell)
{
	double k = 2.0 / ((double) n + 1);

	if (stage->taken < n)
	{
		if (!cell.is_null)
		{
			stage->sum += cell.value;
			stage->seen++;
		}
		stage->current = stage->seen == 0 ? 0 : stage->sum / (double) stage->seen;
		stage->has_current = stage->seen > 0;
	}
	else if (!cell.is_null)
	{
		stage->current =
			stage->has_current ? cell.value * k + stage->current * (1 - k) : cell.value;
		stage->has_current = true;
	}
	stage->taken++;
	return (Cell){.value = stage->current, .is_null = !stage->has_current};
}

static Cell
exponential_add(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell)
{
	state->last = exponential_step(&state->stages[0], n, cell);
	return state->last;
}

static Cell
last_single(const AverageState *state)
{
	return state->last;
}

/* Three averages and a difference. */
static int64
skip_triple(int64 n)
{
	return n - 1 > PG_INT32_MAX / 4 ? PG_INT64_MAX : 3 * (n - 1) + 1;
}

/* One row more than that, and there is nothing to compare it with: no row. */
static int64
short_triple(int64 n)
{
	return skip_triple(n) == PG_INT64_MAX ? PG_INT64_MAX : skip_triple(n) - 1;
}

static Cell
triple_derivative_add(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell)
{
	Cell before = state->last;
	Cell result = {.is_null = true};

	for (int i = 0; i < 3; i++)
	{
		cell = exponential_step(&state->stages[i], n, cell);
		if (state->stages[i].taken < n)
			return result;
	}
	state->last = cell;
	if (state->stages[2].taken == n || cell.is_null || before.is_null)
		return result;
	return (Cell){.value = (cell.value / before.value - 1) * 100};
}

static Cell
null_single(const AverageState *state)
{
	return (Cell){.is_null = true};
}

static int64
skip_n(int64 n)
{
	return n;
}

static Cell
relative_strength_add(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell)
{
	double weight = 1.0 / (double) n;

	if (!cell.is_null)
	{
		double rise = Max(cell.value - state->previous, 0);
		double fall = Max(state->previous - cell.value, 0);

		state->previous = cell.value;
		state->seen++;
		if (row < n)
		{
			state->up_sum += rise;
			state->down_sum += fall;
			state->up = state->up_sum / (double) state->seen;
			state->down = state->down_sum / (double) state->seen;
		}
		else
		{
			state->up = state->up * (1 - weight) + rise * weight;
			state->down = state->down * (1 - weight) + fall * weight;
		}
	}
	state->last.is_null = state->seen == 0;
	state->last.value = state->seen == 0 ? 0 : 100 - 100 / (1 + state->up / state->down);
	return state->last;
}

/* Counts the change from one row to the next, or takes it back. */
static void
count_change(AverageState *state, double change, bool is_back)
{
	double sign = is_back ? -1 : 1;

	if (change > 0)
		state->up += sign * change;
	else
		state->down -= sign * change;
}

/* Null cells are read as 0. */
static Cell
momentum_oscillator_add(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell)
{
	Cell result = {0};
	int64 oldest = row - n + 1;

	state->ring.most = Min(n, PG_INT64_MAX - 1) + 1;
	if (row > 0)
		count_change(state, cell.value - state->previous, false);
	state->previous = cell.value;
	ring_put(op, &state->ring, row, cell);
	if (row < n)
		return result;
	result.value = 100 * (state->up - state->down) / (state->up + state->down);
	count_change(state,
				 (oldest == row ? cell.value : ring_get(&state->ring, oldest).value) -
					 ring_get(&state->ring, oldest - 1).value,
				 true);
	return result;
}

static Cell
adaptive_average_add(FluxOperator *op, AverageState *state, int64 n, int64 row, Cell cell)
{
	double fast = 2.0 / 3;
	double slow = 2.0 / 31;
	Cell oscillator = momentum_oscillator_add(op, state, n, row, cell);
	double smoothing;

	if (row < n)
		state->sum = cell.value;
	else
	{
		smoothing = fabs(oscillator.value) / 100 * (fast - slow) + slow;
		smoothing *= smoothing;
		state->sum += smoothing * (cell.value - state->sum);
	}
	return (Cell){.value = state->sum};
}

/* ---- running ---- */

static void
average_begin(FluxOperator *op)
{
	((AverageOperator *) op)->row_context =
		AllocSetContextCreate(op->state_context, "Flux last row", ALLOCSET_SMALL_SIZES);
}

static void
average_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	AverageOperator *self = (AverageOperator *) op;
	const AverageSpec *spec = op->node->spec;
	FluxSchema *schema = flux_schema_copy(head->schema, 0);

	if (spec->is_value_only && flux_schema_find(schema, spec->columns[0]) < 0)
		flux_operator_raise_hint(
			op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(schema, spec->columns[0]),
			"cannot find %.*s column", spec->columns[0].size, spec->columns[0].data);
	self->states = palloc0(Max(schema->count, 1) * sizeof(AverageState *));
	for (int i = 0; i < schema->count; i++)
	{
		if (!flux_texts_contain(spec->columns, spec->column_count, schema->labels[i]))
			continue;
		if (!flux_type_is_numeric(schema->types[i]))
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "cannot take %s %.*s (type %s)",
								spec->verb, schema->labels[i].size, schema->labels[i].data,
								flux_column_type_name(schema->types[i]));
		schema->types[i] = FLUX_COLUMN_FLOAT;
		self->states[i] = palloc0(sizeof(AverageState));
	}
	self->skip = spec->kernel->skip(spec->n);
	self->row_count = 0;
	self->last_row = NULL;
	self->out_head = flux_table_head_create(head->key, schema);
	flux_emit_begin_table(op, self->out_head);
}

/* The state's answers for a batch, of rows [first, ...) as a column. */
static FluxColumn
averaged_column(AverageOperator *self, AverageState *state, const FluxColumn *column, int row_count,
				int first)
{
	const AverageSpec *spec = self->op.node->spec;
	double *values = palloc(row_count * sizeof(double));
	bool *nulls = palloc(row_count * sizeof(bool));
	FluxColumn result = {.type = FLUX_COLUMN_FLOAT};

	for (int row = 0; row < row_count; row++)
	{
		Cell cell = {.is_null = flux_column_is_null(column, row)};

		if (!cell.is_null)
			cell.value = flux_column_double(column, row);
		cell = spec->kernel->add(&self->op, state, spec->n, self->row_count + row, cell);
		values[row] = cell.value;
		nulls[row] = cell.is_null;
	}
	result.values.floats = values;
	result.nulls = nulls;
	return flux_column_slice(&result, first);
}

static void
average_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	AverageOperator *self = (AverageOperator *) op;
	const FluxSchema *schema = self->out_head->schema;
	FluxColumn *columns = palloc(Max(schema->count, 1) * sizeof(FluxColumn));
	int first = (int) Max(Min(self->skip - self->row_count, batch->row_count), 0);

	if (batch->row_count == 0)
		return;
	if (first == batch->row_count)
	{
		MemoryContext old = MemoryContextSwitchTo(self->row_context);

		MemoryContextReset(self->row_context);
		self->last_row = flux_batch_copy_row(batch, batch->row_count - 1);
		MemoryContextSwitchTo(old);
	}
	for (int i = 0; i < schema->count; i++)
	{
		if (self->states[i] == NULL)
			columns[i] = flux_column_slice(&batch->columns[i], first);
		else
			columns[i] =
				averaged_column(self, self->states[i], &batch->columns[i], batch->row_count, first);
	}
	self->row_count += batch->row_count;
	flux_emit_columns(op, self->out_head, columns, batch->row_count - first);
}

/* A table without a row that counts: its last row, with what the states hold. */
static void
average_end_table(FluxOperator *op, int port)
{
	AverageOperator *self = (AverageOperator *) op;
	const AverageSpec *spec = op->node->spec;
	const AverageKernel *kernel = spec->kernel;

	if (kernel->single != NULL && self->row_count > 0 &&
		self->row_count <= kernel->short_of(spec->n))
	{
		for (int i = 0; i < self->out_head->schema->count; i++)
		{
			Cell cell;

			if (self->states[i] == NULL)
				continue;
			cell = kernel->single(self->states[i]);
			self->last_row[i] = flux_column_of_value(FLUX_COLUMN_FLOAT,
													 cell.is_null ? flux_value_null(FLUX_KIND_FLOAT)
																  : flux_value_float(cell.value));
		}
		flux_emit_columns(op, self->out_head, self->last_row, 1);
	}
	flux_emit_end_table(op);
}

static const FluxOperatorOps average_ops = {.state_size = sizeof(AverageOperator),
											.begin = average_begin,
											.begin_table = average_begin_table,
											.process = average_process,
											.end_table = average_end_table};

/* ---- the functions ---- */

static const AverageKernel moving_average = {moving_average_add, moving_average_single,
											 skip_average, skip_average};
static const AverageKernel exponential_average = {exponential_add, last_single, skip_average,
												  skip_average};
static const AverageKernel triple_derivative = {triple_derivative_add, null_single, skip_triple,
												short_triple};
static const AverageKernel relative_strength = {relative_strength_add, last_single, skip_n, skip_n};
static const AverageKernel momentum_oscillator = {momentum_oscillator_add, NULL, skip_n, skip_n};
static const AverageKernel adaptive_average = {adaptive_average_add, NULL, skip_n, skip_n};

static void
moving_average_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_average(call, node, "moving average of column", "moving average", &moving_average)
		->is_value_only = true;
}

static void
exponential_moving_average_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_average(call, node, "exponential moving average of column", "exponential moving average",
				 &exponential_average)
		->is_value_only = true;
}

static void
triple_exponential_derivative_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_average(call, node, "triple exponential derivative of column",
				 "triple exponential derivative", &triple_derivative)
		->is_value_only = true;
}

static void
relative_strength_index_plan(FluxCall *call, FluxPlanNode *node)
{
	AverageSpec *spec = plan_average(call, node, "relative strength index of column",
									 "relative strength index", &relative_strength);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
}

static void
chande_momentum_oscillator_plan(FluxCall *call, FluxPlanNode *node)
{
	AverageSpec *spec = plan_average(call, node, "chande momentum oscillator of column",
									 "chande momentum oscillator", &momentum_oscillator);

	spec->columns = flux_call_strings_or(call, "columns", "_value", &spec->column_count);
}

static void
kaufmans_ama_plan(FluxCall *call, FluxPlanNode *node)
{
	AverageSpec *spec =
		plan_average(call, node, "KAMA of column", "KaufmansAMA", &adaptive_average);
	FluxText *column = palloc(sizeof(FluxText));

	*column = flux_call_string_or(call, "column", "_value");
	spec->columns = column;
}

#define AVERAGE_CLASS(class_name, script_name)                                                     \
	const FluxPlanClass flux_plan_##class_name = {.name = script_name,                             \
												  .plan = class_name##_plan,                       \
												  .explain = average_explain,                      \
												  .ops = &average_ops,                             \
												  .keeps_bounds = flux_plan_keeps_bounds}

AVERAGE_CLASS(moving_average, "movingAverage");
AVERAGE_CLASS(exponential_moving_average, "exponentialMovingAverage");
AVERAGE_CLASS(triple_exponential_derivative, "tripleExponentialDerivative");
AVERAGE_CLASS(relative_strength_index, "relativeStrengthIndex");
AVERAGE_CLASS(chande_momentum_oscillator, "chandeMomentumOscillator");
AVERAGE_CLASS(kaufmans_ama, "kaufmansAMA");
