/*
 * fdw_series_filter.h
 *		Conditions that speak of a series alone, asked once for each series.
 */
#ifndef FLUX_FDW_SERIES_FILTER_H
#define FLUX_FDW_SERIES_FILTER_H

#include "nodes/execnodes.h"

#include "fdw/fdw_int.h"

/* Whether a condition speaks of series alone. */
extern bool flux_fdw_series_filter_suits(const FluxFdwTable *table, Index relid, Node *condition);

/* Whether a condition may be asked of series, before any row is read. */
extern bool flux_fdw_series_filter_takes(RelOptInfo *baserel, const FluxFdwTable *table,
										 RestrictInfo *info);

typedef struct FluxFdwSeriesFilter FluxFdwSeriesFilter;

/*
 * The filter of a scan, NULL without conditions.  What the scan's columns show must
 * be told before the first series is asked for.
 */
extern FluxFdwSeriesFilter *flux_fdw_series_filter_create(ForeignScanState *node, List *conditions,
														  const FluxFdwColumn *columns);

/* Parameters may have changed. */
extern void flux_fdw_series_filter_reset(FluxFdwSeriesFilter *filter);

/* NULL lets all pass. */
extern bool flux_fdw_series_filter_passes(FluxFdwSeriesFilter *filter,
										  const FluxScanSeries *series);

#endif /* FLUX_FDW_SERIES_FILTER_H */
