/*
 * fdw_int.h
 *		What the parts of the foreign data wrapper share.
 *
 *		fdw_table	what a foreign table and its columns stand for
 *		fdw_qual	which conditions storage can answer, and building its predicate
 *		fdw_plan	handler, paths, plans
 *		fdw_scan	rows of "_points" and of the measurements' tables
 *		fdw_modify	INSERT and COPY FROM
 *
 * A qual on its way from planner to executor is a List: its kind, then what the
 * kind needs; numbers are Integer nodes, values are positions in fdw_exprs,
 * evaluated when the scan begins.
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
	FLUX_FDW_NONE,				/* always null */
	FLUX_FDW_TIME,
	FLUX_FDW_TIME_NS,
	FLUX_FDW_TAG,				/* of a measurement's table: named */
	FLUX_FDW_FIELD,				/* of a measurement's table: named, typed */
	FLUX_FDW_MEASUREMENT,		/* of "_points", as all below */
	FLUX_FDW_FIELD_NAME,
	FLUX_FDW_TAGS,
	FLUX_FDW_SERIES_ID,
	FLUX_FDW_VALUE				/* typed */
} FluxFdwRole;

typedef struct FluxFdwColumn
{
	FluxFdwRole role;
	FluxText	name;
	FluxColumnType type;
} FluxFdwColumn;

typedef struct FluxFdwTable
{
	FluxBucket *bucket;
	bool		is_points;
	FluxText	measurement;	/* of a measurement's table */
	FluxFdwColumn *columns;		/* of attribute i + 1 */
	int			column_count;
} FluxFdwTable;

/* fdw_table.c: raises when the relation's schema is no bucket's. */
extern FluxFdwTable *flux_fdw_table_get(Relation rel);
extern FluxFdwTable *flux_fdw_table_get_by_oid(Oid relation_oid);

/* A column's attribute number by its role, 0 when there is none. */
extern AttrNumber flux_fdw_table_find(const FluxFdwTable *table, FluxFdwRole role);

/* ---- quals ---- */

typedef enum FluxFdwQualKind
{
	FLUX_FDW_QUAL_AND,			/* quals */
	FLUX_FDW_QUAL_OR,			/* quals */
	FLUX_FDW_QUAL_TIME,			/* comparison, value */
	FLUX_FDW_QUAL_TIME_NS,		/* comparison, value */
	FLUX_FDW_QUAL_TEXT,			/* attribute, key, comparison, value */
	FLUX_FDW_QUAL_TEXT_IN,		/* attribute, key, value */
	FLUX_FDW_QUAL_EXISTS,		/* attribute, key */
	FLUX_FDW_QUAL_NOT_EXISTS	/* attribute, key */
} FluxFdwQualKind;

/*
 * The qual of a clause, or NIL when storage cannot answer it exactly.  Values
 * are appended to *exprs.
 */
extern List *flux_fdw_qual_classify(PlannerInfo *root, Index relid, const FluxFdwTable *table,
									Expr *clause, List **exprs);

/*
 * Bounds and predicate of quals that all must hold; values as evaluated.  False
 * when nothing can pass.  In the current memory context.
 */
extern bool flux_fdw_qual_apply(const FluxFdwTable *table, List *quals, const Datum *values,
								const bool *nulls, FluxBounds *bounds,
								FluxPredicate **predicate);

/* Adds "column = text" to a predicate that may be NULL. */
extern FluxPredicate *flux_fdw_qual_and_equal(FluxPredicate *predicate,
											  FluxPredicateColumn column, FluxText text);

/* "(a = 'x') AND (...)" for EXPLAIN. */
extern char *flux_fdw_qual_text(Oid relation_oid, Index relid, List *clauses);

/* ---- plans ---- */

/* Positions in a ForeignScan's fdw_private. */
enum
{
	FLUX_FDW_PRIVATE_RELATION,	/* Integer: oid */
	FLUX_FDW_PRIVATE_QUALS,
	FLUX_FDW_PRIVATE_TEXT,		/* String: pushed conditions */
	FLUX_FDW_PRIVATE_COLUMNS,	/* Integers: attributes that are needed */
	FLUX_FDW_PRIVATE_IS_STRICT	/* Integer: rows need one of the needed fields */
};

extern void flux_fdw_scan_begin(ForeignScanState *node, int eflags);
extern TupleTableSlot *flux_fdw_scan_iterate(ForeignScanState *node);
extern void flux_fdw_scan_rescan(ForeignScanState *node);
extern void flux_fdw_scan_end(ForeignScanState *node);
extern void flux_fdw_scan_explain(ForeignScanState *node, struct ExplainState *es);

/* A stored value as a datum of its column's SQL type. */
extern Datum flux_fdw_value_datum(const FluxColumn *column, int row);

extern void flux_fdw_modify_init(FdwRoutine *routine);

#endif							/* FLUX_FDW_INT_H */
