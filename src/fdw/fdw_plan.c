/*
 * fdw_plan.c
 *		The wrapper's handler, validator, and plans of single tables.
 *
 * A measurement's table has a row wherever a series has a point at all, whatever
 * columns a query asks for; only when a condition needs one of the asked fields
 * to be there can the others be left unread ("strict").
 *
 * Beside the plain path there is one in order of time, where the query wants that:
 * the first rows of it come soon, which is for LIMIT; one for each relation that a
 * join could take a tag or the time from, row by row; and one that workers share.
 */
#include "postgres.h"

#include "access/reloptions.h"
#include "access/stratnum.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_foreign_table.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "fdw/fdw_series_filter.h"

/* A row as the parallel thresholds count them: bytes in an ordinary table. */
#define PARALLEL_ROW_BYTES 60.0

/* The attributes that the plan must fill, whole-row references as all. */
static List *
needed_attributes(RelOptInfo *baserel, const FluxFdwRel *rel)
{
	Bitmapset *attributes = NULL;
	List *needed = NIL;
	ListCell *cell;

	pull_varattnos((Node *) baserel->reltarget->exprs, baserel->relid, &attributes);
	foreach (cell, rel->local)
		pull_varattnos((Node *) lfirst_node(RestrictInfo, cell)->clause, baserel->relid,
					   &attributes);
	for (int i = 1; i <= rel->table->column_count; i++)
	{
		if (bms_is_member(i - FirstLowInvalidHeapAttributeNumber, attributes) ||
			bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, attributes))
			needed = lappend(needed, makeInteger(i));
	}
	return needed;
}

/* Does a local condition fail where one of the table's fields is null? */
static bool
has_strict_condition(RelOptInfo *baserel, const FluxFdwRel *rel)
{
	List *columns = find_nonnullable_vars((Node *) extract_actual_clauses(rel->local, false));

	for (int i = 1; i <= rel->table->column_count; i++)
	{
		if (rel->table->columns[i - 1].role == FLUX_FDW_FIELD &&
			flux_compat_is_nonnullable(columns, baserel->relid, i))
			return true;
	}
	return false;
}

/* Decides who asks a condition. */
static void
place_condition(PlannerInfo *root, RelOptInfo *baserel, FluxFdwRel *rel, RestrictInfo *info)
{
	bool may_push = flux_guc_push_down && !info->pseudoconstant;
	List *qual = may_push ? flux_fdw_qual_classify(root, baserel->relid, rel->table, info->clause,
												   false, &rel->exprs)
						  : NIL;

	if (qual != NIL)
	{
		rel->pushed = lappend(rel->pushed, info);
		rel->quals = lappend(rel->quals, qual);
	}
	else if (may_push && flux_fdw_series_filter_takes(baserel, rel->table, info))
		rel->series = lappend(rel->series, info);
	else
		rel->local = lappend(rel->local, info);
}

/* The only field that is needed, or 0. */
static AttrNumber
only_needed_field(const FluxFdwRel *rel)
{
	AttrNumber found = 0;
	ListCell *cell;

	foreach (cell, rel->needed)
	{
		AttrNumber attribute = intVal(lfirst(cell));

		if (rel->table->columns[attribute - 1].role != FLUX_FDW_FIELD)
			continue;
		if (found != 0)
			return 0;
		found = attribute;
	}
	return found;
}

/*
 * Storage asks conditions on the values of the only field that is needed.  Whoever
 * plans on knows that rows without it do not count.
 */
static void
push_values(PlannerInfo *root, RelOptInfo *baserel, FluxFdwRel *rel)
{
	AttrNumber field = only_needed_field(rel);
	List *local = rel->local;
	ListCell *cell;

	if (field == 0)
		return;
	rel->local = NIL;
	foreach (cell, local)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);
		List *qual = info->pseudoconstant || !restriction_is_securely_promotable(info, baserel)
						 ? NIL
						 : flux_fdw_value_classify(root, rel->table, baserel->relid, field,
												   info->clause, &rel->exprs);

		if (qual == NIL)
		{
			rel->local = lappend(rel->local, info);
			continue;
		}
		rel->field = field;
		rel->pushed = lappend(rel->pushed, info);
		rel->quals = lappend(rel->quals, qual);
	}
}

