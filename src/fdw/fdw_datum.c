/*
 * fdw_datum.c
 *		Stored values as datums of SQL's types.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/flux_time.h"
#include "base/jsonb_text.h"
#include "base/pg_compat.h"
#include "fdw/fdw_int.h"

Datum
flux_fdw_text_datum(FluxText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.size));
}

static Datum
uint64_datum(uint64 value)
{
	char text[32];

	if (value <= PG_INT64_MAX)
		return NumericGetDatum(int64_to_numeric((int64) value));
	snprintf(text, sizeof(text), UINT64_FORMAT, value);
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

Datum
flux_fdw_wide_datum(int64 high, uint64 low)
{
	Datum upper;

	if (high == ((int64) low < 0 ? -1 : 0))
		return NumericGetDatum(int64_to_numeric((int64) low));
	/* 2^64 is the greatest uint64 and one more. */
	upper = DirectFunctionCall2(numeric_add, uint64_datum(PG_UINT64_MAX), uint64_datum(1));
	upper = DirectFunctionCall2(numeric_mul, upper, NumericGetDatum(int64_to_numeric(high)));
	return DirectFunctionCall2(numeric_add, upper, uint64_datum(low));
}

Datum
flux_fdw_value_datum(const FluxColumn *column, int row)
{
	int i = flux_column_index(column, row);

	switch (column->type)
	{
		case FLUX_COLUMN_BOOL:
			return BoolGetDatum(column->values.booleans[i]);
		case FLUX_COLUMN_INT:
			return Int64GetDatum(column->values.ints[i]);
		case FLUX_COLUMN_UINT:
			return uint64_datum(column->values.uints[i]);
		case FLUX_COLUMN_FLOAT:
			return Float8GetDatum(column->values.floats[i]);
		case FLUX_COLUMN_STRING:
			return flux_fdw_text_datum(column->values.strings[i]);
		case FLUX_COLUMN_TIME:
			return TimestampTzGetDatum(flux_time_to_timestamptz(column->values.times[i]));
	}
	elog(ERROR, "unknown column type: %d", column->type);
}

Datum
flux_fdw_tags_datum(const FluxScanSeries *series)
{
	JsonbParseState *state = NULL;
	JsonbValue *object;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < series->tag_count; i++)
	{
		JsonbValue key = flux_jsonb_string(series->tags[i].key);
		JsonbValue value = flux_jsonb_string(series->tags[i].value);

		pushJsonbValue(&state, WJB_KEY, &key);
		pushJsonbValue(&state, WJB_VALUE, &value);
	}
	object = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbPGetDatum(JsonbValueToJsonb(object));
}

bool
flux_fdw_series_datum(const FluxFdwColumn *column, const FluxScanSeries *series, Datum *datum)
{
	switch (column->role)
	{
		case FLUX_FDW_MEASUREMENT:
			*datum = flux_fdw_text_datum(series->measurement);
			return true;
		case FLUX_FDW_FIELD_NAME:
			*datum = flux_fdw_text_datum(series->field);
			return true;
		case FLUX_FDW_TAGS:
			*datum = flux_fdw_tags_datum(series);
			return true;
		case FLUX_FDW_SERIES_ID:
			*datum = Int64GetDatum(series->series_id);
			return true;
		case FLUX_FDW_TAG:
			for (int i = 0; i < series->tag_count; i++)
			{
				if (!flux_text_equal(series->tags[i].key, column->name))
					continue;
				*datum = flux_fdw_text_datum(series->tags[i].value);
				return true;
			}
			return false;
		default:
			return false;
	}
}
