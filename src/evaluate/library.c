/*
 * library.c
 *		Packages of the library, from registry and embedded sources to scopes.
 *
 * A template holds what all runs share: the names a package exports, the
 * values of those that never change (functions written in C, constants), and
 * for a package written in Flux the parsed source.  It is made at the first
 * use in a backend and kept.  A run's package is a scope with a copy of the
 * template's values, in which definitions written in Flux still wait for
 * someone to ask for them: most runs use a handful of names.
 *
 * Every package is evaluated inside the prelude, the exports of "universe" and
 * "influxdata/influxdb".
 */
#include "postgres.h"

#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "evaluate/evaluate_int.h"
#include "evaluate/library.h"
#include "semantic/builtin_types.h"
#include "syntax/parser.h"

#define PATH_SIZE_MAX 128

typedef struct FluxLibraryTemplate
{
	char path[PATH_SIZE_MAX]; /* import path; hash key */
	bool exists;              /* false: remembered as unknown */
	FluxText name;            /* what an import binds */
	int count;
	FluxText *names;
	FluxValue *values; /* values, or FLUX_KIND_UNEVALUATED and friends */
	bool *is_option;
	FluxNameIndex *index;
	FluxSourceText *source; /* of the embedded source, or NULL */
	const FluxFile *file;
} FluxLibraryTemplate;

static HTAB *templates;

/* A template under construction. */
typedef struct TemplateBuilder
{
	FluxLibraryTemplate *template;
	int capacity;
} TemplateBuilder;

const char *
flux_library_path(const FluxLibraryTemplate *template)
{
	return template->path;
}

FluxSourceText *
flux_library_source(const FluxLibraryTemplate *template)
{
	return template->source;
}

/* Sets a name of the template, replacing what it stood for. */
static void
set_name(TemplateBuilder *builder, FluxText name, FluxValue value, bool is_option)
{
	FluxLibraryTemplate *template = builder->template;
	int at = 0;

	while (at < template->count && !flux_text_equal(template->names[at], name))
		at++;
	if (at == template->count)
	{
		if (at == builder->capacity)
		{
			int capacity = builder->capacity * 2;

			template->names = repalloc(template->names, sizeof(FluxText) * (Size) capacity);
			template->values = repalloc(template->values, sizeof(FluxValue) * (Size) capacity);
			template->is_option = repalloc(template->is_option, sizeof(bool) * (Size) capacity);
			builder->capacity = capacity;
		}
		template->count++;
	}
	template->names[at] = name;
	template->values[at] = value;
	template->is_option[at] = is_option;
}

/* Names known by type: unsupported until an implementation is found. */
static void
add_types(TemplateBuilder *builder)
{
	int count;
	const FluxBuiltinRow *rows = flux_builtin_rows(&count);

	for (int i = 0; i < count; i++)
	{
		if (strcmp(rows[i].package, builder->template->path) != 0)
			continue;
		builder->template->exists = true;

		/* options nobody predeclares ("task") are for scripts to set */
		if (rows[i].class != FLUX_CLASS_OPTION)
			set_name(builder, flux_text_from_cstring(rows[i].name),
					 flux_value_null(FLUX_KIND_UNSUPPORTED), false);
	}
}

static FluxValue
builtin_value(const FluxBuiltin *builtin)
{
	FluxFunction *function;

	if (builtin->kind == FLUX_BUILTIN_VALUE || builtin->kind == FLUX_BUILTIN_OPTION)
	{
		FluxCall call = {.builtin = builtin};

		return builtin->function(&call);
	}
	function = palloc0(sizeof(FluxFunction));
	function->builtin = builtin;
	return flux_value_function(function);
}

static void
add_builtins(TemplateBuilder *builder)
{
	int count;
	const FluxBuiltin *const *builtins = flux_builtin_registered(&count);

	for (int i = 0; i < count; i++)
	{
		if (strcmp(builtins[i]->package, builder->template->path) != 0 ||
			builtins[i]->kind == FLUX_BUILTIN_FLUX)
			continue;
		builder->template->exists = true;
		set_name(builder, flux_text_from_cstring(builtins[i]->name), builtin_value(builtins[i]),
				 builtins[i]->kind == FLUX_BUILTIN_OPTION);
	}
}

static FluxValue
unevaluated(const FluxAst *init)
{
	FluxValue value = flux_value_null(FLUX_KIND_UNEVALUATED);

	value.as.stream = (struct FluxPlanNode *) init;
	return value;
}

