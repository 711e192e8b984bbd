/*
 * fdw_aggregate.c
 *		Which GROUP BY and DISTINCT queries of one table storage can answer by
 *		itself.
 *
 * Groups: tags, "_measurement", "_field", series_id, tags ->> 'key', and one
 * expression of the time (fdw_window.h).  Aggregates: count(*), count of any
 * field; sum, avg, min, max of numeric ones; the first and the last time; each with
 * a FILTER on tags if need be.  What is computed of them, and HAVING, is left to the
 * server.
 *
 * A group is there in SQL as soon as a row is, be the asked field null in it.
 * So, unless a condition says that the field must be there, other fields are
 * counted as well, for their groups alone.  A row of a measurement's table is an
 * instant at which a series has a point of any field: where the table has one
 * field, or a condition asks for one, count(*) is the count of that.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "optimizer/tlist.h"
#include "parser/parse_clause.h"
#include "utils/fmgroids.h"
#include "utils/selfuncs.h"

#include "base/pg_compat.h"
#include "fdw/fdw_aggregate.h"
#include "fdw/fdw_series_filter.h"
#include "fdw/fdw_window.h"
#include "guc.h"

/* ---- groups ---- */

static List *
classify_group(PlannerInfo *root, FluxFdwGroup *group, Node *node)
{
	AttrNumber attribute;
	int key;

	if (flux_fdw_qual_is_text(root, group->relid, group->base->table, node, &group->exprs,
							  &attribute, &key))
		return list_make3(makeInteger(FLUX_FDW_OUTPUT_TEXT), makeInteger(attribute),
						  makeInteger(key));
	if (IsA(node, Var) && ((Var *) node)->varno == group->relid && ((Var *) node)->varattno > 0 &&
		((Var *) node)->varattno == flux_fdw_table_find(group->base->table, FLUX_FDW_SERIES_ID))
		return list_make2(makeInteger(FLUX_FDW_OUTPUT_SERIES_ID),
						  makeInteger(((Var *) node)->varattno));
	if (group->window == NULL)
	{
		List *window =
			flux_fdw_window_classify(group->base->table, group->relid, node, &group->exprs);

		if (window != NIL)
			group->window = node;
		return window;
	}
	return NIL;
}

/* ---- aggregates ---- */

static const struct
{
	Oid function_oid;
	FluxFdwOutput output;
	FluxFdwRole role; /* of the column */
} time_aggregates[] = {
	{F_MIN_TIMESTAMPTZ, FLUX_FDW_OUTPUT_FIRST_TIME, FLUX_FDW_TIME},
	{F_MAX_TIMESTAMPTZ, FLUX_FDW_OUTPUT_LAST_TIME, FLUX_FDW_TIME},
	{F_MIN_INT8, FLUX_FDW_OUTPUT_FIRST_TIME_NS, FLUX_FDW_TIME_NS},
	{F_MAX_INT8, FLUX_FDW_OUTPUT_LAST_TIME_NS, FLUX_FDW_TIME_NS},
};

static const struct
{
	Oid function_oid;
	FluxFdwOutput output;
	FluxColumnType type; /* of the field; 0: any */
} aggregates[] = {
	{F_COUNT_ANY, FLUX_FDW_OUTPUT_COUNT, 0},
	{F_SUM_FLOAT8, FLUX_FDW_OUTPUT_SUM, FLUX_COLUMN_FLOAT},
	{F_SUM_INT8, FLUX_FDW_OUTPUT_SUM_WIDE, FLUX_COLUMN_INT},
	{F_SUM_NUMERIC, FLUX_FDW_OUTPUT_SUM_WIDE, FLUX_COLUMN_UINT},
	{F_AVG_FLOAT8, FLUX_FDW_OUTPUT_MEAN, FLUX_COLUMN_FLOAT},
	{F_AVG_INT8, FLUX_FDW_OUTPUT_MEAN_WIDE, FLUX_COLUMN_INT},
	{F_AVG_NUMERIC, FLUX_FDW_OUTPUT_MEAN_WIDE, FLUX_COLUMN_UINT},
	{F_MIN_FLOAT8, FLUX_FDW_OUTPUT_MIN, FLUX_COLUMN_FLOAT},
	{F_MAX_FLOAT8, FLUX_FDW_OUTPUT_MAX, FLUX_COLUMN_FLOAT},
	{F_MIN_INT8, FLUX_FDW_OUTPUT_MIN, FLUX_COLUMN_INT},
	{F_MAX_INT8, FLUX_FDW_OUTPUT_MAX, FLUX_COLUMN_INT},
	{F_MIN_NUMERIC, FLUX_FDW_OUTPUT_MIN, FLUX_COLUMN_UINT},
	{F_MAX_NUMERIC, FLUX_FDW_OUTPUT_MAX, FLUX_COLUMN_UINT},
};

