/*
 * fdw_modify.c
 *		INSERT and COPY FROM: rows of the foreign tables to points.
 *
 * Inserting a point that exists replaces its values; that is what writing to a
 * bucket means, so ON CONFLICT has nothing to say.  Unlike flux.write, a type
 * conflict or a point past the retention fails the statement: SQL promises all
 * rows or none.
 */
#include "postgres.h"

#include <math.h>

#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rel.h"

#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "fdw/fdw_int.h"

typedef struct FluxFdwModify
{
	FluxFdwTable *table;
	FluxPointWriter *writer;
	MemoryContext row_context;
	FluxTag *tags; /* scratch */
	int tag_capacity;
	FluxFieldValue *fields; /* scratch */
} FluxFdwModify;

/* ---- rows to points ---- */

static FluxText
text_from_datum(Datum datum)
{
	text *value = DatumGetTextPP(datum);

	return flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static uint64
uint64_from_numeric(Datum datum)
{
	char *text = DatumGetCString(DirectFunctionCall1(numeric_out, datum));
	char *end;
	uint64 value;

	errno = 0;
	value = strtou64(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] == '-')
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value %s is not an unsigned integer of 64 bits", text)));
	return value;
}

static void
set_value(FluxFieldValue *field, FluxColumnType type, Datum datum)
{
	field->type = type;
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			field->value.boolean = DatumGetBool(datum);
			break;
		case FLUX_COLUMN_INT:
			field->value.integer = DatumGetInt64(datum);
			break;
		case FLUX_COLUMN_UINT:
			field->value.uinteger = uint64_from_numeric(datum);
			break;
		case FLUX_COLUMN_FLOAT:
			field->value.floating = DatumGetFloat8(datum);
			if (!isfinite(field->value.floating))
				ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
								errmsg("field \"%s\" cannot be NaN or infinite",
									   flux_text_to_cstring(field->name)),
								errhint("Insert NULL to leave the field out of the point.")));
			break;
		default:
			field->value.string = text_from_datum(datum);
			break;
	}
}

static void
add_tag(FluxFdwModify *state, FluxPoint *point, FluxText key, FluxText value)
{
	/* As in Flux, an empty tag is none. */
	if (value.size == 0)
		return;
	if (point->tag_count == state->tag_capacity)
	{
		state->tag_capacity *= 2;
		state->tags = repalloc_array(state->tags, FluxTag, state->tag_capacity);
		point->tags = state->tags;
	}
	state->tags[point->tag_count].key = key;
	state->tags[point->tag_count++].value = value;
}

/* Tags from a json object of texts. */
static void
add_tags(FluxFdwModify *state, FluxPoint *point, Jsonb *object)
{
	JsonbIterator *iterator = JsonbIteratorInit(&object->root);
	JsonbIteratorToken token;
	JsonbValue value;
	FluxText key = flux_text("", 0);

	if (!JB_ROOT_IS_OBJECT(object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("tags must be a json object")));
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = flux_text(value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE && value.type == jbvString)
			add_tag(state, point, key, flux_text(value.val.string.val, value.val.string.len));
		else if (token == WJB_VALUE && value.type != jbvNull)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("tag \"%s\" must be a json string", flux_text_to_cstring(key))));
	}
}

/* The instant of a row: time_ns if given, else time, else now. */
static int64
row_time(const FluxFdwModify *state, TupleTableSlot *slot)
{
	AttrNumber time_at = flux_fdw_table_find(state->table, FLUX_FDW_TIME);
	AttrNumber time_ns_at = flux_fdw_table_find(state->table, FLUX_FDW_TIME_NS);
	bool has_time = time_at != 0 && !slot->tts_isnull[time_at - 1];
	bool has_time_ns = time_ns_at != 0 && !slot->tts_isnull[time_ns_at - 1];
	int64 time_ns;

	if (!has_time && !has_time_ns)
		return flux_time_now();
	if (!has_time_ns)
	{
		TimestampTz timestamp = DatumGetTimestampTz(slot->tts_values[time_at - 1]);

		if (TIMESTAMP_NOT_FINITE(timestamp))
			ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
							errmsg("time of a point cannot be infinite")));
		return flux_time_from_timestamptz(timestamp);
	}
	time_ns = DatumGetInt64(slot->tts_values[time_ns_at - 1]);
	if (has_time &&
		flux_time_to_timestamptz(time_ns) != DatumGetTimestampTz(slot->tts_values[time_at - 1]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time and time_ns are different instants"), errhint("Give one of them.")));
	return time_ns;
}

static void
refuse_unknown_column(const FluxFdwTable *table, TupleTableSlot *slot, int i)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_INVALID_COLUMN_NAME),
			 errmsg("column \"%s\" stands for no tag or field",
					NameStr(TupleDescAttr(slot->tts_tupleDescriptor, i)->attname)),
			 errhint("Columns come by themselves with the first point that has them; one added by"
					 " hand needs OPTIONS (tag '...') or OPTIONS (field '...').")));
}

