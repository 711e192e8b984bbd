/*
 * lexer.c
 *		Flux source bytes to tokens.
 *
 * Hand-written, longest match, no state but an offset, so that the parser may
 * set it back and read again in another mode.  Every byte is looked at a
 * bounded number of times: the scans that may fail (a string with something
 * in it that a plain literal cannot hold, a regular expression without its
 * end) run into the token that stopped them or into the end of the source.
 */
#include "postgres.h"

#include "syntax/lexer.h"
#include "syntax/unicode_alphabetic.h"

static const char *const token_names[] = {
#define X(kind, name) name,
#include "syntax/token_list.h"
#undef X
};

static const struct
{
	const char *word;
	FluxTokenKind kind;
} reserved_words[] = {
	{"and", FLUX_TOKEN_AND},         {"or", FLUX_TOKEN_OR},
	{"not", FLUX_TOKEN_NOT},         {"exists", FLUX_TOKEN_EXISTS},
	{"if", FLUX_TOKEN_IF},           {"then", FLUX_TOKEN_THEN},
	{"else", FLUX_TOKEN_ELSE},       {"package", FLUX_TOKEN_PACKAGE},
	{"import", FLUX_TOKEN_IMPORT},   {"option", FLUX_TOKEN_OPTION},
	{"builtin", FLUX_TOKEN_BUILTIN}, {"testcase", FLUX_TOKEN_TESTCASE},
	{"return", FLUX_TOKEN_RETURN},
};

const char *
flux_token_name(FluxTokenKind kind)
{
	return token_names[kind];
}

void
flux_lexer_init(FluxLexer *lexer, const char *data, uint32 size)
{
	lexer->data = data;
	lexer->size = size;
	lexer->offset = 0;
}

/* ---- characters ---- */

/* The byte at an offset, or -1 past the end. */
static inline int
byte_at(const FluxLexer *lexer, uint32 offset)
{
	return offset < lexer->size ? (unsigned char) lexer->data[offset] : -1;
}

