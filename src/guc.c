/*
 * guc.c
 *		The settings fluxtask.*: one place that names, bounds and explains
 *		them all.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "guc.h"

int			flux_guc_work_mem_kb = 65536;
bool		flux_guc_push_down = true;
char	   *flux_guc_disabled_rules = NULL;
bool		flux_guc_vectorize = true;
char	   *flux_guc_org = NULL;

void
flux_guc_define(void)
{
	DefineCustomIntVariable("fluxtask.work_mem",
							"Memory that the buffers of one running script may take before they spill.",
							NULL, &flux_guc_work_mem_kb, 65536, 64, MAX_KILOBYTES, PGC_USERSET,
							GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.push_down",
							 "Answer filters, windows and aggregates inside storage where possible.",
							 NULL, &flux_guc_push_down, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("fluxtask.disabled_rules",
							   "Planning rules to leave out, by the names that flux.explain shows.",
							   NULL, &flux_guc_disabled_rules, "", PGC_USERSET, GUC_LIST_INPUT,
							   NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.vectorize",
							 "Compile row functions to vector programs.",
							 "Off evaluates every row with the reference evaluator.",
							 &flux_guc_vectorize, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("fluxtask.org",
							   "Name that org arguments in scripts must have; empty accepts any.",
							   NULL, &flux_guc_org, "", PGC_SUSET, 0, NULL, NULL, NULL);

	MarkGUCPrefixReserved("fluxtask");
}
