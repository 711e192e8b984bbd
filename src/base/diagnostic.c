/*
 * diagnostic.c
 *		Errors and warnings about a script, collected or raised.
 *
 * A raised error shows its place three times: as " at line:column" in the
 * message (run logs have no cursor), and as a cursor into the script, which
 * travels as the "internal query" because the client's own statement is only
 * the call that carried the script.  Of a long script only the lines around
 * the place travel.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "base/pg_compat.h"
#include "base/diagnostic.h"

/* A script above this many bytes is not sent whole with its error. */
#define FLUX_ERROR_SCRIPT_MAX 16384

/* ... but this much of it on either side of the place. */
#define FLUX_ERROR_EXCERPT_SIZE 2048

/* Errors after the first that one DETAIL lists. */
#define FLUX_ERROR_DETAIL_MAX 20

/* Names longer than this are not compared for nearness. */
#define FLUX_NEAR_NAME_SIZE_MAX 64

FluxDiagnosticList *
flux_diagnostics_create(void)
{
	FluxDiagnosticList *list = palloc0(sizeof(FluxDiagnosticList));

	list->context = CurrentMemoryContext;
	return list;
}

char *
flux_message_format(const char *format, va_list arguments)
{
	StringInfoData message;

	initStringInfo(&message);
	for (;;)
	{
		va_list copy;
		int needed;

		va_copy(copy, arguments);
		needed = appendStringInfoVA(&message, format, copy);
		va_end(copy);
		if (needed == 0)
			return message.data;
		enlargeStringInfo(&message, needed);
	}
}

FluxDiagnostic *
flux_diagnostics_add(FluxDiagnosticList *list, int sqlstate, FluxSpan span, const char *format, ...)
{
	FluxDiagnostic *item;
	MemoryContext old_context;
	va_list arguments;

	if (list->count == FLUX_DIAGNOSTICS_MAX)
	{
		list->dropped++;
		memset(&list->overflow, 0, sizeof(FluxDiagnostic));
		list->overflow.message = "";
		return &list->overflow;
	}
	if (list->count == list->capacity)
	{
		int capacity = list->capacity == 0 ? 4 : list->capacity * 2;

		if (list->items == NULL)
			list->items = MemoryContextAlloc(list->context, capacity * sizeof(FluxDiagnostic));
		else
			list->items = repalloc(list->items, capacity * sizeof(FluxDiagnostic));
		list->capacity = capacity;
	}

	item = &list->items[list->count++];
	memset(item, 0, sizeof(FluxDiagnostic));
	item->severity = FLUX_SEVERITY_ERROR;
	item->sqlstate = sqlstate;
	item->span = span;
	va_start(arguments, format);
	old_context = MemoryContextSwitchTo(list->context);
	item->message = flux_message_format(format, arguments);
	MemoryContextSwitchTo(old_context);
	va_end(arguments);
	return item;
}

bool
flux_diagnostics_has_error(const FluxDiagnosticList *list)
{
	for (int i = 0; i < list->count; i++)
		if (list->items[i].severity == FLUX_SEVERITY_ERROR)
			return true;
	return false;
}

/* " at 3:14", or " at 3:14 of package x" in an embedded source; "" without a source. */
static const char *
place_text(FluxSourceText *source, FluxSpan span)
{
	FluxPosition position;

	if (source == NULL)
		return "";
	position = flux_source_position(source, span.start);
	if (source->name == NULL)
		return psprintf(" at %d:%d", position.line, position.column);
	return psprintf(" at %d:%d of package \"%s\"", position.line, position.column, source->name);
}

static bool
is_continuation_byte(char byte)
{
	return (byte & 0xC0) == 0x80;
}

/*
 * Adds the script and the cursor to the error being reported.  The cursor
 * counts characters, where our spans count bytes.  (For sources of the library
 * the place in the text must do: people have no use for all of that source.)
 */
static void
report_cursor(const FluxSourceText *source, FluxSpan span)
{
	uint32 place = Min(span.start, source->size);
	uint32 from = 0;
	uint32 to = source->size;
	int characters = 0;

	if (source->size > FLUX_ERROR_SCRIPT_MAX)
	{
		/* whole lines where lines are not absurdly long */
		from = place > FLUX_ERROR_EXCERPT_SIZE ? place - FLUX_ERROR_EXCERPT_SIZE : 0;
		to = Min(source->size, place + FLUX_ERROR_EXCERPT_SIZE);
		if (from > 0)
		{
			const char *line_end = memchr(source->data + from, '\n', place - from);

			if (line_end != NULL)
				from = (uint32) (line_end + 1 - source->data);
			while (from < place && is_continuation_byte(source->data[from]))
				from++;
		}
		while (to > place && to < source->size && is_continuation_byte(source->data[to]))
			to--;
	}

	for (uint32 i = from; i < place; i++)
		if (!is_continuation_byte(source->data[i]))
			characters++;
	internalerrquery(pnstrdup(source->data + from, to - from));
	internalerrposition(characters + 1);
}

