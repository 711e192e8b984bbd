/*
 * outbox.c
 *		Stores posts of task runs.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/limits.h"
#include "catalog/catalog_sql.h"
#include "io/outbox.h"

static void
check_limits(const FluxHttpRequest *request, int stored)
{
	if (request->body.size > FLUX_POST_SIZE_MAX)
		flux_raise_at(ERRCODE_PROGRAM_LIMIT_EXCEEDED, request->source, request->span,
					  "a notification's body takes %d bytes, more than %d", request->body.size,
					  FLUX_POST_SIZE_MAX);
	if (stored >= FLUX_POSTS_PER_RUN_MAX)
		flux_raise_full(ERRCODE_PROGRAM_LIMIT_EXCEEDED, request->source, request->span, NULL,
						"Send fewer: filter the rows, or say more in one message.",
						"a run sends more than %d notifications", FLUX_POSTS_PER_RUN_MAX);
}

/* {name, value, name, value ...} */
static Datum
header_array(const FluxHttpRequest *request)
{
	Datum *items = palloc((2 * request->header_count + 1) * sizeof(Datum));

	for (int i = 0; i < request->header_count; i++)
	{
		const FluxHttpHeader *header = &request->headers[i];

		items[2 * i] =
			PointerGetDatum(cstring_to_text_with_len(header->name.data, header->name.size));
		items[2 * i + 1] =
			PointerGetDatum(cstring_to_text_with_len(header->value.data, header->value.size));
	}
	return PointerGetDatum(
		construct_array(items, 2 * request->header_count, TEXTOID, -1, false, TYPALIGN_INT));
}

void
flux_outbox_add(const FluxHttpRequest *request, int64 run_id, int *stored)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	Datum headers;
	bytea *body;

	flux_http_check(request);
	check_limits(request, *stored);
	headers = header_array(request);
	body = (bytea *) cstring_to_text_with_len(request->body.data, request->body.size);
	flux_sql_enter(&scope);
	flux_sql_int8(&args, run_id);
	flux_sql_text(&args, request->url);
	flux_sql_text(&args, flux_http_origin(request->url));
	flux_sql_datum(&args, TEXTARRAYOID, headers, false);
	flux_sql_datum(&args, BYTEAOID, PointerGetDatum(body), false);
	if (flux_sql_execute("INSERT INTO _flux_catalog.outbox (run_id, task_id, task_name, owner, "
						 "url, host, headers, body, created_at, next_attempt) "
						 "SELECT run_id, task_id, task_name, owner, $2, $3, $4, $5, "
						 "coalesce(started_at, now()), coalesce(started_at, now()) "
						 "FROM _flux_catalog.run WHERE run_id = $1",
						 &args) == 0)
		elog(ERROR, "there is no run %lld", (long long) run_id);
	flux_sql_leave(&scope);
	(*stored)++;
}
