/*
 * attached_sql.c
 *		SQL text that reads the points of an attached relation.
 *
 * The text is made from a FluxScanSpec alone.  A query of points is
 *
 *		SELECT time, value, tags FROM relation r WHERE ... ORDER BY tags, time
 *
 * and one that aggregates
 *
 *		SELECT w, c, a, tags FROM (
 *			SELECT r.host k0, date_bin(...) w, count(v) c, sum(v) a
 *			FROM relation r WHERE ... GROUP BY r.host, date_bin(...)) q
 *		ORDER BY tags, w
 *
 * The inner query groups by bare columns and has nothing that postgres_fdw would
 * keep here, so that a relation partitioned by one of them ships it whole; what
 * makes a tag of a column (text, null for the empty string, C collation) stands
 * outside.  With a tag table, rows are grouped by the id and joined afterwards.
 *
 * Conditions: the conjuncts of the predicate that SQL answers exactly as Flux
 * does go into WHERE.  The others are "rest", asked of series and points when
 * they come; an aggregate may go into SQL only if the rest concerns series alone.
 *
 * What a native bucket could not hold does not exist: null, NaN and infinite
 * values, empty tags and names.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "io/attached_sql.h"

/* ---- expressions over one row ---- */

/* Appends "r.name", quoted. */
static void
append_column(StringInfo sql, const char *alias, const char *column)
{
	appendStringInfo(sql, "%s.%s", alias, quote_identifier(column));
}

/* Where tags stand: the relation or its tag table. */
static const char *
tag_alias(const FluxAttachedRelation *relation)
{
	return OidIsValid(relation->tag_table_oid) ? "t" : "r";
}

/* A tag as text, of a row of the relation joined with its tag table. */
static void
append_tag(StringInfo sql, const FluxAttachedRelation *relation, const FluxAttachedTag *tag)
{
	const char *alias = tag_alias(relation);

	if (tag->column == NULL)
	{
		append_column(sql, alias, relation->json_column);
		appendStringInfo(sql, "->>%s", quote_literal_cstr(flux_text_to_cstring(tag->label)));
	}
	else
	{
		append_column(sql, alias, tag->column);
		if (!tag->is_text)
			appendStringInfoString(sql, "::text");
	}
}

/* The value of a key of a jsonb column; null where it has another type. */
static void
append_json_value(StringInfo sql, const FluxAttachedField *field)
{
	char *key = quote_literal_cstr(field->json_key);
	char *column = psprintf("r.%s", quote_identifier(field->column));
	const char *type = field->type == FLUX_COLUMN_FLOAT  ? "number"
					   : field->type == FLUX_COLUMN_BOOL ? "boolean"
														 : "string";
	const char *cast = field->type == FLUX_COLUMN_FLOAT  ? "::float8"
					   : field->type == FLUX_COLUMN_BOOL ? "::boolean"
														 : "";

	appendStringInfo(sql, "CASE WHEN jsonb_typeof(%s->%s) = '%s' THEN (%s->>%s)%s END", column, key,
					 type, column, key, cast);
}

/* The value, converted to what vectors hold where it is something else. */
static void
append_value(StringInfo sql, const FluxAttachedField *field)
{
	if (field->json_key != NULL)
	{
		append_json_value(sql, field);
		return;
	}
	append_column(sql, "r", field->column);
	if (field->type == FLUX_COLUMN_FLOAT && field->type_oid != FLOAT8OID)
		appendStringInfoString(sql, "::float8");
	else if (field->type == FLUX_COLUMN_STRING && field->type_oid != TEXTOID)
		appendStringInfoString(sql, "::text");
}

/* ---- conditions ---- */

/* A literal's text; false when SQL has no such text. */
static bool
has_sql_text(FluxText text)
{
	return memchr(text.data, '\0', text.size) == NULL;
}

/*
 * Is the pattern one that PCRE2 and PostgreSQL read alike: words, alternatives,
 * anchors, plain classes and simple repetition?
 */
