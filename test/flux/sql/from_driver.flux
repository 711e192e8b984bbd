// a driver that is not there
import "sql"

sql.from(driverName: "mysql", dataSourceName: "x", query: "SELECT 1")
