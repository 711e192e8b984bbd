/*
 * write_point.c
 *		From cells to points.
 */
#include "postgres.h"

#include <math.h>

#include "execute/exec_run.h"
#include "io/io_classes.h"
#include "io/write_point.h"

bool
flux_field_from_value(const FluxOperator *op, FluxFieldValue *field, FluxText name, FluxValue value)
{
	if (value.is_null || value.kind == FLUX_KIND_INVALID)
		return false;
	if (name.size == 0)
		flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
							"all fields must have non-empty names");
	field->name = name;
	field->type = (FluxColumnType) value.kind;
	switch (value.kind)
	{
		case FLUX_KIND_BOOL:
			field->value.boolean = value.as.boolean;
			return true;
		case FLUX_KIND_INT:
			field->value.integer = value.as.integer;
			return true;
		case FLUX_KIND_UINT:
			field->value.uinteger = value.as.uinteger;
			return true;
		case FLUX_KIND_FLOAT:
			field->value.floating = value.as.floating;
			return isfinite(value.as.floating);
		case FLUX_KIND_STRING:
			field->value.string = value.as.string;
			return true;
		case FLUX_KIND_TIME:
			field->type = FLUX_COLUMN_INT;
			field->value.integer = value.as.time_ns;
			return true;
		default:
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"unsupported field type %s of field \"%.*s\"",
								flux_kind_name(value.kind), name.size, name.data);
	}
}

FluxBatch
flux_batch_with_times(const FluxBatch *batch, int time_column)
{
	const FluxColumn *times = &batch->columns[time_column];
	FluxBatch kept = *batch;
	FluxColumn *columns;
	int32 *rows;

	if (times->nulls == NULL)
		return kept;
	rows = palloc(batch->row_count * sizeof(int32));
	kept.row_count = 0;
	for (int i = 0; i < batch->row_count; i++)
		if (!flux_column_is_null(times, i))
			rows[kept.row_count++] = i;
	columns = palloc(batch->head->schema->count * sizeof(FluxColumn));
	for (int i = 0; i < batch->head->schema->count; i++)
		columns[i] = flux_column_gather(&batch->columns[i], rows, kept.row_count);
	kept.columns = columns;
	return kept;
}

FluxPointSink *
flux_point_sink_create(FluxOperator *op, const FluxFromSpec *target)
{
	FluxPointSink *sink = palloc0(sizeof(FluxPointSink));
	FluxBucket *bucket;

	sink->op = op;
	if (target->host.size > 0)
	{
		sink->name = target->bucket.size > 0 ? target->bucket : target->bucket_id;
		if (op->exec->capture_write == NULL)
			sink->remote = flux_remote_writer_create(op, target);
		return sink;
	}
	bucket = flux_io_find_bucket(target);
	sink->name = flux_text_from_cstring(bucket->name);
	if (op->exec->capture_write != NULL)
		return sink;
	if (bucket->is_attached)
		sink->attached = flux_attached_writer_create(op, bucket);
	else
		sink->writer = flux_writer_create(bucket);
	return sink;
}

void
flux_point_sink_add(FluxPointSink *sink, const FluxPoint *point)
{
	if (sink->writer != NULL)
		flux_writer_add(sink->writer, point);
	else if (sink->attached != NULL)
		flux_attached_writer_add(sink->attached, point);
	else if (sink->remote != NULL)
		flux_remote_writer_add(sink->remote, point);
}

static void
finish_writer(FluxOperator *op, FluxPointWriter *writer)
{
	FluxWriteReport report = flux_writer_finish(writer);

	if (report.points_dropped > 0)
		flux_operator_raise_hint(op, report.first_conflict_sqlstate,
								 "Nothing that this script wrote is kept.",
								 "partial write: %s dropped=" INT64_FORMAT, report.first_conflict,
								 report.points_dropped);
	op->exec->points_written += report.points_written;
}

void
flux_point_sink_finish(FluxPointSink *sink)
{
	FluxOperator *op = sink->op;

	if (sink->writer != NULL)
		finish_writer(op, sink->writer);
	if (sink->attached != NULL)
		op->exec->points_written += flux_attached_writer_finish(sink->attached);
	if (sink->remote != NULL)
		op->exec->points_written += flux_remote_writer_finish(sink->remote);
	sink->writer = NULL;
	sink->attached = NULL;
	sink->remote = NULL;
}
