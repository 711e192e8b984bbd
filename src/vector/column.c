/*
 * column.c
 *		Column vectors: building, slicing, gathering and comparing them.
 *
 * A builder grows its arrays by doubling, with the "huge" allocators of the
 * server, because the columns of a kept table may pass the one-gigabyte limit
 * of an ordinary allocation.  Strings are copied, but a value equal to the one
 * appended just before shares its bytes: tags and statuses come in runs, and
 * the comparison costs less than the copy.  The comparison is by content and
 * not by address, since callers reuse their buffers.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "vector/column.h"

#define FLUX_BUILDER_FIRST_ROWS 16

int
flux_column_type_size(FluxColumnType type)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			return sizeof(bool);
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_UINT:
		case FLUX_COLUMN_TIME:
			return sizeof(int64);
		case FLUX_COLUMN_FLOAT:
			return sizeof(double);
		case FLUX_COLUMN_STRING:
			return sizeof(FluxText);
	}
	elog(ERROR, "unknown column type %d", (int) type);
}

int64
flux_column_bytes(const FluxColumn *column, int row_count)
{
	int count = column->is_constant ? Min(row_count, 1) : row_count;
	int64 bytes = (int64) count * flux_column_type_size(column->type);

	if (column->type == FLUX_COLUMN_STRING)
	{
		for (int i = 0; i < count; i++)
		{
			if (!flux_column_is_null(column, i))
				bytes += column->values.strings[i].size;
		}
	}
	return bytes;
}

const char *
flux_column_type_name(FluxColumnType type)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			return "bool";
		case FLUX_COLUMN_INT:
			return "int";
		case FLUX_COLUMN_UINT:
			return "uint";
		case FLUX_COLUMN_FLOAT:
			return "float";
		case FLUX_COLUMN_STRING:
			return "string";
		case FLUX_COLUMN_TIME:
			return "time";
	}
	return "invalid";
}

void
flux_column_builder_init(FluxColumnBuilder *builder, FluxColumnType type, MemoryContext context)
{
	memset(builder, 0, sizeof(*builder));
	builder->context = context;
	builder->type = type;
	builder->last_copied = flux_text(NULL, -1);
}

/* Makes room for "extra" more rows. */
void
flux_column_builder_reserve(FluxColumnBuilder *builder, int extra)
{
	int64 needed = (int64) builder->count + extra;
	int64 capacity = builder->capacity;
	Size size = flux_column_type_size(builder->type);

	if (needed <= capacity)
		return;
	if (needed > PG_INT32_MAX / 2)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a table column cannot hold more than %d rows", PG_INT32_MAX / 2)));

	capacity = Max(capacity * 2, FLUX_BUILDER_FIRST_ROWS);
	capacity = Max(capacity, needed);
	if (builder->values == NULL)
		builder->values = MemoryContextAllocHuge(builder->context, capacity * size);
	else
		builder->values = repalloc_huge(builder->values, capacity * size);
	if (builder->nulls != NULL)
		builder->nulls = repalloc_huge(builder->nulls, capacity * sizeof(bool));
	builder->capacity = (int) capacity;
}

/* The null map begins with the first null: all rows before it have values. */
static void
builder_need_nulls(FluxColumnBuilder *builder)
{
	if (builder->nulls != NULL)
		return;
	builder->nulls =
		MemoryContextAllocHuge(builder->context, Max(builder->capacity, 1) * sizeof(bool));
	memset(builder->nulls, 0, builder->count * sizeof(bool));
}

/* Position of a new row whose value the caller fills in. */
static inline int
builder_new_row(FluxColumnBuilder *builder)
{
	if (builder->count == builder->capacity)
		flux_column_builder_reserve(builder, 1);
	if (builder->nulls != NULL)
		builder->nulls[builder->count] = false;
	return builder->count++;
}

void
flux_column_builder_append_null(FluxColumnBuilder *builder)
{
	int size = flux_column_type_size(builder->type);
	int row;

	flux_column_builder_reserve(builder, 1);
	builder_need_nulls(builder);
	row = builder->count++;
	builder->nulls[row] = true;
	/* zeroes, so that whoever computes on a whole vector reads something */
	memset((char *) builder->values + (Size) row * size, 0, size);
}

void
flux_column_builder_append_bool(FluxColumnBuilder *builder, bool value)
{
	int row = builder_new_row(builder);

	Assert(builder->type == FLUX_COLUMN_BOOL);
	((bool *) builder->values)[row] = value;
}

