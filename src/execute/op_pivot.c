/*
 * op_pivot.c
 *		pivot: values of one column spread over columns named by others.
 *
 * While rows arrive they are collected by output key, reduced to what matters:
 *
 *		key and rowKey columns (in input order), the label of the cell's column,
 *		the cell's type, the cell in the column of its type
 *
 * so that the collection spills like any other and fields of different types
 * can meet.  At the end pivot_table.c builds one output table after the other.
 *
 * Where a rule has made sure that the tables of one output key follow each other
 * (plan_order.c), and the keys ascend, nothing is collected: rows go into the
 * grid of the one open output table, which is emitted when the next one begins.
 * Only a grid that outgrows memory is unfolded into cells, to be collected.
 */
#include "postgres.h"

#include <math.h>

#include "execute/operator_util.h"
#include "execute/pivot_table.h"
#include "execute/plan_classes.h"

typedef struct PivotOperator
{
	FluxOperator op;
	FluxTableSet *set;       /* collected rows by output key */
	FluxTableBuffer *target; /* of the current table; NULL: the grid takes its rows */
	FluxPivotGrid *grid;     /* of the open output table; NULL: none, or collected */
	FluxTableHead head;      /* its collected form */
	int *kept;               /* input positions of its first kept_count columns */
	int kept_count;
	int *label_columns; /* positions of the columnKey in the input */
	int value_column;
	FluxColumnType value_type;
} PivotOperator;

static void
pivot_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxPivotSpec *spec = flux_spec_create(FluxPivotSpec);

	spec->row_key = flux_call_strings_or(call, "rowKey", NULL, &spec->row_key_count);
	spec->column_key = flux_call_strings_or(call, "columnKey", NULL, &spec->column_key_count);
	spec->value_column = flux_call_string(call, "valueColumn");
	for (int i = 0; i < spec->row_key_count; i++)
	{
		if (flux_texts_contain(spec->column_key, spec->column_key_count, spec->row_key[i]))
			flux_call_raise(call, ERRCODE_DUPLICATE_COLUMN,
							"column name found in both rowKey and colKey: %.*s",
							spec->row_key[i].size, spec->row_key[i].data);
	}
	node->spec = spec;
}

static void
pivot_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxPivotSpec *spec = node->spec;

	appendStringInfoString(out, "rowKey ");
	flux_explain_columns(out, spec->row_key, spec->row_key_count);
	appendStringInfoString(out, ", columnKey ");
	flux_explain_columns(out, spec->column_key, spec->column_key_count);
	appendStringInfo(out, ", valueColumn: %.*s", spec->value_column.size, spec->value_column.data);
}

static void
pivot_begin(FluxOperator *op)
{
	((PivotOperator *) op)->set = flux_table_set_create(op);
}

/* ---- the current table ---- */

static int
need_column(const FluxOperator *op, const FluxSchema *schema, FluxText label, const char *what)
{
	int column = flux_schema_find(schema, label);

	if (column < 0)
		flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(schema, label),
								 "specified %scolumn does not exist in table: %.*s", what,
								 label.size, label.data);
	return column;
}

/* Makes self->head and what leads to it out of the input table's head. */
static void
make_head(PivotOperator *self, const FluxPivotSpec *spec, const FluxTableHead *head)
{
	const FluxOperator *op = &self->op;
	const FluxSchema *in = head->schema;
	const FluxGroupKey *key = head->key;
	FluxSchema *schema = flux_schema_create(in->count + 3);

	for (int i = 0; i < spec->row_key_count; i++)
		need_column(op, in, spec->row_key[i], "row key ");
	self->value_column = need_column(op, in, spec->value_column, "value ");
	self->value_type = in->types[self->value_column];
	self->label_columns = palloc(Max(spec->column_key_count, 1) * sizeof(int));
	for (int i = 0; i < spec->column_key_count; i++)
	{
		self->label_columns[i] = need_column(op, in, spec->column_key[i], "");
		key = flux_group_key_without(key, spec->column_key[i]);
	}
	key = flux_group_key_without(key, spec->value_column);

	self->kept = palloc(Max(in->count, 1) * sizeof(int));
	self->kept_count = 0;
	for (int i = 0; i < in->count; i++)
	{
		if (flux_group_key_find(key, in->labels[i]) < 0 &&
			!flux_texts_contain(spec->row_key, spec->row_key_count, in->labels[i]))
			continue;
		self->kept[self->kept_count++] = i;
		flux_schema_add(schema, in->labels[i], in->types[i]);
	}
	flux_schema_add(schema, flux_text_from_cstring(FLUX_PIVOT_LABEL), FLUX_COLUMN_STRING);
	flux_schema_add(schema, flux_text_from_cstring(FLUX_PIVOT_TYPE), FLUX_COLUMN_INT);
	flux_schema_add(schema, flux_pivot_value_label(self->value_type), self->value_type);
	self->head.key = key;
	self->head.schema = schema;
}

