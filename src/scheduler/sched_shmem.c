/*
 * sched_shmem.c
 *		The list of databases in shared memory.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/shmem.h"

#include "scheduler/sched_shmem.h"

static FluxLauncherShared *shared = NULL;
static shmem_request_hook_type previous_request_hook = NULL;
static shmem_startup_hook_type previous_startup_hook = NULL;

FluxLauncherShared *
flux_sched_shared(void)
{
	return shared;
}

static void
request_shmem(void)
{
	if (previous_request_hook != NULL)
		previous_request_hook();
	RequestAddinShmemSpace(MAXALIGN(sizeof(FluxLauncherShared)));
	RequestNamedLWLockTranche("fluxtask", 1);
}

static void
start_shmem(void)
{
	bool found;

	if (previous_startup_hook != NULL)
		previous_startup_hook();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	shared = ShmemInitStruct("fluxtask", sizeof(FluxLauncherShared), &found);
	if (!found)
	{
		memset(shared, 0, sizeof(FluxLauncherShared));
		shared->lock = &GetNamedLWLockTranche("fluxtask")->lock;
	}
	LWLockRelease(AddinShmemInitLock);
}

void
flux_sched_shmem_install(void)
{
	previous_request_hook = shmem_request_hook;
	shmem_request_hook = request_shmem;
	previous_startup_hook = shmem_startup_hook;
	shmem_startup_hook = start_shmem;
}

/* The entry of a database, or a free one made its own; NULL when all are taken. */
static FluxDatabaseEntry *
find_entry(Oid database_oid)
{
	FluxDatabaseEntry *unused = NULL;

	for (int i = 0; i < FLUX_SCHED_DATABASES_MAX; i++)
	{
		FluxDatabaseEntry *entry = &shared->databases[i];

		if (entry->state != FLUX_DATABASE_FREE && entry->database_oid == database_oid)
			return entry;
		if (entry->state == FLUX_DATABASE_FREE && unused == NULL)
			unused = entry;
	}
	if (unused != NULL)
	{
		unused->database_oid = database_oid;
		unused->scheduler_pid = 0;
	}
	return unused;
}

static void
wake_launcher(void)
{
	PGPROC *process = shared->launcher_pid != 0 ? BackendPidGetProc(shared->launcher_pid) : NULL;

	if (process != NULL)
		SetLatch(&process->procLatch);
}

/* The transitions of sched_shmem.h; the lock is held. */
static void
move(FluxDatabaseEntry *entry, FluxDatabaseState state)
{
	if (entry->state == FLUX_DATABASE_BLOCKED)
		return;
	if (state == FLUX_DATABASE_WANTED && entry->state == FLUX_DATABASE_STARTING)
		entry->is_asked_again = true;
	else if (state == FLUX_DATABASE_WANTED && entry->state == FLUX_DATABASE_RUNNING)
		return;
	else if (state == FLUX_DATABASE_UNWANTED && entry->is_asked_again)
		entry->state = FLUX_DATABASE_WANTED;
	else
		entry->state = state;
	if (state != FLUX_DATABASE_WANTED)
		entry->is_asked_again = false;
	if (state == FLUX_DATABASE_RUNNING)
		entry->scheduler_pid = MyProcPid;
}

void
flux_sched_set_state(Oid database_oid, FluxDatabaseState state)
{
	FluxDatabaseEntry *entry;

	if (shared == NULL)
		return;
	LWLockAcquire(shared->lock, LW_EXCLUSIVE);
	entry = find_entry(database_oid);
	if (entry != NULL)
		move(entry, state);
	LWLockRelease(shared->lock);
	wake_launcher();
}

/* Sets a state whatever the one before was. */
static void
force_state(Oid database_oid, FluxDatabaseState state)
{
	FluxDatabaseEntry *entry;

	LWLockAcquire(shared->lock, LW_EXCLUSIVE);
	entry = find_entry(database_oid);
	if (entry != NULL)
		entry->state = state;
	LWLockRelease(shared->lock);
	wake_launcher();
}

void
flux_sched_block(Oid database_oid)
{
	force_state(database_oid, FLUX_DATABASE_BLOCKED);
}

void
flux_sched_unblock(Oid database_oid)
{
	force_state(database_oid, FLUX_DATABASE_WANTED);
}

void
flux_sched_forget(Oid database_oid)
{
	force_state(database_oid, FLUX_DATABASE_FREE);
}
