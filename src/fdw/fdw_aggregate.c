/*
 * fdw_aggregate.c
 *		Which GROUP BY queries of one table storage can answer by itself.
 *
 * Groups: tags, "_measurement", "_field", series_id, tags ->> 'key', and
 * date_bin(interval, time, origin) with constants.  Aggregates: count of any
 * field; sum, avg of float fields; min, max of numeric ones; count(*) of
 * "_points".  Others differ from SQL (sums of integers wrap in Flux), and
 * count(*) of a measurement's table counts rows, which no vector knows.
 *
 * A group is there in SQL as soon as a row is, be the asked field null in it.
 * So, unless a condition says that the field must be there, other fields are
 * counted as well, for their groups alone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "optimizer/tlist.h"
#include "parser/parse_clause.h"
#include "utils/fmgroids.h"
#include "utils/selfuncs.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "fdw/fdw_int.h"
#include "guc.h"

/* What planning knows of a grouped relation. */
typedef struct FluxFdwGroup
{
	const FluxFdwRel *base;
	Index		relid;
	List	   *exprs;			/* of the quals, then of the groups */
	List	   *scan_tlist;		/* TargetEntries: what the scan gives */
	List	   *outputs;		/* what each of them is */
	bool		is_plain;
	bool		has_any;		/* count(*) of "_points" */
	AttrNumber	field;			/* the one field that aggregates are of; 0: several */
	bool		has_fields;		/* field is meaningful */
} FluxFdwGroup;

/* ---- groups ---- */

/* date_bin(every, time, origin) with constants that a grid can have. */
static List *
classify_bin(FluxFdwGroup *group, Node *node)
{
	FuncExpr   *bin = (FuncExpr *) node;
	AttrNumber	time_at = flux_fdw_table_find(group->base->table, FLUX_FDW_TIME);
	Const	   *every;
	Const	   *origin;
	Var		   *time;

	if (!IsA(node, FuncExpr) ||
		bin->funcid != F_DATE_BIN_INTERVAL_TIMESTAMPTZ_TIMESTAMPTZ)
		return NIL;
	every = linitial(bin->args);
	time = lsecond(bin->args);
	origin = lthird(bin->args);
	if (!IsA(every, Const) || every->constisnull || !IsA(origin, Const) || origin->constisnull ||
		!IsA(time, Var) || time->varno != group->relid || time->varattno != time_at ||
		TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(origin->constvalue)))
		return NIL;

	const Interval *interval = DatumGetIntervalP(every->constvalue);

	/* Short enough for nanoseconds; months are date_bin's to refuse. */
	if (interval->month != 0 || interval->day < 0 || interval->day > 10000 ||
		interval->time < 0 || interval->time > INT64CONST(1000000) * 86400 * 10000 ||
		interval->day + interval->time == 0)
		return NIL;
	group->exprs = lappend(group->exprs, copyObject(every));
	group->exprs = lappend(group->exprs, copyObject(origin));
	return list_make3(makeInteger(FLUX_FDW_OUTPUT_BIN),
					  makeInteger(list_length(group->exprs) - 2),
					  makeInteger(list_length(group->exprs) - 1));
}

static List *
classify_group(PlannerInfo *root, FluxFdwGroup *group, Node *node)
{
	AttrNumber	attribute;
	int			key;

	if (flux_fdw_qual_is_text(root, group->relid, group->base->table, node, &group->exprs,
							  &attribute, &key))
		return list_make3(makeInteger(FLUX_FDW_OUTPUT_TEXT), makeInteger(attribute),
						  makeInteger(key));
	if (IsA(node, Var) && ((Var *) node)->varno == group->relid &&
		((Var *) node)->varattno > 0 &&
		((Var *) node)->varattno == flux_fdw_table_find(group->base->table, FLUX_FDW_SERIES_ID))
		return list_make1(makeInteger(FLUX_FDW_OUTPUT_SERIES_ID));
	return classify_bin(group, node);
}

/* ---- aggregates ---- */

