/*
 * test_hot.c
 *		Hot payloads: what is packed comes back in order, pages stay within
 *		their size, damage is refused.
 */
#include "postgres.h"

#include "storage/hot.h"

#include "unit.h"

/* An exact copy on the heap, so that the sanitizer sees a read past its end. */
static char *
copy_bytes(const char *data, Size size)
{
	char *copy = palloc(Max(size, 1));

	memcpy(copy, data, size);
	return copy;
}

/* What was packed, one entry per value, and how far reading has come. */
typedef struct Expected
{
	int64 series_id;
	int64 time_ns;
	FluxHotField field;
} Expected;

static Expected *expected;
static int expected_count;
static int read_count;
static int page_count;
static Size page_bytes; /* of all */

static void
expect(int64 series_id, int64 time_ns, FluxHotField field)
{
	expected[expected_count++] = (Expected){series_id, time_ns, field};
}

static bool
value_equal(const FluxHotField *a, const FluxHotField *b)
{
	if (a->field_id != b->field_id || a->type != b->type)
		return false;
	if (a->type == FLUX_COLUMN_STRING)
		return flux_text_equal(a->value.string, b->value.string);
	if (a->type == FLUX_COLUMN_BOOL)
		return a->value.boolean == b->value.boolean;
	return a->value.uinteger == b->value.uinteger;
}

/* Reads a page and compares it with what is due. */
static void
check_page(void *arg, const FluxHotPage *page)
{
	FluxHotReader reader;
	int values = 0;
	bool same = true;

	page_count++;
	page_bytes += VARSIZE(page->payload) - VARHDRSZ;
	CHECK(VARSIZE(page->payload) - VARHDRSZ <= FLUX_HOT_PAYLOAD_SIZE || page->value_count == 1);
	flux_hot_reader_init(&reader, VARDATA(page->payload), VARSIZE(page->payload) - VARHDRSZ);
	while (flux_hot_next_batch(&reader))
	{
		while (flux_hot_next_point(&reader))
		{
			for (int i = 0; i < reader.field_count; i++, values++, read_count++)
			{
				const Expected *due = &expected[read_count];

				same &= reader.series_id == due->series_id && reader.time_ns == due->time_ns &&
						value_equal(&reader.fields[i], &due->field);
				same &= page->tmin_ns <= due->time_ns && due->time_ns <= page->tmax_ns;
				same &= page->smin <= due->series_id && due->series_id <= page->smax;
			}
		}
	}
	CHECK(same);
	CHECK_INT(values, page->value_count);
}

static void
start(void)
{
	expected = palloc_extended(sizeof(Expected) * 400000, MCXT_ALLOC_HUGE);
	expected_count = read_count = page_count = 0;
	page_bytes = 0;
}

UNIT_TEST(points_of_many_shapes)
{
	FluxHotPacker *packer = flux_hot_packer_create(check_page, NULL);
	FluxHotField fields[20];

	start();
	for (int i = 0; i < 20000; i++)
	{
		int64 series_id = unit_random() % 50;
		int64 time_ns = (int64) unit_random();
		int shape = unit_random() % 100 < 90 ? 3 : unit_random() % 20 + 1;

		for (int f = 0; f < shape; f++)
		{
			fields[f].field_id = f + shape;
			fields[f].type = (f * shape) % 5 + 1;
			if (fields[f].type == FLUX_COLUMN_STRING)
				fields[f].value.string = flux_text_from_cstring(psprintf("text %d", i));
			else if (fields[f].type == FLUX_COLUMN_BOOL)
				fields[f].value.boolean = i % 2;
			else
				fields[f].value.uinteger = unit_random();
			expect(series_id, time_ns, fields[f]);
		}
		flux_hot_packer_add(packer, series_id, time_ns, fields, shape);
	}
	flux_hot_packer_flush(packer);
	CHECK_INT(read_count, expected_count);
}

/* Packs points whose times stay the same for so many in a row; how many bytes they take. */
static Size
bytes_of_runs(int points, int run, int field_count)
{
	FluxHotPacker *packer = flux_hot_packer_create(check_page, NULL);
	FluxHotField fields[4];

	start();
	for (int i = 0; i < points; i++)
	{
		int64 time_ns = 1700000000000000000 + i / run;

		for (int f = 0; f < field_count; f++)
		{
			fields[f] = (FluxHotField){.field_id = f, .type = FLUX_COLUMN_INT};
			fields[f].value.integer = i;
			expect(i, time_ns, fields[f]);
		}
		flux_hot_packer_add(packer, i, time_ns, fields, field_count);
	}
	flux_hot_packer_flush(packer);
	CHECK_INT(read_count, expected_count);
	return page_bytes;
}

