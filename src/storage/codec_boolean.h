/*
 * codec_boolean.h
 *		Vectors of booleans.
 *
 * The first byte says how:
 *
 *	CONST		value 1
 *	BITMAP		a bit each, the first lowest
 *	RLE			first value 1, number of runs (varint), integer vector of their lengths
 */
#ifndef FLUX_CODEC_BOOLEAN_H
#define FLUX_CODEC_BOOLEAN_H

#include "storage/codec_bits.h"

typedef enum FluxBooleanCodec
{
	FLUX_BOOLEAN_CONST = 0x11,
	FLUX_BOOLEAN_BITMAP = 0x12,
	FLUX_BOOLEAN_RLE = 0x13
} FluxBooleanCodec;

extern void flux_boolean_encode(StringInfo out, const bool *values, int count);
extern void flux_boolean_decode(FluxByteReader *reader, bool *values, int count);

#endif /* FLUX_CODEC_BOOLEAN_H */
