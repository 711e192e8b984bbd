/*
 * layout.h
 *		Breaks a stream of words into lines of a bounded width.
 *
 * The formatter writes texts, possible line breaks and groups; a group is
 * printed on one line when it fits and contains nothing that needs a line end,
 * else every break that belongs to it becomes a new line.
 */
#ifndef FLUX_LAYOUT_H
#define FLUX_LAYOUT_H

#include "lib/stringinfo.h"

#include "base/text.h"

#define FLUX_LAYOUT_WIDTH 100
#define FLUX_LAYOUT_INDENT 4

typedef struct FluxLayout FluxLayout;

extern FluxLayout *flux_layout_create(void);

/* Texts are not copied. A newline inside one is printed as it is. */
extern void flux_layout_text(FluxLayout *layout, FluxText text);
extern void flux_layout_word(FluxLayout *layout, const char *text);

/*
 * A group: its breaks indent by "indent" columns more than what is around it.
 * An unbreakable one is broken only by what needs a line end.
 */
extern void flux_layout_open(FluxLayout *layout, int indent);
extern void flux_layout_open_unbreakable(FluxLayout *layout);

/* Only an indent: breaks inside are broken when those of the group around are. */
extern void flux_layout_open_nested(FluxLayout *layout, int indent);
extern void flux_layout_close(FluxLayout *layout);

/* The group opened last is broken whether it fits or not, and those around it. */
extern void flux_layout_force(FluxLayout *layout);

/*
 * A break: "flat" where its group is on one line, else "before_line" and a new
 * line, "offset" columns off the group's indent.  flux_layout_line() always starts a
 * line, after an empty one with "is_blank".
 */
extern void flux_layout_break(FluxLayout *layout, const char *flat, const char *before_line,
							  int offset);
extern void flux_layout_line(FluxLayout *layout, bool is_blank, int offset);

/*
 * A comment, without its line end; what follows starts a line (after an empty
 * one with "is_blank").  A trailing one stays on the line of the text before it, even when
 * a break was written since.
 */
extern void flux_layout_comment(FluxLayout *layout, FluxText comment, bool is_trailing,
								bool is_blank);

/* The line started last gets this offset instead of its own. */
extern void flux_layout_set_offset(FluxLayout *layout, int offset);

extern void flux_layout_print(const FluxLayout *layout, StringInfo out);

#endif /* FLUX_LAYOUT_H */
