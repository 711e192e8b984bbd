/*
 * run_execute.h
 *		Executes runs: the script, its writes, the record of the end.
 *
 * The scheduler's workers and CALL flux.run_due() drive the same code; they
 * differ in how a transaction ends (FluxRunDriver).
 */
#ifndef FLUX_RUN_EXECUTE_H
#define FLUX_RUN_EXECUTE_H

#include "script/script.h"
#include "task/run_record.h"

/*
 * How the driver ends a transaction and begins the next.  Between the calls
 * there is always a transaction.  commit raises what the commit raised, again
 * with a new transaction begun.
 */
typedef struct FluxRunDriver
{
	void (*commit)(void);
	MemoryContext context; /* reset here after each run */
} FluxRunDriver;

/*
 * A driver begins: applies the catch-up policies to the time in which nobody
 * drove.  For the scheduler that is the time since the last sign of life of
 * any driver; for the others the part of it before the server started, for
 * they come and go.  In a transaction of the caller's.
 */
extern void flux_driver_begin(bool is_scheduler);

/* A sign of life, written at most once a second. */
extern void flux_driver_heartbeat(void);

/* Takes over and executes what dead processes of a role left. Returns how many. */
extern int flux_run_recover(const FluxRunDriver *driver, Oid owner_oid);

/*
 * Claims one run of a role's tasks that is due by then, and executes it; false
 * when there is none.
 */
extern bool flux_run_next(const FluxRunDriver *driver, Oid owner_oid, TimestampTz due_until);

/*
 * Waits until what this process committed has reached the disk, and standbys
 * that must have it.  flux_run_next() does so before it says false.
 */
extern void flux_run_flush(void);

/* Executes a claimed run in the current transaction and raises what it raises. */
extern void flux_run_execute_here(FluxRun *run);

/*
 * Runs a task's script as its owner without writing: what it would write goes
 * to "capture", which finds "argument" in exec->capture_argument.
 */
typedef void (*FluxCaptureWrite)(FluxExec *exec, FluxText bucket, const FluxBatch *batch);

extern void flux_run_preview(const FluxTask *task, TimestampTz scheduled_for,
							 FluxCaptureWrite capture, void *argument);

#endif /* FLUX_RUN_EXECUTE_H */
