/*
 * series_cache.h
 *		What a writing backend remembers of the catalog of names.
 *
 * A writer turns the names of a point into entries, which are unresolved (no id
 * yet) the first time, and has a whole batch of entries resolved in a few
 * statements.  Entries live at least until the end of the transaction.  An id
 * that this transaction created or could only see because it did is forgotten
 * when it or a subtransaction aborts: the entry stays and is unresolved again, so
 * whoever holds points must resolve right before it uses ids.
 *
 * Others that delete names (drop of a bucket, series garbage) take
 * ShareRowExclusiveLock on "_points" and invalidate the relcache entry of
 * _flux_catalog.series; a writer's RowExclusiveLock keeps them out while it
 * relies on what it remembers.
 */
#ifndef FLUX_SERIES_CACHE_H
#define FLUX_SERIES_CACHE_H

#include "storage/catalog.h"
#include "storage/chunk.h"
#include "storage/series_index.h"

typedef struct FluxCachedField FluxCachedField;

typedef struct FluxCachedMeasurement
{
	int32 bucket_id;
	int32 m_id;    /* 0: unresolved */
	uint64 serial; /* never given twice: scope of its fields */
	FluxText name;
	FluxText *tag_keys; /* known to be in the catalog */
	int tag_key_count;
	bool needs_table_check;   /* its foreign table may lack columns */
	FluxCachedField **recent; /* fields of the last point, in order: a guess */
	int recent_count;
	int recent_capacity;
	struct FluxCachedMeasurement *next_own;
} FluxCachedMeasurement;

struct FluxCachedField
{
	FluxCachedMeasurement *measurement;
	FluxText name;
	FluxColumnType type;
	int32 field_id;             /* 0: unresolved */
	int32 chunk_id;             /* chunk that accepted it last, */
	uint64 chunk_generation;    /* as of this generation */
	uint64 batch_stamp;         /* writer's: batch that wants it resolved */
	uint64 point_stamp;         /* writer's: point that has it */
	uint64 noted_stamp;         /* writer's: batch that noted it as new to a chunk, */
	int32 noted_chunk_id;       /* to this one */
	FluxCachedField *next_type; /* the same name with another type */
	FluxCachedField *next_own;
};

typedef struct FluxCachedSeries
{
	FluxCachedMeasurement *measurement;
	int64 series_id;
	bool is_resolved;
	FluxText key;                       /* as series_index.h says */
	FluxText text;                      /* in line protocol, as it came first; or empty */
	uint64 batch_stamp;                 /* writer's: batch that wants it resolved */
	struct FluxCachedSeries *successor; /* writer's: what came after it last; or NULL */
	struct FluxCachedSeries *next_own;
} FluxCachedSeries;

/* Call when a writer begins: forgets what is stale or too much. */
extern void flux_series_cache_begin(void);

/* The entry of a series by its text in line protocol, or NULL. */
extern FluxCachedSeries *flux_series_cache_by_text(int32 bucket_id, FluxText text);
extern void flux_series_cache_add_text(FluxCachedSeries *series, FluxText text);

/* The entry of a series, made if need be; tags sorted, without duplicates. */
extern FluxCachedSeries *flux_series_cache_by_tags(int32 bucket_id, FluxText measurement,
												   const FluxTag *tags, int tag_count);

/* The entry of a field, made if need be; position in the point is a hint. */
extern FluxCachedField *flux_series_cache_field(FluxCachedMeasurement *measurement, int position,
												FluxText name, FluxColumnType type);

/* Grows at every abort: what a field remembers of a chunk is of one generation. */
extern uint64 flux_series_cache_generation;

static inline bool
flux_series_cache_is_accepted(const FluxCachedField *field, int32 chunk_id)
{
	return field->chunk_id == chunk_id && field->chunk_generation == flux_series_cache_generation;
}

/* ---- for those who give ids ---- */

/* The entry of a field by name and type, made if need be. */
extern FluxCachedField *flux_series_cache_field_entry(FluxCachedMeasurement *measurement,
													  FluxText name, FluxColumnType type);

/* The first entry of that name, NULL if none; the others follow by next_type. */
extern FluxCachedField *flux_series_cache_fields_named(const FluxCachedMeasurement *measurement,
													   FluxText name);

/* Remembers what the catalog has: ids, and the tag keys of a measurement. */
extern void flux_series_cache_give_measurement_id(FluxCachedMeasurement *measurement, int32 m_id);
extern void flux_series_cache_give_field_id(FluxCachedField *field, int32 field_id);
extern void flux_series_cache_give_series_id(FluxCachedSeries *series, int64 series_id);
extern void flux_series_cache_set_tag_keys(FluxCachedMeasurement *measurement, const FluxText *keys,
										   int count);

/* Before names are inserted: ids that are given from here on may go with an abort. */
extern void flux_series_cache_begin_insertion(void);

/* Inserts names as of now, as the catalog's owner. */
extern void flux_series_cache_insert(FluxCatalogStatement *statement, Datum *args);

#endif /* FLUX_SERIES_CACHE_H */
