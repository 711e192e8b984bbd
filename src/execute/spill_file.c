/*
 * spill_file.c
 *		The temporary file of a run: portions of rows, written and read back.
 *
 * A BufFile, so temp_tablespaces and temp_file_limit hold and the resource
 * owner removes it whatever happens.  Portions are appended; a portion is its
 * columns one after the other:
 *
 *		type (1 byte), flags (1 byte), [nulls], values
 *
 * with one element where FLAG_CONSTANT is set.  Strings are their sizes
 * (int32 each) and then their bytes.  The file never outlives the run, so the
 * layout is the machine's own.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"

#include "execute/spill_file.h"

#define FLAG_CONSTANT 1
#define FLAG_NULLS 2

struct FluxSpillFile
{
	MemoryContext context;
	BufFile *file; /* NULL until the first write */
	int end_file;  /* where the next portion goes */
	off_t end_offset;
	int64 size;
	bool is_at_end;
};

FluxSpillFile *
flux_spill_create(void)
{
	FluxSpillFile *file = palloc0(sizeof(FluxSpillFile));

	file->context = CurrentMemoryContext;
	return file;
}

static void
spill_bytes(FluxSpillFile *file, const void *bytes, Size size)
{
	BufFileWrite(file->file, (void *) bytes, size);
	file->size += size;
}

static void
unspill_bytes(FluxSpillFile *file, void *bytes, Size size)
{
	if (BufFileRead(file->file, bytes, size) != size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read back a temporary file of a script: it is too short")));
}

static void
spill_column(FluxSpillFile *file, const FluxColumn *column, int row_count)
{
	int count = column->is_constant ? 1 : row_count;
	unsigned char head[2];

	head[0] = column->type;
	head[1] = (column->is_constant ? FLAG_CONSTANT : 0) | (column->nulls != NULL ? FLAG_NULLS : 0);
	spill_bytes(file, head, sizeof(head));
	if (column->nulls != NULL)
		spill_bytes(file, column->nulls, count * sizeof(bool));
	if (column->type == FLUX_COLUMN_STRING)
	{
		for (int i = 0; i < count; i++)
			spill_bytes(file, &column->values.strings[i].size, sizeof(int32));
		for (int i = 0; i < count; i++)
			spill_bytes(file, column->values.strings[i].data, column->values.strings[i].size);
	}
	else
		spill_bytes(file, column->values.any, (Size) count * flux_column_type_size(column->type));
}

FluxSpillPlace
flux_spill_write(FluxSpillFile *file, const FluxColumn *columns, int column_count, int row_count)
{
	MemoryContext old = MemoryContextSwitchTo(file->context);
	FluxSpillPlace place;

	if (file->file == NULL)
	{
		file->file = BufFileCreateTemp(false);
		file->is_at_end = true;
	}
	if (!file->is_at_end &&
		BufFileSeek(file->file, file->end_file, file->end_offset, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek in a temporary file of a script")));
	file->is_at_end = true;

	place.file = file->end_file;
	place.offset = file->end_offset;
	place.row_count = row_count;
	place.column_count = column_count;
	for (int i = 0; i < column_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		spill_column(file, &columns[i], row_count);
	}
	BufFileTell(file->file, &file->end_file, &file->end_offset);
	MemoryContextSwitchTo(old);
	return place;
}

/* String bytes come in one piece. */
static FluxText *
unspill_strings(FluxSpillFile *file, int count)
{
	int32 *sizes = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(int32));
	FluxText *texts = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(FluxText));
	Size total = 0;
	char *bytes;

	unspill_bytes(file, sizes, count * sizeof(int32));
	for (int i = 0; i < count; i++)
		total += sizes[i];
	bytes = MemoryContextAllocHuge(CurrentMemoryContext, Max(total, 1));
	unspill_bytes(file, bytes, total);
	for (int i = 0; i < count; i++)
	{
		texts[i] = flux_text(bytes, sizes[i]);
		bytes += sizes[i];
	}
	pfree(sizes);
	return texts;
}

static void
unspill_column(FluxSpillFile *file, int row_count, FluxColumn *column)
{
	unsigned char head[2];
	int count;

	memset(column, 0, sizeof(*column));
	unspill_bytes(file, head, sizeof(head));
	column->type = head[0];
	column->is_constant = (head[1] & FLAG_CONSTANT) != 0;
	count = column->is_constant ? 1 : row_count;
	if (head[1] & FLAG_NULLS)
	{
		bool *nulls = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(bool));

		unspill_bytes(file, nulls, count * sizeof(bool));
		column->nulls = nulls;
	}
	if (column->type == FLUX_COLUMN_STRING)
		column->values.strings = unspill_strings(file, count);
	else
	{
		Size size = (Size) count * flux_column_type_size(column->type);
		void *values = MemoryContextAllocHuge(CurrentMemoryContext, size);

		unspill_bytes(file, values, size);
		column->values.any = values;
	}
}

void
flux_spill_read(FluxSpillFile *file, const FluxSpillPlace *place, FluxColumn *columns)
{
	file->is_at_end = false;
	if (BufFileSeek(file->file, place->file, place->offset, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek in a temporary file of a script")));
	for (int i = 0; i < place->column_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		unspill_column(file, place->row_count, &columns[i]);
	}
}

int64
flux_spill_size(const FluxSpillFile *file)
{
	return file->size;
}

void
flux_spill_close(FluxSpillFile *file)
{
	if (file->file != NULL)
		BufFileClose(file->file);
	file->file = NULL;
}
