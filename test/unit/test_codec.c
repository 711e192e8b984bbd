/*
 * test_codec.c
 *		Every codec gives back bit for bit what it was given, picks the small
 *		way, and refuses damaged bytes.
 */
#include "postgres.h"

#include <math.h>

#include "storage/codec_boolean.h"
#include "storage/codec_float.h"
#include "storage/codec_integer.h"
#include "storage/codec_string.h"
#include "storage/codec_time.h"

#include "unit.h"

/* An exact copy on the heap, so that the sanitizer sees a read past its end. */
static char *
copy_bytes(const char *data, Size size)
{
	char *copy = palloc(Max(size, 1));

	memcpy(copy, data, size);
	return copy;
}

static int64
random_in(int64 low, int64 high)
{
	return low + (int64) (unit_random() % (uint64) (high - low + 1));
}

/* Encodes, decodes, compares; returns the encoded size. */
static int
integers_round_trip(const int64 *values, int count)
{
	StringInfoData out;
	int64 *back = palloc(sizeof(int64) * count);
	FluxByteReader reader;

	initStringInfo(&out);
	flux_integer_encode(&out, values, count);
	reader = flux_byte_reader(out.data, out.len);
	flux_integer_decode(&reader, back, count);
	CHECK(memcmp(values, back, sizeof(int64) * count) == 0);
	CHECK(reader.next == reader.end);
	return out.len;
}

static int
floats_round_trip(const double *values, int count, int *codec)
{
	StringInfoData out;
	double *back = palloc(sizeof(double) * count);
	FluxByteReader reader;

	initStringInfo(&out);
	flux_float_encode(&out, values, count);
	reader = flux_byte_reader(out.data, out.len);
	flux_float_decode(&reader, back, count);
	CHECK(memcmp(values, back, sizeof(double) * count) == 0);
	CHECK(reader.next == reader.end);
	if (codec != NULL)
		*codec = (uint8) out.data[0];
	return out.len;
}

static int
booleans_round_trip(const bool *values, int count)
{
	StringInfoData out;
	bool *back = palloc(count);
	FluxByteReader reader;

	initStringInfo(&out);
	flux_boolean_encode(&out, values, count);
	reader = flux_byte_reader(out.data, out.len);
	flux_boolean_decode(&reader, back, count);
	CHECK(memcmp(values, back, count) == 0);
	CHECK(reader.next == reader.end);
	return out.len;
}

static int
strings_round_trip(const FluxText *values, int count)
{
	StringInfoData out;
	FluxText *back = palloc(sizeof(FluxText) * count);
	FluxByteReader reader;
	bool equal = true;

	initStringInfo(&out);
	flux_string_encode(&out, values, count);
	reader = flux_byte_reader(out.data, out.len);
	flux_string_decode(&reader, back, count);
	for (int i = 0; i < count; i++)
		equal &= flux_text_equal(values[i], back[i]);
	CHECK(equal);
	CHECK(reader.next == reader.end);
	return out.len;
}

UNIT_TEST(bits_of_every_width_and_count)
{
	for (int width = 0; width <= 64; width++)
	{
		for (int count = 1; count < 70; count++)
		{
			uint64 values[70];
			uint64 back[70];
			StringInfoData out;
			FluxByteReader reader;

			for (int i = 0; i < count; i++)
				values[i] = width == 0 ? 0 : unit_random() >> (64 - width);
			initStringInfo(&out);
			flux_bits_pack(&out, values, count, width);
			CHECK_INT(out.len, (count * width + 7) / 8);
			reader = flux_byte_reader(copy_bytes(out.data, out.len), out.len);
			flux_bits_unpack(&reader, back, count, width);
			CHECK(memcmp(values, back, sizeof(uint64) * count) == 0);
			CHECK(reader.next == reader.end);
		}
	}
}

UNIT_TEST(integers_extremes)
{
	int64 extremes[] = {
		PG_INT64_MIN, PG_INT64_MAX, 0,           -1, 1, PG_INT64_MAX - 1, PG_INT64_MIN + 1,
		PG_INT64_MAX, PG_INT64_MIN, PG_INT64_MIN};
	int64 values[100];

	for (int count = 1; count <= lengthof(extremes); count++)
		integers_round_trip(extremes, count);
	for (int round = 0; round < 2000; round++)
	{
		int count = random_in(1, 100);

		for (int i = 0; i < count; i++)
			values[i] = extremes[random_in(0, lengthof(extremes) - 1)];
		integers_round_trip(values, count);
	}
}

