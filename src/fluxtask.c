/*
 * fluxtask.c
 *		The library's entry: settings, library registration, workers.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "fdw/fdw_estimate.h"
#include "guc.h"
#include "scheduler/scheduler.h"

PG_MODULE_MAGIC;

void _PG_init(void);

PGDLLEXPORT void
_PG_init(void)
{
	flux_guc_define();
	flux_fdw_estimate_init();
	if (process_shared_preload_libraries_in_progress)
		flux_scheduler_preload();
}
