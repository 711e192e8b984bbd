/*
 * segment_writer.h
 *		Turns ascending points of one series and field after another into rows of
 *		a segment table.
 */
#ifndef FLUX_SEGMENT_WRITER_H
#define FLUX_SEGMENT_WRITER_H

#include "utils/relcache.h"
#include "vector/column.h"

typedef struct FluxSegmentWriter FluxSegmentWriter;

/* The caller has the table open with RowExclusiveLock and closes it after. */
extern FluxSegmentWriter *flux_segment_writer_create(Relation seg);

/* Starts a series and field; what the one before has left is written. */
extern void flux_segment_writer_begin(FluxSegmentWriter *writer, int64 series_id, int32 field_id,
									  FluxColumnType type);

/*
 * Appends rows [first, first + count), later than all before; no nulls.  String
 * bytes are copied.
 */
extern void flux_segment_writer_append(FluxSegmentWriter *writer, const int64 *times_ns,
									   const FluxColumn *values, int first, int count);

/* Points that wait for their segment to fill. */
extern int flux_segment_writer_pending(const FluxSegmentWriter *writer);

/* Closes the segment under construction: the next point starts another. */
extern void flux_segment_writer_flush(FluxSegmentWriter *writer);

/* Writes the rest, releases everything; gives what was written in all. */
extern void flux_segment_writer_finish(FluxSegmentWriter *writer, int64 *segments, int64 *points);

#endif /* FLUX_SEGMENT_WRITER_H */
