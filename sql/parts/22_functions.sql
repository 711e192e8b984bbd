
/* ---- the library ---- */

CREATE FUNCTION _flux_catalog.list_functions(
    OUT package text, OUT name text, OUT type text, OUT kind text, OUT written_in text)
    RETURNS SETOF record
    LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 600
    AS 'MODULE_PATHNAME', 'fluxtask_list_functions';

CREATE VIEW flux.functions AS
    SELECT package, name, type, kind, written_in
    FROM _flux_catalog.list_functions()
    ORDER BY package COLLATE "C", name COLLATE "C";
COMMENT ON VIEW flux.functions IS 'everything a script can call or set';
COMMENT ON COLUMN flux.functions.package IS 'import path; "universe" and "influxdata/influxdb" need no import';
COMMENT ON COLUMN flux.functions.type IS 'in Flux''s type syntax';
COMMENT ON COLUMN flux.functions.kind IS
    'value, option, scalar, source, transformation, aggregate, selector or sink';
COMMENT ON COLUMN flux.functions.written_in IS 'flux or c; null for options that scripts bring';
GRANT SELECT ON flux.functions TO PUBLIC;
