/*
 * result_json.c
 *		Rows as JSON objects.
 */
#include "postgres.h"

#include <math.h>

#include "utils/json.h"

#include "io/result_csv.h"
#include "io/result_json.h"

static void
append_json_string(FluxText text, StringInfo out)
{
	char *cstring = flux_text_to_cstring(text);

	escape_json(out, cstring);
	pfree(cstring);
}

/* Is the cell's text a JSON number or boolean as it stands? */
static bool
is_bare(const FluxColumn *column, int row)
{
	switch (column->type)
	{
		case FLUX_COLUMN_STRING:
		case FLUX_COLUMN_TIME:
			return false;
		case FLUX_COLUMN_FLOAT:
			return isfinite(column->values.floats[flux_column_index(column, row)]);
		default:
			return true;
	}
}

void
flux_row_to_json(const FluxBatch *batch, int row, StringInfo out)
{
	const FluxSchema *schema = batch->head->schema;

	appendStringInfoChar(out, '{');
	for (int i = 0; i < schema->count; i++)
	{
		const FluxColumn *column = &batch->columns[i];
		FluxText cell;

		if (i > 0)
			appendStringInfoString(out, ", ");
		append_json_string(schema->labels[i], out);
		appendStringInfoString(out, ": ");
		if (flux_column_is_null(column, row))
		{
			appendStringInfoString(out, "null");
			continue;
		}
		cell = flux_cell_text(column, row);
		if (is_bare(column, row))
			appendBinaryStringInfo(out, cell.data, cell.size);
		else
			append_json_string(cell, out);
	}
	appendStringInfoChar(out, '}');
}
