/*
 * operator_util.c
 *		What the op_*.c share: building heads, one-row tables, passing on.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "execute/operator_util.h"

/* ---- plan functions ---- */

FluxPlanNode *
flux_plan_inner_node(const FluxCall *call, const FluxPlanNode *outer, const FluxPlanClass *class,
					 void *spec, FluxPlanNode *input)
{
	FluxPlanNode *node = palloc0(sizeof(FluxPlanNode));

	node->id = call->evaluator->next_node_id++;
	node->class = class;
	node->spec = spec;
	node->source = outer->source;
	node->span = outer->span;
	if (input != NULL)
	{
		flux_plan_add_input(node, input);
		node->has_bounds = input->has_bounds;
		node->bounds = input->bounds;
	}
	return node;
}

bool
flux_texts_contain(const FluxText *texts, int count, FluxText text)
{
	for (int i = 0; i < count; i++)
	{
		if (flux_text_equal(texts[i], text))
			return true;
	}
	return false;
}

void
flux_explain_columns(StringInfo out, const FluxText *columns, int count)
{
	appendStringInfoString(out, "columns: [");
	for (int i = 0; i < count; i++)
		appendStringInfo(out, "%s%.*s", i > 0 ? ", " : "", columns[i].size, columns[i].data);
	appendStringInfoChar(out, ']');
}

/* ---- passing on ---- */

void
flux_pass_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	flux_emit_begin_table(op, head);
}

void
flux_pass_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_emit_batch(op, batch);
}

void
flux_pass_end_table(FluxOperator *op, int port)
{
	flux_emit_end_table(op);
}

/* ---- building ---- */

FluxSchema *
flux_schema_of_key(const FluxGroupKey *key, int spare)
{
	FluxSchema *schema = flux_schema_create(key->count + spare);

	for (int i = 0; i < key->count; i++)
		flux_schema_add(schema, key->labels[i], (FluxColumnType) key->values[i].kind);
	return schema;
}

FluxSchema *
flux_schema_with(const FluxSchema *schema, FluxText label, FluxColumnType type, int *position)
{
	FluxSchema *copy = flux_schema_copy(schema, 1);

	*position = flux_schema_find(copy, label);
	if (*position >= 0)
		copy->types[*position] = type;
	else
	{
		*position = copy->count;
		flux_schema_add(copy, flux_text_copy(label), type);
	}
	return copy;
}

FluxSchema *
flux_schema_without(const FluxSchema *schema, int position)
{
	FluxSchema *copy = flux_schema_create(schema->count);

	for (int i = 0; i < schema->count; i++)
	{
		if (i != position)
			flux_schema_add(copy, schema->labels[i], schema->types[i]);
	}
	return copy;
}

FluxGroupKey *
flux_group_key_with(const FluxGroupKey *key, FluxText label, FluxValue value)
{
	FluxText *labels = palloc((key->count + 1) * sizeof(FluxText));
	FluxValue *values = palloc((key->count + 1) * sizeof(FluxValue));
	int position = flux_group_key_find(key, label);
	int count = key->count;

	memcpy(labels, key->labels, count * sizeof(FluxText));
	memcpy(values, key->values, count * sizeof(FluxValue));
	if (position < 0)
	{
		position = count++;
		labels[position] = label;
	}
	values[position] = value;
	return flux_group_key_create(labels, values, count);
}

FluxGroupKey *
flux_group_key_without(const FluxGroupKey *key, FluxText label)
{
	FluxText *labels = palloc(Max(key->count, 1) * sizeof(FluxText));
	FluxValue *values = palloc(Max(key->count, 1) * sizeof(FluxValue));
	int count = 0;

	for (int i = 0; i < key->count; i++)
	{
		if (flux_text_equal(key->labels[i], label))
			continue;
		labels[count] = key->labels[i];
		values[count++] = key->values[i];
	}
	return flux_group_key_create(labels, values, count);
}

void
flux_operator_check_result(const FluxOperator *op, const FluxGroupKey *key, FluxText label)
{
	if (flux_group_key_find(key, label) >= 0)
		flux_operator_raise_hint(op, ERRCODE_DUPLICATE_COLUMN,
								 "Give the result another name, or group without this column.",
								 "%s cannot write to column \"%.*s\": it is in the group key",
								 op->node->class->name, label.size, label.data);
}

void
flux_schema_add_result(const FluxOperator *op, FluxSchema *schema, const FluxGroupKey *key,
					   FluxText label, FluxColumnType type)
{
	flux_operator_check_result(op, key, label);
	flux_schema_add(schema, label, type);
}

/* ---- emitting ---- */

