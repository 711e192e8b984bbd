// refused: invalid location
import "array"
import "date"
import "timezone"

array.from(rows: [{value: display(v: date.hour(t: 2020-01-01T00:00:00Z, location: {zone: "nowhere", offset: 0h}))}])
