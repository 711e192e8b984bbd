/*
 * scan_rows.h
 *		The instants at which a series has a point of any of its fields.
 */
#ifndef FLUX_SCAN_ROWS_H
#define FLUX_SCAN_ROWS_H

#include "storage/merge.h"
#include "storage/storage_scan.h"

typedef struct FluxScanRowTimes FluxScanRowTimes;

/* In the current memory context, which must be there as long. */
extern FluxScanRowTimes *flux_scan_row_times_create(FluxBounds bounds, FluxScanStats *stats);

/* Forgets the series before. */
extern void flux_scan_row_times_begin(FluxScanRowTimes *times);

/* Takes all pieces of the field that the merge has begun with, ascending. */
extern void flux_scan_row_times_add(FluxScanRowTimes *times, FluxMerge *merge);

/* A FluxScanPieceSource: segments have count and times alone, vectors times alone. */
extern bool flux_scan_row_times_next(void *argument, const FluxSegment **segment,
									 FluxMergeVector *vector);

#endif /* FLUX_SCAN_ROWS_H */
