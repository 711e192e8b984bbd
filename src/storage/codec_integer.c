/*
 * codec_integer.c
 *		Encodes vectors of 64-bit integers, each in the smallest of six ways.
 *
 * Encoding computes the residuals of the three packed ways, asks codec_bits
 * what each would take, and writes the winner.  Where two take about the same,
 * the one that decodes without a chain of additions is taken.
 */
#include "postgres.h"

#include "common/int.h"

#include "storage/codec_integer.h"

#define FLUX_INTEGER_SAMPLES 40

/* One way to pack: the numbers in front and the residuals. */
typedef struct PackedCandidate
{
	FluxIntegerCodec codec;
	int number_count;
	int64 numbers[3];
	int residual_count;
	uint64 residuals[FLUX_VECTOR_VALUES_MAX];
	FluxPackPlan plan;
	Size size;
} PackedCandidate;

static inline int64
wrap_subtract(int64 a, int64 b)
{
	return (int64) ((uint64) a - (uint64) b);
}

static inline int64
wrap_add(int64 a, int64 b)
{
	return (int64) ((uint64) a + (uint64) b);
}

static inline int64
wrap_multiply(int64 a, int64 b)
{
	return (int64) ((uint64) a * (uint64) b);
}

/*
 * A bound below which a number is an outlier: well under the lowest tenth of a
 * sample.  PG_INT64_MIN (nothing is) for short or wildly spread vectors.
 */
static int64
outlier_fence(const uint64 *residuals, int count)
{
	int64 sample[FLUX_INTEGER_SAMPLES];
	int64 low;
	int64 spread;
	int64 fence;

	if (count < FLUX_INTEGER_SAMPLES)
		return PG_INT64_MIN;
	for (int i = 0; i < FLUX_INTEGER_SAMPLES; i++)
	{
		int64 value = (int64) residuals[(int64) i * count / FLUX_INTEGER_SAMPLES];
		int at = i;

		for (; at > 0 && sample[at - 1] > value; at--)
			sample[at] = sample[at - 1];
		sample[at] = value;
	}
	low = sample[FLUX_INTEGER_SAMPLES / 10];
	if (pg_sub_s64_overflow(sample[FLUX_INTEGER_SAMPLES * 9 / 10], low, &spread) ||
		pg_mul_s64_overflow(spread, 2, &spread) || pg_sub_s64_overflow(low, spread, &fence))
		return PG_INT64_MIN;
	return fence;
}

/*
 * Turns the signed numbers in the candidate's residuals into distances from
 * their least, which becomes the last of its numbers, and sets its size.
 * Outliers below are not let set the least: they wrap around and become
 * exceptions, as outliers above do.
 */
static void
finish_candidate(PackedCandidate *candidate)
{
	uint64 *residuals = candidate->residuals;
	int count = candidate->residual_count;
	int64 fence = outlier_fence(residuals, count);
	int64 least = PG_INT64_MAX;

	for (int i = 0; i < count; i++)
		least = (int64) residuals[i] >= fence ? Min(least, (int64) residuals[i]) : least;
	for (int i = 0; i < count; i++)
		residuals[i] -= (uint64) least;
	candidate->numbers[candidate->number_count++] = least;
	candidate->plan = flux_bits_plan(residuals, count);
	candidate->size = 1 + candidate->plan.size;
	for (int i = 0; i < candidate->number_count; i++)
		candidate->size += flux_bits_varint_size(flux_bits_zigzag(candidate->numbers[i]));
}

static void
try_for(PackedCandidate *candidate, const int64 *values, int count)
{
	candidate->codec = FLUX_INTEGER_FOR;
	candidate->number_count = 0;
	candidate->residual_count = count;
	memcpy(candidate->residuals, values, sizeof(int64) * count);
	finish_candidate(candidate);
}

static void
try_delta(PackedCandidate *candidate, const int64 *values, int count)
{
	candidate->codec = FLUX_INTEGER_DELTA;
	candidate->number_count = 1;
	candidate->numbers[0] = values[0];
	candidate->residual_count = count - 1;
	for (int i = 1; i < count; i++)
		candidate->residuals[i - 1] = (uint64) wrap_subtract(values[i], values[i - 1]);
	finish_candidate(candidate);
}

