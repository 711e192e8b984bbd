/*
 * fuzz_codec_boolean.c
 *		Booleans under random input; codec_fuzzing.h has the rest.
 */
#include "postgres.h"

#define FUZZ_KIND FUZZ_BOOLEAN
#include "codec_fuzzing.h"
