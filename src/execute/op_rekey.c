/*
 * op_rekey.c
 *		rename, duplicate, set, experimental.set and PromQL's label_replace:
 *		columns under other names or with other values, the key following.
 *
 * All work table by table: from the input's head they derive the output's
 * head and where each output column comes from (an input column or a constant).
 * A table whose key is not touched goes through at once.  One whose key is, even
 * if it comes to the same, may meet another; so those are collected and go out
 * in key order at the end.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* Where an output column comes from. */
typedef struct ColumnOrigin
{
	int position; /* in the input, or -1: the constant */
	FluxColumn constant;
} ColumnOrigin;

typedef struct RekeyOperator
{
	FluxOperator op;
	FluxTableSet *set;
	FluxTableBuffer *target; /* of the current table; NULL: it goes through */
	const FluxTableHead *out_head;
	ColumnOrigin *origins; /* per output column */
} RekeyOperator;

static void
rekey_begin(FluxOperator *op)
{
	((RekeyOperator *) op)->set = flux_table_set_create(op);
}

/* For operators that make a key anew: the input's where that is the same. */
static const FluxGroupKey *
unless_same(const FluxGroupKey *in, const FluxGroupKey *key)
{
	return flux_group_key_equal(in, key) ? in : key;
}

/* The derived head is complete: opens the table. "key" is the input's if untouched. */
static void
rekey_open(RekeyOperator *rekey, const FluxTableHead *in, const FluxGroupKey *key,
		   const FluxSchema *schema)
{
	rekey->out_head = flux_table_head_create(key, schema);
	rekey->target = NULL;
	if (key == in->key)
		flux_emit_begin_table(&rekey->op, rekey->out_head);
	else
		rekey->target = flux_table_set_get(rekey->set, rekey->out_head);
}

static void
rekey_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	RekeyOperator *rekey = (RekeyOperator *) op;
	int column_count = rekey->out_head->schema->count;
	FluxColumn *columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	FluxBatch out = {.head = rekey->out_head, .row_count = batch->row_count, .columns = columns};

	for (int i = 0; i < column_count; i++)
	{
		const ColumnOrigin *origin = &rekey->origins[i];

		columns[i] = origin->position >= 0 ? batch->columns[origin->position] : origin->constant;
	}
	if (rekey->target != NULL)
		flux_table_buffer_append(rekey->target, &out);
	else
		flux_emit_batch(op, &out);
}

static void
rekey_end_table(FluxOperator *op, int port)
{
	if (((RekeyOperator *) op)->target == NULL)
		flux_emit_end_table(op);
}

static void
rekey_finish(FluxOperator *op, int port)
{
	flux_table_set_emit(((RekeyOperator *) op)->set, op, true);
	flux_emit_finish(op);
}

/* Origins of columns that all come from the same place of the input. */
static void
origins_identity(RekeyOperator *rekey, int count)
{
	rekey->origins = palloc0((count + 1) * sizeof(ColumnOrigin));
	for (int i = 0; i < count; i++)
		rekey->origins[i].position = i;
}

/* ---- rename ---- */

typedef struct RenameSpec
{
	const FluxRecord *columns;    /* old: "new" */
	const FluxFunction *function; /* or (column) => "new" */
} RenameSpec;

static void
rename_plan(FluxCall *call, FluxPlanNode *node)
{
	RenameSpec *spec = flux_spec_create(RenameSpec);
	bool has_columns = flux_call_find(call, "columns") != NULL;

	if (has_columns == (flux_call_find(call, "fn") != NULL))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"rename error: expected exactly one of \"columns\" and \"fn\"");
	if (has_columns)
	{
		spec->columns = flux_call_record(call, "columns");
		for (int i = 0; i < spec->columns->count; i++)
		{
			if (spec->columns->values[i].kind != FLUX_KIND_STRING ||
				spec->columns->values[i].is_null)
				flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
								"rename error: the new name of column \"%.*s\" is not a string",
								spec->columns->keys[i].size, spec->columns->keys[i].data);
		}
	}
	else
		spec->function = flux_call_function(call, "fn");
	node->spec = spec;
}

static FluxText
renamed(const FluxOperator *op, FluxText label)
{
	const RenameSpec *spec = op->node->spec;
	FluxValue value;

	if (spec->columns != NULL)
	{
		const FluxValue *name = flux_record_get(spec->columns, label);

		return name != NULL ? name->as.string : label;
	}
	value = flux_operator_call1(op, spec->function, "column", flux_value_string(label));
	if (value.kind != FLUX_KIND_STRING || value.is_null)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"rename error: the new name of column \"%.*s\" is not a string",
							label.size, label.data);
	return flux_text_copy(value.as.string);
}

