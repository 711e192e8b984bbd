/*
 * estimate.c
 *		How much a bucket holds, guessed from a few pages.
 *
 * Rows of hot and segment tables say how many points they hold and of what.  Some
 * pages of the largest table of each kind, evenly spread, tell how many that is
 * for a page; the others are taken to be alike.  Rows that somebody deleted do not count; no
 * more is asked of visibility.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/rel.h"

#include "storage/estimate.h"
#include "storage/series_index.h"

/* Pages that are looked at. */
#define SEG_PAGES 16
#define HOT_PAGES 8

/* What a page holds on average. */
typedef struct PageContent
{
	double points; /* of anything */
	double own;    /* of the measurement */
	double rows;   /* of the measurement */
} PageContent;

/* The points of each field of the measurement on the pages seen. */
typedef struct FieldCounts
{
	int32 m_id; /* 0: any */
	FluxFieldInfo *fields;
	double *points;
	int count;
} FieldCounts;

static void
count_field(FieldCounts *counts, PageContent *content, int32 field_id, int32 points)
{
	content->points += points;
	for (int i = 0; i < counts->count; i++)
	{
		if (counts->fields[i].field_id != field_id)
			continue;
		counts->points[i] += points;
		content->own += points;
	}
	if (counts->m_id == 0)
		content->own += points;
}

static int32
attribute(HeapTuple tuple, TupleDesc desc, int number)
{
	bool is_null;
	Datum datum = heap_getattr(tuple, number, desc, &is_null);

	return is_null ? 0 : DatumGetInt32(datum);
}

/* Adds what the rows of a page say. */
static void
count_page(Relation rel, Buffer buffer, bool is_hot, FieldCounts *counts, PageContent *content)
{
	Page page = BufferGetPage(buffer);
	OffsetNumber last = PageIsNew(page) ? 0 : PageGetMaxOffsetNumber(page);

	for (OffsetNumber at = FirstOffsetNumber; at <= last; at++)
	{
		ItemId item = PageGetItemId(page, at);
		HeapTupleData tuple;

		if (!ItemIdIsNormal(item))
			continue;
		tuple.t_data = (HeapTupleHeader) PageGetItem(page, item);
		if (!(tuple.t_data->t_infomask & HEAP_XMAX_INVALID))
			continue; /* compacted, as a rule */
		tuple.t_len = ItemIdGetLength(item);
		tuple.t_tableOid = RelationGetRelid(rel);
		if (is_hot)
		{
			int32 points = attribute(&tuple, RelationGetDescr(rel), FLUX_HOT_NPOINTS);

			content->points += points;
			if (counts->m_id == 0 ||
				attribute(&tuple, RelationGetDescr(rel), FLUX_HOT_M_ID) == counts->m_id)
				content->own += points;
		}
		else
			count_field(counts, content,
						attribute(&tuple, RelationGetDescr(rel), FLUX_SEG_FIELD_ID),
						attribute(&tuple, RelationGetDescr(rel), FLUX_SEG_NPOINTS));
	}
}

/* Looks at some pages of a table. */
static PageContent
sample(Relation rel, bool is_hot, FieldCounts *counts)
{
	PageContent content = {0};
	BlockNumber blocks = RelationGetNumberOfBlocks(rel);
	int pages = (int) Min(blocks, is_hot ? HOT_PAGES : SEG_PAGES);
	double most = 0;

	for (int i = 0; i < pages; i++)
	{
		Buffer buffer = ReadBuffer(rel, (BlockNumber) ((uint64) blocks * i / pages));

		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		count_page(rel, buffer, is_hot, counts, &content);
		UnlockReleaseBuffer(buffer);
	}
	for (int i = 0; i < counts->count; i++)
		most = Max(most, counts->points[i]);
	/* A hot row is of all fields that were written together. */
	content.rows = counts->m_id == 0 ? content.own
				   : is_hot          ? content.own / Max(1, counts->count)
									 : most;
	if (pages > 0)
	{
		content.points /= pages;
		content.own /= pages;
		content.rows /= pages;
	}
	return content;
}

/* The largest hot or segment table of the chunks, sampled. */
static PageContent
sample_largest(const FluxChunk *chunks, const double *blocks, int count, bool is_hot,
			   FieldCounts *counts)
{
	PageContent content = {0};
	int largest = -1;
	Relation rel;

	for (int i = 0; i < count; i++)
		if (blocks[i] > 0 && (largest < 0 || blocks[i] > blocks[largest]))
			largest = i;
	if (largest < 0)
		return content;
	rel = is_hot ? flux_chunk_open_hot(&chunks[largest], AccessShareLock)
				 : flux_chunk_open_seg(&chunks[largest], AccessShareLock);
	if (rel == NULL)
		return content;
	content = sample(rel, is_hot, counts);
	table_close(rel, NoLock);
	return content;
}

static double
table_blocks(Relation rel)
{
	double blocks;

	if (rel == NULL)
		return 0;
	blocks = RelationGetNumberOfBlocks(rel);
	table_close(rel, NoLock);
	return blocks;
}

static double
count_blocks(const FluxChunk *chunks, int count, double *hot, double *seg)
{
	double blocks = 0;

	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		hot[i] = table_blocks(flux_chunk_open_hot(&chunks[i], AccessShareLock));
		seg[i] = table_blocks(flux_chunk_open_seg(&chunks[i], AccessShareLock));
		blocks += hot[i] + seg[i];
	}
	return blocks;
}

double
flux_estimate_blocks(int32 bucket_id)
{
	FluxBounds always = {PG_INT64_MIN, PG_INT64_MAX};
	int count;
	FluxChunk *chunks = flux_chunk_list(bucket_id, always, &count);
	double *hot = palloc_array(double, Max(1, count));
	double *seg = palloc_array(double, Max(1, count));
	double blocks = count_blocks(chunks, count, hot, seg);

	pfree(chunks);
	pfree(hot);
	pfree(seg);
	return blocks;
}

void
flux_estimate(int32 bucket_id, int32 m_id, FluxEstimate *estimate)
{
	FluxBounds always = {PG_INT64_MIN, PG_INT64_MAX};
	FieldCounts counts = {.m_id = m_id};
	int count;
	FluxChunk *chunks = flux_chunk_list(bucket_id, always, &count);
	double *hot = palloc_array(double, Max(1, count));
	double *seg = palloc_array(double, Max(1, count));
	PageContent of_hot;
	PageContent of_seg;

	memset(estimate, 0, sizeof(*estimate));
	estimate->blocks = count_blocks(chunks, count, hot, seg);
	if (m_id != 0)
		counts.fields = flux_series_fields(m_id, &counts.count);
	counts.points = palloc0_array(double, Max(1, counts.count));
	of_hot = sample_largest(chunks, hot, count, true, &counts);
	of_seg = sample_largest(chunks, seg, count, false, &counts);
	estimate->chunks = palloc_array(FluxChunkEstimate, Max(1, count));
	estimate->chunk_count = count;
	for (int i = 0; i < count; i++)
	{
		FluxChunkEstimate *chunk = &estimate->chunks[i];

		chunk->bounds.start_ns = chunks[i].tmin_ns;
		chunk->bounds.stop_ns = chunks[i].tmax_ns + 1;
		chunk->points = hot[i] * of_hot.points + seg[i] * of_seg.points;
		estimate->points += hot[i] * of_hot.own + seg[i] * of_seg.own;
		estimate->rows += hot[i] * of_hot.rows + seg[i] * of_seg.rows;
	}
	/* A small measurement may be on none of the pages. */
	estimate->points = Max(estimate->points, 100);
	estimate->rows = Max(estimate->rows, 100);
}
