/*
 * late_data.c
 *		Remembers what runs read, and queues slots whose windows changed since.
 *
 * dirty		what was written to watched buckets, with the writing transaction
 * task_read	what the last run of each slot read, with its snapshot
 *
 * A row of "dirty" concerns a row of "task_read" when they touch and the
 * snapshot does not see the transaction.  A dirty row may go when every
 * snapshot in the server sees it: whoever begins later sees it, and whoever did
 * not see it has ended, and its task_read row is there to be looked at.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "storage/procarray.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/lock_class.h"
#include "plan/plan_spec.h"
#include "storage/catalog.h"
#include "storage/delete.h"
#include "task/late_data.h"
#include "task/sched_clock.h"

/* Reads of a run that are told apart; further ones widen what is there. */
#define READS_MAX 64

typedef struct LateRead
{
	int32 bucket_id;
	FluxBounds bounds;
	char *measurement; /* NULL: any */
} LateRead;

/* ---- what a run reads and writes ---- */

static bool
is_same_measurement(const char *a, const char *b)
{
	return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

/* FluxScriptOptions.note_read */
static void
note_read(FluxExec *exec, int32 bucket_id, FluxBounds bounds, FluxText measurement)
{
	FluxLateRun *late = exec->note_argument;
	MemoryContext caller = MemoryContextSwitchTo(late->context);
	char *name = measurement.size > 0 ? flux_text_to_cstring(measurement) : NULL;
	LateRead *read;
	ListCell *cell;

	foreach (cell, late->reads)
	{
		bool is_full = list_length(late->reads) >= READS_MAX;

		read = lfirst(cell);
		if (read->bucket_id != bucket_id ||
			!(is_full || is_same_measurement(read->measurement, name)))
			continue;
		if (!is_full &&
			(bounds.start_ns > read->bounds.stop_ns || bounds.stop_ns < read->bounds.start_ns))
			continue;
		if (!is_same_measurement(read->measurement, name))
			read->measurement = NULL;
		read->bounds.start_ns = Min(read->bounds.start_ns, bounds.start_ns);
		read->bounds.stop_ns = Max(read->bounds.stop_ns, bounds.stop_ns);
		MemoryContextSwitchTo(caller);
		return;
	}
	read = palloc(sizeof(LateRead));
	*read = (LateRead){bucket_id, bounds, name};
	late->reads = lappend(late->reads, read);
	MemoryContextSwitchTo(caller);
}

/* Deletes what the last run of the slot wrote; as the task's owner. */
static void
delete_old_output(const FluxRun *run)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	uint64 count;
	List *buckets = NIL;
	ListCell *cell;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run->task->task_id);
	flux_sql_time(&args, run->scheduled_for);
	count = flux_sql_execute("SELECT bucket_id, tmin_ns, tmax_ns, series_ids FROM "
							 "_flux_catalog.task_write WHERE task_id = $1 AND scheduled_for = $2",
							 &args);
	for (uint64 row = 1; row <= count; row++)
	{
		MemoryContext spi = MemoryContextSwitchTo(scope.context);
		bool is_null;
		Datum ids = SPI_getbinval(SPI_tuptable->vals[row - 1], SPI_tuptable->tupdesc, 4, &is_null);

		buckets =
			lappend(buckets, list_make4(makeInteger(flux_sql_get_int4(row, 1)),
										DatumGetPointer(Int64GetDatum(flux_sql_get_int8(row, 2))),
										DatumGetPointer(Int64GetDatum(flux_sql_get_int8(row, 3))),
										DatumGetArrayTypePCopy(ids)));
		MemoryContextSwitchTo(spi);
	}
	flux_sql_leave(&scope);

	foreach (cell, buckets)
	{
		List *output = lfirst(cell);
		FluxBucket *bucket = flux_bucket_get_by_id(intVal(linitial(output)), true);
		ArrayType *ids = lfourth(output);

		if (bucket != NULL)
			flux_delete_series(bucket, DatumGetInt64(PointerGetDatum(lsecond(output))),
							   DatumGetInt64(PointerGetDatum(lthird(output))),
							   (int64 *) ARR_DATA_PTR(ids),
							   ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids)));
	}
	if (buckets != NIL)
		UpdateActiveSnapshotCommandId(); /* the script does not see it any more */
}

