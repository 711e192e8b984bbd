/*
 * sched_process.h
 *		What launcher, scheduler and worker processes have in common.
 */
#ifndef FLUX_SCHED_PROCESS_H
#define FLUX_SCHED_PROCESS_H

#include "postmaster/bgworker.h"

#include "scheduler/sched_shmem.h"

extern PGDLLEXPORT void flux_launcher_main(Datum main_argument);
extern PGDLLEXPORT void flux_scheduler_main(Datum main_argument);
extern PGDLLEXPORT void flux_run_worker_main(Datum main_argument);
extern PGDLLEXPORT void flux_maintenance_worker_main(Datum main_argument);

/* Signals: TERM ends the process at the next safe place, HUP reloads, INT
 * cancels the statement of a worker. */
extern void flux_sched_install_signals(bool is_worker);

/* Reloads the configuration if SIGHUP came. */
extern void flux_sched_reload_if_asked(void);

/* Settings that our own statements rely on, whatever the role's are. */
extern void flux_sched_pin_settings(void);

/* Fills the common parts of a dynamic process' description. */
extern void flux_sched_describe(BackgroundWorker *worker, const char *function, const char *type);

/* Registers a scheduler of a database; false when there is no free slot. */
extern bool flux_sched_register(Oid database_oid, BackgroundWorkerHandle **handle);

/* The same for the maintenance worker of the calling scheduler's database. */
extern bool flux_sched_register_maintenance(BackgroundWorkerHandle **handle);

#endif /* FLUX_SCHED_PROCESS_H */
