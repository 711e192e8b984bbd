/*
 * base64.c
 *		Bytes as text in base64.
 *
 * The server's function does it, a piece at a time because it looks at no
 * interrupts; pieces of whole triples need no padding but the last.
 */
#include "postgres.h"

#include "common/base64.h"
#include "miscadmin.h"

#include "stdlib/base64.h"

#define PIECE_SIZE (3 * 256 * 1024)

FluxText
flux_base64_encode(FluxText bytes)
{
	int room = pg_b64_enc_len(bytes.size);
	char *encoded = palloc((Size) room + 1);
	int written = 0;

	for (int at = 0; at < bytes.size; at += PIECE_SIZE)
	{
		int size = pg_b64_encode((const void *) (bytes.data + at), Min(PIECE_SIZE, bytes.size - at),
								 encoded + written, room - written);

		if (size < 0)
			elog(ERROR, "could not encode bytes as base64");
		written += size;
		CHECK_FOR_INTERRUPTS();
	}
	return flux_text(encoded, written);
}
