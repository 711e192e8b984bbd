// experimental.kaufmansAMA is kaufmansAMA of _value
import "array"
import "experimental"

array.from(rows: [{_value: 1}, {_value: 2}, {_value: 4}, {_value: 3}])
    |> experimental.kaufmansAMA(n: 2)
