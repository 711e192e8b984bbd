/*
 * std_date.c
 *		Packages date and timezone, and what experimental keeps of them.
 *
 * A time argument may be a duration, which counts from now().  Fields are read
 * from the wall clock of the location: the zone's, moved by its offset.
 */
#include "postgres.h"

#include "common/int.h"

#include "base/window_grid.h"
#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

/* The instant an argument means. */
static int64
instant(FluxCall *call, const char *name)
{
	FluxValue value = flux_call_value(call, name);

	if (!value.is_null && value.kind == FLUX_KIND_TIME)
		return value.as.time_ns;
	if (!value.is_null && value.kind == FLUX_KIND_DURATION)
		return flux_time_add(flux_evaluator_now(call->evaluator), value.as.duration);
	flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
					"%s: argument \"%s\" of type %s is not Timeable", call->builtin->name, name,
					value.is_null ? "null" : flux_kind_name(value.kind));
}

/* Wall clock of the argument "t" in the location, read as UTC. */
static FluxCivilTime
civil_argument(FluxCall *call)
{
	FluxLocation location = flux_call_location(call, "location");

	return flux_time_to_civil(flux_time_to_local(instant(call, "t"), &location));
}

/* 0 = Sunday ... 6 */
static int
week_day(const FluxCivilTime *civil)
{
	int64 days = flux_days_from_civil(civil->year, civil->month, civil->day);

	return (int) (((days + 4) % 7 + 7) % 7);
}

/* 1 ... 366 */
static int64
year_day(const FluxCivilTime *civil)
{
	return flux_days_from_civil(civil->year, civil->month, civil->day) -
		   flux_days_from_civil(civil->year, 1, 1) + 1;
}

/* ISO 8601: the week belongs to the year that has its Thursday. */
static int64
iso_week(const FluxCivilTime *civil)
{
	int64 days = flux_days_from_civil(civil->year, civil->month, civil->day);
	int64 thursday = days + 3 - (week_day(civil) + 6) % 7;
	int64 new_year = flux_days_from_civil(civil->year, 1, 1);
	int64 next_new_year = flux_days_from_civil(civil->year + 1, 1, 1);

	if (thursday < new_year)
		new_year = flux_days_from_civil(civil->year - 1, 1, 1);
	else if (thursday >= next_new_year)
		new_year = next_new_year;
	return (thursday - new_year) / 7 + 1;
}

/* ---- fields ---- */

static FluxValue
date_second(FluxCall *call)
{
	return flux_value_int(flux_time_to_civil(instant(call, "t")).second);
}

static FluxValue
date_millisecond(FluxCall *call)
{
	return flux_value_int(flux_time_to_civil(instant(call, "t")).nanosecond / 1000000);
}

static FluxValue
date_microsecond(FluxCall *call)
{
	return flux_value_int(flux_time_to_civil(instant(call, "t")).nanosecond / 1000);
}

static FluxValue
date_nanosecond(FluxCall *call)
{
	return flux_value_int(flux_time_to_civil(instant(call, "t")).nanosecond);
}

static FluxValue
date_minute(FluxCall *call)
{
	return flux_value_int(civil_argument(call).minute);
}

static FluxValue
date_hour(FluxCall *call)
{
	return flux_value_int(civil_argument(call).hour);
}

static FluxValue
date_week_day(FluxCall *call)
{
	FluxCivilTime civil = civil_argument(call);

	return flux_value_int(week_day(&civil));
}

static FluxValue
date_month_day(FluxCall *call)
{
	return flux_value_int(civil_argument(call).day);
}

static FluxValue
date_year_day(FluxCall *call)
{
	FluxCivilTime civil = civil_argument(call);

	return flux_value_int(year_day(&civil));
}

static FluxValue
date_month(FluxCall *call)
{
	return flux_value_int(civil_argument(call).month);
}

static FluxValue
date_year(FluxCall *call)
{
	return flux_value_int(civil_argument(call).year);
}

static FluxValue
date_week(FluxCall *call)
{
	FluxCivilTime civil = civil_argument(call);

	return flux_value_int(iso_week(&civil));
}

static FluxValue
date_quarter(FluxCall *call)
{
	return flux_value_int((civil_argument(call).month + 2) / 3);
}

/* ---- arithmetic ---- */

/* The wall clock as a time: t itself in UTC. */
static FluxValue
date_time(FluxCall *call)
{
	FluxLocation location = flux_call_location(call, "location");

	return flux_value_time(flux_time_to_local(instant(call, "t"), &location));
}

static FluxValue
date_add(FluxCall *call)
{
	FluxLocation location = flux_call_location(call, "location");

	return flux_value_time(
		flux_time_add_in(instant(call, "to"), flux_call_duration(call, "d"), &location));
}

static FluxValue
date_sub(FluxCall *call)
{
	FluxLocation location = flux_call_location(call, "location");

	return flux_value_time(flux_time_add_in(
		instant(call, "from"), flux_duration_negate(flux_call_duration(call, "d")), &location));
}

