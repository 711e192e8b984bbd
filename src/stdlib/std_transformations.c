/*
 * std_transformations.c
 *		Binds the transformations of execute to names of the library.
 */
#include "postgres.h"

#include "execute/plan_classes.h"
#include "stdlib/registry.h"

#define TRANSFORM(package, name, class) \
	{package, name, FLUX_BUILTIN_TRANSFORM, NULL, &flux_plan_##class}
#define EFFECT(package, name, class) \
	{package, name, FLUX_BUILTIN_TRANSFORM, NULL, &flux_plan_##class, .is_side_effect = true}
#define IN_FLUX(package, name) {package, name, FLUX_BUILTIN_FLUX}

static const FluxBuiltin builtins[] = {
	TRANSFORM("universe", "aggregateWindow", aggregate_window),
	TRANSFORM("universe", "count", count),
	TRANSFORM("universe", "drop", drop),
	TRANSFORM("universe", "duplicate", duplicate),
	TRANSFORM("universe", "fill", fill),
	TRANSFORM("universe", "filter", filter),
	TRANSFORM("universe", "first", first),
	TRANSFORM("universe", "group", group),
	TRANSFORM("universe", "keep", keep),
	TRANSFORM("universe", "last", last),
	TRANSFORM("universe", "limit", limit),
	TRANSFORM("universe", "map", map),
	TRANSFORM("universe", "max", max),
	TRANSFORM("universe", "mean", mean),
	TRANSFORM("universe", "median", median),
	TRANSFORM("universe", "min", min),
	TRANSFORM("universe", "quantile", quantile),
	TRANSFORM("universe", "range", range),
	TRANSFORM("universe", "rename", rename),
	TRANSFORM("universe", "set", set),
	TRANSFORM("universe", "skew", skew),
	TRANSFORM("universe", "sort", sort),
	TRANSFORM("universe", "spread", spread),
	TRANSFORM("universe", "stddev", stddev),
	TRANSFORM("universe", "sum", sum),
	TRANSFORM("universe", "tail", tail),
	TRANSFORM("universe", "union", union),
	TRANSFORM("universe", "window", window),
	EFFECT("universe", "yield", yield),

	IN_FLUX("universe", "bottom"),
	IN_FLUX("universe", "highestAverage"),
	IN_FLUX("universe", "highestCurrent"),
	IN_FLUX("universe", "highestMax"),
	IN_FLUX("universe", "lowestAverage"),
	IN_FLUX("universe", "lowestCurrent"),
	IN_FLUX("universe", "lowestMin"),
	IN_FLUX("universe", "timedMovingAverage"),
	IN_FLUX("universe", "toBool"),
	IN_FLUX("universe", "toFloat"),
	IN_FLUX("universe", "toInt"),
	IN_FLUX("universe", "toString"),
	IN_FLUX("universe", "toTime"),
	IN_FLUX("universe", "toUInt"),
	IN_FLUX("universe", "top"),

	TRANSFORM("array", "from", array_from),
	TRANSFORM("experimental", "group", group_extend),
	TRANSFORM("experimental", "set", set_record),
	TRANSFORM("experimental/array", "from", array_from),
	TRANSFORM("experimental/table", "fill", fill_empty),
};

void
flux_std_transformations_register(void)
{
#define X(name) \
	if (flux_plan_##name.kind != FLUX_PLAN_OTHER) \
		flux_plan_register_class(&flux_plan_##name);
#include "execute/plan_class_list.h"
#undef X
	flux_builtin_register(builtins, lengthof(builtins));
}
