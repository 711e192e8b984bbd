/*
 * secret_store.h
 *		Secrets for scripts: values by key, each the property of a role.
 *
 * A role reads its own secrets and those of the roles it is a member of; its
 * own come first.  Values never come out through SQL.
 */
#ifndef FLUX_SECRET_STORE_H
#define FLUX_SECRET_STORE_H

#include "base/text.h"

/* The value in the current context; false when there is none for this role. */
extern bool flux_secret_get(FluxText key, FluxText *value);

/* The current role's secret of that key; replaces what it was. */
extern void flux_secret_set(FluxText key, FluxText value);

/* False when the current role has no such secret. */
extern bool flux_secret_drop(FluxText key);

#endif /* FLUX_SECRET_STORE_H */
