/*
 * fdw_time_bucket.c
 *		flux.time_bucket(): bins of time of any width, on any clock.
 *
 * date_bin() refuses months and knows no zones; date_trunc() has but the widths
 * that have names.  With a zone, bins are cut on its wall clock, as
 * time_bucket(width, ts AT TIME ZONE zone) AT TIME ZONE zone would be: days are as
 * long as clocks make them, and an hour that clocks repeat is one bin.
 *
 * Without an origin, bins of days and shorter ones are counted from Monday
 * 2000-01-03, so that weeks begin on Mondays, and bins of months from 2000-01-01.
 */
#include "postgres.h"

#include "access/transam.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "fdw/fdw_time_bucket.h"

static inline int64
floor_to(int64 value, int64 width)
{
	int64 rest = value % width;

	return value - rest - (rest < 0 ? width : 0);
}

/* ---- the clock ---- */

/* What the bucket's clock shows at an instant. */
static Timestamp
to_local(const FluxFdwTimeBucket *bucket, TimestampTz time)
{
	if (!bucket->has_zone)
		return (Timestamp) time;
	return DatumGetTimestamp(
		DirectFunctionCall2(timestamptz_zone, bucket->zone, TimestampTzGetDatum(time)));
}

static TimestampTz
from_local(const FluxFdwTimeBucket *bucket, Timestamp local)
{
	if (!bucket->has_zone)
		return (TimestampTz) local;
	return DatumGetTimestampTz(
		DirectFunctionCall2(timestamp_zone, bucket->zone, TimestampGetDatum(local)));
}

static void
refuse_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
}

/* Months from 2000-01 to the month that a time lies in. */
static int64
month_of(Timestamp local)
{
	struct pg_tm tm;
	fsec_t fraction;

	if (timestamp2tm(local, NULL, &tm, &fraction, NULL, NULL) != 0)
		refuse_range();
	return ((int64) tm.tm_year - 2000) * 12 + tm.tm_mon - 1;
}

static Timestamp
month_start(int64 month)
{
	struct pg_tm tm = {.tm_mday = 1};
	Timestamp local;

	tm.tm_mon = (int) (month - floor_to(month, 12)) + 1;
	tm.tm_year = (int) (2000 + floor_to(month, 12) / 12);
	if (!IS_VALID_JULIAN(tm.tm_year, tm.tm_mon, 1) || tm2timestamp(&tm, 0, NULL, &local) != 0)
		refuse_range();
	return local;
}

/* ---- bins ---- */

/* Sets where bins begin by an origin, or by none. */
static const char *
set_origin(FluxFdwTimeBucket *bucket, bool has_origin, TimestampTz origin)
{
	Timestamp local = bucket->months != 0 ? 0 : 2 * USECS_PER_DAY;

	if (has_origin && TIMESTAMP_NOT_FINITE(origin))
		return "origin of bins must be finite";
	if (has_origin)
		local = to_local(bucket, origin);
	if (bucket->months != 0)
	{
		int64 month = month_of(local);

		bucket->zero = month - floor_to(month, bucket->months);
		bucket->shift_us = local - month_start(month);
	}
	else
		bucket->zero = local - floor_to(local, bucket->width_us);
	return NULL;
}

/* Moves the bins. */
static const char *
add_offset(FluxFdwTimeBucket *bucket, const Interval *offset)
{
	int64 offset_us;

	if (offset->month != 0)
		return "offset of bins cannot have months";
	if (pg_add_s64_overflow(offset->time, offset->day * USECS_PER_DAY, &offset_us))
		return "offset of bins is out of range";
	if (bucket->months == 0)
	{
		offset_us %= bucket->width_us;
		bucket->zero += offset_us;
		bucket->zero -= floor_to(bucket->zero, bucket->width_us);
	}
	else if (pg_add_s64_overflow(bucket->shift_us, offset_us, &bucket->shift_us))
		return "offset of bins is out of range";
	return NULL;
}

