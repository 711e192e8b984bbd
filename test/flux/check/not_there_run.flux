// a run raises only where it comes to what is not there
import "kafka"
import "array"

later = (tables=<-) => tables |> kafka.to(brokers: ["localhost:9092"], topic: "t")
array.from(rows: [{_value: 1.0}])
