/*
 * op_fill.c
 *		fill: values for nulls.  experimental/table.fill: a row for empty tables.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct FillSpec
{
	FluxText column;
	bool use_previous;
	FluxValue value; /* unless use_previous */
} FillSpec;

typedef struct FillOperator
{
	FluxOperator op;
	const FluxTableHead *out_head;
	int column;    /* to fill; -1: the table passes as it is */
	bool is_added; /* the column is not in the input */
	FluxColumnType type;
	FluxValue filler;             /* the value, or the last one seen */
	MemoryContext filler_context; /* its string */
} FillOperator;

static void
fill_plan(FluxCall *call, FluxPlanNode *node)
{
	FillSpec *spec = flux_spec_create(FillSpec);
	bool has_value = flux_call_find(call, "value") != NULL;

	spec->column = flux_call_string_or(call, "column", "_value");
	spec->use_previous = flux_call_bool_or(call, "usePrevious", false);
	if (has_value == spec->use_previous)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"fill requires exactly one of value or usePrevious");
	if (has_value)
	{
		spec->value = flux_call_value(call, "value");
		if (!flux_kind_is_column_type(spec->value.kind))
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"fill value must be of a type that a column can have, not %s",
							flux_kind_name(spec->value.kind));
	}
	node->spec = spec;
}

static void
fill_explain(const FluxPlanNode *node, StringInfo out)
{
	const FillSpec *spec = node->spec;

	appendStringInfo(out, "column: %.*s%s", spec->column.size, spec->column.data,
					 spec->use_previous ? ", usePrevious: true" : "");
}

static void
fill_begin(FluxOperator *op)
{
	((FillOperator *) op)->filler_context =
		AllocSetContextCreate(op->state_context, "Flux fill value", ALLOCSET_SMALL_SIZES);
}

static void
fill_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	FillOperator *fill = (FillOperator *) op;
	const FillSpec *spec = op->node->spec;
	int column = flux_schema_find(head->schema, spec->column);
	int in_key = flux_group_key_find(head->key, spec->column);
	const FluxGroupKey *key = head->key;

	fill->out_head = head;
	fill->column = -1;
	fill->is_added = column < 0;
	fill->filler = spec->use_previous ? flux_value_null(FLUX_KIND_INVALID) : spec->value;
	if ((in_key >= 0 && !key->values[in_key].is_null) || (column < 0 && spec->use_previous))
	{
		flux_emit_begin_table(op, head);
		return;
	}

	fill->type = column < 0 ? (FluxColumnType) spec->value.kind : head->schema->types[column];
	if (!spec->use_previous && spec->value.kind != (FluxKind) fill->type)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "fill column type mismatch: %s/%s",
							flux_column_type_name(fill->type), flux_kind_name(spec->value.kind));
	if (in_key >= 0 && !spec->use_previous)
		key = flux_group_key_with(key, spec->column, spec->value);
	fill->out_head = flux_table_head_create(
		key, flux_schema_with(head->schema, spec->column, fill->type, &fill->column));
	flux_emit_begin_table(op, fill->out_head);
}

/* The column without nulls, as far as there is something to put there. */
static FluxColumn
filled_column(FillOperator *fill, const FluxColumn *column, int row_count)
{
	const FillSpec *spec = fill->op.node->spec;
	FluxColumnBuilder builder;

	flux_column_builder_init(&builder, fill->type, CurrentMemoryContext);
	flux_column_builder_reserve(&builder, row_count);
	for (int row = 0; row < row_count; row++)
	{
		if (!flux_column_is_null(column, row))
		{
			flux_column_builder_append_row(&builder, column, row);
			if (spec->use_previous)
				fill->filler = flux_value_from_column(column, row);
		}
		else if (fill->filler.kind == FLUX_KIND_INVALID)
			flux_column_builder_append_null(&builder);
		else
			flux_value_append_to(&builder, fill->filler);
	}
	if (spec->use_previous && fill->filler.kind == FLUX_KIND_STRING)
	{
		/* the batch's bytes go away */
		char *bytes = MemoryContextAlloc(fill->op.batch_context, fill->filler.as.string.size + 1);

		memcpy(bytes, fill->filler.as.string.data, fill->filler.as.string.size);
		MemoryContextReset(fill->filler_context);
		fill->filler.as.string.data =
			memcpy(MemoryContextAlloc(fill->filler_context, fill->filler.as.string.size + 1), bytes,
				   fill->filler.as.string.size);
	}
	return flux_column_builder_view(&builder);
}

static void
fill_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	FillOperator *fill = (FillOperator *) op;
	int column_count = fill->out_head->schema->count;
	FluxColumn *columns;

	if (fill->column < 0)
	{
		flux_emit_batch(op, batch);
		return;
	}
	columns = palloc(column_count * sizeof(FluxColumn));
	memcpy(columns, batch->columns, batch->head->schema->count * sizeof(FluxColumn));
	if (fill->is_added)
		columns[fill->column] = flux_column_of_value(fill->type, fill->filler);
	else if (batch->columns[fill->column].nulls != NULL || batch->row_count == 0 ||
			 ((const FillSpec *) op->node->spec)->use_previous)
		columns[fill->column] =
			filled_column(fill, &batch->columns[fill->column], batch->row_count);
	flux_emit_columns(op, fill->out_head, columns, batch->row_count);
}

static const FluxOperatorOps fill_ops = {.state_size = sizeof(FillOperator),
										 .begin = fill_begin,
										 .begin_table = fill_begin_table,
										 .process = fill_process,
										 .end_table = flux_pass_end_table};

static bool
fill_keeps_bounds(const FluxPlanNode *node)
{
	FluxText column = ((const FillSpec *) node->spec)->column;

	return !flux_text_equal_cstring(column, "_start") && !flux_text_equal_cstring(column, "_stop");
}

const FluxPlanClass flux_plan_fill = {.name = "fill",
									  .plan = fill_plan,
									  .explain = fill_explain,
									  .ops = &fill_ops,
									  .keeps_bounds = fill_keeps_bounds};

/* ---- experimental/table.fill ---- */

typedef struct FillEmptyOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	bool has_rows;
} FillEmptyOperator;

static void
fill_empty_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	FillEmptyOperator *fill = (FillEmptyOperator *) op;

	fill->head = head;
	fill->has_rows = false;
	flux_emit_begin_table(op, head);
}

static void
fill_empty_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	FillEmptyOperator *fill = (FillEmptyOperator *) op;

	fill->has_rows = fill->has_rows || batch->row_count > 0;
	flux_emit_batch(op, batch);
}

static void
fill_empty_end_table(FluxOperator *op, int port)
{
	FillEmptyOperator *fill = (FillEmptyOperator *) op;
	const FluxTableHead *head = fill->head;

	if (!fill->has_rows)
	{
		FluxColumn *columns = flux_columns_of_key(head);

		for (int i = 0; i < head->schema->count; i++)
		{
			if (flux_group_key_find(head->key, head->schema->labels[i]) < 0)
				columns[i] = flux_column_constant_null(head->schema->types[i]);
		}
		flux_emit_columns(op, head, columns, 1);
	}
	flux_emit_end_table(op);
}

static const FluxOperatorOps fill_empty_ops = {.state_size = sizeof(FillEmptyOperator),
											   .begin_table = fill_empty_begin_table,
											   .process = fill_empty_process,
											   .end_table = fill_empty_end_table};

const FluxPlanClass flux_plan_fill_empty = {.name = "table.fill",
											.kind = FLUX_PLAN_FILL_EMPTY,
											.ops = &fill_empty_ops,
											.keeps_bounds = flux_plan_keeps_bounds};
