/*
 * table_set.c
 *		FluxTableSet: table buffers found by group key.
 *
 * An open-addressing hash of positions into an array of entries; the array
 * keeps the order in which keys were first seen.  Every function that looks at
 * the tables first routes the rows that still wait.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "execute/operator.h"

typedef struct SetEntry
{
	FluxTableBuffer *buffer;
	const FluxGroupKey *key; /* the buffer's */
	uint32 hash;             /* the key's */

	/* rows of the batch being routed, as a chain through RouteState.next */
	int chain_first;
	int chain_last;
} SetEntry;

/* The hash stands here too, so that a probe touches no other memory in vain. */
typedef struct SetSlot
{
	int position; /* in entries, -1 free */
	uint32 hash;
} SetSlot;

/*
 * Rows that wait to be routed.  Where the rows of a batch scatter over many
 * tables (group by _time), appending them one by one costs far more than
 * moving them; so they are first gathered into a larger batch, of which every
 * table gets several at once.
 */
typedef struct PendingRows
{
	bool is_wanted;        /* the batch routed last scattered */
	MemoryContext context; /* NULL until first used */
	FluxSchema *schema;
	FluxColumnBuilder *builders;
	int *key_columns;
	int key_count;
	int row_count; /* 0: nothing pending, the rest is invalid */
} PendingRows;

struct FluxTableSet
{
	FluxOperator *op;
	MemoryContext context;
	PendingRows pending;
	const FluxSchema *interned; /* copy of the schema routed last, or NULL */
	SetEntry *entries;
	int count;
	int capacity;
	SetSlot *slots;
	uint32 slot_count; /* power of two */
};

#define FLUX_SET_FIRST_SLOTS 64

/* Rows gathered before scattered ones are routed. */
#define FLUX_PENDING_ROWS (64 * FLUX_BATCH_ROWS)

static void flush_pending(FluxTableSet *set);

FluxTableSet *
flux_table_set_create(FluxOperator *op)
{
	MemoryContext context =
		AllocSetContextCreate(op->state_context, "Flux table set", ALLOCSET_SMALL_SIZES);
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
	set->slots = MemoryContextAllocHuge(set->context, slot_count * sizeof(SetSlot));
	memset(set->slots, -1, slot_count * sizeof(SetSlot));
	set->slot_count = slot_count;
	for (int i = 0; i < set->count; i++)
	{
		uint32 slot = set->entries[i].hash & (slot_count - 1);

		if (i % FLUX_PENDING_ROWS == 0)
			CHECK_FOR_INTERRUPTS();
		while (set->slots[slot].position >= 0)
			slot = (slot + 1) & (slot_count - 1);
		set->slots[slot].position = i;
		set->slots[slot].hash = set->entries[i].hash;
	}
}

