/*
 * catalog_walk.h
 *		Walks over rows of our catalog tables in the order of an index, without
 *		SPI, for what is looked up often.
 *
 * A walk sees what flux_catalog_snapshot() does, and keeps its tables open from
 * begin to end; what is palloc'd is so in the current memory context.
 */
#ifndef FLUX_CATALOG_WALK_H
#define FLUX_CATALOG_WALK_H

#include "access/genam.h"

#include "base/text.h"
#include "storage/catalog.h"

typedef struct FluxCatalogWalk
{
	Relation rel;
	Relation index;
	Snapshot snapshot;
	SysScanDesc scan;
} FluxCatalogWalk;

/* Rows for which all keys hold, at most two of them. */
extern void flux_walk_begin_keyed(FluxCatalogWalk *walk, FluxCatalogRelation table,
								  FluxCatalogRelation index, ScanKey keys, int key_count);

/* Rows whose columns "attribute", an int4, and then perhaps a text are as given. */
extern void flux_walk_begin(FluxCatalogWalk *walk, FluxCatalogRelation table,
							FluxCatalogRelation index, AttrNumber attribute, int32 number,
							AttrNumber text_attribute, Datum text);

/* The next row, valid until the one after it, or NULL. */
extern HeapTuple flux_walk_next(FluxCatalogWalk *walk);
extern void flux_walk_end(FluxCatalogWalk *walk);

/* A column of a row, which is never null in these tables; a text as a copy. */
extern Datum flux_walk_value(const FluxCatalogWalk *walk, HeapTuple tuple, AttrNumber attribute);
extern FluxText flux_walk_text(const FluxCatalogWalk *walk, HeapTuple tuple, AttrNumber attribute);

#endif /* FLUX_CATALOG_WALK_H */
