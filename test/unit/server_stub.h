/*
 * server_stub.h
 *		A stand-in for the parts of the server that the front end, the column
 *		vectors and the codecs use: memory contexts, errors, StringInfo,
 *		interrupts, stack depth, time zones.
 *
 * Unit tests and fuzzers link src/base, src/syntax, src/semantic, src/vector
 * and src/storage/codec_* with this instead of a server.  Every palloc is a
 * malloc of its own, so that the sanitizers see each chunk: reading past one,
 * using one after its context was reset or leaking outside contexts is found.
 */
#ifndef SERVER_STUB_H
#define SERVER_STUB_H

#include "utils/elog.h"
#include "utils/palloc.h"

/* Call first: sets up TopMemoryContext, ErrorContext and the stack's base. */
extern void stub_init(void);

/*
 * Runs function(argument) as a PG_TRY block would.  Returns NULL when it
 * returned, else the error, in the memory context that was current.
 */
extern ErrorData *stub_catch(void (*function)(void *), void *argument);

/* Deepest stack that check_stack_depth() lets pass, in bytes. */
extern long stub_stack_depth_max;

/* The next CHECK_FOR_INTERRUPTS() raises 57014, as a cancel request does. */
extern void stub_cancel(void);

/*
 * Makes allocation number "countdown" from now fail with 53200; 0 switches it
 * off.  For walking a function through every out-of-memory path.
 */
extern void stub_fail_allocation(long countdown);

/* Bytes in all contexts, for tests of what a function may take. */
extern size_t stub_allocated(void);

/* Messages below ERROR that were raised since the last call. */
extern int stub_take_warnings(void);

#endif /* SERVER_STUB_H */
