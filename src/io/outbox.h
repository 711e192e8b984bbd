/*
 * outbox.h
 *		Posts of task runs that are delivered after the run has committed.
 *
 * A notification (an endpoint's post, or one whose status the script does not
 * look at) becomes a row of _flux_catalog.outbox in the run's transaction: a
 * run that fails notifies nobody.  task/delivery.h sends what is there.
 */
#ifndef FLUX_OUTBOX_H
#define FLUX_OUTBOX_H

#include "io/http_client.h"

/* What a script's endpoint sees of a post that is stored: accepted. */
#define FLUX_OUTBOX_STATUS 200

/*
 * Stores a POST for a run.  Raises when its host is not allowed, as sending it
 * would, and past the limits of base/limits.h.  *stored counts the run's posts.
 */
extern void flux_outbox_add(const FluxHttpRequest *request, int64 run_id, int *stored);

#endif /* FLUX_OUTBOX_H */