static void
get_rel_size(PlannerInfo *root, RelOptInfo *baserel, Oid relation_oid)
{
	FluxFdwRel *rel = palloc0(sizeof(FluxFdwRel));
	ListCell *cell;

	rel->relation_oid = relation_oid;
	rel->table = flux_fdw_table_get_by_oid(relation_oid);
	foreach (cell, baserel->baserestrictinfo)
		place_condition(root, baserel, rel, lfirst_node(RestrictInfo, cell));
	rel->needed = needed_attributes(baserel, rel);
	rel->is_strict = !rel->table->is_points && has_strict_condition(baserel, rel);
	if (flux_guc_push_down && rel->is_strict)
		push_values(root, baserel, rel);
	baserel->fdw_private = rel;
	baserel->tuples =
		Max(1.0, flux_fdw_estimate_rows(relation_oid, rel->table, baserel->tuples, baserel->pages));
	baserel->rows =
		clamp_row_est(baserel->tuples *
					  clauselist_selectivity(root, baserel->baserestrictinfo, 0, JOIN_INNER, NULL));
	baserel->reltarget->width = 8 * Max(1, list_length(rel->needed));
}

/* The order by time that the query begins with, if it does. */
static FluxFdwOrder
wanted_order(PlannerInfo *root, RelOptInfo *baserel, const FluxFdwRel *rel)
{
	PathKey *key;
	ListCell *cell;

	if (root->query_pathkeys == NIL)
		return FLUX_FDW_ORDER_NONE;
	key = linitial(root->query_pathkeys);
	if (key->pk_eclass->ec_has_volatile)
		return FLUX_FDW_ORDER_NONE;
	foreach (cell, key->pk_eclass->ec_members)
	{
		EquivalenceMember *member = lfirst(cell);
		Var *var = (Var *) member->em_expr;

		if (IsA(var, Var) && var->varno == baserel->relid && var->varattno > 0 &&
			(rel->table->columns[var->varattno - 1].role == FLUX_FDW_TIME ||
			 rel->table->columns[var->varattno - 1].role == FLUX_FDW_TIME_NS))
			return flux_compat_pathkey_ascends(key) ? FLUX_FDW_ORDER_ASCENDING
													: FLUX_FDW_ORDER_DESCENDING;
	}
	return FLUX_FDW_ORDER_NONE;
}

/* Points that a scan decodes under clauses that storage answers. */
static Cost
reading_cost(PlannerInfo *root, RelOptInfo *baserel, List *pushed)
{
	return baserel->tuples *
		   clauselist_selectivity(root, pushed, baserel->relid, JOIN_INNER, NULL) *
		   FLUX_FDW_POINT_COST;
}

/* ---- paths with parameters ---- */

/* Whether storage could answer a join clause, given the other side's values. */
static bool
can_take(PlannerInfo *root, RelOptInfo *baserel, RestrictInfo *info)
{
	const FluxFdwRel *rel = baserel->fdw_private;
	List *exprs = NIL;

	return !info->pseudoconstant && flux_fdw_qual_classify(root, baserel->relid, rel->table,
														   info->clause, true, &exprs) != NIL;
}

/* The parameters that a join clause asks for, into the list. */
static List *
add_parameters(PlannerInfo *root, RelOptInfo *baserel, RestrictInfo *info, List *parameters)
{
	Relids required;

	if (!join_clause_is_movable_to(info, baserel) || !can_take(root, baserel, info))
		return parameters;
	required = bms_union(info->clause_relids, baserel->lateral_relids);
	required = bms_del_member(required, baserel->relid);
	if (bms_is_empty(required))
		return parameters;
	return list_append_unique_ptr(parameters, get_baserel_parampathinfo(root, baserel, required));
}

/* Whether an equivalence has the column: generate_implied_equalities_for_column()'s. */
static bool
is_column(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *class, EquivalenceMember *member,
		  void *argument)
{
	const Var *wanted = argument;
	Expr *expr = member->em_expr;

	while (IsA(expr, RelabelType))
		expr = ((RelabelType *) expr)->arg;
	return IsA(expr, Var) && ((Var *) expr)->varno == wanted->varno &&
		   ((Var *) expr)->varattno == wanted->varattno;
}

/* Parameters for which equalities with a column of this kind ask. */
static List *
equality_parameters(PlannerInfo *root, RelOptInfo *baserel, List *parameters)
{
	const FluxFdwRel *rel = baserel->fdw_private;

	for (int i = 0; i < rel->table->column_count && baserel->has_eclass_joins; i++)
	{
		FluxFdwRole role = rel->table->columns[i].role;
		Var wanted = {.varno = baserel->relid, .varattno = i + 1};
		ListCell *cell;

		if (role == FLUX_FDW_NONE || role == FLUX_FDW_FIELD || role == FLUX_FDW_VALUE)
			continue;
		foreach (cell, generate_implied_equalities_for_column(root, baserel, is_column, &wanted,
															  baserel->lateral_referencers))
			parameters = add_parameters(root, baserel, lfirst(cell), parameters);
	}
	return parameters;
}

