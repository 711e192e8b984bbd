/*
 * column.h
 *		Column vectors: the unit that storage decodes into and the executor
 *		computes on.
 *
 * A column is a typed array with an optional null map.  A constant column has
 * one value that stands for every row (group-key columns are of this kind: a
 * tag costs 16 bytes however many rows the batch has).  Columns are immutable
 * once handed on and may be shared freely while their memory lives; they own
 * nothing.
 */
#ifndef FLUX_COLUMN_H
#define FLUX_COLUMN_H

#include "base/text.h"

/* What a table column or a stored field can be. Values are stored on disk. */
typedef enum FluxColumnType
{
	FLUX_COLUMN_BOOL = 1,
	FLUX_COLUMN_INT = 2,
	FLUX_COLUMN_UINT = 3,
	FLUX_COLUMN_FLOAT = 4,
	FLUX_COLUMN_STRING = 5,
	FLUX_COLUMN_TIME = 6 /* never a stored field's type */
} FluxColumnType;

/* Rows a batch holds at most; also the usual allocation of a vector. */
#define FLUX_BATCH_ROWS 1024

typedef struct FluxColumn
{
	FluxColumnType type;
	bool is_constant;  /* the arrays have one element, for all rows */
	const bool *nulls; /* true = null; NULL = no row is null */
	union
	{
		const bool *booleans;
		const int64 *ints;
		const uint64 *uints;
		const double *floats;
		const FluxText *strings;
		const int64 *times;
		const void *any;
	} values;
} FluxColumn;

/* Position of a row's value in the arrays. */
static inline int
flux_column_index(const FluxColumn *column, int row)
{
	return column->is_constant ? 0 : row;
}

static inline bool
flux_column_is_null(const FluxColumn *column, int row)
{
	return column->nulls != NULL && column->nulls[flux_column_index(column, row)];
}

extern int flux_column_type_size(FluxColumnType type);         /* bytes of one value */
extern const char *flux_column_type_name(FluxColumnType type); /* "int", "float" ... */

/* Bytes that the first rows' values take, texts included; a constant counts once. */
extern int64 flux_column_bytes(const FluxColumn *column, int row_count);

/*
 * A growable column under construction.  All memory, string bytes included,
 * comes from "context".
 */
typedef struct FluxColumnBuilder
{
	MemoryContext context;
	FluxColumnType type;
	int count;
	int capacity;
	bool *nulls; /* NULL until the first null */
	void *values;
	FluxText last_copied;   /* string copied last and its original: runs of */
	FluxText last_original; /* one value share their bytes */
} FluxColumnBuilder;

extern void flux_column_builder_init(FluxColumnBuilder *builder, FluxColumnType type,
									 MemoryContext context);
extern void flux_column_builder_reserve(FluxColumnBuilder *builder, int extra);
extern void flux_column_builder_append_null(FluxColumnBuilder *builder);

/* Appends one row of a column of the same type; string bytes are copied. */
extern void flux_column_builder_append_row(FluxColumnBuilder *builder, const FluxColumn *column,
										   int row);

/* Appends rows [first, first + count) of a column of the same type. */
extern void flux_column_builder_append_rows(FluxColumnBuilder *builder, const FluxColumn *column,
											int first, int count);
extern void flux_column_builder_append_bool(FluxColumnBuilder *builder, bool value);
extern void flux_column_builder_append_int(FluxColumnBuilder *builder,
										   int64 value); /* INT and TIME */
extern void flux_column_builder_append_uint(FluxColumnBuilder *builder, uint64 value);
extern void flux_column_builder_append_float(FluxColumnBuilder *builder, double value);
extern void flux_column_builder_append_string(FluxColumnBuilder *builder, FluxText value);

/* View of what was built so far; valid until the next append or reset. */
extern FluxColumn flux_column_builder_view(const FluxColumnBuilder *builder);

/* Forgets the rows, keeps the arrays (string bytes stay until the context goes). */
extern void flux_column_builder_reset(FluxColumnBuilder *builder);

/* A constant column; the value is copied into the current memory context. */
extern FluxColumn flux_column_constant_string(FluxText value);
extern FluxColumn flux_column_constant_int(FluxColumnType type, int64 value); /* INT, TIME */
extern FluxColumn flux_column_constant_null(FluxColumnType type);

/*
 * The selected rows of a column, in a new one in the current memory context;
 * a constant column is returned as it is.  String bytes are shared.
 */
extern FluxColumn flux_column_gather(const FluxColumn *column, const int32 *rows, int count);

/* Rows [first, first + count) without copying. */
extern FluxColumn flux_column_slice(const FluxColumn *column, int first);

/* -1, 0, 1; nulls come first and are equal; strings bytewise; NaN below all. */
extern int flux_column_compare_rows(const FluxColumn *a, int row_a, const FluxColumn *b, int row_b);

#endif /* FLUX_COLUMN_H */
