/*
 * row_insert.c
 *		Rows into a table one after the other, past the executor.
 *
 * Where a key may have a rival, this is what INSERT ... ON CONFLICT DO NOTHING
 * does when it is not the first: a speculative row, which an index takes while
 * saying whether it is alone, and which is then made a true one or none at all.
 * Of two that insert one key at the same time the second sees the first, for
 * looking and inserting are one step under the lock of the index page.  Saved
 * are the look before (the caller has looked) and a lock for each row: one is
 * held for all, and whoever meets a speculative row waits until it is released,
 * which takes no waiting on our side.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "executor/executor.h"
#include "storage/lmgr.h"
#include "utils/rel.h"

#include "storage/row_insert.h"

static void
clear_slot(TupleTableSlot *slot)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
}

void
flux_row_insert_begin(FluxRowInsert *insert, Relation rel, bool is_bulk)
{
	insert->rel = rel;
	insert->indexes = makeNode(ResultRelInfo);
	insert->indexes->ri_RangeTableIndex = 0;
	insert->indexes->ri_RelationDesc = rel;
	ExecOpenIndices(insert->indexes, false);
	insert->slot = table_slot_create(rel, NULL);
	clear_slot(insert->slot);
	insert->bulk = is_bulk ? GetBulkInsertState() : NULL;
	insert->token = 0;
}

/* Inserts the entries of the slot's row; false when one is asked and has a rival. */
static bool
insert_index_entries(FluxRowInsert *insert, IndexUniqueCheck unique_check)
{
	ResultRelInfo *indexes = insert->indexes;
	bool is_alone = true;

	for (int i = 0; i < indexes->ri_NumIndices && is_alone; i++)
	{
		Relation index = indexes->ri_IndexRelationDescs[i];
		IndexInfo *info = indexes->ri_IndexRelationInfo[i];
		IndexUniqueCheck check = index->rd_index->indisunique ? unique_check : UNIQUE_CHECK_NO;
		Datum values[INDEX_MAX_KEYS];
		bool nulls[INDEX_MAX_KEYS];

		if (!info->ii_ReadyForInserts)
			continue;
		FormIndexDatum(info, insert->slot, NULL, values, nulls);
		is_alone = index_insert(index, values, nulls, &insert->slot->tts_tid, insert->rel, check,
								false, info) ||
				   check != UNIQUE_CHECK_PARTIAL;
	}
	return is_alone;
}

void
flux_row_insert_put(FluxRowInsert *insert)
{
	ExecStoreVirtualTuple(insert->slot);
	table_tuple_insert(insert->rel, insert->slot, GetCurrentCommandId(true), 0, insert->bulk);
	(void) insert_index_entries(insert, UNIQUE_CHECK_YES);
	clear_slot(insert->slot);
}

bool
flux_row_insert_try(FluxRowInsert *insert)
{
	TupleTableSlot *slot = insert->slot;
	bool is_alone;

	if (insert->token == 0)
		insert->token = SpeculativeInsertionLockAcquire(GetCurrentTransactionId());
	ExecStoreVirtualTuple(slot);
	table_tuple_insert_speculative(insert->rel, slot, GetCurrentCommandId(true), 0, insert->bulk,
								   insert->token);
	is_alone = insert_index_entries(insert, UNIQUE_CHECK_PARTIAL);
	table_tuple_complete_speculative(insert->rel, slot, insert->token, is_alone);
	clear_slot(slot);
	return is_alone;
}

void
flux_row_insert_end(FluxRowInsert *insert)
{
	if (insert->token != 0)
		SpeculativeInsertionLockRelease(GetCurrentTransactionId());
	if (insert->bulk != NULL)
		FreeBulkInsertState(insert->bulk);
	ExecDropSingleTupleTableSlot(insert->slot);
	ExecCloseIndices(insert->indexes);
}
