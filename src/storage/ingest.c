/*
 * ingest.c
 *		The one writer: points to hot rows.
 *
 *		add ... add -> batch -> names, chunks, types -> pack -> hot rows
 *
 * Points wait in a batch until it is full; then what is new to this backend is
 * looked up or created, all in a few statements (ingest_prepare.c), and every
 * point goes to its chunk (ingest_write.c).  The order of points of a series is
 * kept all along: later wins.
 *
 * Memory: "context" lives as long as the writer, "batch_context" holds the texts
 * of the waiting points.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/limits.h"
#include "storage/ingest_batch.h"
#include "storage/line_protocol.h"
#include "storage/measurement_table.h"

/*
 * A batch is processed when it has so many points, fields or bytes; one that
 * brings new names grows on, so that most statements create theirs at once and in
 * one order.
 */
#define BATCH_POINTS_MAX 4096
#define BATCH_NEW_POINTS_MAX 65536
#define FIELDS_PER_POINT 8
#define BATCH_BYTES_MAX (8 * 1024 * 1024)

/* Stamps are unique among all writers of this backend. */
static uint64 last_stamp;

/* ---- beginning ---- */

FluxPointWriter *
flux_writer_create_for(const FluxBucket *bucket, Oid user_oid)
{
	PreventCommandIfReadOnly("write to a bucket");
	PreventCommandIfParallelMode("write to a bucket");
	if (bucket->is_attached)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("bucket \"%s\" is attached to relations of another kind", bucket->name),
				 errhint("Insert into those relations instead.")));
	flux_bucket_check_acl_for(bucket, user_oid, ACL_INSERT);

	/* Until the end of the transaction, names that we look up stay. */
	flux_bucket_lock(bucket, RowExclusiveLock);
	flux_series_cache_begin();

	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask writer", ALLOCSET_DEFAULT_SIZES);
	FluxPointWriter *writer = MemoryContextAllocZero(context, sizeof(FluxPointWriter));

	writer->context = context;
	writer->batch_context =
		AllocSetContextCreate(context, "fluxtask batch", ALLOCSET_DEFAULT_SIZES);
	writer->bucket = *bucket;
	writer->oldest_ns = PG_INT64_MIN;
	if (bucket->retention_ns > 0)
		writer->oldest_ns = flux_time_now() - bucket->retention_ns;
	writer->batch_stamp = ++last_stamp;
	writer->batch_points_max = BATCH_POINTS_MAX;

	flux_direct_announce_writer(context);

	MemoryContext old_context = MemoryContextSwitchTo(context);

	writer->outputs = flux_hot_outputs_create(&writer->bucket);
	writer->dirty = flux_dirty_begin(bucket);
	MemoryContextSwitchTo(old_context);
	return writer;
}

void
flux_writer_form_segments(FluxPointWriter *writer)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->context);

	writer->direct = flux_direct_create();
	MemoryContextSwitchTo(old_context);
}

FluxPointWriter *
flux_writer_create(const FluxBucket *bucket)
{
	return flux_writer_create_for(bucket, GetUserId());
}

/* ---- what is dropped ---- */

void
flux_ingest_conflict(FluxPointWriter *writer, int sqlstate, const char *format, ...)
{
	if (writer->report.first_conflict != NULL)
		return;

	MemoryContext old_context = MemoryContextSwitchTo(writer->context);
	va_list arguments;

	va_start(arguments, format);
	writer->report.first_conflict = flux_message_format(format, arguments);
	va_end(arguments);
	writer->report.first_conflict_sqlstate = sqlstate;
	MemoryContextSwitchTo(old_context);
}

static char *
shown_name(FluxText name)
{
	return flux_text_to_cstring(name);
}

/* ---- gathering ---- */

static void process_batch(FluxPointWriter *writer, bool brings_new);

/* Starts a point; its fields follow.  Processes the batch first when it is full. */
static void
begin_point(FluxPointWriter *writer, FluxCachedSeries *series, int64 time_ns)
{
	FLUX_INGEST_ROOM(writer, writer->points, writer->point_count, writer->point_capacity,
					 FluxPendingPoint);

	FluxPendingPoint *point = &writer->points[writer->point_count++];

	point->series = series;
	point->time_ns = time_ns;
	point->run = NULL;
	point->first_field = writer->field_count;
	point->field_count = 0;
	writer->point_stamp = ++last_stamp;
}

