// geo.shapeData, filterRows of fields, asTracks, ST_LineString, totalDistance
import "csv"
import "experimental/geo"

data =
    csv.from(
        csv:
            "#datatype,string,long,dateTime:RFC3339,string,string,double
#group,false,false,false,true,true,false
#default,_result,,,,,
,result,table,_time,id,_field,_value
,,0,2024-03-01T00:02:00Z,bus,latitude,52.2
,,0,2024-03-01T00:01:00Z,bus,latitude,52.1
,,1,2024-03-01T00:02:00Z,bus,longitude,10.2
,,1,2024-03-01T00:01:00Z,bus,longitude,10.1
,,2,2024-03-01T00:02:00Z,bus,speed,30
,,2,2024-03-01T00:01:00Z,bus,speed,25
",
    )
shaped = data |> geo.shapeData(latField: "latitude", lonField: "longitude", level: 9)
cell = geo.s2CellIDToken(point: {lat: 52.1, lon: 10.1}, level: 5)
tracks = shaped |> geo.asTracks(groupBy: ["id"])

shaped |> yield(name: "1 shaped")
tracks |> yield(name: "2 tracks")
tracks |> geo.ST_LineString() |> yield(name: "3 line")
tracks |> geo.totalDistance() |> map(fn: (r) => ({r with _value: int(v: r._value * 1000.0)})) |> yield(name: "4 metres")
tracks |> geo.totalDistance(outputColumn: "way") |> keys() |> yield(name: "5 keys")
data
    |> map(
        fn: (r) =>
            ({r with
                s2_cell_id: cell,
                _field:
                    if r._field == "latitude" then
                        "lat"
                    else if r._field == "longitude" then
                        "lon"
                    else
                        r._field,
            }),
    )
    |> group(columns: ["id", "_field", "s2_cell_id"])
    |> geo.filterRows(region: {lat: 52.1, lon: 10.1, radius: 1.0})
    |> yield(name: "6 fields filtered")