/* Remembers of which field aggregates are. */
static void
note_field(FluxFdwGroup *group, AttrNumber attribute)
{
	if (group->has_fields && group->field != attribute)
		attribute = 0;
	group->field = attribute;
	group->has_fields = true;
}

/* The one field of a measurement's table, or 0. */
static AttrNumber
only_field(const FluxFdwTable *table)
{
	AttrNumber found = 0;

	for (int i = 0; i < table->column_count; i++)
	{
		if (table->columns[i].role != FLUX_FDW_FIELD)
			continue;
		if (found != 0)
			return 0;
		found = i + 1;
	}
	return found;
}

/* Of rows: of the points of a field where each row has one, else of all fields. */
static List *
classify_rows(FluxFdwGroup *group, FluxFdwOutput output)
{
	AttrNumber field = group->required != 0 ? group->required : only_field(group->base->table);

	if (field != 0)
		note_field(group, field);
	else
		group->sees_all = true;
	return list_make2(makeInteger(output), makeInteger(field));
}

/* The column of the table that an expression is, or NULL. */
static const FluxFdwColumn *
column_of(const FluxFdwGroup *group, Node *node)
{
	const Var *var = (const Var *) node;

	if (!IsA(node, Var) || var->varno != group->relid || var->varlevelsup != 0 || var->varattno < 1)
		return NULL;
	return &group->base->table->columns[var->varattno - 1];
}

static bool
is_field(const FluxFdwColumn *column)
{
	return column != NULL && (column->role == FLUX_FDW_FIELD || column->role == FLUX_FDW_VALUE);
}

/* Whether an argument of count() is null in no row. */
static bool
is_never_null(const FluxFdwColumn *column, Node *argument)
{
	if (IsA(argument, Const))
		return !((Const *) argument)->constisnull;
	return column != NULL && !is_field(column) && column->role != FLUX_FDW_TAG &&
		   column->role != FLUX_FDW_NONE;
}

/* An aggregate of one argument. */
static List *
classify_argument(FluxFdwGroup *group, Oid function_oid, Node *argument)
{
	const FluxFdwColumn *column = column_of(group, argument);

	if (function_oid == F_COUNT_ANY && is_never_null(column, argument))
		return classify_rows(group, FLUX_FDW_OUTPUT_COUNT);
	for (int i = 0; i < lengthof(time_aggregates) && column != NULL; i++)
		if (time_aggregates[i].function_oid == function_oid &&
			time_aggregates[i].role == column->role)
			return classify_rows(group, time_aggregates[i].output);
	for (int i = 0; i < lengthof(aggregates) && is_field(column); i++)
	{
		if (aggregates[i].function_oid != function_oid ||
			(aggregates[i].type != 0 && aggregates[i].type != column->type))
			continue;
		note_field(group, ((Var *) argument)->varattno);
		return list_make2(makeInteger(aggregates[i].output),
						  makeInteger(((Var *) argument)->varattno));
	}
	return NIL;
}

