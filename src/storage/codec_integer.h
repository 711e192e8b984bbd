/*
 * codec_integer.h
 *		Vectors of 64-bit integers: values of int and uint fields, times, the
 *		decimals of floats, lengths and codes.
 *
 * The first byte says how (version in the upper four bits, way in the lower):
 *
 *	CONST		value							all equal
 *	LINEAR		first, step						first + i * step: regular times
 *	FOR			least, packed					values minus their least
 *	DELTA		first, least step, packed		steps minus their least
 *	LINEAR_FOR	first, step, least, packed		what is left beside a straight line:
 *												jittered times
 *	RLE			count, values, lengths			runs; both again such vectors
 *
 * Single numbers are zigzag varints, "packed" is codec_bits.h's patched packing.
 * All arithmetic is modulo 2^64, so any bits come back as they were; signed
 * and unsigned need no telling apart.
 */
#ifndef FLUX_CODEC_INTEGER_H
#define FLUX_CODEC_INTEGER_H

#include "storage/codec_bits.h"

typedef enum FluxIntegerCodec
{
	FLUX_INTEGER_CONST = 0x11,
	FLUX_INTEGER_LINEAR = 0x12,
	FLUX_INTEGER_FOR = 0x13,
	FLUX_INTEGER_DELTA = 0x14,
	FLUX_INTEGER_LINEAR_FOR = 0x15,
	FLUX_INTEGER_RLE = 0x16
} FluxIntegerCodec;

/* Picks the smallest; 1 <= count <= FLUX_VECTOR_VALUES_MAX. */
extern void flux_integer_encode(StringInfo out, const int64 *values, int count);
extern void flux_integer_decode(FluxByteReader *reader, int64 *values, int count);

/*
 * Whether the vector at the reader is a straight line (CONST or LINEAR): then
 * it is passed over, *first and *step are set, and nothing needs decoding.
 * Otherwise the reader stays where it is.
 */
extern bool flux_integer_decode_linear(FluxByteReader *reader, int64 *first, int64 *step);

#endif /* FLUX_CODEC_INTEGER_H */
