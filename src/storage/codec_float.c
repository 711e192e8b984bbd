/*
 * codec_float.c
 *		Encodes vectors of doubles: constant, decimal, XOR, ordered or raw.
 *
 * Most measured values are decimals of a few digits.  Such a value times a
 * power of ten is an integer, and dividing gives the very same double back:
 * both operands are exact and IEEE division rounds correctly.  A sample
 * decides the power of ten; what fails the round trip becomes an exception.
 * Whatever is no decimal is tried as XOR with its predecessor, and as integers
 * that are in the order of the values: a smooth curve of full precision has
 * small differences there, whichever exponents it crosses.
 */
#include "postgres.h"

#include <math.h>

#include "storage/codec_float.h"
#include "storage/codec_integer.h"

#define FLUX_FLOAT_SAMPLES 64
#define FLUX_FLOAT_EXCEPTION_SIZE 10

/*
 * Integers of decimals stay below 2^51: then a 64-bit addition and a subtraction
 * of doubles convert them, which the compiler can do several at a time (there is
 * no such instruction for int64).
 */
#define FLUX_FLOAT_INTEGER_MAX 2251799813685248.0
#define FLUX_FLOAT_MAGIC 6755399441055744.0 /* 1.5 * 2^52 */
#define FLUX_FLOAT_MAGIC_BITS UINT64CONST(0x4338000000000000)

