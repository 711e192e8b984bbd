/*
 * late_values.h
 *		Rows of many aggregations at once, kept on disk until their turn.
 *
 * An operator with a state per window or group adds rows to states as they
 * come.  When the states have taken their share of memory, rows that come later
 * are sorted by the number of their state instead, and added to the states one
 * by one at the end.  Rows of one state stay in order.
 */
#ifndef FLUX_LATE_VALUES_H
#define FLUX_LATE_VALUES_H

#include "execute/operator.h"

typedef struct FluxLateValues FluxLateValues;

/* Lives in the current memory context; "schema" says what is kept of a row. */
extern FluxLateValues *flux_late_values_create(FluxOperator *op, const FluxSchema *schema);

/* Rows [first, first + count) of columns of the schema. */
extern void flux_late_values_append(FluxLateValues *late, int64 state, const FluxColumn *columns,
									int first, int count);

/* No more; the states' turn begins. */
extern void flux_late_values_finish(FluxLateValues *late);

/* The smallest state that has rows left; false when none has. */
extern bool flux_late_values_next(FluxLateValues *late, int64 *state);

/*
 * Takes the next rows, all of one state: [*first, *first + result) of the
 * columns, which are valid until the next call.
 */
extern int flux_late_values_take(FluxLateValues *late, const FluxColumn **columns, int *first);
extern void flux_late_values_destroy(FluxLateValues *late);

#endif /* FLUX_LATE_VALUES_H */
