/*
 * op_unpivot.c
 *		experimental.unpivot: one table per value column.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct UnpivotSpec
{
	const FluxText *other_columns;
	int other_count;
} UnpivotSpec;

typedef struct UnpivotOperator
{
	FluxOperator op;
	FluxTableSet *set; /* the current input table's output */
	const FluxTableHead *in_head;
	FluxTableHead *heads; /* per input column; key NULL: not a value column */
	int *others;          /* input positions of the other columns */
	int other_count;
	bool field_in_key;
	int32 rows[FLUX_BATCH_ROWS];
} UnpivotOperator;

static void
unpivot_plan(FluxCall *call, FluxPlanNode *node)
{
	UnpivotSpec *spec = flux_spec_create(UnpivotSpec);

	spec->other_columns = flux_call_strings_or(call, "otherColumns", "_time", &spec->other_count);
	node->spec = spec;
}

static void
unpivot_begin(FluxOperator *op)
{
	((UnpivotOperator *) op)->set = flux_table_set_create(op);
}

/* The head of the table that one value column becomes. */
static FluxTableHead
unpivot_head(UnpivotOperator *self, const FluxTableHead *in, int column)
{
	FluxText field_label = flux_text_from_cstring("_field");
	FluxTableHead head = {.key = in->key};
	FluxSchema *schema = flux_schema_create(in->schema->count + 2);

	if (self->field_in_key)
		head.key = flux_group_key_with(in->key, field_label,
									   flux_value_string(in->schema->labels[column]));
	for (int i = 0; i < in->key->count; i++)
		flux_schema_add(schema, in->key->labels[i], (FluxColumnType) in->key->values[i].kind);
	flux_schema_add(schema, field_label, FLUX_COLUMN_STRING);
	for (int i = 0; i < self->other_count; i++)
		flux_schema_add(schema, in->schema->labels[self->others[i]],
						in->schema->types[self->others[i]]);
	flux_schema_add(schema, flux_text_from_cstring("_value"), in->schema->types[column]);
	head.schema = schema;
	return head;
}

static void
unpivot_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	UnpivotOperator *self = (UnpivotOperator *) op;
	const UnpivotSpec *spec = op->node->spec;
	const FluxSchema *schema = head->schema;
	FluxText field_label = flux_text_from_cstring("_field");

	if (flux_schema_find(schema, field_label) >= 0 ||
		flux_schema_find(schema, flux_text_from_cstring("_value")) >= 0)
		flux_operator_raise(op, ERRCODE_DUPLICATE_COLUMN,
							"unpivot can't have \"_field\" or \"_value\" as an input column");
	self->in_head = head;
	self->field_in_key = !flux_texts_contain(spec->other_columns, spec->other_count, field_label);
	self->others = palloc(Max(spec->other_count, 1) * sizeof(int));
	self->other_count = 0;
	for (int i = 0; i < spec->other_count; i++)
	{
		FluxText label = spec->other_columns[i];
		int column = flux_schema_find(schema, label);

		if (flux_text_equal(label, field_label))
			continue;
		if (column < 0)
			flux_operator_raise_hint(
				op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(schema, label),
				"unpivot could not find column named \"%.*s\"", label.size, label.data);
		if (flux_group_key_find(head->key, label) < 0)
			self->others[self->other_count++] = column;
	}
	self->heads = palloc0(Max(schema->count, 1) * sizeof(FluxTableHead));
	for (int i = 0; i < schema->count; i++)
	{
		if (flux_group_key_find(head->key, schema->labels[i]) >= 0 ||
			flux_texts_contain(spec->other_columns, spec->other_count, schema->labels[i]))
			continue;
		self->heads[i] = unpivot_head(self, head, i);
		flux_table_set_get(self->set, &self->heads[i]);
	}
}

static void
unpivot_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	UnpivotOperator *self = (UnpivotOperator *) op;
	const FluxSchema *schema = self->in_head->schema;

	for (int i = 0; i < schema->count; i++)
	{
		const FluxTableHead *head = &self->heads[i];
		int key_count = self->in_head->key->count;
		FluxColumn *columns;
		FluxBatch out = {.head = head, .row_count = batch->row_count};
		int count = 0;

		if (head->key == NULL)
			continue;
		for (int row = 0; row < batch->row_count; row++)
		{
			if (!flux_column_is_null(&batch->columns[i], row))
				self->rows[count++] = row;
		}
		columns = flux_columns_of_key(head);
		columns[key_count] = flux_column_constant_string(schema->labels[i]);
		for (int j = 0; j < self->other_count; j++)
			columns[key_count + 1 + j] = batch->columns[self->others[j]];
		columns[head->schema->count - 1] = batch->columns[i];
		out.columns = columns;
		flux_table_buffer_append_rows(flux_table_set_get(self->set, head), &out, self->rows, count);
	}
}

static void
unpivot_end_table(FluxOperator *op, int port)
{
	flux_table_set_emit(((UnpivotOperator *) op)->set, op, false);
}

static const FluxOperatorOps unpivot_ops = {.state_size = sizeof(UnpivotOperator),
											.begin = unpivot_begin,
											.begin_table = unpivot_begin_table,
											.process = unpivot_process,
											.end_table = unpivot_end_table};

const FluxPlanClass flux_plan_unpivot = {
	.name = "experimental.unpivot", .plan = unpivot_plan, .ops = &unpivot_ops};