static void
flush_if_full(FluxPointWriter *writer)
{
	int points_max = writer->batch_points_max;
	bool brings_new;

	if (writer->point_count < points_max && writer->field_count < points_max * FIELDS_PER_POINT &&
		writer->batch_bytes < BATCH_BYTES_MAX)
		return;
	brings_new = flux_ingest_brings_new(writer);
	if (brings_new && points_max < BATCH_NEW_POINTS_MAX && writer->batch_bytes < BATCH_BYTES_MAX)
		writer->batch_points_max *= 4;
	else
		process_batch(writer, brings_new);
}

/* Gives up the point that was begun last. */
static void
drop_point(FluxPointWriter *writer)
{
	writer->field_count = writer->points[--writer->point_count].first_field;
	writer->report.points_dropped++;
}

/* The field of the current point that is this one already. */
static FluxPendingField *
find_pending(FluxPointWriter *writer, const FluxCachedField *field)
{
	FluxPendingPoint *point = &writer->points[writer->point_count - 1];

	for (int i = 0; i < point->field_count; i++)
		if (writer->fields[point->first_field + i].field == field)
			return &writer->fields[point->first_field + i];
	elog(ERROR, "field stamped but not there");
}

/*
 * Adds a field to the current point; of two of one name and type the later
 * wins.  False when the point must be dropped.
 */
static inline bool
add_field(FluxPointWriter *writer, int position, const FluxFieldValue *value, bool copy_texts)
{
	FluxPendingPoint *point = &writer->points[writer->point_count - 1];
	FluxCachedMeasurement *measurement = point->series->measurement;

	if (value->name.size == 4 && memcmp(value->name.data, "time", 4) == 0)
	{
		writer->report.fields_stripped++;
		flux_ingest_conflict(writer, ERRCODE_INVALID_COLUMN_REFERENCE,
							 "invalid field name: input field \"time\" on measurement \"%s\" is"
							 " invalid",
							 measurement->name.data);
		return true;
	}
	if (value->type == FLUX_COLUMN_STRING && value->value.string.size > FLUX_STRING_VALUE_SIZE_MAX)
	{
		flux_ingest_conflict(writer, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "input field \"%s\" on measurement \"%s\" is too long, %d > %d",
							 shown_name(value->name), measurement->name.data,
							 value->value.string.size, FLUX_STRING_VALUE_SIZE_MAX);
		return false;
	}

	FluxCachedField *field =
		flux_series_cache_field(measurement, position, value->name, value->type);
	FluxPendingField *pending;

	if (field->point_stamp == writer->point_stamp)
		pending = find_pending(writer, field);
	else
	{
		FLUX_INGEST_ROOM(writer, writer->fields, writer->field_count, writer->field_capacity,
						 FluxPendingField);
		field->point_stamp = writer->point_stamp;
		flux_ingest_want_field(writer, field);
		pending = &writer->fields[writer->field_count++];
		pending->field = field;
		point->field_count++;
	}
	if (value->type != FLUX_COLUMN_STRING)
		pending->value.integer = value->value.integer;
	else
	{
		writer->batch_bytes += value->value.string.size;
		pending->value.string =
			copy_texts ? flux_text_copy(value->value.string) : value->value.string;
	}
	return true;
}

/* Ends a point that has all its fields. */
static inline void
end_point(FluxPointWriter *writer)
{
	FluxPendingPoint *point = &writer->points[writer->point_count - 1];

	if (point->field_count == 0)
		drop_point(writer);
	else
		flux_ingest_want_series(writer, point->series);
}

/* Booleans are one byte of the union: give the rest a value, too. */
static inline FluxFieldValue
whole_value(const FluxFieldValue *value)
{
	FluxFieldValue whole = *value;

	if (value->type == FLUX_COLUMN_BOOL)
	{
		whole.value.integer = 0;
		whole.value.boolean = value->value.boolean;
	}
	return whole;
}

static void
check_point_name(FluxText name, const char *what)
{
	if (name.size > FLUX_NAME_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_NAME_TOO_LONG),
						errmsg("%s is longer than %d bytes", what, FLUX_NAME_SIZE_MAX)));
	if (name.size == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME), errmsg("%s must not be empty", what)));
}

static int
compare_tags(const void *a, const void *b)
{
	return flux_text_compare(((const FluxTag *) a)->key, ((const FluxTag *) b)->key);
}