static bool
is_common_pattern(FluxText pattern)
{
	bool may_repeat = false;
	bool in_class = false;

	for (int i = 0; i < pattern.size; i++)
	{
		char c = pattern.data[i];
		bool is_word =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';

		if (in_class)
		{
			if (c == ']' && pattern.data[i - 1] != '[')
				in_class = false, may_repeat = true;
			else if (!is_word && !(c == '-' && pattern.data[i - 1] != '['))
				return false;
		}
		else if (c == '[')
			in_class = true;
		else if (c == '+' || c == '*' || c == '?')
		{
			if (!may_repeat)
				return false;
			may_repeat = false;
		}
		else if (is_word || c == '-' || c == '/' || c == ' ' || c == ')')
			may_repeat = true;
		else if (c == '^' || c == '$' || c == '|' || c == '(')
			may_repeat = false;
		else
			return false;
	}
	return !in_class && pattern.size > 0;
}

static const char *const comparison_signs[] = {"=", "<>", "<", "<=", ">", ">="};

/* A comparison or match of a text expression; false when SQL differs. */
static bool
append_text_condition(StringInfo sql, const FluxPredicate *leaf, const char *expression)
{
	if (leaf->kind == FLUX_PREDICATE_COMPARE)
	{
		if (leaf->literal_type != FLUX_COLUMN_STRING)
		{
			appendStringInfoString(sql, "false");
			return true;
		}
		if (!has_sql_text(leaf->literal.string))
			return false;
		appendStringInfo(sql, "%s%s %s %s", expression,
						 leaf->comparison >= FLUX_COMPARE_LT ? " COLLATE \"C\"" : "",
						 comparison_signs[leaf->comparison],
						 quote_literal_cstr(flux_text_to_cstring(leaf->literal.string)));
		return true;
	}
	if (!is_common_pattern(flux_regexp_pattern(leaf->regexp)))
		return false;
	appendStringInfo(sql, "%s %s %s", expression, leaf->kind == FLUX_PREDICATE_MATCH ? "~" : "!~",
					 quote_literal_cstr(flux_text_to_cstring(flux_regexp_pattern(leaf->regexp))));
	return true;
}

/*
 * A condition on a name or tag that a column holds, where null and the empty
 * string both mean that there is none.
 */
static bool
append_name_condition(StringInfo sql, const FluxPredicate *leaf, const char *expression)
{
	switch (leaf->kind)
	{
		case FLUX_PREDICATE_EXISTS:
			appendStringInfo(sql, "%s <> ''", expression);
			return true;
		case FLUX_PREDICATE_NOT_EXISTS:
			appendStringInfo(sql, "(%s IS NULL OR %s = '')", expression, expression);
			return true;
		default:
			/* equal to something is never empty */
			if (leaf->kind == FLUX_PREDICATE_COMPARE && leaf->comparison == FLUX_COMPARE_EQ &&
				leaf->literal_type == FLUX_COLUMN_STRING && leaf->literal.string.size > 0)
				return append_text_condition(sql, leaf, expression);
			appendStringInfo(sql, "(%s <> '' AND ", expression);
			if (!append_text_condition(sql, leaf, expression))
				return false;
			appendStringInfoChar(sql, ')');
			return true;
	}
}

/* A condition on a name that is the same in all rows: true or false. */
static bool
append_constant_condition(StringInfo sql, const FluxPredicate *leaf, FluxText measurement,
						  FluxText field)
{
	FluxPredicateSeries series = {measurement, field};
	const FluxPredicate *rest;

	appendStringInfoString(sql, flux_predicate_reduce(leaf, &series, &rest) ? "true" : "false");
	return true;
}

static bool
is_number(int type)
{
	return type == FLUX_COLUMN_INT || type == FLUX_COLUMN_UINT || type == FLUX_COLUMN_FLOAT;
}

/* Compares as the types ask: exactly, or as floats if one is. */
static bool
append_number_condition(StringInfo sql, const FluxPredicate *leaf, const FluxAttachedField *field)
{
	const char *sign = comparison_signs[leaf->comparison];

	append_value(sql, field);
	if (field->type != FLUX_COLUMN_FLOAT && leaf->literal_type != FLUX_COLUMN_FLOAT)
	{
		if (leaf->literal_type == FLUX_COLUMN_INT)
			appendStringInfo(sql, " %s (" INT64_FORMAT ")", sign, leaf->literal.integer);
		else
			appendStringInfo(sql, " %s " UINT64_FORMAT, sign, leaf->literal.uinteger);
		return true;
	}
	if (field->type != FLUX_COLUMN_FLOAT)
		appendStringInfoString(sql, "::float8");
	appendStringInfo(sql, " %s '%.17g'::float8", sign,
					 leaf->literal_type == FLUX_COLUMN_FLOAT ? leaf->literal.floating
					 : leaf->literal_type == FLUX_COLUMN_INT ? (double) leaf->literal.integer
															 : (double) leaf->literal.uinteger);
	return leaf->literal_type != FLUX_COLUMN_FLOAT || isfinite(leaf->literal.floating);
}

