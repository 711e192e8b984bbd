/*
 * value_set.h
 *		Sets of column values, with how often each was added.
 *
 * NaN equals nothing: every NaN is a new value.  Null is for the caller to keep
 * apart.
 */
#ifndef FLUX_VALUE_SET_H
#define FLUX_VALUE_SET_H

#include "vector/column.h"

typedef struct FluxValueSet
{
	MemoryContext context;
	FluxColumnBuilder values; /* distinct values in first-seen order, no null */
	int64 *counts;            /* rows per value */
	int counts_capacity;
	int *slots; /* positions in values, -1 free */
	uint32 slot_count;
	bool has_null; /* the caller's */
} FluxValueSet;

/* An empty set, all of whose memory comes from "context". */
extern void flux_value_set_init(FluxValueSet *set, FluxColumnType type, MemoryContext context);

/* Is a value, which is not null, in the set? */
extern bool flux_value_set_has(const FluxValueSet *set, const FluxColumn *column, int row);

/* Adds a value that is not null; true when it is new.  Counts it either way. */
extern bool flux_value_set_add(FluxValueSet *set, const FluxColumn *column, int row);

#endif /* FLUX_VALUE_SET_H */