/* The one place that raises script errors; message, detail, hint are complete. */
static void
pg_attribute_noreturn() raise_error(int sqlstate, FluxSourceText *source, FluxSpan span,
									const char *detail, const char *hint, const char *message)
{
	const char *place = place_text(source, span);

	ereport(ERROR, (errcode(sqlstate), errmsg_internal("%s%s", message, place),
					detail != NULL ? errdetail_internal("%s", detail) : 0,
					hint != NULL ? errhint("%s", hint) : 0,
					source != NULL && source->name == NULL ? (report_cursor(source, span), 0) : 0));
	pg_unreachable();
}

void
flux_raise_full(int sqlstate, FluxSourceText *source, FluxSpan span, const char *detail,
				const char *hint, const char *format, ...)
{
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	raise_error(sqlstate, source, span, detail, hint, message);
}

void
flux_raise_at(int sqlstate, FluxSourceText *source, FluxSpan span, const char *format, ...)
{
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = flux_message_format(format, arguments);
	va_end(arguments);
	raise_error(sqlstate, source, span, NULL, NULL, message);
}

void
flux_diagnostics_raise(const FluxDiagnosticList *list, FluxSourceText *source)
{
	const FluxDiagnostic *first = NULL;
	StringInfoData detail;
	int listed = 0;
	int others = list->dropped;

	initStringInfo(&detail);
	for (int i = 0; i < list->count; i++)
	{
		const FluxDiagnostic *item = &list->items[i];

		if (item->severity != FLUX_SEVERITY_ERROR)
			continue;
		if (first == NULL)
		{
			first = item;
			if (item->detail != NULL)
				appendStringInfoString(&detail, item->detail);
		}
		else if (listed == FLUX_ERROR_DETAIL_MAX)
			others++;
		else
		{
			appendStringInfo(&detail, "%s%s%s", detail.len > 0 ? "\n" : "", item->message,
							 place_text(source, item->span));
			listed++;
		}
	}
	if (first == NULL)
		return;
	if (others > 0)
		appendStringInfo(&detail, "%sAnd %d more.", detail.len > 0 ? "\n" : "", others);
	raise_error(first->sqlstate, source, first->span, detail.len > 0 ? detail.data : NULL,
				first->hint, first->message);
}

/* ---- near names ---- */

static char
lower_ascii(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
}

/*
 * How many letters to add, drop, change or swap with their neighbour make a
 * into b; upper and lower case are the same letter.  Gives up above "most".
 */
static int
edit_distance(FluxText a, FluxText b, int most)
{
	int rows[3][FLUX_NEAR_NAME_SIZE_MAX + 1];
	int *before = rows[0];
	int *previous = rows[1];
	int *current = rows[2];

	if (abs(a.size - b.size) > most)
		return most + 1;
	for (int j = 0; j <= b.size; j++)
		previous[j] = j;
	for (int i = 1; i <= a.size; i++)
	{
		int best = current[0] = i;
		int *spare = before;

		for (int j = 1; j <= b.size; j++)
		{
			char x = lower_ascii(a.data[i - 1]);
			char y = lower_ascii(b.data[j - 1]);
			int cost = previous[j - 1] + (x != y);

			cost = Min(cost, previous[j] + 1);
			cost = Min(cost, current[j - 1] + 1);
			if (i > 1 && j > 1 && x == lower_ascii(b.data[j - 2]) &&
				y == lower_ascii(a.data[i - 2]))
				cost = Min(cost, before[j - 2] + 1);
			current[j] = cost;
			best = Min(best, cost);
		}
		if (best > most)
			return most + 1;
		before = previous;
		previous = current;
		current = spare;
	}
	return previous[b.size];
}

/* Distance up to which a name of this length still looks like a slip. */
static int
nearness(int32 size)
{
	return size <= 2 ? 0 : size <= 4 ? 1 : size <= 8 ? 2 : 3;
}

void
flux_near_name_init(FluxNearName *near, FluxText wanted)
{
	near->wanted = wanted;
	near->best = flux_text(NULL, 0);
	near->best_distance = nearness(wanted.size) + 1;
}

/* The candidate's bytes must live until the hint is asked for. */
void
flux_near_name_offer(FluxNearName *near, FluxText candidate)
{
	int distance;

	if (near->wanted.size > FLUX_NEAR_NAME_SIZE_MAX || candidate.size > FLUX_NEAR_NAME_SIZE_MAX ||
		flux_text_equal(near->wanted, candidate))
		return;
	distance = edit_distance(near->wanted, candidate, near->best_distance - 1);
	if (distance < near->best_distance)
	{
		near->best_distance = distance;
		near->best = candidate;
	}
}

const char *
flux_near_name_hint(const FluxNearName *near)
{
	if (near->best.data == NULL)
		return NULL;
	return psprintf("perhaps you meant \"%.*s\"", near->best.size, near->best.data);
}
