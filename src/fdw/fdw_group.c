/*
 * fdw_group.c
 *		Answers GROUP BY queries from aggregates that storage computes.
 *
 * Storage gives aggregates per series and window; SQL wants them per group.
 *
 * In step: when no two series share a group and all aggregates are of one
 * field, a scan per aggregate gives the same series and windows in the same
 * order, and each row of them is a row of the answer.  Nothing is kept.
 *
 * By hash: else the rows of all scans are added up per group.  The mean then
 * comes from sum and count.  With bins the time is cut into slices, one after
 * another, a bin lying in one slice: whenever the groups of a slice do not fit
 * fluxtask.work_mem, it is given up and a shorter one tried.
 */
#include "postgres.h"

#include <math.h>

#include "access/table.h"
#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
#include "common/hashfn.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "fdw/fdw_int.h"
#include "guc.h"
#include "storage/chunk.h"
#include "storage/series_index.h"

/* A column of the answer. */
typedef struct Output
{
	FluxFdwOutput kind;
	int			attribute;		/* TEXT: column; aggregates: field's column, 0: any field */
	int			key;			/* TEXT of tags ->> */
	int			text;			/* TEXT: position among the group's texts */
	FluxText	key_text;
	bool		key_is_null;
	int			aggregate;		/* aggregates: position among them */
} Output;

/* What one storage scan computes, of which fields. */
typedef struct Request
{
	FluxScanAggregate kind;
	FluxColumnType type;		/* 0: any */
	bool		all_fields;
	bool	   *fields;			/* by attribute - 1; of a measurement's table */
	FluxScan   *scan;
	FluxScanBatch batch;
	int			row;			/* in step: next row of the batch */
} Request;

/* State of one aggregate in one group. */
typedef struct Accumulator
{
	union
	{
		double		floating;
		int64		integer;
		uint64		uinteger;
	}			value;			/* sum, minimum or maximum */
	int64		count;			/* of points, for count and mean; else 0 or 1 */
} Accumulator;

typedef struct GroupKey
{
	int32		texts;			/* which group of series */
	int32		padding;
	int64		bin_ns;
} GroupKey;

typedef struct HashGroup
{
	GroupKey	key;
	Accumulator accumulators[FLEXIBLE_ARRAY_MEMBER];
} HashGroup;

/* A group of series: those with equal texts. */
typedef struct SeriesGroup
{
	FluxText   *texts;
	bool	   *nulls;
	int64		series_id;
} SeriesGroup;

typedef struct FluxFdwGroupScan
{
	FluxFdwTable *table;
	Oid			user_oid;
	List	   *quals;
	List	   *value_states;
	bool		is_plain;
	bool		needs_others;
	Output	   *outputs;
	int			output_count;
	int			text_count;
	int			aggregate_count;
	Output	  **aggregates;
	bool		has_series_id;
	bool		has_bin;
	int			every_at;		/* positions of the bin's constants */
	int			origin_at;
	MemoryContext scan_context;

	/* made at the first row */
	bool		is_begun;
	bool		is_empty;
	FluxBounds	bounds;
	FluxPredicate *predicate;
	FluxWindowGrid grid;
	Request    *requests;
	int			request_count;
	HTAB	   *group_numbers;	/* key of texts -> position in series_groups */
	SeriesGroup *series_groups;
	int			series_group_count;
	int			series_group_capacity;
	bool		in_step;
	int32		current_group;	/* in step: of the series that rows are of */
	bool		has_given_plain;

	/* by hash */
	HTAB	   *groups;
	HASH_SEQ_STATUS walk;
	bool		is_walking;
	int64		next_slice_ns;	/* start of the time not read yet */
	int64		slice_windows;	/* bins that the next slice has */
	int64		groups_max;		/* of a slice of more than one bin */
	FluxScanStats stats;
} FluxFdwGroupScan;

/* Texts of a group, as a hash key. */
typedef struct GroupNumber
{
	FluxText	key;
	int32		number;
} GroupNumber;

static uint32
hash_text(const void *key, Size size)
{
	return flux_text_hash(*(const FluxText *) key);
}

static int
match_text(const void *a, const void *b, Size size)
{
	return flux_text_equal(*(const FluxText *) a, *(const FluxText *) b) ? 0 : 1;
}

/* ---- groups of series ---- */

