/*
 * read_attached.c
 *		Scanning an attached bucket.
 *
 * Each field of each relation that the predicate lets pass is a source: a query
 * (attached_sql.h) read through a cursor, a batch of rows at a time, in the order
 * of flux group keys.  The series of all sources are merged by that order.
 * Where names of measurements and fields are the same in all of a source's rows
 * and no tag sorts before them, sources follow one another and only one cursor
 * is open at a time.
 *
 * A series' rows go through the aggregator that storage uses, as vectors of
 * points, or, when SQL has aggregated them, as segments that are nothing but
 * their statistics.  So windows, empty ones and selectors come out the same.
 *
 * Queries are planned with a search_path that nobody can bend, and with
 * partitionwise aggregation, which lets foreign partitions aggregate.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "io/read_attached.h"
#include "storage/scan_aggregate.h"

/* A run of rows of one series within a fetched batch. */
typedef struct SourceRun
{
	int first;
	int stop;
	FluxScanSeries series;
} SourceRun;

typedef struct Source
{
	FluxAttachedQuery *query;
	FluxText field; /* of a wide relation */
	FluxText measurement;
	bool is_open;
	bool is_exhausted; /* the cursor has given all */
	char *portal_name;

	/* the fetched rows */
	MemoryContext context; /* of what follows */
	int row_count;
	int64 *times_ns;
	int64 *counts; /* aggregated */
	void *values;  /* as in FluxColumn.values */
	SourceRun *runs;
	int run_count;
	int run;      /* the current one */
	int position; /* next row of it */
} Source;

struct FluxAttachedScan
{
	MemoryContext context;
	MemoryContext series_context; /* of the current series */
	MemoryContext scratch;
	FluxScanSpec spec;
	FluxAttachedLayout *layout;
	Source *sources;
	int source_count;
	bool is_sequential; /* sources do not interleave */
	int first_source;   /* sequential: those before it are done */
	FluxAttachedScanStats stats;

	/* the current series */
	Source *current;
	FluxScanSeries series;
	const FluxPredicate *rest;
	int64 rows_left;
	bool has_rows;
	bool is_first;
	int64 count_left;               /* of an aggregated row whose count does not fit */
	FluxScanAggregator *aggregator; /* or NULL */
	FluxScanStats storage_stats;    /* which the aggregator counts up */
	FluxSegment segment;
	FluxScanRows *rows[2];
	FluxMergeVector points[2];
	int buffer; /* which of the two is shown */
};

/* ---- rows of a cursor ---- */

/* Opens the source's cursor, planned under settings of ours. */
static void
open_source(FluxAttachedScan *scan, Source *source)
{
	int guc_level = NewGUCNestLevel();
	Portal portal;

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("enable_partitionwise_aggregate", "on", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("cursor_tuple_fraction", "1", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	portal = SPI_cursor_parse_open(
		NULL, source->query->sql,
		&(SPIParseOpenOptions){.cursorOptions = CURSOR_OPT_NO_SCROLL, .read_only = true});
	source->portal_name = MemoryContextStrdup(scan->context, portal->name);
	SPI_finish();
	AtEOXact_GUC(false, guc_level);
	source->is_open = true;
	source->context =
		AllocSetContextCreate(scan->context, "fluxtask attached rows", ALLOCSET_DEFAULT_SIZES);
	scan->stats.queries++;
	scan->stats.queries_aggregated += source->query->is_aggregated;
}

static void
close_source(Source *source)
{
	Portal portal;

	if (source->portal_name == NULL)
		return;
	portal = GetPortalByName(source->portal_name);
	if (PortalIsValid(portal))
		SPI_cursor_close(portal);
	source->portal_name = NULL;
}

/* An instant of the time column; infinities are refused by the range. */
static int64
time_of(const FluxAttachedQuery *query, Datum datum)
{
	return query->relation->time_kind == FLUX_ATTACHED_NANOSECONDS
			   ? DatumGetInt64(datum)
			   : flux_time_from_timestamptz(DatumGetTimestampTz(datum));
}

static uint64
parse_uint(const Source *source, Datum datum)
{
	char *digits = TextDatumGetCString(datum);
	char *end;
	uint64 value;

	errno = 0;
	value = strtoull(digits, &end, 10);
	if (errno != 0 || digits[0] == '-' || strspn(end, ".0") != strlen(end))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value %s of column \"%s\" is not an unsigned 64-bit integer",
							   digits, source->query->field->column)));
	pfree(digits);
	return value;
}

