/*
 * codec_time.c
 *		Encodes ascending times relative to the first.
 */
#include "postgres.h"

#include "common/int.h"

#include "storage/codec_integer.h"
#include "storage/codec_time.h"

void
flux_time_encode(StringInfo out, const int64 *times_ns, int count)
{
	int64 *distances = palloc(sizeof(int64) * count);

	for (int i = 0; i < count; i++)
		distances[i] = (int64) ((uint64) times_ns[i] - (uint64) times_ns[0]);
	flux_integer_encode(out, distances, count);
	pfree(distances);
}

void
flux_time_decode(FluxByteReader *reader, int64 first_ns, int64 last_ns, int64 *times_ns, int count)
{
	bool ascends = true;

	flux_integer_decode(reader, times_ns, count);
	for (int i = 0; i < count; i++)
		times_ns[i] = (int64) ((uint64) times_ns[i] + (uint64) first_ns);
	for (int i = 1; i < count; i++)
		ascends &= times_ns[i] > times_ns[i - 1];
	if (!ascends || times_ns[0] != first_ns || times_ns[count - 1] != last_ns)
		flux_bits_report_corrupted("times do not ascend as its row says");
}

bool
flux_time_decode_step(FluxByteReader *reader, int64 first_ns, int64 last_ns, int count,
					  int64 *step_ns)
{
	int64 distance;
	int64 span;

	if (!flux_integer_decode_linear(reader, &distance, step_ns))
		return false;
	if (distance != 0 || (count > 1) != (*step_ns > 0) ||
		pg_mul_s64_overflow(*step_ns, count - 1, &span) ||
		(uint64) last_ns - (uint64) first_ns != (uint64) span || last_ns < first_ns)
		flux_bits_report_corrupted("times do not ascend as its row says");
	return true;
}
