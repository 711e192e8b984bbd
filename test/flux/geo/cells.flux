// geo.s2CellIDToken, getLevel, s2CellLatLon: cells on every face, from the largest to the smallest
import "array"
import "experimental/geo"

row = (name, lat, lon) => {
    small = geo.s2CellIDToken(point: {lat: lat, lon: lon}, level: 30)
    middle = geo.s2CellIDToken(token: small, level: 12)
    center = geo.s2CellLatLon(token: middle)

    return {
        name: name,
        small: small,
        middle: middle,
        large: geo.s2CellIDToken(token: middle, level: 1),
        level: geo.getLevel(token: middle),
        same: geo.s2CellIDToken(point: center, level: 12) == middle,
        km: geo.ST_Distance(region: center, geometry: {lat: lat, lon: lon}) < 3.0,
    }
}

array.from(
    rows: [
        row(name: "Gulf of Guinea", lat: 0.0, lon: 0.0),
        row(name: "Delhi", lat: 28.6139, lon: 77.2090),
        row(name: "North Pole", lat: 90.0, lon: 0.0),
        row(name: "Tonga", lat: -21.1393, lon: -175.2049),
        row(name: "Galapagos", lat: -0.9538, lon: -90.9656),
        row(name: "Vostok", lat: -78.4645, lon: 106.8340),
        row(name: "Tokyo", lat: 35.6762, lon: 139.6503),
        row(name: "Bremen", lat: 53.0793, lon: 8.8017),
    ],
)
