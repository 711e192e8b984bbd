/*
 * write_point.h
 *		From cells to points: what to() and wideTo() share.
 */
#ifndef FLUX_WRITE_POINT_H
#define FLUX_WRITE_POINT_H

#include "execute/operator.h"
#include "storage/ingest.h"

/* A string column's cell that is not null. */
static inline FluxText
flux_string_at(const FluxColumn *column, int row)
{
	return column->values.strings[flux_column_index(column, row)];
}

/*
 * Fills a field from a value; false for what is left out: null, NaN, infinite.
 * Times are stored as integer nanoseconds.  Raises on what no field can hold.
 */
extern bool flux_field_from_value(const FluxOperator *op, FluxFieldValue *field, FluxText name,
								  FluxValue value);

/* The batch without the rows whose time is null; the same one if there are none. */
extern FluxBatch flux_batch_with_times(const FluxBatch *batch, int time_column);

/*
 * Finishes a writer and counts its points for the run.  Points that storage
 * dropped make the run fail, so that nothing is lost silently.
 */
extern void flux_write_finish(FluxOperator *op, FluxPointWriter *writer);

#endif							/* FLUX_WRITE_POINT_H */