/* Stores a value of the result as a vector's element. */
static void
store_value(Source *source, int row, Datum datum, Oid type_oid)
{
	switch (source->query->field->type)
	{
		case FLUX_COLUMN_BOOL:
			((bool *) source->values)[row] = DatumGetBool(datum);
			break;
		case FLUX_COLUMN_INT:
			((int64 *) source->values)[row] = type_oid == INT2OID   ? DatumGetInt16(datum)
											  : type_oid == INT4OID ? DatumGetInt32(datum)
																	: DatumGetInt64(datum);
			break;
		case FLUX_COLUMN_UINT:
			((uint64 *) source->values)[row] = parse_uint(source, datum);
			break;
		case FLUX_COLUMN_FLOAT:
			((double *) source->values)[row] = DatumGetFloat8(datum);
			break;
		default:
			((FluxText *) source->values)[row] = flux_text_from_cstring(TextDatumGetCString(datum));
			break;
	}
}

/* Text of a series column of the result; empty when null. */
static FluxText
column_text(HeapTuple tuple, TupleDesc desc, int column)
{
	bool is_null;
	Datum datum = SPI_getbinval(tuple, desc, column, &is_null);
	text *value;

	if (is_null)
		return flux_text("", 0);
	value = DatumGetTextPP(datum);
	return flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Is the row of the same series as a run? */
static bool
is_same_series(const Source *source, const FluxScanSeries *series, const FluxText *texts)
{
	int tag = 0;

	for (int i = 0; i < source->query->column_count; i++)
	{
		const FluxAttachedSeriesColumn *column = &source->query->columns[i];

		switch (column->role)
		{
			case FLUX_ATTACHED_FIELD_NAME:
				if (!flux_text_equal(series->field, texts[i]))
					return false;
				break;
			case FLUX_ATTACHED_MEASUREMENT:
				if (!flux_text_equal(series->measurement, texts[i]))
					return false;
				break;
			case FLUX_ATTACHED_TAG:
				if (texts[i].size == 0)
					break;
				if (tag == series->tag_count ||
					!flux_text_equal(series->tags[tag].key, column->label) ||
					!flux_text_equal(series->tags[tag].value, texts[i]))
					return false;
				tag++;
				break;
		}
	}
	return tag == series->tag_count;
}

/* Fills a series from the texts of its columns; bytes are copied. */
static void
fill_series(const Source *source, FluxScanSeries *series, const FluxText *texts)
{
	FluxTag *tags = palloc(sizeof(FluxTag) * Max(source->query->column_count, 1));

	memset(series, 0, sizeof(*series));
	series->measurement = source->measurement;
	series->field = source->field;
	series->type = source->query->field->type;
	for (int i = 0; i < source->query->column_count; i++)
	{
		const FluxAttachedSeriesColumn *column = &source->query->columns[i];

		switch (column->role)
		{
			case FLUX_ATTACHED_FIELD_NAME:
				series->field = flux_text_copy(texts[i]);
				break;
			case FLUX_ATTACHED_MEASUREMENT:
				series->measurement = flux_text_copy(texts[i]);
				break;
			case FLUX_ATTACHED_TAG:
				if (texts[i].size == 0)
					break;
				tags[series->tag_count].key = column->label;
				tags[series->tag_count++].value = flux_text_copy(texts[i]);
				break;
		}
	}
	series->tags = tags;
}

/* Takes the rows that SPI has fetched into the source's arrays. */
static void
take_rows(FluxAttachedScan *scan, Source *source)
{
	const FluxAttachedQuery *query = source->query;
	TupleDesc desc = SPI_tuptable->tupdesc;
	int first_column = query->is_aggregated ? 4 : 3;
	int value_column = query->is_aggregated ? 3 : 2;
	Oid value_type = SPI_gettypeid(desc, value_column);
	FluxText *texts = palloc(sizeof(FluxText) * Max(query->column_count, 1));

	source->row_count = (int) SPI_processed;
	source->times_ns = palloc(sizeof(int64) * source->row_count);
	source->counts = query->is_aggregated ? palloc(sizeof(int64) * source->row_count) : NULL;
	source->values = palloc(sizeof(FluxText) * source->row_count);
	source->runs = palloc(sizeof(SourceRun) * source->row_count);
	source->run_count = source->run = source->position = 0;
	for (int row = 0; row < source->row_count; row++)
	{
		HeapTuple tuple = SPI_tuptable->vals[row];
		bool is_null;
		Datum time = SPI_getbinval(tuple, desc, 1, &is_null);

		source->times_ns[row] = is_null ? scan->spec.bounds.start_ns
										: Max(time_of(query, time), scan->spec.bounds.start_ns);
		if (query->is_aggregated)
			source->counts[row] = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &is_null));
		if (query->is_aggregated && scan->spec.aggregate == FLUX_SCAN_COUNT)
			((int64 *) source->values)[row] = 0;
		else
			store_value(source, row, SPI_getbinval(tuple, desc, value_column, &is_null),
						value_type);
		for (int i = 0; i < query->column_count; i++)
			texts[i] = column_text(tuple, desc, first_column + i);
		if (source->run_count == 0 ||
			!is_same_series(source, &source->runs[source->run_count - 1].series, texts))
		{
			source->runs[source->run_count].first = row;
			fill_series(source, &source->runs[source->run_count].series, texts);
			source->run_count++;
		}
		source->runs[source->run_count - 1].stop = row + 1;
	}
	scan->stats.rows += source->row_count;
}

