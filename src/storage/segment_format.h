/*
 * segment_format.h
 *		What a row of a segment table says.
 *
 * A segment is up to FLUX_SEGMENT_POINTS values of one series and field,
 * ascending by time.  Segments of one series and field are disjoint in time.
 * Columns: storage/chunk.h.  Beside the two encoded vectors (codec_*.h) stand
 * statistics, so that a window which covers the segment needs no decoding:
 *
 *		type	vmin, vmax				vsum				vfirst, vlast
 *		float	bits; null with NaN		sum in order		bits
 *		int		value					wraps, as Flux does	value
 *		uint	bits					wraps				bits
 *		bool	null					null				0 or 1
 *		string	null					null				null
 *
 *	flags	bits 0..3	FluxColumnType of the field
 *			bits 4..7	format version, FLUX_SEGMENT_VERSION
 */
#ifndef FLUX_SEGMENT_FORMAT_H
#define FLUX_SEGMENT_FORMAT_H

#include "storage/codec_bits.h"
#include "vector/column.h"

#define FLUX_SEGMENT_VERSION 1
#define FLUX_SEGMENT_TYPE_MASK 0x0F
#define FLUX_SEGMENT_VERSION_SHIFT 4
#define FLUX_SEGMENT_VERSION_MASK 0xF0

/* Values that the writer puts into a segment; readers take more. */
#define FLUX_SEGMENT_POINTS 1024

/* Bytes of vectors in a row: three such rows fill a page; and what to split to. */
#define FLUX_SEGMENT_SIZE 2560
#define FLUX_SEGMENT_SIZE_SPLIT 2400

/* A segment with less of both is rewritten when points come next to it. */
#define FLUX_SEGMENT_POINTS_SMALL 768
#define FLUX_SEGMENT_SIZE_SMALL 1900

/* String bytes after which a segment is closed early. */
#define FLUX_SEGMENT_STRING_SIZE (1024 * 1024)

/* A statistic: the bits of a value of the field's type. */
typedef union FluxSegmentNumber
{
	int64 integer;
	uint64 uinteger;
	double floating;
} FluxSegmentNumber;

StaticAssertDecl(sizeof(FluxSegmentNumber) == sizeof(int64), "statistics are one int8 each");

/* A row as read; the vectors' bytes live until the reader goes on. */
typedef struct FluxSegment
{
	int64 series_id;
	int32 field_id;
	FluxColumnType type;
	int count; /* 1 .. FLUX_VECTOR_VALUES_MAX */
	int64 tmin_ns;
	int64 tmax_ns;
	bool has_range; /* min, max */
	bool has_sum;
	bool has_ends; /* first, last */
	FluxSegmentNumber min;
	FluxSegmentNumber max;
	FluxSegmentNumber sum;
	FluxSegmentNumber first;
	FluxSegmentNumber last;
	FluxByteReader times;
	FluxByteReader values;
} FluxSegment;

#endif /* FLUX_SEGMENT_FORMAT_H */
