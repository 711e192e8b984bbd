/*
 * write_sql.c
 *		sql.to(): inserts the rows of every table into a SQL table, and passes
 *		them on.
 *
 * The table's name may have a schema ("metrics.readings"); without one it is
 * in public, whatever the search_path.  If it does not exist it is made from
 * the columns of the first input table.  Inserts run through SPI, under the
 * rights of whoever runs the script, in its transaction; with a data source
 * name they go to another server, see sql_remote.h.
 *
 * Times go into columns of other types, timestamp or text, as on that server:
 * by UTC, whatever the session's TimeZone.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#include "execute/exec_run.h"
#include "io/io_classes.h"
#include "io/result_csv.h"
#include "io/sql_remote.h"

typedef struct SqlToSpec
{
	FluxText source; /* empty: this database */
	FluxText table;
	int64 batch_size;
} SqlToSpec;

typedef struct SqlToOperator
{
	FluxOperator base;
	char *table_name;      /* quoted and qualified */
	FluxSqlWriter *remote; /* NULL: this database, or nothing written yet */
	bool is_created;       /* the table was looked for, made if absent */
	char *insert;          /* of the current table; all parameters typed */
	Oid *types;
} SqlToOperator;

static void
sql_to_plan(FluxCall *call, FluxPlanNode *node)
{
	SqlToSpec *spec = palloc0(sizeof(SqlToSpec));

	flux_io_check_sql_driver(call);
	spec->table = flux_call_string(call, "table");
	spec->source = flux_call_string_or(call, "dataSourceName", "");
	spec->batch_size = flux_call_int_or(call, "batchSize", 10000);
	if (spec->batch_size < 1)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "batchSize must be positive");
	node->spec = spec;
}

static void
sql_to_begin(FluxOperator *op)
{
	SqlToOperator *to = (SqlToOperator *) op;
	const SqlToSpec *spec = op->node->spec;
	List *names =
		textToQualifiedNameList(cstring_to_text_with_len(spec->table.data, spec->table.size));
	RangeVar *range = makeRangeVarFromNameList(names);

	to->table_name = quote_qualified_identifier(
		range->schemaname != NULL ? range->schemaname : "public", range->relname);
}

static char *
quoted_label(FluxText label)
{
	return pstrdup(quote_identifier(flux_text_to_cstring(label)));
}

static void
run_statement(const char *statement)
{
	SPI_connect();
	SPI_execute(statement, false, 0);
	SPI_finish();
}

static void
create_table(SqlToOperator *to, const FluxSchema *schema)
{
	const SqlToSpec *spec = to->base.node->spec;
	StringInfoData statement;

	initStringInfo(&statement);
	appendStringInfo(&statement, "CREATE TABLE IF NOT EXISTS %s (", to->table_name);
	for (int i = 0; i < schema->count; i++)
		appendStringInfo(&statement, "%s%s %s", i > 0 ? ", " : "", quoted_label(schema->labels[i]),
						 format_type_be(flux_sql_type_oid(schema->types[i])));
	appendStringInfoChar(&statement, ')');
	if (spec->source.size == 0)
	{
		run_statement(statement.data);
		return;
	}
	if (to->remote == NULL)
	{
		MemoryContext previous = MemoryContextSwitchTo(to->base.state_context);

		to->remote = flux_sql_writer_create(&to->base, spec->source);
		MemoryContextSwitchTo(previous);
	}
	flux_sql_writer_execute(to->remote, statement.data);
}

