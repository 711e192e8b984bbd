/*
 * operator.h
 *		The push protocol between operators.
 *
 * A stream is a sequence of tables; tables arrive one after the other, never
 * interleaved:
 *
 *		begin_table(head)  process(batch)*  end_table   ...   finish
 *
 * for each input port.  An operator answers with calls of flux_emit_*() that
 * follow the same protocol on its output, which may have several consumers.
 * A table with no process() call, or only empty batches, is an empty table.
 *
 * Ownership: a batch and all it points to is valid until the call it is an
 * argument of returns; a head until the table's end_table() returns.  Who keeps
 * longer must copy (FluxTableBuffer does).  What an operator emits may live in
 * its batch_context, which the executor resets before each process(),
 * end_table(), finish() and produce(), or in its table_context, reset before
 * each begin_table() (of operators with one input: the ports of others
 * interleave).  state_context lives as long as the run.  begin() runs with
 * state_context as the current one, begin_table() with table_context, the
 * others with batch_context.
 *
 * Key uniqueness: regrouping operators must not emit two tables with equal
 * keys; they collect in a FluxTableSet, which also spills.
 */
#ifndef FLUX_OPERATOR_H
#define FLUX_OPERATOR_H

#include "base/pg_compat.h"
#include "execute/group_key.h"
#include "plan/plan_spec.h"

typedef struct FluxOperator FluxOperator;
typedef struct FluxExec FluxExec;

/* Rows of one table, by column; columns follow the head's schema. */
typedef struct FluxBatch
{
	const FluxTableHead *head;
	int row_count;             /* may be 0, at most FLUX_BATCH_ROWS */
	const FluxColumn *columns; /* head->schema->count of them */
} FluxBatch;

typedef struct FluxOperatorOps
{
	size_t state_size; /* of the struct that begins with FluxOperator */

	/* Prepares state; context is op->state_context. May be NULL. */
	void (*begin)(FluxOperator *op);
	void (*begin_table)(FluxOperator *op, int port, const FluxTableHead *head);
	void (*process)(FluxOperator *op, int port, const FluxBatch *batch);
	void (*end_table)(FluxOperator *op, int port);

	/* The port's stream is at its end. An operator with n inputs calls
	 * flux_emit_finish() once all n ports are finished. NULL: just that. */
	void (*finish)(FluxOperator *op, int port);

	/*
	 * Sources only: emits a portion (about a batch or a table) and returns
	 * true, or false when there is no more; the executor then emits finish.
	 */
	bool (*produce)(FluxOperator *op);

	/* Releases what memory contexts do not. May be NULL; runs on error too. */
	void (*end)(FluxOperator *op);

	/* Appends counters of its own to explain-analyze. May be NULL. */
	void (*explain_analyze)(const FluxOperator *op, StringInfo out);
} FluxOperatorOps;

typedef struct FluxOutput
{
	FluxOperator *consumer;
	int port;
} FluxOutput;

typedef struct FluxOperatorStats
{
	int64 tables_in, rows_in, tables_out, rows_out;
	int64 bytes_out;  /* of the rows' values; only under analyze */
	int64 elapsed_ns; /* its own, not its consumers'; only under analyze */
	int64 spilled_bytes;
	int64 memory_peak_bytes;
} FluxOperatorStats;

/* First member of each operator's state struct. */
struct FluxOperator
{
	const FluxOperatorOps *ops;
	const FluxPlanNode *node;
	FluxExec *exec;
	FluxOutput *outputs;
	int output_count;
	int input_count;
	int finished_inputs;
	bool is_finished;
	MemoryContext state_context;
	MemoryContext table_context;
	MemoryContext batch_context;
	FluxOperatorStats stats;
};

/* ---- building, for exec_run.c ---- */
extern FluxOperator *flux_operator_create(FluxExec *exec, const FluxPlanNode *node,
										  const struct FluxOperatorOps *ops, int input_count);
extern void flux_operator_connect(FluxOperator *producer, FluxOperator *consumer, int port);

/* Lets a source produce; see FluxOperatorOps. */
extern bool flux_operator_produce(FluxOperator *source);

/* ---- emitting ---- */
extern void flux_emit_begin_table(FluxOperator *op, const FluxTableHead *head);
extern void flux_emit_batch(FluxOperator *op, const FluxBatch *batch); /* any row_count: splits */
extern void flux_emit_end_table(FluxOperator *op);
extern void flux_emit_finish(FluxOperator *op);

/* ---- errors: place and name of the operator's call ---- */
extern void flux_operator_raise(const FluxOperator *op, int sqlstate, const char *format, ...)
	pg_attribute_printf(3, 4) pg_attribute_noreturn();