/* The field of FILTER (WHERE field IS NOT NULL); 0 when the filter is another. */
static AttrNumber
filtered_field(const FluxFdwGroup *group, const Aggref *aggregate)
{
	const NullTest *test = (const NullTest *) aggregate->aggfilter;

	if (test == NULL || !IsA(test, NullTest) || test->nulltesttype != IS_NOT_NULL ||
		test->argisrow || !is_field(column_of(group, (Node *) test->arg)))
		return 0;
	return ((Var *) test->arg)->varattno;
}

/* The aggregate without regard to its filter; "field" is what that requires, or 0. */
static List *
classify_function(FluxFdwGroup *group, const Aggref *aggregate, AttrNumber field)
{
	if (aggregate->aggfnoid == F_COUNT_ && field != 0)
	{
		note_field(group, field);
		return list_make2(makeInteger(FLUX_FDW_OUTPUT_COUNT), makeInteger(field));
	}
	if (aggregate->aggfnoid == F_COUNT_)
		return classify_rows(group, FLUX_FDW_OUTPUT_COUNT);
	if (list_length(aggregate->args) != 1)
		return NIL;
	return classify_argument(group, aggregate->aggfnoid,
							 (Node *) linitial_node(TargetEntry, aggregate->args)->expr);
}

/* kind, attribute, position of the filter or -1 */
static List *
classify_aggregate(FluxFdwGroup *group, Aggref *aggregate)
{
	AttrNumber field = filtered_field(group, aggregate);
	int filter = -1;
	List *output;

	if (aggregate->aggsplit != AGGSPLIT_SIMPLE || aggregate->aggorder != NIL ||
		aggregate->aggdistinct != NIL || aggregate->agglevelsup != 0 || aggregate->aggvariadic)
		return NIL;
	output = classify_function(group, aggregate, field);
	if (output == NIL)
		return NIL;
	if (field != 0 && intVal(lsecond(output)) != field)
		return NIL;
	if (field == 0 && aggregate->aggfilter != NULL)
	{
		if (!flux_fdw_series_filter_suits(group->base->table, group->relid,
										  (Node *) aggregate->aggfilter))
			return NIL;
		filter = list_length(group->filters);
		group->filters = lappend(group->filters, aggregate->aggfilter);
	}
	return lappend(output, makeInteger(filter));
}

/* ---- the target list ---- */

/* Makes an expression a column of the scan; false when storage has no such thing. */
static bool
add_output(FluxFdwGroup *group, Expr *expr, List *output)
{
	TargetEntry *entry;

	if (output == NIL)
		return false;
	if (tlist_member(expr, group->scan_tlist) != NULL)
		return true;
	entry = makeTargetEntry(copyObject(expr), list_length(group->scan_tlist) + 1, NULL, false);
	group->scan_tlist = lappend(group->scan_tlist, entry);
	group->outputs = lappend(group->outputs, output);
	return true;
}

bool
flux_fdw_group_add_column(PlannerInfo *root, FluxFdwGroup *group, Expr *expr)
{
	return add_output(group, expr, classify_group(root, group, (Node *) expr));
}

/* Context of add_parts_walker(). */
typedef struct PartsContext
{
	FluxFdwGroup *group;
	bool fails;
} PartsContext;

/*
 * Makes the aggregates inside an expression columns of the scan; fails at a
 * column that is not grouped by.
 */
static bool
add_parts_walker(Node *node, void *context)
{
	PartsContext *parts = context;

	if (node == NULL)
		return false;
	if (tlist_member((Expr *) node, parts->group->scan_tlist) != NULL)
		return false;
	if (IsA(node, Aggref))
	{
		parts->fails = !add_output(parts->group, (Expr *) node,
								   classify_aggregate(parts->group, (Aggref *) node));
		return parts->fails;
	}
	if (IsA(node, Var) || IsA(node, PlaceHolderVar) || IsA(node, GroupingFunc) ||
		IsA(node, WindowFunc))
	{
		parts->fails = true;
		return true;
	}
	return expression_tree_walker(node, add_parts_walker, context);
}

