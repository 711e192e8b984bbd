/*
 * fdw_value_qual.c
 *		Conditions on the value of a field: comparisons with numbers and texts, and
 *		booleans by themselves.
 *
 * Storage asks them of points, and a row of a measurement's table has several.  So
 * they are for queries that need one field alone: then a row is a point of that
 * field, and segments whose statistics rule a condition out are not read.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "fdw/fdw_int.h"

/* Functions that compare, either way round, and what type of field they are for. */
static const struct
{
	Oid function_oid;
	FluxComparison comparison;
	FluxColumnType type;
} functions[] = {
	{F_FLOAT8LT, FLUX_COMPARE_LT, FLUX_COLUMN_FLOAT},
	{F_FLOAT8LE, FLUX_COMPARE_LE, FLUX_COLUMN_FLOAT},
	{F_FLOAT8GT, FLUX_COMPARE_GT, FLUX_COLUMN_FLOAT},
	{F_FLOAT8GE, FLUX_COMPARE_GE, FLUX_COLUMN_FLOAT},
	{F_FLOAT8EQ, FLUX_COMPARE_EQ, FLUX_COLUMN_FLOAT},
	{F_FLOAT8NE, FLUX_COMPARE_NE, FLUX_COLUMN_FLOAT},
	{F_INT8LT, FLUX_COMPARE_LT, FLUX_COLUMN_INT},
	{F_INT8LE, FLUX_COMPARE_LE, FLUX_COLUMN_INT},
	{F_INT8GT, FLUX_COMPARE_GT, FLUX_COLUMN_INT},
	{F_INT8GE, FLUX_COMPARE_GE, FLUX_COLUMN_INT},
	{F_INT8EQ, FLUX_COMPARE_EQ, FLUX_COLUMN_INT},
	{F_INT8NE, FLUX_COMPARE_NE, FLUX_COLUMN_INT},
	{F_INT84LT, FLUX_COMPARE_LT, FLUX_COLUMN_INT},
	{F_INT84LE, FLUX_COMPARE_LE, FLUX_COLUMN_INT},
	{F_INT84GT, FLUX_COMPARE_GT, FLUX_COLUMN_INT},
	{F_INT84GE, FLUX_COMPARE_GE, FLUX_COLUMN_INT},
	{F_INT84EQ, FLUX_COMPARE_EQ, FLUX_COLUMN_INT},
	{F_INT84NE, FLUX_COMPARE_NE, FLUX_COLUMN_INT},
	{F_INT48LT, FLUX_COMPARE_LT, FLUX_COLUMN_INT},
	{F_INT48LE, FLUX_COMPARE_LE, FLUX_COLUMN_INT},
	{F_INT48GT, FLUX_COMPARE_GT, FLUX_COLUMN_INT},
	{F_INT48GE, FLUX_COMPARE_GE, FLUX_COLUMN_INT},
	{F_INT48EQ, FLUX_COMPARE_EQ, FLUX_COLUMN_INT},
	{F_INT48NE, FLUX_COMPARE_NE, FLUX_COLUMN_INT},
	{F_TEXTEQ, FLUX_COMPARE_EQ, FLUX_COLUMN_STRING},
	{F_TEXTNE, FLUX_COMPARE_NE, FLUX_COLUMN_STRING},
};

static bool
is_field(const Node *node, Index relid, AttrNumber attribute)
{
	const Var *var = (const Var *) node;

	return IsA(node, Var) && var->varno == relid && var->varlevelsup == 0 &&
		   var->varattno == attribute;
}

static List *
make_qual(FluxComparison comparison, Node *value, List **exprs)
{
	*exprs = lappend(*exprs, copyObject(value));
	return list_make4(makeInteger(FLUX_FDW_QUAL_VALUE), makeInteger(comparison),
					  makeInteger(list_length(*exprs) - 1), makeInteger((int) exprType(value)));
}

static List *
classify_comparison(PlannerInfo *root, const FluxFdwTable *table, Index relid, AttrNumber attribute,
					OpExpr *operation, List **exprs)
{
	Oid function_oid = get_opcode(operation->opno);

	if (list_length(operation->args) != 2 ||
		(OidIsValid(operation->inputcollid) &&
		 !get_collation_isdeterministic(operation->inputcollid)))
		return NIL;
	for (int side = 0; side < 2; side++)
	{
		Node *value = list_nth(operation->args, 1 - side);

		if (!is_field(list_nth(operation->args, side), relid, attribute) ||
			!flux_fdw_qual_is_value(root, value))
			continue;
		for (int i = 0; i < lengthof(functions); i++)
			if (functions[i].function_oid == function_oid &&
				functions[i].type == table->columns[attribute - 1].type)
				return make_qual(side == 0 ? functions[i].comparison
										   : flux_fdw_qual_flip(functions[i].comparison),
								 value, exprs);
	}
	return NIL;
}

List *
flux_fdw_value_classify(PlannerInfo *root, const FluxFdwTable *table, Index relid,
						AttrNumber attribute, Expr *clause, List **exprs)
{
	bool is_true = true;

	if (IsA(clause, OpExpr))
		return classify_comparison(root, table, relid, attribute, (OpExpr *) clause, exprs);
	if (IsA(clause, BoolExpr) && ((BoolExpr *) clause)->boolop == NOT_EXPR)
	{
		is_true = false;
		clause = linitial(((BoolExpr *) clause)->args);
	}
	if (!is_field((Node *) clause, relid, attribute) ||
		table->columns[attribute - 1].type != FLUX_COLUMN_BOOL)
		return NIL;
	return make_qual(FLUX_COMPARE_EQ, makeBoolConst(is_true, false), exprs);
}

/* SQL's NaN is equal to itself and greater than all others; points have none. */
static bool
holds_for_nan(FluxComparison comparison)
{
	return comparison == FLUX_COMPARE_LT || comparison == FLUX_COMPARE_LE ||
		   comparison == FLUX_COMPARE_NE;
}

FluxPredicate *
flux_fdw_value_predicate(FluxComparison comparison, Oid type_oid, Datum value)
{
	FluxPredicate *leaf = palloc0(sizeof(FluxPredicate));
	struct varlena *bytes;

	leaf->kind = FLUX_PREDICATE_COMPARE;
	leaf->column = FLUX_PREDICATE_VALUE;
	leaf->comparison = comparison;
	switch (type_oid)
	{
		case FLOAT8OID:
			leaf->literal_type = FLUX_COLUMN_FLOAT;
			leaf->literal.floating = DatumGetFloat8(value);
			if (isnan(leaf->literal.floating))
				leaf->kind = holds_for_nan(comparison) ? FLUX_PREDICATE_AND : FLUX_PREDICATE_OR;
			break;
		case INT8OID:
			leaf->literal_type = FLUX_COLUMN_INT;
			leaf->literal.integer = DatumGetInt64(value);
			break;
		case INT4OID:
			leaf->literal_type = FLUX_COLUMN_INT;
			leaf->literal.integer = DatumGetInt32(value);
			break;
		case BOOLOID:
			leaf->literal_type = FLUX_COLUMN_BOOL;
			leaf->literal.boolean = DatumGetBool(value);
			break;
		case TEXTOID:
			leaf->literal_type = FLUX_COLUMN_STRING;
			bytes = DatumGetTextPP(value);
			leaf->literal.string = flux_text(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
			break;
		default:
			elog(ERROR, "unknown type of a value: %u", type_oid);
	}
	return leaf;
}
