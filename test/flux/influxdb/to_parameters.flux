// influxdb.to takes its points apart as its parameters say
// then: SELECT time, place, low, high FROM "test".weather
import "array"
import "influxdata/influxdb"

array.from(rows: [{at: 2020-01-01T00:00:00Z, kind: "weather", place: "a", note: "n", least: 1.5, most: 4.5}])
    |> influxdb.to(
        bucket: "test",
        timeColumn: "at",
        measurementColumn: "kind",
        tagColumns: ["place"],
        fieldFn: (r) => ({low: r.least, high: r.most}),
    )
