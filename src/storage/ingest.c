/*
 * ingest.c
 *		The one writer: points to hot rows.
 *
 *		add ... add -> batch -> names, chunks, types -> pack -> hot rows
 *
 * Points wait in a batch until it is full; then what is new to this backend is
 * looked up or created, all in a few statements, and every point goes through
 * retention, chunk and type checks into the packer of its chunk and
 * measurement (hot_output.c).  The order of points of a series is kept all
 * along: later wins.
 *
 * Memory: "context" lives as long as the writer, "batch_context" holds the texts
 * of the waiting points.
 */
#include "postgres.h"

#include "access/table.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/limits.h"
#include "storage/catalog.h"
#include "storage/chunk.h"
#include "storage/chunk_types.h"
#include "storage/direct_write.h"
#include "storage/dirty.h"
#include "storage/hot_output.h"
#include "storage/ingest.h"
#include "storage/line_protocol.h"
#include "storage/measurement_table.h"
#include "storage/series_cache.h"
#include "storage/series_resolve.h"

/*
 * A batch is processed when it has so many points, fields or bytes; one that
 * brings new names grows on, so that most statements create theirs at once and in
 * one order.
 */
#define BATCH_POINTS_MAX	4096
#define BATCH_NEW_POINTS_MAX 65536
#define FIELDS_PER_POINT	8
#define BATCH_BYTES_MAX		(8 * 1024 * 1024)

/* A field of a waiting point. */
typedef struct PendingField
{
	FluxCachedField *field;
	union
	{
		bool		boolean;
		int64		integer;
		uint64		uinteger;
		double		floating;
		FluxText	string;
	}			value;
} PendingField;

/* Many values of one series and field. */
typedef struct PendingRun
{
	FluxCachedField *field;
	int64	   *times_ns;
	FluxColumn	values;
	int			count;
} PendingRun;

/* A waiting point, or a run of them when "run" is not NULL. */
typedef struct PendingPoint
{
	FluxCachedSeries *series;
	int64		time_ns;
	PendingRun *run;
	int			first_field;
	int			field_count;
} PendingPoint;

struct FluxPointWriter
{
	MemoryContext context;
	MemoryContext batch_context;
	FluxBucket	bucket;
	int64		oldest_ns;		/* points before it are past the retention */

	/* the batch */
	PendingPoint *points;
	int			point_count;
	int			point_capacity;
	PendingField *fields;
	int			field_count;
	int			field_capacity;
	FluxCachedSeries **new_series;	/* of the batch, without an id so far */
	int			new_series_count;
	int			new_series_capacity;
	FluxCachedField **new_fields;
	int			new_field_count;
	int			new_field_capacity;
	Size		batch_bytes;
	int			batch_points_max;
	uint64		batch_stamp;
	uint64		point_stamp;

	FluxHotOutputs *outputs;
	FluxHotField *hot_fields;	/* scratch */
	FluxCachedField **point_fields;
	int			hot_field_capacity;
	FluxCachedMeasurement **touched;	/* measurements whose table wants a look */
	int			touched_count;
	int			touched_capacity;
	FluxDirectWriter *direct;	/* NULL: everything goes to hot */
	FluxDirtyLog *dirty;		/* NULL: nobody wants to know */

	FluxWriteReport report;
};

/* Stamps are unique among all writers of this backend. */
static uint64 last_stamp;

/* Makes room for one more element of an array in the writer's context. */
#define ENSURE_ROOM(writer, array, count, capacity, type) \
	do { \
		if ((count) == (capacity)) \
		{ \
			(capacity) = Max(16, 2 * (capacity)); \
			(array) = (array) == NULL ? \
				(type *) MemoryContextAlloc((writer)->context, \
											mul_size((capacity), sizeof(type))) : \
				(type *) repalloc((array), mul_size((capacity), sizeof(type))); \
		} \
	} while (0)

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

	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask writer",
												  ALLOCSET_DEFAULT_SIZES);
	FluxPointWriter *writer = MemoryContextAllocZero(context, sizeof(FluxPointWriter));

	writer->context = context;
	writer->batch_context = AllocSetContextCreate(context, "fluxtask batch",
												  ALLOCSET_DEFAULT_SIZES);
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

static void note_conflict(FluxPointWriter *writer, int sqlstate, const char *format, ...)
			pg_attribute_printf(3, 4);

