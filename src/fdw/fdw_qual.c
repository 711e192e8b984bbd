/*
 * fdw_qual.c
 *		Conditions of SQL that storage answers exactly, so that nobody checks them
 *		again: ranges of time and time_ns; equality, inequality, IN and IS NULL of
 *		tags, "_measurement", "_field" and tags ->> 'key', joined by AND and OR.
 *
 * "time" shows whole microseconds, rounded down: time < t holds for the
 * nanoseconds below t, time <= t for those below t and a microsecond.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "fdw/fdw_int.h"

/* Comparison functions of times, either way round, and what they compare. */
static const struct
{
	Oid function_oid;
	FluxComparison comparison;
	FluxFdwRole role;
} time_functions[] = {
	{F_TIMESTAMPTZ_LT, FLUX_COMPARE_LT, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_LE, FLUX_COMPARE_LE, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_GT, FLUX_COMPARE_GT, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_GE, FLUX_COMPARE_GE, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_EQ, FLUX_COMPARE_EQ, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_LT_TIMESTAMP, FLUX_COMPARE_LT, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_LE_TIMESTAMP, FLUX_COMPARE_LE, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_GT_TIMESTAMP, FLUX_COMPARE_GT, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_GE_TIMESTAMP, FLUX_COMPARE_GE, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_EQ_TIMESTAMP, FLUX_COMPARE_EQ, FLUX_FDW_TIME},
	{F_TIMESTAMP_LT_TIMESTAMPTZ, FLUX_COMPARE_LT, FLUX_FDW_TIME},
	{F_TIMESTAMP_LE_TIMESTAMPTZ, FLUX_COMPARE_LE, FLUX_FDW_TIME},
	{F_TIMESTAMP_GT_TIMESTAMPTZ, FLUX_COMPARE_GT, FLUX_FDW_TIME},
	{F_TIMESTAMP_GE_TIMESTAMPTZ, FLUX_COMPARE_GE, FLUX_FDW_TIME},
	{F_TIMESTAMP_EQ_TIMESTAMPTZ, FLUX_COMPARE_EQ, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_LT_DATE, FLUX_COMPARE_LT, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_LE_DATE, FLUX_COMPARE_LE, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_GT_DATE, FLUX_COMPARE_GT, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_GE_DATE, FLUX_COMPARE_GE, FLUX_FDW_TIME},
	{F_TIMESTAMPTZ_EQ_DATE, FLUX_COMPARE_EQ, FLUX_FDW_TIME},
	{F_DATE_LT_TIMESTAMPTZ, FLUX_COMPARE_LT, FLUX_FDW_TIME},
	{F_DATE_LE_TIMESTAMPTZ, FLUX_COMPARE_LE, FLUX_FDW_TIME},
	{F_DATE_GT_TIMESTAMPTZ, FLUX_COMPARE_GT, FLUX_FDW_TIME},
	{F_DATE_GE_TIMESTAMPTZ, FLUX_COMPARE_GE, FLUX_FDW_TIME},
	{F_DATE_EQ_TIMESTAMPTZ, FLUX_COMPARE_EQ, FLUX_FDW_TIME},
	{F_INT8LT, FLUX_COMPARE_LT, FLUX_FDW_TIME_NS},
	{F_INT8LE, FLUX_COMPARE_LE, FLUX_FDW_TIME_NS},
	{F_INT8GT, FLUX_COMPARE_GT, FLUX_FDW_TIME_NS},
	{F_INT8GE, FLUX_COMPARE_GE, FLUX_FDW_TIME_NS},
	{F_INT8EQ, FLUX_COMPARE_EQ, FLUX_FDW_TIME_NS},
	{F_INT84LT, FLUX_COMPARE_LT, FLUX_FDW_TIME_NS},
	{F_INT84LE, FLUX_COMPARE_LE, FLUX_FDW_TIME_NS},
	{F_INT84GT, FLUX_COMPARE_GT, FLUX_FDW_TIME_NS},
	{F_INT84GE, FLUX_COMPARE_GE, FLUX_FDW_TIME_NS},
	{F_INT84EQ, FLUX_COMPARE_EQ, FLUX_FDW_TIME_NS},
	{F_INT48LT, FLUX_COMPARE_LT, FLUX_FDW_TIME_NS},
	{F_INT48LE, FLUX_COMPARE_LE, FLUX_FDW_TIME_NS},
	{F_INT48GT, FLUX_COMPARE_GT, FLUX_FDW_TIME_NS},
	{F_INT48GE, FLUX_COMPARE_GE, FLUX_FDW_TIME_NS},
	{F_INT48EQ, FLUX_COMPARE_EQ, FLUX_FDW_TIME_NS},
};

