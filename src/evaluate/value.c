/*
 * value.c
 *		Script values: making, reading, copying, comparing them.
 *
 * Values are immutable, so composite ones share their parts.  Two orders
 * exist and must not be mixed up: flux_value_equal() is Flux's "==", where
 * NaN and null equal nothing; flux_value_compare() is a total order for keys
 * of dictionaries and for sorting, where NaN and null equal themselves.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"

#include "evaluate/value.h"

/* ---- constructors ---- */

FluxValue
flux_value_null(FluxKind kind)
{
	FluxValue value = {.kind = kind, .is_null = true};

	return value;
}

FluxValue
flux_value_bool(bool value)
{
	return (FluxValue){.kind = FLUX_KIND_BOOL, .as.boolean = value};
}

FluxValue
flux_value_int(int64 value)
{
	return (FluxValue){.kind = FLUX_KIND_INT, .as.integer = value};
}

FluxValue
flux_value_uint(uint64 value)
{
	return (FluxValue){.kind = FLUX_KIND_UINT, .as.uinteger = value};
}

FluxValue
flux_value_float(double value)
{
	return (FluxValue){.kind = FLUX_KIND_FLOAT, .as.floating = value};
}

FluxValue
flux_value_string(FluxText value)
{
	return (FluxValue){.kind = FLUX_KIND_STRING, .as.string = value};
}

FluxValue
flux_value_cstring(const char *value)
{
	return flux_value_string(flux_text_from_cstring(value));
}

FluxValue
flux_value_bytes(FluxText value)
{
	return (FluxValue){.kind = FLUX_KIND_BYTES, .as.string = value};
}

FluxValue
flux_value_time(int64 time_ns)
{
	return (FluxValue){.kind = FLUX_KIND_TIME, .as.time_ns = time_ns};
}

FluxValue
flux_value_duration(FluxDuration value)
{
	return (FluxValue){.kind = FLUX_KIND_DURATION, .as.duration = value};
}

FluxValue
flux_value_regexp(FluxRegexp *value)
{
	return (FluxValue){.kind = FLUX_KIND_REGEXP, .as.regexp = value};
}

FluxValue
flux_value_function(const FluxFunction *value)
{
	return (FluxValue){.kind = FLUX_KIND_FUNCTION, .as.function = value};
}

/* The items are copied (shallowly) into the current context. */
FluxValue
flux_value_array(const FluxValue *items, int count)
{
	FluxArray *array = palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) count);

	array->count = count;
	if (count > 0)
		memcpy(array->items, items, sizeof(FluxValue) * (Size) count);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = array};
}

/* Keys and values are copied (shallowly) into the current context. */
FluxValue
flux_value_record(const FluxText *keys, const FluxValue *values, int count)
{
	FluxRecord *record = palloc(sizeof(FluxRecord));
	FluxText *own_keys = palloc(sizeof(FluxText) * (Size) Max(count, 1));
	FluxValue *own_values = palloc(sizeof(FluxValue) * (Size) Max(count, 1));

	if (count > 0)
	{
		memcpy(own_keys, keys, sizeof(FluxText) * (Size) count);
		memcpy(own_values, values, sizeof(FluxValue) * (Size) count);
	}
	record->count = count;
	record->keys = own_keys;
	record->values = own_values;
	return (FluxValue){.kind = FLUX_KIND_RECORD, .as.record = record};
}

/* Members come out in label order, those with equal labels as they stand. */
static int
compare_members(const void *a, const void *b, void *argument)
{
	const FluxRecord *record = argument;
	int left = *(const int *) a;
	int right = *(const int *) b;
	int order = flux_text_compare(record->keys[left], record->keys[right]);

	CHECK_FOR_INTERRUPTS();
	return order != 0 ? order : (left > right) - (left < right);
}

/* Positions of the record's members in label order; palloc'd. */
int *
flux_record_sorted(const FluxRecord *record)
{
	int *order = palloc(sizeof(int) * (Size) Max(record->count, 1));

	for (int i = 0; i < record->count; i++)
		order[i] = i;
	qsort_arg(order, (size_t) record->count, sizeof(int), compare_members,
			  unconstify(FluxRecord *, record));
	return order;
}

FluxValue
flux_value_stream(struct FluxPlanNode *node)
{
	return (FluxValue){.kind = FLUX_KIND_STREAM, .as.stream = node};
}

