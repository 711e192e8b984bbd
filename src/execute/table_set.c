/*
 * table_set.c
 *		FluxTableSet: table buffers found by group key.
 *
 * An open-addressing hash of positions into an array of entries; the array
 * keeps the order in which keys were first seen.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "execute/operator.h"

typedef struct SetEntry
{
	FluxTableBuffer *buffer;
	const FluxGroupKey *key;	/* the buffer's */

	/* rows of the batch being routed, as a chain through RouteState.next */
	int			chain_first;
	int			chain_last;
} SetEntry;

struct FluxTableSet
{
	FluxOperator *op;
	MemoryContext context;
	SetEntry   *entries;
	int			count;
	int			capacity;
	int		   *slots;			/* positions in entries, -1 free */
	uint32		slot_count;		/* power of two */
};

#define FLUX_SET_FIRST_SLOTS 64

FluxTableSet *
flux_table_set_create(FluxOperator *op)
{
	MemoryContext context = AllocSetContextCreate(op->state_context, "Flux table set",
												  ALLOCSET_SMALL_SIZES);
	FluxTableSet *set = MemoryContextAllocZero(context, sizeof(FluxTableSet));

	set->op = op;
	set->context = context;
	return set;
}

/* Enters all entries into a hash of "slot_count" slots. */
static void
set_rehash(FluxTableSet *set, uint32 slot_count)
{
	if (set->slots != NULL)
		pfree(set->slots);
	set->slots = MemoryContextAllocHuge(set->context, slot_count * sizeof(int));
	memset(set->slots, -1, slot_count * sizeof(int));
	set->slot_count = slot_count;
	for (int i = 0; i < set->count; i++)
	{
		uint32		slot = set->entries[i].key->hash & (slot_count - 1);

		while (set->slots[slot] >= 0)
			slot = (slot + 1) & (slot_count - 1);
		set->slots[slot] = i;
	}
}

static int
set_lookup(const FluxTableSet *set, const FluxGroupKey *key)
{
	uint32		slot;

	if (set->slot_count == 0)
		return -1;
	slot = key->hash & (set->slot_count - 1);
	while (set->slots[slot] >= 0)
	{
		int			entry = set->slots[slot];

		if (flux_group_key_equal(set->entries[entry].key, key))
			return entry;
		slot = (slot + 1) & (set->slot_count - 1);
	}
	return -1;
}

int
flux_table_set_position(FluxTableSet *set, const FluxGroupKey *key)
{
	return set_lookup(set, key);
}

static int
set_insert(FluxTableSet *set, const FluxTableHead *head)
{
	FluxTableBuffer *buffer = flux_table_buffer_create(set->op, head);
	int			position = set->count;
	uint32		slot;

	if (set->count == set->capacity)
	{
		set->capacity = Max(set->capacity * 2, FLUX_SET_FIRST_SLOTS / 2);
		if (set->entries == NULL)
			set->entries = MemoryContextAlloc(set->context, set->capacity * sizeof(SetEntry));
		else
			set->entries = repalloc_huge(set->entries, set->capacity * sizeof(SetEntry));
	}
	if ((uint32) (set->count + 1) * 2 > set->slot_count)
		set_rehash(set, Max(set->slot_count * 2, FLUX_SET_FIRST_SLOTS));

	set->entries[position].buffer = buffer;
	set->entries[position].key = flux_table_buffer_head(buffer)->key;
	set->entries[position].chain_first = -1;
	set->count++;
	slot = set->entries[position].key->hash & (set->slot_count - 1);
	while (set->slots[slot] >= 0)
		slot = (slot + 1) & (set->slot_count - 1);
	set->slots[slot] = position;
	return position;
}

FluxTableBuffer *
flux_table_set_find(FluxTableSet *set, const FluxGroupKey *key)
{
	int			position = set_lookup(set, key);

	return position < 0 ? NULL : set->entries[position].buffer;
}

FluxTableBuffer *
flux_table_set_get(FluxTableSet *set, const FluxTableHead *head)
{
	int			position = set_lookup(set, head->key);

	if (position < 0)
		position = set_insert(set, head);
	else if (!flux_schema_equal(flux_table_buffer_head(set->entries[position].buffer)->schema,
								head->schema))
		flux_table_buffer_widen(set->entries[position].buffer, head->schema);
	return set->entries[position].buffer;
}

/* ---- routing rows ---- */

/* A scratch key over the routed columns. */
static FluxGroupKey *
route_key_create(const FluxSchema *schema, const int *key_columns, int key_count,
				 uint32 *label_hashes)
{
	FluxGroupKey *key = palloc(sizeof(FluxGroupKey));
	FluxText   *labels = palloc(Max(key_count, 1) * sizeof(FluxText));
	int		   *sorted = palloc(Max(key_count, 1) * sizeof(int));

	for (int i = 0; i < key_count; i++)
	{
		labels[i] = schema->labels[key_columns[i]];
		label_hashes[i] = flux_text_hash(labels[i]);
	}
	flux_group_key_sort_labels(labels, key_count, sorted);
	key->count = key_count;
	key->labels = labels;
	key->values = palloc0(Max(key_count, 1) * sizeof(FluxValue));
	key->sorted = sorted;
	return key;
}

