/*
 * attached_sql.h
 *		SQL text that reads the points of an attached relation.
 *
 * One query reads one field of a wide relation, or one value column of a narrow
 * one, in the order of flux group keys and then of time.
 */
#ifndef FLUX_ATTACHED_SQL_H
#define FLUX_ATTACHED_SQL_H

#include "io/attached_layout.h"
#include "storage/predicate_eval.h"
#include "storage/storage_scan.h"

/* What a series column of the result holds. */
typedef enum FluxAttachedColumnRole
{
	FLUX_ATTACHED_TAG,
	FLUX_ATTACHED_FIELD_NAME,
	FLUX_ATTACHED_MEASUREMENT
} FluxAttachedColumnRole;

typedef struct FluxAttachedSeriesColumn
{
	FluxAttachedColumnRole role;
	FluxText label;
	int tag; /* of the relation, for a TAG */
} FluxAttachedSeriesColumn;

/*
 * The query's columns: the time (or the window's start), the value (or the count
 * and the aggregate), and then the series columns as text, null where absent.
 */
typedef struct FluxAttachedQuery
{
	const FluxAttachedRelation *relation;
	const FluxAttachedField *field;
	const FluxScanSpec *spec;
	const FluxPredicate *rest; /* conditions that are not in the text, or NULL */
	bool is_aggregated;
	bool has_window; /* else an aggregated query has no first column's value */
	bool is_one_row; /* one point a series: the first or the last */
	FluxAttachedSeriesColumn *columns;
	int column_count;
	char *sql;
} FluxAttachedQuery;

/* NULL when the predicate lets nothing of this field pass. */
extern FluxAttachedQuery *flux_attached_query(const FluxScanSpec *spec,
											  const FluxAttachedRelation *relation,
											  const FluxAttachedField *field);

/*
 * False when the names alone keep the predicate from letting anything pass.  NULL:
 * whatever the field.
 */
extern bool flux_attached_may_pass(const FluxScanSpec *spec, const FluxAttachedRelation *relation,
								   const FluxAttachedField *field);

/* Lists the keys of the relation's json_column within the bounds. */
extern char *flux_attached_keys_sql(const FluxScanSpec *spec, const FluxAttachedRelation *relation);

/* Lists the keys of the relation's fields_column within the bounds, and their JSON types. */
extern char *flux_attached_fields_sql(const FluxScanSpec *spec,
									  const FluxAttachedRelation *relation);

#endif /* FLUX_ATTACHED_SQL_H */
