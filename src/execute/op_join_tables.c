/*
 * op_join_tables.c
 *		Package join (inner, left, right, full, tables) and experimental.join.
 *
 * Tables are paired only when their group keys are equal; a key that one side
 * alone has is joined against nothing.  The condition "on" is not evaluated but
 * read: it may only be l.a == r.b terms joined by "and".  "as" makes the output
 * record; it must return the key's columns unchanged.
 *
 * The record of an absent side has the key's columns with the present side's
 * values and null in every other column that its stream is known to have.
 * Since both tables of a pair have the same key, a key column is a constant on
 * either side, present or not.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "execute/join_input.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/row_function.h"

typedef struct JoinTablesSpec
{
	const FluxText *on[2]; /* join columns of either side */
	int on_count;
	const FluxFunction *as;
	const char *parameters[2]; /* of "as" */
	bool keep_left;
	bool keep_right;
	bool is_experimental; /* experimental.join: its error texts */
} JoinTablesSpec;

typedef struct JoinTablesOperator
{
	FluxOperator op;
	FluxJoinInput inputs[2];
	FluxText missing; /* join column that a right table lacks, empty: none */
	const char *missing_hint;
	FluxRowFunction *as;
} JoinTablesOperator;

/* ---- reading "on" ---- */

#define ON_ERROR                                                                                   \
	"error in join function - some expressions are not yet supported in the `on` parameter: "

/* One operand: l.x or r.x. Gives the side and the label. */
static int
read_operand(FluxCall *call, const FluxAst *expression, const char *which, FluxText *label)
{
	const FluxMemberExpression *member;
	const FluxAst *object;

	expression = flux_ast_unparen(expression);
	if (expression->kind != FLUX_AST_MEMBER_EXPRESSION)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						ON_ERROR "%s side of comparison is not a member expression", which);
	member = (const FluxMemberExpression *) expression;
	object = flux_ast_unparen(member->object);
	*label = flux_ast_key_text(member->property);
	if (object->kind == FLUX_AST_IDENTIFIER)
	{
		FluxText name = ((const FluxIdentifier *) object)->name;

		if (flux_text_equal_cstring(name, "l"))
			return 0;
		if (flux_text_equal_cstring(name, "r"))
			return 1;
	}
	flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
					ON_ERROR "binary expression operands must reference `l` or `r` only, and may "
							 "not reference the same object");
}

/* Appends the terms of a condition to the spec's columns. */
static void
read_condition(FluxCall *call, JoinTablesSpec *spec, FluxText **on, const FluxAst *expression)
{
	check_stack_depth();
	expression = flux_ast_unparen(expression);
	if (expression->kind == FLUX_AST_LOGICAL_EXPRESSION)
	{
		const FluxLogicalExpression *logical = (const FluxLogicalExpression *) expression;

		if (!logical->is_and)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							ON_ERROR "unsupported operator in join predicate: or");
		read_condition(call, spec, on, logical->left);
		read_condition(call, spec, on, logical->right);
		return;
	}
	if (expression->kind == FLUX_AST_BINARY_EXPRESSION)
	{
		static const char *const names[] = {
			"+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "=~", "!~"};
		const FluxBinaryExpression *binary = (const FluxBinaryExpression *) expression;
		FluxText labels[2];
		int sides[2];

		if (binary->op != FLUX_OP_EQ)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							ON_ERROR "unsupported operator in join predicate: %s",
							names[binary->op]);
		sides[0] = read_operand(call, binary->left, "left", &labels[0]);
		sides[1] = read_operand(call, binary->right, "right", &labels[1]);
		if (sides[0] == sides[1])
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							ON_ERROR "binary expression operands must reference `l` or `r` only, "
									 "and may not reference the same object");
		for (int i = 0; i < 2; i++)
		{
			on[i] = spec->on_count == 0 ? palloc(sizeof(FluxText))
										: repalloc(on[i], (spec->on_count + 1) * sizeof(FluxText));
			on[i][spec->on_count] = labels[sides[0] == i ? 0 : 1];
		}
		spec->on_count++;
		return;
	}
	flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
					ON_ERROR "illegal expression type in join predicate: %s",
					flux_ast_kind_name(expression->kind));
}