/* A condition on the value; a type that cannot be compared passes nothing. */
static bool
append_value_condition(StringInfo sql, const FluxPredicate *leaf, const FluxAttachedField *field)
{
	StringInfoData value;

	if (leaf->kind == FLUX_PREDICATE_EXISTS || leaf->kind == FLUX_PREDICATE_NOT_EXISTS)
	{
		appendStringInfoString(sql, leaf->kind == FLUX_PREDICATE_EXISTS ? "true" : "false");
		return true;
	}
	initStringInfo(&value);
	append_value(&value, field);
	if (field->type == FLUX_COLUMN_STRING &&
		(leaf->kind != FLUX_PREDICATE_COMPARE || leaf->literal_type == FLUX_COLUMN_STRING))
		return append_text_condition(sql, leaf, value.data);
	if (leaf->kind == FLUX_PREDICATE_COMPARE && is_number(field->type) &&
		is_number(leaf->literal_type))
		return append_number_condition(sql, leaf, field);
	if (leaf->kind == FLUX_PREDICATE_COMPARE && field->type == FLUX_COLUMN_BOOL &&
		leaf->literal_type == FLUX_COLUMN_BOOL)
		appendStringInfo(sql, "%s %s %s", value.data, comparison_signs[leaf->comparison],
						 leaf->literal.boolean ? "true" : "false");
	else
		appendStringInfoString(sql, "false");
	return true;
}

static const FluxAttachedTag *
find_tag(const FluxAttachedRelation *relation, FluxText label)
{
	for (int i = 0; i < relation->tag_count; i++)
		if (flux_text_equal(relation->tags[i].label, label))
			return &relation->tags[i];
	return NULL;
}

static bool
append_leaf(StringInfo sql, const FluxAttachedQuery *query, const FluxPredicate *leaf)
{
	const FluxAttachedRelation *relation = query->relation;
	FluxText field = flux_attached_field_name(query->field);
	const FluxAttachedTag *tag;
	StringInfoData expression;

	initStringInfo(&expression);
	switch (leaf->column)
	{
		case FLUX_PREDICATE_VALUE:
			return append_value_condition(sql, leaf, query->field);
		case FLUX_PREDICATE_MEASUREMENT:
			if (relation->measurement_column == NULL)
				return append_constant_condition(sql, leaf, relation->measurement, field);
			append_column(&expression, "r", relation->measurement_column);
			break;
		case FLUX_PREDICATE_FIELD:
			if (relation->field_column == NULL)
				return append_constant_condition(sql, leaf, relation->measurement, field);
			append_column(&expression, "r", relation->field_column);
			break;
		case FLUX_PREDICATE_TAG:
			tag = find_tag(relation, leaf->tag);
			if (tag == NULL)
			{
				appendStringInfoString(sql,
									   leaf->kind == FLUX_PREDICATE_NOT_EXISTS ? "true" : "false");
				return true;
			}
			appendStringInfoChar(&expression, '(');
			append_tag(&expression, relation, tag);
			appendStringInfoChar(&expression, ')');
			break;
	}
	return append_name_condition(sql, leaf, expression.data);
}

/* Appends a condition; false (with rubbish appended) when SQL cannot say it. */
static bool
append_condition(StringInfo sql, const FluxAttachedQuery *query, const FluxPredicate *predicate)
{
	check_stack_depth();
	if (predicate->kind != FLUX_PREDICATE_AND && predicate->kind != FLUX_PREDICATE_OR)
		return append_leaf(sql, query, predicate);
	appendStringInfoChar(sql, '(');
	for (int i = 0; i < predicate->child_count; i++)
	{
		if (i > 0)
			appendStringInfoString(sql, predicate->kind == FLUX_PREDICATE_AND ? " AND " : " OR ");
		if (!append_condition(sql, query, predicate->children[i]))
			return false;
	}
	appendStringInfoChar(sql, ')');
	return true;
}

/* Does it ask nothing of the value? */
static bool
is_about_series(const FluxPredicate *predicate)
{
	check_stack_depth();
	if (predicate->kind != FLUX_PREDICATE_AND && predicate->kind != FLUX_PREDICATE_OR)
		return predicate->column != FLUX_PREDICATE_VALUE;
	for (int i = 0; i < predicate->child_count; i++)
		if (!is_about_series(predicate->children[i]))
			return false;
	return true;
}

