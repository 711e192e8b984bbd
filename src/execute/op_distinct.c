/*
 * op_distinct.c
 *		distinct, unique, sample and mode: by the values of one column.
 *
 * Null is a value; NaN equals nothing, so every NaN is new.
 *
 * When the values of distinct or unique pass their share of the memory limit,
 * the set is frozen.  Rows whose value it lacks are sorted by value, on disk if
 * need be; the first row of each value then takes its turn in the order in
 * which the rows came, after those that went out already.  mode empties its set
 * into a sorter of values and counts instead, and adds the counts up at the end.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "common/pg_prng.h"
#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/sort_rows.h"
#include "execute/value_set.h"

/* ---- what the operators share ---- */

typedef struct DistinctSpec
{
	FluxText column;
	int64 step;  /* sample */
	int64 first; /* sample: -1 = random */
} DistinctSpec;

typedef struct DistinctOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	const FluxTableHead *out_head;
	int column;     /* -1: missing, or its key value counts */
	bool is_single; /* the one row went out at once */
	FluxValueSet seen;
	MemoryContext seen_context; /* of its values */
	FluxRowSorter *overflow;    /* rows with values that a frozen set lacks, or NULL */
	int64 overflow_count;
	int64 row_count; /* sample: of the table so far */
	int64 next_row;  /* sample: to take next */
	int32 rows[FLUX_BATCH_ROWS];
} DistinctOperator;

static void
distinct_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxAggregateSpec *spec = flux_spec_create(FluxAggregateSpec);

	spec->function = FLUX_AGGREGATE_OTHER;
	spec->column = flux_call_string_or(call, "column", "_value");
	node->spec = spec;
}

static void
distinct_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxAggregateSpec *spec = node->spec;

	appendStringInfo(out, "column: %.*s", spec->column.size, spec->column.data);
}

/* An empty set for a table; the one before is gone with the table's context. */
static void
seen_init(DistinctOperator *self, FluxColumnType type)
{
	self->seen_context = AllocSetContextCreate(self->op.table_context, "Flux distinct values",
											   ALLOCSET_DEFAULT_SIZES);
	flux_value_set_init(&self->seen, type, self->seen_context);
	self->overflow = NULL;
	self->overflow_count = 0;
}

/* Is the set so large that it takes no more? */
static bool
seen_is_full(const DistinctOperator *self)
{
	return MemoryContextMemAllocated(self->seen_context, false) >
		   self->op.exec->memory_limit_bytes / 2;
}

/*
 * Keeps rows of the batch whose values a full set lacks.  "columns" are what is
 * kept of a row, the distinct value at "position".
 */
static void
keep_overflow(DistinctOperator *self, const FluxSchema *schema, const FluxColumn *columns,
			  int position, int row_count)
{
	const FluxColumn *values = &columns[position];
	FluxColumn *kept = palloc((schema->count + 1) * sizeof(FluxColumn));
	int64 *places;
	FluxBatch batch = {.columns = kept};
	int count = 0;

	for (int row = 0; row < row_count; row++)
	{
		bool is_known = flux_column_is_null(values, row)
							? self->seen.has_null
							: flux_value_set_has(&self->seen, values, row);

		if (!is_known)
			self->rows[count++] = row;
	}
	if (self->overflow == NULL)
	{
		FluxSchema *with_place = flux_schema_copy(schema, 1);
		FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = with_place};

		flux_schema_add(with_place, flux_text_from_cstring("\001place"), FLUX_COLUMN_INT);
		self->overflow = flux_sorter_create(&self->op, &head, &position, 1, false);
	}
	places = palloc(Max(count, 1) * sizeof(int64));
	for (int i = 0; i < count; i++)
		places[i] = self->overflow_count++;
	for (int i = 0; i < schema->count; i++)
		kept[i] = flux_column_gather(&columns[i], self->rows, count);
	kept[schema->count] = (FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = places};
	batch.row_count = count;
	if (count > 0)
		flux_sorter_append(self->overflow, &batch);
}