static void
note_conflict(FluxPointWriter *writer, int sqlstate, const char *format,...)
{
	if (writer->report.first_conflict != NULL)
		return;

	MemoryContext old_context = MemoryContextSwitchTo(writer->context);
	StringInfoData message;
	int			needed;

	initStringInfo(&message);
	for (;;)
	{
		va_list		args;

		va_start(args, format);
		needed = appendStringInfoVA(&message, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&message, needed);
	}
	writer->report.first_conflict = message.data;
	writer->report.first_conflict_sqlstate = sqlstate;
	MemoryContextSwitchTo(old_context);
}

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

static char *
shown_name(FluxText name)
{
	return flux_text_to_cstring(name);
}

/* ---- gathering ---- */

static bool brings_new(FluxPointWriter *writer);
static void process_batch(FluxPointWriter *writer);

static void
want_series(FluxPointWriter *writer, FluxCachedSeries *series)
{
	if (series->is_resolved || series->batch_stamp == writer->batch_stamp)
		return;
	series->batch_stamp = writer->batch_stamp;
	ENSURE_ROOM(writer, writer->new_series, writer->new_series_count,
				writer->new_series_capacity, FluxCachedSeries *);
	writer->new_series[writer->new_series_count++] = series;
}

static inline void
want_field(FluxPointWriter *writer, FluxCachedField *field)
{
	if (field->field_id != 0 || field->batch_stamp == writer->batch_stamp)
		return;
	field->batch_stamp = writer->batch_stamp;
	ENSURE_ROOM(writer, writer->new_fields, writer->new_field_count, writer->new_field_capacity,
				FluxCachedField *);
	writer->new_fields[writer->new_field_count++] = field;
}

/* Starts a point; its fields follow.  Processes the batch first when it is full. */
static void
begin_point(FluxPointWriter *writer, FluxCachedSeries *series, int64 time_ns)
{
	ENSURE_ROOM(writer, writer->points, writer->point_count, writer->point_capacity, PendingPoint);

	PendingPoint *point = &writer->points[writer->point_count++];

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
	int			points_max = writer->batch_points_max;

	if (writer->point_count < points_max && writer->field_count < points_max * FIELDS_PER_POINT &&
		writer->batch_bytes < BATCH_BYTES_MAX)
		return;
	if (points_max < BATCH_NEW_POINTS_MAX && writer->batch_bytes < BATCH_BYTES_MAX &&
		brings_new(writer))
		writer->batch_points_max *= 4;
	else
		process_batch(writer);
}

/* Gives up the point that was begun last. */
static void
drop_point(FluxPointWriter *writer)
{
	writer->field_count = writer->points[--writer->point_count].first_field;
	writer->report.points_dropped++;
}

/* The field of the current point that is this one already. */
static PendingField *
find_pending(FluxPointWriter *writer, const FluxCachedField *field)
{
	PendingPoint *point = &writer->points[writer->point_count - 1];

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
	PendingPoint *point = &writer->points[writer->point_count - 1];
	FluxCachedMeasurement *measurement = point->series->measurement;

	if (value->name.size == 4 && memcmp(value->name.data, "time", 4) == 0)
	{
		writer->report.fields_stripped++;
		note_conflict(writer, ERRCODE_INVALID_COLUMN_REFERENCE,
					  "invalid field name: input field \"time\" on measurement \"%s\" is invalid",
					  measurement->name.data);
		return true;
	}
	if (value->type == FLUX_COLUMN_STRING && value->value.string.size > FLUX_STRING_VALUE_SIZE_MAX)
	{
		note_conflict(writer, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					  "input field \"%s\" on measurement \"%s\" is too long, %d > %d",
					  shown_name(value->name), measurement->name.data, value->value.string.size,
					  FLUX_STRING_VALUE_SIZE_MAX);
		return false;
	}

	FluxCachedField *field = flux_series_cache_field(measurement, position, value->name,
													 value->type);
	PendingField *pending;

	if (field->point_stamp == writer->point_stamp)
		pending = find_pending(writer, field);
	else
	{
		ENSURE_ROOM(writer, writer->fields, writer->field_count, writer->field_capacity,
					PendingField);
		field->point_stamp = writer->point_stamp;
		want_field(writer, field);
		pending = &writer->fields[writer->field_count++];
		pending->field = field;
		point->field_count++;
	}
	if (value->type != FLUX_COLUMN_STRING)
		pending->value.integer = value->value.integer;
	else
	{
		writer->batch_bytes += value->value.string.size;
		pending->value.string = copy_texts ? flux_text_copy(value->value.string) :
			value->value.string;
	}
	return true;
}

