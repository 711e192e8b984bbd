/*
 * run_announce.h
 *		Telling others that a run changed its state.
 *
 * With fluxtask.notify each change is a notification on the channel
 * "fluxtask", once per commit: {"task_id": 1, "run_id": 7, "status": "success"}.
 * With fluxtask.log_runs the server's log has a line for each end.
 */
#ifndef FLUX_RUN_ANNOUNCE_H
#define FLUX_RUN_ANNOUNCE_H

#include "datatype/timestamp.h"

/* In the transaction that changes the state. */
extern void flux_run_announce(int64 task_id, int64 run_id, const char *status);

/* A run that went well. */
extern void flux_run_log_success(int64 task_id, const char *task_name, int64 run_id,
								 TimestampTz scheduled_for, int64 points_written, double seconds);

#endif /* FLUX_RUN_ANNOUNCE_H */
