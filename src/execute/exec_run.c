/*
 * exec_run.c
 *		Runs a plan: builds operators, drives the sources, hands out results.
 *
 * Every plan node becomes one operator, whatever the number of its consumers.
 * Sources are driven one after the other in the plan's order, so a result's
 * sources usually end before the next result's begin.
 *
 * Each result ends in an operator of our own.  The sink wants results one
 * after the other: the current result streams into it, tables of later ones
 * are kept in FluxTableBuffers (which spill) until their turn.
 *
 * Errors: operators hold what memory contexts do not free only through
 * ops->end(), which runs on every way out; the temporary file belongs to the
 * resource owner.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_run.h"
#include "execute/spill_file.h"
#include "guc.h"

/* Where the results of a run go, and which is being handed out. */
typedef struct ResultState
{
	FluxResultSink *sink;
	struct ResultOperator **results;
	int count;
	int current;   /* index; == count when all are through */
	bool is_begun; /* begin_result of the current one was called */
} ResultState;

typedef struct ResultOperator
{
	FluxOperator op;
	ResultState *state;
	int index;
	FluxText name;
	FluxTableBuffer **tables; /* kept ones, in order of arrival */
	int table_count;
	int table_capacity;
	FluxTableBuffer *open; /* table being kept, or NULL */
	bool is_streaming;     /* the open table goes to the sink directly */
	bool is_done;
} ResultOperator;

/* ---- results ---- */

/* Hands one kept table to the sink. */
static void
result_send_kept(FluxResultSink *sink, FluxTableBuffer *table)
{
	const FluxTableHead *head = flux_table_buffer_head(table);
	int position = 0;
	FluxBatch portion;

	sink->begin_table(sink, head);
	while (flux_table_buffer_next(table, &position, &portion))
	{
		FluxColumn *columns = palloc(Max(head->schema->count, 1) * sizeof(FluxColumn));

		for (int first = 0; first < portion.row_count; first += FLUX_BATCH_ROWS)
		{
			FluxBatch part = {.head = head,
							  .columns = columns,
							  .row_count = Min(FLUX_BATCH_ROWS, portion.row_count - first)};

			CHECK_FOR_INTERRUPTS();
			for (int i = 0; i < head->schema->count; i++)
				columns[i] = flux_column_slice(&portion.columns[i], first);
			sink->process(sink, &part);
		}
		pfree(columns);
	}
	sink->end_table(sink);
	flux_table_buffer_destroy(table);
}

/* Hands out as much as is the turn of: kept tables, ends and beginnings. */
static void
results_advance(ResultState *state)
{
	while (state->current < state->count)
	{
		ResultOperator *result = state->results[state->current];

		if (!state->is_begun)
			state->sink->begin_result(state->sink, result->name);
		state->is_begun = true;
		for (int i = 0; i < result->table_count; i++)
			result_send_kept(state->sink, result->tables[i]);
		result->table_count = 0;
		if (!result->is_done)
			return;
		state->sink->end_result(state->sink);
		state->is_begun = false;
		state->current++;
	}
}

static void
result_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	ResultOperator *result = (ResultOperator *) op;
	ResultState *state = result->state;

	if (state->sink == NULL)
		return;
	result->is_streaming = state->current == result->index;
	if (result->is_streaming)
	{
		if (!state->is_begun)
			state->sink->begin_result(state->sink, result->name);
		state->is_begun = true;
		state->sink->begin_table(state->sink, head);
	}
	else
		result->open = flux_table_buffer_create(op, head);
}

static void
result_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	ResultOperator *result = (ResultOperator *) op;
	ResultState *state = result->state;

	if (state->sink == NULL)
		return;
	if (result->is_streaming)
		state->sink->process(state->sink, batch);
	else
		flux_table_buffer_append(result->open, batch);
}

static void
result_end_table(FluxOperator *op, int port)
{
	ResultOperator *result = (ResultOperator *) op;
	ResultState *state = result->state;

	if (state->sink == NULL)
		return;
	if (result->is_streaming)
	{
		state->sink->end_table(state->sink);
		return;
	}
	if (result->table_count == result->table_capacity)
	{
		result->table_capacity = Max(result->table_capacity * 2, 16);
		if (result->tables == NULL)
			result->tables = MemoryContextAlloc(op->state_context,
												result->table_capacity * sizeof(*result->tables));
		else
			result->tables =
				repalloc_huge(result->tables, result->table_capacity * sizeof(*result->tables));
	}
	result->tables[result->table_count++] = result->open;
	result->open = NULL;
	if (state->current == result->index)
		results_advance(state);
}

static void
result_finish(FluxOperator *op, int port)
{
	ResultOperator *result = (ResultOperator *) op;

	result->is_done = true;
	if (result->state->sink != NULL && result->state->current == result->index)
		results_advance(result->state);
}

static const FluxOperatorOps result_ops = {.state_size = sizeof(ResultOperator),
										   .begin_table = result_begin_table,
										   .process = result_process,
										   .end_table = result_end_table,
										   .finish = result_finish};

/* ---- building ---- */

/* The operator of a node; inputs are built first, so it is there. */
static FluxOperator *
exec_operator_of(const FluxExec *exec, const FluxPlanNode *node)
{
	for (int i = exec->plan->node_count - 1; i >= 0; i--)
	{
		if (exec->plan->nodes[i] == node)
			return exec->operators[i];
	}
	elog(ERROR, "plan node %d is used but not part of the plan", node->id);
}