/* The entry of a series that did not come by line protocol: checked and sorted here. */
static FluxCachedSeries *
series_of(FluxPointWriter *writer, FluxText measurement, const FluxTag *tags, int tag_count)
{
	bool is_sorted = true;
	Size key_size = measurement.size;

	check_point_name(measurement, "measurement");
	for (int i = 0; i < tag_count; i++)
	{
		check_point_name(tags[i].key, "tag key");
		key_size += tags[i].key.size + tags[i].value.size;
		if (i > 0 && compare_tags(&tags[i - 1], &tags[i]) >= 0)
			is_sorted = false;
		if (flux_text_equal_cstring(tags[i].key, "time") ||
			flux_text_equal_cstring(tags[i].key, "_measurement") ||
			flux_text_equal_cstring(tags[i].key, "_field"))
			ereport(ERROR, (errcode(ERRCODE_RESERVED_NAME),
							errmsg("cannot use reserved tag key \"%s\"", shown_name(tags[i].key))));
	}
	if (key_size > FLUX_SERIES_KEY_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("measurement and tags are longer than %d bytes together",
							   FLUX_SERIES_KEY_SIZE_MAX)));
	if (is_sorted)
		return flux_series_cache_by_tags(writer->bucket.bucket_id, measurement, tags, tag_count);

	FluxTag *sorted = palloc_array(FluxTag, tag_count);

	memcpy(sorted, tags, tag_count * sizeof(FluxTag));
	qsort(sorted, tag_count, sizeof(FluxTag), compare_tags);
	for (int i = 1; i < tag_count; i++)
		if (flux_text_equal(sorted[i - 1].key, sorted[i].key))
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("tag \"%s\" is given twice", shown_name(sorted[i].key))));

	FluxCachedSeries *series =
		flux_series_cache_by_tags(writer->bucket.bucket_id, measurement, sorted, tag_count);

	pfree(sorted);
	return series;
}

static void
check_time(int64 time_ns)
{
	if (time_ns < FLUX_TIME_MIN || time_ns > FLUX_TIME_MAX)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("time " INT64_FORMAT " is out of range", time_ns)));
}

void
flux_writer_add(FluxPointWriter *writer, const FluxPoint *point)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->batch_context);

	check_time(point->time_ns);
	begin_point(writer, series_of(writer, point->measurement, point->tags, point->tag_count),
				point->time_ns);
	for (int i = 0; i < point->field_count; i++)
	{
		FluxFieldValue value = whole_value(&point->fields[i]);

		check_point_name(value.name, "field name");
		if (!add_field(writer, i, &value, true))
		{
			drop_point(writer);
			MemoryContextSwitchTo(old_context);
			return;
		}
	}
	end_point(writer);
	flush_if_full(writer);
	MemoryContextSwitchTo(old_context);
}

/* Copies a column without nulls into the current memory context, constants spread. */
static FluxColumn
copy_column(FluxPointWriter *writer, const FluxColumn *values, int count)
{
	FluxColumnBuilder builder;

	flux_column_builder_init(&builder, values->type, CurrentMemoryContext);
	flux_column_builder_append_rows(&builder, values, 0, count);
	writer->batch_bytes += (Size) count * 8;
	return flux_column_builder_view(&builder);
}

void
flux_writer_add_column(FluxPointWriter *writer, FluxText measurement, const FluxTag *tags,
					   int tag_count, FluxText field, const int64 *times_ns,
					   const FluxColumn *values, int count)
{
	FluxFieldValue name = {.name = field, .type = values->type};

	check_point_name(field, "field name");
	if (values->type == FLUX_COLUMN_STRING || flux_text_equal_cstring(field, "time"))
	{
		/* Strings have limits of their own: one by one. */
		for (int i = 0; i < count; i++)
		{
			FluxPoint point = {measurement, tags, tag_count, &name, 1, times_ns[i]};

			memcpy(&name.value,
				   (const char *) values->values.any +
					   (Size) flux_column_index(values, i) * flux_column_type_size(values->type),
				   flux_column_type_size(values->type));
			flux_writer_add(writer, &point);
		}
		return;
	}
	if (count == 0)
		return;

	MemoryContext old_context = MemoryContextSwitchTo(writer->batch_context);
	FluxCachedSeries *series = series_of(writer, measurement, tags, tag_count);
	FluxPendingRun *run = palloc(sizeof(FluxPendingRun));

	run->field = flux_series_cache_field(series->measurement, 0, field, values->type);
	run->times_ns = palloc_array(int64, count);
	memcpy(run->times_ns, times_ns, count * sizeof(int64));
	run->values = copy_column(writer, values, count);
	run->count = count;
	run->ascends = true;
	for (int i = 0; i < count; i++)
	{
		check_time(times_ns[i]);
		run->ascends &= i == 0 || times_ns[i - 1] <= times_ns[i];
	}
	begin_point(writer, series, times_ns[0]);
	writer->points[writer->point_count - 1].run = run;
	writer->batch_bytes += (Size) count * 8;
	flux_ingest_want_series(writer, series);
	flux_ingest_want_field(writer, run->field);
	flush_if_full(writer);
	MemoryContextSwitchTo(old_context);
}

