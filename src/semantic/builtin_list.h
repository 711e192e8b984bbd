/*
 * builtin_list.h
 *		Every name that Flux's standard library offers, with its type.
 *
 * X(package, name, kind, tier, type): the type in Flux's own type syntax,
 * parsed by our parser on first use.  Tier 1 is everyday, 2 is the rest that
 * fluxtask implements, 3 and 0 are known by type only.
 */

/* no include guard: included with several X */
X("universe", "true", VALUE, 1, "bool")
X("universe", "false", VALUE, 1, "bool")
X("universe", "location", OPTION, 1, "{zone: string, offset: duration}")
X("universe", "task", OPTION, 1, "A where A: Record")
X("universe", "aggregateWindow", TRANSFORMATION, 1,
  "(<-tables: stream[D], every: duration, fn: (<-: stream[B], column: A) => stream[C], "
  "?column: A, ?createEmpty: bool, ?location: {zone: string, offset: duration}, ?offset: "
  "duration, ?period: duration, ?timeDst: string, ?timeSrc: string) => stream[E] where B: "
  "Record, C: Record, D: Record, E: Record")
X("universe", "bool", SCALAR, 1, "(v: A) => bool")
X("universe", "bottom", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?columns: [string]) => stream[A] where A: Record")
X("universe", "bytes", SCALAR, 2, "(v: A) => bytes")
X("universe", "chandeMomentumOscillator", TRANSFORMATION, 2,
  "(<-tables: stream[A], n: int, ?columns: [string]) => stream[B] where A: Record, B: Record")
X("universe", "columns", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "contains", SCALAR, 1, "(value: A, set: [A]) => bool where A: Nullable")
X("universe", "count", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "cov", AGGREGATE, 2,
  "(on: [string], x: A, y: B, ?pearsonr: bool) => stream[C] where C: Record")
X("universe", "covariance", AGGREGATE, 2,
  "(<-tables: stream[A], ?pearsonr: bool, ?valueDst: string, columns: [string]) => stream[B] "
  "where A: Record, B: Record")
X("universe", "cumulativeSum", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?columns: [string]) => stream[B] where A: Record, B: Record")
X("universe", "derivative", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?unit: duration, ?nonNegative: bool, ?columns: [string], "
  "?timeColumn: string, ?initialZero: bool) => stream[B] where A: Record, B: Record")
X("universe", "die", SCALAR, 1, "(msg: string) => A")
X("universe", "difference", TRANSFORMATION, 1,
  "(<-tables: stream[T], ?nonNegative: bool, ?columns: [string], ?keepFirst: bool, "
  "?initialZero: bool) => stream[R] where T: Record, R: Record")
X("universe", "display", SCALAR, 2, "(v: A) => string")
X("universe", "distinct", SELECTOR, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "doubleEMA", TRANSFORMATION, 2,
  "(<-tables: stream[{A with _value: B}], n: int) => stream[C] where B: Numeric, C: Record")
X("universe", "drop", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?fn: (column: string) => bool, ?columns: [string]) => stream[B] "
  "where A: Record, B: Record")
X("universe", "duplicate", TRANSFORMATION, 1,
  "(<-tables: stream[A], column: string, as: string) => stream[B] where A: Record, B: Record")
X("universe", "duration", SCALAR, 1, "(v: A) => duration")
X("universe", "elapsed", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?unit: duration, ?timeColumn: string, ?columnName: string) => "
  "stream[B] where A: Record, B: Record")
X("universe", "exponentialMovingAverage", TRANSFORMATION, 2,
  "(<-tables: stream[{B with _value: A}], n: int) => stream[{B with _value: A}] where A: "
  "Numeric")
X("universe", "fill", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?column: string, ?value: B, ?usePrevious: bool) => stream[C] where "
  "A: Record, C: Record")
X("universe", "filter", TRANSFORMATION, 1,
  "(<-tables: stream[A], fn: (r: A) => bool, ?onEmpty: string) => stream[A] where A: Record")
X("universe", "findColumn", SCALAR, 1,
  "(<-tables: stream[A], fn: (key: B) => bool, column: string) => [C] where A: Record, B: "
  "Record")
X("universe", "findRecord", SCALAR, 1,
  "(<-tables: stream[A], fn: (key: B) => bool, idx: int) => A where A: Record, B: Record")
X("universe", "first", SELECTOR, 1,
  "(<-tables: stream[A], ?column: string) => stream[A] where A: Record")
X("universe", "float", SCALAR, 1, "(v: A) => float")
X("universe", "getColumn", SCALAR, 1, "(<-table: stream[A], column: string) => [B] where A: Record")
X("universe", "getRecord", SCALAR, 1, "(<-table: stream[A], idx: int) => A where A: Record")
X("universe", "group", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?mode: string, ?columns: [string]) => stream[A] where A: Record")
X("universe", "highestAverage", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?column: string, ?groupColumns: [string]) => stream[B] "
  "where A: Record, B: Record")
X("universe", "highestCurrent", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?column: string, ?groupColumns: [string]) => stream[A] "
  "where A: Record")
X("universe", "highestMax", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?column: string, ?groupColumns: [string]) => stream[A] "
  "where A: Record")
X("universe", "histogram", AGGREGATE, 2,
  "(<-tables: stream[A], ?column: string, ?upperBoundColumn: string, ?countColumn: string, "
  "bins: [float], ?normalize: bool) => stream[B] where A: Record, B: Record")
X("universe", "histogramQuantile", AGGREGATE, 2,
  "(<-tables: stream[A], ?quantile: float, ?countColumn: string, ?upperBoundColumn: string, "
  "?valueColumn: string, ?minValue: float, ?onNonmonotonic: string) => stream[B] where A: "
  "Record, B: Record")
X("universe", "holtWinters", AGGREGATE, 2,
  "(<-tables: stream[A], n: int, interval: duration, ?withFit: bool, ?column: string, "
  "?timeColumn: string, ?seasonality: int, ?withMinSSE: bool) => stream[B] where A: Record, "
  "B: Record")
X("universe", "hourSelection", TRANSFORMATION, 2,
  "(<-tables: stream[A], start: int, stop: int, ?location: {zone: string, offset: duration}, "
  "?timeColumn: string) => stream[A] where A: Record")
X("universe", "increase", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?columns: [string]) => stream[B] where A: Record, B: Record")
X("universe", "inf", VALUE, 1, "duration")
X("universe", "int", SCALAR, 1, "(v: A) => int")
X("universe", "integral", AGGREGATE, 1,
  "(<-tables: stream[A], ?unit: duration, ?timeColumn: string, ?column: string, "
  "?interpolate: string) => stream[B] where A: Record, B: Record")
X("universe", "join", TRANSFORMATION, 1,
  "(<-tables: A, ?method: string, ?on: [string]) => stream[B] where A: Record, B: Record")
X("universe", "kaufmansAMA", TRANSFORMATION, 2,
  "(<-tables: stream[A], n: int, ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "kaufmansER", TRANSFORMATION, 2,
  "(<-tables: stream[A], n: int) => stream[{B with _value: float}] where A: Record")
X("universe", "keep", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?columns: [string], ?fn: (column: string) => bool) => stream[B] "
  "where A: Record, B: Record")
X("universe", "keys", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "keyValues", TRANSFORMATION, 2,
  "(<-tables: stream[A], ?keyColumns: [string]) => stream[{C with _key: string, _value: B}] "
  "where A: Record, C: Record")
X("universe", "last", SELECTOR, 1,
  "(<-tables: stream[A], ?column: string) => stream[A] where A: Record")
X("universe", "length", SCALAR, 1, "(<-arr: [A]) => int")
X("universe", "limit", SELECTOR, 1, "(<-tables: stream[A], n: int, ?offset: int) => stream[A]")
X("universe", "linearBins", SCALAR, 2,
  "(start: float, width: float, count: int, ?infinity: bool) => [float]")
X("universe", "logarithmicBins", SCALAR, 2,
  "(start: float, factor: float, count: int, ?infinity: bool) => [float]")
X("universe", "lowestAverage", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?column: string, ?groupColumns: [string]) => stream[B] "
  "where A: Record, B: Record")
X("universe", "lowestCurrent", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?column: string, ?groupColumns: [string]) => stream[A] "
  "where A: Record")
X("universe", "lowestMin", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?column: string, ?groupColumns: [string]) => stream[A] "
  "where A: Record")
X("universe", "map", TRANSFORMATION, 1,
  "(<-tables: stream[A], fn: (r: A) => B, ?mergeKey: bool) => stream[B]")
X("universe", "max", SELECTOR, 1,
  "(<-tables: stream[A], ?column: string) => stream[A] where A: Record")
X("universe", "mean", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "median", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string, ?compression: float, ?method: string) => stream[A] "
  "where A: Record")
X("universe", "min", SELECTOR, 1,
  "(<-tables: stream[A], ?column: string) => stream[A] where A: Record")
X("universe", "mode", AGGREGATE, 2,
  "(<-tables: stream[A], ?column: string) => stream[{C with _value: B}] where A: Record, C: "
  "Record")
X("universe", "movingAverage", TRANSFORMATION, 1,
  "(<-tables: stream[{B with _value: A}], n: int) => stream[{B with _value: float}] where A: "
  "Numeric")
X("universe", "now", OPTION, 1, "() => time")
X("universe", "pearsonr", AGGREGATE, 2, "(on: [string], x: A, y: B) => stream[C] where C: Record")
X("universe", "pivot", TRANSFORMATION, 1,
  "(<-tables: stream[A], rowKey: [string], columnKey: [string], valueColumn: string) => "
  "stream[B] where A: Record, B: Record")
X("universe", "quantile", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string, q: float, ?compression: float, ?method: string) => "
  "stream[A] where A: Record")
X("universe", "range", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _time: time}], start: B, ?stop: C) => stream[{A with _time: "
  "time, _start: time, _stop: time}]")
X("universe", "reduce", AGGREGATE, 1,
  "(<-tables: stream[A], fn: (r: A, accumulator: B) => B, identity: B) => stream[C] where A: "
  "Record, B: Record, C: Record")
X("universe", "relativeStrengthIndex", TRANSFORMATION, 2,
  "(<-tables: stream[A], n: int, ?columns: [string]) => stream[B] where A: Record, B: Record")
X("universe", "rename", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?fn: (column: string) => string, ?columns: B) => stream[C] where A: "
  "Record, B: Record, C: Record")
X("universe", "sample", SELECTOR, 2,
  "(<-tables: stream[A], n: int, ?pos: int, ?column: string) => stream[A] where A: Record")
X("universe", "set", TRANSFORMATION, 1,
  "(<-tables: stream[A], key: string, value: string) => stream[A] where A: Record")
