/*
 * scan_source.c
 *		The series that a scan reads, and the way from one to the next.
 *
 * Making a source finds the series and fields that can pass the predicate and
 * sorts them into the order of flux group keys; nothing of the data is read
 * yet.  Then the merge of segments and hot points goes from series to series.
 *
 * Everything lives in the source's own memory context; locks on chunk tables
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
#include "storage/predicate_eval.h"
#include "storage/scan_group.h"
#include "storage/scan_source.h"
#include "storage/series_index.h"

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
	int own = 0;
	int tag = 0;

	for (;; at--)
	{
		bool take_own = own < 2 && (tag == series->tag_count ||
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
		FluxText label_a;
		FluxText label_b;
		FluxText value_a;
		FluxText value_b;
		bool has_a = key_column(a, at, &label_a, &value_a);
		bool has_b = key_column(b, at, &label_b, &value_b);
		int order;

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
	int32 size;
	int32 entry;
} SortKey;

/*
 * Appends bytes that compare as Flux orders group keys: where labels differ,
 * the key that lacks the smaller one comes first, so labels stand inverted;
 * then values bytewise.  Texts end with a byte pair that sorts before (or, being
 * inverted, behind) whatever may follow.
 */
static void
append_sort_key(StringInfo out, const FluxScanSeries *series, const FluxScanGrouping *grouping)
{
	FluxText label;
	FluxText value;

	for (int at = 0; key_column(series, at, &label, &value); at++)
	{
		if (grouping != NULL && !flux_scan_grouping_has(grouping, label))
			continue;
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
	appendStringInfoCharMacro(out, 0);
}

/*
 * The whole key of an entry: first what the scan wants together, groups or the
 * fields of a series, then the series' own key and its type.
 */
static void
append_entry_key(StringInfo out, const FluxScanSeries *series, const FluxScanSpec *spec)
{
	if (spec->series_major || spec->counts_rows)
	{
		uint64 id = pg_hton64((uint64) series->series_id);

		appendBinaryStringInfo(out, (char *) &id, sizeof(id));
	}
	if (spec->grouping != NULL)
		append_sort_key(out, series, spec->grouping);
	if (spec->together != NULL)
		append_sort_key(out, series, spec->together);
	append_sort_key(out, series, NULL);
	appendStringInfoCharMacro(out, (char) series->type);
}

static int
compare_sort_keys(const void *a, const void *b)
{
	const SortKey *left = a;
	const SortKey *right = b;
	int order = memcmp(left->bytes, right->bytes, Min(left->size, right->size));

	CHECK_FOR_INTERRUPTS();
	return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

/*
 * Brings the entries into the order of group keys, or, for whoever wants groups
 * or the fields of a series together, of these.
 */
static void
sort_entries(FluxScanSource *source)
{
	MemoryContext context;
	MemoryContext old_context;
	SortKey *keys;
	FluxScanEntry *sorted;
	StringInfoData key;

	if (source->entry_count < 2)
		return;
	sorted = palloc_extended(sizeof(FluxScanEntry) * source->entry_count, MCXT_ALLOC_HUGE);
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask sort", ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	keys = palloc_extended(sizeof(SortKey) * source->entry_count, MCXT_ALLOC_HUGE);
	initStringInfo(&key);
	for (int i = 0; i < source->entry_count; i++)
	{
		char *bytes;

		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&key);
		append_entry_key(&key, &source->entries[i].series, &source->spec);
		bytes = palloc(key.len);
		memcpy(bytes, key.data, key.len);
		keys[i] = (SortKey){bytes, key.len, i};
	}
	qsort(keys, source->entry_count, sizeof(SortKey), compare_sort_keys);
	for (int i = 0; i < source->entry_count; i++)
		sorted[i] = source->entries[keys[i].entry];
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
	pfree(source->entries);
	source->entries = sorted;
}

/* The fields of a measurement, looked up once. */
typedef struct MeasurementFields
{
	int32 m_id; /* hash key */
	FluxFieldInfo *fields;
	int count;
} MeasurementFields;

static int
compare_field_ids(const void *a, const void *b)
{
	int32 left = *(const int32 *) a;
	int32 right = *(const int32 *) b;

	return (left > right) - (left < right);
}

/* The fields that some chunk in the bounds may hold, sorted. */
static int32 *
fields_of_chunks(const FluxChunk *chunks, int chunk_count, int *count)
{
	int32 *all = NULL;
	int all_count = 0;
	int kept = 0;

	for (int i = 0; i < chunk_count; i++)
	{
		int some_count;
		int32 *some = flux_series_chunk_fields(chunks[i].chunk_id, &some_count);

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
	bool found;
	MeasurementFields *entry = hash_search(known, &m_id, HASH_ENTER, &found);

	if (!found)
	{
		int count;
		int kept = 0;

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
 * Fills source->entries: every series and field of the bucket that can have
 * points that pass, sorted.
 */
static void
find_entries(FluxScanSource *source)
{
	int series_count;
	int in_chunks_count;
	int capacity;
	int32 *in_chunks = fields_of_chunks(source->chunks, source->chunk_count, &in_chunks_count);
	FluxSeriesInfo *series;
	HASHCTL control = {.keysize = sizeof(int32),
					   .entrysize = sizeof(MeasurementFields),
					   .hcxt = CurrentMemoryContext};
	HTAB *known = hash_create("fluxtask measurement fields", 16, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

	if (in_chunks_count == 0)
		return;
	series =
		flux_series_find(source->spec.bucket->bucket_id, source->spec.predicate, &series_count);
	capacity = Max(series_count, 16);
	source->entries = palloc_extended(sizeof(FluxScanEntry) * capacity, MCXT_ALLOC_HUGE);
	for (int i = 0; i < series_count; i++)
	{
		MeasurementFields *fields =
			fields_of_measurement(known, series[i].m_id, in_chunks, in_chunks_count);

		for (int f = 0; f < fields->count; f++)
		{
			FluxPredicateSeries subject = {series[i].measurement, fields->fields[f].name,
										   series[i].tags, series[i].tag_count};
			const FluxPredicate *rest;

			if (source->spec.field_type != 0 && source->spec.field_type != fields->fields[f].type)
				continue;
			if (!flux_predicate_reduce(source->spec.predicate, &subject, &rest))
				continue;
			if (source->entry_count == capacity)
			{
				capacity *= 2;
				source->entries = repalloc_huge(source->entries, sizeof(FluxScanEntry) * capacity);
			}
			source->entries[source->entry_count] =
				(FluxScanEntry){.series = {.series_id = series[i].series_id,
										   .measurement = series[i].measurement,
										   .field = fields->fields[f].name,
										   .type = fields->fields[f].type,
										   .tags = series[i].tags,
										   .tag_count = series[i].tag_count},
								.field_id = fields->fields[f].field_id,
								.m_id = series[i].m_id,
								.rest = rest};
			if (source->spec.accepts == NULL ||
				source->spec.accepts(source->spec.accepts_argument,
									 &source->entries[source->entry_count].series))
				source->entry_count++;
		}
		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	hash_destroy(known);
	sort_entries(source);
}

/* ---- beginning and ending ---- */

FluxScanSource *
flux_scan_source_create(const FluxScanSpec *spec)
{
	MemoryContext context;
	MemoryContext old_context;
	FluxScanSource *source;

	flux_bucket_check_acl_for(
		spec->bucket, OidIsValid(spec->user_oid) ? spec->user_oid : GetUserId(), ACL_SELECT);
	if (spec->bucket->is_attached)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("bucket \"%s\" is attached and has no chunks to scan", spec->bucket->name),
				 errhint("Read its relations with SQL.")));
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask scan", ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	source = palloc0(sizeof(FluxScanSource));
	source->context = context;
	source->spec = *spec;
	source->entry_at = -1;
	if (spec->bounds.start_ns < spec->bounds.stop_ns)
	{
		source->chunks =
			flux_chunk_list(spec->bucket->bucket_id, spec->bounds, &source->chunk_count);
		find_entries(source);
	}
	source->stats.chunks = source->chunk_count;
	MemoryContextSwitchTo(old_context);
	return source;
}

void
flux_scan_source_open(FluxScanSource *source)
{
	MemoryContext old_context = MemoryContextSwitchTo(source->context);

	source->snapshot = RegisterSnapshot(GetActiveSnapshot());
	source->targets =
		palloc_extended(sizeof(FluxHotTarget) * Max(source->entry_count, 1), MCXT_ALLOC_HUGE);
	for (int i = 0; i < source->entry_count; i++)
		source->targets[i] = (FluxHotTarget){.series_id = source->entries[i].series.series_id,
											 .field_id = source->entries[i].field_id,
											 .m_id = source->entries[i].m_id,
											 .type = source->entries[i].series.type};
	source->gather =
		flux_hot_gather_create(source->chunks, source->chunk_count, source->spec.bounds,
							   PG_INT64_MAX, source->snapshot, (Size) flux_guc_work_mem_kb * 1024);
	if (source->entry_count > 0)
		flux_hot_gather_set_targets(source->gather, source->targets, source->entry_count);
	source->merge = flux_merge_create(source->chunks, source->chunk_count, source->snapshot);
	if (source->entry_count > 1)
		flux_merge_expect(source->merge, source->targets, source->entry_count);
	MemoryContextSwitchTo(old_context);
}

const FluxScanEntry *
flux_scan_source_next(FluxScanSource *source, bool descending)
{
	const FluxHotPoint *points;
	int point_count;

	CHECK_FOR_INTERRUPTS();
	if (source->entry_at + 1 >= source->entry_count)
		return NULL;
	source->entry_at++;
	points = flux_hot_gather_points(source->gather, source->entry_at, &point_count);
	flux_merge_begin(source->merge, &source->targets[source->entry_at], source->spec.bounds, points,
					 point_count, descending);
	return &source->entries[source->entry_at];
}

bool
flux_scan_source_is_last_of_group(const FluxScanSource *source)
{
	const FluxScanEntry *entry = &source->entries[source->entry_at];

	return source->entry_at + 1 == source->entry_count ||
		   !flux_scan_same_group(source->spec.grouping, &entry[0].series, &entry[1].series);
}

const FluxScanStats *
flux_scan_source_stats(FluxScanSource *source)
{
	source->stats.hot_rows = flux_hot_gather_rows(source->gather);
	return &source->stats;
}

void
flux_scan_source_close(FluxScanSource *source)
{
	flux_merge_destroy(source->merge);
	UnregisterSnapshot(source->snapshot);
	MemoryContextDelete(source->context);
}