static int
set_lookup(const FluxTableSet *set, const FluxGroupKey *key)
{
	uint32 slot;

	if (set->slot_count == 0)
		return -1;
	slot = key->hash & (set->slot_count - 1);
	while (set->slots[slot].position >= 0)
	{
		int entry = set->slots[slot].position;

		if (set->slots[slot].hash == key->hash &&
			flux_group_key_equal(set->entries[entry].key, key))
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
	int position = set->count;
	uint32 slot;

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
	set->entries[position].hash = set->entries[position].key->hash;
	set->entries[position].chain_first = -1;
	set->count++;
	slot = set->entries[position].key->hash & (set->slot_count - 1);
	while (set->slots[slot].position >= 0)
		slot = (slot + 1) & (set->slot_count - 1);
	set->slots[slot].position = position;
	set->slots[slot].hash = set->entries[position].key->hash;
	return position;
}

FluxTableBuffer *
flux_table_set_find(FluxTableSet *set, const FluxGroupKey *key)
{
	int position;

	flush_pending(set);
	position = set_lookup(set, key);
	return position < 0 ? NULL : set->entries[position].buffer;
}

FluxTableBuffer *
flux_table_set_get(FluxTableSet *set, const FluxTableHead *head)
{
	int position;

	flush_pending(set);
	position = set_lookup(set, head->key);
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
	FluxText *labels = palloc(Max(key_count, 1) * sizeof(FluxText));
	int *sorted = palloc(Max(key_count, 1) * sizeof(int));

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
	FluxValue *values = (FluxValue *) key->values;
	int entry;

	CHECK_FOR_INTERRUPTS();
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
flux_table_set_positions(FluxTableSet *set, const FluxBatch *batch, const int *key_columns,
						 int key_count, int *positions)
{
	uint32 *label_hashes = palloc(Max(key_count, 1) * sizeof(uint32));
	int *varying = palloc(Max(key_count, 1) * sizeof(int));
	int varying_count = 0;
	FluxGroupKey *key;

	flush_pending(set);
	for (int i = 0; i < key_count; i++)
	{
		if (!batch->columns[key_columns[i]].is_constant)
			varying[varying_count++] = key_columns[i];
	}
	key = route_key_create(batch->head->schema, key_columns, key_count, label_hashes);
	for (int row = 0; row < batch->row_count; row++)
	{
		if (row > 0 && rows_share_key(batch, varying, varying_count, row - 1, row))
			positions[row] = positions[row - 1];
		else
			positions[row] = route_row(set, batch, key_columns, key, label_hashes, row);
	}
}

/* A copy of a schema that lives as long as the set; the same one for the same. */
static const FluxSchema *
intern_schema(FluxTableSet *set, const FluxSchema *schema)
{
	MemoryContext old;

	if (set->interned != NULL && flux_schema_equal(set->interned, schema))
		return set->interned;
	old = MemoryContextSwitchTo(set->context);
	set->interned = flux_schema_copy(schema, 0);
	MemoryContextSwitchTo(old);
	return set->interned;
}

/* Sends every row to its table, now. */
static void
route_rows(FluxTableSet *set, const FluxBatch *batch, const int *key_columns, int key_count)
{
	uint32 *label_hashes = palloc(Max(key_count, 1) * sizeof(uint32));
	int *varying = palloc(Max(key_count, 1) * sizeof(int));
	int varying_count = 0;
	FluxGroupKey *key;
	int32 *next;
	int32 *rows;
	int *touched;
	int touched_count = 0;
	int entry = -1;
	const FluxSchema *interned;

	if (batch->row_count == 0)
		return;
	interned = intern_schema(set, batch->head->schema);
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
		SetEntry *target;

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
		SetEntry *target = &set->entries[touched[i]];
		int count = 0;

		CHECK_FOR_INTERRUPTS();
		for (int row = target->chain_first; row >= 0; row = next[row])
			rows[count++] = row;
		target->chain_first = -1;
		flux_table_buffer_append_known(target->buffer, batch, rows, count, interned);
	}
	set->pending.is_wanted = touched_count > batch->row_count / 8;
}

/* Routes what waits. */
static void
flush_pending(FluxTableSet *set)
{
	PendingRows *pending = &set->pending;
	MemoryContext old;
	FluxTableHead head = {.schema = pending->schema};
	FluxBatch batch = {.head = &head, .row_count = pending->row_count};
	FluxColumn *columns;

	if (pending->row_count == 0)
		return;
	pending->row_count = 0;
	old = MemoryContextSwitchTo(pending->context);
	columns = palloc(Max(pending->schema->count, 1) * sizeof(FluxColumn));
	for (int i = 0; i < pending->schema->count; i++)
		columns[i] = flux_column_builder_view(&pending->builders[i]);
	batch.columns = columns;
	route_rows(set, &batch, pending->key_columns, pending->key_count);
	MemoryContextSwitchTo(old);
	MemoryContextReset(pending->context);
}

/* Can the batch join the rows that wait? */
static bool
fits_pending(const PendingRows *pending, const FluxBatch *batch, const int *key_columns,
			 int key_count)
{
	return pending->key_count == key_count &&
		   memcmp(pending->key_columns, key_columns, key_count * sizeof(int)) == 0 &&
		   flux_schema_equal(pending->schema, batch->head->schema);
}

static void
add_pending(FluxTableSet *set, const FluxBatch *batch, const int *key_columns, int key_count)
{
	PendingRows *pending = &set->pending;
	const FluxSchema *schema = batch->head->schema;

	if (pending->row_count > 0 && !fits_pending(pending, batch, key_columns, key_count))
		flush_pending(set);
	if (pending->row_count == 0)
	{
		MemoryContext old;

		if (pending->context == NULL)
			pending->context =
				AllocSetContextCreate(set->context, "Flux rows to route", ALLOCSET_DEFAULT_SIZES);
		old = MemoryContextSwitchTo(pending->context);
		pending->schema = flux_schema_copy(schema, 0);
		pending->builders = palloc(Max(schema->count, 1) * sizeof(FluxColumnBuilder));
		for (int i = 0; i < schema->count; i++)
			flux_column_builder_init(&pending->builders[i], schema->types[i], pending->context);
		pending->key_columns = palloc(Max(key_count, 1) * sizeof(int));
		memcpy(pending->key_columns, key_columns, key_count * sizeof(int));
		pending->key_count = key_count;
		MemoryContextSwitchTo(old);
	}
	for (int i = 0; i < schema->count; i++)
		flux_column_builder_append_rows(&pending->builders[i], &batch->columns[i], 0,
										batch->row_count);
	pending->row_count += batch->row_count;
	if (pending->row_count >= FLUX_PENDING_ROWS)
		flush_pending(set);
}

void
flux_table_set_route(FluxTableSet *set, const FluxBatch *batch, const int *key_columns,
					 int key_count)
{
	if (set->pending.is_wanted && batch->row_count > 0)
		add_pending(set, batch, key_columns, key_count);
	else
	{
		flush_pending(set);
		route_rows(set, batch, key_columns, key_count);
	}
}

/* ---- reading ---- */

int
flux_table_set_count(FluxTableSet *set)
{
	flush_pending(set);
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
	CHECK_FOR_INTERRUPTS();
	return flux_group_key_compare(((const SetEntry *) a)->key, ((const SetEntry *) b)->key);
}

void
flux_table_set_sort_from(FluxTableSet *set, int first)
{
	bool is_sorted = true;

	flush_pending(set);
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
	if (set->pending.row_count > 0)
		MemoryContextReset(set->pending.context);
	set->pending.row_count = 0;
	for (int i = 0; i < set->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (set->entries[i].buffer != NULL)
			flux_table_buffer_destroy(set->entries[i].buffer);
	}
	set->count = 0;
	if (set->slots != NULL)
		memset(set->slots, -1, set->slot_count * sizeof(SetSlot));
}

void
flux_table_set_emit(FluxTableSet *set, FluxOperator *op, bool in_key_order)
{
	flush_pending(set);
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
