/*
 * std_testing.c
 *		Package "testing" and its kin: what test cases compare with.
 *
 * The operators are in execute/op_diff.c; what is composed of them, and of
 * experimental.catch(), is written in Flux (flux/testing.flux).
 */
#include "postgres.h"

#include "evaluate/builtin.h"
#include "execute/plan_classes.h"
#include "stdlib/registry.h"

static const FluxBuiltin builtins[] = {
	{"testing", "_diff", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_diff,
	 .type = "(<-got: stream[A], want: stream[A]) => stream[{A with _diff: string}]"},
	{"experimental", "diff", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_diff},
	{"testing", "assertEquals", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_assert_equals},
	{"testing", "assertEmpty", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_assert_empty},
};

void
flux_std_testing_register(void)
{
	FLUX_REGISTER(builtins);
}
