/*
 * unit.h
 *		A unit test program: tests that find themselves, checks that go on.
 *
 *		UNIT_TEST(lexer_keeps_comments)
 *		{
 *			CHECK_INT(count, 3);
 *			CHECK_ERROR(ERRCODE_SYNTAX_ERROR, parse("x ="));
 *		}
 *
 * A test runs in a memory context of its own.  A failed check is told and
 * counted and the test goes on; an error that nobody catches ends that test
 * alone.  run.sh links each test_*.c with unit_main.c and server_stub.c.
 */
#ifndef UNIT_H
#define UNIT_H

#include "lib/stringinfo.h"
#include "server_stub.h"

typedef struct UnitTest
{
	const char *name;
	void (*function)(void);
	struct UnitTest *next;
} UnitTest;

extern void unit_register(UnitTest *test);
extern void unit_fail(const char *file, int line, const char *format, ...)
	pg_attribute_printf(3, 4);

#define UNIT_TEST(test_name)                                                                       \
	static void test_##test_name(void);                                                            \
	static UnitTest unit_##test_name = {#test_name, test_##test_name, NULL};                       \
	__attribute__((constructor)) static void register_##test_name(void)                            \
	{                                                                                              \
		unit_register(&unit_##test_name);                                                          \
	}                                                                                              \
	static void test_##test_name(void)

#define CHECK(condition)                                                                           \
	do                                                                                             \
	{                                                                                              \
		if (!(condition))                                                                          \
			unit_fail(__FILE__, __LINE__, "not so: %s", #condition);                               \
	} while (0)

/* Whole numbers of any width; "found" first. */
#define CHECK_INT(found, expected)                                                                 \
	do                                                                                             \
	{                                                                                              \
		int64 found_ = (found);                                                                    \
		int64 expected_ = (expected);                                                              \
		if (found_ != expected_)                                                                   \
			unit_fail(__FILE__, __LINE__, "%s is " INT64_FORMAT ", not " INT64_FORMAT, #found,     \
					  found_, expected_);                                                          \
	} while (0)

/* C strings; NULL equals NULL alone. */
#define CHECK_STRING(found, expected)                                                              \
	do                                                                                             \
	{                                                                                              \
		const char *found_ = (found);                                                              \
		const char *expected_ = (expected);                                                        \
		if (found_ == NULL ? expected_ != NULL                                                     \
						   : expected_ == NULL || strcmp(found_, expected_) != 0)                  \
			unit_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #found,                      \
					  found_ != NULL ? found_ : "(null)",                                          \
					  expected_ != NULL ? expected_ : "(null)");                                   \
	} while (0)

/* A FluxText against a C string. */
#define CHECK_TEXT(found, expected)                                                                \
	do                                                                                             \
	{                                                                                              \
		FluxText text_ = (found);                                                                  \
		CHECK_STRING(pnstrdup(text_.data, text_.size), expected);                                  \
	} while (0)

/* Bit for bit, so that NaN equals NaN and -0 is not 0. */
#define CHECK_DOUBLE(found, expected)                                                              \
	do                                                                                             \
	{                                                                                              \
		double found_ = (found);                                                                   \
		double expected_ = (expected);                                                             \
		if (memcmp(&found_, &expected_, sizeof(double)) != 0)                                      \
			unit_fail(__FILE__, __LINE__, "%s is %.17g, not %.17g", #found, found_, expected_);    \
	} while (0)

/*
 * The statement raises an error of that SQLSTATE; unit_error then is the
 * error, for a look at its message.
 */
extern ErrorData *unit_error;
#define CHECK_ERROR(sqlstate, statement)                                                           \
	do                                                                                             \
	{                                                                                              \
		MemoryContext context_ = CurrentMemoryContext;                                             \
		unit_error = NULL;                                                                         \
		PG_TRY();                                                                                  \
		{                                                                                          \
			statement;                                                                             \
		}                                                                                          \
		PG_CATCH();                                                                                \
		{                                                                                          \
			MemoryContextSwitchTo(context_);                                                       \
			unit_error = CopyErrorData();                                                          \
			FlushErrorState();                                                                     \
		}                                                                                          \
		PG_END_TRY();                                                                              \
		if (unit_error == NULL)                                                                    \
			unit_fail(__FILE__, __LINE__, "no error from %s", #statement);                         \
		else if (unit_error->sqlerrcode != (sqlstate))                                             \
			unit_fail(__FILE__, __LINE__, "error %s (%s) from %s",                                 \
					  unpack_sql_state(unit_error->sqlerrcode), unit_error->message, #statement);  \
	} while (0)

/*
 * Numbers for random tests: repeatable, from a seed that UNIT_SEED sets and
 * that a failing program prints.
 */
extern uint64 unit_random(void);
extern double unit_random_double(void); /* [0, 1) */

#endif /* UNIT_H */
