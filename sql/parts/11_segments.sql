
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
