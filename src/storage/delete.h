/*
 * delete.h
 *		Deleting points by time and predicate.
 */
#ifndef FLUX_DELETE_H
#define FLUX_DELETE_H

#include "base/predicate.h"
#include "storage/bucket.h"

/*
 * Parses InfluxDB's delete predicate:
 *
 *		predicate	= term { "AND" term }
 *		term		= "(" predicate ")" | key ( "=" | "!=" ) value
 *
 * Keys are tag names or _measurement, bare or in double quotes; values are in
 * double or single quotes, or bare.  NULL for blank text: everything.
 */
extern FluxPredicate *flux_delete_parse(FluxText text);

/*
 * Deletes what passes, with start <= time <= stop.  Checks DELETE rights.
 * Returns how many stored values went, overwritten ones that were still stored
 * included.
 */
extern int64 flux_delete_points(const FluxBucket *bucket, int64 start_ns, int64 stop_ns,
								const FluxPredicate *predicate);

/* The same for certain series, given by their ids. */
extern int64 flux_delete_series(const FluxBucket *bucket, int64 start_ns, int64 stop_ns,
								const int64 *series_ids, int count);

#endif /* FLUX_DELETE_H */
