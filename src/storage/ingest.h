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
	FluxText	key;
	FluxText	value;			/* not empty */
} FluxTag;

typedef struct FluxFieldValue
{
	FluxText	name;
	FluxColumnType type;		/* never TIME */
	union
	{
		bool		boolean;
		int64		integer;
		uint64		uinteger;
		double		floating;
		FluxText	string;
	}			value;
} FluxFieldValue;

/* One point: several fields of one series at one time. */
typedef struct FluxPoint
{
	FluxText	measurement;
	const FluxTag *tags;		/* any order, unique keys */
	int			tag_count;
	const FluxFieldValue *fields;
	int			field_count;
	int64		time_ns;
} FluxPoint;

/*
 * What became of the points.  A field whose type differs from the chunk's is
 * dropped and counted, and so is a point older than the retention; the first
 * of each is described for the caller to report as InfluxDB does.
 */
typedef struct FluxWriteReport
{
	int64		points_written;
	int64		values_written;
	int64		points_dropped;
	const char *first_conflict; /* message, or NULL */
	int			first_conflict_sqlstate;
} FluxWriteReport;

/* Checks INSERT rights. */
extern FluxPointWriter *flux_writer_create(const FluxBucket *bucket);

/* All texts are copied. */
extern void flux_writer_add(FluxPointWriter *writer, const FluxPoint *point);

/*
 * Adds count values of one series and field, times ascending or not: what
 * to() has after an aggregate.  No nulls, NaN or Inf.
 */
extern void flux_writer_add_column(FluxPointWriter *writer, FluxText measurement,
								   const FluxTag *tags, int tag_count, FluxText field,
								   const int64 *times_ns, const FluxColumn *values, int count);
extern FluxWriteReport flux_writer_finish(FluxPointWriter *writer);

#endif							/* FLUX_INGEST_H */
