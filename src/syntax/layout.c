/*
 * layout.c
 *		Breaks a stream of words into lines of a bounded width.
 *
 * The stream is an array of elements, written once and printed once.  While it
 * is written a stack of open groups learns which of them need a line end
 * somewhere inside ("is_hard"), and tells the group around.  Printing decides
 * for each group, outermost first, whether the rest of the line has room for it:
 * a look ahead of at most one line's width.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "syntax/layout.h"

typedef enum ElementKind
{
	ELEMENT_TEXT,
	ELEMENT_BREAK,
	ELEMENT_LINE,
	ELEMENT_OPEN,
	ELEMENT_CLOSE
} ElementKind;

typedef struct Element
{
	ElementKind kind;
	bool is_hard;            /* OPEN: some line end is needed inside */
	bool is_unbreakable;     /* OPEN */
	bool is_nested;          /* OPEN, CLOSE: an indent, not a group */
	bool is_blank;           /* LINE */
	int offset;              /* BREAK, LINE; indent of OPEN */
	FluxText text;           /* TEXT; BREAK: when flat */
	const char *before_line; /* BREAK, LINE: text at the end of the line */
} Element;

struct FluxLayout
{
	Element *elements;
	int count;
	int capacity;
	int *open; /* indexes of open groups */
	int open_count;
	int open_capacity;
};

FluxLayout *
flux_layout_create(void)
{
	FluxLayout *layout = palloc0(sizeof(FluxLayout));

	layout->capacity = 256;
	layout->elements = palloc(layout->capacity * sizeof(Element));
	layout->open_capacity = 16;
	layout->open = palloc(layout->open_capacity * sizeof(int));
	return layout;
}

/* ---- writing ---- */

/* Makes room for an element before index "at"; open groups keep their places. */
static Element *
insert_element(FluxLayout *layout, int at, ElementKind kind)
{
	Element *element;

	if (layout->count == layout->capacity)
	{
		layout->capacity *= 2;
		layout->elements =
			repalloc_huge(layout->elements, (Size) layout->capacity * sizeof(Element));
	}
	memmove(&layout->elements[at + 1], &layout->elements[at],
			(Size) (layout->count - at) * sizeof(Element));
	layout->count++;
	for (int i = layout->open_count - 1; i >= 0 && layout->open[i] >= at; i--)
		layout->open[i]++;
	element = &layout->elements[at];
	memset(element, 0, sizeof(Element));
	element->kind = kind;
	element->before_line = "";
	return element;
}

static inline Element *
add_element(FluxLayout *layout, ElementKind kind)
{
	return insert_element(layout, layout->count, kind);
}

/* The depth-th of the open groups, counted from 1, needs a line end. */
static void
mark_hard(FluxLayout *layout, int depth)
{
	if (depth > 0)
		layout->elements[layout->open[depth - 1]].is_hard = true;
}

void
flux_layout_text(FluxLayout *layout, FluxText text)
{
	add_element(layout, ELEMENT_TEXT)->text = text;
}

void
flux_layout_word(FluxLayout *layout, const char *text)
{
	flux_layout_text(layout, flux_text_from_cstring(text));
}

void
flux_layout_open(FluxLayout *layout, int indent)
{
	add_element(layout, ELEMENT_OPEN)->offset = indent;
	if (layout->open_count == layout->open_capacity)
	{
		layout->open_capacity *= 2;
		layout->open = repalloc(layout->open, layout->open_capacity * sizeof(int));
	}
	layout->open[layout->open_count++] = layout->count - 1;
}

void
flux_layout_open_unbreakable(FluxLayout *layout)
{
	flux_layout_open(layout, 0);
	layout->elements[layout->count - 1].is_unbreakable = true;
}

void
flux_layout_open_nested(FluxLayout *layout, int indent)
{
	flux_layout_open(layout, indent);
	layout->elements[layout->count - 1].is_nested = true;
}

void
flux_layout_close(FluxLayout *layout)
{
	Element open = layout->elements[layout->open[--layout->open_count]];

	add_element(layout, ELEMENT_CLOSE)->is_nested = open.is_nested;
	if (open.is_hard)
		mark_hard(layout, layout->open_count);
}

void
flux_layout_force(FluxLayout *layout)
{
	mark_hard(layout, layout->open_count);
}

void
flux_layout_break(FluxLayout *layout, const char *flat, const char *before_line, int offset)
{
	Element *element = add_element(layout, ELEMENT_BREAK);

	element->text = flux_text_from_cstring(flat);
	element->before_line = before_line;
	element->offset = offset;
}

void
flux_layout_line(FluxLayout *layout, bool is_blank, int offset)
{
	Element *element = add_element(layout, ELEMENT_LINE);

	element->is_blank = is_blank;
	element->offset = offset;
	mark_hard(layout, layout->open_count);
}

/* Inserts an element that is no group, and steps over it. */
static Element *
insert_next(FluxLayout *layout, int *at, ElementKind kind)
{
	return insert_element(layout, (*at)++, kind);
}

static void
insert_word(FluxLayout *layout, int *at, const char *text)
{
	insert_next(layout, at, ELEMENT_TEXT)->text = flux_text_from_cstring(text);
}

/* A comment after the element before "at", which is text; nothing at all at 0. */
static void
insert_comment(FluxLayout *layout, int at, FluxText comment, bool is_trailing, bool is_blank)
{
	if (is_trailing)
	{
		FluxText before = layout->elements[at - 1].text;

		if (before.size == 0 || before.data[before.size - 1] != ' ')
			insert_word(layout, &at, " ");
	}
	else if (at > 0)
		(void) insert_next(layout, &at, ELEMENT_LINE);
	insert_next(layout, &at, ELEMENT_TEXT)->text = comment;
	insert_next(layout, &at, ELEMENT_LINE)->is_blank = is_blank;
}

