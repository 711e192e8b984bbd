/*
 * script_diff.h
 *		What changed between two texts, line by line.
 */
#ifndef FLUX_SCRIPT_DIFF_H
#define FLUX_SCRIPT_DIFF_H

#include "nodes/pg_list.h"

/*
 * The unified diff of two texts, three lines of context, as a list of palloc'd
 * lines without line ends; NIL when they are equal.  Texts that differ in very
 * many lines are shown as replaced.
 */
extern List *flux_script_diff(const char *old_text, const char *new_text);

#endif /* FLUX_SCRIPT_DIFF_H */
