/* ---- running a script ---- */

CREATE FUNCTION flux.query(script text) RETURNS SETOF record
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'fluxtask_query';
COMMENT ON FUNCTION flux.query(text) IS
'runs a Flux script; columns are matched by name: SELECT * FROM flux.query($$...$$) AS t(_time timestamptz, _value float8)';

CREATE FUNCTION flux.query_json(script text)
	RETURNS TABLE (result text, "table" bigint, record jsonb)
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'fluxtask_query_json';
COMMENT ON FUNCTION flux.query_json(text) IS
'runs a Flux script; one row per row of its tables, as JSON';

CREATE FUNCTION flux.query_csv(script text) RETURNS text
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'fluxtask_query_csv';
COMMENT ON FUNCTION flux.query_csv(text) IS
'runs a Flux script; its results as annotated CSV';

CREATE PROCEDURE flux.show(script text)
	LANGUAGE C SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'fluxtask_show';
COMMENT ON PROCEDURE flux.show(text) IS
'runs a Flux script and prints each table of its results as a message';

CREATE FUNCTION flux.explain(script text, "analyze" boolean DEFAULT false) RETURNS SETOF text
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'fluxtask_explain';
COMMENT ON FUNCTION flux.explain(text, boolean) IS
'the plan of a Flux script: operators and what storage answers; with analyze it also runs the script, writing nothing';

CREATE FUNCTION flux.test(source text)
	RETURNS TABLE (testcase text, passed boolean, message text)
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'fluxtask_test';
COMMENT ON FUNCTION flux.test(text) IS
'runs every testcase of a Flux test file, each contained: one that fails is a row, not an error';
