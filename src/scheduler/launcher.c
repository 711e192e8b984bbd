/*
 * launcher.c
 *		Starts a scheduler in every database that wants one.
 *
 * Exists only when the library is preloaded.  It is connected to no database:
 * it reads pg_database once, starts a scheduler everywhere, and those that
 * find no extension retire at once.  Later, CREATE EXTENSION and changes of
 * tasks ask for one through shared memory.
 *
 * Schedulers are never restarted by the postmaster but by this process, so
 * that DROP DATABASE and its like can keep them away: the utility hook blocks
 * the database, ends its processes, and lets the command go on.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "scheduler/sched_process.h"
#include "scheduler/scheduler.h"

#define ROUND_MS 5000 /* between looks when nobody wakes us */
#define RESTART_US (5 * USECS_PER_SEC)
#define RETRY_US (60 * USECS_PER_SEC) /* without a free slot */
#define DISMISS_WAIT_MS 5000          /* for processes of a database to end */

/* A scheduler that this launcher started. */
typedef struct StartedScheduler
{
	BackgroundWorkerHandle *handle; /* NULL: not running */
	TimestampTz not_before;         /* when it may be started again */
} StartedScheduler;

static StartedScheduler started[FLUX_SCHED_DATABASES_MAX]; /* as in shared memory */

static ProcessUtility_hook_type previous_utility_hook = NULL;

/* ---- the process ---- */

/* Wants a scheduler in every database that one can connect to. */
static void
want_everywhere(void)
{
	Relation relation;
	TableScanDesc scan;
	HeapTuple tuple;
	List *oids = NIL;
	ListCell *cell;
	MemoryContext caller = CurrentMemoryContext;

	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	relation = table_open(DatabaseRelationId, AccessShareLock);
	scan = table_beginscan_catalog(relation, 0, NULL);
	while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection)))
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);
		MemoryContext transaction = MemoryContextSwitchTo(caller);

		if (database->datallowconn && !database->datistemplate)
			oids = lappend_oid(oids, database->oid);
		MemoryContextSwitchTo(transaction);
	}
	table_endscan(scan);
	table_close(relation, AccessShareLock);
	CommitTransactionCommand();
	MemoryContextSwitchTo(caller);
	foreach (cell, oids)
		flux_sched_set_state(lfirst_oid(cell), FLUX_DATABASE_WANTED);
	list_free(oids);
}

/*
 * A scheduler that we started is gone.  Gives the database's state: WANTED if
 * it did not say that it was not needed, and then only after a while.
 */
static FluxDatabaseState
note_end(int index, TimestampTz now)
{
	FluxDatabaseEntry *entry = &flux_sched_shared()->databases[index];
	FluxDatabaseState state;

	pfree(started[index].handle);
	started[index].handle = NULL;
	started[index].not_before = 0;
	LWLockAcquire(flux_sched_shared()->lock, LW_EXCLUSIVE);
	if (entry->state == FLUX_DATABASE_STARTING || entry->state == FLUX_DATABASE_RUNNING)
	{
		started[index].not_before = now + RESTART_US;
		entry->state = FLUX_DATABASE_WANTED;
	}
	entry->scheduler_pid = 0;
	state = entry->state;
	LWLockRelease(flux_sched_shared()->lock);
	return state;
}

/* Whether one can connect to a database at all; forgets it when it is gone. */
static bool
is_connectable(Oid database_oid)
{
	HeapTuple tuple;
	bool is_there;
	bool is_open = false;

	StartTransactionCommand();
	tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database_oid));
	is_there = HeapTupleIsValid(tuple);
	if (is_there)
	{
		is_open = ((Form_pg_database) GETSTRUCT(tuple))->datallowconn;
		ReleaseSysCache(tuple);
	}
	CommitTransactionCommand();
	MemoryContextSwitchTo(TopMemoryContext);
	if (!is_there)
		flux_sched_forget(database_oid);
	else if (!is_open)
		flux_sched_set_state(database_oid, FLUX_DATABASE_UNWANTED);
	return is_open;
}

