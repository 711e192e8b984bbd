// refused: a grid of millions of cells
import "experimental/geo"

geo.getGrid(region: {lat: 52.0, lon: 10.0, radius: 500.0}, level: 20, units: {distance: "km"})
