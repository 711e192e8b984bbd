/*
 * series_create.h
 *		Ids of series; what series_resolve.c does with the series of a batch.
 */
#ifndef FLUX_SERIES_CREATE_H
#define FLUX_SERIES_CREATE_H

#include "storage/series_cache.h"

/* Gives ids to all entries, whose measurements have theirs; creates what the catalog lacks. */
extern void flux_series_create(int32 bucket_id, FluxCachedSeries **series, int series_count);

/* Learns the tag keys that the catalog has of a measurement (series_resolve.c). */
extern void flux_series_load_tag_keys(FluxCachedMeasurement *measurement);

#endif /* FLUX_SERIES_CREATE_H */
