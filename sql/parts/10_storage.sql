
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
    is_watched boolean NOT NULL DEFAULT false,  -- writes are noted for late data (storage/dirty.h)
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

/* A field is a name with a type; a name may have several types over time. */
CREATE TABLE _flux_catalog.field (
    field_id integer PRIMARY KEY DEFAULT nextval('_flux_catalog.field_id_seq'),
    m_id integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    type smallint NOT NULL CHECK (type BETWEEN 1 AND 5),        -- FluxColumnType
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
/* A short pending list: every lookup reads all of it. */
CREATE INDEX series_pairs_idx ON _flux_catalog.series USING gin (pairs)
    WITH (gin_pending_list_limit = 128);
CREATE INDEX series_m_id_idx ON _flux_catalog.series (m_id);

CREATE TABLE _flux_catalog.chunk (
    chunk_id integer PRIMARY KEY DEFAULT nextval('_flux_catalog.chunk_id_seq'),
    bucket_id integer NOT NULL,
    tmin bigint NOT NULL,                       -- first instant
    tmax bigint NOT NULL,                       -- last instant, inclusive
    compacted_at timestamptz,                   -- end of the last compaction
    -- Everything hot was committed after this.
    hot_since timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    CHECK (tmin <= tmax),
    UNIQUE (bucket_id, tmin)
);

/* The one type that a field's name has in a chunk. */
CREATE TABLE _flux_catalog.chunk_field (
    chunk_id integer NOT NULL,
    m_id integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    field_id integer NOT NULL,
    PRIMARY KEY (chunk_id, m_id, name)
);

/* Notes that series of a bucket may have lost their last points; never updated. */
CREATE TABLE _flux_catalog.series_garbage (
    bucket_id integer NOT NULL
);

/* Steps of upkeep that failed in the maintenance worker and have not succeeded since. */
CREATE TABLE _flux_catalog.maintenance_error (
    bucket_id integer NOT NULL,
    action text COLLATE "C" NOT NULL,
    chunk_id integer NOT NULL,                  -- 0: the whole bucket
    message text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (bucket_id, action, chunk_id)
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

/* Makes every backend read changed buckets anew; as any trigger it runs as whoever writes. */
CREATE FUNCTION _flux_catalog.bucket_changed()
RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'fluxtask_bucket_changed';
CREATE TRIGGER bucket_changed AFTER INSERT OR UPDATE OR DELETE ON _flux_catalog.bucket
    FOR EACH STATEMENT EXECUTE FUNCTION _flux_catalog.bucket_changed();

/* The server of all buckets' foreign tables. */
CREATE FUNCTION _flux_catalog.fdw_handler()
RETURNS fdw_handler
LANGUAGE c STRICT
AS 'MODULE_PATHNAME', 'fluxtask_fdw_handler';

CREATE FUNCTION _flux_catalog.fdw_validator(text[], oid)
RETURNS void
LANGUAGE c STRICT
AS 'MODULE_PATHNAME', 'fluxtask_fdw_validator';

CREATE FOREIGN DATA WRAPPER fluxtask
    HANDLER _flux_catalog.fdw_handler VALIDATOR _flux_catalog.fdw_validator;
CREATE SERVER fluxtask FOREIGN DATA WRAPPER fluxtask;
GRANT USAGE ON FOREIGN SERVER fluxtask TO PUBLIC;

CREATE FUNCTION flux.create_bucket(name text, retention interval = NULL,
                                   chunk_interval interval = NULL, description text = NULL)
RETURNS bigint
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_create_bucket';
COMMENT ON FUNCTION flux.create_bucket(text, interval, interval, text) IS
'creates a bucket: a schema of its name with a table per measurement; returns its id';

CREATE FUNCTION flux.alter_bucket(name text, new_name text = NULL, retention interval = NULL,
                                  chunk_interval interval = NULL, description text = NULL)
RETURNS void
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_alter_bucket';
COMMENT ON FUNCTION flux.alter_bucket(text, text, interval, interval, text) IS
'changes a bucket; what is NULL stays, a retention of 0 keeps points forever';

CREATE FUNCTION flux.drop_bucket(name text, "cascade" boolean = false)
RETURNS void
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_bucket';
COMMENT ON FUNCTION flux.drop_bucket(text, boolean) IS
'drops a bucket, its points and its schema; cascade drops views over its tables, too';

CREATE FUNCTION flux.write(bucket text, lines text, "precision" text = 'ns')
RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_write';
COMMENT ON FUNCTION flux.write(text, text, text) IS
'writes points in line protocol; returns how many were written';

CREATE FUNCTION flux.write(bucket text, lines bytea, "precision" text = 'ns')
RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_write_bytes';
COMMENT ON FUNCTION flux.write(text, bytea, text) IS
'writes points in line protocol, given as bytes of UTF-8; returns how many were written';

CREATE FUNCTION flux.delete(bucket text, start timestamptz, stop timestamptz,
                            predicate text = NULL)
RETURNS bigint
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_delete';
COMMENT ON FUNCTION flux.delete(text, timestamptz, timestamptz, text) IS
'deletes the points from start to stop (both included) that match, as in _measurement="m" AND host!="a"';

CREATE FUNCTION flux.apply_retention(bucket text = NULL, OUT chunks_dropped bigint,
                                     OUT chunks_busy bigint, OUT series_dropped bigint)
RETURNS record
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_apply_retention';
COMMENT ON FUNCTION flux.apply_retention(text) IS
'drops expired chunks, and series left without points, of one or all own buckets; never waits long';

/* An instant in nanoseconds as the SQL face shows it. */
CREATE FUNCTION _flux_catalog.instant(ns bigint)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN 'epoch'::timestamptz + (ns - (ns % 1000 + 1000) % 1000) / 1000 * '1 microsecond'::interval;

/*
 * The buckets whose points the current user may read, and where they are.
 * A bucket whose schema somebody dropped shows to superusers only.
 */
CREATE VIEW _flux_catalog.visible_bucket AS
SELECT b.*, c.oid AS points, c.relowner AS owner
FROM _flux_catalog.bucket b
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = b.schema_name
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = '_points'
WHERE pg_catalog.has_table_privilege(c.oid, 'SELECT')
   OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER);

/* Values of a chunk that wait for a compaction. */
CREATE FUNCTION _flux_catalog.hot_points(chunk_id integer)
RETURNS bigint
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'fluxtask_hot_points';

/* How long, at most, the oldest of them has waited. */
CREATE FUNCTION _flux_catalog.hot_lag(chunk_id integer, hot_since timestamptz)
RETURNS interval
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
RETURN CASE WHEN _flux_catalog.hot_points(chunk_id) > 0 THEN pg_catalog.clock_timestamp() - hot_since END;

CREATE VIEW flux.buckets AS
SELECT b.bucket_id, b.name, pg_catalog.pg_get_userbyid(b.owner) AS owner,
    CASE WHEN b.retention_ns > 0
         THEN pg_catalog.justify_hours(b.retention_ns / 1000 * '1 microsecond'::interval)
    END AS retention,
    pg_catalog.justify_hours(b.chunk_ns / 1000 * '1 microsecond'::interval) AS chunk_interval,
    CASE WHEN b.is_attached THEN 'attached' ELSE 'native' END AS kind,
    (SELECT pg_catalog.count(*) FROM _flux_catalog.measurement m
     WHERE m.bucket_id = b.bucket_id) AS measurements,
    (SELECT pg_catalog.count(*) FROM _flux_catalog.chunk k
     WHERE k.bucket_id = b.bucket_id) AS chunks,
    b.description, b.created_at,
    (SELECT coalesce(pg_catalog.sum(_flux_catalog.hot_points(k.chunk_id)), 0)::bigint FROM _flux_catalog.chunk k
     WHERE k.bucket_id = b.bucket_id) AS hot_points,
    (SELECT pg_catalog.max(_flux_catalog.hot_lag(k.chunk_id, k.hot_since)) FROM _flux_catalog.chunk k
     WHERE k.bucket_id = b.bucket_id) AS compaction_lag,
    (SELECT pg_catalog.clock_timestamp() - b.retention_ns / 1000 * '1 microsecond'::interval
            - _flux_catalog.instant(pg_catalog.min(k.tmax))
     FROM _flux_catalog.chunk k
     WHERE k.bucket_id = b.bucket_id AND b.retention_ns > 0
       AND _flux_catalog.instant(k.tmax) < pg_catalog.clock_timestamp()
           - b.retention_ns / 1000 * '1 microsecond'::interval) AS retention_lag,
    EXISTS (SELECT FROM _flux_catalog.series_garbage g WHERE g.bucket_id = b.bucket_id)
        AS series_due,
    (SELECT pg_catalog.string_agg(e.action || ': ' || e.message, E'\n' ORDER BY e.failed_at DESC)
     FROM _flux_catalog.maintenance_error e
     WHERE e.bucket_id = b.bucket_id
       AND (e.chunk_id = 0 OR EXISTS (SELECT FROM _flux_catalog.chunk k WHERE k.chunk_id = e.chunk_id)))
        AS maintenance_error
FROM _flux_catalog.visible_bucket b;
COMMENT ON VIEW flux.buckets IS 'the buckets that the current user may read';

/* The measurements of an attached bucket, as its relations stand now; none if they do not. */
CREATE FUNCTION _flux_catalog.attached_measurements(bucket_id integer, OUT measurement text,
    OUT schema_name text, OUT table_name text, OUT tags text[], OUT fields text[])
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_attached_measurements';

CREATE VIEW flux.measurements AS
SELECT b.name AS bucket, m.name AS measurement, b.schema_name, m.table_name,
    ARRAY(SELECT t.key FROM _flux_catalog.measurement_tag t
          WHERE t.m_id = m.m_id ORDER BY t.key) AS tags,
    ARRAY(SELECT f.name || ' ' || (ARRAY['bool', 'int', 'uint', 'float', 'string'])[f.type]
          FROM _flux_catalog.field f WHERE f.m_id = m.m_id ORDER BY f.name, f.type) AS fields,
    (SELECT pg_catalog.count(*) FROM _flux_catalog.series s WHERE s.m_id = m.m_id) AS series
FROM _flux_catalog.visible_bucket b
JOIN _flux_catalog.measurement m USING (bucket_id)
UNION ALL
SELECT b.name, a.measurement COLLATE "C", a.schema_name::name, a.table_name::name,
    a.tags COLLATE "C", a.fields COLLATE "C", NULL
FROM _flux_catalog.visible_bucket b,
    LATERAL _flux_catalog.attached_measurements(b.bucket_id) a
WHERE b.is_attached;
COMMENT ON VIEW flux.measurements IS
'the measurements of the buckets that the current user may read, with tag keys and fields';

CREATE VIEW flux.chunks AS
SELECT b.name AS bucket, k.chunk_id,
    _flux_catalog.instant(k.tmin) AS chunk_start,
    _flux_catalog.instant(k.tmax) + '1 microsecond'::interval AS chunk_end,
    pg_catalog.pg_total_relation_size(hot.oid) AS hot_bytes,
    pg_catalog.pg_total_relation_size(seg.oid) AS segment_bytes,
    pg_catalog.pg_total_relation_size(hot.oid) + pg_catalog.pg_total_relation_size(seg.oid)
        AS total_bytes,
    k.compacted_at,
    _flux_catalog.hot_points(k.chunk_id) AS hot_points,
    _flux_catalog.hot_lag(k.chunk_id, k.hot_since) AS compaction_lag
FROM _flux_catalog.visible_bucket b
JOIN _flux_catalog.chunk k USING (bucket_id)
JOIN pg_catalog.pg_namespace n ON n.nspname = '_flux_data'
LEFT JOIN pg_catalog.pg_class hot ON hot.relnamespace = n.oid
    AND hot.relname = 'hot_' || k.chunk_id
LEFT JOIN pg_catalog.pg_class seg ON seg.relnamespace = n.oid
    AND seg.relname = 'seg_' || k.chunk_id;
COMMENT ON VIEW flux.chunks IS
'the chunks of the buckets that the current user may read; bytes include indexes and TOAST';

GRANT SELECT ON flux.buckets, flux.measurements, flux.chunks TO PUBLIC;