/* Parses the embedded source and adds the names it defines. */
static void
add_source(TemplateBuilder *builder)
{
	FluxLibraryTemplate *template = builder->template;
	const char *text = flux_builtin_source(flux_text_from_cstring(template->path));
	FluxDiagnosticList *diagnostics;
	FluxPackage *package;

	if (text == NULL)
		return;
	template->exists = true;
	template->source = flux_source_create(template->path, text, (uint32) strlen(text));
	diagnostics = flux_diagnostics_create();
	package = flux_parse(template->source, diagnostics);
	flux_diagnostics_raise(diagnostics, template->source);
	template->file = package->file;
	if (package->file->package != NULL)
		template->name = package->file->package->name->name;
	for (int i = 0; i < package->file->body.count; i++)
	{
		const FluxAst *statement = package->file->body.items[i];
		bool is_option = statement->kind == FLUX_AST_OPTION_STATEMENT;
		const FluxVariableAssignment *assignment;

		if (is_option)
			statement = ((const FluxOptionStatement *) statement)->assignment;
		if (statement->kind != FLUX_AST_VARIABLE_ASSIGNMENT)
			continue;
		assignment = (const FluxVariableAssignment *) statement;
		set_name(builder, assignment->id->name, unevaluated(assignment->init), is_option);
	}
}

/* Last element of an import path. */
static FluxText
last_element(const char *path)
{
	const char *slash = strrchr(path, '/');

	return flux_text_from_cstring(slash != NULL ? slash + 1 : path);
}

/*
 * Fills a template in a context of its own, which becomes permanent only when
 * nothing has gone wrong.
 */
static void
build_template(FluxLibraryTemplate *template)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask package", ALLOCSET_SMALL_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(context);
	TemplateBuilder builder = {.template = template, .capacity = 16};

	template->name = last_element(template->path);
	template->names = palloc(sizeof(FluxText) * (Size) builder.capacity);
	template->values = palloc(sizeof(FluxValue) * (Size) builder.capacity);
	template->is_option = palloc(sizeof(bool) * (Size) builder.capacity);
	add_types(&builder);
	add_builtins(&builder);
	add_source(&builder);
	template->index = flux_name_index_create(template->count);
	for (int i = 0; i < template->count; i++)
		flux_name_index_add(template->index, template->names, i);
	MemoryContextSwitchTo(previous);
	if (template->exists)
		MemoryContextSetParent(context, TopMemoryContext);
	else
		MemoryContextDelete(context);
}

