/*
 * name_rules.c
 *		The rules about options and variables that need no types.
 *
 * In this order, and only the first violation is told, as InfluxDB does:
 * an option is set once; a name is assigned once per scope, and at file level
 * not that of an option; an option's value does not mention another option of
 * the file; there are no label literals.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "semantic/name_rules.h"

/* A set of names. */
typedef struct NameSet
{
	FluxText *names; /* data NULL: free slot */
	uint32 capacity; /* a power of two */
	uint32 count;
} NameSet;

typedef struct RuleCheck
{
	FluxDiagnosticList *diagnostics;
	NameSet options;   /* bare options of the file */
	FluxText option;   /* whose initialiser is being looked at */
	FluxText *shadows; /* parameters and variables around the place */
	int shadow_count;
	int shadow_capacity;
	bool is_broken; /* a rule is, and has been told */
} RuleCheck;

static uint32
find_slot(const NameSet *set, FluxText name)
{
	uint32 slot = flux_text_hash(name) & (set->capacity - 1);

	while (set->names[slot].data != NULL && !flux_text_equal(set->names[slot], name))
		slot = (slot + 1) & (set->capacity - 1);
	return slot;
}

static bool
set_has(const NameSet *set, FluxText name)
{
	return set->capacity > 0 && set->names[find_slot(set, name)].data != NULL;
}

/* False when the name is in the set already. */
static bool
set_add(NameSet *set, FluxText name)
{
	uint32 slot;

	if (set->count * 2 >= set->capacity)
	{
		NameSet larger = {NULL, set->capacity == 0 ? 8 : set->capacity * 2, 0};

		larger.names = palloc0(larger.capacity * sizeof(FluxText));
		for (uint32 i = 0; i < set->capacity; i++)
			if (set->names[i].data != NULL)
				larger.names[find_slot(&larger, set->names[i])] = set->names[i];
		larger.count = set->count;
		if (set->names != NULL)
			pfree(set->names);
		*set = larger;
	}
	slot = find_slot(set, name);
	if (set->names[slot].data != NULL)
		return false;
	set->names[slot] = name;
	set->count++;
	return true;
}

static void pg_attribute_printf(4, 5)
	break_rule(RuleCheck *check, int sqlstate, FluxSpan span, const char *format, ...)
{
	char message[512];
	va_list arguments;

	if (check->is_broken)
		return;
	check->is_broken = true;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	flux_diagnostics_add(check->diagnostics, sqlstate, span, "%s", message);
}

/* ---- options are set once ---- */

static void
check_options(RuleCheck *check, const FluxAstList *body)
{
	NameSet members = {0};

	for (int i = 0; i < body->count && !check->is_broken; i++)
	{
		const FluxAst *assignment;

		if (body->items[i]->kind != FLUX_AST_OPTION_STATEMENT)
			continue;
		assignment = ((const FluxOptionStatement *) body->items[i])->assignment;
		if (assignment->kind == FLUX_AST_VARIABLE_ASSIGNMENT)
		{
			FluxText name = ((const FluxVariableAssignment *) assignment)->id->name;

			if (!set_add(&check->options, name))
				break_rule(check, ERRCODE_DUPLICATE_OBJECT, body->items[i]->span,
						   "option \"%.*s\" reassigned", FLUX_NAME_ARGS(name));
		}
		else if (assignment->kind == FLUX_AST_MEMBER_ASSIGNMENT)
		{
			const FluxMemberExpression *member =
				((const FluxMemberAssignment *) assignment)->member;
			const FluxAst *object = flux_ast_unparen(member->object);
			FluxText name = flux_ast_key_text(member->property);
			FluxText package;
			char *full;

			if (object->kind != FLUX_AST_IDENTIFIER)
				continue;
			package = ((const FluxIdentifier *) object)->name;
			full = psprintf("%.*s.%.*s", package.size, package.data, name.size, name.data);
			if (!set_add(&members, flux_text_from_cstring(full)))
				break_rule(check, ERRCODE_DUPLICATE_OBJECT, body->items[i]->span,
						   "option \"%.*s.%.*s\" reassigned", FLUX_NAME_ARGS(package),
						   FLUX_NAME_ARGS(name));
		}
	}
}

