/*
 * scheduler.h
 *		The built-in scheduler: launcher, one scheduler per database, workers.
 *
 *		launcher (preloaded only) --starts--> scheduler of a database
 *		                                          |  starts, wakes
 *		                                          v
 *		                              workers of (database, role)
 *
 * The tables are the truth: the scheduler only finds out when something is due
 * and for which roles, and sees to it that workers of those roles are awake.
 * Workers claim runs themselves (task/run_record.h), so nothing breaks when any
 * of these processes dies, and other drivers may work beside them.
 */
#ifndef FLUX_SCHEDULER_H
#define FLUX_SCHEDULER_H

/* When this transaction commits, the database's scheduler looks at the tables. */
extern void flux_scheduler_wake_at_commit(void);

/*
 * When this transaction commits, the database gets a scheduler if it has none;
 * false when it has one.
 */
extern bool flux_scheduler_start_at_commit(void);

/* Registers the launcher and its shared memory; from _PG_init, preloaded only. */
extern void flux_scheduler_preload(void);

/* The process of this database's scheduler, 0 when there is none. */
extern int flux_scheduler_pid(void);

#endif /* FLUX_SCHEDULER_H */
