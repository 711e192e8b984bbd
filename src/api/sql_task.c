/*
 * sql_task.c
 *		SQL functions about tasks and runs.
 *
 * Thin: they read arguments, ask src/task, and wake the scheduler where the
 * change may mean that something is due.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/diagnostic.h"
#include "scheduler/scheduler.h"
#include "io/result_json.h"
#include "script/script.h"
#include "task/backfill.h"
#include "task/late_data.h"
#include "task/delivery.h"
#include "task/run_execute.h"
#include "task/sched_clock.h"

PG_FUNCTION_INFO_V1(fluxtask_schedule_instants);
PG_FUNCTION_INFO_V1(fluxtask_create_task);
PG_FUNCTION_INFO_V1(fluxtask_alter_task);
PG_FUNCTION_INFO_V1(fluxtask_drop_task);
PG_FUNCTION_INFO_V1(fluxtask_enable_task);
PG_FUNCTION_INFO_V1(fluxtask_disable_task);
PG_FUNCTION_INFO_V1(fluxtask_run_task);
PG_FUNCTION_INFO_V1(fluxtask_preview);
PG_FUNCTION_INFO_V1(fluxtask_retry_run);
PG_FUNCTION_INFO_V1(fluxtask_cancel_run);
PG_FUNCTION_INFO_V1(fluxtask_backfill);
PG_FUNCTION_INFO_V1(fluxtask_cancel_backfill);
PG_FUNCTION_INFO_V1(fluxtask_run_due);
PG_FUNCTION_INFO_V1(fluxtask_deliver);
PG_FUNCTION_INFO_V1(fluxtask_retry_delivery);

/* Most rows that flux.schedule_instants() gives. */
#define INSTANTS_MAX 1000000

/* ---- arguments ---- */

/* A text argument, or NULL. */
static char *
text_argument(FunctionCallInfo fcinfo, int index)
{
	return PG_ARGISNULL(index) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(index));
}

/* The task that the first argument, an id or a name, means. */
static FluxTask *
task_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("task must not be null")));
	if (get_fn_expr_argtype(fcinfo->flinfo, 0) == TEXTOID)
		return flux_task_find_by_name(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	return flux_task_find_by_id(PG_GETARG_INT64(0));
}

/* An instant argument, in whole seconds as slots are; "absent" when NULL. */
static TimestampTz
slot_argument(FunctionCallInfo fcinfo, int index, TimestampTz absent)
{
	TimestampTz slot = PG_ARGISNULL(index) ? absent : PG_GETARG_TIMESTAMPTZ(index);

	if (TIMESTAMP_NOT_FINITE(slot))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("instant of a slot must be finite")));
	(void) flux_time_from_timestamptz(slot);
	return flux_sched_timestamp(flux_sched_seconds(slot));
}

/* ---- schedules ---- */

PGDLLEXPORT Datum
fluxtask_schedule_instants(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char *every = text_argument(fcinfo, 0);
	char *cron = text_argument(fcinfo, 1);
	int count = PG_ARGISNULL(3) ? 10 : PG_GETARG_INT32(3);
	FluxSchedule schedule;
	const char *reason;
	int64 at_s;

	if ((every == NULL) == (cron == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("give one of every and cron")));
	if (count < 0 || count > INSTANTS_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("n must be between 0 and %d", INSTANTS_MAX)));
	reason = flux_schedule_init(&schedule, every, cron, text_argument(fcinfo, 4));
	if (reason != NULL)
		ereport(ERROR, (errcode(FLUX_ERRCODE_TASK_OPTIONS), errmsg("invalid options: %s", reason)));

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	at_s = flux_sched_seconds(slot_argument(fcinfo, 2, GetCurrentTimestamp()));
	while (count-- > 0 && flux_schedule_next(&schedule, at_s, &at_s))
	{
		Datum value = TimestampTzGetDatum(flux_sched_timestamp(at_s));
		bool is_null = false;

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &is_null);
	}
	return (Datum) 0;
}

/* ---- tasks ---- */

