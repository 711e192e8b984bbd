/*
 * sql_query.c
 *		flux.query, query_json, query_csv, show, explain, test: running scripts
 *		from SQL.
 *
 * Each wraps flux_script_run() with a sink of its own.  now() is the start of
 * the statement's transaction, so that a script sees one time and agrees with
 * SQL's now() beside it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "io/result_csv.h"
#include "io/result_json.h"
#include "script/script.h"
#include "script/script_test.h"

PG_FUNCTION_INFO_V1(fluxtask_query);
PG_FUNCTION_INFO_V1(fluxtask_query_json);
PG_FUNCTION_INFO_V1(fluxtask_query_csv);
PG_FUNCTION_INFO_V1(fluxtask_show);
PG_FUNCTION_INFO_V1(fluxtask_explain);
PG_FUNCTION_INFO_V1(fluxtask_test);

static FluxText
text_argument(PG_FUNCTION_ARGS, int index)
{
	text *argument = PG_GETARG_TEXT_PP(index);

	return flux_text(VARDATA_ANY(argument), VARSIZE_ANY_EXHDR(argument));
}

static FluxScriptOptions
query_options(void)
{
	FluxScriptOptions options = {0};

	options.now_ns = flux_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
	return options;
}

/* Runs the script of argument 0 into a sink. */
static void
run_script(FluxText script_text, FluxResultSink *sink)
{
	FluxScript *script = flux_script_create(script_text);
	FluxScriptOptions options = query_options();

	flux_script_run(script, &options, sink);
	flux_script_destroy(script);
}

/* Sinks that have nothing to do at some events. */
static void
ignore_result(FluxResultSink *sink, FluxText name)
{
}

static void
ignore_end(FluxResultSink *sink)
{
}

/* ---- flux.query(script) -> SETOF record ---- */

/*
 * Columns are matched by name.  A value whose type is the SQL column's own
 * goes over directly; any other goes as text through the SQL type's input
 * function, whose errors name the offending value.
 */
typedef struct QueryColumn
{
	int source; /* column of the current table, -1 = NULL */
	Oid type_oid;
	int32 typmod;
	FmgrInfo input;
	Oid input_parameter;
} QueryColumn;

typedef struct QuerySink
{
	FluxResultSink base;
	ReturnSetInfo *rsinfo;
	TupleDesc tuple_desc;
	QueryColumn *columns;
	MemoryContext row_context;
} QuerySink;

static void
query_begin_table(FluxResultSink *base, const FluxTableHead *head)
{
	QuerySink *sink = (QuerySink *) base;

	for (int i = 0; i < sink->tuple_desc->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(sink->tuple_desc, i)->attname);

		sink->columns[i].source = flux_schema_find(head->schema, flux_text_from_cstring(name));
	}
}

/* True with *datum set when the types agree without a conversion. */
static bool
direct_datum(const FluxColumn *column, int row, Oid type_oid, Datum *datum)
{
	int i = flux_column_index(column, row);

	if (column->type == FLUX_COLUMN_FLOAT && type_oid == FLOAT8OID)
		*datum = Float8GetDatum(column->values.floats[i]);
	else if ((column->type == FLUX_COLUMN_INT || column->type == FLUX_COLUMN_TIME) &&
			 type_oid == INT8OID)
		*datum = Int64GetDatum(column->values.ints[i]);
	else if (column->type == FLUX_COLUMN_TIME && type_oid == TIMESTAMPTZOID)
		*datum = TimestampTzGetDatum(flux_time_to_timestamptz(column->values.times[i]));
	else if (column->type == FLUX_COLUMN_BOOL && type_oid == BOOLOID)
		*datum = BoolGetDatum(column->values.booleans[i]);
	else if (column->type == FLUX_COLUMN_STRING && type_oid == TEXTOID)
		*datum = PointerGetDatum(cstring_to_text_with_len(column->values.strings[i].data,
														  column->values.strings[i].size));
	else
		return false;
	return true;
}

