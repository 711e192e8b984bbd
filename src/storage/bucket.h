/*
 * bucket.h
 *		Buckets: creating, finding, changing, dropping, and who may use them.
 *
 * A bucket is a row of _flux_catalog.bucket and a schema of its name that
 * holds the foreign tables "_points" (its ACL is the bucket's ACL) and one
 * per measurement.  Data stands in the chunk tables of schema _flux_data.
 */
#ifndef FLUX_BUCKET_H
#define FLUX_BUCKET_H

#include "base/text.h"
#include "nodes/parsenodes.h"
#include "storage/lockdefs.h"

typedef struct FluxBucket
{
	int32 bucket_id;
	char *name;
	char *schema_name;
	Oid schema_oid;     /* invalid when somebody dropped the schema */
	Oid points_oid;     /* foreign table "_points"; invalid when dropped */
	Oid owner_oid;      /* of "_points" */
	int64 retention_ns; /* 0 = keep forever */
	int64 chunk_ns;     /* width of a chunk */
	bool is_attached;   /* over existing relations, no chunks */
	bool is_tasks;      /* "_tasks": the ended runs, read-only; no row, no schema */
	bool is_watched;    /* writes are noted for late data, see dirty.h */
} FluxBucket;

/*
 * Finds a bucket by name; palloc'd.  Not found: NULL if missing_ok, else
 * FLUX_ERRCODE_UNDEFINED_BUCKET with a near name in the hint.
 */
extern FluxBucket *flux_bucket_get(FluxText name, bool missing_ok);

/* The bucket "_tasks", which is a view of the runs that the reader may see. */
#define FLUX_BUCKET_TASKS "_tasks"
extern FluxBucket *flux_bucket_tasks(void);
extern FluxBucket *flux_bucket_get_by_id(int32 bucket_id, bool missing_ok);

/* All bucket names, sorted, for buckets() and near names. */
extern FluxBucket **flux_bucket_list(int *count);

/*
 * Raises ERRCODE_INSUFFICIENT_PRIVILEGE unless the current user has
 * ACL_SELECT / ACL_INSERT / ACL_DELETE on "_points".
 */
extern void flux_bucket_check_acl(const FluxBucket *bucket, AclMode mode);

/* As flux_bucket_check_acl() for another role: who a view's rights are checked as. */
extern void flux_bucket_check_acl_for(const FluxBucket *bucket, Oid user_oid, AclMode mode);

/*
 * Locks "_points" until the end of the transaction and makes sure that the bucket
 * was not dropped while that waited.
 */
extern void flux_bucket_lock(const FluxBucket *bucket, LOCKMODE lockmode);

/* Raises unless the current user owns "_points" (or may act as its owner). */
extern void flux_bucket_check_owner(const FluxBucket *bucket);

/* The bucket whose schema this is, or NULL; palloc'd. */
extern FluxBucket *flux_bucket_get_by_schema(Oid schema_oid);

/* InfluxDB's rule for the width of a chunk. */
extern int64 flux_bucket_default_chunk_ns(int64 retention_ns);

/*
 * Creates schema, "_points" and the catalog row; the current user becomes the
 * owner and needs CREATE on the database.  chunk_ns 0: InfluxDB's rule.
 */
extern int32 flux_bucket_create(FluxText name, int64 retention_ns, int64 chunk_ns,
								const char *description);

/*
 * The same for a bucket over existing relations; options is jsonb text, which
 * io/attached_layout.h gives a meaning, and stands in the row's column "options".
 */
extern int32 flux_bucket_attach(FluxText name, const char *options, const char *description);

/* What to change: NULL or -1 leaves a thing as it is. Needs the owner's rights. */
extern void flux_bucket_alter(const FluxBucket *bucket, const char *new_name, int64 retention_ns,
							  int64 chunk_ns, const char *description);

/* Needs the owner's rights; cascade drops views over the tables, too. */
extern void flux_bucket_drop(const FluxBucket *bucket, bool cascade);

#endif /* FLUX_BUCKET_H */
