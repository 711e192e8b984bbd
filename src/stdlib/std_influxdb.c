/*
 * std_influxdb.c
 *		Package "influxdata/influxdb": from, to and what else buckets offer.
 *		Part of the prelude: scripts need no import for these.
 */
#include "postgres.h"

#include "evaluate/builtin.h"
#include "io/io_classes.h"
#include "stdlib/registry.h"

static const FluxBuiltin builtins[] = {
	{"influxdata/influxdb", "from", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_from},
	{"influxdata/influxdb", "to", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_to,
	 .is_side_effect = true},
	{"influxdata/influxdb", "wideTo", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_wide_to,
	 .is_side_effect = true},
	{"experimental", "to", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_wide_to,
	 .is_side_effect = true},
	{"influxdata/influxdb", "buckets", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_buckets},
	{"influxdata/influxdb", "cardinality", FLUX_BUILTIN_TRANSFORM,
	 .plan_class = &flux_plan_cardinality},
	{"influxdata/influxdb/v1", "json", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_v1_json},
};

void
flux_std_influxdb_register(void)
{
	flux_plan_register_class(&flux_plan_read);
	flux_plan_register_class(&flux_plan_read_remote);
	FLUX_REGISTER(builtins);
}