/* The WHERE text and what is left of a predicate. */
typedef struct Conditions
{
	StringInfoData sql; /* each begins with AND */
	List *rest;         /* of FluxPredicate */
	bool rest_is_about_series;
	bool uses_tags;
	bool is_names_only; /* tags are not known yet: pass over what asks for one */
	bool is_fieldless;  /* nor are fields */
	bool is_false;
} Conditions;

static bool
mentions(const FluxPredicate *predicate, FluxPredicateColumn column)
{
	check_stack_depth();
	if (predicate->kind != FLUX_PREDICATE_AND && predicate->kind != FLUX_PREDICATE_OR)
		return predicate->column == column;
	for (int i = 0; i < predicate->child_count; i++)
		if (mentions(predicate->children[i], column))
			return true;
	return false;
}

/* Splits a predicate into conjuncts, each in SQL or left. */
static void
split_conditions(Conditions *conditions, const FluxAttachedQuery *query,
				 const FluxPredicate *predicate)
{
	StringInfoData sql;

	check_stack_depth();
	if (predicate == NULL)
		return;
	if (predicate->kind == FLUX_PREDICATE_AND)
	{
		for (int i = 0; i < predicate->child_count; i++)
			split_conditions(conditions, query, predicate->children[i]);
		return;
	}
	if (conditions->is_names_only && mentions(predicate, FLUX_PREDICATE_TAG))
		return;
	if (conditions->is_fieldless &&
		(mentions(predicate, FLUX_PREDICATE_FIELD) || mentions(predicate, FLUX_PREDICATE_VALUE)))
		return;
	initStringInfo(&sql);
	if (!append_condition(&sql, query, predicate))
	{
		conditions->rest = lappend(conditions->rest, unconstify(FluxPredicate *, predicate));
		conditions->rest_is_about_series &= is_about_series(predicate);
	}
	else if (strcmp(sql.data, "false") == 0)
		conditions->is_false = true;
	else if (strcmp(sql.data, "true") != 0)
	{
		appendStringInfo(&conditions->sql, " AND %s", sql.data);
		conditions->uses_tags |= mentions(predicate, FLUX_PREDICATE_TAG);
	}
}

/* The conjuncts that are left as one predicate, or NULL. */
static const FluxPredicate *
rest_of(const Conditions *conditions)
{
	FluxPredicate *both;
	ListCell *cell;

	if (list_length(conditions->rest) <= 1)
		return conditions->rest == NIL ? NULL : linitial(conditions->rest);
	both = palloc0(sizeof(FluxPredicate));
	both->kind = FLUX_PREDICATE_AND;
	both->children = palloc(sizeof(FluxPredicate *) * list_length(conditions->rest));
	foreach (cell, conditions->rest)
		both->children[both->child_count++] = lfirst(cell);
	return both;
}

/* ---- time ---- */

/* An instant as a literal of the time column's type; rounded up to microseconds. */
static void
append_instant(StringInfo sql, FluxAttachedTime kind, int64 time_ns)
{
	int64 ceiling =
		time_ns > PG_INT64_MAX - (FLUX_NS_PER_US - 1) ? time_ns : time_ns + (FLUX_NS_PER_US - 1);
	FluxCivilTime civil;

	if (kind == FLUX_ATTACHED_NANOSECONDS)
	{
		appendStringInfo(sql, "'" INT64_FORMAT "'::bigint", time_ns);
		return;
	}
	civil = flux_time_to_civil(ceiling);
	appendStringInfo(sql, "'%04d-%02d-%02d %02d:%02d:%02d.%06d%s'::%s", (int) civil.year,
					 civil.month, civil.day, civil.hour, civil.minute, civil.second,
					 civil.nanosecond / 1000, kind == FLUX_ATTACHED_TIMESTAMPTZ ? "+00" : "",
					 kind == FLUX_ATTACHED_TIMESTAMPTZ ? "timestamptz" : "timestamp");
}

static void
append_range(StringInfo sql, const FluxAttachedRelation *relation, FluxBounds bounds)
{
	append_column(sql, "r", relation->time_column);
	appendStringInfoString(sql, " >= ");
	append_instant(sql, relation->time_kind, bounds.start_ns);
	appendStringInfoString(sql, " AND ");
	append_column(sql, "r", relation->time_column);
	appendStringInfoString(sql, " < ");
	append_instant(sql, relation->time_kind, bounds.stop_ns);
}

