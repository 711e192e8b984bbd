/*
 * kept_column.c
 *		A column of rows that are kept: one value as long as all rows hold it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/kept_column.h"

void
flux_kept_column_init(FluxKeptColumn *column, FluxColumnType type)
{
	memset(column, 0, sizeof(*column));
	column->type = type;
	column->is_constant = true;
}

void
flux_kept_column_init_key(FluxKeptColumn *column, FluxColumnType type, FluxValue value)
{
	flux_kept_column_init(column, type);
	column->is_key = true;
	column->is_null = value.is_null;
	if (value.is_null)
		return;
	if (type == FLUX_COLUMN_STRING)
		column->value.string = value.as.string;
	else if (type == FLUX_COLUMN_BOOL)
		column->value.boolean = value.as.boolean;
	else
		column->value.integer = value.as.integer;
}

FluxColumn
flux_kept_column_view(const FluxKeptColumn *column)
{
	static const bool is_null = true;
	FluxColumn view = {.type = column->type, .is_constant = true};

	if (!column->is_constant)
		return flux_column_builder_view(column->builder);
	view.nulls = column->is_null ? &is_null : NULL;
	view.values.any = &column->value;
	return view;
}

static MemoryContext
kept_memory(FluxKeptMemory *memory)
{
	if (memory->context == NULL)
		memory->context =
			AllocSetContextCreate(memory->parent, "Flux table rows", ALLOCSET_SMALL_MINSIZE,
								  ALLOCSET_SMALL_INITSIZE, ALLOCSET_DEFAULT_MAXSIZE);
	return memory->context;
}

Size
flux_kept_memory_size(const FluxKeptMemory *memory)
{
	return memory->context == NULL ? 0 : MemoryContextMemAllocated(memory->context, false);
}

void
flux_kept_memory_reset(FluxKeptMemory *memory)
{
	if (memory->context != NULL)
		MemoryContextDelete(memory->context);
	memory->context = NULL;
}

/* Makes the source's one value that of all rows; NULL: null. */
static void
set_constant(FluxKeptColumn *column, FluxKeptMemory *memory, const FluxColumn *source)
{
	column->is_null = source == NULL || flux_column_is_null(source, 0);
	memset(&column->value, 0, sizeof(column->value));
	if (column->is_null)
		return;
	if (column->type == FLUX_COLUMN_BOOL)
		column->value.boolean = source->values.booleans[0];
	else if (column->type != FLUX_COLUMN_STRING)
		column->value.integer = source->values.ints[0];
	else
	{
		FluxText text = source->values.strings[0];

		column->value.string = flux_text("", 0);
		if (text.size > 0)
		{
			char *bytes = MemoryContextAllocHuge(kept_memory(memory), text.size);

			memcpy(bytes, text.data, text.size);
			column->value.string = flux_text(bytes, text.size);
		}
	}
}

/* A constant column becomes an array: the rows so far get the constant. */
static void
materialise(FluxKeptColumn *column, FluxKeptMemory *memory, int kept)
{
	FluxColumn constant;

	if (!column->is_constant)
		return;
	constant = flux_kept_column_view(column);
	column->builder = MemoryContextAlloc(kept_memory(memory), sizeof(FluxColumnBuilder));
	flux_column_builder_init(column->builder, column->type, memory->context);
	if (kept > 0)
		flux_column_builder_append_rows(column->builder, &constant, 0, kept);
	column->is_constant = false;
}

/* Are two values of one type the same, bit by bit? -0 is not 0 here. */
static bool
same_value(const FluxColumn *a, const FluxColumn *b)
{
	if (a->type == FLUX_COLUMN_FLOAT && !flux_column_is_null(a, 0) && !flux_column_is_null(b, 0))
		return a->values.ints[0] == b->values.ints[0];
	return flux_column_compare_rows(a, 0, b, 0) == 0;
}

/* Appends one value to a constant column. */
static void
append_constant(FluxKeptColumn *column, FluxKeptMemory *memory, int kept, const FluxColumn *source,
				int count)
{
	FluxKeptColumn nulls;
	FluxColumn null_column;
	FluxColumn constant;

	if (kept == 0)
	{
		set_constant(column, memory, source);
		return;
	}
	if (source == NULL)
	{
		flux_kept_column_init(&nulls, column->type);
		nulls.is_null = true;
		null_column = flux_kept_column_view(&nulls);
		source = &null_column;
	}
	constant = flux_kept_column_view(column);
	if (same_value(&constant, source))
		return;
	materialise(column, memory, kept);
	flux_column_builder_append_rows(column->builder, source, 0, count);
}

void
flux_kept_column_append(FluxKeptColumn *column, FluxKeptMemory *memory, int kept,
						const FluxColumn *source, int first, const int32 *rows, int count)
{
	if (column->is_key)
		return;
	CHECK_FOR_INTERRUPTS(); /* here, because there may be many columns */
	if (column->is_constant && (source == NULL || source->is_constant))
	{
		append_constant(column, memory, kept, source, count);
		return;
	}

	/* one row of many is a constant too */
	if (column->is_constant && kept == 0 && count == 1)
	{
		FluxColumn one = flux_column_slice(source, rows == NULL ? first : rows[0]);

		set_constant(column, memory, &one);
		return;
	}
	materialise(column, memory, kept);
	if (source == NULL)
	{
		for (int i = 0; i < count; i++)
			flux_column_builder_append_null(column->builder);
	}
	else if (rows == NULL || source->is_constant)
		flux_column_builder_append_rows(column->builder, source, source->is_constant ? 0 : first,
										count);
	else
	{
		/* runs of neighbouring rows are the common case */
		for (int i = 0; i < count;)
		{
			int run = 1;

			while (i + run < count && rows[i + run] == rows[i] + run)
				run++;
			flux_column_builder_append_rows(column->builder, source, rows[i], run);
			i += run;
		}
	}
}
