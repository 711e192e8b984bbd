// package contrib/bonitoo-io/tickscript
package tickscript


import "array"
import "experimental"
import "influxdata/influxdb/monitor"
import "universe"

defineCheck = (id, name, type="custom") =>
    ({_check_id: id, _check_name: name, _type: type, tags: {}})

_withTopic = (topic, tables=<-) =>
    if topic == "" then
        tables
    else
        tables
            |> set(key: "_topic", value: topic)
            |> experimental.group(mode: "extend", columns: ["_topic"])

// Rows that bear the check's names and the id made of them.
_identified = (check, id, tables=<-) =>
    tables
        |> map(fn: (r) => ({r with _check_id: check._check_id, _check_name: check._check_name}))
        |> map(fn: (r) => ({r with id: id(r: r)}))

alert = (
        check,
        id=(r) => "${r._check_id}",
        details=(r) => "",
        message=(r) => "Threshold Check: ${r._check_name} is: ${r._level}",
        crit=(r) => false,
        warn=(r) => false,
        info=(r) => false,
        ok=(r) => true,
        topic="",
        tables=<-,
    ) =>
    tables
        |> drop(columns: ["_start", "_stop"])
        |> _identified(check: check, id: id)
        |> map(fn: (r) => ({r with details: details(r: r)}))
        |> _withTopic(topic: topic)
        |> monitor.check(
            data: check,
            messageFn: message,
            crit: crit,
            warn: warn,
            info: info,
            ok: ok,
        )

// deadman counts the rows of each table.  A series without any is known only
// as the one row that an empty stream leaves: no rows of that measurement.
deadman = (
        check,
        measurement,
        threshold=0,
        id=(r) => "${r._check_id}",
        message=(r) =>
            "Deadman Check: ${r._check_name} is: " + (if r.dead then "dead" else "alive"),
        topic="",
        tables=<-,
    ) => {
    counts =
        tables
            |> set(key: "__value__", value: "")
            |> count(column: "__value__")
    silence = array.from(rows: [{_measurement: measurement, __value__: 0}])
    isSilent =
        length(
            arr:
                counts
                    |> group()
                    |> findColumn(fn: (key) => true, column: "__value__"),
        )
            == 0
    found = if isSilent then silence |> group(columns: ["_measurement"]) else counts

    return
        found
            |> map(fn: (r) => ({r with _time: now(), dead: r.__value__ <= threshold}))
            |> drop(columns: ["__value__", "_start", "_stop"])
            |> _identified(check: check, id: id)
            |> _withTopic(topic: topic)
            |> monitor.check(data: check, messageFn: message, crit: (r) => r.dead)
}

_rename = (from, as, tables=<-) =>
    tables |> rename(fn: (column) => if column == from then as else column)

select = (as, column="_value", fn=(column, tables=<-) => tables, tables=<-) =>
    tables
        |> fn(column: column)
        |> _rename(from: column, as: as)

compute = select

selectWindow = (
        as,
        defaultValue,
        every,
        fn,
        column="_value",
        tables=<-,
    ) =>
    tables
        |> aggregateWindow(every: every, fn: fn, column: column, createEmpty: true)
        |> fill(column: column, value: defaultValue)
        |> _rename(from: column, as: as)

groupBy = (columns, tables=<-) =>
    tables
        |> group(columns: columns)
        |> experimental.group(mode: "extend", columns: ["_measurement"])

join = (measurement, tables, on=["_time"]) =>
    universe.join(tables: tables, on: on)
        |> map(fn: (r) => ({r with _measurement: measurement}))
        |> experimental.group(mode: "extend", columns: ["_measurement"])
