/*
 * test_server_stub.c
 *		The stand-in behaves as the server does where our code relies on it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "pgtime.h"
#include "utils/memutils.h"

#include "unit.h"

static int callbacks_run;

static void
count_callback(void *argument)
{
	callbacks_run++;
}

UNIT_TEST(contexts_nest_and_reset)
{
	MemoryContext parent =
		AllocSetContextCreate(CurrentMemoryContext, "parent", ALLOCSET_DEFAULT_SIZES);
	MemoryContext child = AllocSetContextCreate(parent, "child", ALLOCSET_SMALL_SIZES);
	MemoryContextCallback *callback = MemoryContextAlloc(child, sizeof(MemoryContextCallback));
	size_t before = stub_allocated();
	char *moved;

	callbacks_run = 0;
	callback->func = count_callback;
	callback->arg = NULL;
	MemoryContextRegisterResetCallback(child, callback);
	moved = repalloc(MemoryContextAlloc(child, 10), 1000);
	CHECK(GetMemoryChunkContext(moved) == child);
	CHECK_INT(stub_allocated(), before + 1000);
	CHECK_INT(MemoryContextMemAllocated(parent, true), 1000 + sizeof(MemoryContextCallback));
	MemoryContextReset(parent);
	CHECK_INT(callbacks_run, 1);
	CHECK(MemoryContextIsEmpty(parent));
	MemoryContextDelete(parent);
}

static void
recurse(int *depth)
{
	check_stack_depth();
	(*depth)++;
	recurse(depth);
	(*depth)--;
}

UNIT_TEST(errors_are_caught_with_their_parts)
{
	int depth = 0;

	CHECK_ERROR(
		ERRCODE_SYNTAX_ERROR,
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("no %s", "way"), errdetail("Facts."),
						errhint("Try %d.", 1), internalerrposition(7), internalerrquery("x ="))));
	CHECK_STRING(unit_error->message, "no way");
	CHECK_STRING(unit_error->detail, "Facts.");
	CHECK_STRING(unit_error->hint, "Try 1.");
	CHECK_STRING(unit_error->internalquery, "x =");
	CHECK_INT(unit_error->internalpos, 7);
	CHECK_ERROR(ERRCODE_INTERNAL_ERROR, elog(ERROR, "out of %d", 3));
	CHECK_ERROR(ERRCODE_STATEMENT_TOO_COMPLEX, recurse(&depth));
	CHECK(depth > 1000);
	CHECK_ERROR(ERRCODE_INTERNAL_ERROR, palloc(MaxAllocSize + 1));

	stub_take_warnings();
	ereport(WARNING, (errmsg("mind the gap")));
	CHECK_INT(stub_take_warnings(), 1);
}

UNIT_TEST(cancel_and_out_of_memory_are_raised)
{
	stub_cancel();
	CHECK_ERROR(ERRCODE_QUERY_CANCELED, CHECK_FOR_INTERRUPTS());
	CHECK_FOR_INTERRUPTS();

	stub_fail_allocation(2);
	(void) palloc(1);
	CHECK_ERROR(ERRCODE_OUT_OF_MEMORY, palloc(1));
	(void) palloc(1);
}

UNIT_TEST(string_info_grows)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < 10000; i++)
		appendStringInfo(&text, "%d,", i % 10);
	appendStringInfoChar(&text, 'x');
	CHECK_INT(text.len, 20001);
	CHECK_INT(strlen(text.data), 20001);
	CHECK_STRING(psprintf("%s-%05.2f", "a", 1.5), "a-01.50");
}

UNIT_TEST(zones_know_their_transitions)
{
	pg_tz *berlin = pg_tzset("Europe/Berlin");
	pg_time_t instant = 1700000000;
	pg_time_t boundary = 0;
	long before, after;
	int before_dst, after_dst;

	CHECK(pg_tzset("Europe/Nowhere") == NULL);
	CHECK_INT(pg_localtime(&instant, berlin)->tm_hour, 23);
	CHECK_INT(
		pg_next_dst_boundary(&instant, &before, &before_dst, &boundary, &after, &after_dst, berlin),
		1);
	CHECK_INT(boundary, 1711846800);
	CHECK_INT(before, 3600);
	CHECK_INT(after, 7200);
}
