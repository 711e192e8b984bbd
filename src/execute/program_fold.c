/*
 * program_fold.c
 *		A program run row after row, each given the record that the one before
 *		came to.
 *
 * A row needs the result of the one before, so vectors are of no use.  The
 * program's tree is walked for each row, value by value, with the operators of
 * evaluate/: what is saved against evaluating the function is looking up names
 * and making records, and for numbers nothing is allocated.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/diagnostic.h"
#include "evaluate/builtin.h"
#include "execute/operator_util.h"
#include "execute/program_fold.h"
#include "execute/program_tree.h"

/* Rows between looks at interrupts. */
#define ROWS_PER_LOOK 64

struct FluxFold
{
	const FluxProgram *program;
	int column_count;     /* of the rows; those of the record follow them */
	int *places;          /* by member of the program's record: in the given one */
	FluxValue *variables; /* of the block */
	FluxValue *next;      /* the record that a row comes to, in the program's order */

	/* the row */
	const FluxColumn *columns;
	int row;
	const FluxValue *record;
};

/* ---- compiling ---- */

/* Are its values numbers and the like, from the column or constant on? */
static bool
can_fold(const FluxProgramNode *node)
{
	bool makes_string = node->type == FLUX_COLUMN_STRING && node->kind != FLUX_NODE_COLUMN &&
						node->kind != FLUX_NODE_CONSTANT && node->kind != FLUX_NODE_NULL &&
						node->kind != FLUX_NODE_VARIABLE && node->kind != FLUX_NODE_CONDITIONAL;

	check_stack_depth();
	if (makes_string)
		return false;
	for (int i = 0; i < node->child_count; i++)
	{
		if (!can_fold(node->children[i]))
			return false;
	}
	return true;
}

/* Does the program's record have the members that the given one has, of their types? */
static bool
gives_record(const FluxProgram *program, const FluxRecord *record, int *places)
{
	if (program->value != NULL || program->member_count != record->count)
		return false;
	for (int i = 0; i < program->member_count; i++)
	{
		const FluxProgramMember *member = &program->members[i];

		for (places[i] = 0; places[i] < record->count; places[i]++)
		{
			if (flux_text_equal(record->keys[places[i]], member->label))
				break;
		}
		if (places[i] == record->count || member->node->type == FLUX_COLUMN_STRING ||
			(FluxKind) member->node->type != record->values[places[i]].kind ||
			!can_fold(member->node))
			return false;
	}
	return true;
}

/* The record's members as columns; NULL if one is of no column's type. */
static FluxSchema *
schema_of_record(const FluxRecord *record)
{
	FluxSchema *schema = flux_schema_create(record->count);

	for (int i = 0; i < record->count; i++)
	{
		if (!flux_kind_is_column_type(record->values[i].kind))
			return NULL;
		flux_schema_add(schema, record->keys[i], (FluxColumnType) record->values[i].kind);
	}
	return schema;
}

FluxFold *
flux_fold_create(FluxOperator *op, const FluxFunction *function, const FluxSchema *schema,
				 const FluxRecord *record)
{
	const FluxText names[] = {flux_text_from_cstring("r"), flux_text_from_cstring("accumulator")};
	const FluxSchema *schemas[] = {schema, schema_of_record(record)};
	FluxFold *fold = palloc0(sizeof(FluxFold));

	if (schemas[1] == NULL)
		return NULL;
	fold->program = flux_program_compile(op, function, names, schemas, 2);
	if (fold->program == NULL)
		return NULL;
	fold->column_count = schema->count;
	fold->places = palloc(Max(fold->program->member_count, 1) * sizeof(int));
	fold->next = palloc(Max(fold->program->member_count, 1) * sizeof(FluxValue));
	fold->variables = palloc(Max(fold->program->variable_count, 1) * sizeof(FluxValue));
	for (int i = 0; i < fold->program->variable_count; i++)
	{
		if (!can_fold(fold->program->variables[i]))
			return NULL;
	}
	return gives_record(fold->program, record, fold->places) ? fold : NULL;
}

/* ---- running ---- */

static FluxValue evaluate(const FluxFold *fold, const FluxProgramNode *node);

static void
pg_attribute_noreturn()
	raise_at(const FluxFold *fold, const FluxProgramNode *node, int sqlstate, const char *message)
{
	flux_raise_at(sqlstate, fold->program->source, flux_program_place(fold->program, node), "%s",
				  message);
}

static inline bool
is_true(FluxValue value)
{
	return !value.is_null && value.as.boolean;
}

