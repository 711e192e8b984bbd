/*
 * hot.h
 *		The payload of hot rows: points as they were written, a page full each.
 *
 * A payload holds points of one measurement in the order they were written;
 * a later point of the same series, field and time wins.  Nothing is
 * compressed: hot rows live for minutes and are written at memory speed.
 *
 *	payload		version (1 byte, FLUX_HOT_VERSION), then batches to the end
 *	batch		flags		1	FLUX_HOT_ONE_SERIES, FLUX_HOT_ONE_TIME
 *				fields		2	number of fields, >= 1
 *				points		2	number of points, >= 1
 *				series_id	8	only with FLUX_HOT_ONE_SERIES
 *				time_ns		8	only with FLUX_HOT_ONE_TIME
 *				field set	5 each: field_id 4, FluxColumnType 1
 *				points		series_id 8 unless ONE_SERIES, time_ns 8 unless ONE_TIME, then
 *							the values in the order of the field set: bool 1 byte, int,
 *							uint, float 8, string 4 (size) + bytes
 *
 * Numbers are little-endian and unaligned.  The field set stands once for all
 * points of a batch, so neighbours with equal fields share it and a
 * lonely point costs 10 bytes more than its bare values.  So does the time, where
 * many series were written of one instant, as collectors do.  A point
 * that does not fit a page is split over several batches by field (fields
 * merge when reading); a string that does not fit makes a greater payload,
 * which TOAST then takes.
 *
 * Nothing here knows of relations: packer and reader see bytes alone.
 */
#ifndef FLUX_HOT_H
#define FLUX_HOT_H

#include "vector/column.h"

#define FLUX_HOT_VERSION 1
#define FLUX_HOT_ONE_SERIES 0x01
#define FLUX_HOT_ONE_TIME 0x02

/* Bytes a payload has at most, unless a single value is greater. */
#define FLUX_HOT_PAYLOAD_SIZE 7600

/* A string that a payload can hold; ingest refuses longer ones long before. */
#define FLUX_HOT_STRING_SIZE_MAX (16 * 1024 * 1024)

/* A field of a point: which, and its value. */
typedef struct FluxHotField
{
	int32 field_id;
	FluxColumnType type; /* never TIME */
	union
	{
		bool boolean;
		int64 integer;
		uint64 uinteger;
		double floating;
		FluxText string;
	} value;
} FluxHotField;

/* ---- writing ---- */

/* A finished payload and what the columns of its hot row say about it. */
typedef struct FluxHotPage
{
	struct varlena *payload; /* complete bytea, valid during the callback */
	int64 tmin_ns;
	int64 tmax_ns;
	int64 smin; /* smallest and greatest series_id */
	int64 smax;
	int32 value_count;
} FluxHotPage;

/* Takes a finished page: must copy (or form its tuple) before it returns. */
typedef void (*FluxHotEmit)(void *arg, const FluxHotPage *page);

/* Packs the points of one measurement of one chunk. */
typedef struct FluxHotPacker FluxHotPacker;

/* In the current memory context. */
extern FluxHotPacker *flux_hot_packer_create(FluxHotEmit emit, void *arg);

/* Adds a point of field_count >= 1 fields with different ids. */
extern void flux_hot_packer_add(FluxHotPacker *packer, int64 series_id, int64 time_ns,
								const FluxHotField *fields, int field_count);

/* Adds rows [first, first + count) of one field of one series; no nulls. */
extern void flux_hot_packer_add_column(FluxHotPacker *packer, int64 series_id, int32 field_id,
									   const int64 *times_ns, const FluxColumn *values, int first,
									   int count);

/* Emits what is left; the packer can be used on. */
extern void flux_hot_packer_flush(FluxHotPacker *packer);

/* ---- reading ---- */

/*
 * Walks a payload.  Bytes are not trusted: whatever is wrong with them raises
 * ERRCODE_DATA_CORRUPTED.  Strings point into the payload.
 *
 *		flux_hot_reader_init(&reader, data, size);
 *		while (flux_hot_next_batch(&reader))
 *			while (flux_hot_next_point(&reader))
 *				... reader.series_id, .time_ns, .fields[0 .. field_count - 1]
 */
typedef struct FluxHotReader
{
	/* the current batch */
	int field_count;
	int point_count;
	bool has_one_series; /* series_id is the same for the whole batch */
	bool has_one_time;   /* so is time_ns */

	/* the current point; ids and types of fields are set by next_batch */
	int64 series_id;
	int64 time_ns;
	FluxHotField *fields;

	/* private */
	const char *next;
	const char *end;
	int points_left;
	int field_capacity;
	Size fixed_size; /* bytes of a point without strings' bytes */
	bool has_strings;
} FluxHotReader;

/* Memory for "fields" comes from the context current in next_batch. */
extern void flux_hot_reader_init(FluxHotReader *reader, const char *payload, Size size);
extern bool flux_hot_next_batch(FluxHotReader *reader);
extern bool flux_hot_next_point(FluxHotReader *reader);

/* ---- deleting ---- */

/* Whether a point stays. */
typedef bool (*FluxHotKeep)(void *arg, int64 series_id, int64 time_ns);

/*
 * Copies a payload without the points that do not stay, in their order, never
 * larger.  Returns how many values went; *page describes the copy (palloc'd),
 * whose value_count is 0 when nothing stayed.
 */
extern int64 flux_hot_filter(const char *payload, Size size, FluxHotKeep keep, void *arg,
							 FluxHotPage *page);

#endif /* FLUX_HOT_H */