/* Sorts the first row of each value by its place. */
static FluxRowSorter *
firsts_by_place(DistinctOperator *self, const FluxSchema *schema, int position)
{
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = schema};
	int place = schema->count - 1;
	FluxRowSorter *firsts = flux_sorter_create(&self->op, &head, &place, 1, false);
	MemoryContext contexts[2]; /* in turn: of this batch, and of the value before */
	MemoryContext old = CurrentMemoryContext;
	FluxColumnBuilder last = {0}; /* that value, one row */
	FluxBatch batch;

	for (int i = 0; i < 2; i++)
		contexts[i] = AllocSetContextCreate(old, "Flux distinct rows", ALLOCSET_DEFAULT_SIZES);
	flux_sorter_finish(self->overflow);
	for (int turn = 0; flux_sorter_next(self->overflow, &batch); turn = 1 - turn)
	{
		const FluxColumn *values = &batch.columns[position];
		FluxColumn *kept = MemoryContextAlloc(contexts[turn], schema->count * sizeof(FluxColumn));
		FluxBatch part = {.columns = kept};
		int count = 0;

		MemoryContextSwitchTo(contexts[turn]);
		for (int row = 0; row < batch.row_count; row++)
		{
			FluxColumn view = flux_column_builder_view(&last);
			bool is_nan = values->type == FLUX_COLUMN_FLOAT && !flux_column_is_null(values, row) &&
						  isnan(values->values.floats[flux_column_index(values, row)]);

			if (row == 0 ? last.count > 0 && !is_nan &&
							   flux_column_compare_rows(&view, 0, values, row) == 0
						 : !is_nan && flux_column_compare_rows(values, row - 1, values, row) == 0)
				continue;
			self->rows[count++] = row;
		}
		for (int i = 0; i < schema->count; i++)
			kept[i] = flux_column_gather(&batch.columns[i], self->rows, count);
		part.row_count = count;
		if (count > 0)
			flux_sorter_append(firsts, &part);
		flux_column_builder_init(&last, schema->types[position], contexts[turn]);
		flux_column_builder_append_row(&last, values, batch.row_count - 1);
		MemoryContextReset(contexts[1 - turn]);
	}
	MemoryContextSwitchTo(old);
	for (int i = 0; i < 2; i++)
		MemoryContextDelete(contexts[i]);
	flux_sorter_destroy(self->overflow);
	self->overflow = NULL;
	flux_sorter_finish(firsts);
	return firsts;
}

/*
 * Opens a table of key columns and _value.  A missing column gives one row
 * "", a key column its one value.
 */
static void
distinct_open(DistinctOperator *self, const FluxTableHead *head, FluxText label)
{
	int in_key = flux_group_key_find(head->key, label);
	FluxSchema *schema = flux_schema_of_key(head->key, 1);
	FluxColumnType type = FLUX_COLUMN_STRING;
	FluxText value_label = flux_text_from_cstring("_value");
	int position;

	self->in_head = head;
	self->column = flux_schema_find(head->schema, label);
	if (self->column >= 0)
		type = head->schema->types[self->column];
	if (!flux_text_equal(label, value_label))
		flux_operator_check_result(&self->op, head->key, value_label);
	schema = flux_schema_with(schema, value_label, type, &position);
	self->out_head = flux_table_head_create(head->key, schema);
	self->is_single = self->column < 0 || in_key >= 0;
	if (self->is_single)
	{
		FluxValue *values = palloc((schema->count + 1) * sizeof(FluxValue));

		memcpy(values, head->key->values, head->key->count * sizeof(FluxValue));
		values[position] = in_key >= 0 ? head->key->values[in_key] : flux_value_cstring("");
		flux_emit_one_row(&self->op, self->out_head, values);
		return;
	}
	seen_init(self, type);
}

static void
distinct_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DistinctOperator *self = (DistinctOperator *) op;

	distinct_open(self, head, ((const FluxAggregateSpec *) op->node->spec)->column);
	if (!self->is_single)
		flux_emit_begin_table(op, self->out_head);
}

