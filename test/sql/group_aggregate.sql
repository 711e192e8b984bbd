-- group |> aggregate in one operator gives what the two give, to the bit: over
-- keys that are constant and that vary by row, mixed schemas, nulls, empty
-- tables, and the same errors.
CREATE FUNCTION pg_temp.answer(pipeline text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	RETURN flux.query_csv($$import "csv"
data = csv.from(csv: "#datatype,string,long,dateTime:RFC3339,double,string,string,long
#group,false,false,false,false,true,true,false
#default,_result,,,,,,
,result,table,_time,_value,host,region,n
,,0,2024-01-01T00:00:00Z,0.1,a,x,1
,,0,2024-01-01T00:01:00Z,0.2,a,x,2
,,0,2024-01-01T00:02:00Z,,a,x,1
,,1,2024-01-01T00:00:00Z,0.7,b,x,2
,,1,2024-01-01T00:01:00Z,0.3,b,x,
,,2,2024-01-01T00:00:00Z,1e300,c,,1
,,2,2024-01-01T00:00:00Z,-1e300,c,,1

#datatype,string,long,dateTime:RFC3339,string,string,long
#group,false,false,false,true,true,false
#default,_result,,,,,
,result,table,_time,host,region,n
,,3,2024-01-01T00:00:00Z,a,y,1
,,3,2024-01-01T00:01:00Z,a,y,2

#datatype,string,long,dateTime:RFC3339,double,string,string
#group,false,false,false,false,true,true
#default,_result,4,,,e,z
,result,table,_time,_value,host,region
")
data |> $$ || pipeline);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $f$;
CREATE TEMP TABLE cases (id int GENERATED ALWAYS AS IDENTITY, pipeline text);
INSERT INTO cases (pipeline)
SELECT 'group(' || g || ') |> ' || f
FROM unnest(ARRAY['', 'columns: ["region"]', 'columns: ["region", "host"]', 'columns: ["host", "n"]', 'columns: ["n"]',
	'columns: ["_time", "region"]', 'columns: ["_value"]', 'columns: ["_value", "_time"], mode: "except"',
	'columns: ["nothing"]']) g,
	unnest(ARRAY['sum()', 'count()', 'mean()', 'spread()', 'stddev()', 'quantile(q: 0.5)',
	'quantile(q: 0.5, method: "exact_mean")', 'sum(column: "n")', 'mean(column: "missing")', 'sum(column: "_time")']) f;
CREATE TEMP TABLE fused AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;
SET fluxtask.disabled_rules = 'fuse_group_aggregate';
CREATE TEMP TABLE apart AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;
RESET fluxtask.disabled_rules;
SELECT count(*) AS pipelines, count(*) FILTER (WHERE f.csv = a.csv) AS equal,
	count(*) FILTER (WHERE f.csv LIKE '#%') AS answers
FROM fused f JOIN apart a USING (id);
SELECT pipeline, f.csv AS fused, a.csv AS apart FROM cases JOIN fused f USING (id) JOIN apart a USING (id)
WHERE f.csv <> a.csv ORDER BY id;
SELECT replace(csv, E'\r', '') AS csv FROM cases JOIN fused USING (id)
WHERE pipeline IN ('group(columns: ["region"]) |> count()', 'group(columns: ["host", "n"]) |> sum()') ORDER BY id;
SELECT flux.explain('import "array" array.from(rows: [{_value: 1, a: "x"}]) |> group(columns: ["a"]) |> mean()') AS plan;
