/*
 * flux_time.c
 *		Instants, durations, time zones: the calendar of the engine.
 *
 * Division of times is floor division throughout: an instant before 1970 has
 * the same kind of day and second as one after.  Everything saturates at
 * FLUX_TIME_MIN and FLUX_TIME_MAX, nothing overflows.
 *
 * Zones come from the server's database.  Its functions count seconds since
 * 1970 in pg_time_t, so only whole seconds pass through them.
 */
#include "postgres.h"

#include <time.h>

#include "common/int.h"
#include "lib/stringinfo.h"
#include "pgtime.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"

#define SECONDS_PER_DAY 86400

/* Days from 0000-03-01, where a 400-year cycle begins, to 1970-01-01. */
#define DAYS_BEFORE_EPOCH 719468
#define DAYS_PER_ERA 146097 /* 400 years */

/* Years beyond this saturate whatever else is added to them. */
#define YEAR_LIMIT INT64CONST(1000000)

#define NS_PER_MS INT64CONST(1000000)

/* ---- arithmetic ---- */

static inline int64
floor_div(int64 a, int64 b)
{
	int64 quotient = a / b;

	return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

static inline int64
clamp_time(int64 time_ns)
{
	return Max(FLUX_TIME_MIN, Min(FLUX_TIME_MAX, time_ns));
}

/* The sum within the limits of time. */
static inline int64
add_time(int64 time_ns, int64 ns)
{
	int64 sum;

	if (pg_add_s64_overflow(time_ns, ns, &sum))
		return ns > 0 ? FLUX_TIME_MAX : FLUX_TIME_MIN;
	return clamp_time(sum);
}

/* Seconds and 0 <= ns < 1e9 make an instant; the first half second of time
 * needs care, its whole seconds alone are out of range. */
static int64
seconds_to_time(int64 seconds, int64 ns)
{
	int64 product;

	if (seconds < 0)
	{
		seconds++;
		ns -= FLUX_NS_PER_SECOND;
	}
	if (pg_mul_s64_overflow(seconds, FLUX_NS_PER_SECOND, &product))
		return seconds > 0 ? FLUX_TIME_MAX : FLUX_TIME_MIN;
	return add_time(product, ns);
}

/* ---- server time ---- */

#define EPOCH_DIFFERENCE_US                                                                        \
	(INT64CONST(10957) * SECONDS_PER_DAY * 1000000) /* 1970-01-01 to 2000-01-01 */

/* Floors to microseconds. */
TimestampTz
flux_time_to_timestamptz(int64 time_ns)
{
	return floor_div(time_ns, FLUX_NS_PER_US) - EPOCH_DIFFERENCE_US;
}

/* Infinities saturate; a finite time that we cannot count raises 22008. */
int64
flux_time_from_timestamptz(TimestampTz timestamp)
{
	int64 us;
	int64 ns;

	if (TIMESTAMP_IS_NOBEGIN(timestamp))
		return FLUX_TIME_MIN;
	if (TIMESTAMP_IS_NOEND(timestamp))
		return FLUX_TIME_MAX;
	if (pg_add_s64_overflow(timestamp, EPOCH_DIFFERENCE_US, &us) ||
		pg_mul_s64_overflow(us, FLUX_NS_PER_US, &ns) || ns < FLUX_TIME_MIN || ns > FLUX_TIME_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("time is out of range"),
				 errdetail("Flux times lie between 1677-09-21 and 2262-04-11.")));
	return ns;
}

int64
flux_time_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return seconds_to_time(now.tv_sec, now.tv_nsec);
}

/* ---- civil calendar ---- */

/* Years count from March here, so that the leap day is the last of its year. */
int64
flux_days_from_civil(int64 year, int month, int day)
{
	int64 shifted_year = month <= 2 ? year - 1 : year;
	int64 era = floor_div(shifted_year, 400);
	int64 year_of_era = shifted_year - era * 400;
	int months_since_march = (month + 9) % 12;
	int day_of_year = (153 * months_since_march + 2) / 5 + day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
		   day_of_year - DAYS_BEFORE_EPOCH;
}

