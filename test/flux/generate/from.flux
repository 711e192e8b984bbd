// generate.from: fn(n) at count evenly spaced times, stop left out
import "generate"

generate.from(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:01:00Z, count: 4, fn: (n) => n * n)
