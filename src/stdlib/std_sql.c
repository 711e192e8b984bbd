/*
 * std_sql.c
 *		Package "sql": from and to, over this database.
 */
#include "postgres.h"

#include "evaluate/builtin.h"
#include "io/io_classes.h"
#include "stdlib/registry.h"

static const FluxBuiltin builtins[] = {
	{"sql", "from", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_sql_from},
	{"sql", "to", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_sql_to, .is_side_effect = true},
};

void
flux_std_sql_register(void)
{
	FLUX_REGISTER(builtins);
}
