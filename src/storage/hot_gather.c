/*
 * hot_gather.c
 *		Brings together the hot points of many series.
 *
 * One pass over the rows appends every wanted point to the list of its target.
 * If the points outgrow the memory, another pass weighs those of each target;
 * then the targets are taken in portions that fit, each with a pass of its own.
 * The points of a target are nearly always ascending already and are sorted only
 * if not.
 *
 * Of two points of one instant the one whose row has the greater seq wins, in
 * one row the later (storage/chunk.h says why this is right).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "storage/hot.h"
#include "storage/hot_gather.h"

/* (series, field) -> target */
typedef struct TargetKey
{
	int64 series_id;
	int64 field_id; /* int64 so that the key has no padding */
} TargetKey;

typedef struct TargetSlot
{
	TargetKey key;
	uint32 target;
	char status;
} TargetSlot;

/* Series ids are hashes already; a multiplication mixes the field in. */
static inline uint32
hash_key(TargetKey key)
{
	uint64 hash = (uint64) key.series_id ^ ((uint64) key.field_id << 32);

	return (uint32) ((hash * UINT64CONST(0x9E3779B97F4A7C15)) >> 32);
}

#define SH_PREFIX targets
#define SH_ELEMENT_TYPE TargetSlot
#define SH_KEY_TYPE TargetKey
#define SH_KEY key
#define SH_HASH_KEY(table, k) hash_key(k)
#define SH_EQUAL(table, a, b) ((a).series_id == (b).series_id && (a).field_id == (b).field_id)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef enum GatherMode
{
	GATHER_POINTS,  /* keep points, until there are too many */
	GATHER_WEIGHTS, /* weigh the points of each target */
	GATHER_TARGETS  /* find targets */
} GatherMode;

/* The points of a target, in order of arrival. */
typedef struct PointList
{
	FluxHotPoint *points;
	uint32 count;
	uint32 capacity;
} PointList;

struct FluxHotGather
{
	MemoryContext context;
	const FluxChunk *chunks;
	int chunk_count;
	FluxBounds bounds;
	int64 seq_stop;
	Snapshot snapshot;
	int64 weight_max; /* of the points held at a time */

	const FluxHotTarget *targets;
	int target_count;
	bool is_empty; /* the hot tables have no pages */
	targets_hash *by_key;
	TargetKey last_key; /* looked up last, and its target or -1 */
	FluxColumnType last_type;
	int64 last_target;
	int32 *m_ids; /* measurements of the targets, sorted */
	int m_id_count;
	int64 smin; /* range of the series of the current portion */
	int64 smax;

	/* discovered targets, in GATHER_TARGETS */
	FluxHotTarget *found;
	int found_count;
	int found_capacity;
	int32 row_m_id;

	/* weight of points per target, once it is known */
	int64 *weights;
	bool has_weights;

	/* the portion of targets [portion_start, portion_stop) whose points are here */
	int portion_start;
	int portion_stop;
	MemoryContext portion;
	PointList *lists; /* of the portion's targets */
	int64 weight;     /* of the points here */
	int64 *row_seqs;
	uint32 row_count;
	uint32 row_capacity;
	bool is_full;

	int64 rows_read;
};

FluxHotGather *
flux_hot_gather_create(const FluxChunk *chunks, int chunk_count, FluxBounds bounds, int64 seq_stop,
					   Snapshot snapshot, Size memory_max)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask hot points", ALLOCSET_DEFAULT_SIZES);
	FluxHotGather *gather = MemoryContextAllocZero(context, sizeof(FluxHotGather));

	gather->context = context;
	gather->chunks = chunks;
	gather->chunk_count = chunk_count;
	gather->bounds = bounds;
	gather->seq_stop = seq_stop;
	gather->snapshot = snapshot;
	gather->weight_max = Max(memory_max / sizeof(FluxHotPoint), 10000);
	gather->portion =
		AllocSetContextCreate(context, "fluxtask hot portion", ALLOCSET_DEFAULT_SIZES);
	return gather;
}

static int
compare_int32(const void *a, const void *b)
{
	int32 left = *(const int32 *) a;
	int32 right = *(const int32 *) b;

	return (left > right) - (left < right);
}

