/*
 * plan_spec.h
 *		Arguments of the operators that planning rules look into.
 *
 * Each class fills its spec in class->plan(); rules read them and build
 * FluxReadSpec and FluxAggregateWindowSpec from them.  Specs of operators no
 * rule knows stay private to their op_*.c.
 */
#ifndef FLUX_PLAN_SPEC_H
#define FLUX_PLAN_SPEC_H

#include "base/predicate.h"
#include "plan/plan_node.h"

typedef struct FluxFromSpec
{
	FluxText bucket; /* empty when bucket_id is given */
	FluxText bucket_id;
	FluxText host; /* empty: here */
	FluxText token;
	FluxText org;
	FluxText org_id;
	FluxSourceText *source; /* where the call that names the bucket stands */
	FluxSpan span;
} FluxFromSpec;

typedef struct FluxRangeSpec
{
	FluxBounds bounds;
} FluxRangeSpec;

typedef struct FluxFilterSpec
{
	const FluxFunction *function;
	bool keep_empty;
} FluxFilterSpec;

typedef struct FluxGroupSpec
{
	bool is_except;
	const FluxText *columns;
	int column_count;
} FluxGroupSpec;

typedef struct FluxWindowSpec
{
	FluxWindowGrid grid;
	bool is_infinite; /* every: inf */
	FluxText time_column;
	FluxText start_column;
	FluxText stop_column;
	bool create_empty;
} FluxWindowSpec;

/* Aggregates and selectors with a "column" parameter that storage can compute. */
typedef enum FluxAggregateFunction
{
	FLUX_AGGREGATE_COUNT,
	FLUX_AGGREGATE_SUM,
	FLUX_AGGREGATE_MEAN,
	FLUX_AGGREGATE_SPREAD,
	FLUX_AGGREGATE_MIN, /* from here selectors: the whole row */
	FLUX_AGGREGATE_MAX,
	FLUX_AGGREGATE_FIRST,
	FLUX_AGGREGATE_LAST,
	FLUX_AGGREGATE_OTHER /* not one that storage knows */
} FluxAggregateFunction;

typedef struct FluxAggregateSpec
{
	FluxAggregateFunction function;
	FluxText column;
	bool is_aggregate; /* a result per table; else a selector of rows */
	bool is_fusible;   /* aggregateWindow can compute it in one operator */
	void *arguments;   /* private to the operator: q, mode ... */
} FluxAggregateSpec;

/* window |> aggregate |> fill |> duplicate |> window(inf) in one operator. */
typedef struct FluxAggregateWindowSpec
{
	FluxWindowSpec window;
	FluxAggregateSpec aggregate;
	FluxText time_src;
	FluxText time_dst;
} FluxAggregateWindowSpec;

/* group |> aggregate (no selector) in one operator. */
typedef struct FluxGroupAggregateSpec
{
	FluxGroupSpec group;
	FluxAggregateSpec aggregate;
} FluxGroupAggregateSpec;

typedef struct FluxDuplicateSpec
{
	FluxText column;
	FluxText as;
} FluxDuplicateSpec;

typedef struct FluxSortSpec
{
	const FluxText *columns;
	int column_count;
	bool is_descending;
} FluxSortSpec;

typedef struct FluxLimitSpec
{
	int64 rows_max;
	int64 offset;
} FluxLimitSpec;

/* keep and drop: either columns or a predicate. */
typedef struct FluxColumnsSpec
{
	const FluxText *columns;
	int column_count;
	const FluxFunction *predicate;
} FluxColumnsSpec;

typedef struct FluxPivotSpec
{
	const FluxText *row_key;
	int row_key_count;
	const FluxText *column_key;
	int column_key_count;
	FluxText value_column;
	bool is_together; /* the tables of one output key follow each other */
} FluxPivotSpec;

typedef struct FluxYieldSpec
{
	FluxText name;
} FluxYieldSpec;

typedef struct FluxTimeShiftSpec
{
	FluxDuration duration;
	const FluxText *columns;
	int column_count;
} FluxTimeShiftSpec;

typedef struct FluxToSpec
{
	FluxFromSpec target;
	FluxText time_column;
	FluxText measurement_column;
	bool has_tag_columns;
	const FluxText *tag_columns;
	int tag_column_count;
	const FluxFunction *field_function; /* or NULL */
	bool forms_segments;                /* long runs may become segments at once */
} FluxToSpec;

/*
 * What a leaf reads: the pushed part of a pipeline.  io/read_bucket.c answers
 * it from storage; base/predicate.h has the conditions.
 */

typedef struct FluxReadSpec
{
	FluxFromSpec from;
	FluxBounds bounds;
	FluxPredicate *predicate; /* NULL: everything */
	bool has_group;           /* has_aggregate: of groups of series instead of series */
	FluxGroupSpec group;
	bool keeps_key_order;           /* what keep() and drop() leave, not as group() sorts */
	const FluxPlanNode *grouped_at; /* where collisions of types are told of */
	bool has_aggregate;             /* per window if has_window, else whole range */
	FluxAggregateFunction aggregate;
	bool has_window;
	FluxWindowSpec window;
	bool is_aggregate_window; /* output as aggregateWindow's */
	FluxText time_src;
	FluxText time_dst;
	bool has_limit; /* first rows of each table; from the end if is_tail */
	bool is_tail;
	FluxLimitSpec limit;
	bool is_split;          /* the same selector stands above too, and judges types */
	bool has_together;      /* series that would be grouped so follow each other, */
	FluxGroupSpec together; /* in the order of these groups; see plan_order.c */
} FluxReadSpec;

#endif /* FLUX_PLAN_SPEC_H */