/* ---- one output table after the other ---- */

/* The key of the open output table, or NULL. */
static const FluxGroupKey *
open_key(const PivotOperator *self)
{
	if (self->grid != NULL)
		return flux_pivot_grid_head(self->grid)->key;
	return flux_table_set_count(self->set) == 0
			   ? NULL
			   : flux_table_buffer_head(flux_table_set_table(self->set, 0))->key;
}

/* The open output table is too large for a grid. */
static void
collect_open(PivotOperator *self)
{
	self->target = flux_table_set_get(self->set, flux_pivot_grid_head(self->grid));
	flux_pivot_grid_unfold(self->grid, self->target);
	flux_pivot_grid_destroy(self->grid);
	self->grid = NULL;
}

/* Adds cells to the grid, and what it has no memory for behind what it had. */
static void
add_to_open(PivotOperator *self, const FluxBatch *cells)
{
	int32 *rows;
	int taken;
	int count;

	if (flux_pivot_add_cells(self->grid, cells, &taken))
		return;
	collect_open(self);
	count = cells->row_count - taken;
	rows = palloc(Max(count, 1) * sizeof(int32));
	for (int i = 0; i < count; i++)
		rows[i] = taken + i;
	flux_table_buffer_append_rows(self->target, cells, rows, count);
}

/* Emits the open output table, if there is one. */
static void
emit_open(PivotOperator *self)
{
	const FluxPivotSpec *spec = self->op.node->spec;

	if (self->grid != NULL && !flux_pivot_grid_emit(self->grid))
		collect_open(self);
	if (self->grid != NULL)
		flux_pivot_grid_destroy(self->grid);
	else if (flux_table_set_count(self->set) > 0)
		flux_pivot_table(&self->op, flux_table_set_table(self->set, 0), spec->row_key,
						 spec->row_key_count);
	self->grid = NULL;
	flux_table_set_reset(self->set);
}

/* Makes the current table's output the open one. */
static void
turn_to_output(PivotOperator *self)
{
	const FluxPivotSpec *spec = self->op.node->spec;
	const FluxGroupKey *key = open_key(self);

	if (key == NULL || !flux_group_key_equal(key, self->head.key))
	{
		if (key != NULL && flux_group_key_compare(key, self->head.key) > 0)
			elog(ERROR, "tables for pivot do not come together");
		emit_open(self);
		self->grid =
			flux_pivot_grid_create(&self->op, &self->head, spec->row_key, spec->row_key_count);
	}
	else if (self->grid != NULL && !flux_pivot_grid_takes(self->grid, self->head.schema))
		collect_open(self);
	self->target = self->grid == NULL ? flux_table_set_get(self->set, &self->head) : NULL;
}

/* ---- collecting ---- */

static void
pivot_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	PivotOperator *self = (PivotOperator *) op;
	const FluxPivotSpec *spec = op->node->spec;

	make_head(self, spec, head);
	if (spec->is_together)
		turn_to_output(self);
	else
		self->target = flux_table_set_get(self->set, &self->head);
}

/* A float as Go's 'E' format: shortest digits, "1.5E+00". */
static void
append_float(StringInfo out, double value)
{
	char buffer[64];

	if (isnan(value) || isinf(value))
	{
		appendStringInfoString(out, isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
		return;
	}
	for (int precision = 0; precision < 18; precision++)
	{
		snprintf(buffer, sizeof(buffer), "%.*E", precision, value);
		if (strtod(buffer, NULL) == value)
			break;
	}
	appendStringInfoString(out, buffer);
}

static void
append_label_part(StringInfo out, FluxValue value)
{
	char time[FLUX_TIME_TEXT_SIZE];

	if (value.is_null)
	{
		appendStringInfoString(out, "null");
		return;
	}
	switch (value.kind)
	{
		case FLUX_KIND_BOOL:
			appendStringInfoString(out, value.as.boolean ? "true" : "false");
			break;
		case FLUX_KIND_INT:
			appendStringInfo(out, INT64_FORMAT, value.as.integer);
			break;
		case FLUX_KIND_UINT:
			appendStringInfo(out, UINT64_FORMAT, value.as.uinteger);
			break;
		case FLUX_KIND_FLOAT:
			append_float(out, value.as.floating);
			break;
		case FLUX_KIND_TIME:
			appendBinaryStringInfo(out, time, flux_time_format(value.as.time_ns, true, time));
			break;
		default:
			appendBinaryStringInfo(out, value.as.string.data, value.as.string.size);
			break;
	}
}

/* The label of a row's cell, in the current context. */
static FluxText
row_label(const PivotOperator *self, const FluxPivotSpec *spec, const FluxBatch *batch, int row)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < spec->column_key_count; i++)
	{
		if (i > 0)
			appendStringInfoChar(&out, '_');
		append_label_part(&out,
						  flux_value_from_column(&batch->columns[self->label_columns[i]], row));
	}
	return flux_text(out.data, out.len);
}

