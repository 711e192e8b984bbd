/*
 * group_key.c
 *		Group keys, schemas and table heads.
 *
 * A key keeps its columns in the order in which results show them and, beside
 * it, their positions sorted by label: comparing and hashing walk the sorted
 * positions, so keys that differ only in column order are the same key.
 *
 * Floats in keys follow flux_column_compare_rows(): NaN equals NaN and -0
 * equals 0, so that every row finds its group again.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "lib/stringinfo.h"

#include "execute/group_key.h"

/* Hash of one column's value, null and type included. */
static uint32
key_value_hash(const FluxValue *value)
{
	double floating;

	if (value->is_null)
		return murmurhash32(value->kind);
	switch (value->kind)
	{
		case FLUX_KIND_BOOL:
			return murmurhash32(0x100 + value->as.boolean);
		case FLUX_KIND_STRING:
			return flux_text_hash(value->as.string);
		case FLUX_KIND_FLOAT:
			floating = value->as.floating;
			if (isnan(floating))
				return murmurhash32(0x200);
			if (floating == 0)
				floating = 0; /* -0 */
			return hash_bytes((const unsigned char *) &floating, sizeof(floating));
		default:
			return hash_bytes((const unsigned char *) &value->as.integer, sizeof(int64)) ^
				   value->kind;
	}
}

/* Order of two column values of one type, nulls first. */
static int
key_value_compare(const FluxValue *a, const FluxValue *b)
{
	if (a->is_null || b->is_null)
		return (int) b->is_null - (int) a->is_null;
	switch (a->kind)
	{
		case FLUX_KIND_BOOL:
			return (int) a->as.boolean - (int) b->as.boolean;
		case FLUX_KIND_STRING:
			return flux_text_compare(a->as.string, b->as.string);
		case FLUX_KIND_FLOAT:
			if (isnan(a->as.floating) || isnan(b->as.floating))
				return (int) isnan(b->as.floating) - (int) isnan(a->as.floating);
			return (a->as.floating > b->as.floating) - (a->as.floating < b->as.floating);
		case FLUX_KIND_UINT:
			return (a->as.uinteger > b->as.uinteger) - (a->as.uinteger < b->as.uinteger);
		default:
			return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
	}
}

void
flux_group_key_sort_labels(const FluxText *labels, int count, int *sorted)
{
	for (int i = 0; i < count; i++)
	{
		int j = i;

		for (; j > 0 && flux_text_compare(labels[sorted[j - 1]], labels[i]) > 0; j--)
			sorted[j] = sorted[j - 1];
		sorted[j] = i;
	}
}

uint32
flux_group_key_hash(const FluxGroupKey *key, const uint32 *label_hashes)
{
	uint32 hash = key->count;

	for (int i = 0; i < key->count; i++)
	{
		int column = key->sorted[i];

		hash = hash_combine(hash, label_hashes != NULL ? label_hashes[column]
													   : flux_text_hash(key->labels[column]));
		hash = hash_combine(hash, key_value_hash(&key->values[column]));
	}
	return hash;
}

FluxGroupKey *
flux_group_key_create(const FluxText *labels, const FluxValue *values, int count)
{
	FluxGroupKey *key = palloc(sizeof(FluxGroupKey));
	FluxText *own_labels = palloc(Max(count, 1) * sizeof(FluxText));
	FluxValue *own_values = palloc(Max(count, 1) * sizeof(FluxValue));
	int *sorted = palloc(Max(count, 1) * sizeof(int));

	for (int i = 0; i < count; i++)
	{
		own_labels[i] = flux_text_copy(labels[i]);
		own_values[i] = values[i];
		if (values[i].kind == FLUX_KIND_STRING && !values[i].is_null)
			own_values[i].as.string = flux_text_copy(values[i].as.string);
	}
	flux_group_key_sort_labels(own_labels, count, sorted);
	key->count = count;
	key->labels = own_labels;
	key->values = own_values;
	key->sorted = sorted;
	key->hash = flux_group_key_hash(key, NULL);
	return key;
}

/* Is the value made of bytes that a copy must have too? */
static inline bool
has_bytes(const FluxValue *value)
{
	return value->kind == FLUX_KIND_STRING && !value->is_null;
}

/* Copies bytes to *place and moves it on. */
static FluxText
place_text(char **place, FluxText text)
{
	char *bytes = *place;

	if (text.size > 0)
		memcpy(bytes, text.data, text.size);
	*place += text.size;
	return flux_text(bytes, text.size);
}

