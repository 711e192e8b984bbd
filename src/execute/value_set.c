/*
 * value_set.c
 *		Sets of column values: a hash of positions into a column of them.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "execute/value_set.h"

void
flux_value_set_init(FluxValueSet *set, FluxColumnType type, MemoryContext context)
{
	memset(set, 0, sizeof(*set));
	set->context = context;
	flux_column_builder_init(&set->values, type, context);
}

static uint32
column_value_hash(const FluxColumn *column, int at)
{
	double floating;

	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			return column->values.booleans[at];
		case FLUX_COLUMN_STRING:
			return flux_text_hash(column->values.strings[at]);
		case FLUX_COLUMN_FLOAT:
			floating = column->values.floats[at];
			if (floating == 0)
				floating = 0; /* -0 */
			return hash_bytes((const unsigned char *) &floating, sizeof(floating));
		default:
			return hash_bytes((const unsigned char *) &column->values.ints[at], sizeof(int64));
	}
}

static void
value_set_grow(FluxValueSet *set)
{
	FluxColumn values = flux_column_builder_view(&set->values);

	if (set->slots != NULL)
		pfree(set->slots);
	set->slot_count = Max(set->slot_count * 2, 64);
	set->slots = MemoryContextAllocHuge(set->context, set->slot_count * sizeof(int));
	memset(set->slots, -1, set->slot_count * sizeof(int));
	for (int i = 0; i < set->values.count; i++)
	{
		uint32 slot = column_value_hash(&values, i) & (set->slot_count - 1);

		while (set->slots[slot] >= 0)
			slot = (slot + 1) & (set->slot_count - 1);
		set->slots[slot] = i;
	}
}

bool
flux_value_set_has(const FluxValueSet *set, const FluxColumn *column, int row)
{
	int at = flux_column_index(column, row);
	FluxColumn values = flux_column_builder_view(&set->values);
	uint32 slot;

	if (set->slot_count == 0 ||
		(column->type == FLUX_COLUMN_FLOAT && isnan(column->values.floats[at])))
		return false;
	slot = column_value_hash(column, at) & (set->slot_count - 1);
	while (set->slots[slot] >= 0)
	{
		if (flux_column_compare_rows(&values, set->slots[slot], column, row) == 0)
			return true;
		slot = (slot + 1) & (set->slot_count - 1);
	}
	return false;
}

bool
flux_value_set_add(FluxValueSet *set, const FluxColumn *column, int row)
{
	int at = flux_column_index(column, row);
	FluxColumn values;
	uint32 slot;

	if ((uint32) (set->values.count + 1) * 2 > set->slot_count)
		value_set_grow(set);
	values = flux_column_builder_view(&set->values);
	slot = column_value_hash(column, at) & (set->slot_count - 1);
	while (set->slots[slot] >= 0)
	{
		int position = set->slots[slot];

		if (flux_column_compare_rows(&values, position, column, row) == 0 &&
			!(column->type == FLUX_COLUMN_FLOAT && isnan(column->values.floats[at])))
		{
			set->counts[position]++;
			return false;
		}
		slot = (slot + 1) & (set->slot_count - 1);
	}
	if (set->values.count == set->counts_capacity)
	{
		set->counts_capacity = Max(set->counts_capacity * 2, 32);
		if (set->counts == NULL)
			set->counts =
				MemoryContextAllocHuge(set->context, set->counts_capacity * sizeof(int64));
		else
			set->counts = repalloc_huge(set->counts, set->counts_capacity * sizeof(int64));
	}
	set->slots[slot] = set->values.count;
	set->counts[set->values.count] = 1;
	flux_column_builder_append_row(&set->values, column, row);
	return true;
}
