/*
 * codec_bytes.h
 *		Little-endian loads and stores at any address, for stored formats.
 *
 * memcpy of a known size is one move on machines that allow it; the swap costs
 * nothing on little-endian ones.
 */
#ifndef FLUX_CODEC_BYTES_H
#define FLUX_CODEC_BYTES_H

#include "port/pg_bswap.h"

#ifdef WORDS_BIGENDIAN
#define FLUX_SWAP_LE16(x) pg_bswap16(x)
#define FLUX_SWAP_LE32(x) pg_bswap32(x)
#define FLUX_SWAP_LE64(x) pg_bswap64(x)
#else
#define FLUX_SWAP_LE16(x) (x)
#define FLUX_SWAP_LE32(x) (x)
#define FLUX_SWAP_LE64(x) (x)
#endif

static inline uint16
flux_load_u16(const char *from)
{
	uint16 value;

	memcpy(&value, from, sizeof(value));
	return FLUX_SWAP_LE16(value);
}

static inline uint32
flux_load_u32(const char *from)
{
	uint32 value;

	memcpy(&value, from, sizeof(value));
	return FLUX_SWAP_LE32(value);
}

static inline uint64
flux_load_u64(const char *from)
{
	uint64 value;

	memcpy(&value, from, sizeof(value));
	return FLUX_SWAP_LE64(value);
}

static inline char *
flux_store_u8(char *to, uint8 value)
{
	*to = (char) value;
	return to + 1;
}

static inline char *
flux_store_u16(char *to, uint16 value)
{
	value = FLUX_SWAP_LE16(value);
	memcpy(to, &value, sizeof(value));
	return to + sizeof(value);
}

static inline char *
flux_store_u32(char *to, uint32 value)
{
	value = FLUX_SWAP_LE32(value);
	memcpy(to, &value, sizeof(value));
	return to + sizeof(value);
}

static inline char *
flux_store_u64(char *to, uint64 value)
{
	value = FLUX_SWAP_LE64(value);
	memcpy(to, &value, sizeof(value));
	return to + sizeof(value);
}

#endif /* FLUX_CODEC_BYTES_H */
