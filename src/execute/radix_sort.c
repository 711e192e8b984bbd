/*
 * radix_sort.c
 *		Orders rows by a column of numbers, or floats alone, without comparing
 *		any two.
 *
 * Every value becomes a key, an unsigned integer of the same order.  Rows are
 * dealt out by the lowest byte of their keys, then by the next, and so on;
 * dealing keeps the order of rows that go to one place, so the last pass leaves
 * them sorted.  A byte that all keys share needs no pass, and of measured values
 * most are shared.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "execute/radix_sort.h"

#define KEY_BYTES 8
#define PLACES 256
#define SIGN_BIT (UINT64CONST(1) << 63)

bool
flux_radix_takes(FluxColumnType type)
{
	return type != FLUX_COLUMN_STRING;
}

/* The bits of a float in the order of floats, but that -0 is below 0. */
static inline uint64
key_of_bits(uint64 bits)
{
	return (bits & SIGN_BIT) != 0 ? ~bits : bits | SIGN_BIT;
}

static inline uint64
bits_of_key(uint64 key)
{
	return (key & SIGN_BIT) != 0 ? key & ~SIGN_BIT : ~key;
}

/* NaN is below all numbers, and -0 is 0. */
static inline uint64
key_of_float(double value)
{
	uint64 bits;

	if (isnan(value))
		return 0;
	if (value == 0)
		return SIGN_BIT;
	memcpy(&bits, &value, sizeof(bits));
	return key_of_bits(bits);
}

/* The keys of rows none of which is null. */
static void
fill_keys(const FluxColumn *column, bool is_descending, const int32 *rows, int count, uint64 *keys)
{
	uint64 flip = is_descending ? PG_UINT64_MAX : 0;

	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			for (int i = 0; i < count; i++)
				keys[i] = (uint64) column->values.booleans[rows[i]] ^ flip;
			break;
		case FLUX_COLUMN_UINT:
			for (int i = 0; i < count; i++)
				keys[i] = column->values.uints[rows[i]] ^ flip;
			break;
		case FLUX_COLUMN_FLOAT:
			for (int i = 0; i < count; i++)
				keys[i] = key_of_float(column->values.floats[rows[i]]) ^ flip;
			break;
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_TIME:
			for (int i = 0; i < count; i++)
				keys[i] = (uint64) column->values.ints[rows[i]] ^ SIGN_BIT ^ flip;
			break;
		case FLUX_COLUMN_STRING:
			elog(ERROR, "strings have no keys to sort by");
	}
}

/* Moves rows with a null to the front of order[], the others to rows[]; gives the number of nulls. */
static int
part_nulls(const FluxColumn *column, int32 *order, int row_count, int32 *rows)
{
	int null_count = 0;

	for (int i = 0; i < row_count; i++)
	{
		int32 row = order[i];

		if (column->nulls != NULL && column->nulls[row])
			order[null_count++] = row;
		else
			rows[i - null_count] = row;
	}
	return null_count;
}

/* How many keys have each value of each byte. */
static void
count_bytes(const uint64 *keys, int count, int counts[KEY_BYTES][PLACES])
{
	memset(counts, 0, sizeof(int) * KEY_BYTES * PLACES);
	for (int i = 0; i < count; i++)
	{
		for (int byte = 0; byte < KEY_BYTES; byte++)
			counts[byte][(keys[i] >> (8 * byte)) & 0xff]++;
	}
}

/* Deals keys and, where they have any, their rows out by one byte. */
static void
deal(const uint64 *keys, const int32 *rows, int count, int byte, const int *counts, uint64 *keys_to,
	 int32 *rows_to)
{
	int next[PLACES];
	int sum = 0;

	for (int place = 0; place < PLACES; place++)
	{
		next[place] = sum;
		sum += counts[place];
	}
	for (int i = 0; i < count; i++)
	{
		int to = next[(keys[i] >> (8 * byte)) & 0xff]++;

		keys_to[to] = keys[i];
		if (rows != NULL)
			rows_to[to] = rows[i];
	}
}

void
flux_radix_sort(const FluxColumn *column, bool is_descending, int32 *order, int row_count)
{
	uint64 *keys, *keys_to, *all_keys;
	int32 *rows, *rows_to, *all_rows;
	int counts[KEY_BYTES][PLACES];
	int count;

	if (column->is_constant || row_count < 2)
		return;
	keys = all_keys = palloc_extended(2 * sizeof(uint64) * row_count, MCXT_ALLOC_HUGE);
	rows = all_rows = palloc_extended(sizeof(int32) * row_count, MCXT_ALLOC_HUGE);
	keys_to = keys + row_count;
	count = row_count - part_nulls(column, order, row_count, rows);
	rows_to = order + (row_count - count);
	fill_keys(column, is_descending, rows, count, keys);
	count_bytes(keys, count, counts);
	for (int byte = 0; byte < KEY_BYTES && count > 0; byte++)
	{
		uint64 *swap_keys = keys;
		int32 *swap_rows = rows;

		CHECK_FOR_INTERRUPTS();
		if (counts[byte][(keys[0] >> (8 * byte)) & 0xff] == count)
			continue;
		deal(keys, rows, count, byte, counts[byte], keys_to, rows_to);
		keys = keys_to;
		rows = rows_to;
		keys_to = swap_keys;
		rows_to = swap_rows;
	}
	if (rows == all_rows)
		memcpy(rows_to, rows, sizeof(int32) * count);
	pfree(all_keys);
	pfree(all_rows);
}

void
flux_radix_sort_floats(double *values, int count)
{
	uint64 *keys, *keys_to, *all_keys;
	int counts[KEY_BYTES][PLACES];

	if (count < 2)
		return;
	keys = all_keys = palloc_extended(2 * sizeof(uint64) * count, MCXT_ALLOC_HUGE);
	keys_to = keys + count;
	memcpy(keys, values, sizeof(uint64) * count);
	for (int i = 0; i < count; i++)
		keys[i] = key_of_bits(keys[i]);
	count_bytes(keys, count, counts);
	for (int byte = 0; byte < KEY_BYTES; byte++)
	{
		uint64 *swap = keys;

		CHECK_FOR_INTERRUPTS();
		if (counts[byte][(keys[0] >> (8 * byte)) & 0xff] == count)
			continue;
		deal(keys, NULL, count, byte, counts[byte], keys_to, NULL);
		keys = keys_to;
		keys_to = swap;
	}
	for (int i = 0; i < count; i++)
		keys[i] = bits_of_key(keys[i]);
	memcpy(values, keys, sizeof(double) * count);
	pfree(all_keys);
}
