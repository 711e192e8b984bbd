/*
 * read_remote.c
 *		from(host:): the leaf that reads a bucket of another InfluxDB.
 *
 * What the rules pushed into the FluxReadSpec is written as a Flux script and
 * runs over there; its answer, annotated CSV, becomes tables again.  So the
 * other side filters and aggregates, and only the result travels.  The bounds
 * are absolute: now() is ours.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "pgtime.h"

#include "io/io_classes.h"
#include "io/read_csv.h"
#include "io/remote_server.h"
#include "plan/plan_rules.h"

/* By FluxAggregateFunction. */
static const char *const function_names[] = {"count", "sum", "mean",  "spread",
											 "min",   "max", "first", "last"};

/* ---- what we know, as Flux ---- */

void
flux_remote_append_string(StringInfo out, FluxText text)
{
	appendStringInfoChar(out, '"');
	for (int i = 0; i < text.size; i++)
	{
		char c = text.data[i];

		if (c == '"' || c == '\\' || (c == '$' && i + 1 < text.size && text.data[i + 1] == '{'))
			appendStringInfoChar(out, '\\');
		if (c == '\n')
			appendStringInfoString(out, "\\n");
		else if (c == '\r')
			appendStringInfoString(out, "\\r");
		else
			appendStringInfoChar(out, c);
	}
	appendStringInfoChar(out, '"');
}

/* A slash ends a regular expression unless a backslash stands before it. */
static void
append_regexp(StringInfo out, FluxText pattern)
{
	appendStringInfoChar(out, '/');
	for (int i = 0; i < pattern.size; i++)
	{
		char c = pattern.data[i];

		if (c == '\\' && i + 1 < pattern.size)
		{
			appendStringInfoChar(out, c);
			c = pattern.data[++i];
		}
		else if (c == '/')
			appendStringInfoChar(out, '\\');
		if (c == '\n')
			appendStringInfoString(out, "\\n");
		else
			appendStringInfoChar(out, c);
	}
	appendStringInfoChar(out, '/');
}

/* Literals where Flux has them, conversions of texts where it has none. */
static void
append_literal(StringInfo out, const FluxPredicate *predicate)
{
	switch (predicate->literal_type)
	{
		case FLUX_COLUMN_BOOL:
			appendStringInfoString(out, predicate->literal.boolean ? "true" : "false");
			break;
		case FLUX_COLUMN_INT:
			if (predicate->literal.integer == PG_INT64_MIN)
				appendStringInfo(out, "int(v: \"" INT64_FORMAT "\")", predicate->literal.integer);
			else
				appendStringInfo(out, INT64_FORMAT, predicate->literal.integer);
			break;
		case FLUX_COLUMN_UINT:
			appendStringInfo(out, "uint(v: \"" UINT64_FORMAT "\")", predicate->literal.uinteger);
			break;
		case FLUX_COLUMN_FLOAT:
		{
			FluxText text = flux_float_to_text(predicate->literal.floating);

			appendStringInfo(out, "float(v: \"%.*s\")", text.size, text.data);
			break;
		}
		default:
			flux_remote_append_string(out, predicate->literal.string);
			break;
	}
}

static void
append_column(StringInfo out, const FluxPredicate *predicate)
{
	static const char *const labels[] = {"_measurement", "_field", "", "_value"};

	appendStringInfoString(out, "r[");
	flux_remote_append_string(out, predicate->column == FLUX_PREDICATE_TAG
									   ? predicate->tag
									   : flux_text_from_cstring(labels[predicate->column]));
	appendStringInfoChar(out, ']');
}

static void
append_condition(StringInfo out, const FluxPredicate *predicate)
{
	static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};

	check_stack_depth();
	switch (predicate->kind)
	{
		case FLUX_PREDICATE_AND:
		case FLUX_PREDICATE_OR:
			appendStringInfoChar(out, '(');
			for (int i = 0; i < predicate->child_count; i++)
			{
				if (i > 0)
					appendStringInfoString(out, predicate->kind == FLUX_PREDICATE_AND ? " and "
																					  : " or ");
				append_condition(out, predicate->children[i]);
			}
			appendStringInfoChar(out, ')');
			break;
		case FLUX_PREDICATE_COMPARE:
			append_column(out, predicate);
			appendStringInfo(out, " %s ", comparisons[predicate->comparison]);
			append_literal(out, predicate);
			break;
		case FLUX_PREDICATE_MATCH:
		case FLUX_PREDICATE_NOT_MATCH:
			append_column(out, predicate);
			appendStringInfoString(out, predicate->kind == FLUX_PREDICATE_MATCH ? " =~ " : " !~ ");
			append_regexp(out, flux_regexp_pattern(predicate->regexp));
			break;
		case FLUX_PREDICATE_EXISTS:
		case FLUX_PREDICATE_NOT_EXISTS:
			appendStringInfoString(out, predicate->kind == FLUX_PREDICATE_EXISTS ? "exists "
																				 : "not exists ");
			append_column(out, predicate);
			break;
	}
}

void
flux_remote_append_predicate(StringInfo out, const FluxPredicate *predicate)
{
	appendStringInfoString(out, "(r) => ");
	append_condition(out, predicate);
}

void
flux_remote_append_bucket(StringInfo out, const FluxFromSpec *target)
{
	bool has_name = target->bucket.size > 0;

	appendStringInfoString(out, has_name ? "bucket: " : "bucketID: ");
	flux_remote_append_string(out, has_name ? target->bucket : target->bucket_id);
}

