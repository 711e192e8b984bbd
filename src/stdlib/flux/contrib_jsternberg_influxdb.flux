// package contrib/jsternberg/influxdb
package influxdb


import i "influxdata/influxdb"
import "influxdata/influxdb/v1"

_read = (bucket, start, stop, host, org, token) =>
    (if host == "" then
        i.from(bucket: bucket)
    else
        i.from(bucket: bucket, host: host, org: org, token: token))
        |> range(start: start, stop: stop)

// from with a range.
from = (bucket, start, stop=now(), host="", org="", token="") =>
    _read(bucket: bucket, start: start, stop: stop, host: host, org: org, token: token)

// select reads fields of a measurement as columns, a row for each time.
select = (
        from,
        m,
        start,
        fields=[],
        host="",
        org="",
        stop=now(),
        token="",
        where=(r) => true,
    ) => {
    points =
        _read(bucket: from, start: start, stop: stop, host: host, org: org, token: token)
            |> filter(fn: (r) => r._measurement == m)
            |> filter(fn: where)
    wanted =
        if length(arr: fields) == 0 then
            points
        else if length(arr: fields) == 1 then
            points |> filter(fn: (r) => r._field == fields[0])
        else
            points |> filter(fn: (r) => contains(value: r._field, set: fields))

    return
        wanted
            |> v1.fieldsAsCols()
            |> drop(columns: ["_measurement", "_start", "_stop"])
}
