/*
 * table_buffer.c
 *		FluxTableBuffer: the rows of one table, kept in memory or on disk.
 *
 * Rows in memory are columns.  A column stays "constant" as long as all its
 * rows hold one value: a tag of a kept table costs one value and not one per
 * row.  Key columns are constant by definition.
 *
 *		buffer->portions	rows written to the run's temporary file, in order
 *		buffer->columns		the rows after them, in "memory"
 *
 * There may be a table per row, so a table itself must be small: its parts are
 * chunks of one context of the run (exec->tables_context), columns' labels are
 * shared among the tables of a run, and contexts of its own come when needed.
 *
 * Memory: every buffer reports what its rows hold to the run
 * (exec->memory_used_bytes).  When the run holds more than its limit, the
 * largest buffers of the run, whosever they are, are written out until half
 * the limit is free.  A buffer that has been read from stays as it is, and
 * takes no more rows.
 */
#include "postgres.h"

#include "lib/ilist.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "execute/exec_run.h"
#include "execute/kept_column.h"
#include "execute/operator.h"
#include "execute/spill_file.h"

/* Buffers smaller than this are not worth a write of their own. */
#define FLUX_SPILL_MIN_BYTES 1024

/* Tables may take this many times the limit (and at least so much) without their rows. */
#define FLUX_HEADS_SHARE 8
#define FLUX_HEADS_MIN_BYTES (INT64CONST(256) * 1024 * 1024)

/* Rows of one portion: what is read back at a time. */
#define FLUX_SPILL_PORTION_ROWS (16 * FLUX_BATCH_ROWS)

struct FluxTableBuffer
{
	dlist_node node; /* in exec->buffers, once it is_listed */
	bool is_listed;
	bool is_pinned;             /* someone holds pointers into the rows */
	int head_bytes;             /* what the table costs without rows */
	FluxOperator *op;           /* who pays */
	MemoryContext own_context;  /* of what few tables need; NULL until needed */
	MemoryContext read_context; /* the portion read last; NULL until needed */
	FluxKeptMemory memory;      /* of the rows in memory */
	FluxTableHead head;
	FluxSchema *own_schema; /* head.schema once it is widened, else NULL */
	int capacity;           /* columns that fit in the array (and own_schema) */
	FluxKeptColumn *columns;
	int rows_in_memory;
	int64 row_count;
	int64 accounted_bytes;
	FluxSpillPlace *portions;
	int portion_count;
	int portion_capacity;
	FluxColumn *view;        /* what flux_table_buffer_columns() gave */
	const FluxSchema *known; /* a schema known to equal head.schema, or NULL */
};

/* A key column: its value is there from the start. */
static void
buffer_init_column(FluxTableBuffer *buffer, int column)
{
	FluxColumnType type = buffer->head.schema->types[column];
	int in_key = flux_group_key_find(buffer->head.key, buffer->head.schema->labels[column]);

	if (in_key >= 0)
		flux_kept_column_init_key(&buffer->columns[column], type, buffer->head.key->values[in_key]);
	else
		flux_kept_column_init(&buffer->columns[column], type);
}

/* The context of what few tables need. */
static MemoryContext
buffer_context(FluxTableBuffer *buffer)
{
	if (buffer->own_context == NULL)
		buffer->own_context = AllocSetContextCreate(buffer->op->state_context, "Flux table buffer",
													ALLOCSET_SMALL_SIZES);
	return buffer->own_context;
}

/*
 * Counts a new table's own memory, which cannot be spilled: a script that makes
 * too many tables is refused before it exhausts the machine.
 */
static void
buffer_count_head(FluxTableBuffer *buffer)
{
	FluxExec *exec = buffer->op->exec;
	int64 most = Max(exec->memory_limit_bytes * FLUX_HEADS_SHARE, FLUX_HEADS_MIN_BYTES);

	buffer->head_bytes = (int) (GetMemoryChunkSpace(buffer) + GetMemoryChunkSpace(buffer->columns) +
								GetMemoryChunkSpace((void *) buffer->head.key));
	exec->head_bytes += buffer->head_bytes;
	if (exec->head_bytes > most)
		flux_operator_raise_hint(
			buffer->op, ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
			"Group by fewer columns, use longer windows or raise fluxtask.work_mem.",
			"more tables than " INT64_FORMAT " MB can hold", most / (1024 * 1024));
}