/* Rows of the batch whose value was not seen before. */
static int
select_new_rows(DistinctOperator *self, const FluxColumn *column, int row_count)
{
	int count = 0;

	/* a constant column has nothing new after its first row */
	if (column->is_constant && row_count > 1 && column->type != FLUX_COLUMN_FLOAT)
		row_count = 1;
	for (int row = 0; row < row_count; row++)
	{
		bool is_new;

		if (flux_column_is_null(column, row))
		{
			is_new = !self->seen.has_null;
			self->seen.has_null = true;
		}
		else
			is_new = flux_value_set_add(&self->seen, column, row);
		if (is_new)
			self->rows[count++] = row;
	}
	return count;
}

/* The value column alone, in the current context. */
static FluxSchema *
value_schema(const DistinctOperator *self)
{
	FluxSchema *schema = flux_schema_create(2);

	flux_schema_add(schema, flux_text_from_cstring("_value"),
					self->in_head->schema->types[self->column]);
	return schema;
}

static void
distinct_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DistinctOperator *self = (DistinctOperator *) op;
	const FluxColumn *column;
	FluxColumn *columns;
	int count;

	if (self->is_single)
		return;
	column = &batch->columns[self->column];
	if (seen_is_full(self))
	{
		keep_overflow(self, value_schema(self), column, 0, batch->row_count);
		return;
	}
	count = select_new_rows(self, column, batch->row_count);
	if (count == 0)
		return;
	columns = flux_columns_of_key(self->out_head);
	columns[flux_schema_find(self->out_head->schema, flux_text_from_cstring("_value"))] =
		flux_column_gather(column, self->rows, count);
	flux_emit_columns(op, self->out_head, columns, count);
}

static void
distinct_end_table(FluxOperator *op, int port)
{
	DistinctOperator *self = (DistinctOperator *) op;

	if (self->is_single)
		return;
	if (self->overflow != NULL)
	{
		FluxColumn *columns = flux_columns_of_key(self->out_head);
		FluxSchema *schema = value_schema(self);
		int position = flux_schema_find(self->out_head->schema, flux_text_from_cstring("_value"));
		FluxRowSorter *firsts;
		FluxBatch batch;

		flux_schema_add(schema, flux_text_from_cstring("\001place"), FLUX_COLUMN_INT);
		firsts = firsts_by_place(self, schema, 0);
		while (flux_sorter_next(firsts, &batch))
		{
			columns[position] = batch.columns[0];
			flux_emit_columns(op, self->out_head, columns, batch.row_count);
		}
		flux_sorter_destroy(firsts);
	}
	flux_emit_end_table(op);
}

static const FluxOperatorOps distinct_ops = {.state_size = sizeof(DistinctOperator),
											 .begin_table = distinct_begin_table,
											 .process = distinct_process,
											 .end_table = distinct_end_table};

const FluxPlanClass flux_plan_distinct = {.name = "distinct",
										  .kind = FLUX_PLAN_DISTINCT,
										  .plan = distinct_plan,
										  .explain = distinct_explain,
										  .ops = &distinct_ops};

/* ---- unique ---- */

static void
unique_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DistinctOperator *self = (DistinctOperator *) op;

	self->out_head = head;
	self->column = flux_operator_column(op, head->schema,
										((const FluxAggregateSpec *) op->node->spec)->column);
	seen_init(self, head->schema->types[self->column]);
	flux_emit_begin_table(op, head);
}

static void
unique_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DistinctOperator *self = (DistinctOperator *) op;

	if (seen_is_full(self))
	{
		keep_overflow(self, self->out_head->schema, batch->columns, self->column, batch->row_count);
		return;
	}
	flux_emit_rows(op, self->out_head, batch, self->rows,
				   select_new_rows(self, &batch->columns[self->column], batch->row_count));
}

static void
unique_end_table(FluxOperator *op, int port)
{
	DistinctOperator *self = (DistinctOperator *) op;

	if (self->overflow != NULL)
	{
		FluxSchema *schema = flux_schema_copy(self->out_head->schema, 1);
		FluxRowSorter *firsts;
		FluxBatch batch;

		flux_schema_add(schema, flux_text_from_cstring("\001place"), FLUX_COLUMN_INT);
		firsts = firsts_by_place(self, schema, self->column);
		while (flux_sorter_next(firsts, &batch))
			flux_emit_columns(op, self->out_head, batch.columns, batch.row_count);
		flux_sorter_destroy(firsts);
	}
	flux_emit_end_table(op);
}

