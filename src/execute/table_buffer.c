/*
 * table_buffer.c
 *		FluxTableBuffer: the rows of one table, kept in memory or on disk.
 *
 * Rows in memory are columns.  A column stays "constant" as long as all its
 * rows hold one value: a tag of a kept table costs one value and not one per
 * row.  Key columns are constant by definition.
 *
 *		buffer->portions	rows written to the run's temporary file, in order
 *		buffer->columns		the rows after them, in data_context
 *
 * Memory: every buffer reports what its data_context holds to the run
 * (exec->memory_used_bytes).  When the run holds more than its limit, the
 * largest buffers of the run, whosever they are, are written out until half
 * the limit is free.  A buffer that has been read from stays as it is, and
 * takes no more rows.
 */
#include "postgres.h"

#include "lib/ilist.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_run.h"
#include "execute/operator.h"
#include "execute/spill_file.h"

/* Buffers smaller than this are not worth a write of their own. */
#define FLUX_SPILL_MIN_BYTES 4096

/* Tables may take this many times the limit (and at least so much) without their rows. */
#define FLUX_HEADS_SHARE 32
#define FLUX_HEADS_MIN_BYTES (INT64CONST(1024) * 1024 * 1024)

/* Rows of one portion: what is read back at a time. */
#define FLUX_SPILL_PORTION_ROWS (16 * FLUX_BATCH_ROWS)

typedef struct BufferColumn
{
	bool		is_key;			/* constant for good: rows are not looked at */
	bool		is_constant;	/* all rows in memory hold "constant"'s value */
	FluxColumn	constant;		/* valid when is_constant and there are rows */
	FluxColumnBuilder *builder;	/* otherwise the rows; in data_context */
} BufferColumn;

struct FluxTableBuffer
{
	dlist_node	node;			/* in exec->buffers, once it is_listed */
	bool		is_listed;
	int64		head_bytes;		/* what the table costs without rows */
	FluxOperator *op;			/* who pays */
	MemoryContext context;		/* head and this struct */
	MemoryContext data_context; /* rows in memory */
	MemoryContext read_context; /* the portion read last; NULL until needed */
	FluxTableHead head;
	FluxSchema *schema;			/* head.schema, writable */
	int			capacity;		/* columns that fit in the arrays */
	BufferColumn *columns;
	int			rows_in_memory;
	int64		row_count;
	int64		accounted_bytes;
	FluxSpillPlace *portions;
	int			portion_count;
	int			portion_capacity;
	bool		is_pinned;		/* someone holds pointers into the rows */
	FluxColumn *view;			/* what flux_table_buffer_columns() gave */
	const FluxSchema *known;	/* a schema known to equal "schema", or NULL */
};

/* A key column: its value is there from the start. */
static void
buffer_init_column(FluxTableBuffer *buffer, int column)
{
	BufferColumn *target = &buffer->columns[column];
	int			in_key = flux_group_key_find(buffer->head.key, buffer->schema->labels[column]);

	memset(target, 0, sizeof(*target));
	target->is_constant = true;
	target->is_key = in_key >= 0;
	if (target->is_key)
		target->constant = flux_column_of_value(buffer->schema->types[column],
												buffer->head.key->values[in_key]);
}

/*
 * Counts a new table's own memory, which cannot be spilled: a script that makes
 * too many tables is refused before it exhausts the machine.
 */
static void
buffer_count_head(FluxTableBuffer *buffer)
{
	FluxExec   *exec = buffer->op->exec;
	int64		most = Max(exec->memory_limit_bytes * FLUX_HEADS_SHARE, FLUX_HEADS_MIN_BYTES);

	buffer->head_bytes = MemoryContextMemAllocated(buffer->context, true);
	exec->head_bytes += buffer->head_bytes;
	if (exec->head_bytes > most)
		flux_operator_raise_hint(buffer->op, ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
								 "Group by fewer columns, use longer windows or raise fluxtask.work_mem.",
								 "more tables than " INT64_FORMAT " MB can hold", most / (1024 * 1024));
}