/* Sorts m_ids and drops repetitions. */
static void
note_measurements(FluxHotGather *gather)
{
	int kept = 0;

	qsort(gather->m_ids, gather->m_id_count, sizeof(int32), compare_int32);
	for (int i = 0; i < gather->m_id_count; i++)
	{
		if (kept == 0 || gather->m_ids[kept - 1] != gather->m_ids[i])
			gather->m_ids[kept++] = gather->m_ids[i];
	}
	gather->m_id_count = kept;
}

void
flux_hot_gather_set_targets(FluxHotGather *gather, const FluxHotTarget *targets, int count)
{
	gather->targets = targets;
	gather->target_count = count;
	gather->portion_start = gather->portion_stop = 0;
	gather->has_weights = count > 0 && targets[0].weight > 0;
	if (gather->has_weights)
	{
		gather->weights = MemoryContextAllocHuge(gather->context, sizeof(int64) * count);
		for (int i = 0; i < count; i++)
			gather->weights[i] = targets[i].weight;
	}
	gather->is_empty = true;
	for (int i = 0; i < gather->chunk_count && gather->is_empty; i++)
	{
		Relation hot = flux_chunk_open_hot(&gather->chunks[i], AccessShareLock);

		if (hot == NULL)
			continue;
		gather->is_empty = RelationGetNumberOfBlocks(hot) == 0;
		table_close(hot, NoLock);
	}
}

/* What finding targets needs; not built when there are no hot rows at all. */
static void
index_targets(FluxHotGather *gather)
{
	MemoryContext old_context = MemoryContextSwitchTo(gather->context);
	const FluxHotTarget *targets = gather->targets;

	gather->by_key = targets_create(gather->context, gather->target_count, NULL);
	gather->last_key = (TargetKey){-1, -1};
	gather->last_target = -1;
	gather->m_ids = palloc_extended(sizeof(int32) * gather->target_count, MCXT_ALLOC_HUGE);
	for (int i = 0; i < gather->target_count; i++)
	{
		TargetKey key = {targets[i].series_id, targets[i].field_id};
		bool found;
		TargetSlot *slot = targets_insert(gather->by_key, key, &found);

		Assert(!found);
		slot->target = i;
		if (gather->m_id_count == 0 || gather->m_ids[gather->m_id_count - 1] != targets[i].m_id)
			gather->m_ids[gather->m_id_count++] = targets[i].m_id;
	}
	note_measurements(gather);
	MemoryContextSwitchTo(old_context);
}

/* ---- one payload ---- */

static void
report_type(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("hot row is damaged: a value has another type than its field"),
					errhint("Restore the chunk's table from a backup, or delete the row.")));
}

/* The target of a value in the current portion, or -1. */
static inline int64
find_target(FluxHotGather *gather, int64 series_id, const FluxHotField *field)
{
	TargetKey key = {series_id, field->field_id};
	TargetSlot *entry;

	/* Neighbours are often of one series. */
	if (key.series_id == gather->last_key.series_id && key.field_id == gather->last_key.field_id &&
		field->type == gather->last_type)
		return gather->last_target;
	entry = targets_lookup(gather->by_key, key);
	if (entry != NULL && gather->targets[entry->target].type != field->type)
		report_type();
	gather->last_key = key;
	gather->last_type = field->type;
	gather->last_target = entry != NULL ? (int64) entry->target : -1;
	return gather->last_target;
}

/* What a point takes of the memory, in points. */
static inline int64
point_weight(const FluxHotField *field)
{
	return field->type != FLUX_COLUMN_STRING
			   ? 1
			   : 1 + field->value.string.size / (int64) sizeof(FluxHotPoint);
}

static void
add_found_target(FluxHotGather *gather, int64 series_id, const FluxHotField *field)
{
	TargetKey key = {series_id, field->field_id};
	bool found;
	TargetSlot *entry = targets_insert(gather->by_key, key, &found);

	if (found)
	{
		if (gather->found[entry->target].type != field->type)
			report_type();
		gather->found[entry->target].weight += point_weight(field);
		return;
	}
	if (gather->found_count == gather->found_capacity)
	{
		gather->found_capacity = Max(1024, gather->found_capacity * 2);
		gather->found =
			gather->found == NULL
				? MemoryContextAllocHuge(gather->context,
										 sizeof(FluxHotTarget) * gather->found_capacity)
				: repalloc_huge(gather->found, sizeof(FluxHotTarget) * gather->found_capacity);
	}
	entry->target = gather->found_count;
	gather->found[gather->found_count++] = (FluxHotTarget){.series_id = series_id,
														   .field_id = field->field_id,
														   .m_id = gather->row_m_id,
														   .type = field->type,
														   .weight = point_weight(field)};
}