static bool
series_text(const FluxFdwGroupScan *state, const FluxScanSeries *series, const Output *output,
			FluxText *text)
{
	const FluxFdwColumn *column = &state->table->columns[output->attribute - 1];
	FluxText	tag = column->name;

	if (column->role == FLUX_FDW_MEASUREMENT)
	{
		*text = series->measurement;
		return true;
	}
	if (column->role == FLUX_FDW_FIELD_NAME)
	{
		*text = series->field;
		return true;
	}
	if (column->role == FLUX_FDW_TAGS)
	{
		if (output->key_is_null)
			return false;
		tag = output->key_text;
	}
	for (int i = 0; i < series->tag_count; i++)
	{
		if (flux_text_equal(series->tags[i].key, tag))
		{
			*text = series->tags[i].value;
			return true;
		}
	}
	return false;
}

/* The group of a series, a new one if need be. */
static int32
group_of_series(FluxFdwGroupScan *state, const FluxScanSeries *series, bool *is_new)
{
	FluxText	texts[FUNC_MAX_ARGS];
	bool		nulls[FUNC_MAX_ARGS];
	StringInfoData bytes;
	FluxText	key;
	GroupNumber *entry;
	bool		found;

	initStringInfo(&bytes);
	for (int i = 0; i < state->output_count; i++)
	{
		const Output *output = &state->outputs[i];
		int			n = output->text;

		if (output->kind != FLUX_FDW_OUTPUT_TEXT)
			continue;
		nulls[n] = !series_text(state, series, output, &texts[n]);
		if (nulls[n])
			appendStringInfoChar(&bytes, '\0');
		else
		{
			appendStringInfoChar(&bytes, '\1');
			appendBinaryStringInfo(&bytes, (const char *) &texts[n].size, sizeof(int32));
			appendBinaryStringInfo(&bytes, texts[n].data, texts[n].size);
		}
	}
	if (state->has_series_id)
		appendBinaryStringInfo(&bytes, (const char *) &series->series_id, sizeof(int64));
	key = flux_text(bytes.data, bytes.len);
	entry = hash_search(state->group_numbers, &key, HASH_FIND, NULL);
	*is_new = entry == NULL;
	if (entry != NULL)
	{
		pfree(bytes.data);
		return entry->number;
	}
	entry = hash_search(state->group_numbers, &key, HASH_ENTER, &found);
	entry->number = state->series_group_count;
	if (state->series_group_count == state->series_group_capacity)
	{
		state->series_group_capacity = Max(64, 2 * state->series_group_capacity);
		state->series_groups = state->series_groups == NULL ?
			palloc_array(SeriesGroup, state->series_group_capacity) :
			repalloc_huge(state->series_groups,
						  state->series_group_capacity * sizeof(SeriesGroup));
	}

	SeriesGroup *group = &state->series_groups[state->series_group_count++];

	group->series_id = series->series_id;
	group->texts = palloc_array(FluxText, Max(1, state->text_count));
	group->nulls = palloc_array(bool, Max(1, state->text_count));
	for (int i = 0; i < state->text_count; i++)
	{
		group->nulls[i] = nulls[i];
		if (!nulls[i])
			group->texts[i] = flux_text_copy(texts[i]);
	}
	return entry->number;
}

/* ---- requests ---- */

static const FluxFdwColumn *
field_of(const FluxFdwGroupScan *state, const Output *output)
{
	return output->attribute == 0 ? NULL : &state->table->columns[output->attribute - 1];
}

/* The request for an aggregate of a field, shared with others that fit. */
static void
request(FluxFdwGroupScan *state, FluxScanAggregate kind, const Output *output)
{
	const FluxFdwColumn *field = field_of(state, output);
	FluxColumnType type = field == NULL || kind == FLUX_SCAN_COUNT ? 0 : field->type;
	Request    *found = NULL;

	for (int i = 0; i < state->request_count && found == NULL; i++)
		if (state->requests[i].kind == kind && state->requests[i].type == type)
			found = &state->requests[i];
	if (found == NULL)
	{
		found = &state->requests[state->request_count++];
		memset(found, 0, sizeof(*found));
		found->kind = kind;
		found->type = type;
		found->fields = palloc0_array(bool, Max(1, state->table->column_count));
	}
	if (field == NULL || field->role == FLUX_FDW_VALUE)
		found->all_fields = true;
	else
		found->fields[output->attribute - 1] = true;
}

