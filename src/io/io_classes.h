/*
 * io_classes.h
 *		Plan classes of sources and sinks, and what they share.
 */
#ifndef FLUX_IO_CLASSES_H
#define FLUX_IO_CLASSES_H

#include "execute/operator.h"
#include "storage/bucket.h"

extern const FluxPlanClass flux_plan_from;
extern const FluxPlanClass flux_plan_read;
extern const FluxPlanClass flux_plan_read_remote;
extern const FluxPlanClass flux_plan_to;
extern const FluxPlanClass flux_plan_wide_to;
extern const FluxPlanClass flux_plan_buckets;
extern const FluxPlanClass flux_plan_cardinality;
extern const FluxPlanClass flux_plan_csv_from;
extern const FluxPlanClass flux_plan_v1_json;
extern const FluxPlanClass flux_plan_sql_from;
extern const FluxPlanClass flux_plan_sql_to;

/*
 * Reads org | orgID, host, token: at most one of the first pair; org must be
 * the one that fluxtask.org names where no host is given.
 */
extern void flux_io_server_arguments(const FluxCall *call, FluxFromSpec *spec);

/* The same, and bucket | bucketID: exactly one. */
extern void flux_io_target_arguments(const FluxCall *call, FluxFromSpec *spec);

/* A sink on another host wants a token, as InfluxDB's does. */
extern void flux_io_check_token(const FluxCall *call, const FluxFromSpec *spec);

/* For explain: bucket and host, never the token. */
extern void flux_io_target_explain(const FluxFromSpec *spec, StringInfo out);

/* Refuses drivers that sql.from and sql.to do not know. */
extern void flux_io_check_sql_driver(const FluxCall *call);

/* The bucket of a spec, or an error where it is named, with a near name; or NULL. */
extern FluxBucket *flux_io_find_bucket(const FluxFromSpec *spec);
extern FluxBucket *flux_io_try_find_bucket(const FluxFromSpec *spec);

#endif /* FLUX_IO_CLASSES_H */
