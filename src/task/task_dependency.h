/*
 * task_dependency.h
 *		Tasks that wait for the runs of others.
 *
 * A slot of a task is not begun while a task that it waits for has slots up to
 * it that were not begun, or runs in the window before it that have not ended
 * (_flux_catalog.is_blocked()).  However a run ended, it does not hold others
 * up: what it writes when it is made up for is late data of theirs.
 */
#ifndef FLUX_TASK_DEPENDENCY_H
#define FLUX_TASK_DEPENDENCY_H

#include "task/task_catalog.h"

/* Raises when that would close a circle, which it names. */
extern void flux_dependency_add(const FluxTask *task, const FluxTask *depends_on);

/* False when there was none. */
extern bool flux_dependency_drop(const FluxTask *task, const FluxTask *depends_on);

/* Whether a slot of the task has to wait. In a scope. */
extern bool flux_dependency_is_blocked(const FluxTask *task, TimestampTz slot);

/* A task's schedule changed: the windows of its slots are others. */
extern void flux_dependency_refresh(const FluxTask *task);

#endif /* FLUX_TASK_DEPENDENCY_H */