static void
make_requests(FluxFdwGroupScan *state)
{
	static const FluxScanAggregate kinds[] = {
		[FLUX_FDW_OUTPUT_COUNT] = FLUX_SCAN_COUNT,
		[FLUX_FDW_OUTPUT_SUM] = FLUX_SCAN_SUM,
		[FLUX_FDW_OUTPUT_MEAN] = FLUX_SCAN_MEAN,
		[FLUX_FDW_OUTPUT_MIN] = FLUX_SCAN_MIN,
		[FLUX_FDW_OUTPUT_MAX] = FLUX_SCAN_MAX,
	};

	state->request_count = 0;
	state->requests = palloc0_array(Request, 2 * state->aggregate_count + 2);
	for (int i = 0; i < state->aggregate_count; i++)
	{
		const Output *output = state->aggregates[i];

		if (output->kind == FLUX_FDW_OUTPUT_MEAN && !state->in_step)
		{
			request(state, FLUX_SCAN_SUM, output);
			request(state, FLUX_SCAN_COUNT, output);
		}
		else
			request(state, kinds[output->kind], output);
	}
	if (state->needs_others || state->aggregate_count == 0)
	{
		Output		others = {.kind = FLUX_FDW_OUTPUT_COUNT};

		if (state->table->is_points)
			request(state, FLUX_SCAN_COUNT, &others);
		for (int i = 0; i < state->table->column_count; i++)
		{
			others.attribute = i + 1;
			if (state->table->columns[i].role == FLUX_FDW_FIELD)
				request(state, FLUX_SCAN_COUNT, &others);
		}
	}
}

/* "_field" is one of the request's; other conditions as they are. */
static FluxPredicate *
predicate_of(const FluxFdwGroupScan *state, const Request *of)
{
	FluxPredicate *any;
	FluxPredicate *both;

	if (of->all_fields)
		return state->predicate;
	any = palloc0(sizeof(FluxPredicate));
	any->kind = FLUX_PREDICATE_OR;
	any->children = palloc_array(FluxPredicate *, Max(1, state->table->column_count));
	for (int i = 0; i < state->table->column_count; i++)
		if (of->fields[i])
			any->children[any->child_count++] =
				flux_fdw_qual_and_equal(NULL, FLUX_PREDICATE_FIELD, state->table->columns[i].name);
	both = palloc0(sizeof(FluxPredicate));
	both->kind = FLUX_PREDICATE_AND;
	both->children = palloc_array(FluxPredicate *, 2);
	both->children[both->child_count++] = any;
	if (state->predicate != NULL)
		both->children[both->child_count++] = state->predicate;
	return both;
}

static FluxScanSpec
spec_of(const FluxFdwGroupScan *state, const Request *of, FluxBounds bounds)
{
	FluxScanSpec spec = {
		.bucket = state->table->bucket,.bounds = bounds,.predicate = predicate_of(state, of),
		.aggregate = of->kind,.grid = state->has_bin ? &state->grid : NULL,.times_unused = true,
		.user_oid = state->user_oid,.field_type = of->type
	};

	return spec;
}

static void
end_request(FluxFdwGroupScan *state, Request *of)
{
	if (of->scan == NULL)
		return;
	flux_fdw_stats_add(&state->stats, flux_scan_stats(of->scan));
	flux_scan_end(of->scan);
	of->scan = NULL;
}

/* ---- beginning ---- */

