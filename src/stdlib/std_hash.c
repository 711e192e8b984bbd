/*
 * std_hash.c
 *		Packages contrib/qxip/hash and contrib/bonitoo-io/hex.
 *
 * The server's cryptographic hashes do the work; xxHash64 stands here.  All
 * results are text: lower-case hexadecimal, or a decimal number for the hashes
 * that are numbers.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/hmac.h"
#include "common/md5.h"
#include "common/sha1.h"
#include "common/sha2.h"
#include "miscadmin.h"

#include "evaluate/evaluator.h"
#include "stdlib/base64.h"
#include "stdlib/registry.h"

#define HEX_FORMAT "%llx"

/* Bytes that are digested between two looks at interrupts. */
#define DIGESTED_SIZE (4 * 1024 * 1024)

static FluxValue
hex_value(FluxText bytes)
{
	return flux_value_string(flux_value_bytes_to_hexadecimal(bytes));
}

/* In pieces, because the server's function looks at no interrupts. */
static bool
digest_text(pg_cryptohash_ctx *context, FluxText text)
{
	for (int32 at = 0; at < text.size; at += DIGESTED_SIZE)
	{
		CHECK_FOR_INTERRUPTS();
		if (pg_cryptohash_update(context, (const uint8 *) text.data + at,
								 (size_t) Min(DIGESTED_SIZE, text.size - at)) < 0)
			return false;
	}
	return true;
}

static FluxValue
digest(FluxCall *call, pg_cryptohash_type type, int size)
{
	FluxText text = flux_call_string(call, "v");
	uint8 result[PG_SHA256_DIGEST_LENGTH];
	pg_cryptohash_ctx *context = pg_cryptohash_create(type);

	if (pg_cryptohash_init(context) < 0 || !digest_text(context, text) ||
		pg_cryptohash_final(context, result, (size_t) size) < 0)
		flux_call_raise(call, ERRCODE_INTERNAL_ERROR, "could not compute %s: %s",
						call->builtin->name, pg_cryptohash_error(context));
	pg_cryptohash_free(context);
	return hex_value(flux_text((const char *) result, size));
}

static FluxValue
hash_md5(FluxCall *call)
{
	return digest(call, PG_MD5, MD5_DIGEST_LENGTH);
}

static FluxValue
hash_sha1(FluxCall *call)
{
	return digest(call, PG_SHA1, SHA1_DIGEST_LENGTH);
}

static FluxValue
hash_sha256(FluxCall *call)
{
	return digest(call, PG_SHA256, PG_SHA256_DIGEST_LENGTH);
}

static FluxValue
hash_b64(FluxCall *call)
{
	return flux_value_string(flux_base64_encode(flux_call_string(call, "v")));
}

/* HMAC-SHA1 in base64. */
static FluxValue
hash_hmac(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	FluxText key = flux_call_string(call, "k");
	uint8 result[SHA1_DIGEST_LENGTH];
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA1);

	if (pg_hmac_init(context, (const uint8 *) key.data, (size_t) key.size) < 0 ||
		pg_hmac_update(context, (const uint8 *) text.data, (size_t) text.size) < 0 ||
		pg_hmac_final(context, result, sizeof(result)) < 0)
		flux_call_raise(call, ERRCODE_INTERNAL_ERROR, "could not compute hmac: %s",
						pg_hmac_error(context));
	pg_hmac_free(context);
	return flux_value_string(flux_base64_encode(flux_text((const char *) result, sizeof(result))));
}

/* ---- xxHash64, seed 0, after its published specification ---- */

#define XX_PRIME_1 UINT64CONST(0x9E3779B185EBCA87)
#define XX_PRIME_2 UINT64CONST(0xC2B2AE3D27D4EB4F)
#define XX_PRIME_3 UINT64CONST(0x165667B19E3779F9)
#define XX_PRIME_4 UINT64CONST(0x85EBCA77C2B2AE63)
#define XX_PRIME_5 UINT64CONST(0x27D4EB2F165667C5)

static inline uint64
rotate(uint64 value, int bits)
{
	return (value << bits) | (value >> (64 - bits));
}

/* Little-endian words, whatever the machine. */
static uint64
read_word(const uint8 *bytes, int size)
{
	uint64 word = 0;

	for (int i = size - 1; i >= 0; i--)
		word = (word << 8) | bytes[i];
	return word;
}

static inline uint64
xx_round(uint64 lane, uint64 word)
{
	return rotate(lane + word * XX_PRIME_2, 31) * XX_PRIME_1;
}

static uint64
xxhash64(const uint8 *bytes, int32 size)
{
	const uint8 *end = bytes + size;
	uint64 hash = XX_PRIME_5;

	if (size >= 32)
	{
		uint64 lanes[4] = {XX_PRIME_1 + XX_PRIME_2, XX_PRIME_2, 0, 0 - XX_PRIME_1};

		for (; end - bytes >= 32; bytes += 32)
		{
			for (int i = 0; i < 4; i++)
				lanes[i] = xx_round(lanes[i], read_word(bytes + 8 * i, 8));
		}
		hash =
			rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
		for (int i = 0; i < 4; i++)
			hash = (hash ^ xx_round(0, lanes[i])) * XX_PRIME_1 + XX_PRIME_4;
	}
	hash += (uint64) size;
	for (; end - bytes >= 8; bytes += 8)
		hash = rotate(hash ^ xx_round(0, read_word(bytes, 8)), 27) * XX_PRIME_1 + XX_PRIME_4;
	if (end - bytes >= 4)
	{
		hash = rotate(hash ^ (read_word(bytes, 4) * XX_PRIME_1), 23) * XX_PRIME_2 + XX_PRIME_3;
		bytes += 4;
	}
	for (; bytes < end; bytes++)
		hash = rotate(hash ^ (*bytes * XX_PRIME_5), 11) * XX_PRIME_1;
	hash ^= hash >> 33;
	hash *= XX_PRIME_2;
	hash ^= hash >> 29;
	hash *= XX_PRIME_3;
	return hash ^ (hash >> 32);
}

