/*
 * sql_remote.h
 *		Another PostgreSQL, by libpq: sql.from() and sql.to() with a data source
 *		name.
 *
 * Who is no superuser must give a password that the other server asks for, so
 * that nobody borrows the rights of the operating system's user behind this
 * server, and may not name files of this machine.  Errors never show the data
 * source name.  Waiting answers interrupts.
 */
#ifndef FLUX_SQL_REMOTE_H
#define FLUX_SQL_REMOTE_H

#include "execute/operator.h"

/* Runs a query and emits its rows as one table. */
extern void flux_sql_remote_read(FluxOperator *op, FluxText source, FluxText query);

/*
 * Writers of one data source share a connection, and its transaction commits
 * with ours: just before, so that only a crash between the two can part them.
 * When ours aborts, nothing has been written there.
 */
typedef struct FluxSqlWriter FluxSqlWriter;

/* Lives in the current memory context. */
extern FluxSqlWriter *flux_sql_writer_create(const FluxOperator *op, FluxText source);
extern void flux_sql_writer_execute(FluxSqlWriter *writer, const char *statement);

/* Inserts rows, batch_size at a time; the columns by their labels. */
extern void flux_sql_writer_insert(FluxSqlWriter *writer, const char *table_name,
								   const FluxBatch *batch, int64 batch_size);

/* ---- types of columns in SQL: read_sql.c, write_sql.c, write_attached.c ---- */
extern FluxColumnType flux_sql_column_type(Oid type_oid);
extern int64 flux_sql_instant(Oid type_oid, Datum datum); /* of a type that is a time column */
extern Oid flux_sql_type_oid(FluxColumnType type);

#endif /* FLUX_SQL_REMOTE_H */
