/*
 * table_value.h
 *		Tables that a script holds as values: tableFind() and its kin.
 */
#ifndef FLUX_TABLE_VALUE_H
#define FLUX_TABLE_VALUE_H

#include "execute/exec_run.h"

/* One table, wholly in memory, in the evaluator's context. */
typedef struct FluxTableValue
{
	FluxTableHead *head;
	FluxColumn *columns;
	int			row_count;
} FluxTableValue;

/*
 * Runs a stream and gives the first table whose key is accepted (any when
 * accept is NULL), or NULL.
 */
extern FluxTableValue *flux_table_value_find(FluxEvaluator *evaluator, FluxPlanNode *node,
											 bool (*accept) (void *argument,
															 const FluxGroupKey *key),
											 void *argument);

/* A plan node that yields the table, and back (NULL for other nodes). */
extern FluxPlanNode *flux_table_value_node(FluxCall *call, FluxTableValue *table);
extern const FluxTableValue *flux_table_value_of_node(const FluxPlanNode *node);

#endif							/* FLUX_TABLE_VALUE_H */
