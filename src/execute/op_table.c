/*
 * op_table.c
 *		A table that a script holds as a value: what tableFind() gives.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/table_value.h"

static bool
table_produce(FluxOperator *op)
{
	const FluxTableValue *table = op->node->spec;

	flux_emit_begin_table(op, table->head);
	flux_emit_columns(op, table->head, table->columns, table->row_count);
	flux_emit_end_table(op);
	return false;
}

static const FluxOperatorOps table_ops = {
	.state_size = sizeof(FluxOperator),
	.produce = table_produce
};

const FluxPlanClass flux_plan_table = {
	.name = "tableFind",
	.ops = &table_ops
};

FluxPlanNode *
flux_table_value_node(FluxCall *call, FluxTableValue *table)
{
	FluxPlanNode *node = palloc0(sizeof(FluxPlanNode));

	node->id = call->evaluator->next_node_id++;
	node->class = &flux_plan_table;
	node->spec = table;
	node->source = call->source;
	node->span = call->span;
	return node;
}

const FluxTableValue *
flux_table_value_of_node(const FluxPlanNode *node)
{
	return node->class == &flux_plan_table ? node->spec : NULL;
}

/* ---- collecting one table of a result ---- */

typedef struct TableSink
{
	FluxResultSink sink;
	MemoryContext context;		/* of the table */
	bool		(*accept) (void *argument, const FluxGroupKey *key);
	void	   *argument;
	FluxTableValue *table;		/* NULL until found */
	FluxColumnBuilder *builders;
	bool		is_open;		/* the table at hand is the one */
} TableSink;

static void
table_sink_begin_result(FluxResultSink *sink, FluxText name)
{
}

static void
table_sink_begin_table(FluxResultSink *sink, const FluxTableHead *head)
{
	TableSink  *self = (TableSink *) sink;
	MemoryContext old;

	if (self->table != NULL || (self->accept != NULL && !self->accept(self->argument, head->key)))
		return;
	old = MemoryContextSwitchTo(self->context);
	self->table = palloc0(sizeof(FluxTableValue));
	self->table->head = flux_table_head_copy(head);
	self->builders = palloc(Max(head->schema->count, 1) * sizeof(FluxColumnBuilder));
	for (int i = 0; i < head->schema->count; i++)
		flux_column_builder_init(&self->builders[i], head->schema->types[i], self->context);
	self->is_open = true;
	MemoryContextSwitchTo(old);
}

static void
table_sink_process(FluxResultSink *sink, const FluxBatch *batch)
{
	TableSink  *self = (TableSink *) sink;

	if (!self->is_open)
		return;
	for (int i = 0; i < batch->head->schema->count; i++)
		flux_column_builder_append_rows(&self->builders[i], &batch->columns[i], 0,
										batch->row_count);
	self->table->row_count += batch->row_count;
}

static void
table_sink_end_table(FluxResultSink *sink)
{
	TableSink  *self = (TableSink *) sink;
	MemoryContext old;
	FluxColumn *columns;

	if (!self->is_open)
		return;
	self->is_open = false;
	old = MemoryContextSwitchTo(self->context);
	columns = palloc(Max(self->table->head->schema->count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < self->table->head->schema->count; i++)
		columns[i] = flux_column_builder_view(&self->builders[i]);
	self->table->columns = columns;
	MemoryContextSwitchTo(old);
}

static void
table_sink_end_result(FluxResultSink *sink)
{
}

FluxTableValue *
flux_table_value_find(FluxEvaluator *evaluator, FluxPlanNode *node,
					  bool (*accept) (void *argument, const FluxGroupKey *key), void *argument)
{
	TableSink	self = {.accept = accept, .argument = argument};

	self.sink.begin_result = table_sink_begin_result;
	self.sink.begin_table = table_sink_begin_table;
	self.sink.process = table_sink_process;
	self.sink.end_table = table_sink_end_table;
	self.sink.end_result = table_sink_end_result;
	self.context = evaluator->context;
	evaluator->run_stream(evaluator, node, &self.sink);
	return self.table;
}
