
/* ---- scripts: the static check ---- */

CREATE FUNCTION flux.check(script text) RETURNS void
AS 'MODULE_PATHNAME', 'fluxtask_check'
LANGUAGE C STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog;
COMMENT ON FUNCTION flux.check(text) IS 'raises the first error of a script, syntax or types';

CREATE FUNCTION flux.diagnose(
    script text,
    OUT severity text,
    OUT line integer,
    OUT col integer,
    OUT end_line integer,
    OUT end_col integer,
    OUT code text,
    OUT message text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fluxtask_diagnose'
LANGUAGE C STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog;
COMMENT ON FUNCTION flux.diagnose(text) IS 'all errors and warnings of a script; columns count bytes';

CREATE FUNCTION flux.type_of(script text, name text) RETURNS text
AS 'MODULE_PATHNAME', 'fluxtask_type_of'
LANGUAGE C STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog;
COMMENT ON FUNCTION flux.type_of(text, text) IS 'the inferred type of a name that a script defines';
