// refused: a number in a column of times
import "csv"

csv.from(
    csv:
        "#datatype,string,long,dateTime:RFC3339
#group,false,false,false
#default,_result,,
,result,table,begun
,,0,1704067200000000001
",
)