void
flux_late_begin_run(FluxLateRun *late, const FluxRun *run, FluxScriptOptions *options)
{
	const FluxTask *task = run->task;

	memset(late, 0, sizeof(*late));
	late->run = run;
	late->context = CurrentMemoryContext;
	late->writes.context = CurrentMemoryContext;
	flux_dirty_begin_run(task->task_id,
						 (task->flags & FLUX_TASK_REPLACES) != 0 ? &late->writes : NULL);
	if ((task->flags & FLUX_TASK_REPLACES) != 0)
		delete_old_output(run);
	if ((task->flags & FLUX_TASK_KEEPS_READS) != 0)
	{
		late->snapshot = DatumGetCString(DirectFunctionCall1(
			pg_snapshot_out, DirectFunctionCall1(pg_current_snapshot, (Datum) 0)));
		options->note_read = note_read;
		options->note_argument = late;
	}
}

/* Replaces what was remembered of the slot; within its lateness. In a scope. */
static void
store_reads(const FluxLateRun *late)
{
	FluxSqlArgs args = {0};
	ListCell *cell;

	flux_sql_int8(&args, late->run->task->task_id);
	flux_sql_time(&args, late->run->scheduled_for);
	flux_sql_execute("DELETE FROM _flux_catalog.task_read "
					 "WHERE task_id = $1 AND scheduled_for = $2",
					 &args);
	foreach (cell, late->reads)
	{
		const LateRead *read = lfirst(cell);

		memset(&args, 0, sizeof(args));
		flux_sql_int8(&args, late->run->task->task_id);
		flux_sql_time(&args, late->run->scheduled_for);
		flux_sql_int4(&args, read->bucket_id);
		flux_sql_text(&args, read->measurement);
		flux_sql_int8(&args, read->bounds.start_ns);
		flux_sql_int8(&args, read->bounds.stop_ns);
		flux_sql_text(&args, late->snapshot);
		flux_sql_time(&args, flux_sched_clock_now());
		flux_sql_execute("INSERT INTO _flux_catalog.task_read (task_id, scheduled_for, bucket_id, "
						 "measurement, start_ns, stop_ns, snapshot, run_xid) "
						 "SELECT $1, $2, $3, $4, $5, $6, $7::pg_snapshot, pg_current_xact_id() "
						 "FROM _flux_catalog.late_policy_of WHERE task_id = $1 "
						 "AND $2 >= $8 - lateness",
						 &args);
		memset(&args, 0, sizeof(args));
		flux_sql_int4(&args, read->bucket_id);
		flux_sql_execute("UPDATE _flux_catalog.bucket SET is_watched = true "
						 "WHERE bucket_id = $1 AND NOT is_watched AND NOT is_attached",
						 &args);
	}
}

/* An array of the ids in a set. */
static Datum
id_array(HTAB *ids)
{
	HASH_SEQ_STATUS status;
	int count = (int) hash_get_num_entries(ids);
	Datum *elements = palloc(Max(count, 1) * sizeof(Datum));
	int64 *id;
	int i = 0;

	hash_seq_init(&status, ids);
	while ((id = hash_seq_search(&status)) != NULL)
		elements[i++] = Int64GetDatum(*id);
	return flux_catalog_array(elements, count, INT8OID);
}

static void
store_writes(const FluxLateRun *late)
{
	FluxSqlArgs args = {0};
	ListCell *cell;

	if (late->writes.has_overflown)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a task that replaces wrote to more than %d series", FLUX_DIRTY_SERIES_MAX),
				 errhint("Turn it off: flux.watch_late_data(task, lateness, replace => false).")));
	flux_sql_int8(&args, late->run->task->task_id);
	flux_sql_time(&args, late->run->scheduled_for);
	flux_sql_execute("DELETE FROM _flux_catalog.task_write "
					 "WHERE task_id = $1 AND scheduled_for = $2",
					 &args);
	foreach (cell, late->writes.outputs)
	{
		const FluxDirtyOutput *output = lfirst(cell);

		if (hash_get_num_entries(output->series) == 0)
			continue;
		memset(&args, 0, sizeof(args));
		flux_sql_int8(&args, late->run->task->task_id);
		flux_sql_time(&args, late->run->scheduled_for);
		flux_sql_int4(&args, output->bucket_id);
		flux_sql_int8(&args, output->tmin_ns);
		flux_sql_int8(&args, output->tmax_ns);
		flux_sql_datum(&args, INT8ARRAYOID, id_array(output->series), false);
		flux_sql_execute("INSERT INTO _flux_catalog.task_write (task_id, scheduled_for, bucket_id, "
						 "tmin_ns, tmax_ns, series_ids) VALUES ($1, $2, $3, $4, $5, $6)",
						 &args);
	}
}

void
flux_late_end_run(FluxLateRun *late)
{
	const FluxTask *task = late->run->task;
	FluxSqlScope scope;

	flux_dirty_end_run();
	if ((task->flags & (FLUX_TASK_KEEPS_READS | FLUX_TASK_REPLACES)) == 0)
		return;
	flux_sql_enter(&scope);
	if ((task->flags & FLUX_TASK_KEEPS_READS) != 0)
		store_reads(late);
	if ((task->flags & FLUX_TASK_REPLACES) != 0)
		store_writes(late);
	flux_sql_leave(&scope);
}

