/*
 * quantile.c
 *		Kernels of quantile and median: the t-digest and the exact mean.
 *
 * The t-digest keeps centroids (mean, weight) whose size is bounded by the
 * arcsine scale function: small at both ends, larger in the middle.  Samples
 * collect in a buffer of 8 x compression; when it overflows, and when the
 * result is asked for, buffer and centroids are sorted by mean and merged from
 * the left.  What comes out depends on when merges happen, so the sizes and the
 * order of arithmetic follow the reference exactly.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

#include "execute/aggregate.h"
#include "execute/exec_run.h"
#include "execute/operator_util.h"
#include "execute/radix_sort.h"
#include "execute/sort_rows.h"

static FluxColumnType
digest_result_type(FluxColumnType type)
{
	return flux_type_is_numeric(type) ? FLUX_COLUMN_FLOAT : 0;
}

typedef struct Centroid
{
	double mean;
	double weight;
} Centroid;

/* What a sample takes: itself, the keys to sort it by, its centroid. */
#define SAMPLE_BYTES (sizeof(double) + 2 * sizeof(uint64) + sizeof(Centroid))

typedef struct DigestState
{
	Centroid *centroids; /* merged ones, by mean */
	int centroid_count;
	double *samples; /* not merged yet, each of weight 1 */
	int sample_count;
	int sample_capacity;
	int samples_max; /* more than this trigger a merge */
	double weight;   /* of all */
	double low;
	double high;
	int64 nan_count;
} DigestState;

static void
digest_init(void *state_pointer, const FluxAggregateSetup *setup)
{
	DigestState *state = state_pointer;

	state->samples_max = (int) Min(8 * setup->arguments->compression, 1e7);
	state->low = INFINITY;
	state->high = -INFINITY;
}

/* Share of the weight that the first k units of scale cover. */
static double
scale_to_share(double k, double compression)
{
	return (sin(Min(k, compression) * M_PI / compression - M_PI / 2) + 1) / 2;
}

static double
share_to_scale(double share, double compression)
{
	return compression * (asin(2 * share - 1) + M_PI / 2) / M_PI;
}

/* Samples and centroids by mean, in "all"; of equal means centroids come first. */
static void
digest_order(DigestState *state, Centroid *all)
{
	int sample = 0;

	flux_radix_sort_floats(state->samples, state->sample_count);
	for (int i = 0; i < state->centroid_count; i++)
	{
		while (sample < state->sample_count && state->samples[sample] < state->centroids[i].mean)
			*all++ = (Centroid){state->samples[sample++], 1};
		*all++ = state->centroids[i];
	}
	while (sample < state->sample_count)
		*all++ = (Centroid){state->samples[sample++], 1};
}

/* Folds the samples into the centroids. */
static void
digest_merge(DigestState *state, const FluxAggregateSetup *setup)
{
	double compression = setup->arguments->compression;
	int count = state->sample_count + state->centroid_count;
	Centroid *all;
	Centroid *current;
	double so_far;
	double limit;

	if (state->sample_count == 0)
		return;
	all = MemoryContextAllocHuge(setup->context, count * sizeof(Centroid));
	state->weight += state->sample_count; /* whole numbers: exact below 2^53 */
	digest_order(state, all);

	/* merged in place: the write position never passes the read position */
	current = all;
	so_far = all[0].weight;
	limit = state->weight * scale_to_share(1, compression);
	for (int i = 1; i < count; i++)
	{
		Centroid next = all[i];

		if (so_far + next.weight <= limit)
		{
			current->weight += next.weight;
			current->mean += next.weight * (next.mean - current->mean) / current->weight;
		}
		else
		{
			limit = state->weight *
					scale_to_share(share_to_scale(so_far / state->weight, compression) + 1,
								   compression);
			*++current = next;
		}
		so_far += next.weight;
	}
	if (state->centroids != NULL)
		pfree(state->centroids);
	state->centroids = all;
	state->centroid_count = (int) (current - all) + 1;
	state->sample_count = 0;
	state->low = Min(state->low, all[0].mean);
	state->high = Max(state->high, current->mean);
}

