/*
 * fdw_table.c
 *		What a foreign table stands for: its bucket, its measurement, its columns.
 *
 * The bucket is the one whose schema holds the table; a table of our server
 * elsewhere shows nothing.  Columns of "_points" are known by their names,
 * those of a measurement's table by their options.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "fdw/fdw_int.h"

static const struct
{
	const char *name;
	Oid type_oid;
	FluxFdwRole role;
	FluxColumnType type;
} points_columns[] = {
	{"time", TIMESTAMPTZOID, FLUX_FDW_TIME},
	{"time_ns", INT8OID, FLUX_FDW_TIME_NS},
	{"_measurement", TEXTOID, FLUX_FDW_MEASUREMENT},
	{"_field", TEXTOID, FLUX_FDW_FIELD_NAME},
	{"tags", JSONBOID, FLUX_FDW_TAGS},
	{"series_id", INT8OID, FLUX_FDW_SERIES_ID},
	{"v_float", FLOAT8OID, FLUX_FDW_VALUE, FLUX_COLUMN_FLOAT},
	{"v_int", INT8OID, FLUX_FDW_VALUE, FLUX_COLUMN_INT},
	{"v_uint", NUMERICOID, FLUX_FDW_VALUE, FLUX_COLUMN_UINT},
	{"v_str", TEXTOID, FLUX_FDW_VALUE, FLUX_COLUMN_STRING},
	{"v_bool", BOOLOID, FLUX_FDW_VALUE, FLUX_COLUMN_BOOL},
};

static FluxFdwColumn
points_column(Form_pg_attribute attribute)
{
	FluxFdwColumn column = {FLUX_FDW_NONE};

	for (int i = 0; i < lengthof(points_columns) && !attribute->attisdropped; i++)
	{
		if (strcmp(points_columns[i].name, NameStr(attribute->attname)) == 0 &&
			points_columns[i].type_oid == attribute->atttypid)
		{
			column.role = points_columns[i].role;
			column.type = points_columns[i].type;
		}
	}
	return column;
}

static FluxFdwColumn
measurement_column(const FluxTableColumn *meaning)
{
	static const FluxFdwRole roles[] = {
		[FLUX_TABLE_COLUMN_NONE] = FLUX_FDW_NONE,       [FLUX_TABLE_COLUMN_TIME] = FLUX_FDW_TIME,
		[FLUX_TABLE_COLUMN_TIME_NS] = FLUX_FDW_TIME_NS, [FLUX_TABLE_COLUMN_TAG] = FLUX_FDW_TAG,
		[FLUX_TABLE_COLUMN_FIELD] = FLUX_FDW_FIELD,
	};
	FluxFdwColumn column = {roles[meaning->kind], meaning->name, meaning->type};

	return column;
}

FluxFdwTable *
flux_fdw_table_get(Relation rel)
{
	FluxFdwTable *table = palloc0(sizeof(FluxFdwTable));
	TupleDesc desc = RelationGetDescr(rel);

	table->bucket = flux_bucket_get_by_schema(RelationGetNamespace(rel));
	if (table->bucket == NULL)
		ereport(
			ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("foreign table \"%s\" is in no bucket's schema", RelationGetRelationName(rel)),
			 errhint("Tables of server fluxtask are made by flux.create_bucket and by writing"
					 " to the bucket.")));
	if (table->bucket->is_attached)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("bucket \"%s\" is attached: its table \"%s\" holds its access list alone",
						table->bucket->name, RelationGetRelationName(rel)),
				 errhint("Use the relations that it is attached to, or a script.")));
	table->is_points = RelationGetRelid(rel) == table->bucket->points_oid;
	table->column_count = desc->natts;
	table->columns = palloc_array(FluxFdwColumn, Max(1, desc->natts));
	if (table->is_points)
	{
		for (int i = 0; i < desc->natts; i++)
			table->columns[i] = points_column(TupleDescAttr(desc, i));
		return table;
	}

	FluxTableColumn *meanings = flux_measurement_table_columns(rel);

	table->measurement = flux_measurement_table_measurement(rel);
	for (int i = 0; i < desc->natts; i++)
		table->columns[i] = measurement_column(&meanings[i]);
	return table;
}

FluxFdwTable *
flux_fdw_table_get_by_oid(Oid relation_oid)
{
	Relation rel = table_open(relation_oid, NoLock);
	FluxFdwTable *table = flux_fdw_table_get(rel);

	table_close(rel, NoLock);
	return table;
}

AttrNumber
flux_fdw_table_find(const FluxFdwTable *table, FluxFdwRole role)
{
	for (int i = 0; i < table->column_count; i++)
		if (table->columns[i].role == role)
			return i + 1;
	return 0;
}
