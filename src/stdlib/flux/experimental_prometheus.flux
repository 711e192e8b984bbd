// package experimental/prometheus
package prometheus


import "experimental"
import "universe"

// The buckets of each histogram to its quantile; bound says where a row keeps
// its bucket's upper bound, spare what the histograms' keys are without.
_quantile = (quantile, onNonmonotonic, bound, spare, tables=<-) =>
    tables
        |> map(fn: (r) => ({r with le: float(v: bound(r: r))}))
        |> group(mode: "except", columns: spare)
        |> universe.histogramQuantile(quantile: quantile, onNonmonotonic: onNonmonotonic)
        |> group(mode: "except", columns: ["le", "_value", "_time"])
        |> set(key: "quantile", value: string(v: quantile))
        |> experimental.group(columns: ["quantile"], mode: "extend")

// histogramQuantile reads buckets as Prometheus metrics are stored: version 2
// has the bound in the tag le, version 1 in the field's name.
histogramQuantile = (quantile, metricVersion=2, onNonmonotonic="error", tables=<-) =>
    if metricVersion == 2 then
        tables
            |> _quantile(
                quantile: quantile,
                onNonmonotonic: onNonmonotonic,
                bound: (r) => r.le,
                spare: ["le", "_value"],
            )
    else if metricVersion == 1 then
        tables
            |> filter(fn: (r) => r._field != "sum" and r._field != "count")
            |> _quantile(
                quantile: quantile,
                onNonmonotonic: onNonmonotonic,
                bound: (r) => r._field,
                spare: ["_field", "le", "_value"],
            )
    else
        universe.die(msg: "Invalid metricVersion. Available versions are 1 and 2.")
