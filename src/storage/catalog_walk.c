/*
 * catalog_walk.c
 *		Walks over rows of our catalog tables.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "storage/catalog_walk.h"

void
flux_walk_begin_keyed(FluxCatalogWalk *walk, FluxCatalogRelation table, FluxCatalogRelation index,
					  ScanKey keys, int key_count)
{
	walk->rel = table_open(flux_catalog_oid(table), AccessShareLock);
	walk->index = index_open(flux_catalog_oid(index), AccessShareLock);
	walk->snapshot = flux_catalog_snapshot();
	walk->scan =
		systable_beginscan_ordered(walk->rel, walk->index, walk->snapshot, key_count, keys);
}

void
flux_walk_begin(FluxCatalogWalk *walk, FluxCatalogRelation table, FluxCatalogRelation index,
				AttrNumber attribute, int32 number, AttrNumber text_attribute, Datum text)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], attribute, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(number));
	if (text_attribute != 0)
		ScanKeyEntryInitialize(&keys[1], 0, text_attribute, BTEqualStrategyNumber, TEXTOID,
							   C_COLLATION_OID, F_TEXTEQ, text);
	flux_walk_begin_keyed(walk, table, index, keys, text_attribute != 0 ? 2 : 1);
}

HeapTuple
flux_walk_next(FluxCatalogWalk *walk)
{
	return systable_getnext_ordered(walk->scan, ForwardScanDirection);
}

void
flux_walk_end(FluxCatalogWalk *walk)
{
	systable_endscan_ordered(walk->scan);
	UnregisterSnapshot(walk->snapshot);
	index_close(walk->index, NoLock);
	table_close(walk->rel, NoLock);
}

Datum
flux_walk_value(const FluxCatalogWalk *walk, HeapTuple tuple, AttrNumber attribute)
{
	bool is_null;

	return heap_getattr(tuple, attribute, RelationGetDescr(walk->rel), &is_null);
}

FluxText
flux_walk_text(const FluxCatalogWalk *walk, HeapTuple tuple, AttrNumber attribute)
{
	text *value = DatumGetTextPP(flux_walk_value(walk, tuple, attribute));

	return flux_text_copy(flux_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));
}
