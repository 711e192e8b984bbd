/*
 * join_merge.h
 *		Merge join of two tables: which row meets which.
 */
#ifndef FLUX_JOIN_MERGE_H
#define FLUX_JOIN_MERGE_H

#include "execute/operator.h"

/* One side of a join. */
typedef struct FluxJoinSide
{
	FluxTableBuffer *buffer;  /* NULL: the side has no table */
	const FluxSchema *schema; /* the buffer's, or what an absent side would have */
	const int *on;            /* positions of the join columns in it */
} FluxJoinSide;

/*
 * Receives rows that meet: row i of "left" and row i of "right", columns in
 * order of the sides' schemas.  The absent row of an outer join is all nulls.
 * Valid until the call returns.
 */
typedef void (*FluxJoinPairs)(void *argument, const FluxColumn *left, const FluxColumn *right,
							  int count);

/*
 * Hands out pairs in the order of the join columns (nulls first), left rows
 * outer, right rows inner, at most FLUX_BATCH_ROWS at a time.  Null meets
 * nothing, and neither do columns of different types.  Tables that are on disk
 * are sorted there.
 */
extern void flux_join_merge(FluxOperator *op, const FluxJoinSide *left, const FluxJoinSide *right,
							int on_count, bool keep_left, bool keep_right, FluxJoinPairs pairs,
							void *argument);

#endif /* FLUX_JOIN_MERGE_H */
