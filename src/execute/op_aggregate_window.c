/*
 * op_aggregate_window.c
 *		aggregateWindow: its expansion, and the operator that does it all at once.
 *
 * A call expands to what the language defines it to be,
 *
 *		window(every, ...) |> fn(column) [|> table.fill()]
 *			|> duplicate(column: timeSrc, as: timeDst)
 *			|> window(every: inf, timeColumn: timeDst)
 *
 * and a planning rule folds that back into one node of our class where fn is a
 * known aggregate or selector and no two windows become one table.  The operator
 * keeps a state per window of the current table (an aggregate's state, or the
 * row that a selector has chosen) in an array ordered by window.  Once the
 * states have taken their share of memory, rows wait on disk until their
 * window's turn (late_values.h).
 *
 * No two input tables differ in nothing but _start and _stop (the rule sees to
 * that), so none share windows and each input table's rows go out at its end.
 * Tables whose key has the column timeDst are the exception: duplicate() changes
 * the key with every window, so their rows are regrouped and go out last.  Until
 * then they bear the bounds of their windows, since windows that the stream's
 * bounds cut to one edge follow each other in the table that they come into.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/aggregate.h"
#include "execute/exec_run.h"
#include "execute/late_values.h"
#include "execute/plan_classes.h"
#include "execute/window_util.h"

/* ---- the expansion ---- */

/* Calls fn with the windowed stream and the column; gives its stream. */
static FluxPlanNode *
call_window_function(FluxCall *call, const FluxFunction *function, FluxPlanNode *input,
					 FluxText column)
{
	const FluxParameter *parameters;
	int count = flux_function_parameters(function, &parameters);
	FluxText keys[2];
	FluxValue values[2];
	FluxRecord arguments = {.count = 2, .keys = keys, .values = values};
	FluxValue result;

	keys[0] = flux_text_from_cstring("tables");
	for (int i = 0; i < count; i++)
	{
		if (parameters[i].is_pipe)
			keys[0] = parameters[i].name;
	}
	keys[1] = flux_text_from_cstring("column");
	values[0] = flux_value_stream(input);
	values[1] = flux_value_string(column);
	result = flux_call_invoke(call, function, &arguments);
	if (result.kind != FLUX_KIND_STREAM)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
						"aggregateWindow: fn must return a stream of tables, not %s",
						flux_kind_name(result.kind));
	return result.as.stream;
}

static void
aggregate_window_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxWindowSpec *window = flux_spec_create(FluxWindowSpec);
	FluxWindowSpec *closing = flux_spec_create(FluxWindowSpec);
	FluxDuplicateSpec *duplicate = flux_spec_create(FluxDuplicateSpec);
	FluxPlanNode *inner;

	flux_window_read_grid(call, window);
	window->time_column = flux_text_from_cstring("_time");
	window->start_column = flux_text_from_cstring("_start");
	window->stop_column = flux_text_from_cstring("_stop");
	window->create_empty = flux_call_bool_or(call, "createEmpty", true);
	duplicate->column = flux_call_string_or(call, "timeSrc", "_stop");
	duplicate->as = flux_call_string_or(call, "timeDst", "_time");
	*closing = *window;
	closing->is_infinite = true;
	closing->create_empty = false;
	closing->time_column = duplicate->as;

	inner = flux_plan_inner_node(call, node, &flux_plan_window, window, node->inputs[0]);
	inner = call_window_function(call, flux_call_function(call, "fn"), inner,
								 flux_call_string_or(call, "column", "_value"));
	if (window->create_empty)
		inner = flux_plan_inner_node(call, node, &flux_plan_fill_empty, NULL, inner);
	inner = flux_plan_inner_node(call, node, &flux_plan_duplicate, duplicate, inner);

	/* the call's own node is the last of the chain */
	node->class = &flux_plan_window;
	node->spec = closing;
	node->inputs[0] = inner;
}

