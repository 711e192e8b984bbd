/*
 * radix_sort.h
 *		Orders rows by a column of numbers, or floats alone, without comparing
 *		any two.
 */
#ifndef FLUX_RADIX_SORT_H
#define FLUX_RADIX_SORT_H

#include "vector/column.h"

/* Memory that ordering takes, a row. */
#define FLUX_RADIX_ROW_BYTES (2 * sizeof(uint64) + sizeof(int32))

/* Whether the type can be ordered so: all but strings can. */
extern bool flux_radix_takes(FluxColumnType type);

/*
 * Brings the rows whose numbers stand in order[] into the order of their values,
 * that of flux_column_compare_rows(); nulls first in both directions, and rows
 * with equal values as they stood.  To order by several columns, begin with the
 * last.
 */
extern void flux_radix_sort(const FluxColumn *column, bool is_descending, int32 *order,
							int row_count);

/* Sorts floats, none of them NaN; -0 comes before 0.  It takes 16 bytes for each. */
extern void flux_radix_sort_floats(double *values, int count);

#endif /* FLUX_RADIX_SORT_H */