/*
 * The run's copy of a schema, the same one for the same columns.  A run with
 * more kinds of tables than are remembered makes further copies.
 */
static const FluxSchema *
exec_schema(FluxExec *exec, const FluxSchema *schema)
{
	MemoryContext old;

	for (int i = 0; i < FLUX_KNOWN_SCHEMAS; i++)
	{
		if (exec->schemas[i] == NULL)
			break;
		if (exec->schemas[i] == schema || flux_schema_equal(exec->schemas[i], schema))
		{
			schema = exec->schemas[i];
			exec->schemas[i] = exec->schemas[0]; /* those used lately come first */
			exec->schemas[0] = schema;
			return schema;
		}
	}
	old = MemoryContextSwitchTo(exec->context);
	schema = flux_schema_copy(schema, 0);
	MemoryContextSwitchTo(old);
	memmove(&exec->schemas[1], &exec->schemas[0], (FLUX_KNOWN_SCHEMAS - 1) * sizeof(FluxSchema *));
	exec->schemas[0] = schema;
	return schema;
}

FluxTableBuffer *
flux_table_buffer_create(FluxOperator *op, const FluxTableHead *head)
{
	FluxExec *exec = op->exec;
	MemoryContext old;
	FluxTableBuffer *buffer;

	if (exec->tables_context == NULL)
		exec->tables_context =
			AllocSetContextCreate(exec->context, "Flux tables", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(exec->tables_context);
	buffer = palloc0(sizeof(FluxTableBuffer));
	buffer->op = op;
	buffer->memory.parent = op->state_context;
	buffer->head.key = flux_group_key_copy(head->key);
	buffer->head.schema = exec_schema(exec, head->schema);
	buffer->capacity = head->schema->count;
	buffer->columns = palloc(Max(buffer->capacity, 1) * sizeof(FluxKeptColumn));
	for (int i = 0; i < head->schema->count; i++)
		buffer_init_column(buffer, i);
	buffer_count_head(buffer);
	MemoryContextSwitchTo(old);
	return buffer;
}

/* Columns without rows, all constant again. */
static void
buffer_clear_columns(FluxTableBuffer *buffer)
{
	for (int i = 0; i < buffer->head.schema->count; i++)
	{
		if (!buffer->columns[i].is_key)
			flux_kept_column_init(&buffer->columns[i], buffer->head.schema->types[i]);
	}
	buffer->rows_in_memory = 0;
}

/* The rows in memory as columns; constant ones stay so. */
static void
buffer_memory_view(const FluxTableBuffer *buffer, FluxColumn *columns)
{
	for (int i = 0; i < buffer->head.schema->count; i++)
		columns[i] = flux_kept_column_view(&buffer->columns[i]);
}

/* Brings the run's account up to date with this buffer. */
static void
buffer_account(FluxTableBuffer *buffer)
{
	FluxExec *exec = buffer->op->exec;
	int64 bytes = flux_kept_memory_size(&buffer->memory);

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
			buffer->portions =
				MemoryContextAlloc(buffer->op->exec->tables_context,
								   buffer->portion_capacity * sizeof(FluxSpillPlace));
		else
			buffer->portions =
				repalloc_huge(buffer->portions, buffer->portion_capacity * sizeof(FluxSpillPlace));
	}
	buffer->portions[buffer->portion_count++] = place;
}

