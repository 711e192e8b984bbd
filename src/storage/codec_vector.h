/*
 * codec_vector.h
 *		One door to the codecs: vectors by column type.
 */
#ifndef FLUX_CODEC_VECTOR_H
#define FLUX_CODEC_VECTOR_H

#include "storage/codec_bits.h"
#include "vector/column.h"

/* values: an array as in FluxColumn.values; type is never TIME. */
extern void flux_vector_encode(StringInfo out, FluxColumnType type, const void *values, int count);

/* Strings' bytes live where the reader's do, or in the current memory context. */
extern void flux_vector_decode(FluxByteReader *reader, FluxColumnType type, void *values,
							   int count);

#endif /* FLUX_CODEC_VECTOR_H */
