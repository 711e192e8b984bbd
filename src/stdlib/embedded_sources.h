/*
 * embedded_sources.h
 *		Packages of the library that are written in Flux; made by embed.pl.
 */
#ifndef FLUX_EMBEDDED_SOURCES_H
#define FLUX_EMBEDDED_SOURCES_H

typedef struct FluxEmbeddedSource
{
	const char *package; /* import path */
	const char *text;
} FluxEmbeddedSource;

extern const FluxEmbeddedSource flux_embedded_sources[];
extern const int flux_embedded_source_count;

#endif /* FLUX_EMBEDDED_SOURCES_H */
