/*
 * catalog_scope.h
 *		Acting as the extension's owner for a moment.
 *
 * Nobody else has rights on _flux_catalog and _flux_data.  Code that has
 * decided what its caller may do enters a scope, works there as the owner with
 * a search_path and defaults that the caller's settings cannot bend, and leaves
 * it.  An error needs no cleaning up: the (sub)transaction's abort restores
 * role and settings.
 */
#ifndef FLUX_CATALOG_SCOPE_H
#define FLUX_CATALOG_SCOPE_H

/* What leaving a scope restores. */
typedef struct FluxCatalogScope
{
	Oid user_oid; /* who called */
	int security_context;
	int guc_level;
} FluxCatalogScope;

extern void flux_catalog_enter(FluxCatalogScope *scope);
extern void flux_catalog_leave(const FluxCatalogScope *scope);

/* Owner of the extension's catalog and of all chunk tables: whoever created it. */
extern Oid flux_catalog_owner(void);

#endif /* FLUX_CATALOG_SCOPE_H */