/* The grid of date_bin(every, time, origin). */
static void
make_grid(FluxFdwGroupScan *state, const Datum *values)
{
	const Interval *interval = DatumGetIntervalP(values[state->every_at]);
	int64		every_ns = (interval->time + interval->day * USECS_PER_DAY) * FLUX_NS_PER_US;
	TimestampTz origin = DatumGetTimestampTz(values[state->origin_at]);
	FluxLocation utc = {0};
	int64		origin_us = origin % (every_ns / FLUX_NS_PER_US);
	int64		epoch_us = (UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY %
		(every_ns / FLUX_NS_PER_US);
	int64		offset_ns = (origin_us - epoch_us) * FLUX_NS_PER_US % every_ns;
	const char *error = flux_grid_init(&state->grid, flux_duration(0, every_ns),
									   flux_duration(0, every_ns), flux_duration(0, offset_ns),
									   utc);

	if (error != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s", error)));
}

/* Narrows the bounds to what chunks there are: windows are walked from end to end. */
static bool
clip_to_chunks(FluxFdwGroupScan *state)
{
	int			count;
	FluxChunk  *chunks = flux_chunk_list(state->table->bucket->bucket_id, state->bounds, &count);

	if (count == 0)
		return false;
	state->stats.chunks = count;
	state->bounds.start_ns = Max(state->bounds.start_ns, chunks[0].tmin_ns);
	state->bounds.stop_ns = Min(state->bounds.stop_ns, chunks[count - 1].tmax_ns + 1);
	return state->bounds.start_ns < state->bounds.stop_ns;
}

/* Evaluates constants and conditions; false when nothing can be found. */
static bool
evaluate(ForeignScanState *node, FluxFdwGroupScan *state)
{
	int			count = list_length(state->value_states);
	Datum	   *values = palloc_array(Datum, Max(1, count));
	bool	   *nulls = palloc_array(bool, Max(1, count));

	for (int i = 0; i < count; i++)
		values[i] = ExecEvalExpr(list_nth(state->value_states, i), node->ss.ps.ps_ExprContext,
								 &nulls[i]);
	for (int i = 0; i < state->output_count; i++)
	{
		Output	   *output = &state->outputs[i];

		if (output->kind != FLUX_FDW_OUTPUT_TEXT || output->key < 0)
			continue;
		output->key_is_null = nulls[output->key];
		if (!output->key_is_null)
		{
			text	   *key = DatumGetTextPP(values[output->key]);

			output->key_text = flux_text(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
		}
	}
	if (state->has_bin)
		make_grid(state, values);
	if (!flux_fdw_qual_apply(state->table, state->quals, values, nulls, &state->bounds,
							 &state->predicate))
		return false;
	if (!state->table->is_points)
		state->predicate = flux_fdw_qual_and_equal(state->predicate, FLUX_PREDICATE_MEASUREMENT,
												   state->table->measurement);
	return clip_to_chunks(state);
}

/* All aggregates of one field of a measurement's table, and no other to look for? */
static bool
is_of_one_field(const FluxFdwGroupScan *state)
{
	if (state->table->is_points || state->needs_others || state->aggregate_count == 0)
		return false;
	for (int i = 1; i < state->aggregate_count; i++)
		if (state->aggregates[i]->attribute != state->aggregates[0]->attribute)
			return false;
	return true;
}

/*
 * Numbers the groups of all series that may give rows; true when no two series
 * share one.
 */
static bool
number_groups(FluxFdwGroupScan *state)
{
	bool		are_single = true;

	for (int i = 0; i < state->request_count; i++)
	{
		FluxScanSpec spec = spec_of(state, &state->requests[i], state->bounds);
		int			count;
		const FluxScanSeries *series = flux_scan_series(&spec, &count);

		for (int j = 0; j < count; j++)
		{
			bool		is_new;

			(void) group_of_series(state, &series[j], &is_new);
			are_single &= is_new;
		}
	}
	return are_single;
}

static Size
group_size(const FluxFdwGroupScan *state)
{
	return offsetof(HashGroup, accumulators) + state->aggregate_count * sizeof(Accumulator);
}

/* The first slice is everything. */
static void
plan_slices(FluxFdwGroupScan *state)
{
	state->next_slice_ns = state->bounds.start_ns;
	state->slice_windows = PG_INT64_MAX;
	state->groups_max = Max(100, (int64) flux_guc_work_mem_kb * 1024 / (group_size(state) + 64));
}

static void
begin_reading(ForeignScanState *node, FluxFdwGroupScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->scan_context);
	HASHCTL		control = {.keysize = sizeof(FluxText),.entrysize = sizeof(GroupNumber),
		.hash = hash_text,.match = match_text,.hcxt = state->scan_context
	};

	state->is_begun = true;
	state->has_given_plain = false;
	state->is_walking = false;
	state->groups = NULL;
	state->series_groups = NULL;
	state->series_group_count = 0;
	state->series_group_capacity = 0;
	state->request_count = 0;
	flux_bucket_check_acl_for(state->table->bucket, state->user_oid, ACL_SELECT);
	state->is_empty = !evaluate(node, state);
	if (!state->is_empty)
	{
		state->group_numbers = hash_create("fluxtask groups of series", 256, &control,
										   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE |
										   HASH_CONTEXT);
		state->in_step = is_of_one_field(state);
		make_requests(state);
		if (state->in_step)
		{
			/* One request alone tells: all are of the same field. */
			int			count = state->request_count;

			state->request_count = 1;
			state->in_step = number_groups(state) && !state->is_plain;
			state->request_count = count;
			if (!state->in_step)
				make_requests(state);
		}
		else
			(void) number_groups(state);
		plan_slices(state);
		for (int i = 0; i < state->request_count && state->in_step; i++)
		{
			FluxScanSpec spec = spec_of(state, &state->requests[i], state->bounds);

			state->requests[i].scan = flux_scan_begin(&spec);
		}
	}
	MemoryContextSwitchTo(old_context);
}

/* ---- giving rows ---- */

static Datum
number_datum(FluxColumnType type, const Accumulator *accumulator)
{
	FluxColumn	column = {.type = type,.is_constant = true,.values.any = &accumulator->value};

	return flux_fdw_value_datum(&column, 0);
}

/* Fills the columns that tell the group. */
static void
fill_group(const FluxFdwGroupScan *state, TupleTableSlot *slot, const SeriesGroup *group,
		   int64 bin_ns)
{
	for (int i = 0; i < state->output_count; i++)
	{
		const Output *output = &state->outputs[i];

		slot->tts_isnull[i] = false;
		if (output->kind == FLUX_FDW_OUTPUT_BIN)
			slot->tts_values[i] = TimestampTzGetDatum(flux_time_to_timestamptz(bin_ns));
		else if (output->kind == FLUX_FDW_OUTPUT_SERIES_ID)
			slot->tts_values[i] = Int64GetDatum(group->series_id);
		else if (output->kind == FLUX_FDW_OUTPUT_TEXT)
		{
			slot->tts_isnull[i] = group->nulls[output->text];
			if (!slot->tts_isnull[i])
				slot->tts_values[i] =
					PointerGetDatum(cstring_to_text_with_len(group->texts[output->text].data,
															 group->texts[output->text].size));
		}
	}
}

/* Fills the columns that are aggregates. */
static void
fill_aggregates(const FluxFdwGroupScan *state, TupleTableSlot *slot,
				const Accumulator *accumulators)
{
	for (int i = 0; i < state->output_count; i++)
	{
		const Output *output = &state->outputs[i];
		const Accumulator *accumulator;

		if (output->kind < FLUX_FDW_OUTPUT_COUNT)
			continue;
		accumulator = &accumulators[output->aggregate];
		slot->tts_isnull[i] = accumulator->count == 0;
		if (output->kind == FLUX_FDW_OUTPUT_COUNT)
		{
			slot->tts_isnull[i] = false;
			slot->tts_values[i] = Int64GetDatum(accumulator->count);
		}
		else if (slot->tts_isnull[i])
			continue;
		else if (output->kind == FLUX_FDW_OUTPUT_MEAN)
			slot->tts_values[i] = Float8GetDatum(accumulator->value.floating /
												 (double) accumulator->count);
		else
			slot->tts_values[i] = number_datum(field_of(state, output)->type, accumulator);
	}
}

/* Where the window of a row begins when nothing clips it. */
static int64
bin_of(const FluxFdwGroupScan *state, int64 start_ns)
{
	if (!state->has_bin)
		return 0;
	return flux_grid_window(&state->grid, flux_grid_index(&state->grid, start_ns)).start_ns;
}

/* ---- in step ---- */

/* Goes to the next row of a request's scan; false at the end. */
static bool
step(FluxFdwGroupScan *state, Request *of)
{
	if (of->scan == NULL)
		return false;
	of->row++;
	while (of->batch.series == NULL || of->row >= of->batch.row_count)
	{
		CHECK_FOR_INTERRUPTS();
		if (!flux_scan_next(of->scan, &of->batch))
		{
			end_request(state, of);
			return false;
		}
		of->row = 0;
	}
	return true;
}

/* Takes the value of an aggregate from its request's current row. */
static Accumulator
take_value(const FluxFdwGroupScan *state, const Output *output)
{
	static const FluxScanAggregate kinds[] = {
		[FLUX_FDW_OUTPUT_COUNT] = FLUX_SCAN_COUNT,
		[FLUX_FDW_OUTPUT_SUM] = FLUX_SCAN_SUM,
		[FLUX_FDW_OUTPUT_MEAN] = FLUX_SCAN_MEAN,
		[FLUX_FDW_OUTPUT_MIN] = FLUX_SCAN_MIN,
		[FLUX_FDW_OUTPUT_MAX] = FLUX_SCAN_MAX,
	};
	Accumulator accumulator = {.count = 1};

	for (int i = 0; i < state->request_count; i++)
	{
		const Request *of = &state->requests[i];

		if (of->kind != kinds[output->kind])
			continue;
		accumulator.value.integer =
			of->batch.values.values.ints[flux_column_index(&of->batch.values, of->row)];
		if (output->kind == FLUX_FDW_OUTPUT_COUNT)
			accumulator.count = accumulator.value.integer;
	}
	return accumulator;
}

static bool
next_in_step(FluxFdwGroupScan *state, TupleTableSlot *slot)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->scan_context);
	bool		has_row = true;
	bool		is_new;
	const Request *first = &state->requests[0];
	Accumulator *accumulators;

	for (int i = 0; i < state->request_count; i++)
		has_row &= step(state, &state->requests[i]);
	for (int i = 1; i < state->request_count && has_row; i++)
		if (state->requests[i].batch.series->series_id != first->batch.series->series_id ||
			state->requests[i].batch.starts_ns[state->requests[i].row] !=
			first->batch.starts_ns[first->row])
			elog(ERROR, "aggregates of one field are out of step");
	if (has_row && first->batch.is_first && first->row == 0)
		state->current_group = group_of_series(state, first->batch.series, &is_new);
	MemoryContextSwitchTo(old_context);
	if (!has_row)
		return false;
	fill_group(state, slot, &state->series_groups[state->current_group],
			   bin_of(state, first->batch.starts_ns[first->row]));
	accumulators = palloc_array(Accumulator, Max(1, state->aggregate_count));
	for (int i = 0; i < state->aggregate_count; i++)
		accumulators[i] = take_value(state, state->aggregates[i]);
	fill_aggregates(state, slot, accumulators);
	return true;
}

