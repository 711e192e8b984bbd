/*
 * chunk.h
 *		Chunks: the time ranges of a bucket and the two tables of each.
 *
 * A chunk is a row of _flux_catalog.chunk and two ordinary heap tables in
 * _flux_data, owned by the extension's owner and no members of the extension
 * (so pg_dump takes them, rows and all):
 *
 *	hot_<chunk_id>	append-only; a row is a page full of points of one measurement
 *		tmin		int8	first and last instant in the payload
 *		tmax		int8
 *		smin		int8	smallest and greatest series id in the payload
 *		smax		int8
 *		seq			int8	order of writing, see below
 *		m_id		int4	measurement
 *		npoints		int4	values in the payload
 *		payload		bytea	hot.h; EXTERNAL: out of line only past a page
 *		index hot_<chunk_id>_idx (m_id, tmax)
 *
 *	seg_<chunk_id>	a row is a segment: up to ~1000 values of one series and field
 *		series_id	int8
 *		tmin		int8
 *		tmax		int8
 *		vmin vmax vsum vfirst vlast		int8: bits of the value, by the field's type;
 *									null where the type or the data has none
 *		field_id	int4
 *		npoints		int4
 *		flags		int4	segment_format.h
 *		tdata		bytea	encoded times
 *		vdata		bytea	encoded values; both EXTERNAL
 *		index seg_<chunk_id>_idx (field_id, series_id, tmin): a measurement's field
 *			is one range of it
 *
 * Order of hot rows.  seq = nextval(write_seq) << 12 | n, n counting the rows
 * of one flush; the sequence is not cached, so a transaction that began after
 * another's commit always has greater numbers, and within a transaction, its
 * savepoints included, later writes do.  Inside a payload later values win.
 * For two concurrent transactions either order is a valid serial one, and seq
 * stays what it is through dump, restore, CLUSTER and VACUUM FULL, which xmin
 * and ctid do not.  seq is never compared with anything in seg: hot beats seg,
 * and a compaction consumes only rows older than every running transaction.
 *
 * Locks.  A writer holds RowExclusiveLock on the bucket's "_points" (until
 * the end of its transaction), then on hot.  A reader holds AccessShareLock on
 * both tables.  Whoever deletes catalog rows that others cache (series garbage)
 * takes ShareRowExclusiveLock on "_points".  Retention takes AccessExclusiveLock
 * on hot, then seg: a table that is gone when it is opened means expired, never
 * an error.  Chunks are created under a transaction advisory lock on
 * (bucket, start); several are locked in ascending order.
 */
#ifndef FLUX_CHUNK_H
#define FLUX_CHUNK_H

#include "base/window_grid.h"
#include "storage/bucket.h"
#include "utils/relcache.h"
#include "storage/lockdefs.h"

/* Column numbers of hot tables. */
enum
{
	FLUX_HOT_TMIN = 1,
	FLUX_HOT_TMAX,
	FLUX_HOT_SMIN,
	FLUX_HOT_SMAX,
	FLUX_HOT_SEQ,
	FLUX_HOT_M_ID,
	FLUX_HOT_NPOINTS,
	FLUX_HOT_PAYLOAD,
	FLUX_HOT_COLUMNS = FLUX_HOT_PAYLOAD
};

/* Column numbers of the index of a hot table. */
enum
{
	FLUX_HOT_INDEX_M_ID = 1,
	FLUX_HOT_INDEX_TMAX
};

/* Column numbers of segment tables. */
enum
{
	FLUX_SEG_SERIES_ID = 1,
	FLUX_SEG_TMIN,
	FLUX_SEG_TMAX,
	FLUX_SEG_VMIN,
	FLUX_SEG_VMAX,
	FLUX_SEG_VSUM,
	FLUX_SEG_VFIRST,
	FLUX_SEG_VLAST,
	FLUX_SEG_FIELD_ID,
	FLUX_SEG_NPOINTS,
	FLUX_SEG_FLAGS,
	FLUX_SEG_TDATA,
	FLUX_SEG_VDATA,
	FLUX_SEG_COLUMNS = FLUX_SEG_VDATA
};

/* Column numbers of the index of a segment table. */
enum
{
	FLUX_SEG_INDEX_FIELD_ID = 1,
	FLUX_SEG_INDEX_SERIES_ID,
	FLUX_SEG_INDEX_TMIN
};

typedef struct FluxChunk
{
	int32 chunk_id;
	int32 bucket_id;
	int64 tmin_ns; /* first instant */
	int64 tmax_ns; /* last instant, inclusive (bounds would overflow) */
	Oid hot_oid;
	Oid seg_oid;
} FluxChunk;

static inline bool
flux_chunk_contains(const FluxChunk *chunk, int64 time_ns)
{
	return chunk->tmin_ns <= time_ns && time_ns <= chunk->tmax_ns;
}

/* The range of the grid of width chunk_ns that holds an instant. */
extern void flux_chunk_range(int64 chunk_ns, int64 time_ns, int64 *tmin_ns, int64 *tmax_ns);

/*
 * The chunks of a bucket that touch bounds, ascending by time; palloc'd.
 * As of now, not of the active snapshot: a chunk more holds nothing visible.
 */
extern FluxChunk *flux_chunk_list(int32 bucket_id, FluxBounds bounds, int *count);

/* NULL when there is none; palloc'd. */
extern FluxChunk *flux_chunk_get(int32 chunk_id);

/*
 * The chunk that an instant belongs to, created with its tables if need be.
 * Lives until the end of the transaction.  The caller holds RowExclusiveLock on
 * "_points".
 */
extern const FluxChunk *flux_chunk_for_write(const FluxBucket *bucket, int64 time_ns);

/* The same if this backend knows the chunk already, else NULL. */
extern const FluxChunk *flux_chunk_if_known(const FluxBucket *bucket, int64 time_ns);

/*
 * Opens a chunk's table, or NULL when retention has dropped it.  Close with
 * table_close(rel, NoLock).
 */
extern Relation flux_chunk_open_hot(const FluxChunk *chunk, LOCKMODE lockmode);
extern Relation flux_chunk_open_seg(const FluxChunk *chunk, LOCKMODE lockmode);

/* The one index of an opened hot or segment table. */
extern Oid flux_chunk_index_oid(Relation rel);

/* Drops tables and catalog rows. The caller has checked that it may. */
extern void flux_chunk_drop(const FluxChunk *chunk);

#endif /* FLUX_CHUNK_H */
