/*
 * std_array.c
 *		Packages array and dict, and other functions on collections: what
 *		experimental, experimental/record and types offer.
 *
 * array.from makes a stream and stands with the transformations.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

/* Calls fn(x: item). */
static FluxValue
call_with_item(FluxCall *call, const FluxFunction *function, FluxValue item)
{
	FluxText key = flux_text_from_cstring("x");
	FluxRecord arguments = {.count = 1, .keys = &key, .values = &item};

	return flux_call_invoke(call, function, &arguments);
}

static FluxValue
array_map(FluxCall *call)
{
	const FluxArray *array = flux_call_array(call, "arr");
	const FluxFunction *function = flux_call_function(call, "fn");
	FluxArray *result =
		palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) array->count);

	result->count = array->count;
	for (int i = 0; i < array->count; i++)
		result->items[i] = call_with_item(call, function, array->items[i]);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = result};
}

static FluxValue
array_filter(FluxCall *call)
{
	const FluxArray *array = flux_call_array(call, "arr");
	const FluxFunction *function = flux_call_function(call, "fn");
	FluxArray *result =
		palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) array->count);

	result->count = 0;
	for (int i = 0; i < array->count; i++)
	{
		FluxValue verdict = call_with_item(call, function, array->items[i]);

		if (verdict.kind != FLUX_KIND_BOOL || verdict.is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"filter: the function must return a bool, got %s",
							verdict.is_null ? "null" : flux_kind_name(verdict.kind));
		if (verdict.as.boolean)
			result->items[result->count++] = array->items[i];
	}
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = result};
}

static FluxValue
array_concat(FluxCall *call)
{
	const FluxArray *first = flux_call_array(call, "arr");
	const FluxArray *second = flux_call_array(call, "v");
	FluxArray *result = palloc(offsetof(FluxArray, items) +
							   sizeof(FluxValue) * ((Size) first->count + (Size) second->count));

	result->count = first->count + second->count;
	memcpy(result->items, first->items, sizeof(FluxValue) * (Size) first->count);
	memcpy(result->items + first->count, second->items, sizeof(FluxValue) * (Size) second->count);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = result};
}

/* ---- dict ---- */

/* A key, which must not be null. */
static FluxValue
key_argument(FluxCall *call)
{
	FluxValue key = flux_call_value(call, "key");

	if (key.is_null)
		flux_call_raise(call, ERRCODE_NULL_VALUE_NOT_ALLOWED, "%s: the key must not be null",
						call->builtin->name);
	return key;
}

static FluxValue
dict_get(FluxCall *call)
{
	const FluxDict *dict = flux_call_dict(call, "dict");
	const FluxValue *found = flux_dict_get(dict, key_argument(call));

	return found != NULL ? *found : flux_call_value(call, "default");
}

static FluxValue
dict_from_list(FluxCall *call)
{
	const FluxArray *pairs = flux_call_array(call, "pairs");
	FluxDictEntry *entries = palloc(sizeof(FluxDictEntry) * (Size) Max(pairs->count, 1));

	for (int i = 0; i < pairs->count; i++)
	{
		FluxValue pair = pairs->items[i];
		const FluxValue *key = NULL;
		const FluxValue *value = NULL;

		if (pair.kind == FLUX_KIND_RECORD && !pair.is_null)
		{
			key = flux_record_get(pair.as.record, flux_text_from_cstring("key"));
			value = flux_record_get(pair.as.record, flux_text_from_cstring("value"));
		}
		if (key == NULL || value == NULL || key->is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"fromList: element %d is not a record of key and value", i);
		entries[i].key = *key;
		entries[i].value = *value;
	}
	return flux_value_dict(entries, pairs->count);
}