/* Brings a database to the state that is wanted. */
static void
tend(int index, const FluxDatabaseEntry *entry, TimestampTz now)
{
	StartedScheduler *mine = &started[index];
	FluxDatabaseState state = entry->state;
	pid_t pid;

	if (mine->handle != NULL && GetBackgroundWorkerPid(mine->handle, &pid) == BGWH_STOPPED)
		state = note_end(index, now);
	if (mine->handle != NULL || state != FLUX_DATABASE_WANTED || now < mine->not_before ||
		!is_connectable(entry->database_oid))
		return;
	flux_sched_set_state(entry->database_oid, FLUX_DATABASE_STARTING);
	if (!flux_sched_register(entry->database_oid, &mine->handle))
	{
		mine->handle = NULL;
		mine->not_before = now + RETRY_US;
		flux_sched_unblock(entry->database_oid);
		ereport(LOG, (errmsg("fluxtask: no background worker slot is free for a scheduler"),
					  errhint("Raise max_worker_processes.")));
	}
}

void
flux_launcher_main(Datum main_argument)
{
	FluxLauncherShared *shared = flux_sched_shared();

	flux_sched_install_signals(false);
	if (IsBinaryUpgrade)
		proc_exit(0);
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	LWLockAcquire(shared->lock, LW_EXCLUSIVE);
	shared->launcher_pid = MyProcPid;
	LWLockRelease(shared->lock);
	MemoryContextSwitchTo(TopMemoryContext);
	want_everywhere();

	for (;;)
	{
		FluxDatabaseEntry databases[FLUX_SCHED_DATABASES_MAX];
		TimestampTz now = GetCurrentTimestamp();

		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		flux_sched_reload_if_asked();
		LWLockAcquire(shared->lock, LW_SHARED);
		memcpy(databases, shared->databases, sizeof(databases));
		LWLockRelease(shared->lock);
		for (int i = 0; i < FLUX_SCHED_DATABASES_MAX; i++)
			if (databases[i].state != FLUX_DATABASE_FREE || started[i].handle != NULL)
				tend(i, &databases[i], now);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, ROUND_MS,
						 FLUX_WAIT_EVENT("FluxtaskLauncher"));
	}
}

/* ---- commands that need a database for themselves ---- */

/*
 * Whether a command drops our extension.  It locks tables one by one that the
 * scheduler reads in another order, so the two could end in a deadlock.
 */
static bool
drops_extension(const DropStmt *statement)
{
	ListCell *cell;

	if (statement->removeType != OBJECT_EXTENSION)
		return false;
	foreach (cell, statement->objects)
		if (strcmp(strVal(lfirst(cell)), "fluxtask") == 0)
			return true;
	return false;
}

/* The database that a command needs without our processes in it, or InvalidOid. */
static Oid
exclusive_database(Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_DropdbStmt:
			return get_database_oid(((DropdbStmt *) statement)->dbname, true);
		case T_DropStmt:
			return drops_extension((DropStmt *) statement) ? MyDatabaseId : InvalidOid;
		case T_RenameStmt:
			if (((RenameStmt *) statement)->renameType == OBJECT_DATABASE)
				return get_database_oid(((RenameStmt *) statement)->subname, true);
			return InvalidOid;
		case T_AlterDatabaseStmt:
		{
			ListCell *cell;

			foreach (cell, ((AlterDatabaseStmt *) statement)->options)
				if (strcmp(lfirst_node(DefElem, cell)->defname, "tablespace") == 0)
					return get_database_oid(((AlterDatabaseStmt *) statement)->dbname, true);
			return InvalidOid;
		}
		case T_CreatedbStmt:
		{
			ListCell *cell;

			foreach (cell, ((CreatedbStmt *) statement)->options)
			{
				DefElem *option = lfirst_node(DefElem, cell);

				if (strcmp(option->defname, "template") == 0 && option->arg != NULL)
					return get_database_oid(defGetString(option), true);
			}
			return InvalidOid;
		}
		default:
			return InvalidOid;
	}
}

/* Superuser or CREATEDB. (The server's own function is not in every 15.x.) */
static bool
may_create_databases(void)
{
	HeapTuple tuple;
	bool may;

	if (superuser())
		return true;
	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(GetUserId()));
	if (!HeapTupleIsValid(tuple))
		return false;
	may = ((Form_pg_authid) GETSTRUCT(tuple))->rolcreatedb;
	ReleaseSysCache(tuple);
	return may;
}

/* Whether the command has a chance: others must not end our processes with it. */
static bool
may_disturb(const Node *statement, Oid database_oid)
{
	if (IsA(statement, CreatedbStmt))
		return may_create_databases();
	if (IsA(statement, DropStmt))
		return superuser();
	return flux_owns_database(database_oid, GetUserId());
}