/* Start of the grid's window that holds the start of the bounds. */
static int64
first_window_ns(const FluxScanSpec *spec)
{
	return flux_grid_window(spec->grid, flux_grid_index(spec->grid, spec->bounds.start_ns))
		.start_ns;
}

/* Can SQL compute which window a time falls into? */
static bool
has_sql_windows(const FluxScanSpec *spec, const FluxAttachedRelation *relation)
{
	int64 first_ns;

	if (!spec->grid->is_simple)
		return false;
	first_ns = first_window_ns(spec);
	if (first_ns <= FLUX_TIME_MIN || first_ns > spec->bounds.start_ns)
		return false;
	return relation->time_kind == FLUX_ATTACHED_NANOSECONDS
			   ? first_ns > PG_INT64_MIN / 2 && spec->bounds.stop_ns < PG_INT64_MAX / 2
			   : first_ns % FLUX_NS_PER_US == 0 && spec->grid->every.ns % FLUX_NS_PER_US == 0;
}

static void
append_window(StringInfo sql, const FluxScanSpec *spec, const FluxAttachedRelation *relation)
{
	int64 every_ns = spec->grid->every.ns;
	StringInfoData time;

	initStringInfo(&time);
	append_column(&time, "r", relation->time_column);
	if (relation->time_kind == FLUX_ATTACHED_NANOSECONDS)
		appendStringInfo(sql,
						 "%s - (%s - '" INT64_FORMAT "'::bigint) %% '" INT64_FORMAT "'::bigint",
						 time.data, time.data, first_window_ns(spec), every_ns);
	else
	{
		appendStringInfo(sql, "date_bin('" INT64_FORMAT ".%06d seconds'::interval, %s, ",
						 every_ns / FLUX_NS_PER_SECOND,
						 (int) (every_ns % FLUX_NS_PER_SECOND / FLUX_NS_PER_US), time.data);
		append_instant(sql, relation->time_kind, first_window_ns(spec));
		appendStringInfoChar(sql, ')');
	}
}

/* ---- queries ---- */

/* Series columns by label: tags, and names that columns hold. */
static void
list_columns(FluxAttachedQuery *query)
{
	const FluxAttachedRelation *relation = query->relation;
	FluxAttachedSeriesColumn own[2];
	int own_count = 0;
	int next = 0;

	if (relation->field_column != NULL)
		own[own_count++] =
			(FluxAttachedSeriesColumn){FLUX_ATTACHED_FIELD_NAME, flux_text_from_cstring("_field")};
	if (relation->measurement_column != NULL)
		own[own_count++] = (FluxAttachedSeriesColumn){FLUX_ATTACHED_MEASUREMENT,
													  flux_text_from_cstring("_measurement")};
	query->columns = palloc(sizeof(FluxAttachedSeriesColumn) * (relation->tag_count + 2));
	for (int i = 0; i < relation->tag_count; i++)
	{
		for (; next < own_count && flux_text_compare(own[next].label, relation->tags[i].label) < 0;
			 next++)
			query->columns[query->column_count++] = own[next];
		query->columns[query->column_count++] =
			(FluxAttachedSeriesColumn){FLUX_ATTACHED_TAG, relation->tags[i].label, i};
	}
	for (; next < own_count; next++)
		query->columns[query->column_count++] = own[next];
}

/* FROM and WHERE of the rows themselves. */
static void
append_rows(StringInfo sql, const FluxAttachedQuery *query, const Conditions *conditions,
			bool with_tags)
{
	const FluxAttachedRelation *relation = query->relation;

	appendStringInfo(sql, " FROM %s r", relation->sql_name);
	if (with_tags && OidIsValid(relation->tag_table_oid))
		appendStringInfo(sql, " LEFT JOIN %s t ON t.%s = r.%s", relation->tag_table,
						 quote_identifier(relation->tag_id_column),
						 quote_identifier(relation->tag_id_column));
	appendStringInfoString(sql, " WHERE ");
	append_range(sql, relation, query->spec->bounds);
	if (query->field->type == FLUX_COLUMN_FLOAT)
	{
		appendStringInfoString(sql, " AND ");
		append_value(sql, query->field);
		appendStringInfoString(sql, " > '-Infinity'::float8 AND ");
		append_value(sql, query->field);
		appendStringInfoString(sql, " < 'Infinity'::float8");
	}
	else
	{
		appendStringInfoString(sql, " AND ");
		append_value(sql, query->field);
		appendStringInfoString(sql, " IS NOT NULL");
	}
	if (relation->field_column != NULL)
	{
		appendStringInfoString(sql, " AND ");
		append_column(sql, "r", relation->field_column);
		appendStringInfoString(sql, " <> ''");
	}
	if (relation->measurement_column != NULL)
	{
		appendStringInfoString(sql, " AND ");
		append_column(sql, "r", relation->measurement_column);
		appendStringInfoString(sql, " <> ''");
	}
	appendStringInfoString(sql, conditions->sql.data);
}

