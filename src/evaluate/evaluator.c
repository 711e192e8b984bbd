/*
 * evaluator.c
 *		Runs a script: imports, options, variables, expression statements.
 *
 * Statements run from top to bottom, so a name must be defined before it is
 * used.  What comes out are the side effects: top-level expression statements
 * that are streams, and calls of side-effecting functions wherever they are.
 *
 * Scopes of a script, innermost first: its own names (state->main), its
 * imports, then the prelude.  An option statement replaces the value of an
 * option of the prelude in the prelude itself, so every package sees it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "evaluate/evaluate_int.h"

FluxEvaluator *
flux_evaluator_create(MemoryContext parent, int64 now_ns)
{
	MemoryContext context =
		AllocSetContextCreate(parent, "fluxtask evaluator", ALLOCSET_DEFAULT_SIZES);
	FluxEvaluator *evaluator = MemoryContextAllocZero(context, sizeof(FluxEvaluator));

	evaluator->context = context;
	evaluator->now_ns = now_ns;
	evaluator->state = MemoryContextAllocZero(context, sizeof(struct FluxEvaluatorState));
	return evaluator;
}

/* The prelude's scopes exist once any package does. */
static void
ensure_prelude(FluxEvaluator *evaluator)
{
	if (evaluator->state->prelude == NULL)
		(void) flux_library_package(evaluator, flux_text_from_cstring("universe"));
}

/* A stream listed twice counts once. */
void
flux_evaluator_add_side_effect(FluxEvaluator *evaluator, struct FluxPlanNode *node, bool is_sink,
							   FluxSourceText *source, FluxSpan span)
{
	FluxSideEffect *effect;

	for (int i = 0; i < evaluator->side_effect_count; i++)
	{
		if (evaluator->side_effects[i].node == node)
			return;
	}
	if (evaluator->side_effect_count == evaluator->side_effect_capacity)
	{
		int capacity = Max(8, evaluator->side_effect_capacity * 2);

		evaluator->side_effects =
			evaluator->side_effects == NULL
				? MemoryContextAlloc(evaluator->context, sizeof(FluxSideEffect) * (Size) capacity)
				: repalloc(evaluator->side_effects, sizeof(FluxSideEffect) * (Size) capacity);
		evaluator->side_effect_capacity = capacity;
	}
	effect = &evaluator->side_effects[evaluator->side_effect_count++];
	effect->node = node;
	effect->is_sink = is_sink;
	effect->source = source;
	effect->span = span;
}

/* ---- statements ---- */

void
flux_eval_variable(const FluxFrame *frame, const FluxVariableAssignment *assignment)
{
	FluxText name = assignment->id->name;
	FluxValue value = flux_eval(frame, assignment->init);

	if (flux_scope_find_here(frame->scope, name) >= 0)
		flux_eval_raise(frame, assignment->id->ast.span, ERRCODE_DUPLICATE_OBJECT,
						"variable \"%.*s\" reassigned", name.size, name.data);
	flux_scope_bind(frame->scope, name, value, false);
}

/* The body of a lambda: its value is what "return" says. */
FluxValue
flux_eval_block(const FluxFrame *frame, const FluxBlock *block)
{
	for (int i = 0; i < block->body.count; i++)
	{
		const FluxAst *statement = block->body.items[i];

		switch (statement->kind)
		{
			case FLUX_AST_VARIABLE_ASSIGNMENT:
				flux_eval_variable(frame, (const FluxVariableAssignment *) statement);
				break;
			case FLUX_AST_EXPRESSION_STATEMENT:
				if (frame->is_row_function)
					flux_eval_raise(frame, statement->span, ERRCODE_SYNTAX_ERROR,
									"an expression statement cannot stand in a row function");
				(void) flux_eval(frame, ((const FluxExpressionStatement *) statement)->expression);
				break;
			case FLUX_AST_RETURN_STATEMENT:
				return flux_eval(frame, ((const FluxReturnStatement *) statement)->argument);
			default:
				flux_eval_raise(frame, statement->span, ERRCODE_SYNTAX_ERROR,
								"invalid statement in function block");
		}
	}
	flux_eval_raise(frame, block->ast.span, ERRCODE_SYNTAX_ERROR,
					"missing return statement in block");
}

/*
 * Reads option now when a script sets it: called here, once, so that all
 * relative times of a run agree.
 */
static void
fix_now(const FluxFrame *frame, FluxValue option, FluxSpan span)
{
	FluxRecord nothing = {0};
	FluxValue now;

	if (option.kind != FLUX_KIND_FUNCTION || option.is_null)
		flux_eval_raise(frame, span, ERRCODE_DATATYPE_MISMATCH,
						"option \"now\" must be a function that returns a time, got %s",
						flux_kind_name(option.kind));
	now = flux_eval_function(frame, option.as.function, &nothing, span);
	if (now.kind != FLUX_KIND_TIME || now.is_null)
		flux_eval_raise(frame, span, ERRCODE_DATATYPE_MISMATCH,
						"option \"now\" must return a time, got %s", flux_kind_name(now.kind));
	frame->evaluator->state->has_now_option = true;
	frame->evaluator->state->now_option_ns = now.as.time_ns;
}

