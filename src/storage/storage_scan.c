/*
 * storage_scan.c
 *		Reading a bucket, series by series.
 *
 * Beginning a scan finds the series and fields that can pass the predicate and
 * sorts them into the order of flux group keys; nothing of the data is read
 * yet.  Then each (series, field) is merged from its segments and hot points
 * and given out as points or as rows per window.
 *
 * Two buffers take turns: the one whose rows the caller holds, and the next,
 * filled already, because only then is it known whether a portion is the last
 * of its series.
 *
 * Everything lives in the scan's own memory context; locks on chunk tables
 * stay until the end of the transaction.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/acl.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "guc.h"
#include "storage/chunk.h"
#include "storage/predicate_eval.h"
#include "storage/scan_aggregate.h"
#include "storage/scan_rows.h"
#include "storage/series_index.h"
#include "storage/storage_scan.h"

/* A series and field to read. */
typedef struct ScanEntry
{
	FluxScanSeries series;
	int32		field_id;
	int32		m_id;
	const FluxPredicate *rest;	/* to be asked of each value, or NULL */
} ScanEntry;

/* Rows on their way to the caller. */
typedef struct ScanBuffer
{
	FluxMergeVector points;		/* RAW */
	FluxScanRows *rows;			/* aggregates */
	int			count;
	int			given;			/* rows given out already */
} ScanBuffer;

struct FluxScan
{
	MemoryContext context;
	MemoryContext scratch;		/* reset per filling */
	FluxScanSpec spec;
	Snapshot	snapshot;
	FluxScanStats stats;
	FluxChunk  *chunks;
	int			chunk_count;
	ScanEntry  *entries;
	int			entry_count;

	/* made at the first read */
	FluxHotTarget *targets;
	FluxHotGather *gather;
	FluxMerge  *merge;
	FluxScanAggregator *aggregator;
	FluxScanRowTimes *row_times;	/* counts_rows */

	/* where the scan stands */
	int			entry_at;		/* -1 before the first */
	bool		has_rows;		/* buffers[current] has rows to give */
	bool		is_first;		/* none of this series was given yet */
	int			current;
	ScanBuffer	buffers[2];
	int64		rows_left;		/* of rows_max */
};

/* ---- which series, in which order ---- */

/*
 * Column number "at" of a group key: labels sorted bytewise, "_field" and
 * "_measurement" among the tags.  False past the last.
 */
static bool
key_column(const FluxScanSeries *series, int at, FluxText *label, FluxText *value)
{
	const FluxText own_labels[2] = {flux_text("_field", 6), flux_text("_measurement", 12)};
	const FluxText own_values[2] = {series->field, series->measurement};
	int			own = 0;
	int			tag = 0;

	for (;; at--)
	{
		bool		take_own = own < 2 &&
			(tag == series->tag_count ||
			 flux_text_compare(own_labels[own], series->tags[tag].key) < 0);

		if (!take_own && tag == series->tag_count)
			return false;
		*label = take_own ? own_labels[own] : series->tags[tag].key;
		*value = take_own ? own_values[own] : series->tags[tag].value;
		if (at == 0)
			return true;
		if (take_own)
			own++;
		else
			tag++;
	}
}

/* Where labels differ, the key that lacks the smaller one comes first. */
int
flux_scan_series_compare(const FluxScanSeries *a, const FluxScanSeries *b)
{
	for (int at = 0;; at++)
	{
		FluxText	label_a;
		FluxText	label_b;
		FluxText	value_a;
		FluxText	value_b;
		bool		has_a = key_column(a, at, &label_a, &value_a);
		bool		has_b = key_column(b, at, &label_b, &value_b);
		int			order;

		if (!has_a && !has_b)
			return (int) a->type - (int) b->type;
		if (!has_a || !has_b)
			return (int) has_a - (int) has_b;
		order = -flux_text_compare(label_a, label_b);
		if (order == 0)
			order = flux_text_compare(value_a, value_b);
		if (order != 0)
			return order;
	}
}

