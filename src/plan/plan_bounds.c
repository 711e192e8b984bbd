/*
 * plan_bounds.c
 *		Do all tables of a stream have the same _start and _stop?
 *
 * window() and its kin overwrite both.  Where they are the same everywhere,
 * or nowhere in a key, that cannot make two keys equal: tables may go through
 * one by one instead of being collected to the end, and aggregateWindow() may
 * be one operator.  The answer "no" is always safe.
 *
 * It is yes after a range over tables without bounds of their own, and stays
 * so through every step that leaves the two columns alone; classes say so
 * through keeps_bounds().
 */
#include "postgres.h"

#include "plan/plan_spec.h"

static bool
is_bound(FluxText label)
{
	return flux_text_equal_cstring(label, "_start") || flux_text_equal_cstring(label, "_stop");
}

static bool
mentions_bounds(const FluxText *labels, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (is_bound(labels[i]))
			return true;
	}
	return false;
}

/* A range that is known to set both in every table. */
static bool
range_is_uniform(const FluxPlanNode *input)
{
	return input->class->kind == FLUX_PLAN_FROM || input->class->is_keyless;
}

/* Does a group's key come from columns other than the two? */
static bool
group_leaves_bounds_out(const FluxGroupSpec *spec)
{
	return !spec->is_except && !mentions_bounds(spec->columns, spec->column_count);
}

bool
flux_plan_has_uniform_bounds(const FluxPlanNode *node)
{
	for (;; node = node->inputs[0])
	{
		switch (node->class->kind)
		{
			case FLUX_PLAN_READ:
			case FLUX_PLAN_READ_REMOTE:
			{
				const FluxReadSpec *spec = node->spec;

				return !spec->has_window || spec->is_aggregate_window;
			}
			case FLUX_PLAN_RANGE:
				if (range_is_uniform(node->inputs[0]))
					return true;
				break;
			case FLUX_PLAN_AGGREGATE_WINDOW:
				return true;
			case FLUX_PLAN_WINDOW:
				return ((const FluxWindowSpec *) node->spec)->is_infinite;
			case FLUX_PLAN_GROUP:
				if (group_leaves_bounds_out(node->spec))
					return true;
				break;
			case FLUX_PLAN_GROUP_AGGREGATE:
				if (group_leaves_bounds_out(&((const FluxGroupAggregateSpec *) node->spec)->group))
					return true;
				break;
			case FLUX_PLAN_FILTER:
			case FLUX_PLAN_SORT:
			case FLUX_PLAN_LIMIT:
			case FLUX_PLAN_TAIL:
			case FLUX_PLAN_KEEP:
			case FLUX_PLAN_DROP:
			case FLUX_PLAN_AGGREGATE:
			case FLUX_PLAN_DISTINCT:
			case FLUX_PLAN_KEYS:
			case FLUX_PLAN_YIELD:
			case FLUX_PLAN_TO:
			case FLUX_PLAN_TIME_SHIFT:
				break;
			case FLUX_PLAN_DUPLICATE:
				if (is_bound(((const FluxDuplicateSpec *) node->spec)->as))
					return false;
				break;
			default:
				if (node->class->keeps_bounds == NULL || !node->class->keeps_bounds(node))
					return false;
				break;
		}
		if (node->input_count != 1)
			return false;
	}
}

bool
flux_plan_keeps_bounds(const FluxPlanNode *node)
{
	return true;
}

/*
 * True when a lambda over rows gives records whose _start and _stop are those
 * of the row, or that have neither.
 */
bool
flux_function_keeps_bounds(const FluxFunction *function)
{
	const FluxAst *body;
	const FluxObjectExpression *record;

	if (function->lambda == NULL)
		return false;
	body = flux_ast_unparen(function->lambda->body);
	if (body->kind == FLUX_AST_BLOCK)
	{
		const FluxBlock *block = (const FluxBlock *) body;
		const FluxAst *last =
			block->body.count > 0 ? block->body.items[block->body.count - 1] : NULL;

		if (last == NULL || last->kind != FLUX_AST_RETURN_STATEMENT)
			return false;
		body = flux_ast_unparen(((const FluxReturnStatement *) last)->argument);
	}
	if (body->kind != FLUX_AST_OBJECT_EXPRESSION)
		return false;
	record = (const FluxObjectExpression *) body;
	for (int i = 0; i < record->properties.count; i++)
	{
		const FluxProperty *property = (const FluxProperty *) record->properties.items[i];
		FluxText label = flux_ast_key_text(property->key);
		const FluxMemberExpression *member;

		if (!is_bound(label))
			continue;
		if (property->value == NULL)
			return false;
		member = (const FluxMemberExpression *) flux_ast_unparen(property->value);
		if (member->ast.kind != FLUX_AST_MEMBER_EXPRESSION ||
			!flux_text_equal(flux_ast_key_text(member->property), label))
			return false;
	}
	return true;
}
