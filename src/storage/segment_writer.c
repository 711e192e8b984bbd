/*
 * segment_writer.c
 *		Turns ascending points into compressed segments and inserts them.
 *
 * Points gather in two arrays; FLUX_SEGMENT_POINTS of them make a segment.
 * Rows go straight to the table, each followed by its index entry (row_insert.h):
 * compaction inserts one row per thousand points, so nothing is gained by
 * batching rows.  Everything is in the caller's transaction.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "storage/chunk.h"
#include "storage/codec_time.h"
#include "storage/codec_vector.h"
#include "storage/row_insert.h"
#include "storage/segment_format.h"
#include "storage/segment_writer.h"

struct FluxSegmentWriter
{
	FluxRowInsert insert;  /* into the segment table */
	MemoryContext scratch; /* reset per segment */

	int64 series_id;
	int32 field_id;
	FluxColumnType type;

	/* points of the segment under construction */
	int count;
	int64 times_ns[FLUX_SEGMENT_POINTS];
	char values[FLUX_SEGMENT_POINTS * sizeof(FluxText)]; /* by type */
	Size string_size;                                    /* bytes of strings so far */
	MemoryContext strings;

	int64 segments_written;
	int64 points_written;
};

FluxSegmentWriter *
flux_segment_writer_create(Relation seg)
{
	FluxSegmentWriter *writer = palloc0(sizeof(FluxSegmentWriter));

	flux_row_insert_begin(&writer->insert, seg, true);
	writer->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask segment", ALLOCSET_DEFAULT_SIZES);
	writer->strings = AllocSetContextCreate(CurrentMemoryContext, "fluxtask segment strings",
											ALLOCSET_DEFAULT_SIZES);
	return writer;
}

void
flux_segment_writer_begin(FluxSegmentWriter *writer, int64 series_id, int32 field_id,
						  FluxColumnType type)
{
	flux_segment_writer_flush(writer);
	writer->series_id = series_id;
	writer->field_id = field_id;
	writer->type = type;
}

int
flux_segment_writer_pending(const FluxSegmentWriter *writer)
{
	return writer->count;
}

/* ---- statistics ---- */

static void
set_statistic(FluxRowInsert *insert, int column, FluxSegmentNumber number)
{
	flux_row_insert_set(insert, column, Int64GetDatum(number.integer));
}

static void
set_float_statistics(FluxRowInsert *insert, const double *values, int count)
{
	FluxSegmentNumber min = {.floating = values[0]};
	FluxSegmentNumber max = {.floating = values[0]};
	FluxSegmentNumber sum = {.floating = values[0]};
	bool has_nan = isnan(values[0]);

	for (int i = 1; i < count; i++)
	{
		has_nan |= isnan(values[i]);
		min.floating = values[i] < min.floating ? values[i] : min.floating;
		max.floating = values[i] > max.floating ? values[i] : max.floating;
		sum.floating += values[i];
	}
	if (!has_nan)
	{
		set_statistic(insert, FLUX_SEG_VMIN, min);
		set_statistic(insert, FLUX_SEG_VMAX, max);
	}
	set_statistic(insert, FLUX_SEG_VSUM, sum);
}

static void
set_integer_statistics(FluxRowInsert *insert, const uint64 *values, int count, bool is_signed)
{
	/* One loop for both: flipping the sign bit turns one order into the other. */
	const uint64 flip = is_signed ? UINT64CONST(1) << 63 : 0;
	FluxSegmentNumber min = {.uinteger = values[0] ^ flip};
	FluxSegmentNumber max = {.uinteger = values[0] ^ flip};
	FluxSegmentNumber sum = {.uinteger = 0};

	for (int i = 0; i < count; i++)
	{
		min.uinteger = Min(min.uinteger, values[i] ^ flip);
		max.uinteger = Max(max.uinteger, values[i] ^ flip);
		sum.uinteger += values[i];
	}
	min.uinteger ^= flip;
	max.uinteger ^= flip;
	set_statistic(insert, FLUX_SEG_VMIN, min);
	set_statistic(insert, FLUX_SEG_VMAX, max);
	set_statistic(insert, FLUX_SEG_VSUM, sum);
}

/* Statistics of points [from, from + count) of the segment under construction. */
static void
set_statistics(FluxSegmentWriter *writer, int from, int count)
{
	FluxRowInsert *insert = &writer->insert;
	const uint64 *words = (const uint64 *) writer->values + from;
	const bool *booleans = (const bool *) writer->values + from;
	FluxSegmentNumber first = {0};
	FluxSegmentNumber last = {0};

	if (writer->type == FLUX_COLUMN_STRING)
		return;
	if (writer->type == FLUX_COLUMN_BOOL)
	{
		first.integer = booleans[0];
		last.integer = booleans[count - 1];
	}
	else
	{
		first.uinteger = words[0];
		last.uinteger = words[count - 1];
		if (writer->type == FLUX_COLUMN_FLOAT)
			set_float_statistics(insert, (const double *) words, count);
		else
			set_integer_statistics(insert, words, count, writer->type == FLUX_COLUMN_INT);
	}
	set_statistic(insert, FLUX_SEG_VFIRST, first);
	set_statistic(insert, FLUX_SEG_VLAST, last);
}

/* ---- rows ---- */

/* A bytea datum that the vector was encoded into, with its length word first. */
static Datum
finish_bytea(StringInfo bytes)
{
	SET_VARSIZE(bytes->data, bytes->len);
	return PointerGetDatum(bytes->data);
}

static void
start_bytea(StringInfo bytes)
{
	initStringInfo(bytes);
	bytes->len = VARHDRSZ;
}

