/*
 * group_key.h
 *		Group keys and table heads.
 *
 * A table in a stream is known by its group key: labels with one constant
 * value each.  Keys are equal when they have the same (label, type) set,
 * whatever the column order, and equal values, null equal to null.
 */
#ifndef FLUX_GROUP_KEY_H
#define FLUX_GROUP_KEY_H

#include "evaluate/value.h"

typedef struct FluxGroupKey
{
	int count;
	const FluxText *labels;  /* in key column order (visible in results) */
	const FluxValue *values; /* kind = column type, maybe null */
	const int *sorted;       /* positions by label, for comparing */
	uint32 hash;
} FluxGroupKey;

/* Copies labels and values into the current memory context. */
extern FluxGroupKey *flux_group_key_create(const FluxText *labels, const FluxValue *values,
										   int count);
extern FluxGroupKey *flux_group_key_copy(const FluxGroupKey *key);
extern bool flux_group_key_equal(const FluxGroupKey *a, const FluxGroupKey *b);

/* Flux' key order: by label-sorted columns; see flux-support.md. */
extern int flux_group_key_compare(const FluxGroupKey *a, const FluxGroupKey *b);

/*
 * For callers that look keys up without allocating: fill labels, sorted (once)
 * and values (per row) of a key of their own, then its hash.  label_hashes may
 * be NULL; else it holds flux_text_hash() of each label.
 */
extern void flux_group_key_sort_labels(const FluxText *labels, int count, int *sorted);
extern uint32 flux_group_key_hash(const FluxGroupKey *key, const uint32 *label_hashes);

/* Position of a label, or -1. */
extern int flux_group_key_find(const FluxGroupKey *key, FluxText label);

/* "{host=a,region=b}", for error messages. */
extern char *flux_group_key_display(const FluxGroupKey *key);

/* Columns of a table. Labels are unique. */
typedef struct FluxSchema
{
	int count;
	FluxText *labels;
	FluxColumnType *types;
} FluxSchema;

extern FluxSchema *flux_schema_create(int capacity);
extern FluxSchema *flux_schema_copy(const FluxSchema *schema, int spare);
extern int flux_schema_find(const FluxSchema *schema, FluxText label); /* -1 if absent */

/* Shares the label's bytes; the schema was made with room for the column. */
extern void flux_schema_add(FluxSchema *schema, FluxText label, FluxColumnType type);
extern bool flux_schema_equal(const FluxSchema *a, const FluxSchema *b);

/* What a consumer learns before the first row of a table. */
typedef struct FluxTableHead
{
	const FluxGroupKey *key;
	const FluxSchema *schema; /* every key label is one of its columns */
} FluxTableHead;

/* A head of the given parts (shared), and a deep copy; in the current context. */
extern FluxTableHead *flux_table_head_create(const FluxGroupKey *key, const FluxSchema *schema);
extern FluxTableHead *flux_table_head_copy(const FluxTableHead *head);

/* A constant column of a value of that type or null; string bytes are shared. */
extern FluxColumn flux_column_of_value(FluxColumnType type, FluxValue value);

#endif /* FLUX_GROUP_KEY_H */
