/*
 * test_time.c
 *		The calendar, durations, zones, and the window grid: the documented
 *		vectors, and round trips.
 */
#include "postgres.h"

#include "base/window_grid.h"

#include "unit.h"

static int64
at(const char *text)
{
	int64 time_ns = 0;

	if (!flux_time_parse(flux_text_from_cstring(text), &time_ns))
		unit_fail(__FILE__, __LINE__, "not a time: %s", text);
	return time_ns;
}

static FluxDuration
span(const char *text)
{
	FluxDuration duration = {0, 0};

	if (!flux_duration_parse(flux_text_from_cstring(text), &duration))
		unit_fail(__FILE__, __LINE__, "not a duration: %s", text);
	return duration;
}

static const char *
show(int64 time_ns)
{
	char *buffer = palloc(FLUX_TIME_TEXT_SIZE);

	flux_time_format(time_ns, false, buffer);
	return buffer;
}

static FluxLocation
in_zone(const char *name, const char *offset)
{
	FluxLocation location = {NULL, span(offset)};

	if (name != NULL)
		location.zone = flux_zone_lookup(flux_text_from_cstring(name));
	return location;
}

static bool
parses(const char *text)
{
	int64 time_ns;

	return flux_time_parse(flux_text_from_cstring(text), &time_ns);
}

static bool
is_duration(const char *text)
{
	FluxDuration duration;

	return flux_duration_parse(flux_text_from_cstring(text), &duration);
}

UNIT_TEST(time_text)
{
	char buffer[FLUX_TIME_TEXT_SIZE];

	CHECK_STRING(show(at("2020-01-01")), "2020-01-01T00:00:00Z");
	CHECK_STRING(show(at("2020-01-01T10:00:00.5+05:30")), "2020-01-01T04:30:00.5Z");
	CHECK_STRING(show(at("1969-12-31T23:59:59.999999999Z")), "1969-12-31T23:59:59.999999999Z");
	CHECK_INT(at("1969-12-31T23:59:59.999999999Z"), -1);
	CHECK_INT(flux_time_format(0, true, buffer), 30);
	CHECK_STRING(buffer, "1970-01-01T00:00:00.000000000Z");

	/* digits beyond nanoseconds are dropped, years beyond the range saturate */
	CHECK_INT(at("1970-01-01T00:00:00.1234567899Z"), 123456789);
	CHECK_INT(at("0001-01-01T00:00:00Z"), FLUX_TIME_MIN);
	CHECK_INT(at("9999-12-31T00:00:00Z"), FLUX_TIME_MAX);
	CHECK_INT(at("1677-09-21T00:12:43.145224194Z"), FLUX_TIME_MIN);
	CHECK_INT(at("2262-04-11T23:47:16.854775806Z"), FLUX_TIME_MAX);

	CHECK(!parses(""));
	CHECK(!parses("2020-13-01"));
	CHECK(!parses("2019-02-29"));
	CHECK(parses("2020-02-29"));
	CHECK(!parses("2020-01-01T10:00:00"));
	CHECK(!parses("2020-01-01T24:00:00Z"));
	CHECK(!parses("2020-01-01T10:00:00.Z"));
	CHECK(!parses("2020-01-01 10:00:00Z"));
	CHECK(!parses("2020-01-01T10:00:00Zx"));
	CHECK(!parses("2020-1-1"));
}

UNIT_TEST(civil_round_trip)
{
	for (int64 day = -106751; day < 106751; day++)
	{
		int64 time_ns = day * FLUX_NS_PER_DAY + day * 86399;
		FluxCivilTime civil = flux_time_to_civil(time_ns);

		if (flux_time_from_civil(&civil) != time_ns)
			unit_fail(__FILE__, __LINE__, "day " INT64_FORMAT, day);
	}
}