static Datum
query_datum(QueryColumn *target, const FluxColumn *column, int row, bool *is_null)
{
	Datum datum;

	*is_null = flux_column_is_null(column, row);
	if (*is_null)
		return (Datum) 0;
	if (direct_datum(column, row, target->type_oid, &datum))
		return datum;
	return InputFunctionCall(&target->input, flux_text_to_cstring(flux_cell_text(column, row)),
							 target->input_parameter, target->typmod);
}

static void
query_process(FluxResultSink *base, const FluxBatch *batch)
{
	QuerySink *sink = (QuerySink *) base;
	MemoryContext previous = MemoryContextSwitchTo(sink->row_context);
	Datum *values = palloc(sink->tuple_desc->natts * sizeof(Datum));
	bool *nulls = palloc(sink->tuple_desc->natts * sizeof(bool));

	for (int row = 0; row < batch->row_count; row++)
	{
		for (int i = 0; i < sink->tuple_desc->natts; i++)
		{
			QueryColumn *target = &sink->columns[i];

			nulls[i] = true;
			if (target->source >= 0)
				values[i] = query_datum(target, &batch->columns[target->source], row, &nulls[i]);
		}
		tuplestore_putvalues(sink->rsinfo->setResult, sink->tuple_desc, values, nulls);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextReset(sink->row_context);
}

PGDLLEXPORT Datum
fluxtask_query(PG_FUNCTION_ARGS)
{
	QuerySink sink = {{ignore_result, query_begin_table, query_process, ignore_end, ignore_end}};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) || rsinfo->expectedDesc == NULL)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("flux.query needs a column list"),
				errhint("Write SELECT * FROM flux.query($$...$$) AS t(_time timestamptz, _value "
						"float8), or use flux.query_json, which needs none."));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	sink.rsinfo = rsinfo;
	sink.tuple_desc = rsinfo->setDesc;
	sink.row_context =
		AllocSetContextCreate(CurrentMemoryContext, "flux.query row", ALLOCSET_DEFAULT_SIZES);
	sink.columns = palloc0(sink.tuple_desc->natts * sizeof(QueryColumn));
	for (int i = 0; i < sink.tuple_desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(sink.tuple_desc, i);
		Oid input_function;

		sink.columns[i].type_oid = attribute->atttypid;
		sink.columns[i].typmod = attribute->atttypmod;
		getTypeInputInfo(attribute->atttypid, &input_function, &sink.columns[i].input_parameter);
		fmgr_info(input_function, &sink.columns[i].input);
	}
	run_script(text_argument(fcinfo, 0), &sink.base);
	return (Datum) 0;
}

/* ---- flux.query_json(script) -> TABLE(result, "table", record) ---- */

typedef struct JsonSink
{
	FluxResultSink base;
	ReturnSetInfo *rsinfo;
	MemoryContext context;
	MemoryContext row_context;
	Datum result_name;
	int64 table_number;
} JsonSink;

static void
json_begin_result(FluxResultSink *base, FluxText name)
{
	JsonSink *sink = (JsonSink *) base;
	MemoryContext previous = MemoryContextSwitchTo(sink->context);

	sink->result_name = PointerGetDatum(cstring_to_text_with_len(name.data, name.size));
	sink->table_number = -1;
	MemoryContextSwitchTo(previous);
}

static void
json_begin_table(FluxResultSink *base, const FluxTableHead *head)
{
	((JsonSink *) base)->table_number++;
}

static void
json_process(FluxResultSink *base, const FluxBatch *batch)
{
	JsonSink *sink = (JsonSink *) base;
	MemoryContext previous = MemoryContextSwitchTo(sink->row_context);

	for (int row = 0; row < batch->row_count; row++)
	{
		StringInfoData json;
		Datum values[3];
		bool nulls[3] = {false, false, false};

		initStringInfo(&json);
		flux_row_to_json(batch, row, &json);
		values[0] = sink->result_name;
		values[1] = Int64GetDatum(sink->table_number);
		values[2] = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
		tuplestore_putvalues(sink->rsinfo->setResult, sink->rsinfo->setDesc, values, nulls);
		MemoryContextReset(sink->row_context);
	}
	MemoryContextSwitchTo(previous);
}