void
flux_column_builder_append_int(FluxColumnBuilder *builder, int64 value)
{
	int row = builder_new_row(builder);

	Assert(builder->type == FLUX_COLUMN_INT || builder->type == FLUX_COLUMN_TIME);
	((int64 *) builder->values)[row] = value;
}

void
flux_column_builder_append_uint(FluxColumnBuilder *builder, uint64 value)
{
	int row = builder_new_row(builder);

	Assert(builder->type == FLUX_COLUMN_UINT);
	((uint64 *) builder->values)[row] = value;
}

void
flux_column_builder_append_float(FluxColumnBuilder *builder, double value)
{
	int row = builder_new_row(builder);

	Assert(builder->type == FLUX_COLUMN_FLOAT);
	((double *) builder->values)[row] = value;
}

/* A copy of the bytes, or those of the value before when it is the same. */
static inline FluxText
builder_share_string(FluxColumnBuilder *builder, FluxText value)
{
	char *bytes;

	if (value.size == builder->last_copied.size &&
		memcmp(value.data, builder->last_copied.data, value.size) == 0)
		return builder->last_copied;
	if (value.size == 0)
		return flux_text("", 0);

	bytes = MemoryContextAllocHuge(builder->context, value.size);
	memcpy(bytes, value.data, value.size);
	builder->last_copied = flux_text(bytes, value.size);
	return builder->last_copied;
}

void
flux_column_builder_append_string(FluxColumnBuilder *builder, FluxText value)
{
	int row = builder_new_row(builder);

	Assert(builder->type == FLUX_COLUMN_STRING);
	((FluxText *) builder->values)[row] = builder_share_string(builder, value);
}

void
flux_column_builder_append_row(FluxColumnBuilder *builder, const FluxColumn *column, int row)
{
	flux_column_builder_append_rows(builder, column, row, 1);
}

/* Appends one value of a constant column "count" times. */
static void
builder_append_constant(FluxColumnBuilder *builder, const FluxColumn *column, int count)
{
	int first = builder->count;

	if (column->nulls != NULL && column->nulls[0])
	{
		int size = flux_column_type_size(builder->type);

		builder_need_nulls(builder);
		memset(builder->nulls + first, 1, count * sizeof(bool));
		memset((char *) builder->values + (Size) first * size, 0, (Size) count * size);
		builder->count += count;
		return;
	}

	if (builder->nulls != NULL)
		memset(builder->nulls + first, 0, count * sizeof(bool));
	switch (builder->type)
	{
		case FLUX_COLUMN_BOOL:
			memset((bool *) builder->values + first, column->values.booleans[0],
				   count * sizeof(bool));
			break;
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_UINT:
		case FLUX_COLUMN_TIME:
		case FLUX_COLUMN_FLOAT:
			for (int i = 0; i < count; i++)
				((int64 *) builder->values)[first + i] = column->values.ints[0];
			break;
		case FLUX_COLUMN_STRING:
		{
			FluxText text = builder_share_string(builder, column->values.strings[0]);

			for (int i = 0; i < count; i++)
				((FluxText *) builder->values)[first + i] = text;
			break;
		}
	}
	builder->count += count;
}

void
flux_column_builder_append_rows(FluxColumnBuilder *builder, const FluxColumn *column, int first,
								int count)
{
	int size = flux_column_type_size(builder->type);
	int start;

	Assert(builder->type == column->type);
	if (count <= 0)
		return;
	flux_column_builder_reserve(builder, count);
	if (column->is_constant)
	{
		builder_append_constant(builder, column, count);
		return;
	}

	start = builder->count;
	if (column->nulls != NULL && memchr(column->nulls + first, true, count) != NULL)
	{
		builder_need_nulls(builder);
		memcpy(builder->nulls + start, column->nulls + first, count * sizeof(bool));
	}
	else if (builder->nulls != NULL)
		memset(builder->nulls + start, 0, count * sizeof(bool));

	if (builder->type == FLUX_COLUMN_STRING)
	{
		FluxText *texts = (FluxText *) builder->values + start;

		for (int i = 0; i < count; i++)
		{
			bool is_null = builder->nulls != NULL && builder->nulls[start + i];

			texts[i] = is_null ? flux_text(NULL, 0)
							   : builder_share_string(builder, column->values.strings[first + i]);
		}
	}
	else
		memcpy((char *) builder->values + (Size) start * size,
			   (const char *) column->values.any + (Size) first * size, (Size) count * size);
	builder->count += count;
}

