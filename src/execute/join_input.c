/*
 * join_input.c
 *		One of the two streams of a join, collected.
 *
 * Joins need all tables of both streams before the first pair: which tables
 * meet is a matter of keys, and what columns a stream has is known at its end.
 * Each table is kept under its key, on disk when memory is short (table_set.c).
 */
#include "postgres.h"

#include "execute/join_input.h"

void
flux_join_input_init(FluxJoinInput *input, FluxOperator *op)
{
	input->tables = flux_table_set_create(op);
	input->open = NULL;
	input->column_capacity = 16;
	input->columns = flux_schema_create(input->column_capacity);
}

/* Adds a table's labels to those known of the stream. */
static void
note_columns(FluxJoinInput *input, FluxOperator *op, const FluxSchema *schema)
{
	MemoryContext old = MemoryContextSwitchTo(op->state_context);

	for (int i = 0; i < schema->count; i++)
	{
		if (flux_schema_find(input->columns, schema->labels[i]) >= 0)
			continue;
		if (input->columns->count == input->column_capacity)
		{
			input->columns = flux_schema_copy(input->columns, input->column_capacity);
			input->column_capacity *= 2;
		}
		flux_schema_add(input->columns, flux_text_copy(schema->labels[i]), schema->types[i]);
	}
	MemoryContextSwitchTo(old);
}

void
flux_join_input_open(FluxJoinInput *input, FluxOperator *op, const FluxTableHead *head)
{
	note_columns(input, op, head->schema);
	input->open = flux_table_set_get(input->tables, head);
}

void
flux_join_input_skip(FluxJoinInput *input)
{
	input->open = NULL;
}

void
flux_join_input_append(FluxJoinInput *input, const FluxBatch *batch)
{
	if (input->open != NULL)
		flux_table_buffer_append(input->open, batch);
}

FluxJoinSide
flux_join_side(FluxTableBuffer *table, const FluxText *on, int on_count)
{
	const FluxSchema *schema = flux_table_buffer_head(table)->schema;
	int *positions = palloc(on_count * sizeof(int));

	for (int i = 0; i < on_count; i++)
		positions[i] = flux_schema_find(schema, on[i]);
	return (FluxJoinSide){.buffer = table, .schema = schema, .on = positions};
}
