// each row of annotated text names its result; tables and blocks of one result are one stream
import "csv"

text =
    "#datatype,string,long,string,double
#group,false,false,true,false
#default,_result,,,
,result,table,room,_value
,peak,0,attic,31.5
,peak,0,attic,30.25
,peak,1,cellar,14.5
,peak,2,hall,20.75

#datatype,string,long,string,long
#group,false,false,true,false
#default,peak,,,
,result,table,room,_value
,,3,yard,9
,peak,4,roof,11
"

csv.from(csv: text)
