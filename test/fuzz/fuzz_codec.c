/*
 * fuzz_codec.c
 *		Codecs under random input.  The first byte of the input picks the type,
 *		the next two the number of values; the rest is taken both as an encoded
 *		vector (hostile bytes: an error or values, never more) and as values
 *		(must come back bit for bit).
 */
#include "postgres.h"

#include "storage/codec_boolean.h"
#include "storage/codec_float.h"
#include "storage/codec_integer.h"
#include "storage/codec_string.h"
#include "storage/codec_time.h"
#include "storage/hot.h"
#include "utils/memutils.h"

#include "server_stub.h"

enum
{
	FUZZ_INTEGER,
	FUZZ_FLOAT,
	FUZZ_BOOLEAN,
	FUZZ_STRING,
	FUZZ_TIME,
	FUZZ_HOT,
	FUZZ_KINDS
};

static void
decode_any(int kind, FluxByteReader *reader, int count)
{
	void	   *values = palloc(sizeof(FluxText) * count);
	int64		step_ns;
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
		ErrorData  *error;

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
	int			width = kind == FUZZ_BOOLEAN ? 1 : 8;
	int			count = Min(size / width, FLUX_VECTOR_VALUES_MAX);
	Size		bytes = (Size) count * width;
	char	   *values = palloc(Max(bytes, 1));
	char	   *back = palloc(Max(bytes, 1));
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
	FluxText	values[1000];
	FluxText	back[1000];
	int			count = 0;
	size_t		start = 0;
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

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int			kind;
	int			count;
	MemoryContext context;
	MemoryContext before;

	if (TopMemoryContext == NULL)
		stub_init();
	if (size < 4)
		return 0;
	kind = data[0] % FUZZ_KINDS;
	count = (data[1] | data[2] << 8) % FLUX_VECTOR_VALUES_MAX + 1;
	data += 3;
	size -= 3;
	before = CurrentMemoryContext;
	context = AllocSetContextCreate(before, "input", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	decode_hostile(kind, (const char *) data, size, count);
	round_trip(kind, (const char *) data, size);
	if (kind == FUZZ_STRING)
		round_trip_strings((const char *) data, size);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	return 0;
}
