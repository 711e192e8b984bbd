// refused: units that nobody knows
import "array"
import "experimental/geo"

array.from(rows: [{v: geo.ST_Length(geometry: {lat: 1.0, lon: 2.0}, units: {distance: "yard"})}])
