/*
 * measurement_table.h
 *		The foreign table of a measurement: creating it, adding columns, and what
 *		its columns stand for.
 */
#ifndef FLUX_MEASUREMENT_TABLE_H
#define FLUX_MEASUREMENT_TABLE_H

#include "storage/bucket.h"
#include "utils/relcache.h"
#include "vector/column.h"

typedef enum FluxTableColumnKind
{
	FLUX_TABLE_COLUMN_NONE,		/* dropped, or stands for nothing: always null */
	FLUX_TABLE_COLUMN_TIME,
	FLUX_TABLE_COLUMN_TIME_NS,
	FLUX_TABLE_COLUMN_TAG,
	FLUX_TABLE_COLUMN_FIELD
} FluxTableColumnKind;

/* What column i + 1 of a measurement's table stands for. */
typedef struct FluxTableColumn
{
	FluxTableColumnKind kind;
	FluxText	name;			/* of the tag or field */
	FluxColumnType type;		/* of the field */
} FluxTableColumn;

/* One entry per column of the relation; palloc'd. */
extern FluxTableColumn *flux_measurement_table_columns(Relation rel);

/* The measurement that the table shows; palloc'd. */
extern FluxText flux_measurement_table_measurement(Relation rel);

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

#endif							/* FLUX_MEASUREMENT_TABLE_H */
