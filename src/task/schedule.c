/*
 * schedule.c
 *		Computes the slots of a task.
 *
 * Works in seconds, because year 1 is not an instant that fits nanoseconds.
 * Time zones are looked at only where they matter; their transitions come from
 * the server's zone data.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "pgtime.h"

#include "task/schedule.h"

/* Seconds from 1970-01-01T00:00Z back to 0001-01-01T00:00Z. */
#define GRID_ZERO_S (-INT64CONST(719162) * SECS_PER_DAY)

/* The last slot: now() must be able to be it, in any zone. */
#define SLOT_MAX_S (FLUX_TIME_MAX / FLUX_NS_PER_SECOND - SECS_PER_DAY)
#define EVERY_MONTHS_MAX (12 * 9999)

const char *
flux_schedule_check_every(FluxDuration every)
{
	if (every.months <= 0 && every.ns < FLUX_NS_PER_SECOND)
		return "every option must be at least 1 second";
	if (every.ns % FLUX_NS_PER_SECOND != 0)
		return "every option must be expressible as whole seconds";
	if (every.months > EVERY_MONTHS_MAX)
		return "every option must be shorter than 10000 years";
	return NULL;
}

/* Whether a duration's text uses days and longer units only. */
static bool
is_calendar_text(const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
	{
		if (*at == 'h' || *at == 's' || (*at == 'm' && at[1] != 'o'))
			return false;
	}
	return true;
}

const char *
flux_schedule_init(FluxSchedule *schedule, const char *every, const char *cron, const char *zone)
{
	const char *reason;

	memset(schedule, 0, sizeof(*schedule));
	if (zone != NULL)
	{
		schedule->location.zone = flux_zone_lookup(flux_text_from_cstring(zone));
		if (schedule->location.zone == NULL)
			return psprintf("time zone \"%s\" is not known", zone);
	}
	if (cron != NULL)
	{
		reason = flux_cron_parse(&schedule->cron, cron);
		if (reason != NULL)
			return psprintf("cron invalid: %s", reason);
		schedule->is_cron = !schedule->cron.is_every;
		schedule->every = schedule->cron.every;
		every = cron + strlen("@every");
	}
	else if (!flux_duration_parse(flux_text_from_cstring(every), &schedule->every))
		return psprintf("every option \"%s\" is not a duration", every);
	if (schedule->is_cron)
		return NULL;
	schedule->is_wall_clock = zone != NULL && every != NULL && is_calendar_text(every);
	reason = flux_schedule_check_every(schedule->every);
	return reason != NULL && cron != NULL ? psprintf("cron invalid: %s", reason) : reason;
}

/* ---- every ---- */

/* Slot number i of an "every", on the clock that it counts on. */
static int64
grid_slot(const FluxSchedule *schedule, int64 index)
{
	int64 months = index * schedule->every.months;
	int64 day = flux_days_from_civil(1 + months / 12, (int) (months % 12) + 1, 1);

	return day * SECS_PER_DAY + index * (schedule->every.ns / FLUX_NS_PER_SECOND);
}

/* The number of the first slot after a reading of that clock. */
static int64
grid_index_after(const FluxSchedule *schedule, int64 after_s)
{
	int64 every_s = schedule->every.ns / FLUX_NS_PER_SECOND;
	int64 elapsed_s = after_s - GRID_ZERO_S;
	int64 index;

	if (elapsed_s < 0)
		return 0;
	if (schedule->every.months == 0)
		return elapsed_s / every_s + 1;

	/*
	 * A month has between 28 and 31 days, so this is never past the slot that
	 * is asked for and at most a tenth of the way short of it.  Bisect.
	 */
	{
		int64 low = elapsed_s / (schedule->every.months * 31 * SECS_PER_DAY + every_s);
		int64 high = elapsed_s / (schedule->every.months * 28 * SECS_PER_DAY + every_s) + 1;

		while (low < high)
		{
			index = low + (high - low) / 2;
			if (grid_slot(schedule, index) > after_s)
				high = index;
			else
				low = index + 1;
		}
		return low;
	}
}

