-- flux.functions: what scripts can call, with the documented type
SELECT package, name, type, kind, written_in
FROM flux.functions
WHERE (package, name) IN (('universe', 'contains'), ('universe', 'now'), ('universe', 'task'),
    ('math', 'pi'), ('experimental/array', 'toInt'), ('date/boundaries', 'monday'),
    ('influxdata/influxdb', 'from'), ('strings', 'title'), ('universe', 'mean'));

-- what is known by its type alone is not there, and says so when called
SELECT count(*) FROM flux.functions WHERE package = 'experimental/geo';
SELECT flux.query_csv($$
import "array"
import "experimental/geo"
array.from(rows: [{level: geo.getLevel(token: "89c25")}])
$$);

-- no name twice
SELECT package, name FROM flux.functions GROUP BY package, name HAVING count(*) > 1;