/* In one piece, which pfree() of the key frees: there may be as many keys as rows. */
FluxGroupKey *
flux_group_key_copy(const FluxGroupKey *key)
{
	Size size = MAXALIGN(sizeof(FluxGroupKey)) +
				key->count * (sizeof(FluxText) + sizeof(FluxValue) + sizeof(int));
	FluxGroupKey *copy;
	FluxText *labels;
	FluxValue *values;
	int *sorted;
	char *bytes;

	for (int i = 0; i < key->count; i++)
		size +=
			key->labels[i].size + (has_bytes(&key->values[i]) ? key->values[i].as.string.size : 0);
	copy = palloc(size);
	values = (FluxValue *) ((char *) copy + MAXALIGN(sizeof(FluxGroupKey)));
	labels = (FluxText *) (values + key->count);
	sorted = (int *) (labels + key->count);
	bytes = (char *) (sorted + key->count);
	for (int i = 0; i < key->count; i++)
	{
		labels[i] = place_text(&bytes, key->labels[i]);
		values[i] = key->values[i];
		if (has_bytes(&key->values[i]))
			values[i].as.string = place_text(&bytes, key->values[i].as.string);
		sorted[i] = key->sorted[i];
	}
	copy->count = key->count;
	copy->labels = labels;
	copy->values = values;
	copy->sorted = sorted;
	copy->hash = key->hash;
	return copy;
}

bool
flux_group_key_equal(const FluxGroupKey *a, const FluxGroupKey *b)
{
	if (a == b)
		return true;
	if (a->hash != b->hash || a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		int column_a = a->sorted[i];
		int column_b = b->sorted[i];

		if (a->values[column_a].kind != b->values[column_b].kind ||
			!flux_text_equal(a->labels[column_a], b->labels[column_b]) ||
			key_value_compare(&a->values[column_a], &b->values[column_b]) != 0)
			return false;
	}
	return true;
}

/*
 * Where the labels differ, the key that lacks the smaller one is the lesser;
 * where they agree type, null and value decide; at last the shorter key.
 */
int
flux_group_key_compare(const FluxGroupKey *a, const FluxGroupKey *b)
{
	int shared = Min(a->count, b->count);

	for (int i = 0; i < shared; i++)
	{
		const FluxValue *value_a = &a->values[a->sorted[i]];
		const FluxValue *value_b = &b->values[b->sorted[i]];
		int order = flux_text_compare(a->labels[a->sorted[i]], b->labels[b->sorted[i]]);

		if (order != 0)
			return order < 0 ? 1 : -1;
		if (value_a->kind != value_b->kind)
			return value_a->kind < value_b->kind ? -1 : 1;
		order = key_value_compare(value_a, value_b);
		if (order != 0)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

int
flux_group_key_find(const FluxGroupKey *key, FluxText label)
{
	for (int i = 0; i < key->count; i++)
	{
		if (flux_text_equal(key->labels[i], label))
			return i;
	}
	return -1;
}

char *
flux_group_key_display(const FluxGroupKey *key)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int i = 0; i < key->count; i++)
	{
		FluxText value;

		appendStringInfo(&out, "%s%.*s=", i > 0 ? "," : "", key->labels[i].size,
						 key->labels[i].data);
		value = flux_value_display(key->values[i]);
		appendBinaryStringInfo(&out, value.data, value.size);
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* ---- schemas ---- */

FluxSchema *
flux_schema_create(int capacity)
{
	FluxSchema *schema = palloc(sizeof(FluxSchema));

	capacity = Max(capacity, 1);
	schema->count = 0;
	schema->labels = palloc(capacity * sizeof(FluxText));
	schema->types = palloc(capacity * sizeof(FluxColumnType));
	return schema;
}

FluxSchema *
flux_schema_copy(const FluxSchema *schema, int spare)
{
	FluxSchema *copy = flux_schema_create(schema->count + spare);

	for (int i = 0; i < schema->count; i++)
		flux_schema_add(copy, flux_text_copy(schema->labels[i]), schema->types[i]);
	return copy;
}

int
flux_schema_find(const FluxSchema *schema, FluxText label)
{
	for (int i = 0; i < schema->count; i++)
	{
		if (flux_text_equal(schema->labels[i], label))
			return i;
	}
	return -1;
}

/* The arrays were made with room for it. */
void
flux_schema_add(FluxSchema *schema, FluxText label, FluxColumnType type)
{
	schema->labels[schema->count] = label;
	schema->types[schema->count] = type;
	schema->count++;
}

bool
flux_schema_equal(const FluxSchema *a, const FluxSchema *b)
{
	if (a == b)
		return true;
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		if (a->types[i] != b->types[i] || !flux_text_equal(a->labels[i], b->labels[i]))
			return false;
	}
	return true;
}

/* ---- heads ---- */

FluxTableHead *
flux_table_head_create(const FluxGroupKey *key, const FluxSchema *schema)
{
	FluxTableHead *head = palloc(sizeof(FluxTableHead));

	head->key = key;
	head->schema = schema;
	return head;
}

FluxTableHead *
flux_table_head_copy(const FluxTableHead *head)
{
	return flux_table_head_create(flux_group_key_copy(head->key),
								  flux_schema_copy(head->schema, 0));
}

FluxColumn
flux_column_of_value(FluxColumnType type, FluxValue value)
{
	FluxColumn column = {.type = type, .is_constant = true};
	FluxValue *copy;

	if (value.is_null || value.kind == FLUX_KIND_INVALID)
		return flux_column_constant_null(type);

	/* the members of the union all begin where the union does */
	copy = palloc(sizeof(FluxValue));
	*copy = value;
	column.values.any = &copy->as;
	return column;
}
