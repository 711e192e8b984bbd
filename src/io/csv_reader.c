/*
 * csv_reader.c
 *		Records of CSV text.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "io/csv_reader.h"

void
flux_csv_reader_init(FluxCsvReader *reader, FluxText text)
{
	memset(reader, 0, sizeof(*reader));
	reader->text = text;
	reader->next_line = 1;
	reader->field_capacity = 16;
	reader->fields = palloc(reader->field_capacity * sizeof(FluxText));
	reader->context =
		AllocSetContextCreate(CurrentMemoryContext, "flux csv record", ALLOCSET_SMALL_SIZES);
	if (text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
		reader->offset = 3;
}

static void
add_field(FluxCsvReader *reader, FluxText field)
{
	if (reader->field_count == reader->field_capacity)
	{
		reader->field_capacity *= 2;
		reader->fields = repalloc(reader->fields, reader->field_capacity * sizeof(FluxText));
	}
	reader->fields[reader->field_count++] = field;
}

/* A quoted field; offset stands after the opening quote, ends after the closing. */
static FluxText
read_quoted(FluxCsvReader *reader)
{
	const char *data = reader->text.data;
	int32 start = reader->offset;
	char *unescaped = NULL;
	int32 size = 0;

	for (; reader->offset < reader->text.size; reader->offset++)
	{
		char c = data[reader->offset];

		if (c == '\n')
			reader->next_line++;
		if (c == '"')
		{
			if (reader->offset + 1 >= reader->text.size || data[reader->offset + 1] != '"')
			{
				int32 stop = reader->offset++;

				return unescaped != NULL ? flux_text(unescaped, size)
										 : flux_text(data + start, stop - start);
			}
			if (unescaped == NULL)
			{
				size = reader->offset - start;
				unescaped = MemoryContextAllocHuge(reader->context, reader->text.size - start);
				memcpy(unescaped, data + start, size);
			}
			reader->offset++; /* of the pair, keep one */
		}
		if (unescaped != NULL)
			unescaped[size++] = c;
	}
	ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("quoted CSV field is not closed"),
			errdetail("The record starts in line %d of the CSV text.", reader->line));
}

static FluxText
read_bare(FluxCsvReader *reader)
{
	const char *data = reader->text.data;
	int32 start = reader->offset;
	int32 stop;

	while (reader->offset < reader->text.size && data[reader->offset] != ',' &&
		   data[reader->offset] != '\n')
		reader->offset++;
	stop = reader->offset;
	if (stop > start && data[stop - 1] == '\r' && (stop == reader->text.size || data[stop] == '\n'))
		stop--;
	return flux_text(data + start, stop - start);
}

/* Blank lines before a record, CR included. */
static void
skip_blank_lines(FluxCsvReader *reader)
{
	const char *data = reader->text.data;

	for (;;)
	{
		int32 offset = reader->offset;

		while (offset < reader->text.size && (data[offset] == ' ' || data[offset] == '\t'))
			offset++;
		if (offset < reader->text.size && data[offset] == '\r')
			offset++;
		if (offset >= reader->text.size)
		{
			reader->offset = offset;
			return;
		}
		if (data[offset] != '\n')
			return;
		reader->offset = offset + 1;
		reader->next_line++;
	}
}

bool
flux_csv_reader_next(FluxCsvReader *reader)
{
	const char *data = reader->text.data;

	CHECK_FOR_INTERRUPTS();
	skip_blank_lines(reader);
	if (reader->offset >= reader->text.size)
		return false;

	MemoryContextReset(reader->context);
	reader->field_count = 0;
	reader->line = reader->next_line;
	for (;;)
	{
		if (reader->offset < reader->text.size && data[reader->offset] == '"')
		{
			reader->offset++;
			add_field(reader, read_quoted(reader));
			/* Text between a closing quote and the comma is dropped. */
			read_bare(reader);
		}
		else
			add_field(reader, read_bare(reader));

		if (reader->offset >= reader->text.size)
			break;
		if (data[reader->offset++] == '\n')
		{
			reader->next_line++;
			break;
		}
	}
	return true;
}