FluxCivilTime
flux_time_to_civil(int64 time_ns)
{
	int64 days = floor_div(time_ns, FLUX_NS_PER_DAY);
	int64 ns_of_day = time_ns % FLUX_NS_PER_DAY;
	int64 since_march = days + DAYS_BEFORE_EPOCH;
	int64 era = floor_div(since_march, DAYS_PER_ERA);
	int64 day_of_era = since_march - era * DAYS_PER_ERA;
	int64 year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) /
		365;
	int day_of_year =
		(int) (day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
	int months_since_march = (5 * day_of_year + 2) / 153;
	int64 seconds;
	FluxCivilTime civil;

	/* not time_ns - days * ...: for the very first day that product overflows */
	if (ns_of_day < 0)
		ns_of_day += FLUX_NS_PER_DAY;
	seconds = ns_of_day / FLUX_NS_PER_SECOND;
	civil.day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
	civil.month = months_since_march < 10 ? months_since_march + 3 : months_since_march - 9;
	civil.year = era * 400 + year_of_era + (civil.month <= 2);
	civil.hour = (int) (seconds / 3600);
	civil.minute = (int) (seconds / 60 % 60);
	civil.second = (int) (seconds % 60);
	civil.nanosecond = (int) (ns_of_day % FLUX_NS_PER_SECOND);
	return civil;
}

/* Fields may overflow into the next: month 14 is February of the next year. */
int64
flux_time_from_civil(const FluxCivilTime *civil)
{
	int64 carry = floor_div((int64) civil->month - 1, 12);
	int64 year;
	int64 days;
	int64 seconds;
	int64 second_carry;

	if (civil->year > YEAR_LIMIT)
		return FLUX_TIME_MAX;
	if (civil->year < -YEAR_LIMIT)
		return FLUX_TIME_MIN;
	year = civil->year + carry;
	days = flux_days_from_civil(year, (int) (civil->month - carry * 12), 1) + civil->day - 1;
	second_carry = floor_div(civil->nanosecond, FLUX_NS_PER_SECOND);
	seconds = days * SECONDS_PER_DAY + (int64) civil->hour * 3600 + (int64) civil->minute * 60 +
			  civil->second + second_carry;
	return seconds_to_time(seconds, civil->nanosecond - second_carry * FLUX_NS_PER_SECOND);
}

