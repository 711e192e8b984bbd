/*
 * flux_time.h
 *		Instants, durations, time zones: the calendar of the engine.
 *
 * An instant is int64 nanoseconds since 1970-01-01T00:00Z ("_ns").  Server
 * time is int64 microseconds since 2000-01-01; only this module converts.
 * A duration is months plus nanoseconds, both of one sign: a year is 12
 * months; a week and a day are fixed spans of nanoseconds.
 */
#ifndef FLUX_TIME_H
#define FLUX_TIME_H

#include "datatype/timestamp.h"

#include "base/text.h"

#define FLUX_NS_PER_US INT64CONST(1000)
#define FLUX_NS_PER_SECOND INT64CONST(1000000000)
#define FLUX_NS_PER_MINUTE (60 * FLUX_NS_PER_SECOND)
#define FLUX_NS_PER_HOUR (60 * FLUX_NS_PER_MINUTE)
#define FLUX_NS_PER_DAY (24 * FLUX_NS_PER_HOUR)
#define FLUX_NS_PER_WEEK (7 * FLUX_NS_PER_DAY)

/* A month counts as 30.4375 days where a duration must become a number. */
#define FLUX_NS_PER_NOMINAL_MONTH (INT64CONST(2629800) * FLUX_NS_PER_SECOND)

/* The instants InfluxDB can store. */
#define FLUX_TIME_MIN (PG_INT64_MIN + 2)
#define FLUX_TIME_MAX (PG_INT64_MAX - 1)

typedef struct FluxDuration
{
	int64 months;
	int64 ns; /* same sign as months, or either is zero */
} FluxDuration;

/*
 * Where wall clocks stand: a named zone of the server's database, then a
 * fixed offset.  zone NULL is UTC.  (pg_tz lives as long as the backend.)
 */
typedef struct FluxLocation
{
	struct pg_tz *zone; /* NULL: UTC */
	FluxDuration offset;
} FluxLocation;

/* A broken-down instant; all fields as people count them. */
typedef struct FluxCivilTime
{
	int64 year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
	int hour;
	int minute;
	int second;
	int nanosecond; /* 0..999999999 */
} FluxCivilTime;

/* ---- server time ---- */
extern TimestampTz flux_time_to_timestamptz(int64 time_ns); /* floors to microseconds */
extern int64 flux_time_from_timestamptz(
	TimestampTz timestamp);       /* raises 22008 out of range; infinities saturate */
extern int64 flux_time_now(void); /* the real clock */

/* ---- civil calendar, proleptic Gregorian, UTC ---- */
extern FluxCivilTime flux_time_to_civil(int64 time_ns);
extern int64 flux_time_from_civil(
	const FluxCivilTime *civil); /* fields may overflow into the next */
extern int64 flux_days_from_civil(int64 year, int month, int day); /* days since 1970-01-01 */

/*
 * Adds months (day clamped to the month's end), then nanoseconds.  In a
 * location the wall clock is what is added to.  Saturates at the limits.
 */
extern int64 flux_time_add(int64 time_ns, FluxDuration duration);
extern int64 flux_time_add_in(int64 time_ns, FluxDuration duration, const FluxLocation *location);

/* Instant -> wall clock of the location read as if it were UTC, and back.  A
 * reading that a DST gap skips gives the transition; of two, the earlier. */
extern int64 flux_time_to_local(int64 time_ns, const FluxLocation *location);
extern int64 flux_time_from_local(int64 local_ns, const FluxLocation *location);

/* As to_local, but never runs backwards: in an hour that the end of DST
 * repeats it stays at the hour's end. */
extern int64 flux_time_to_local_latest(int64 time_ns, const FluxLocation *location);

/* NULL when the server knows no such zone. */
extern struct pg_tz *flux_zone_lookup(FluxText name);

/* ---- text ---- */

/* RFC 3339 or a bare date.  False when it is not one; years beyond the limits
 * of time saturate. */
extern bool flux_time_parse(FluxText text, int64 *time_ns);

/* RFC 3339 with Z; "nine_digits" keeps the whole fraction (string()), else
 * trailing zeros are trimmed (CSV, JSON).  Buffer of FLUX_TIME_TEXT_SIZE. */
#define FLUX_TIME_TEXT_SIZE 40
extern int flux_time_format(int64 time_ns, bool nine_digits, char *buffer);

/* "1h30m", optional leading '-'.  False when malformed or too large. */
extern bool flux_duration_parse(FluxText text, FluxDuration *duration);

/* Largest units first: "1y2mo1w4d5h", "0ns".  palloc'd. */
extern char *flux_duration_format(FluxDuration duration);
extern int64 flux_duration_to_ns(FluxDuration duration); /* nominal months; saturates */

static inline FluxDuration
flux_duration(int64 months, int64 ns)
{
	FluxDuration duration = {months, ns};

	return duration;
}

static inline bool
flux_duration_is_zero(FluxDuration duration)
{
	return duration.months == 0 && duration.ns == 0;
}

static inline bool
flux_duration_is_negative(FluxDuration duration)
{
	return duration.months < 0 || duration.ns < 0;
}

extern FluxDuration flux_duration_negate(FluxDuration duration);

#endif /* FLUX_TIME_H */