/* Arguments first, first + 1 ...: name, every, cron, offset. */
static void
form_arguments(FunctionCallInfo fcinfo, int first, FluxTaskForm *form)
{
	form->name = text_argument(fcinfo, first);
	form->every = text_argument(fcinfo, first + 1);
	form->cron = text_argument(fcinfo, first + 2);
	form->offset = text_argument(fcinfo, first + 3);
}

/* catchup, catchup_limit, time_zone, labels. */
static void
policy_arguments(FunctionCallInfo fcinfo, int first, FluxTaskChange *change)
{
	change->catchup = text_argument(fcinfo, first);
	if (!PG_ARGISNULL(first + 1))
	{
		change->catchup_limit = PG_GETARG_INT32(first + 1);
		if (change->catchup_limit < 1)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("catchup_limit must be at least 1")));
	}
	change->time_zone = text_argument(fcinfo, first + 2);
	change->has_labels = !PG_ARGISNULL(first + 3);
	if (change->has_labels)
		change->labels = PG_GETARG_DATUM(first + 3);
}

/* Validates and plans, as a run that began now would, and changes nothing. */
static void
dry_run(const FluxTaskChange *change)
{
	FluxTaskOptions options;
	char *text = flux_task_prepare(change, &options);
	FluxScriptOptions run_options = {.now_ns = flux_time_from_timestamptz(flux_sched_clock_now()),
									 .is_dry_run = true};
	FluxScript *script = flux_script_create(flux_text_from_cstring(text));

	(void) flux_script_plan(script, &run_options);
	flux_script_destroy(script);
}

PGDLLEXPORT Datum
fluxtask_create_task(PG_FUNCTION_ARGS)
{
	FluxTaskChange change = {0};
	int64 task_id;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("script must not be null")));
	change.script = text_argument(fcinfo, 0);
	form_arguments(fcinfo, 1, &change.form);
	change.description = text_argument(fcinfo, 5);
	change.has_active = !PG_ARGISNULL(6);
	change.is_active = change.has_active && PG_GETARG_BOOL(6);
	policy_arguments(fcinfo, 8, &change);
	if (!PG_ARGISNULL(7) && PG_GETARG_BOOL(7))
	{
		dry_run(&change);
		PG_RETURN_NULL();
	}
	task_id = flux_task_create(&change);
	flux_scheduler_wake_at_commit();
	PG_RETURN_INT64(task_id);
}

PGDLLEXPORT Datum
fluxtask_alter_task(PG_FUNCTION_ARGS)
{
	FluxTaskChange change = {0};
	FluxTask *task = task_argument(fcinfo);
	bool is_empty = true;

	for (int i = 1; i < PG_NARGS(); i++)
		is_empty = is_empty && PG_ARGISNULL(i);
	if (is_empty)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot update task without content"),
						errhint("Pass what is to change, such as every => '1h'.")));
	change.script = text_argument(fcinfo, 1);
	form_arguments(fcinfo, 2, &change.form);
	change.description = text_argument(fcinfo, 6);
	change.has_active = !PG_ARGISNULL(7);
	change.is_active = change.has_active && PG_GETARG_BOOL(7);
	policy_arguments(fcinfo, 8, &change);
	change.owner_oid = PG_ARGISNULL(12) ? InvalidOid : PG_GETARG_OID(12);
	flux_task_alter(task, &change);
	flux_scheduler_wake_at_commit();
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_drop_task(PG_FUNCTION_ARGS)
{
	flux_task_drop(task_argument(fcinfo));
	PG_RETURN_VOID();
}

static void
set_active(FunctionCallInfo fcinfo, bool is_active)
{
	FluxTaskChange change = {.has_active = true, .is_active = is_active};

	flux_task_alter(task_argument(fcinfo), &change);
	flux_scheduler_wake_at_commit();
}