/* Ends our processes in a database and waits a little for that. */
static void
dismiss_from(Oid database_oid)
{
	FluxLauncherShared *shared = flux_sched_shared();

	flux_sched_block(database_oid);
	for (int waited_ms = 0; waited_ms < DISMISS_WAIT_MS; waited_ms += 20)
	{
		int pid = 0;

		LWLockAcquire(shared->lock, LW_SHARED);
		for (int i = 0; i < FLUX_SCHED_DATABASES_MAX; i++)
			if (shared->databases[i].database_oid == database_oid &&
				shared->databases[i].state != FLUX_DATABASE_FREE)
				pid = shared->databases[i].scheduler_pid;
		LWLockRelease(shared->lock);
		if (pid == 0 || BackendPidGetProc(pid) == NULL)
			break;
		if (waited_ms == 0)
			(void) kill(pid, SIGTERM);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 20,
						 FLUX_WAIT_EVENT("FluxtaskDismiss"));
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	/* its workers got their orders from it; the command itself waits for them */
}

static void
next_utility(PlannedStmt *statement, const char *query, bool read_only_tree,
			 ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment *environment,
			 DestReceiver *receiver, QueryCompletion *completion)
{
	if (previous_utility_hook != NULL)
		previous_utility_hook(statement, query, read_only_tree, context, parameters, environment,
							  receiver, completion);
	else
		standard_ProcessUtility(statement, query, read_only_tree, context, parameters, environment,
								receiver, completion);
}

/* A database that came with the current transaction, which may have tasks. */
static Oid new_database_oid = InvalidOid;

static void
want_at_commit(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_COMMIT && OidIsValid(new_database_oid))
		flux_sched_set_state(new_database_oid, FLUX_DATABASE_WANTED);
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT)
		new_database_oid = InvalidOid;
}

/* After the command: the database is free again, gone, or has got a copy. */
static void
note_success(Node *statement, Oid database_oid)
{
	static bool is_registered = false;

	if (IsA(statement, DropdbStmt))
	{
		flux_sched_forget(database_oid);
		return;
	}
	flux_sched_unblock(database_oid);
	if (!IsA(statement, CreatedbStmt))
		return;
	if (!is_registered)
	{
		RegisterXactCallback(want_at_commit, NULL);
		is_registered = true;
	}
	new_database_oid = get_database_oid(((CreatedbStmt *) statement)->dbname, true);
}

/* Runs a command while a database has none of our processes. */
static void
run_undisturbed(Oid database_oid, PlannedStmt *statement, const char *query, bool read_only_tree,
				ProcessUtilityContext context, ParamListInfo parameters,
				QueryEnvironment *environment, DestReceiver *receiver, QueryCompletion *completion)
{
	Node *utility = copyObject(statement->utilityStmt);

	dismiss_from(database_oid);
	PG_TRY();
	{
		next_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
					 completion);
	}
	PG_CATCH();
	{
		flux_sched_unblock(database_oid);
		PG_RE_THROW();
	}
	PG_END_TRY();
	note_success(utility, database_oid);
}

static void
watch_utility(PlannedStmt *statement, const char *query, bool read_only_tree,
			  ProcessUtilityContext context, ParamListInfo parameters,
			  QueryEnvironment *environment, DestReceiver *receiver, QueryCompletion *completion)
{
	Oid database_oid = InvalidOid;

	if (context == PROCESS_UTILITY_TOPLEVEL && flux_sched_shared() != NULL)
		database_oid = exclusive_database(statement->utilityStmt);
	if (OidIsValid(database_oid) && may_disturb(statement->utilityStmt, database_oid))
		run_undisturbed(database_oid, statement, query, read_only_tree, context, parameters,
						environment, receiver, completion);
	else
		next_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
					 completion);
}

/* ---- registration ---- */

void
flux_scheduler_preload(void)
{
	BackgroundWorker worker;

	flux_sched_shmem_install();
	previous_utility_hook = ProcessUtility_hook;
	ProcessUtility_hook = watch_utility;
	flux_sched_describe(&worker, "flux_launcher_main", "fluxtask launcher");
	worker.bgw_restart_time = 5;
	RegisterBackgroundWorker(&worker);
}
