/*
 * sql_remote.c
 *		Another PostgreSQL, by libpq: sql.from() and sql.to() with a data source
 *		name.
 *
 * A connection for reading belongs to its operator and is closed by a callback
 * of the operator's context.  One for writing belongs to the transaction: it
 * stands in the list "sessions" until the callbacks at the transaction's or
 * subtransaction's end commit or close it.
 *
 * Reading uses single-row mode, so an answer of any size takes the memory of a
 * batch.  Values come as text and are read by the server's own input functions.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "libpq-fe.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "io/result_csv.h"
#include "io/sql_remote.h"

#define CONNECT_TIMEOUT_S 10 /* unless the data source name has connect_timeout */

typedef struct Session
{
	PGconn *connection;
	PGresult *result; /* the last one, for whoever unwinds */
	char *source;     /* data source name; NULL: a reader's */
	Oid user_oid;
	SubTransactionId subid;
	bool is_begun; /* in a transaction over there */
	struct Session *next;
} Session;

struct FluxSqlWriter
{
	const FluxOperator *op;
	Session *session;
};

static Session *sessions = NULL; /* with open transactions, newest first */

/* ---- closing ---- */

static void
close_session(Session *session)
{
	if (session->result != NULL)
		PQclear(session->result);
	session->result = NULL;
	if (session->connection == NULL)
		return;
	if (PQtransactionStatus(session->connection) == PQTRANS_ACTIVE)
	{
		PGcancel *cancel = PQgetCancel(session->connection);
		char error[256];

		if (cancel != NULL)
			PQcancel(cancel, error, sizeof(error));
		PQfreeCancel(cancel);
	}
	PQfinish(session->connection);
	ReleaseExternalFD();
	session->connection = NULL;
}

static void
close_reader(void *argument)
{
	close_session(argument);
}

/* ---- errors ---- */

/* What the other server or libpq says of a failure, as DETAIL. */
static char *
server_message(Session *session)
{
	const char *message = NULL;

	if (session->result != NULL)
		message = PQresultErrorField(session->result, PG_DIAG_MESSAGE_PRIMARY);
	if (message == NULL)
		message = PQerrorMessage(session->connection);
	if (!pg_verifymbstr(message, strlen(message), true))
		return NULL;
	return psprintf("It said: %.*s", (int) strcspn(message, "\n"), message);
}

static void
raise_failed(Session *session, const FluxOperator *op, const char *what)
{
	const char *state =
		session->result == NULL ? NULL : PQresultErrorField(session->result, PG_DIAG_SQLSTATE);

	flux_raise_full(state != NULL && strlen(state) == 5
						? MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])
						: ERRCODE_CONNECTION_FAILURE,
					op->node->source, op->node->span, server_message(session), NULL,
					"%s: the other server %s", op->node->class->name, what);
}

/* ---- connecting ---- */

/* What anybody may say of a connection: no files of this machine. */
static const char *const open_keywords[] = {"host",
											"hostaddr",
											"port",
											"dbname",
											"user",
											"password",
											"connect_timeout",
											"application_name",
											"options",
											"sslmode",
											"target_session_attrs",
											"keepalives",
											"keepalives_idle",
											"keepalives_interval",
											"keepalives_count",
											"tcp_user_timeout",
											"channel_binding",
											"sslsni",
											"ssl_min_protocol_version",
											"ssl_max_protocol_version"};

static bool
is_open_keyword(const char *keyword)
{
	for (int i = 0; i < lengthof(open_keywords); i++)
		if (strcmp(keyword, open_keywords[i]) == 0)
			return true;
	return false;
}

static void
check_options(const FluxOperator *op, const PQconninfoOption *options)
{
	bool has_password = false;

	for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
	{
		if (option->val == NULL)
			continue;
		if (strcmp(option->keyword, "password") == 0)
			has_password = option->val[0] != '\0';
		if (!superuser() && !is_open_keyword(option->keyword))
			flux_operator_raise_hint(op, ERRCODE_INSUFFICIENT_PRIVILEGE,
									 "Leave it out, or let a superuser own the task.",
									 "%s: only a superuser may set \"%s\" in dataSourceName",
									 op->node->class->name, option->keyword);
	}
	if (!superuser() && !has_password)
		flux_operator_raise_hint(op, ERRCODE_S_R_E_PROHIBITED_SQL_STATEMENT_ATTEMPTED,
								 "Give one in dataSourceName, best from secrets.get().",
								 "%s: who is no superuser needs a password", op->node->class->name);
}

