/*
 * op_group_aggregate.c
 *		group |> aggregate in one: a state per group instead of its rows.
 *
 * The rule fuse_group_aggregate makes this node where an aggregate stands on a
 * group() that nobody else reads.  Rows are added to their group's state as
 * they come, which is the order in which group() would have kept them, so the
 * result is the same to the bit, in memory that grows with the groups alone.
 *
 * An empty FluxTableBuffer per group remembers the columns that its tables
 * would have been merged to, and raises the same schema collisions.  A table
 * that lacks the column counts as rows of nulls, also when it comes before the
 * first that has it.
 *
 * States that keep values take the first of them; once all have taken their
 * share of memory, the others wait on disk (late_values.h).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/aggregate.h"
#include "execute/exec_run.h"
#include "execute/group_columns.h"
#include "execute/late_values.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct GroupState
{
	FluxTableBuffer *columns; /* empty: the group's key and merged schema */
	FluxAggregateSetup setup; /* type is set once the column was seen */
	bool has_column;
	bool is_refused;   /* cannot be aggregated: an error at its turn */
	int64 early_nulls; /* rows before that */
	int last_schema;   /* number of the schema that it took in last */
	void *state;
	bool is_done; /* "result" holds what there is of the state */
	FluxValue result;
} GroupState;

typedef struct GroupAggregateOperator
{
	FluxOperator op;
	const FluxGroupAggregateSpec *spec;
	const FluxAggregator *aggregator;
	FluxTableSet *set;
	GroupState **states; /* by position in the set */
	int state_count;
	int state_capacity;
	MemoryContext values_context; /* of what states keep */
	FluxLateValues *late;         /* NULL until needed */

	/* of the current table */
	int schema_number;             /* 1, 2, 3 ...: changes when the columns do */
	const FluxSchema *last_schema; /* that of this number, in state_context */
	const FluxTableHead *head;
	int column; /* to aggregate, -1 if absent */
	int *key_columns;
	int key_count;
	int whole; /* the group where the whole table goes, or -1 */
} GroupAggregateOperator;

/* ---- groups ---- */

/* The state of the table at a position of the set, made when new. */
static GroupState *
state_at(GroupAggregateOperator *self, int position)
{
	MemoryContext previous;

	previous = MemoryContextSwitchTo(self->op.state_context);
	while (self->state_count <= position)
	{
		GroupState *state = palloc0(sizeof(GroupState));

		if (self->state_count == self->state_capacity)
		{
			self->state_capacity = Max(self->state_capacity * 2, 16);
			self->states =
				self->states == NULL
					? palloc(self->state_capacity * sizeof(GroupState *))
					: repalloc_huge(self->states, self->state_capacity * sizeof(GroupState *));
		}
		state->columns = flux_table_set_table(self->set, self->state_count);
		state->setup.op = &self->op;
		state->setup.arguments = self->spec->aggregate.arguments;
		state->setup.context = self->values_context;
		self->states[self->state_count++] = state;
	}
	MemoryContextSwitchTo(previous);
	return self->states[position];
}

static void
add_nulls(GroupAggregateOperator *self, GroupState *state, int64 count)
{
	FluxColumn nulls = flux_column_constant_null(state->setup.type);

	for (; count > 0; count -= FLUX_BATCH_ROWS)
		self->aggregator->add(state->state, &state->setup, &nulls, 0, Min(count, FLUX_BATCH_ROWS));
}

/* The column has come: the state can be prepared. */
static void
prepare_state(GroupAggregateOperator *self, GroupState *state)
{
	MemoryContext previous = MemoryContextSwitchTo(self->op.state_context);

	state->state = palloc0(self->aggregator->state_size);
	if (self->aggregator->init != NULL)
		self->aggregator->init(state->state, &state->setup);
	add_nulls(self, state, state->early_nulls);
	MemoryContextSwitchTo(previous);
}

/*
 * Lets a group know the current table's column.  Errors wait until the group's
 * turn to be emitted, which is when the aggregate alone would raise them.
 */
