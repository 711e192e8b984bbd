/*
 * hot_output.h
 *		Where packed points go: the hot tables of the chunks that are written to.
 *
 * Finished pages wait as tuples for a multi-insert.  Everything is written at
 * the latest by flux_hot_outputs_close().
 */
#ifndef FLUX_HOT_OUTPUT_H
#define FLUX_HOT_OUTPUT_H

#include "storage/chunk.h"
#include "storage/hot.h"

typedef struct FluxHotOutputs FluxHotOutputs;
typedef struct FluxHotOutput FluxHotOutput;

/* In the current memory context; the bucket must outlive it. */
extern FluxHotOutputs *flux_hot_outputs_create(const FluxBucket *bucket);

/*
 * The output of an instant, its chunk created if need be; NULL when retention
 * has taken the chunk.  Valid until the next call.
 */
extern FluxHotOutput *flux_hot_outputs_find(FluxHotOutputs *outputs, int64 time_ns);

/* The chunk of an output. */
extern const FluxChunk *flux_hot_output_chunk(const FluxHotOutput *output);

/* The packer of a measurement, ready to take points of it. */
extern FluxHotPacker *flux_hot_output_packer(FluxHotOutput *output, int32 m_id);

/* Writes out and closes all; they open again when they are wanted. */
extern void flux_hot_outputs_close(FluxHotOutputs *outputs);

#endif /* FLUX_HOT_OUTPUT_H */
