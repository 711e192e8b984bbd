/*
 * op_diff.c
 *		Comparing two streams: testing.diff, assertEquals, assertEmpty.
 *
 * Tables pair by group key; a key on one side only is compared with an empty
 * table.  Columns pair by label, a missing one is all null, differing types
 * are an error.  Row order counts.  Floats are equal within DIFF_EPSILON, NaN
 * equals NaN and null equals null.
 *
 * diff emits nothing for equal tables; for others the rows of both, told
 * apart by the column _diff: "-" only wanted, "+" only got, "" common, by a
 * longest common subsequence.  Past DIFF_CELLS_MAX pairs the tables are read
 * side by side instead, from disk if need be: what was wanted goes out until a
 * row is the one that was got.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

#define DIFF_EPSILON 1e-6
#define DIFF_CELLS_MAX (INT64CONST(16) * 1024 * 1024)

enum
{
	PORT_GOT = 0,
	PORT_WANT = 1
};

typedef struct DiffOperator
{
	FluxOperator base;
	FluxTableSet *sets[2];    /* by port */
	FluxTableBuffer *open[2]; /* the table being received, by port: one source may feed both */
	int64 non_empty_count;    /* of assertEmpty */
	bool has_rows;
} DiffOperator;

typedef struct DiffSpec
{
	FluxText name; /* of assertEquals */
} DiffSpec;

/* ---- plan ---- */

static void
plan_inputs(FluxCall *call, FluxPlanNode *node)
{
	flux_plan_add_input(node, flux_call_stream(call, "got"));
	flux_plan_add_input(node, flux_call_stream(call, "want"));
}

static void
diff_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_inputs(call, node);
	node->spec = flux_spec_create(DiffSpec);
}

static void
assert_equals_plan(FluxCall *call, FluxPlanNode *node)
{
	DiffSpec *spec = flux_spec_create(DiffSpec);

	plan_inputs(call, node);
	spec->name = flux_call_string(call, "name");
	node->spec = spec;
}

/* ---- receiving ---- */

static void
diff_begin(FluxOperator *op)
{
	DiffOperator *diff = (DiffOperator *) op;

	diff->sets[PORT_GOT] = flux_table_set_create(op);
	diff->sets[PORT_WANT] = flux_table_set_create(op);
}

static void
diff_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DiffOperator *diff = (DiffOperator *) op;

	diff->open[port] = flux_table_set_get(diff->sets[port], head);
	flux_table_buffer_widen(diff->open[port], head->schema);
}

static void
diff_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_table_buffer_append(((DiffOperator *) op)->open[port], batch);
}

static void
diff_end_table(FluxOperator *op, int port)
{
}

/* ---- comparing ---- */

/* One key's rows on both sides, under the union of their columns. */
typedef struct Pairing
{
	FluxSchema *schema;           /* the key's columns, got's, those only wanted */
	FluxTableBuffer *buffers[2];  /* by port; NULL without a table */
	bool is_large;                /* columns are those of a portion */
	const FluxColumn *columns[2]; /* NULL without a table */
	int *positions[2];            /* column of the union -> column of the side, or -1 */
	int64 row_count[2];
} Pairing;

static void
pairing_add_key(Pairing *pairing, const FluxTableHead *head)
{
	for (int i = 0; i < head->key->count; i++)
	{
		int column = flux_schema_find(head->schema, head->key->labels[i]);

		flux_schema_add(pairing->schema, head->key->labels[i], head->schema->types[column]);
	}
}

static void
pairing_add_side(DiffOperator *diff, Pairing *pairing, int port, FluxTableBuffer *buffer)
{
	const FluxSchema *schema;

	if (buffer == NULL)
		return;
	schema = flux_table_buffer_head(buffer)->schema;
	if (!pairing->is_large)
		pairing->columns[port] = flux_table_buffer_columns(buffer);
	for (int i = 0; i < schema->count; i++)
	{
		int position = flux_schema_find(pairing->schema, schema->labels[i]);

		if (position < 0)
			flux_schema_add(pairing->schema, schema->labels[i], schema->types[i]);
		else if (pairing->schema->types[position] != schema->types[i])
			flux_operator_raise(&diff->base, FLUX_ERRCODE_SCHEMA_COLLISION,
								"column types differ: want %.*s %s, got %s", schema->labels[i].size,
								schema->labels[i].data, flux_column_type_name(schema->types[i]),
								flux_column_type_name(pairing->schema->types[position]));
	}
}

