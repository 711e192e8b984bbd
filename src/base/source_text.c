/*
 * source_text.c
 *		Places in a piece of Flux source.
 *
 * The index of line starts is built when the first place is asked for: a
 * script without errors never pays for it.
 */
#include "postgres.h"

#include "base/source_text.h"

/*
 * A source over "data", which must outlive it.  The source and, later, its
 * line index live in the current memory context.
 */
FluxSourceText *
flux_source_create(const char *name, const char *data, uint32 size)
{
	FluxSourceText *source = palloc0(sizeof(FluxSourceText));

	source->name = name;
	source->data = data;
	source->size = size;
	source->context = CurrentMemoryContext;
	return source;
}

static void
build_line_index(FluxSourceText *source)
{
	const char *end = source->data + source->size;
	int count = 1;
	uint32 *starts;

	for (const char *at = source->data; at < end; at++)
	{
		at = memchr(at, '\n', end - at);
		if (at == NULL)
			break;
		count++;
	}

	starts = MemoryContextAlloc(source->context, count * sizeof(uint32));
	starts[0] = 0;
	count = 1;
	for (const char *at = source->data; at < end; at++)
	{
		at = memchr(at, '\n', end - at);
		if (at == NULL)
			break;
		starts[count++] = (uint32) (at + 1 - source->data);
	}
	source->line_count = count;
	source->line_starts = starts;
}

/*
 * Line and column of a byte offset; the offset after the last byte is a place
 * too, anything beyond counts as that.
 */
FluxPosition
flux_source_position(FluxSourceText *source, uint32 offset)
{
	FluxPosition position;
	int low = 0;
	int high;

	if (source->line_starts == NULL)
		build_line_index(source);
	if (offset > source->size)
		offset = source->size;

	/* the last line that starts at or before the offset */
	high = source->line_count - 1;
	while (low < high)
	{
		int middle = low + (high - low + 1) / 2;

		if (source->line_starts[middle] <= offset)
			low = middle;
		else
			high = middle - 1;
	}
	position.line = low + 1;
	position.column = (int) (offset - source->line_starts[low]) + 1;
	return position;
}