static FluxValue
evaluate_binary(const FluxFold *fold, const FluxProgramNode *node)
{
	FluxValue left = evaluate(fold, node->children[0]);
	FluxValue right = evaluate(fold, node->children[1]);
	const char *error;
	FluxValue result;

	if (left.is_null || right.is_null)
		return flux_value_null((FluxKind) node->type);
	result = flux_value_binary(node->op, left, right, true, &error);
	if (error != NULL)
		raise_at(fold, node, ERRCODE_DIVISION_BY_ZERO, error);
	return result;
}

/* The right side counts where the left one leaves it open. */
static FluxValue
evaluate_logical(const FluxFold *fold, const FluxProgramNode *node)
{
	bool is_and = node->flag;

	if (is_true(evaluate(fold, node->children[0])) != is_and)
		return flux_value_bool(!is_and);
	return evaluate(fold, node->children[1]);
}

static FluxValue
evaluate_convert(const FluxFold *fold, const FluxProgramNode *node)
{
	const char *error = NULL;
	FluxValue value =
		flux_value_convert(evaluate(fold, node->children[0]), (FluxKind) node->type, &error);

	if (error != NULL)
		raise_at(fold, node, ERRCODE_INVALID_TEXT_REPRESENTATION, error);
	return value;
}

static FluxValue
evaluate_call(const FluxFold *fold, const FluxProgramNode *node)
{
	FluxProgramCall *own = node->call;
	const FluxProgram *program = fold->program;
	FluxCall call = {
		.evaluator = program->evaluator,
		.builtin = own->builtin,
		.source = program->source,
		.span = flux_program_place(program, node),
		.arguments = &own->arguments,
		.is_row_function = true,
	};

	for (int i = 0; i < node->child_count; i++)
	{
		FluxValue argument = evaluate(fold, node->children[i]);

		own->values[own->places[i]] = argument;
	}
	return own->builtin->function(&call);
}

static FluxValue
evaluate_match(const FluxFold *fold, const FluxProgramNode *node)
{
	FluxValue subject = evaluate(fold, node->children[0]);

	if (subject.is_null)
		return flux_value_null(FLUX_KIND_BOOL);
	return flux_value_bool(flux_regexp_matches(node->regexp, subject.as.string) != node->flag);
}

static FluxValue
evaluate_column(const FluxFold *fold, int index)
{
	return index < fold->column_count ? flux_value_from_column(&fold->columns[index], fold->row)
									  : fold->record[index - fold->column_count];
}

/* A null as what its node's type says. */
static FluxValue
evaluate(const FluxFold *fold, const FluxProgramNode *node)
{
	const char *error;
	FluxValue value;

	if (node->child_count > 0)
		check_stack_depth();
	switch (node->kind)
	{
		case FLUX_NODE_COLUMN:
			return evaluate_column(fold, node->index);
		case FLUX_NODE_CONSTANT:
			return flux_value_from_column(&node->constant, 0);
		case FLUX_NODE_NULL:
			return flux_value_null((FluxKind) node->type);
		case FLUX_NODE_VARIABLE:
			return fold->variables[node->index];
		case FLUX_NODE_ARITHMETIC:
		case FLUX_NODE_COMPARE:
			return evaluate_binary(fold, node);
		case FLUX_NODE_MATCH:
			return evaluate_match(fold, node);
		case FLUX_NODE_NEGATE:
		case FLUX_NODE_NOT:
			value = evaluate(fold, node->children[0]);
			return flux_value_unary(node->kind == FLUX_NODE_NOT ? FLUX_UNARY_NOT : FLUX_UNARY_MINUS,
									value, true, &error);
		case FLUX_NODE_EXISTS:
			return flux_value_bool(!evaluate(fold, node->children[0]).is_null);
		case FLUX_NODE_CONVERT:
			return evaluate_convert(fold, node);
		case FLUX_NODE_LOGICAL:
			return evaluate_logical(fold, node);
		case FLUX_NODE_CONDITIONAL:
			return evaluate(fold,
							node->children[is_true(evaluate(fold, node->children[0])) ? 1 : 2]);
		case FLUX_NODE_CALL:
			return evaluate_call(fold, node);
		case FLUX_NODE_INTERPOLATE:
			break; /* gives a string: not here */
	}
	elog(ERROR, "unexpected program node %d", (int) node->kind);
}

void
flux_fold_rows(FluxFold *fold, const FluxColumn *columns, int row_count, FluxValue *record)
{
	const FluxProgram *program = fold->program;

	fold->columns = columns;
	fold->record = record;
	for (fold->row = 0; fold->row < row_count; fold->row++)
	{
		if (fold->row % ROWS_PER_LOOK == 0)
			CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < program->variable_count; i++)
			fold->variables[i] = evaluate(fold, program->variables[i]);
		for (int i = 0; i < program->member_count; i++)
			fold->next[i] = evaluate(fold, program->members[i].node);
		for (int i = 0; i < program->member_count; i++)
			record[fold->places[i]] = fold->next[i];
	}
}