/* The labels of a batch's cells as a column, constant if they are. */
static FluxColumn
label_column(const PivotOperator *self, const FluxPivotSpec *spec, const FluxBatch *batch)
{
	bool is_constant = true;
	FluxText *labels;
	FluxColumn column = {.type = FLUX_COLUMN_STRING};

	for (int i = 0; i < spec->column_key_count; i++)
		is_constant = is_constant && batch->columns[self->label_columns[i]].is_constant;
	labels = palloc((is_constant ? 1 : batch->row_count) * sizeof(FluxText));
	for (int row = 0; row < (is_constant ? 1 : batch->row_count); row++)
	{
		bool is_same = row > 0;

		for (int i = 0; i < spec->column_key_count && is_same; i++)
		{
			const FluxColumn *part = &batch->columns[self->label_columns[i]];

			is_same = flux_column_compare_rows(part, row - 1, part, row) == 0;
		}
		labels[row] = is_same ? labels[row - 1] : row_label(self, spec, batch, row);
	}
	column.is_constant = is_constant;
	column.values.strings = labels;
	return column;
}

static void
pivot_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	PivotOperator *self = (PivotOperator *) op;
	FluxColumn *columns = palloc(self->head.schema->count * sizeof(FluxColumn));
	FluxBatch out = {.head = &self->head, .row_count = batch->row_count, .columns = columns};

	if (batch->row_count == 0)
		return;
	for (int i = 0; i < self->kept_count; i++)
		columns[i] = batch->columns[self->kept[i]];
	columns[self->kept_count] = label_column(self, op->node->spec, batch);
	columns[self->kept_count + 1] = flux_column_constant_int(FLUX_COLUMN_INT, self->value_type);
	columns[self->kept_count + 2] = batch->columns[self->value_column];
	if (self->target != NULL)
		flux_table_buffer_append(self->target, &out);
	else
		add_to_open(self, &out);
}

static void
pivot_end_table(FluxOperator *op, int port)
{
}

static void
pivot_finish(FluxOperator *op, int port)
{
	PivotOperator *self = (PivotOperator *) op;
	const FluxPivotSpec *spec = op->node->spec;

	if (spec->is_together)
		emit_open(self);
	flux_table_set_sort(self->set);
	for (int i = 0; i < flux_table_set_count(self->set); i++)
	{
		flux_pivot_table(op, flux_table_set_table(self->set, i), spec->row_key,
						 spec->row_key_count);
		flux_table_set_drop(self->set, i);
	}
	flux_table_set_reset(self->set);
	flux_emit_finish(op);
}

static const FluxOperatorOps pivot_ops = {.state_size = sizeof(PivotOperator),
										  .begin = pivot_begin,
										  .begin_table = pivot_begin_table,
										  .process = pivot_process,
										  .end_table = pivot_end_table,
										  .finish = pivot_finish};

static bool
pivot_keeps_bounds(const FluxPlanNode *node)
{
	const FluxPivotSpec *spec = node->spec;
	FluxText start = flux_text_from_cstring("_start");
	FluxText stop = flux_text_from_cstring("_stop");

	return !flux_texts_contain(spec->row_key, spec->row_key_count, start) &&
		   !flux_texts_contain(spec->row_key, spec->row_key_count, stop) &&
		   !flux_texts_contain(spec->column_key, spec->column_key_count, start) &&
		   !flux_texts_contain(spec->column_key, spec->column_key_count, stop) &&
		   !flux_text_equal(spec->value_column, start) &&
		   !flux_text_equal(spec->value_column, stop);
}

const FluxPlanClass flux_plan_pivot = {.name = "pivot",
									   .kind = FLUX_PLAN_PIVOT,
									   .plan = pivot_plan,
									   .explain = pivot_explain,
									   .ops = &pivot_ops,
									   .keeps_bounds = pivot_keeps_bounds};
