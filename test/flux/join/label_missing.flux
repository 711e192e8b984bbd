// "as" may use only columns that a table of the stream has
import "csv"
import "join"

data = csv.from(csv: "#datatype,string,long,string,long,double
#group,false,false,true,false,false
#default,_result,,,,
,result,table,host,id,load
,,0,a,1,0.5
")

join.left(left: data, right: data, on: (l, r) => l.id == r.id, as: (l, r) => ({l with other: r.laod}))