X("universe", "skew", AGGREGATE, 2,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "sort", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?columns: [string], ?desc: bool) => stream[A] where A: Record")
X("universe", "spread", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "stateCount", TRANSFORMATION, 1,
  "(<-tables: stream[A], fn: (r: A) => bool, ?column: string) => stream[B] where A: Record, "
  "B: Record")
X("universe", "stateDuration", TRANSFORMATION, 1,
  "(<-tables: stream[A], fn: (r: A) => bool, ?column: string, ?timeColumn: string, ?unit: "
  "duration) => stream[B] where A: Record, B: Record")
X("universe", "stateTracking", TRANSFORMATION, 1,
  "(<-tables: stream[A], fn: (r: A) => bool, ?countColumn: string, ?durationColumn: string, "
  "?durationUnit: duration, ?timeColumn: string) => stream[B] where A: Record, B: Record")
X("universe", "stddev", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string, ?mode: string) => stream[B] where A: Record, B: "
  "Record")
X("universe", "string", SCALAR, 1, "(v: A) => string")
X("universe", "sum", AGGREGATE, 1,
  "(<-tables: stream[A], ?column: string) => stream[B] where A: Record, B: Record")
X("universe", "tableFind", TRANSFORMATION, 1,
  "(<-tables: stream[A], fn: (key: B) => bool) => stream[A] where A: Record, B: Record")
X("universe", "tail", SELECTOR, 1, "(<-tables: stream[A], n: int, ?offset: int) => stream[A]")
X("universe", "time", SCALAR, 1, "(v: A) => time")
X("universe", "timedMovingAverage", TRANSFORMATION, 1,
  "(<-tables: stream[A], every: duration, period: duration, ?column: string) => stream[B] "
  "where A: Record, B: Record")
X("universe", "timeShift", TRANSFORMATION, 1,
  "(<-tables: stream[A], duration: duration, ?columns: [string]) => stream[A]")
X("universe", "timeWeightedAvg", AGGREGATE, 2,
  "(<-tables: stream[A], unit: duration) => stream[{B with _value: float, _stop: D, _start: C}] "
  "where A: Record")
X("universe", "toBool", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _value: B}]) => stream[{A with _value: bool}]")
X("universe", "today", SCALAR, 1, "() => time")
X("universe", "toFloat", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _value: B}]) => stream[{A with _value: float}]")
X("universe", "toInt", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _value: B}]) => stream[{A with _value: int}]")
X("universe", "top", SELECTOR, 1,
  "(<-tables: stream[A], n: int, ?columns: [string]) => stream[A] where A: Record")
X("universe", "toString", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _value: B}]) => stream[{A with _value: string}]")
X("universe", "toTime", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _value: B}]) => stream[{A with _value: time}]")
X("universe", "toUInt", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _value: B}]) => stream[{A with _value: uint}]")
X("universe", "tripleEMA", TRANSFORMATION, 2,
  "(<-tables: stream[{A with _value: B}], n: int) => stream[C] where B: Numeric, C: Record")
X("universe", "tripleExponentialDerivative", TRANSFORMATION, 2,
  "(<-tables: stream[{B with _value: A}], n: int) => stream[{B with _value: float}] where A: "
  "Numeric, B: Record")
X("universe", "truncateTimeColumn", TRANSFORMATION, 1,
  "(<-tables: stream[{B with _time: C}], unit: duration, ?timeColumn: A) => stream[{B with "
  "_time: time}] where C: Timeable")
X("universe", "uint", SCALAR, 1, "(v: A) => uint")
X("universe", "union", TRANSFORMATION, 1, "(tables: [stream[A]]) => stream[A] where A: Record")
X("universe", "unique", SELECTOR, 1,
  "(<-tables: stream[A], ?column: string) => stream[A] where A: Record")