/* NULL when no such package exists. */
static const FluxLibraryTemplate *
find_template(FluxText path)
{
	char key[PATH_SIZE_MAX] = {0};
	FluxLibraryTemplate *kept;
	FluxLibraryTemplate built = {{0}};
	bool found;

	if (path.size >= PATH_SIZE_MAX)
		return NULL;
	memcpy(key, path.data, (size_t) path.size);
	if (templates == NULL)
	{
		HASHCTL control = {
			.keysize = PATH_SIZE_MAX,
			.entrysize = sizeof(FluxLibraryTemplate),
			.hcxt = TopMemoryContext,
		};

		templates =
			hash_create("fluxtask packages", 64, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
	kept = hash_search(templates, key, HASH_FIND, NULL);
	if (kept != NULL)
		return kept;
	memcpy(built.path, key, PATH_SIZE_MAX);
	build_template(&built);
	if (!built.exists)
		return NULL;

	/* building may have built others, so the table is searched anew */
	kept = hash_search(templates, key, HASH_ENTER, &found);
	if (!found)
	{
		*kept = built;

		/* these point into the path */
		if (kept->source != NULL)
			kept->source->name = kept->path;
		if (kept->name.data >= built.path && kept->name.data < built.path + PATH_SIZE_MAX)
			kept->name = last_element(kept->path);
	}
	return kept;
}

bool
flux_library_has(FluxText package, FluxText name)
{
	const FluxLibraryTemplate *template = find_template(package);
	int at;

	if (template == NULL)
		return false;
	at = flux_name_index_find(template->index, template->names, name);
	return at >= 0 && template->values[at].kind != FLUX_KIND_UNSUPPORTED;
}

/* ---- packages of a run ---- */

/* The imports of an embedded source, made when somebody asks for them. */
static const FluxScope *
create_import_scope(const FluxLibraryTemplate *template, const FluxScope *prelude)
{
	FluxScope *scope;

	if (template->file == NULL || template->file->imports.count == 0)
		return prelude;
	scope = flux_scope_create(prelude, template->file->imports.count);
	scope->source = template->source;
	for (int i = 0; i < template->file->imports.count; i++)
	{
		const FluxImportDeclaration *import =
			(const FluxImportDeclaration *) template->file->imports.items[i];
		FluxValue binding = flux_value_null(FLUX_KIND_IMPORT);
		const FluxLibraryTemplate *imported = find_template(import->path->value);
		FluxText name;

		if (imported == NULL)
			flux_library_raise_unknown(import->path->value, template->source,
									   import->path->ast.span);
		name = import->as != NULL ? import->as->name : imported->name;
		binding.as.stream = (struct FluxPlanNode *) import;
		flux_scope_bind(scope, name, binding, false);
	}
	return scope;
}

static FluxScope *
create_package_scope(const FluxLibraryTemplate *template, const FluxScope *prelude)
{
	FluxScope *scope = palloc0(sizeof(FluxScope));

	scope->parent = create_import_scope(template, prelude);
	scope->template = template;
	scope->index = template->index;
	scope->count = scope->capacity = template->count;
	scope->names = template->names;
	scope->is_option = template->is_option;
	scope->values = palloc(sizeof(FluxValue) * (Size) Max(template->count, 1));
	memcpy(scope->values, template->values, sizeof(FluxValue) * (Size) template->count);
	return scope;
}

static FluxLibraryPackage *
create_package(FluxEvaluator *evaluator, const FluxLibraryTemplate *template,
			   const FluxScope *prelude)
{
	struct FluxEvaluatorState *state = evaluator->state;
	FluxLibraryPackage *package = palloc(sizeof(FluxLibraryPackage));

	package->template = template;
	package->scope = create_package_scope(template, prelude);
	if (state->package_count == state->package_capacity)
	{
		state->package_capacity = Max(8, state->package_capacity * 2);
		state->packages =
			state->packages == NULL
				? palloc(sizeof(FluxLibraryPackage *) * (Size) state->package_capacity)
				: repalloc(state->packages,
						   sizeof(FluxLibraryPackage *) * (Size) state->package_capacity);
	}
	state->packages[state->package_count++] = package;
	return package;
}

/* Makes the prelude: "universe" below "influxdata/influxdb". */
static void
create_prelude(FluxEvaluator *evaluator)
{
	const FluxLibraryTemplate *universe = find_template(flux_text_from_cstring("universe"));
	const FluxLibraryTemplate *influxdb =
		find_template(flux_text_from_cstring("influxdata/influxdb"));

	if (universe == NULL || influxdb == NULL)
		elog(ERROR, "the library has no prelude");
	evaluator->state->universe = create_package(evaluator, universe, NULL)->scope;
	evaluator->state->prelude =
		create_package(evaluator, influxdb, evaluator->state->universe)->scope;
}

FluxLibraryPackage *
flux_library_package(FluxEvaluator *evaluator, FluxText path)
{
	struct FluxEvaluatorState *state = evaluator->state;
	MemoryContext previous = MemoryContextSwitchTo(evaluator->context);
	const FluxLibraryTemplate *template = find_template(path);
	FluxLibraryPackage *package = NULL;

	if (state->prelude == NULL)
		create_prelude(evaluator);
	for (int i = 0; template != NULL && package == NULL && i < state->package_count; i++)
	{
		if (state->packages[i]->template == template)
			package = state->packages[i];
	}
	if (package == NULL && template != NULL)
		package = create_package(evaluator, template, state->prelude);
	MemoryContextSwitchTo(previous);
	return package;
}

FluxText
flux_library_package_name(const FluxLibraryPackage *package)
{
	return package->template->name;
}

void
flux_library_raise_unknown(FluxText path, FluxSourceText *source, FluxSpan span)
{
	FluxNearName near;

	flux_near_name_init(&near, path);
	flux_builtin_offer_packages(&near);
	flux_raise_full(ERRCODE_UNDEFINED_OBJECT, source, span, NULL, flux_near_name_hint(&near),
					"invalid import path %.*s", path.size, path.data);
}

/* Names nobody implements are left out. */
FluxValue
flux_library_package_record(FluxEvaluator *evaluator, const FluxLibraryPackage *package)
{
	FluxScope *scope = package->scope;
	FluxText *keys = palloc(sizeof(FluxText) * (Size) Max(scope->count, 1));
	FluxValue *values = palloc(sizeof(FluxValue) * (Size) Max(scope->count, 1));
	int count = 0;

	for (int i = 0; i < scope->count; i++)
	{
		if (scope->values[i].kind == FLUX_KIND_UNSUPPORTED)
			continue;
		flux_scope_resolve(evaluator, scope, &scope->values[i], scope->names[i]);
		keys[count] = scope->names[i];
		values[count++] = scope->values[i];
	}
	return flux_value_record(keys, values, count);
}