static int
days_in_month(int64 year, int month)
{
	static const int8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

int64
flux_time_add(int64 time_ns, FluxDuration duration)
{
	if (duration.months != 0)
	{
		FluxCivilTime civil = flux_time_to_civil(time_ns);
		int64 limit = YEAR_LIMIT * 12;
		int64 months = Max(-limit, Min(limit, duration.months)) + civil.month - 1;

		civil.year += floor_div(months, 12);
		civil.month = (int) (months - floor_div(months, 12) * 12) + 1;
		civil.day = Min(civil.day, days_in_month(civil.year, civil.month));
		time_ns = flux_time_from_civil(&civil);
	}
	return add_time(time_ns, duration.ns);
}

int64
flux_time_add_in(int64 time_ns, FluxDuration duration, const FluxLocation *location)
{
	int64 local;

	if (location->zone == NULL && flux_duration_is_zero(location->offset))
		return flux_time_add(time_ns, duration);
	local = flux_time_to_local(time_ns, location);
	return flux_time_from_local(flux_time_add(local, duration), location);
}

/* ---- zones ---- */

/* Seconds east of Greenwich at an instant. */
static int64
zone_offset(const struct pg_tz *zone, int64 seconds)
{
	pg_time_t at = seconds;
	struct pg_tm *tm = pg_localtime(&at, zone);

	return tm != NULL ? tm->tm_gmtoff : 0;
}

/*
 * The first change of the zone's offset after an instant; false when there is
 * none.  offset_before and offset_after are in seconds.
 */
static bool
next_transition(const struct pg_tz *zone, int64 seconds, int64 *at, int64 *offset_before,
				int64 *offset_after)
{
	pg_time_t from = seconds;
	pg_time_t boundary;
	long before;
	long after;
	int isdst_before;
	int isdst_after;

	if (pg_next_dst_boundary(&from, &before, &isdst_before, &boundary, &after, &isdst_after,
							 zone) <= 0)
		return false;
	*at = boundary;
	*offset_before = before;
	*offset_after = after;
	return true;
}

int64
flux_time_to_local(int64 time_ns, const FluxLocation *location)
{
	int64 local = time_ns;

	if (location->zone != NULL)
		local = add_time(local,
						 FLUX_NS_PER_SECOND *
							 zone_offset(location->zone, floor_div(time_ns, FLUX_NS_PER_SECOND)));
	return flux_time_add(local, location->offset);
}

/*
 * Wall clock of a zone to instant.  Walks the stretches of constant offset
 * around the reading: the first that contains it wins (so the earlier of two),
 * and where a gap between two skips it, the transition is the answer.
 */
static int64
from_zone(int64 local_ns, const struct pg_tz *zone)
{
	int64 local = floor_div(local_ns, FLUX_NS_PER_SECOND);
	int64 fraction = (int64) ((uint64) local_ns - (uint64) local * FLUX_NS_PER_SECOND);
	int64 at = local - 2 * SECONDS_PER_DAY; /* before any candidate */
	int64 offset = zone_offset(zone, at);
	int64 boundary;
	int64 before;
	int64 after;

	while (next_transition(zone, at, &boundary, &before, &after) &&
		   boundary <= local + 2 * SECONDS_PER_DAY)
	{
		if (local - offset < boundary)
			break;
		if (local - after < boundary)
			return seconds_to_time(boundary, 0);
		offset = after;
		at = boundary;
	}
	return seconds_to_time(local - offset, fraction);
}

int64
flux_time_from_local(int64 local_ns, const FluxLocation *location)
{
	int64 local = local_ns;

	if (!flux_duration_is_zero(location->offset))
		local = flux_time_add(local, flux_duration_negate(location->offset));
	return location->zone != NULL ? from_zone(local, location->zone) : local;
}

/*
 * The latest wall clock shown up to an instant.  It differs from
 * flux_time_to_local() in the hour that the end of DST repeats: there the
 * clock has already shown the hour's end.
 */
int64
flux_time_to_local_latest(int64 time_ns, const FluxLocation *location)
{
	int64 local = flux_time_to_local(time_ns, location);
	int64 first;
	int64 boundary;
	int64 before;
	int64 after;

	if (location->zone == NULL)
		return local;
	first = flux_time_from_local(local, location);
	if (first >= time_ns)
		return local;
	if (!next_transition(location->zone, floor_div(first, FLUX_NS_PER_SECOND), &boundary, &before,
						 &after))
		return local;
	return Max(local, flux_time_add(seconds_to_time(boundary + before, 0) - 1, location->offset));
}

struct pg_tz *
flux_zone_lookup(FluxText name)
{
	char buffer[TZ_STRLEN_MAX + 1];

	if (name.size == 0 || name.size > TZ_STRLEN_MAX || memchr(name.data, '\0', name.size) != NULL)
		return NULL;
	memcpy(buffer, name.data, name.size);
	buffer[name.size] = '\0';
	return pg_tzset(buffer);
}

/* ---- time as text ---- */

/* Exactly "count" ASCII digits at *at; steps past them. */
static bool
parse_digits(const char **at, const char *end, int count, int *value)
{
	*value = 0;
	if (end - *at < count)
		return false;
	for (int i = 0; i < count; i++)
	{
		char digit = *(*at)++;

		if (digit < '0' || digit > '9')
			return false;
		*value = *value * 10 + (digit - '0');
	}
	return true;
}

static bool
parse_character(const char **at, const char *end, char wanted)
{
	if (*at == end || **at != wanted)
		return false;
	(*at)++;
	return true;
}

/* "hh:mm:ss[.fraction]"; digits beyond nanoseconds are dropped. */
static bool
parse_clock(const char **at, const char *end, FluxCivilTime *civil)
{
	int digits = 0;

	if (!parse_digits(at, end, 2, &civil->hour) || !parse_character(at, end, ':') ||
		!parse_digits(at, end, 2, &civil->minute) || !parse_character(at, end, ':') ||
		!parse_digits(at, end, 2, &civil->second))
		return false;
	if (civil->hour > 23 || civil->minute > 59 || civil->second > 59)
		return false;
	if (!parse_character(at, end, '.'))
		return true;
	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++, digits++)
		if (digits < 9)
			civil->nanosecond = civil->nanosecond * 10 + (**at - '0');
	for (int i = digits; i < 9; i++)
		civil->nanosecond *= 10;
	return digits > 0;
}

