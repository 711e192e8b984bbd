/*
 * join_input.h
 *		One of the two streams of a join, collected.
 */
#ifndef FLUX_JOIN_INPUT_H
#define FLUX_JOIN_INPUT_H

#include "execute/join_merge.h"

typedef struct FluxJoinInput
{
	FluxTableSet *tables;
	FluxTableBuffer *open; /* of the current table, NULL: it is left out */
	FluxSchema *columns;   /* every label that a table of the stream has, first type */
	int column_capacity;
} FluxJoinInput;

/* Starts without tables, in the operator's state. */
extern void flux_join_input_init(FluxJoinInput *input, FluxOperator *op);

/* Keeps the table that begins, or leaves it out: what its rows are appended to. */
extern void flux_join_input_open(FluxJoinInput *input, FluxOperator *op, const FluxTableHead *head);
extern void flux_join_input_skip(FluxJoinInput *input);
extern void flux_join_input_append(FluxJoinInput *input, const FluxBatch *batch);

/* A collected table as a side of a merge, joined by the columns "on", which it has. */
extern FluxJoinSide flux_join_side(FluxTableBuffer *table, const FluxText *on, int on_count);

#endif /* FLUX_JOIN_INPUT_H */
