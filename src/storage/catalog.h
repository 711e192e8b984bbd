/*
 * catalog.h
 *		How C code reads and writes the tables of _flux_catalog, whoever calls.
 *
 * What a user may do is decided by the bucket's ACL.  Code that passed that
 * check works within a scope of catalog/catalog_scope.h.
 */
#ifndef FLUX_CATALOG_H
#define FLUX_CATALOG_H

#include "base/text.h"
#include "catalog/catalog_scope.h"
#include "executor/spi.h"
#include "utils/snapshot.h"

/* Tables and indexes that are read without SPI. */
typedef enum FluxCatalogRelation
{
	FLUX_CATALOG_BUCKET,
	FLUX_CATALOG_BUCKET_PKEY,
	FLUX_CATALOG_BUCKET_NAME_KEY,
	FLUX_CATALOG_MEASUREMENT,
	FLUX_CATALOG_MEASUREMENT_NAME_KEY,
	FLUX_CATALOG_MEASUREMENT_TAG,
	FLUX_CATALOG_MEASUREMENT_TAG_PKEY,
	FLUX_CATALOG_FIELD,
	FLUX_CATALOG_FIELD_NAME_KEY,
	FLUX_CATALOG_SERIES,
	FLUX_CATALOG_SERIES_PKEY,
	FLUX_CATALOG_SERIES_M_ID_IDX,
	FLUX_CATALOG_TAG_PAIR,
	FLUX_CATALOG_TAG_PAIR_PKEY,
	FLUX_CATALOG_CHUNK,
	FLUX_CATALOG_CHUNK_PKEY,
	FLUX_CATALOG_CHUNK_TMIN_KEY,
	FLUX_CATALOG_CHUNK_FIELD,
	FLUX_CATALOG_CHUNK_FIELD_PKEY,
	FLUX_CATALOG_WRITE_SEQ,
	FLUX_CATALOG_RELATIONS /* how many */
} FluxCatalogRelation;

extern Oid flux_catalog_data_schema(void);
extern Oid flux_catalog_oid(FluxCatalogRelation which);

/*
 * A statement prepared at first use and kept.  Call within a scope and between
 * SPI_connect() and SPI_finish().
 */
#define FLUX_CATALOG_ARGS_MAX 16
typedef struct FluxCatalogStatement
{
	const char *sql;
	int arg_count;
	Oid arg_types[FLUX_CATALOG_ARGS_MAX];
	SPIPlanPtr plan;
} FluxCatalogStatement;

/* Runs it; rows stand in SPI_tuptable.  Returns SPI_processed. */
extern uint64 flux_catalog_execute(FluxCatalogStatement *statement, Datum *args, const char *nulls,
								   bool read_only);

/* Runs a utility command or other statement once. */
extern void flux_catalog_command(const char *sql);

/*
 * A snapshot that sees all that is committed by now, registered; under parallel
 * mode the active one.  Release with UnregisterSnapshot().
 */
extern Snapshot flux_catalog_snapshot(void);

/* A text or bytea datum. */
extern Datum flux_catalog_text(FluxText text);

/* An array datum of count elements. */
extern Datum flux_catalog_array(Datum *elements, int count, Oid element_type);

#endif /* FLUX_CATALOG_H */