X("universe", "window", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?createEmpty: bool, ?every: duration, ?location: {zone: string, "
  "offset: duration}, ?offset: duration, ?period: duration, ?startColumn: string, "
  "?stopColumn: string, ?timeColumn: string) => stream[B] where A: Record, B: Record")
X("universe", "yield", SINK, 1, "(<-tables: stream[A], ?name: string) => stream[A] where A: Record")
X("array", "concat", SCALAR, 1, "(<-arr: [A], v: [A]) => [A]")
X("array", "filter", SCALAR, 1, "(<-arr: [A], fn: (x: A) => bool) => [A]")
X("array", "from", SOURCE, 1, "(<-rows: [A]) => stream[A] where A: Record")
X("array", "map", SCALAR, 1, "(<-arr: [A], fn: (x: A) => B) => [B]")
X("bitwise", "sand", SCALAR, 2, "(a: int, b: int) => int")
X("bitwise", "sclear", SCALAR, 2, "(a: int, b: int) => int")
X("bitwise", "slshift", SCALAR, 2, "(a: int, b: int) => int")
X("bitwise", "snot", SCALAR, 2, "(a: int) => int")
X("bitwise", "sor", SCALAR, 2, "(a: int, b: int) => int")
X("bitwise", "srshift", SCALAR, 2, "(a: int, b: int) => int")
X("bitwise", "sxor", SCALAR, 2, "(a: int, b: int) => int")
X("bitwise", "uand", SCALAR, 2, "(a: uint, b: uint) => uint")
X("bitwise", "uclear", SCALAR, 2, "(a: uint, b: uint) => uint")
X("bitwise", "ulshift", SCALAR, 2, "(a: uint, b: uint) => uint")
X("bitwise", "unot", SCALAR, 2, "(a: uint) => uint")
X("bitwise", "uor", SCALAR, 2, "(a: uint, b: uint) => uint")
X("bitwise", "urshift", SCALAR, 2, "(a: uint, b: uint) => uint")
X("bitwise", "uxor", SCALAR, 2, "(a: uint, b: uint) => uint")
X("contrib/RohanSreerama5/naiveBayesClassifier", "naiveBayes", TRANSFORMATION, 3,
  "(<-tables: stream[{C with _time: time, _measurement: E, _field: D}], myClass: string, "
  "myField: A, myMeasurement: B) => stream[F] where A: Equatable, B: Equatable, D: "
  "Equatable, E: Equatable, F: Record")
X("contrib/anaisdg/anomalydetection", "mad", TRANSFORMATION, 3,
  "(<-table: stream[B], ?threshold: A) => stream[{C with level: string, _value_diff_med: D, "
  "_value_diff: D, _value: D}] where A: Comparable + Equatable, B: Record, D: Comparable + "
  "Divisible + Equatable")
X("contrib/anaisdg/statsmodels", "linearRegression", TRANSFORMATION, 3,
  "(<-tables: stream[A]) => stream[{B with y_hat: float, y: float, x: float, sy: H, sxy: G, "
  "sxx: F, sx: E, slope: D, errors: float, N: C}] where A: Record, D: Divisible + "
  "Subtractable")
X("contrib/bonitoo-io/alerta", "alert", SCALAR, 3,
  "(apiKey: string, attributes: A, event: B, resource: C, severity: D, url: string, "
  "?environment: E, ?group: F, ?origin: G, ?service: H, ?tags: I, ?text: J, ?timestamp: K, "
  "?type: L, ?value: M) => int")
X("contrib/bonitoo-io/alerta", "endpoint", SINK, 3,
  "(apiKey: string, url: string, ?environment: A, ?origin: B) => (mapFn: (r: C) => {D with "
  "value: O, type: N, timestamp: M, text: L, tags: K, severity: J, service: I, resource: H, "
  "group: G, event: F, attributes: E}) => (<-tables: stream[C]) => stream[{C with _sent: "
  "string}]")
X("contrib/bonitoo-io/hex", "bytes", SCALAR, 3, "(v: string) => bytes")
X("contrib/bonitoo-io/hex", "int", SCALAR, 3, "(v: string) => int")
X("contrib/bonitoo-io/hex", "string", SCALAR, 3, "(v: A) => string")
X("contrib/bonitoo-io/hex", "uint", SCALAR, 3, "(v: string) => uint")
X("contrib/bonitoo-io/servicenow", "endpoint", SINK, 3,
  "(password: string, url: string, username: string, ?source: A) => (mapFn: (r: B) => {C "
  "with severity: J, resource: I, node: H, metricType: G, metricName: F, messageKey: E, "
  "description: D}) => (<-tables: stream[B]) => stream[{B with _sent: string}] where J: "
  "Equatable")
X("contrib/bonitoo-io/servicenow", "event", SCALAR, 3,
  "(description: A, password: string, severity: B, url: string, username: string, "
  "?additionalInfo: C, ?messageKey: D, ?metricName: E, ?metricType: F, ?node: G, ?resource: "
  "H, ?source: I) => int where B: Equatable, C: Equatable")
X("contrib/bonitoo-io/tickscript", "alert", SINK, 3,
  "(<-tables: stream[M], check: {A with tags: E, _type: D, _check_name: C, _check_id: B}, ?crit: "
  "(r: {F with _time: H, _measurement: G}) => bool, ?details: (r: {I with id: J, _check_name: C, "
  "_check_id: B}) => K, ?id: (r: {I with _check_name: C, _check_id: B}) => J, ?info: (r: {F with "
  "_time: H, _measurement: G}) => bool, ?message: (r: {F with _type: D, _time: time, "
  "_source_timestamp: int, _source_measurement: G, _measurement: string, _level: string, "
  "_check_name: C, _check_id: B}) => L, ?ok: (r: {F with _time: H, _measurement: G}) => bool, "
  "?topic: string, ?warn: (r: {F with _time: H, _measurement: G}) => bool) => stream[{F with "
  "_type: D, _time: time, _source_timestamp: int, _source_measurement: G, _message: L, "
  "_measurement: string, _level: string, _check_name: C, _check_id: B}] where E: Record, I: "
  "Record, M: Record")
X("contrib/bonitoo-io/tickscript", "compute", TRANSFORMATION, 3,
  "(<-tables: B, as: string, ?column: A, ?fn: (<-: B, column: A) => stream[C]) => stream[D] "
  "where A: Equatable, C: Record, D: Record")
X("contrib/bonitoo-io/tickscript", "deadman", TRANSFORMATION, 3,
  "(<-tables: stream[M], check: {A with tags: E, _type: D, _check_name: C, _check_id: B}, "
  "measurement: string, ?id: (r: {F with _check_name: C, _check_id: B}) => G, ?message: (r: {H "
  "with dead: bool, _type: D, _time: time, _source_timestamp: int, _source_measurement: I, "
  "_measurement: string, _level: string, _check_name: C, _check_id: B}) => K, ?threshold: L, "
  "?topic: string) => stream[{H with dead: bool, _type: D, _time: time, _source_timestamp: int, "
  "_source_measurement: I, _message: K, _measurement: string, _level: string, _check_name: C, "
  "_check_id: B}] where E: Record, F: Record, L: Comparable + Equatable, M: Record")
X("contrib/bonitoo-io/tickscript", "defineCheck", SCALAR, 3,
  "(id: A, name: B, ?type: C) => {tags: {}, _type: C, _check_name: B, _check_id: A}")
X("contrib/bonitoo-io/tickscript", "groupBy", TRANSFORMATION, 3,
  "(<-tables: stream[A], columns: [string]) => stream[A] where A: Record")
X("contrib/bonitoo-io/tickscript", "join", TRANSFORMATION, 3,
  "(measurement: A, tables: B, ?on: [string]) => stream[{C with _measurement: A}] where B: "
  "Record, C: Record")
X("contrib/bonitoo-io/tickscript", "select", TRANSFORMATION, 3,
  "(<-tables: B, as: string, ?column: A, ?fn: (<-: B, column: A) => stream[C]) => stream[D] "
  "where A: Equatable, C: Record, D: Record")
X("contrib/bonitoo-io/tickscript", "selectWindow", TRANSFORMATION, 3,
  "(<-tables: stream[D], as: string, defaultValue: A, every: duration, fn: (<-: stream[B], "
  "column: string) => stream[C], ?column: string) => stream[E] where B: Record, C: Record, "
  "D: Record, E: Record")
X("contrib/bonitoo-io/victorops", "alert", SCALAR, 3,
  "(messageType: A, url: string, ?entityDisplayName: B, ?entityID: C, ?monitoringTool: D, "
  "?stateMessage: E, ?timestamp: F) => int")
X("contrib/bonitoo-io/victorops", "endpoint", SINK, 3,
  "(url: string, ?monitoringTool: A) => (mapFn: (r: B) => {C with timestamp: H, "
  "stateMessage: G, messageType: F, entityID: E, entityDisplayName: D}) => (<-tables: "
  "stream[B]) => stream[{B with _sent: string}]")
X("contrib/bonitoo-io/zenoss", "endpoint", SINK, 3,
  "(url: string, ?action: A, ?apiKey: B, ?method: C, ?password: string, ?tid: D, ?type: E, "
  "?username: string) => (mapFn: (r: F) => {G with summary: O, severity: N, message: M, "
  "eventClassKey: L, eventClass: K, device: J, component: I, collector: H}) => (<-tables: "
  "stream[F]) => stream[{F with _sent: string}] where B: Equatable")
X("contrib/bonitoo-io/zenoss", "event", SCALAR, 3,
  "(severity: A, url: string, ?action: B, ?apiKey: C, ?collector: D, ?component: E, ?device: "
  "F, ?eventClass: G, ?eventClassKey: H, ?message: I, ?method: J, ?password: string, "
  "?summary: K, ?tid: L, ?type: M, ?username: string) => int where C: Equatable")
X("contrib/chobbs/discord", "discordURL", OPTION, 3, "string")
X("contrib/chobbs/discord", "endpoint", SINK, 3,
  "(username: A, webhookID: string, webhookToken: string, ?avatar_url: B) => (mapFn: (r: C) "
  "=> {D with content: E}) => (<-tables: stream[C]) => stream[{C with _sent: string}]")
X("contrib/chobbs/discord", "send", SCALAR, 3,
  "(content: A, username: B, webhookID: string, webhookToken: string, ?avatar_url: C) => int")
X("contrib/jsternberg/influxdb", "from", SOURCE, 3,
  "(bucket: string, start: A, ?host: string, ?org: string, ?stop: B, ?token: string) => "
  "stream[{C with _value: D, _time: time, _stop: time, _start: time, _measurement: string, "
  "_field: string}]")
X("contrib/jsternberg/influxdb", "select", SOURCE, 3,
  "(from: string, m: A, start: B, ?fields: [string], ?host: string, ?org: string, ?stop: C, "
  "?token: string, ?where: (r: {D with _value: E, _time: time, _stop: time, _start: time, "
  "_measurement: string, _field: string}) => bool) => stream[F] where A: Equatable, F: Record")
X("contrib/qxip/clickhouse", "defaultURL", OPTION, 3, "string")
X("contrib/qxip/clickhouse", "query", SOURCE, 3,
  "(query: string, ?cors: string, ?format: string, ?limit: A, ?max_bytes: B, ?url: string) "
  "=> stream[C] where A: Stringable, B: Stringable, C: Record")
X("contrib/qxip/hash", "b64", SCALAR, 3, "(v: A) => string")
X("contrib/qxip/hash", "cityhash64", SCALAR, 3, "(v: A) => string")
X("contrib/qxip/hash", "hmac", SCALAR, 3, "(v: A, k: A) => string")
X("contrib/qxip/hash", "md5", SCALAR, 3, "(v: A) => string")
X("contrib/qxip/hash", "sha1", SCALAR, 3, "(v: A) => string")
X("contrib/qxip/hash", "sha256", SCALAR, 3, "(v: A) => string")
X("contrib/qxip/hash", "xxhash64", SCALAR, 3, "(v: A) => string")
X("contrib/qxip/logql", "defaultAPI", OPTION, 3, "string")
X("contrib/qxip/logql", "defaultURL", OPTION, 3, "string")
X("contrib/qxip/logql", "query_range", SOURCE, 3,
  "(query: string, ?end: A, ?limit: B, ?orgid: string, ?path: string, ?start: C, ?step: D, "
  "?url: string) => stream[E] where A: Timeable, B: Stringable, C: Timeable, D: Stringable, "
  "E: Record")
X("contrib/rhajek/bigpanda", "defaultTokenPrefix", OPTION, 3, "string")
X("contrib/rhajek/bigpanda", "defaultUrl", OPTION, 3, "string")
X("contrib/rhajek/bigpanda", "endpoint", SINK, 3,
  "(appKey: A, token: string, ?url: string) => (mapFn: (r: B) => {C with status: D}) => "
  "(<-tables: stream[B]) => stream[{B with _sent: string}]")
X("contrib/rhajek/bigpanda", "sendAlert", SCALAR, 3,
  "(appKey: A, rec: B, status: C, token: string, url: string) => int")
X("contrib/rhajek/bigpanda", "statusFromLevel", SCALAR, 3, "(level: string) => string")
X("contrib/sranka/opsgenie", "endpoint", SINK, 3,
  "(apiKey: string, ?entity: string, ?url: string) => (mapFn: (r: A) => {B with visibleTo: "
  "[string], tags: E, responders: [string], priority: string, message: string, details: D, "
  "description: string, alias: string, actions: C}) => (<-tables: stream[A]) => stream[{A "
  "with _sent: string}] where D: Stringable")
X("contrib/sranka/opsgenie", "respondersToJSON", SCALAR, 3, "(v: [string]) => string")
X("contrib/sranka/opsgenie", "sendAlert", SCALAR, 3,
  "(apiKey: string, message: string, ?actions: A, ?alias: string, ?description: string, "
  "?details: B, ?entity: string, ?priority: string, ?responders: [string], ?tags: C, ?url: "
  "string, ?visibleTo: [string]) => int where B: Stringable")
X("contrib/sranka/sensu", "endpoint", SINK, 3,
  "(apiKey: string, url: string, ?entityName: string, ?handlers: A, ?namespace: string) => "
  "(mapFn: (r: B) => {C with text: E, status: D, checkName: string}) => (<-tables: "
  "stream[B]) => stream[{B with _sent: string}] where D: Equatable")
X("contrib/sranka/sensu", "event", SCALAR, 3,
  "(apiKey: string, checkName: string, text: A, url: string, ?entityName: string, ?handlers: "
  "B, ?namespace: string, ?state: string, ?status: C) => int where C: Equatable")
X("contrib/sranka/sensu", "toSensuName", SCALAR, 3, "(v: string) => string")
X("contrib/sranka/teams", "endpoint", SINK, 3,
  "(url: string) => (mapFn: (r: A) => {B with title: C, text: string, summary: string}) => "
  "(<-tables: stream[A]) => stream[{A with _sent: string}]")
X("contrib/sranka/teams", "message", SCALAR, 3,
  "(text: string, title: A, url: string, ?summary: string) => int")
X("contrib/sranka/teams", "summaryCutoff", OPTION, 3, "int")
X("contrib/sranka/telegram", "defaultDisableWebPagePreview", OPTION, 3, "bool")
X("contrib/sranka/telegram", "defaultParseMode", OPTION, 3, "string")
X("contrib/sranka/telegram", "defaultSilent", OPTION, 3, "bool")
X("contrib/sranka/telegram", "defaultURL", OPTION, 3, "string")
X("contrib/sranka/telegram", "endpoint", SINK, 3,
  "(token: string, ?disableWebPagePreview: A, ?parseMode: B, ?url: string) => (mapFn: (r: C) "
  "=> {D with text: G, silent: F, channel: E}) => (<-tables: stream[C]) => stream[{C with "
  "_sent: string}]")
X("contrib/sranka/telegram", "message", SCALAR, 3,
  "(channel: A, text: B, token: string, ?disableWebPagePreview: C, ?parseMode: D, ?silent: "
  "E, ?url: string) => int")
X("contrib/sranka/webexteams", "endpoint", SINK, 3,
  "(token: string, ?url: string) => (mapFn: (r: A) => {B with text: E, roomId: D, markdown: "
  "C}) => (<-tables: stream[A]) => stream[{A with _sent: string}]")
X("contrib/sranka/webexteams", "message", SCALAR, 3,
  "(markdown: A, roomId: B, text: C, token: string, ?url: string) => int")
X("contrib/tomhollingworth/events", "duration", TRANSFORMATION, 3,
  "(<-tables: stream[A], ?unit: duration, ?timeColumn: string, ?columnName: string, "
  "?stopColumn: string, ?stop: time) => stream[B] where A: Record, B: Record")
X("csv", "from", SOURCE, 1,
  "(?csv: string, ?file: string, ?mode: string, ?url: string) => stream[A] where A: Record")
X("date", "add", SCALAR, 1,
  "(d: duration, to: A, ?location: {zone: string, offset: duration}) => time where A: "
  "Timeable")
X("date", "April", VALUE, 2, "int")
X("date", "August", VALUE, 2, "int")
X("date", "December", VALUE, 2, "int")
X("date", "February", VALUE, 2, "int")
X("date", "Friday", VALUE, 2, "int")
X("date", "hour", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "January", VALUE, 2, "int")
X("date", "July", VALUE, 2, "int")
X("date", "June", VALUE, 2, "int")
X("date", "March", VALUE, 2, "int")
X("date", "May", VALUE, 2, "int")
X("date", "microsecond", SCALAR, 2, "(t: T) => int where T: Timeable")
X("date", "millisecond", SCALAR, 2, "(t: T) => int where T: Timeable")
X("date", "minute", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "Monday", VALUE, 2, "int")
X("date", "month", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "monthDay", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "nanosecond", SCALAR, 2, "(t: T) => int where T: Timeable")
X("date", "November", VALUE, 2, "int")
X("date", "October", VALUE, 2, "int")
X("date", "quarter", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "Saturday", VALUE, 2, "int")
X("date", "scale", SCALAR, 1, "(d: duration, n: int) => duration")
X("date", "second", SCALAR, 1, "(t: T) => int where T: Timeable")
X("date", "September", VALUE, 2, "int")
X("date", "sub", SCALAR, 1,
  "(d: duration, from: A, ?location: {zone: string, offset: duration}) => time where A: "
  "Timeable")
X("date", "Sunday", VALUE, 2, "int")
X("date", "Thursday", VALUE, 2, "int")
X("date", "time", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => time where A: Timeable")
X("date", "truncate", SCALAR, 1,
  "(t: A, unit: duration, ?location: {zone: string, offset: duration}) => time where A: "
  "Timeable")
X("date", "Tuesday", VALUE, 2, "int")
X("date", "Wednesday", VALUE, 2, "int")
X("date", "week", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "weekDay", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "year", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date", "yearDay", SCALAR, 1,
  "(t: A, ?location: {zone: string, offset: duration}) => int where A: Timeable")
X("date/boundaries", "friday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "monday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "month", SCALAR, 3, "(?month_offset: int) => {stop: time, start: time}")
X("date/boundaries", "saturday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "sunday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "thursday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "tuesday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "wednesday", SCALAR, 3, "() => {stop: time, start: time}")
X("date/boundaries", "week", SCALAR, 3,
  "(?start_sunday: bool, ?week_offset: int) => {stop: time, start: time}")
X("date/boundaries", "yesterday", SCALAR, 3, "() => {stop: time, start: time}")
X("dict", "fromList", SCALAR, 1, "(pairs: [{key: K, value: V}]) => [K:V] where K: Comparable")
X("dict", "get", SCALAR, 1, "(dict: [K:V], key: K, default: V) => V where K: Comparable")
X("dict", "insert", SCALAR, 1, "(dict: [K:V], key: K, value: V) => [K:V] where K: Comparable")
X("dict", "remove", SCALAR, 1, "(dict: [K:V], key: K) => [K:V] where K: Comparable")
X("experimental", "addDuration", SCALAR, 2,
  "(d: duration, to: A, ?location: {zone: string, offset: duration}) => time where A: "
  "Timeable")
X("experimental", "alignTime", TRANSFORMATION, 2,
  "(<-tables: stream[B], ?alignTo: A) => stream[C] where B: Record, C: Record")
X("experimental", "catch", SCALAR, 3, "(fn: () => A) => {value: A, code: uint, msg: string}")
X("experimental", "chain", TRANSFORMATION, 2,
  "(first: stream[A], second: stream[B]) => stream[B] where A: Record, B: Record")
X("experimental", "count", AGGREGATE, 2,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: int}]")
X("experimental", "diff", TRANSFORMATION, 3,
  "(<-got: stream[A], want: stream[A]) => stream[{A with _diff: string}]")
X("experimental", "distinct", SELECTOR, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "fill", TRANSFORMATION, 3,
  "(<-tables: stream[{T with _value: A}], ?value: A, ?usePrevious: bool) => stream[{T with "
  "_value: A}]")
X("experimental", "first", SELECTOR, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "group", TRANSFORMATION, 2,
  "(<-tables: stream[A], mode: string, columns: [string]) => stream[A] where A: Record")
X("experimental", "histogram", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: float}], bins: [float], ?normalize: bool) => stream[{T "
  "with _value: float, le: float}]")
X("experimental", "histogramQuantile", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: float, le: float}], ?quantile: float, ?minValue: float) "
  "=> stream[{T with _value: float}]")
