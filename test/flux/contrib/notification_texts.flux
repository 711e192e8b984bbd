// what the packages of notification services make of levels and names
import "array"
import "contrib/rhajek/bigpanda"
import "contrib/sranka/sensu"

array.from(
    rows: [
        {k: "crit", v: bigpanda.statusFromLevel(level: "crit")},
        {k: "WARN", v: bigpanda.statusFromLevel(level: "WARN")},
        {k: "info", v: bigpanda.statusFromLevel(level: "info")},
        {k: "Ok", v: bigpanda.statusFromLevel(level: "Ok")},
        {k: "other", v: bigpanda.statusFromLevel(level: "other")},
        {k: "sensu", v: sensu.toSensuName(v: "disk 1/used-%_x.y")},
    ],
)
