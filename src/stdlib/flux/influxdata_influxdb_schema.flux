// package influxdata/influxdb/schema
package schema


// The series' columns as they are used in a pivoted table.
fieldsAsCols = (tables=<-) =>
    tables
        |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")

_matching = (bucket, predicate, start, stop) =>
    from(bucket: bucket)
        |> range(start: start, stop: stop)
        |> filter(fn: predicate)

tagValues = (bucket, tag, predicate=(r) => true, start=-30d, stop=now()) =>
    _matching(bucket: bucket, predicate: predicate, start: start, stop: stop)
        |> keep(columns: [tag])
        |> group()
        |> distinct(column: tag)

tagKeys = (bucket, predicate=(r) => true, start=-30d, stop=now()) =>
    _matching(bucket: bucket, predicate: predicate, start: start, stop: stop)
        |> keys()
        |> keep(columns: ["_value"])
        |> distinct()

measurements = (bucket, start=-30d, stop=now()) =>
    tagValues(bucket: bucket, tag: "_measurement", start: start, stop: stop)

measurementTagValues = (
        bucket,
        measurement,
        tag,
        start=-30d,
        stop=now(),
    ) =>
    tagValues(
        bucket: bucket,
        tag: tag,
        predicate: (r) => r._measurement == measurement,
        start: start,
        stop: stop,
    )

measurementTagKeys = (bucket, measurement, start=-30d, stop=now()) =>
    tagKeys(
        bucket: bucket,
        predicate: (r) => r._measurement == measurement,
        start: start,
        stop: stop,
    )

fieldKeys = (bucket, predicate=(r) => true, start=-30d, stop=now()) =>
    tagValues(
        bucket: bucket,
        tag: "_field",
        predicate: predicate,
        start: start,
        stop: stop,
    )

measurementFieldKeys = (bucket, measurement, start=-30d, stop=now()) =>
    fieldKeys(
        bucket: bucket,
        predicate: (r) => r._measurement == measurement,
        start: start,
        stop: stop,
    )
