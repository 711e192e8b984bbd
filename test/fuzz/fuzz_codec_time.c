/*
 * fuzz_codec_time.c
 *		Times under random input; codec_fuzzing.h has the rest.
 */
#include "postgres.h"

#define FUZZ_KIND FUZZ_TIME
#include "codec_fuzzing.h"