PGDLLEXPORT Datum
fluxtask_query_json(PG_FUNCTION_ARGS)
{
	JsonSink sink = {{json_begin_result, json_begin_table, json_process, ignore_end, ignore_end}};

	InitMaterializedSRF(fcinfo, 0);
	sink.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	sink.context = CurrentMemoryContext;
	sink.row_context =
		AllocSetContextCreate(CurrentMemoryContext, "flux.query_json row", ALLOCSET_DEFAULT_SIZES);
	run_script(text_argument(fcinfo, 0), &sink.base);
	return (Datum) 0;
}

/* ---- flux.query_csv(script) -> text ---- */

PGDLLEXPORT Datum
fluxtask_query_csv(PG_FUNCTION_ARGS)
{
	StringInfoData csv;

	initStringInfo(&csv);
	run_script(text_argument(fcinfo, 0), flux_csv_sink_create(&csv));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(csv.data, csv.len));
}

/* ---- CALL flux.show(script) ---- */

/* Collects one table's cells and prints it as psql would, as an INFO message:
 * a procedure has no other way to show tables of differing columns. */
typedef struct ShowSink
{
	FluxResultSink base;
	MemoryContext context; /* of the current table */
	FluxText result_name;
	FluxTableHead head;
	FluxText *cells; /* row by row */
	int64 row_count;
	int64 row_capacity;
} ShowSink;

#define SHOW_ROWS_MAX 1000

static void
show_begin_result(FluxResultSink *base, FluxText name)
{
	((ShowSink *) base)->result_name = name;
}

static void
show_begin_table(FluxResultSink *base, const FluxTableHead *head)
{
	ShowSink *sink = (ShowSink *) base;
	MemoryContext previous;

	MemoryContextReset(sink->context);
	previous = MemoryContextSwitchTo(sink->context);
	sink->head.schema = flux_schema_copy(head->schema, 0);
	sink->head.key = flux_group_key_copy(head->key);
	sink->row_count = 0;
	sink->row_capacity = 16;
	sink->cells = palloc(sink->row_capacity * Max(head->schema->count, 1) * sizeof(FluxText));
	MemoryContextSwitchTo(previous);
}

static void
show_process(FluxResultSink *base, const FluxBatch *batch)
{
	ShowSink *sink = (ShowSink *) base;
	int columns = sink->head.schema->count;
	MemoryContext previous = MemoryContextSwitchTo(sink->context);

	for (int row = 0; row < batch->row_count; row++, sink->row_count++)
	{
		if (sink->row_count >= SHOW_ROWS_MAX)
			continue; /* counted, not shown */
		if (sink->row_count == sink->row_capacity)
		{
			sink->row_capacity *= 2;
			sink->cells =
				repalloc(sink->cells, sink->row_capacity * Max(columns, 1) * sizeof(FluxText));
		}
		for (int i = 0; i < columns; i++)
			sink->cells[sink->row_count * columns + i] =
				flux_text_copy(flux_cell_text(&batch->columns[i], row));
	}
	MemoryContextSwitchTo(previous);
}

static void
append_padded(StringInfo out, FluxText text, int width, bool is_last)
{
	appendBinaryStringInfo(out, text.data, text.size);
	if (!is_last)
		appendStringInfoSpaces(out, width - text.size);
}

