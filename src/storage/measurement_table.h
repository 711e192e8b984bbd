/*
 * measurement_table.h
 *		The foreign table of a measurement: creating it and adding columns.
 */
#ifndef FLUX_MEASUREMENT_TABLE_H
#define FLUX_MEASUREMENT_TABLE_H

#include "storage/bucket.h"
#include "storage/measurement_columns.h"

/*
 * Creates the measurement's table as the bucket's owner, or adds the columns
 * that tags and fields lack.  False when somebody holds the table, so that the
 * columns must wait: never waits itself.
 */
extern bool flux_measurement_table_sync(const FluxBucket *bucket, FluxText measurement);

/* The same for all measurements of a bucket. */
extern void flux_measurement_table_sync_all(const FluxBucket *bucket);

/* The SQL type that a field's column has. */
extern const char *flux_measurement_table_sql_type(FluxColumnType type);

#endif /* FLUX_MEASUREMENT_TABLE_H */
