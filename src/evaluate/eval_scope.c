/*
 * eval_scope.c
 *		Names and what they stand for.
 *
 * Small scopes, which nearly all of lambdas and scripts are, are searched one
 * by one; those that grow get an index, and those of packages have one that all
 * runs of a backend share.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "evaluate/evaluate_int.h"

#define LINEAR_NAMES_MAX 32

/* Open addressing; twice as many slots as names at least, a power of two. */
struct FluxNameIndex
{
	uint32 mask;
	int slots[FLEXIBLE_ARRAY_MEMBER]; /* position or -1 */
};

/* Room for "capacity" names; in the current context. */
FluxNameIndex *
flux_name_index_create(int capacity)
{
	uint32 size = 8;
	FluxNameIndex *index;

	while (size < (uint32) capacity * 2)
		size *= 2;
	index = palloc(offsetof(FluxNameIndex, slots) + sizeof(int) * (Size) size);
	index->mask = size - 1;
	for (uint32 i = 0; i < size; i++)
		index->slots[i] = -1;
	return index;
}

/* Adds names[position]; the caller keeps to the capacity. */
void
flux_name_index_add(FluxNameIndex *index, const FluxText *names, int position)
{
	uint32 slot = flux_text_hash(names[position]) & index->mask;

	while (index->slots[slot] >= 0)
		slot = (slot + 1) & index->mask;
	index->slots[slot] = position;
}

int
flux_name_index_find(const FluxNameIndex *index, const FluxText *names, FluxText name)
{
	uint32 slot = flux_text_hash(name) & index->mask;

	while (index->slots[slot] >= 0)
	{
		if (flux_text_equal(names[index->slots[slot]], name))
			return index->slots[slot];
		slot = (slot + 1) & index->mask;
	}
	return -1;
}

/* Indexes the names bound so far, with room for the scope's capacity. */
static void
index_scope(FluxScope *scope)
{
	if (scope->index != NULL)
		pfree(scope->index);
	scope->index = flux_name_index_create(scope->capacity);
	for (int i = 0; i < scope->count; i++)
		flux_name_index_add(scope->index, scope->names, i);
}

/* An empty scope in the current context with room for "capacity" names. */
FluxScope *
flux_scope_create(const FluxScope *parent, int capacity)
{
	FluxScope *scope = palloc0(sizeof(FluxScope));

	capacity = Max(capacity, 1);
	scope->parent = parent;
	scope->capacity = capacity;
	scope->names = palloc(sizeof(FluxText) * (Size) capacity);
	scope->values = palloc(sizeof(FluxValue) * (Size) capacity);
	if (capacity > LINEAR_NAMES_MAX)
		index_scope(scope);
	return scope;
}

/* Adds a name; the caller has seen that it is new. */
void
flux_scope_bind(FluxScope *scope, FluxText name, FluxValue value, bool is_option)
{
	if (scope->count == scope->capacity)
	{
		int capacity = scope->capacity * 2;

		scope->names = repalloc(scope->names, sizeof(FluxText) * (Size) capacity);
		scope->values = repalloc(scope->values, sizeof(FluxValue) * (Size) capacity);
		if (scope->is_option != NULL)
			scope->is_option = repalloc(scope->is_option, sizeof(bool) * (Size) capacity);
		scope->capacity = capacity;
		if (capacity > LINEAR_NAMES_MAX)
			index_scope(scope);
	}
	if (is_option && scope->is_option == NULL)
		scope->is_option = palloc0(sizeof(bool) * (Size) scope->capacity);
	scope->names[scope->count] = name;
	scope->values[scope->count] = value;
	if (scope->is_option != NULL)
		scope->is_option[scope->count] = is_option;
	if (scope->index != NULL)
		flux_name_index_add(scope->index, scope->names, scope->count);
	scope->count++;
}

int
flux_scope_find_here(const FluxScope *scope, FluxText name)
{
	if (scope->index != NULL)
		return flux_name_index_find(scope->index, scope->names, name);
	for (int i = scope->count - 1; i >= 0; i--)
	{
		if (flux_text_equal(scope->names[i], name))
			return i;
	}
	return -1;
}

FluxValue *
flux_scope_find(const FluxScope *scope, FluxText name, const FluxScope **where)
{
	for (; scope != NULL; scope = scope->parent)
	{
		int at = flux_scope_find_here(scope, name);

		if (at >= 0)
		{
			*where = scope;
			return &scope->values[at];
		}
	}
	return NULL;
}

/* Evaluates the definition of a name in a package written in Flux. */
static void
evaluate_definition(FluxEvaluator *evaluator, const FluxScope *scope, FluxValue *binding)
{
	MemoryContext previous = MemoryContextSwitchTo(evaluator->context);
	const FluxAst *init = (const FluxAst *) binding->as.stream;
	FluxFrame frame = {
		.evaluator = evaluator,
		.source = flux_library_source(scope->template),
		.scope = unconstify(FluxScope *, scope),
	};

	binding->kind = FLUX_KIND_EVALUATING;
	*binding = flux_eval(&frame, init);
	MemoryContextSwitchTo(previous);
}

