/*
 * delivery.c
 *		Sends what runs have left in the outbox.
 *
 * The allow-list is asked again with each attempt.  What is delivered forgets
 * its headers, body and URL at once, for they may hold secrets; a failed one
 * keeps them for flux.retry_delivery() until it is purged.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "guc.h"
#include "io/http_client.h"
#include "task/delivery.h"
#include "task/sched_clock.h"

#define BACKOFF_MAX_S 3600
#define PURGE_MAX 10000

typedef struct Delivery
{
	int64 delivery_id;
	int attempts; /* before this one */
	FluxHttpRequest request;
} Delivery;

/* What an attempt came to. */
typedef struct Outcome
{
	int status;        /* of the answer; 0: none */
	bool is_final;     /* no use to try again */
	const char *error; /* NULL: delivered */
} Outcome;

/* ---- claiming ---- */

/* {name, value, ...} as headers, in the current context. */
static void
read_headers(Datum array, FluxHttpRequest *request)
{
	FluxHttpHeader *headers;
	Datum *items;
	int count;

	deconstruct_array(DatumGetArrayTypePCopy(array), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL,
					  &count);
	headers = palloc((count / 2 + 1) * sizeof(FluxHttpHeader));
	for (int i = 0; i + 1 < count; i += 2)
	{
		headers[i / 2].name = flux_text_from_cstring(TextDatumGetCString(items[i]));
		headers[i / 2].value = flux_text_from_cstring(TextDatumGetCString(items[i + 1]));
	}
	request->headers = headers;
	request->header_count = count / 2;
}

/* Locks the next one that is due; false when there is none. */
static bool
claim(Oid owner_oid, Delivery *delivery)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool is_found;

	flux_sql_enter(&scope);
	flux_sql_role(&args, owner_oid);
	flux_sql_time(&args, flux_sched_clock_now());
	is_found = flux_sql_execute("SELECT delivery_id, attempts, url, headers, body "
								"FROM _flux_catalog.outbox WHERE owner = $1::regrole "
								"AND status = 'pending' AND next_attempt <= $2 "
								"ORDER BY next_attempt, delivery_id LIMIT 1 "
								"FOR UPDATE SKIP LOCKED",
								&args) > 0;
	if (is_found)
	{
		HeapTuple tuple = SPI_tuptable->vals[0];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool is_null;
		Datum headers = SPI_getbinval(tuple, desc, 4, &is_null);
		bytea *body = DatumGetByteaPP(SPI_getbinval(tuple, desc, 5, &is_null));
		MemoryContext spi = MemoryContextSwitchTo(scope.context);

		memset(delivery, 0, sizeof(*delivery));
		delivery->delivery_id = flux_sql_get_int8(1, 1);
		delivery->attempts = flux_sql_get_int4(1, 2);
		delivery->request.method = "POST";
		delivery->request.url = flux_sql_get_text(&scope, 1, 3);
		read_headers(headers, &delivery->request);
		delivery->request.has_body = true;
		delivery->request.body =
			flux_text_copy(flux_text(VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body)));
		MemoryContextSwitchTo(spi);
	}
	flux_sql_leave(&scope);
	return is_found;
}

/* ---- sending ---- */

static Outcome
judge(int status)
{
	Outcome outcome = {.status = status};

	if (status >= 200 && status <= 299)
		return outcome;
	outcome.error = psprintf("the server answered with HTTP status %d", status);
	outcome.is_final = status < 500 && status != 408 && status != 429;
	return outcome;
}

/*
 * One attempt, in a subtransaction: an error is an outcome.  An interrupt is
 * none: it is raised again, and what was claimed stays pending.
 */
static Outcome
attempt(const FluxHttpRequest *request)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile Outcome outcome = {0};

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		Outcome found = judge(flux_http_perform(request).status);

		outcome.status = found.status;
		outcome.is_final = found.is_final;
		outcome.error = found.error;
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			error->sqlerrcode == ERRCODE_ADMIN_SHUTDOWN)
			ReThrowError(error);
		outcome.error = error->message;
		outcome.is_final = error->sqlerrcode != ERRCODE_CONNECTION_FAILURE;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	return (Outcome){outcome.status, outcome.is_final, outcome.error};
}

/* ---- recording ---- */

static TimestampTz
next_attempt_after(int attempts)
{
	int64 seconds = (int64) flux_guc_delivery_backoff_s << Min(attempts - 1, 20);

	return flux_sched_clock_now() + Min(seconds, BACKOFF_MAX_S) * USECS_PER_SEC;
}