static void
append_window(StringInfo out, const FluxReadSpec *spec)
{
	const FluxWindowGrid *grid = &spec->window.grid;

	appendStringInfo(out,
					 "\n\t|> aggregateWindow(every: %s, period: %s, offset: %s, fn: %s, "
					 "createEmpty: %s, timeSrc: ",
					 flux_duration_format(grid->every), flux_duration_format(grid->period),
					 flux_duration_format(grid->offset), function_names[spec->aggregate],
					 spec->window.create_empty ? "true" : "false");
	flux_remote_append_string(out, spec->time_src);
	appendStringInfoString(out, ", timeDst: ");
	flux_remote_append_string(out, spec->time_dst);
	appendStringInfo(out, ", location: {zone: \"%s\", offset: %s})",
					 grid->location.zone != NULL ? pg_get_timezone_name(grid->location.zone)
												 : "UTC",
					 flux_duration_format(grid->location.offset));
}

char *
flux_remote_read_script(const FluxReadSpec *spec)
{
	char start[FLUX_TIME_TEXT_SIZE];
	char stop[FLUX_TIME_TEXT_SIZE];
	StringInfoData out;

	flux_time_format(spec->bounds.start_ns, true, start);
	flux_time_format(spec->bounds.stop_ns, true, stop);
	initStringInfo(&out);
	appendStringInfoString(&out, "from(");
	flux_remote_append_bucket(&out, &spec->from);
	appendStringInfo(&out, ")\n\t|> range(start: %s, stop: %s)", start, stop);
	if (spec->predicate != NULL)
	{
		appendStringInfoString(&out, "\n\t|> filter(fn: ");
		flux_remote_append_predicate(&out, spec->predicate);
		appendStringInfoChar(&out, ')');
	}
	if (spec->has_window)
		append_window(&out, spec);
	else if (spec->has_aggregate)
		appendStringInfo(&out, "\n\t|> %s()", function_names[spec->aggregate]);
	if (spec->has_limit)
		appendStringInfo(&out, "\n\t|> %s(n: " INT64_FORMAT ")", spec->is_tail ? "tail" : "limit",
						 spec->limit.rows_max);
	return out.data;
}

/* ---- reading the answer ---- */

static bool
produce_answer(FluxOperator *op, const FluxFromSpec *target, const char *script)
{
	FluxCsvOperator *csv = (FluxCsvOperator *) op;

	if (!csv->is_started)
	{
		MemoryContext previous = MemoryContextSwitchTo(op->state_context);

		csv->is_started = true;
		flux_csv_open(csv, flux_remote_query(op, target, script),
					  psprintf("the answer of \"%.*s\"", target->host.size, target->host.data));
		MemoryContextSwitchTo(previous);
	}
	return flux_csv_produce(csv);
}

static bool
read_remote_produce(FluxOperator *op)
{
	const FluxReadSpec *spec = op->node->spec;

	return produce_answer(op, &spec->from,
						  ((FluxCsvOperator *) op)->is_started ? NULL
															   : flux_remote_read_script(spec));
}

static const FluxOperatorOps read_remote_ops = {.state_size = sizeof(FluxCsvOperator),
												.produce = read_remote_produce};

static void
explain_host(const FluxPlanNode *node, StringInfo out)
{
	const FluxFromSpec *target = node->spec; /* first member of either spec */

	appendStringInfo(out, "host: \"%.*s\"", target->host.size, target->host.data);
}

static void
explain_script(StringInfo out, int indent, const char *script)
{
	for (const char *line = script; *line != '\0';)
	{
		int size = (int) strcspn(line, "\n");

		appendStringInfo(out, "%*s%.*s\n", indent, "", size, line);
		line += size + (line[size] == '\n');
	}
}

static void
read_remote_explain_lines(const FluxPlanNode *node, int indent, StringInfo out)
{
	explain_script(out, indent, flux_remote_read_script(node->spec));
}

const FluxPlanClass flux_plan_read_remote = {.name = "read remote",
											 .kind = FLUX_PLAN_READ_REMOTE,
											 .explain = explain_host,
											 .explain_lines = read_remote_explain_lines,
											 .ops = &read_remote_ops};

/* ---- whole scripts: buckets(host:), cardinality(host:) ---- */

typedef struct RemoteQuerySpec
{
	FluxFromSpec target;
	const char *script;
} RemoteQuerySpec;

static bool
remote_query_produce(FluxOperator *op)
{
	const RemoteQuerySpec *spec = op->node->spec;

	return produce_answer(op, &spec->target, spec->script);
}

static const FluxOperatorOps remote_query_ops = {.state_size = sizeof(FluxCsvOperator),
												 .produce = remote_query_produce};

static void
remote_query_explain_lines(const FluxPlanNode *node, int indent, StringInfo out)
{
	explain_script(out, indent, ((const RemoteQuerySpec *) node->spec)->script);
}

static const FluxPlanClass remote_query = {.name = "query remote",
										   .explain = explain_host,
										   .explain_lines = remote_query_explain_lines,
										   .ops = &remote_query_ops};

void
flux_remote_plan_query(FluxPlanNode *node, const FluxFromSpec *target, const char *script)
{
	RemoteQuerySpec *spec = palloc0(sizeof(RemoteQuerySpec));

	spec->target = *target;
	spec->script = script;
	node->class = &remote_query;
	node->spec = spec;
}
