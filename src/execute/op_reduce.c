/*
 * op_reduce.c
 *		reduce: a record carried from row to row.
 *
 * The result is one row per table: the key's columns and the accumulator's
 * members, sorted.  A member named like a key column replaces that key value;
 * two tables must not end with one key.
 *
 * Where the function compiles to a fold (program_fold.h) the record's values are
 * overwritten in place; else the function is evaluated for each row.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/program_fold.h"
#include "guc.h"

/* Rows between two copies of the accumulator into a fresh context. */
#define FLUX_ROWS_PER_RESET 128

typedef struct ReduceSpec
{
	const FluxFunction *function;
	FluxValue identity;
} ReduceSpec;

typedef struct ReduceOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	FluxValue accumulator;
	MemoryContext contexts[2]; /* the accumulator's, in turns */
	int current;
	FluxTableSet *set; /* changed keys, to find duplicates */

	/* compiled for tables of a schema */
	MemoryContext fold_context;
	const FluxSchema *fold_schema; /* NULL: none yet */
	FluxFold *fold;                /* or NULL */
	bool is_folded;                /* run the fold, do not only know that there is one */
	FluxRecord record;             /* the accumulator of the fold ... */
	FluxValue *values;             /* and its values */
} ReduceOperator;

static void
reduce_plan(FluxCall *call, FluxPlanNode *node)
{
	ReduceSpec *spec = flux_spec_create(ReduceSpec);

	spec->function = flux_call_function(call, "fn");
	spec->identity = flux_call_value(call, "identity");
	if (spec->identity.kind != FLUX_KIND_RECORD)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "identity must be a record");
	node->spec = spec;
}

static void
reduce_begin(FluxOperator *op)
{
	ReduceOperator *self = (ReduceOperator *) op;

	for (int i = 0; i < 2; i++)
		self->contexts[i] =
			AllocSetContextCreate(op->state_context, "Flux accumulator", ALLOCSET_DEFAULT_SIZES);
	self->set = flux_table_set_create(op);
	self->fold_context =
		AllocSetContextCreate(op->state_context, "Flux fold", ALLOCSET_DEFAULT_SIZES);
}

/* Compiles the function for tables of this schema, unless it is. */
static void
bind_fold(ReduceOperator *self, const FluxSchema *schema)
{
	const ReduceSpec *spec = self->op.node->spec;
	const FluxRecord *identity = spec->identity.as.record;
	MemoryContext old;

	if (self->fold_schema != NULL && flux_schema_equal(self->fold_schema, schema))
		return;
	MemoryContextReset(self->fold_context);
	old = MemoryContextSwitchTo(self->fold_context);
	self->fold_schema = flux_schema_copy(schema, 0);
	self->fold = flux_fold_create(&self->op, spec->function, self->fold_schema, identity);
	self->is_folded = self->fold != NULL && flux_guc_vectorize;
	self->record = *identity;
	self->values = palloc(Max(identity->count, 1) * sizeof(FluxValue));
	self->record.values = self->values;
	MemoryContextSwitchTo(old);
}

static void
reduce_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	ReduceOperator *self = (ReduceOperator *) op;

	self->in_head = head;
	self->accumulator = ((const ReduceSpec *) op->node->spec)->identity;
	bind_fold(self, head->schema);
	if (!self->is_folded)
		return;
	memcpy(self->values, self->accumulator.as.record->values,
		   self->record.count * sizeof(FluxValue));
	self->accumulator.as.record = &self->record;
}

