/*
 * std_influxdb.c
 *		Package "influxdata/influxdb": from, to and what else buckets offer.
 *		Part of the prelude: scripts need no import for these.
 */
#include "postgres.h"

#include "io/io_classes.h"
#include "stdlib/std_packages.h"

static const FluxBuiltin builtins[] = {
	{"influxdata/influxdb", "from", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_from},
	{"influxdata/influxdb", "to", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_to,
		.is_side_effect = true},
};

void
flux_std_influxdb_register(void)
{
	flux_plan_register_class(&flux_plan_read);
	flux_builtin_register(builtins, lengthof(builtins));
}
