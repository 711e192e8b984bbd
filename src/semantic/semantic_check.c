/*
 * semantic_check.c
 *		The static check of a parsed script.
 *
 * Types and their like live in a context of the check's own and are gone when
 * it returns; only the diagnostics stay.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "semantic/infer.h"
#include "semantic/name_rules.h"
#include "semantic/semantic_check.h"

/* Copies what was found to the end of the caller's list. */
static void
append_diagnostics(FluxDiagnosticList *to, const FluxDiagnosticList *from)
{
	for (int i = 0; i < from->count; i++)
	{
		const FluxDiagnostic *found = &from->items[i];
		FluxDiagnostic *item =
			flux_diagnostics_add(to, found->sqlstate, found->span, "%s", found->message);

		item->severity = found->severity;
		if (found->detail != NULL)
			item->detail = MemoryContextStrdup(to->context, found->detail);
		if (found->hint != NULL)
			item->hint = MemoryContextStrdup(to->context, found->hint);
	}
	to->dropped += from->dropped;
}

void
flux_semantic_check(const FluxPackage *package, FluxDiagnosticList *diagnostics)
{
	flux_semantic_check_library(package, NULL, diagnostics);
}

void
flux_semantic_check_library(const FluxPackage *package, FluxLibraryHas has,
							FluxDiagnosticList *diagnostics)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "flux semantic check", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxDiagnosticList *forms = flux_diagnostics_create();
	FluxDiagnosticList *rules = flux_diagnostics_create();
	FluxDiagnosticList *types = flux_diagnostics_create();

	flux_infer_package(package, has, forms, types);
	flux_name_rules_check(package, rules);
	append_diagnostics(diagnostics, forms);
	append_diagnostics(diagnostics, rules);
	append_diagnostics(diagnostics, types);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

char *
flux_semantic_type_of(const FluxPackage *package, FluxText name)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "flux semantic check", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxNames *names =
		flux_infer_package(package, NULL, flux_diagnostics_create(), flux_diagnostics_create());
	FluxBinding *binding = flux_names_find(names, name);
	FluxTypeNames variables = {0};
	StringInfoData text;

	initStringInfo(&text);
	if (binding != NULL && binding->type != NULL)
	{
		flux_type_print(&text, binding->type, &variables);
		flux_type_print_constraints(&text, &variables);
	}
	MemoryContextSwitchTo(old);
	if (binding == NULL || binding->type == NULL)
	{
		MemoryContextDelete(context);
		return NULL;
	}
	else
	{
		char *result = pstrdup(text.data);

		MemoryContextDelete(context);
		return result;
	}
}