/* Writes the rows in memory to the run's temporary file. */
static void
buffer_spill(FluxTableBuffer *buffer)
{
	FluxExec *exec = buffer->op->exec;
	int column_count = buffer->head.schema->count;
	FluxColumn *columns;
	FluxColumn *part;
	int64 before;

	if (buffer->rows_in_memory == 0)
		return;
	if (exec->spill_file == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(exec->context);

		exec->spill_file = flux_spill_create();
		MemoryContextSwitchTo(old);
	}
	before = flux_spill_size(exec->spill_file);
	columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	part = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	buffer_memory_view(buffer, columns);
	for (int first = 0; first < buffer->rows_in_memory; first += FLUX_SPILL_PORTION_ROWS)
	{
		for (int i = 0; i < column_count; i++)
			part[i] = flux_column_slice(&columns[i], first);
		buffer_add_portion(
			buffer, flux_spill_write(exec->spill_file, part, column_count,
									 Min(FLUX_SPILL_PORTION_ROWS, buffer->rows_in_memory - first)));
	}
	buffer->op->stats.spilled_bytes += flux_spill_size(exec->spill_file) - before;
	pfree(columns);
	pfree(part);
	flux_kept_memory_reset(&buffer->memory);
	buffer_clear_columns(buffer);
	buffer_account(buffer);
}

/* The class of a buffer that may be written out: log2 of its size; -1: it may not. */
static int
spill_class(const FluxTableBuffer *buffer)
{
	if (buffer->is_pinned || buffer->rows_in_memory == 0 ||
		buffer->accounted_bytes < FLUX_SPILL_MIN_BYTES)
		return -1;
	return pg_leftmost_one_pos64(buffer->accounted_bytes);
}

/* Writes out buffers of the classes "least" to "most" until half of the limit is free. */
static void
exec_spill_classes(FluxExec *exec, int least, int most)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify (iter, &exec->buffers)
	{
		FluxTableBuffer *buffer = dlist_container(FluxTableBuffer, node, iter.cur);
		int class = spill_class(buffer);

		CHECK_FOR_INTERRUPTS();
		if (exec->memory_used_bytes <= exec->memory_limit_bytes / 2)
			return;
		if (class < least || class > most)
			continue;
		buffer_spill(buffer);
		if (buffer->accounted_bytes < FLUX_SPILL_MIN_BYTES)
		{
			dlist_delete(&buffer->node);
			buffer->is_listed = false;
		}
	}
}

/*
 * Writes out the run's largest buffers until half of the limit is free.  There
 * may be hundreds of thousands, so they are not sorted: sizes are summed up by
 * class, the large classes go, and of the last one as many as it takes.
 */
static void
exec_free_memory(FluxExec *exec)
{
	int64 class_bytes[64] = {0};
	int64 excess = exec->memory_used_bytes - exec->memory_limit_bytes / 2;
	int class = lengthof(class_bytes) - 1;
	dlist_iter iter;

	dlist_foreach (iter, &exec->buffers)
	{
		FluxTableBuffer *buffer = dlist_container(FluxTableBuffer, node, iter.cur);

		CHECK_FOR_INTERRUPTS();
		if (spill_class(buffer) >= 0)
			class_bytes[spill_class(buffer)] += buffer->accounted_bytes;
	}
	for (; class > 0 && excess > class_bytes[class]; class --)
		excess -= class_bytes[class];
	exec_spill_classes(exec, class + 1, lengthof(class_bytes));
	exec_spill_classes(exec, class, class);

	/*
	 * What is left is too scattered or in use: go on, but look again only
	 * when as much has come on top.
	 */
	exec->memory_next_check_bytes =
		Max(exec->memory_limit_bytes, exec->memory_used_bytes + exec->memory_limit_bytes / 2);
}

static inline void
buffer_grew(FluxTableBuffer *buffer)
{
	FluxExec *exec = buffer->op->exec;

	buffer_account(buffer);
	if (exec->memory_used_bytes > exec->memory_limit_bytes &&
		exec->memory_used_bytes > exec->memory_next_check_bytes)
		exec_free_memory(exec);
	else if (exec->memory_used_bytes < exec->memory_limit_bytes)
		exec->memory_next_check_bytes = 0;
}