/* ---- by hash ---- */

/* Does an aggregate take part of its value from this request and series? */
static bool
takes_from(const FluxFdwGroupScan *state, const Output *output, const Request *of,
		   const FluxScanSeries *series)
{
	const FluxFdwColumn *field = field_of(state, output);

	switch (output->kind)
	{
		case FLUX_FDW_OUTPUT_COUNT:
			if (of->kind != FLUX_SCAN_COUNT)
				return false;
			break;
		case FLUX_FDW_OUTPUT_SUM:
			if (of->kind != FLUX_SCAN_SUM)
				return false;
			break;
		case FLUX_FDW_OUTPUT_MEAN:
			if (of->kind != FLUX_SCAN_SUM && of->kind != FLUX_SCAN_COUNT)
				return false;
			break;
		case FLUX_FDW_OUTPUT_MIN:
			if (of->kind != FLUX_SCAN_MIN)
				return false;
			break;
		default:
			if (of->kind != FLUX_SCAN_MAX)
				return false;
			break;
	}
	if (field == NULL)
		return true;
	return field->type == series->type &&
		(field->role == FLUX_FDW_VALUE || flux_text_equal(field->name, series->field));
}

/* Is the left number of a type before the right one? */
static bool
is_less(FluxColumnType type, int64 left, int64 right)
{
	double		left_float;
	double		right_float;

	switch (type)
	{
		case FLUX_COLUMN_INT:
			return left < right;
		case FLUX_COLUMN_UINT:
			return (uint64) left < (uint64) right;
		default:
			memcpy(&left_float, &left, sizeof(double));
			memcpy(&right_float, &right, sizeof(double));
			return left_float < right_float;
	}
}

