/*
 * op_keep.c
 *		keep and drop: fewer columns.
 *
 * A key that loses columns may become another table's key; rows then meet in
 * one table, in order of arrival.  Which tables that concerns shows only at the
 * end, so all are collected.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct KeepOperator
{
	FluxOperator op;
	FluxTableSet *set;
	FluxTableBuffer *target; /* of the current table */
	FluxTableHead head;      /* what is left of it */
	int *kept;               /* positions in the input's schema */
} KeepOperator;

static void
columns_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxColumnsSpec *spec = flux_spec_create(FluxColumnsSpec);
	bool has_columns = flux_call_find(call, "columns") != NULL;
	bool has_function = flux_call_find(call, "fn") != NULL;

	if (has_columns == has_function)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"%s error: expected exactly one of \"columns\" and \"fn\"",
						node->class->name);
	if (has_columns)
		spec->columns = flux_call_strings_or(call, "columns", NULL, &spec->column_count);
	else
		spec->predicate = flux_call_function(call, "fn");
	node->spec = spec;
}

static void
columns_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxColumnsSpec *spec = node->spec;

	if (spec->predicate != NULL)
		appendStringInfoString(out, "fn");
	else
		flux_explain_columns(out, spec->columns, spec->column_count);
}

static void
keep_begin(FluxOperator *op)
{
	((KeepOperator *) op)->set = flux_table_set_create(op);
}

static bool
is_kept(const FluxOperator *op, FluxText label)
{
	const FluxColumnsSpec *spec = op->node->spec;
	bool is_listed;

	if (spec->predicate != NULL)
		is_listed =
			flux_operator_predicate(op, spec->predicate, "column", flux_value_string(label));
	else
		is_listed = flux_texts_contain(spec->columns, spec->column_count, label);
	return is_listed == (op->node->class->kind == FLUX_PLAN_KEEP);
}

static void
keep_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	KeepOperator *keep = (KeepOperator *) op;
	const FluxGroupKey *key = head->key;
	FluxSchema *schema = flux_schema_create(head->schema->count);
	FluxText *labels = palloc(Max(key->count, 1) * sizeof(FluxText));
	FluxValue *values = palloc(Max(key->count, 1) * sizeof(FluxValue));
	int key_count = 0;

	keep->kept = palloc(Max(head->schema->count, 1) * sizeof(int));
	for (int i = 0; i < head->schema->count; i++)
	{
		if (!is_kept(op, head->schema->labels[i]))
			continue;
		keep->kept[schema->count] = i;
		flux_schema_add(schema, head->schema->labels[i], head->schema->types[i]);
	}
	for (int i = 0; i < key->count; i++)
	{
		if (flux_schema_find(schema, key->labels[i]) < 0)
			continue;
		labels[key_count] = key->labels[i];
		values[key_count++] = key->values[i];
	}
	keep->head.key = flux_group_key_create(labels, values, key_count);
	keep->head.schema = schema;
	keep->target = flux_table_set_get(keep->set, &keep->head);
}

static void
keep_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	KeepOperator *keep = (KeepOperator *) op;
	int column_count = keep->head.schema->count;
	FluxColumn *columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	FluxBatch out = {.head = &keep->head, .row_count = batch->row_count, .columns = columns};

	if (column_count == 0)
		return; /* no columns, no rows */
	for (int i = 0; i < column_count; i++)
		columns[i] = batch->columns[keep->kept[i]];
	flux_table_buffer_append(keep->target, &out);
}

static void
keep_end_table(FluxOperator *op, int port)
{
}

static void
keep_finish(FluxOperator *op, int port)
{
	flux_table_set_emit(((KeepOperator *) op)->set, op, true);
	flux_emit_finish(op);
}

static const FluxOperatorOps keep_ops = {.state_size = sizeof(KeepOperator),
										 .begin = keep_begin,
										 .begin_table = keep_begin_table,
										 .process = keep_process,
										 .end_table = keep_end_table,
										 .finish = keep_finish};

const FluxPlanClass flux_plan_keep = {.name = "keep",
									  .kind = FLUX_PLAN_KEEP,
									  .plan = columns_plan,
									  .explain = columns_explain,
									  .ops = &keep_ops};

const FluxPlanClass flux_plan_drop = {.name = "drop",
									  .kind = FLUX_PLAN_DROP,
									  .plan = columns_plan,
									  .explain = columns_explain,
									  .ops = &keep_ops};