static void
digest_add(void *state_pointer, const FluxAggregateSetup *setup, const FluxColumn *column,
		   int first, int count)
{
	DigestState *state = state_pointer;

	for (int row = first; row < first + count; row++)
	{
		double value;

		if (flux_column_is_null(column, row))
			continue;
		value = flux_column_double(column, row);
		if (isnan(value))
		{
			state->nan_count++;
			continue;
		}
		if (state->sample_count == state->sample_capacity)
		{
			state->sample_capacity = Max(state->sample_capacity * 2, 16);
			flux_operator_need_memory(setup->op, state->sample_capacity * SAMPLE_BYTES);
			if (state->samples == NULL)
				state->samples =
					MemoryContextAllocHuge(setup->context, state->sample_capacity * sizeof(double));
			else
				state->samples =
					repalloc_huge(state->samples, state->sample_capacity * sizeof(double));
		}
		state->samples[state->sample_count++] = value;
		if (state->sample_count > state->samples_max)
			digest_merge(state, setup);
	}
}

/* Mean of two values by weights, never outside of them. */
static double
weighted_between(double a, double weight_a, double b, double weight_b)
{
	double low = Min(a, b);
	double high = Max(a, b);
	double mean = (a * weight_a + b * weight_b) / (weight_a + weight_b);

	return Max(low, Min(mean, high));
}

static double
digest_quantile(const DigestState *state, double quantile)
{
	const Centroid *centroids = state->centroids;
	int count = state->centroid_count;
	double position = quantile * state->weight;
	double before = 0;   /* weight left of centroid i */
	double previous = 0; /* mid-rank of centroid i - 1 */
	double last_weight;
	double beyond;

	if (count == 1)
		return centroids[0].mean;
	if (position <= centroids[0].weight / 2)
		return state->low + 2 * position / centroids[0].weight * (centroids[0].mean - state->low);
	for (int i = 0; i < count; i++)
	{
		double rank = before + centroids[i].weight / 2;

		if (rank >= position)
			return weighted_between(centroids[i - 1].mean, rank - position, centroids[i].mean,
									position - previous);
		before += centroids[i].weight;
		previous = rank;
	}
	last_weight = centroids[count - 1].weight;
	beyond = position - state->weight - last_weight / 2;
	return weighted_between(centroids[count - 1].mean, beyond, state->high,
							last_weight / 2 - beyond);
}

static FluxValue
digest_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	DigestState *state = state_pointer;
	double quantile;

	digest_merge(state, setup);
	if (state->centroid_count == 0)
		return state->nan_count > 0 ? flux_value_float(NAN) : flux_value_null(FLUX_KIND_FLOAT);
	quantile = digest_quantile(state, setup->arguments->quantile);
	pfree(state->samples);
	pfree(state->centroids);
	return flux_value_float(quantile);
}

const FluxAggregator flux_aggregator_tdigest = {.name = "quantile",
												.state_size = sizeof(DigestState),
												.result_type = digest_result_type,
												.init = digest_init,
												.add = digest_add,
												.keeps_values = true,
												.result = digest_result};

/* ---- exact_mean: floats only ---- */

/* Values past a quarter of the limit go to the sorter. */
typedef struct ExactState
{
	double *values;
	int count;
	int capacity;
	FluxRowSorter *sorter; /* NULL until needed */
	int64 sorted_count;    /* values in it */
} ExactState;

static FluxColumnType
exact_result_type(FluxColumnType type)
{
	return type == FLUX_COLUMN_FLOAT ? FLUX_COLUMN_FLOAT : 0;
}

/* Moves the values to the sorter. */
static void
exact_flush(ExactState *state, const FluxAggregateSetup *setup)
{
	FluxColumn column = {.type = FLUX_COLUMN_FLOAT};
	FluxBatch batch = {.row_count = state->count, .columns = &column};

	if (state->sorter == NULL)
	{
		FluxSchema *schema = flux_schema_create(1);
		FluxTableHead head = {.key = flux_group_key_create(NULL, NULL, 0), .schema = schema};
		int by_value = 0;

		flux_schema_add(schema, flux_text_from_cstring("_value"), FLUX_COLUMN_FLOAT);
		state->sorter = flux_sorter_create(setup->op, &head, &by_value, 1, false);
	}
	column.values.floats = state->values;
	flux_sorter_append(state->sorter, &batch);
	state->sorted_count += state->count;
	state->count = 0;
}

/* Makes room for one more value. */
static void
exact_grow(ExactState *state, const FluxAggregateSetup *setup)
{
	Size most = Max(setup->op->exec->memory_limit_bytes / 4, FLUX_BATCH_ROWS * sizeof(double));

	if (state->capacity * 2 * sizeof(double) > most)
	{
		exact_flush(state, setup);
		return;
	}
	state->capacity = Max(state->capacity * 2, 16);
	if (state->values == NULL)
		state->values = MemoryContextAllocHuge(setup->context, state->capacity * sizeof(double));
	else
		state->values = repalloc_huge(state->values, state->capacity * sizeof(double));
}

