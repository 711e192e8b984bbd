/*
 * source_text.h
 *		A piece of Flux source and the places inside it.
 *
 * Every front-end structure points into its source with byte offsets; line
 * and column are computed only when a person wants to see them.  As in Flux,
 * lines and columns start at 1, columns count bytes, and only '\n' ends a
 * line.
 */
#ifndef FLUX_SOURCE_TEXT_H
#define FLUX_SOURCE_TEXT_H

#include "base/text.h"

/* Half-open range of bytes [start, stop) in one source. */
typedef struct FluxSpan
{
	uint32 start; /* offset of the first byte */
	uint32 stop;  /* offset after the last byte */
} FluxSpan;

typedef struct FluxPosition
{
	int line;   /* 1-based */
	int column; /* 1-based, in bytes */
} FluxPosition;

/* A source owns nothing but its line index; the text belongs to the caller
 * and must outlive it.  "name" is NULL for a script, "pkg/path" for an
 * embedded package. */
typedef struct FluxSourceText
{
	const char *name;
	const char *data;      /* not necessarily NUL-terminated */
	uint32 size;           /* bytes */
	MemoryContext context; /* the line index goes here */
	uint32 *line_starts;   /* offsets of first bytes; built on demand */
	int line_count;
} FluxSourceText;

extern FluxSourceText *flux_source_create(const char *name, const char *data, uint32 size);
extern FluxPosition flux_source_position(FluxSourceText *source, uint32 offset);

static inline FluxText
flux_source_slice(const FluxSourceText *source, FluxSpan span)
{
	return flux_text(source->data + span.start, (int32) (span.stop - span.start));
}

static inline FluxSpan
flux_span(uint32 start, uint32 stop)
{
	FluxSpan span = {start, stop};

	return span;
}

#endif /* FLUX_SOURCE_TEXT_H */