/* ---- variables are assigned once ---- */

/* The assignments of one scope; "names" holds its parameters already. */
static void
check_assignments(RuleCheck *check, const FluxAstList *body, NameSet *names, bool is_file)
{
	for (int i = 0; i < body->count && !check->is_broken; i++)
	{
		const FluxVariableAssignment *assignment = (const FluxVariableAssignment *) body->items[i];
		FluxText name;

		if (assignment->ast.kind != FLUX_AST_VARIABLE_ASSIGNMENT)
			continue;
		name = assignment->id->name;
		if (!set_add(names, name))
			break_rule(check, ERRCODE_DUPLICATE_OBJECT, assignment->ast.span,
					   "variable \"%.*s\" reassigned", FLUX_NAME_ARGS(name));
		else if (is_file && set_has(&check->options, name))
			break_rule(check, ERRCODE_DUPLICATE_OBJECT, assignment->ast.span,
					   "variable \"%.*s\" conflicts with option of same name",
					   FLUX_NAME_ARGS(name));
	}
}

/* Looks into every function and testcase below a node. */
static bool
visit_function(const FluxAst *node, void *argument)
{
	RuleCheck *check = argument;
	NameSet names = {0};

	if (check->is_broken)
		return false;
	if (node->kind == FLUX_AST_TEST_CASE_STATEMENT)
		check_assignments(check, &((const FluxTestCaseStatement *) node)->block->body, &names,
						  false);
	else if (node->kind == FLUX_AST_FUNCTION_EXPRESSION)
	{
		const FluxFunctionExpression *function = (const FluxFunctionExpression *) node;

		for (int i = 0; i < function->params.count; i++)
		{
			const FluxProperty *property = (const FluxProperty *) function->params.items[i];
			FluxText name = flux_ast_key_text(property->key);

			if (!set_add(&names, name))
				break_rule(check, ERRCODE_DUPLICATE_OBJECT, property->ast.span,
						   "variable \"%.*s\" reassigned", FLUX_NAME_ARGS(name));
		}
		if (function->body->kind == FLUX_AST_BLOCK)
			check_assignments(check, &((const FluxBlock *) function->body)->body, &names, false);
	}
	if (names.names != NULL)
		pfree(names.names);
	return true;
}

/* ---- options do not depend on each other ---- */

static bool
is_shadowed(const RuleCheck *check, FluxText name)
{
	for (int i = 0; i < check->shadow_count; i++)
		if (flux_text_equal(check->shadows[i], name))
			return true;
	return false;
}

static void
add_shadow(RuleCheck *check, FluxText name)
{
	/* only the names of options matter */
	if (!set_has(&check->options, name))
		return;
	if (check->shadow_count == check->shadow_capacity)
	{
		check->shadow_capacity = Max(8, check->shadow_capacity * 2);
		check->shadows = check->shadows == NULL
							 ? palloc(check->shadow_capacity * sizeof(FluxText))
							 : repalloc(check->shadows, check->shadow_capacity * sizeof(FluxText));
	}
	check->shadows[check->shadow_count++] = name;
}

static bool visit_dependency(const FluxAst *node, void *argument);

