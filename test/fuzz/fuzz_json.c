/*
 * fuzz_json.c
 *		JSON under random input: values that are the same when they are written out
 *		and read again, or an error.  What is read must be JSON for the parser that
 *		PostgreSQL's programs have, and what that takes must be read, but for
 *		escapes, which it does not look into, and for numbers beyond all floats.
 */
#include "postgres.h"

#include <math.h>

#include "common/jsonapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "base/pg_compat.h"
#include "evaluate/json_reader.h"

#include "server_stub.h"

/* Deeper texts are not for a parser that recurses without looking at the stack. */
#define DEPTH_MAX 1000

static void
write_string(StringInfo out, FluxText text)
{
	appendStringInfoChar(out, '"');
	for (int i = 0; i < text.size; i++)
	{
		if (text.data[i] == '"' || text.data[i] == '\\')
			appendStringInfo(out, "\\%c", text.data[i]);
		else if ((unsigned char) text.data[i] < ' ')
			appendStringInfo(out, "\\u%04x", text.data[i]);
		else
			appendStringInfoChar(out, text.data[i]);
	}
	appendStringInfoChar(out, '"');
}

static void
write_value(StringInfo out, FluxValue value)
{
	if (value.is_null)
		appendStringInfoString(out, "null");
	else if (value.kind == FLUX_KIND_BOOL)
		appendStringInfoString(out, value.as.boolean ? "true" : "false");
	else if (value.kind == FLUX_KIND_FLOAT)
		appendStringInfo(out, "%.17g", value.as.floating);
	else if (value.kind == FLUX_KIND_STRING)
		write_string(out, value.as.string);
	else if (value.kind == FLUX_KIND_ARRAY)
	{
		appendStringInfoChar(out, '[');
		for (int i = 0; i < value.as.array->count; i++)
		{
			appendStringInfoString(out, i > 0 ? "," : "");
			write_value(out, value.as.array->items[i]);
		}
		appendStringInfoChar(out, ']');
	}
	else if (value.kind == FLUX_KIND_RECORD)
	{
		appendStringInfoChar(out, '{');
		for (int i = 0; i < value.as.record->count; i++)
		{
			appendStringInfoString(out, i > 0 ? "," : "");
			write_string(out, value.as.record->keys[i]);
			appendStringInfoChar(out, ':');
			write_value(out, value.as.record->values[i]);
		}
		appendStringInfoChar(out, '}');
	}
	else
		abort();
}

/* Reads and writes out; the SQLSTATE where that was refused, else 0. */
static int
rewrite(FluxText text, StringInfo out)
{
	static const FluxJsonOptions options = {0};
	MemoryContext context = CurrentMemoryContext;
	volatile int refused = 0;

	PG_TRY();
	{
		write_value(out, flux_json_read(text, &options, NULL));
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		refused = CopyErrorData()->sqlerrcode;
		FlushErrorState();
	}
	PG_END_TRY();
	return refused;
}

static bool
is_shallow(FluxText text)
{
	int opened = 0;

	for (int i = 0; i < text.size; i++)
		opened += text.data[i] == '[' || text.data[i] == '{';
	return opened < DEPTH_MAX;
}

static void
check_input(FluxText text)
{
	StringInfoData first;
	StringInfoData second;
	JsonLexContext *lex;
	int refused;
	bool is_json;

	initStringInfo(&first);
	initStringInfo(&second);
	refused = rewrite(text, &first);
	if (refused == 0 && (rewrite(flux_text(first.data, first.len), &second) != 0 ||
						 strcmp(first.data, second.data) != 0))
		abort();
	if (!is_shallow(text))
		return;
	lex = flux_compat_json_lexer(text.data, text.size);
	is_json = pg_parse_json(lex, &nullSemAction) == JSON_SUCCESS;
	if (refused == 0 ? !is_json
					 : is_json && refused != ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE &&
						   memchr(text.data, '\\', text.size) == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	MemoryContext context;
	MemoryContext before;
	char *copy;

	if (TopMemoryContext == NULL)
		stub_init();
	context = AllocSetContextCreate(TopMemoryContext, "input", ALLOCSET_DEFAULT_SIZES);
	before = MemoryContextSwitchTo(context);

	/* An exact copy, so that the sanitizer sees a read past its end; callers have checked it. */
	copy = palloc(Max(size, 1));
	memcpy(copy, data, size);
	if (pg_encoding_verifymbstr(PG_UTF8, copy, (int) size) == (int) size)
		check_input(flux_text(copy, (int32) size));
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	return 0;
}
