/*
 * schedule.h
 *		When a task is due: the slots of "every" and "cron".
 *
 * A slot is the instant that now() is during its run, in whole seconds since
 * 1970-01-01T00:00Z.  The offset of a task is no part of it: it only delays
 * execution.  Everything here is a pure function of its arguments.
 *
 * The grid of "every" is counted from 0001-01-01T00:00Z, a Monday, as
 * InfluxDB's is, so "1w" means Monday 00:00.  Slot number i is that instant
 * plus i times the months of the duration plus i times its seconds.  For
 * months and years this differs from InfluxDB on purpose: there "1mo" starts
 * on a grid of 28 days and then steps by calendar months, so its phase changes
 * with each restart; here "1mo" is the first of every month and "1y" the first
 * of January.
 *
 * With a time zone cron, and "every" in days, weeks, months and years, go by
 * the zone's wall clock: a reading that daylight saving skips runs at the
 * transition, one that it repeats runs once.  A cron whose hour is "*" (or a
 * step of it) runs in every real hour instead.
 */
#ifndef FLUX_SCHEDULE_H
#define FLUX_SCHEDULE_H

#include "task/cron.h"

typedef struct FluxSchedule
{
	bool is_cron;
	FluxCron cron;         /* is_cron */
	FluxDuration every;    /* else; also for cron "@every" */
	bool is_wall_clock;    /* every counts on the zone's clock */
	FluxLocation location; /* zone NULL: UTC */
} FluxSchedule;

/*
 * Fills *schedule from the texts of a task; exactly one of every and cron is
 * not NULL, zone may be NULL.  NULL if fine, else a palloc'd reason that
 * begins with the option's name.
 */
extern const char *flux_schedule_init(FluxSchedule *schedule, const char *every, const char *cron,
									  const char *zone);

/* The first slot strictly after an instant; false when there is none. */
extern bool flux_schedule_next(const FluxSchedule *schedule, int64 after_s, int64 *slot_s);

/* The last slot at or before an instant, not before "floor_s"; false when none. */
extern bool flux_schedule_previous(const FluxSchedule *schedule, int64 at_s, int64 floor_s,
								   int64 *slot_s);

/* NULL if a duration may be an "every", else why not. */
extern const char *flux_schedule_check_every(FluxDuration every);

#endif /* FLUX_SCHEDULE_H */