/* Start of the window of "unit" that contains t. */
static FluxValue
date_truncate(FluxCall *call)
{
	FluxDuration unit = flux_call_duration(call, "unit");
	int64 time_ns = instant(call, "t");
	FluxWindowGrid grid;
	const char *error = flux_grid_init(&grid, unit, unit, flux_duration(0, 0),
									   flux_call_location(call, "location"));

	if (error != NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "truncate: %s", error);
	return flux_value_time(flux_grid_window(&grid, flux_grid_index(&grid, time_ns)).start_ns);
}

static FluxValue
date_scale(FluxCall *call)
{
	FluxDuration duration = flux_call_duration(call, "d");
	int64 factor = flux_call_int(call, "n");
	FluxDuration scaled;

	if (pg_mul_s64_overflow(duration.months, factor, &scaled.months) ||
		pg_mul_s64_overflow(duration.ns, factor, &scaled.ns))
		flux_call_raise(call, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
						"scale: the duration is out of range");
	return flux_value_duration(scaled);
}

/* ---- constants ---- */

#define CONSTANT(name, value)                                                                      \
	static FluxValue constant_##name(FluxCall *call)                                               \
	{                                                                                              \
		return flux_value_int(value);                                                              \
	}

CONSTANT(0, 0)
CONSTANT(1, 1)
CONSTANT(2, 2)
CONSTANT(3, 3)
CONSTANT(4, 4)
CONSTANT(5, 5)
CONSTANT(6, 6)
CONSTANT(7, 7)
CONSTANT(8, 8)
CONSTANT(9, 9)
CONSTANT(10, 10)
CONSTANT(11, 11)
CONSTANT(12, 12)

/* ---- timezone ---- */

static FluxValue
location_record(FluxText zone, FluxValue offset)
{
	FluxText keys[2] = {flux_text_from_cstring("zone"), flux_text_from_cstring("offset")};
	FluxValue values[2] = {flux_value_string(zone), offset};

	return flux_value_record(keys, values, 2);
}

static FluxValue
timezone_utc(FluxCall *call)
{
	return location_record(flux_text_from_cstring("UTC"), flux_value_duration(flux_duration(0, 0)));
}

static FluxValue
timezone_fixed(FluxCall *call)
{
	return location_record(flux_text_from_cstring("UTC"),
						   flux_value_duration(flux_call_duration(call, "offset")));
}

/* Unlike a record written by hand, the name is looked up at once. */
static FluxValue
timezone_location(FluxCall *call)
{
	FluxText name = flux_call_string(call, "name");

	if (!flux_text_equal_cstring(name, "UTC") && flux_zone_lookup(name) == NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"timezone not found in database: unknown time zone \"%.*s\"", name.size,
						name.data);
	return location_record(name, flux_value_duration(flux_duration(0, 0)));
}

#define SCALAR(name, function)                                                                     \
	{                                                                                              \
		"date", name, FLUX_BUILTIN_SCALAR, function                                                \
	}
#define VALUE(name, number)                                                                        \
	{                                                                                              \
		"date", name, FLUX_BUILTIN_VALUE, constant_##number                                        \
	}

static const FluxBuiltin builtins[] = {
	SCALAR("second", date_second),
	SCALAR("millisecond", date_millisecond),
	SCALAR("microsecond", date_microsecond),
	SCALAR("nanosecond", date_nanosecond),
	SCALAR("minute", date_minute),
	SCALAR("hour", date_hour),
	SCALAR("weekDay", date_week_day),
	SCALAR("monthDay", date_month_day),
	SCALAR("yearDay", date_year_day),
	SCALAR("month", date_month),
	SCALAR("year", date_year),
	SCALAR("week", date_week),
	SCALAR("quarter", date_quarter),
	SCALAR("time", date_time),
	SCALAR("add", date_add),
	SCALAR("sub", date_sub),
	SCALAR("truncate", date_truncate),
	SCALAR("scale", date_scale),
	VALUE("Sunday", 0),
	VALUE("Monday", 1),
	VALUE("Tuesday", 2),
	VALUE("Wednesday", 3),
	VALUE("Thursday", 4),
	VALUE("Friday", 5),
	VALUE("Saturday", 6),
	VALUE("January", 1),
	VALUE("February", 2),
	VALUE("March", 3),
	VALUE("April", 4),
	VALUE("May", 5),
	VALUE("June", 6),
	VALUE("July", 7),
	VALUE("August", 8),
	VALUE("September", 9),
	VALUE("October", 10),
	VALUE("November", 11),
	VALUE("December", 12),
	{"experimental", "addDuration", FLUX_BUILTIN_SCALAR, date_add},
	{"experimental", "subDuration", FLUX_BUILTIN_SCALAR, date_sub},
	{"timezone", "utc", FLUX_BUILTIN_VALUE, timezone_utc},
	{"timezone", "fixed", FLUX_BUILTIN_SCALAR, timezone_fixed, .is_pure = true},
	{"timezone", "location", FLUX_BUILTIN_SCALAR, timezone_location, .is_pure = true},
};

void
flux_std_date_register(void)
{
	FLUX_REGISTER(builtins);
}