FluxColumn
flux_column_builder_view(const FluxColumnBuilder *builder)
{
	FluxColumn column = {.type = builder->type, .nulls = builder->nulls};

	column.values.any = builder->values;
	return column;
}

void
flux_column_builder_reset(FluxColumnBuilder *builder)
{
	builder->count = 0;
	if (builder->nulls != NULL)
		pfree(builder->nulls);
	builder->nulls = NULL;
}

/* A constant column whose value the caller has allocated. */
static FluxColumn
constant_column(FluxColumnType type, const void *value)
{
	FluxColumn column = {.type = type, .is_constant = true};

	column.values.any = value;
	return column;
}

FluxColumn
flux_column_constant_string(FluxText value)
{
	FluxText *copy = palloc(sizeof(FluxText));

	*copy = flux_text_copy(value);
	return constant_column(FLUX_COLUMN_STRING, copy);
}

FluxColumn
flux_column_constant_int(FluxColumnType type, int64 value)
{
	int64 *copy = palloc(sizeof(int64));

	Assert(type == FLUX_COLUMN_INT || type == FLUX_COLUMN_TIME);
	*copy = value;
	return constant_column(type, copy);
}

FluxColumn
flux_column_constant_null(FluxColumnType type)
{
	static const bool is_null = true;
	FluxColumn column = constant_column(type, palloc0(flux_column_type_size(type)));

	column.nulls = &is_null;
	return column;
}

FluxColumn
flux_column_gather(const FluxColumn *column, const int32 *rows, int count)
{
	FluxColumn result = {.type = column->type};

	if (column->is_constant)
		return *column;

	if (column->nulls != NULL)
	{
		bool *nulls = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1));

		for (int i = 0; i < count; i++)
			nulls[i] = column->nulls[rows[i]];
		result.nulls = nulls;
	}
	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
		{
			bool *values = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1));

			for (int i = 0; i < count; i++)
				values[i] = column->values.booleans[rows[i]];
			result.values.booleans = values;
			break;
		}
		case FLUX_COLUMN_STRING:
		{
			FluxText *values =
				MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(FluxText));

			for (int i = 0; i < count; i++)
				values[i] = column->values.strings[rows[i]];
			result.values.strings = values;
			break;
		}
		default:
		{
			int64 *values =
				MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(int64));

			for (int i = 0; i < count; i++)
				values[i] = column->values.ints[rows[i]];
			result.values.ints = values;
		}
	}
	return result;
}

FluxColumn
flux_column_slice(const FluxColumn *column, int first)
{
	FluxColumn result = *column;

	if (column->is_constant || first == 0)
		return result;
	if (column->nulls != NULL)
		result.nulls = column->nulls + first;
	result.values.any =
		(const char *) column->values.any + (Size) first * flux_column_type_size(column->type);
	return result;
}

/* NaN is below every number and equal to itself, so that sorting terminates. */
static int
compare_floats(double a, double b)
{
	bool a_is_nan = isnan(a);
	bool b_is_nan = isnan(b);

	if (a_is_nan || b_is_nan)
		return (int) b_is_nan - (int) a_is_nan;
	return (a > b) - (a < b);
}

int
flux_column_compare_rows(const FluxColumn *a, int row_a, const FluxColumn *b, int row_b)
{
	bool a_is_null = flux_column_is_null(a, row_a);
	bool b_is_null = flux_column_is_null(b, row_b);
	int i = flux_column_index(a, row_a);
	int j = flux_column_index(b, row_b);

	Assert(a->type == b->type);
	if (a_is_null || b_is_null)
		return (int) b_is_null - (int) a_is_null;
	switch (a->type)
	{
		case FLUX_COLUMN_BOOL:
			return (int) a->values.booleans[i] - (int) b->values.booleans[j];
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_TIME:
			return (a->values.ints[i] > b->values.ints[j]) -
				   (a->values.ints[i] < b->values.ints[j]);
		case FLUX_COLUMN_UINT:
			return (a->values.uints[i] > b->values.uints[j]) -
				   (a->values.uints[i] < b->values.uints[j]);
		case FLUX_COLUMN_FLOAT:
			return compare_floats(a->values.floats[i], b->values.floats[j]);
		case FLUX_COLUMN_STRING:
			return flux_text_compare(a->values.strings[i], b->values.strings[j]);
	}
	elog(ERROR, "unknown column type %d", (int) a->type);
}
