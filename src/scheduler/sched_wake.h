/*
 * sched_wake.h
 *		The lock by which a database's scheduler is known.
 */
#ifndef FLUX_SCHED_WAKE_H
#define FLUX_SCHED_WAKE_H

#include "storage/lock.h"

/* Tells it from pg_advisory_lock()'s, which use 1 and 2, and from runs'. */
#define FLUX_SCHED_LOCK_CLASS 0x4659

extern void flux_sched_set_lock_tag(LOCKTAG *tag);

#endif							/* FLUX_SCHED_WAKE_H */
