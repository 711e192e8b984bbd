/*
 * sql_bucket.c
 *		flux.create_bucket, alter_bucket, drop_bucket, write, delete: the SQL
 *		functions around buckets, thin.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "storage/bucket.h"
#include "storage/delete.h"
#include "storage/ingest.h"
#include "storage/line_protocol.h"
#include "storage/retention.h"

/* An interval as nanoseconds: 30.4375 days a month.  Raises when negative or too long. */
static int64
interval_to_ns(const Interval *interval, const char *what)
{
	int64 ns;
	int64 part;

	if (pg_mul_s64_overflow(interval->time, FLUX_NS_PER_US, &ns) ||
		pg_mul_s64_overflow(interval->day, FLUX_NS_PER_DAY, &part) ||
		pg_add_s64_overflow(ns, part, &ns) ||
		pg_mul_s64_overflow(interval->month, FLUX_NS_PER_NOMINAL_MONTH, &part) ||
		pg_add_s64_overflow(ns, part, &ns))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s is too long", what)));
	if (ns < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must not be negative", what)));
	return ns;
}

static FluxText
text_argument(text *argument)
{
	return flux_text(VARDATA_ANY(argument), VARSIZE_ANY_EXHDR(argument));
}

static void
refuse_null_name(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("bucket name must not be null")));
}

static char *
cstring_argument(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(i));
}

PG_FUNCTION_INFO_V1(fluxtask_create_bucket);
PGDLLEXPORT Datum
fluxtask_create_bucket(PG_FUNCTION_ARGS)
{
	refuse_null_name(fcinfo);

	FluxText name = text_argument(PG_GETARG_TEXT_PP(0));
	int64 retention_ns = PG_ARGISNULL(1) ? 0 : interval_to_ns(PG_GETARG_INTERVAL_P(1), "retention");
	int64 chunk_ns =
		PG_ARGISNULL(2) ? 0 : interval_to_ns(PG_GETARG_INTERVAL_P(2), "chunk interval");

	PG_RETURN_INT64(flux_bucket_create(name, retention_ns, chunk_ns, cstring_argument(fcinfo, 3)));
}

PG_FUNCTION_INFO_V1(fluxtask_alter_bucket);
PGDLLEXPORT Datum
fluxtask_alter_bucket(PG_FUNCTION_ARGS)
{
	refuse_null_name(fcinfo);

	FluxBucket *bucket = flux_bucket_get(text_argument(PG_GETARG_TEXT_PP(0)), false);
	int64 retention_ns =
		PG_ARGISNULL(2) ? -1 : interval_to_ns(PG_GETARG_INTERVAL_P(2), "retention");
	int64 chunk_ns =
		PG_ARGISNULL(3) ? -1 : interval_to_ns(PG_GETARG_INTERVAL_P(3), "chunk interval");

	flux_bucket_alter(bucket, cstring_argument(fcinfo, 1), retention_ns, chunk_ns,
					  cstring_argument(fcinfo, 4));
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(fluxtask_drop_bucket);
PGDLLEXPORT Datum
fluxtask_drop_bucket(PG_FUNCTION_ARGS)
{
	refuse_null_name(fcinfo);

	FluxBucket *bucket = flux_bucket_get(text_argument(PG_GETARG_TEXT_PP(0)), false);

	flux_bucket_drop(bucket, !PG_ARGISNULL(1) && PG_GETARG_BOOL(1));
	PG_RETURN_VOID();
}

/*
 * A bound of time; infinities mean the ends of it.  A timestamp stands for a
 * whole microsecond: first or last nanosecond of it.
 */
static int64
time_argument(FunctionCallInfo fcinfo, int i, bool is_last)
{
	TimestampTz timestamp = PG_GETARG_TIMESTAMPTZ(i);

	if (TIMESTAMP_IS_NOBEGIN(timestamp))
		return FLUX_TIME_MIN;
	if (TIMESTAMP_IS_NOEND(timestamp))
		return FLUX_TIME_MAX;
	return Min(flux_time_from_timestamptz(timestamp), FLUX_TIME_MAX - FLUX_NS_PER_US) +
		   (is_last ? FLUX_NS_PER_US - 1 : 0);
}

PG_FUNCTION_INFO_V1(fluxtask_delete);
PGDLLEXPORT Datum
fluxtask_delete(PG_FUNCTION_ARGS)
{
	FluxBucket *bucket;
	FluxPredicate *predicate;

	for (int i = 0; i < 3; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("bucket, start and stop must not be null"),
							errhint("-infinity and infinity are the ends of time.")));
	predicate = PG_ARGISNULL(3) ? NULL : flux_delete_parse(text_argument(PG_GETARG_TEXT_PP(3)));
	bucket = flux_bucket_get(text_argument(PG_GETARG_TEXT_PP(0)), false);
	PG_RETURN_INT64(flux_delete_points(bucket, time_argument(fcinfo, 1, false),
									   time_argument(fcinfo, 2, true), predicate));
}

