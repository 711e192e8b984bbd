/*
 * read_bucket.c
 *		from(): the leaf that answers a FluxReadSpec from bucket storage.
 *
 * The plan class "from" only holds its arguments; the rule read_range turns
 * from |> range into the class "read", whose operator opens a storage scan and
 * emits one table per series:
 *
 *		_start _stop _time _value | _field _measurement tag...		raw points
 *		_start _stop _field _measurement tag... | _value [_time]	aggregates
 *
 * Everything but _time and _value is in the group key and is a constant
 * column, so a batch costs no more than the scan's own vectors.
 *
 * The aggregates' column order, types, errors and empty windows are those of
 * the general operators; tests run every case both ways.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/aggregate.h"
#include "execute/exec_run.h"
#include "execute/group_columns.h"
#include "execute/operator_util.h"
#include "io/io_classes.h"
#include "io/read_attached.h"
#include "plan/plan_rules.h"
#include "storage/shared_scan.h"
#include "storage/storage_scan.h"

/* ---- from(): arguments ---- */

static void
from_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxFromSpec *spec = palloc0(sizeof(FluxFromSpec));

	flux_io_target_arguments(call, spec);
	node->spec = spec;
}

static void
from_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxFromSpec *spec = node->spec;

	appendStringInfo(out, "bucket: \"%.*s\"", spec->bucket.size, spec->bucket.data);
}

const FluxPlanClass flux_plan_from = {
	.name = "from", .kind = FLUX_PLAN_FROM, .plan = from_plan, .explain = from_explain};

/* ---- read: the leaf ---- */

typedef struct ReadOperator
{
	FluxOperator base;
	const FluxReadSpec *spec;
	FluxScan *scan;                /* of a native bucket */
	FluxSharedScan *shared;        /* the same for several leaves, of the first of them */
	struct ReadOperator **members; /* the leaves that it serves */
	const FluxPlanShare *share;    /* NULL: reads alone */
	FluxAttachedScan *attached;    /* of an attached one */
	FluxScanSpec scan_spec;
	FluxScanStats stats; /* kept when the scan ends */
	FluxAttachedScanStats attached_stats;
	FluxTableHead head; /* of the table being emitted */
	int value_index;    /* columns of the table; -1 if absent */
	int time_index;
	FluxColumnBuilder tail_times; /* is_tail: the rows so far, newest first */
	FluxColumnBuilder tail_values;
} ReadOperator;

/* By FluxAggregateFunction. */
static const char *const aggregate_names[] = {"count", "sum", "mean",  "spread",
											  "min",   "max", "first", "last"};
static const FluxScanAggregate scan_aggregates[] = {FLUX_SCAN_COUNT,  FLUX_SCAN_SUM, FLUX_SCAN_MEAN,
													FLUX_SCAN_SPREAD, FLUX_SCAN_MIN, FLUX_SCAN_MAX,
													FLUX_SCAN_FIRST,  FLUX_SCAN_LAST};

static bool
is_selector(const FluxReadSpec *spec)
{
	return spec->has_aggregate && spec->aggregate >= FLUX_AGGREGATE_MIN;
}

/* The type that the general operator gives, or its error. */
static FluxColumnType
output_type(ReadOperator *read, FluxColumnType type)
{
	static const FluxAggregator *const aggregators[] = {&flux_aggregator_count,
														&flux_aggregator_sum, &flux_aggregator_mean,
														&flux_aggregator_spread};
	FluxAggregateFunction function = read->spec->aggregate;

	if (!read->spec->has_aggregate)
		return type;
	if (!is_selector(read->spec))
		return flux_aggregate_result_type(&read->base, aggregators[function], type);
	if (!read->spec->is_split)
		flux_selector_check_type(&read->base, function, type);
	return type;
}

/* FluxScanSpec.check_type */
static void
check_type(void *argument, FluxColumnType type)
{
	output_type(argument, type);
}

/* FluxScanSpec.refuse_types: what group() says, at its place. */
static void
refuse_types(void *argument, FluxColumnType type, FluxColumnType before)
{
	const ReadOperator *read = argument;
	const FluxPlanNode *group = read->spec->grouped_at;

	flux_raise_at(FLUX_ERRCODE_SCHEMA_COLLISION, group->source, group->span,
				  "schema collision detected: column \"_value\" is both of type %s and %s",
				  flux_column_type_name(type), flux_column_type_name(before));
}

