/*
 * fdw_aggregate.h
 *		What planning knows of a grouped relation, shared by the files that plan it.
 *
 *		fdw_aggregate	groups with aggregates that storage computes
 *		fdw_distinct	groups alone, for aggregates that equal rows do not change
 */
#ifndef FLUX_FDW_AGGREGATE_H
#define FLUX_FDW_AGGREGATE_H

#include "fdw/fdw_int.h"

typedef struct FluxFdwGroup
{
	const FluxFdwRel *base;
	Index relid;
	List *exprs;      /* values of the quals, then of the groups */
	List *filters;    /* conditions on series that aggregates have */
	List *scan_tlist; /* TargetEntries: what the scan gives */
	List *outputs;    /* what each of them is */
	Node *window;     /* the expression of the time, or NULL */
	List *having;     /* clauses that the server checks */
	bool is_plain;
	bool sees_all;       /* an aggregate is of all fields, so that no group is missed */
	AttrNumber required; /* the field that rows have by condition, or 0 */
	AttrNumber field;    /* the one field that aggregates are of; 0: several */
	bool has_fields;     /* field is meaningful */
} FluxFdwGroup;

/* Of a base relation; NULL when its local conditions must see rows. */
extern FluxFdwGroup *flux_fdw_group_create(RelOptInfo *input);

/* Makes an expression a column to group by; false when storage has no such thing. */
extern bool flux_fdw_group_add_column(PlannerInfo *root, FluxFdwGroup *group, Expr *expr);

/* A path of grouped rows; "input_rows" are read for it. */
extern Path *flux_fdw_group_path(PlannerInfo *root, RelOptInfo *output, FluxFdwGroup *group,
								 PathTarget *target, double input_rows, double rows);

/* Adds paths of aggregates over groups alone. */
extern void flux_fdw_distinct_paths(PlannerInfo *root, RelOptInfo *input, RelOptInfo *output,
									List *having);

#endif /* FLUX_FDW_AGGREGATE_H */
