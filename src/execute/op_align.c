/*
 * op_align.c
 *		experimental.alignTime: each table moved so that its first row has a given
 *		time.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct AlignSpec
{
	int64		align_to_ns;
} AlignSpec;

typedef struct AlignOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	int			time_column;
	bool		has_shift;
	int64		shift_ns;
} AlignOperator;

static void
align_plan(FluxCall *call, FluxPlanNode *node)
{
	AlignSpec  *spec = flux_spec_create(AlignSpec);

	spec->align_to_ns = flux_call_instant_or(call, "alignTo", 0);
	node->spec = spec;
}

static void
align_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	AlignOperator *self = (AlignOperator *) op;

	self->head = head;
	self->has_shift = false;
	self->time_column = flux_operator_column(op, head->schema, flux_text_from_cstring("_time"));
	if (head->schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"_time\" is not of type time");
	flux_emit_begin_table(op, head);
}

static void
align_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	AlignOperator *self = (AlignOperator *) op;
	const AlignSpec *spec = op->node->spec;
	const FluxColumn *times = &batch->columns[self->time_column];
	FluxColumn *columns = palloc(self->head->schema->count * sizeof(FluxColumn));
	int64	   *shifted = palloc0(Max(batch->row_count, 1) * sizeof(int64));
	bool	   *nulls = palloc(Max(batch->row_count, 1) * sizeof(bool));

	for (int row = 0; row < batch->row_count; row++)
	{
		nulls[row] = flux_column_is_null(times, row);
		if (nulls[row])
			continue;
		shifted[row] = times->values.times[flux_column_index(times, row)];
		if (!self->has_shift)
			self->shift_ns = (int64) ((uint64) spec->align_to_ns - (uint64) shifted[row]);
		self->has_shift = true;
		shifted[row] = flux_time_add(shifted[row], flux_duration(0, self->shift_ns));
	}
	memcpy(columns, batch->columns, self->head->schema->count * sizeof(FluxColumn));
	columns[self->time_column] = (FluxColumn) {.type = FLUX_COLUMN_TIME, .nulls = nulls,
	.values.times = shifted};
	flux_emit_columns(op, self->head, columns, batch->row_count);
}

static const FluxOperatorOps align_ops = {
	.state_size = sizeof(AlignOperator),
	.begin_table = align_begin_table,
	.process = align_process,
	.end_table = flux_pass_end_table
};

const FluxPlanClass flux_plan_align_time = {
	.name = "experimental.alignTime",
	.plan = align_plan,
	.ops = &align_ops
};
