/*
 * fuzz_semantic.c
 *		Parse and check whatever comes: no crash, no error that escapes, and
 *		a bounded answer.
 *
 * The corpus is test/flux and what the library has in Flux.  Besides, what is
 * found must make sense: spans inside the source, messages that are not empty.
 */
#include "postgres.h"

#include <stdio.h>
#include <stdlib.h>

#include "utils/memutils.h"

#include "semantic/semantic_check.h"
#include "syntax/parser.h"

#include "server_stub.h"

typedef struct Input
{
	const uint8_t *data;
	size_t size;
} Input;

static void
check_diagnostics(const FluxDiagnosticList *diagnostics, uint32 size)
{
	for (int i = 0; i < diagnostics->count; i++)
	{
		const FluxDiagnostic *item = &diagnostics->items[i];

		if (item->span.start > item->span.stop || item->span.stop > size ||
			item->message[0] == '\0' || strlen(item->message) > 20000)
		{
			fprintf(stderr, "%u-%u of %u: %s\n", item->span.start, item->span.stop, size,
					item->message);
			abort();
		}
	}
}

/* All names a script assigns have a type that can be printed. */
static void
print_types(const FluxPackage *package)
{
	for (int i = 0; i < Min(package->file->body.count, 5); i++)
	{
		const FluxVariableAssignment *assignment =
			(const FluxVariableAssignment *) package->file->body.items[i];

		if (assignment->ast.kind == FLUX_AST_VARIABLE_ASSIGNMENT &&
			flux_semantic_type_of(package, assignment->id->name) == NULL)
			abort();
	}
}

static void
try_input(void *argument)
{
	const Input *input = argument;
	FluxSourceText *source =
		flux_source_create(NULL, (const char *) input->data, (uint32) input->size);
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxPackage *package = flux_parse(source, diagnostics);

	flux_semantic_check(package, diagnostics);
	check_diagnostics(diagnostics, source->size);
	if (!flux_diagnostics_has_error(diagnostics))
		print_types(package);
}

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static MemoryContext context = NULL;
	Input input = {data, size};
	MemoryContext old;
	ErrorData *error;

	if (context == NULL)
	{
		stub_init();
		context = AllocSetContextCreate(TopMemoryContext, "input", ALLOCSET_DEFAULT_SIZES);
	}
	old = MemoryContextSwitchTo(context);
	error = stub_catch(try_input, &input);
	if (error != NULL)
	{
		fprintf(stderr, "unexpected error: %s\n", error->message);
		abort();
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(context);
	return 0;
}
