-- The static check: inferred types, what is refused and where, hints, and
-- scripts that would make types explode.  Spans are line:col-line:col.
SET client_min_messages = warning;
\pset format unaligned
\pset tuples_only on

CREATE FUNCTION pg_temp.diagnose(script text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(format('%s:%s-%s:%s %s%s', line, col, end_line, end_col,
			CASE severity WHEN 'warning' THEN 'warning: ' END, message), E'\n    '), 'ok')
	FROM flux.diagnose(script)
$$;

-- Types of definitions.
SELECT script, '    ' || coalesce(flux.type_of(script, 'f'), 'NULL')
FROM unnest(ARRAY[
	'f = (x) => x',
	'f = (r) => r.a + 1',
	'f = (a, b=1) => a + b',
	'f = (a=<-) => a',
	'f = (x) => 0 |> x()',
	'f = (r) => ({r with x: r.a})',
	'f = (x="d") => x',
	'f = []',
	'f = [:]',
	'f = ["a": 1]',
	'f = [1, 2][0]',
	'f = {a: 1, "b c": 2.0}',
	'f = (r) => r.a',
	'f = (r) => r.a.b',
	'f = (r) => ({a: r.a, b: r.b})',
	'f = (a, b) => a == b',
	'f = (a, b) => a < b',
	'f = (a, b) => a <= b',
	'f = (a) => -a',
	'f = (a) => "${a}"',
	'f = (a) => a =~ /x/',
	'f = (a, b) => a - b * b',
	'f = (a) => if a then 1 else 2',
	'f = (a) => exists a.b',
	'f = (a) => not a',
	'f = (a, i) => a[i]',
	'f = (g, x) => g(v: g(v: x))',
	'f = (g) => (x) => g(x: x)',
	'f = (a) => { b = a return b + 1 }',
	'f = () => { id = (x) => x return {a: id(x: 1), b: id(x: "s")} }',
	'f = (tables=<-, n=10) => tables |> limit(n: n)',
	'f = (a=<-, b) => [a, b]',
	'f = 1h',
	'f = 2020-01-01',
	'f = /x/',
	'f = now',
	'f = (r) => r["a b"] + r["a b"]',
	'f = "a" + "b"',
	'f = (x, y) => x and y or true',
	'f = (d) => [d: d]',
	'f = from(bucket: "b")',
	'f = from(bucket: "b") |> range(start: -1h) |> map(fn: (r) => ({x: r._time}))',
	'f = (r) => ({r with a: 1}).a',
	'import "math" f = math.pi',
	'import m "math" f = m.floor(x: 1.5)',
	'import "strings" f = strings.joinStr',
	'import "experimental/dynamic" f = dynamic.jsonParse(data: bytes(v: "1")).a.b',
	'builtin f : (a: A, ?b: [B]) => {A with c: B} where A: Record, B: Numeric',
	'builtin f : stream[A]',
	'builtin f : [string: dynamic]',
	'option f = () => 2020-01-01',
	'x = 1'
]) AS script;

-- Polymorphic uses of one definition.
SELECT pg_temp.diagnose($$
id = (x) => x
a = id(x: 1) + 1
b = id(x: "s") + "t"
pipe = (a=<-) => a
c = (1 |> pipe()) + 1
d = pipe(a: 2.2) + 1.0
add = (a, b=1) => a + b
e = add(a: 2) + 1
f = add(a: 2.0, b: 3.0) + 1.0
apply = (fn, v) => fn(v: v)
g = apply(fn: (v) => v + 1, v: 1)
h = apply(fn: (v, w=2) => v, v: "s")
$$);

-- Accepted.
SELECT pg_temp.diagnose($$
import "date"
import "join"
import "math"
import "slack"
import "influxdata/influxdb/monitor"
import "influxdata/influxdb/secrets"
import "timezone"
option task = {name: "t", every: 1h, offset: 5m}
option location = timezone.location(name: "America/New_York")
option v = {timeRangeStart: -1h, windowPeriod: 10s}
endpoint = slack.endpoint(url: "https://x", token: secrets.get(key: "SLACK"))
toSlack = endpoint(mapFn: (r) => ({channel: "x", text: "${r.host}", color: "good"}))
data = from(bucket: "b") |> range(start: v.timeRangeStart)
  |> filter(fn: (r) => r["_measurement"] == "cpu" and (r._value > 10.0 or not exists r.host))
p99 = data
  |> aggregateWindow(every: v.windowPeriod,
      fn: (tables=<-, column) => tables |> quantile(q: 0.99, column: column))
means = data
  |> aggregateWindow(every: 1m, fn: mean)
  |> map(fn: (r) => ({r with _value: r._value * 100.0, hour: date.hour(t: r._time)}))
join.inner(left: p99, right: means, on: (l, r) => l._time == r._time,
    as: (l, r) => ({l with m: r._value})) |> yield(name: "j")
data |> reduce(fn: (r, accumulator) => ({sum: r._value + accumulator.sum, n: accumulator.n + 1}),
    identity: {sum: 0.0, n: 0}) |> yield(name: "r")
record = data |> last() |> findRecord(fn: (key) => true, idx: 0)
x = record._value + math.pi
data |> toSlack() |> monitor.deadman(t: date.sub(d: 1h, from: now())) |> yield(name: "s")
f = (tables=<-, n=10) => { t = tables |> group(columns: ["host"]) return t |> top(n: n) }
data |> f(n: 3) |> to(bucket: "c", fieldFn: (r) => ({x: r._value}))
$$);

