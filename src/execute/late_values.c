/*
 * late_values.c
 *		Rows of many aggregations at once, kept on disk until their turn.
 */
#include "postgres.h"

#include "execute/late_values.h"
#include "execute/sort_rows.h"

struct FluxLateValues
{
	FluxRowSorter *sorter; /* of the rows with their states in front */
	int column_count;      /* with the state */
	FluxBatch batch;       /* being read */
	int row;               /* next in it */
};

FluxLateValues *
flux_late_values_create(FluxOperator *op, const FluxSchema *schema)
{
	FluxLateValues *late = palloc0(sizeof(FluxLateValues));
	FluxSchema *own = flux_schema_create(schema->count + 1);
	FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = own};
	int by_state = 0;

	flux_schema_add(own, flux_text_from_cstring("\001state"), FLUX_COLUMN_INT);
	for (int i = 0; i < schema->count; i++)
		flux_schema_add(own, schema->labels[i], schema->types[i]);
	late->column_count = own->count;
	late->sorter = flux_sorter_create(op, &head, &by_state, 1, false);
	return late;
}

void
flux_late_values_append(FluxLateValues *late, int64 state, const FluxColumn *columns, int first,
						int count)
{
	FluxColumn *own = palloc(late->column_count * sizeof(FluxColumn));
	FluxBatch batch = {.row_count = count, .columns = own};

	own[0] = (FluxColumn){.type = FLUX_COLUMN_INT, .is_constant = true, .values.ints = &state};
	for (int i = 1; i < late->column_count; i++)
		own[i] = flux_column_slice(&columns[i - 1], first);
	flux_sorter_append(late->sorter, &batch);
	pfree(own);
}

void
flux_late_values_finish(FluxLateValues *late)
{
	flux_sorter_finish(late->sorter);
}

/* Number of the state that a row belongs to. */
static int64
state_of_row(const FluxLateValues *late, int row)
{
	const FluxColumn *states = &late->batch.columns[0];

	return states->values.ints[flux_column_index(states, row)];
}

bool
flux_late_values_next(FluxLateValues *late, int64 *state)
{
	if (late->row == late->batch.row_count)
	{
		late->row = 0;
		if (!flux_sorter_next(late->sorter, &late->batch))
		{
			late->batch.row_count = 0;
			return false;
		}
	}
	*state = state_of_row(late, late->row);
	return true;
}

int
flux_late_values_take(FluxLateValues *late, const FluxColumn **columns, int *first)
{
	int64 state;
	int stop;

	if (!flux_late_values_next(late, &state))
		return 0;
	stop = late->row + 1;
	while (stop < late->batch.row_count && state_of_row(late, stop) == state)
		stop++;
	*columns = late->batch.columns + 1;
	*first = late->row;
	late->row = stop;
	return stop - *first;
}

void
flux_late_values_destroy(FluxLateValues *late)
{
	flux_sorter_destroy(late->sorter);
	pfree(late);
}