static void
rename_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	RekeyOperator *rekey = (RekeyOperator *) op;
	const RenameSpec *spec = op->node->spec;
	FluxSchema *schema = flux_schema_create(head->schema->count);
	FluxText *key_labels = palloc(Max(head->key->count, 1) * sizeof(FluxText));

	for (int i = 0; spec->columns != NULL && i < spec->columns->count; i++)
	{
		FluxText old = spec->columns->keys[i];

		if (flux_schema_find(head->schema, old) < 0)
			flux_operator_raise_hint(
				op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(head->schema, old),
				"rename error: column \"%.*s\" doesn't exist", old.size, old.data);
	}
	memcpy(key_labels, head->key->labels, head->key->count * sizeof(FluxText));
	for (int i = 0; i < head->schema->count; i++)
	{
		FluxText label = renamed(op, head->schema->labels[i]);
		int in_key = flux_group_key_find(head->key, head->schema->labels[i]);

		if (flux_schema_find(schema, label) >= 0)
			flux_operator_raise(op, ERRCODE_DUPLICATE_COLUMN,
								"rename error: column \"%.*s\" would be there twice", label.size,
								label.data);
		flux_schema_add(schema, label, head->schema->types[i]);
		if (in_key >= 0)
			key_labels[in_key] = label;
	}
	origins_identity(rekey, schema->count);
	rekey_open(rekey, head,
			   unless_same(head->key,
						   flux_group_key_create(key_labels, head->key->values, head->key->count)),
			   schema);
}

static const FluxOperatorOps rename_ops = {.state_size = sizeof(RekeyOperator),
										   .begin = rekey_begin,
										   .begin_table = rename_begin_table,
										   .process = rekey_process,
										   .end_table = rekey_end_table,
										   .finish = rekey_finish};

const FluxPlanClass flux_plan_rename = {.name = "rename", .plan = rename_plan, .ops = &rename_ops};

/* ---- duplicate ---- */

static void
duplicate_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxDuplicateSpec *spec = flux_spec_create(FluxDuplicateSpec);

	spec->column = flux_call_string(call, "column");
	spec->as = flux_call_string(call, "as");
	node->spec = spec;
}

static void
duplicate_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxDuplicateSpec *spec = node->spec;

	appendStringInfo(out, "column: %.*s, as: %.*s", spec->column.size, spec->column.data,
					 spec->as.size, spec->as.data);
}

static void
duplicate_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	RekeyOperator *rekey = (RekeyOperator *) op;
	const FluxDuplicateSpec *spec = op->node->spec;
	int source = flux_schema_find(head->schema, spec->column);
	const FluxGroupKey *key = head->key;
	FluxSchema *schema;
	int target;

	if (source < 0)
		flux_operator_raise_hint(
			op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(head->schema, spec->column),
			"duplicate error: column \"%.*s\" doesn't exist", spec->column.size, spec->column.data);
	schema = flux_schema_with(head->schema, spec->as, head->schema->types[source], &target);
	if (flux_group_key_find(key, spec->as) >= 0)
	{
		int in_key = flux_group_key_find(key, spec->column);

		key = in_key >= 0 ? flux_group_key_with(key, spec->as, key->values[in_key])
						  : flux_group_key_without(key, spec->as);
	}
	origins_identity(rekey, schema->count);
	rekey->origins[target].position = source;
	rekey_open(rekey, head, key, schema);
}

static const FluxOperatorOps duplicate_ops = {.state_size = sizeof(RekeyOperator),
											  .begin = rekey_begin,
											  .begin_table = duplicate_begin_table,
											  .process = rekey_process,
											  .end_table = rekey_end_table,
											  .finish = rekey_finish};

const FluxPlanClass flux_plan_duplicate = {.name = "duplicate",
										   .kind = FLUX_PLAN_DUPLICATE,
										   .plan = duplicate_plan,
										   .explain = duplicate_explain,
										   .ops = &duplicate_ops};

/* ---- set and experimental.set ---- */

typedef struct SetSpec
{
	const FluxRecord *values; /* column: value */
	bool is_strict;           /* set(): an existing column must be a string */
} SetSpec;

static void
set_plan(FluxCall *call, FluxPlanNode *node)
{
	SetSpec *spec = flux_spec_create(SetSpec);
	FluxText key = flux_call_string(call, "key");
	FluxValue value = flux_value_string(flux_call_string(call, "value"));

	spec->values = flux_value_record(&key, &value, 1).as.record;
	spec->is_strict = true;
	node->spec = spec;
}

static void
set_record_plan(FluxCall *call, FluxPlanNode *node)
{
	SetSpec *spec = flux_spec_create(SetSpec);

	spec->values = flux_call_record(call, "o");
	for (int i = 0; i < spec->values->count; i++)
	{
		if (!flux_kind_is_column_type(spec->values->values[i].kind))
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"cannot set column \"%.*s\" to a value of type %s",
							spec->values->keys[i].size, spec->values->keys[i].data,
							flux_kind_name(spec->values->values[i].kind));
	}
	node->spec = spec;
}

