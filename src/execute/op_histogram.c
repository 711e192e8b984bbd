/*
 * op_histogram.c
 *		histogram and histogramQuantile.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* ---- histogram: cumulative counts of values up to each bound ---- */

typedef struct HistogramSpec
{
	FluxText column;
	FluxText bound_column;
	FluxText count_column;
	double *bins; /* ascending */
	int bin_count;
	bool normalize;
} HistogramSpec;

typedef struct HistogramOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	int column;
	double *counts; /* per bin, not cumulative yet */
	double total;   /* non-null values */
} HistogramOperator;

static int
compare_bounds(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

static void
histogram_plan(FluxCall *call, FluxPlanNode *node)
{
	HistogramSpec *spec = flux_spec_create(HistogramSpec);
	const FluxArray *bins = flux_call_array(call, "bins");

	spec->column = flux_call_string_or(call, "column", "_value");
	spec->bound_column = flux_call_string_or(call, "upperBoundColumn", "le");
	spec->count_column = flux_call_string_or(call, "countColumn", "_value");
	spec->normalize = flux_call_bool_or(call, "normalize", false);
	spec->bin_count = bins->count;
	spec->bins = palloc(Max(bins->count, 1) * sizeof(double));
	if (flux_text_equal(spec->bound_column, spec->count_column))
		flux_call_raise(call, ERRCODE_DUPLICATE_COLUMN,
						"upperBoundColumn and countColumn must not have the same name");
	for (int i = 0; i < bins->count; i++)
	{
		if (bins->items[i].kind != FLUX_KIND_FLOAT || bins->items[i].is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "bins must be floats");
		spec->bins[i] = bins->items[i].as.floating;
	}
	qsort(spec->bins, spec->bin_count, sizeof(double), compare_bounds);
	node->spec = spec;
}

static void
histogram_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	HistogramOperator *self = (HistogramOperator *) op;
	const HistogramSpec *spec = op->node->spec;

	self->in_head = head;
	self->column = flux_schema_find(head->schema, spec->column);
	if (self->column < 0)
		flux_operator_raise_hint(
			op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(head->schema, spec->column),
			"column \"%.*s\" is missing", spec->column.size, spec->column.data);
	if (head->schema->types[self->column] != FLUX_COLUMN_FLOAT)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"%.*s\" must be a float got %s",
							spec->column.size, spec->column.data,
							flux_column_type_name(head->schema->types[self->column]));
	self->counts = palloc0(Max(spec->bin_count, 1) * sizeof(double));
	self->total = 0;
}

static void
histogram_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	HistogramOperator *self = (HistogramOperator *) op;
	const HistogramSpec *spec = op->node->spec;
	const FluxColumn *column = &batch->columns[self->column];

	for (int row = 0; row < batch->row_count; row++)
	{
		double value = column->values.floats[flux_column_index(column, row)];
		int low = 0;
		int high = spec->bin_count;

		if (flux_column_is_null(column, row))
			continue;
		self->total++;
		/* the first bin that is not less than the value */
		while (low < high)
		{
			int middle = (low + high) / 2;

			if (spec->bins[middle] >= value)
				high = middle;
			else
				low = middle + 1;
		}
		if (low == spec->bin_count)
			flux_operator_raise_hint(op, ERRCODE_INVALID_PARAMETER_VALUE,
									 "Add a bin with infinity as its bound.",
									 "found value greater than any bin, %g, %g", value,
									 spec->bin_count > 0 ? spec->bins[spec->bin_count - 1] : 0.0);
		self->counts[low]++;
	}
}

static void
histogram_end_table(FluxOperator *op, int port)
{
	HistogramOperator *self = (HistogramOperator *) op;
	const HistogramSpec *spec = op->node->spec;
	const FluxGroupKey *key = self->in_head->key;
	FluxSchema *schema = flux_schema_of_key(key, 2);
	double cumulative = 0;
	FluxTableHead *head;
	FluxColumn *columns;

	flux_schema_add_result(op, schema, key, spec->bound_column, FLUX_COLUMN_FLOAT);
	flux_schema_add_result(op, schema, key, spec->count_column, FLUX_COLUMN_FLOAT);
	head = flux_table_head_create(key, schema);
	for (int i = 0; i < spec->bin_count; i++)
	{
		cumulative += self->counts[i];
		self->counts[i] = spec->normalize ? cumulative / self->total : cumulative;
	}
	columns = flux_columns_of_key(head);
	columns[schema->count - 2].values.floats = spec->bins;
	columns[schema->count - 1].values.floats = self->counts;
	flux_emit_begin_table(op, head);
	flux_emit_columns(op, head, columns, spec->bin_count);
	flux_emit_end_table(op);
}

