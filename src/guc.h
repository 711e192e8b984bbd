/*
 * guc.h
 *		The settings fluxtask.*; what each means stands in guc.c and in
 *		docs/configuration.md.
 */
#ifndef FLUX_GUC_H
#define FLUX_GUC_H

extern int	flux_guc_work_mem_kb;
extern bool flux_guc_push_down;
extern char *flux_guc_disabled_rules;
extern bool flux_guc_vectorize;
extern char *flux_guc_org;

extern void flux_guc_define(void);

#endif							/* FLUX_GUC_H */