static FluxValue
dict_insert(FluxCall *call)
{
	const FluxDict *dict = flux_call_dict(call, "dict");
	FluxDictEntry *entries = palloc(sizeof(FluxDictEntry) * (Size) (dict->count + 1));

	memcpy(entries, dict->entries, sizeof(FluxDictEntry) * (Size) dict->count);
	entries[dict->count].key = key_argument(call);
	entries[dict->count].value = flux_call_value(call, "value");
	return flux_value_dict(entries, dict->count + 1);
}

static FluxValue
dict_remove(FluxCall *call)
{
	const FluxDict *dict = flux_call_dict(call, "dict");
	FluxValue key = key_argument(call);
	FluxDictEntry *entries = palloc(sizeof(FluxDictEntry) * (Size) Max(dict->count, 1));
	int count = 0;

	for (int i = 0; i < dict->count; i++)
	{
		if (flux_value_compare(dict->entries[i].key, key) != 0)
			entries[count++] = dict->entries[i];
	}
	return flux_value_dict(entries, count);
}

/* ---- records ---- */

static FluxValue
experimental_object_keys(FluxCall *call)
{
	const FluxRecord *record = flux_call_record(call, "o");
	FluxArray *keys = palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) record->count);

	keys->count = record->count;
	for (int i = 0; i < record->count; i++)
		keys->items[i] = flux_value_string(record->keys[i]);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = keys};
}

static FluxValue
record_get(FluxCall *call)
{
	const FluxValue *found =
		flux_record_get(flux_call_record(call, "r"), flux_call_string(call, "key"));

	return found != NULL ? *found : flux_call_value(call, "default");
}

static FluxValue
record_any(FluxCall *call)
{
	return flux_value_record(NULL, NULL, 0);
}

/* ---- types ---- */

/*
 * True for the nine basic types' names when the value has that type; every
 * other name is no error but false.
 */
static FluxValue
types_is_type(FluxCall *call)
{
	FluxValue value = flux_call_value(call, "v");
	FluxText type = flux_call_string(call, "type");

	if (value.is_null || (value.kind > FLUX_KIND_TIME && value.kind != FLUX_KIND_DURATION &&
						  value.kind != FLUX_KIND_REGEXP && value.kind != FLUX_KIND_BYTES))
		return flux_value_bool(false);
	return flux_value_bool(flux_text_equal_cstring(type, flux_kind_name(value.kind)));
}

static FluxValue
types_is_numeric(FluxCall *call)
{
	FluxValue value = flux_call_value(call, "v");

	return flux_value_bool(!value.is_null &&
						   (value.kind == FLUX_KIND_INT || value.kind == FLUX_KIND_UINT ||
							value.kind == FLUX_KIND_FLOAT));
}

static const FluxBuiltin builtins[] = {
	{"array", "concat", FLUX_BUILTIN_SCALAR, array_concat, .is_pure = true},
	{"array", "filter", FLUX_BUILTIN_SCALAR, array_filter},
	{"array", "map", FLUX_BUILTIN_SCALAR, array_map},
	{"dict", "get", FLUX_BUILTIN_SCALAR, dict_get, .is_pure = true},
	{"dict", "fromList", FLUX_BUILTIN_SCALAR, dict_from_list, .is_pure = true},
	{"dict", "insert", FLUX_BUILTIN_SCALAR, dict_insert, .is_pure = true},
	{"dict", "remove", FLUX_BUILTIN_SCALAR, dict_remove, .is_pure = true},
	{"experimental", "objectKeys", FLUX_BUILTIN_SCALAR, experimental_object_keys, .is_pure = true},
	{"experimental/record", "get", FLUX_BUILTIN_SCALAR, record_get, .is_pure = true},
	{"experimental/record", "any", FLUX_BUILTIN_VALUE, record_any},
	{"types", "isNumeric", FLUX_BUILTIN_SCALAR, types_is_numeric, .is_pure = true},
	{"types", "isType", FLUX_BUILTIN_SCALAR, types_is_type, .is_pure = true},
};

void
flux_std_array_register(void)
{
	FLUX_REGISTER(builtins);
}