void
flux_emit_rows(FluxOperator *op, const FluxTableHead *head, const FluxBatch *batch,
			   const int32 *rows, int count)
{
	int column_count = head->schema->count;
	FluxColumn *columns;
	FluxBatch out = {.head = head, .row_count = count};

	if (count == 0)
		return;
	if (count == batch->row_count && rows[0] == 0 && rows[count - 1] == count - 1)
		out.columns = batch->columns;
	else
	{
		columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
		for (int i = 0; i < column_count; i++)
		{
			CHECK_FOR_INTERRUPTS();
			columns[i] = flux_column_gather(&batch->columns[i], rows, count);
		}
		out.columns = columns;
	}
	flux_emit_batch(op, &out);
}

void
flux_emit_columns(FluxOperator *op, const FluxTableHead *head, const FluxColumn *columns,
				  int row_count)
{
	FluxBatch out = {.head = head, .row_count = row_count, .columns = columns};

	flux_emit_batch(op, &out);
}

void
flux_emit_one_row(FluxOperator *op, const FluxTableHead *head, const FluxValue *values)
{
	FluxColumn *columns = palloc(Max(head->schema->count, 1) * sizeof(FluxColumn));

	for (int i = 0; i < head->schema->count; i++)
		columns[i] = flux_column_of_value(head->schema->types[i], values[i]);
	flux_emit_begin_table(op, head);
	flux_emit_columns(op, head, columns, 1);
	flux_emit_end_table(op);
}

FluxColumn *
flux_columns_of_key(const FluxTableHead *head)
{
	FluxColumn *columns = palloc0(Max(head->schema->count, 1) * sizeof(FluxColumn));

	for (int i = 0; i < head->schema->count; i++)
	{
		int position = flux_group_key_find(head->key, head->schema->labels[i]);

		columns[i].type = head->schema->types[i];
		if (position >= 0)
			columns[i] = flux_column_of_value(head->schema->types[i], head->key->values[position]);
	}
	return columns;
}

/* In one piece, which pfree() frees. */
FluxColumn *
flux_columns_copy_row(const FluxSchema *schema, const FluxColumn *in, int row)
{
	Size size = Max(schema->count, 1) * (sizeof(FluxColumn) + sizeof(FluxValue));
	FluxColumn *columns;
	FluxValue *values;
	char *bytes;

	for (int i = 0; i < schema->count; i++)
	{
		if (in[i].type == FLUX_COLUMN_STRING && !flux_column_is_null(&in[i], row))
			size += in[i].values.strings[flux_column_index(&in[i], row)].size;
	}
	columns = palloc(size);
	values = (FluxValue *) (columns + Max(schema->count, 1));
	bytes = (char *) (values + Max(schema->count, 1));
	for (int i = 0; i < schema->count; i++)
	{
		static const bool is_null = true;

		values[i] = flux_value_from_column(&in[i], row);
		columns[i] = (FluxColumn){.type = in[i].type, .is_constant = true};
		columns[i].nulls = values[i].is_null ? &is_null : NULL;
		columns[i].values.any = &values[i].as;
		if (values[i].is_null)
			memset(&values[i].as, 0, sizeof(values[i].as));
		else if (in[i].type == FLUX_COLUMN_STRING)
		{
			FluxText text = values[i].as.string;

			if (text.size > 0)
				memcpy(bytes, text.data, text.size);
			values[i].as.string = flux_text(bytes, text.size);
			bytes += text.size;
		}
	}
	return columns;
}

FluxColumn *
flux_batch_copy_row(const FluxBatch *batch, int row)
{
	return flux_columns_copy_row(batch->head->schema, batch->columns, row);
}

/* ---- memory ---- */

/* Operators may keep so much whatever the limit. */
#define FLUX_KEPT_MIN_BYTES (4 * 1024 * 1024)

void
flux_operator_need_memory(const FluxOperator *op, int64 bytes)
{
	int64 most = Max(op->exec->memory_limit_bytes, FLUX_KEPT_MIN_BYTES);

	if (bytes > most)
		flux_operator_raise_hint(op, ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
								 "Read less at a time, or raise fluxtask.work_mem.",
								 "%s has to keep more than " INT64_FORMAT " MB of one table",
								 op->node->class->name, most / (1024 * 1024));
}

/* ---- calling script functions ---- */

FluxValue
flux_operator_call1(const FluxOperator *op, const FluxFunction *function, const char *parameter,
					FluxValue argument)
{
	FluxText name = flux_text_from_cstring(parameter);
	FluxRecord arguments = {.count = 1, .keys = &name, .values = &argument};

	return flux_row_function_call(op->exec->evaluator, function, &arguments, false,
								  op->node->source, op->node->span);
}

bool
flux_operator_predicate(const FluxOperator *op, const FluxFunction *function, const char *parameter,
						FluxValue argument)
{
	FluxValue value = flux_operator_call1(op, function, parameter, argument);

	if (value.is_null || value.kind == FLUX_KIND_INVALID)
		return false;
	if (value.kind != FLUX_KIND_BOOL)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"predicate gives a value of type %s instead of bool",
							flux_kind_name(value.kind));
	return value.as.boolean;
}
