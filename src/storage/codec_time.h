/*
 * codec_time.h
 *		Vectors of ascending times.
 *
 * An integer vector of the distances from the segment's first instant, which
 * the segment's row holds anyway: times at a fixed step take seven bytes.
 */
#ifndef FLUX_CODEC_TIME_H
#define FLUX_CODEC_TIME_H

#include "storage/codec_bits.h"

extern void flux_time_encode(StringInfo out, const int64 *times_ns, int count);

/* Raises ERRCODE_DATA_CORRUPTED unless the times ascend from first to last. */
extern void flux_time_decode(FluxByteReader *reader, int64 first_ns, int64 last_ns, int64 *times_ns,
							 int count);

/*
 * True when the times are first_ns + i * step_ns: nothing is decoded.  False
 * leaves the reader where it is.
 */
extern bool flux_time_decode_step(FluxByteReader *reader, int64 first_ns, int64 last_ns, int count,
								  int64 *step_ns);

#endif /* FLUX_CODEC_TIME_H */
