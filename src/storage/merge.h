/*
 * merge.h
 *		The points of one series and field as they stand: segments overlaid by
 *		hot points.
 *
 * Hot always beats segment: a compaction consumes only what is older than all
 * that it leaves, so whatever is still hot was written later.  A merge gives
 * pieces in order of time: a segment that no hot point lies within is handed
 * on undecoded (its statistics may do), everything else comes as vectors.
 */
#ifndef FLUX_MERGE_H
#define FLUX_MERGE_H

#include "storage/hot_gather.h"
#include "storage/segment_reader.h"

/* Decoded points, ascending; arrays grow as needed. */
typedef struct FluxMergeVector
{
	MemoryContext context; /* of the arrays */
	MemoryContext strings; /* of strings' bytes; reset at each filling */
	int capacity;
	int count;
	int64 *times_ns;
	void *values; /* as in FluxColumn.values, 16 bytes a value allocated */
} FluxMergeVector;

extern void flux_merge_vector_init(FluxMergeVector *vector, MemoryContext context);
extern void flux_merge_vector_reserve(FluxMergeVector *vector, int count);

/* Takes only the points with keep[i] set. */
extern void flux_merge_vector_filter(FluxMergeVector *vector, FluxColumnType type,
									 const bool *keep);

typedef struct FluxMerge FluxMerge;

/* For any number of series; the chunks ascend by time.  In the current context. */
extern FluxMerge *flux_merge_create(const FluxChunk *chunks, int chunk_count, Snapshot snapshot);

/*
 * Says which series and fields will be begun with, in what order ever: many of a
 * field are found faster together.  The targets need not live on.
 */
extern void flux_merge_expect(FluxMerge *merge, const FluxHotTarget *targets, int count);

/* Starts a series and field.  The hot points must live until the next begin. */
extern void flux_merge_begin(FluxMerge *merge, const FluxHotTarget *target, FluxBounds bounds,
							 const FluxHotPoint *points, int point_count, bool descending);

/*
 * The next piece: *segment non-NULL is one to be decoded (or not), valid until
 * the next call; else the vector is filled.  Pieces come in order of time, or
 * the reverse; inside a vector points always ascend.  False at the end.
 */
extern bool flux_merge_next(FluxMerge *merge, const FluxSegment **segment, FluxMergeVector *vector);

/*
 * Decodes the current segment, clipped to the bounds (the vector may come out
 * empty).
 */
extern void flux_merge_decode(FluxMerge *merge, const FluxSegment *segment,
							  FluxMergeVector *vector);

/* Segments that had to be decoded because of hot points. */
extern int64 flux_merge_segments_overlaid(const FluxMerge *merge);
extern void flux_merge_destroy(FluxMerge *merge);

/* Overlays count points of a segment with hot ones; the result is in "out". */
extern void flux_merge_overlay(FluxMergeVector *out, FluxColumnType type,
							   const FluxMergeVector *segment, const FluxHotPoint *points,
							   int point_count);

/* Appends hot points to a vector. */
extern void flux_merge_append_points(FluxMergeVector *vector, FluxColumnType type,
									 const FluxHotPoint *points, int point_count);

#endif /* FLUX_MERGE_H */
