/*
 * std_csv.c
 *		Packages "csv" and "experimental/csv": from().
 */
#include "postgres.h"

#include "evaluate/builtin.h"
#include "io/io_classes.h"
#include "stdlib/registry.h"

static const FluxBuiltin builtins[] = {
	{"csv", "from", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_csv_from},
	{"experimental/csv", "from", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_csv_from},
};

void
flux_std_csv_register(void)
{
	FLUX_REGISTER(builtins);
}