/* A scan for each row of what it is joined with: of its tag, say, or its hour. */
static void
add_parameterized_paths(PlannerInfo *root, RelOptInfo *baserel)
{
	const FluxFdwRel *rel = baserel->fdw_private;
	List *parameters = NIL;
	ListCell *cell;

	foreach (cell, baserel->joininfo)
		parameters = add_parameters(root, baserel, lfirst(cell), parameters);
	parameters = equality_parameters(root, baserel, parameters);
	foreach (cell, parameters)
	{
		ParamPathInfo *parameter = lfirst(cell);
		List *pushed = list_concat_copy(rel->pushed, rel->series);
		Cost total;
		ListCell *clause;

		foreach (clause, parameter->ppi_clauses)
			if (can_take(root, baserel, lfirst(clause)))
				pushed = lappend(pushed, lfirst(clause));
		total = FLUX_FDW_SCAN_COST + reading_cost(root, baserel, pushed) +
				parameter->ppi_rows * FLUX_FDW_ROW_COST;
		add_path(baserel, (Path *) flux_compat_foreignscan_path(root, baserel, parameter->ppi_rows,
																FLUX_FDW_SCAN_COST, total, NIL,
																parameter->ppi_req_outer, NIL));
	}
}

/* ---- parallel paths ---- */

/* Each worker reads some of the chunks and series; the leader helps. */
static void
add_partial_paths(PlannerInfo *root, RelOptInfo *baserel, Cost total)
{
	double pages = baserel->tuples * PARALLEL_ROW_BYTES / BLCKSZ;
	int workers;
	double processes;
	ForeignPath *path;

	if (!baserel->consider_parallel || !bms_is_empty(baserel->lateral_relids))
		return;
	workers = compute_parallel_worker(baserel, pages, -1, max_parallel_workers_per_gather);
	if (workers <= 0)
		return;
	processes = workers + (parallel_leader_participation ? Max(0, 1.0 - 0.3 * workers) : 0);
	path = flux_compat_foreignscan_path(root, baserel, clamp_row_est(baserel->rows / processes),
										FLUX_FDW_SCAN_COST, FLUX_FDW_SCAN_COST + total / processes,
										NIL, NULL, NIL);
	path->path.parallel_aware = true;
	path->path.parallel_workers = workers;
	add_partial_path(baserel, (Path *) path);
}

/* ---- all paths ---- */

static void
get_paths(PlannerInfo *root, RelOptInfo *baserel, Oid relation_oid)
{
	FluxFdwRel *rel = baserel->fdw_private;
	List *narrowing = list_concat_copy(rel->pushed, rel->series);
	Cost total = FLUX_FDW_SCAN_COST + reading_cost(root, baserel, narrowing) +
				 baserel->rows * FLUX_FDW_ROW_COST;
	FluxFdwOrder order;

	add_path(baserel,
			 (Path *) flux_compat_foreignscan_path(root, baserel, baserel->rows, FLUX_FDW_SCAN_COST,
												   total, NIL, baserel->lateral_relids, NIL));
	if (!flux_guc_push_down)
		return;
	order = wanted_order(root, baserel, rel);
	if (order != FLUX_FDW_ORDER_NONE)
		add_path(baserel, (Path *) flux_compat_foreignscan_path(
							  root, baserel, baserel->rows, 2 * FLUX_FDW_SCAN_COST,
							  2 * total + baserel->rows * FLUX_FDW_ORDER_COST,
							  list_make1(linitial(root->query_pathkeys)), baserel->lateral_relids,
							  list_make1(makeInteger(order))));
	add_parameterized_paths(root, baserel);
	add_partial_paths(root, baserel, total);
}

/* Does an expression have columns of the relation? */
static bool
contain_var_of(const RelOptInfo *baserel, Node *node)
{
	Bitmapset *attributes = NULL;

	pull_varattnos(node, baserel->relid, &attributes);
	return !bms_is_empty(attributes);
}

/*
 * A condition for EXPLAIN: our column first, which with equalities is otherwise
 * as the planner has it.
 */
