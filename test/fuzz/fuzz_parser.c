/*
 * fuzz_parser.c
 *		Any bytes: lexer, parser, type parser, AST to JSON, formatter.
 *
 * The first byte chooses: a type alone, or a script.  A script without errors
 * must come back from the formatter with the same tree, and formatting it
 * twice must change nothing.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "ast_equal.h"
#include "server_stub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Input
{
	const uint8_t *data;
	size_t size;
} Input;

static void
try_input(void *argument)
{
	const Input *input = argument;
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	bool is_type = input->size > 0 && input->data[0] == 0;
	FluxSourceText *source = flux_source_create(NULL, (const char *) input->data + is_type,
												(uint32) (input->size - is_type));
	StringInfoData out;
	FluxPackage *package;
	const char *problem;

	initStringInfo(&out);
	if (is_type)
	{
		(void) flux_parse_type(source, diagnostics);
		return;
	}
	package = flux_parse(source, diagnostics);
	for (int i = 0; i < diagnostics->count; i++)
	{
		const FluxDiagnostic *item = &diagnostics->items[i];

		if (item->span.stop < item->span.start || item->span.stop > source->size + 1 ||
			(i > 0 && item->span.start < item[-1].span.start))
			abort();
	}
	if (diagnostics->count > 0)
	{
		flux_ast_to_json(package, &out);
		return;
	}
	problem = ast_check_format(package, &out);
	if (problem != NULL)
	{
		fprintf(stderr, "formatted:\n%s\n%s\n", out.data, problem);
		abort();
	}
}

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
	if (error != NULL && error->sqlerrcode != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
	{
		fprintf(stderr, "unexpected error: %s\n", error->message);
		abort();
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(context);
	return 0;
}
