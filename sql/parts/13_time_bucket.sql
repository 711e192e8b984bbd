
/* ---- bins of time ---- */

/*
 * What date_bin() leaves out: months, zones, and an origin that need not be
 * given.  Names and order of the arguments are TimescaleDB's.  Storage answers
 * GROUP BY of all forms with constants.
 */
CREATE FUNCTION flux.time_bucket(bucket_width interval, ts timestamptz)
RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'fluxtask_time_bucket';
COMMENT ON FUNCTION flux.time_bucket(interval, timestamptz) IS
    'where the bin of a time begins, in UTC; weeks begin on Mondays';

CREATE FUNCTION flux.time_bucket(bucket_width interval, ts timestamptz, origin timestamptz)
RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'fluxtask_time_bucket_origin';
COMMENT ON FUNCTION flux.time_bucket(interval, timestamptz, timestamptz) IS
    'where the bin of a time begins, counted from an origin, in UTC';

CREATE FUNCTION flux.time_bucket(bucket_width interval, ts timestamptz, "offset" interval)
RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'fluxtask_time_bucket_offset';
COMMENT ON FUNCTION flux.time_bucket(interval, timestamptz, interval) IS
    'where the bin of a time begins, bins moved by an offset, in UTC';

CREATE FUNCTION flux.time_bucket(bucket_width interval, ts timestamptz, timezone text,
    origin timestamptz DEFAULT NULL, "offset" interval DEFAULT NULL)
RETURNS timestamptz
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'fluxtask_time_bucket_zone';
COMMENT ON FUNCTION flux.time_bucket(interval, timestamptz, text, timestamptz, interval) IS
    'where the bin of a time begins on the clock of a zone';
