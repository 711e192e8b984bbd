/*
 * jsonb_builder.h
 *		JSON that is ours, and may be large, as jsonb.
 */
#ifndef FLUX_JSONB_BUILDER_H
#define FLUX_JSONB_BUILDER_H

#include "base/text.h"

/*
 * What jsonb_in() gives of the text of an array or object in the server's
 * encoding, but looking at interrupts until jsonb itself is written, which takes
 * about a hundredth of a second a megabyte.
 */
extern Datum flux_jsonb_from_json(FluxText json);

#endif /* FLUX_JSONB_BUILDER_H */
