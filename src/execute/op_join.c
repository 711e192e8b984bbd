/*
 * op_join.c
 *		join of package universe: inner join of two streams on some columns.
 *
 * Both streams are collected.  Then every left table meets every right table
 * that does not contradict it in an "on" column that both have in their key.
 * The output's key is the union of both keys; columns that are in both streams
 * and not joined on get the name of their stream as a suffix.
 *
 * To find partners without trying all pairs, right tables are sorted by the
 * hash of their values in those columns; that works as long as all tables of a
 * side have the same "on" columns in their keys, and else all pairs are tried.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/join_input.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct JoinSpec
{
	const FluxText *on; /* sorted */
	int on_count;
	FluxText names[2]; /* of the streams, sorted */
} JoinSpec;

typedef struct JoinOperator
{
	FluxOperator op;
	FluxJoinInput inputs[2];
	FluxTableSet *output;
} JoinOperator;

static int
compare_texts(const void *a, const void *b)
{
	return flux_text_compare(*(const FluxText *) a, *(const FluxText *) b);
}

static void
join_plan(FluxCall *call, FluxPlanNode *node)
{
	JoinSpec *spec = flux_spec_create(JoinSpec);
	const FluxRecord *tables = flux_call_record(call, "tables");
	FluxText method = flux_call_string_or(call, "method", "inner");
	int count;
	const FluxText *on = flux_call_strings_or(call, "on", NULL, &count);
	FluxText *sorted = palloc(Max(count, 1) * sizeof(FluxText));
	int order[2] = {0, 1};

	if (!flux_text_equal_cstring(method, "inner"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%.*s is not a valid join type",
						method.size, method.data);
	if (count == 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"at least one column in 'on' column list is required");
	if (tables->count != 2)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"join requires exactly two streams in \"tables\"");
	memcpy(sorted, on, count * sizeof(FluxText));
	qsort(sorted, count, sizeof(FluxText), compare_texts);
	spec->on = sorted;
	spec->on_count = count;
	flux_group_key_sort_labels(tables->keys, 2, order);
	for (int i = 0; i < 2; i++)
	{
		if (tables->values[order[i]].kind != FLUX_KIND_STREAM)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"join requires \"tables\" to be a record of streams");
		spec->names[i] = tables->keys[order[i]];
		flux_plan_add_input(node, tables->values[order[i]].as.stream);
	}
	node->spec = spec;
}

static void
join_explain(const FluxPlanNode *node, StringInfo out)
{
	const JoinSpec *spec = node->spec;

	appendStringInfoString(out, "on ");
	flux_explain_columns(out, spec->on, spec->on_count);
}

/* ---- collecting ---- */

static void
join_begin(FluxOperator *op)
{
	JoinOperator *self = (JoinOperator *) op;

	for (int i = 0; i < 2; i++)
		flux_join_input_init(&self->inputs[i], op);
	self->output = flux_table_set_create(op);
}

static void
join_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	JoinOperator *self = (JoinOperator *) op;
	const JoinSpec *spec = op->node->spec;

	flux_join_input_skip(&self->inputs[port]);
	for (int i = 0; i < spec->on_count; i++)
	{
		int in_key = flux_group_key_find(head->key, spec->on[i]);

		if (flux_schema_find(head->schema, spec->on[i]) < 0 ||
			(in_key >= 0 && head->key->values[in_key].is_null))
			return;
	}
	flux_join_input_open(&self->inputs[port], op, head);
}

static void
join_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_join_input_append(&((JoinOperator *) op)->inputs[port], batch);
}

static void
join_end_table(FluxOperator *op, int port)
{
}

/* ---- one pair of tables ---- */

/* The output's column: from which side, and where there. */
typedef struct JoinColumn
{
	FluxText label;
	int side;
	int position;
} JoinColumn;

typedef struct JoinPair
{
	JoinOperator *self;
	const FluxTableHead *heads[2];
	FluxJoinSide sides[2];
	JoinColumn *columns; /* sorted by label */
	int column_count;
	FluxTableHead *out_head;
	FluxTableBuffer *target; /* NULL until the first row */
} JoinPair;

/* A column's label in the output. */
static FluxText
output_label(const JoinOperator *self, int side, FluxText label)
{
	const JoinSpec *spec = self->op.node->spec;
	StringInfoData out;

	if (flux_texts_contain(spec->on, spec->on_count, label) ||
		flux_schema_find(self->inputs[1 - side].columns, label) < 0)
		return label;
	initStringInfo(&out);
	appendBinaryStringInfo(&out, label.data, label.size);
	appendStringInfoChar(&out, '_');
	appendBinaryStringInfo(&out, spec->names[side].data, spec->names[side].size);
	return flux_text(out.data, out.len);
}

