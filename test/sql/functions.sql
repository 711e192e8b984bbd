-- flux.functions: what scripts can call, with the documented type
SELECT package, name, type, kind, written_in
FROM flux.functions
WHERE (package, name) IN (('universe', 'contains'), ('universe', 'now'), ('universe', 'task'),
    ('math', 'pi'), ('experimental/array', 'toInt'), ('date/boundaries', 'monday'),
    ('influxdata/influxdb', 'from'), ('strings', 'title'), ('universe', 'mean'));

-- what is known by its type alone is not there, and says so when called
SELECT count(*) FROM flux.functions WHERE package = 'experimental/mqtt';
SELECT flux.query_csv($$
import "array"
import "experimental/mqtt"
array.from(rows: [{sent: mqtt.publish(broker: "tcp://localhost:1883", topic: "t", message: "m", clientid: "c")}])
$$);

-- no name twice
SELECT package, name FROM flux.functions GROUP BY package, name HAVING count(*) > 1;
