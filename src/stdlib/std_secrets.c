/*
 * std_secrets.c
 *		Package influxdata/influxdb/secrets.
 */
#include "postgres.h"

#include "evaluate/builtin.h"
#include "io/secret_store.h"
#include "stdlib/registry.h"

static FluxValue
secrets_get(FluxCall *call)
{
	FluxText key = flux_call_string(call, "key");
	FluxText value;

	if (!flux_secret_get(key, &value))
		flux_raise_full(ERRCODE_UNDEFINED_OBJECT, call->source, call->span, NULL,
						"flux.set_secret() stores one; scripts see those of their own role.",
						"secret key \"%.*s\" not found", key.size, key.data);
	return flux_value_string(value);
}

static const FluxBuiltin builtins[] = {
	{"influxdata/influxdb/secrets", "get", FLUX_BUILTIN_SCALAR, secrets_get},
};

void
flux_std_secrets_register(void)
{
	FLUX_REGISTER(builtins);
}
