/*
 * estimate.h
 *		How much a bucket holds, guessed from a few pages: for the planner.
 */
#ifndef FLUX_ESTIMATE_H
#define FLUX_ESTIMATE_H

#include "storage/chunk.h"

/* Points of a range of time. */
typedef struct FluxChunkEstimate
{
	FluxBounds bounds;
	double points;
} FluxChunkEstimate;

typedef struct FluxEstimate
{
	double blocks;             /* of all chunk tables */
	double points;             /* values, of all fields */
	double rows;               /* instants of series: points of the commonest field */
	FluxChunkEstimate *chunks; /* ascending; points, whatever their measurement */
	int chunk_count;
} FluxEstimate;

/* Blocks of the chunk tables of a bucket. */
extern double flux_estimate_blocks(int32 bucket_id);

/* Of a measurement, or of all (0).  In the current memory context. */
extern void flux_estimate(int32 bucket_id, int32 m_id, FluxEstimate *estimate);

#endif /* FLUX_ESTIMATE_H */
