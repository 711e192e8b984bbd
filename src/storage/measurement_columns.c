/*
 * measurement_columns.c
 *		What the columns of a measurement's foreign table stand for.
 *
 * Columns and table say it with options.  Reading those takes a catalog lookup
 * for each column, too much for an INSERT of one row, so a backend remembers
 * them per table until the table's relcache entry is invalidated.  Callers get
 * copies.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "foreign/foreign.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "storage/measurement_columns.h"

#define TABLES_MAX 1000 /* remembered; then they start anew */

typedef struct KnownTable
{
	Oid relation_oid; /* hash key */
	bool is_stale;
	MemoryContext context; /* of the rest; NULL: not read */
	FluxText measurement;
	FluxTableColumn *columns;
	int column_count;
} KnownTable;

static HTAB *known_tables;

/* ---- reading options ---- */

static bool
field_type_from_sql(Oid type_oid, FluxColumnType *type)
{
	switch (type_oid)
	{
		case BOOLOID:
			*type = FLUX_COLUMN_BOOL;
			return true;
		case INT8OID:
			*type = FLUX_COLUMN_INT;
			return true;
		case NUMERICOID:
			*type = FLUX_COLUMN_UINT;
			return true;
		case FLOAT8OID:
			*type = FLUX_COLUMN_FLOAT;
			return true;
		case TEXTOID:
			*type = FLUX_COLUMN_STRING;
			return true;
		default:
			return false;
	}
}

/* What a column stands for, by its options, else by its name. */
static FluxTableColumn
column_meaning(Relation rel, Form_pg_attribute attribute)
{
	FluxTableColumn column = {FLUX_TABLE_COLUMN_NONE};
	ListCell *cell;

	if (attribute->attisdropped)
		return column;
	foreach (cell, GetForeignColumnOptions(RelationGetRelid(rel), attribute->attnum))
	{
		DefElem *option = lfirst(cell);

		if (strcmp(option->defname, "tag") == 0 && attribute->atttypid == TEXTOID)
		{
			column.kind = FLUX_TABLE_COLUMN_TAG;
			column.name = flux_text_from_cstring(defGetString(option));
			return column;
		}
		if (strcmp(option->defname, "field") == 0 &&
			field_type_from_sql(attribute->atttypid, &column.type))
		{
			column.kind = FLUX_TABLE_COLUMN_FIELD;
			column.name = flux_text_from_cstring(defGetString(option));
			return column;
		}
	}
	if (strcmp(NameStr(attribute->attname), "time") == 0 && attribute->atttypid == TIMESTAMPTZOID)
		column.kind = FLUX_TABLE_COLUMN_TIME;
	else if (strcmp(NameStr(attribute->attname), "time_ns") == 0 && attribute->atttypid == INT8OID)
		column.kind = FLUX_TABLE_COLUMN_TIME_NS;
	return column;
}

/* The measurement that the table's option names, else one of the table's name. */
static FluxText
measurement_by_option(Relation rel)
{
	ForeignTable *table = GetForeignTable(RelationGetRelid(rel));
	ListCell *cell;

	foreach (cell, table->options)
	{
		DefElem *option = lfirst(cell);

		if (strcmp(option->defname, "measurement") == 0)
			return flux_text_from_cstring(defGetString(option));
	}
	return flux_text_from_cstring(RelationGetRelationName(rel));
}

/* ---- remembering ---- */

static void
on_relcache_invalidation(Datum arg, Oid relation_oid)
{
	KnownTable *known;

	if (known_tables == NULL)
		return;
	if (OidIsValid(relation_oid))
	{
		known = hash_search(known_tables, &relation_oid, HASH_FIND, NULL);
		if (known != NULL)
			known->is_stale = true;
		return;
	}

	HASH_SEQ_STATUS status;

	hash_seq_init(&status, known_tables);
	while ((known = hash_seq_search(&status)) != NULL)
		known->is_stale = true;
}

static void
forget_all(void)
{
	HASH_SEQ_STATUS status;
	KnownTable *known;

	hash_seq_init(&status, known_tables);
	while ((known = hash_seq_search(&status)) != NULL)
		if (known->context != NULL)
			MemoryContextDelete(known->context);
	hash_destroy(known_tables);
	known_tables = NULL;
}

/* Reads what is to be remembered of a table. */
static void
read_table(KnownTable *known, Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);
	MemoryContext context =
		AllocSetContextCreate(CacheMemoryContext, "fluxtask columns", ALLOCSET_SMALL_SIZES);
	FluxTableColumn *columns = palloc_array(FluxTableColumn, Max(1, desc->natts));
	FluxText measurement = measurement_by_option(rel);

	/* What may be interrupted comes first: an entry is whole or empty. */
	for (int i = 0; i < desc->natts; i++)
		columns[i] = column_meaning(rel, TupleDescAttr(desc, i));

	MemoryContext old_context = MemoryContextSwitchTo(context);

	known->columns = palloc_array(FluxTableColumn, Max(1, desc->natts));
	for (int i = 0; i < desc->natts; i++)
	{
		known->columns[i] = columns[i];
		if (columns[i].name.size > 0)
			known->columns[i].name = flux_text_copy(columns[i].name);
	}
	known->column_count = desc->natts;
	known->measurement = flux_text_copy(measurement);
	known->context = context;
	MemoryContextSwitchTo(old_context);
}

static const KnownTable *
known_table(Relation rel)
{
	static bool callback_is_registered;
	Oid relation_oid = RelationGetRelid(rel);
	bool found;

	if (!callback_is_registered)
	{
		CacheRegisterRelcacheCallback(on_relcache_invalidation, (Datum) 0);
		callback_is_registered = true;
	}
	if (known_tables != NULL && hash_get_num_entries(known_tables) >= TABLES_MAX)
		forget_all();
	if (known_tables == NULL)
	{
		HASHCTL control = {
			.keysize = sizeof(Oid), .entrysize = sizeof(KnownTable), .hcxt = CacheMemoryContext};

		known_tables =
			hash_create("fluxtask tables", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}

	KnownTable *known = hash_search(known_tables, &relation_oid, HASH_ENTER, &found);

	if (!found)
		known->context = NULL;
	else if (known->context != NULL &&
			 (known->is_stale || known->column_count != RelationGetDescr(rel)->natts))
	{
		MemoryContextDelete(known->context);
		known->context = NULL;
	}
	if (known->context == NULL)
	{
		/* An invalidation that comes meanwhile leaves its mark. */
		known->is_stale = false;
		read_table(known, rel);
	}
	return known;
}

FluxTableColumn *
flux_measurement_table_columns(Relation rel)
{
	const KnownTable *known = known_table(rel);
	FluxTableColumn *columns = palloc_array(FluxTableColumn, Max(1, known->column_count));

	for (int i = 0; i < known->column_count; i++)
	{
		columns[i] = known->columns[i];
		if (columns[i].name.size > 0)
			columns[i].name = flux_text_copy(columns[i].name);
	}
	return columns;
}

FluxText
flux_measurement_table_measurement(Relation rel)
{
	return flux_text_copy(known_table(rel)->measurement);
}
