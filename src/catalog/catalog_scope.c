/*
 * catalog_scope.c
 *		Acting as the extension's owner for a moment.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "catalog/catalog_scope.h"

Oid
flux_catalog_owner(void)
{
	HeapTuple tuple = SearchSysCache1(NAMESPACENAME, CStringGetDatum("_flux_catalog"));
	Oid owner_oid;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("extension \"fluxtask\" is not installed in this database"),
						errhint("CREATE EXTENSION fluxtask.")));
	owner_oid = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner_oid;
}

void
flux_catalog_enter(FluxCatalogScope *scope)
{
	Oid owner_oid = flux_catalog_owner();

	GetUserIdAndSecContext(&scope->user_oid, &scope->security_context);
	scope->guc_level = NewGUCNestLevel();
	/* A caller who switches off a way of planning makes costs look so high that
	 * compiling our little statements would seem to pay. */
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							 false);
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("default_tablespace", "", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	SetUserIdAndSecContext(owner_oid, scope->security_context | SECURITY_LOCAL_USERID_CHANGE |
										  SECURITY_RESTRICTED_OPERATION);
}

void
flux_catalog_leave(const FluxCatalogScope *scope)
{
	AtEOXact_GUC(false, scope->guc_level);
	SetUserIdAndSecContext(scope->user_oid, scope->security_context);
}
