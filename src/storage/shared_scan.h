/*
 * shared_scan.h
 *		One reading of a bucket for several who want the same points, each
 *		something else of them: the points, or this or that aggregate of them.
 *
 * A part is a FluxScanSpec.  All parts agree in all that decides which points
 * there are: bucket, bounds, predicate, user and field_type; in series_major,
 * together and grouping; and none is descending or has rows_max.  What a part
 * gets is what a scan of its own would give, except for how its rows are divided
 * into batches.
 */
#ifndef FLUX_SHARED_SCAN_H
#define FLUX_SHARED_SCAN_H

#include "storage/storage_scan.h"

typedef struct FluxSharedScan FluxSharedScan;

extern FluxSharedScan *flux_shared_scan_begin(const FluxScanSpec *parts, int part_count);

/*
 * The next batch and whose it is.  The batches of the parts take turns; the
 * last one of a series or group may be empty.
 */
extern bool flux_shared_scan_next(FluxSharedScan *scan, int *part, FluxScanBatch *batch);
extern const FluxScanStats *flux_shared_scan_stats(const FluxSharedScan *scan);
extern void flux_shared_scan_end(FluxSharedScan *scan);

#endif /* FLUX_SHARED_SCAN_H */