static void
sql_to_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	SqlToOperator *to = (SqlToOperator *) op;
	MemoryContext previous = MemoryContextSwitchTo(op->table_context);
	StringInfoData insert;

	if (op->exec->capture_write == NULL && !to->is_created)
		create_table(to, head->schema);
	to->is_created = true;
	initStringInfo(&insert);
	appendStringInfo(&insert, "INSERT INTO %s (", to->table_name);
	for (int i = 0; i < head->schema->count; i++)
		appendStringInfo(&insert, "%s%s", i > 0 ? ", " : "", quoted_label(head->schema->labels[i]));
	appendStringInfoString(&insert, ") VALUES (");
	for (int i = 0; i < head->schema->count; i++)
		appendStringInfo(&insert, "%s$%d", i > 0 ? ", " : "", i + 1);
	appendStringInfoChar(&insert, ')');
	to->insert = insert.data;
	to->types = palloc((head->schema->count + 1) * sizeof(Oid));
	for (int i = 0; i < head->schema->count; i++)
		to->types[i] = flux_sql_type_oid(head->schema->types[i]);
	MemoryContextSwitchTo(previous);
	flux_emit_begin_table(op, head);
}

static Datum
cell_datum(const FluxColumn *column, int row)
{
	int i = flux_column_index(column, row);

	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			return BoolGetDatum(column->values.booleans[i]);
		case FLUX_COLUMN_INT:
			return Int64GetDatum(column->values.ints[i]);
		case FLUX_COLUMN_UINT:
			return DirectFunctionCall3(
				numeric_in, CStringGetDatum(flux_text_to_cstring(flux_cell_text(column, row))),
				ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
		case FLUX_COLUMN_FLOAT:
			return Float8GetDatum(column->values.floats[i]);
		case FLUX_COLUMN_TIME:
			return TimestampTzGetDatum(flux_time_to_timestamptz(column->values.times[i]));
		case FLUX_COLUMN_STRING:
			break;
	}
	return PointerGetDatum(
		cstring_to_text_with_len(column->values.strings[i].data, column->values.strings[i].size));
}

static void
insert_rows(SqlToOperator *to, const FluxBatch *batch)
{
	int column_count = batch->head->schema->count;
	Datum *values = palloc((column_count + 1) * sizeof(Datum));
	char *nulls = palloc(column_count + 1);
	MemoryContext batch_context = CurrentMemoryContext;
	SPIPlanPtr plan;
	int guc_level = NewGUCNestLevel();

	(void) set_config_option("TimeZone", "UTC", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
							 0, false);
	(void) set_config_option("DateStyle", "ISO", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
							 0, false);
	SPI_connect();
	plan = SPI_prepare(to->insert, column_count, to->types);
	if (plan == NULL)
		elog(ERROR, "cannot prepare \"%s\"", to->insert);
	for (int row = 0; row < batch->row_count; row++)
	{
		MemoryContext previous = MemoryContextSwitchTo(batch_context);

		for (int i = 0; i < column_count; i++)
		{
			bool is_null = flux_column_is_null(&batch->columns[i], row);

			nulls[i] = is_null ? 'n' : ' ';
			values[i] = is_null ? (Datum) 0 : cell_datum(&batch->columns[i], row);
		}
		MemoryContextSwitchTo(previous);
		SPI_execute_plan(plan, values, nulls, false, 0);
	}
	SPI_finish();
	AtEOXact_GUC(false, guc_level);
}

static void
sql_to_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	SqlToOperator *to = (SqlToOperator *) op;
	const SqlToSpec *spec = op->node->spec;
	MemoryContext previous = MemoryContextSwitchTo(op->batch_context);

	if (op->exec->capture_write != NULL)
		op->exec->capture_write(op->exec, flux_text_from_cstring(to->table_name), batch);
	else
	{
		if (to->remote != NULL)
			flux_sql_writer_insert(to->remote, to->table_name, batch, spec->batch_size);
		else
			insert_rows(to, batch);
		op->exec->points_written += batch->row_count;
	}
	MemoryContextSwitchTo(previous);
	flux_emit_batch(op, batch);
}

static void
sql_to_end_table(FluxOperator *op, int port)
{
	flux_emit_end_table(op);
}

static const FluxOperatorOps sql_to_ops = {.state_size = sizeof(SqlToOperator),
										   .begin = sql_to_begin,
										   .begin_table = sql_to_begin_table,
										   .process = sql_to_process,
										   .end_table = sql_to_end_table};

const FluxPlanClass flux_plan_sql_to = {.name = "sql.to", .plan = sql_to_plan, .ops = &sql_to_ops};