/* Waits for the socket; false when the deadline has passed. */
static bool
wait_for_socket(PGconn *connection, int events, TimestampTz deadline)
{
	long timeout_ms =
		deadline == 0 ? -1 : TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);
	int seen;

	if (timeout_ms == 0)
		return false;
	seen = WaitLatchOrSocket(
		MyLatch, events | WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (timeout_ms < 0 ? 0 : WL_TIMEOUT),
		PQsocket(connection), timeout_ms, PG_WAIT_EXTENSION);
	if (seen & WL_LATCH_SET)
	{
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	return true;
}

static void
await_connection(Session *session, const FluxOperator *op, int timeout_s)
{
	TimestampTz deadline =
		TimestampTzPlusMilliseconds(GetCurrentTimestamp(), (int64) timeout_s * 1000);

	if (session->connection == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	for (PostgresPollingStatusType status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;
		 status = PQconnectPoll(session->connection))
	{
		if (status == PGRES_POLLING_FAILED || PQstatus(session->connection) == CONNECTION_BAD)
			raise_failed(session, op, "cannot be reached");
		if (!wait_for_socket(session->connection,
							 status == PGRES_POLLING_READING ? WL_SOCKET_READABLE
															 : WL_SOCKET_WRITEABLE,
							 deadline))
			flux_operator_raise(op, ERRCODE_CONNECTION_FAILURE,
								"%s: the other server does not answer", op->node->class->name);
	}
}

static PQconninfoOption *
parse_source(const FluxOperator *op, const char *source)
{
	char *complaint = NULL;
	PQconninfoOption *options = PQconninfoParse(source, &complaint);

	if (complaint != NULL)
		PQfreemem(complaint); /* it may repeat a password */
	if (options == NULL)
		flux_operator_raise_hint(op, ERRCODE_INVALID_PARAMETER_VALUE,
								 "Write \"postgresql://user:password@host/database\" or "
								 "\"host=... dbname=... user=... password=...\".",
								 "%s: invalid dataSourceName", op->node->class->name);
	return options;
}

/* The last result of a statement; the next call frees it. NULL: no more. */
static PGresult *
next_result(Session *session, const FluxOperator *op)
{
	if (session->result != NULL)
		PQclear(session->result);
	session->result = NULL;
	while (PQisBusy(session->connection))
	{
		wait_for_socket(session->connection, WL_SOCKET_READABLE, 0);
		if (!PQconsumeInput(session->connection))
			raise_failed(session, op, "is gone");
	}
	session->result = PQgetResult(session->connection);
	return session->result;
}

/* Runs statements that give nothing. */
static void
execute(Session *session, const FluxOperator *op, const char *statement)
{
	PGresult *result;

	if (!PQsendQuery(session->connection, statement))
		raise_failed(session, op, "takes no statement");
	while ((result = next_result(session, op)) != NULL)
		if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
			raise_failed(session, op, "refuses");
}

/* Opens session->connection, which the caller has made sure to close. */
static void
open_session(Session *session, const FluxOperator *op, const char *source)
{
	PQconninfoOption *options = parse_source(op, source);
	const char *keywords[64];
	const char *values[64];
	int timeout_s = CONNECT_TIMEOUT_S;
	int count = 0;

	/* The texts must outlive libpq's own, which an error would leak. */
	for (PQconninfoOption *option = options; option->keyword != NULL; option++)
	{
		if (option->val == NULL || option->val[0] == '\0' || count >= lengthof(keywords) - 3 ||
			strcmp(option->keyword, "client_encoding") == 0)
			continue;
		if (strcmp(option->keyword, "connect_timeout") == 0 && atoi(option->val) > 0)
			timeout_s = atoi(option->val);
		keywords[count] = pstrdup(option->keyword);
		values[count++] = pstrdup(option->val);
	}
	check_options(op, options);
	PQconninfoFree(options);
	keywords[count] = "client_encoding";
	values[count++] = GetDatabaseEncodingName();
	keywords[count] = "fallback_application_name";
	values[count++] = "fluxtask";
	keywords[count] = values[count] = NULL;

	if (!AcquireExternalFD())
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				errmsg("too many open files on the server"));
	session->connection = PQconnectStartParams(keywords, values, false);
	if (session->connection == NULL)
		ReleaseExternalFD();
	await_connection(session, op, timeout_s);
	if (!superuser() && !PQconnectionUsedPassword(session->connection))
		flux_operator_raise_hint(op, ERRCODE_S_R_E_PROHIBITED_SQL_STATEMENT_ATTEMPTED,
								 "Let the other server ask for it, by a method such as "
								 "scram-sha-256.",
								 "%s: the other server did not ask for the password",
								 op->node->class->name);
	execute(session, op,
			"SET datestyle = ISO; SET timezone = 'UTC'; "
			"SET intervalstyle = postgres; SET extra_float_digits = 3");
}

