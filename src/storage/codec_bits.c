/*
 * codec_bits.c
 *		Varints and bit-packed numbers.
 *
 * Unpacking is where reading spends its time.  Eight values of w bits are w
 * bytes, so the loop goes by groups of eight: with w known at compile time
 * every load offset and shift is a constant, and no value depends on another.
 * There is one instance per width.
 */
#include "postgres.h"

#include "storage/codec_bits.h"

void
flux_bits_report_corrupted(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("segment is damaged: %s", what),
					errhint("Restore the chunk's table from a backup, or delete the row.")));
	pg_unreachable();
}

/* ---- varints: seven bits a byte, the lowest first ---- */

void
flux_bits_append_varint(StringInfo out, uint64 value)
{
	while (value >= 0x80)
	{
		appendStringInfoCharMacro(out, (char) (value | 0x80));
		value >>= 7;
	}
	appendStringInfoCharMacro(out, (char) value);
}

int
flux_bits_varint_size(uint64 value)
{
	return value == 0 ? 1 : (flux_bits_width(value) + 6) / 7;
}

uint64
flux_bytes_take_varint(FluxByteReader *reader)
{
	uint64 value = 0;

	for (int shift = 0; shift < 64; shift += 7)
	{
		uint8 byte = flux_bytes_take_u8(reader);

		value |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
			return value;
	}
	flux_bits_report_corrupted("a number is too long");
}

/* ---- plain packing ---- */

void
flux_bits_pack(StringInfo out, const uint64 *values, int count, int width)
{
	uint64 pending = 0;
	int pending_bits = 0;
	uint64 mask = width == 64 ? PG_UINT64_MAX : (UINT64CONST(1) << width) - 1;
	char *to;

	enlargeStringInfo(out, (int) (((int64) count * width + 7) / 8) + 16);
	to = out->data + out->len;
	for (int i = 0; i < count; i++)
	{
		uint64 value = values[i] & mask;

		pending |= value << pending_bits;
		if (pending_bits + width >= 64)
		{
			to = flux_store_u64(to, pending);
			/* what of the value did not fit; a shift by 64 would be undefined */
			pending = pending_bits == 0 ? 0 : value >> (64 - pending_bits);
			pending_bits += width - 64;
			if (pending_bits == 0)
				pending = 0;
		}
		else
			pending_bits += width;
	}
	for (; pending_bits > 0; pending_bits -= 8, pending >>= 8)
		to = flux_store_u8(to, (uint8) pending);
	out->len = to - out->data;
}

/*
 * Unpacks groups of eight values from "from", which has at least 16 readable
 * bytes beyond the last group.
 */
static pg_attribute_always_inline void
unpack_groups(const char *from, uint64 *values, int groups, const int width)
{
	const uint64 mask = width == 64 ? PG_UINT64_MAX : (UINT64CONST(1) << width) - 1;

	for (int group = 0; group < groups; group++, from += width, values += 8)
	{
#pragma GCC unroll 8
		for (int k = 0; k < 8; k++)
		{
			const int bit = k * width;
			uint64 word = flux_load_u64(from + (bit >> 3)) >> (bit & 7);

			if ((bit & 7) + width > 64)
				word |= (uint64) (uint8) from[(bit >> 3) + 8] << (64 - (bit & 7));
			values[k] = word & mask;
		}
	}
}

#define FLUX_UNPACK_CASE(w)                                                                        \
	case w:                                                                                        \
		unpack_groups(from, values, groups, w);                                                    \
		break;
/* No layout that clang-format gives this is one that it leaves alone. */
/* clang-format off */
#define FLUX_UNPACK_CASES(w) \
	FLUX_UNPACK_CASE(w) FLUX_UNPACK_CASE(w + 1) FLUX_UNPACK_CASE(w + 2) FLUX_UNPACK_CASE(w + 3) \
	FLUX_UNPACK_CASE(w + 4) FLUX_UNPACK_CASE(w + 5) FLUX_UNPACK_CASE(w + 6) \
	FLUX_UNPACK_CASE(w + 7)
/* clang-format on */

static void
unpack_width(const char *from, uint64 *values, int groups, int width)
{
	switch (width)
	{
		FLUX_UNPACK_CASES(1)
		FLUX_UNPACK_CASES(9)
		FLUX_UNPACK_CASES(17)
		FLUX_UNPACK_CASES(25)
		FLUX_UNPACK_CASES(33)
		FLUX_UNPACK_CASES(41)
		FLUX_UNPACK_CASES(49)
		FLUX_UNPACK_CASES(57)
	}
}