FluxTableBuffer *
flux_table_buffer_create(FluxOperator *op, const FluxTableHead *head)
{
	MemoryContext context = AllocSetContextCreate(op->state_context, "Flux table buffer", 0,
												  2 * ALLOCSET_SMALL_INITSIZE, ALLOCSET_SMALL_MAXSIZE);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxTableBuffer *buffer = palloc0(sizeof(FluxTableBuffer));

	buffer->op = op;
	buffer->context = context;
	buffer->data_context = AllocSetContextCreate(context, "Flux table rows",
												 ALLOCSET_SMALL_MINSIZE, ALLOCSET_SMALL_INITSIZE,
												 ALLOCSET_DEFAULT_MAXSIZE);
	buffer->capacity = head->schema->count + 2;
	buffer->schema = flux_schema_copy(head->schema, 2);
	buffer->head.key = flux_group_key_copy(head->key);
	buffer->head.schema = buffer->schema;
	buffer->columns = palloc0(buffer->capacity * sizeof(BufferColumn));
	for (int i = 0; i < head->schema->count; i++)
		buffer_init_column(buffer, i);
	buffer_count_head(buffer);
	MemoryContextSwitchTo(old);
	return buffer;
}

/* Forgets the rows in memory; columns are constant again. */
static void
buffer_clear_memory(FluxTableBuffer *buffer)
{
	MemoryContextReset(buffer->data_context);
	for (int i = 0; i < buffer->schema->count; i++)
	{
		if (buffer->columns[i].is_key)
			continue;
		memset(&buffer->columns[i], 0, sizeof(BufferColumn));
		buffer->columns[i].is_constant = true;
	}
	buffer->rows_in_memory = 0;
}

/* The rows in memory as columns; constant ones stay so. */
static void
buffer_memory_view(const FluxTableBuffer *buffer, FluxColumn *columns)
{
	for (int i = 0; i < buffer->schema->count; i++)
	{
		const BufferColumn *column = &buffer->columns[i];

		columns[i] = column->is_constant ? column->constant
			: flux_column_builder_view(column->builder);
	}
}

/* Brings the run's account up to date with this buffer. */
static void
buffer_account(FluxTableBuffer *buffer)
{
	FluxExec   *exec = buffer->op->exec;
	int64		bytes = MemoryContextMemAllocated(buffer->data_context, false);

	exec->memory_used_bytes += bytes - buffer->accounted_bytes;
	buffer->accounted_bytes = bytes;
	exec->memory_peak_bytes = Max(exec->memory_peak_bytes, exec->memory_used_bytes);
	if (bytes >= FLUX_SPILL_MIN_BYTES && !buffer->is_listed)
	{
		dlist_push_tail(&exec->buffers, &buffer->node);
		buffer->is_listed = true;
	}
}

/* Notes one more portion. */
static void
buffer_add_portion(FluxTableBuffer *buffer, FluxSpillPlace place)
{
	if (buffer->portion_count == buffer->portion_capacity)
	{
		buffer->portion_capacity = Max(buffer->portion_capacity * 2, 4);
		if (buffer->portions == NULL)
			buffer->portions = palloc(buffer->portion_capacity * sizeof(FluxSpillPlace));
		else
			buffer->portions = repalloc_huge(buffer->portions,
											 buffer->portion_capacity * sizeof(FluxSpillPlace));
	}
	buffer->portions[buffer->portion_count++] = place;
}

