/*
 * fdw_estimate.h
 *		What the planner is told of tables that were never analyzed.
 */
#ifndef FLUX_FDW_ESTIMATE_H
#define FLUX_FDW_ESTIMATE_H

/* Sets the planner's hook; once, when the library is loaded. */
extern void flux_fdw_estimate_init(void);

#endif /* FLUX_FDW_ESTIMATE_H */