/* Inserts a row for points [from, from + count), whose vectors are encoded. */
static void
insert_row(FluxSegmentWriter *writer, int from, int count, StringInfo times, StringInfo values)
{
	FluxRowInsert *insert = &writer->insert;

	set_statistics(writer, from, count);
	flux_row_insert_set(insert, FLUX_SEG_SERIES_ID, Int64GetDatum(writer->series_id));
	flux_row_insert_set(insert, FLUX_SEG_TMIN, Int64GetDatum(writer->times_ns[from]));
	flux_row_insert_set(insert, FLUX_SEG_TMAX, Int64GetDatum(writer->times_ns[from + count - 1]));
	flux_row_insert_set(insert, FLUX_SEG_FIELD_ID, Int32GetDatum(writer->field_id));
	flux_row_insert_set(insert, FLUX_SEG_NPOINTS, Int32GetDatum(count));
	flux_row_insert_set(
		insert, FLUX_SEG_FLAGS,
		Int32GetDatum(writer->type | FLUX_SEGMENT_VERSION << FLUX_SEGMENT_VERSION_SHIFT));
	flux_row_insert_set(insert, FLUX_SEG_TDATA, finish_bytea(times));
	flux_row_insert_set(insert, FLUX_SEG_VDATA, finish_bytea(values));
	flux_row_insert_put(insert);
	writer->segments_written++;
	writer->points_written += count;
}

/* Writes points [from, from + count) as one segment, unless it is longer than size_max. */
static int
write_points(FluxSegmentWriter *writer, int from, int count, int size_max)
{
	StringInfoData times;
	StringInfoData values;
	int size;

	start_bytea(&times);
	start_bytea(&values);
	flux_time_encode(&times, writer->times_ns + from, count);
	flux_vector_encode(&values, writer->type,
					   writer->values + (Size) from * flux_column_type_size(writer->type), count);
	size = times.len + values.len;
	if (size <= size_max)
		insert_row(writer, from, count, &times, &values);
	return size;
}

/*
 * Writes the points of the buffer: as one segment, or, if that would be too
 * large for rows to fill pages well, as several of the right size.  What is
 * left over then goes to the front of the buffer, or, if all must out, into a
 * shorter last one.  Strings stay together: they compress the better, and
 * TOAST takes what is large.
 */
static void
write_buffer(FluxSegmentWriter *writer, bool all)
{
	bool may_split = writer->type != FLUX_COLUMN_STRING;
	int width = flux_column_type_size(writer->type);
	int done = 0;
	int part = writer->count;
	MemoryContext old_context = MemoryContextSwitchTo(writer->scratch);
	int size = write_points(writer, 0, part, may_split ? FLUX_SEGMENT_SIZE : INT_MAX);

	if (!may_split || size <= FLUX_SEGMENT_SIZE)
		done = part;
	else
	{
		part = Max((int) ((int64) part * FLUX_SEGMENT_SIZE_SPLIT / size), 1);
		for (; done + part <= writer->count; done += part)
		{
			(void) write_points(writer, done, part, INT_MAX);
			MemoryContextReset(writer->scratch);
		}
		if (all && done < writer->count)
		{
			(void) write_points(writer, done, writer->count - done, INT_MAX);
			done = writer->count;
		}
	}
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(writer->scratch);
	writer->count -= done;
	memmove(writer->times_ns, writer->times_ns + done, sizeof(int64) * writer->count);
	memmove(writer->values, writer->values + (Size) done * width, (Size) writer->count * width);
	if (writer->count == 0)
	{
		MemoryContextReset(writer->strings);
		writer->string_size = 0;
	}
}

void
flux_segment_writer_flush(FluxSegmentWriter *writer)
{
	if (writer->count > 0)
		write_buffer(writer, true);
}

/* Strings are copied one by one, for the segment ends at so many bytes. */
static void
append_string(FluxSegmentWriter *writer, int64 time_ns, FluxText value)
{
	MemoryContext old_context;

	if (writer->string_size + value.size > FLUX_SEGMENT_STRING_SIZE)
		flux_segment_writer_flush(writer);
	old_context = MemoryContextSwitchTo(writer->strings);
	writer->times_ns[writer->count] = time_ns;
	((FluxText *) writer->values)[writer->count++] = flux_text_copy(value);
	writer->string_size += value.size;
	MemoryContextSwitchTo(old_context);
	if (writer->count == FLUX_SEGMENT_POINTS)
		write_buffer(writer, false);
}

void
flux_segment_writer_append(FluxSegmentWriter *writer, const int64 *times_ns,
						   const FluxColumn *values, int first, int count)
{
	int width = flux_column_type_size(values->type);

	Assert(values->type == writer->type && !values->is_constant);
	if (values->type == FLUX_COLUMN_STRING)
	{
		for (int row = first; row < first + count; row++)
			append_string(writer, times_ns[row], values->values.strings[row]);
		return;
	}
	while (count > 0)
	{
		int part = Min(count, FLUX_SEGMENT_POINTS - writer->count);

		memcpy(writer->times_ns + writer->count, times_ns + first, sizeof(int64) * part);
		memcpy(writer->values + (Size) writer->count * width,
			   (const char *) values->values.any + (Size) first * width, (Size) part * width);
		writer->count += part;
		first += part;
		count -= part;
		if (writer->count == FLUX_SEGMENT_POINTS)
			write_buffer(writer, false);
	}
}

void
flux_segment_writer_finish(FluxSegmentWriter *writer, int64 *segments, int64 *points)
{
	flux_segment_writer_flush(writer);
	*segments = writer->segments_written;
	*points = writer->points_written;
	flux_row_insert_end(&writer->insert);
	MemoryContextDelete(writer->scratch);
	MemoryContextDelete(writer->strings);
	pfree(writer);
}
