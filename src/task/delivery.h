/*
 * delivery.h
 *		Sends what runs have left in the outbox.
 *
 *		pending ---> delivered		the server said 2xx
 *		   |  ^
 *		   |  +-- again, later each time: no answer, 408, 429 or 5xx
 *		   +-----> failed			any other status, or tried often enough
 *
 * A delivery is one transaction that locks its row (SKIP LOCKED), so two
 * drivers never send the same at once.  When the process dies between the
 * server's answer and the commit it is sent again: at least once.
 */
#ifndef FLUX_DELIVERY_H
#define FLUX_DELIVERY_H

#include "task/run_execute.h"

/*
 * Sends the next thing of a role's that is due and commits; false when there is
 * nothing.
 */
extern bool flux_delivery_next(const FluxRunDriver *driver, Oid owner_oid);

/* Fails what is due of a role that nobody can act as; in a transaction. */
extern void flux_delivery_refuse(Oid owner_oid, const char *reason);

/* Sends a failed one again from the start. */
extern void flux_delivery_retry(int64 delivery_id);

/* The owners of what is due. */
extern List *flux_delivery_due_owners(void);

/* Deletes finished ones older than the setting says; in a transaction. */
extern void flux_delivery_purge(TimestampTz now);

#endif /* FLUX_DELIVERY_H */
