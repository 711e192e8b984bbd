/*
 * scan_aggregate.h
 *		Aggregates of one series and field after another, window by window.
 */
#ifndef FLUX_SCAN_AGGREGATE_H
#define FLUX_SCAN_AGGREGATE_H

#include "storage/merge.h"
#include "storage/storage_scan.h"

/* Result rows: up to FLUX_BATCH_ROWS at a time. */
typedef struct FluxScanRows
{
	MemoryContext strings;		/* of strings' bytes; reset at each filling */
	int			count;
	bool		has_nulls;
	int64		starts_ns[FLUX_BATCH_ROWS];
	int64		stops_ns[FLUX_BATCH_ROWS];
	int64		times_ns[FLUX_BATCH_ROWS];	/* selectors: of the selected point */
	bool		nulls[FLUX_BATCH_ROWS];
	FluxText	values[FLUX_BATCH_ROWS];	/* an array of the result's type */
} FluxScanRows;

typedef struct FluxScanAggregator FluxScanAggregator;

/*
 * The spec and the statistics (which are counted up) must live as long.  In the
 * current memory context.
 */
extern FluxScanAggregator *flux_scan_aggregator_create(const FluxScanSpec *spec,
													   FluxScanStats *stats);

/* What the scan computes of a series whose field is of this type. */
extern FluxScanAggregate flux_scan_aggregate_of(const FluxScanSpec *spec, FluxColumnType type);

/* Type of the result; raises an error where the field's type has no such aggregate. */
extern FluxColumnType flux_scan_aggregate_type(FluxScanAggregate aggregate, FluxColumnType type);

/* Whether reading backward finds the result sooner. */
extern bool flux_scan_aggregate_descends(const FluxScanSpec *spec);

/* Starts a series, which the merge has begun with; rest as of flux_predicate_reduce(). */
extern void flux_scan_aggregator_begin(FluxScanAggregator *aggregator, FluxMerge *merge,
									   FluxColumnType type, const FluxPredicate *rest);

/*
 * Pieces of points that do not come from a merge: as flux_merge_next().  A
 * segment given lies within the bounds, and in one window unless only its times
 * are asked for (COUNT), which alone are ever decoded; of others count, tmin_ns
 * and the statistic that the aggregate needs must do, and for MIN and MAX the
 * spec has times_unused.
 */
typedef bool (*FluxScanPieceSource) (void *argument, const FluxSegment **segment,
									 FluxMergeVector *vector);

/* Starts a series whose points a source gives; they need no further test. */
extern void flux_scan_aggregator_begin_source(FluxScanAggregator *aggregator,
											  FluxScanPieceSource source, void *argument,
											  FluxColumnType type);

/* The next rows of the series; false when there are none left. */
extern bool flux_scan_aggregator_fill(FluxScanAggregator *aggregator, FluxScanRows *rows);

#endif							/* FLUX_SCAN_AGGREGATE_H */