static void
exact_add(void *state_pointer, const FluxAggregateSetup *setup, const FluxColumn *column, int first,
		  int count)
{
	ExactState *state = state_pointer;

	for (int row = first; row < first + count; row++)
	{
		if (flux_column_is_null(column, row))
			continue;
		if (state->count == state->capacity)
			exact_grow(state, setup);
		state->values[state->count++] = column->values.floats[flux_column_index(column, row)];
	}
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* NaN sorts first: moves them there and returns how many there are. */
static int
move_nans(double *values, int count)
{
	int nans = 0;

	for (int i = 0; i < count; i++)
	{
		if (isnan(values[i]))
		{
			values[i] = values[nans];
			values[nans++] = get_float8_nan();
		}
	}
	return nans;
}

static double
median_of_three(double a, double b, double c)
{
	return Max(Min(a, b), Min(Max(a, b), c));
}

/*
 * Puts the value that sorting would put at "rank" there, smaller ones before
 * and greater ones behind it.  Values that defeat the choice of pivots end in
 * a sort, so time stays near linear.
 */
static void
select_rank(double *values, int count, int rank)
{
	int first = 0;
	int last = count - 1;

	for (int rounds = 0; first < last; rounds++)
	{
		double pivot =
			median_of_three(values[first], values[first + (last - first) / 2], values[last]);
		int i = first;
		int j = last;

		if (rounds > 64)
		{
			qsort(values + first, last - first + 1, sizeof(double), compare_doubles);
			return;
		}
		CHECK_FOR_INTERRUPTS();
		while (i <= j)
		{
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i <= j)
			{
				double swap = values[i];

				values[i++] = values[j];
				values[j--] = swap;
			}
		}
		if (rank <= j)
			last = j;
		else if (rank >= i)
			first = i;
		else
			return;
	}
}

/* The values at rank and at the rank after it, as sorting would have them. */
static void
select_pair(double *values, int count, int rank, double *low, double *high)
{
	int nans = move_nans(values, count);

	if (rank >= nans)
		select_rank(values + nans, count - nans, rank - nans);
	*low = *high = values[rank];
	if (rank + 1 >= count)
		return;
	if (rank + 1 < nans)
		return;
	*high = values[Max(rank + 1, nans)];
	for (int i = Max(rank + 1, nans); i < count; i++)
		*high = Min(*high, values[i]);
}

/* The same from the sorter, where NaN comes first too. */
static void
read_pair(ExactState *state, int64 rank, double *low, double *high)
{
	FluxBatch batch;
	int64 passed = 0;

	flux_sorter_finish(state->sorter);
	while (flux_sorter_next(state->sorter, &batch))
	{
		const FluxColumn *values = &batch.columns[0];
		int64 at = rank - passed;

		if (at >= 0 && at < batch.row_count)
			*low = *high = values->values.floats[flux_column_index(values, (int) at)];
		if (at + 1 >= 0 && at + 1 < batch.row_count)
		{
			*high = values->values.floats[flux_column_index(values, (int) at + 1)];
			break;
		}
		passed += batch.row_count;
	}
}

static FluxValue
exact_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	ExactState *state = state_pointer;
	int64 count = state->count + state->sorted_count;
	double position;
	double rank;
	double low = 0;
	double high = 0;

	if (count == 0)
		return flux_value_null(FLUX_KIND_FLOAT);
	position = setup->arguments->quantile * (double) (count - 1);
	rank = floor(position);
	if (state->sorter != NULL)
	{
		exact_flush(state, setup);
		read_pair(state, (int64) rank, &low, &high);
		flux_sorter_destroy(state->sorter);
	}
	else
		select_pair(state->values, state->count, (int) rank, &low, &high);
	pfree(state->values);
	if (rank == position)
		return flux_value_float(low);
	return flux_value_float(low * (rank + 1 - position) + high * (position - rank));
}

const FluxAggregator flux_aggregator_exact_mean = {.name = "quantile",
												   .state_size = sizeof(ExactState),
												   .result_type = exact_result_type,
												   .add = exact_add,
												   .keeps_values = true,
												   .result = exact_result};