/* A function hides options by its parameters and, from there on, its variables. */
static void
check_function_dependency(RuleCheck *check, const FluxFunctionExpression *function)
{
	int outer_count = check->shadow_count;

	check_stack_depth();
	for (int i = 0; i < function->params.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) function->params.items[i];

		if (property->value != NULL)
			flux_ast_walk(property->value, visit_dependency, check);
	}
	for (int i = 0; i < function->params.count; i++)
		add_shadow(check,
				   flux_ast_key_text(((const FluxProperty *) function->params.items[i])->key));
	if (function->body->kind == FLUX_AST_BLOCK)
	{
		const FluxAstList *body = &((const FluxBlock *) function->body)->body;

		for (int i = 0; i < body->count; i++)
		{
			flux_ast_walk(body->items[i], visit_dependency, check);
			if (body->items[i]->kind == FLUX_AST_VARIABLE_ASSIGNMENT)
				add_shadow(check, ((const FluxVariableAssignment *) body->items[i])->id->name);
		}
	}
	else
		flux_ast_walk(function->body, visit_dependency, check);
	check->shadow_count = outer_count;
}

/* Walks by hand where a name stands that is no use of a variable. */
static bool
visit_dependency(const FluxAst *node, void *argument)
{
	RuleCheck *check = argument;

	if (check->is_broken)
		return false;
	switch (node->kind)
	{
		case FLUX_AST_IDENTIFIER:
		{
			FluxText name = ((const FluxIdentifier *) node)->name;

			if (set_has(&check->options, name) && !is_shadowed(check, name))
				break_rule(check, ERRCODE_INVALID_OBJECT_DEFINITION, node->span,
						   "option \"%.*s\" depends on option \"%.*s\", which is defined in "
						   "the same package",
						   FLUX_NAME_ARGS(check->option), FLUX_NAME_ARGS(name));
			return false;
		}
		case FLUX_AST_MEMBER_EXPRESSION:
			flux_ast_walk(((const FluxMemberExpression *) node)->object, visit_dependency, check);
			return false;
		case FLUX_AST_PROPERTY:
		{
			const FluxProperty *property = (const FluxProperty *) node;

			flux_ast_walk(property->value != NULL ? property->value : property->key,
						  visit_dependency, check);
			return false;
		}
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			flux_ast_walk(((const FluxVariableAssignment *) node)->init, visit_dependency, check);
			return false;
		case FLUX_AST_FUNCTION_EXPRESSION:
			check_function_dependency(check, (const FluxFunctionExpression *) node);
			return false;
		default:
			return true;
	}
}

static void
check_dependencies(RuleCheck *check, const FluxAstList *body)
{
	if (check->options.count == 0)
		return;
	for (int i = 0; i < body->count && !check->is_broken; i++)
	{
		const FluxAst *assignment;

		if (body->items[i]->kind != FLUX_AST_OPTION_STATEMENT)
			continue;
		assignment = ((const FluxOptionStatement *) body->items[i])->assignment;
		if (assignment->kind != FLUX_AST_VARIABLE_ASSIGNMENT)
			continue;
		check->option = ((const FluxVariableAssignment *) assignment)->id->name;
		flux_ast_walk(((const FluxVariableAssignment *) assignment)->init, visit_dependency, check);
	}
}

/* ---- labels ---- */

static bool
visit_label(const FluxAst *node, void *argument)
{
	if (node->kind == FLUX_AST_LABEL_LITERAL)
		break_rule(argument, ERRCODE_FEATURE_NOT_SUPPORTED, node->span,
				   "Labels are currently experimental. (See the labelPolymorphism feature)");
	return !((RuleCheck *) argument)->is_broken;
}

void
flux_name_rules_check(const FluxPackage *package, FluxDiagnosticList *diagnostics)
{
	const FluxAstList *body = &package->file->body;
	RuleCheck check = {diagnostics};
	NameSet names = {0};

	check_options(&check, body);
	check_assignments(&check, body, &names, true);
	for (int i = 0; i < body->count && !check.is_broken; i++)
		flux_ast_walk(body->items[i], visit_function, &check);
	check_dependencies(&check, body);
	for (int i = 0; i < body->count && !check.is_broken; i++)
		flux_ast_walk(body->items[i], visit_label, &check);
}
