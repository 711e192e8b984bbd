/*
 * testcase.c
 *		The testcases of a file, each as a script of its own.
 *
 * Nodes are immutable, so all the scripts share those of the file; only the
 * package, the file and its list of statements are new for each.
 */
#include "postgres.h"

#include "syntax/testcase.h"

/* The text of an extended case's name: after the last dot of "module/path/file.name". */
static FluxText
extended_name(const FluxStringLiteral *extends)
{
	FluxText text = extends->value;

	for (int32 i = text.size - 1; i >= 0; i--)
	{
		if (text.data[i] == '.')
			return flux_text(text.data + i + 1, text.size - i - 1);
	}
	return text;
}

/* The first testcase of that name, or NULL. */
static const FluxTestCaseStatement *
find_testcase(const FluxFile *file, FluxText name)
{
	for (int i = 0; i < file->body.count; i++)
	{
		const FluxTestCaseStatement *statement =
			(const FluxTestCaseStatement *) file->body.items[i];

		if (statement->ast.kind == FLUX_AST_TEST_CASE_STATEMENT &&
			flux_text_equal(statement->id->name, name))
			return statement;
	}
	return NULL;
}

static const char *
near_testcase_hint(const FluxFile *file, FluxText name)
{
	FluxNearName near;
	const char *hint;

	flux_near_name_init(&near, name);
	for (int i = 0; i < file->body.count; i++)
	{
		if (file->body.items[i]->kind == FLUX_AST_TEST_CASE_STATEMENT)
			flux_near_name_offer(&near, ((FluxTestCaseStatement *) file->body.items[i])->id->name);
	}
	hint = flux_near_name_hint(&near);
	return hint ? hint : "a testcase can extend only one of the same source";
}

/* Whether a statement is super(). */
static bool
is_super(const FluxAst *statement)
{
	const FluxCallExpression *call;

	if (statement->kind != FLUX_AST_EXPRESSION_STATEMENT)
		return false;
	call = (const FluxCallExpression *) ((const FluxExpressionStatement *) statement)->expression;
	return call->ast.kind == FLUX_AST_CALL_EXPRESSION && call->arguments == NULL &&
		   call->callee->kind == FLUX_AST_IDENTIFIER &&
		   flux_text_equal_cstring(((const FluxIdentifier *) call->callee)->name, "super");
}

static void
append_all(FluxAstList *list, const FluxAstList *more)
{
	for (int i = 0; i < more->count; i++)
		flux_ast_list_append(list, more->items[i]);
}

/* The statements of a case, "parent" being the one it extends or NULL. */
static FluxAstList
expand_body(const FluxFile *file, const FluxTestCaseStatement *statement,
			const FluxTestCaseStatement *parent)
{
	FluxAstList body = {0};
	bool has_super = false;

	for (int i = 0; i < file->body.count; i++)
	{
		if (file->body.items[i]->kind != FLUX_AST_TEST_CASE_STATEMENT)
			flux_ast_list_append(&body, file->body.items[i]);
	}
	for (int i = 0; i < statement->block->body.count; i++)
	{
		FluxAst *own = statement->block->body.items[i];

		if (parent != NULL && !has_super && is_super(own))
		{
			has_super = true;
			append_all(&body, &parent->block->body);
		}
		else
			flux_ast_list_append(&body, own);
	}
	return body;
}

static const FluxPackage *
make_package(const FluxPackage *package, FluxAstList body)
{
	FluxFile *file = palloc(sizeof(FluxFile));
	FluxPackage *expanded = palloc(sizeof(FluxPackage));

	*file = *package->file;
	file->package = NULL;
	file->body = body;
	*expanded = *package;
	expanded->path = flux_text("", 0);
	expanded->name = flux_text_from_cstring("main");
	expanded->file = file;
	return expanded;
}

/* Fills package or error of one case. */
static void
expand_testcase(const FluxPackage *package, const FluxTestCaseStatement *statement,
				FluxTestCase *result)
{
	const FluxFile *file = package->file;
	const FluxTestCaseStatement *parent = NULL;
	FluxText name;

	if (find_testcase(file, statement->id->name) != statement)
	{
		result->error = psprintf("testcase \"%s\" is defined more than once",
								 flux_text_to_cstring(result->name));
		return;
	}
	if (statement->extends != NULL)
	{
		name = extended_name(statement->extends);
		parent = find_testcase(file, name);
		if (parent == NULL || parent == statement)
		{
			result->error = psprintf("testcase \"%s\" extends \"%s\", which is not in this source",
									 flux_text_to_cstring(result->name),
									 flux_text_to_cstring(statement->extends->value));
			result->hint = near_testcase_hint(file, name);
			return;
		}
		if (parent->extends != NULL)
		{
			result->error =
				psprintf("testcase \"%s\" extends \"%s\", which itself extends another",
						 flux_text_to_cstring(result->name), flux_text_to_cstring(name));
			return;
		}
	}
	result->package = make_package(package, expand_body(file, statement, parent));
}

FluxTestCase *
flux_testcases_expand(const FluxPackage *package, int *count)
{
	const FluxAstList *body = &package->file->body;
	FluxTestCase *cases = palloc0((body->count + 1) * sizeof(FluxTestCase));

	*count = 0;
	for (int i = 0; i < body->count; i++)
	{
		const FluxTestCaseStatement *statement = (const FluxTestCaseStatement *) body->items[i];
		FluxTestCase *result = &cases[*count];

		if (statement->ast.kind != FLUX_AST_TEST_CASE_STATEMENT)
			continue;
		result->name = statement->id->name;
		result->span = statement->ast.span;
		expand_testcase(package, statement, result);
		(*count)++;
	}
	return cases;
}
