/*
 * fluxtask.c
 *		The library's entry: settings, library registration, workers.
 */
#include "postgres.h"

#include "fmgr.h"

#include "guc.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

PGDLLEXPORT void
_PG_init(void)
{
	flux_guc_define();
}