void
flux_late_abandon_run(void)
{
	flux_dirty_end_run();
}

/* ---- looking ---- */

/* The first transaction that some snapshot in the server may not see. */
static Datum
oldest_horizon(void)
{
	TransactionId horizon = GetOldestNonRemovableTransactionId(NULL);
	FullTransactionId next = ReadNextFullTransactionId();
	uint32 epoch = EpochFromFullTransactionId(next);

	if (horizon > XidFromFullTransactionId(next))
		epoch--;
	return UInt64GetDatum(((uint64) epoch << 32) | horizon);
}

/* Whether nobody else collects in this database; until the transaction's end. */
static bool
try_lock_collect(void)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, FLUX_LOCK_LATE_DATA);
	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

/* "d" touches "r" and is new to it. */
#define DIRTY_CONCERNS                                                                             \
	"r.bucket_id = d.bucket_id AND r.stop_ns > d.tmin_ns AND r.start_ns <= d.tmax_ns "             \
	"AND d.task_id IS DISTINCT FROM r.task_id "                                                    \
	"AND (NOT pg_visible_in_snapshot(d.xid, coalesce(r.queued, r.snapshot)) "                      \
	"OR (r.queued IS NULL AND d.xid = r.run_xid)) "                                                \
	"AND (r.measurement IS NULL OR d.m_id IS NULL OR r.measurement = "                             \
	"(SELECT m.name FROM _flux_catalog.measurement AS m WHERE m.m_id = d.m_id))"

#define RUN_IS_STARTED                                                                             \
	"EXISTS (SELECT FROM _flux_catalog.run AS o WHERE o.task_id = r.task_id "                      \
	"AND o.status = 'started' AND o.scheduled_for = r.scheduled_for)"

/* Queues what was touched. In a scope. */
static int64
queue_touched(TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_time(&args, now);
	flux_sql_execute(
		"WITH hit AS MATERIALIZED (SELECT DISTINCT r.task_id, r.scheduled_for, p.delay "
		"FROM _flux_catalog.dirty AS d "
		"JOIN _flux_catalog.task_read AS r ON " DIRTY_CONCERNS " "
		"JOIN _flux_catalog.late_policy_of AS p ON p.task_id = r.task_id "
		"WHERE r.scheduled_for >= $1 - p.lateness AND (p.is_own OR d.task_id IN "
		"(SELECT u.depends_on FROM _flux_catalog.task_dependency AS u "
		"WHERE u.task_id = r.task_id)) AND NOT " RUN_IS_STARTED "), "
		"marked AS (UPDATE _flux_catalog.task_read AS r SET queued = pg_current_snapshot() "
		"FROM hit WHERE r.task_id = hit.task_id AND r.scheduled_for = hit.scheduled_for), "
		"queued AS (INSERT INTO _flux_catalog.run (task_id, task_name, owner, version, kind, "
		"status, scheduled_for, run_at) SELECT t.task_id, t.name, t.owner, t.version, "
		"'late', 'scheduled', hit.scheduled_for, $1 + hit.delay FROM hit "
		"JOIN _flux_catalog.task AS t USING (task_id) WHERE t.active "
		"ORDER BY hit.scheduled_for ON CONFLICT DO NOTHING RETURNING run_id) "
		"SELECT count(*) FROM queued",
		&args);
	return flux_sql_get_int8(1, 1);
}

/* Forgets what everybody has seen, and slots that are past their lateness. In a scope. */
static void
forget(Datum horizon, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_datum(&args, XID8OID, horizon, false);
	flux_sql_execute("DELETE FROM _flux_catalog.dirty AS d WHERE d.xid < $1 AND NOT EXISTS "
					 "(SELECT FROM _flux_catalog.task_read AS r WHERE " DIRTY_CONCERNS
					 " AND " RUN_IS_STARTED ")",
					 &args);
	memset(&args, 0, sizeof(args));
	flux_sql_time(&args, now);
	flux_sql_execute("DELETE FROM _flux_catalog.task_read AS r "
					 "USING _flux_catalog.late_policy_of AS p "
					 "WHERE p.task_id = r.task_id AND r.scheduled_for < $1 - p.lateness",
					 &args);
}

