-- Numbers are sorted by their bytes; with a string among the columns rows are
-- compared.  Both give the same, in both directions, to ties, nulls and all.
CREATE TEMP TABLE cases AS
SELECT columns, direction, work_mem
FROM unnest(ARRAY['"f"', '"i"', '"u"', '"b"', '"t"', '"b", "f"', '"i", "b"', '"u", "t", "f"', '"k", "i"', '"few"', '"nulls", "f"']) columns,
	unnest(ARRAY['false', 'true']) direction, unnest(ARRAY['64kB', '16MB']) work_mem;
CREATE FUNCTION pg_temp.sorted(columns text, direction text, work_mem text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	PERFORM set_config('fluxtask.work_mem', work_mem, true);
	RETURN flux.query_csv(format($$
import "generate"
import "internal/debug"
import "math"

generate.from(count: 5000, start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z, fn: (n) => n * 7919 %% 5003)
	|> map(fn: (r) => ({n: r._value, same: "x", few: r._value / 4000, k: 1,
		f: if r._value %% 17 == 0 then debug.null(type: "float") else if r._value %% 19 == 0 then math.NaN()
			else if r._value %% 23 == 0 then math.mInf(sign: -1) else if r._value %% 29 == 0 then math.mInf(sign: 1)
			else if r._value %% 31 == 0 then -1.0 * 0.0 else float(v: r._value %% 400 - 200) / 8.0,
		i: if r._value %% 13 == 0 then debug.null(type: "int") else if r._value %% 37 == 0 then -9223372036854775807 - 1
			else (r._value %% 300 - 150) * 1000000007,
		u: if r._value %% 41 == 0 then uint(v: "18446744073709551615") else uint(v: r._value %% 900),
		b: if r._value %% 5 == 0 then debug.null(type: "bool") else r._value %% 3 == 0,
		t: time(v: (r._value %% 700 - 350) * 1000000000000),
		nulls: if r._value < 5001 then debug.null(type: "int") else 1}))
	|> sort(columns: [%s], desc: %s)
	|> drop(columns: ["same"])$$, columns, direction));
END $f$;
SELECT columns, direction, count(DISTINCT answer) AS answers, min(length(answer)) > 100000 AS is_all
FROM (SELECT columns, direction, pg_temp.sorted(columns || more, direction, work_mem) AS answer
	FROM cases, unnest(ARRAY['', ', "same"']) more) s
GROUP BY columns, direction ORDER BY columns, direction;
-- nulls first, then NaN, the infinite and zeros
SELECT flux.query_csv(format($$
import "array"
import "internal/debug"
import "math"

rows = array.map(arr: [%s], fn: (x) => ({n: x, f: if x %% 8 == 1 then debug.null(type: "float") else if x %% 8 == 2 then math.NaN()
	else if x %% 8 == 3 then math.mInf(sign: -1) else if x %% 8 == 4 then math.mInf(sign: 1) else if x %% 8 == 5 then -1.0 * 0.0 else float(v: x %% 8) - 7.0}))
array.from(rows: rows) |> sort(columns: ["f"]) |> duplicate(column: "f", as: "_value") |> group(columns: ["none"]) |> unique() |> drop(columns: ["_value", "none"])$$,
	string_agg(i::text, ', '))) FROM generate_series(1, 160) i;
