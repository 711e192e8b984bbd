/*
 * series_resolve.h
 *		Gives the names of a batch their ids.
 */
#ifndef FLUX_SERIES_RESOLVE_H
#define FLUX_SERIES_RESOLVE_H

#include "storage/series_cache.h"

/* Gives ids to all entries; creates what the catalog lacks. */
extern void flux_series_resolve(const FluxBucket *bucket, FluxCachedSeries **series,
								int series_count, FluxCachedField **fields, int field_count);

/* Creates the fields of the list that have no id yet; their measurements have theirs. */
extern void flux_series_resolve_fields(FluxCachedField **fields, int count);

/* Orders fields, given as FluxCachedField **, as they are inserted: by m_id, name and type. */
extern int flux_series_compare_fields(const void *a, const void *b);

#endif /* FLUX_SERIES_RESOLVE_H */
