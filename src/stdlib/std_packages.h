/*
 * std_packages.h
 *		One registering function per file of the library, called by registry.c.
 */
#ifndef FLUX_STD_PACKAGES_H
#define FLUX_STD_PACKAGES_H

#include "evaluate/builtin.h"

extern void flux_std_influxdb_register(void);
extern void flux_std_csv_register(void);
extern void flux_std_sql_register(void);

#endif							/* FLUX_STD_PACKAGES_H */