/* Boxes a value; a null becomes the dynamic null, a dynamic value stays as it is. */
FluxValue
flux_value_dynamic(FluxValue value)
{
	FluxValue *boxed;

	if (value.kind == FLUX_KIND_DYNAMIC)
		return value;
	boxed = palloc(sizeof(FluxValue));
	*boxed = value;
	return (FluxValue){.kind = FLUX_KIND_DYNAMIC, .is_null = value.is_null, .as.dynamic = boxed};
}

/* Order of dictionary entries for qsort. */
static int
compare_entries(const void *a, const void *b)
{
	return flux_value_compare(((const FluxDictEntry *) a)->key, ((const FluxDictEntry *) b)->key);
}

/*
 * A dictionary of entries in any order; of entries with equal keys the last
 * one counts.
 */
FluxValue
flux_value_dict(const FluxDictEntry *entries, int count)
{
	FluxDict *dict = palloc(offsetof(FluxDict, entries) + sizeof(FluxDictEntry) * (Size) count);
	FluxDictEntry *sorted = palloc(sizeof(FluxDictEntry) * (Size) Max(count, 1));
	FluxDictEntry *merged = palloc(sizeof(FluxDictEntry) * (Size) Max(count, 1));
	int kept = 0;

	/* qsort is not stable: merge sort, so that later entries stay later */
	if (count > 0)
		memcpy(sorted, entries, sizeof(FluxDictEntry) * (Size) count);
	for (int width = 1; width < count; width *= 2)
	{
		FluxDictEntry *swap;

		for (int start = 0; start < count; start += 2 * width)
		{
			int left = start;
			int left_end = Min(start + width, count);
			int right = left_end;
			int right_end = Min(start + 2 * width, count);

			for (int out = start; out < right_end; out++)
			{
				CHECK_FOR_INTERRUPTS();
				if (left < left_end &&
					(right >= right_end || compare_entries(&sorted[left], &sorted[right]) <= 0))
					merged[out] = sorted[left++];
				else
					merged[out] = sorted[right++];
			}
		}
		swap = sorted;
		sorted = merged;
		merged = swap;
	}
	for (int i = 0; i < count; i++)
	{
		if (kept > 0 && compare_entries(&dict->entries[kept - 1], &sorted[i]) == 0)
			dict->entries[kept - 1] = sorted[i];
		else
			dict->entries[kept++] = sorted[i];
	}
	dict->count = kept;
	pfree(sorted);
	pfree(merged);
	return (FluxValue){.kind = FLUX_KIND_DICT, .as.dict = dict};
}

/* ---- names ---- */

const char *
flux_kind_name(FluxKind kind)
{
	switch (kind)
	{
		case FLUX_KIND_INVALID:
			return "invalid";
		case FLUX_KIND_BOOL:
			return "bool";
		case FLUX_KIND_INT:
			return "int";
		case FLUX_KIND_UINT:
			return "uint";
		case FLUX_KIND_FLOAT:
			return "float";
		case FLUX_KIND_STRING:
			return "string";
		case FLUX_KIND_TIME:
			return "time";
		case FLUX_KIND_DURATION:
			return "duration";
		case FLUX_KIND_REGEXP:
			return "regexp";
		case FLUX_KIND_BYTES:
			return "bytes";
		case FLUX_KIND_ARRAY:
			return "array";
		case FLUX_KIND_RECORD:
			return "object";
		case FLUX_KIND_DICT:
			return "dictionary";
		case FLUX_KIND_FUNCTION:
			return "function";
		case FLUX_KIND_STREAM:
			return "stream";
		case FLUX_KIND_DYNAMIC:
			return "dynamic";
		case FLUX_VALUE_KIND_COUNT:
			break;
	}
	return "unknown";
}

/* ---- parts ---- */

const FluxValue *
flux_record_get(const FluxRecord *record, FluxText key)
{
	for (int i = 0; i < record->count; i++)
	{
		if (flux_text_equal(record->keys[i], key))
			return &record->values[i];
	}
	return NULL;
}

FluxValue
flux_record_with(const FluxRecord *record, FluxText key, FluxValue value)
{
	FluxText *keys = palloc(sizeof(FluxText) * (Size) (record->count + 1));
	FluxValue *values = palloc(sizeof(FluxValue) * (Size) (record->count + 1));
	FluxRecord *result = palloc(sizeof(FluxRecord));
	int count = record->count;
	int at = 0;

	if (count > 0)
	{
		memcpy(keys, record->keys, sizeof(FluxText) * (Size) count);
		memcpy(values, record->values, sizeof(FluxValue) * (Size) count);
	}
	while (at < count && !flux_text_equal(keys[at], key))
		at++;
	if (at == count)
	{
		keys[at] = key;
		count++;
	}
	values[at] = value;
	result->count = count;
	result->keys = keys;
	result->values = values;
	return (FluxValue){.kind = FLUX_KIND_RECORD, .as.record = result};
}

