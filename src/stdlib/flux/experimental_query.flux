// package experimental/query
package query


fromRange = (bucket, start, stop=now()) =>
    from(bucket: bucket)
        |> range(start: start, stop: stop)

filterMeasurement = (measurement, table=<-) =>
    table
        |> filter(fn: (r) => r._measurement == measurement)

filterFields = (fields=[], table=<-) =>
    if length(arr: fields) == 0 then
        table
    else
        table
            |> filter(fn: (r) => contains(value: r._field, set: fields))

inBucket = (
        bucket,
        measurement,
        start,
        fields=[],
        predicate=(r) => true,
        stop=now(),
    ) =>
    fromRange(bucket: bucket, start: start, stop: stop)
        |> filterMeasurement(measurement: measurement)
        |> filter(fn: predicate)
        |> filterFields(fields: fields)
