/*
 * run_worker.c
 *		A process that executes the runs of one role's tasks.
 *
 * It is connected as that role, so that nothing a script does has more rights
 * than its owner.  It claims and executes until nothing is due, tells the
 * scheduler that it is idle, waits to be woken, and leaves when nobody did for
 * fluxtask.worker_linger.  When its scheduler is gone it leaves, too.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "scheduler/sched_process.h"
#include "task/delivery.h"
#include "task/sched_clock.h"

static FluxWorkerBoard *board;
static FluxWorkerSlot *my_slot;

/* ---- transactions of the driver ---- */

/* Commits and begins anew; after a failed commit there is a new one, too. */
static void
commit_and_begin(void)
{
	MemoryContext caller = CurrentMemoryContext;

	PG_TRY();
	{
		CommitTransactionCommand();
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(TopMemoryContext);
		error = CopyErrorData();
		FlushErrorState();
		AbortCurrentTransaction();
		StartTransactionCommand();
		MemoryContextSwitchTo(caller);
		ReThrowError(error);
	}
	PG_END_TRY();
	pgstat_report_stat(false);
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	MemoryContextSwitchTo(caller);
}

/* ---- life ---- */

static void
wake_scheduler(void)
{
	PGPROC *process = BackendPidGetProc(board->scheduler_pid);

	if (process != NULL)
		SetLatch(&process->procLatch);
}

static void
set_state(FluxWorkerState state)
{
	pg_atomic_write_u32(&my_slot->state, state);
}

static void
leave(int code, Datum argument)
{
	if (code != 0)
		pg_atomic_write_u32(&my_slot->has_failed, 1);
	set_state(FLUX_WORKER_FREE);
	wake_scheduler();
}

/*
 * Every run that is due, and between runs what they have left to be delivered,
 * until the scheduler wants the place for others; one run at least, or two
 * roles with one place would only ever change places.
 * Returns whether there was anything.
 */
static bool
work(const FluxRunDriver *driver)
{
	bool has_run = false;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	MemoryContextSwitchTo(driver->context);
	if (pg_atomic_exchange_u32(&my_slot->should_recover, 0) != 0)
		has_run = flux_run_recover(driver, GetUserId()) > 0;
	while (flux_run_next(driver, GetUserId(), flux_sched_clock_now()) ||
		   flux_delivery_next(driver, GetUserId()))
	{
		has_run = true;
		flux_sched_reload_if_asked();
		if (!flux_guc_scheduler || pg_atomic_read_u32(&my_slot->should_yield) != 0)
			break;
	}
	flux_run_flush();
	MemoryContextSwitchTo(TopMemoryContext);
	CommitTransactionCommand();
	MemoryContextReset(driver->context);
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
	return has_run;
}

static void
serve(const FluxRunDriver *driver)
{
	for (;;)
	{
		bool has_run;
		int event;

		ResetLatch(MyLatch);
		flux_sched_reload_if_asked();
		set_state(FLUX_WORKER_BUSY);
		has_run = work(driver);
		set_state(FLUX_WORKER_IDLE);
		if (pg_atomic_read_u32(&my_slot->should_yield) != 0)
			return;

		/*
		 * What ran moved a task's next slot.  Whoever found nothing must keep
		 * quiet: the scheduler would wake it again for what another has in hand.
		 */
		if (has_run)
			wake_scheduler();
		event = WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						  flux_guc_worker_linger_s * 1000L, FLUX_WAIT_EVENT("FluxtaskWorkerIdle"));
		CHECK_FOR_INTERRUPTS();
		if ((event & WL_LATCH_SET) == 0 || BackendPidGetProc(board->scheduler_pid) == NULL)
			return;
	}
}

void
flux_run_worker_main(Datum main_argument)
{
	FluxWorkerArguments arguments;
	dsm_segment *segment;
	FluxRunDriver driver = {.commit = commit_and_begin};

	memcpy(&arguments, MyBgworkerEntry->bgw_extra, sizeof(arguments));
	flux_sched_install_signals(true);
	segment = dsm_attach(arguments.board);
	if (segment == NULL)
		proc_exit(0); /* the scheduler is gone */
	dsm_pin_mapping(segment);
	board = dsm_segment_address(segment);
	my_slot = &board->slots[arguments.slot];

	BackgroundWorkerInitializeConnectionByOid(arguments.database_oid, arguments.role_oid,
											  FLUX_WORKER_CONNECT_FLAGS);
	pg_atomic_write_u32(&my_slot->has_connected, 1);
	before_shmem_exit(leave, 0);
	flux_sched_pin_settings();
	driver.context =
		AllocSetContextCreate(TopMemoryContext, "fluxtask run", ALLOCSET_DEFAULT_SIZES);
	pg_atomic_write_u32(&my_slot->should_recover, 1);
	serve(&driver);
	proc_exit(0);
}
