-- flux.parse: the tree InfluxDB's /api/v2/query/ast answers, and what wrong scripts are told.
SET client_min_messages = warning;

-- The whole answer for one small script, with every location.
SELECT flux.parse('x = f(a: 1)') = '
{"type":"Package","package":"main","files":[{"type":"File",
 "location":{"start":{"line":1,"column":1},"end":{"line":1,"column":12},"source":"x = f(a: 1)"},
 "metadata":"parser-type=rust","package":null,"imports":null,
 "body":[{"type":"VariableAssignment",
  "location":{"start":{"line":1,"column":1},"end":{"line":1,"column":12},"source":"x = f(a: 1)"},
  "id":{"type":"Identifier","location":{"start":{"line":1,"column":1},"end":{"line":1,"column":2},"source":"x"},"name":"x"},
  "init":{"type":"CallExpression",
   "location":{"start":{"line":1,"column":5},"end":{"line":1,"column":12},"source":"f(a: 1)"},
   "callee":{"type":"Identifier","location":{"start":{"line":1,"column":5},"end":{"line":1,"column":6},"source":"f"},"name":"f"},
   "arguments":[{"type":"ObjectExpression",
    "location":{"start":{"line":1,"column":7},"end":{"line":1,"column":11},"source":"a: 1"},
    "properties":[{"type":"Property",
     "location":{"start":{"line":1,"column":7},"end":{"line":1,"column":11},"source":"a: 1"},
     "key":{"type":"Identifier","location":{"start":{"line":1,"column":7},"end":{"line":1,"column":8},"source":"a"},"name":"a"},
     "value":{"type":"IntegerLiteral","location":{"start":{"line":1,"column":10},"end":{"line":1,"column":11},"source":"1"},"value":"1"}}]}]}}]}]}'
AS documented;

-- From here on without locations.
CREATE FUNCTION bare(node jsonb) RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    result jsonb;
BEGIN
    IF jsonb_typeof(node) = 'object' THEN
        SELECT coalesce(jsonb_object_agg(key, public.bare(value)), '{}') INTO result
        FROM jsonb_each(node) WHERE key <> 'location';
        RETURN result;
    ELSIF jsonb_typeof(node) = 'array' THEN
        SELECT coalesce(jsonb_agg(public.bare(value) ORDER BY ordinality), '[]') INTO result
        FROM jsonb_array_elements(node) WITH ORDINALITY;
        RETURN result;
    END IF;
    RETURN node;
END $$;

CREATE FUNCTION body(script text) RETURNS SETOF jsonb LANGUAGE sql SET search_path = pg_catalog, public AS $$
    SELECT public.bare(s) FROM jsonb_array_elements(flux.parse(script)->'files'->0->'body') s
$$;

-- Literals.
SELECT script, body(script) - 'type' AS statement FROM (VALUES
    ('42'), ('1.0'), ('2.50'), ('1h30m5µs'), ('2020-01-01'), ('2020-01-01T10:00:00.500+02:00'), ('"a\tb\"\x41"'),
    ('/a\/b\d/'), ('"v ${x} w"'), ('true'), ('x = (a=<-) => a')) v (script);

-- Operators and postfixes.
SELECT script, body(script)->'expression' AS expression FROM (VALUES
    ('a + b'), ('a =~ /x/'), ('a and b'), ('not a'), ('exists a.b'), ('-a'), ('a["b c"]'), ('a[0]'), ('(a)'),
    ('if a then b else c'), ('a |> f()')) v (script);

-- Composites and functions.
SELECT script, body(script)->'expression' AS expression FROM (VALUES
    ('[a, 1]'), ('["a": 1]'), ('[:]'), ('f(a, b)'), ('(a, b=1) => { return a }'), ('() => ({r with "x y": 1})')) v (script);

-- Statements.
SELECT body($$
option task = {name: "a"}
option p.q = 1
builtin f : (<-t: stream[A], ?n: [string:int], m: {B with x: dynamic}) => vector[A] where A: Record, B: Basic + Label
testcase t extends "a/b.c" { super() }
f()$$) AS statement;

-- Package clause, imports, comments, attributes (which the endpoint leaves out).
SELECT jsonb_pretty(bare(flux.parse($$// about
@edition("2022.1")
package p // one
import "math"
import n "a/b"
// before x
x = [ // in
  1 // after 1
  , 2]
// last
$$)));

-- A file with nothing in it has no location; DictItem and Package have none either.
SELECT flux.parse('') = flux.parse('  ') AS empty, flux.parse('// c') AS comment;

-- Columns count bytes.
SELECT flux.parse(E'x = "é" + y\n+ z') #> '{files,0,body,0,init,location}' AS location;

-- Errors: the first is raised with its place, the others are the detail.
CREATE FUNCTION try(script text, OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM flux.parse(script);
    message := 'accepted';
EXCEPTION WHEN others THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;

\pset format unaligned
SELECT script, (try(script)).* FROM (VALUES
    ('x ='), ('x = / 1'), ('"${a}'), ('"a\q"'), ('f(a, b: 1)'), ('x = ()'), ('f(a: 1'), ('[1 2]'), ('a |> b'),
    ('r.option == 1'), ('{if: 1}'), ('x = 1; y = 2'), ('0123'), ('9223372036854775808'),
    ('2020-01-01T00:00:00'), ('2020-02-30'), ('/(/'), ('.a + 1'), ('x = .a'), ('a <-1'),
    (E'x = 1\nimport "a"'), ('@a'), ('if a then b'), ('f(a: , b: 1)'), ('builtin f : (a) => int')) v (script);

-- A caret at the place.
SELECT flux.parse(E'data = from(bucket: "b")\n  |> range(start: -1h\n  |> yield()');

-- Hostile scripts: a clear error, soon.
SELECT (try(repeat(opener, 100000))).message FROM (VALUES
    ('('), ('['), ('{a: '), ('f(a: '), ('() => '), ('() => {'), ('- '), ('not '), ('"${'), ('a['), ('[1: '),
    ('if a then b else ')) v (opener);
SELECT (try('a' || repeat(link, 100000))).message FROM (VALUES (' + a'), ('.a'), ('()'), (' |> a()')) v (link);
SELECT (try(repeat('; ', 5000000))).message;
SELECT (try('x = ' || repeat('a', 1000000))).message;
SELECT length((try(repeat('a', 1000000) || ' = ' || repeat('b', 1000000) || ' ' || repeat(')', 10))).message);
SELECT (try('x = "' || repeat('long text ', 1000000) || '"')).message;
SELECT (try('x = [' || repeat('1, ', 1800000) || ']')).message;
SELECT (try('x = [' || repeat('1, ', 3500000) || ']')).message;
SELECT (try(repeat(' ', 17000000))).message;
SELECT (try(repeat('// comment' || chr(10), 1000000))).message;

DROP FUNCTION try(text);
DROP FUNCTION body(text);
DROP FUNCTION bare(jsonb);
