
/* ---- storage: buckets, series, chunks ---- */

/*
 * Every value that C code hands out as an id comes from here, so that a
 * restored database goes on where the dumped one stood.
 */
CREATE SEQUENCE _flux_catalog.bucket_id_seq AS integer;
CREATE SEQUENCE _flux_catalog.measurement_id_seq AS integer;
CREATE SEQUENCE _flux_catalog.field_id_seq AS integer;
CREATE SEQUENCE _flux_catalog.chunk_id_seq AS integer;

/* Orders hot rows: taken once per flush, never cached (see storage/chunk.h). */
CREATE SEQUENCE _flux_catalog.write_seq;

CREATE TABLE _flux_catalog.bucket (
    bucket_id integer PRIMARY KEY DEFAULT nextval('_flux_catalog.bucket_id_seq'),
    name text COLLATE "C" NOT NULL UNIQUE,
    schema_name name NOT NULL UNIQUE,           -- holds "_points" and the measurements' tables
    retention_ns bigint NOT NULL CHECK (retention_ns >= 0),     -- 0: keep forever
    chunk_ns bigint NOT NULL CHECK (chunk_ns > 0),
    is_attached boolean NOT NULL DEFAULT false,
    description text,
    options jsonb,                              -- of an attached bucket: where its relations are
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE _flux_catalog.measurement (
    m_id integer PRIMARY KEY DEFAULT nextval('_flux_catalog.measurement_id_seq'),
    bucket_id integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    table_name name NOT NULL,                   -- its foreign table, in the bucket's schema
    UNIQUE (bucket_id, name),
    UNIQUE (bucket_id, table_name)
);

/* Tag keys seen in a measurement: the tag columns of its foreign table. */
CREATE TABLE _flux_catalog.measurement_tag (
    m_id integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (m_id, key)
);

/*
 * A field is a name with a type.  base_id is the field_id of the first type
 * that its name had in the measurement: one number per name.
 */
CREATE TABLE _flux_catalog.field (
    field_id integer PRIMARY KEY DEFAULT nextval('_flux_catalog.field_id_seq'),
    m_id integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    type smallint NOT NULL CHECK (type BETWEEN 1 AND 5),        -- FluxColumnType
    base_id integer NOT NULL,
    UNIQUE (m_id, name, type)
);

/* pair_id is a hash of key and value, probed on collision (storage/series_index.c). */
CREATE TABLE _flux_catalog.tag_pair (
    bucket_id integer NOT NULL,
    pair_id bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (bucket_id, pair_id)
);

/* series_id is a hash of skey, probed on collision; skey: storage/series_index.h. */
CREATE TABLE _flux_catalog.series (
    bucket_id integer NOT NULL,
    m_id integer NOT NULL,
    series_id bigint NOT NULL,
    skey bytea NOT NULL,
    pairs bigint[] NOT NULL,
    PRIMARY KEY (bucket_id, series_id)
);
CREATE INDEX series_pairs_idx ON _flux_catalog.series USING gin (pairs);
CREATE INDEX series_m_id_idx ON _flux_catalog.series (m_id);

CREATE TABLE _flux_catalog.chunk (
    chunk_id integer PRIMARY KEY DEFAULT nextval('_flux_catalog.chunk_id_seq'),
    bucket_id integer NOT NULL,
    tmin bigint NOT NULL,                       -- first instant
    tmax bigint NOT NULL,                       -- last instant, inclusive
    compacted_at timestamptz,                   -- end of the last compaction
    CHECK (tmin <= tmax),
    UNIQUE (bucket_id, tmin)
);

/* The one type that a field's name has in a chunk. */
CREATE TABLE _flux_catalog.chunk_field (
    chunk_id integer NOT NULL,
    base_id integer NOT NULL,
    field_id integer NOT NULL,
    m_id integer NOT NULL,
    PRIMARY KEY (chunk_id, base_id)
);

SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.bucket_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.measurement_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.field_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.chunk_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.write_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.bucket', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.measurement', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.measurement_tag', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.field', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.tag_pair', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.series', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.chunk', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.chunk_field', '');