static void
enter_group(GroupAggregateOperator *self, GroupState *state)
{
	const FluxTableHead *merged;
	int column;

	/* nearly always: groups are many and far apart in memory, so look no further */
	if (state->last_schema == self->schema_number)
		return;
	state->last_schema = self->schema_number;
	flux_table_buffer_widen(state->columns, self->head->schema);
	merged = flux_table_buffer_head(state->columns);
	if (state->has_column)
		return;
	column = flux_schema_find(merged->schema, self->spec->aggregate.column);
	if (column < 0)
		return;
	state->has_column = true;
	state->setup.type = merged->schema->types[column];
	state->is_refused = self->aggregator->result_type(state->setup.type) == 0 ||
						flux_group_key_find(merged->key, self->spec->aggregate.column) >= 0;
	if (!state->is_refused)
		prepare_state(self, state);
}

/* Puts rows off, as floats: groups may have columns of different types. */
static void
add_late(GroupAggregateOperator *self, int position, const FluxColumn *column, int first, int count)
{
	double *values = palloc(count * sizeof(double));
	bool *nulls = palloc(count * sizeof(bool));
	FluxColumn floats = {.type = FLUX_COLUMN_FLOAT, .nulls = nulls};

	for (int i = 0; i < count; i++)
	{
		nulls[i] = flux_column_is_null(column, first + i);
		values[i] = nulls[i] ? 0 : flux_column_double(column, first + i);
	}
	floats.values.floats = values;
	flux_late_values_append(self->late, position, &floats, 0, count);
	pfree(values);
	pfree(nulls);
}

/* Rows of the group at a position of the set. */
static void
add_rows(GroupAggregateOperator *self, int position, const FluxBatch *batch, int first, int count)
{
	GroupState *state = self->states[position];

	if (state->is_refused)
		return;
	if (self->column >= 0 && self->late != NULL)
		add_late(self, position, &batch->columns[self->column], first, count);
	else if (self->column >= 0)
		self->aggregator->add(state->state, &state->setup, &batch->columns[self->column], first,
							  count);
	else if (state->has_column)
		add_nulls(self, state, count);
	else
		state->early_nulls += count;
}

/* ---- rows ---- */

static void
group_aggregate_begin(FluxOperator *op)
{
	GroupAggregateOperator *self = (GroupAggregateOperator *) op;

	self->spec = op->node->spec;
	self->aggregator = ((FluxAggregateArguments *) self->spec->aggregate.arguments)->aggregator;
	self->set = flux_table_set_create(op);
	self->values_context =
		AllocSetContextCreate(op->state_context, "Flux group values", ALLOCSET_DEFAULT_SIZES);
}

/* Numbers the columns of tables: the same number as long as they stay the same. */
static void
note_schema(GroupAggregateOperator *self, const FluxSchema *schema)
{
	MemoryContext previous;

	if (self->last_schema != NULL && flux_schema_equal(self->last_schema, schema))
		return;
	previous = MemoryContextSwitchTo(self->op.state_context);
	self->last_schema = flux_schema_copy(schema, 0);
	self->schema_number++;
	MemoryContextSwitchTo(previous);
}

static void
group_aggregate_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	GroupAggregateOperator *self = (GroupAggregateOperator *) op;
	FluxTableHead group;

	self->head = head;
	note_schema(self, head->schema);
	self->column = flux_schema_find(head->schema, self->spec->aggregate.column);
	self->whole = -1;
	if (!flux_group_choose_columns(&self->spec->group, head, &self->key_columns, &self->key_count))
		return;
	group.key = flux_group_key_of_table(head, self->key_columns, self->key_count);
	group.schema = head->schema;
	flux_table_set_get(self->set, &group);
	self->whole = flux_table_set_position(self->set, group.key);
	enter_group(self, state_at(self, self->whole));
}

/* From here on rows wait on disk. */
static void
begin_late(GroupAggregateOperator *self)
{
	MemoryContext old = MemoryContextSwitchTo(self->op.state_context);
	FluxSchema *schema = flux_schema_create(1);

	flux_schema_add(schema, flux_text_from_cstring("_value"), FLUX_COLUMN_FLOAT);
	self->late = flux_late_values_create(&self->op, schema);
	MemoryContextSwitchTo(old);
}

