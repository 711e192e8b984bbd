/*
 * op_pivot.c
 *		pivot: values of one column spread over columns named by others.
 *
 * Two steps.  While rows arrive they are collected by output key, reduced to
 * what matters:
 *
 *		key and rowKey columns (in input order), the label of the cell's column,
 *		the cell's type, the cell in the column of its type
 *
 * so that the collection spills like any other and fields of different types
 * can meet.  At the end one output table after the other is built: rows are
 * found by a hash of their rowKey, each label is a column that grows when it
 * is first written to.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* Labels of the internal columns; no script can make them. */
#define LABEL_COLUMN	"\001label"
#define TYPE_COLUMN		"\001type"

typedef struct PivotSpec
{
	const FluxText *row_key;
	int			row_key_count;
	const FluxText *column_key;
	int			column_key_count;
	FluxText	value_column;
} PivotSpec;

typedef struct PivotOperator
{
	FluxOperator op;
	FluxTableSet *set;			/* collected rows by output key */
	FluxTableBuffer *target;	/* of the current table */
	FluxTableHead head;			/* its collected form */
	int		   *kept;			/* input positions of its first kept_count columns */
	int			kept_count;
	int		   *label_columns;	/* positions of the columnKey in the input */
	int			value_column;
	FluxColumnType value_type;
} PivotOperator;

static FluxText
type_label(FluxColumnType type)
{
	static const char *const labels[] = {"\001", "\001bool", "\001int", "\001uint", "\001float",
	"\001string", "\001time"};

	return flux_text_from_cstring(labels[type]);
}

static void
pivot_plan(FluxCall *call, FluxPlanNode *node)
{
	PivotSpec  *spec = flux_spec_create(PivotSpec);

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
	const PivotSpec *spec = node->spec;

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

/* ---- collecting ---- */

static int
need_column(const FluxOperator *op, const FluxSchema *schema, FluxText label, const char *what)
{
	int			column = flux_schema_find(schema, label);

	if (column < 0)
		flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN,
								 flux_schema_near_hint(schema, label),
								 "specified %scolumn does not exist in table: %.*s", what,
								 label.size, label.data);
	return column;
}

static void
pivot_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	PivotOperator *self = (PivotOperator *) op;
	const PivotSpec *spec = op->node->spec;
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
	flux_schema_add(schema, flux_text_from_cstring(LABEL_COLUMN), FLUX_COLUMN_STRING);
	flux_schema_add(schema, flux_text_from_cstring(TYPE_COLUMN), FLUX_COLUMN_INT);
	flux_schema_add(schema, type_label(self->value_type), self->value_type);
	self->head.key = key;
	self->head.schema = schema;
	self->target = flux_table_set_get(self->set, &self->head);
}

/* A float as Go's 'E' format: shortest digits, "1.5E+00". */
static void
append_float(StringInfo out, double value)
{
	char		buffer[64];

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
	char		time[FLUX_TIME_TEXT_SIZE];

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
row_label(const PivotOperator *self, const PivotSpec *spec, const FluxBatch *batch, int row)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < spec->column_key_count; i++)
	{
		if (i > 0)
			appendStringInfoChar(&out, '_');
		append_label_part(&out, flux_value_from_column(&batch->columns[self->label_columns[i]],
													   row));
	}
	return flux_text(out.data, out.len);
}

