/*
 * hot_output.c
 *		Where packed points go: the hot tables of the chunks that are written to.
 *
 *		point -> packer of its chunk and measurement -> page -> tuple -> hot table
 *
 * Several tables are open at a time, each with a packer for every measurement
 * that has come; when there are too many, all are written out and closed.  Each
 * output has a memory context of its own and one for its waiting tuples.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "commands/sequence.h"
#include "executor/tuptable.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/pg_compat.h"
#include "storage/catalog.h"
#include "storage/hot_output.h"

/* Hot rows that wait for a multi-insert, and their bytes. */
#define OUTPUT_ROWS_MAX 64
#define OUTPUT_BYTES_MAX (1024 * 1024)

/* Chunks and packers open at a time: a backfill may meet hundreds. */
#define OUTPUTS_MAX 16
#define PACKERS_MAX 256

/* Rows that one number of the write sequence can count: 12 bits. */
#define ROWS_PER_SEQUENCE 4096

typedef struct OutputPacker
{
	int32 m_id;
	FluxHotPacker *packer;
} OutputPacker;

/* A chunk that is being written to. */
struct FluxHotOutput
{
	FluxHotOutputs *owner;
	const FluxChunk *chunk;
	Relation hot;              /* NULL: retention has dropped the chunk */
	MemoryContext context;     /* of this output */
	MemoryContext row_context; /* of waiting rows */
	TupleTableSlot *slots[OUTPUT_ROWS_MAX];
	int slot_count; /* made so far */
	int row_count;  /* waiting */
	Size row_bytes;
	int index_count;
	Relation *indexes;
	IndexInfo **index_infos;
	OutputPacker *packers;
	int packer_count;
	int packer_capacity;
	OutputPacker *last_packer;
	int32 current_m_id; /* of the packer that is emitting */
};

struct FluxHotOutputs
{
	MemoryContext context;
	const FluxBucket *bucket;
	FluxHotOutput **list; /* OUTPUTS_MAX */
	int count;
	int packer_count;    /* of all */
	FluxHotOutput *last; /* found last */
	int64 sequence;      /* base of the rows' numbers */
	int sequence_used;
};

FluxHotOutputs *
flux_hot_outputs_create(const FluxBucket *bucket)
{
	FluxHotOutputs *outputs = palloc0(sizeof(FluxHotOutputs));

	outputs->context = CurrentMemoryContext;
	outputs->bucket = bucket;
	outputs->list = palloc_array(FluxHotOutput *, OUTPUTS_MAX);
	return outputs;
}

const FluxChunk *
flux_hot_output_chunk(const FluxHotOutput *output)
{
	return output->chunk;
}

/* ---- hot rows ---- */

static int64
next_sequence(FluxHotOutputs *outputs)
{
	if (outputs->sequence_used == 0 || outputs->sequence_used == ROWS_PER_SEQUENCE)
	{
		outputs->sequence =
			nextval_internal(flux_catalog_oid(FLUX_CATALOG_WRITE_SEQ), false) * ROWS_PER_SEQUENCE;
		outputs->sequence_used = 0;
	}
	return outputs->sequence + outputs->sequence_used++;
}

/* Writes the waiting rows and their index entries. */
static void
insert_rows(FluxHotOutput *output)
{
	if (output->row_count == 0)
		return;

	Datum values[INDEX_MAX_KEYS];
	bool nulls[INDEX_MAX_KEYS];
	MemoryContext old_context = MemoryContextSwitchTo(output->row_context);

	table_multi_insert(output->hot, output->slots, output->row_count, GetCurrentCommandId(true), 0,
					   NULL);
	for (int row = 0; row < output->row_count; row++)
	{
		TupleTableSlot *slot = output->slots[row];

		for (int i = 0; i < output->index_count; i++)
		{
			FormIndexDatum(output->index_infos[i], slot, NULL, values, nulls);
			index_insert(output->indexes[i], values, nulls, &slot->tts_tid, output->hot,
						 UNIQUE_CHECK_NO, false, output->index_infos[i]);
		}
		ExecClearTuple(slot);
	}
	output->row_count = 0;
	output->row_bytes = 0;
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(output->row_context);
}

/* Takes a finished page from a packer. */
static void
emit_page(void *arg, const FluxHotPage *page)
{
	FluxHotOutput *output = arg;
	Datum values[FLUX_HOT_COLUMNS];
	bool nulls[FLUX_HOT_COLUMNS] = {false};
	MemoryContext old_context;

	values[FLUX_HOT_TMIN - 1] = Int64GetDatum(page->tmin_ns);
	values[FLUX_HOT_TMAX - 1] = Int64GetDatum(page->tmax_ns);
	values[FLUX_HOT_SMIN - 1] = Int64GetDatum(page->smin);
	values[FLUX_HOT_SMAX - 1] = Int64GetDatum(page->smax);
	values[FLUX_HOT_SEQ - 1] = Int64GetDatum(next_sequence(output->owner));
	values[FLUX_HOT_M_ID - 1] = Int32GetDatum(output->current_m_id);
	values[FLUX_HOT_NPOINTS - 1] = Int32GetDatum(page->value_count);
	values[FLUX_HOT_PAYLOAD - 1] = PointerGetDatum(page->payload);

	if (output->row_count == output->slot_count)
	{
		old_context = MemoryContextSwitchTo(output->context);
		output->slots[output->slot_count++] =
			MakeSingleTupleTableSlot(RelationGetDescr(output->hot), &TTSOpsHeapTuple);
		MemoryContextSwitchTo(old_context);
	}
	old_context = MemoryContextSwitchTo(output->row_context);
	ExecStoreHeapTuple(heap_form_tuple(RelationGetDescr(output->hot), values, nulls),
					   output->slots[output->row_count++], false);
	MemoryContextSwitchTo(old_context);
	output->row_bytes += VARSIZE(page->payload);
	if (output->row_count == OUTPUT_ROWS_MAX || output->row_bytes >= OUTPUT_BYTES_MAX)
		insert_rows(output);
}

