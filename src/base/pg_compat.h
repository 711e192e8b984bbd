/*
 * pg_compat.h
 *		What differs between the server versions we build with (15 to 18).
 *
 * Nothing else in the tree asks for PG_VERSION_NUM.  Include it after
 * postgres.h, where one of the names below is needed.
 */
#ifndef FLUX_PG_COMPAT_H
#define FLUX_PG_COMPAT_H

/* 18 has pg_noreturn, a prefix, instead. */
#ifndef pg_attribute_noreturn
#define pg_attribute_noreturn() __attribute__((noreturn))
#endif

/* Check hooks of settings allocate their "extra" with this since 16. */
#if PG_VERSION_NUM < 160000
#define guc_malloc(elevel, size) malloc(size)
#endif

#endif							/* FLUX_PG_COMPAT_H */
