/*
 * op_group.c
 *		group and experimental.group: tables regrouped by other columns.
 *
 * Rows go to the table of their new key.  Where all new key columns are key
 * columns already, a whole table goes to one place; otherwise each row looks
 * for its own.  Nothing can be handed on before the input's end.
 */
#include "postgres.h"

#include "execute/group_columns.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct GroupOperator
{
	FluxOperator op;
	FluxTableSet *set;
	FluxTableBuffer *whole; /* where the whole current table goes, or NULL */
	int *key_columns;       /* positions in the current table's schema */
	int key_count;
} GroupOperator;

static void
group_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxGroupSpec *spec = flux_spec_create(FluxGroupSpec);
	FluxText mode = flux_call_string_or(call, "mode", "by");

	if (flux_text_equal_cstring(mode, "except"))
		spec->is_except = true;
	else if (!flux_text_equal_cstring(mode, "by"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"invalid group mode: must be \"by\" or \"except\"");
	spec->columns = flux_call_strings_or(call, "columns", NULL, &spec->column_count);
	node->spec = spec;
}

static void
group_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxGroupSpec *spec = node->spec;

	flux_explain_columns(out, spec->columns, spec->column_count);
	if (spec->is_except)
		appendStringInfoString(out, ", mode: except");
}

static void
group_begin(FluxOperator *op)
{
	((GroupOperator *) op)->set = flux_table_set_create(op);
}

bool
flux_group_choose_columns(const FluxGroupSpec *spec, const FluxTableHead *head, int **key_columns,
						  int *key_count)
{
	const FluxSchema *schema = head->schema;
	int *columns = palloc(Max(schema->count, 1) * sizeof(int));
	int count = 0;
	bool all_in_key = true;

	for (int i = 0; i < schema->count; i++)
	{
		bool is_listed = flux_texts_contain(spec->columns, spec->column_count, schema->labels[i]);

		if (is_listed == spec->is_except)
			continue;
		columns[count++] = i;
		if (flux_group_key_find(head->key, schema->labels[i]) < 0)
			all_in_key = false;
	}
	*key_count = count;
	*key_columns = columns;
	if (!all_in_key)
		return false;
	for (int i = 0; i < spec->column_count && all_in_key && !spec->is_except; i++)
		all_in_key = flux_schema_find(schema, spec->columns[i]) >= 0;

	if (all_in_key && !spec->is_except)
	{
		FluxText *labels = palloc(Max(count, 1) * sizeof(FluxText));
		int *order = palloc(Max(count, 1) * sizeof(int));

		*key_columns = palloc(Max(count, 1) * sizeof(int));
		for (int i = 0; i < count; i++)
			labels[i] = schema->labels[columns[i]];
		flux_group_key_sort_labels(labels, count, order);
		for (int i = 0; i < count; i++)
			(*key_columns)[i] = columns[order[i]];
	}
	return true;
}

FluxGroupKey *
flux_group_key_of_table(const FluxTableHead *head, const int *key_columns, int key_count)
{
	FluxText *labels = palloc(Max(key_count, 1) * sizeof(FluxText));
	FluxValue *values = palloc(Max(key_count, 1) * sizeof(FluxValue));

	for (int i = 0; i < key_count; i++)
	{
		labels[i] = head->schema->labels[key_columns[i]];
		values[i] = head->key->values[flux_group_key_find(head->key, labels[i])];
	}
	return flux_group_key_create(labels, values, key_count);
}

/* The table that a key made of old key columns belongs to; made when new, so
 * that an empty table keeps its key. */
static void
group_whole_table(GroupOperator *group, const FluxTableHead *head)
{
	FluxTableHead new_head = {
		.key = flux_group_key_of_table(head, group->key_columns, group->key_count),
		.schema = head->schema};

	group->whole = flux_table_set_get(group->set, &new_head);
}

static void
group_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	GroupOperator *group = (GroupOperator *) op;

	group->whole = NULL;
	if (flux_group_choose_columns(op->node->spec, head, &group->key_columns, &group->key_count))
		group_whole_table(group, head);
}

static void
group_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	GroupOperator *group = (GroupOperator *) op;

	if (group->whole != NULL)
		flux_table_buffer_append(group->whole, batch);
	else
		flux_table_set_route(group->set, batch, group->key_columns, group->key_count);
}

static void
group_end_table(FluxOperator *op, int port)
{
}

static void
group_finish(FluxOperator *op, int port)
{
	flux_table_set_emit(((GroupOperator *) op)->set, op, true);
	flux_emit_finish(op);
}

static const FluxOperatorOps group_ops = {.state_size = sizeof(GroupOperator),
										  .begin = group_begin,
										  .begin_table = group_begin_table,
										  .process = group_process,
										  .end_table = group_end_table,
										  .finish = group_finish};

const FluxPlanClass flux_plan_group = {.name = "group",
									   .kind = FLUX_PLAN_GROUP,
									   .plan = group_plan,
									   .explain = group_explain,
									   .ops = &group_ops};

/* ---- experimental.group(mode: "extend") ---- */

static void
group_extend_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxGroupSpec *spec = flux_spec_create(FluxGroupSpec);
	FluxText mode = flux_call_string(call, "mode");

	if (!flux_text_equal_cstring(mode, "extend"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"invalid group mode \"%.*s\"; experimental.group requires mode \"extend\"",
						mode.size, mode.data);
	spec->columns = flux_call_strings_or(call, "columns", NULL, &spec->column_count);
	node->spec = spec;
}

static void
group_extend_check_columns(FluxOperator *op, const FluxSchema *schema)
{
	const FluxGroupSpec *spec = op->node->spec;

	for (int i = 0; i < spec->column_count; i++)
	{
		FluxText label = spec->columns[i];

		if (flux_schema_find(schema, label) < 0)
			flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN,
									 flux_schema_near_hint(schema, label),
									 "unknown column \"%.*s\"", label.size, label.data);
	}
}

/* The wider key has its columns in the table's order. */
static void
group_extend_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	GroupOperator *group = (GroupOperator *) op;
	const FluxGroupSpec *spec = op->node->spec;
	const FluxSchema *schema = head->schema;
	bool is_constant = true;

	group_extend_check_columns(op, schema);
	group->whole = NULL;
	group->key_columns = palloc((schema->count + 1) * sizeof(int));
	group->key_count = 0;
	for (int i = 0; i < schema->count; i++)
	{
		bool is_old = flux_group_key_find(head->key, schema->labels[i]) >= 0;

		if (!is_old && !flux_texts_contain(spec->columns, spec->column_count, schema->labels[i]))
			continue;
		group->key_columns[group->key_count++] = i;
		is_constant &= is_old;
	}
	if (is_constant)
		group_whole_table(group, head);
}

static const FluxOperatorOps group_extend_ops = {.state_size = sizeof(GroupOperator),
												 .begin = group_begin,
												 .begin_table = group_extend_begin_table,
												 .process = group_process,
												 .end_table = group_end_table,
												 .finish = group_finish};

/* Tables that it parts by _start or _stop differ in them. */
static bool
group_extend_keeps_bounds(const FluxPlanNode *node)
{
	const FluxGroupSpec *spec = node->spec;

	return !flux_texts_contain(spec->columns, spec->column_count,
							   flux_text_from_cstring("_start")) &&
		   !flux_texts_contain(spec->columns, spec->column_count, flux_text_from_cstring("_stop"));
}

const FluxPlanClass flux_plan_group_extend = {.name = "experimental.group",
											  .plan = group_extend_plan,
											  .explain = group_explain,
											  .ops = &group_extend_ops,
											  .keeps_bounds = group_extend_keeps_bounds};
