/*
 * unicode.c
 *		Code points of UTF-8 text and their case.
 *
 * Case comes from the C library's C.UTF-8, whose tables cover Unicode and do
 * not depend on the database's locale.  Where that locale is missing only
 * ASCII has case.
 */
#include "postgres.h"

#include <locale.h>
#include <wctype.h>

#include "miscadmin.h"

#include "stdlib/unicode.h"

static locale_t
unicode_locale(void)
{
	static locale_t locale = (locale_t) 0;
	static bool is_tried = false;

	if (!is_tried)
	{
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
		is_tried = true;
	}
	return locale;
}

uint32
flux_unicode_decode(FluxText text, int32 at, int32 *size)
{
	const unsigned char *bytes = (const unsigned char *) text.data + at;
	int32 left = text.size - at;
	uint32 first = bytes[0];
	uint32 code;
	int32 length;

	*size = 1;
	if (first < 0x80)
		return first;
	length = first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
	if (first >= 0xF8 || length == 1 || left < length)
		return first;
	code = first & (0xFF >> (length + 1));
	for (int32 i = 1; i < length; i++)
	{
		if ((bytes[i] & 0xC0) != 0x80)
			return first;
		code = (code << 6) | (bytes[i] & 0x3F);
	}
	*size = length;
	return code;
}

int32
flux_unicode_previous(FluxText text, int32 at)
{
	for (int32 back = 1; back <= 4 && back <= at; back++)
	{
		int32 size;

		if (((unsigned char) text.data[at - back] & 0xC0) == 0x80)
			continue;
		(void) flux_unicode_decode(text, at - back, &size);
		if (size == back)
			return at - back;
		break;
	}
	return at - 1;
}

int32
flux_unicode_encode(uint32 code, char *out)
{
	if (code < 0x80)
	{
		out[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		out[0] = (char) (0xC0 | (code >> 6));
		out[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		out[0] = (char) (0xE0 | (code >> 12));
		out[1] = (char) (0x80 | ((code >> 6) & 0x3F));
		out[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | (code >> 18));
	out[1] = (char) (0x80 | ((code >> 12) & 0x3F));
	out[2] = (char) (0x80 | ((code >> 6) & 0x3F));
	out[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

int32
flux_unicode_count(FluxText text)
{
	int32 count = 0;
	int32 size;

	for (int32 at = 0; at < text.size; at += size)
	{
		CHECK_FOR_INTERRUPTS();
		(void) flux_unicode_decode(text, at, &size);
		count++;
	}
	return count;
}

uint32
flux_unicode_upper(uint32 code)
{
	if (code < 0x80)
		return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
	return unicode_locale() != (locale_t) 0 ? (uint32) towupper_l((wint_t) code, unicode_locale())
											: code;
}

uint32
flux_unicode_lower(uint32 code)
{
	if (code < 0x80)
		return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
	return unicode_locale() != (locale_t) 0 ? (uint32) towlower_l((wint_t) code, unicode_locale())
											: code;
}

/* Differs from upper case for a handful of digraphs. */
uint32
flux_unicode_title(uint32 code)
{
	static wctrans_t mapping = (wctrans_t) 0;

	if (code < 0x80 || unicode_locale() == (locale_t) 0)
		return flux_unicode_upper(code);
	if (mapping == (wctrans_t) 0)
		mapping = wctrans_l("totitle", unicode_locale());
	if (mapping == (wctrans_t) 0)
		return flux_unicode_upper(code);
	return (uint32) towctrans_l((wint_t) code, mapping, unicode_locale());
}

bool
flux_unicode_is_letter_or_digit(uint32 code)
{
	if (code < 0x80)
		return (code >= '0' && code <= '9') || flux_unicode_lower(code) != code ||
			   flux_unicode_upper(code) != code;
	return unicode_locale() != (locale_t) 0 && iswalnum_l((wint_t) code, unicode_locale());
}

bool
flux_unicode_is_space(uint32 code)
{
	switch (code)
	{
		case '\t':
		case '\n':
		case '\v':
		case '\f':
		case '\r':
		case ' ':
		case 0x85:
		case 0xA0:
		case 0x1680:
		case 0x2028:
		case 0x2029:
		case 0x202F:
		case 0x205F:
		case 0x3000:
			return true;
		default:
			return code >= 0x2000 && code <= 0x200A;
	}
}

bool
flux_unicode_same_folded(uint32 a, uint32 b)
{
	return a == b || flux_unicode_lower(a) == flux_unicode_lower(b) ||
		   flux_unicode_upper(a) == flux_unicode_upper(b);
}
