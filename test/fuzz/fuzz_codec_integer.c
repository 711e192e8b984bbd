/*
 * fuzz_codec_integer.c
 *		Integers under random input; codec_fuzzing.h has the rest.
 */
#include "postgres.h"

#define FUZZ_KIND FUZZ_INTEGER
#include "codec_fuzzing.h"