/* "Z" or "+hh:mm" or "-hh:mm", in minutes east. */
static bool
parse_offset(const char **at, const char *end, int *minutes)
{
	bool is_west = false;
	int hour;
	int minute;

	*minutes = 0;
	if (parse_character(at, end, 'Z'))
		return true;
	if (parse_character(at, end, '-'))
		is_west = true;
	else if (!parse_character(at, end, '+'))
		return false;
	if (!parse_digits(at, end, 2, &hour) || !parse_character(at, end, ':') ||
		!parse_digits(at, end, 2, &minute) || hour > 24 || minute > 59)
		return false;
	*minutes = (hour * 60 + minute) * (is_west ? -1 : 1);
	return true;
}

bool
flux_time_parse(FluxText text, int64 *time_ns)
{
	const char *at = text.data;
	const char *end = text.data + text.size;
	FluxCivilTime civil = {0};
	int year;
	int offset_minutes = 0;

	if (!parse_digits(&at, end, 4, &year) || !parse_character(&at, end, '-') ||
		!parse_digits(&at, end, 2, &civil.month) || !parse_character(&at, end, '-') ||
		!parse_digits(&at, end, 2, &civil.day))
		return false;
	civil.year = year;
	if (civil.month < 1 || civil.month > 12 || civil.day < 1 ||
		civil.day > days_in_month(civil.year, civil.month))
		return false;
	if (at < end && (!parse_character(&at, end, 'T') || !parse_clock(&at, end, &civil) ||
					 !parse_offset(&at, end, &offset_minutes)))
		return false;
	if (at != end)
		return false;
	civil.minute -= offset_minutes;
	*time_ns = flux_time_from_civil(&civil);
	return true;
}

/* Writes the digits of value, at least "width" of them; gives the new end. */
static char *
put_digits(char *at, int64 value, int width)
{
	char digits[24];
	int count = 0;

	while (value > 0 || count < width)
	{
		digits[count++] = (char) ('0' + value % 10);
		value /= 10;
	}
	while (count > 0)
		*at++ = digits[--count];
	return at;
}

/* NUL-terminated; returns the length. */
int
flux_time_format(int64 time_ns, bool nine_digits, char *buffer)
{
	FluxCivilTime civil = flux_time_to_civil(time_ns);
	char *at = buffer;

	at = put_digits(at, civil.year, 4);
	*at++ = '-';
	at = put_digits(at, civil.month, 2);
	*at++ = '-';
	at = put_digits(at, civil.day, 2);
	*at++ = 'T';
	at = put_digits(at, civil.hour, 2);
	*at++ = ':';
	at = put_digits(at, civil.minute, 2);
	*at++ = ':';
	at = put_digits(at, civil.second, 2);
	if (nine_digits || civil.nanosecond != 0)
	{
		*at++ = '.';
		at = put_digits(at, civil.nanosecond, 9);
		if (!nine_digits)
			while (at[-1] == '0')
				at--;
	}
	*at++ = 'Z';
	*at = '\0';
	return (int) (at - buffer);
}

/* ---- durations ---- */

typedef struct DurationUnit
{
	const char *name;
	int months; /* in one unit; 0: "ns" counts */
	int64 ns;
} DurationUnit;

/* Largest first; a name must stand before its own prefix. */
static const DurationUnit duration_units[] = {
	{"y", 12, 0},
	{"mo", 1, 0},
	{"w", 0, FLUX_NS_PER_WEEK},
	{"d", 0, FLUX_NS_PER_DAY},
	{"h", 0, FLUX_NS_PER_HOUR},
	{"ms", 0, NS_PER_MS},
	{"m", 0, FLUX_NS_PER_MINUTE},
	{"s", 0, FLUX_NS_PER_SECOND},
	{"us", 0, FLUX_NS_PER_US},
	{"\302\265s", 0, FLUX_NS_PER_US}, /* micro sign */
	{"\316\274s", 0, FLUX_NS_PER_US}, /* Greek mu */
	{"ns", 0, 1},
};

