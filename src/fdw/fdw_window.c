/*
 * fdw_window.c
 *		Expressions of the time that GROUP BY may have, as windows of storage.
 *
 * Units up to an hour are windows of fixed size.  Where the zone's offsets in the
 * time that is read differ by no whole unit (Lord Howe Island moves its clocks by
 * half an hour), the windows are a fraction of it.  Days and longer units are
 * windows on the zone's calendar.  Widths of flux.time_bucket() are treated alike.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "fdw/fdw_window.h"

/* Units that date_trunc() has and a grid can have. */
typedef struct TimeUnit
{
	const char *name;
	int64 seconds;
	int months;
	int offset_days; /* of windows, from the epoch */
} TimeUnit;

static const TimeUnit units[] = {
	{"second", 1, 0, 0},  {"minute", 60, 0, 0},       {"hour", 3600, 0, 0},
	{"day", 86400, 0, 0}, {"week", 7 * 86400, 0, -3}, /* 1970-01-01 was a Thursday */
	{"month", 0, 1, 0},   {"quarter", 0, 3, 0},       {"year", 0, 12, 0},
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
	const Var *var = (const Var *) node;

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
	char *name;

	if (!is_constant(node))
		return false;
	name = TextDatumGetCString(((Const *) node)->constvalue);
	return (strchr(name, '/') != NULL || pg_strcasecmp(name, "UTC") == 0) && pg_tzset(name) != NULL;
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
make_output_of(FluxFdwWindowKind kind, Node *const *constants, List **exprs)
{
	List *output = list_make2(makeInteger(FLUX_FDW_OUTPUT_BIN), makeInteger(kind));

	for (int i = 0; i < FLUX_FDW_WINDOW_CONSTANTS; i++)
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

static List *
make_output(FluxFdwWindowKind kind, Node *first, Node *second, List **exprs)
{
	Node *constants[FLUX_FDW_WINDOW_CONSTANTS] = {first, second};

	return make_output_of(kind, constants, exprs);
}

/* date_trunc(unit, time AT TIME ZONE zone) */
static List *
classify_local(const FluxFdwTable *table, Index relid, FuncExpr *truncation, List **exprs)
{
	FuncExpr *local = lsecond(truncation->args);

	if (!IsA(local, FuncExpr) || local->funcid != F_TIMEZONE_TEXT_TIMESTAMPTZ ||
		!is_zone(linitial(local->args)) || !is_time(table, relid, lsecond(local->args)))
		return NIL;
	return make_output(FLUX_FDW_WINDOW_TRUNC_LOCAL, linitial(truncation->args),
					   linitial(local->args), exprs);
}

/* Whether storage has windows for such bins, at least a fraction of them. */
static bool
suits_grid(const FluxFdwTimeBucket *bucket)
{
	int64 unit = bucket->width_us % USECS_PER_DAY == 0 ? USECS_PER_DAY : USECS_PER_SEC;

	if (bucket->months != 0)
		return bucket->shift_us == 0 && bucket->months <= 12000;
	if (bucket->width_us > 10000 * USECS_PER_DAY)
		return false;
	return !bucket->has_zone || (bucket->width_us % unit == 0 && bucket->zero % unit == 0);
}

/* flux.time_bucket(width, time, ...), whose other arguments differ by type. */
static List *
classify_bucket(const FluxFdwTable *table, Index relid, FuncExpr *call, List **exprs)
{
	Node *constants[FLUX_FDW_TIME_BUCKET_ARGUMENTS] = {linitial(call->args)};
	Datum values[FLUX_FDW_TIME_BUCKET_ARGUMENTS] = {0};
	bool has[FLUX_FDW_TIME_BUCKET_ARGUMENTS] = {0};
	FluxFdwTimeBucket bucket;

	for (int i = 2; i < list_length(call->args); i++)
	{
		Node *argument = list_nth(call->args, i);
		Oid type_oid = exprType(argument);

		if (IsA(argument, Const) && ((Const *) argument)->constisnull)
			continue;
		constants[type_oid == TEXTOID          ? FLUX_FDW_TIME_BUCKET_ZONE
				  : type_oid == TIMESTAMPTZOID ? FLUX_FDW_TIME_BUCKET_ORIGIN
											   : FLUX_FDW_TIME_BUCKET_OFFSET] = argument;
	}
	for (int i = 0; i < FLUX_FDW_TIME_BUCKET_ARGUMENTS; i++)
	{
		has[i] = constants[i] != NULL;
		if (has[i] && !is_constant(constants[i]))
			return NIL;
		if (has[i])
			values[i] = ((Const *) constants[i])->constvalue;
	}
	if (!is_time(table, relid, lsecond(call->args)) ||
		(has[FLUX_FDW_TIME_BUCKET_ZONE] && !is_zone(constants[FLUX_FDW_TIME_BUCKET_ZONE])) ||
		flux_fdw_time_bucket_init(&bucket, values, has) != NULL || !suits_grid(&bucket))
		return NIL;
	return make_output_of(FLUX_FDW_WINDOW_BUCKET, constants, exprs);
}

/* The arguments of a call or operator of that function, or NIL. */
static List *
arguments_of(Node *node, Oid function_oid)
{
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcid == function_oid)
		return ((FuncExpr *) node)->args;
	if (IsA(node, OpExpr) && get_opcode(((OpExpr *) node)->opno) == function_oid)
		return ((OpExpr *) node)->args;
	return NIL;
}

/* Whole seconds, as a numeric without digits behind the point. */
static bool
is_seconds(Node *node)
{
	char *text;

	if (!is_constant(node))
		return false;
	text = DatumGetCString(DirectFunctionCall1(numeric_out, ((Const *) node)->constvalue));
	return text[0] != '0' && strlen(text) <= 9 && strspn(text, "0123456789") == strlen(text);
}

/* floor(extract(epoch FROM time) / n) * n, as dashboards write it. */
static List *
classify_epoch(const FluxFdwTable *table, Index relid, Node *node, List **exprs)
{
	List *product = arguments_of(node, F_NUMERIC_MUL);
	List *whole = product == NIL ? NIL : arguments_of(linitial(product), F_FLOOR_NUMERIC);
	List *quotient = whole == NIL ? NIL : arguments_of(linitial(whole), F_NUMERIC_DIV);
	List *epoch =
		quotient == NIL ? NIL : arguments_of(linitial(quotient), F_EXTRACT_TEXT_TIMESTAMPTZ);

	if (epoch == NIL || !is_constant(linitial(epoch)) || !is_time(table, relid, lsecond(epoch)) ||
		pg_strcasecmp(TextDatumGetCString(((Const *) linitial(epoch))->constvalue), "epoch") != 0 ||
		!is_seconds(lsecond(product)) || !equal(lsecond(product), lsecond(quotient)))
		return NIL;
	return make_output(FLUX_FDW_WINDOW_EPOCH, lsecond(product), NULL, exprs);
}

List *
flux_fdw_window_classify(const FluxFdwTable *table, Index relid, Node *node, List **exprs)
{
	FuncExpr *call = (FuncExpr *) node;

	if (!IsA(node, FuncExpr))
		return classify_epoch(table, relid, node, exprs);
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
			return flux_fdw_time_bucket_is(call->funcid)
					   ? classify_bucket(table, relid, call, exprs)
					   : NIL;
	}
}

