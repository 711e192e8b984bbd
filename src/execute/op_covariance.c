/*
 * op_covariance.c
 *		covariance of two columns, or their correlation (pearsonr).
 */
#include "postgres.h"

#include <math.h>

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct CovarianceSpec
{
	FluxText columns[2];
	bool is_correlation;
	FluxText value_column;
} CovarianceSpec;

typedef struct CovarianceOperator
{
	FluxOperator op;
	const FluxTableHead *in_head;
	int columns[2];
	double count;
	double mean_x, mean_y;
	double squares_x, squares_y, products;
} CovarianceOperator;

static void
covariance_plan(FluxCall *call, FluxPlanNode *node)
{
	CovarianceSpec *spec = flux_spec_create(CovarianceSpec);
	int count;
	const FluxText *columns = flux_call_strings_or(call, "columns", NULL, &count);

	if (count != 2)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "must provide exactly two columns");
	spec->columns[0] = columns[0];
	spec->columns[1] = columns[1];
	spec->is_correlation = flux_call_bool_or(call, "pearsonr", false);
	spec->value_column = flux_call_string_or(call, "valueDst", "_value");
	node->spec = spec;
}

static void
covariance_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	CovarianceOperator *self = (CovarianceOperator *) op;
	const CovarianceSpec *spec = op->node->spec;
	FluxColumnType types[2];

	self->in_head = head;
	for (int i = 0; i < 2; i++)
	{
		self->columns[i] = flux_schema_find(head->schema, spec->columns[i]);
		if (self->columns[i] < 0)
			flux_operator_raise_hint(op, ERRCODE_UNDEFINED_COLUMN,
									 flux_schema_near_hint(head->schema, spec->columns[i]),
									 "specified column does not exist in table: %.*s",
									 spec->columns[i].size, spec->columns[i].data);
		types[i] = head->schema->types[self->columns[i]];
	}
	if (types[0] != types[1])
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"cannot compute the covariance between different types");
	if (types[0] != FLUX_COLUMN_FLOAT)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "covariance does not support %s",
							flux_column_type_name(types[0]));
	self->count = 0;
	self->mean_x = self->mean_y = 0;
	self->squares_x = self->squares_y = self->products = 0;
}

static void
covariance_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	CovarianceOperator *self = (CovarianceOperator *) op;
	const FluxColumn *column_x = &batch->columns[self->columns[0]];
	const FluxColumn *column_y = &batch->columns[self->columns[1]];

	for (int row = 0; row < batch->row_count; row++)
	{
		double x;
		double y;
		double delta_x;
		double delta_y;

		if (flux_column_is_null(column_x, row) || flux_column_is_null(column_y, row))
			continue;
		x = flux_column_double(column_x, row);
		y = flux_column_double(column_y, row);
		self->count++;
		delta_x = x - self->mean_x;
		delta_y = y - self->mean_y;
		self->mean_x += delta_x / self->count;
		self->mean_y += delta_y / self->count;
		self->squares_x += delta_x * (x - self->mean_x);
		self->squares_y += delta_y * (y - self->mean_y);
		self->products += delta_x * (y - self->mean_y);
	}
}

static void
covariance_end_table(FluxOperator *op, int port)
{
	CovarianceOperator *self = (CovarianceOperator *) op;
	const CovarianceSpec *spec = op->node->spec;
	const FluxGroupKey *key = self->in_head->key;
	FluxSchema *schema = flux_schema_of_key(key, 1);
	FluxValue *values = palloc((key->count + 1) * sizeof(FluxValue));
	double result;

	if (self->count < 2)
		result = NAN;
	else if (spec->is_correlation)
		result = self->products / sqrt(self->squares_x * self->squares_y);
	else
		result = self->products / (self->count - 1);
	flux_schema_add_result(op, schema, key, spec->value_column, FLUX_COLUMN_FLOAT);
	memcpy(values, key->values, key->count * sizeof(FluxValue));
	values[key->count] = flux_value_float(result);
	flux_emit_one_row(op, flux_table_head_create(key, schema), values);
}

static const FluxOperatorOps covariance_ops = {.state_size = sizeof(CovarianceOperator),
											   .begin_table = covariance_begin_table,
											   .process = covariance_process,
											   .end_table = covariance_end_table};

const FluxPlanClass flux_plan_covariance = {.name = "covariance",
											.plan = covariance_plan,
											.ops = &covariance_ops,
											.keeps_bounds = flux_plan_keeps_bounds};