/* Makes room for one more point. */
static void
grow_list(FluxHotGather *gather, PointList *list)
{
	if (list->capacity > PG_INT32_MAX / 2)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many uncompacted points in one series"),
						errhint("Call flux.compact() for the bucket.")));
	if (list->points == NULL && gather->has_weights)
		list->capacity =
			Min(gather->weights[gather->portion_start + (list - gather->lists)], PG_INT32_MAX / 4);
	else
		list->capacity = Max(8, list->capacity * 2);
	list->points =
		list->points == NULL
			? MemoryContextAllocHuge(gather->portion, sizeof(FluxHotPoint) * (Size) list->capacity)
			: repalloc_huge(list->points, sizeof(FluxHotPoint) * (Size) list->capacity);
}

static const FluxText *
copy_string(FluxHotGather *gather, FluxText string)
{
	FluxText *copy = MemoryContextAlloc(gather->portion, sizeof(FluxText) + string.size);

	memcpy(copy + 1, string.data, string.size);
	*copy = flux_text((const char *) (copy + 1), string.size);
	return copy;
}

static inline void
add_point(FluxHotGather *gather, int64 target, int64 time_ns, const FluxHotField *field)
{
	PointList *list = &gather->lists[target - gather->portion_start];
	FluxHotPoint *point;

	gather->weight += point_weight(field);
	if (gather->weight > gather->weight_max / 2 && !gather->has_weights)
	{
		/* Lists that grow by doubling may be half empty. */
		gather->is_full = true;
		return;
	}
	if (list->count == list->capacity)
		grow_list(gather, list);
	point = &list->points[list->count];
	point->time_ns = time_ns;
	point->row = gather->row_count - 1;
	point->position = list->count++;
	if (field->type == FLUX_COLUMN_STRING)
		point->value.string = copy_string(gather, field->value.string);
	else if (field->type == FLUX_COLUMN_BOOL)
		point->value.boolean = field->value.boolean;
	else
		point->value.bits = field->value.uinteger;
}

static void
take_payload(FluxHotGather *gather, const char *payload, Size size, GatherMode mode)
{
	FluxHotReader reader;

	flux_hot_reader_init(&reader, payload, size);
	while (!gather->is_full && flux_hot_next_batch(&reader))
	{
		while (flux_hot_next_point(&reader))
		{
			if (reader.time_ns < gather->bounds.start_ns ||
				reader.time_ns >= gather->bounds.stop_ns)
				continue;
			for (int i = 0; i < reader.field_count; i++)
			{
				const FluxHotField *field = &reader.fields[i];
				int64 target;

				if (mode == GATHER_TARGETS)
				{
					add_found_target(gather, reader.series_id, field);
					continue;
				}
				target = find_target(gather, reader.series_id, field);
				if (target < 0)
					continue;
				if (mode == GATHER_WEIGHTS)
					gather->weights[target] += point_weight(field);
				else if (target >= gather->portion_start && target < gather->portion_stop)
					add_point(gather, target, reader.time_ns, field);
			}
		}
	}
	if (reader.fields != NULL)
		pfree(reader.fields);
}

/* ---- the rows ---- */

static void
note_row(FluxHotGather *gather, int64 seq)
{
	if (gather->row_count == gather->row_capacity)
	{
		gather->row_capacity = Max(256, gather->row_capacity * 2);
		gather->row_seqs =
			gather->row_seqs == NULL
				? MemoryContextAllocHuge(gather->portion, sizeof(int64) * gather->row_capacity)
				: repalloc_huge(gather->row_seqs, sizeof(int64) * gather->row_capacity);
	}
	gather->row_seqs[gather->row_count++] = seq;
	gather->rows_read++;
}

