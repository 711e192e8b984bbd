/*
 * op_union.c
 *		union and yield.
 *
 * union: tables with equal keys become one, rows in the order of the
 * arguments.  The inputs arrive interleaved, so each has a set of its own until
 * all are at their end.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct UnionOperator
{
	FluxOperator op;
	FluxTableSet **sets;    /* per input */
	FluxTableBuffer **open; /* per input: where its current table goes */
} UnionOperator;

static void
union_plan(FluxCall *call, FluxPlanNode *node)
{
	const FluxArray *tables = flux_call_array(call, "tables");

	if (tables->count < 2)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"union must have at least two streams as input");
	for (int i = 0; i < tables->count; i++)
	{
		if (tables->items[i].kind != FLUX_KIND_STREAM)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"union expects an array of table streams");
		flux_plan_add_input(node, tables->items[i].as.stream);
	}
}

static void
union_begin(FluxOperator *op)
{
	UnionOperator *self = (UnionOperator *) op;

	self->sets = palloc(op->input_count * sizeof(FluxTableSet *));
	self->open = palloc0(op->input_count * sizeof(FluxTableBuffer *));
	for (int i = 0; i < op->input_count; i++)
		self->sets[i] = flux_table_set_create(op);
}

static void
union_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	UnionOperator *self = (UnionOperator *) op;

	self->open[port] = flux_table_set_get(self->sets[port], head);
}

static void
union_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_table_buffer_append(((UnionOperator *) op)->open[port], batch);
}

static void
union_end_table(FluxOperator *op, int port)
{
}

/* One table of one input. */
typedef struct UnionTable
{
	FluxTableBuffer *buffer;
	int port;
} UnionTable;

static int
compare_union_tables(const void *a, const void *b)
{
	const UnionTable *table_a = a;
	const UnionTable *table_b = b;
	int order = flux_group_key_compare(flux_table_buffer_head(table_a->buffer)->key,
									   flux_table_buffer_head(table_b->buffer)->key);

	return order != 0 ? order : table_a->port - table_b->port;
}

/* Appends all rows of one buffer to another. */
static void
append_buffer(FluxTableBuffer *target, FluxTableBuffer *source)
{
	int position = 0;
	FluxBatch portion;

	flux_table_buffer_widen(target, flux_table_buffer_head(source)->schema);
	while (flux_table_buffer_next(source, &position, &portion))
	{
		CHECK_FOR_INTERRUPTS();
		flux_table_buffer_append(target, &portion);
	}
}

static void
union_finish(FluxOperator *op, int port)
{
	UnionOperator *self = (UnionOperator *) op;
	UnionTable *tables;
	int count = 0;

	if (op->finished_inputs < op->input_count)
		return;
	for (int i = 0; i < op->input_count; i++)
		count += flux_table_set_count(self->sets[i]);
	tables = palloc(Max(count, 1) * sizeof(UnionTable));
	count = 0;
	for (int i = 0; i < op->input_count; i++)
	{
		for (int j = 0; j < flux_table_set_count(self->sets[i]); j++)
		{
			tables[count].buffer = flux_table_set_table(self->sets[i], j);
			tables[count++].port = i;
		}
	}
	qsort(tables, count, sizeof(UnionTable), compare_union_tables);

	for (int i = 0; i < count;)
	{
		FluxTableBuffer *first = tables[i].buffer;
		const FluxGroupKey *key = flux_table_buffer_head(first)->key;

		for (i++; i < count; i++)
		{
			if (!flux_group_key_equal(flux_table_buffer_head(tables[i].buffer)->key, key))
				break;
			append_buffer(first, tables[i].buffer);
		}
		flux_table_buffer_emit(first, op);
	}
	for (int i = 0; i < op->input_count; i++)
		flux_table_set_reset(self->sets[i]);
	flux_emit_finish(op);
}

static const FluxOperatorOps union_ops = {.state_size = sizeof(UnionOperator),
										  .begin = union_begin,
										  .begin_table = union_begin_table,
										  .process = union_process,
										  .end_table = union_end_table,
										  .finish = union_finish};

const FluxPlanClass flux_plan_union = {
	.name = "union", .kind = FLUX_PLAN_UNION, .plan = union_plan, .ops = &union_ops};

/* ---- yield ---- */

static void
yield_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxYieldSpec *spec = flux_spec_create(FluxYieldSpec);

	spec->name = flux_call_string_or(call, "name", "_result");
	node->spec = spec;
}

static void
yield_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxYieldSpec *spec = node->spec;

	appendStringInfo(out, "name: %.*s", spec->name.size, spec->name.data);
}

static const FluxOperatorOps yield_ops = {.state_size = sizeof(FluxOperator),
										  .begin_table = flux_pass_begin_table,
										  .process = flux_pass_process,
										  .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_yield = {.name = "yield",
									   .kind = FLUX_PLAN_YIELD,
									   .plan = yield_plan,
									   .explain = yield_explain,
									   .ops = &yield_ops};