static int
schema_size(FluxTableBuffer *buffer)
{
	return buffer != NULL ? flux_table_buffer_head(buffer)->schema->count : 0;
}

static Pairing
pair_tables(DiffOperator *diff, FluxTableBuffer *got, FluxTableBuffer *want)
{
	FluxTableBuffer *sides[2] = {got, want};
	Pairing pairing = {.buffers = {got, want}};

	for (int port = 0; port < 2; port++)
		pairing.row_count[port] =
			sides[port] != NULL ? flux_table_buffer_row_count(sides[port]) : 0;
	pairing.is_large = (pairing.row_count[0] + 1) * (pairing.row_count[1] + 1) > DIFF_CELLS_MAX;
	pairing.schema = flux_schema_create(schema_size(got) + schema_size(want) + 1);
	pairing_add_key(&pairing, flux_table_buffer_head(got != NULL ? got : want));
	for (int port = 0; port < 2; port++)
		pairing_add_side(diff, &pairing, port, sides[port]);
	for (int port = 0; port < 2; port++)
	{
		pairing.positions[port] = palloc((pairing.schema->count + 1) * sizeof(int));
		for (int i = 0; i < pairing.schema->count; i++)
			pairing.positions[port][i] =
				sides[port] == NULL ? -1
									: flux_schema_find(flux_table_buffer_head(sides[port])->schema,
													   pairing.schema->labels[i]);
	}
	return pairing;
}

static bool
cells_equal(const FluxColumn *a, int row_a, const FluxColumn *b, int row_b)
{
	bool a_null = a == NULL || flux_column_is_null(a, row_a);
	bool b_null = b == NULL || flux_column_is_null(b, row_b);

	if (a_null || b_null)
		return a_null && b_null;
	if (a->type == FLUX_COLUMN_FLOAT)
	{
		double x = a->values.floats[flux_column_index(a, row_a)];
		double y = b->values.floats[flux_column_index(b, row_b)];

		if (isnan(x) || isnan(y))
			return isnan(x) && isnan(y);
		return x == y || fabs(x - y) <= DIFF_EPSILON;
	}
	return flux_column_compare_rows(a, row_a, b, row_b) == 0;
}

static const FluxColumn *
side_column(const Pairing *pairing, int port, int i)
{
	int position = pairing->positions[port][i];

	return position < 0 ? NULL : &pairing->columns[port][position];
}

static bool
rows_equal(const Pairing *pairing, int got_row, int want_row)
{
	for (int i = 0; i < pairing->schema->count; i++)
		if (!cells_equal(side_column(pairing, PORT_GOT, i), got_row,
						 side_column(pairing, PORT_WANT, i), want_row))
			return false;
	return true;
}

/* ---- large tables, side by side ---- */

/* Where the reading of one side stands. */
typedef struct SideReader
{
	FluxTableBuffer *buffer; /* or NULL */
	int position;
	FluxBatch portion;
	int row; /* in it */
	bool is_done;
} SideReader;

static void
reader_advance(SideReader *reader)
{
	CHECK_FOR_INTERRUPTS();
	while (!reader->is_done && ++reader->row >= reader->portion.row_count)
	{
		reader->row = -1;
		reader->is_done =
			reader->buffer == NULL ||
			!flux_table_buffer_next(reader->buffer, &reader->position, &reader->portion);
	}
}

static void
reader_open(SideReader *reader, FluxTableBuffer *buffer)
{
	memset(reader, 0, sizeof(*reader));
	reader->buffer = buffer;
	reader->row = -1;
	reader_advance(reader);
}

