/*
 * codec_fuzzing.h
 *		What the fuzz targets of the codecs share: FUZZ_KIND says which one.
 *
 * The first two bytes of the input pick the number of values; the rest is taken
 * both as an encoded vector (hostile bytes: an error or values, never more) and
 * as values (must come back bit for bit).
 */
#ifndef FLUX_CODEC_FUZZING_H
#define FLUX_CODEC_FUZZING_H

#include "storage/codec_boolean.h"
#include "storage/codec_float.h"
#include "storage/codec_integer.h"
#include "storage/codec_string.h"
#include "storage/codec_time.h"
#include "storage/hot.h"
#include "utils/memutils.h"

#include "server_stub.h"

#define FUZZ_INTEGER 1
#define FUZZ_FLOAT 2
#define FUZZ_BOOLEAN 3
#define FUZZ_STRING 4
#define FUZZ_TIME 5
#define FUZZ_HOT 6

static void
decode_any(int kind, FluxByteReader *reader, int count)
{
	void *values = palloc(sizeof(FluxText) * count);
	int64 step_ns;
	FluxHotReader hot;

	switch (kind)
	{
		case FUZZ_INTEGER:
			flux_integer_decode(reader, values, count);
			break;
		case FUZZ_FLOAT:
			flux_float_decode(reader, values, count);
			break;
		case FUZZ_BOOLEAN:
			flux_boolean_decode(reader, values, count);
			break;
		case FUZZ_STRING:
			flux_string_decode(reader, values, count);
			break;
		case FUZZ_TIME:
			if (!flux_time_decode_step(reader, 0, count, count, &step_ns))
				flux_time_decode(reader, 0, count, values, count);
			break;
		case FUZZ_HOT:
			flux_hot_reader_init(&hot, reader->next, reader->end - reader->next);
			while (flux_hot_next_batch(&hot))
			{
				while (flux_hot_next_point(&hot))
					;
			}
			break;
	}
}

/* Takes errors for an answer, but of one kind alone. */
static void
decode_hostile(int kind, const char *data, size_t size, int count)
{
	MemoryContext context = CurrentMemoryContext;
	FluxByteReader reader = flux_byte_reader(data, size);

	PG_TRY();
	{
		decode_any(kind, &reader, count);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		if (error->sqlerrcode != ERRCODE_DATA_CORRUPTED)
			abort();
	}
	PG_END_TRY();
}

static void
round_trip(int kind, const char *data, size_t size)
{
	int width = kind == FUZZ_BOOLEAN ? 1 : 8;
	int count = Min(size / width, FLUX_VECTOR_VALUES_MAX);
	Size bytes = (Size) count * width;
	char *values = palloc(Max(bytes, 1));
	char *back = palloc(Max(bytes, 1));
	StringInfoData out;
	FluxByteReader reader;

	if (count == 0 || kind > FUZZ_BOOLEAN)
		return;
	memcpy(values, data, bytes);
	initStringInfo(&out);
	if (kind == FUZZ_INTEGER)
		flux_integer_encode(&out, (const int64 *) values, count);
	else if (kind == FUZZ_FLOAT)
		flux_float_encode(&out, (const double *) values, count);
	else
	{
		for (int i = 0; i < count; i++)
			values[i] &= 1;
		flux_boolean_encode(&out, (const bool *) values, count);
	}
	reader = flux_byte_reader(out.data, out.len);
	if (kind == FUZZ_INTEGER)
		flux_integer_decode(&reader, (int64 *) back, count);
	else if (kind == FUZZ_FLOAT)
		flux_float_decode(&reader, (double *) back, count);
	else
		flux_boolean_decode(&reader, (bool *) back, count);
	if (memcmp(values, back, bytes) != 0 || reader.next != reader.end)
		abort();
}

/* Strings: the input cut at every byte below 0x20. */
static void
round_trip_strings(const char *data, size_t size)
{
	FluxText values[1000];
	FluxText back[1000];
	int count = 0;
	size_t start = 0;
	StringInfoData out;
	FluxByteReader reader;

	for (size_t i = 0; i < size && count < 1000; i++)
	{
		if ((uint8) data[i] >= 0x20)
			continue;
		values[count++] = flux_text(data + start, i - start);
		start = i + 1;
	}
	if (count == 0)
		return;
	initStringInfo(&out);
	flux_string_encode(&out, values, count);
	reader = flux_byte_reader(out.data, out.len);
	flux_string_decode(&reader, back, count);
	for (int i = 0; i < count; i++)
	{
		if (!flux_text_equal(values[i], back[i]))
			abort();
	}
}

static int
compare_int64(const void *a, const void *b)
{
	int64 left = *(const int64 *) a;
	int64 right = *(const int64 *) b;

	return (left > right) - (left < right);
}

