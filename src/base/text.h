/*
 * text.h
 *		A counted string: the one string type of the engine.
 *
 * Bytes are UTF-8, may contain NUL, and are not NUL-terminated.  A FluxText
 * owns nothing; whoever hands one out says how long its bytes live.  Strings
 * compare bytewise, as Flux does.
 */
#ifndef FLUX_TEXT_H
#define FLUX_TEXT_H

#include <string.h>

typedef struct FluxText
{
	const char *data;
	int32 size; /* bytes */
} FluxText;

static inline FluxText
flux_text(const char *data, int32 size)
{
	FluxText text = {data, size};

	return text;
}

static inline FluxText
flux_text_from_cstring(const char *cstring)
{
	return flux_text(cstring, (int32) strlen(cstring));
}

static inline bool
flux_text_equal(FluxText a, FluxText b)
{
	return a.size == b.size &&
		   (a.size == 0 || a.data == b.data || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool
flux_text_equal_cstring(FluxText a, const char *b)
{
	return flux_text_equal(a, flux_text_from_cstring(b));
}

/* Bytewise order: <0, 0, >0. */
static inline int
flux_text_compare(FluxText a, FluxText b)
{
	int32 common = Min(a.size, b.size);
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* At most "most" bytes of a text, for a message; no character is cut. */
static inline FluxText
flux_text_clip(FluxText text, int32 most)
{
	int32 size = text.size < most ? text.size : most;

	while (size > 0 && size < text.size && (text.data[size] & 0xC0) == 0x80)
		size--;
	return flux_text(text.data, size);
}

/* Arguments for "%.*s": a name as messages show it, however long it is. */
#define FLUX_NAME_ARGS(name) flux_text_clip(name, 100).size, (name).data

/* Copies in the current memory context; the cstring one adds the NUL. */
extern FluxText flux_text_copy(FluxText text);
extern char *flux_text_to_cstring(FluxText text);
extern uint32 flux_text_hash(FluxText text);

#endif /* FLUX_TEXT_H */
