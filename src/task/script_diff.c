/*
 * script_diff.c
 *		The longest common subsequence of lines, shown as a unified diff.
 *
 * Common lines at both ends are set aside first, so the table of the rest is
 * small for what people change; where it would be great, the rest counts as
 * replaced.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "task/script_diff.h"

#define CONTEXT_LINES 3
#define CELLS_MAX (4 * 1024 * 1024)

typedef struct Lines
{
	char **texts;
	int count;
} Lines;

/* A line of the result: ' ' common, '-' gone, '+' new. */
typedef struct Edit
{
	char kind;
	const char *text;
} Edit;

/* Cuts a copy of the text at line ends; a last line end begins no line. */
static Lines
split_lines(const char *text)
{
	char *copy = pstrdup(text);
	Lines lines = {palloc((strlen(text) + 1) * sizeof(char *)), 0};

	while (*copy != '\0')
	{
		char *end = strchr(copy, '\n');

		lines.texts[lines.count++] = copy;
		if (end == NULL)
			break;
		*end = '\0';
		copy = end + 1;
	}
	return lines;
}

static bool
is_equal(const Lines *a, int i, const Lines *b, int j)
{
	return strcmp(a->texts[i], b->texts[j]) == 0;
}

/* lengths[i][j]: of the longest common subsequence of what follows i and j. */
static int *
common_lengths(const Lines *a, int a_first, int a_count, const Lines *b, int b_first, int b_count)
{
	int width = b_count + 1;
	int *lengths = palloc0((Size) (a_count + 1) * width * sizeof(int));

	for (int i = a_count - 1; i >= 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = b_count - 1; j >= 0; j--)
			lengths[i * width + j] =
				is_equal(a, a_first + i, b, b_first + j)
					? lengths[(i + 1) * width + j + 1] + 1
					: Max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
	}
	return lengths;
}

/* All lines of both texts as edits; returns how many. */
static int
make_edits(const Lines *a, const Lines *b, Edit *edits)
{
	int head = 0;
	int tail = 0;
	int count = 0;
	int i = 0;
	int j = 0;
	int a_count;
	int b_count;
	int *lengths = NULL;

	while (head < a->count && head < b->count && is_equal(a, head, b, head))
		head++;
	while (tail < a->count - head && tail < b->count - head &&
		   is_equal(a, a->count - 1 - tail, b, b->count - 1 - tail))
		tail++;
	a_count = a->count - head - tail;
	b_count = b->count - head - tail;
	if ((int64) (a_count + 1) * (b_count + 1) <= CELLS_MAX)
		lengths = common_lengths(a, head, a_count, b, head, b_count);

	for (int k = 0; k < head; k++)
		edits[count++] = (Edit){' ', a->texts[k]};
	while (i < a_count || j < b_count)
	{
		int at = i * (b_count + 1) + j;

		if (lengths != NULL && i < a_count && j < b_count && is_equal(a, head + i, b, head + j))
		{
			edits[count++] = (Edit){' ', a->texts[head + i]};
			i++;
			j++;
		}
		else if (i < a_count &&
				 (j == b_count || lengths == NULL || lengths[at + b_count + 1] >= lengths[at + 1]))
			edits[count++] = (Edit){'-', a->texts[head + i++]};
		else
			edits[count++] = (Edit){'+', b->texts[head + j++]};
	}
	for (int k = a->count - tail; k < a->count; k++)
		edits[count++] = (Edit){' ', a->texts[k]};
	return count;
}

/* "@@ -1,4 +1,5 @@" and the edits [first, stop) of one hunk. */
static List *
append_hunk(List *result, const Edit *edits, int first, int stop, int old_line, int new_line)
{
	int old_count = 0;
	int new_count = 0;

	for (int i = first; i < stop; i++)
	{
		old_count += edits[i].kind != '+';
		new_count += edits[i].kind != '-';
	}
	result =
		lappend(result, psprintf("@@ -%d,%d +%d,%d @@", old_count == 0 ? old_line - 1 : old_line,
								 old_count, new_count == 0 ? new_line - 1 : new_line, new_count));
	for (int i = first; i < stop; i++)
		result = lappend(result, psprintf("%c%s", edits[i].kind, edits[i].text));
	return result;
}

List *
flux_script_diff(const char *old_text, const char *new_text)
{
	Lines a = split_lines(old_text);
	Lines b = split_lines(new_text);
	Edit *edits = palloc((a.count + b.count + 1) * sizeof(Edit));
	int count = make_edits(&a, &b, edits);
	List *result = NIL;
	int at = 0;
	int old_line = 1;
	int new_line = 1;

	while (at < count)
	{
		int change = at;
		int first;
		int stop;
		int last;

		while (change < count && edits[change].kind == ' ')
			change++;
		if (change == count)
			break;
		first = Max(at, change - CONTEXT_LINES);
		old_line += first - at;
		new_line += first - at;

		/* on until a stretch of common lines that is longer than two contexts */
		last = change;
		for (stop = change; stop < count && stop - last <= 2 * CONTEXT_LINES; stop++)
			if (edits[stop].kind != ' ')
				last = stop;
		stop = Min(count, last + 1 + CONTEXT_LINES);
		result = append_hunk(result, edits, first, stop, old_line, new_line);
		for (int i = first; i < stop; i++)
		{
			old_line += edits[i].kind != '+';
			new_line += edits[i].kind != '-';
		}
		at = stop;
	}
	return result;
}
