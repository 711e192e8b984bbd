/*
 * server_stub.c
 *		Memory contexts, errors and interrupts without a server.
 *
 * A context is a list of malloc'd chunks; a chunk's header ends with the
 * pointer to its context, as the server's chunks of release 15 do (there
 * GetMemoryChunkContext() is an inline function that reads it).
 */
#include "postgres.h"

#include <stdlib.h>

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/memnodes.h"
#include "utils/memutils.h"

#include "server_stub.h"

/* ---- memory ---- */

typedef struct StubChunk
{
	struct StubChunk *prev;
	struct StubChunk *next;
	Size size;
	MemoryContext context; /* must be last: see above */
} StubChunk;

typedef struct StubContext
{
	MemoryContextData header; /* first, so that the pointers are the same */
	StubChunk chunks;         /* list head */
} StubContext;

MemoryContext TopMemoryContext;
MemoryContext CurrentMemoryContext;
MemoryContext ErrorContext;
MemoryContext CacheMemoryContext;
MemoryContext TopTransactionContext;
MemoryContext CurTransactionContext;

static size_t allocated_bytes;
static long fail_countdown;

void
stub_fail_allocation(long countdown)
{
	fail_countdown = countdown;
}

size_t
stub_allocated(void)
{
	return allocated_bytes;
}

static StubChunk *
chunk_of(void *pointer)
{
	return (StubChunk *) pointer - 1;
}

static void
chunk_link(StubContext *context, StubChunk *chunk, Size size)
{
	chunk->size = size;
	chunk->context = &context->header;
	chunk->prev = &context->chunks;
	chunk->next = context->chunks.next;
	chunk->next->prev = chunk;
	chunk->prev->next = chunk;
	context->header.mem_allocated += size;
	allocated_bytes += size;
}

static void
chunk_unlink(StubChunk *chunk)
{
	chunk->prev->next = chunk->next;
	chunk->next->prev = chunk->prev;
	chunk->context->mem_allocated -= chunk->size;
	allocated_bytes -= chunk->size;
}

static MemoryContext
context_create(MemoryContext parent, const char *name)
{
	StubContext *context = calloc(1, sizeof(StubContext));

	context->header.type = T_AllocSetContext;
	context->header.name = name;
	context->header.isReset = true;
	context->chunks.prev = context->chunks.next = &context->chunks;
	MemoryContextSetParent(&context->header, parent);
	return &context->header;
}

MemoryContext
AllocSetContextCreateInternal(MemoryContext parent, const char *name, Size minContextSize,
							  Size initBlockSize, Size maxBlockSize)
{
	return context_create(parent, name);
}

MemoryContext
SlabContextCreate(MemoryContext parent, const char *name, Size blockSize, Size chunkSize)
{
	return context_create(parent, name);
}

#if PG_VERSION_NUM >= 150000
MemoryContext
GenerationContextCreate(MemoryContext parent, const char *name, Size minContextSize,
						Size initBlockSize, Size maxBlockSize)
{
	return context_create(parent, name);
}
#endif

void
MemoryContextSetParent(MemoryContext context, MemoryContext parent)
{
	if (context->prevchild != NULL)
		context->prevchild->nextchild = context->nextchild;
	else if (context->parent != NULL)
		context->parent->firstchild = context->nextchild;
	if (context->nextchild != NULL)
		context->nextchild->prevchild = context->prevchild;

	context->parent = parent;
	context->prevchild = NULL;
	context->nextchild = parent != NULL ? parent->firstchild : NULL;
	if (context->nextchild != NULL)
		context->nextchild->prevchild = context;
	if (parent != NULL)
		parent->firstchild = context;
}

MemoryContext
MemoryContextGetParent(MemoryContext context)
{
	return context->parent;
}

#if PG_VERSION_NUM >= 160000
MemoryContext
GetMemoryChunkContext(void *pointer)
{
	return chunk_of(pointer)->context;
}
#endif