UNIT_TEST(server_time)
{
	CHECK_INT(flux_time_to_timestamptz(at("2000-01-01")), 0);
	CHECK_INT(flux_time_to_timestamptz(at("2000-01-01") - 1), -1);
	CHECK_INT(flux_time_from_timestamptz(1), at("2000-01-01T00:00:00.000001Z"));
	CHECK_INT(flux_time_from_timestamptz(DT_NOEND), FLUX_TIME_MAX);
	CHECK_INT(flux_time_from_timestamptz(DT_NOBEGIN), FLUX_TIME_MIN);
	CHECK_ERROR(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, flux_time_from_timestamptz(PG_INT64_MAX - 1));
}

UNIT_TEST(durations)
{
	CHECK_STRING(flux_duration_format(span("1y2mo8d")), "1y2mo1w1d");
	CHECK_STRING(flux_duration_format(span("1h1h")), "2h");
	CHECK_STRING(flux_duration_format(span("2w1y")), "1y2w");
	CHECK_STRING(flux_duration_format(span("-1mo2w1us3\302\265s9ms")), "-1mo2w9ms4us");
	CHECK_STRING(flux_duration_format(span("0s")), "0ns");
	CHECK_STRING(flux_duration_format(flux_duration(0, PG_INT64_MIN)),
				 "-15250w1d23h47m16s854ms775us808ns");
	CHECK_INT(flux_duration_to_ns(span("1mo")), INT64CONST(2629800000000000));
	CHECK_INT(flux_duration_to_ns(flux_duration(PG_INT64_MAX, 0)), PG_INT64_MAX);
	CHECK_INT(flux_duration_negate(flux_duration(0, PG_INT64_MIN)).ns, PG_INT64_MAX);
	CHECK(!is_duration(""));
	CHECK(!is_duration("-"));
	CHECK(!is_duration("1"));
	CHECK(!is_duration("1.5h"));
	CHECK(!is_duration("1h "));
	CHECK(!is_duration("1hour"));
	CHECK(!is_duration("9223372036854775808ns"));
	CHECK(!is_duration("9223372036854775807h"));
}

UNIT_TEST(adding)
{
	CHECK_STRING(show(flux_time_add(at("2018-01-31"), span("1mo"))), "2018-02-28T00:00:00Z");
	CHECK_STRING(show(flux_time_add(at("2018-01-31"), span("2mo"))), "2018-03-31T00:00:00Z");
	CHECK_STRING(show(flux_time_add(at("2018-01-01"), span("1mo30d"))), "2018-03-03T00:00:00Z");
	CHECK_STRING(show(flux_time_add(flux_time_add(at("2018-02-28"), span("1mo")), span("1d"))),
				 "2018-03-29T00:00:00Z");
	CHECK_STRING(show(flux_time_add(flux_time_add(at("2018-02-28"), span("1d")), span("1mo"))),
				 "2018-04-01T00:00:00Z");
	CHECK_STRING(show(flux_time_add(at("2020-02-29"), span("-1y"))), "2019-02-28T00:00:00Z");
	CHECK_INT(flux_time_add(FLUX_TIME_MAX, span("1ns")), FLUX_TIME_MAX);
	CHECK_INT(flux_time_add(FLUX_TIME_MIN, span("-1mo")), FLUX_TIME_MIN);
	CHECK_INT(flux_time_add(0, flux_duration(PG_INT64_MAX, 0)), FLUX_TIME_MAX);
}