UNIT_TEST(points_of_one_time)
{
	/* a time for each point, one for all, and what runs cost beside the former */
	CHECK_INT(bytes_of_runs(1, 1, 1), 1 + 5 + 5 + 24);
	CHECK_INT(bytes_of_runs(2, 1, 1), 1 + 5 + 5 + 2 * 24);
	CHECK_INT(bytes_of_runs(100, 1, 1), 1 + 5 + 5 + 100 * 24);
	CHECK_INT(bytes_of_runs(100, 100, 1), 1 + 5 + 8 + 5 + 100 * 16);
	CHECK_INT(bytes_of_runs(100, 50, 1), 1 + 2 * (5 + 8 + 5) + 100 * 16);
	for (int run = 1; run < 60; run++)
		for (int field_count = 1; field_count <= 4; field_count++)
		{
			Size apart = 1 + 5 + 5 * field_count + 100 * (16 + 8 * field_count);

			CHECK(bytes_of_runs(100, run, field_count) <= apart + 5 + 8 + 5 * field_count);
		}
}

UNIT_TEST(columns)
{
	FluxHotPacker *packer = flux_hot_packer_create(check_page, NULL);
	int64 times[1000];
	double values[1000];
	FluxColumn column = {.type = FLUX_COLUMN_FLOAT, .values.floats = values};

	start();
	for (int series = 0; series < 100; series++)
	{
		for (int i = 0; i < 1000; i++)
		{
			FluxHotField field = {.field_id = 7, .type = FLUX_COLUMN_FLOAT};

			times[i] = i * 1000;
			values[i] = field.value.floating = unit_random_double();
			expect(series, times[i], field);
		}
		flux_hot_packer_add_column(packer, series, 7, times, &column, 0, 1000);
	}
	flux_hot_packer_flush(packer);
	CHECK_INT(read_count, 100000);
	/* sixteen bytes a point and little else */
	CHECK(page_count < 100000 * 16 / 7600 + 5);
}

UNIT_TEST(great_points_are_split)
{
	FluxHotPacker *packer = flux_hot_packer_create(check_page, NULL);
	FluxHotField *fields = palloc(sizeof(FluxHotField) * 5000);
	char *bytes = palloc0(100000);
	FluxHotField string = {.field_id = 1, .type = FLUX_COLUMN_STRING};

	start();
	for (int f = 0; f < 5000; f++)
	{
		fields[f] = (FluxHotField){.field_id = f, .type = FLUX_COLUMN_INT, .value.integer = f};
		expect(1, 2, fields[f]);
	}
	flux_hot_packer_add(packer, 1, 2, fields, 5000);
	string.value.string = flux_text(bytes, 100000);
	fields[1] = string;
	for (int f = 0; f < 3; f++)
		expect(3, 4, fields[f]);
	flux_hot_packer_add(packer, 3, 4, fields, 3);
	flux_hot_packer_flush(packer);
	CHECK_INT(read_count, expected_count);
	string.value.string.size = FLUX_HOT_STRING_SIZE_MAX + 1;
	CHECK_ERROR(ERRCODE_PROGRAM_LIMIT_EXCEEDED, flux_hot_packer_add(packer, 1, 1, &string, 1));
}

/* Reads a damaged copy; errors are fine, crashes are not. */
static void
damage_page(void *arg, const FluxHotPage *page)
{
	Size size = VARSIZE(page->payload) - VARHDRSZ;

	for (int round = 0; round < 3000; round++)
	{
		Size cut = round % 2 == 0 ? size : unit_random() % size;
		char *copy = copy_bytes(VARDATA(page->payload), cut);
		MemoryContext context = CurrentMemoryContext;

		for (int i = round % 5; i > 0 && cut > 0; i--)
			copy[unit_random() % Min(cut, 200)] ^= 1 << (unit_random() % 8);
		PG_TRY();
		{
			FluxHotReader reader;

			flux_hot_reader_init(&reader, copy, cut);
			while (flux_hot_next_batch(&reader))
			{
				while (flux_hot_next_point(&reader))
					read_count++;
			}
		}
		PG_CATCH();
		{
			MemoryContextSwitchTo(context);
			CHECK_INT(CopyErrorData()->sqlerrcode, ERRCODE_DATA_CORRUPTED);
			FlushErrorState();
		}
		PG_END_TRY();
		pfree(copy);
	}
}

UNIT_TEST(damaged_pages_are_refused)
{
	FluxHotPacker *packer = flux_hot_packer_create(damage_page, NULL);
	FluxHotField fields[3] = {{.field_id = 1, .type = FLUX_COLUMN_STRING},
							  {.field_id = 2, .type = FLUX_COLUMN_BOOL},
							  {.field_id = 3, .type = FLUX_COLUMN_FLOAT}};

	start();
	for (int i = 0; i < 40; i++)
	{
		fields[0].value.string = flux_text_from_cstring(psprintf("%d", i));
		flux_hot_packer_add(packer, i, i, fields, i % 3 + 1);
	}
	flux_hot_packer_flush(packer);
	CHECK(read_count > 0);
}
