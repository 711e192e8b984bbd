/*
 * script_test.c
 *		Runs the testcases of a Flux test file.
 *
 * Each testcase is a script of its own (syntax/testcase.c) and runs contained:
 * what it raises becomes its outcome, what it writes is undone, and a syntax
 * error in it concerns the others not.  Only a cancellation ends the whole.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "io/result_json.h"
#include "script/script.h"
#include "script/script_test.h"
#include "syntax/parser.h"
#include "syntax/testcase.h"

#define ERROR_RESULT_NAME "errorOutput"
#define ERROR_ROWS_SHOWN 3

/* Keeps the first rows of results named "errorOutput". */
typedef struct TestSink
{
	FluxResultSink base;
	bool is_error_result;
	int64 error_row_count;
	StringInfoData rows;
} TestSink;

static void
test_begin_result(FluxResultSink *base, FluxText name)
{
	((TestSink *) base)->is_error_result = flux_text_equal_cstring(name, ERROR_RESULT_NAME);
}

static void
test_begin_table(FluxResultSink *base, const FluxTableHead *head)
{
}

static void
test_process(FluxResultSink *base, const FluxBatch *batch)
{
	TestSink *sink = (TestSink *) base;

	if (!sink->is_error_result)
		return;
	for (int row = 0; row < batch->row_count; row++)
	{
		if (sink->error_row_count++ >= ERROR_ROWS_SHOWN)
			continue;
		appendStringInfoString(&sink->rows, "\n");
		flux_row_to_json(batch, row, &sink->rows);
	}
}

static void
test_end(FluxResultSink *base)
{
}

/* Why the testcase failed, or NULL: in the current context. */
static const char *
run_testcase(FluxSourceText *source, const FluxTestCase *testcase)
{
	TestSink sink = {{test_begin_result, test_begin_table, test_process, test_end, test_end}};
	FluxScriptOptions options = {0};
	FluxScript *script;

	initStringInfo(&sink.rows);
	options.now_ns = flux_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
	script = flux_script_create_parsed(source, testcase->package);
	flux_script_run(script, &options, &sink.base);
	flux_script_destroy(script);
	return sink.error_row_count == 0
			   ? NULL
			   : psprintf("result \"%s\" has " INT64_FORMAT " rows:%s", ERROR_RESULT_NAME,
						  sink.error_row_count, sink.rows.data);
}

/* The same within a subtransaction that leaves no trace. */
static const char *
contain_testcase(FluxSourceText *source, const FluxTestCase *testcase)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	const char *volatile message = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		message = run_testcase(source, testcase);
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			error->sqlerrcode == ERRCODE_ADMIN_SHUTDOWN)
			ReThrowError(error);
		FlushErrorState();
		message = error->message;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return message;
}

/* The testcase that a place of the source is in, or NULL. */
static FluxTestCase *
find_place(FluxTestCase *testcases, int count, uint32 offset)
{
	for (int i = 0; i < count; i++)
	{
		if (offset >= testcases[i].span.start && offset < testcases[i].span.stop)
			return &testcases[i];
	}
	return NULL;
}

/*
 * Gives each syntax error to the testcase it stands in, which then fails with
 * the first of its own.  One outside of them all concerns them all: it raises.
 */
static void
contain_syntax_errors(const FluxDiagnosticList *diagnostics, FluxSourceText *source,
					  FluxTestCase *testcases, int count)
{
	for (int i = 0; i < diagnostics->count; i++)
	{
		const FluxDiagnostic *item = &diagnostics->items[i];
		FluxTestCase *testcase = find_place(testcases, count, item->span.start);
		FluxPosition position;

		if (testcase == NULL)
			flux_diagnostics_raise(diagnostics, source);
		else if (testcase->error == NULL)
		{
			position = flux_source_position(source, item->span.start);
			testcase->error =
				psprintf("%s at %d:%d", item->message, position.line, position.column);
		}
	}
}

void
flux_script_test(FluxText text, void (*report)(const FluxTestOutcome *outcome, void *argument),
				 void *argument)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	FluxSourceText *source = flux_source_create(NULL, text.data, text.size);
	FluxPackage *package = flux_parse(source, diagnostics);
	MemoryContext context = CurrentMemoryContext;
	MemoryContext case_context =
		AllocSetContextCreate(context, "flux testcase", ALLOCSET_DEFAULT_SIZES);
	FluxTestCase *testcases;
	int count;

	testcases = flux_testcases_expand(package, &count);
	contain_syntax_errors(diagnostics, source, testcases, count);
	for (int i = 0; i < count; i++)
	{
		FluxTestOutcome outcome = {testcases[i].name};

		MemoryContextSwitchTo(case_context);
		outcome.message = testcases[i].error != NULL ? testcases[i].error
													 : contain_testcase(source, &testcases[i]);
		outcome.passed = outcome.message == NULL;
		MemoryContextSwitchTo(context);
		report(&outcome, argument);
		MemoryContextReset(case_context);
	}
	MemoryContextDelete(case_context);
}
