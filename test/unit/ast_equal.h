/*
 * ast_equal.h
 *		What a syntax tree is apart from places: for tests that formatting a
 *		script changes neither its meaning nor its comments.
 */
#ifndef AST_EQUAL_H
#define AST_EQUAL_H

#include "lib/stringinfo.h"

#include "syntax/ast_print.h"
#include "syntax/parser.h"

/* Moves past a JSON string whose opening quote is at *json. */
static const char *
ast_skip_string(const char *json)
{
	for (json++; *json != '"'; json++)
	{
		if (*json == '\\')
			json++;
	}
	return json + 1;
}

/* Copies a tree's JSON without locations and without the white space at the ends of comments. */
static char *
ast_strip_places(const char *json)
{
	static const char location[] = ",\"location\":{";
	static const char comment[] = "{\"text\":\"//";
	StringInfoData out;

	initStringInfo(&out);
	while (*json != '\0')
	{
		if (strncmp(json, location, sizeof(location) - 1) == 0)
		{
			int depth = 1;

			for (json += sizeof(location) - 1; depth > 0;)
			{
				depth += (*json == '{') - (*json == '}');
				json = *json == '"' ? ast_skip_string(json) : json + 1;
			}
		}
		else if (strncmp(json, comment, sizeof(comment) - 1) == 0)
		{
			const char *start = json + strlen("{\"text\":");
			const char *end;

			json = ast_skip_string(start);
			end = json - 1;
			for (;;)
			{
				if (end[-1] == ' ')
					end--;
				else if (end[-2] == '\\' && strchr("nrt", end[-1]))
					end -= 2;
				else if (end - start > 6 && strncmp(end - 6, "\\u000", 5) == 0)
					end -= 6;
				else
					break;
			}
			appendBinaryStringInfo(&out, start, end - start);
		}
		else if (*json == '"')
		{
			const char *end = ast_skip_string(json);

			appendBinaryStringInfo(&out, json, end - json);
			json = end;
		}
		else
			appendStringInfoChar(&out, *json++);
	}
	return out.data;
}

/*
 * Formats a script that has no syntax error.  NULL when all is well, else what
 * is not: the result must parse, to the same tree, and be its own format.
 */
static const char *
ast_check_format(const FluxPackage *package, StringInfo formatted)
{
	FluxDiagnosticList *diagnostics = flux_diagnostics_create();
	StringInfoData before;
	StringInfoData after;
	StringInfoData again;
	FluxPackage *reparsed;

	initStringInfo(&before);
	initStringInfo(&after);
	initStringInfo(&again);
	flux_ast_to_json(package, &before);
	flux_ast_format(package, formatted);
	reparsed = flux_parse(flux_source_create(NULL, formatted->data, formatted->len), diagnostics);
	if (diagnostics->count > 0)
		return psprintf("the formatted script has an error: %s", diagnostics->items[0].message);
	flux_ast_to_json(reparsed, &after);
	if (strcmp(ast_strip_places(before.data), ast_strip_places(after.data)) != 0)
		return psprintf("the formatted script has another tree: %s", ast_strip_places(after.data));
	flux_ast_format(reparsed, &again);
	if (formatted->len != again.len || memcmp(formatted->data, again.data, again.len) != 0)
		return psprintf("formatted again it is: %s", again.data);
	return NULL;
}

#endif /* AST_EQUAL_H */
