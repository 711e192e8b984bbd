-- flux.test: each testcase is contained; the testing package tells equal from
-- unequal; a test's input can take the way through a bucket.
SELECT flux.create_bucket('flux-test') > 0 AS created;

SELECT * FROM flux.test($flux$
package x_test
import "testing"
import "array"
import "experimental"
import "csv"
inData = "#datatype,string,long,dateTime:RFC3339,double,string,string
#group,false,false,false,false,true,true
#default,_result,,,,,
,result,table,_time,_value,_field,_measurement
,,0,2024-01-01T00:00:00Z,1.5,f,m
,,0,2024-01-01T00:01:00Z,2.5,f,m
"
testcase good {
  got = csv.from(csv: inData) |> testing.load() |> range(start: 2024-01-01, stop: 2024-01-02) |> sum()
  want = array.from(rows: [{_start: 2024-01-01T00:00:00Z, _stop: 2024-01-02T00:00:00Z, _field: "f", _measurement: "m", _value: 4.0}]) |> group(columns: ["_start", "_stop", "_field", "_measurement"])
  testing.diff(got: got, want: want)
}
testcase bad {
  testing.diff(got: array.from(rows: [{a: 1}, {a: 2}, {a: 3}]), want: array.from(rows: [{a: 1}, {a: 3}])) 
}
testcase raises { die(msg: "oh") }
testcase err { testing.shouldError(fn: () => die(msg: "oh no"), want: /no$/) }
testcase load {
  option testing.load = (tables=<-) => experimental.chain(first: tables |> to(bucket: "flux-test"), second: from(bucket: "flux-test"))
  got = csv.from(csv: inData) |> testing.load() |> range(start: 2024-01-01, stop: 2024-01-02) |> drop(columns: ["_start", "_stop"])
  testing.diff(got: got, want: csv.from(csv: inData))
}
$flux$);
-- What a testcase wrote is undone.
SELECT count(*) FROM "flux-test"._points;

-- A testcase that does not parse is a row as well; outside of them it is an error.
SELECT * FROM flux.test('testcase x { a = }
testcase y { a = 1 }
testcase z extends "y" { super() b = [1, }
testcase q { import "x" }
testcase last { b = 2 + "s" }');
SELECT * FROM flux.test('testcase x { a = 1 } a = ');
SELECT * FROM flux.test('testcase x extends "other/file.y" { super() }');

SELECT flux.drop_bucket('flux-test', true);