/* Makes the package that an import of a library source names. */
static void
resolve_import(FluxEvaluator *evaluator, const FluxScope *scope, FluxValue *binding)
{
	const FluxImportDeclaration *import = (const FluxImportDeclaration *) binding->as.stream;
	FluxLibraryPackage *package = flux_library_package(evaluator, import->path->value);

	if (package == NULL)
		flux_library_raise_unknown(import->path->value, scope->source, import->path->ast.span);
	binding->kind = FLUX_KIND_PACKAGE;
	binding->as.stream = (struct FluxPlanNode *) package;
}

void
flux_scope_resolve(FluxEvaluator *evaluator, const FluxScope *scope, FluxValue *binding,
				   FluxText name)
{
	if (likely((int) binding->kind < FLUX_VALUE_KIND_COUNT) || binding->kind == FLUX_KIND_PACKAGE)
		return;
	if (binding->kind == FLUX_KIND_UNEVALUATED)
		evaluate_definition(evaluator, scope, binding);
	else if (binding->kind == FLUX_KIND_IMPORT)
		resolve_import(evaluator, scope, binding);
	else if (binding->kind == FLUX_KIND_EVALUATING)
		elog(ERROR, "\"%.*s\" is defined by itself", name.size, name.data);
	else
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("\"%.*s\" of package \"%s\" is not supported", name.size, name.data,
							   flux_library_path(scope->template)),
						errhint("The view flux.functions lists what scripts can use.")));
}

bool
flux_scope_lookup(FluxEvaluator *evaluator, const FluxScope *scope, FluxText name, FluxValue *value)
{
	const FluxScope *where;
	FluxValue *binding = flux_scope_find(scope, name, &where);

	if (binding == NULL)
		return false;
	flux_scope_resolve(evaluator, where, binding, name);
	*value = *binding;
	if (value->kind == FLUX_KIND_PACKAGE)
		*value = flux_library_package_record(evaluator, (FluxLibraryPackage *) value->as.stream);
	return true;
}

/* ---- what a lambda captures ---- */

typedef struct CaptureSearch
{
	const FluxFunctionExpression *lambda;
	bool found;
} CaptureSearch;

static bool
has_parameter(const FluxFunctionExpression *lambda, FluxText name)
{
	for (int i = 0; i < lambda->params.count; i++)
	{
		const FluxProperty *parameter = (const FluxProperty *) lambda->params.items[i];

		if (flux_text_equal(flux_ast_key_text(parameter->key), name))
			return true;
	}
	return false;
}

/*
 * Looks for the lambda's parameters, but also for the variables of its block,
 * since those may depend on parameters.
 */
static bool
has_local(const FluxFunctionExpression *lambda, FluxText name)
{
	if (has_parameter(lambda, name))
		return true;
	if (lambda->body->kind == FLUX_AST_BLOCK)
	{
		const FluxBlock *block = (const FluxBlock *) lambda->body;

		for (int i = 0; i < block->body.count; i++)
		{
			const FluxAst *statement = block->body.items[i];

			if (statement->kind == FLUX_AST_VARIABLE_ASSIGNMENT &&
				flux_text_equal(((const FluxVariableAssignment *) statement)->id->name, name))
				return true;
		}
	}
	return false;
}

static bool visit_for_capture(const FluxAst *node, void *argument);

/* Walks the parts of a node in which identifiers are not plain names. */
static bool
visit_for_capture(const FluxAst *node, void *argument)
{
	CaptureSearch *search = argument;

	if (search->found)
		return false;
	switch (node->kind)
	{
		case FLUX_AST_IDENTIFIER:
			if (has_local(search->lambda, ((const FluxIdentifier *) node)->name))
				search->found = true;
			return false;
		case FLUX_AST_MEMBER_EXPRESSION:
			/* the property is a label, not a name */
			flux_ast_walk(((const FluxMemberExpression *) node)->object, visit_for_capture, search);
			return false;
		case FLUX_AST_PROPERTY:
		{
			const FluxProperty *property = (const FluxProperty *) node;

			if (property->value != NULL)
				flux_ast_walk(property->value, visit_for_capture, search);
			else if (has_local(search->lambda, flux_ast_key_text(property->key)))
				search->found = true;
			return false;
		}
		case FLUX_AST_FUNCTION_EXPRESSION:
		{
			const FluxFunctionExpression *inner = (const FluxFunctionExpression *) node;

			/* its parameters may shadow ours: be careful, not clever */
			for (int i = 0; i < inner->params.count; i++)
			{
				const FluxProperty *parameter = (const FluxProperty *) inner->params.items[i];

				if (has_local(search->lambda, flux_ast_key_text(parameter->key)))
					search->found = true;
				else if (parameter->value != NULL)
					flux_ast_walk(parameter->value, visit_for_capture, search);
			}
			flux_ast_walk(inner->body, visit_for_capture, search);
			return false;
		}
		default:
			return true;
	}
}

bool
flux_expression_is_captured(const FluxFunction *function, const FluxAst *expression)
{
	CaptureSearch search = {.lambda = function->lambda, .found = false};

	if (function->lambda == NULL)
		return false;
	flux_ast_walk(expression, visit_for_capture, &search);
	return !search.found;
}

FluxValue
flux_evaluate_captured(FluxEvaluator *evaluator, const FluxFunction *function,
					   const FluxAst *expression)
{
	FluxFrame frame = {
		.evaluator = evaluator,
		.source = function->source,
		.scope = function->scope,
	};

	return flux_eval(&frame, expression);
}
