/*
 * builtin_types.c
 *		The types of what the library offers, parsed when first asked for.
 *
 * A static table holds the rows of builtin_list.h; beside it, allocated once
 * per backend, stand what has been parsed of each so far and a hash of the
 * names.  All of it lives in a context of its own until the backend ends.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "semantic/builtin_types.h"
#include "syntax/parser.h"

static const FluxBuiltinRow rows[] = {
#define X(package, name, class, tier, type) {package, name, FLUX_CLASS_##class, tier, type},
#include "semantic/builtin_list.h"
#undef X
};

/* What is known of a row besides its text. */
typedef struct ParsedRow
{
	const FluxTypeExpression *expression;
	FluxType *type;
} ParsedRow;

/* Open addressing; twice as many slots as rows or more. */
#define SLOT_COUNT 2048

StaticAssertDecl(lengthof(rows) * 2 <= SLOT_COUNT, "SLOT_COUNT is too small for builtin_list.h");

typedef struct BuiltinCache
{
	MemoryContext context;
	int16 slots[SLOT_COUNT]; /* index of a row, or -1 */
	ParsedRow parsed[lengthof(rows)];
} BuiltinCache;

static BuiltinCache *cache = NULL;

/*
 * Packages whose names need no import, the last one first: a later package of
 * the prelude hides names of an earlier one.
 */
static const char *const prelude_packages[] = {
	"influxdata/influxdb",
	"universe",
	"internal/location",
	"internal/boolean",
};

static uint32
slot_of(FluxText package, FluxText name)
{
	return (flux_text_hash(package) * 31 + flux_text_hash(name)) % SLOT_COUNT;
}

static BuiltinCache *
get_cache(void)
{
	BuiltinCache *new_cache;
	MemoryContext context;

	if (cache != NULL)
		return cache;
	context = AllocSetContextCreate(TopMemoryContext, "flux builtin types", ALLOCSET_DEFAULT_SIZES);
	new_cache = MemoryContextAllocZero(context, sizeof(BuiltinCache));
	new_cache->context = context;
	memset(new_cache->slots, 0xFF, sizeof(new_cache->slots));
	for (int i = 0; i < lengthof(rows); i++)
	{
		uint32 slot =
			slot_of(flux_text_from_cstring(rows[i].package), flux_text_from_cstring(rows[i].name));

		while (new_cache->slots[slot] >= 0)
			slot = (slot + 1) % SLOT_COUNT;
		new_cache->slots[slot] = (int16) i;
	}
	cache = new_cache;
	return cache;
}

const FluxBuiltinRow *
flux_builtin_rows(int *count)
{
	*count = lengthof(rows);
	return rows;
}

const char *
flux_builtin_class_name(FluxBuiltinClass class)
{
	static const char *const names[] = {"value",          "option",    "scalar",   "source",
										"transformation", "aggregate", "selector", "sink"};

	return names[class];
}

const FluxBuiltinRow *
flux_builtin_find(FluxText package, FluxText name)
{
	BuiltinCache *known = get_cache();
	uint32 slot = slot_of(package, name);

	for (; known->slots[slot] >= 0; slot = (slot + 1) % SLOT_COUNT)
	{
		const FluxBuiltinRow *row = &rows[known->slots[slot]];

		if (flux_text_equal_cstring(name, row->name) &&
			flux_text_equal_cstring(package, row->package))
			return row;
	}
	return NULL;
}

/* "task" is in the list for its documentation; no package declares it. */
const FluxBuiltinRow *
flux_builtin_find_prelude(FluxText name)
{
	if (flux_text_equal_cstring(name, "task"))
		return NULL;
	for (int i = 0; i < lengthof(prelude_packages); i++)
	{
		const FluxBuiltinRow *row =
			flux_builtin_find(flux_text_from_cstring(prelude_packages[i]), name);

		if (row != NULL)
			return row;
	}
	return NULL;
}

/* The first row of a package; its others follow. NULL when there is none. */
static const FluxBuiltinRow *
first_of_package(FluxText path)
{
	for (int i = 0; i < lengthof(rows); i++)
		if (flux_text_equal_cstring(path, rows[i].package))
			return &rows[i];
	return NULL;
}

bool
flux_builtin_package_exists(FluxText path)
{
	return first_of_package(path) != NULL;
}

FluxText
flux_builtin_package_name(FluxText path)
{
	int32 start = path.size;

	while (start > 0 && path.data[start - 1] != '/')
		start--;
	return flux_text(path.data + start, path.size - start);
}

/* Parses a row's type, once. */
static ParsedRow *
parsed_row(const FluxBuiltinRow *row)
{
	BuiltinCache *known = get_cache();
	ParsedRow *parsed = &known->parsed[row - rows];
	MemoryContext old;
	FluxDiagnosticList *diagnostics;
	FluxTypeMaker maker = {known->context, 0, NULL};
	FluxSourceText *source;
	FluxTypeExpression *expression;
	FluxType *type;

	if (parsed->type != NULL)
		return parsed;
	old = MemoryContextSwitchTo(known->context);
	source = flux_source_create(row->package, row->type, (uint32) strlen(row->type));
	diagnostics = flux_diagnostics_create();
	expression = flux_parse_type(source, diagnostics);
	type = flux_type_from_ast(&maker, expression, diagnostics);
	MemoryContextSwitchTo(old);
	if (flux_diagnostics_has_error(diagnostics))
		elog(ERROR, "signature of %s.%s is wrong: %s", row->package, row->name,
			 diagnostics->items[0].message);
	parsed->expression = expression;
	parsed->type = type;
	return parsed;
}

const FluxFunctionType *
flux_builtin_signature(FluxText package, FluxText name)
{
	const FluxBuiltinRow *row = flux_builtin_find(package, name);
	const FluxAst *monotype;

	if (row == NULL)
		return NULL;
	monotype = parsed_row(row)->expression->monotype;
	if (monotype->kind != FLUX_AST_FUNCTION_TYPE)
		return NULL;
	return (const FluxFunctionType *) monotype;
}

FluxType *
flux_builtin_row_type(const FluxBuiltinRow *row)
{
	return parsed_row(row)->type;
}

void
flux_builtin_offer_members(FluxNearName *near, FluxText package)
{
	const FluxBuiltinRow *row = first_of_package(package);

	for (; row != NULL && row < rows + lengthof(rows); row++)
	{
		if (!flux_text_equal_cstring(package, row->package))
			break;
		flux_near_name_offer(near, flux_text_from_cstring(row->name));
	}
}

void
flux_builtin_offer_prelude(FluxNearName *near)
{
	for (int i = 0; i < lengthof(prelude_packages); i++)
		flux_builtin_offer_members(near, flux_text_from_cstring(prelude_packages[i]));
}

void
flux_builtin_offer_packages(FluxNearName *near)
{
	for (int i = 0; i < lengthof(rows); i++)
		if (i == 0 || strcmp(rows[i].package, rows[i - 1].package) != 0)
			flux_near_name_offer(near, flux_text_from_cstring(rows[i].package));
}

FluxText
flux_builtin_path_of(FluxText package_name)
{
	FluxText best = flux_text("", 0);

	/* the shortest path: "json" rather than "experimental/json" */
	for (int i = 0; i < lengthof(rows); i++)
	{
		FluxText path = flux_text_from_cstring(rows[i].package);

		if ((i == 0 || strcmp(rows[i].package, rows[i - 1].package) != 0) &&
			flux_text_equal(flux_builtin_package_name(path), package_name) &&
			strcmp(rows[i].package, "universe") != 0 && (best.size == 0 || path.size < best.size))
			best = path;
	}
	return best;
}
