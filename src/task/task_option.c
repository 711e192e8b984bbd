/*
 * task_option.c
 *		Reads and edits the task option of a script.
 *
 * The texts of the errors are InfluxDB's, with the place and a hint added.
 * What InfluxDB finds while it looks at one property is raised at once; what
 * it finds by checking the values is collected and raised as one "invalid
 * options: a, b".
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "base/pg_compat.h"
#include "syntax/parser.h"
#include "task/schedule.h"
#include "task/task_option.h"

/* A parsed script and where its options are. */
typedef struct OptionSource
{
	FluxSourceText *source;
	FluxFile *file;
	const FluxObjectExpression *record; /* NULL: there is no "option task" */
} OptionSource;

static const char *const option_names[] = {"name",   "every",       "cron",
										   "offset", "concurrency", "retry"};

/* ---- finding ---- */

/* Parses and finds the record of "option task"; raises what is wrong with it. */
static void
open_source(OptionSource *open, const char *script)
{
	size_t size = strlen(script);
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	const FluxVariableAssignment *found = NULL;

	if (size > FLUX_TASK_SCRIPT_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("script of %zu bytes is longer than %d bytes", size,
							   FLUX_TASK_SCRIPT_SIZE_MAX)));
	if (strspn(script, " \t\r\n") == size)
		ereport(
			ERROR,
			(errcode(FLUX_ERRCODE_TASK_OPTIONS), errmsg("missing flux"),
			 errhint("A task needs a script with \"option task = {name: \"...\", every: 1h}\".")));

	open->source = flux_source_create(NULL, script, (uint32) size);
	open->file = flux_parse(open->source, diagnostics)->file;
	flux_diagnostics_raise(diagnostics, open->source);

	for (int i = 0; i < open->file->body.count; i++)
	{
		const FluxAst *statement = open->file->body.items[i];
		const FluxAst *assignment;

		if (statement->kind != FLUX_AST_OPTION_STATEMENT)
			continue;
		assignment = flux_ast_cast(OptionStatement, OPTION_STATEMENT, statement)->assignment;
		if (assignment->kind != FLUX_AST_VARIABLE_ASSIGNMENT ||
			!flux_text_equal_cstring(((const FluxVariableAssignment *) assignment)->id->name,
									 "task"))
			continue;
		if (found != NULL)
			flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open->source, statement->span, NULL,
							"Keep one \"option task\" statement.", "multiple task options defined");
		found = (const FluxVariableAssignment *) assignment;
	}
	open->record = NULL;
	if (found == NULL)
		return;
	if (found->init->kind != FLUX_AST_OBJECT_EXPRESSION)
	{
		FluxText text = flux_source_slice(open->source, found->init->span);

		flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open->source, found->init->span, NULL,
						"Write the record itself: option task = {name: \"...\", every: 1h}.",
						"task option expected to be object literal, but found \"%.*s\"",
						(int) Min(text.size, 100), text.data);
	}
	open->record = (const FluxObjectExpression *) found->init;
}

/* The first property of that name, or NULL. */
static const FluxProperty *
find_property(const OptionSource *open, const char *name)
{
	for (int i = 0; open->record != NULL && i < open->record->properties.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) open->record->properties.items[i];

		if (property->key != NULL &&
			flux_text_equal_cstring(flux_ast_key_text(property->key), name))
			return property;
	}
	return NULL;
}

/* A property that looks like a misspelt "name", as a hint; else NULL. */
static const char *
misspelt_hint(const OptionSource *open, const char *name)
{
	for (int i = 0; i < open->record->properties.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) open->record->properties.items[i];
		FluxText key = flux_ast_key_text(property->key);
		FluxNearName near;
		bool is_known = false;

		for (int k = 0; k < lengthof(option_names); k++)
			is_known = is_known || flux_text_equal_cstring(key, option_names[k]);
		if (is_known)
			continue;
		flux_near_name_init(&near, key);
		flux_near_name_offer(&near, flux_text_from_cstring(name));
		if (flux_near_name_hint(&near) != NULL)
			return psprintf("The option \"%.*s\" is unknown; perhaps you meant \"%s\".", key.size,
							key.data, name);
	}
	return NULL;
}

/* ---- extraction ---- */

static void
pg_attribute_noreturn() raise_not_literal(const OptionSource *open, const FluxProperty *property,
										  const char *name, const char *example)
{
	flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open->source,
					property->value != NULL ? property->value->span : property->ast.span,
					"Task options are read from the text and not evaluated.",
					psprintf("Write a literal, such as %s: %s.", name, example),
					"failed to parse field '%s' in task options", name);
}