Size
GetMemoryChunkSpace(void *pointer)
{
	return chunk_of(pointer)->size + sizeof(StubChunk);
}

void
MemoryContextSetIdentifier(MemoryContext context, const char *id)
{
	context->ident = id;
}

void
MemoryContextRegisterResetCallback(MemoryContext context, MemoryContextCallback *callback)
{
	callback->next = context->reset_cbs;
	context->reset_cbs = callback;
	context->isReset = false;
}

void
MemoryContextResetOnly(MemoryContext context)
{
	StubContext *stub = (StubContext *) context;
	MemoryContextCallback *callback;

	while ((callback = context->reset_cbs) != NULL)
	{
		context->reset_cbs = callback->next;
		callback->func(callback->arg);
	}
	while (stub->chunks.next != &stub->chunks)
	{
		StubChunk *chunk = stub->chunks.next;

		chunk_unlink(chunk);
		free(chunk);
	}
	context->isReset = true;
}

void
MemoryContextReset(MemoryContext context)
{
	MemoryContextDeleteChildren(context);
	MemoryContextResetOnly(context);
}

void
MemoryContextResetChildren(MemoryContext context)
{
	for (MemoryContext child = context->firstchild; child != NULL; child = child->nextchild)
	{
		MemoryContextResetChildren(child);
		MemoryContextResetOnly(child);
	}
}

void
MemoryContextDeleteChildren(MemoryContext context)
{
	while (context->firstchild != NULL)
		MemoryContextDelete(context->firstchild);
}

void
MemoryContextDelete(MemoryContext context)
{
	Assert(context != CurrentMemoryContext);
	MemoryContextReset(context);
	MemoryContextSetParent(context, NULL);
	free(context);
}

bool
MemoryContextIsEmpty(MemoryContext context)
{
	StubContext *stub = (StubContext *) context;

	return context->firstchild == NULL && stub->chunks.next == &stub->chunks;
}

Size
MemoryContextMemAllocated(MemoryContext context, bool recurse)
{
	Size total = context->mem_allocated;

	if (recurse)
		for (MemoryContext child = context->firstchild; child != NULL; child = child->nextchild)
			total += MemoryContextMemAllocated(child, true);
	return total;
}

void
MemoryContextStats(MemoryContext context)
{
	fprintf(stderr, "%s: %zu bytes\n", context->name, MemoryContextMemAllocated(context, true));
}

/* Whether a request may pass; raises or returns false when it may not. */
static bool
may_allocate(Size size, int flags)
{
	bool is_valid = (flags & MCXT_ALLOC_HUGE) ? AllocHugeSizeIsValid(size) : AllocSizeIsValid(size);

	if (!is_valid)
		elog(ERROR, "invalid memory alloc request size %zu", size);
	if (fail_countdown > 0 && --fail_countdown == 0)
	{
		if (flags & MCXT_ALLOC_NO_OOM)
			return false;
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	}
	return true;
}

void *
MemoryContextAllocExtended(MemoryContext context, Size size, int flags)
{
	StubChunk *chunk;

	if (!may_allocate(size, flags))
		return NULL;
	chunk = malloc(sizeof(StubChunk) + size);
	if (chunk == NULL)
		abort();
	chunk_link((StubContext *) context, chunk, size);
	context->isReset = false;

	/* Garbage, so that nobody relies on zeroes. */
	memset(chunk + 1, (flags & MCXT_ALLOC_ZERO) ? 0 : 0x7F, size);
	return chunk + 1;
}

void *
MemoryContextAlloc(MemoryContext context, Size size)
{
	return MemoryContextAllocExtended(context, size, 0);
}

void *
MemoryContextAllocZero(MemoryContext context, Size size)
{
	return MemoryContextAllocExtended(context, size, MCXT_ALLOC_ZERO);
}

#if PG_VERSION_NUM < 170000
void *
MemoryContextAllocZeroAligned(MemoryContext context, Size size)
{
	return MemoryContextAllocExtended(context, size, MCXT_ALLOC_ZERO);
}
#endif