const char *
flux_fdw_time_bucket_init(FluxFdwTimeBucket *bucket, const Datum *arguments, const bool *has)
{
	const Interval *width = DatumGetIntervalP(arguments[FLUX_FDW_TIME_BUCKET_WIDTH]);
	const char *error;

	memset(bucket, 0, sizeof(*bucket));
	bucket->has_zone = has[FLUX_FDW_TIME_BUCKET_ZONE];
	if (bucket->has_zone)
		bucket->zone = arguments[FLUX_FDW_TIME_BUCKET_ZONE];
	bucket->months = width->month;
	if (pg_add_s64_overflow(width->time, width->day * USECS_PER_DAY, &bucket->width_us))
		return "width of bins is out of range";
	if (bucket->months != 0 && (width->day != 0 || width->time != 0))
		return "width of bins cannot have months and days or times";
	if (bucket->months < 0 || bucket->width_us < 0 || bucket->months + bucket->width_us == 0)
		return "width of bins must be greater than zero";
	error = set_origin(bucket, has[FLUX_FDW_TIME_BUCKET_ORIGIN],
					   has[FLUX_FDW_TIME_BUCKET_ORIGIN]
						   ? DatumGetTimestampTz(arguments[FLUX_FDW_TIME_BUCKET_ORIGIN])
						   : 0);
	if (error == NULL && has[FLUX_FDW_TIME_BUCKET_OFFSET])
		error = add_offset(bucket, DatumGetIntervalP(arguments[FLUX_FDW_TIME_BUCKET_OFFSET]));
	return error;
}

TimestampTz
flux_fdw_time_bucket_start(const FluxFdwTimeBucket *bucket, TimestampTz time)
{
	int64 shift = bucket->months != 0 ? bucket->shift_us : bucket->zero;
	Timestamp local;

	if (TIMESTAMP_NOT_FINITE(time))
		return time;
	if (pg_sub_s64_overflow(to_local(bucket, time), shift, &local))
		refuse_range();
	if (bucket->months != 0)
		local =
			month_start(floor_to(month_of(local) - bucket->zero, bucket->months) + bucket->zero);
	else
		local = floor_to(local, bucket->width_us);
	if (pg_add_s64_overflow(local, shift, &local) || !IS_VALID_TIMESTAMP(local))
		refuse_range();
	return from_local(bucket, local);
}

/* ---- SQL ---- */

static Datum
call(FunctionCallInfo fcinfo, const int *positions)
{
	FluxFdwTimeBucket bucket;
	Datum arguments[FLUX_FDW_TIME_BUCKET_ARGUMENTS] = {0};
	bool has[FLUX_FDW_TIME_BUCKET_ARGUMENTS] = {0};
	const char *error;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	for (int i = 0; i < FLUX_FDW_TIME_BUCKET_ARGUMENTS; i++)
	{
		has[i] = positions[i] >= 0 && !PG_ARGISNULL(positions[i]);
		if (has[i])
			arguments[i] = PG_GETARG_DATUM(positions[i]);
	}
	error = flux_fdw_time_bucket_init(&bucket, arguments, has);
	if (error != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", error)));
	PG_RETURN_TIMESTAMPTZ(flux_fdw_time_bucket_start(&bucket, PG_GETARG_TIMESTAMPTZ(1)));
}

PG_FUNCTION_INFO_V1(fluxtask_time_bucket);
PGDLLEXPORT Datum
fluxtask_time_bucket(PG_FUNCTION_ARGS)
{
	return call(fcinfo, (const int[]){0, -1, -1, -1});
}

PG_FUNCTION_INFO_V1(fluxtask_time_bucket_origin);
PGDLLEXPORT Datum
fluxtask_time_bucket_origin(PG_FUNCTION_ARGS)
{
	return call(fcinfo, (const int[]){0, -1, 2, -1});
}

PG_FUNCTION_INFO_V1(fluxtask_time_bucket_offset);
PGDLLEXPORT Datum
fluxtask_time_bucket_offset(PG_FUNCTION_ARGS)
{
	return call(fcinfo, (const int[]){0, -1, -1, 2});
}

PG_FUNCTION_INFO_V1(fluxtask_time_bucket_zone);
PGDLLEXPORT Datum
fluxtask_time_bucket_zone(PG_FUNCTION_ARGS)
{
	return call(fcinfo, (const int[]){0, 2, 3, 4});
}

bool
flux_fdw_time_bucket_is(Oid function_oid)
{
	FmgrInfo function;

	if (function_oid < FirstNormalObjectId)
		return false;
	fmgr_info(function_oid, &function);
	return function.fn_addr == fluxtask_time_bucket ||
		   function.fn_addr == fluxtask_time_bucket_origin ||
		   function.fn_addr == fluxtask_time_bucket_offset ||
		   function.fn_addr == fluxtask_time_bucket_zone;
}