/* The value of a property if it is of that kind; NULL when it is not there. */
static const FluxAst *
literal_of(const OptionSource *open, const char *name, FluxAstKind kind, const char *example)
{
	const FluxProperty *property = find_property(open, name);

	if (property == NULL)
		return NULL;
	if (property->value == NULL || property->value->kind != kind)
		raise_not_literal(open, property, name, example);
	return property->value;
}

static char *
string_of(const OptionSource *open, const char *name, const char *example)
{
	const FluxAst *literal = literal_of(open, name, FLUX_AST_STRING_LITERAL, example);

	if (literal == NULL)
		return NULL;
	return flux_text_to_cstring(((const FluxStringLiteral *) literal)->value);
}

static int64
integer_of(const OptionSource *open, const char *name, int64 absent)
{
	const FluxAst *literal = literal_of(open, name, FLUX_AST_INTEGER_LITERAL, "1");

	return literal == NULL ? absent : ((const FluxIntegerLiteral *) literal)->value;
}

/* Collects "a, b" and the place of the first. */
typedef struct OptionProblems
{
	StringInfoData text;
	FluxSpan span;
} OptionProblems;

static void
add_problem(OptionProblems *problems, const OptionSource *open, const char *name,
			const char *problem)
{
	if (problems->text.len == 0)
	{
		const FluxProperty *property = find_property(open, name);

		problems->span = property->value->span;
	}
	appendStringInfo(&problems->text, "%s%s", problems->text.len > 0 ? ", " : "", problem);
}

static void
extract_every(const OptionSource *open, FluxTaskOptions *options, OptionProblems *problems)
{
	const FluxAst *literal = literal_of(open, "every", FLUX_AST_DURATION_LITERAL, "1h");
	const char *problem;

	if (literal == NULL)
		return;
	options->every = flux_text_to_cstring(flux_source_slice(open->source, literal->span));
	problem = flux_schedule_check_every(((const FluxDurationLiteral *) literal)->value);
	if (problem != NULL)
		add_problem(problems, open, "every", problem);
}

static void
extract_offset(const OptionSource *open, FluxTaskOptions *options, OptionProblems *problems)
{
	const FluxProperty *property = find_property(open, "offset");
	const FluxAst *value;
	FluxDuration duration;
	bool is_negative = false;

	if (property == NULL)
		return;
	value = property->value;
	if (value != NULL && value->kind == FLUX_AST_UNARY_EXPRESSION &&
		((const FluxUnaryExpression *) value)->op == FLUX_UNARY_MINUS)
	{
		is_negative = true;
		value = ((const FluxUnaryExpression *) value)->argument;
	}
	if (value == NULL || value->kind != FLUX_AST_DURATION_LITERAL)
		raise_not_literal(open, property, "offset", "5m");
	duration = ((const FluxDurationLiteral *) value)->value;
	options->offset = flux_text_to_cstring(flux_source_slice(open->source, property->value->span));
	if (duration.ns % FLUX_NS_PER_SECOND != 0)
		add_problem(problems, open, "offset", "offset option must be expressible as whole seconds");
	else if (duration.months != 0)
		add_problem(problems, open, "offset", "offset option must not use months or years");
	options->offset_s = duration.ns / FLUX_NS_PER_SECOND * (is_negative ? -1 : 1);
}

static void
check_range(const OptionSource *open, OptionProblems *problems, const char *name, int64 value,
			int max)
{
	if (value < 1)
		add_problem(problems, open, name, psprintf("%s must be at least 1", name));
	else if (value > max)
		add_problem(problems, open, name, psprintf("%s exceeded max of %d", name, max));
}

/* Raises for options that are not there or exclude each other. */
static void
check_presence(const OptionSource *open)
{
	FluxSpan span = open->record->ast.span;
	bool has_every = find_property(open, "every") != NULL;
	bool has_cron = find_property(open, "cron") != NULL;
	const char *hint;

	if (find_property(open, "name") == NULL)
	{
		hint = misspelt_hint(open, "name");
		flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open->source, span, NULL,
						hint != NULL ? hint : "Add name: \"...\" to the task option.",
						"missing required option: name");
	}
	if (has_every && has_cron)
		flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open->source,
						find_property(open, "cron")->ast.span, NULL, "Keep one of the two.",
						"cannot use both cron and every in task options");
	if (!has_every && !has_cron)
	{
		hint = misspelt_hint(open, "every");
		if (hint == NULL)
			hint = misspelt_hint(open, "cron");
		flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open->source, span, NULL,
						hint != NULL ? hint
									 : "Add every: 1h, or cron: \"0 * * * *\", to the task option.",
						"missing required option: cron or every");
	}
}