FluxExec *
flux_exec_create(FluxEvaluator *evaluator, const FluxPlan *plan)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "Flux run", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxExec *exec = palloc0(sizeof(FluxExec));

	exec->evaluator = evaluator;
	exec->context = context;
	exec->plan = plan;
	exec->memory_limit_bytes = (int64) flux_guc_work_mem_kb * 1024;
	dlist_init(&exec->buffers);
	exec->operator_count = plan->node_count;
	exec->operators = palloc0(Max(plan->node_count, 1) * sizeof(FluxOperator *));
	for (int i = 0; i < plan->node_count; i++)
	{
		const FluxPlanNode *node = plan->nodes[i];

		if (node->class->ops == NULL)
			flux_raise_at(ERRCODE_FEATURE_NOT_SUPPORTED, node->source, node->span,
						  "%s cannot be executed", node->class->name);
		exec->operators[i] = flux_operator_create(exec, node, node->class->ops, node->input_count);
		for (int port = 0; port < node->input_count; port++)
			flux_operator_connect(exec_operator_of(exec, node->inputs[port]), exec->operators[i],
								  port);
	}
	MemoryContextSwitchTo(old);
	return exec;
}

/* An operator of ours at the end of each result. */
static ResultState *
exec_add_results(FluxExec *exec, FluxResultSink *sink)
{
	MemoryContext old = MemoryContextSwitchTo(exec->context);
	ResultState *state = palloc0(sizeof(ResultState));

	state->sink = sink;
	state->count = exec->plan->result_count;
	state->results = palloc(Max(state->count, 1) * sizeof(ResultOperator *));
	for (int i = 0; i < state->count; i++)
	{
		FluxPlanNode *node = exec->plan->results[i].node;
		ResultOperator *result =
			(ResultOperator *) flux_operator_create(exec, node, &result_ops, 1);

		result->state = state;
		result->index = i;
		result->name = exec->plan->results[i].name;
		flux_operator_connect(exec_operator_of(exec, node), &result->op, 0);
		state->results[i] = result;
	}
	MemoryContextSwitchTo(old);
	return state;
}

/* ---- running ---- */

static void
exec_begin(FluxExec *exec)
{
	for (int i = 0; i < exec->operator_count; i++)
	{
		FluxOperator *op = exec->operators[i];
		MemoryContext old = MemoryContextSwitchTo(op->state_context);

		if (op->ops->begin != NULL)
			op->ops->begin(op);
		MemoryContextSwitchTo(old);
	}
}

/* Produces until the source has no more. */
static void
exec_drive_source(FluxOperator *source)
{
	MemoryContext old = MemoryContextSwitchTo(source->batch_context);

	while (flux_operator_produce(source))
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(source->batch_context);
	}
	flux_emit_finish(source);
	MemoryContextSwitchTo(old);
}

/* Lets each operator release what memory contexts do not. */
static void
exec_end(FluxExec *exec)
{
	for (int i = 0; i < exec->operator_count; i++)
	{
		FluxOperator *op = exec->operators[i];

		if (op->ops->end != NULL)
			op->ops->end(op);
	}
}

void
flux_exec_run(FluxExec *exec, FluxResultSink *sink)
{
	ResultState *state = exec_add_results(exec, sink);

	PG_TRY();
	{
		exec_begin(exec);
		for (int i = 0; i < exec->operator_count; i++)
		{
			if (exec->operators[i]->input_count == 0)
				exec_drive_source(exec->operators[i]);
		}
		if (sink != NULL && state->current < state->count)
			elog(ERROR, "result %d of a script never ended", state->current);
	}
	PG_CATCH();
	{
		exec_end(exec);
		PG_RE_THROW();
	}
	PG_END_TRY();
	exec_end(exec);
	if (exec->spill_file != NULL)
		flux_spill_close(exec->spill_file);
	exec->spill_file = NULL;
}

void
flux_exec_destroy(FluxExec *exec)
{
	MemoryContextDelete(exec->context);
}

void
flux_exec_explain_node(const FluxExec *exec, const FluxPlanNode *node, StringInfo out)
{
	for (int i = 0; i < exec->operator_count; i++)
	{
		const FluxOperator *op = exec->operators[i];
		const FluxOperatorStats *stats = &op->stats;

		if (op->node != node)
			continue;
		if (op->input_count > 0)
			appendStringInfo(out,
							 "tables: " INT64_FORMAT " -> " INT64_FORMAT ", rows: " INT64_FORMAT
							 " -> " INT64_FORMAT,
							 stats->tables_in, stats->tables_out, stats->rows_in, stats->rows_out);
		else
			appendStringInfo(out, "tables: " INT64_FORMAT ", rows: " INT64_FORMAT,
							 stats->tables_out, stats->rows_out);
		if (stats->spilled_bytes > 0)
			appendStringInfo(out, ", spilled: " INT64_FORMAT " kB", stats->spilled_bytes / 1024);
		if (exec->is_analyze)
			appendStringInfo(out, ", time: %.3f ms", (double) stats->elapsed_ns / 1e6);
		if (op->ops->explain_analyze != NULL)
			op->ops->explain_analyze(op, out);
		return;
	}
}
