/*
 * scan_aggregate.h
 *		Aggregates of one series and field after another, window by window.
 */
#ifndef FLUX_SCAN_AGGREGATE_H
#define FLUX_SCAN_AGGREGATE_H

#include "storage/scan_piece.h"
#include "storage/storage_scan.h"

/* Result rows: up to FLUX_BATCH_ROWS at a time. */
typedef struct FluxScanRows
{
	MemoryContext strings; /* of strings' bytes; reset at each filling */
	int count;
	bool has_nulls;
	int64 starts_ns[FLUX_BATCH_ROWS];
	int64 stops_ns[FLUX_BATCH_ROWS];
	int64 times_ns[FLUX_BATCH_ROWS]; /* selectors: of the selected point */
	bool nulls[FLUX_BATCH_ROWS];
	FluxText values[FLUX_BATCH_ROWS]; /* an array of the result's type */
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

/*
 * Refuses a series of a type that has no such aggregate, by the spec's own
 * check_type() first.
 */
extern void flux_scan_check_type(const FluxScanSpec *spec, FluxColumnType type);

/* Whether flux_scan_check_type() would let it pass, the spec's own check apart. */
extern bool flux_scan_aggregate_takes(FluxScanAggregate aggregate, FluxColumnType type);

/* Whether reading backward finds the result sooner. */
extern bool flux_scan_aggregate_descends(const FluxScanSpec *spec);

/* Starts a series, which the merge has begun with; rest as of flux_predicate_reduce(). */
extern void flux_scan_aggregator_begin(FluxScanAggregator *aggregator, FluxMerge *merge,
									   FluxColumnType type, const FluxPredicate *rest);

/*
 * Starts a series whose points a source gives; they need no further test.  A
 * segment given lies within the bounds, and in one window unless only its times
 * are asked for (COUNT), which alone are ever decoded; of others count, tmin_ns
 * and the statistic that the aggregate needs must do, and for MIN and MAX the
 * spec has times_unused.
 */
extern void flux_scan_aggregator_begin_source(FluxScanAggregator *aggregator,
											  FluxScanPieceSource source, void *argument,
											  FluxColumnType type);

/*
 * Starts a series whose pieces others read as well.  Each is offered after the
 * one before is used up, that is, when flux_scan_aggregator_continue() has
 * given false; offering the end says that there are no more.
 */
extern void flux_scan_aggregator_begin_shared(FluxScanAggregator *aggregator, FluxScanPiece *piece);
extern void flux_scan_aggregator_offer(FluxScanAggregator *aggregator, bool is_end);

/*
 * With a grouping, a series that is begun is added to its group: this starts a
 * group.  Continuing then never has rows of a series; those of the group are
 * given when its last series is through.
 */
extern void flux_scan_aggregator_begin_group(FluxScanAggregator *aggregator);

/* Adds rows of the group to what the rows hold; false when there are none left. */
extern bool flux_scan_aggregator_give_group(FluxScanAggregator *aggregator, FluxScanRows *rows);

/* Whether the series has had points so far. */
extern bool flux_scan_aggregator_has_points(const FluxScanAggregator *aggregator);

/* Whether the values matter, where points are decoded; after a begin. */
extern bool flux_scan_aggregator_needs_values(const FluxScanAggregator *aggregator);

/* The next rows of the series, or of the group; false when there are none left. */
extern bool flux_scan_aggregator_fill(FluxScanAggregator *aggregator, FluxScanRows *rows);

/*
 * The same, adding to what the rows hold: true when they are full or the series
 * is at its end, false when there is nothing left, or nothing as yet.
 */
extern bool flux_scan_aggregator_continue(FluxScanAggregator *aggregator, FluxScanRows *rows);

/* Empty rows, in the current memory context. */
extern FluxScanRows *flux_scan_rows_create(void);
extern void flux_scan_rows_clear(FluxScanRows *rows);

#endif /* FLUX_SCAN_AGGREGATE_H */
