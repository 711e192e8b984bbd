// geo.ST_Distance, ST_DWithin, ST_Intersects, ST_Length: kilometres on a sphere; units by argument or option
import "array"
import "experimental/geo"
import "math"

near = (v) => math.round(x: v * 1000.0) / 1000.0
box = {minLat: 50.0, maxLat: 54.0, minLon: 8.0, maxLon: 12.0}
circle = {lat: 52.0, lon: 10.0, radius: 100.0}
triangle = {points: [{lat: 50.0, lon: 8.0}, {lat: 50.0, lon: 12.0}, {lat: 54.0, lon: 10.0}]}
point = {lat: 52.0, lon: 10.0}
south = {lat: 49.0, lon: 10.0}
west = {lat: 52.0, lon: 7.0}
path = {linestring: "10.0 48.0, 10.0 49.0"}
crossing = {linestring: "7.0 52.0, 13.0 52.0"}

array.from(
    rows: [
        {what: "point, point", v: near(v: geo.ST_Distance(region: point, geometry: south))},
        {what: "box, south", v: near(v: geo.ST_Distance(region: box, geometry: south))},
        {what: "box, west", v: near(v: geo.ST_Distance(region: box, geometry: west))},
        {what: "circle, south", v: near(v: geo.ST_Distance(region: circle, geometry: south))},
        {what: "polygon, south", v: near(v: geo.ST_Distance(region: triangle, geometry: south))},
        {what: "polygon, inside", v: geo.ST_Distance(region: triangle, geometry: point)},
        {what: "box, path", v: near(v: geo.ST_Distance(region: box, geometry: path))},
        {what: "box, crossing path", v: geo.ST_Distance(region: box, geometry: crossing)},
        {what: "polygon, crossing path", v: geo.ST_Distance(region: triangle, geometry: crossing)},
        {what: "circle, crossing path", v: geo.ST_Distance(region: circle, geometry: crossing)},
        {what: "length", v: near(v: geo.ST_Length(geometry: path))},
        {what: "length of a point", v: geo.ST_Length(geometry: point)},
        {
            what: "metres",
            v: near(v: geo.ST_Length(geometry: path, units: {distance: "m"})),
        },
        {what: "miles", v: near(v: geo.ST_Length(geometry: path, units: {distance: "mile"}))},
        {
            what: "within 400 km",
            v:
                float(
                    v: geo.ST_DWithin(region: point, geometry: south, distance: 400.0),
                ),
        },
        {
            what: "within 300 km",
            v:
                float(
                    v: geo.ST_DWithin(region: point, geometry: south, distance: 300.0),
                ),
        },
        {
            what: "box meets crossing path",
            v: float(v: geo.ST_Intersects(region: box, geometry: crossing)),
        },
        {what: "box meets path", v: float(v: geo.ST_Intersects(region: box, geometry: path))},
    ],
)
