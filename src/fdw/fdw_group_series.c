/*
 * fdw_group_series.c
 *		Which group of an answer a series belongs to.
 *
 * Series with the same texts (tags, measurement, field) share a group, and each
 * group has a number.  A text that is absent is null, which is a value of its own.
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "fdw/fdw_group.h"

/* Texts of a group, as a hash key. */
typedef struct GroupNumber
{
	FluxText key;
	int32 number;
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

void
flux_fdw_group_series_init(FluxFdwGroupScan *state)
{
	HASHCTL control = {.keysize = sizeof(FluxText),
					   .entrysize = sizeof(GroupNumber),
					   .hash = hash_text,
					   .match = match_text,
					   .hcxt = state->scan_context};

	state->group_numbers = hash_create("fluxtask groups of series", 256, &control,
									   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	state->series_groups = NULL;
	state->series_group_count = 0;
	state->series_group_capacity = 0;
}

static bool
series_text(const FluxFdwGroupScan *state, const FluxScanSeries *series,
			const FluxFdwGroupOutput *output, FluxText *text)
{
	const FluxFdwColumn *column = &state->table->columns[output->attribute - 1];
	FluxText tag = column->name;

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

/* The texts of a series' group, and appended to bytes as a key. */
static void
collect_texts(const FluxFdwGroupScan *state, const FluxScanSeries *series, StringInfo bytes,
			  FluxText *texts, bool *nulls)
{
	for (int i = 0; i < state->output_count; i++)
	{
		const FluxFdwGroupOutput *output = &state->outputs[i];
		int n = output->text;

		if (output->kind != FLUX_FDW_OUTPUT_TEXT)
			continue;
		nulls[n] = !series_text(state, series, output, &texts[n]);
		if (nulls[n])
			appendStringInfoChar(bytes, '\0');
		else
		{
			appendStringInfoChar(bytes, '\1');
			appendBinaryStringInfo(bytes, (const char *) &texts[n].size, sizeof(int32));
			appendBinaryStringInfo(bytes, texts[n].data, texts[n].size);
		}
	}
	if (state->has_series_id)
		appendBinaryStringInfo(bytes, (const char *) &series->series_id, sizeof(int64));
}

int32
flux_fdw_group_of_series(FluxFdwGroupScan *state, const FluxScanSeries *series, bool *is_new)
{
	FluxText texts[FUNC_MAX_ARGS];
	bool nulls[FUNC_MAX_ARGS];
	StringInfoData bytes;
	FluxText key;
	GroupNumber *entry;
	FluxFdwSeriesGroup *group;
	bool found;

	initStringInfo(&bytes);
	collect_texts(state, series, &bytes, texts, nulls);
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
		state->series_groups =
			state->series_groups == NULL
				? palloc_array(FluxFdwSeriesGroup, state->series_group_capacity)
				: repalloc_huge(state->series_groups,
								state->series_group_capacity * sizeof(FluxFdwSeriesGroup));
	}
	group = &state->series_groups[state->series_group_count++];
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

bool
flux_fdw_group_number_all(FluxFdwGroupScan *state, int count)
{
	bool are_single = true;

	for (int i = 0; i < count; i++)
	{
		FluxScanSpec spec = flux_fdw_group_spec(state, &state->requests[i], state->bounds);
		int series_count;
		const FluxScanSeries *series = flux_scan_series(&spec, &series_count);

		for (int j = 0; j < series_count; j++)
		{
			bool is_new;

			(void) flux_fdw_group_of_series(state, &series[j], &is_new);
			are_single &= is_new;
		}
	}
	return are_single;
}

void
flux_fdw_group_fill(const FluxFdwGroupScan *state, TupleTableSlot *slot, int32 number, int64 bin)
{
	const FluxFdwSeriesGroup *group = &state->series_groups[number];

	for (int i = 0; i < state->output_count; i++)
	{
		const FluxFdwGroupOutput *output = &state->outputs[i];

		slot->tts_isnull[i] = output->kind == FLUX_FDW_OUTPUT_UNSEEN;
		if (output->kind == FLUX_FDW_OUTPUT_BIN)
			slot->tts_values[i] = flux_fdw_window_datum(&state->window, bin);
		else if (output->kind == FLUX_FDW_OUTPUT_SERIES_ID)
			slot->tts_values[i] = Int64GetDatum(group->series_id);
		else if (output->kind == FLUX_FDW_OUTPUT_TEXT)
		{
			slot->tts_isnull[i] = group->nulls[output->text];
			if (!slot->tts_isnull[i])
				slot->tts_values[i] = flux_fdw_text_datum(group->texts[output->text]);
		}
	}
}
