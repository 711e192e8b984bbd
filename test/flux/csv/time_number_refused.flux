// refused: a time in a column of numbers
import "csv"

csv.from(
    csv:
        "#datatype,string,long,dateTime:number
#group,false,false,false
#default,_result,,
,result,table,begun
,,0,2024-01-01T00:00:00Z
",
)
