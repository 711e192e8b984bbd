/*
 * hot.c
 *		Packs points into hot payloads and walks them again.
 *
 * The packer appends to one buffer.  A batch is open while its points share a
 * field set; its point count is patched in when it closes.  A page is emitted
 * when the next point does not fit.
 *
 * Points of one time share that, too, where it pays for the batch's head: as long
 * as runs of points of one time are long, which the packer takes the next one to
 * be if the last one was.
 */
#include "postgres.h"

#include "base/pg_compat.h"
#include "storage/codec_bytes.h"
#include "storage/hot.h"

/* flags, fields, points */
#define FLUX_HOT_BATCH_HEAD 5
#define FLUX_HOT_FIELD_HEAD 5

struct FluxHotPacker
{
	FluxHotEmit emit;
	void *emit_arg;
	MemoryContext context;

	struct varlena *payload; /* the page under construction */
	Size capacity;           /* bytes of payload data allocated */
	char *data;              /* VARDATA(payload) */
	Size used;               /* bytes of data */
	FluxHotPage page;        /* its statistics so far */

	/* the open batch; batch_points == 0: none */
	Size batch_at; /* offset of its head */
	int batch_points;
	bool batch_one_series;
	bool batch_one_time;
	int batch_field_count;

	/* points in a row that have one time, up to the last point, and in the run before */
	int64 run_time_ns;
	int run_points;
	int last_run_points;
};

FluxHotPacker *
flux_hot_packer_create(FluxHotEmit emit, void *arg)
{
	FluxHotPacker *packer = palloc0(sizeof(FluxHotPacker));

	packer->emit = emit;
	packer->emit_arg = arg;
	packer->context = CurrentMemoryContext;
	packer->capacity = FLUX_HOT_PAYLOAD_SIZE;
	packer->payload = palloc(VARHDRSZ + packer->capacity);
	packer->data = VARDATA(packer->payload);
	return packer;
}

static void
close_batch(FluxHotPacker *packer)
{
	if (packer->batch_points > 0)
		flux_store_u16(packer->data + packer->batch_at + 3, (uint16) packer->batch_points);
	packer->batch_points = 0;
}

void
flux_hot_packer_flush(FluxHotPacker *packer)
{
	if (packer->used == 0)
		return;
	close_batch(packer);
	SET_VARSIZE(packer->payload, VARHDRSZ + packer->used);
	packer->page.payload = packer->payload;
	packer->emit(packer->emit_arg, &packer->page);
	packer->used = 0;
	packer->page.value_count = 0;
}

/* Makes room for "size" more bytes, on a new page unless this one is empty. */
static void
make_room(FluxHotPacker *packer, Size size)
{
	if (packer->used > 0 && packer->used + size > FLUX_HOT_PAYLOAD_SIZE)
		flux_hot_packer_flush(packer);
	if (packer->used == 0)
	{
		if (size + 1 > packer->capacity)
		{
			packer->capacity = size + 1;
			packer->payload = repalloc(packer->payload, VARHDRSZ + packer->capacity);
			packer->data = VARDATA(packer->payload);
		}
		packer->data[0] = FLUX_HOT_VERSION;
		packer->used = 1;
		packer->page.tmin_ns = PG_INT64_MAX;
		packer->page.tmax_ns = PG_INT64_MIN;
		packer->page.smin = PG_INT64_MAX;
		packer->page.smax = PG_INT64_MIN;
	}
}

static inline void
note_point(FluxHotPacker *packer, int64 series_id, int64 time_ns, int value_count)
{
	FluxHotPage *page = &packer->page;

	page->tmin_ns = Min(page->tmin_ns, time_ns);
	page->tmax_ns = Max(page->tmax_ns, time_ns);
	page->smin = Min(page->smin, series_id);
	page->smax = Max(page->smax, series_id);
	page->value_count += value_count;
}

static inline Size
value_size(const FluxHotField *field)
{
	if (field->type == FLUX_COLUMN_STRING)
	{
		if (field->value.string.size < 0 || field->value.string.size > FLUX_HOT_STRING_SIZE_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("string value of %d bytes is too long", field->value.string.size),
					 errdetail("A stored string has at most %d bytes.", FLUX_HOT_STRING_SIZE_MAX)));
		return 4 + (Size) field->value.string.size;
	}
	return field->type == FLUX_COLUMN_BOOL ? 1 : 8;
}