/* The labels of a batch's cells as a column, constant if they are. */
static FluxColumn
label_column(const PivotOperator *self, const PivotSpec *spec, const FluxBatch *batch)
{
	bool		is_constant = true;
	FluxText   *labels;
	FluxColumn	column = {.type = FLUX_COLUMN_STRING};

	for (int i = 0; i < spec->column_key_count; i++)
		is_constant = is_constant && batch->columns[self->label_columns[i]].is_constant;
	labels = palloc((is_constant ? 1 : batch->row_count) * sizeof(FluxText));
	for (int row = 0; row < (is_constant ? 1 : batch->row_count); row++)
	{
		bool		is_same = row > 0;

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
	FluxBatch	out = {.head = &self->head, .row_count = batch->row_count, .columns = columns};

	if (batch->row_count == 0)
		return;
	for (int i = 0; i < self->kept_count; i++)
		columns[i] = batch->columns[self->kept[i]];
	columns[self->kept_count] = label_column(self, op->node->spec, batch);
	columns[self->kept_count + 1] = flux_column_constant_int(FLUX_COLUMN_INT, self->value_type);
	columns[self->kept_count + 2] = batch->columns[self->value_column];
	flux_table_buffer_append(self->target, &out);
}

static void
pivot_end_table(FluxOperator *op, int port)
{
}

/* ---- building one output table ---- */

/* One pivoted column: cells by row. */
typedef struct PivotColumn
{
	FluxText	label;
	FluxColumnType type;
	void	   *cells;
	bool	   *nulls;			/* true where nothing was written */
	int			capacity;		/* rows */
} PivotColumn;

typedef struct PivotTable
{
	PivotOperator *self;
	MemoryContext context;
	const FluxTableHead *head;	/* of the collected rows */
	FluxColumnBuilder *fixed;	/* key and rowKey columns */
	int			fixed_count;
	int		   *row_key;		/* positions in fixed that tell rows apart */
	int			row_key_count;
	PivotColumn *columns;
	int			column_count;
	int			column_capacity;
	int			row_count;
	int		   *slots;			/* rows by hash of their rowKey, -1 free */
	uint32	   *hashes;			/* per row */
	uint32		slot_count;
	int			hash_capacity;
	int			last_row;		/* found last: neighbours follow each other */
	int			last_column;
} PivotTable;

static uint32
row_key_hash(const PivotTable *table, const FluxColumn *columns, int row)
{
	uint32		hash = 0;

	for (int i = 0; i < table->row_key_count; i++)
	{
		const FluxColumn *column = &columns[table->row_key[i]];
		int			at = flux_column_index(column, row);
		uint32		part;

		if (flux_column_is_null(column, row))
			part = 7;
		else if (column->type == FLUX_COLUMN_STRING)
			part = flux_text_hash(column->values.strings[at]);
		else if (column->type == FLUX_COLUMN_BOOL)
			part = column->values.booleans[at];
		else if (column->type == FLUX_COLUMN_FLOAT && column->values.floats[at] == 0)
			part = 0;			/* -0 */
		else
			part = (uint32) ((column->values.uints[at] * UINT64CONST(0x9E3779B97F4A7C15)) >> 32);
		hash = hash_combine(hash, part);
	}
	return hash;
}

static bool
row_key_equal(const PivotTable *table, int known, const FluxColumn *columns, int row)
{
	for (int i = 0; i < table->row_key_count; i++)
	{
		FluxColumn	fixed = flux_column_builder_view(&table->fixed[table->row_key[i]]);

		if (flux_column_compare_rows(&fixed, known, &columns[table->row_key[i]], row) != 0)
			return false;
	}
	return true;
}

static void
pivot_rehash(PivotTable *table)
{
	if (table->slots != NULL)
		pfree(table->slots);
	table->slot_count = Max(table->slot_count * 2, 256);
	table->slots = MemoryContextAllocHuge(table->context, table->slot_count * sizeof(int));
	memset(table->slots, -1, table->slot_count * sizeof(int));
	for (int i = 0; i < table->row_count; i++)
	{
		uint32		slot = table->hashes[i] & (table->slot_count - 1);

		while (table->slots[slot] >= 0)
			slot = (slot + 1) & (table->slot_count - 1);
		table->slots[slot] = i;
	}
}

/* The output row of an input row, made when its rowKey is new. */
static int
find_row(PivotTable *table, const FluxColumn *columns, int row)
{
	uint32		hash;
	uint32		slot;

	if (table->last_row + 1 < table->row_count &&
		row_key_equal(table, table->last_row + 1, columns, row))
		return ++table->last_row;

	hash = row_key_hash(table, columns, row);
	if ((uint32) (table->row_count + 1) * 2 > table->slot_count)
		pivot_rehash(table);
	slot = hash & (table->slot_count - 1);
	while (table->slots[slot] >= 0)
	{
		int			known = table->slots[slot];

		if (table->hashes[known] == hash && row_key_equal(table, known, columns, row))
		{
			table->last_row = known;
			return known;
		}
		slot = (slot + 1) & (table->slot_count - 1);
	}
	if (table->row_count == table->hash_capacity)
	{
		table->hash_capacity = Max(table->hash_capacity * 2, 256);
		table->hashes = table->hashes == NULL
			? MemoryContextAllocHuge(table->context, table->hash_capacity * sizeof(uint32))
			: repalloc_huge(table->hashes, table->hash_capacity * sizeof(uint32));
	}
	table->slots[slot] = table->row_count;
	table->hashes[table->row_count] = hash;
	for (int i = 0; i < table->fixed_count; i++)
		flux_column_builder_append_row(&table->fixed[i], &columns[i], row);
	table->last_row = table->row_count++;
	return table->last_row;
}

/* The pivoted column of a label, made when new. */
static PivotColumn *
find_column(PivotTable *table, FluxText label, FluxColumnType type)
{
	MemoryContext old;
	PivotColumn *column;
	int			position = table->last_column;

	if (position < 0 || !flux_text_equal(table->columns[position].label, label))
	{
		for (position = 0; position < table->column_count; position++)
		{
			if (flux_text_equal(table->columns[position].label, label))
				break;
		}
	}
	table->last_column = position;
	if (position < table->column_count)
	{
		column = &table->columns[position];
		if (column->type != type)
			flux_operator_raise(&table->self->op, FLUX_ERRCODE_SCHEMA_COLLISION,
								"schema collision detected: column \"%.*s\" is both of type %s and %s",
								label.size, label.data, flux_column_type_name(type),
								flux_column_type_name(column->type));
		return column;
	}

	for (int i = 0; i < table->fixed_count; i++)
	{
		if (flux_text_equal(table->head->schema->labels[i], label))
			flux_operator_raise(&table->self->op, ERRCODE_DUPLICATE_COLUMN,
								"value \"%.*s\" appears in a column key column, but a column named \"%.*s\" already exists; "
								"consider renaming \"%.*s\" to something else before pivoting",
								label.size, label.data, label.size, label.data, label.size,
								label.data);
	}
	old = MemoryContextSwitchTo(table->context);
	if (table->column_count == table->column_capacity)
	{
		table->column_capacity = Max(table->column_capacity * 2, 16);
		table->columns = table->columns == NULL
			? palloc(table->column_capacity * sizeof(PivotColumn))
			: repalloc(table->columns, table->column_capacity * sizeof(PivotColumn));
	}
	column = &table->columns[table->column_count++];
	memset(column, 0, sizeof(*column));
	column->label = flux_text_copy(label);
	column->type = type;
	MemoryContextSwitchTo(old);
	return column;
}

/* Makes the column hold at least "row_count" rows, new ones null. */
static void
grow_column(PivotTable *table, PivotColumn *column, int row_count)
{
	Size		size = flux_column_type_size(column->type);
	int			capacity = Max(column->capacity * 2, 256);

	if (row_count <= column->capacity)
		return;
	capacity = Max(capacity, row_count);
	if (column->cells == NULL)
	{
		column->cells = MemoryContextAllocHuge(table->context, capacity * size);
		column->nulls = MemoryContextAllocHuge(table->context, capacity);
	}
	else
	{
		column->cells = repalloc_huge(column->cells, capacity * size);
		column->nulls = repalloc_huge(column->nulls, capacity);
	}
	memset((char *) column->cells + column->capacity * size, 0,
		   (capacity - column->capacity) * size);
	memset(column->nulls + column->capacity, 1, capacity - column->capacity);
	column->capacity = capacity;
}

static void
write_cell(PivotTable *table, PivotColumn *column, int row, const FluxColumn *source, int source_row)
{
	int			at = flux_column_index(source, source_row);

	grow_column(table, column, row + 1);
	column->nulls[row] = flux_column_is_null(source, source_row);
	if (column->nulls[row])
		return;
	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			((bool *) column->cells)[row] = source->values.booleans[at];
			break;
		case FLUX_COLUMN_STRING:
			{
				MemoryContext old = MemoryContextSwitchTo(table->context);

				((FluxText *) column->cells)[row] = flux_text_copy(source->values.strings[at]);
				MemoryContextSwitchTo(old);
				break;
			}
		default:
			((int64 *) column->cells)[row] = source->values.ints[at];
	}
}