static bool
every_next(const FluxSchedule *schedule, int64 after_s, int64 *slot_s)
{
	const FluxLocation *location = &schedule->location;
	int64 index;

	if (!schedule->is_wall_clock)
	{
		*slot_s = grid_slot(schedule, grid_index_after(schedule, after_s));
		return *slot_s <= SLOT_MAX_S;
	}
	if (after_s < FLUX_TIME_MIN / FLUX_NS_PER_SECOND + SECS_PER_DAY)
		return false;

	/* One step back, in case the zone's clock was set back past a slot. */
	index = grid_index_after(schedule, flux_time_to_local(after_s * FLUX_NS_PER_SECOND, location) /
										   FLUX_NS_PER_SECOND) -
			1;
	for (;; index++)
	{
		int64 local_s = grid_slot(schedule, index);

		if (local_s > SLOT_MAX_S)
			return false;
		*slot_s = flux_time_from_local(local_s * FLUX_NS_PER_SECOND, location) / FLUX_NS_PER_SECOND;
		if (*slot_s > after_s)
			return true;
	}
}

/* ---- cron in a zone ---- */

/*
 * For hours that are given: every wall clock reading happens once, the first
 * time that the clock shows it, or when it skips it.
 */
static bool
cron_next_by_reading(const FluxSchedule *schedule, int64 after_s, int64 *slot_s)
{
	const FluxLocation *location = &schedule->location;
	int64 local_s = flux_time_to_local(after_s * FLUX_NS_PER_SECOND, location) / FLUX_NS_PER_SECOND;

	/*
	 * A skipped reading runs at the transition; standing exactly before it,
	 * the clock still shows a smaller one, so going forward finds it.
	 */
	while (flux_cron_next(&schedule->cron, local_s, &local_s))
	{
		*slot_s = flux_time_from_local(local_s * FLUX_NS_PER_SECOND, location) / FLUX_NS_PER_SECOND;
		if (*slot_s > after_s)
			return true;
	}
	return false;
}

/* For "every hour": real time, stretch by stretch between two transitions. */
static bool
cron_next_by_stretch(const FluxSchedule *schedule, int64 after_s, int64 *slot_s)
{
	for (;;)
	{
		pg_time_t at = after_s;
		pg_time_t boundary;
		long offset_s;
		long next_offset_s;
		int is_dst;
		int next_is_dst;
		int found = pg_next_dst_boundary(&at, &offset_s, &is_dst, &boundary, &next_offset_s,
										 &next_is_dst, schedule->location.zone);
		int64 local_s;

		if (found < 0)
			return false;
		if (flux_cron_next(&schedule->cron, after_s + offset_s, &local_s) &&
			(found == 0 || local_s - offset_s < boundary))
		{
			*slot_s = local_s - offset_s;
			return true;
		}
		if (found == 0)
			return false;

		/* the boundary itself may match */
		if (flux_cron_next(&schedule->cron, boundary - 1 + next_offset_s, &local_s) &&
			local_s == boundary + next_offset_s)
		{
			*slot_s = boundary;
			return true;
		}
		after_s = boundary;
	}
}

bool
flux_schedule_next(const FluxSchedule *schedule, int64 after_s, int64 *slot_s)
{
	if (after_s >= SLOT_MAX_S)
		return false;
	if (!schedule->is_cron)
		return every_next(schedule, after_s, slot_s);
	if (schedule->location.zone == NULL)
		return flux_cron_next(&schedule->cron, after_s, slot_s);
	after_s = Max(after_s, -SECS_PER_DAY);
	return schedule->cron.is_every_hour ? cron_next_by_stretch(schedule, after_s, slot_s)
										: cron_next_by_reading(schedule, after_s, slot_s);
}

/*
 * next(t) <= at holds for every t before the last slot and for no later t, so
 * the last slot is where that ends: bisect.
 */
bool
flux_schedule_previous(const FluxSchedule *schedule, int64 at_s, int64 floor_s, int64 *slot_s)
{
	int64 low = floor_s - 1;
	int64 high = at_s;
	int64 slot;

	if (floor_s > at_s || !flux_schedule_next(schedule, low, &slot) || slot > at_s)
		return false;
	*slot_s = slot;
	low = slot;
	while (low < high)
	{
		int64 middle = low + (high - low) / 2;

		CHECK_FOR_INTERRUPTS();
		if (flux_schedule_next(schedule, middle, &slot) && slot <= at_s)
		{
			*slot_s = slot;
			low = slot;
		}
		else
			high = middle;
	}
	return true;
}
