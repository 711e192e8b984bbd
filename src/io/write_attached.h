/*
 * write_attached.h
 *		Points into the relations of an attached bucket.
 */
#ifndef FLUX_WRITE_ATTACHED_H
#define FLUX_WRITE_ATTACHED_H

#include "execute/operator.h"
#include "io/attached_layout.h"
#include "storage/ingest.h"

typedef struct FluxAttachedWriter FluxAttachedWriter;

/*
 * Checks INSERT rights on the bucket; those on the relations are the current
 * user's own.  Lives in a child of the current memory context; op is for errors.
 */
extern FluxAttachedWriter *flux_attached_writer_create(const FluxOperator *op,
													   const FluxBucket *bucket);
extern void flux_attached_writer_add(FluxAttachedWriter *writer, const FluxPoint *point);

/* Lets the writer go; returns how many points it wrote. */
extern int64 flux_attached_writer_finish(FluxAttachedWriter *writer);

#endif /* FLUX_WRITE_ATTACHED_H */
