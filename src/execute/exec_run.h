/*
 * exec_run.h
 *		Runs a plan: builds operators, drives the sources, frees everything.
 */
#ifndef FLUX_EXEC_RUN_H
#define FLUX_EXEC_RUN_H

#include "lib/ilist.h"

#include "evaluate/evaluator.h"
#include "execute/operator.h"
#include "plan/plan_build.h"

/*
 * Where a result's tables go: the push protocol again, without ports.  Same
 * lifetimes as operator.h.
 */
typedef struct FluxResultSink
{
	void (*begin_result)(struct FluxResultSink *sink, FluxText name);
	void (*begin_table)(struct FluxResultSink *sink, const FluxTableHead *head);
	void (*process)(struct FluxResultSink *sink, const FluxBatch *batch);
	void (*end_table)(struct FluxResultSink *sink);
	void (*end_result)(struct FluxResultSink *sink);
} FluxResultSink;

/* Schemas of kept tables that a run remembers. */
#define FLUX_KNOWN_SCHEMAS 8

struct FluxExec
{
	FluxEvaluator *evaluator;
	MemoryContext context; /* everything of the run */
	const FluxPlan *plan;
	FluxOperator **operators; /* inputs before consumers */
	int operator_count;
	bool is_analyze; /* take times */
	int64 nested_ns; /* spent in calls that the current one made */

	/* memory of buffers, bounded by fluxtask.work_mem; see table_buffer.c */
	int64 memory_used_bytes;
	int64 memory_peak_bytes;
	int64 memory_limit_bytes;
	int64 memory_next_check_bytes; /* do not look for what to spill below */
	int64 head_bytes;              /* of all tables without their rows, which cannot spill */
	MemoryContext tables_context;  /* kept tables without their rows; NULL until needed */
	const FluxSchema *schemas[FLUX_KNOWN_SCHEMAS]; /* of kept tables, lately used first */
	dlist_head buffers;               /* each FluxTableBuffer of the run that is worth spilling */
	struct FluxSpillFile *spill_file; /* NULL until something spills */

	/*
	 * When set, to() and its kin hand what they would write here instead of
	 * writing (preview).  "bucket" is the target's name.
	 */
	void (*capture_write)(FluxExec *exec, FluxText bucket, const FluxBatch *batch);
	void *capture_argument;

	/* When set, told of each read of a bucket; measurement empty: of any. */
	void (*note_read)(FluxExec *exec, int32 bucket_id, FluxBounds bounds, FluxText measurement);
	void *note_argument;
	int64 points_written; /* by all sinks of the run */
};

extern FluxExec *flux_exec_create(FluxEvaluator *evaluator, const FluxPlan *plan);

/*
 * Runs to the end.  Results are handed to the sink one after the other in the
 * plan's order (a result that comes early is buffered); sink may be NULL to
 * run for the side effects only.  Frees the operators also when it raises.
 */
extern void flux_exec_run(FluxExec *exec, FluxResultSink *sink);
/* After a run with is_analyze: the plan with what each operator counted. */
extern void flux_exec_explain(const FluxExec *exec, StringInfo out);
extern void flux_exec_destroy(FluxExec *exec);

/* Appends "rows: 10 -> 2, tables: ..." of the operator that runs a node; nothing
 * when none does. */
extern void flux_exec_explain_node(const FluxExec *exec, const FluxPlanNode *node, StringInfo out);

#endif /* FLUX_EXEC_RUN_H */