static void
read_on(FluxCall *call, JoinTablesSpec *spec)
{
	const FluxFunction *function = flux_call_function(call, "on");
	FluxText *on[2] = {NULL, NULL};
	const FluxAst *body;

	if (function->lambda == NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						ON_ERROR "function body should be a single logical expression that "
								 "compares columns from each table");
	body = flux_ast_unparen(function->lambda->body);
	if (body->kind != FLUX_AST_LOGICAL_EXPRESSION && body->kind != FLUX_AST_BINARY_EXPRESSION)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						ON_ERROR "function body should be a single logical expression that "
								 "compares columns from each table");
	read_condition(call, spec, on, body);
	spec->on[0] = on[0];
	spec->on[1] = on[1];
}

/* ---- planning ---- */

static void
set_method(FluxCall *call, JoinTablesSpec *spec, FluxText method)
{
	if (flux_text_equal_cstring(method, "left") || flux_text_equal_cstring(method, "full"))
		spec->keep_left = true;
	if (flux_text_equal_cstring(method, "right") || flux_text_equal_cstring(method, "full"))
		spec->keep_right = true;
	if (!spec->keep_left && !spec->keep_right && !flux_text_equal_cstring(method, "inner"))
		flux_call_raise(
			call, ERRCODE_INVALID_PARAMETER_VALUE,
			"invalid argument for 'method' - must be \"inner\", \"left\", \"right\", or \"full\"");
}

static void
plan_join(FluxCall *call, FluxPlanNode *node, FluxText method)
{
	JoinTablesSpec *spec = flux_spec_create(JoinTablesSpec);

	set_method(call, spec, method);
	read_on(call, spec);
	spec->as = flux_call_function(call, "as");
	spec->parameters[0] = "l";
	spec->parameters[1] = "r";
	flux_plan_add_input(node, flux_call_stream(call, "left"));
	flux_plan_add_input(node, flux_call_stream(call, "right"));
	node->spec = spec;
}

static void
join_tables_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_join(call, node, flux_call_string(call, "method"));
}

static void
join_inner_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_join(call, node, flux_text_from_cstring("inner"));
}

static void
join_left_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_join(call, node, flux_text_from_cstring("left"));
}

static void
join_right_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_join(call, node, flux_text_from_cstring("right"));
}

static void
join_full_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_join(call, node, flux_text_from_cstring("full"));
}

/* Joins on _time of both sides. */
static void
plan_on_time(FluxCall *call, FluxPlanNode *node, JoinTablesSpec *spec)
{
	FluxText *on = palloc(sizeof(FluxText));

	*on = flux_text_from_cstring("_time");
	spec->on[0] = spec->on[1] = on;
	spec->on_count = 1;
	flux_plan_add_input(node, flux_call_stream(call, "left"));
	flux_plan_add_input(node, flux_call_stream(call, "right"));
	node->spec = spec;
}

static void
join_time_plan(FluxCall *call, FluxPlanNode *node)
{
	JoinTablesSpec *spec = flux_spec_create(JoinTablesSpec);

	set_method(call, spec, flux_call_string_or(call, "method", "inner"));
	spec->as = flux_call_function(call, "as");
	spec->parameters[0] = "l";
	spec->parameters[1] = "r";
	plan_on_time(call, node, spec);
}

static void
experimental_join_plan(FluxCall *call, FluxPlanNode *node)
{
	JoinTablesSpec *spec = flux_spec_create(JoinTablesSpec);

	spec->as = flux_call_function(call, "fn");
	spec->parameters[0] = "left";
	spec->parameters[1] = "right";
	spec->is_experimental = true;
	plan_on_time(call, node, spec);
}

static void
join_tables_explain(const FluxPlanNode *node, StringInfo out)
{
	const JoinTablesSpec *spec = node->spec;

	appendStringInfo(out, "method: %s, on ",
					 spec->keep_left && spec->keep_right ? "full"
					 : spec->keep_left                   ? "left"
					 : spec->keep_right                  ? "right"
														 : "inner");
	flux_explain_columns(out, spec->on[0], spec->on_count);
}

/* ---- collecting ---- */

static void
join_tables_begin(FluxOperator *op)
{
	JoinTablesOperator *self = (JoinTablesOperator *) op;
	const JoinTablesSpec *spec = op->node->spec;

	for (int i = 0; i < 2; i++)
		flux_join_input_init(&self->inputs[i], op);
	self->missing = flux_text("", 0);
	self->as =
		flux_row_function_create_pair(op, spec->as, spec->parameters[0], spec->parameters[1]);
}