/* Writes the rows in memory to the run's temporary file. */
static void
buffer_spill(FluxTableBuffer *buffer)
{
	FluxExec   *exec = buffer->op->exec;
	int			column_count = buffer->schema->count;
	MemoryContext old;
	FluxColumn *columns;
	FluxColumn *part;
	int64		before;

	if (buffer->rows_in_memory == 0)
		return;
	old = MemoryContextSwitchTo(buffer->context);
	if (exec->spill_file == NULL)
	{
		MemoryContextSwitchTo(exec->context);
		exec->spill_file = flux_spill_create();
		MemoryContextSwitchTo(buffer->context);
	}
	before = flux_spill_size(exec->spill_file);
	columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	part = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	buffer_memory_view(buffer, columns);
	for (int first = 0; first < buffer->rows_in_memory; first += FLUX_SPILL_PORTION_ROWS)
	{
		for (int i = 0; i < column_count; i++)
			part[i] = flux_column_slice(&columns[i], first);
		buffer_add_portion(buffer,
						   flux_spill_write(exec->spill_file, part, column_count,
											Min(FLUX_SPILL_PORTION_ROWS,
												buffer->rows_in_memory - first)));
	}
	buffer->op->stats.spilled_bytes += flux_spill_size(exec->spill_file) - before;
	pfree(columns);
	pfree(part);
	buffer_clear_memory(buffer);
	buffer_account(buffer);
	MemoryContextSwitchTo(old);
}

/* Largest first. */
static int
compare_buffer_sizes(const void *a, const void *b)
{
	int64		size_a = (*(FluxTableBuffer *const *) a)->accounted_bytes;
	int64		size_b = (*(FluxTableBuffer *const *) b)->accounted_bytes;

	return (size_a < size_b) - (size_a > size_b);
}

/* Writes out the run's largest buffers until half of the limit is free. */
static void
exec_free_memory(FluxExec *exec)
{
	dlist_iter	iter;
	FluxTableBuffer **candidates;
	int			count = 0;

	dlist_foreach(iter, &exec->buffers)
		count++;
	candidates = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(*candidates));
	count = 0;
	dlist_foreach(iter, &exec->buffers)
	{
		FluxTableBuffer *buffer = dlist_container(FluxTableBuffer, node, iter.cur);

		if (!buffer->is_pinned && buffer->rows_in_memory > 0 &&
			buffer->accounted_bytes >= FLUX_SPILL_MIN_BYTES)
			candidates[count++] = buffer;
	}
	qsort(candidates, count, sizeof(*candidates), compare_buffer_sizes);
	for (int i = 0; i < count && exec->memory_used_bytes > exec->memory_limit_bytes / 2; i++)
	{
		CHECK_FOR_INTERRUPTS();
		buffer_spill(candidates[i]);
		if (candidates[i]->accounted_bytes < FLUX_SPILL_MIN_BYTES)
		{
			dlist_delete(&candidates[i]->node);
			candidates[i]->is_listed = false;
		}
	}
	pfree(candidates);

	/*
	 * What is left is too scattered or in use: go on, but look again only
	 * when as much has come on top.
	 */
	exec->memory_next_check_bytes = Max(exec->memory_limit_bytes,
										exec->memory_used_bytes + exec->memory_limit_bytes / 2);
}

static inline void
buffer_grew(FluxTableBuffer *buffer)
{
	FluxExec   *exec = buffer->op->exec;

	buffer_account(buffer);
	if (exec->memory_used_bytes > exec->memory_limit_bytes &&
		exec->memory_used_bytes > exec->memory_next_check_bytes)
		exec_free_memory(exec);
	else if (exec->memory_used_bytes < exec->memory_limit_bytes)
		exec->memory_next_check_bytes = 0;
}

/* A constant column becomes an array: the rows so far get the constant. */
static void
buffer_column_materialise(FluxTableBuffer *buffer, int column)
{
	BufferColumn *target = &buffer->columns[column];

	if (!target->is_constant)
		return;
	target->builder = MemoryContextAlloc(buffer->data_context, sizeof(FluxColumnBuilder));
	flux_column_builder_init(target->builder, buffer->schema->types[column], buffer->data_context);
	if (buffer->rows_in_memory > 0)
		flux_column_builder_append_rows(target->builder, &target->constant, 0,
										buffer->rows_in_memory);
	target->is_constant = false;
}

