// influxdb.select and influxdb.from of contrib/jsternberg: fields as columns, without measurement and bounds
import "contrib/jsternberg/influxdb"

start = 2024-03-01T00:00:00Z
stop = 2024-03-01T01:00:00Z

influxdb.from(bucket: "test", start: start, stop: stop)
    |> filter(fn: (r) => r._measurement == "mem")
    |> yield(name: "1 from")
influxdb.select(from: "test", start: start, stop: stop, m: "cpu") |> yield(name: "2 all fields")
influxdb.select(from: "test", start: start, stop: stop, m: "cpu", fields: ["user"])
    |> yield(name: "3 one field")
influxdb.select(
    from: "test",
    start: start,
    stop: stop,
    m: "cpu",
    fields: ["user", "system"],
    where: (r) => r.host == "a",
)
    |> yield(name: "4 some fields of a host")