-- Refused, and where.
SELECT replace(script, E'\n', E'\n  ') || E'\n    ' || pg_temp.diagnose(script)
FROM unnest(ARRAY[
	-- operators
	'1 + 1.0',
	'1 + "a"',
	'true + true',
	'"a" - "b"',
	'"a" * 2',
	'1h + 1h',
	'2020-01-01 + 1h',
	'x = 1 - 2.0 - 3',
	'[1] < [2]',
	'/a/ == /b/',
	'() => 1 == 2',
	'(x => 1) == 2',
	'true < false',
	'1 =~ /a/',
	'"a" =~ "b"',
	'1 and true',
	'true or 1',
	'not 1',
	'-"a"',
	'-true',
	'if 1 then 2 else 3',
	'if true then 2 else "a"',
	'"${[1]}"',
	'"${{a: 1}} and ${/x/}"',
	-- composites
	'[1, "a"]',
	'[1, 2, "a", 3, true]',
	'[true: 1]',
	'["a": 1, 2: 2]',
	'["a": 1, "b": "c"]',
	'[{a: 1}, {a: "x"}]',
	'[{a: 1}, {b: 1}]',
	'[{a: 1}, {a: 1, b: 1}]',
	'[(x) => x, (y) => y]',
	'[1]["a"]',
	'[1][1.0]',
	'1[0]',
	'"abc"[0]',
	'{a: 1, a: 2}',
	'x = 1
y = {x with a: 1}',
	'f = (r) => ({r with a: 1})
f(r: 1)',
	-- members
	'x = {a: 1}
x.b',
	'x = {color: 1}
x.colour',
	'x = 1
x.y',
	'f = (x) => x.y
f(x: {z: 1})',
	'f = (x) => x.y
f(x: 1)',
	-- calls
	'f = (a) => a
f()',
	'f = (a) => a
f(b: 1)',
	'f = (a, ?b) => a',
	'f = (bucket, org="o") => bucket
f(bucket: "a", orgg: "b")',
	'f = (a) => a
1 |> f()',
	'f = (tables=<-) => tables
f()',
	'f = (t=<-) => t
1 |> f(t: 2)',
	'f = (a) => a + 1
f(a: "x")',
	'f = (a) => a
f(a: 1, a: 2)',
	'f = (x) => x(y: x)',
	'f = (g) => g(a: 1) + g(b: 2)',
	'f = (g) => (1 |> g()) + g(n: 1)',
	'1(a: 2)',
	'from = 1
from(bucket: "b")',
	'f = (x="a") => x + 1',
	'f = (a, b=1) => a + b
f(a: "s", b: 2)',
	'apply = (fn) => fn(x: 1)
apply(fn: (y) => y)',
	'apply = (fn) => fn(x: 1)
apply(fn: (x, y) => y)',
	'apply = (fn) => fn(x: 1) + 1
apply(fn: (x) => "s")',
	'apply = (fn) => 1 |> fn()
apply(fn: (x) => x)',
	'a = (x=<-) => x
b = (y=<-) => y
c = [a, b]',
	-- the library
	'from(bucket: 1)',
	'from(bucket: "b") |> rnge(start: -1h)',
	'from(bucket: "b") |> range(strt: -1h)',
	'from(bucket: "b") |> range(start: -1h) |> filter(fn: (v) => true)',
	'from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => 1)',
	'from(bucket: "b") |> range(start: -1h) |> limit(n: "x")',
	'from(bucket: "b") |> range(start: -1h) |> group(columns: "host")',
	'from(bucket: "b") |> range(start: -1h) |> aggregateWindow(every: 5, fn: mean)',
	'from(bucket: "b") |> range(start: -1h) |> aggregateWindow(every: 5m, fn: men)',
	'from(bucket: "b") |> range(start: -1h) |> map(fn: (r) => r._time + 1)',
	'1 |> limit(n: 1)',
	'limit(tables: 1, n: 1)',
	'import "array"
array.from(rows: [{a: 1}, {a: "x"}])',
	'import "strings"
strings.toUpper(v: 1)',
	'import "strings"
strings.toUper(v: "x")',
	'import "strngs"',
	'strings.toUpper(v: "x")',
	'import "dict"
dict.get(dict: ["a": 1], key: 1, default: 2)',
	'import "experimental/dynamic"
y = dynamic.jsonParse(data: bytes(v: "1")).a + 1',
	-- names
	'a = b',
	'f = () => f()',
	'f = (x) => y
y = 1',
	'x = task.every',
	'_x = 1
z = _y',
	'f = () => { a = 1 return a }
b = a',
	-- forms
	'f = () => { x = 1 }',
	'f = () => { return 1 x = 2 }',
	'f = () => { option x = 1 return 1 }',
	'f = () => { builtin x : int return 1 }',
	'return 1',
	'f = (a=<-, b=<-) => a',
	'x = <-',
	'f = (a=1 + <-) => a',
	'testcase x { y = 1 + "a" }',
	'builtin x : strng',
	'builtin x : (a: A) => A where A: Adable',
	-- options and variables
	'option a = 1
option a = 2',
	'import "testing"
option testing.tags = ["a"]
option testing.tags = ["b"]',
	'a = 1
a = 2',
	'option a = 1
a = 2',
	'f = (a) => { a = 1 return a }',
	'f = (a, a) => a',
	'option a = 1
option b = a',
	'option a = 1
option b = () => a',
	'option a = 1
option b = (a) => a
option c = {a: 1}.a
f = (a) => { b = a return b }',
	'import "testing"
option testing.tags = 1',
	'import "testing"
option testing.nonesuch = 1',
	'import "math"
option math.pi = 3.0',
	'x = 1
option x.y = 1',
	'option x.y = 1',
	'option now = 1',
	-- of all kinds, in the analyzer's order
	'a = 1
a = 2
b = c + 1
return 3
d = (',
	-- only a run can tell
	'1 == "a"',
	'1h < 2h',
	'1 < 2.5'
]) AS script;

-- flux.check: the first error with its place, the others, hints.
SELECT flux.check('x = 1 + 1');
SELECT flux.check($$
import "strings"
x = strings.toUper(v: "ä")
y = 1 + "a"
$$);
SELECT flux.check('from(bucket: "b") |> range(strt: -1h)');
SELECT flux.check('from(bucket: "b") |> range(start: -1h) |> filter(fn: (v) => v._value > 1)');
SELECT flux.check('from(bucket: "b") |> range(start: -1h) |> aggregateWindow(every: 1m, fn: men)');
SELECT flux.check('from = 1 from(bucket: "b")');
SELECT flux.check('strings.trim(v: "a", cutset: "b")');
SELECT flux.check('import "influxdata/influxdb/shcema"');
SELECT flux.check('x = "é" + yy');
SELECT flux.check('x = ');
SELECT flux.check('testcase t { }');
SELECT flux.check(NULL) IS NULL;
-- A long script travels in part.
SELECT flux.check(repeat(E'// é comment\n', 3000) || 'x = y' || repeat(E'\n// more', 3000));

-- Types that would explode are refused, soon; the graph alone may be large.
SELECT pg_temp.diagnose('f0 = (x) => x' ||
	string_agg(format(E'\nf%s = (x) => ({a: f%s(x: x), b: f%s(x: x)})', i + 1, i, i), '' ORDER BY i))
FROM generate_series(0, 30) i;
SELECT pg_temp.diagnose('x0 = {}' ||
	string_agg(format(E'\nx%s = {a: x%s, b: x%s}', i + 1, i, i), '' ORDER BY i))
FROM generate_series(0, 200) i;
SELECT pg_temp.diagnose('x0 = {}' ||
	string_agg(format(E'\nx%s = {a: x%s, b: x%s}', i + 1, i, i), '' ORDER BY i) || E'\ny = x150 == x150')
FROM generate_series(0, 200) i;
SELECT pg_temp.diagnose('x0 = 1' ||
	string_agg(format(E'\nx%s = [x%s]', i + 1, i), '' ORDER BY i))
FROM generate_series(0, 1000) i;
SELECT left(message, 60) FROM flux.diagnose('f = (r) => [' ||
	(SELECT string_agg('r.a' || i, ', ') FROM generate_series(0, 30000) i) || ']');
SELECT length(message) FROM flux.diagnose('x = ' || repeat('a', 1000000));

-- Every error of a script beyond the first hundred is counted.
DO $$
DECLARE
	found text;
BEGIN
	PERFORM flux.check((SELECT string_agg('undefined' || i, E'\n') FROM generate_series(1, 500) i));
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;
	RAISE WARNING '% ... %', SQLERRM, substr(found, length(found) - 40);
END
$$;