static bool
add_parts_of(FluxFdwGroup *group, Node *node)
{
	PartsContext parts = {group, false};

	(void) add_parts_walker(node, &parts);
	return !parts.fails;
}

/* The columns of the scan: what is grouped by, and aggregates. */
static bool
classify_target(PlannerInfo *root, FluxFdwGroup *group, PathTarget *target, List *clauses)
{
	ListCell *cell;
	int i = 0;

	/* Groups first: expressions may speak of them. */
	foreach (cell, target->exprs)
	{
		Expr *expr = lfirst(cell);
		Index sortgroupref = get_pathtarget_sortgroupref(target, i++);

		if (sortgroupref == 0 || get_sortgroupref_clause_noerr(sortgroupref, clauses) == NULL ||
			tlist_member(expr, group->scan_tlist) != NULL)
			continue;
		if (!flux_fdw_group_add_column(root, group, expr))
			return false;
	}
	foreach (cell, target->exprs)
		if (!add_parts_of(group, lfirst(cell)))
			return false;
	foreach (cell, group->having)
		if (!add_parts_of(group, lfirst(cell)))
			return false;
	return group->scan_tlist != NIL;
}

/* Columns that conditions on series speak of, where they are not there already. */
static void
add_unseen(FluxFdwGroup *group, List *conditions)
{
	ListCell *cell;

	foreach (cell, pull_var_clause((Node *) conditions, 0))
	{
		Var *var = lfirst_node(Var, cell);

		(void) add_output(
			group, (Expr *) var,
			list_make2(makeInteger(FLUX_FDW_OUTPUT_UNSEEN), makeInteger(var->varattno)));
	}
}

/* ---- paths and plans ---- */

/*
 * The one field that local conditions require, if they say no more than that:
 * false when they do.
 */
static bool
find_required(FluxFdwGroup *group)
{
	ListCell *cell;

	foreach (cell, group->base->local)
	{
		NullTest *test = (NullTest *) lfirst_node(RestrictInfo, cell)->clause;
		AttrNumber attribute;

		if (!IsA(test, NullTest) || test->nulltesttype != IS_NOT_NULL || test->argisrow ||
			!IsA(test->arg, Var))
			return false;
		attribute = ((Var *) test->arg)->varattno;
		if (attribute < 1 ||
			(group->base->table->columns[attribute - 1].role != FLUX_FDW_FIELD &&
			 group->base->table->columns[attribute - 1].role != FLUX_FDW_VALUE) ||
			(group->required != 0 && group->required != attribute))
			return false;
		group->required = attribute;
	}
	return true;
}

/* Whether all that is asked is of rows that have the required field. */
static bool
suits_required(const FluxFdwGroup *group)
{
	return group->required == 0 || !group->has_fields || group->field == group->required;
}

static bool
is_base_table(RelOptInfo *input)
{
	return input->reloptkind == RELOPT_BASEREL && input->fdw_private != NULL &&
		   bms_membership(input->relids) == BMS_SINGLETON;
}

/* Whether groups need to be looked for beside the asked fields. */
static bool
needs_others(const FluxFdwGroup *group)
{
	if (group->is_plain || group->sees_all || group->required != 0)
		return false;
	return group->base->table->is_points || group->field == 0 ||
		   only_field(group->base->table) == 0;
}

/* Whether a stage of planning is one that storage could be asked in. */
static bool
is_wanted_stage(PlannerInfo *root, UpperRelationKind stage)
{
	Query *parse = root->parse;

	if (parse->groupingSets != NIL || parse->hasTargetSRFs || root->hasPseudoConstantQuals)
		return false;
	if (stage == UPPERREL_GROUP_AGG)
		return true;
	return stage == UPPERREL_DISTINCT && parse->distinctClause != NIL && !parse->hasDistinctOn &&
		   parse->groupClause == NIL && !parse->hasAggs && !parse->hasWindowFuncs &&
		   parse->havingQual == NULL;
}