/* Times ascend, without two alike, within a chunk: less than 2^63 ns. */
static void
round_trip_times(const char *data, size_t size)
{
	int count = Min(size / 8, FLUX_VECTOR_VALUES_MAX);
	int64 *times = palloc(Max(count, 1) * sizeof(int64));
	int64 *back = palloc(Max(count, 1) * sizeof(int64));
	int kept = 0;
	int64 step_ns;
	StringInfoData out;

	memcpy(times, data, (Size) count * 8);
	for (int i = 0; i < count; i++)
		times[i] /= 4;
	qsort(times, count, sizeof(int64), compare_int64);
	for (int i = 0; i < count; i++)
		if (kept == 0 || times[kept - 1] != times[i])
			times[kept++] = times[i];
	if (kept == 0)
		return;
	initStringInfo(&out);
	flux_time_encode(&out, times, kept);

	FluxByteReader reader = flux_byte_reader(out.data, out.len);

	flux_time_decode(&reader, times[0], times[kept - 1], back, kept);
	if (memcmp(times, back, kept * sizeof(int64)) != 0)
		abort();
	reader = flux_byte_reader(out.data, out.len);
	if (flux_time_decode_step(&reader, times[0], times[kept - 1], kept, &step_ns))
		for (int i = 0; i < kept; i++)
			if (times[i] != times[0] + i * step_ns)
				abort();
}

/* What a packer was given, to be found again in the pages that it emits. */
typedef struct HotInput
{
	FluxHotField fields[64];
	int64 series_id[64];
	int64 time_ns[64];
	int count;
	int found;
} HotInput;

static void
check_page(void *arg, const FluxHotPage *page)
{
	HotInput *input = arg;
	FluxHotReader reader;

	flux_hot_reader_init(&reader, VARDATA(page->payload), VARSIZE(page->payload) - VARHDRSZ);
	while (flux_hot_next_batch(&reader))
	{
		while (flux_hot_next_point(&reader))
		{
			for (int i = 0; i < reader.field_count; i++)
			{
				const FluxHotField *field = &reader.fields[i];
				int at = input->found++;
				const FluxHotField *given = &input->fields[at];

				if (at >= input->count || field->field_id != given->field_id ||
					field->type != given->type || reader.series_id != input->series_id[at] ||
					reader.time_ns != input->time_ns[at] ||
					(field->type == FLUX_COLUMN_STRING
						 ? !flux_text_equal(field->value.string, given->value.string)
					 : field->type == FLUX_COLUMN_BOOL
						 ? field->value.boolean != given->value.boolean
						 : field->value.uinteger != given->value.uinteger))
					abort();
				if (reader.time_ns < page->tmin_ns || reader.time_ns > page->tmax_ns ||
					reader.series_id < page->smin || reader.series_id > page->smax)
					abort();
			}
		}
	}
}

/* Points made of the input: what goes into a packer comes out of the reader, in order. */
static void
round_trip_hot(const char *data, size_t size)
{
	HotInput *input = palloc0(sizeof(HotInput));
	FluxHotPacker *packer = flux_hot_packer_create(check_page, input);
	const char *end = data + size;

	while (end - data >= 24 && input->count < 64)
	{
		FluxHotField *fields = &input->fields[input->count];
		int field_count = Min((uint8) data[0] % 4 + 1, 64 - input->count);
		int64 series_id = (uint8) data[1];
		int64 time_ns;

		memcpy(&time_ns, data + 8, 8);
		for (int i = 0; i < field_count; i++)
		{
			fields[i].field_id = i + (uint8) data[2];
			fields[i].type = FLUX_COLUMN_BOOL + (uint8) data[3 + i] % 5;
			if (fields[i].type == FLUX_COLUMN_STRING)
				fields[i].value.string = flux_text(data, Min(end - data, (uint8) data[7] * 40));
			else if (fields[i].type == FLUX_COLUMN_BOOL)
				fields[i].value.boolean = data[16] & 1;
			else
				memcpy(&fields[i].value.uinteger, data + 16, 8);
			input->series_id[input->count + i] = series_id;
			input->time_ns[input->count + i] = time_ns;
		}
		flux_hot_packer_add(packer, series_id, time_ns, fields, field_count);
		input->count += field_count;
		data += 24;
	}
	flux_hot_packer_flush(packer);
	if (input->found != input->count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int kind = FUZZ_KIND;
	int count;
	MemoryContext context;
	MemoryContext before;

	if (TopMemoryContext == NULL)
		stub_init();
	if (size < 3)
		return 0;
	count = (data[0] | data[1] << 8) % FLUX_VECTOR_VALUES_MAX + 1;
	data += 2;
	size -= 2;
	before = CurrentMemoryContext;
	context = AllocSetContextCreate(before, "input", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	decode_hostile(kind, (const char *) data, size, count);
	round_trip(kind, (const char *) data, size);
	if (kind == FUZZ_STRING)
		round_trip_strings((const char *) data, size);
	if (kind == FUZZ_TIME)
		round_trip_times((const char *) data, size);
	if (kind == FUZZ_HOT)
		round_trip_hot((const char *) data, size);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	return 0;
}

#endif /* FLUX_CODEC_FUZZING_H */
