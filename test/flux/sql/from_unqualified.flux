// refused: a table of this database without its schema, which the hint asks for
import "sql"

sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT * FROM diary")
