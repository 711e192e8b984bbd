/*
 * fdw_rows.h
 *		The rows that a foreign table has in some range of time.
 */
#ifndef FLUX_FDW_ROWS_H
#define FLUX_FDW_ROWS_H

#include "executor/tuptable.h"

#include "fdw/fdw_series_filter.h"

/* Which series are read: those whose ids have a value in [first, last]. */
typedef struct FluxFdwSeriesRange
{
	int64 first;
	int64 last;
} FluxFdwSeriesRange;

typedef struct FluxFdwRows FluxFdwRows;

/*
 * Rows with the columns is_needed (by attribute - 1) filled; "is_strict": only
 * rows that have one of the needed fields.  In the current memory context.
 */
extern FluxFdwRows *flux_fdw_rows_create(const FluxFdwTable *table, const bool *is_needed,
										 bool is_strict, Oid user_oid);

/* What the rows' series must pass; NULL: all.  Must live as long. */
extern void flux_fdw_rows_set_predicate(FluxFdwRows *rows, const FluxPredicate *predicate);

/* The same, by conditions that the server asks; NULL: all.  Must live as long. */
extern void flux_fdw_rows_set_filter(FluxFdwRows *rows, FluxFdwSeriesFilter *filter);

/* Begins reading what lies in bounds; ends what was read before. */
extern void flux_fdw_rows_begin(FluxFdwRows *rows, FluxBounds bounds);

/* The same, of some series alone. */
extern void flux_fdw_rows_begin_series(FluxFdwRows *rows, FluxBounds bounds,
									   FluxFdwSeriesRange range);

/*
 * Fills the slot's values and nulls, which the caller stores; false at the end.
 * Texts live until the next call.
 */
extern bool flux_fdw_rows_next(FluxFdwRows *rows, TupleTableSlot *slot);

/* The instant of the row given last. */
extern int64 flux_fdw_rows_time(const FluxFdwRows *rows);

/*
 * From the first to the last instant at which a series has a point in bounds:
 * of the first ones of each series, or of the last ones.
 */
extern FluxBounds flux_fdw_rows_find(FluxFdwRows *rows, FluxBounds bounds, bool is_ascending);

/* Ends reading; the counters go on. */
extern void flux_fdw_rows_end(FluxFdwRows *rows);
extern FluxScanStats *flux_fdw_rows_stats(FluxFdwRows *rows);

/* ---- in order of time (fdw_order.c) ---- */

typedef struct FluxFdwOrdered FluxFdwOrdered;

extern FluxFdwOrdered *flux_fdw_ordered_create(FluxFdwRows *rows, FluxFdwOrder order);
extern void flux_fdw_ordered_begin(FluxFdwOrdered *ordered, FluxBounds bounds);

/* Stores the next row in the slot; an empty slot at the end. */
extern TupleTableSlot *flux_fdw_ordered_next(FluxFdwOrdered *ordered, TupleTableSlot *slot);

#endif /* FLUX_FDW_ROWS_H */