static void
aggregate_window_explain(const FluxPlanNode *node, StringInfo out)
{
	static const char *const names[] = {"count", "sum", "mean",  "spread",
										"min",   "max", "first", "last"};
	const FluxAggregateWindowSpec *spec = node->spec;
	const FluxAggregateArguments *arguments = spec->aggregate.arguments;

	appendStringInfo(out, "every: %s, fn: %s, column: %.*s%s",
					 flux_duration_format(spec->window.grid.every),
					 spec->aggregate.function < lengthof(names) ? names[spec->aggregate.function]
																: arguments->aggregator->name,
					 spec->aggregate.column.size, spec->aggregate.column.data,
					 spec->window.create_empty ? "" : ", createEmpty: false");
}

/* ---- the operator ---- */

/* One window of the current table. */
typedef struct WindowState
{
	int64 index;     /* on the grid */
	void *aggregate; /* the aggregate's state */
	FluxColumn *row; /* or the selector's row, NULL when none */
} WindowState;

typedef struct AggregateWindowOperator
{
	FluxOperator op;
	const FluxAggregateWindowSpec *spec;
	const FluxAggregator *aggregator; /* NULL for selectors */
	FluxAggregateSetup setup;
	FluxBounds bounds;       /* of the stream */
	FluxTableSet *regrouped; /* rows of tables with timeDst in the key, by window */

	/* the current table */
	const FluxTableHead *in_head;
	FluxTableHead *out_head;
	int time_in; /* columns of the input */
	int value_in;
	int time_out; /* in the output */
	int start_out;
	int stop_out;
	bool is_regrouped;   /* timeDst is in the key */
	WindowState *states; /* by index, ascending */
	int state_count;
	int state_capacity;
	int last_state;               /* position used last */
	MemoryContext values_context; /* of what states keep */
	FluxLateValues *late;         /* rows for which there was no memory, or NULL */
} AggregateWindowOperator;

static void
aggregate_window_begin(FluxOperator *op)
{
	AggregateWindowOperator *self = (AggregateWindowOperator *) op;
	const FluxAggregateArguments *arguments;

	self->spec = op->node->spec;
	arguments = self->spec->aggregate.arguments;
	self->aggregator = arguments->aggregator;
	self->setup.op = op;
	self->setup.arguments = arguments;
	self->setup.context = self->values_context =
		AllocSetContextCreate(op->state_context, "Flux window values", ALLOCSET_DEFAULT_SIZES);
	self->bounds = flux_window_bounds(op);
	self->regrouped = flux_table_set_create(op);
}

/* The output's head: for selectors the input's columns, for aggregates key,
 * value and time; _start and _stop are those of the stream. */
static void
derive_head(AggregateWindowOperator *self, const FluxTableHead *head)
{
	const FluxAggregateWindowSpec *spec = self->spec;
	const FluxGroupKey *key = head->key;
	const FluxSchema *schema = head->schema;
	int ignored;

	key =
		flux_group_key_with(key, spec->window.start_column, flux_value_time(self->bounds.start_ns));
	key = flux_group_key_with(key, spec->window.stop_column, flux_value_time(self->bounds.stop_ns));
	if (self->aggregator != NULL)
	{
		FluxSchema *own = flux_schema_of_key(key, 2);

		flux_schema_add(own, spec->aggregate.column,
						flux_aggregate_result_type(&self->op, self->aggregator, self->setup.type));
		schema = own;
	}
	else
	{
		schema = flux_schema_with(schema, spec->window.start_column, FLUX_COLUMN_TIME, &ignored);
		schema = flux_schema_with(schema, spec->window.stop_column, FLUX_COLUMN_TIME, &ignored);
	}
	schema = flux_schema_with(schema, spec->time_dst, FLUX_COLUMN_TIME, &self->time_out);
	self->start_out = flux_schema_find(schema, spec->window.start_column);
	self->stop_out = flux_schema_find(schema, spec->window.stop_column);
	self->out_head = flux_table_head_create(key, schema);
	self->is_regrouped = flux_group_key_find(key, spec->time_dst) >= 0;
}

/*
 * Prepares the current table for its first window.  Not before: where there is
 * no window, nobody aggregates, and a column of the wrong type is no error.
 */
static void
open_table(AggregateWindowOperator *self)
{
	const FluxAggregateWindowSpec *spec = self->spec;
	const FluxTableHead *head = self->in_head;
	MemoryContext old = MemoryContextSwitchTo(self->op.table_context);

	if (self->aggregator != NULL)
		self->value_in = flux_aggregate_column(&self->op, head, spec->aggregate.column);
	else
	{
		self->value_in = flux_operator_column(&self->op, head->schema, spec->aggregate.column);
		flux_selector_check_type(&self->op, spec->aggregate.function,
								 head->schema->types[self->value_in]);
	}
	self->setup.type = head->schema->types[self->value_in];
	derive_head(self, head);
	MemoryContextSwitchTo(old);
}

