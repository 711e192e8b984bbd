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

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "evaluate/library.h"
#include "script/script.h"
#include "semantic/semantic_check.h"
#include "stdlib/registry.h"
#include "syntax/parser.h"

struct FluxScript
{
	MemoryContext context;
	FluxSourceText *source;
	const FluxPackage *package;
	FluxEvaluator *evaluator; /* of the last plan or run; NULL before */
	FluxPlan *plan;
	const FluxScriptOptions *options; /* of the run in progress */
	bool is_running;                  /* its own plan, not a stream it asked for */
};

static FluxScript *
create_empty(void)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "flux script", ALLOCSET_DEFAULT_SIZES);
	FluxScript *script = MemoryContextAllocZero(context, sizeof(FluxScript));

	flux_stdlib_register();
	script->context = context;
	return script;
}

/* Raises what the type check finds. */
static void
check(FluxScript *script)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();

	flux_semantic_check(script->package, diagnostics);
	flux_diagnostics_raise(diagnostics, script->source);
}

FluxScript *
flux_script_create(FluxText text)
{
	FluxScript *script = create_empty();
	MemoryContext previous = MemoryContextSwitchTo(script->context);
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxText copy = flux_text_copy(text);

	script->source = flux_source_create(NULL, copy.data, copy.size);
	script->package = flux_parse(script->source, diagnostics);
	flux_diagnostics_raise(diagnostics, script->source);
	check(script);
	MemoryContextSwitchTo(previous);
	return script;
}

FluxScript *
flux_script_create_parsed(FluxSourceText *source, const FluxPackage *package)
{
	FluxScript *script = create_empty();
	MemoryContext previous = MemoryContextSwitchTo(script->context);

	script->source = source;
	script->package = package;
	check(script);
	MemoryContextSwitchTo(previous);
	return script;
}

/* Each finding of the type check as a warning of its own. */
static void
warn(const FluxDiagnosticList *diagnostics, FluxSourceText *source)
{
	for (int i = 0; i < diagnostics->count; i++)
	{
		const FluxDiagnostic *item = &diagnostics->items[i];
		FluxPosition position = flux_source_position(source, item->span.start);

		ereport(WARNING, errcode(item->sqlstate),
				errmsg("%s at %d:%d", item->message, position.line, position.column),
				item->hint != NULL ? errhint("%s", item->hint) : 0);
	}
}

void
flux_script_check(FluxText text, int elevel)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxSourceText *source = flux_source_create(NULL, text.data, text.size);
	FluxPackage *package = flux_parse(source, diagnostics);

	flux_diagnostics_raise(diagnostics, source);
	flux_stdlib_register();
	flux_semantic_check_library(package, flux_library_has, diagnostics);
	if (elevel >= ERROR)
		flux_diagnostics_raise(diagnostics, source);
	else
		warn(diagnostics, source);
}

const FluxPackage *
flux_script_package(const FluxScript *script)
{
	return script->package;
}

static FluxExec *
create_exec(FluxScript *script, const FluxPlan *plan)
{
	FluxExec *exec = flux_exec_create(script->evaluator, plan);

	exec->is_analyze = script->options->is_analyze;
	exec->note_read = script->options->note_read;
	exec->note_argument = script->options->note_argument;
	if (script->options->is_dry_run)
	{
		exec->capture_write = script->options->capture_write;
		exec->capture_argument = script->options->capture_argument;
	}
	return exec;
}

static int64
run_plan(FluxScript *script, const FluxPlan *plan, FluxResultSink *sink)
{
	FluxExec *exec = create_exec(script, plan);
	int64 points_written;

	flux_exec_run(exec, sink);
	points_written = exec->points_written;
	flux_exec_destroy(exec);
	return points_written;
}

/*
 * evaluator->run_stream: tableFind and its kin run a stream at once.  What it
 * wrote is visible to what the script reads later, unless it is asked for in
 * the midst of the script's own run, whose reads keep one snapshot.
 */
static void
run_stream(FluxEvaluator *evaluator, FluxPlanNode *node, void *result)
{
	FluxScript *script = evaluator->runner;
	bool was_discarded = evaluator->is_discarded;

	evaluator->is_discarded = false;
	run_plan(script, flux_plan_build_stream(evaluator, node), result);
	evaluator->is_discarded = was_discarded;
	if (!script->is_running)
	{
		CommandCounterIncrement();
		UpdateActiveSnapshotCommandId();
	}
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
	evaluator->run_id = options->run_id;
	evaluator->is_preview = options->is_dry_run;
	evaluator->run_stream = run_stream;
	evaluator->runner = script;
	script->is_running = false;
	flux_evaluate_script(evaluator, script->package);
	script->plan = flux_plan_build(evaluator);
	MemoryContextSwitchTo(previous);
	return script->plan;
}

int64
flux_script_run(FluxScript *script, const FluxScriptOptions *options, FluxResultSink *sink)
{
	int64 points_written;

	PushCopiedSnapshot(GetActiveSnapshot());
	flux_script_plan(script, options);
	script->is_running = true;
	points_written = run_plan(script, script->plan, sink);
	PopActiveSnapshot();
	return points_written;
}

void
flux_script_explain(FluxScript *script, const FluxScriptOptions *options, StringInfo out)
{
	const FluxPlan *plan;
	FluxExec *exec;

	PushCopiedSnapshot(GetActiveSnapshot());
	plan = flux_script_plan(script, options);
	if (options->is_analyze)
	{
		script->is_running = true;
		exec = create_exec(script, plan);
		flux_exec_run(exec, NULL);
		flux_exec_explain(exec, out);
		flux_exec_destroy(exec);
	}
	else
		flux_plan_explain(plan, NULL, NULL, out);
	PopActiveSnapshot();
}

void
flux_script_destroy(FluxScript *script)
{
	MemoryContextDelete(script->context);
}
