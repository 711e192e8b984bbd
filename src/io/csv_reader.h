/*
 * csv_reader.h
 *		Records of CSV text (RFC 4180: quotes doubled inside quotes, CRLF or LF).
 */
#ifndef FLUX_CSV_READER_H
#define FLUX_CSV_READER_H

#include "base/text.h"

typedef struct FluxCsvReader
{
	FluxText text;
	int32 offset; /* of the next record */
	int line;     /* 1-based, of the last record read */
	int next_line;
	FluxText *fields; /* of the last record; valid until the next */
	int field_count;
	int field_capacity;
	MemoryContext context; /* unescaped fields live here, reset per record */
} FluxCsvReader;

/* Skips a byte order mark. The text must outlive the reader. */
extern void flux_csv_reader_init(FluxCsvReader *reader, FluxText text);

/* False at the end. Blank lines are skipped. Raises on a quote left open. */
extern bool flux_csv_reader_next(FluxCsvReader *reader);

#endif /* FLUX_CSV_READER_H */
