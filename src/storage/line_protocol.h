/*
 * line_protocol.h
 *		Reads InfluxDB's line protocol, a line at a time.
 *
 *		batch		= { line "\n" }
 *		line		= blanks ( "#" anything | point )?
 *		point		= measurement { "," key "=" value } spaces fields [ spaces time ] spaces
 *		fields		= key "=" value { "," key "=" value }
 *
 * A line is taken apart in two steps: flux_line_next() scans all of it but
 * leaves measurement and tags as one piece of text, "series"; two lines with
 * equal pieces have the same series, so most lines need flux_line_series()
 * never.  Errors raise FLUX_ERRCODE_LINE_PROTOCOL with line and column.
 *
 * Differs from InfluxDB where that is only kinder: a carriage return before the
 * line end is skipped.
 */
#ifndef FLUX_LINE_PROTOCOL_H
#define FLUX_LINE_PROTOCOL_H

#include "storage/ingest.h"

typedef struct FluxLine
{
	FluxText series;        /* measurement and tags as written */
	FluxFieldValue *fields; /* texts point into the input, or are palloc'd if escaped */
	int field_count;
	int64 time_ns;
	bool is_expected; /* the series is parser->expected */
} FluxLine;

typedef struct FluxLineParser
{
	FluxLine line; /* the line read last */

	/* A guess of the next line's series, as a line had it before: if it is right, the
	 * series is not scanned.  Empty for none; the caller may set it before each line. */
	FluxText expected;

	/* private */
	const char *data;
	const char *next;
	const char *end;
	int64 unit_ns;
	int64 default_ns;
	int field_capacity;
	FluxText time_text; /* of the line before, for lines of one flush bear the same; or empty */
} FluxLineParser;

/*
 * unit_ns: nanoseconds of one unit of a given time.  default_ns: the time of
 * lines without one.  data outlives what is made of it.
 */
extern void flux_line_init(FluxLineParser *parser, const char *data, Size size, int64 unit_ns,
						   int64 default_ns);

/* Reads the next point into parser->line; false at the end. */
extern bool flux_line_next(FluxLineParser *parser);

/*
 * Takes the series of the current line apart: tags sorted by key, no
 * duplicates; palloc'd where escaped.
 */
extern void flux_line_series(FluxLineParser *parser, FluxText *measurement, FluxTag **tags,
							 int *tag_count);

/* Nanoseconds of "ns", "us", "ms", "s"; 0 for anything else. */
extern int64 flux_line_unit(FluxText precision);

#endif /* FLUX_LINE_PROTOCOL_H */
