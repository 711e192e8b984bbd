/*
 * fdw_group_hash.c
 *		Answers by hash: the rows of all scans are added up per group.
 *
 * Whenever the groups fill half of fluxtask.work_mem, what they have so far goes
 * to a sort, which may use the other half and then the disk, and the table begins
 * empty.  At the end equal groups come out of the sort together and are combined.
 * So every scan runs once, whatever the memory.
 */
#include "postgres.h"

#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "base/pg_compat.h"
#include "fdw/fdw_group.h"
#include "guc.h"
#include "storage/chunk.h"

typedef struct GroupKey
{
	int64 bin;
	int64 series_group;
} GroupKey;

typedef struct HashGroup
{
	GroupKey key;
	FluxFdwAccumulator accumulators[FLEXIBLE_ARRAY_MEMBER];
} HashGroup;

struct FluxFdwGroupHash
{
	HTAB *groups;
	int64 groups_max;
	HashGroup *last_group; /* found last */
	HASH_SEQ_STATUS walk;
	bool is_walking;

	/* once the groups did not fit */
	Tuplesortstate *sort;
	struct varlena *record; /* a group on its way to the sort */
	HashGroup *pending;     /* out of the sort, and may not be complete */
	bool has_pending;
};

static Size
group_size(const FluxFdwGroupScan *state)
{
	return offsetof(HashGroup, accumulators) + state->aggregate_count * sizeof(FluxFdwAccumulator);
}

