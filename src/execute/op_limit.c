/*
 * op_limit.c
 *		limit and tail: some rows of each table, from either end.
 *
 * limit: a table that has rows, but none beyond the offset, disappears; one
 * that was empty stays.  tail: a table of which nothing is left stays, empty.
 */
#include "postgres.h"

#include "common/int.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct LimitOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	int64 seen; /* rows of the current table so far */
	bool is_begun;
	FluxTableBuffer *buffer; /* tail: the last rows */
} LimitOperator;

static void
plan_limit(FluxCall *call, FluxPlanNode *node)
{
	FluxLimitSpec *spec = flux_spec_create(FluxLimitSpec);

	spec->rows_max = flux_call_int(call, "n");
	spec->offset = flux_call_int_or(call, "offset", 0);
	if (spec->offset < 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"%s offset cannot be negative (" INT64_FORMAT ")", node->class->name,
						spec->offset);
	node->spec = spec;
}

static void
limit_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxLimitSpec *spec = node->spec;

	appendStringInfo(out, "n: " INT64_FORMAT, spec->rows_max);
	if (spec->offset != 0)
		appendStringInfo(out, ", offset: " INT64_FORMAT, spec->offset);
}

/* ---- limit ---- */

static void
limit_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	LimitOperator *limit = (LimitOperator *) op;

	limit->head = head;
	limit->seen = 0;
	limit->is_begun = false;
}

static void
limit_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	LimitOperator *limit = (LimitOperator *) op;
	const FluxLimitSpec *spec = op->node->spec;
	int64 first = Max(spec->offset - limit->seen, 0);
	int64 wanted = spec->rows_max - Max(limit->seen - spec->offset, 0);
	int count;
	FluxColumn *columns;

	limit->seen += batch->row_count;
	if (first >= batch->row_count)
		return;
	if (!limit->is_begun)
		flux_emit_begin_table(op, limit->head);
	limit->is_begun = true;
	if (wanted <= 0)
		return;

	count = (int) Min(wanted, batch->row_count - first);
	columns = palloc(Max(limit->head->schema->count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < limit->head->schema->count; i++)
		columns[i] = flux_column_slice(&batch->columns[i], (int) first);
	flux_emit_columns(op, limit->head, columns, count);
}

static void
limit_end_table(FluxOperator *op, int port)
{
	LimitOperator *limit = (LimitOperator *) op;

	if (!limit->is_begun && limit->seen > 0)
		return;
	if (!limit->is_begun)
		flux_emit_begin_table(op, limit->head);
	flux_emit_end_table(op);
}

static const FluxOperatorOps limit_ops = {.state_size = sizeof(LimitOperator),
										  .begin_table = limit_begin_table,
										  .process = limit_process,
										  .end_table = limit_end_table};

const FluxPlanClass flux_plan_limit = {.name = "limit",
									   .kind = FLUX_PLAN_LIMIT,
									   .plan = plan_limit,
									   .explain = limit_explain,
									   .ops = &limit_ops,
									   .keeps_tables = true};

/* ---- tail ---- */

static void
tail_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	LimitOperator *tail = (LimitOperator *) op;

	tail->head = head;
	tail->buffer = flux_table_buffer_create(op, head);
}

/* The last "count" rows of a buffer, in a new one; the old one is freed. */
static FluxTableBuffer *
keep_last_rows(FluxOperator *op, FluxTableBuffer *buffer, int64 count)
{
	FluxTableBuffer *kept = flux_table_buffer_create(op, flux_table_buffer_head(buffer));
	int64 skip = flux_table_buffer_row_count(buffer) - count;
	int position = 0;
	FluxBatch portion;

	while (flux_table_buffer_next(buffer, &position, &portion))
	{
		int column_count = portion.head->schema->count;
		int first = (int) Min(Max(skip, 0), portion.row_count);
		FluxColumn *columns;

		skip -= portion.row_count;
		if (first == portion.row_count)
			continue;
		columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
		for (int i = 0; i < column_count; i++)
			columns[i] = flux_column_slice(&portion.columns[i], first);
		portion.columns = columns;
		portion.row_count -= first;
		flux_table_buffer_append(kept, &portion);
	}
	flux_table_buffer_destroy(buffer);
	return kept;
}

static void
tail_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	LimitOperator *tail = (LimitOperator *) op;
	const FluxLimitSpec *spec = op->node->spec;
	int64 needed;

	if (spec->rows_max <= 0 || pg_add_s64_overflow(spec->rows_max, spec->offset, &needed))
		needed = spec->rows_max <= 0 ? 0 : PG_INT64_MAX;
	if (needed == 0)
		return;
	flux_table_buffer_append(tail->buffer, batch);
	if (flux_table_buffer_row_count(tail->buffer) / 2 > needed + FLUX_BATCH_ROWS)
		tail->buffer = keep_last_rows(op, tail->buffer, needed);
}

static void
tail_end_table(FluxOperator *op, int port)
{
	LimitOperator *tail = (LimitOperator *) op;
	const FluxLimitSpec *spec = op->node->spec;
	int64 row_count = flux_table_buffer_row_count(tail->buffer);
	int64 stop = Max(row_count - spec->offset, 0);
	int64 start = Max(stop - Max(spec->rows_max, 0), 0);
	int64 row = 0;
	int position = 0;
	FluxBatch portion;

	flux_emit_begin_table(op, tail->head);
	while (flux_table_buffer_next(tail->buffer, &position, &portion))
	{
		int column_count = portion.head->schema->count;
		int64 first = Max(start - row, 0);
		int64 last = Min(stop - row, portion.row_count);
		FluxColumn *columns;

		row += portion.row_count;
		if (first >= last)
			continue;
		columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
		for (int i = 0; i < column_count; i++)
			columns[i] = flux_column_slice(&portion.columns[i], (int) first);
		flux_emit_columns(op, tail->head, columns, (int) (last - first));
	}
	flux_emit_end_table(op);
	flux_table_buffer_destroy(tail->buffer);
}

static const FluxOperatorOps tail_ops = {.state_size = sizeof(LimitOperator),
										 .begin_table = tail_begin_table,
										 .process = tail_process,
										 .end_table = tail_end_table};

const FluxPlanClass flux_plan_tail = {.name = "tail",
									  .kind = FLUX_PLAN_TAIL,
									  .plan = plan_limit,
									  .explain = limit_explain,
									  .ops = &tail_ops,
									  .keeps_tables = true};