UNIT_TEST(zones)
{
	FluxLocation york = in_zone("America/New_York", "0s");
	FluxLocation fixed = in_zone(NULL, "-5h");

	CHECK(flux_zone_lookup(flux_text_from_cstring("No/Such")) == NULL);
	CHECK(flux_zone_lookup(flux_text("UTC\0x", 5)) == NULL);
	CHECK_STRING(show(flux_time_to_local(at("2024-07-01"), &york)), "2024-06-30T20:00:00Z");
	CHECK_STRING(show(flux_time_from_local(at("2024-07-01"), &york)), "2024-07-01T04:00:00Z");

	/* in the gap: the transition; twice: the earlier */
	CHECK_STRING(show(flux_time_from_local(at("2024-03-10T02:30:00Z"), &york)),
				 "2024-03-10T07:00:00Z");
	CHECK_STRING(show(flux_time_from_local(at("2024-11-03T01:30:00Z"), &york)),
				 "2024-11-03T05:30:00Z");
	CHECK_STRING(show(flux_time_to_local_latest(at("2024-11-03T06:10:00Z"), &york)),
				 "2024-11-03T01:59:59.999999999Z");
	CHECK_STRING(show(flux_time_to_local(at("2024-01-01"), &fixed)), "2023-12-31T19:00:00Z");
	CHECK_STRING(show(flux_time_from_local(at("2024-01-01"), &fixed)), "2024-01-01T05:00:00Z");
	CHECK_STRING(show(flux_time_add_in(at("2024-03-09T12:00:00Z"), span("1d"), &york)),
				 "2024-03-10T11:00:00Z");
}

/* "[start, stop) ..." of the windows that hold an instant. */
static const char *
windows(const char *every, const char *period, const char *offset, const char *zone,
		const char *when)
{
	FluxWindowGrid grid;
	StringInfoData text;
	const char *error =
		flux_grid_init(&grid, span(every), span(period), span(offset), in_zone(zone, "0s"));
	int64 first;
	int64 last;

	if (error != NULL)
		return error;
	initStringInfo(&text);
	if (!flux_grid_containing(&grid, at(when), &first, &last))
		return "";
	for (int64 i = first; i <= last && i < first + 5; i++)
	{
		FluxBounds window = flux_grid_window(&grid, i);

		appendStringInfo(&text, "%s[%s, %s)", i > first ? " " : "", show(window.start_ns),
						 show(window.stop_ns));
	}
	return text.data;
}

UNIT_TEST(window_vectors)
{
	CHECK_STRING(windows("1m", "0s", "0s", NULL, "2024-05-15T10:01:00Z"),
				 "[2024-05-15T10:01:00Z, 2024-05-15T10:02:00Z)");
	CHECK_STRING(windows("1m", "2m", "0s", NULL, "2024-05-15T10:01:10Z"),
				 "[2024-05-15T10:00:00Z, 2024-05-15T10:02:00Z) "
				 "[2024-05-15T10:01:00Z, 2024-05-15T10:03:00Z)");
	CHECK_STRING(windows("1m", "-1m", "0s", NULL, "2024-05-15T10:01:10Z"),
				 "[2024-05-15T10:01:00Z, 2024-05-15T10:02:00Z)");
	CHECK_STRING(windows("1w", "0s", "0s", NULL, "2024-05-15T12:00:00Z"),
				 "[2024-05-09T00:00:00Z, 2024-05-16T00:00:00Z)");
	CHECK_STRING(windows("1w", "0s", "-3d", NULL, "2024-05-15T12:00:00Z"),
				 "[2024-05-13T00:00:00Z, 2024-05-20T00:00:00Z)");
	CHECK_STRING(windows("1mo", "0s", "0s", NULL, "2024-05-15T12:00:00Z"),
				 "[2024-05-01T00:00:00Z, 2024-06-01T00:00:00Z)");
	CHECK_STRING(windows("0s", "1h", "0s", NULL, "1969-12-31T23:30:00Z"),
				 "[1969-12-31T23:00:00Z, 1970-01-01T00:00:00Z)");
	CHECK_STRING(windows("1h", "30m", "0s", NULL, "2024-05-15T10:45:00Z"), "");

	/* a day of 23 hours */
	CHECK_STRING(windows("1d", "0s", "0s", "America/New_York", "2024-03-10T12:00:00Z"),
				 "[2024-03-10T05:00:00Z, 2024-03-11T04:00:00Z)");

	/* a grid day that February lacks; the gap at the clamped window's end stays */
	CHECK_STRING(windows("1mo", "0s", "30d", NULL, "2023-02-28T12:00:00Z"),
				 "[2023-02-28T00:00:00Z, 2023-03-28T00:00:00Z)");
	CHECK_STRING(windows("1mo", "0s", "30d", NULL, "2023-03-29T12:00:00Z"), "");

	CHECK_STRING(windows("1mo1d", "0s", "0s", NULL, "2024-01-01"),
				 "duration used as an interval cannot mix month and nanosecond units");
	CHECK_STRING(windows("-1s", "0s", "0s", NULL, "2024-01-01"),
				 "parameter \"every\" must be non-negative");
	CHECK_STRING(windows("0s", "0s", "0s", NULL, "2024-01-01"),
				 "\"every\" and \"period\" must not both be zero");
}

