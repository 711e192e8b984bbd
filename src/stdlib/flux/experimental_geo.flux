// package experimental/geo
package geo


import "experimental"
import "influxdata/influxdb/v1"

option units = {distance: "km"}

// ---- GIS functions ----

ST_Contains = (region, geometry, units=units) =>
    stContains(region: region, geometry: geometry, units: units)

ST_Distance = (region, geometry, units=units) =>
    stDistance(region: region, geometry: geometry, units: units)

ST_DWithin = (region, geometry, distance, units=units) =>
    stDistance(region: region, geometry: geometry, units: units) <= distance

ST_Intersects = (region, geometry, units=units) =>
    stDistance(region: region, geometry: geometry, units: units) <= 0.0

ST_Length = (geometry, units=units) => stLength(geometry: geometry, units: units)

// ST_LineString joins the points of each table to one path.
ST_LineString = (tables=<-) =>
    tables
        |> reduce(
            identity: {st_linestring: ""},
            fn: (r, accumulator) =>
                ({
                    st_linestring:
                        accumulator.st_linestring + (if accumulator.st_linestring == "" then "" else ", ") + string(
                                v: r.lon,
                            ) + " " + string(v: r.lat),
                }),
        )

// ---- rows ----

toRows = (tables=<-) => tables |> v1.fieldsAsCols()

// shapeData makes rows of fields, with names and cells as this package wants them.
shapeData = (latField, lonField, level, tables=<-) =>
    tables
        |> map(
            fn: (r) =>
                ({r with
                    _field:
                        if r._field == latField then
                            "lat"
                        else if r._field == lonField then
                            "lon"
                        else
                            r._field,
                }),
        )
        |> toRows()
        |> map(
            fn: (r) =>
                ({r with s2_cell_id: s2CellIDToken(point: {lat: r.lat, lon: r.lon}, level: level)}),
        )
        |> experimental.group(columns: ["s2_cell_id"], mode: "extend")

asTracks = (groupBy=["id", "tid"], orderBy=["_time"], tables=<-) =>
    tables
        |> group(columns: groupBy)
        |> sort(columns: orderBy)

// ---- filters ----

// The level of the cells that a stream is grouped by; -1 for a stream without tables.
_levelOf = (tables=<-) => {
    first = tables |> findRecord(fn: (key) => exists key.s2_cell_id, idx: 0)

    return if exists first.s2_cell_id then getLevel(token: first.s2_cell_id) else -1
}

_knownLevel = (level, tables=<-) => if level == -1 then tables |> _levelOf() else level

// gridFilter keeps what is in a cell that the region touches.
gridFilter = (
        region,
        minSize=24,
        maxSize=-1,
        level=-1,
        s2cellIDLevel=-1,
        units=units,
        tables=<-,
    ) => {
    cellLevel = tables |> _knownLevel(level: s2cellIDLevel)
    grid =
        getGrid(
            region: region,
            minSize: minSize,
            maxSize: maxSize,
            level: level,
            maxLevel: cellLevel,
            units: units,
        )

    return
        tables
            |> filter(
                fn: (r) =>
                    contains(
                        value:
                            if cellLevel == grid.level then
                                r.s2_cell_id
                            else
                                s2CellIDToken(token: r.s2_cell_id, level: grid.level),
                        set: grid.set,
                    ),
            )
}

// strictFilter keeps the points that are in the region.
strictFilter = (region, tables=<-) =>
    tables |> filter(fn: (r) => ST_Contains(region: region, geometry: {lat: r.lat, lon: r.lon}))

// filterRows: by grid, then, if strict, point by point; fields become rows.
filterRows = (
        region,
        minSize=24,
        maxSize=-1,
        level=-1,
        s2cellIDLevel=-1,
        strict=true,
        tables=<-,
    ) => {
    labels =
        tables
            |> columns(column: "_value")
            |> findColumn(fn: (key) => true, column: "_value")
    near =
        tables
            |> gridFilter(
                region: region,
                minSize: minSize,
                maxSize: maxSize,
                level: level,
                s2cellIDLevel: s2cellIDLevel,
            )
    rows = if contains(value: "lat", set: labels) then near else near |> toRows()

    return if strict then rows |> strictFilter(region: region) else rows
}

// groupByArea groups by cells of a level, whose tokens go to newColumn.
groupByArea = (newColumn, level, s2cellIDLevel=-1, tables=<-) => {
    cellLevel = tables |> _knownLevel(level: s2cellIDLevel)
    marked =
        if level == cellLevel then
            tables |> duplicate(column: "s2_cell_id", as: newColumn)
        else
            tables
                |> map(
                    fn: (r) =>
                        ({r with
                            ____area: s2CellIDToken(point: {lat: r.lat, lon: r.lon}, level: level),
                        }),
                )
                |> rename(columns: {____area: newColumn})

    return marked |> group(columns: [newColumn])
}

// totalDistance sums the ways from row to row of each table.
totalDistance = (outputColumn="_value", tables=<-) =>
    tables
        |> reduce(
            identity: {____sum: 0.0, ____lat: 0.0, ____lon: 0.0, ____rows: 0},
            fn: (r, accumulator) =>
                ({
                    ____lat: r.lat,
                    ____lon: r.lon,
                    ____rows: accumulator.____rows + 1,
                    ____sum:
                        if accumulator.____rows == 0 then
                            0.0
                        else
                            accumulator.____sum + ST_Distance(
                                    region: {lat: accumulator.____lat, lon: accumulator.____lon},
                                    geometry: {lat: r.lat, lon: r.lon},
                                ),
                }),
        )
        |> drop(columns: ["____lat", "____lon", "____rows"])
        |> rename(fn: (column) => if column == "____sum" then outputColumn else column)