static void
show_end_table(FluxResultSink *base)
{
	ShowSink *sink = (ShowSink *) base;
	MemoryContext previous = MemoryContextSwitchTo(sink->context);
	const FluxSchema *schema = sink->head.schema;
	int64 shown = Min(sink->row_count, SHOW_ROWS_MAX);
	int *widths = palloc(Max(schema->count, 1) * sizeof(int));
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "result \"%.*s\", table %s (" INT64_FORMAT " %s)\n",
					 sink->result_name.size, sink->result_name.data,
					 flux_group_key_display(sink->head.key), sink->row_count,
					 sink->row_count == 1 ? "row" : "rows");
	for (int i = 0; i < schema->count; i++)
	{
		widths[i] = schema->labels[i].size;
		for (int64 row = 0; row < shown; row++)
			widths[i] = Max(widths[i], sink->cells[row * schema->count + i].size);
		appendStringInfoString(&out, i == 0 ? " " : " | ");
		append_padded(&out, schema->labels[i], widths[i], i == schema->count - 1);
	}
	appendStringInfoChar(&out, '\n');
	for (int i = 0; i < schema->count; i++)
	{
		appendStringInfoString(&out, i == 0 ? "-" : "-+-");
		for (int j = 0; j < widths[i]; j++)
			appendStringInfoChar(&out, '-');
	}
	for (int64 row = 0; row < shown; row++)
		for (int i = 0; i < schema->count; i++)
		{
			appendStringInfoString(&out, i == 0 ? "\n " : " | ");
			append_padded(&out, sink->cells[row * schema->count + i], widths[i],
						  i == schema->count - 1);
		}
	if (shown < sink->row_count)
		appendStringInfo(&out, "\n(the first %d rows are shown)", SHOW_ROWS_MAX);
	ereport(INFO, errmsg_internal("%s", out.data), errhidestmt(true), errhidecontext(true));
	MemoryContextSwitchTo(previous);
}

PGDLLEXPORT Datum
fluxtask_show(PG_FUNCTION_ARGS)
{
	ShowSink sink = {
		{show_begin_result, show_begin_table, show_process, show_end_table, ignore_end}};

	sink.context =
		AllocSetContextCreate(CurrentMemoryContext, "flux.show table", ALLOCSET_DEFAULT_SIZES);
	run_script(text_argument(fcinfo, 0), &sink.base);
	PG_RETURN_VOID();
}

/* ---- flux.explain(script, analyze) -> SETOF text ---- */

static void
discard_write(FluxExec *exec, FluxText bucket, const FluxBatch *batch)
{
}

PGDLLEXPORT Datum
fluxtask_explain(PG_FUNCTION_ARGS)
{
	FluxScript *script = flux_script_create(text_argument(fcinfo, 0));
	FluxScriptOptions options = query_options();
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	StringInfoData out;
	char *line;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	options.is_analyze = PG_GETARG_BOOL(1);
	options.is_dry_run = true; /* explaining writes nothing */
	options.capture_write = discard_write;
	initStringInfo(&out);
	flux_script_explain(script, &options, &out);
	flux_script_destroy(script);

	for (line = strtok(out.data, "\n"); line != NULL; line = strtok(NULL, "\n"))
	{
		Datum value = CStringGetTextDatum(line);
		bool is_null = false;

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &is_null);
	}
	return (Datum) 0;
}

/* ---- flux.test(source) -> TABLE(testcase, passed, message) ---- */

static void
report_outcome(const FluxTestOutcome *outcome, void *argument)
{
	ReturnSetInfo *rsinfo = argument;
	Datum values[3];
	bool nulls[3] = {false, false, outcome->message == NULL};

	values[0] = PointerGetDatum(cstring_to_text_with_len(outcome->name.data, outcome->name.size));
	values[1] = BoolGetDatum(outcome->passed);
	if (outcome->message != NULL)
		values[2] = CStringGetTextDatum(outcome->message);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

PGDLLEXPORT Datum
fluxtask_test(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	flux_script_test(text_argument(fcinfo, 0), report_outcome, fcinfo->resultinfo);
	return (Datum) 0;
}