static const double powers_of_ten[FLUX_FLOAT_EXPONENT_MAX + 1] = {
	1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

static inline uint64
float_bits(double value)
{
	uint64 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline double
float_from_bits(uint64 bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * Whether value is exactly *integer / 10^exponent, bit for bit.  The division
 * takes long and is saved where the product is not near an integer: rounding
 * moves both by 2^-53 of the value at most.
 */
static inline bool
as_decimal(double value, int exponent, int64 *integer)
{
	double scaled = value * powers_of_ten[exponent];

	if (!(scaled > -FLUX_FLOAT_INTEGER_MAX && scaled < FLUX_FLOAT_INTEGER_MAX)) /* nor NaN */
		return false;
	*integer = (int64) (scaled + (scaled < 0 ? -0.5 : 0.5));
	if (fabs(scaled - (double) *integer) > fabs(scaled) * 0x1p-51)
		return false;
	return float_bits((double) *integer / powers_of_ten[exponent]) == float_bits(value);
}

/*
 * The exponent under which a sample of the values takes least room, or -1
 * when most of them are no decimals.
 */
static int
choose_exponent(const double *values, int count)
{
	int step = Max(count / FLUX_FLOAT_SAMPLES, 1);
	int samples = (count + step - 1) / step;
	int fitting[FLUX_FLOAT_EXPONENT_MAX + 1] = {0};
	double least = INFINITY;
	double greatest = -INFINITY;
	int failures = 0;
	int fits = 0;
	int best = -1;
	double best_size = 0;

	for (int i = 0; i < count; i += step)
	{
		int exponent = 0;
		int64 integer;

		while (exponent <= FLUX_FLOAT_EXPONENT_MAX && !as_decimal(values[i], exponent, &integer))
			exponent++;
		if (exponent > FLUX_FLOAT_EXPONENT_MAX)
		{
			if (2 * ++failures >= samples)
				return -1;
			continue;
		}
		fitting[exponent]++;
		least = fmin(least, values[i]);
		greatest = fmax(greatest, values[i]);
	}
	for (int exponent = 0; exponent <= FLUX_FLOAT_EXPONENT_MAX; exponent++)
	{
		double range = (greatest - least) * powers_of_ten[exponent];
		double size;

		if (fitting[exponent] == 0)
			continue;
		fits += fitting[exponent];
		size = fits * log2(range + 2) / 8 + (double) (samples - fits) * FLUX_FLOAT_EXCEPTION_SIZE;
		if (fits * 2 > samples && (best < 0 || size < best_size))
		{
			best = exponent;
			best_size = size;
		}
	}
	return best;
}

/* Appends a DECIMAL vector; false (and nothing appended) with too many exceptions. */
static bool
encode_decimal(StringInfo out, const double *values, int count, int exponent)
{
	int64 *integers = palloc(sizeof(int64) * count);
	uint16 *exceptions = palloc(sizeof(uint16) * count);
	int exception_count = 0;
	int64 previous = 0;
	char head[4];

	for (int i = 0; i < count; i++)
	{
		if (!as_decimal(values[i], exponent, &integers[i]))
		{
			integers[i] = previous;
			exceptions[exception_count++] = (uint16) i;
		}
		previous = integers[i];
	}
	if (exception_count <= count / 4)
	{
		flux_store_u16(flux_store_u8(flux_store_u8(head, FLUX_FLOAT_DECIMAL), (uint8) exponent),
					   (uint16) exception_count);
		appendBinaryStringInfo(out, head, sizeof(head));
		flux_integer_encode(out, integers, count);
		enlargeStringInfo(out, FLUX_FLOAT_EXCEPTION_SIZE * exception_count);
		for (int i = 0; i < exception_count; i++, out->len += FLUX_FLOAT_EXCEPTION_SIZE)
			flux_store_u64(flux_store_u16(out->data + out->len, exceptions[i]),
						   float_bits(values[exceptions[i]]));
	}
	pfree(integers);
	pfree(exceptions);
	return exception_count <= count / 4;
}

/*
 * Bits as integers that are ordered as the values are: adjacent doubles are
 * adjacent integers, across zero as well.  Its own inverse.
 */
static inline uint64
ordered_bits(uint64 bits)
{
	return bits ^ ((uint64) ((int64) bits >> 63) >> 1);
}

/* Appends an ORDERED vector. */
static void
encode_ordered(StringInfo out, const double *values, int count)
{
	int64 *integers = palloc(sizeof(int64) * count);
	uint64 all = 0;
	int shift;

	for (int i = 0; i < count; i++)
	{
		integers[i] = (int64) ordered_bits(float_bits(values[i]));
		all |= (uint64) integers[i] ^ (uint64) integers[0];
	}
	/* Low bits that never change stand in the first one: none but zeros are cut. */
	all |= (uint64) integers[0];
	shift = all == 0 ? 0 : __builtin_ctzll(all);
	for (int i = 0; i < count; i++)
		integers[i] >>= shift;
	appendStringInfoCharMacro(out, (char) FLUX_FLOAT_ORDERED);
	appendStringInfoCharMacro(out, (char) shift);
	flux_integer_encode(out, integers, count);
	pfree(integers);
}

/* Appends an XOR vector. */
static void
encode_xor(StringInfo out, const double *values, int count)
{
	uint64 *differences = palloc(sizeof(uint64) * count);
	uint64 all = 0;
	int shift;
	FluxPackPlan plan;
	char head[10];

	for (int i = 1; i < count; i++)
	{
		differences[i - 1] = float_bits(values[i]) ^ float_bits(values[i - 1]);
		all |= differences[i - 1];
	}
	shift = all == 0 ? 0 : __builtin_ctzll(all);
	for (int i = 0; i < count - 1; i++)
		differences[i] >>= shift;
	plan = flux_bits_plan(differences, count - 1);
	flux_store_u8(flux_store_u64(flux_store_u8(head, FLUX_FLOAT_XOR), float_bits(values[0])),
				  (uint8) shift);
	appendBinaryStringInfo(out, head, sizeof(head));
	flux_bits_pack_patched(out, differences, count - 1, &plan);
	pfree(differences);
}

static void
append_raw(StringInfo out, const double *values, int count)
{
	char *to;

	enlargeStringInfo(out, 8 * count);
	to = out->data + out->len;
	for (int i = 0; i < count; i++)
		to = flux_store_u64(to, float_bits(values[i]));
	out->len = to - out->data;
}

static void
encode_raw(StringInfo out, const double *values, int count)
{
	appendStringInfoCharMacro(out, (char) FLUX_FLOAT_RAW);
	append_raw(out, values, count);
}

/* Encodes in one more way and keeps it if it beats what stands from start on. */
static void
keep_smaller(StringInfo out, int start, void (*encode)(StringInfo, const double *, int),
			 const double *values, int count)
{
	int middle = out->len;

	encode(out, values, count);
	if (middle == start || out->len - middle < middle - start)
	{
		memmove(out->data + start, out->data + middle, out->len - middle);
		out->len = start + out->len - middle;
	}
	else
		out->len = middle;
}

void
flux_float_encode(StringInfo out, const double *values, int count)
{
	bool is_constant = true;
	int start = out->len;
	int exponent;

	Assert(count >= 1 && count <= FLUX_VECTOR_VALUES_MAX);
	for (int i = 1; i < count && is_constant; i++)
		is_constant = float_bits(values[i]) == float_bits(values[0]);
	if (is_constant)
	{
		appendStringInfoCharMacro(out, (char) FLUX_FLOAT_CONST);
		append_raw(out, values, 1);
		return;
	}
	exponent = choose_exponent(values, count);
	if (exponent >= 0 && encode_decimal(out, values, count, exponent) &&
		out->len - start < count * 5)
		return;

	/* No decimals, or of so many digits that another way may do better. */
	keep_smaller(out, start, encode_xor, values, count);
	keep_smaller(out, start, encode_ordered, values, count);
	keep_smaller(out, start, encode_raw, values, count);
}

/* ---- decoding ---- */

static void
decode_decimal(FluxByteReader *reader, double *values, int count)
{
	int exponent = flux_bytes_take_u8(reader);
	int exception_count = flux_bytes_take_u16(reader);
	const char *exceptions;
	double divisor;
	const uint64 *integers = (const uint64 *) values;

	if (exponent > FLUX_FLOAT_EXPONENT_MAX)
		flux_bits_report_corrupted("a decimal vector has an impossible exponent");

	/* The integers are decoded in place: each becomes its own quotient. */
	flux_integer_decode(reader, (int64 *) values, count);
	divisor = powers_of_ten[exponent];
	for (int i = 0; i < count; i++)
	{
		/* -0 comes out as 0, which is right: -0 is an exception. */
		double integer = float_from_bits(integers[i] + FLUX_FLOAT_MAGIC_BITS);

		values[i] = (integer - FLUX_FLOAT_MAGIC) / divisor;
	}
	exceptions = flux_bytes_take(reader, (Size) exception_count * FLUX_FLOAT_EXCEPTION_SIZE);
	for (int i = 0; i < exception_count; i++, exceptions += FLUX_FLOAT_EXCEPTION_SIZE)
	{
		int position = flux_load_u16(exceptions);

		if (position >= count)
			flux_bits_report_corrupted("an exception lies outside its vector");
		values[position] = float_from_bits(flux_load_u64(exceptions + 2));
	}
}

static void
decode_xor(FluxByteReader *reader, double *values, int count)
{
	uint64 bits = flux_bytes_take_u64(reader);
	int shift = flux_bytes_take_u8(reader);
	uint64 *differences = (uint64 *) values;

	if (shift > 63)
		flux_bits_report_corrupted("a float vector has an impossible shift");
	flux_bits_unpack_patched(reader, differences + 1, count - 1);
	values[0] = float_from_bits(bits);
	for (int i = 1; i < count; i++)
	{
		bits ^= differences[i] << shift;
		values[i] = float_from_bits(bits);
	}
}

static void
decode_ordered(FluxByteReader *reader, double *values, int count)
{
	int shift = flux_bytes_take_u8(reader);
	const uint64 *integers = (const uint64 *) values;

	if (shift > 63)
		flux_bits_report_corrupted("a float vector has an impossible shift");
	flux_integer_decode(reader, (int64 *) values, count);
	for (int i = 0; i < count; i++)
		values[i] = float_from_bits(ordered_bits(integers[i] << shift));
}

void
flux_float_decode(FluxByteReader *reader, double *values, int count)
{
	const char *raw;

	if (count < 1 || count > FLUX_VECTOR_VALUES_MAX)
		flux_bits_report_corrupted("a vector has an impossible number of values");
	switch (flux_bytes_take_u8(reader))
	{
		case FLUX_FLOAT_CONST:
			values[0] = float_from_bits(flux_bytes_take_u64(reader));
			for (int i = 1; i < count; i++)
				values[i] = values[0];
			break;
		case FLUX_FLOAT_DECIMAL:
			decode_decimal(reader, values, count);
			break;
		case FLUX_FLOAT_XOR:
			decode_xor(reader, values, count);
			break;
		case FLUX_FLOAT_ORDERED:
			decode_ordered(reader, values, count);
			break;
		case FLUX_FLOAT_RAW:
			raw = flux_bytes_take(reader, 8 * (Size) count);
			for (int i = 0; i < count; i++)
				values[i] = float_from_bits(flux_load_u64(raw + 8 * i));
			break;
		default:
			flux_bits_report_corrupted("a float vector has an unknown encoding");
	}
}