/* Evaluates the function for each row. */
static void
reduce_rows(ReduceOperator *self, const FluxBatch *batch)
{
	FluxOperator *op = &self->op;
	const ReduceSpec *spec = op->node->spec;
	FluxText keys[2] = {flux_text_from_cstring("r"), flux_text_from_cstring("accumulator")};
	FluxValue values[2];
	FluxRecord arguments = {.count = 2, .keys = keys, .values = values};

	for (int row = 0; row < batch->row_count; row++)
	{
		MemoryContext old;

		if (row % FLUX_ROWS_PER_RESET == 0)
		{
			CHECK_FOR_INTERRUPTS();
			self->current = 1 - self->current;
			MemoryContextReset(self->contexts[self->current]);
			old = MemoryContextSwitchTo(self->contexts[self->current]);
			self->accumulator = flux_value_copy(self->accumulator);
			MemoryContextSwitchTo(old);
		}
		old = MemoryContextSwitchTo(self->contexts[self->current]);
		values[0] = flux_batch_row_record(batch, row);
		values[1] = self->accumulator;
		self->accumulator =
			flux_row_function_call(op->exec->evaluator, spec->function, &arguments,
								   self->fold != NULL, op->node->source, op->node->span);
		/* members may share bytes with the batch, which goes away */
		if (row == batch->row_count - 1)
			self->accumulator = flux_value_copy(self->accumulator);
		MemoryContextSwitchTo(old);
		if (self->accumulator.kind != FLUX_KIND_RECORD)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"reduce: fn must return a record, not %s",
								flux_kind_name(self->accumulator.kind));
	}
}

static void
reduce_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	ReduceOperator *self = (ReduceOperator *) op;

	if (self->is_folded)
		flux_fold_rows(self->fold, batch->columns, batch->row_count, self->values);
	else
		reduce_rows(self, batch);
}

/* Key and schema of the result: key columns, then the other members, sorted. */
static FluxTableHead *
reduce_head(FluxOperator *op, const FluxGroupKey *key, const FluxRecord *result, int *order)
{
	FluxSchema *schema = flux_schema_create(key->count + result->count);

	flux_group_key_sort_labels(result->keys, result->count, order);
	for (int i = 0; i < result->count; i++)
	{
		const FluxValue *value = &result->values[i];

		if (flux_group_key_find(key, result->keys[i]) >= 0)
			key = flux_group_key_with(key, result->keys[i], *value);
		else if (value->is_null || value->kind == FLUX_KIND_INVALID)
			flux_operator_raise(
				op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
				"null values are not supported for \"%.*s\" in the reduce() function",
				result->keys[i].size, result->keys[i].data);
		if (!flux_kind_is_column_type(value->kind))
			flux_operator_raise(
				op, ERRCODE_DATATYPE_MISMATCH,
				"reduce object property \"%.*s\" is %s type which is not supported in a flux table",
				result->keys[i].size, result->keys[i].data, flux_kind_name(value->kind));
	}
	for (int i = 0; i < key->count; i++)
		flux_schema_add(schema, key->labels[i], (FluxColumnType) key->values[i].kind);
	for (int i = 0; i < result->count; i++)
	{
		if (flux_schema_find(schema, result->keys[order[i]]) < 0)
			flux_schema_add(schema, result->keys[order[i]],
							(FluxColumnType) result->values[order[i]].kind);
	}
	return flux_table_head_create(key, schema);
}

static void
reduce_end_table(FluxOperator *op, int port)
{
	ReduceOperator *self = (ReduceOperator *) op;
	const FluxRecord *result = self->accumulator.as.record;
	int *order = palloc(Max(result->count, 1) * sizeof(int));
	FluxTableHead *head = reduce_head(op, self->in_head->key, result, order);
	FluxValue *values = palloc(Max(head->schema->count, 1) * sizeof(FluxValue));

	for (int i = 0; i < head->schema->count; i++)
	{
		int in_key = flux_group_key_find(head->key, head->schema->labels[i]);

		values[i] = in_key >= 0 ? head->key->values[in_key]
								: *flux_record_get(result, head->schema->labels[i]);
	}
	/* only keys that changed can meet, and then the labels are the same */
	if (head->key != self->in_head->key)
	{
		if (flux_table_set_find(self->set, head->key) != NULL)
			flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
								"two reducers writing result to the same table: %s",
								flux_group_key_display(head->key));
		flux_table_set_get(self->set, head);
	}
	flux_emit_one_row(op, head, values);
}

static const FluxOperatorOps reduce_ops = {.state_size = sizeof(ReduceOperator),
										   .begin = reduce_begin,
										   .begin_table = reduce_begin_table,
										   .process = reduce_process,
										   .end_table = reduce_end_table};

const FluxPlanClass flux_plan_reduce = {.name = "reduce", .plan = reduce_plan, .ops = &reduce_ops};