static inline char *
store_value(char *to, const FluxHotField *field)
{
	if (field->type == FLUX_COLUMN_STRING)
	{
		to = flux_store_u32(to, (uint32) field->value.string.size);
		memcpy(to, field->value.string.data, field->value.string.size);
		return to + field->value.string.size;
	}
	if (field->type == FLUX_COLUMN_BOOL)
		return flux_store_u8(to, field->value.boolean);
	return flux_store_u64(to, field->value.uinteger);
}

/* Counts the next point into its run. */
static inline void
note_time(FluxHotPacker *packer, int64 time_ns)
{
	if (packer->run_points > 0 && packer->run_time_ns == time_ns)
	{
		packer->run_points++;
		return;
	}
	packer->last_run_points = packer->run_points;
	packer->run_points = 1;
	packer->run_time_ns = time_ns;
}

/* Whether points of one time save more than the head of a batch takes. */
static inline bool
pays_for_head(int points, int field_count)
{
	return points * 8 > FLUX_HOT_BATCH_HEAD + 8 + FLUX_HOT_FIELD_HEAD * field_count;
}

/*
 * Whether a new batch shall have one time.  Nothing is known before the first
 * run has ended; then it costs nothing to try.
 */
static inline bool
expects_one_time(const FluxHotPacker *packer, int field_count)
{
	return packer->last_run_points == 0 ||
		   pays_for_head(Max(packer->run_points, packer->last_run_points), field_count);
}

/* Gives the only point of the open batch a time of its own, in as many bytes. */
static void
give_own_time(FluxHotPacker *packer)
{
	char *head = packer->data + packer->batch_at;
	uint64 time_ns = flux_load_u64(head + FLUX_HOT_BATCH_HEAD);
	Size moved = FLUX_HOT_FIELD_HEAD * packer->batch_field_count + 8;

	head[0] &= ~FLUX_HOT_ONE_TIME;
	head += FLUX_HOT_BATCH_HEAD;
	memmove(head, head + 8, moved);
	flux_store_u64(head + moved, time_ns);
	packer->batch_one_time = false;
}

/* Opens a batch of one series, or of the time of the current run, or of neither. */
static void
open_batch(FluxHotPacker *packer, bool one_series, bool one_time, int64 series_id,
		   const FluxHotField *fields, int field_count)
{
	char *to = packer->data + packer->used;

	packer->batch_at = packer->used;
	packer->batch_one_series = one_series;
	packer->batch_one_time = one_time;
	packer->batch_field_count = field_count;
	to = flux_store_u8(to,
					   (one_series ? FLUX_HOT_ONE_SERIES : 0) | (one_time ? FLUX_HOT_ONE_TIME : 0));
	to = flux_store_u16(to, (uint16) field_count);
	to = flux_store_u16(to, 0);
	if (one_series)
		to = flux_store_u64(to, (uint64) series_id);
	if (one_time)
		to = flux_store_u64(to, (uint64) packer->run_time_ns);
	for (int i = 0; i < field_count; i++)
	{
		to = flux_store_u32(to, (uint32) fields[i].field_id);
		to = flux_store_u8(to, (uint8) fields[i].type);
	}
	packer->used = to - packer->data;
}

/* Whether the open batch has these fields and can take one more point. */
static inline bool
has_fields(const FluxHotPacker *packer, const FluxHotField *fields, int field_count)
{
	const char *set;

	if (packer->batch_points == 0 || packer->batch_points == PG_UINT16_MAX ||
		packer->batch_one_series || packer->batch_field_count != field_count)
		return false;
	set = packer->data + packer->batch_at + FLUX_HOT_BATCH_HEAD + (packer->batch_one_time ? 8 : 0);
	for (int i = 0; i < field_count; i++, set += FLUX_HOT_FIELD_HEAD)
	{
		if ((int32) flux_load_u32(set) != fields[i].field_id || (uint8) set[4] != fields[i].type)
			return false;
	}
	return true;
}