/* Makes the schema the table's own, with room for "count" columns. */
static void
buffer_own_schema(FluxTableBuffer *buffer, int count)
{
	MemoryContext old = MemoryContextSwitchTo(buffer_context(buffer));

	if (buffer->own_schema == NULL || count > buffer->capacity)
	{
		int capacity = Max(buffer->capacity * 2, count);

		buffer->own_schema =
			flux_schema_copy(buffer->head.schema, capacity - buffer->head.schema->count);
		buffer->head.schema = buffer->own_schema;
		buffer->columns = repalloc(buffer->columns, capacity * sizeof(FluxKeptColumn));
		buffer->capacity = capacity;
	}
	buffer->known = NULL;
	MemoryContextSwitchTo(old);
}

/* Gives the table one more column, null in the rows so far. */
static void
buffer_add_column(FluxTableBuffer *buffer, FluxText label, FluxColumnType type)
{
	int column = buffer->head.schema->count;
	MemoryContext old;

	buffer_own_schema(buffer, column + 1);
	old = MemoryContextSwitchTo(buffer->own_context);
	flux_schema_add(buffer->own_schema, flux_text_copy(label), type);
	MemoryContextSwitchTo(old);
	buffer_init_column(buffer, column);
	if (buffer->rows_in_memory > 0)
		flux_kept_column_append(&buffer->columns[column], &buffer->memory, 0, NULL, 0, NULL,
								buffer->rows_in_memory);
}

void
flux_table_buffer_widen(FluxTableBuffer *buffer, const FluxSchema *schema)
{
	if (schema == buffer->head.schema)
		return;
	for (int i = 0; i < schema->count; i++)
	{
		int column = flux_schema_find(buffer->head.schema, schema->labels[i]);

		if (column < 0)
			buffer_add_column(buffer, schema->labels[i], schema->types[i]);
		else if (buffer->head.schema->types[column] != schema->types[i])
			flux_operator_raise(
				buffer->op, FLUX_ERRCODE_SCHEMA_COLLISION,
				"schema collision detected: column \"%.*s\" is both of type %s and %s",
				schema->labels[i].size, schema->labels[i].data,
				flux_column_type_name(schema->types[i]),
				flux_column_type_name(buffer->head.schema->types[column]));
	}
}

/* Rows at rows[], or the batch's first "count" when rows is NULL. */
static void
buffer_append(FluxTableBuffer *buffer, const FluxBatch *batch, const int32 *rows, int count)
{
	const FluxSchema *schema = batch->head->schema;
	int column_count;

	if (count == 0)
		return;
	Assert(!buffer->is_pinned);
	if (!flux_schema_equal(buffer->head.schema, schema))
		flux_table_buffer_widen(buffer, schema);

	column_count = buffer->head.schema->count;
	for (int i = 0; i < column_count; i++)
	{
		const FluxColumn *source = NULL;

		if (i < schema->count && flux_text_equal(schema->labels[i], buffer->head.schema->labels[i]))
			source = &batch->columns[i];
		else
		{
			int position = flux_schema_find(schema, buffer->head.schema->labels[i]);

			if (position >= 0)
				source = &batch->columns[position];
		}
		flux_kept_column_append(&buffer->columns[i], &buffer->memory, buffer->rows_in_memory,
								source, 0, rows, count);
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
		if (!flux_schema_equal(buffer->head.schema, interned))
		{
			buffer_append(buffer, batch, rows, count);
			return;
		}
		buffer->known = interned;
	}
	Assert(!buffer->is_pinned);
	for (int i = 0; i < interned->count; i++)
		flux_kept_column_append(&buffer->columns[i], &buffer->memory, buffer->rows_in_memory,
								&batch->columns[i], 0, rows, count);
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
	for (int i = place->column_count; i < buffer->head.schema->count; i++)
		columns[i] = flux_column_constant_null(buffer->head.schema->types[i]);
}

