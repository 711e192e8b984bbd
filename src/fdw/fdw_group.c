/*
 * fdw_group.c
 *		Answers GROUP BY queries from aggregates that storage computes: the
 *		executor's entries.
 *
 * Storage gives aggregates per series and window; SQL wants them per group.
 * Where both are the same, scans are walked in step (fdw_group_step.c); else
 * their rows are added up by hash (fdw_group_hash.c).
 */
#include "postgres.h"

#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#define FLUX_COMPAT_EXPLAIN
#include "base/pg_compat.h"
#include "fdw/fdw_group.h"
#include "storage/chunk.h"

/* ---- beginning ---- */

/* Narrows the bounds to what chunks there are: windows are walked from end to end. */
static bool
clip_to_chunks(FluxFdwGroupScan *state)
{
	int count;
	FluxChunk *chunks = flux_chunk_list(state->table->bucket->bucket_id, state->bounds, &count);

	if (count == 0)
		return false;
	state->stats.chunks = count;
	state->bounds.start_ns = Max(state->bounds.start_ns, chunks[0].tmin_ns);
	state->bounds.stop_ns = Min(state->bounds.stop_ns, chunks[count - 1].tmax_ns + 1);
	return state->bounds.start_ns < state->bounds.stop_ns;
}

/* Keys of tags ->> 'key': the column shows that tag, or nothing. */
static void
set_key(FluxFdwGroupOutput *output, FluxFdwColumn *column, const Datum *values, const bool *nulls)
{
	text *key;

	if (output->kind != FLUX_FDW_OUTPUT_TEXT || output->key < 0)
		return;
	output->key_is_null = nulls[output->key];
	column->role = output->key_is_null ? FLUX_FDW_NONE : FLUX_FDW_TAG;
	if (output->key_is_null)
		return;
	key = DatumGetTextPP(values[output->key]);
	output->key_text = flux_text(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	column->name = output->key_text;
}

/* Evaluates constants and conditions; false when nothing can be found. */
static bool
evaluate(ForeignScanState *node, FluxFdwGroupScan *state)
{
	int count = list_length(state->value_states);
	Datum *values = palloc_array(Datum, Max(1, count));
	bool *nulls = palloc_array(bool, Max(1, count));

	for (int i = 0; i < count; i++)
		values[i] =
			ExecEvalExpr(list_nth(state->value_states, i), node->ss.ps.ps_ExprContext, &nulls[i]);
	for (int i = 0; i < state->output_count; i++)
		set_key(&state->outputs[i], &state->columns[i], values, nulls);
	if (!flux_fdw_qual_apply(state->table, state->quals, values, nulls, &state->bounds,
							 &state->predicate))
		return false;
	if (!state->table->is_points)
		state->predicate = flux_fdw_qual_and_equal(state->predicate, FLUX_PREDICATE_MEASUREMENT,
												   state->table->measurement);
	if (!clip_to_chunks(state))
		return false;
	if (state->window_output != NIL)
	{
		flux_fdw_window_init(&state->window, state->window_output, values);
		flux_fdw_window_fit(&state->window, state->bounds);
	}
	return true;
}

static void
begin_reading(ForeignScanState *node, FluxFdwGroupScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->scan_context);

	state->is_begun = true;
	state->has_given_plain = false;
	state->request_count = 0;
	flux_fdw_series_filter_reset(state->filter);
	for (int i = 0; i < state->aggregate_count; i++)
		flux_fdw_series_filter_reset(state->aggregates[i]->filter);
	flux_bucket_check_acl_for(state->table->bucket, state->user_oid, ACL_SELECT);
	state->is_empty = !evaluate(node, state);
	if (!state->is_empty)
	{
		flux_fdw_group_series_init(state);
		state->in_step = true;
		flux_fdw_group_make_requests(state);
		if (flux_fdw_group_can_step(state))
			flux_fdw_group_begin_steps(state);
		else
		{
			state->in_step = false;
			flux_fdw_group_make_requests(state);
			flux_fdw_group_hash_build(state);
		}
	}
	MemoryContextSwitchTo(old_context);
}

/* ---- executor's entries ---- */

static void
read_output(FluxFdwGroupScan *state, FluxFdwGroupOutput *output, List *list)
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
			output->attribute = intVal(lsecond(list));
			state->has_series_id = true;
			break;
		case FLUX_FDW_OUTPUT_UNSEEN:
			output->attribute = intVal(lsecond(list));
			break;
		case FLUX_FDW_OUTPUT_BIN:
			state->window_output = list;
			break;
		default:
			output->attribute = intVal(lsecond(list));
			output->filter_at = intVal(lthird(list));
			output->aggregate = state->aggregate_count;
			state->aggregates[state->aggregate_count++] = output;
			break;
	}
}