/* ---- reading ---- */

FluxColumnType
flux_sql_column_type(Oid type_oid)
{
	switch (type_oid)
	{
		case BOOLOID:
			return FLUX_COLUMN_BOOL;
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return FLUX_COLUMN_INT;
		case FLOAT4OID:
		case FLOAT8OID:
			return FLUX_COLUMN_FLOAT;
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return FLUX_COLUMN_TIME;
		default:
			return FLUX_COLUMN_STRING;
	}
}

/* Instants without a zone are UTC, times without a day those of the epoch's. */
int64
flux_sql_instant(Oid type_oid, Datum datum)
{
	if (type_oid == TIMEOID)
		return DatumGetTimeADT(datum) * 1000;
	if (type_oid == DATEOID)
		datum = DirectFunctionCall1(date_timestamp, datum);
	return flux_time_from_timestamptz(DatumGetTimestampTz(datum));
}

static int64
parse_instant(Oid type_oid, const char *text)
{
	Datum cstring = CStringGetDatum(text);
	PGFunction input = type_oid == TIMEOID        ? time_in
					   : type_oid == TIMESTAMPOID ? timestamp_in
												  : timestamptz_in;

	if (type_oid == DATEOID)
		return flux_sql_instant(type_oid, DirectFunctionCall1(date_in, cstring));
	return flux_sql_instant(
		type_oid,
		DirectFunctionCall3(input, cstring, ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

static void
append_text(FluxColumnBuilder *builder, Oid type_oid, const char *text, int size)
{
	switch (flux_sql_column_type(type_oid))
	{
		case FLUX_COLUMN_BOOL:
			flux_column_builder_append_bool(builder, text[0] == 't');
			break;
		case FLUX_COLUMN_INT:
			flux_column_builder_append_int(
				builder, DatumGetInt64(DirectFunctionCall1(int8in, CStringGetDatum(text))));
			break;
		case FLUX_COLUMN_FLOAT:
			flux_column_builder_append_float(
				builder, DatumGetFloat8(DirectFunctionCall1(float8in, CStringGetDatum(text))));
			break;
		case FLUX_COLUMN_TIME:
			flux_column_builder_append_int(builder, parse_instant(type_oid, text));
			break;
		default:
			pg_verifymbstr(text, size, false);
			flux_column_builder_append_string(builder, flux_text(text, size));
			break;
	}
}

/* The answer as it is being read. */
typedef struct RemoteTable
{
	FluxOperator *op;
	FluxTableHead head;
	Oid *types;
	FluxColumnBuilder *builders; /* of the current batch */
	int row_count;
} RemoteTable;

static void
begin_remote_table(RemoteTable *table, const PGresult *result)
{
	FluxOperator *op = table->op;
	MemoryContext previous = MemoryContextSwitchTo(op->state_context);
	int count = PQnfields(result);
	FluxSchema *schema = flux_schema_create(count);

	table->types = palloc((count + 1) * sizeof(Oid));
	for (int i = 0; i < count; i++)
	{
		FluxText label = flux_text_copy(flux_text_from_cstring(PQfname(result, i)));

		pg_verifymbstr(label.data, label.size, false);
		if (flux_schema_find(schema, label) >= 0)
			flux_operator_raise_hint(
				op, ERRCODE_DUPLICATE_COLUMN, "Rename one with AS in the query.",
				"sql.from: the query has two columns named \"%.*s\"", label.size, label.data);
		table->types[i] = PQftype(result, i);
		flux_schema_add(schema, label, flux_sql_column_type(table->types[i]));
	}
	table->head.schema = schema;
	table->head.key = flux_group_key_create(NULL, NULL, 0);
	MemoryContextSwitchTo(previous);
	flux_emit_begin_table(op, &table->head);
}

static void
emit_remote_rows(RemoteTable *table)
{
	int count = table->head.schema->count;
	FluxColumn *columns;
	FluxBatch batch;

	if (table->row_count == 0)
		return;
	columns = MemoryContextAlloc(table->op->batch_context, (count + 1) * sizeof(FluxColumn));
	for (int i = 0; i < count; i++)
		columns[i] = flux_column_builder_view(&table->builders[i]);
	batch.head = &table->head;
	batch.row_count = table->row_count;
	batch.columns = columns;
	flux_emit_batch(table->op, &batch);
	table->row_count = 0;
}

static void
append_remote_rows(RemoteTable *table, const PGresult *result)
{
	MemoryContext context = table->op->batch_context;
	MemoryContext previous = MemoryContextSwitchTo(context);
	int count = table->head.schema->count;

	for (int row = 0; row < PQntuples(result); row++)
	{
		if (table->row_count == 0)
		{
			MemoryContextReset(context);
			table->builders = palloc((count + 1) * sizeof(FluxColumnBuilder));
			for (int i = 0; i < count; i++)
				flux_column_builder_init(&table->builders[i], table->head.schema->types[i],
										 context);
		}
		for (int i = 0; i < count; i++)
		{
			if (PQgetisnull(result, row, i))
				flux_column_builder_append_null(&table->builders[i]);
			else
				append_text(&table->builders[i], table->types[i], PQgetvalue(result, row, i),
							PQgetlength(result, row, i));
		}
		if (++table->row_count == FLUX_BATCH_ROWS)
			emit_remote_rows(table);
	}
	MemoryContextSwitchTo(previous);
}

void
flux_sql_remote_read(FluxOperator *op, FluxText source, FluxText query)
{
	MemoryContext previous = MemoryContextSwitchTo(op->state_context);
	Session *session = palloc0(sizeof(Session));
	MemoryContextCallback *callback = palloc0(sizeof(MemoryContextCallback));
	RemoteTable table = {.op = op};
	PGresult *result;

	callback->func = close_reader;
	callback->arg = session;
	MemoryContextRegisterResetCallback(op->state_context, callback);
	open_session(session, op, flux_text_to_cstring(source));
	if (!PQsendQueryParams(session->connection, flux_text_to_cstring(query), 0, NULL, NULL, NULL,
						   NULL, 0))
		raise_failed(session, op, "takes no statement");
	PQsetSingleRowMode(session->connection);
	MemoryContextSwitchTo(previous);
	while ((result = next_result(session, op)) != NULL)
	{
		ExecStatusType status = PQresultStatus(result);

		CHECK_FOR_INTERRUPTS();
		if (status == PGRES_COMMAND_OK)
			flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
								"sql.from: the statement returns no rows");
		if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK)
			raise_failed(session, op, "refuses the query");
		if (table.head.schema == NULL)
			begin_remote_table(&table, result);
		append_remote_rows(&table, result);
	}
	emit_remote_rows(&table);
	flux_emit_end_table(op);
	close_session(session);
}

/* ---- writing: sessions of the transaction ---- */

static void
forget_session(Session *session)
{
	Session **link = &sessions;

	while (*link != NULL && *link != session)
		link = &(*link)->next;
	if (*link != NULL)
		*link = session->next;
	close_session(session);
	free(session->source);
	free(session);
}

/* Commits over there, or raises, while our own transaction still can abort. */
static void
commit_session(Session *session)
{
	PGresult *result = NULL;

	if (PQsendQuery(session->connection, "COMMIT"))
	{
		while (PQisBusy(session->connection))
		{
			wait_for_socket(session->connection, WL_SOCKET_READABLE, 0);
			if (!PQconsumeInput(session->connection))
				break;
		}
		result = session->result = PQgetResult(session->connection);
	}
	if (result == NULL || PQresultStatus(result) != PGRES_COMMAND_OK ||
		strcmp(PQcmdStatus(result), "COMMIT") != 0)
	{
		char *detail = server_message(session);

		ereport(ERROR, errcode(ERRCODE_CONNECTION_FAILURE),
				errmsg("sql.to: the other server did not commit"),
				detail != NULL ? errdetail_internal("%s", detail) : 0);
	}
}

static void
at_transaction_end(XactEvent event, void *argument)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
			while (sessions != NULL)
			{
				commit_session(sessions);
				forget_session(sessions);
			}
			break;
		case XACT_EVENT_PRE_PREPARE:
			if (sessions != NULL)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot prepare a transaction that has written by sql.to"));
			break;
		case XACT_EVENT_ABORT:
			while (sessions != NULL)
				forget_session(sessions);
			break;
		default:
			break;
	}
}

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId subid, SubTransactionId parent,
					  void *argument)
{
	if (event != SUBXACT_EVENT_COMMIT_SUB && event != SUBXACT_EVENT_ABORT_SUB)
		return;
	for (Session *session = sessions, *next; session != NULL; session = next)
	{
		next = session->next;
		if (session->subid != subid)
			continue;
		if (event == SUBXACT_EVENT_COMMIT_SUB)
			session->subid = parent;
		else
			forget_session(session);
	}
}

