// with a host, the functions speak to a remote InfluxDB, which a superuser must have allowed
import "array"
import "experimental"
import "influxdata/influxdb"
import "influxdata/influxdb/v1"

host = "https://influx.example.com"
start = 2020-01-01T00:00:00Z
say = (name, fn) => ({name: name, msg: experimental.catch(fn: fn).msg})
read = (tables) => string(v: exists (tables |> findRecord(fn: (key) => true, idx: 0)))

array.from(
    rows: [
        say(
            name: "from",
            fn: () =>
                read(
                    tables: influxdb.from(bucket: "b", host: host, org: "o", token: "t")
                        |> range(start: start),
                ),
        ),
        say(
            name: "from by id",
            fn: () =>
                read(
                    tables: influxdb.from(bucketID: "0123456789abcdef", host: host, orgID: "fedcba9876543210", token: "t")
                        |> range(start: start),
                ),
        ),
        say(
            name: "cardinality",
            fn: () =>
                read(tables: influxdb.cardinality(bucketID: "0123456789abcdef", host: host, orgID: "0123456789abcdef", token: "t", start: start)),
        ),
        say(
            name: "cardinality of org",
            fn: () => read(tables: influxdb.cardinality(bucket: "b", host: host, org: "o", token: "t", start: start)),
        ),
        say(name: "buckets", fn: () => read(tables: influxdb.buckets(host: host, org: "o", token: "t"))),
        say(name: "buckets of orgID", fn: () => read(tables: influxdb.buckets(host: host, orgID: "0123456789abcdef", token: "t"))),
        say(name: "databases", fn: () => read(tables: v1.databases(host: host, org: "o", token: "t"))),
        say(name: "databases of orgID", fn: () => read(tables: v1.databases(host: host, orgID: "0123456789abcdef", token: "t"))),
    ],
)
