/*
 * std_generate.c
 *		Streams made of nothing, cut short or let through: generate.from,
 *		experimental.preview, and pass, opaque, slurp, sink of internal/debug.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "stdlib/registry.h"

/* ---- generate.from: fn(n) at evenly spaced times ---- */

typedef struct GenerateSpec
{
	int64 start_ns;
	int64 step_ns;
	int64 count;
	const FluxFunction *function;
} GenerateSpec;

typedef struct GenerateOperator
{
	FluxOperator op;
	FluxTableHead *head;
	int64 next;
} GenerateOperator;

static void
generate_plan(FluxCall *call, FluxPlanNode *node)
{
	GenerateSpec *spec = flux_spec_create(GenerateSpec);
	int64 stop_ns = flux_call_instant(call, "stop");

	spec->start_ns = flux_call_instant(call, "start");
	spec->count = flux_call_int(call, "count");
	spec->function = flux_call_function(call, "fn");
	if (spec->count < 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"generate.from: count must not be negative");
	if (spec->count > 0)
		spec->step_ns = (stop_ns - spec->start_ns) / spec->count;
	node->spec = spec;
}

static void
generate_begin(FluxOperator *op)
{
	FluxSchema *schema = flux_schema_create(2);

	flux_schema_add(schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
	flux_schema_add(schema, flux_text_from_cstring("_value"), FLUX_COLUMN_INT);
	((GenerateOperator *) op)->head =
		flux_table_head_create(flux_group_key_create(NULL, NULL, 0), schema);
}

static bool
generate_produce(FluxOperator *op)
{
	GenerateOperator *self = (GenerateOperator *) op;
	const GenerateSpec *spec = op->node->spec;
	int count = (int) Min(spec->count - self->next, FLUX_BATCH_ROWS);
	int64 *times = palloc(sizeof(int64) * (Size) Max(count, 1));
	int64 *values = palloc(sizeof(int64) * (Size) Max(count, 1));
	FluxColumn columns[2] = {
		{.type = FLUX_COLUMN_TIME, .values.times = times},
		{.type = FLUX_COLUMN_INT, .values.ints = values},
	};

	for (int i = 0; i < count; i++)
	{
		int64 n = self->next + i;
		FluxValue value = flux_operator_call1(op, spec->function, "n", flux_value_int(n));

		if (value.kind != FLUX_KIND_INT || value.is_null)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"generate.from: fn must return an int, got %s",
								value.is_null ? "null" : flux_kind_name(value.kind));
		times[i] = spec->start_ns + n * spec->step_ns;
		values[i] = value.as.integer;
	}
	if (self->next == 0)
		flux_emit_begin_table(op, self->head);
	flux_emit_columns(op, self->head, columns, count);
	self->next += count;
	if (self->next < spec->count)
		return true;
	flux_emit_end_table(op);
	return false;
}

static const FluxOperatorOps generate_ops = {
	.state_size = sizeof(GenerateOperator),
	.begin = generate_begin,
	.produce = generate_produce,
};

static const FluxPlanClass flux_plan_generate = {
	.name = "generate.from",
	.plan = generate_plan,
	.ops = &generate_ops,
};

/* ---- experimental.preview: the first rows of the first tables ---- */

typedef struct PreviewSpec
{
	int64 rows_max;
	int64 tables_max;
} PreviewSpec;

typedef struct PreviewOperator
{
	FluxOperator op;
	int64 tables_seen;
	int64 rows_left;
	bool is_open;
} PreviewOperator;

static void
preview_plan(FluxCall *call, FluxPlanNode *node)
{
	PreviewSpec *spec = flux_spec_create(PreviewSpec);

	spec->rows_max = flux_call_int_or(call, "nrows", 5);
	spec->tables_max = flux_call_int_or(call, "ntables", 5);
	node->spec = spec;
}

static void
preview_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	PreviewOperator *self = (PreviewOperator *) op;
	const PreviewSpec *spec = op->node->spec;

	self->is_open = self->tables_seen++ < spec->tables_max;
	self->rows_left = spec->rows_max;
	if (self->is_open)
		flux_emit_begin_table(op, head);
}

static void
preview_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	PreviewOperator *self = (PreviewOperator *) op;
	FluxBatch first = *batch;

	if (!self->is_open || self->rows_left <= 0)
		return;
	first.row_count = (int) Min(self->rows_left, batch->row_count);
	self->rows_left -= first.row_count;
	flux_emit_batch(op, &first);
}

static void
preview_end_table(FluxOperator *op, int port)
{
	if (((PreviewOperator *) op)->is_open)
		flux_emit_end_table(op);
}

static const FluxOperatorOps preview_ops = {
	.state_size = sizeof(PreviewOperator),
	.begin_table = preview_begin_table,
	.process = preview_process,
	.end_table = preview_end_table,
};

static const FluxPlanClass flux_plan_preview = {
	.name = "preview",
	.plan = preview_plan,
	.ops = &preview_ops,
};

/* ---- internal/debug ---- */

static const FluxOperatorOps pass_ops = {
	.state_size = sizeof(FluxOperator),
	.begin_table = flux_pass_begin_table,
	.process = flux_pass_process,
	.end_table = flux_pass_end_table,
};

/* All three let tables through; tables are whole here at any rate. */
static const FluxPlanClass flux_plan_pass = {.name = "pass", .ops = &pass_ops};
static const FluxPlanClass flux_plan_opaque = {.name = "opaque", .ops = &pass_ops};
static const FluxPlanClass flux_plan_slurp = {.name = "slurp", .ops = &pass_ops};

static void
sink_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
}

static void
sink_process(FluxOperator *op, int port, const FluxBatch *batch)
{
}

static void
sink_end_table(FluxOperator *op, int port)
{
}

static const FluxOperatorOps sink_ops = {
	.state_size = sizeof(FluxOperator),
	.begin_table = sink_begin_table,
	.process = sink_process,
	.end_table = sink_end_table,
};

static const FluxPlanClass flux_plan_sink = {.name = "sink", .ops = &sink_ops};

#define TRANSFORM(package, name, class)                                                            \
	{                                                                                              \
		package, name, FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_##class                    \
	}

static const FluxBuiltin builtins[] = {
	TRANSFORM("generate", "from", generate),     TRANSFORM("experimental", "preview", preview),
	TRANSFORM("internal/debug", "pass", pass),   TRANSFORM("internal/debug", "opaque", opaque),
	TRANSFORM("internal/debug", "slurp", slurp), TRANSFORM("internal/debug", "sink", sink),
};

void
flux_std_generate_register(void)
{
	FLUX_REGISTER(builtins);
}
