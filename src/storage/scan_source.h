/*
 * scan_source.h
 *		The series that a scan reads, and the way from one to the next.
 *
 *		source = flux_scan_source_create(spec);
 *		flux_scan_source_open(source);
 *		while ((entry = flux_scan_source_next(source, false)) != NULL)
 *			... flux_merge_next(source->merge, ...) ...
 *		flux_scan_source_close(source);
 */
#ifndef FLUX_SCAN_SOURCE_H
#define FLUX_SCAN_SOURCE_H

#include "storage/chunk.h"
#include "storage/merge.h"
#include "storage/storage_scan.h"

/* A series and field to read. */
typedef struct FluxScanEntry
{
	FluxScanSeries series;
	int32 field_id;
	int32 m_id;
	const FluxPredicate *rest; /* to be asked of each value, or NULL */
} FluxScanEntry;

typedef struct FluxScanSource
{
	MemoryContext context;
	FluxScanSpec spec; /* bucket, bounds, predicate and whose rights */
	FluxScanStats stats;
	FluxChunk *chunks;
	int chunk_count;
	FluxScanEntry *entries; /* in the order in which they are read */
	int entry_count;

	/* once open */
	Snapshot snapshot;
	FluxHotTarget *targets;
	FluxHotGather *gather;
	FluxMerge *merge;
	int entry_at; /* -1 before the first */
} FluxScanSource;

/* Checks SELECT rights and finds the series; reads nothing of the data. */
extern FluxScanSource *flux_scan_source_create(const FluxScanSpec *spec);

/* Makes it ready to read, under the active snapshot. */
extern void flux_scan_source_open(FluxScanSource *source);

/* Begins the merge of the next series; NULL past the last. */
extern const FluxScanEntry *flux_scan_source_next(FluxScanSource *source, bool descending);

/* With a grouping: does the series after the current one begin another group? */
extern bool flux_scan_source_is_last_of_group(const FluxScanSource *source);
extern const FluxScanStats *flux_scan_source_stats(FluxScanSource *source);

/* Ends one that is open. */
extern void flux_scan_source_close(FluxScanSource *source);

#endif /* FLUX_SCAN_SOURCE_H */