PGDLLEXPORT Datum
fluxtask_enable_task(PG_FUNCTION_ARGS)
{
	set_active(fcinfo, true);
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_disable_task(PG_FUNCTION_ARGS)
{
	set_active(fcinfo, false);
	PG_RETURN_VOID();
}

/* ---- runs ---- */

PGDLLEXPORT Datum
fluxtask_run_task(PG_FUNCTION_ARGS)
{
	FluxTask *task = task_argument(fcinfo);
	TimestampTz slot = slot_argument(fcinfo, 1, flux_sched_clock_now());
	FluxRun *run = flux_run_begin_manual(task, slot);

	flux_run_execute_here(run);
	flux_scheduler_wake_at_commit(); /* what it leaves to be delivered */
	PG_RETURN_INT64(run->run_id);
}

/* Where a preview's rows go. */
typedef struct PreviewSink
{
	ReturnSetInfo *result;
	MemoryContext context; /* of the key */
	MemoryContext row_context;
	FluxGroupKey *key; /* of the table before */
	int64 table_number;
} PreviewSink;

/* A new number for each table, in the order in which they are written. */
static void
number_table(PreviewSink *sink, const FluxBatch *batch)
{
	MemoryContext caller;

	if (sink->key != NULL && flux_group_key_equal(sink->key, batch->head->key))
		return;
	caller = MemoryContextSwitchTo(sink->context);
	sink->key = flux_group_key_copy(batch->head->key);
	sink->table_number++;
	MemoryContextSwitchTo(caller);
}

static void
preview_write(FluxExec *exec, FluxText bucket, const FluxBatch *batch)
{
	PreviewSink *sink = exec->capture_argument;
	MemoryContext caller;

	if (batch->row_count == 0)
		return;
	number_table(sink, batch);
	caller = MemoryContextSwitchTo(sink->row_context);
	for (int row = 0; row < batch->row_count; row++)
	{
		StringInfoData json;
		Datum values[3];
		bool nulls[3] = {false, false, false};

		initStringInfo(&json);
		flux_row_to_json(batch, row, &json);
		values[0] = PointerGetDatum(cstring_to_text_with_len(bucket.data, bucket.size));
		values[1] = Int64GetDatum(sink->table_number);
		values[2] = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
		tuplestore_putvalues(sink->result->setResult, sink->result->setDesc, values, nulls);
		MemoryContextReset(sink->row_context);
	}
	MemoryContextSwitchTo(caller);
}

/* flux.preview(): "result" is the bucket that the row would go to. */
PGDLLEXPORT Datum
fluxtask_preview(PG_FUNCTION_ARGS)
{
	PreviewSink sink = {.table_number = -1};
	FluxTask *task = task_argument(fcinfo);
	TimestampTz slot = slot_argument(fcinfo, 1, flux_sched_clock_now());

	InitMaterializedSRF(fcinfo, 0);
	sink.result = (ReturnSetInfo *) fcinfo->resultinfo;
	sink.context = CurrentMemoryContext;
	sink.row_context =
		AllocSetContextCreate(CurrentMemoryContext, "flux.preview row", ALLOCSET_DEFAULT_SIZES);
	flux_run_preview(task, slot, preview_write, &sink);
	return (Datum) 0;
}

PGDLLEXPORT Datum
fluxtask_retry_run(PG_FUNCTION_ARGS)
{
	int64 run_id = flux_run_retry(PG_GETARG_INT64(0));

	flux_scheduler_wake_at_commit();
	PG_RETURN_INT64(run_id);
}

PGDLLEXPORT Datum
fluxtask_cancel_run(PG_FUNCTION_ARGS)
{
	flux_run_cancel(PG_GETARG_INT64(0));
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_backfill(PG_FUNCTION_ARGS)
{
	FluxTask *task = task_argument(fcinfo);
	TimestampTz start = slot_argument(fcinfo, 1, 0);
	TimestampTz stop = slot_argument(fcinfo, 2, 0);
	int64 count = flux_backfill_queue(task, start, stop, PG_GETARG_BOOL(3), PG_GETARG_BOOL(4));

	flux_scheduler_wake_at_commit();
	PG_RETURN_INT64(count);
}

PGDLLEXPORT Datum
fluxtask_cancel_backfill(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(flux_backfill_cancel(task_argument(fcinfo)));
}

/* ---- run_due ---- */

static void
commit_of_procedure(void)
{
	SPI_commit();
}

/* The owners with work whose privileges the caller has. */
static List *
owners_to_serve(Oid user_oid, TimestampTz due_until)
{
	List *all = flux_run_due_owners(due_until);
	List *served = NIL;
	ListCell *cell;

	foreach (cell, all)
		if (has_privs_of_role(user_oid, lfirst_oid(cell)))
			served = lappend_oid(served, lfirst_oid(cell));
	list_free(all);
	return served;
}

/* Sends what is due of the roles whose privileges the caller has. */
static void
deliver(const FluxRunDriver *driver, MemoryContext context, int64 most)
{
	List *owners;
	ListCell *cell;

	MemoryContextSwitchTo(context);
	owners = flux_delivery_due_owners();
	foreach (cell, owners)
		while (most > 0 && has_privs_of_role(GetUserId(), lfirst_oid(cell)) &&
			   flux_delivery_next(driver, lfirst_oid(cell)))
			most--;
}

/*
 * CALL flux.run_due(max_runs): everything that is due when it begins, at most
 * max_runs of it.  The owners take turns.  Then what runs have left to be sent.
 */
PGDLLEXPORT Datum
fluxtask_run_due(PG_FUNCTION_ARGS)
{
	CallContext *call = castNode(CallContext, fcinfo->context);
	int64 left = PG_ARGISNULL(0) ? PG_INT64_MAX : PG_GETARG_INT32(0);
	TimestampTz due_until = flux_sched_clock_now();
	FluxRunDriver driver = {.commit = commit_of_procedure};
	MemoryContext context;
	List *owners;
	ListCell *cell;
	bool has_more = true;

	if (call->atomic)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
						errmsg("flux.run_due() cannot be called inside a transaction block"),
						errdetail("Each run has a transaction of its own."),
						errhint("Call it outside, or run one task with flux.run_task().")));
	if (left < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("max_runs must not be negative")));
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	context = AllocSetContextCreate(PortalContext, "flux.run_due", ALLOCSET_DEFAULT_SIZES);
	driver.context = AllocSetContextCreate(context, "fluxtask run", ALLOCSET_DEFAULT_SIZES);

	flux_driver_begin(false);
	driver.commit();
	flux_late_collect();
	due_until = flux_sched_clock_now();
	driver.commit();
	MemoryContextSwitchTo(context);
	owners = owners_to_serve(GetUserId(), due_until);
	foreach (cell, owners)
		left -= flux_run_recover(&driver, lfirst_oid(cell));
	while (has_more && left > 0)
	{
		has_more = false;
		foreach (cell, owners)
			if (left > 0 && flux_run_next(&driver, lfirst_oid(cell), due_until))
			{
				has_more = true;
				left--;
			}
	}
	flux_run_flush();
	deliver(&driver, context, PG_INT64_MAX);
	MemoryContextSwitchTo(context);
	SPI_finish();
	PG_RETURN_VOID();
}

/* ---- deliveries ---- */

/* CALL flux.deliver(max_deliveries): what runs have left to be sent. */
PGDLLEXPORT Datum
fluxtask_deliver(PG_FUNCTION_ARGS)
{
	CallContext *call = castNode(CallContext, fcinfo->context);
	int64 most = PG_ARGISNULL(0) ? PG_INT64_MAX : PG_GETARG_INT32(0);
	FluxRunDriver driver = {.commit = commit_of_procedure};
	MemoryContext context;

	if (call->atomic)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
						errmsg("flux.deliver() cannot be called inside a transaction block"),
						errdetail("Each delivery has a transaction of its own.")));
	if (most < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("max_deliveries must not be negative")));
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	context = AllocSetContextCreate(PortalContext, "flux.deliver", ALLOCSET_DEFAULT_SIZES);
	driver.context = AllocSetContextCreate(context, "fluxtask delivery", ALLOCSET_DEFAULT_SIZES);
	deliver(&driver, context, most);
	MemoryContextSwitchTo(context);
	SPI_finish();
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_retry_delivery(PG_FUNCTION_ARGS)
{
	flux_delivery_retry(PG_GETARG_INT64(0));
	flux_scheduler_wake_at_commit();
	PG_RETURN_VOID();
}