/* Binary search; entries are sorted. */
const FluxValue *
flux_dict_get(const FluxDict *dict, FluxValue key)
{
	int low = 0;
	int high = dict->count;

	while (low < high)
	{
		int middle = low + (high - low) / 2;
		int order = flux_value_compare(dict->entries[middle].key, key);

		if (order == 0)
			return &dict->entries[middle].value;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- columns ---- */

FluxValue
flux_value_from_column(const FluxColumn *column, int row)
{
	int at = flux_column_index(column, row);

	if (column->nulls != NULL && column->nulls[at])
		return flux_value_null((FluxKind) column->type);
	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			return flux_value_bool(column->values.booleans[at]);
		case FLUX_COLUMN_INT:
			return flux_value_int(column->values.ints[at]);
		case FLUX_COLUMN_UINT:
			return flux_value_uint(column->values.uints[at]);
		case FLUX_COLUMN_FLOAT:
			return flux_value_float(column->values.floats[at]);
		case FLUX_COLUMN_STRING:
			return flux_value_string(column->values.strings[at]);
		case FLUX_COLUMN_TIME:
			return flux_value_time(column->values.times[at]);
	}
	elog(ERROR, "unknown column type %d", (int) column->type);
	return flux_value_null(FLUX_KIND_INVALID); /* not reached */
}

void
flux_value_append_to(FluxColumnBuilder *builder, FluxValue value)
{
	if (value.is_null)
	{
		flux_column_builder_append_null(builder);
		return;
	}
	if ((int) value.kind != (int) builder->type)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("a value of type %s cannot be put into a column of type %s",
							   flux_kind_name(value.kind), flux_column_type_name(builder->type))));
	switch (builder->type)
	{
		case FLUX_COLUMN_BOOL:
			flux_column_builder_append_bool(builder, value.as.boolean);
			break;
		case FLUX_COLUMN_INT:
			flux_column_builder_append_int(builder, value.as.integer);
			break;
		case FLUX_COLUMN_UINT:
			flux_column_builder_append_uint(builder, value.as.uinteger);
			break;
		case FLUX_COLUMN_FLOAT:
			flux_column_builder_append_float(builder, value.as.floating);
			break;
		case FLUX_COLUMN_STRING:
			flux_column_builder_append_string(builder, value.as.string);
			break;
		case FLUX_COLUMN_TIME:
			flux_column_builder_append_int(builder, value.as.time_ns);
			break;
	}
}

/* ---- copying ---- */

FluxValue
flux_value_copy(FluxValue value)
{
	check_stack_depth();
	if (value.is_null)
		return value;
	if (value.kind >= FLUX_KIND_ARRAY)
		CHECK_FOR_INTERRUPTS();
	switch (value.kind)
	{
		case FLUX_KIND_STRING:
		case FLUX_KIND_BYTES:
			value.as.string = flux_text_copy(value.as.string);
			return value;
		case FLUX_KIND_ARRAY:
		{
			const FluxArray *from = value.as.array;
			FluxValue copy = flux_value_array(from->items, from->count);
			FluxValue *items = ((FluxArray *) copy.as.array)->items;

			for (int i = 0; i < from->count; i++)
				items[i] = flux_value_copy(items[i]);
			return copy;
		}
		case FLUX_KIND_RECORD:
		{
			const FluxRecord *from = value.as.record;
			FluxValue copy = flux_value_record(from->keys, from->values, from->count);
			FluxText *keys = (FluxText *) copy.as.record->keys;
			FluxValue *values = (FluxValue *) copy.as.record->values;

			for (int i = 0; i < from->count; i++)
			{
				keys[i] = flux_text_copy(keys[i]);
				values[i] = flux_value_copy(values[i]);
			}
			return copy;
		}
		case FLUX_KIND_DICT:
		{
			const FluxDict *from = value.as.dict;
			Size size = offsetof(FluxDict, entries) + sizeof(FluxDictEntry) * (Size) from->count;
			FluxDict *dict = palloc(size);

			dict->count = from->count;
			for (int i = 0; i < from->count; i++)
			{
				dict->entries[i].key = flux_value_copy(from->entries[i].key);
				dict->entries[i].value = flux_value_copy(from->entries[i].value);
			}
			value.as.dict = dict;
			return value;
		}
		case FLUX_KIND_DYNAMIC:
			return flux_value_dynamic(flux_value_copy(*value.as.dynamic));
		default:
			return value;
	}
}

