/*
 * predicate_eval.c
 *		Evaluates pushed-down conditions on series and on vectors of values.
 *
 * A predicate has no "not", so null and false need no telling apart: both
 * drop the point, and "and" and "or" of them come out the same.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "storage/predicate_eval.h"

static inline bool
holds(FluxComparison comparison, int order)
{
	switch (comparison)
	{
		case FLUX_COMPARE_EQ:
			return order == 0;
		case FLUX_COMPARE_NE:
			return order != 0;
		case FLUX_COMPARE_LT:
			return order < 0;
		case FLUX_COMPARE_LE:
			return order <= 0;
		case FLUX_COMPARE_GT:
			return order > 0;
		case FLUX_COMPARE_GE:
			return order >= 0;
	}
	return false;
}

/* With NaN on either side only "not equal" holds. */
static inline bool
holds_float(FluxComparison comparison, double a, double b)
{
	switch (comparison)
	{
		case FLUX_COMPARE_EQ:
			return a == b;
		case FLUX_COMPARE_NE:
			return a != b;
		case FLUX_COMPARE_LT:
			return a < b;
		case FLUX_COMPARE_LE:
			return a <= b;
		case FLUX_COMPARE_GT:
			return a > b;
		case FLUX_COMPARE_GE:
			return a >= b;
	}
	return false;
}

/* ---- the series part ---- */

static const FluxTag *
find_tag(const FluxPredicateSeries *series, FluxText key)
{
	for (int i = 0; i < series->tag_count; i++)
	{
		if (flux_text_equal(series->tags[i].key, key))
			return &series->tags[i];
	}
	return NULL;
}

/* The text a leaf asks about; false when the tag is absent. */
static bool
leaf_subject(const FluxPredicate *leaf, const FluxPredicateSeries *series, FluxText *subject)
{
	const FluxTag *tag;

	switch (leaf->column)
	{
		case FLUX_PREDICATE_MEASUREMENT:
			*subject = series->measurement;
			return true;
		case FLUX_PREDICATE_FIELD:
			*subject = series->field;
			return true;
		default:
			tag = find_tag(series, leaf->tag);
			if (tag != NULL)
				*subject = tag->value;
			return tag != NULL;
	}
}

static bool
text_leaf_passes(const FluxPredicate *leaf, FluxText subject)
{
	switch (leaf->kind)
	{
		case FLUX_PREDICATE_COMPARE:
			return leaf->literal_type == FLUX_COLUMN_STRING &&
				   holds(leaf->comparison, flux_text_compare(subject, leaf->literal.string));
		case FLUX_PREDICATE_MATCH:
			return flux_regexp_matches(leaf->regexp, subject);
		case FLUX_PREDICATE_NOT_MATCH:
			return !flux_regexp_matches(leaf->regexp, subject);
		default:
			return leaf->kind == FLUX_PREDICATE_EXISTS;
	}
}

bool
flux_predicate_may_match(const FluxPredicate *predicate, const FluxPredicateSeries *series)
{
	FluxText subject;

	if (predicate->kind == FLUX_PREDICATE_AND || predicate->kind == FLUX_PREDICATE_OR)
	{
		bool is_and = predicate->kind == FLUX_PREDICATE_AND;

		check_stack_depth();
		for (int i = 0; i < predicate->child_count; i++)
			if (flux_predicate_may_match(predicate->children[i], series) != is_and)
				return !is_and;
		return is_and;
	}
	if (predicate->column == FLUX_PREDICATE_FIELD || predicate->column == FLUX_PREDICATE_VALUE)
		return true;
	if (!leaf_subject(predicate, series, &subject))
		return predicate->kind == FLUX_PREDICATE_NOT_EXISTS;
	return text_leaf_passes(predicate, subject);
}

/* Reduces the children of an AND or OR; see flux_predicate_reduce(). */
static bool
reduce_children(const FluxPredicate *predicate, const FluxPredicateSeries *series,
				const FluxPredicate **rest)
{
	bool is_and = predicate->kind == FLUX_PREDICATE_AND;
	FluxPredicate **left = palloc(sizeof(FluxPredicate *) * Max(predicate->child_count, 1));
	int left_count = 0;

	for (int i = 0; i < predicate->child_count; i++)
	{
		const FluxPredicate *child_rest;
		bool passes = flux_predicate_reduce(predicate->children[i], series, &child_rest);

		if (passes && child_rest != NULL)
			left[left_count++] = unconstify(FluxPredicate *, child_rest);
		else if (passes != is_and)
			return !is_and; /* this child alone decides */
	}
	if (left_count == 0)
		return is_and;
	if (left_count == 1)
		*rest = left[0];
	else
	{
		FluxPredicate *copy = palloc0(sizeof(FluxPredicate));

		copy->kind = predicate->kind;
		copy->children = left;
		copy->child_count = left_count;
		*rest = copy;
	}
	return true;
}

bool
flux_predicate_reduce(const FluxPredicate *predicate, const FluxPredicateSeries *series,
					  const FluxPredicate **rest)
{
	FluxText subject;

	check_stack_depth();
	*rest = NULL;
	if (predicate == NULL)
		return true;
	if (predicate->kind == FLUX_PREDICATE_AND || predicate->kind == FLUX_PREDICATE_OR)
		return reduce_children(predicate, series, rest);
	if (predicate->column == FLUX_PREDICATE_VALUE)
	{
		if (predicate->kind == FLUX_PREDICATE_EXISTS)
			return true; /* a stored value is never null */
		if (predicate->kind == FLUX_PREDICATE_NOT_EXISTS)
			return false;
		*rest = predicate;
		return true;
	}
	if (!leaf_subject(predicate, series, &subject))
		return predicate->kind == FLUX_PREDICATE_NOT_EXISTS;
	return text_leaf_passes(predicate, subject);
}