static void
raise_missing(const JoinTablesOperator *self, int side, FluxText label, const char *hint)
{
	const JoinTablesSpec *spec = self->op.node->spec;

	if (spec->is_experimental)
		flux_operator_raise(&self->op, ERRCODE_UNDEFINED_COLUMN, "no _time column found");
	flux_operator_raise_hint(
		&self->op, ERRCODE_UNDEFINED_COLUMN, hint,
		"cannot set join columns in %s table stream: table is missing column '%.*s'",
		side == 0 ? "left" : "right", label.size, label.data);
}

/*
 * A left table without a join column is refused at once.  A right one must wait
 * until the left stream has ended without one: which stream comes first is the
 * plan's business, and the error must not depend on it.
 */
static void
note_missing(JoinTablesOperator *self, int side, const FluxSchema *schema, FluxText label)
{
	MemoryContext old = MemoryContextSwitchTo(self->op.state_context);
	const char *hint = flux_schema_near_hint(schema, label);

	MemoryContextSwitchTo(old);
	if (side == 0 || self->op.finished_inputs > 0)
		raise_missing(self, side, label, hint);
	if (self->missing.size > 0)
		return;
	self->missing = label;
	self->missing_hint = hint;
}

static void
join_tables_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	JoinTablesOperator *self = (JoinTablesOperator *) op;
	const JoinTablesSpec *spec = op->node->spec;

	flux_join_input_skip(&self->inputs[port]);
	for (int i = 0; i < spec->on_count; i++)
	{
		if (flux_schema_find(head->schema, spec->on[port][i]) >= 0)
			continue;
		note_missing(self, port, head->schema, spec->on[port][i]);
		return;
	}
	flux_join_input_open(&self->inputs[port], op, head);
}

static void
join_tables_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	flux_join_input_append(&((JoinTablesOperator *) op)->inputs[port], batch);
}

static void
join_tables_end_table(FluxOperator *op, int port)
{
}

/* ---- what "as" asks for ---- */

typedef struct MemberSearch
{
	const JoinTablesOperator *self;
	int side;
} MemberSearch;

static void
raise_unknown(const JoinTablesOperator *self, int side, FluxText label)
{
	const JoinTablesSpec *spec = self->op.node->spec;
	const FluxSchema *known = self->inputs[side].columns;
	const char *hint = flux_schema_near_hint(known, label);
	const char *name = side == 0 ? "left" : "right";

	if (spec->is_experimental)
		flux_operator_raise_hint(&self->op, ERRCODE_UNDEFINED_COLUMN, hint,
								 "%s is missing label %.*s", name, label.size, label.data);
	flux_operator_raise_hint(&self->op, ERRCODE_UNDEFINED_COLUMN, hint,
							 "error preparing %s side of join: table is missing label %.*s", name,
							 label.size, label.data);
}

/* Refuses a member of a side's record that no table of its stream has. */
static bool
visit_member(const FluxAst *node, void *argument)
{
	const MemberSearch *search = argument;
	const JoinTablesSpec *spec = search->self->op.node->spec;
	const FluxMemberExpression *member;
	const FluxAst *object;
	FluxText label;

	if (node->kind == FLUX_AST_FUNCTION_EXPRESSION)
		return false; /* its parameters may have these names */
	if (node->kind != FLUX_AST_MEMBER_EXPRESSION)
		return true;
	member = (const FluxMemberExpression *) node;
	object = flux_ast_unparen(member->object);
	if (object->kind != FLUX_AST_IDENTIFIER ||
		!flux_text_equal_cstring(((const FluxIdentifier *) object)->name,
								 spec->parameters[search->side]))
		return true;
	label = flux_ast_key_text(member->property);
	if (flux_schema_find(search->self->inputs[search->side].columns, label) < 0)
		raise_unknown(search->self, search->side, label);
	return true;
}

/*
 * Refuses a function that asks for what a stream has not, and a stream without
 * tables: the columns that its rows would have had are not known.  (For
 * experimental.join, where such a stream pairs with nothing, that is no error.)
 */
