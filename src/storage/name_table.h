/*
 * name_table.h
 *		Hash tables from (scope, text) to an entry, for the modules that turn
 *		names into ids.
 */
#ifndef FLUX_NAME_TABLE_H
#define FLUX_NAME_TABLE_H

#include "base/text.h"
#include "storage/series_index.h"

/* What an entry is found by: a text within a scope. */
typedef struct NameKey
{
	uint64 scope; /* bucket id, or serial of a measurement */
	FluxText text;
	uint32 hash;
} NameKey;

typedef struct NameElement
{
	NameKey key;
	void *entry;
	char status; /* simplehash's */
} NameElement;

#define SH_PREFIX names
#define SH_ELEMENT_TYPE NameElement
#define SH_KEY_TYPE NameKey
#define SH_KEY key
#define SH_HASH_KEY(table, name_key) ((name_key).hash)
#define SH_EQUAL(table, a, b)                                                                      \
	((a).hash == (b).hash && (a).scope == (b).scope && flux_text_equal((a).text, (b).text))
#define SH_STORE_HASH
#define SH_GET_HASH(table, element) ((element)->key.hash)
#define SH_SCOPE static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

/* A name with its hash. */
static inline NameKey
name_key(uint64 scope, FluxText text)
{
	uint64 hash = flux_series_hash(text.data, text.size) ^ (scope * UINT64CONST(0x9E3779B1));
	NameKey key = {scope, text, (uint32) (hash ^ (hash >> 32))};

	return key;
}

/* The scope of names that belong to a bucket. */
static inline uint64
bucket_scope(int32 bucket_id)
{
	return (uint64) (uint32) bucket_id;
}

/* The entry of a name, or NULL. */
static inline void *
table_find(names_hash *table, NameKey key)
{
	NameElement *element = names_lookup(table, key);

	return element == NULL ? NULL : element->entry;
}

/* Adds an entry; its text must live as long as the table. */
static inline void
table_add(names_hash *table, NameKey key, void *entry)
{
	bool found;

	names_insert(table, key, &found)->entry = entry;
}

#endif /* FLUX_NAME_TABLE_H */
