// refused: a region that is none
import "array"
import "experimental/geo"

array.from(rows: [{v: geo.ST_Contains(region: {lat: 1.0}, geometry: {lat: 1.0, lon: 2.0})}])