/* Fetches the next rows; false when there are none. */
static bool
fetch_rows(FluxAttachedScan *scan, Source *source)
{
	MemoryContext old_context;
	Portal portal;

	if (!source->is_open)
		open_source(scan, source);
	source->run = source->run_count = 0;
	if (source->is_exhausted)
		return false;
	MemoryContextReset(source->context);
	SPI_connect();
	portal = GetPortalByName(source->portal_name);
	if (!PortalIsValid(portal))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_CURSOR_STATE),
				 errmsg("the cursor over relation %s is gone", source->query->relation->sql_name)));
	SPI_cursor_fetch(portal, true, FLUX_BATCH_ROWS);
	if (SPI_processed > 0)
	{
		old_context = MemoryContextSwitchTo(source->context);
		take_rows(scan, source);
		MemoryContextSwitchTo(old_context);
	}
	else
		source->is_exhausted = true;
	SPI_finish();
	if (source->is_exhausted)
		close_source(source);
	return !source->is_exhausted;
}

/* The series that the source stands at, or NULL at its end. */
static const FluxScanSeries *
source_series(FluxAttachedScan *scan, Source *source)
{
	if (source->run >= source->run_count && !fetch_rows(scan, source))
		return NULL;
	return &source->runs[source->run].series;
}

static bool
equal_series(const FluxScanSeries *a, const FluxScanSeries *b)
{
	return flux_scan_series_compare(a, b) == 0;
}

/* Makes sure that a row of the current series waits; false when it has no more. */
static bool
has_more_rows(FluxAttachedScan *scan)
{
	Source *source = scan->current;
	const FluxScanSeries *series;

	if (source->run < source->run_count && source->position > source->runs[source->run].first)
		return true; /* in the middle of its run */
	series = source_series(scan, source);
	if (series == NULL || !equal_series(series, &scan->series))
		return false;
	source->position = source->runs[source->run].first;
	return true;
}

/* Goes past count rows of the current run. */
static void
pass_rows(Source *source, int count)
{
	source->position += count;
	if (source->position == source->runs[source->run].stop)
		source->run++;
}