/* A series column of a row as it stands in the relation, as text. */
static void
append_series_column(StringInfo sql, const FluxAttachedQuery *query,
					 const FluxAttachedSeriesColumn *column)
{
	if (column->role == FLUX_ATTACHED_TAG)
		append_tag(sql, query->relation, &query->relation->tags[column->tag]);
	else
	{
		append_column(sql, "r",
					  column->role == FLUX_ATTACHED_FIELD_NAME
						  ? query->relation->field_column
						  : query->relation->measurement_column);
		appendStringInfoString(sql, "::text");
	}
}

/* ORDER BY the series columns, which stand from "first" on, then the time. */
static void
append_order(StringInfo sql, const FluxAttachedQuery *query, char *const *expressions,
			 const char *time, bool is_descending)
{
	appendStringInfoString(sql, " ORDER BY ");
	for (int i = 0; i < query->column_count; i++)
		appendStringInfo(sql, "%s COLLATE \"C\" NULLS FIRST, ", expressions[i]);
	appendStringInfo(sql, "%s%s", time, is_descending ? " DESC" : "");
}

static void
build_points_query(FluxAttachedQuery *query, const Conditions *conditions)
{
	const FluxScanSpec *spec = query->spec;
	bool is_descending = spec->descending || spec->aggregate == FLUX_SCAN_LAST;
	char **expressions = palloc(sizeof(char *) * Max(query->column_count, 1));
	StringInfoData sql;
	StringInfoData time;

	initStringInfo(&sql);
	initStringInfo(&time);
	append_column(&time, "r", query->relation->time_column);
	for (int i = 0; i < query->column_count; i++)
	{
		StringInfoData expression;

		initStringInfo(&expression);
		appendStringInfoString(&expression, "NULLIF(");
		append_series_column(&expression, query, &query->columns[i]);
		appendStringInfoString(&expression, ", '')");
		expressions[i] = expression.data;
	}
	appendStringInfoString(&sql, "SELECT ");
	if (query->is_one_row)
	{
		appendStringInfoString(&sql, query->column_count > 0 ? "DISTINCT ON (" : "");
		for (int i = 0; i < query->column_count; i++)
			appendStringInfo(&sql, "%s%s COLLATE \"C\"", i > 0 ? ", " : "", expressions[i]);
		appendStringInfoString(&sql, query->column_count > 0 ? ") " : "");
	}
	appendStringInfo(&sql, "%s, ", time.data);
	append_value(&sql, query->field);
	if (query->field->type == FLUX_COLUMN_UINT)
		appendStringInfoString(&sql, "::text");
	for (int i = 0; i < query->column_count; i++)
		appendStringInfo(&sql, ", %s", expressions[i]);
	append_rows(&sql, query, conditions, true);
	append_order(&sql, query, expressions, time.data,
				 query->is_one_row ? is_descending : spec->descending);
	if (query->is_one_row && query->column_count == 0)
		appendStringInfoString(&sql, " LIMIT 1");
	query->sql = sql.data;
}

/* Appends ", expression" to a list of the inner query's keys; returns its name. */
static char *
add_inner_key(StringInfo select, StringInfo group, const char *expression, int *count)
{
	char *name = psprintf("k%d", (*count)++);

	appendStringInfo(select, "%s AS %s, ", expression, name);
	appendStringInfo(group, "%s%s", *count > 1 ? ", " : "", expression);
	return name;
}

/*
 * The series columns of the outer query over the keys of the inner one, which
 * groups by bare columns: those of tags, one of jsonb, or the tag table's id.
 */