/* Ends a point that has all its fields. */
static inline void
end_point(FluxPointWriter *writer)
{
	PendingPoint *point = &writer->points[writer->point_count - 1];

	if (point->field_count == 0)
		drop_point(writer);
	else
		want_series(writer, point->series);
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
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("%s is longer than %d bytes", what, FLUX_NAME_SIZE_MAX)));
	if (name.size == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("%s must not be empty", what)));
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
	bool		is_sorted = true;
	Size		key_size = measurement.size;

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
			ereport(ERROR,
					(errcode(ERRCODE_RESERVED_NAME),
					 errmsg("cannot use reserved tag key \"%s\"", shown_name(tags[i].key))));
	}
	if (key_size > FLUX_SERIES_KEY_SIZE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("measurement and tags are longer than %d bytes together",
						FLUX_SERIES_KEY_SIZE_MAX)));
	if (is_sorted)
		return flux_series_cache_by_tags(writer->bucket.bucket_id, measurement, tags, tag_count);

	FluxTag    *sorted = palloc_array(FluxTag, tag_count);

	memcpy(sorted, tags, tag_count * sizeof(FluxTag));
	qsort(sorted, tag_count, sizeof(FluxTag), compare_tags);
	for (int i = 1; i < tag_count; i++)
		if (flux_text_equal(sorted[i - 1].key, sorted[i].key))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("tag \"%s\" is given twice", shown_name(sorted[i].key))));

	FluxCachedSeries *series = flux_series_cache_by_tags(writer->bucket.bucket_id, measurement,
														 sorted, tag_count);

	pfree(sorted);
	return series;
}

