/*
 * sched_clock.h
 *		The one clock of tasks.
 *
 * Whatever decides what is due, or stamps a run, asks here, so that a test can
 * own the time: fluxtask.test_clock, when set, is what the clock shows.
 */
#ifndef FLUX_SCHED_CLOCK_H
#define FLUX_SCHED_CLOCK_H

#include "datatype/timestamp.h"
#include "utils/guc.h"

extern TimestampTz flux_sched_clock_now(void);

/* Whether the clock stands still at a test's instant. */
extern bool flux_sched_clock_is_fixed(void);

/* GUC check and assign hooks of fluxtask.test_clock. */
extern bool flux_sched_clock_check(char **new_value, void **extra, GucSource source);
extern void flux_sched_clock_assign(const char *new_value, void *extra);

/* Seconds since 1970, as schedule.h counts, and back; the first floors. */
static inline int64
flux_sched_seconds(TimestampTz timestamp)
{
	int64 seconds = timestamp / USECS_PER_SEC;

	if (timestamp % USECS_PER_SEC < 0)
		seconds--;
	return seconds + INT64CONST(946684800);
}

static inline TimestampTz
flux_sched_timestamp(int64 seconds)
{
	return (seconds - INT64CONST(946684800)) * USECS_PER_SEC;
}

#endif /* FLUX_SCHED_CLOCK_H */