/* ---- classifying ---- */

typedef struct Classifier
{
	PlannerInfo *root;
	Index relid;
	const FluxFdwTable *table;
	List *exprs;         /* values so far */
	bool has_parameters; /* values may be of other relations */
} Classifier;

/* A value that is the same for the whole scan. */
static bool
is_value(const Classifier *classifier, Node *node)
{
	Relids relids = pull_varnos(classifier->root, node);

	return (bms_is_empty(relids) ||
			(classifier->has_parameters && !bms_is_member(classifier->relid, relids))) &&
		   !contain_volatile_functions(node) && !contain_subplans(node);
}

bool
flux_fdw_qual_is_value(PlannerInfo *root, Node *node)
{
	Classifier classifier = {.root = root};

	return is_value(&classifier, node);
}

static Integer *
add_value(Classifier *classifier, Node *node)
{
	classifier->exprs = lappend(classifier->exprs, copyObject(node));
	return makeInteger(list_length(classifier->exprs) - 1);
}

static Node *
strip_relabel(Node *node)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

/* The column that a node is, with the given role; 0 when it is not. */
static AttrNumber
column_of(const Classifier *classifier, Node *node, FluxFdwRole role)
{
	Var *var = (Var *) strip_relabel(node);

	if (var == NULL || !IsA(var, Var) || var->varno != classifier->relid || var->varlevelsup != 0 ||
		var->varattno < 1 || var->varattno > classifier->table->column_count ||
		classifier->table->columns[var->varattno - 1].role != role)
		return 0;
	return var->varattno;
}

/*
 * A text that belongs to the series: a tag's column, "_measurement", "_field",
 * or tags ->> 'key', whose key is added to the values.
 */
static bool
text_operand(Classifier *classifier, Node *node, AttrNumber *attribute, Integer **key)
{
	*key = makeInteger(-1);
	if ((*attribute = column_of(classifier, node, FLUX_FDW_TAG)) != 0 ||
		(*attribute = column_of(classifier, node, FLUX_FDW_MEASUREMENT)) != 0 ||
		(*attribute = column_of(classifier, node, FLUX_FDW_FIELD_NAME)) != 0)
		return true;

	OpExpr *operation = (OpExpr *) strip_relabel(node);

	if (operation == NULL || !IsA(operation, OpExpr) ||
		get_opcode(operation->opno) != F_JSONB_OBJECT_FIELD_TEXT)
		return false;
	*attribute = column_of(classifier, linitial(operation->args), FLUX_FDW_TAGS);
	if (*attribute == 0 || !is_value(classifier, lsecond(operation->args)))
		return false;
	*key = add_value(classifier, lsecond(operation->args));
	return true;
}

FluxComparison
flux_fdw_qual_flip(FluxComparison comparison)
{
	switch (comparison)
	{
		case FLUX_COMPARE_LT:
			return FLUX_COMPARE_GT;
		case FLUX_COMPARE_LE:
			return FLUX_COMPARE_GE;
		case FLUX_COMPARE_GT:
			return FLUX_COMPARE_LT;
		case FLUX_COMPARE_GE:
			return FLUX_COMPARE_LE;
		default:
			return comparison;
	}
}