/* ---- sources ---- */

static int
compare_sources(const void *a, const void *b)
{
	const Source *left = a;
	const Source *right = b;
	int order = flux_text_compare(left->field, right->field);

	if (order == 0)
		order = flux_text_compare(left->measurement, right->measurement);
	return order != 0 ? order : (int) left->query->field->type - (int) right->query->field->type;
}

/* Finds the tags of a relation whose tags are the keys of a jsonb column. */
static void
find_json_keys(const FluxScanSpec *spec, FluxAttachedRelation *relation)
{
	MemoryContext context = CurrentMemoryContext;
	int guc_level = NewGUCNestLevel();

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	SPI_execute(psprintf("SELECT k FROM (%s) AS keys(k) WHERE k <> '' ORDER BY k COLLATE \"C\"",
						 flux_attached_keys_sql(spec, relation)),
				true, 0);
	relation->tags =
		MemoryContextAllocZero(context, sizeof(FluxAttachedTag) * Max(SPI_processed, 1));
	relation->tag_count = (int) SPI_processed;
	for (int i = 0; i < relation->tag_count; i++)
		relation->tags[i].label = flux_text_from_cstring(MemoryContextStrdup(
			context, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1)));
	SPI_finish();
	AtEOXact_GUC(false, guc_level);
}

/* Adds the fields that are keys of a jsonb column; a key of two types is two. */
static void
find_json_fields(const FluxScanSpec *spec, FluxAttachedRelation *relation)
{
	MemoryContext context = CurrentMemoryContext;
	int guc_level = NewGUCNestLevel();
	FluxAttachedField *fields;

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	SPI_execute(flux_attached_fields_sql(spec, relation), true, 0);
	fields = MemoryContextAllocZero(context, sizeof(FluxAttachedField) *
												 (relation->field_count + SPI_processed + 1));
	memcpy(fields, relation->fields, sizeof(FluxAttachedField) * relation->field_count);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		FluxAttachedField *field = &fields[relation->field_count++];
		char *key = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		char *type = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2);

		field->column = relation->fields_column;
		field->json_key = MemoryContextStrdup(context, key);
		field->type = type[0] == 'n'   ? FLUX_COLUMN_FLOAT
					  : type[0] == 'b' ? FLUX_COLUMN_BOOL
									   : FLUX_COLUMN_STRING;
		field->type_oid = type[0] == 'n' ? FLOAT8OID : type[0] == 'b' ? BOOLOID : TEXTOID;
	}
	relation->fields = fields;
	SPI_finish();
	AtEOXact_GUC(false, guc_level);
}

/* A source for each field that the predicate lets pass. */
static void
add_sources(FluxAttachedScan *scan, FluxAttachedRelation *relation)
{
	bool keys_known = relation->json_column == NULL;

	for (int i = 0; i < relation->field_count; i++)
	{
		FluxAttachedQuery *query;
		Source *source = &scan->sources[scan->source_count];

		if (!flux_attached_may_pass(&scan->spec, relation, &relation->fields[i]))
			continue;
		if (!keys_known)
			find_json_keys(&scan->spec, relation);
		keys_known = true;
		query = flux_attached_query(&scan->spec, relation, &relation->fields[i]);
		if (query == NULL)
			continue;
		scan->source_count++;
		source->query = query;
		source->measurement = relation->measurement;
		if (relation->field_column == NULL)
			source->field = flux_attached_field_name(&relation->fields[i]);
		scan->is_sequential &= relation->field_column == NULL &&
							   relation->measurement_column == NULL &&
							   (relation->tag_count == 0 ||
								flux_text_compare(relation->tags[0].label,
												  flux_text_from_cstring("_measurement")) > 0);
	}
}