static int
compare_columns(const void *a, const void *b)
{
	return flux_text_compare(((const JoinColumn *) a)->label, ((const JoinColumn *) b)->label);
}

/* Columns and key of the output of this pair. */
static void
derive_output(JoinPair *pair)
{
	JoinOperator *self = pair->self;
	const JoinSpec *spec = self->op.node->spec;
	int capacity = pair->heads[0]->schema->count + pair->heads[1]->schema->count;
	FluxSchema *schema = flux_schema_create(capacity);
	FluxText *labels = palloc(capacity * sizeof(FluxText));
	FluxValue *values = palloc(capacity * sizeof(FluxValue));
	int key_count = 0;

	pair->columns = palloc(capacity * sizeof(JoinColumn));
	pair->column_count = 0;
	for (int side = 0; side < 2; side++)
	{
		const FluxSchema *in = pair->heads[side]->schema;

		for (int i = 0; i < in->count; i++)
		{
			JoinColumn *column = &pair->columns[pair->column_count];

			if (side == 1 && flux_texts_contain(spec->on, spec->on_count, in->labels[i]))
				continue;
			column->label = output_label(self, side, in->labels[i]);
			column->side = side;
			column->position = i;
			pair->column_count++;
		}
	}
	qsort(pair->columns, pair->column_count, sizeof(JoinColumn), compare_columns);
	for (int i = 0; i < pair->column_count; i++)
	{
		const FluxTableHead *head = pair->heads[pair->columns[i].side];
		FluxText label = head->schema->labels[pair->columns[i].position];
		int in_key = flux_group_key_find(head->key, label);

		if (i > 0 && flux_text_equal(pair->columns[i - 1].label, pair->columns[i].label))
			flux_operator_raise(&self->op, ERRCODE_DUPLICATE_COLUMN,
								"join: column \"%.*s\" would be there twice",
								pair->columns[i].label.size, pair->columns[i].label.data);
		flux_schema_add(schema, pair->columns[i].label,
						head->schema->types[pair->columns[i].position]);
		/* an "on" column may be in the right key only */
		if (in_key < 0 && flux_texts_contain(spec->on, spec->on_count, label))
		{
			head = pair->heads[1];
			in_key = flux_group_key_find(head->key, label);
		}
		if (in_key < 0)
			continue;
		labels[key_count] = pair->columns[i].label;
		values[key_count++] = head->key->values[in_key];
	}
	pair->out_head =
		flux_table_head_create(flux_group_key_create(labels, values, key_count), schema);
}

static void
join_add_pairs(void *argument, const FluxColumn *left, const FluxColumn *right, int count)
{
	JoinPair *pair = argument;
	FluxColumn *columns = palloc(Max(pair->column_count, 1) * sizeof(FluxColumn));
	FluxBatch batch = {.head = pair->out_head, .row_count = count, .columns = columns};

	if (pair->target == NULL)
		pair->target = flux_table_set_get(pair->self->output, pair->out_head);
	for (int i = 0; i < pair->column_count; i++)
	{
		const JoinColumn *column = &pair->columns[i];

		columns[i] = column->side == 0 ? left[column->position] : right[column->position];
	}
	flux_table_buffer_append(pair->target, &batch);
}