/* column op value, either way round. */
static List *
classify_operation(Classifier *classifier, OpExpr *operation, bool is_top)
{
	Oid function_oid = get_opcode(operation->opno);

	if (list_length(operation->args) != 2)
		return NIL;
	for (int side = 0; side < 2; side++)
	{
		Node *left = list_nth(operation->args, side);
		Node *right = list_nth(operation->args, 1 - side);
		AttrNumber attribute;
		Integer *key;

		if (!is_value(classifier, right))
			continue;
		for (int i = 0; i < lengthof(time_functions) && is_top; i++)
		{
			FluxComparison comparison = time_functions[i].comparison;

			if (time_functions[i].function_oid != function_oid ||
				column_of(classifier, left, time_functions[i].role) == 0)
				continue;
			return list_make4(makeInteger(time_functions[i].role == FLUX_FDW_TIME
											  ? FLUX_FDW_QUAL_TIME
											  : FLUX_FDW_QUAL_TIME_NS),
							  makeInteger(side == 0 ? comparison : flux_fdw_qual_flip(comparison)),
							  add_value(classifier, right), makeInteger((int) exprType(right)));
		}
		if ((function_oid == F_TEXTEQ || function_oid == F_TEXTNE) &&
			get_collation_isdeterministic(operation->inputcollid) &&
			text_operand(classifier, left, &attribute, &key))
			return list_make5(
				makeInteger(FLUX_FDW_QUAL_TEXT), makeInteger(attribute), key,
				makeInteger(function_oid == F_TEXTEQ ? FLUX_COMPARE_EQ : FLUX_COMPARE_NE),
				add_value(classifier, right));
	}
	return NIL;
}

static List *
classify_in(Classifier *classifier, ScalarArrayOpExpr *in)
{
	AttrNumber attribute;
	Integer *key;

	if (!in->useOr || get_opcode(in->opno) != F_TEXTEQ ||
		!get_collation_isdeterministic(in->inputcollid) ||
		!is_value(classifier, lsecond(in->args)) ||
		!text_operand(classifier, linitial(in->args), &attribute, &key))
		return NIL;
	return list_make4(makeInteger(FLUX_FDW_QUAL_TEXT_IN), makeInteger(attribute), key,
					  add_value(classifier, lsecond(in->args)));
}

/* Whether a column is null in no row. */
static bool
is_never_null(const Classifier *classifier, Node *node)
{
	static const FluxFdwRole roles[] = {FLUX_FDW_TIME,       FLUX_FDW_TIME_NS, FLUX_FDW_MEASUREMENT,
										FLUX_FDW_FIELD_NAME, FLUX_FDW_TAGS,    FLUX_FDW_SERIES_ID};

	for (int i = 0; i < lengthof(roles); i++)
		if (column_of(classifier, node, roles[i]) != 0)
			return true;
	return false;
}

/* AND and OR of nothing are what is always and never true. */
static List *
classify_null_test(Classifier *classifier, NullTest *test)
{
	AttrNumber attribute;
	Integer *key;

	if (test->argisrow)
		return NIL;
	if (is_never_null(classifier, (Node *) test->arg))
		return list_make1(
			makeInteger(test->nulltesttype == IS_NULL ? FLUX_FDW_QUAL_OR : FLUX_FDW_QUAL_AND));
	if (!text_operand(classifier, (Node *) test->arg, &attribute, &key))
		return NIL;
	return list_make3(makeInteger(test->nulltesttype == IS_NULL ? FLUX_FDW_QUAL_NOT_EXISTS
																: FLUX_FDW_QUAL_EXISTS),
					  makeInteger(attribute), key);
}

/* Times are bounds, so they count only where all conditions must hold. */
static List *
classify(Classifier *classifier, Node *clause, bool is_top)
{
	if (IsA(clause, OpExpr))
		return classify_operation(classifier, (OpExpr *) clause, is_top);
	if (IsA(clause, ScalarArrayOpExpr))
		return classify_in(classifier, (ScalarArrayOpExpr *) clause);
	if (IsA(clause, NullTest))
		return classify_null_test(classifier, (NullTest *) clause);
	if (!IsA(clause, BoolExpr) || ((BoolExpr *) clause)->boolop == NOT_EXPR)
		return NIL;

	BoolExpr *junction = (BoolExpr *) clause;
	bool is_and = junction->boolop == AND_EXPR;
	List *quals = list_make1(makeInteger(is_and ? FLUX_FDW_QUAL_AND : FLUX_FDW_QUAL_OR));
	ListCell *cell;

	foreach (cell, junction->args)
	{
		List *qual = classify(classifier, lfirst(cell), is_top && is_and);

		if (qual == NIL)
			return NIL;
		quals = lappend(quals, qual);
	}
	return quals;
}