static const FluxOperatorOps unique_ops = {.state_size = sizeof(DistinctOperator),
										   .begin_table = unique_begin_table,
										   .process = unique_process,
										   .end_table = unique_end_table};

const FluxPlanClass flux_plan_unique = {.name = "unique",
										.plan = distinct_plan,
										.explain = distinct_explain,
										.ops = &unique_ops,
										.keeps_bounds = flux_plan_keeps_bounds};

/* ---- mode ---- */

/* Columns of a value and how many rows have it, in the current context. */
static FluxSchema *
counted_schema(const DistinctOperator *self)
{
	FluxSchema *schema = value_schema(self);

	flux_schema_add(schema, flux_text_from_cstring("\001count"), FLUX_COLUMN_INT);
	return schema;
}

/* Moves the values and their counts to the sorter; the set is empty again. */
static void
mode_flush(DistinctOperator *self)
{
	FluxSchema *schema = counted_schema(self);
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = schema};
	FluxColumn columns[2];
	FluxBatch batch = {.head = &head, .row_count = self->seen.values.count, .columns = columns};
	FluxRowSorter *sorter = self->overflow;
	int by_value = 0;
	bool has_null = self->seen.has_null;

	if (sorter == NULL)
		sorter = flux_sorter_create(&self->op, &head, &by_value, 1, false);
	columns[0] = flux_column_builder_view(&self->seen.values);
	columns[1] = (FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = self->seen.counts};
	flux_sorter_append(sorter, &batch);
	MemoryContextDelete(self->seen_context);
	seen_init(self, schema->types[0]);
	self->seen.has_null = has_null;
	self->overflow = sorter;
}

static void
mode_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DistinctOperator *self = (DistinctOperator *) op;
	const FluxColumn *column;

	if (self->is_single)
		return;
	if (seen_is_full(self))
		mode_flush(self);
	column = &batch->columns[self->column];
	self->row_count += batch->row_count;
	for (int row = 0; row < batch->row_count; row++)
	{
		if (!flux_column_is_null(column, row))
			flux_value_set_add(&self->seen, column, row);
	}
}

static void
mode_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DistinctOperator *self = (DistinctOperator *) op;

	self->row_count = 0;
	distinct_open(self, head, ((const FluxAggregateSpec *) op->node->spec)->column);
}

static int
compare_values(const void *a, const void *b, void *argument)
{
	const FluxColumn *values = argument;

	CHECK_FOR_INTERRUPTS();
	return flux_column_compare_rows(values, *(const int32 *) a, values, *(const int32 *) b);
}

/* Is a row's value that of the row before? NaN never is. */
static bool
continues_value(const FluxColumn *before, int row_before, const FluxColumn *values, int row)
{
	if (values->type == FLUX_COLUMN_FLOAT &&
		isnan(values->values.floats[flux_column_index(values, row)]))
		return false;
	return flux_column_compare_rows(before, row_before, values, row) == 0;
}

/* What mode finds out about the values in order. */
typedef struct ModeCounts
{
	FluxTableBuffer *counted; /* each value once, with its rows */
	int64 distinct;
	int64 most;       /* rows of the most frequent value */
	int64 most_count; /* values that are as frequent */
} ModeCounts;

/* Appends values and their counts, and compares them with the most frequent. */
static void
mode_count_values(ModeCounts *modes, const FluxBatch *batch)
{
	const int64 *counts = batch->columns[1].values.ints;

	for (int i = 0; i < batch->row_count; i++)
	{
		if (counts[i] > modes->most)
			modes->most_count = 0;
		modes->most = Max(modes->most, counts[i]);
		modes->most_count += counts[i] == modes->most;
	}
	modes->distinct += batch->row_count;
	flux_table_buffer_append(modes->counted, batch);
}

