// run: check
// a function known by type alone is refused where it stands, called or passed on
import "kafka"
import "array"

array.from(rows: [{_time: 2020-01-01T00:00:00Z, _value: 1.0}])
  |> kafka.to(brokers: ["localhost:9092"], topic: "t")
