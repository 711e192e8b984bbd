// a series of an answer of InfluxDB 1.x is a table per field
import "influxdata/influxdb/v1"

v1.json(json: "{\"results\": [{\"statement_id\": 0, \"series\": [
    {\"name\": \"m\", \"columns\": [\"time\", \"value\"],
     \"values\": [[\"2021-01-01T00:00:00.000000000Z\", 2], [\"2021-01-01T00:01:00Z\", 0.55]]},
    {\"name\": \"n\", \"tags\": {\"host\": \"a\", \"_rack\": \"\"}, \"columns\": [\"s\", \"time\", \"b\", \"none\"],
     \"values\": [[\"x\", 1609459200000000000, true, null], [null, 1609459260123456789, false, null]]},
    {\"name\": \"empty\", \"columns\": [\"time\", \"f\"]}]},
  {\"statement_id\": 1}]}")
