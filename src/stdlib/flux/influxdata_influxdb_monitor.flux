// package influxdata/influxdb/monitor
package monitor


import "experimental"
import "influxdata/influxdb"
import "influxdata/influxdb/schema"

bucket = "_monitoring"

option write = (tables=<-) => tables |> experimental.to(bucket: bucket)

option log = (tables=<-) => tables |> experimental.to(bucket: bucket)

levelOK = "ok"

levelInfo = "info"

levelWarn = "warn"

levelCrit = "crit"

levelUnknown = "unknown"

_read = (measurement, start, stop, fn) =>
    influxdb.from(bucket: bucket)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == measurement)
        |> filter(fn: fn)
        |> schema.fieldsAsCols()

from = (start, fn=(r) => true, stop=now()) =>
    _read(measurement: "statuses", start: start, stop: stop, fn: fn)

logs = (fn, start, stop=now()) =>
    _read(measurement: "notifications", start: start, stop: stop, fn: fn)

// check gives each row a level and a message and writes it as a status.
check = (
        data,
        messageFn,
        crit=(r) => false,
        info=(r) => false,
        ok=(r) => true,
        warn=(r) => false,
        tables=<-,
    ) =>
    tables
        |> experimental.set(o: data.tags)
        |> experimental.group(mode: "extend", columns: experimental.objectKeys(o: data.tags))
        |> map(
            fn: (r) =>
                ({r with
                    _measurement: "statuses",
                    _source_measurement: r._measurement,
                    _type: data._type,
                    _check_id: data._check_id,
                    _check_name: data._check_name,
                    _level:
                        if crit(r: r) then
                            levelCrit
                        else if warn(r: r) then
                            levelWarn
                        else if info(r: r) then
                            levelInfo
                        else if ok(r: r) then
                            levelOK
                        else
                            levelUnknown,
                    _source_timestamp: int(v: r._time),
                    _time: now(),
                }),
        )
        |> map(fn: (r) => ({r with _message: messageFn(r: r)}))
        |> experimental.group(
            mode: "extend",
            columns: ["_source_measurement", "_type", "_check_id", "_check_name", "_level"],
        )
        |> write()

// notify tells an endpoint of each row and logs that it did.
notify = (data, endpoint, tables=<-) =>
    tables
        |> experimental.set(o: data)
        |> experimental.group(mode: "extend", columns: experimental.objectKeys(o: data))
        |> map(
            fn: (r) =>
                ({r with
                    _measurement: "notifications",
                    _status_timestamp: int(v: r._time),
                    _time: now(),
                }),
        )
        |> endpoint()
        |> experimental.group(mode: "extend", columns: ["_sent"])
        |> log()

deadman = (t, tables=<-) =>
    tables
        |> max(column: "_time")
        |> map(fn: (r) => ({r with dead: r._time < t}))

// The rows where a number computed from the level changes; keep says by how
// much.  _level leaves the group key meanwhile, so that one series' levels meet.
_changes = (number, keep, tables=<-) =>
    tables
        |> map(fn: (r) => ({r with level_value: number(r: r)}))
        |> duplicate(column: "_level", as: "____temp_level____")
        |> drop(columns: ["_level"])
        |> rename(columns: {"____temp_level____": "_level"})
        |> sort(columns: ["_source_timestamp", "_time"], desc: false)
        |> difference(columns: ["level_value"])
        |> filter(fn: keep)
        |> drop(columns: ["level_value"])
        |> experimental.group(mode: "extend", columns: ["_level"])

stateChangesOnly = (tables=<-) =>
    tables
        |> _changes(
            number: (r) =>
                if r._level == levelCrit then
                    4
                else if r._level == levelWarn then
                    3
                else if r._level == levelInfo then
                    2
                else if r._level == levelOK then
                    1
                else
                    0,
            keep: (r) => r.level_value != 0,
        )

_fromTo = (fromLevel, toLevel, tables=<-) =>
    tables
        |> _changes(
            number: (r) =>
                if r._level == toLevel
                        or toLevel == "any" and r._level != fromLevel and exists r._level then
                    1
                else if r._level == fromLevel
                        or fromLevel == "any" and r._level != toLevel and exists r._level then
                    0
                else
                    -10,
            keep: (r) => r.level_value == 1,
        )

stateChanges = (fromLevel="any", toLevel="any", tables=<-) =>
    if fromLevel == "any" and toLevel == "any" then
        tables |> stateChangesOnly()
    else
        tables |> _fromTo(fromLevel: fromLevel, toLevel: toLevel)