static void
join_tables(JoinOperator *self, FluxTableBuffer *left, FluxTableBuffer *right)
{
	const JoinSpec *spec = self->op.node->spec;
	MemoryContext context = AllocSetContextCreate(self->op.state_context, "Flux join of tables",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxTableBuffer *buffers[2] = {left, right};
	JoinPair pair = {.self = self};

	for (int side = 0; side < 2; side++)
	{
		pair.heads[side] = flux_table_buffer_head(buffers[side]);
		pair.sides[side] = flux_join_side(buffers[side], spec->on, spec->on_count);
	}
	derive_output(&pair);
	flux_join_merge(&self->op, &pair.sides[0], &pair.sides[1], spec->on_count, false, false,
					join_add_pairs, &pair);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* ---- which tables meet ---- */

/* No "on" column that both keys have has two values. */
static bool
tables_can_meet(const JoinSpec *spec, const FluxGroupKey *left, const FluxGroupKey *right)
{
	for (int i = 0; i < spec->on_count; i++)
	{
		int in_left = flux_group_key_find(left, spec->on[i]);
		int in_right = flux_group_key_find(right, spec->on[i]);
		FluxGroupKey *a;
		FluxGroupKey *b;

		if (in_left < 0 || in_right < 0)
			continue;
		a = flux_group_key_create(&spec->on[i], &left->values[in_left], 1);
		b = flux_group_key_create(&spec->on[i], &right->values[in_right], 1);
		if (!flux_group_key_equal(a, b))
			return false;
	}
	return true;
}

/* The "on" columns that all tables of both sides have in their keys; -1 when
 * tables of a side differ in that. */
static int
shared_key_columns(JoinOperator *self, bool *is_shared)
{
	const JoinSpec *spec = self->op.node->spec;
	int count = 0;

	for (int i = 0; i < spec->on_count; i++)
	{
		bool in_all = true;

		for (int side = 0; side < 2; side++)
		{
			int having = 0;
			int tables = flux_table_set_count(self->inputs[side].tables);

			for (int t = 0; t < tables; t++)
			{
				const FluxGroupKey *key =
					flux_table_buffer_head(flux_table_set_table(self->inputs[side].tables, t))->key;

				having += flux_group_key_find(key, spec->on[i]) >= 0;
			}
			if (having != 0 && having != tables)
				return -1;
			in_all = in_all && having > 0;
		}
		is_shared[i] = in_all;
		count += in_all;
	}
	return count;
}

/* Part of a key, as a key of its own. */
static FluxGroupKey *
shared_key(const JoinSpec *spec, const bool *is_shared, const FluxGroupKey *key)
{
	FluxText *labels = palloc(spec->on_count * sizeof(FluxText));
	FluxValue *values = palloc(spec->on_count * sizeof(FluxValue));
	int count = 0;

	for (int i = 0; i < spec->on_count; i++)
	{
		if (!is_shared[i])
			continue;
		labels[count] = spec->on[i];
		values[count++] = key->values[flux_group_key_find(key, spec->on[i])];
	}
	return flux_group_key_create(labels, values, count);
}

typedef struct SharedKeyTable
{
	FluxGroupKey *key;
	int table;
} SharedKeyTable;

static int
compare_shared(const void *a, const void *b)
{
	int order = flux_group_key_compare(((const SharedKeyTable *) a)->key,
									   ((const SharedKeyTable *) b)->key);

	return order != 0 ? order
					  : ((const SharedKeyTable *) a)->table - ((const SharedKeyTable *) b)->table;
}

/* Joins left tables with those right ones that have the same shared key. */
static void
join_by_shared_key(JoinOperator *self, const bool *is_shared)
{
	const JoinSpec *spec = self->op.node->spec;
	int right_count = flux_table_set_count(self->inputs[1].tables);
	SharedKeyTable *right = palloc(Max(right_count, 1) * sizeof(SharedKeyTable));

	for (int i = 0; i < right_count; i++)
	{
		right[i].table = i;
		right[i].key = shared_key(
			spec, is_shared,
			flux_table_buffer_head(flux_table_set_table(self->inputs[1].tables, i))->key);
	}
	qsort(right, right_count, sizeof(SharedKeyTable), compare_shared);
	for (int i = 0; i < flux_table_set_count(self->inputs[0].tables); i++)
	{
		FluxTableBuffer *left = flux_table_set_table(self->inputs[0].tables, i);
		FluxGroupKey *key = shared_key(spec, is_shared, flux_table_buffer_head(left)->key);
		int low = 0;
		int high = right_count;

		CHECK_FOR_INTERRUPTS();
		while (low < high)
		{
			int middle = (low + high) / 2;

			if (flux_group_key_compare(right[middle].key, key) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < right_count && flux_group_key_equal(right[low].key, key); low++)
			join_tables(self, left, flux_table_set_table(self->inputs[1].tables, right[low].table));
	}
}

static void
join_finish(FluxOperator *op, int port)
{
	JoinOperator *self = (JoinOperator *) op;
	const JoinSpec *spec = op->node->spec;
	bool *is_shared = palloc0(spec->on_count * sizeof(bool));

	if (op->finished_inputs < op->input_count)
		return;
	if (shared_key_columns(self, is_shared) >= 0)
		join_by_shared_key(self, is_shared);
	else
	{
		for (int i = 0; i < flux_table_set_count(self->inputs[0].tables); i++)
		{
			FluxTableBuffer *left = flux_table_set_table(self->inputs[0].tables, i);

			for (int j = 0; j < flux_table_set_count(self->inputs[1].tables); j++)
			{
				FluxTableBuffer *right = flux_table_set_table(self->inputs[1].tables, j);

				CHECK_FOR_INTERRUPTS();
				if (tables_can_meet(spec, flux_table_buffer_head(left)->key,
									flux_table_buffer_head(right)->key))
					join_tables(self, left, right);
			}
		}
	}
	flux_table_set_emit(self->output, op, true);
	for (int side = 0; side < 2; side++)
		flux_table_set_reset(self->inputs[side].tables);
	flux_emit_finish(op);
}

static const FluxOperatorOps join_ops = {.state_size = sizeof(JoinOperator),
										 .begin = join_begin,
										 .begin_table = join_begin_table,
										 .process = join_process,
										 .end_table = join_end_table,
										 .finish = join_finish};

const FluxPlanClass flux_plan_join = {
	.name = "join", .plan = join_plan, .explain = join_explain, .ops = &join_ops};