/* The open session of a data source, or NULL. */
static Session *
find_session(const char *source)
{
	for (Session *session = sessions; session != NULL; session = session->next)
		if (strcmp(session->source, source) == 0 && session->user_oid == GetUserId() &&
			session->subid == GetCurrentSubTransactionId() && session->is_begun)
			return session;
	return NULL;
}

/* A new one, in the list from the start so that no error leaks it. */
static Session *
create_session(const FluxOperator *op, const char *source)
{
	static bool has_callbacks = false;
	Session *session;

	if (!has_callbacks)
	{
		RegisterXactCallback(at_transaction_end, NULL);
		RegisterSubXactCallback(at_subtransaction_end, NULL);
		has_callbacks = true;
	}
	session = calloc(1, sizeof(Session));
	if (session == NULL || (session->source = strdup(source)) == NULL)
	{
		free(session);
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	}
	session->user_oid = GetUserId();
	session->subid = GetCurrentSubTransactionId();
	session->next = sessions;
	sessions = session;
	open_session(session, op, source);
	execute(session, op, "BEGIN");
	session->is_begun = true;
	return session;
}

FluxSqlWriter *
flux_sql_writer_create(const FluxOperator *op, FluxText source)
{
	FluxSqlWriter *writer = palloc0(sizeof(FluxSqlWriter));
	char *name = flux_text_to_cstring(source);

	writer->op = op;
	writer->session = find_session(name);
	if (writer->session == NULL)
		writer->session = create_session(op, name);
	return writer;
}

