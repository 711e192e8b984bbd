// refused: the cell of a cell can only be larger
import "array"
import "experimental/geo"

array.from(rows: [{v: geo.s2CellIDToken(token: "47a5", level: 12)}])