/* "option name = e": an option of the prelude, or a new one of this script. */
static void
eval_bare_option(const FluxFrame *frame, const FluxVariableAssignment *assignment)
{
	FluxText name = assignment->id->name;
	FluxValue value = flux_eval(frame, assignment->init);
	const FluxScope *where;
	FluxValue *binding = flux_scope_find(frame->evaluator->state->prelude, name, &where);

	if (binding != NULL && where->is_option != NULL && where->is_option[binding - where->values])
	{
		*binding = value;
		if (where == frame->evaluator->state->universe && flux_text_equal_cstring(name, "now"))
			fix_now(frame, value, assignment->init->span);
		return;
	}
	if (flux_scope_find_here(frame->scope, name) >= 0)
		flux_eval_raise(frame, assignment->id->ast.span, ERRCODE_DUPLICATE_OBJECT,
						"option \"%.*s\" reassigned", name.size, name.data);
	flux_scope_bind(frame->scope, name, value, true);
}

/* "option pkg.name = e"; a member that is no option stays as it is. */
static void
eval_member_option(const FluxFrame *frame, const FluxMemberAssignment *assignment)
{
	const FluxMemberExpression *member = assignment->member;
	FluxText name = flux_ast_key_text(member->property);
	FluxValue value = flux_eval(frame, assignment->init);
	const FluxScope *where;
	FluxValue *binding = NULL;
	FluxScope *scope;
	int at;

	if (member->object->kind == FLUX_AST_IDENTIFIER)
		binding =
			flux_scope_find(frame->scope, ((const FluxIdentifier *) member->object)->name, &where);
	if (binding == NULL || binding->kind != FLUX_KIND_PACKAGE)
		flux_eval_raise(frame, member->object->span, ERRCODE_DATATYPE_MISMATCH,
						"cannot set option \"%.*s\" on non-package value", name.size, name.data);
	scope = ((FluxLibraryPackage *) binding->as.stream)->scope;
	at = flux_scope_find_here(scope, name);
	if (at < 0)
	{
		FluxNearName near;

		flux_near_name_init(&near, name);
		for (int i = 0; i < scope->count; i++)
		{
			if (scope->is_option[i])
				flux_near_name_offer(&near, scope->names[i]);
		}
		flux_raise_full(ERRCODE_UNDEFINED_OBJECT, frame->source, member->ast.span, NULL,
						flux_near_name_hint(&near), "record is missing label %.*s", name.size,
						name.data);
	}
	if (scope->is_option != NULL && scope->is_option[at])
		scope->values[at] = value;
}

static void
eval_expression_statement(const FluxFrame *frame, const FluxExpressionStatement *statement,
						  bool is_main)
{
	FluxValue value;

	if (is_main)
		frame->evaluator->state->discarded_call = flux_ast_unparen(statement->expression);
	value = flux_eval(frame, statement->expression);
	if (is_main && value.kind == FLUX_KIND_STREAM && !value.is_null)
		flux_evaluator_add_side_effect(frame->evaluator, value.as.stream, false, frame->source,
									   statement->ast.span);
}

static void
eval_file_statement(const FluxFrame *frame, const FluxAst *statement, bool is_main)
{
	switch (statement->kind)
	{
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			flux_eval_variable(frame, (const FluxVariableAssignment *) statement);
			break;
		case FLUX_AST_OPTION_STATEMENT:
		{
			const FluxAst *assignment = ((const FluxOptionStatement *) statement)->assignment;

			if (assignment->kind == FLUX_AST_VARIABLE_ASSIGNMENT)
				eval_bare_option(frame, (const FluxVariableAssignment *) assignment);
			else
				eval_member_option(frame, (const FluxMemberAssignment *) assignment);
			break;
		}
		case FLUX_AST_EXPRESSION_STATEMENT:
			eval_expression_statement(frame, (const FluxExpressionStatement *) statement, is_main);
			break;
		case FLUX_AST_RETURN_STATEMENT:
			flux_eval_raise(frame, statement->span, ERRCODE_SYNTAX_ERROR,
							"return not valid in file block");
		case FLUX_AST_BUILTIN_STATEMENT:
		{
			FluxText name = ((const FluxBuiltinStatement *) statement)->id->name;

			flux_eval_raise(frame, statement->span, ERRCODE_FEATURE_NOT_SUPPORTED,
							"builtin \"%.*s\" names a value that the library does not have",
							name.size, name.data);
		}
		case FLUX_AST_TEST_CASE_STATEMENT:
			flux_raise_full(ERRCODE_FEATURE_NOT_SUPPORTED, frame->source, statement->span, NULL,
							"Run test cases with flux.test().",
							"a testcase cannot stand in an ordinary script");
		default:
			flux_eval_raise(frame, statement->span, ERRCODE_SYNTAX_ERROR, "invalid statement");
	}
}

