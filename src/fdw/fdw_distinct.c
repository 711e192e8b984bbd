/*
 * fdw_distinct.c
 *		Aggregates that equal rows do not change, as count(DISTINCT host) and
 *		max(host), of what storage can group by: storage gives each combination once,
 *		and the server aggregates these few rows as ever.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/prep.h"
#include "optimizer/tlist.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

#include "base/pg_compat.h"
#include "fdw/fdw_aggregate.h"

/* An aggregate that has an operator to sort by is a minimum or a maximum. */
static bool
is_extreme(Oid function_oid)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(function_oid));
	bool result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = OidIsValid(((Form_pg_aggregate) GETSTRUCT(tuple))->aggsortop);
	ReleaseSysCache(tuple);
	return result;
}

/* Whether all aggregates of the expressions see no more in equal rows than in one. */
static bool
ignore_duplicates(List *exprs)
{
	ListCell *cell;

	foreach (cell,
			 pull_var_clause((Node *) exprs, PVC_INCLUDE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
												 PVC_RECURSE_PLACEHOLDERS))
	{
		const Aggref *aggregate = lfirst(cell);

		if (IsA(aggregate, Aggref) &&
			(aggregate->agglevelsup != 0 || aggregate->aggkind != AGGKIND_NORMAL ||
			 (aggregate->aggdistinct == NIL && !is_extreme(aggregate->aggfnoid))))
			return false;
	}
	return true;
}

/* The server's aggregates over a path. */
static Path *
aggregate_path(PlannerInfo *root, RelOptInfo *output, Path *path, List *having)
{
	List *clauses = flux_compat_group_clause(root);
	AggClauseCosts costs = {0};
	double rows = 1;

	get_agg_clause_costs(root, AGGSPLIT_SIMPLE, &costs);
	if (clauses != NIL)
		rows = estimate_num_groups(root, get_sortgrouplist_exprs(clauses, root->processed_tlist),
								   path->rows, NULL, NULL);
	if (root->group_pathkeys != NIL)
		path = (Path *) create_sort_path(root, output, path, root->group_pathkeys, -1.0);
	return (Path *) create_agg_path(root, output, path, root->upper_targets[UPPERREL_GROUP_AGG],
									clauses == NIL ? AGG_PLAIN : AGG_SORTED, AGGSPLIT_SIMPLE,
									clauses, having, &costs, rows);
}

void
flux_fdw_distinct_paths(PlannerInfo *root, RelOptInfo *input, RelOptInfo *output, List *having)
{
	PathTarget *target = input->reltarget;
	FluxFdwGroup *group = flux_fdw_group_create(input);
	ListCell *cell;
	double rows;

	if (group == NULL || target->exprs == NIL || !grouping_is_sortable(root->parse->groupClause) ||
		!ignore_duplicates(
			list_concat_copy(root->upper_targets[UPPERREL_GROUP_AGG]->exprs, having)))
		return;
	foreach (cell, target->exprs)
		if (!flux_fdw_group_add_column(root, group, lfirst(cell)))
			return;
	rows = estimate_num_groups(root, target->exprs, input->rows, NULL, NULL);
	add_path(output,
			 aggregate_path(root, output,
							flux_fdw_group_path(root, output, group, target, input->rows, rows),
							having));
}