/* Whether the next point, the last of its run, belongs into the open batch. */
static inline bool
fits_batch(FluxHotPacker *packer, const FluxHotField *fields, int field_count)
{
	if (!has_fields(packer, fields, field_count))
		return false;
	if (!packer->batch_one_time)
		return !pays_for_head(packer->run_points, field_count);
	if (packer->run_points > 1)
		return true;
	if (packer->batch_points > 1 || expects_one_time(packer, field_count))
		return false;
	give_own_time(packer);
	return true;
}

/* Adds fields that fit a page together (or a single greater one). */
static void
add_part(FluxHotPacker *packer, int64 series_id, int64 time_ns, const FluxHotField *fields,
		 int field_count, Size values_size)
{
	Size point_size = 16 + values_size;
	char *to;

	note_time(packer, time_ns);
	if (!fits_batch(packer, fields, field_count) ||
		packer->used + point_size - (packer->batch_one_time ? 8 : 0) > FLUX_HOT_PAYLOAD_SIZE)
	{
		close_batch(packer);
		make_room(packer, FLUX_HOT_BATCH_HEAD + FLUX_HOT_FIELD_HEAD * field_count + point_size);
		open_batch(packer, false, expects_one_time(packer, field_count), 0, fields, field_count);
	}
	to = packer->data + packer->used;
	to = flux_store_u64(to, (uint64) series_id);
	if (!packer->batch_one_time)
		to = flux_store_u64(to, (uint64) time_ns);
	for (int i = 0; i < field_count; i++)
		to = store_value(to, &fields[i]);
	packer->used = to - packer->data;
	packer->batch_points++;
	note_point(packer, series_id, time_ns, field_count);
}

void
flux_hot_packer_add(FluxHotPacker *packer, int64 series_id, int64 time_ns,
					const FluxHotField *fields, int field_count)
{
	const Size room = FLUX_HOT_PAYLOAD_SIZE - 1 - FLUX_HOT_BATCH_HEAD - 16;
	int first = 0;
	Size values_size = 0;

	for (int i = 0; i < field_count; i++)
	{
		Size size = value_size(&fields[i]);
		Size with_head = values_size + size + FLUX_HOT_FIELD_HEAD * (i - first + 1);

		if (i > first && with_head > room)
		{
			add_part(packer, series_id, time_ns, fields + first, i - first, values_size);
			first = i;
			values_size = 0;
		}
		values_size += size;
	}
	if (field_count > first)
		add_part(packer, series_id, time_ns, fields + first, field_count - first, values_size);
}

/* The value of a row as a field of the packer; the id and type are set. */
static inline void
field_from_column(FluxHotField *field, const FluxColumn *values, int row)
{
	int at = flux_column_index(values, row);

	switch (values->type)
	{
		case FLUX_COLUMN_BOOL:
			field->value.boolean = values->values.booleans[at];
			break;
		case FLUX_COLUMN_STRING:
			field->value.string = values->values.strings[at];
			break;
		default:
			field->value.uinteger = values->values.uints[at];
			break;
	}
}

void
flux_hot_packer_add_column(FluxHotPacker *packer, int64 series_id, int32 field_id,
						   const int64 *times_ns, const FluxColumn *values, int first, int count)
{
	FluxHotField field = {.field_id = field_id, .type = values->type};

	close_batch(packer);
	for (int row = first; row < first + count; row++)
	{
		Size point_size;
		char *to;

		field_from_column(&field, values, row);
		point_size = 8 + value_size(&field);
		if (packer->batch_points == 0 || packer->batch_points == PG_UINT16_MAX ||
			packer->used + point_size > FLUX_HOT_PAYLOAD_SIZE)
		{
			close_batch(packer);
			make_room(packer, FLUX_HOT_BATCH_HEAD + 8 + FLUX_HOT_FIELD_HEAD + point_size);
			open_batch(packer, true, false, series_id, &field, 1);
		}
		to = flux_store_u64(packer->data + packer->used, (uint64) times_ns[row]);
		to = store_value(to, &field);
		packer->used = to - packer->data;
		packer->batch_points++;
		note_point(packer, series_id, times_ns[row], 1);
	}
	close_batch(packer);
}

