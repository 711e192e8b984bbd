/*
 * write_point.h
 *		From cells to points: what to() and wideTo() share.
 */
#ifndef FLUX_WRITE_POINT_H
#define FLUX_WRITE_POINT_H

#include "io/remote_server.h"
#include "io/write_attached.h"

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

/* Where points go: one of the writers, or none when writes are captured. */
typedef struct FluxPointSink
{
	FluxOperator *op;
	FluxText name;                /* of the bucket */
	FluxPointWriter *writer;      /* a bucket of ours */
	FluxAttachedWriter *attached; /* relations */
	FluxRemoteWriter *remote;     /* another host */
} FluxPointSink;

/*
 * Finds the bucket and checks rights.  Call with state_context current.  What
 * goes to another host is there at once, whatever becomes of the transaction.
 */
extern FluxPointSink *flux_point_sink_create(FluxOperator *op, const FluxFromSpec *target);
extern void flux_point_sink_add(FluxPointSink *sink, const FluxPoint *point);

/*
 * Writes what is left and counts the points for the run.  Points that storage
 * dropped make the run fail, so that nothing is lost silently.
 */
extern void flux_point_sink_finish(FluxPointSink *sink);

#endif /* FLUX_WRITE_POINT_H */