static void
pivot_add_portion(PivotTable *table, const FluxBatch *portion)
{
	const FluxSchema *schema = portion->head->schema;
	const FluxColumn *labels;
	const FluxColumn *types;
	int			value_columns[FLUX_COLUMN_TIME + 1];

	labels = &portion->columns[flux_schema_find(schema, flux_text_from_cstring(LABEL_COLUMN))];
	types = &portion->columns[flux_schema_find(schema, flux_text_from_cstring(TYPE_COLUMN))];
	for (int type = FLUX_COLUMN_BOOL; type <= FLUX_COLUMN_TIME; type++)
		value_columns[type] = flux_schema_find(schema, type_label(type));

	for (int row = 0; row < portion->row_count; row++)
	{
		FluxColumnType type = types->values.ints[flux_column_index(types, row)];
		FluxText	label = labels->values.strings[flux_column_index(labels, row)];
		int			target;

		if (row % FLUX_BATCH_ROWS == 0)
			CHECK_FOR_INTERRUPTS();
		target = find_row(table, portion->columns, row);
		write_cell(table, find_column(table, label, type), target,
				   &portion->columns[value_columns[type]], row);
	}
}

/* Sends the finished table on. */
static void
pivot_emit(PivotTable *table)
{
	int			count = table->fixed_count + table->column_count;
	FluxSchema *schema = flux_schema_create(count);
	FluxColumn *columns = palloc(Max(count, 1) * sizeof(FluxColumn));
	const FluxTableHead *head;

	for (int i = 0; i < table->fixed_count; i++)
	{
		flux_schema_add(schema, table->head->schema->labels[i], table->head->schema->types[i]);
		columns[i] = flux_column_builder_view(&table->fixed[i]);
	}
	for (int i = 0; i < table->column_count; i++)
	{
		PivotColumn *column = &table->columns[i];

		grow_column(table, column, table->row_count);
		flux_schema_add(schema, column->label, column->type);
		columns[table->fixed_count + i] = (FluxColumn) {.type = column->type,
		.nulls = column->nulls};
		columns[table->fixed_count + i].values.any = column->cells;
	}
	head = flux_table_head_create(table->head->key, schema);
	flux_emit_begin_table(&table->self->op, head);
	flux_emit_columns(&table->self->op, head, columns, table->row_count);
	flux_emit_end_table(&table->self->op);
}