/* Makes "constant" the value of all rows; the first rows are being appended. */
static void
buffer_column_set_constant(FluxTableBuffer *buffer, int column, const FluxColumn *source)
{
	MemoryContext old = MemoryContextSwitchTo(buffer->data_context);
	BufferColumn *target = &buffer->columns[column];

	if (source == NULL || flux_column_is_null(source, 0))
		target->constant = flux_column_constant_null(buffer->schema->types[column]);
	else if (source->type == FLUX_COLUMN_STRING)
		target->constant = flux_column_constant_string(source->values.strings[0]);
	else
	{
		int			size = flux_column_type_size(source->type);
		void	   *value = palloc(size);

		memcpy(value, source->values.any, size);
		target->constant = *source;
		target->constant.nulls = NULL;
		target->constant.values.any = value;
	}
	MemoryContextSwitchTo(old);
}

static void
append_nulls(FluxColumnBuilder *builder, int count)
{
	for (int i = 0; i < count; i++)
		flux_column_builder_append_null(builder);
}

/*
 * Appends "count" rows to one column: those at rows[], or from "first" on when
 * rows is NULL; nulls when source is NULL.
 */
static void
buffer_column_append(FluxTableBuffer *buffer, int column, const FluxColumn *source, int first,
					 const int32 *rows, int count)
{
	BufferColumn *target = &buffer->columns[column];

	if (target->is_key)
		return;
	if (target->is_constant && (source == NULL || source->is_constant))
	{
		FluxColumn	null_column;

		if (buffer->rows_in_memory == 0)
		{
			buffer_column_set_constant(buffer, column, source);
			return;
		}
		if (source == NULL)
		{
			static const bool is_null = true;
			static const int64 zeroes[4] = {0};

			null_column = (FluxColumn) {.type = buffer->schema->types[column],
				.is_constant = true, .nulls = &is_null};
			null_column.values.any = zeroes;
			source = &null_column;
		}
		if (flux_column_compare_rows(&target->constant, 0, source, 0) == 0)
			return;
		buffer_column_materialise(buffer, column);
		flux_column_builder_append_rows(target->builder, source, 0, count);
		return;
	}

	buffer_column_materialise(buffer, column);
	if (source == NULL)
		append_nulls(target->builder, count);
	else if (rows == NULL || source->is_constant)
		flux_column_builder_append_rows(target->builder, source, source->is_constant ? 0 : first,
										count);
	else
	{
		/* runs of neighbouring rows are the common case */
		for (int i = 0; i < count;)
		{
			int			run = 1;

			while (i + run < count && rows[i + run] == rows[i] + run)
				run++;
			flux_column_builder_append_rows(target->builder, source, rows[i], run);
			i += run;
		}
	}
}

void
flux_table_buffer_widen(FluxTableBuffer *buffer, const FluxSchema *schema)
{
	MemoryContext old = MemoryContextSwitchTo(buffer->context);

	for (int i = 0; i < schema->count; i++)
	{
		int			column = flux_schema_find(buffer->schema, schema->labels[i]);

		if (column >= 0)
		{
			if (buffer->schema->types[column] != schema->types[i])
				flux_operator_raise(buffer->op, FLUX_ERRCODE_SCHEMA_COLLISION,
									"schema collision detected: column \"%.*s\" is both of type %s and %s",
									schema->labels[i].size, schema->labels[i].data,
									flux_column_type_name(schema->types[i]),
									flux_column_type_name(buffer->schema->types[column]));
			continue;
		}
		if (buffer->schema->count == buffer->capacity)
		{
			int			old_capacity = buffer->capacity;

			buffer->capacity = old_capacity * 2;
			buffer->schema->labels = repalloc(buffer->schema->labels,
											  buffer->capacity * sizeof(FluxText));
			buffer->schema->types = repalloc(buffer->schema->types,
											 buffer->capacity * sizeof(FluxColumnType));
			buffer->columns = repalloc(buffer->columns, buffer->capacity * sizeof(BufferColumn));
		}
		column = buffer->schema->count;
		flux_schema_add(buffer->schema, flux_text_copy(schema->labels[i]), schema->types[i]);
		buffer_init_column(buffer, column);
		buffer->known = NULL;
		if (buffer->rows_in_memory > 0 && !buffer->columns[column].is_key)
			buffer_column_set_constant(buffer, column, NULL);
	}
	MemoryContextSwitchTo(old);
}

