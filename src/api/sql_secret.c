/*
 * sql_secret.c
 *		flux.set_secret, flux.drop_secret.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "io/secret_store.h"

#define KEY_SIZE_MAX 1024 /* bytes; it stands in an index */

PG_FUNCTION_INFO_V1(fluxtask_set_secret);
PG_FUNCTION_INFO_V1(fluxtask_drop_secret);

/* The statement of an error has the secret in it: the server's log does not show it. */
static void
hide_statement(void *argument)
{
	errhidestmt(true);
}

static FluxText
text_argument(FunctionCallInfo fcinfo, int number)
{
	return flux_text_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(number)));
}

PGDLLEXPORT Datum
fluxtask_set_secret(PG_FUNCTION_ARGS)
{
	FluxText key = text_argument(fcinfo, 0);
	ErrorContextCallback callback = {.callback = hide_statement, .previous = error_context_stack};

	error_context_stack = &callback;
	if (key.size == 0 || key.size > KEY_SIZE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the key of a secret must have between 1 and %d bytes", KEY_SIZE_MAX)));
	flux_secret_set(key, text_argument(fcinfo, 1));
	error_context_stack = callback.previous;
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_drop_secret(PG_FUNCTION_ARGS)
{
	FluxText key = text_argument(fcinfo, 0);

	if (!flux_secret_drop(key))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("secret key \"%.*s\" not found", key.size, key.data),
				 errhint("The view flux.secrets lists them; only its owner can drop a secret.")));
	PG_RETURN_VOID();
}
