/*
 * fdw_int.h
 *		What the parts of the foreign data wrapper share.
 *
 *		fdw_table	what a foreign table and its columns stand for
 *		fdw_qual	which conditions storage can answer, and building its predicate
 *		fdw_value_qual	conditions on values of a field
 *		fdw_series_filter	conditions that the server asks once for each series
 *		fdw_plan	handler, paths, plans
 *		fdw_rows	rows of "_points" and of the measurements' tables
 *		fdw_order	the same in order of time
 *		fdw_scan	scans of them, in parallel too
 *		fdw_estimate	what the planner is told of tables that were not analyzed
 *		fdw_analyze	ANALYZE
 *		fdw_aggregate	which aggregates storage can answer
 *		fdw_distinct	aggregates that groups alone can answer
 *		fdw_window	windows of time that they may be grouped by
 *		fdw_time_bucket	flux.time_bucket(), which makes some of them
 *		fdw_group	answering them (fdw_group.h)
 *		fdw_datum	stored values as datums
 *		fdw_modify	INSERT and COPY FROM
 *
 * A qual on its way from planner to executor is a List: its kind, then what the
 * kind needs; numbers are Integer nodes, values are positions in fdw_exprs,
 * evaluated when the scan begins.  Behind the values stand conditions on series.
 */
#ifndef FLUX_FDW_INT_H
#define FLUX_FDW_INT_H

#include "foreign/fdwapi.h"
#include "nodes/pathnodes.h"
#include "utils/relcache.h"

#include "storage/measurement_table.h"
#include "storage/storage_scan.h"

/* What a column shows. */
typedef enum FluxFdwRole
{
	FLUX_FDW_NONE, /* always null */
	FLUX_FDW_TIME,
	FLUX_FDW_TIME_NS,
	FLUX_FDW_TAG,         /* of a measurement's table: named */
	FLUX_FDW_FIELD,       /* of a measurement's table: named, typed */
	FLUX_FDW_MEASUREMENT, /* of "_points", as all below */
	FLUX_FDW_FIELD_NAME,
	FLUX_FDW_TAGS,
	FLUX_FDW_SERIES_ID,
	FLUX_FDW_VALUE /* typed */
} FluxFdwRole;

typedef struct FluxFdwColumn
{
	FluxFdwRole role;
	FluxText name;
	FluxColumnType type;
} FluxFdwColumn;

typedef struct FluxFdwTable
{
	FluxBucket *bucket;
	bool is_points;
	FluxText measurement;   /* of a measurement's table */
	FluxFdwColumn *columns; /* of attribute i + 1 */
	int column_count;
} FluxFdwTable;

/* fdw_table.c: raises when the relation's schema is no bucket's. */
extern FluxFdwTable *flux_fdw_table_get(Relation rel);
extern FluxFdwTable *flux_fdw_table_get_by_oid(Oid relation_oid);

/* A column's attribute number by its role, 0 when there is none. */
extern AttrNumber flux_fdw_table_find(const FluxFdwTable *table, FluxFdwRole role);

/* ---- quals ---- */

typedef enum FluxFdwQualKind
{
	FLUX_FDW_QUAL_AND,        /* quals */
	FLUX_FDW_QUAL_OR,         /* quals */
	FLUX_FDW_QUAL_TIME,       /* comparison, value, its type */
	FLUX_FDW_QUAL_TIME_NS,    /* comparison, value, its type */
	FLUX_FDW_QUAL_TEXT,       /* attribute, key, comparison, value */
	FLUX_FDW_QUAL_TEXT_IN,    /* attribute, key, value */
	FLUX_FDW_QUAL_EXISTS,     /* attribute, key */
	FLUX_FDW_QUAL_NOT_EXISTS, /* attribute, key */
	FLUX_FDW_QUAL_VALUE /* comparison, value, its type: of the only field (fdw_value_qual.c) */
} FluxFdwQualKind;

/*
 * The qual of a clause, or NIL when storage cannot answer it exactly.  Values
 * are appended to *exprs; they may be of other relations where the path has
 * parameters.
 */
extern List *flux_fdw_qual_classify(PlannerInfo *root, Index relid, const FluxFdwTable *table,
									Expr *clause, bool has_parameters, List **exprs);

/*
 * Whether an expression is a text that belongs to the series: a tag's column,
 * "_measurement", "_field", or tags ->> 'key', whose key is appended to *exprs
 * (*key is its position, else -1).
 */
