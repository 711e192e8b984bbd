/*
 * storage_scan.h
 *		Reading a bucket: points, or aggregates of them, series by series.
 *
 * A scan gives, for each (series, field) that has points in the bounds and
 * passes the predicate, in the order of flux group keys, vectors of times and
 * values (ascending, no nulls, newest write of each instant), or one row per
 * window.  Segments that no hot point overlaps and that lie within one window
 * are answered from their statistics without being decoded.
 */
#ifndef FLUX_STORAGE_SCAN_H
#define FLUX_STORAGE_SCAN_H

#include "base/predicate.h"
#include "base/window_grid.h"
#include "storage/bucket.h"
#include "storage/ingest.h"
#include "vector/column.h"

/* What to compute per window (or over the whole bounds without a grid). */
typedef enum FluxScanAggregate
{
	FLUX_SCAN_RAW = 0, /* no aggregate: the points themselves */
	FLUX_SCAN_COUNT,
	FLUX_SCAN_SUM,
	FLUX_SCAN_MEAN,
	FLUX_SCAN_SPREAD, /* greatest less least */
	FLUX_SCAN_MIN,    /* selectors give the point's time too */
	FLUX_SCAN_MAX,
	FLUX_SCAN_FIRST,
	FLUX_SCAN_LAST,
	FLUX_SCAN_SUM_WIDE /* of int, uint: 128 bits, the upper half in times_ns */
} FluxScanAggregate;

/* A series and one of its fields; lives as long as the scan. */
typedef struct FluxScanSeries
{
	int64 series_id;
	FluxText measurement;
	FluxText field;
	FluxColumnType type;
	const FluxTag *tags; /* sorted by key */
	int tag_count;
} FluxScanSeries;

/* The columns of series (tags, "_measurement", "_field") that tell groups apart. */
typedef struct FluxScanGrouping
{
	const FluxText *columns;
	int column_count;
	bool is_except; /* all columns but these */
} FluxScanGrouping;

typedef struct FluxScanSpec
{
	const FluxBucket *bucket;
	FluxBounds bounds;
	const FluxPredicate *predicate; /* or NULL */
	FluxScanAggregate aggregate;
	const FluxWindowGrid *grid; /* NULL: one window = the bounds */
	bool create_empty;          /* rows for windows without points, value null (count 0) */
	bool descending;            /* newest first; RAW only */
	int64 rows_max;             /* per series, RAW only; 0 = all */
	bool times_unused;          /* MIN, MAX: times_ns may be anything, which is faster */
	bool first_if_unordered;    /* MIN, MAX: of strings and booleans the first point */
	bool series_major;          /* all fields of a series follow each other */

	/*
	 * Series that agree in these columns follow each other, in the order of keys
	 * made of these alone.  NULL: in the order of their whole keys.
	 */
	const FluxScanGrouping *together;
	Oid user_oid; /* whose rights to check; invalid: the current user's */

	/*
	 * Called with the type of each series that has points, before its first
	 * row: the place to refuse a type with an error that knows more than the
	 * scan's own.  May be NULL.
	 */
	void (*check_type)(void *argument, FluxColumnType type);
	void *check_argument;
	FluxColumnType field_type; /* only fields of this type; 0: any */

	/*
	 * Leaves out the series and fields for which it is false, when the scan
	 * begins.  May be NULL.
	 */
	bool (*accepts)(void *argument, const FluxScanSeries *series);
	void *accepts_argument;

	/*
	 * COUNT: counts the instants at which any field of a series has a point
	 * rather than the points of each field; one series follows another, with
	 * some field of it.  Without conditions on values.
	 */
	bool counts_rows;

	/*
	 * COUNT, SUM, MEAN, SPREAD: adds up the series of each group, in the order
	 * of series; groups come in the order of their own keys, each with the
	 * first of its series.  NULL: each series is one.  Where series of several
	 * types meet in a group, the earliest in the order of series whose type is
	 * another than before is told to refuse_types(), which does not return.
	 */
	const FluxScanGrouping *grouping;
	void (*refuse_types)(void *check_argument, FluxColumnType type, FluxColumnType before);
} FluxScanSpec;

/* A portion of one series: up to FLUX_BATCH_ROWS rows; valid until the next call. */
typedef struct FluxScanBatch
{
	const FluxScanSeries *series;
	bool is_first; /* first portion of this series */
	bool is_last;  /* last one */
	int row_count;
	const int64 *times_ns;  /* RAW, selectors: the point's time */
	const int64 *starts_ns; /* aggregates: window, clipped to the bounds */
	const int64 *stops_ns;
	FluxColumn values; /* type per aggregate: COUNT int, MEAN float */
} FluxScanBatch;

typedef struct FluxScanStats
{
	int64 chunks;
	int64 segments_read;
	int64 segments_skipped;
	int64 segments_from_statistics;
	int64 hot_rows;
	int64 points_decoded;
} FluxScanStats;

typedef struct FluxScan FluxScan;

/* Checks SELECT rights; reads under the active snapshot. */
extern FluxScan *flux_scan_begin(const FluxScanSpec *spec);
extern bool flux_scan_next(FluxScan *scan, FluxScanBatch *batch);
extern const FluxScanStats *flux_scan_stats(const FluxScan *scan);
extern void flux_scan_end(FluxScan *scan);

/*
 * Is there the memory to begin a scan with windows: those of a group at once, and
 * those that contain an instant?
 */
extern bool flux_scan_windows_fit(const FluxScanSpec *spec);

/* The order in which series come: that of flux group keys, then by type. */
extern int flux_scan_series_compare(const FluxScanSeries *a, const FluxScanSeries *b);

/* The series of a bucket alone, without reading points. */
extern const FluxScanSeries *flux_scan_series(const FluxScanSpec *spec, int *count);

#endif /* FLUX_STORAGE_SCAN_H */
