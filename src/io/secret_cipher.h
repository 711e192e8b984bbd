/*
 * secret_cipher.h
 *		Secrets as they stand in the table: encrypted with the server's key.
 *
 * The key stands in a file outside the database, fluxtask.secret_key_file, by
 * default fluxtask.key in the data directory, where it is made when the first
 * secret is stored.  It is in no dump, so a dump gives no secret away; a
 * physical copy of the server has it.
 */
#ifndef FLUX_SECRET_CIPHER_H
#define FLUX_SECRET_CIPHER_H

#include "base/text.h"

/* Both give palloc'd results.  "key" names the secret, and is bound to it. */
extern bytea *flux_secret_encrypt(FluxText key, FluxText value);

/* Raises when the server has another key, or the bytes were changed. */
extern FluxText flux_secret_decrypt(FluxText key, const bytea *stored);

#endif /* FLUX_SECRET_CIPHER_H */