static const FluxScanGrouping *
scan_grouping_of(const FluxGroupSpec *group)
{
	FluxScanGrouping *grouping = palloc(sizeof(FluxScanGrouping));

	*grouping = (FluxScanGrouping){group->columns, group->column_count, group->is_except};
	return grouping;
}

/* What storage is asked for. */
static FluxScanSpec
scan_spec_of(const FluxReadSpec *spec, const FluxBucket *bucket)
{
	FluxScanSpec scan_spec = {
		.bucket = bucket, .bounds = spec->bounds, .predicate = spec->predicate};

	if (spec->has_aggregate)
		scan_spec.aggregate = scan_aggregates[spec->aggregate];
	scan_spec.first_if_unordered = spec->is_split;
	if (spec->has_window)
	{
		scan_spec.grid = &spec->window.grid;
		scan_spec.create_empty = spec->window.create_empty;
		scan_spec.times_unused = spec->is_aggregate_window;
	}
	if (spec->has_together)
		scan_spec.together = scan_grouping_of(&spec->together);
	if (spec->has_group)
	{
		scan_spec.grouping = scan_grouping_of(&spec->group);
	}
	if (spec->has_limit)
	{
		scan_spec.rows_max = spec->limit.rows_max;
		scan_spec.descending = spec->is_tail;
	}
	return scan_spec;
}

/* The one measurement that a predicate lets pass; empty when it may be several. */
static FluxText
measurement_of(const FluxPredicate *predicate)
{
	if (predicate == NULL)
		return flux_text("", 0);
	if (predicate->kind == FLUX_PREDICATE_COMPARE &&
		predicate->column == FLUX_PREDICATE_MEASUREMENT &&
		predicate->comparison == FLUX_COMPARE_EQ && predicate->literal_type == FLUX_COLUMN_STRING)
		return predicate->literal.string;
	if (predicate->kind == FLUX_PREDICATE_AND)
		for (int i = 0; i < predicate->child_count; i++)
		{
			FluxText name = measurement_of(predicate->children[i]);

			if (name.size > 0)
				return name;
		}
	return flux_text("", 0);
}

/*
 * Leaves that share a scan: the first reads and emits for all, as each of them;
 * the others have nothing to do.  Attached buckets are read one by one.
 */
static const FluxPlanShare *
share_of(const FluxOperator *op, const FluxBucket *bucket)
{
	const FluxPlan *plan = op->exec->plan;
	int share = flux_plan_share_of(plan, op->node);

	return share < 0 || bucket->is_attached ? NULL : &plan->shares[share];
}

/* Opens the scan of all members, which have begun by now. */
static void
begin_shared(ReadOperator *first)
{
	const FluxPlanShare *share = first->share;
	FluxExec *exec = first->base.exec;
	MemoryContext previous = MemoryContextSwitchTo(first->base.state_context);
	FluxScanSpec *specs = palloc(share->member_count * sizeof(FluxScanSpec));

	first->members = palloc(share->member_count * sizeof(ReadOperator *));
	for (int i = 0; i < share->member_count; i++)
	{
		for (int j = 0; j < exec->operator_count; j++)
			if (exec->operators[j]->node == share->members[i])
				first->members[i] = (ReadOperator *) exec->operators[j];
		specs[i] = first->members[i]->scan_spec;
	}
	first->shared = flux_shared_scan_begin(specs, share->member_count);
	MemoryContextSwitchTo(previous);
}

static void
read_begin(FluxOperator *op)
{
	ReadOperator *read = (ReadOperator *) op;
	const FluxReadSpec *spec = op->node->spec;

	read->spec = spec;
	read->scan_spec = scan_spec_of(spec, flux_io_find_bucket(&spec->from));
	read->scan_spec.check_type = check_type;
	read->scan_spec.refuse_types = refuse_types;
	read->scan_spec.check_argument = read;
	if (op->exec->note_read != NULL)
		op->exec->note_read(op->exec, read->scan_spec.bucket->bucket_id, spec->bounds,
							measurement_of(spec->predicate));
	read->share = share_of(op, read->scan_spec.bucket);
	if (read->share != NULL)
		return;
	if (read->scan_spec.bucket->is_attached)
		read->attached = flux_attached_scan_begin(&read->scan_spec);
	else
		read->scan = flux_scan_begin(&read->scan_spec);
}