/* Adds a row of a request to an aggregate. */
static void
accumulate(Accumulator *accumulator, const Output *output, const Request *of, int row)
{
	int64		bits = of->batch.values.values.ints[flux_column_index(&of->batch.values, row)];
	double		sum;

	switch (of->kind)
	{
		case FLUX_SCAN_COUNT:
			accumulator->count += bits;
			break;
		case FLUX_SCAN_SUM:
			memcpy(&sum, &bits, sizeof(double));
			accumulator->value.floating += sum;
			if (output->kind == FLUX_FDW_OUTPUT_SUM)
				accumulator->count = 1;
			break;
		default:
			if (accumulator->count == 0 ||
				(of->kind == FLUX_SCAN_MIN ?
				 is_less(of->batch.series->type, bits, accumulator->value.integer) :
				 is_less(of->batch.series->type, accumulator->value.integer, bits)))
				accumulator->value.integer = bits;
			accumulator->count = 1;
			break;
	}
}

static HashGroup *
find_group(FluxFdwGroupScan *state, int32 number, int64 bin_ns)
{
	GroupKey	key = {number, 0, bin_ns};
	bool		found;
	HashGroup	   *group = hash_search(state->groups, &key, HASH_ENTER, &found);

	if (!found)
		memset(group->accumulators, 0, state->aggregate_count * sizeof(Accumulator));
	return group;
}

/*
 * Adds all rows of a request within bounds to their groups.  False, with part of
 * the work done, when there are more groups than groups_max.
 */