static void
check_sides(const JoinTablesOperator *self)
{
	const JoinTablesSpec *spec = self->op.node->spec;
	bool is_empty[2];

	for (int side = 0; side < 2; side++)
		is_empty[side] = flux_table_set_count(self->inputs[side].tables) == 0;
	if ((is_empty[0] && is_empty[1]) || (spec->is_experimental && (is_empty[0] || is_empty[1])))
		return;
	for (int side = 0; side < 2; side++)
	{
		MemberSearch search = {.self = self, .side = side};

		if (is_empty[side])
			flux_operator_raise_hint(
				&self->op, ERRCODE_INVALID_PARAMETER_VALUE,
				"Keep its empty tables, as with filter(onEmpty: \"keep\").",
				"error preparing %s side of join: cannot join on an empty table",
				side == 0 ? "left" : "right");
		if (spec->as->lambda != NULL)
			flux_ast_walk(spec->as->lambda->body, visit_member, &search);
	}
}

/* ---- one key ---- */

typedef struct JoinedKey
{
	JoinTablesOperator *self;
	const FluxGroupKey *key;
	FluxJoinSide sides[2]; /* their schemas: what the sides' records have */
	FluxTableBuffer *output;
} JoinedKey;

/* Prepares a side without a table: no rows, all columns its stream is known to
 * have, and those of the key. */
static void
open_absent_side(JoinedKey *joined, int side)
{
	const JoinTablesSpec *spec = joined->self->op.node->spec;
	const FluxSchema *known = joined->self->inputs[side].columns;
	FluxSchema *schema = flux_schema_copy(known, joined->key->count);

	for (int i = 0; i < joined->key->count; i++)
	{
		int column = flux_schema_find(schema, joined->key->labels[i]);

		if (column >= 0)
			schema->types[column] = (FluxColumnType) joined->key->values[i].kind;
		else
			flux_schema_add(schema, joined->key->labels[i],
							(FluxColumnType) joined->key->values[i].kind);
	}
	joined->sides[side].schema = schema;
	joined->sides[side].on = palloc0(spec->on_count * sizeof(int)); /* of no rows */
}

/* A side's columns with those of the key constant, absent rows included. */
static FluxColumn *
with_key_columns(const JoinedKey *joined, int side, const FluxColumn *columns)
{
	const FluxSchema *schema = joined->sides[side].schema;
	FluxColumn *result = palloc(Max(schema->count, 1) * sizeof(FluxColumn));

	for (int i = 0; i < schema->count; i++)
	{
		int in_key = flux_group_key_find(joined->key, schema->labels[i]);

		result[i] = in_key < 0
						? columns[i]
						: flux_column_of_value(schema->types[i], joined->key->values[in_key]);
	}
	return result;
}

/* Every key column must be there with its value, in all rows. */
static void
check_key_kept(const JoinedKey *joined, const FluxRowRecords *records, int count)
{
	const JoinTablesSpec *spec = joined->self->op.node->spec;

	for (int i = 0; i < joined->key->count; i++)
	{
		FluxText label = joined->key->labels[i];
		FluxColumnType type = (FluxColumnType) joined->key->values[i].kind;
		int column = flux_schema_find(records->schema, label);
		FluxColumn expected = flux_column_of_value(type, joined->key->values[i]);
		bool is_kept = column >= 0 && records->schema->types[column] == type &&
					   !joined->key->values[i].is_null;

		for (int row = 0; row < count && is_kept; row++)
			is_kept = flux_column_compare_rows(&records->columns[column], row, &expected, 0) == 0;
		if (is_kept)
			continue;
		if (spec->is_experimental)
			flux_operator_raise(&joined->self->op, ERRCODE_INVALID_PARAMETER_VALUE,
								"argument 'fn' may not modify group key");
		flux_operator_raise(&joined->self->op, ERRCODE_INVALID_PARAMETER_VALUE,
							"join cannot modify group key: output record has a missing or invalid "
							"value for column '%.*s:%s'",
							label.size, label.data, flux_column_type_name(type));
	}
}

static void
joined_add_pairs(void *argument, const FluxColumn *left, const FluxColumn *right, int count)
{
	JoinedKey *joined = argument;
	FluxRowRecords records;
	FluxTableHead head = {.key = joined->key};
	FluxBatch batch = {.head = &head, .row_count = count};

	flux_row_function_pair_records(joined->self->as, with_key_columns(joined, 0, left),
								   with_key_columns(joined, 1, right), count, &records);
	check_key_kept(joined, &records, count);
	head.schema = records.schema;
	batch.columns = records.columns;
	if (joined->output == NULL)
		joined->output = flux_table_buffer_create(&joined->self->op, &head);
	flux_table_buffer_append(joined->output, &batch);
}