/* ---- equality and order ---- */

/* Deep "==" of two records: the same keys, whatever their order. */
static bool
records_equal(const FluxRecord *a, const FluxRecord *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		const FluxValue *other = flux_record_get(b, a->keys[i]);

		if (other == NULL || !flux_value_equal(a->values[i], *other))
			return false;
	}
	return true;
}

static bool
dicts_equal(const FluxDict *a, const FluxDict *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		if (!flux_value_equal(a->entries[i].key, b->entries[i].key) ||
			!flux_value_equal(a->entries[i].value, b->entries[i].value))
			return false;
	}
	return true;
}

bool
flux_value_equal(FluxValue a, FluxValue b)
{
	check_stack_depth();
	if (a.is_null || b.is_null || a.kind != b.kind)
		return false;
	if (a.kind >= FLUX_KIND_ARRAY)
		CHECK_FOR_INTERRUPTS();
	switch (a.kind)
	{
		case FLUX_KIND_BOOL:
			return a.as.boolean == b.as.boolean;
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
			return a.as.uinteger == b.as.uinteger;
		case FLUX_KIND_FLOAT:
			return a.as.floating == b.as.floating;
		case FLUX_KIND_STRING:
		case FLUX_KIND_BYTES:
			return flux_text_equal(a.as.string, b.as.string);
		case FLUX_KIND_TIME:
			return a.as.time_ns == b.as.time_ns;
		case FLUX_KIND_DURATION:
			return a.as.duration.months == b.as.duration.months &&
				   a.as.duration.ns == b.as.duration.ns;
		case FLUX_KIND_REGEXP:
			return flux_text_equal(flux_regexp_pattern(a.as.regexp),
								   flux_regexp_pattern(b.as.regexp));
		case FLUX_KIND_ARRAY:
			if (a.as.array->count != b.as.array->count)
				return false;
			for (int i = 0; i < a.as.array->count; i++)
			{
				if (!flux_value_equal(a.as.array->items[i], b.as.array->items[i]))
					return false;
			}
			return true;
		case FLUX_KIND_RECORD:
			return records_equal(a.as.record, b.as.record);
		case FLUX_KIND_DICT:
			return dicts_equal(a.as.dict, b.as.dict);
		case FLUX_KIND_FUNCTION:
			return a.as.function == b.as.function;
		case FLUX_KIND_STREAM:
			return a.as.stream == b.as.stream;
		case FLUX_KIND_DYNAMIC:
			return flux_value_equal(*a.as.dynamic, *b.as.dynamic);
		default:
			return false;
	}
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* NaN below everything, equal to itself. */
static int
compare_floats(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(b) != 0) - (isnan(a) != 0);
	return COMPARE(a, b);
}

static int
compare_records(const FluxRecord *a, const FluxRecord *b)
{
	int order = COMPARE(a->count, b->count);

	for (int i = 0; order == 0 && i < a->count; i++)
	{
		order = flux_text_compare(a->keys[i], b->keys[i]);
		if (order == 0)
			order = flux_value_compare(a->values[i], b->values[i]);
	}
	return order;
}

