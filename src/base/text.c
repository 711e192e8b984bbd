/*
 * text.c
 *		Counted strings.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "base/text.h"

FluxText
flux_text_copy(FluxText text)
{
	char *copy = palloc(text.size + 1);

	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';
	return flux_text(copy, text.size);
}

char *
flux_text_to_cstring(FluxText text)
{
	return pnstrdup(text.data, text.size);
}

uint32
flux_text_hash(FluxText text)
{
	return hash_bytes((const unsigned char *) text.data, text.size);
}