UNIT_TEST(integers_of_every_shape)
{
	int64 *values = palloc(sizeof(int64) * FLUX_VECTOR_VALUES_MAX);

	for (int round = 0; round < 600; round++)
	{
		int count = round % 20 == 0 ? FLUX_VECTOR_VALUES_MAX : random_in(1, 1500);
		int width = random_in(0, 63);
		int64 step = random_in(-1000000, 1000000);
		int64 value = (int64) unit_random();

		for (int i = 0; i < count; i++)
		{
			int64 noise = (int64) (width == 0 ? 0 : unit_random() >> (64 - width));

			switch (round % 5)
			{
				case 0: /* anything of a width */
					value = noise;
					break;
				case 1: /* a walk */
					value += noise - (width == 0 ? 0 : (INT64CONST(1) << width) / 2);
					break;
				case 2: /* a line with noise */
					value += step;
					values[i] = value + noise % 1000;
					continue;
				case 3: /* runs */
					if (unit_random() % 50 == 0)
						value = noise;
					break;
				case 4: /* small with rare outliers */
					value = unit_random() % 100 == 0 ? noise : noise % 16;
					break;
			}
			values[i] = value;
		}
		integers_round_trip(values, count);
	}
}

UNIT_TEST(integers_take_little_room)
{
	int64 values[1000];

	for (int i = 0; i < 1000; i++)
		values[i] = 42;
	CHECK(integers_round_trip(values, 1000) <= 3);
	for (int i = 0; i < 1000; i++)
		values[i] = 1700000000 + 10 * i;
	CHECK(integers_round_trip(values, 1000) <= 8);
	for (int i = 0; i < 1000; i++)
		values[i] = i / 200;
	CHECK(integers_round_trip(values, 1000) <= 40);
	values[0] = 1000000;
	for (int i = 1; i < 1000; i++)
		values[i] = values[i - 1] + random_in(-7, 8);
	CHECK(integers_round_trip(values, 1000) <= 520);
	values[500] += 1000000000000;
	CHECK(integers_round_trip(values, 1000) <= 560);
}

UNIT_TEST(floats_special)
{
	uint64 bits[] = {0,
					 UINT64CONST(0x8000000000000000),
					 UINT64CONST(0x7FF0000000000000),
					 UINT64CONST(0xFFF0000000000000),
					 UINT64CONST(0x7FF8000000000000),
					 UINT64CONST(0x7FF8000000000123),
					 UINT64CONST(0xFFF0000000000001),
					 1,
					 UINT64CONST(0x7FEFFFFFFFFFFFFF),
					 UINT64CONST(0x000FFFFFFFFFFFFF),
					 UINT64CONST(0x3FF0000000000000),
					 UINT64CONST(0x4340000000000000)};
	double special[lengthof(bits)];
	double values[300];

	memcpy(special, bits, sizeof(bits));
	for (int count = 1; count <= lengthof(special); count++)
		floats_round_trip(special, count, NULL);
	for (int round = 0; round < 2000; round++)
	{
		int count = random_in(1, 300);

		for (int i = 0; i < count; i++)
			values[i] = unit_random() % 10 == 0 ? special[unit_random() % lengthof(special)]
						: round % 2 == 0        ? random_in(-100000, 100000) / 100.0
												: random_in(0, 5);
		floats_round_trip(values, count, NULL);
	}
}

UNIT_TEST(floats_of_every_shape)
{
	double *values = palloc(sizeof(double) * FLUX_VECTOR_VALUES_MAX);

	for (int round = 0; round < 600; round++)
	{
		int count = round % 20 == 0 ? FLUX_VECTOR_VALUES_MAX : random_in(1, 1500);
		int digits = random_in(0, 17);
		double value = unit_random_double() * 1000;

		for (int i = 0; i < count; i++)
		{
			uint64 bits = unit_random();

			switch (round % 4)
			{
				case 0: /* any bits at all */
					memcpy(&values[i], &bits, sizeof(bits));
					break;
				case 1: /* decimals */
					values[i] = strtod(psprintf("%.*f", digits, unit_random_double() * 1000), NULL);
					break;
				case 2: /* a smooth curve of full precision */
					values[i] = value = value + sin(i / 100.0);
					break;
				case 3: /* sums of decimals: some have a long tail */
					values[i] = value = value + 0.1;
					break;
			}
		}
		floats_round_trip(values, count, NULL);
	}
}

UNIT_TEST(floats_pick_the_small_way)
{
	double values[1000];
	int64 walk = 5000;
	int codec;

	for (int i = 0; i < 1000; i++)
		values[i] = 1.5;
	CHECK_INT(floats_round_trip(values, 1000, &codec), 9);
	CHECK_INT(codec, FLUX_FLOAT_CONST);
	for (int i = 0; i < 1000; i++)
		values[i] = (walk += random_in(-5, 5)) / 100.0;
	CHECK(floats_round_trip(values, 1000, &codec) < 530);
	CHECK_INT(codec, FLUX_FLOAT_DECIMAL);
	values[10] = NAN;
	values[20] = 0.1 + 0.2;
	CHECK(floats_round_trip(values, 1000, &codec) < 570);
	CHECK_INT(codec, FLUX_FLOAT_DECIMAL);
	for (int i = 0; i < 1000; i++)
		values[i] = 100 + unit_random_double();
	CHECK(floats_round_trip(values, 1000, &codec) < 6500);
	CHECK_INT(codec, FLUX_FLOAT_XOR);
}