/* Joins the tables of one key, one of which may be missing; sends the result on. */
static void
join_one_key(JoinTablesOperator *self, const FluxGroupKey *key, FluxTableBuffer *left,
			 FluxTableBuffer *right)
{
	const JoinTablesSpec *spec = self->op.node->spec;
	MemoryContext context = AllocSetContextCreate(self->op.state_context, "Flux join of tables",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FluxTableBuffer *buffers[2] = {left, right};
	JoinedKey joined = {.self = self, .key = key};

	for (int side = 0; side < 2; side++)
	{
		if (buffers[side] != NULL)
			joined.sides[side] = flux_join_side(buffers[side], spec->on[side], spec->on_count);
		else
			open_absent_side(&joined, side);
	}
	flux_row_function_bind_pair(self->as, joined.sides[0].schema, joined.sides[1].schema);
	flux_join_merge(&self->op, &joined.sides[0], &joined.sides[1], spec->on_count, spec->keep_left,
					spec->keep_right, joined_add_pairs, &joined);
	if (joined.output != NULL)
	{
		flux_table_buffer_emit(joined.output, &self->op);
		flux_table_buffer_destroy(joined.output);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

static void
join_tables_finish(FluxOperator *op, int port)
{
	JoinTablesOperator *self = (JoinTablesOperator *) op;
	const JoinTablesSpec *spec = op->node->spec;
	FluxTableSet *left = self->inputs[0].tables;
	FluxTableSet *right = self->inputs[1].tables;
	int i = 0;
	int j = 0;

	if (port == 0 && self->missing.size > 0)
		raise_missing(self, 1, self->missing, self->missing_hint);
	if (op->finished_inputs < op->input_count)
		return;
	check_sides(self);
	flux_table_set_sort(left);
	flux_table_set_sort(right);
	while (i < flux_table_set_count(left) || j < flux_table_set_count(right))
	{
		FluxTableBuffer *left_table =
			i < flux_table_set_count(left) ? flux_table_set_table(left, i) : NULL;
		FluxTableBuffer *right_table =
			j < flux_table_set_count(right) ? flux_table_set_table(right, j) : NULL;
		int order;

		CHECK_FOR_INTERRUPTS();
		if (left_table == NULL || right_table == NULL)
			order = left_table == NULL ? 1 : -1;
		else
			order = flux_group_key_compare(flux_table_buffer_head(left_table)->key,
										   flux_table_buffer_head(right_table)->key);
		if (order == 0)
			join_one_key(self, flux_table_buffer_head(left_table)->key, left_table, right_table);
		else if (order < 0 && spec->keep_left)
			join_one_key(self, flux_table_buffer_head(left_table)->key, left_table, NULL);
		else if (order > 0 && spec->keep_right)
			join_one_key(self, flux_table_buffer_head(right_table)->key, NULL, right_table);
		if (order <= 0)
			flux_table_set_drop(left, i++);
		if (order >= 0)
			flux_table_set_drop(right, j++);
	}
	flux_table_set_reset(left);
	flux_table_set_reset(right);
	flux_emit_finish(op);
}

static const FluxOperatorOps join_tables_ops = {.state_size = sizeof(JoinTablesOperator),
												.begin = join_tables_begin,
												.begin_table = join_tables_begin_table,
												.process = join_tables_process,
												.end_table = join_tables_end_table,
												.finish = join_tables_finish};

#define JOIN_CLASS(class_name, script_name)                                                        \
	const FluxPlanClass flux_plan_##class_name = {.name = script_name,                             \
												  .plan = class_name##_plan,                       \
												  .explain = join_tables_explain,                  \
												  .ops = &join_tables_ops}

JOIN_CLASS(join_tables, "join.tables");
JOIN_CLASS(join_inner, "join.inner");
JOIN_CLASS(join_left, "join.left");
JOIN_CLASS(join_right, "join.right");
JOIN_CLASS(join_full, "join.full");
JOIN_CLASS(join_time, "join.time");
JOIN_CLASS(experimental_join, "experimental.join");
