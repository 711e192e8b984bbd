/*
 * codec_string.c
 *		Encodes vectors of strings: constant, dictionary or plain, compressed.
 *
 * Sizes and codes are integer vectors and pack well by themselves; zstd gets
 * the bytes alone, and only where they are many enough to be worth it.
 */
#include "postgres.h"

#include <zstd.h>

#include "storage/codec_integer.h"
#include "storage/codec_string.h"

#define FLUX_STRING_ZSTD_LEVEL 3
#define FLUX_STRING_COMPRESS_MIN 64 /* bytes; below, nothing is gained */

enum
{
	FLUX_STRING_BYTES_RAW = 0,
	FLUX_STRING_BYTES_ZSTD = 1
};

/* ---- bytes ---- */

/* Appends the strings' bytes, compressed if that makes them a tenth smaller. */
static void
append_bytes(StringInfo out, const FluxText *values, int count)
{
	Size raw_size = 0;
	char *raw;
	char *to;

	for (int i = 0; i < count; i++)
		raw_size += values[i].size;
	if (raw_size > FLUX_STRING_VECTOR_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("strings of one segment take more than %d bytes",
							   FLUX_STRING_VECTOR_SIZE_MAX)));
	raw = palloc(raw_size + 1);
	to = raw;
	for (int i = 0; i < count; i++)
	{
		memcpy(to, values[i].data, values[i].size);
		to += values[i].size;
	}
	if (raw_size >= FLUX_STRING_COMPRESS_MIN)
	{
		Size bound = ZSTD_compressBound(raw_size);
		char *packed = palloc(bound);
		Size size = ZSTD_compress(packed, bound, raw, raw_size, FLUX_STRING_ZSTD_LEVEL);

		if (!ZSTD_isError(size) && size < raw_size - raw_size / 10)
		{
			appendStringInfoCharMacro(out, (char) FLUX_STRING_BYTES_ZSTD);
			flux_bits_append_varint(out, raw_size);
			flux_bits_append_varint(out, size);
			appendBinaryStringInfo(out, packed, (int) size);
			pfree(packed);
			pfree(raw);
			return;
		}
		pfree(packed);
	}
	appendStringInfoCharMacro(out, (char) FLUX_STRING_BYTES_RAW);
	flux_bits_append_varint(out, raw_size);
	appendBinaryStringInfo(out, raw, (int) raw_size);
	pfree(raw);
}

/* The bytes again; palloc'd when they were compressed. */
static const char *
take_bytes(FluxByteReader *reader, Size *raw_size)
{
	int how = flux_bytes_take_u8(reader);
	uint64 size = flux_bytes_take_varint(reader);
	uint64 stored_size;
	const char *stored;
	char *raw;

	if (size > FLUX_STRING_VECTOR_SIZE_MAX)
		flux_bits_report_corrupted("a string vector is too large");
	*raw_size = size;
	if (how == FLUX_STRING_BYTES_RAW)
		return flux_bytes_take(reader, size);
	if (how != FLUX_STRING_BYTES_ZSTD)
		flux_bits_report_corrupted("a string vector has an unknown compression");
	stored_size = flux_bytes_take_varint(reader);
	stored = flux_bytes_take(reader, stored_size);

	/* The frame must own up to the same size before memory is taken for it. */
	if (ZSTD_getFrameContentSize(stored, stored_size) != size)
		flux_bits_report_corrupted("a compressed string vector has a wrong size");
	raw = palloc(size + 1);
	if (ZSTD_decompress(raw, size, stored, stored_size) != size)
		flux_bits_report_corrupted("a compressed string vector does not decompress");
	return raw;
}

/* ---- dictionary ---- */

/* Open addressing over the distinct strings; slots hold code + 1. */
typedef struct StringDictionary
{
	FluxText *entries;
	int count;
	int slot_mask;
	uint16 *slots;
} StringDictionary;

static uint32
hash_text(FluxText text)
{
	uint32 hash = 2166136261u;

	for (int i = 0; i < text.size; i++)
		hash = (hash ^ (uint8) text.data[i]) * 16777619u;
	return hash ^ (hash >> 15);
}

static int
dictionary_code(StringDictionary *dictionary, FluxText text)
{
	uint32 at = hash_text(text) & dictionary->slot_mask;

	for (; dictionary->slots[at] != 0; at = (at + 1) & dictionary->slot_mask)
	{
		if (flux_text_equal(dictionary->entries[dictionary->slots[at] - 1], text))
			return dictionary->slots[at] - 1;
	}
	dictionary->entries[dictionary->count++] = text;
	dictionary->slots[at] = (uint16) dictionary->count;
	return dictionary->count - 1;
}