/* ---- the value part ---- */

/* Compares numbers of two types as Flux does: exactly, or as floats if one is. */
static bool
number_passes(const FluxPredicate *leaf, FluxColumnType type, const FluxSegmentNumber *number)
{
	double value;
	double literal;

	if (type != FLUX_COLUMN_FLOAT && leaf->literal_type != FLUX_COLUMN_FLOAT)
	{
		bool is_negative = type == FLUX_COLUMN_INT && number->integer < 0;
		bool literal_is_negative =
			leaf->literal_type == FLUX_COLUMN_INT && leaf->literal.integer < 0;
		int order;

		if (is_negative != literal_is_negative)
			order = is_negative ? -1 : 1;
		else /* of one sign, the bits compare as they are */
			order = (number->uinteger > leaf->literal.uinteger) -
					(number->uinteger < leaf->literal.uinteger);
		return holds(leaf->comparison, order);
	}
	value = type == FLUX_COLUMN_FLOAT ? number->floating
			: type == FLUX_COLUMN_INT ? (double) number->integer
									  : (double) number->uinteger;
	literal = leaf->literal_type == FLUX_COLUMN_FLOAT ? leaf->literal.floating
			  : leaf->literal_type == FLUX_COLUMN_INT ? (double) leaf->literal.integer
													  : (double) leaf->literal.uinteger;
	return holds_float(leaf->comparison, value, literal);
}

static inline bool
is_number(int type)
{
	return type == FLUX_COLUMN_INT || type == FLUX_COLUMN_UINT || type == FLUX_COLUMN_FLOAT;
}

/* A leaf over all values; a type that cannot be compared passes nothing. */
static void
test_leaf(const FluxPredicate *leaf, FluxColumnType type, const void *values, int count,
		  bool *passes)
{
	if (type == FLUX_COLUMN_STRING &&
		(leaf->kind != FLUX_PREDICATE_COMPARE || leaf->literal_type == FLUX_COLUMN_STRING))
	{
		const FluxText *strings = values;

		for (int i = 0; i < count; i++)
			passes[i] = text_leaf_passes(leaf, strings[i]);
	}
	else if (leaf->kind != FLUX_PREDICATE_COMPARE)
		memset(passes, false, count);
	else if (type == FLUX_COLUMN_FLOAT && leaf->literal_type == FLUX_COLUMN_FLOAT)
	{
		const double *floats = values;

		for (int i = 0; i < count; i++)
			passes[i] = holds_float(leaf->comparison, floats[i], leaf->literal.floating);
	}
	else if (is_number(type) && is_number(leaf->literal_type))
	{
		const FluxSegmentNumber *numbers = values;

		for (int i = 0; i < count; i++)
			passes[i] = number_passes(leaf, type, &numbers[i]);
	}
	else if (type == FLUX_COLUMN_BOOL && leaf->literal_type == FLUX_COLUMN_BOOL)
	{
		const bool *booleans = values;

		for (int i = 0; i < count; i++)
			passes[i] = holds(leaf->comparison, (int) booleans[i] - (int) leaf->literal.boolean);
	}
	else
		memset(passes, false, count);
}

void
flux_predicate_test_values(const FluxPredicate *rest, FluxColumnType type, const void *values,
						   int count, bool *passes)
{
	bool is_and = rest->kind == FLUX_PREDICATE_AND;
	bool *child_passes;

	if (rest->kind != FLUX_PREDICATE_AND && rest->kind != FLUX_PREDICATE_OR)
	{
		test_leaf(rest, type, values, count, passes);
		return;
	}
	check_stack_depth();
	memset(passes, is_and, count);
	child_passes = palloc(Max(count, 1));
	for (int i = 0; i < rest->child_count; i++)
	{
		flux_predicate_test_values(rest->children[i], type, values, count, child_passes);
		for (int row = 0; row < count; row++)
			passes[row] =
				is_and ? passes[row] & child_passes[row] : passes[row] | child_passes[row];
	}
	pfree(child_passes);
}

bool
flux_predicate_may_pass(const FluxPredicate *rest, FluxColumnType type, FluxSegmentNumber min,
						FluxSegmentNumber max)
{
	FluxPredicate probe;

	if (rest->kind == FLUX_PREDICATE_AND || rest->kind == FLUX_PREDICATE_OR)
	{
		bool is_and = rest->kind == FLUX_PREDICATE_AND;

		check_stack_depth();
		for (int i = 0; i < rest->child_count; i++)
		{
			if (flux_predicate_may_pass(rest->children[i], type, min, max) != is_and)
				return !is_and;
		}
		return is_and;
	}
	if (rest->kind != FLUX_PREDICATE_COMPARE || !is_number(rest->literal_type))
		return false;
	switch (rest->comparison)
	{
		case FLUX_COMPARE_LT:
		case FLUX_COMPARE_LE:
			return number_passes(rest, type, &min);
		case FLUX_COMPARE_GT:
		case FLUX_COMPARE_GE:
			return number_passes(rest, type, &max);
		case FLUX_COMPARE_EQ:
			probe = *rest;
			probe.comparison = FLUX_COMPARE_LE;
			if (!number_passes(&probe, type, &min))
				return false;
			probe.comparison = FLUX_COMPARE_GE;
			return number_passes(&probe, type, &max);
		case FLUX_COMPARE_NE:
			return number_passes(rest, type, &min) || number_passes(rest, type, &max);
	}
	return true;
}