/* Are the rows that both readers stand at equal? */
static bool
readers_equal(Pairing *pairing, const SideReader readers[2])
{
	for (int port = 0; port < 2; port++)
		pairing->columns[port] = readers[port].portion.columns;
	return rows_equal(pairing, readers[PORT_GOT].row, readers[PORT_WANT].row);
}

static bool
large_tables_equal(Pairing *pairing)
{
	SideReader readers[2];

	for (int port = 0; port < 2; port++)
		reader_open(&readers[port], pairing->buffers[port]);
	while (!readers[0].is_done && !readers[1].is_done)
	{
		if (!readers_equal(pairing, readers))
			return false;
		reader_advance(&readers[0]);
		reader_advance(&readers[1]);
	}
	return readers[0].is_done && readers[1].is_done;
}

static bool
tables_equal(Pairing *pairing)
{
	if (pairing->row_count[PORT_GOT] != pairing->row_count[PORT_WANT])
		return false;
	if (pairing->is_large)
		return large_tables_equal(pairing);
	for (int row = 0; row < pairing->row_count[PORT_GOT]; row++)
		if (!rows_equal(pairing, row, row))
			return false;
	return true;
}

/* ---- the difference ---- */

typedef struct DiffLine
{
	char sign; /* '-', '+' or ' ' */
	int port;
	int row;
} DiffLine;

/*
 * lengths[i][j]: longest common subsequence of got rows [i..) and want rows
 * [j..), row-major.
 */
static int32 *
common_lengths(const Pairing *pairing)
{
	int64 n = pairing->row_count[PORT_GOT];
	int64 m = pairing->row_count[PORT_WANT];
	int32 *lengths;

	lengths = MemoryContextAllocExtended(CurrentMemoryContext, (n + 1) * (m + 1) * sizeof(int32),
										 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int64 i = n - 1; i >= 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		for (int64 j = m - 1; j >= 0; j--)
			lengths[i * (m + 1) + j] =
				rows_equal(pairing, i, j)
					? lengths[(i + 1) * (m + 1) + j + 1] + 1
					: Max(lengths[(i + 1) * (m + 1) + j], lengths[i * (m + 1) + j + 1]);
	}
	return lengths;
}

static int
diff_lines(const Pairing *pairing, DiffLine *lines)
{
	int64 n = pairing->row_count[PORT_GOT];
	int64 m = pairing->row_count[PORT_WANT];
	int32 *lengths = common_lengths(pairing);
	int64 i = 0, j = 0;
	int count = 0;

	while (i < n || j < m)
	{
		if (i < n && j < m && rows_equal(pairing, i, j))
		{
			lines[count++] = (DiffLine){' ', PORT_GOT, i++};
			j++;
		}
		else if (j < m &&
				 (i == n || lengths[i * (m + 1) + j + 1] >= lengths[(i + 1) * (m + 1) + j]))
			lines[count++] = (DiffLine){'-', PORT_WANT, j++};
		else
			lines[count++] = (DiffLine){'+', PORT_GOT, i++};
	}
	pfree(lengths);
	return count;
}

/* Rows of the difference on their way out. */
typedef struct DiffOutput
{
	DiffOperator *diff;
	const Pairing *pairing;
	FluxTableHead head;
	MemoryContext context;       /* of the rows */
	FluxColumnBuilder *builders; /* _diff, and the columns */
	int row_count;
} DiffOutput;

static void
output_start(DiffOutput *output)
{
	MemoryContextReset(output->context);
	for (int i = 0; i < output->head.schema->count; i++)
		flux_column_builder_init(&output->builders[i], output->head.schema->types[i],
								 output->context);
	output->row_count = 0;
}