static void
find_sources(FluxAttachedScan *scan)
{
	int capacity = 1;

	for (int i = 0; i < scan->layout->relation_count; i++)
	{
		FluxAttachedRelation *relation = &scan->layout->relations[i];

		if (relation->fields_column != NULL && flux_attached_may_pass(&scan->spec, relation, NULL))
			find_json_fields(&scan->spec, relation);
		capacity += relation->field_count;
	}
	scan->sources = palloc0(sizeof(Source) * capacity);
	scan->is_sequential = true;
	for (int i = 0; i < scan->layout->relation_count; i++)
		add_sources(scan, &scan->layout->relations[i]);
	qsort(scan->sources, scan->source_count, sizeof(Source), compare_sources);
	/* A field of two types: its series take turns. */
	for (int i = 1; i < scan->source_count; i++)
		scan->is_sequential &=
			!flux_text_equal(scan->sources[i].field, scan->sources[i - 1].field) ||
			!flux_text_equal(scan->sources[i].measurement, scan->sources[i - 1].measurement);
}

/* ---- the scan ---- */

static FluxAttachedScan *
create_scan(const FluxScanSpec *spec)
{
	MemoryContext context;
	MemoryContext old_context;
	FluxAttachedScan *scan;

	flux_bucket_check_acl(spec->bucket, ACL_SELECT);
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask attached scan",
									ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	scan = palloc0(sizeof(FluxAttachedScan));
	scan->context = context;
	scan->spec = *spec;
	scan->layout = flux_attached_layout(spec->bucket);
	if (spec->bounds.start_ns < spec->bounds.stop_ns)
		find_sources(scan);
	MemoryContextSwitchTo(old_context);
	return scan;
}

FluxAttachedScan *
flux_attached_scan_begin(const FluxScanSpec *spec)
{
	FluxAttachedScan *scan = create_scan(spec);
	MemoryContext old_context = MemoryContextSwitchTo(scan->context);

	scan->series_context =
		AllocSetContextCreate(scan->context, "fluxtask attached series", ALLOCSET_DEFAULT_SIZES);
	scan->scratch =
		AllocSetContextCreate(scan->context, "fluxtask attached batch", ALLOCSET_DEFAULT_SIZES);
	if (spec->aggregate != FLUX_SCAN_RAW)
		scan->aggregator = flux_scan_aggregator_create(&scan->spec, &scan->storage_stats);
	for (int i = 0; i < 2; i++)
	{
		flux_merge_vector_init(&scan->points[i], scan->context);
		scan->rows[i] = palloc(sizeof(FluxScanRows));
		scan->rows[i]->count = 0;
		scan->rows[i]->strings =
			AllocSetContextCreate(scan->context, "fluxtask scan strings", ALLOCSET_SMALL_SIZES);
	}
	MemoryContextSwitchTo(old_context);
	return scan;
}

const FluxAttachedScanStats *
flux_attached_scan_stats(const FluxAttachedScan *scan)
{
	return &scan->stats;
}

void
flux_attached_scan_end(FluxAttachedScan *scan)
{
	for (int i = 0; i < scan->source_count; i++)
		close_source(&scan->sources[i]);
	MemoryContextDelete(scan->context);
}

void
flux_attached_scan_explain(const FluxScanSpec *spec, int indent, StringInfo out)
{
	FluxAttachedScan *scan = create_scan(spec);

	for (int i = 0; i < scan->source_count; i++)
	{
		appendStringInfoSpaces(out, indent);
		appendStringInfo(out, "sql: %s\n", scan->sources[i].query->sql);
	}
	MemoryContextDelete(scan->context);
}

/* ---- points of the current series ---- */

