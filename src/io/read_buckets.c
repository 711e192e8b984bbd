/*
 * read_buckets.c
 *		buckets() and cardinality(): sources that ask the catalog.
 */
#include "postgres.h"

#include "plan/plan_rules.h"

#include "io/io_classes.h"
#include "io/read_attached.h"
#include "io/remote_server.h"
#include "storage/storage_scan.h"

/* A schema, an empty key, and one table: what both sources emit. */
static void
emit_one_table(FluxOperator *op, const FluxSchema *schema, const FluxColumn *columns, int row_count)
{
	FluxTableHead head = {flux_group_key_create(NULL, NULL, 0), schema};
	FluxBatch batch = {&head, row_count, columns};

	flux_emit_begin_table(op, &head);
	if (row_count > 0)
		flux_emit_batch(op, &batch);
	flux_emit_end_table(op);
}

typedef struct OnceOperator
{
	FluxOperator base;
	bool is_done;
} OnceOperator;

/* ---- buckets() ---- */

static bool
buckets_produce(FluxOperator *op)
{
	OnceOperator *once = (OnceOperator *) op;
	static const char *const labels[] = {"name", "id", "organizationID", "retentionPolicy",
										 "retentionPeriod"};
	FluxSchema *schema = flux_schema_create(lengthof(labels));
	FluxColumnBuilder builders[lengthof(labels)];
	FluxColumn columns[lengthof(labels)];
	FluxBucket **buckets;
	int count;

	if (once->is_done)
		return false;
	once->is_done = true;
	for (int i = 0; i < lengthof(labels); i++)
	{
		FluxColumnType type = i == lengthof(labels) - 1 ? FLUX_COLUMN_INT : FLUX_COLUMN_STRING;

		flux_schema_add(schema, flux_text_from_cstring(labels[i]), type);
		flux_column_builder_init(&builders[i], type, CurrentMemoryContext);
	}
	buckets = flux_bucket_list(&count);
	for (int i = 0; i < count; i++)
	{
		flux_column_builder_append_string(&builders[0], flux_text_from_cstring(buckets[i]->name));
		flux_column_builder_append_string(
			&builders[1], flux_text_from_cstring(psprintf("%016x", buckets[i]->bucket_id)));
		flux_column_builder_append_string(&builders[2], flux_text("", 0));
		flux_column_builder_append_string(&builders[3], flux_text("", 0));
		flux_column_builder_append_int(&builders[4], buckets[i]->retention_ns);
	}
	for (int i = 0; i < lengthof(labels); i++)
		columns[i] = flux_column_builder_view(&builders[i]);
	emit_one_table(op, schema, columns, count);
	return true;
}

static const FluxOperatorOps buckets_ops = {.state_size = sizeof(OnceOperator),
											.produce = buckets_produce};

static void
buckets_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxFromSpec target = {0};

	flux_io_server_arguments(call, &target);
	if (target.host.size > 0)
		flux_remote_plan_query(node, &target, "buckets()");
}

const FluxPlanClass flux_plan_buckets = {
	.name = "buckets", .plan = buckets_plan, .ops = &buckets_ops};

/* ---- cardinality() ---- */

typedef struct CardinalitySpec
{
	FluxFromSpec from;
	FluxBounds bounds;
	FluxPredicate *predicate;
} CardinalitySpec;

/* The same question as a script. */
static char *
remote_cardinality(const CardinalitySpec *spec)
{
	char start[FLUX_TIME_TEXT_SIZE];
	char stop[FLUX_TIME_TEXT_SIZE];
	StringInfoData out;

	flux_time_format(spec->bounds.start_ns, true, start);
	flux_time_format(spec->bounds.stop_ns, true, stop);
	initStringInfo(&out);
	appendStringInfoString(&out, "import \"influxdata/influxdb\"\ninfluxdb.cardinality(");
	flux_remote_append_bucket(&out, &spec->from);
	appendStringInfo(&out, ", start: %s, stop: %s", start, stop);
	if (spec->predicate != NULL)
	{
		appendStringInfoString(&out, ", predicate: ");
		flux_remote_append_predicate(&out, spec->predicate);
	}
	appendStringInfoChar(&out, ')');
	return out.data;
}

static void
cardinality_plan(FluxCall *call, FluxPlanNode *node)
{
	CardinalitySpec *spec = palloc0(sizeof(CardinalitySpec));
	bool is_whole = true;

	flux_io_target_arguments(call, &spec->from);
	spec->bounds.start_ns = flux_call_instant(call, "start");
	spec->bounds.stop_ns = flux_call_instant_or(call, "stop", flux_evaluator_now(call->evaluator));
	if (flux_call_find(call, "predicate") != NULL)
		spec->predicate = flux_predicate_from_function(
			call->evaluator, flux_call_function(call, "predicate"), &is_whole);
	if (!is_whole)
		flux_call_raise(call, ERRCODE_FEATURE_NOT_SUPPORTED,
						"cardinality: the predicate may only compare the measurement, the field "
						"and tags with constants");
	node->spec = spec;
	if (spec->from.host.size > 0)
		flux_remote_plan_query(node, &spec->from, remote_cardinality(spec));
}

/* The series of an attached bucket that have points, counted by reading it. */
static int64
count_attached(FluxScanSpec spec)
{
	FluxAttachedScan *scan;
	FluxScanBatch batch;
	int64 count = 0;

	spec.aggregate = FLUX_SCAN_COUNT;
	scan = flux_attached_scan_begin(&spec);
	while (flux_attached_scan_next(scan, &batch))
		count += batch.is_first;
	flux_attached_scan_end(scan);
	return count;
}

static bool
cardinality_produce(FluxOperator *op)
{
	OnceOperator *once = (OnceOperator *) op;
	const CardinalitySpec *spec = op->node->spec;
	FluxScanSpec scan_spec = {0};
	FluxSchema *schema;
	FluxColumn columns[3];
	int64 count;

	if (once->is_done)
		return false;
	once->is_done = true;
	scan_spec.bucket = flux_io_find_bucket(&spec->from);
	scan_spec.bounds = spec->bounds;
	scan_spec.predicate = spec->predicate;
	if (scan_spec.bucket->is_attached)
		count = count_attached(scan_spec);
	else
	{
		int series_count;

		flux_scan_series(&scan_spec, &series_count);
		count = series_count;
	}

	schema = flux_schema_create(lengthof(columns));
	flux_schema_add(schema, flux_text_from_cstring("_start"), FLUX_COLUMN_TIME);
	flux_schema_add(schema, flux_text_from_cstring("_stop"), FLUX_COLUMN_TIME);
	flux_schema_add(schema, flux_text_from_cstring("_value"), FLUX_COLUMN_INT);
	columns[0] = flux_column_constant_int(FLUX_COLUMN_TIME, spec->bounds.start_ns);
	columns[1] = flux_column_constant_int(FLUX_COLUMN_TIME, spec->bounds.stop_ns);
	columns[2] = flux_column_constant_int(FLUX_COLUMN_INT, count);
	emit_one_table(op, schema, columns, 1);
	return true;
}

static const FluxOperatorOps cardinality_ops = {.state_size = sizeof(OnceOperator),
												.produce = cardinality_produce};

const FluxPlanClass flux_plan_cardinality = {
	.name = "cardinality", .plan = cardinality_plan, .ops = &cardinality_ops};