/* A fixed offset moves the grid: midnight at -05:00 is five o'clock. */
UNIT_TEST(window_fixed_offset)
{
	FluxWindowGrid grid;

	CHECK(flux_grid_init(&grid, span("1d"), span("0s"), span("0s"), in_zone(NULL, "-5h")) == NULL);
	CHECK_STRING(show(flux_grid_window(&grid, flux_grid_index(&grid, at("2024-03-10"))).start_ns),
				 "2024-03-09T05:00:00Z");
}

/* The ends of time: bounded, in order. */
UNIT_TEST(window_limits)
{
	FluxWindowGrid grid;
	int64 first;
	int64 last;

	flux_grid_init(&grid, span("1000y"), span("0s"), span("0s"), in_zone(NULL, "0s"));
	CHECK(flux_grid_containing(&grid, FLUX_TIME_MAX - 1, &first, &last));
	CHECK_INT(last - first, 0);
	flux_grid_init(&grid, span("1m"), span("-3m"), span("0s"), in_zone(NULL, "0s"));
	CHECK(flux_grid_containing(&grid, FLUX_TIME_MAX - 1, &first, &last));
	CHECK(last - first <= 3);
	flux_grid_init(&grid, span("1ns"), span("0s"), span("0s"), in_zone(NULL, "0s"));
	CHECK(flux_grid_containing(&grid, FLUX_TIME_MIN, &first, &last));
	CHECK_INT(first, last);
}

/* For any instant: the latest window starts at or before it, the next one after. */
UNIT_TEST(window_random)
{
	static const char *const zones[] = {NULL, "America/New_York", "Europe/London", "Asia/Kolkata"};
	static const char *const everies[] = {"1h", "30m", "1d", "1w", "1mo", "7m", "1y", "45m"};

	for (int i = 0; i < 3000; i++)
	{
		FluxWindowGrid grid;
		int64 when = (int64) (unit_random() % UINT64CONST(2000000000000)) * 1000000;
		int64 index;
		int64 first;
		int64 last;
		FluxBounds window;

		flux_grid_init(&grid, span(everies[i % 8]), span("0s"), span(i % 3 == 0 ? "11m" : "0s"),
					   in_zone(zones[i / 8 % 4], "0s"));
		index = flux_grid_index(&grid, when);
		window = flux_grid_window(&grid, index);
		if (window.start_ns > when || window.stop_ns <= when ||
			flux_grid_window(&grid, index + 1).start_ns <= when)
			unit_fail(__FILE__, __LINE__, "every %s zone %d at %s: [%s, %s)", everies[i % 8],
					  i / 8 % 4, show(when), show(window.start_ns), show(window.stop_ns));
		CHECK(flux_grid_containing(&grid, when, &first, &last));
		CHECK_INT(first, index);
		CHECK_INT(last, index);
	}
}