List *
flux_fdw_qual_classify(PlannerInfo *root, Index relid, const FluxFdwTable *table, Expr *clause,
					   bool has_parameters, List **exprs)
{
	Classifier classifier = {root, relid, table, *exprs, has_parameters};
	int count = list_length(*exprs);
	List *qual = classify(&classifier, (Node *) clause, true);

	*exprs = qual == NIL ? list_truncate(classifier.exprs, count) : classifier.exprs;
	return qual;
}

bool
flux_fdw_qual_is_text(PlannerInfo *root, Index relid, const FluxFdwTable *table, Node *node,
					  List **exprs, AttrNumber *attribute, int *key)
{
	Classifier classifier = {root, relid, table, *exprs};
	Integer *key_node;

	if (!text_operand(&classifier, node, attribute, &key_node))
		return false;
	*key = intVal(key_node);
	*exprs = classifier.exprs;
	return true;
}

/* What detach() needs. */
typedef struct DetachContext
{
	Index relid;
	List *others; /* columns of other relations, numbered */
} DetachContext;

static Node *
make_parameter(int number, Oid type_oid)
{
	Param *parameter = makeNode(Param);

	parameter->paramkind = PARAM_EXTERN;
	parameter->paramid = number;
	parameter->paramtype = type_oid;
	parameter->paramtypmod = -1;
	parameter->location = -1;
	return (Node *) parameter;
}

/*
 * A parameter of the plan's own has no plan yet in which its source could be
 * found, and a column of another relation becomes one: both are shown as $n.
 */
static Node *
detach(Node *node, void *context)
{
	DetachContext *detach_context = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Param))
		return make_parameter(((Param *) node)->paramid, ((Param *) node)->paramtype);
	if ((IsA(node, Var) && ((Var *) node)->varno != detach_context->relid) ||
		IsA(node, PlaceHolderVar))
	{
		detach_context->others = list_append_unique(detach_context->others, node);
		for (int i = 0; i < list_length(detach_context->others); i++)
			if (equal(list_nth(detach_context->others, i), node))
				return make_parameter(i + 1, exprType(node));
	}
	return expression_tree_mutator(node, detach, context);
}

char *
flux_fdw_deparse(Oid relation_oid, Index relid, Node *node)
{
	List *context = deparse_context_for(get_rel_name(relation_oid), relation_oid);
	DetachContext detach_context = {relid, NIL};
	Node *copy = detach((Node *) copyObject(node), &detach_context);

	ChangeVarNodes(copy, relid, 1, 0);
	return deparse_expression(copy, context, false, false);
}

char *
flux_fdw_deparse_conditions(Oid relation_oid, Index relid, List *conditions)
{
	return conditions == NIL
			   ? ""
			   : flux_fdw_deparse(relation_oid, relid, (Node *) make_ands_explicit(conditions));
}

/* ---- applying ---- */

typedef struct Applier
{
	const FluxFdwTable *table;
	const Datum *values;
	const bool *nulls;
	FluxBounds *bounds;
} Applier;

static int
member(List *qual, int position)
{
	return intVal(list_nth(qual, position));
}

static FluxPredicate *
make_leaf(FluxPredicateKind kind)
{
	FluxPredicate *leaf = palloc0(sizeof(FluxPredicate));

	leaf->kind = kind;
	return leaf;
}

static FluxPredicate *
make_junction(FluxPredicateKind kind, int child_count)
{
	FluxPredicate *junction = make_leaf(kind);

	junction->children = palloc_array(FluxPredicate *, Max(1, child_count));
	junction->child_count = child_count;
	return junction;
}

