// sql.from reads this database: types of SQL become types of Flux
import "sql"

sql.from(
    driverName: "postgres",
    dataSourceName: "",
    query:
        "SELECT true AS b, 2::int2 AS i2, 9007199254740993 AS i8, 0.1::float4 AS f4, 0.25::float8 AS f8,
            12.50 AS n, 'x' AS t, date '2024-02-29' AS d, timestamp '2024-01-01 10:00:00.5' AS ts,
            timestamptz '2024-01-01 10:00:00+02' AS tz, time '23:59:59.25' AS tm, '{\"a\": 1}'::jsonb AS j, NULL::int8 AS nothing
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
)