/* Rows at rows[], or the batch's first "count" when rows is NULL. */
static void
buffer_append(FluxTableBuffer *buffer, const FluxBatch *batch, const int32 *rows, int count)
{
	const FluxSchema *schema = batch->head->schema;
	int			column_count;

	if (count == 0)
		return;
	Assert(!buffer->is_pinned);
	if (!flux_schema_equal(buffer->schema, schema))
		flux_table_buffer_widen(buffer, schema);

	column_count = buffer->schema->count;
	for (int i = 0; i < column_count; i++)
	{
		const FluxColumn *source = NULL;

		if (i < schema->count && flux_text_equal(schema->labels[i], buffer->schema->labels[i]))
			source = &batch->columns[i];
		else
		{
			int			position = flux_schema_find(schema, buffer->schema->labels[i]);

			if (position >= 0)
				source = &batch->columns[position];
		}
		buffer_column_append(buffer, i, source, 0, rows, count);
	}
	buffer->rows_in_memory += count;
	buffer->row_count += count;
	buffer_grew(buffer);
}

void
flux_table_buffer_append_known(FluxTableBuffer *buffer, const FluxBatch *batch, const int32 *rows,
							   int count, const FluxSchema *interned)
{
	if (count == 0)
		return;
	if (buffer->known != interned)
	{
		if (!flux_schema_equal(buffer->schema, interned))
		{
			buffer_append(buffer, batch, rows, count);
			return;
		}
		buffer->known = interned;
	}
	Assert(!buffer->is_pinned);
	for (int i = 0; i < interned->count; i++)
		buffer_column_append(buffer, i, &batch->columns[i], 0, rows, count);
	buffer->rows_in_memory += count;
	buffer->row_count += count;
	buffer_grew(buffer);
}

void
flux_table_buffer_append(FluxTableBuffer *buffer, const FluxBatch *batch)
{
	buffer_append(buffer, batch, NULL, batch->row_count);
}

void
flux_table_buffer_append_rows(FluxTableBuffer *buffer, const FluxBatch *batch, const int32 *rows,
							  int count)
{
	buffer_append(buffer, batch, rows, count);
}

const FluxTableHead *
flux_table_buffer_head(const FluxTableBuffer *buffer)
{
	return &buffer->head;
}

int64
flux_table_buffer_row_count(const FluxTableBuffer *buffer)
{
	return buffer->row_count;
}

bool
flux_table_buffer_is_spilled(const FluxTableBuffer *buffer)
{
	return buffer->portion_count > 0;
}

/* Reads portion "index" into "columns"; columns the table got later are null. */
static void
buffer_read_portion(FluxTableBuffer *buffer, int index, FluxColumn *columns)
{
	const FluxSpillPlace *place = &buffer->portions[index];

	flux_spill_read(buffer->op->exec->spill_file, place, columns);
	for (int i = place->column_count; i < buffer->schema->count; i++)
		columns[i] = flux_column_constant_null(buffer->schema->types[i]);
}