/* Adds up the sorted counts of each value. */
static void
mode_add_up(DistinctOperator *self, ModeCounts *modes, const FluxTableHead *head)
{
	MemoryContext contexts[2]; /* in turn: of this batch, and of the value before */
	MemoryContext old = CurrentMemoryContext;
	FluxColumnBuilder values;
	FluxColumnBuilder counts;
	FluxBatch batch;

	for (int i = 0; i < 2; i++)
		contexts[i] = AllocSetContextCreate(old, "Flux mode values", ALLOCSET_DEFAULT_SIZES);
	flux_column_builder_init(&values, head->schema->types[0], contexts[1]);
	flux_column_builder_init(&counts, FLUX_COLUMN_INT, contexts[1]);
	for (int turn = 0; flux_sorter_next(self->overflow, &batch); turn = 1 - turn)
	{
		FluxColumn columns[2];
		FluxBatch out = {.head = head, .columns = columns};

		for (int row = 0; row < batch.row_count; row++)
		{
			FluxColumn view = flux_column_builder_view(&values);
			int at = flux_column_index(&batch.columns[1], row);

			if (values.count > 0 &&
				continues_value(&view, values.count - 1, &batch.columns[0], row))
				((int64 *) counts.values)[values.count - 1] += batch.columns[1].values.ints[at];
			else
			{
				flux_column_builder_append_row(&values, &batch.columns[0], row);
				flux_column_builder_append_row(&counts, &batch.columns[1], row);
			}
		}

		/* all but the last value, which may go on */
		columns[0] = flux_column_builder_view(&values);
		columns[1] = flux_column_builder_view(&counts);
		out.row_count = values.count - 1;
		mode_count_values(modes, &out);
		flux_column_builder_init(&values, head->schema->types[0], contexts[turn]);
		flux_column_builder_init(&counts, FLUX_COLUMN_INT, contexts[turn]);
		flux_column_builder_append_row(&values, &columns[0], out.row_count);
		flux_column_builder_append_row(&counts, &columns[1], out.row_count);
		MemoryContextReset(contexts[1 - turn]);
	}
	if (values.count > 0)
	{
		FluxColumn columns[2] = {flux_column_builder_view(&values),
								 flux_column_builder_view(&counts)};
		FluxBatch out = {.head = head, .columns = columns, .row_count = 1};

		mode_count_values(modes, &out);
	}
	for (int i = 0; i < 2; i++)
		MemoryContextDelete(contexts[i]);
}

/* The same as below, from values and counts that are on disk. */
static void
mode_end_on_disk(DistinctOperator *self)
{
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0),
						  .schema = counted_schema(self)};
	FluxColumn *columns = flux_columns_of_key(self->out_head);
	int position = flux_schema_find(self->out_head->schema, flux_text_from_cstring("_value"));
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "Flux mode values", ALLOCSET_DEFAULT_SIZES);
	ModeCounts modes = {0};
	FluxBatch portion;
	int next = 0;

	mode_flush(self);
	flux_sorter_finish(self->overflow);
	modes.counted = flux_table_buffer_create(&self->op, &head);
	mode_add_up(self, &modes, &head);
	flux_sorter_destroy(self->overflow);
	self->overflow = NULL;

	flux_emit_begin_table(&self->op, self->out_head);
	if (modes.most_count == modes.distinct)
	{
		columns[position] = flux_column_constant_null(head.schema->types[0]);
		flux_emit_columns(&self->op, self->out_head, columns, 1);
	}
	while (modes.most_count < modes.distinct &&
		   flux_table_buffer_next(modes.counted, &next, &portion))
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		int32 *rows = MemoryContextAllocHuge(scratch, portion.row_count * sizeof(int32));
		int count = 0;

		for (int row = 0; row < portion.row_count; row++)
		{
			if (portion.columns[1].values.ints[flux_column_index(&portion.columns[1], row)] ==
				modes.most)
				rows[count++] = row;
		}
		columns[position] = flux_column_gather(&portion.columns[0], rows, count);
		flux_emit_columns(&self->op, self->out_head, columns, count);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	flux_table_buffer_destroy(modes.counted);
	MemoryContextDelete(scratch);
	flux_emit_end_table(&self->op);
}

