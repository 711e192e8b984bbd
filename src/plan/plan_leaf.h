/*
 * plan_leaf.h
 *		What the push-down rules share: finding the leaf below a node, making
 *		one in its place, and what may stand between.
 */
#ifndef FLUX_PLAN_LEAF_H
#define FLUX_PLAN_LEAF_H

#include "plan/plan_rules.h"

/* The node's single input if it is a leaf that still gives plain points, or NULL. */
extern FluxPlanNode *flux_leaf_below(const FluxPlanNode *node);

/* A leaf in the node's place, with a copy of the spec of the leaf given to add to. */
extern FluxPlanNode *flux_leaf_derive(const FluxPlanNode *node, const FluxPlanNode *leaf,
									  FluxReadSpec **spec);

/* Can the bucket answer what the rule has made of its leaf? */
extern bool flux_leaf_can_read(const FluxPlanNode *leaf);

/* Is the column one of a point, _time or _value, and not of its series? */
extern bool flux_leaf_is_row_column(FluxText label);
extern bool flux_leaf_lists(const FluxText *columns, int count, const char *label);

/* Can storage compute it: one that it knows, of _value. */
extern bool flux_leaf_computes(const FluxAggregateSpec *spec);

/*
 * The function by which storage picks the row of a series that a selector
 * would, or OTHER.  By _time, whose values differ, min and max are first and last.
 */
extern FluxAggregateFunction flux_leaf_selector(const FluxAggregateSpec *spec);

/*
 * Is it group() by columns of series alone, so that each series goes whole into
 * one group?
 */
extern bool flux_leaf_groups_series(const FluxPlanNode *node);

/*
 * The plain leaf below the node, or below operators that only put its tables
 * together, rows in order of arrival, and leave the column "needed" there (NULL:
 * any).  Those are group() by columns of series, keep() and drop(); who else
 * reads them does not matter, as with leaves.
 */
extern FluxPlanNode *flux_leaf_below_regrouping(const FluxPlanNode *node, const FluxText *needed);

/* The node again, over another input. */
extern FluxPlanNode *flux_leaf_derive_over(const FluxPlanNode *node, FluxPlanNode *input);

/* The node and all below it down to the leaf again, with another leaf. */
extern FluxPlanNode *flux_leaf_replace(const FluxPlanNode *node, const FluxPlanNode *leaf,
									   FluxPlanNode *replacement);

#endif /* FLUX_PLAN_LEAF_H */
