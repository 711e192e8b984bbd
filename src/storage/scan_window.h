/*
 * scan_window.h
 *		What a window has come to, and how points and segments are added to it.
 */
#ifndef FLUX_SCAN_WINDOW_H
#define FLUX_SCAN_WINDOW_H

#include "lib/stringinfo.h"

#include "storage/scan_piece.h"
#include "storage/segment_format.h"
#include "storage/storage_scan.h"

typedef struct FluxScanTotal
{
	int64 count;              /* of points; 0: the rest means nothing */
	FluxSegmentNumber number; /* sum, selected value, or the least for a spread */
	FluxSegmentNumber high;   /* and the greatest */
} FluxScanTotal;

/* One that points are being added to. */
typedef struct FluxScanWindow
{
	FluxBounds bounds; /* clipped to those of the scan */
	FluxScanTotal total;
	int64 time_ns; /* of the selected point */
	bool boolean;
	StringInfoData string; /* selected string; made when there is one */
	MemoryContext context; /* where that is */
} FluxScanWindow;

/* Windows in the current memory context, none of them open. */
extern FluxScanWindow *flux_scan_windows_create(int64 count);

/* Makes it ready for another window. */
extern void flux_scan_window_open(FluxScanWindow *window, FluxBounds bounds);

/* Adds rows [first, stop) of the decoded piece, which lie in the window. */
extern void flux_scan_window_add_points(FluxScanWindow *window, FluxScanAggregate aggregate,
										const FluxScanPiece *piece, int first, int stop);

/*
 * Does the piece's segment hold a better extreme than the window has so far?
 * Where its time is wanted, the points must be looked at then.
 */
extern bool flux_scan_window_is_improved(const FluxScanWindow *window, FluxScanAggregate aggregate,
										 const FluxScanPiece *piece);

/* Adds the piece's whole segment by its statistics; extremes without their times. */
extern void flux_scan_window_add_segment(FluxScanWindow *window, FluxScanAggregate aggregate,
										 const FluxScanPiece *piece);

#endif /* FLUX_SCAN_WINDOW_H */