/* ---- outputs ---- */

static void
open_indexes(FluxHotOutput *output)
{
	List *oids = RelationGetIndexList(output->hot);
	ListCell *cell;

	output->indexes = palloc_array(Relation, Max(1, list_length(oids)));
	output->index_infos = palloc_array(IndexInfo *, Max(1, list_length(oids)));
	foreach (cell, oids)
	{
		Relation index = index_open(lfirst_oid(cell), RowExclusiveLock);
		IndexInfo *info = BuildIndexInfo(index);

		if (info->ii_Expressions != NIL || info->ii_Predicate != NIL || info->ii_Unique)
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("index \"%s\" cannot be kept up to date",
								   RelationGetRelationName(index)),
							errhint("Drop it: chunk tables bear plain indexes only.")));
		output->indexes[output->index_count] = index;
		output->index_infos[output->index_count++] = info;
	}
}

static FluxHotOutput *
open_output(FluxHotOutputs *outputs, const FluxChunk *chunk)
{
	MemoryContext context =
		AllocSetContextCreate(outputs->context, "fluxtask output", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(context);
	FluxHotOutput *output = palloc0(sizeof(FluxHotOutput));

	output->owner = outputs;
	output->chunk = chunk;
	output->context = context;
	output->row_context =
		AllocSetContextCreate(context, "fluxtask hot rows", ALLOCSET_DEFAULT_SIZES);
	output->hot = flux_chunk_open_hot(chunk, RowExclusiveLock);
	if (output->hot != NULL)
		open_indexes(output);
	MemoryContextSwitchTo(old_context);
	return output;
}

static void
flush_output(FluxHotOutput *output)
{
	for (int i = 0; i < output->packer_count; i++)
	{
		output->current_m_id = output->packers[i].m_id;
		flux_hot_packer_flush(output->packers[i].packer);
	}
	insert_rows(output);
}

void
flux_hot_outputs_close(FluxHotOutputs *outputs)
{
	for (int i = 0; i < outputs->count; i++)
	{
		FluxHotOutput *output = outputs->list[i];

		if (output->hot != NULL)
		{
			flush_output(output);
			for (int j = 0; j < output->slot_count; j++)
				ExecDropSingleTupleTableSlot(output->slots[j]);
			for (int j = 0; j < output->index_count; j++)
				index_close(output->indexes[j], NoLock);
			table_close(output->hot, NoLock);
		}
		MemoryContextDelete(output->context);
	}
	outputs->count = 0;
	outputs->packer_count = 0;
	outputs->last = NULL;
}

FluxHotOutput *
flux_hot_outputs_find(FluxHotOutputs *outputs, int64 time_ns)
{
	FluxHotOutput *output = outputs->last;

	if (output != NULL && flux_chunk_contains(output->chunk, time_ns))
		return output->hot == NULL ? NULL : output;
	for (int i = 0; i < outputs->count; i++)
	{
		if (flux_chunk_contains(outputs->list[i]->chunk, time_ns))
		{
			outputs->last = outputs->list[i];
			return outputs->last->hot == NULL ? NULL : outputs->last;
		}
	}
	if (outputs->count == OUTPUTS_MAX || outputs->packer_count >= PACKERS_MAX)
		flux_hot_outputs_close(outputs);
	output = open_output(outputs, flux_chunk_for_write(outputs->bucket, time_ns));
	outputs->list[outputs->count++] = output;
	outputs->last = output;
	return output->hot == NULL ? NULL : output;
}

FluxHotPacker *
flux_hot_output_packer(FluxHotOutput *output, int32 m_id)
{
	output->current_m_id = m_id;
	if (output->last_packer != NULL && output->last_packer->m_id == m_id)
		return output->last_packer->packer;
	for (int i = 0; i < output->packer_count; i++)
	{
		if (output->packers[i].m_id == m_id)
		{
			output->last_packer = &output->packers[i];
			return output->last_packer->packer;
		}
	}

	MemoryContext old_context = MemoryContextSwitchTo(output->context);

	if (output->packer_count == output->packer_capacity)
	{
		output->packer_capacity = Max(4, 2 * output->packer_capacity);
		output->packers =
			output->packers == NULL
				? palloc_array(OutputPacker, output->packer_capacity)
				: repalloc_array(output->packers, OutputPacker, output->packer_capacity);
	}
	output->last_packer = &output->packers[output->packer_count++];
	output->last_packer->m_id = m_id;
	output->last_packer->packer = flux_hot_packer_create(emit_page, output);
	output->owner->packer_count++;
	MemoryContextSwitchTo(old_context);
	return output->last_packer->packer;
}