static void
try_linear_for(PackedCandidate *candidate, const int64 *values, int count)
{
	int64 step = wrap_subtract(values[count - 1], values[0]) / (count - 1);

	candidate->codec = FLUX_INTEGER_LINEAR_FOR;
	candidate->number_count = 2;
	candidate->numbers[0] = values[0];
	candidate->numbers[1] = step;
	candidate->residual_count = count;
	for (int i = 0; i < count; i++)
		candidate->residuals[i] = (uint64) values[i] - (uint64) values[0] - (uint64) step * i;
	finish_candidate(candidate);
}

static void
append_numbers(StringInfo out, FluxIntegerCodec codec, const int64 *numbers, int count)
{
	appendStringInfoCharMacro(out, (char) codec);
	for (int i = 0; i < count; i++)
		flux_bits_append_varint(out, flux_bits_zigzag(numbers[i]));
}

static void
append_candidate(StringInfo out, const PackedCandidate *candidate)
{
	append_numbers(out, candidate->codec, candidate->numbers, candidate->number_count);
	flux_bits_pack_patched(out, candidate->residuals, candidate->residual_count, &candidate->plan);
}

static void
encode_packed(StringInfo out, const int64 *values, int count)
{
	PackedCandidate *best = palloc(sizeof(PackedCandidate));
	PackedCandidate *other = palloc(sizeof(PackedCandidate));

	try_for(best, values, count);
	for (int way = 0; way < 2 && count > 2; way++)
	{
		if (way == 0)
			try_linear_for(other, values, count);
		else
			try_delta(other, values, count);
		if (other->size + other->size / 16 < best->size)
		{
			PackedCandidate *swap = best;

			best = other;
			other = swap;
		}
	}
	append_candidate(out, best);
	pfree(best);
	pfree(other);
}

/* Runs: worth it when they are few against the size of what else there is. */
static void
encode_runs(StringInfo out, const int64 *values, int count, int run_count)
{
	int64 *run_values = palloc(sizeof(int64) * run_count);
	int64 *run_lengths = palloc(sizeof(int64) * run_count);
	int run = -1;

	for (int i = 0; i < count; i++)
	{
		if (i == 0 || values[i] != values[i - 1])
		{
			run_values[++run] = values[i];
			run_lengths[run] = 0;
		}
		run_lengths[run]++;
	}
	appendStringInfoCharMacro(out, (char) FLUX_INTEGER_RLE);
	flux_bits_append_varint(out, run_count);
	encode_packed(out, run_values, run_count);
	encode_packed(out, run_lengths, run_count);
	pfree(run_values);
	pfree(run_lengths);
}

void
flux_integer_encode(StringInfo out, const int64 *values, int count)
{
	int64 numbers[2];
	int run_count = 1;
	bool is_linear = true;
	int start = out->len;
	int packed_size;

	Assert(count >= 1 && count <= FLUX_VECTOR_VALUES_MAX);
	numbers[0] = values[0];
	numbers[1] = count > 1 ? wrap_subtract(values[1], values[0]) : 0;
	for (int i = 1; i < count; i++)
	{
		run_count += values[i] != values[i - 1];
		is_linear &= wrap_subtract(values[i], values[i - 1]) == numbers[1];
	}
	if (run_count == 1)
	{
		append_numbers(out, FLUX_INTEGER_CONST, numbers, 1);
		return;
	}
	if (is_linear)
	{
		append_numbers(out, FLUX_INTEGER_LINEAR, numbers, 2);
		return;
	}
	encode_packed(out, values, count);
	packed_size = out->len - start;
	if (run_count < count / 4)
	{
		StringInfoData runs;

		initStringInfo(&runs);
		encode_runs(&runs, values, count, run_count);
		if (runs.len + runs.len / 8 < packed_size)
		{
			out->len = start;
			appendBinaryStringInfo(out, runs.data, runs.len);
		}
		pfree(runs.data);
	}
}

/* ---- decoding ---- */

