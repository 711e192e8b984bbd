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

/* Between looks at interrupts: a slice takes well under a millisecond. */
#define ROWS_PER_SLICE 65536

/* The keys of rows none of which is null. */
static void
fill_slice(const FluxColumn *column, const int32 *rows, int count, uint64 flip, uint64 *keys)
{
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

		if (i % ROWS_PER_SLICE == 0)
			CHECK_FOR_INTERRUPTS();
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
		if (i % ROWS_PER_SLICE == 0)
			CHECK_FOR_INTERRUPTS();
		for (int byte = 0; byte < KEY_BYTES; byte++)
			counts[byte][(keys[i] >> (8 * byte)) & 0xff]++;
	}
}

/* Keys and, where they have any, the rows that they stand for. */
typedef struct Deck
{
	uint64 *keys;
	int32 *rows; /* or NULL */
} Deck;

/* Deals them out by one byte. */
static void
deal(Deck from, int count, int byte, const int *counts, Deck to)
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
		int place = next[(from.keys[i] >> (8 * byte)) & 0xff]++;

		if (i % ROWS_PER_SLICE == 0)
			CHECK_FOR_INTERRUPTS();
		to.keys[place] = from.keys[i];
		if (from.rows != NULL)
			to.rows[place] = from.rows[i];
	}
}

/* Sorts a deck with the help of another; gives the one of them in which it ends. */
static Deck
sort_deck(Deck deck, int count, Deck other)
{
	int counts[KEY_BYTES][PLACES];

	count_bytes(deck.keys, count, counts);
	for (int byte = 0; byte < KEY_BYTES && count > 0; byte++)
	{
		Deck swap = deck;

		if (counts[byte][(deck.keys[0] >> (8 * byte)) & 0xff] == count)
			continue;
		deal(deck, count, byte, counts[byte], other);
		deck = other;
		other = swap;
	}
	return deck;
}

void
flux_radix_sort(const FluxColumn *column, bool is_descending, int32 *order, int row_count)
{
	Deck deck, other, sorted;
	int count;

	if (column->is_constant || row_count < 2)
		return;
	deck.keys = palloc_extended(2 * sizeof(uint64) * row_count, MCXT_ALLOC_HUGE);
	deck.rows = palloc_extended(sizeof(int32) * row_count, MCXT_ALLOC_HUGE);
	count = row_count - part_nulls(column, order, row_count, deck.rows);
	other = (Deck){deck.keys + row_count, order + (row_count - count)};
	for (int i = 0; i < count; i += ROWS_PER_SLICE)
	{
		CHECK_FOR_INTERRUPTS();
		fill_slice(column, deck.rows + i, Min(count - i, ROWS_PER_SLICE),
				   is_descending ? PG_UINT64_MAX : 0, deck.keys + i);
	}
	sorted = sort_deck(deck, count, other);
	if (sorted.rows != other.rows)
		memcpy(other.rows, sorted.rows, sizeof(int32) * count);
	pfree(deck.keys);
	pfree(deck.rows);
}

void
flux_radix_sort_floats(double *values, int count)
{
	Deck deck = {0};
	Deck other = {0};
	Deck sorted;

	if (count < 2)
		return;
	deck.keys = palloc_extended(2 * sizeof(uint64) * count, MCXT_ALLOC_HUGE);
	other.keys = deck.keys + count;
	memcpy(deck.keys, values, sizeof(uint64) * count);
	for (int i = 0; i < count; i++)
	{
		if (i % ROWS_PER_SLICE == 0)
			CHECK_FOR_INTERRUPTS();
		deck.keys[i] = key_of_bits(deck.keys[i]);
	}
	sorted = sort_deck(deck, count, other);
	for (int i = 0; i < count; i++)
	{
		uint64 bits = bits_of_key(sorted.keys[i]);

		if (i % ROWS_PER_SLICE == 0)
			CHECK_FOR_INTERRUPTS();
		memcpy(&values[i], &bits, sizeof(bits));
	}
	pfree(deck.keys);
}
