/*
 * ingest_write.c
 *		Takes the points of a batch to their chunks.
 *
 * Each goes through retention, chunk and type checks into the packer of its
 * chunk and measurement (hot_output.c), or, in long runs, straight into segments
 * (direct_write.c).  What does not pass is dropped and counted.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "storage/chunk_types.h"
#include "storage/ingest_batch.h"

/* Type names as InfluxDB's message has them. */
static const char *
type_word(FluxColumnType type)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			return "boolean";
		case FLUX_COLUMN_INT:
			return "integer";
		case FLUX_COLUMN_UINT:
			return "unsigned";
		case FLUX_COLUMN_FLOAT:
			return "float";
		default:
			return "string";
	}
}
static void
drop_expired(FluxPointWriter *writer, int64 time_ns, int count)
{
	char text[FLUX_TIME_TEXT_SIZE];

	if (writer->report.first_conflict == NULL)
	{
		flux_time_format(time_ns, false, text);
		flux_ingest_conflict(writer, FLUX_ERRCODE_RETENTION,
							 "point of %s is older than bucket \"%s\" keeps points", text,
							 writer->bucket.name);
	}
	writer->report.points_dropped += count;
}

static void
drop_conflicting(FluxPointWriter *writer, const FluxCachedField *field, FluxColumnType existing,
				 int count)
{
	flux_ingest_conflict(writer, FLUX_ERRCODE_FIELD_TYPE,
						 "field type conflict: input field \"%s\" on measurement \"%s\" is type %s,"
						 " already exists as type %s",
						 field->name.data, field->measurement->name.data, type_word(field->type),
						 type_word(existing));
	writer->report.points_dropped += count;
}

/*
 * Whether a chunk takes fields of these types; makes names that are new to it
 * known.  False when it does not; the points are counted then.
 */
static bool
check_types(FluxPointWriter *writer, int32 chunk_id, FluxCachedField *const *fields, int count,
			int points)
{
	FluxColumnType *types = palloc_array(FluxColumnType, count);

	flux_chunk_types_get(chunk_id, fields, count, types);
	for (int i = 0; i < count; i++)
	{
		if (types[i] != fields[i]->type)
		{
			drop_conflicting(writer, fields[i], types[i], points);
			pfree(types);
			return false;
		}
	}
	pfree(types);
	return true;
}

/* Remembers a measurement whose table may lack columns. */
static void
touch_measurement(FluxPointWriter *writer, FluxCachedMeasurement *measurement)
{
	for (int i = 0; i < writer->touched_count; i++)
		if (writer->touched[i] == measurement)
			return;
	FLUX_INGEST_ROOM(writer, writer->touched, writer->touched_count, writer->touched_capacity,
					 FluxCachedMeasurement *);
	writer->touched[writer->touched_count++] = measurement;
}

static void
reserve_hot_fields(FluxPointWriter *writer, int count)
{
	if (count <= writer->hot_field_capacity)
		return;
	writer->hot_field_capacity = Max(64, 2 * count);
	writer->hot_fields = MemoryContextAlloc(
		writer->context, mul_size(writer->hot_field_capacity, sizeof(FluxHotField)));
	writer->point_fields = MemoryContextAlloc(
		writer->context, mul_size(writer->hot_field_capacity, sizeof(FluxCachedField *)));
}

