/*
 * spill_file.h
 *		The temporary file of a run: portions of rows, written and read back.
 *
 * One file serves all buffers of a run; a portion is found again by its place.
 * Space is given back when the run ends.
 */
#ifndef FLUX_SPILL_FILE_H
#define FLUX_SPILL_FILE_H

#include "vector/column.h"

typedef struct FluxSpillFile FluxSpillFile;

typedef struct FluxSpillPlace
{
	int file; /* BufFile's segment */
	int64 offset;
	int row_count;
	int column_count;
} FluxSpillPlace;

/* Lives in the current memory context; the file is made at the first write. */
extern FluxSpillFile *flux_spill_create(void);
extern FluxSpillPlace flux_spill_write(FluxSpillFile *file, const FluxColumn *columns,
									   int column_count, int row_count);

/* Fills columns (place->column_count of them), in the current memory context. */
extern void flux_spill_read(FluxSpillFile *file, const FluxSpillPlace *place, FluxColumn *columns);
extern int64 flux_spill_size(const FluxSpillFile *file); /* bytes written */

/* Not after an error: the transaction's end has closed the file then. */
extern void flux_spill_close(FluxSpillFile *file);

#endif /* FLUX_SPILL_FILE_H */
