// values spread over columns; tables of one output key share rows
import "array"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _field: "a", _value: 1.0, host: "h"},
    {_time: 2024-01-01T00:00:01Z, _field: "a", _value: 2.0, host: "h"},
    {_time: 2024-01-01T00:00:01Z, _field: "b", _value: 3.0, host: "h"},
    {_time: 2024-01-01T00:00:02Z, _field: "b", _value: 4.0, host: "h"},
    {_time: 2024-01-01T00:00:02Z, _field: "b", _value: 5.0, host: "g"},
])
    |> group(columns: ["host", "_field"])
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
