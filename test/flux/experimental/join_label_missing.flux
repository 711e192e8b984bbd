// experimental.join names the side and the column that it lacks
import "csv"
import "experimental"

data = csv.from(csv: "#datatype,string,long,dateTime:RFC3339,double
#group,false,false,false,false
#default,_result,,,
,result,table,_time,load
,,0,2024-01-01T00:00:00Z,0.5
")

experimental.join(left: data, right: data, fn: (left, right) => ({left with other: right.value}))
