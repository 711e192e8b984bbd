/*
 * fdw_plan.c
 *		The wrapper's handler, validator, and plans of single tables.
 *
 * A measurement's table has a row wherever a series has a point at all, whatever
 * columns a query asks for; only when a condition needs one of the asked fields
 * to be there can the others be left unread ("strict").
 *
 * Beside the plain path there is one in order of time, where the query wants that:
 * the first rows of it come soon, which is for LIMIT.
 */
#include "postgres.h"

#include "access/reloptions.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_foreign_table.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "fdw/fdw_int.h"
#include "storage/chunk.h"

/* Guesses: points that a block of segments and of hot rows holds. */
#define POINTS_PER_SEGMENT_BLOCK	4000.0
#define POINTS_PER_HOT_BLOCK		400.0

/* Points in the bucket, guessed from the sizes of its chunk tables. */
static double
guess_points(const FluxBucket *bucket)
{
	int			count;
	FluxBounds	always = {PG_INT64_MIN, PG_INT64_MAX};
	FluxChunk  *chunks = flux_chunk_list(bucket->bucket_id, always, &count);
	double		points = 0;

	for (int i = 0; i < count; i++)
	{
		Relation	hot = flux_chunk_open_hot(&chunks[i], AccessShareLock);
		Relation	seg = flux_chunk_open_seg(&chunks[i], AccessShareLock);

		if (hot != NULL)
		{
			points += RelationGetNumberOfBlocks(hot) * POINTS_PER_HOT_BLOCK;
			table_close(hot, AccessShareLock);
		}
		if (seg != NULL)
		{
			points += RelationGetNumberOfBlocks(seg) * POINTS_PER_SEGMENT_BLOCK;
			table_close(seg, AccessShareLock);
		}
	}
	return points;
}

/* The attributes that the plan must fill, whole-row references as all. */
static List *
needed_attributes(RelOptInfo *baserel, const FluxFdwRel *rel)
{
	Bitmapset  *attributes = NULL;
	List	   *needed = NIL;
	ListCell   *cell;

	pull_varattnos((Node *) baserel->reltarget->exprs, baserel->relid, &attributes);
	foreach(cell, rel->local)
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
	List	   *columns = find_nonnullable_vars((Node *) extract_actual_clauses(rel->local, false));

	for (int i = 1; i <= rel->table->column_count; i++)
	{
		if (rel->table->columns[i - 1].role == FLUX_FDW_FIELD &&
			flux_compat_is_nonnullable(columns, baserel->relid, i))
			return true;
	}
	return false;
}

static void
get_rel_size(PlannerInfo *root, RelOptInfo *baserel, Oid relation_oid)
{
	FluxFdwRel *rel = palloc0(sizeof(FluxFdwRel));
	ListCell   *cell;

	rel->relation_oid = relation_oid;
	rel->table = flux_fdw_table_get_by_oid(relation_oid);
	foreach(cell, baserel->baserestrictinfo)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);
		List	   *qual = info->pseudoconstant ? NIL :
			flux_fdw_qual_classify(root, baserel->relid, rel->table, info->clause, &rel->exprs);

		if (qual == NIL)
			rel->local = lappend(rel->local, info);
		else
		{
			rel->pushed = lappend(rel->pushed, info);
			rel->quals = lappend(rel->quals, qual);
		}
	}
	rel->needed = needed_attributes(baserel, rel);
	rel->is_strict = !rel->table->is_points && has_strict_condition(baserel, rel);
	baserel->fdw_private = rel;
	baserel->tuples = Max(1.0, guess_points(rel->table->bucket));
	baserel->rows = clamp_row_est(baserel->tuples *
								  clauselist_selectivity(root, baserel->baserestrictinfo, 0,
														 JOIN_INNER, NULL));
	baserel->reltarget->width = 8 * Max(1, list_length(rel->needed));
}

/* The order by time that the query begins with, if it does. */
static FluxFdwOrder
wanted_order(PlannerInfo *root, RelOptInfo *baserel, const FluxFdwRel *rel)
{
	PathKey    *key;
	ListCell   *cell;

	if (root->query_pathkeys == NIL)
		return FLUX_FDW_ORDER_NONE;
	key = linitial(root->query_pathkeys);
	if (key->pk_eclass->ec_has_volatile)
		return FLUX_FDW_ORDER_NONE;
	foreach(cell, key->pk_eclass->ec_members)
	{
		EquivalenceMember *member = lfirst(cell);
		Var		   *var = (Var *) member->em_expr;

		if (IsA(var, Var) && var->varno == baserel->relid && var->varattno > 0 &&
			(rel->table->columns[var->varattno - 1].role == FLUX_FDW_TIME ||
			 rel->table->columns[var->varattno - 1].role == FLUX_FDW_TIME_NS))
			return flux_compat_pathkey_ascends(key) ? FLUX_FDW_ORDER_ASCENDING :
				FLUX_FDW_ORDER_DESCENDING;
	}
	return FLUX_FDW_ORDER_NONE;
}

