// sql.to writes times into columns without a zone by UTC, whatever the session's zone
// set: TimeZone = 'America/New_York'
// then: SELECT seen, noted, day, ticks FROM public.logbook
import "array"
import "sql"

array.from(rows: [{seen: 2024-03-01T02:30:00Z, noted: 2024-03-01T02:30:00Z, day: 2024-03-01T02:30:00Z, ticks: uint(v: 9)}])
    |> sql.to(driverName: "postgres", dataSourceName: "", table: "logbook")
    |> keep(columns: ["ticks"])
