/*
 * segment_reader.h
 *		Finds and decodes the segments of one chunk.
 *
 *		reader = flux_segment_reader_open(chunk, snapshot);
 *		flux_segment_reader_seek(reader, field_id, series_id, bounds, false);
 *		while (flux_segment_reader_next(reader, &segment)) ...
 */
#ifndef FLUX_SEGMENT_READER_H
#define FLUX_SEGMENT_READER_H

#include "storage/chunk.h"
#include "storage/segment_format.h"
#include "storage/itemptr.h"
#include "utils/snapshot.h"

typedef struct FluxSegmentReader FluxSegmentReader;

/*
 * Opens the chunk's segment table with AccessShareLock, which stays until the
 * end of the transaction.  NULL when retention has dropped it.
 */
extern FluxSegmentReader *flux_segment_reader_open(const FluxChunk *chunk, Snapshot snapshot);

/*
 * So many series of a field are about to be sought, of about so many that the
 * chunk holds: where that is worth it, the field's part of the index is walked
 * once, and each of them is found in memory.
 */
extern void flux_segment_reader_expect(FluxSegmentReader *reader, int32 field_id, int64 series,
									   int fields_in_chunk);

/* The segments of a field and series that touch bounds come next, in order of time. */
extern void flux_segment_reader_seek(FluxSegmentReader *reader, int32 field_id, int64 series_id,
									 FluxBounds bounds, bool descending);

/*
 * The next segment; its bytes are valid until the next call.  Raises
 * ERRCODE_DATA_CORRUPTED on a row that cannot be.
 */
extern bool flux_segment_reader_next(FluxSegmentReader *reader, FluxSegment *segment);

/* Where the current segment stands, for deleting it. */
extern ItemPointerData flux_segment_reader_tid(const FluxSegmentReader *reader);
extern void flux_segment_reader_close(FluxSegmentReader *reader);

/*
 * Decode segment->count times or values.  The values' array is as in
 * FluxColumn.values; strings' bytes live as long as the segment's, or in the
 * current memory context.
 */
extern void flux_segment_decode_times(const FluxSegment *segment, int64 *times_ns);
extern void flux_segment_decode_values(const FluxSegment *segment, void *values);

/* True when times are tmin_ns + i * step_ns (step 0 for a single point). */
extern bool flux_segment_has_step(const FluxSegment *segment, int64 *step_ns);

#endif /* FLUX_SEGMENT_READER_H */