static void
check_time(int64 time_ns)
{
	if (time_ns < FLUX_TIME_MIN || time_ns > FLUX_TIME_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
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
	FluxFieldValue name = {.name = field,.type = values->type};

	check_point_name(field, "field name");
	if (values->type == FLUX_COLUMN_STRING || flux_text_equal_cstring(field, "time"))
	{
		/* Strings have limits of their own: one by one. */
		for (int i = 0; i < count; i++)
		{
			FluxPoint	point = {measurement, tags, tag_count, &name, 1, times_ns[i]};

			memcpy(&name.value, (const char *) values->values.any +
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
	PendingRun *run = palloc(sizeof(PendingRun));

	run->field = flux_series_cache_field(series->measurement, 0, field, values->type);
	run->times_ns = palloc_array(int64, count);
	memcpy(run->times_ns, times_ns, count * sizeof(int64));
	run->values = copy_column(writer, values, count);
	run->count = count;
	for (int i = 0; i < count; i++)
		check_time(times_ns[i]);
	begin_point(writer, series, times_ns[0]);
	writer->points[writer->point_count - 1].run = run;
	writer->batch_bytes += (Size) count * 8;
	want_series(writer, series);
	want_field(writer, run->field);
	flush_if_full(writer);
	MemoryContextSwitchTo(old_context);
}

/* The entry of a line's series: by its text, else taken apart. */
static FluxCachedSeries *
series_of_line(FluxPointWriter *writer, FluxLineParser *parser)
{
	FluxCachedSeries *series = flux_series_cache_by_text(writer->bucket.bucket_id,
														 parser->line.series);
	FluxText	measurement;
	FluxTag    *tags;
	int			tag_count;

	if (series != NULL)
		return series;
	flux_line_series(parser, &measurement, &tags, &tag_count);
	series = flux_series_cache_by_tags(writer->bucket.bucket_id, measurement, tags, tag_count);
	flux_series_cache_add_text(series, parser->line.series);
	return series;
}

void
flux_writer_add_lines(FluxPointWriter *writer, const char *lines, Size size, int64 unit_ns)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->context);
	FluxLineParser parser;

	flux_line_init(&parser, lines, size, unit_ns, flux_time_now());
	MemoryContextSwitchTo(writer->batch_context);
	while (flux_line_next(&parser))
	{
		const FluxLine *line = &parser.line;
		bool		is_good = true;

		begin_point(writer, series_of_line(writer, &parser), line->time_ns);
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

/* ---- processing ---- */

static void
drop_expired(FluxPointWriter *writer, int64 time_ns, int count)
{
	char		text[FLUX_TIME_TEXT_SIZE];

	if (writer->report.first_conflict == NULL)
	{
		flux_time_format(time_ns, false, text);
		note_conflict(writer, FLUX_ERRCODE_RETENTION,
					  "point of %s is older than bucket \"%s\" keeps points", text,
					  writer->bucket.name);
	}
	writer->report.points_dropped += count;
}

static void
drop_conflicting(FluxPointWriter *writer, const FluxCachedField *field, FluxColumnType existing,
				 int count)
{
	note_conflict(writer, FLUX_ERRCODE_FIELD_TYPE,
				  "field type conflict: input field \"%s\" on measurement \"%s\" is type %s,"
				  " already exists as type %s", field->name.data, field->measurement->name.data,
				  type_word(field->type), type_word(existing));
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
	ENSURE_ROOM(writer, writer->touched, writer->touched_count, writer->touched_capacity,
				FluxCachedMeasurement *);
	writer->touched[writer->touched_count++] = measurement;
}

static void
reserve_hot_fields(FluxPointWriter *writer, int count)
{
	if (count <= writer->hot_field_capacity)
		return;
	writer->hot_field_capacity = Max(64, 2 * count);
	writer->hot_fields = MemoryContextAlloc(writer->context, mul_size(writer->hot_field_capacity,
																	  sizeof(FluxHotField)));
	writer->point_fields = MemoryContextAlloc(writer->context,
											  mul_size(writer->hot_field_capacity,
													   sizeof(FluxCachedField *)));
}

static void
write_point(FluxPointWriter *writer, const PendingPoint *point)
{
	const PendingField *fields = &writer->fields[point->first_field];
	int			count = point->field_count;
	bool		is_accepted = true;

	if (point->time_ns < writer->oldest_ns)
	{
		drop_expired(writer, point->time_ns, 1);
		return;
	}

	FluxHotOutput *output = flux_hot_outputs_find(writer->outputs, point->time_ns);

	if (output == NULL)
	{
		drop_expired(writer, point->time_ns, 1);
		return;
	}
	reserve_hot_fields(writer, count);
	for (int i = 0; i < count; i++)
	{
		FluxHotField *hot = &writer->hot_fields[i];

		writer->point_fields[i] = fields[i].field;
		is_accepted &= flux_series_cache_is_accepted(fields[i].field, flux_hot_output_chunk(output)->chunk_id);
		hot->field_id = fields[i].field->field_id;
		hot->type = fields[i].field->type;
		memcpy(&hot->value, &fields[i].value, sizeof(hot->value));
	}
	if (!is_accepted)
	{
		if (!check_types(writer, flux_hot_output_chunk(output)->chunk_id, writer->point_fields, count, 1))
			return;
		/* Some may have got their ids just now. */
		for (int i = 0; i < count; i++)
			writer->hot_fields[i].field_id = fields[i].field->field_id;
	}
	for (int i = 0; writer->direct != NULL && i < count; i++)
		flux_direct_note_hot(writer->direct, flux_hot_output_chunk(output)->chunk_id,
							 point->series->series_id, fields[i].field->field_id);
	flux_hot_packer_add(flux_hot_output_packer(output, point->series->measurement->m_id),
						point->series->series_id, point->time_ns, writer->hot_fields, count);
	if (writer->dirty != NULL)
		flux_dirty_add(writer->dirty, point->series->measurement->m_id, point->series->series_id,
					   point->time_ns, point->time_ns);
	writer->report.points_written++;
	writer->report.values_written += count;
}

static void
write_run(FluxPointWriter *writer, const PendingPoint *point)
{
	const PendingRun *run = point->run;
	int			next;

	for (int i = 0; i < run->count; i = next)
	{
		FluxHotOutput *output = run->times_ns[i] < writer->oldest_ns ? NULL :
			flux_hot_outputs_find(writer->outputs, run->times_ns[i]);

		next = i + 1;
		if (output == NULL)
		{
			drop_expired(writer, run->times_ns[i], 1);
			continue;
		}
		while (next < run->count &&
			   flux_chunk_contains(flux_hot_output_chunk(output), run->times_ns[next]) &&
			   run->times_ns[next] >= writer->oldest_ns)
			next++;
		if (!flux_series_cache_is_accepted(run->field, flux_hot_output_chunk(output)->chunk_id) &&
			!check_types(writer, flux_hot_output_chunk(output)->chunk_id, &run->field, 1, next - i))
			continue;
		if (writer->direct == NULL ||
			!flux_direct_add(writer->direct, flux_hot_output_chunk(output),
							 point->series->series_id, run->field->field_id, run->times_ns,
							 &run->values, i, next - i))
			flux_hot_packer_add_column(flux_hot_output_packer(output,
															  point->series->measurement->m_id),
									   point->series->series_id, run->field->field_id,
									   run->times_ns, &run->values, i, next - i);
		for (int j = i; writer->dirty != NULL && j < next; j++)
			flux_dirty_add(writer->dirty, point->series->measurement->m_id,
						   point->series->series_id, run->times_ns[j], run->times_ns[j]);
		writer->report.points_written += next - i;
		writer->report.values_written += next - i;
	}
}

/* ---- what is new ---- */

/* The chunk of an instant if it is known; "last" is the one looked at last. */
static inline const FluxChunk *
known_chunk(FluxPointWriter *writer, const FluxChunk *last, int64 time_ns)
{
	if (last != NULL && flux_chunk_contains(last, time_ns))
		return last;
	return flux_chunk_if_known(&writer->bucket, time_ns);
}

/* Whether a point has a chunk or, in its chunk, a field that is not known. */
static bool
is_new_to_chunks(FluxPointWriter *writer, const PendingPoint *point, const FluxChunk **chunk)
{
	const PendingField *fields = &writer->fields[point->first_field];
	int			time_count = point->run != NULL ? point->run->count : 1;

	for (int i = 0; i < time_count; i++)
	{
		int64		time_ns = point->run != NULL ? point->run->times_ns[i] : point->time_ns;

		if (time_ns < writer->oldest_ns)
			continue;
		*chunk = known_chunk(writer, *chunk, time_ns);
		if (*chunk == NULL || (point->run != NULL &&
							   !flux_series_cache_is_accepted(point->run->field,
															  (*chunk)->chunk_id)))
			return true;
		for (int j = 0; j < point->field_count; j++)
			if (!flux_series_cache_is_accepted(fields[j].field, (*chunk)->chunk_id))
				return true;
	}
	return false;
}

/*
 * Whether anything in the batch must be looked up or created.  Entries that had
 * ids when they were gathered may have lost them since, by the abort of a
 * subtransaction that ran in between: they are wanted again.
 */
static bool
brings_new(FluxPointWriter *writer)
{
	const FluxChunk *chunk = NULL;
	bool		is_new = false;

	for (int i = 0; i < writer->point_count; i++)
	{
		PendingPoint *point = &writer->points[i];

		want_series(writer, point->series);
		if (point->run != NULL)
			want_field(writer, point->run->field);
		for (int j = 0; j < point->field_count; j++)
			want_field(writer, writer->fields[point->first_field + j].field);
		is_new = is_new || is_new_to_chunks(writer, point, &chunk);
	}
	return is_new || writer->new_series_count > 0 || writer->new_field_count > 0;
}

static int
compare_times(const void *a, const void *b)
{
	int64		left = *(const int64 *) a;
	int64		right = *(const int64 *) b;

	return (left > right) - (left < right);
}

/* Creates the chunks that the batch lacks, in the order of time. */
static void
prepare_chunks(FluxPointWriter *writer)
{
	const FluxChunk *chunk = NULL;
	int64	   *missing = NULL;
	int			count = 0;
	int			capacity = 0;

	for (int i = 0; i < writer->point_count; i++)
	{
		const PendingPoint *point = &writer->points[i];
		int			time_count = point->run != NULL ? point->run->count : 1;

		for (int j = 0; j < time_count; j++)
		{
			int64		time_ns = point->run != NULL ? point->run->times_ns[j] : point->time_ns;

			if (time_ns < writer->oldest_ns)
				continue;
			chunk = known_chunk(writer, chunk, time_ns);
			if (chunk != NULL || (count > 0 && missing[count - 1] / writer->bucket.chunk_ns ==
								  time_ns / writer->bucket.chunk_ns))
				continue;
			ENSURE_ROOM(writer, missing, count, capacity, int64);
			missing[count++] = time_ns;
		}
	}
	if (count == 0)
		return;
	qsort(missing, count, sizeof(int64), compare_times);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		(void) flux_chunk_for_write(&writer->bucket, missing[i]);
	}
	pfree(missing);
}

/* A field that its chunk has not accepted so far. */
typedef struct NewChunkField
{
	const FluxChunk *chunk;
	FluxCachedField *field;
	int			order;			/* of coming: the first type of a name is the chunk's */
} NewChunkField;

typedef struct NewChunkFields
{
	NewChunkField *list;
	int			count;
	int			capacity;
} NewChunkFields;

static void
note_chunk_field(FluxPointWriter *writer, NewChunkFields *new, const FluxChunk *chunk,
				 FluxCachedField *field)
{
	if (flux_series_cache_is_accepted(field, chunk->chunk_id) ||
		(field->noted_stamp == writer->batch_stamp && field->noted_chunk_id == chunk->chunk_id))
		return;
	field->noted_stamp = writer->batch_stamp;
	field->noted_chunk_id = chunk->chunk_id;
	ENSURE_ROOM(writer, new->list, new->count, new->capacity, NewChunkField);
	new->list[new->count] = (NewChunkField) {chunk, field, new->count};
	new->count++;
}

static int
compare_chunk_fields(const void *a, const void *b)
{
	const NewChunkField *left = a;
	const NewChunkField *right = b;

	if (left->chunk->chunk_id != right->chunk->chunk_id)
		return left->chunk->chunk_id < right->chunk->chunk_id ? -1 : 1;
	if (left->field->measurement->m_id != right->field->measurement->m_id)
		return left->field->measurement->m_id < right->field->measurement->m_id ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* Makes fields of one chunk and measurement known to the chunk. */
static void
accept_fields(const NewChunkField *list, int count)
{
	/* What retention has dropped stays without rows; the lock keeps it away from the rest. */
	Relation	hot = flux_chunk_open_hot(list->chunk, RowExclusiveLock);
	FluxCachedField **fields = palloc_array(FluxCachedField *, count);
	FluxColumnType *types = palloc_array(FluxColumnType, count);

	if (hot == NULL)
		return;
	table_close(hot, NoLock);
	for (int i = 0; i < count; i++)
		fields[i] = list[i].field;
	flux_chunk_types_get(list->chunk->chunk_id, fields, count, types);
	pfree(fields);
	pfree(types);
}

/* Makes the fields of the batch known to their chunks, in one order. */
static void
prepare_types(FluxPointWriter *writer)
{
	const FluxChunk *chunk = NULL;
	NewChunkFields new = {NULL};
	int			next;

	for (int i = 0; i < writer->point_count; i++)
	{
		const PendingPoint *point = &writer->points[i];
		int			time_count = point->run != NULL ? point->run->count : 1;

		for (int j = 0; j < time_count; j++)
		{
			int64		time_ns = point->run != NULL ? point->run->times_ns[j] : point->time_ns;

			if (time_ns < writer->oldest_ns)
				continue;
			if (chunk == NULL || !flux_chunk_contains(chunk, time_ns))
				chunk = flux_chunk_for_write(&writer->bucket, time_ns);
			if (point->run != NULL)
				note_chunk_field(writer, &new, chunk, point->run->field);
			for (int k = 0; k < point->field_count; k++)
				note_chunk_field(writer, &new, chunk,
								 writer->fields[point->first_field + k].field);
		}
	}
	if (new.count == 0)
		return;
	qsort(new.list, new.count, sizeof(NewChunkField), compare_chunk_fields);
	for (int i = 0; i < new.count; i = next)
	{
		for (next = i + 1; next < new.count; next++)
			if (new.list[next].chunk->chunk_id != new.list[i].chunk->chunk_id ||
				new.list[next].field->measurement != new.list[i].field->measurement)
				break;
		accept_fields(new.list + i, next - i);
	}
	pfree(new.list);
}

/*
 * Looks up or creates all that the batch needs: names, then chunks, then what
 * chunks know of fields, each in a fixed order, so that writers of the same new
 * things do not wait for each other in a circle.
 */
static void
prepare_batch(FluxPointWriter *writer)
{
	if (writer->new_series_count > 0 || writer->new_field_count > 0)
		flux_series_resolve(&writer->bucket, writer->new_series, writer->new_series_count,
							writer->new_fields, writer->new_field_count);
	prepare_chunks(writer);
	prepare_types(writer);
}

/* ---- batches ---- */

/* Writes the points of the batch to the outputs and empties it. */
static void
process_batch(FluxPointWriter *writer)
{
	if (writer->point_count == 0)
		return;
	if (brings_new(writer))
		prepare_batch(writer);

	FluxCachedMeasurement *last = NULL;

	for (int i = 0; i < writer->point_count; i++)
	{
		PendingPoint *point = &writer->points[i];
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
	int32		left = (*(FluxCachedMeasurement *const *) a)->m_id;
	int32		right = (*(FluxCachedMeasurement *const *) b)->m_id;

	return (left > right) - (left < right);
}

FluxWriteReport
flux_writer_finish(FluxPointWriter *writer)
{
	FluxWriteReport report;

	process_batch(writer);
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
			 level < ERROR ? errdetail(INT64_FORMAT " points were written.",
									   report->points_written) : 0));
}
