/*
 * fdw_window.h
 *		Expressions of the time that GROUP BY may have, as windows of storage.
 *
 *		date_bin(interval, time, origin)
 *		date_trunc(unit, time) and date_trunc(unit, time, zone)
 *		date_trunc(unit, time AT TIME ZONE zone)
 *		time::date
 *		flux.time_bucket(...)
 *		floor(extract(epoch FROM time) / n) * n
 *
 * with constants, and units from second to year.  Storage gets windows such that
 * each lies in one bin; which that is the server's own function says.
 */
#ifndef FLUX_FDW_WINDOW_H
#define FLUX_FDW_WINDOW_H

#include "fdw/fdw_int.h"
#include "fdw/fdw_time_bucket.h"

typedef enum FluxFdwWindowKind
{
	FLUX_FDW_WINDOW_BIN,         /* every, origin */
	FLUX_FDW_WINDOW_TRUNC,       /* unit, zone or none */
	FLUX_FDW_WINDOW_TRUNC_LOCAL, /* unit, zone */
	FLUX_FDW_WINDOW_DATE,        /* none */
	FLUX_FDW_WINDOW_BUCKET,      /* the arguments of flux.time_bucket */
	FLUX_FDW_WINDOW_EPOCH        /* seconds, a numeric */
} FluxFdwWindowKind;

#define FLUX_FDW_WINDOW_CONSTANTS FLUX_FDW_TIME_BUCKET_ARGUMENTS

/*
 * The output of a scan that an expression is: FLUX_FDW_OUTPUT_BIN, the kind and
 * the positions of its constants in *exprs or -1; NIL when it is none.
 */
extern List *flux_fdw_window_classify(const FluxFdwTable *table, Index relid, Node *node,
									  List **exprs);

typedef struct FluxFdwWindow
{
	FluxFdwWindowKind kind;
	Datum constants[FLUX_FDW_WINDOW_CONSTANTS];
	bool has[FLUX_FDW_WINDOW_CONSTANTS];
	FluxFdwTimeBucket bucket; /* of BUCKET */
	int64 seconds;            /* of EPOCH */
	FluxWindowGrid grid;
	bool is_exact;    /* each bin is one window */
	bool needs_check; /* a window might not lie in one bin */

	/* asked for last */
	bool has_last;
	int64 last_start_ns;
	int64 last_bin;
} FluxFdwWindow;

/* Reads an output; constants are taken from values, which must live as long. */
extern void flux_fdw_window_init(FluxFdwWindow *window, List *output, const Datum *values);

/* Chooses the grid for a scan of these bounds. */
extern void flux_fdw_window_fit(FluxFdwWindow *window, FluxBounds bounds);

/*
 * The bin that a window of the grid, maybe clipped, belongs to: a number for
 * each, in ascending order of its values.
 */
extern int64 flux_fdw_window_bin(FluxFdwWindow *window, int64 start_ns, int64 stop_ns);

/* The value that SQL shows for a bin. */
extern Datum flux_fdw_window_datum(const FluxFdwWindow *window, int64 bin);

#endif /* FLUX_FDW_WINDOW_H */
