/*
 * op_array_from.c
 *		array.from: a table out of an array of records.
 *
 * One table with an empty key; columns in the order of the first record.  A
 * member that is an untyped null in every record makes no column.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct ArrayFromSpec
{
	const FluxArray *rows;
} ArrayFromSpec;

typedef struct ArrayFromOperator
{
	FluxOperator op;
	FluxTableHead *head;
	int next_row;
} ArrayFromOperator;

static void
array_from_plan(FluxCall *call, FluxPlanNode *node)
{
	ArrayFromSpec *spec = flux_spec_create(ArrayFromSpec);

	spec->rows = flux_call_array(call, "rows");
	if (spec->rows->count == 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "rows must be non-empty");
	for (int i = 0; i < spec->rows->count; i++)
	{
		if (spec->rows->items[i].kind != FLUX_KIND_RECORD || spec->rows->items[i].is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "rows must be records");
	}
	node->spec = spec;
}

/* The kind of a member: that of the first record where it is known. */
static FluxKind
member_kind(const FluxArray *rows, FluxText label)
{
	for (int i = 0; i < rows->count; i++)
	{
		const FluxValue *value = flux_record_get(rows->items[i].as.record, label);

		if (value != NULL && value->kind != FLUX_KIND_INVALID)
			return value->kind;
	}
	return FLUX_KIND_INVALID;
}

static void
array_from_begin(FluxOperator *op)
{
	ArrayFromOperator *self = (ArrayFromOperator *) op;
	const FluxArray *rows = ((const ArrayFromSpec *) op->node->spec)->rows;
	const FluxRecord *first = rows->items[0].as.record;
	FluxSchema *schema = flux_schema_create(first->count);

	for (int i = 0; i < first->count; i++)
	{
		FluxKind kind = member_kind(rows, first->keys[i]);

		if (kind == FLUX_KIND_INVALID)
			continue;
		if (!flux_kind_is_column_type(kind))
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"column \"%.*s\" is of type %s, which a table cannot hold",
								first->keys[i].size, first->keys[i].data, flux_kind_name(kind));
		flux_schema_add(schema, first->keys[i], (FluxColumnType) kind);
	}
	self->head = flux_table_head_create(flux_group_key_create(NULL, NULL, 0), schema);
}

/* One column of rows [first, first + count). */
static FluxColumn
array_from_column(FluxOperator *op, const FluxArray *rows, FluxText label, FluxColumnType type,
				  int first, int count)
{
	FluxColumnBuilder builder;

	flux_column_builder_init(&builder, type, CurrentMemoryContext);
	for (int i = first; i < first + count; i++)
	{
		const FluxValue *value = flux_record_get(rows->items[i].as.record, label);

		if (value == NULL || value->is_null || value->kind == FLUX_KIND_INVALID)
			flux_column_builder_append_null(&builder);
		else if (value->kind != (FluxKind) type)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"column \"%.*s\" is of type %s in one row and %s in another",
								label.size, label.data, flux_column_type_name(type),
								flux_kind_name(value->kind));
		else
			flux_value_append_to(&builder, *value);
	}
	return flux_column_builder_view(&builder);
}

static bool
array_from_produce(FluxOperator *op)
{
	ArrayFromOperator *self = (ArrayFromOperator *) op;
	const FluxArray *rows = ((const ArrayFromSpec *) op->node->spec)->rows;
	const FluxSchema *schema = self->head->schema;
	int count = Min(rows->count - self->next_row, FLUX_BATCH_ROWS);
	FluxColumn *columns = palloc(Max(schema->count, 1) * sizeof(FluxColumn));

	if (self->next_row == 0)
		flux_emit_begin_table(op, self->head);
	for (int i = 0; i < schema->count; i++)
		columns[i] =
			array_from_column(op, rows, schema->labels[i], schema->types[i], self->next_row, count);
	flux_emit_columns(op, self->head, columns, count);
	self->next_row += count;
	if (self->next_row < rows->count)
		return true;
	flux_emit_end_table(op);
	return false;
}

static const FluxOperatorOps array_from_ops = {.state_size = sizeof(ArrayFromOperator),
											   .begin = array_from_begin,
											   .produce = array_from_produce};

const FluxPlanClass flux_plan_array_from = {
	.name = "array.from", .plan = array_from_plan, .ops = &array_from_ops, .is_keyless = true};
