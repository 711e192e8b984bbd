/*
 * fdw_time_bucket.h
 *		flux.time_bucket(): bins of time of any width, on any clock.
 */
#ifndef FLUX_FDW_TIME_BUCKET_H
#define FLUX_FDW_TIME_BUCKET_H

#include "datatype/timestamp.h"

/* What bins are made by. */
typedef struct FluxFdwTimeBucket
{
	int32 months; /* width; 0: width_us counts */
	int64 width_us;
	int64 zero;     /* where a bin begins: months or microseconds since 2000 */
	int64 shift_us; /* of months: from the month's beginning to the bin's */
	Datum zone;     /* a text; whose clock counts */
	bool has_zone;  /* else UTC's */
} FluxFdwTimeBucket;

/* The arguments, in this order; all but the width may be absent. */
enum
{
	FLUX_FDW_TIME_BUCKET_WIDTH,
	FLUX_FDW_TIME_BUCKET_ZONE,
	FLUX_FDW_TIME_BUCKET_ORIGIN,
	FLUX_FDW_TIME_BUCKET_OFFSET,
	FLUX_FDW_TIME_BUCKET_ARGUMENTS
};

/* NULL if fine, else why not: static text. */
extern const char *flux_fdw_time_bucket_init(FluxFdwTimeBucket *bucket, const Datum *arguments,
											 const bool *has);

/* Where the bin of an instant begins. */
extern TimestampTz flux_fdw_time_bucket_start(const FluxFdwTimeBucket *bucket, TimestampTz time);

/* Whether a function is one of flux.time_bucket's forms. */
extern bool flux_fdw_time_bucket_is(Oid function_oid);

#endif /* FLUX_FDW_TIME_BUCKET_H */
