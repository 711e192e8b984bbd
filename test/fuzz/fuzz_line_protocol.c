/*
 * fuzz_line_protocol.c
 *		Line protocol under random input: an error of its own kind, or points
 *		that are the same when they are written out in the plainest form and read
 *		again.  Inputs that begin with '?' go to the parser of delete predicates,
 *		which must only refuse or accept.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "base/diagnostic.h"
#include "storage/delete.h"
#include "storage/line_protocol.h"

#include "server_stub.h"

/* All points of an input, without pointers: comparable byte by byte. */
static void read_all(const char *data, size_t size, bool guesses, StringInfo points,
					 StringInfo lines);

static void
append_text(StringInfo out, FluxText text)
{
	appendBinaryStringInfo(out, (const char *) &text.size, sizeof(text.size));
	appendBinaryStringInfo(out, text.data, text.size);
}

static void
append_escaped(StringInfo out, FluxText text, const char *special)
{
	for (int i = 0; i < text.size; i++)
	{
		if (text.data[i] != '\0' && strchr(special, text.data[i]) != NULL)
			appendStringInfoChar(out, '\\');
		appendStringInfoChar(out, text.data[i]);
	}
}

/* A value as line protocol. */
static void
append_value(StringInfo out, const FluxFieldValue *field)
{
	switch (field->type)
	{
		case FLUX_COLUMN_BOOL:
			appendStringInfoChar(out, field->value.boolean ? 't' : 'f');
			break;
		case FLUX_COLUMN_INT:
			appendStringInfo(out, INT64_FORMAT "i", field->value.integer);
			break;
		case FLUX_COLUMN_UINT:
			appendStringInfo(out, UINT64_FORMAT "u", field->value.uinteger);
			break;
		case FLUX_COLUMN_FLOAT:
			appendStringInfo(out, "%.17g", field->value.floating);
			break;
		default:
			appendStringInfoChar(out, '"');
			append_escaped(out, field->value.string, "\"\\");
			appendStringInfoChar(out, '"');
			break;
	}
}

/* A value as bytes to compare. */
static void
append_bits(StringInfo out, const FluxFieldValue *field)
{
	appendStringInfoChar(out, (char) field->type);
	if (field->type == FLUX_COLUMN_STRING)
		append_text(out, field->value.string);
	else if (field->type == FLUX_COLUMN_BOOL)
		appendStringInfoChar(out, field->value.boolean);
	else
		appendBinaryStringInfo(out, (const char *) &field->value, 8);
}

static void
append_point(FluxLineParser *parser, StringInfo points, StringInfo lines)
{
	const FluxLine *line = &parser->line;
	FluxText measurement;
	FluxTag *tags;
	int tag_count;

	flux_line_series(parser, &measurement, &tags, &tag_count);
	append_text(points, measurement);
	append_escaped(lines, measurement, ", ");
	for (int i = 0; i < tag_count; i++)
	{
		append_text(points, tags[i].key);
		append_text(points, tags[i].value);
		appendStringInfoChar(lines, ',');
		append_escaped(lines, tags[i].key, ",= ");
		appendStringInfoChar(lines, '=');
		append_escaped(lines, tags[i].value, ",= ");
	}
	for (int i = 0; i < line->field_count; i++)
	{
		append_text(points, line->fields[i].name);
		append_bits(points, &line->fields[i]);
		appendStringInfoChar(lines, i == 0 ? ' ' : ',');
		append_escaped(lines, line->fields[i].name, ",= ");
		appendStringInfoChar(lines, '=');
		append_value(lines, &line->fields[i]);
	}
	appendBinaryStringInfo(points, (const char *) &line->time_ns, sizeof(line->time_ns));
	appendStringInfo(lines, " " INT64_FORMAT "\n", line->time_ns);
}

/* A reader that guesses expects each series to come twice. */
static void
read_all(const char *data, size_t size, bool guesses, StringInfo points, StringInfo lines)
{
	FluxLineParser parser;

	flux_line_init(&parser, data, size, 1, INT64CONST(1700000000123456789));
	while (flux_line_next(&parser))
	{
		append_point(&parser, points, lines);
		if (guesses)
			parser.expected = parser.line.series;
	}
}

/* Reads; with guesses, and when it is written out again, it must read the same. */
static void
check_lines(const char *data, size_t size)
{
	StringInfoData points;
	StringInfoData lines;
	StringInfoData points_again;
	StringInfoData lines_again;
	StringInfoData points_guessed;

	initStringInfo(&points);
	initStringInfo(&lines);
	initStringInfo(&points_again);
	initStringInfo(&lines_again);
	initStringInfo(&points_guessed);
	read_all(data, size, false, &points, &lines);
	PG_TRY();
	{
		read_all(lines.data, lines.len, true, &points_again, &lines_again);
		read_all(data, size, true, &points_guessed, &lines_again);
	}
	PG_CATCH();
	{
		abort();
	}
	PG_END_TRY();
	if (points.len != points_again.len || memcmp(points.data, points_again.data, points.len) != 0)
		abort();
	if (points.len != points_guessed.len ||
		memcmp(points.data, points_guessed.data, points.len) != 0)
		abort();
}

/* Takes errors for an answer, but of the right kinds alone. */
static void
check_input(const char *data, size_t size)
{
	MemoryContext context = CurrentMemoryContext;
	bool is_predicate = size > 0 && data[0] == '?';

	PG_TRY();
	{
		if (is_predicate)
			(void) flux_delete_parse(flux_text(data + 1, (int32) size - 1));
		else
			check_lines(data, size);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		if (error->sqlerrcode != FLUX_ERRCODE_LINE_PROTOCOL &&
			error->sqlerrcode != ERRCODE_SYNTAX_ERROR &&
			error->sqlerrcode != ERRCODE_STATEMENT_TOO_COMPLEX)
			abort();
	}
	PG_END_TRY();
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

	/* An exact copy, so that the sanitizer sees a read past its end. */
	copy = palloc(Max(size, 1));
	memcpy(copy, data, size);
	check_input(copy, size);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	return 0;
}
