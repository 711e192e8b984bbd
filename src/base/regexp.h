/*
 * regexp.h
 *		Regular expressions: PCRE2, fenced to RE2's ways and bounded.
 *
 * A compiled expression lives in the memory context current at its compilation
 * and frees PCRE2's memory when that context goes.  Matching has a limit on
 * steps and answers interrupts, so no pattern can hang a backend.
 */
#ifndef FLUX_REGEXP_H
#define FLUX_REGEXP_H

#include "base/text.h"

typedef struct FluxRegexp FluxRegexp;

/* NULL when the pattern is wrong; *error then is a palloc'd reason. */
extern FluxRegexp *flux_regexp_compile(FluxText pattern, const char **error);
extern FluxText flux_regexp_pattern(const FluxRegexp *regexp);

/* Unanchored search. */
extern bool flux_regexp_matches(const FluxRegexp *regexp, FluxText subject);

/*
 * Searches from byte offset "from"; fills up to "groups_max" pairs of byte
 * offsets (start, stop; -1 for a group that took no part), group 0 the whole.
 * Returns the number of groups of the pattern + 1, or 0 without a match.
 */
extern int flux_regexp_search(const FluxRegexp *regexp, FluxText subject, int32 from, int32 *groups,
							  int groups_max);

/* Offset name of a named group, -1 when there is none. */
extern int flux_regexp_group_number(const FluxRegexp *regexp, FluxText name);

/*
 * Of a regexp that matches some texts and nothing else, and says so plainly
 * (^a$, ^(a|b)$): these texts, palloc'd.  Returns their number, 0 for others.
 */
extern int flux_regexp_texts(const FluxRegexp *regexp, FluxText **texts);

#endif /* FLUX_REGEXP_H */