extern void flux_operator_raise_hint(const FluxOperator *op, int sqlstate, const char *hint,
									 const char *format, ...) pg_attribute_printf(4, 5)
	pg_attribute_noreturn();

/* Hint with the label nearest in spelling, or NULL. */
extern const char *flux_schema_near_hint(const FluxSchema *schema, FluxText label);

/* Position of a needed column, or the error that names it with a near name. */
extern int flux_operator_column(const FluxOperator *op, const FluxSchema *schema, FluxText label);

/*
 * FluxTableBuffer: the rows of one table, kept.  Grows in its context, counts
 * its memory against the run's limit and spills to a temporary file.
 * Schema may widen (missing cells become null); a label with two types raises
 * FLUX_ERRCODE_SCHEMA_COLLISION.
 */
typedef struct FluxTableBuffer FluxTableBuffer;

extern FluxTableBuffer *flux_table_buffer_create(FluxOperator *op, const FluxTableHead *head);
extern void flux_table_buffer_widen(FluxTableBuffer *buffer, const FluxSchema *schema);
extern void flux_table_buffer_append(FluxTableBuffer *buffer, const FluxBatch *batch);

/* Selected rows of a batch; columns are matched by label. */
extern void flux_table_buffer_append_rows(FluxTableBuffer *buffer, const FluxBatch *batch,
										  const int32 *rows, int count);

/*
 * The same for callers that append to many buffers in turn: "interned" equals
 * the batch's schema and lives as long as the buffers, so that they can know it
 * again by its address.
 */
extern void flux_table_buffer_append_known(FluxTableBuffer *buffer, const FluxBatch *batch,
										   const int32 *rows, int count,
										   const FluxSchema *interned);
extern const FluxTableHead *flux_table_buffer_head(const FluxTableBuffer *buffer);
extern int64 flux_table_buffer_row_count(const FluxTableBuffer *buffer);

/* Are some of its rows on disk? */
extern bool flux_table_buffer_is_spilled(const FluxTableBuffer *buffer);

/* All rows as one set of columns (reads spilled rows back); valid until destroy. */
extern const FluxColumn *flux_table_buffer_columns(FluxTableBuffer *buffer);

/*
 * Reads the rows portion by portion without loading spilled ones all at once:
 * start with *position = 0; false at the end.  A portion has any number of rows
 * and is valid until the next call.
 */
extern bool flux_table_buffer_next(FluxTableBuffer *buffer, int *position, FluxBatch *portion);

/* Emits begin_table, all rows, end_table. */
extern void flux_table_buffer_emit(FluxTableBuffer *buffer, FluxOperator *op);
extern void flux_table_buffer_destroy(FluxTableBuffer *buffer);

/* FluxTableSet: table buffers by group key. */
typedef struct FluxTableSet FluxTableSet;

extern FluxTableSet *flux_table_set_create(FluxOperator *op);

/* The key's buffer, made with this head if new. */
extern FluxTableBuffer *flux_table_set_get(FluxTableSet *set, const FluxTableHead *head);

/* Position of the key's table, in first-seen order until a sort; -1 if there is none. */
extern int flux_table_set_position(FluxTableSet *set, const FluxGroupKey *key);

/* The key's buffer, or NULL. */
extern FluxTableBuffer *flux_table_set_find(FluxTableSet *set, const FluxGroupKey *key);

/*
 * Appends every row to the table that its values in the key columns make;
 * key_columns are positions in the batch's schema, in key order.
 */
extern void flux_table_set_route(FluxTableSet *set, const FluxBatch *batch, const int *key_columns,
								 int key_count);

/*
 * Fills positions[] (one per row) with the table that each row's values in the
 * key columns make, made when new with the batch's schema; appends nothing.
 */
extern void flux_table_set_positions(FluxTableSet *set, const FluxBatch *batch,
									 const int *key_columns, int key_count, int *positions);

/* The tables by position: in first-seen order until flux_table_set_sort(). */
extern int flux_table_set_count(FluxTableSet *set);
extern FluxTableBuffer *flux_table_set_table(const FluxTableSet *set, int position);
extern void flux_table_set_sort(FluxTableSet *set);                 /* by key */
extern void flux_table_set_sort_from(FluxTableSet *set, int first); /* those at [first, count) */

/* Frees one table's rows; nothing but a reset may follow for it. */
extern void flux_table_set_drop(FluxTableSet *set, int position);

/* Forgets all tables; the set can be used again. */
extern void flux_table_set_reset(FluxTableSet *set);

/* Emits all tables in key order (or first-seen order), freeing each. */
extern void flux_table_set_emit(FluxTableSet *set, FluxOperator *op, bool in_key_order);

#endif /* FLUX_OPERATOR_H */