/* A row of a measurement's table. */
static void
point_from_wide_row(FluxFdwModify *state, TupleTableSlot *slot, FluxPoint *point)
{
	point->measurement = state->table->measurement;
	for (int i = 0; i < state->table->column_count; i++)
	{
		const FluxFdwColumn *column = &state->table->columns[i];

		if (slot->tts_isnull[i])
			continue;
		if (column->role == FLUX_FDW_TAG)
			add_tag(state, point, column->name, text_from_datum(slot->tts_values[i]));
		else if (column->role == FLUX_FDW_FIELD)
		{
			state->fields[point->field_count].name = column->name;
			set_value(&state->fields[point->field_count++], column->type, slot->tts_values[i]);
		}
		else if (column->role == FLUX_FDW_NONE)
			refuse_unknown_column(state->table, slot, i);
	}
	if (point->field_count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION), errmsg("a point needs at least one field"),
				 errdetail("All fields of the row are null.")));
}

static Datum
needed_value(const FluxFdwModify *state, TupleTableSlot *slot, FluxFdwRole role, const char *name)
{
	AttrNumber attribute = flux_fdw_table_find(state->table, role);

	if (attribute == 0 || slot->tts_isnull[attribute - 1])
		ereport(ERROR, (errcode(ERRCODE_NOT_NULL_VIOLATION),
						errmsg("column \"%s\" must not be null", name)));
	return slot->tts_values[attribute - 1];
}

/* A row of "_points": one value. */
static void
point_from_narrow_row(FluxFdwModify *state, TupleTableSlot *slot, FluxPoint *point)
{
	AttrNumber tags_at = flux_fdw_table_find(state->table, FLUX_FDW_TAGS);

	point->measurement =
		text_from_datum(needed_value(state, slot, FLUX_FDW_MEASUREMENT, "_measurement"));
	state->fields[0].name =
		text_from_datum(needed_value(state, slot, FLUX_FDW_FIELD_NAME, "_field"));
	if (tags_at != 0 && !slot->tts_isnull[tags_at - 1])
		add_tags(state, point, DatumGetJsonbP(slot->tts_values[tags_at - 1]));
	for (int i = 0; i < state->table->column_count; i++)
	{
		const FluxFdwColumn *column = &state->table->columns[i];

		if (slot->tts_isnull[i])
			continue;
		if (column->role == FLUX_FDW_VALUE)
		{
			if (point->field_count == 0)
				set_value(&state->fields[0], column->type, slot->tts_values[i]);
			point->field_count++;
		}
		else if (column->role == FLUX_FDW_SERIES_ID)
			ereport(ERROR, (errcode(ERRCODE_GENERATED_ALWAYS),
							errmsg("column \"series_id\" cannot be inserted"),
							errhint("It follows from _measurement and tags.")));
		else if (column->role == FLUX_FDW_NONE)
			refuse_unknown_column(state->table, slot, i);
	}
	if (point->field_count != 1)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("a row needs exactly one of v_float, v_int, v_uint, v_str, v_bool")));
}

/* Writes the point of a row; gives its instant. */
static int64
insert_row(FluxFdwModify *state, TupleTableSlot *slot)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->row_context);
	FluxPoint point = {.tags = state->tags, .fields = state->fields};

	slot_getallattrs(slot);
	point.time_ns = row_time(state, slot);
	if (state->table->is_points)
		point_from_narrow_row(state, slot, &point);
	else
		point_from_wide_row(state, slot, &point);
	flux_writer_add(state->writer, &point);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(state->row_context);
	return point.time_ns;
}

