/*
 * limits.h
 *		Limits on what a user may write or store: each has a name, an error that
 *		names it, and a test on both sides.
 */
#ifndef FLUX_LIMITS_H
#define FLUX_LIMITS_H

/* Bytes of a measurement's, tag key's or field's name: index entries hold them. */
#define FLUX_NAME_SIZE_MAX 1024

/* Bytes of a measurement and its tags together, as InfluxDB has it. */
#define FLUX_SERIES_KEY_SIZE_MAX 65535

/* Bytes of a string value, as InfluxDB has it. */
#define FLUX_STRING_VALUE_SIZE_MAX (1024 * 1024)

/* Notifications of a run that wait for its commit: bytes of one body, and their number. */
#define FLUX_POST_SIZE_MAX (1024 * 1024)
#define FLUX_POSTS_PER_RUN_MAX 10000

#endif /* FLUX_LIMITS_H */
