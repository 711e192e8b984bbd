/*
 * maintenance.c
 *		Finds what upkeep is due and does it step by step.
 *
 * A list of steps is a hint: by the time that a step runs its chunk may be gone
 * or compacted by somebody else, so each looks again.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "storage/compaction.h"
#include "storage/maintenance.h"
#include "storage/measurement_table.h"
#include "storage/retention.h"

static const char *const action_names[] = {
	[FLUX_MAINTENANCE_EXPIRE] = "expire",
	[FLUX_MAINTENANCE_COMPACT] = "compact",
	[FLUX_MAINTENANCE_COLUMNS] = "columns",
	[FLUX_MAINTENANCE_SERIES] = "series",
};

typedef struct StepList
{
	FluxMaintenanceStep *steps;
	int count;
	int capacity;
} StepList;

static void
append_step(StepList *list, FluxMaintenanceAction action, const FluxBucket *bucket, int32 chunk_id)
{
	if (list->count == list->capacity)
	{
		list->capacity = Max(32, list->capacity * 2);
		list->steps = list->steps == NULL
						  ? palloc_array(FluxMaintenanceStep, list->capacity)
						  : repalloc_array(list->steps, FluxMaintenanceStep, list->capacity);
	}
	list->steps[list->count++] = (FluxMaintenanceStep){action, bucket, chunk_id};
}

static void
append_chunks(StepList *list, FluxMaintenanceAction action, const FluxBucket *bucket,
			  const FluxChunk *chunks, int count)
{
	for (int i = 0; i < count; i++)
		append_step(list, action, bucket, chunks[i].chunk_id);
}

/* Whether a user may drop the bucket's chunks; without "_points" a superuser may. */
static bool
is_owner(const FluxBucket *bucket)
{
	return OidIsValid(bucket->owner_oid) ? has_privs_of_role(GetUserId(), bucket->owner_oid)
										 : superuser();
}

static void
append_bucket(StepList *list, const FluxBucket *bucket)
{
	FluxChunk *chunks;
	int count;
	int expired = 0;

	if (is_owner(bucket))
	{
		chunks = flux_retention_list_due(bucket, &expired);
		append_chunks(list, FLUX_MAINTENANCE_EXPIRE, bucket, chunks, expired);
	}
	chunks = flux_compaction_list_due(bucket, &count);
	append_chunks(list, FLUX_MAINTENANCE_COMPACT, bucket, chunks, count);
	if (count > 0)
		append_step(list, FLUX_MAINTENANCE_COLUMNS, bucket, 0);
	if (is_owner(bucket) && (expired > 0 || flux_retention_has_garbage(bucket)))
		append_step(list, FLUX_MAINTENANCE_SERIES, bucket, 0);
}

FluxMaintenanceStep *
flux_maintenance_list(int *count)
{
	int bucket_count;
	FluxBucket **buckets = flux_bucket_list(&bucket_count);
	StepList list = {0};

	for (int i = 0; i < bucket_count; i++)
		if (!buckets[i]->is_attached)
			append_bucket(&list, buckets[i]);
	*count = list.count;
	return list.steps;
}

/* Drops a chunk if it is still due. */
static int64
expire(const FluxMaintenanceStep *step, bool *is_busy)
{
	FluxChunk *due;
	int count;

	PreventCommandIfReadOnly("apply retention");
	flux_bucket_check_owner(step->bucket);
	due = flux_retention_list_due(step->bucket, &count);
	for (int i = 0; i < count; i++)
	{
		if (due[i].chunk_id != step->chunk_id)
			continue;
		*is_busy = !flux_retention_drop_chunk(step->bucket, &due[i]);
		return *is_busy ? 0 : 1;
	}
	return 0;
}

/* Rows that must stay hot for a running transaction count as busy, too. */
static int64
compact(const FluxMaintenanceStep *step, bool *is_busy)
{
	FluxChunk *chunk = flux_chunk_get(step->chunk_id);
	FluxCompactionReport report = {0};

	PreventCommandIfReadOnly("compact a chunk");
	if (!OidIsValid(step->bucket->points_oid))
		return 0;
	flux_bucket_check_acl(step->bucket, ACL_INSERT);
	if (chunk == NULL || chunk->bucket_id != step->bucket->bucket_id ||
		!flux_compaction_is_due(chunk))
		return 0;
	flux_compaction_compact_chunk(chunk, false, &report);
	*is_busy = report.chunks_busy > 0 || report.hot_rows_kept > 0;
	return report.hot_rows;
}

int64
flux_maintenance_run(const FluxMaintenanceStep *step, bool *is_busy)
{
	FluxRetentionReport report = {0};

	*is_busy = false;
	switch (step->action)
	{
		case FLUX_MAINTENANCE_EXPIRE:
			return expire(step, is_busy);
		case FLUX_MAINTENANCE_COMPACT:
			return compact(step, is_busy);
		case FLUX_MAINTENANCE_COLUMNS:
			PreventCommandIfReadOnly("add columns");
			if (!OidIsValid(step->bucket->points_oid))
				return 0;
			flux_bucket_check_acl(step->bucket, ACL_INSERT);
			flux_measurement_table_sync_all(step->bucket);
			return 0;
		case FLUX_MAINTENANCE_SERIES:
			*is_busy = !flux_retention_collect_series(step->bucket, &report);
			return report.series_dropped;
	}
	return 0;
}

const char *
flux_maintenance_action_name(FluxMaintenanceAction action)
{
	return action_names[action];
}

FluxMaintenanceAction
flux_maintenance_action_by_name(const char *name)
{
	for (int i = 0; i < lengthof(action_names); i++)
		if (strcmp(name, action_names[i]) == 0)
			return (FluxMaintenanceAction) i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("there is no maintenance step \"%s\"", name),
					errhint("Steps are expire, compact, columns and series.")));
}