static bool
run_request(FluxFdwGroupScan *state, Request *of, FluxBounds bounds, int64 groups_max)
{
	FluxScanSpec spec = spec_of(state, of, bounds);
	bool	   *takes = palloc_array(bool, Max(1, state->aggregate_count));
	int32		number = 0;
	bool		fits = true;
	bool		is_new;

	of->scan = flux_scan_begin(&spec);
	while (fits && flux_scan_next(of->scan, &of->batch))
	{
		CHECK_FOR_INTERRUPTS();
		if (of->batch.is_first)
		{
			number = group_of_series(state, of->batch.series, &is_new);
			for (int i = 0; i < state->aggregate_count; i++)
				takes[i] = takes_from(state, state->aggregates[i], of, of->batch.series);
		}
		for (int row = 0; row < of->batch.row_count; row++)
		{
			HashGroup	   *group = find_group(state, number,
										   bin_of(state, of->batch.starts_ns[row]));

			for (int i = 0; i < state->aggregate_count; i++)
				if (takes[i])
					accumulate(&group->accumulators[i], state->aggregates[i], of, row);
		}
		fits = hash_get_num_entries(state->groups) <= groups_max;
	}
	end_request(state, of);
	pfree(takes);
	return fits;
}

/* Where the next slice ends: after slice_windows bins. */
static int64
slice_stop(const FluxFdwGroupScan *state, bool *is_one_bin)
{
	uint64		left = (uint64) state->bounds.stop_ns - (uint64) state->next_slice_ns;
	uint64		windows = left / (uint64) state->grid.every.ns;

	*is_one_bin = state->slice_windows == 1;
	if ((uint64) state->slice_windows > windows)
	{
		*is_one_bin = windows == 0;
		return state->bounds.stop_ns;
	}
	return Min(state->bounds.stop_ns,
			   flux_grid_window(&state->grid, flux_grid_index(&state->grid, state->next_slice_ns) +
								state->slice_windows).start_ns);
}

/* Fills the hash table from a slice; false when its groups do not fit. */
static bool
fill_groups(FluxFdwGroupScan *state, FluxBounds bounds, int64 groups_max)
{
	HASHCTL		control = {.keysize = sizeof(GroupKey),.entrysize = group_size(state),
	.hcxt = state->scan_context};

	if (state->groups != NULL)
		hash_destroy(state->groups);
	state->groups = hash_create("fluxtask groups", 1024, &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < state->request_count; i++)
		if (!run_request(state, &state->requests[i], bounds, groups_max))
			return false;
	return true;
}

/* Fills the hash table with the next slice of time; false when none is left. */
static bool
next_slice(FluxFdwGroupScan *state)
{
	FluxBounds	bounds = {state->next_slice_ns, state->bounds.stop_ns};
	bool		is_one_bin = true;

	if (bounds.start_ns >= bounds.stop_ns)
		return false;
	for (;;)
	{
		if (state->has_bin)
			bounds.stop_ns = slice_stop(state, &is_one_bin);
		if (fill_groups(state, bounds, is_one_bin ? PG_INT64_MAX : state->groups_max))
			break;
		state->slice_windows = Max(1, (bounds.stop_ns - bounds.start_ns) /
								   state->grid.every.ns / 4);
	}
	if (hash_get_num_entries(state->groups) < state->groups_max / 8 &&
		state->slice_windows < PG_INT64_MAX / 4)
		state->slice_windows *= 4;
	state->next_slice_ns = bounds.stop_ns;
	hash_seq_init(&state->walk, state->groups);
	state->is_walking = true;
	return true;
}

static bool
next_by_hash(FluxFdwGroupScan *state, TupleTableSlot *slot)
{
	for (;;)
	{
		HashGroup	   *group = state->is_walking ? hash_seq_search(&state->walk) : NULL;
		MemoryContext old_context;
		bool		has_slice;

		if (group != NULL)
		{
			fill_group(state, slot, &state->series_groups[group->key.texts], group->key.bin_ns);
			fill_aggregates(state, slot, group->accumulators);
			state->has_given_plain = true;
			return true;
		}
		state->is_walking = false;
		old_context = MemoryContextSwitchTo(state->scan_context);
		has_slice = next_slice(state);
		MemoryContextSwitchTo(old_context);
		if (!has_slice)
			return false;
	}
}

/* Without GROUP BY there is a row even of nothing. */
static bool
give_plain_row(FluxFdwGroupScan *state, TupleTableSlot *slot)
{
	if (!state->is_plain || state->has_given_plain)
		return false;
	state->has_given_plain = true;
	fill_aggregates(state, slot, palloc0_array(Accumulator, Max(1, state->aggregate_count)));
	return true;
}