X("experimental", "integral", AGGREGATE, 3,
  "(<-tables: stream[{T with _time: time, _value: B}], ?unit: duration, ?interpolate: "
  "string) => stream[{T with _value: B}]")
X("experimental", "join", TRANSFORMATION, 2,
  "(left: stream[A], right: stream[B], fn: (left: A, right: B) => C) => stream[C] where A: "
  "Record, B: Record, C: Record")
X("experimental", "kaufmansAMA", TRANSFORMATION, 3,
  "(<-tables: stream[{T with _value: A}], n: int) => stream[{T with _value: float}] where A: "
  "Numeric")
X("experimental", "last", SELECTOR, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "max", SELECTOR, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "mean", AGGREGATE, 2,
  "(<-tables: stream[{T with _value: float}]) => stream[{T with _value: float}]")
X("experimental", "min", SELECTOR, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "mode", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "objectKeys", SCALAR, 2, "(o: A) => [string] where A: Record")
X("experimental", "preview", TRANSFORMATION, 3,
  "(<-tables: stream[A], ?nrows: int, ?ntables: int) => stream[A] where A: Record")
X("experimental", "quantile", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: float}], q: float, ?compression: float, ?method: "
  "string) => stream[{T with _value: float}]")
X("experimental", "set", TRANSFORMATION, 2,
  "(<-tables: stream[A], o: B) => stream[C] where A: Record, B: Record, C: Record")
X("experimental", "skew", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: float}]) => stream[{T with _value: float}]")
X("experimental", "spread", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}] where A: Numeric")
X("experimental", "stddev", AGGREGATE, 3,
  "(<-tables: stream[{T with _value: float}], ?mode: string) => stream[{T with _value: "
  "float}]")
X("experimental", "subDuration", SCALAR, 2,
  "(d: duration, from: A, ?location: {zone: string, offset: duration}) => time where A: "
  "Timeable")
X("experimental", "sum", AGGREGATE, 2,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}] where A: Numeric")
X("experimental", "to", SINK, 1,
  "(<-tables: stream[A], ?bucket: string, ?bucketID: string, ?host: string, ?org: string, "
  "?orgID: string, ?token: string) => stream[A] where A: Record")
X("experimental", "unique", SELECTOR, 3,
  "(<-tables: stream[{T with _value: A}]) => stream[{T with _value: A}]")
X("experimental", "unpivot", TRANSFORMATION, 2,
  "(<-tables: stream[{A with _time: time}], ?otherColumns: [string]) => stream[{B with "
  "_field: string, _value: C}] where A: Record, B: Record")
X("experimental", "window", TRANSFORMATION, 2,
  "(<-tables: stream[{A with _time: time, _stop: time, _start: time}], ?createEmpty: bool, "
  "?every: duration, ?location: {zone: string, offset: duration}, ?offset: duration, "
  "?period: duration) => stream[{A with _time: time, _stop: time, _start: time}]")
X("experimental/aggregate", "rate", AGGREGATE, 2,
  "(<-tables: stream[A], every: duration, ?groupColumns: [string], ?unit: duration) => "
  "stream[B] where A: Record, B: Record")
X("experimental/array", "concat", SCALAR, 2, "(<-arr: [A], v: [A]) => [A]")
X("experimental/array", "filter", SCALAR, 2, "(<-arr: [A], fn: (x: A) => bool) => [A]")
X("experimental/array", "from", SOURCE, 2, "(<-rows: [A]) => stream[A] where A: Record")
X("experimental/array", "map", SCALAR, 2, "(<-arr: [A], fn: (x: A) => B) => [B]")
X("experimental/array", "toBool", SCALAR, 2, "(<-arr: [A]) => [bool]")
X("experimental/array", "toDuration", SCALAR, 2, "(<-arr: [A]) => [duration]")
X("experimental/array", "toFloat", SCALAR, 2, "(<-arr: [A]) => [float]")
X("experimental/array", "toInt", SCALAR, 2, "(<-arr: [A]) => [int]")
X("experimental/array", "toString", SCALAR, 2, "(<-arr: [A]) => [string]")
X("experimental/array", "toTime", SCALAR, 2, "(<-arr: [A]) => [time]")
X("experimental/array", "toUInt", SCALAR, 2, "(<-arr: [A]) => [uint]")
X("experimental/bigtable", "from", SOURCE, 3,
  "(token: string, project: string, instance: string, table: string) => stream[T] where T: "
  "Record")
X("experimental/bitwise", "sand", SCALAR, 3, "(a: int, b: int) => int")
X("experimental/bitwise", "sclear", SCALAR, 3, "(a: int, b: int) => int")
X("experimental/bitwise", "slshift", SCALAR, 3, "(a: int, b: int) => int")
X("experimental/bitwise", "snot", SCALAR, 3, "(a: int) => int")
X("experimental/bitwise", "sor", SCALAR, 3, "(a: int, b: int) => int")
X("experimental/bitwise", "srshift", SCALAR, 3, "(a: int, b: int) => int")
X("experimental/bitwise", "sxor", SCALAR, 3, "(a: int, b: int) => int")
X("experimental/bitwise", "uand", SCALAR, 3, "(a: uint, b: uint) => uint")
X("experimental/bitwise", "uclear", SCALAR, 3, "(a: uint, b: uint) => uint")
X("experimental/bitwise", "ulshift", SCALAR, 3, "(a: uint, b: uint) => uint")
X("experimental/bitwise", "unot", SCALAR, 3, "(a: uint) => uint")
X("experimental/bitwise", "uor", SCALAR, 3, "(a: uint, b: uint) => uint")
X("experimental/bitwise", "urshift", SCALAR, 3, "(a: uint, b: uint) => uint")
X("experimental/bitwise", "uxor", SCALAR, 3, "(a: uint, b: uint) => uint")
X("experimental/csv", "from", SOURCE, 3, "(url: string) => stream[A] where A: Record")
X("experimental/date/boundaries", "friday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "monday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "month", SCALAR, 2,
  "(?month_offset: int) => {stop: time, start: time}")
X("experimental/date/boundaries", "saturday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "sunday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "thursday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "tuesday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "wednesday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/date/boundaries", "week", SCALAR, 2,
  "(?start_sunday: bool, ?week_offset: int) => {stop: time, start: time}")
X("experimental/date/boundaries", "yesterday", SCALAR, 2, "() => {stop: time, start: time}")
X("experimental/dynamic", "asArray", SCALAR, 2, "(<-v: dynamic) => [dynamic]")
X("experimental/dynamic", "dynamic", SCALAR, 2, "(v: A) => dynamic")
X("experimental/dynamic", "isType", SCALAR, 2, "(v: dynamic, type: string) => bool")
X("experimental/dynamic", "jsonEncode", SCALAR, 2, "(v: dynamic) => bytes")
X("experimental/dynamic", "jsonParse", SCALAR, 2, "(data: bytes) => dynamic")
X("experimental/geo", "asTracks", TRANSFORMATION, 3,
  "(<-tables: stream[A], ?groupBy: [string], ?orderBy: [string]) => stream[A] where A: Record")
