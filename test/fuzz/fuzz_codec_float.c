/*
 * fuzz_codec_float.c
 *		Floats under random input; codec_fuzzing.h has the rest.
 */
#include "postgres.h"

#define FUZZ_KIND FUZZ_FLOAT
#include "codec_fuzzing.h"