/* ---- the grid ---- */

void
flux_fdw_window_init(FluxFdwWindow *window, List *output, const Datum *values)
{
	memset(window, 0, sizeof(*window));
	window->kind = (FluxFdwWindowKind) intVal(lsecond(output));
	for (int i = 0; i < FLUX_FDW_WINDOW_CONSTANTS; i++)
	{
		int position = intVal(list_nth(output, i + 2));

		window->has[i] = position >= 0;
		if (window->has[i])
			window->constants[i] = values[position];
	}
	/* The planner has seen that it is fine. */
	if (window->kind == FLUX_FDW_WINDOW_BUCKET)
		(void) flux_fdw_time_bucket_init(&window->bucket, window->constants, window->has);
}

static void
set_grid(FluxFdwWindow *window, FluxDuration every, FluxDuration offset, FluxLocation location)
{
	const char *error = flux_grid_init(&window->grid, every, every, offset, location);

	if (error != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", error)));
}

/* The grid of date_bin(every, time, origin). */
static void
fit_bin(FluxFdwWindow *window)
{
	const Interval *interval = DatumGetIntervalP(window->constants[0]);
	int64 every_us = interval->time + interval->day * USECS_PER_DAY;
	int64 origin_us = DatumGetTimestampTz(window->constants[1]) % every_us;
	int64 epoch_us = (UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY % every_us;
	FluxLocation utc = {0};

	set_grid(window, flux_duration(0, every_us * FLUX_NS_PER_US),
			 flux_duration(0, (origin_us - epoch_us) % every_us * FLUX_NS_PER_US), utc);
	window->is_exact = true;
}

/* The zone whose clocks count; NULL for UTC. */
static pg_tz *
zone_of(const FluxFdwWindow *window)
{
	pg_tz *zone = session_timezone;
	long offset;

	if (window->has[1])
		zone = pg_tzset(TextDatumGetCString(window->constants[1]));
	if (zone == NULL)
		elog(ERROR, "time zone is gone");
	return pg_get_timezone_offset(zone, &offset) && offset == 0 ? NULL : zone;
}

/*
 * Whether windows of so many seconds, of which one begins at zero on the zone's
 * clocks, fit these all the time that is read: their offsets differ by whole
 * windows, and change where one ends.  *offset is theirs then, and *is_fixed tells
 * that it never changes.
 */
static bool
fits_clocks(pg_tz *zone, FluxBounds bounds, int64 seconds, int64 zero, long *offset, bool *is_fixed)
{
	pg_time_t at = bounds.start_ns / FLUX_NS_PER_SECOND - 1;
	pg_time_t stop = bounds.stop_ns / FLUX_NS_PER_SECOND;
	pg_time_t boundary;
	long before;
	long after;
	int is_dst;
	int found = pg_next_dst_boundary(&at, &before, &is_dst, &boundary, &after, &is_dst, zone);

	*is_fixed = true;
	*offset = before;
	while (found > 0 && boundary < stop)
	{
		*is_fixed = false;
		if ((after - *offset) % seconds != 0 || (boundary + *offset - zero) % seconds != 0)
			return false;
		at = boundary;
		found = pg_next_dst_boundary(&at, &before, &is_dst, &boundary, &after, &is_dst, zone);
	}
	return found >= 0;
}

static int64
common_divisor(int64 a, int64 b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

/*
 * Bins of so many seconds on a zone's clocks, of which one begins at zero.  When
 * clocks go back, they show an hour twice, which the bin may hold twice.
 */
static void
fit_clock(FluxFdwWindow *window, int64 width, int64 zero, pg_tz *zone, FluxBounds bounds)
{
	static const int64 fractions[] = {0, 900, 60, 1};
	FluxLocation utc = {0};
	int64 seconds = width;
	long offset = 0;
	bool is_fixed = true;

	for (int i = 0; i < lengthof(fractions); i++)
	{
		seconds = common_divisor(width, fractions[i]);
		if (zone == NULL || fits_clocks(zone, bounds, seconds, zero, &offset, &is_fixed))
			break;
	}
	set_grid(window, flux_duration(0, seconds * FLUX_NS_PER_SECOND),
			 flux_duration(0, (zero - offset) % seconds * FLUX_NS_PER_SECOND), utc);
	window->is_exact = seconds == width && (is_fixed || window->kind == FLUX_FDW_WINDOW_TRUNC);
}

/* Bins of days or months on a zone's calendar. */
static void
fit_calendar(FluxFdwWindow *window, FluxDuration width, FluxDuration zero, pg_tz *zone)
{
	FluxLocation location = {zone};

	set_grid(window, width, zero, location);
	window->is_exact = true;
	window->needs_check = zone != NULL;
}

/* The grid of flux.time_bucket(). */
static void
fit_bucket(FluxFdwWindow *window, FluxBounds bounds)
{
	const FluxFdwTimeBucket *bucket = &window->bucket;
	pg_tz *zone = bucket->has_zone ? zone_of(window) : NULL;
	int64 zero_us = bucket->zero + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;

	if (bucket->months != 0)
		fit_calendar(window, flux_duration(bucket->months, 0),
					 flux_duration((bucket->zero + 360) % bucket->months, 0), zone);
	else if (zone == NULL || bucket->width_us % USECS_PER_DAY == 0)
		fit_calendar(window, flux_duration(0, bucket->width_us * FLUX_NS_PER_US),
					 flux_duration(0, zero_us % bucket->width_us * FLUX_NS_PER_US), zone);
	else
		fit_clock(window, bucket->width_us / USECS_PER_SEC, zero_us / USECS_PER_SEC, zone, bounds);
}

static void
fit_epoch(FluxFdwWindow *window)
{
	FluxLocation utc = {0};

	window->seconds = DatumGetInt64(DirectFunctionCall1(numeric_int8, window->constants[0]));
	set_grid(window, flux_duration(0, window->seconds * FLUX_NS_PER_SECOND), flux_duration(0, 0),
			 utc);
	window->is_exact = true;
}

/* The grid of date_trunc() and of a cast to date. */
static void
fit_unit(FluxFdwWindow *window, FluxBounds bounds)
{
	pg_tz *zone = zone_of(window);
	const TimeUnit *unit = find_unit(
		window->kind == FLUX_FDW_WINDOW_DATE ? "day" : TextDatumGetCString(window->constants[0]));

	if (is_calendar(unit))
		fit_calendar(window, flux_duration(unit->months, unit->seconds * FLUX_NS_PER_SECOND),
					 flux_duration(0, unit->offset_days * FLUX_NS_PER_DAY), zone);
	else
		fit_clock(window, unit->seconds, 0, zone, bounds);
}

void
flux_fdw_window_fit(FluxFdwWindow *window, FluxBounds bounds)
{
	window->has_last = false;
	window->needs_check = false;
	switch (window->kind)
	{
		case FLUX_FDW_WINDOW_BIN:
			fit_bin(window);
			break;
		case FLUX_FDW_WINDOW_BUCKET:
			fit_bucket(window, bounds);
			break;
		case FLUX_FDW_WINDOW_EPOCH:
			fit_epoch(window);
			break;
		default:
			fit_unit(window, bounds);
			break;
	}
}

/* ---- bins ---- */

/* What the server's function says of an instant. */
static int64
evaluate(const FluxFdwWindow *window, int64 time_ns)
{
	Datum time = TimestampTzGetDatum(flux_time_to_timestamptz(time_ns));

	switch (window->kind)
	{
		case FLUX_FDW_WINDOW_TRUNC:
			if (window->has[1])
				return DatumGetInt64(DirectFunctionCall3(
					timestamptz_trunc_zone, window->constants[0], time, window->constants[1]));
			return DatumGetInt64(
				DirectFunctionCall2(timestamptz_trunc, window->constants[0], time));
		case FLUX_FDW_WINDOW_TRUNC_LOCAL:
			time = DirectFunctionCall2(timestamptz_zone, window->constants[1], time);
			return DatumGetInt64(DirectFunctionCall2(timestamp_trunc, window->constants[0], time));
		case FLUX_FDW_WINDOW_DATE:
			return DatumGetDateADT(DirectFunctionCall1(timestamptz_date, time));
		case FLUX_FDW_WINDOW_BUCKET:
			return flux_fdw_time_bucket_start(&window->bucket, DatumGetTimestampTz(time));
		default:
			return 0;
	}
}

int64
flux_fdw_window_bin(FluxFdwWindow *window, int64 start_ns, int64 stop_ns)
{
	if (window->kind == FLUX_FDW_WINDOW_BIN)
		return flux_time_to_timestamptz(
			flux_grid_window(&window->grid, flux_grid_index(&window->grid, start_ns)).start_ns);
	if (window->kind == FLUX_FDW_WINDOW_EPOCH)
		return flux_grid_index(&window->grid, start_ns) * window->seconds;
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
	if (window->kind == FLUX_FDW_WINDOW_EPOCH)
		return NumericGetDatum(int64_to_numeric(bin));
	return Int64GetDatum(bin);
}