/* The filter of the scan, and those of aggregates. */
static void
create_filters(ForeignScanState *node, FluxFdwGroupScan *state)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	List *options = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_GROUP);
	List *conditions = flux_fdw_scan_conditions(plan);
	int count = intVal(list_nth(options, FLUX_FDW_GROUP_CONDITIONS));
	List *filters = list_copy_tail(conditions, count);

	state->filter =
		flux_fdw_series_filter_create(node, list_truncate(conditions, count), state->columns);
	for (int i = 0; i < state->aggregate_count; i++)
		if (state->aggregates[i]->filter_at >= 0)
			state->aggregates[i]->filter = flux_fdw_series_filter_create(
				node, list_make1(list_nth(filters, state->aggregates[i]->filter_at)),
				state->columns);
}

void
flux_fdw_group_begin(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwGroupScan *state = palloc0(sizeof(FluxFdwGroupScan));
	List *outputs = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_OUTPUTS);
	List *options = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_GROUP);
	Oid relation_oid = (Oid) intVal(list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_RELATION));

	node->fdw_state = state;
	state->table = flux_fdw_table_get_by_oid(relation_oid);
	state->user_oid = flux_fdw_scan_user(node, bms_next_member(plan->fs_relids, -1));
	state->quals = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_QUALS);
	state->value_states = ExecInitExprList(flux_fdw_scan_values(plan), (PlanState *) node);
	state->is_plain = intVal(list_nth(options, FLUX_FDW_GROUP_IS_PLAIN)) != 0;
	state->needs_others = intVal(list_nth(options, FLUX_FDW_GROUP_NEEDS_OTHERS)) != 0;
	state->required = intVal(list_nth(options, FLUX_FDW_GROUP_REQUIRED));
	state->output_count = list_length(outputs);
	state->outputs = palloc0_array(FluxFdwGroupOutput, state->output_count);
	state->aggregates = palloc0_array(FluxFdwGroupOutput *, state->output_count);
	state->columns = palloc0_array(FluxFdwColumn, state->output_count);
	for (int i = 0; i < state->output_count; i++)
	{
		read_output(state, &state->outputs[i], list_nth(outputs, i));
		if (state->outputs[i].attribute > 0)
			state->columns[i] = state->table->columns[state->outputs[i].attribute - 1];
	}
	create_filters(node, state);
	if (state->text_count > FUNC_MAX_ARGS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many columns to group by: %d", state->text_count),
						errhint("SET fluxtask.push_down = off.")));
	state->scan_context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask foreign groups",
												ALLOCSET_DEFAULT_SIZES);
}

/* Without GROUP BY there is a row even of nothing. */
static bool
give_plain_row(FluxFdwGroupScan *state, TupleTableSlot *slot)
{
	if (!state->is_plain || state->has_given_plain)
		return false;
	flux_fdw_group_fill_aggregates(
		state, slot, palloc0_array(FluxFdwAccumulator, Max(1, state->aggregate_count)));
	return true;
}

TupleTableSlot *
flux_fdw_group_iterate(ForeignScanState *node)
{
	FluxFdwGroupScan *state = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	bool has_row = false;

	ExecClearTuple(slot);
	if (!state->is_begun)
		begin_reading(node, state);
	if (!state->is_empty)
		has_row = state->in_step ? flux_fdw_group_step(state, slot)
								 : flux_fdw_group_hash_next(state, slot);
	if (!has_row)
		has_row = give_plain_row(state, slot);
	state->has_given_plain = true;
	return has_row ? ExecStoreVirtualTuple(slot) : slot;
}

/* Ends all that is open; counters stay. */
static void
end_reading(FluxFdwGroupScan *state)
{
	for (int i = 0; i < state->request_count; i++)
		flux_fdw_group_end_request(state, &state->requests[i]);
	state->request_count = 0;
	if (state->hash != NULL)
		flux_fdw_group_hash_end(state->hash);
	state->hash = NULL;
	state->is_empty = true;
}

void
flux_fdw_group_rescan(ForeignScanState *node)
{
	FluxFdwGroupScan *state = node->fdw_state;

	end_reading(state);
	state->is_begun = false;
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
	Oid oid = (Oid) intVal(list_nth(private, FLUX_FDW_PRIVATE_RELATION));

	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(oid)),
									  get_rel_name(oid));
}

void
flux_fdw_group_explain(ForeignScanState *node, ExplainState *es)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	FluxFdwGroupScan *state = node->fdw_state;
	List *options = list_nth(plan->fdw_private, FLUX_FDW_PRIVATE_GROUP);

	ExplainPropertyText("Relations", relation_text(plan->fdw_private), es);
	ExplainPropertyText("Storage Aggregate", strVal(list_nth(options, FLUX_FDW_GROUP_TEXT)), es);
	if (!es->analyze || state == NULL)
		return;
	end_reading(state);
	flux_fdw_stats_explain(&state->stats, es);
}
