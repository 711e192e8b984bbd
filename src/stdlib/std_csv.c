/*
 * std_csv.c
 *		Package "csv": from().
 */
#include "postgres.h"

#include "io/io_classes.h"
#include "stdlib/std_packages.h"

static const FluxBuiltin builtins[] = {
	{"csv", "from", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_csv_from},
};

void
flux_std_csv_register(void)
{
	flux_builtin_register(builtins, lengthof(builtins));
}
