/*
 * dirty.c
 *		Gathers the stretches of time that a statement writes to.
 *
 * Per measurement a few ranges; two that are closer than a gap become one, and
 * the gap grows when there are too many of them.  Ranges may thus cover more
 * than was written, never less.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"

#include "base/flux_time.h"
#include "catalog/catalog_sql.h"
#include "storage/dirty.h"

#define RANGES_MAX 32       /* of a measurement */
#define MEASUREMENTS_MAX 64 /* told apart; the others are "any" */
#define GAP_NS FLUX_NS_PER_SECOND

typedef struct DirtyRange
{
	int64 tmin_ns;
	int64 tmax_ns;
} DirtyRange;

typedef struct DirtyMeasurement
{
	int32 m_id; /* 0: any */
	int count;
	int last; /* the range that was touched last */
	int64 gap_ns;
	DirtyRange ranges[RANGES_MAX];
} DirtyMeasurement;

struct FluxDirtyLog
{
	MemoryContext context;
	int32 bucket_id;
	bool is_watched;
	DirtyMeasurement *measurements[MEASUREMENTS_MAX + 1];
	int count;
	int last;
	FluxDirtyOutput *output; /* of the run, or NULL */
};

/* The run that this process is in. */
static int64 current_task_id = 0;
static FluxDirtyRun *current_run = NULL;

void
flux_dirty_begin_run(int64 task_id, FluxDirtyRun *run)
{
	current_task_id = task_id;
	current_run = run;
}

void
flux_dirty_end_run(void)
{
	current_task_id = 0;
	current_run = NULL;
}

/* ---- gathering ---- */

