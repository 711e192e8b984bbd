/*
 * sched_wake.h
 *		The lock by which a database's scheduler is known.
 */
#ifndef FLUX_SCHED_WAKE_H
#define FLUX_SCHED_WAKE_H

#include "storage/lock.h"

extern void flux_sched_set_lock_tag(LOCKTAG *tag);

#endif /* FLUX_SCHED_WAKE_H */