static inline bool
is_digit(int byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool
is_hex_digit(int byte)
{
	return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static inline bool
is_space(int byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Bytes of the UTF-8 character that a byte starts; text is known to be valid. */
static inline uint32
character_size(int byte)
{
	return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

static uint32
decode_character(const char *at, uint32 size)
{
	const unsigned char *s = (const unsigned char *) at;

	switch (size)
	{
		case 2:
			return (s[0] & 0x1F) << 6 | (s[1] & 0x3F);
		case 3:
			return (s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F);
		case 4:
			return (s[0] & 0x07) << 18 | (s[1] & 0x3F) << 12 | (s[2] & 0x3F) << 6 | (s[3] & 0x3F);
		default:
			return s[0];
	}
}

static bool
is_alphabetic(uint32 character)
{
	int low = 0;
	int high = lengthof(flux_alphabetic_ranges) - 1;

	while (low <= high)
	{
		int middle = (low + high) / 2;

		if (character < flux_alphabetic_ranges[middle].first)
			high = middle - 1;
		else if (character > flux_alphabetic_ranges[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

/* Bytes of the letter or underscore at an offset, 0 when there is none. */
static uint32
letter_size(const FluxLexer *lexer, uint32 offset)
{
	int byte = byte_at(lexer, offset);
	uint32 size;

	if (byte < 0x80)
		return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
	size = character_size(byte);
	if (offset + size > lexer->size)
		return 0;
	return is_alphabetic(decode_character(lexer->data + offset, size)) ? size : 0;
}

uint32
flux_utf8_check(const char *data, uint32 size)
{
	const unsigned char *s = (const unsigned char *) data;
	uint32 i = 0;

	while (i < size)
	{
		static const uint32 minimum[] = {0, 0, 0x80, 0x800, 0x10000};
		uint32 length;
		uint32 character;

		if (s[i] < 0x80)
		{
			i++;
			continue;
		}
		if (s[i] >= 0xC2 && s[i] < 0xE0)
			length = 2;
		else if (s[i] >= 0xE0 && s[i] < 0xF0)
			length = 3;
		else if (s[i] >= 0xF0 && s[i] < 0xF5)
			length = 4;
		else
			return i;
		if (size - i < length)
			return i;
		for (uint32 k = 1; k < length; k++)
		{
			if ((s[i + k] & 0xC0) != 0x80)
				return i;
		}
		character = decode_character(data + i, length);
		if (character < minimum[length] || character > 0x10FFFF ||
			(character >= 0xD800 && character <= 0xDFFF))
			return i;
		i += length;
	}
	return size;
}

/* ---- plain code ---- */

/* Skips white space; comments on the way become the token's. */
static void
skip_space(FluxLexer *lexer, FluxComments *comments)
{
	int capacity = 0;

	comments->items = NULL;
	comments->count = 0;
	for (;;)
	{
		uint32 start;
		const char *line_end;

		while (is_space(byte_at(lexer, lexer->offset)))
			lexer->offset++;
		if (byte_at(lexer, lexer->offset) != '/' || byte_at(lexer, lexer->offset + 1) != '/')
			return;

		start = lexer->offset;
		line_end = memchr(lexer->data + start, '\n', lexer->size - start);
		lexer->offset = line_end ? (uint32) (line_end - lexer->data) + 1 : lexer->size;
		if (comments->count == capacity)
		{
			capacity = capacity == 0 ? 4 : capacity * 2;
			if (comments->items == NULL)
				comments->items = palloc(capacity * sizeof(FluxText));
			else
				comments->items =
					repalloc_huge(comments->items, (Size) capacity * sizeof(FluxText));
		}
		comments->items[comments->count++] =
			flux_text(lexer->data + start, (int32) (lexer->offset - start));
	}
}

static uint32
skip_digits(const FluxLexer *lexer, uint32 offset)
{
	while (is_digit(byte_at(lexer, offset)))
		offset++;
	return offset;
}

/* Whether the bytes at an offset have a shape: '0' any digit, others themselves. */
static bool
has_shape(const FluxLexer *lexer, uint32 offset, const char *shape)
{
	for (; *shape != '\0'; shape++, offset++)
	{
		int byte = byte_at(lexer, offset);

		if (*shape == '0' ? !is_digit(byte) : byte != *shape)
			return false;
	}
	return true;
}

/* End of the time literal that starts with the date at an offset. */
static uint32
scan_time(const FluxLexer *lexer, uint32 offset)
{
	uint32 end = offset + strlen("2006-01-02");
	int byte;

	if (!has_shape(lexer, end, "T00:00:00"))
		return end;
	end += strlen("T15:04:05");
	if (byte_at(lexer, end) == '.' && is_digit(byte_at(lexer, end + 1)))
		end = skip_digits(lexer, end + 1);
	byte = byte_at(lexer, end);
	if (byte == 'Z')
		end++;
	else if (has_shape(lexer, end, "+00:00") || has_shape(lexer, end, "-00:00"))
		end += strlen("+07:00");
	return end;
}

/* Bytes of the duration unit at an offset, 0 when there is none. */
static uint32
unit_size(const FluxLexer *lexer, uint32 offset)
{
	int byte = byte_at(lexer, offset);
	int next = byte_at(lexer, offset + 1);

	switch (byte)
	{
		case 'y':
		case 'w':
		case 'd':
		case 'h':
		case 's':
			return 1;
		case 'm':
			return next == 'o' || next == 's' ? 2 : 1;
		case 'u':
		case 'n':
			return next == 's' ? 2 : 0;
		case 0xC2: /* the micro sign */
			return next == 0xB5 && byte_at(lexer, offset + 2) == 's' ? 3 : 0;
		default:
			return 0;
	}
}

/* Numbers, durations and times: all that starts with a digit, or a dot and a digit. */
static FluxTokenKind
scan_number(FluxLexer *lexer)
{
	uint32 end;
	uint32 size;

	if (has_shape(lexer, lexer->offset, "0000-00-00"))
	{
		lexer->offset = scan_time(lexer, lexer->offset);
		return FLUX_TOKEN_TIME;
	}
	end = skip_digits(lexer, lexer->offset);
	if (byte_at(lexer, end) == '.')
	{
		lexer->offset = skip_digits(lexer, end + 1);
		return FLUX_TOKEN_FLOAT;
	}
	size = unit_size(lexer, end);
	if (size == 0)
	{
		lexer->offset = end;
		return FLUX_TOKEN_INT;
	}
	do
	{
		lexer->offset = end + size;
		end = skip_digits(lexer, lexer->offset);
		size = end > lexer->offset ? unit_size(lexer, end) : 0;
	} while (size > 0);
	return FLUX_TOKEN_DURATION;
}

static FluxTokenKind
scan_identifier(FluxLexer *lexer)
{
	uint32 start = lexer->offset;
	FluxText word;

	for (;;)
	{
		uint32 size = letter_size(lexer, lexer->offset);

		if (size == 0)
			size = is_digit(byte_at(lexer, lexer->offset));
		if (size == 0)
			break;
		lexer->offset += size;
	}
	word = flux_text(lexer->data + start, (int32) (lexer->offset - start));
	if (word.size < 2 || word.size > strlen("testcase"))
		return FLUX_TOKEN_IDENT;
	for (int i = 0; i < lengthof(reserved_words); i++)
	{
		if (word.data[0] == reserved_words[i].word[0] &&
			flux_text_equal_cstring(word, reserved_words[i].word))
			return reserved_words[i].kind;
	}
	return FLUX_TOKEN_IDENT;
}

/* Bytes of the escape whose backslash is at an offset, 0 when it is none. */
static uint32
escape_size(const FluxLexer *lexer, uint32 offset)
{
	switch (byte_at(lexer, offset + 1))
	{
		case 'n':
		case 'r':
		case 't':
		case '\\':
		case '"':
			return 2;
		case '$':
			return byte_at(lexer, offset + 2) == '{' ? 3 : 0;
		case 'x':
			return is_hex_digit(byte_at(lexer, offset + 2)) &&
						   is_hex_digit(byte_at(lexer, offset + 3))
					   ? 4
					   : 0;
		default:
			return 0;
	}
}

/*
 * Moves over literal text of a string up to what ends it: a quote, "${", a
 * backslash that starts no escape, or the end of the source.  A dollar takes
 * the byte after it along unless that is a brace or a quote.
 */
static uint32
skip_string_text(const FluxLexer *lexer, uint32 offset)
{
	for (;;)
	{
		int byte = byte_at(lexer, offset);
		uint32 size;

		switch (byte)
		{
			case -1:
			case '"':
				return offset;
			case '$':
				byte = byte_at(lexer, offset + 1);
				if (byte == '{')
					return offset;
				offset++;
				if (byte != -1 && byte != '"')
					offset++;
				break;
			case '\\':
				size = escape_size(lexer, offset);
				if (size == 0)
					return offset;
				offset += size;
				break;
			default:
				offset++;
		}
	}
}

/* A whole string literal, or just its quote when it is a string expression. */
static FluxTokenKind
scan_string(FluxLexer *lexer)
{
	uint32 end = skip_string_text(lexer, lexer->offset + 1);

	if (byte_at(lexer, end) == '"')
	{
		lexer->offset = end + 1;
		return FLUX_TOKEN_STRING;
	}
	lexer->offset++;
	return FLUX_TOKEN_QUOTE;
}

/* "second" follows "first": a token of two bytes; else one of a single byte. */
static inline FluxTokenKind
one_or_two(FluxLexer *lexer, int second, FluxTokenKind two, FluxTokenKind one)
{
	if (byte_at(lexer, lexer->offset + 1) != second)
	{
		lexer->offset++;
		return one;
	}
	lexer->offset += 2;
	return two;
}

static inline FluxTokenKind
single(FluxLexer *lexer, FluxTokenKind kind)
{
	lexer->offset++;
	return kind;
}

/* One whole character that belongs to no token. */
static FluxTokenKind
scan_illegal(FluxLexer *lexer)
{
	uint32 size = character_size(byte_at(lexer, lexer->offset));

	lexer->offset += Min(size, lexer->size - lexer->offset);
	return FLUX_TOKEN_ILLEGAL;
}

static FluxTokenKind
scan_attribute(FluxLexer *lexer)
{
	if (letter_size(lexer, lexer->offset + 1) == 0)
		return scan_illegal(lexer);
	lexer->offset++;
	(void) scan_identifier(lexer);
	return FLUX_TOKEN_ATTRIBUTE;
}

static FluxTokenKind
scan_punctuation(FluxLexer *lexer)
{
	int next = byte_at(lexer, lexer->offset + 1);

	switch (lexer->data[lexer->offset])
	{
		case '+':
			return single(lexer, FLUX_TOKEN_ADD);
		case '-':
			return single(lexer, FLUX_TOKEN_SUB);
		case '*':
			return single(lexer, FLUX_TOKEN_MUL);
		case '/':
			return single(lexer, FLUX_TOKEN_DIV);
		case '%':
			return single(lexer, FLUX_TOKEN_MOD);
		case '^':
			return single(lexer, FLUX_TOKEN_POW);
		case '(':
			return single(lexer, FLUX_TOKEN_LPAREN);
		case ')':
			return single(lexer, FLUX_TOKEN_RPAREN);
		case '[':
			return single(lexer, FLUX_TOKEN_LBRACK);
		case ']':
			return single(lexer, FLUX_TOKEN_RBRACK);
		case '{':
			return single(lexer, FLUX_TOKEN_LBRACE);
		case '}':
			return single(lexer, FLUX_TOKEN_RBRACE);
		case ',':
			return single(lexer, FLUX_TOKEN_COMMA);
		case ':':
			return single(lexer, FLUX_TOKEN_COLON);
		case '.':
			return single(lexer, FLUX_TOKEN_DOT);
		case '?':
			return single(lexer, FLUX_TOKEN_QUESTION_MARK);
		case '>':
			return one_or_two(lexer, '=', FLUX_TOKEN_GTE, FLUX_TOKEN_GT);
		case '<':
			if (next == '-')
				return one_or_two(lexer, '-', FLUX_TOKEN_PIPE_RECEIVE, FLUX_TOKEN_LT);
			return one_or_two(lexer, '=', FLUX_TOKEN_LTE, FLUX_TOKEN_LT);
		case '=':
			if (next == '=')
				return one_or_two(lexer, '=', FLUX_TOKEN_EQ, FLUX_TOKEN_ASSIGN);
			if (next == '~')
				return one_or_two(lexer, '~', FLUX_TOKEN_REGEXEQ, FLUX_TOKEN_ASSIGN);
			return one_or_two(lexer, '>', FLUX_TOKEN_ARROW, FLUX_TOKEN_ASSIGN);
		case '!':
			if (next == '=')
				return one_or_two(lexer, '=', FLUX_TOKEN_NEQ, FLUX_TOKEN_ILLEGAL);
			return one_or_two(lexer, '~', FLUX_TOKEN_REGEXNEQ, FLUX_TOKEN_ILLEGAL);
		case '|':
			return one_or_two(lexer, '>', FLUX_TOKEN_PIPE_FORWARD, FLUX_TOKEN_ILLEGAL);
		case '@':
			return scan_attribute(lexer);
		default:
			return scan_illegal(lexer);
	}
}

void
flux_lexer_next(FluxLexer *lexer, FluxToken *token)
{
	int byte;

	skip_space(lexer, &token->comments);
	token->span.start = lexer->offset;
	byte = byte_at(lexer, lexer->offset);
	if (byte == -1)
		token->kind = FLUX_TOKEN_END;
	else if (letter_size(lexer, lexer->offset) > 0)
		token->kind = scan_identifier(lexer);
	else if (is_digit(byte) || (byte == '.' && is_digit(byte_at(lexer, lexer->offset + 1))))
		token->kind = scan_number(lexer);
	else if (byte == '"')
		token->kind = scan_string(lexer);
	else
		token->kind = scan_punctuation(lexer);
	token->span.stop = lexer->offset;
}

/* ---- the other modes ---- */

/*
 * The literal ends at the first slash without a backslash before it.  Where
 * there is none it ends at the last slash of the source, backslash or not
 * (the parser then complains about the pattern).
 */
bool
flux_lexer_regexp(FluxLexer *lexer, FluxToken *token)
{
	uint32 start = token->span.start;
	uint32 stop = 0;

	for (uint32 i = start + 1; i < lexer->size; i++)
	{
		if (lexer->data[i] != '/' || i == start + 1)
			continue;
		stop = i + 1;
		if (lexer->data[i - 1] != '\\')
			break;
	}
	if (stop == 0)
		return false;
	token->kind = FLUX_TOKEN_REGEX;
	token->span.stop = stop;
	lexer->offset = stop;
	return true;
}

void
flux_lexer_string_part(FluxLexer *lexer, FluxToken *token)
{
	uint32 start = lexer->offset;
	uint32 end = skip_string_text(lexer, start);

	token->comments.items = NULL;
	token->comments.count = 0;
	token->span.start = start;
	if (end > start)
	{
		token->kind = FLUX_TOKEN_TEXT;
		lexer->offset = Min(end, lexer->size);
	}
	else if (start >= lexer->size)
		token->kind = FLUX_TOKEN_END;
	else if (lexer->data[start] == '"')
		token->kind = single(lexer, FLUX_TOKEN_QUOTE);
	else if (lexer->data[start] == '$')
	{
		token->kind = FLUX_TOKEN_STRINGEXPR;
		lexer->offset = start + 2;
	}
	else
		token->kind = single(lexer, FLUX_TOKEN_ILLEGAL);
	token->span.stop = lexer->offset;
}

bool
flux_text_is_identifier(FluxText text)
{
	FluxLexer lexer;

	flux_lexer_init(&lexer, text.data, (uint32) text.size);
	return letter_size(&lexer, 0) > 0 && scan_identifier(&lexer) == FLUX_TOKEN_IDENT &&
		   lexer.offset == lexer.size;
}
