/*
 * fuzz_codec_hot.c
 *		Hot payloads under random input; codec_fuzzing.h has the rest.
 */
#include "postgres.h"

#define FUZZ_KIND FUZZ_HOT
#include "codec_fuzzing.h"
