// text of two results is refused, also where the second goes on with the table number of the first
import "csv"

text =
    "#datatype,string,long,string,double
#group,false,false,true,false
#default,,,,
,result,table,room,_value
,peak,0,attic,31.5
,low,0,attic,12.5
"

csv.from(csv: text)