int64
flux_late_collect(void)
{
	FluxSqlScope scope;
	TimestampTz now = flux_sched_clock_now();
	Datum horizon;
	int64 queued = 0;

	/* with an old snapshot we would miss runs that ended since it was taken */
	if (IsolationUsesXactSnapshot())
		return 0;
	flux_sql_enter(&scope);
	if (flux_sql_execute("SELECT FROM _flux_catalog.dirty LIMIT 1", NULL) > 0 && try_lock_collect())
	{
		horizon = oldest_horizon(); /* before the snapshots of the statements */
		queued = queue_touched(now);
		forget(horizon, now);
	}
	flux_sql_leave(&scope);
	return queued;
}

/* ---- policies ---- */

void
flux_task_refresh_flags(void)
{
	flux_sql_execute("WITH f AS (SELECT t.task_id, "
					 "CASE WHEN EXISTS (SELECT FROM _flux_catalog.late_policy_of AS p "
					 "WHERE p.task_id = t.task_id) THEN 1 ELSE 0 END + "
					 "CASE WHEN EXISTS (SELECT FROM _flux_catalog.late_policy AS p "
					 "WHERE p.task_id = t.task_id AND p.replaces) THEN 2 ELSE 0 END + "
					 "CASE WHEN EXISTS (SELECT FROM _flux_catalog.task_dependency AS d "
					 "WHERE d.task_id = t.task_id) THEN 4 ELSE 0 END AS flags "
					 "FROM _flux_catalog.task AS t), "
					 "s AS (UPDATE _flux_catalog.task_state AS s SET waits = f.flags >= 4 FROM f "
					 "WHERE s.task_id = f.task_id AND s.waits <> (f.flags >= 4)) "
					 "UPDATE _flux_catalog.task AS t SET flags = f.flags FROM f "
					 "WHERE t.task_id = f.task_id AND t.flags <> f.flags",
					 NULL);
}

void
flux_late_watch_buckets(const FluxTask *task)
{
	FluxScriptOptions options = {.now_ns = flux_time_from_timestamptz(flux_sched_clock_now()),
								 .is_dry_run = true};
	FluxScript *script = flux_script_create(flux_text_from_cstring(task->script));
	const FluxPlan *plan = flux_script_plan(script, &options);

	for (int i = 0; i < plan->node_count; i++)
	{
		const FluxPlanNode *node = plan->nodes[i];
		const FluxFromSpec *from = node->spec;
		FluxBucket *bucket;

		if (node->class->kind == FLUX_PLAN_READ)
			from = &((const FluxReadSpec *) node->spec)->from;
		else if (node->class->kind != FLUX_PLAN_FROM)
			continue;
		bucket = flux_bucket_get(from->bucket, true);
		if (bucket == NULL)
			continue;
		flux_bucket_check_acl(bucket, ACL_SELECT);
		if (bucket->is_attached)
			ereport(WARNING, (errmsg("late data of bucket \"%s\" is not seen", bucket->name),
							  errdetail("It is attached to relations that others write to.")));
		flux_dirty_watch(bucket);
	}
	flux_script_destroy(script);
}

static bool
is_negative(const Interval *interval)
{
	return interval->month < 0 || interval->day < 0 || interval->time < 0;
}

void
flux_late_set_policy(const FluxTask *task, const Interval *lateness, bool replaces,
					 const Interval *delay)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	if (lateness == NULL && !replaces)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("lateness must not be null unless re-runs replace")));
	if (is_negative(delay) ||
		(lateness != NULL && (is_negative(lateness) ||
							  (lateness->month == 0 && lateness->day == 0 && lateness->time == 0))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("lateness must be positive and delay must not be negative")));
	if (lateness != NULL)
		flux_late_watch_buckets(task);
	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_datum(&args, INTERVALOID, PointerGetDatum(lateness), lateness == NULL);
	flux_sql_bool(&args, replaces);
	flux_sql_datum(&args, INTERVALOID, PointerGetDatum(delay), false);
	flux_sql_execute("INSERT INTO _flux_catalog.late_policy (task_id, lateness, replaces, delay) "
					 "VALUES ($1, $2, $3, $4) ON CONFLICT (task_id) DO UPDATE SET "
					 "lateness = excluded.lateness, replaces = excluded.replaces, "
					 "delay = excluded.delay",
					 &args);
	flux_task_refresh_flags();
	flux_sql_leave(&scope);
}

bool
flux_late_drop_policy(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool is_found;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	is_found =
		flux_sql_execute("DELETE FROM _flux_catalog.late_policy WHERE task_id = $1", &args) > 0;
	flux_sql_execute("DELETE FROM _flux_catalog.task_read WHERE task_id = $1", &args);
	flux_sql_execute("DELETE FROM _flux_catalog.task_write WHERE task_id = $1", &args);
	flux_task_refresh_flags();
	flux_sql_leave(&scope);
	return is_found;
}