/* An entry's place in the order, as bytes. */
typedef struct SortKey
{
	const char *bytes;
	int32		size;
	int32		entry;
} SortKey;

/*
 * Appends bytes that compare as Flux orders group keys: where labels differ,
 * the key that lacks the smaller one comes first, so labels stand inverted;
 * then values bytewise.  Texts end with a byte pair that sorts before (or, being
 * inverted, behind) whatever may follow.
 */
static void
append_sort_key(StringInfo out, const FluxScanSeries *series, bool series_major)
{
	FluxText	label;
	FluxText	value;

	if (series_major)
	{
		uint64		id = pg_hton64((uint64) series->series_id);

		appendBinaryStringInfo(out, (char *) &id, sizeof(id));
	}
	for (int at = 0; key_column(series, at, &label, &value); at++)
	{
		for (int i = 0; i < label.size; i++)
			appendStringInfoCharMacro(out, (char) ~label.data[i]);
		appendStringInfoCharMacro(out, (char) 0xFF);
		if (memchr(value.data, 0, value.size) == NULL)
			appendBinaryStringInfo(out, value.data, value.size);
		else
		{
			for (int i = 0; i < value.size; i++)
			{
				appendStringInfoCharMacro(out, value.data[i]);
				if (value.data[i] == 0)
					appendStringInfoCharMacro(out, (char) 0xFF);
			}
		}
		appendStringInfoCharMacro(out, 0);
		appendStringInfoCharMacro(out, 0);
	}
	appendStringInfoCharMacro(out, (char) series->type);
}