static const struct
{
	Oid			function_oid;
	FluxFdwOutput output;
	FluxColumnType type;		/* of the field; 0: any */
}			aggregates[] = {
	{F_COUNT_ANY, FLUX_FDW_OUTPUT_COUNT, 0},
	{F_SUM_FLOAT8, FLUX_FDW_OUTPUT_SUM, FLUX_COLUMN_FLOAT},
	{F_AVG_FLOAT8, FLUX_FDW_OUTPUT_MEAN, FLUX_COLUMN_FLOAT},
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

static List *
classify_aggregate(FluxFdwGroup *group, Aggref *aggregate)
{
	const FluxFdwTable *table = group->base->table;
	Var		   *var;

	if (aggregate->aggsplit != AGGSPLIT_SIMPLE || aggregate->aggfilter != NULL ||
		aggregate->aggorder != NIL || aggregate->aggdistinct != NIL ||
		aggregate->agglevelsup != 0 || aggregate->aggvariadic)
		return NIL;
	if (aggregate->aggfnoid == F_COUNT_ && table->is_points)
	{
		group->has_any = true;
		return list_make2(makeInteger(FLUX_FDW_OUTPUT_COUNT), makeInteger(0));
	}
	if (list_length(aggregate->args) != 1)
		return NIL;
	var = (Var *) linitial_node(TargetEntry, aggregate->args)->expr;
	if (!IsA(var, Var) || var->varno != group->relid || var->varattno < 1)
		return NIL;

	const FluxFdwColumn *column = &table->columns[var->varattno - 1];

	if (column->role != FLUX_FDW_FIELD && column->role != FLUX_FDW_VALUE)
		return NIL;
	for (int i = 0; i < lengthof(aggregates); i++)
	{
		if (aggregates[i].function_oid != aggregate->aggfnoid ||
			(aggregates[i].type != 0 && aggregates[i].type != column->type))
			continue;
		note_field(group, var->varattno);
		return list_make2(makeInteger(aggregates[i].output), makeInteger(var->varattno));
	}
	return NIL;
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

/* The aggregates inside an expression that is computed above the scan. */
static bool
add_aggregates_of(FluxFdwGroup *group, Expr *expr)
{
	ListCell   *cell;

	foreach(cell, pull_var_clause((Node *) expr, PVC_INCLUDE_AGGREGATES))
	{
		Node	   *node = lfirst(cell);

		if (!IsA(node, Aggref))
		{
			/* A column that is grouped by stands in the list already. */
			if (tlist_member((Expr *) node, group->scan_tlist) == NULL)
				return false;
		}
		else if (!add_output(group, (Expr *) node, classify_aggregate(group, (Aggref *) node)))
			return false;
	}
	return true;
}

static bool
classify_target(PlannerInfo *root, FluxFdwGroup *group, PathTarget *target)
{
	List	   *clauses = root->parse->groupClause;
	ListCell   *cell;
	int			i = 0;

	/* Groups first: expressions may speak of them. */
	foreach(cell, target->exprs)
	{
		Expr	   *expr = lfirst(cell);
		Index		sortgroupref = get_pathtarget_sortgroupref(target, i++);

		if (sortgroupref != 0 && get_sortgroupref_clause_noerr(sortgroupref, clauses) != NULL &&
			!add_output(group, expr, classify_group(root, group, (Node *) expr)))
			return false;
	}
	foreach(cell, target->exprs)
	{
		Expr	   *expr = lfirst(cell);

		if (tlist_member(expr, group->scan_tlist) == NULL && !add_aggregates_of(group, expr))
			return false;
	}
	return group->scan_tlist != NIL;
}

/* ---- paths and plans ---- */

/* Do the local conditions say no more than that the one field is there? */
static bool
only_needs_field(const FluxFdwGroup *group)
{
	ListCell   *cell;

	foreach(cell, group->base->local)
	{
		NullTest   *test = (NullTest *) lfirst_node(RestrictInfo, cell)->clause;

		if (!IsA(test, NullTest) || test->nulltesttype != IS_NOT_NULL || test->argisrow ||
			!IsA(test->arg, Var) || group->field == 0 ||
			((Var *) test->arg)->varattno != group->field)
			return false;
	}
	return true;
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
	const FluxFdwTable *table = group->base->table;
	int			fields = 0;

	if (group->is_plain || group->has_any || group->base->local != NIL)
		return false;
	for (int i = 0; i < table->column_count; i++)
		fields += table->columns[i].role == FLUX_FDW_FIELD;
	return table->is_points || fields != 1 || group->field == 0;
}

void
flux_fdw_group_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input,
					 RelOptInfo *output, void *extra)
{
	Query	   *parse = root->parse;
	PathTarget *target = root->upper_targets[UPPERREL_GROUP_AGG];
	FluxFdwGroup *group;
	double		rows = 1;
	Cost		total;

	if (stage != UPPERREL_GROUP_AGG || output->fdw_private != NULL || !flux_guc_push_down ||
		!is_base_table(input) || parse->groupingSets != NIL || parse->havingQual != NULL ||
		root->hasPseudoConstantQuals)
		return;
	group = palloc0(sizeof(FluxFdwGroup));
	group->base = input->fdw_private;
	group->relid = input->relid;
	group->exprs = list_copy(group->base->exprs);
	group->is_plain = parse->groupClause == NIL;
	if (!classify_target(root, group, target) || !only_needs_field(group))
		return;
	if (!group->is_plain)
		rows = estimate_num_groups(root, get_sortgrouplist_exprs(parse->groupClause,
																 parse->targetList),
								   input->rows, NULL, NULL);
	total = FLUX_FDW_SCAN_COST + input->rows * FLUX_FDW_POINT_COST * 0.1 +
		rows * FLUX_FDW_ROW_COST;
	output->fdw_private = group;
	add_path(output, (Path *) flux_compat_foreign_upper_path(root, output, target, rows,
															 FLUX_FDW_SCAN_COST, total, NIL));
}

/* What EXPLAIN shows: the columns of the scan. */
static char *
group_text(const FluxFdwGroup *group)
{
	StringInfoData text;
	ListCell   *cell;

	initStringInfo(&text);
	foreach(cell, group->scan_tlist)
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
flux_fdw_group_plan(PlannerInfo *root, RelOptInfo *rel, List *tlist, Plan *outer_plan)
{
	const FluxFdwGroup *group = rel->fdw_private;
	List	   *pushed = extract_actual_clauses(group->base->pushed, false);
	char	   *filter = pushed == NIL ? "" :
		flux_fdw_deparse(group->base->relation_oid, group->relid,
						 (Node *) make_ands_explicit(pushed));
	List	   *options = list_make3(makeString(group_text(group)), makeInteger(group->is_plain),
									 makeInteger(needs_others(group)));
	List	   *private = list_make5(makeInteger((int) group->base->relation_oid),
									 group->base->quals, makeString(filter), group->outputs,
									 options);

	return make_foreignscan(tlist, NIL, 0, group->exprs, private, group->scan_tlist, NIL,
							outer_plan);
}