extern bool flux_fdw_qual_is_text(PlannerInfo *root, Index relid, const FluxFdwTable *table,
								  Node *node, List **exprs, AttrNumber *attribute, int *key);

/*
 * Bounds and predicate of quals that all must hold; values as evaluated.  False
 * when nothing can pass.  In the current memory context.
 */
extern bool flux_fdw_qual_apply(const FluxFdwTable *table, List *quals, const Datum *values,
								const bool *nulls, FluxBounds *bounds, FluxPredicate **predicate);

/* Whether an expression has the same value for a whole scan. */
extern bool flux_fdw_qual_is_value(PlannerInfo *root, Node *node);

/* The comparison with sides exchanged. */
extern FluxComparison flux_fdw_qual_flip(FluxComparison comparison);

/*
 * fdw_value_qual.c: the qual of a condition on the value of a field, or NIL, and the
 * predicate that it stands for.
 */
extern List *flux_fdw_value_classify(PlannerInfo *root, const FluxFdwTable *table, Index relid,
									 AttrNumber attribute, Expr *clause, List **exprs);
extern FluxPredicate *flux_fdw_value_predicate(FluxComparison comparison, Oid type_oid,
											   Datum value);

/* Adds "column = text" to a predicate that may be NULL. */
extern FluxPredicate *flux_fdw_qual_and_equal(FluxPredicate *predicate, FluxPredicateColumn column,
											  FluxText text);

/* ---- plans ---- */

/* What planning knows of a base relation: fdw_private of its RelOptInfo. */
typedef struct FluxFdwRel
{
	FluxFdwTable *table;
	Oid relation_oid;
	List *pushed; /* RestrictInfos that storage answers */
	List *series; /* those that are asked of series */
	List *local;  /* the others */
	List *quals;  /* of pushed */
	List *exprs;
	List *needed; /* attribute numbers */
	bool is_strict;
	AttrNumber field; /* the only one needed, where conditions on it are pushed; else 0 */
} FluxFdwRel;

/* Costs: of beginning a scan, of a point that is decoded, of a row. */
#define FLUX_FDW_SCAN_COST 10.0
#define FLUX_FDW_POINT_COST 0.0005
#define FLUX_FDW_ROW_COST 0.015
#define FLUX_FDW_ORDER_COST 0.15 /* more, of a row in order: segments are decoded again and again */

/*
 * Rows of a table; analyzed_rows and analyzed_blocks are what ANALYZE found, or
 * the former is negative.
 */
extern double flux_fdw_estimate_rows(Oid relation_oid, const FluxFdwTable *table,
									 double analyzed_rows, double analyzed_blocks);

/* Sets the wrapper's callback for ANALYZE. */
extern void flux_fdw_analyze_init(FdwRoutine *routine);

/* Clauses as EXPLAIN shows them, as of a scan of the relation alone. */
extern char *flux_fdw_deparse(Oid relation_oid, Index relid, Node *node);

/* The same of a list of conditions that all must hold; empty without any. */
extern char *flux_fdw_deparse_conditions(Oid relation_oid, Index relid, List *conditions);

/* The first five of fdw_private. */
extern List *flux_fdw_plan_private(const FluxFdwRel *rel, Index relid, List *quals, List *pushed,
								   List *values);

/* Values and conditions on series, as fdw_exprs has them. */
extern List *flux_fdw_scan_values(const ForeignScan *plan);
extern List *flux_fdw_scan_conditions(const ForeignScan *plan);

/* The order of rows that a scan promises. */
typedef enum FluxFdwOrder
{
	FLUX_FDW_ORDER_NONE,
	FLUX_FDW_ORDER_ASCENDING, /* by time */
	FLUX_FDW_ORDER_DESCENDING
} FluxFdwOrder;

/* Positions in a ForeignScan's fdw_private; behind the first five groups differ. */
enum
{
	FLUX_FDW_PRIVATE_RELATION, /* Integer: oid */
	FLUX_FDW_PRIVATE_QUALS,
	FLUX_FDW_PRIVATE_TEXT,        /* String: pushed conditions */
	FLUX_FDW_PRIVATE_VALUES,      /* Integer: so many fdw_exprs are values, conditions follow */
	FLUX_FDW_PRIVATE_SERIES_TEXT, /* String: conditions on series */
	FLUX_FDW_PRIVATE_COLUMNS,     /* Integers: attributes that are needed */
	FLUX_FDW_PRIVATE_IS_STRICT,   /* Integer: rows need one of the needed fields */
	FLUX_FDW_PRIVATE_ORDER,       /* Integer: FluxFdwOrder */

