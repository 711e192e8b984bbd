/*
 * json_reader.h
 *		JSON text into values.
 */
#ifndef FLUX_JSON_READER_H
#define FLUX_JSON_READER_H

#include "evaluate/value.h"

typedef struct FluxJsonOptions
{
	bool is_boxed;      /* every value comes in a dynamic */
	bool keeps_numbers; /* numbers come as bytes, as they are written */

	/* Where the script asks for it, which errors tell; NULL: no script does. */
	FluxSourceText *source;
	FluxSpan span;

	/* Raises when so many more bytes are too many; asked now and then.  NULL: no bound. */
	void (*need_memory)(void *owner, Size bytes);
	void *owner;
} FluxJsonOptions;

/*
 * The value of a JSON text, in the current context; strings share the text's
 * bytes where they can.  Numbers become floats, members of objects come in label
 * order, and of those with equal keys the last counts.  Raises, with the place in
 * the text, when it is not JSON.
 *
 * Flux has no arrays of several kinds: has_mixed (or NULL) tells whether there is
 * one, a null counting as a kind of its own.
 */
extern FluxValue flux_json_read(FluxText text, const FluxJsonOptions *options, bool *has_mixed);

/* The float of a number as it is written; one that no float can hold is an error. */
extern double flux_json_number(FluxText text, const FluxJsonOptions *options);

#endif /* FLUX_JSON_READER_H */
