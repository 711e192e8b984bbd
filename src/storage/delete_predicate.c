/*
 * delete_predicate.c
 *		Parses the predicate of flux.delete.
 *
 * A word is what stands in quotes, where a backslash takes the next character
 * as it is, or runs up to a blank, a parenthesis or an operator.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/pg_compat.h"
#include "storage/delete.h"
#include "vector/column.h"

typedef struct PredicateParser
{
	const char *start;
	const char *next;
	const char *end;
} PredicateParser;

static FluxPredicate *parse_conjunction(PredicateParser *parser);

static void refuse(const PredicateParser *parser, const char *what, const char *hint)
	pg_attribute_noreturn();

static void
refuse(const PredicateParser *parser, const char *what, const char *hint)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_SYNTAX_ERROR),
		 errmsg("invalid delete predicate at column %d: %s",
				(int) (parser->next - parser->start) + 1, what),
		 errhint("%s", hint != NULL
						   ? hint
						   : "A predicate is key=\"value\" or key!=\"value\", joined with AND.")));
}

static void
skip_blanks(PredicateParser *parser)
{
	while (parser->next < parser->end && (*parser->next == ' ' || *parser->next == '\t' ||
										  *parser->next == '\n' || *parser->next == '\r'))
		parser->next++;
}

static bool
is_word_byte(char c)
{
	return strchr(" \t\r\n()=!<>~\"'", c) == NULL && c != '\0';
}

/* The keyword, in any case, as a word of its own? */
static bool
at_keyword(const PredicateParser *parser, const char *keyword)
{
	Size size = strlen(keyword);

	return (Size) (parser->end - parser->next) >= size &&
		   pg_strncasecmp(parser->next, keyword, size) == 0 &&
		   (parser->next + size == parser->end || !is_word_byte(parser->next[size]));
}

static FluxText
parse_quoted(PredicateParser *parser)
{
	char quote = *parser->next;
	const char *opening = parser->next++;
	char *word = palloc(parser->end - opening);
	int32 size = 0;

	while (parser->next < parser->end && *parser->next != quote)
	{
		if (*parser->next == '\\' && parser->next + 1 < parser->end)
			parser->next++;
		word[size++] = *parser->next++;
	}
	if (parser->next == parser->end)
	{
		parser->next = opening;
		refuse(parser, "unbalanced quotes", NULL);
	}
	parser->next++;
	return flux_text(word, size);
}

static FluxText
parse_word(PredicateParser *parser, const char *what)
{
	const char *start;

	skip_blanks(parser);
	if (parser->next < parser->end && (*parser->next == '"' || *parser->next == '\''))
		return parse_quoted(parser);
	start = parser->next;
	while (parser->next < parser->end && is_word_byte(*parser->next))
		parser->next++;
	if (parser->next == start)
		refuse(parser, psprintf("missing %s", what), NULL);
	return flux_text(start, (int32) (parser->next - start));
}

static FluxComparison
parse_operator(PredicateParser *parser)
{
	Size left;

	skip_blanks(parser);
	left = parser->end - parser->next;
	if (left >= 2 && (memcmp(parser->next, "=~", 2) == 0 || memcmp(parser->next, "!~", 2) == 0))
		refuse(parser, "regular expressions are not supported", NULL);
	if (left >= 1 && *parser->next == '=')
	{
		parser->next += left >= 2 && parser->next[1] == '=' ? 2 : 1;
		return FLUX_COMPARE_EQ;
	}
	if (left >= 2 && memcmp(parser->next, "!=", 2) == 0)
	{
		parser->next += 2;
		return FLUX_COMPARE_NE;
	}
	refuse(parser, "expected = or !=", NULL);
}

static FluxPredicate *
parse_comparison(PredicateParser *parser)
{
	FluxPredicate *leaf = palloc0(sizeof(FluxPredicate));
	const char *at;
	FluxText key;

	skip_blanks(parser);
	at = parser->next;
	key = parse_word(parser, "key");
	leaf->kind = FLUX_PREDICATE_COMPARE;
	leaf->column = flux_text_equal_cstring(key, "_measurement") ? FLUX_PREDICATE_MEASUREMENT
																: FLUX_PREDICATE_TAG;
	leaf->tag = key;
	if (flux_text_equal_cstring(key, "_field") || flux_text_equal_cstring(key, "_value") ||
		flux_text_equal_cstring(key, "_time") || flux_text_equal_cstring(key, "time"))
	{
		parser->next = at;
		refuse(parser, psprintf("delete by %s is not supported", flux_text_to_cstring(key)),
			   "Points are deleted whole: select them by tags and _measurement, and by time with"
			   " start and stop.");
	}
	leaf->comparison = parse_operator(parser);
	leaf->literal_type = FLUX_COLUMN_STRING;
	leaf->literal.string = parse_word(parser, "value");
	return leaf;
}

static FluxPredicate *
parse_term(PredicateParser *parser)
{
	FluxPredicate *inner;

	skip_blanks(parser);
	if (parser->next == parser->end || *parser->next != '(')
		return parse_comparison(parser);
	parser->next++;
	inner = parse_conjunction(parser);
	skip_blanks(parser);
	if (parser->next == parser->end || *parser->next != ')')
		refuse(parser, "expected )", NULL);
	parser->next++;
	return inner;
}

static FluxPredicate *
parse_conjunction(PredicateParser *parser)
{
	FluxPredicate *left;

	check_stack_depth();
	left = parse_term(parser);
	for (;;)
	{
		FluxPredicate *both;

		skip_blanks(parser);
		if (at_keyword(parser, "OR"))
			refuse(parser, "OR is not supported", "Delete in several calls.");
		if (!at_keyword(parser, "AND"))
			return left;
		parser->next += 3;
		both = palloc0(sizeof(FluxPredicate));
		both->kind = FLUX_PREDICATE_AND;
		both->children = palloc_array(FluxPredicate *, 2);
		both->child_count = 2;
		both->children[0] = left;
		both->children[1] = parse_term(parser);
		left = both;
	}
}

FluxPredicate *
flux_delete_parse(FluxText text)
{
	PredicateParser parser = {text.data, text.data, text.data + text.size};
	FluxPredicate *predicate;

	skip_blanks(&parser);
	if (parser.next == parser.end)
		return NULL;
	predicate = parse_conjunction(&parser);
	skip_blanks(&parser);
	if (parser.next < parser.end)
		refuse(&parser, "expected AND", NULL);
	return predicate;
}