X("experimental/geo", "filterRows", TRANSFORMATION, 3,
  "(<-tables: stream[{B with s2_cell_id: string, lon: D, lat: C}], region: A, ?level: int, "
  "?maxSize: int, ?minSize: int, ?s2cellIDLevel: int, ?strict: bool) => stream[{B with "
  "s2_cell_id: string, lon: D, lat: C}] where A: Record")
X("experimental/geo", "getGrid", SCALAR, 3,
  "(region: T, ?minSize: int, ?maxSize: int, ?level: int, ?maxLevel: int, units: {distance: "
  "string}) => {level: int, set: [string]} where T: Record")
X("experimental/geo", "getLevel", SCALAR, 3, "(token: string) => int")
X("experimental/geo", "gridFilter", TRANSFORMATION, 3,
  "(<-tables: stream[{B with s2_cell_id: string}], region: A, ?level: int, ?maxSize: int, "
  "?minSize: int, ?s2cellIDLevel: int, ?units: {distance: string}) => stream[{B with "
  "s2_cell_id: string}] where A: Record")
X("experimental/geo", "groupByArea", TRANSFORMATION, 3,
  "(<-tables: stream[{A with s2_cell_id: string, lon: float, lat: float}], level: int, "
  "newColumn: string, ?s2cellIDLevel: int) => stream[B] where B: Record")
X("experimental/geo", "s2CellIDToken", SCALAR, 3,
  "(?token: string, ?point: {lat: float, lon: float}, level: int) => string")
X("experimental/geo", "s2CellLatLon", SCALAR, 3, "(token: string) => {lat: float, lon: float}")
X("experimental/geo", "shapeData", TRANSFORMATION, 3,
  "(<-tables: stream[{C with _field: string}], latField: A, level: int, lonField: B) => "
  "stream[{D with s2_cell_id: string, lon: float, lat: float}] where A: Equatable, B: "
  "Equatable")
X("experimental/geo", "ST_Contains", SCALAR, 3,
  "(geometry: A, region: B, ?units: {distance: string}) => bool where A: Record, B: Record")
X("experimental/geo", "ST_Distance", SCALAR, 3,
  "(geometry: A, region: B, ?units: {distance: string}) => float where A: Record, B: Record")
X("experimental/geo", "ST_DWithin", SCALAR, 3,
  "(distance: A, geometry: B, region: C, ?units: {distance: string}) => bool where A: "
  "Comparable + Equatable, B: Record, C: Record")
X("experimental/geo", "ST_Intersects", SCALAR, 3,
  "(geometry: A, region: B, ?units: {distance: string}) => bool where A: Record, B: Record")
X("experimental/geo", "ST_Length", SCALAR, 3,
  "(geometry: A, ?units: {distance: string}) => float where A: Record")
X("experimental/geo", "ST_LineString", AGGREGATE, 3,
  "(<-tables: stream[{A with lon: C, lat: B}]) => stream[D] where D: Record")
X("experimental/geo", "stContains", SCALAR, 3,
  "(region: A, geometry: B, units: {distance: string}) => bool where A: Record, B: Record")
X("experimental/geo", "stDistance", SCALAR, 3,
  "(region: A, geometry: B, units: {distance: string}) => float where A: Record, B: Record")
X("experimental/geo", "stLength", SCALAR, 3,
  "(geometry: A, units: {distance: string}) => float where A: Record")
X("experimental/geo", "strictFilter", TRANSFORMATION, 3,
  "(<-tables: stream[{B with lon: D, lat: C}], region: A) => stream[{B with lon: D, lat: C}] "
  "where A: Record")
X("experimental/geo", "toRows", TRANSFORMATION, 3,
  "(<-tables: stream[A]) => stream[B] where A: Record, B: Record")
X("experimental/geo", "totalDistance", AGGREGATE, 3,
  "(<-tables: stream[{B with lon: float, lat: float}], ?outputColumn: A) => stream[C] where "
  "C: Record")
X("experimental/geo", "units", OPTION, 3, "{distance: string}")
X("experimental/http", "get", SCALAR, 2,
  "(url: string, ?headers: A, ?timeout: duration) => {statusCode: int, body: bytes, headers: "
  "B} where A: Record, B: Record")
X("experimental/http/requests", "defaultConfig", OPTION, 2,
  "{timeout: duration, insecureSkipVerify: bool}")
X("experimental/http/requests", "do", SCALAR, 2,
  "(method: string, url: string, ?body: bytes, ?config: {A with timeout: duration, "
  "insecureSkipVerify: bool}, ?headers: [string:string], ?params: [string:[string]]) => "
  "{statusCode: int, headers: [string:string], duration: duration, body: bytes}")
X("experimental/http/requests", "get", SCALAR, 2,
  "(url: string, ?body: bytes, ?config: {A with timeout: duration, insecureSkipVerify: "
  "bool}, ?headers: [string:string], ?params: [string:[string]]) => {statusCode: int, "
  "headers: [string:string], duration: duration, body: bytes}")
X("experimental/http/requests", "peek", SOURCE, 2,
  "(response: {A with statusCode: E, headers: D, duration: C, body: B}) => "
  "stream[{statusCode: E, headers: string, duration: int, body: string}]")
X("experimental/http/requests", "post", SCALAR, 2,
  "(url: string, ?body: bytes, ?config: {A with timeout: duration, insecureSkipVerify: "
  "bool}, ?headers: [string:string], ?params: [string:[string]]) => {statusCode: int, "
  "headers: [string:string], duration: duration, body: bytes}")
X("experimental/influxdb", "api", SCALAR, 3,
  "(method: string, path: string, ?host: string, ?token: string, ?body: bytes, ?headers: "
  "[string:string], ?query: [string:string], ?timeout: duration) => {statusCode: int, body: "
  "bytes, headers: [string:string]}")
X("experimental/iox", "from", SOURCE, 0,
  "(bucket: string, measurement: string) => stream[{A with _time: time}] where A: Record")
X("experimental/iox", "sql", SOURCE, 0,
  "(bucket: string, query: string) => stream[A] where A: Record")
X("experimental/iox", "sqlInterval", SCALAR, 0, "(d: A) => string")
X("experimental/json", "parse", SCALAR, 2, "(data: bytes) => A")
X("experimental/mqtt", "publish", SINK, 3,
  "(broker: string, topic: string, message: string, ?qos: int, ?retain: bool, ?clientid: "
  "string, ?username: string, ?password: string, ?timeout: duration) => bool")
X("experimental/mqtt", "to", SINK, 3,
  "(<-tables: stream[A], broker: string, ?topic: string, ?qos: int, ?retain: bool, "
  "?clientid: string, ?username: string, ?password: string, ?name: string, ?timeout: "
  "duration, ?timeColumn: string, ?tagColumns: [string], ?valueColumns: [string]) => "
  "stream[B] where A: Record, B: Record")
X("experimental/oee", "APQ", AGGREGATE, 3,
  "(<-tables: stream[D], idealCycleTime: A, plannedTime: B, runningState: C) => stream[{E "
  "with runTime: G, quality: float, performance: float, oee: float, availability: float, "
  "_time: F, _stop: F}] where C: Equatable, D: Record")
X("experimental/oee", "computeAPQ", AGGREGATE, 3,
  "(idealCycleTime: A, partEvents: stream[B], plannedTime: C, productionEvents: stream[D], "
  "runningState: E) => stream[{F with runTime: H, quality: float, performance: float, oee: "
  "float, availability: float, _time: G, _stop: G}] where B: Record, D: Record, E: Equatable")
X("experimental/polyline", "rdp", TRANSFORMATION, 3,
  "(<-tables: stream[A], ?valColumn: string, ?timeColumn: string, ?epsilon: float, "
  "?retention: float) => stream[B] where A: Record, B: Record")
X("experimental/prometheus", "histogramQuantile", AGGREGATE, 3,
  "(<-tables: stream[{B with le: D, _field: C}], quantile: float, ?metricVersion: A, "
  "?onNonmonotonic: string) => stream[E] where A: Equatable, C: Equatable, E: Record")
X("experimental/prometheus", "scrape", SOURCE, 3, "(url: string) => stream[A] where A: Record")
X("experimental/query", "filterFields", TRANSFORMATION, 2,
  "(<-table: stream[{B with _field: A}], ?fields: [A]) => stream[{B with _field: A}] where "
  "A: Nullable")
X("experimental/query", "filterMeasurement", TRANSFORMATION, 2,
  "(<-table: stream[{B with _measurement: C}], measurement: A) => stream[{B with "
  "_measurement: C}] where A: Equatable, C: Equatable")
X("experimental/query", "fromRange", TRANSFORMATION, 2,
  "(bucket: string, start: A, ?stop: B) => stream[{C with _value: D, _time: time, _stop: "
  "time, _start: time, _measurement: string, _field: string}]")
X("experimental/query", "inBucket", SOURCE, 2,
  "(bucket: string, measurement: A, start: B, ?fields: [string], ?predicate: (r: {C with "
  "_value: D, _time: time, _stop: time, _start: time, _measurement: string, _field: string}) "
  "=> bool, ?stop: E) => stream[{C with _value: D, _time: time, _stop: time, _start: time, "
  "_measurement: string, _field: string}] where A: Equatable")
X("experimental/record", "any", VALUE, 2, "A where A: Record")
X("experimental/record", "get", SCALAR, 2, "(r: A, key: string, default: B) => B where A: Record")
X("experimental/table", "fill", TRANSFORMATION, 1,
  "(<-tables: stream[A]) => stream[A] where A: Record")
X("experimental/usage", "from", SOURCE, 0,
  "(start: A, stop: B, ?host: string, ?orgID: string, ?raw: C, ?token: string) => stream[D] "
  "where D: Record")
X("experimental/usage", "limits", SCALAR, 0, "(?host: string, ?orgID: string, ?token: string) => A")
X("generate", "from", SOURCE, 2,
  "(start: A, stop: A, count: int, fn: (n: int) => int) => stream[{_start: time, _stop: "
  "time, _time: time, _value: int}] where A: Timeable")
X("http", "basicAuth", SCALAR, 1, "(u: string, p: string) => string")
X("http", "endpoint", SINK, 1,
  "(url: string) => (mapFn: (r: A) => {B with headers: C, data: bytes}) => (<-tables: "
  "stream[A]) => stream[{A with _sent: string}] where C: Record")
