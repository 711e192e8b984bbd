/*
 * codec_bits.h
 *		What every codec stands on: reading stored bytes with bounds, varints,
 *		bit-packed numbers.
 *
 * Encoders append to a StringInfo.  Decoders take bytes from a FluxByteReader
 * and trust none of them: what is wrong raises ERRCODE_DATA_CORRUPTED, and no
 * allocation is greater than the number of values asked for allows.
 */
#ifndef FLUX_CODEC_BITS_H
#define FLUX_CODEC_BITS_H

#include "lib/stringinfo.h"
#include "base/pg_compat.h"
#include "storage/codec_bytes.h"

/* Values a vector has at most; positions within one fit 16 bits. */
#define FLUX_VECTOR_VALUES_MAX 8192

typedef struct FluxByteReader
{
	const char *next;
	const char *end;
} FluxByteReader;

static inline FluxByteReader
flux_byte_reader(const char *data, Size size)
{
	FluxByteReader reader = {data, data + size};

	return reader;
}

/* Raises ERRCODE_DATA_CORRUPTED, "segment is damaged: <what>". */
extern void flux_bits_report_corrupted(const char *what) pg_attribute_noreturn();

/* The next "size" bytes, which the reader passes over. */
static inline const char *
flux_bytes_take(FluxByteReader *reader, Size size)
{
	const char *at = reader->next;

	if ((Size) (reader->end - at) < size)
		flux_bits_report_corrupted("a vector is cut off");
	reader->next += size;
	return at;
}

static inline uint8
flux_bytes_take_u8(FluxByteReader *reader)
{
	return (uint8) *flux_bytes_take(reader, 1);
}

static inline uint16
flux_bytes_take_u16(FluxByteReader *reader)
{
	return flux_load_u16(flux_bytes_take(reader, 2));
}

static inline uint64
flux_bytes_take_u64(FluxByteReader *reader)
{
	return flux_load_u64(flux_bytes_take(reader, 8));
}

extern uint64 flux_bytes_take_varint(FluxByteReader *reader);
extern void flux_bits_append_varint(StringInfo out, uint64 value);
extern int flux_bits_varint_size(uint64 value);

/* Signed numbers as small unsigned ones: 0, -1, 1, -2 ... -> 0, 1, 2, 3 ... */
static inline uint64
flux_bits_zigzag(int64 value)
{
	return ((uint64) value << 1) ^ (uint64) (value >> 63);
}

static inline int64
flux_bits_unzigzag(uint64 value)
{
	return (int64) (value >> 1) ^ -(int64) (value & 1);
}

/* Bits that hold the value; 0 for 0. */
static inline int
flux_bits_width(uint64 value)
{
	return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

/*
 * Plain packing: count values of "width" bits (0..64), the first in the lowest
 * bits of the first byte.
 */
extern void flux_bits_pack(StringInfo out, const uint64 *values, int count, int width);
extern void flux_bits_unpack(FluxByteReader *reader, uint64 *values, int count, int width);

/*
 * Patched packing: the width that makes the whole smallest; the few values
 * that do not fit keep their upper bits in a list behind.
 *
 *	width 1, exceptions 2, packed lower bits,
 *	if exceptions: positions 2 each, width of upper bits 1, packed upper bits
 */
typedef struct FluxPackPlan
{
	int width;
	int exceptions;
	int upper_width;
	Size size; /* bytes it will take */
} FluxPackPlan;

extern FluxPackPlan flux_bits_plan(const uint64 *values, int count);
extern void flux_bits_pack_patched(StringInfo out, const uint64 *values, int count,
								   const FluxPackPlan *plan);
extern void flux_bits_unpack_patched(FluxByteReader *reader, uint64 *values, int count);

#endif /* FLUX_CODEC_BITS_H */