bool
flux_table_buffer_next(FluxTableBuffer *buffer, int *position, FluxBatch *portion)
{
	int index = (*position)++;
	MemoryContext old;
	FluxColumn *columns;

	/* whoever gets the rows may fill memory: these must stay where they are */
	buffer->is_pinned = true;
	if (index > buffer->portion_count ||
		(index == buffer->portion_count && buffer->rows_in_memory == 0))
		return false;
	if (buffer->read_context == NULL)
		buffer->read_context = AllocSetContextCreate(buffer->op->state_context, "Flux spilled rows",
													 ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(buffer->read_context);
	old = MemoryContextSwitchTo(buffer->read_context);
	columns = palloc(Max(buffer->head.schema->count, 1) * sizeof(FluxColumn));
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
	int column_count = buffer->head.schema->count;
	FluxKeptMemory memory = buffer->memory;
	int memory_rows = buffer->rows_in_memory;
	FluxColumn *memory_columns;
	FluxColumn *columns;
	FluxKeptColumn *kept;
	MemoryContext scratch;

	if (buffer->portion_count == 0)
		return;
	kept = MemoryContextAlloc(buffer_context(buffer), Max(column_count, 1) * sizeof(*kept));
	memory_columns =
		MemoryContextAlloc(buffer->own_context, Max(column_count, 1) * sizeof(FluxColumn));
	scratch =
		AllocSetContextCreate(buffer->own_context, "Flux spilled rows", ALLOCSET_DEFAULT_SIZES);
	memcpy(kept, buffer->columns, column_count * sizeof(*kept));
	for (int i = 0; i < column_count && memory_rows > 0; i++)
		memory_columns[i] = flux_kept_column_view(&kept[i]);

	buffer->memory.context = NULL;
	buffer_clear_columns(buffer);
	for (int p = 0; p <= buffer->portion_count; p++)
	{
		MemoryContext old;
		int rows = memory_rows;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scratch);
		old = MemoryContextSwitchTo(scratch);
		columns = memory_columns;
		if (p < buffer->portion_count)
		{
			columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
			buffer_read_portion(buffer, p, columns);
			rows = buffer->portions[p].row_count;
		}
		for (int i = 0; i < column_count && rows > 0; i++)
			flux_kept_column_append(&buffer->columns[i], &buffer->memory, buffer->rows_in_memory,
									&columns[i], 0, NULL, rows);
		buffer->rows_in_memory += rows;
		MemoryContextSwitchTo(old);
	}
	buffer->portion_count = 0;
	MemoryContextDelete(scratch);
	flux_kept_memory_reset(&memory);
	buffer_account(buffer);
}

const FluxColumn *
flux_table_buffer_columns(FluxTableBuffer *buffer)
{
	const FluxSchema *schema = buffer->head.schema;

	buffer_load(buffer);
	buffer->is_pinned = true;
	if (buffer->view == NULL)
		buffer->view =
			MemoryContextAlloc(buffer_context(buffer), Max(schema->count, 1) * sizeof(FluxColumn));
	buffer_memory_view(buffer, buffer->view);
	for (int i = 0; i < schema->count && buffer->rows_in_memory == 0; i++)
		buffer->view[i] = (FluxColumn){.type = schema->types[i]};
	return buffer->view;
}

void
flux_table_buffer_emit(FluxTableBuffer *buffer, FluxOperator *op)
{
	FluxBatch portion;
	int position = 0;

	flux_emit_begin_table(op, &buffer->head);
	while (flux_table_buffer_next(buffer, &position, &portion))
		flux_emit_batch(op, &portion);
	flux_emit_end_table(op);
}

void
flux_table_buffer_destroy(FluxTableBuffer *buffer)
{
	FluxExec *exec = buffer->op->exec;

	exec->memory_used_bytes -= buffer->accounted_bytes;
	exec->head_bytes -= buffer->head_bytes;
	if (buffer->is_listed)
		dlist_delete(&buffer->node);
	flux_kept_memory_reset(&buffer->memory);
	if (buffer->read_context != NULL)
		MemoryContextDelete(buffer->read_context);
	if (buffer->own_context != NULL)
		MemoryContextDelete(buffer->own_context);
	if (buffer->portions != NULL)
		pfree(buffer->portions);
	pfree(buffer->columns);
	pfree((void *) buffer->head.key);
	pfree(buffer);
}
