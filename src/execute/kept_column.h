/*
 * kept_column.h
 *		A column of rows that are kept: one value as long as all rows hold it.
 *
 * A tag of a kept table costs one value and not one per row.  Memory for the
 * rest is made when it is first needed, so that a table of one row of numbers
 * has none.
 */
#ifndef FLUX_KEPT_COLUMN_H
#define FLUX_KEPT_COLUMN_H

#include "evaluate/value.h"

/* Where the columns of one table take their memory. */
typedef struct FluxKeptMemory
{
	MemoryContext parent;
	MemoryContext context; /* NULL until needed */
} FluxKeptMemory;

typedef struct FluxKeptColumn
{
	FluxColumnType type;
	bool is_key;      /* constant for good: rows are not looked at */
	bool is_constant; /* all rows hold "value" */
	bool is_null;     /* which is null */
	union
	{
		bool boolean;
		int64 integer; /* times and floats too, bit by bit */
		FluxText string;
	} value;                    /* valid when is_constant and there are rows */
	FluxColumnBuilder *builder; /* otherwise the rows; in the kept memory */
} FluxKeptColumn;

/* A column without rows; for a key column, with its value (string bytes are shared). */
extern void flux_kept_column_init(FluxKeptColumn *column, FluxColumnType type);
extern void flux_kept_column_init_key(FluxKeptColumn *column, FluxColumnType type, FluxValue value);

/*
 * Appends "count" rows to the "kept" ones: those at rows[], or from "first" on
 * when rows is NULL; nulls when source is NULL.
 */
extern void flux_kept_column_append(FluxKeptColumn *column, FluxKeptMemory *memory, int kept,
									const FluxColumn *source, int first, const int32 *rows,
									int count);

/* The rows; valid until the next append and while "column" stays where it is. */
extern FluxColumn flux_kept_column_view(const FluxKeptColumn *column);

/* Bytes that the columns' memory takes. */
extern Size flux_kept_memory_size(const FluxKeptMemory *memory);

/* Frees it; the columns must then be made anew. */
extern void flux_kept_memory_reset(FluxKeptMemory *memory);

#endif /* FLUX_KEPT_COLUMN_H */
