/*
 * secret_store.c
 *		Secrets for scripts, in the table _flux_catalog.secret.
 *
 * Nobody but the extension's owner has rights on the table, so each access
 * switches to that role, with a safe search path, and asks on behalf of the
 * role that called.  An error inside needs no cleaning up: the abort restores
 * role and settings.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "io/secret_store.h"

typedef struct SecretScope
{
	Oid			user_oid;		/* who asks */
	int			security_context;
	int			guc_level;
	MemoryContext context;
} SecretScope;

static Oid
catalog_owner(void)
{
	HeapTuple	tuple = SearchSysCache1(NAMESPACENAME, CStringGetDatum("_flux_catalog"));
	Oid			owner_oid;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"fluxtask\" is not installed in this database"),
				 errhint("CREATE EXTENSION fluxtask.")));
	owner_oid = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner_oid;
}

static void
enter(SecretScope *scope)
{
	Oid			owner_oid = catalog_owner();

	scope->context = CurrentMemoryContext;
	scope->guc_level = NewGUCNestLevel();
	GetUserIdAndSecContext(&scope->user_oid, &scope->security_context);
	SetUserIdAndSecContext(owner_oid, scope->security_context | SECURITY_LOCAL_USERID_CHANGE);
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
}

static void
leave(const SecretScope *scope)
{
	SPI_finish();
	AtEOXact_GUC(false, scope->guc_level);
	SetUserIdAndSecContext(scope->user_oid, scope->security_context);
	MemoryContextSwitchTo(scope->context);
}

/* Runs a statement with $1 the key, $2 the asking role, $3 the value (may be NULL). */
static void
execute(const SecretScope *scope, const char *statement, FluxText key, const FluxText *value)
{
	Oid			types[3] = {TEXTOID, OIDOID, TEXTOID};
	Datum		values[3];
	int			count = value != NULL ? 3 : 2;

	values[0] = PointerGetDatum(cstring_to_text_with_len(key.data, key.size));
	values[1] = ObjectIdGetDatum(scope->user_oid);
	if (value != NULL)
		values[2] = PointerGetDatum(cstring_to_text_with_len(value->data, value->size));
	if (SPI_execute_with_args(statement, count, types, values, NULL, false, 0) < 0)
		elog(ERROR, "could not run \"%s\"", statement);
}

bool
flux_secret_get(FluxText key, FluxText *value)
{
	SecretScope scope;
	bool		is_found;

	enter(&scope);
	execute(&scope,
			"SELECT value FROM _flux_catalog.secret "
			"WHERE key = $1 AND pg_has_role($2, owner, 'USAGE') "
			"ORDER BY owner::oid <> $2, owner::oid LIMIT 1", key, NULL);
	is_found = SPI_processed > 0;
	if (is_found)
	{
		char	   *text = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
		MemoryContext previous = MemoryContextSwitchTo(scope.context);

		*value = flux_text_copy(flux_text_from_cstring(text));
		MemoryContextSwitchTo(previous);
	}
	leave(&scope);
	return is_found;
}

void
flux_secret_set(FluxText key, FluxText value)
{
	SecretScope scope;

	enter(&scope);
	execute(&scope,
			"INSERT INTO _flux_catalog.secret (key, owner, value, changed_at) "
			"VALUES ($1, $2::regrole, $3, now()) "
			"ON CONFLICT (key, owner) DO UPDATE SET value = excluded.value, "
			"changed_at = excluded.changed_at", key, &value);
	leave(&scope);
}

bool
flux_secret_drop(FluxText key)
{
	SecretScope scope;
	bool		is_found;

	enter(&scope);
	execute(&scope, "DELETE FROM _flux_catalog.secret WHERE key = $1 AND owner::oid = $2", key,
			NULL);
	is_found = SPI_processed > 0;
	leave(&scope);
	return is_found;
}
