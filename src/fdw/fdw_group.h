/*
 * fdw_group.h
 *		What the files share that answer GROUP BY queries.
 *
 *		fdw_group			beginning, rows, EXPLAIN
 *		fdw_group_series	which group a series belongs to
 *		fdw_group_request	which storage scans the aggregates need
 *		fdw_group_step		answers from scans in step: nothing is kept
 *		fdw_group_hash		answers by adding up per group
 */
#ifndef FLUX_FDW_GROUP_H
#define FLUX_FDW_GROUP_H

#include "utils/hsearch.h"

#include "fdw/fdw_series_filter.h"
#include "fdw/fdw_window.h"

/* A column of the answer. */
typedef struct FluxFdwGroupOutput
{
	FluxFdwOutput kind;
	int attribute; /* TEXT: column; aggregates: field's column, 0: any field */
	int key;       /* TEXT of tags ->> */
	int text;      /* TEXT: position among the group's texts */
	FluxText key_text;
	bool key_is_null;
	int aggregate;               /* aggregates: position among them */
	int filter_at;               /* aggregates: position of the filter, or -1 */
	FluxFdwSeriesFilter *filter; /* NULL: of all series */
} FluxFdwGroupOutput;

typedef struct FluxFdwGroupScan FluxFdwGroupScan;

/* What one storage scan computes, of which fields. */
typedef struct FluxFdwRequest
{
	FluxFdwGroupScan *state;
	FluxScanAggregate kind;
	FluxColumnType type; /* 0: any */
	bool counts_rows;
	bool all_fields;
	bool *fields; /* by attribute - 1; of a measurement's table */
	FluxScan *scan;
	FluxScanBatch batch;
	int row; /* in step: next row of the batch */
} FluxFdwRequest;

/* State of one aggregate in one group. */
typedef struct FluxFdwAccumulator
{
	union
	{
		double floating;
		int64 integer;
		uint64 uinteger;
	} value;     /* sum, minimum or maximum */
	int64 high;  /* upper half of a wide sum */
	int64 count; /* of points, for count and means; else 0 or 1 */
} FluxFdwAccumulator;

/* A group of series: those with equal texts. */
typedef struct FluxFdwSeriesGroup
{
	FluxText *texts;
	bool *nulls;
	int64 series_id;
} FluxFdwSeriesGroup;

typedef struct FluxFdwGroupHash FluxFdwGroupHash;

struct FluxFdwGroupScan
{
	FluxFdwTable *table;
	Oid user_oid;
	List *quals;
	List *value_states;
	FluxFdwSeriesFilter *filter;
	FluxFdwColumn *columns; /* what outputs show of series */
	bool is_plain;
	bool needs_others;
	int required; /* attribute of the one field that rows have, or 0 */
	FluxFdwGroupOutput *outputs;
	int output_count;
	int text_count;
	int aggregate_count;
	FluxFdwGroupOutput **aggregates;
	bool has_series_id;
	List *window_output; /* NIL without a window */
	MemoryContext scan_context;

	/* made at the first row */
	bool is_begun;
	bool is_empty;
	FluxBounds bounds;
	FluxPredicate *predicate;
	FluxFdwWindow window;
	FluxFdwRequest *requests;
	int request_count;
	HTAB *group_numbers; /* key of texts -> position in series_groups */
	FluxFdwSeriesGroup *series_groups;
	int series_group_count;
	int series_group_capacity;
	bool in_step;
	int32 current_group; /* in step: of the series that rows are of */
	FluxFdwAccumulator *step_values;
	bool has_given_plain;
	FluxFdwGroupHash *hash;
	FluxScanStats stats;
};

/* ---- fdw_group_series.c ---- */

extern void flux_fdw_group_series_init(FluxFdwGroupScan *state);

/* The group of a series, a new one if need be. */
extern int32 flux_fdw_group_of_series(FluxFdwGroupScan *state, const FluxScanSeries *series,
									  bool *is_new);

/*
 * Numbers the groups of all series that requests [0, count) may give rows of;
 * true when no two series share one.
 */
extern bool flux_fdw_group_number_all(FluxFdwGroupScan *state, int count);

/* Fills the columns of a row that tell the group. */
extern void flux_fdw_group_fill(const FluxFdwGroupScan *state, TupleTableSlot *slot, int32 number,
								int64 bin);

/* ---- fdw_group_request.c ---- */

extern void flux_fdw_group_make_requests(FluxFdwGroupScan *state);
extern FluxScanSpec flux_fdw_group_spec(FluxFdwGroupScan *state, FluxFdwRequest *of,
										FluxBounds bounds);

/* Ends its scan and keeps the counters. */
extern void flux_fdw_group_end_request(FluxFdwGroupScan *state, FluxFdwRequest *of);

/*
 * Does an aggregate take part of its value from this request and series?  NULL:
 * a series of the one field that all aggregates are of.
 */
extern bool flux_fdw_group_takes(const FluxFdwGroupScan *state, const FluxFdwGroupOutput *output,
								 const FluxFdwRequest *of, const FluxScanSeries *series);

/* Adds a row of a request to an aggregate. */
extern void flux_fdw_group_accumulate(FluxFdwAccumulator *accumulator,
									  const FluxFdwGroupOutput *output, const FluxFdwRequest *of,
									  int row);

/* Adds what was accumulated apart. */
extern void flux_fdw_group_combine(const FluxFdwGroupScan *state, FluxFdwAccumulator *accumulators,
								   const FluxFdwAccumulator *others);

/* Fills the columns of a row that are aggregates. */
extern void flux_fdw_group_fill_aggregates(const FluxFdwGroupScan *state, TupleTableSlot *slot,
										   const FluxFdwAccumulator *accumulators);

/* ---- fdw_group_step.c ---- */

/* Whether the requests, made for it, can be answered in step. */
extern bool flux_fdw_group_can_step(FluxFdwGroupScan *state);
extern void flux_fdw_group_begin_steps(FluxFdwGroupScan *state);
extern bool flux_fdw_group_step(FluxFdwGroupScan *state, TupleTableSlot *slot);

/* ---- fdw_group_hash.c ---- */

/* Reads everything; what does not fit the memory is sorted on disk. */
extern FluxFdwGroupHash *flux_fdw_group_hash_build(FluxFdwGroupScan *state);
extern bool flux_fdw_group_hash_next(FluxFdwGroupScan *state, TupleTableSlot *slot);
extern void flux_fdw_group_hash_end(FluxFdwGroupHash *hash);

#endif /* FLUX_FDW_GROUP_H */
