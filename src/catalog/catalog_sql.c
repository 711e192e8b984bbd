/*
 * catalog_sql.c
 *		Runs statements on the tables of _flux_catalog as their owner.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "catalog/catalog_sql.h"

typedef struct PlanEntry
{
	const char *statement; /* key: its address */
	SPIPlanPtr plan;
} PlanEntry;

static HTAB *plans;

void
flux_sql_enter(FluxSqlScope *scope)
{
	scope->context = CurrentMemoryContext;
	flux_catalog_enter(&scope->owner);
	SPI_connect();

	/* a background process, or a procedure after a commit, has none */
	scope->has_snapshot = !ActiveSnapshotSet();
	if (scope->has_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());
}

void
flux_sql_leave(const FluxSqlScope *scope)
{
	if (scope->has_snapshot)
		PopActiveSnapshot();
	SPI_finish();
	flux_catalog_leave(&scope->owner);
	MemoryContextSwitchTo(scope->context);
}

/* ---- arguments ---- */

void
flux_sql_datum(FluxSqlArgs *args, Oid type, Datum value, bool is_null)
{
	Assert(args->count < FLUX_SQL_ARGS_MAX);
	args->types[args->count] = type;
	args->values[args->count] = value;
	args->nulls[args->count++] = is_null ? 'n' : ' ';
}

void
flux_sql_int8(FluxSqlArgs *args, int64 value)
{
	flux_sql_datum(args, INT8OID, Int64GetDatum(value), false);
}

void
flux_sql_int4(FluxSqlArgs *args, int32 value)
{
	flux_sql_datum(args, INT4OID, Int32GetDatum(value), false);
}

void
flux_sql_float8(FluxSqlArgs *args, double value)
{
	flux_sql_datum(args, FLOAT8OID, Float8GetDatum(value), false);
}

void
flux_sql_bool(FluxSqlArgs *args, bool value)
{
	flux_sql_datum(args, BOOLOID, BoolGetDatum(value), false);
}

void
flux_sql_role(FluxSqlArgs *args, Oid role_oid)
{
	flux_sql_datum(args, REGROLEOID, ObjectIdGetDatum(role_oid), false);
}

void
flux_sql_text(FluxSqlArgs *args, const char *value)
{
	flux_sql_datum(args, TEXTOID, value == NULL ? (Datum) 0 : CStringGetTextDatum(value),
				   value == NULL);
}

void
flux_sql_time(FluxSqlArgs *args, TimestampTz value)
{
	flux_sql_datum(args, TIMESTAMPTZOID, TimestampTzGetDatum(value), value == DT_NOBEGIN);
}

/* ---- execution ---- */

static SPIPlanPtr
plan_of(const char *statement, FluxSqlArgs *args)
{
	PlanEntry *entry;
	bool found;
	SPIPlanPtr plan;

	if (plans == NULL)
	{
		HASHCTL control = {.keysize = sizeof(char *), .entrysize = sizeof(PlanEntry)};

		plans = hash_create("fluxtask statements", 64, &control, HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(plans, &statement, HASH_FIND, NULL);
	if (entry != NULL)
		return entry->plan;

	plan = SPI_prepare(statement, args->count, args->types);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare \"%s\": %s", statement, SPI_result_code_string(SPI_result));
	entry = hash_search(plans, &statement, HASH_ENTER, &found);
	entry->plan = plan;
	return plan;
}

uint64
flux_sql_execute(const char *statement, FluxSqlArgs *args)
{
	FluxSqlArgs none = {0};
	int result;

	if (args == NULL)
		args = &none;
	result = SPI_execute_plan(plan_of(statement, args), args->values, args->nulls, false, 0);
	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", statement, SPI_result_code_string(result));
	return SPI_processed;
}

/* ---- results ---- */

static Datum
get_datum(int row, int column, bool *is_null)
{
	return SPI_getbinval(SPI_tuptable->vals[row - 1], SPI_tuptable->tupdesc, column, is_null);
}

int64
flux_sql_get_int8(int row, int column)
{
	bool is_null;
	Datum value = get_datum(row, column, &is_null);

	return is_null ? 0 : DatumGetInt64(value);
}

int32
flux_sql_get_int4(int row, int column)
{
	bool is_null;
	Datum value = get_datum(row, column, &is_null);

	return is_null ? 0 : DatumGetInt32(value);
}

bool
flux_sql_get_bool(int row, int column)
{
	bool is_null;
	Datum value = get_datum(row, column, &is_null);

	return !is_null && DatumGetBool(value);
}

Oid
flux_sql_get_oid(int row, int column)
{
	bool is_null;
	Datum value = get_datum(row, column, &is_null);

	return is_null ? InvalidOid : DatumGetObjectId(value);
}

TimestampTz
flux_sql_get_time(int row, int column)
{
	bool is_null;
	Datum value = get_datum(row, column, &is_null);

	return is_null ? DT_NOBEGIN : DatumGetTimestampTz(value);
}

char *
flux_sql_get_text(const FluxSqlScope *scope, int row, int column)
{
	bool is_null;
	Datum value = get_datum(row, column, &is_null);
	MemoryContext caller;
	char *copy;

	if (is_null)
		return NULL;
	caller = MemoryContextSwitchTo(scope->context);
	copy = TextDatumGetCString(value);
	MemoryContextSwitchTo(caller);
	return copy;
}
