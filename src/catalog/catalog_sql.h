/*
 * catalog_sql.h
 *		Statements on the tables of _flux_catalog: prepared once, run as their
 *		owner.
 *
 * Users have no rights on _flux_catalog; the functions check what a user may
 * do and then run their statements here.  Plans are kept for the life of the
 * backend, keyed by the address of the statement's text, which must therefore
 * be a constant.
 *
 *		FluxSqlScope scope;
 *		FluxSqlArgs args = {0};
 *
 *		flux_sql_enter(&scope);
 *		flux_sql_int8(&args, task_id);
 *		if (flux_sql_execute("SELECT ... WHERE task_id = $1", &args) > 0)
 *			... SPI_tuptable ...
 *		flux_sql_leave(&scope);
 *
 * An error inside needs no cleaning up: the (sub)transaction's abort does it.
 */
#ifndef FLUX_CATALOG_SQL_H
#define FLUX_CATALOG_SQL_H

#include "datatype/timestamp.h"

#include "catalog/catalog_scope.h"

#define FLUX_SQL_ARGS_MAX 24

typedef struct FluxSqlScope
{
	FluxCatalogScope owner; /* owner.user_oid is who called */
	bool has_snapshot;      /* we pushed one, for there was none */
	MemoryContext context;  /* the caller's; results to keep go here */
} FluxSqlScope;

typedef struct FluxSqlArgs
{
	int count;
	Oid types[FLUX_SQL_ARGS_MAX];
	Datum values[FLUX_SQL_ARGS_MAX];
	char nulls[FLUX_SQL_ARGS_MAX];
} FluxSqlArgs;

extern void flux_sql_enter(FluxSqlScope *scope);
extern void flux_sql_leave(const FluxSqlScope *scope);

/* Appends $n. A NULL cstring is SQL's NULL; so is a time of DT_NOBEGIN. */
extern void flux_sql_int8(FluxSqlArgs *args, int64 value);
extern void flux_sql_int4(FluxSqlArgs *args, int32 value);
extern void flux_sql_float8(FluxSqlArgs *args, double value);
extern void flux_sql_bool(FluxSqlArgs *args, bool value);
extern void flux_sql_role(FluxSqlArgs *args, Oid role_oid);
extern void flux_sql_text(FluxSqlArgs *args, const char *value);
extern void flux_sql_time(FluxSqlArgs *args, TimestampTz value);
extern void flux_sql_datum(FluxSqlArgs *args, Oid type, Datum value, bool is_null);

/* Runs a constant statement; rows are in SPI_tuptable. Returns their number,
 * or how many rows it changed. */
extern uint64 flux_sql_execute(const char *statement, FluxSqlArgs *args);

/*
 * Columns of row "row", 1-based as in SPI.  Texts are copied into the scope's
 * caller's context; NULL text is NULL, NULL time DT_NOBEGIN, other NULLs 0.
 */
extern int64 flux_sql_get_int8(int row, int column);
extern int32 flux_sql_get_int4(int row, int column);
extern bool flux_sql_get_bool(int row, int column);
extern Oid flux_sql_get_oid(int row, int column);
extern TimestampTz flux_sql_get_time(int row, int column);
extern char *flux_sql_get_text(const FluxSqlScope *scope, int row, int column);

#endif /* FLUX_CATALOG_SQL_H */
