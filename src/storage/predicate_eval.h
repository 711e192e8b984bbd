/*
 * predicate_eval.h
 *		Evaluates pushed-down conditions on series and on vectors of values.
 *
 * What concerns the series (measurement, tags, field) is decided once per
 * series; what is left concerns the value alone and is applied to vectors.
 */
#ifndef FLUX_PREDICATE_EVAL_H
#define FLUX_PREDICATE_EVAL_H

#include "base/predicate.h"
#include "storage/ingest.h"
#include "storage/segment_format.h"
#include "vector/column.h"

typedef struct FluxPredicateSeries
{
	FluxText measurement;
	FluxText field;
	const FluxTag *tags; /* sorted by key */
	int tag_count;
} FluxPredicateSeries;

/*
 * Decides the series part.  False: no point of this series passes.  True with
 * *rest NULL: all do; else *rest (palloc'd nodes, literals shared) is what
 * remains to be asked of each value.
 */
extern bool flux_predicate_reduce(const FluxPredicate *predicate, const FluxPredicateSeries *series,
								  const FluxPredicate **rest);

/*
 * Whether some field of a series may have values that pass: false when the
 * predicate is false or null whatever field and value are.
 */
extern bool flux_predicate_may_match(const FluxPredicate *predicate,
									 const FluxPredicateSeries *series);

/*
 * Applies a rest to values; sets passes[i] for each of them.
 */
extern void flux_predicate_test_values(const FluxPredicate *rest, FluxColumnType type,
									   const void *values, int count, bool *passes);

/*
 * Whether values between min and max (none of them NaN) may pass a rest;
 * type is a numeric one.
 */
extern bool flux_predicate_may_pass(const FluxPredicate *rest, FluxColumnType type,
									FluxSegmentNumber min, FluxSegmentNumber max);

#endif /* FLUX_PREDICATE_EVAL_H */