UNIT_TEST(booleans)
{
	bool values[FLUX_VECTOR_VALUES_MAX];

	for (int round = 0; round < 300; round++)
	{
		int count = random_in(1, FLUX_VECTOR_VALUES_MAX);
		int change = random_in(1, 2000);
		bool value = unit_random() & 1;

		for (int i = 0; i < count; i++)
		{
			if (unit_random() % change == 0)
				value = !value;
			values[i] = value;
		}
		CHECK(booleans_round_trip(values, count) <= 1 + (count + 7) / 8);
	}
	memset(values, true, sizeof(values));
	CHECK_INT(booleans_round_trip(values, 5000), 2);
	memset(values + 1000, false, 1000);
	CHECK(booleans_round_trip(values, 5000) < 16);
}

UNIT_TEST(strings)
{
	FluxText values[1000];

	for (int round = 0; round < 200; round++)
	{
		int count = random_in(1, 1000);
		int different = random_in(1, 1000);

		for (int i = 0; i < count; i++)
		{
			int which = unit_random() % different;

			values[i] = flux_text_from_cstring(
				psprintf("%.*s%d", which % 30, "status of the pump is fine, dear friend", which));
			if (which % 7 == 0)
				values[i].size = 0;
			else if (which % 11 == 0)
				values[i] = flux_text("a\0b", 3);
		}
		strings_round_trip(values, count);
	}
	for (int i = 0; i < 1000; i++)
		values[i] = flux_text_from_cstring(i % 3 == 0 ? "running" : "idle");
	CHECK(strings_round_trip(values, 1000) < 170);
	for (int i = 0; i < 1000; i++)
		values[i] = flux_text_from_cstring("running");
	CHECK(strings_round_trip(values, 1000) < 12);
	values[0].size = 0;
	strings_round_trip(values, 1);
}

UNIT_TEST(times)
{
	int64 times[1000];
	int64 back[1000];
	int64 step;
	StringInfoData out;
	FluxByteReader reader;

	initStringInfo(&out);
	for (int i = 0; i < 1000; i++)
		times[i] = INT64CONST(1700000000000000000) + i * INT64CONST(10000000000);
	flux_time_encode(&out, times, 1000);
	CHECK(out.len <= 8);
	reader = flux_byte_reader(out.data, out.len);
	CHECK(flux_time_decode_step(&reader, times[0], times[999], 1000, &step));
	CHECK_INT(step, INT64CONST(10000000000));
	reader = flux_byte_reader(out.data, out.len);
	flux_time_decode(&reader, times[0], times[999], back, 1000);
	CHECK(memcmp(times, back, sizeof(times)) == 0);

	/*
	 * Jitter of five milliseconds costs what its bits cost: residuals to the
	 * line through the ends stay within 20 ms, 25 bits, whatever the seed.
	 */
	resetStringInfo(&out);
	for (int i = 0; i < 1000; i++)
		times[i] += random_in(-5000000, 5000000);
	flux_time_encode(&out, times, 1000);
	CHECK(out.len <= 1000 * 25 / 8 + 32);
	reader = flux_byte_reader(out.data, out.len);
	CHECK(!flux_time_decode_step(&reader, times[0], times[999], 1000, &step));
	flux_time_decode(&reader, times[0], times[999], back, 1000);
	CHECK(memcmp(times, back, sizeof(times)) == 0);

	/* A row that says otherwise. */
	reader = flux_byte_reader(out.data, out.len);
	CHECK_ERROR(ERRCODE_DATA_CORRUPTED,
				flux_time_decode(&reader, times[0], times[999] + 1, back, 1000));
}

UNIT_TEST(damaged_bytes_are_refused)
{
	FluxText values[100];
	FluxText back[100];
	StringInfoData out;

	for (int i = 0; i < 100; i++)
		values[i] = flux_text_from_cstring(psprintf("value number %d of many", i));
	initStringInfo(&out);
	flux_string_encode(&out, values, 100);
	for (int size = 0; size < out.len; size++)
	{
		FluxByteReader reader = flux_byte_reader(copy_bytes(out.data, size), size);

		CHECK_ERROR(ERRCODE_DATA_CORRUPTED, flux_string_decode(&reader, back, 100));
	}
	CHECK_STRING(unit_error->hint, "Restore the chunk's table from a backup, or delete the row.");
}
