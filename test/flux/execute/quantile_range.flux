// q lies between 0 and 1
import "array"

data = array.from(rows: [{_value: 1.0}, {_value: 2.0}, {_value: 3.0}, {_value: 4.0}, {_value: 5.0}, {_value: 6.0}, {_value: 7.0}, {_value: 8.0}, {_value: 9.0}, {_value: 10.0}])

data |> quantile(q: 1.5)
