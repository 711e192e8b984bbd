/*
 * read_attached.h
 *		Scanning an attached bucket: the same answers as storage_scan.h gives of
 *		a native one.
 */
#ifndef FLUX_READ_ATTACHED_H
#define FLUX_READ_ATTACHED_H

#include "io/attached_sql.h"

typedef struct FluxAttachedScanStats
{
	int64 queries;
	int64 queries_aggregated; /* of them: with the aggregate in SQL */
	int64 rows;               /* that came out of them */
} FluxAttachedScanStats;

typedef struct FluxAttachedScan FluxAttachedScan;

/*
 * Checks the rights on the bucket; those on the relations are the current
 * user's own, and PostgreSQL asks for them.  Reads under the active snapshot.
 */
extern FluxAttachedScan *flux_attached_scan_begin(const FluxScanSpec *spec);
extern bool flux_attached_scan_next(FluxAttachedScan *scan, FluxScanBatch *batch);
extern const FluxAttachedScanStats *flux_attached_scan_stats(const FluxAttachedScan *scan);
extern void flux_attached_scan_end(FluxAttachedScan *scan);

/* Appends a line with the SQL text of each query that a scan would run. */
extern void flux_attached_scan_explain(const FluxScanSpec *spec, int indent, StringInfo out);

#endif /* FLUX_READ_ATTACHED_H */
