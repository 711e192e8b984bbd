/*
 * server_stub_tz.c
 *		The server's time zone functions over the C library's, and the clock.
 *
 * Slow (each conversion switches the process' TZ) and enough for tests: same
 * tz database, same answers between 1901 and 2037.
 */
#include "postgres.h"

#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#include "datatype/timestamp.h"
#include "pgtime.h"
#include "utils/timestamp.h"

struct pg_tz
{
	char name[TZ_STRLEN_MAX + 1];
	pg_tz *next;
};

pg_tz *session_timezone;
pg_tz *log_timezone;

static pg_tz *known_zones;

pg_tz *
pg_tzset(const char *name)
{
	char path[MAXPGPATH];
	struct stat status;
	pg_tz *zone;

	for (zone = known_zones; zone != NULL; zone = zone->next)
		if (pg_strcasecmp(zone->name, name) == 0)
			return zone;
	if (strlen(name) > TZ_STRLEN_MAX || strstr(name, "..") != NULL)
		return NULL;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	if (name[0] == '\0' || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return NULL;
	zone = calloc(1, sizeof(pg_tz));
	strlcpy(zone->name, name, sizeof(zone->name));
	zone->next = known_zones;
	known_zones = zone;
	return zone;
}

const char *
pg_get_timezone_name(pg_tz *tz)
{
	return tz != NULL ? tz->name : NULL;
}

/* The C library's view of an instant in a zone. */
static struct tm
libc_local(pg_time_t instant, const pg_tz *tz)
{
	time_t seconds = (time_t) instant;
	struct tm local;

	setenv("TZ", tz->name, 1);
	tzset();
	localtime_r(&seconds, &local);
	return local;
}

static struct pg_tm *
to_pg_tm(const struct tm *from)
{
	static struct pg_tm result;

	result.tm_sec = from->tm_sec;
	result.tm_min = from->tm_min;
	result.tm_hour = from->tm_hour;
	result.tm_mday = from->tm_mday;
	result.tm_mon = from->tm_mon;
	result.tm_year = from->tm_year;
	result.tm_wday = from->tm_wday;
	result.tm_yday = from->tm_yday;
	result.tm_isdst = from->tm_isdst;
	result.tm_gmtoff = from->tm_gmtoff;
	result.tm_zone = from->tm_zone;
	return &result;
}

struct pg_tm *
pg_localtime(const pg_time_t *timep, const pg_tz *tz)
{
	struct tm local = libc_local(*timep, tz);

	return to_pg_tm(&local);
}

struct pg_tm *
pg_gmtime(const pg_time_t *timep)
{
	time_t seconds = (time_t) *timep;
	struct tm utc;

	gmtime_r(&seconds, &utc);
	return to_pg_tm(&utc);
}

/*
 * The next change of offset after *timep: looked for by the week for two years
 * and then closed in on.  0 when there is none; -1 never.
 */
int
pg_next_dst_boundary(const pg_time_t *timep, long int *before_gmtoff, int *before_isdst,
					 pg_time_t *boundary, long int *after_gmtoff, int *after_isdst, const pg_tz *tz)
{
	const pg_time_t week = 7 * 86400;
	struct tm before = libc_local(*timep, tz);
	struct tm after = before;
	pg_time_t low = *timep;
	pg_time_t high;

	*before_gmtoff = before.tm_gmtoff;
	*before_isdst = before.tm_isdst;
	for (high = low + week; high < *timep + 104 * week; low = high, high += week)
	{
		after = libc_local(high, tz);
		if (after.tm_gmtoff != before.tm_gmtoff || after.tm_isdst != before.tm_isdst)
			break;
	}
	if (high >= *timep + 104 * week)
		return 0;
	while (high - low > 1)
	{
		pg_time_t middle = low + (high - low) / 2;
		struct tm probe = libc_local(middle, tz);

		if (probe.tm_gmtoff != before.tm_gmtoff || probe.tm_isdst != before.tm_isdst)
			high = middle;
		else
			low = middle;
	}
	after = libc_local(high, tz);
	*boundary = high;
	*after_gmtoff = after.tm_gmtoff;
	*after_isdst = after.tm_isdst;
	return 1;
}

TimestampTz
GetCurrentTimestamp(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return ((TimestampTz) now.tv_sec - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY) *
			   USECS_PER_SEC +
		   now.tv_usec;
}
