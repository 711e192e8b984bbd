/*
 * codec_string.h
 *		Vectors of strings.
 *
 * The first byte says how:
 *
 *	CONST		bytes
 *	DICTIONARY	number of different strings (varint), integer vector of their sizes,
 *				integer vector of codes (one per value), bytes of them all
 *	PLAIN		integer vector of sizes, bytes of them all
 *
 *	bytes		how compressed 1 (0 not, 1 zstd), raw size (varint),
 *				stored size (varint, only when compressed), data
 */
#ifndef FLUX_CODEC_STRING_H
#define FLUX_CODEC_STRING_H

#include "base/text.h"
#include "storage/codec_bits.h"

typedef enum FluxStringCodec
{
	FLUX_STRING_CONST = 0x11,
	FLUX_STRING_DICTIONARY = 0x12,
	FLUX_STRING_PLAIN = 0x13
} FluxStringCodec;

/* Bytes that the strings of a vector have at most together. */
#define FLUX_STRING_VECTOR_SIZE_MAX (64 * 1024 * 1024)

/* Raises an error when they are too many bytes together. */
extern void flux_string_encode(StringInfo out, const FluxText *values, int count);

/* The bytes live in the current memory context (or where the reader's do). */
extern void flux_string_decode(FluxByteReader *reader, FluxText *values, int count);

#endif /* FLUX_CODEC_STRING_H */
