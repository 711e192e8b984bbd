/*
 * unit_main.c
 *		Runs the tests of one unit test program; arguments name the ones to run.
 */
#include "postgres.h"

#include <time.h>

#include "utils/memutils.h"

#include "unit.h"

ErrorData *unit_error;

static UnitTest *first_test;
static UnitTest **last_link = &first_test;
static int check_failures; /* of the test that runs */
static uint64 seed;
static uint64 random_state;

void
unit_register(UnitTest *test)
{
	*last_link = test;
	last_link = &test->next;
}

void
unit_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	check_failures++;
}

/* splitmix64 */
uint64
unit_random(void)
{
	uint64 z = (random_state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

double
unit_random_double(void)
{
	return (unit_random() >> 11) * 0x1.0p-53;
}

static void
call_test(void *argument)
{
	((UnitTest *) argument)->function();
}

static bool
is_wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return argc < 2;
}

static bool
run_test(UnitTest *test)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "test", ALLOCSET_DEFAULT_SIZES);
	ErrorData *error;

	check_failures = 0;
	random_state = seed;
	stub_fail_allocation(0);
	MemoryContextSwitchTo(context);
	error = stub_catch(call_test, test);
	if (error != NULL)
		unit_fail(error->filename, error->lineno, "uncaught error %s: %s",
				  unpack_sql_state(error->sqlerrcode), error->message);
	MemoryContextSwitchTo(TopMemoryContext);
	MemoryContextDelete(context);
	if (check_failures > 0)
		fprintf(stderr, "not ok %s\n", test->name);
	return check_failures == 0;
}

int
main(int argc, char **argv)
{
	const char *seed_text = getenv("UNIT_SEED");
	int passed = 0;
	int failed = 0;

	seed = seed_text != NULL ? strtoull(seed_text, NULL, 10) : (uint64) time(NULL);
	stub_init();
	for (UnitTest *test = first_test; test != NULL; test = test->next)
	{
		if (!is_wanted(test->name, argc, argv))
			continue;
		if (run_test(test))
			passed++;
		else
			failed++;
	}
	if (failed > 0)
		fprintf(stderr, "seed " UINT64_FORMAT "\n", seed);
	printf("%d passed, %d failed\n", passed, failed);
	MemoryContextDelete(TopMemoryContext->firstchild);
	return failed > 0;
}