/* The run's entry of a bucket, made when it is not there. */
static FluxDirtyOutput *
output_of(FluxDirtyRun *run, int32 bucket_id)
{
	HASHCTL control = {.keysize = sizeof(int64), .entrysize = sizeof(int64), .hcxt = run->context};
	MemoryContext caller;
	FluxDirtyOutput *output;
	ListCell *cell;

	foreach (cell, run->outputs)
	{
		output = lfirst(cell);
		if (output->bucket_id == bucket_id)
			return output;
	}
	caller = MemoryContextSwitchTo(run->context);
	output = palloc0(sizeof(FluxDirtyOutput));
	output->bucket_id = bucket_id;
	output->tmin_ns = PG_INT64_MAX;
	output->tmax_ns = PG_INT64_MIN;
	output->series = hash_create("fluxtask series of a run", 64, &control,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	run->outputs = lappend(run->outputs, output);
	MemoryContextSwitchTo(caller);
	return output;
}

FluxDirtyLog *
flux_dirty_begin(const FluxBucket *bucket)
{
	const FluxBucket *fresh = flux_bucket_get_by_id(bucket->bucket_id, true);
	bool is_watched = fresh != NULL && fresh->is_watched;
	FluxDirtyLog *log;

	if (!is_watched && current_run == NULL)
		return NULL;
	log = palloc0(sizeof(FluxDirtyLog));
	log->context = CurrentMemoryContext;
	log->bucket_id = bucket->bucket_id;
	log->is_watched = is_watched;
	if (current_run != NULL)
		log->output = output_of(current_run, bucket->bucket_id);
	return log;
}

static int
compare_ranges(const void *a, const void *b)
{
	int64 left = ((const DirtyRange *) a)->tmin_ns;
	int64 right = ((const DirtyRange *) b)->tmin_ns;

	return left < right ? -1 : left > right;
}

/* Whether [tmin, tmax] lies within the gap of a range; without overflow. */
static inline bool
is_near(const DirtyRange *range, int64 gap_ns, int64 tmin_ns, int64 tmax_ns)
{
	if (tmin_ns > range->tmax_ns)
		return (uint64) tmin_ns - (uint64) range->tmax_ns <= (uint64) gap_ns;
	if (range->tmin_ns > tmax_ns)
		return (uint64) range->tmin_ns - (uint64) tmax_ns <= (uint64) gap_ns;
	return true;
}

/* Makes fewer ranges by a greater gap. */
static void
coalesce(DirtyMeasurement *entry)
{
	qsort(entry->ranges, entry->count, sizeof(DirtyRange), compare_ranges);
	while (entry->count > RANGES_MAX / 2)
	{
		int kept = 0;

		entry->gap_ns = entry->gap_ns > PG_INT64_MAX / 4 ? PG_INT64_MAX : entry->gap_ns * 4;
		for (int i = 1; i < entry->count; i++)
		{
			DirtyRange *range = &entry->ranges[i];

			if (is_near(&entry->ranges[kept], entry->gap_ns, range->tmin_ns, range->tmax_ns))
				entry->ranges[kept].tmax_ns = Max(entry->ranges[kept].tmax_ns, range->tmax_ns);
			else
				entry->ranges[++kept] = *range;
		}
		entry->count = kept + 1;
		if (entry->gap_ns == PG_INT64_MAX && entry->count > RANGES_MAX / 2)
		{
			/* only ranges at both ends of time are farther apart */
			entry->ranges[0].tmax_ns = entry->ranges[entry->count - 1].tmax_ns;
			entry->count = 1;
		}
	}
	entry->last = 0;
}

static void
add_range(DirtyMeasurement *entry, int64 tmin_ns, int64 tmax_ns)
{
	for (int i = -1; i < entry->count; i++)
	{
		int place = i < 0 ? entry->last : i;
		DirtyRange *range = &entry->ranges[place];

		if (place >= entry->count || !is_near(range, entry->gap_ns, tmin_ns, tmax_ns))
			continue;
		range->tmin_ns = Min(range->tmin_ns, tmin_ns);
		range->tmax_ns = Max(range->tmax_ns, tmax_ns);
		entry->last = place;
		return;
	}
	if (entry->count == RANGES_MAX)
		coalesce(entry);
	entry->last = entry->count;
	entry->ranges[entry->count++] = (DirtyRange){tmin_ns, tmax_ns};
}

static DirtyMeasurement *
measurement_of(FluxDirtyLog *log, int32 m_id)
{
	DirtyMeasurement *entry;

	if (log->count > 0 && log->measurements[log->last]->m_id == m_id)
		return log->measurements[log->last];
	if (log->count >= MEASUREMENTS_MAX)
		m_id = 0;
	for (int i = 0; i < log->count; i++)
	{
		if (log->measurements[i]->m_id == m_id)
		{
			log->last = i;
			return log->measurements[i];
		}
	}
	entry = MemoryContextAllocZero(log->context, sizeof(DirtyMeasurement));
	entry->m_id = m_id;
	entry->gap_ns = GAP_NS;
	log->last = log->count;
	log->measurements[log->count++] = entry;
	return entry;
}

/* Remembers what a run writes to. */
static void
add_to_run(FluxDirtyOutput *output, int64 series_id, int64 tmin_ns, int64 tmax_ns)
{
	output->tmin_ns = Min(output->tmin_ns, tmin_ns);
	output->tmax_ns = Max(output->tmax_ns, tmax_ns);
	if (hash_get_num_entries(output->series) < FLUX_DIRTY_SERIES_MAX)
		(void) hash_search(output->series, &series_id, HASH_ENTER, NULL);
	else if (hash_search(output->series, &series_id, HASH_FIND, NULL) == NULL &&
			 current_run != NULL)
		current_run->has_overflown = true;
}

void
flux_dirty_add(FluxDirtyLog *log, int32 m_id, int64 series_id, int64 tmin_ns, int64 tmax_ns)
{
	/* mostly the next point lies at or soon after the one before */
	if (log->is_watched && log->count > 0 && log->measurements[log->last]->m_id == m_id)
	{
		DirtyMeasurement *entry = log->measurements[log->last];
		DirtyRange *range = &entry->ranges[entry->last];

		if (tmin_ns >= range->tmin_ns && is_near(range, entry->gap_ns, tmin_ns, tmax_ns))
			range->tmax_ns = Max(range->tmax_ns, tmax_ns);
		else
			add_range(entry, tmin_ns, tmax_ns);
	}
	else if (log->is_watched)
		add_range(measurement_of(log, m_id), tmin_ns, tmax_ns);
	if (log->output != NULL && series_id != 0)
		add_to_run(log->output, series_id, tmin_ns, tmax_ns);
}

/* ---- storing ---- */

void
flux_dirty_finish(FluxDirtyLog *log)
{
	FluxSqlScope scope;

	if (log->count == 0)
		return;
	flux_sql_enter(&scope);
	for (int i = 0; i < log->count; i++)
	{
		const DirtyMeasurement *entry = log->measurements[i];

		for (int j = 0; j < entry->count; j++)
		{
			FluxSqlArgs args = {0};

			flux_sql_int4(&args, log->bucket_id);
			flux_sql_int4(&args, entry->m_id);
			flux_sql_int8(&args, entry->ranges[j].tmin_ns);
			flux_sql_int8(&args, entry->ranges[j].tmax_ns);
			flux_sql_int8(&args, current_task_id);
			flux_sql_execute("INSERT INTO _flux_catalog.dirty (bucket_id, m_id, tmin_ns, tmax_ns, "
							 "task_id, xid) VALUES ($1, nullif($2, 0), $3, $4, nullif($5, 0), "
							 "pg_catalog.pg_current_xact_id())",
							 &args);
		}
	}
	flux_sql_leave(&scope);
	log->count = 0;
}

void
flux_dirty_watch(const FluxBucket *bucket)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	if (bucket->is_watched || bucket->is_attached)
		return;

	/*
	 * Whoever writes looks after it has its lock; who has it already may not
	 * know.  One who may only read the bucket cannot make its writers wait, so
	 * what is being written at this moment is not noted then.
	 */
	if (pg_class_aclcheck(bucket->points_oid, GetUserId(), ACL_INSERT) == ACLCHECK_OK)
		flux_bucket_lock(bucket, ShareLock);
	flux_sql_enter(&scope);
	flux_sql_int4(&args, bucket->bucket_id);
	flux_sql_execute("UPDATE _flux_catalog.bucket SET is_watched = true "
					 "WHERE bucket_id = $1 AND NOT is_watched",
					 &args);
	flux_sql_leave(&scope);
}