static int
compare_sort_keys(const void *a, const void *b)
{
	const SortKey *left = a;
	const SortKey *right = b;
	int			order = memcmp(left->bytes, right->bytes, Min(left->size, right->size));

	return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

/*
 * Brings the entries into the order of group keys, or, for whoever wants the
 * fields of a series together, of series.
 */
static void
sort_entries(FluxScan *scan)
{
	MemoryContext context;
	MemoryContext old_context;
	SortKey    *keys;
	ScanEntry  *sorted;
	StringInfoData key;

	if (scan->entry_count < 2)
		return;
	sorted = palloc_extended(sizeof(ScanEntry) * scan->entry_count, MCXT_ALLOC_HUGE);
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask sort", ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	keys = palloc_extended(sizeof(SortKey) * scan->entry_count, MCXT_ALLOC_HUGE);
	initStringInfo(&key);
	for (int i = 0; i < scan->entry_count; i++)
	{
		char	   *bytes;

		resetStringInfo(&key);
		append_sort_key(&key, &scan->entries[i].series,
						scan->spec.series_major || scan->spec.counts_rows);
		bytes = palloc(key.len);
		memcpy(bytes, key.data, key.len);
		keys[i] = (SortKey) {bytes, key.len, i};
	}
	qsort(keys, scan->entry_count, sizeof(SortKey), compare_sort_keys);
	for (int i = 0; i < scan->entry_count; i++)
		sorted[i] = scan->entries[keys[i].entry];
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
	pfree(scan->entries);
	scan->entries = sorted;
}

/* The fields of a measurement, looked up once. */
typedef struct MeasurementFields
{
	int32		m_id;			/* hash key */
	FluxFieldInfo *fields;
	int			count;
} MeasurementFields;

static int
compare_field_ids(const void *a, const void *b)
{
	int32		left = *(const int32 *) a;
	int32		right = *(const int32 *) b;

	return (left > right) - (left < right);
}

/* The fields that some chunk in the bounds may hold, sorted. */
static int32 *
fields_of_chunks(const FluxChunk *chunks, int chunk_count, int *count)
{
	int32	   *all = NULL;
	int			all_count = 0;
	int			kept = 0;

	for (int i = 0; i < chunk_count; i++)
	{
		int			some_count;
		int32	   *some = flux_series_chunk_fields(chunks[i].chunk_id, &some_count);

		if (some_count == 0)
			continue;
		all = all == NULL ? palloc_array(int32, some_count)
			: repalloc_array(all, int32, all_count + some_count);
		memcpy(all + all_count, some, sizeof(int32) * some_count);
		all_count += some_count;
		pfree(some);
		/* keep it short while it grows */
		qsort(all, all_count, sizeof(int32), compare_field_ids);
		kept = 0;
		for (int k = 0; k < all_count; k++)
		{
			if (kept == 0 || all[kept - 1] != all[k])
				all[kept++] = all[k];
		}
		all_count = kept;
	}
	*count = all_count;
	return all;
}

/* The fields of a measurement that are in the sorted list. */
static MeasurementFields *
fields_of_measurement(HTAB *known, int32 m_id, const int32 *in_chunks, int in_chunks_count)
{
	bool		found;
	MeasurementFields *entry = hash_search(known, &m_id, HASH_ENTER, &found);

	if (!found)
	{
		int			count;
		int			kept = 0;

		entry->fields = flux_series_fields(m_id, &count);
		for (int i = 0; i < count; i++)
		{
			if (bsearch(&entry->fields[i].field_id, in_chunks, in_chunks_count, sizeof(int32),
						compare_field_ids) != NULL)
				entry->fields[kept++] = entry->fields[i];
		}
		entry->count = kept;
	}
	return entry;
}

/*
 * Fills scan->entries: every series and field of the bucket that can have
 * points that pass, sorted.
 */
static void
find_entries(FluxScan *scan)
{
	int			series_count;
	int			in_chunks_count;
	int			capacity;
	int32	   *in_chunks = fields_of_chunks(scan->chunks, scan->chunk_count, &in_chunks_count);
	FluxSeriesInfo *series;
	HASHCTL		control = {.keysize = sizeof(int32),.entrysize = sizeof(MeasurementFields),
	.hcxt = CurrentMemoryContext};
	HTAB	   *known = hash_create("fluxtask measurement fields", 16, &control,
									HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

	if (in_chunks_count == 0)
		return;
	series = flux_series_find(scan->spec.bucket->bucket_id, scan->spec.predicate, &series_count);
	capacity = Max(series_count, 16);
	scan->entries = palloc_extended(sizeof(ScanEntry) * capacity, MCXT_ALLOC_HUGE);
	for (int i = 0; i < series_count; i++)
	{
		MeasurementFields *fields = fields_of_measurement(known, series[i].m_id, in_chunks,
														  in_chunks_count);

		for (int f = 0; f < fields->count; f++)
		{
			FluxPredicateSeries subject = {series[i].measurement, fields->fields[f].name,
			series[i].tags, series[i].tag_count};
			const FluxPredicate *rest;

			if (scan->spec.field_type != 0 && scan->spec.field_type != fields->fields[f].type)
				continue;
			if (!flux_predicate_reduce(scan->spec.predicate, &subject, &rest))
				continue;
			if (scan->entry_count == capacity)
			{
				capacity *= 2;
				scan->entries = repalloc_huge(scan->entries, sizeof(ScanEntry) * capacity);
			}
			scan->entries[scan->entry_count] = (ScanEntry) {
				.series = {
					.series_id = series[i].series_id,.measurement = series[i].measurement,
					.field = fields->fields[f].name,.type = fields->fields[f].type,
					.tags = series[i].tags,.tag_count = series[i].tag_count
				},
				.field_id = fields->fields[f].field_id,.m_id = series[i].m_id,.rest = rest
			};
			if (scan->spec.accepts == NULL ||
				scan->spec.accepts(scan->spec.accepts_argument,
								   &scan->entries[scan->entry_count].series))
				scan->entry_count++;
		}
		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	hash_destroy(known);
	sort_entries(scan);
}

/* ---- beginning and ending ---- */

/* A scan that knows its series and has read nothing. */
static FluxScan *
create_scan(const FluxScanSpec *spec)
{
	MemoryContext context;
	MemoryContext old_context;
	FluxScan   *scan;

	flux_bucket_check_acl_for(spec->bucket,
							  OidIsValid(spec->user_oid) ? spec->user_oid : GetUserId(),
							  ACL_SELECT);
	if (spec->bucket->is_attached)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("bucket \"%s\" is attached and has no chunks to scan",
						spec->bucket->name),
				 errhint("Read its relations with SQL.")));
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask scan",
									ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	scan = palloc0(sizeof(FluxScan));
	scan->context = context;
	scan->scratch = AllocSetContextCreate(context, "fluxtask scan batch", ALLOCSET_DEFAULT_SIZES);
	scan->spec = *spec;
	scan->entry_at = -1;
	if (spec->bounds.start_ns < spec->bounds.stop_ns)
	{
		scan->chunks = flux_chunk_list(spec->bucket->bucket_id, spec->bounds, &scan->chunk_count);
		find_entries(scan);
	}
	scan->stats.chunks = scan->chunk_count;
	MemoryContextSwitchTo(old_context);
	return scan;
}

FluxScan *
flux_scan_begin(const FluxScanSpec *spec)
{
	FluxScan   *scan = create_scan(spec);
	MemoryContext old_context = MemoryContextSwitchTo(scan->context);

	scan->snapshot = RegisterSnapshot(GetActiveSnapshot());
	scan->targets = palloc_extended(sizeof(FluxHotTarget) * Max(scan->entry_count, 1),
									MCXT_ALLOC_HUGE);
	for (int i = 0; i < scan->entry_count; i++)
		scan->targets[i] = (FluxHotTarget) {
			.series_id = scan->entries[i].series.series_id,.field_id = scan->entries[i].field_id,
			.m_id = scan->entries[i].m_id,.type = scan->entries[i].series.type
		};
	scan->gather = flux_hot_gather_create(scan->chunks, scan->chunk_count, scan->spec.bounds,
										  PG_INT64_MAX, scan->snapshot,
										  (Size) flux_guc_work_mem_kb * 1024);
	if (scan->entry_count > 0)
		flux_hot_gather_set_targets(scan->gather, scan->targets, scan->entry_count);
	scan->merge = flux_merge_create(scan->chunks, scan->chunk_count, scan->snapshot);
	if (spec->aggregate != FLUX_SCAN_RAW)
		scan->aggregator = flux_scan_aggregator_create(&scan->spec, &scan->stats);
	if (spec->counts_rows)
		scan->row_times = flux_scan_row_times_create(spec->bounds, &scan->stats);
	for (int i = 0; i < 2; i++)
	{
		ScanBuffer *buffer = &scan->buffers[i];

		if (spec->aggregate == FLUX_SCAN_RAW)
			flux_merge_vector_init(&buffer->points, scan->context);
		else
		{
			buffer->rows = palloc(sizeof(FluxScanRows));
			buffer->rows->strings = AllocSetContextCreate(scan->context, "fluxtask scan strings",
														  ALLOCSET_SMALL_SIZES);
		}
	}
	MemoryContextSwitchTo(old_context);
	return scan;
}

void
flux_scan_end(FluxScan *scan)
{
	flux_merge_destroy(scan->merge);
	UnregisterSnapshot(scan->snapshot);
	MemoryContextDelete(scan->context);
}

const FluxScanStats *
flux_scan_stats(const FluxScan *scan)
{
	FluxScan   *writable = unconstify(FluxScan *, scan);

	writable->stats.hot_rows = flux_hot_gather_rows(scan->gather);
	return &scan->stats;
}

const FluxScanSeries *
flux_scan_series(const FluxScanSpec *spec, int *count)
{
	FluxScan   *scan = create_scan(spec);
	FluxScanSeries *series = palloc_extended(sizeof(FluxScanSeries) * Max(scan->entry_count, 1),
											 MCXT_ALLOC_HUGE);

	/* Names stay in the scan's context, which goes with the caller's. */
	for (int i = 0; i < scan->entry_count; i++)
		series[i] = scan->entries[i].series;
	*count = scan->entry_count;
	return series;
}

/* ---- filling buffers ---- */

/* Points that pass the rest of the predicate. */
static void
filter_points(FluxScan *scan, const ScanEntry *entry, FluxMergeVector *points)
{
	bool	   *passes = palloc(Max(points->count, 1));

	flux_predicate_test_values(entry->rest, entry->series.type, points->values, points->count,
							   passes);
	flux_merge_vector_filter(points, entry->series.type, passes);
}

#define REVERSE(type, array, count) \
	do { \
		type	   *items = (type *) (array); \
		for (int low = 0, high = (count) - 1; low < high; low++, high--) \
		{ \
			type		swap = items[low]; \
			items[low] = items[high]; \
			items[high] = swap; \
		} \
	} while (0)

static void
reverse_points(FluxMergeVector *points, FluxColumnType type)
{
	REVERSE(int64, points->times_ns, points->count);
	if (type == FLUX_COLUMN_BOOL)
		REVERSE(bool, points->values, points->count);
	else if (type == FLUX_COLUMN_STRING)
		REVERSE(FluxText, points->values, points->count);
	else
		REVERSE(uint64, points->values, points->count);
}

/* The next points of the series; false when there are none left. */
static bool
fill_points(FluxScan *scan, const ScanEntry *entry, FluxMergeVector *points)
{
	const FluxSegment *segment;

	while (scan->rows_left > 0 && flux_merge_next(scan->merge, &segment, points))
	{
		if (segment != NULL)
		{
			if (entry->rest != NULL && segment->has_range &&
				!flux_predicate_may_pass(entry->rest, segment->type, segment->min, segment->max))
			{
				scan->stats.segments_skipped++;
				continue;
			}
			flux_merge_decode(scan->merge, segment, points);
			scan->stats.segments_read++;
			scan->stats.points_decoded += segment->count;
		}
		if (entry->rest != NULL)
			filter_points(scan, entry, points);
		if (points->count == 0)
			continue;
		if (scan->spec.descending)
			reverse_points(points, entry->series.type);
		points->count = (int) Min((int64) points->count, scan->rows_left);
		scan->rows_left -= points->count;
		return true;
	}
	return false;
}

static bool
fill_buffer(FluxScan *scan, ScanBuffer *buffer)
{
	const ScanEntry *entry = &scan->entries[scan->entry_at];
	MemoryContext old_context = MemoryContextSwitchTo(scan->scratch);
	bool		has_rows;

	if (scan->aggregator != NULL)
	{
		has_rows = flux_scan_aggregator_fill(scan->aggregator, buffer->rows);
		buffer->count = buffer->rows->count;
	}
	else
	{
		has_rows = fill_points(scan, entry, &buffer->points);
		buffer->count = buffer->points.count;
	}
	buffer->given = 0;
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(scan->scratch);
	return has_rows;
}

/* Whether the next entry is of the same series. */
static bool
has_more_fields(const FluxScan *scan)
{
	return scan->entry_at + 1 < scan->entry_count &&
		scan->entries[scan->entry_at + 1].series.series_id ==
		scan->entries[scan->entry_at].series.series_id;
}

/* Goes to the next series that has points, to count its instants. */
static bool
next_row_series(FluxScan *scan)
{
	while (++scan->entry_at < scan->entry_count)
	{
		flux_scan_row_times_begin(scan->row_times);
		for (;; scan->entry_at++)
		{
			int			count;
			const FluxHotPoint *points = flux_hot_gather_points(scan->gather, scan->entry_at,
																&count);

			CHECK_FOR_INTERRUPTS();
			if (scan->entries[scan->entry_at].rest != NULL)
				elog(ERROR, "rows cannot be counted under a condition on values");
			flux_merge_begin(scan->merge, &scan->targets[scan->entry_at], scan->spec.bounds,
							 points, count, false);
			flux_scan_row_times_add(scan->row_times, scan->merge);
			if (!has_more_fields(scan))
				break;
		}
		flux_scan_aggregator_begin_source(scan->aggregator, flux_scan_row_times_next,
										  scan->row_times, FLUX_COLUMN_INT);
		if (fill_buffer(scan, &scan->buffers[scan->current]))
			return true;
	}
	return false;
}

/* Goes to the next series that has rows; false when there is none. */
static bool
next_series(FluxScan *scan)
{
	if (scan->row_times != NULL)
		return next_row_series(scan);
	while (++scan->entry_at < scan->entry_count)
	{
		const ScanEntry *entry = &scan->entries[scan->entry_at];
		const FluxHotPoint *points;
		int			point_count;
		bool		descending = scan->spec.descending;

		CHECK_FOR_INTERRUPTS();
		points = flux_hot_gather_points(scan->gather, scan->entry_at, &point_count);
		if (scan->aggregator != NULL)
			descending = flux_scan_aggregate_descends(&scan->spec);
		flux_merge_begin(scan->merge, &scan->targets[scan->entry_at], scan->spec.bounds, points,
						 point_count, descending);
		if (scan->aggregator != NULL)
			flux_scan_aggregator_begin(scan->aggregator, scan->merge, entry->series.type,
									   entry->rest);
		scan->rows_left = scan->spec.rows_max > 0 ? scan->spec.rows_max : PG_INT64_MAX;
		if (fill_buffer(scan, &scan->buffers[scan->current]))
		{
			/* Only a series that has points can be of a wrong type. */
			if (scan->spec.check_type != NULL)
				scan->spec.check_type(scan->spec.check_argument, entry->series.type);
			(void) flux_scan_aggregate_type(flux_scan_aggregate_of(&scan->spec, entry->series.type),
											entry->series.type);
			return true;
		}
	}
	return false;
}

/* Shows the caller rows [given, given + count) of a buffer. */
static void
show_rows(const FluxScan *scan, const ScanBuffer *buffer, int count, FluxScanBatch *batch)
{
	FluxColumnType type = scan->entries[scan->entry_at].series.type;
	int			first = buffer->given;
	const void *values;

	batch->series = &scan->entries[scan->entry_at].series;
	batch->row_count = count;
	batch->values.type = flux_scan_aggregate_type(flux_scan_aggregate_of(&scan->spec, type), type);
	batch->values.is_constant = false;
	batch->values.nulls = NULL;
	if (scan->aggregator != NULL)
	{
		const FluxScanRows *rows = buffer->rows;

		batch->times_ns = rows->times_ns + first;
		batch->starts_ns = rows->starts_ns + first;
		batch->stops_ns = rows->stops_ns + first;
		if (rows->has_nulls)
			batch->values.nulls = rows->nulls + first;
		values = rows->values;
	}
	else
	{
		batch->times_ns = buffer->points.times_ns + first;
		batch->starts_ns = batch->stops_ns = NULL;
		values = buffer->points.values;
	}
	batch->values.values.any = (const char *) values +
		(Size) first * flux_column_type_size(batch->values.type);
}

bool
flux_scan_next(FluxScan *scan, FluxScanBatch *batch)
{
	ScanBuffer *buffer;
	int			count;

	if (!scan->has_rows)
	{
		if (!next_series(scan))
			return false;
		scan->has_rows = true;
		scan->is_first = true;
	}
	CHECK_FOR_INTERRUPTS();
	buffer = &scan->buffers[scan->current];
	count = Min(buffer->count - buffer->given, FLUX_BATCH_ROWS);
	show_rows(scan, buffer, count, batch);
	buffer->given += count;
	batch->is_first = scan->is_first;
	batch->is_last = false;
	scan->is_first = false;
	if (buffer->given == buffer->count)
	{
		if (fill_buffer(scan, &scan->buffers[1 - scan->current]))
			scan->current = 1 - scan->current;
		else
		{
			batch->is_last = true;
			scan->has_rows = false;
		}
	}
	return true;
}
