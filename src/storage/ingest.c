/*
 * ingest.c
 *		The one writer: points to hot rows.
 *
 *		add ... add -> batch -> resolve names -> chunk, types -> pack -> hot rows
 *
 * Points wait in a batch until it is full; then the names that are new to this
 * backend get their ids, all in a few statements, and every point goes through
 * retention, chunk and type checks into the packer of its chunk and
 * measurement.  Finished pages wait once more, as tuples, for a multi-insert.
 * The order of points of a series is kept all along: later wins.
 *
 * Memory: "context" lives as long as the writer, "batch_context" holds the texts
 * of the waiting points, each output has a context for its waiting tuples.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/limits.h"
#include "storage/catalog.h"
#include "storage/chunk.h"
#include "storage/dirty.h"
#include "storage/hot.h"
#include "storage/ingest.h"
#include "storage/line_protocol.h"
#include "storage/measurement_table.h"
#include "storage/series_cache.h"

/* A batch is processed when it has so many points, fields or bytes. */
#define BATCH_POINTS_MAX	4096
#define BATCH_FIELDS_MAX	32768
#define BATCH_BYTES_MAX		(8 * 1024 * 1024)

/* Hot rows that wait for a multi-insert, and their bytes. */
#define OUTPUT_ROWS_MAX		64
#define OUTPUT_BYTES_MAX	(1024 * 1024)

/* Chunks and packers open at a time: a backfill may meet hundreds. */
#define OUTPUTS_MAX			16
#define PACKERS_MAX			256

/* Rows that one number of the write sequence can count: 12 bits. */
#define ROWS_PER_SEQUENCE	4096

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

typedef struct Output Output;

typedef struct OutputPacker
{
	int32		m_id;
	FluxHotPacker *packer;
} OutputPacker;

/* A chunk that is being written to. */
struct Output
{
	FluxPointWriter *writer;
	const FluxChunk *chunk;
	Relation	hot;			/* NULL: retention has dropped the chunk */
	MemoryContext context;		/* of this output */
	MemoryContext row_context;	/* of waiting rows */
	TupleTableSlot *slots[OUTPUT_ROWS_MAX];
	int			slot_count;		/* made so far */
	int			row_count;		/* waiting */
	Size		row_bytes;
	int			index_count;
	Relation   *indexes;
	IndexInfo **index_infos;
	OutputPacker *packers;
	int			packer_count;
	int			packer_capacity;
	OutputPacker *last_packer;
	int32		current_m_id;	/* of the packer that is emitting */
};

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
	uint64		batch_stamp;
	uint64		point_stamp;

	/* the outputs */
	Output	  **outputs;
	int			output_count;
	int			packer_count;
	Output	   *last_output;
	FluxHotField *hot_fields;	/* scratch */
	FluxCachedField **point_fields;
	int			hot_field_capacity;
	FluxCachedMeasurement **touched;	/* measurements whose table wants a look */
	int			touched_count;
	int			touched_capacity;
	int64		sequence;		/* base of the rows' numbers */
	int			sequence_used;
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
	writer->outputs = MemoryContextAlloc(context, OUTPUTS_MAX * sizeof(Output *));
	context = MemoryContextSwitchTo(context);
	writer->dirty = flux_dirty_begin(bucket);
	MemoryContextSwitchTo(context);
	return writer;
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
	if (writer->point_count >= BATCH_POINTS_MAX || writer->field_count >= BATCH_FIELDS_MAX ||
		writer->batch_bytes >= BATCH_BYTES_MAX)
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

/* ---- hot rows ---- */

static int64
next_sequence(FluxPointWriter *writer)
{
	if (writer->sequence_used == 0 || writer->sequence_used == ROWS_PER_SEQUENCE)
	{
		writer->sequence = nextval_internal(flux_catalog_oid(FLUX_CATALOG_WRITE_SEQ), false) *
			ROWS_PER_SEQUENCE;
		writer->sequence_used = 0;
	}
	return writer->sequence + writer->sequence_used++;
}

/* Writes the waiting rows and their index entries. */
static void
insert_rows(Output *output)
{
	if (output->row_count == 0)
		return;

	Datum		values[INDEX_MAX_KEYS];
	bool		nulls[INDEX_MAX_KEYS];
	MemoryContext old_context = MemoryContextSwitchTo(output->row_context);

	table_multi_insert(output->hot, output->slots, output->row_count, GetCurrentCommandId(true), 0,
					   NULL);
	for (int row = 0; row < output->row_count; row++)
	{
		TupleTableSlot *slot = output->slots[row];

		for (int i = 0; i < output->index_count; i++)
		{
			FormIndexDatum(output->index_infos[i], slot, NULL, values, nulls);
			index_insert(output->indexes[i], values, nulls, &slot->tts_tid, output->hot,
						 UNIQUE_CHECK_NO, false, output->index_infos[i]);
		}
		ExecClearTuple(slot);
	}
	output->row_count = 0;
	output->row_bytes = 0;
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(output->row_context);
}