void
flux_task_options_extract(const char *script, FluxTaskOptions *options)
{
	OptionSource open;
	OptionProblems problems;
	FluxCron cron;
	const char *reason;
	int64 concurrency;
	int64 retry;

	memset(options, 0, sizeof(*options));
	initStringInfo(&problems.text);
	open_source(&open, script);
	if (open.record == NULL)
		flux_raise_full(FLUX_ERRCODE_TASK_OPTIONS, open.source, open.file->ast.span, NULL,
						"Add \"option task = {name: \"...\", every: 1h}\" to the script, "
						"or pass name and every, or cron, as arguments.",
						"no task options defined");
	check_presence(&open);

	options->name = string_of(&open, "name", "\"downsample\"");
	if (options->name[0] == '\0')
		add_problem(&problems, &open, "name", "name required");
	extract_every(&open, options, &problems);
	options->cron = string_of(&open, "cron", "\"0 * * * *\"");
	if (options->cron != NULL && (reason = flux_cron_parse(&cron, options->cron)) != NULL)
		add_problem(&problems, &open, "cron", psprintf("cron invalid: %s", reason));
	else if (options->cron != NULL && cron.is_every &&
			 (reason = flux_schedule_check_every(cron.every)) != NULL)
		add_problem(&problems, &open, "cron", psprintf("cron invalid: %s", reason));
	extract_offset(&open, options, &problems);
	concurrency = integer_of(&open, "concurrency", 1);
	check_range(&open, &problems, "concurrency", concurrency, FLUX_TASK_CONCURRENCY_MAX);
	retry = integer_of(&open, "retry", 1);
	check_range(&open, &problems, "retry", retry, FLUX_TASK_RETRY_MAX);

	if (problems.text.len > 0)
		flux_raise_at(FLUX_ERRCODE_TASK_OPTIONS, open.source, problems.span, "invalid options: %s",
					  problems.text.data);
	options->concurrency = (int) concurrency;
	options->retry = (int) retry;
}

/* ---- editing ---- */

/* One replacement in the text; "by" in place of the bytes of the span. */
typedef struct TextEdit
{
	FluxSpan span;
	const char *by;
} TextEdit;

#define EDITS_MAX 8

typedef struct TextEdits
{
	TextEdit items[EDITS_MAX];
	int count;
} TextEdits;

static void
add_edit(TextEdits *edits, FluxSpan span, const char *by)
{
	Assert(edits->count < EDITS_MAX);
	edits->items[edits->count].span = span;
	edits->items[edits->count++].by = by;
}

static int
compare_edits(const void *a, const void *b)
{
	const TextEdit *left = a;
	const TextEdit *right = b;

	if (left->span.start != right->span.start)
		return left->span.start < right->span.start ? -1 : 1;
	return left->span.stop < right->span.stop ? -1 : left->span.stop > right->span.stop;
}

/* The edits must not overlap. */
static char *
apply_edits(const char *script, TextEdits *edits)
{
	StringInfoData text;
	uint32 at = 0;

	initStringInfo(&text);
	qsort(edits->items, edits->count, sizeof(TextEdit), compare_edits);
	for (int i = 0; i < edits->count; i++)
	{
		appendBinaryStringInfo(&text, script + at, (int) (edits->items[i].span.start - at));
		appendStringInfoString(&text, edits->items[i].by);
		at = edits->items[i].span.stop;
	}
	appendStringInfoString(&text, script + at);
	return text.data;
}

/* A Flux string literal. */
static char *
quote_string(const char *value)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '"');
	for (const char *at = value; *at != '\0'; at++)
	{
		if (*at == '\n')
			appendStringInfoString(&text, "\\n");
		else if (*at == '\r')
			appendStringInfoString(&text, "\\r");
		else if (*at == '\t')
			appendStringInfoString(&text, "\\t");
		else
		{
			if (*at == '"' || *at == '\\' || (*at == '$' && at[1] == '{'))
				appendStringInfoChar(&text, '\\');
			appendStringInfoChar(&text, *at);
		}
	}
	appendStringInfoChar(&text, '"');
	return text.data;
}

/* A duration of the form; raises when it is none.  Blanks around it go. */
static char *
check_duration(const char *option, const char *value, bool may_be_negative, FluxDuration *duration)
{
	char *text = pstrdup(value + strspn(value, " \t\r\n"));
	size_t size = strlen(text);

	while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
		text[--size] = '\0';
	if (!flux_duration_parse(flux_text_from_cstring(text), duration) ||
		(text[0] == '-' && !may_be_negative))
		ereport(ERROR, (errcode(FLUX_ERRCODE_TASK_OPTIONS),
						errmsg("failed to parse field '%s' in task options", option),
						errdetail("\"%s\" is not a duration.", value),
						errhint("Write a duration such as 30s, 5m or 1h30m.")));
	return text;
}

