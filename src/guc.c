/*
 * guc.c
 *		The settings fluxtask.*: one place that names, bounds and explains
 *		them all.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "guc.h"
#include "task/sched_clock.h"
#include "task/task_catalog.h"

int flux_guc_work_mem_kb = 65536;
bool flux_guc_push_down = true;
char *flux_guc_disabled_rules = NULL;
bool flux_guc_vectorize = true;
bool flux_guc_segment_statistics = true;
int flux_guc_compact_hot_size_kb = 8192;
int flux_guc_compact_interval_s = 600;
char *flux_guc_org = NULL;
int flux_guc_series_cache_kb = 131072;
int flux_guc_series_max = 10000000;
char *flux_guc_http_allow = NULL;
int flux_guc_http_timeout_ms = 10000;
int flux_guc_http_response_max_kb = 10240;
bool flux_guc_maintenance = true;
int flux_guc_maintenance_naptime_s = 10;
int flux_guc_maintenance_share = 50;
int flux_guc_delivery_attempts = 10;
int flux_guc_delivery_backoff_s = 10;
bool flux_guc_scheduler = true;
int flux_guc_max_workers = 4;
int flux_guc_worker_linger_s = 60;
int flux_guc_catchup = FLUX_CATCHUP_SKIP;
int flux_guc_catchup_limit = 100;
int flux_guc_run_retention_min = 30 * 24 * 60;
int flux_guc_workers_per_role_max = 0;
int flux_guc_commit_delay_ms = 20;
int flux_guc_run_timeout_ms = 0;
int flux_guc_retry_delay_ms = 10000;
int flux_guc_retry_delay_max_ms = 600000;

bool flux_guc_notify = false;
bool flux_guc_log_runs = false;
char *flux_guc_secret_key_file = NULL;

static char *test_clock = NULL;

static const struct config_enum_entry catchup_values[] = {{"skip", FLUX_CATCHUP_SKIP, false},
														  {"latest", FLUX_CATCHUP_LATEST, false},
														  {"all", FLUX_CATCHUP_ALL, false},
														  {NULL, 0, false}};

int flux_guc_check_on_create = FLUX_CHECK_ERROR;

static const struct config_enum_entry check_values[] = {{"off", FLUX_CHECK_OFF, false},
														{"warning", FLUX_CHECK_WARNING, false},
														{"error", FLUX_CHECK_ERROR, false},
														{NULL, 0, false}};

/* How runs are executed, where flux.set_run_policy() says nothing else. */
static void
define_run_settings(void)
{
	DefineCustomIntVariable("fluxtask.max_workers_per_role",
							"Of those processes, the most that one role may have; 0 is no limit.",
							NULL, &flux_guc_workers_per_role_max, 0, 0, 256, PGC_SIGHUP, 0, NULL,
							NULL, NULL);
	DefineCustomIntVariable(
		"fluxtask.commit_delay",
		"How long ended runs may wait for each other to reach the disk together.",
		"0 lets each wait for the disk. A crash of the machine loses whole runs "
		"with what they wrote, whose slots are then due again.",
		&flux_guc_commit_delay_ms, 20, 0, 10000, PGC_SIGHUP, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.run_timeout", "Longest time a run may take; 0 is no limit.",
							NULL, &flux_guc_run_timeout_ms, 0, 0, INT_MAX, PGC_SUSET, GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.retry_delay",
							"Time between a run's first failure and its second attempt.",
							"It doubles with each further failure.", &flux_guc_retry_delay_ms,
							10000, 0, INT_MAX, PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"fluxtask.retry_delay_max", "Longest time between two attempts of a run.", NULL,
		&flux_guc_retry_delay_max_ms, 600000, 0, INT_MAX, PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
}

/* Settings of the task service. */
static void
define_task_settings(void)
{
	DefineCustomEnumVariable(
		"fluxtask.check_on_create",
		"What becomes of type errors in the script of a task that is created or changed.",
		"error refuses the script, warning reports them, off leaves them to the runs.",
		&flux_guc_check_on_create, FLUX_CHECK_ERROR, check_values, PGC_USERSET, 0, NULL, NULL,
		NULL);
	DefineCustomBoolVariable("fluxtask.scheduler", "Let the built-in scheduler start runs.", NULL,
							 &flux_guc_scheduler, true, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.max_workers",
							"Processes that execute runs at the same time, per database.", NULL,
							&flux_guc_max_workers, 4, 1, 256, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.worker_linger", "How long a worker without work stays.", NULL,
							&flux_guc_worker_linger_s, 60, 0, 86400, PGC_SIGHUP, GUC_UNIT_S, NULL,
							NULL, NULL);
	DefineCustomEnumVariable(
		"fluxtask.catchup", "What happens to slots that nobody ran when they were due.",
		"Of tasks that do not say it themselves: skip runs none of them, "
		"latest the last one, all runs all.",
		&flux_guc_catchup, FLUX_CATCHUP_SKIP, catchup_values, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"fluxtask.catchup_limit", "Most slots of a task that are made up for at once.", NULL,
		&flux_guc_catchup_limit, 100, 1, 1000000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.run_retention",
							"How long ended runs stay in flux.runs; 0 keeps them forever.", NULL,
							&flux_guc_run_retention_min, 30 * 24 * 60, 0, INT_MAX, PGC_SIGHUP,
							GUC_UNIT_MIN, NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.notify",
							 "Notify the channel fluxtask of each change of a run's state.", NULL,
							 &flux_guc_notify, false, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.log_runs",
							 "Log each run that succeeds; those that fail are logged anyway.", NULL,
							 &flux_guc_log_runs, false, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable(
		"fluxtask.test_clock", "For tests: the instant that the clock of tasks shows.",
		"Empty is the real clock.", &test_clock, "", PGC_SUSET, GUC_NOT_IN_SAMPLE,
		flux_sched_clock_check, flux_sched_clock_assign, NULL);
}

/* Settings of the upkeep of buckets. */
static void
define_maintenance_settings(void)
{
	DefineCustomIntVariable("fluxtask.compact_hot_size",
							"Size of a chunk's hot points from which they are compacted at once.",
							NULL, &flux_guc_compact_hot_size_kb, 8192, 8, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.compact_interval",
							"Time after which a chunk is compacted again, however little is hot.",
							NULL, &flux_guc_compact_interval_s, 600, 0, INT_MAX / 1000, PGC_USERSET,
							GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.maintenance",
							 "Let a worker beside the scheduler do what flux.maintain() does.",
							 NULL, &flux_guc_maintenance, true, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.maintenance_naptime",
							"How often the maintenance worker looks for what is due.", NULL,
							&flux_guc_maintenance_naptime_s, 10, 1, 86400, PGC_SIGHUP, GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.maintenance_share",
							"Percentage of time that the maintenance worker may work.",
							"After each step it rests in proportion.", &flux_guc_maintenance_share,
							50, 1, 100, PGC_SIGHUP, 0, NULL, NULL, NULL);
}

/* Settings of requests to other hosts. */
static void
define_http_settings(void)
{
	DefineCustomStringVariable("fluxtask.http_allow", "Hosts that scripts may reach over HTTP.",
							   "A list of host, host:port, *.domain or *; empty denies all. A host "
							   "with a private address must be named in full.",
							   &flux_guc_http_allow, "", PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.http_timeout", "Longest time an HTTP request may take.", NULL,
							&flux_guc_http_timeout_ms, 10000, 100, 3600000, PGC_SUSET, GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.http_response_max",
							"Largest HTTP response a script may read.", NULL,
							&flux_guc_http_response_max_kb, 10240, 1, 1048576, PGC_SUSET,
							GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"fluxtask.delivery_attempts", "Attempts to deliver a notification of a run.", NULL,
		&flux_guc_delivery_attempts, 10, 1, 100, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"fluxtask.delivery_backoff", "Time before the second attempt to deliver a notification.",
		"It doubles with each attempt, up to an hour.", &flux_guc_delivery_backoff_s, 10, 0, 3600,
		PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
}

void
flux_guc_define(void)
{
	DefineCustomIntVariable(
		"fluxtask.work_mem",
		"Memory that the buffers of one running script may take before they spill.", NULL,
		&flux_guc_work_mem_kb, 65536, 64, MAX_KILOBYTES, PGC_USERSET, GUC_UNIT_KB, NULL, NULL,
		NULL);
	DefineCustomBoolVariable(
		"fluxtask.push_down",
		"Answer filters, windows and aggregates inside storage where possible.", NULL,
		&flux_guc_push_down, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("fluxtask.disabled_rules",
							   "Planning rules to leave out, by the names that flux.explain shows.",
							   NULL, &flux_guc_disabled_rules, "", PGC_USERSET, GUC_LIST_INPUT,
							   NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.vectorize", "Compile row functions to vector programs.",
							 "Off evaluates every row with the reference evaluator.",
							 &flux_guc_vectorize, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("fluxtask.segment_statistics",
							 "Answer windows that cover whole segments from their statistics.",
							 "Sums of floats may then differ in the last digit.",
							 &flux_guc_segment_statistics, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("fluxtask.org",
							   "Name that org arguments in scripts must have; empty accepts any.",
							   NULL, &flux_guc_org, "", PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("fluxtask.series_cache_size",
							"Memory that a session may take to remember the series it wrote to.",
							NULL, &flux_guc_series_cache_kb, 131072, 1024, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"fluxtask.max_series",
		"Series that the buckets of a database may have together; 0 is no limit.", NULL,
		&flux_guc_series_max, 10000000, 0, INT_MAX, PGC_SUSET, 0, NULL, NULL, NULL);

	define_maintenance_settings();
	DefineCustomStringVariable(
		"fluxtask.secret_key_file", "File with the key that secrets are encrypted with.",
		"Empty is fluxtask.key in the data directory, which is made when the "
		"first secret is stored.",
		&flux_guc_secret_key_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
	define_http_settings();
	define_task_settings();
	define_run_settings();
	MarkGUCPrefixReserved("fluxtask");
}