static const DurationUnit *
parse_unit(const char **at, const char *end)
{
	for (int i = 0; i < lengthof(duration_units); i++)
	{
		const char *name = duration_units[i].name;
		size_t size = strlen(name);

		if ((size_t) (end - *at) >= size && memcmp(*at, name, size) == 0)
		{
			*at += size;
			return &duration_units[i];
		}
	}
	return NULL;
}

bool
flux_duration_parse(FluxText text, FluxDuration *duration)
{
	const char *at = text.data;
	const char *end = text.data + text.size;
	FluxDuration sum = {0, 0};
	bool is_negative = parse_character(&at, end, '-');

	if (at == end)
		return false;
	while (at < end)
	{
		const char *digits = at;
		int64 magnitude = 0;
		const DurationUnit *unit;

		for (; at < end && *at >= '0' && *at <= '9'; at++)
			if (pg_mul_s64_overflow(magnitude, 10, &magnitude) ||
				pg_add_s64_overflow(magnitude, *at - '0', &magnitude))
				return false;
		if (at == digits)
			return false;
		unit = parse_unit(&at, end);
		if (unit == NULL ||
			pg_mul_s64_overflow(magnitude, unit->months != 0 ? unit->months : unit->ns,
								&magnitude) ||
			pg_add_s64_overflow(unit->months != 0 ? sum.months : sum.ns, magnitude,
								unit->months != 0 ? &sum.months : &sum.ns))
			return false;
	}
	*duration = is_negative ? flux_duration_negate(sum) : sum;
	return true;
}

/* Magnitude of a signed number, the smallest one included. */
static uint64
magnitude_of(int64 value)
{
	return value < 0 ? -(uint64) value : (uint64) value;
}

char *
flux_duration_format(FluxDuration duration)
{
	static const DurationUnit parts[] = {
		{"w", 0, FLUX_NS_PER_WEEK},   {"d", 0, FLUX_NS_PER_DAY},
		{"h", 0, FLUX_NS_PER_HOUR},   {"m", 0, FLUX_NS_PER_MINUTE},
		{"s", 0, FLUX_NS_PER_SECOND}, {"ms", 0, NS_PER_MS},
		{"us", 0, FLUX_NS_PER_US},    {"ns", 0, 1},
	};
	uint64 months = magnitude_of(duration.months);
	uint64 ns = magnitude_of(duration.ns);
	StringInfoData text;

	if (flux_duration_is_zero(duration))
		return pstrdup("0ns");
	initStringInfo(&text);
	if (flux_duration_is_negative(duration))
		appendStringInfoChar(&text, '-');
	if (months >= 12)
		appendStringInfo(&text, UINT64_FORMAT "y", months / 12);
	if (months % 12 != 0)
		appendStringInfo(&text, UINT64_FORMAT "mo", months % 12);
	for (int i = 0; i < lengthof(parts); i++)
	{
		if (ns >= (uint64) parts[i].ns)
			appendStringInfo(&text, UINT64_FORMAT "%s", ns / parts[i].ns, parts[i].name);
		ns %= parts[i].ns;
	}
	return text.data;
}

int64
flux_duration_to_ns(FluxDuration duration)
{
	int64 ns;

	if (pg_mul_s64_overflow(duration.months, FLUX_NS_PER_NOMINAL_MONTH, &ns) ||
		pg_add_s64_overflow(ns, duration.ns, &ns))
		return flux_duration_is_negative(duration) ? PG_INT64_MIN : PG_INT64_MAX;
	return ns;
}

FluxDuration
flux_duration_negate(FluxDuration duration)
{
	return flux_duration(duration.months == PG_INT64_MIN ? PG_INT64_MAX : -duration.months,
						 duration.ns == PG_INT64_MIN ? PG_INT64_MAX : -duration.ns);
}
