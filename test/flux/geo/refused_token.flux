// refused: a token that is no cell
import "array"
import "experimental/geo"

array.from(rows: [{v: geo.getLevel(token: "nowhere")}])