static void
record(const Delivery *delivery, const Outcome *outcome)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	int attempts = delivery->attempts + 1;
	bool has_failed =
		outcome->error != NULL && (outcome->is_final || attempts >= flux_guc_delivery_attempts);
	bool is_pending = outcome->error != NULL && !has_failed;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, delivery->delivery_id);
	flux_sql_text(&args, is_pending ? "pending" : has_failed ? "failed" : "delivered");
	flux_sql_int4(&args, attempts);
	flux_sql_datum(&args, INT4OID, Int32GetDatum(outcome->status), outcome->status == 0);
	flux_sql_text(&args, outcome->error);
	flux_sql_time(&args, is_pending ? next_attempt_after(attempts) : DT_NOBEGIN);
	flux_sql_time(&args, is_pending ? DT_NOBEGIN : flux_sched_clock_now());
	flux_sql_execute("UPDATE _flux_catalog.outbox SET status = $2, attempts = $3, response = $4, "
					 "error = $5, next_attempt = $6, finished_at = $7, "
					 "url = CASE $2 WHEN 'delivered' THEN '' ELSE url END, "
					 "headers = CASE $2 WHEN 'delivered' THEN '{}' ELSE headers END, "
					 "body = CASE $2 WHEN 'delivered' THEN '' ELSE body END "
					 "WHERE delivery_id = $1",
					 &args);
	flux_sql_leave(&scope);
}

bool
flux_delivery_next(const FluxRunDriver *driver, Oid owner_oid)
{
	Delivery delivery;
	Outcome outcome;

	CHECK_FOR_INTERRUPTS();
	MemoryContextSwitchTo(driver->context);
	if (!claim(owner_oid, &delivery))
	{
		driver->commit();
		MemoryContextSwitchTo(driver->context);
		return false;
	}
	outcome = attempt(&delivery.request);
	record(&delivery, &outcome);
	driver->commit();
	MemoryContextSwitchTo(driver->context);
	MemoryContextReset(driver->context);
	return true;
}

/* ---- the rest ---- */

void
flux_delivery_refuse(Oid owner_oid, const char *reason)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	flux_sql_enter(&scope);
	flux_sql_role(&args, owner_oid);
	flux_sql_text(&args, reason);
	flux_sql_time(&args, flux_sched_clock_now());
	flux_sql_execute("UPDATE _flux_catalog.outbox SET status = 'failed', error = $2, "
					 "next_attempt = NULL, finished_at = $3 WHERE owner = $1::regrole "
					 "AND status = 'pending' AND next_attempt <= $3",
					 &args);
	flux_sql_leave(&scope);
}

void
flux_delivery_retry(int64 delivery_id)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool is_found;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, delivery_id);
	flux_sql_time(&args, flux_sched_clock_now());
	flux_sql_role(&args, scope.owner.user_oid);
	is_found = flux_sql_execute("UPDATE _flux_catalog.outbox SET status = 'pending', attempts = 0, "
								"next_attempt = $2, finished_at = NULL WHERE delivery_id = $1 "
								"AND status = 'failed' AND pg_has_role($3, owner, 'USAGE')",
								&args) > 0;
	flux_sql_leave(&scope);
	if (!is_found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no failed delivery %lld of yours", (long long) delivery_id),
				 errhint("The view flux.deliveries lists them.")));
}

List *
flux_delivery_due_owners(void)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	List *owners = NIL;
	uint64 count;

	flux_sql_enter(&scope);
	flux_sql_time(&args, flux_sched_clock_now());
	count = flux_sql_execute("SELECT DISTINCT owner FROM _flux_catalog.outbox "
							 "WHERE status = 'pending' AND next_attempt <= $1",
							 &args);
	MemoryContextSwitchTo(scope.context);
	for (uint64 row = 1; row <= count; row++)
		owners = lappend_oid(owners, flux_sql_get_oid(row, 1));
	flux_sql_leave(&scope);
	return owners;
}

void
flux_delivery_purge(TimestampTz now)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	if (flux_guc_run_retention_min <= 0)
		return;
	flux_sql_enter(&scope);
	flux_sql_time(&args, now - flux_guc_run_retention_min * USECS_PER_MINUTE);
	flux_sql_int4(&args, PURGE_MAX);
	flux_sql_execute("DELETE FROM _flux_catalog.outbox WHERE delivery_id IN "
					 "(SELECT delivery_id FROM _flux_catalog.outbox WHERE finished_at < $1 "
					 "ORDER BY finished_at LIMIT $2)",
					 &args);
	flux_sql_leave(&scope);
}