static const FluxOperatorOps histogram_ops = {.state_size = sizeof(HistogramOperator),
											  .begin_table = histogram_begin_table,
											  .process = histogram_process,
											  .end_table = histogram_end_table};

const FluxPlanClass flux_plan_histogram = {.name = "histogram",
										   .plan = histogram_plan,
										   .ops = &histogram_ops,
										   .keeps_bounds = flux_plan_keeps_bounds};

/* ---- histogramQuantile ---- */

typedef enum OnNonmonotonic
{
	NONMONOTONIC_ERROR,
	NONMONOTONIC_FORCE,
	NONMONOTONIC_DROP
} OnNonmonotonic;

typedef struct HistogramQuantileSpec
{
	double quantile;
	FluxText count_column;
	FluxText bound_column;
	FluxText value_column;
	double min_value;
	OnNonmonotonic on_nonmonotonic;
} HistogramQuantileSpec;

typedef struct Bucket
{
	double count; /* cumulative */
	double bound;
} Bucket;

typedef struct HistogramQuantileOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	int count_column;
	int bound_column;
	Bucket *buckets;
	int bucket_count;
	int bucket_capacity;
} HistogramQuantileOperator;

static void
histogram_quantile_plan(FluxCall *call, FluxPlanNode *node)
{
	HistogramQuantileSpec *spec = flux_spec_create(HistogramQuantileSpec);
	FluxText mode = flux_call_string_or(call, "onNonmonotonic", "error");

	spec->quantile = flux_call_float(call, "quantile");
	spec->count_column = flux_call_string_or(call, "countColumn", "_value");
	spec->bound_column = flux_call_string_or(call, "upperBoundColumn", "le");
	spec->value_column = flux_call_string_or(call, "valueColumn", "_value");
	spec->min_value = flux_call_float_or(call, "minValue", 0);
	if (flux_text_equal_cstring(mode, "force"))
		spec->on_nonmonotonic = NONMONOTONIC_FORCE;
	else if (flux_text_equal_cstring(mode, "drop"))
		spec->on_nonmonotonic = NONMONOTONIC_DROP;
	else if (!flux_text_equal_cstring(mode, "error"))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"value provided to histogramQuantile parameter onNonmonotonic is invalid; "
						"must be one of \"error\", \"force\" or \"drop\"");
	node->spec = spec;
}

static int
bucket_column(const FluxOperator *op, const FluxSchema *schema, FluxText label, const char *what)
{
	int column = flux_schema_find(schema, label);

	if (column < 0)
		flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(schema, label),
								 "table is missing %s column \"%.*s\"", what, label.size,
								 label.data);
	if (schema->types[column] != FLUX_COLUMN_FLOAT)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"%s column \"%.*s\" must be of type float", what, label.size,
							label.data);
	return column;
}

static void
histogram_quantile_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	HistogramQuantileOperator *self = (HistogramQuantileOperator *) op;
	const HistogramQuantileSpec *spec = op->node->spec;

	self->in_head = head;
	self->count_column = bucket_column(op, head->schema, spec->count_column, "count");
	self->bound_column = bucket_column(op, head->schema, spec->bound_column, "upper bound");
	self->buckets = NULL;
	self->bucket_count = 0;
	self->bucket_capacity = 0;
}