static void
output_init(DiffOutput *output, DiffOperator *diff, const Pairing *pairing, const FluxGroupKey *key)
{
	FluxSchema *schema = flux_schema_create(pairing->schema->count + 1);

	flux_schema_add(schema, flux_text_from_cstring("_diff"), FLUX_COLUMN_STRING);
	for (int i = 0; i < pairing->schema->count; i++)
		flux_schema_add(schema, pairing->schema->labels[i], pairing->schema->types[i]);
	output->diff = diff;
	output->pairing = pairing;
	output->head.key = key;
	output->head.schema = schema;
	output->context =
		AllocSetContextCreate(CurrentMemoryContext, "Flux difference", ALLOCSET_DEFAULT_SIZES);
	output->builders = palloc(schema->count * sizeof(FluxColumnBuilder));
	output_start(output);
	flux_emit_begin_table(&diff->base, &output->head);
}

static void
output_flush(DiffOutput *output)
{
	int count = output->head.schema->count;
	FluxColumn *columns = MemoryContextAlloc(output->context, count * sizeof(FluxColumn));

	for (int i = 0; i < count; i++)
		columns[i] = flux_column_builder_view(&output->builders[i]);
	flux_emit_columns(&output->diff->base, &output->head, columns, output->row_count);
	output_start(output);
}

static void
output_line(DiffOutput *output, DiffLine line)
{
	const char *sign = line.sign == '-' ? "-" : line.sign == '+' ? "+" : "";

	flux_column_builder_append_string(&output->builders[0], flux_text_from_cstring(sign));
	for (int i = 0; i < output->pairing->schema->count; i++)
	{
		const FluxColumn *column = side_column(output->pairing, line.port, i);

		if (column == NULL)
			flux_column_builder_append_null(&output->builders[i + 1]);
		else
			flux_column_builder_append_row(&output->builders[i + 1], column, line.row);
	}
	if (++output->row_count == FLUX_BATCH_ROWS)
		output_flush(output);
}

/* The difference of tables that are read side by side. */
static void
output_large(DiffOutput *output, Pairing *pairing)
{
	SideReader readers[2];

	for (int port = 0; port < 2; port++)
		reader_open(&readers[port], pairing->buffers[port]);
	while (!readers[PORT_GOT].is_done || !readers[PORT_WANT].is_done)
	{
		bool has_both = !readers[PORT_GOT].is_done && !readers[PORT_WANT].is_done;
		int port = readers[PORT_WANT].is_done ? PORT_GOT : PORT_WANT;

		if (has_both && readers_equal(pairing, readers))
		{
			output_line(output, (DiffLine){' ', PORT_GOT, readers[PORT_GOT].row});
			reader_advance(&readers[PORT_GOT]);
			reader_advance(&readers[PORT_WANT]);
			continue;
		}
		pairing->columns[port] = readers[port].portion.columns;
		output_line(output, (DiffLine){port == PORT_WANT ? '-' : '+', port, readers[port].row});
		reader_advance(&readers[port]);
	}
}

static void
emit_difference(DiffOperator *diff, Pairing *pairing, const FluxGroupKey *key)
{
	DiffOutput output;

	output_init(&output, diff, pairing, key);
	if (pairing->is_large)
		output_large(&output, pairing);
	else
	{
		DiffLine *lines =
			palloc((pairing->row_count[0] + pairing->row_count[1] + 1) * sizeof(DiffLine));
		int line_count = diff_lines(pairing, lines);

		for (int i = 0; i < line_count; i++)
			output_line(&output, lines[i]);
		pfree(lines);
	}
	output_flush(&output);
	MemoryContextDelete(output.context);
	flux_emit_end_table(&diff->base);
}

/* Calls visit for each key of either side, got's first. */
static void
for_each_pair(DiffOperator *diff,
			  void (*visit)(DiffOperator *diff, Pairing *pairing, const FluxGroupKey *key))
{
	for (int port = 0; port < 2; port++)
	{
		FluxTableSet *set = diff->sets[port];

		flux_table_set_sort(set);
		for (int i = 0; i < flux_table_set_count(set); i++)
		{
			FluxTableBuffer *own = flux_table_set_table(set, i);
			const FluxGroupKey *key = flux_table_buffer_head(own)->key;
			FluxTableBuffer *other = flux_table_set_find(diff->sets[1 - port], key);
			Pairing pairing;

			CHECK_FOR_INTERRUPTS();
			if (port == PORT_WANT && other != NULL)
				continue; /* was got's turn */
			pairing =
				port == PORT_GOT ? pair_tables(diff, own, other) : pair_tables(diff, NULL, own);
			visit(diff, &pairing, key);
		}
	}
}