/* Schema and group key of a table, growing together. */
typedef struct HeadBuilder
{
	FluxSchema *schema;
	FluxText *labels;
	FluxValue *values;
	int count;
} HeadBuilder;

static void
add_key_column(HeadBuilder *builder, FluxText label, FluxValue value)
{
	flux_schema_add(builder->schema, label, (FluxColumnType) value.kind);
	builder->labels[builder->count] = label;
	builder->values[builder->count] = value;
	builder->count++;
}

/* _field, _measurement and the tags, in label order. */
static void
add_series_columns(HeadBuilder *builder, const FluxScanSeries *series)
{
	FluxText field = flux_text_from_cstring("_field");
	FluxText measurement = flux_text_from_cstring("_measurement");
	const FluxTag *tag = series->tags;
	const FluxTag *end = series->tags + series->tag_count;

	for (; tag < end && flux_text_compare(tag->key, field) < 0; tag++)
		add_key_column(builder, tag->key, flux_value_string(tag->value));
	add_key_column(builder, field, flux_value_string(series->field));
	for (; tag < end && flux_text_compare(tag->key, measurement) < 0; tag++)
		add_key_column(builder, tag->key, flux_value_string(tag->value));
	add_key_column(builder, measurement, flux_value_string(series->measurement));
	for (; tag < end; tag++)
		add_key_column(builder, tag->key, flux_value_string(tag->value));
}

/* The columns of a series' key that stay, where they stand: as keep() and drop() do. */
static int *
choose_kept_columns(const FluxGroupSpec *group, const FluxTableHead *head, int *count)
{
	const FluxSchema *schema = head->schema;
	int *columns = palloc(schema->count * sizeof(int));

	*count = 0;
	for (int i = 0; i < schema->count; i++)
	{
		if (flux_group_key_find(head->key, schema->labels[i]) >= 0 &&
			flux_texts_contain(group->columns, group->column_count, schema->labels[i]) !=
				group->is_except)
			columns[(*count)++] = i;
	}
	return columns;
}

/*
 * Makes the head of a series' table that of its group: what group() makes of
 * it, and what the aggregate over that.
 */
