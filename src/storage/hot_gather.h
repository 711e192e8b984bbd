/*
 * hot_gather.h
 *		Brings together the hot points of many series, sorted, from the hot rows of
 *		some chunks.
 *
 * Hot rows are in the order of writing; readers want series by series.  A
 * gather is told its targets (series and field pairs) in the order in which
 * they will be asked for, reads the hot rows, and hands out each target's
 * points ascending by time, the last write of each instant alone.
 *
 * Memory is bounded: when the points do not fit, only those of the next so
 * many targets are taken, and the rows are read again for the ones after.
 */
#ifndef FLUX_HOT_GATHER_H
#define FLUX_HOT_GATHER_H

#include "storage/chunk.h"
#include "utils/snapshot.h"
#include "vector/column.h"

typedef struct FluxHotTarget
{
	int64 series_id;
	int32 field_id;
	int32 m_id;
	FluxColumnType type;
	int64 weight; /* memory of its points, when discovered; else 0 */
} FluxHotTarget;

typedef struct FluxHotPoint
{
	int64 time_ns;
	union
	{
		bool boolean;
		uint64 bits; /* of an int, uint or float */
		const FluxText *string;
	} value;
	uint32 row;      /* which hot row it came from */
	uint32 position; /* order of arrival within its target */
} FluxHotPoint;

typedef struct FluxHotGather FluxHotGather;

/*
 * Opens the hot tables of the chunks (AccessShareLock until the end of the
 * transaction; a chunk that is gone is left out).  Only points in the bounds
 * and only rows with seq < seq_stop count.  In the current memory context.
 */
extern FluxHotGather *flux_hot_gather_create(const FluxChunk *chunks, int chunk_count,
											 FluxBounds bounds, int64 seq_stop, Snapshot snapshot,
											 Size memory_max);

/*
 * Sets the targets, which must live as long as the gather, no two alike.  Reads nothing yet.
 */
extern void flux_hot_gather_set_targets(FluxHotGather *gather, const FluxHotTarget *targets,
										int count);

/* All targets that the rows have points of, by (field_id, series_id); palloc'd. */
extern FluxHotTarget *flux_hot_gather_discover(FluxHotGather *gather, int *count);

/*
 * The points of a target.  Targets are asked for in ascending order, each at
 * most once.  Valid until the next call.
 */
extern const FluxHotPoint *flux_hot_gather_points(FluxHotGather *gather, int target, int *count);

/* Hot rows read so far. */
extern int64 flux_hot_gather_rows(const FluxHotGather *gather);

extern void flux_hot_gather_destroy(FluxHotGather *gather);

#endif /* FLUX_HOT_GATHER_H */
