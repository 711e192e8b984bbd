/*
 * jsonb_text.h
 *		Our texts as strings of jsonb, which share their bytes.
 */
#ifndef FLUX_JSONB_TEXT_H
#define FLUX_JSONB_TEXT_H

#include "utils/jsonb.h"

#include "base/text.h"

static inline JsonbValue
flux_jsonb_string(FluxText text)
{
	JsonbValue value = {.type = jbvString};

	value.val.string.val = unconstify(char *, text.data);
	value.val.string.len = text.size;
	return value;
}

#endif /* FLUX_JSONB_TEXT_H */
