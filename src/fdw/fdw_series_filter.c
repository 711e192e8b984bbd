/*
 * fdw_series_filter.c
 *		Conditions that speak of a series alone, asked once for each series.
 *
 * What fdw_qual.c cannot turn into a predicate of storage (LIKE, regular
 * expressions, order, any function of tags) the server evaluates as ever, but on
 * a row that holds what the rows of a series have in common, and before any of
 * them is read.  Storage then leaves the series out.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "executor/executor.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"

#include "base/pg_compat.h"
#include "fdw/fdw_series_filter.h"

struct FluxFdwSeriesFilter
{
	const FluxFdwColumn *columns; /* of the scan */
	ExprState *conditions;
	ExprContext *context;
	TupleTableSlot *slot; /* a row of the scan, of what conditions need of it */
	bool *is_needed;      /* by column */

	/* Storage asks for the fields of a series one after another. */
	bool asks_field; /* a condition is on the field's name */
	bool has_last;
	int64 last_id;
	bool last_passes;
};

/* ---- planning ---- */

/* Whether all rows of a series and field have the same value in a column. */
static bool
is_of_series(FluxFdwRole role)
{
	return role == FLUX_FDW_TAG || role == FLUX_FDW_MEASUREMENT || role == FLUX_FDW_FIELD_NAME ||
		   role == FLUX_FDW_TAGS || role == FLUX_FDW_SERIES_ID;
}

bool
flux_fdw_series_filter_suits(const FluxFdwTable *table, Index relid, Node *condition)
{
	Bitmapset *attributes = NULL;
	int member = -1;

	pull_varattnos(condition, relid, &attributes);
	while ((member = bms_next_member(attributes, member)) >= 0)
	{
		int attribute = member + FirstLowInvalidHeapAttributeNumber;

		if (attribute < 1 || attribute > table->column_count ||
			!is_of_series(table->columns[attribute - 1].role))
			return false;
	}
	return !bms_is_empty(attributes) && !contain_volatile_functions(condition) &&
		   !contain_subplans(condition);
}

/* A view with a security barrier wants its own conditions asked first. */
bool
flux_fdw_series_filter_takes(RelOptInfo *baserel, const FluxFdwTable *table, RestrictInfo *info)
{
	return flux_fdw_series_filter_suits(table, baserel->relid, (Node *) info->clause) &&
		   restriction_is_securely_promotable(info, baserel);
}

/* ---- executing ---- */

/* Remembers which columns the conditions need. */
static void
find_needed(FluxFdwSeriesFilter *filter, Index varno, List *conditions)
{
	Bitmapset *needed = NULL;

	pull_varattnos((Node *) conditions, varno, &needed);
	for (int i = 0; i < filter->slot->tts_tupleDescriptor->natts; i++)
	{
		filter->is_needed[i] = bms_is_member(i + 1 - FirstLowInvalidHeapAttributeNumber, needed);
		filter->asks_field |=
			filter->is_needed[i] && filter->columns[i].role == FLUX_FDW_FIELD_NAME;
	}
}

FluxFdwSeriesFilter *
flux_fdw_series_filter_create(ForeignScanState *node, List *conditions,
							  const FluxFdwColumn *columns)
{
	const ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	TupleDesc row = node->ss.ss_ScanTupleSlot->tts_tupleDescriptor;
	FluxFdwSeriesFilter *filter;

	if (conditions == NIL)
		return NULL;
	filter = palloc0(sizeof(FluxFdwSeriesFilter));
	filter->columns = columns;
	filter->conditions = ExecInitQual(conditions, (PlanState *) node);
	filter->context = CreateExprContext(node->ss.ps.state);
	filter->slot = ExecInitExtraTupleSlot(node->ss.ps.state, row, &TTSOpsVirtual);
	filter->is_needed = palloc0_array(bool, Max(1, row->natts));
	find_needed(filter, plan->scan.scanrelid != 0 ? plan->scan.scanrelid : INDEX_VAR, conditions);
	return filter;
}

void
flux_fdw_series_filter_reset(FluxFdwSeriesFilter *filter)
{
	if (filter != NULL)
		filter->has_last = false;
}

/* Asks the conditions. */
static bool
evaluate(FluxFdwSeriesFilter *filter, const FluxScanSeries *series)
{
	TupleTableSlot *slot = filter->slot;
	MemoryContext old_context;

	ResetExprContext(filter->context);
	old_context = MemoryContextSwitchTo(filter->context->ecxt_per_tuple_memory);
	ExecClearTuple(slot);
	for (int i = 0; i < slot->tts_tupleDescriptor->natts; i++)
		slot->tts_isnull[i] =
			!filter->is_needed[i] ||
			!flux_fdw_series_datum(&filter->columns[i], series, &slot->tts_values[i]);
	ExecStoreVirtualTuple(slot);
	MemoryContextSwitchTo(old_context);
	filter->context->ecxt_scantuple = slot;
	return ExecQual(filter->conditions, filter->context);
}

bool
flux_fdw_series_filter_passes(FluxFdwSeriesFilter *filter, const FluxScanSeries *series)
{
	if (filter == NULL)
		return true;
	if (!filter->has_last || filter->asks_field || filter->last_id != series->series_id)
	{
		filter->last_passes = evaluate(filter, series);
		filter->last_id = series->series_id;
		filter->has_last = true;
	}
	return filter->last_passes;
}
