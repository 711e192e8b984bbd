// two columns of one name cannot be told apart
import "sql"

sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT 1 AS a, 2 AS a")
