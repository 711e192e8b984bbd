// geo.ST_Contains: points and paths in boxes, circles and polygons, whichever way their border runs
import "array"
import "experimental/geo"

box = {minLat: 50.0, maxLat: 54.0, minLon: 8.0, maxLon: 12.0}
dateline = {minLat: -20.0, maxLat: 0.0, minLon: 170.0, maxLon: -170.0}
circle = {lat: 52.0, lon: 10.0, radius: 100.0}
triangle = {points: [{lat: 50.0, lon: 8.0}, {lat: 50.0, lon: 12.0}, {lat: 54.0, lon: 10.0}]}
reversed = {points: [{lat: 54.0, lon: 10.0}, {lat: 50.0, lon: 12.0}, {lat: 50.0, lon: 8.0}]}

row = (name, p) =>
    ({
        name: name,
        box: geo.ST_Contains(region: box, geometry: p),
        circle: geo.ST_Contains(region: circle, geometry: p),
        triangle: geo.ST_Contains(region: triangle, geometry: p),
        reversed: geo.ST_Contains(region: reversed, geometry: p),
        dateline: geo.ST_Contains(region: dateline, geometry: p),
    })
path = (name, p) =>
    ({
        name: name,
        box: geo.ST_Contains(region: box, geometry: p),
        circle: geo.ST_Contains(region: circle, geometry: p),
        triangle: geo.ST_Contains(region: triangle, geometry: p),
        reversed: geo.ST_Contains(region: reversed, geometry: p),
        dateline: geo.ST_Contains(region: dateline, geometry: p),
    })

array.from(
    rows: [
        row(name: "middle", p: {lat: 52.0, lon: 10.0}),
        row(name: "corner of the box", p: {lat: 53.9, lon: 8.1}),
        row(name: "outside", p: {lat: 49.0, lon: 10.0}),
        row(name: "the other side of the world", p: {lat: -52.0, lon: -170.0}),
        row(name: "east of the date line", p: {lat: -10.0, lon: -175.0}),
        row(name: "west of it", p: {lat: -10.0, lon: 175.0}),
        path(name: "path inside", p: {linestring: "10.0 51.5, 10.1 52.0,9.9 52.5"}),
        path(name: "path out of it", p: {linestring: "10.0 52.0, 20.0 52.0"}),
    ],
)
