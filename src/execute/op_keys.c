/*
 * op_keys.c
 *		columns, keys and keyValues: what a table is made of, as rows.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/value_set.h"

/* ---- columns and keys: one row per label ---- */

typedef struct LabelsSpec
{
	FluxText column;
	bool of_key;
} LabelsSpec;

static void
plan_labels(FluxCall *call, FluxPlanNode *node, bool of_key)
{
	LabelsSpec *spec = flux_spec_create(LabelsSpec);

	spec->column = flux_call_string_or(call, "column", "_value");
	spec->of_key = of_key;
	node->spec = spec;
}

static void
columns_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_labels(call, node, false);
}

static void
keys_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_labels(call, node, true);
}

static void
labels_begin_table(FluxOperator *op, int port, const FluxTableHead *in)
{
	const LabelsSpec *spec = op->node->spec;
	FluxSchema *schema = flux_schema_of_key(in->key, 1);
	int position;
	FluxTableHead *head;
	FluxColumn *columns;

	flux_operator_check_result(op, in->key, spec->column);
	schema = flux_schema_with(schema, spec->column, FLUX_COLUMN_STRING, &position);
	head = flux_table_head_create(in->key, schema);
	columns = flux_columns_of_key(head);
	columns[position] =
		(FluxColumn){.type = FLUX_COLUMN_STRING,
					 .values.strings = spec->of_key ? in->key->labels : in->schema->labels};
	flux_emit_begin_table(op, head);
	flux_emit_columns(op, head, columns, spec->of_key ? in->key->count : in->schema->count);
	flux_emit_end_table(op);
}

static void
labels_process(FluxOperator *op, int port, const FluxBatch *batch)
{
}

static void
labels_end_table(FluxOperator *op, int port)
{
}

static const FluxOperatorOps labels_ops = {.state_size = sizeof(FluxOperator),
										   .begin_table = labels_begin_table,
										   .process = labels_process,
										   .end_table = labels_end_table};

const FluxPlanClass flux_plan_columns = {.name = "columns",
										 .plan = columns_plan,
										 .ops = &labels_ops,
										 .keeps_bounds = flux_plan_keeps_bounds};

const FluxPlanClass flux_plan_keys = {
	.name = "keys", .kind = FLUX_PLAN_KEYS, .plan = keys_plan, .ops = &labels_ops};

/* ---- keyValues: distinct pairs of label and value ---- */

typedef struct KeyValuesSpec
{
	const FluxText *columns;
	int column_count;
} KeyValuesSpec;

typedef struct KeyValuesOperator
{
	FluxOperator op;
	FluxTableHead *head; /* of the output */
	int *columns;        /* input positions, in list order */
	int column_count;
	FluxValueSet *seen; /* values met, by column */
	MemoryContext seen_context;
	bool has_null;
} KeyValuesOperator;

static void
key_values_plan(FluxCall *call, FluxPlanNode *node)
{
	KeyValuesSpec *spec = flux_spec_create(KeyValuesSpec);

	spec->columns = flux_call_strings_or(call, "keyColumns", NULL, &spec->column_count);
	node->spec = spec;
}

static void
key_values_begin(FluxOperator *op)
{
	((KeyValuesOperator *) op)->seen_context =
		AllocSetContextCreate(op->state_context, "Flux key values", ALLOCSET_DEFAULT_SIZES);
}

static void
raise_no_key_columns(const FluxOperator *op, const FluxSchema *schema, const KeyValuesSpec *spec)
{
	StringInfoData have;
	StringInfoData want;

	initStringInfo(&have);
	initStringInfo(&want);
	for (int i = 0; i < schema->count; i++)
		appendStringInfo(&have, "%s%.*s", i > 0 ? " " : "", schema->labels[i].size,
						 schema->labels[i].data);
	for (int i = 0; i < spec->column_count; i++)
		appendStringInfo(&want, "%s%.*s", i > 0 ? " " : "", spec->columns[i].size,
						 spec->columns[i].data);
	flux_operator_raise(op, ERRCODE_UNDEFINED_COLUMN,
						"received table with columns [%s] not having key columns [%s]", have.data,
						want.data);
}