/* Sets both times of a row, which RETURNING shows. */
static void
show_time(const FluxFdwModify *state, TupleTableSlot *slot, int64 time_ns)
{
	AttrNumber time_at = flux_fdw_table_find(state->table, FLUX_FDW_TIME);
	AttrNumber time_ns_at = flux_fdw_table_find(state->table, FLUX_FDW_TIME_NS);

	if (time_at != 0)
	{
		slot->tts_values[time_at - 1] = TimestampTzGetDatum(flux_time_to_timestamptz(time_ns));
		slot->tts_isnull[time_at - 1] = false;
	}
	if (time_ns_at != 0)
	{
		slot->tts_values[time_ns_at - 1] = Int64GetDatum(time_ns);
		slot->tts_isnull[time_ns_at - 1] = false;
	}
}

/* ---- beginning and ending ---- */

static void
begin_insert(ResultRelInfo *info, EState *estate)
{
	MemoryContext old_context = MemoryContextSwitchTo(estate->es_query_cxt);
	FluxFdwModify *state = palloc0(sizeof(FluxFdwModify));

	state->table = flux_fdw_table_get(info->ri_RelationDesc);
	state->writer =
		flux_writer_create_for(state->table->bucket, flux_compat_modify_user(info, estate));
	state->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask row", ALLOCSET_DEFAULT_SIZES);
	state->tag_capacity = Max(16, state->table->column_count);
	state->tags = palloc_array(FluxTag, state->tag_capacity);
	state->fields = palloc0_array(FluxFieldValue, Max(1, state->table->column_count));
	info->ri_FdwState = state;
	MemoryContextSwitchTo(old_context);
}

static void
end_insert(EState *estate, ResultRelInfo *info)
{
	FluxFdwModify *state = info->ri_FdwState;

	if (state == NULL || state->writer == NULL)
		return;

	FluxWriteReport report = flux_writer_finish(state->writer);

	state->writer = NULL;
	if (report.first_conflict != NULL)
		ereport(ERROR,
				(errcode(report.first_conflict_sqlstate), errmsg("%s", report.first_conflict),
				 errdetail("Nothing of this statement was written.")));
}

static TupleTableSlot *
exec_insert(EState *estate, ResultRelInfo *info, TupleTableSlot *slot, TupleTableSlot *plan_slot)
{
	int64 time_ns = insert_row(info->ri_FdwState, slot);

	if (info->ri_projectReturning != NULL)
		show_time(info->ri_FdwState, slot, time_ns);
	return slot;
}

static List *
plan_modify(PlannerInfo *root, ModifyTable *plan, Index result_relation, int subplan_index)
{
	if (plan->onConflictAction != ONCONFLICT_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("tables of a bucket have no ON CONFLICT"),
				 errhint("Leave it out: inserting a point that exists replaces its values.")));
	return NIL;
}

static void
begin_modify(ModifyTableState *mtstate, ResultRelInfo *info, List *private, int subplan_index,
			 int eflags)
{
	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
		begin_insert(info, mtstate->ps.state);
}

static void
begin_copy(ModifyTableState *mtstate, ResultRelInfo *info)
{
	begin_insert(info, mtstate->ps.state);
}

/* Called while an UPDATE or DELETE is planned, before the server refuses it. */
static void
refuse_update(PlannerInfo *root, Index rtindex, RangeTblEntry *target_entry,
			  Relation target_relation)
{
	if (root->parse->commandType == CMD_DELETE)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot delete from table \"%s\" of a bucket",
							   RelationGetRelationName(target_relation)),
						errhint("flux.delete(bucket, start, stop, predicate) deletes points.")));
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("cannot update table \"%s\" of a bucket",
						   RelationGetRelationName(target_relation)),
					errhint("INSERT the point with its new values: they replace the old ones.")));
}

static void
refuse_truncate(List *relations, DropBehavior behavior, bool restart_sequences)
{
	Relation rel = linitial(relations);

	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot truncate table \"%s\" of a bucket", RelationGetRelationName(rel)),
			 errhint("flux.delete(bucket, start, stop, predicate) deletes points, and"
					 " flux.drop_bucket(name) the bucket.")));
}

static int
is_updatable(Relation rel)
{
	return 1 << CMD_INSERT;
}

void
flux_fdw_modify_init(FdwRoutine *routine)
{
	routine->AddForeignUpdateTargets = refuse_update;
	routine->ExecForeignTruncate = refuse_truncate;
	routine->PlanForeignModify = plan_modify;
	routine->BeginForeignModify = begin_modify;
	routine->ExecForeignInsert = exec_insert;
	routine->EndForeignModify = end_insert;
	routine->BeginForeignInsert = begin_copy;
	routine->EndForeignInsert = end_insert;
	routine->IsForeignRelUpdatable = is_updatable;
}
