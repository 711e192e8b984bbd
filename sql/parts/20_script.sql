
/* ---- scripts: their syntax ---- */

CREATE FUNCTION flux.parse(script text) RETURNS jsonb
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'fluxtask_parse';
COMMENT ON FUNCTION flux.parse(text) IS
    'syntax tree of a Flux script, in the shape of InfluxDB''s /api/v2/query/ast';

CREATE FUNCTION flux.format(script text) RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'fluxtask_format';
COMMENT ON FUNCTION flux.format(text) IS
    'the script in canonical form: same meaning, comments kept';
