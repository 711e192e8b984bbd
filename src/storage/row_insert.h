/*
 * row_insert.h
 *		Rows into a table one after the other, past the executor.
 *
 *		flux_row_insert_begin(&insert, rel, is_bulk);
 *		... fill insert.slot ...
 *		flux_row_insert_put(&insert);
 *		flux_row_insert_end(&insert);
 *
 * Each is followed by its index entries.  There are no triggers, no defaults
 * and no constraints but unique ones: it is for tables of ours.
 */
#ifndef FLUX_ROW_INSERT_H
#define FLUX_ROW_INSERT_H

#include "access/heapam.h"
#include "executor/tuptable.h"
#include "nodes/execnodes.h"

typedef struct FluxRowInsert
{
	Relation rel;
	TupleTableSlot *slot; /* all columns null after each row */
	ResultRelInfo *indexes;
	BulkInsertState bulk; /* NULL: for few rows */
	uint32 token;         /* of speculative insertion, or 0 */
} FluxRowInsert;

/* The table is open and locked; what is needed lives in the current memory context. */
extern void flux_row_insert_begin(FluxRowInsert *insert, Relation rel, bool is_bulk);

/* A column of the row to come. */
static inline void
flux_row_insert_set(FluxRowInsert *insert, int column, Datum value)
{
	insert->slot->tts_values[column - 1] = value;
	insert->slot->tts_isnull[column - 1] = false;
}

/* Inserts the row; a key that is there already is an error. */
extern void flux_row_insert_put(FluxRowInsert *insert);

/*
 * Inserts the row unless a unique index may hold its key already, by a transaction
 * that has committed or one that is running: then the answer is false.  Nobody
 * is waited for.
 */
extern bool flux_row_insert_try(FluxRowInsert *insert);

/* The rows are seen once the command counter is incremented. */
extern void flux_row_insert_end(FluxRowInsert *insert);

#endif /* FLUX_ROW_INSERT_H */