void *
MemoryContextAllocHuge(MemoryContext context, Size size)
{
	return MemoryContextAllocExtended(context, size, MCXT_ALLOC_HUGE);
}

void *
palloc(Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size, 0);
}

void *
palloc0(Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size, MCXT_ALLOC_ZERO);
}

void *
palloc_extended(Size size, int flags)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size, flags);
}

void
pfree(void *pointer)
{
	StubChunk *chunk = chunk_of(pointer);

	chunk_unlink(chunk);
	free(chunk);
}

/* Always moves, so that a pointer kept across it is found. */
static void *
reallocate(void *pointer, Size size, int flags)
{
	StubChunk *chunk = chunk_of(pointer);
	void *moved = MemoryContextAllocExtended(chunk->context, size, flags);

	memcpy(moved, pointer, Min(chunk->size, size));
	pfree(pointer);
	return moved;
}

void *
repalloc(void *pointer, Size size)
{
	return reallocate(pointer, size, 0);
}

void *
repalloc_huge(void *pointer, Size size)
{
	return reallocate(pointer, size, MCXT_ALLOC_HUGE);
}

#if PG_VERSION_NUM >= 160000
void *
repalloc0(void *pointer, Size oldsize, Size size)
{
	char *moved = reallocate(pointer, size, 0);

	if (size > oldsize)
		memset(moved + oldsize, 0, size - oldsize);
	return moved;
}
#endif

char *
MemoryContextStrdup(MemoryContext context, const char *string)
{
	Size size = strlen(string) + 1;

	return memcpy(MemoryContextAlloc(context, size), string, size);
}

char *
pstrdup(const char *in)
{
	return MemoryContextStrdup(CurrentMemoryContext, in);
}

char *
pnstrdup(const char *in, Size len)
{
	char *out;

	len = strnlen(in, len);
	out = palloc(len + 1);
	memcpy(out, in, len);
	out[len] = '\0';
	return out;
}

char *
psprintf(const char *fmt, ...)
{
	StringInfoData text;

	initStringInfo(&text);
	for (;;)
	{
		va_list args;
		int needed;

		va_start(args, fmt);
		needed = appendStringInfoVA(&text, fmt, args);
		va_end(args);
		if (needed == 0)
			return text.data;
		enlargeStringInfo(&text, needed);
	}
}

/* Checked arithmetic; newer minor releases call it from palloc_array(). */
extern Size add_size(Size s1, Size s2);
extern Size mul_size(Size s1, Size s2);
extern void *palloc_mul(Size s1, Size s2);
extern void *palloc0_mul(Size s1, Size s2);
extern void *palloc_mul_extended(Size s1, Size s2, int flags);
extern void *repalloc_mul(void *pointer, Size s1, Size s2);

Size
add_size(Size s1, Size s2)
{
	Size result;

	if (__builtin_add_overflow(s1, s2, &result))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("requested shared memory size overflows size_t")));
	return result;
}

Size
mul_size(Size s1, Size s2)
{
	Size result;

	if (__builtin_mul_overflow(s1, s2, &result))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("requested shared memory size overflows size_t")));
	return result;
}

void *
palloc_mul(Size s1, Size s2)
{
	return palloc(mul_size(s1, s2));
}

void *
palloc0_mul(Size s1, Size s2)
{
	return palloc0(mul_size(s1, s2));
}

void *
palloc_mul_extended(Size s1, Size s2, int flags)
{
	return palloc_extended(mul_size(s1, s2), flags);
}

void *
repalloc_mul(void *pointer, Size s1, Size s2)
{
	return repalloc(pointer, mul_size(s1, s2));
}

/* What objects of libpgcommon call; here so that theirs is not linked. */
void *
pg_malloc(size_t size)
{
	return malloc(size);
}

void
pg_free(void *pointer)
{
	free(pointer);
}

/* ---- StringInfo ---- */

