/*
 * template_yaml.h
 *		Templates as they are written, YAML or JSON, to JSON.
 */
#ifndef FLUX_TEMPLATE_YAML_H
#define FLUX_TEMPLATE_YAML_H

#include "lib/stringinfo.h"

/* Bounds of what is read. */
#define FLUX_TEMPLATE_SIZE_MAX (8 * 1024 * 1024)
#define FLUX_TEMPLATE_DEPTH_MAX 64
#define FLUX_TEMPLATE_NODES_MAX 200000

/*
 * All documents of a YAML stream (JSON is YAML) as one JSON array.  Anchors and
 * aliases are refused, so the answer is no greater than the text allows.
 * Raises for malformed text, with the place.
 */
extern char *flux_template_to_json(const char *text, Size size);

#endif /* FLUX_TEMPLATE_YAML_H */
