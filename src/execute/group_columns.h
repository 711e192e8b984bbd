/*
 * group_columns.h
 *		Which columns a group() makes the key of a table's rows.
 */
#ifndef FLUX_GROUP_COLUMNS_H
#define FLUX_GROUP_COLUMNS_H

#include "execute/operator.h"

/*
 * Positions in the table's schema: in label order when a "by" group takes only
 * columns of the old key, in column order otherwise.  True when all of them
 * are in the old key, so that the whole table goes to one place.  Current
 * context.
 */
extern bool flux_group_choose_columns(const FluxGroupSpec *spec, const FluxTableHead *head,
									  int **key_columns, int *key_count);

/* The new key of a whole table. Current context. */
extern FluxGroupKey *flux_group_key_of_table(const FluxTableHead *head, const int *key_columns,
											 int key_count);

#endif /* FLUX_GROUP_COLUMNS_H */