static void
visit_diff(DiffOperator *diff, Pairing *pairing, const FluxGroupKey *key)
{
	if (!tables_equal(pairing))
		emit_difference(diff, pairing, key);
}

static void
diff_finish(FluxOperator *op, int port)
{
	DiffOperator *diff = (DiffOperator *) op;

	if (op->finished_inputs < op->input_count)
		return;
	for_each_pair(diff, visit_diff);
	flux_emit_finish(op);
}

static const FluxOperatorOps diff_ops = {.state_size = sizeof(DiffOperator),
										 .begin = diff_begin,
										 .begin_table = diff_begin_table,
										 .process = diff_process,
										 .end_table = diff_end_table,
										 .finish = diff_finish};

const FluxPlanClass flux_plan_diff = {.name = "testing.diff", .plan = diff_plan, .ops = &diff_ops};

/* ---- assertEquals ---- */

static void
visit_assert(DiffOperator *diff, Pairing *pairing, const FluxGroupKey *key)
{
	const DiffSpec *spec = diff->base.node->spec;

	bool is_alone = pairing->buffers[PORT_GOT] == NULL || pairing->buffers[PORT_WANT] == NULL;

	if (!tables_equal(pairing))
		flux_operator_raise(&diff->base, FLUX_ERRCODE_SCRIPT_FAILED, "test %.*s: %s",
							spec->name.size, spec->name.data,
							is_alone ? "unequal group key sets" : "tables not equal");
}

/* What was got goes on when it is what was wanted. */
static void
assert_equals_finish(FluxOperator *op, int port)
{
	DiffOperator *diff = (DiffOperator *) op;

	if (op->finished_inputs < op->input_count)
		return;
	for_each_pair(diff, visit_assert);
	flux_table_set_emit(diff->sets[PORT_GOT], op, false);
	flux_emit_finish(op);
}

static const FluxOperatorOps assert_equals_ops = {.state_size = sizeof(DiffOperator),
												  .begin = diff_begin,
												  .begin_table = diff_begin_table,
												  .process = diff_process,
												  .end_table = diff_end_table,
												  .finish = assert_equals_finish};

const FluxPlanClass flux_plan_assert_equals = {
	.name = "testing.assertEquals", .plan = assert_equals_plan, .ops = &assert_equals_ops};

/* ---- assertEmpty ---- */

static void
assert_empty_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	((DiffOperator *) op)->has_rows = false;
	flux_emit_begin_table(op, head);
}

static void
assert_empty_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	((DiffOperator *) op)->has_rows |= batch->row_count > 0;
	flux_emit_batch(op, batch);
}

static void
assert_empty_end_table(FluxOperator *op, int port)
{
	((DiffOperator *) op)->non_empty_count += ((DiffOperator *) op)->has_rows;
	flux_emit_end_table(op);
}

static void
assert_empty_finish(FluxOperator *op, int port)
{
	DiffOperator *diff = (DiffOperator *) op;

	if (diff->non_empty_count > 0)
		flux_operator_raise(op, FLUX_ERRCODE_SCRIPT_FAILED,
							"found " INT64_FORMAT " tables that were not empty",
							diff->non_empty_count);
	flux_emit_finish(op);
}

static const FluxOperatorOps assert_empty_ops = {.state_size = sizeof(DiffOperator),
												 .begin_table = assert_empty_begin_table,
												 .process = assert_empty_process,
												 .end_table = assert_empty_end_table,
												 .finish = assert_empty_finish};

const FluxPlanClass flux_plan_assert_empty = {.name = "testing.assertEmpty",
											  .ops = &assert_empty_ops};
