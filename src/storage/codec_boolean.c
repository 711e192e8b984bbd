/*
 * codec_boolean.c
 *		Encodes vectors of booleans as a constant, runs or a bitmap.
 */
#include "postgres.h"

#include "storage/codec_boolean.h"
#include "storage/codec_integer.h"

static void
encode_runs(StringInfo out, const bool *values, int count, int run_count)
{
	int64 *lengths = palloc0(sizeof(int64) * run_count);
	int run = 0;

	for (int i = 0; i < count; i++)
	{
		if (i > 0 && values[i] != values[i - 1])
			run++;
		lengths[run]++;
	}
	appendStringInfoCharMacro(out, (char) FLUX_BOOLEAN_RLE);
	appendStringInfoCharMacro(out, (char) values[0]);
	flux_bits_append_varint(out, run_count);
	flux_integer_encode(out, lengths, run_count);
	pfree(lengths);
}

static void
encode_bitmap(StringInfo out, const bool *values, int count)
{
	appendStringInfoCharMacro(out, (char) FLUX_BOOLEAN_BITMAP);
	for (int i = 0; i < count; i += 8)
	{
		int byte = 0;

		for (int k = 0; k < 8 && i + k < count; k++)
			byte |= values[i + k] << k;
		appendStringInfoCharMacro(out, (char) byte);
	}
}

void
flux_boolean_encode(StringInfo out, const bool *values, int count)
{
	int run_count = 1;
	int start = out->len;

	Assert(count >= 1 && count <= FLUX_VECTOR_VALUES_MAX);
	for (int i = 1; i < count; i++)
		run_count += values[i] != values[i - 1];
	if (run_count == 1)
	{
		appendStringInfoCharMacro(out, (char) FLUX_BOOLEAN_CONST);
		appendStringInfoCharMacro(out, (char) values[0]);
		return;
	}
	if (run_count < count / 8)
	{
		encode_runs(out, values, count, run_count);
		if (out->len - start < count / 8)
			return;
		out->len = start;
	}
	encode_bitmap(out, values, count);
}

static void
decode_runs(FluxByteReader *reader, bool *values, int count)
{
	bool value = flux_bytes_take_u8(reader) != 0;
	uint64 run_count = flux_bytes_take_varint(reader);
	int64 *lengths;
	int at = 0;

	if (run_count == 0 || run_count > (uint64) count)
		flux_bits_report_corrupted("a vector has more runs than values");
	lengths = palloc(sizeof(int64) * run_count);
	flux_integer_decode(reader, lengths, run_count);
	for (uint64 run = 0; run < run_count; run++, value = !value)
	{
		if (lengths[run] < 1 || lengths[run] > count - at)
			flux_bits_report_corrupted("runs do not add up to their vector");
		memset(values + at, value, lengths[run]);
		at += lengths[run];
	}
	if (at != count)
		flux_bits_report_corrupted("runs do not add up to their vector");
	pfree(lengths);
}

void
flux_boolean_decode(FluxByteReader *reader, bool *values, int count)
{
	const char *bitmap;

	if (count < 1 || count > FLUX_VECTOR_VALUES_MAX)
		flux_bits_report_corrupted("a vector has an impossible number of values");
	switch (flux_bytes_take_u8(reader))
	{
		case FLUX_BOOLEAN_CONST:
			memset(values, flux_bytes_take_u8(reader) != 0, count);
			break;
		case FLUX_BOOLEAN_BITMAP:
			bitmap = flux_bytes_take(reader, (count + 7) / 8);
			for (int i = 0; i < count; i++)
				values[i] = (bitmap[i >> 3] >> (i & 7)) & 1;
			break;
		case FLUX_BOOLEAN_RLE:
			decode_runs(reader, values, count);
			break;
		default:
			flux_bits_report_corrupted("a boolean vector has an unknown encoding");
	}
}
