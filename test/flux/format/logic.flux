// conditions break before the operator
// run: format
// modes: no
f = (r) => r._measurement == "measurement" and (r._field == "field_one" or r._field == "field_two") and r.host == "host"
