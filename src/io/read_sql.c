/*
 * read_sql.c
 *		sql.from(): rows of a SQL query as one table.
 *
 * Driver "postgres" alone.  With an empty data source name the query runs in
 * this database through SPI, under the rights of whoever runs the script, in
 * its transaction, and rows come through a cursor, a batch at a time; any other
 * name goes to sql_remote.c.
 *
 * Types: boolean bool, the integers int, the floats float, date, timestamps and
 * time (of 1970-01-01) time, everything else (numeric too) string, by its text.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "io/io_classes.h"
#include "io/sql_remote.h"

typedef struct SqlSpec
{
	FluxText source; /* empty: this database */
	FluxText query;
} SqlSpec;

typedef struct SqlOperator
{
	FluxOperator base;
	bool is_done;
} SqlOperator;

void
flux_io_check_sql_driver(const FluxCall *call)
{
	FluxText driver = flux_call_string(call, "driverName");

	if (!flux_text_equal_cstring(driver, "postgres"))
		flux_call_raise(call, ERRCODE_FEATURE_NOT_SUPPORTED,
						"sql driver \"%.*s\" is not supported; use \"postgres\"", driver.size,
						driver.data);
}

static void
sql_plan(FluxCall *call, FluxPlanNode *node)
{
	SqlSpec *spec = palloc0(sizeof(SqlSpec));

	flux_io_check_sql_driver(call);
	spec->source = flux_call_string_or(call, "dataSourceName", "");
	spec->query = flux_call_string(call, "query");
	node->spec = spec;
}

static void
append_datum(FluxColumnBuilder *builder, Datum datum, Oid type_oid)
{
	switch (type_oid)
	{
		case BOOLOID:
			flux_column_builder_append_bool(builder, DatumGetBool(datum));
			break;
		case INT2OID:
			flux_column_builder_append_int(builder, DatumGetInt16(datum));
			break;
		case INT4OID:
			flux_column_builder_append_int(builder, DatumGetInt32(datum));
			break;
		case INT8OID:
			flux_column_builder_append_int(builder, DatumGetInt64(datum));
			break;
		case FLOAT4OID:
			/* the number that is written, not the nearest one in binary */
			flux_column_builder_append_float(
				builder, strtod(DatumGetCString(DirectFunctionCall1(float4out, datum)), NULL));
			break;
		case FLOAT8OID:
			flux_column_builder_append_float(builder, DatumGetFloat8(datum));
			break;
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			flux_column_builder_append_int(builder, flux_sql_instant(type_oid, datum));
			break;
		default:
		{
			Oid output;
			bool is_varlena;

			getTypeOutputInfo(type_oid, &output, &is_varlena);
			flux_column_builder_append_string(
				builder, flux_text_from_cstring(OidOutputFunctionCall(output, datum)));
			break;
		}
	}
}

/* Schema of a result; two columns of one name cannot be told apart. */
static FluxSchema *
schema_of(SqlOperator *sql, TupleDesc desc)
{
	FluxSchema *schema = flux_schema_create(desc->natts);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		FluxText label = flux_text_copy(flux_text_from_cstring(NameStr(attribute->attname)));

		if (flux_schema_find(schema, label) >= 0)
			flux_operator_raise_hint(
				&sql->base, ERRCODE_DUPLICATE_COLUMN, "Rename one with AS in the query.",
				"sql.from: the query has two columns named \"%.*s\"", label.size, label.data);
		flux_schema_add(schema, label, flux_sql_column_type(attribute->atttypid));
	}
	return schema;
}

/* One fetch of the cursor as a batch. */
static void
emit_fetched(SqlOperator *sql, const FluxTableHead *head)
{
	int column_count = head->schema->count;
	FluxColumnBuilder *builders;
	FluxColumn *columns;
	FluxBatch batch;
	MemoryContext previous;

	MemoryContextReset(sql->base.batch_context);
	previous = MemoryContextSwitchTo(sql->base.batch_context);
	builders = palloc((column_count + 1) * sizeof(FluxColumnBuilder));
	columns = palloc((column_count + 1) * sizeof(FluxColumn));
	for (int i = 0; i < column_count; i++)
		flux_column_builder_init(&builders[i], head->schema->types[i], CurrentMemoryContext);
	for (uint64 row = 0; row < SPI_processed; row++)
		for (int i = 0; i < column_count; i++)
		{
			bool is_null;
			Datum datum =
				SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, i + 1, &is_null);

			if (is_null)
				flux_column_builder_append_null(&builders[i]);
			else
				append_datum(&builders[i], datum,
							 TupleDescAttr(SPI_tuptable->tupdesc, i)->atttypid);
		}
	for (int i = 0; i < column_count; i++)
		columns[i] = flux_column_builder_view(&builders[i]);
	batch.head = head;
	batch.row_count = (int) SPI_processed;
	batch.columns = columns;
	SPI_freetuptable(SPI_tuptable);
	if (batch.row_count > 0)
		flux_emit_batch(&sql->base, &batch);
	MemoryContextSwitchTo(previous);
}

/* A search_path of pg_catalog alone is no news to us, but to who wrote the query. */
static void
explain_missing_table(void *argument)
{
	if (geterrcode() == ERRCODE_UNDEFINED_TABLE)
		errhint("The search_path does not count in a script: name the schema, too,"
				" as in \"public.readings\".");
}

static Portal
open_query(FluxText query)
{
	ErrorContextCallback callback = {.callback = explain_missing_table,
									 .previous = error_context_stack};
	Portal portal;

	error_context_stack = &callback;
	portal = SPI_cursor_parse_open(NULL, flux_text_to_cstring(query),
								   &(SPIParseOpenOptions){.read_only = false});
	error_context_stack = callback.previous;
	return portal;
}

/* The whole query in one go: SPI connections nest, they do not interleave. */
static bool
sql_produce(FluxOperator *op)
{
	SqlOperator *sql = (SqlOperator *) op;
	const SqlSpec *spec = op->node->spec;
	FluxTableHead head;
	Portal portal;
	MemoryContext previous;

	if (sql->is_done)
		return false;
	sql->is_done = true;
	if (spec->source.size > 0)
	{
		flux_sql_remote_read(op, spec->source, spec->query);
		return true;
	}

	SPI_connect();
	portal = open_query(spec->query);
	previous = MemoryContextSwitchTo(op->state_context);
	head.schema = schema_of(sql, portal->tupDesc);
	head.key = flux_group_key_create(NULL, NULL, 0);
	MemoryContextSwitchTo(previous);
	flux_emit_begin_table(op, &head);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, FLUX_BATCH_ROWS);
		if (SPI_processed == 0)
			break;
		emit_fetched(sql, &head);
	}
	flux_emit_end_table(op);
	SPI_cursor_close(portal);
	SPI_finish();
	return true;
}

static const FluxOperatorOps sql_ops = {.state_size = sizeof(SqlOperator), .produce = sql_produce};

const FluxPlanClass flux_plan_sql_from = {.name = "sql.from", .plan = sql_plan, .ops = &sql_ops};
