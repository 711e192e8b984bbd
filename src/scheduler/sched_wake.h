/*
 * sched_wake.h
 *		The locks by which a database's own processes are known.
 */
#ifndef FLUX_SCHED_WAKE_H
#define FLUX_SCHED_WAKE_H

#include "storage/lock.h"

/* Tells it from pg_advisory_lock()'s, which use 1 and 2, and from runs'. */
#define FLUX_SCHED_LOCK_CLASS 0x4659
#define FLUX_MAINTENANCE_LOCK_CLASS 0x465A /* of its maintenance worker */

extern void flux_sched_set_lock_tag(LOCKTAG *tag);

#endif /* FLUX_SCHED_WAKE_H */
