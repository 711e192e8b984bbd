/*
 * fdw_window.c
 *		Expressions of the time that GROUP BY may have, as windows of storage.
 *
 * Units up to an hour are windows of fixed size.  Where the zone's offsets in the
 * time that is read differ by no whole unit (Lord Howe Island moves its clocks by
 * half an hour), the windows are a fraction of it.  Days and longer units are
 * windows on the zone's calendar.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "fdw/fdw_window.h"

/* Units that date_trunc() has and a grid can have. */
typedef struct TimeUnit
{
	const char *name;
	int64		seconds;
	int			months;
	int			offset_days;	/* of windows, from the epoch */
} TimeUnit;

static const TimeUnit units[] = {
	{"second", 1, 0, 0},
	{"minute", 60, 0, 0},
	{"hour", 3600, 0, 0},
	{"day", 86400, 0, 0},
	{"week", 7 * 86400, 0, -3}, /* 1970-01-01 was a Thursday */
	{"month", 0, 1, 0},
	{"quarter", 0, 3, 0},
	{"year", 0, 12, 0},
};

/* NULL when it is none of ours. */
static const TimeUnit *
find_unit(const char *name)
{
	for (int i = 0; i < lengthof(units); i++)
		if (pg_strcasecmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

static bool
is_calendar(const TimeUnit *unit)
{
	return unit->months != 0 || unit->seconds >= SECS_PER_DAY;
}

/* ---- classifying ---- */

static bool
is_constant(Node *node)
{
	return IsA(node, Const) && !((Const *) node)->constisnull;
}

static bool
is_time(const FluxFdwTable *table, Index relid, Node *node)
{
	const Var  *var = (const Var *) node;

	return IsA(node, Var) && var->varno == relid && var->varlevelsup == 0 && var->varattno > 0 &&
		var->varattno == flux_fdw_table_find(table, FLUX_FDW_TIME);
}

static bool
is_unit(Node *node)
{
	return is_constant(node) &&
		find_unit(TextDatumGetCString(((Const *) node)->constvalue)) != NULL;
}

/*
 * The name of a zone with a history of its own, or UTC.  Abbreviations can mean
 * something else than the zone of that name.
 */
static bool
is_zone(Node *node)
{
	char	   *name;

	if (!is_constant(node))
		return false;
	name = TextDatumGetCString(((Const *) node)->constvalue);
	return (strchr(name, '/') != NULL || pg_strcasecmp(name, "UTC") == 0) &&
		pg_tzset(name) != NULL;
}

/* Short enough for nanoseconds; months are date_bin's to refuse. */
static bool
is_width(Node *node)
{
	const Interval *interval;

	if (!is_constant(node))
		return false;
	interval = DatumGetIntervalP(((Const *) node)->constvalue);
	return interval->month == 0 && interval->day >= 0 && interval->day <= 10000 &&
		interval->time >= 0 && interval->time <= USECS_PER_DAY * 10000 &&
		interval->day + interval->time != 0;
}

static bool
is_origin(Node *node)
{
	return is_constant(node) &&
		!TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(((Const *) node)->constvalue));
}

static List *
make_output(FluxFdwWindowKind kind, Node *first, Node *second, List **exprs)
{
	Node	   *constants[2] = {first, second};
	List	   *output = list_make2(makeInteger(FLUX_FDW_OUTPUT_BIN), makeInteger(kind));

	for (int i = 0; i < 2; i++)
	{
		if (constants[i] == NULL)
			output = lappend(output, makeInteger(-1));
		else
		{
			*exprs = lappend(*exprs, copyObject(constants[i]));
			output = lappend(output, makeInteger(list_length(*exprs) - 1));
		}
	}
	return output;
}

/* date_trunc(unit, time AT TIME ZONE zone) */
static List *
classify_local(const FluxFdwTable *table, Index relid, FuncExpr *truncation, List **exprs)
{
	FuncExpr   *local = lsecond(truncation->args);

	if (!IsA(local, FuncExpr) || local->funcid != F_TIMEZONE_TEXT_TIMESTAMPTZ ||
		!is_zone(linitial(local->args)) || !is_time(table, relid, lsecond(local->args)))
		return NIL;
	return make_output(FLUX_FDW_WINDOW_TRUNC_LOCAL, linitial(truncation->args),
					   linitial(local->args), exprs);
}

List *
flux_fdw_window_classify(const FluxFdwTable *table, Index relid, Node *node, List **exprs)
{
	FuncExpr   *call = (FuncExpr *) node;

	if (!IsA(node, FuncExpr))
		return NIL;
	switch (call->funcid)
	{
		case F_DATE_BIN_INTERVAL_TIMESTAMPTZ_TIMESTAMPTZ:
			if (!is_width(linitial(call->args)) || !is_time(table, relid, lsecond(call->args)) ||
				!is_origin(lthird(call->args)))
				return NIL;
			return make_output(FLUX_FDW_WINDOW_BIN, linitial(call->args), lthird(call->args),
							   exprs);
		case F_DATE_TRUNC_TEXT_TIMESTAMPTZ:
			if (!is_unit(linitial(call->args)) || !is_time(table, relid, lsecond(call->args)))
				return NIL;
			return make_output(FLUX_FDW_WINDOW_TRUNC, linitial(call->args), NULL, exprs);
		case F_DATE_TRUNC_TEXT_TIMESTAMPTZ_TEXT:
			if (!is_unit(linitial(call->args)) || !is_time(table, relid, lsecond(call->args)) ||
				!is_zone(lthird(call->args)))
				return NIL;
			return make_output(FLUX_FDW_WINDOW_TRUNC, linitial(call->args), lthird(call->args),
							   exprs);
		case F_DATE_TRUNC_TEXT_TIMESTAMP:
			if (!is_unit(linitial(call->args)))
				return NIL;
			return classify_local(table, relid, call, exprs);
		case F_DATE_TIMESTAMPTZ:
			if (!is_time(table, relid, linitial(call->args)))
				return NIL;
			return make_output(FLUX_FDW_WINDOW_DATE, NULL, NULL, exprs);
		default:
			return NIL;
	}
}

/* ---- the grid ---- */

void
flux_fdw_window_init(FluxFdwWindow *window, List *output, const Datum *values)
{
	int			first = intVal(lthird(output));
	int			second = intVal(lfourth(output));

	memset(window, 0, sizeof(*window));
	window->kind = (FluxFdwWindowKind) intVal(lsecond(output));
	if (first >= 0)
		window->first = values[first];
	window->has_second = second >= 0;
	if (window->has_second)
		window->second = values[second];
}

static void
set_grid(FluxFdwWindow *window, FluxDuration every, int64 offset_ns, FluxLocation location)
{
	const char *error = flux_grid_init(&window->grid, every, every,
									   flux_duration(0, offset_ns), location);

	if (error != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s", error)));
}

/* The grid of date_bin(every, time, origin). */
static void
fit_bin(FluxFdwWindow *window)
{
	const Interval *interval = DatumGetIntervalP(window->first);
	int64		every_us = interval->time + interval->day * USECS_PER_DAY;
	int64		origin_us = DatumGetTimestampTz(window->second) % every_us;
	int64		epoch_us = (UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY % every_us;
	FluxLocation utc = {0};

	set_grid(window, flux_duration(0, every_us * FLUX_NS_PER_US),
			 (origin_us - epoch_us) % every_us * FLUX_NS_PER_US, utc);
	window->is_exact = true;
}

/* The zone whose clocks count; NULL for UTC. */
static pg_tz *
zone_of(const FluxFdwWindow *window)
{
	pg_tz	   *zone = session_timezone;
	long		offset;

	if (window->has_second)
		zone = pg_tzset(TextDatumGetCString(window->second));
	if (zone == NULL)
		elog(ERROR, "time zone is gone");
	return pg_get_timezone_offset(zone, &offset) && offset == 0 ? NULL : zone;
}

/*
 * Whether windows of so many seconds fit the zone's clocks all the time that is
 * read: its offsets differ by whole windows, and change where one ends.  *offset
 * is theirs then, and *is_fixed tells that it never changes.
 */
static bool
fits_clocks(pg_tz *zone, FluxBounds bounds, int64 seconds, long *offset, bool *is_fixed)
{
	pg_time_t	at = bounds.start_ns / FLUX_NS_PER_SECOND - 1;
	pg_time_t	stop = bounds.stop_ns / FLUX_NS_PER_SECOND;
	pg_time_t	boundary;
	long		before;
	long		after;
	int			is_dst;
	int			found = pg_next_dst_boundary(&at, &before, &is_dst, &boundary, &after, &is_dst,
											 zone);

	*is_fixed = true;
	*offset = before;
	while (found > 0 && boundary < stop)
	{
		*is_fixed = false;
		if ((after - *offset) % seconds != 0 || (boundary + *offset) % seconds != 0)
			return false;
		at = boundary;
		found = pg_next_dst_boundary(&at, &before, &is_dst, &boundary, &after, &is_dst, zone);
	}
	return found >= 0;
}

/* Seconds, minutes, hours. */
static void
fit_clock(FluxFdwWindow *window, const TimeUnit *unit, pg_tz *zone, FluxBounds bounds)
{
	static const int64 fractions[] = {PG_INT64_MAX, 900, 60, 1};
	FluxLocation utc = {0};
	int64		seconds = unit->seconds;
	long		offset = 0;
	bool		is_fixed = true;

	for (int i = 0; i < lengthof(fractions); i++)
	{
		seconds = Min(unit->seconds, fractions[i]);
		if (zone == NULL || fits_clocks(zone, bounds, seconds, &offset, &is_fixed))
			break;
	}
	set_grid(window, flux_duration(0, seconds * FLUX_NS_PER_SECOND),
			 -(int64) (offset % seconds) * FLUX_NS_PER_SECOND, utc);
	/* When clocks go back, a local hour comes twice. */
	window->is_exact = seconds == unit->seconds &&
		(is_fixed || window->kind == FLUX_FDW_WINDOW_TRUNC);
}

void
flux_fdw_window_fit(FluxFdwWindow *window, FluxBounds bounds)
{
	const TimeUnit *unit;
	pg_tz	   *zone;
	FluxLocation location = {0};

	window->has_last = false;
	window->needs_check = false;
	if (window->kind == FLUX_FDW_WINDOW_BIN)
	{
		fit_bin(window);
		return;
	}
	zone = zone_of(window);
	unit = find_unit(window->kind == FLUX_FDW_WINDOW_DATE ? "day" :
					 TextDatumGetCString(window->first));
	if (!is_calendar(unit))
	{
		fit_clock(window, unit, zone, bounds);
		return;
	}
	location.zone = zone;
	set_grid(window, flux_duration(unit->months, unit->seconds * FLUX_NS_PER_SECOND),
			 unit->offset_days * FLUX_NS_PER_DAY, location);
	window->is_exact = true;
	window->needs_check = zone != NULL;
}

/* ---- bins ---- */

/* What the server's function says of an instant. */
static int64
evaluate(const FluxFdwWindow *window, int64 time_ns)
{
	Datum		time = TimestampTzGetDatum(flux_time_to_timestamptz(time_ns));

	switch (window->kind)
	{
		case FLUX_FDW_WINDOW_TRUNC:
			if (window->has_second)
				return DatumGetInt64(DirectFunctionCall3(timestamptz_trunc_zone, window->first,
														 time, window->second));
			return DatumGetInt64(DirectFunctionCall2(timestamptz_trunc, window->first, time));
		case FLUX_FDW_WINDOW_TRUNC_LOCAL:
			time = DirectFunctionCall2(timestamptz_zone, window->second, time);
			return DatumGetInt64(DirectFunctionCall2(timestamp_trunc, window->first, time));
		case FLUX_FDW_WINDOW_DATE:
			return DatumGetDateADT(DirectFunctionCall1(timestamptz_date, time));
		default:
			return 0;
	}
}

int64
flux_fdw_window_bin(FluxFdwWindow *window, int64 start_ns, int64 stop_ns)
{
	if (window->kind == FLUX_FDW_WINDOW_BIN)
		return flux_time_to_timestamptz(flux_grid_window(&window->grid,
														 flux_grid_index(&window->grid,
																		 start_ns)).start_ns);
	if (window->has_last && window->last_start_ns == start_ns)
		return window->last_bin;
	window->last_bin = evaluate(window, start_ns);
	if (window->needs_check && evaluate(window, stop_ns - 1) != window->last_bin)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("days of this time zone do not begin as the server's calendar has it"),
				 errhint("SET fluxtask.push_down = off.")));
	window->last_start_ns = start_ns;
	window->has_last = true;
	return window->last_bin;
}

Datum
flux_fdw_window_datum(const FluxFdwWindow *window, int64 bin)
{
	if (window->kind == FLUX_FDW_WINDOW_DATE)
		return DateADTGetDatum((DateADT) bin);
	return Int64GetDatum(bin);
}
