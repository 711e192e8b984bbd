// what is no data source
import "sql"

sql.from(driverName: "postgres", dataSourceName: "here", query: "SELECT 1")
