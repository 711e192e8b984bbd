/*
 * bucket_cache.h
 *		Rows of _flux_catalog.bucket that this backend has read.
 *
 * Every write and every read of points begins with a look at its bucket; this
 * saves the scan.  Only what is in the row is kept, not what the server's own
 * caches know (schema, "_points", its owner).  A trigger on the table makes
 * every backend forget what changed.
 */
#ifndef FLUX_BUCKET_CACHE_H
#define FLUX_BUCKET_CACHE_H

/* A row; names are shorter than NAMEDATALEN. */
typedef struct FluxBucketRow
{
	char name[NAMEDATALEN]; /* hash key */
	char schema_name[NAMEDATALEN];
	int32 bucket_id;
	int64 retention_ns;
	int64 chunk_ns;
	bool is_attached;
	bool is_watched;
} FluxBucketRow;

/* A row as of now, or NULL when it must be read; valid until the next call of this module. */
extern const FluxBucketRow *flux_bucket_cache_by_name(const char *name);
extern const FluxBucketRow *flux_bucket_cache_by_id(int32 bucket_id);
extern const FluxBucketRow *flux_bucket_cache_by_schema(const char *schema_name);

/* Remembers a row that was read since the last miss. */
extern void flux_bucket_cache_add(const FluxBucketRow *row);

#endif /* FLUX_BUCKET_CACHE_H */