/* Takes a row that the scan found, if it can have wanted points. */
static void
take_row(FluxHotGather *gather, TupleTableSlot *slot, GatherMode mode)
{
	Datum *values = slot->tts_values;
	struct varlena *payload;
	int64 seq;

	slot_getallattrs(slot);
	seq = DatumGetInt64(values[FLUX_HOT_SEQ - 1]);
	if (seq >= gather->seq_stop ||
		DatumGetInt64(values[FLUX_HOT_TMAX - 1]) < gather->bounds.start_ns ||
		DatumGetInt64(values[FLUX_HOT_TMIN - 1]) >= gather->bounds.stop_ns)
		return;
	gather->row_m_id = DatumGetInt32(values[FLUX_HOT_M_ID - 1]);
	if (mode != GATHER_TARGETS && (DatumGetInt64(values[FLUX_HOT_SMAX - 1]) < gather->smin ||
								   DatumGetInt64(values[FLUX_HOT_SMIN - 1]) > gather->smax ||
								   bsearch(&gather->row_m_id, gather->m_ids, gather->m_id_count,
										   sizeof(int32), compare_int32) == NULL))
		return;
	CHECK_FOR_INTERRUPTS();
	note_row(gather, seq);
	payload = PG_DETOAST_DATUM_PACKED(values[FLUX_HOT_PAYLOAD - 1]);
	take_payload(gather, VARDATA_ANY(payload), VARSIZE_ANY_EXHDR(payload), mode);
	if ((Pointer) payload != DatumGetPointer(values[FLUX_HOT_PAYLOAD - 1]))
		pfree(payload);
}

/* Reads one measurement's rows by the index. */
static void
scan_by_index(FluxHotGather *gather, Relation hot, Relation index, int32 m_id, GatherMode mode)
{
	IndexScanDesc scan = flux_compat_index_beginscan(hot, index, gather->snapshot, 2, 0);
	TupleTableSlot *slot = table_slot_create(hot, NULL);
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], FLUX_HOT_INDEX_M_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(m_id));
	ScanKeyInit(&keys[1], FLUX_HOT_INDEX_TMAX, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum(gather->bounds.start_ns));
	index_rescan(scan, keys, 2, NULL, 0);
	while (!gather->is_full && index_getnext_slot(scan, ForwardScanDirection, slot))
		take_row(gather, slot, mode);
	ExecDropSingleTupleTableSlot(slot);
	index_endscan(scan);
}

