// refused: a linestring that is none
import "array"
import "experimental/geo"

array.from(rows: [{v: geo.ST_Length(geometry: {linestring: "1 2, 3"})}])