static void
aggregate_window_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	AggregateWindowOperator *self = (AggregateWindowOperator *) op;

	self->in_head = head;
	self->out_head = NULL;
	self->time_in = flux_window_time_column(op, head->schema, self->spec->window.time_column);
	self->states = NULL;
	self->state_count = 0;
	self->state_capacity = 0;
	self->last_state = -1;
	self->late = NULL;
	MemoryContextReset(self->values_context);
}

/* Position of a window's state, or of where it must be inserted. */
static int
search_state(const AggregateWindowOperator *self, int64 index)
{
	int low = 0;
	int high = self->state_count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (self->states[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The state of a window, made when new. */
static WindowState *
window_state(AggregateWindowOperator *self, int64 index)
{
	MemoryContext context = self->op.table_context;
	int position = self->state_count;
	WindowState *state;

	if (self->last_state >= 0 && self->states[self->last_state].index == index)
		return &self->states[self->last_state];
	if (self->last_state + 1 < self->state_count &&
		self->states[self->last_state + 1].index == index)
		return &self->states[++self->last_state];
	if (position > 0 && self->states[position - 1].index >= index)
	{
		position = search_state(self, index);
		if (self->states[position].index == index)
		{
			self->last_state = position;
			return &self->states[position];
		}
	}
	if (self->state_count == self->state_capacity)
	{
		if (self->state_count >= FLUX_WINDOWS_MAX)
			flux_window_raise_too_many(&self->op);
		self->state_capacity = Max(self->state_capacity * 2, 64);
		if (self->states == NULL)
			self->states = MemoryContextAlloc(context, self->state_capacity * sizeof(WindowState));
		else
			self->states = repalloc_huge(self->states, self->state_capacity * sizeof(WindowState));
	}
	memmove(&self->states[position + 1], &self->states[position],
			(self->state_count - position) * sizeof(WindowState));
	self->state_count++;
	self->last_state = position;
	state = &self->states[position];
	memset(state, 0, sizeof(*state));
	state->index = index;
	if (self->aggregator != NULL)
	{
		state->aggregate = MemoryContextAllocZero(context, self->aggregator->state_size);
		if (self->aggregator->init != NULL)
			self->aggregator->init(state->aggregate, &self->setup);
	}
	return state;
}

/* Adds rows of the column to a window, or lets them compete for its row. */
static void
add_to_state(AggregateWindowOperator *self, WindowState *state, const FluxSchema *schema,
			 const FluxColumn *columns, const FluxColumn *column, int first, int count)
{
	MemoryContext old;
	int chosen;

	if (self->aggregator != NULL)
	{
		self->aggregator->add(state->aggregate, &self->setup, column, first, count);
		return;
	}
	chosen = flux_selector_choose(self->spec->aggregate.function, column, first, count,
								  state->row != NULL ? &state->row[self->value_in] : NULL, 0);
	if (chosen < 0)
		return;
	if (state->row != NULL)
		pfree(state->row);
	old = MemoryContextSwitchTo(self->op.table_context);
	state->row = flux_columns_copy_row(schema, columns, chosen);
	MemoryContextSwitchTo(old);
}

/* Have the states taken so much that rows must go to disk? */
static bool
states_are_full(const AggregateWindowOperator *self)
{
	return MemoryContextMemAllocated(self->values_context, false) +
			   MemoryContextMemAllocated(self->op.table_context, false) >
		   self->op.exec->memory_limit_bytes / 2;
}

/* From here on rows wait on disk: all of a row for selectors, else the value. */
static void
begin_late(AggregateWindowOperator *self)
{
	MemoryContext old = MemoryContextSwitchTo(self->op.table_context);
	const FluxSchema *schema = self->in_head->schema;

	if (self->aggregator != NULL)
	{
		FluxSchema *value = flux_schema_create(1);

		flux_schema_add(value, schema->labels[self->value_in], schema->types[self->value_in]);
		schema = value;
	}
	self->late = flux_late_values_create(&self->op, schema);
	MemoryContextSwitchTo(old);
}

/* Adds rows that all lie in one window. */
static void
add_run(AggregateWindowOperator *self, const FluxBatch *batch, int64 index, int first, int count)
{
	const FluxColumn *column;

	if (self->out_head == NULL)
		open_table(self);
	if (self->late == NULL && states_are_full(self))
		begin_late(self);
	column = &batch->columns[self->value_in];
	if (self->late == NULL)
		add_to_state(self, window_state(self, index), batch->head->schema, batch->columns, column,
					 first, count);
	else
		flux_late_values_append(self->late, index,
								self->aggregator != NULL ? column : batch->columns, first, count);
}

static void
aggregate_window_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	AggregateWindowOperator *self = (AggregateWindowOperator *) op;
	const FluxWindowGrid *grid = &self->spec->window.grid;
	FluxWindowRuns runs = {
		.op = op, .grid = grid, .times = &batch->columns[self->time_in], .total = batch->row_count};

	while (flux_window_next_run(&runs))
	{
		for (int64 index = runs.first; index <= runs.last; index++)
		{
			FluxBounds clipped = flux_window_clipped(grid, self->bounds, index);

			/* a row may lie outside of the stream's bounds, if its window does not */
			CHECK_FOR_INTERRUPTS();
			if (clipped.start_ns < clipped.stop_ns)
				add_run(self, batch, index, runs.row, runs.row_count);
		}
	}
}

/* ---- output ---- */

/* Output rows, sent on whenever a batch is full. */
typedef struct WindowOutput
{
	AggregateWindowOperator *self;
	FluxColumn *columns;         /* key columns filled in */
	FluxColumnBuilder *builders; /* for the others */
	bool *is_built;
	MemoryContext context;
	int row_count;
	bool is_begun; /* the table went out; without rows there is none */
} WindowOutput;

/* Do rows of a table differ in the column? */
static bool
is_row_column(const AggregateWindowOperator *self, int column)
{
	const FluxTableHead *head = self->out_head;

	if (self->is_regrouped && (column == self->start_out || column == self->stop_out))
		return true;
	return column == self->time_out ||
		   flux_group_key_find(head->key, head->schema->labels[column]) < 0;
}

static void
output_init(WindowOutput *output, AggregateWindowOperator *self)
{
	const FluxTableHead *head = self->out_head;

	output->self = self;
	output->columns = flux_columns_of_key(head);
	output->builders = palloc(Max(head->schema->count, 1) * sizeof(FluxColumnBuilder));
	output->is_built = palloc0(Max(head->schema->count, 1) * sizeof(bool));
	output->context =
		AllocSetContextCreate(CurrentMemoryContext, "Flux window output", ALLOCSET_DEFAULT_SIZES);
	output->row_count = 0;
	output->is_begun = false;
	for (int i = 0; i < head->schema->count; i++)
	{
		output->is_built[i] = is_row_column(self, i);
		if (output->is_built[i])
			flux_column_builder_init(&output->builders[i], head->schema->types[i], output->context);
	}
}

/* Sends rows to the tables that their own window and timeDst make. */
static void
regroup_rows(AggregateWindowOperator *self, const FluxBatch *batch)
{
	const FluxGroupKey *key = batch->head->key;
	int *key_columns = palloc(key->count * sizeof(int));

	for (int i = 0; i < key->count; i++)
		key_columns[i] = flux_schema_find(batch->head->schema, key->labels[i]);
	flux_table_set_route(self->regrouped, batch, key_columns, key->count);
}

static void
output_flush(WindowOutput *output)
{
	AggregateWindowOperator *self = output->self;
	const FluxTableHead *head = self->out_head;
	FluxBatch batch = {.head = head, .row_count = output->row_count, .columns = output->columns};

	if (output->row_count == 0)
		return;
	for (int i = 0; i < head->schema->count; i++)
	{
		if (output->is_built[i])
			output->columns[i] = flux_column_builder_view(&output->builders[i]);
	}
	if (self->is_regrouped)
		regroup_rows(self, &batch);
	else
	{
		if (!output->is_begun)
			flux_emit_begin_table(&self->op, head);
		output->is_begun = true;
		flux_emit_batch(&self->op, &batch);
	}

	MemoryContextReset(output->context);
	for (int i = 0; i < head->schema->count; i++)
	{
		if (output->is_built[i])
			flux_column_builder_init(&output->builders[i], head->schema->types[i], output->context);
	}
	output->row_count = 0;
}

/* Appends the row of one window; state is NULL where the window has no rows. */
static void
output_window(WindowOutput *output, int64 index, WindowState *state)
{
	AggregateWindowOperator *self = output->self;
	const FluxAggregateWindowSpec *spec = self->spec;
	const FluxSchema *schema = self->out_head->schema;
	FluxBounds window = flux_window_clipped(&spec->window.grid, self->bounds, index);
	bool from_stop = flux_text_equal(spec->time_src, spec->window.stop_column);

	for (int i = 0; i < schema->count; i++)
	{
		FluxColumnBuilder *builder = &output->builders[i];

		if (!output->is_built[i])
			continue;
		if (i == self->time_out)
			flux_column_builder_append_int(builder, from_stop ? window.stop_ns : window.start_ns);
		else if (self->is_regrouped && i == self->start_out)
			flux_column_builder_append_int(builder, window.start_ns);
		else if (self->is_regrouped && i == self->stop_out)
			flux_column_builder_append_int(builder, window.stop_ns);
		else if (self->aggregator != NULL && state != NULL)
			flux_value_append_to(builder, self->aggregator->result(state->aggregate, &self->setup));
		else if (self->aggregator != NULL && spec->aggregate.function == FLUX_AGGREGATE_COUNT)
			flux_column_builder_append_int(builder, 0);
		else if (self->aggregator == NULL && state != NULL && state->row != NULL)
			flux_column_builder_append_row(builder, &state->row[i], 0);
		else
			flux_column_builder_append_null(builder);
	}
	output->row_count++;
	if (output->row_count == FLUX_BATCH_ROWS)
	{
		CHECK_FOR_INTERRUPTS();
		output_flush(output);
	}
}

/*
 * The state of a window whose turn it is, NULL when it has no rows.  "next" is
 * the position of the first state that had no turn yet.  Values that wait on
 * disk are added; a window that has no others gets a state.
 */
static WindowState *
take_state(AggregateWindowOperator *self, int64 index, int *next, WindowState *scratch)
{
	WindowState *state = NULL;
	int64 late;

	if (*next < self->state_count && self->states[*next].index == index)
		state = &self->states[(*next)++];
	if (self->late == NULL || !flux_late_values_next(self->late, &late) || late != index)
		return state;
	if (state == NULL)
	{
		state = scratch;
		memset(state, 0, sizeof(*state));
		state->index = index;
		if (self->aggregator != NULL)
			state->aggregate = palloc0(self->aggregator->state_size);
		if (self->aggregator != NULL && self->aggregator->init != NULL)
			self->aggregator->init(state->aggregate, &self->setup);
	}
	do
	{
		const FluxColumn *columns;
		int first;
		int count = flux_late_values_take(self->late, &columns, &first);

		add_to_state(self, state, self->in_head->schema, columns,
					 self->aggregator != NULL ? columns : &columns[self->value_in], first, count);
	} while (flux_late_values_next(self->late, &late) && late == index);
	return state;
}

static void
free_scratch(WindowState *state)
{
	if (state->aggregate != NULL)
		pfree(state->aggregate);
	if (state->row != NULL)
		pfree(state->row);
}

/* The first window that has rows and had no turn yet. */
static bool
next_index(AggregateWindowOperator *self, int next, int64 *index)
{
	bool has_late = self->late != NULL && flux_late_values_next(self->late, index);

	if (next == self->state_count)
		return has_late;
	if (!has_late || self->states[next].index < *index)
		*index = self->states[next].index;
	return true;
}

/* Rows for all windows of the grid, or for those that have any. */
static void
output_all(AggregateWindowOperator *self)
{
	const FluxAggregateWindowSpec *spec = self->spec;
	WindowOutput output;
	WindowState scratch;
	int64 first;
	int64 last;
	int next = 0;

	if (self->late != NULL)
		flux_late_values_finish(self->late);
	if (!spec->window.create_empty)
	{
		if (self->state_count == 0)
			return;
		output_init(&output, self);
		while (next_index(self, next, &first))
		{
			WindowState *state = take_state(self, first, &next, &scratch);

			/* windows of nulls only: a selector finds no row there */
			if (self->aggregator != NULL || state->row != NULL)
				output_window(&output, first, state);
			if (state == &scratch)
				free_scratch(state);
		}
	}
	else
	{
		if (self->bounds.start_ns >= self->bounds.stop_ns ||
			!flux_window_range(&self->op, &spec->window.grid, self->bounds, &first, &last))
			return;
		if (self->out_head == NULL)
			open_table(self);
		output_init(&output, self);
		for (int64 i = first; i <= last; i++)
		{
			WindowState *state = take_state(self, i, &next, &scratch);

			if (state != NULL || !flux_grid_repeats(&spec->window.grid, i))
				output_window(&output, i, state);
			if (state == &scratch)
				free_scratch(state);
		}
	}
	output_flush(&output);
	if (output.is_begun)
		flux_emit_end_table(&self->op);
	if (self->late != NULL)
		flux_late_values_destroy(self->late);
}

static void
aggregate_window_end_table(FluxOperator *op, int port)
{
	output_all((AggregateWindowOperator *) op);
}

/* A constant column of a time. */
static FluxColumn
constant_time(const int64 *time_ns)
{
	return (FluxColumn){.type = FLUX_COLUMN_TIME, .is_constant = true, .values.times = time_ns};
}

/* Moves a window's rows to the table that has the stream's bounds instead of its own. */
static void
unite_table(AggregateWindowOperator *self, FluxTableBuffer *buffer, FluxTableSet *united)
{
	const FluxWindowSpec *window = &self->spec->window;
	const FluxTableHead *head = flux_table_buffer_head(buffer);
	const FluxGroupKey *key = flux_group_key_with(head->key, window->start_column,
												  flux_value_time(self->bounds.start_ns));
	int start = flux_schema_find(head->schema, window->start_column);
	int stop = flux_schema_find(head->schema, window->stop_column);
	FluxColumn *columns = palloc(head->schema->count * sizeof(FluxColumn));
	FluxTableBuffer *table;
	FluxBatch portion;
	int position = 0;

	key = flux_group_key_with(key, window->stop_column, flux_value_time(self->bounds.stop_ns));
	head = flux_table_head_create(key, head->schema);
	table = flux_table_set_get(united, head);
	while (flux_table_buffer_next(buffer, &position, &portion))
	{
		FluxBatch rows = {.head = head, .row_count = portion.row_count, .columns = columns};

		memcpy(columns, portion.columns, head->schema->count * sizeof(FluxColumn));
		columns[start] = constant_time(&self->bounds.start_ns);
		columns[stop] = constant_time(&self->bounds.stop_ns);
		flux_table_buffer_append(table, &rows);
	}
}

static void
aggregate_window_finish(FluxOperator *op, int port)
{
	AggregateWindowOperator *self = (AggregateWindowOperator *) op;
	FluxTableSet *united = flux_table_set_create(op);
	MemoryContext old = MemoryContextSwitchTo(op->table_context);

	flux_table_set_sort(self->regrouped); /* by key, so of one key by window */
	for (int i = 0; i < flux_table_set_count(self->regrouped); i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(op->table_context);
		unite_table(self, flux_table_set_table(self->regrouped, i), united);
		flux_table_set_drop(self->regrouped, i);
	}
	MemoryContextSwitchTo(old);
	flux_table_set_emit(united, op, true);
	flux_emit_finish(op);
}

static const FluxOperatorOps aggregate_window_ops = {.state_size = sizeof(AggregateWindowOperator),
													 .begin = aggregate_window_begin,
													 .begin_table = aggregate_window_begin_table,
													 .process = aggregate_window_process,
													 .end_table = aggregate_window_end_table,
													 .finish = aggregate_window_finish};

const FluxPlanClass flux_plan_aggregate_window = {.name = "aggregateWindow",
												  .kind = FLUX_PLAN_AGGREGATE_WINDOW,
												  .plan = aggregate_window_plan,
												  .explain = aggregate_window_explain,
												  .ops = &aggregate_window_ops,
												  .keeps_tables = true};
