/*
 * scope.c
 *		Names and what they are bound to, while a script is checked.
 */
#include "postgres.h"

#include "semantic/scope.h"

#define FIRST_BUCKET_COUNT 64

struct FluxNames
{
	MemoryContext context;
	FluxBinding **buckets;
	uint32 bucket_count; /* a power of two */
	uint32 count;
	FluxBinding **scopes; /* the last binding of each open scope, or NULL */
	int scope_count;
	int scope_capacity;
};

FluxNames *
flux_names_create(void)
{
	FluxNames *names = palloc0(sizeof(FluxNames));

	names->context = CurrentMemoryContext;
	names->bucket_count = FIRST_BUCKET_COUNT;
	names->buckets = palloc0(FIRST_BUCKET_COUNT * sizeof(FluxBinding *));
	names->scope_capacity = 16;
	names->scopes = palloc(names->scope_capacity * sizeof(FluxBinding *));
	flux_names_open(names);
	return names;
}

void
flux_names_open(FluxNames *names)
{
	if (names->scope_count == names->scope_capacity)
	{
		names->scope_capacity *= 2;
		names->scopes = repalloc(names->scopes, names->scope_capacity * sizeof(FluxBinding *));
	}
	names->scopes[names->scope_count++] = NULL;
}

/* The scope's bindings are the first of their buckets: nothing came after. */
void
flux_names_close(FluxNames *names)
{
	FluxBinding *binding = names->scopes[--names->scope_count];

	for (; binding != NULL; binding = binding->sibling)
	{
		names->buckets[binding->hash & (names->bucket_count - 1)] = binding->next;
		names->count--;
	}
}

/*
 * Doubles the buckets.  Bindings are threaded anew from the outermost scope
 * inward and, in each, from the first on, so that inner ones end up in front.
 */
static void
grow(FluxNames *names)
{
	uint32 bucket_count = names->bucket_count * 2;
	FluxBinding **buckets =
		MemoryContextAllocZero(names->context, bucket_count * sizeof(FluxBinding *));
	FluxBinding **ordered =
		MemoryContextAlloc(names->context, names->count * sizeof(FluxBinding *));

	for (int i = 0; i < names->scope_count; i++)
	{
		uint32 count = 0;

		for (FluxBinding *at = names->scopes[i]; at != NULL; at = at->sibling)
			ordered[count++] = at;
		while (count > 0)
		{
			FluxBinding *binding = ordered[--count];
			FluxBinding **bucket = &buckets[binding->hash & (bucket_count - 1)];

			binding->next = *bucket;
			*bucket = binding;
		}
	}
	pfree(ordered);
	pfree(names->buckets);
	names->buckets = buckets;
	names->bucket_count = bucket_count;
}

FluxBinding *
flux_names_bind(FluxNames *names, FluxText name)
{
	FluxBinding *binding = MemoryContextAllocZero(names->context, sizeof(FluxBinding));
	FluxBinding **bucket;

	if (names->count >= names->bucket_count && names->bucket_count < (1 << 24))
		grow(names);
	binding->name = name;
	binding->hash = flux_text_hash(name);
	bucket = &names->buckets[binding->hash & (names->bucket_count - 1)];
	binding->next = *bucket;
	*bucket = binding;
	binding->sibling = names->scopes[names->scope_count - 1];
	names->scopes[names->scope_count - 1] = binding;
	names->count++;
	return binding;
}

FluxBinding *
flux_names_find(const FluxNames *names, FluxText name)
{
	uint32 hash = flux_text_hash(name);
	FluxBinding *binding = names->buckets[hash & (names->bucket_count - 1)];

	while (binding != NULL && (binding->hash != hash || !flux_text_equal(binding->name, name)))
		binding = binding->next;
	return binding;
}

void
flux_names_offer(const FluxNames *names, FluxNearName *near)
{
	for (int i = names->scope_count - 1; i >= 0; i--)
		for (FluxBinding *at = names->scopes[i]; at != NULL; at = at->sibling)
			flux_near_name_offer(near, at->name);
}
