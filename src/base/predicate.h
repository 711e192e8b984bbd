/*
 * predicate.h
 *		Conditions on points that storage can answer.
 *
 * Built by push-down rules, by the FDW from quals, and by flux.delete; read by
 * storage, which evaluates what concerns the series (measurement, tags, field)
 * once per series and what concerns the value once per point.
 *
 * Two-valued: a comparison with an absent tag is not met.  "not" exists only in
 * the operators; who has one to translate asks for the absence of tags where
 * his null says so (plan_predicate.c).
 */
#ifndef FLUX_PREDICATE_H
#define FLUX_PREDICATE_H

#include "base/regexp.h"
#include "base/text.h"

typedef enum FluxPredicateKind
{
	FLUX_PREDICATE_AND,
	FLUX_PREDICATE_OR,
	FLUX_PREDICATE_COMPARE, /* column op literal */
	FLUX_PREDICATE_MATCH,   /* column =~ regexp */
	FLUX_PREDICATE_NOT_MATCH,
	FLUX_PREDICATE_EXISTS, /* the column is there: of tags alone it is a question */
	FLUX_PREDICATE_NOT_EXISTS
} FluxPredicateKind;

typedef enum FluxPredicateColumn
{
	FLUX_PREDICATE_MEASUREMENT,
	FLUX_PREDICATE_FIELD, /* the field's name */
	FLUX_PREDICATE_TAG,   /* named by "tag" */
	FLUX_PREDICATE_VALUE  /* the field's value */
} FluxPredicateColumn;

typedef enum FluxComparison
{
	FLUX_COMPARE_EQ,
	FLUX_COMPARE_NE,
	FLUX_COMPARE_LT,
	FLUX_COMPARE_LE,
	FLUX_COMPARE_GT,
	FLUX_COMPARE_GE
} FluxComparison;

typedef struct FluxPredicate
{
	FluxPredicateKind kind;

	/* AND, OR */
	struct FluxPredicate **children;
	int child_count;

	/* the rest */
	FluxPredicateColumn column;
	FluxText tag;
	FluxComparison comparison;
	FluxRegexp *regexp;

	/* COMPARE: the literal; type as FluxColumnType (never time) */
	int literal_type;
	union
	{
		bool boolean;
		int64 integer;
		uint64 uinteger;
		double floating;
		FluxText string;
	} literal;
} FluxPredicate;

#endif /* FLUX_PREDICATE_H */
