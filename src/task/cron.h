/*
 * cron.h
 *		The cron dialect of InfluxDB's tasks.
 *
 * 5 fields (minute hour day-of-month month day-of-week), 6 (seconds first), 7
 * (seconds first, year last); names of months and days; "*", lists, ranges,
 * steps; the macros @hourly ... and "@every <duration>".  Day of month AND day
 * of week must match, which differs from crontab(5).  There is no L, W, # or ?.
 */
#ifndef FLUX_CRON_H
#define FLUX_CRON_H

#include "base/flux_time.h"

#define FLUX_CRON_YEAR_MIN 1970
#define FLUX_CRON_YEAR_MAX 2099

typedef struct FluxCron
{
	bool is_every; /* "@every d": only "every" counts */
	FluxDuration every;

	/* bit n: the value n matches */
	uint64 seconds;
	uint64 minutes;
	uint32 hours;
	uint32 month_days;  /* 1..31 */
	uint32 months;      /* 1..12 */
	uint32 week_days;   /* 0 = Sunday .. 6 */
	uint64 years[3];    /* bit n: FLUX_CRON_YEAR_MIN + n */
	bool is_every_hour; /* the hour field is "*" or "*" with a step */
} FluxCron;

/* Fills *cron; NULL if fine, else a palloc'd reason. */
extern const char *flux_cron_parse(FluxCron *cron, const char *text);

/*
 * The first match strictly after a wall clock reading; both in seconds since
 * 1970-01-01 00:00 of that clock.  False when no year is left.  Not for
 * is_every.
 */
extern bool flux_cron_next(const FluxCron *cron, int64 after_s, int64 *match_s);

#endif /* FLUX_CRON_H */
