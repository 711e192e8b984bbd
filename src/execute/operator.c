/*
 * operator.c
 *		Operators: making them, the push protocol, their errors.
 *
 * The flux_emit_*() functions are the only place where one operator calls
 * another.  They keep the promises of operator.h: contexts are reset and made
 * current here, batches are cut to size, interrupts are answered, counters
 * counted.  A long pipeline is deep recursion, so the stack is checked too.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_run.h"
#include "execute/operator.h"

FluxOperator *
flux_operator_create(FluxExec *exec, const FluxPlanNode *node, const FluxOperatorOps *ops,
					 int input_count)
{
	FluxOperator *op = MemoryContextAllocZero(exec->context, ops->state_size);

	op->ops = ops;
	op->node = node;
	op->exec = exec;
	op->input_count = input_count;
	op->state_context =
		AllocSetContextCreate(exec->context, "Flux operator state", ALLOCSET_SMALL_SIZES);
	op->table_context =
		AllocSetContextCreate(exec->context, "Flux operator table", ALLOCSET_SMALL_SIZES);
	op->batch_context =
		AllocSetContextCreate(exec->context, "Flux operator batch", ALLOCSET_DEFAULT_SIZES);
	return op;
}

void
flux_operator_connect(FluxOperator *producer, FluxOperator *consumer, int port)
{
	MemoryContext old = MemoryContextSwitchTo(producer->exec->context);
	int count = producer->output_count;

	if (count == 0)
		producer->outputs = palloc(sizeof(FluxOutput));
	else
		producer->outputs = repalloc(producer->outputs, (count + 1) * sizeof(FluxOutput));
	producer->outputs[count].consumer = consumer;
	producer->outputs[count].port = port;
	producer->output_count++;
	MemoryContextSwitchTo(old);
}

/* One call into an operator: its context, and its time when that is asked for. */
typedef struct OperatorCall
{
	FluxOperator *op;
	MemoryContext old;
	instr_time started;
	int64 nested_ns; /* the caller's so far */
} OperatorCall;

static inline void
call_begin(OperatorCall *call, FluxOperator *op, MemoryContext context)
{
	call->op = op;
	call->old = MemoryContextSwitchTo(context);
	call->nested_ns = op->exec->nested_ns;
	INSTR_TIME_SET_ZERO(call->started);
	if (op->exec->is_analyze)
	{
		INSTR_TIME_SET_CURRENT(call->started);
		op->exec->nested_ns = 0;
	}
}

static inline void
call_end(OperatorCall *call)
{
	if (call->op->exec->is_analyze)
	{
		FluxExec *exec = call->op->exec;
		instr_time now;
		int64 elapsed_ns;

		INSTR_TIME_SET_CURRENT(now);
		INSTR_TIME_SUBTRACT(now, call->started);
		elapsed_ns = (int64) (INSTR_TIME_GET_DOUBLE(now) * 1e9);
		call->op->stats.elapsed_ns += elapsed_ns - exec->nested_ns;
		exec->nested_ns = call->nested_ns + elapsed_ns;
	}
	MemoryContextSwitchTo(call->old);
}

bool
flux_operator_produce(FluxOperator *source)
{
	OperatorCall call;
	bool has_more;

	call_begin(&call, source, source->batch_context);
	has_more = source->ops->produce(source);
	call_end(&call);
	return has_more;
}

/* What computes into a column of the key must not change its type: consumers take
 * the column for a constant of the key's value. */
static void
check_key_types(const FluxOperator *op, const FluxTableHead *head)
{
	const FluxGroupKey *key = head->key;

	for (int i = 0; i < key->count; i++)
	{
		int column = flux_schema_find(head->schema, key->labels[i]);

		if (column >= 0 && head->schema->types[column] != (FluxColumnType) key->values[i].kind)
			flux_operator_raise_hint(
				op, ERRCODE_DATATYPE_MISMATCH, "Group without this column before.",
				"%s cannot make column \"%.*s\" a %s: it is in the group key",
				op->node->class->name, key->labels[i].size, key->labels[i].data,
				flux_column_type_name(head->schema->types[column]));
	}
}