static void
add_series_keys(FluxAttachedQuery *query, StringInfo select, StringInfo group, char **expressions,
				int *count)
{
	const FluxAttachedRelation *relation = query->relation;
	bool has_table = OidIsValid(relation->tag_table_oid);
	const char *shared = has_table ? relation->tag_id_column : relation->json_column;
	char *shared_key = NULL;

	if (shared != NULL && relation->tag_count > 0)
		shared_key =
			add_inner_key(select, group, psprintf("r.%s", quote_identifier(shared)), count);
	for (int i = 0; i < query->column_count; i++)
	{
		const FluxAttachedSeriesColumn *column = &query->columns[i];
		const FluxAttachedTag *tag =
			column->role == FLUX_ATTACHED_TAG ? &relation->tags[column->tag] : NULL;
		StringInfoData outer;

		initStringInfo(&outer);
		appendStringInfoString(&outer, "NULLIF(");
		if (tag != NULL && has_table)
			append_tag(&outer, relation, tag);
		else if (tag != NULL && shared_key != NULL)
			appendStringInfo(&outer, "q.%s->>%s", shared_key,
							 quote_literal_cstr(flux_text_to_cstring(tag->label)));
		else
		{
			const char *name = tag != NULL ? tag->column
							   : column->role == FLUX_ATTACHED_FIELD_NAME
								   ? relation->field_column
								   : relation->measurement_column;

			appendStringInfo(
				&outer, "q.%s::text",
				add_inner_key(select, group, psprintf("r.%s", quote_identifier(name)), count));
		}
		appendStringInfoString(&outer, ", '')");
		expressions[i] = outer.data;
	}
}

/* The aggregate of the inner query and how the outer one makes a vector's value of it. */
static void
append_aggregate(StringInfo inner, StringInfo outer, const FluxAttachedQuery *query)
{
	const FluxAttachedField *field = query->field;
	StringInfoData value;

	initStringInfo(&value);
	append_value(&value, field);
	switch (query->spec->aggregate)
	{
		case FLUX_SCAN_COUNT:
			appendStringInfo(inner, ", count(%s) AS a", value.data);
			appendStringInfoString(outer, "q.a");
			return;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			appendStringInfo(inner, ", count(%s) AS c, %s(%s) AS a", value.data,
							 query->spec->aggregate == FLUX_SCAN_MIN ? "min" : "max", value.data);
			break;
		default:
			appendStringInfo(inner, ", count(%s) AS c, sum(%s) AS a", value.data, value.data);
			break;
	}
	if (field->type == FLUX_COLUMN_FLOAT)
		appendStringInfoString(outer, "q.c, q.a");
	else if (field->type == FLUX_COLUMN_UINT)
		appendStringInfoString(outer, "q.c, mod(q.a, 18446744073709551616)::text");
	else /* integers wrap around, as in Flux */
		appendStringInfoString(outer, "q.c, (mod(mod(q.a::numeric + 9223372036854775808,"
									  " 18446744073709551616) + 18446744073709551616,"
									  " 18446744073709551616) - 9223372036854775808)::bigint");
}

static void
build_aggregate_query(FluxAttachedQuery *query, const Conditions *conditions)
{
	const FluxAttachedRelation *relation = query->relation;
	char **expressions = palloc(sizeof(char *) * Max(query->column_count, 1));
	StringInfoData inner;
	StringInfoData group;
	StringInfoData outer;
	StringInfoData sql;
	int key_count = 0;

	initStringInfo(&inner);
	initStringInfo(&group);
	initStringInfo(&outer);
	initStringInfo(&sql);
	query->has_window = query->spec->grid != NULL;
	add_series_keys(query, &inner, &group, expressions, &key_count);
	if (query->has_window)
	{
		StringInfoData window;

		initStringInfo(&window);
		append_window(&window, query->spec, relation);
		appendStringInfo(&inner, "%s AS w", window.data);
		appendStringInfo(&group, "%s%s", key_count > 0 ? ", " : "", window.data);
	}
	else
		appendStringInfoString(&inner, "NULL::bigint AS w");
	append_aggregate(&inner, &outer, query);

	appendStringInfo(&sql, "SELECT q.w, %s%s",
					 query->spec->aggregate == FLUX_SCAN_COUNT ? "q.a, " : "", outer.data);
	for (int i = 0; i < query->column_count; i++)
		appendStringInfo(&sql, ", %s", expressions[i]);
	appendStringInfo(&sql, " FROM (SELECT %s", inner.data);
	append_rows(&sql, query, conditions, conditions->uses_tags);
	if (group.len > 0)
		appendStringInfo(&sql, " GROUP BY %s", group.data);
	else
		appendStringInfoString(&sql, " HAVING count(*) > 0");
	appendStringInfoString(&sql, ") q");
	if (OidIsValid(relation->tag_table_oid) && relation->tag_count > 0)
		appendStringInfo(&sql, " LEFT JOIN %s t ON t.%s = q.k0", relation->tag_table,
						 quote_identifier(relation->tag_id_column));
	append_order(&sql, query, expressions, "q.w", false);
	query->sql = sql.data;
}

