/*
 * ingest.h
 *		The one writer: line protocol, INSERT, COPY and to() all come here.
 *
 * Points are gathered in memory, series and fields resolved by batch, and
 * packed into hot rows, one page full each, when the buffer is full or the
 * writer finishes.  Writes never look for older values: last write wins and
 * fields merge when reading.  Everything is part of the caller's transaction.
 */
#ifndef FLUX_INGEST_H
#define FLUX_INGEST_H

#include "storage/bucket.h"
#include "vector/column.h"

typedef struct FluxPointWriter FluxPointWriter;

typedef struct FluxTag
{
	FluxText key;
	FluxText value; /* not empty */
} FluxTag;

typedef struct FluxFieldValue
{
	FluxText name;
	FluxColumnType type; /* never TIME */
	union
	{
		bool boolean;
		int64 integer;
		uint64 uinteger;
		double floating;
		FluxText string;
	} value;
} FluxFieldValue;

/* One point: several fields of one series at one time. */
typedef struct FluxPoint
{
	FluxText measurement;
	const FluxTag *tags; /* any order, unique keys */
	int tag_count;
	const FluxFieldValue *fields;
	int field_count;
	int64 time_ns;
} FluxPoint;

/*
 * What became of the points.  As in InfluxDB a point is dropped whole when one
 * of its fields has another type than its chunk knows, or is too long, or when
 * the point is older than the retention; a field named "time" is left out of
 * its point.  The first such thing is described for the caller to report.
 */
typedef struct FluxWriteReport
{
	int64 points_written;
	int64 values_written;
	int64 points_dropped;
	int64 fields_stripped;      /* named "time" */
	const char *first_conflict; /* message, or NULL when all was written */
	int first_conflict_sqlstate;
} FluxWriteReport;

/*
 * Checks INSERT rights and that the transaction may write.  The writer lives in
 * a child of the current memory context.
 */
extern FluxPointWriter *flux_writer_create(const FluxBucket *bucket);

/* As another role: who a view's rights are checked as. */
extern FluxPointWriter *flux_writer_create_for(const FluxBucket *bucket, Oid user_oid);

/*
 * Lets the writer form segments of long runs that flux_writer_add_column() adds,
 * where direct_write.h finds that right.  Before anything is added.
 */
extern void flux_writer_form_segments(FluxPointWriter *writer);

/* All texts are copied. */
extern void flux_writer_add(FluxPointWriter *writer, const FluxPoint *point);

/*
 * Adds count values of one series and field, times ascending or not: what
 * to() has after an aggregate.  No nulls, NaN or Inf.
 */
extern void flux_writer_add_column(FluxPointWriter *writer, FluxText measurement,
								   const FluxTag *tags, int tag_count, FluxText field,
								   const int64 *times_ns, const FluxColumn *values, int count);

/*
 * Adds all points of a text in line protocol, which must outlive the writer.
 * A malformed line raises.  unit_ns: see flux_line_unit().
 */
extern void flux_writer_add_lines(FluxPointWriter *writer, const char *lines, Size size,
								  int64 unit_ns);

/*
 * Writes out what is left and lets the writer go.  The report's message is
 * palloc'd in the current memory context.
 */
extern FluxWriteReport flux_writer_finish(FluxPointWriter *writer);

/*
 * What to say of dropped points: "partial write: ... dropped=3", or NULL when all was
 * written.  Raises it at a level: WARNING keeps what was written.
 */
extern void flux_write_report_raise(const FluxWriteReport *report, int level);

#endif /* FLUX_INGEST_H */
