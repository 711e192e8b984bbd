/*
 * builtin.c
 *		The registry of library functions, and their parameters.
 *
 * Registration happens once per backend, before the first script; everything
 * here lives as long as the backend.  What a function is called with stands in
 * its type (semantic/builtin_list.h); of that text only the parameter names
 * and marks are read here, once per function, when it is first called.
 */
#include "postgres.h"

#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "evaluate/evaluate_int.h"
#include "evaluate/library.h"
#include "semantic/builtin_types.h"

static const FluxBuiltin **registered; /* by package and name, once sorted */
static bool is_sorted = true;
static int registered_count;
static int registered_capacity;

typedef struct RegisteredSource
{
	const char *package;
	const char *source;
} RegisteredSource;

static RegisteredSource *sources;
static int source_count;

/* Parameters of functions called so far, by builtin. */
typedef struct ParameterEntry
{
	const FluxBuiltin *builtin; /* key */
	FluxParameter *parameters;
	int count;
} ParameterEntry;

static HTAB *parameter_cache;

void
flux_builtin_register(const FluxBuiltin *builtins, int count)
{
	if (registered_count + count > registered_capacity)
	{
		registered_capacity = Max(1024, (registered_count + count) * 2);
		registered = registered == NULL
						 ? MemoryContextAlloc(TopMemoryContext,
											  sizeof(*registered) * (Size) registered_capacity)
						 : repalloc(registered, sizeof(*registered) * (Size) registered_capacity);
	}
	for (int i = 0; i < count; i++)
		registered[registered_count++] = &builtins[i];
	is_sorted = false;
}

static int
compare_builtins(const void *a, const void *b)
{
	const FluxBuiltin *left = *(const FluxBuiltin *const *) a;
	const FluxBuiltin *right = *(const FluxBuiltin *const *) b;
	int order = strcmp(left->package, right->package);

	order = order != 0 ? order : strcmp(left->name, right->name);
	Assert(order != 0 || left == right); /* no function is registered twice */
	return order;
}

/* Registration is over when the first function is asked for. */
static void
sort_registered(void)
{
	if (!is_sorted)
		qsort(registered, (size_t) registered_count, sizeof(*registered), compare_builtins);
	is_sorted = true;
}

void
flux_builtin_register_source(const char *package, const char *source)
{
	sources = sources == NULL ? MemoryContextAlloc(TopMemoryContext, sizeof(*sources))
							  : repalloc(sources, sizeof(*sources) * (Size) (source_count + 1));
	sources[source_count].package = package;
	sources[source_count].source = source;
	source_count++;
}

const char *
flux_builtin_source(FluxText package)
{
	for (int i = 0; i < source_count; i++)
	{
		if (flux_text_equal_cstring(package, sources[i].package))
			return sources[i].source;
	}
	return NULL;
}

const FluxBuiltin *const *
flux_builtin_registered(int *count)
{
	sort_registered();
	*count = registered_count;
	return registered;
}

const FluxBuiltin *
flux_builtin_lookup(FluxText package, FluxText name)
{
	int low = 0;
	int high = registered_count - 1;

	sort_registered();
	while (low <= high)
	{
		int middle = (low + high) / 2;
		int order = flux_text_compare(package, flux_text_from_cstring(registered[middle]->package));

		if (order == 0)
			order = flux_text_compare(name, flux_text_from_cstring(registered[middle]->name));
		if (order == 0)
			return registered[middle];
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

void
flux_builtin_each(void (*visit)(const FluxBuiltin *builtin, void *argument), void *argument)
{
	sort_registered();
	for (int i = 0; i < registered_count; i++)
		visit(registered[i], argument);
}

const char *
flux_builtin_type(const FluxBuiltin *builtin)
{
	const FluxBuiltinRow *row;

	if (builtin->type != NULL)
		return builtin->type;
	row = flux_builtin_find(flux_text_from_cstring(builtin->package),
							flux_text_from_cstring(builtin->name));
	return row != NULL ? row->type : NULL;
}

/* ---- parameters from type text ---- */

/*
 * Reads "(<-tables: stream[A], n: int, ?column: string) => ...": names and
 * marks of the parameters.  Returns how many; 0 for what is no function type.
 */
static int
scan_parameters(const char *type, FluxParameter *parameters, int parameters_max)
{
	int count = 0;
	const char *at = type;

	if (*at != '(')
		return 0;
	at++;
	while (*at != '\0' && *at != ')' && count < parameters_max)
	{
		FluxParameter *parameter = &parameters[count];
		const char *start;
		int depth = 0;

		at += strspn(at, " ");
		parameter->is_optional = *at == '?';
		parameter->is_pipe = strncmp(at, "<-", 2) == 0;
		at += parameter->is_optional ? 1 : parameter->is_pipe ? 2 : 0;
		start = at;
		at += strcspn(at, ":)");
		if (*at != ':')
			break;
		parameter->name = flux_text(start, (int32) (at - start));
		if (parameter->name.size == 0)
			parameter->name = flux_text_from_cstring("tables");
		count++;

		/* over the type, to the comma or parenthesis that ends it */
		for (; *at != '\0'; at++)
		{
			if (strchr("([{", *at) != NULL)
				depth++;
			else if (depth == 0 && (*at == ',' || *at == ')'))
				break;
			else if (strchr(")]}", *at) != NULL)
				depth--;
		}
		if (*at == ',')
			at++;
	}
	return count;
}

#define PARAMETERS_MAX 40

int
flux_builtin_parameters(const FluxBuiltin *builtin, const FluxParameter **parameters)
{
	ParameterEntry *entry;
	bool found;

	if (parameter_cache == NULL)
	{
		HASHCTL control = {
			.keysize = sizeof(const FluxBuiltin *),
			.entrysize = sizeof(ParameterEntry),
			.hcxt = TopMemoryContext,
		};

		parameter_cache = hash_create("fluxtask builtin parameters", 256, &control,
									  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	entry = hash_search(parameter_cache, &builtin, HASH_FIND, &found);
	if (!found)
	{
		FluxParameter scanned[PARAMETERS_MAX];
		const char *type = flux_builtin_type(builtin);
		int count;
		FluxParameter *kept;

		if (type == NULL)
			elog(ERROR, "library function \"%s\" of package \"%s\" has no type", builtin->name,
				 builtin->package);
		count = scan_parameters(type, scanned, PARAMETERS_MAX);
		kept = MemoryContextAlloc(TopMemoryContext, sizeof(FluxParameter) * (Size) Max(count, 1));
		memcpy(kept, scanned, sizeof(FluxParameter) * (Size) count);
		entry = hash_search(parameter_cache, &builtin, HASH_ENTER, &found);
		entry->parameters = kept;
		entry->count = count;
	}
	*parameters = entry->parameters;
	return entry->count;
}
