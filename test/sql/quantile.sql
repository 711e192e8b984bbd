-- quantile(method: "exact_mean") is SQL's percentile_cont, for sizes and values
-- that are kind and unkind to selection: random, sorted, equal, few distinct.
SET client_min_messages = warning;
SELECT flux.create_bucket('quantile') > 0 AS created;
CREATE TEMP TABLE sample AS
SELECT s.shape, i, CASE s.shape WHEN 'random' THEN (i * 7919 % 10007) / 7.0 WHEN 'up' THEN i WHEN 'down' THEN -i
	WHEN 'equal' THEN 42 WHEN 'few' THEN i % 3 WHEN 'organ' THEN abs(i - 2500) WHEN 'one' THEN 5.5 END::float8 AS v
FROM unnest(ARRAY['random', 'up', 'down', 'equal', 'few', 'organ', 'one']) AS s(shape), generate_series(1, 5000) i
WHERE s.shape <> 'one' OR i = 1;
SELECT flux.write('quantile', string_agg(format('m,shape=%s v=%s %s', shape, v, 1700000000 + i), E'\n'), 's') FROM sample;
CREATE TEMP TABLE answers AS
SELECT q, a.* FROM unnest(ARRAY[0, 0.001, 0.1, 0.25, 0.5, 0.77, 0.99, 1]::float8[]) q,
	flux.query(format('from(bucket: "quantile") |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-16T00:00:00Z)
		|> quantile(q: %s, method: "exact_mean") |> keep(columns: ["shape", "_value"])', to_char(q, 'FM0.000')))
	AS a(shape text, _value float8);
SELECT count(*) AS answers, count(*) FILTER (WHERE abs(a._value - t.v) < 1e-9) AS equal
FROM answers a, LATERAL (SELECT percentile_cont(a.q) WITHIN GROUP (ORDER BY v) AS v FROM sample s WHERE s.shape = a.shape) t;
SELECT flux.drop_bucket('quantile', true);
