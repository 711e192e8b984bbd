/*
 * pending.c
 *		Weak stand-ins for parts that land later today; removed with the last.
 */
#include "postgres.h"

#include "execute/exec_run.h"
#include "semantic/semantic_check.h"
#include "storage/ingest.h"
#include "storage/storage_scan.h"

#define WEAK __attribute__((weak))
#define MISSING elog(ERROR, "%s has not landed yet", __func__)

WEAK void flux_exec_explain_analyze(const FluxExec *exec, StringInfo out) {}
WEAK FluxScan *flux_scan_begin(const FluxScanSpec *spec) { MISSING; }
WEAK void flux_scan_end(FluxScan *scan) {}
WEAK bool flux_scan_next(FluxScan *scan, FluxScanBatch *batch) { MISSING; }
WEAK const FluxScanSeries *flux_scan_series(const FluxScanSpec *spec, int *count) { MISSING; }
WEAK const FluxScanStats *flux_scan_stats(const FluxScan *scan) { MISSING; }
WEAK void flux_semantic_check(const FluxPackage *package, FluxDiagnosticList *diagnostics) {}
WEAK void flux_writer_add(FluxPointWriter *writer, const FluxPoint *point) { MISSING; }
WEAK void flux_writer_add_column(FluxPointWriter *writer, FluxText measurement, const FluxTag *tags, int tag_count, FluxText field, const int64 *times_ns, const FluxColumn *values, int count) { MISSING; }
WEAK FluxPointWriter *flux_writer_create(const FluxBucket *bucket) { MISSING; }
WEAK FluxWriteReport flux_writer_finish(FluxPointWriter *writer) { MISSING; }
