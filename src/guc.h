/*
 * guc.h
 *		The settings fluxtask.*; what each means stands in guc.c and in
 *		docs/configuration.md.
 */
#ifndef FLUX_GUC_H
#define FLUX_GUC_H

extern int flux_guc_work_mem_kb;
extern bool flux_guc_push_down;
extern char *flux_guc_disabled_rules;
extern bool flux_guc_vectorize;
extern bool flux_guc_segment_statistics;
extern int flux_guc_compact_hot_size_kb;
extern int flux_guc_compact_interval_s;
extern char *flux_guc_org;

/* fluxtask.check_on_create: what becomes of what the type check finds in a task. */
typedef enum FluxCheckLevel
{
	FLUX_CHECK_OFF,
	FLUX_CHECK_WARNING,
	FLUX_CHECK_ERROR
} FluxCheckLevel;

extern int flux_guc_check_on_create;
extern char *flux_guc_http_allow;
extern int flux_guc_http_timeout_ms;
extern int flux_guc_http_response_max_kb;
extern int flux_guc_delivery_attempts;
extern int flux_guc_delivery_backoff_s;

/* tasks */
extern bool flux_guc_maintenance;
extern int flux_guc_maintenance_naptime_s;
extern int flux_guc_maintenance_share;
extern bool flux_guc_scheduler;
extern int flux_guc_max_workers;
extern int flux_guc_worker_linger_s;
extern int flux_guc_catchup; /* FluxCatchup */
extern int flux_guc_catchup_limit;
extern int flux_guc_run_retention_min;
extern int flux_guc_workers_per_role_max; /* 0: no cap */
extern int flux_guc_commit_delay_ms;      /* 0: each run waits for the disk */
extern int flux_guc_run_timeout_ms;       /* 0: none */
extern int flux_guc_retry_delay_ms;
extern int flux_guc_retry_delay_max_ms;
extern bool flux_guc_notify;
extern bool flux_guc_log_runs;
extern char *flux_guc_secret_key_file;
extern int flux_guc_series_cache_kb;
extern int flux_guc_series_max;

extern void flux_guc_define(void);

#endif /* FLUX_GUC_H */
