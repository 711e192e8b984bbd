/*
 * read_csv.h
 *		Tables out of annotated CSV, for the operators that get such text.
 */
#ifndef FLUX_READ_CSV_H
#define FLUX_READ_CSV_H

#include "execute/operator.h"
#include "io/csv_reader.h"

/* What the annotations of a block say; copies, in block_context. */
typedef struct FluxCsvBlock
{
	FluxSchema *schema;
	bool *is_key;
	bool *is_number;    /* a time that is written as nanoseconds */
	FluxText *defaults; /* empty: none */
	FluxText default_result;
	FluxText default_table;
	int column_count;
} FluxCsvBlock;

/* State of the operator; read_csv.c alone looks inside. */
typedef struct FluxCsvOperator
{
	FluxOperator base;
	const char *what; /* whose text, for errors: "csv.from()" */
	FluxCsvReader reader;
	MemoryContext block_context;
	FluxCsvBlock block;
	bool has_block;
	bool block_has_rows;
	bool has_record; /* reader holds a record not yet consumed */
	bool is_started;
	FluxText table_id;    /* of the current table */
	FluxText result_name; /* of the text, in state_context; empty until one is read */
	FluxTableHead head;
	FluxColumnBuilder *builders; /* of the current batch */
} FluxCsvOperator;

/* Call with state_context current; the text must live as long. */
extern void flux_csv_open(FluxCsvOperator *csv, FluxText text, const char *what);

/* As FluxOperatorOps.produce: emits a table, false at the end of the text. */
extern bool flux_csv_produce(FluxCsvOperator *csv);

#endif /* FLUX_READ_CSV_H */