static void
get_paths(PlannerInfo *root, RelOptInfo *baserel, Oid relation_oid)
{
	FluxFdwRel *rel = baserel->fdw_private;
	double		read = baserel->tuples * clauselist_selectivity(root, rel->pushed, 0, JOIN_INNER,
																NULL);
	Cost		total = FLUX_FDW_SCAN_COST + read * FLUX_FDW_POINT_COST +
		baserel->rows * FLUX_FDW_ROW_COST;
	FluxFdwOrder order = flux_guc_push_down ? wanted_order(root, baserel, rel) :
		FLUX_FDW_ORDER_NONE;

	add_path(baserel, (Path *) flux_compat_foreignscan_path(root, baserel, baserel->rows,
															FLUX_FDW_SCAN_COST, total, NIL,
															baserel->lateral_relids, NIL));
	if (order != FLUX_FDW_ORDER_NONE)
		add_path(baserel, (Path *)
				 flux_compat_foreignscan_path(root, baserel, baserel->rows,
											  2 * FLUX_FDW_SCAN_COST,
											  2 * total + baserel->rows * FLUX_FDW_ORDER_COST,
											  list_make1(linitial(root->query_pathkeys)),
											  baserel->lateral_relids,
											  list_make1(makeInteger(order))));
}

static ForeignScan *
get_plan(PlannerInfo *root, RelOptInfo *baserel, Oid relation_oid, ForeignPath *path, List *tlist,
		 List *clauses, Plan *outer_plan)
{
	FluxFdwRel *rel = baserel->fdw_private;
	List	   *local = NIL;
	List	   *pushed = NIL;
	ListCell   *cell;

	if (IS_UPPER_REL(baserel))
		return flux_fdw_group_plan(root, baserel, tlist, outer_plan);
	foreach(cell, clauses)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);

		if (info->pseudoconstant)
			continue;
		if (list_member_ptr(rel->pushed, info))
			pushed = lappend(pushed, info->clause);
		else
			local = lappend(local, info->clause);
	}

	char	   *text = pushed == NIL ? "" :
		flux_fdw_deparse(relation_oid, baserel->relid, (Node *) make_ands_explicit(pushed));
	List	   *private = list_make5(makeInteger((int) relation_oid), rel->quals,
									 makeString(text), rel->needed, makeInteger(rel->is_strict));

	private = lappend(private, path->fdw_private == NIL ? makeInteger(FLUX_FDW_ORDER_NONE) :
					  linitial(path->fdw_private));
	return make_foreignscan(tlist, local, baserel->relid, rel->exprs, private, NIL, NIL,
							outer_plan);
}

/* Options are written by the library; this keeps typos out. */
PG_FUNCTION_INFO_V1(fluxtask_fdw_validator);
PGDLLEXPORT Datum
fluxtask_fdw_validator(PG_FUNCTION_ARGS)
{
	List	   *options = untransformRelOptions(PG_GETARG_DATUM(0));
	Oid			catalog = PG_GETARG_OID(1);
	ListCell   *cell;

	foreach(cell, options)
	{
		DefElem    *option = lfirst(cell);
		bool		is_known = false;

		if (catalog == ForeignTableRelationId)
			is_known = strcmp(option->defname, "measurement") == 0;
		else if (catalog == AttributeRelationId)
			is_known = strcmp(option->defname, "tag") == 0 ||
				strcmp(option->defname, "field") == 0;
		if (!is_known)
			ereport(ERROR,
					(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
					 errmsg("invalid option \"%s\"", option->defname),
					 catalog == ForeignTableRelationId ?
					 errhint("A table has the option measurement.") :
					 catalog == AttributeRelationId ?
					 errhint("A column has one of the options tag and field.") : 0));
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
	routine->BeginForeignScan = flux_fdw_scan_begin;
	routine->IterateForeignScan = flux_fdw_scan_iterate;
	routine->ReScanForeignScan = flux_fdw_scan_rescan;
	routine->EndForeignScan = flux_fdw_scan_end;
	routine->ExplainForeignScan = flux_fdw_scan_explain;
	flux_fdw_modify_init(routine);
	PG_RETURN_POINTER(routine);
}
