/*
 * op_aggregate.c
 *		Aggregates of whole tables: one row of key columns and the result.
 *
 * count, sum, mean, spread, stddev, skew, and the averaging methods of
 * quantile and median.  The kernels are in aggregate.c and quantile.c.
 */
#include "postgres.h"

#include "execute/aggregate.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct AggregateOperator
{
	FluxOperator op;
	const FluxAggregator *aggregator;
	const FluxTableHead *in_head;
	int column;
	FluxColumnType result_type;
	FluxAggregateSetup setup;
	void *state;
} AggregateOperator;

/* ---- planning ---- */

static void
plan_aggregate(FluxCall *call, FluxPlanNode *node, FluxAggregateFunction function,
			   const FluxAggregator *aggregator)
{
	FluxAggregateSpec *spec = flux_spec_create(FluxAggregateSpec);
	FluxAggregateArguments *arguments = flux_spec_create(FluxAggregateArguments);

	spec->function = function;
	spec->column = flux_call_string_or(call, "column", "_value");
	spec->is_aggregate = aggregator != NULL;
	spec->arguments = arguments;
	arguments->aggregator = aggregator;
	spec->is_fusible = true;
	node->spec = spec;
}

static void
count_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_aggregate(call, node, FLUX_AGGREGATE_COUNT, &flux_aggregator_count);
}

static void
sum_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_aggregate(call, node, FLUX_AGGREGATE_SUM, &flux_aggregator_sum);
}

static void
mean_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_aggregate(call, node, FLUX_AGGREGATE_MEAN, &flux_aggregator_mean);
}

static void
spread_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_aggregate(call, node, FLUX_AGGREGATE_SPREAD, &flux_aggregator_spread);
}

static void
skew_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_aggregate(call, node, FLUX_AGGREGATE_OTHER, &flux_aggregator_skew);
}

static void
stddev_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxText mode = flux_call_string_or(call, "mode", "sample");
	FluxAggregateArguments *arguments;

	plan_aggregate(call, node, FLUX_AGGREGATE_OTHER, &flux_aggregator_stddev);
	arguments = ((FluxAggregateSpec *) node->spec)->arguments;
	if (flux_text_equal_cstring(mode, "population"))
		arguments->is_population = true;
	else if (!flux_text_equal_cstring(mode, "sample"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"\"%.*s\" is not a valid standard deviation mode", mode.size, mode.data);
}

/*
 * quantile and median: the method decides the class of the node.  The exact
 * selector picks a row of _value, whatever "column" says.
 */
static void
plan_quantile(FluxCall *call, FluxPlanNode *node, double quantile)
{
	FluxText method = flux_call_string_or(call, "method", "estimate_tdigest");
	double compression = flux_call_float_or(call, "compression", 0);
	bool is_tdigest = flux_text_equal_cstring(method, "estimate_tdigest");
	FluxAggregateArguments *arguments;

	if (!(quantile >= 0 && quantile <= 1))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "quantile must be between 0 and 1");
	if (compression > 0 && !is_tdigest)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"compression parameter is only valid for method estimate_tdigest");
	if (compression < 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "compression must be positive");

	if (is_tdigest)
		plan_aggregate(call, node, FLUX_AGGREGATE_OTHER, &flux_aggregator_tdigest);
	else if (flux_text_equal_cstring(method, "exact_mean"))
		plan_aggregate(call, node, FLUX_AGGREGATE_OTHER, &flux_aggregator_exact_mean);
	else if (flux_text_equal_cstring(method, "exact_selector"))
	{
		plan_aggregate(call, node, FLUX_AGGREGATE_OTHER, NULL);
		((FluxAggregateSpec *) node->spec)->column = flux_text_from_cstring("_value");
		node->class = &flux_plan_quantile_selector;
	}
	else
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "unknown method %.*s", method.size,
						method.data);
	arguments = ((FluxAggregateSpec *) node->spec)->arguments;
	arguments->quantile = quantile;
	arguments->compression = compression == 0 ? 1000 : compression;
}

static void
quantile_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_quantile(call, node, flux_call_float(call, "q"));
}

static void
median_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_quantile(call, node, 0.5);
}

static void
aggregate_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxAggregateSpec *spec = node->spec;

	appendStringInfo(out, "column: %.*s", spec->column.size, spec->column.data);
}

/* ---- running ---- */

static void
aggregate_begin(FluxOperator *op)
{
	AggregateOperator *aggregate = (AggregateOperator *) op;
	const FluxAggregateSpec *spec = op->node->spec;
	const FluxAggregateArguments *arguments = spec->arguments;

	aggregate->aggregator = arguments->aggregator;
	aggregate->setup.op = op;
	aggregate->setup.arguments = arguments;
	aggregate->setup.context = op->table_context;
}

static void
aggregate_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	AggregateOperator *aggregate = (AggregateOperator *) op;
	const FluxAggregateSpec *spec = op->node->spec;

	aggregate->in_head = head;
	aggregate->column = flux_aggregate_column(op, head, spec->column);
	aggregate->setup.type = head->schema->types[aggregate->column];
	aggregate->result_type =
		flux_aggregate_result_type(op, aggregate->aggregator, aggregate->setup.type);
	aggregate->state = palloc0(aggregate->aggregator->state_size);
	if (aggregate->aggregator->init != NULL)
		aggregate->aggregator->init(aggregate->state, &aggregate->setup);
}

static void
aggregate_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	AggregateOperator *aggregate = (AggregateOperator *) op;

	aggregate->aggregator->add(aggregate->state, &aggregate->setup,
							   &batch->columns[aggregate->column], 0, batch->row_count);
}

static void
aggregate_end_table(FluxOperator *op, int port)
{
	AggregateOperator *aggregate = (AggregateOperator *) op;
	const FluxAggregateSpec *spec = op->node->spec;
	const FluxGroupKey *key = aggregate->in_head->key;
	FluxSchema *schema = flux_schema_of_key(key, 1);
	FluxValue *values = palloc((key->count + 1) * sizeof(FluxValue));

	flux_schema_add(schema, spec->column, aggregate->result_type);
	memcpy(values, key->values, key->count * sizeof(FluxValue));
	values[key->count] = aggregate->aggregator->result(aggregate->state, &aggregate->setup);
	flux_emit_one_row(op, flux_table_head_create(key, schema), values);
}

static const FluxOperatorOps aggregate_ops = {.state_size = sizeof(AggregateOperator),
											  .begin = aggregate_begin,
											  .begin_table = aggregate_begin_table,
											  .process = aggregate_process,
											  .end_table = aggregate_end_table};

#define AGGREGATE_CLASS(class_name)                                                                \
	const FluxPlanClass flux_plan_##class_name = {.name = #class_name,                             \
												  .kind = FLUX_PLAN_AGGREGATE,                     \
												  .plan = class_name##_plan,                       \
												  .explain = aggregate_explain,                    \
												  .ops = &aggregate_ops}

AGGREGATE_CLASS(count);
AGGREGATE_CLASS(sum);
AGGREGATE_CLASS(mean);
AGGREGATE_CLASS(spread);
AGGREGATE_CLASS(stddev);
AGGREGATE_CLASS(skew);
AGGREGATE_CLASS(quantile);
AGGREGATE_CLASS(median);
