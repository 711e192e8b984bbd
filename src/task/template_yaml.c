/*
 * template_yaml.c
 *		YAML events of libyaml, written down as JSON.
 *
 * Plain scalars mean what YAML's core schema says: null, booleans, numbers;
 * all others are strings.  Nothing is kept but the text that is being written
 * and a stack of what is open, so depth and size are bounded here.
 */
#include "postgres.h"

#include <yaml.h>

#include "miscadmin.h"
#include "utils/json.h"

#include "base/pg_compat.h"
#include "task/template_yaml.h"

/* An open collection. */
typedef struct Level
{
	bool is_mapping;
	bool expects_key; /* is_mapping */
	int count;        /* items, or keys and values */
} Level;

typedef struct Writer
{
	StringInfoData json;
	Level levels[FLUX_TEMPLATE_DEPTH_MAX + 1];
	int depth;
	int nodes;
} Writer;

static void
pg_attribute_noreturn() raise_at(const yaml_mark_t *mark, int sqlstate, const char *what)
{
	ereport(ERROR, (errcode(sqlstate), errmsg("template cannot be read: %s at %zu:%zu", what,
											  mark->line + 1, mark->column + 1)));
}

static void
pg_attribute_noreturn() raise_parser(const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	raise_at(&parser->problem_mark, ERRCODE_INVALID_TEXT_REPRESENTATION,
			 parser->problem != NULL ? parser->problem : "malformed");
}

/* Before a value or key: commas, colons, and the bounds. */
static void
begin_node(Writer *writer, const yaml_event_t *event, bool is_scalar)
{
	Level *level = &writer->levels[writer->depth];

	if (++writer->nodes > FLUX_TEMPLATE_NODES_MAX)
		raise_at(&event->start_mark, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "it has too many values");
	if (level->is_mapping && level->expects_key && !is_scalar)
		raise_at(&event->start_mark, ERRCODE_FEATURE_NOT_SUPPORTED, "a key must be a scalar");
	if (level->is_mapping && !level->expects_key)
		appendStringInfoChar(&writer->json, ':');
	else if (level->count > 0)
		appendStringInfoChar(&writer->json, ',');
	level->count++;
	if (level->is_mapping)
		level->expects_key = !level->expects_key;
}

static void
open_collection(Writer *writer, const yaml_event_t *event, bool is_mapping)
{
	begin_node(writer, event, false);
	if (writer->depth == FLUX_TEMPLATE_DEPTH_MAX)
		raise_at(&event->start_mark, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "it is nested too deeply");
	writer->levels[++writer->depth] = (Level){is_mapping, true, 0};
	appendStringInfoChar(&writer->json, is_mapping ? '{' : '[');
}

static void
close_collection(Writer *writer)
{
	appendStringInfoChar(&writer->json, writer->levels[writer->depth--].is_mapping ? '}' : ']');
}

/* Whether a plain scalar is a number as JSON writes them. */
static bool
is_json_number(const char *text)
{
	const char *at = text;

	if (*at == '-')
		at++;
	if (*at < '0' || *at > '9' || (at[0] == '0' && at[1] >= '0' && at[1] <= '9'))
		return false;
	at += strspn(at, "0123456789");
	if (*at == '.')
	{
		if (at[1] < '0' || at[1] > '9')
			return false;
		at += 1 + strspn(at + 1, "0123456789");
	}
	if (*at == 'e' || *at == 'E')
	{
		at++;
		if (*at == '+' || *at == '-')
			at++;
		if (*at < '0' || *at > '9')
			return false;
		at += strspn(at, "0123456789");
	}
	return *at == '\0' && strlen(text) < 100;
}

static bool
is_one_of(const char *text, const char *a, const char *b, const char *c)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

static void
write_scalar(Writer *writer, const yaml_event_t *event)
{
	const Level *level = &writer->levels[writer->depth];
	bool is_key = level->is_mapping && level->expects_key;
	const char *text = (const char *) event->data.scalar.value;
	bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_key &&
					event->data.scalar.tag == NULL;

	begin_node(writer, event, true);
	if (strlen(text) != event->data.scalar.length)
		raise_at(&event->start_mark, ERRCODE_INVALID_TEXT_REPRESENTATION,
				 "it has a null character");
	if (is_plain &&
		(text[0] == '\0' || strcmp(text, "~") == 0 || is_one_of(text, "null", "Null", "NULL")))
		appendStringInfoString(&writer->json, "null");
	else if (is_plain && is_one_of(text, "true", "True", "TRUE"))
		appendStringInfoString(&writer->json, "true");
	else if (is_plain && is_one_of(text, "false", "False", "FALSE"))
		appendStringInfoString(&writer->json, "false");
	else if (is_plain && is_json_number(text))
		appendStringInfoString(&writer->json, text);
	else
		escape_json(&writer->json, text);
}

/* One event; false at the end of the stream. */
static bool
write_event(Writer *writer, const yaml_event_t *event)
{
	switch (event->type)
	{
		case YAML_STREAM_END_EVENT:
			return false;
		case YAML_ALIAS_EVENT:
			raise_at(&event->start_mark, ERRCODE_FEATURE_NOT_SUPPORTED,
					 "aliases are not supported");
		case YAML_SCALAR_EVENT:
			if (event->data.scalar.anchor != NULL)
				raise_at(&event->start_mark, ERRCODE_FEATURE_NOT_SUPPORTED,
						 "anchors are not supported");
			write_scalar(writer, event);
			return true;
		case YAML_SEQUENCE_START_EVENT:
			if (event->data.sequence_start.anchor != NULL)
				raise_at(&event->start_mark, ERRCODE_FEATURE_NOT_SUPPORTED,
						 "anchors are not supported");
			open_collection(writer, event, false);
			return true;
		case YAML_MAPPING_START_EVENT:
			if (event->data.mapping_start.anchor != NULL)
				raise_at(&event->start_mark, ERRCODE_FEATURE_NOT_SUPPORTED,
						 "anchors are not supported");
			open_collection(writer, event, true);
			return true;
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			close_collection(writer);
			return true;
		default:
			return true;
	}
}

char *
flux_template_to_json(const char *text, Size size)
{
	yaml_parser_t parser;
	yaml_event_t event;
	Writer writer = {.depth = 0};
	bool has_more = true;

	if (size > FLUX_TEMPLATE_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("template of %zu bytes is longer than %d bytes", size,
							   FLUX_TEMPLATE_SIZE_MAX)));
	initStringInfo(&writer.json);
	appendStringInfoChar(&writer.json, '[');
	if (!yaml_parser_initialize(&parser))
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	memset(&event, 0, sizeof(event));
	PG_TRY();
	{
		yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&parser, (const unsigned char *) text, size);
		while (has_more)
		{
			CHECK_FOR_INTERRUPTS();
			if (!yaml_parser_parse(&parser, &event))
				raise_parser(&parser);
			has_more = write_event(&writer, &event);
			yaml_event_delete(&event);
			memset(&event, 0, sizeof(event));
		}
	}
	PG_FINALLY();
	{
		yaml_event_delete(&event);
		yaml_parser_delete(&parser);
	}
	PG_END_TRY();
	appendStringInfoChar(&writer.json, ']');
	return writer.json.data;
}
