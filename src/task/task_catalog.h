/*
 * task_catalog.h
 *		Tasks as rows: creating, changing, finding and dropping them.
 *
 * Who may do something is decided here: a task belongs to its owner, and
 * whoever has the privileges of that role may do everything with it.
 */
#ifndef FLUX_TASK_CATALOG_H
#define FLUX_TASK_CATALOG_H

#include "datatype/timestamp.h"

#include "task/schedule.h"
#include "task/task_option.h"
#include "catalog/catalog_sql.h"

typedef enum FluxCatchup
{
	FLUX_CATCHUP_SKIP,   /* InfluxDB's way: missed slots are not run */
	FLUX_CATCHUP_LATEST, /* the last missed slot is */
	FLUX_CATCHUP_ALL     /* all are, but at most the last "limit" */
} FluxCatchup;

/* A row of _flux_catalog.task, in the memory of whoever asked for it. */
typedef struct FluxTask
{
	int64 task_id;
	char *name;
	Oid owner_oid;
	int version;
	char *script;
	char *every; /* or NULL */
	char *cron;  /* or NULL */
	int64 offset_s;
	int concurrency;
	char *time_zone; /* or NULL: UTC */
	bool is_active;
	FluxCatchup catchup; /* the task's own or the setting */
	int catchup_limit;
	int flags; /* FLUX_TASK_... */
} FluxTask;

#define FLUX_TASK_KEEPS_READS 1 /* what a run reads is remembered, for late data */
#define FLUX_TASK_REPLACES 2    /* a re-run deletes what the run before wrote */
#define FLUX_TASK_WAITS 4       /* for the runs of other tasks */

/* What alter changes; NULL and false leave things. */
typedef struct FluxTaskChange
{
	const char *script;
	FluxTaskForm form;
	const char *description;
	const char *catchup;   /* skip, latest, all; "" back to the setting */
	int catchup_limit;     /* 0: leave */
	const char *time_zone; /* "" back to UTC */
	bool has_labels;
	Datum labels; /* text[] */
	bool has_active;
	bool is_active;
	Oid owner_oid; /* InvalidOid: leave */
} FluxTaskChange;

/*
 * Creates a task of the current role from change->script and ->form.  A script
 * that does not check is refused.  Returns its id.
 */
extern int64 flux_task_create(const FluxTaskChange *change);

/* The script that flux_task_create() would store; raises what it would raise. */
extern char *flux_task_prepare(const FluxTaskChange *change, FluxTaskOptions *options);

extern void flux_task_alter(const FluxTask *task, const FluxTaskChange *change);

/* Drops a task and cancels its runs. */
extern void flux_task_drop(const FluxTask *task);

/*
 * By id or by name, of those that the current role may use; raises when there
 * is none, or more than one of the name.
 */
extern FluxTask *flux_task_find_by_id(int64 task_id);
extern FluxTask *flux_task_find_by_name(const char *name);

/* The task's schedule; raises if its stored texts are damaged. */
extern void flux_task_schedule(const FluxTask *task, FluxSchedule *schedule);

/*
 * A driver begins at "now" after nobody drove since "since": queues or drops,
 * by each task's policy, the slots that became due between.  A slot that is
 * only a little late (a tenth of its period, a minute at most) is no missed
 * slot.
 */
extern void flux_task_note_downtime(TimestampTz since, TimestampTz now);

#define FLUX_TASK_NAME_SIZE_MAX 1024

/* ---- for run_record.c ---- */

/* The columns that flux_task_read() reads, of a row "t". */
#define FLUX_TASK_COLUMNS                                                                          \
	"t.task_id, t.name, t.owner, t.version, t.script, t.every, t.cron, t.offset_s, "               \
	"t.concurrency, t.time_zone, t.active, t.catchup, t.catchup_limit, t.flags"
#define FLUX_TASK_COLUMN_COUNT 14

/* The task in a result row whose columns "first" and on are FLUX_TASK_COLUMNS. */
extern FluxTask *flux_task_read(const FluxSqlScope *scope, int row, int first);

/* The first slot after "after_s" and when it may run; DT_NOBEGIN when none. */
extern void flux_task_next_slot(const FluxSchedule *schedule, int64 offset_s, int64 after_s,
								TimestampTz *slot, TimestampTz *due);

/*
 * The schedule of a task whose state we hold.  False when it cannot be read (a
 * time zone that the server no longer knows): the task then waits for somebody
 * to alter it, and says so.
 */
extern bool flux_task_try_schedule(const FluxTask *task, FluxSchedule *schedule);

/*
 * Applies the policy to what a task, whose last slot is "base" and whose state
 * we hold, had due before "until", when nobody drove it: it came with a dump.
 */
extern void flux_task_note_downtime_of(const FluxTask *task, TimestampTz base, TimestampTz until);

/* Moves a task's pointer; "base" DT_NOBEGIN leaves its last slot. In a scope. */
extern void flux_task_store_position(int64 task_id, TimestampTz base, TimestampTz slot,
									 TimestampTz due);

#endif /* FLUX_TASK_CATALOG_H */