/* ---- executor's entries ---- */

static void
read_output(FluxFdwGroupScan *state, Output *output, List *list)
{
	output->kind = (FluxFdwOutput) intVal(linitial(list));
	output->key = -1;
	switch (output->kind)
	{
		case FLUX_FDW_OUTPUT_TEXT:
			output->attribute = intVal(lsecond(list));
			output->key = intVal(lthird(list));
			output->text = state->text_count++;
			break;
		case FLUX_FDW_OUTPUT_SERIES_ID:
			state->has_series_id = true;
			break;
		case FLUX_FDW_OUTPUT_BIN:
			state->has_bin = true;
			state->every_at = intVal(lsecond(list));
			state->origin_at = intVal(lthird(list));
			break;
		default:
			output->attribute = intVal(lsecond(list));
			output->aggregate = state->aggregate_count;
			state->aggregates[state->aggregate_count++] = output;
			break;
	}
}

void
flux_fdw_group_begin(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwGroupScan *state = palloc0(sizeof(FluxFdwGroupScan));
	List	   *outputs = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_OUTPUTS);
	List	   *options = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_GROUP);
	Oid			relation_oid = (Oid) intVal(list_nth(plan->fdw_private,
													 FLUX_FDW_PRIVATE_RELATION));

	node->fdw_state = state;
	state->table = flux_fdw_table_get_by_oid(relation_oid);
	state->user_oid = flux_fdw_scan_user(node, bms_next_member(plan->fs_relids, -1));
	state->quals = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_QUALS);
	state->value_states = ExecInitExprList(plan->fdw_exprs, (PlanState *) node);
	state->is_plain = intVal(list_nth(options, FLUX_FDW_GROUP_IS_PLAIN)) != 0;
	state->needs_others = intVal(list_nth(options, FLUX_FDW_GROUP_NEEDS_OTHERS)) != 0;
	state->output_count = list_length(outputs);
	state->outputs = palloc0_array(Output, state->output_count);
	state->aggregates = palloc0_array(Output *, state->output_count);
	for (int i = 0; i < state->output_count; i++)
		read_output(state, &state->outputs[i], list_nth(outputs, i));
	if (state->text_count > FUNC_MAX_ARGS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many columns to group by: %d", state->text_count),
				 errhint("SET fluxtask.push_down = off.")));
	state->scan_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask foreign groups",
												ALLOCSET_DEFAULT_SIZES);
}

TupleTableSlot *
flux_fdw_group_iterate(ForeignScanState *node)
{
	FluxFdwGroupScan *state = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	bool		has_row = false;

	ExecClearTuple(slot);
	if (!state->is_begun)
		begin_reading(node, state);
	if (!state->is_empty)
		has_row = state->in_step ? next_in_step(state, slot) : next_by_hash(state, slot);
	if (!has_row)
		has_row = give_plain_row(state, slot);
	return has_row ? ExecStoreVirtualTuple(slot) : slot;
}

/* Ends all that is open; counters stay. */
static void
end_reading(FluxFdwGroupScan *state)
{
	for (int i = 0; i < state->request_count; i++)
		end_request(state, &state->requests[i]);
	state->request_count = 0;
	if (state->is_walking)
		hash_seq_term(&state->walk);
	state->is_walking = false;
}

void
flux_fdw_group_rescan(ForeignScanState *node)
{
	FluxFdwGroupScan *state = node->fdw_state;

	end_reading(state);
	state->is_begun = false;
	state->groups = NULL;
	MemoryContextReset(state->scan_context);
}

void
flux_fdw_group_end(ForeignScanState *node)
{
	FluxFdwGroupScan *state = node->fdw_state;

	if (state != NULL)
		end_reading(state);
}

/* Name of the table whose rows are grouped. */
static char *
relation_text(List *private)
{
	Oid			oid = (Oid) intVal(list_nth(private, FLUX_FDW_PRIVATE_RELATION));

	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(oid)),
									  get_rel_name(oid));
}

void
flux_fdw_group_explain(ForeignScanState *node, ExplainState *es)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwGroupScan *state = node->fdw_state;
	List	   *options = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_GROUP);

	ExplainPropertyText("Relations", relation_text(plan->fdw_private), es);
	ExplainPropertyText("Storage Aggregate", strVal(list_nth(options, FLUX_FDW_GROUP_TEXT)), es);
	if (!es->analyze || state == NULL)
		return;
	end_reading(state);
	flux_fdw_stats_explain(&state->stats, es);
}
