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

/* Ownership checks by kind of object became one function in 16.  With
 * utils/acl.h and catalog/pg_database.h. */
#if PG_VERSION_NUM >= 160000
#define flux_owns_database(database, role) object_ownercheck(DatabaseRelationId, database, role)
#define flux_may_connect(database, role) \
	(object_aclcheck(DatabaseRelationId, database, role, ACL_CONNECT) == ACLCHECK_OK)
#else
#define flux_owns_database(database, role) pg_database_ownercheck(database, role)
#define flux_may_connect(database, role) \
	(pg_database_aclcheck(database, role, ACL_CONNECT) == ACLCHECK_OK)
#endif

/*
 * A wait of ours, by name where the server can show it (17).  Expands to the
 * number for WaitLatch(); "name" is a constant.
 */
#if PG_VERSION_NUM >= 170000
#define FLUX_WAIT_EVENT(name) WaitEventExtensionNew(name)
#else
#define FLUX_WAIT_EVENT(name) PG_WAIT_EXTENSION
#endif

/* Since 17 a background worker may be a role that cannot log in. */
#ifdef BGWORKER_BYPASS_ROLELOGINCHECK
#define FLUX_WORKER_CONNECT_FLAGS BGWORKER_BYPASS_ROLELOGINCHECK
#define FLUX_WORKER_NEEDS_LOGIN false
#else
#define FLUX_WORKER_CONNECT_FLAGS 0
#define FLUX_WORKER_NEEDS_LOGIN true
#endif

#endif							/* FLUX_PG_COMPAT_H */
