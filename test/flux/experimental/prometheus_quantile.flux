// prometheus.histogramQuantile: buckets by the tag le (version 2) or by field names (version 1)
import "csv"
import "experimental/prometheus"

buckets =
    "#datatype,string,long,dateTime:RFC3339,string,string,string,double
#group,false,false,false,true,true,true,false
#default,_result,,,,,,
,result,table,_time,_measurement,_field,le,_value
,,0,2024-03-01T00:00:00Z,prometheus,wait_seconds,+Inf,10
,,1,2024-03-01T00:00:00Z,prometheus,wait_seconds,0.5,4
,,2,2024-03-01T00:00:00Z,prometheus,wait_seconds,1,8
"

csv.from(csv: buckets)
    |> prometheus.histogramQuantile(quantile: 0.5)
    |> yield(name: "version 2")
csv.from(csv: buckets)
    |> drop(columns: ["_measurement"])
    |> rename(columns: {_field: "_measurement"})
    |> duplicate(column: "le", as: "_field")
    |> drop(columns: ["le"])
    |> group(columns: ["_measurement", "_field"])
    |> prometheus.histogramQuantile(quantile: 0.9, metricVersion: 1)
    |> yield(name: "version 1")
