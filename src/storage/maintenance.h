/*
 * maintenance.h
 *		Upkeep of buckets in steps that each fit a short transaction.
 *
 * flux.maintain() and the maintenance worker ask what is due and do one step
 * after another, so that what one step locks is free again before the next, and
 * a step that fails stops no other.
 */
#ifndef FLUX_MAINTENANCE_H
#define FLUX_MAINTENANCE_H

#include "storage/bucket.h"

typedef enum FluxMaintenanceAction
{
	FLUX_MAINTENANCE_EXPIRE,  /* drop a chunk that is past the retention */
	FLUX_MAINTENANCE_COMPACT, /* move a chunk's hot points into segments */
	FLUX_MAINTENANCE_COLUMNS, /* give measurements' tables the columns they lack */
	FLUX_MAINTENANCE_SERIES   /* remove series without points */
} FluxMaintenanceAction;

typedef struct FluxMaintenanceStep
{
	FluxMaintenanceAction action;
	const FluxBucket *bucket;
	int32 chunk_id; /* 0: the step is about the whole bucket */
} FluxMaintenanceStep;

/*
 * What is due by now, of buckets that the current user owns or may write to;
 * palloc'd.
 */
extern FluxMaintenanceStep *flux_maintenance_list(int *count);

/*
 * Does one step: gives the number of chunks dropped, hot rows moved or series
 * removed.  *is_busy tells that it is to be tried again because somebody is in
 * the way.  Nothing happens where nothing is due any more.
 */
extern int64 flux_maintenance_run(const FluxMaintenanceStep *step, bool *is_busy);

/* "expire" and so on; the other way round raises for what is none. */
extern const char *flux_maintenance_action_name(FluxMaintenanceAction action);
extern FluxMaintenanceAction flux_maintenance_action_by_name(const char *name);

#endif /* FLUX_MAINTENANCE_H */