static void
group_aggregate_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	GroupAggregateOperator *self = (GroupAggregateOperator *) op;
	int *positions;
	int first = 0;

	if (self->late == NULL && self->aggregator->keeps_values &&
		MemoryContextMemAllocated(self->values_context, false) > op->exec->memory_limit_bytes / 2)
		begin_late(self);
	if (self->whole >= 0)
	{
		add_rows(self, self->whole, batch, 0, batch->row_count);
		return;
	}
	positions = palloc(Max(batch->row_count, 1) * sizeof(int));
	flux_table_set_positions(self->set, batch, self->key_columns, self->key_count, positions);
	while (first < batch->row_count)
	{
		GroupState *state = state_at(self, positions[first]);
		int stop = first + 1;

		while (stop < batch->row_count && positions[stop] == positions[first])
			stop++;
		enter_group(self, state);
		add_rows(self, positions[first], batch, first, stop - first);
		first = stop;
	}
}

static void
group_aggregate_end_table(FluxOperator *op, int port)
{
}

/* ---- results ---- */

/* Gives the states for which values wait their values, and takes their results. */
static void
finish_late(GroupAggregateOperator *self)
{
	MemoryContext old = MemoryContextSwitchTo(self->op.state_context);
	int64 position;

	flux_late_values_finish(self->late);
	while (flux_late_values_next(self->late, &position))
	{
		GroupState *state = self->states[position];
		int64 next;

		CHECK_FOR_INTERRUPTS();
		do
		{
			const FluxColumn *column;
			int first;
			int count = flux_late_values_take(self->late, &column, &first);

			self->aggregator->add(state->state, &state->setup, column, first, count);
		} while (flux_late_values_next(self->late, &next) && next == position);
		state->result = self->aggregator->result(state->state, &state->setup);
		state->is_done = true;
	}
	flux_late_values_destroy(self->late);
	MemoryContextSwitchTo(old);
}

static int
compare_states(const void *a, const void *b)
{
	return flux_group_key_compare(flux_table_buffer_head((*(GroupState *const *) a)->columns)->key,
								  flux_table_buffer_head((*(GroupState *const *) b)->columns)->key);
}

static void
emit_group(GroupAggregateOperator *self, GroupState *state)
{
	const FluxTableHead *merged = flux_table_buffer_head(state->columns);
	const FluxGroupKey *key = merged->key;
	FluxText label = self->spec->aggregate.column;
	FluxSchema *schema = flux_schema_of_key(key, 1);
	FluxValue *values = palloc((key->count + 1) * sizeof(FluxValue));

	(void) flux_aggregate_column(&self->op, merged, label); /* there, and not in the key */
	flux_schema_add(schema, label,
					flux_aggregate_result_type(&self->op, self->aggregator, state->setup.type));
	memcpy(values, key->values, key->count * sizeof(FluxValue));
	values[key->count] =
		state->is_done ? state->result : self->aggregator->result(state->state, &state->setup);
	flux_emit_one_row(&self->op, flux_table_head_create(key, schema), values);
}

static void
group_aggregate_finish(FluxOperator *op, int port)
{
	GroupAggregateOperator *self = (GroupAggregateOperator *) op;

	if (self->late != NULL)
		finish_late(self);
	if (self->state_count > 1)
		qsort(self->states, self->state_count, sizeof(GroupState *), compare_states);
	for (int i = 0; i < self->state_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		emit_group(self, self->states[i]);
	}
	flux_emit_finish(op);
}

static const FluxOperatorOps group_aggregate_ops = {.state_size = sizeof(GroupAggregateOperator),
													.begin = group_aggregate_begin,
													.begin_table = group_aggregate_begin_table,
													.process = group_aggregate_process,
													.end_table = group_aggregate_end_table,
													.finish = group_aggregate_finish};

static void
group_aggregate_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxGroupAggregateSpec *spec = node->spec;

	flux_explain_columns(out, spec->group.columns, spec->group.column_count);
	appendStringInfo(out, "%s, fn: %s, column: %.*s", spec->group.is_except ? ", mode: except" : "",
					 ((FluxAggregateArguments *) spec->aggregate.arguments)->aggregator->name,
					 spec->aggregate.column.size, spec->aggregate.column.data);
}

const FluxPlanClass flux_plan_group_aggregate = {.name = "groupAggregate",
												 .kind = FLUX_PLAN_GROUP_AGGREGATE,
												 .explain = group_aggregate_explain,
												 .ops = &group_aggregate_ops};
