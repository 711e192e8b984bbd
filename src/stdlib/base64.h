/*
 * base64.h
 *		Bytes as text in base64, for the packages that write it.
 */
#ifndef FLUX_BASE64_H
#define FLUX_BASE64_H

#include "base/text.h"

/* In the current context, with padding. */
extern FluxText flux_base64_encode(FluxText bytes);

#endif /* FLUX_BASE64_H */
