/*
 * unicode.h
 *		Code points of UTF-8 text and their case, for the string functions.
 *
 * Strings of scripts are valid UTF-8; where one is not, each odd byte counts
 * as a code point of its own, so nothing is lost and nothing loops.
 */
#ifndef FLUX_UNICODE_H
#define FLUX_UNICODE_H

#include "base/text.h"

/* Code point at byte "at" of the text, and how many bytes it takes (>= 1). */
extern uint32 flux_unicode_decode(FluxText text, int32 at, int32 *size);

/* Start of the code point that ends before byte "at" (> 0). */
extern int32 flux_unicode_previous(FluxText text, int32 at);

/* Writes up to 4 bytes; returns how many. */
extern int32 flux_unicode_encode(uint32 code, char *out);
extern int32 flux_unicode_count(FluxText text);

/* Simple one-to-one mappings, whatever the server's locale. */
extern uint32 flux_unicode_upper(uint32 code);
extern uint32 flux_unicode_lower(uint32 code);
extern uint32 flux_unicode_title(uint32 code);
extern bool flux_unicode_is_letter_or_digit(uint32 code);
extern bool flux_unicode_is_space(uint32 code);

/* Equal but for case. */
extern bool flux_unicode_same_folded(uint32 a, uint32 b);

#endif /* FLUX_UNICODE_H */
