/*
 * sched_clock.c
 *		The real clock, or the one of a test.
 */
#include "postgres.h"

#include "utils/guc.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "task/sched_clock.h"

static TimestampTz test_now;
static bool is_fixed;

TimestampTz
flux_sched_clock_now(void)
{
	return is_fixed ? test_now : GetCurrentTimestamp();
}

bool
flux_sched_clock_is_fixed(void)
{
	return is_fixed;
}

/*
 * Accepts RFC 3339 and bare dates, or nothing.  The server's own timestamp
 * input is not used because a check hook must not depend on other settings.
 */
bool
flux_sched_clock_check(char **new_value, void **extra, GucSource source)
{
	int64 time_ns;
	TimestampTz *parsed;

	if (*new_value == NULL || (*new_value)[0] == '\0')
		return true;
	if (!flux_time_parse(flux_text_from_cstring(*new_value), &time_ns))
	{
		GUC_check_errdetail("\"%s\" is not a time such as 2024-05-15T10:00:00Z.", *new_value);
		return false;
	}
	parsed = guc_malloc(LOG, sizeof(TimestampTz));
	if (parsed == NULL)
		return false;
	*parsed = flux_time_to_timestamptz(time_ns);
	*extra = parsed;
	return true;
}

void
flux_sched_clock_assign(const char *new_value, void *extra)
{
	is_fixed = extra != NULL;
	if (is_fixed)
		test_now = *(TimestampTz *) extra;
}
