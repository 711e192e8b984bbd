-- flux.format: canonical text; comments kept, the tree unchanged, twice the same as once.
SET client_min_messages = warning;
\pset format unaligned
\pset tuples_only on

SELECT flux.format($$
// about this
package   main
import "math" // for pi
import   j   "join"


option task={name:"downsample",every:1h,offset:5m}
option v = {
  a: 1, // one

  // two
  b: [1,2,3] }
data = from(bucket: "telegraf") |> range(start: -task.every) |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_system" and r.host =~ /web-\d+\/x/)   // tail
   // before
   |> map(fn: (r) => ({r with x: r._value * 2.0, y: if r._value > 90.0 then "crit" else if r._value > 80.0 then "warn" else "ok with a rather long text"}))



f = (tables=<-,n,m=1)=>{x = n+m // adds

  return tables|>limit(n:x) }
s = "hello ${g(a: 1, b: 2)} and ${"nested ${v.a}"} end"
d = ["a":1,"b":2,]
n = if exists v.a then - -1 else  2 .x
data |> f(n: 10) |> to(bucket: "down",
 org: "me")
builtin foo:(<-tables:stream[A],?n:[string:int])=>stream[{B with "x y":int}] where A:Record,B:Record+Label
@a @b( 1 ) testcase t1 extends "a/b.c" { option now = () => 2020-01-01T00:00:00Z
  super() }
// the end
$$);

-- Lines that are too long, and lists that were broken.
SELECT flux.format($$
x = a_rather_long_name_of_something + another_long_name_of_something - a_third_long_name_of_something * 2
y = union(tables: [first_stream_of_data, second_stream_of_data, third_stream_of_data, fourth_stream])
z = (first_parameter_name, second_parameter_name="a default", third_parameter_name=<-, fourth=1.5) => third_parameter_name
g(
  a: 1)
h = (r) => { // why

  // what
  return {} }
k = {r with
 a: 1}
$$);

-- Comments in every place.
SELECT flux.format($$
x // 1
= // 2
( // 3
a // 4
, // 5
b // 6
= // 7
1 // 8
) // 9
=> // 10
[ // 11
1 // 12
, // 13
{ // 14
r // 15
with // 16
k // 17
: // 18
if // 19
a // 20
then // 21
b // 22
else // 23
c // 24
[ // 25
0 // 26
] // 27
. // 28
d // 29
( // 30
) // 31
|> // 32
f( // 33
) // 34
} // 35
] // 36
$$);

-- Nothing, or comments alone.
SELECT '[' || flux.format('') || ']', '[' || flux.format(E' \n\n// a \n\n\n// b') || ']';

-- Twice is once, and the tree is the same, over scripts of many shapes.
CREATE FUNCTION bare(script text) RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $$
    SELECT regexp_replace(regexp_replace(
        jsonb_strip_nulls(flux.parse(script))::text,
        '"location": \{("end": \{[^}]*\}|"start": \{[^}]*\}|"source": "([^"\\]|\\.)*"|, )*\}(, )?', '', 'g'),
        '(//([^"\\]|\\[^n])*?)\s*(\\n)?"', '\1"', 'g')
$$;
WITH scripts (script) AS (VALUES
    ('a.b["c d"](e)[0]'), ('1 + 2 * 3 - (4 - 5) / 6 % 7 ^ 8'), ('a and (b or not c) or d == e'), ('-a |> f() ^ 2'),
    ('"a\n${b}\${c}\x41$d"'), ('/\/a\x41[\/]/'), ('x = 1.y = .5'), ('[1,2 3]'), (E'f(\n)'), ('{}'), ('[:]'),
    ('(a,b=<-,c=1,)=>{a return b}'), ('if a then b else if c then d else e'), (E'@a(1,"b")\n@c()\n(x)'),
    ('x = (a) => (b) => (c) => {return {d:e}}'), ('option a.b = (r) => r'), ('a =~ /b/ and c !~ /d/'),
    (E'// a\nx = 1 // b\n\n// c\n'), (E'f(a: 1, // b\n c: 2 // d\n)'), (E'x = {a: 1 // b\n}'),
    (E'x = {a: "two\nlines", b: 2}'), (E'{a // b\n, c // d\n}'), ('3.0 .a'), ('3 .a'), ('1h .a'),
    (E'f = () => {\n// only\n}'), (E'a |> // x\nb()'), (E'testcase a { // b\nx = 1 }'),
    (E'builtin a : // b\n(c: // d\nint, ?e: C = ."f g") => D where C: Label'))
SELECT count(*) AS scripts,
       count(*) FILTER (WHERE flux.format(flux.format(script)) = flux.format(script)) AS stable,
       count(*) FILTER (WHERE bare(flux.format(script)) = bare(script)) AS same_tree
FROM scripts;

-- A script with an error is refused.
SELECT flux.format('x = ');

DROP FUNCTION bare(text);