#if PG_VERSION_NUM >= 180000
static void
string_info_init(StringInfo str, int size)
{
	str->data = palloc(size);
	str->maxlen = size;
	resetStringInfo(str);
}

void
initStringInfo(StringInfo str)
{
	string_info_init(str, 1024);
}
#else
void
initStringInfo(StringInfo str)
{
	str->data = palloc(1024);
	str->maxlen = 1024;
	resetStringInfo(str);
}
#endif

StringInfo
makeStringInfo(void)
{
	StringInfo str = palloc(sizeof(StringInfoData));

	initStringInfo(str);
	return str;
}

void
resetStringInfo(StringInfo str)
{
	str->data[0] = '\0';
	str->len = 0;
	str->cursor = 0;
}

void
enlargeStringInfo(StringInfo str, int needed)
{
	Size size;

	if (needed < 0)
		elog(ERROR, "invalid string enlargement request size: %d", needed);
	if ((Size) needed >= MaxAllocSize - (Size) str->len)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("out of memory"),
				 errdetail("Cannot enlarge string buffer containing %d bytes by %d more bytes.",
						   str->len, needed)));
	needed += str->len + 1;
	if (needed <= str->maxlen)
		return;
	size = 2 * (Size) str->maxlen;
	while ((Size) needed > size)
		size *= 2;
	size = Min(size, MaxAllocSize);
	str->data = repalloc(str->data, size);
	str->maxlen = (int) size;
}

int
appendStringInfoVA(StringInfo str, const char *fmt, va_list args)
{
	int room = str->maxlen - str->len;
	int printed;

	if (room < 16)
		return 32;
	printed = vsnprintf(str->data + str->len, room, fmt, args);
	if (printed >= 0 && printed < room)
	{
		str->len += printed;
		return 0;
	}
	str->data[str->len] = '\0';
	return printed + 1;
}