static Expr *
column_first(const RelOptInfo *baserel, Expr *clause)
{
	OpExpr *operation = (OpExpr *) clause;

	if (!IsA(clause, OpExpr) || list_length(operation->args) != 2 ||
		!OidIsValid(get_commutator(operation->opno)) ||
		contain_var_of(baserel, linitial(operation->args)) ||
		!contain_var_of(baserel, lsecond(operation->args)))
		return clause;
	operation = copyObject(operation);
	CommuteOpExpr(operation);
	return (Expr *) operation;
}

List *
flux_fdw_plan_private(const FluxFdwRel *rel, Index relid, List *quals, List *pushed, List *values)
{
	List *conditions = extract_actual_clauses(rel->series, false);

	return list_make5(
		makeInteger((int) rel->relation_oid), quals,
		makeString(flux_fdw_deparse_conditions(rel->relation_oid, relid, pushed)),
		makeInteger(list_length(values)),
		makeString(flux_fdw_deparse_conditions(rel->relation_oid, relid, conditions)));
}

/*
 * Storage answers the conditions that are not local; when a row is locked and has
 * changed meanwhile, the server asks them again (fdw_recheck_quals).
 */
static ForeignScan *
get_plan(PlannerInfo *root, RelOptInfo *baserel, Oid relation_oid, ForeignPath *path, List *tlist,
		 List *clauses, Plan *outer_plan)
{
	FluxFdwRel *rel = baserel->fdw_private;
	List *local = NIL;
	List *pushed = NIL;
	List *quals;
	List *exprs;
	ListCell *cell;

	if (IS_UPPER_REL(baserel))
		return flux_fdw_group_plan(root, path, tlist, outer_plan);
	quals = list_copy(rel->quals);
	exprs = list_copy(rel->exprs);
	foreach (cell, clauses)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);
		List *qual = NIL;

		if (info->pseudoconstant)
			continue;
		if (list_member_ptr(rel->series, info))
			continue;
		if (list_member_ptr(rel->pushed, info))
		{
			pushed = lappend(pushed, info->clause);
			continue;
		}
		if (path->path.param_info != NULL)
			qual = flux_fdw_qual_classify(root, baserel->relid, rel->table, info->clause, true,
										  &exprs);
		if (qual != NIL)
		{
			quals = lappend(quals, qual);
			pushed = lappend(pushed, column_first(baserel, info->clause));
		}
		else
			local = lappend(local, info->clause);
	}

	List *private = flux_fdw_plan_private(rel, baserel->relid, quals, pushed, exprs);
	List *conditions = extract_actual_clauses(rel->series, false);

	private = lappend(private, rel->needed);
	private = lappend(private, makeInteger(rel->is_strict));
	private = lappend(private, path->fdw_private == NIL ? makeInteger(FLUX_FDW_ORDER_NONE)
														: linitial(path->fdw_private));
	return make_foreignscan(tlist, local, baserel->relid, list_concat_copy(exprs, conditions),
							private, NIL, list_concat(pushed, conditions), outer_plan);
}

/* Options are written by the library; this keeps typos out. */
PG_FUNCTION_INFO_V1(fluxtask_fdw_validator);
PGDLLEXPORT Datum
fluxtask_fdw_validator(PG_FUNCTION_ARGS)
{
	List *options = untransformRelOptions(PG_GETARG_DATUM(0));
	Oid catalog = PG_GETARG_OID(1);
	ListCell *cell;

	foreach (cell, options)
	{
		DefElem *option = lfirst(cell);
		bool is_known = false;

		if (catalog == ForeignTableRelationId)
			is_known = strcmp(option->defname, "measurement") == 0;
		else if (catalog == AttributeRelationId)
			is_known = strcmp(option->defname, "tag") == 0 || strcmp(option->defname, "field") == 0;
		if (!is_known)
			ereport(ERROR, (errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
							errmsg("invalid option \"%s\"", option->defname),
							catalog == ForeignTableRelationId
								? errhint("A table has the option measurement.")
							: catalog == AttributeRelationId
								? errhint("A column has one of the options tag and field.")
								: 0));
	}
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(fluxtask_fdw_handler);
PGDLLEXPORT Datum
fluxtask_fdw_handler(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	routine->GetForeignRelSize = get_rel_size;
	routine->GetForeignPaths = get_paths;
	routine->GetForeignPlan = get_plan;
	routine->GetForeignUpperPaths = flux_fdw_group_paths;
	flux_fdw_scan_init(routine);
	flux_fdw_analyze_init(routine);
	flux_fdw_modify_init(routine);
	PG_RETURN_POINTER(routine);
}