/* Fills a vector with points that pass; false at the end of the series. */
static bool
fill_points(FluxAttachedScan *scan, FluxMergeVector *points)
{
	Source *source = scan->current;
	FluxColumnType type = scan->series.type;

	do
	{
		int count;
		Size size = flux_column_type_size(type);

		if (scan->rows_left <= 0 || !has_more_rows(scan))
			return false;
		count = (int) Min((int64) (source->runs[source->run].stop - source->position),
						  scan->rest == NULL ? scan->rows_left : FLUX_BATCH_ROWS);
		flux_merge_vector_reserve(points, count);
		MemoryContextReset(points->strings);
		points->count = count;
		memcpy(points->times_ns, source->times_ns + source->position, sizeof(int64) * count);
		memcpy(points->values, (char *) source->values + size * source->position, size * count);
		if (type == FLUX_COLUMN_STRING)
		{
			MemoryContext old_context = MemoryContextSwitchTo(points->strings);

			for (int i = 0; i < count; i++)
				((FluxText *) points->values)[i] = flux_text_copy(((FluxText *) points->values)[i]);
			MemoryContextSwitchTo(old_context);
		}
		pass_rows(source, count);
		if (scan->rest != NULL)
		{
			bool *passes = palloc(Max(count, 1));

			flux_predicate_test_values(scan->rest, type, points->values, count, passes);
			flux_merge_vector_filter(points, type, passes);
			pfree(passes);
		}
	} while (points->count == 0);
	points->count = (int) Min((int64) points->count, scan->rows_left);
	scan->rows_left -= points->count;
	return true;
}

/* An aggregated row as a segment that is only statistics. */
static void
fill_segment(FluxAttachedScan *scan)
{
	Source *source = scan->current;
	FluxSegment *segment = &scan->segment;
	int row = source->position;
	int64 count = scan->count_left > 0 ? scan->count_left : source->counts[row];
	uint64 bits = ((uint64 *) source->values)[row];

	memset(segment, 0, sizeof(*segment));
	segment->type = scan->series.type;
	segment->tmin_ns = segment->tmax_ns = source->times_ns[row];
	segment->has_range = segment->has_sum = true;
	segment->min.uinteger = segment->max.uinteger = bits;
	if (scan->count_left == 0)
		segment->sum.uinteger = bits;
	segment->count = (int) Min(count, (int64) PG_INT32_MAX);
	scan->count_left = count - segment->count;
	if (scan->count_left == 0)
		pass_rows(source, 1);
}

/* FluxScanPieceSource over the current series. */
static bool
next_piece(void *argument, const FluxSegment **segment, FluxMergeVector *vector)
{
	FluxAttachedScan *scan = argument;

	*segment = NULL;
	if (!scan->current->query->is_aggregated)
		return fill_points(scan, vector);
	if (!has_more_rows(scan))
		return false;
	fill_segment(scan);
	*segment = &scan->segment;
	return true;
}

static bool
fill_buffer(FluxAttachedScan *scan, int buffer)
{
	MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);
	bool has_rows = scan->aggregator != NULL
						? flux_scan_aggregator_fill(scan->aggregator, scan->rows[buffer])
						: fill_points(scan, &scan->points[buffer]);

	MemoryContextSwitchTo(old_context);
	MemoryContextReset(scan->scratch);
	return has_rows;
}

/* ---- series after series ---- */

/* What is left of the current series is passed over. */
static void
leave_series(FluxAttachedScan *scan)
{
	if (scan->current == NULL)
		return;
	while (has_more_rows(scan))
	{
		CHECK_FOR_INTERRUPTS();
		scan->current->run++;
		scan->current->position = 0;
	}
	scan->current = NULL;
}

/* The source whose series comes next, or NULL. */
static Source *
least_source(FluxAttachedScan *scan)
{
	Source *least = NULL;
	const FluxScanSeries *least_series = NULL;

	for (int i = scan->first_source; i < scan->source_count; i++)
	{
		const FluxScanSeries *series = source_series(scan, &scan->sources[i]);

		if (series == NULL)
		{
			if (i == scan->first_source)
				scan->first_source++;
			continue;
		}
		if (least == NULL || flux_scan_series_compare(series, least_series) < 0)
		{
			least = &scan->sources[i];
			least_series = series;
		}
		if (scan->is_sequential && (i + 1 == scan->source_count ||
									compare_sources(&scan->sources[i], &scan->sources[i + 1]) != 0))
			break;
	}
	return least;
}

