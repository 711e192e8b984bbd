/*
 * script.c
 *		One script, from text to results.
 *
 * Contexts: script->context holds the text, the AST and, made anew by each
 * plan or run, an evaluator below it; the executor's context is below the
 * evaluator's.  All go with flux_script_destroy(), or with the context that was
 * current at flux_script_create() when an error unwinds.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "script/script.h"
#include "semantic/semantic_check.h"
#include "stdlib/registry.h"
#include "syntax/parser.h"

struct FluxScript
{
	MemoryContext context;
	FluxSourceText *source;
	FluxPackage *package;
	FluxEvaluator *evaluator;	/* of the last plan or run; NULL before */
	FluxPlan   *plan;
	const FluxScriptOptions *options;	/* of the run in progress */
};

FluxScript *
flux_script_create(FluxText text)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "flux script",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(context);
	FluxScript *script = palloc0(sizeof(FluxScript));
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxText	copy = flux_text_copy(text);

	flux_stdlib_register();
	script->context = context;
	script->source = flux_source_create(NULL, copy.data, copy.size);
	script->package = flux_parse(script->source, diagnostics);
	flux_diagnostics_raise(diagnostics, script->source);
	flux_semantic_check(script->package, diagnostics);
	flux_diagnostics_raise(diagnostics, script->source);
	MemoryContextSwitchTo(previous);
	return script;
}

const FluxPackage *
flux_script_package(const FluxScript *script)
{
	return script->package;
}

/* Creates and runs an executor over a plan. */
static int64
run_plan(FluxScript *script, FluxPlan *plan, FluxResultSink *sink)
{
	FluxExec   *exec = flux_exec_create(script->evaluator, plan);
	int64		points_written;

	exec->is_analyze = script->options->is_analyze;
	if (script->options->is_dry_run)
	{
		exec->capture_write = script->options->capture_write;
		exec->capture_argument = script->options->capture_argument;
	}
	flux_exec_run(exec, sink);
	points_written = exec->points_written;
	flux_exec_destroy(exec);
	return points_written;
}

/* evaluator->run_stream: tableFind and its kin run a stream at once. */
static void
run_stream(FluxEvaluator *evaluator, FluxPlanNode *node, void *result)
{
	run_plan(evaluator->runner, flux_plan_build_stream(evaluator, node), result);
}

const FluxPlan *
flux_script_plan(FluxScript *script, const FluxScriptOptions *options)
{
	MemoryContext previous = MemoryContextSwitchTo(script->context);
	FluxEvaluator *evaluator = flux_evaluator_create(script->context, options->now_ns);

	if (script->evaluator != NULL)
		MemoryContextDelete(script->evaluator->context);
	script->evaluator = evaluator;
	script->options = options;
	evaluator->has_last_success = options->has_last_success;
	evaluator->last_success_ns = options->last_success_ns;
	evaluator->run_stream = run_stream;
	evaluator->runner = script;
	flux_evaluate_script(evaluator, script->package);
	script->plan = flux_plan_build(evaluator);
	MemoryContextSwitchTo(previous);
	return script->plan;
}

int64
flux_script_run(FluxScript *script, const FluxScriptOptions *options, FluxResultSink *sink)
{
	flux_script_plan(script, options);
	return run_plan(script, script->plan, sink);
}

void
flux_script_explain(FluxScript *script, const FluxScriptOptions *options, StringInfo out)
{
	if (options->is_analyze)
	{
		FluxExec   *exec;

		flux_script_plan(script, options);
		exec = flux_exec_create(script->evaluator, script->plan);
		exec->is_analyze = true;
		if (options->is_dry_run)
			exec->capture_write = options->capture_write;
		flux_exec_run(exec, NULL);
		flux_exec_explain(exec, out);
		flux_exec_destroy(exec);
		return;
	}
	flux_plan_explain(flux_script_plan(script, options), NULL, NULL, out);
}

void
flux_script_destroy(FluxScript *script)
{
	MemoryContextDelete(script->context);
}