/* Takes a finished page from a packer. */
static void
emit_page(void *arg, const FluxHotPage *page)
{
	Output	   *output = arg;
	Datum		values[FLUX_HOT_COLUMNS];
	bool		nulls[FLUX_HOT_COLUMNS] = {false};
	MemoryContext old_context;

	values[FLUX_HOT_TMIN - 1] = Int64GetDatum(page->tmin_ns);
	values[FLUX_HOT_TMAX - 1] = Int64GetDatum(page->tmax_ns);
	values[FLUX_HOT_SMIN - 1] = Int64GetDatum(page->smin);
	values[FLUX_HOT_SMAX - 1] = Int64GetDatum(page->smax);
	values[FLUX_HOT_SEQ - 1] = Int64GetDatum(next_sequence(output->writer));
	values[FLUX_HOT_M_ID - 1] = Int32GetDatum(output->current_m_id);
	values[FLUX_HOT_NPOINTS - 1] = Int32GetDatum(page->value_count);
	values[FLUX_HOT_PAYLOAD - 1] = PointerGetDatum(page->payload);

	if (output->row_count == output->slot_count)
	{
		old_context = MemoryContextSwitchTo(output->context);
		output->slots[output->slot_count++] =
			MakeSingleTupleTableSlot(RelationGetDescr(output->hot), &TTSOpsHeapTuple);
		MemoryContextSwitchTo(old_context);
	}
	old_context = MemoryContextSwitchTo(output->row_context);
	ExecStoreHeapTuple(heap_form_tuple(RelationGetDescr(output->hot), values, nulls),
					   output->slots[output->row_count++], false);
	MemoryContextSwitchTo(old_context);
	output->row_bytes += VARSIZE(page->payload);
	if (output->row_count == OUTPUT_ROWS_MAX || output->row_bytes >= OUTPUT_BYTES_MAX)
		insert_rows(output);
}

/* ---- outputs ---- */

static void
open_indexes(Output *output)
{
	List	   *oids = RelationGetIndexList(output->hot);
	ListCell   *cell;

	output->indexes = palloc_array(Relation, Max(1, list_length(oids)));
	output->index_infos = palloc_array(IndexInfo *, Max(1, list_length(oids)));
	foreach(cell, oids)
	{
		Relation	index = index_open(lfirst_oid(cell), RowExclusiveLock);
		IndexInfo  *info = BuildIndexInfo(index);

		if (info->ii_Expressions != NIL || info->ii_Predicate != NIL || info->ii_Unique)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("index \"%s\" cannot be kept up to date", RelationGetRelationName(index)),
					 errhint("Drop it: chunk tables bear plain indexes only.")));
		output->indexes[output->index_count] = index;
		output->index_infos[output->index_count++] = info;
	}
}