static void
group_head(ReadOperator *read)
{
	const FluxReadSpec *spec = read->spec;
	FluxTableHead *head = &read->head;
	FluxColumnType type = head->schema->types[read->value_index];
	FluxGroupKey *key;
	FluxSchema *schema;
	int *columns;
	int count;

	if (spec->keeps_key_order)
		columns = choose_kept_columns(&spec->group, head, &count);
	else
		(void) flux_group_choose_columns(&spec->group, head, &columns, &count);
	key = flux_group_key_of_table(head, columns, count);
	if (spec->has_window)
	{
		key = flux_group_key_with(key, flux_text_from_cstring("_start"),
								  flux_value_time(spec->bounds.start_ns));
		key = flux_group_key_with(key, flux_text_from_cstring("_stop"),
								  flux_value_time(spec->bounds.stop_ns));
	}
	schema = flux_schema_of_key(key, 2);
	read->value_index = schema->count;
	flux_schema_add(schema, flux_text_from_cstring("_value"), type);
	if (spec->is_aggregate_window)
	{
		read->time_index = schema->count;
		flux_schema_add(schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
	}
	head->key = key;
	head->schema = schema;
}

/* Head of a series' table, in the table context. */
static void
series_head(ReadOperator *read, const FluxScanSeries *series)
{
	const FluxReadSpec *spec = read->spec;
	bool has_row_columns = !spec->has_aggregate || is_selector(spec);
	int capacity = series->tag_count + 6;
	FluxColumnType type = output_type(read, series->type);
	HeadBuilder builder = {0};

	builder.schema = flux_schema_create(capacity);
	builder.labels = palloc(capacity * sizeof(FluxText));
	builder.values = palloc(capacity * sizeof(FluxValue));

	add_key_column(&builder, flux_text_from_cstring("_start"),
				   flux_value_time(spec->bounds.start_ns));
	add_key_column(&builder, flux_text_from_cstring("_stop"),
				   flux_value_time(spec->bounds.stop_ns));
	read->time_index = -1;
	if (has_row_columns)
	{
		read->time_index = builder.schema->count;
		flux_schema_add(builder.schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
		read->value_index = builder.schema->count;
		flux_schema_add(builder.schema, flux_text_from_cstring("_value"), type);
	}
	add_series_columns(&builder, series);
	if (!has_row_columns)
	{
		read->value_index = builder.schema->count;
		flux_schema_add(builder.schema, flux_text_from_cstring("_value"), type);
		if (spec->is_aggregate_window)
		{
			read->time_index = builder.schema->count;
			flux_schema_add(builder.schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
		}
	}
	read->head.key = flux_group_key_create(builder.labels, builder.values, builder.count);
	read->head.schema = builder.schema;
}

/* Is each row a table of its own, that of its window? */
static bool
gives_windows(const FluxReadSpec *spec)
{
	return spec->has_window && !spec->is_aggregate_window;
}

/* Announces the table of a series, or of the group that it is the first of. */
static void
begin_series(ReadOperator *read, const FluxScanSeries *series)
{
	MemoryContext previous;

	MemoryContextReset(read->base.table_context);
	previous = MemoryContextSwitchTo(read->base.table_context);
	series_head(read, series);
	if (read->spec->has_group)
		group_head(read);
	MemoryContextSwitchTo(previous);
	if (!gives_windows(read->spec))
		flux_emit_begin_table(&read->base, &read->head);
}

/* The time column: the points' own, or for aggregateWindow the window's edge. */
static const int64 *
row_times(const FluxReadSpec *spec, const FluxScanBatch *rows)
{
	if (!spec->is_aggregate_window)
		return rows->times_ns;
	return flux_text_equal_cstring(spec->time_src, "_start") ? rows->starts_ns : rows->stops_ns;
}

/* The scan's vectors as a batch of the table. */
static void
emit_rows(ReadOperator *read, const FluxScanBatch *rows)
{
	const FluxSchema *schema = read->head.schema;
	FluxColumn *columns = palloc0(schema->count * sizeof(FluxColumn));
	FluxBatch batch = {&read->head, rows->row_count, columns};
	const FluxValue *key_value = read->head.key->values;

	for (int i = 0; i < schema->count; i++)
	{
		columns[i].type = schema->types[i];
		if (i == read->value_index)
			columns[i] = rows->values;
		else if (i == read->time_index)
			columns[i].values.times = row_times(read->spec, rows);
		else
		{
			columns[i].is_constant = true;
			if (key_value->kind == FLUX_KIND_STRING)
				columns[i].values.strings = &key_value->as.string;
			else
				columns[i].values.times = &key_value->as.time_ns;
			key_value++;
		}
	}
	flux_emit_batch(&read->base, &batch);
}

/* A table for each row, the series' with the window's bounds; a selector's may be empty. */
static void
emit_windows(ReadOperator *read, const FluxScanBatch *rows)
{
	const FluxTableHead series_head = read->head;
	FluxColumnType type = rows->values.type;

	for (int i = 0; i < rows->row_count; i++)
	{
		FluxScanBatch row = *rows;
		const FluxGroupKey *key = flux_group_key_with(
			series_head.key, flux_text_from_cstring("_start"), flux_value_time(rows->starts_ns[i]));

		read->head.key = flux_group_key_with(key, flux_text_from_cstring("_stop"),
											 flux_value_time(rows->stops_ns[i]));
		row.row_count = 1;
		row.times_ns += i;
		row.values.values.any =
			(const char *) row.values.values.any + (Size) i * flux_column_type_size(type);
		if (row.values.nulls != NULL)
			row.values.nulls += i;
		flux_emit_begin_table(&read->base, &read->head);
		if (!is_selector(read->spec) || !flux_column_is_null(&row.values, 0))
			emit_rows(read, &row);
		flux_emit_end_table(&read->base);
	}
	read->head = series_head;
}

/*
 * tail: the scan gives the rows newest first; they are kept until the series
 * ends and emitted in order of time.  Rules bound them to one batch.
 */
static void
keep_tail(ReadOperator *read, const FluxScanBatch *rows)
{
	FluxColumn times = {.type = FLUX_COLUMN_TIME, .values.times = rows->times_ns};
	MemoryContext context = read->base.table_context;

	if (rows->is_first)
	{
		flux_column_builder_init(&read->tail_times, FLUX_COLUMN_TIME, context);
		flux_column_builder_init(&read->tail_values, rows->values.type, context);
	}
	flux_column_builder_append_rows(&read->tail_times, &times, 0, rows->row_count);
	flux_column_builder_append_rows(&read->tail_values, &rows->values, 0, rows->row_count);
}

static void
emit_tail(ReadOperator *read, const FluxScanSeries *series)
{
	FluxScanBatch rows = {.series = series, .row_count = read->tail_times.count};
	FluxColumn times = flux_column_builder_view(&read->tail_times);
	FluxColumn values = flux_column_builder_view(&read->tail_values);
	int32 *order = palloc(rows.row_count * sizeof(int32));

	for (int i = 0; i < rows.row_count; i++)
		order[i] = rows.row_count - 1 - i;
	times = flux_column_gather(&times, order, rows.row_count);
	rows.times_ns = times.values.times;
	rows.values = flux_column_gather(&values, order, rows.row_count);
	emit_rows(read, &rows);
}

/* The next rows, of the leaf itself or of *member, if there are any. */
static bool
next_rows(ReadOperator *read, ReadOperator **member, FluxScanBatch *rows)
{
	int part;

	*member = read;
	if (read->attached != NULL)
		return flux_attached_scan_next(read->attached, rows);
	if (read->share == NULL)
		return flux_scan_next(read->scan, rows);
	if (read->base.node != read->share->members[0])
		return false;
	if (read->shared == NULL)
		begin_shared(read);
	if (!flux_shared_scan_next(read->shared, &part, rows))
		return false;
	*member = read->members[part];
	return true;
}

static bool
read_produce(FluxOperator *op)
{
	ReadOperator *read;
	FluxScanBatch rows;
	MemoryContext previous;

	CHECK_FOR_INTERRUPTS();
	if (!next_rows((ReadOperator *) op, &read, &rows))
		return false;
	MemoryContextReset(read->base.batch_context);
	previous = MemoryContextSwitchTo(read->base.batch_context);
	if (rows.is_first)
		begin_series(read, rows.series);
	if (read->scan_spec.descending)
	{
		keep_tail(read, &rows);
		if (rows.is_last)
			emit_tail(read, rows.series);
	}
	else if (gives_windows(read->spec))
		emit_windows(read, &rows);
	else if (rows.row_count > 0)
		emit_rows(read, &rows);
	if (rows.is_last && !gives_windows(read->spec))
		flux_emit_end_table(&read->base);
	MemoryContextSwitchTo(previous);
	return true;
}

static void
read_end(FluxOperator *op)
{
	ReadOperator *read = (ReadOperator *) op;

	if (read->attached != NULL)
	{
		read->attached_stats = *flux_attached_scan_stats(read->attached);
		flux_attached_scan_end(read->attached);
		read->attached = NULL;
	}
	if (read->shared != NULL)
	{
		read->stats = *flux_shared_scan_stats(read->shared);
		flux_shared_scan_end(read->shared);
		read->shared = NULL;
	}
	if (read->scan == NULL)
		return;
	read->stats = *flux_scan_stats(read->scan);
	flux_scan_end(read->scan);
	read->scan = NULL;
}

static void
read_explain_analyze(const FluxOperator *op, StringInfo out)
{
	const ReadOperator *read = (const ReadOperator *) op;
	const FluxScanStats *stats = &read->stats;

	if (read->scan_spec.bucket->is_attached)
	{
		const FluxAttachedScanStats *attached = read->attached != NULL
													? flux_attached_scan_stats(read->attached)
													: &read->attached_stats;

		appendStringInfo(
			out, "queries=" INT64_FORMAT " aggregated in SQL=" INT64_FORMAT " rows=" INT64_FORMAT,
			attached->queries, attached->queries_aggregated, attached->rows);
		return;
	}
	if (read->share != NULL && op->node != read->share->members[0])
	{
		appendStringInfoString(out, "read by the first of its shared scan");
		return;
	}
	if (read->scan != NULL)
		stats = flux_scan_stats(read->scan);
	appendStringInfo(out,
					 "chunks=" INT64_FORMAT " segments read=" INT64_FORMAT " skipped=" INT64_FORMAT
					 " from statistics=" INT64_FORMAT " hot rows=" INT64_FORMAT
					 " points decoded=" INT64_FORMAT,
					 stats->chunks, stats->segments_read, stats->segments_skipped,
					 stats->segments_from_statistics, stats->hot_rows, stats->points_decoded);
}

static const FluxOperatorOps read_ops = {.state_size = sizeof(ReadOperator),
										 .begin = read_begin,
										 .produce = read_produce,
										 .end = read_end,
										 .explain_analyze = read_explain_analyze};

static void
explain_group(const char *what, const FluxGroupSpec *group, StringInfo out)
{
	appendStringInfo(out, ", %s ", what);
	flux_explain_columns(out, group->columns, group->column_count);
	if (group->is_except)
		appendStringInfoString(out, ", mode: except");
}

static void
explain_window(const FluxWindowSpec *window, StringInfo out)
{
	const FluxWindowGrid *grid = &window->grid;

	appendStringInfo(out, ", every: %s", flux_duration_format(grid->every));
	if (!flux_grid_is_seamless(grid))
		appendStringInfo(out, ", period: %s", flux_duration_format(grid->period));
	appendStringInfo(out, ", createEmpty: %s", window->create_empty ? "true" : "false");
}

static void
read_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxReadSpec *spec = node->spec;
	char start[FLUX_TIME_TEXT_SIZE];
	char stop[FLUX_TIME_TEXT_SIZE];

	flux_time_format(spec->bounds.start_ns, false, start);
	flux_time_format(spec->bounds.stop_ns, false, stop);
	appendStringInfo(out, "bucket: \"%.*s\", start: %s, stop: %s", spec->from.bucket.size,
					 spec->from.bucket.data, start, stop);
	if (spec->predicate != NULL)
	{
		appendStringInfoString(out, ", where: ");
		flux_predicate_explain(spec->predicate, out);
	}
	if (spec->has_group)
		explain_group("group", &spec->group, out);
	if (spec->has_aggregate)
		appendStringInfo(out, ", aggregate: %s", aggregate_names[spec->aggregate]);
	if (spec->has_window)
		explain_window(&spec->window, out);
	if (spec->has_limit)
		appendStringInfo(out, ", %s: " INT64_FORMAT, spec->is_tail ? "tail" : "limit",
						 spec->limit.rows_max);
	if (spec->has_together)
		explain_group("together by", &spec->together, out);
}

/* The queries over an attached bucket's relations, a line each. */
static void
read_explain_lines(const FluxPlanNode *node, int indent, StringInfo out)
{
	const FluxReadSpec *spec = node->spec;
	FluxBucket *bucket = flux_bucket_get(spec->from.bucket, true);
	FluxScanSpec scan_spec;

	if (bucket == NULL || !bucket->is_attached)
		return;
	scan_spec = scan_spec_of(spec, bucket);
	flux_attached_scan_explain(&scan_spec, indent, out);
}

/*
 * Groups, windows that overlap and an order of its own: of native buckets, as far
 * as there is memory for the windows.
 */
static bool
read_can_read(const void *spec_pointer)
{
	const FluxReadSpec *spec = spec_pointer;
	FluxBucket *bucket = flux_io_try_find_bucket(&spec->from);
	FluxScanSpec scan_spec;

	if (bucket == NULL || bucket->is_attached)
		return false;
	scan_spec = scan_spec_of(spec, bucket);
	return flux_scan_windows_fit(&scan_spec);
}

const FluxPlanClass flux_plan_read = {.name = "read",
									  .kind = FLUX_PLAN_READ,
									  .explain = read_explain,
									  .explain_lines = read_explain_lines,
									  .ops = &read_ops,
									  .can_read = read_can_read};