static void
write_point(FluxPointWriter *writer, const FluxPendingPoint *point)
{
	const FluxPendingField *fields = &writer->fields[point->first_field];
	int count = point->field_count;
	bool is_accepted = true;

	if (point->time_ns < writer->oldest_ns)
	{
		drop_expired(writer, point->time_ns, 1);
		return;
	}

	FluxHotOutput *output = flux_hot_outputs_find(writer->outputs, point->time_ns);
	int32 chunk_id;

	if (output == NULL)
	{
		drop_expired(writer, point->time_ns, 1);
		return;
	}
	chunk_id = flux_hot_output_chunk(output)->chunk_id;
	reserve_hot_fields(writer, count);
	for (int i = 0; i < count; i++)
	{
		FluxHotField *hot = &writer->hot_fields[i];

		writer->point_fields[i] = fields[i].field;
		is_accepted &= flux_series_cache_is_accepted(fields[i].field, chunk_id);
		hot->field_id = fields[i].field->field_id;
		hot->type = fields[i].field->type;
		memcpy(&hot->value, &fields[i].value, sizeof(hot->value));
	}
	if (!is_accepted)
	{
		if (!check_types(writer, chunk_id, writer->point_fields, count, 1))
			return;
		/* Some may have got their ids just now. */
		for (int i = 0; i < count; i++)
			writer->hot_fields[i].field_id = fields[i].field->field_id;
	}
	for (int i = 0; writer->direct != NULL && i < count; i++)
		flux_direct_note_hot(writer->direct, chunk_id, point->series->series_id,
							 fields[i].field->field_id);
	flux_hot_packer_add(flux_hot_output_packer(output, point->series->measurement->m_id),
						point->series->series_id, point->time_ns, writer->hot_fields, count);
	if (writer->dirty != NULL)
		flux_dirty_add(writer->dirty, point->series->measurement->m_id, point->series->series_id,
					   point->time_ns, point->time_ns);
	writer->report.points_written++;
	writer->report.values_written += count;
}

/* Writes values [first, stop) of a run, which lie in the chunk of the output. */
static void
write_stretch(FluxPointWriter *writer, const FluxPendingPoint *point, FluxHotOutput *output,
			  int first, int stop)
{
	const FluxPendingRun *run = point->run;
	const FluxChunk *chunk = flux_hot_output_chunk(output);
	int32 m_id = point->series->measurement->m_id;
	int64 series_id = point->series->series_id;

	if (!flux_series_cache_is_accepted(run->field, chunk->chunk_id) &&
		!check_types(writer, chunk->chunk_id, &run->field, 1, stop - first))
		return;
	if (writer->direct == NULL ||
		!flux_direct_add(writer->direct, chunk, series_id, run->field->field_id, run->times_ns,
						 &run->values, first, stop - first))
		flux_hot_packer_add_column(flux_hot_output_packer(output, m_id), series_id,
								   run->field->field_id, run->times_ns, &run->values, first,
								   stop - first);
	for (int i = first; writer->dirty != NULL && i < stop; i++)
		flux_dirty_add(writer->dirty, m_id, series_id, run->times_ns[i], run->times_ns[i]);
	writer->report.points_written += stop - first;
	writer->report.values_written += stop - first;
}

static void
write_run(FluxPointWriter *writer, const FluxPendingPoint *point)
{
	int next;

	for (int i = 0; i < point->run->count; i = next)
	{
		int64 time_ns = point->run->times_ns[i];
		FluxHotOutput *output;

		if (time_ns < writer->oldest_ns)
		{
			next = flux_ingest_stretch(point, i, PG_INT64_MIN, writer->oldest_ns - 1);
			drop_expired(writer, time_ns, next - i);
			continue;
		}
		output = flux_hot_outputs_find(writer->outputs, time_ns);
		if (output == NULL)
		{
			next = i + 1;
			drop_expired(writer, time_ns, 1);
			continue;
		}
		next = flux_ingest_stretch_of_chunk(writer, point, i, flux_hot_output_chunk(output));
		write_stretch(writer, point, output, i, next);
	}
}

void
flux_ingest_write(FluxPointWriter *writer)
{
	FluxCachedMeasurement *last = NULL;

	for (int i = 0; i < writer->point_count; i++)
	{
		FluxPendingPoint *point = &writer->points[i];
		FluxCachedMeasurement *measurement = point->series->measurement;

		if (point->run != NULL)
			write_run(writer, point);
		else
			write_point(writer, point);
		if (measurement->needs_table_check && measurement != last)
		{
			touch_measurement(writer, measurement);
			last = measurement;
		}
	}
}
