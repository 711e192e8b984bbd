/*
 * chunk_types.h
 *		Which type a field has in a chunk.
 */
#ifndef FLUX_CHUNK_TYPES_H
#define FLUX_CHUNK_TYPES_H

#include "storage/series_cache.h"

/*
 * The type that each field's name has in a chunk; a name new to the chunk
 * takes the field's.  All fields are of one measurement; a field without an id
 * (its name is known with another type) gets one if the chunk accepts it.  Fields
 * that are accepted remember it.
 */
extern void flux_chunk_types_get(int32 chunk_id, FluxCachedField *const *fields, int count,
								 FluxColumnType *types);

#endif /* FLUX_CHUNK_TYPES_H */