static inline int64
take_number(FluxByteReader *reader)
{
	return flux_bits_unzigzag(flux_bytes_take_varint(reader));
}

static void
decode_delta(FluxByteReader *reader, int64 *values, int count)
{
	int64 value = take_number(reader);
	int64 least = take_number(reader);

	flux_bits_unpack_patched(reader, (uint64 *) values + 1, count - 1);
	values[0] = value;
	for (int i = 1; i < count; i++)
	{
		value = wrap_add(value, wrap_add(values[i], least));
		values[i] = value;
	}
}

static void
decode_linear_for(FluxByteReader *reader, int64 *values, int count)
{
	int64 first = take_number(reader);
	int64 step = take_number(reader);

	first = wrap_add(first, take_number(reader));
	flux_bits_unpack_patched(reader, (uint64 *) values, count);
	for (int i = 0; i < count; i++)
		values[i] = wrap_add(values[i], wrap_add(first, wrap_multiply(step, i)));
}

static void
decode_line(int64 first, int64 step, int64 *values, int count)
{
	for (int i = 0; i < count; i++)
		values[i] = wrap_add(first, wrap_multiply(step, i));
}

static void decode_runs(FluxByteReader *reader, int64 *values, int count);

/* Runs do not nest, so that hostile bytes cannot recurse. */
static void
decode_integers(FluxByteReader *reader, int64 *values, int count, bool may_have_runs)
{
	int codec = flux_bytes_take_u8(reader);
	int64 first;

	switch (codec)
	{
		case FLUX_INTEGER_CONST:
			decode_line(take_number(reader), 0, values, count);
			return;
		case FLUX_INTEGER_LINEAR:
			first = take_number(reader);
			decode_line(first, take_number(reader), values, count);
			return;
		case FLUX_INTEGER_FOR:
			first = take_number(reader);
			flux_bits_unpack_patched(reader, (uint64 *) values, count);
			for (int i = 0; i < count; i++)
				values[i] = wrap_add(values[i], first);
			return;
		case FLUX_INTEGER_DELTA:
			decode_delta(reader, values, count);
			return;
		case FLUX_INTEGER_LINEAR_FOR:
			decode_linear_for(reader, values, count);
			return;
		case FLUX_INTEGER_RLE:
			if (may_have_runs)
			{
				decode_runs(reader, values, count);
				return;
			}
			/* FALLTHROUGH */
		default:
			flux_bits_report_corrupted("an integer vector has an unknown encoding");
	}
}

static void
decode_runs(FluxByteReader *reader, int64 *values, int count)
{
	uint64 run_count = flux_bytes_take_varint(reader);
	int64 *runs;
	int at = 0;

	if (run_count == 0 || run_count > (uint64) count)
		flux_bits_report_corrupted("a vector has more runs than values");
	runs = palloc(sizeof(int64) * 2 * run_count);
	decode_integers(reader, runs, run_count, false);
	decode_integers(reader, runs + run_count, run_count, false);
	for (uint64 run = 0; run < run_count; run++)
	{
		int64 length = runs[run_count + run];

		if (length < 1 || length > count - at)
			flux_bits_report_corrupted("runs do not add up to their vector");
		for (int64 i = 0; i < length; i++)
			values[at++] = runs[run];
	}
	if (at != count)
		flux_bits_report_corrupted("runs do not add up to their vector");
	pfree(runs);
}

void
flux_integer_decode(FluxByteReader *reader, int64 *values, int count)
{
	if (count < 1 || count > FLUX_VECTOR_VALUES_MAX)
		flux_bits_report_corrupted("a vector has an impossible number of values");
	decode_integers(reader, values, count, true);
}

bool
flux_integer_decode_linear(FluxByteReader *reader, int64 *first, int64 *step)
{
	uint8 codec = reader->next < reader->end ? (uint8) *reader->next : 0;

	if (codec != FLUX_INTEGER_CONST && codec != FLUX_INTEGER_LINEAR)
		return false;
	(void) flux_bytes_take_u8(reader);
	*first = take_number(reader);
	*step = codec == FLUX_INTEGER_LINEAR ? take_number(reader) : 0;
	return true;
}
