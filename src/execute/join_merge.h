/*
 * join_merge.h
 *		Merge join of two tables: which row meets which.
 */
#ifndef FLUX_JOIN_MERGE_H
#define FLUX_JOIN_MERGE_H

#include "execute/operator.h"

/* One side: columns of any number of rows, and which of them are joined on. */
typedef struct FluxJoinSide
{
	const FluxColumn *columns;
	int			row_count;
	const int  *on;				/* positions of the join columns */
	int32	   *order;			/* rows in order of the join columns; filled by the merge */
} FluxJoinSide;

/* Receives pairs; -1 stands for the absent row of an outer join. */
typedef void (*FluxJoinPairs) (void *argument, const int32 *left_rows, const int32 *right_rows,
							   int count);

/*
 * Hands out pairs in the order of the join columns (nulls first), left rows
 * outer, right rows inner, at most FLUX_BATCH_ROWS at a time.  Null meets
 * nothing, and neither do columns of different types.
 */
extern void flux_join_merge(FluxJoinSide *left, FluxJoinSide *right, int on_count, bool keep_left,
							bool keep_right, FluxJoinPairs pairs, void *argument);

/* Rows of a column, null where rows[] is -1; current memory context. */
extern FluxColumn flux_join_gather(const FluxColumn *column, const int32 *rows, int count);

#endif							/* FLUX_JOIN_MERGE_H */