static void
histogram_quantile_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	HistogramQuantileOperator *self = (HistogramQuantileOperator *) op;
	const FluxColumn *counts = &batch->columns[self->count_column];
	const FluxColumn *bounds = &batch->columns[self->bound_column];

	for (int row = 0; row < batch->row_count; row++)
	{
		if (flux_column_is_null(counts, row))
			flux_operator_raise(op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"unexpected null in the countColumn");
		if (flux_column_is_null(bounds, row))
			flux_operator_raise(op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"unexpected null in the upperBoundColumn");
		if (self->bucket_count == self->bucket_capacity)
		{
			self->bucket_capacity = Max(self->bucket_capacity * 2, 32);
			if (self->buckets == NULL)
				self->buckets = MemoryContextAllocHuge(op->table_context,
													   self->bucket_capacity * sizeof(Bucket));
			else
				self->buckets =
					repalloc_huge(self->buckets, self->bucket_capacity * sizeof(Bucket));
		}
		self->buckets[self->bucket_count].count = flux_column_double(counts, row);
		self->buckets[self->bucket_count++].bound = flux_column_double(bounds, row);
	}
}

static int
compare_buckets(const void *a, const void *b)
{
	return compare_bounds(&((const Bucket *) a)->bound, &((const Bucket *) b)->bound);
}

/* Counts must not fall. False: the table is to be dropped. */
static bool
check_monotonic(HistogramQuantileOperator *self, OnNonmonotonic mode)
{
	for (int i = 1; i < self->bucket_count; i++)
	{
		if (self->buckets[i].count >= self->buckets[i - 1].count)
			continue;
		if (mode == NONMONOTONIC_ERROR)
			flux_operator_raise(&self->op, ERRCODE_INVALID_PARAMETER_VALUE,
								"histogram records counts are not monotonic");
		if (mode == NONMONOTONIC_DROP)
			return false;
		self->buckets[i].count = self->buckets[i - 1].count;
	}
	return true;
}

static FluxValue
quantile_of_buckets(const HistogramQuantileOperator *self, const HistogramQuantileSpec *spec)
{
	const Bucket *buckets = self->buckets;
	int count = self->bucket_count;
	double total = buckets[count - 1].count;
	double rank = spec->quantile * total;
	Bucket lower = {0, spec->min_value};
	Bucket upper;
	int last = -1;

	if (total == 0)
		return flux_value_null(FLUX_KIND_FLOAT);
	for (int i = 0; i < count; i++)
	{
		if (rank >= buckets[i].count)
			last = i;
	}
	if (last == count - 1)
		return flux_value_float(buckets[last].bound);
	if (last >= 0)
		lower = buckets[last];
	upper = buckets[last + 1];
	if (rank == lower.count)
		return flux_value_float(lower.bound);
	if (isinf(lower.bound) && lower.bound < 0)
		return flux_value_float(upper.bound);
	if (isinf(upper.bound) && upper.bound > 0)
		return flux_value_float(lower.bound);
	return flux_value_float(lower.bound + (upper.bound - lower.bound) * (rank - lower.count) /
											  (upper.count - lower.count));
}

static void
histogram_quantile_end_table(FluxOperator *op, int port)
{
	HistogramQuantileOperator *self = (HistogramQuantileOperator *) op;
	const HistogramQuantileSpec *spec = op->node->spec;
	const FluxGroupKey *key = self->in_head->key;
	FluxSchema *schema = flux_schema_of_key(key, 1);
	FluxValue *values = palloc((key->count + 1) * sizeof(FluxValue));
	const FluxTableHead *head;

	if (self->bucket_count == 0)
		flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE, "histogram is empty");
	flux_schema_add_result(op, schema, key, spec->value_column, FLUX_COLUMN_FLOAT);
	head = flux_table_head_create(key, schema);
	qsort(self->buckets, self->bucket_count, sizeof(Bucket), compare_buckets);
	if (!check_monotonic(self, spec->on_nonmonotonic))
	{
		flux_emit_begin_table(op, head);
		flux_emit_end_table(op);
		return;
	}
	memcpy(values, key->values, key->count * sizeof(FluxValue));
	values[key->count] = quantile_of_buckets(self, spec);
	flux_emit_one_row(op, head, values);
}

static const FluxOperatorOps histogram_quantile_ops = {
	.state_size = sizeof(HistogramQuantileOperator),
	.begin_table = histogram_quantile_begin_table,
	.process = histogram_quantile_process,
	.end_table = histogram_quantile_end_table};

const FluxPlanClass flux_plan_histogram_quantile = {.name = "histogramQuantile",
													.plan = histogram_quantile_plan,
													.ops = &histogram_quantile_ops,
													.keeps_bounds = flux_plan_keeps_bounds};