X("http", "pathEscape", SCALAR, 1, "(inputString: string) => string")
X("http", "post", SCALAR, 1, "(url: string, ?headers: A, ?data: bytes) => int where A: Record")
X("http/requests", "defaultConfig", OPTION, 1, "{timeout: duration, insecureSkipVerify: bool}")
X("http/requests", "do", SCALAR, 1,
  "(method: string, url: string, ?body: bytes, ?config: {A with timeout: duration, "
  "insecureSkipVerify: bool}, ?headers: [string:string], ?params: [string:[string]]) => "
  "{statusCode: int, headers: [string:string], duration: duration, body: bytes}")
X("http/requests", "get", SCALAR, 1,
  "(url: string, ?body: bytes, ?config: {A with timeout: duration, insecureSkipVerify: "
  "bool}, ?headers: [string:string], ?params: [string:[string]]) => {statusCode: int, "
  "headers: [string:string], duration: duration, body: bytes}")
X("http/requests", "peek", SOURCE, 1,
  "(response: {A with statusCode: E, headers: D, duration: C, body: B}) => "
  "stream[{statusCode: E, headers: string, duration: int, body: string}]")
X("http/requests", "post", SCALAR, 1,
  "(url: string, ?body: bytes, ?config: {A with timeout: duration, insecureSkipVerify: "
  "bool}, ?headers: [string:string], ?params: [string:[string]]) => {statusCode: int, "
  "headers: [string:string], duration: duration, body: bytes}")
X("influxdata/influxdb", "buckets", SOURCE, 1,
  "(?org: string, ?orgID: string, ?host: string, ?token: string) => stream[{name: string, "
  "id: string, organizationID: string, retentionPolicy: string, retentionPeriod: int}]")
X("influxdata/influxdb", "cardinality", SOURCE, 1,
  "(?bucket: string, ?bucketID: string, ?org: string, ?orgID: string, ?host: string, ?token: "
  "string, start: A, ?stop: B, ?predicate: (r: {T with _measurement: string, _field: string, "
  "_value: S}) => bool) => stream[{_start: time, _stop: time, _value: int}] where A: "
  "Timeable, B: Timeable")
X("influxdata/influxdb", "from", SOURCE, 1,
  "(?bucket: string, ?bucketID: string, ?org: string, ?orgID: string, ?host: string, ?token: "
  "string) => stream[{B with _measurement: string, _field: string, _time: time, _value: A}]")
X("influxdata/influxdb", "to", SINK, 1,
  "(<-tables: stream[A], ?bucket: string, ?bucketID: string, ?org: string, ?orgID: string, "
  "?host: string, ?token: string, ?timeColumn: string, ?measurementColumn: string, "
  "?tagColumns: [string], ?fieldFn: (r: A) => B) => stream[A] where A: Record, B: Record")
X("influxdata/influxdb", "wideTo", SINK, 1,
  "(<-tables: stream[A], ?bucket: string, ?bucketID: string, ?org: string, ?orgID: string, "
  "?host: string, ?token: string) => stream[A] where A: Record")
X("influxdata/influxdb/monitor", "bucket", VALUE, 1, "string")
X("influxdata/influxdb/monitor", "check", TRANSFORMATION, 1,
  "(<-tables: stream[J], data: {A with tags: E, _type: D, _check_name: C, _check_id: B}, "
  "messageFn: (r: {F with _type: D, _time: time, _source_timestamp: int, _source_measurement: G, "
  "_measurement: string, _level: string, _check_name: C, _check_id: B}) => I, ?crit: (r: {F with "
  "_time: H, _measurement: G}) => bool, ?info: (r: {F with _time: H, _measurement: G}) => bool, "
  "?ok: (r: {F with _time: H, _measurement: G}) => bool, ?warn: (r: {F with _time: H, "
  "_measurement: G}) => bool) => stream[{F with _type: D, _time: time, _source_timestamp: int, "
  "_source_measurement: G, _message: I, _measurement: string, _level: string, _check_name: C, "
  "_check_id: B}] where E: Record, J: Record")
X("influxdata/influxdb/monitor", "deadman", TRANSFORMATION, 1,
  "(<-tables: stream[{B with _time: C}], t: A) => stream[{B with dead: bool, _time: C}] "
  "where A: Comparable, C: Comparable")
X("influxdata/influxdb/monitor", "from", SOURCE, 1,
  "(start: A, ?fn: (r: {B with _value: C, _time: time, _stop: time, _start: time, "
  "_measurement: string, _field: string}) => bool, ?stop: D) => stream[E] where E: Record")
X("influxdata/influxdb/monitor", "levelCrit", VALUE, 1, "string")
X("influxdata/influxdb/monitor", "levelInfo", VALUE, 1, "string")
X("influxdata/influxdb/monitor", "levelOK", VALUE, 1, "string")
X("influxdata/influxdb/monitor", "levelUnknown", VALUE, 1, "string")
X("influxdata/influxdb/monitor", "levelWarn", VALUE, 1, "string")
X("influxdata/influxdb/monitor", "log", OPTION, 1,
  "(<-tables: stream[A]) => stream[A] where A: Record")
X("influxdata/influxdb/monitor", "logs", SOURCE, 1,
  "(fn: (r: {A with _value: B, _time: time, _stop: time, _start: time, _measurement: string, "
  "_field: string}) => bool, start: C, ?stop: D) => stream[E] where E: Record")
X("influxdata/influxdb/monitor", "notify", SINK, 1,
  "(<-tables: stream[E], data: A, endpoint: (<-: stream[{B with _time: time, _status_timestamp: "
  "int, _measurement: string}]) => stream[D]) => stream[D] where A: Record, D: Record, E: Record")
X("influxdata/influxdb/monitor", "stateChanges", TRANSFORMATION, 1,
  "(<-tables: stream[{C with _level: D}], ?fromLevel: A, ?toLevel: B) => stream[E] where A: "
  "Equatable, B: Equatable, D: Equatable, E: Record")
X("influxdata/influxdb/monitor", "stateChangesOnly", TRANSFORMATION, 1,
  "(<-tables: stream[{A with _level: B}]) => stream[C] where B: Equatable, C: Record")
X("influxdata/influxdb/monitor", "write", OPTION, 1,
  "(<-tables: stream[A]) => stream[A] where A: Record")
X("influxdata/influxdb/sample", "alignToNow", TRANSFORMATION, 3,
  "(<-tables: stream[A]) => stream[A] where A: Record")
X("influxdata/influxdb/sample", "data", SOURCE, 3, "(set: string) => stream[A] where A: Record")
X("influxdata/influxdb/sample", "list", SOURCE, 3,
  "() => stream[{url: string, type: string, size: string, name: string, description: string}]")
X("influxdata/influxdb/schema", "fieldKeys", SOURCE, 1,
  "(bucket: string, ?predicate: (r: {A with _value: B, _time: time, _stop: time, _start: "
  "time, _measurement: string, _field: string}) => bool, ?start: C, ?stop: D) => stream[E] "
  "where E: Record")
X("influxdata/influxdb/schema", "fieldsAsCols", TRANSFORMATION, 1,
  "(<-tables: stream[A]) => stream[B] where A: Record, B: Record")
X("influxdata/influxdb/schema", "measurementFieldKeys", SOURCE, 1,
  "(bucket: string, measurement: A, ?start: B, ?stop: C) => stream[D] where A: Equatable, D: "
  "Record")
X("influxdata/influxdb/schema", "measurements", SOURCE, 1,
  "(bucket: string, ?start: A, ?stop: B) => stream[C] where C: Record")
X("influxdata/influxdb/schema", "measurementTagKeys", SOURCE, 1,
  "(bucket: string, measurement: A, ?start: B, ?stop: C) => stream[D] where A: Equatable, D: "
  "Record")
X("influxdata/influxdb/schema", "measurementTagValues", SOURCE, 1,
  "(bucket: string, measurement: A, tag: string, ?start: B, ?stop: C) => stream[D] where A: "
  "Equatable, D: Record")
X("influxdata/influxdb/schema", "tagKeys", SOURCE, 1,
  "(bucket: string, ?predicate: (r: {A with _value: B, _time: time, _stop: time, _start: "
  "time, _measurement: string, _field: string}) => bool, ?start: C, ?stop: D) => stream[E] "
  "where E: Record")
X("influxdata/influxdb/schema", "tagValues", SOURCE, 1,
  "(bucket: string, tag: string, ?predicate: (r: {A with _value: B, _time: time, _stop: "
  "time, _start: time, _measurement: string, _field: string}) => bool, ?start: C, ?stop: D) "
  "=> stream[E] where E: Record")
X("influxdata/influxdb/secrets", "get", SCALAR, 1, "(key: string) => string")
X("influxdata/influxdb/tasks", "lastSuccess", SCALAR, 1, "(orTime: A) => time where A: Timeable")
X("influxdata/influxdb/tasks", "lastSuccessTime", OPTION, 1, "time")
X("influxdata/influxdb/v1", "databases", SOURCE, 2,
  "(?org: string, ?orgID: string, ?host: string, ?token: string) => stream[{organizationID: "
  "string, databaseName: string, retentionPolicy: string, retentionPeriod: int, default: "
  "bool, bucketID: string}]")
X("influxdata/influxdb/v1", "fieldKeys", SOURCE, 2,
  "(bucket: string, ?predicate: (r: {A with _value: B, _time: time, _stop: time, _start: "
  "time, _measurement: string, _field: string}) => bool, ?start: C, ?stop: D) => stream[E] "
  "where E: Record")
X("influxdata/influxdb/v1", "fieldsAsCols", TRANSFORMATION, 2,
  "(<-tables: stream[A]) => stream[B] where A: Record, B: Record")
X("influxdata/influxdb/v1", "json", SOURCE, 2,
  "(?json: string, ?file: string) => stream[A] where A: Record")
X("influxdata/influxdb/v1", "measurementFieldKeys", SOURCE, 2,
  "(bucket: string, measurement: A, ?start: B, ?stop: C) => stream[D] where A: Equatable, D: "
  "Record")
X("influxdata/influxdb/v1", "measurements", SOURCE, 2,
  "(bucket: string, ?start: A, ?stop: B) => stream[C] where C: Record")
X("influxdata/influxdb/v1", "measurementTagKeys", SOURCE, 2,
  "(bucket: string, measurement: A, ?start: B, ?stop: C) => stream[D] where A: Equatable, D: "
  "Record")
X("influxdata/influxdb/v1", "measurementTagValues", SOURCE, 2,
  "(bucket: string, measurement: A, tag: string, ?start: B, ?stop: C) => stream[D] where A: "
  "Equatable, D: Record")
