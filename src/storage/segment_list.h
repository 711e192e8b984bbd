/*
 * segment_list.h
 *		All segments of a field in one chunk, found in memory.
 *
 * For whoever reads many series of the field:
 *
 *		list = flux_segment_list_create(seg, index, field_id, snapshot);
 *		flux_segment_list_seek(list, series_id, bounds, false);
 *		while ((row = flux_segment_list_next(list, rows)) != NULL) ...
 */
#ifndef FLUX_SEGMENT_LIST_H
#define FLUX_SEGMENT_LIST_H

#include "access/htup.h"
#include "base/window_grid.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

typedef struct FluxSegmentList FluxSegmentList;

/* Reads rows of a segment table by their places, a page pinned at a time. */
typedef struct FluxSegmentRows FluxSegmentRows;

extern FluxSegmentRows *flux_segment_rows_create(Relation seg, Snapshot snapshot);
extern void flux_segment_rows_close(FluxSegmentRows *rows);

/* Walks over the field's part of the index; the table is not looked at. */
extern FluxSegmentList *flux_segment_list_create(Relation seg, Relation index, int32 field_id,
												 Snapshot snapshot);
extern int32 flux_segment_list_field(const FluxSegmentList *list);

/*
 * The rows of the series that may touch the bounds come next, in order of time:
 * those that begin within, and of the ones before the last that is there.
 */
extern void flux_segment_list_seek(FluxSegmentList *list, FluxSegmentRows *rows, int64 series_id,
								   FluxBounds bounds, bool descending);

/* The next row that is there, where it stands, until the next call; or NULL. */
extern HeapTuple flux_segment_list_next(FluxSegmentList *list, FluxSegmentRows *rows);

#endif /* FLUX_SEGMENT_LIST_H */
