/*
 * std_gen.c
 *		internal/gen.tables: tables to try things with.
 *
 * A table for each combination of tag values; the values of a table are a
 * random walk, with nulls among them if asked for.  The same seed gives the
 * same tables, but not those that InfluxDB makes of it.
 */
#include "postgres.h"

#include "common/pg_prng.h"
#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "stdlib/registry.h"

#define PERIOD_NS (10 * INT64CONST(1000000000)) /* between rows */
#define TABLES_MAX 100000

typedef struct GenTag
{
	FluxText name;
	int64 cardinality;
} GenTag;

typedef struct GenSpec
{
	int64 row_count; /* of each table */
	int64 table_count;
	double nulls; /* the part of values that are null */
	uint64 seed;
	int tag_count;
	GenTag *tags;
} GenSpec;

typedef struct GenOperator
{
	FluxOperator op;
	const GenSpec *spec;
	const FluxTableHead *head; /* of the table being made, in head_context */
	MemoryContext head_context;
	pg_prng_state random;
	int64 table;  /* number of that table */
	int64 row;    /* the next one of it */
	double value; /* where the walk is */
} GenOperator;

static FluxValue
tag_member(FluxCall *call, const FluxValue *tag, const char *name, FluxKind kind)
{
	const FluxValue *value =
		tag->is_null ? NULL : flux_record_get(tag->as.record, flux_text_from_cstring(name));

	if (value == NULL || value->is_null || value->kind != kind)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"gen.tables: tags must be records of name and cardinality");
	return *value;
}

static void
read_tags(FluxCall *call, GenSpec *spec)
{
	const FluxArray *tags = flux_call_array(call, "tags");

	spec->tags = palloc(Max(tags->count, 1) * sizeof(GenTag));
	for (int i = 0; i < tags->count; i++)
	{
		GenTag *tag = &spec->tags[spec->tag_count++];

		tag->name = tag_member(call, &tags->items[i], "name", FLUX_KIND_STRING).as.string;
		tag->cardinality =
			tag_member(call, &tags->items[i], "cardinality", FLUX_KIND_INT).as.integer;
		if (tag->cardinality < 1 || tag->cardinality > TABLES_MAX / spec->table_count)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							"gen.tables: cardinalities must be positive and make at most %d tables",
							TABLES_MAX);
		spec->table_count *= tag->cardinality;
	}
}

static void
gen_plan(FluxCall *call, FluxPlanNode *node)
{
	GenSpec *spec = flux_spec_create(GenSpec);

	spec->row_count = flux_call_int(call, "n");
	spec->table_count = 1;
	spec->nulls = flux_call_float_or(call, "nulls", 0);
	spec->seed = flux_call_find(call, "seed") != NULL ? (uint64) flux_call_int(call, "seed")
													  : pg_prng_uint64(&pg_global_prng_state);
	if (spec->row_count < 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"gen.tables: n must not be negative");
	if (!(spec->nulls >= 0 && spec->nulls <= 1))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"gen.tables: nulls must be between 0.0 and 1.0");
	if (flux_call_find(call, "tags") != NULL)
		read_tags(call, spec);
	node->spec = spec;
}

static void
gen_begin(FluxOperator *op)
{
	GenOperator *self = (GenOperator *) op;

	self->spec = op->node->spec;
	pg_prng_seed(&self->random, self->spec->seed);
	self->head_context =
		AllocSetContextCreate(op->state_context, "flux generated head", ALLOCSET_SMALL_SIZES);
}

/* The head of a table: its number tells the value of each tag, the last one changing fastest. */
static const FluxTableHead *
gen_head(const GenSpec *spec, int64 table)
{
	FluxSchema *schema = flux_schema_create(spec->tag_count + 2);
	FluxText *labels = palloc(Max(spec->tag_count, 1) * sizeof(FluxText));
	FluxValue *values = palloc(Max(spec->tag_count, 1) * sizeof(FluxValue));

	for (int i = spec->tag_count - 1; i >= 0; i--)
	{
		labels[i] = spec->tags[i].name;
		values[i] = flux_value_cstring(psprintf("%.*s" INT64_FORMAT, labels[i].size, labels[i].data,
												table % spec->tags[i].cardinality));
		table /= spec->tags[i].cardinality;
	}
	for (int i = 0; i < spec->tag_count; i++)
		flux_schema_add(schema, labels[i], FLUX_COLUMN_STRING);
	flux_schema_add(schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
	flux_schema_add(schema, flux_text_from_cstring("_value"), FLUX_COLUMN_FLOAT);
	return flux_table_head_create(flux_group_key_create(labels, values, spec->tag_count), schema);
}

static void
gen_start_table(GenOperator *self)
{
	MemoryContext old = MemoryContextSwitchTo(self->head_context);

	MemoryContextReset(self->head_context);
	self->head = gen_head(self->spec, self->table);
	MemoryContextSwitchTo(old);
	self->value = 100 * pg_prng_double(&self->random);
	flux_emit_begin_table(&self->op, self->head);
}

static bool
gen_produce(FluxOperator *op)
{
	GenOperator *self = (GenOperator *) op;
	const GenSpec *spec = self->spec;
	int count = (int) Min(spec->row_count - self->row, FLUX_BATCH_ROWS);
	int64 *times = palloc(sizeof(int64) * Max(count, 1));
	double *values = palloc(sizeof(double) * Max(count, 1));
	bool *nulls = palloc(sizeof(bool) * Max(count, 1));
	FluxColumn *columns;

	if (self->table == spec->table_count)
		return false;
	if (self->row == 0)
		gen_start_table(self);
	columns = flux_columns_of_key(self->head);
	columns[spec->tag_count] = (FluxColumn){.type = FLUX_COLUMN_TIME, .values.times = times};
	columns[spec->tag_count + 1] =
		(FluxColumn){.type = FLUX_COLUMN_FLOAT, .nulls = nulls, .values.floats = values};
	for (int i = 0; i < count; i++)
	{
		self->value += pg_prng_double(&self->random) - 0.5;
		times[i] = (self->row + i) * PERIOD_NS;
		values[i] = self->value;
		nulls[i] = pg_prng_double(&self->random) < spec->nulls;
	}
	flux_emit_columns(op, self->head, columns, count);
	self->row += count;
	if (self->row == spec->row_count)
	{
		flux_emit_end_table(op);
		self->table++;
		self->row = 0;
	}
	return true;
}

static const FluxOperatorOps gen_ops = {
	.state_size = sizeof(GenOperator),
	.begin = gen_begin,
	.produce = gen_produce,
};

static const FluxPlanClass flux_plan_gen_tables = {
	.name = "gen.tables",
	.plan = gen_plan,
	.ops = &gen_ops,
};

static const FluxBuiltin builtins[] = {
	{"internal/gen", "tables", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_gen_tables},
};

void
flux_std_gen_register(void)
{
	FLUX_REGISTER(builtins);
}