void
flux_layout_comment(FluxLayout *layout, FluxText comment, bool is_trailing, bool is_blank)
{
	int depth = layout->open_count;
	int at = layout->count;
	Element *end;
	Element line;

	/* where the comment goes: before groups that only just began */
	while (at > 0 && layout->elements[at - 1].kind == ELEMENT_OPEN)
	{
		at--;
		depth--;
	}
	mark_hard(layout, depth);
	end = at > 0 ? &layout->elements[at - 1] : NULL;
	if (end == NULL || (end->kind != ELEMENT_BREAK && end->kind != ELEMENT_LINE))
	{
		insert_comment(layout, at, comment, is_trailing && end != NULL, is_blank);
		return;
	}

	/* a break that is pending becomes a line: after a trailing comment, before another */
	end->kind = ELEMENT_LINE;
	line = *end;
	if (is_trailing)
	{
		end->is_blank |= is_blank;
		end->before_line = "";
		at--;
		if (line.before_line[0] != '\0')
			insert_word(layout, &at, line.before_line);
		insert_word(layout, &at, " ");
		insert_next(layout, &at, ELEMENT_TEXT)->text = comment;
	}
	else
	{
		line.is_blank = is_blank;
		line.before_line = "";
		insert_next(layout, &at, ELEMENT_TEXT)->text = comment;
		*insert_next(layout, &at, ELEMENT_LINE) = line;
	}
}

void
flux_layout_set_offset(FluxLayout *layout, int offset)
{
	for (int i = layout->count - 1; i >= 0; i--)
	{
		if (layout->elements[i].kind == ELEMENT_LINE)
		{
			layout->elements[i].offset = offset;
			layout->elements[i].is_blank = false;
			return;
		}
	}
}

/* ---- printing ---- */

/*
 * Columns a text takes on the line it starts on; *ends_line when it holds a
 * line end.  Every character counts as one column.
 */
static int
text_width(FluxText text, bool *ends_line)
{
	int width = 0;

	*ends_line = false;
	for (int32 i = 0; i < text.size; i++)
	{
		if (text.data[i] == '\n')
		{
			*ends_line = true;
			return width;
		}
		width += (text.data[i] & 0xC0) != 0x80;
		if (width > FLUX_LAYOUT_WIDTH)
			return width;
	}
	return width;
}

/* Whether the group opened at an index fits in what is left of the line. */
static bool
fits(const FluxLayout *layout, int index, int room)
{
	int depth = 0;
	bool is_closed = false;

	for (int i = index; i < layout->count && room >= 0; i++)
	{
		const Element *element = &layout->elements[i];
		bool ends_line = false;

		switch (element->kind)
		{
			case ELEMENT_OPEN:
				depth += !element->is_nested;
				break;
			case ELEMENT_CLOSE:
				depth -= !element->is_nested;
				is_closed |= depth == 0;
				break;
			case ELEMENT_LINE:
				return true;
			case ELEMENT_BREAK:
				if (is_closed)
					return true;
				room -= element->text.size;
				break;
			case ELEMENT_TEXT:
				room -= text_width(element->text, &ends_line);
				if (ends_line)
					return room >= 0;
				break;
		}
	}
	return room >= 0;
}

typedef struct PrintGroup
{
	bool is_broken;
	bool is_unbreakable;
	int indent;
} PrintGroup;

static void
start_line(StringInfo out, const Element *element, int indent)
{
	appendStringInfoString(out, element->before_line);
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	appendStringInfoString(out, element->is_blank ? "\n\n" : "\n");
	appendStringInfoSpaces(out, Max(indent + element->offset, 0));
}

/* Column after the text so far. */
static int
column_after(FluxText text, int column)
{
	for (int32 i = 0; i < text.size; i++)
	{
		if (text.data[i] == '\n')
			column = 0;
		else
			column += (text.data[i] & 0xC0) != 0x80;
	}
	return column;
}

void
flux_layout_print(const FluxLayout *layout, StringInfo out)
{
	int capacity = 32;
	int depth = 0;
	int column = 0;
	PrintGroup *groups = palloc(capacity * sizeof(PrintGroup));

	groups[0].is_broken = true;
	groups[0].is_unbreakable = false;
	groups[0].indent = 0;
	for (int i = 0; i < layout->count; i++)
	{
		const Element *element = &layout->elements[i];
		PrintGroup *group = &groups[depth];

		CHECK_FOR_INTERRUPTS();
		switch (element->kind)
		{
			case ELEMENT_OPEN:
				if (++depth == capacity)
				{
					capacity *= 2;
					groups = repalloc(groups, capacity * sizeof(PrintGroup));
					group = &groups[depth - 1];
				}
				groups[depth].is_unbreakable = group->is_unbreakable || element->is_unbreakable;
				if (element->is_nested)
					groups[depth].is_broken = group->is_broken;
				else
					groups[depth].is_broken =
						element->is_hard || (group->is_broken && !groups[depth].is_unbreakable &&
											 !fits(layout, i, FLUX_LAYOUT_WIDTH - column));
				groups[depth].indent = group->indent + element->offset;
				break;
			case ELEMENT_CLOSE:
				depth--;
				break;
			case ELEMENT_TEXT:
				appendBinaryStringInfo(out, element->text.data, element->text.size);
				column = column_after(element->text, column);
				break;
			case ELEMENT_BREAK:
			case ELEMENT_LINE:
				if (element->kind == ELEMENT_LINE || group->is_broken)
				{
					start_line(out, element, group->indent);
					column = Max(group->indent + element->offset, 0);
				}
				else
				{
					appendBinaryStringInfo(out, element->text.data, element->text.size);
					column += element->text.size;
				}
				break;
		}
	}
}
