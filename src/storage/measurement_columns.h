/*
 * measurement_columns.h
 *		What the columns of a measurement's foreign table stand for.
 */
#ifndef FLUX_MEASUREMENT_COLUMNS_H
#define FLUX_MEASUREMENT_COLUMNS_H

#include "base/text.h"
#include "utils/relcache.h"
#include "vector/column.h"

typedef enum FluxTableColumnKind
{
	FLUX_TABLE_COLUMN_NONE, /* dropped, or stands for nothing: always null */
	FLUX_TABLE_COLUMN_TIME,
	FLUX_TABLE_COLUMN_TIME_NS,
	FLUX_TABLE_COLUMN_TAG,
	FLUX_TABLE_COLUMN_FIELD
} FluxTableColumnKind;

/* What column i + 1 of a measurement's table stands for. */
typedef struct FluxTableColumn
{
	FluxTableColumnKind kind;
	FluxText name;       /* of the tag or field */
	FluxColumnType type; /* of the field */
} FluxTableColumn;

/* One entry per column of the relation; palloc'd. */
extern FluxTableColumn *flux_measurement_table_columns(Relation rel);

/* The measurement that the table shows; palloc'd. */
extern FluxText flux_measurement_table_measurement(Relation rel);

#endif /* FLUX_MEASUREMENT_COLUMNS_H */
