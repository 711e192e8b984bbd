/*
 * operator_util.h
 *		What the op_*.c share: building heads, one-row tables, passing on.
 */
#ifndef FLUX_OPERATOR_UTIL_H
#define FLUX_OPERATOR_UTIL_H

#include "execute/exec_run.h"
#include "execute/operator.h"

/* ---- plan functions ---- */

/* A zeroed spec in the current context (the evaluator's, in plan functions). */
#define flux_spec_create(type) ((type *) palloc0(sizeof(type)))

/*
 * A node that a call makes beside its own: at the call's place, with the
 * bounds of its input.  Current context.
 */
extern FluxPlanNode *flux_plan_inner_node(const FluxCall *call, const FluxPlanNode *outer,
										  const FluxPlanClass *class, void *spec,
										  FluxPlanNode *input);

/* Copies of texts in the current context. */
extern bool flux_texts_contain(const FluxText *texts, int count, FluxText text);

/* Appends "columns: [a, b]" to an explain line. */
extern void flux_explain_columns(StringInfo out, const FluxText *columns, int count);

/* ---- operators that hand on what they get ---- */
extern void flux_pass_begin_table(FluxOperator *op, int port, const FluxTableHead *head);
extern void flux_pass_process(FluxOperator *op, int port, const FluxBatch *batch);
extern void flux_pass_end_table(FluxOperator *op, int port);

/* ---- building; all in the current context ---- */

/* Key columns of a head, in key order, as a schema with room for "spare" more. */
extern FluxSchema *flux_schema_of_key(const FluxGroupKey *key, int spare);

/* Schema with one column's type changed or the column appended; its position. */
extern FluxSchema *flux_schema_with(const FluxSchema *schema, FluxText label, FluxColumnType type,
									int *position);

/* Schema without a column. */
extern FluxSchema *flux_schema_without(const FluxSchema *schema, int position);

/* Key with one value changed, appended (at the end) or taken out. */
extern FluxGroupKey *flux_group_key_with(const FluxGroupKey *key, FluxText label, FluxValue value);
extern FluxGroupKey *flux_group_key_without(const FluxGroupKey *key, FluxText label);

/* Raises when a column that the operator computes is in the key: rows of a table
 * have one value there. */
extern void flux_operator_check_result(const FluxOperator *op, const FluxGroupKey *key,
									   FluxText label);

/* Adds such a column to the schema of a table with that key. */
extern void flux_schema_add_result(const FluxOperator *op, FluxSchema *schema,
								   const FluxGroupKey *key, FluxText label, FluxColumnType type);

/*
 * Refuses to keep so many bytes, for what can neither be spilled nor streamed:
 * they are more than fluxtask.work_mem (and more than a few MB).
 */
extern void flux_operator_need_memory(const FluxOperator *op, int64 bytes);

/* ---- calling script functions, with the null rules of row functions ---- */
extern FluxValue flux_operator_call1(const FluxOperator *op, const FluxFunction *function,
									 const char *parameter, FluxValue argument);

/* The same for a predicate; null is false, another type an error. */
extern bool flux_operator_predicate(const FluxOperator *op, const FluxFunction *function,
									const char *parameter, FluxValue argument);

/* ---- emitting ---- */

/* The rows of a batch at rows[] (ascending), under another head with the same columns. */
extern void flux_emit_rows(FluxOperator *op, const FluxTableHead *head, const FluxBatch *batch,
						   const int32 *rows, int count);

/* A batch's columns under another head. */
extern void flux_emit_columns(FluxOperator *op, const FluxTableHead *head,
							  const FluxColumn *columns, int row_count);

/* begin_table, one row of values, end_table. */
extern void flux_emit_one_row(FluxOperator *op, const FluxTableHead *head, const FluxValue *values);

/* Columns for "schema": key columns constant, the others left to the caller. */
extern FluxColumn *flux_columns_of_key(const FluxTableHead *head);

/* One row as one-row columns, string bytes copied; one piece, for pfree(). */
extern FluxColumn *flux_batch_copy_row(const FluxBatch *batch, int row);
extern FluxColumn *flux_columns_copy_row(const FluxSchema *schema, const FluxColumn *in, int row);

static inline bool
flux_type_is_numeric(FluxColumnType type)
{
	return type == FLUX_COLUMN_INT || type == FLUX_COLUMN_UINT || type == FLUX_COLUMN_FLOAT;
}

/* A numeric column's value as float; the row is not null. */
static inline double
flux_column_double(const FluxColumn *column, int row)
{
	int i = flux_column_index(column, row);

	switch (column->type)
	{
		case FLUX_COLUMN_INT:
			return (double) column->values.ints[i];
		case FLUX_COLUMN_UINT:
			return (double) column->values.uints[i];
		default:
			return column->values.floats[i];
	}
}

#endif /* FLUX_OPERATOR_UTIL_H */