X("influxdata/influxdb/v1", "tagKeys", SOURCE, 2,
  "(bucket: string, ?predicate: (r: {A with _value: B, _time: time, _stop: time, _start: "
  "time, _measurement: string, _field: string}) => bool, ?start: C, ?stop: D) => stream[E] "
  "where E: Record")
X("influxdata/influxdb/v1", "tagValues", SOURCE, 2,
  "(bucket: string, tag: string, ?predicate: (r: {A with _value: B, _time: time, _stop: "
  "time, _start: time, _measurement: string, _field: string}) => bool, ?start: C, ?stop: D) "
  "=> stream[E] where E: Record")
X("internal/boolean", "false", VALUE, 3, "bool")
X("internal/boolean", "true", VALUE, 3, "bool")
X("internal/debug", "feature", SCALAR, 3, "(key: string) => A")
X("internal/debug", "getOption", SCALAR, 3, "(pkg: string, name: string) => A")
X("internal/debug", "null", SCALAR, 2, "(?type: string) => A where A: Basic")
X("internal/debug", "opaque", TRANSFORMATION, 3,
  "(<-tables: stream[A]) => stream[B] where A: Record, B: Record")
X("internal/debug", "pass", TRANSFORMATION, 3, "(<-tables: stream[A]) => stream[A] where A: Record")
X("internal/debug", "sink", SINK, 3, "(<-tables: stream[A]) => stream[A] where A: Record")
X("internal/debug", "slurp", TRANSFORMATION, 3,
  "(<-tables: stream[A]) => stream[A] where A: Record")
X("internal/debug", "vectorize", OPTION, 3, "bool")
X("internal/gen", "tables", SOURCE, 3,
  "(n: int, ?nulls: float, ?tags: [{name: string, cardinality: int}], ?seed: int) => "
  "stream[{A with _time: time, _value: float}]")
X("internal/influxql", "epoch", VALUE, 3, "time")
X("internal/influxql", "maxTime", VALUE, 3, "time")
X("internal/influxql", "minTime", VALUE, 3, "time")
X("internal/location", "location", OPTION, 3, "{zone: string, offset: duration}")
X("internal/promql", "changes", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _value: float}]) => stream[{B with _value: float}]")
X("internal/promql", "emptyTable", SOURCE, 3,
  "() => stream[{_start: time, _stop: time, _time: time, _value: float}]")
X("internal/promql", "extrapolatedRate", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _start: time, _stop: time, _time: time, _value: float}], "
  "?isCounter: bool, ?isRate: bool) => stream[{B with _value: float}]")
X("internal/promql", "holtWinters", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _time: time, _value: float}], ?smoothingFactor: float, "
  "?trendFactor: float) => stream[{B with _value: float}]")
X("internal/promql", "instantRate", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _time: time, _value: float}], ?isRate: bool) => stream[{B with "
  "_value: float}]")
X("internal/promql", "join", SOURCE, 3,
  "(fn: (left: A, right: B) => C, left: stream[A], right: stream[B]) => stream[C] where A: "
  "Record, B: Record, C: Record")
X("internal/promql", "labelReplace", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _value: float}], source: string, destination: string, regex: "
  "string, replacement: string) => stream[{B with _value: float}]")
X("internal/promql", "linearRegression", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _time: time, _stop: time, _value: float}], ?predict: bool, "
  "?fromNow: float) => stream[{B with _value: float}]")
X("internal/promql", "promHistogramQuantile", TRANSFORMATION, 3,
  "(<-tables: stream[A], ?quantile: float, ?countColumn: string, ?upperBoundColumn: string, "
  "?valueColumn: string) => stream[B] where A: Record, B: Record")
X("internal/promql", "promqlDayOfMonth", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "promqlDayOfWeek", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "promqlDaysInMonth", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "promqlHour", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "promqlMinute", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "promqlMonth", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "promqlYear", SCALAR, 3, "(timestamp: float) => float")
X("internal/promql", "quantile", TRANSFORMATION, 3,
  "(<-tables: stream[A], q: float, ?method: string) => stream[A] where A: Record")
X("internal/promql", "resets", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _value: float}]) => stream[{B with _value: float}]")
X("internal/promql", "timestamp", TRANSFORMATION, 3,
  "(<-tables: stream[{A with _value: float}]) => stream[{A with _value: float}]")
X("internal/testing", "assertMatches", TRANSFORMATION, 3,
  "(got: string, want: regexp) => stream[{v: string, _diff: string}]")
X("internal/testing", "shouldErrorWithCode", TRANSFORMATION, 3,
  "(code: uint, fn: () => A, want: regexp) => stream[{match: bool, code: uint, _diff: "
  "string}]")
X("internal/testutil", "fail", SCALAR, 3, "() => bool")
X("internal/testutil", "makeAny", SCALAR, 3, "(typ: string) => A")
X("internal/testutil", "makeRecord", SCALAR, 3, "(o: A) => B where A: Record, B: Record")
X("internal/testutil", "yield", SCALAR, 3, "(<-v: A) => A")
X("interpolate", "linear", TRANSFORMATION, 1,
  "(<-tables: stream[{T with _time: time, _value: float}], every: duration) => stream[{T "
  "with _time: time, _value: float}]")
X("join", "full", TRANSFORMATION, 1,
  "(<-left: stream[A], as: (l: A, r: B) => C, on: (l: A, r: B) => bool, right: stream[B]) => "
  "stream[C] where A: Record, B: Record, C: Record")
X("join", "inner", TRANSFORMATION, 1,
  "(<-left: stream[A], as: (l: A, r: B) => C, on: (l: A, r: B) => bool, right: stream[B]) => "
  "stream[C] where A: Record, B: Record, C: Record")
X("join", "left", TRANSFORMATION, 1,
  "(<-left: stream[A], as: (l: A, r: B) => C, on: (l: A, r: B) => bool, right: stream[B]) => "
  "stream[C] where A: Record, B: Record, C: Record")
X("join", "right", TRANSFORMATION, 1,
  "(<-left: stream[A], as: (l: A, r: B) => C, on: (l: A, r: B) => bool, right: stream[B]) => "
  "stream[C] where A: Record, B: Record, C: Record")
X("join", "tables", TRANSFORMATION, 1,
  "(<-left: stream[L], right: stream[R], on: (l: L, r: R) => bool, as: (l: L, r: R) => A, "
  "method: string) => stream[A] where A: Record, L: Record, R: Record")
X("join", "time", TRANSFORMATION, 1,
  "(<-left: stream[{A with _time: B}], as: (l: {A with _time: B}, r: {C with _time: D}) => "
  "E, right: stream[{C with _time: D}], ?method: string) => stream[E] where B: Equatable, D: "
  "Equatable, E: Record")
X("json", "encode", SCALAR, 1, "(v: A) => bytes")
X("kafka", "to", SINK, 3,
  "(<-tables: stream[A], brokers: [string], topic: string, ?balancer: string, ?name: string, "
  "?nameColumn: string, ?timeColumn: string, ?tagColumns: [string], ?valueColumns: [string]) "
  "=> stream[A] where A: Record")
X("math", "abs", SCALAR, 1, "(x: float) => float")
X("math", "acos", SCALAR, 1, "(x: float) => float")
X("math", "acosh", SCALAR, 2, "(x: float) => float")
X("math", "asin", SCALAR, 1, "(x: float) => float")
X("math", "asinh", SCALAR, 2, "(x: float) => float")
X("math", "atan", SCALAR, 1, "(x: float) => float")
X("math", "atan2", SCALAR, 1, "(y: float, x: float) => float")
X("math", "atanh", SCALAR, 2, "(x: float) => float")
X("math", "cbrt", SCALAR, 1, "(x: float) => float")
X("math", "ceil", SCALAR, 1, "(x: float) => float")
X("math", "copysign", SCALAR, 1, "(x: float, y: float) => float")
X("math", "cos", SCALAR, 1, "(x: float) => float")
X("math", "cosh", SCALAR, 2, "(x: float) => float")
X("math", "dim", SCALAR, 2, "(x: float, y: float) => float")
X("math", "e", VALUE, 1, "float")
X("math", "erf", SCALAR, 2, "(x: float) => float")
X("math", "erfc", SCALAR, 2, "(x: float) => float")
X("math", "erfcinv", SCALAR, 2, "(x: float) => float")
X("math", "erfinv", SCALAR, 2, "(x: float) => float")
X("math", "exp", SCALAR, 1, "(x: float) => float")
X("math", "exp2", SCALAR, 2, "(x: float) => float")
X("math", "expm1", SCALAR, 2, "(x: float) => float")
X("math", "float64bits", SCALAR, 2, "(f: float) => uint")
X("math", "float64frombits", SCALAR, 2, "(b: uint) => float")
X("math", "floor", SCALAR, 1, "(x: float) => float")
X("math", "frexp", SCALAR, 2, "(f: float) => {frac: float, exp: int}")
X("math", "gamma", SCALAR, 2, "(x: float) => float")
X("math", "hypot", SCALAR, 1, "(p: float, q: float) => float")
X("math", "ilogb", SCALAR, 2, "(x: float) => int")
X("math", "isInf", SCALAR, 1, "(f: float, sign: int) => bool")
X("math", "isNaN", SCALAR, 1, "(f: float) => bool")
X("math", "j0", SCALAR, 2, "(x: float) => float")
X("math", "j1", SCALAR, 2, "(x: float) => float")
X("math", "jn", SCALAR, 2, "(n: int, x: float) => float")
X("math", "ldexp", SCALAR, 2, "(frac: float, exp: int) => float")
X("math", "lgamma", SCALAR, 2, "(x: float) => {lgamma: float, sign: int}")
X("math", "ln10", VALUE, 2, "float")
X("math", "ln2", VALUE, 2, "float")
X("math", "log", SCALAR, 1, "(x: float) => float")
X("math", "log10", SCALAR, 1, "(x: float) => float")
X("math", "log10e", VALUE, 2, "float")
X("math", "log1p", SCALAR, 1, "(x: float) => float")
X("math", "log2", SCALAR, 1, "(x: float) => float")
X("math", "log2e", VALUE, 2, "float")
X("math", "logb", SCALAR, 2, "(x: float) => float")
X("math", "maxfloat", VALUE, 1, "float")
X("math", "maxint", VALUE, 1, "int")
X("math", "maxuint", VALUE, 1, "uint")
X("math", "mInf", SCALAR, 1, "(sign: int) => float")
X("math", "minint", VALUE, 1, "int")
X("math", "mMax", SCALAR, 1, "(x: float, y: float) => float")
X("math", "mMin", SCALAR, 1, "(x: float, y: float) => float")
X("math", "mod", SCALAR, 1, "(x: float, y: float) => float")
X("math", "modf", SCALAR, 2, "(f: float) => {int: float, frac: float}")
X("math", "NaN", SCALAR, 1, "() => float")
X("math", "nextafter", SCALAR, 2, "(x: float, y: float) => float")
X("math", "phi", VALUE, 2, "float")
X("math", "pi", VALUE, 1, "float")
X("math", "pow", SCALAR, 1, "(x: float, y: float) => float")
X("math", "pow10", SCALAR, 2, "(n: int) => float")
X("math", "remainder", SCALAR, 1, "(x: float, y: float) => float")
X("math", "round", SCALAR, 1, "(x: float) => float")
X("math", "roundtoeven", SCALAR, 1, "(x: float) => float")
X("math", "signbit", SCALAR, 1, "(x: float) => bool")
X("math", "sin", SCALAR, 1, "(x: float) => float")
X("math", "sincos", SCALAR, 2, "(x: float) => {sin: float, cos: float}")
X("math", "sinh", SCALAR, 2, "(x: float) => float")
X("math", "smallestNonzeroFloat", VALUE, 1, "float")
X("math", "sqrt", SCALAR, 1, "(x: float) => float")
X("math", "sqrt2", VALUE, 2, "float")
X("math", "sqrte", VALUE, 2, "float")
X("math", "sqrtphi", VALUE, 2, "float")
X("math", "sqrtpi", VALUE, 2, "float")
X("math", "tan", SCALAR, 1, "(x: float) => float")
X("math", "tanh", SCALAR, 2, "(x: float) => float")
X("math", "trunc", SCALAR, 1, "(x: float) => float")
X("math", "y0", SCALAR, 2, "(x: float) => float")
X("math", "y1", SCALAR, 2, "(x: float) => float")
X("math", "yn", SCALAR, 2, "(n: int, x: float) => float")
X("pagerduty", "actionFromLevel", SCALAR, 1, "(level: string) => string")
X("pagerduty", "actionFromSeverity", SCALAR, 1, "(severity: string) => string")
X("pagerduty", "dedupKey", TRANSFORMATION, 1,
  "(<-tables: stream[A], ?exclude: [string]) => stream[{A with _pagerdutyDedupKey: string}]")