/*
 * The most frequent values, sorted; one null row where all distinct values are
 * equally frequent.
 */
static void
mode_end_table(FluxOperator *op, int port)
{
	DistinctOperator *self = (DistinctOperator *) op;
	FluxColumn values;
	FluxColumn *columns;
	int32 *rows;
	int count = 0;
	int64 most = 0;
	int distinct = self->seen.values.count;
	int position;

	if (self->is_single)
		return;
	if (self->overflow != NULL)
	{
		mode_end_on_disk(self);
		return;
	}
	rows = MemoryContextAllocHuge(CurrentMemoryContext, Max(distinct, 1) * sizeof(int32));
	values = flux_column_builder_view(&self->seen.values);
	for (int i = 0; i < distinct; i++)
		most = Max(most, self->seen.counts[i]);
	for (int i = 0; i < distinct; i++)
	{
		if (self->seen.counts[i] == most)
			rows[count++] = i;
	}

	columns = flux_columns_of_key(self->out_head);
	position = flux_schema_find(self->out_head->schema, flux_text_from_cstring("_value"));
	flux_emit_begin_table(op, self->out_head);
	if (count == distinct)
	{
		columns[position] = flux_column_constant_null(values.type);
		flux_emit_columns(op, self->out_head, columns, self->row_count > 0 ? 1 : 0);
	}
	else
	{
		qsort_arg(rows, count, sizeof(int32), compare_values, &values);
		columns[position] = flux_column_gather(&values, rows, count);
		flux_emit_columns(op, self->out_head, columns, count);
	}
	flux_emit_end_table(op);
}

static const FluxOperatorOps mode_ops = {.state_size = sizeof(DistinctOperator),
										 .begin_table = mode_begin_table,
										 .process = mode_process,
										 .end_table = mode_end_table};

const FluxPlanClass flux_plan_mode = {.name = "mode",
									  .plan = distinct_plan,
									  .explain = distinct_explain,
									  .ops = &mode_ops,
									  .keeps_bounds = flux_plan_keeps_bounds};

/* ---- sample ---- */

static void
sample_plan(FluxCall *call, FluxPlanNode *node)
{
	DistinctSpec *spec = flux_spec_create(DistinctSpec);

	spec->step = flux_call_int(call, "n");
	spec->first = flux_call_int_or(call, "pos", -1);
	if (spec->step < 1)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"n must be a positive integer, but was " INT64_FORMAT, spec->step);
	if (spec->first >= spec->step)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"pos must be less than n, but " INT64_FORMAT " >= " INT64_FORMAT,
						spec->first, spec->step);
	node->spec = spec;
}

static void
sample_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DistinctOperator *self = (DistinctOperator *) op;
	const DistinctSpec *spec = op->node->spec;

	self->out_head = head;
	self->row_count = 0;
	self->next_row = spec->first >= 0
						 ? spec->first
						 : (int64) pg_prng_uint64_range(&pg_global_prng_state, 0, spec->step - 1);
	flux_emit_begin_table(op, head);
}

static void
sample_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DistinctOperator *self = (DistinctOperator *) op;
	const DistinctSpec *spec = op->node->spec;
	int count = 0;

	while (self->next_row - self->row_count < batch->row_count)
	{
		self->rows[count++] = (int32) (self->next_row - self->row_count);
		if (self->next_row > PG_INT64_MAX - spec->step)
			break;
		self->next_row += spec->step;
	}
	self->row_count += batch->row_count;
	flux_emit_rows(op, self->out_head, batch, self->rows, count);
}

static const FluxOperatorOps sample_ops = {.state_size = sizeof(DistinctOperator),
										   .begin_table = sample_begin_table,
										   .process = sample_process,
										   .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_sample = {.name = "sample",
										.plan = sample_plan,
										.ops = &sample_ops,
										.keeps_bounds = flux_plan_keeps_bounds};
