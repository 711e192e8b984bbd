/*
 * lock_class.h
 *		The classes of our advisory locks.
 *
 * All stand here, so that no two are the same.  pg_advisory_lock()'s own are 1
 * and 2; what is locked is in the two numbers before the class.
 */
#ifndef FLUX_LOCK_CLASS_H
#define FLUX_LOCK_CLASS_H

typedef enum FluxLockClass
{
	/* for as long as a process does the work */
	FLUX_LOCK_RUN = 0x4658, /* a run: the halves of its id */
	FLUX_LOCK_SCHEDULER,    /* the database's scheduler */
	FLUX_LOCK_MAINTENANCE,  /* its maintenance worker */
	FLUX_LOCK_LATE_DATA,    /* who looks for late data; until the transaction's end */

	/* until the transaction's end */
	FLUX_LOCK_CREATE_CHUNK = 0xF1C0, /* bucket and start, in seconds */
	FLUX_LOCK_REWRITE_CHUNK,         /* chunk */
	FLUX_LOCK_MEASUREMENT,           /* its table: measurement */
	FLUX_LOCK_REWRITE_BUCKET,        /* bucket: all of its chunks */
} FluxLockClass;

#endif /* FLUX_LOCK_CLASS_H */
