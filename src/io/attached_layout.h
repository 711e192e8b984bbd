/*
 * attached_layout.h
 *		How the columns of existing relations stand for points.
 *
 * An attached bucket names one relation or all relations of a schema, and maybe
 * roles of columns; the rest is found by looking at the columns each time, so
 * that a column added later is there at once.  Layouts:
 *
 *		wide	a column per field; the measurement is the relation's name
 *		narrow	a column with the field's name and one or more with its value
 *
 * Tags are columns, the keys of a jsonb column, or columns (or a jsonb column)
 * of a tag table that rows point to by tag_id.  Fields may be the keys of a jsonb
 * column, too; which there are, and of what type, only the rows say.
 */
#ifndef FLUX_ATTACHED_LAYOUT_H
#define FLUX_ATTACHED_LAYOUT_H

#include "storage/bucket.h"
#include "vector/column.h"

/* Roles that the one who attached gave; NULL: to be found. */
typedef struct FluxAttachedOptions
{
	const char *schema_name;
	const char *relation_name; /* NULL: every relation of the schema */
	const char *time_column;
	const char *measurement;
	const char *measurement_column;
	char **tag_columns;
	int tag_column_count;    /* -1: to be found */
	const char *tags_column; /* of type jsonb */
	const char *tag_table_schema;
	const char *tag_table_name;
	const char *tag_id_column;
	const char *field_column;
	char **value_columns;
	int value_column_count; /* -1: to be found */
} FluxAttachedOptions;

typedef enum FluxAttachedTime
{
	FLUX_ATTACHED_TIMESTAMPTZ,
	FLUX_ATTACHED_TIMESTAMP,  /* read as UTC */
	FLUX_ATTACHED_NANOSECONDS /* bigint since 1970 */
} FluxAttachedTime;

typedef struct FluxAttachedTag
{
	FluxText label;
	const char *column; /* NULL: a key of json_column */
	bool is_text;       /* text by itself, without a cast */
	Oid type_oid;
} FluxAttachedTag;

/* A field of a wide relation, or a value column of a narrow one. */
typedef struct FluxAttachedField
{
	const char *column;
	const char *json_key; /* the field is this key of the column; else NULL */
	Oid type_oid;
	FluxColumnType type;
} FluxAttachedField;

/* The name that a field of a wide relation has in Flux. */
static inline FluxText
flux_attached_field_name(const FluxAttachedField *field)
{
	return flux_text_from_cstring(field->json_key != NULL ? field->json_key : field->column);
}

typedef struct FluxAttachedRelation
{
	Oid relation_oid;
	const char *sql_name; /* quoted and qualified */
	FluxText measurement; /* unless there is a column */
	const char *measurement_column;
	const char *time_column;
	FluxAttachedTime time_kind;

	FluxAttachedTag *tags; /* by label */
	int tag_count;
	const char *json_column; /* whose keys are the tags, or NULL */
	Oid tag_table_oid;       /* where tags and json_column stand, or invalid */
	const char *tag_table;   /* quoted and qualified */
	const char *tag_id_column;

	const char *field_column;  /* narrow, or NULL */
	const char *fields_column; /* jsonb whose keys are fields, too, or NULL */
	FluxAttachedField *fields;
	int field_count;
} FluxAttachedRelation;

typedef struct FluxAttachedLayout
{
	const FluxBucket *bucket;
	FluxAttachedRelation *relations; /* by measurement */
	int relation_count;
} FluxAttachedLayout;

/* Checks options against the relations and creates the bucket. */
extern int32 flux_attached_create(FluxText name, const FluxAttachedOptions *options,
								  const char *description);

/*
 * The layout as the relations stand now; in the current memory context.  Raises
 * when one that the bucket names is gone or has lost a column it needs.
 */
extern FluxAttachedLayout *flux_attached_layout(const FluxBucket *bucket);

#endif /* FLUX_ATTACHED_LAYOUT_H */
