/*
 * fuzz_codec_string.c
 *		Strings under random input; codec_fuzzing.h has the rest.
 */
#include "postgres.h"

#define FUZZ_KIND FUZZ_STRING
#include "codec_fuzzing.h"