static void
scan_whole(FluxHotGather *gather, Relation hot, GatherMode mode)
{
	TableScanDesc scan = table_beginscan(hot, gather->snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(hot, NULL);

	while (!gather->is_full && table_scan_getnextslot(scan, ForwardScanDirection, slot))
		take_row(gather, slot, mode);
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
}

/*
 * One chunk's hot rows: by the index for some measurements, all for many or
 * for compaction.
 */
static void
scan_chunk(FluxHotGather *gather, const FluxChunk *chunk, GatherMode mode)
{
	Relation hot = flux_chunk_open_hot(chunk, AccessShareLock);

	if (hot == NULL)
		return;
	if (RelationGetNumberOfBlocks(hot) > 0)
	{
		if (mode == GATHER_TARGETS || gather->m_id_count > 16)
			scan_whole(gather, hot, mode);
		else
		{
			Relation index = index_open(flux_chunk_index_oid(hot), AccessShareLock);

			for (int i = 0; i < gather->m_id_count && !gather->is_full; i++)
				scan_by_index(gather, hot, index, gather->m_ids[i], mode);
			index_close(index, NoLock);
		}
	}
	table_close(hot, NoLock);
}

static void
scan_chunks(FluxHotGather *gather, GatherMode mode)
{
	MemoryContextReset(gather->portion);
	gather->weight = 0;
	gather->row_seqs = NULL;
	gather->row_count = gather->row_capacity = 0;
	gather->is_full = false;
	if (mode == GATHER_POINTS)
	{
		Size size = sizeof(PointList) * (gather->portion_stop - gather->portion_start);

		gather->lists = MemoryContextAllocHuge(gather->portion, size);
		memset(gather->lists, 0, size);
	}
	for (int i = 0; i < gather->chunk_count && !gather->is_full; i++)
		scan_chunk(gather, &gather->chunks[i], mode);
}

/* ---- portions ---- */

/* Takes as many targets from portion_start on as fit, at least one. */
static void
choose_portion(FluxHotGather *gather)
{
	int64 sum = 0;
	int stop = gather->target_count;

	if (gather->has_weights)
	{
		stop = gather->portion_start;
		do
			sum += gather->weights[stop++];
		while (stop < gather->target_count && sum + gather->weights[stop] <= gather->weight_max);
	}
	gather->portion_stop = stop;

	/* Rows without any of their series are passed over. */
	gather->smin = PG_INT64_MAX;
	gather->smax = PG_INT64_MIN;
	for (int i = gather->portion_start; i < stop; i++)
	{
		gather->smin = Min(gather->smin, gather->targets[i].series_id);
		gather->smax = Max(gather->smax, gather->targets[i].series_id);
	}
}

/* Reads the portion that begins at a target. */
static void
load_portion(FluxHotGather *gather, int target)
{
	gather->portion_start = target;
	choose_portion(gather);
	scan_chunks(gather, GATHER_POINTS);
	if (gather->is_full)
	{
		gather->weights =
			MemoryContextAllocHuge(gather->context, sizeof(int64) * gather->target_count);
		memset(gather->weights, 0, sizeof(int64) * gather->target_count);
		scan_chunks(gather, GATHER_WEIGHTS);
		gather->has_weights = true;
		choose_portion(gather);
		scan_chunks(gather, GATHER_POINTS);
	}
}

/* By time; of one instant the winner last. */
static int
compare_points(const void *a, const void *b, void *arg)
{
	const FluxHotPoint *left = a;
	const FluxHotPoint *right = b;
	const int64 *row_seqs = arg;

	CHECK_FOR_INTERRUPTS();
	if (left->time_ns != right->time_ns)
		return left->time_ns < right->time_ns ? -1 : 1;
	if (row_seqs[left->row] != row_seqs[right->row])
		return row_seqs[left->row] < row_seqs[right->row] ? -1 : 1;
	return (left->position > right->position) - (left->position < right->position);
}

const FluxHotPoint *
flux_hot_gather_points(FluxHotGather *gather, int target, int *count)
{
	PointList *list;
	FluxHotPoint *points;
	int kept = 0;
	bool ascends = true;

	*count = 0;
	if (gather->is_empty)
		return NULL;
	if (gather->by_key == NULL)
		index_targets(gather);
	if (target >= gather->portion_stop)
		load_portion(gather, target);
	list = &gather->lists[target - gather->portion_start];
	points = list->points;
	*count = (int) list->count;
	for (int i = 1; i < *count && ascends; i++)
		ascends = points[i].time_ns > points[i - 1].time_ns;
	if (ascends)
		return points;
	qsort_arg(points, *count, sizeof(FluxHotPoint), compare_points, gather->row_seqs);
	for (int i = 0; i < *count; i++)
	{
		if (i + 1 == *count || points[i + 1].time_ns != points[i].time_ns)
			points[kept++] = points[i];
	}
	*count = kept;
	return points;
}

/* ---- discovery ---- */

static int
compare_targets(const void *a, const void *b)
{
	const FluxHotTarget *left = a;
	const FluxHotTarget *right = b;

	CHECK_FOR_INTERRUPTS();
	if (left->field_id != right->field_id)
		return left->field_id < right->field_id ? -1 : 1;
	return (left->series_id > right->series_id) - (left->series_id < right->series_id);
}

FluxHotTarget *
flux_hot_gather_discover(FluxHotGather *gather, int *count)
{
	gather->by_key = targets_create(gather->context, 1024, NULL);
	scan_chunks(gather, GATHER_TARGETS);
	targets_destroy(gather->by_key);
	gather->by_key = NULL;
	if (gather->found_count > 0)
		qsort(gather->found, gather->found_count, sizeof(FluxHotTarget), compare_targets);
	*count = gather->found_count;
	return gather->found;
}

int64
flux_hot_gather_rows(const FluxHotGather *gather)
{
	return gather->rows_read;
}

void
flux_hot_gather_destroy(FluxHotGather *gather)
{
	MemoryContextDelete(gather->context);
}