int
flux_value_compare(FluxValue a, FluxValue b)
{
	check_stack_depth();
	if (a.is_null || b.is_null)
		return (int) b.is_null - (int) a.is_null;
	if (a.kind != b.kind)
		return COMPARE((int) a.kind, (int) b.kind);
	if (a.kind >= FLUX_KIND_ARRAY)
		CHECK_FOR_INTERRUPTS();
	switch (a.kind)
	{
		case FLUX_KIND_BOOL:
			return (int) a.as.boolean - (int) b.as.boolean;
		case FLUX_KIND_INT:
			return COMPARE(a.as.integer, b.as.integer);
		case FLUX_KIND_UINT:
			return COMPARE(a.as.uinteger, b.as.uinteger);
		case FLUX_KIND_FLOAT:
			return compare_floats(a.as.floating, b.as.floating);
		case FLUX_KIND_STRING:
		case FLUX_KIND_BYTES:
			return flux_text_compare(a.as.string, b.as.string);
		case FLUX_KIND_TIME:
			return COMPARE(a.as.time_ns, b.as.time_ns);
		case FLUX_KIND_DURATION:
		{
			int order =
				COMPARE(flux_duration_to_ns(a.as.duration), flux_duration_to_ns(b.as.duration));

			return order != 0 ? order : COMPARE(a.as.duration.months, b.as.duration.months);
		}
		case FLUX_KIND_REGEXP:
			return flux_text_compare(flux_regexp_pattern(a.as.regexp),
									 flux_regexp_pattern(b.as.regexp));
		case FLUX_KIND_ARRAY:
		{
			int order = 0;
			int shared = Min(a.as.array->count, b.as.array->count);

			for (int i = 0; order == 0 && i < shared; i++)
				order = flux_value_compare(a.as.array->items[i], b.as.array->items[i]);
			return order != 0 ? order : COMPARE(a.as.array->count, b.as.array->count);
		}
		case FLUX_KIND_RECORD:
			return compare_records(a.as.record, b.as.record);
		case FLUX_KIND_DICT:
		{
			int order = COMPARE(a.as.dict->count, b.as.dict->count);

			for (int i = 0; order == 0 && i < a.as.dict->count; i++)
			{
				order = compare_entries(&a.as.dict->entries[i], &b.as.dict->entries[i]);
				if (order == 0)
					order = flux_value_compare(a.as.dict->entries[i].value,
											   b.as.dict->entries[i].value);
			}
			return order;
		}
		case FLUX_KIND_DYNAMIC:
			return flux_value_compare(*a.as.dynamic, *b.as.dynamic);
		default:
			return COMPARE((uintptr_t) a.as.function, (uintptr_t) b.as.function);
	}
}

static uint32
hash_word(uint64 word)
{
	return hash_combine(murmurhash32((uint32) word), murmurhash32((uint32) (word >> 32)));
}

/* Equal under flux_value_compare() gives equal hashes. */
uint32
flux_value_hash(FluxValue value)
{
	uint32 hash = murmurhash32((uint32) value.kind);

	check_stack_depth();
	if (value.is_null)
		return 0;
	if (value.kind >= FLUX_KIND_ARRAY)
		CHECK_FOR_INTERRUPTS();
	switch (value.kind)
	{
		case FLUX_KIND_BOOL:
			return hash_combine(hash, (uint32) value.as.boolean);
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
		case FLUX_KIND_TIME:
			return hash_combine(hash, hash_word(value.as.uinteger));
		case FLUX_KIND_FLOAT:
		{
			double number = value.as.floating;
			uint64 bits;

			/* -0 equals +0; every NaN equals every NaN */
			if (number == 0)
				number = 0;
			if (isnan(number))
				number = NAN;
			memcpy(&bits, &number, sizeof(bits));
			return hash_combine(hash, hash_word(bits));
		}
		case FLUX_KIND_STRING:
		case FLUX_KIND_BYTES:
			return hash_combine(hash, flux_text_hash(value.as.string));
		case FLUX_KIND_DURATION:
			return hash_combine(hash, hash_word((uint64) value.as.duration.ns +
												(uint64) value.as.duration.months * 31));
		case FLUX_KIND_REGEXP:
			return hash_combine(hash, flux_text_hash(flux_regexp_pattern(value.as.regexp)));
		case FLUX_KIND_ARRAY:
			for (int i = 0; i < value.as.array->count; i++)
				hash = hash_combine(hash, flux_value_hash(value.as.array->items[i]));
			return hash;
		case FLUX_KIND_RECORD:
			for (int i = 0; i < value.as.record->count; i++)
			{
				hash = hash_combine(hash, flux_text_hash(value.as.record->keys[i]));
				hash = hash_combine(hash, flux_value_hash(value.as.record->values[i]));
			}
			return hash;
		case FLUX_KIND_DICT:
			for (int i = 0; i < value.as.dict->count; i++)
			{
				hash = hash_combine(hash, flux_value_hash(value.as.dict->entries[i].key));
				hash = hash_combine(hash, flux_value_hash(value.as.dict->entries[i].value));
			}
			return hash;
		case FLUX_KIND_DYNAMIC:
			return hash_combine(hash, flux_value_hash(*value.as.dynamic));
		default:
			return hash_combine(hash, hash_word((uint64) (uintptr_t) value.as.function));
	}
}
