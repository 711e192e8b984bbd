/*
 * std_transformations.c
 *		Binds the transformations of execute to names of the library.
 */
#include "postgres.h"

#include "execute/plan_classes.h"
#include "stdlib/registry.h"

#define TRANSFORM(package, name, class)                                                            \
	{                                                                                              \
		package, name, FLUX_BUILTIN_TRANSFORM, NULL, &flux_plan_##class                            \
	}
#define EFFECT(package, name, class)                                                               \
	{                                                                                              \
		package, name, FLUX_BUILTIN_TRANSFORM, NULL, &flux_plan_##class, .is_side_effect = true    \
	}
#define IN_FLUX(package, name)                                                                     \
	{                                                                                              \
		package, name, FLUX_BUILTIN_FLUX                                                           \
	}

static const FluxBuiltin builtins[] = {
	TRANSFORM("universe", "aggregateWindow", aggregate_window),
	TRANSFORM("universe", "chandeMomentumOscillator", chande_momentum_oscillator),
	TRANSFORM("universe", "columns", columns),
	TRANSFORM("universe", "count", count),
	TRANSFORM("universe", "covariance", covariance),
	TRANSFORM("universe", "cumulativeSum", cumulative_sum),
	TRANSFORM("universe", "derivative", derivative),
	TRANSFORM("universe", "difference", difference),
	TRANSFORM("universe", "distinct", distinct),
	TRANSFORM("universe", "drop", drop),
	TRANSFORM("universe", "duplicate", duplicate),
	TRANSFORM("universe", "elapsed", elapsed),
	TRANSFORM("universe", "exponentialMovingAverage", exponential_moving_average),
	TRANSFORM("universe", "fill", fill),
	TRANSFORM("universe", "filter", filter),
	TRANSFORM("universe", "first", first),
	TRANSFORM("universe", "group", group),
	TRANSFORM("universe", "histogram", histogram),
	TRANSFORM("universe", "histogramQuantile", histogram_quantile),
	TRANSFORM("universe", "holtWinters", holt_winters),
	TRANSFORM("universe", "hourSelection", hour_selection),
	TRANSFORM("universe", "integral", integral),
	TRANSFORM("universe", "join", join),
	TRANSFORM("universe", "kaufmansAMA", kaufmans_ama),
	TRANSFORM("universe", "keep", keep),
	TRANSFORM("universe", "keys", keys),
	TRANSFORM("universe", "keyValues", key_values),
	TRANSFORM("universe", "last", last),
	TRANSFORM("universe", "limit", limit),
	TRANSFORM("universe", "map", map),
	TRANSFORM("universe", "max", max),
	TRANSFORM("universe", "mean", mean),
	TRANSFORM("universe", "median", median),
	TRANSFORM("universe", "min", min),
	TRANSFORM("universe", "mode", mode),
	TRANSFORM("universe", "movingAverage", moving_average),
	TRANSFORM("universe", "pivot", pivot),
	TRANSFORM("universe", "quantile", quantile),
	TRANSFORM("universe", "range", range),
	TRANSFORM("universe", "reduce", reduce),
	TRANSFORM("universe", "relativeStrengthIndex", relative_strength_index),
	TRANSFORM("universe", "rename", rename),
	TRANSFORM("universe", "sample", sample),
	TRANSFORM("universe", "set", set),
	TRANSFORM("universe", "skew", skew),
	TRANSFORM("universe", "sort", sort),
	TRANSFORM("universe", "spread", spread),
	TRANSFORM("universe", "stateCount", state_count),
	TRANSFORM("universe", "stateDuration", state_duration),
	TRANSFORM("universe", "stateTracking", state_tracking),
	TRANSFORM("universe", "stddev", stddev),
	TRANSFORM("universe", "sum", sum),
	TRANSFORM("universe", "tail", tail),
	TRANSFORM("universe", "timeShift", time_shift),
	TRANSFORM("universe", "tripleExponentialDerivative", triple_exponential_derivative),
	TRANSFORM("universe", "truncateTimeColumn", truncate_time_column),
	TRANSFORM("universe", "union", union),
	TRANSFORM("universe", "unique", unique),
	TRANSFORM("universe", "window", window),
	EFFECT("universe", "yield", yield),

	IN_FLUX("universe", "bottom"),
	IN_FLUX("universe", "cov"),
	IN_FLUX("universe", "doubleEMA"),
	IN_FLUX("universe", "highestAverage"),
	IN_FLUX("universe", "highestCurrent"),
	IN_FLUX("universe", "highestMax"),
	IN_FLUX("universe", "increase"),
	IN_FLUX("universe", "kaufmansER"),
	IN_FLUX("universe", "lowestAverage"),
	IN_FLUX("universe", "lowestCurrent"),
	IN_FLUX("universe", "lowestMin"),
	IN_FLUX("universe", "pearsonr"),
	IN_FLUX("universe", "timedMovingAverage"),
	IN_FLUX("universe", "timeWeightedAvg"),
	IN_FLUX("universe", "toBool"),
	IN_FLUX("universe", "toFloat"),
	IN_FLUX("universe", "toInt"),
	IN_FLUX("universe", "toString"),
	IN_FLUX("universe", "toTime"),
	IN_FLUX("universe", "toUInt"),
	IN_FLUX("universe", "top"),
	IN_FLUX("universe", "tripleEMA"),

	TRANSFORM("array", "from", array_from),
	/* those of package universe without their "column" */
	TRANSFORM("experimental", "count", count),
	TRANSFORM("experimental", "distinct", distinct),
	TRANSFORM("experimental", "fill", fill),
	TRANSFORM("experimental", "first", first),
	TRANSFORM("experimental", "histogram", histogram),
	TRANSFORM("experimental", "histogramQuantile", histogram_quantile),
	TRANSFORM("experimental", "integral", integral),
	TRANSFORM("experimental", "kaufmansAMA", kaufmans_ama),
	TRANSFORM("experimental", "last", last),
	TRANSFORM("experimental", "max", max),
	TRANSFORM("experimental", "mean", mean),
	TRANSFORM("experimental", "min", min),
	TRANSFORM("experimental", "mode", mode),
	TRANSFORM("experimental", "quantile", quantile),
	TRANSFORM("experimental", "skew", skew),
	TRANSFORM("experimental", "spread", spread),
	TRANSFORM("experimental", "stddev", stddev),
	TRANSFORM("experimental", "sum", sum),
	TRANSFORM("experimental", "unique", unique),
	TRANSFORM("experimental", "window", window),

	IN_FLUX("experimental", "alignTime"),
	TRANSFORM("experimental", "group", group_extend),
	TRANSFORM("experimental", "join", experimental_join),
	TRANSFORM("experimental", "set", set_record),
	TRANSFORM("experimental", "unpivot", unpivot),
	TRANSFORM("experimental/array", "from", array_from),
	TRANSFORM("experimental/table", "fill", fill_empty),
	TRANSFORM("interpolate", "linear", interpolate_linear),
	{"internal/promql", "_relabel", FLUX_BUILTIN_TRANSFORM, NULL, &flux_plan_relabel,
	 .type = "(<-tables: stream[A], source: string, destination: string, "
			 "fn: (label: string) => string) => stream[B] where A: Record, B: Record"},
	IN_FLUX("internal/promql", "changes"),
	IN_FLUX("internal/promql", "emptyTable"),
	IN_FLUX("internal/promql", "extrapolatedRate"),
	IN_FLUX("internal/promql", "holtWinters"),
	IN_FLUX("internal/promql", "instantRate"),
	IN_FLUX("internal/promql", "join"),
	IN_FLUX("internal/promql", "labelReplace"),
	IN_FLUX("internal/promql", "linearRegression"),
	IN_FLUX("internal/promql", "promHistogramQuantile"),
	IN_FLUX("internal/promql", "promqlDayOfMonth"),
	IN_FLUX("internal/promql", "promqlDayOfWeek"),
	IN_FLUX("internal/promql", "promqlDaysInMonth"),
	IN_FLUX("internal/promql", "promqlHour"),
	IN_FLUX("internal/promql", "promqlMinute"),
	IN_FLUX("internal/promql", "promqlMonth"),
	IN_FLUX("internal/promql", "promqlYear"),
	IN_FLUX("internal/promql", "quantile"),
	IN_FLUX("internal/promql", "resets"),
	IN_FLUX("internal/promql", "timestamp"),
	TRANSFORM("join", "full", join_full),
	TRANSFORM("join", "inner", join_inner),
	TRANSFORM("join", "left", join_left),
	TRANSFORM("join", "right", join_right),
	TRANSFORM("join", "tables", join_tables),
	TRANSFORM("join", "time", join_time),
};

void
flux_std_transformations_register(void)
{
#define X(name)                                                                                    \
	if (flux_plan_##name.kind != FLUX_PLAN_OTHER)                                                  \
		flux_plan_register_class(&flux_plan_##name);
#include "execute/plan_class_list.h"
#undef X
	flux_builtin_register(builtins, lengthof(builtins));
}