/*
 * The entry of a line's series: by its text, else taken apart.  The one before it,
 * if any, remembers what came after it.
 */
static FluxCachedSeries *
series_of_line(FluxPointWriter *writer, FluxLineParser *parser, FluxCachedSeries *before)
{
	FluxCachedSeries *series =
		flux_series_cache_by_text(writer->bucket.bucket_id, parser->line.series);
	FluxText measurement;
	FluxTag *tags;
	int tag_count;

	if (series == NULL)
	{
		flux_line_series(parser, &measurement, &tags, &tag_count);
		series = flux_series_cache_by_tags(writer->bucket.bucket_id, measurement, tags, tag_count);
		flux_series_cache_add_text(series, parser->line.series);
	}
	if (before != NULL)
		before->successor = series;
	return series;
}

/*
 * Collectors send their series in the same order again and again, so a line is held
 * against the one that came last after the series of the line before.
 */
void
flux_writer_add_lines(FluxPointWriter *writer, const char *lines, Size size, int64 unit_ns)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->context);
	FluxCachedSeries *series = NULL;
	FluxCachedSeries *expected = NULL;
	FluxLineParser parser;

	flux_line_init(&parser, lines, size, unit_ns, flux_time_now());
	MemoryContextSwitchTo(writer->batch_context);
	while (flux_line_next(&parser))
	{
		const FluxLine *line = &parser.line;
		bool is_good = true;

		series = line->is_expected ? expected : series_of_line(writer, &parser, series);
		expected = series->successor;
		parser.expected = expected == NULL ? flux_text("", 0) : expected->text;
		begin_point(writer, series, line->time_ns);
		for (int i = 0; i < line->field_count && is_good; i++)
			is_good = add_field(writer, i, &line->fields[i], false);
		if (is_good)
			end_point(writer);
		else
			drop_point(writer);
		flush_if_full(writer);
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextSwitchTo(old_context);
}

/* ---- batches ---- */

/* Writes the points of the batch, at least one, to the outputs and empties it. */
static void
process_batch(FluxPointWriter *writer, bool brings_new)
{
	if (brings_new)
		flux_ingest_prepare(writer);
	flux_ingest_write(writer);
	writer->point_count = 0;
	writer->field_count = 0;
	writer->new_series_count = 0;
	writer->new_field_count = 0;
	writer->batch_bytes = 0;
	writer->batch_points_max = BATCH_POINTS_MAX;
	writer->batch_stamp = ++last_stamp;
	MemoryContextReset(writer->batch_context);
}

/* ---- ending ---- */

/* Their tables are made in one order, too. */
static int
compare_measurements(const void *a, const void *b)
{
	int32 left = (*(FluxCachedMeasurement *const *) a)->m_id;
	int32 right = (*(FluxCachedMeasurement *const *) b)->m_id;

	return (left > right) - (left < right);
}

FluxWriteReport
flux_writer_finish(FluxPointWriter *writer)
{
	FluxWriteReport report;

	if (writer->point_count > 0)
		process_batch(writer, flux_ingest_brings_new(writer));
	if (writer->direct != NULL)
		flux_direct_finish(writer->direct);
	flux_hot_outputs_close(writer->outputs);
	if (writer->dirty != NULL)
		flux_dirty_finish(writer->dirty);
	if (writer->touched_count > 1)
		qsort(writer->touched, writer->touched_count, sizeof(FluxCachedMeasurement *),
			  compare_measurements);
	for (int i = 0; i < writer->touched_count; i++)
	{
		FluxCachedMeasurement *measurement = writer->touched[i];

		if (flux_measurement_table_sync(&writer->bucket, measurement->name))
			measurement->needs_table_check = false;
	}
	report = writer->report;
	if (report.first_conflict != NULL)
		report.first_conflict = pstrdup(report.first_conflict);
	MemoryContextDelete(writer->context);
	return report;
}

void
flux_write_report_raise(const FluxWriteReport *report, int level)
{
	if (report->first_conflict == NULL)
		return;
	ereport(level,
			(errcode(report->first_conflict_sqlstate),
			 errmsg("partial write: %s dropped=" INT64_FORMAT, report->first_conflict,
					report->points_dropped),
			 level < ERROR ? errdetail(INT64_FORMAT " points were written.", report->points_written)
						   : 0));
}