static void
create_groups(const FluxFdwGroupScan *state, FluxFdwGroupHash *hash)
{
	HASHCTL control = {
		.keysize = sizeof(GroupKey), .entrysize = group_size(state), .hcxt = state->scan_context};

	hash->groups =
		hash_create("fluxtask groups", 1024, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	hash->last_group = NULL;
}

/* ---- the sort ---- */

/* Numbers as bytes that sort alike. */
static uint64
sortable(int64 number)
{
	return pg_hton64((uint64) number ^ (UINT64CONST(1) << 63));
}

static int64
from_sortable(uint64 bytes)
{
	return (int64) (pg_ntoh64(bytes) ^ (UINT64CONST(1) << 63));
}

/* Moves all groups to the sort. */
static void
spill(FluxFdwGroupScan *state, FluxFdwGroupHash *hash)
{
	Size size = group_size(state);
	HashGroup *group;

	if (hash->sort == NULL)
	{
		hash->sort = tuplesort_begin_datum(BYTEAOID, ByteaLessOperator, InvalidOid, false,
										   Max(64, flux_guc_work_mem_kb / 2), NULL, TUPLESORT_NONE);
		hash->record = palloc(VARHDRSZ + size);
		SET_VARSIZE(hash->record, VARHDRSZ + size);
	}
	hash_seq_init(&hash->walk, hash->groups);
	hash->is_walking = true;
	while ((group = hash_seq_search(&hash->walk)) != NULL)
	{
		GroupKey key = {(int64) sortable(group->key.bin),
						(int64) sortable(group->key.series_group)};
		char *bytes = VARDATA(hash->record);

		CHECK_FOR_INTERRUPTS();
		memcpy(bytes, group, size);
		memcpy(bytes, &key, sizeof(key));
		tuplesort_putdatum(hash->sort, PointerGetDatum(hash->record), false);
	}
	hash->is_walking = false;
	hash_destroy(hash->groups);
	create_groups(state, hash);
}

/* The next record of the sort; false at the end. */
static bool
next_record(const FluxFdwGroupScan *state, FluxFdwGroupHash *hash, HashGroup *group)
{
	Datum datum;
	bool is_null;

	if (!flux_compat_tuplesort_getdatum(hash->sort, &datum, &is_null))
		return false;
	memcpy(group, VARDATA_ANY(DatumGetPointer(datum)), group_size(state));
	group->key.bin = from_sortable((uint64) group->key.bin);
	group->key.series_group = from_sortable((uint64) group->key.series_group);
	pfree(DatumGetPointer(datum));
	return true;
}

/* The next group of the sort, complete, in "group"; false at the end. */
static bool
next_sorted(const FluxFdwGroupScan *state, FluxFdwGroupHash *hash, HashGroup *group)
{
	if (!hash->has_pending)
		return false;
	memcpy(group, hash->pending, group_size(state));
	while ((hash->has_pending = next_record(state, hash, hash->pending)) &&
		   memcmp(&hash->pending->key, &group->key, sizeof(GroupKey)) == 0)
		flux_fdw_group_combine(state, group->accumulators, hash->pending->accumulators);
	return true;
}

/* ---- adding up ---- */

static HashGroup *
find_group(FluxFdwGroupScan *state, FluxFdwGroupHash *hash, int32 series_group, int64 bin)
{
	GroupKey key = {bin, series_group};
	bool found;

	if (hash->last_group != NULL && memcmp(&hash->last_group->key, &key, sizeof(GroupKey)) == 0)
		return hash->last_group;
	if (hash_get_num_entries(hash->groups) >= hash->groups_max)
		spill(state, hash);
	hash->last_group = hash_search(hash->groups, &key, HASH_ENTER, &found);
	if (!found)
		memset(hash->last_group->accumulators, 0,
			   state->aggregate_count * sizeof(FluxFdwAccumulator));
	return hash->last_group;
}

/* Adds the rows of the request's batch to their groups. */
static void
add_batch(FluxFdwGroupScan *state, FluxFdwGroupHash *hash, const FluxFdwRequest *of,
		  int32 series_group, const bool *takes)
{
	for (int row = 0; row < of->batch.row_count; row++)
	{
		int64 bin = state->window_output == NIL
						? 0
						: flux_fdw_window_bin(&state->window, of->batch.starts_ns[row],
											  of->batch.stops_ns[row]);
		HashGroup *group = find_group(state, hash, series_group, bin);

		for (int i = 0; i < state->aggregate_count; i++)
			if (takes[i])
				flux_fdw_group_accumulate(&group->accumulators[i], state->aggregates[i], of, row);
	}
}

/* Adds all rows of a request within bounds to their groups. */
static void
run_request(FluxFdwGroupScan *state, FluxFdwGroupHash *hash, FluxFdwRequest *of, FluxBounds bounds)
{
	FluxScanSpec spec = flux_fdw_group_spec(state, of, bounds);
	bool *takes = palloc_array(bool, Max(1, state->aggregate_count));
	int32 series_group = 0;
	bool is_new;

	of->scan = flux_scan_begin(&spec);
	while (flux_scan_next(of->scan, &of->batch))
	{
		CHECK_FOR_INTERRUPTS();
		if (of->batch.is_first)
		{
			series_group = flux_fdw_group_of_series(state, of->batch.series, &is_new);
			for (int i = 0; i < state->aggregate_count; i++)
				takes[i] = flux_fdw_group_takes(state, state->aggregates[i], of, of->batch.series);
		}
		add_batch(state, hash, of, series_group, takes);
	}
	flux_fdw_group_end_request(state, of);
	pfree(takes);
}

/* Counting rows holds a series' times, so it goes chunk by chunk. */
static void
run_by_chunks(FluxFdwGroupScan *state, FluxFdwGroupHash *hash, FluxFdwRequest *of)
{
	int count;
	FluxChunk *chunks = flux_chunk_list(state->table->bucket->bucket_id, state->bounds, &count);

	for (int i = 0; i < count; i++)
	{
		FluxBounds of_chunk = {chunks[i].tmin_ns, chunks[i].tmax_ns + 1};

		run_request(state, hash, of, flux_bounds_intersect(state->bounds, of_chunk));
	}
	pfree(chunks);
}

FluxFdwGroupHash *
flux_fdw_group_hash_build(FluxFdwGroupScan *state)
{
	FluxFdwGroupHash *hash = palloc0(sizeof(FluxFdwGroupHash));

	state->hash = hash;
	create_groups(state, hash);
	hash->groups_max = Max(100, (int64) flux_guc_work_mem_kb * 512 / (group_size(state) + 64));
	for (int i = 0; i < state->request_count; i++)
	{
		if (state->requests[i].counts_rows)
			run_by_chunks(state, hash, &state->requests[i]);
		else
			run_request(state, hash, &state->requests[i], state->bounds);
	}
	if (hash->sort != NULL)
	{
		spill(state, hash);
		tuplesort_performsort(hash->sort);
		hash->pending = palloc(group_size(state));
		hash->has_pending = next_record(state, hash, hash->pending);
		hash->last_group = palloc(group_size(state));
	}
	else
	{
		hash_seq_init(&hash->walk, hash->groups);
		hash->is_walking = true;
	}
	return hash;
}

bool
flux_fdw_group_hash_next(FluxFdwGroupScan *state, TupleTableSlot *slot)
{
	FluxFdwGroupHash *hash = state->hash;
	HashGroup *group;

	if (hash->sort != NULL)
		group = next_sorted(state, hash, hash->last_group) ? hash->last_group : NULL;
	else
	{
		group = hash->is_walking ? hash_seq_search(&hash->walk) : NULL;
		hash->is_walking = group != NULL;
	}
	if (group == NULL)
		return false;
	flux_fdw_group_fill(state, slot, (int32) group->key.series_group, group->key.bin);
	flux_fdw_group_fill_aggregates(state, slot, group->accumulators);
	return true;
}

void
flux_fdw_group_hash_end(FluxFdwGroupHash *hash)
{
	if (hash->is_walking)
		hash_seq_term(&hash->walk);
	hash->is_walking = false;
	if (hash->sort != NULL)
		tuplesort_end(hash->sort);
	hash->sort = NULL;
	hash->has_pending = false;
}