static void
key_values_begin_table(FluxOperator *op, int port, const FluxTableHead *in)
{
	KeyValuesOperator *self = (KeyValuesOperator *) op;
	const KeyValuesSpec *spec = op->node->spec;
	FluxSchema *schema = flux_schema_of_key(in->key, 2);
	FluxColumnType type = 0;

	self->columns = palloc(Max(spec->column_count, 1) * sizeof(int));
	self->column_count = 0;
	self->has_null = false;
	MemoryContextReset(self->seen_context);
	for (int i = 0; i < spec->column_count; i++)
	{
		int column = flux_schema_find(in->schema, spec->columns[i]);

		if (column < 0)
			continue;
		if (type != 0 && in->schema->types[column] != type)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"keyColumns must all be the same type");
		type = in->schema->types[column];
		self->columns[self->column_count++] = column;
	}
	if (self->column_count == 0)
		raise_no_key_columns(op, in->schema, spec);
	self->seen = palloc(self->column_count * sizeof(FluxValueSet));
	for (int i = 0; i < self->column_count; i++)
		flux_value_set_init(&self->seen[i], type, self->seen_context);
	flux_schema_add_result(op, schema, in->key, flux_text_from_cstring("_key"), FLUX_COLUMN_STRING);
	flux_schema_add_result(op, schema, in->key, flux_text_from_cstring("_value"), type);
	self->head = flux_table_head_create(in->key, schema);
	flux_emit_begin_table(op, self->head);
}

/* Is it the first time that this column has this value? Null counts once for all. */
static bool
is_new_pair(KeyValuesOperator *self, int i, const FluxColumn *column, int row)
{
	bool had_null = self->has_null;

	if (!flux_column_is_null(column, row))
		return flux_value_set_add(&self->seen[i], column, row);
	self->has_null = true;
	return !had_null;
}

static void
key_values_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	KeyValuesOperator *self = (KeyValuesOperator *) op;
	const FluxSchema *in = batch->head->schema;
	FluxColumn *columns = flux_columns_of_key(self->head);
	int value_column = self->head->schema->count - 1;
	FluxColumnBuilder labels;
	FluxColumnBuilder values;

	flux_column_builder_init(&labels, FLUX_COLUMN_STRING, CurrentMemoryContext);
	flux_column_builder_init(&values, self->head->schema->types[value_column],
							 CurrentMemoryContext);
	for (int row = 0; row < batch->row_count; row++)
	{
		for (int i = 0; i < self->column_count; i++)
		{
			const FluxColumn *column = &batch->columns[self->columns[i]];
			FluxText label = in->labels[self->columns[i]];

			if (row > 0 && (column->is_constant ||
							flux_column_compare_rows(column, row - 1, column, row) == 0))
				continue;
			if (!is_new_pair(self, i, column, row))
				continue;
			flux_column_builder_append_string(&labels, label);
			flux_column_builder_append_row(&values, column, row);
		}
	}
	columns[value_column - 1] = flux_column_builder_view(&labels);
	columns[value_column] = flux_column_builder_view(&values);
	flux_operator_need_memory(op, MemoryContextMemAllocated(self->seen_context, false));
	flux_emit_columns(op, self->head, columns, labels.count);
}

static const FluxOperatorOps key_values_ops = {.state_size = sizeof(KeyValuesOperator),
											   .begin = key_values_begin,
											   .begin_table = key_values_begin_table,
											   .process = key_values_process,
											   .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_key_values = {.name = "keyValues",
											.plan = key_values_plan,
											.ops = &key_values_ops,
											.keeps_bounds = flux_plan_keeps_bounds};