X("pagerduty", "defaultURL", OPTION, 1, "string")
X("pagerduty", "endpoint", SINK, 1,
  "(?url: string) => (mapFn: (r: {A with _pagerdutyDedupKey: string}) => {B with timestamp: "
  "K, summary: string, source: J, severity: I, routingKey: H, group: G, eventAction: F, "
  "clientURL: E, client: D, class: C}) => (<-tables: stream[A]) => stream[{A with _status: "
  "string, _sent: string, _pagerdutyDedupKey: string, _body: string}]")
X("pagerduty", "sendEvent", SCALAR, 1,
  "(class: A, client: B, clientURL: C, dedupKey: D, eventAction: E, group: F, routingKey: G, "
  "severity: H, source: I, summary: string, timestamp: J, ?component: K, ?customDetails: L, "
  "?pagerdutyURL: string) => int where L: Equatable")
X("pagerduty", "severityFromLevel", SCALAR, 1, "(level: string) => string")
X("planner", "disableLogicalRules", OPTION, 3, "[string]")
X("planner", "disablePhysicalRules", OPTION, 3, "[string]")
X("profiler", "enabledProfilers", OPTION, 2, "[string]")
X("pushbullet", "defaultURL", OPTION, 2, "string")
X("pushbullet", "endpoint", SINK, 2,
  "(?token: A, ?url: string) => (mapFn: (r: B) => {C with title: E, text: D}) => (<-tables: "
  "stream[B]) => stream[{B with _sent: string}]")
X("pushbullet", "pushData", SCALAR, 2, "(data: A, ?token: B, ?url: string) => int")
X("pushbullet", "pushNote", SCALAR, 2, "(text: A, title: B, ?token: C, ?url: string) => int")
X("regexp", "compile", SCALAR, 1, "(v: string) => regexp")
X("regexp", "findString", SCALAR, 1, "(r: regexp, v: string) => string")
X("regexp", "findStringIndex", SCALAR, 1, "(r: regexp, v: string) => [int]")
X("regexp", "getString", SCALAR, 1, "(r: regexp) => string")
X("regexp", "matchRegexpString", SCALAR, 1, "(r: regexp, v: string) => bool")
X("regexp", "quoteMeta", SCALAR, 1, "(v: string) => string")
X("regexp", "replaceAllString", SCALAR, 1, "(r: regexp, v: string, t: string) => string")
X("regexp", "splitRegexp", SCALAR, 1, "(r: regexp, v: string, i: int) => [string]")
X("runtime", "version", SCALAR, 2, "() => string")
X("sampledata", "bool", SOURCE, 3, "(?includeNull: bool) => stream[A] where A: Record")
X("sampledata", "float", SOURCE, 3, "(?includeNull: bool) => stream[A] where A: Record")
X("sampledata", "int", SOURCE, 3, "(?includeNull: bool) => stream[{A with _value: int}]")
X("sampledata", "numericBool", SOURCE, 3, "(?includeNull: bool) => stream[{A with _value: int}]")
X("sampledata", "start", VALUE, 3, "time")
X("sampledata", "stop", VALUE, 3, "time")
X("sampledata", "string", SOURCE, 3, "(?includeNull: bool) => stream[A] where A: Record")
X("sampledata", "uint", SOURCE, 3, "(?includeNull: bool) => stream[{A with _value: uint}]")
X("slack", "defaultURL", OPTION, 1, "string")
X("slack", "endpoint", SINK, 1,
  "(?token: string, ?url: string) => (mapFn: (r: A) => {B with text: D, color: string, "
  "channel: C}) => (<-tables: stream[A]) => stream[{A with _sent: string}]")
X("slack", "message", SCALAR, 1,
  "(channel: A, color: string, text: B, ?token: string, ?url: string) => int")
X("slack", "validateColorString", SCALAR, 1, "(color: string) => string")
X("socket", "from", SOURCE, 3, "(url: string, ?decoder: string) => stream[A]")
X("sql", "from", SOURCE, 1,
  "(driverName: string, dataSourceName: string, query: string) => stream[A]")
X("sql", "to", SINK, 1,
  "(<-tables: stream[A], driverName: string, dataSourceName: string, table: string, "
  "?batchSize: int) => stream[A]")
X("strings", "compare", SCALAR, 1, "(v: string, t: string) => int")
X("strings", "containsAny", SCALAR, 1, "(v: string, chars: string) => bool")
X("strings", "containsStr", SCALAR, 1, "(v: string, substr: string) => bool")
X("strings", "countStr", SCALAR, 1, "(v: string, substr: string) => int")
X("strings", "equalFold", SCALAR, 1, "(v: string, t: string) => bool")
X("strings", "hasPrefix", SCALAR, 1, "(v: string, prefix: string) => bool")
X("strings", "hasSuffix", SCALAR, 1, "(v: string, suffix: string) => bool")
X("strings", "index", SCALAR, 1, "(v: string, substr: string) => int")
X("strings", "indexAny", SCALAR, 1, "(v: string, chars: string) => int")
X("strings", "isDigit", SCALAR, 1, "(v: string) => bool")
X("strings", "isLetter", SCALAR, 1, "(v: string) => bool")
X("strings", "isLower", SCALAR, 1, "(v: string) => bool")
X("strings", "isUpper", SCALAR, 1, "(v: string) => bool")
X("strings", "joinStr", SCALAR, 1, "(arr: [string], v: string) => string")
X("strings", "lastIndex", SCALAR, 1, "(v: string, substr: string) => int")
X("strings", "lastIndexAny", SCALAR, 1, "(v: string, chars: string) => int")
X("strings", "repeat", SCALAR, 1, "(v: string, i: int) => string")
X("strings", "replace", SCALAR, 1, "(v: string, t: string, u: string, i: int) => string")
X("strings", "replaceAll", SCALAR, 1, "(v: string, t: string, u: string) => string")
X("strings", "split", SCALAR, 1, "(v: string, t: string) => [string]")
X("strings", "splitAfter", SCALAR, 1, "(v: string, t: string) => [string]")
X("strings", "splitAfterN", SCALAR, 1, "(v: string, t: string, i: int) => [string]")
X("strings", "splitN", SCALAR, 1, "(v: string, t: string, i: int) => [string]")
X("strings", "strlen", SCALAR, 1, "(v: string) => int")
X("strings", "substring", SCALAR, 1, "(v: string, start: int, end: int) => string")
X("strings", "title", SCALAR, 1, "(v: string) => string")
X("strings", "toLower", SCALAR, 1, "(v: string) => string")
X("strings", "toTitle", SCALAR, 1, "(v: string) => string")
X("strings", "toUpper", SCALAR, 1, "(v: string) => string")
X("strings", "trim", SCALAR, 1, "(v: string, cutset: string) => string")
X("strings", "trimLeft", SCALAR, 1, "(v: string, cutset: string) => string")
X("strings", "trimPrefix", SCALAR, 1, "(v: string, prefix: string) => string")
X("strings", "trimRight", SCALAR, 1, "(v: string, cutset: string) => string")
X("strings", "trimSpace", SCALAR, 1, "(v: string) => string")
X("strings", "trimSuffix", SCALAR, 1, "(v: string, suffix: string) => string")
X("system", "time", SCALAR, 1, "() => time")
X("testing", "assertEmpty", TRANSFORMATION, 2, "(<-tables: stream[A]) => stream[A]")
X("testing", "assertEquals", TRANSFORMATION, 2,
  "(name: string, <-got: stream[A], want: stream[A]) => stream[A]")
X("testing", "assertEqualValues", SOURCE, 2, "(got: A, want: A) => stream[{v: A, _diff: string}]")
X("testing", "diff", TRANSFORMATION, 2,
  "(<-got: stream[A], want: stream[A], ?epsilon: B, ?nansEqual: C, ?verbose: D) => stream[{A "
  "with _diff: string}]")
X("testing", "load", OPTION, 2, "(<-tables: A) => A")
X("testing", "shouldError", TRANSFORMATION, 2, "(fn: () => A, want: regexp) => stream[{v: string}]")
X("testing", "tags", OPTION, 2, "[string]")
X("testing/expect", "planner", SCALAR, 3, "(rules: [string:int]) => {}")
X("timezone", "fixed", SCALAR, 1, "(offset: A) => {zone: string, offset: A}")
X("timezone", "location", SCALAR, 1, "(name: string) => {zone: string, offset: duration}")
X("timezone", "utc", VALUE, 1, "{zone: string, offset: duration}")
X("types", "isNumeric", SCALAR, 2, "(v: A) => bool where A: Basic")
X("types", "isType", SCALAR, 2, "(v: A, type: string) => bool where A: Basic")
