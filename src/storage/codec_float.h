/*
 * codec_float.h
 *		Vectors of doubles, kept bit for bit.
 *
 * The first byte says how:
 *
 *	CONST		bits 8
 *	DECIMAL		exponent 1 (0..18), exceptions 2, integer vector,
 *				exceptions: position 2 each, bits 8 each
 *				value = integer / 10^exponent, the correctly rounded quotient,
 *				which is what reading that decimal from text gives
 *	XOR			first bits 8, shift 1, patched packing of (bits ^ previous bits) >> shift
 *	RAW			bits 8 each
 *	ORDERED		shift 1, integer vector of ordered bits >> shift
 *				ordered bits: the bits of a positive value, the complement of the
 *				magnitude's of a negative one; they grow as the value does
 *
 * An exception of DECIMAL (NaN, -0.0, a value with too many digits) holds a
 * filler in the integer vector and its bits behind.
 */
#ifndef FLUX_CODEC_FLOAT_H
#define FLUX_CODEC_FLOAT_H

#include "storage/codec_bits.h"

typedef enum FluxFloatCodec
{
	FLUX_FLOAT_CONST = 0x11,
	FLUX_FLOAT_DECIMAL = 0x12,
	FLUX_FLOAT_XOR = 0x13,
	FLUX_FLOAT_RAW = 0x14,
	FLUX_FLOAT_ORDERED = 0x15
} FluxFloatCodec;

#define FLUX_FLOAT_EXPONENT_MAX 18

extern void flux_float_encode(StringInfo out, const double *values, int count);
extern void flux_float_decode(FluxByteReader *reader, double *values, int count);

#endif /* FLUX_CODEC_FLOAT_H */