static FluxText
text_value(Datum datum)
{
	text *value = DatumGetTextPP(datum);

	return flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Sets what column a leaf speaks of; false when the key of ->> is null. */
static bool
set_column(const Applier *applier, FluxPredicate *leaf, int attribute, int key)
{
	const FluxFdwColumn *column = &applier->table->columns[attribute - 1];

	switch (column->role)
	{
		case FLUX_FDW_MEASUREMENT:
			leaf->column = FLUX_PREDICATE_MEASUREMENT;
			return true;
		case FLUX_FDW_FIELD_NAME:
			leaf->column = FLUX_PREDICATE_FIELD;
			return true;
		case FLUX_FDW_TAGS:
			if (applier->nulls[key])
				return false;
			leaf->column = FLUX_PREDICATE_TAG;
			leaf->tag = text_value(applier->values[key]);
			return true;
		default:
			leaf->column = FLUX_PREDICATE_TAG;
			leaf->tag = column->name;
			return true;
	}
}

/* Never true. */
static FluxPredicate *
make_false(void)
{
	return make_junction(FLUX_PREDICATE_OR, 0);
}

static FluxPredicate *
apply_text(const Applier *applier, List *qual)
{
	FluxPredicate *leaf = make_leaf(FLUX_PREDICATE_COMPARE);
	int value = member(qual, 4);

	if (applier->nulls[value] || !set_column(applier, leaf, member(qual, 1), member(qual, 2)))
		return make_false();
	leaf->comparison = (FluxComparison) member(qual, 3);
	leaf->literal_type = FLUX_COLUMN_STRING;
	leaf->literal.string = text_value(applier->values[value]);
	return leaf;
}

static FluxPredicate *
apply_in(const Applier *applier, List *qual)
{
	int value = member(qual, 3);
	Datum *elements;
	bool *nulls;
	int count;

	if (applier->nulls[value])
		return make_false();
	deconstruct_array(DatumGetArrayTypeP(applier->values[value]), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &count);

	FluxPredicate *any = make_junction(FLUX_PREDICATE_OR, count);

	any->child_count = 0;
	for (int i = 0; i < count; i++)
	{
		FluxPredicate *leaf = make_leaf(FLUX_PREDICATE_COMPARE);

		if (nulls[i])
			continue;
		if (!set_column(applier, leaf, member(qual, 1), member(qual, 2)))
			return make_false();
		leaf->comparison = FLUX_COMPARE_EQ;
		leaf->literal_type = FLUX_COLUMN_STRING;
		leaf->literal.string = text_value(elements[i]);
		any->children[any->child_count++] = leaf;
	}
	return any;
}

static FluxPredicate *
apply_exists(const Applier *applier, List *qual, FluxPredicateKind kind)
{
	FluxPredicate *leaf = make_leaf(kind);

	/* tags ->> NULL is null. */
	if (!set_column(applier, leaf, member(qual, 1), member(qual, 2)))
		return kind == FLUX_PREDICATE_EXISTS ? make_false() : make_junction(FLUX_PREDICATE_AND, 0);
	return leaf;
}

/* Narrows the bounds to instants in [start, stop). */
static void
narrow(FluxBounds *bounds, int64 start_ns, int64 stop_ns)
{
	bounds->start_ns = Max(bounds->start_ns, start_ns);
	bounds->stop_ns = Min(bounds->stop_ns, stop_ns);
}

/*
 * Narrows the bounds by a comparison with the values [first, next), which look
 * all the same on the column.
 */
static void
narrow_by(FluxBounds *bounds, FluxComparison comparison, int64 first, int64 next)
{
	switch (comparison)
	{
		case FLUX_COMPARE_LT:
			narrow(bounds, PG_INT64_MIN, first);
			break;
		case FLUX_COMPARE_LE:
			narrow(bounds, PG_INT64_MIN, next);
			break;
		case FLUX_COMPARE_GT:
			narrow(bounds, next, PG_INT64_MAX);
			break;
		case FLUX_COMPARE_GE:
			narrow(bounds, first, PG_INT64_MAX);
			break;
		default:
			narrow(bounds, first, next);
			break;
	}
}

/*
 * A time, a timestamp or a date as the server compares them with times: what lies
 * beyond all times is an infinite one.
 */
static TimestampTz
instant_of(Datum value, Oid type_oid)
{
	int overflow;

	if (type_oid == DATEOID)
		return date2timestamptz_opt_overflow(DatumGetDateADT(value), &overflow);
	if (type_oid == TIMESTAMPOID)
		return timestamp2timestamptz_opt_overflow(DatumGetTimestamp(value), &overflow);
	return DatumGetTimestampTz(value);
}

/* Before, within or after what nanoseconds can count. */
static void
apply_time(const Applier *applier, List *qual)
{
	int value = member(qual, 2);
	FluxComparison comparison = (FluxComparison) member(qual, 1);

	if (applier->nulls[value])
	{
		narrow(applier->bounds, 0, 0);
		return;
	}
	if (member(qual, 0) == FLUX_FDW_QUAL_TIME_NS)
	{
		int64 time_ns = (Oid) member(qual, 3) == INT4OID ? DatumGetInt32(applier->values[value])
														 : DatumGetInt64(applier->values[value]);

		narrow_by(applier->bounds, comparison, time_ns,
				  time_ns == PG_INT64_MAX ? time_ns : time_ns + 1);
		return;
	}

	TimestampTz timestamp = instant_of(applier->values[value], (Oid) member(qual, 3));

	if (timestamp < flux_time_to_timestamptz(FLUX_TIME_MIN))
		narrow_by(applier->bounds, comparison, PG_INT64_MIN, PG_INT64_MIN);
	else if (timestamp >= flux_time_to_timestamptz(FLUX_TIME_MAX))
		narrow_by(applier->bounds, comparison, PG_INT64_MAX, PG_INT64_MAX);
	else
	{
		int64 time_ns = flux_time_from_timestamptz(timestamp);

		narrow_by(applier->bounds, comparison, time_ns, time_ns + FLUX_NS_PER_US);
	}
}

/* The predicate of a qual; NULL for a time, which narrows the bounds. */
static FluxPredicate *
apply(const Applier *applier, List *qual)
{
	FluxFdwQualKind kind = (FluxFdwQualKind) member(qual, 0);

	switch (kind)
	{
		case FLUX_FDW_QUAL_AND:
		case FLUX_FDW_QUAL_OR:
		{
			FluxPredicate *junction =
				make_junction(kind == FLUX_FDW_QUAL_AND ? FLUX_PREDICATE_AND : FLUX_PREDICATE_OR,
							  list_length(qual));

			junction->child_count = 0;
			for (int i = 1; i < list_length(qual); i++)
			{
				FluxPredicate *child = apply(applier, list_nth(qual, i));

				if (child != NULL)
					junction->children[junction->child_count++] = child;
			}
			return junction;
		}
		case FLUX_FDW_QUAL_TIME:
		case FLUX_FDW_QUAL_TIME_NS:
			apply_time(applier, qual);
			return NULL;
		case FLUX_FDW_QUAL_TEXT:
			return apply_text(applier, qual);
		case FLUX_FDW_QUAL_TEXT_IN:
			return apply_in(applier, qual);
		case FLUX_FDW_QUAL_EXISTS:
			return apply_exists(applier, qual, FLUX_PREDICATE_EXISTS);
		case FLUX_FDW_QUAL_NOT_EXISTS:
			return apply_exists(applier, qual, FLUX_PREDICATE_NOT_EXISTS);
		case FLUX_FDW_QUAL_VALUE:
			if (applier->nulls[member(qual, 2)])
				return make_false();
			return flux_fdw_value_predicate((FluxComparison) member(qual, 1), (Oid) member(qual, 3),
											applier->values[member(qual, 2)]);
	}
	elog(ERROR, "unknown kind of qual: %d", kind);
}

bool
flux_fdw_qual_apply(const FluxFdwTable *table, List *quals, const Datum *values, const bool *nulls,
					FluxBounds *bounds, FluxPredicate **predicate)
{
	Applier applier = {table, values, nulls, bounds};
	FluxPredicate *all = make_junction(FLUX_PREDICATE_AND, list_length(quals));
	ListCell *cell;

	bounds->start_ns = FLUX_TIME_MIN;
	bounds->stop_ns = PG_INT64_MAX;
	all->child_count = 0;
	foreach (cell, quals)
	{
		FluxPredicate *one = apply(&applier, lfirst(cell));

		if (one != NULL)
			all->children[all->child_count++] = one;
	}
	*predicate = all->child_count == 0 ? NULL : all;
	return bounds->start_ns < bounds->stop_ns;
}

FluxPredicate *
flux_fdw_qual_and_equal(FluxPredicate *predicate, FluxPredicateColumn column, FluxText text)
{
	FluxPredicate *leaf = make_leaf(FLUX_PREDICATE_COMPARE);

	leaf->column = column;
	leaf->comparison = FLUX_COMPARE_EQ;
	leaf->literal_type = FLUX_COLUMN_STRING;
	leaf->literal.string = text;
	if (predicate == NULL)
		return leaf;

	FluxPredicate *both = make_junction(FLUX_PREDICATE_AND, 2);

	both->children[0] = leaf;
	both->children[1] = predicate;
	return both;
}