/* ---- reading ---- */

static void
report_corrupted(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("hot row is damaged: %s", what),
					errhint("Restore the chunk's table from a backup, or delete the row.")));
}

void
flux_hot_reader_init(FluxHotReader *reader, const char *payload, Size size)
{
	memset(reader, 0, sizeof(*reader));
	if (size < 1)
		report_corrupted("payload is empty");
	if (payload[0] != FLUX_HOT_VERSION)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("hot row has unknown format version %d", (uint8) payload[0]),
						errhint("It was written by a newer fluxtask, or it is damaged.")));
	reader->next = payload + 1;
	reader->end = payload + size;
}

/* Reads the field set of a batch into reader->fields. */
static void
read_field_set(FluxHotReader *reader)
{
	if (reader->field_count > reader->field_capacity)
	{
		if (reader->fields != NULL)
			pfree(reader->fields);
		reader->field_capacity = reader->field_count;
		reader->fields = palloc(sizeof(FluxHotField) * reader->field_capacity);
	}
	reader->has_strings = false;
	reader->fixed_size = (reader->has_one_series ? 0 : 8) + (reader->has_one_time ? 0 : 8);
	for (int i = 0; i < reader->field_count; i++, reader->next += FLUX_HOT_FIELD_HEAD)
	{
		FluxHotField *field = &reader->fields[i];

		field->field_id = (int32) flux_load_u32(reader->next);
		field->type = (FluxColumnType) (uint8) reader->next[4];
		switch (field->type)
		{
			case FLUX_COLUMN_BOOL:
				reader->fixed_size += 1;
				break;
			case FLUX_COLUMN_INT:
			case FLUX_COLUMN_UINT:
			case FLUX_COLUMN_FLOAT:
				reader->fixed_size += 8;
				break;
			case FLUX_COLUMN_STRING:
				reader->fixed_size += 4;
				reader->has_strings = true;
				break;
			default:
				report_corrupted("a field has an unknown type");
		}
	}
}

/* A number that stands once for all points of a batch. */
static int64
read_shared(FluxHotReader *reader)
{
	int64 number;

	if (reader->end - reader->next < 8)
		report_corrupted("a batch is cut off");
	number = (int64) flux_load_u64(reader->next);
	reader->next += 8;
	return number;
}

bool
flux_hot_next_batch(FluxHotReader *reader)
{
	uint8 flags;

	while (reader->points_left > 0)
		(void) flux_hot_next_point(reader); /* the caller skipped some */
	if (reader->next == reader->end)
		return false;
	if (reader->end - reader->next < FLUX_HOT_BATCH_HEAD)
		report_corrupted("a batch is cut off");
	flags = (uint8) reader->next[0];
	reader->field_count = flux_load_u16(reader->next + 1);
	reader->point_count = flux_load_u16(reader->next + 3);
	reader->next += FLUX_HOT_BATCH_HEAD;
	if ((flags & ~(FLUX_HOT_ONE_SERIES | FLUX_HOT_ONE_TIME)) != 0)
		report_corrupted("a batch has unknown flags");
	if (reader->field_count == 0 || reader->point_count == 0)
		report_corrupted("a batch is empty");
	reader->has_one_series = (flags & FLUX_HOT_ONE_SERIES) != 0;
	reader->has_one_time = (flags & FLUX_HOT_ONE_TIME) != 0;
	if (reader->has_one_series)
		reader->series_id = read_shared(reader);
	if (reader->has_one_time)
		reader->time_ns = read_shared(reader);
	if (reader->end - reader->next < (ptrdiff_t) reader->field_count * FLUX_HOT_FIELD_HEAD)
		report_corrupted("a field set is cut off");
	read_field_set(reader);

	/* One check up front serves all points; strings check their bytes. */
	if ((Size) (reader->end - reader->next) < reader->fixed_size * reader->point_count)
		report_corrupted("points are cut off");
	reader->points_left = reader->point_count;
	return true;
}

