/*
 * remote_server.h
 *		An InfluxDB on another host, by its HTTP API: what from(), to() and
 *		their kin do when "host" is given.
 *
 * Reached through http_client.h and its fences.  Texts travel as UTF-8.
 */
#ifndef FLUX_REMOTE_SERVER_H
#define FLUX_REMOTE_SERVER_H

#include "execute/operator.h"
#include "storage/ingest.h"

/* ---- reading ---- */

/*
 * Runs a script there and gives its answer, annotated CSV in the database's
 * encoding, in the current memory context.  Raises at the operator's call.
 */
extern FluxText flux_remote_query(const FluxOperator *op, const FluxFromSpec *target,
								  const char *script);

/* The script that reads what a spec asks for; palloc'd. */
extern char *flux_remote_read_script(const FluxReadSpec *spec);

/* "bucket: "x"" or "bucketID: "x"", as a script writes it. */
extern void flux_remote_append_bucket(StringInfo out, const FluxFromSpec *target);
extern void flux_remote_append_string(StringInfo out, FluxText text);

/* "fn: (r) => ..." of a predicate, as a script writes it. */
extern void flux_remote_append_predicate(StringInfo out, const FluxPredicate *predicate);

/*
 * Makes a source of a node: it runs "script" there and emits its answer, a
 * stream of its own.
 */
extern void flux_remote_plan_query(FluxPlanNode *node, const FluxFromSpec *target,
								   const char *script);

/* ---- writing ---- */

typedef struct FluxRemoteWriter FluxRemoteWriter;

/* Sends points in batches.  Lives in the current memory context. */
extern FluxRemoteWriter *flux_remote_writer_create(const FluxOperator *op,
												   const FluxFromSpec *target);
extern void flux_remote_writer_add(FluxRemoteWriter *writer, const FluxPoint *point);

/* Sends what is left; returns how many points were sent in all. */
extern int64 flux_remote_writer_finish(FluxRemoteWriter *writer);

#endif /* FLUX_REMOTE_SERVER_H */