/* The entry of one row's key, made when new. */
static int
route_row(FluxTableSet *set, const FluxBatch *batch, const int *key_columns, FluxGroupKey *key,
		  const uint32 *label_hashes, int row)
{
	FluxValue  *values = (FluxValue *) key->values;
	int			entry;

	for (int i = 0; i < key->count; i++)
	{
		const FluxColumn *column = &batch->columns[key_columns[i]];

		values[i] = flux_value_from_column(column, row);
		values[i].kind = (FluxKind) column->type;
	}
	key->hash = flux_group_key_hash(key, label_hashes);
	entry = set_lookup(set, key);
	if (entry < 0)
	{
		FluxTableHead head = {.key = key, .schema = batch->head->schema};

		entry = set_insert(set, &head);
	}
	return entry;
}

/* Do two rows agree in all columns that vary? */
static bool
rows_share_key(const FluxBatch *batch, const int *varying, int varying_count, int a, int b)
{
	for (int i = 0; i < varying_count; i++)
	{
		const FluxColumn *column = &batch->columns[varying[i]];

		if (flux_column_compare_rows(column, a, column, b) != 0)
			return false;
	}
	return true;
}

void
flux_table_set_route(FluxTableSet *set, const FluxBatch *batch, const int *key_columns,
					 int key_count)
{
	uint32	   *label_hashes = palloc(Max(key_count, 1) * sizeof(uint32));
	int		   *varying = palloc(Max(key_count, 1) * sizeof(int));
	int			varying_count = 0;
	FluxGroupKey *key;
	int32	   *next;
	int32	   *rows;
	int		   *touched;
	int			touched_count = 0;
	int			entry = -1;

	if (batch->row_count == 0)
		return;
	for (int i = 0; i < key_count; i++)
	{
		if (!batch->columns[key_columns[i]].is_constant)
			varying[varying_count++] = key_columns[i];
	}
	key = route_key_create(batch->head->schema, key_columns, key_count, label_hashes);
	if (varying_count == 0)
	{
		entry = route_row(set, batch, key_columns, key, label_hashes, 0);
		flux_table_buffer_append(set->entries[entry].buffer, batch);
		return;
	}

	next = palloc(batch->row_count * sizeof(int32));
	touched = palloc(batch->row_count * sizeof(int));
	for (int row = 0; row < batch->row_count; row++)
	{
		SetEntry   *target;

		if (entry < 0 || !rows_share_key(batch, varying, varying_count, row - 1, row))
			entry = route_row(set, batch, key_columns, key, label_hashes, row);
		target = &set->entries[entry];
		next[row] = -1;
		if (target->chain_first < 0)
		{
			target->chain_first = row;
			touched[touched_count++] = entry;
		}
		else
			next[target->chain_last] = row;
		target->chain_last = row;
	}

	rows = palloc(batch->row_count * sizeof(int32));
	for (int i = 0; i < touched_count; i++)
	{
		SetEntry   *target = &set->entries[touched[i]];
		int			count = 0;

		for (int row = target->chain_first; row >= 0; row = next[row])
			rows[count++] = row;
		target->chain_first = -1;
		flux_table_buffer_append_rows(target->buffer, batch, rows, count);
	}
}

/* ---- reading ---- */

int
flux_table_set_count(const FluxTableSet *set)
{
	return set->count;
}

FluxTableBuffer *
flux_table_set_table(const FluxTableSet *set, int position)
{
	return set->entries[position].buffer;
}

static int
compare_entries(const void *a, const void *b)
{
	return flux_group_key_compare(((const SetEntry *) a)->key, ((const SetEntry *) b)->key);
}

void
flux_table_set_sort_from(FluxTableSet *set, int first)
{
	bool		is_sorted = true;

	for (int i = first + 1; i < set->count && is_sorted; i++)
		is_sorted = compare_entries(&set->entries[i - 1], &set->entries[i]) <= 0;
	if (is_sorted)
		return;
	qsort(set->entries + first, set->count - first, sizeof(SetEntry), compare_entries);
	set_rehash(set, set->slot_count);
}

void
flux_table_set_sort(FluxTableSet *set)
{
	flux_table_set_sort_from(set, 0);
}

void
flux_table_set_drop(FluxTableSet *set, int position)
{
	flux_table_buffer_destroy(set->entries[position].buffer);
	set->entries[position].buffer = NULL;
}

/* The set is empty and usable afterwards. */
void
flux_table_set_reset(FluxTableSet *set)
{
	for (int i = 0; i < set->count; i++)
	{
		if (set->entries[i].buffer != NULL)
			flux_table_buffer_destroy(set->entries[i].buffer);
	}
	set->count = 0;
	if (set->slots != NULL)
		memset(set->slots, -1, set->slot_count * sizeof(int));
}

void
flux_table_set_emit(FluxTableSet *set, FluxOperator *op, bool in_key_order)
{
	if (in_key_order)
		flux_table_set_sort(set);
	for (int i = 0; i < set->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		flux_table_buffer_emit(set->entries[i].buffer, op);
		flux_table_buffer_destroy(set->entries[i].buffer);
		set->entries[i].buffer = NULL;
	}
	flux_table_set_reset(set);
}
