/*
 * series_index.h
 *		The catalog of names: measurements, tag keys, fields, series.
 *
 * A series is a measurement and a tag set.  Its key (skey) is, for the
 * measurement's name and then for each tag, sorted by key, the tag's key and
 * value: a length as little-endian base-128 varint and the bytes.  series_id
 * is 63 bits of a fixed hash of the key, the next free number on collision: the
 * same in every database and after a restore.  A tag pair's id comes about
 * the same way from key and value.
 *
 * Reading is as of now rather than of the active snapshot: a name more finds no
 * points, and a name that is gone has none.  Results are palloc'd in the current
 * memory context unless stated.
 */
#ifndef FLUX_SERIES_INDEX_H
#define FLUX_SERIES_INDEX_H

#include "lib/stringinfo.h"

#include "base/predicate.h"
#include "storage/bucket.h"
#include "storage/ingest.h"
#include "vector/column.h"

typedef struct FluxMeasurementInfo
{
	int32 m_id;
	int32 bucket_id;
	FluxText name;
	char *table_name; /* its foreign table */
} FluxMeasurementInfo;

typedef struct FluxFieldInfo
{
	int32 field_id; /* stands for name and type */
	int32 m_id;
	FluxText name;
	FluxColumnType type;
} FluxFieldInfo;

typedef struct FluxSeriesInfo
{
	int64 series_id; /* unique within the bucket */
	int32 m_id;
	FluxText measurement;
	FluxTag *tags; /* sorted by key */
	int tag_count;
} FluxSeriesInfo;

/* The measurements of a bucket, sorted by name. */
extern FluxMeasurementInfo *flux_series_measurements(int32 bucket_id, int *count);

/* The measurement of that name; false when there is none. */
extern bool flux_series_measurement(int32 bucket_id, FluxText name,
									FluxMeasurementInfo *measurement);

/* The fields of a measurement, sorted by name, then type. */
extern FluxFieldInfo *flux_series_fields(int32 m_id, int *count);

/* The tag keys of a measurement, sorted. */
extern FluxText *flux_series_tag_keys(int32 m_id, int *count);

/* The fields that a chunk may hold points of, sorted by field_id. */
extern int32 *flux_series_chunk_fields(int32 chunk_id, int *count);

/*
 * The series of a bucket that can pass a predicate (NULL: all), sorted by
 * series_id.  Conditions on field and value count as passed; what only the
 * caller can know it must check again per field and point.
 */
extern FluxSeriesInfo *flux_series_find(int32 bucket_id, const FluxPredicate *predicate,
										int *count);

/* One series by its id; false when there is none. */
extern bool flux_series_get(int32 bucket_id, int64 series_id, FluxSeriesInfo *series);

/*
 * Whether a series can pass a predicate: false when it is false or null
 * whatever field and value are.
 */
extern bool flux_series_matches(const FluxPredicate *predicate, FluxText measurement,
								const FluxTag *tags, int tag_count);

/* ---- keys ---- */

/* Appends the key of a series; tags are sorted by key and have no duplicates. */
extern void flux_series_key_append(StringInfo key, FluxText measurement, const FluxTag *tags,
								   int tag_count);

/*
 * Takes a key apart; the texts point into it, the tags are palloc'd.  Raises
 * ERRCODE_DATA_CORRUPTED when it is not one.
 */
extern void flux_series_key_decode(const char *key, Size size, FluxText *measurement,
								   FluxTag **tags, int *tag_count);

/* The fixed hash behind series and pair ids: never changes, on any machine. */
extern uint64 flux_series_hash(const char *bytes, Size size);

/* Where the probing for a free id begins, and the next place: both 0 .. 2^63 - 1. */
extern int64 flux_series_first_id(const char *bytes, Size size);

static inline int64
flux_series_next_id(int64 id)
{
	return (id + 1) & PG_INT64_MAX;
}

/* The id of a tag pair; false when no series has it. */
extern bool flux_series_pair(int32 bucket_id, FluxText key, FluxText value, int64 *pair_id);

#endif /* FLUX_SERIES_INDEX_H */