/* Can SQL compute the aggregate of this field? */
static bool
has_sql_aggregate(const FluxScanSpec *spec, const FluxAttachedQuery *query)
{
	switch (spec->aggregate)
	{
		case FLUX_SCAN_COUNT:
			break;
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			if (!is_number(query->field->type))
				return false;
			break;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			if (!is_number(query->field->type) || !spec->times_unused)
				return false;
			break;
		default:
			return false;
	}
	return spec->grid == NULL || has_sql_windows(spec, query->relation);
}

bool
flux_attached_may_pass(const FluxScanSpec *spec, const FluxAttachedRelation *relation,
					   const FluxAttachedField *field)
{
	const FluxAttachedField none = {.column = ""};
	FluxAttachedQuery query = {.relation = relation, .field = field, .spec = spec};
	Conditions conditions = {.is_names_only = true, .is_fieldless = field == NULL};

	if (field == NULL)
		query.field = &none;
	initStringInfo(&conditions.sql);
	split_conditions(&conditions, &query, spec->predicate);
	return !conditions.is_false;
}

FluxAttachedQuery *
flux_attached_query(const FluxScanSpec *spec, const FluxAttachedRelation *relation,
					const FluxAttachedField *field)
{
	FluxAttachedQuery *query = palloc0(sizeof(FluxAttachedQuery));
	Conditions conditions = {.rest_is_about_series = true};

	query->relation = relation;
	query->field = field;
	query->spec = spec;
	initStringInfo(&conditions.sql);
	split_conditions(&conditions, query, spec->predicate);
	if (conditions.is_false)
		return NULL;
	query->rest = rest_of(&conditions);
	list_columns(query);
	query->is_aggregated = conditions.rest_is_about_series && has_sql_aggregate(spec, query);
	if (query->is_aggregated)
		build_aggregate_query(query, &conditions);
	else
	{
		bool is_end = spec->grid == NULL &&
					  (spec->aggregate == FLUX_SCAN_FIRST || spec->aggregate == FLUX_SCAN_LAST);

		query->is_one_row = conditions.rest_is_about_series &&
							(is_end || (spec->aggregate == FLUX_SCAN_RAW && spec->rows_max == 1));
		build_points_query(query, &conditions);
	}
	return query;
}

char *
flux_attached_keys_sql(const FluxScanSpec *spec, const FluxAttachedRelation *relation)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT DISTINCT jsonb_object_keys(");
	append_column(&sql, tag_alias(relation), relation->json_column);
	appendStringInfo(&sql, ") FROM %s %s",
					 OidIsValid(relation->tag_table_oid) ? relation->tag_table : relation->sql_name,
					 tag_alias(relation));
	appendStringInfoString(&sql, " WHERE jsonb_typeof(");
	append_column(&sql, tag_alias(relation), relation->json_column);
	appendStringInfoString(&sql, ") = 'object'");
	if (!OidIsValid(relation->tag_table_oid))
	{
		appendStringInfoString(&sql, " AND ");
		append_range(&sql, relation, spec->bounds);
	}
	return sql.data;
}

char *
flux_attached_fields_sql(const FluxScanSpec *spec, const FluxAttachedRelation *relation)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT DISTINCT e.key, jsonb_typeof(e.value) FROM ");
	appendStringInfo(&sql, "%s r, jsonb_each(CASE WHEN jsonb_typeof(", relation->sql_name);
	append_column(&sql, "r", relation->fields_column);
	appendStringInfoString(&sql, ") = 'object' THEN ");
	append_column(&sql, "r", relation->fields_column);
	appendStringInfoString(&sql, " END) e WHERE e.key <> '' AND jsonb_typeof(e.value) IN"
								 " ('number', 'string', 'boolean') AND ");
	append_range(&sql, relation, spec->bounds);
	return sql.data;
}