/*
 * Without a name: all buckets that the caller owns; series are collected where
 * points went.  With one: series are collected in any case.
 */
PG_FUNCTION_INFO_V1(fluxtask_apply_retention);
PGDLLEXPORT Datum
fluxtask_apply_retention(PG_FUNCTION_ARGS)
{
	FluxRetentionReport report = {0};
	TupleDesc desc;
	Datum values[3];
	bool nulls[3] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (!PG_ARGISNULL(0))
	{
		FluxBucket *bucket = flux_bucket_get(text_argument(PG_GETARG_TEXT_PP(0)), false);

		flux_retention_apply(bucket, &report);
		(void) flux_retention_collect_series(bucket, &report);
	}
	else
	{
		int count;
		FluxBucket **buckets = flux_bucket_list(&count);

		for (int i = 0; i < count; i++)
		{
			if (!OidIsValid(buckets[i]->owner_oid) ||
				!has_privs_of_role(GetUserId(), buckets[i]->owner_oid))
				continue;
			flux_retention_apply(buckets[i], &report);
			if (flux_retention_has_garbage(buckets[i]))
				(void) flux_retention_collect_series(buckets[i], &report);
		}
	}
	values[0] = Int64GetDatum(report.chunks_dropped);
	values[1] = Int64GetDatum(report.chunks_busy);
	values[2] = Int64GetDatum(report.series_dropped);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* Both flux.write: text is valid already, bytes are checked here. */
static int64
write_lines(FunctionCallInfo fcinfo, bool is_text)
{
	text *name = PG_GETARG_TEXT_PP(0);
	text *lines = PG_GETARG_TEXT_PP(1);
	FluxText precision = text_argument(PG_GETARG_TEXT_PP(2));
	int64 unit_ns = flux_line_unit(precision);

	if (unit_ns == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid precision \"%s\"", flux_text_to_cstring(precision)),
						errhint("Valid precision units are ns, us, ms, and s.")));
	if (!is_text)
		(void) pg_verifymbstr(VARDATA_ANY(lines), VARSIZE_ANY_EXHDR(lines), false);

	FluxBucket *bucket = flux_bucket_get(text_argument(name), false);
	FluxPointWriter *writer = flux_writer_create(bucket);

	flux_writer_add_lines(writer, VARDATA_ANY(lines), VARSIZE_ANY_EXHDR(lines), unit_ns);

	FluxWriteReport report = flux_writer_finish(writer);

	flux_write_report_raise(&report, WARNING);
	return report.points_written;
}

PG_FUNCTION_INFO_V1(fluxtask_write);
PGDLLEXPORT Datum
fluxtask_write(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(write_lines(fcinfo, true));
}

PG_FUNCTION_INFO_V1(fluxtask_write_bytes);
PGDLLEXPORT Datum
fluxtask_write_bytes(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(write_lines(fcinfo, false));
}