/* For any instant: a stretch holds it, lies in the windows it says, and in no more than the depth. */
UNIT_TEST(window_stretch)
{
	static const char *const zones[] = {NULL, "America/New_York", "Europe/London", "Asia/Kolkata"};
	static const char *const grids[][2] = {{"1h", "1h"},   {"1h", "20m"},  {"20m", "1h"},
										   {"1d", "1w"},   {"1mo", "3d"},  {"1mo", "40d"},
										   {"1w", "1mo"},  {"1h", "-90m"}, {"1d", "-1mo"},
										   {"7m", "3h1s"}, {"1y", "13mo"}};

	for (int i = 0; i < 3000; i++)
	{
		FluxWindowGrid grid;
		int64 when = (int64) (unit_random() % UINT64CONST(2000000000000)) * 1000000;
		int64 first, last, first_again, last_again;
		FluxBounds stretch;

		flux_grid_init(&grid, span(grids[i % 11][0]), span(grids[i % 11][1]),
					   span(i % 3 == 0 ? "11m" : "0s"), in_zone(zones[i / 11 % 4], "0s"));
		stretch = flux_grid_stretch(&grid, when, &first, &last);
		if (when < stretch.start_ns || when >= stretch.stop_ns ||
			last - first >= flux_grid_depth(&grid))
			unit_fail(__FILE__, __LINE__, "every %s period %s zone %d at %s: [%s, %s)",
					  grids[i % 11][0], grids[i % 11][1], i / 11 % 4, show(when),
					  show(stretch.start_ns), show(stretch.stop_ns));
		CHECK_INT(flux_grid_containing(&grid, when, &first_again, &last_again), first <= last);
		CHECK_INT(first_again, first);
		if (first <= last)
			CHECK_INT(last_again, last);
		CHECK_INT(flux_grid_containing(&grid, stretch.stop_ns - 1, &first_again, &last_again),
				  first <= last);
		CHECK_INT(first_again, first);
		(void) flux_grid_containing(&grid, stretch.stop_ns, &first_again, &last_again);
		CHECK(first_again > first || last_again > last);
	}
}

/* At the ends of time, too, a stretch holds its instant: who steps over it gets on. */
UNIT_TEST(window_stretch_extreme)
{
	static const char *const everies[] = {"1ns", "1h", "1mo", "1000y"};
	static const char *const periods[] = {"1ns", "20m", "90m", "-3h", "5mo", "-2000y", "5000y"};
	const int64 times[] = {FLUX_TIME_MIN, FLUX_TIME_MIN + 1, FLUX_TIME_MAX - 1, FLUX_TIME_MAX};

	for (int i = 0; i < lengthof(everies) * lengthof(periods) * lengthof(times) * 2; i++)
	{
		int64 when = times[i / 2 % lengthof(times)];
		const char *every = everies[i / 2 / lengthof(times) % lengthof(everies)];
		const char *period = periods[i / 2 / lengthof(times) / lengthof(everies)];
		FluxWindowGrid grid;
		FluxBounds stretch;
		int64 first, last;

		flux_grid_init(&grid, span(every), span(period), span("0s"),
					   in_zone(i % 2 == 0 ? NULL : "America/New_York", "0s"));
		stretch = flux_grid_stretch(&grid, when, &first, &last);
		if (when < stretch.start_ns || when >= stretch.stop_ns)
			unit_fail(__FILE__, __LINE__,
					  "every %s period %s at " INT64_FORMAT ": [" INT64_FORMAT ", " INT64_FORMAT
					  ")",
					  every, period, when, stretch.start_ns, stretch.stop_ns);
	}
}

/* Windows that become one when they are cut to a range. */
UNIT_TEST(window_tells_apart)
{
	FluxWindowGrid grid;
	FluxBounds day = {at("2024-03-10"), at("2024-03-11")};
	FluxBounds january = {at("2024-01-10"), at("2024-03-31")};

	flux_grid_init(&grid, span("1h"), span("2d"), span("0s"), in_zone(NULL, "0s"));
	CHECK(!flux_grid_tells_apart(&grid, day));
	flux_grid_init(&grid, span("1h"), span("20h"), span("0s"), in_zone(NULL, "0s"));
	CHECK(flux_grid_tells_apart(&grid, day));
	flux_grid_init(&grid, span("1d"), span("1mo"), span("0s"), in_zone(NULL, "0s"));
	CHECK(flux_grid_tells_apart(&grid, january));
	/* those of January 30 and 31 end with February 29 */
	january.start_ns = at("2024-02-01");
	CHECK(!flux_grid_tells_apart(&grid, january));
}
