// csv.from reads a column of datatype dateTime:number as nanoseconds of Unix time
import "csv"

csv.from(
    csv:
        "#datatype,string,long,dateTime:number,dateTime:number,dateTime:RFC3339,double
#group,false,false,true,false,false,false
#default,_result,,,86400000000000,,
,result,table,begun,ended,seen,load
,,0,1704067200000000001,-1,2024-01-01T00:00:00Z,1.5
,,0,1704067200000000001,,2024-01-01T00:00:01Z,2.5
",
)