/* The values of a point that has strings: sizes are checked one by one. */
static void
read_varying_values(FluxHotReader *reader)
{
	const char *next = reader->next;

	for (int i = 0; i < reader->field_count; i++)
	{
		FluxHotField *field = &reader->fields[i];
		Size left = reader->end - next;
		Size size = field->type == FLUX_COLUMN_BOOL ? 1 : field->type == FLUX_COLUMN_STRING ? 4 : 8;

		if (left < size)
			report_corrupted("points are cut off");
		if (field->type == FLUX_COLUMN_BOOL)
			field->value.boolean = *next != 0;
		else if (field->type == FLUX_COLUMN_STRING)
		{
			uint32 bytes = flux_load_u32(next);

			if (bytes > left - size)
				report_corrupted("a string is cut off");
			field->value.string = flux_text(next + size, (int32) bytes);
			size += bytes;
		}
		else
			field->value.uinteger = flux_load_u64(next);
		next += size;
	}
	reader->next = next;
}

bool
flux_hot_next_point(FluxHotReader *reader)
{
	const char *next = reader->next;

	if (reader->points_left == 0)
		return false;
	reader->points_left--;
	if (reader->has_strings)
	{
		if ((Size) (reader->end - next) < reader->fixed_size)
			report_corrupted("points are cut off");
	}
	if (!reader->has_one_series)
	{
		reader->series_id = (int64) flux_load_u64(next);
		next += 8;
	}
	if (!reader->has_one_time)
	{
		reader->time_ns = (int64) flux_load_u64(next);
		next += 8;
	}
	if (reader->has_strings)
	{
		reader->next = next;
		read_varying_values(reader);
		return true;
	}
	for (int i = 0; i < reader->field_count; i++)
	{
		FluxHotField *field = &reader->fields[i];

		if (field->type == FLUX_COLUMN_BOOL)
			field->value.boolean = *next++ != 0;
		else
		{
			field->value.uinteger = flux_load_u64(next);
			next += 8;
		}
	}
	reader->next = next;
	return true;
}

/* ---- deleting ---- */

/*
 * Copies what stays of the batch that the reader has just entered, whose head
 * began at "head"; returns the end of the copy.
 */
static char *
filter_batch(FluxHotReader *reader, const char *head, FluxHotKeep keep, void *arg, char *to,
			 FluxHotPage *page, int64 *gone)
{
	char *batch = to;
	Size head_size = reader->next - head;
	int kept = 0;

	memcpy(to, head, head_size);
	to += head_size;
	for (const char *point = reader->next; flux_hot_next_point(reader); point = reader->next)
	{
		if (!keep(arg, reader->series_id, reader->time_ns))
		{
			*gone += reader->field_count;
			continue;
		}
		memcpy(to, point, reader->next - point);
		to += reader->next - point;
		page->tmin_ns = Min(page->tmin_ns, reader->time_ns);
		page->tmax_ns = Max(page->tmax_ns, reader->time_ns);
		page->smin = Min(page->smin, reader->series_id);
		page->smax = Max(page->smax, reader->series_id);
		page->value_count += reader->field_count;
		kept++;
	}
	if (kept == 0)
		return batch;
	flux_store_u16(batch + 3, (uint16) kept);
	return to;
}

int64
flux_hot_filter(const char *payload, Size size, FluxHotKeep keep, void *arg, FluxHotPage *page)
{
	FluxHotReader reader;
	int64 gone = 0;
	char *to;

	flux_hot_reader_init(&reader, payload, size);
	page->payload = palloc(VARHDRSZ + size);
	page->tmin_ns = page->smin = PG_INT64_MAX;
	page->tmax_ns = page->smax = PG_INT64_MIN;
	page->value_count = 0;
	to = VARDATA(page->payload);
	*to++ = FLUX_HOT_VERSION;
	for (const char *head = reader.next; flux_hot_next_batch(&reader); head = reader.next)
		to = filter_batch(&reader, head, keep, arg, to, page, &gone);
	SET_VARSIZE(page->payload, to - (char *) page->payload);
	if (reader.fields != NULL)
		pfree(reader.fields);
	return gone;
}