static double
estimate_groups(PlannerInfo *root, const FluxFdwGroup *group, List *clauses, RelOptInfo *input)
{
	double rows;

	if (group->is_plain)
		rows = 1;
	else
		rows = estimate_num_groups(root, get_sortgrouplist_exprs(clauses, root->parse->targetList),
								   input->rows, NULL, NULL);
	if (group->having != NIL)
		rows *= clauselist_selectivity(root, group->having, 0, JOIN_INNER, NULL);
	return clamp_row_est(rows);
}

FluxFdwGroup *
flux_fdw_group_create(RelOptInfo *input)
{
	FluxFdwGroup *group = palloc0(sizeof(FluxFdwGroup));

	group->base = input->fdw_private;
	group->relid = input->relid;
	group->exprs = list_copy(group->base->exprs);
	group->required = group->base->field;
	return find_required(group) ? group : NULL;
}

Path *
flux_fdw_group_path(PlannerInfo *root, RelOptInfo *output, FluxFdwGroup *group, PathTarget *target,
					double input_rows, double rows)
{
	/* Never dearer than giving the rows away, however few they are. */
	Cost total =
		FLUX_FDW_SCAN_COST / 2 + input_rows * FLUX_FDW_POINT_COST * 0.1 + rows * FLUX_FDW_ROW_COST;

	return (Path *) flux_compat_foreign_upper_path(
		root, output, target, rows, FLUX_FDW_SCAN_COST / 2, total, list_make1(group));
}

void
flux_fdw_group_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input,
					 RelOptInfo *output, void *extra)
{
	PathTarget *target = root->upper_targets[stage];
	List *clauses =
		stage == UPPERREL_DISTINCT ? root->parse->distinctClause : root->parse->groupClause;
	FluxFdwGroup *group;

	if (output->fdw_private != NULL || !flux_guc_push_down || !is_wanted_stage(root, stage) ||
		!is_base_table(input))
		return;
	group = flux_fdw_group_create(input);
	if (group == NULL)
		return;
	output->fdw_private = group;
	group->is_plain = clauses == NIL;
	if (stage == UPPERREL_GROUP_AGG)
		group->having = (List *) ((GroupPathExtraData *) extra)->havingQual;
	if (classify_target(root, group, target, clauses) && suits_required(group))
		add_path(output, flux_fdw_group_path(root, output, group, target, input->rows,
											 estimate_groups(root, group, clauses, input)));
	else if (stage == UPPERREL_GROUP_AGG)
		flux_fdw_distinct_paths(root, input, output, group->having);
}

/* What EXPLAIN shows: the columns of the scan. */
static char *
group_text(const FluxFdwGroup *group)
{
	StringInfoData text;
	ListCell *cell;

	initStringInfo(&text);
	foreach (cell, group->scan_tlist)
	{
		if (text.len > 0)
			appendStringInfoString(&text, ", ");
		appendStringInfoString(&text,
							   flux_fdw_deparse(group->base->relation_oid, group->relid,
												(Node *) lfirst_node(TargetEntry, cell)->expr));
	}
	return text.data;
}

ForeignScan *
flux_fdw_group_plan(PlannerInfo *root, ForeignPath *path, List *tlist, Plan *outer_plan)
{
	FluxFdwGroup *group = linitial(path->fdw_private);
	List *pushed = extract_actual_clauses(group->base->pushed, false);
	List *conditions = extract_actual_clauses(group->base->series, false);
	List *options = list_make5(makeString(group_text(group)), makeInteger(group->is_plain),
							   makeInteger(needs_others(group)), makeInteger(group->required),
							   makeInteger(list_length(conditions)));
	List *private =
		flux_fdw_plan_private(group->base, group->relid, group->base->quals, pushed, group->exprs);

	conditions = list_concat(conditions, group->filters);
	add_unseen(group, conditions);
	private = lappend(private, group->outputs);
	private = lappend(private, options);
	return make_foreignscan(tlist, list_copy(group->having), 0,
							list_concat_copy(group->exprs, conditions), private, group->scan_tlist,
							NIL, outer_plan);
}