void
appendStringInfo(StringInfo str, const char *fmt, ...)
{
	int save_errno = errno;

	for (;;)
	{
		va_list args;
		int needed;

		errno = save_errno;
		va_start(args, fmt);
		needed = appendStringInfoVA(str, fmt, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(str, needed);
	}
}

void
appendStringInfoString(StringInfo str, const char *s)
{
	appendBinaryStringInfo(str, s, strlen(s));
}

#undef appendStringInfoChar
void
appendStringInfoChar(StringInfo str, char ch)
{
	appendBinaryStringInfo(str, &ch, 1);
}

void
appendStringInfoSpaces(StringInfo str, int count)
{
	while (count-- > 0)
		appendStringInfoChar(str, ' ');
}

#if PG_VERSION_NUM >= 160000
void
appendBinaryStringInfo(StringInfo str, const void *data, int datalen)
#else
void
appendBinaryStringInfo(StringInfo str, const char *data, int datalen)
#endif
{
	enlargeStringInfo(str, datalen);
	if (datalen > 0)
		memcpy(str->data + str->len, data, datalen);
	str->len += datalen;
	str->data[str->len] = '\0';
}

#if PG_VERSION_NUM >= 160000
void
appendBinaryStringInfoNT(StringInfo str, const void *data, int datalen)
#else
void
appendBinaryStringInfoNT(StringInfo str, const char *data, int datalen)
#endif
{
	appendBinaryStringInfo(str, data, datalen);
}

/* ---- errors ---- */

sigjmp_buf *PG_exception_stack;
ErrorContextCallback *error_context_stack;

/* Errors being built, innermost last; the last one thrown stays until it is flushed. */
#define STUB_ERRORS_MAX 5
static ErrorData errors[STUB_ERRORS_MAX];
static int error_depth = -1;
static int warning_count;

int
stub_take_warnings(void)
{
	int count = warning_count;

	warning_count = 0;
	return count;
}

bool
errstart(int elevel, const char *domain)
{
	if (++error_depth >= STUB_ERRORS_MAX)
	{
		fprintf(stderr, "errors while reporting errors\n");
		abort();
	}
	memset(&errors[error_depth], 0, sizeof(ErrorData));
	errors[error_depth].elevel = elevel;
	errors[error_depth].sqlerrcode = elevel >= ERROR ? ERRCODE_INTERNAL_ERROR : ERRCODE_WARNING;
	errors[error_depth].assoc_context = ErrorContext;
	return true;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	ErrorData *error = &errors[error_depth];

	error->filename = filename;
	error->lineno = lineno;
	error->funcname = funcname;
	for (ErrorContextCallback *callback = error_context_stack; callback != NULL;
		 callback = callback->previous)
		callback->callback(callback->arg);

	if (error->elevel < ERROR)
	{
		warning_count++;
		if (getenv("UNIT_VERBOSE") != NULL)
			fprintf(stderr, "%s\n", error->message);
		error_depth--;
		return;
	}
	pg_re_throw();
}

void
pg_re_throw(void)
{
	if (PG_exception_stack == NULL)
	{
		fprintf(stderr, "uncaught error: %s\n",
				error_depth >= 0 ? errors[error_depth].message : "none");
		abort();
	}
	siglongjmp(*PG_exception_stack, 1);
}

/* Formats a message part into ErrorContext. */
static char *
format_part(const char *fmt, va_list args)
{
	MemoryContext old = MemoryContextSwitchTo(ErrorContext);
	StringInfoData text;

	initStringInfo(&text);
	for (;;)
	{
		va_list copy;
		int needed;

		va_copy(copy, args);
		needed = appendStringInfoVA(&text, fmt, copy);
		va_end(copy);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}
	MemoryContextSwitchTo(old);
	return text.data;
}

#define MESSAGE_FUNCTION(name, member)                                                             \
	int name(const char *fmt, ...)                                                                 \
	{                                                                                              \
		va_list args;                                                                              \
                                                                                                   \
		va_start(args, fmt);                                                                       \
		errors[error_depth].member = format_part(fmt, args);                                       \
		va_end(args);                                                                              \
		return 0;                                                                                  \
	}

MESSAGE_FUNCTION(errmsg, message)
MESSAGE_FUNCTION(errmsg_internal, message)
MESSAGE_FUNCTION(errdetail, detail)
MESSAGE_FUNCTION(errdetail_internal, detail)
MESSAGE_FUNCTION(errdetail_log, detail_log)
MESSAGE_FUNCTION(errhint, hint)
MESSAGE_FUNCTION(errcontext_msg, context)

#define PLURAL_FUNCTION(name, member)                                                              \
	int name(const char *fmt_singular, const char *fmt_plural, unsigned long n, ...)               \
	{                                                                                              \
		va_list args;                                                                              \
                                                                                                   \
		va_start(args, n);                                                                         \
		errors[error_depth].member = format_part(n == 1 ? fmt_singular : fmt_plural, args);        \
		va_end(args);                                                                              \
		return 0;                                                                                  \
	}

PLURAL_FUNCTION(errmsg_plural, message)
PLURAL_FUNCTION(errdetail_plural, detail)
PLURAL_FUNCTION(errhint_plural, hint)

int
errcode(int sqlerrcode)
{
	errors[error_depth].sqlerrcode = sqlerrcode;
	return 0;
}

int
errposition(int cursorpos)
{
	errors[error_depth].cursorpos = cursorpos;
	return 0;
}

int
internalerrposition(int cursorpos)
{
	errors[error_depth].internalpos = cursorpos;
	return 0;
}

int
internalerrquery(const char *query)
{
	errors[error_depth].internalquery =
		query != NULL ? MemoryContextStrdup(ErrorContext, query) : NULL;
	return 0;
}

int
set_errcontext_domain(const char *domain)
{
	return 0;
}

int
errhidestmt(bool hide_stmt)
{
	return 0;
}

int
errhidecontext(bool hide_ctx)
{
	return 0;
}

int
geterrcode(void)
{
	return errors[error_depth].sqlerrcode;
}

int
geterrposition(void)
{
	return errors[error_depth].cursorpos;
}

int
getinternalerrposition(void)
{
	return errors[error_depth].internalpos;
}

static char *
copy_or_null(const char *text)
{
	return text != NULL ? pstrdup(text) : NULL;
}

ErrorData *
CopyErrorData(void)
{
	ErrorData *copy = palloc(sizeof(ErrorData));

	*copy = errors[error_depth];
	copy->message = copy_or_null(copy->message);
	copy->detail = copy_or_null(copy->detail);
	copy->detail_log = copy_or_null(copy->detail_log);
	copy->hint = copy_or_null(copy->hint);
	copy->context = copy_or_null(copy->context);
	copy->internalquery = copy_or_null(copy->internalquery);
	copy->assoc_context = CurrentMemoryContext;
	return copy;
}

void
FreeErrorData(ErrorData *edata)
{
	pfree(edata);
}

void
FlushErrorState(void)
{
	error_depth = -1;
	MemoryContextReset(ErrorContext);
}

void
ReThrowError(ErrorData *edata)
{
	MemoryContext old;

	errstart(edata->elevel, NULL);
	old = MemoryContextSwitchTo(ErrorContext);
	errors[error_depth] = *edata;
	errors[error_depth].message = copy_or_null(edata->message);
	errors[error_depth].detail = copy_or_null(edata->detail);
	errors[error_depth].hint = copy_or_null(edata->hint);
	errors[error_depth].context = copy_or_null(edata->context);
	errors[error_depth].internalquery = copy_or_null(edata->internalquery);
	MemoryContextSwitchTo(old);
	pg_re_throw();
}

char *
unpack_sql_state(int sql_state)
{
	static char text[6];

	for (int i = 0; i < 5; i++)
	{
		text[i] = PGUNSIXBIT(sql_state);
		sql_state >>= 6;
	}
	return text;
}

#if PG_VERSION_NUM >= 160000
void
ExceptionalCondition(const char *conditionName, const char *fileName, int lineNumber)
#else
void
ExceptionalCondition(const char *conditionName, const char *errorType, const char *fileName,
					 int lineNumber)
#endif
{
	fprintf(stderr, "%s:%d: failed assertion: %s\n", fileName, lineNumber, conditionName);
	abort();
}

ErrorData *
stub_catch(void (*function)(void *), void *argument)
{
	MemoryContext context = CurrentMemoryContext;
	ErrorData *volatile caught = NULL;

	PG_TRY();
	{
		function(argument);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		caught = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	return caught;
}

/* ---- interrupts and stack ---- */

volatile sig_atomic_t InterruptPending;
volatile sig_atomic_t QueryCancelPending;
volatile sig_atomic_t ProcDiePending;
volatile uint32 InterruptHoldoffCount;
volatile uint32 QueryCancelHoldoffCount;
volatile uint32 CritSectionCount;
int work_mem = 4096;

void
stub_cancel(void)
{
	InterruptPending = true;
	QueryCancelPending = true;
}

void
ProcessInterrupts(void)
{
	InterruptPending = false;
	if (QueryCancelPending)
	{
		QueryCancelPending = false;
		ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED),
						errmsg("canceling statement due to user request")));
	}
}

/* The sanitizers make frames several times larger than the server's. */
long stub_stack_depth_max = 5 * 1024 * 1024;
static char *stack_base;

bool
stack_is_too_deep(void)
{
	return labs((long) (stack_base - (char *) __builtin_frame_address(0))) > stub_stack_depth_max;
}

void
check_stack_depth(void)
{
	if (stack_is_too_deep())
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX), errmsg("stack depth limit exceeded")));
}

int
GetDatabaseEncoding(void)
{
	return PG_UTF8;
}

void
stub_init(void)
{
	stack_base = __builtin_frame_address(0);
	TopMemoryContext = context_create(NULL, "top");
	CurrentMemoryContext = TopMemoryContext;
	CacheMemoryContext = TopMemoryContext;
	ErrorContext = context_create(TopMemoryContext, "error");
}
