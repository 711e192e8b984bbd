/*
 * sched_shmem.h
 *		What launcher, schedulers, workers and other backends share.
 *
 * Two places:
 *
 * - FluxLauncherShared, in the server's shared memory, only when the library is
 *   preloaded: which databases have, want or do not want a scheduler.
 *
 *		        launcher            scheduler          not needed, or stopped
 *		WANTED ----------> STARTING ----------> RUNNING ----------> UNWANTED
 *		   ^                  |                    |                    |
 *		   |                  +-- process is gone -+                    |
 *		   +----------------------------+-------------------------------+
 *		                                      somebody asks for it
 *
 *   BLOCKED: a command that needs the database for itself is under way; FREE:
 *   there is no such database.
 *
 * - FluxWorkerBoard, a dynamic segment that each scheduler creates: one slot
 *   for each of its workers.  The scheduler assigns slots, a worker sets its
 *   own state and reads the flags.
 */
#ifndef FLUX_SCHED_SHMEM_H
#define FLUX_SCHED_SHMEM_H

#include "port/atomics.h"
#include "storage/dsm.h"
#include "storage/lwlock.h"

/* ---- launcher and schedulers ---- */

#define FLUX_SCHED_DATABASES_MAX 256

typedef enum FluxDatabaseState
{
	FLUX_DATABASE_FREE, /* the entry is not in use */
	FLUX_DATABASE_WANTED,
	FLUX_DATABASE_STARTING,
	FLUX_DATABASE_RUNNING,
	FLUX_DATABASE_UNWANTED,
	FLUX_DATABASE_BLOCKED
} FluxDatabaseState;

typedef struct FluxDatabaseEntry
{
	Oid database_oid;
	FluxDatabaseState state;
	int scheduler_pid;   /* 0: none */
	bool is_asked_again; /* while it was starting */
} FluxDatabaseEntry;

typedef struct FluxLauncherShared
{
	LWLock *lock;     /* protects what follows */
	int launcher_pid; /* 0: none */
	FluxDatabaseEntry databases[FLUX_SCHED_DATABASES_MAX];
} FluxLauncherShared;

/* NULL when the library is not preloaded. */
extern FluxLauncherShared *flux_sched_shared(void);

/* Installs the hooks that reserve and initialise it. */
extern void flux_sched_shmem_install(void);

/*
 * Sets a database's state, making an entry when there is none, and wakes the
 * launcher.  A BLOCKED database stays so until flux_sched_unblock().
 */
extern void flux_sched_set_state(Oid database_oid, FluxDatabaseState state);
extern void flux_sched_block(Oid database_oid);
extern void flux_sched_unblock(Oid database_oid);
extern void flux_sched_forget(Oid database_oid);

/* ---- a scheduler and its workers ---- */

#define FLUX_SCHED_WORKERS_MAX 256

typedef enum FluxWorkerState
{
	FLUX_WORKER_FREE,
	FLUX_WORKER_STARTING, /* registered; has not connected yet */
	FLUX_WORKER_IDLE,
	FLUX_WORKER_BUSY
} FluxWorkerState;

typedef struct FluxWorkerSlot
{
	Oid role_oid;
	pg_atomic_uint32 state;          /* FluxWorkerState */
	pg_atomic_uint32 should_recover; /* look for runs of dead processes */
	pg_atomic_uint32 should_yield;   /* end after the current run: others wait */
	pg_atomic_uint32 has_connected;  /* got as far as acting as its role */
	pg_atomic_uint32 has_failed;     /* ended by an error */
} FluxWorkerSlot;

typedef struct FluxWorkerBoard
{
	int scheduler_pid;
	FluxWorkerSlot slots[FLUX_SCHED_WORKERS_MAX];
} FluxWorkerBoard;

/* Passed in bgw_extra to a worker. */
typedef struct FluxWorkerArguments
{
	Oid database_oid;
	Oid role_oid;
	dsm_handle board;
	int slot;
} FluxWorkerArguments;

#endif /* FLUX_SCHED_SHMEM_H */