/* Takes a property out, with the comma that parted it from its neighbour. */
static void
remove_property(const OptionSource *open, const FluxProperty *property, TextEdits *edits)
{
	const FluxAstList *list = &open->record->properties;
	FluxSpan span = property->ast.span;
	int index = 0;

	while (list->items[index] != &property->ast)
		index++;
	if (index + 1 < list->count)
		span.stop = list->items[index + 1]->span.start;
	else if (index > 0)
		span.start = list->items[index - 1]->span.stop;
	add_edit(edits, span, "");
}

/*
 * Sets one property: in its place, in the place of the one it excludes, or as
 * a "name: value" piece of *missing that is to be appended.
 */
static void
set_property(const OptionSource *open, const char *name, const char *old_name, const char *value,
			 TextEdits *edits, List **missing)
{
	const FluxProperty *property = find_property(open, name);

	if (property == NULL && old_name != NULL)
	{
		property = find_property(open, old_name);
		if (property != NULL)
		{
			add_edit(edits, property->ast.span, psprintf("%s: %s", name, value));
			return;
		}
	}
	if (property == NULL)
		*missing = lappend(*missing, psprintf("%s: %s", name, value));
	else if (property->value != NULL)
		add_edit(edits, property->value->span, value);
	else
		add_edit(edits, property->ast.span, psprintf("%s: %s", name, value));
}

static char *
join(const List *pieces)
{
	StringInfoData text;
	ListCell *cell;

	initStringInfo(&text);
	foreach (cell, pieces)
		appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "", (char *) lfirst(cell));
	return text.data;
}

/*
 * Where a statement of our own goes: after the imports, or the package clause,
 * and what stands behind them on their line; 0 when there is neither.
 */
static uint32
end_of_imports(const OptionSource *open)
{
	const FluxFile *file = open->file;
	const char *data = open->source->data;
	uint32 at;
	uint32 line_end;

	if (file->imports.count > 0)
		at = file->imports.items[file->imports.count - 1]->span.stop;
	else if (file->package != NULL)
		at = file->package->ast.span.stop;
	else
		return 0;
	line_end = at;
	while (line_end < open->source->size && (data[line_end] == ' ' || data[line_end] == '\t'))
		line_end++;
	if (line_end + 1 < open->source->size && data[line_end] == '/' && data[line_end + 1] == '/')
	{
		while (line_end < open->source->size && data[line_end] != '\n')
			line_end++;
		at = line_end;
	}
	return at;
}

/* Appends properties to the record, or makes the whole statement. */
static void
insert_properties(const OptionSource *open, const List *missing, TextEdits *edits)
{
	const char *text = join(missing);
	uint32 at;
	bool is_first;

	if (open->record == NULL)
	{
		at = end_of_imports(open);
		add_edit(edits, flux_span(at, at),
				 psprintf(at == 0 ? "option task = {%s}\n\n" : "\n\noption task = {%s}\n", text));
		return;
	}
	if (open->record->properties.count == 0)
	{
		at = open->record->ast.span.stop - 1; /* the closing brace */
		add_edit(edits, flux_span(at, at), text);
		return;
	}
	at = open->record->properties.items[open->record->properties.count - 1]->span.stop;

	/* the only property may be on its way out: remove_property() */
	is_first = open->record->properties.count == 1 && edits->count > 0 &&
			   edits->items[edits->count - 1].by[0] == '\0';
	add_edit(edits, flux_span(at, at), psprintf(is_first ? "%s" : ", %s", text));
}

char *
flux_task_options_edit(const char *script, const FluxTaskForm *form)
{
	OptionSource open;
	TextEdits edits = {.count = 0};
	List *missing = NIL;
	FluxDuration duration;

	if (form->every != NULL && form->cron != NULL)
		ereport(ERROR,
				(errcode(FLUX_ERRCODE_TASK_OPTIONS), errmsg("cannot specify both every and cron"),
				 errhint("Pass one of the two.")));
	open_source(&open, script);
	if (form->name != NULL)
		set_property(&open, "name", NULL, quote_string(form->name), &edits, &missing);
	if (form->every != NULL)
		set_property(&open, "every", "cron", check_duration("every", form->every, false, &duration),
					 &edits, &missing);
	if (form->cron != NULL)
		set_property(&open, "cron", "every", quote_string(form->cron), &edits, &missing);
	if (form->offset != NULL)
	{
		const char *offset = check_duration("offset", form->offset, true, &duration);

		if (!flux_duration_is_zero(duration))
			set_property(&open, "offset", NULL, offset, &edits, &missing);
		else if (find_property(&open, "offset") != NULL)
			remove_property(&open, find_property(&open, "offset"), &edits);
	}
	if (missing != NIL)
		insert_properties(&open, missing, &edits);
	return apply_edits(script, &edits);
}
