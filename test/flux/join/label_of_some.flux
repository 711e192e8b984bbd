// a column that only some tables of a stream have makes none where the others are joined
import "csv"
import "join"

left = csv.from(csv: "#datatype,string,long,string,long
#group,false,false,true,false
#default,_result,,,
,result,table,host,id
,,0,a,1
,,1,b,1
")
right = csv.from(csv: "#datatype,string,long,string,long,double
#group,false,false,true,false,false
#default,_result,,,,
,result,table,host,id,load
,,0,a,1,0.5

#datatype,string,long,string,long
#group,false,false,true,false
#default,_result,,,
,result,table,host,id
,,1,b,1
")

join.inner(left: left, right: right, on: (l, r) => l.id == r.id, as: (l, r) => ({l with load: r.load}))