static Output *
open_output(FluxPointWriter *writer, const FluxChunk *chunk)
{
	MemoryContext context = AllocSetContextCreate(writer->context, "fluxtask output",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(context);
	Output	   *output = palloc0(sizeof(Output));

	output->writer = writer;
	output->chunk = chunk;
	output->context = context;
	output->row_context = AllocSetContextCreate(context, "fluxtask hot rows",
												ALLOCSET_DEFAULT_SIZES);
	output->hot = flux_chunk_open_hot(chunk, RowExclusiveLock);
	if (output->hot != NULL)
		open_indexes(output);
	MemoryContextSwitchTo(old_context);
	return output;
}

static void
flush_output(Output *output)
{
	for (int i = 0; i < output->packer_count; i++)
	{
		output->current_m_id = output->packers[i].m_id;
		flux_hot_packer_flush(output->packers[i].packer);
	}
	insert_rows(output);
}

/* Writes out and closes all outputs. */
static void
close_outputs(FluxPointWriter *writer)
{
	for (int i = 0; i < writer->output_count; i++)
	{
		Output	   *output = writer->outputs[i];

		if (output->hot != NULL)
		{
			flush_output(output);
			for (int j = 0; j < output->slot_count; j++)
				ExecDropSingleTupleTableSlot(output->slots[j]);
			for (int j = 0; j < output->index_count; j++)
				index_close(output->indexes[j], NoLock);
			table_close(output->hot, NoLock);
		}
		MemoryContextDelete(output->context);
	}
	writer->output_count = 0;
	writer->packer_count = 0;
	writer->last_output = NULL;
}

static inline bool
output_contains(const Output *output, int64 time_ns)
{
	return output->chunk->tmin_ns <= time_ns && time_ns <= output->chunk->tmax_ns;
}

/* The output of an instant; NULL when retention has taken its chunk. */
static Output *
output_for(FluxPointWriter *writer, int64 time_ns)
{
	Output	   *output = writer->last_output;

	if (output != NULL && output_contains(output, time_ns))
		return output->hot == NULL ? NULL : output;
	for (int i = 0; i < writer->output_count; i++)
	{
		if (output_contains(writer->outputs[i], time_ns))
		{
			writer->last_output = writer->outputs[i];
			return writer->last_output->hot == NULL ? NULL : writer->last_output;
		}
	}
	if (writer->output_count == OUTPUTS_MAX || writer->packer_count >= PACKERS_MAX)
		close_outputs(writer);
	output = open_output(writer, flux_chunk_for_write(&writer->bucket, time_ns));
	writer->outputs[writer->output_count++] = output;
	writer->last_output = output;
	return output->hot == NULL ? NULL : output;
}

/* The packer of a measurement, ready to take points of it. */
static FluxHotPacker *
packer_for(Output *output, int32 m_id)
{
	output->current_m_id = m_id;
	if (output->last_packer != NULL && output->last_packer->m_id == m_id)
		return output->last_packer->packer;
	for (int i = 0; i < output->packer_count; i++)
	{
		if (output->packers[i].m_id == m_id)
		{
			output->last_packer = &output->packers[i];
			return output->last_packer->packer;
		}
	}

	MemoryContext old_context = MemoryContextSwitchTo(output->context);

	if (output->packer_count == output->packer_capacity)
	{
		output->packer_capacity = Max(4, 2 * output->packer_capacity);
		output->packers = output->packers == NULL ?
			palloc_array(OutputPacker, output->packer_capacity) :
			repalloc_array(output->packers, OutputPacker, output->packer_capacity);
	}
	output->last_packer = &output->packers[output->packer_count++];
	output->last_packer->m_id = m_id;
	output->last_packer->packer = flux_hot_packer_create(emit_page, output);
	output->writer->packer_count++;
	MemoryContextSwitchTo(old_context);
	return output->last_packer->packer;
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

	flux_series_cache_chunk_types(chunk_id, fields, count, types);
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

	Output	   *output = output_for(writer, point->time_ns);

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
		is_accepted &= flux_series_cache_is_accepted(fields[i].field, output->chunk->chunk_id);
		hot->field_id = fields[i].field->field_id;
		hot->type = fields[i].field->type;
		memcpy(&hot->value, &fields[i].value, sizeof(hot->value));
	}
	if (!is_accepted)
	{
		if (!check_types(writer, output->chunk->chunk_id, writer->point_fields, count, 1))
			return;
		/* Some may have got their ids just now. */
		for (int i = 0; i < count; i++)
			writer->hot_fields[i].field_id = fields[i].field->field_id;
	}
	flux_hot_packer_add(packer_for(output, point->series->measurement->m_id),
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
		Output	   *output = run->times_ns[i] < writer->oldest_ns ? NULL :
			output_for(writer, run->times_ns[i]);

		next = i + 1;
		if (output == NULL)
		{
			drop_expired(writer, run->times_ns[i], 1);
			continue;
		}
		while (next < run->count && output_contains(output, run->times_ns[next]) &&
			   run->times_ns[next] >= writer->oldest_ns)
			next++;
		if (!flux_series_cache_is_accepted(run->field, output->chunk->chunk_id) &&
			!check_types(writer, output->chunk->chunk_id, &run->field, 1, next - i))
			continue;
		flux_hot_packer_add_column(packer_for(output, point->series->measurement->m_id),
								   point->series->series_id, run->field->field_id, run->times_ns,
								   &run->values, i, next - i);
		for (int j = i; writer->dirty != NULL && j < next; j++)
			flux_dirty_add(writer->dirty, point->series->measurement->m_id,
						   point->series->series_id, run->times_ns[j], run->times_ns[j]);
		writer->report.points_written += next - i;
		writer->report.values_written += next - i;
	}
}

/*
 * Entries that had ids when they were gathered may have lost them since, by
 * the abort of a subtransaction that ran in between.
 */
static void
want_forgotten(FluxPointWriter *writer)
{
	for (int i = 0; i < writer->point_count; i++)
	{
		PendingPoint *point = &writer->points[i];

		want_series(writer, point->series);
		if (point->run != NULL)
			want_field(writer, point->run->field);
		for (int j = 0; j < point->field_count; j++)
			want_field(writer, writer->fields[point->first_field + j].field);
	}
}

/* Writes the points of the batch to the outputs and empties it. */
static void
process_batch(FluxPointWriter *writer)
{
	if (writer->point_count == 0)
		return;
	want_forgotten(writer);
	if (writer->new_series_count > 0 || writer->new_field_count > 0)
		flux_series_cache_resolve(&writer->bucket, writer->new_series, writer->new_series_count,
								  writer->new_fields, writer->new_field_count);

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
	writer->batch_stamp = ++last_stamp;
	MemoryContextReset(writer->batch_context);
}

/* ---- ending ---- */

FluxWriteReport
flux_writer_finish(FluxPointWriter *writer)
{
	FluxWriteReport report;

	process_batch(writer);
	close_outputs(writer);
	if (writer->dirty != NULL)
		flux_dirty_finish(writer->dirty);
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
