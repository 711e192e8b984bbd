/*
 * pg_compat.h
 *		What differs between the server versions we build with (15 to 18).
 *
 * Nothing else in the tree asks for PG_VERSION_NUM.  Include it after
 * postgres.h, where one of the names below is needed.
 */
#ifndef FLUX_PG_COMPAT_H
#define FLUX_PG_COMPAT_H

/* The macros of variable-length values; postgres.h has them up to 15. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

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
#define flux_may_connect(database, role)                                                           \
	(object_aclcheck(DatabaseRelationId, database, role, ACL_CONNECT) == ACLCHECK_OK)
#else
#define flux_owns_database(database, role) pg_database_ownercheck(database, role)
#define flux_may_connect(database, role)                                                           \
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

/* Paths of foreign scans got more arguments in 17 and 18. */
#if PG_VERSION_NUM >= 180000
#define flux_compat_foreignscan_path(root, rel, rows, startup, total, pathkeys, outer, private)    \
	create_foreignscan_path(root, rel, NULL, rows, 0, startup, total, pathkeys, outer, NULL, NIL,  \
							private)
#define flux_compat_foreign_upper_path(root, rel, target, rows, startup, total, private)           \
	create_foreign_upper_path(root, rel, target, rows, 0, startup, total, NIL, NULL, NIL, private)
#elif PG_VERSION_NUM >= 170000
#define flux_compat_foreignscan_path(root, rel, rows, startup, total, pathkeys, outer, private)    \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, pathkeys, outer, NULL, NIL,     \
							private)
#define flux_compat_foreign_upper_path(root, rel, target, rows, startup, total, private)           \
	create_foreign_upper_path(root, rel, target, rows, startup, total, NIL, NULL, NIL, private)
#else
#define flux_compat_foreignscan_path(root, rel, rows, startup, total, pathkeys, outer, private)    \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, pathkeys, outer, NULL, private)
#define flux_compat_foreign_upper_path(root, rel, target, rows, startup, total, private)           \
	create_foreign_upper_path(root, rel, target, rows, startup, total, NIL, NULL, private)
#endif

/* GROUP BY without what needs no sorting; from 16 on the planner leaves that out. */
#if PG_VERSION_NUM >= 160000
#define flux_compat_group_clause(root) ((root)->processed_groupClause)
#else
#define flux_compat_group_clause(root) ((root)->parse->groupClause)
#endif

/* Whether a PathKey ascends: btree's strategy until 18 generalised it. */
#if PG_VERSION_NUM >= 180000
#define flux_compat_pathkey_ascends(key) ((key)->pk_cmptype == COMPARE_LT)
#else
#define flux_compat_pathkey_ascends(key) ((key)->pk_strategy == BTLessStrategyNumber)
#endif

/* What EXPLAIN prints with has headers of its own since 18; few files want it. */
#ifdef FLUX_COMPAT_EXPLAIN
#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
#endif

/* tuplesort_getdatum() is asked for copies since 16; they are the caller's. */
#if PG_VERSION_NUM >= 160000
#define flux_compat_tuplesort_getdatum(sort, value, is_null)                                       \
	tuplesort_getdatum(sort, true, true, value, is_null, NULL)
#else
#define flux_compat_tuplesort_getdatum(sort, value, is_null)                                       \
	tuplesort_getdatum(sort, true, value, is_null, NULL)
#endif

/* Since 18 the delay knows whether it is ANALYZE's; with commands/vacuum.h. */
#if PG_VERSION_NUM >= 180000
#define flux_compat_vacuum_delay() vacuum_delay_point(true)
#else
#define flux_compat_vacuum_delay() vacuum_delay_point()
#endif

/* Who the rights of a range table entry are checked as; invalid: the current user. */
#if PG_VERSION_NUM >= 160000
#define flux_compat_scan_user(scan, entry) ((scan)->checkAsUser)
#else
#define flux_compat_scan_user(scan, entry) ((entry)->checkAsUser)
#endif

/* One function for all kinds of objects since 16. */
#if PG_VERSION_NUM >= 160000
#define pg_database_aclcheck(database, role, mode)                                                 \
	object_aclcheck(DatabaseRelationId, database, role, mode)
#endif

/* Who inserts through a foreign table; with executor/executor.h, miscadmin.h and
 * parser/parsetree.h. */
#if PG_VERSION_NUM >= 160000
#define flux_compat_modify_user(info, estate) ExecGetResultRelCheckAsUser(info, estate)
#else
#define flux_compat_modify_user(info, estate)                                                      \
	((info)->ri_RangeTableIndex > 0 &&                                                             \
			 OidIsValid(exec_rt_fetch((info)->ri_RangeTableIndex, estate)->checkAsUser)            \
		 ? exec_rt_fetch((info)->ri_RangeTableIndex, estate)->checkAsUser                          \
		 : GetUserId())
#endif

/*
 * Whether find_nonnullable_vars() names a column: a list of Vars up to 15,
 * then a set of numbers for each relation.
 */
#if PG_VERSION_NUM >= 160000
#include "access/sysattr.h"
#include "nodes/multibitmapset.h"

#define flux_compat_is_nonnullable(columns, relid, attribute)                                      \
	mbms_is_member(relid, (attribute) -FirstLowInvalidHeapAttributeNumber, columns)
#else
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"

static inline bool
flux_compat_is_nonnullable(const List *columns, Index relid, AttrNumber attribute)
{
	ListCell *cell;

	foreach (cell, columns)
	{
		const Var *var = lfirst(cell);

		if (IsA(var, Var) && var->varno == relid && var->varattno == attribute)
			return true;
	}
	return false;
}
#endif

/* Index scans may be counted for EXPLAIN since 18. */
#if PG_VERSION_NUM >= 180000
#define flux_compat_index_beginscan(heap, index, snapshot, keys, orders)                           \
	index_beginscan(heap, index, snapshot, NULL, keys, orders)
#else
#define flux_compat_index_beginscan(heap, index, snapshot, keys, orders)                           \
	index_beginscan(heap, index, snapshot, keys, orders)
#endif

/* The lexer of the server's JSON parser may be the caller's since 17; with
 * common/jsonapi.h and mb/pg_wchar.h. */
#if PG_VERSION_NUM >= 170000
#define flux_compat_json_lexer(json, size)                                                         \
	makeJsonLexContextCstringLen(NULL, json, size, PG_UTF8, false)
#else
#define flux_compat_json_lexer(json, size) makeJsonLexContextCstringLen(json, size, PG_UTF8, false)
#endif

/* Raises unless "member" may become "role"; renamed in 16. */
#if PG_VERSION_NUM >= 160000
#define check_is_member_of_role(member, role) check_can_set_role(member, role)
#endif

#endif /* FLUX_PG_COMPAT_H */
