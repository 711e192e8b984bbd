/*
 * pivot_table.h
 *		Builds one pivoted table out of collected cells.
 */
#ifndef FLUX_PIVOT_TABLE_H
#define FLUX_PIVOT_TABLE_H

#include "execute/operator.h"

/* Labels of the internal columns; no script can make them. */
#define FLUX_PIVOT_LABEL	"\001label"
#define FLUX_PIVOT_TYPE		"\001type"

/* Label of the internal column for cells of a type. */
extern FluxText flux_pivot_value_label(FluxColumnType type);

/*
 * Emits the pivoted table of the collected rows in "buffer": columns that come
 * before FLUX_PIVOT_LABEL, then one per label.
 */
extern void flux_pivot_table(FluxOperator *op, FluxTableBuffer *buffer, const FluxText *row_key,
							 int row_key_count);

#endif							/* FLUX_PIVOT_TABLE_H */