	FLUX_FDW_PRIVATE_OUTPUTS = FLUX_FDW_PRIVATE_COLUMNS, /* Lists, see below */
	FLUX_FDW_PRIVATE_GROUP                               /* List: options and text of the groups */
};

/* A column of grouped rows: a List of its kind and what that needs. */
typedef enum FluxFdwOutput
{
	FLUX_FDW_OUTPUT_TEXT,      /* attribute, key (as in FLUX_FDW_QUAL_TEXT) */
	FLUX_FDW_OUTPUT_SERIES_ID, /* attribute */
	FLUX_FDW_OUTPUT_UNSEEN,    /* attribute; for conditions on series, null in rows */
	FLUX_FDW_OUTPUT_BIN,       /* FluxFdwWindowKind, constants (fdw_window.h) */
	FLUX_FDW_OUTPUT_COUNT,     /* attribute of the field, 0: rows; filter or -1, as all below */
	FLUX_FDW_OUTPUT_SUM,       /* attribute, as all below */
	FLUX_FDW_OUTPUT_SUM_WIDE,  /* of integers, to numeric */
	FLUX_FDW_OUTPUT_MEAN,
	FLUX_FDW_OUTPUT_MEAN_WIDE,
	FLUX_FDW_OUTPUT_MIN,
	FLUX_FDW_OUTPUT_MAX,
	FLUX_FDW_OUTPUT_FIRST_TIME, /* attribute, 0: of any field */
	FLUX_FDW_OUTPUT_LAST_TIME,
	FLUX_FDW_OUTPUT_FIRST_TIME_NS,
	FLUX_FDW_OUTPUT_LAST_TIME_NS
} FluxFdwOutput;

/* Positions in FLUX_FDW_PRIVATE_GROUP. */
enum
{
	FLUX_FDW_GROUP_TEXT,         /* String: what EXPLAIN shows */
	FLUX_FDW_GROUP_IS_PLAIN,     /* Integer: no GROUP BY, one row in any case */
	FLUX_FDW_GROUP_NEEDS_OTHERS, /* Integer: fields not asked for make groups, too */
	FLUX_FDW_GROUP_REQUIRED,     /* Integer: attribute of the one field that rows have, or 0 */
	FLUX_FDW_GROUP_CONDITIONS    /* Integer: so many conditions are the scan's, filters follow */
};

extern void flux_fdw_scan_init(FdwRoutine *routine);

/* ---- groups ---- */

extern void flux_fdw_group_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input,
								 RelOptInfo *output, void *extra);
extern ForeignScan *flux_fdw_group_plan(PlannerInfo *root, ForeignPath *path, List *tlist,
										Plan *outer_plan);
extern void flux_fdw_group_begin(ForeignScanState *node, int eflags);
extern TupleTableSlot *flux_fdw_group_iterate(ForeignScanState *node);
extern void flux_fdw_group_rescan(ForeignScanState *node);
extern void flux_fdw_group_end(ForeignScanState *node);
extern void flux_fdw_group_explain(ForeignScanState *node, struct ExplainState *es);

/* Whose rights count: a view's owner, else the current user. */
extern Oid flux_fdw_scan_user(ForeignScanState *node, int range_index);

/* The counters of a scan for EXPLAIN ANALYZE; the sum of many is kept. */
extern void flux_fdw_stats_add(FluxScanStats *sum, const FluxScanStats *stats);
extern void flux_fdw_stats_explain(const FluxScanStats *stats, struct ExplainState *es);

/* ---- datums ---- */

/* A stored value as a datum of its column's SQL type. */
extern Datum flux_fdw_value_datum(const FluxColumn *column, int row);
extern Datum flux_fdw_text_datum(FluxText text);

/* high * 2^64 + low as a numeric. */
extern Datum flux_fdw_wide_datum(int64 high, uint64 low);

/* The tags of a series as jsonb. */
extern Datum flux_fdw_tags_datum(const FluxScanSeries *series);

/* What a column shows in all rows of a series; false: null, or it differs. */
extern bool flux_fdw_series_datum(const FluxFdwColumn *column, const FluxScanSeries *series,
								  Datum *datum);

extern void flux_fdw_modify_init(FdwRoutine *routine);

#endif /* FLUX_FDW_INT_H */
