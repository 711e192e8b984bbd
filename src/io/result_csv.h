/*
 * result_csv.h
 *		Results as InfluxDB's annotated CSV.
 */
#ifndef FLUX_RESULT_CSV_H
#define FLUX_RESULT_CSV_H

#include "execute/exec_run.h"

/* A sink that appends to "out": datatype, group and default annotations, CRLF. */
extern FluxResultSink *flux_csv_sink_create(StringInfo out);

/* Text of one cell, unquoted: RFC 3339 times, shortest floats, empty for null. */
extern FluxText flux_cell_text(const FluxColumn *column, int row);

#endif /* FLUX_RESULT_CSV_H */
