
/* ---- storage: segments ---- */

/*
 * hot_rows_kept counts what is younger than some running transaction and must
 * wait; see the docs on operations.
 */
CREATE FUNCTION flux.compact(
    bucket text,
    OUT chunks bigint,
    OUT hot_rows bigint,
    OUT hot_rows_kept bigint,
    OUT segments_written bigint,
    OUT segments_replaced bigint,
    OUT points_written bigint)
RETURNS record
AS 'MODULE_PATHNAME', 'fluxtask_compact'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION flux.compact(text) IS
    'moves hot points of a bucket into compressed segments; never blocks readers or writers';

CREATE FUNCTION flux.chunks_due() RETURNS integer[]
AS 'MODULE_PATHNAME', 'fluxtask_chunks_due'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION flux.chunks_due() IS
    'chunks that flux.maintain() would compact now, of buckets that you may write to';

CREATE FUNCTION flux.compact_chunk(chunk_id integer) RETURNS bigint
AS 'MODULE_PATHNAME', 'fluxtask_compact_chunk'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION flux.compact_chunk(integer) IS
    'compacts one chunk unless somebody else is rewriting it; gives the hot rows it moved';

CREATE FUNCTION flux.maintenance_due(OUT action text, OUT bucket text, OUT chunk_id integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fluxtask_maintenance_due'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION flux.maintenance_due() IS
    'steps of upkeep that are due in your buckets, in the order that flux.maintain() does them';

CREATE FUNCTION flux.maintenance_step(action text, bucket text, chunk_id integer = NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'fluxtask_maintenance_step'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION flux.maintenance_step(text, text, integer) IS
    'does a step of flux.maintenance_due() if it is still due; how much it did, NULL when it must wait for others';

/*
 * Upkeep in short transactions: what pg_cron or a person calls every minute or
 * so where no maintenance worker runs.  A procedure that commits can have no
 * SET clause, so every name is qualified.
 */
CREATE PROCEDURE flux.maintain()
LANGUAGE plpgsql AS $$
DECLARE
    step record;
BEGIN
    FOR step IN SELECT * FROM flux.maintenance_due() LOOP
        BEGIN
            PERFORM flux.maintenance_step(step.action, step.bucket, step.chunk_id);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'step "%" of the upkeep of bucket "%" failed: %', step.action, step.bucket, SQLERRM;
        END;
        COMMIT;
    END LOOP;
END $$;
COMMENT ON PROCEDURE flux.maintain() IS
    'does what flux.maintenance_due() tells: retention, compaction, columns, series; each step in its own transaction';

/*
 * Reads a bucket as a script would, throws the rows away and tells what it
 * took.  For measuring; times in nanoseconds, every_ns 0 for no windows.
 */
CREATE FUNCTION _flux_catalog.scan_counts(
    bucket text,
    start_ns bigint,
    stop_ns bigint,
    aggregate text,
    every_ns bigint,
    OUT series bigint,
    OUT result_rows bigint,
    OUT value_sum double precision,
    OUT chunks bigint,
    OUT segments_read bigint,
    OUT segments_skipped bigint,
    OUT segments_from_statistics bigint,
    OUT hot_rows bigint,
    OUT points_decoded bigint)
RETURNS record
AS 'MODULE_PATHNAME', 'fluxtask_scan_counts'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