static void
append_sizes(StringInfo out, const FluxText *values, int count)
{
	int64 *sizes = palloc(sizeof(int64) * count);

	for (int i = 0; i < count; i++)
		sizes[i] = values[i].size;
	flux_integer_encode(out, sizes, count);
	pfree(sizes);
}

void
flux_string_encode(StringInfo out, const FluxText *values, int count)
{
	StringDictionary dictionary = {0};
	int64 *codes = palloc(sizeof(int64) * count);
	int slot_count = 16;

	Assert(count >= 1 && count <= FLUX_VECTOR_VALUES_MAX);
	while (slot_count < count * 2)
		slot_count *= 2;
	dictionary.entries = palloc(sizeof(FluxText) * count);
	dictionary.slots = palloc0(sizeof(uint16) * slot_count);
	dictionary.slot_mask = slot_count - 1;
	for (int i = 0; i < count; i++)
		codes[i] = dictionary_code(&dictionary, values[i]);

	if (dictionary.count == 1)
	{
		appendStringInfoCharMacro(out, (char) FLUX_STRING_CONST);
		append_bytes(out, values, 1);
	}
	else if (dictionary.count <= count / 2)
	{
		appendStringInfoCharMacro(out, (char) FLUX_STRING_DICTIONARY);
		flux_bits_append_varint(out, dictionary.count);
		append_sizes(out, dictionary.entries, dictionary.count);
		flux_integer_encode(out, codes, count);
		append_bytes(out, dictionary.entries, dictionary.count);
	}
	else
	{
		appendStringInfoCharMacro(out, (char) FLUX_STRING_PLAIN);
		append_sizes(out, values, count);
		append_bytes(out, values, count);
	}
	pfree(codes);
	pfree(dictionary.entries);
	pfree(dictionary.slots);
}

/* ---- decoding ---- */

/* Cuts the bytes into texts of the given sizes. */
static void
cut_bytes(FluxByteReader *reader, const int64 *sizes, FluxText *texts, int count)
{
	Size left;
	const char *bytes = take_bytes(reader, &left);

	for (int i = 0; i < count; i++)
	{
		if (sizes[i] < 0 || (uint64) sizes[i] > left)
			flux_bits_report_corrupted("sizes of strings do not add up");
		texts[i] = flux_text(bytes, (int32) sizes[i]);
		bytes += sizes[i];
		left -= sizes[i];
	}
	if (left != 0)
		flux_bits_report_corrupted("sizes of strings do not add up");
}

static void
decode_dictionary(FluxByteReader *reader, FluxText *values, int count)
{
	uint64 entry_count = flux_bytes_take_varint(reader);
	int64 *sizes;
	int64 *codes;
	FluxText *entries;

	if (entry_count == 0 || entry_count > (uint64) count)
		flux_bits_report_corrupted("a dictionary has an impossible size");
	sizes = palloc(sizeof(int64) * entry_count);
	codes = palloc(sizeof(int64) * count);
	entries = palloc(sizeof(FluxText) * entry_count);
	flux_integer_decode(reader, sizes, entry_count);
	flux_integer_decode(reader, codes, count);
	cut_bytes(reader, sizes, entries, entry_count);
	for (int i = 0; i < count; i++)
	{
		if ((uint64) codes[i] >= entry_count)
			flux_bits_report_corrupted("a code is not in its dictionary");
		values[i] = entries[codes[i]];
	}
	pfree(sizes);
	pfree(codes);
	pfree(entries);
}

void
flux_string_decode(FluxByteReader *reader, FluxText *values, int count)
{
	const char *bytes;
	Size size;
	int64 *sizes;

	if (count < 1 || count > FLUX_VECTOR_VALUES_MAX)
		flux_bits_report_corrupted("a vector has an impossible number of values");
	switch (flux_bytes_take_u8(reader))
	{
		case FLUX_STRING_CONST:
			bytes = take_bytes(reader, &size);
			for (int i = 0; i < count; i++)
				values[i] = flux_text(bytes, (int32) size);
			break;
		case FLUX_STRING_DICTIONARY:
			decode_dictionary(reader, values, count);
			break;
		case FLUX_STRING_PLAIN:
			sizes = palloc(sizeof(int64) * count);
			flux_integer_decode(reader, sizes, count);
			cut_bytes(reader, sizes, values, count);
			pfree(sizes);
			break;
		default:
			flux_bits_report_corrupted("a string vector has an unknown encoding");
	}
}