void
flux_bits_unpack(FluxByteReader *reader, uint64 *values, int count, int width)
{
	Size size;
	const char *from;
	int groups;
	int safe;

	if (width < 0 || width > 64)
		flux_bits_report_corrupted("a packed vector has an impossible width");
	if (width == 0)
	{
		memset(values, 0, sizeof(uint64) * count);
		return;
	}
	size = ((Size) count * width + 7) / 8;
	from = flux_bytes_take(reader, size);

	/* Groups whose wide loads stay within the reader's bytes. */
	groups = count / 8;
	safe = Min((Size) groups, (Size) Max(reader->end - from - 16, 0) / width);
	unpack_width(from, values, safe, width);

	/* The few at the end read from a copy with room behind. */
	for (int done = safe * 8; done < count; done += 8)
	{
		char tail[64 + 16] = {0};
		uint64 last[8];
		Size at = (Size) (done / 8) * width;

		memcpy(tail, from + at, Min(size - at, (Size) width));
		unpack_width(tail, last, 1, width);
		memcpy(values + done, last, sizeof(uint64) * Min(count - done, 8));
	}
}

/* ---- patched packing ---- */

FluxPackPlan
flux_bits_plan(const uint64 *values, int count)
{
	FluxPackPlan best = {0};
	int by_width[65] = {0};
	int width_max;
	int exceptions = 0;

	for (int i = 0; i < count; i++)
		by_width[flux_bits_width(values[i])]++;
	for (width_max = 64; width_max > 0 && by_width[width_max] == 0;)
		width_max--;
	for (int width = width_max; width >= 0; width--)
	{
		Size size = 3 + ((Size) count * width + 7) / 8;
		int upper_width = width_max - width;

		if (width < width_max)
		{
			exceptions += by_width[width + 1];
			size += 2 * (Size) exceptions + 1 + ((Size) exceptions * upper_width + 7) / 8;
		}
		/* Patching costs time as well, so it must gain something. */
		if (width == width_max || size + size / 32 < best.size)
			best = (FluxPackPlan){width, exceptions, upper_width, size};
	}
	return best;
}

void
flux_bits_pack_patched(StringInfo out, const uint64 *values, int count, const FluxPackPlan *plan)
{
	uint64 upper[FLUX_VECTOR_VALUES_MAX];
	int found = 0;
	char head[3];

	flux_store_u16(flux_store_u8(head, (uint8) plan->width), (uint16) plan->exceptions);
	appendBinaryStringInfo(out, head, sizeof(head));
	flux_bits_pack(out, values, count, plan->width);
	if (plan->exceptions == 0)
		return;
	enlargeStringInfo(out, 2 * plan->exceptions + 1);
	for (int i = 0; i < count; i++)
	{
		uint64 rest = values[i] >> plan->width; /* width < 64 with exceptions */

		if (rest == 0)
			continue;
		flux_store_u16(out->data + out->len, (uint16) i);
		out->len += 2;
		upper[found++] = rest;
	}
	Assert(found == plan->exceptions);
	appendStringInfoCharMacro(out, (char) plan->upper_width);
	flux_bits_pack(out, upper, found, plan->upper_width);
}

void
flux_bits_unpack_patched(FluxByteReader *reader, uint64 *values, int count)
{
	int width = flux_bytes_take_u8(reader);
	int exceptions = flux_bytes_take_u16(reader);
	uint64 upper[FLUX_VECTOR_VALUES_MAX];
	const char *positions;

	flux_bits_unpack(reader, values, count, width);
	if (exceptions == 0)
		return;
	if (exceptions > count || width > 63 || count > FLUX_VECTOR_VALUES_MAX)
		flux_bits_report_corrupted("a packed vector has too many exceptions");
	positions = flux_bytes_take(reader, 2 * (Size) exceptions);
	flux_bits_unpack(reader, upper, exceptions, flux_bytes_take_u8(reader));
	for (int i = 0; i < exceptions; i++)
	{
		int position = flux_load_u16(positions + 2 * i);

		if (position >= count)
			flux_bits_report_corrupted("an exception lies outside its vector");
		values[position] |= upper[i] << width;
	}
}
