// levels have names
import "array"
import "influxdata/influxdb/monitor"

array.from(
    rows: [
        {
            ok: monitor.levelOK,
            info: monitor.levelInfo,
            warn: monitor.levelWarn,
            crit: monitor.levelCrit,
            unknown: monitor.levelUnknown,
        },
    ],
)
