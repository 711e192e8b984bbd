// v1.databases: a bucket is a database with one retention policy
import "influxdata/influxdb/v1"

v1.databases() |> filter(fn: (r) => r.databaseName == "test") |> drop(columns: ["organizationID", "bucketID"])