static void
pivot_one_table(PivotOperator *self, FluxTableBuffer *buffer)
{
	const PivotSpec *spec = self->op.node->spec;
	MemoryContext context = AllocSetContextCreate(self->op.state_context, "Flux pivot table",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	PivotTable	table = {.self = self, .context = context, .last_row = -1, .last_column = -1};
	FluxBatch	portion;
	int			position = 0;

	table.head = flux_table_buffer_head(buffer);
	table.fixed_count = flux_schema_find(table.head->schema, flux_text_from_cstring(LABEL_COLUMN));
	table.fixed = palloc(Max(table.fixed_count, 1) * sizeof(FluxColumnBuilder));
	table.row_key = palloc(Max(table.fixed_count, 1) * sizeof(int));
	for (int i = 0; i < table.fixed_count; i++)
	{
		FluxText	label = table.head->schema->labels[i];

		flux_column_builder_init(&table.fixed[i], table.head->schema->types[i], context);
		if (flux_texts_contain(spec->row_key, spec->row_key_count, label) &&
			flux_group_key_find(table.head->key, label) < 0)
			table.row_key[table.row_key_count++] = i;
	}
	while (flux_table_buffer_next(buffer, &position, &portion))
		pivot_add_portion(&table, &portion);
	pivot_emit(&table);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

static void
pivot_finish(FluxOperator *op, int port)
{
	PivotOperator *self = (PivotOperator *) op;

	flux_table_set_sort(self->set);
	for (int i = 0; i < flux_table_set_count(self->set); i++)
	{
		pivot_one_table(self, flux_table_set_table(self->set, i));
		flux_table_set_drop(self->set, i);
	}
	flux_table_set_reset(self->set);
	flux_emit_finish(op);
}

static const FluxOperatorOps pivot_ops = {
	.state_size = sizeof(PivotOperator),
	.begin = pivot_begin,
	.begin_table = pivot_begin_table,
	.process = pivot_process,
	.end_table = pivot_end_table,
	.finish = pivot_finish
};

static bool
pivot_keeps_bounds(const FluxPlanNode *node)
{
	const PivotSpec *spec = node->spec;
	FluxText	start = flux_text_from_cstring("_start");
	FluxText	stop = flux_text_from_cstring("_stop");

	return !flux_texts_contain(spec->row_key, spec->row_key_count, start) &&
		!flux_texts_contain(spec->row_key, spec->row_key_count, stop) &&
		!flux_texts_contain(spec->column_key, spec->column_key_count, start) &&
		!flux_texts_contain(spec->column_key, spec->column_key_count, stop) &&
		!flux_text_equal(spec->value_column, start) && !flux_text_equal(spec->value_column, stop);
}

const FluxPlanClass flux_plan_pivot = {
	.name = "pivot",
	.plan = pivot_plan,
	.explain = pivot_explain,
	.ops = &pivot_ops,
	.keeps_bounds = pivot_keeps_bounds
};
