/*
 * write_client.c
 *		Writes points to a server as a collector would, and times it.
 *
 *		write_client CONNECTION MODE POINTS FIELDS SERIES [BATCH]
 *
 * One connection, one transaction a batch; what is sent is made before the
 * clock starts.  A point has FIELDS floats of two decimals; each series in turn
 * gets one, then time steps by ten seconds.  MODE says what is sent:
 *
 *		lines	flux.write('ingest', $1), line protocol of BATCH lines
 *		upsert	COPY of BATCH rows to a temporary table, then INSERT ... SELECT ...
 *				ON CONFLICT DO UPDATE into "plain" (time, host, f0 ...)
 *		insert	INSERT of one row into "plain", prepared
 *		point	flux.write() of one line, prepared
 *		foreign	INSERT of one row into the measurement's table, prepared
 *
 * Prints field values and points a second, and the median and 99th percentile
 * of a batch in microseconds.
 */
#include "postgres_fe.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START_S 1704067200L

static PGconn *connection;
static int field_count;
static int series_count;

static void
die(const char *what)
{
	fprintf(stderr, "write_client: %s: %s\n", what, connection ? PQerrorMessage(connection) : "");
	exit(1);
}

static void *
allocate(size_t size)
{
	void *memory = malloc(size);

	if (memory == NULL)
		die("out of memory");
	return memory;
}

static double
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void
run(const char *sql)
{
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK &&
		PQresultStatus(result) != PGRES_COPY_IN)
		die(sql);
	PQclear(result);
}

/* Appends one point to a text: a line, or a row of COPY. */
static char *
put_point(char *to, long point, bool as_line)
{
	long series = point % series_count;
	long time_s = START_S + point / series_count * 10;

	if (as_line)
		to += sprintf(to, "cpu,host=host%07ld,region=r%ld ", series, series % 10);
	else
		to += sprintf(to, "%ld\thost%07ld\tr%ld", time_s, series, series % 10);
	for (int i = 0; i < field_count; i++)
	{
		long cents = (point * 7919 + i * 104729) % 10000;

		if (as_line)
			to += sprintf(to, "%sf%d=%ld.%02ld", i > 0 ? "," : "", i, cents / 100, cents % 100);
		else
			to += sprintf(to, "\t%ld.%02ld", cents / 100, cents % 100);
	}
	return as_line ? to + sprintf(to, " %ld000000000\n", time_s) : to + sprintf(to, "\n");
}

/* "prefix0 suffix, prefix1 suffix, ..." for each field */
static char *
for_each_field(const char *format, int first)
{
	char *text = allocate(64 * (field_count + 1));
	char *to = text;

	*to = '\0';
	for (int i = 0; i < field_count; i++)
		to += sprintf(to, format, first + i, first + i);
	return text;
}

static void
prepare(const char *mode)
{
	char *sql = allocate(256 * (field_count + 4));
	bool is_foreign = strcmp(mode, "foreign") == 0;

	if (strcmp(mode, "lines") == 0 || strcmp(mode, "point") == 0)
		sprintf(sql, "SELECT flux.write('ingest', $1)");
	else if (strcmp(mode, "upsert") == 0)
	{
		sprintf(sql, "CREATE TEMPORARY TABLE staged (time_s bigint, host text, region text%s)",
				for_each_field(", f%d float8", 0));
		run(sql);
		sprintf(sql,
				"INSERT INTO plain SELECT to_timestamp(time_s), host, region%s FROM staged"
				" ON CONFLICT (host, region, time) DO UPDATE SET (f0%s) = ROW(excluded.f0%s)",
				for_each_field(", f%d", 0), field_count > 1 ? for_each_field(", f%d", 0) + 4 : "",
				field_count > 1 ? for_each_field(", excluded.f%d", 0) + 13 : "");
	}
	else
		sprintf(sql,
				"INSERT INTO %s (time, host, region%s) VALUES"
				" (to_timestamp($1::bigint), $2, $3%s)",
				is_foreign ? "ingest.cpu" : "plain", for_each_field(", f%d", 0),
				for_each_field(", $%d::float8", 4));

	PGresult *result = PQprepare(connection, "write", sql, 0, NULL);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die(sql);
	PQclear(result);
	free(sql);
}

static void
send_prepared(int count, const char *const *values)
{
	PGresult *result = PQexecPrepared(connection, "write", count, values, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		die("write");
	PQclear(result);
}

static void
send_upsert(const char *rows, size_t size)
{
	run("BEGIN");
	run("COPY staged FROM STDIN");
	if (PQputCopyData(connection, rows, size) != 1 || PQputCopyEnd(connection, NULL) != 1)
		die("COPY");
	for (PGresult *result; (result = PQgetResult(connection)) != NULL; PQclear(result))
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			die("COPY");
	send_prepared(0, NULL);
	run("TRUNCATE staged");
	run("COMMIT");
}

/* Splits "a\tb\tc\n" in place. */
static void
split_row(char *row, const char **values)
{
	int count = 0;

	values[count++] = row;
	for (char *p = row; *p != '\0'; p++)
	{
		if (*p == '\t')
		{
			*p = '\0';
			values[count++] = p + 1;
		}
		else if (*p == '\n')
			*p = '\0';
	}
}

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *) a;
	double right = *(const double *) b;

	return (left > right) - (left < right);
}

int
main(int argc, char **argv)
{
	if (argc < 6)
		die("usage: write_client CONNECTION MODE POINTS FIELDS SERIES [BATCH]");

	const char *mode = argv[2];
	long points = atol(argv[3]);
	bool as_line = strcmp(mode, "lines") == 0 || strcmp(mode, "point") == 0;
	bool has_columns = strcmp(mode, "insert") == 0 || strcmp(mode, "foreign") == 0;

	field_count = atoi(argv[4]);
	series_count = atoi(argv[5]);

	long batch = argc > 6 ? atol(argv[6]) : 1;

	if (points < 1 || field_count < 1 || series_count < 1 || batch < 1)
		die("bad number");

	long batches = (points + batch - 1) / batch;
	char **texts = allocate(batches * sizeof(char *));
	size_t *sizes = allocate(batches * sizeof(size_t));
	double *times = allocate(batches * sizeof(double));
	const char **columns = allocate((field_count + 3) * sizeof(char *));

	for (long i = 0; i < batches; i++)
	{
		char *to = texts[i] = allocate(batch * (64 + 24 * field_count));

		for (long j = 0; j < batch; j++)
			to = put_point(to, i * batch + j, as_line);
		sizes[i] = to - texts[i];
		texts[i] = realloc(texts[i], sizes[i] + 1);
		texts[i][sizes[i]] = '\0';
	}
	connection = PQconnectdb(argv[1]);
	if (PQstatus(connection) != CONNECTION_OK)
		die("cannot connect");
	run("SET client_min_messages = warning");
	prepare(mode);

	double start = now_s();

	for (long i = 0; i < batches; i++)
	{
		double before = now_s();

		if (as_line)
			send_prepared(1, (const char *const *) &texts[i]);
		else if (has_columns)
		{
			split_row(texts[i], columns);
			send_prepared(field_count + 3, columns);
		}
		else
			send_upsert(texts[i], sizes[i]);
		times[i] = now_s() - before;
	}

	double seconds = now_s() - start;

	qsort(times, batches, sizeof(double), compare_doubles);
	printf("%.0f %.0f %.1f %.1f\n", batches * batch * field_count / seconds,
		   batches * batch / seconds, times[batches / 2] * 1e6, times[batches * 99 / 100] * 1e6);
	PQfinish(connection);
	return 0;
}
