/*
 * exec_explain.c
 *		What the operators of a run did: flux.explain(script, true).
 */
#include "postgres.h"

#include "execute/exec_run.h"

/* "12 kB", "3.4 MB". */
static void
append_bytes(StringInfo out, int64 bytes)
{
	if (bytes < 1024 * 1024)
		appendStringInfo(out, INT64_FORMAT " kB", (bytes + 1023) / 1024);
	else
		appendStringInfo(out, "%.1f MB", bytes / (1024.0 * 1024.0));
}

static void
annotate_node(const FluxPlanNode *node, int indent, StringInfo out, void *argument)
{
	const FluxExec *exec = argument;

	for (int i = 0; i < exec->operator_count; i++)
	{
		const FluxOperator *op = exec->operators[i];
		const FluxOperatorStats *stats = &op->stats;

		if (op->node != node)
			continue;
		appendStringInfoSpaces(out, indent);
		if (op->input_count > 0)
			appendStringInfo(out, "in: " INT64_FORMAT " tables, " INT64_FORMAT " rows; ",
							 stats->tables_in, stats->rows_in);
		appendStringInfo(out, "out: " INT64_FORMAT " tables, " INT64_FORMAT " rows, ",
						 stats->tables_out, stats->rows_out);
		append_bytes(out, stats->bytes_out);
		appendStringInfo(out, "; %.3f ms", stats->elapsed_ns / 1e6);
		if (stats->memory_peak_bytes > 0)
		{
			appendStringInfoString(out, "; memory: ");
			append_bytes(out, stats->memory_peak_bytes);
		}
		if (stats->spilled_bytes > 0)
		{
			appendStringInfoString(out, "; spilled: ");
			append_bytes(out, stats->spilled_bytes);
		}
		appendStringInfoChar(out, '\n');
		if (op->ops->explain_analyze != NULL)
		{
			appendStringInfoSpaces(out, indent);
			op->ops->explain_analyze(op, out);
			appendStringInfoChar(out, '\n');
		}
		return;
	}
}

void
flux_exec_explain(const FluxExec *exec, StringInfo out)
{
	flux_plan_explain(exec->plan, annotate_node, (void *) exec, out);
}