static FluxValue
hash_xxhash64(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");

	return flux_value_cstring(
		psprintf(UINT64_FORMAT, xxhash64((const uint8 *) text.data, text.size)));
}

/* ---- hex ---- */

static int
hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* Magnitude of hexadecimal digits; raises when they are none or too many. */
static uint64
hex_magnitude(FluxCall *call, FluxText digits, uint64 limit)
{
	FluxText text = flux_call_string(call, "v");
	uint64 magnitude = 0;

	for (int32 i = 0; i < digits.size; i++)
	{
		int digit = hex_digit(digits.data[i]);

		if (digit < 0)
			flux_call_raise(call, ERRCODE_INVALID_TEXT_REPRESENTATION,
							"cannot convert string \"%.*s\" to %s due to invalid syntax", text.size,
							text.data, call->builtin->name);
		if (magnitude > limit >> 4)
			flux_call_raise(call, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							"cannot convert string \"%.*s\" to %s due to value out of range",
							text.size, text.data, call->builtin->name);
		magnitude = magnitude << 4 | (uint64) digit;
	}
	if (digits.size == 0 || magnitude > limit)
		flux_call_raise(call, ERRCODE_INVALID_TEXT_REPRESENTATION,
						"cannot convert string \"%.*s\" to %s due to %s", text.size, text.data,
						call->builtin->name,
						digits.size == 0 ? "invalid syntax" : "value out of range");
	return magnitude;
}

/* Drops "0x". */
static FluxText
without_prefix(FluxText text)
{
	if (text.size > 2 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X'))
		return flux_text(text.data + 2, text.size - 2);
	return text;
}

static FluxValue
hex_int(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	bool is_negative = text.size > 0 && text.data[0] == '-';
	bool has_sign = text.size > 0 && (is_negative || text.data[0] == '+');
	FluxText digits = without_prefix(has_sign ? flux_text(text.data + 1, text.size - 1) : text);
	uint64 magnitude = hex_magnitude(call, digits, (uint64) PG_INT64_MAX + (is_negative ? 1 : 0));

	return flux_value_int(is_negative ? (int64) (0 - magnitude) : (int64) magnitude);
}

static FluxValue
hex_uint(FluxCall *call)
{
	return flux_value_uint(
		hex_magnitude(call, without_prefix(flux_call_string(call, "v")), PG_UINT64_MAX));
}

static FluxValue
hex_bytes(FluxCall *call)
{
	FluxText text = flux_call_string(call, "v");
	char *bytes = palloc((Size) text.size / 2 + 1);

	for (int32 i = 0; i + 1 < text.size; i += 2)
	{
		int high = hex_digit(text.data[i]);
		int low = hex_digit(text.data[i + 1]);

		if (high < 0 || low < 0)
			flux_call_raise(call, ERRCODE_INVALID_TEXT_REPRESENTATION,
							"cannot convert string \"%.*s\" to bytes due to hex decoding error",
							text.size, text.data);
		bytes[i / 2] = (char) (high << 4 | low);
	}
	if (text.size % 2 != 0)
		flux_call_raise(call, ERRCODE_INVALID_TEXT_REPRESENTATION,
						"cannot convert string \"%.*s\" to bytes due to hex decoding error: odd "
						"length",
						text.size, text.data);
	return flux_value_bytes(flux_text(bytes, text.size / 2));
}

/* Integers in base 16, bytes byte by byte, everything else as string() has it. */
static FluxValue
hex_string(FluxCall *call)
{
	FluxValue value = flux_call_value(call, "v");
	const char *error;

	if (!value.is_null && value.kind == FLUX_KIND_BYTES)
		return hex_value(value.as.string);
	if (!value.is_null && value.kind == FLUX_KIND_UINT)
		return flux_value_cstring(psprintf(HEX_FORMAT, (unsigned long long) value.as.uinteger));
	if (!value.is_null && value.kind == FLUX_KIND_INT)
		return flux_value_cstring(
			value.as.integer < 0
				? psprintf("-" HEX_FORMAT, (unsigned long long) (0 - value.as.uinteger))
				: psprintf(HEX_FORMAT, (unsigned long long) value.as.uinteger));
	value = flux_value_convert(value, FLUX_KIND_STRING, &error);
	if (error != NULL)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "%s", error);
	return value;
}

#define HASH(name)                                                                                 \
	{                                                                                              \
		"contrib/qxip/hash", #name, FLUX_BUILTIN_SCALAR, hash_##name, .is_pure = true              \
	}
#define HEX(name)                                                                                  \
	{                                                                                              \
		"contrib/bonitoo-io/hex", #name, FLUX_BUILTIN_SCALAR, hex_##name, .is_pure = true          \
	}

static const FluxBuiltin builtins[] = {
	HASH(b64),      HASH(hmac), HASH(md5), HASH(sha1),  HASH(sha256),
	HASH(xxhash64), HEX(bytes), HEX(int),  HEX(string), HEX(uint),
};

void
flux_std_hash_register(void)
{
	FLUX_REGISTER(builtins);
}
