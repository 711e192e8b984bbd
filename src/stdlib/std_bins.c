/*
 * std_bins.c
 *		linearBins and logarithmicBins: bounds for histogram().
 */
#include "postgres.h"

#include <math.h>

#include "evaluate/evaluator.h"
#include "stdlib/registry.h"

#define FLUX_BINS_MAX 1000000

/* Bounds made one from the other by "next". */
static FluxValue
make_bins(FluxCall *call, double step, double (*next)(double bound, double step))
{
	double bound = flux_call_float(call, "start");
	int64 count = flux_call_int(call, "count");
	bool infinity = flux_call_bool_or(call, "infinity", true);
	FluxValue *items;

	if (count < 0 || count > FLUX_BINS_MAX)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "count must be between 0 and %d",
						FLUX_BINS_MAX);
	items = palloc((count + 1) * sizeof(FluxValue));
	for (int64 i = 0; i < count; i++)
	{
		items[i] = flux_value_float(bound);
		bound = next(bound, step);
	}
	if (infinity)
		items[count] = flux_value_float(INFINITY);
	return flux_value_array(items, (int) count + infinity);
}

static double
next_linear(double bound, double width)
{
	return bound + width;
}

static double
next_logarithmic(double bound, double factor)
{
	return bound * factor;
}

static FluxValue
universe_linear_bins(FluxCall *call)
{
	return make_bins(call, flux_call_float(call, "width"), next_linear);
}

static FluxValue
universe_logarithmic_bins(FluxCall *call)
{
	return make_bins(call, flux_call_float(call, "factor"), next_logarithmic);
}

static const FluxBuiltin builtins[] = {
	{"universe", "linearBins", FLUX_BUILTIN_SCALAR, universe_linear_bins},
	{"universe", "logarithmicBins", FLUX_BUILTIN_SCALAR, universe_logarithmic_bins},
};

void
flux_std_bins_register(void)
{
	FLUX_REGISTER(builtins);
}