/* A copy of a series that lives until the next one. */
static void
keep_series(FluxAttachedScan *scan, const FluxScanSeries *series)
{
	MemoryContext old_context;
	FluxTag *tags;

	MemoryContextReset(scan->series_context);
	old_context = MemoryContextSwitchTo(scan->series_context);
	scan->series = *series;
	scan->series.measurement = flux_text_copy(series->measurement);
	scan->series.field = flux_text_copy(series->field);
	tags = palloc(sizeof(FluxTag) * Max(series->tag_count, 1));
	for (int i = 0; i < series->tag_count; i++)
	{
		tags[i].key = flux_text_copy(series->tags[i].key);
		tags[i].value = flux_text_copy(series->tags[i].value);
	}
	scan->series.tags = tags;
	MemoryContextSwitchTo(old_context);
}

/* Does a series pass?  Sets what is to be asked of its values. */
static bool
series_passes(FluxAttachedScan *scan)
{
	FluxPredicateSeries subject = {scan->series.measurement, scan->series.field, scan->series.tags,
								   scan->series.tag_count};
	MemoryContext old_context = MemoryContextSwitchTo(scan->series_context);
	bool passes = flux_predicate_reduce(scan->current->query->rest, &subject, &scan->rest);

	MemoryContextSwitchTo(old_context);
	return passes;
}

/* The type of what the caller sees; raises where the field's type has no such aggregate. */
static FluxColumnType
result_type(const FluxAttachedScan *scan)
{
	return flux_scan_aggregate_type(flux_scan_aggregate_of(&scan->spec, scan->series.type),
									scan->series.type);
}

/* Goes to the next series that has rows; false when there is none. */
static bool
next_series(FluxAttachedScan *scan)
{
	for (;;)
	{
		Source *source;

		CHECK_FOR_INTERRUPTS();
		leave_series(scan);
		source = least_source(scan);
		if (source == NULL)
			return false;
		scan->current = source;
		source->position = source->runs[source->run].first;
		scan->count_left = 0;
		keep_series(scan, &source->runs[source->run].series);
		if (!series_passes(scan))
			continue;
		scan->rows_left = scan->spec.rows_max > 0 ? scan->spec.rows_max : PG_INT64_MAX;
		if (scan->aggregator != NULL)
			flux_scan_aggregator_begin_source(scan->aggregator, next_piece, scan,
											  scan->series.type);
		if (!fill_buffer(scan, scan->buffer))
			continue;
		if (scan->spec.check_type != NULL)
			scan->spec.check_type(scan->spec.check_argument, scan->series.type);
		(void) result_type(scan);
		return true;
	}
}

/* Shows the caller the buffer's rows. */
static void
show_rows(const FluxAttachedScan *scan, FluxScanBatch *batch)
{
	batch->series = &scan->series;
	batch->values.type = result_type(scan);
	batch->values.is_constant = false;
	batch->values.nulls = NULL;
	if (scan->aggregator != NULL)
	{
		const FluxScanRows *rows = scan->rows[scan->buffer];

		batch->row_count = rows->count;
		batch->times_ns = rows->times_ns;
		batch->starts_ns = rows->starts_ns;
		batch->stops_ns = rows->stops_ns;
		if (rows->has_nulls)
			batch->values.nulls = rows->nulls;
		batch->values.values.any = rows->values;
	}
	else
	{
		batch->row_count = scan->points[scan->buffer].count;
		batch->times_ns = scan->points[scan->buffer].times_ns;
		batch->starts_ns = batch->stops_ns = NULL;
		batch->values.values.any = scan->points[scan->buffer].values;
	}
}

bool
flux_attached_scan_next(FluxAttachedScan *scan, FluxScanBatch *batch)
{
	if (!scan->has_rows)
	{
		if (!next_series(scan))
			return false;
		scan->has_rows = true;
		scan->is_first = true;
	}
	show_rows(scan, batch);
	batch->is_first = scan->is_first;
	batch->is_last = false;
	scan->is_first = false;
	if (fill_buffer(scan, 1 - scan->buffer))
		scan->buffer = 1 - scan->buffer;
	else
	{
		batch->is_last = true;
		scan->has_rows = false;
	}
	return true;
}
