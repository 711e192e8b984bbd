/*
 * script.h
 *		One script, from text to results: the whole front to back.
 *
 * This is what flux.query, tasks and tests call.  A script is parsed, checked,
 * evaluated and planned in its own memory context, then run as often as asked
 * (usually once).
 */
#ifndef FLUX_SCRIPT_H
#define FLUX_SCRIPT_H

#include "execute/exec_run.h"
#include "plan/plan_build.h"

typedef struct FluxScriptOptions
{
	int64 now_ns; /* what now() is */
	bool has_last_success;
	int64 last_success_ns; /* for tasks.lastSuccess() */
	int64 run_id;          /* keeps the notifications; 0: they are sent at once */
	bool is_dry_run;       /* to() captures instead of writing, nobody is notified */
	void (*capture_write)(FluxExec *exec, FluxText bucket, const FluxBatch *batch);
	void *capture_argument;
	bool is_analyze;
	void (*note_read)(FluxExec *exec, int32 bucket_id, FluxBounds bounds, FluxText measurement);
	void *note_argument;
} FluxScriptOptions;

typedef struct FluxScript FluxScript;

/*
 * Parses and type-checks.  Raises the first error, with all others in the
 * DETAIL.  The text is copied.
 */
extern FluxScript *flux_script_create(FluxText text);

/* The same for a tree already parsed, e.g. a testcase; both must outlive it. */
extern FluxScript *flux_script_create_parsed(FluxSourceText *source, const FluxPackage *package);

/*
 * Parses and type-checks only.  A syntax error is raised always; what the type
 * check finds is reported at elevel, ERROR or WARNING.  Names that the library
 * knows by type alone are among that; flux_script_create() leaves them to the
 * run, which may never come to them.
 */
extern void flux_script_check(FluxText text, int elevel);

/* The parsed tree and its source, e.g. for task options. */
extern const FluxPackage *flux_script_package(const FluxScript *script);

/* Evaluates and plans without running; for explain and dry runs. */
extern const FluxPlan *flux_script_plan(FluxScript *script, const FluxScriptOptions *options);

/* Runs; results go to sink (may be NULL). Returns points written by sinks. */
extern int64 flux_script_run(FluxScript *script, const FluxScriptOptions *options,
							 FluxResultSink *sink);

/* explain text; with analyze after a run. */
extern void flux_script_explain(FluxScript *script, const FluxScriptOptions *options,
								StringInfo out);
extern void flux_script_destroy(FluxScript *script);

#endif /* FLUX_SCRIPT_H */