bool
flux_table_buffer_next(FluxTableBuffer *buffer, int *position, FluxBatch *portion)
{
	int			index = (*position)++;
	MemoryContext old;
	FluxColumn *columns;

	/* whoever gets the rows may fill memory: these must stay where they are */
	buffer->is_pinned = true;
	if (index > buffer->portion_count ||
		(index == buffer->portion_count && buffer->rows_in_memory == 0))
		return false;
	if (buffer->read_context == NULL)
		buffer->read_context = AllocSetContextCreate(buffer->context, "Flux spilled rows",
													 ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(buffer->read_context);
	old = MemoryContextSwitchTo(buffer->read_context);
	columns = palloc(Max(buffer->schema->count, 1) * sizeof(FluxColumn));
	portion->head = &buffer->head;
	portion->columns = columns;
	if (index < buffer->portion_count)
	{
		buffer_read_portion(buffer, index, columns);
		portion->row_count = buffer->portions[index].row_count;
	}
	else
	{
		buffer_memory_view(buffer, columns);
		portion->row_count = buffer->rows_in_memory;
	}
	MemoryContextSwitchTo(old);
	return true;
}

/* Brings spilled rows back, before those in memory. */
static void
buffer_load(FluxTableBuffer *buffer)
{
	BufferColumn *memory_columns;
	MemoryContext memory_context = buffer->data_context;
	int			memory_rows = buffer->rows_in_memory;
	FluxColumn *columns;
	MemoryContext scratch;

	if (buffer->portion_count == 0)
		return;
	scratch = AllocSetContextCreate(buffer->context, "Flux spilled rows", ALLOCSET_DEFAULT_SIZES);
	memory_columns = MemoryContextAlloc(buffer->context,
										buffer->schema->count * sizeof(BufferColumn));
	memcpy(memory_columns, buffer->columns, buffer->schema->count * sizeof(BufferColumn));

	buffer->data_context = AllocSetContextCreate(buffer->context, "Flux table rows",
												 ALLOCSET_DEFAULT_SIZES);
	buffer_clear_memory(buffer);
	for (int p = 0; p <= buffer->portion_count; p++)
	{
		MemoryContext old;
		int			rows;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scratch);
		old = MemoryContextSwitchTo(scratch);
		columns = palloc(Max(buffer->schema->count, 1) * sizeof(FluxColumn));
		if (p < buffer->portion_count)
		{
			buffer_read_portion(buffer, p, columns);
			rows = buffer->portions[p].row_count;
		}
		else
		{
			rows = memory_rows;
			for (int i = 0; i < buffer->schema->count && rows > 0; i++)
				columns[i] = memory_columns[i].is_constant ? memory_columns[i].constant
					: flux_column_builder_view(memory_columns[i].builder);
		}
		for (int i = 0; i < buffer->schema->count && rows > 0; i++)
			buffer_column_append(buffer, i, &columns[i], 0, NULL, rows);
		buffer->rows_in_memory += rows;
		MemoryContextSwitchTo(old);
	}
	buffer->portion_count = 0;
	MemoryContextDelete(scratch);
	MemoryContextDelete(memory_context);
	pfree(memory_columns);
	buffer_account(buffer);
}

const FluxColumn *
flux_table_buffer_columns(FluxTableBuffer *buffer)
{
	buffer_load(buffer);
	buffer->is_pinned = true;
	if (buffer->view == NULL)
		buffer->view = MemoryContextAlloc(buffer->context,
										  Max(buffer->schema->count, 1) * sizeof(FluxColumn));
	buffer_memory_view(buffer, buffer->view);
	for (int i = 0; i < buffer->schema->count && buffer->rows_in_memory == 0; i++)
		buffer->view[i] = (FluxColumn) {.type = buffer->schema->types[i]};
	return buffer->view;
}

void
flux_table_buffer_emit(FluxTableBuffer *buffer, FluxOperator *op)
{
	FluxBatch	portion;
	int			position = 0;

	flux_emit_begin_table(op, &buffer->head);
	while (flux_table_buffer_next(buffer, &position, &portion))
		flux_emit_batch(op, &portion);
	flux_emit_end_table(op);
}

void
flux_table_buffer_destroy(FluxTableBuffer *buffer)
{
	FluxExec   *exec = buffer->op->exec;

	exec->memory_used_bytes -= buffer->accounted_bytes;
	exec->head_bytes -= buffer->head_bytes;
	if (buffer->is_listed)
		dlist_delete(&buffer->node);
	MemoryContextDelete(buffer->context);
}