static void
set_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	RekeyOperator *rekey = (RekeyOperator *) op;
	const SetSpec *spec = op->node->spec;
	const FluxSchema *schema = head->schema;
	const FluxGroupKey *key = head->key;
	int *targets = palloc(Max(spec->values->count, 1) * sizeof(int));

	for (int i = 0; i < spec->values->count; i++)
	{
		FluxText label = spec->values->keys[i];
		FluxValue value = spec->values->values[i];
		int existing = flux_schema_find(head->schema, label);

		if (spec->is_strict && existing >= 0 && head->schema->types[existing] != FLUX_COLUMN_STRING)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"set error: column \"%.*s\" is of type %s and not string",
								label.size, label.data,
								flux_column_type_name(head->schema->types[existing]));
		schema = flux_schema_with(schema, label, (FluxColumnType) value.kind, &targets[i]);
		if (flux_group_key_find(key, label) >= 0)
			key = flux_group_key_with(key, label, value);
	}
	origins_identity(rekey, schema->count);
	for (int i = 0; i < spec->values->count; i++)
	{
		FluxValue value = spec->values->values[i];

		rekey->origins[targets[i]].position = -1;
		rekey->origins[targets[i]].constant =
			flux_column_of_value((FluxColumnType) value.kind, value);
	}
	rekey_open(rekey, head, key, schema);
}

static const FluxOperatorOps set_ops = {.state_size = sizeof(RekeyOperator),
										.begin = rekey_begin,
										.begin_table = set_begin_table,
										.process = rekey_process,
										.end_table = rekey_end_table,
										.finish = rekey_finish};

static bool
set_keeps_bounds(const FluxPlanNode *node)
{
	const FluxRecord *values = ((const SetSpec *) node->spec)->values;

	return flux_record_get(values, flux_text_from_cstring("_start")) == NULL &&
		   flux_record_get(values, flux_text_from_cstring("_stop")) == NULL;
}

const FluxPlanClass flux_plan_set = {
	.name = "set", .plan = set_plan, .ops = &set_ops, .keeps_bounds = set_keeps_bounds};

const FluxPlanClass flux_plan_set_record = {.name = "experimental.set",
											.plan = set_record_plan,
											.ops = &set_ops,
											.keeps_bounds = set_keeps_bounds};

/* ---- relabel, the heart of PromQL's label_replace ---- */

typedef struct RelabelSpec
{
	FluxText source; /* a key column; absent is "" */
	FluxText destination;
	const FluxFunction *function; /* (label) => string; "" takes the destination away */
} RelabelSpec;

static void
relabel_plan(FluxCall *call, FluxPlanNode *node)
{
	RelabelSpec *spec = flux_spec_create(RelabelSpec);

	spec->source = flux_call_string(call, "source");
	spec->destination = flux_call_string(call, "destination");
	spec->function = flux_call_function(call, "fn");
	node->spec = spec;
}

/* What the source label of a table becomes. */
static FluxText
relabelled(const FluxOperator *op, const FluxTableHead *head)
{
	const RelabelSpec *spec = op->node->spec;
	int in_key = flux_group_key_find(head->key, spec->source);
	FluxValue label = flux_value_string(flux_text_from_cstring(""));

	if (in_key >= 0)
		label = head->key->values[in_key];
	else if (flux_schema_find(head->schema, spec->source) >= 0)
		flux_operator_raise(op, ERRCODE_INVALID_COLUMN_REFERENCE,
							"column \"%.*s\" is not a label: it is not in the group key",
							spec->source.size, spec->source.data);
	if (label.kind != FLUX_KIND_STRING || label.is_null)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "label \"%.*s\" is not a string",
							spec->source.size, spec->source.data);
	label = flux_operator_call1(op, spec->function, "label", label);
	return flux_text_copy(label.as.string);
}

static void
relabel_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	RekeyOperator *rekey = (RekeyOperator *) op;
	const RelabelSpec *spec = op->node->spec;
	FluxValue label = flux_value_string(relabelled(op, head));
	int existing = flux_schema_find(head->schema, spec->destination);
	FluxSchema *schema;
	int target;

	if (label.as.string.size > 0)
	{
		schema = flux_schema_with(head->schema, spec->destination, FLUX_COLUMN_STRING, &target);
		origins_identity(rekey, schema->count);
		rekey->origins[target].position = -1;
		rekey->origins[target].constant = flux_column_of_value(FLUX_COLUMN_STRING, label);
		rekey_open(rekey, head,
				   unless_same(head->key, flux_group_key_with(head->key, spec->destination, label)),
				   schema);
		return;
	}
	schema = flux_schema_without(head->schema, existing);
	origins_identity(rekey, schema->count);
	for (int i = existing; i >= 0 && i < schema->count; i++)
		rekey->origins[i].position = i + 1;
	rekey_open(rekey, head,
			   unless_same(head->key, flux_group_key_without(head->key, spec->destination)),
			   schema);
}

static const FluxOperatorOps relabel_ops = {.state_size = sizeof(RekeyOperator),
											.begin = rekey_begin,
											.begin_table = relabel_begin_table,
											.process = rekey_process,
											.end_table = rekey_end_table,
											.finish = rekey_finish};

const FluxPlanClass flux_plan_relabel = {
	.name = "relabel", .plan = relabel_plan, .ops = &relabel_ops};
