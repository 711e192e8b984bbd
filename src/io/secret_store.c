/*
 * secret_store.c
 *		Secrets for scripts, in the table _flux_catalog.secret.
 *
 * Each access asks as the extension's owner on behalf of the role that called.
 */
#include "postgres.h"

#include "catalog/catalog_sql.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"

#include "io/secret_cipher.h"
#include "io/secret_store.h"

/* Arguments of all statements: $1 the key, $2 the role that asks. */
static FluxSqlArgs
key_and_role(const FluxSqlScope *scope, FluxText key)
{
	FluxSqlArgs args = {0};

	flux_sql_text(&args, flux_text_to_cstring(key));
	flux_sql_role(&args, scope->owner.user_oid);
	return args;
}

bool
flux_secret_get(FluxText key, FluxText *value)
{
	FluxSqlScope scope;
	FluxSqlArgs args;
	bytea *stored = NULL;
	bool is_found;

	flux_sql_enter(&scope);
	args = key_and_role(&scope, key);
	is_found = flux_sql_execute("SELECT value FROM _flux_catalog.secret "
								"WHERE key = $1 AND pg_has_role($2, owner, 'USAGE') "
								"ORDER BY owner::oid <> $2, owner::oid LIMIT 1",
								&args) > 0;
	if (is_found)
	{
		bool is_null;
		Datum datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);

		MemoryContextSwitchTo(scope.context);
		stored = DatumGetByteaPCopy(datum);
	}
	flux_sql_leave(&scope);
	if (is_found)
		*value = flux_secret_decrypt(key, stored);
	return is_found;
}

void
flux_secret_set(FluxText key, FluxText value)
{
	FluxSqlScope scope;
	FluxSqlArgs args;
	bytea *stored = flux_secret_encrypt(key, value);

	flux_sql_enter(&scope);
	args = key_and_role(&scope, key);
	flux_sql_datum(&args, BYTEAOID, PointerGetDatum(stored), false);
	flux_sql_execute("INSERT INTO _flux_catalog.secret (key, owner, value, changed_at) "
					 "VALUES ($1, $2::regrole, $3, now()) "
					 "ON CONFLICT (key, owner) DO UPDATE SET value = excluded.value, "
					 "changed_at = excluded.changed_at",
					 &args);
	flux_sql_leave(&scope);
}

bool
flux_secret_drop(FluxText key)
{
	FluxSqlScope scope;
	FluxSqlArgs args;
	bool is_found;

	flux_sql_enter(&scope);
	args = key_and_role(&scope, key);
	is_found = flux_sql_execute("DELETE FROM _flux_catalog.secret "
								"WHERE key = $1 AND owner::oid = $2",
								&args) > 0;
	flux_sql_leave(&scope);
	return is_found;
}