void
flux_sql_writer_execute(FluxSqlWriter *writer, const char *statement)
{
	execute(writer->session, writer->op, statement);
}

/* ---- writing: rows ---- */

Oid
flux_sql_type_oid(FluxColumnType type)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			return BOOLOID;
		case FLUX_COLUMN_INT:
			return INT8OID;
		case FLUX_COLUMN_UINT:
			return NUMERICOID;
		case FLUX_COLUMN_FLOAT:
			return FLOAT8OID;
		case FLUX_COLUMN_TIME:
			return TIMESTAMPTZOID;
		case FLUX_COLUMN_STRING:
			break;
	}
	return TEXTOID;
}

/* Some rows of a column as the text of an array. */
static char *
array_text(const FluxColumn *column, int first, int count)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int row = first; row < first + count; row++)
	{
		FluxText cell;

		if (row > first)
			appendStringInfoChar(&out, ',');
		if (flux_column_is_null(column, row))
		{
			appendStringInfoString(&out, "NULL");
			continue;
		}
		cell = flux_cell_text(column, row);
		appendStringInfoChar(&out, '"');
		for (int i = 0; i < cell.size; i++)
		{
			if (cell.data[i] == '"' || cell.data[i] == '\\')
				appendStringInfoChar(&out, '\\');
			appendStringInfoChar(&out, cell.data[i]);
		}
		appendStringInfoChar(&out, '"');
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* INSERT INTO t (a, b) SELECT * FROM unnest($1::bigint[], $2::text[]) */
static char *
insert_statement(const char *table_name, const FluxSchema *schema)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "INSERT INTO %s (", table_name);
	for (int i = 0; i < schema->count; i++)
		appendStringInfo(&out, "%s%s", i > 0 ? ", " : "",
						 quote_identifier(flux_text_to_cstring(schema->labels[i])));
	appendStringInfoString(&out, ") SELECT * FROM unnest(");
	for (int i = 0; i < schema->count; i++)
		appendStringInfo(&out, "%s$%d::%s[]", i > 0 ? ", " : "", i + 1,
						 format_type_be(flux_sql_type_oid(schema->types[i])));
	appendStringInfoChar(&out, ')');
	return out.data;
}

void
flux_sql_writer_insert(FluxSqlWriter *writer, const char *table_name, const FluxBatch *batch,
					   int64 batch_size)
{
	const FluxSchema *schema = batch->head->schema;
	const char **values = palloc((schema->count + 1) * sizeof(char *));
	char *statement = insert_statement(table_name, schema);
	Session *session = writer->session;

	for (int first = 0; first < batch->row_count;)
	{
		int count = (int) Min(batch_size, batch->row_count - first);
		PGresult *result;

		for (int i = 0; i < schema->count; i++)
			values[i] = array_text(&batch->columns[i], first, count);
		if (!PQsendQueryParams(session->connection, statement, schema->count, NULL, values, NULL,
							   NULL, 0))
			raise_failed(session, writer->op, "takes no statement");
		while ((result = next_result(session, writer->op)) != NULL)
			if (PQresultStatus(result) != PGRES_COMMAND_OK)
				raise_failed(session, writer->op, "refuses the rows");
		first += count;
	}
}