/* Binds the packages that the file imports. */
static FluxScope *
eval_imports(FluxEvaluator *evaluator, const FluxFile *file)
{
	FluxScope *scope = flux_scope_create(evaluator->state->prelude, file->imports.count);

	for (int i = 0; i < file->imports.count; i++)
	{
		const FluxImportDeclaration *import =
			(const FluxImportDeclaration *) file->imports.items[i];
		FluxLibraryPackage *package = flux_library_package(evaluator, import->path->value);
		FluxValue binding = flux_value_null(FLUX_KIND_PACKAGE);
		FluxText name;
		int at;

		if (package == NULL)
			flux_library_raise_unknown(import->path->value, file->source, import->path->ast.span);
		name = import->as != NULL ? import->as->name : flux_library_package_name(package);
		binding.as.stream = (struct FluxPlanNode *) package;
		at = flux_scope_find_here(scope, name);
		if (at >= 0)
			scope->values[at] = binding;
		else
			flux_scope_bind(scope, name, binding, false);
	}
	return scope;
}

void
flux_evaluate_script(FluxEvaluator *evaluator, const FluxPackage *package)
{
	MemoryContext previous = MemoryContextSwitchTo(evaluator->context);
	const FluxFile *file = package->file;
	bool is_main = flux_text_equal_cstring(package->name, "main");
	FluxFrame frame = {.evaluator = evaluator, .source = file->source};

	ensure_prelude(evaluator);
	frame.scope = flux_scope_create(eval_imports(evaluator, file), file->body.count);
	evaluator->state->main = frame.scope;
	for (int i = 0; i < file->body.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		eval_file_statement(&frame, file->body.items[i], is_main);
	}
	MemoryContextSwitchTo(previous);
}

/* ---- what others ask ---- */

const FluxValue *
flux_evaluator_global(FluxEvaluator *evaluator, const char *name)
{
	const FluxScope *where;
	FluxText text = flux_text_from_cstring(name);
	FluxValue *binding = NULL;

	ensure_prelude(evaluator);
	if (evaluator->state->main != NULL)
		binding = flux_scope_find(evaluator->state->main, text, &where);
	else
		binding = flux_scope_find(evaluator->state->prelude, text, &where);
	if (binding == NULL || binding->kind == FLUX_KIND_UNSUPPORTED)
		return NULL;
	flux_scope_resolve(evaluator, where, binding, text);
	return binding->kind == FLUX_KIND_PACKAGE ? NULL : binding;
}

const FluxValue *
flux_evaluator_package_member(FluxEvaluator *evaluator, const char *path, const char *name)
{
	FluxLibraryPackage *package = flux_library_package(evaluator, flux_text_from_cstring(path));
	FluxText text = flux_text_from_cstring(name);
	int at;

	if (package == NULL)
		return NULL;
	at = flux_scope_find_here(package->scope, text);
	if (at < 0 || package->scope->values[at].kind == FLUX_KIND_UNSUPPORTED)
		return NULL;
	flux_scope_resolve(evaluator, package->scope, &package->scope->values[at], text);
	return &package->scope->values[at];
}

int64
flux_evaluator_now(FluxEvaluator *evaluator)
{
	return evaluator->state->has_now_option ? evaluator->state->now_option_ns : evaluator->now_ns;
}

int
flux_evaluator_depth(const FluxEvaluator *evaluator)
{
	return evaluator->state->depth;
}

void
flux_evaluator_set_depth(FluxEvaluator *evaluator, int depth)
{
	evaluator->state->depth = depth;
}

FluxLocation
flux_location_from_value(FluxValue value, const char **error)
{
	FluxLocation location = {0};
	const FluxValue *zone;
	const FluxValue *offset;

	*error = NULL;
	if (value.kind != FLUX_KIND_RECORD || value.is_null)
	{
		*error = psprintf("location must be a record, got %s", flux_kind_name(value.kind));
		return location;
	}
	zone = flux_record_get(value.as.record, flux_text_from_cstring("zone"));
	offset = flux_record_get(value.as.record, flux_text_from_cstring("offset"));
	if (zone == NULL || zone->kind != FLUX_KIND_STRING || zone->is_null)
		*error = "zone property missing from location record";
	else if (offset == NULL || offset->kind != FLUX_KIND_DURATION || offset->is_null)
		*error = "offset property missing from location record";
	else
	{
		location.offset = offset->as.duration;
		if (!flux_text_equal_cstring(zone->as.string, "UTC"))
		{
			location.zone = flux_zone_lookup(zone->as.string);
			if (location.zone == NULL)
				*error = psprintf("invalid location: unknown time zone \"%.*s\"",
								  zone->as.string.size, zone->as.string.data);
		}
	}
	return location;
}

FluxLocation
flux_evaluator_location(FluxEvaluator *evaluator)
{
	const FluxValue *option;
	const char *error;
	FluxLocation location;

	ensure_prelude(evaluator);
	option = flux_evaluator_package_member(evaluator, "universe", "location");
	if (option == NULL)
		return (FluxLocation){0};
	location = flux_location_from_value(*option, &error);
	if (error != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("option \"location\": %s", error)));
	return location;
}
