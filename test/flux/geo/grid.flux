// geo.getGrid: all cells of a level that meet the region; gridFilter and strictFilter keep what is in them
import "array"
import "experimental/geo"

km = {distance: "km"}
circle = {lat: 52.0, lon: 10.0, radius: 30.0}
sizes = (g) => ({level: g.level, cells: length(arr: g.set)})

array.from(
    rows: [
        sizes(g: geo.getGrid(region: circle, level: 8, units: km)),
        sizes(g: geo.getGrid(region: circle, minSize: 10, maxLevel: 12, units: km)),
        sizes(g: geo.getGrid(region: circle, minSize: 1000, maxLevel: 9, units: km)),
        sizes(g: geo.getGrid(region: circle, minSize: 1000, maxSize: 20, units: km)),
        sizes(g: geo.getGrid(region: {lat: 52.0, lon: 10.0}, level: 30, units: km)),
        sizes(
            g:
                geo.getGrid(
                    region: {minLat: -90.0, maxLat: 90.0, minLon: -180.0, maxLon: 180.0},
                    level: 2,
                    units: km,
                ),
        ),
    ],
)
    |> yield(name: "sizes")

points =
    array.from(
        rows: [
            {_time: 2024-03-01T00:00:00Z, name: "middle", lat: 52.0, lon: 10.0},
            {_time: 2024-03-01T00:00:00Z, name: "just inside", lat: 52.26, lon: 10.0},
            {_time: 2024-03-01T00:00:00Z, name: "just outside", lat: 52.28, lon: 10.0},
            {_time: 2024-03-01T00:00:00Z, name: "far", lat: 53.0, lon: 10.0},
        ],
    )
        |> map(
            fn: (r) =>
                ({r with s2_cell_id: geo.s2CellIDToken(point: {lat: r.lat, lon: r.lon}, level: 11)}),
        )
        |> group(columns: ["s2_cell_id"])

points |> geo.gridFilter(region: circle) |> yield(name: "grid")
points |> geo.gridFilter(region: circle, level: 8, s2cellIDLevel: 11) |> yield(name: "grid of level 8")
points |> geo.strictFilter(region: circle) |> yield(name: "strict")
points |> geo.filterRows(region: circle) |> yield(name: "rows")
points |> geo.filterRows(region: circle, level: 8, strict: false) |> yield(name: "rows, not strict")
points |> geo.groupByArea(newColumn: "area", level: 7) |> yield(name: "areas")
points |> geo.groupByArea(newColumn: "area", level: 11) |> yield(name: "areas of the cells")