void
flux_emit_begin_table(FluxOperator *op, const FluxTableHead *head)
{
	CHECK_FOR_INTERRUPTS();
	check_stack_depth();
	check_key_types(op, head);
	op->stats.tables_out++;
	for (int i = 0; i < op->output_count; i++)
	{
		FluxOperator *consumer = op->outputs[i].consumer;
		OperatorCall call;

		consumer->stats.tables_in++;
		if (consumer->input_count == 1)
			MemoryContextReset(consumer->table_context);
		call_begin(&call, consumer, consumer->table_context);
		consumer->ops->begin_table(consumer, op->outputs[i].port, head);
		call_end(&call);
	}
}

static void
count_bytes(FluxOperator *op, const FluxBatch *batch)
{
	for (int i = 0; i < batch->head->schema->count; i++)
		op->stats.bytes_out += flux_column_bytes(&batch->columns[i], batch->row_count);
}

/* At most FLUX_BATCH_ROWS rows. */
static void
emit_one_batch(FluxOperator *op, const FluxBatch *batch)
{
	CHECK_FOR_INTERRUPTS();
	op->stats.rows_out += batch->row_count;
	if (op->exec->is_analyze)
		count_bytes(op, batch);
	for (int i = 0; i < op->output_count; i++)
	{
		FluxOperator *consumer = op->outputs[i].consumer;
		OperatorCall call;

		consumer->stats.rows_in += batch->row_count;
		MemoryContextReset(consumer->batch_context);
		call_begin(&call, consumer, consumer->batch_context);
		consumer->ops->process(consumer, op->outputs[i].port, batch);
		call_end(&call);
	}
}

void
flux_emit_batch(FluxOperator *op, const FluxBatch *batch)
{
	int column_count = batch->head->schema->count;
	FluxColumn *columns;

	if (batch->row_count == 0 || op->output_count == 0)
		return;
	if (batch->row_count <= FLUX_BATCH_ROWS)
	{
		emit_one_batch(op, batch);
		return;
	}

	columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	for (int first = 0; first < batch->row_count; first += FLUX_BATCH_ROWS)
	{
		FluxBatch part = {.head = batch->head,
						  .row_count = Min(FLUX_BATCH_ROWS, batch->row_count - first),
						  .columns = columns};

		for (int i = 0; i < column_count; i++)
			columns[i] = flux_column_slice(&batch->columns[i], first);
		emit_one_batch(op, &part);
	}
	pfree(columns);
}

void
flux_emit_end_table(FluxOperator *op)
{
	for (int i = 0; i < op->output_count; i++)
	{
		FluxOperator *consumer = op->outputs[i].consumer;
		OperatorCall call;

		MemoryContextReset(consumer->batch_context);
		call_begin(&call, consumer, consumer->batch_context);
		consumer->ops->end_table(consumer, op->outputs[i].port);
		call_end(&call);
	}
}

void
flux_emit_finish(FluxOperator *op)
{
	check_stack_depth();
	Assert(!op->is_finished);
	op->is_finished = true;
	for (int i = 0; i < op->output_count; i++)
	{
		FluxOperator *consumer = op->outputs[i].consumer;
		OperatorCall call;

		consumer->finished_inputs++;
		MemoryContextReset(consumer->batch_context);
		call_begin(&call, consumer, consumer->batch_context);
		if (consumer->ops->finish != NULL)
			consumer->ops->finish(consumer, op->outputs[i].port);
		else if (consumer->finished_inputs == consumer->input_count)
			flux_emit_finish(consumer);
		call_end(&call);
	}
}

/* ---- errors ---- */

void
flux_operator_raise(const FluxOperator *op, int sqlstate, const char *format, ...)
{
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	flux_raise_at(sqlstate, op->node->source, op->node->span, "%s", message);
}

void
flux_operator_raise_hint(const FluxOperator *op, int sqlstate, const char *hint, const char *format,
						 ...)
{
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	flux_raise_full(sqlstate, op->node->source, op->node->span, NULL, hint, "%s", message);
}

const char *
flux_schema_near_hint(const FluxSchema *schema, FluxText label)
{
	FluxNearName near;

	flux_near_name_init(&near, label);
	for (int i = 0; i < schema->count; i++)
		flux_near_name_offer(&near, schema->labels[i]);
	return flux_near_name_hint(&near);
}

int
flux_operator_column(const FluxOperator *op, const FluxSchema *schema, FluxText label)
{
	int column = flux_schema_find(schema, label);

	if (column < 0)
		flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(schema, label),
								 "column \"%.*s\" does not exist", label.size, label.data);
	return column;
}
