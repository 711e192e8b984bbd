/*
 * scan_piece.h
 *		The points of one series, piece by piece, for one reader or several.
 *
 * A piece is a segment, perhaps never decoded, or a vector of points.  Whoever
 * wants its points calls flux_scan_piece_decode(); that happens once, whatever
 * the number of readers.
 */
#ifndef FLUX_SCAN_PIECE_H
#define FLUX_SCAN_PIECE_H

#include "base/predicate.h"
#include "storage/merge.h"
#include "storage/storage_scan.h"

/*
 * Pieces that do not come from a merge: as flux_merge_next(), but a segment
 * given lies within the bounds, and only its times are ever decoded.
 */
typedef bool (*FluxScanPieceSource)(void *argument, const FluxSegment **segment,
									FluxMergeVector *vector);

typedef struct FluxScanPiece
{
	FluxScanStats *stats;
	FluxMergeVector *vector; /* may be changed between pieces */
	MemoryContext scratch;

	/* the series */
	FluxMerge *merge; /* or the source */
	FluxScanPieceSource source;
	void *source_argument;
	FluxColumnType type;
	FluxBounds bounds;
	const FluxPredicate *rest; /* to be asked of each value, or NULL */
	bool needs_times;          /* in the vector, even where there is a step */
	bool needs_values;

	/* the current piece */
	const FluxSegment *segment; /* NULL: points only */
	bool is_decoded;
	bool is_counted; /* as answered from statistics */
	bool has_step;   /* times are first_ns + i * step_ns, in the vector if needed */
	int64 first_ns;
	int64 step_ns;
	int first; /* rows within the bounds */
	int stop;
} FluxScanPiece;

/* The vector and the statistics must live as long.  In the current memory context. */
extern void flux_scan_piece_init(FluxScanPiece *piece, FluxMergeVector *vector,
								 FluxScanStats *stats);

/*
 * Starts a series, which the merge has begun with; rest as of
 * flux_predicate_reduce().  needs_times and needs_values are set.
 */
extern void flux_scan_piece_begin(FluxScanPiece *piece, FluxMerge *merge, FluxColumnType type,
								  FluxBounds bounds, const FluxPredicate *rest);

/* The same for points that a source gives; they need no further test. */
extern void flux_scan_piece_begin_source(FluxScanPiece *piece, FluxScanPieceSource source,
										 void *argument, FluxColumnType type, FluxBounds bounds);

/* Goes to the next piece; it may hold no point that passes.  False at the end. */
extern bool flux_scan_piece_next(FluxScanPiece *piece);

/* Makes rows [first, stop) of the vector, whatever its count, the points of the piece. */
extern void flux_scan_piece_decode(FluxScanPiece *piece);

/* Counts the piece as one whose statistics have answered. */
extern void flux_scan_piece_count_statistics(FluxScanPiece *piece);

/* Time of a row of a decoded piece. */
static inline int64
flux_scan_piece_time(const FluxScanPiece *piece, int row)
{
	return piece->has_step ? piece->first_ns + piece->step_ns * row : piece->vector->times_ns[row];
}

/* First row in [low, high) of a decoded piece at or after an instant. */
extern int flux_scan_piece_find(const FluxScanPiece *piece, int low, int high, int64 time_ns);

#endif /* FLUX_SCAN_PIECE_H */
